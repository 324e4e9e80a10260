//! The folder `rules/`, compiled in: standards, reference models and rules. Data, not code.

#![deny(clippy::disallowed_methods)]

use std::sync::LazyLock;

use crate::text::Source;

/// Path and text of every shipped file, sorted by path.
static FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// The same as sources, of which every run has clones.
static SOURCES: LazyLock<Vec<Source>> =
    LazyLock::new(|| FILES.iter().map(|(path, text)| Source::builtin(*path, *text)).collect());

/// The shipped files as sources. A file of the project with the same text stands for the shipped one, so that the folder
/// `rules/` itself can be checked; `texts` are the texts of the project's files.
#[must_use]
pub fn sources(project: &[Source]) -> Vec<Source> {
    // Texts are compared only where their lengths agree, which is all but never.
    let is_project =
        |text: &str| project.iter().any(|source| source.text().len() == text.len() && source.text() == text);
    SOURCES.iter().filter(|shipped| !is_project(shipped.text())).cloned().collect()
}

/// The paths of the shipped files, as they are shown: `rules/checks/flow.isms`.
pub fn paths() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(path, _)| *path)
}
