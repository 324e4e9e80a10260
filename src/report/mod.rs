//! How findings leave: one file for each format, each with its own form of them. Knows nothing of how they arose.

#![deny(clippy::disallowed_methods)]

mod azure;
mod checkstyle;
mod concise;
mod coverage;
mod diff;
mod drawing;
mod fingerprint;
mod github;
mod gitlab;
mod guarded;
mod json;
mod json_lines;
mod junit;
mod line_hashes;
mod markdown;
mod page;
mod places;
mod pretty;
mod rdjsonl;
mod sarif;
mod shown;
mod xml;

pub use coverage::{COVERAGE_SCHEMA, CoverageFormat, CoverageStyle, write_coverage};
pub use diff::diff;
pub use json::{SCHEMA, json_report};
pub use page::{json_page, text_page};
pub use shown::{Home, Shown, Summary};

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
    /// An object a line, for machines.
    JsonLines,
    /// The Static Analysis Results Interchange Format, for code scanning.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// GitLab's Code Quality.
    Gitlab,
    /// Test cases, which every pipeline shows.
    Junit,
    /// Reviewdog's diagnostics.
    Rdjsonl,
    /// Checkstyle's XML.
    Checkstyle,
    /// Logging commands of Azure Pipelines.
    Azure,
    /// A table for a pull request's comment or a job's summary.
    Markdown,
}

impl Format {
    /// Every format, by the word that names it.
    pub const ALL: [(&'static str, Self); 12] = [
        ("pretty", Self::Pretty),
        ("concise", Self::Concise),
        ("json", Self::Json),
        ("json-lines", Self::JsonLines),
        ("sarif", Self::Sarif),
        ("github", Self::Github),
        ("gitlab", Self::Gitlab),
        ("junit", Self::Junit),
        ("rdjsonl", Self::Rdjsonl),
        ("checkstyle", Self::Checkstyle),
        ("azure", Self::Azure),
        ("markdown", Self::Markdown),
    ];
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
    /// Whether findings that an `@allow` covers are drawn. Formats for machines that can mark them always do.
    pub suppressed: bool,
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
        Format::JsonLines => json_lines::write(shown, out),
        Format::Sarif => sarif::write(shown, out),
        Format::Github => github::write(shown, out),
        Format::Gitlab => gitlab::write(shown, out),
        Format::Junit => junit::write(shown, out),
        Format::Rdjsonl => rdjsonl::write(shown, out),
        Format::Checkstyle => checkstyle::write(shown, out),
        Format::Azure => azure::write(shown, out),
        Format::Markdown => markdown::write(shown, style, out),
    }
}

/// From how many places of one rule on a format shows no more of them in this style; `None` where it shows all.
#[must_use]
pub fn most_places(format: Format, style: Style) -> Option<usize> {
    (format == Format::Pretty && !style.all).then_some(pretty::MANY_BLOCKS)
}

/// What stands after a report for people: what was checked, what was counted, and what to do next. Not a part of the report
/// itself, because it says how long the run took. Empty for the formats that machines read.
#[must_use]
pub fn closing(shown: &Shown<'_>, style: Style, format: Format) -> String {
    match format {
        Format::Pretty => pretty::closing(shown, style),
        Format::Concise => concise::closing(shown, style),
        _ => String::new(),
    }
}

/// What a report leaves out since its readers would refuse it, as a line for whoever made it.
#[must_use]
pub fn left_out(shown: &Shown<'_>, format: Format) -> Option<String> {
    let count = if format == Format::Sarif { sarif::left_out(shown) } else { 0 };
    (count > 0).then(|| format!("sarif: {}", sarif::remark(count)))
}

/// The address of the page of a shipped rule, where the package has a home.
fn page_of(code: &str) -> Option<String> {
    let home = env!("CARGO_PKG_HOMEPAGE");
    (!home.is_empty()).then(|| format!("{home}/docs/rules/{code}.md"))
}

/// "3 errors", "1 error"
fn plural(count: usize, word: &str) -> String {
    let ending = if count == 1 {
        ""
    } else if word.ends_with("ss") {
        "es"
    } else {
        "s"
    };
    format!("{count} {word}{ending}")
}
