//! What the names mean: the organization's processes beside the reference models and the clause catalogues, in typed
//! tables. Knows no rule, no disk and no thread.

mod actors;
mod catalogue;
mod column;
mod facts;
mod flows;
#[expect(clippy::module_inception, reason = "the landscape is what this room is about")]
mod landscape;
mod lower;
mod lower_process;
mod mappings;
mod merge;
mod models;
mod names;
mod rings;
pub mod schema;
mod specification;
mod tables;

pub use column::{Column, Lists, MISSING};
pub use facts::{Allow, DefineDeclaration, FileFacts, RuleDeclaration, TestDeclaration};
pub use landscape::Landscape;
pub use lower::lower;
pub use merge::{PathExists, Surroundings, merge};
pub use schema::{Base, Kind, Type};
