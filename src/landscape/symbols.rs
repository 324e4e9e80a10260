//! The names of one file as numbers: a table that is made while lowering. A short name that
//! was met a moment ago is known by its bytes, every other one by its hash; nothing is copied out of the text.

use crate::text::{Span, Stride};

use super::facts::taken;
use super::hashes::{NameHash, Points};

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

/// The length of a name that is longer.
const LONG: u8 = u8::MAX;

/// The most names that a file is expected to have.
const MOST_EXPECTED: usize = 1 << 12;

/// Whether a name has a capital letter or one beyond ASCII. Longer names are looked at in strides, the last of which may have
/// bytes of the one before.
fn is_odd(name: &str) -> bool {
    let bytes = name.as_bytes();
    let (Some(mut stride), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) else {
        return bytes.iter().any(|byte| !byte.is_ascii() || byte.is_ascii_uppercase());
    };
    let odd = |bytes| {
        let bytes = Stride::new(bytes);
        bytes.between(b'A', b'Z') | bytes.beyond_ascii()
    };
    let (mut marks, mut rest) = (odd(last), bytes);
    while rest.len() > Stride::BYTES {
        marks = marks | odd(stride);
        rest = &rest[Stride::BYTES..];
        stride = rest.first_chunk().unwrap_or(last);
    }
    marks.any()
}

/// Names of fewer bytes than this are remembered.
const SHORT: usize = 16;

/// How many short names are remembered.
const RECENT: usize = 64;

/// The short names of a file that were met last. Roles, clauses and the like are named again and again, and are found here
/// without a hash of all their bytes.
#[derive(Clone, Copy, Debug)]
struct Recent {
    /// The bytes of each, with zeros behind them, and its symbol.
    names: [(u128, u32); RECENT],
}

impl Recent {
    const NONE: Self = Self { names: [(0, NO_SYMBOL); RECENT] };

    /// The bytes of a short name, and where it is remembered. Near the end of a text no name is. Names do not end with a zero,
    /// so that two of them never have the same bytes with zeros behind them.
    #[inline]
    fn key(text: &str, span: Span) -> Option<(u128, usize)> {
        let length = span.len() as usize;
        if length >= SHORT || length == 0 {
            return None;
        }
        let bytes = text.as_bytes().get(span.start as usize..)?.first_chunk::<SHORT>()?;
        let key = u128::from_le_bytes(*bytes) & ((1 << (8 * length)) - 1);
        let hash = (key as u64 ^ ((key >> 64) as u64).rotate_left(23)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Some((key, (hash >> (u64::BITS - RECENT.trailing_zeros())) as usize))
    }
}

/// Open addressing from names to numbers. The hashes themselves stand elsewhere, so that a slot has eight bytes.
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

    /// Makes sure that one more name has room.
    #[inline]
    fn make_room(&mut self) {
        if (self.used + 1) * 8 > self.slots.len() * 5 {
            self.grow();
        }
    }

    #[cold]
    fn grow(&mut self) {
        let old = std::mem::replace(self, Self::with_capacity(self.slots.len().max(8)));
        for slot in old.slots.into_iter().filter(|slot| slot.number != EMPTY) {
            if let Err(at) = self.find(slot.hash, |_| false) {
                self.put(at, slot);
            }
        }
    }

    /// The number of the name of that hash that `is_same` accepts, or the slot where it can be put. There must be room.
    #[inline]
    fn find(&self, hash: u32, mut is_same: impl FnMut(u32) -> bool) -> Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot.number == EMPTY {
                return Err(at);
            }
            if slot.hash == hash && is_same(slot.number) {
                return Ok(slot.number);
            }
            at = (at + 1) & mask;
        }
    }

    #[inline]
    fn put(&mut self, at: usize, slot: Slot) {
        self.slots[at] = slot;
        self.used += 1;
    }
}

/// The names of one file while it is lowered.
#[derive(Debug)]
pub(super) struct SymbolTable {
    points: &'static Points,
    slots: Slots,
    recent: Recent,
    symbols: Symbols,
}

impl Default for SymbolTable {
    fn default() -> Self {
        Self {
            points: Points::of_process(),
            slots: Slots::default(),
            recent: Recent::NONE,
            symbols: Symbols::default(),
        }
    }
}

/// The distinct names of one file: where each stands first, and its hash.
#[derive(Debug, Default)]
pub(super) struct Symbols {
    starts: Vec<u32>,
    /// How long each is, in bytes; [`LONG`] for those that stand in `long`, which is in the order of symbols. Names are
    /// short, and there are millions of them.
    lengths: Vec<u8>,
    long: Vec<(u32, u32)>,
    pub(super) hashes: Vec<NameHash>,
    /// Those with a capital letter or with one beyond ASCII: names that may look like another one.
    pub(super) odd: Vec<u32>,
}

impl SymbolTable {
    /// One for the names of a text, which are gathered in `symbols`, where there is none yet.
    pub(super) fn for_text(text: &str, symbols: Symbols) -> Self {
        // About as many names as a file has that is nothing but processes.
        let names = (text.len() / 64).min(MOST_EXPECTED);
        Self { slots: Slots::with_capacity(names), symbols, ..Self::default() }
    }

