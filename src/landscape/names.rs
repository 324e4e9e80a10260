//! The names of a landscape as numbers.
//!
//! A large project has more names than fit into any cache, and each look-up would wait for memory. So names are first dealt
//! out by their hashes into parts that do fit; in each part the first mention of every name is found, and what that needs to
//! read of the files is read ahead for some hundred names at once. Then all mentions are gone through in their order, and
//! every first one gets the next number. Each step is done for two halves at the same time; the halves follow from the
//! files alone, never from the number of threads.

use crate::diagnostic::Place;
use crate::text::{FileId, SourceMap, Span};

use super::facts::FileFacts;
use super::merge::Both;
use super::symbols::{EMPTY, Slots, hash};

/// The names of a landscape.
#[derive(Debug)]
pub(super) struct Interner {
    /// The names, by the first bits of their hashes.
    parts: Vec<Slots>,
    /// How many bits of a hash are not the number of its part.
    shift: u32,
    texts: Vec<Place>,
    /// Names that stand in no file in one piece; their place has [`OWNED`] for its file.
    owned: Vec<String>,
}

impl Default for Interner {
    fn default() -> Self {
        Self { parts: vec![Slots::default()], shift: u32::BITS, texts: Vec::new(), owned: Vec::new() }
    }
}

const OWNED: FileId = FileId(u32::MAX);

/// How many mentions a part has in the mean: its names fit into the cache of one processor.
const MENTIONS_A_PART: usize = 1 << 13;

/// How many names are read ahead at once.
const AHEAD: usize = 256;

/// How many mentions have one entry in the table that finds their file.
const BLOCK: usize = 64;

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
    /// For each [`BLOCK`] of mentions, the file of the first.
    blocks: Vec<u32>,
}

/// A symbol of a file: its hash, later the first mention of its name; and its number among all mentions.
#[derive(Clone, Copy, Default)]
struct Mention {
    hash: u32,
    at: u32,
}

/// The mentions of some files, dealt out into parts.
#[derive(Default)]
struct Dealt {
    starts: Vec<usize>,
    mentions: Vec<Mention>,
}

fn part(hash: u32, shift: u32) -> usize {
    (u64::from(hash) >> shift) as usize
}

