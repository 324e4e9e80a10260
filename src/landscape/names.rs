//! The names of a landscape as numbers.
//!
//! A large project has more names than fit into any cache, and each look-up would wait for memory. So names are first dealt
//! out by their hashes into parts that do fit; in each part the first mention of every hash is found. Then all mentions are
//! gone through in their order, and every first one gets the next number: how many first ones stand before it. Then the
//! names of each file can be compared with those whose numbers they got, while others already use the numbers
//! ([`Unproven`]); what that needs to read is read ahead for some hundred at once. Should two names have one hash, which nobody
//! will see who does not look for it, everything is done again by the texts. Nearly all steps are done for two halves at the
//! same time; the halves follow from the files alone, never from the number of threads.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::Place;
use crate::text::{FileId, SourceMap};

use super::facts::FileFacts;
use super::firsts::Firsts;
use super::merge::Both;
use super::symbols::{Slots, fold, hash};

/// The names of a landscape.
#[derive(Debug)]
pub(super) struct Interner {
    /// The names, by the first bits of their hashes.
    parts: Vec<Slots>,
    /// How many bits of a hash are not the number of its part.
    shift: u32,
    texts: Arc<Texts>,
    /// Names that stand in no file in one piece; their numbers come after those of all others.
    owned: Vec<String>,
}

impl Default for Interner {
    fn default() -> Self {
        Self { parts: vec![Slots::default()], shift: u32::BITS, texts: Arc::default(), owned: Vec::new() }
    }
}

/// Where each name stands first, in the order of the files; in two pieces, which two threads make at once.
#[derive(Debug, Default)]
struct Texts {
    head: Vec<Place>,
    tail: Vec<Place>,
}

impl Texts {
    fn len(&self) -> usize {
        self.head.len() + self.tail.len()
    }

    fn get(&self, name: u32) -> Option<Place> {
        let name = name as usize;
        self.head.get(name).or_else(|| self.tail.get(name - self.head.len())).copied()
    }

    /// How many names stand first in a file before this one.
    fn before(&self, file: FileId) -> u32 {
        let count = |places: &[Place]| places.partition_point(|place| place.file < file);
        (count(&self.head) + count(&self.tail)) as u32
    }
}

/// How many mentions a part has in the mean: its names fit into the cache of one processor.
const MENTIONS_A_PART: usize = 1 << 13;

/// How many names are read ahead at once.
pub(super) const AHEAD: usize = 256;

/// How many files are compared by one task.
const FILES_A_TASK: usize = 64;

/// Fewer mentions are numbered by their texts at once, without being dealt out.
const FEW: usize = 1 << 14;

/// Room for names that stand in no file; moving all others for a handful of them is dear.
pub(super) const MORE_NAMES: usize = 1 << 10;

/// The number of each symbol of each file.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// Where the symbols of each file begin; one more than there are files.
    starts: Vec<u32>,
    numbers: Vec<u32>,
}

impl Numbers {
    /// Those of the symbols of the file at that place.
    pub(super) fn of(&self, file: usize) -> &[u32] {
        &self.numbers[self.starts[file] as usize..self.starts[file + 1] as usize]
    }
}

/// All symbols of all files, counted through.
struct Mentions<'a> {
    sources: &'a SourceMap,
    files: &'a [&'a FileFacts],
    starts: Vec<u32>,
    /// The hashes of each file, where its facts do not have them any more.
    taken: Vec<Vec<u64>>,
}

/// The mentions of some files, dealt out into parts; in each part they come in their order.
#[derive(Default)]
struct Dealt {
    /// Where each part begins.
    starts: Vec<usize>,
    /// The hash; that of a name that was met before is replaced by the number of its first mention.
    hashes: Vec<u64>,
    /// The number of the mention among all, with [`AGAIN`] where its name was met before.
    numbers: Vec<u32>,
}

/// Some parts of dealt mentions.
struct Parts<'a> {
    starts: &'a [usize],
    hashes: &'a mut [u64],
    numbers: &'a mut [u32],
}

