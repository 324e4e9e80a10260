//! What configuration may change about a run.

use globset::GlobSet;

use crate::diagnostic::Severity;

/// What becomes of a rule's findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The rule is not asked.
    Off,
    /// Its findings have this severity.
    Severity(Severity),
}

/// Severities for the findings in some files.
#[derive(Clone, Debug)]
pub struct Override {
    /// Which files, by path relative to the project's root.
    pub paths: GlobSet,
    /// Selector and level; a later one stands over an earlier one.
    pub severity: Vec<(String, Level)>,
}

/// Which rules speak, and how loudly. A *selector* is a code (`FLOW001`), a name (`missing-input`), a group (`flow`) or the
/// beginning of a code (`FLOW`, `FLOW00`), in any case.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Selector and level; a more specific selector stands over a less specific one, a later one over an equal earlier one.
    pub severity: Vec<(String, Level)>,
    /// Severities for some files; they stand over `severity`.
    pub overrides: Vec<Override>,
    /// Only these rules speak; none means all. Syntax and names (SYN, REF, RULE) always speak.
    pub select: Vec<String>,
    /// These rules do not speak.
    pub ignore: Vec<String>,
    /// Number of threads; `None` for as many as there are processors.
    pub threads: Option<usize>,
}
