//! What of the findings is shown.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::Report;
use crate::project::{Project, relative};
use crate::report::{Home, Shown, Summary};

use super::arguments::Check;
use super::check::Checked;

/// Which files were named; findings elsewhere are not shown.
pub(super) struct Filter {
    /// For each project: the named files and folders, relative to its root; an empty text stands for all of it.
    named: Vec<Vec<String>>,
}

impl Filter {
    pub(super) fn new(paths: &[PathBuf], found: &[Project], stdin: Option<&Path>) -> Self {
        let mut full: Vec<PathBuf> = paths
            .iter()
            .filter(|path| path.as_os_str() != "-")
            .filter_map(|path| std::fs::canonicalize(path).ok())
            .collect();
        full.extend(stdin.map(Path::to_path_buf));
        let named = found
            .iter()
            .map(|project| {
                let of = |path: &PathBuf| {
                    if project.root.starts_with(path) {
                        Some(String::new())
                    } else {
                        let inside = relative(&project.root, path);
                        (!inside.starts_with("../")).then_some(inside)
                    }
                };
                full.iter().filter_map(of).collect()
            })
            .collect();
        let everything = full.is_empty();
        Self { named: if everything { found.iter().map(|_| vec![String::new()]).collect() } else { named } }
    }

    /// Whether all files of a project were named.
    pub(super) fn shows_all(&self, report: usize) -> bool {
        self.named[report].iter().any(String::is_empty)
    }

    /// Whether a file of a project was named.
    pub(super) fn shows(&self, report: usize, path: &str) -> bool {
        self.named[report].iter().any(|named| {
            named.is_empty()
                || path == named
                || path.strip_prefix(named.as_str()).is_some_and(|rest| rest.starts_with('/'))
        })
    }

    /// Whether the primary place of a finding, or one of its labels, lies in a named file.
    pub(super) fn shows_finding(&self, at: usize, report: &Report, finding: &Diagnostic) -> bool {
        let places = || finding.primary.iter().chain(&finding.labels);
        places().next().is_none()
            || places().any(|label| {
                let source = report.sources.get(label.place.file);
                !source.is_builtin() && self.shows(at, source.path())
            })
    }

    /// What is shown of the projects, all of it counted. `is_baselined` says that there is a baseline.
    pub(super) fn filtered<'a>(&self, checked: &'a [Checked], command: &Check, is_baselined: bool) -> Filtered<'a> {
        let mut summary = Summary::default();
        let mut findings = Vec::new();
        let mut hidden = Vec::new();
        let mut fails = false;
        for (at, Checked { report, threshold, baselined, .. }) in checked.iter().enumerate() {
            summary.files += report.files;
            summary.processes += report.processes;
            let rules = report.rules.iter().filter(|rule| rule.severity.is_some() && rule.file.is_some()).count();
            summary.rules = summary.rules.max(rules);
            let mut here: Vec<(&Diagnostic, Option<&str>)> = Vec::new();
            let mut own = Summary {
                errors: report.counted_of(Severity::Error),
                warnings: report.counted_of(Severity::Warning),
                notes: report.counted_of(Severity::Note),
                ..Summary::default()
            };
            for finding in &report.diagnostics {
                if self.shows_finding(at, report, finding) {
                    own.count(finding.severity);
                    here.push((finding, None));
                } else if finding.severity > Severity::Note {
                    summary.elsewhere += 1;
                }
            }
            for one in report.suppressed.iter().filter(|one| self.shows_finding(at, report, &one.diagnostic)) {
                summary.suppressed += 1;
                here.push((&one.diagnostic, Some(&one.because)));
            }
            // Each of the two is in order already.
            if !report.suppressed.is_empty() {
                here.sort_by(|left, right| left.0.order(right.0));
            }
            findings.extend(here.into_iter().map(|(finding, because)| (at, finding, because)));
            hidden.extend(baselined.iter().filter(|one| self.shows_finding(at, report, one)).map(|one| (at, one)));
            summary.errors += own.errors;
            summary.warnings += own.warnings;
            summary.notes += own.notes;
            // Each project has its own measure.
            fails |= threshold.is_passed([own.errors, own.warnings, own.notes]);
        }
        summary.baselined = hidden.len();
        let statistics = if command.statistics { statistics(&findings, checked) } else { Vec::new() };
        if let Some(most) = command.max_findings {
            summary.left_out = cut(&mut findings, most, command.show_suppressed);
            hidden.truncate(most.saturating_sub(findings.len()));
        }
        let reports = checked.iter().map(|one| (one.prefix.clone(), &one.report)).collect();
        let baselined = is_baselined.then_some(hidden);
        let shown = Shown { reports, findings, baselined, summary, home: Home::default() };
        Filtered { shown, statistics, fails }
    }
}

/// What is shown, and what is said of all of it.
pub(super) struct Filtered<'a> {
    pub(super) shown: Shown<'a>,
    /// How many findings each rule has, the most first, where that is asked for: a line a rule, and what to do next.
    pub(super) statistics: Vec<String>,
    /// Whether the findings of one of the projects fail the run.
    pub(super) fails: bool,
}

fn statistics(findings: &[(usize, &Diagnostic, Option<&str>)], checked: &[Checked]) -> Vec<String> {
    let worded = findings.iter().filter(|(.., because)| because.is_none());
    let worded = worded.map(|(_, finding, _)| (finding.code.as_str(), &*finding.name, finding.severity, 1));
    let counted = checked.iter().flat_map(|one| &one.report.counted);
    let counted = counted.map(|one| (one.code.as_str(), &*one.name, one.severity, one.findings));
    let mut counts: BTreeMap<&str, (usize, &str, Severity)> = BTreeMap::new();
    for (code, name, severity, count) in worded.chain(counted) {
        let of_code = counts.entry(code).or_insert((0, name, severity));
        of_code.0 += count;
        // The severity may differ from file to file; the worst one is told.
        of_code.2 = of_code.2.max(severity);
    }
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by(|left, right| right.1.0.cmp(&left.1.0).then_with(|| left.0.cmp(right.0)));
    let line = |(code, (count, name, severity)): &(&str, (usize, &str, Severity))| {
        format!("{count:>7}  {code:<10} {:<8} {name}", severity.word())
    };
    let mut lines: Vec<String> = rows.iter().map(line).collect();
    if let Some((code, _)) = rows.first() {
        lines.push(format!(
            "`--select {code}` shows one rule alone, `ismslint explain {code}` says how to mend what it finds"
        ));
    }
    lines
}

/// Keeps the worst findings, in the order of all, and says how many were left out. Suppressed ones count where they are
/// wanted, after all others.
fn cut(findings: &mut Vec<(usize, &Diagnostic, Option<&str>)>, most: usize, show_suppressed: bool) -> usize {
    let counts = |at: &usize| show_suppressed || findings[*at].2.is_none();
    let mut order: Vec<usize> = (0..findings.len()).filter(counts).collect();
    let left_out = order.len().saturating_sub(most);
    order.sort_by_key(|at| (findings[*at].2.is_some(), std::cmp::Reverse(findings[*at].1.severity)));
    let gone: BTreeSet<usize> = order.into_iter().skip(most).collect();
    let mut at = 0..;
    findings.retain(|_| at.next().is_none_or(|at| !gone.contains(&at)));
    left_out
}