/// Marks mentions of names that were met before.
const AGAIN: u32 = 1 << 31;

impl Dealt {
    /// Splits the parts in two, before that of this number.
    fn split(&mut self, part: usize) -> (Parts<'_>, Parts<'_>) {
        let at = self.starts.get(part).copied().unwrap_or_default();
        let (low_hashes, high_hashes) = self.hashes.split_at_mut(at);
        let (low_numbers, high_numbers) = self.numbers.split_at_mut(at);
        let low = Parts { starts: &self.starts[..=part], hashes: low_hashes, numbers: low_numbers };
        (low, Parts { starts: &self.starts[part..], hashes: high_hashes, numbers: high_numbers })
    }

    /// Writes the first mention of the name of each of these where that mention has its place, and marks those that are.
    fn scatter(&self, places: &mut [u32], firsts: &mut Firsts) {
        for (hash, number) in self.hashes.iter().zip(&self.numbers) {
            let mention = (number & !AGAIN) as usize;
            places[mention - firsts.start] = if number & AGAIN == 0 {
                firsts.mark(mention);
                *number
            } else {
                *hash as u32
            };
        }
    }
}

impl Parts<'_> {
    fn of(&mut self, part: usize) -> (&mut [u64], &mut [u32]) {
        let range = self.starts[part] - self.starts[0]..self.starts[part + 1] - self.starts[0];
        (&mut self.hashes[range.clone()], &mut self.numbers[range])
    }
}

/// Finds the first mention of each hash in these parts of the head and the tail of all files. `share` is how many mentions a
/// name has, about.
fn find(mut head: Parts<'_>, mut tail: Parts<'_>, share: usize) -> Vec<Slots> {
    (0..head.starts.len() - 1)
        .map(|part| {
            let (mut first, mut second) = (head.of(part), tail.of(part));
            let mut slots = Slots::with_capacity((first.0.len() + second.0.len()) / share);
            let before = first.0.len();
            for at in 0..before + second.0.len() {
                let hash = if at < before { first.0[at] } else { second.0[at - before] };
                let hash_of = |at: u32| {
                    let at = at as usize;
                    if at < before { first.0[at] } else { second.0[at - before] }
                };
                let Some(known) = slots.find(fold(hash), |at| hash_of(at) == hash) else {
                    slots.insert(fold(hash), at as u32);
                    continue;
                };
                let known = known as usize;
                let mention = if known < before { first.1[known] } else { second.1[known - before] };
                let (hashes, numbers, at) = if at < before {
                    (&mut first.0, &mut first.1, at)
                } else {
                    (&mut second.0, &mut second.1, at - before)
                };
                hashes[at] = u64::from(mention);
                numbers[at] |= AGAIN;
            }
            // From here on a slot names the first mention.
            slots.renumber(|at| {
                let at = at as usize;
                if at < before { first.1[at] } else { second.1[at - before] }
            });
            slots
        })
        .collect()
}

fn part(hash: u64, shift: u32) -> usize {
    (u64::from(fold(hash)) >> shift) as usize
}

/// The names of all mentions.
struct Numbered {
    parts: Vec<Slots>,
    shift: u32,
    texts: Texts,
    numbers: Vec<u32>,
}

