//! Which names are known, by their hashes.

use super::hashes::NameHash;

/// A table from hashes to numbers. Its slots come in the order of the hashes, or next to it, so that it is moved into a larger
/// one by going through both from one end to the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// The words of a hash, and one more than its number; no name has zero. The system gives pages of zeros, so that an empty
    /// table costs nothing until it is used.
    slots: Vec<[u32; 4]>,
    used: usize,
}

/// How many slots the smallest table has.
const LEAST: usize = 1 << 10;

impl Known {
    /// One with room for so many names, and for a few more.
    pub(super) fn with_room(names: usize) -> Self {
        Self { slots: vec![[0; 4]; names + names / 2], used: 0 }
    }

    /// The same without the hashes, in a quarter of the room.
    pub(super) fn finish(self) -> Slots {
        Slots(self.slots.iter().map(|slot| slot[3]).collect())
    }

    fn at(&self, word: u32) -> usize {
        first_slot(word, self.slots.len())
    }

    /// Reads what stands where these names are looked for first. Nobody needs it, but then it is at hand: the waits for memory
    /// overlap.
    pub(super) fn read_ahead(&self, hashes: &[NameHash]) {
        let read = |hash: &NameHash| self.slots.get(self.at(hash.spread())).map_or(0, |slot| slot[3]);
        std::hint::black_box(hashes.iter().fold(0, |sum, hash| sum ^ read(hash)));
    }

    /// The number of the name of that hash.
    #[inline]
    pub(super) fn find(&self, hash: NameHash) -> Option<u32> {
        let [first, second, third] = hash.words();
        let mut at = self.at(first);
        loop {
            let slot = self.slots.get(at)?;
            if slot[3] == 0 {
                return None;
            }
            if *slot == [first, second, third, slot[3]] {
                return Some(slot[3] - 1);
            }
            at = if at + 1 == self.slots.len() { 0 } else { at + 1 };
        }
    }

    /// Adds a name that is not there.
    pub(super) fn insert(&mut self, hash: NameHash, number: u32) {
        if (self.used + 1) * 4 > self.slots.len() * 3 {
            self.grow();
        }
        let [first, second, third] = hash.words();
        self.put([first, second, third, number + 1]);
        self.used += 1;
    }

    /// Makes half as much room again. The slots are read and written from one end to the other.
    fn grow(&mut self) {
        let room = (self.slots.len() + self.slots.len() / 2).max(LEAST);
        let old = std::mem::replace(&mut self.slots, vec![[0; 4]; room]);
        old.into_iter().filter(|slot| slot[3] != 0).for_each(|slot| self.put(slot));
    }

    fn put(&mut self, name: [u32; 4]) {
        let mut at = self.at(name[0]);
        while self.slots[at][3] != 0 {
            at = if at + 1 == self.slots.len() { 0 } else { at + 1 };
        }
        self.slots[at] = name;
    }
}

/// Where the name of that hash is looked for first, among so many slots.
fn first_slot(word: u32, slots: usize) -> usize {
    ((u64::from(word) * slots as u64) >> 32) as usize
}

/// The numbers of names in the order of their hashes, or next to it; one more than each, and zero where there is none.
#[derive(Debug, Default)]
pub(super) struct Slots(Vec<u32>);

impl Slots {
    /// The number of the name of that hash that `is_same` accepts.
    pub(super) fn find(&self, hash: NameHash, is_same: impl Fn(u32) -> bool) -> Option<u32> {
        let mut at = first_slot(hash.spread(), self.0.len());
        loop {
            let number = self.0.get(at)?.checked_sub(1)?;
            if is_same(number) {
                return Some(number);
            }
            at = if at + 1 == self.0.len() { 0 } else { at + 1 };
        }
    }
}
