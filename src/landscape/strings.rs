//! The strings of a landscape: where each stands. They come in runs, one for each part of a merge, so that parts that are
//! merged at the same time can number theirs, and nothing is copied when they meet.

use crate::diagnostic::Place;

use super::places::Places;

/// Where the strings stand.
#[derive(Debug, Default)]
pub(super) struct Strings {
    /// Each with the number of its first string.
    runs: Vec<(u32, Run)>,
}

/// Some strings, in the order of their files.
#[derive(Debug, Default)]
pub(super) struct Run(Places);

impl Run {
    pub(super) fn with_capacity(strings: usize) -> Self {
        Self(Places::with_capacity(strings))
    }

    /// Adds a string, and answers with its number in the run.
    pub(super) fn push(&mut self, place: Place) -> u32 {
        let number = self.0.len() as u32;
        self.0.push(place);
        number
    }
}

impl Strings {
    /// The runs, each with the number of its first string.
    pub(super) fn runs(&self) -> impl Iterator<Item = (u32, &Places)> {
        self.runs.iter().map(|(first, run)| (*first, &run.0))
    }

    pub(super) fn len(&self) -> u32 {
        self.runs.last().map_or(0, |(first, run)| first + run.0.len() as u32)
    }

    /// Begins a run with room for so many strings.
    pub(super) fn begin(&mut self, room: usize) {
        self.runs.push((self.len(), Run::with_capacity(room)));
    }

    /// Adds a string to the last run, and answers with its number.
    pub(super) fn push(&mut self, place: Place) -> u32 {
        if self.runs.is_empty() {
            self.begin(0);
        }
        self.runs.last_mut().map_or(0, |(first, run)| *first + run.push(place))
    }

    /// Adds a whole run, and answers with the number of its first string. What is pushed after it is a run of its own.
    pub(super) fn append(&mut self, run: Run) -> u32 {
        let first = self.len();
        self.runs.push((first, run));
        self.begin(0);
        first
    }

    /// Where the string of that number stands.
    pub(super) fn get(&self, string: u32) -> Option<Place> {
        // Of runs that begin at the same number, all but the last are empty.
        let after = self.runs.partition_point(|(first, _)| *first <= string);
        let (first, run) = self.runs.get(after.checked_sub(1)?)?;
        run.0.get(string - first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{FileId, Span};

    #[test]
    fn strings_are_found_in_their_runs() {
        let place = |file, at| Place { file: FileId(file), span: Span::new(at, at + 1) };
        let mut strings = Strings::default();
        assert_eq!(strings.push(place(0, 0)), 0);
        assert_eq!(strings.append(Run::default()), 1);
        let mut run = Run::with_capacity(3);
        assert_eq!([place(0, 1), place(2, 2), place(2, 3)].map(|place| run.push(place)), [0, 1, 2]);
        assert_eq!(strings.append(run), 1);
        assert_eq!(strings.push(place(1, 4)), 4);
        strings.begin(4);
        assert_eq!(strings.push(place(0, 5)), 5);
        let found: Vec<_> = (0..7).map(|string| strings.get(string)).collect();
        let places = [place(0, 0), place(0, 1), place(2, 2), place(2, 3), place(1, 4), place(0, 5)];
        assert!(found.into_iter().eq(places.map(Some).into_iter().chain([None])));
    }
}
