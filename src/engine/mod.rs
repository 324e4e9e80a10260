//! The pipeline: sources in, a report out. A pure function of its inputs; the only room that uses several threads.

#![deny(clippy::disallowed_methods)]

mod again;
mod check;
mod counted;
pub mod coverage;
pub mod explain;
mod formatting;
mod intake;
mod judging;
mod memory;
mod mend;
mod reading;
mod report;
mod resident;
mod settings;
mod shipped;
mod starter;
mod testing;

pub use crate::rules::Documentation;
pub use check::{check, coverage};
pub use counted::Counted;
pub use formatting::{Formatted, format};
pub use mend::{Changed, MendWish, Mendable, Mended, apply, mend, mendable};
pub use report::{Report, RuleSummary, Suppressed, Timing};
pub use resident::Resident;
pub use settings::{Decider, Level, Override, Settings};
pub use shipped::read_ahead;
pub use starter::{Starter, UnknownCatalogue, Wish, starter};
pub use testing::{TestOutcome, TestReport, test};

use crate::landscape::PathExists;
use crate::text::{Date, Source};

/// Everything that an answer depends on.
pub struct Inputs {
    /// The files of the project, in the order of their sorted paths. The shipped rules are added by [`check`].
    pub sources: Vec<Source>,
    /// What the configuration and the command line say about severities.
    pub settings: Settings,
    /// Decides which suppressions have lapsed and which plans are due.
    pub today: Date,
    /// Whether a path of the project exists, which a `source` statement names; `None` where nothing is known.
    pub known_paths: Option<Box<PathExists>>,
}
