//! A table for people, fitted to the width of their terminal.

use std::collections::BTreeSet;
use std::io::{self, Write};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::engine::coverage::{Chapter, Coverage, Document, DocumentStatus, Entry, StandardCoverage, Status};
use crate::report::plural;
use crate::text::harmless::one_line;

use super::CoverageStyle;
use super::words::{self, Said};

/// Narrower than this nothing can be read, wider the eye loses the line.
const NARROWEST: usize = 60;
const WIDEST: usize = 140;

pub(super) fn write(projects: &[(String, Coverage)], style: CoverageStyle, out: &mut dyn Write) -> io::Result<()> {
    let mut sheet = Sheet { text: String::new(), style, number: 0, title: 0, said: 0, seen: BTreeSet::new() };
    for (at, (path, coverage)) in projects.iter().enumerate() {
        if at > 0 {
            sheet.text.push('\n');
        }
        sheet.project(path, coverage);
    }
    sheet.legend();
    out.write_all(sheet.text.as_bytes())
}

/// Text as it grows, and the widths of the columns of the standard that is written.
struct Sheet {
    text: String,
    style: CoverageStyle,
    number: usize,
    title: usize,
    said: usize,
    /// The statuses whose marks were used.
    seen: BTreeSet<Status>,
}

/// How something is coloured.
#[derive(Clone, Copy)]
enum Colour {
    Bold,
    Green,
    Yellow,
    Red,
    Dim,
}

impl Colour {
    const fn code(self) -> &'static str {
        match self {
            Self::Bold => "1",
            Self::Green => "32",
            Self::Yellow => "33",
            Self::Red => "31",
            Self::Dim => "2",
        }
    }
}

/// The mark of a status: in Unicode, in ASCII, and its colour.
const fn mark(status: Status) -> (&'static str, &'static str, Colour) {
    match status {
        Status::Answered => ("✓", "+", Colour::Green),
        Status::Partly => ("~", "~", Colour::Yellow),
        Status::Elsewhere => ("→", ">", Colour::Green),
        Status::Planned => ("○", "o", Colour::Yellow),
        Status::Lapsed => ("!", "!", Colour::Red),
        Status::Missing => ("✗", "x", Colour::Red),
        Status::Excluded => ("–", "-", Colour::Dim),
        Status::Undecided => ("?", "?", Colour::Yellow),
        Status::Unknown => ("…", ".", Colour::Yellow),
    }
}

impl Sheet {
    fn paint(&self, text: &str, colour: Colour) -> String {
        if self.style.colour && !text.is_empty() {
            format!("\u{1b}[{}m{text}\u{1b}[0m", colour.code())
        } else {
            text.to_owned()
        }
    }

    /// Something that may end in blanks, on a line of its own.
    fn line(&mut self, text: &str) {
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }

    fn width(&self) -> usize {
        self.style.width.clamp(NARROWEST, WIDEST)
    }

    fn fit(&self, text: &str, width: usize) -> String {
        fit(text, width, if self.style.unicode { "…" } else { "..." })
    }

    fn project(&mut self, path: &str, coverage: &Coverage) {
        let name = coverage.organization.as_ref().map(|it| if it.title.is_empty() { &it.id } else { &it.title });
        let name = name.map(|name| one_line(name)).unwrap_or_default();
        let head = match (name.is_empty(), path.is_empty()) {
            (false, true) => name,
            (false, false) => format!("{name}, {}", one_line(path)),
            (true, _) => one_line(path),
        };
        if !head.is_empty() {
            let head = self.fit(&head, self.width());
            let head = self.paint(&head, Colour::Bold);
            self.line(&head);
        }
        if coverage.standards.is_empty() {
            self.line("no standard is declared; write `standard iso27001:2022` into `organization`");
        }
        for (at, standard) in coverage.standards.iter().enumerate() {
            if at > 0 || !head.is_empty() {
                self.text.push('\n');
            }
            self.standard(standard);
        }
    }

    fn standard(&mut self, standard: &StandardCoverage) {
        self.number = standard.entries().map(|entry| one_line(&entry.number).width()).max().unwrap_or_default().min(16);
        // Two blanks, the mark, a blank, the number, two blanks, the title, two blanks, who answers it.
        let rest = self.width().saturating_sub(self.number + 8);
        let title = standard.entries().map(longest_title).max().unwrap_or_default();
        let said = standard.chapters.iter().map(|chapter| longest_said(chapter, standard.has_statement)).max();
        // Where both find no room, titles take the larger part, and names at least what titles leave.
        let said = said.unwrap_or_default().min(rest * 2 / 5).max(rest.saturating_sub(title));
        self.said = said.min(rest.saturating_sub(10));
        self.title = rest.saturating_sub(self.said).min(title.max(10));

        let id = one_line(&standard.standard.id);
        let title = one_line(&standard.standard.title);
        let head = self.fit(format!("{id}  {title}").trim_end(), self.width());
        let head = self.paint(&head, Colour::Bold);
        self.line(&head);
        for chapter in &standard.chapters {
            self.chapter(chapter, standard.has_statement);
        }
        self.totals(standard);
    }

