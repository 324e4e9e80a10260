//! The tuples of a recursive predicate.

use std::ops::ControlFlow;
use std::sync::OnceLock;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::landscape::MISSING;

/// The most parameters of a recursive predicate.
pub(super) const MOST_PARAMETERS: usize = 4;

/// The most tuples of one recursive predicate.
pub(super) const MOST_TUPLES: usize = 2_000_000;

/// A tuple; unused positions are [`MISSING`].
pub(super) type Tuple = [u32; MOST_PARAMETERS];

/// Tuples, by number, by what stands at some of their positions.
type ByPositions = FxHashMap<Tuple, Vec<u32>>;

/// A growing set of tuples, with those of the last round apart, and look-ups by any of their positions.
#[derive(Debug, Default)]
pub(super) struct Relation {
    known: FxHashSet<Tuple>,
    tuples: Vec<Tuple>,
    /// Where the tuples of the last round begin.
    newest: usize,
    /// For each set of positions, as bits: made on first use, kept up to date from then on.
    by_positions: [OnceLock<ByPositions>; 1 << MOST_PARAMETERS],
}

fn padded(tuple: &[u32]) -> Tuple {
    let mut padded = [MISSING; MOST_PARAMETERS];
    for (slot, value) in padded.iter_mut().zip(tuple) {
        *slot = *value;
    }
    padded
}

/// What stands at the given positions, the rest missing.
fn masked(mut tuple: Tuple, positions: usize) -> Tuple {
    for (at, value) in tuple.iter_mut().enumerate() {
        if positions & (1 << at) == 0 {
            *value = MISSING;
        }
    }
    tuple
}

impl Relation {
    /// Whether the tuple is in it.
    #[must_use]
    pub(super) fn contains(&self, tuple: &[u32]) -> bool {
        self.known.contains(&padded(tuple))
    }

    /// Number of tuples.
    #[must_use]
    pub(super) fn len(&self) -> usize {
        self.tuples.len()
    }

    /// Adds what a round has found, up to `most` tuples in all, and makes it the newest. Answers whether anything was new.
    pub(super) fn round(&mut self, found: &[Tuple], most: usize) -> bool {
        self.newest = self.tuples.len();
        for tuple in found {
            if self.tuples.len() >= most {
                break;
            }
            if self.known.insert(*tuple) {
                for (positions, map) in self.by_positions.iter_mut().enumerate() {
                    if let Some(map) = map.get_mut() {
                        map.entry(masked(*tuple, positions)).or_default().push(self.tuples.len() as u32);
                    }
                }
                self.tuples.push(*tuple);
            }
        }
        self.newest < self.tuples.len()
    }

    /// Calls `visit` with each tuple that fits the pattern, in which [`MISSING`] fits everything.
    pub(super) fn each(
        &self,
        pattern: &[u32],
        newest: bool,
        visit: &mut dyn FnMut(&Tuple) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let wanted = padded(pattern);
        let positions = (0..pattern.len()).filter(|at| pattern[*at] != MISSING).fold(0, |bits, at| bits | 1 << at);
        if newest {
            let fits = |tuple: &&Tuple| masked(**tuple, positions) == wanted;
            return self.tuples[self.newest..].iter().filter(fits).try_for_each(visit);
        }
        if positions == 0 {
            return self.tuples.iter().try_for_each(visit);
        }
        let map = self.by_positions[positions].get_or_init(|| {
            let mut map = ByPositions::default();
            for (at, tuple) in self.tuples.iter().enumerate() {
                map.entry(masked(*tuple, positions)).or_default().push(at as u32);
            }
            map
        });
        map.get(&wanted).into_iter().flatten().try_for_each(|at| visit(&self.tuples[*at as usize]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matching(relation: &Relation, pattern: &[u32], newest: bool) -> Vec<(u32, u32)> {
        let mut found = Vec::new();
        let _ = relation.each(pattern, newest, &mut |tuple| {
            found.push((tuple[0], tuple[1]));
            ControlFlow::Continue(())
        });
        found
    }

    #[test]
    fn look_ups_follow_the_rounds() {
        let mut relation = Relation::default();
        assert!(relation.round(&[padded(&[1, 2]), padded(&[2, 3])], MOST_TUPLES));
        assert_eq!(matching(&relation, &[1, MISSING], false), [(1, 2)]);
        assert!(relation.round(&[padded(&[1, 2]), padded(&[1, 3])], MOST_TUPLES));
        assert_eq!(matching(&relation, &[1, MISSING], false), [(1, 2), (1, 3)]);
        assert_eq!(matching(&relation, &[MISSING, 3], false), [(2, 3), (1, 3)]);
        assert_eq!(matching(&relation, &[MISSING, MISSING], true), [(1, 3)]);
        assert!(!relation.round(&[padded(&[1, 3])], MOST_TUPLES));
        assert!(relation.contains(&[1, 3]) && !relation.contains(&[3, 1]));
    }
}
