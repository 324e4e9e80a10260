//! What keeps the tool from doing its work. A different species from findings: exit status 2, drawn by miette.

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
    #[diagnostic(code(ismslint::write), help("check that the folder exists, and that you may write there"))]
    Unwritable {
        /// The path.
        path: String,
        /// Why.
        reason: String,
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
        Self::Unwritable { path: shown(path), reason: reason(error) }
    }
}

fn how_many(shown: usize, is_cut: bool) -> String {
    if is_cut { format!("more than {shown}") } else { shown.to_string() }
}

/// A path for people, with `/` and without control characters.
pub(super) fn shown(path: &std::path::Path) -> String {
    let path: PathBuf = path.components().collect();
    crate::text::sanitize(&path.to_string_lossy().replace('\\', "/")).into_owned()
}

/// An error of the system in a few words, the same on every system.
fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "it does not exist".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        std::io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        _ => error.to_string().to_lowercase(),
    }
}
