//! `ismslint check`

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::{self, Inputs, Report};
use crate::project::{Project, ToolError, decode, is_selector, projects, relative};
use crate::report::{self, Format, Home, Shown, Style, Summary};
use crate::text::FileId;

use super::arguments::{Arguments, Check};
use super::inputs::{Asked, read, selectors, settings, today, with_flags};
use super::terminal::Terminal;
use super::{Status, note, output, watch};

pub(super) fn run(command: &Check, arguments: &Arguments, terminal: Terminal) -> Result<Status, ToolError> {
    check_usage(command)?;
    if command.watch {
        return watch::run(command, arguments, terminal);
    }
    once(command, arguments, terminal, &Asked::default())
}

/// One check from beginning to end.
pub(super) fn once(
    command: &Check,
    arguments: &Arguments,
    terminal: Terminal,
    asked: &Asked,
) -> Result<Status, ToolError> {
    let begin = Instant::now();
    let stdin = standard_input(command)?;
    let mut paths: Vec<PathBuf> = command.paths.iter().filter(|path| path.as_os_str() != "-").cloned().collect();
    if paths.is_empty() {
        paths.push(stdin.as_ref().map_or_else(|| PathBuf::from("."), |(path, _)| folder_of(path)));
    }
    let found = projects(&paths, command.force_exclude)?;
    let common = common_root(&found);
    let mut reports = Vec::new();
    let mut failed = false;
    let mut known: Vec<String> = Vec::new();
    for project in &found {
        let buffer = stdin.as_ref().and_then(|(path, bytes)| {
            let shown = relative(&project.root, path);
            (!shown.starts_with("../")).then(|| (shown.clone(), decode(&shown, bytes.clone())))
        });
        let mut files = read(project, buffer.as_ref().map(|(shown, loaded)| (shown.as_str(), loaded)));
        for error in project.problems.iter().chain(&files.errors) {
            super::report(error, terminal);
            failed = true;
        }
        let inputs = Inputs {
            sources: std::mem::take(&mut files.sources),
            settings: with_flags(settings(&project.configuration, arguments.jobs), command),
            today: today(command.today),
            known_paths: Some(asked.exists_in(&project.root)),
        };
        let mut report = engine::check(inputs);
        report.diagnostics.extend(files.problems.iter().map(|(file, problem)| problem.finding(FileId(*file))));
        report.diagnostics.sort_by(Diagnostic::order);
        let of_project = selectors(&report.rules);
        project.configuration.check_selectors(&of_project)?;
        known.extend(of_project);
        let prefix = relative(&common, &project.root);
        let prefix = if prefix.is_empty() { prefix } else { format!("{prefix}/") };
        reports.push((prefix, report));
    }
    check_selectors(command, &known)?;
    if arguments.verbose {
        timings(&reports);
    }
    let filter = Filter::new(command, &found, stdin.as_ref().map(|(path, _)| path.as_path()));
    let mut shown = shown(&reports, command, &filter);
    shown.summary.time = begin.elapsed();
    shown.summary.fails = status(&shown, command) == Status::Findings;
    shown.home = home(&common);
    if shown.summary.files == 0 && shown.summary.errors == 0 {
        note("note: no specification was found: no `.isms` file, and no Markdown page with an `isms` block");
    }
    write(&shown, command, arguments, terminal)?;
    if command.statistics {
        statistics(&shown);
    }
    if failed {
        return Ok(Status::Failed);
    }
    Ok(status(&shown, command))
}

/// Where the projects stand in the repository. What a pipeline names as its checkout stands over what is found, since a
/// project may lie in a submodule and is then still shown in the repository around it.
fn home(common: &Path) -> Home {
    let named =
        ["GITHUB_WORKSPACE", "CI_PROJECT_DIR", "BUILD_SOURCESDIRECTORY"].into_iter().filter_map(std::env::var_os);
    let mut named = named.filter_map(|root| std::fs::canonicalize(root).ok());
    let root = named.find(|root| common.starts_with(root));
    let root = root.or_else(|| common.ancestors().find(|root| root.join(".git").exists()).map(Path::to_path_buf));
    let root = root.unwrap_or_else(|| common.to_path_buf());
    let inside = relative(&root, common);
    let inside = if inside.is_empty() { inside } else { format!("{inside}/") };
    let shown = root.to_string_lossy().replace('\\', "/");
    Home { inside, root: shown.trim_start_matches("//?/").trim_end_matches('/').to_owned() }
}

