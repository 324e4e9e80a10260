//! Which roles, parties and systems something names. Nobody asks that of processes, of which there are most.

use std::ops::Range;

/// A mark for each of them.
#[derive(Default)]
pub(super) struct Used {
    /// The first actor that is no process.
    first: u32,
    marks: Vec<bool>,
}

impl Used {
    /// None of these is named yet.
    pub(super) fn new(actors: Range<u32>) -> Self {
        Self { first: actors.start, marks: vec![false; actors.len()] }
    }

    /// The same without any mark, to be added later.
    pub(super) fn none_yet(&self) -> Self {
        Self { first: self.first, marks: vec![false; self.marks.len()] }
    }

    /// Marks an actor that is named; a process is passed over, and so is who is none.
    #[inline]
    pub(super) fn mark(&mut self, actor: u32) {
        if let Some(mark) = self.marks.get_mut(actor.wrapping_sub(self.first) as usize) {
            *mark = true;
        }
    }

    /// Adds the marks of others.
    pub(super) fn add(&mut self, other: &Self) {
        self.marks.iter_mut().zip(&other.marks).for_each(|(mark, other)| *mark |= other);
    }

    /// Whether an actor is named.
    pub(super) fn is_marked(&self, actor: u32) -> bool {
        self.marks.get(actor.wrapping_sub(self.first) as usize).copied().unwrap_or_default()
    }
}
