//! From text to a tree that can always be built, and back. Knows how the language is written, not what names mean.

pub mod tree;
