//! A row for each clause, control and document, for spreadsheets (RFC 4180).

use std::collections::HashSet;
use std::io::{self, Write};
use std::sync::Arc;

use crate::engine::coverage::{Answer, Coverage, Decision, Document, Entry, StandardCoverage, Status};
use crate::engine::explain::Titled;
use crate::text::harmless::one_line;

use super::words;

const HEADER: [&str; 13] = [
    "project",
    "organization",
    "standard",
    "chapter",
    "number",
    "title",
    "kind",
    "status",
    "decision",
    "processes",
    "items",
    "by",
    "planned",
];

pub(super) fn write(projects: &[(String, Coverage)], out: &mut dyn Write) -> io::Result<()> {
    row(&HEADER.map(str::to_owned), out)?;
    for (path, coverage) in projects {
        let organization = coverage.organization.as_ref().map_or("", |organization| organization.id.as_str());
        for standard in &coverage.standards {
            of_standard([path, organization], standard, out)?;
        }
    }
    Ok(())
}

fn of_standard(project: [&str; 2], standard: &StandardCoverage, out: &mut dyn Write) -> io::Result<()> {
    for chapter in &standard.chapters {
        let number = chapter.heading.as_ref().map_or("", |heading| heading.id.as_str());
        let [path, organization] = project;
        let before = [path, organization, standard.standard.id.as_str(), number];
        for entry in &chapter.entries {
            row(&cells(before, of_entry(entry)), out)?;
            for document in &entry.documents {
                row(&cells(before, of_document(document)), out)?;
            }
        }
    }
    Ok(())
}

fn cells(before: [&str; 4], after: [String; 9]) -> Vec<String> {
    before.into_iter().map(str::to_owned).chain(after).collect()
}

fn of_entry(entry: &Entry) -> [String; 9] {
    let answers = |items: bool| {
        let answers = entry.answers.iter().filter(|answer| answer.is_item == items);
        let name = |answer: &Answer| match words::extent(answer, true) {
            extent if extent.is_empty() => answer.who.id.clone(),
            extent => format!("{} ({extent})", answer.who.id),
        };
        answers.map(name).collect::<Vec<_>>().join("; ")
    };
    [
        entry.number.clone(),
        entry.title.clone(),
        entry.kind.word().to_owned(),
        entry.status.map_or("", Status::word).to_owned(),
        entry.decision.filter(|_| entry.status.is_some()).map_or("", Decision::word).to_owned(),
        answers(false),
        answers(true),
        ids(&entry.elsewhere),
        entry.planned.map(|day| day.to_string()).unwrap_or_default(),
    ]
}

/// A document stands below its clause: the items that are said to be it, and the processes that produce one of them.
fn of_document(document: &Document) -> [String; 9] {
    let mut known: HashSet<&str> = HashSet::new();
    let processes = document.items.iter().flat_map(|(_, processes)| processes);
    let processes = processes.filter(|process| known.insert(&process.id));
    let nothing = String::new;
    [
        document.clause.clone(),
        document.title.clone(),
        "document".to_owned(),
        document.status.word().to_owned(),
        nothing(),
        ids(processes),
        ids(document.items.iter().map(|(item, _)| item)),
        nothing(),
        nothing(),
    ]
}

fn ids<'a>(things: impl IntoIterator<Item = &'a Arc<Titled>>) -> String {
    things.into_iter().map(|thing| thing.id.as_str()).collect::<Vec<_>>().join("; ")
}

fn row(cells: &[String], out: &mut dyn Write) -> io::Result<()> {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    out.write_all(cells.join(",").as_bytes())?;
    out.write_all(b"\r\n")
}

/// A cell that no spreadsheet takes for a formula: one begins with `=`, `+`, `-` or `@`, in some languages also with their
/// wide forms. Quotes also keep together what would be two cells where semicolons divide them.
fn cell(text: &str) -> String {
    let text = one_line(text);
    let is_formula = text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let guard = if is_formula { "'" } else { "" };
    let is_plain =
        |character: char| character.is_alphanumeric() || matches!(character, '.' | ':' | '-' | '_' | '(' | ')' | ' ');
    if !is_formula && text.chars().all(is_plain) {
        return text;
    }
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_guarded_and_quotes_doubled() {
        for (text, written) in [
            ("A.5.7", "A.5.7"),
            ("Leadership and commitment", "Leadership and commitment"),
            ("a \"b\", c", "\"a \"\"b\"\", c\""),
            ("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\""),
            ("  @SUM(1)", "\"'@SUM(1)\""),
            ("-1", "\"'-1\""),
            ("\t+1", "\"'+1\""),
            ("＝1", "\"'＝1\""),
            ("a\r\n=1", "\"a =1\""),
            ("a; b", "\"a; b\""),
            ("", ""),
        ] {
            assert_eq!(cell(text), written);
        }
    }
}
