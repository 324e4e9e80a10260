//! One object for machines. Its schema is published: `ismslint schema`.

use std::io::{self, Write};

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Place};

use super::guarded::{Streamed, write_pretty};
use super::places::Paths;
use super::{Shown, Summary as Counts};

/// The JSON Schema of the format.
pub const SCHEMA: &str = include_str!("json.schema.json");

#[derive(Serialize)]
struct Report<F> {
    version: u32,
    tool: Tool,
    summary: Summary,
    diagnostics: F,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    processes: usize,
    rules: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
    suppressed: usize,
    baselined: usize,
}

/// One finding, which is also a line of `json-lines`.
#[derive(Serialize)]
pub(super) struct Finding<'a> {
    code: &'a str,
    name: &'a str,
    severity: &'static str,
    message: &'a str,
    #[serde(flatten)]
    place: Option<Located<'a>>,
    labels: Vec<Labelled<'a>>,
    notes: &'a [String],
    help: &'a [String],
    cites: Vec<&'a str>,
    fixes: Vec<Fix<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<std::collections::BTreeMap<&'static str, &'a str>>,
    fingerprint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<Suppressed<'a>>,
}

#[derive(Serialize)]
struct Suppressed<'a> {
    because: &'a str,
}

#[derive(Serialize)]
struct Located<'a> {
    file: &'a str,
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
    offset: u32,
}

#[derive(Serialize)]
struct Labelled<'a> {
    #[serde(flatten)]
    place: Located<'a>,
    message: &'a str,
}

#[derive(Serialize)]
struct Fix<'a> {
    title: &'a str,
    /// Whether `--fix` applies it, or only `--fix --unsafe-fixes`.
    applicability: &'static str,
    edits: Vec<Edit<'a>>,
}

#[derive(Serialize)]
struct Edit<'a> {
    #[serde(flatten)]
    place: Located<'a>,
    text: &'a str,
}

fn located<'a>(shown: &Shown<'_>, paths: &'a Paths<'_>, report: usize, place: Place) -> Located<'a> {
    let source = shown.source(report, place.file);
    let position = |offset: u32| {
        let at = source.line_index().line_column(source.text(), offset);
        // A byte order mark is no part of the text, but of the file that edits are for.
        let mark = if source.had_byte_order_mark() { '\u{feff}'.len_utf8() as u32 } else { 0 };
        Position { line: at.line, column: at.column, offset: offset + mark }
    };
    Located { file: paths.of(report, place.file), start: position(place.span.start), end: position(place.span.end) }
}

fn finding<'a>(
    shown: &Shown<'_>,
    paths: &'a Paths<'_>,
    report: usize,
    finding: &'a Diagnostic,
    because: Option<&'a str>,
) -> Finding<'a> {
    let located = |place| located(shown, paths, report, place);
    Finding {
        code: finding.code.as_str(),
        name: &finding.name,
        severity: finding.severity.word(),
        message: &finding.message,
        place: finding.primary.as_ref().map(|label| located(label.place)),
        labels: finding
            .labels
            .iter()
            .map(|label| Labelled { place: located(label.place), message: &label.message })
            .collect(),
        notes: &finding.notes,
        help: &finding.help,
        cites: finding.cites.iter().map(|cites| &**cites).collect(),
        fixes: finding
            .fixes
            .iter()
            .map(|fix| Fix {
                title: &fix.title,
                applicability: if fix.safe { "safe" } else { "unsafe" },
                edits: fix.edits.iter().map(|edit| Edit { place: located(edit.place), text: &edit.text }).collect(),
            })
            .collect(),
        subject: finding.subject.as_ref().map(|subject| [(subject.kind, subject.id.as_str())].into()),
        fingerprint: finding.fingerprint(),
        suppressed: because.map(|because| Suppressed { because }),
    }
}

/// The findings one after the other.
pub(super) fn findings<'a>(shown: &'a Shown<'a>, paths: &'a Paths<'_>) -> impl Iterator<Item = Finding<'a>> {
    let one = |(report, diagnostic, because): &(usize, &'a Diagnostic, Option<&'a str>)| {
        finding(shown, paths, *report, diagnostic, *because)
    };
    shown.findings.iter().map(one)
}

/// The paths of this format: from the common root of the projects.
pub(super) fn paths<'a>(shown: &'a Shown<'a>) -> Paths<'a> {
    Paths::with(shown, |shown, report, file| file.map_or_else(String::new, |file| shown.path(report, file)))
}

pub(super) fn write(shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
    let paths = &paths(shown);
    let report = Report {
        version: 1,
        tool: Tool { name: "ismslint", version: env!("CARGO_PKG_VERSION") },
        summary: counts(&shown.summary),
        diagnostics: Streamed(|| findings(shown, paths)),
    };
    write_pretty(&report, out)
}

fn counts(summary: &Counts) -> Summary {
    Summary {
        files: summary.files,
        processes: summary.processes,
        rules: summary.rules,
        errors: summary.errors,
        warnings: summary.warnings,
        notes: summary.notes,
        suppressed: summary.suppressed,
        baselined: summary.baselined,
    }
}

/// The report as text.
///
/// # Errors
///
/// Never, but that writing is fallible.
pub fn json_report(shown: &Shown<'_>) -> io::Result<String> {
    let mut text = Vec::new();
    write(shown, &mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
