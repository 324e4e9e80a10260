//! Tokens: what the lexer hands to the parser.

use crate::text::Span;

use super::keywords::Keyword;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum TokenKind {
    /// A letter, digit or `_`, then letters, digits, `_`, `-` and `.`, ending with none of the last two
    Word,
    /// `"…"` or `"""…"""`
    Text,
    /// A `///` line
    Documentation,
    /// `{`
    OpenBrace,
    /// `}`
    CloseBrace,
    /// `(`
    OpenParenthesis,
    /// `)`
    CloseParenthesis,
    /// `,`
    Comma,
    /// `:`
    Colon,
    /// `/`
    Slash,
    /// `*`
    Star,
    /// `.*`
    DotStar,
    /// `@`
    At,
    /// `=`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// Something that is no token, and was reported as such
    Bad,
    /// The end of a Markdown block
    BlockEnd,
    /// The end of the file
    End,
}

/// One token. Twelve bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: TokenKind,
    /// Whether it is the first one on its line.
    pub first_on_line: bool,
    /// Which keyword it could be, where it is a word.
    pub keyword: Keyword,
}

impl TokenKind {
    /// What people call it.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Word => "a name",
            Self::Text => "a text in quotes",
            Self::Documentation => "a documentation comment",
            Self::OpenBrace => "`{`",
            Self::CloseBrace => "`}`",
            Self::OpenParenthesis => "`(`",
            Self::CloseParenthesis => "`)`",
            Self::Comma => "`,`",
            Self::Colon => "`:`",
            Self::Slash => "`/`",
            Self::Star => "`*`",
            Self::DotStar => "`.*`",
            Self::At => "`@`",
            Self::Equal => "`=`",
            Self::Unequal => "`!=`",
            Self::Less => "`<`",
            Self::LessOrEqual => "`<=`",
            Self::Greater => "`>`",
            Self::GreaterOrEqual => "`>=`",
            Self::Bad => "an unreadable character",
            Self::BlockEnd => "the end of the block",
            Self::End => "the end of the file",
        }
    }
}
