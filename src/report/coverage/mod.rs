//! How the coverage leaves: one file for each format, each with its own form of it.

mod csv;
mod json;
mod markdown;
mod terminal;
mod words;

pub use json::COVERAGE_SCHEMA;

use std::io::{self, Write};

use crate::engine::coverage::Coverage;

/// How the coverage is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoverageFormat {
    /// A table for people.
    Pretty,
    /// One object, for machines.
    Json,
    /// Tables for a page or a job's summary.
    Markdown,
    /// A row for each clause, control and document, for spreadsheets.
    Csv,
}

impl CoverageFormat {
    /// Every format, by the word that names it.
    pub const ALL: [(&'static str, Self); 4] =
        [("pretty", Self::Pretty), ("json", Self::Json), ("markdown", Self::Markdown), ("csv", Self::Csv)];
}

/// What people want of the table that is for them.
#[derive(Clone, Copy, Debug)]
pub struct CoverageStyle {
    /// Whether escape sequences for colours may be written.
    pub colour: bool,
    /// Whether marks may be Unicode.
    pub unicode: bool,
    /// How many columns a line may take.
    pub width: usize,
}

impl Default for CoverageStyle {
    fn default() -> Self {
        Self { colour: false, unicode: true, width: 100 }
    }
}

/// Writes the coverage of projects, each with the path that leads to it (empty for the one that was asked for).
///
/// # Errors
///
/// Where `out` cannot be written.
pub fn write_coverage(
    format: CoverageFormat,
    projects: &[(String, Coverage)],
    style: CoverageStyle,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        CoverageFormat::Pretty => terminal::write(projects, style, out),
        CoverageFormat::Json => json::write(projects, out),
        CoverageFormat::Markdown => markdown::write(projects, out),
        CoverageFormat::Csv => csv::write(projects, out),
    }
}