impl<'a> Mentions<'a> {
    fn new(sources: &'a SourceMap, files: &'a [&'a FileFacts], taken: Vec<Vec<u64>>) -> Self {
        let mut starts = Vec::with_capacity(files.len() + 1);
        let mut count = 0_usize;
        for file in files {
            starts.push(count as u32);
            count += file.symbols.len();
        }
        starts.push(count as u32);
        Self { sources, files, starts, taken }
    }

    fn len(&self) -> usize {
        self.starts.last().map_or(0, |count| *count as usize)
    }

    /// Where the symbols of some files stand, in their order.
    fn places(&self, files: Range<usize>) -> impl Iterator<Item = Place> {
        self.files[files].iter().flat_map(|facts| {
            let file = facts.file();
            facts.symbols.spans().map(move |span| Place { file, span })
        })
    }

    fn hashes(&self, files: Range<usize>) -> impl Iterator<Item = u64> {
        let of = |file: usize| self.taken.get(file).unwrap_or(&self.files[file].symbols.hashes);
        files.flat_map(move |file| of(file).iter().copied())
    }

    /// Numbers names by their texts.
    fn one_by_one(&self) -> Numbered {
        let mut texts: Vec<Place> = Vec::with_capacity(self.len() / 2);
        let mut slots = Slots::with_capacity(self.len() / 2);
        let mut numbers = Vec::with_capacity(self.len());
        let files = 0..self.files.len();
        for place in self.places(files) {
            let text = self.sources.get(place.file).slice(place.span);
            let hash = hash(text);
            let is_same = |number: u32| is_text(self.sources, texts[number as usize], text);
            numbers.push(slots.find(fold(hash), is_same).unwrap_or_else(|| {
                let number = texts.len() as u32;
                texts.push(place);
                slots.insert(fold(hash), number);
                number
            }));
        }
        let texts = Texts { head: texts, tail: Vec::new() };
        Numbered { parts: vec![slots], shift: u32::BITS, texts, numbers }
    }

    /// Deals out the mentions of these files, by a counting sort.
    fn deal(&self, files: Range<usize>, parts: usize, shift: u32) -> Dealt {
        let mut starts = vec![0_usize; parts + 1];
        self.hashes(files.clone()).for_each(|hash| starts[part(hash, shift) + 1] += 1);
        for part in 0..parts {
            starts[part + 1] += starts[part];
        }
        let mut next = starts.clone();
        let (mut hashes, mut numbers) = (vec![0_u64; starts[parts]], vec![0_u32; starts[parts]]);
        for (hash, number) in self.hashes(files.clone()).zip(self.starts[files.start]..) {
            let slot = &mut next[part(hash, shift)];
            (hashes[*slot], numbers[*slot]) = (hash, number);
            *slot += 1;
        }
        Dealt { starts, hashes, numbers }
    }

    /// Numbers names by their hashes.
    fn by_hash(&self, both: Both) -> Numbered {
        let parts = (self.len() / MENTIONS_A_PART + 2).next_power_of_two().min(1 << 16);
        let shift = u32::BITS - parts.trailing_zeros();
        let (half, end) = (self.half(), self.files.len());
        let (mut head, mut tail) = (Dealt::default(), Dealt::default());
        both(&mut || head = self.deal(0..half, parts, shift), &mut || tail = self.deal(half..end, parts, shift));
        // In many files, names stand more than once.
        let share = if self.files.len() > 8 { 4 } else { 1 };
        let ((head_low, head_high), (tail_low, tail_high)) = (head.split(parts / 2), tail.split(parts / 2));
        let (mut low, mut high) = (Some((head_low, tail_low)), Some((head_high, tail_high)));
        let find_in = |parts: &mut Option<(Parts<'_>, Parts<'_>)>| {
            parts.take().map(|(head, tail)| find(head, tail, share)).unwrap_or_default()
        };
        let (mut low_slots, mut high_slots) = (Vec::new(), Vec::new());
        both(&mut || low_slots = find_in(&mut low), &mut || high_slots = find_in(&mut high));

        // For each mention the first one of its name, and then the number of that.
        let mut numbers = vec![0_u32; self.len()];
        let start = head.numbers.len();
        let (head_numbers, tail_numbers) = numbers.split_at_mut(start);
        let (mut head_firsts, mut tail_firsts) = (Firsts::new(0, start), Firsts::new(start, self.len() - start));
        both(&mut || head.scatter(head_numbers, &mut head_firsts), &mut || {
            tail.scatter(tail_numbers, &mut tail_firsts);
        });
        drop((head, tail));
        let in_head = head_firsts.count(0);
        let count = tail_firsts.count(in_head);
        let number = |first: u32| {
            let first = first as usize;
            if first < start { head_firsts.number(first) } else { tail_firsts.number(first) }
        };
        let mut texts = Texts::default();
        texts.head.reserve_exact(in_head as usize);
        texts.tail.reserve_exact((count - in_head) as usize);
        let Texts { head, tail } = &mut texts;
        both(&mut || self.numbered(0..half, head_numbers, &number, head), &mut || {
            self.numbered(half..end, tail_numbers, &number, tail);
        });
        let renumber = |parts: &mut [Slots]| parts.iter_mut().for_each(|slots| slots.renumber(number));
        both(&mut || renumber(&mut low_slots), &mut || renumber(&mut high_slots));
        low_slots.append(&mut high_slots);
        Numbered { parts: low_slots, shift, texts, numbers }
    }

    /// Puts numbers of names in place of first mentions, and adds the places of those that are first themselves.
    fn numbered(&self, files: Range<usize>, numbers: &mut [u32], number: &impl Fn(u32) -> u32, texts: &mut Vec<Place>) {
        let mut mention = self.starts[files.start];
        let mut numbers = numbers.iter_mut();
        for facts in &self.files[files] {
            let file = facts.file();
            for (symbol, slot) in (0..facts.symbols.len() as u32).zip(&mut numbers) {
                if *slot == mention {
                    texts.push(Place { file, span: facts.symbols.first(symbol) });
                }
                *slot = number(*slot);
                mention += 1;
            }
        }
    }

    /// How many files have the first half of the mentions.
    fn half(&self) -> usize {
        self.starts.partition_point(|start| *start as usize <= self.len() / 2).saturating_sub(1)
    }
}

/// Names that were numbered by their hashes, which says all but surely which of them are the same.
pub(super) struct Unproven<'a> {
    mentions: Mentions<'a>,
    texts: Arc<Texts>,
    numbers: Arc<Numbers>,
}

