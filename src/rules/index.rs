//! Indexes: rows of a kind by the values of one or two paths.
//!
//! Rows are kept sorted by the first key in compressed form (where the rows of each key begin), and inside one first key by
//! the second. A look-up is one addition, or a binary search among the rows of one first key; nothing is hashed.

use std::ops::{ControlFlow, Range};

use crate::landscape::{Base, Kind, Landscape, MISSING};

use super::bound::{Single, Values};
use super::evaluate::{Evaluator, Frame};
use super::ir::{Condition, Path, Slot, Steps};

/// The variable of an index: the row itself.
pub(super) const ROW: Slot = Slot(0);

/// The most entries of an index over a list. Lists of lists can lead from every row to every other.
const MOST_ENTRIES: usize = 1 << 24;

/// What an index is over.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IndexSpecification {
    /// Whose rows.
    pub kind: Kind,
    /// The paths from a row to its first and, where there is one, its second key. At most one of them is a list.
    pub keys: Vec<Steps>,
    /// Only rows for which this holds are in it. It speaks of the row alone, in slot 0.
    pub filter: Condition,
}

impl IndexSpecification {
    /// The paths from a row to its keys.
    pub(super) fn paths(&self) -> impl Iterator<Item = Path> {
        self.keys.iter().map(|steps| Path { slot: ROW, kind: self.kind, steps: steps.clone() })
    }
}

/// Rows by key.
#[derive(Debug, Default)]
pub(super) struct Index {
    offsets: Vec<u32>,
    entries: Entries,
    /// Whether it would have too many entries, so that no answer is to be trusted.
    is_overflowed: bool,
}

/// The rows of all keys, one key after the other.
#[derive(Debug)]
enum Entries {
    /// All rows from this one on, in their order: rows often come in the order of their keys.
    Run(u32),
    /// Rows by one key.
    Rows(Vec<u32>),
    /// The second key and the row, side by side: a look-up mostly waits for memory, and so waits once.
    Pairs(Vec<(u32, u32)>),
}

