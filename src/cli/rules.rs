//! `ismslint rules`

use serde::Serialize;

use crate::engine::RuleSummary;
use crate::project::ToolError;

use super::arguments::{ListFormat, Rules};
use super::explain::own_rules;
use super::inputs::shipped_rules;
use super::{Status, output};

#[derive(Serialize)]
struct Row<'a> {
    code: &'a str,
    name: &'a str,
    severity: &'static str,
    group: &'a str,
    summary: &'a str,
    cites: &'a [String],
    file: Option<&'a str>,
    shipped: bool,
}

pub(super) fn run(command: &Rules) -> Result<Status, ToolError> {
    let mut rules: Vec<RuleSummary> = shipped_rules().to_vec();
    rules.extend(own_rules());
    rules.sort_by(|left, right| left.code.cmp(&right.code));
    rules.dedup_by(|left, right| left.code == right.code);
    let text = match command.format {
        ListFormat::Pretty => pretty(&rules),
        ListFormat::Markdown => markdown(&rules),
        ListFormat::Json => json(&rules),
    };
    output::print(text.as_bytes())?;
    Ok(Status::Clean)
}

fn pretty(rules: &[RuleSummary]) -> String {
    let code = rules.iter().map(|rule| rule.code.len()).max().unwrap_or_default();
    let name = rules.iter().map(|rule| rule.name.len()).max().unwrap_or_default();
    let line = |rule: &RuleSummary| {
        let own = if rule.builtin { "" } else { " (own)" };
        format!(
            "{:<code$}  {:<name$}  {:<7}  {}{own}\n",
            rule.code,
            rule.name,
            rule.default_severity.word(),
            rule.documentation.summary()
        )
    };
    crate::text::harmless::for_logs(&rules.iter().map(line).collect::<String>()).into_owned()
}

fn markdown(rules: &[RuleSummary]) -> String {
    let mut text = String::from("| code | name | severity | group | finds |\n| --- | --- | --- | --- | --- |\n");
    for rule in rules {
        let summary = rule.documentation.summary().replace('|', "\\|");
        let row = format!(
            "| {} | {} | {} | {} | {summary} |\n",
            rule.code,
            rule.name,
            rule.default_severity.word(),
            rule.group
        );
        text.push_str(&row);
    }
    crate::text::harmless::for_logs(&text).into_owned()
}

fn json(rules: &[RuleSummary]) -> String {
    let rows: Vec<Row<'_>> = rules
        .iter()
        .map(|rule| Row {
            code: &rule.code,
            name: &rule.name,
            severity: rule.default_severity.word(),
            group: &rule.group,
            summary: rule.documentation.summary(),
            cites: &rule.cites,
            file: rule.file.as_deref(),
            shipped: rule.builtin,
        })
        .collect();
    let mut text = serde_json::to_string_pretty(&rows).unwrap_or_default();
    text.push('\n');
    text
}
