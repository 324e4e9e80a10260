//! Names that are asked about again and again, while few of them change from one time to the next.
//!
//! Hashes of what stands in names are kept, and so are answers. An answer depends on the names that share a piece or a word with
//! what was asked for, and on their order: one that none of the names that came or went could have had a part in still holds.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use rustc_hash::{FxHashMap, FxHashSet};

use super::Place;
use super::suggest::{
    Found, Index, MOST_CANDIDATES, MOST_PIECES, Postings, find, lowercase, pieces_of, sought, words_of,
};

/// So many questions go through all hashes; from then on it is cheaper to put these into order.
const MOST_SCANS: usize = 16;

/// Answers by what was asked for.
type Answers = FxHashMap<Box<str>, Option<Found>>;

/// Some names, what was asked about them, and what was asked about those before them.
#[derive(Debug, Default)]
pub struct KnownNames {
    names: Vec<Box<str>>,
    /// Where each name stands, so that its text need not be read again to see that it is the same.
    places: Vec<Option<Place>>,
    /// The hashes of the pieces of each name, and how many there are.
    pieces: Vec<[u32; MOST_PIECES]>,
    counts: Vec<u8>,
    /// The hashes of the words of all names, and the number of the name that each stands in.
    words: Vec<u32>,
    owners: Vec<u32>,
    change: Change,
    /// The answers about the names before these.
    before: Answers,
    answers: Mutex<Answers>,
    asked: AtomicUsize,
    by_piece: OnceLock<Postings>,
    by_word: OnceLock<Postings>,
}

/// In what the names differ from those before them: after some that are the same, and before others that are.
#[derive(Debug, Default)]
struct Change {
    /// How many are the same before it.
    start: u32,
    /// Where it ended, and where it ends now.
    end_before: u32,
    end: u32,
    /// What stands in those that came or went.
    pieces: FxHashSet<u32>,
    /// Likewise, and how many names before the change have each word, as far as that matters.
    words: FxHashMap<u32, usize>,
}

impl KnownNames {
    /// So many names as there are places; `text` says what they are, and `stays` whether the text at a place is what it was
    /// when `before` was made.
    pub fn new<'t>(
        before: Option<Self>,
        places: Vec<Option<Place>>,
        text: impl Fn(usize) -> &'t str,
        stays: impl Fn(Place) -> bool,
    ) -> Self {
        let is_first = before.is_none();
        let mut known = before.unwrap_or_default();
        let (old, new) = (known.names.len(), places.len());
        let is_same = |at_before: usize, at: usize| {
            let place = places[at];
            let stands = place == known.places[at_before] && place.is_some_and(&stays);
            stands || &*known.names[at_before] == text(at)
        };
        let both = old.min(new);
        let start = (0..both).take_while(|at| is_same(*at, *at)).count();
        let tail = (1..=both - start).take_while(|back| is_same(old - back, new - back)).count();
        let (end_before, end) = (old - tail, new - tail);

        let mut change =
            Change { start: start as u32, end_before: end_before as u32, end: end as u32, ..Change::default() };
        let names: Vec<Box<str>> = (start..end).map(|at| text(at).into()).collect();
        let hashes: Vec<([u32; MOST_PIECES], usize)> = names.iter().map(|name| pieces_of(name)).collect();
        let mut words = Vec::new();
        let mut owners = Vec::new();
        for (number, name) in (start as u32..).zip(&names) {
            words.extend(words_of(name));
            owners.resize(words.len(), number);
        }
        let first_word = known.owners.partition_point(|owner| (*owner as usize) < start);
        let end_of_words = known.owners.partition_point(|owner| (*owner as usize) < end_before);
        if !is_first {
            change.pieces.extend(hashes.iter().flat_map(|(hashes, count)| &hashes[..*count]));
            let gone = start..end_before;
            let counts = known.counts[gone.clone()].iter();
            let pieces = known.pieces[gone].iter().zip(counts);
            change.pieces.extend(pieces.flat_map(|(hashes, count)| &hashes[..usize::from(*count)]));
            let gone = known.words[first_word..end_of_words].iter();
            change.words = words.iter().chain(gone).map(|word| (*word, 0)).collect();
        }
        if !change.words.is_empty() {
            for word in &known.words[..first_word] {
                if let Some(count) = change.words.get_mut(word) {
                    *count += 1;
                }
            }
        }
        let shift = (end as u32).wrapping_sub(end_before as u32);
        known.owners[end_of_words..].iter_mut().for_each(|owner| *owner = owner.wrapping_add(shift));
        known.owners.splice(first_word..end_of_words, owners);
        known.words.splice(first_word..end_of_words, words);
        known.names.splice(start..end_before, names);
        known.pieces.splice(start..end_before, hashes.iter().map(|(hashes, _)| *hashes));
        known.counts.splice(start..end_before, hashes.iter().map(|(_, count)| *count as u8));
        let answers = known.answers.into_inner().unwrap_or_else(PoisonError::into_inner);
        Self {
            places,
            change,
            before: answers,
            answers: Mutex::default(),
            // Nothing is known, and everything will be asked.
            asked: AtomicUsize::new(if is_first { MOST_SCANS } else { 0 }),
            by_piece: OnceLock::new(),
            by_word: OnceLock::new(),
            ..known
        }
    }

    /// Whether nothing was known of names before these, so that many questions will be asked.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.asked.load(Ordering::Relaxed) >= MOST_SCANS
    }

    /// The number of the nearest name to `name`: what [`super::Names::near`] says of these names.
    #[must_use]
    pub fn near(&self, name: &str) -> Option<usize> {
        let found = self.again(name).unwrap_or_else(|| self.find(name));
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(name.into(), found);
        found.map(|found| found.number as usize)
    }

    /// The answer that was given before, if it still holds.
    fn again(&self, name: &str) -> Option<Option<Found>> {
        let change = &self.change;
        let found = *self.before.get(name)?;
        if !change.pieces.is_empty() && sought(&lowercase(name)).any(|piece| change.pieces.contains(&piece)) {
            return None;
        }
        // Only so many names with a word are looked at.
        let is_open = |word: u32| change.words.get(&word).is_some_and(|count| *count < MOST_CANDIDATES);
        if found.is_none_or(|found| found.by_words) && words_of(name).any(is_open) {
            return None;
        }
        let Some(found) = found else { return Some(None) };
        let number = match found.number {
            number if number < change.start => number,
            number if number >= change.end_before => number - change.end_before + change.end,
            _ => return None,
        };
        Some(Some(Found { number, ..found }))
    }

    fn find(&self, name: &str) -> Option<Found> {
        if self.asked.fetch_add(1, Ordering::Relaxed) < MOST_SCANS {
            find(&Scan::new(self, name), name)
        } else {
            find(self, name)
        }
    }

    /// Puts the names into the order of their pieces, which many questions need.
    pub fn index_pieces(&self) {
        self.by_piece();
    }

    /// Likewise by words.
    pub fn index_words(&self) {
        self.by_word();
    }

    fn by_piece(&self) -> &Postings {
        self.by_piece.get_or_init(|| {
            let hashes = (0..).zip(self.pieces.iter().zip(&self.counts));
            let pairs = hashes.flat_map(|(number, (hashes, count))| {
                hashes[..usize::from(*count)].iter().map(move |piece| (*piece, number))
            });
            Postings::new(&pairs.collect::<Vec<_>>())
        })
    }

    fn by_word(&self) -> &Postings {
        self.by_word.get_or_init(|| {
            let pairs = self.words.iter().copied().zip(self.owners.iter().copied());
            Postings::new(&pairs.collect::<Vec<_>>())
        })
    }
}

