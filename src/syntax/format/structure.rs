//! From tokens and comments to blocks of statements. Everything that was read is in one of them, in its order.

use rustc_hash::FxHashSet;

use crate::text::{Source, Span};

use crate::syntax::parser::Parsed;
use crate::syntax::token::TokenKind;

use super::starts::{Family, Start, Starts};

/// A token or a comment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'a> {
    /// Its text; of a comment without the blanks at its end.
    pub(super) text: &'a str,
    /// What it is; none for a comment.
    pub(super) kind: Option<TokenKind>,
    /// The offset at which it begins.
    pub(super) start: u32,
    /// How many line ends stand before it.
    pub(super) breaks: usize,
    /// Whether it begins the second or a later statement of a block that stands in one line.
    pub(super) parts: bool,
}

impl Piece<'_> {
    pub(super) fn is_comment(&self) -> bool {
        self.kind.is_none()
    }

    pub(super) fn is(&self, kind: TokenKind) -> bool {
        self.kind == Some(kind)
    }

    /// Whether nothing else can stand on the line behind it.
    fn ends_line(&self) -> bool {
        matches!(self.kind, None | Some(TokenKind::Documentation))
    }
}

/// What stands between two braces, or in a whole file.
#[derive(Debug, Default)]
pub(super) struct Block<'a> {
    pub(super) entries: Vec<Entry<'a>>,
}

/// One part of a block.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    /// Whether a blank line stands before it.
    pub(super) blank_before: bool,
    pub(super) statement: Statement<'a>,
}

/// A statement, a declaration, an attribute, or a comment on a line of its own.
#[derive(Debug)]
pub(super) struct Statement<'a> {
    pub(super) family: Family,
    /// All of it, up to its block; the comment at the end of its line is the last one.
    pub(super) pieces: Vec<Piece<'a>>,
    pub(super) body: Option<Body<'a>>,
}

/// The block of a declaration.
#[derive(Debug)]
pub(super) struct Body<'a> {
    /// The pieces between the braces and the braces, where they stand in one line and could stay there.
    pub(super) inline: Option<Vec<Piece<'a>>>,
    pub(super) open: Piece<'a>,
    /// The comment behind the opening brace.
    pub(super) after_open: Option<Piece<'a>>,
    pub(super) block: Block<'a>,
    pub(super) close: Option<Piece<'a>>,
    /// The comment behind the closing brace.
    pub(super) after_close: Option<Piece<'a>>,
}

/// The tokens and comments of one region of a file, in order.
pub(super) fn pieces<'a>(source: &'a Source, parsed: &Parsed, region: Span) -> Vec<Piece<'a>> {
    let text = source.text();
    let (tokens, comments) = (&parsed.tokens, &parsed.comments);
    let tokens = &tokens[tokens.partition_point(|one| one.span.start < region.start)..];
    let tokens = tokens.iter().take_while(|one| !matches!(one.kind, TokenKind::End | TokenKind::BlockEnd));
    let comments = &comments[comments.partition_point(|one| one.start < region.start)..];
    let comments = comments.iter().take_while(|one| one.start < region.end);
    let mut spans: Vec<(Span, Option<TokenKind>)> = tokens.map(|token| (token.span, Some(token.kind))).collect();
    spans.extend(comments.map(|span| (*span, None)));
    spans.sort_by_key(|(span, _)| span.start);
    let mut end = region.start;
    spans
        .into_iter()
        .map(|(span, kind)| {
            let gap = Span::new(end, span.start).text(text);
            end = span.end;
            let shown = span.text(text);
            Piece {
                text: if kind.is_none() { shown.trim_end() } else { shown },
                kind,
                start: span.start,
                breaks: gap.bytes().filter(|byte| *byte == b'\n').count(),
                parts: false,
            }
        })
        .collect()
}

/// Reads the structure of a region.
pub(super) fn block<'a>(pieces: &[Piece<'a>], starts: &Starts) -> Block<'a> {
    Reader { pieces, at: 0, starts, later: FxHashSet::default() }.block()
}

