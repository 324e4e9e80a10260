//! The rows of inputs and results while they are gathered, and the names that stand in them.

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::diagnostic::Place;
use crate::text::Span;

use crate::landscape::column::Lists;
use crate::landscape::places::Places;
use crate::landscape::rings::Statement;

use super::at_hand::AtHand;
use super::flows::row;
use super::forget;

/// Names that could be resolved: whom each names, and where.
#[derive(Default)]
pub(super) struct Named {
    /// The row of each, once they do not come in the order of rows any more.
    rows: Vec<u32>,
    pub(super) actors: Vec<u32>,
    pub(super) places: Places,
}

impl Named {
    fn with_capacity(names: usize) -> Self {
        Self { rows: Vec::new(), actors: Vec::with_capacity(names), places: Places::with_capacity(names) }
    }

    pub(super) fn len(&self) -> usize {
        self.actors.len()
    }

    /// Puts the names of each row together, keeping their order, and answers with where those of each begin: a counting sort,
    /// since they are almost in order and many.
    fn sort(&mut self, rows: usize) -> Vec<u32> {
        let mut offsets = vec![0_u32; rows + 1];
        for row in &self.rows {
            offsets[*row as usize + 1] += 1;
        }
        for row in 0..rows {
            offsets[row + 1] += offsets[row];
        }
        let mut next = offsets.clone();
        let mut order = vec![0_u32; self.rows.len()];
        for (at, row) in (0..).zip(&self.rows) {
            let slot = &mut next[*row as usize];
            order[*slot as usize] = at;
            *slot += 1;
        }
        self.rows = Vec::new();
        self.actors = order.iter().map(|at| self.actors[*at as usize]).collect();
        self.places = order.iter().map(|at| self.places.of(*at)).collect::<Vec<Place>>().into();
        offsets
    }

    /// Takes out whoever is named again in one row, and answers with the pairs (first, again). Names of one row stand together,
    /// from each of the `offsets` on.
    fn take_out_again(&mut self, offsets: &mut [u32]) -> Vec<(u32, Place, Place)> {
        let mut again: Vec<(u32, u32, u32)> = Vec::new();
        let mut seen: FxHashMap<u32, u32> = FxHashMap::default();
        for (row, ends) in (0..).zip(offsets.windows(2)).filter(|(_, ends)| ends[1] - ends[0] > 1) {
            forget(&mut seen);
            let actors = &self.actors[ends[0] as usize..ends[1] as usize];
            for (at, actor) in (ends[0]..).zip(actors) {
                let first = if actors.len() <= FEW_NAMES {
                    actors.iter().position(|known| known == actor).map_or(at, |known| ends[0] + known as u32)
                } else {
                    *seen.entry(*actor).or_insert(at)
                };
                if first != at {
                    again.push((row, first, at));
                }
            }
        }
        let pairs = again.iter().map(|(row, first, at)| (*row, self.places.of(*first), self.places.of(*at))).collect();
        if again.is_empty() {
            return pairs;
        }
        let mut out = again.iter().map(|(.., at)| *at).peekable();
        let stays: Vec<bool> = (0..self.len() as u32).map(|at| out.next_if_eq(&at).is_none()).collect();
        let mut places = Places::with_capacity(self.len());
        self.places.iter().zip(&stays).filter(|(_, stays)| **stays).for_each(|(place, _)| places.push(place));
        self.places = places;
        let mut stay = stays.iter();
        self.actors.retain(|_| stay.next().copied().unwrap_or_default());
        let mut taken = again.iter().peekable();
        let mut less = 0;
        for (row, offset) in (0..).zip(offsets) {
            while taken.next_if(|(of, ..)| *of < row).is_some() {
                less += 1;
            }
            *offset -= less;
        }
        pairs
    }
}

