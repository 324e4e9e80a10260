//! `ismslint coverage`

use std::path::PathBuf;

use crate::diagnostic::Severity;
use crate::engine;
use crate::engine::coverage::{Allowance, Coverage, Excess};
use crate::project::{Search, ToolError, projects, relative, save};
use crate::report::{CoverageFormat, CoverageStyle, write_coverage};

use super::arguments::{self, Arguments};
use super::check::{check_outputs, common_root};
use super::configured::{Threshold, settings};
use super::inputs::{Asked, Judged, Run, judged};
use super::progress::Progress;
use super::terminal::Terminal;
use super::{Status, note, output};

pub(super) fn run(
    command: &arguments::Coverage,
    arguments: &Arguments,
    terminal: Terminal,
) -> Result<Status, ToolError> {
    check_outputs(&command.outputs)?;
    let path = command.path.clone().unwrap_or_else(|| PathBuf::from("."));
    let progress = Progress::begin(arguments.quiet);
    let asked = Asked::default();
    let run = Run { day: command.today, terminal, asked: &asked, progress: &progress };
    let found = projects(&[path], Search { isolated: command.isolated, ..Search::default() })?;
    let common = common_root(&found);
    let mut covered: Vec<(String, Coverage)> = Vec::new();
    let mut allowance = Allowance::default();
    let (mut errors, mut files, mut failed, mut past) = (0, 0, false, false);
    for project in &found {
        let settings = settings(&project.configuration, arguments.jobs);
        let Judged { report, seen, failed: unread } =
            judged(project, None, settings, &run, |inputs, _| engine::coverage(inputs, &mut allowance))?;
        failed |= unread;
        errors += report.count(Severity::Error);
        let threshold = Threshold::of(&project.configuration);
        past |= threshold.is_passed([Severity::Error, Severity::Warning, Severity::Note].map(|one| report.count(one)));
        files += report.files;
        let shown = relative(&common, &project.root);
        let coverage = seen.map_err(|excess| refused(&shown, found.len() > 1, &excess))?;
        // Where several projects are shown, one that specifies nothing is none of them.
        if found.len() == 1 || report.files > 0 {
            covered.push((shown, coverage));
        }
    }
    drop(progress);
    if files == 0 && errors == 0 {
        note("note: no specification was found: no `.isms` file, and no Markdown page with an `isms` block");
    }
    write(&covered, command, terminal)?;
    if !arguments.quiet {
        note(&closing(errors));
    }
    Ok(match (failed, past) {
        (true, _) => Status::Failed,
        (false, false) => Status::Clean,
        (false, true) => Status::Findings,
    })
}

fn refused(project: &str, is_one_of_several: bool, excess: &Excess) -> ToolError {
    let place = if is_one_of_several { format!("`{project}`, beside the other projects: ") } else { String::new() };
    ToolError::Usage { message: format!("{place}{}", excess.message()), help: excess.help() }
}

fn write(covered: &[(String, Coverage)], command: &arguments::Coverage, terminal: Terminal) -> Result<(), ToolError> {
    let default = [(CoverageFormat::Pretty, None)];
    let outputs = if command.outputs.is_empty() { default.as_slice() } else { command.outputs.as_slice() };
    for (format, file) in outputs {
        let usual = CoverageStyle::default();
        let style = CoverageStyle {
            colour: terminal.colour && file.is_none(),
            unicode: terminal.unicode,
            width: Terminal::width().filter(|_| file.is_none()).unwrap_or(usual.width),
        };
        let write = |out: &mut dyn std::io::Write| write_coverage(*format, covered, style, out);
        match file {
            Some(path) => save(path, write)?,
            None => output::stream(write)?,
        }
    }
    Ok(())
}

/// The table is no list of findings; what decides about the exit status is said beside it.
fn closing(errors: usize) -> String {
    match errors {
        0 => "`ismslint check` shows no errors".to_owned(),
        1 => "`ismslint check` shows 1 error".to_owned(),
        errors => format!("`ismslint check` shows {errors} errors"),
    }
}
