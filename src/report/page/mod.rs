//! What `explain` shows: pages for a terminal, and the same as JSON.

mod clause;
mod json;
mod reference;
mod rule;

pub use json::json_page;

use crate::engine::explain::{Page, Speaking, Titled};
use crate::text::harmless::for_logs;

/// How far lines of running text reach.
const WIDTH: usize = 100;

/// A page for a terminal; headings are bold where `colour` says so.
#[must_use]
pub fn text_page(page: &Page, colour: bool) -> String {
    let mut sheet = Sheet { text: String::new(), colour };
    match page {
        Page::Rule(rule) => rule::write(rule, &mut sheet),
        Page::Clause(page) => clause::write(page, &mut sheet),
        Page::Reference(page) => reference::write(page, &mut sheet),
    }
    sheet.text
}

/// Text as it grows. Everything that comes from files goes through [`for_logs`] on its way in.
struct Sheet {
    text: String,
    colour: bool,
}

impl Sheet {
    fn bold(&self, text: &str) -> String {
        let text = for_logs(text);
        if self.colour { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.into_owned() }
    }

    fn line(&mut self, text: &str) {
        self.text.push_str(for_logs(text).trim_end());
        self.text.push('\n');
    }

    /// The first line of a page.
    fn head(&mut self, named: &Titled) {
        let title = if named.title.is_empty() { String::new() } else { format!("  {}", for_logs(&named.title)) };
        self.text.push_str(&format!("{}{title}\n\n", self.bold(&named.id)));
    }

    /// The heading of a section.
    fn section(&mut self, title: &str) {
        self.text.push_str(&format!("\n{}\n", self.bold(title)));
    }

    /// A label and a text, which is broken into lines.
    fn field(&mut self, label: &str, text: &str) {
        let mut line = format!("  {label:<10}");
        let indent = line.chars().count();
        for word in text.split_whitespace() {
            let length = line.chars().count();
            if length > indent && length + 1 + word.chars().count() > WIDTH {
                self.line(&line);
                line = " ".repeat(indent);
            }
            line.push(' ');
            line.push_str(word);
        }
        self.line(&line);
    }

    /// Rows in columns; the last cell of a row is as long as it likes, and empty columns are left out.
    fn rows(&mut self, rows: &[Vec<String>]) {
        let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
        let width = |column: usize| {
            rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for row in rows {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths).filter(|(_, width)| **width > 0) {
                line.push_str(&format!("  {cell:<width$}"));
            }
            self.line(&line);
        }
    }

    /// Rows of things with their titles.
    fn titled(&mut self, things: &[Titled]) {
        let rows: Vec<Vec<String>> = things.iter().map(|thing| vec![thing.id.clone(), thing.title.clone()]).collect();
        self.rows(&rows);
    }

    fn rules(&mut self, rules: &[Speaking]) {
        if rules.is_empty() {
            return;
        }
        self.section("Rules that speak of it");
        let row = |rule: &Speaking| vec![rule.code.clone(), rule.name.clone(), format!("by {}", rule.cites.join(", "))];
        self.rows(&rules.iter().map(row).collect::<Vec<_>>());
    }

    fn others(&mut self, others: &[Titled]) {
        if !others.is_empty() {
            self.section("Perhaps meant instead");
            self.titled(others);
        }
    }
}

/// Whose reading something is.
const fn reading(is_inferred: bool) -> &'static str {
    if is_inferred { "inferred" } else { "stated" }
}
