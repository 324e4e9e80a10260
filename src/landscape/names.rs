//! The names of a landscape as numbers.
//!
//! A large project has more names than fit into any cache, and each look-up waits for memory. So what a look-up will read
//! is read ahead for some hundred names at once, and each half of the files is numbered by itself, at the same time, before
//! the second half takes over the numbers of the first. The halves follow from the files alone, never from the number of
//! threads.

use crate::diagnostic::Place;
use crate::text::{FileId, SourceMap, Span};

use super::facts::FileFacts;
use super::merge::Both;
use super::symbols::{EMPTY, Slots, hash};

/// The names of a landscape.
#[derive(Debug, Default)]
pub(super) struct Interner {
    slots: Slots,
    texts: Vec<Place>,
    /// Names that stand in no file in one piece; their place has [`OWNED`] for its file.
    owned: Vec<String>,
}

const OWNED: FileId = FileId(u32::MAX);

/// Where there are fewer names than this, they are numbered in one go.
const FEW: usize = 1 << 14;

/// How many names are read ahead at once.
const AHEAD: usize = 256;

/// The names of some files while they are numbered.
#[derive(Default)]
struct Filling {
    slots: Slots,
    /// Where each name stands first, and its hash.
    texts: Vec<(u32, Place)>,
    /// For each file, the number of each of its symbols.
    numbers: Vec<Vec<u32>>,
}

impl Filling {
    fn of(sources: &SourceMap, files: &[&FileFacts]) -> Self {
        let total: usize = files.iter().map(|facts| facts.symbols.len()).sum();
        // In many files, names stand more than once.
        let expected = total / if files.len() > 8 { 2 } else { 1 } + 16;
        let mut filling = Self { slots: Slots::with_capacity(expected), ..Self::default() };
        for facts in files {
            let file = facts.file();
            let symbols = facts.symbols.hashes.iter().zip(&facts.symbols.spans);
            let names: Vec<(u32, Place)> = symbols.map(|(hash, span)| (*hash, Place { file, span: *span })).collect();
            let numbers = filling.number(sources, &names);
            filling.numbers.push(numbers);
        }
        filling
    }

    /// Numbers the names of further files behind those of these.
    fn absorb(&mut self, sources: &SourceMap, other: Self) {
        let numbers = self.number(sources, &other.texts);
        for mut file in other.numbers {
            file.iter_mut().for_each(|number| *number = numbers[*number as usize]);
            self.numbers.push(file);
        }
    }

    /// Numbers some names. All slots are read first, then all places, then all texts, so that the waits overlap.
    fn number(&mut self, sources: &SourceMap, names: &[(u32, Place)]) -> Vec<u32> {
        let mut numbers = Vec::with_capacity(names.len());
        for names in names.chunks(AHEAD) {
            let known = names.iter().map(|(hash, _)| self.slots.first(*hash));
            let known: Vec<(u32, Place)> =
                known.filter_map(|number| self.texts.get(number as usize).copied()).collect();
            let all = known.iter().chain(names);
            std::hint::black_box(all.map(|(_, place)| first_byte(sources, *place)).fold(0, u32::wrapping_add));
            for (hash, place) in names {
                let text = resolve(&[], sources, *place);
                let texts = &self.texts;
                let known = self.slots.find(*hash, |number| {
                    texts.get(number as usize).is_some_and(|(_, known)| is_text(&[], sources, *known, text))
                });
                numbers.push(known.unwrap_or_else(|| {
                    let number = self.texts.len() as u32;
                    self.texts.push((*hash, *place));
                    self.slots.insert(*hash, number);
                    number
                }));
            }
        }
        numbers
    }
}

impl Interner {
    /// Numbers the names of all files, in the order in which they are first mentioned. Answers with the number of each
    /// symbol of each file, too.
    pub(super) fn of(sources: &SourceMap, files: &[&FileFacts], both: Both) -> (Self, Vec<Vec<u32>>) {
        let total: usize = files.iter().map(|facts| facts.symbols.len()).sum();
        let filling = if total < FEW {
            Filling::of(sources, files)
        } else {
            let (mut first, mut second) = (Filling::default(), Filling::default());
            let (head, tail) = files.split_at(half(files, total));
            both(&mut || first = Filling::of(sources, head), &mut || second = Filling::of(sources, tail));
            first.absorb(sources, second);
            first
        };
        let texts = filling.texts.into_iter().map(|(_, place)| place).collect();
        (Self { slots: filling.slots, texts, owned: Vec::new() }, filling.numbers)
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
        self.slots.find(hash, |name| {
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
        self.slots.insert(hash, name);
        name
    }
}

/// How many files have the first half of the names.
fn half(files: &[&FileFacts], total: usize) -> usize {
    let mut names = 0;
    let is_first = |facts: &&&FileFacts| {
        names += facts.symbols.len();
        names <= total / 2
    };
    files.iter().take_while(is_first).count()
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
        for (facts, names) in facts.iter().zip(&names) {
            let text = sources.get(facts.file()).text();
            for (span, name) in facts.symbols.spans.iter().zip(names) {
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
