//! Names as numbers: one table for each file, made while lowering, and one for the landscape, made while merging. A name
//! is hashed once, at its first sight in a file; nothing is copied out of the text.

use std::hash::Hasher;

use crate::diagnostic::Place;
use crate::text::{FileId, SourceMap, Span};

/// The symbol that stands for "no name".
pub(super) const NO_SYMBOL: u32 = u32::MAX;

/// A name where it stands: its symbol, and the byte offset of its first byte. The text of the symbol says how long it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mention {
    pub(super) symbol: u32,
    pub(super) start: u32,
}

impl Mention {
    pub(super) const NONE: Self = Self { symbol: NO_SYMBOL, start: 0 };

    pub(super) fn is_none(self) -> bool {
        self.symbol == NO_SYMBOL
    }
}

/// Hashes `text` for both tables.
pub(super) fn hash(text: &str) -> u32 {
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(text.as_bytes());
    let hash = hasher.finish();
    (hash ^ (hash >> 32)) as u32
}

/// Open addressing from names to numbers. The names themselves stand elsewhere, so that a slot has eight bytes.
#[derive(Debug, Default)]
struct Slots {
    slots: Vec<Slot>,
    used: usize,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    hash: u32,
    /// [`EMPTY`] where the slot is free.
    number: u32,
}

const EMPTY: u32 = u32::MAX;

impl Slots {
    fn with_capacity(names: usize) -> Self {
        let free = Slot { hash: 0, number: EMPTY };
        Self { slots: vec![free; (names * 2).next_power_of_two().max(16)], used: 0 }
    }

    /// The number of the name of that hash that `is_same` accepts.
    #[inline]
    fn find(&self, hash: u32, mut is_same: impl FnMut(u32) -> bool) -> Option<u32> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots.get(at)?;
            if slot.number == EMPTY {
                return None;
            }
            if slot.hash == hash && is_same(slot.number) {
                return Some(slot.number);
            }
            at = (at + 1) & mask;
        }
    }

    /// What the first slot that a look-up reads has for this hash, or [`EMPTY`].
    fn first(&self, hash: u32) -> u32 {
        let at = hash as usize & self.slots.len().wrapping_sub(1);
        self.slots.get(at).filter(|slot| slot.hash == hash).map_or(EMPTY, |slot| slot.number)
    }

    /// Adds a name that is not there.
    fn insert(&mut self, hash: u32, number: u32) {
        if (self.used + 1) * 8 > self.slots.len() * 5 {
            let old = std::mem::replace(self, Self::with_capacity(self.slots.len().max(8)));
            for slot in old.slots.into_iter().filter(|slot| slot.number != EMPTY) {
                self.put(slot);
            }
            self.used = old.used;
        }
        self.put(Slot { hash, number });
        self.used += 1;
    }

    fn put(&mut self, slot: Slot) {
        let mask = self.slots.len() - 1;
        let mut at = slot.hash as usize & mask;
        while self.slots[at].number != EMPTY {
            at = (at + 1) & mask;
        }
        self.slots[at] = slot;
    }
}

/// The names of one file while it is lowered.
#[derive(Debug, Default)]
pub(super) struct SymbolTable {
    slots: Slots,
    symbols: Symbols,
}

/// The distinct names of one file: where each stands first, and its hash.
#[derive(Debug, Default)]
pub(super) struct Symbols {
    pub(super) spans: Vec<Span>,
    pub(super) hashes: Vec<u32>,
}

impl SymbolTable {
    pub(super) fn for_text(text: &str) -> Self {
        Self { slots: Slots::with_capacity(text.len() / 256), symbols: Symbols::default() }
    }

    /// The symbol of the name at `span`.
    pub(super) fn intern(&mut self, text: &str, span: Span) -> u32 {
        let name = span.text(text);
        let hash = hash(name);
        let spans = &self.symbols.spans;
        let is_same = |symbol: u32| {
            spans.get(symbol as usize).is_some_and(|known| known.len() == span.len() && known.text(text) == name)
        };
        if let Some(symbol) = self.slots.find(hash, is_same) {
            return symbol;
        }
        let symbol = self.symbols.spans.len() as u32;
        self.symbols.spans.push(span);
        self.symbols.hashes.push(hash);
        self.slots.insert(hash, symbol);
        symbol
    }

    pub(super) fn len(&self) -> usize {
        self.symbols.spans.len()
    }

    pub(super) fn finish(self) -> Symbols {
        self.symbols
    }
}

