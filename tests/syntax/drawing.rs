//! Findings as text, for snapshots.

use std::fmt::Write as _;

use ismslint::diagnostic::{Diagnostic, Label};
use ismslint::text::{FileId, Source, sanitize};

/// Draws findings beside their source, without colours: message, then each place with the text it underlines.
#[must_use]
pub(crate) fn draw(source: &Source, diagnostics: &[Diagnostic]) -> String {
    let mut drawn = String::new();
    for diagnostic in diagnostics {
        if !drawn.is_empty() {
            drawn.push('\n');
        }
        let Diagnostic { code, severity, message, .. } = diagnostic;
        writeln!(drawn, "{}[{code}]: {message}", severity.word()).ok();
        if let Some(label) = &diagnostic.primary {
            draw_label(&mut drawn, source, label, '^');
        }
        for label in &diagnostic.labels {
            draw_label(&mut drawn, source, label, '-');
        }
        for note in &diagnostic.notes {
            writeln!(drawn, "  = note: {note}").ok();
        }
        for help in &diagnostic.help {
            writeln!(drawn, "  = help: {help}").ok();
        }
    }
    drawn
}

fn draw_label(drawn: &mut String, source: &Source, label: &Label, mark: char) {
    let text = source.text();
    let span = label.place.span;
    let index = source.line_index();
    let line = index.line_of(span.start);
    let start = index.start_of(line).unwrap_or_default() as usize;
    let shown = text[start..].lines().next().unwrap_or_default();
    let shown: String = sanitize(shown).chars().take(100).collect();
    let before = index.line_column(text, span.start).column as usize - 1;
    let inside = text.get(span.start as usize..span.end as usize).unwrap_or("<a span inside of a character>");
    let width = inside.lines().next().unwrap_or_default().chars().count().clamp(1, 60);
    let (marks, message) = (mark.to_string().repeat(width), &label.message);
    writeln!(drawn, "{:>3} | {}", line + 1, shown.trim_end()).ok();
    let beside = format!("    | {}{marks} {message}", " ".repeat(before.min(110)));
    writeln!(drawn, "{}", beside.trim_end()).ok();
}

/// A source of the given text, as a file of the project.
#[must_use]
pub(crate) fn source(text: &str) -> Source {
    Source::new("test.isms", text)
}

/// The number of the one file of a test.
pub(crate) const FILE: FileId = FileId(0);
