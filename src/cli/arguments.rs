//! What can stand on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::diagnostic::Severity;
use crate::report::Format;
use crate::text::Date;

/// A linter for information security management systems: inputs that nobody produces, results that nobody uses, clauses
/// that no process answers.
#[derive(Debug, Parser)]
#[command(
    name = "ismslint",
    version,
    arg_required_else_help = true,
    after_help = "Examples:\n  ismslint check                     check the project around this folder\n  \
                  ismslint explain FLOW001           what a finding means, and how to mend it\n  \
                  ismslint explain 9.3.2             what is known of a clause, and who covers it\n  \
                  ismslint check --format json       the same for machines\n\n\
                  Exit status: 0 nothing to mend, 1 findings, 2 the run could not be done."
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
    /// Colours: by default where the terminal can and nobody objects
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(super) color: Color,
    /// Print findings only
    #[arg(long, short, global = true)]
    pub(super) quiet: bool,
    /// Print how long each stage took, and the slowest rules, on standard error
    #[arg(long, short, global = true)]
    pub(super) verbose: bool,
    /// Number of threads; by default as many as there are processors
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) jobs: Option<u16>,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check a project
    Check(Box<Check>),
    /// Explain a rule, a clause or a reference process
    Explain(Explain),
    /// List every rule
    Rules(Rules),
    /// Run the `test` declarations of rules, shipped and own
    Test(Test),
    /// Print the JSON Schema of `--output-format json`
    Schema,
    /// Print completions for a shell
    Completions(Completions),
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// Files or folders whose findings are shown; the whole project is always checked. `-` reads standard input
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// How to report: pretty, concise, json, json-lines, sarif, github, gitlab, junit, rdjsonl, checkstyle, azure or
    /// markdown; FORMAT=FILE writes to a file; can be repeated, with one at most for standard output
    #[arg(long = "output-format", alias = "format", value_name = "FORMAT[=FILE]", value_parser = output)]
    pub(super) outputs: Vec<(Format, Option<PathBuf>)>,
    /// Only these rules: codes, names, groups or beginnings of codes
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(super) select: Vec<String>,
    /// Not these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(super) ignore: Vec<String>,
    /// Another severity for a rule or group: error, warning, note or off
    #[arg(long, value_name = "RULE=SEVERITY", value_delimiter = ',', value_parser = severity_of)]
    pub(super) severity: Vec<(String, String)>,
    /// The severity from which findings fail the run
    #[arg(long, value_name = "SEVERITY", default_value = "error", value_parser = severity)]
    pub(super) fail_on: Severity,
    /// Fail with more warnings than this
    #[arg(long, value_name = "N")]
    pub(super) max_warnings: Option<usize>,
    /// Exit with 0 even where there are findings
    #[arg(long)]
    pub(super) exit_zero: bool,
    /// Also show findings that an `@allow` covers
    #[arg(long)]
    pub(super) show_suppressed: bool,
    /// Show at most this many findings; all are counted
    #[arg(long, value_name = "N")]
    pub(super) max_findings: Option<usize>,
    /// Count the findings of each rule
    #[arg(long)]
    pub(super) statistics: bool,
    /// Draw every finding, also of rules with many
    #[arg(long)]
    pub(super) all: bool,
    /// Draw notes, which are only counted otherwise
    #[arg(long, value_name = "WHAT", value_parser = ["note"])]
    pub(super) show: Option<String>,
    /// The day that decides which suppressions have lapsed
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub(super) today: Option<Date>,
    /// The file that standard input stands for
    #[arg(long, value_name = "PATH")]
    pub(super) stdin_filename: Option<PathBuf>,
    /// Leave out excluded files even where they are named
    #[arg(long)]
    pub(super) force_exclude: bool,
    /// Check again whenever a file of the project changes, until Ctrl-C
    #[arg(long, short)]
    pub(super) watch: bool,
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// A rule (FLOW001, missing-input), a clause (9.3.2, iso27001:2013/A.12.6.1) or a reference process
    /// (risk-assessment); without it, what can be explained
    #[arg(value_name = "WORD")]
    pub(super) word: Option<String>,
    /// The project whose processes are shown; by default the one around the working folder
    #[arg(long, value_name = "PATH")]
    pub(super) project: Option<PathBuf>,
    /// How to write the page
    #[arg(long = "output-format", alias = "format", value_enum, default_value_t = PageFormat::Pretty)]
    pub(super) format: PageFormat,
}

#[derive(Debug, Args)]
pub(super) struct Rules {
    /// How to list them
    #[arg(long = "output-format", alias = "format", value_enum, default_value_t = ListFormat::Pretty)]
    pub(super) format: ListFormat,
}

/// How a page is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PageFormat {
    Pretty,
    Json,
}

/// How a list is written.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ListFormat {
    Pretty,
    Json,
    Markdown,
}

#[derive(Debug, Args)]
pub(super) struct Test {
    /// Files or folders whose tests are run; without any, the shipped rules are tested too
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Completions {
    /// Which shell: bash, zsh, fish, powershell or elvish
    #[arg(value_name = "SHELL")]
    pub(super) shell: clap_complete::Shell,
}

fn output(text: &str) -> Result<(Format, Option<PathBuf>), String> {
    let (word, file) = match text.split_once('=') {
        Some((word, file)) => (word, Some(PathBuf::from(file))),
        None => (text, None),
    };
    if file.as_ref().is_some_and(|file| file.as_os_str().is_empty()) {
        return Err(format!("write the file's name behind `{word}=`"));
    }
    match Format::ALL.into_iter().find(|(known, _)| *known == word) {
        Some((_, format)) => Ok((format, file)),
        None => Err(format!("formats are {}", Format::ALL.map(|(word, _)| word).join(", "))),
    }
}

fn severity(text: &str) -> Result<Severity, String> {
    Severity::from_word(text).ok_or_else(|| "a severity is error, warning or note".to_owned())
}

fn severity_of(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((rule, level)) if ["error", "warning", "note", "off"].contains(&level) => {
            Ok((rule.to_owned(), level.to_owned()))
        }
        _ => Err("write RULE=error, RULE=warning, RULE=note or RULE=off".to_owned()),
    }
}

fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "a day is written YYYY-MM-DD".to_owned())
}
