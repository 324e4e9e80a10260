//! An engine that stays: for editors, and for whoever watches a project.

use super::check::{in_pool, run};
use super::memory::Memory;
use super::{Inputs, Report};

/// Checks a project again and again. What follows from the text of one file alone is kept as long as that text stays the
/// same. The landscape is made anew, since a name in one file changes the meaning of all others; but what rules found and said,
/// and answers about near names, is kept where nothing it rests on has changed. An answer never depends on what was asked
/// before: it is that of [`super::check`].
///
/// Texts of [`crate::text::Source`] are shared by clones. Whoever keeps the sources of a project, replaces those that were
/// edited, and hands in clones, copies no text and has only the edited ones read.
#[derive(Debug)]
pub struct Resident {
    memory: Memory,
}

impl Default for Resident {
    fn default() -> Self {
        Self::new()
    }
}

impl Resident {
    /// One that knows nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self { memory: Memory::lasting() }
    }

    /// How many combinations the rules looked at in the last check.
    pub(super) fn steps(&self) -> u64 {
        self.memory.steps
    }

    /// Checks a project as it is now. Settings and days may differ from time to time; nothing that is kept depends on them.
    #[must_use]
    pub fn check(&mut self, inputs: Inputs) -> Report {
        in_pool(inputs.settings.threads, || run(inputs, &mut self.memory, |_| ()).0)
    }
}
