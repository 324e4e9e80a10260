//! Indexes: rows of a kind by the values of one or two paths.
//!
//! Rows are kept sorted by the first key in compressed form (where the rows of each key begin), and inside one first key by
//! the second. A look-up is one addition, or a search among the rows of one first key; nothing is hashed. Rows that come in
//! the order of their keys, as those of processes do, are not even copied: what is not written needs no memory.

use std::ops::{ControlFlow, Range};

use crate::landscape::{Base, Kind, Landscape, Lists, MISSING};

use super::bound::{Many, Single, Values};
use super::evaluate::{Evaluator, Frame};
use super::ir::{Condition, Path, Slot, Steps};
use super::placing::place;

/// The variable of an index: the row itself.
pub(super) const ROW: Slot = Slot(0);

/// The most entries of an index over a list. Lists of lists can lead from every row to every other.
const MOST_ENTRIES: usize = 1 << 24;

/// So many rows of one first key are gone through, which is faster than bisecting. More are sorted by their second key. While
/// the program is tested, three are many: small projects are what tests are made of.
const FEW: usize = if cfg!(debug_assertions) { 2 } else { 16 };

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
pub(super) struct Index<'a> {
    offsets: Vec<u32>,
    entries: Entries<'a>,
    /// Whether it would have too many entries, so that no answer is to be trusted.
    is_overflowed: bool,
}

/// The rows of all keys, one key after the other.
#[derive(Debug)]
enum Entries<'a> {
    /// All rows from this one on, in their order: rows often come in the order of their keys.
    Run(u32),
    /// The same, with a second key, which stands in the column whose first row is the other one; few rows have one first key.
    Beside(u32, u32, &'a [u32]),
    /// Rows by one key.
    Rows(Vec<u32>),
    /// The second key and the row, side by side: a look-up mostly waits for memory, and so waits once.
    Pairs(Vec<(u32, u32)>),
}

impl Default for Entries<'_> {
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

