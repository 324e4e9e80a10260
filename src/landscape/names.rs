//! The names of a landscape as numbers: each gets the next one where it is mentioned first, in the order of files.
//!
//! A large project has more names than fit into any cache, and each look-up would wait for memory. So those of some hundred
//! mentions are read ahead at once. Files are taken in one after the other, while those that follow are still read.
//!
//! Whoever checks the same files again keeps the numbers: those of a file that changed are looked up again, and names that are
//! new get the numbers behind all others. No answer depends on the order of numbers.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::diagnostic::Place;
use crate::text::{FileId, Source, SourceMap, Span};

use super::Landscape;
use super::facts::FileFacts;
use super::hashes::{NameHash, hash};
use super::known::{Known, Slots};

/// The names of some files, and the number of each symbol of each of them. Clones share nearly everything.
#[derive(Clone, Debug, Default)]
pub struct Names {
    known: Arc<Known>,
    /// Where each name stands: where it stood first, as long as no file was replaced.
    places: Arc<Vec<Place>>,
    /// The texts of names that stand nowhere, or that nobody has seen anywhere else since they went away where they stood.
    elsewhere: Arc<FxHashMap<u32, Box<str>>>,
    numbers: Numbers,
    is_lasting: bool,
}

/// The place of a name whose text is kept elsewhere.
const ELSEWHERE: Place = Place { file: FileId(u32::MAX), span: Span { start: 0, end: 0 } };

/// So many names may have gone away, and a part of all others, before they are numbered anew.
const MOST_GONE: usize = 1 << 12;

/// The names of a landscape. Few are looked up once all have numbers, so that no hashes are kept but texts are compared.
#[derive(Debug, Default)]
pub(super) struct Interner {
    lookup: Lookup,
    /// Where each name stands.
    places: Arc<Vec<Place>>,
    /// The texts of those of them that stand nowhere.
    elsewhere: Arc<FxHashMap<u32, Box<str>>>,
    /// Names that stand in no file in one piece; their numbers come after those of all others.
    owned: Vec<String>,
    /// The numbers of those.
    more: FxHashMap<NameHash, u32>,
}

/// How a name is found by its text.
#[derive(Debug)]
enum Lookup {
    /// In little room, for who looks up few.
    Slots(Slots),
    /// As they were numbered, for who does so again.
    Known(Arc<Known>),
}

impl Default for Lookup {
    fn default() -> Self {
        Self::Slots(Slots::default())
    }
}

/// The number of each symbol of each file.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbers(Vec<Arc<Vec<u32>>>);

/// How many names are read ahead at once.
pub(super) const AHEAD: usize = 256;

/// Room for names that stand in no file; moving all others for a handful of them is dear.
pub(super) const MORE_NAMES: usize = 1 << 10;

impl Names {
    /// None, with room for about so many: to make room again and again costs a third of numbering names.
    #[must_use]
    pub fn with_room(names: usize) -> Self {
        let (known, places) = (Known::with_room(names), Vec::with_capacity(names + AHEAD));
        Self { known: Arc::new(known), places: Arc::new(places), ..Self::default() }
    }

    /// The same, to be kept for the next run.
    #[must_use]
    pub fn lasting(self) -> Self {
        Self { is_lasting: true, ..self }
    }

    /// Numbers the names of the next file. From then on, only who does so again needs their hashes.
    pub fn add(&mut self, facts: &FileFacts) {
        let numbers = self.number(facts);
        self.numbers.0.push(Arc::new(numbers));
    }

    fn number(&mut self, facts: &FileFacts) -> Vec<u32> {
        let (known, places) = (Arc::make_mut(&mut self.known), Arc::make_mut(&mut self.places));
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
        numbers
    }

