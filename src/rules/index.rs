//! Indexes: rows of a kind by the values of one or two paths.
//!
//! Rows are kept sorted by the first key in compressed form (where the rows of each key begin), and inside one first key by
//! the second. A look-up is one addition, or a binary search among the rows of one first key; nothing is hashed.

use crate::landscape::{Base, Kind, Landscape, MISSING};

use super::evaluate::Frame;
use super::ir::{Condition, Path, Step};

/// What an index is over.
#[derive(Clone, Debug)]
pub struct IndexSpecification {
    /// Whose rows.
    pub kind: Kind,
    /// The paths from a row to its first and, where there is one, its second key. At most one of them is a list.
    pub keys: Vec<Vec<Step>>,
    /// Only rows for which this holds are in it. It speaks of the row alone, in slot 0.
    pub filter: Condition,
}

impl IndexSpecification {
    /// Whether both are the same index.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        // Conditions have no equality of their own (patterns have none); their debug text is one.
        self.kind == other.kind
            && self.keys == other.keys
            && (self.filter.is_always() == other.filter.is_always())
            && (self.filter.is_always() || format!("{:?}", self.filter) == format!("{:?}", other.filter))
    }
}

/// Rows by key.
#[derive(Debug)]
pub(super) struct Index {
    offsets: Vec<u32>,
    rows: Vec<u32>,
    /// The second key of each row in `rows`; empty where there is none.
    seconds: Vec<u32>,
}

/// Number of different values of a key, which are `0..n`; `None` where values are too far apart for that.
#[must_use]
pub(super) fn key_space(landscape: &Landscape, base: Base) -> Option<usize> {
    Some(match base {
        Base::Boolean => 2,
        Base::Word(words) => words.len(),
        Base::Name => landscape.name_count(),
        Base::Entity(kind) => landscape.rows(kind.family()).end as usize,
        Base::Number | Base::Date | Base::Text => return None,
    })
}

/// Whether values of this type can be looked up.
#[must_use]
pub(super) fn is_key(base: Base) -> bool {
    !matches!(base, Base::Number | Base::Date | Base::Text)
}

impl Index {
    /// Builds the index.
    #[must_use]
    pub(super) fn build(evaluator: &super::evaluate::Evaluator<'_>, specification: &IndexSpecification) -> Self {
        let landscape = evaluator.landscape();
        let slot = super::ir::Slot(0);
        let path = |steps: &[Step]| Path { slot, kind: specification.kind, steps: steps.to_vec() };
        let first = path(&specification.keys[0]);
        let second = specification.keys.get(1).map(|steps| path(steps));
        let space = key_space(landscape, first.ty().base).unwrap_or_default();

        let mut frame = Frame::new(1);
        // (first, second, row); rows come in order, so that a stable counting sort keeps them so.
        let mut entries: Vec<(u32, u32, u32)> = Vec::new();
        let all = specification.filter.is_always();
        for row in landscape.rows(specification.kind) {
            frame.set(slot, row);
            if !all && !evaluator.holds(&specification.filter, &mut frame) {
                continue;
            }
            evaluator.each_value(&first, &frame, &mut |key| match &second {
                None => {
                    entries.push((key, MISSING, row));
                    true
                }
                Some(second) => evaluator.each_value(second, &frame, &mut |other| {
                    entries.push((key, other, row));
                    true
                }),
            });
        }
        let mut offsets = vec![0_u32; space + 1];
        for (key, _, _) in &entries {
            offsets[*key as usize + 1] += 1;
        }
        for key in 0..space {
            offsets[key + 1] += offsets[key];
        }
        let mut next = offsets.clone();
        let mut sorted = vec![(0_u32, 0_u32); entries.len()];
        for (key, other, row) in entries {
            let slot = &mut next[key as usize];
            sorted[*slot as usize] = (other, row);
            *slot += 1;
        }
        if second.is_some() {
            for key in 0..space {
                sorted[offsets[key] as usize..offsets[key + 1] as usize].sort_unstable();
            }
        }
        let rows = sorted.iter().map(|(_, row)| *row).collect();
        let seconds = if second.is_some() { sorted.iter().map(|(other, _)| *other).collect() } else { Vec::new() };
        Self { offsets, rows, seconds }
    }

    /// The rows with this key; with a second key, those that have both. A row can come twice where a key is a list that
    /// names the value twice.
    #[must_use]
    pub(super) fn rows(&self, first: u32, second: Option<u32>) -> &[u32] {
        let key = first as usize;
        let (Some(start), Some(end)) = (self.offsets.get(key), self.offsets.get(key.wrapping_add(1))) else {
            return &[];
        };
        let (start, end) = (*start as usize, *end as usize);
        let Some(second) = second else { return &self.rows[start..end] };
        let seconds = &self.seconds[start..end];
        let low = seconds.partition_point(|value| *value < second);
        let high = low + seconds[low..].partition_point(|value| *value == second);
        &self.rows[start + low..start + high]
    }
}
