//! `check --show-settings`: what holds for a file, and where each of it comes from.

use std::fmt::Write as _;
use std::path::Path;

use crate::engine::{self, Decider, Inputs, Level, RuleSummary, Settings};
use crate::project::{Placed, Project, ToolError, projects, relative};
use crate::text::harmless::for_logs;

use super::arguments::{Arguments, Check};
use super::check::search;
use super::configured::{check_selectors, settings, with_flags};
use super::inputs::{read, selectors, today};
use super::{Status, output};

/// The origin of what a flag says.
const COMMAND_LINE: &str = "command line";

pub(super) fn run(path: &Path, command: &Check, arguments: &Arguments) -> Result<Status, ToolError> {
    let found = projects(&[path.to_path_buf()], search(command))?;
    let full = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let around = found.into_iter().filter(|project| full.starts_with(&project.root));
    let Some(mut project) = around.max_by_key(|project| project.root.components().count()) else {
        return Err(ToolError::NoSuchPath { path: path.to_string_lossy().into_owned() });
    };
    if !project.problems.is_empty() {
        return Err(project.problems.remove(0));
    }
    let settings = with_flags(settings(&project.configuration, arguments.jobs), command);
    let sources = read(&project, None).sources;
    let inputs = Inputs { sources, settings: settings.clone(), today: today(command.today), known_paths: None };
    let rules = engine::check(inputs).rules;
    project.configuration.check_selectors(|| selectors(&rules))?;
    check_selectors(command, || selectors(&rules))?;
    let inside = relative(&project.root, &full);
    let file = (!full.is_dir()).then_some(inside.as_str());
    let mut text = values(&project, command, file);
    text.push_str("\nrules:\n");
    text.push_str(&of_rules(&project, &settings, command, &rules, file));
    output::print(for_logs(&text).as_bytes())?;
    Ok(Status::Clean)
}

/// A value and where it comes from.
type Origined = (String, String);

