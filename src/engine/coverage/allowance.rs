//! How much the tables of a run may say.

use crate::landscape::Landscape;

/// What the tables of a run may say together, and so many bytes more for each byte of the projects. A table names a pair as
/// often as a wildcard reaches a clause, so that a small project can ask for a very large one. 2,000 processes that each
/// answer twenty clauses say less than a tenth of it.
const BYTES: u64 = 128 << 20;
const BYTES_A_BYTE: u64 = 64;

/// What one mention says and takes beside its names, in the format that says most of it.
pub(super) const MENTION: u64 = 256;
/// What is kept of a pair of which the table says nothing by itself.
pub(super) const PAIR: u64 = 32;

/// What the tables of a run may still say, in bytes. It depends on the projects alone, so that every machine says the same.
#[derive(Debug)]
pub struct Allowance {
    left: u64,
}

impl Default for Allowance {
    fn default() -> Self {
        Self { left: BYTES }
    }
}

impl Allowance {
    /// Lets the table of a larger project say more.
    pub(super) fn grow(&mut self, landscape: &Landscape) {
        let own = landscape.sources().iter().filter(|(_, source)| !source.is_builtin());
        let bytes: u64 = own.map(|(_, source)| source.text().len() as u64).sum();
        self.left = self.left.saturating_add(bytes.saturating_mul(BYTES_A_BYTE));
    }

    pub(super) const fn left(&self) -> u64 {
        self.left
    }

    pub(super) const fn spend(&mut self, bytes: u64) {
        self.left = self.left.saturating_sub(bytes);
    }
}

/// How many bytes a text takes in a table. What is neither a letter nor a digit may have to be written as an escape.
pub(super) fn bytes_of(text: &str) -> u64 {
    let bytes = |character: char| match character.is_alphanumeric() || character == ' ' {
        true => character.len_utf8() as u64,
        false => 6,
    };
    text.chars().map(bytes).sum()
}