impl Default for Entries {
    fn default() -> Self {
        Self::Run(0)
    }
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
        let mut keys = specification.paths();
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
            (Some(first), None) => Self::by_one(space, rows.map(|row| (first(row), row))),
            (Some(first), Some(Some(second))) => {
                let complete = |(_, (other, _)): &(u32, (u32, u32))| *other != MISSING;
                Self::by_two(space, rows.map(|row| (first(row), (second(row), row))).filter(complete))
            }
            _ => {
                let mut frame = Frame::new(1);
                let mut found: Vec<(u32, (u32, u32))> = Vec::new();
                for row in rows {
                    frame.set(ROW, row);
                    let found_one = |key, other| found.push((key, (other, row)));
                    evaluator.each_pair(first, second.as_ref(), &mut frame, found_one);
                    if found.len() > MOST_ENTRIES {
                        return Self { is_overflowed: true, ..Self::default() };
                    }
                }
                match second {
                    Some(_) => Self::by_two(space, found.iter().copied()),
                    None => Self::by_one(space, found.iter().map(|(key, (_, row))| (*key, *row))),
                }
            }
        }
    }

    fn by_one(space: usize, found: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let found = found.filter(|(key, _)| *key != MISSING);
        if let Some(first) = run(found.clone()) {
            return Self { offsets: offsets(space, found), entries: Entries::Run(first), is_overflowed: false };
        }
        let (offsets, rows) = place(space, found);
        Self { offsets, entries: Entries::Rows(rows), is_overflowed: false }
    }

    fn by_two(space: usize, found: impl Iterator<Item = (u32, (u32, u32))> + Clone) -> Self {
        let (offsets, mut pairs) = place(space, found.filter(|(key, _)| *key != MISSING));
        for ends in offsets.windows(2).filter(|ends| ends[1] - ends[0] > 1) {
            let pairs = &mut pairs[ends[0] as usize..ends[1] as usize];
            if !pairs.is_sorted() {
                pairs.sort_unstable();
            }
        }
        Self { offsets, entries: Entries::Pairs(pairs), is_overflowed: false }
    }

    /// Whether it would have too many entries.
    #[must_use]
    pub(super) fn is_overflowed(&self) -> bool {
        self.is_overflowed
    }

    /// Whether nothing can be found.
    #[must_use]
    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of entries.
    #[must_use]
    pub(super) fn len(&self) -> usize {
        self.offsets.last().map_or(0, |count| *count as usize)
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
        match &self.entries {
            Entries::Run(first) => first.wrapping_add(place),
            Entries::Rows(rows) => rows.get(place as usize).copied().unwrap_or(MISSING),
            Entries::Pairs(pairs) => pairs.get(place as usize).map_or(MISSING, |(_, row)| *row),
        }
    }

    /// The places of the entries with this key.
    #[inline]
    fn places(&self, first: u32) -> Range<u32> {
        let key = first as usize;
        match (self.offsets.get(key), self.offsets.get(key.wrapping_add(1))) {
            (Some(start), Some(end)) => *start..*end,
            _ => 0..0,
        }
    }

    /// Calls `visit` with the rows with this key, until it breaks off. A row can come twice where a key is a list that names
    /// the value twice.
    #[inline]
    pub(super) fn each(&self, first: u32, mut visit: impl FnMut(u32) -> ControlFlow<()>) -> ControlFlow<()> {
        let places = self.places(first);
        let range = places.start as usize..places.end as usize;
        match &self.entries {
            Entries::Run(start) => places.into_iter().try_for_each(|place| visit(start + place)),
            Entries::Rows(rows) => rows[range].iter().try_for_each(|row| visit(*row)),
            Entries::Pairs(pairs) => pairs[range].iter().try_for_each(|(_, row)| visit(*row)),
        }
    }

    /// The rows with both keys, each behind its second key.
    #[must_use]
    #[inline]
    pub(super) fn rows_with(&self, first: u32, second: u32) -> &[(u32, u32)] {
        let Entries::Pairs(pairs) = &self.entries else { return &[] };
        let places = self.places(first);
        let entries = &pairs[places.start as usize..places.end as usize];
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

/// The first row, where the keys are in order and the rows follow one another.
fn run(mut found: impl Iterator<Item = (u32, u32)>) -> Option<u32> {
    let Some((mut last_key, first)) = found.next() else { return Some(0) };
    let mut next = first + 1;
    for (key, row) in found {
        if key < last_key || row != next {
            return None;
        }
        (last_key, next) = (key, row + 1);
    }
    Some(first)
}

/// Where the entries of each key begin.
fn offsets<T>(space: usize, found: impl Iterator<Item = (u32, T)>) -> Vec<u32> {
    let mut offsets = vec![0_u32; space + 1];
    found.for_each(|(key, _)| offsets[key as usize + 1] += 1);
    for key in 0..space {
        offsets[key + 1] += offsets[key];
    }
    offsets
}

/// Sorts entries by their keys, by counting; those of one key stay in their order.
fn place<T: Copy + Default>(space: usize, found: impl Iterator<Item = (u32, T)> + Clone) -> (Vec<u32>, Vec<T>) {
    let mut offsets = offsets(space, found.clone());
    let mut entries = vec![T::default(); offsets[space] as usize];
    // While entries are placed, each offset runs from the begin of its key to the end, which is the begin of the next one.
    for (key, entry) in found {
        let slot = &mut offsets[key as usize];
        entries[*slot as usize] = entry;
        *slot += 1;
    }
    offsets.pop();
    offsets.insert(0, 0);
    (offsets, entries)
}

/// How the value of a row is read where it stands in one column.
fn column<'x>(values: &'x Values<'_>) -> Option<impl Fn(u32) -> u32 + Copy + 'x> {
    match values {
        Values::One(Single::Field { start, values, .. }) => Some(move |row: u32| values[(row - start) as usize]),
        _ => None,
    }
}
