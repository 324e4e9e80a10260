//! Where the rows of a table stand. Rows come file by file and are short, and there are millions of them.

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::diagnostic::Place;
use crate::text::{FileId, Span};

/// A place for each row.
#[derive(Debug, Default)]
pub(super) struct Places {
    starts: Vec<u32>,
    /// How long each is, in bytes; [`LONG`] for those that stand in `long`.
    lengths: Vec<u8>,
    /// Sorted by row.
    long: Vec<(u32, u32)>,
    /// From which row on they stand in which file.
    files: Vec<(u32, FileId)>,
    /// Those that were moved later.
    moved: FxHashMap<u32, Place>,
}

/// The length of what is longer.
const LONG: u8 = u8::MAX;

impl Places {
    pub(super) fn with_capacity(rows: usize) -> Self {
        Self { starts: Vec::with_capacity(rows), lengths: Vec::with_capacity(rows), ..Self::default() }
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    /// Adds a row.
    pub(super) fn push(&mut self, place: Place) {
        let row = self.starts.len() as u32;
        if self.files.last().is_none_or(|(_, file)| *file != place.file) {
            self.files.push((row, place.file));
        }
        self.starts.push(place.span.start);
        let length = place.span.len();
        let short = u8::try_from(length).unwrap_or(LONG);
        self.lengths.push(short);
        if short == LONG {
            self.long.push((row, length));
        }
    }

    /// Adds rows that stand in one file.
    pub(super) fn extend(&mut self, file: FileId, spans: impl Iterator<Item = Span>) {
        let row = self.starts.len() as u32;
        let Self { starts, lengths, long, .. } = self;
        for span in spans {
            let short = u8::try_from(span.len()).unwrap_or(LONG);
            if short == LONG {
                long.push((starts.len() as u32, span.len()));
            }
            starts.push(span.start);
            lengths.push(short);
        }
        if self.starts.len() as u32 > row && self.files.last().is_none_or(|(_, last)| *last != file) {
            self.files.push((row, file));
        }
    }

    /// The place of a row.
    pub(super) fn get(&self, row: u32) -> Option<Place> {
        if !self.moved.is_empty()
            && let Some(place) = self.moved.get(&row)
        {
            return Some(*place);
        }
        let span = self.span(row)?;
        // What was added last is asked for most.
        let last = self.files.last().filter(|(first, _)| *first <= row);
        let found = || self.files.get(self.files.partition_point(|(first, _)| *first <= row).checked_sub(1)?);
        last.or_else(found).map(|(_, file)| Place { file: *file, span })
    }

    /// The place of a row that there is.
    ///
    /// # Panics
    ///
    /// Where there is none, which is a defect of the program.
    pub(super) fn of(&self, row: u32) -> Place {
        #[expect(clippy::expect_used, reason = "like an index")]
        self.get(row).expect("the row is one of the table")
    }

    /// The last of the first `rows` rows that begins no later than a place; these stand in the order of the text.
    pub(super) fn last_before(&self, rows: u32, place: Place) -> Option<u32> {
        let is_before =
            |row: u32| self.get(row).is_some_and(|id| (id.file, id.span.start) <= (place.file, place.span.start));
        let (mut low, mut high) = (0, rows);
        while low < high {
            let middle = low + (high - low) / 2;
            if is_before(middle) { low = middle + 1 } else { high = middle }
        }
        low.checked_sub(1)
    }

    /// Some rows in runs that stand in one file each.
    pub(super) fn runs(&self, rows: Range<u32>) -> Vec<(Range<u32>, FileId)> {
        let ends = self.files.iter().skip(1).map(|(first, _)| *first).chain([self.starts.len() as u32]);
        let runs = self.files.iter().zip(ends).map(|((first, file), end)| {
            let run = (*first).max(rows.start)..end.min(rows.end);
            (run, *file)
        });
        runs.filter(|(run, _)| !run.is_empty()).collect()
    }

    /// Whether some rows stand where some of another table do, those that were moved where they stood before.
    pub(super) fn stand_alike(&self, rows: &Range<u32>, other: &Self, others: &Range<u32>) -> bool {
        let of = |rows: &Range<u32>| rows.start as usize..rows.end as usize;
        let is_long = |places: &Self, rows: &Range<u32>| places.lengths[of(rows)].contains(&LONG);
        self.starts[of(rows)] == other.starts[of(others)]
            && self.lengths[of(rows)] == other.lengths[of(others)]
            && (!is_long(self, rows)
                || rows.clone().zip(others.clone()).all(|(row, at)| self.span(row) == other.span(at)))
    }

    /// The rows that were moved.
    pub(super) fn moved(&self) -> impl Iterator<Item = u32> + '_ {
        self.moved.keys().copied()
    }

    /// The span of a row, of one that was moved where it stood before.
    pub(super) fn span(&self, row: u32) -> Option<Span> {
        let start = *self.starts.get(row as usize)?;
        let length = match *self.lengths.get(row as usize)? {
            LONG => self.long[self.long.binary_search_by_key(&row, |(long, _)| *long).ok()?].1,
            length => u32::from(length),
        };
        Some(Span::new(start, start + length))
    }

    /// Gives a row another place.
    pub(super) fn set(&mut self, row: u32, place: Place) {
        self.moved.insert(row, place);
    }

    /// All places, in the order of rows.
    pub(super) fn iter(&self) -> impl Iterator<Item = Place> + '_ {
        let ends = self.files.iter().skip(1).map(|(first, _)| *first).chain([self.starts.len() as u32]);
        let in_files = self.files.iter().zip(ends).flat_map(|((first, file), end)| {
            (*first..end).filter_map(|row| Some((row, Place { file: *file, span: self.span(row)? })))
        });
        in_files.map(|(row, place)| self.moved.get(&row).copied().unwrap_or(place))
    }
}

impl From<Vec<Place>> for Places {
    fn from(places: Vec<Place>) -> Self {
        let mut rows = Self::with_capacity(places.len());
        places.into_iter().for_each(|place| rows.push(place));
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_kept_by_their_files() {
        let place = |file, start, length| Place { file: FileId(file), span: Span::new(start, start + length) };
        let all = [
            place(0, 3, 0),
            place(0, 7, 254),
            place(2, 1, 255),
            place(2, 900, 1_000),
            place(1, 5, 5),
            place(2, 6, 300),
        ];
        let mut places = Places::from(all.to_vec());
        assert!((0..6).map(|row| places.of(row)).eq(all));
        assert!(places.iter().eq(all));
        assert_eq!((places.len(), places.get(6)), (6, None));
        places.set(1, place(9, 1, 2));
        assert_eq!(places.of(1), place(9, 1, 2));
        assert_eq!(places.iter().nth(1), Some(place(9, 1, 2)));
        assert_eq!(places.of(2), all[2]);
    }
}
