//! The language: what is read, what is refused and how, and what is written back.

mod drawing;
mod messages;