impl Unproven<'_> {
    /// Whether all names are those whose numbers they have.
    pub(super) fn is_right(&self, both: Both) -> bool {
        self.are_right(0..self.mentions.files.len(), both)
    }

    fn are_right(&self, files: Range<usize>, both: Both) -> bool {
        if files.len() <= FILES_A_TASK {
            return files.into_iter().all(|file| self.is_file_right(file));
        }
        let half = files.start + files.len() / 2;
        let (mut front, mut back) = (false, false);
        both(&mut || front = self.are_right(files.start..half, both), &mut || {
            back = self.are_right(half..files.end, both);
        });
        front && back
    }

    /// Whether the names of a file are. The one that stands first needs no look; of the others all places are read first, then
    /// all texts, so that the waits overlap.
    fn is_file_right(&self, file: usize) -> bool {
        let facts = self.mentions.files[file];
        let sources = self.mentions.sources;
        let own = sources.get(facts.file());
        // Names are numbered in the order in which they stand first.
        let mut next = self.texts.before(facts.file());
        let mut again: Vec<(u32, Place)> = Vec::with_capacity(AHEAD);
        let mut symbols = (0..).zip(self.numbers.of(file)).peekable();
        while symbols.peek().is_some() {
            again.clear();
            for (symbol, number) in &mut symbols {
                if *number == next {
                    next += 1;
                    continue;
                }
                let Some(place) = self.texts.get(*number) else { return false };
                again.push((symbol, place));
                if again.len() == AHEAD {
                    break;
                }
            }
            // Some lie on the border of what is read at once.
            let ends = |place: Place| match sources.get(place.file).bytes(place.span) {
                [first, .., last] => u32::from(*first) + u32::from(*last),
                _ => 0,
            };
            std::hint::black_box(again.iter().fold(0_u32, |sum, (_, place)| sum.wrapping_add(ends(*place))));
            let is_same = |(symbol, place): &(u32, Place)| {
                let span = facts.symbols.first(*symbol);
                span.len() == place.span.len() && own.bytes(span) == sources.get(place.file).bytes(place.span)
            };
            if !again.iter().all(is_same) {
                return false;
            }
        }
        true
    }
}

