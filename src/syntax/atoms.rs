//! The smallest parsers: words, texts, marks, lists, references.

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;

use crate::text::Span;

use super::input::{Answer, Expected, Tokens};
use super::keywords::{self, Keyword, Words, word};
use super::token::TokenKind;
use super::tree::{ClauseReference, Every, Path, Qualifier, Range, Reference, Spans};

/// A token of the given kind.
#[inline]
pub(super) fn token<'a>(kind: TokenKind) -> impl Fn(Tokens<'a>) -> Answer<'a, Span> {
    move |input| {
        let token = input.first();
        if token.kind == kind { Ok((input.rest(), token.span)) } else { input.fail(Expected::Token(kind)) }
    }
}

/// A word that is this keyword.
#[inline]
pub(super) fn keyword<'a>(word: Keyword) -> impl Fn(Tokens<'a>) -> Answer<'a, Span> {
    move |input| {
        if input.is(word) { Ok((input.rest(), input.first().span)) } else { input.fail(Expected::Keyword(word.text())) }
    }
}

/// A word; `what` says of what.
#[inline]
pub(super) fn name<'a>(what: &'static str) -> impl Fn(Tokens<'a>) -> Answer<'a, Span> {
    move |input| {
        let token = input.first();
        if token.kind == TokenKind::Word { Ok((input.rest(), token.span)) } else { input.fail(Expected::Named(what)) }
    }
}

/// A string.
#[inline]
pub(super) fn string(input: Tokens<'_>) -> Answer<'_, Span> {
    let token = input.first();
    if token.kind == TokenKind::Text {
        Ok((input.rest(), token.span))
    } else {
        input.fail(Expected::Token(TokenKind::Text))
    }
}

/// What can begin behind a list.
const BEHIND_LISTS: Words = keywords::DECLARATIONS
    .and(keywords::PROCESS)
    .and(keywords::ITEM)
    .and(keywords::RULE)
    .and(keywords::APPLICABILITY)
    .and(keywords::STANDARD)
    .and(keywords::TEST);

/// Whether a word at the beginning of a line begins a statement or a declaration, rather than being one more name of a
/// list whose last comma is one too many: it is followed on its line by what statements have, and not by a comma.
fn begins_statement(input: Tokens<'_>) -> bool {
    let token = input.first();
    if token.kind != TokenKind::Word || !token.first_on_line {
        return false;
    }
    let next = input.ahead(1);
    let follows = matches!(next.kind, TokenKind::Word | TokenKind::Text | TokenKind::Star) && !next.first_on_line;
    // A name of a list may be followed by a modifier: `to a,⏎ result retained`; a statement never is.
    let modifier = keywords::MODIFIERS.have(input.keyword_of(next));
    follows && !modifier && BEHIND_LISTS.have(input.keyword())
}

/// What a list is gathered in.
trait List<T>: Default {
    fn add(&mut self, element: T);
}

impl<T> List<T> for Vec<T> {
    fn add(&mut self, element: T) {
        self.push(element);
    }
}

impl List<Span> for Spans {
    fn add(&mut self, element: Span) {
        self.push(element);
    }
}

/// One or more, with commas between them.
pub(super) fn list<'a, T>(
    element: impl FnMut(Tokens<'a>) -> Answer<'a, T>,
) -> impl FnMut(Tokens<'a>) -> Answer<'a, Vec<T>> {
    listed(element)
}

/// One or more words, with commas between them.
pub(super) fn names<'a>(what: &'static str) -> impl FnMut(Tokens<'a>) -> Answer<'a, Spans> {
    listed(name(what))
}

/// The same, added to names that are there.
#[inline]
pub(super) fn add_names<'a>(what: &'static str, input: Tokens<'a>, names: &mut Spans) -> Answer<'a, ()> {
    separated(input, |input| {
        let (input, span) = name(what)(input)?;
        names.push(span);
        Ok((input, ()))
    })
}

fn listed<'a, T, L: List<T>>(
    mut element: impl FnMut(Tokens<'a>) -> Answer<'a, T>,
) -> impl FnMut(Tokens<'a>) -> Answer<'a, L> {
    move |input| {
        let mut elements = L::default();
        let (input, ()) = separated(input, |input| {
            let (input, found) = element(input)?;
            elements.add(found);
            Ok((input, ()))
        })?;
        Ok((input, elements))
    }
}

/// One or more elements, with commas between them.
#[inline]
fn separated<'a>(input: Tokens<'a>, mut element: impl FnMut(Tokens<'a>) -> Answer<'a, ()>) -> Answer<'a, ()> {
    let (mut input, ()) = element(input)?;
    loop {
        let Ok((after, _)) = token(TokenKind::Comma)(input) else { return Ok((input, ())) };
        if begins_statement(after) {
            return after.fail(Expected::Named("another name after the comma"));
        }
        (input, ()) = element(after)?;
    }
}

/// ```ebnf
/// qualifier = word [ ":" word ] ;
/// ```
pub(super) fn qualifier(input: Tokens<'_>) -> Answer<'_, Qualifier> {
    let (input, id) = name("the name of a standard or a model")(input)?;
    let (input, edition) = opt(preceded(token(TokenKind::Colon), name("an edition"))).parse(input)?;
    Ok((input, Qualifier { span: edition.map_or(id, |edition| id.to(edition)), id, edition }))
}

/// ```ebnf
/// reference = [ word [ ":" word ] "/" ] word ;
/// ```
pub(super) fn reference(input: Tokens<'_>) -> Answer<'_, Reference> {
    let qualified = matches!(input.ahead(1).kind, TokenKind::Colon | TokenKind::Slash);
    if !qualified {
        let (input, word) = name("a reference process")(input)?;
        return Ok((input, Reference { span: word, qualifier: None, word }));
    }
    let (input, qualifier) = qualifier(input)?;
    let (input, _) = token(TokenKind::Slash)(input)?;
    let (input, word) = name("a reference process")(input)?;
    Ok((input, Reference { span: qualifier.span.to(word), qualifier: Some(qualifier), word }))
}

/// ```ebnf
/// clause = [ word [ ":" word ] "/" ] word [ "(" word ")" | ".*" ] ;
/// ```
pub(super) fn clause(input: Tokens<'_>) -> Answer<'_, ClauseReference> {
    let (input, standard) = match input.ahead(1).kind {
        TokenKind::Colon | TokenKind::Slash => {
            let (input, standard) = qualifier(input)?;
            let (input, _) = token(TokenKind::Slash)(input)?;
            (input, Some(standard))
        }
        _ => (input, None),
    };
    let (input, number) = name("a clause")(input)?;
    let mut span = standard.map_or(number, |standard| standard.span.to(number));
    let (mut input, letter) = letter(input)?;
    if let Some((letter, close)) = letter {
        span = span.to(close);
        let wildcard = false;
        return Ok((
            input,
            ClauseReference { span, qualifier: standard, number, letter: Some(letter), wildcard, title: None },
        ));
    }
    let wildcard = input.first().kind == TokenKind::DotStar;
    if wildcard {
        span = span.to(input.first().span);
        input = input.rest();
    } else {
        input.state.expect(input.first().span.start, Expected::Token(TokenKind::DotStar));
    }
    Ok((input, ClauseReference { span, qualifier: standard, number, letter: None, wildcard, title: None }))
}

/// A letter in parentheses, with the closing one.
pub(super) fn letter(input: Tokens<'_>) -> Answer<'_, Option<(Span, Span)>> {
    if input.first().kind != TokenKind::OpenParenthesis {
        return Ok((input, None));
    }
    let (input, letter) = name("a letter")(input.rest())?;
    let (input, close) = token(TokenKind::CloseParenthesis)(input)?;
    Ok((input, Some((letter, close))))
}

/// ```ebnf
/// titled_clause = clause [ string ] ;
/// ```
pub(super) fn titled_clause(input: Tokens<'_>) -> Answer<'_, ClauseReference> {
    let (input, mut clause) = clause(input)?;
    let (input, title) = opt(string).parse(input)?;
    clause.title = title;
    Ok((input, clause))
}

/// ```ebnf
/// period = [ number ] word ;
/// ```
pub(super) fn period(input: Tokens<'_>) -> Answer<'_, Every> {
    let (input, first) = name("a number or a unit of time")(input)?;
    let is_number = first.text(input.state.text).starts_with(|c: char| c.is_ascii_digit());
    if !is_number {
        return Ok((input, Every { count: None, unit: first }));
    }
    let (input, unit) = name("a unit of time: days, weeks, months, quarters or years")(input)?;
    Ok((input, Every { count: Some(first), unit }))
}

/// ```ebnf
/// range = word word [ "of" word ] ;
/// ```
pub(super) fn range(input: Tokens<'_>) -> Answer<'_, Range> {
    let (input, kind) = name("a kind")(input)?;
    let (input, variable) = name("a variable")(input)?;
    let (input, of) = opt(preceded(keyword(word!("of")), name("a variable"))).parse(input)?;
    Ok((input, Range { span: kind.to(of.unwrap_or(variable)), kind, variable, of }))
}

/// ```ebnf
/// path = word ;
/// ```
pub(super) fn path(input: Tokens<'_>) -> Answer<'_, Path> {
    let (input, span) = name("a variable with its fields")(input)?;
    Ok((input, Path { span }))
}
