//! How a file is laid out: where a statement can be put into a declaration, and what has to go with a word that is taken out
//! of a list. Comments stay, and so do the author's indentation and line ends.

use crate::text::{FileId, Source, Span};

use super::parser::{Parsed, parse, parse_declaration};
use super::token::{Token, TokenKind};
use super::tree::{Attribute, Declaration, DeclarationKind};

/// Columns by which a statement stands to the right of its declaration, where it is the first one.
const INDENTATION: &str = "  ";

/// The tokens of a file, and which of them belong together.
#[derive(Debug, Default)]
pub struct Layout {
    tokens: Vec<Token>,
    comments: Vec<Span>,
    /// In the order of their ids.
    blocks: Vec<Block>,
}

/// How the first line of a text ends.
fn line_end(text: &str) -> &'static str {
    match memchr::memchr(b'\n', text.as_bytes()) {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// A declaration whose braces hold statements.
#[derive(Debug)]
struct Block {
    id: Span,
    span: Span,
    statements: Vec<Statement>,
}

/// A statement, and where the attributes before it begin.
#[derive(Clone, Copy, Debug)]
struct Statement {
    span: Span,
    start: u32,
}

/// New text and the place before which it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Insertion {
    /// The offset.
    pub at: u32,
    /// The text, with blanks and line ends around it.
    pub text: String,
}

impl Layout {
    /// The layout of a file. That of a file with syntax errors is empty: nobody knows where its declarations end.
    #[must_use]
    pub fn new(source: &Source) -> Self {
        Self::of(parse(source, FileId(0)))
    }

    /// The layout of one declaration of a specification that is no page and has no syntax errors, from its keyword to its end:
    /// what [`Self::new`] knows of it, without reading all others.
    #[must_use]
    pub fn of_declaration(source: &Source, span: Span) -> Self {
        Self::of(parse_declaration(source, FileId(0), span))
    }

    fn of(parsed: Parsed) -> Self {
        if parsed.tree.has_errors {
            return Self::default();
        }
        let mut blocks = Vec::new();
        parsed.tree.declarations.iter().for_each(|declaration| gather(declaration, &mut blocks));
        blocks.sort_by_key(|block| block.id.start);
        Self { tokens: parsed.tokens, comments: parsed.comments, blocks }
    }

    /// How `statement` is put into the declaration that is called by the word at `id`: behind its last statement with the
    /// same keyword, else behind its last one, in the same column. `None` where no such declaration is there.
    #[must_use]
    pub fn insertion(&self, text: &str, id: Span, statement: &str) -> Option<Insertion> {
        let block = self.blocks.binary_search_by_key(&id.start, |block| block.id.start).ok();
        let block = self.blocks.get(block?)?;
        let line_end = line_end(text);
        let own = indentation(text, block.span.start);
        let Some((open, close)) = self.braces(block) else {
            let text = format!(" {{{line_end}{own}{INDENTATION}{statement}{line_end}{own}}}");
            return Some(Insertion { at: block.span.end, text });
        };
        let is_broken = has_line_end(text, open.end, close.start);
        let keyword = first_word(statement);
        let alike = block.statements.iter().rev().find(|one| first_word(one.span.text(text)) == keyword);
        let candidates = alike.into_iter().chain(block.statements.last());
        // Behind a statement on whose line another one begins nothing can be put but a statement on the same line.
        let mut candidates = candidates.filter(|one| !is_broken || self.ends_line(text, one.span.end, close));
        let Some(before) = candidates.next() else {
            if !is_broken {
                let end = if open.end == close.start { " " } else { "" };
                return Some(Insertion { at: open.end, text: format!(" {statement}{end}") });
            }
            let at = self.behind_comment(text, open.end);
            return Some(Insertion { at, text: format!("{line_end}{own}{INDENTATION}{statement}") });
        };
        let statement = aligned(statement, before.span.text(text));
        if !is_broken {
            return Some(Insertion { at: before.span.end, text: format!(" {statement}") });
        }
        let mut column = indentation(text, before.start).to_owned();
        if !has_line_end(text, open.start, before.start) {
            column.push_str(INDENTATION);
        }
        let at = self.behind_comment(text, before.span.end);
        Some(Insertion { at, text: format!("{line_end}{column}{statement}") })
    }