impl Interner {
    /// Numbers the names of all files, in the order in which they are first mentioned. Answers with the number of each
    /// symbol of each file, too; and, where they are many, with what is to be proven before they are believed.
    pub(super) fn of<'a>(
        sources: &'a SourceMap,
        files: &'a [&'a FileFacts],
        hashes: Vec<Vec<u64>>,
        both: Both,
    ) -> (Self, Arc<Numbers>, Option<Unproven<'a>>) {
        let mut mentions = Mentions::new(sources, files, hashes);
        if mentions.len() < FEW || mentions.len() >= AGAIN as usize {
            let (interner, numbers) = Self::new(mentions.one_by_one(), mentions.starts);
            return (interner, numbers, None);
        }
        let (interner, numbers) = Self::new(mentions.by_hash(both), mentions.starts.clone());
        mentions.taken = Vec::new();
        let unproven = Unproven { mentions, texts: Arc::clone(&interner.texts), numbers: Arc::clone(&numbers) };
        (interner, numbers, Some(unproven))
    }

    /// The same by the texts alone, which takes longer and is surely right.
    pub(super) fn by_texts(sources: &SourceMap, files: &[&FileFacts]) -> (Self, Arc<Numbers>) {
        let mentions = Mentions::new(sources, files, Vec::new());
        Self::new(mentions.one_by_one(), mentions.starts)
    }

    fn new(numbered: Numbered, starts: Vec<u32>) -> (Self, Arc<Numbers>) {
        let Numbered { parts, shift, texts, numbers } = numbered;
        let interner = Self { parts, shift, texts: Arc::new(texts), owned: Vec::new() };
        (interner, Arc::new(Numbers { starts, numbers }))
    }

    /// Number of names.
    pub(super) fn len(&self) -> usize {
        self.texts.len() + self.owned.len()
    }

    /// The text of `name`; empty where there is no such name.
    pub(super) fn text<'a>(&'a self, sources: &'a SourceMap, name: u32) -> &'a str {
        match self.texts.get(name) {
            Some(place) => sources.get(place.file).slice(place.span),
            None => self.owned_text(name).unwrap_or_default(),
        }
    }

    fn owned_text(&self, name: u32) -> Option<&str> {
        self.owned.get((name as usize).checked_sub(self.texts.len())?).map(String::as_str)
    }

    /// The name whose text is `text`.
    pub(super) fn find(&self, sources: &SourceMap, text: &str) -> Option<u32> {
        self.find_hashed(sources, hash(text), text)
    }

    fn find_hashed(&self, sources: &SourceMap, hash: u64, text: &str) -> Option<u32> {
        self.parts[part(hash, self.shift)].find(fold(hash), |name| match self.texts.get(name) {
            Some(place) => is_text(sources, place, text),
            None => self.owned_text(name) == Some(text),
        })
    }

    /// The name `text`, which may stand nowhere.
    pub(super) fn intern(&mut self, sources: &SourceMap, text: &str) -> u32 {
        let hash = hash(text);
        if let Some(name) = self.find_hashed(sources, hash, text) {
            return name;
        }
        let name = self.len() as u32;
        self.owned.push(text.to_owned());
        self.parts[part(hash, self.shift)].insert(fold(hash), name);
        name
    }
}

