//! Names that are asked about again and again, while few of them change from one time to the next.
//!
//! Hashes of what stands in names are kept, and so are answers. An answer depends on the names that share a piece or a word with
//! what was asked for: those that come are compared with the answer, those that go are no loss unless they were the answer. Where
//! so many share something that not all of them are looked at, their order has a part in it too, and the question is asked anew.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use rustc_hash::FxHashMap;

use super::suggest::{
    Index, Looked, MOST_CANDIDATES, MOST_PIECES, Postings, distance_to, look, lowercase, pieces_of, words_of,
};

/// So many names that came are looked at one by one before all are put into order anew.
const MOST_NEW: usize = 256;

/// From so many answers on, those that nobody asks for any more are let go of.
const MANY_ANSWERS: usize = 8_192;

/// So many answers are compared with names that came or went; where there is more to compare, all is asked anew.
const MOST_COMPARED: usize = 1 << 18;

/// So many names that went away are kept in any case.
const MOST_GONE: usize = 4_096;

/// No slot, no position, or no number of typing errors.
const NONE: u32 = u32::MAX;

/// Some names, what was asked about them, and what was asked about those before them.
#[derive(Debug, Default)]
pub struct KnownNames {
    /// The slots of the names, in their order.
    order: Vec<u32>,
    kept: Kept,
    /// Where the name of each slot stands in the order.
    positions: Vec<u32>,
    /// What was answered about the names before, as far as it holds for these.
    answers: FxHashMap<Box<str>, Answer>,
    /// What is answered for the first time.
    new_answers: Mutex<FxHashMap<Box<str>, Answer>>,
    is_first: bool,
    by_piece: OnceLock<Ordered>,
    by_word: OnceLock<Ordered>,
}

/// The slots of names by what stands in them.
#[derive(Debug)]
struct Ordered {
    /// In the order that the names had when they were put into order. Those that there still are have it still.
    postings: Postings,
    /// All of them in that order.
    order: Box<[u32]>,
    /// How many slots there were.
    slots: usize,
    /// Those that came since, by hashes.
    new: OnceLock<Vec<(u32, u32)>>,
}

/// What is known of each name that there is or was. Each has a slot, which stays the same.
#[derive(Debug, Default)]
struct Kept {
    /// The slot of each name, by its number among all names.
    slots: Vec<u32>,
    texts: Vec<Box<str>>,
    /// The hashes of the pieces of each name, and how many there are.
    pieces: Vec<[u32; MOST_PIECES]>,
    counts: Vec<u8>,
    /// The hashes of the words of all names, and where those of each end.
    words: Vec<u32>,
    ends: Vec<u32>,
}

/// The nearest name, and what has a part in that.
#[derive(Debug)]
struct Answer {
    /// The slot of the name, and by how many typing errors it is another one; [`NONE`] for a name that is known by its words.
    nearest: Option<(u32, u32)>,
    /// How many names were looked at.
    candidates: usize,
    pieces: Lists,
    words: Lists,
    is_asked: AtomicBool,
}

/// Lists of names that were gone through, by the hash of what the names of each have in common, in ascending order: each with the
/// slot of the last name that was looked at, or [`NONE`] where that was the end of the list.
#[derive(Debug, Default)]
struct Lists(Box<[(u32, u32)]>);

/// Names that came and names that went.
#[derive(Default)]
struct Change {
    came: Vec<u32>,
    went: Vec<u32>,
    /// Whether the rest is in another order.
    is_reordered: bool,
    /// Where the name of each slot stood.
    positions: Vec<u32>,
}