impl Symbols {
    /// Where `mention` stands.
    pub(super) fn span(&self, mention: Mention) -> Span {
        let length = self.spans.get(mention.symbol as usize).map_or(0, |span| span.len());
        Span::new(mention.start, mention.start + length)
    }

    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }
}

/// The names of a landscape.
#[derive(Debug, Default)]
pub(super) struct Interner {
    slots: Slots,
    texts: Vec<Place>,
    /// Names that stand in no file in one piece; their place has [`OWNED`] for its file.
    owned: Vec<String>,
}

const OWNED: FileId = FileId(u32::MAX);

impl Interner {
    pub(super) fn with_capacity(names: usize) -> Self {
        Self { slots: Slots::with_capacity(names), texts: Vec::with_capacity(names), owned: Vec::new() }
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
        let length = text.len() as u32;
        self.slots.find(hash, |name| {
            let Some(place) = self.texts.get(name as usize) else { return false };
            (place.file == OWNED || place.span.len() == length) && resolve(&self.owned, sources, *place) == text
        })
    }

    /// The name that stands at `place`, with the hash that its file knows.
    pub(super) fn intern_at(&mut self, sources: &SourceMap, hash: u32, place: Place) -> u32 {
        let text = resolve(&[], sources, place);
        if let Some(name) = self.find_hashed(sources, hash, text) {
            return name;
        }
        self.add(hash, place)
    }

    /// The names that stand at `spans` of a file, with the hashes that the file knows.
    ///
    /// A table of a million names is in no cache, and each look-up would wait for its slot, then for the place that it
    /// names, then for the text there. All slots are read first, then all places, then all texts, so that the waits of
    /// one file overlap.
    pub(super) fn intern_all(&mut self, sources: &SourceMap, file: FileId, symbols: &Symbols) -> Vec<u32> {
        let numbers: Vec<u32> = symbols.hashes.iter().map(|hash| self.slots.first(*hash)).collect();
        let places: Vec<Place> =
            numbers.iter().filter_map(|number| self.texts.get(*number as usize).copied()).collect();
        std::hint::black_box(places.iter().map(|place| first_byte(sources, *place)).fold(0, u32::wrapping_add));
        let names = symbols.spans.iter().zip(&symbols.hashes);
        names.map(|(span, hash)| self.intern_at(sources, *hash, Place { file, span: *span })).collect()
    }

    /// The name `text`, which may stand nowhere.
    pub(super) fn intern(&mut self, sources: &SourceMap, text: &str) -> u32 {
        let hash = hash(text);
        if let Some(name) = self.find_hashed(sources, hash, text) {
            return name;
        }
        self.owned.push(text.to_owned());
        self.add(hash, Place { file: OWNED, span: Span::at(self.owned.len() as u32 - 1) })
    }

    fn add(&mut self, hash: u32, place: Place) -> u32 {
        let name = self.texts.len() as u32;
        self.texts.push(place);
        self.slots.insert(hash, name);
        name
    }
}

fn first_byte(sources: &SourceMap, place: Place) -> u32 {
    match place.file {
        OWNED => 0,
        file => sources.get(file).text().as_bytes().get(place.span.start as usize).map_or(0, |byte| u32::from(*byte)),
    }
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
    use super::*;
    use crate::text::Source;

    #[test]
    fn equal_names_are_one_symbol() {
        let text = "alpha beta alpha";
        let mut table = SymbolTable::for_text(text);
        let symbols: Vec<u32> =
            [(0, 5), (6, 10), (11, 16)].map(|(start, end)| table.intern(text, Span::new(start, end))).to_vec();
        assert_eq!(symbols, [0, 1, 0]);
        let symbols = table.finish();
        assert_eq!(symbols.span(Mention { symbol: 0, start: 11 }), Span::new(11, 16));
    }

    #[test]
    fn many_names_are_kept_apart_and_found_again() {
        let sources = SourceMap::new(vec![Source::new("a.isms", "name-0")]);
        let mut interner = Interner::default();
        let place = Place { file: FileId(0), span: Span::new(0, 6) };
        assert_eq!(interner.intern_at(&sources, hash("name-0"), place), 0);
        for number in 0..5000_u32 {
            assert_eq!(interner.intern(&sources, &format!("name-{number}")), number);
        }
        assert_eq!(interner.find(&sources, "name-4711"), Some(4711));
        assert_eq!(interner.find(&sources, "name-5000"), None);
        assert_eq!(interner.text(&sources, 42), "name-42");
        assert_eq!(interner.len(), 5000);
    }
}
