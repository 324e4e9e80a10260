//! The street door: which files belong to a project, what they hold, and how the project wants to be checked.

#![expect(clippy::disallowed_methods, reason = "this is the door through which files come in")]

mod configuration;
mod discovery;
mod error;
mod loading;
mod writing;

pub use configuration::{Configuration, FILE_NAME, Override, is_selector};
pub use discovery::{Project, projects, relative};
pub use error::ToolError;
pub use loading::{LoadProblem, Loaded, decode, load};
pub use writing::rewrite;
