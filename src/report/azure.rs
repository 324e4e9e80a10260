//! Logging commands of Azure Pipelines. There is no type for notes; they are plain lines of the log.

use std::fmt;
use std::io::{self, BufWriter, Write};

use crate::diagnostic::Severity;

use super::Shown;
use super::guarded::BUFFER;
use super::places::{Paths, home, range};
use crate::text::harmless::{lines, one_line};

pub(super) fn write(shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER, out);
    let paths = Paths::new(shown);
    let mut issues = 0;
    for (report, finding, _) in shown.findings.iter().filter(|(.., because)| because.is_none()) {
        let home = home(shown, *report, finding);
        let at = home.map(|home| (paths.of(*report, home.file), range(shown, *report, home).0));
        let kind = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => {
                if let Some((path, start)) = at {
                    write!(out, "{}:{}:{}: ", path, start.line, start.column)?;
                }
                writeln!(out, "note[{}] {}", finding.code, one_line(&finding.message))?;
                continue;
            }
        };
        issues += 1;
        write!(out, "##vso[task.logissue type={kind};")?;
        if let Some((path, start)) = at {
            write!(out, "sourcepath={};linenumber={};columnnumber={};", Property(path), start.line, start.column)?;
        }
        let mut message = lines(&finding.message);
        for help in &finding.help {
            message.push_str(&format!("\nhelp: {}", lines(help)));
        }
        writeln!(out, "code={};]{}", Property(finding.code.as_str()), Data(&message))?;
    }
    let result = match (shown.summary.fails, issues) {
        (true, _) => "Failed",
        (false, 0) => return out.flush(),
        (false, _) => "SucceededWithIssues",
    };
    writeln!(out, "##vso[task.complete result={result};]")?;
    out.flush()
}

/// What stands behind `]`, as the agent's own library for tasks escapes it.
struct Data<'a>(&'a str);

impl fmt::Display for Data<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.replace('%', "%AZP25").replace('\r', "%0D").replace('\n', "%0A"))
    }
}

/// What stands behind `=`.
struct Property<'a>(&'a str);

impl fmt::Display for Property<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Data(self.0).to_string().replace(']', "%5D").replace(';', "%3B"))
    }
}
