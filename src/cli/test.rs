//! `ismslint test`

use std::path::PathBuf;

use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::{self, Inputs, Report};
use crate::project::{Search, ToolError, projects};
use crate::report::{self, Format, Home, Shown, Style, Summary};

use super::arguments::{Arguments, Test};
use super::configured::settings;
use super::inputs::{read, today};
use super::terminal::Terminal;
use super::{Status, output};

pub(super) fn run(command: &Test, arguments: &Arguments, terminal: Terminal) -> Result<Status, ToolError> {
    let shipped = command.paths.is_empty();
    let paths = if shipped { vec![PathBuf::from(".")] } else { command.paths.clone() };
    let found = projects(&paths, Search { isolated: command.isolated, ..Search::default() })?;
    let (mut passed, mut failed, mut not_run) = (0, 0, 0);
    let mut text = Vec::new();
    for (position, project) in found.iter().enumerate() {
        let read = read(project, None);
        for error in read.errors.iter().chain(&project.problems) {
            super::report(error, terminal);
        }
        let inputs = Inputs {
            sources: read.sources,
            settings: settings(&project.configuration, arguments.jobs),
            today: today(None),
            known_paths: None,
        };
        // The shipped tests are run once, whatever the number of projects.
        let tested = engine::test(inputs, shipped && position == 0);
        let mut problems: Vec<Diagnostic> =
            tested.diagnostics.into_iter().filter(|one| one.severity == Severity::Error && is_of_rules(one)).collect();
        for test in tested.tests {
            if !test.was_run {
                not_run += 1;
                continue;
            }
            if test.problems.is_empty() {
                passed += 1;
                continue;
            }
            failed += 1;
            for problem in test.problems {
                problems.push(problem.note(format!("in the test \"{}\" of {}", test.title, test.code)));
            }
        }
        failed += usize::from(!problems.is_empty() && failed + not_run == 0);
        draw(tested.sources, problems, terminal, &mut text)?;
    }
    let mut line = format!("{passed} passed, {failed} failed");
    if not_run > 0 {
        line.push_str(&format!(", {not_run} not run, since something is wrong with their rules"));
    }
    line.push('\n');
    text.extend(line.as_bytes());
    output::print(&text)?;
    Ok(if failed + not_run == 0 { Status::Clean } else { Status::Findings })
}

/// Whether a mistake keeps rules from being tested.
fn is_of_rules(diagnostic: &Diagnostic) -> bool {
    ["SYN", "RULE"].iter().any(|group| diagnostic.code.as_str().starts_with(group))
}

fn draw(
    sources: std::sync::Arc<crate::text::SourceMap>,
    mut problems: Vec<Diagnostic>,
    terminal: Terminal,
    text: &mut Vec<u8>,
) -> Result<(), ToolError> {
    problems.sort_by(Diagnostic::order);
    let report = Report {
        sources,
        diagnostics: problems,
        counted: Vec::new(),
        suppressed: Vec::new(),
        files: 0,
        processes: 0,
        rules: Vec::new(),
        stages: Vec::new(),
        rule_timings: Vec::new(),
    };
    let findings = report.diagnostics.iter().map(|diagnostic| (0, diagnostic, None)).collect();
    let shown = Shown {
        reports: vec![(String::new(), &report)],
        findings,
        summary: Summary::default(),
        baselined: None,
        home: Home::default(),
    };
    let style = Style { colour: terminal.colour, unicode: terminal.unicode, all: true, notes: true, suppressed: false };
    report::write(Format::Pretty, &shown, style, text)
        .map_err(|error| ToolError::unwritable(std::path::Path::new("the report"), &error))
}
