//! Where findings are, as hosts of repositories want to be told: in files of the repository only.

use std::cell::OnceCell;

use crate::diagnostic::{Diagnostic, Label, Place};
use crate::text::{FileId, LineColumn};

use super::Shown;
use crate::text::harmless::harmless;

/// The file that stands for the project where a format demands a file and the finding has none.
const PROJECT_FILE: &str = "ismslint.toml";

/// The paths of files as a format writes them, each made once.
pub(super) struct Paths<'a> {
    shown: &'a Shown<'a>,
    form: fn(&Shown<'_>, usize, Option<FileId>) -> String,
    /// By report: the project itself, then its files.
    known: Vec<(OnceCell<String>, Vec<OnceCell<String>>)>,
}

impl<'a> Paths<'a> {
    /// Paths from the repository's root, without what could steer a terminal or a pipeline. A path begins with `../` where
    /// the file lies outside.
    pub(super) fn new(shown: &'a Shown<'a>) -> Self {
        Self::with(shown, |shown, report, file| {
            harmless(&in_repository(shown, report, file)).replace(['\n', '\r'], "?")
        })
    }

    /// Paths in another form; that of no file is the project's.
    pub(super) fn with(shown: &'a Shown<'a>, form: fn(&Shown<'_>, usize, Option<FileId>) -> String) -> Self {
        let files = |count| vec![OnceCell::new(); count];
        let known = shown.reports.iter().map(|(_, report)| (OnceCell::new(), files(report.sources.len()))).collect();
        Self { shown, form, known }
    }

    /// The path of a file.
    pub(super) fn of(&self, report: usize, file: FileId) -> &str {
        self.known[report].1[file.0 as usize].get_or_init(|| (self.form)(self.shown, report, Some(file)))
    }

    /// The path of the file that stands for the project.
    pub(super) fn of_project(&self, report: usize) -> &str {
        self.known[report].0.get_or_init(|| (self.form)(self.shown, report, None))
    }

    /// The path of the file that a finding is shown at.
    pub(super) fn of_finding(&self, report: usize, home: Option<Place>) -> &str {
        home.map_or_else(|| self.of_project(report), |home| self.of(report, home.file))
    }
}

/// The path from the repository's root to a file, or to the one that stands for the project.
pub(super) fn in_repository(shown: &Shown<'_>, report: usize, file: Option<FileId>) -> String {
    let path = file.map_or(PROJECT_FILE, |file| shown.source(report, file).path());
    within(&shown.home.inside, &shown.reports[report].0, path)
}

/// One path from three, without `..` where that can be.
fn within(inside: &str, prefix: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in [inside, prefix, path].into_iter().flat_map(|path| path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The place at which a finding is shown: its own, or, where that is in a file that is compiled into the program, the
/// first of its labels in the project.
pub(super) fn home(shown: &Shown<'_>, report: usize, finding: &Diagnostic) -> Option<Place> {
    let mut places = finding.primary.iter().chain(&finding.labels).map(|label| label.place);
    places.find(|place| !shown.source(report, place.file).is_builtin())
}

/// The labels that are not the place at which the finding is shown.
pub(super) fn further(finding: &Diagnostic, home: Option<Place>) -> impl Iterator<Item = &Label> {
    let all = finding.primary.iter().chain(&finding.labels);
    let mut is_left_out = false;
    all.filter(move |label| {
        let is_home = !is_left_out && home == Some(label.place);
        is_left_out |= is_home;
        !is_home
    })
}

/// Lines and columns of a place, in Unicode scalar values.
pub(super) fn range(shown: &Shown<'_>, report: usize, place: Place) -> (LineColumn, LineColumn) {
    let source = shown.source(report, place.file);
    let at = |offset| source.line_index().line_column(source.text(), offset);
    (at(place.span.start), at(place.span.end))
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn paths_are_plain() {
        assert_eq!(within("isms/", "group/", "a.isms"), "isms/group/a.isms");
        assert_eq!(within("", "", "./a.isms"), "a.isms");
        assert_eq!(within("isms/", "", "../rules/a.isms"), "rules/a.isms");
        assert_eq!(within("isms/", "", "../../rules/a.isms"), "../rules/a.isms");
    }
}
