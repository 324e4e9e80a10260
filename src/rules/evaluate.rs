//! Running plans over a landscape.

use std::borrow::Cow;
use std::ops::{ControlFlow, Range};
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashSet;

use crate::landscape::{Base, Column, Landscape, MISSING};

use super::bound::{Binder, Hop, Look, Many, Move, Search, Single, Test, Values, Written, follow, gather};
use super::index::{Index, IndexSpecification};
use super::ir::{Path, Slot};
use super::relation::{MOST_PARAMETERS, Relation, Tuple};

/// How many values of a list, or bytes of a text, cost as much as one binding.
const WORK_A_STEP: u64 = 16;

/// A list with more values is bisected.
pub(super) const MANY: usize = 64;

/// So many rows are looked at before others go abreast: mostly the one that is sought is soon found.
const SOON: u32 = if cfg!(debug_assertions) { 1 } else { 16 };

/// The most ids that one search gathers before it visits them in their order.
const MOST_GATHERED: usize = 1 << 24;

/// How many values of a path are looked at in any case where a message lists them: those that it shows, and one more.
const LEAST_VALUES: usize = 9;

/// The ids of the variables, and a count of the work that was done with them.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    ids: Vec<u32>,
    /// Bindings that were looked at.
    pub(super) steps: u64,
    /// The most bindings that may be looked at; past it every enumeration ends at once.
    pub(super) limit: u64,
}

impl Frame {
    /// A frame with room for `slots` variables.
    #[must_use]
    pub(super) fn new(slots: usize) -> Self {
        Self { ids: vec![MISSING; slots], steps: 0, limit: u64::MAX - 1 }
    }

    /// The id in a slot.
    #[must_use]
    #[inline]
    pub(super) fn get(&self, slot: Slot) -> u32 {
        self.ids[usize::from(slot.0)]
    }

    /// Puts an id into a slot.
    #[inline]
    pub(super) fn set(&mut self, slot: Slot, id: u32) {
        self.ids[usize::from(slot.0)] = id;
    }

    /// The ids of all variables.
    pub(super) fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// Takes the ids of all variables, and counts anew, up to that limit.
    pub(super) fn fill(&mut self, ids: impl Iterator<Item = u32>, limit: u64) {
        self.ids.clear();
        self.ids.extend(ids);
        (self.steps, self.limit) = (0, limit);
    }

    /// Whether the limit has been passed, so that no answer is to be trusted.
    #[must_use]
    #[inline]
    pub(super) fn is_exhausted(&self) -> bool {
        self.steps > self.limit
    }

    /// Gives up: no answer is to be trusted.
    fn exhaust(&mut self) {
        self.steps = u64::MAX;
    }

    /// Counts work that is no binding: so many values of a list, or bytes of a text, that were gone through.
    #[inline]
    fn work(&mut self, amount: usize) {
        self.steps = self.steps.saturating_add(amount as u64 / WORK_A_STEP);
    }

    #[inline]
    fn step(&mut self) -> ControlFlow<()> {
        self.steps = self.steps.saturating_add(1);
        if self.steps > self.limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Evaluates conditions and queries over one landscape.
#[derive(Debug)]
pub(super) struct Evaluator<'a> {
    landscape: &'a Landscape,
    literals: Vec<(Arc<str>, u32)>,
    specifications: &'a [IndexSpecification],
    indexes: Vec<OnceLock<Index<'a>>>,
    known_empty: Vec<OnceLock<bool>>,
    relations: Vec<Option<Relation>>,
}

/// Room for the values of a term that stand nowhere in one piece.
#[derive(Default)]
struct Scratch {
    one: [u32; 1],
    many: Vec<u32>,
}

impl<'a> Evaluator<'a> {
    /// An evaluator whose indexes are built on first use and whose recursive predicates are not computed yet.
    #[must_use]
    pub(super) fn new(
        landscape: &'a Landscape,
        literals: &[Arc<str>],
        specifications: &'a [IndexSpecification],
    ) -> Self {
        let literals =
            literals.iter().map(|text| (text.clone(), landscape.find_name(text).unwrap_or(MISSING))).collect();
        let indexes = specifications.iter().map(|_| OnceLock::new()).collect();
        let known_empty = specifications.iter().map(|_| OnceLock::new()).collect();
        Self { landscape, literals, specifications, indexes, known_empty, relations: Vec::new() }
    }

    /// The landscape.
    #[must_use]
    pub(super) fn landscape(&self) -> &'a Landscape {
        self.landscape
    }

