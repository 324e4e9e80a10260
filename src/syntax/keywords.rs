//! The words that have a meaning somewhere. None of them is reserved: each is a keyword only where it stands in for one.

use std::ops::Deref;

/// All keywords, in the order of their numbers.
const KEYWORDS: &[&str] = &[
    "about",
    "accepted",
    "activity",
    "after",
    "allow",
    "and",
    "applicability",
    "at",
    "because",
    "by",
    "capability",
    "category",
    "cites",
    "classification",
    "clause",
    "contains",
    "context",
    "control",
    "count",
    "covers",
    "define",
    "document",
    "documents",
    "domain",
    "ends-with",
    "every",
    "exclude",
    "exists",
    "expect",
    "false",
    "feedback",
    "fix",
    "for",
    "from",
    "have",
    "help",
    "implements",
    "in",
    "include",
    "inferred",
    "input",
    "insert",
    "into",
    "is",
    "item",
    "kgi",
    "kpi",
    "label",
    "letters",
    "mapping",
    "matches",
    "missing",
    "model",
    "nearest",
    "new",
    "none",
    "not",
    "note",
    "of",
    "omit",
    "only",
    "or",
    "organization",
    "otherwise",
    "outcome",
    "owner",
    "partly",
    "party",
    "phase",
    "planned",
    "process",
    "purpose",
    "realizes",
    "remove",
    "replace",
    "report",
    "requirement",
    "result",
    "retained",
    "role",
    "rule",
    "safe",
    "should",
    "source",
    "standard",
    "starts-with",
    "subject",
    "system",
    "target",
    "test",
    "to",
    "today",
    "trigger",
    "true",
    "unless",
    "unsafe",
    "unsure",
    "until",
    "when",
    "where",
    "with",
    "withdrawn",
];

/// A word that has a meaning somewhere, as a number: the lexer looks each word up once, so that nobody after it compares texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keyword(u8);

/// A keyword fits into so many bytes, and is compared as one number.
pub(super) const LONGEST: usize = 16;

/// How many bits the number of a slot has.
const SLOT_BITS: u32 = 9;

/// The numbers of the keywords, plus one, by their hashes; a keyword whose slot is taken has the next free one.
static SLOTS: [u8; 1 << SLOT_BITS] = {
    let mut slots = [0; 1 << SLOT_BITS];
    let mut number = 0;
    while number < KEYWORDS.len() {
        let mut slot = slot_of(KEYS[number]);
        while slots[slot] != 0 {
            slot = (slot + 1) % slots.len();
        }
        number += 1;
        slots[slot] = number as u8;
    }
    slots
};

/// The bytes of each keyword, with zeros behind them.
static KEYS: [u128; KEYWORDS.len()] = {
    let mut keys = [0; KEYWORDS.len()];
    let mut number = 0;
    while number < KEYWORDS.len() {
        keys[number] = key(KEYWORDS[number].as_bytes());
        number += 1;
    }
    keys
};

/// All bits of so many bytes; a look into a list is faster than a shift of so long a number.
static HEADS: [u128; LONGEST] = {
    let mut heads = [0; LONGEST];
    let mut length = 1;
    while length < LONGEST {
        heads[length] = heads[length - 1] << 8 | 0xff;
        length += 1;
    }
    heads
};

/// The bytes of a word that is no longer than [`LONGEST`], the first one in the lowest bits.
const fn key(word: &[u8]) -> u128 {
    let (mut key, mut at) = (0, 0);
    while at < word.len() {
        key |= (word[at] as u128) << (8 * at);
        at += 1;
    }
    key
}

#[inline]
const fn slot_of(key: u128) -> usize {
    let hash = (key as u64 ^ ((key >> 64) as u64).rotate_left(23)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (hash >> (u64::BITS - SLOT_BITS)) as usize
}

impl Keyword {
    /// No keyword: any other word, and whatever is no word.
    pub const NONE: Self = Self(0);

    /// The keyword of that text, which must be one.
    #[must_use]
    pub const fn of(word: &str) -> Self {
        let found = Self::find(word.as_bytes());
        assert!(found.0 != 0, "this is no keyword; all of them stand in `KEYWORDS`");
        found
    }

    /// The keyword of these bytes, or [`Self::NONE`].
    #[must_use]
    pub const fn find(word: &[u8]) -> Self {
        if word.len() > LONGEST { Self::NONE } else { Self::with_key(key(word)) }
    }

    /// The keyword of the first `length` of these bytes, at least one and fewer than all.
    #[inline]
    pub(super) fn at_head_of(bytes: [u8; LONGEST], length: usize) -> Self {
        Self::with_key(u128::from_le_bytes(bytes) & HEADS[length])
    }

    #[inline]
    const fn with_key(key: u128) -> Self {
        let mut slot = slot_of(key);
        loop {
            let number = SLOTS[slot];
            if number == 0 {
                return Self::NONE;
            }
            if KEYS[number as usize - 1] == key {
                return Self(number);
            }
            slot = (slot + 1) % SLOTS.len();
        }
    }

    /// Its text; empty for [`Self::NONE`].
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self.0 {
            0 => "",
            number => KEYWORDS[number as usize - 1],
        }
    }

    const fn bit(self) -> u128 {
        match self.0 {
            0 => 0,
            number => 1 << (number - 1),
        }
    }
}

/// The keyword of a text that is known when the program is built.
macro_rules! word {
    ($word:literal) => {
        const { $crate::syntax::keywords::Keyword::of($word) }
    };
}
pub(super) use word;

/// Some keywords.
#[derive(Clone, Copy, Debug, Default)]
pub struct Words {
    list: &'static [&'static str],
    set: u128,
}

