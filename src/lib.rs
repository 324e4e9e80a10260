//! ismslint reads the processes of an information security management system, written in the `.isms` language, and
//! judges them by rules that are written in the same language. `ARCHITECTURE.md` describes the rooms below and which
//! of them may use which.

pub mod builtin;
pub mod cli;
pub mod diagnostic;
pub mod engine;
pub mod landscape;
pub mod project;
pub mod report;
pub mod rules;
pub mod syntax;
pub mod text;
