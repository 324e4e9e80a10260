//! What happens where something does not fit: one message, and a place to go on.

use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::text::{FileId, Span};

use super::input::{Answer, Expected, State, Tokens};
use super::keywords;
use super::token::{Token, TokenKind};
use super::tree::Skipped;

/// The most syntax errors of one file.
const MOST_ERRORS: usize = 100;

/// The most expectations that a message lists.
const MOST_LISTED: usize = 6;

/// What a parse has found wrong, and where it is.
pub(super) struct Recovery<'a> {
    pub(super) file: FileId,
    pub(super) state: &'a State<'a>,
    pub(super) errors: Vec<Diagnostic>,
    pub(super) skipped: Vec<Skipped>,
    /// The ids of the declarations around the current position.
    pub(super) owners: Vec<Span>,
    /// Offset at which the last error was reported, so that one place is blamed once.
    last: Option<u32>,
}

impl<'a> Recovery<'a> {
    pub(super) fn new(file: FileId, state: &'a State<'a>) -> Self {
        Self { file, state, errors: Vec::new(), skipped: Vec::new(), owners: Vec::new(), last: None }
    }

    pub(super) fn place(&self, span: Span) -> Place {
        Place { file: self.file, span }
    }

    pub(super) fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        let place = self.place(span);
        if self.errors.len() == MOST_ERRORS {
            let message = format!("there are more than {MOST_ERRORS} mistakes in this file");
            let last =
                Diagnostic::error("SYN010", place, message).help("mend the ones above first; the others are not shown");
            self.errors.push(last);
        }
        let index = self.errors.len();
        self.errors.push(Diagnostic::error(code, place, message));
        &mut self.errors[index]
    }

    /// The errors, without those past the limit.
    pub(super) fn finish(mut self) -> (Vec<Diagnostic>, Vec<Skipped>) {
        self.errors.truncate(MOST_ERRORS + 1);
        (self.errors, self.skipped)
    }

    /// Reports what the parser expected where it got furthest.
    pub(super) fn report(&mut self, input: Tokens<'a>, more: &'static [&'static str]) {
        if let Some(span) = self.state.too_deep.take() {
            self.error("SYN009", span, "this is nested too deep to be read")
                .help
                .push("take the inner parts out into a `define`, or flatten them".to_owned());
            self.state.forget(input.first().span.start);
            return;
        }
        let furthest = self.state.furthest();
        let at = input.tokens.partition_point(|token| token.span.start < furthest);
        let token = input.ahead(at);
        if self.last == Some(token.span.start) {
            return;
        }
        self.last = Some(token.span.start);
        let before = at.checked_sub(1).map(|at| input.ahead(at));
        let mut expected = self.state.expectations();
        expected.extend(more.iter().map(|word| Expected::Keyword(word)));
        self.unexpected(input, token, before, &expected);
        self.state.forget(token.span.start);
    }

    /// One message about a token that does not fit, with the mend where the mistake is a common one.
    fn unexpected(&mut self, input: Tokens<'a>, token: Token, before: Option<Token>, expected: &[Expected]) {
        let text = input.text(token).to_owned();
        let wants = |kind: TokenKind| expected.contains(&Expected::Token(kind));
        let wants_name = expected.iter().any(|one| matches!(one, Expected::Named(_)));
        let keywords: Vec<&'static str> = expected
            .iter()
            .filter_map(|one| match one {
                Expected::Keyword(word) => Some(*word),
                _ => None,
            })
            .collect();
        let found = match token.kind {
            TokenKind::Word => format!("`{}`", shortened(&text)),
            TokenKind::Text => "a text in quotes".to_owned(),
            kind => kind.describe().to_owned(),
        };
        let list = listed(expected);
        let before_text = before.map(|token| input.text(token).to_owned()).unwrap_or_default();
        let span = match token.kind {
            // The end is nowhere; what came before it is where something is missing.
            TokenKind::End | TokenKind::BlockEnd => before.map_or(token.span, |before| Span::at(before.span.end)),
            _ => token.span,
        };
        let diagnostic = self.error("SYN001", span, format!("expected {list}, found {found}"));
        let help = match token.kind {
            TokenKind::Colon | TokenKind::Equal if !before_text.is_empty() => {
                let mark = if token.kind == TokenKind::Colon { ":" } else { "=" };
                Some(format!("leave the `{mark}` away: after `{}` comes a blank", shortened(&before_text)))
            }
            TokenKind::Text if wants_name && !wants(TokenKind::Text) => {
                Some("ids stand without quotes and blanks: letters, digits, `-`, `_` and `.`".to_owned())
            }
            TokenKind::Word if wants(TokenKind::Text) && !wants_name && keywords.is_empty() => {
                Some("put the text in quotes: `\"…\"`".to_owned())
            }
            TokenKind::Word => {
                let comma = wants(TokenKind::Comma) && before.is_some_and(|before| before.kind == TokenKind::Word);
                match nearest(&text, keywords.iter().copied()) {
                    Some(near) => Some(format!("did you mean `{near}`?")),
                    None if comma && !token.first_on_line => Some(format!(
                        "names stand with a comma between them: `{}, {}`; an id has no blanks",
                        shortened(&before_text),
                        shortened(&text)
                    )),
                    None => None,
                }
            }
            TokenKind::CloseBrace | TokenKind::End if wants_name && before_text == "," => {
                Some("remove the comma, or add the name that is missing".to_owned())
            }
            TokenKind::CloseParenthesis if keywords.contains(&"because") => None,
            _ => None,
        };
        diagnostic.help.extend(help);
    }

    /// A word that begins no statement here.
    pub(super) fn unknown_keyword(&mut self, input: Tokens<'a>, words: &'static [&'static str], whereabouts: &str) {
        let token = input.first();
        let text = input.text(token).to_owned();
        if self.last == Some(token.span.start) {
            return;
        }
        self.last = Some(token.span.start);
        let near = nearest(&text, words.iter().copied());
        let elsewhere = elsewhere(&text);
        let message = format!("`{}` does not begin a statement {whereabouts}", shortened(&text));
        let diagnostic = self.error("SYN007", token.span, message);
        let help = match (near, elsewhere) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, Some(place)) => format!("`{text}` belongs {place}"),
            (None, None) => format!("here can stand {}", or(words.iter().map(|word| format!("`{word}`")).collect())),
        };
        diagnostic.help.push(help);
    }

    /// Passes over tokens until a statement or declaration begins, or the block ends; notes what was passed over. `from` is
    /// where the statement began that could not be read.
    pub(super) fn skip(&mut self, from: Tokens<'a>, words: &'static [&'static str]) -> Tokens<'a> {
        let furthest = self.state.furthest().max(from.first().span.start);
        let mut at = from.tokens.partition_point(|token| token.span.start < furthest);
        // What stands before the furthest token was read as part of the statement; braces in it are still open.
        let mut depth: usize = 0;
        for token in &from.tokens[..at.min(from.tokens.len())] {
            match token.kind {
                TokenKind::OpenBrace => depth += 1,
                TokenKind::CloseBrace => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        at = at.max(1);
        loop {
            let token = from.ahead(at);
            match token.kind {
                TokenKind::End | TokenKind::BlockEnd => break,
                TokenKind::CloseBrace if depth == 0 => break,
                TokenKind::CloseBrace => depth -= 1,
                TokenKind::OpenBrace => depth += 1,
                TokenKind::At if token.first_on_line => break,
                TokenKind::Word if token.first_on_line => {
                    let here = Tokens { tokens: from.tokens.get(at..).unwrap_or_default(), state: from.state };
                    if (depth == 0 && words.contains(&here.text(token))) || begins_declaration(here) {
                        break;
                    }
                }
                _ => {}
            }
            at += 1;
        }
        let rest = Tokens { tokens: from.tokens.get(at..).unwrap_or_default(), state: from.state };
        let end = from.ahead(at.saturating_sub(1)).span.end;
        let start = from.first().span.start;
        self.skipped.push(Skipped { span: Span::new(start, end.max(start)), owner: self.owners.last().copied() });
        self.state.forget(rest.first().span.start);
        rest
    }

    /// Runs a parser; where it fails, reports why and passes over to the next statement. Answers the rest in either case.
    pub(super) fn statement<T>(
        &mut self,
        input: Tokens<'a>,
        words: &'static [&'static str],
        parser: impl FnOnce(Tokens<'a>) -> Answer<'a, T>,
    ) -> (Tokens<'a>, Option<T>) {
        self.state.forget(input.first().span.start);
        match parser(input) {
            Ok((rest, value)) => {
                // What follows must be a new statement; a leftover on the same line is a mistake in this one.
                let next = rest.first();
                let leftover = match next.kind {
                    TokenKind::Word => {
                        !next.first_on_line && !words.contains(&rest.text(next)) && !begins_declaration(rest)
                    }
                    TokenKind::At => !next.first_on_line,
                    TokenKind::CloseBrace | TokenKind::OpenBrace | TokenKind::End | TokenKind::BlockEnd => false,
                    TokenKind::Documentation => false,
                    _ => true,
                };
                if !leftover {
                    return (rest, Some(value));
                }
                self.state.expect(next.span.start, Expected::Named("the next statement"));
                self.report(input, &[]);
                let rest = self.skip(input, words);
                (rest, Some(value))
            }
            Err(_) => {
                self.report(input, &[]);
                (self.skip(input, words), None)
            }
        }
    }
}

/// Where else a keyword belongs.
fn elsewhere(word: &str) -> Option<&'static str> {
    let places: [(&[&str], &str); 8] = [
        (keywords::PROCESS, "into a `process`"),
        (keywords::ITEM, "into an `item`"),
        (keywords::APPLICABILITY, "into `applicability`"),
        (keywords::STANDARD, "into a `standard`"),
        (keywords::RULE, "into a `rule`"),
        (keywords::TEST, "into a `test`"),
        (keywords::DECLARATIONS, "outside of other declarations"),
        (keywords::MODEL, "into a `model`"),
    ];
    places.into_iter().find(|(words, _)| words.contains(&word)).map(|(_, place)| place)
}

/// Whether a declaration begins here: its keyword at the beginning of a line, and what must follow it.
pub(super) fn begins_declaration(input: Tokens<'_>) -> bool {
    let token = input.first();
    if token.kind != TokenKind::Word || !token.first_on_line || !keywords::DECLARATIONS.contains(&input.text(token)) {
        return false;
    }
    let next = input.ahead(1);
    next.kind == TokenKind::Word && !next.first_on_line
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= 60 { text.to_owned() } else { text.chars().take(59).chain(['…']).collect() }
}

/// What could have stood somewhere, in words. A long list of keywords helps nobody.
fn listed(expected: &[Expected]) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut push = |word: String| {
        if !words.contains(&word) {
            words.push(word);
        }
    };
    for one in expected {
        match one {
            Expected::Named(what) => push((*what).to_owned()),
            Expected::Token(kind) => push(kind.describe().to_owned()),
            Expected::Keyword(word) => push(format!("`{word}`")),
        }
    }
    words.truncate(MOST_LISTED);
    if words.is_empty() { "a statement".to_owned() } else { or(words) }
}

fn or(words: Vec<String>) -> String {
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}