/// Whether `place` says `text`. Lengths are compared first, since they need no look at the file.
fn is_text(sources: &SourceMap, place: Place, text: &str) -> bool {
    place.span.len() as usize == text.len() && sources.get(place.file).slice(place.span) == text
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::landscape::{Kind, Surroundings, in_turn, lower, merge};
    use crate::syntax;
    use crate::text::{Date, Source};

    /// Every symbol of every file has the number of its text, and no other text has that number.
    fn verify(texts: Vec<String>) -> Interner {
        let sources: Vec<Source> =
            texts.into_iter().enumerate().map(|(at, text)| Source::new(format!("{at}.isms"), text)).collect();
        let sources = SourceMap::new(sources);
        let facts: Vec<FileFacts> =
            sources.iter().map(|(file, source)| lower(syntax::parse(source, file).tree, source, file)).collect();
        let files: Vec<&FileFacts> = facts.iter().collect();
        let (interner, names, unproven) = Interner::of(&sources, &files, Vec::new(), in_turn);
        assert!(unproven.is_none_or(|names| names.is_right(in_turn)));
        for (number, facts) in facts.iter().enumerate() {
            let text = sources.get(facts.file()).text();
            for (span, name) in facts.symbols.spans().zip(names.of(number)) {
                assert_eq!(interner.text(&sources, *name), span.text(text));
                assert_eq!(interner.find(&sources, span.text(text)), Some(*name));
            }
        }
        interner
    }

    #[test]
    fn few_names_are_numbered_in_one_go() {
        let mut interner = verify(vec!["role a \"A\" role b \"B\"".to_owned(), "role b \"B\" role c \"C\"".to_owned()]);
        assert_eq!(interner.len(), 3);
        let sources = SourceMap::new(vec![Source::new("a.isms", "role a \"A\" role b \"B\"")]);
        assert_eq!(interner.find(&sources, "d"), None);
        assert_eq!(interner.intern(&sources, "d"), 3);
        assert_eq!((interner.intern(&sources, "d"), interner.find(&sources, "d")), (3, Some(3)));
        assert_eq!(interner.text(&sources, 3), "d");
    }

    #[test]
    fn many_names_are_numbered_as_they_are_first_mentioned() {
        let file = |from: usize| {
            (from..from + 9_000).fold(String::new(), |mut text, number| {
                let _ = writeln!(text, "role name-{number} \"A role\"");
                text
            })
        };
        let texts = [0, 5_000, 20_000, 0].map(file).to_vec();
        let interner = verify(texts.clone());
        assert_eq!(interner.len(), 23_000);
        let sources = texts.into_iter().enumerate().map(|(at, text)| Source::new(format!("{at}.isms"), text)).collect();
        let sources = SourceMap::new(sources);
        for (name, number) in [(0, "name-0"), (8_999, "name-8999"), (9_000, "name-9000"), (14_000, "name-20000")] {
            assert_eq!(interner.text(&sources, name), number);
        }
    }

    #[test]
    fn names_with_one_hash_are_told_apart() {
        let file = |from: usize| {
            (from..from + 9_000).fold(String::new(), |mut text, number| {
                let _ = writeln!(text, "role name-{number} \"A role\"");
                text
            })
        };
        let texts = [file(0), file(5_000)];
        let sources = texts.iter().enumerate().map(|(at, text)| Source::new(format!("{at}.isms"), text.as_str()));
        let sources = Arc::new(SourceMap::new(sources.collect()));
        let facts = |collides: Option<(usize, usize)>| -> Vec<FileFacts> {
            let mut facts: Vec<FileFacts> =
                sources.iter().map(|(file, source)| lower(syntax::parse(source, file).tree, source, file)).collect();
            if let Some((file, symbol)) = collides {
                facts[file].symbols.hashes[symbol] = facts[0].symbols.hashes[0];
            }
            facts
        };
        let plain = facts(None);
        let files: Vec<&FileFacts> = plain.iter().collect();
        let (_, plain, unproven) = Interner::of(&sources, &files, Vec::new(), in_turn);
        assert!(unproven.is_some_and(|names| names.is_right(in_turn)));
        let surroundings =
            Surroundings { sources: Arc::clone(&sources), today: Date::from_days(0), known_paths: None, both: in_turn };
        // One that only the other file has, and one of the same file.
        for collides in [(1, 8_999), (0, 7)] {
            let collided = facts(Some(collides));
            let files: Vec<&FileFacts> = collided.iter().collect();
            let unproven = Interner::of(&sources, &files, Vec::new(), in_turn).2;
            assert!(unproven.is_some_and(|names| !names.is_right(in_turn)));
            assert_eq!(plain.numbers, Interner::by_texts(&sources, &files).1.numbers);
            // Who uses the numbers meanwhile begins again.
            let (landscape, findings) = merge(&surroundings, &files);
            assert_eq!(landscape.rows(Kind::Role).len(), 14_000);
            assert!(findings.iter().all(|finding| !finding.message.contains("name-7`")), "{:?}", findings.first());
        }
    }
}
