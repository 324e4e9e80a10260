//! Conditions and plans for some hundred rows at once. A rule over many rows looks up something else for each, and what it
//! looks up is in no cache: row by row, each would wait for a place in an index, then for the entry there, then for the
//! columns of the row that it names. Abreast, all of them take one step of the plan before any takes the next, so that the
//! waits overlap, and the plan is read once for all.
//!
//! Each lane sees what it would see by itself, in the same order, and ends where it would end: the answers and the counts of
//! steps are those of [`Evaluator::holds`] and [`Evaluator::run`]. What is rare is left to these, lane by lane.

use std::hint::black_box;
use std::ops::{ControlFlow, Range};

use crate::landscape::{Column, MISSING};

use super::bound::{Hop, Many, Move, Search, Single, Test, Values};
use super::evaluate::{Evaluator, Frame, MANY};
use super::ir::Slot;
use super::lanes::{Abreast, Chosen, LANES, Lanes, Marks};

/// Fewer lanes than these go on one after the other. While the program is tested, more stay abreast: what goes wrong there
/// must show in small projects too.
const FEW_LANES: usize = if cfg!(debug_assertions) { 2 } else { 8 };

/// So deep are searches and tests inside of one another gone through abreast.
const MOST_DEPTH: usize = 12;

/// Rows of a variable that lanes go through, each its own: from a place, to a place.
struct Candidates {
    next: Abreast,
    end: Abreast,
}

impl Candidates {
    fn none() -> Self {
        Self { next: [0; LANES], end: [0; LANES] }
    }

    #[inline]
    fn set(&mut self, lane: u8, places: &Range<u32>) {
        (self.next[usize::from(lane)], self.end[usize::from(lane)]) = (places.start, places.end);
    }

    /// Keeps the lanes that have any; they go no further than the first one.
    fn keep_any(&self, lanes: &mut Lanes, chosen: &mut Chosen) {
        chosen.retain(|_, lane| self.next[usize::from(lane)] < self.end[usize::from(lane)]);
        lanes.work_each(chosen, 1);
    }
}

/// An evaluator, and how deep it is.
#[derive(Clone, Copy)]
struct Deep<'e, 'a> {
    evaluator: &'e Evaluator<'a>,
    depth: usize,
}

impl<'a> Evaluator<'a> {
    /// Keeps the lanes for which the search finds anything.
    pub(super) fn exists_abreast(&self, search: &Search<'a>, lanes: &mut Lanes, chosen: &mut Chosen) {
        Deep { evaluator: self, depth: 0 }.exists(search, lanes, chosen);
    }

    /// Goes through rows for which something is asked, and calls `visit` with those for which all of it holds.
    pub(super) fn scan_abreast<V>(
        &self,
        slot: Slot,
        rows: Range<u32>,
        asked: &[Move<'a>],
        frame: &mut Frame,
        visit: &mut V,
    ) -> ControlFlow<()>
    where
        V: FnMut(&mut Frame) -> ControlFlow<()>,
    {
        let Some(mut lanes) = Lanes::all(frame.ids()) else { return self.scan(slot, rows, asked, frame, visit) };
        for start in rows.clone().step_by(LANES) {
            let end = rows.end.min(start.saturating_add(LANES as u32));
            let mut chosen = Chosen::first((end - start) as usize);
            lanes.begin(frame.limit.saturating_sub(frame.steps));
            lanes.line_up(slot, start..);
            lanes.work_each(&chosen, 1);
            Deep { evaluator: self, depth: 0 }.lead(asked, &mut lanes, &mut chosen);
            if lanes.is_exhausted() {
                // One after the other they may get along: `visit` can end it all before.
                self.scan(slot, start..end, asked, frame, visit)?;
                continue;
            }
            // What is looked at behind the row that ends it is not counted.
            let mut next = 0;
            let mut count = |frame: &mut Frame, end: u32| {
                let steps: u64 = (next..end).map(|lane| lanes.steps_of(lane as u8)).sum();
                frame.steps = frame.steps.saturating_add(steps);
                next = end;
            };
            for lane in chosen.lanes() {
                count(frame, u32::from(*lane) + 1);
                frame.set(slot, start + u32::from(*lane));
                visit(frame)?;
            }
            count(frame, end - start);
        }
        ControlFlow::Continue(())
    }
}

impl<'a> Deep<'_, 'a> {
    fn deeper(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }

    fn exists(self, search: &Search<'a>, lanes: &mut Lanes, chosen: &mut Chosen) {
        if search.weight > 0 {
            lanes.work_each(chosen, search.weight);
        }
        self.any(&search.alternatives, lanes, chosen, |deep, moves, lanes, chosen| deep.lead(moves, lanes, chosen));
    }

