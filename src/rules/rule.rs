//! One rule, ready to run.

use std::sync::Arc;

use crate::diagnostic::{Place, Severity};
use crate::landscape::Kind;
use crate::text::FileId;

use super::documentation::Documentation;
use super::ir::{AdviceRule, Condition, FixRule, LabelRule, NearestRule, Path, Slot, Template};
use super::plan::Plan;

/// What the findings of a rule are about.
#[derive(Debug)]
pub struct Subject {
    /// The entity.
    pub path: Path,
    /// Whether findings are known again by it alone: which of several places one stands at follows from the order of files.
    pub only: bool,
}

/// A rule after typing and planning.
#[derive(Debug)]
pub struct Rule {
    /// `FLOW001`
    pub code: Arc<str>,
    /// `missing-input`
    pub name: Arc<str>,
    /// The severity that it names.
    pub severity: Severity,
    /// Its documentation, in Markdown.
    pub documentation: Documentation,
    /// What it rests on, as written.
    pub cites: Arc<[Arc<str>]>,
    /// Where it is declared.
    pub file: FileId,
    /// The place of its code.
    pub place: Place,
    /// The variables of its `for`; the first one is gone through row by row, in parallel.
    pub variables: Vec<(Slot, Kind)>,
    /// Its whole condition, as typed.
    pub condition: Condition,
    /// How the other variables are found for a row of the first.
    pub plan: Plan,
    /// The place of a finding, and its message.
    pub report: (Path, Template),
    /// What a finding is about.
    pub subject: Option<Subject>,
    /// Further places.
    pub labels: Vec<LabelRule>,
    /// Labels at nearest names.
    pub nearest: Vec<NearestRule>,
    /// What to do.
    pub help: Vec<AdviceRule>,
    /// Why.
    pub notes: Vec<AdviceRule>,
    /// Mends, the best first.
    pub fixes: Vec<FixRule>,
    /// Its position among the rules of its program.
    pub number: usize,
    /// Number of slots that a frame for it needs.
    pub slots: usize,
}

impl Rule {
    /// Whether one of its variables is of that kind.
    #[must_use]
    pub fn is_about(&self, kind: Kind) -> bool {
        self.variables.iter().any(|(_, of)| *of == kind)
    }

    /// Number of its labels, helps, notes and mends.
    #[must_use]
    pub fn guarded(&self) -> usize {
        self.labels.len() + self.help.len() + self.notes.len() + self.fixes.len()
    }
}
