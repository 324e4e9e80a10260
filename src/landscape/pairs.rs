//! Which numbers of one numbering are which of another one, where nearly all come in the same order in both.

use std::ops::Range;

use super::column::MISSING;

/// Numbers before and numbers now.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    /// Stretches that are the same: where each began, where it begins now, and how long it is.
    stretches: Vec<(u32, u32, u32)>,
    /// How many numbers there were, and are.
    counts: (u32, u32),
}

impl Pairs {
    /// Says that there are numbers up to these.
    pub(super) fn make_room(&mut self, before: u32, now: u32) {
        self.counts = (self.counts.0.max(before), self.counts.1.max(now));
    }

    /// Pairs so many numbers that follow one another, behind all others that are paired.
    pub(super) fn add(&mut self, before: u32, now: u32, count: u32) {
        match self.stretches.last_mut() {
            Some((old, new, length)) if *old + *length == before && *new + *length == now => *length += count,
            _ => self.stretches.push((before, now, count)),
        }
    }

    /// The number now of a number before; [`MISSING`] where there is none.
    pub(super) fn now(&self, before: u32) -> u32 {
        let at = self.stretches.partition_point(|(start, ..)| *start <= before);
        match at.checked_sub(1).and_then(|at| self.stretches.get(at)) {
            Some((start, now, count)) if before - start < *count => now + (before - start),
            _ => MISSING,
        }
    }

    /// The number before of a number now; [`MISSING`] where there is none.
    pub(super) fn before(&self, now: u32) -> u32 {
        let at = self.stretches.partition_point(|(_, start, _)| *start <= now);
        match at.checked_sub(1).and_then(|at| self.stretches.get(at)) {
            Some((before, start, count)) if now - start < *count => before + (now - start),
            _ => MISSING,
        }
    }

    /// The numbers before, of some, that are gone, and the numbers now that are new.
    pub(super) fn gone(&self, numbers: Range<u32>) -> impl Iterator<Item = u32> + '_ {
        let ends = self.stretches.iter().map(|(before, _, count)| (*before, before + count));
        without(numbers, ends)
    }

    pub(super) fn come(&self, numbers: Range<u32>) -> impl Iterator<Item = u32> + '_ {
        let ends = self.stretches.iter().map(|(_, now, count)| (*now, now + count));
        without(numbers, ends)
    }

    /// How numbers become others, where that is soon said.
    pub(super) fn shifts(&self) -> Option<Shifts> {
        Shifts::of(&self.stretches, self.counts.0)
    }

    pub(super) fn stretches(&self) -> &[(u32, u32, u32)] {
        &self.stretches
    }

    /// Whether every number is what it was.
    pub(super) fn are_equal(&self) -> bool {
        let is_whole = |length: u32| self.counts == (length, length);
        match *self.stretches {
            [] => is_whole(0),
            [(0, 0, length)] => is_whole(length),
            _ => false,
        }
    }
}

/// Those of some numbers that are in none of the stretches, which come in order.
fn without(numbers: Range<u32>, stretches: impl Iterator<Item = (u32, u32)>) -> impl Iterator<Item = u32> {
    let (first, last) = (numbers.start, numbers.end);
    let mut start = 0;
    let gaps = stretches.chain([(u32::MAX, u32::MAX)]).map(move |(begin, end)| {
        let gap = start.max(first)..begin.min(last);
        start = end;
        gap
    });
    gaps.flatten()
}

/// So many places at which numbers are shifted by more or by less are told one by one.
const MOST_SHIFTS: usize = 8;

/// So many numbers are compared at once.
const ABREAST: usize = 64;

/// How numbers become others: what is added to those from some number on, beyond what was added to those before.
#[derive(Debug, Default)]
pub(super) struct Shifts {
    /// Where it changes, and by how much, as far as numbers stay numbers of something.
    steps: Vec<(u32, u32)>,
    /// Numbers that are gone.
    gone: Vec<Range<u32>>,
}

