//! Two landscapes of the same files, of which a few were edited in between: which row of the one is which row of the other, and
//! what is no longer what it was.
//!
//! A row is the same row where it stands at the same place, edits before it in its file taken into account. What such a pair of
//! rows says is compared field by field, so that it does not matter whether the pairs are well chosen: badly chosen ones differ
//! more. Pairs come in the same order on both sides.

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::OnceLock;

use crate::text::{FileId, Span};

use super::column::{Column, Lists, MISSING};
use super::pairs::{Pairs, Shifts};
use super::places::Places;
use super::schema::{Base, Kind};
use super::table::Landscape;

/// Where more files were edited at once, or more bytes stand in them, everything is found anew: whatever stands in such a file may
/// have moved, and to follow all that backwards is dearer than to ask.
const MOST_EDITED: usize = 16;
const MOST_BYTES: usize = 1 << 18;

/// What happened to the text of a file: some bytes at its beginning and at its end are what they were.
#[derive(Clone, Copy, Debug)]
struct Edit {
    file: FileId,
    start: u32,
    end_before: u32,
    end: u32,
}

/// Two landscapes with the same numbers for the same names.
#[derive(Debug)]
pub struct Comparison<'a> {
    before: &'a Landscape,
    now: &'a Landscape,
    edits: Vec<Edit>,
    /// For each kind that is a family of its own, its rows.
    rows: Vec<Pairs>,
    strings: OnceLock<Pairs>,
    /// For each kind, the rows now that are new, and the rows before that are gone.
    new_rows: Vec<OnceLock<Vec<u32>>>,
    gone_rows: Vec<OnceLock<Vec<u32>>>,
    /// For each field of each kind, the rows now that say something else than before.
    changed: Vec<Vec<OnceLock<Vec<u32>>>>,
    /// For each kind, the rows that stand somewhere else.
    moved: Vec<OnceLock<Vec<u32>>>,
}

impl<'a> Comparison<'a> {
    /// Compares what was said `before` with what is said `now`; `None` where too much is different, or where rows stand at
    /// places that follow from more than their own file.
    #[must_use]
    pub fn new(before: &'a Landscape, now: &'a Landscape, edited: &[FileId]) -> Option<Self> {
        let bytes = |landscape: &Landscape| -> usize {
            edited.iter().map(|file| landscape.sources.get(*file).text().len()).sum()
        };
        let is_much = edited.len() > MOST_EDITED || bytes(before).max(bytes(now)) > MOST_BYTES;
        if is_much || before.today != now.today || !before.duplicates.is_empty() || !now.duplicates.is_empty() {
            return None;
        }
        let edits = edited.iter().map(|file| edit(before, now, *file)).collect();
        let rows = || Kind::ALL.iter().map(|_| OnceLock::new()).collect();
        let columns = |kind: &Kind| kind.schema().fields.iter().map(|_| OnceLock::new()).collect();
        let mut comparison = Self {
            before,
            now,
            edits,
            rows: Kind::ALL.iter().map(|_| Pairs::default()).collect(),
            strings: OnceLock::new(),
            new_rows: rows(),
            gone_rows: rows(),
            changed: Kind::ALL.iter().map(columns).collect(),
            moved: rows(),
        };
        for kind in Kind::ALL {
            let mut pairs = std::mem::take(&mut comparison.rows[kind.family() as usize]);
            comparison.pair(kind, &mut pairs);
            comparison.rows[kind.family() as usize] = pairs;
        }
        Some(comparison)
    }

