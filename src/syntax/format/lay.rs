//! One statement, piece by piece: what stands between two pieces, where lines are broken, and where the rest goes on.

use crate::syntax::token::TokenKind;

use super::starts::Family;
use super::structure::Piece;
use super::{INDENTATION, WIDTH};

/// Columns that are left for what goes on in another line.
const NEEDED: usize = 20;
/// Words after which a list begins; what goes on it on the next line stands below its first element.
const BEFORE_LISTS: &[&str] = &["from", "to", "realizes", "by", "exists", "every", "for", "unless"];
/// Words before which a line that is too long may be broken.
const BREAKS_BEFORE: &[&str] = &["because", "accepted", "planned", "partly", "target", "by", "and", "or"];
/// Words that are set off from a parenthesis; what else stands before one is the name of a predicate or a clause.
const BEFORE_PARENTHESES: &[&str] = &["and", "or", "not", "where", "when", "have", "in", "document"];

/// A line, without the indentation of the block that it stands in.
#[derive(Clone, Debug)]
pub(super) struct Line<'a> {
    /// The column at which it begins.
    pub(super) begin: usize,
    pub(super) text: String,
    /// The column at which its text ends.
    pub(super) end: usize,
    /// The comment behind it.
    pub(super) comment: Option<Piece<'a>>,
}

/// A statement as it was laid out.
#[derive(Debug)]
pub(super) struct Laid<'a> {
    pub(super) lines: Vec<Line<'a>>,
    /// The column at which the widest line ends, comments not counted.
    pub(super) widest: usize,
}

/// How a statement is to be laid out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner<'c> {
    /// The column at which the statement begins.
    pub(super) indent: usize,
    /// Pieces that stand in a column, by their index, with the column counted from the beginning of the statement.
    pub(super) columns: &'c [(usize, usize)],
    /// Whether lines that are too long are broken.
    pub(super) fill: bool,
}