    fn chapter(&mut self, chapter: &Chapter, has_statement: bool) {
        self.text.push('\n');
        let range = words::range(&chapter.entries);
        let heading = chapter.heading.as_ref();
        let (number, title) = heading.map_or((range.as_str(), ""), |heading| (&heading.id, &heading.title));
        self.heading(number, title, &words::summary(&chapter.totals()), true);
        for (at, entry) in chapter.entries.iter().enumerate() {
            match entry.status {
                Some(status) => self.row(status, &entry.number, &entry.title, &words::of_entry(entry, has_statement)),
                // It is the heading that stands there already.
                None if at == 0 && heading.is_some() => {}
                None => self.heading(&entry.number, &entry.title, "", false),
            }
            self.documents(entry);
        }
    }

    /// A heading; what is said of it stands beside it where there is room.
    fn heading(&mut self, number: &str, title: &str, said: &str, is_outermost: bool) {
        let number = one_line(number);
        let name = format!("{number}{}  {}", blanks(&number, self.number), one_line(title));
        let name = self.fit(name.trim_end(), self.width() - 4);
        let column = self.number + 2 + self.title;
        let painted = if is_outermost { self.paint(&name, Colour::Bold) } else { name.clone() };
        let room = self.width().saturating_sub(name.width() + said.width() + 4);
        if said.is_empty() {
            self.line(&format!("    {painted}"));
        } else if room >= 2 {
            // In the column of names, or as near to it as the line is long.
            let gap = column.saturating_sub(name.width()) + 2;
            let gap = " ".repeat(gap.clamp(2, room));
            let said = self.paint(said, Colour::Dim);
            self.line(&format!("    {painted}{gap}{said}"));
        } else {
            self.line(&format!("    {painted}"));
            let gap = " ".repeat(self.number + 6);
            for line in wrapped(said, self.width().saturating_sub(self.number + 6)) {
                let line = self.paint(&line, Colour::Dim);
                self.line(&format!("{gap}{line}"));
            }
        }
    }

    fn row(&mut self, status: Status, number: &str, title: &str, said: &Said) {
        let mark = self.mark(status);
        let number = self.fit(&one_line(number), self.number);
        let title = self.fit(&one_line(title), self.title);
        let said = self.said(said);
        let is_dim = status == Status::Excluded;
        let said = if is_dim { self.paint(&said, Colour::Dim) } else { said };
        let (behind_number, behind_title) = (blanks(&number, self.number), blanks(&title, self.title));
        self.line(&format!("  {mark} {number}{behind_number}  {title}{behind_title}  {said}"));
    }

    fn documents(&mut self, entry: &Entry) {
        for document in &entry.documents {
            let status = match document.status {
                DocumentStatus::Produced => Status::Answered,
                DocumentStatus::Missing => Status::Missing,
                DocumentStatus::Unknown => Status::Unknown,
            };
            let mark = self.mark(status);
            let title = self.fit(&document_title(document), self.title.saturating_sub(2));
            let said = self.said(&words::of_document(document));
            let (before, behind) = (" ".repeat(self.number + 6), blanks(&title, self.title.saturating_sub(2)));
            self.line(&format!("{before}{mark} {title}{behind}  {said}"));
        }
    }

    fn mark(&mut self, status: Status) -> String {
        self.seen.insert(status);
        let (unicode, ascii, colour) = mark(status);
        self.paint(if self.style.unicode { unicode } else { ascii }, colour)
    }

    /// As many names as there is room for, and how many more there are.
    fn said(&self, said: &Said) -> String {
        let remark = one_line(&said.remark);
        if said.names.is_empty() {
            return self.fit(&remark, self.said);
        }
        let remark = if remark.is_empty() { remark } else { format!("; {remark}") };
        // Every name takes a column, so that there is room for no more.
        let names: Vec<String> = names(said).take(self.said).collect();
        let behind = |shown: usize| match said.names.len() - shown {
            0 => remark.clone(),
            left => format!(", {left} more{remark}"),
        };
        let fitting = (1..=names.len()).rev().find_map(|shown| {
            let text = format!("{}{}", names[..shown].join(", "), behind(shown));
            (text.width() <= self.said).then_some(text)
        });
        // Of a single name that is too long, what stands behind it matters more than its end.
        fitting.unwrap_or_else(|| {
            let behind = behind(1);
            let name = self.fit(names.first().map_or("", String::as_str), self.said.saturating_sub(behind.width()));
            self.fit(&format!("{name}{behind}"), self.said)
        })
    }

