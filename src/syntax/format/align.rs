//! Blocks: columns of statements that follow one another, comments at the ends of lines, indentation.

use crate::syntax::token::TokenKind;

use super::lay::{Laid, Line, Manner, cells, is_broken, lay, width};
use super::starts::Family;
use super::structure::{Block, Body, Entry, Piece, Statement};
use super::{Flows, INDENTATION, WIDTH};

/// Blanks before a comment at the end of a line.
const BEFORE_COMMENTS: usize = 3;
/// The width of the keywords of a rule: that of `report`, `unless` and the most others. Longer ones stick out.
const RULE_KEYWORD: usize = 6;
/// The width of `result`.
const FLOW_KEYWORD: usize = 6;

/// Writes a region: lines without the ends that the file uses, blank ones included.
pub(super) struct Writer<'a> {
    pub(super) flows: Flows,
    /// The text of the file, for the columns at which comments stood.
    pub(super) text: &'a str,
    pub(super) lines: Vec<String>,
}

/// A statement with the pieces that stand in its line: its block too, where that is short.
struct Row<'s, 'a> {
    family: Family,
    pieces: Vec<Piece<'a>>,
    cells: Vec<usize>,
    /// The index of the brace of a block of one line.
    brace: Option<usize>,
    /// The block, where it has lines of its own.
    body: Option<&'s Body<'a>>,
    /// Pieces that stand in a column, with the column.
    columns: Vec<(usize, usize)>,
}

/// How the inputs and results of one process stand.
#[derive(Clone, Copy)]
struct InBlock {
    /// Whether their keywords take the same width.
    share_keyword: bool,
    /// The width of their items, where it is one for all of them.
    item: Option<usize>,
}

impl<'s, 'a> Row<'s, 'a> {
    fn new(statement: &'s Statement<'a>, indent: usize) -> Self {
        let family = statement.family;
        let mut row = Self {
            family,
            cells: cells(family, &statement.pieces),
            pieces: statement.pieces.clone(),
            brace: None,
            body: None,
            columns: Vec::new(),
        };
        if family == Family::Define {
            row.set_condition_apart();
        }
        let Some(body) = &statement.body else { return row };
        let brace = row.pieces.len();
        if let Some(inline) = &body.inline {
            row.pieces.extend(inline);
            row.pieces.extend(body.after_close);
            let fits = row.lay(indent, &[], false).widest <= WIDTH;
            if fits || body.block.entries.is_empty() {
                row.brace = Some(brace);
                return row;
            }
            row.pieces.truncate(brace);
        }
        row.pieces.push(Piece { breaks: 0, ..body.open });
        row.pieces.extend(body.after_open);
        Self { family: Family::Plain, cells: Vec::new(), body: Some(body), ..row }
    }

    /// Where a condition has several lines, its first one is no exception.
    fn set_condition_apart(&mut self) {
        let pieces = &mut self.pieces;
        let ends_head = |pair: &[Piece<'_>]| pair[0].is(TokenKind::CloseParenthesis) && pair[1].text == "when";
        if let Some(at) = pieces.windows(2).position(ends_head)
            && pieces[at + 2..].iter().any(|piece| piece.breaks > 0)
        {
            pieces[at + 1].breaks = pieces[at + 1].breaks.max(1);
        }
    }

    fn keyword(&self) -> &'a str {
        self.pieces.first().map_or("", |piece| piece.text)
    }

    fn lay(&self, indent: usize, columns: &[(usize, usize)], fill: bool) -> Laid<'a> {
        lay(&self.pieces, self.family, self.body.is_some(), Manner { indent, columns, fill })
    }

    /// Lays it out in its columns; where that is too wide, in fewer of them, and else in several lines.
    fn fitting(&self, indent: usize) -> Laid<'a> {
        for kept in (1..=self.columns.len()).rev() {
            let laid = self.lay(indent, &self.columns[..kept], false);
            if laid.widest <= WIDTH {
                return laid;
            }
        }
        let plain = self.lay(indent, &[], false);
        if plain.widest <= WIDTH { plain } else { self.lay(indent, &self.columns, true) }
    }

    /// The width of a cell before another one; none where a line ends in it or behind it.
    fn width(&self, cell: usize) -> Option<usize> {
        let begin = if cell == 0 { 0 } else { *self.cells.get(cell - 1)? };
        let end = *self.cells.get(cell)?;
        if is_broken(&self.pieces, end, self.family, false) {
            return None;
        }
        width(&self.pieces, begin, end, self.family)
    }

    /// The column at which its brace would stand; none where it stands on the next line.
    fn column_of_brace(&self, indent: usize) -> Option<usize> {
        let brace = self.brace.filter(|brace| !is_broken(&self.pieces, *brace, self.family, false))?;
        let head = self.pieces.get(..brace)?;
        let laid = lay(head, self.family, false, Manner { indent, columns: &self.columns, fill: false });
        (laid.lines.len() == 1).then_some(laid.widest + 1 - indent)
    }
}

/// Families whose statements can stand between one another without parting their columns.
fn kin(family: Family) -> Family {
    if family == Family::HalfRow { Family::Row } else { family }
}

