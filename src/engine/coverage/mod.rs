//! Who answers what: every clause and control of the declared standards, with the processes that answer it, what the
//! Statement of Applicability decides, and the documented information that is asked for.
//!
//! The policy is that of the rules (`queries.isms`): what is missing here is what CLAUSE001, CLAUSE004, CLAUSE006, SOA005,
//! SOA008 and DOC001 find, before anything is suppressed.

mod allowance;
mod excess;
mod gather;
mod queries;
mod tally;
mod titles;

pub use allowance::Allowance;
pub use excess::{Cause, Excess, Mentioned};

use std::sync::Arc;

use super::explain::Titled;
use crate::text::Date;

/// The coverage of a project.
#[derive(Debug, Default)]
pub struct Coverage {
    /// The organization, where it is declared.
    pub organization: Option<Arc<Titled>>,
    /// The declared standards, as the organization orders them.
    pub standards: Vec<StandardCoverage>,
}

/// The coverage of one standard.
#[derive(Debug)]
pub struct StandardCoverage {
    /// The standard.
    pub standard: Arc<Titled>,
    /// Whether there is a Statement of Applicability for it.
    pub has_statement: bool,
    /// Its chapters, in the order of the catalogue.
    pub chapters: Vec<Chapter>,
}

/// A part of a standard for which totals are given: what stands below one of its outermost entries, or all entries of one
/// kind where none has anything below it.
#[derive(Debug)]
pub struct Chapter {
    /// Its number and title; `None` where it has no entry of its own.
    pub heading: Option<Arc<Titled>>,
    /// Its entries with everything below them, in the order of the catalogue; the heading among them.
    pub entries: Vec<Entry>,
}

/// A clause or a control.
#[derive(Debug)]
pub struct Entry {
    /// `9.3.2`
    pub number: String,
    /// Its title; empty where it has none.
    pub title: String,
    /// How many entries stand above it.
    pub depth: usize,
    /// What it is for whoever answers it.
    pub kind: EntryKind,
    /// Whether it is answered; nothing is asked of a heading.
    pub status: Option<Status>,
    /// What the Statement of Applicability decides; of a requirement only where it speaks of it.
    pub decision: Option<Decision>,
    /// Who answers it: processes before items, each in the order of the files.
    pub answers: Vec<Answer>,
    /// Who else answers it, by the Statement of Applicability.
    pub elsewhere: Vec<Arc<Titled>>,
    /// The day until which it is planned, the earliest one.
    pub planned: Option<Date>,
    /// The documented information that it asks for.
    pub documents: Vec<Document>,
}

/// What an entry is for whoever answers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// It only stands above others.
    Heading,
    /// It is required.
    Requirement,
    /// It is recommended.
    Recommendation,
    /// It is decided on in the Statement of Applicability.
    Control,
}

impl EntryKind {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Heading => "heading",
            Self::Requirement => "requirement",
            Self::Recommendation => "recommendation",
            Self::Control => "control",
        }
    }
}

/// Whether a clause or a control is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Somebody answers it.
    Answered,
    /// Whoever answers it does so partly.
    Partly,
    /// Somebody outside of the specification answers it.
    Elsewhere,
    /// It is planned for a day to come.
    Planned,
    /// It was planned for a day that is past.
    Lapsed,
    /// Nobody answers it.
    Missing,
    /// It is a control that is not needed.
    Excluded,
    /// It is a control of which nobody knows whether it is needed.
    Undecided,
    /// Nobody seems to answer it, but a part of the project could not be read.
    Unknown,
}

impl Status {
    /// All of them, in the order in which they are counted.
    pub const ALL: [Self; 9] = [
        Self::Answered,
        Self::Partly,
        Self::Elsewhere,
        Self::Planned,
        Self::Lapsed,
        Self::Missing,
        Self::Excluded,
        Self::Undecided,
        Self::Unknown,
    ];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Partly => "partly",
            Self::Elsewhere => "elsewhere",
            Self::Planned => "planned",
            Self::Lapsed => "lapsed",
            Self::Missing => "missing",
            Self::Excluded => "excluded",
            Self::Undecided => "undecided",
            Self::Unknown => "unknown",
        }
    }
}

/// What the Statement of Applicability decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is needed.
    Included,
    /// It is not needed.
    Excluded,
    /// Nothing.
    Undecided,
    /// Two decisions of equal weight say the opposite.
    Contested,
}

impl Decision {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Included => "included",
            Self::Excluded => "excluded",
            Self::Undecided => "undecided",
            Self::Contested => "contested",
        }
    }
}

/// Somebody who answers a clause or a control.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The process or the item.
    pub who: Arc<Titled>,
    /// Whether it is an item: a policy or a plan, which can answer a control.
    pub is_item: bool,
    /// Whether it answers it partly, wherever it names it.
    pub is_partly: bool,
    /// The letters that it names, where it names nothing but letters.
    pub letters: Vec<String>,
}

/// Documented information that a clause asks for.
#[derive(Debug)]
pub struct Document {
    /// The clause that asks for it, with the letter: `6.1.3(d)`.
    pub clause: String,
    /// What is asked for.
    pub title: String,
    /// Whether it comes about.
    pub status: DocumentStatus,
    /// The items that are said to be it, with the processes that produce each.
    pub items: Vec<(Arc<Titled>, Vec<Arc<Titled>>)>,
}

/// Whether documented information comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentStatus {
    /// Some process produces it.
    Produced,
    /// No process does.
    Missing,
    /// No process seems to, but a part of the project could not be read.
    Unknown,
}

impl DocumentStatus {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Produced => "produced",
            Self::Missing => "missing",
            Self::Unknown => "unknown",
        }
    }
}

/// Counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Everything that is to be answered; headings are not.
    pub units: usize,
    /// How many of these have each status, in the order of [`Status::ALL`].
    pub by_status: [usize; Status::ALL.len()],
    /// How many controls are included.
    pub included: usize,
    /// Documents that are asked for.
    pub documents: usize,
    /// How many of these are produced.
    pub produced: usize,
}

impl Totals {
    /// Counts entries.
    #[must_use]
    pub fn of<'a>(entries: impl Iterator<Item = &'a Entry>) -> Self {
        let mut totals = Self::default();
        for entry in entries {
            if let Some(status) = entry.status {
                totals.units += 1;
                totals.by_status[status as usize] += 1;
                let is_included = entry.kind == EntryKind::Control && entry.decision == Some(Decision::Included);
                totals.included += usize::from(is_included);
            }
            totals.documents += entry.documents.len();
            let produced = entry.documents.iter().filter(|document| document.status == DocumentStatus::Produced);
            totals.produced += produced.count();
        }
        totals
    }

    /// How many have that status.
    #[must_use]
    pub fn count(&self, status: Status) -> usize {
        self.by_status[status as usize]
    }
}

impl StandardCoverage {
    /// All entries, in the order of the catalogue.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.chapters.iter().flat_map(|chapter| &chapter.entries)
    }

    /// The totals of its requirements and recommendations, or of its controls.
    #[must_use]
    pub fn totals(&self, controls: bool) -> Totals {
        Totals::of(self.entries().filter(|entry| (entry.kind == EntryKind::Control) == controls))
    }
}

impl Chapter {
    /// Its totals.
    #[must_use]
    pub fn totals(&self) -> Totals {
        Totals::of(self.entries.iter())
    }
}
