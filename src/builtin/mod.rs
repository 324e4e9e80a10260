//! The folder `rules/`, compiled in: standards, reference models and rules. Data, not code.

#![deny(clippy::disallowed_methods)]

use crate::text::Source;

/// Path and text of every shipped file, sorted by path.
static FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// The shipped files as sources. A file of the project with the same text stands for the shipped one, so that the folder
/// `rules/` itself can be checked; `texts` are the texts of the project's files.
#[must_use]
pub fn sources(project: &[Source]) -> Vec<Source> {
    // Texts are compared only where their lengths agree, which is all but never.
    FILES
        .iter()
        .filter(|(_, text)| project.iter().all(|source| source.text().len() != text.len() || source.text() != *text))
        .map(|(path, text)| Source::builtin(*path, *text))
        .collect()
}

/// The paths of the shipped files, as they are shown: `rules/checks/flow.isms`.
pub fn paths() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(path, _)| *path)
}
