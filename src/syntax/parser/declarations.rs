//! The declarations, one function each; its comment is its part of the grammar.

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;

use crate::diagnostic::Label;
use crate::syntax::atoms::{keyword, list, name, qualifier, range, reference, string, token};
use crate::syntax::expressions::expression;
use crate::syntax::input::{Answer, Expected, Tokens};
use crate::syntax::keywords::{self, Words, word};
use crate::syntax::recovery::{begins_declaration, shortened};
use crate::syntax::statements::{
    decision, document, entry_head, expectation, item_statement, mapping_row, process_statement, rule_statement,
};
use crate::syntax::token::TokenKind;
use crate::syntax::tree::*;
use crate::text::Span;

use super::{Before, DEEPEST, FileParser, begins_word, spanned};

impl<'a> FileParser<'a> {
    /// ```ebnf
    /// organization = "organization" word [ string ] [ "{" { { attribute } ( "standard" | "model" ) qualifier } "}" ] ;
    /// ```
    pub(super) fn organization(&mut self, input: Tokens<'a>) -> (Tokens<'a>, Option<DeclarationKind>) {
        let (rest, head) = self.head(input, |input| {
            let (input, id) = id(input.rest(), "an id for the organization")?;
            opt(string).parse(input).map(|(input, title)| (input, (id, title)))
        });
        let Some((id, title)) = head else { return (rest, None) };
        self.check_id(id);
        let mut statements = Vec::new();
        let rest = self.block(rest, id, keywords::ORGANIZATION, "of `organization`", &mut |parser, input, before| {
            let start = input.first().span;
            let is_model = input.is(word!("model"));
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
        // Most ids are plain, which is seen sixteen bytes at a time.
        let is_plain = text.bytes().fold(true, |plain, byte| plain & byte.is_ascii_graphic());
        if !is_plain && text.contains(char::is_whitespace) {
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
    pub(super) fn item(&mut self, input: Tokens<'a>) -> (Tokens<'a>, Option<DeclarationKind>) {
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
    pub(super) fn process(&mut self, input: Tokens<'a>) -> (Tokens<'a>, Option<DeclarationKind>) {
        let (rest, head) = self.head(input, |input| {
            let (input, id) = id(input.rest(), "an id for the process")?;
            let number = is_number(input).then(|| input.first().span);
            let input = if number.is_some() { input.rest() } else { input };
            opt(string).parse(input).map(|(input, title)| (input, (id, number, title)))
        });
        let Some((id, number, title)) = head else { return (rest, None) };
        self.check_id(id);
        // Gathered where there is room from the process before, and kept where there is room for them alone.
        let mut statements = std::mem::take(&mut self.statements);
        let rest = self.block(rest, id, keywords::PROCESS, "of `process`", &mut |parser, input, before| {
            let count = statements.len();
            let read = |input| process_statement(input, &mut statements);
            let (rest, found) = parser.recovery.statement(input, keywords::PROCESS, read);
            match (found, statements.get_mut(count)) {
                (Some(()), Some(statement)) => {
                    statement.span = spanned(input, rest);
                    if !before.attributes.is_empty() {
                        statement.attributes = before.covering(statement.span);
                    }
                }
                _ => statements.truncate(count),
            }
            rest
        });
        let mut kept = Vec::with_capacity(statements.len());
        kept.append(&mut statements);
        self.statements = statements;
        (rest, Some(DeclarationKind::Process(Process { id, number, title, statements: kept })))
    }

    /// ```ebnf
    /// omit = "omit" reference [ "because" string ] ;
    /// ```
    pub(super) fn omit(&mut self, input: Tokens<'a>) -> (Tokens<'a>, Option<DeclarationKind>) {
        let (rest, found) = self.recovery.statement(input, IN_TEST, |input| {
            let (input, reference) = reference(input.rest())?;
            opt(preceded(keyword(word!("because")), string))
                .parse(input)
                .map(|(input, because)| (input, Omit { reference, because }))
        });
        (rest, found.map(DeclarationKind::Omit))
    }

    /// ```ebnf
    /// applicability = "applicability" qualifier "{" { { attribute } decision } "}" ;
    /// ```
    pub(super) fn applicability(&mut self, input: Tokens<'a>) -> (Tokens<'a>, Option<DeclarationKind>) {
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
    pub(super) fn standard(&mut self, input: Tokens<'a>) -> (Tokens<'a>, Option<DeclarationKind>) {
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
            if input.is(word!("document")) {
                parser.out_of_place(&before, "a request for a document");
                let (rest, found) = parser.recovery.statement(input, keywords::STANDARD, document);
                documents.extend(found);
                return rest;
            }
            let (rest, head) = parser.recovery.statement(input, keywords::STANDARD, entry_head);
            let Some(mut entry) = head else { return rest };
            let rest = if rest.is(word!("clause")) || rest.is(word!("control")) {
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
    pub(super) fn mapping(&mut self, input: Tokens<'a>) -> (Tokens<'a>, Option<DeclarationKind>) {
        let (rest, head) = self.head(input, |input| {
            let (input, from) = qualifier(input.rest())?;
            let (input, _) = keyword(word!("to"))(input)?;
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
                    let (rest, before) = self.documentation_and_attributes(input, keywords::DECLARATIONS);
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
                    self.recovery.report(input);
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
                self.recovery.report(input);
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
    pub(super) fn model(&mut self, input: Tokens<'a>, depth: usize) -> (Tokens<'a>, Option<DeclarationKind>) {
        let (rest, head) = self.head(input, |input| {
            let (input, id) = qualifier(input.rest())?;
            opt(string).parse(input).map(|(input, title)| (input, (id, title)))
        });
        let Some((id, title)) = head else { return (rest, None) };
        let mut model = Model { id, title, domain: None, context: None, declarations: Vec::new() };
        let rest = self.block(rest, id.span, keywords::MODEL, "of `model`", &mut |parser, input, before| {
            let word = input.text(input.first());
            if matches!(word, "domain" | "context") {
                parser.out_of_place(&before, &format!("`{word}`"));
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
    pub(super) fn define(&mut self, input: Tokens<'a>) -> (Tokens<'a>, Option<DeclarationKind>) {
        let (mut rest, found) = self.head(input, |input| {
            let (input, name) = name("a name for the predicate")(input.rest())?;
            let (input, _) = token(TokenKind::OpenParenthesis)(input)?;
            let (input, parameters) = list(range)(input)?;
            let (input, _) = token(TokenKind::CloseParenthesis)(input)?;
            let (input, _) = keyword(word!("when"))(input)?;
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
    pub(super) fn rule(&mut self, input: Tokens<'a>) -> (Tokens<'a>, Option<DeclarationKind>) {
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

    /// ```ebnf
    /// test      = "test" word string "{" { test_part } "}" ;
    /// test_part = "today" word | expectation
    ///           | { documentation | attribute }
    ///             ( organization | actor | item | process | omit | applicability | standard | mapping | model ) ;
    /// ```
    pub(super) fn test(&mut self, input: Tokens<'a>, depth: usize) -> (Tokens<'a>, Option<DeclarationKind>) {
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
const IN_TEST: Words = Words::of(&[
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
]);

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
