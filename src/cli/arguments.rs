//! What can stand on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::diagnostic::Severity;
use crate::report::{CoverageFormat, Format};
use crate::text::Date;

/// A linter for information security management systems: inputs that nobody produces, results that nobody uses, clauses
/// that no process answers.
#[derive(Debug, Parser)]
#[command(
    name = "ismslint",
    version,
    arg_required_else_help = true,
    after_help = "Examples:\n  ismslint init isms                 write a first project into a folder\n  \
                  ismslint check                     check the project around this folder\n  \
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
    /// Show which processes answer each clause and control, and what is missing
    Coverage(Coverage),
    /// Write a first project: every process of a reference model, ready to be made your own
    Init(Init),
    /// Lay out specifications, rules, standards and models
    Fmt(Fmt),
    /// Print the JSON Schema of an output, or of the configuration file
    Schema(Schema),
    /// Print completions for a shell
    Completions(Completions),
}

#[derive(Debug, Args)]
#[command(after_help = "Environment, where the command line says nothing:\n  \
                  ISMSLINT_OUTPUT_FORMAT   as `--output-format`; several with commas between them\n  \
                  ISMSLINT_OUTPUT_FILE     as `--output-file`\n  \
                  NO_COLOR, CLICOLOR_FORCE, CLICOLOR=0, TERM=dumb   colours, in this order")]
