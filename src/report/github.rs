//! Annotations of GitHub Actions. The runner keeps ten of each type from a step, so the worst ones come first, what one rule
//! finds at one place is one annotation, and the last notice counts the rest.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufWriter, Write};

use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::text::sanitize;

use super::guarded::BUFFER;
use super::places::{Paths, home, range};
use super::{Shown, plural};
use crate::text::harmless::lines;

/// How many annotations of each type a step may have.
const MOST: usize = 10;

/// How many characters of a message are kept, after escaping at the latest.
const LONGEST: usize = 4_096;

pub(super) fn write(shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER, out);
    let paths = Paths::new(shown);
    let all = shown.findings.iter().filter(|(.., because)| because.is_none()).count();
    let kinds = [Severity::Error, Severity::Warning, Severity::Note].map(|severity| folds(shown, severity));
    let fits = kinds.iter().all(|folds| folds.len() <= MOST);
    let mut written = 0;
    for (folds, room) in kinds.iter().zip([MOST, MOST, if fits { MOST } else { MOST - 1 }]) {
        for fold in folds.iter().take(room) {
            annotation(shown, &paths, fold, &mut out)?;
            written += fold.findings.len();
        }
    }
    if all > written {
        let more = plural(all - written, "more finding");
        let message =
            format!("{more}; `ismslint check` shows all, `--output-format markdown` lists them for a summary");
        writeln!(out, "::notice title=ismslint::{}", Data(&message))?;
    }
    out.flush()
}

/// What one rule finds at one place.
struct Fold<'a> {
    report: usize,
    findings: Vec<&'a Diagnostic>,
}

fn folds<'a>(shown: &Shown<'a>, severity: Severity) -> Vec<Fold<'a>> {
    let mut folds: Vec<Fold<'a>> = Vec::new();
    let mut known: BTreeMap<(usize, &str, Place), usize> = BTreeMap::new();
    for (report, finding, because) in &shown.findings {
        if because.is_some() || finding.severity != severity {
            continue;
        }
        let key = home(shown, *report, finding).map(|home| (*report, finding.code.as_str(), home));
        if let Some(at) = key.and_then(|key| known.get(&key)) {
            folds[*at].findings.push(finding);
            continue;
        }
        if let Some(key) = key {
            known.insert(key, folds.len());
        }
        folds.push(Fold { report: *report, findings: vec![finding] });
    }
    folds
}

fn annotation(shown: &Shown<'_>, paths: &Paths<'_>, fold: &Fold<'_>, out: &mut impl Write) -> io::Result<()> {
    let Some((finding, more)) = fold.findings.split_first() else { return Ok(()) };
    let report = fold.report;
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    write!(out, "::{command} ")?;
    let mut message = String::new();
    if let Some(home) = home(shown, report, finding) {
        let path = paths.of(report, home.file);
        let (start, end) = range(shown, report, home);
        write!(out, "file={},line={}", Property(path), start.line)?;
        // Columns of two lines would be dropped, and the whole place with them.
        if start.line == end.line {
            write!(out, ",endLine={},col={},endColumn={},", end.line, start.column, end.column)?;
        } else {
            write!(out, ",endLine={},", end.line)?;
        }
        message = format!("{path}:{}:{}: ", start.line, start.column);
    }
    message.push_str(&format!("{} {}", finding.code, lines(&finding.message)));
    if !more.is_empty() {
        message.push_str(&format!(", and {} more like this", more.len()));
    }
    for help in &finding.help {
        message.push_str(&format!("\nhelp: {}", lines(help)));
    }
    for one in more {
        message.push_str(&format!("\n{}", lines(&one.message)));
    }
    let title = format!("{} {}", finding.code, finding.name);
    writeln!(out, "title={}::{}", Property(title.trim_end()), Data(cut(&message)))
}

/// The head of a text that is not longer than what is kept.
fn cut(text: &str) -> &str {
    text.char_indices().nth(LONGEST).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

/// What stands behind the second `::`.
struct Data<'a>(&'a str);

impl fmt::Display for Data<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&sanitize(self.0).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A"))
    }
}

/// What stands behind `=`.
struct Property<'a>(&'a str);

impl fmt::Display for Property<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Data(self.0).to_string().replace(':', "%3A").replace(',', "%2C"))
    }
}
