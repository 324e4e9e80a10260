//! Where a value of the configuration stands.

use std::ops::Range;
use std::sync::Arc;

use miette::NamedSource;

use crate::project::ToolError;

/// The text of a configuration file.
#[derive(Debug)]
pub(super) struct Text {
    /// What the file is called: its path from the project's root.
    pub(super) path: String,
    pub(super) text: Arc<String>,
}

/// A place in a configuration file. Shown as `ismslint.toml:3`.
#[derive(Debug, Clone)]
pub struct Spot {
    file: Arc<Text>,
    /// The bytes of it.
    span: Range<usize>,
}

impl Spot {
    pub(super) fn new(file: &Arc<Text>, span: Range<usize>) -> Self {
        Self { file: Arc::clone(file), span }
    }

    /// A failure that is drawn at this place.
    #[must_use]
    pub fn error(&self, message: String, help: String) -> ToolError {
        let length = self.file.text.len();
        let (start, end) = (self.span.start.min(length), self.span.end.min(length));
        ToolError::Configuration {
            message,
            help,
            source_code: NamedSource::new(&self.file.path, Arc::clone(&self.file.text)),
            span: (start, end.saturating_sub(start)).into(),
        }
    }
}

impl std::fmt::Display for Spot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let before = self.file.text.get(..self.span.start).unwrap_or(self.file.text.as_str());
        write!(f, "{}:{}", self.file.path, before.matches('\n').count() + 1)
    }
}

/// A value and where it stands; nowhere where it is the default.
#[derive(Debug, Clone)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Its place in a configuration file.
    pub spot: Option<Spot>,
}

impl<T> Placed<T> {
    pub(super) fn default_of(value: T) -> Self {
        Self { value, spot: None }
    }

    /// `ismslint.toml:3`, or `default`.
    #[must_use]
    pub fn origin(&self) -> String {
        self.spot.as_ref().map_or_else(|| "default".to_owned(), ToString::to_string)
    }
}
