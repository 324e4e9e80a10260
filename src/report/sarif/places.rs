//! Places as SARIF writes them.

use std::fmt::Write as _;

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Label, Place};
use crate::report::Shown;
use crate::report::places::{Paths, further, in_repository};
use crate::text::{FileId, Span};

use super::message::{Text, escaped, unlinked};

/// The name of the repository's root, to which locations are relative.
pub(super) const ROOT: &str = "%SRCROOT%";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    physical_location: Option<PhysicalLocation<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logical_locations: Option<[LogicalLocation<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text<'a>>,
}

impl Location<'_> {
    /// The link to it in a message; what is compiled into the program can only be named.
    pub(super) fn link(&self) -> Option<String> {
        let (id, message) = (self.id?, self.message.as_ref()?);
        if self.physical_location.is_some() {
            return Some(format!("[{}]({id})", escaped(&message.text)));
        }
        let names = self.logical_locations.as_ref()?;
        Some(format!("{} ({})", unlinked(&message.text), names[0].fully_qualified_name))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation<'a> {
    artifact_location: ArtifactLocation<'a>,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ArtifactLocation<'a> {
    uri: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation<'a> {
    fully_qualified_name: std::borrow::Cow<'a, str>,
}

pub(super) struct Places<'a> {
    shown: &'a Shown<'a>,
    uris: Paths<'a>,
}

impl<'a> Places<'a> {
    pub(super) fn new(shown: &'a Shown<'a>) -> Self {
        Self { shown, uris: Paths::with(shown, uri) }
    }

    /// Where a finding is shown. One without file is shown at the head of the file that stands for its project, because
    /// code scanning refuses a result without location.
    pub(super) fn primary(&'a self, report: usize, finding: &'a Diagnostic, home: Option<Place>) -> Location<'a> {
        let head = Region { start_line: 1, start_column: 1, end_line: 1, end_column: 1 };
        let said = finding.primary.as_ref().filter(|label| !label.message.is_empty() && home == Some(label.place));
        Location {
            id: None,
            physical_location: Some(PhysicalLocation {
                artifact_location: self.artifact(report, home.map(|home| home.file)),
                region: home.map_or(head, |home| self.region(report, self.first_line(report, home))),
            }),
            logical_locations: (!finding.entity.is_empty())
                .then(|| [LogicalLocation { fully_qualified_name: finding.entity.as_str().into() }]),
            message: said.map(|label| Text::of(label.message.as_str())),
        }
    }

    /// The further places of a finding, numbered from 1; the first is all of its own place, where that has several lines.
    pub(super) fn related(&'a self, report: usize, finding: &'a Diagnostic, home: Option<Place>) -> Vec<Location<'a>> {
        let whole = home.filter(|home| self.first_line(report, *home) != *home);
        let whole = whole.map(|home| (home, "all of it"));
        let labels = further(finding, home).map(|label: &Label| {
            let message = if label.message.is_empty() { "see also" } else { label.message.as_str() };
            (label.place, message)
        });
        let numbered = whole.into_iter().chain(labels).enumerate();
        numbered.map(|(at, (place, message))| self.one(report, at + 1, place, message)).collect()
    }

    fn one(&'a self, report: usize, id: usize, place: Place, message: &'a str) -> Location<'a> {
        let source = self.shown.source(report, place.file);
        let message = Some(Text::of(message));
        if source.is_builtin() {
            let at = source.line_index().line_column(source.text(), place.span.start);
            let name = format!("ismslint:{}:{}", source.path(), at.line);
            let name = LogicalLocation { fully_qualified_name: name.into() };
            return Location { id: Some(id), physical_location: None, logical_locations: Some([name]), message };
        }
        let physical = PhysicalLocation {
            artifact_location: self.artifact(report, Some(place.file)),
            region: self.region(report, place),
        };
        Location { id: Some(id), physical_location: Some(physical), logical_locations: None, message }
    }

    /// What of a place stands on its first line.
    fn first_line(&self, report: usize, place: Place) -> Place {
        let source = self.shown.source(report, place.file);
        let index = source.line_index();
        let Some(next) = index.start_of(index.line_of(place.span.start) + 1).filter(|next| *next < place.span.end)
        else {
            return place;
        };
        let line = source.slice(Span::new(place.span.start, next)).trim_end_matches(['\r', '\n']);
        Place { file: place.file, span: Span::new(place.span.start, place.span.start + line.len() as u32) }
    }

    pub(super) fn region(&self, report: usize, place: Place) -> Region {
        let source = self.shown.source(report, place.file);
        let at = |offset| source.line_index().line_column_utf16(source.text(), offset);
        let (start, end) = (at(place.span.start), at(place.span.end));
        Region { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column }
    }

    /// A file, or the one that stands for the project.
    pub(super) fn artifact(&'a self, report: usize, file: Option<FileId>) -> ArtifactLocation<'a> {
        let uri = file.map_or_else(|| self.uris.of_project(report), |file| self.uris.of(report, file));
        ArtifactLocation { uri, uri_base_id: (!uri.starts_with("file://")).then_some(ROOT) }
    }
}

/// Relative to the repository's root, or absolute for a file that lies outside of it.
fn uri(shown: &Shown<'_>, report: usize, file: Option<FileId>) -> String {
    let path = in_repository(shown, report, file);
    let root = shown.home.root.as_str();
    let above = path.split('/').take_while(|part| *part == "..").count();
    if above == 0 || root.is_empty() {
        return encoded(&path);
    }
    let mut parts: Vec<&str> = root.split('/').collect();
    parts.truncate(parts.len().saturating_sub(above).max(1));
    parts.extend(path.split('/').skip(above));
    let absolute = encoded(parts.join("/").trim_start_matches('/'));
    // The colon of a drive is no character of a name.
    match absolute.split_once("%3A/") {
        Some((drive, rest)) if drive.len() == 1 => format!("file:///{drive}:/{rest}"),
        _ => format!("file:///{absolute}"),
    }
}

/// A path in which every byte stands for itself.
fn encoded(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}