pub(super) struct Check {
    /// Files or folders whose findings are shown; the whole project is always checked. `-` reads standard input
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// How to report: pretty, concise, json, json-lines, sarif, github, gitlab, junit, rdjsonl, checkstyle, azure or
    /// markdown; FORMAT=FILE writes to a file; can be repeated, with one at most for standard output
    #[arg(long = "output-format", alias = "format", value_name = "FORMAT[=FILE]", value_parser = output)]
    pub(super) outputs: Vec<(Format, Option<PathBuf>)>,
    /// Write what would go to standard output to a file
    #[arg(long, short, value_name = "FILE", conflicts_with_all = ["diff", "show_settings"])]
    pub(super) output_file: Option<PathBuf>,
    /// Only these rules: codes, names, groups or beginnings of codes
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(super) select: Vec<String>,
    /// Not these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(super) ignore: Vec<String>,
    /// Another severity for a rule or group: error, warning, note or off
    #[arg(long, value_name = "RULE=SEVERITY", value_delimiter = ',', value_parser = severity_of)]
    pub(super) severity: Vec<(String, String)>,
    /// The severity from which findings fail the run; by default error
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub(super) fail_on: Option<Severity>,
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
    /// Hide the findings that are recorded in a file, and tell which of them are gone
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Record the findings of today in a file; together with `--baseline`, only take out what is gone
    #[arg(long, value_name = "FILE")]
    pub(super) write_baseline: Option<PathBuf>,
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
    /// Leave out excluded files even where they are named, and pass over named files that are gone: for hooks
    #[arg(long)]
    pub(super) force_exclude: bool,
    /// As if there were no configuration files
    #[arg(long)]
    pub(super) isolated: bool,
    /// Print the settings in force for a file or folder, each with the place that it comes from, and check nothing
    #[arg(long, value_name = "PATH", conflicts_with_all = ["paths", "write_baseline"])]
    pub(super) show_settings: Option<PathBuf>,
    /// Mend what can be mended without changing what is meant, and report the rest
    #[arg(long, group = "mending", conflicts_with = "diff")]
    pub(super) fix: bool,
    /// Show what `--fix` would change, as a unified diff, and write nothing
    #[arg(long, group = "mending", conflicts_with = "outputs")]
    pub(super) diff: bool,
    /// With `--fix` or `--diff`: mend also where it may change what is meant; look at every change
    #[arg(long, requires = "mending")]
    pub(super) unsafe_fixes: bool,
    /// Check again whenever a file of the project changes, until Ctrl-C
    #[arg(long, short, conflicts_with_all = ["mending", "write_baseline", "show_settings"])]
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
    /// As if there were no configuration files
    #[arg(long)]
    pub(super) isolated: bool,
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
pub(super) struct Init {
    /// The folder to write into; it is made where it is missing, and no file in it is ever overwritten
    #[arg(value_name = "DIR", default_value = ".")]
    pub(super) folder: PathBuf,
    /// The standard to answer to, with its edition
    #[arg(long, value_name = "STANDARD:EDITION", default_value = "iso27001:2022")]
    pub(super) standard: String,
    /// The reference model whose processes are written
    #[arg(long, value_name = "MODEL:EDITION", default_value = "iso27022:2021")]
    pub(super) model: String,
    /// What the organization is called
    #[arg(long, value_name = "NAME")]
    pub(super) name: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Test {
    /// Files or folders whose tests are run; without any, the shipped rules are tested too
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// As if there were no configuration files
    #[arg(long)]
    pub(super) isolated: bool,
}

#[derive(Debug, Args)]
pub(super) struct Coverage {
    /// A folder or a file of the project; by default the one around the working folder
    #[arg(value_name = "PATH")]
    pub(super) path: Option<PathBuf>,
    /// How to write it: pretty, json, markdown or csv; FORMAT=FILE writes to a file; can be repeated, with one at most for
    /// standard output
    #[arg(long = "output-format", alias = "format", value_name = "FORMAT[=FILE]", value_parser = coverage_output)]
    pub(super) outputs: Vec<(CoverageFormat, Option<PathBuf>)>,
    /// The day that decides which plans are overdue
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub(super) today: Option<Date>,
    /// As if there were no configuration files
    #[arg(long)]
    pub(super) isolated: bool,
}

#[derive(Debug, Args)]
pub(super) struct Schema {
    /// What it describes: the output of a command in JSON, or the file `ismslint.toml`, for editors
    #[arg(value_name = "OF", value_enum, default_value_t = SchemaOf::Check)]
    pub(super) of: SchemaOf,
}

/// What a schema describes.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum SchemaOf {
    Check,
    Coverage,
    Config,
}

#[derive(Debug, Args)]
pub(super) struct Fmt {
    /// Files or folders; by default the working folder. `-` reads standard input and writes standard output
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Write nothing; list the files that would change, and exit with 1 if there are any
    #[arg(long)]
    pub(super) check: bool,
    /// Write nothing; show what would change as a unified diff, and exit with 1 if anything would
    #[arg(long)]
    pub(super) diff: bool,
    /// The file that standard input stands for
    #[arg(long, value_name = "PATH")]
    pub(super) stdin_filename: Option<PathBuf>,
    /// Leave out excluded files even where they are named, and pass over named files that are gone: for hooks
    #[arg(long)]
    pub(super) force_exclude: bool,
    /// As if there were no configuration files
    #[arg(long)]
    pub(super) isolated: bool,
}

#[derive(Debug, Args)]
pub(super) struct Completions {
    /// Which shell: bash, zsh, fish, powershell or elvish
    #[arg(value_name = "SHELL")]
    pub(super) shell: clap_complete::Shell,
}

pub(super) fn output(text: &str) -> Result<(Format, Option<PathBuf>), String> {
    output_in(&Format::ALL, text)
}

fn coverage_output(text: &str) -> Result<(CoverageFormat, Option<PathBuf>), String> {
    output_in(&CoverageFormat::ALL, text)
}

/// `FORMAT` or `FORMAT=FILE`.
fn output_in<F: Copy>(formats: &[(&str, F)], text: &str) -> Result<(F, Option<PathBuf>), String> {
    let (word, file) = match text.split_once('=') {
        Some((word, file)) => (word, Some(PathBuf::from(file))),
        None => (text, None),
    };
    if file.as_ref().is_some_and(|file| file.as_os_str().is_empty()) {
        return Err(format!("write the file's name behind `{word}=`"));
    }
    match formats.iter().find(|(known, _)| *known == word) {
        Some((_, format)) => Ok((*format, file)),
        None => {
            let words: Vec<&str> = formats.iter().map(|(word, _)| *word).collect();
            Err(format!("formats are {}", words.join(", ")))
        }
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
