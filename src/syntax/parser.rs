//! Files, and blocks in them. The loops over statements are ours, because recovery is: whatever happens, they advance.

mod consequences;
mod declarations;

use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::text::{FileId, Source, Span};

use super::attributes::attribute;
use super::input::{Answer, Expected, State, Tokens};
use super::keywords::{self, Keyword, Words};
use super::lexer::lex;
use super::markdown;
use super::recovery::{Recovery, begins_declaration, limit};
use super::token::{Token, TokenKind};
use super::tree::*;

use consequences::without_consequences;

/// How deep declarations and catalogue entries may be nested.
const DEEPEST: usize = 64;

/// A file that was read.
#[derive(Debug, Default)]
pub struct Parsed {
    /// What stands in it.
    pub tree: Tree,
    /// What is wrong with it, in no order.
    pub errors: Vec<Diagnostic>,
    /// Its `//` comments, in order.
    pub comments: Vec<Span>,
    /// Its tokens, in order.
    pub tokens: Vec<Token>,
    /// The regions that hold the language: all of it, or the blocks of a Markdown page.
    pub regions: Vec<Span>,
}

/// Reads a file. Total: every text has a tree.
#[must_use]
pub fn parse(source: &Source, file: FileId) -> Parsed {
    let text = source.text();
    let in_blocks = source.is_markdown();
    if !in_blocks {
        return read(text, file, vec![Span::new(0, text.len() as u32)], in_blocks, Vec::new());
    }
    let blocks = markdown::blocks(text, file);
    if blocks.regions.is_empty() {
        let mut errors = blocks.problems;
        limit(&mut errors);
        return Parsed { errors, ..Parsed::default() };
    }
    let text = blocks.without_marks(text);
    read(&text, file, blocks.regions, in_blocks, blocks.problems)
}

/// Reads one declaration of a file that is no page, from its keyword to its end, as if nothing else stood in the file.
#[must_use]
pub(super) fn parse_declaration(source: &Source, file: FileId, span: Span) -> Parsed {
    read(source.text(), file, vec![span], false, Vec::new())
}

fn read(text: &str, file: FileId, regions: Vec<Span>, in_blocks: bool, mut unclosed_fences: Vec<Diagnostic>) -> Parsed {
    let lexed = lex(text, file, &regions, in_blocks);
    let state = State::new(text, &lexed.tokens);
    let mut parser = FileParser {
        recovery: Recovery::new(file, &state),
        tokens: &lexed.tokens,
        displaced: Vec::new(),
        statements: Vec::new(),
        depth: 0,
        braces_are_paired: None,
    };
    let input = Tokens::all(&state);
    let mut declarations = parser.file(input);
    declarations.append(&mut parser.displaced);
    let (found, mut skipped) = parser.recovery.finish();
    skipped.extend(lexed.passed_over.iter().map(|span| Skipped { span: *span, owner: None }));
    let mut errors = without_consequences(text, lexed.problems, found, &skipped);
    errors.append(&mut unclosed_fences);
    limit(&mut errors);
    let has_errors = errors.iter().any(|error| error.severity == Severity::Error);
    Parsed {
        tree: Tree { declarations, skipped, has_errors },
        errors,
        comments: lexed.comments,
        tokens: lexed.tokens,
        regions,
    }
}

/// What stands before a declaration or a statement.
#[derive(Default)]
struct Before {
    documentation: Option<Span>,
    attributes: Vec<Attribute>,
}

/// What ended the statements of a block.
enum Close {
    /// Its closing brace.
    Brace,
    /// Nothing; the brace is missing.
    Missing,
}

struct FileParser<'a> {
    recovery: Recovery<'a>,
    /// All tokens of the file.
    tokens: &'a [Token],
    /// Declarations that stand inside of others, where they may not.
    displaced: Vec<Declaration>,
    /// Room in which the statements of a process are gathered.
    statements: Vec<ProcessStatement>,
    /// Number of declarations around the current position.
    depth: usize,
    /// Whether the file has as many closing braces as opening ones; counted when it first matters.
    braces_are_paired: Option<bool>,
}

