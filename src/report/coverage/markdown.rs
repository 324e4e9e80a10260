//! Tables for a page or a job's summary. What stands in a specification is written so that a host neither renders it nor
//! links, mentions or notifies anybody by it.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::engine::coverage::{Chapter, Coverage, Document, Entry, StandardCoverage, Status, Totals};
use crate::report::guarded::BUFFER;
use crate::report::markdown::{Code, Prose};
use crate::text::harmless::one_line;

use super::words::{self, Said};

pub(super) fn write(projects: &[(String, Coverage)], out: &mut dyn Write) -> io::Result<()> {
    for (at, (path, coverage)) in projects.iter().enumerate() {
        if at > 0 {
            out.write_all(b"\n")?;
        }
        project(path, coverage, out)?;
    }
    Ok(())
}

/// Hands over what is written; a page may be longer than what should be held of it.
fn leave(page: &mut String, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(page.as_bytes())?;
    page.clear();
    Ok(())
}

// Writing to a string does not fail, so what `write!` answers is let go.

fn project(path: &str, coverage: &Coverage, out: &mut dyn Write) -> io::Result<()> {
    let mut page = String::new();
    let name = coverage.organization.as_ref().map(|it| if it.title.is_empty() { &it.id } else { &it.title });
    let name = name.map_or_else(|| "Coverage".to_owned(), |name| prose(name));
    let _ = write!(page, "# {name}");
    if !path.is_empty() {
        let _ = write!(page, ", {}", code(path));
    }
    page.push('\n');
    if coverage.standards.is_empty() {
        page.push_str("\nNo standard is declared.\n");
    }
    for one in &coverage.standards {
        standard(one, &mut page, out)?;
    }
    leave(&mut page, out)
}

fn standard(standard: &StandardCoverage, page: &mut String, out: &mut dyn Write) -> io::Result<()> {
    let _ = writeln!(page, "\n## {}", heading(&standard.standard.id, &standard.standard.title));
    let (clauses, controls) = (standard.totals(false), standard.totals(true));
    if controls.units > 0 && !standard.has_statement {
        page.push_str("\nThere is no Statement of Applicability.\n");
    }
    let all = Totals::of(standard.entries());
    let used: Vec<Status> = Status::ALL.into_iter().filter(|status| all.count(*status) > 0).collect();
    page.push_str("\n| Chapter | |");
    for status in &used {
        let _ = write!(page, " {} |", words::counted(*status));
    }
    page.push_str(" of | documents |\n| --- | --- |");
    page.push_str(&" ---: |".repeat(used.len() + 2));
    page.push('\n');
    for chapter in &standard.chapters {
        let (number, title) = name(chapter);
        total(&code(&number), &prose(&title), &chapter.totals(), &used, page);
    }
    if clauses.units > 0 && controls.units > 0 {
        total("**Clauses**", "", &clauses, &used, page);
        total("**Controls**", "", &controls, &used, page);
    }
    total("**All**", "", &all, &used, page);
    for one in &standard.chapters {
        chapter(one, standard.has_statement, page, out)?;
    }
    Ok(())
}

fn total(name: &str, title: &str, totals: &Totals, used: &[Status], page: &mut String) {
    let _ = write!(page, "| {name} | {title} |");
    for status in used {
        match totals.count(*status) {
            0 => page.push_str(" |"),
            count => {
                let _ = write!(page, " {count} |");
            }
        }
    }
    let documents =
        if totals.documents > 0 { format!(" {} of {}", totals.produced, totals.documents) } else { String::new() };
    let _ = writeln!(page, " {} |{documents} |", totals.units);
}

fn chapter(chapter: &Chapter, has_statement: bool, page: &mut String, out: &mut dyn Write) -> io::Result<()> {
    let (number, title) = name(chapter);
    let _ = writeln!(page, "\n### {}\n", heading(&number, &title));
    page.push_str("| | | Title | Answered by |\n| --- | --- | --- | --- |\n");
    for (at, entry) in chapter.entries.iter().enumerate() {
        // The heading of the chapter stands above the table.
        if entry.status.is_some() || at > 0 || chapter.heading.is_none() {
            row(entry, has_statement, page);
        }
        for one in &entry.documents {
            document(one, page);
            if page.len() >= BUFFER {
                leave(page, out)?;
            }
        }
        if page.len() >= BUFFER {
            leave(page, out)?;
        }
    }
    Ok(())
}

fn name(chapter: &Chapter) -> (String, String) {
    match &chapter.heading {
        Some(heading) => (heading.id.clone(), heading.title.clone()),
        None => (words::range(&chapter.entries), String::new()),
    }
}

fn row(entry: &Entry, has_statement: bool, page: &mut String) {
    let (number, title) = (code(&entry.number), prose(&entry.title));
    let _ = match entry.status {
        None => writeln!(page, "| | **{number}** | **{title}** | |"),
        Some(status) => {
            let said = said(&words::of_entry(entry, has_statement));
            writeln!(page, "| {} | {number} | {title} | {said} |", word(status))
        }
    };
}

fn document(document: &Document, page: &mut String) {
    let status = match document.status.word() {
        "missing" => "**missing**",
        word => word,
    };
    let (clause, title) = (code(&document.clause), prose(&document.title));
    let said = said(&words::of_document(document));
    let _ = writeln!(page, "| {status} | {clause} | Document: {title} | {said} |");
}

/// What asks for something to be done stands out.
fn word(status: Status) -> String {
    match status {
        Status::Missing | Status::Lapsed => format!("**{}**", words::counted(status)),
        other => words::counted(other).to_owned(),
    }
}

fn said(said: &Said) -> String {
    let names = said.names.iter().map(|(name, beside)| match beside.is_empty() {
        true => code(name),
        false => format!("{} ({})", code(name), prose(beside)),
    });
    let names = names.collect::<Vec<_>>().join(", ");
    match (names.is_empty(), said.remark.is_empty()) {
        (false, false) => format!("{names}; {}", prose(&said.remark)),
        (true, _) => prose(&said.remark),
        (_, true) => names,
    }
}

fn heading(number: &str, title: &str) -> String {
    if title.is_empty() { code(number) } else { format!("{} {}", code(number), prose(title)) }
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", Code(&one_line(text)))
}

fn prose(text: &str) -> String {
    Prose(&one_line(text)).to_string()
}
