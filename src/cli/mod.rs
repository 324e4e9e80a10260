//! The command line. A user who knows ruff, clippy or buf should need no manual.

#![expect(clippy::disallowed_methods, reason = "this is the door to the terminal, the clock and the environment")]

mod arguments;
mod baseline;
mod check;
mod configured;
mod coverage;
mod environment;
mod explain;
mod filter;
mod fmt;
mod init;
mod inputs;
mod manual;
mod mending;
mod output;
mod progress;
mod rules;
mod show_settings;
mod terminal;
mod test;
mod watch;

use std::ffi::OsString;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::project::ToolError;
use crate::text::harmless::for_logs;
use crate::text::is_dangerous;

use arguments::{Arguments, Command, SchemaOf};

pub use manual::pages as manual_pages;

/// How a run ended: the only three statuses there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nothing at or above the severity that fails a run.
    Clean,
    /// Findings.
    Findings,
    /// The run could not be done.
    Failed,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Clean => 0,
            Status::Findings => 1,
            Status::Failed => 2,
        })
    }
}

/// Runs the program with the arguments of the process.
#[must_use]
pub fn main() -> ExitCode {
    if is_surely_a_check(std::env::args_os()) {
        crate::engine::read_ahead();
    }
    let mut arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return misunderstood(&error).into(),
    };
    run(&mut arguments).into()
}

/// Prints what is said instead of a run: help and version, which are no failures and go to standard output, or what is wrong
/// with the arguments. These may be names of files that a shell has put there, and what steers a terminal must not reach it.
fn misunderstood(error: &clap::Error) -> Status {
    let is_harmless = |argument: OsString| !argument.to_string_lossy().contains(is_dangerous);
    let is_printed = if std::env::args_os().skip(1).all(is_harmless) {
        error.print()
    } else {
        std::io::stderr().write_all(for_logs(&error.render().to_string()).as_bytes())
    };
    match is_printed {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Status::Failed,
        _ if error.use_stderr() => Status::Failed,
        _ => Status::Clean,
    }
}

/// Whether these arguments look like those of a check on several threads: what it needs in any case can be read while they are
/// understood. Nothing but time depends on the answer.
fn is_surely_a_check(mut arguments: impl Iterator<Item = OsString>) -> bool {
    let is_command = |argument: &OsString| !argument.as_encoded_bytes().starts_with(b"-");
    let is_check = arguments.by_ref().skip(1).find(is_command).is_some_and(|command| command == "check");
    // One thread is enough where only one is wanted.
    is_check && arguments.all(|argument| !argument.as_encoded_bytes().starts_with(b"--jobs"))
}

fn run(arguments: &mut Arguments) -> Status {
    let terminal = terminal::Terminal::new(arguments.color);
    if let Command::Check(command) = &mut arguments.command
        && let Err(error) = environment::complete(command)
    {
        report(&error, terminal);
        return Status::Failed;
    }
    let arguments = &*arguments;
    let result = match &arguments.command {
        Command::Check(command) => check::run(command, arguments, terminal),
        Command::Explain(command) => explain::run(command, terminal),
        Command::Rules(command) => rules::run(command),
        Command::Fmt(command) => fmt::run(command, arguments, terminal),
        Command::Test(command) => test::run(command, arguments, terminal),
        Command::Coverage(command) => coverage::run(command, arguments, terminal),
        Command::Schema(command) => {
            let schema = match command.of {
                SchemaOf::Check => crate::report::SCHEMA,
                SchemaOf::Coverage => crate::report::COVERAGE_SCHEMA,
                SchemaOf::Config => crate::project::CONFIGURATION_SCHEMA,
            };
            output::print(schema.as_bytes()).map(|()| Status::Clean)
        }
        Command::Init(command) => init::run(command, arguments.quiet),
        Command::Completions(command) => completions(command.shell),
    };
    match result {
        Ok(status) => status,
        Err(error) => {
            report(&error, terminal);
            Status::Failed
        }
    }
}

/// Prints what a shell reads to complete the command line.
fn completions(shell: clap_complete::Shell) -> Result<Status, ToolError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "ismslint", &mut script);
    output::print(&script).map(|()| Status::Clean)
}

/// Draws a failure of the tool on standard error.
fn report(error: &ToolError, terminal: terminal::Terminal) {
    let _held = progress::hush();
    let _ = writeln!(std::io::stderr(), "{}", drawn(error, terminal));
}

/// A failure of the tool as it is shown.
fn drawn(error: &ToolError, terminal: terminal::Terminal) -> String {
    let theme =
        if terminal.unicode { miette::GraphicalTheme::unicode_nocolor() } else { miette::GraphicalTheme::none() };
    let handler = miette::GraphicalReportHandler::new_themed(theme).with_width(100).with_links(false);
    let mut text = String::new();
    if handler.render_report(&mut text, error).is_err() {
        text = error.to_string();
    }
    for_logs(text.trim_end()).into_owned()
}

/// Says something on standard error that is no finding.
fn note(text: &str) {
    let _held = progress::hush();
    let _ = writeln!(std::io::stderr(), "{}", for_logs(text));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_known_before_its_arguments_are() {
        let is_check = |line: &str| is_surely_a_check(line.split(' ').map(OsString::from));
        assert!(is_check("ismslint check") && is_check("ismslint -q check isms"));
        for other in
            ["ismslint", "ismslint fmt check", "ismslint check --jobs 1", "ismslint check --jobs=4", "ismslint --check"]
        {
            assert!(!is_check(other), "{other}");
        }
    }
}
