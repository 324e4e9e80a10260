//! The strings of a landscape: where each stands. They come in runs, one for each part of a merge, so that parts that are
//! merged at the same time can number theirs, and nothing is copied when they meet.

use crate::diagnostic::Place;

/// Where the strings stand.
#[derive(Debug, Default)]
pub(super) struct Strings {
    runs: Vec<Run>,
}

#[derive(Debug)]
struct Run {
    /// The number of its first string.
    first: u32,
    places: Vec<Place>,
}

impl Strings {
    fn len(&self) -> u32 {
        self.runs.last().map_or(0, |run| run.first + run.places.len() as u32)
    }

    /// Begins a run with room for so many strings.
    pub(super) fn begin(&mut self, room: usize) {
        self.runs.push(Run { first: self.len(), places: Vec::with_capacity(room) });
    }

    /// Adds a string to the last run, and answers with its number.
    pub(super) fn push(&mut self, place: Place) -> u32 {
        if self.runs.is_empty() {
            self.begin(0);
        }
        let number = self.len();
        if let Some(run) = self.runs.last_mut() {
            run.places.push(place);
        }
        number
    }

    /// Adds a whole run, and answers with the number of its first string. What is pushed after it is a run of its own.
    pub(super) fn append(&mut self, places: Vec<Place>) -> u32 {
        let first = self.len();
        self.runs.push(Run { first, places });
        self.begin(0);
        first
    }

    /// Where the string of that number stands.
    pub(super) fn get(&self, string: u32) -> Option<Place> {
        let after = self.runs.partition_point(|run| run.first <= string);
        // Of runs that begin at the same number, all but the last are empty.
        let run = self.runs.get(after.checked_sub(1)?)?;
        run.places.get((string - run.first) as usize).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{FileId, Span};

    #[test]
    fn strings_are_found_in_their_runs() {
        let place = |at| Place { file: FileId(0), span: Span::new(at, at + 1) };
        let mut strings = Strings::default();
        assert_eq!(strings.push(place(0)), 0);
        assert_eq!(strings.append(Vec::new()), 1);
        assert_eq!(strings.append(vec![place(1), place(2)]), 1);
        assert_eq!(strings.push(place(3)), 3);
        strings.begin(4);
        assert_eq!(strings.push(place(4)), 4);
        for at in 0..5 {
            assert_eq!(strings.get(at), Some(place(at)));
        }
        assert_eq!(strings.get(5), None);
    }
}
