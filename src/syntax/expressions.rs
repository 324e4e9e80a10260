//! Expressions of rules. The prefix that alternatives share is parsed once, and the next token decides: nothing is tried
//! twice, so that nesting costs no more than its length.

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;

use crate::text::Span;

use super::atoms::{keyword, list, path, range, string, token};
use super::input::{Answer, Expected, Failure, Tokens};
use super::keywords::{Keyword, word};
use super::token::TokenKind;
use super::tree::{Expression, ExpressionKind, Operator, Quantified};

/// How deep expressions may be nested.
const DEEPEST: usize = 100;

/// ```ebnf
/// expression = conjunction { "or" conjunction } ;
/// ```
pub(super) fn expression(input: Tokens<'_>) -> Answer<'_, Expression> {
    disjunction(input, 0)
}

fn joined<'a>(
    input: Tokens<'a>,
    depth: usize,
    word: Keyword,
    part: fn(Tokens<'a>, usize) -> Answer<'a, Expression>,
    make: fn(Vec<Expression>) -> ExpressionKind,
) -> Answer<'a, Expression> {
    let (mut input, first) = part(input, depth)?;
    let mut parts = vec![first];
    while let Ok((after, _)) = keyword(word)(input) {
        let (rest, next) = part(after, depth)?;
        parts.push(next);
        input = rest;
    }
    if parts.len() == 1
        && let Some(only) = parts.pop()
    {
        return Ok((input, only));
    }
    let span = parts.iter().map(|part| part.span).reduce(Span::to).unwrap_or_default();
    Ok((input, Expression { span, kind: make(parts) }))
}

