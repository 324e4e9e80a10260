//! Declarations and files. The loops over statements are ours, because recovery is: whatever happens, they advance.

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;

use crate::diagnostic::Diagnostic;
use crate::text::{FileId, Source, Span};

use super::atoms::{keyword, list, name, qualifier, range, reference, string, token};
use super::attributes::attribute;
use super::expressions::expression;
use super::input::{Answer, Expected, State, Tokens};
use super::keywords;
use super::lexer::lex;
use super::markdown;
use super::recovery::{Recovery, begins_declaration};
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
    let (regions, mut errors) = if in_blocks {
        let blocks = markdown::blocks(text, file);
        if blocks.regions.is_empty() {
            return Parsed::default();
        }
        (blocks.regions, blocks.problems)
    } else {
        (vec![Span::new(0, text.len() as u32)], Vec::new())
    };
    let lexed = lex(text, file, &regions, in_blocks);
    errors.extend(lexed.problems);
    let state = State::new(text);
    let mut parser = FileParser { recovery: Recovery::new(file, &state) };
    let input = Tokens { tokens: &lexed.tokens, state: &state };
    let declarations = parser.file(input);
    let (found, skipped) = parser.recovery.finish();
    errors.extend(found);
    Parsed { tree: Tree { declarations, skipped }, errors, comments: lexed.comments, tokens: lexed.tokens, regions }
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
                            self.judge(&attribute);
                            before.attributes.push(attribute);
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

    fn judge(&mut self, attribute: &Attribute) {
        let text = self.recovery.state.text;
        let word = attribute.name.text(text);
        if word != "allow" {
            self.recovery
                .error("SYN014", attribute.name, format!("there is no attribute `@{word}`"))
                .help
                .push("the only one is `@allow(CODE, because \"…\")`".to_owned());
        } else if attribute.because.is_none() {
            let code = attribute.code.map(|code| code.text(text)).unwrap_or_default().to_owned();
            self.recovery
                .error("SYN014", attribute.span, "a suppression needs its reason")
                .help
                .push(format!("write `@allow({code}, because \"…\")`"));
        }
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
        let word = input.text(input.first());
        if depth > DEEPEST {
            self.recovery.error("SYN009", start, "this is nested too deep to be read");
            return (self.skip_to_declaration(input), None);
        }
        if !words.contains(&word) {
            self.recovery.unknown_keyword(input, words, whereabouts);
            self.recovery.state.forget(start.start);
            let rest = if depth == 0 { self.skip_to_declaration(input) } else { self.recovery.skip(input, words) };
            return (rest, None);
        }
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
        let close = self.statements(&mut input, words, whereabouts, statement);
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
        words: &'static [&'static str],
        whereabouts: &str,
        statement: &mut dyn FnMut(&mut Self, Tokens<'a>, Before) -> Tokens<'a>,
    ) -> Close {
        loop {
            let (rest, before) = self.before(*input, words);
            *input = rest;
            let token = input.first();
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
                TokenKind::Word if begins_declaration(*input) => return Close::Missing,
                TokenKind::Word if token.first_on_line || self.recovery.state.furthest() < token.span.start => {
                    self.recovery.unknown_keyword(*input, words, whereabouts);
                    self.recovery.state.forget(token.span.start);
                    *input = self.recovery.skip(*input, words);
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
            let (input, id) = name("an id for the organization")(input.rest())?;
            opt(string).parse(input).map(|(input, title)| (input, (id, title)))
        });
        let Some((id, title)) = head else { return (rest, None) };
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

    /// ```ebnf
    /// actor = ( "role" | "party" | "system" ) word [ string ] [ "{" { { attribute } item_statement } "}" ] ;
    /// item  = "item" word [ string ] [ "{" { { attribute } item_statement } "}" ] ;
    /// ```
    fn item(&mut self, input: Tokens<'a>) -> (Tokens<'a>, Option<DeclarationKind>) {
        let word = input.text(input.first());
        let (rest, head) = self.head(input, |input| {
            let (input, id) = name("an id")(input.rest())?;
            opt(string).parse(input).map(|(input, title)| (input, (id, title)))
        });
        let Some((id, title)) = head else { return (rest, None) };
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
            let (input, id) = name("an id for the process")(input.rest())?;
            let next = input.first();
            let number = next.kind == TokenKind::Word
                && !next.first_on_line
                && input.text(next).starts_with(|c: char| c.is_ascii_digit() || c.is_ascii_uppercase());
            let (input, number) = if number { (input.rest(), Some(next.span)) } else { (input, None) };
            opt(string).parse(input).map(|(input, title)| (input, (id, number, title)))
        });
        let Some((id, number, title)) = head else { return (rest, None) };
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
                TokenKind::Documentation => input = input.rest(),
                TokenKind::End | TokenKind::BlockEnd | TokenKind::Word => {
                    let place = self.recovery.place(next.span);
                    let diagnostic =
                        self.recovery.error("SYN002", open.span, "the block of this mapping is never closed");
                    let message = "it should be closed before this".to_owned();
                    diagnostic.labels.push(crate::diagnostic::Label { place, message });
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
        let mut statement = |parser: &mut Self, input: Tokens<'a>, _: Before| {
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
        let close = self.statements(&mut input, words, whereabouts, statement);
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
        diagnostic.labels.push(crate::diagnostic::Label { place, message: message.to_owned() });
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
