//! What keeps the tool from doing its work. A different species from findings: exit status 2, drawn by miette.

use std::io::ErrorKind;
use std::path::PathBuf;

use miette::{Diagnostic, NamedSource, SourceSpan};

/// A failure of a run.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum ToolError {
    /// A path on the command line that does not exist.
    #[error("there is no file or folder `{path}`")]
    #[diagnostic(code(ismslint::path), help("check the path; nothing was checked"))]
    NoSuchPath {
        /// The path as it was given.
        path: String,
    },
    /// A file or folder that cannot be read.
    #[error("`{path}` cannot be read: {reason}")]
    #[diagnostic(code(ismslint::read), help("check that it is a file, and that you may read it"))]
    Unreadable {
        /// The path.
        path: String,
        /// Why.
        reason: String,
    },
    /// A report that cannot be written.
    #[error("`{path}` cannot be written: {reason}")]
    #[diagnostic(code(ismslint::write), help("{help}"))]
    Unwritable {
        /// The path.
        path: String,
        /// Why.
        reason: String,
        /// What to do.
        help: &'static str,
    },
    /// Something on the command line that means nothing.
    #[error("{message}")]
    #[diagnostic(code(ismslint::usage), help("{help}"))]
    Usage {
        /// What is wrong.
        message: String,
        /// What to do.
        help: String,
    },
    /// A mistake in a configuration file.
    #[error("{message}")]
    #[diagnostic(code(ismslint::configuration), help("{help}"))]
    Configuration {
        /// What is wrong.
        message: String,
        /// What to do.
        help: String,
        /// The file.
        #[source_code]
        source_code: NamedSource<std::sync::Arc<String>>,
        /// Where.
        #[label("here")]
        span: SourceSpan,
    },
    /// Several mistakes in a configuration, all its files together.
    #[error("the configuration has {} mistakes", how_many(errors.len(), *is_cut))]
    #[diagnostic(code(ismslint::configuration))]
    SeveralMistakes {
        /// Whether there are more, which are not shown.
        is_cut: bool,
        /// The mistakes.
        #[related]
        errors: Vec<ToolError>,
    },
}

impl ToolError {
    /// A file that cannot be read.
    #[must_use]
    pub fn unreadable(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::Unreadable { path: shown(path), reason: reason(error) }
    }

    /// A file that cannot be written.
    #[must_use]
    pub fn unwritable(path: &std::path::Path, error: &std::io::Error) -> Self {
        let help = match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room there, and run it again",
            ErrorKind::IsADirectory => "name a file",
            ErrorKind::InvalidFilename => "choose a shorter name",
            _ => "check that the folder exists, and that you may write there",
        };
        Self::Unwritable { path: shown(path), reason: reason(error), help }
    }

    /// A file that somebody has protected.
    #[must_use]
    pub fn read_only(path: &std::path::Path) -> Self {
        let help = "take its write protection away, if it may change";
        Self::Unwritable { path: shown(path), reason: "it is read-only".to_owned(), help }
    }
}

fn how_many(shown: usize, is_cut: bool) -> String {
    if is_cut { format!("more than {shown}") } else { shown.to_string() }
}

/// A path for people, with `/`, on one line and without control characters.
pub(super) fn shown(path: &std::path::Path) -> String {
    let path: PathBuf = path.components().collect();
    crate::text::sanitize_path(&path.to_string_lossy().replace('\\', "/"))
}

/// An error of the system in a few words, the same on every system.
fn reason(error: &std::io::Error) -> String {
    let known = match error.kind() {
        ErrorKind::NotFound => "it does not exist",
        ErrorKind::PermissionDenied => "permission denied",
        ErrorKind::IsADirectory => "it is a folder",
        ErrorKind::NotADirectory => "a part of its path is no folder",
        ErrorKind::StorageFull => "the disk is full",
        ErrorKind::QuotaExceeded => "no more may be stored there",
        ErrorKind::ReadOnlyFilesystem => "the disk is read-only",
        ErrorKind::InvalidFilename => "its name is too long, or not a name here",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    // What the system says, without its number.
    let text = error.to_string().to_lowercase();
    let text = text.split(" (os error").next().unwrap_or_default();
    if text == "too many levels of symbolic links" {
        "the link leads back to itself".to_owned()
    } else {
        text.to_owned()
    }
}