struct Reader<'p, 'a> {
    pieces: &'p [Piece<'a>],
    at: usize,
    starts: &'p Starts,
    /// Where the second and later statements of blocks begin.
    later: FxHashSet<u32>,
}

impl<'a> Reader<'_, 'a> {
    fn peek(&self) -> Option<Piece<'a>> {
        self.pieces.get(self.at).copied()
    }

    fn block(&mut self) -> Block<'a> {
        let mut block = Block::default();
        while let Some(piece) = self.peek() {
            if piece.is(TokenKind::CloseBrace) {
                break;
            }
            let statement = self.entry(piece);
            block.entries.push(Entry { blank_before: piece.breaks > 1 && !block.entries.is_empty(), statement });
        }
        block
    }

    fn entry(&mut self, piece: Piece<'a>) -> Statement<'a> {
        if piece.ends_line() {
            self.at += 1;
            return Statement { family: Family::Plain, pieces: vec![piece], body: None };
        }
        if piece.is(TokenKind::At) {
            return self.attribute();
        }
        // `domain`, `context` and `today` are a word and a value each, and have no place of their own in the tree.
        let start = self.starts.at(piece.start).unwrap_or_else(|| {
            let next = self.pieces[self.at + 1..].iter().find(|one| !one.is_comment()).unwrap_or(&piece);
            Start { end: next.start + next.text.len() as u32, family: Family::Pair }
        });
        let mut pieces = Vec::new();
        let mut body = None;
        let nests = matches!(start.family, Family::Plain | Family::Actor | Family::Item);
        while let Some(next) = self.peek().filter(|next| next.start < start.end || pieces.is_empty()) {
            if nests && next.is(TokenKind::OpenBrace) {
                body = Some(self.body(next));
                break;
            }
            pieces.push(next);
            self.at += 1;
        }
        if body.is_none() {
            pieces.extend(self.comment_behind());
        }
        Statement { family: start.family, pieces, body }
    }

    fn attribute(&mut self) -> Statement<'a> {
        let mut pieces = Vec::new();
        // The subject of a suppression may end with a letter in parentheses.
        let mut depth = 0;
        while let Some(next) = self.peek() {
            pieces.push(next);
            self.at += 1;
            match next.kind {
                Some(TokenKind::OpenParenthesis) => depth += 1,
                Some(TokenKind::CloseParenthesis) if depth <= 1 => break,
                Some(TokenKind::CloseParenthesis) => depth -= 1,
                _ => {}
            }
        }
        pieces.extend(self.comment_behind());
        Statement { family: Family::Attribute, pieces, body: None }
    }

    fn body(&mut self, open: Piece<'a>) -> Body<'a> {
        let first = self.at;
        self.at += 1;
        let after_open = self.comment_behind();
        let block = self.block();
        let close = self.peek();
        self.at += usize::from(close.is_some());
        for pair in block.entries.windows(2) {
            // An attribute belongs to what follows it.
            let is_apart = pair[0].statement.family != Family::Attribute;
            self.later.extend(pair[1].statement.pieces.first().filter(|_| is_apart).map(|piece| piece.start));
        }
        let inside = &self.pieces[first + 1..self.at];
        let is_short = inside.iter().all(|piece| piece.breaks == 0 && !piece.ends_line() && !piece.text.contains('\n'));
        let is_empty = inside.len() == 1;
        let inline = (is_short || is_empty).then(|| {
            let mut pieces = self.pieces[first..self.at].to_vec();
            for piece in pieces.iter_mut().skip(1) {
                (piece.breaks, piece.parts) = (0, self.later.contains(&piece.start));
            }
            pieces
        });
        Body { inline, open, after_open, block, close, after_close: self.comment_behind() }
    }

    /// The comment that stands behind what was read, on the same line.
    fn comment_behind(&mut self) -> Option<Piece<'a>> {
        let comment = self.peek().filter(|piece| piece.is_comment() && piece.breaks == 0)?;
        self.at += 1;
        Some(comment)
    }
}
