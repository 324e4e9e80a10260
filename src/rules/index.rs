//! Indexes: rows of a kind by the values of one or two paths.
//!
//! Rows are kept sorted by the first key in compressed form (where the rows of each key begin), and inside one first key by
//! the second. A look-up is one addition, or a binary search among the rows of one first key; nothing is hashed.

use crate::landscape::{Base, Kind, Landscape, MISSING};

use super::bound::{Single, Values};
use super::evaluate::{Evaluator, Frame};
use super::ir::{Condition, Path, Slot, Step};

/// The variable of an index: the row itself.
const ROW: Slot = Slot(0);

/// The most entries of an index over a list. Lists of lists can lead from every row to every other.
const MOST_ENTRIES: usize = 1 << 24;

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
    /// What two specifications have in common if they are of the same index.
    #[must_use]
    pub fn identity(&self) -> (Kind, Vec<Vec<Step>>, String) {
        // Conditions have no equality of their own (patterns have none); their debug text is one.
        let filter = if self.filter.is_always() { String::new() } else { format!("{:?}", self.filter) };
        (self.kind, self.keys.clone(), filter)
    }
}

/// Rows by key.
#[derive(Debug, Default)]
pub(super) struct Index {
    offsets: Vec<u32>,
    /// The second key ([`MISSING`] where there is none) and the row, side by side: a look-up mostly waits for memory, and
    /// so waits once.
    entries: Vec<(u32, u32)>,
    /// Whether it would have too many entries, so that no answer is to be trusted.
    is_overflowed: bool,
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
    pub(super) fn build(evaluator: &Evaluator<'_>, specification: &IndexSpecification) -> Self {
        let landscape = evaluator.landscape();
        let binder = evaluator.binder();
        let path = |steps: &Vec<Step>| Path { slot: ROW, kind: specification.kind, steps: steps.clone() };
        let mut keys = specification.keys.iter().map(path);
        let (Some(first), second) = (keys.next(), keys.next()) else {
            return Self::default();
        };
        let space = key_space(landscape, first.ty().base).unwrap_or_default();
        let keys = (binder.path(&first), second.map(|second| binder.path(&second)));
        let rows = landscape.rows(specification.kind);
        if specification.filter.is_always() {
            return Self::over(evaluator, space, &keys, rows);
        }
        let filter = binder.test(&specification.filter);
        if filter.is_always() {
            return Self::over(evaluator, space, &keys, rows);
        }
        if filter.is_never() || keys.0.is_missing() || keys.1.as_ref().is_some_and(Values::is_missing) {
            return Self::default();
        }
        let mut frame = Frame::new(1);
        let passes = |row: &u32| {
            frame.set(ROW, *row);
            evaluator.holds(&filter, &mut frame)
        };
        let passing: Vec<u32> = rows.filter(passes).collect();
        Self::over(evaluator, space, &keys, passing.iter().copied())
    }

    /// Gathers the entries of some rows, in ascending order.
    fn over<'a>(
        evaluator: &Evaluator<'a>,
        space: usize,
        (first, second): &(Values<'a>, Option<Values<'a>>),
        rows: impl Iterator<Item = u32> + Clone,
    ) -> Self {
        // Nearly all keys are a plain column; they are read without asking what they are row by row.
        match (column(first), second.as_ref().map(column)) {
            (Some(first), None) => Self::place(space, rows.map(|row| (first(row), MISSING, row)), false),
            (Some(first), Some(Some(second))) => {
                let complete = |(_, other, _): &(u32, u32, u32)| *other != MISSING;
                Self::place(space, rows.map(|row| (first(row), second(row), row)).filter(complete), true)
            }
            _ => {
                let mut frame = Frame::new(1);
                let mut found = Vec::new();
                for row in rows {
                    frame.set(ROW, row);
                    evaluator.each_pair(first, second.as_ref(), &mut frame, |key, other| found.push((key, other, row)));
                    if found.len() > MOST_ENTRIES {
                        return Self { is_overflowed: true, ..Self::default() };
                    }
                }
                Self::place(space, found.iter().copied(), second.is_some())
            }
        }
    }

    /// Sorts (first key, second key, row) by counting; rows come in ascending order and stay so.
    fn place(space: usize, found: impl Iterator<Item = (u32, u32, u32)> + Clone, two: bool) -> Self {
        let found = found.filter(|(key, ..)| *key != MISSING);
        let mut offsets = vec![0_u32; space + 1];
        found.clone().for_each(|(key, ..)| offsets[key as usize + 1] += 1);
        for key in 0..space {
            offsets[key + 1] += offsets[key];
        }
        let mut next = offsets.clone();
        let mut entries = vec![(0_u32, 0_u32); offsets[space] as usize];
        for (key, other, row) in found {
            let slot = &mut next[key as usize];
            entries[*slot as usize] = (other, row);
            *slot += 1;
        }
        if two {
            for ends in offsets.windows(2).filter(|ends| ends[1] - ends[0] > 1) {
                entries[ends[0] as usize..ends[1] as usize].sort_unstable();
            }
        }
        Self { offsets, entries, is_overflowed: false }
    }

    /// Whether it would have too many entries.
    #[must_use]
    pub(super) fn is_overflowed(&self) -> bool {
        self.is_overflowed
    }

    /// Whether nothing can be found.
    #[must_use]
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Number of entries.
    #[must_use]
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Where the entries of this key begin, for [`Self::row_at`]; anything where there is no such key.
    #[must_use]
    #[inline]
    pub(super) fn place_of(&self, first: u32) -> u32 {
        self.offsets.get(first as usize).copied().unwrap_or_default()
    }

    /// The row of the entry at that place; anything where there is none.
    #[must_use]
    #[inline]
    pub(super) fn row_at(&self, place: u32) -> u32 {
        self.entries.get(place as usize).map_or(MISSING, |(_, row)| *row)
    }

    /// The rows with this key, each behind its second key. A row can come twice where a key is a list that names the value
    /// twice.
    #[must_use]
    #[inline]
    pub(super) fn rows(&self, first: u32) -> &[(u32, u32)] {
        let key = first as usize;
        match (self.offsets.get(key), self.offsets.get(key.wrapping_add(1))) {
            (Some(start), Some(end)) => &self.entries[*start as usize..*end as usize],
            _ => &[],
        }
    }

    /// The rows with both keys.
    #[must_use]
    #[inline]
    pub(super) fn rows_with(&self, first: u32, second: u32) -> &[(u32, u32)] {
        let entries = self.rows(first);
        // Mostly there are a handful of them, and going through these is faster than bisecting.
        if entries.len() > 16 {
            let start = entries.partition_point(|(other, _)| *other < second);
            let end = entries.partition_point(|(other, _)| *other <= second);
            return &entries[start..end];
        }
        let Some(start) = entries.iter().position(|(other, _)| *other == second) else { return &[] };
        let found = &entries[start..];
        let end = found.iter().position(|(other, _)| *other != second).unwrap_or(found.len());
        &found[..end]
    }
}

/// How the value of a row is read where it stands in one column.
fn column<'x>(values: &'x Values<'_>) -> Option<impl Fn(u32) -> u32 + Copy + 'x> {
    match values {
        Values::One(Single::Field { start, values, .. }) => Some(move |row: u32| values[(row - start) as usize]),
        _ => None,
    }
}
