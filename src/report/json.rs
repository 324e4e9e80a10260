//! One object for machines. Its schema is published: `ismslint schema`.

use std::io::{self, Write};

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Place};
use crate::text::sanitize;

use super::Shown;

/// The JSON Schema of the format.
pub const SCHEMA: &str = include_str!("json.schema.json");

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    tool: Tool,
    summary: Summary,
    diagnostics: Vec<Finding<'a>>,
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

#[derive(Serialize)]
struct Finding<'a> {
    code: &'a str,
    name: &'a str,
    severity: &'static str,
    message: &'a str,
    #[serde(flatten)]
    place: Option<Located>,
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
struct Located {
    file: String,
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
    place: Located,
    message: &'a str,
}

#[derive(Serialize)]
struct Fix<'a> {
    title: &'a str,
    edits: Vec<Edit<'a>>,
}

#[derive(Serialize)]
struct Edit<'a> {
    #[serde(flatten)]
    place: Located,
    text: &'a str,
}

fn located(shown: &Shown<'_>, report: usize, place: Place) -> Located {
    let source = shown.source(report, place.file);
    let position = |offset: u32| {
        let at = source.line_index().line_column(source.text(), offset);
        Position { line: at.line, column: at.column, offset }
    };
    Located { file: shown.path(report, place.file), start: position(place.span.start), end: position(place.span.end) }
}

fn finding<'a>(shown: &Shown<'_>, report: usize, finding: &'a Diagnostic, because: Option<&'a str>) -> Finding<'a> {
    Finding {
        code: finding.code.as_str(),
        name: &finding.name,
        severity: finding.severity.word(),
        message: &finding.message,
        place: finding.primary.as_ref().map(|label| located(shown, report, label.place)),
        labels: finding
            .labels
            .iter()
            .map(|label| Labelled { place: located(shown, report, label.place), message: &label.message })
            .collect(),
        notes: &finding.notes,
        help: &finding.help,
        cites: finding.cites.iter().map(|cites| &**cites).collect(),
        fixes: finding
            .fixes
            .iter()
            .map(|fix| Fix {
                title: &fix.title,
                edits: fix
                    .edits
                    .iter()
                    .map(|edit| Edit { place: located(shown, report, edit.place), text: &edit.text })
                    .collect(),
            })
            .collect(),
        subject: finding.subject.as_ref().map(|subject| [(subject.kind, subject.id.as_str())].into()),
        fingerprint: finding.fingerprint(),
        suppressed: because.map(|because| Suppressed { because }),
    }
}

pub(super) fn write(shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
    let summary = &shown.summary;
    let report = Report {
        version: 1,
        tool: Tool { name: "ismslint", version: env!("CARGO_PKG_VERSION") },
        summary: Summary {
            files: summary.files,
            processes: summary.processes,
            rules: summary.rules,
            errors: summary.errors,
            warnings: summary.warnings,
            notes: summary.notes,
            suppressed: summary.suppressed,
            baselined: summary.baselined,
        },
        diagnostics: shown
            .findings
            .iter()
            .map(|(report, diagnostic, because)| finding(shown, *report, diagnostic, *because))
            .collect(),
    };
    let mut text = Vec::new();
    serde_json::to_writer_pretty(&mut text, &report)?;
    // A terminal may show the file; nothing in it may steer one. (JSON itself escapes what is below U+0020.)
    let text = String::from_utf8_lossy(&text);
    out.write_all(escaped(&text).as_bytes())?;
    out.write_all(b"\n")
}

/// Dangerous characters above ASCII as escapes, which mean the same to a reader of JSON.
pub(super) fn escaped(text: &str) -> std::borrow::Cow<'_, str> {
    if matches!(sanitize(text), std::borrow::Cow::Borrowed(_)) {
        return text.into();
    }
    let escape = |c: char| {
        if crate::text::is_dangerous(c) { format!("\\u{:04x}", c as u32) } else { c.to_string() }
    };
    text.chars().map(escape).collect::<String>().into()
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
