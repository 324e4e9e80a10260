//! The names of a landscape as numbers: each gets the next one where it is mentioned first, in the order of files.
//!
//! A large project has more names than fit into any cache, and each look-up would wait for memory. So those of some hundred
//! mentions are read ahead at once. The first and the second half of the files are numbered at the same time; then the names
//! of the second half get the numbers that they have in the first one, or the next ones.

use std::ops::Range;

use crate::diagnostic::Place;
use crate::text::SourceMap;

use super::facts::FileFacts;
use super::hashes::{NameHash, hash};
use super::known::Known;
use super::merge::Both;

/// The names of a landscape.
#[derive(Debug, Default)]
pub(super) struct Interner {
    known: Known,
    /// Where each name stands first, in the order of the files; in two pieces, which two threads make at once.
    head: Vec<Place>,
    tail: Vec<Place>,
    /// Names that stand in no file in one piece; their numbers come after those of all others.
    owned: Vec<String>,
}

/// How many names are read ahead at once.
pub(super) const AHEAD: usize = 256;

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

/// The names of some files, numbered by themselves.
#[derive(Default)]
struct Half {
    known: Known,
    /// Where each name stands first.
    places: Vec<Place>,
}

impl Half {
    /// Numbers the names of some files; those of each symbol are written to `numbers`.
    fn of(files: &[&FileFacts], hashes: &[Vec<NameHash>], numbers: &mut [u32]) -> Self {
        // In many files, names stand more than once.
        let expected = if files.len() > 8 { numbers.len() / 4 } else { numbers.len() };
        let mut half = Self { known: Known::with_capacity(expected), places: Vec::with_capacity(expected) };
        let mut numbers = numbers.iter_mut();
        for (at, facts) in files.iter().enumerate() {
            let hashes = hashes.get(at).unwrap_or(&facts.symbols.hashes);
            let mut symbols = 0..facts.symbols.len() as u32;
            for hashes in hashes.chunks(AHEAD) {
                half.known.read_ahead(hashes);
                for ((hash, symbol), number) in hashes.iter().zip(&mut symbols).zip(&mut numbers) {
                    *number = half.known.find(*hash).unwrap_or_else(|| {
                        let next = half.places.len() as u32;
                        half.known.insert(*hash, next);
                        half.places.push(Place { file: facts.file(), span: facts.symbols.first(symbol) });
                        next
                    });
                }
            }
        }
        half
    }

    /// Takes in the names of the files that follow; answers with what their numbers become, and with the places of those
    /// that are new.
    fn take_in(&mut self, tail: Self) -> (Vec<u32>, Vec<Place>) {
        let Self { known, mut places } = tail;
        let mut numbers = vec![NEW; places.len()];
        for (hash, number) in known.iter() {
            if let Some(first) = self.known.find(hash) {
                numbers[number as usize] = first;
            }
        }
        let mut old = numbers.iter().map(|number| *number != NEW);
        places.retain(|_| old.next() == Some(false));
        let mut next = self.places.len() as u32;
        for number in numbers.iter_mut().filter(|number| **number == NEW) {
            *number = next;
            next += 1;
        }
        self.known.reserve(places.len() + MORE_NAMES);
        for (hash, number) in known.iter() {
            let number = numbers[number as usize];
            if number as usize >= self.places.len() {
                self.known.insert(hash, number);
            }
        }
        (numbers, places)
    }
}

/// Marks names that have no number yet.
const NEW: u32 = u32::MAX;

impl Interner {
    /// Numbers the names of all files, in the order in which they are first mentioned. Answers with the number of each
    /// symbol of each file, too. `hashes` are those of the symbols of each file, if its facts do not have them any more.
    pub(super) fn of(files: &[&FileFacts], hashes: Vec<Vec<NameHash>>, both: Both) -> (Self, Numbers) {
        let mut starts = vec![0_u32];
        let mut count = 0;
        starts.extend(files.iter().map(|facts| {
            count += facts.symbols.len() as u32;
            count
        }));
        let mut numbers = vec![0_u32; count as usize];
        // The files with the first half of the mentions.
        let half = starts.partition_point(|start| *start <= count / 2) - 1;
        let (head_numbers, tail_numbers) = numbers.split_at_mut(starts[half] as usize);
        let of = |files: Range<usize>| hashes.get(files).unwrap_or_default();
        let (mut head, mut tail) = (Half::default(), Half::default());
        both(&mut || head = Half::of(&files[..half], of(0..half), head_numbers), &mut || {
            tail = Half::of(&files[half..], of(half..files.len()), tail_numbers);
        });
        drop(hashes);
        let (new_numbers, tail) = head.take_in(tail);
        tail_numbers.iter_mut().for_each(|number| *number = new_numbers[*number as usize]);
        let interner = Self { known: head.known, head: head.places, tail, owned: Vec::new() };
        (interner, Numbers { starts, numbers })
    }

    /// Number of names.
    pub(super) fn len(&self) -> usize {
        self.in_files() + self.owned.len()
    }

    fn in_files(&self) -> usize {
        self.head.len() + self.tail.len()
    }

    /// The text of `name`; empty where there is no such name.
    pub(super) fn text<'a>(&'a self, sources: &'a SourceMap, name: u32) -> &'a str {
        let name = name as usize;
        match self.head.get(name).or_else(|| self.tail.get(name - self.head.len())) {
            Some(place) => sources.get(place.file).slice(place.span),
            None => self.owned.get(name - self.in_files()).map_or("", String::as_str),
        }
    }

    /// The name whose text is `text`.
    pub(super) fn find(&self, text: &str) -> Option<u32> {
        self.known.find(hash(text))
    }

    /// The name `text`, which may stand nowhere.
    pub(super) fn intern(&mut self, text: &str) -> u32 {
        let hash = hash(text);
        self.known.find(hash).unwrap_or_else(|| {
            let name = self.len() as u32;
            self.owned.push(text.to_owned());
            self.known.insert(hash, name);
            name
        })
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
        let (interner, names) = Interner::of(&files, Vec::new(), in_turn);
        for (number, facts) in facts.iter().enumerate() {
            let text = sources.get(facts.file()).text();
            for (span, name) in facts.symbols.spans().zip(names.of(number)) {
                assert_eq!(interner.text(&sources, *name), span.text(text));
                assert_eq!(interner.find(span.text(text)), Some(*name));
            }
        }
        interner
    }

    #[test]
    fn few_names_are_numbered_in_one_go() {
        let mut interner = verify(vec!["role a \"A\" role b \"B\"".to_owned(), "role b \"B\" role c \"C\"".to_owned()]);
        assert_eq!(interner.len(), 3);
        let sources = SourceMap::new(vec![Source::new("a.isms", "role a \"A\" role b \"B\"")]);
        assert_eq!(interner.find("d"), None);
        assert_eq!(interner.intern("d"), 3);
        assert_eq!((interner.intern("d"), interner.find("d")), (3, Some(3)));
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
