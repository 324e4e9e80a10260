//! `ismslint init`

use std::collections::BTreeMap;
use std::path::Path;

use crate::diagnostic::Severity;
use crate::engine::{self, Inputs, Report, Settings, Starter, UnknownCatalogue, Wish};
use crate::project::{ToolError, write_new};
use crate::text::Source;

use super::arguments::Init;
use super::inputs::today;
use super::{Status, note};

pub(super) fn run(command: &Init, is_quiet: bool) -> Result<Status, ToolError> {
    let name = command.name.as_deref();
    if name.is_some_and(|name| !name.chars().any(char::is_alphanumeric)) {
        return Err(ToolError::Usage {
            message: "the name of the organization has no letter".to_owned(),
            help: "write it after `--name`, in quotes where it has blanks".to_owned(),
        });
    }
    let wish = Wish { standard: &command.standard, model: &command.model, name };
    let starter = engine::starter(wish, Vec::new()).map_err(|unknown| unknown_catalogue(command, &unknown))?;
    write_new(&command.folder, &starter.files)?;
    if !is_quiet {
        note(&farewell(&command.folder, &starter, &first_check(&starter)));
    }
    Ok(Status::Clean)
}

fn unknown_catalogue(command: &Init, unknown: &UnknownCatalogue) -> ToolError {
    let wanted = if unknown.what == "model" { &command.model } else { &command.standard };
    let known: Vec<String> = unknown.known.iter().map(|name| format!("`{name}`")).collect();
    let known = format!("known are {}", known.join(", "));
    ToolError::Usage {
        message: format!("there is no {} `{wanted}`", unknown.what),
        help: match &unknown.nearest {
            Some(near) => format!("did you mean `{near}`? {known}"),
            None => known,
        },
    }
}

/// What the check of the new project will say.
fn first_check(starter: &Starter) -> Report {
    let mut files: Vec<&(String, String)> = starter.files.iter().filter(|(path, _)| path.ends_with(".isms")).collect();
    files.sort();
    engine::check(Inputs {
        sources: files.into_iter().map(|(path, text)| Source::new(path.as_str(), text.as_str())).collect(),
        settings: Settings::default(),
        today: today(None),
        known_paths: None,
    })
}

/// What was written, what to do next, and what the first findings will be about.
fn farewell(folder: &Path, starter: &Starter, report: &Report) -> String {
    let shown = folder.display().to_string().replace('\\', "/");
    let here = if shown == "." { "this folder".to_owned() } else { format!("`{shown}`") };
    let mut text = format!(
        "wrote {} files into {here}: {} processes of {}, and\n",
        starter.files.len(),
        starter.processes,
        starter.model
    );
    let others: Vec<&str> =
        starter.files.iter().map(|(path, _)| path.as_str()).filter(|path| !path.contains('/')).collect();
    text.push_str(&format!("  {}\n", others.join(", ")));
    // The gravest first.
    let mut counts: BTreeMap<(std::cmp::Reverse<Severity>, &str), usize> = BTreeMap::new();
    for finding in report.diagnostics.iter().filter(|finding| finding.severity > Severity::Note) {
        *counts.entry((std::cmp::Reverse(finding.severity), finding.code.as_str())).or_default() += 1;
    }
    if !counts.is_empty() {
        text.push_str("\nthe first check will ask what only you can answer:\n");
        for ((_, code), count) in &counts {
            let rule = report.rules.iter().find(|rule| rule.code == *code);
            let summary = rule.map_or("", |rule| rule.documentation.summary());
            text.push_str(&format!("  {count:>3}  {code:<9}  {summary}\n"));
        }
    }
    let quoted = if shown.contains(char::is_whitespace) { format!("\"{shown}\"") } else { shown.clone() };
    let argument = if shown == "." { String::new() } else { format!(" {quoted}") };
    text.push_str(&format!("\nbegin with `organization.isms`; next: `ismslint check{argument}`"));
    text
}