impl<'a> Mentions<'a> {
    fn new(sources: &'a SourceMap, files: &'a [&'a FileFacts]) -> Self {
        let mut starts = Vec::with_capacity(files.len() + 1);
        let mut blocks = Vec::new();
        let mut count = 0_usize;
        for (number, file) in files.iter().enumerate() {
            starts.push(count as u32);
            count += file.symbols.len();
            blocks.resize(count.div_ceil(BLOCK), number as u32);
        }
        starts.push(count as u32);
        Self { sources, files, starts, blocks }
    }

    fn len(&self) -> usize {
        self.starts.last().map_or(0, |count| *count as usize)
    }

    fn place(&self, at: u32) -> Place {
        let mut file = self.blocks[at as usize / BLOCK] as usize;
        while self.starts[file + 1] <= at {
            file += 1;
        }
        let facts = self.files[file];
        Place { file: facts.file(), span: facts.symbols.spans[(at - self.starts[file]) as usize] }
    }

    /// Deals out the mentions of these files, by a counting sort.
    fn deal(&self, files: std::ops::Range<usize>, parts: usize, shift: u32) -> Dealt {
        let hashes = || self.files[files.clone()].iter().flat_map(|facts| facts.symbols.hashes.iter().copied());
        let mut starts = vec![0_usize; parts + 1];
        hashes().for_each(|hash| starts[part(hash, shift) + 1] += 1);
        for part in 0..parts {
            starts[part + 1] += starts[part];
        }
        let mut next = starts.clone();
        let mut mentions = vec![Mention::default(); starts[parts]];
        for (hash, at) in hashes().zip(self.starts[files.start]..) {
            let slot = &mut next[part(hash, shift)];
            mentions[*slot] = Mention { hash, at };
            *slot += 1;
        }
        Dealt { starts, mentions }
    }

    /// Finds the first mention of the name of each of these, which come in their order. All slots are read first, then all
    /// places, then all texts, so that the waits overlap.
    fn find_first(&self, mentions: &mut [Mention], slots: &mut Slots) {
        for mentions in mentions.chunks_mut(AHEAD) {
            let known = mentions.iter().map(|mention| slots.first(mention.hash)).filter(|at| *at != EMPTY);
            let mut places = [Place { file: OWNED, span: Span::default() }; 2 * AHEAD];
            let all = known.chain(mentions.iter().map(|mention| mention.at));
            let count = places.iter_mut().zip(all).map(|(place, at)| *place = self.place(at)).count();
            let bytes = places[..count].iter().map(|place| first_byte(self.sources, *place));
            std::hint::black_box(bytes.fold(0, u32::wrapping_add));
            for mention in mentions {
                let text = resolve(&[], self.sources, self.place(mention.at));
                let is_same = |known: u32| is_text(&[], self.sources, self.place(known), text);
                let first = slots.find(mention.hash, is_same).unwrap_or_else(|| {
                    slots.insert(mention.hash, mention.at);
                    mention.at
                });
                mention.hash = first;
            }
        }
    }

    /// How many files have the first half of the mentions.
    fn half(&self) -> usize {
        self.starts.partition_point(|start| *start as usize <= self.len() / 2).saturating_sub(1)
    }
}

impl Interner {
    /// Numbers the names of all files, in the order in which they are first mentioned. Answers with the number of each
    /// symbol of each file, too.
    pub(super) fn of(sources: &SourceMap, files: &[&FileFacts], both: Both) -> (Self, Numbers) {
        let all = Mentions::new(sources, files);
        let parts = (all.len() / MENTIONS_A_PART + 1).next_power_of_two().min(1 << 16);
        let shift = u32::BITS - parts.trailing_zeros();
        let half = all.half();
        let (mut head, mut tail) = (Dealt::default(), Dealt::default());
        both(&mut || head = all.deal(0..half, parts, shift), &mut || tail = all.deal(half..files.len(), parts, shift));

        // In many files, names stand more than once.
        let share = if files.len() > 8 { 4 } else { 1 };
        let middle = parts / 2;
        let (head_starts, tail_starts) = (&head.starts, &tail.starts);
        let find = |range: std::ops::Range<usize>, head: &mut [Mention], tail: &mut [Mention]| -> Vec<Slots> {
            let first = range.start;
            let of = |starts: &[usize], part: usize| starts[part] - starts[first]..starts[part + 1] - starts[first];
            range
                .map(|part| {
                    let (head, tail) = (&mut head[of(head_starts, part)], &mut tail[of(tail_starts, part)]);
                    let mut slots = Slots::with_capacity((head.len() + tail.len()) / share);
                    all.find_first(head, &mut slots);
                    all.find_first(tail, &mut slots);
                    slots
                })
                .collect()
        };
        let (head_low, head_high) = head.mentions.split_at_mut(head_starts[middle]);
        let (tail_low, tail_high) = tail.mentions.split_at_mut(tail_starts[middle]);
        let (mut low, mut high) = (Vec::new(), Vec::new());
        both(&mut || low = find(0..middle, head_low, tail_low), &mut || high = find(middle..parts, head_high, tail_high));

        // For each mention the first one of its name, and then, in their order, the number of that.
        let mut numbers = vec![0_u32; all.len()];
        let (head_numbers, tail_numbers) = numbers.split_at_mut(head.mentions.len());
        let scatter = |mentions: &[Mention], start: usize, numbers: &mut [u32]| {
            mentions.iter().for_each(|mention| numbers[mention.at as usize - start] = mention.hash);
        };
        let start = head.mentions.len();
        both(&mut || scatter(&head.mentions, 0, head_numbers), &mut || scatter(&tail.mentions, start, tail_numbers));
        drop((head, tail));
        let mut texts = Vec::with_capacity(low.iter().chain(&high).map(Slots::len).sum::<usize>() + MORE_NAMES);
        for at in 0..numbers.len() {
            let first = numbers[at] as usize;
            numbers[at] = if first == at {
                texts.push(all.place(at as u32));
                texts.len() as u32 - 1
            } else {
                numbers[first]
            };
        }
        let renumber = |parts: &mut [Slots]| parts.iter_mut().for_each(|slots| slots.renumber(&numbers));
        both(&mut || renumber(&mut low), &mut || renumber(&mut high));
        low.append(&mut high);
        (Self { parts: low, shift, texts, owned: Vec::new() }, Numbers { starts: all.starts, numbers })
    }

