//! What a run has found.

use std::sync::Arc;
use std::time::Duration;

use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::Documentation;
use crate::text::SourceMap;

use super::Counted;

/// The answer of a run.
#[derive(Debug)]
pub struct Report {
    /// The files that places point into; the project's own come first.
    pub sources: Arc<SourceMap>,
    /// The findings, in the order of [`Diagnostic::order`], without suppressed ones.
    pub diagnostics: Vec<Diagnostic>,
    /// What rules found beyond the places that anybody will see, sorted by code; nothing, unless the settings ask for that.
    pub counted: Vec<Counted>,
    /// Findings that an `@allow` covers, in the same order.
    pub suppressed: Vec<Suppressed>,
    /// Number of the project's files that hold some of the specification (a Markdown page without `isms` block does not).
    pub files: usize,
    /// Number of the organization's processes.
    pub processes: usize,
    /// Every rule, shipped and own, and every check of the compiler, sorted by code.
    pub rules: Vec<RuleSummary>,
    /// How long each stage took, in the order in which they ran.
    pub stages: Vec<Timing>,
    /// How long each rule took, slowest first.
    pub rule_timings: Vec<Timing>,
}

impl Report {
    /// Number of findings of one severity, those without words included.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        let worded = self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
        worded + self.counted_of(severity)
    }

    /// Number of the findings of one severity that have no words.
    #[must_use]
    pub fn counted_of(&self, severity: Severity) -> usize {
        self.counted.iter().filter(|counted| counted.severity == severity).map(|counted| counted.findings).sum()
    }
}

/// A finding that its author has allowed.
#[derive(Debug)]
pub struct Suppressed {
    /// The finding.
    pub diagnostic: Diagnostic,
    /// The author's reason.
    pub because: String,
}

/// A rule as lists and machine formats show it.
#[derive(Clone, Debug)]
pub struct RuleSummary {
    /// `FLOW001`
    pub code: String,
    /// `missing-input`
    pub name: String,
    /// The severity in force, after configuration; `None` where the rule is off.
    pub severity: Option<Severity>,
    /// The severity that the rule itself names.
    pub default_severity: Severity,
    /// `flow`
    pub group: String,
    /// What is written about it.
    pub documentation: Documentation,
    /// What it rests on.
    pub cites: Vec<String>,
    /// The path of the file that declares it; `None` for checks of the compiler itself.
    pub file: Option<String>,
    /// Whether the rule is shipped (or the compiler's own), not the organization's.
    pub builtin: bool,
    /// Whether something is wrong with the rule, so that it cannot be asked.
    pub is_broken: bool,
}

/// How long something took.
#[derive(Clone, Debug)]
pub struct Timing {
    /// The stage, or the rule's code.
    pub name: String,
    /// The time.
    pub time: Duration,
}
