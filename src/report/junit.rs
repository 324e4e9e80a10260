//! JUnit's XML: a suite for each file, a test case for each finding. Errors and warnings are failures. A note never fails
//! anything, so it is a case that passes and says something; what is allowed is a case that is skipped.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

use crate::diagnostic::{Diagnostic, Severity};

use super::Shown;
use super::guarded::BUFFER;
use super::places::{Paths, home, range};
use super::xml::Xml;
use crate::text::harmless::one_line;

type Case<'a> = (usize, &'a Diagnostic, Option<&'a str>);

pub(super) fn write(shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER, out);
    let paths = Paths::new(shown);
    let mut suites: BTreeMap<&str, Vec<Case<'_>>> = BTreeMap::new();
    for (report, finding, because) in &shown.findings {
        let path = paths.of_finding(*report, home(shown, *report, finding));
        suites.entry(path).or_default().push((*report, finding, *because));
    }
    let (tests, failures) = (shown.findings.len().max(1), shown.findings.iter().filter(|case| fails(case)).count());
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"ismslint\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">")?;
    if suites.is_empty() {
        // Some servers take a report without a case for a run that has crashed.
        suite("ismslint", 1, 0, 0, &mut out)?;
        writeln!(out, "    <testcase name=\"No errors found\" classname=\"ismslint\"/>\n  </testsuite>")?;
    }
    for (path, cases) in suites {
        let failures = cases.iter().filter(|case| fails(case)).count();
        suite(path, cases.len(), failures, cases.iter().filter(|case| case.2.is_some()).count(), &mut out)?;
        for one in cases {
            case(shown, path, one, &mut out)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")?;
    out.flush()
}

fn fails((_, finding, because): &Case<'_>) -> bool {
    because.is_none() && finding.severity > Severity::Note
}

fn suite(name: &str, tests: usize, failures: usize, skipped: usize, out: &mut impl Write) -> io::Result<()> {
    let name = Xml(name);
    write!(out, "  <testsuite name=\"{name}\" tests=\"{tests}\" disabled=\"0\" errors=\"0\" failures=\"{failures}\" ")?;
    if skipped > 0 {
        write!(out, "skipped=\"{skipped}\" ")?;
    }
    writeln!(out, "package=\"org.ismslint\">")
}

fn case(shown: &Shown<'_>, path: &str, (report, finding, because): Case<'_>, out: &mut impl Write) -> io::Result<()> {
    let code = Xml(finding.code.as_str());
    write!(out, "    <testcase name=\"org.ismslint.{code}\" classname=\"{}\"", Xml(without_extension(path)))?;
    let mut at = String::new();
    if let Some(home) = home(shown, report, finding) {
        let (start, _) = range(shown, report, home);
        write!(out, " line=\"{}\" column=\"{}\"", start.line, start.column)?;
        at = format!("line {}, col {}, ", start.line, start.column);
    }
    let severity = finding.severity.word();
    writeln!(out, ">\n      <properties><property name=\"severity\" value=\"{severity}\"/></properties>")?;
    let message = one_line(&finding.message);
    let mut text = format!("{at}{message}");
    for help in &finding.help {
        text.push_str(&format!("; help: {}", one_line(help)));
    }
    let text = Xml(&text);
    match because {
        Some(because) => writeln!(out, "      <skipped message=\"{}\">{text}</skipped>", Xml(&one_line(because)))?,
        None if finding.severity == Severity::Note => writeln!(out, "      <system-out>{text}</system-out>")?,
        None => writeln!(out, "      <failure message=\"{}\" type=\"{code}\">{text}</failure>", Xml(&message))?,
    }
    writeln!(out, "    </testcase>")
}

fn without_extension(path: &str) -> &str {
    let name = path.rfind('/').map_or(0, |at| at + 1);
    match path.rfind('.') {
        Some(dot) if dot > name => &path[..dot],
        _ => path,
    }
}
