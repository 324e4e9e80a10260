//! From text to a tree that can always be built, and back. Knows how the language is written, not what names mean.

#![deny(clippy::disallowed_methods)]

mod atoms;
mod attributes;
mod expressions;
mod format;
mod input;
pub mod keywords;
mod layout;
mod lexer;
mod markdown;
mod parser;
mod printer;
mod recovery;
mod runs;
mod statements;
mod string;
mod token;
pub mod tree;

pub use format::format;
pub use layout::{Insertion, Layout, with_blanks};
pub use lexer::{Lexed, lex};
pub use markdown::{Blocks, blocks};
pub use parser::{Parsed, parse};
pub use printer::print;
pub use string::{escaped, string_value};
pub use token::{Token, TokenKind};
