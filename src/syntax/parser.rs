//! Declarations and files. The loops over statements are ours, because recovery is: whatever happens, they advance.

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;

use crate::diagnostic::{Diagnostic, Label};
use crate::text::{FileId, Source, Span};

use super::atoms::{keyword, list, name, qualifier, range, reference, string, token};
use super::attributes::attribute;
use super::expressions::expression;
use super::input::{Answer, Expected, State, Tokens};
use super::keywords;
use super::lexer::lex;
use super::markdown;
use super::recovery::{Recovery, begins_declaration, limit, shortened};
use super::statements::{
    decision, document, entry_head, expectation, item_statement, mapping_row, process_statement, rule_statement,
};
use super::token::{Token, TokenKind};
use super::tree::*;

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
    let (regions, unclosed_fences) = if in_blocks {
        let blocks = markdown::blocks(text, file);
        if blocks.regions.is_empty() {
            return Parsed::default();
        }
        (blocks.regions, blocks.problems)
    } else {
        (vec![Span::new(0, text.len() as u32)], Vec::new())
    };
    read(text, file, regions, in_blocks, unclosed_fences)
}

/// Reads one declaration of a file, from its keyword to its end, as if nothing else stood in the file.
#[must_use]
pub(super) fn parse_declaration(source: &Source, file: FileId, span: Span) -> Parsed {
    read(source.text(), file, vec![span], false, Vec::new())
}

fn read(text: &str, file: FileId, regions: Vec<Span>, in_blocks: bool, mut unclosed_fences: Vec<Diagnostic>) -> Parsed {
    let lexed = lex(text, file, &regions, in_blocks);
    let state = State::new(text);
    let mut parser = FileParser {
        recovery: Recovery::new(file, &state),
        tokens: &lexed.tokens,
        displaced: Vec::new(),
        depth: 0,
        braces_are_paired: None,
    };
    let input = Tokens { tokens: &lexed.tokens, state: &state };
    let mut declarations = parser.file(input);
    declarations.append(&mut parser.displaced);
    let (found, mut skipped) = parser.recovery.finish();
    skipped.extend(lexed.passed_over.iter().map(|span| Skipped { span: *span, owner: None }));
    let mut errors = without_consequences(text, lexed.problems, found, &skipped);
    errors.append(&mut unclosed_fences);
    limit(&mut errors);
    let has_errors = !errors.is_empty();
    Parsed {
        tree: Tree { declarations, skipped, has_errors },
        errors,
        comments: lexed.comments,
        tokens: lexed.tokens,
        regions,
    }
}

