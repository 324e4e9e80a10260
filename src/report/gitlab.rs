//! GitLab's Code Quality report. Findings with equal fingerprints become one there, so that no two may be equal; and they
//! have to outlive moved lines, so that a merge request shows what it brings.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::text::LineColumn;

use super::guarded::{Streamed, write_pretty};
use super::places::{Paths, home, range};
use super::{Shown, fingerprint};

#[derive(Serialize)]
struct Finding<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    positions: Positions,
}

#[derive(Serialize)]
struct Positions {
    begin: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
}

pub(super) fn write(shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
    let paths = &Paths::new(shown);
    let list = Streamed(|| {
        let mut seen = BTreeMap::new();
        let findings = shown.findings.iter().filter(|(.., because)| because.is_none());
        findings.map(move |(report, diagnostic, _)| finding(shown, paths, *report, diagnostic, &mut seen))
    });
    write_pretty(&list, out)
}

fn finding<'a>(
    shown: &Shown<'_>,
    paths: &'a Paths<'_>,
    report: usize,
    finding: &'a Diagnostic,
    seen: &mut BTreeMap<String, usize>,
) -> Finding<'a> {
    let home = home(shown, report, finding);
    let mut fingerprint = fingerprint::of(shown, report, finding);
    let count = seen.entry(fingerprint.clone()).or_default();
    *count += 1;
    if *count > 1 {
        fingerprint.push_str(&format!("-{count}"));
    }
    // The name of the check is not shown there.
    let mut description = format!("{}: {}", finding.code, finding.message);
    for help in &finding.help {
        description.push_str(&format!("; help: {help}"));
    }
    Finding {
        description,
        check_name: finding.code.as_str(),
        fingerprint,
        severity: match finding.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
            Severity::Note => "info",
        },
        location: Location { path: paths.of_finding(report, home), positions: positions(shown, report, home) },
    }
}

/// A finding without place is shown at the head of the file that stands for the project.
fn positions(shown: &Shown<'_>, report: usize, home: Option<Place>) -> Positions {
    let head = LineColumn { line: 1, column: 1 };
    let (begin, end) = home.map_or((head, head), |home| range(shown, report, home));
    let position = |at: LineColumn| Position { line: at.line, column: at.column };
    Positions { begin: position(begin), end: position(end) }
}