/// A table of names, values and origins.
fn table(rows: &[(&str, String, String)]) -> String {
    let names = rows.iter().map(|(name, ..)| name.len()).max().unwrap_or_default();
    let values = rows.iter().map(|(_, value, _)| value.chars().count()).max().unwrap_or_default().min(48);
    let mut text = String::new();
    for (name, value, origin) in rows {
        let line = format!("{name:<names$}  {value:<values$}  {origin}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// Everything but the severities of rules. A list of several origins has a line for each of its values.
fn values(project: &Project, command: &Check, file: Option<&str>) -> String {
    let configuration = &project.configuration;
    let mut rows: Vec<(&str, String, String)> = Vec::new();
    if let Some(file) = file {
        let is_read = project.files.iter().any(|(known, _)| known == file);
        let reads = configuration.reads(Path::new(file));
        let why = match (is_read, reads) {
            (false, _) => "is not read",
            (true, true) => "is read",
            (true, false) => "is read where it is named",
        };
        rows.push(("file", file.to_owned(), why.to_owned()));
    }
    let files = configuration.files.iter().map(|file| format!("`{file}`")).collect::<Vec<_>>().join(", extends ");
    let files = if files.is_empty() { "none".to_owned() } else { files };
    rows.push(("configuration", files, String::new()));
    for (name, globs) in [("include", &configuration.include), ("exclude", &configuration.exclude)] {
        rows.push((name, list(&globs.value.patterns), globs.origin()));
    }
    let rules: Vec<Origined> = configuration.rules.iter().map(|one| (one.value.text.clone(), one.origin())).collect();
    add(&mut rows, "rules", rules);
    rows.push(match (&command.baseline, &configuration.baseline) {
        (Some(path), _) => ("baseline", path.to_string_lossy().into_owned(), COMMAND_LINE.to_owned()),
        (None, placed) => {
            let value = placed.value.as_ref().map_or_else(|| "none".to_owned(), |named| named.text.clone());
            ("baseline", value, placed.origin())
        }
    });
    let given = |values: &[String]| values.iter().map(|value| (value.clone(), COMMAND_LINE.to_owned())).collect();
    let placed = |values: &[Placed<String>]| values.iter().map(|one| (one.value.clone(), one.origin())).collect();
    let (select, mut ignore): (Vec<Origined>, Vec<Origined>) = if command.select.is_empty() {
        (placed(&configuration.select), placed(&configuration.ignore))
    } else {
        (given(&command.select), Vec::new())
    };
    ignore.extend::<Vec<Origined>>(given(&command.ignore));
    add(&mut rows, "select", select);
    add(&mut rows, "ignore", ignore);
    add(&mut rows, "locked", placed(&configuration.locked));
    rows.push(match command.fail_on {
        Some(severity) => ("fail-on", severity.word().to_owned(), COMMAND_LINE.to_owned()),
        None => ("fail-on", configuration.fail_on.value.word().to_owned(), configuration.fail_on.origin()),
    });
    rows.push(match command.max_warnings {
        Some(most) => ("max-warnings", most.to_string(), COMMAND_LINE.to_owned()),
        None => {
            let most = configuration.max_warnings.value;
            let value = most.map_or_else(|| "none".to_owned(), |most| most.to_string());
            ("max-warnings", value, configuration.max_warnings.origin())
        }
    });
    table(&rows)
}

fn list(values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
    if values.is_empty() { "none".to_owned() } else { values.join(", ") }
}

fn add(rows: &mut Vec<(&'static str, String, String)>, name: &'static str, values: Vec<Origined>) {
    if values.is_empty() {
        rows.push((name, "none".to_owned(), "default".to_owned()));
    }
    for (at, (value, origin)) in values.into_iter().enumerate() {
        rows.push((if at == 0 { name } else { "" }, format!("`{value}`"), origin));
    }
}

/// The severity of every rule in the file.
fn of_rules(
    project: &Project,
    settings: &Settings,
    command: &Check,
    rules: &[RuleSummary],
    file: Option<&str>,
) -> String {
    let width = rules.iter().map(|rule| rule.code.len()).max().unwrap_or_default();
    let name = rules.iter().map(|rule| rule.name.len()).max().unwrap_or_default();
    let mut text = String::new();
    for rule in rules {
        let (severity, origin) = of_rule(project, settings, command, rule, file);
        let lock =
            settings.locked_by(&rule.code, &rule.name).map_or_else(String::new, |by| format!(", locked by {by}"));
        let _ = writeln!(text, "{:<width$}  {:<name$}  {severity:<7}  {origin}{lock}", rule.code, rule.name);
    }
    text
}

fn of_rule(
    project: &Project,
    settings: &Settings,
    command: &Check,
    rule: &RuleSummary,
    file: Option<&str>,
) -> (&'static str, String) {
    let (code, name) = (rule.code.as_str(), rule.name.as_str());
    let default = rule.default_severity;
    let is_rule = rule.file.is_some();
    if crate::diagnostic::is_fixed(code) {
        return (default.word(), "default".to_owned());
    }
    let speaks = if is_rule { settings.is_selected(code, name) } else { settings.is_compiler_check_on(code, name) };
    if !speaks {
        return ("off", silenced_by(project, settings, command, code, name));
    }
    let configuration = &project.configuration;
    let Some((level, decider)) = settings.decided(code, name, file) else {
        return (default.word(), "default".to_owned());
    };
    let severity = match level {
        Level::Off => "off",
        Level::Severity(severity) => severity.word(),
    };
    let placed = match decider {
        Decider::Forced(_) => None,
        Decider::Severity(at) => configuration.severity.get(at),
        Decider::Override(number, at) => configuration.overrides.get(number).and_then(|one| one.severity.get(at)),
    };
    (severity, placed.map_or_else(|| COMMAND_LINE.to_owned(), Placed::origin))
}

/// Which setting keeps a rule from being asked.
fn silenced_by(project: &Project, settings: &Settings, command: &Check, code: &str, name: &str) -> String {
    let configuration = &project.configuration;
    let is_select_given = !command.select.is_empty();
    match settings.ignored_by(code, name) {
        // What the command line adds stands behind what the configuration says.
        Some(at) if !is_select_given && at < configuration.ignore.len() => {
            format!("ignored, {}", configuration.ignore[at].origin())
        }
        Some(_) => format!("ignored, {COMMAND_LINE}"),
        None if is_select_given => format!("not selected, {COMMAND_LINE}"),
        None => {
            let origin = configuration.select.first().map_or_else(|| "default".to_owned(), Placed::origin);
            format!("not selected, {origin}")
        }
    }
}