    /// What is taken out so that the word or clause at `span` is gone: it and a comma, or its statement where nothing else
    /// is listed there. `None` where a comment would go too, or where more than a list would change its meaning.
    #[must_use]
    pub fn removal(&self, text: &str, span: Span) -> Option<Vec<Span>> {
        let first = self.tokens.binary_search_by_key(&span.start, |token| token.span.start).ok()?;
        let mut last = self.tokens.partition_point(|token| token.span.end <= span.end).checked_sub(1)?;
        if last < first || self.tokens[last].span.end != span.end {
            return None;
        }
        // The title of a clause goes with it.
        if self.kind(last + 1) == Some(TokenKind::Text) {
            last += 1;
        }
        let element = self.tokens[first].span.to(self.tokens[last].span);
        if self.has_comment(element) {
            return None;
        }
        if self.kind(last + 1) == Some(TokenKind::Comma) {
            let comma = self.tokens[last + 1].span;
            if self.has_comment(element.to(comma)) {
                return Some(vec![element, comma]);
            }
            return Some(vec![with_blanks(text, element.to(comma))]);
        }
        let before = first.checked_sub(1)?;
        if self.kind(before) == Some(TokenKind::Comma) {
            let comma = self.tokens[before].span;
            if self.has_comment(comma.to(element)) {
                return Some(vec![comma, with_blanks(text, element)]);
            }
            return Some(vec![comma.to(element)]);
        }
        self.whole_statement(text, before, element)
    }

    /// The statement of which `element` is all that is listed behind the token of that number.
    fn whole_statement(&self, text: &str, before: usize, element: Span) -> Option<Vec<Span>> {
        let around = self.blocks.iter().flat_map(|block| &block.statements);
        let statement = { around }.rfind(|one| one.span.contains(element))?;
        let token = self.tokens.get(before)?;
        // Behind `from` or `to` an empty list means anybody; what is alone there stays.
        if token.span.start != statement.span.start && token.kind != TokenKind::OpenBrace {
            return None;
        }
        // A suppression with its reason, or documentation, is not the machine's to throw away.
        if statement.start != statement.span.start {
            return None;
        }
        let all = statement.span;
        let at = self.tokens.partition_point(|token| token.span.start < all.start);
        let documented = at.checked_sub(1).and_then(|at| self.kind(at)) == Some(TokenKind::Documentation);
        (!documented && !self.has_comment(all)).then(|| vec![with_blanks(text, all)])
    }

    fn kind(&self, at: usize) -> Option<TokenKind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    /// The braces of a declaration, where it has some.
    fn braces(&self, block: &Block) -> Option<(Span, Span)> {
        let from = self.tokens.partition_point(|token| token.span.start < block.id.end);
        let to = self.tokens.partition_point(|token| token.span.end <= block.span.end);
        let inside = self.tokens.get(from..to)?;
        let open = inside.iter().find(|token| token.kind == TokenKind::OpenBrace)?;
        // Where the text ends with the brace, so does the empty token that marks its end.
        let last = inside.iter().rfind(|token| !matches!(token.kind, TokenKind::End | TokenKind::BlockEnd));
        let close = last.filter(|token| token.kind == TokenKind::CloseBrace)?;
        Some((open.span, close.span))
    }

    /// Whether nothing but the closing brace or a comment follows on the line.
    fn ends_line(&self, text: &str, at: u32, close: Span) -> bool {
        let next = self.tokens.partition_point(|token| token.span.start < at);
        self.tokens.get(next).is_none_or(|token| token.span == close || has_line_end(text, at, token.span.start))
    }

    /// Behind the comment that stands behind `at` on its line; `at` where there is none.
    fn behind_comment(&self, text: &str, at: u32) -> u32 {
        let next = self.comments.partition_point(|comment| comment.start < at);
        let comment = self.comments.get(next).filter(|comment| {
            let between = Span::new(at, comment.start).text(text);
            between.bytes().all(|byte| matches!(byte, b' ' | b'\t'))
        });
        comment.map_or(at, |comment| comment.end)
    }

    fn has_comment(&self, span: Span) -> bool {
        let next = self.comments.partition_point(|comment| comment.end <= span.start);
        self.comments.get(next).is_some_and(|comment| comment.start < span.end)
    }
}