    /// The landscape before.
    #[must_use]
    pub fn before(&self) -> &'a Landscape {
        self.before
    }

    /// The landscape now.
    #[must_use]
    pub fn now(&self) -> &'a Landscape {
        self.now
    }

    /// The row now of a row before; [`MISSING`] where it is gone.
    #[must_use]
    pub fn row_now(&self, kind: Kind, row: u32) -> u32 {
        self.pairs(kind).now(row)
    }

    /// The row before of a row now; [`MISSING`] where it is new.
    #[must_use]
    pub fn row_before(&self, kind: Kind, row: u32) -> u32 {
        self.pairs(kind).before(row)
    }

    fn pairs(&self, kind: Kind) -> &Pairs {
        &self.rows[kind.family() as usize]
    }

    /// What a value of some type was before is now; [`MISSING`] where it is nothing any more.
    #[must_use]
    pub fn value_now(&self, base: Base, value: u32) -> u32 {
        match base {
            Base::Entity(kind) if value != MISSING => self.row_now(kind, value),
            _ => value,
        }
    }

    /// The rows of a kind that are new.
    #[must_use]
    pub fn new_rows(&self, kind: Kind) -> &[u32] {
        let find = || match kind {
            Kind::Ring => self.now.rows(kind).collect(),
            _ => self.pairs(kind).come(self.now.rows(kind)).collect(),
        };
        self.new_rows[kind as usize].get_or_init(find)
    }

    /// The rows of a kind, before, that are gone.
    #[must_use]
    pub fn gone_rows(&self, kind: Kind) -> &[u32] {
        let find = || match kind {
            Kind::Ring => self.before.rows(kind).collect(),
            _ => self.pairs(kind).gone(self.before.rows(kind)).collect(),
        };
        self.gone_rows[kind as usize].get_or_init(find)
    }

    /// The rows that were there before and say something else in a field.
    #[must_use]
    pub fn changed(&self, kind: Kind, field: usize) -> &[u32] {
        self.changed[kind as usize][field].get_or_init(|| self.compare(kind, field))
    }

    /// The rows that were there before and of which something may stand at another place, or in a file that was edited.
    #[must_use]
    pub fn moved(&self, kind: Kind) -> &[u32] {
        self.moved[kind as usize].get_or_init(|| self.find_moved(kind))
    }

    fn find_moved(&self, kind: Kind) -> Vec<u32> {
        // Where these stand is not kept in a table.
        if matches!(kind, Kind::Model | Kind::ReferenceFlow | Kind::Ring) {
            return self.now.rows(kind).collect();
        }
        let (before, now) = (self.places(kind, self.before), self.places(kind, self.now));
        let mut moved: Vec<u32> = Vec::new();
        let in_edited = now.runs(self.now.rows(kind)).into_iter().filter(|(_, file)| self.is_edited(*file));
        moved.extend(in_edited.flat_map(|(rows, _)| rows));
        // Those that were given another place, by either.
        let old = before.moved().map(|row| self.row_now(kind, row));
        let own = self.now.rows(kind);
        moved.extend(old.chain(now.moved()).filter(|row| own.contains(row)));
        let (old_first, new_first) = (self.before.rows(kind).start, own.start);
        for (old, new) in self.now.table(kind).other_spans(self.before.table(kind)) {
            for (start, now, length) in self.stretches(kind) {
                let (old_at, new_at) = ((start - old_first) as usize, (now - new_first) as usize);
                let differ = |at: &usize| old.get(old_at + at) != new.get(new_at + at);
                moved.extend((0..length as usize).filter(differ).map(|at| now + at as u32));
            }
        }
        moved.retain(|row| self.row_before(kind, *row) != MISSING);
        moved.sort_unstable();
        moved.dedup();
        moved
    }

    /// The stretches of rows of a kind that are the same, as far as they are of that kind.
    fn stretches(&self, kind: Kind) -> impl Iterator<Item = (u32, u32, u32)> + '_ {
        let rows = self.now.rows(kind);
        self.pairs(kind).stretches().iter().filter_map(move |(old, new, length)| {
            let (start, end) = ((*new).max(rows.start), (new + length).min(rows.end));
            (start < end).then(|| (old + (start - new), start, end - start))
        })
    }

    fn is_edited(&self, file: FileId) -> bool {
        self.edits.iter().any(|edit| edit.file == file)
    }

    /// Where a span of a file stands now, if nothing in it was edited.
    fn span_now(&self, file: FileId, span: Span) -> Option<Span> {
        let Some(edit) = self.edits.iter().find(|edit| edit.file == file) else { return Some(span) };
        if span.end <= edit.start {
            return Some(span);
        }
        let shift = |at: u32| at - edit.end_before + edit.end;
        (span.start >= edit.end_before).then(|| Span::new(shift(span.start), shift(span.end)))
    }

    fn places(&self, kind: Kind, landscape: &'a Landscape) -> &'a Places {
        &landscape.table(kind.family()).places
    }

    /// Pairs the rows of a kind. Processes, roles, parties and systems are paired each for themselves.
    fn pair(&self, kind: Kind, pairs: &mut Pairs) {
        // Rings are found anew.
        if matches!(kind, Kind::Ring | Kind::Actor | Kind::Outsider) {
            return;
        }
        let (before, now) = (self.before.rows(kind), self.now.rows(kind));
        pairs.make_room(before.end, now.end);
        let (old_places, new_places) = (self.places(kind, self.before), self.places(kind, self.now));
        if old_places.len() == 0 && new_places.len() == 0 {
            if before == now {
                pairs.add(before.start, now.start, before.len() as u32);
            }
            return;
        }
        self.pair_places((old_places, before, 0), (new_places, now, 0), pairs);
    }

    /// Pairs what stands at some places with what stands at others; the first ones have these numbers.
    fn pair_places(
        &self,
        (old_places, before, old_first): (&Places, Range<u32>, u32),
        (new_places, now, new_first): (&Places, Range<u32>, u32),
        pairs: &mut Pairs,
    ) {
        let mut new_runs = new_places.runs(now).into_iter().peekable();
        for (mut old_rows, file) in old_places.runs(before) {
            while new_runs.next_if(|(_, other)| *other < file).is_some() {}
            let Some((mut new_rows, _)) = new_runs.next_if(|(_, other)| *other == file) else { continue };
            if !self.is_edited(file) && old_places.stand_alike(&old_rows, new_places, &new_rows) {
                pairs.add(old_first + old_rows.start, new_first + new_rows.start, old_rows.len() as u32);
                continue;
            }
            while let (Some(old), Some(new)) = (old_rows.clone().next(), new_rows.clone().next()) {
                let (Some(was), Some(is)) = (old_places.span(old), new_places.span(new)) else { break };
                match self.span_now(file, was).map(|stands| stands.cmp(&is)) {
                    None | Some(Ordering::Less) => old_rows.start += 1,
                    Some(Ordering::Greater) => new_rows.start += 1,
                    Some(Ordering::Equal) => {
                        pairs.add(old_first + old, new_first + new, 1);
                        old_rows.start += 1;
                        new_rows.start += 1;
                    }
                }
            }
        }
    }

    /// The strings that stand where they stood. Others may say the same, which does no harm.
    fn strings(&self) -> &Pairs {
        self.strings.get_or_init(|| {
            let mut pairs = Pairs::default();
            let (before, now) = (&self.before.strings, &self.now.strings);
            pairs.make_room(before.len(), now.len());
            // The parts of a merge come in the same order, and the files in each of them.
            for ((old_first, old), (new_first, new)) in before.runs().zip(now.runs()) {
                let (old_rows, new_rows) = (0..old.len() as u32, 0..new.len() as u32);
                self.pair_places((old, old_rows, old_first), (new, new_rows, new_first), &mut pairs);
            }
            pairs
        })
    }

    /// The rows that say something else in a field.
    fn compare(&self, kind: Kind, field: usize) -> Vec<u32> {
        let base = kind.schema().fields[field].ty.base;
        let pairs = match base {
            Base::Entity(Kind::Ring) => return self.now.rows(kind).collect(),
            Base::Entity(kind) => Some(self.pairs(kind)),
            Base::Text => Some(self.strings()),
            _ => None,
        };
        // Numbers that are all what they were need not be translated.
        let pairs = pairs.filter(|pairs| !pairs.are_equal());
        match (self.before.only_value(kind, field), self.now.only_value(kind, field)) {
            (Some(old), Some(new)) if old == new && (old == MISSING || pairs.is_none()) => return Vec::new(),
            _ => {}
        }
        let is_same = |old: u32, new: u32| match pairs {
            Some(pairs) if old != MISSING => new != MISSING && pairs.now(old) == new,
            _ => old == new,
        };
        let shifts = match pairs {
            Some(pairs) => pairs.shifts(),
            None => Some(Shifts::default()),
        };
        // Where values differ, as far as that is soon seen.
        let blocks = |old: &[u32], new: &[u32]| -> Vec<Range<usize>> {
            match &shifts {
                Some(shifts) => shifts.differing(old, new).collect(),
                None => std::iter::once(0..old.len()).collect(),
            }
        };
        let are_same = |old: &[u32], new: &[u32]| {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| is_same(*old, *new))
        };
        let (old_first, new_first) = (self.before.rows(kind).start, self.now.rows(kind).start);
        let mut found = Vec::new();
        let columns = (self.before.column(kind, field), self.now.column(kind, field));
        for (old, row, length) in self.stretches(kind) {
            let old = (old - old_first) as usize..(old - old_first + length) as usize;
            let new = (row - new_first) as usize..(row - new_first + length) as usize;
            match columns {
                (Column::Scalar(before), Column::Scalar(now)) => {
                    let (before, now) = (&before[old], &now[new]);
                    for block in blocks(before, now) {
                        let rows = (row + block.start as u32..).zip(before[block.clone()].iter().zip(&now[block]));
                        found.extend(rows.filter(|(_, (old, new))| !is_same(**old, **new)).map(|(row, _)| row));
                    }
                }
                (Column::List(before), Column::List(now)) => {
                    let rows = |ends: Range<u32>| {
                        let rows = (row + ends.start..row + ends.end)
                            .zip((old.clone().skip(ends.start as usize)).zip(new.clone().skip(ends.start as usize)));
                        let differ = |old: usize, new: usize| !are_same(before.of(old as u32), now.of(new as u32));
                        rows.filter(move |(_, (old, new))| differ(*old, *new)).map(|(row, _)| row)
                    };
                    if !are_long_alike(before, &old, now, &new) {
                        found.extend(rows(0..length));
                        continue;
                    }
                    let first = before.offsets[old.start];
                    let row_of = |value: usize| {
                        let offsets = &before.offsets[old.start..=old.end];
                        offsets.partition_point(|offset| offset - first <= value as u32) as u32 - 1
                    };
                    let mut next = 0;
                    for block in blocks(before.values_of(&old), now.values_of(&new)) {
                        let ends = row_of(block.start).max(next)..(row_of(block.end - 1) + 1).min(length);
                        next = ends.end;
                        found.extend(rows(ends));
                    }
                }
                _ => found.extend(row..row + length),
            }
        }
        found
    }
}

