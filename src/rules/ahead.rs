//! Reading ahead. A rule over many rows looks up something else for each, and what it looks up is in no cache: each row
//! would wait for a place in an index, then for the entry there, then for the columns of the row that it names. For some
//! hundred rows at once all places are read first, then all entries, then all columns, so that the waits overlap. Nothing
//! but time depends on it.

use std::hint::black_box;
use std::ops::Range;

use super::bound::{Many, Move, Search, Single, Test, Values};
use super::evaluate::{Evaluator, Frame};
use super::ir::Slot;

/// How many rows are read ahead at once.
pub(super) const ROWS: u32 = 256;

/// An index with no more entries is soon in a cache, and of no more rows none has to wait long. While the program is tested,
/// everything is read ahead: reading must never fail, and small projects are what tests are made of.
const FEW_ENTRIES: usize = if cfg!(debug_assertions) { 0 } else { 1 << 14 };
pub(super) const FEW_ROWS: usize = if cfg!(debug_assertions) { 0 } else { ROWS as usize };

/// The rows of the outer variable, and what is bound on the way to a look-up.
struct Way<'x, 'a> {
    outer: Slot,
    rows: Range<u32>,
    /// The variable, its rows, and what it is equal to.
    binds: Vec<(Slot, &'x Range<u32>, &'x Single<'a>)>,
}

impl<'a> Evaluator<'a> {
    /// Reads ahead what the search is going to look up for these rows of `outer`, at most [`ROWS`] of them.
    pub(super) fn read_ahead(&self, search: &Search<'a>, outer: Slot, rows: Range<u32>, frame: &mut Frame) {
        let mut way = Way { outer, rows, binds: Vec::new() };
        self.follow_search(search, &mut way, frame);
    }

    fn follow_search<'x>(&self, search: &'x Search<'a>, way: &mut Way<'x, 'a>, frame: &mut Frame) {
        let Some(moves) = search.alternatives.first() else { return };
        let bound = way.binds.len();
        for (at, step) in moves.iter().enumerate() {
            match step {
                Move::Filter(test) => self.follow_test(test, way, frame),
                Move::Bind { slot, rows, values: Values::One(single) } if is_plain(single) => {
                    way.binds.push((*slot, rows, single));
                }
                Move::Probe { slot, index, first: Values::One(first), .. } if is_plain(first) => {
                    self.probe(way, (*slot, *index, first), &moves[at + 1..], frame);
                    break;
                }
                _ => break,
            }
        }
        way.binds.truncate(bound);
    }

    fn follow_test<'x>(&self, test: &'x Test<'a>, way: &mut Way<'x, 'a>, frame: &mut Frame) {
        match test {
            Test::All(parts) | Test::Any(parts) => parts.iter().for_each(|part| self.follow_test(part, way, frame)),
            Test::Not(inner) => self.follow_test(inner, way, frame),
            Test::Exists(search) => self.follow_search(search, way, frame),
            _ => {}
        }
    }

    fn probe(
        &self,
        way: &Way<'_, 'a>,
        (slot, index, key): (Slot, usize, &Single<'a>),
        rest: &[Move<'a>],
        frame: &mut Frame,
    ) {
        let Some(index) = self.built_index(index).filter(|index| index.len() > FEW_ENTRIES) else { return };
        let mut places = [0_u32; ROWS as usize];
        for (place, row) in places.iter_mut().zip(way.rows.clone()) {
            frame.set(way.outer, row);
            // What is no row of its kind has no columns to be read.
            let is_bound = way.binds.iter().all(|(slot, rows, single)| {
                let value = self.single(single, frame);
                frame.set(*slot, value);
                rows.contains(&value)
            });
            *place = if is_bound { index.place_of(self.single(key, frame)) } else { u32::MAX };
        }
        let places = &mut places[..way.rows.len().min(ROWS as usize)];
        for place in &mut *places {
            *place = index.row_at(*place);
        }
        let rows = &*places;
        black_box(rows);
        let read = &mut |values: &[u32], start: u32| {
            black_box(rows.iter().fold(0, |sum: u32, row| {
                sum.wrapping_add(values.get(row.wrapping_sub(start) as usize).copied().unwrap_or_default())
            }));
        };
        rest.iter().for_each(|step| {
            if let Move::Filter(test) = step {
                columns(test, slot, read);
            }
        });
    }
}

/// Whether a value is read and not searched for.
fn is_plain(single: &Single<'_>) -> bool {
    !matches!(single, Single::Count(_))
}

/// Calls `read` with the columns of the variable in `slot` that the test looks at, and their first ids.
fn columns(test: &Test<'_>, slot: Slot, read: &mut dyn FnMut(&[u32], u32)) {
    let mut single = |one: &Single<'_>| {
        if let Single::Field { slot: of, start, values } = one
            && *of == slot
        {
            read(values, *start);
        }
    };
    match test {
        Test::All(parts) | Test::Any(parts) => parts.iter().for_each(|part| columns(part, slot, read)),
        Test::Not(inner) => columns(inner, slot, read),
        Test::Holds(one) => single(one),
        Test::Equal(left, right) => {
            single(left);
            single(right);
        }
        Test::Among(one, list) => {
            single(one);
            match list {
                Values::Many(Many::List { slot: of, head, start, lists, .. }) if *of == slot && head.is_empty() => {
                    read(&lists.offsets, *start);
                }
                _ => {}
            }
        }
        _ => {}
    }
}
