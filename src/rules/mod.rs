//! Questions over the landscape, written in the language: typing, planning, evaluation, suppression. Knows no rule by
//! name, and no thread.

#![deny(clippy::disallowed_methods)]

mod abreast;
mod affected;
mod bound;
mod choice;
mod compile;
mod cost;
mod documentation;
mod evaluate;
mod index;
pub mod ir;
mod judge;
mod lanes;
mod literals;
mod mend;
pub mod pattern;
mod placing;
pub mod plan;
mod predicates;
mod recalled;
mod relation;
mod render;
mod rule;
mod settled;
mod simplify;
mod suppress;
mod typing;

pub use affected::{Affected, RowsOfVariables};
pub use compile::{BrokenRule, Program};
pub use documentation::Documentation;
pub use judge::{Answer, Judge, MOST_FINDINGS, Patience};
pub use recalled::Recalled;
pub use rule::Rule;
pub use suppress::{Policy, Sorted, suppress};
