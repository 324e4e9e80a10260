//! The parser's input: tokens for nom, with a memory of how far it got and what it expected there.
//!
//! The furthest failure is kept in the input, not in the error: a combinator that gives up silently (`opt`, `many0`) would
//! lose the very error that mattered.

use std::cell::Cell;

use nom::IResult;

use crate::text::Span;

use super::keywords::Keyword;
use super::token::{Token, TokenKind};

/// The error of every parser: nothing, since the input knows better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Failure;

impl<I> nom::error::ParseError<I> for Failure {
    fn from_error_kind(_: I, _: nom::error::ErrorKind) -> Self {
        Self
    }

    fn append(_: I, _: nom::error::ErrorKind, other: Self) -> Self {
        other
    }
}

/// What a parser answers.
pub(super) type Answer<'a, T> = IResult<Tokens<'a>, T, Failure>;

/// Something that could have stood somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Expected {
    Token(TokenKind),
    Keyword(&'static str),
    /// A name, a number or a value with a word for what it is: "a role", "a day".
    Named(&'static str),
}

/// The most expectations that are kept; more would be no help.
const MOST_EXPECTED: usize = 24;

/// What all positions of one input share.
#[derive(Debug)]
pub(super) struct State<'a> {
    tokens: &'a [Token],
    pub(super) text: &'a str,
    offset: Cell<u32>,
    count: Cell<usize>,
    expected: [Cell<Option<Expected>>; MOST_EXPECTED],
    /// Where something is nested too deep.
    pub(super) too_deep: Cell<Option<Span>>,
    /// The offset of a misspelt keyword, and what it is read as.
    misspelt_at: Cell<u32>,
    read_as: Cell<Keyword>,
}

impl<'a> State<'a> {
    pub(super) fn new(text: &'a str, tokens: &'a [Token]) -> Self {
        Self {
            tokens,
            text,
            offset: Cell::new(0),
            count: Cell::new(0),
            expected: [const { Cell::new(None) }; MOST_EXPECTED],
            too_deep: Cell::new(None),
            misspelt_at: Cell::new(u32::MAX),
            read_as: Cell::new(Keyword::NONE),
        }
    }

    /// How far the parser got: the offset of the token that fitted nowhere, in bytes.
    pub(super) fn furthest(&self) -> u32 {
        self.offset.get()
    }

    /// What could have stood there.
    pub(super) fn expectations(&self) -> Vec<Expected> {
        let mut expected: Vec<Expected> = self.expected[..self.count.get()].iter().filter_map(Cell::get).collect();
        expected.sort_unstable();
        expected.dedup();
        expected
    }

    /// Forgets how far the parser got; after a recovery it would blame what was blamed already.
    pub(super) fn forget(&self, offset: u32) {
        self.offset.set(offset);
        self.count.set(0);
    }

    /// From now on the word at `offset` is read as `word`: what its author meant is clear and was reported, so that what
    /// stands behind it need not be lost.
    pub(super) fn read_as(&self, offset: u32, word: &'static str) {
        self.misspelt_at.set(offset);
        self.read_as.set(Keyword::of(word));
    }

    #[inline]
    pub(super) fn expect(&self, offset: u32, what: Expected) {
        let furthest = self.offset.get();
        if offset < furthest {
            return;
        }
        if offset > furthest {
            self.offset.set(offset);
            self.count.set(0);
        }
        let count = self.count.get();
        if count < MOST_EXPECTED {
            self.expected[count].set(Some(what));
            self.count.set(count + 1);
        }
    }
}

/// The tokens from some position on. There is always an `End` among them. Two numbers, so that it is handed over in registers:
/// what goes through memory is waited for at each step of the parser.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tokens<'a> {
    /// The number of the next token.
    at: usize,
    pub(super) state: &'a State<'a>,
}

/// What stands where the tokens end, for safety; the lexer always adds an `End`.
static END: Token = Token {
    span: Span { start: u32::MAX, end: u32::MAX },
    kind: TokenKind::End,
    first_on_line: true,
    keyword: Keyword::NONE,
};

impl<'a> Tokens<'a> {
    /// All tokens of a text.
    pub(super) fn all(state: &'a State<'a>) -> Self {
        Self { at: 0, state }
    }

    /// The next token.
    #[inline]
    pub(super) fn first(&self) -> Token {
        self.ahead(0)
    }

    /// The token after `count` others.
    #[inline]
    pub(super) fn ahead(&self, count: usize) -> Token {
        *self.state.tokens.get(self.at + count).unwrap_or(&END)
    }

    /// What is left after the next token; the end stays.
    #[inline]
    pub(super) fn rest(&self) -> Self {
        let is_end = self.at + 1 >= self.state.tokens.len();
        Self { at: if is_end { self.at } else { self.at + 1 }, state: self.state }
    }

    /// What is left after `count` tokens.
    pub(super) fn after(&self, count: usize) -> Self {
        Self { at: self.at + count, state: self.state }
    }

    /// All that is left.
    pub(super) fn left(&self) -> &'a [Token] {
        self.state.tokens.get(self.at..).unwrap_or_default()
    }

    /// The last token before these, if it is not before `begin`.
    #[inline]
    pub(super) fn last_since(&self, begin: Self) -> Option<Token> {
        let last = self.at.checked_sub(1).filter(|last| *last >= begin.at)?;
        self.state.tokens.get(last).copied()
    }

    /// The text of a token.
    #[inline]
    pub(super) fn text(&self, token: Token) -> &'a str {
        if token.span.start == self.state.misspelt_at.get() {
            return self.state.read_as.get().text();
        }
        self.state.text.get(token.span.start as usize..token.span.end as usize).unwrap_or_default()
    }

    /// Which keyword a token could be.
    #[inline]
    pub(super) fn keyword_of(&self, token: Token) -> Keyword {
        if token.span.start == self.state.misspelt_at.get() { self.state.read_as.get() } else { token.keyword }
    }

    /// Which keyword the next token could be.
    #[inline]
    pub(super) fn keyword(&self) -> Keyword {
        self.keyword_of(self.first())
    }

    /// Whether the next token is this keyword.
    #[inline]
    pub(super) fn is(&self, keyword: Keyword) -> bool {
        self.keyword() == keyword
    }

    /// Whether nothing is left.
    pub(super) fn is_at_end(&self) -> bool {
        self.first().kind == TokenKind::End
    }

    /// Notes what could have stood here, and fails.
    #[inline]
    pub(super) fn fail<T>(self, what: Expected) -> Answer<'a, T> {
        self.state.expect(self.first().span.start, what);
        Err(nom::Err::Error(Failure))
    }
}
