//! How a file would be laid out.

use crate::diagnostic::Diagnostic;
use crate::syntax;
use crate::text::{FileId, Source};

/// What laying out a file came to.
#[derive(Debug)]
pub enum Formatted {
    /// It is laid out as it should be, or holds nothing that could be: a Markdown page without `isms` blocks.
    Same,
    /// Its new text, without byte order mark.
    Changed(String),
    /// It has mistakes of syntax, and is left alone. They are ordered by their place; the file has the number 0.
    Unreadable(Vec<Diagnostic>),
}

/// Lays out a file.
#[must_use]
pub fn format(source: &Source) -> Formatted {
    match syntax::format(source) {
        Some(text) if text == source.text() => Formatted::Same,
        Some(text) => Formatted::Changed(text),
        None => {
            let mut errors = syntax::parse(source, FileId(0)).errors;
            errors.sort_by(Diagnostic::order);
            Formatted::Unreadable(errors)
        }
    }
}
