//! `@allow(…)`

use crate::text::Span;

use super::atoms::{clause, name, qualifier, string, token};
use super::input::{Answer, Expected, Tokens};
use super::keywords::word;
use super::token::TokenKind;
use super::tree::Attribute;

/// ```ebnf
/// attribute = "@" word "(" word [ clause | word ":" word ] "," "because" string [ "," "until" word ] ")" ;
/// ```
pub(super) fn attribute(input: Tokens<'_>) -> Answer<'_, Attribute> {
    let (input, at) = token(TokenKind::At)(input)?;
    let (input, word) = name("allow")(input)?;
    let (input, _) = token(TokenKind::OpenParenthesis)(input)?;
    let (mut input, code) = name("the code of a rule, like FLOW002")(input)?;
    let mut attribute = Attribute {
        span: at,
        name: word,
        code: Some(code),
        subject: None,
        because: None,
        until: None,
        covers: Span::default(),
    };
    if input.first().kind == TokenKind::Word {
        // A standard is named without anything behind it.
        let is_standard = input.ahead(1).kind == TokenKind::Colon && input.ahead(3).kind != TokenKind::Slash;
        let (rest, subject) = if is_standard {
            qualifier(input).map(|(rest, standard)| (rest, standard.span))?
        } else {
            clause(input).map(|(rest, clause)| (rest, clause.span))?
        };
        (input, attribute.subject) = (rest, Some(subject));
    }
    while input.first().kind == TokenKind::Comma {
        input = input.rest();
        let here = input.first().span.start;
        if attribute.because.is_none() && input.is(word!("because")) {
            let (rest, because) = string(input.rest())?;
            (input, attribute.because) = (rest, Some(because));
        } else if attribute.until.is_none() && input.is(word!("until")) {
            let (rest, until) = name("a day like 2027-03-31")(input.rest())?;
            (input, attribute.until) = (rest, Some(until));
        } else {
            if attribute.because.is_none() {
                input.state.expect(here, Expected::Keyword("because"));
            }
            return input.fail(Expected::Keyword("until"));
        }
    }
    if attribute.because.is_none() && attribute.until.is_none() {
        input.state.expect(input.first().span.start, Expected::Token(TokenKind::Comma));
    }
    let (input, close) = token(TokenKind::CloseParenthesis)(input)?;
    attribute.span = at.to(close);
    Ok((input, attribute))
}
