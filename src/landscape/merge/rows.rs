//! The rows of inputs and results while they are gathered, and the names that stand in them.

use rustc_hash::FxHashMap;

use crate::diagnostic::Place;
use crate::text::Span;

use crate::landscape::column::Lists;
use crate::landscape::places::Places;
use crate::landscape::rings::Statement;

use super::flows::row;

/// Names that could be resolved: the row of each, whom it names, and where.
#[derive(Default)]
pub(super) struct Named {
    pub(super) rows: Vec<u32>,
    pub(super) actors: Vec<u32>,
    pub(super) places: Places,
}

impl Named {
    fn with_capacity(names: usize) -> Self {
        Self {
            rows: Vec::with_capacity(names),
            actors: Vec::with_capacity(names),
            places: Places::with_capacity(names),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn push(&mut self, row: u32, actor: u32, place: Place) {
        self.rows.push(row);
        self.actors.push(actor);
        self.places.push(place);
    }

    /// Puts the names of each row together, keeping their order: a counting sort, since they are almost in order and many.
    fn sort(&mut self, rows: usize) {
        if self.rows.is_sorted() {
            return;
        }
        let mut next = vec![0_u32; rows + 1];
        for row in &self.rows {
            next[*row as usize + 1] += 1;
        }
        for row in 0..rows {
            next[row + 1] += next[row];
        }
        let mut order = vec![0_u32; self.rows.len()];
        for (at, row) in (0..).zip(&self.rows) {
            let slot = &mut next[*row as usize];
            order[*slot as usize] = at;
            *slot += 1;
        }
        let of = |column: &[u32]| order.iter().map(|at| column[*at as usize]).collect();
        (self.rows, self.actors) = (of(&self.rows), of(&self.actors));
        self.places = order.iter().map(|at| self.places.of(*at)).collect::<Vec<Place>>().into();
    }

    /// Takes out the names at some places, which are in order.
    fn take_out(&mut self, names: &[usize]) {
        let mut names = names.iter().peekable();
        let mut kept = Places::with_capacity(self.len());
        for (at, place) in self.places.iter().enumerate() {
            if names.next_if_eq(&&at).is_none() {
                kept.push(place);
            }
        }
        self.places = kept;
    }
}

/// Rows with more names than this are searched by a map.
const FEW_NAMES: usize = 16;

/// Processes with more rows than this are searched by a map.
const FEW_ROWS: usize = 32;

/// The rows while they are gathered.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) process: Vec<u32>,
    pub(super) item: Vec<u32>,
    pub(super) flags: Vec<u8>,
    pub(super) places: Places,
    /// Where the names of each row stand. It is only there once they do not stand in `named`, one statement for each row.
    pub(super) name_spans: Vec<Span>,
    is_spelt: bool,
    pub(super) named: Named,
    /// Once a row has a second one, all statements; until then each row is one.
    pub(super) statements: Vec<Statement>,
    pub(super) realized: Vec<(u32, u32)>,
    pub(super) systems: Vec<(u32, u32)>,
    /// Where the rows of the process at hand begin, and the row of each of its items once there are more than a few.
    first_of_process: usize,
    of_process: FxHashMap<u32, u32>,
    /// The row of each item in processes that are declared more than once.
    scattered: FxHashMap<(u32, u32), u32>,
    /// Rows with more than one statement.
    pub(super) is_several: bool,
}

impl Rows {
    pub(super) fn new(statements: usize, names: usize) -> Self {
        Self {
            process: Vec::with_capacity(statements),
            item: Vec::with_capacity(statements),
            flags: Vec::with_capacity(statements),
            places: Places::with_capacity(statements),
            named: Named::with_capacity(names),
            ..Self::default()
        }
    }