fn gather(declaration: &Declaration, blocks: &mut Vec<Block>) {
    let of = |span: Span, attributes: &[Attribute]| Statement {
        span,
        start: attributes.iter().map(|attribute| attribute.span.start).chain([span.start]).min().unwrap_or(span.start),
    };
    let (id, statements): (Span, Vec<Statement>) = match &declaration.kind {
        DeclarationKind::Organization(organization) => {
            (organization.id, organization.statements.iter().map(|one| of(one.span, &one.attributes)).collect())
        }
        DeclarationKind::Actor(actor) => {
            (actor.id, actor.statements.iter().map(|one| of(one.span, &one.attributes)).collect())
        }
        DeclarationKind::Item(item) => {
            (item.id, item.statements.iter().map(|one| of(one.span, &one.attributes)).collect())
        }
        DeclarationKind::Process(process) => {
            (process.id, process.statements.iter().map(|one| of(one.span, &one.attributes)).collect())
        }
        DeclarationKind::Applicability(applicability) => {
            let decisions = applicability.decisions.iter();
            (applicability.standard.span, decisions.map(|one| of(one.span, &one.attributes)).collect())
        }
        DeclarationKind::Model(model) => return model.declarations.iter().for_each(|inner| gather(inner, blocks)),
        _ => return,
    };
    blocks.push(Block { id, span: declaration.span, statements });
}

/// The blanks at the head of the line on which `offset` stands, and the marks of the quote in which it does.
fn indentation(text: &str, offset: u32) -> &str {
    let before = text.get(..offset as usize).unwrap_or_default();
    let line = before.rfind('\n').map_or(before, |at| &before[at + 1..]);
    &line[..line.len() - line.trim_start_matches([' ', '\t', '>']).len()]
}

fn has_line_end(text: &str, start: u32, end: u32) -> bool {
    start < end && Span::new(start, end).text(text).contains('\n')
}

fn first_word(statement: &str) -> &str {
    statement.split_whitespace().next().unwrap_or_default()
}

/// `statement` with as many blanks behind its keyword as `like` has, where both begin with the same one.
fn aligned(statement: &str, like: &str) -> String {
    let keyword = first_word(statement);
    let rest = like.strip_prefix(keyword).unwrap_or_default();
    let blanks = rest.bytes().take_while(|byte| *byte == b' ').count();
    match statement.strip_prefix(keyword) {
        Some(behind) if blanks > 0 => format!("{keyword}{}{}", &rest[..blanks], behind.trim_start()),
        _ => statement.to_owned(),
    }
}