    /// The symbol of the name at `span`.
    pub(super) fn intern(&mut self, text: &str, span: Span) -> u32 {
        let Some((key, place)) = Recent::key(text, span) else { return self.number(text, span) };
        let (known, symbol) = self.recent.names[place];
        if known == key {
            return symbol;
        }
        let symbol = self.number(text, span);
        self.recent.names[place] = (key, symbol);
        symbol
    }

    /// The symbol of a name that was not met just now.
    fn number(&mut self, text: &str, span: Span) -> u32 {
        let name = span.text(text);
        let hash = self.points.hash(name);
        let hashes = &self.symbols.hashes;
        self.slots.make_room();
        match self.slots.find(hash.spread(), |symbol| hashes.get(symbol as usize) == Some(&hash)) {
            Ok(symbol) => symbol,
            Err(at) => {
                let number = self.symbols.add(span, hash);
                if is_odd(name) {
                    self.symbols.odd.push(number);
                }
                self.slots.put(at, Slot { hash: hash.spread(), number });
                number
            }
        }
    }

    pub(super) fn finish(self) -> Symbols {
        self.symbols
    }
}

impl Symbols {
    /// Where `mention` stands.
    pub(super) fn span(&self, mention: Mention) -> Span {
        Span::new(mention.start, mention.start + self.length(mention.symbol))
    }

    fn length(&self, symbol: u32) -> u32 {
        match self.lengths.get(symbol as usize) {
            Some(&LONG) => {
                let at = self.long.binary_search_by_key(&symbol, |(long, _)| *long);
                at.ok().and_then(|at| self.long.get(at)).map_or(0, |(_, length)| *length)
            }
            Some(length) => u32::from(*length),
            None => 0,
        }
    }

    /// Where a symbol stands first; it is known until it is forgotten.
    pub(super) fn first(&self, symbol: u32) -> Span {
        let start = self.starts.get(symbol as usize).copied().unwrap_or_default();
        Span::new(start, start + self.length(symbol))
    }

    /// Where each symbol stands first.
    #[cfg(test)]
    pub(super) fn spans(&self) -> impl Iterator<Item = Span> {
        (0..self.len() as u32).map(|symbol| self.first(symbol))
    }

    #[inline]
    fn add(&mut self, span: Span, hash: NameHash) -> u32 {
        let symbol = self.starts.len() as u32;
        self.starts.push(span.start);
        let length = u8::try_from(span.len()).unwrap_or(LONG);
        self.lengths.push(length);
        self.hashes.push(hash);
        if length == LONG {
            self.long.push((symbol, span.len()));
        }
        symbol
    }

    /// Takes all symbols away, into no more memory than they need; the room in which they were gathered stays.
    pub(super) fn take(&mut self) -> Self {
        Self {
            starts: taken(&mut self.starts),
            lengths: taken(&mut self.lengths),
            long: taken(&mut self.long),
            hashes: taken(&mut self.hashes),
            odd: taken(&mut self.odd),
        }
    }

    /// Lets go of what is asked once only: where each stands first, and hashes.
    pub(super) fn forget_first(&mut self) {
        (self.starts, self.hashes) = (Vec::new(), Vec::new());
    }

    pub(super) fn len(&self) -> usize {
        self.lengths.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_be_long() {
        let names = [254, 255, 256, 3].map(|length| "a".repeat(length));
        let text = names.join(" ");
        let mut table = SymbolTable::default();
        let mut start = 0;
        for (number, name) in (0..).zip(&names) {
            let end = start + name.len() as u32;
            assert_eq!(table.intern(&text, Span::new(start, end)), number);
            start = end + 1;
        }
        let symbols = table.finish();
        assert!(symbols.spans().map(|span| span.text(&text)).eq(names.iter().map(String::as_str)));
    }

    #[test]
    fn odd_names_are_seen_wherever_they_are_odd() {
        for length in 1..60 {
            let plain = "a-0.z_9{@[`~"[..].chars().cycle().take(length).collect::<String>();
            assert!(!is_odd(&plain), "{plain}");
            for at in 0..length {
                for odd in ["A", "M", "Z", "\u{e4}", "\u{ff}"] {
                    let name = format!("{}{odd}{}", &plain[..at], &plain[at + 1..]);
                    assert!(is_odd(&name), "{name}");
                }
            }
        }
    }

    #[test]
    fn short_names_are_known_again() {
        let names: Vec<String> = (0..400).map(|number| format!("n{:x}", number % 150 * 7919)).collect();
        let text = names.join(" ") + " and what follows";
        let mut table = SymbolTable::for_text(&text, Symbols::default());
        let mut start = 0;
        let mut known: Vec<&str> = Vec::new();
        for name in &names {
            let end = start + name.len() as u32;
            let symbol = table.intern(&text, Span::new(start, end));
            if symbol as usize == known.len() {
                known.push(name);
            }
            assert_eq!(known[symbol as usize], name);
            start = end + 1;
        }
        assert_eq!((known.len(), table.finish().len()), (150, 150));
    }

    #[test]
    fn equal_names_are_one_symbol() {
        let text = "alpha beta alpha";
        let mut table = SymbolTable::for_text(text, Symbols::default());
        let symbols: Vec<u32> =
            [(0, 5), (6, 10), (11, 16)].map(|(start, end)| table.intern(text, Span::new(start, end))).to_vec();
        assert_eq!(symbols, [0, 1, 0]);
        let symbols = table.finish();
        assert_eq!(symbols.span(Mention { symbol: 0, start: 11 }), Span::new(11, 16));
    }
}