impl KnownNames {
    /// The names with these numbers, each once; `text` says what they are. Numbers are those of the time when `before` was made.
    pub fn new<'t>(before: Option<Self>, numbers: &[u32], text: impl Fn(usize) -> &'t str) -> Self {
        let is_first = before.is_none();
        let before = before.unwrap_or_default();
        let Self {
            order: old_order,
            mut kept,
            positions: old_positions,
            mut answers,
            new_answers,
            by_piece,
            by_word,
            ..
        } = before;
        if kept.texts.len() > MOST_GONE + 2 * numbers.len() {
            return Self::new(None, numbers, text);
        }
        answers.extend(new_answers.into_inner().unwrap_or_else(PoisonError::into_inner));
        let order: Vec<u32> = numbers.iter().enumerate().map(|(at, number)| kept.slot(*number, || text(at))).collect();
        let mut positions = old_positions;
        let mut change = Change::default();
        if order != old_order {
            let old_positions = std::mem::replace(&mut positions, vec![NONE; kept.texts.len()]);
            change = Change::between(&old_order, &order, old_positions, kept.texts.len());
            for (position, slot) in (0..).zip(&order) {
                positions[*slot as usize] = position;
            }
        }
        let slots = kept.texts.len();
        let still = |ordered: OnceLock<Ordered>| match ordered.into_inner() {
            Some(old) if slots - old.slots <= MOST_NEW && old.is_in_order(&positions, &change) => {
                OnceLock::from(Ordered { new: OnceLock::new(), ..old })
            }
            _ => OnceLock::new(),
        };
        let (by_piece, by_word) = (still(by_piece), still(by_word));
        let mut known = Self {
            order,
            kept,
            positions,
            answers: FxHashMap::default(),
            new_answers: Mutex::default(),
            is_first,
            by_piece,
            by_word,
        };
        if answers.len() > MANY_ANSWERS {
            answers.retain(|_, answer| *answer.is_asked.get_mut());
        }
        answers.values_mut().for_each(|answer| *answer.is_asked.get_mut() = false);
        if (change.came.len() + change.went.len()).saturating_mul(answers.len()) > MOST_COMPARED {
            answers.clear();
        } else if !change.is_nothing() {
            answers.retain(|name, answer| known.still_holds(name, answer, &change));
        }
        known.answers = answers;
        known
    }

    /// Whether nothing was known of names before these, so that many questions will be asked.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.is_first
    }

    /// The number of the nearest name to `name`: what [`super::Names::near`] says of these names.
    #[must_use]
    pub fn near(&self, name: &str) -> Option<usize> {
        let position = |answer: &Answer| {
            answer.is_asked.store(true, Ordering::Relaxed);
            answer.nearest.map(|(slot, _)| self.positions[slot as usize] as usize)
        };
        if let Some(answer) = self.answers.get(name) {
            return position(answer);
        }
        let new = || self.new_answers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = new().get(name) {
            return position(answer);
        }
        let answer = self.find(name);
        let found = position(&answer);
        new().insert(name.into(), answer);
        found
    }

    fn find(&self, name: &str) -> Answer {
        let Looked { found, distance, candidates, pieces, words } = look(self, name);
        let errors = distance.map_or(NONE, |distance| distance as u32);
        let nearest = found.map(|found| (self.order[found.number as usize], errors));
        let lists = |lists| Lists::new(lists, &self.order);
        Answer { nearest, candidates, pieces: lists(pieces), words: lists(words), is_asked: AtomicBool::new(true) }
    }

    /// Makes an answer what it is now; `false` where it has to be sought anew.
    fn still_holds(&self, name: &str, answer: &mut Answer, change: &Change) -> bool {
        let (is_whole, are_words_whole) = (answer.pieces.are_whole(), answer.words.are_whole());
        if change.is_reordered && !(is_whole && are_words_whole) {
            return false;
        }
        let (now, before) = (&self.positions, &change.positions);
        let met = |slot: &u32, positions: &[u32]| answer.pieces.hold(self.kept.pieces_of(*slot), *slot, positions);
        let is_met_by_word =
            |slot: &u32, positions: &[u32]| answer.words.hold(self.kept.words_of(*slot), *slot, positions) > 0;
        // What goes is no loss if it was not the nearest, unless others now come within reach.
        let is_lost = |slot: &u32| {
            answer.nearest.is_some_and(|(nearest, _)| nearest == *slot)
                || (!is_whole && met(slot, before) > 0)
                || (!are_words_whole && is_met_by_word(slot, before))
        };
        if change.went.iter().any(is_lost) || change.came.iter().any(|slot| is_met_by_word(slot, now)) {
            return false;
        }
        let came: Vec<(u32, usize)> =
            change.came.iter().map(|slot| (*slot, met(slot, now))).filter(|(_, count)| *count > 0).collect();
        answer.candidates += came.iter().map(|(_, count)| count).sum::<usize>();
        if !came.is_empty() && (!is_whole || answer.candidates >= MOST_CANDIDATES) {
            return false;
        }
        let wanted = lowercase(name);
        for (slot, _) in came {
            let text = self.kept.text(slot);
            let Some(errors) = distance_to(name, &wanted, text) else { continue };
            let now = (errors as u32, text);
            if answer.nearest.is_none_or(|(slot, errors)| now < (errors, self.kept.text(slot))) {
                answer.nearest = Some((slot, now.0));
                answer.words = Lists::default();
            }
        }
        true
    }

    /// Puts the names into the order of their pieces, which many questions need.
    pub fn index_pieces(&self) {
        self.by_piece();
    }

    /// Likewise by words.
    pub fn index_words(&self) {
        self.by_word();
    }

    fn by_piece(&self) -> &Ordered {
        self.by_piece.get_or_init(|| self.ordered(|slot| self.kept.pieces_of(slot)))
    }

    fn by_word(&self) -> &Ordered {
        self.by_word.get_or_init(|| self.ordered(|slot| self.kept.words_of(slot)))
    }

    fn ordered<'s>(&'s self, hashes: impl Fn(u32) -> &'s [u32]) -> Ordered {
        let pairs = self.order.iter().flat_map(|slot| hashes(*slot).iter().map(|hash| (*hash, *slot)));
        let postings = Postings::new(&pairs.collect::<Vec<_>>());
        Ordered { postings, order: self.order.as_slice().into(), slots: self.kept.texts.len(), new: OnceLock::new() }
    }

    /// The positions of the names with a hash, in order.
    fn with<'s>(
        &'s self,
        ordered: &'s Ordered,
        hash: u32,
        hashes: impl Fn(u32) -> &'s [u32],
    ) -> impl Iterator<Item = u32> {
        let new = ordered.new.get_or_init(|| {
            let slots = ordered.slots as u32..self.kept.texts.len() as u32;
            let mut new: Vec<(u32, u32)> =
                slots.flat_map(|slot| hashes(slot).iter().map(move |hash| (*hash, slot))).collect();
            new.sort_unstable();
            new
        });
        let new = &new[new.partition_point(|(other, _)| *other < hash)..];
        let new = &new[..new.partition_point(|(other, _)| *other == hash)];
        let position = |slot: u32| Some(self.positions[slot as usize]).filter(|position| *position != NONE);
        let mut new: Vec<u32> = new.iter().filter_map(|(_, slot)| position(*slot)).collect();
        new.sort_unstable();
        // Mostly only the first of many are asked for.
        let mut old = ordered.postings.of(hash).filter_map(position).peekable();
        let mut new = new.into_iter().peekable();
        std::iter::from_fn(move || match (old.peek(), new.peek()) {
            (Some(old), Some(first)) if first < old => new.next(),
            (Some(_), _) => old.next(),
            (None, _) => new.next(),
        })
    }
}