impl Words {
    /// None.
    pub const NONE: Self = Self::of(&[]);

    /// Those of the list.
    #[must_use]
    pub const fn of(list: &'static [&'static str]) -> Self {
        let mut set = 0;
        let mut at = 0;
        while at < list.len() {
            set |= Keyword::of(list[at]).bit();
            at += 1;
        }
        Self { list, set }
    }

    /// Whether the keyword is one of them.
    #[must_use]
    #[inline]
    pub const fn have(self, keyword: Keyword) -> bool {
        self.set & keyword.bit() != 0
    }

    /// Adds a keyword to those that [`Self::have`] knows; the list stays.
    pub(super) const fn add(&mut self, keyword: Keyword) {
        self.set |= keyword.bit();
    }

    /// All of these and of the others; in no list.
    #[must_use]
    pub(super) const fn and(self, others: Self) -> Self {
        Self { list: &[], set: self.set | others.set }
    }
}

/// The texts, in the order of the list.
impl Deref for Words {
    type Target = [&'static str];

    fn deref(&self) -> &Self::Target {
        self.list
    }
}

impl PartialEq for Words {
    fn eq(&self, other: &Self) -> bool {
        self.set == other.set
    }
}

/// Words that begin a declaration.
pub const DECLARATIONS: Words = Words::of(&[
    "organization",
    "role",
    "party",
    "system",
    "item",
    "process",
    "omit",
    "applicability",
    "standard",
    "mapping",
    "model",
    "define",
    "rule",
    "test",
]);
/// Words that begin a statement of `organization`.
pub const ORGANIZATION: Words = Words::of(&["standard", "model"]);
/// Words that begin a statement of `item`, `role`, `party` and `system`.
pub const ITEM: Words = Words::of(&["documents", "contains", "classification", "owner", "every", "covers", "source"]);
/// Words that begin a statement of `process`, those that are written most first: every statement is looked up here.
pub const PROCESS: Words = Words::of(&[
    "input",
    "result",
    "activity",
    "covers",
    "owner",
    "purpose",
    "category",
    "kpi",
    "implements",
    "phase",
    "capability",
    "every",
    "trigger",
    "source",
    "kgi",
    "outcome",
]);
/// Words that begin a decision of `applicability`.
pub const APPLICABILITY: Words = Words::of(&["include", "exclude"]);
/// Words that begin an entry of `standard`.
pub const STANDARD: Words = Words::of(&["clause", "control", "document"]);
/// Words that begin a statement of `model`.
pub const MODEL: Words = Words::of(&["domain", "context", "process", "party", "role", "system", "item"]);
/// Words that begin a statement of `rule`.
pub const RULE: Words =
    Words::of(&["cites", "for", "where", "unless", "report", "subject", "label", "nearest", "help", "note", "fix"]);
/// Words that begin a statement of `test`, beside declarations.
pub const TEST: Words = Words::of(&["today", "expect"]);
/// Words inside statements.
pub const MODIFIERS: Words = Words::of(&[
    "from",
    "to",
    "realizes",
    "retained",
    "feedback",
    "inferred",
    "in",
    "for",
    "by",
    "because",
    "until",
    "partly",
    "accepted",
    "planned",
    "target",
    "should",
    "requirement",
    "letters",
    "phase",
    "unsure",
    "new",
    "withdrawn",
    "when",
    "where",
    "of",
    "at",
    "only",
    "otherwise",
    "about",
    "none",
    "have",
    "allow",
    "safe",
    "unsafe",
    "replace",
    "with",
    "insert",
    "after",
    "into",
    "remove",
]);
/// Words of expressions.
pub const OPERATORS: Words = Words::of(&[
    "and",
    "or",
    "not",
    "exists",
    "every",
    "count",
    "in",
    "is",
    "missing",
    "matches",
    "starts-with",
    "ends-with",
    "contains",
    "true",
    "false",
    "today",
]);
/// Words that stand in place of a value from a list: categories, phases, units, relations, severities.
pub const VALUES: &[&str] = &[
    "management",
    "core",
    "support",
    "plan",
    "do",
    "check",
    "act",
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "months",
    "quarter",
    "quarters",
    "year",
    "years",
    "any",
    "same",
    "renamed",
    "moved",
    "merged",
    "split",
    "equal",
    "subset",
    "superset",
    "intersects",
    "error",
    "warning",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_known_by_their_bytes() {
        for word in KEYWORDS {
            let keyword = Keyword::find(word.as_bytes());
            assert_eq!(keyword.text(), *word);
            // As the lexer asks, with whatever stands behind the word.
            let mut bytes = *b"xxxxxxxxxxxxxxxx";
            bytes[..word.len()].copy_from_slice(word.as_bytes());
            assert_eq!(Keyword::at_head_of(bytes, word.len()), keyword);
            for near in [format!("{word}s-"), word.to_uppercase(), word[1..].to_owned(), format!("{word}{word}")] {
                let known = KEYWORDS.contains(&near.as_str());
                assert_eq!(Keyword::find(near.as_bytes()) != Keyword::NONE, known, "{near}");
            }
        }
        assert_eq!(Keyword::find(b""), Keyword::NONE);
    }

    #[test]
    fn words_have_what_their_list_says() {
        for words in [DECLARATIONS, PROCESS, ITEM, MODIFIERS, OPERATORS, Words::NONE] {
            for keyword in KEYWORDS {
                assert_eq!(words.have(Keyword::of(keyword)), words.contains(keyword), "{keyword}");
            }
            assert!(!words.have(Keyword::NONE));
        }
        let both = ITEM.and(TEST);
        assert!(both.have(word!("contains")) && both.have(word!("expect")) && !both.have(word!("input")));
    }
}
