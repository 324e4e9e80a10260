//! `ismslint explain`

use std::path::PathBuf;

use crate::diagnostic::nearest;
use crate::engine::{self, Inputs, RuleSummary};
use crate::project::{ToolError, projects};

use super::arguments::Explain;
use super::inputs::{read, settings, shipped_rules, today};
use super::terminal::Terminal;
use super::{Status, output};

pub(super) fn run(command: &Explain, terminal: Terminal) -> Result<Status, ToolError> {
    let shipped = shipped_rules();
    if let Some(rule) = find(shipped, &command.code) {
        output::print(page(rule, terminal).as_bytes())?;
        return Ok(Status::Clean);
    }
    let own = own_rules();
    if let Some(rule) = find(&own, &command.code) {
        output::print(page(rule, terminal).as_bytes())?;
        return Ok(Status::Clean);
    }
    let known: Vec<&str> =
        shipped.iter().chain(&own).flat_map(|rule| [rule.code.as_str(), rule.name.as_str()]).collect();
    let help = match nearest(&command.code.to_uppercase(), known.iter().copied())
        .or_else(|| nearest(&command.code, known.iter().copied()))
    {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`ismslint rules` lists every rule".to_owned(),
    };
    Err(ToolError::Usage { message: format!("there is no rule `{}`", command.code), help })
}

fn find<'a>(rules: &'a [RuleSummary], code: &str) -> Option<&'a RuleSummary> {
    rules.iter().find(|rule| rule.code.eq_ignore_ascii_case(code) || rule.name.eq_ignore_ascii_case(code))
}

/// The rules of the project around the working folder, as far as it can be read.
pub(super) fn own_rules() -> Vec<RuleSummary> {
    let Ok(found) = projects(&[PathBuf::from(".")], false) else { return Vec::new() };
    let mut rules = Vec::new();
    for project in &found {
        let read = read(project, None);
        let inputs = Inputs {
            sources: read.sources,
            settings: settings(&project.configuration, None),
            today: today(None),
            known_paths: None,
        };
        rules.extend(engine::check(inputs).rules.into_iter().filter(|rule| !rule.builtin));
    }
    rules
}

/// A rule's page for a terminal.
fn page(rule: &RuleSummary, terminal: Terminal) -> String {
    let bold = |text: &str| if terminal.colour { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() };
    let mut text = format!("{}  {}  ({})\n\n", bold(&rule.code), rule.name, rule.default_severity.word());
    let documentation = crate::text::sanitize(&rule.documentation);
    let mut in_code = false;
    for line in documentation.lines() {
        let trimmed = line.trim_start();
        if trimmed.starts_with("```") {
            in_code = !in_code;
            // What an example is for stands in the fence's second word.
            match trimmed.split_whitespace().nth(1) {
                Some("fail") if in_code => text.push_str("  finds something:\n\n"),
                Some("pass") if in_code => text.push_str("  finds nothing:\n\n"),
                _ => {}
            }
            continue;
        }
        if in_code {
            text.push_str(&format!("    {line}\n"));
        } else if let Some(heading) = trimmed.strip_prefix('#') {
            text.push_str(&format!("{}\n", bold(heading.trim_start_matches('#').trim())));
        } else {
            text.push_str(&format!("{line}\n"));
        }
    }
    if !rule.cites.is_empty() {
        text.push_str(&format!("\nrests on: {}\n", rule.cites.join(", ")));
    }
    if let Some(file) = &rule.file {
        text.push_str(&format!(
            "written in: {}{}\n",
            crate::text::sanitize(file),
            if rule.builtin { " (shipped)" } else { "" }
        ));
    }
    text
}