impl Ordered {
    /// Whether the names that there still are have kept their order, given where they stand now, after such a change.
    fn is_in_order(&self, positions: &[u32], change: &Change) -> bool {
        // What went and comes again may come somewhere else.
        let is_back = || change.came.iter().any(|slot| (*slot as usize) < self.slots);
        let at = |slot: &u32| positions.get(*slot as usize).copied().filter(|position| *position != NONE);
        !(change.is_reordered || is_back()) || self.order.iter().filter_map(at).is_sorted()
    }
}

impl Kept {
    /// The slot of the name of that number, made where there is none.
    fn slot<'t>(&mut self, number: u32, text: impl FnOnce() -> &'t str) -> u32 {
        let at = number as usize;
        if at >= self.slots.len() {
            self.slots.resize(at + 1, NONE);
        }
        if self.slots[at] == NONE {
            let text = text();
            let (pieces, count) = pieces_of(text);
            self.slots[at] = self.texts.len() as u32;
            self.texts.push(text.into());
            self.pieces.push(pieces);
            self.counts.push(count as u8);
            self.words.extend(words_of(text));
            self.ends.push(self.words.len() as u32);
        }
        self.slots[at]
    }

    fn text(&self, slot: u32) -> &str {
        &self.texts[slot as usize]
    }

    fn pieces_of(&self, slot: u32) -> &[u32] {
        &self.pieces[slot as usize][..usize::from(self.counts[slot as usize])]
    }

    fn words_of(&self, slot: u32) -> &[u32] {
        let start = slot.checked_sub(1).map_or(0, |before| self.ends[before as usize]);
        &self.words[start as usize..self.ends[slot as usize] as usize]
    }
}

impl Lists {
    /// Lists of names, by hash, each with the position up to which it was gone through.
    fn new(mut lists: Vec<(u32, u32)>, order: &[u32]) -> Self {
        lists.iter_mut().filter(|(_, end)| *end != NONE).for_each(|(_, end)| *end = order[*end as usize]);
        lists.sort_unstable();
        Self(lists.into())
    }

    fn are_whole(&self) -> bool {
        self.0.iter().all(|(_, end)| *end == NONE)
    }

