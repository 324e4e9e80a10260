//! Checkstyle's XML, which most servers of build reports read: start positions only, by file.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

use crate::diagnostic::{Diagnostic, Severity};

use super::Shown;
use super::guarded::BUFFER;
use super::places::{Paths, home, range};
use super::xml::Xml;
use crate::text::harmless::one_line;

pub(super) fn write(shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER, out);
    let paths = Paths::new(shown);
    let mut files: BTreeMap<&str, Vec<(usize, &Diagnostic)>> = BTreeMap::new();
    for (report, finding, _) in shown.findings.iter().filter(|(.., because)| because.is_none()) {
        let path = paths.of_finding(*report, home(shown, *report, finding));
        files.entry(path).or_default().push((*report, finding));
    }
    writeln!(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<checkstyle version=\"4.3\">")?;
    for (path, findings) in files {
        writeln!(out, "  <file name=\"{}\">", Xml(path))?;
        for (report, finding) in findings {
            write!(out, "    <error ")?;
            if let Some(home) = home(shown, report, finding) {
                let (start, _) = range(shown, report, home);
                write!(out, "line=\"{}\" column=\"{}\" ", start.line, start.column)?;
            }
            let severity = match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "info",
            };
            let message = one_line(&finding.message);
            let (message, code) = (Xml(&message), Xml(finding.code.as_str()));
            writeln!(out, "severity=\"{severity}\" message=\"{message}\" source=\"{code}\" />")?;
        }
        writeln!(out, "  </file>")?;
    }
    writeln!(out, "</checkstyle>")?;
    out.flush()
}
