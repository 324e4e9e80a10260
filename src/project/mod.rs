//! The street door: which files belong to a project, what they hold, and how the project wants to be checked.

#![expect(clippy::disallowed_methods, reason = "this is the door through which files come in, and new ones go out")]

mod baseline;
mod configuration;
mod discovery;
mod error;
mod ignore_file;
mod loading;
mod replacing;
mod rewriting;
mod writing;

pub use baseline::{Baseline, Key, is_like_baseline, read_baseline};
pub use configuration::{
    CONFIGURATION_SCHEMA, Configuration, FILE_NAME, Globs, Leveled, Named, Override, Placed, Purpose, Spot,
    is_configured, selector_mistake,
};
pub use discovery::{Project, Search, projects, relative, working_folder};
pub use error::ToolError;
pub use loading::{LoadProblem, Loaded, MOST_FILE_BYTES, decode, load, load_together};
pub use replacing::save;
pub use rewriting::rewrite;
pub use writing::write_new;
