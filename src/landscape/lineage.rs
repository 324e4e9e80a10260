//! What became of clauses from one edition to the next.

use rustc_hash::FxHashMap;

use super::column::{Column, Lists, MISSING};
use super::schema::Kind;
use super::table::Landscape;

/// The most clauses in one lineage; what is longer comes from a mapping of everything to everything.
const LONGEST: usize = 256;

/// Pairs of clauses of two editions of one standard, from the earlier to the later one.
struct Steps {
    pairs: Vec<(u32, u32)>,
}

impl Landscape {
    /// The rows of the mappings between editions, sure ones or unsure ones.
    fn steps(&self, unsure: bool) -> Steps {
        let (from, to) = (self.scalar(Kind::Correspondence, "from"), self.scalar(Kind::Correspondence, "to"));
        let marks = self.scalar(Kind::Correspondence, "unsure");
        let standards = self.scalar(Kind::Clause, "standard");
        let later = self.lists(Kind::Standard, "later");
        let is_later = |early: u32, late: u32| later.of(early).contains(&late);
        let mut pairs = Vec::new();
        for ((from, to), mark) in from.iter().zip(to).zip(marks) {
            if *from == MISSING || *to == MISSING || (*mark != 0) != unsure {
                continue;
            }
            let (first, second) = (standards[*from as usize], standards[*to as usize]);
            if is_later(first, second) {
                pairs.push((*from, *to));
            } else if is_later(second, first) {
                pairs.push((*to, *from));
            }
        }
        Steps { pairs }
    }

    /// For every clause its partners in the next edition that the mappings know.
    pub(super) fn successors(&self, unsure: bool) -> Lists {
        let standards = self.scalar(Kind::Clause, "standard");
        let later = self.lists(Kind::Standard, "later");
        let steps = [self.steps(false), self.steps(true)];
        // The next edition of a standard is the earliest of the later ones to which any row leads.
        let mut next: FxHashMap<u32, usize> = FxHashMap::default();
        let position = |early: u32, late: u32| later.of(early).iter().position(|standard| *standard == late);
        for (from, to) in steps.iter().flat_map(|steps| &steps.pairs) {
            let early = standards[*from as usize];
            if let Some(position) = position(early, standards[*to as usize]) {
                next.entry(early).and_modify(|first| *first = position.min(*first)).or_insert(position);
            }
        }
        let steps = if unsure { &steps[1] } else { &steps[0] };
        let mut pairs: Vec<(u32, u32)> = steps
            .pairs
            .iter()
            .copied()
            .filter(|(from, to)| {
                let early = standards[*from as usize];
                position(early, standards[*to as usize]) == next.get(&early).copied()
            })
            .collect();
        pairs.sort_unstable();
        pairs.dedup();
        Lists::from_pairs(standards.len(), &pairs)
    }

    /// Whether a clause was surely withdrawn.
    pub(super) fn is_withdrawn(&self, clause: u32) -> bool {
        let (from, to) = (self.scalar(Kind::Correspondence, "from"), self.scalar(Kind::Correspondence, "to"));
        let marks = self.scalar(Kind::Correspondence, "unsure");
        from.iter().zip(to).zip(marks).any(|((from, to), mark)| *from == clause && *to == MISSING && *mark == 0)
    }

    /// Which clauses were surely withdrawn.
    pub(super) fn withdrawn(&self) -> Column {
        let mut withdrawn = vec![0; self.rows(Kind::Clause).len()];
        let (from, to) = (self.scalar(Kind::Correspondence, "from"), self.scalar(Kind::Correspondence, "to"));
        let marks = self.scalar(Kind::Correspondence, "unsure");
        for ((from, to), mark) in from.iter().zip(to).zip(marks) {
            if *to == MISSING && *mark == 0 && *from != MISSING {
                withdrawn[*from as usize] = 1;
            }
        }
        Column::Scalar(withdrawn)
    }

    /// For every clause itself, all clauses above it, what these surely were in earlier editions and became in later ones,
    /// and what stands above that. Steps go in one direction at a time, so that a clause is no relative of what was merged
    /// into the same one.
    pub(super) fn lineage(&self) -> Lists {
        let count = self.rows(Kind::Clause).len();
        let mut forward = self.steps(false).pairs;
        forward.sort_unstable();
        forward.dedup();
        let backward: Vec<(u32, u32)> = forward.iter().map(|(from, to)| (*to, *from)).collect();
        let (forward, backward) = (Lists::from_pairs(count, &forward), Lists::from_pairs(count, &backward));
        let mut lists = Lists::default();
        let mut seen = vec![MISSING; count];
        for clause in 0..count as u32 {
            let mut lineage: Vec<u32> = std::iter::once(clause).chain(self.above(clause)).take(LONGEST).collect();
            for member in &lineage {
                seen[*member as usize] = clause;
            }
            let own = lineage.len();
            for steps in [&backward, &forward] {
                let begin = lineage.len();
                let mut extend = |lineage: &mut Vec<u32>, from: u32| {
                    for other in steps.of(from) {
                        if seen[*other as usize] != clause && lineage.len() < LONGEST {
                            seen[*other as usize] = clause;
                            lineage.push(*other);
                        }
                    }
                };
                for index in 0..own {
                    let member = lineage[index];
                    extend(&mut lineage, member);
                }
                let mut index = begin;
                while index < lineage.len() {
                    let member = lineage[index];
                    extend(&mut lineage, member);
                    index += 1;
                }
            }
            for index in own..lineage.len() {
                let reached = lineage[index];
                for above in self.above(reached) {
                    if std::mem::replace(&mut seen[above as usize], clause) != clause && lineage.len() < LONGEST {
                        lineage.push(above);
                    }
                }
            }
            lists.push(lineage);
        }
        lists
    }
}