/// Whether no blank stands between two pieces.
fn is_glued(pieces: &[Piece<'_>], at: usize) -> bool {
    let (Some(before), Some(piece)) = (at.checked_sub(1).and_then(|before| pieces.get(before)), pieces.get(at)) else {
        return true;
    };
    let (Some(before_kind), Some(kind)) = (before.kind, piece.kind) else { return false };
    match kind {
        TokenKind::Comma | TokenKind::CloseParenthesis | TokenKind::Colon | TokenKind::Slash | TokenKind::DotStar => {
            true
        }
        TokenKind::OpenParenthesis => {
            at > 1 && before_kind == TokenKind::Word && !BEFORE_PARENTHESES.contains(&before.text)
        }
        TokenKind::CloseBrace => before_kind == TokenKind::OpenBrace,
        _ => matches!(before_kind, TokenKind::OpenParenthesis | TokenKind::Colon | TokenKind::Slash | TokenKind::At),
    }
}

/// How many blanks stand between a piece and the one before it. Statements that share a line stand apart.
fn blanks(pieces: &[Piece<'_>], at: usize) -> usize {
    if is_glued(pieces, at) { 0 } else { 1 + usize::from(pieces[at].parts) }
}

/// Whether a line ends before the piece, since its author wants it or a comment does.
pub(super) fn is_broken(pieces: &[Piece<'_>], at: usize, family: Family, has_body: bool) -> bool {
    let (Some(before), Some(piece)) = (at.checked_sub(1).and_then(|before| pieces.get(before)), pieces.get(at)) else {
        return false;
    };
    if before.is_comment() {
        return true;
    }
    if piece.breaks == 0 {
        return false;
    }
    if piece.is_comment() {
        return true;
    }
    // The head of a large declaration stands on one line, and a keyword with what it says.
    let closes = piece.is(TokenKind::CloseBrace) || before.is(TokenKind::OpenBrace);
    !has_body && !closes && !is_glued(pieces, at) && (at > 1 || family == Family::Row)
}

/// The indexes at which the cells of a statement begin, the first one left out; fewer where some are missing.
pub(super) fn cells(family: Family, pieces: &[Piece<'_>]) -> Vec<usize> {
    let tokens = pieces.iter().take_while(|piece| !piece.is_comment()).count();
    let is_text = |at: usize| pieces.get(at).is_some_and(|piece| piece.is(TokenKind::Text));
    // The word that follows a list.
    let after_list = |from: usize| {
        let follows = |at: &usize| {
            let separates =
                [TokenKind::Comma, TokenKind::Colon, TokenKind::Slash, TokenKind::OpenParenthesis, TokenKind::At];
            pieces[*at].is(TokenKind::Word) && !separates.iter().any(|kind| pieces[*at - 1].is(*kind))
        };
        (from..tokens).find(follows)
    };
    let mut cells = match family {
        Family::Plain | Family::Attribute | Family::Define | Family::HalfRow => Vec::new(),
        Family::Pair | Family::Rule => vec![1],
        Family::Flow | Family::Indicator => vec![1, 2],
        Family::Activity if is_text(2) => vec![1, 2, 3],
        Family::Actor | Family::Item if is_text(2) => vec![1, 2],
        Family::Activity | Family::Actor | Family::Item => vec![1],
        Family::Decision | Family::Omit => [Some(1), after_list(2)].into_iter().flatten().collect(),
        Family::Row => after_list(1).map_or_else(Vec::new, |relation| vec![relation, relation + 1]),
    };
    cells.retain(|cell| *cell < tokens);
    cells
}

/// The width of pieces in one line; none where they are broken or hold a line end.
pub(super) fn width(pieces: &[Piece<'_>], from: usize, to: usize, family: Family) -> Option<usize> {
    let mut width = 0;
    for at in from..to {
        let piece = pieces.get(at)?;
        if piece.is_comment() {
            // The comment at the end of the line is no part of a cell.
            return (at + 1 == pieces.len() && piece.breaks == 0 && to == pieces.len()).then_some(width);
        }
        if piece.text.contains('\n') || at > from && is_broken(pieces, at, family, false) {
            return None;
        }
        width += piece.text.chars().count() + if at > from { blanks(pieces, at) } else { 0 };
    }
    Some(width)
}

/// Lays out a statement.
pub(super) fn lay<'a>(pieces: &[Piece<'a>], family: Family, has_body: bool, manner: Manner<'_>) -> Laid<'a> {
    let mut layer = Layer {
        pieces,
        family,
        has_body,
        manner,
        cells: cells(family, pieces),
        lines: Vec::new(),
        line: Line { begin: manner.indent, text: String::new(), end: manner.indent, comment: None },
        widest: 0,
        brackets: Vec::new(),
        places: vec![manner.indent; pieces.len()],
        before: None,
        list: manner.indent,
        condition: None,
    };
    for at in 0..pieces.len() {
        layer.piece(at);
    }
    layer.end_line(0);
    Laid { lines: layer.lines, widest: layer.widest }
}

struct Layer<'p, 'a, 'c> {
    pieces: &'p [Piece<'a>],
    family: Family,
    has_body: bool,
    manner: Manner<'c>,
    cells: Vec<usize>,
    lines: Vec<Line<'a>>,
    line: Line<'a>,
    widest: usize,
    /// For each open bracket, the column of what stands behind it.
    brackets: Vec<usize>,
    /// The columns of the pieces so far.
    places: Vec<usize>,
    /// The last token so far.
    before: Option<Piece<'a>>,
    /// The column of the first element of the current list.
    list: usize,
    /// The column of the condition of a `define`.
    condition: Option<usize>,
}

impl Layer<'_, '_, '_> {
    fn end_line(&mut self, begin: usize) {
        self.widest = self.widest.max(self.line.end);
        let next = Line { begin, text: String::new(), end: begin, comment: None };
        self.lines.push(std::mem::replace(&mut self.line, next));
    }

    fn put(&mut self, text: &str) {
        self.line.text.push_str(text);
        match text.rsplit_once('\n') {
            Some((first, last)) => {
                let first = first.split('\n').next().unwrap_or_default();
                self.widest = self.widest.max(self.line.end + first.trim_end().chars().count());
                self.line.end = last.chars().count();
            }
            None => self.line.end += text.chars().count(),
        }
    }

    fn pad(&mut self, column: usize) {
        let missing = column.saturating_sub(self.line.end);
        self.line.text.extend(std::iter::repeat_n(' ', missing));
        self.line.end += missing;
    }

    /// The column at which a line goes on that begins with a piece; not so far to the right that little fits behind it.
    fn anchor(&self, at: usize) -> usize {
        let anchor = self.wanted_anchor(at);
        if anchor > WIDTH - NEEDED { self.manner.indent + 2 * INDENTATION } else { anchor }
    }

    fn wanted_anchor(&self, at: usize) -> usize {
        if let Some(column) = self.brackets.last() {
            return *column;
        }
        if self.before.is_some_and(|before| before.is(TokenKind::Comma)) {
            return self.list;
        }
        let argument = self.places.get(1).copied().unwrap_or(self.manner.indent);
        match self.family {
            Family::Define => match (self.pieces[at].text, self.condition) {
                (word, Some(condition)) if word != "or" => condition,
                _ => self.manner.indent + INDENTATION,
            },
            Family::Actor | Family::Item => match self.pieces.get(2) {
                Some(title) if title.is(TokenKind::Text) && at > 2 => self.places[2],
                _ => argument,
            },
            _ if at < 2 => self.manner.indent + INDENTATION,
            _ => argument,
        }
    }

    /// Whether a line may be broken before a piece, if it is too long.
    fn may_break(&self, at: usize) -> bool {
        if at < 2 || is_glued(self.pieces, at) {
            return false;
        }
        let (before, piece) = (&self.pieces[at - 1], &self.pieces[at]);
        before.is(TokenKind::Comma) || piece.is(TokenKind::Word) && BREAKS_BEFORE.contains(&piece.text)
    }

    /// The width of what cannot be parted, from a piece on.
    fn unbreakable(&self, at: usize) -> usize {
        let mut width = 0;
        for next in at..self.pieces.len() {
            let piece = &self.pieces[next];
            let ends = next > at && (is_broken(self.pieces, next, self.family, self.has_body) || self.may_break(next));
            if piece.is_comment() || ends {
                break;
            }
            width += if next > at { blanks(self.pieces, next) } else { 0 };
            if let Some((first, _)) = piece.text.split_once('\n') {
                return width + first.trim_end().chars().count();
            }
            width += piece.text.chars().count();
        }
        width
    }

    fn piece(&mut self, at: usize) {
        let piece = self.pieces[at];
        if piece.is_comment() && (piece.breaks == 0 || at == 0) && !self.line.text.is_empty() {
            self.line.comment = Some(piece);
            return;
        }
        let anchor = self.anchor(at);
        let broken = is_broken(self.pieces, at, self.family, self.has_body);
        let too_long = || self.line.end + 1 + self.unbreakable(at) > WIDTH && anchor < self.line.end;
        if broken || self.manner.fill && self.may_break(at) && too_long() {
            self.end_line(anchor);
        } else if at > 0 && !is_glued(self.pieces, at) {
            self.put(if piece.parts { "  " } else { " " });
            if let Some((_, column)) = self.manner.columns.iter().find(|(index, _)| *index == at) {
                self.pad(self.manner.indent + column);
            }
        }
        // The alternatives of a `define` stand below one another.
        let before = self.before.map(|before| before.text);
        let is_alternative = self.family == Family::Define && self.brackets.is_empty();
        if is_alternative && before == Some("or") && self.line.text.trim_end() == "or" {
            self.pad(self.line.begin + "when ".len());
        }
        let column = self.line.end;
        if is_alternative && before == Some("when") && self.condition.is_none() {
            self.condition = Some(column);
        }
        self.places[at] = column;
        let begins_list = match self.family {
            Family::Row => at == 0 || self.cells.get(1) == Some(&at),
            _ => at == 1 || before.is_some_and(|before| BEFORE_LISTS.contains(&before)),
        };
        if begins_list && self.brackets.is_empty() {
            self.list = column;
        }
        self.put(piece.text);
        if !piece.is_comment() {
            self.before = Some(piece);
        }
        match piece.kind {
            Some(TokenKind::OpenParenthesis) => self.brackets.push(self.line.end),
            Some(TokenKind::OpenBrace) => self.brackets.push(self.line.end + 1),
            Some(TokenKind::CloseParenthesis | TokenKind::CloseBrace) => {
                self.brackets.pop();
            }
            _ => {}
        }
    }
}