    /// How often the name of a slot is met in these lists, given its hashes, and where names stand.
    fn hold(&self, hashes: &[u32], slot: u32, positions: &[u32]) -> usize {
        let place = |slot: u32| positions.get(slot as usize).copied().unwrap_or(NONE);
        let is_met = |end: u32| end == NONE || place(slot) <= place(end);
        let count = |hash: &u32| {
            let start = self.0.partition_point(|(list, _)| list < hash);
            self.0[start..].iter().take_while(|(list, _)| list == hash).filter(|(_, end)| is_met(*end)).count()
        };
        hashes.iter().map(count).sum()
    }
}

impl Change {
    /// In what names, by their slots, differ from others, given where each of these stood.
    fn between(before: &[u32], now: &[u32], positions: Vec<u32>, slots: usize) -> Self {
        let start = before.iter().zip(now).take_while(|(before, now)| before == now).count();
        let mut change = Self::default();
        let mut is_there = vec![false; slots];
        let mut last = None;
        for slot in &now[start..] {
            is_there[*slot as usize] = true;
            match positions.get(*slot as usize).copied().unwrap_or(NONE) {
                NONE => change.came.push(*slot),
                position => {
                    change.is_reordered |= last.is_some_and(|last| position < last);
                    last = Some(position);
                }
            }
        }
        change.went.extend(before[start..].iter().filter(|slot| !is_there[**slot as usize]));
        Self { positions, ..change }
    }

    fn is_nothing(&self) -> bool {
        self.came.is_empty() && self.went.is_empty() && !self.is_reordered
    }
}

impl Index for KnownNames {
    fn name(&self, number: u32) -> &str {
        self.kept.text(self.order[number as usize])
    }

    fn with_piece(&self, piece: u32) -> impl Iterator<Item = u32> {
        self.with(self.by_piece(), piece, |slot| self.kept.pieces_of(slot))
    }

    fn with_word(&self, word: u32) -> impl Iterator<Item = u32> {
        self.with(self.by_word(), word, |slot| self.kept.words_of(slot))
    }
}

#[cfg(test)]
mod tests {
    use rustc_hash::FxHashSet;

    use super::*;
    use crate::diagnostic::Names;

    /// Numbers that look random.
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, most: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 >> 33) as usize % most
        }
    }

    #[test]
    fn what_is_kept_is_what_is_found_anew() {
        let mut random = Numbers(7);
        let words = ["audit", "plan", "risk", "register", "access", "list", "Review"];
        // Many share a word, more than are looked at, and many are a letter away.
        let name = |random: &mut Numbers| {
            let (one, other) = (words[random.below(words.len())], words[random.below(words.len())]);
            format!("{one}-{other}-{}", random.below(4_000))
        };
        let mut names: Vec<String> = (0..3_000).map(|_| name(&mut random)).collect();
        let questions: Vec<String> = (0..120)
            .map(|at| match at % 3 {
                0 => format!("missing-{}", name(&mut random)),
                1 => names[random.below(names.len())].replacen('i', "", 1),
                _ => format!("{}-{}", words[random.below(words.len())], words[random.below(words.len())]),
            })
            .collect();
        let mut kept: Option<KnownNames> = None;
        let mut numbers: FxHashMap<String, u32> = FxHashMap::default();
        let (mut again, mut anew) = (0, 0);
        for step in 0..24 {
            let start = random.below(names.len());
            if kept.is_some() {
                let gone = start..(start + random.below(4)).min(names.len());
                let new: Vec<String> = (0..random.below(4)).map(|_| name(&mut random)).collect();
                names.splice(gone, new);
                if step % 5 == 0 {
                    let (from, to) = (random.below(names.len()), random.below(names.len()));
                    let moved = names.remove(from);
                    names.insert(to.min(names.len()), moved);
                }
            }
            let mut seen = FxHashSet::default();
            names.retain(|name| seen.insert(name.clone()));
            let now: Vec<u32> = names
                .iter()
                .map(|name| {
                    let new = numbers.len() as u32;
                    *numbers.entry(name.clone()).or_insert(new)
                })
                .collect();
            let known = KnownNames::new(kept.take(), &now, |at| &names[at]);
            let fresh = Names::new(names.iter().map(String::as_str));
            // Some are asked for the first time, and some no more.
            for question in questions.iter().skip(step).take(90) {
                match known.answers.contains_key(question.as_str()) {
                    true => again += 1,
                    false => anew += 1,
                }
                let (left, right) = (known.near(question), fresh.near(question).map(|near| near.number));
                let name = |number: Option<usize>| number.map(|number| &names[number]);
                assert_eq!((left, name(left)), (right, name(right)), "{question}, step {step}");
            }
            kept = Some(known);
        }
        assert!(again > 500 && anew > 200, "both happen: {again}, {anew}");
    }
}
