//! `path:line:column: severity[CODE] message`, one line a finding.

use std::io::{self, Write};

use crate::diagnostic::Severity;

use super::{Shown, Style, plural};
use crate::text::harmless::{harmless, one_line};

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
    let mut text = counts(&shown.summary);
    if notes > 0 && !style.notes {
        text.push_str(&format!("; `--show note` shows {}", if notes == 1 { "it" } else { "them" }));
    }
    text.push('\n');
    text.push_str(&remarks(&shown.summary));
    text
}

/// Lines for what the counts do not say: what is not shown, and what can be mended without further ado.
pub(super) fn remarks(summary: &super::Summary) -> String {
    let mut text = String::new();
    if summary.left_out > 0 {
        text.push_str(&format!("{} not shown (`--max-findings`)\n", plural(summary.left_out, "finding")));
    }
    if summary.elsewhere > 0 {
        text.push_str(&format!("{} in files that were not named\n", plural(summary.elsewhere, "more finding")));
    }
    let mended = match (summary.mendable, summary.mendable_unsafely) {
        (0, 0) => return text,
        (0, count) => format!("{} with `--fix --unsafe-fixes`", can_be_mended(count)),
        (count, 0) => format!("{} with `--fix`", can_be_mended(count)),
        (count, more) => format!("{} with `--fix`, {more} more with `--fix --unsafe-fixes`", can_be_mended(count)),
    };
    text.push_str(&format!("{mended}; `--diff` shows how\n"));
    text
}

fn can_be_mended(count: usize) -> String {
    format!("{} can be mended", plural(count, "finding"))
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
