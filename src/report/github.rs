//! Annotations of GitHub Actions. The runner keeps ten of each type from a step, so the worst ones come first and the last
//! notice counts the rest.

use std::fmt;
use std::io::{self, BufWriter, Write};

use crate::diagnostic::{Diagnostic, Severity};
use crate::text::sanitize;

use super::guarded::BUFFER;
use super::harmless::lines;
use super::places::{Paths, home, range};
use super::{Shown, plural};

/// How many annotations of each type a step may have.
const MOST: usize = 10;

/// How many characters of a message are kept, after escaping at the latest.
const LONGEST: usize = 4_096;

pub(super) fn write(shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER, out);
    let paths = Paths::new(shown);
    let of = |severity| {
        let findings = shown.findings.iter().filter(move |(.., because)| because.is_none());
        findings.filter(move |(_, finding, _)| finding.severity == severity)
    };
    let count = |severity| of(severity).count();
    let all = Severity::ALL.map(count).iter().sum::<usize>();
    let room = |severity| if severity == Severity::Note { MOST - 1 } else { MOST };
    let fits = Severity::ALL.into_iter().all(|severity| count(severity) <= MOST);
    let mut written = 0;
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        for (report, finding, _) in of(severity).take(if fits { MOST } else { room(severity) }) {
            annotation(shown, &paths, *report, finding, &mut out)?;
            written += 1;
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

fn annotation(
    shown: &Shown<'_>,
    paths: &Paths<'_>,
    report: usize,
    finding: &Diagnostic,
    out: &mut impl Write,
) -> io::Result<()> {
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
    for help in &finding.help {
        message.push_str(&format!("\nhelp: {}", lines(help)));
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
