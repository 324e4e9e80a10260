//! Bytes, places and files: the ground that everything else stands on. Nothing here knows the language or the disk.

#![deny(clippy::disallowed_methods)]

mod date;
pub(crate) mod harmless;
mod line_index;
mod sanitize;
mod source;
mod span;
mod stride;

pub use date::Date;
pub use line_index::{LineColumn, LineIndex};
pub use sanitize::{is_dangerous, is_invisible, sanitize, sanitize_path};
pub use source::{FileId, Source, SourceMap, is_page};
pub use span::Span;
pub use stride::{Marks, Stride};
