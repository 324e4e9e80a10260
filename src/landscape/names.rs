//! The names of a landscape as numbers.
//!
//! A large project has more names than fit into any cache, and each look-up waits for memory. So names are parted by their
//! hash: each part has a small table of its own, parts can be filled at the same time, and inside of a part what a
//! look-up will read is read ahead for many names at once. The parts follow from the names alone, never from the number
//! of threads, and so do the numbers.

use crate::diagnostic::Place;
use crate::text::{FileId, SourceMap, Span};

use super::facts::FileFacts;
use super::merge::Both;
use super::symbols::{EMPTY, Slots, hash};

/// The names of a landscape.
#[derive(Debug, Default)]
pub(super) struct Interner {
    parts: Vec<Part>,
    /// Names that came after the parts were filled.
    late: Slots,
    texts: Vec<Place>,
    /// Names that stand in no file in one piece; their place has [`OWNED`] for its file.
    owned: Vec<String>,
}

const OWNED: FileId = FileId(u32::MAX);

/// The number of parts of a large project, a power of two.
const PARTS: usize = 8;

/// Where there are fewer names than this, one part is best.
const FEW: usize = 1 << 14;

/// How many names are read ahead at once.
const AHEAD: usize = 256;

/// The names whose hashes begin alike.
#[derive(Debug, Default)]
struct Part {
    slots: Slots,
    /// The number of its first name; those in `slots` count from there.
    start: u32,
}

/// A part while it is filled.
#[derive(Default)]
struct Filling {
    slots: Slots,
    texts: Vec<Place>,
    /// The numbers of all names of this part, in the order in which the files have them.
    numbers: Vec<u32>,
}

fn part_of(hash: u32, parts: usize) -> usize {
    // The low bits choose the slot.
    (hash >> 24) as usize & (parts - 1)
}

impl Filling {
    /// Takes in the names of the files that belong to part `part` of `parts`.
    fn of(sources: &SourceMap, files: &[&FileFacts], part: usize, parts: usize, expected: usize) -> Self {
        let mut filling = Self { slots: Slots::with_capacity(expected), ..Self::default() };
        let mut ahead: Vec<(u32, Place)> = Vec::with_capacity(AHEAD);
        for facts in files {
            let file = facts.file();
            for (hash, span) in facts.symbols.hashes.iter().zip(&facts.symbols.spans) {
                if part_of(*hash, parts) == part {
                    ahead.push((*hash, Place { file, span: *span }));
                    if ahead.len() == AHEAD {
                        filling.take(sources, &mut ahead);
                    }
                }
            }
        }
        filling.take(sources, &mut ahead);
        filling
    }

    /// Numbers some names. All slots are read first, then all places, then all texts, so that the waits overlap.
    fn take(&mut self, sources: &SourceMap, names: &mut Vec<(u32, Place)>) {
        let known = names.iter().map(|(hash, _)| self.slots.first(*hash));
        let known: Vec<Place> = known.filter_map(|number| self.texts.get(number as usize).copied()).collect();
        let all = known.iter().chain(names.iter().map(|(_, place)| place));
        std::hint::black_box(all.map(|place| first_byte(sources, *place)).fold(0, u32::wrapping_add));
        for (hash, place) in names.drain(..) {
            let text = resolve(&[], sources, place);
            let texts = &self.texts;
            let known = self.slots.find(hash, |number| {
                texts.get(number as usize).is_some_and(|known| is_text(&[], sources, *known, text))
            });
            let number = known.unwrap_or_else(|| {
                let number = self.texts.len() as u32;
                self.texts.push(place);
                self.slots.insert(hash, number);
                number
            });
            self.numbers.push(number);
        }
    }
}

impl Interner {
    /// Numbers the names of all files. Answers with the number of each symbol of each file, too.
    pub(super) fn of(sources: &SourceMap, files: &[&FileFacts], both: Both) -> (Self, Vec<Vec<u32>>) {
        let total: usize = files.iter().map(|facts| facts.symbols.len()).sum();
        let parts = if total < FEW { 1 } else { PARTS };
        // In many files, names stand more than once.
        let expected = total / parts / if files.len() > 8 { 2 } else { 1 } + 16;
        let mut filled: Vec<Filling> = (0..parts).map(|_| Filling::default()).collect();
        fill(both, &mut filled, 0, &|part| Filling::of(sources, files, part, parts, expected));
        let mut interner = Self::default();
        let mut numbers = Vec::with_capacity(parts);
        interner.texts.reserve_exact(filled.iter().map(|part| part.texts.len()).sum());
        for Filling { slots, texts, numbers: of_part } in filled {
            interner.parts.push(Part { slots, start: interner.texts.len() as u32 });
            interner.texts.extend(texts);
            numbers.push(of_part.into_iter());
        }
        let parts_of = &interner.parts;
        let mut number = |hash: &u32| {
            let part = part_of(*hash, parts);
            parts_of[part].start + numbers[part].next().unwrap_or_default()
        };
        let names = files.iter().map(|facts| facts.symbols.hashes.iter().map(&mut number).collect()).collect();
        (interner, names)
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
        let is_same =
            |name: u32| self.texts.get(name as usize).is_some_and(|place| is_text(&self.owned, sources, *place, text));
        let part = self.parts.get(part_of(hash, self.parts.len().max(1)));
        let early = part.and_then(|part| {
            part.slots.find(hash, |number| is_same(part.start + number)).map(|number| part.start + number)
        });
        early.or_else(|| self.late.find(hash, is_same))
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
        self.late.insert(hash, name);
        name
    }
}

/// Fills the parts, of which the first is number `from`, at once where threads are lent.
fn fill(both: Both, parts: &mut [Filling], from: usize, make: &(dyn Fn(usize) -> Filling + Sync)) {
    match parts {
        [] => {}
        [part] => *part = make(from),
        _ => {
            let half = parts.len() / 2;
            let (first, second) = parts.split_at_mut(half);
            both(&mut || fill(both, first, from, make), &mut || fill(both, second, from + half, make));
        }
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
    fn few_names_are_one_part() {
        let mut interner = verify(vec!["role a \"A\" role b \"B\"".to_owned(), "role b \"B\" role c \"C\"".to_owned()]);
        assert_eq!((interner.parts.len(), interner.len()), (1, 3));
        let sources = SourceMap::new(vec![Source::new("a.isms", "role a \"A\" role b \"B\"")]);
        assert_eq!(interner.find(&sources, "d"), None);
        assert_eq!(interner.intern(&sources, "d"), 3);
        assert_eq!((interner.intern(&sources, "d"), interner.find(&sources, "d")), (3, Some(3)));
        assert_eq!(interner.text(&sources, 3), "d");
    }

    #[test]
    fn many_names_are_kept_apart_in_all_parts() {
        let file = |from: usize| {
            (from..from + 9_000).fold(String::new(), |mut text, number| {
                let _ = writeln!(text, "role name-{number} \"A role\"");
                text
            })
        };
        let interner = verify(vec![file(0), file(5_000), file(20_000)]);
        assert_eq!((interner.parts.len(), interner.len()), (PARTS, 23_000));
        assert!(interner.parts.iter().skip(1).all(|part| part.start > 0));
    }
}
