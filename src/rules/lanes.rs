//! Rows that go abreast: for each variable of a rule the ids of some hundred rows, side by side, and which of them are still
//! in question.

use super::ir::Slot;
use crate::landscape::MISSING;

/// How many rows go abreast; a lane has a number of one byte.
pub(super) const LANES: usize = 256;

/// A rule with more variables goes row by row: its frames would not stay in a cache.
const MOST_SLOTS: usize = 64;

/// One value for each lane, by its number, or for each chosen lane, by its position among these.
pub(super) type Abreast = [u32; LANES];

/// The ids of the variables in every lane, and the work that was done for each.
pub(super) struct Lanes {
    /// By slot.
    ids: Vec<Abreast>,
    /// Bindings that were looked at, by lane: so a row costs what it costs by itself.
    steps: [u64; LANES],
    /// The same of all lanes together.
    spent: u64,
    /// The most that all lanes together may spend; past it every enumeration ends at once.
    room: u64,
}

impl Lanes {
    /// Room for so many variables, if they are few.
    pub(super) fn new(slots: usize) -> Option<Self> {
        let few = slots <= MOST_SLOTS;
        few.then(|| Self { ids: vec![[MISSING; LANES]; slots], steps: [0; LANES], spent: 0, room: 0 })
    }

    /// Room for so many variables, if they are few, with the same ids in every lane.
    pub(super) fn all(ids: &[u32]) -> Option<Self> {
        let mut lanes = Self::new(ids.len())?;
        lanes.ids.iter_mut().zip(ids).for_each(|(lanes, id)| *lanes = [*id; LANES]);
        Some(lanes)
    }

    /// The lanes take a row each.
    #[inline]
    pub(super) fn line_up(&mut self, slot: Slot, rows: impl Iterator<Item = u32>) {
        self.of_mut(slot).iter_mut().zip(rows).for_each(|(lane, row)| *lane = row);
    }

    /// Begins anew: nothing is spent, and so much may be.
    pub(super) fn begin(&mut self, room: u64) {
        (self.steps, self.spent, self.room) = ([0; LANES], 0, room);
    }

    /// The ids of a variable, by lane.
    #[inline]
    pub(super) fn of(&self, slot: Slot) -> &Abreast {
        &self.ids[usize::from(slot.0)]
    }

    /// The same, to be set.
    #[inline]
    pub(super) fn of_mut(&mut self, slot: Slot) -> &mut Abreast {
        &mut self.ids[usize::from(slot.0)]
    }

    /// The ids of all variables in one lane.
    pub(super) fn lane(&self, lane: u8) -> impl Iterator<Item = u32> {
        self.ids.iter().map(move |ids| ids[usize::from(lane)])
    }

    /// Counts work that was done for a lane.
    #[inline]
    pub(super) fn work(&mut self, lane: u8, steps: u64) {
        let sum = &mut self.steps[usize::from(lane)];
        *sum = sum.saturating_add(steps);
        self.spent = self.spent.saturating_add(steps);
    }

    /// Counts as much work for each of the chosen lanes.
    #[inline]
    pub(super) fn work_each(&mut self, chosen: &Chosen, steps: u64) {
        for lane in chosen.lanes() {
            let sum = &mut self.steps[usize::from(*lane)];
            *sum = sum.saturating_add(steps);
        }
        self.spent = self.spent.saturating_add(steps.saturating_mul(chosen.count as u64));
    }

    /// What was spent for a lane.
    pub(super) fn steps_of(&self, lane: u8) -> u64 {
        self.steps[usize::from(lane)]
    }

    /// What was spent for all lanes.
    pub(super) fn spent(&self) -> u64 {
        self.spent
    }

    /// What is left to be spent.
    pub(super) fn left(&self) -> u64 {
        self.room.saturating_sub(self.spent)
    }

    /// Whether more was spent than may be, so that no answer is to be trusted.
    #[inline]
    pub(super) fn is_exhausted(&self) -> bool {
        self.spent > self.room
    }
}

/// Some of the lanes, in their order.
#[derive(Clone)]
pub(super) struct Chosen {
    lanes: [u8; LANES],
    count: usize,
}

impl Chosen {
    /// The first lanes.
    pub(super) fn first(count: usize) -> Self {
        Self { lanes: std::array::from_fn(|lane| lane as u8), count: count.min(LANES) }
    }

    /// Their numbers.
    #[inline]
    pub(super) fn lanes(&self) -> &[u8] {
        &self.lanes[..self.count]
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether none was taken out but from the end.
    #[inline]
    pub(super) fn are_first(&self) -> bool {
        self.lanes().last().is_none_or(|last| usize::from(*last) + 1 == self.count)
    }

    /// Keeps those for which `keep` holds; it is given the position of each, and its number.
    #[inline]
    pub(super) fn retain(&mut self, mut keep: impl FnMut(usize, u8) -> bool) {
        let mut kept = 0;
        // Which lane stays is hard to foresee, so that nothing is jumped over.
        for at in 0..self.count {
            let lane = self.lanes[at];
            let keeps = keep(at, lane);
            self.lanes[kept] = lane;
            kept += usize::from(keeps);
        }
        self.count = kept;
    }

    /// Keeps those that are marked, or those that are not.
    pub(super) fn keep(&mut self, marks: &Marks, marked: bool) {
        self.retain(|_, lane| marks.0[usize::from(lane)] == marked);
    }
}

/// A mark for each lane.
pub(super) struct Marks([bool; LANES]);

impl Marks {
    pub(super) fn none() -> Self {
        Self([false; LANES])
    }

    /// Marks the chosen lanes.
    pub(super) fn mark(&mut self, chosen: &Chosen) {
        chosen.lanes().iter().for_each(|lane| self.0[usize::from(*lane)] = true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_are_taken_out_and_stay_in_order() {
        let mut chosen = Chosen::first(5);
        chosen.retain(|at, lane| at != 1 && lane != 3);
        assert_eq!(chosen.lanes(), [0, 2, 4]);
        assert!(!chosen.are_first() && Chosen::first(5).are_first() && Chosen::first(0).are_first());
        let mut marks = Marks::none();
        marks.mark(&chosen);
        let (mut with, mut without) = (Chosen::first(5), Chosen::first(5));
        with.keep(&marks, true);
        without.keep(&marks, false);
        assert_eq!((with.lanes(), without.lanes()), (&[0, 2, 4][..], &[1, 3][..]));
        assert_eq!(Chosen::first(1000).lanes().len(), LANES);
    }

    #[test]
    fn every_lane_counts_its_own_work() {
        let mut lanes = Lanes::new(1).unwrap_or_else(|| unreachable!("one variable"));
        lanes.begin(3);
        lanes.of_mut(Slot(0))[7] = 70;
        lanes.work(7, 1);
        lanes.work(9, 2);
        assert_eq!((lanes.of(Slot(0))[7], lanes.steps_of(7), lanes.steps_of(9)), (70, 1, 2));
        assert_eq!((lanes.spent(), lanes.left(), lanes.is_exhausted()), (3, 0, false));
        lanes.work_each(&Chosen::first(8), 2);
        assert_eq!((lanes.steps_of(7), lanes.steps_of(8), lanes.spent()), (3, 0, 19));
        lanes.work(9, u64::MAX);
        assert!(lanes.is_exhausted());
        assert!(Lanes::new(MOST_SLOTS + 1).is_none());
    }
}