impl<'a> Index<'a> {
    /// Builds the index.
    #[must_use]
    pub(super) fn build(evaluator: &Evaluator<'a>, specification: &IndexSpecification) -> Self {
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
    fn over(
        evaluator: &Evaluator<'a>,
        space: usize,
        (first, second): &(Values<'a>, Option<Values<'a>>),
        rows: impl Iterator<Item = u32> + Clone,
    ) -> Self {
        // Nearly all keys are a plain column or a plain list; they are read without asking what they are row by row.
        if let Some((start, values)) = column(first) {
            let first = |row: u32| values[(row - start) as usize];
            let Some(second) = second else {
                return Self::by_one(space, rows.map(|row| (first(row), row)));
            };
            if let Some(second) = column(second) {
                return Self::by_two_columns(space, first, second, rows);
            }
            if let Some((start, lists)) = list(second) {
                let seconds = |row| lists.of(row - start).iter().map(move |other| (first(row), (*other, row)));
                return Self::by_two(space, rows.flat_map(seconds));
            }
        }
        if let (Some((start, lists)), None) = (list(first), second) {
            return Self::by_one(space, rows.flat_map(|row| lists.of(row - start).iter().map(move |key| (*key, row))));
        }
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

    fn by_one(space: usize, found: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let found = found.filter(|(key, _)| *key != MISSING);
        if let Some((first, offsets)) = run(space, found.clone()) {
            return Self { offsets, entries: Entries::Run(first), is_overflowed: false };
        }
        let (offsets, rows) = place(space, found);
        Self { offsets, entries: Entries::Rows(rows), is_overflowed: false }
    }

    fn by_two_columns(
        space: usize,
        first: impl Fn(u32) -> u32 + Copy,
        (start, second): (u32, &'a [u32]),
        rows: impl Iterator<Item = u32> + Clone,
    ) -> Self {
        let found = rows.clone().map(|row| (first(row), row)).filter(|(key, _)| *key != MISSING);
        if let Some((first, offsets)) = run(space, found)
            && are_short(&offsets)
        {
            return Self { offsets, entries: Entries::Beside(first, start, second), is_overflowed: false };
        }
        let second = |row: u32| second[(row - start) as usize];
        let complete = |(_, (other, _)): &(u32, (u32, u32))| *other != MISSING;
        Self::by_two(space, rows.map(|row| (first(row), (second(row), row))).filter(complete))
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
    fn len(&self) -> usize {
        self.offsets.last().map_or(0, |count| *count as usize)
    }

    /// The places of the entries with this key.
    #[must_use]
    #[inline]
    pub(super) fn places(&self, first: u32) -> Range<u32> {
        let key = first as usize;
        match (self.offsets.get(key), self.offsets.get(key.wrapping_add(1))) {
            (Some(start), Some(end)) => *start..*end,
            _ => 0..0,
        }
    }

    /// The row of the entry at that place; [`MISSING`] where there is none.
    #[must_use]
    #[inline]
    pub(super) fn row_at(&self, place: u32) -> u32 {
        match &self.entries {
            Entries::Run(first) | Entries::Beside(first, ..) => first.wrapping_add(place),
            Entries::Rows(rows) => rows.get(place as usize).copied().unwrap_or(MISSING),
            Entries::Pairs(pairs) => pairs.get(place as usize).map_or(MISSING, |(_, row)| *row),
        }
    }

    /// The second key of the entry at that place; [`MISSING`] where there is none.
    #[must_use]
    #[inline]
    pub(super) fn key_at(&self, place: u32) -> u32 {
        let key = match &self.entries {
            Entries::Run(_) | Entries::Rows(_) => None,
            Entries::Beside(first, start, second) => {
                second.get(first.wrapping_add(place).wrapping_sub(*start) as usize).copied()
            }
            Entries::Pairs(pairs) => pairs.get(place as usize).map(|(other, _)| *other),
        };
        key.unwrap_or(MISSING)
    }

    /// The row of the entry at that place, if it has that second key; else [`MISSING`].
    #[must_use]
    #[inline]
    pub(super) fn row_with(&self, place: u32, second: u32) -> u32 {
        if second != MISSING && self.key_at(place) == second { self.row_at(place) } else { MISSING }
    }

    /// The places of one first key, without those at both ends that have another second one: the first one and the last one
    /// have that second key, where there is any.
    #[must_use]
    #[inline]
    pub(super) fn narrowed(&self, places: Range<u32>, second: u32) -> Range<u32> {
        if second == MISSING {
            return 0..0;
        }
        let range = places.start as usize..places.end as usize;
        match &self.entries {
            Entries::Run(_) | Entries::Rows(_) => places,
            Entries::Beside(first, start, seconds) => {
                let begin = (first - start) as usize;
                let seconds = seconds.get(begin + range.start..begin + range.end).unwrap_or_default();
                between(places.start, seconds.iter().map(|other| *other == second))
            }
            Entries::Pairs(pairs) => {
                let entries = pairs.get(range).unwrap_or_default();
                if entries.len() > FEW {
                    let begin = entries.partition_point(|(other, _)| *other < second) as u32;
                    let end = entries.partition_point(|(other, _)| *other <= second) as u32;
                    return places.start + begin..places.start + end;
                }
                between(places.start, entries.iter().map(|(other, _)| *other == second))
            }
        }
    }

    /// Calls `visit` with the rows with this key, until it breaks off. A row can come twice where a key is a list that names
    /// the value twice.
    #[inline]
    pub(super) fn each(&self, first: u32, mut visit: impl FnMut(u32) -> ControlFlow<()>) -> ControlFlow<()> {
        self.places(first).try_for_each(|place| visit(self.row_at(place)))
    }

    /// Calls `visit` with the rows with both keys, until it breaks off.
    #[inline]
    pub(super) fn each_with(
        &self,
        first: u32,
        second: u32,
        mut visit: impl FnMut(u32) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        self.narrowed(self.places(first), second).try_for_each(|place| match self.row_with(place, second) {
            MISSING => ControlFlow::Continue(()),
            row => visit(row),
        })
    }
}

/// From the first place at which it is true to the last one. All are gone through: where to end is hard to foresee, and
/// there are few.
#[inline]
fn between(start: u32, is_there: impl Iterator<Item = bool>) -> Range<u32> {
    let mut found = Range { start: u32::MAX, end: 0 };
    for (place, is_there) in (start..).zip(is_there) {
        found.start = if is_there { found.start.min(place) } else { found.start };
        found.end = if is_there { place + 1 } else { found.end };
    }
    found
}

/// The first row and where the rows of each key begin, where the keys are in order and the rows follow one another.
fn run(space: usize, found: impl Iterator<Item = (u32, u32)> + Clone) -> Option<(u32, Vec<u32>)> {
    let first = found.clone().next().map_or(0, |(_, row)| row);
    // Mostly it shows soon that they are not.
    let in_order = |((last, row), (key, next)): ((u32, u32), (u32, u32))| last <= key && row + 1 == next;
    if !found.clone().zip(found.clone().skip(1)).take(FEW).all(in_order) {
        return None;
    }
    let mut offsets = Vec::with_capacity(space + 1);
    let mut next = first;
    for (key, row) in found {
        if row != next || offsets.len() > key as usize + 1 {
            return None;
        }
        // Mostly several rows have one key.
        if offsets.len() <= key as usize {
            offsets.resize(key as usize + 1, row - first);
        }
        next = row + 1;
    }
    offsets.resize(space + 1, next - first);
    Some((first, offsets))
}

/// Whether few entries are between any two offsets.
fn are_short(offsets: &[u32]) -> bool {
    offsets.windows(2).all(|ends| (ends[1] - ends[0]) as usize <= FEW)
}

/// The column in which the value of a row stands, and its first row.
fn column<'a>(values: &Values<'a>) -> Option<(u32, &'a [u32])> {
    match values {
        Values::One(Single::Field { start, values, .. }) => Some((*start, values)),
        _ => None,
    }
}

/// The lists in which the values of a row stand, if they are not too many, and their first row.
fn list<'a>(values: &Values<'a>) -> Option<(u32, &'a Lists)> {
    match values {
        Values::Many(Many::List { head, start, lists, .. })
            if head.is_empty() && lists.values.len() <= MOST_ENTRIES =>
        {
            Some((*start, lists))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_in_the_order_of_their_keys_are_a_run() {
        let run = |found: &[(u32, u32)]| run(5, found.iter().copied());
        assert_eq!(run(&[]), Some((0, vec![0, 0, 0, 0, 0, 0])));
        assert_eq!(run(&[(1, 7), (1, 8), (3, 9)]), Some((7, vec![0, 0, 2, 2, 3, 3])));
        assert_eq!(run(&[(0, 0), (0, 1), (0, 2), (4, 3)]), Some((0, vec![0, 3, 3, 3, 3, 4])));
        assert_eq!(run(&[(1, 7), (1, 9)]), None, "a row is missing");
        assert_eq!(run(&[(0, 0), (0, 1), (2, 2), (1, 3)]), None, "a key comes late");
    }

    #[test]
    fn places_are_between_the_first_and_the_last() {
        assert_eq!(between(5, [false, true, false, true, false].into_iter()), 6..9);
        assert!(between(5, [false, false].into_iter()).is_empty());
        assert!(are_short(&[0, 2, 2, 3]) && !are_short(&[0, 2, 20]));
    }
}