/// Two reports in one stream or in one file are none.
fn check_usage(command: &Check) -> Result<(), ToolError> {
    let mut files: Vec<&PathBuf> = command.outputs.iter().filter_map(|(_, file)| file.as_ref()).collect();
    files.sort();
    if let Some(twice) = files.windows(2).find(|pair| pair[0] == pair[1]) {
        let message = format!("several formats would be written to `{}`", twice[0].display());
        return Err(ToolError::Usage { message, help: "give each of them a file of its own".to_owned() });
    }
    if command.watch && command.paths.iter().any(|path| path.as_os_str() == "-") {
        let message = "standard input is read once and cannot be watched".to_owned();
        let help = "name the files or folders to watch, or leave out `--watch`".to_owned();
        return Err(ToolError::Usage { message, help });
    }
    let streams = command.outputs.iter().filter(|(_, file)| file.is_none()).count();
    if streams > 1 {
        let message = "several formats would be written to standard output".to_owned();
        let help = "write all but one of them to a file: `--output-format json=report.json`".to_owned();
        return Err(ToolError::Usage { message, help });
    }
    Ok(())
}

fn folder_of(path: &Path) -> PathBuf {
    path.parent().filter(|folder| folder.is_dir()).map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// Standard input and the file that it stands for.
fn standard_input(command: &Check) -> Result<Option<(PathBuf, Vec<u8>)>, ToolError> {
    if command.paths.iter().all(|path| path.as_os_str() != "-") {
        return Ok(None);
    }
    let name = command.stdin_filename.clone().unwrap_or_else(|| PathBuf::from("standard-input.isms"));
    let mut bytes = Vec::new();
    // As much as the largest file that is read, and a byte more to see that it is too much.
    let input = std::io::stdin().lock();
    input
        .take((64 << 20) + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| ToolError::unreadable(Path::new("standard input"), &error))?;
    let folder = std::env::current_dir().and_then(std::fs::canonicalize).unwrap_or_default();
    let full = if name.is_absolute() { name } else { folder.join(name) };
    // The folder may be reached through a link; the project is found by where it really is.
    let full = match (full.parent().map(std::fs::canonicalize), full.file_name()) {
        (Some(Ok(parent)), Some(name)) => parent.join(name),
        _ => full,
    };
    Ok(Some((full, bytes)))
}

fn common_root(found: &[Project]) -> PathBuf {
    let mut roots = found.iter().map(|project| project.root.clone());
    let Some(mut common) = roots.next() else { return PathBuf::new() };
    for root in roots {
        while !root.starts_with(&common) {
            if !common.pop() {
                break;
            }
        }
    }
    common
}

/// A selector that names nothing is a mistake of usage.
fn check_selectors(command: &Check, known: &[String]) -> Result<(), ToolError> {
    let given =
        command.select.iter().chain(&command.ignore).chain(command.severity.iter().map(|(selector, _)| selector));
    for selector in given {
        if !is_selector(selector, known) {
            let help = match crate::diagnostic::nearest(selector, known.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`ismslint rules` lists the codes, names and groups".to_owned(),
            };
            return Err(ToolError::Usage { message: format!("there is no rule or group `{selector}`"), help });
        }
    }
    Ok(())
}

/// Which files were named; findings elsewhere are not shown.
struct Filter {
    /// For each project: the named files and folders, relative to its root; an empty text stands for all of it.
    named: Vec<Vec<String>>,
}

impl Filter {
    fn new(command: &Check, found: &[Project], stdin: Option<&Path>) -> Self {
        let mut full: Vec<PathBuf> = command
            .paths
            .iter()
            .filter(|path| path.as_os_str() != "-")
            .filter_map(|path| std::fs::canonicalize(path).ok())
            .collect();
        full.extend(stdin.map(Path::to_path_buf));
        let named = found
            .iter()
            .map(|project| {
                let of = |path: &PathBuf| {
                    if project.root.starts_with(path) {
                        Some(String::new())
                    } else {
                        let inside = relative(&project.root, path);
                        (!inside.starts_with("../")).then_some(inside)
                    }
                };
                full.iter().filter_map(of).collect()
            })
            .collect();
        let everything = full.is_empty();
        Self { named: if everything { found.iter().map(|_| vec![String::new()]).collect() } else { named } }
    }

    fn shows(&self, report: usize, path: &str) -> bool {
        self.named[report].iter().any(|named| {
            named.is_empty()
                || path == named
                || path.strip_prefix(named.as_str()).is_some_and(|rest| rest.starts_with('/'))
        })
    }

    /// Whether the primary place of a finding, or one of its labels, lies in a named file.
    fn shows_finding(&self, at: usize, report: &Report, finding: &Diagnostic) -> bool {
        let places = || finding.primary.iter().chain(&finding.labels);
        places().next().is_none()
            || places().any(|label| {
                let source = report.sources.get(label.place.file);
                !source.is_builtin() && self.shows(at, source.path())
            })
    }
}

fn shown<'a>(reports: &'a [(String, Report)], command: &Check, filter: &Filter) -> Shown<'a> {
    let mut summary = Summary::default();
    let mut findings = Vec::new();
    for (at, (_, report)) in reports.iter().enumerate() {
        summary.files += report.files;
        summary.processes += report.processes;
        let rules = report.rules.iter().filter(|rule| rule.severity.is_some() && rule.file.is_some()).count();
        summary.rules = summary.rules.max(rules);
        let mut here: Vec<(&Diagnostic, Option<&str>)> = Vec::new();
        for finding in report.diagnostics.iter().filter(|finding| filter.shows_finding(at, report, finding)) {
            summary.count(finding.severity);
            here.push((finding, None));
        }
        for one in report.suppressed.iter().filter(|one| filter.shows_finding(at, report, &one.diagnostic)) {
            summary.suppressed += 1;
            here.push((&one.diagnostic, Some(&one.because)));
        }
        here.sort_by(|left, right| left.0.order(right.0));
        findings.extend(here.into_iter().map(|(finding, because)| (at, finding, because)));
    }
    if let Some(most) = command.max_findings {
        summary.left_out = cut(&mut findings, most, command.show_suppressed);
    }
    let reports = reports.iter().map(|(prefix, report)| (prefix.clone(), report)).collect();
    Shown { reports, findings, summary, home: Home::default() }
}

