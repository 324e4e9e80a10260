//! Names as numbers. A name is hashed once, where it is read; from then on it is compared, joined and sorted as a number.

use hashbrown::HashTable;

use crate::text::Span;

fn hash(text: &str) -> u64 {
    use std::hash::{BuildHasher, BuildHasherDefault};
    BuildHasherDefault::<rustc_hash::FxHasher>::default().hash_one(text.as_bytes())
}

/// The names of one file: each distinct one with its hash and the place of its first mention.
#[derive(Debug, Default)]
pub(super) struct LocalNames {
    table: HashTable<u32>,
    entries: Vec<(u64, Span)>,
}

impl LocalNames {
    /// The number of the name at `span`.
    pub(super) fn intern(&mut self, text: &str, span: Span) -> u32 {
        let name = span.text(text);
        let hash = hash(name);
        let entries = &self.entries;
        let same = |id: &u32| {
            let (known, place) = entries[*id as usize];
            known == hash && place.text(text) == name
        };
        if let Some(id) = self.table.find(hash, same) {
            return *id;
        }
        let id = self.entries.len() as u32;
        self.entries.push((hash, span));
        let entries = &self.entries;
        self.table.insert_unique(hash, id, |id| entries[*id as usize].0);
        id
    }

    /// Gives the table back; what is left is what a merge needs.
    pub(super) fn freeze(&mut self) {
        self.table = HashTable::new();
        self.entries.shrink_to_fit();
    }

    /// Hash and place of each name, by number.
    pub(super) fn entries(&self) -> &[(u64, Span)] {
        &self.entries
    }
}

/// All names of a landscape.
#[derive(Debug, Default)]
pub(super) struct Names {
    table: HashTable<u32>,
    /// Hash of each name, and where its text ends in `texts`.
    entries: Vec<(u64, u32)>,
    texts: String,
}

impl Names {
    /// Room for about so many names.
    pub(super) fn reserve(&mut self, names: usize) {
        self.entries.reserve(names);
        let entries = &self.entries;
        self.table.reserve(names, |id| entries[*id as usize].0);
    }

    /// The number of the name.
    pub(super) fn intern(&mut self, name: &str) -> u32 {
        self.intern_hashed(hash(name), name)
    }

    /// Likewise, where the hash is known.
    pub(super) fn intern_hashed(&mut self, hash: u64, name: &str) -> u32 {
        if let Some(id) = self.find_hashed(hash, name) {
            return id;
        }
        let id = self.entries.len() as u32;
        self.texts.push_str(name);
        self.entries.push((hash, self.texts.len() as u32));
        let entries = &self.entries;
        self.table.insert_unique(hash, id, |id| entries[*id as usize].0);
        id
    }

    fn find_hashed(&self, hash: u64, name: &str) -> Option<u32> {
        self.table.find(hash, |id| self.entries[*id as usize].0 == hash && self.text(*id) == name).copied()
    }

    /// The number of the name, if there is such a name.
    pub(super) fn find(&self, name: &str) -> Option<u32> {
        self.find_hashed(hash(name), name)
    }

    /// The text of a name.
    pub(super) fn text(&self, id: u32) -> &str {
        let end = self.entries[id as usize].1 as usize;
        let start = (id as usize).checked_sub(1).map_or(0, |before| self.entries[before].1 as usize);
        &self.texts[start..end]
    }

    /// Number of names.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}