impl Index for KnownNames {
    fn name(&self, number: u32) -> &str {
        &self.names[number as usize]
    }

    fn with_piece(&self, piece: u32) -> impl Iterator<Item = u32> {
        self.by_piece().of(piece)
    }

    fn with_word(&self, word: u32) -> impl Iterator<Item = u32> {
        self.by_word().of(word)
    }
}

/// What was found for one question by going through all hashes once.
struct Scan<'a> {
    known: &'a KnownNames,
    /// The names with each of the pieces that are sought.
    found: FxHashMap<u32, Vec<u32>>,
}

impl<'a> Scan<'a> {
    fn new(known: &'a KnownNames, name: &str) -> Self {
        let mut found: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
        // Most hashes are not among them, which one bit says.
        let bit = |piece: u32| ((piece >> 22) as usize, 1_u64 << (piece >> 16 & 63));
        let mut bits = vec![0_u64; 1 << 10];
        for piece in sought(&lowercase(name)) {
            let (at, bit) = bit(piece);
            bits[at] |= bit;
            found.insert(piece, Vec::new());
        }
        for (number, (hashes, count)) in (0..).zip(known.pieces.iter().zip(&known.counts)) {
            for piece in &hashes[..usize::from(*count)] {
                let (at, bit) = bit(*piece);
                if bits[at] & bit != 0
                    && let Some(numbers) = found.get_mut(piece)
                {
                    numbers.push(number);
                }
            }
        }
        Self { known, found }
    }
}

impl Index for Scan<'_> {
    fn name(&self, number: u32) -> &str {
        self.known.name(number)
    }

    fn with_piece(&self, piece: u32) -> impl Iterator<Item = u32> {
        self.found.get(&piece).into_iter().flatten().copied()
    }

    fn with_word(&self, word: u32) -> impl Iterator<Item = u32> {
        let all = self.known.words.iter().zip(&self.known.owners);
        all.filter(move |(other, _)| **other == word).map(|(_, owner)| *owner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Names;
    use crate::text::{FileId, Span};

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

    /// Where the name stands in a file of which nothing but the names after a first one stay.
    fn places(names: &[String], first: usize) -> Vec<Option<Place>> {
        (0..names.len() as u32)
            .map(|at| {
                (!at.is_multiple_of(3))
                    .then(|| Place { file: FileId(u32::from(at as usize >= first)), span: Span::at(at) })
            })
            .collect()
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
        let (mut again, mut anew) = (0, 0);
        for step in 0..24 {
            let start = random.below(names.len());
            let is_same_as_before = kept.is_some();
            if is_same_as_before {
                let gone = start..(start + random.below(4)).min(names.len());
                let new: Vec<String> = (0..random.below(4)).map(|_| name(&mut random)).collect();
                names.splice(gone, new);
            }
            // What stands before the change stands where it stood.
            let places = places(&names, start);
            let stays =
                |place: Place| is_same_as_before && place.file == FileId(0) && (place.span.start as usize) < start;
            let known = KnownNames::new(kept.take(), places, |at| &names[at], stays);
            let fresh = Names::new(names.iter().map(String::as_str));
            // Some are asked for the first time, and some no more.
            for question in questions.iter().skip(step).take(90) {
                match known.again(question) {
                    Some(_) => again += 1,
                    None => anew += 1,
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
