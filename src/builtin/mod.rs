//! The folder `rules/`, compiled in: standards, reference models and rules. Data, not code.

#![deny(clippy::disallowed_methods)]

use std::sync::LazyLock;

use crate::text::Source;

/// A file under `rules/`.
struct Shipped {
    path: &'static str,
    text: &'static str,
    /// The same with blanks where its tests are, so that all places agree.
    without_tests: &'static str,
}

/// Every shipped file, sorted by path.
static FILES: &[Shipped] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// The files without their tests as sources, of which every run has clones.
static SOURCES: LazyLock<Vec<Source>> =
    LazyLock::new(|| FILES.iter().map(|file| Source::builtin(file.path, file.without_tests)).collect());

/// The shipped files as sources, with blanks in place of their tests. A file of the project with the text of a shipped one
/// stands for it, so that the folder `rules/` itself can be checked; `project` are the project's files.
#[must_use]
pub fn sources(project: &[Source]) -> Vec<Source> {
    let missing = FILES.iter().zip(&*SOURCES).filter(|(file, _)| !is_among(project, file));
    missing.map(|(_, source)| source.clone()).collect()
}

/// Likewise with their tests.
#[must_use]
pub fn sources_with_tests(project: &[Source]) -> Vec<Source> {
    let missing = FILES.iter().filter(|file| !is_among(project, file));
    missing.map(|file| Source::builtin(file.path, file.text)).collect()
}

/// Texts are compared only where their lengths agree, which is all but never. A page is read for its blocks only, so that
/// one with such a text stands for nothing.
fn is_among(project: &[Source], file: &Shipped) -> bool {
    let is_same = |source: &Source| source.text().len() == file.text.len() && source.text() == file.text;
    project.iter().any(|source| is_same(source) && !source.is_markdown())
}

/// The paths of the shipped files, as they are shown: `rules/checks/flow.isms`.
pub fn paths() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|file| file.path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_stands_for_a_shipped_file_unless_it_is_a_page() {
        let all = sources(&[]).len();
        let copy = |path: &str| Source::new(path, FILES[0].text);
        assert_eq!(sources(&[copy("rules/copy.isms")]).len(), all - 1);
        for page in ["docs/copy.md", "docs/copy.MARKDOWN"] {
            assert_eq!(sources(&[copy(page)]).len(), all);
            assert_eq!(sources_with_tests(&[copy(page)]).len(), all);
        }
    }
}