/// The widest cells of statements, cell by cell.
fn widths(rows: &[&mut Row<'_, '_>], flows: InBlock) -> Vec<usize> {
    let mut all: Vec<usize> = Vec::new();
    for row in rows {
        for cell in 0..row.cells.len() {
            let mut width = row.width(cell).unwrap_or_default();
            if cell == 0 && row.family == Family::Rule {
                width = RULE_KEYWORD;
            } else if cell == 0 && row.family == Family::Flow && flows.share_keyword {
                width = width.max(FLOW_KEYWORD);
            }
            match all.get_mut(cell) {
                Some(known) => *known = width.max(*known),
                None => all.push(width),
            }
        }
    }
    all
}

impl<'a> Writer<'a> {
    pub(super) fn block(&mut self, block: &Block<'a>, indent: usize) {
        let mut rows: Vec<Row<'_, 'a>> = block.entries.iter().map(|entry| Row::new(&entry.statement, indent)).collect();
        let flows = || rows.iter().filter(|row| row.family == Family::Flow);
        let has = |keyword: &str| flows().any(|row| row.keyword() == keyword);
        let flows = InBlock {
            share_keyword: self.flows != Flows::Apart && has("input") && has("result"),
            item: flows().filter_map(|row| row.width(1)).max().filter(|_| self.flows == Flows::Joined),
        };
        let mut first = 0;
        while first < rows.len() {
            let ends = |at: &usize| {
                let blank = block.entries.get(*at).is_some_and(|entry: &Entry<'_>| entry.blank_before);
                blank || rows[*at].body.is_some() || rows[*at - 1].body.is_some()
            };
            let last = (first + 1..rows.len()).find(ends).unwrap_or(rows.len());
            if block.entries[first].blank_before {
                self.lines.push(String::new());
            }
            self.run(&mut rows[first..last], indent, flows);
            first = last;
        }
    }

    /// Statements that follow one another without a blank line.
    fn run(&mut self, rows: &mut [Row<'_, 'a>], indent: usize, flows: InBlock) {
        // Comments, documentation and attributes stand between statements without parting them.
        let between = |row: &Row<'_, '_>| {
            row.family == Family::Attribute
                || row.pieces.first().is_some_and(|piece| piece.is_comment() || piece.is(TokenKind::Documentation))
        };
        let mut statements: Vec<&mut Row<'_, 'a>> = rows.iter_mut().filter(|row| !between(row)).collect();
        for alike in statements.chunk_by_mut(|one, next| kin(one.family) == kin(next.family)) {
            let mut widths = widths(alike, flows);
            if let (Some(row), Some(width), Some(all)) = (alike.first(), widths.get_mut(1), flows.item)
                && row.family == Family::Flow
            {
                *width = all;
            }
            for row in alike {
                let mut column = 0;
                let cells = row.cells.iter().zip(&widths);
                row.columns = cells
                    .map(|(cell, width)| {
                        column += width + 1;
                        (*cell, column)
                    })
                    .take_while(|(_, column)| *column <= WIDTH)
                    .collect();
            }
        }
        let is_alike = |one: &&mut Row<'_, '_>, next: &&mut Row<'_, '_>| {
            one.keyword() == next.keyword() && one.brace.is_some() == next.brace.is_some()
        };
        for alike in statements.chunk_by_mut(is_alike) {
            let column = alike.iter().filter_map(|row| row.column_of_brace(indent)).filter(|at| *at <= WIDTH).max();
            for row in alike {
                row.columns.extend(row.brace.zip(column));
            }
        }
        self.write(rows.iter().flat_map(|row| row.fitting(indent).lines).collect());
        // A block with lines of its own stands alone in its run.
        if let Some(body) = rows.first().and_then(|row| row.body) {
            self.block(&body.block, indent + INDENTATION);
            let pieces: Vec<Piece<'a>> = body.close.into_iter().chain(body.after_close).collect();
            let manner = Manner { indent, columns: &[], fill: false };
            self.write(lay(&pieces, Family::Plain, true, manner).lines);
        }
    }

    /// Writes lines; comments at the ends of lines that follow one another stand in one column, as far as they fit.
    fn write(&mut self, lines: Vec<Line<'a>>) {
        for alike in lines.chunk_by(|one, next| one.comment.is_some() == next.comment.is_some()) {
            let commented = || alike.iter().filter_map(|line| line.comment.map(|comment| (line, comment)));
            let needed = commented().map(|(line, _)| line.end + BEFORE_COMMENTS).max().unwrap_or_default();
            let given = commented().map(|(line, comment)| self.given(line, comment)).min().unwrap_or_default();
            let column = needed.max(given);
            for line in alike {
                let mut text = " ".repeat(line.begin) + &line.text;
                if let Some(comment) = line.comment {
                    let fits = column + comment.text.chars().count() <= WIDTH;
                    let own = self.given(line, comment).max(line.end + BEFORE_COMMENTS);
                    text.extend(std::iter::repeat_n(' ', if fits { column } else { own } - line.end));
                    text.push_str(comment.text);
                }
                self.lines.push(text);
            }
        }
    }

    /// The column at which the author put a comment, if the line was where it is now. Behind a text of several lines it
    /// says nothing.
    fn given(&self, line: &Line<'_>, comment: Piece<'_>) -> usize {
        if line.text.contains('\n') {
            return 0;
        }
        let before = self.text.get(..comment.start as usize).unwrap_or_default();
        let shown = before.rsplit('\n').next().unwrap_or_default();
        line.begin + shown.trim_start_matches([' ', '\t']).chars().count()
    }
}
