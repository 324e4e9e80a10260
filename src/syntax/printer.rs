//! Back to text: what was read, with comments, in one layout.
//!
//! The printer works on tokens, not on the tree, so that nothing can be lost: every token and every comment is given back in
//! its order. It sets the indentation by the braces, keeps what stands aligned behind the beginning of a line, leaves one
//! blank line where there were several, and ends lines with LF.

use crate::text::{Source, Span};

use super::markdown::unquoted;
use super::parser::Parsed;
use super::token::TokenKind;

/// Something to print: a token or a comment.
#[derive(Clone, Copy)]
struct Piece {
    span: Span,
    kind: Option<TokenKind>,
}

/// A block that is open: the column at which its lines began in the source, once one has.
struct Level {
    base: Option<usize>,
}

/// Columns that one level of braces indents.
const INDENTATION: usize = 2;

/// Prints a file that was read without syntax errors; a Markdown page gives the text of its blocks.
#[must_use]
pub fn print(source: &Source, parsed: &Parsed) -> String {
    let text = source.text();
    let mut out = String::with_capacity(text.len());
    let mut levels = vec![Level { base: None }];
    let mut last_end: Option<u32> = None;
    for piece in pieces(parsed) {
        let start = piece.span.start;
        let gap = match last_end {
            Some(end) => Span::new(end, start).text(text),
            None => "",
        };
        let breaks = gap.bytes().filter(|byte| *byte == b'\n').count();
        if piece.kind == Some(TokenKind::CloseBrace) && levels.len() > 1 {
            levels.pop();
        }
        if last_end.is_none() || breaks > 0 {
            if last_end.is_some() {
                out.push_str(if breaks > 1 { "\n\n" } else { "\n" });
            }
            let column = column(text, start);
            let depth = levels.len() - 1;
            let closes = piece.kind == Some(TokenKind::CloseBrace);
            let behind = match levels.last_mut() {
                Some(level) if !closes => column.saturating_sub(*level.base.get_or_insert(column)),
                _ => 0,
            };
            out.extend(std::iter::repeat_n(' ', depth * INDENTATION + behind));
        } else {
            // Blanks inside of a line are how people align columns.
            out.extend(std::iter::repeat_n(' ', width(gap)));
        }
        out.push_str(&unquoted(text, piece.span).replace("\r\n", "\n"));
        if piece.kind == Some(TokenKind::OpenBrace) {
            levels.push(Level { base: None });
        }
        last_end = Some(piece.span.end);
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// Tokens and comments in the order in which they stand.
fn pieces(parsed: &Parsed) -> Vec<Piece> {
    let tokens = parsed.tokens.iter().filter(|token| !matches!(token.kind, TokenKind::End | TokenKind::BlockEnd));
    let mut pieces: Vec<Piece> = tokens.map(|token| Piece { span: token.span, kind: Some(token.kind) }).collect();
    pieces.extend(parsed.comments.iter().map(|span| Piece { span: *span, kind: None }));
    pieces.sort_by_key(|piece| piece.span.start);
    pieces
}

/// The column at which the line's first piece stands, from 0; a tab goes to the next multiple of four.
fn column(text: &str, offset: u32) -> usize {
    let before = text.get(..offset as usize).unwrap_or_default();
    let line = before.rfind('\n').map_or(before, |at| &before[at + 1..]);
    width(line)
}

fn width(blanks: &str) -> usize {
    blanks.chars().fold(0, |width, c| match c {
        '\t' => width / 4 * 4 + 4,
        ' ' => width + 1,
        _ => width,
    })
}
