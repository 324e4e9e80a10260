//! The page of a rule.

use crate::engine::RuleSummary;
use crate::text::harmless::for_logs;

use super::Sheet;

pub(super) fn write(rule: &RuleSummary, sheet: &mut Sheet) {
    let severity = rule.default_severity.word();
    sheet.text.push_str(&format!("{}  {}  ({severity})\n\n", sheet.bold(&rule.code), for_logs(&rule.name)));
    let mut in_code = false;
    for line in rule.documentation.text().lines() {
        let trimmed = line.trim_start();
        if trimmed.starts_with("```") {
            in_code = !in_code;
            // What an example is for stands in the fence's second word.
            match trimmed.split_whitespace().nth(1) {
                Some("fail") if in_code => sheet.text.push_str("  finds something:\n\n"),
                Some("pass") if in_code => sheet.text.push_str("  finds nothing:\n\n"),
                _ => {}
            }
            continue;
        }
        if in_code {
            sheet.text.push_str(&format!("    {}\n", for_logs(line)));
        } else if let Some(heading) = trimmed.strip_prefix('#') {
            sheet.text.push_str(&format!("{}\n", sheet.bold(heading.trim_start_matches('#').trim())));
        } else {
            sheet.text.push_str(&format!("{}\n", for_logs(line)));
        }
    }
    if !rule.cites.is_empty() {
        sheet.text.push_str(&format!("\nrests on: {}\n", for_logs(&rule.cites.join(", "))));
    }
    if let Some(file) = &rule.file {
        let shipped = if rule.builtin { " (shipped)" } else { "" };
        sheet.text.push_str(&format!("written in: {}{shipped}\n", for_logs(file)));
    }
}