fn disjunction(input: Tokens<'_>, depth: usize) -> Answer<'_, Expression> {
    if depth > DEEPEST {
        input.state.too_deep.set(Some(input.first().span));
        return Err(nom::Err::Failure(Failure));
    }
    joined(input, depth, word!("or"), conjunction, ExpressionKind::Or)
}

/// ```ebnf
/// conjunction = negation { "and" negation } ;
/// ```
fn conjunction(input: Tokens<'_>, depth: usize) -> Answer<'_, Expression> {
    joined(input, depth, word!("and"), negation, ExpressionKind::And)
}

/// ```ebnf
/// negation = { "not" } comparison ;
/// ```
fn negation(input: Tokens<'_>, depth: usize) -> Answer<'_, Expression> {
    let begins_operand = |input: Tokens<'_>| {
        matches!(input.ahead(1).kind, TokenKind::Word | TokenKind::Text | TokenKind::OpenParenthesis)
    };
    let (mut input, mut starts) = (input, Vec::new());
    while input.is(word!("not")) && begins_operand(input) {
        starts.push(input.first().span);
        input = input.rest();
    }
    let (input, mut inner) = comparison(input, depth)?;
    // `not not x` is x, so that no nesting is left to bound.
    if starts.len() % 2 == 1 {
        let span = starts[0].to(inner.span);
        inner = Expression { span, kind: ExpressionKind::Not(Box::new(inner)) };
    }
    Ok((input, inner))
}

/// The operator at the head of the input, and how many tokens it has.
fn operator(input: Tokens<'_>) -> Option<Operator> {
    let token = input.first();
    Some(match token.kind {
        TokenKind::Equal => Operator::Equal,
        TokenKind::Unequal => Operator::Unequal,
        TokenKind::Less => Operator::Less,
        TokenKind::LessOrEqual => Operator::LessOrEqual,
        TokenKind::Greater => Operator::Greater,
        TokenKind::GreaterOrEqual => Operator::GreaterOrEqual,
        TokenKind::Word => match input.text(token) {
            "in" => Operator::In,
            "matches" => Operator::Matches,
            "starts-with" => Operator::StartsWith,
            "ends-with" => Operator::EndsWith,
            "contains" => Operator::Contains,
            _ => return None,
        },
        _ => return None,
    })
}

/// ```ebnf
/// comparison = operand [ operator operand | "is" [ "not" ] "missing" ] ;
/// operator   = "=" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "matches" | "starts-with" | "ends-with" | "contains" ;
/// ```
fn comparison(input: Tokens<'_>, depth: usize) -> Answer<'_, Expression> {
    let (input, left) = operand(input, depth)?;
    if let Some(operator) = operator(input) {
        let (input, right) = operand(input.rest(), depth)?;
        let span = left.span.to(right.span);
        return Ok((
            input,
            Expression { span, kind: ExpressionKind::Binary(operator, Box::new(left), Box::new(right)) },
        ));
    }
    if let Ok((after, _)) = keyword(word!("is"))(input) {
        let (after, not) = opt(keyword(word!("not"))).parse(after)?;
        let (after, end) = keyword(word!("missing"))(after)?;
        let span = left.span.to(end);
        let missing = Expression { span, kind: ExpressionKind::IsMissing(Box::new(left)) };
        let kind = if not.is_some() { ExpressionKind::Not(Box::new(missing)) } else { return Ok((after, missing)) };
        return Ok((after, Expression { span, kind }));
    }
    let start = input.first().span.start;
    for operator in ["=", "in"] {
        input
            .state
            .expect(start, if operator == "=" { Expected::Token(TokenKind::Equal) } else { Expected::Keyword("in") });
    }
    Ok((input, left))
}

/// ```ebnf
/// operand = "(" expression ")"
///         | "exists" quantified
///         | "every" quantified "have" expression
///         | "count" "(" quantified ")"
///         | word "(" expression { "," expression } ")"
///         | string
///         | word ;
/// ```
fn operand(input: Tokens<'_>, depth: usize) -> Answer<'_, Expression> {
    let first = input.first();
    match first.kind {
        TokenKind::OpenParenthesis => {
            let (input, mut inner) = disjunction(input.rest(), depth + 1)?;
            let (input, close) = token(TokenKind::CloseParenthesis)(input)?;
            inner.span = first.span.to(close);
            Ok((input, inner))
        }
        TokenKind::Text => {
            let (input, text) = string(input)?;
            Ok((input, Expression { span: text, kind: ExpressionKind::Text(text) }))
        }
        TokenKind::Word => word_operand(input, depth),
        _ => input.fail(Expected::Named("a condition or a value")),
    }
}

fn word_operand(input: Tokens<'_>, depth: usize) -> Answer<'_, Expression> {
    let first = input.first();
    let text = input.text(first);
    let ranges_follow = |at: usize| {
        input.ahead(at).kind == TokenKind::Word
            && input.ahead(at + 1).kind == TokenKind::Word
            && operator(input.after(at)).is_none()
    };
    match text {
        "exists" if ranges_follow(1) => {
            let (input, inner) = quantified_at(input.rest(), depth + 1)?;
            let span = first.span.to(end_of(&inner));
            Ok((input, Expression { span, kind: ExpressionKind::Exists(Box::new(inner)) }))
        }
        "every" if ranges_follow(1) => {
            let (input, inner) = quantified_at(input.rest(), depth + 1)?;
            let (input, _) = keyword(word!("have"))(input)?;
            let (input, have) = disjunction(input, depth + 1)?;
            let span = first.span.to(have.span);
            Ok((input, Expression { span, kind: ExpressionKind::Every(Box::new(inner), Box::new(have)) }))
        }
        "count" if input.ahead(1).kind == TokenKind::OpenParenthesis => {
            let (input, inner) = quantified_at(input.rest().rest(), depth + 1)?;
            let (input, close) = token(TokenKind::CloseParenthesis)(input)?;
            let span = first.span.to(close);
            Ok((input, Expression { span, kind: ExpressionKind::Count(Box::new(inner)) }))
        }
        _ if input.ahead(1).kind == TokenKind::OpenParenthesis => {
            let mut arguments = list(|input| disjunction(input, depth + 1));
            let (input, arguments) = arguments(input.rest().rest())?;
            let (input, close) = token(TokenKind::CloseParenthesis)(input)?;
            let span = first.span.to(close);
            Ok((input, Expression { span, kind: ExpressionKind::Call(first.span, arguments) }))
        }
        _ if text.starts_with(|c: char| c.is_ascii_digit()) => {
            Ok((input.rest(), Expression { span: first.span, kind: ExpressionKind::Number(first.span) }))
        }
        _ => {
            let (input, path) = path(input)?;
            Ok((input, Expression { span: path.span, kind: ExpressionKind::Path(path) }))
        }
    }
}

fn end_of(quantified: &Quantified) -> Span {
    let range = quantified.ranges.last().map_or_else(Span::default, |range| range.span);
    quantified.condition.as_ref().map_or(range, |condition| condition.span)
}

/// ```ebnf
/// quantified = range { "," range } [ "where" expression ] ;
/// ```
pub(super) fn quantified(input: Tokens<'_>) -> Answer<'_, Quantified> {
    quantified_at(input, 0)
}

fn quantified_at(input: Tokens<'_>, depth: usize) -> Answer<'_, Quantified> {
    let (mut input, first) = range(input)?;
    let mut ranges = vec![first];
    // A comma may also part the arguments of a call; a range has two words.
    while input.first().kind == TokenKind::Comma
        && input.ahead(1).kind == TokenKind::Word
        && input.ahead(2).kind == TokenKind::Word
        && !matches!(input.text(input.ahead(1)), "not" | "exists" | "every")
        && !matches!(input.text(input.ahead(2)), "and" | "or" | "is" | "have" | "where")
        && operator(input.rest().rest()).is_none()
        && !matches!(input.text(input.ahead(2)), "and" | "or" | "is")
    {
        let (rest, next) = range(input.rest())?;
        ranges.push(next);
        input = rest;
    }
    let (input, condition) = opt(preceded(keyword(word!("where")), |input| disjunction(input, depth))).parse(input)?;
    Ok((input, Quantified { ranges, condition }))
}