/// Keeps the worst findings, in the order of all, and says how many were left out. Suppressed ones count where they are
/// wanted, after all others.
fn cut(findings: &mut Vec<(usize, &Diagnostic, Option<&str>)>, most: usize, show_suppressed: bool) -> usize {
    let counts = |at: &usize| show_suppressed || findings[*at].2.is_none();
    let mut order: Vec<usize> = (0..findings.len()).filter(counts).collect();
    let left_out = order.len().saturating_sub(most);
    order.sort_by_key(|at| (findings[*at].2.is_some(), std::cmp::Reverse(findings[*at].1.severity)));
    let gone: std::collections::BTreeSet<usize> = order.into_iter().skip(most).collect();
    let mut at = 0..;
    findings.retain(|_| at.next().is_none_or(|at| !gone.contains(&at)));
    left_out
}

fn write(shown: &Shown<'_>, command: &Check, arguments: &Arguments, terminal: Terminal) -> Result<(), ToolError> {
    let default = [(Format::Pretty, None)];
    let outputs = if command.outputs.is_empty() { default.as_slice() } else { command.outputs.as_slice() };
    for (format, file) in outputs {
        let style = Style {
            colour: terminal.colour && file.is_none(),
            unicode: terminal.unicode,
            all: command.all,
            notes: command.show.is_some(),
            suppressed: command.show_suppressed,
        };
        let write = |out: &mut dyn std::io::Write| report::write(*format, shown, style, out);
        match file {
            Some(path) => output::save(path, write)?,
            None => output::stream(write)?,
        }
        // Findings go to standard output, everything else to standard error.
        let closing = if file.is_none() { report::closing(shown, style, *format) } else { String::new() };
        if !closing.is_empty() && !arguments.quiet {
            note(closing.trim_end());
        }
    }
    let to_files_only = outputs.iter().all(|(_, file)| file.is_some());
    if to_files_only && !arguments.quiet {
        note(&report::closing(shown, Style::default(), Format::Concise));
    }
    Ok(())
}

fn status(shown: &Shown<'_>, command: &Check) -> Status {
    let summary = &shown.summary;
    let failing = match command.fail_on {
        Severity::Error => summary.errors,
        Severity::Warning => summary.errors + summary.warnings,
        Severity::Note => summary.errors + summary.warnings + summary.notes,
    };
    let too_many = command.max_warnings.is_some_and(|most| summary.warnings > most);
    if (failing > 0 || too_many) && !command.exit_zero { Status::Findings } else { Status::Clean }
}

fn statistics(shown: &Shown<'_>) {
    let mut counts: std::collections::BTreeMap<&str, (usize, &str, Severity)> = std::collections::BTreeMap::new();
    for (_, finding, because) in &shown.findings {
        if because.is_none() {
            counts.entry(finding.code.as_str()).or_insert((0, &finding.name, finding.severity)).0 += 1;
        }
    }
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by(|left, right| right.1.0.cmp(&left.1.0).then_with(|| left.0.cmp(right.0)));
    for (code, (count, name, severity)) in rows {
        note(&format!("{count:>7}  {code:<10} {:<8} {name}", severity.word()));
    }
}

fn timings(reports: &[(String, Report)]) {
    for (_, report) in reports {
        for stage in &report.stages {
            note(&format!("{:>9.2} ms  {}", stage.time.as_secs_f64() * 1000.0, stage.name));
        }
        note("slowest rules, over all threads:");
        for rule in report.rule_timings.iter().take(10) {
            note(&format!("{:>9.2} ms  {}", rule.time.as_secs_f64() * 1000.0, rule.name));
        }
    }
}