/// Rows with more names than this are searched by a map.
const FEW_NAMES: usize = 16;

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
    /// Where the names of each row begin, as long as they come in the order of rows.
    starts: Vec<u32>,
    /// Once a row has a second one, all statements; until then each row is one.
    pub(super) statements: Vec<Statement>,
    pub(super) realized: Vec<(u32, u32)>,
    pub(super) systems: Vec<(u32, u32)>,
    at_hand: AtHand,
    /// The row of each item in processes that are declared more than once.
    scattered: FxHashMap<(u32, u32), u32>,
    /// Rows with more than one statement.
    pub(super) is_several: bool,
}

impl Rows {
    /// Room for so many statements, and for so many names.
    pub(super) fn new(statements: usize, names: usize) -> Self {
        Self {
            process: Vec::with_capacity(statements),
            item: Vec::with_capacity(statements),
            flags: Vec::with_capacity(statements),
            places: Places::with_capacity(statements),
            named: Named::with_capacity(names),
            starts: Vec::with_capacity(statements + 1),
            ..Self::default()
        }
    }

    /// Whether each row so far is one statement, and what it names could be resolved.
    pub(super) fn are_plain(&self) -> bool {
        !self.is_several && !self.is_spelt
    }

    /// Says where the names of the next rows begin, given how many each has, before these are added.
    pub(super) fn start_plain(&mut self, counts: impl Iterator<Item = usize>) {
        let mut end = self.named.len() as u32;
        self.starts.extend(counts.map(|count| {
            let start = end;
            end += count as u32;
            start
        }));
    }

    /// The row of `item` in `process`, made where there is none. Statements of one process stand together, unless it is
    /// declared more than once.
    pub(super) fn row(&mut self, process: u32, item: u32, is_scattered: bool, place: Place) -> u32 {
        let new = self.process.len() as u32;
        let row = if is_scattered {
            *self.scattered.entry((process, item)).or_insert(new)
        } else {
            self.at_hand.first(process, item, new)
        };
        if row == new {
            self.process.push(process);
            self.item.push(item);
            self.flags.push(row::INFERRED);
            self.places.push(place);
            self.starts.push(self.named.len() as u32);
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

    /// Adds a name to a row, which is the last one as long as no row has several statements.
    pub(super) fn name(&mut self, row: u32, actor: u32, place: Place) {
        if self.is_several {
            self.named.rows.push(row);
        }
        self.named.actors.push(actor);
        self.named.places.push(place);
    }

    /// Where the names of a row stand in `named`, as long as no row has several statements.
    fn names_of(&self, row: u32) -> Range<u32> {
        let end = self.starts.get(row as usize + 1).copied().unwrap_or(self.named.len() as u32);
        self.starts[row as usize]..end
    }

    /// From here on, says of each row where its names stand; those before `row` have theirs in `named`.
    pub(super) fn spell(&mut self, row: u32) {
        if self.is_spelt {
            return;
        }
        self.is_spelt = true;
        self.name_spans.reserve_exact(self.process.capacity());
        for row in 0..row {
            let Range { start, end } = self.names_of(row);
            let place = |at: u32| self.named.places.of(at).span;
            self.name_spans.push(if start == end { Span::default() } else { place(start).to(place(end - 1)) });
        }
        self.name_spans.resize(self.process.len(), Span::default());
    }

    /// Makes a statement of each row there is, and of the names that it has.
    fn state(&mut self) {
        self.named.rows.reserve(self.named.actors.capacity());
        for row in 0..self.process.len() as u32 {
            let Range { start, end } = self.names_of(row);
            self.named.rows.extend((start..end).map(|_| row));
            self.statements.push(Statement { row, flags: self.flags[row as usize], start, end });
        }
    }

    /// Puts the names of each row together, keeping their order, and takes those out that are named again; answers with
    /// the pairs (first, again).
    pub(super) fn group(&mut self) -> (Lists, Vec<(u32, Place, Place)>) {
        let mut offsets = std::mem::take(&mut self.starts);
        if self.is_several {
            offsets = self.named.sort(self.process.len());
        } else {
            offsets.push(self.named.len() as u32);
        }
        let again = self.named.take_out_again(&mut offsets);
        (Lists { offsets, values: std::mem::take(&mut self.named.actors) }, again)
    }
}