/// Whether the lists of some rows are as long as those of others.
fn are_long_alike(before: &Lists, old: &Range<usize>, now: &Lists, new: &Range<usize>) -> bool {
    fn offsets<'l>(lists: &'l Lists, rows: &Range<usize>) -> Option<&'l [u32]> {
        lists.offsets.get(rows.start..=rows.end)
    }
    let (Some(old), Some(new)) = (offsets(before, old), offsets(now, new)) else { return false };
    let shift = new.first().zip(old.first()).map_or(0, |(new, old)| new.wrapping_sub(*old));
    old.iter().zip(new).fold(true, |all, (old, new)| all & (new.wrapping_sub(*old) == shift))
}

/// What happened to the text of a file.
fn edit<'a>(before: &'a Landscape, now: &'a Landscape, file: FileId) -> Edit {
    // Nothing stands behind the last word, and editors add a line end there, or take it away.
    let text = |landscape: &'a Landscape| landscape.sources.get(file).text().as_bytes().trim_ascii_end();
    let (old, new) = (text(before), text(now));
    let start = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let rest = old.len().min(new.len()) - start;
    let backwards = old.iter().rev().zip(new.iter().rev()).take(rest);
    let tail = backwards.take_while(|(old, new)| old == new).count();
    Edit { file, start: start as u32, end_before: (old.len() - tail) as u32, end: (new.len() - tail) as u32 }
}