impl Shifts {
    fn of(stretches: &[(u32, u32, u32)], count: u32) -> Option<Self> {
        let mut shifts = Self { steps: Vec::new(), gone: Vec::new() };
        let (mut end, mut by) = (0_u32, 0_u32);
        for (before, now, length) in stretches {
            if *before > end {
                shifts.gone.push(end..*before);
            }
            if now.wrapping_sub(*before) != by {
                shifts.steps.push((*before, now.wrapping_sub(*before).wrapping_sub(by)));
                by = now.wrapping_sub(*before);
            }
            end = before + length;
        }
        if count > end {
            shifts.gone.push(end..count);
        }
        if by != 0 {
            // What is missing stays missing.
            shifts.steps.push((MISSING, by.wrapping_neg()));
        }
        (shifts.steps.len() + shifts.gone.len() <= MOST_SHIFTS).then_some(shifts)
    }

    /// The numbers of those blocks in which some number did not become the other one.
    pub(super) fn differing<'s>(
        &'s self,
        before: &'s [u32],
        now: &'s [u32],
    ) -> impl Iterator<Item = Range<usize>> + 's {
        // Mostly nothing changed at all.
        let are_equal = self.steps.is_empty() && self.gone.is_empty() && before == now;
        let (before, now) = if are_equal { (&[][..], &[][..]) } else { (before, now) };
        let blocks = before.chunks(ABREAST).zip(now.chunks(ABREAST)).zip((0..).step_by(ABREAST));
        blocks.filter(|((before, now), _)| !self.are_same(before, now)).map(|((before, _), at)| at..at + before.len())
    }

    /// Whether all of so few numbers became the others. [`MISSING`] stays what it is.
    fn are_same(&self, before: &[u32], now: &[u32]) -> bool {
        let mut expected = [MISSING; ABREAST];
        let expected = &mut expected[..before.len()];
        expected.copy_from_slice(before);
        for (start, by) in &self.steps {
            for (expected, before) in expected.iter_mut().zip(before) {
                *expected = expected.wrapping_add(if before >= start { *by } else { 0 });
            }
        }
        let mut is_gone = false;
        for gone in &self.gone {
            for before in before {
                is_gone |= before.wrapping_sub(gone.start) < gone.end - gone.start;
            }
        }
        !is_gone && expected == now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_of_stretches_is_what_is_told_of_numbers() {
        // Two are gone, three are new.
        let mut pairs = Pairs::default();
        pairs.make_room(200, 201);
        for (before, now, count) in [(0, 0, 10), (11, 10, 50), (61, 63, 100), (162, 163, 38)] {
            pairs.add(before, now, count);
        }
        let gone: Vec<u32> = (0..200).filter(|before| pairs.now(*before) == MISSING).collect();
        let new: Vec<u32> = (0..201).filter(|now| pairs.before(*now) == MISSING).collect();
        assert_eq!(pairs.gone(0..200).collect::<Vec<_>>(), gone);
        assert_eq!(pairs.come(0..201).collect::<Vec<_>>(), new);
        assert_eq!((gone.as_slice(), new.len()), (&[10, 161][..], 3));
        assert_eq!(pairs.gone(11..161).count() + pairs.come(63..163).count(), 0, "it depends on which are asked for");

        let before: Vec<u32> = (0..200).chain([MISSING]).collect();
        let now: Vec<u32> = before.iter().map(|number| pairs.now(*number)).collect();
        let shifts = pairs.shifts().expect("they are few");
        let blocks: Vec<_> = shifts.differing(&before, &now).collect();
        assert_eq!(blocks, [0..64, 128..192], "what is gone is nothing any more");
        for at in (0..200).filter(|at| !gone.contains(at)) {
            let (one, mut other) = ([before[at as usize]], [now[at as usize]]);
            assert_eq!(shifts.differing(&one, &other).count(), 0, "{at}");
            other[0] += 1;
            assert_eq!(shifts.differing(&one, &other).count(), 1, "{at}");
        }
    }
}
