//! What the compiler has to say, as data. Rendering, formats and the rules themselves are elsewhere.

#![deny(clippy::disallowed_methods)]

mod code;
mod finding;
mod known_names;
mod look_alike;
mod severity;
mod subject;
mod suggest;

pub use code::{Code, CodePage, compiler_codes, is_fixed, names_fixed};
pub use finding::{Diagnostic, Edit, Fix, Label, Place};
pub use known_names::KnownNames;
pub use look_alike::{LookAlikeKeys, differences, look_alike};
pub use severity::Severity;
pub use subject::{Subject, natural_order};
pub use suggest::{Names, Near, near, nearest};
