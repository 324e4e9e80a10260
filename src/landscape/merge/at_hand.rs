//! What was said of the process at hand. What belongs to one process stands together, so that the rest can be forgotten.

use rustc_hash::FxHashMap;

/// So many names are searched one after the other; more have a map.
const FEW: usize = 32;

/// The names that stand in one process, each with the row in which it stands first.
#[derive(Default)]
pub(super) struct AtHand {
    process: u32,
    few: Vec<(u32, u32)>,
    many: FxHashMap<u32, u32>,
}

impl AtHand {
    /// The first row of a name in a process; `row`, where it is the first one. Another process than the last one is begun anew.
    #[inline]
    pub(super) fn first(&mut self, process: u32, name: u32, row: u32) -> u32 {
        if process != self.process {
            self.process = process;
            self.few.clear();
            if !self.many.is_empty() {
                self.many = FxHashMap::default();
            }
        }
        if let Some((_, first)) = self.few.iter().find(|(known, _)| *known == name) {
            return *first;
        }
        if self.few.len() < FEW {
            self.few.push((name, row));
            return row;
        }
        *self.many.entry(name).or_insert(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_in_their_process() {
        let mut at_hand = AtHand::default();
        for process in [0, 7, 0] {
            for row in 0..100 {
                assert_eq!(at_hand.first(process, row % 70, row), row % 70);
            }
        }
    }
}