    /// The row of `item` in `process`, made where there is none. Statements of one process stand together, unless it is
    /// declared more than once.
    pub(super) fn row(&mut self, process: u32, item: u32, is_scattered: bool, place: Place) -> u32 {
        let new = self.process.len() as u32;
        let row = if is_scattered {
            *self.scattered.entry((process, item)).or_insert(new)
        } else {
            if self.process.last() != Some(&process) {
                self.first_of_process = self.process.len();
                self.of_process.clear();
            }
            let items = &self.item[self.first_of_process..];
            if items.len() <= FEW_ROWS {
                let known = items.iter().position(|known| *known == item);
                known.map_or(new, |at| (self.first_of_process + at) as u32)
            } else {
                if self.of_process.is_empty() {
                    self.of_process.extend(items.iter().copied().zip(self.first_of_process as u32..));
                }
                *self.of_process.entry(item).or_insert(new)
            }
        };
        if row == new {
            self.process.push(process);
            self.item.push(item);
            self.flags.push(row::INFERRED);
            self.places.push(place);
            if self.is_spelt {
                self.name_spans.push(Span::default());
            }
        } else if !self.is_several {
            self.is_several = true;
            self.spell(new);
            self.state();
        }
        row
    }

    /// From here on, says of each row where its names stand; those before `row` have theirs in `named`.
    pub(super) fn spell(&mut self, row: u32) {
        if self.is_spelt {
            return;
        }
        self.is_spelt = true;
        self.name_spans.reserve_exact(self.process.capacity());
        let mut at = 0;
        for row in 0..row {
            let start = at;
            while self.named.rows.get(at) == Some(&row) {
                at += 1;
            }
            let place = |at: usize| self.named.places.of(at as u32).span;
            self.name_spans.push(if start == at { Span::default() } else { place(start).to(place(at - 1)) });
        }
        self.name_spans.resize(self.process.len(), Span::default());
    }

    /// Makes a statement of each row there is, and of the names that it has.
    fn state(&mut self) {
        let named = &self.named.rows;
        let mut end = 0;
        for (row, flags) in (0..).zip(&self.flags) {
            let start = end;
            while named.get(end as usize) == Some(&row) {
                end += 1;
            }
            self.statements.push(Statement { row, flags: *flags, start, end });
        }
    }

    /// Puts the names of each row together, keeping their order, and takes those out that are named again; answers with
    /// the pairs (first, again).
    pub(super) fn group(&mut self) -> (Lists, Vec<(u32, Place, Place)>) {
        let rows = self.process.len();
        let named = &mut self.named;
        named.sort(rows);
        let (mut again, mut out) = (Vec::new(), Vec::new());
        let mut offsets = Vec::with_capacity(rows + 1);
        offsets.push(0);
        let mut seen: FxHashMap<u32, usize> = FxHashMap::default();
        let (mut index, mut kept) = (0, 0);
        for row in 0..rows as u32 {
            let start = kept;
            seen.clear();
            while named.rows.get(index) == Some(&row) {
                let actor = named.actors[index];
                let known = if kept - start <= FEW_NAMES {
                    named.actors[start..kept].iter().position(|known| *known == actor).map(|at| start + at)
                } else {
                    if seen.is_empty() {
                        seen.extend((start..kept).map(|at| (named.actors[at], at)));
                    }
                    seen.get(&actor).copied()
                };
                match known {
                    Some(first) => {
                        again.push((row, first as u32, named.places.of(index as u32)));
                        out.push(index);
                    }
                    None => {
                        if kept - start > FEW_NAMES {
                            seen.insert(actor, kept);
                        }
                        named.actors[kept] = actor;
                        kept += 1;
                    }
                }
                index += 1;
            }
            offsets.push(kept as u32);
        }
        named.actors.truncate(kept);
        named.rows = Vec::new();
        if !out.is_empty() {
            named.take_out(&out);
        }
        let again = again.into_iter().map(|(row, first, again)| (row, named.places.of(first), again)).collect();
        (Lists { offsets, values: std::mem::take(&mut named.actors) }, again)
    }
}
