//! How findings leave: one file for each format, each with its own form of them. Knows nothing of how they arose.

#![deny(clippy::disallowed_methods)]

mod concise;
mod drawing;
mod json;
mod page;
mod pretty;
mod shown;

pub use json::{SCHEMA, json_report};
pub use page::{json_page, text_page};
pub use shown::{Shown, Summary};

use std::io::{self, Write};

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Blocks with the source, for people.
    Pretty,
    /// A line a finding.
    Concise,
    /// One object, for machines.
    Json,
}

impl Format {
    /// Every format, by the word that names it.
    pub const ALL: [(&'static str, Self); 3] =
        [("pretty", Self::Pretty), ("concise", Self::Concise), ("json", Self::Json)];
}

/// What people want of the formats that are for them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Whether escape sequences for colours (and links) may be written.
    pub colour: bool,
    /// Whether lines may be drawn with Unicode.
    pub unicode: bool,
    /// Whether every finding is drawn, also the fourth and later ones of a rule with many.
    pub all: bool,
    /// Whether notes are drawn, not only counted.
    pub notes: bool,
}

/// Writes a report.
///
/// # Errors
///
/// Where `out` cannot be written.
pub fn write(format: Format, shown: &Shown<'_>, style: Style, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Pretty => pretty::write(shown, style, out),
        Format::Concise => concise::write(shown, style, out),
        Format::Json => json::write(shown, out),
    }
}

/// What stands after a report for people: what was checked, what was counted, and what to do next. Not a part of the report
/// itself, because it says how long the run took.
#[must_use]
pub fn closing(shown: &Shown<'_>, style: Style, format: Format) -> String {
    match format {
        Format::Pretty => pretty::closing(shown, style),
        Format::Concise => concise::closing(shown, style),
        Format::Json => String::new(),
    }
}
