//! What the names mean: the organization's processes beside the reference models and the clause catalogues, in typed
//! tables. Knows no rule, no disk and no thread.
//!
//! [`lower`] judges one file and keeps what it says as [`FileFacts`]; [`merge`] puts the facts of many files together,
//! resolves every name and answers with the [`Landscape`].

#![deny(clippy::disallowed_methods)]

mod column;
mod comparison;
mod derive;
mod describe;
mod facts;
mod hashes;
mod known;
mod lineage;
mod lower;
mod merge;
mod names;
mod pairs;
mod places;
mod rings;
pub mod schema;
mod strings;
mod symbols;
mod table;

pub use column::{Column, Lists, MISSING};
pub use comparison::Comparison;
pub use derive::{ReferenceEnd, titles_agree};
pub use facts::{Allow, DefineDeclaration, FileFacts, RuleDeclaration, TestDeclaration};
pub use lower::{Room, lower, lower_in};
pub use merge::{Both, PathExists, Surroundings, Work, in_turn, merge, merge_with};
pub use names::Names;
pub use schema::{Base, Kind, Type};
pub use table::Landscape;