    /// Numbers the names of a file that was another one, `before`, when it was numbered the last time.
    pub fn replace(&mut self, facts: &FileFacts, before: &Source) {
        let file = facts.file();
        let Some(old) = self.numbers.0.get(file.0 as usize).cloned() else { return };
        let places = Arc::make_mut(&mut self.places);
        let mut homeless: Vec<(u32, Span)> = Vec::new();
        for name in &*old {
            let place = &mut places[*name as usize];
            if place.file == file {
                homeless.push((*name, place.span));
                *place = ELSEWHERE;
            }
        }
        let numbers = self.number(facts);
        let (places, elsewhere) = (Arc::make_mut(&mut self.places), Arc::make_mut(&mut self.elsewhere));
        for (symbol, name) in (0..).zip(&numbers) {
            let place = &mut places[*name as usize];
            if *place == ELSEWHERE {
                *place = Place { file, span: facts.symbols.first(symbol) };
                elsewhere.remove(name);
            }
        }
        let homeless = homeless.into_iter().filter(|(name, _)| places[*name as usize] == ELSEWHERE);
        elsewhere.extend(homeless.map(|(name, span)| (name, before.slice(span).into())));
        self.numbers.0[file.0 as usize] = Arc::new(numbers);
    }

    /// Takes in the names that a merge has added, so that they have the same numbers the next time.
    pub fn adopt(&mut self, landscape: &Landscape) {
        let owned = &landscape.names.owned;
        if owned.is_empty() {
            return;
        }
        let (known, places) = (Arc::make_mut(&mut self.known), Arc::make_mut(&mut self.places));
        let elsewhere = Arc::make_mut(&mut self.elsewhere);
        for text in owned {
            let name = places.len() as u32;
            known.insert(hash(text), name);
            places.push(ELSEWHERE);
            elsewhere.insert(name, text.as_str().into());
        }
    }

    /// Whether so many names have gone away that it is better to begin anew.
    #[must_use]
    pub fn are_worn(&self) -> bool {
        self.elsewhere.len() > MOST_GONE + self.places.len() / 4
    }

    /// All of them, after the last file.
    pub(super) fn finish(self) -> (Interner, Numbers) {
        let Self { known, places, elsewhere, numbers, is_lasting } = self;
        let lookup = match Arc::try_unwrap(known) {
            Ok(known) if !is_lasting => Lookup::Slots(known.finish()),
            Ok(known) => Lookup::Known(Arc::new(known)),
            Err(known) => Lookup::Known(known),
        };
        (Interner { lookup, places, elsewhere, ..Interner::default() }, numbers)
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

    /// Where `name` stands, if it is known where it stands in a file in one piece.
    pub(super) fn place(&self, name: u32) -> Option<Place> {
        self.places.get(name as usize).copied().filter(|place| *place != ELSEWHERE)
    }

    /// The text of `name`; empty where there is no such name.
    pub(super) fn text<'a>(&'a self, sources: &'a SourceMap, name: u32) -> &'a str {
        match self.places.get(name as usize) {
            Some(&ELSEWHERE) => self.elsewhere.get(&name).map_or("", |text| text),
            Some(place) => sources.get(place.file).slice(place.span),
            None => self.owned.get(name as usize - self.places.len()).map_or("", String::as_str),
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
        let found = match &self.lookup {
            Lookup::Slots(slots) => slots.find(hash, is_text),
            Lookup::Known(known) => known.find(hash),
        };
        found.or_else(|| self.more.get(&hash).copied())
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

    #[test]
    fn names_keep_their_numbers_until_too_many_went_away() {
        let file = |prefix: &str| {
            let text = (0..6_000).fold(String::new(), |mut text, number| {
                let _ = writeln!(text, "role {prefix}-{number} \"A role\"");
                text
            });
            Source::new("a.isms", text)
        };
        let lowered = |source: &Source| lower(syntax::parse(source, FileId(0)).tree, source, FileId(0));
        let mut last = file("first");
        let mut names = Names::default().lasting();
        names.add(&lowered(&last));
        let mut worn = Vec::new();
        for prefix in ["first", "second", "first", "third", "fourth"] {
            let source = file(prefix);
            names.replace(&lowered(&source), &last);
            last = source;
            worn.push(names.are_worn());
            // Those that came back have the numbers that they had.
            let (interner, numbers) = names.clone().finish();
            let first = usize::from(prefix == "second") * 6_000;
            if matches!(prefix, "first" | "second") {
                assert!((0..).zip(numbers.of(0)).all(|(at, name)| *name as usize == first + at));
            }
            let sources = SourceMap::new(vec![last.clone()]);
            assert_eq!(interner.text(&sources, 0), "first-0", "its text is kept, wherever it stands");
        }
        assert_eq!(worn, [false, false, false, true, true]);
    }
}
