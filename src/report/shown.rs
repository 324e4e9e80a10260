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
    /// Findings to show: the report's position, the finding, and the reason where it is suppressed. Suppressed ones are
    /// always here; a format that cannot mark them leaves them out.
    pub findings: Vec<(usize, &'a Diagnostic, Option<&'a str>)>,
    /// Findings that a baseline hides: the report's position and the finding; `None` where there is no baseline. Only a
    /// format that can mark them shows them.
    pub baselined: Option<Vec<(usize, &'a Diagnostic)>>,
    /// What was counted.
    pub summary: Summary,
    /// Where the common root stands in the repository.
    pub home: Home,
}

/// Where the common root of the projects stands. Hosts of repositories know files by their paths in the repository,
/// wherever the project lies in it.
#[derive(Clone, Debug, Default)]
pub struct Home {
    /// The path from the repository's root to the common root: empty, or ending in `/`.
    pub inside: String,
    /// The absolute path of the repository's root, with `/` and without one at its end; for files that lie outside of it.
    pub root: String,
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
    /// Errors and warnings in files that were not named.
    pub elsewhere: usize,
    /// Findings that `--fix` would mend.
    pub mendable: usize,
    /// Further ones that `--fix --unsafe-fixes` would mend.
    pub mendable_unsafely: usize,
    /// Whether the findings fail the run.
    pub fails: bool,
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
        crate::text::sanitize_path(&path)
    }
}
