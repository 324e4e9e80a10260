//! The names of a landscape as numbers: each gets the next one where it is mentioned first, in the order of files.
//!
//! A large project has more names than fit into any cache, and each look-up would wait for memory. So those of some hundred
//! mentions are read ahead at once. Files are taken in one after the other, while those that follow are still read.

use rustc_hash::FxHashMap;

use crate::diagnostic::Place;
use crate::text::SourceMap;

use super::facts::FileFacts;
use super::hashes::{NameHash, hash};
use super::known::{Known, Slots};

/// The names of some files, and the number of each symbol of each of them.
#[derive(Debug, Default)]
pub struct Names {
    known: Known,
    /// Where each name stands first.
    places: Vec<Place>,
    numbers: Numbers,
}

/// The names of a landscape. Few are looked up once all have numbers, so that no hashes are kept but texts are compared.
#[derive(Debug, Default)]
pub(super) struct Interner {
    slots: Slots,
    /// Where each name stands first.
    places: Vec<Place>,
    /// Names that stand in no file in one piece; their numbers come after those of all others.
    owned: Vec<String>,
    /// The numbers of those.
    more: FxHashMap<NameHash, u32>,
}

/// The number of each symbol of each file.
#[derive(Debug, Default)]
pub(super) struct Numbers(Vec<Vec<u32>>);

/// How many names are read ahead at once.
pub(super) const AHEAD: usize = 256;

/// Room for names that stand in no file; moving all others for a handful of them is dear.
pub(super) const MORE_NAMES: usize = 1 << 10;

impl Names {
    /// None, with room for about so many: to make room again and again costs a third of numbering names.
    #[must_use]
    pub fn with_room(names: usize) -> Self {
        Self { known: Known::with_room(names), places: Vec::with_capacity(names + AHEAD), ..Self::default() }
    }

    /// Numbers the names of the next file. From then on, only who does so again needs their hashes.
    pub fn add(&mut self, facts: &FileFacts) {
        let Self { known, places, numbers: Numbers(of_files) } = self;
        let mut numbers = Vec::with_capacity(facts.symbols.len());
        for hashes in facts.symbols.hashes.chunks(AHEAD) {
            known.read_ahead(hashes);
            for hash in hashes {
                numbers.push(known.find(*hash).unwrap_or_else(|| {
                    let next = places.len() as u32;
                    known.insert(*hash, next);
                    places.push(Place { file: facts.file(), span: facts.symbols.first(numbers.len() as u32) });
                    next
                }));
            }
        }
        of_files.push(numbers);
    }

    /// All of them, after the last file.
    pub(super) fn finish(self) -> (Interner, Numbers) {
        let slots = self.known.finish();
        (Interner { slots, places: self.places, ..Interner::default() }, self.numbers)
    }
}

impl Numbers {
    /// Those of the symbols of the file at that place.
    pub(super) fn of(&self, file: usize) -> &[u32] {
        &self.0[file]
    }
}

impl Interner {
    /// Number of names.
    pub(super) fn len(&self) -> usize {
        self.places.len() + self.owned.len()
    }

    /// Where `name` stands first, if it stands in a file in one piece.
    pub(super) fn place(&self, name: u32) -> Option<Place> {
        self.places.get(name as usize).copied()
    }

    /// The text of `name`; empty where there is no such name.
    pub(super) fn text<'a>(&'a self, sources: &'a SourceMap, name: u32) -> &'a str {
        let name = name as usize;
        match self.places.get(name) {
            Some(place) => sources.get(place.file).slice(place.span),
            None => self.owned.get(name - self.places.len()).map_or("", String::as_str),
        }
    }

    /// The name whose text is `text`.
    pub(super) fn find(&self, sources: &SourceMap, text: &str) -> Option<u32> {
        self.find_hashed(sources, text, hash(text))
    }

    fn find_hashed(&self, sources: &SourceMap, text: &str, hash: NameHash) -> Option<u32> {
        let is_text = |name: u32| {
            let place = self.places[name as usize];
            place.span.len() as usize == text.len() && sources.get(place.file).slice(place.span) == text
        };
        self.slots.find(hash, is_text).or_else(|| self.more.get(&hash).copied())
    }

    /// The name `text`, which may stand nowhere.
    pub(super) fn intern(&mut self, sources: &SourceMap, text: &str) -> u32 {
        let hash = hash(text);
        self.find_hashed(sources, text, hash).unwrap_or_else(|| {
            let name = self.len() as u32;
            self.owned.push(text.to_owned());
            self.more.insert(hash, name);
            name
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::landscape::lower;
    use crate::syntax;
    use crate::text::Source;

    /// Every symbol of every file has the number of its text, and no other text has that number.
    fn verify(texts: Vec<String>) -> Interner {
        let sources: Vec<Source> =
            texts.into_iter().enumerate().map(|(at, text)| Source::new(format!("{at}.isms"), text)).collect();
        let sources = SourceMap::new(sources);
        let facts: Vec<FileFacts> =
            sources.iter().map(|(file, source)| lower(syntax::parse(source, file).tree, source, file)).collect();
        let mut names = Names::default();
        facts.iter().for_each(|facts| names.add(facts));
        let (interner, numbers) = names.finish();
        for (number, facts) in facts.iter().enumerate() {
            let text = sources.get(facts.file()).text();
            for (span, name) in facts.symbols.spans().zip(numbers.of(number)) {
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
