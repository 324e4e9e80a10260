//! What happens where something does not fit: one message, and a place to go on.

use crate::diagnostic::{Diagnostic, Label, Place, nearest};
use crate::text::{FileId, Span};

use super::input::{Answer, Expected, State, Tokens};
use super::keywords::{self, Words};
use super::token::{Token, TokenKind};
use super::tree::Skipped;

/// The most syntax errors of one file.
const MOST_ERRORS: usize = 100;

/// What follows where a statement could end.
const NEXT_STATEMENT: &str = "the next statement";

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
        // What is past the limit is overwritten; memory stays bounded, whatever the file.
        self.errors.truncate(MOST_ERRORS + 1);
        let index = self.errors.len();
        self.errors.push(Diagnostic::error(code, place, message));
        &mut self.errors[index]
    }

    /// The errors and what was passed over.
    pub(super) fn finish(self) -> (Vec<Diagnostic>, Vec<Skipped>) {
        (self.errors, self.skipped)
    }

    /// Reports what the parser expected where it got furthest.
    pub(super) fn report(&mut self, input: Tokens<'a>) {
        if let Some(span) = self.state.too_deep.take() {
            self.error("SYN009", span, "this is nested too deep to be read")
                .help
                .push("take the inner parts out into a `define`, or flatten them".to_owned());
            self.state.forget(input.first().span.start);
            return;
        }
        let furthest = self.state.furthest();
        let at = input.left().partition_point(|token| token.span.start < furthest);
        let token = input.ahead(at);
        if self.last == Some(token.span.start) {
            return;
        }
        self.last = Some(token.span.start);
        let before = at.checked_sub(1).map(|at| input.ahead(at));
        let expected = self.state.expectations();
        self.unexpected(input, token, before, &expected);
        self.state.forget(token.span.start);
    }

    /// One message about a token that does not fit, with the mend where the mistake is a common one.
    fn unexpected(&mut self, input: Tokens<'a>, token: Token, before: Option<Token>, expected: &[Expected]) {
        let text = shortened(input.text(token));
        let before_text = before.map(|token| shortened(input.text(token))).unwrap_or_default();
        let wants = |kind: TokenKind| expected.contains(&Expected::Token(kind));
        let wants_word = |word: &'static str| expected.contains(&Expected::Keyword(word));
        let wants_name = expected.iter().any(|one| matches!(one, Expected::Named(what) if *what != NEXT_STATEMENT));
        let keywords = expected.iter().filter_map(|one| match one {
            Expected::Keyword(word) => Some(*word),
            _ => None,
        });
        let statement = input.text(input.first());
        let is_word = token.kind == TokenKind::Word;
        let is_modifier = is_word && keywords::MODIFIERS.contains(&text.as_str());
        let near = if is_word && !is_modifier { nearest(&text, keywords) } else { None };
        let follows_word = before.is_some_and(|before| before.kind == TokenKind::Word) && !token.first_on_line;
        let list = listed(expected);
        let (mut span, mut help) = (token.span, None);
        let message;
        if let Some(near) = near {
            message = format!("expected {list}, found `{text}`");
            help = Some(format!("did you mean `{near}`?"));
        } else if is_word && follows_word && names_a_clause(&before_text) && starts_with_number(&text) {
            span = before.map_or(span, |before| before.span);
            message = format!("`{before_text}` does not belong before `{text}`");
            help = Some(format!("a clause is named by its number alone: write `{text}`"));
        } else if is_word && follows_word && !is_modifier && wants(TokenKind::Comma) {
            message = format!("there is no comma between `{before_text}` and `{text}`");
            let are_numbers = [&before_text, &text].iter().any(|word| word.contains(|c: char| c.is_ascii_digit()));
            help = Some(if are_numbers {
                format!("write `{before_text}, {text}`")
            } else {
                format!("write `{before_text}, {text}`; if it is one id, `{before_text}-{text}`")
            });
        } else if is_word && follows_word && !is_modifier && !wants_name && takes_one_name(statement) {
            message = format!("`{before_text} {text}` is no id, since an id has no blanks");
            help = Some(format!("write `{before_text}-{text}`"));
        } else if let (Some(before), true) =
            (before, token.first_on_line || matches!(token.kind, TokenKind::End | TokenKind::BlockEnd))
        {
            // Something is missing at the end of a line; the next line is not to blame.
            span = before.span;
            message = format!("expected {list} after `{before_text}`");
            if before.kind == TokenKind::Comma && before_text == "," {
                help = Some("remove the comma, or add the name that is missing".to_owned());
            }
        } else {
            match token.kind {
                TokenKind::Colon | TokenKind::Equal if is_keyword(&before_text) => {
                    help = Some(format!("leave the `{text}` away: after `{before_text}` comes a blank"));
                }
                TokenKind::Text if wants_name && !wants(TokenKind::Text) => {
                    let inner = text.trim_matches('"');
                    help = Some(if is_plain_word(inner) {
                        format!("ids stand without quotes: write `{inner}`")
                    } else {
                        "write the id, not the title: ids have no quotes and no blanks".to_owned()
                    });
                }
                TokenKind::Comma if matches!(statement, "input" | "result") && !wants(TokenKind::Comma) => {
                    help = Some(format!("write one `{statement}` for each item"));
                }
                TokenKind::CloseParenthesis | TokenKind::CloseBrace if before_text == "," => {
                    help = Some("remove the comma, or add the name that is missing".to_owned());
                }
                TokenKind::Word if text == "because" && wants_word("partly") => {
                    help = Some(
                        "write `partly because …`; a clause that is covered as a whole needs no reason".to_owned(),
                    );
                }
                TokenKind::Word if text == "from" && statement == "result" => {
                    help = Some("a result goes `to` somebody; an input comes `from` somebody".to_owned());
                }
                TokenKind::Word if text == "to" && statement == "input" => {
                    help = Some("an input comes `from` somebody; a result goes `to` somebody".to_owned());
                }
                TokenKind::Word if wants(TokenKind::Text) && !wants_name => {
                    help = Some("put the text in quotes: `\"…\"`".to_owned());
                }
                _ => {}
            }
            let found = match token.kind {
                TokenKind::Word => format!("`{text}`"),
                TokenKind::Text => "a text in quotes".to_owned(),
                kind => kind.describe().to_owned(),
            };
            message = format!("expected {list}, found {found}");
        }
        self.error("SYN001", span, message).help.extend(help);
    }

    /// A word that begins no statement here; answers what was probably meant.
    pub(super) fn unknown_keyword(
        &mut self,
        input: Tokens<'a>,
        words: Words,
        whereabouts: &str,
    ) -> Option<&'static str> {
        let token = input.first();
        if self.last == Some(token.span.start) {
            return None;
        }
        self.last = Some(token.span.start);
        let text = shortened(input.text(token));
        let elsewhere = elsewhere(&text);
        // A word that has a meaning elsewhere is no typing error.
        let near = if elsewhere.is_some() { None } else { nearest(&text, words.iter().copied()) };
        let diagnostic = self.error("SYN007", token.span, format!("`{text}` does not begin a statement {whereabouts}"));
        diagnostic.help.push(match (near, elsewhere) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, Some(place)) => format!("`{text}` belongs {place}"),
            (None, None) => format!("here can stand {}", or(words.iter().map(|word| format!("`{word}`")).collect())),
        });
        near
    }

    /// Takes back that words belong elsewhere, among all errors but the first so many.
    pub(super) fn forget_misplaced(&mut self, first: usize) {
        let text = self.state.text;
        let mut number = 0;
        self.errors.retain(|error| {
            number += 1;
            let word = error.primary.as_ref().map_or("", |label| label.place.span.text(text));
            number <= first || error.code.as_str() != "SYN007" || elsewhere(word).is_none()
        });
    }

    /// Whether the next word begins a statement of some block.
    pub(super) fn is_statement(&self, input: Tokens<'a>) -> bool {
        elsewhere(input.text(input.first())).is_some()
    }

    /// Passes over tokens until a statement or declaration begins, or the block ends; notes what was passed over. `from` is
    /// where the statement began that could not be read.
    pub(super) fn skip(&mut self, from: Tokens<'a>, words: Words) -> Tokens<'a> {
        let furthest = self.state.furthest().max(from.first().span.start);
        let mut at = from.left().partition_point(|token| token.span.start < furthest);
        // What stands before the furthest token was read as part of the statement; braces in it are still open.
        let mut depth: usize = 0;
        for token in from.left().iter().take(at) {
            match token.kind {
                TokenKind::OpenBrace => depth += 1,
                TokenKind::CloseBrace => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        at = at.max(1);
        let column = self.column(from.first());
        loop {
            let token = from.ahead(at);
            match token.kind {
                TokenKind::End | TokenKind::BlockEnd => break,
                TokenKind::CloseBrace if depth == 0 => break,
                TokenKind::CloseBrace => depth -= 1,
                TokenKind::OpenBrace => depth += 1,
                TokenKind::At if token.first_on_line => break,
                TokenKind::Word if token.first_on_line => {
                    let here = from.after(at);
                    if depth == 0 && (words.have(here.keyword_of(token)) || self.is_aligned(from, column, here, at))
                        || begins_declaration(here)
                    {
                        break;
                    }
                }
                _ => {}
            }
            at += 1;
        }
        let rest = from.after(at);
        let end = from.ahead(at.saturating_sub(1)).span.end;
        let start = from.first().span.start;
        self.skipped.push(Skipped { span: Span::new(start, end.max(start)), owner: self.owners.last().copied() });
        self.state.forget(rest.first().span.start);
        rest
    }

    /// Whether a line looks like one more statement, though its first word begins none: it stands under the statement that
    /// failed, and neither goes on with a list nor with a condition.
    fn is_aligned(&self, from: Tokens<'a>, column: usize, here: Tokens<'a>, at: usize) -> bool {
        let (failed, token) = (from.first(), here.first());
        let word = here.keyword_of(token);
        let next = here.ahead(1);
        failed.first_on_line
            && !keywords::MODIFIERS.have(word)
            && !keywords::OPERATORS.have(word)
            && from.ahead(at - 1).kind != TokenKind::Comma
            && matches!(next.kind, TokenKind::Word | TokenKind::Text | TokenKind::Star)
            && !next.first_on_line
            && column == self.column(token)
    }

    /// Number of bytes before a token on its line.
    fn column(&self, token: Token) -> usize {
        let before = self.state.text.as_bytes().get(..token.span.start as usize).unwrap_or_default();
        memchr::memrchr(b'\n', before).map_or(before.len(), |at| before.len() - at - 1)
    }

    /// Runs a parser; where it fails, reports why and passes over to the next statement. Answers the rest in either case.
    pub(super) fn statement<T>(
        &mut self,
        input: Tokens<'a>,
        words: Words,
        parser: impl FnOnce(Tokens<'a>) -> Answer<'a, T>,
    ) -> (Tokens<'a>, Option<T>) {
        self.state.forget(input.first().span.start);
        let value = match parser(input) {
            Ok((rest, value)) => {
                // What follows must be a new statement; a leftover on the same line is a mistake in this one.
                let next = rest.first();
                let leftover = match next.kind {
                    TokenKind::Word => {
                        !next.first_on_line && !words.have(rest.keyword_of(next)) && !begins_declaration(rest)
                    }
                    TokenKind::At => !next.first_on_line,
                    TokenKind::CloseBrace | TokenKind::OpenBrace | TokenKind::End | TokenKind::BlockEnd => false,
                    TokenKind::Documentation => false,
                    _ => true,
                };
                if !leftover {
                    return (rest, Some(value));
                }
                if self.repeated(input, next) {
                    return (self.skip(input, words), Some(value));
                }
                self.state.expect(next.span.start, Expected::Named(NEXT_STATEMENT));
                Some(value)
            }
            Err(_) => None,
        };
        if let Some(rest) = self.unfinished(input, words) {
            return (rest, None);
        }
        self.report(input);
        (self.skip(input, words), value)
    }

    /// Reports a statement whose end is missing, so that the keyword of the next one was taken for a name: it begins a line
    /// and has something behind it. Answers where the next statement begins.
    fn unfinished(&mut self, input: Tokens<'a>, words: Words) -> Option<Tokens<'a>> {
        let furthest = self.state.furthest();
        let end = input.left().partition_point(|token| token.span.start <= furthest);
        let begins = |at: &usize| {
            let token = input.ahead(*at);
            let next = input.ahead(*at + 1);
            token.kind == TokenKind::Word
                && token.first_on_line
                && words.have(input.keyword_of(token))
                && !next.first_on_line
                && (matches!(next.kind, TokenKind::Text | TokenKind::Star)
                    || next.kind == TokenKind::Word && !keywords::MODIFIERS.have(input.keyword_of(next)))
        };
        let at = (1..end).take_while(|at| input.ahead(*at).kind != TokenKind::OpenBrace).find(begins)?;
        let (before, next) = (input.ahead(at - 1), input.ahead(at));
        let (before_text, next_text) = (shortened(input.text(before)), shortened(input.text(next)));
        let place = self.place(next.span);
        let mut open = Vec::new();
        for token in input.left().iter().take(at) {
            match token.kind {
                TokenKind::OpenParenthesis => open.push(token.span),
                TokenKind::CloseParenthesis => drop(open.pop()),
                _ => {}
            }
        }
        let (span, message) = match (before.kind, open.pop()) {
            (TokenKind::Comma, _) => (before.span, "no name follows this comma".to_owned()),
            (_, Some(open)) => (open, "this `(` is never closed".to_owned()),
            _ => (before.span, format!("something is missing after `{before_text}`")),
        };
        let diagnostic = self.error("SYN001", span, message);
        let message = format!("`{next_text}` begins the next statement");
        diagnostic.labels.push(Label { place, message });
        diagnostic
            .help
            .extend((before.kind == TokenKind::Comma).then(|| "remove the comma, or add the name".to_owned()));
        let rest = input.after(at);
        let span = input.first().span.to(before.span);
        self.skipped.push(Skipped { span, owner: self.owners.last().copied() });
        self.state.forget(next.span.start);
        Some(rest)
    }

    /// Reports what may stand once in a statement and stands there again.
    fn repeated(&mut self, input: Tokens<'a>, again: Token) -> bool {
        let word = input.text(again);
        if !keywords::MODIFIERS.have(input.keyword_of(again)) {
            return false;
        }
        let before = input.left().iter().take_while(|token| token.span.start < again.span.start).skip(1);
        let Some(first) = before.copied().find(|token| token.kind == TokenKind::Word && input.text(*token) == word)
        else {
            return false;
        };
        let place = self.place(first.span);
        let diagnostic = self.error("SYN008", again.span, format!("`{word}` stands twice in this statement"));
        diagnostic.labels.push(Label { place, message: "first here".to_owned() });
        diagnostic.help.push(match word {
            "from" | "to" | "by" | "realizes" | "phase" => format!("put all names behind one: `{word} a, b`"),
            _ => "keep one of them".to_owned(),
        });
        self.state.forget(again.span.start);
        true
    }
}

/// Keeps the first errors of a file, and says so.
pub(super) fn limit(errors: &mut Vec<Diagnostic>) {
    if errors.len() <= MOST_ERRORS {
        return;
    }
    errors.sort_by(Diagnostic::order);
    errors.truncate(MOST_ERRORS + 1);
    if let Some(last) = errors.last_mut()
        && let Some(label) = &last.primary
    {
        let message = format!("there are more than {MOST_ERRORS} mistakes in this file");
        *last = Diagnostic::error("SYN010", label.place, message)
            .help("mend the ones above first; those from here on are not shown");
    }
}

/// Where else a keyword belongs.
fn elsewhere(word: &str) -> Option<&'static str> {
    let places: [(Words, &str); 8] = [
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
    if token.kind != TokenKind::Word || !token.first_on_line || !keywords::DECLARATIONS.have(input.keyword_of(token)) {
        return false;
    }
    let next = input.ahead(1);
    next.kind == TokenKind::Word && !next.first_on_line
}

/// Words that people put before the number of a clause.
fn names_a_clause(word: &str) -> bool {
    let words = ["annex", "article", "chapter", "clause", "clauses", "control", "controls", "requirement", "section"];
    words.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// `6.1.3`, `A.5.1`
fn starts_with_number(word: &str) -> bool {
    let word = word.strip_prefix("A.").or_else(|| word.strip_prefix("a.")).unwrap_or(word);
    word.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether the statement names one thing, so that a second word behind it can only be the rest of that name.
fn takes_one_name(statement: &str) -> bool {
    matches!(
        statement,
        "input"
            | "result"
            | "process"
            | "item"
            | "role"
            | "party"
            | "system"
            | "organization"
            | "activity"
            | "category"
            | "classification"
    )
}

/// Whether a word begins a statement or a declaration somewhere, or stands behind a name.
fn is_keyword(word: &str) -> bool {
    elsewhere(word).is_some() || keywords::ORGANIZATION.contains(&word) || keywords::MODIFIERS.contains(&word)
}

/// Whether a text could be written as a word.
fn is_plain_word(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
        && text.starts_with(|c: char| c.is_alphanumeric() || c == '_')
        && !text.ends_with(['-', '.'])
}

/// At most sixty characters of one line, for a message.
pub(super) fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.len() == text.len() && text.chars().count() <= 60 {
        text.to_owned()
    } else {
        line.chars().take(59).chain(['…']).collect()
    }
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
            // It would be offered after every clause.
            Expected::Token(TokenKind::DotStar) => {}
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