    /// Keeps the lanes for which one of the parts holds.
    fn any<P>(
        self,
        parts: &[P],
        lanes: &mut Lanes,
        chosen: &mut Chosen,
        hold: impl Fn(Self, &P, &mut Lanes, &mut Chosen),
    ) {
        if let [only] = parts {
            return hold(self, only, lanes, chosen);
        }
        let mut open = chosen.clone();
        let mut found = Marks::none();
        for part in parts {
            let mut passing = open.clone();
            hold(self, part, lanes, &mut passing);
            found.mark(&passing);
            open.keep(&found, false);
            if open.is_empty() {
                break;
            }
        }
        chosen.keep(&found, true);
    }

    /// Keeps the lanes for which the test holds.
    fn hold(self, test: &Test<'a>, lanes: &mut Lanes, chosen: &mut Chosen) {
        if chosen.is_empty() || lanes.is_exhausted() {
            return;
        }
        match test {
            _ if self.depth > MOST_DEPTH => self.hold_alone(test, lanes, chosen),
            Test::All(parts) => parts.iter().for_each(|part| self.deeper().hold(part, lanes, chosen)),
            Test::Any(parts) => {
                self.deeper().any(parts, lanes, chosen, |deep, part, lanes, chosen| deep.hold(part, lanes, chosen));
            }
            Test::Not(inner) => {
                let mut passing = chosen.clone();
                self.deeper().hold(inner, lanes, &mut passing);
                let mut found = Marks::none();
                found.mark(&passing);
                chosen.keep(&found, false);
            }
            Test::Holds(single) if is_plain(single) => {
                let values = read(single, lanes, chosen);
                chosen.retain(|at, _| values[at] == 1);
            }
            Test::Equal(left, right) if is_plain(left) && is_plain(right) => {
                let (left, right) = (read(left, lanes, chosen), read(right, lanes, chosen));
                chosen.retain(|at, _| left[at] != MISSING && left[at] == right[at]);
            }
            Test::Less(left, right) if is_plain(left) && is_plain(right) => {
                let (left, right) = (read(left, lanes, chosen), read(right, lanes, chosen));
                chosen.retain(|at, _| left[at] < right[at] && right[at] != MISSING);
            }
            Test::LessOrEqual(left, right) if is_plain(left) && is_plain(right) => {
                let (left, right) = (read(left, lanes, chosen), read(right, lanes, chosen));
                chosen.retain(|at, _| left[at] <= right[at] && right[at] != MISSING);
            }
            Test::Missing(Values::One(single)) if is_plain(single) => {
                let values = read(single, lanes, chosen);
                chosen.retain(|at, _| values[at] == MISSING);
            }
            Test::Missing(Values::Many(list @ Many::List { .. })) => {
                let lists = ranges(list, lanes, chosen);
                chosen.retain(|_, lane| lists.next[usize::from(lane)] == lists.end[usize::from(lane)]);
            }
            Test::Among(one, Values::Many(list @ Many::List { lists: of, .. })) if is_plain(one) => {
                let values = read(one, lanes, chosen);
                let lists = ranges(list, lanes, chosen);
                let of_lane = |lane: u8| {
                    let lane = usize::from(lane);
                    of.values.get(lists.next[lane] as usize..lists.end[lane] as usize).unwrap_or_default()
                };
                warm(chosen, &lists, |place| of.values.get(place as usize).copied());
                // Going through a long list is counted, and one that is longer is bisected.
                if chosen.lanes().iter().any(|lane| of_lane(*lane).len() >= MANY) {
                    return self.hold_alone(test, lanes, chosen);
                }
                chosen.retain(|at, lane| values[at] != MISSING && of_lane(lane).contains(&values[at]));
            }
            Test::Exists(search) => self.deeper().exists(search, lanes, chosen),
            _ => self.hold_alone(test, lanes, chosen),
        }
    }

    fn hold_alone(self, test: &Test<'a>, lanes: &mut Lanes, chosen: &mut Chosen) {
        self.alone(lanes, chosen, |_, frame| self.evaluator.holds(test, frame));
    }

    /// Keeps the lanes for which `holds` does, asked one after the other with the ids of each in the frame.
    fn alone(self, lanes: &mut Lanes, chosen: &mut Chosen, mut holds: impl FnMut(u8, &mut Frame) -> bool) {
        let mut frame = Frame::new(0);
        chosen.retain(|_, lane| {
            frame.fill(lanes.lane(lane), lanes.left());
            let holds = !lanes.is_exhausted() && holds(lane, &mut frame);
            lanes.work(lane, frame.steps);
            holds
        });
    }