/// `span` with the blanks that would be left over: the whole line where nothing else stands on it, else those on one side.
#[must_use]
pub fn with_blanks(text: &str, span: Span) -> Span {
    let blank = |c: char| matches!(c, ' ' | '\t');
    let (Some(head), Some(tail)) = (text.get(..span.start as usize), text.get(span.end as usize..)) else {
        return span;
    };
    let line_start = head.rfind('\n').map_or(0, |at| at + 1);
    let before = &head[line_start..];
    let (line, rest) = tail.split_at(tail.find('\n').unwrap_or(tail.len()));
    let behind = line.trim_end_matches('\r');
    let is_alone = behind.trim_start_matches(blank).is_empty();
    if before.trim_start_matches(blank).is_empty() && is_alone {
        let end = span.end as usize + line.len() + usize::from(!rest.is_empty());
        return Span::new(line_start as u32, end as u32);
    }
    if is_alone {
        return Span::new(span.start - (before.len() - before.trim_end_matches(blank).len()) as u32, span.end);
    }
    Span::new(span.start, span.end + (behind.len() - behind.trim_start_matches(blank).len()) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The layout of the process around a place, in a file without mistakes.
    fn around(source: &Source, place: Span) -> Option<Layout> {
        let parsed = parse(source, FileId(0));
        let is_around = |declaration: &&Declaration| {
            matches!(declaration.kind, DeclarationKind::Process(_)) && declaration.span.contains(place)
        };
        let declaration = parsed.tree.declarations.iter().find(is_around).filter(|_| !parsed.tree.has_errors)?;
        Some(Layout::of_declaration(source, declaration.span))
    }

    fn inserted(text: &str, statement: &str) -> Option<String> {
        let source = Source::new("a.isms", text);
        let start = text.find("a")? as u32;
        let id = Span::new(start, start + 1);
        let insertion = Layout::new(&source).insertion(text, id, statement);
        if let Some(layout) = around(&source, id) {
            assert_eq!(layout.insertion(text, id, statement), insertion);
        }
        let insertion = insertion?;
        let (head, tail) = text.split_at(insertion.at as usize);
        Some(format!("{head}{}{tail}", insertion.text))
    }

    fn removed(text: &str, word: &str) -> Option<String> {
        let source = Source::new("a.isms", text);
        let start = text.rfind(word)? as u32;
        let word = Span::new(start, start + word.len() as u32);
        let spans = Layout::new(&source).removal(text, word);
        if let Some(layout) = around(&source, word) {
            assert_eq!(layout.removal(text, word), spans);
        }
        let mut spans = spans?;
        spans.sort();
        let mut left = text.to_owned();
        for span in spans.iter().rev() {
            left.replace_range(span.start as usize..span.end as usize, "");
        }
        Some(left)
    }

    #[test]
    fn statements_go_behind_their_like_and_keep_the_column() {
        let cases = [
            (
                "process a {\n  input  x   // why\n  result y\n}\n",
                "process a {\n  input  x   // why\n  input  z\n  result y\n}\n",
            ),
            ("process a {\r\n\tresult y }\r\n", "process a {\r\n\tresult y\r\n\tinput z }\r\n"),
            ("process a { input x }", "process a { input x input z }"),
            ("process a {}", "process a { input z }"),
            ("process a { }", "process a { input z }"),
            ("process a { // later\n}", "process a { // later\n  input z\n}"),
            ("  process a \"A\"\n", "  process a \"A\" {\n    input z\n  }\n"),
            (
                "process a { input x\n  result y to b,\n    c   // both\n}",
                "process a { input x\n  input z\n  result y to b,\n    c   // both\n}",
            ),
            ("process a {\n  input x input y result w\n}", "process a {\n  input x input y result w\n  input z\n}"),
        ];
        for (before, after) in cases {
            assert_eq!(inserted(before, "input z").as_deref(), Some(after));
        }
        assert_eq!(inserted("process a { input }", "input z"), None, "what could not be read is left alone");
    }

    #[test]
    fn what_is_put_into_a_quoted_block_is_quoted() {
        let cases = [
            ("> process a {\n> }\n", "> process a {\n>   input z\n> }\n"),
            ("> process a \"A\"\n", "> process a \"A\" {\n>   input z\n> }\n"),
            (">>process a {\n>>  input x\n>>}\n", ">>process a {\n>>  input x\n>>  input z\n>>}\n"),
        ];
        for (before, after) in cases {
            let text = format!("> ```isms\n{before}> ```\n")
                .replace("> `", if before.starts_with(">>") { ">>`" } else { "> `" });
            let at = text.find("a {").or_else(|| text.find("a \"")).map_or(0, |at| at as u32);
            let insertion =
                Layout::new(&Source::new("a.md", text.as_str())).insertion(&text, Span::new(at, at + 1), "input z");
            let made = insertion.map(|one| {
                let (head, tail) = text.split_at(one.at as usize);
                format!("{head}{}{tail}", one.text)
            });
            assert!(made.as_ref().is_some_and(|made| made.contains(after)), "{made:?}");
        }
    }

    #[test]
    fn what_is_removed_takes_its_comma_or_its_statement_along() {
        let cases = [
            ("process a { covers 8.1, 8.2 }", "8.1", Some("process a { covers 8.2 }")),
            ("process a { covers 8.1 \"T\", 8.2 \"U\" }", "8.2", Some("process a { covers 8.1 \"T\" }")),
            (
                "process a {\n  covers 8.1,\n         8.2,\n         8.3\n}",
                "8.2",
                Some("process a {\n  covers 8.1,\n         8.3\n}"),
            ),
            (
                "process a {\n  covers 8.1,   // one\n         8.2    // two\n}",
                "8.2",
                Some("process a {\n  covers 8.1   // one\n         // two\n}"),
            ),
            ("process a {\n  covers 8.1\n  covers 8.2\n}", "8.2", Some("process a {\n  covers 8.1\n}")),
            ("process a {\n  covers 8.2   // audited\n}", "8.2", Some("process a {\n  // audited\n}")),
            (
                "process a { input x covers s:1 { 8.2 } partly because \"so\" kpi \"k\" }",
                "8.2",
                Some("process a { input x kpi \"k\" }"),
            ),
            ("process a {\n  @allow(A1, because \"so\")\n  covers 8.2\n  input x\n}", "8.2", None),
            ("process a { input x from b }", "b", None),
            ("process a { input x from b, c }", "c", Some("process a { input x from b }")),
            ("process a {\n  covers   // soon\n    8.2\n}", "8.2", None),
        ];
        for (before, word, after) in cases {
            assert_eq!(removed(before, word).as_deref(), after, "{before}");
        }
    }
}
