//! Reviewdog's diagnostics, one a line. Columns count bytes.

use std::io::{self, Write};

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Place, Severity};

use super::places::{Paths, further, home};
use super::{Shown, guarded, page_of};

#[derive(Serialize)]
struct Finding<'a> {
    message: String,
    location: Location<'a>,
    severity: &'static str,
    source: Tool,
    code: Code<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
}

#[derive(Serialize)]
struct Code<'a> {
    value: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct Suggestion<'a> {
    range: Range,
    text: &'a str,
}

#[derive(Serialize)]
struct Related<'a> {
    message: &'a str,
    location: Location<'a>,
}

pub(super) fn write(shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
    let paths = Paths::new(shown);
    let findings = shown.findings.iter().filter(|(.., because)| because.is_none());
    guarded::write_lines(findings.map(|(report, diagnostic, _)| finding(shown, &paths, *report, diagnostic)), out)
}

fn finding<'a>(shown: &Shown<'_>, paths: &'a Paths<'_>, report: usize, finding: &'a Diagnostic) -> Finding<'a> {
    let home = home(shown, report, finding);
    let mut message = finding.message.clone();
    for help in &finding.help {
        message.push_str(&format!("\nhelp: {help}"));
    }
    let located =
        |place: Place| Location { path: paths.of(report, place.file), range: Some(range(shown, report, place)) };
    let is_ours = |place: Place| !shown.source(report, place.file).is_builtin();
    // A suggestion is one range in the finding's own file; a mend of several edits would be applied by halves.
    let suggestions = finding.fixes.iter().filter_map(|fix| match fix.edits.as_slice() {
        [edit] if home.is_some_and(|home| home.file == edit.place.file) => {
            Some(Suggestion { range: range(shown, report, edit.place), text: &edit.text })
        }
        _ => None,
    });
    let related = further(finding, home).filter(|label| is_ours(label.place));
    Finding {
        message,
        location: home.map_or_else(|| Location { path: paths.of_project(report), range: None }, located),
        severity: match finding.severity {
            Severity::Error => "ERROR",
            Severity::Warning => "WARNING",
            Severity::Note => "INFO",
        },
        source: Tool { name: "ismslint" },
        code: Code { value: finding.code.as_str(), url: page_of(finding.code.as_str()) },
        suggestions: suggestions.collect(),
        related_locations: related
            .map(|label| Related { message: &label.message, location: located(label.place) })
            .collect(),
    }
}

fn range(shown: &Shown<'_>, report: usize, place: Place) -> Range {
    let source = shown.source(report, place.file);
    let position = |offset| {
        let at = source.line_index().line_column_bytes(source.text(), offset);
        Position { line: at.line, column: at.column }
    };
    Range { start: position(place.span.start), end: position(place.span.end) }
}
