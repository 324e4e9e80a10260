//! A page for a pull request's comment or a job's summary, worst first. What stands in a specification is written so that
//! a host neither renders it nor links, mentions or notifies anybody by it.

use std::cmp::Reverse;
use std::fmt::{self, Write as _};
use std::io::{self, Write};

use crate::diagnostic::{Diagnostic, Severity};

use super::concise::counts;
use super::places::{Paths, home, range};
use super::{Shown, Style, plural};
use crate::text::harmless::one_line;

/// The longest comment that hosts take, in characters, less what the closing lines need.
const LONGEST: usize = 65_536 - 512;

pub(super) fn write(shown: &Shown<'_>, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut findings: Vec<_> =
        shown.findings.iter().filter(|(.., because)| because.is_none() || style.suppressed).collect();
    // Stable: of one severity in the order of all formats; what is allowed comes last.
    findings.sort_by_key(|(_, finding, because)| (because.is_some(), Reverse(finding.severity)));
    let mut page = format!("### ismslint: {}\n", counts(&shown.summary));
    let (files, processes) = (plural(shown.summary.files, "file"), plural(shown.summary.processes, "process"));
    page.push_str(&format!("\nChecked {files} and {processes}.\n"));
    let mut left_out = shown.summary.left_out;
    if !findings.is_empty() {
        page.push_str("\n| | Finding | Where |\n| --- | --- | --- |\n");
        let paths = Paths::new(shown);
        let mut length = page.chars().count();
        for (at, (report, finding, because)) in findings.iter().enumerate() {
            let row = row(shown, &paths, *report, finding, *because);
            length += row.chars().count();
            if length > LONGEST {
                left_out += findings.len() - at;
                break;
            }
            page.push_str(&row);
        }
    }
    if left_out > 0 {
        page.push_str(&format!("\nNot shown: {}. `ismslint check` shows all.\n", plural(left_out, "finding")));
    }
    if findings.iter().any(|(.., because)| because.is_none()) {
        page.push_str("\nWhat a finding means and how to mend it: `ismslint explain CODE`.\n");
    }
    out.write_all(page.as_bytes())
}

fn row(shown: &Shown<'_>, paths: &Paths<'_>, report: usize, finding: &Diagnostic, because: Option<&str>) -> String {
    let severity = match finding.severity {
        _ if because.is_some() => "allowed",
        Severity::Error => "**error**",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let mut row = format!("| {severity} | **{}** {}", finding.code, Prose(&one_line(&finding.message)));
    for help in &finding.help {
        let _ = write!(row, "<br>{}", Prose(&one_line(help)));
    }
    if let Some(because) = because {
        let _ = write!(row, "<br>allowed, because {}", Prose(&one_line(because)));
    }
    row.push_str(" | ");
    if let Some(home) = home(shown, report, finding) {
        let (start, _) = range(shown, report, home);
        let path = one_line(paths.of(report, home.file));
        let _ = write!(row, "<code>{}:{}:{}</code>", Code(&path), start.line, start.column);
    }
    row.push_str(" |\n");
    row
}

/// Text as it is, whatever it contains. Entities never begin anything in Markdown; inside of a `code` element hosts look
/// for no references either.
pub(super) struct Code<'a>(pub(super) &'a str);

impl fmt::Display for Code<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| entity(character, f))
    }
}

/// A space that takes none.
const NO_WIDTH: &str = "&#8203;";

/// Text of ours with quotations in backticks. Outside of those a space without width keeps hosts from finding names to
/// notify (`@all`), issues (`#1`, `!1`) and addresses.
pub(super) struct Prose<'a>(pub(super) &'a str);

impl fmt::Display for Prose<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self.0.split('`').count();
        for (at, part) in self.0.split('`').enumerate() {
            // Of an odd number of backticks the last one quotes nothing.
            let is_quoted = at % 2 == 1 && at + 1 < parts;
            if is_quoted {
                write!(f, "<code>{}</code>", Code(part))?;
                continue;
            }
            if at % 2 == 1 {
                f.write_str("&#96;")?;
            }
            for (at, character) in part.char_indices() {
                let (before, after) = (&part[..at], &part[at + character.len_utf8()..]);
                if character == '.' && before.get(at.saturating_sub(3)..).is_some_and(|w| w.eq_ignore_ascii_case("www"))
                {
                    f.write_str(NO_WIDTH)?;
                }
                entity(character, f)?;
                let is_sigil = matches!(character, '@' | '#' | '!' | '$' | '%' | '~' | '&' | '^');
                let is_bound = is_sigil && after.starts_with(|next: char| !next.is_whitespace());
                if is_bound || (character == ':' && after.starts_with("//")) {
                    f.write_str(NO_WIDTH)?;
                }
            }
        }
        Ok(())
    }
}

fn entity(character: char, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match character {
        '&' => f.write_str("&amp;"),
        '<' => f.write_str("&lt;"),
        '>' => f.write_str("&gt;"),
        '!' | '#' | '$' | '%' | '(' | ')' | '*' | '@' | '[' | '\\' | ']' | '^' | '_' | '`' | '{' | '|' | '}' | '~' => {
            write!(f, "&#{};", u32::from(character))
        }
        other => f.write_char(other),
    }
}