/// What stands before a declaration or a statement.
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
            let (rest, before) = self.before(input, keywords::DECLARATIONS);
            input = rest;
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
                    self.recovery.report(input, &[]);
                    input = self.skip_to_declaration(input);
                }
            }
        }
    }

    /// Passes over everything up to the next declaration, whatever braces stand between.
    fn skip_to_declaration(&mut self, input: Tokens<'a>) -> Tokens<'a> {
        let mut at = 1;
        loop {
            let here = Tokens { tokens: input.tokens.get(at..).unwrap_or_default(), state: input.state };
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
    fn before(&mut self, mut input: Tokens<'a>, words: &'static [&'static str]) -> (Tokens<'a>, Before) {
        let mut before = Before { documentation: None, attributes: Vec::new() };
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
        self.recovery.report(input, &[]);
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
        words: &'static [&'static str],
        whereabouts: &str,
    ) -> (Tokens<'a>, Option<Declaration>) {
        let start = input.first().span;
        let mut word = input.text(input.first());
        if self.depth > DEEPEST {
            self.recovery.error("SYN009", start, "this is nested too deep to be read");
            return (self.skip_to_declaration(input), None);
        }
        if !words.contains(&word) {
            let meant = self.unknown_keyword(input, words, whereabouts);
            self.recovery.state.forget(start.start);
            let Some(meant) = meant.filter(|_| input.ahead(1).kind == TokenKind::Word) else {
                let rest = if depth == 0 { self.skip_to_declaration(input) } else { self.recovery.skip(input, words) };
                return (rest, None);
            };
            self.recovery.state.read_as(start.start, meant);
            word = meant;
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
    fn unknown_keyword(
        &mut self,
        input: Tokens<'a>,
        words: &'static [&'static str],
        whereabouts: &str,
    ) -> Option<&'static str> {
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
                self.recovery.report(input, &[]);
                let mut rest = self.recovery.skip(input, &[]);
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
        words: &'static [&'static str],
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
                && words.contains(&input.text(open))
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
            self.recovery.report(*input, &[]);
            *input = self.recovery.skip(*input, &[]);
        }
    }

    fn statements(
        &mut self,
        input: &mut Tokens<'a>,
        open: Token,
        words: &'static [&'static str],
        whereabouts: &str,
        statement: &mut dyn FnMut(&mut Self, Tokens<'a>, Before) -> Tokens<'a>,
    ) -> Close {
        loop {
            let (rest, before) = self.before(*input, words);
            *input = rest;
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
                    if words.contains(&input.text(token)) && !self.is_declaration_not_statement(*input, words) =>
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
                            if self.recovery.skipped.len() > skipped && !NESTING.contains(&meant) {
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
                    self.recovery.report(*input, &[]);
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
    fn is_declaration_not_statement(&self, input: Tokens<'a>, words: &'static [&'static str]) -> bool {
        words == keywords::ORGANIZATION
            && begins_declaration(input)
            && input.ahead(2).kind == TokenKind::Colon
            && matches!(input.ahead(4).kind, TokenKind::Text | TokenKind::OpenBrace)
            && !input.ahead(4).first_on_line
    }

    /// ```ebnf
    /// organization = "organization" word [ string ] [ "{" { { attribute } ( "standard" | "model" ) qualifier } "}" ] ;
    /// ```
    fn organization(&mut self, input: Tokens<'a>) -> (Tokens<'a>, Option<DeclarationKind>) {
        let (rest, head) = self.head(input, |input| {
            let (input, id) = id(input.rest(), "an id for the organization")?;
            opt(string).parse(input).map(|(input, title)| (input, (id, title)))
        });
        let Some((id, title)) = head else { return (rest, None) };
        self.check_id(id);
        let mut statements = Vec::new();
        let rest = self.block(rest, id, keywords::ORGANIZATION, "of `organization`", &mut |parser, input, before| {
            let start = input.first().span;
            let is_model = input.is_word("model");
            let (rest, found) =
                parser.recovery.statement(input, keywords::ORGANIZATION, |input| qualifier(input.rest()));
            if let Some(qualifier) = found {
                let span = start.to(qualifier.span);
                statements.push(OrganizationStatement { span, attributes: before.covering(span), is_model, qualifier });
            }
            rest
        });
        (rest, Some(DeclarationKind::Organization(Organization { id, title, statements })))
    }

    /// Reports an id with blanks in it.
    fn check_id(&mut self, id: Span) {
        let text = id.text(self.recovery.state.text);
        if text.contains(char::is_whitespace) {
            let joined = text.split_whitespace().collect::<Vec<_>>().join("-");
            self.recovery
                .error("SYN001", id, format!("`{}` is no id, since an id has no blanks", shortened(text)))
                .help
                .push(format!("write `{}`", shortened(&joined)));
            self.recovery.skipped.push(Skipped { span: id, owner: None });
        }
    }

    /// ```ebnf
    /// actor = ( "role" | "party" | "system" ) word [ string ] [ "{" { { attribute } item_statement } "}" ] ;
    /// item  = "item" word [ string ] [ "{" { { attribute } item_statement } "}" ] ;
    /// ```
    fn item(&mut self, input: Tokens<'a>) -> (Tokens<'a>, Option<DeclarationKind>) {
        let word = input.text(input.first());
        let (rest, head) = self.head(input, |input| {
            let (input, id) = id(input.rest(), "an id")?;
            opt(string).parse(input).map(|(input, title)| (input, (id, title)))
        });
        let Some((id, title)) = head else { return (rest, None) };
        self.check_id(id);
        let mut statements = Vec::new();
        let whereabouts = format!("of `{word}`");
        let rest = self.block(rest, id, keywords::ITEM, &whereabouts, &mut |parser, input, before| {
            let (rest, kind) = parser.recovery.statement(input, keywords::ITEM, item_statement);
            if let Some(kind) = kind {
                let span = spanned(input, rest);
                statements.push(ItemStatement { span, attributes: before.covering(span), kind });
            }
            rest
        });
        let kind = match word {
            "role" => ActorKind::Role,
            "party" => ActorKind::Party,
            "system" => ActorKind::System,
            _ => return (rest, Some(DeclarationKind::Item(Item { id, title, statements }))),
        };
        (rest, Some(DeclarationKind::Actor(Actor { kind, id, title, statements })))
    }

    /// ```ebnf
    /// process = "process" word [ number ] [ string ] [ "{" { { attribute } process_statement } "}" ] ;
    /// ```
    fn process(&mut self, input: Tokens<'a>) -> (Tokens<'a>, Option<DeclarationKind>) {
        let (rest, head) = self.head(input, |input| {
            let (input, id) = id(input.rest(), "an id for the process")?;
            let number = is_number(input).then(|| input.first().span);
            let input = if number.is_some() { input.rest() } else { input };
            opt(string).parse(input).map(|(input, title)| (input, (id, number, title)))
        });
        let Some((id, number, title)) = head else { return (rest, None) };
        self.check_id(id);
        let mut statements = Vec::new();
        let rest = self.block(rest, id, keywords::PROCESS, "of `process`", &mut |parser, input, before| {
            let keyword = input.first().span;
            let (rest, kind) = parser.recovery.statement(input, keywords::PROCESS, process_statement);
            if let Some(kind) = kind {
                let span = spanned(input, rest);
                statements.push(ProcessStatement { span, keyword, attributes: before.covering(span), kind });
            }
            rest
        });
        (rest, Some(DeclarationKind::Process(Process { id, number, title, statements })))
    }

    /// ```ebnf
    /// omit = "omit" reference [ "because" string ] ;
    /// ```
    fn omit(&mut self, input: Tokens<'a>) -> (Tokens<'a>, Option<DeclarationKind>) {
        let (rest, found) = self.recovery.statement(input, IN_TEST, |input| {
            let (input, reference) = reference(input.rest())?;
            opt(preceded(keyword("because"), string))
                .parse(input)
                .map(|(input, because)| (input, Omit { reference, because }))
        });
        (rest, found.map(DeclarationKind::Omit))
    }

    /// ```ebnf
    /// applicability = "applicability" qualifier "{" { { attribute } decision } "}" ;
    /// ```
    fn applicability(&mut self, input: Tokens<'a>) -> (Tokens<'a>, Option<DeclarationKind>) {
        let (rest, head) = self.head(input, |input| qualifier(input.rest()));
        let Some(standard) = head else { return (rest, None) };
        let mut decisions: Vec<Decision> = Vec::new();
        let rest = self.block(
            rest,
            standard.span,
            keywords::APPLICABILITY,
            "of `applicability`",
            &mut |parser, input, before| {
                let (rest, found) = parser.recovery.statement(input, keywords::APPLICABILITY, decision);
                if let Some(mut decision) = found {
                    decision.span = spanned(input, rest);
                    decision.attributes = before.covering(decision.span);
                    decisions.push(decision);
                }
                rest
            },
        );
        (rest, Some(DeclarationKind::Applicability(Applicability { standard, decisions })))
    }

    /// ```ebnf
    /// standard = "standard" qualifier [ string ] [ "{" { entry } "}" ] ;
    /// ```
    fn standard(&mut self, input: Tokens<'a>) -> (Tokens<'a>, Option<DeclarationKind>) {
        let (rest, head) = self.head(input, |input| {
            let (input, id) = qualifier(input.rest())?;
            opt(string).parse(input).map(|(input, title)| (input, (id, title)))
        });
        let Some((id, title)) = head else { return (rest, None) };
        let (mut entries, mut documents) = (Vec::new(), Vec::new());
        let rest = self.entries(rest, id.span, 0, &mut entries, &mut documents);
        if let Some(document) = documents.first() {
            self.recovery
                .error("SYN001", document.span, "documented information is asked for by a clause, not by a standard")
                .help
                .push("write `document` inside the `clause` that asks for it".to_owned());
        }
        (rest, Some(DeclarationKind::Standard(Standard { id, title, entries })))
    }

    /// ```ebnf
    /// entry = { attribute } entry_head [ "{" { entry | document } "}" ] ;
    /// ```
    fn entries(
        &mut self,
        input: Tokens<'a>,
        owner: Span,
        depth: usize,
        entries: &mut Vec<Entry>,
        documents: &mut Vec<DocumentRequest>,
    ) -> Tokens<'a> {
        self.block(input, owner, keywords::STANDARD, "of `standard`", &mut |parser, input, before| {
            if input.is_word("document") {
                parser.out_of_place(&before, "a request for a document");
                let (rest, found) = parser.recovery.statement(input, keywords::STANDARD, document);
                documents.extend(found);
                return rest;
            }
            let (rest, head) = parser.recovery.statement(input, keywords::STANDARD, entry_head);
            let Some(mut entry) = head else { return rest };
            let rest = if rest.is_word("clause") || rest.is_word("control") {
                rest
            } else if depth < DEEPEST {
                parser.entries(rest, entry.number, depth + 1, &mut entry.entries, &mut entry.documents)
            } else if rest.first().kind == TokenKind::OpenBrace {
                let span = rest.first().span;
                parser.recovery.error("SYN009", span, "this is nested too deep to be read");
                parser.recovery.state.forget(rest.rest().first().span.start);
                parser.skip_to_declaration(rest)
            } else {
                rest
            };
            entry.span = spanned(input, rest);
            entry.attributes = before.covering(entry.span);
            entries.push(entry);
            rest
        })
    }

    /// ```ebnf
    /// mapping = "mapping" qualifier "to" qualifier [ "{" { mapping_row } "}" ] ;
    /// ```
    fn mapping(&mut self, input: Tokens<'a>) -> (Tokens<'a>, Option<DeclarationKind>) {
        let (rest, head) = self.head(input, |input| {
            let (input, from) = qualifier(input.rest())?;
            let (input, _) = keyword("to")(input)?;
            qualifier(input).map(|(input, to)| (input, (from, to)))
        });
        let Some((from, to)) = head else { return (rest, None) };
        let mut rows = Vec::new();
        let open = rest.first();
        if open.kind != TokenKind::OpenBrace {
            let mut rest = rest;
            self.after_head(&mut rest);
            return (rest, Some(DeclarationKind::Mapping(Mapping { from, to, rows })));
        }
        self.recovery.owners.push(from.span);
        let mut input = rest.rest();
        loop {
            let next = input.first();
            match next.kind {
                TokenKind::CloseBrace => {
                    input = input.rest();
                    break;
                }
                TokenKind::Word if !begins_declaration(input) => {
                    let (rest, row) = self.mapping_row(input);
                    rows.extend(row);
                    input = rest;
                }
                TokenKind::Documentation | TokenKind::At => {
                    let (rest, before) = self.before(input, keywords::DECLARATIONS);
                    self.out_of_place(&before, "a row of a mapping");
                    input = rest;
                }
                TokenKind::End | TokenKind::BlockEnd | TokenKind::Word => {
                    let place = self.recovery.place(next.span);
                    let diagnostic =
                        self.recovery.error("SYN002", open.span, "the block of this mapping is never closed");
                    let message = "it should be closed before this".to_owned();
                    diagnostic.labels.push(Label { place, message });
                    diagnostic.help.push("add the missing `}`".to_owned());
                    break;
                }
                _ => {
                    self.recovery.state.forget(next.span.start);
                    self.recovery.state.expect(next.span.start, Expected::Named("a clause"));
                    self.recovery.report(input, &[]);
                    input = self.next_line(input);
                }
            }
        }
        self.recovery.owners.pop();
        (input, Some(DeclarationKind::Mapping(Mapping { from, to, rows })))
    }

    fn mapping_row(&mut self, input: Tokens<'a>) -> (Tokens<'a>, Option<MappingRow>) {
        self.recovery.state.forget(input.first().span.start);
        match mapping_row(input) {
            Ok((rest, row)) => (rest, Some(row)),
            Err(_) => {
                self.recovery.report(input, &[]);
                (self.next_line(input), None)
            }
        }
    }

    /// The first token of the next line, or the end of the block. Rows of a mapping begin with no keyword.
    fn next_line(&mut self, input: Tokens<'a>) -> Tokens<'a> {
        let mut rest = input.rest();
        while !rest.is_at_end()
            && !rest.first().first_on_line
            && !matches!(rest.first().kind, TokenKind::CloseBrace | TokenKind::BlockEnd)
        {
            rest = rest.rest();
        }
        let span = spanned(input, rest);
        self.recovery.skipped.push(Skipped { span, owner: self.recovery.owners.last().copied() });
        rest
    }

    /// ```ebnf
    /// model       = "model" qualifier [ string ] [ "{" { model_part } "}" ] ;
    /// model_part  = "domain" string | "context" string | { documentation | attribute } ( process | actor | item ) ;
    /// ```
    fn model(&mut self, input: Tokens<'a>, depth: usize) -> (Tokens<'a>, Option<DeclarationKind>) {
        let (rest, head) = self.head(input, |input| {
            let (input, id) = qualifier(input.rest())?;
            opt(string).parse(input).map(|(input, title)| (input, (id, title)))
        });
        let Some((id, title)) = head else { return (rest, None) };
        let mut model = Model { id, title, domain: None, context: None, declarations: Vec::new() };
        let rest = self.block(rest, id.span, keywords::MODEL, "of `model`", &mut |parser, input, before| {
            let word = input.text(input.first());
            if matches!(word, "domain" | "context") {
                let (rest, text) = parser.recovery.statement(input, keywords::MODEL, |input| string(input.rest()));
                let slot = if word == "domain" { &mut model.domain } else { &mut model.context };
                *slot = slot.or(text);
                return rest;
            }
            let (rest, declaration) = parser.declaration(input, before, depth + 1, keywords::MODEL, "of `model`");
            model.declarations.extend(declaration);
            rest
        });
        (rest, Some(DeclarationKind::Model(model)))
    }

    /// ```ebnf
    /// define = "define" word "(" range { "," range } ")" "when" expression ;
    /// ```
    fn define(&mut self, input: Tokens<'a>) -> (Tokens<'a>, Option<DeclarationKind>) {
        let (mut rest, found) = self.head(input, |input| {
            let (input, name) = name("a name for the predicate")(input.rest())?;
            let (input, _) = token(TokenKind::OpenParenthesis)(input)?;
            let (input, parameters) = list(range)(input)?;
            let (input, _) = token(TokenKind::CloseParenthesis)(input)?;
            let (input, _) = keyword("when")(input)?;
            let (input, when) = expression(input)?;
            Ok((input, Define { name, parameters, when }))
        });
        if found.is_some() {
            self.after_head(&mut rest);
        }
        (rest, found.map(DeclarationKind::Define))
    }

    /// ```ebnf
    /// rule = "rule" word word word "{" [ string ] { rule_statement } "}" ;
    /// ```
    fn rule(&mut self, input: Tokens<'a>) -> (Tokens<'a>, Option<DeclarationKind>) {
        let (mut rest, head) = self.head(input, |input| {
            let (input, code) = name("a code like FLOW001")(input.rest())?;
            let (input, rule) = name("a name like missing-input")(input)?;
            let (input, severity) = name("a severity: error, warning or note")(input)?;
            Ok((input, (code, rule, severity)))
        });
        let Some((code, rule, severity)) = head else { return (rest, None) };
        let mut documentation = None;
        let open = rest.first();
        // The documentation is the one statement without a keyword, and stands first.
        if open.kind == TokenKind::OpenBrace && rest.ahead(1).kind == TokenKind::Text {
            documentation = Some(rest.ahead(1).span);
        }
        let mut statements = Vec::new();
        let inner = match documentation {
            Some(_) => rest.rest().rest(),
            None => rest,
        };
        let mut statement = |parser: &mut Self, input: Tokens<'a>, before: Before| {
            parser.out_of_place(&before, "a statement of a rule");
            let (rest, kind) = parser.recovery.statement(input, keywords::RULE, rule_statement);
            if let Some(kind) = kind {
                statements.push(RuleStatement { span: spanned(input, rest), kind });
            }
            rest
        };
        if documentation.is_some() {
            rest = self.opened(open, inner, code, keywords::RULE, "of `rule`", &mut statement);
        } else {
            rest = self.block(inner, code, keywords::RULE, "of `rule`", &mut statement);
        }
        (rest, Some(DeclarationKind::Rule(Rule { code, name: rule, severity, documentation, statements })))
    }

    /// The statements of a block whose brace was read already.
    fn opened(
        &mut self,
        open: Token,
        mut input: Tokens<'a>,
        owner: Span,
        words: &'static [&'static str],
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

    /// ```ebnf
    /// test      = "test" word string "{" { test_part } "}" ;
    /// test_part = "today" word | expectation
    ///           | { documentation | attribute }
    ///             ( organization | actor | item | process | omit | applicability | standard | mapping | model ) ;
    /// ```
    fn test(&mut self, input: Tokens<'a>, depth: usize) -> (Tokens<'a>, Option<DeclarationKind>) {
        let (rest, head) = self.head(input, |input| {
            let (input, code) = name("the code of a rule")(input.rest())?;
            let (input, title) = string(input)?;
            Ok((input, (code, title)))
        });
        let Some((code, title)) = head else { return (rest, None) };
        let mut test = Test { code, title, declarations: Vec::new(), today: None, expectations: Vec::new() };
        let rest = self.block(rest, code, IN_TEST, "of `test`", &mut |parser, input, before| match input
            .text(input.first())
        {
            "today" => {
                let (rest, day) =
                    parser.recovery.statement(input, IN_TEST, |input| name("a day like 2027-01-31")(input.rest()));
                test.today = test.today.or(day);
                rest
            }
            "expect" => {
                let (rest, found) = parser.recovery.statement(input, IN_TEST, expectation);
                test.expectations.extend(found);
                rest
            }
            _ => {
                let (rest, declaration) = parser.declaration(input, before, depth + 1, IN_TEST, "of `test`");
                test.declarations.extend(declaration);
                rest
            }
        });
        (rest, Some(DeclarationKind::Test(test)))
    }
}

/// Statements with statements inside.
const NESTING: &[&str] = &["clause", "control", "process", "party", "role", "system", "item", "standard", "model"];

/// Errors of the lexer and the parser, without those that follow from another: what stands behind a character or a text
/// that could not be read on the same line, a stray character in what was passed over anyway, and a block that an unclosed
/// text has swallowed.
fn without_consequences(
    text: &str,
    problems: Vec<Diagnostic>,
    mut found: Vec<Diagnostic>,
    skipped: &[Skipped],
) -> Vec<Diagnostic> {
    let start = |one: &Diagnostic| one.primary.as_ref().map_or(0, |label| label.place.span.start);
    let code = |one: &Diagnostic| one.code.as_str().to_owned();
    if problems.is_empty() {
        return found;
    }
    let lines: Vec<(u32, u32, bool)> = problems
        .iter()
        .filter(|one| matches!(code(one).as_str(), "SYN004" | "SYN005"))
        .map(|one| {
            let from = start(one);
            let rest = text.as_bytes().get(from as usize..).unwrap_or_default();
            let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            (from, from + length as u32, rest.starts_with(b"\"\"\""))
        })
        .collect();
    found.retain(|one| {
        let at = start(one);
        let ends = one.labels.first().map_or(at, |label| label.place.span.start);
        !lines.iter().any(|(from, to, is_long)| match code(one).as_str() {
            "SYN001" | "SYN007" => (*from..=*to).contains(&at),
            "SYN002" => *is_long && at < *from && *from < ends,
            _ => false,
        })
    });
    let mut kept: Vec<Diagnostic> = problems
        .into_iter()
        .filter(|problem| {
            let at = start(problem);
            let passed_over = |region: &Skipped| {
                let until_here = text.get(region.span.end as usize..at as usize);
                let is_behind = until_here.is_some_and(|between| !between.contains('\n') && between.len() < 200);
                (region.span.start <= at && at < region.span.end || is_behind)
                    && found.iter().any(|one| {
                        let error = start(one);
                        region.span.start <= error && error < at
                    })
            };
            code(problem) != "SYN005" || !skipped.iter().any(passed_over)
        })
        .collect();
    kept.append(&mut found);
    kept
}

/// What can begin inside a `test`.
const IN_TEST: &[&str] = &[
    "today",
    "expect",
    "organization",
    "role",
    "party",
    "system",
    "item",
    "process",
    "omit",
    "applicability",
    "standard",
    "mapping",
    "model",
];

impl Before {
    /// The attributes, with what they cover.
    fn covering(mut self, span: Span) -> Vec<Attribute> {
        for attribute in &mut self.attributes {
            attribute.covers = span;
        }
        self.attributes
    }
}

/// The id of a declaration. More words of the same line are taken for the rest of it, and reported by `check_id`.
fn id<'a>(input: Tokens<'a>, what: &'static str) -> Answer<'a, Span> {
    let (mut input, mut id) = name(what)(input)?;
    while input.first().kind == TokenKind::Word
        && !input.first().first_on_line
        && !is_number(input)
        && !begins_word(input)
    {
        id = id.to(input.first().span);
        input = input.rest();
    }
    Ok((input, id))
}

/// Whether the number of a reference process stands here: `7.4`, `COM.01`.
fn is_number(input: Tokens<'_>) -> bool {
    let next = input.first();
    let text = input.text(next);
    next.kind == TokenKind::Word
        && !next.first_on_line
        && text.starts_with(|c: char| c.is_ascii_digit() || c.is_ascii_uppercase())
        && text.contains(|c: char| c.is_ascii_digit())
}

/// The last token that was consumed between two inputs.
fn consumed(before: Tokens<'_>, after: Tokens<'_>) -> Option<Token> {
    before.tokens.len().checked_sub(after.tokens.len() + 1).and_then(|at| before.tokens.get(at)).copied()
}

/// From the first token of `before` to the last one before `after`.
fn spanned(before: Tokens<'_>, after: Tokens<'_>) -> Span {
    let start = before.first().span;
    consumed(before, after).map_or(start, |last| start.to(last.span))
}

/// Whether the next word begins a declaration, wherever on its line it stands.
fn begins_word(input: Tokens<'_>) -> bool {
    let word = input.text(input.first());
    [keywords::DECLARATIONS, keywords::PROCESS, keywords::ITEM, keywords::TEST, keywords::STANDARD, keywords::MODEL]
        .iter()
        .any(|words| words.contains(&word))
}