    /// Binds conditions and plans to the landscape.
    pub(super) fn binder(&self) -> Binder<'a, '_> {
        Binder {
            landscape: self.landscape,
            specifications: self.specifications,
            known_empty: &self.known_empty,
            literals: &self.literals,
        }
    }

    /// The tuples of a recursive predicate, to be filled.
    pub(super) fn relation_mut(&mut self, predicate: usize) -> &mut Relation {
        if self.relations.len() <= predicate {
            self.relations.resize_with(predicate + 1, || None);
        }
        self.relations[predicate].get_or_insert_default()
    }

    fn relation(&self, predicate: usize) -> Option<&Relation> {
        self.relations.get(predicate)?.as_ref()
    }

    /// The index of that number, built on first use.
    pub(super) fn index(&self, number: usize) -> &Index<'a> {
        self.indexes[number].get_or_init(|| Index::build(self, &self.specifications[number]))
    }

    /// The values that the path leads to, each once where lists lie behind one another. Missing ones are passed over. It looks
    /// at no more of them than there is room for, though always at some, and takes the room that it needs.
    pub(super) fn path_values(&self, path: &Path, frame: &Frame, room: &mut usize) -> Vec<u32> {
        let most = (*room).max(LEAST_VALUES);
        let mut found = vec![frame.get(path.slot)];
        for (number, step) in path.steps.iter().enumerate() {
            let start = self.landscape.rows(step.kind).start;
            let column = self.landscape.column(step.kind, step.field());
            let values = found.iter().flat_map(|id| match column {
                Column::Scalar(values) => std::slice::from_ref(&values[(id - start) as usize]),
                Column::List(lists) => lists.of(id - start),
            });
            let mut next: Vec<u32> = values.take(most).copied().filter(|value| *value != MISSING).collect();
            *room = room.saturating_sub(next.len().saturating_sub(1));
            if number > 0 && next.len() > 1 {
                let mut seen = FxHashSet::default();
                next.retain(|value| seen.insert(*value));
            }
            found = next;
        }
        found
    }

    /// The single value that a path without lists leads to, or [`MISSING`].
    #[must_use]
    pub(super) fn value(&self, path: &Path, frame: &Frame) -> u32 {
        path.steps.iter().fold(frame.get(path.slot), |id, step| match id {
            MISSING => MISSING,
            id => {
                let hop = Hop {
                    start: self.landscape.rows(step.kind).start,
                    column: self.landscape.column(step.kind, step.field()),
                };
                follow(&[hop], id)
            }
        })
    }

    /// The same of many rows of the variable of the path.
    pub(super) fn values_of_rows(&self, path: &Path, rows: Range<u32>) -> Vec<u32> {
        let mut values: Vec<u32> = rows.collect();
        for step in &path.steps {
            let hop = Hop {
                start: self.landscape.rows(step.kind).start,
                column: self.landscape.column(step.kind, step.field()),
            };
            values.iter_mut().filter(|value| **value != MISSING).for_each(|value| *value = follow(&[hop], *value));
        }
        values
    }

    #[inline]
    pub(super) fn single(&self, single: &Single<'a>, frame: &mut Frame) -> u32 {
        match single {
            Single::Slot(slot) => frame.get(*slot),
            Single::Field { slot, start, values } => values[(frame.get(*slot) - start) as usize],
            Single::Steps { slot, hops } => follow(hops, frame.get(*slot)),
            Single::Constant(value) => *value,
            Single::Count(search) => self.count(search, frame),
        }
    }

    /// The values of a term; missing ones are passed over.
    #[inline]
    fn values<'x>(&self, values: &Values<'a>, frame: &mut Frame, scratch: &'x mut Scratch) -> &'x [u32]
    where
        'a: 'x,
    {
        match values {
            Values::One(single) => match self.single(single, frame) {
                MISSING => &[],
                value => {
                    scratch.one = [value];
                    &scratch.one
                }
            },
            Values::Many(Many::List { slot, head, start, lists, .. }) => match follow(head, frame.get(*slot)) {
                MISSING => &[],
                id => lists.of(id - start),
            },
            Values::Many(Many::Steps { slot, hops }) => {
                let looked_at = gather(hops, frame.get(*slot), &mut scratch.many);
                frame.steps = frame.steps.saturating_add(looked_at);
                &scratch.many
            }
        }
    }

    /// Calls `visit` with each pair of a value of the first and one of the second term; without a second, with [`MISSING`].
    pub(super) fn each_pair(
        &self,
        first: &Values<'a>,
        second: Option<&Values<'a>>,
        frame: &mut Frame,
        mut visit: impl FnMut(u32, u32),
    ) {
        let mut scratch = (Scratch::default(), Scratch::default());
        let seconds = second.map_or(&[MISSING][..], |second| self.values(second, frame, &mut scratch.1));
        for first in self.values(first, frame, &mut scratch.0) {
            seconds.iter().for_each(|second| visit(*first, *second));
        }
    }

    /// The text that a value of base `Name` or `Text` stands for.
    fn text(&self, base: Base, value: u32) -> Cow<'a, str> {
        match base {
            Base::Name => Cow::Borrowed(self.landscape.name(value)),
            _ => self.landscape.string(value),
        }
    }

    fn written<'x>(&self, written: &'x Written<'a>, frame: &mut Frame) -> Option<Cow<'x, str>> {
        match written {
            Written::Literal(text) => Some(Cow::Borrowed(text)),
            Written::Value(single, base) => match self.single(single, frame) {
                MISSING => None,
                value => Some(self.text(*base, value)),
            },
        }
    }

    /// Whether the condition holds for the ids in the frame.
    pub(super) fn holds(&self, test: &Test<'a>, frame: &mut Frame) -> bool {
        match test {
            Test::All(parts) => parts.iter().all(|part| self.holds(part, frame)),
            Test::Any(parts) => parts.iter().any(|part| self.holds(part, frame)),
            Test::Not(inner) => !self.holds(inner, frame),
            Test::Holds(single) => self.single(single, frame) == 1,
            Test::Equal(left, right) => {
                let value = self.single(left, frame);
                value != MISSING && value == self.single(right, frame)
            }
            Test::Less(left, right) => {
                let (left, right) = (self.single(left, frame), self.single(right, frame));
                left < right && right != MISSING
            }
            Test::LessOrEqual(left, right) => {
                let (left, right) = (self.single(left, frame), self.single(right, frame));
                left <= right && right != MISSING
            }
            Test::Among(one, list) => match self.single(one, frame) {
                MISSING => false,
                value => {
                    let mut scratch = Scratch::default();
                    let values = self.values(list, frame, &mut scratch);
                    if values.len() > MANY
                        && let Values::Many(Many::List { slot, head, start, of, .. }) = list
                    {
                        let row = follow(head, frame.get(*slot)) - start;
                        frame.work(MANY);
                        return self.landscape.sorted_lists(of.kind, of.field()).of(row).binary_search(&value).is_ok();
                    }
                    // Numbers side by side are compared many at once.
                    frame.work(values.len() / 4);
                    values.contains(&value)
                }
            },
            Test::Missing(values) => self.values(values, frame, &mut Scratch::default()).is_empty(),
            Test::Exists(search) => self.exists(search, frame),
            Test::Call(predicate, arguments) => {
                let Some(relation) = self.relation(*predicate) else { return false };
                let mut tuple = [MISSING; MOST_PARAMETERS];
                for (value, argument) in tuple.iter_mut().zip(arguments) {
                    *value = self.single(argument, frame);
                }
                relation.contains(&tuple[..arguments.len()])
            }
            Test::SameText(left, right) => match (self.written(left, frame), self.written(right, frame)) {
                (Some(left), Some(right)) => left == right,
                _ => false,
            },
            Test::AmongTexts(one, list, base) => {
                let Some(text) = self.written(one, frame) else { return false };
                let mut scratch = Scratch::default();
                let values = self.values(list, frame, &mut scratch);
                frame.steps = frame.steps.saturating_add(4 * values.len() as u64);
                values.iter().any(|value| self.text(*base, *value) == text)
            }
            Test::Text(values, base, look) => {
                let mut scratch = Scratch::default();
                // The values stand in the scratch or in the landscape, so that the frame is free again.
                let values = self.values(values, frame, &mut scratch);
                values.iter().any(|value| self.looks(&self.text(*base, *value), look, frame))
            }
            Test::LiteralText(text, look) => self.looks(text, look, frame),
            Test::Never => false,
        }
    }

    fn looks(&self, text: &str, look: &Look<'a>, frame: &mut Frame) -> bool {
        frame.work(match look {
            Look::Matches(pattern) => text.len().saturating_mul(pattern.weight()),
            _ => text.len(),
        });
        let mut other = |written| self.written(written, frame);
        match look {
            Look::StartsWith(head) => other(head).is_some_and(|head| text.starts_with(&*head)),
            Look::EndsWith(tail) => other(tail).is_some_and(|tail| text.ends_with(&*tail)),
            Look::Contains(part) => other(part).is_some_and(|part| text.contains(&*part)),
            Look::Matches(regex) => regex.is_match(text),
        }
    }

    /// Whether the search finds anything.
    #[inline]
    pub(super) fn exists(&self, search: &Search<'a>, frame: &mut Frame) -> bool {
        frame.steps = frame.steps.saturating_add(search.weight);
        let found = &mut |_: &mut Frame| ControlFlow::Break(());
        search.alternatives.iter().any(|moves| self.run(moves, frame, found).is_break() && !frame.is_exhausted())
    }

    fn count(&self, search: &Search<'a>, frame: &mut Frame) -> u32 {
        let mut count = 0_u32;
        self.each_solution(search, frame, &mut |_| count = count.saturating_add(1));
        count
    }

    /// Calls `visit` for each binding of the variables of the search, perhaps more than once, in any order.
    pub(super) fn each_binding<V>(&self, search: &Search<'a>, frame: &mut Frame, visit: &mut V)
    where
        V: FnMut(&mut Frame) -> ControlFlow<()>,
    {
        frame.steps = frame.steps.saturating_add(search.weight);
        let _ = search.alternatives.iter().try_for_each(|moves| self.run(moves, frame, visit));
    }

    /// The tuples of a recursive predicate that the search finds and that are not known yet, each once, in order. Where they
    /// are too many, the frame is exhausted.
    pub(super) fn tuples(&self, search: &Search<'a>, frame: &mut Frame, predicate: usize, most: usize) -> Vec<Tuple> {
        let known = self.relation(predicate);
        let mut tuples: Vec<Tuple> = Vec::new();
        // How many there may be before those that were found several times are taken out.
        let mut room = most;
        self.each_binding(search, frame, &mut |frame: &mut Frame| {
            let mut tuple = [MISSING; MOST_PARAMETERS];
            for (value, slot) in tuple.iter_mut().zip(&search.variables) {
                *value = frame.get(*slot);
            }
            if known.is_some_and(|known| known.contains(&tuple)) {
                return ControlFlow::Continue(());
            }
            tuples.push(tuple);
            if tuples.len() > room {
                tuples.sort_unstable();
                tuples.dedup();
                if tuples.len() > most {
                    frame.exhaust();
                    return ControlFlow::Break(());
                }
                room = tuples.len() + most;
            }
            ControlFlow::Continue(())
        });
        tuples.sort_unstable();
        tuples.dedup();
        tuples
    }

    /// Calls `visit` for each binding, in an order that depends on the landscape alone, and for no more than `most` of them.
    pub(super) fn some_solutions(
        &self,
        search: &Search<'a>,
        frame: &mut Frame,
        most: usize,
        visit: &mut dyn FnMut(&mut Frame),
    ) {
        let mut count = 0;
        let mut found: Vec<u32> = Vec::new();
        self.each_binding(search, frame, &mut |frame: &mut Frame| {
            found.extend(search.variables.iter().map(|slot| frame.get(*slot)));
            count += 1;
            if count < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        self.visit_in_order(search, frame, &found, visit);
    }

    /// Calls `visit` once for each of the tuples that were found. Rows come sorted however the plan found them, so that a
    /// change of plan changes no output.
    fn visit_in_order(&self, search: &Search<'a>, frame: &mut Frame, found: &[u32], visit: &mut dyn FnMut(&mut Frame)) {
        let mut tuples: Vec<&[u32]> = found.chunks_exact(search.variables.len().max(1)).collect();
        if search.repeats || search.variables.len() != 1 {
            tuples.sort_unstable();
            tuples.dedup();
        }
        for tuple in tuples {
            for (slot, id) in search.variables.iter().zip(tuple) {
                frame.set(*slot, *id);
            }
            visit(frame);
        }
    }

    /// Calls `visit` once for each binding of the variables of the search, in an order that depends on the landscape alone.
    pub(super) fn each_solution(&self, search: &Search<'a>, frame: &mut Frame, visit: &mut dyn FnMut(&mut Frame)) {
        if !search.repeats && search.variables.len() == 1 {
            return self.each_binding(search, frame, &mut |frame: &mut Frame| {
                visit(frame);
                ControlFlow::Continue(())
            });
        }
        let mut found: Vec<u32> = Vec::new();
        self.each_binding(search, frame, &mut |frame: &mut Frame| {
            found.extend(search.variables.iter().map(|slot| frame.get(*slot)));
            if found.len() > MOST_GATHERED {
                frame.exhaust();
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        });
        if !frame.is_exhausted() {
            self.visit_in_order(search, frame, &found, visit);
        }
    }

    /// Runs the moves; `visit` is called with every binding that passes them all, and ends the run with `Break`.
    pub(super) fn run<V>(&self, moves: &[Move<'a>], frame: &mut Frame, visit: &mut V) -> ControlFlow<()>
    where
        V: FnMut(&mut Frame) -> ControlFlow<()>,
    {
        let mut moves = moves;
        // A rule can have more conditions than there is room for calls.
        while let [Move::Filter(test), rest @ ..] = moves {
            if !self.holds(test, frame) || frame.is_exhausted() {
                return ControlFlow::Continue(());
            }
            moves = rest;
        }
        let Some((first, rest)) = moves.split_first() else { return visit(frame) };
        match first {
            // Gone through above.
            Move::Filter(_) => {}
            Move::Scan { slot, rows } => {
                let first = rows.start..rows.end.min(rows.start.saturating_add(SOON));
                if first.end < rows.end && is_only_asked(rest) {
                    self.scan(*slot, first.clone(), rest, frame, visit)?;
                    return self.scan_abreast(*slot, first.end..rows.end, rest, frame, visit);
                }
                return self.scan(*slot, rows.clone(), rest, frame, visit);
            }
            Move::Bind { slot, rows, values } => {
                let mut scratch = Scratch::default();
                for value in self.values(values, frame, &mut scratch) {
                    if rows.contains(value) {
                        frame.step()?;
                        frame.set(*slot, *value);
                        self.run(rest, frame, visit)?;
                    }
                }
            }
            Move::Probe { slot, index, first, second } => {
                let index = self.index(*index);
                if index.is_overflowed() {
                    frame.exhaust();
                    return ControlFlow::Break(());
                }
                if index.is_empty() {
                    return ControlFlow::Continue(());
                }
                let mut scratch = Scratch::default();
                let Some(second) = second else {
                    for first in self.values(first, frame, &mut scratch) {
                        index.each(*first, |row| {
                            frame.step()?;
                            frame.set(*slot, row);
                            self.run(rest, frame, visit)
                        })?;
                    }
                    return ControlFlow::Continue(());
                };
                let mut other = Scratch::default();
                let seconds = self.values(second, frame, &mut other);
                for first in self.values(first, frame, &mut scratch) {
                    for second in seconds {
                        index.each_with(*first, *second, |row| {
                            frame.step()?;
                            frame.set(*slot, row);
                            self.run(rest, frame, visit)
                        })?;
                    }
                }
            }
            Move::Tuples { predicate, arguments, binds, newest } => {
                let Some(relation) = self.relation(*predicate) else { return ControlFlow::Continue(()) };
                let mut pattern = [MISSING; MOST_PARAMETERS];
                for (at, argument) in arguments.iter().enumerate() {
                    if binds.iter().all(|(position, ..)| *position != at) {
                        pattern[at] = self.single(argument, frame);
                        if pattern[at] == MISSING {
                            return ControlFlow::Continue(());
                        }
                    }
                }
                return relation.each(&pattern[..arguments.len()], *newest, &mut |tuple| {
                    frame.step()?;
                    for (at, slot, rows) in binds {
                        if !rows.contains(&tuple[*at]) {
                            return ControlFlow::Continue(());
                        }
                        frame.set(*slot, tuple[*at]);
                    }
                    self.run(rest, frame, visit)
                });
            }
        }
        ControlFlow::Continue(())
    }
    /// Goes through rows one after the other.
    pub(super) fn scan<V>(
        &self,
        slot: Slot,
        rows: Range<u32>,
        rest: &[Move<'a>],
        frame: &mut Frame,
        visit: &mut V,
    ) -> ControlFlow<()>
    where
        V: FnMut(&mut Frame) -> ControlFlow<()>,
    {
        for row in rows {
            frame.step()?;
            frame.set(slot, row);
            self.run(rest, frame, visit)?;
        }
        ControlFlow::Continue(())
    }
}

/// Whether the moves bind nothing more, and ask something.
fn is_only_asked(moves: &[Move<'_>]) -> bool {
    !moves.is_empty() && moves.iter().all(|step| matches!(step, Move::Filter(_)))
}