    /// Keeps the lanes for which the moves lead to a binding that passes them all.
    fn lead(self, moves: &[Move<'a>], lanes: &mut Lanes, chosen: &mut Chosen) {
        let mut moves = moves;
        while let [step, rest @ ..] = moves {
            if chosen.is_empty() || lanes.is_exhausted() {
                return;
            }
            match step {
                Move::Filter(test) => self.hold(test, lanes, chosen),
                // What has one value at the most only goes on.
                Move::Bind { slot, rows, values: Values::One(single) } if is_plain(single) => {
                    let values = read(single, lanes, chosen);
                    let ids = lanes.of_mut(*slot);
                    chosen.retain(|at, lane| {
                        ids[usize::from(lane)] = values[at];
                        rows.contains(&values[at])
                    });
                    lanes.work_each(chosen, 1);
                }
                _ if self.depth > MOST_DEPTH => return self.lead_alone(moves, lanes, chosen),
                Move::Scan { slot, rows } => {
                    let mut places = Candidates::none();
                    chosen.lanes().iter().for_each(|lane| places.set(*lane, rows));
                    return self.go_through(*slot, rest, lanes, chosen, &mut places, |_, place| place);
                }
                Move::Bind { slot, rows, values: Values::Many(list @ Many::List { lists: of, .. }) } => {
                    let mut places = ranges(list, lanes, chosen);
                    let value = |place: u32| of.values.get(place as usize).copied();
                    warm(chosen, &places, value);
                    return self.go_through(*slot, rest, lanes, chosen, &mut places, |_, place| {
                        value(place).filter(|value| rows.contains(value)).unwrap_or(MISSING)
                    });
                }
                Move::Probe { slot, index, first: Values::One(first), second }
                    if is_plain(first) && second.as_ref().is_none_or(is_plain_value) =>
                {
                    let index = self.evaluator.index(*index);
                    if index.is_overflowed() {
                        lanes.work(0, u64::MAX);
                        return;
                    }
                    let first = read(first, lanes, chosen);
                    let Some(Values::One(second)) = second else {
                        let mut places = Candidates::none();
                        for (at, lane) in chosen.lanes().iter().enumerate() {
                            places.set(*lane, &index.places(first[at]));
                        }
                        if rest.is_empty() {
                            // Which row it is does not matter.
                            return places.keep_any(lanes, chosen);
                        }
                        warm(chosen, &places, |place| Some(index.row_at(place)));
                        return self
                            .go_through(*slot, rest, lanes, chosen, &mut places, |_, place| index.row_at(place));
                    };
                    let second = read(second, lanes, chosen);
                    let (mut places, mut wanted) = (Candidates::none(), [MISSING; LANES]);
                    for (at, lane) in chosen.lanes().iter().enumerate() {
                        places.set(*lane, &index.places(first[at]));
                        wanted[usize::from(*lane)] = second[at];
                    }
                    warm(chosen, &places, |place| Some(index.key_at(place)));
                    for lane in chosen.lanes() {
                        let at = usize::from(*lane);
                        places.set(*lane, &index.narrowed(places.next[at]..places.end[at], wanted[at]));
                    }
                    if rest.is_empty() {
                        // Whatever is left begins with an entry that has both keys.
                        return places.keep_any(lanes, chosen);
                    }
                    return self.go_through(*slot, rest, lanes, chosen, &mut places, |lane, place| {
                        index.row_with(place, wanted[usize::from(lane)])
                    });
                }
                _ => return self.lead_alone(moves, lanes, chosen),
            }
            moves = rest;
        }
    }

    fn lead_alone(self, moves: &[Move<'a>], lanes: &mut Lanes, chosen: &mut Chosen) {
        self.alone(lanes, chosen, |_, frame| self.leads(moves, frame));
    }

    /// Whether the moves lead anywhere from what is in the frame.
    fn leads(self, moves: &[Move<'a>], frame: &mut Frame) -> bool {
        self.evaluator.run(moves, frame, &mut |_| ControlFlow::Break(())).is_break() && !frame.is_exhausted()
    }

    /// Keeps the lanes in which one of the candidates leads on. Each lane tries its first one, those that were not lucky their
    /// next one, and so on; `row` is the row at a place, or [`MISSING`] where there is none for the lane.
    fn go_through(
        self,
        slot: Slot,
        rest: &[Move<'a>],
        lanes: &mut Lanes,
        chosen: &mut Chosen,
        places: &mut Candidates,
        row: impl Fn(u8, u32) -> u32,
    ) {
        let mut next = |lane: u8| {
            let (next, end) = (&mut places.next[usize::from(lane)], places.end[usize::from(lane)]);
            while *next < end {
                let row = row(lane, *next);
                *next += 1;
                if row != MISSING {
                    return Some(row);
                }
            }
            None
        };
        if rest.is_empty() {
            // Nobody asks which one it is.
            chosen.retain(|_, lane| next(lane).is_some());
            return lanes.work_each(chosen, 1);
        }
        let mut found = Marks::none();
        let mut open = chosen.clone();
        loop {
            let ids = lanes.of_mut(slot);
            open.retain(|_, lane| {
                let next = next(lane);
                ids[usize::from(lane)] = next.unwrap_or(MISSING);
                next.is_some()
            });
            lanes.work_each(&open, 1);
            if open.is_empty() || lanes.is_exhausted() {
                break;
            }
            let mut passing = open.clone();
            self.deeper().lead(rest, lanes, &mut passing);
            found.mark(&passing);
            open.keep(&found, false);
            if open.lanes().len() < FEW_LANES {
                self.alone(lanes, &mut open, |lane, frame| {
                    while let Some(row) = next(lane) {
                        frame.steps = frame.steps.saturating_add(1);
                        frame.set(slot, row);
                        if frame.is_exhausted() || self.leads(rest, frame) {
                            return true;
                        }
                    }
                    false
                });
                found.mark(&open);
                break;
            }
        }
        chosen.keep(&found, true);
    }
}

/// Whether a value is read and not searched for.
fn is_plain(single: &Single<'_>) -> bool {
    !matches!(single, Single::Count(_))
}

fn is_plain_value(values: &Values<'_>) -> bool {
    matches!(values, Values::One(single) if is_plain(single))
}

/// The values of the chosen lanes, by position.
#[inline]
fn read(single: &Single<'_>, lanes: &Lanes, chosen: &Chosen) -> Abreast {
    let mut found = [MISSING; LANES];
    if let Single::Slot(slot) | Single::Field { slot, .. } | Single::Steps { slot, .. } = single {
        let (ids, found) = (lanes.of(*slot), found.iter_mut());
        if chosen.are_first() {
            found.zip(&ids[..chosen.lanes().len()]).for_each(|(found, id)| *found = *id);
        } else {
            found.zip(chosen.lanes()).for_each(|(found, lane)| *found = ids[usize::from(*lane)]);
        }
    }
    let chosen = &mut found[..chosen.lanes().len()];
    match single {
        Single::Field { start, values, .. } => chosen.iter_mut().for_each(|id| *id = values[(*id - start) as usize]),
        Single::Steps { hops, .. } => follow(hops, chosen),
        Single::Constant(value) => found = [*value; LANES],
        // Read already; counts are not asked for: see `is_plain`.
        Single::Slot(_) | Single::Count(_) => {}
    }
    found
}

/// The values behind the hops, or [`MISSING`], in place of the ids before them.
fn follow(hops: &[Hop<'_>], ids: &mut [u32]) {
    for Hop { start, column } in hops {
        let ids = ids.iter_mut().filter(|id| **id != MISSING);
        match column {
            Column::Scalar(values) => ids.for_each(|id| *id = values[(*id - start) as usize]),
            Column::List(lists) => {
                ids.for_each(|id| *id = lists.of(*id - start).first().copied().unwrap_or(MISSING));
            }
        }
    }
}

/// Where the list of each chosen lane begins and ends among the values of all lists.
fn ranges(list: &Many<'_>, lanes: &Lanes, chosen: &Chosen) -> Candidates {
    let mut places = Candidates::none();
    if let Many::List { slot, head, start, lists, .. } = list {
        let mut ids = lanes_of(*slot, lanes, chosen);
        follow(head, &mut ids[..chosen.lanes().len()]);
        for (id, lane) in ids.iter().zip(chosen.lanes()) {
            if *id != MISSING {
                let row = (*id - start) as usize;
                places.set(*lane, &(lists.offsets[row]..lists.offsets[row + 1]));
            }
        }
    }
    places
}

fn lanes_of(slot: Slot, lanes: &Lanes, chosen: &Chosen) -> Abreast {
    read(&Single::Slot(slot), lanes, chosen)
}

/// Reads the first entry of each chosen lane before any is looked at, so that the waits for memory overlap. Nothing but time
/// depends on it.
#[inline]
fn warm(chosen: &Chosen, places: &Candidates, entry: impl Fn(u32) -> Option<u32>) {
    let first = chosen.lanes().iter().map(|lane| entry(places.next[usize::from(*lane)]).unwrap_or_default());
    black_box(first.fold(0_u32, u32::wrapping_add));
}
