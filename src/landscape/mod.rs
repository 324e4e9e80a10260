//! What the names mean: the organization's processes beside the reference models and the clause catalogues, in typed
//! tables. Knows no rule, no disk and no thread.

mod column;
pub mod schema;

pub use column::{Column, Lists, MISSING};
pub use schema::{Base, Kind, Type};
