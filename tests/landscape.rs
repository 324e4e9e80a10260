//! The landscape from text: names and what is said where they are unknown, columns, rings.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

#[path = "landscape/support.rs"]
mod support;

#[path = "landscape/columns.rs"]
mod columns;
#[path = "landscape/look_alikes.rs"]
mod look_alikes;
#[path = "landscape/names.rs"]
mod names;
#[path = "landscape/rings.rs"]
mod rings;
#[path = "landscape/statements.rs"]
mod statements;