    /// Number of names.
    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    /// The text of `name`; empty where there is no such name.
    pub(super) fn text<'a>(&'a self, sources: &'a SourceMap, name: u32) -> &'a str {
        self.texts.get(name as usize).map_or("", |place| resolve(&self.owned, sources, *place))
    }

    /// The name whose text is `text`.
    pub(super) fn find(&self, sources: &SourceMap, text: &str) -> Option<u32> {
        self.find_hashed(sources, hash(text), text)
    }

    fn find_hashed(&self, sources: &SourceMap, hash: u32, text: &str) -> Option<u32> {
        self.parts[part(hash, self.shift)].find(hash, |name| {
            self.texts.get(name as usize).is_some_and(|place| is_text(&self.owned, sources, *place, text))
        })
    }

    /// The name `text`, which may stand nowhere.
    pub(super) fn intern(&mut self, sources: &SourceMap, text: &str) -> u32 {
        let hash = hash(text);
        if let Some(name) = self.find_hashed(sources, hash, text) {
            return name;
        }
        self.owned.push(text.to_owned());
        let name = self.texts.len() as u32;
        self.texts.push(Place { file: OWNED, span: Span::at(self.owned.len() as u32 - 1) });
        self.parts[part(hash, self.shift)].insert(hash, name);
        name
    }
}

/// Whether `place` says `text`. Lengths are compared first, since they need no look at the file.
fn is_text(owned: &[String], sources: &SourceMap, place: Place, text: &str) -> bool {
    (place.file == OWNED || place.span.len() as usize == text.len()) && resolve(owned, sources, place) == text
}

fn first_byte(sources: &SourceMap, place: Place) -> u32 {
    sources.get(place.file).text().as_bytes().get(place.span.start as usize).map_or(EMPTY, |byte| u32::from(*byte))
}

fn resolve<'a>(owned: &'a [String], sources: &'a SourceMap, place: Place) -> &'a str {
    if place.file == OWNED {
        owned.get(place.span.start as usize).map_or("", String::as_str)
    } else {
        place.span.text(sources.get(place.file).text())
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::landscape::{in_turn, lower};
    use crate::syntax;
    use crate::text::Source;

    /// Every symbol of every file has the number of its text, and no other text has that number.
    fn verify(texts: Vec<String>) -> Interner {
        let sources: Vec<Source> =
            texts.into_iter().enumerate().map(|(at, text)| Source::new(format!("{at}.isms"), text)).collect();
        let sources = SourceMap::new(sources);
        let facts: Vec<FileFacts> =
            sources.iter().map(|(file, source)| lower(syntax::parse(source, file).tree, source, file)).collect();
        let files: Vec<&FileFacts> = facts.iter().collect();
        let (interner, names) = Interner::of(&sources, &files, in_turn);
        for (number, facts) in facts.iter().enumerate() {
            let text = sources.get(facts.file()).text();
            for (span, name) in facts.symbols.spans.iter().zip(names.of(number)) {
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
}
