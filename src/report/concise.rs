//! `path:line:column: severity[CODE] message`, one line a finding.

use std::io::{self, Write};

use crate::diagnostic::Severity;

use super::harmless::{harmless, one_line};
use super::{Shown, Style, plural};

pub(super) fn write(shown: &Shown<'_>, style: Style, out: &mut dyn Write) -> io::Result<()> {
    for (report, finding, because) in &shown.findings {
        if (finding.severity == Severity::Note && !style.notes) || (because.is_some() && !style.suppressed) {
            continue;
        }
        if let Some(primary) = &finding.primary {
            let source = shown.source(*report, primary.place.file);
            let at = source.line_index().line_column(source.text(), primary.place.span.start);
            let path = harmless(&shown.path(*report, primary.place.file)).into_owned();
            // A path at the head of a line may not be an order to a pipeline.
            let here = if path.trim_start().starts_with("::") { "./" } else { "" };
            write!(out, "{here}{path}:{}:{}: ", at.line, at.column)?;
        }
        let allowed = because.map_or_else(String::new, |because| format!(" (allowed: {})", one_line(because)));
        writeln!(out, "{}[{}] {}{allowed}", finding.severity.word(), finding.code, one_line(&finding.message))?;
    }
    Ok(())
}

pub(super) fn closing(shown: &Shown<'_>, style: Style) -> String {
    let notes = shown.summary.notes;
    if notes == 0 || style.notes {
        return counts(&shown.summary);
    }
    let them = if notes == 1 { "it" } else { "them" };
    format!("{}; `--show note` shows {them}", counts(&shown.summary))
}

/// "3 errors, 1 warning (1 suppressed)"
pub(super) fn counts(summary: &super::Summary) -> String {
    let mut parts: Vec<String> = Vec::new();
    for (count, word) in [(summary.errors, "error"), (summary.warnings, "warning"), (summary.notes, "note")] {
        if count > 0 {
            parts.push(plural(count, word));
        }
    }
    let mut text = if parts.is_empty() { "no findings".to_owned() } else { parts.join(", ") };
    let mut aside: Vec<String> = Vec::new();
    if summary.suppressed > 0 {
        aside.push(format!("{} suppressed", summary.suppressed));
    }
    if summary.baselined > 0 {
        aside.push(format!("{} in the baseline", summary.baselined));
    }
    if !aside.is_empty() {
        text.push_str(&format!(" ({})", aside.join(", ")));
    }
    text
}
