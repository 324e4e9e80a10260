//! What is to be shown of one or several projects.

use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::Report;
use crate::text::{FileId, Source};

/// The findings of a run that pass the filters of the command line, with the counts of all of them.
#[derive(Debug)]
pub struct Shown<'a> {
    /// The reports of the projects, each with the prefix that leads from the common root to its own (empty, or ending in
    /// `/`).
    pub reports: Vec<(String, &'a Report)>,
    /// Findings to show: the report's position, the finding, and the reason where it is suppressed.
    pub findings: Vec<(usize, &'a Diagnostic, Option<&'a str>)>,
    /// What was counted.
    pub summary: Summary,
}

/// The counts of a run.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Files that hold some of the specification.
    pub files: usize,
    /// Processes of the organization.
    pub processes: usize,
    /// Rules that were asked.
    pub rules: usize,
    /// Findings of each severity, shown or not.
    pub errors: usize,
    /// Likewise.
    pub warnings: usize,
    /// Likewise.
    pub notes: usize,
    /// Findings that an `@allow` covers.
    pub suppressed: usize,
    /// Findings that a baseline hides.
    pub baselined: usize,
    /// Findings that were left out by `--max-findings`.
    pub left_out: usize,
    /// How long the run took, for people; no format for machines shows it.
    pub time: std::time::Duration,
}

impl Summary {
    /// Counts one finding.
    pub fn count(&mut self, severity: Severity) {
        match severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
            Severity::Note => self.notes += 1,
        }
    }
}

impl Shown<'_> {
    /// A file of one of the reports.
    #[must_use]
    pub fn source(&self, report: usize, file: FileId) -> &Source {
        self.reports[report].1.sources.get(file)
    }

    /// The path of a file from the common root, without characters that could steer a terminal.
    #[must_use]
    pub fn path(&self, report: usize, file: FileId) -> String {
        let source = self.source(report, file);
        let prefix = if source.is_builtin() { "" } else { self.reports[report].0.as_str() };
        let path = format!("{prefix}{}", source.path());
        crate::text::sanitize(&path).replace(['\n', '\r'], "?")
    }
}