    fn totals(&mut self, standard: &StandardCoverage) {
        self.text.push('\n');
        let head = self.paint(&one_line(&standard.standard.id), Colour::Bold);
        self.line(&head);
        let (clauses, controls) = (standard.totals(false), standard.totals(true));
        let mut rows: Vec<(String, String)> = Vec::new();
        if clauses.units > 0 {
            rows.push((plural(clauses.units, "clause"), words::counts(&clauses)));
        }
        if controls.units > 0 {
            let statement = if standard.has_statement { "" } else { "; there is no Statement of Applicability" };
            rows.push((plural(controls.units, "control"), format!("{}{statement}", words::counts(&controls))));
        }
        let (asked, produced) = (clauses.documents + controls.documents, clauses.produced + controls.produced);
        if asked > 0 {
            rows.push((plural(asked, "document"), format!("{produced} of {asked} produced")));
        }
        let width = rows.iter().map(|(what, _)| what.width()).max().unwrap_or_default();
        for (what, counts) in rows {
            let room = self.width().saturating_sub(width + 4);
            let mut gap = format!("  {what}{}", blanks(&what, width));
            for line in wrapped(&counts, room) {
                self.line(&format!("{gap}  {line}"));
                gap = " ".repeat(width + 2);
            }
        }
    }

    /// What the marks mean that were used.
    fn legend(&mut self) {
        if self.seen.is_empty() {
            return;
        }
        let words: Vec<String> = Status::ALL
            .into_iter()
            .filter(|status| self.seen.contains(status))
            .map(|status| {
                let (unicode, ascii, _) = mark(status);
                format!("{} {}", if self.style.unicode { unicode } else { ascii }, words::counted(status))
            })
            .collect();
        self.text.push('\n');
        for line in wrapped(&words.join(", "), self.width()) {
            let line = self.paint(&line, Colour::Dim);
            self.line(&line);
        }
    }
}

fn document_title(document: &Document) -> String {
    let title = one_line(&document.title);
    words::letter(document).map_or_else(|| title.clone(), |letter| format!("{} {title}", one_line(letter)))
}

/// The names, each with what is said beside it.
fn names(said: &Said) -> impl Iterator<Item = String> {
    said.names.iter().map(|(name, beside)| match beside.is_empty() {
        true => one_line(name),
        false => one_line(&format!("{name} ({beside})")),
    })
}

/// The width of the longest text in the column of names, were there room for all of them.
fn longest_said(chapter: &Chapter, has_statement: bool) -> usize {
    let width = |said: &Said| {
        let names: usize = names(said).map(|name| name.width() + 2).sum();
        let remark = one_line(&said.remark).width();
        if remark == 0 { names.saturating_sub(2) } else { names + remark }
    };
    let of_entry = |entry: &Entry| {
        let own = entry.status.map_or(0, |_| width(&words::of_entry(entry, has_statement)));
        let documents = entry.documents.iter().map(|document| width(&words::of_document(document)));
        documents.chain([own]).max().unwrap_or_default()
    };
    chapter.entries.iter().map(of_entry).max().unwrap_or_default().max(words::summary(&chapter.totals()).width())
}

fn longest_title(entry: &Entry) -> usize {
    let documents = entry.documents.iter().map(|document| document_title(document).width() + 2);
    documents.chain([one_line(&entry.title).width()]).max().unwrap_or_default()
}

/// What is missing to a width.
fn blanks(text: &str, width: usize) -> String {
    " ".repeat(width.saturating_sub(text.width()))
}

/// A text that is cut where it is too wide.
fn fit(text: &str, width: usize, ellipsis: &str) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(ellipsis.width());
    let mut taken = 0;
    let mut cut = String::new();
    for character in text.chars() {
        taken += character.width().unwrap_or_default();
        if taken > room {
            break;
        }
        cut.push(character);
    }
    format!("{}{ellipsis}", cut.trim_end())
}

/// Lines, broken after commas and semicolons.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for part in text.split_inclusive([',', ';']) {
        match lines.last_mut() {
            Some(line) if line.is_empty() || line.width() + part.width() <= width => line.push_str(part),
            _ => lines.push(part.trim_start().to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_to_columns_not_characters() {
        assert_eq!(fit("Leadership", 10, "…"), "Leadership");
        assert_eq!(fit("Leadership and", 11, "…"), "Leadership…");
        assert_eq!(fit("名前名前", 5, "…"), "名前…");
        assert_eq!(fit("名前名前", 5, "..."), "名...");
        assert_eq!(fit("e\u{301}e\u{301}e\u{301}", 2, "…"), "e\u{301}…");
    }

    #[test]
    fn long_counts_are_broken() {
        assert_eq!(wrapped("1 of 9 answered, 2 partly; none", 18), ["1 of 9 answered,", "2 partly; none"]);
        assert_eq!(wrapped("", 5), [""]);
    }
}
