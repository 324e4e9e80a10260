//! What a finding says. In a message `[text](1)` leads to the related location with that number, so that brackets of the
//! specification may not look like that.

use std::borrow::Cow;

use serde::Serialize;

use crate::diagnostic::Diagnostic;

use super::places::Location;

#[derive(Serialize)]
pub(super) struct Text<'a> {
    pub(super) text: Cow<'a, str>,
}

impl<'a> Text<'a> {
    pub(super) fn of(text: impl Into<Cow<'a, str>>) -> Self {
        Self { text: text.into() }
    }
}

/// The message, links to the related locations, and what to do. Its first line is the title of an alert.
pub(super) fn message<'a>(finding: &'a Diagnostic, related: &[Location<'_>]) -> Text<'a> {
    let links: Vec<String> = related.iter().filter_map(Location::link).collect();
    if links.is_empty() && finding.help.is_empty() {
        return Text { text: unlinked(&finding.message) };
    }
    let mut text = unlinked(&finding.message).into_owned();
    if !links.is_empty() {
        text.push('\n');
        text.push_str(&links.join(", "));
    }
    for help in &finding.help {
        text.push_str("\nhelp: ");
        text.push_str(&unlinked(help));
    }
    Text::of(text)
}

/// Text in which nothing is a link.
pub(super) fn unlinked(text: &str) -> Cow<'_, str> {
    if text.contains("](") { escaped(text).into() } else { text.into() }
}

/// Text as it stands between the brackets of a link.
pub(super) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}