impl<'a> FileParser<'a> {
    /// ```ebnf
    /// file = { declaration } ;
    /// ```
    fn file(&mut self, mut input: Tokens<'a>) -> Vec<Declaration> {
        let mut declarations = Vec::new();
        loop {
            let mut before = Before::default();
            // Nothing stands before most declarations.
            if input.first().kind != TokenKind::Word {
                (input, before) = self.documentation_and_attributes(input, keywords::DECLARATIONS);
            }
            let token = input.first();
            if token.kind != TokenKind::Word {
                self.before_nothing(&before);
            }
            match token.kind {
                TokenKind::End => return declarations,
                TokenKind::BlockEnd => input = input.rest(),
                TokenKind::CloseBrace => input = self.stray_braces(input),
                TokenKind::Word => {
                    let (rest, declaration) = self.declaration(input, before, 0, keywords::DECLARATIONS, "here");
                    declarations.extend(declaration);
                    input = rest;
                }
                _ => {
                    self.recovery.state.forget(token.span.start);
                    self.recovery.state.expect(token.span.start, Expected::Named("a declaration"));
                    self.recovery.report(input);
                    input = self.skip_to_declaration(input);
                }
            }
        }
    }

    /// Passes over everything up to the next declaration, whatever braces stand between.
    fn skip_to_declaration(&mut self, input: Tokens<'a>) -> Tokens<'a> {
        let mut at = 1;
        loop {
            let here = input.after(at);
            let token = here.first();
            let attribute =
                token.kind == TokenKind::At && token.first_on_line && input.ahead(at - 1).kind != TokenKind::At;
            if matches!(token.kind, TokenKind::End | TokenKind::BlockEnd) || attribute || begins_declaration(here) {
                let span = Span::new(input.first().span.start, input.ahead(at - 1).span.end);
                self.recovery.skipped.push(Skipped { span, owner: None });
                return here;
            }
            at += 1;
        }
    }

    fn stray_braces(&mut self, mut input: Tokens<'a>) -> Tokens<'a> {
        let first = input.first().span;
        while input.first().kind == TokenKind::CloseBrace {
            input = input.rest();
        }
        self.recovery
            .error("SYN003", first, "this `}` closes nothing")
            .help
            .push("remove it, or look above for a block that was closed too early".to_owned());
        input
    }

    /// Documentation and attributes.
    fn documentation_and_attributes(&mut self, mut input: Tokens<'a>, words: Words) -> (Tokens<'a>, Before) {
        let mut before = Before::default();
        loop {
            let token = input.first();
            match token.kind {
                TokenKind::Documentation => {
                    before.documentation = Some(before.documentation.map_or(token.span, |span| span.to(token.span)));
                    input = input.rest();
                }
                TokenKind::At => {
                    self.recovery.state.forget(token.span.start);
                    match attribute(input) {
                        Ok((rest, attribute)) => {
                            if self.judge(&attribute) {
                                before.attributes.push(attribute);
                            }
                            input = rest;
                        }
                        Err(_) => {
                            self.bad_attribute(input);
                            let rest = self.recovery.skip(input, words);
                            // An attribute that could not be read is no part of what it stands before.
                            self.recovery.skipped.pop();
                            input = rest;
                        }
                    }
                }
                _ => return (input, before),
            }
        }
    }

    /// Reports attributes behind which nothing stands.
    fn before_nothing(&mut self, before: &Before) {
        if let Some(attribute) = before.attributes.last() {
            self.recovery
                .error("SYN014", attribute.span, "this suppression stands before nothing")
                .help
                .push("put it before the declaration or the statement that it covers".to_owned());
        }
    }

    /// Reports attributes that stand where none can.
    fn out_of_place(&mut self, before: &Before, what: &str) {
        if let Some(attribute) = before.attributes.first() {
            self.recovery
                .error("SYN014", attribute.span, format!("{what} cannot be covered by a suppression"))
                .help
                .push("put it before the declaration".to_owned());
        }
    }

    /// Says what is wrong with an attribute that could be read, and whether it has a meaning nevertheless.
    fn judge(&mut self, attribute: &Attribute) -> bool {
        let text = self.recovery.state.text;
        let word = attribute.name.text(text);
        if word != "allow" {
            self.recovery
                .error("SYN014", attribute.name, format!("there is no attribute `@{word}`"))
                .help
                .push("the only one is `@allow(CODE, because \"…\")`".to_owned());
            return false;
        }
        if attribute.because.is_none() {
            let code = attribute.code.map(|code| code.text(text)).unwrap_or_default().to_owned();
            self.recovery
                .error("SYN014", attribute.span, "a suppression needs its reason")
                .help
                .push(format!("write `@allow({code}, because \"…\")`"));
            return false;
        }
        true
    }

    fn bad_attribute(&mut self, input: Tokens<'a>) {
        let before = self.recovery.errors.len();
        self.recovery.report(input);
        if let Some(error) = self.recovery.errors.get_mut(before) {
            error.help.push("an attribute is written `@allow(CODE, because \"…\", until 2027-03-31)`".to_owned());
        }
    }

    /// ```ebnf
    /// declaration = { documentation | attribute }
    ///               ( organization | actor | item | process | omit | applicability | standard | mapping | model
    ///               | define | rule | test ) ;
    /// ```
    fn declaration(
        &mut self,
        input: Tokens<'a>,
        before: Before,
        depth: usize,
        words: Words,
        whereabouts: &str,
    ) -> (Tokens<'a>, Option<Declaration>) {
        let start = input.first().span;
        let mut word = input.text(input.first());
        let mut guessed = None;
        if self.depth > DEEPEST {
            self.recovery.error("SYN009", start, "this is nested too deep to be read");
            return (self.skip_to_declaration(input), None);
        }
        if !words.have(input.keyword()) {
            let meant = self.unknown_keyword(input, words, whereabouts);
            self.recovery.state.forget(start.start);
            let Some(meant) = meant.filter(|_| input.ahead(1).kind == TokenKind::Word) else {
                let rest = if depth == 0 { self.skip_to_declaration(input) } else { self.recovery.skip(input, words) };
                return (rest, None);
            };
            self.recovery.state.read_as(start.start, meant);
            word = meant;
            guessed = Some(self.recovery.errors.len());
            self.recovery.skipped.push(Skipped { span: start, owner: self.recovery.owners.last().copied() });
        }
        self.depth += 1;
        let (rest, kind) = match word {
            "organization" => self.organization(input),
            "role" | "party" | "system" | "item" => self.item(input),
            "process" => self.process(input),
            "omit" => self.omit(input),
            "applicability" => self.applicability(input),
            "standard" => self.standard(input),
            "mapping" => self.mapping(input),
            "model" => self.model(input, depth),
            "define" => self.define(input),
            "rule" => self.rule(input),
            _ => self.test(input, depth),
        };
        self.depth -= 1;
        if let Some(errors) = guessed {
            // That its statements belong elsewhere says that the guess was wrong.
            self.recovery.forget_misplaced(errors);
        }
        let end = consumed(input, rest).map_or(start, |last| last.span);
        let declaration = kind.map(|kind| {
            let span = start.to(end);
            let mut attributes = before.attributes;
            for attribute in &mut attributes {
                attribute.covers = span;
            }
            Declaration { span, documentation: before.documentation, attributes, kind }
        });
        (rest, declaration)
    }

    /// Reports a word that begins nothing here; answers the one that was probably meant. Outside of declarations it may be
    /// left over from one that was closed too early.
    fn unknown_keyword(&mut self, input: Tokens<'a>, words: Words, whereabouts: &str) -> Option<&'static str> {
        let token = input.first();
        let count = self.recovery.errors.len();
        let meant = self.recovery.unknown_keyword(input, words, whereabouts);
        let at = self.tokens.partition_point(|before| before.span.start < token.span.start);
        let brace =
            at.checked_sub(1).and_then(|at| self.tokens.get(at)).filter(|one| one.kind == TokenKind::CloseBrace);
        if let Some(brace) = brace
            && meant.is_none()
            && self.recovery.owners.is_empty()
            && self.recovery.is_statement(input)
        {
            let place = self.recovery.place(brace.span);
            if let Some(error) = self.recovery.errors.get_mut(count) {
                error.labels.push(Label { place, message: "the block before it ends here".to_owned() });
            }
        }
        meant
    }

    /// Parses the head of a declaration, up to its braces. Where it fails, everything up to the next declaration or, if a
    /// block follows, through its end is passed over.
    fn head<T>(
        &mut self,
        input: Tokens<'a>,
        parser: impl FnOnce(Tokens<'a>) -> Answer<'a, T>,
    ) -> (Tokens<'a>, Option<T>) {
        self.recovery.state.forget(input.first().span.start);
        match parser(input) {
            Ok((rest, value)) => (rest, Some(value)),
            Err(_) => {
                self.recovery.report(input);
                let mut rest = self.recovery.skip(input, Words::NONE);
                if rest.first().kind == TokenKind::CloseBrace && self.recovery.owners.is_empty() {
                    rest = rest.rest();
                }
                (rest, None)
            }
        }
    }

    /// Parses `{ statements }` where there is a brace. `statement` is called at each statement's keyword and answers what is
    /// left; it must advance.
    fn block(
        &mut self,
        input: Tokens<'a>,
        owner: Span,
        words: Words,
        whereabouts: &str,
        statement: &mut dyn FnMut(&mut Self, Tokens<'a>, Before) -> Tokens<'a>,
    ) -> Tokens<'a> {
        let open = input.first();
        let mut input = input;
        if open.kind == TokenKind::OpenBrace {
            input = input.rest();
        } else {
            // A statement that follows at once wants a block whose brace was forgotten.
            // (An entry of a standard needs no block; what follows it is its sibling.)
            let forgotten = words != keywords::STANDARD
                && open.kind == TokenKind::Word
                && open.first_on_line
                && words.have(input.keyword_of(open))
                && !begins_declaration(input)
                && matches!(input.ahead(1).kind, TokenKind::Word | TokenKind::Text | TokenKind::Star);
            if !forgotten {
                // The head of a declaration without a block ends here; a leftover is a mistake in it.
                self.after_head(&mut input);
                return input;
            }
            self.recovery.state.forget(open.span.start);
            self.recovery
                .error("SYN002", Span::at(owner.end), "the opening brace of this block is missing")
                .help
                .push("write `{` before the first statement".to_owned());
        }
        self.recovery.owners.push(owner);
        let close = self.statements(&mut input, open, words, whereabouts, statement);
        self.recovery.owners.pop();
        match close {
            Close::Brace => {}
            Close::Missing if open.kind == TokenKind::OpenBrace => {
                self.unclosed(open, owner, input.first());
            }
            Close::Missing => {}
        }
        input
    }

    fn after_head(&mut self, input: &mut Tokens<'a>) {
        let next = input.first();
        let fits = match next.kind {
            TokenKind::Word | TokenKind::At => next.first_on_line || begins_word(*input),
            TokenKind::Documentation | TokenKind::CloseBrace | TokenKind::End | TokenKind::BlockEnd => true,
            _ => false,
        };
        if !fits {
            self.recovery.state.expect(next.span.start, Expected::Token(TokenKind::OpenBrace));
            self.recovery.report(*input);
            *input = self.recovery.skip(*input, Words::NONE);
        }
    }

    fn statements(
        &mut self,
        input: &mut Tokens<'a>,
        open: Token,
        words: Words,
        whereabouts: &str,
        statement: &mut dyn FnMut(&mut Self, Tokens<'a>, Before) -> Tokens<'a>,
    ) -> Close {
        loop {
            let mut before = Before::default();
            // Nothing stands before most statements.
            if input.first().kind != TokenKind::Word {
                (*input, before) = self.documentation_and_attributes(*input, words);
            }
            let token = input.first();
            if token.kind != TokenKind::Word {
                self.before_nothing(&before);
            }
            match token.kind {
                TokenKind::CloseBrace => {
                    *input = input.rest();
                    return Close::Brace;
                }
                TokenKind::End | TokenKind::BlockEnd => return Close::Missing,
                TokenKind::Word
                    if words.have(input.keyword_of(token)) && !self.is_declaration_not_statement(*input, words) =>
                {
                    *input = statement(self, *input, before);
                }
                TokenKind::Word if begins_declaration(*input) => {
                    if !self.is_displaced(open, token) {
                        return Close::Missing;
                    }
                    self.recovery.unknown_keyword(*input, words, whereabouts);
                    let (rest, declaration) = self.declaration(*input, before, 0, keywords::DECLARATIONS, "here");
                    self.displaced.extend(declaration);
                    *input = rest;
                }
                TokenKind::Word if token.first_on_line || self.recovery.state.furthest() < token.span.start => {
                    let meant = self.unknown_keyword(*input, words, whereabouts);
                    self.recovery.state.forget(token.span.start);
                    let next = input.ahead(1);
                    let has_value =
                        matches!(next.kind, TokenKind::Word | TokenKind::Text | TokenKind::Star) && !next.first_on_line;
                    *input = match meant {
                        // A standard that is only guessed would have all its clauses asked for.
                        Some(meant) if has_value && words != keywords::ORGANIZATION => {
                            self.recovery.state.read_as(token.span.start, meant);
                            let (errors, skipped) = (self.recovery.errors.len(), self.recovery.skipped.len());
                            let rest = statement(self, *input, before);
                            // A second error in the same statement would be a consequence of the first.
                            if self.recovery.skipped.len() > skipped && !NESTING.have(Keyword::of(meant)) {
                                self.recovery.errors.truncate(errors);
                            }
                            // The word was guessed: what hangs on it must not be judged as if the author had written it.
                            let owner = self.recovery.owners.last().copied();
                            self.recovery.skipped.push(Skipped { span: spanned(*input, rest), owner });
                            rest
                        }
                        _ => self.recovery.skip(*input, words),
                    };
                }
                _ => {
                    self.recovery.state.expect(token.span.start, Expected::Named("a statement"));
                    self.recovery.report(*input);
                    let rest = self.recovery.skip(*input, words);
                    *input = rest;
                }
            }
        }
    }

    /// Whether a declaration stands inside a block on purpose: it is indented deeper than the line of the opening brace, and
    /// no brace of the file is missing.
    fn is_displaced(&mut self, open: Token, declaration: Token) -> bool {
        if self.depth > DEEPEST {
            return false;
        }
        let (tokens, text) = (self.tokens, self.recovery.state.text);
        let paired = *self.braces_are_paired.get_or_insert_with(|| {
            let count = |kind: TokenKind| tokens.iter().filter(|token| token.kind == kind).count();
            count(TokenKind::OpenBrace) == count(TokenKind::CloseBrace)
        });
        let line_of = |offset: u32| {
            let before = &text.as_bytes()[..offset as usize];
            memchr::memrchr(b'\n', before).map_or(0, |at| at + 1)
        };
        let indentation = |start: usize| {
            let line = text.as_bytes().get(start..).unwrap_or_default();
            line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
        };
        paired && indentation(line_of(declaration.span.start)) > indentation(line_of(open.span.start))
    }

    /// `standard` and `model` begin a statement of `organization` and a declaration alike; a declaration has a title or a
    /// block.
    fn is_declaration_not_statement(&self, input: Tokens<'a>, words: Words) -> bool {
        words == keywords::ORGANIZATION
            && begins_declaration(input)
            && input.ahead(2).kind == TokenKind::Colon
            && matches!(input.ahead(4).kind, TokenKind::Text | TokenKind::OpenBrace)
            && !input.ahead(4).first_on_line
    }

    /// The statements of a block whose brace was read already.
    fn opened(
        &mut self,
        open: Token,
        mut input: Tokens<'a>,
        owner: Span,
        words: Words,
        whereabouts: &str,
        statement: &mut dyn FnMut(&mut Self, Tokens<'a>, Before) -> Tokens<'a>,
    ) -> Tokens<'a> {
        self.recovery.owners.push(owner);
        let close = self.statements(&mut input, open, words, whereabouts, statement);
        self.recovery.owners.pop();
        if matches!(close, Close::Missing) {
            self.unclosed(open, owner, input.first());
        }
        input
    }

    /// The opening brace is to blame for a closing one that is missing.
    fn unclosed(&mut self, open: Token, owner: Span, found: Token) {
        let name = owner.text(self.recovery.state.text).to_owned();
        let place = self.recovery.place(found.span);
        let message = match found.kind {
            TokenKind::End => "the file ends before it is closed",
            TokenKind::BlockEnd => "the block of the page ends before it is closed",
            _ => "the next declaration begins before it is closed",
        };
        let diagnostic = self.recovery.error("SYN002", open.span, format!("the block of `{name}` is never closed"));
        diagnostic.labels.push(Label { place, message: message.to_owned() });
        diagnostic.help.push("add the missing `}`".to_owned());
    }
}

/// Statements with statements inside.
const NESTING: Words =
    Words::of(&["clause", "control", "process", "party", "role", "system", "item", "standard", "model"]);

impl Before {
    /// The attributes, with what they cover.
    fn covering(mut self, span: Span) -> Vec<Attribute> {
        for attribute in &mut self.attributes {
            attribute.covers = span;
        }
        self.attributes
    }
}

/// The last token that was consumed between two inputs.
fn consumed(before: Tokens<'_>, after: Tokens<'_>) -> Option<Token> {
    after.last_since(before)
}

/// From the first token of `before` to the last one before `after`.
fn spanned(before: Tokens<'_>, after: Tokens<'_>) -> Span {
    let start = before.first().span;
    consumed(before, after).map_or(start, |last| start.to(last.span))
}

/// Whether the next word begins a declaration, wherever on its line it stands.
fn begins_word(input: Tokens<'_>) -> bool {
    const BEGINNINGS: Words = keywords::DECLARATIONS
        .and(keywords::PROCESS)
        .and(keywords::ITEM)
        .and(keywords::TEST)
        .and(keywords::STANDARD)
        .and(keywords::MODEL);
    BEGINNINGS.have(input.keyword())
}
