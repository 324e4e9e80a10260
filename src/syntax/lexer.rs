//! From text to tokens. Total: every text has tokens, and what is no token is reported once and passed over.

use crate::diagnostic::{Diagnostic, Place};
use crate::text::{FileId, Span, is_dangerous, is_invisible};

use super::keywords::{DECLARATIONS, Keyword};
use super::runs::{STRIDE, behind_blanks, behind_many_blanks, goes_on, is_plain, plain_word, text_length};
use super::token::{Token, TokenKind};

/// Substitute for a byte that is no UTF-8. The loader has reported it; here it is a blank.
const SUBSTITUTE: u8 = 0x1a;

/// What begins and ends a text of several lines.
const QUOTES: &[u8] = b"\"\"\"";

/// The most problems of one file that are said.
const MOST_PROBLEMS: usize = 100;

/// The longest name, in bytes. Names stand in messages, in paths of findings and in tables.
pub(super) const LONGEST_NAME: usize = 255;

/// The longest text, in bytes: a long page.
const LONGEST_TEXT: usize = 64 << 10;

/// What a byte can begin.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Blank,
    /// `\r`: half of a line end, or a way to hide what stands before it
    CarriageReturn,
    LineEnd,
    Word,
    Quote,
    Slash,
    Other,
    /// Not ASCII: a letter of some script, or not
    Wide,
}

static CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b' ' | b'\t' | SUBSTITUTE => Class::Blank,
            b'\r' => Class::CarriageReturn,
            b'\n' => Class::LineEnd,
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => Class::Word,
            b'"' => Class::Quote,
            b'/' => Class::Slash,
            128..=255 => Class::Wide,
            _ => Class::Other,
        };
        byte += 1;
    }
    classes
};

/// The tokens of one or more regions of a text.
#[derive(Debug, Default)]
pub struct Lexed {
    /// The tokens, in order, with an `End` at the end.
    pub tokens: Vec<Token>,
    /// `//` comments, without line ends.
    pub comments: Vec<Span>,
    /// Tokens that are missing because of a mistake around them.
    pub passed_over: Vec<Span>,
    /// What is no token.
    pub problems: Vec<Diagnostic>,
}

/// Lexes the given regions of `text` (all of it, or the blocks of a Markdown page).
#[must_use]
pub fn lex(text: &str, file: FileId, regions: &[Span], in_blocks: bool) -> Lexed {
    let mut lexer = Lexer {
        text,
        bytes: text.as_bytes(),
        file,
        at: 0,
        end: 0,
        first_on_line: true,
        quotes_are_odd: None,
        same_until: 0,
        counted_until: 0,
        no_conflict_before: 0,
        lexed: Lexed::default(),
    };
    let length: usize = regions.iter().map(|region| region.len() as usize).sum();
    lexer.lexed.tokens.reserve(length / 7 + 2);
    for region in regions {
        (lexer.at, lexer.end, lexer.first_on_line) = (region.start as usize, region.end as usize, true);
        lexer.quotes_are_odd = None;
        lexer.region();
        if in_blocks {
            lexer.push(TokenKind::BlockEnd, region.end as usize, region.end as usize);
        }
    }
    let end = lexer.end;
    lexer.push(TokenKind::End, end, end);
    lexer.lexed
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    file: FileId,
    at: usize,
    end: usize,
    first_on_line: bool,
    /// Whether the `"""` of the region from here on do not come in pairs; counted at the first one.
    quotes_are_odd: Option<bool>,
    /// Offset up to which a mistake of the same sort as the last is part of it: a list with a dash on every line.
    same_until: usize,
    /// Offset of the end of the line for which `same_until` was found.
    counted_until: usize,
    /// Offset before which no merge conflict ends.
    no_conflict_before: usize,
    lexed: Lexed,
}

impl Lexer<'_> {
    fn push(&mut self, kind: TokenKind, start: usize, end: usize) {
        let span = Span::new(start as u32, end as u32);
        self.lexed.tokens.push(Token { span, kind, first_on_line: self.first_on_line, keyword: Keyword::NONE });
        self.first_on_line = false;
    }

    fn push_word(&mut self, start: usize, end: usize, keyword: Keyword) {
        let span = Span::new(start as u32, end as u32);
        self.lexed.tokens.push(Token { span, kind: TokenKind::Word, first_on_line: self.first_on_line, keyword });
        self.first_on_line = false;
    }

    fn problem(&mut self, code: &'static str, span: Span, message: String) -> Option<&mut Diagnostic> {
        if self.lexed.problems.len() >= MOST_PROBLEMS {
            return None;
        }
        self.lexed.problems.push(Diagnostic::error(code, Place { file: self.file, span }, message));
        self.lexed.problems.last_mut()
    }

    fn byte(&self, at: usize) -> u8 {
        if at < self.end { self.bytes[at] } else { 0 }
    }

    fn region(&mut self) {
        let bytes = &self.bytes[..self.end];
        // What nearly every line is made of is read without a look at anything else than its bytes.
        let mut at = self.at;
        while let Some(byte) = bytes.get(at) {
            match CLASSES[usize::from(*byte)] {
                Class::Blank => at = behind_blanks(bytes, at + 1),
                Class::LineEnd => {
                    self.first_on_line = true;
                    at = behind_many_blanks(bytes, at + 1);
                    continue;
                }
                Class::Word => {
                    if let Some((end, keyword)) = plain_word(bytes, at) {
                        self.push_word(at, end, keyword);
                        at = behind_blanks(bytes, end);
                        continue;
                    }
                    self.at = at;
                    self.word();
                    at = self.at;
                }
                class => {
                    self.at = at;
                    match class {
                        Class::CarriageReturn => self.carriage_return(),
                        Class::Quote => self.string(),
                        Class::Slash => self.slash(),
                        Class::Wide => self.wide(),
                        _ => self.symbol(),
                    }
                    at = self.at;
                }
            }
        }
        self.at = at;
    }

    fn carriage_return(&mut self) {
        let (start, mut end) = (self.at, self.at + 1);
        while self.byte(end) == b'\r' {
            end += 1;
        }
        self.at = end;
        if end < self.end && self.bytes[end] != b'\n' {
            let span = Span::new(start as u32, end as u32);
            if let Some(problem) = self.problem("SYN012", span, "there is half of a line end here (U+000D)".to_owned())
            {
                problem.help.push("lines end with LF or CRLF; save the file with either".to_owned());
            }
        }
    }

    fn word(&mut self) {
        let start = self.at;
        let is_ascii = self.bytes[start] < 128;
        let mut at = start + if is_ascii { 1 } else { self.character(start).map_or(1, char::len_utf8) };
        let mut hidden = false;
        loop {
            while at < self.end && goes_on(self.bytes[at]) {
                at += 1;
            }
            if at >= self.end || self.bytes[at] < 128 {
                break;
            }
            let Some(character) = self.character(at) else { break };
            // A hidden character inside a name is reported, but does not tear the name apart.
            let invisible = is_dangerous(character) || is_invisible(character);
            if !invisible && !character.is_alphanumeric() && !is_mark(character) {
                break;
            }
            hidden |= invisible;
            at += character.len_utf8();
        }
        while at > start && matches!(self.bytes[at - 1], b'-' | b'.') {
            at -= 1;
        }
        if at - start > LONGEST_NAME {
            let help = format!("names have at most {LONGEST_NAME} bytes; say the rest in a title");
            self.too_long(TokenKind::Word, start, at, LONGEST_NAME, "SYN016", "name", help);
        } else {
            self.push_word(start, at, Keyword::find(&self.bytes[start..at]));
        }
        if hidden {
            self.hidden(start, at, true, "a name");
        }
        self.at = at;
    }

    /// Takes the head of a name or a text for the whole of it, and says so.
    #[expect(clippy::too_many_arguments, reason = "one call for names, one for texts")]
    fn too_long(
        &mut self,
        kind: TokenKind,
        start: usize,
        end: usize,
        most: usize,
        code: &'static str,
        what: &str,
        help: String,
    ) {
        let mut cut = start + most;
        while !self.text.is_char_boundary(cut) {
            cut -= 1;
        }
        self.push(kind, start, cut);
        self.lexed.passed_over.push(Span::new(cut as u32, end as u32));
        // All of it would fill the screen.
        let first = start + self.character(start).map_or(1, char::len_utf8);
        let span = Span::new(start as u32, first as u32);
        if let Some(problem) = self.problem(code, span, format!("this {what} has {} bytes", end - start)) {
            problem.help.push(help);
        }
    }

    /// A text from quote to quote.
    fn push_text(&mut self, start: usize, end: usize) {
        if end - start > LONGEST_TEXT {
            let help =
                format!("texts have at most {LONGEST_TEXT} bytes; name the page where the rest is written in `source`");
            self.too_long(TokenKind::Text, start, end, LONGEST_TEXT, "SYN017", "text", help);
        } else {
            self.push(TokenKind::Text, start, end);
        }
    }

    fn character(&self, at: usize) -> Option<char> {
        self.text.get(at..)?.chars().next()
    }

    /// Reports every run of hidden characters between two offsets. In a name nothing may hide; in prose the joiners, fillers and
    /// soft hyphens of many scripts are no trick.
    fn hidden(&mut self, start: usize, end: usize, in_name: bool, whereabouts: &str) {
        let text = self.text;
        let Some(text) = text.get(start..end) else { return };
        // Nearly every line is plain; of a long text only the others are gone through character by character.
        if is_plain(text.as_bytes()) {
            return;
        }
        let mut at = start;
        for line in text.split_inclusive('\n') {
            if !is_plain(line.as_bytes()) {
                self.hidden_in_line(at, line, in_name, whereabouts);
            }
            at += line.len();
        }
    }

    fn hidden_in_line(&mut self, start: usize, text: &str, in_name: bool, whereabouts: &str) {
        let is_hidden = |c: char, next: Option<char>| {
            u32::from(c) != u32::from(SUBSTITUTE)
                && (is_dangerous(c)
                    || is_invisible(c)
                        && (in_name
                            || !matches!(
                                c,
                                '\u{ad}'
                                    | '\u{34f}'
                                    | '\u{115f}'
                                    | '\u{1160}'
                                    | '\u{200c}'
                                    | '\u{200d}'
                                    | '\u{3164}'
                                    | '\u{ffa0}'
                            ))
                    || c == '\r' && next != Some('\n'))
        };
        let mut run: Option<(usize, char)> = None;
        let mut characters = text.char_indices().peekable();
        loop {
            let here = characters.next();
            let next = characters.peek().map(|(_, c)| *c);
            match (here, run) {
                (Some((at, c)), None) if is_hidden(c, next) => run = Some((at, c)),
                (Some((_, c)), Some(_)) if is_hidden(c, next) => {}
                (_, Some((from, first))) => {
                    let to = here.map_or(text.len(), |(at, _)| at);
                    run = None;
                    let span = Span::new((start + from) as u32, (start + to) as u32);
                    let message = format!("there is a hidden character in {whereabouts} (U+{:04X})", u32::from(first));
                    let Some(problem) = self.problem("SYN012", span, message) else { return };
                    problem
                        .help
                        .push("remove it; such characters make a text look different from what it is".to_owned());
                }
                _ => {}
            }
            if here.is_none() {
                return;
            }
        }
    }

    /// `//`, `///` and a plain `/`
    fn slash(&mut self) {
        let start = self.at;
        match self.byte(start + 1) {
            b'/' => {
                let rest = &self.bytes[start..self.end];
                let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                let mut end = start + length;
                while end > start && matches!(self.bytes[end - 1], b'\r') {
                    end -= 1;
                }
                if self.byte(start + 2) == b'/' && self.byte(start + 3) != b'/' {
                    self.push(TokenKind::Documentation, start, end);
                } else {
                    self.lexed.comments.push(Span::new(start as u32, end as u32));
                }
                if !is_plain(&self.bytes[start..end]) {
                    self.hidden(start, end, false, "a comment");
                }
                self.at = end;
            }
            b'*' => {
                let close = memchr::memmem::find(&self.bytes[start + 2..self.end], b"*/");
                let end = close.map_or(self.end, |at| start + 2 + at + 2);
                let shown = Span::new(start as u32, start as u32 + 2);
                if let Some(problem) = self.problem("SYN005", shown, "comments are not written with `/*`".to_owned()) {
                    problem.help.push("begin each line of the comment with `//`".to_owned());
                }
                self.lexed.comments.push(Span::new(start as u32, end as u32));
                self.at = end;
            }
            _ => {
                self.push(TokenKind::Slash, start, start + 1);
                self.at += 1;
            }
        }
    }

    fn string(&mut self) {
        let start = self.at;
        if self.bytes[start..self.end].starts_with(b"\"\"\"") {
            return self.long_string();
        }
        let mut at = start + 1;
        while let Some(stride) = self.bytes[at..self.end].first_chunk() {
            let length = text_length(stride);
            at += length;
            if length < STRIDE {
                break;
            }
        }
        if self.byte(at) == b'"' {
            // Nearly every text ends where its first byte stands that is not plain.
            self.push_text(start, at + 1);
            self.at = at + 1;
            return;
        }
        let mut plain = true;
        loop {
            let Some(found) = memchr::memchr3(b'"', b'\\', b'\n', &self.bytes[at..self.end]) else {
                at = self.end;
                break;
            };
            at += found;
            match self.bytes[at] {
                b'\\' => {
                    at = self.escape(at);
                    plain = false;
                }
                _ => break,
            }
        }
        if self.byte(at) != b'"' {
            return self.unclosed(start, at);
        }
        let end = at + 1;
        self.push_text(start, end);
        if !plain || !is_plain(&self.bytes[start..end]) {
            self.hidden(start, end, false, "a text");
        }
        self.at = end;
    }

    /// Checks the escape at the backslash; answers the offset after it.
    fn escape(&mut self, at: usize) -> usize {
        let after = self.byte(at + 1);
        if matches!(after, b'"' | b'\\' | b'n' | b't') {
            return at + 2;
        }
        if after == b'u' && self.byte(at + 2) == b'{' {
            let digits = self.bytes[at + 3..self.end].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
            let close = at + 3 + digits;
            if self.byte(close) == b'}' {
                let number = self.text.get(at + 3..close).and_then(|text| u32::from_str_radix(text, 16).ok());
                if number.and_then(char::from_u32).is_none() {
                    let span = Span::new(at as u32, close as u32 + 1);
                    self.problem("SYN006", span, "this is not the number of a character".to_owned());
                }
                return close + 1;
            }
        }
        let length = self.character(at + 1).filter(|character| *character != '\n').map_or(0, char::len_utf8);
        let end = (at + 1 + length).min(self.end);
        let span = Span::new(at as u32, end as u32);
        let shown = span.text(self.text).to_owned();
        if let Some(problem) = self.problem("SYN006", span, format!("`{shown}` is not known in a text")) {
            problem
                .help
                .push("write `\\\\` for a backslash; known are `\\\"`, `\\\\`, `\\n`, `\\t` and `\\u{…}`".to_owned());
        }
        end
    }

    fn unclosed(&mut self, start: usize, line_end: usize) {
        let mut end = line_end;
        while end > start + 1 && matches!(self.bytes[end - 1], b'\r' | b' ' | b'\t') {
            end -= 1;
        }
        // A brace at the end of the line is the block's, not the text's: the lines below still belong to it.
        let mut line_end = line_end;
        if end > start + 1 && matches!(self.bytes[end - 1], b'{' | b'}') {
            line_end = end - 1;
            end = line_end;
            while end > start + 1 && matches!(self.bytes[end - 1], b' ' | b'\t') {
                end -= 1;
            }
        }
        self.push_text(start, end);
        let span = Span::new(start as u32, end as u32);
        if let Some(problem) = self.problem("SYN004", span, "this text has no closing quote".to_owned()) {
            problem.help.push(
                "close it with `\"` on the same line; a text of several lines stands between `\"\"\"`".to_owned(),
            );
        }
        self.at = line_end;
    }

    fn long_string(&mut self) {
        let start = self.at;
        let inside = start + 3;
        let close = memchr::memmem::find(&self.bytes[inside..self.end], QUOTES).map(|length| inside + length + 3);
        let next = if *self
            .quotes_are_odd
            .get_or_insert_with(|| memchr::memmem::find_iter(&self.bytes[start..self.end], QUOTES).count() % 2 == 1)
        {
            self.next_declaration(inside, close.unwrap_or(self.end))
        } else {
            None
        };
        let end = match (close, next) {
            (Some(end), None) => {
                self.push_text(start, end);
                self.hidden(start, end, false, "a text");
                self.at = end;
                return;
            }
            (_, Some(end)) => end,
            (None, None) => self.end,
        };
        // What follows is read as if the text had been closed before it; its quotes are even.
        self.quotes_are_odd = Some(false);
        self.push_text(start, end);
        self.first_on_line = true;
        let span = Span::new(start as u32, start as u32 + 3);
        if let Some(problem) = self.problem("SYN004", span, "this text is never closed".to_owned()) {
            problem.help.push("close it with `\"\"\"`".to_owned());
        }
        self.at = end;
    }

    /// The first line between two offsets that begins, without indentation, with the keyword of a declaration and a blank.
    fn next_declaration(&self, start: usize, end: usize) -> Option<usize> {
        memchr::memchr_iter(b'\n', self.bytes.get(start..end)?).map(|at| start + at + 1).find(|at| {
            let line = self.text.get(*at..end).unwrap_or_default();
            let word = line.split([' ', '\n']).next().unwrap_or_default();
            line.as_bytes().get(word.len()) == Some(&b' ') && DECLARATIONS.contains(&word)
        })
    }

    fn symbol(&mut self) {
        let start = self.at;
        let next = self.byte(start + 1);
        let (kind, length) = match self.bytes[start] {
            b'{' => (TokenKind::OpenBrace, 1),
            b'}' => (TokenKind::CloseBrace, 1),
            b'(' => (TokenKind::OpenParenthesis, 1),
            b')' => (TokenKind::CloseParenthesis, 1),
            b',' => (TokenKind::Comma, 1),
            b':' => (TokenKind::Colon, 1),
            b'*' => (TokenKind::Star, 1),
            b'@' => (TokenKind::At, 1),
            b'.' if next == b'*' => (TokenKind::DotStar, 2),
            b'=' if next != b'=' => (TokenKind::Equal, 1),
            b'!' if next == b'=' => (TokenKind::Unequal, 2),
            b'<' if next == b'=' => (TokenKind::LessOrEqual, 2),
            b'<' if next != b'<' => (TokenKind::Less, 1),
            b'>' if next == b'=' => (TokenKind::GreaterOrEqual, 2),
            b'>' if next != b'>' => (TokenKind::Greater, 1),
            _ => return self.bad_symbol(),
        };
        self.push(kind, start, start + length);
        self.at = start + length;
    }

    /// Symbols of other languages, control characters and stray marks. Each says what is written instead.
    fn bad_symbol(&mut self) {
        let start = self.at;
        let byte = self.bytes[start];
        let run = |wanted: u8| self.bytes[start..self.end].iter().take_while(|byte| **byte == wanted).count();
        if byte < b' ' || byte == 0x7f {
            let control =
                |byte: &u8| (*byte < b' ' || *byte == 0x7f) && !matches!(*byte, b'\n' | b'\r' | b'\t' | SUBSTITUTE);
            let length = self.bytes[start..self.end].iter().take_while(|byte| control(byte)).count();
            let span = Span::new(start as u32, (start + length) as u32);
            let many = if length > 1 {
                format!("there are {length} control characters")
            } else {
                "there is a control character".to_owned()
            };
            if let Some(problem) = self.problem("SYN012", span, format!("{many} here (U+{byte:04X})")) {
                problem.help.push("remove them; is this a text file?".to_owned());
            }
            self.at = start + length;
            return;
        }
        if matches!(byte, b'<' | b'>' | b'=' | b'|') && run(byte) >= 7 && self.first_on_line {
            return self.conflict(start);
        }
        let (length, message, help, kind): (usize, &str, &str, Option<TokenKind>) = match byte {
            b'#' => (1, "comments do not begin with `#`", "begin the comment with `//`", None),
            b';' => {
                (1, "there is no `;` in this language", "statements end by themselves; separate names by `,`", None)
            }
            b'\'' => (1, "texts do not stand between `'`", "write `\"…\"`", None),
            b'=' => (run(b'=').max(1), "equality is written `=`", "write `=`", Some(TokenKind::Equal)),
            b'&' => (run(b'&').max(1), "there is no `&` in this language", "write `and`", None),
            b'|' => (run(b'|').max(1), "there is no `|` in this language", "write `or`", None),
            b'!' => (1, "there is no `!` in this language", "write `not`", None),
            b'[' | b']' => {
                (1, "lists have no brackets", "write the names one after the other, with `,` between them", None)
            }
            b'-' => (
                run(b'-').max(1),
                "a name does not begin or end with `-`",
                "remove it; a list has no dashes, its names stand one after the other with `,` between them",
                None,
            ),
            b'.' => (
                run(b'.').max(1),
                "a name does not begin or end with `.`",
                "remove it; all below a clause is written `9.3.*`",
                None,
            ),
            _ => (1, "", "remove it, or put the text in quotes", None),
        };
        let (message, end) = match byte {
            b'#' | b'\'' => (message.to_owned(), if byte == b'#' { self.line_end(start) } else { self.quoted(start) }),
            _ if message.is_empty() => (format!("`{}` has no meaning here", char::from(byte)), start + length),
            _ => (message.to_owned(), start + length),
        };
        let span = Span::new(start as u32, (start + length) as u32);
        // Brackets come in pairs, and a list with a dash has one on every line.
        let listed = matches!(byte, b'-' | b'[' | b']');
        let known = listed && start < self.same_until;
        if !known && let Some(problem) = self.problem("SYN005", span, message) {
            problem.help.push(help.to_owned());
        }
        if listed && start >= self.counted_until {
            self.counted_until = self.line_end(start);
            self.same_until = self.line_end((self.counted_until + 1).min(self.end)) + 1;
        }
        match kind {
            Some(kind) => self.push(kind, start, end),
            // The second dash of a list stands where a comma should.
            None if byte == b'-' && known && self.first_on_line => self.push(TokenKind::Comma, start, end),
            // A text between wrong quotes stands for a text, so that it is one mistake.
            None if byte == b'\'' => self.push(TokenKind::Text, start, end),
            None => {}
        }
        self.at = end;
    }

    /// The offset of the line end at or after an offset.
    fn line_end(&self, start: usize) -> usize {
        let rest = &self.bytes[start..self.end];
        start + memchr::memchr(b'\n', rest).unwrap_or(rest.len())
    }

    /// A merge that was not finished is one mistake: of its two versions the first is read, the second passed over.
    fn conflict(&mut self, start: usize) {
        let line_end = self.line_end(start);
        let span = Span::new(start as u32, start as u32 + 7);
        let second = matches!(self.bytes[start], b'=' | b'|') && self.same_until > start;
        if !second && let Some(problem) = self.problem("SYN005", span, "there is a conflict of a merge here".to_owned())
        {
            problem.help.push("finish the merge, and remove its markers".to_owned());
        }
        let close = if start < self.no_conflict_before {
            None
        } else {
            memchr::memmem::find(&self.bytes[start..self.end], b"\n>>>>>>>").map(|at| start + at + 1)
        };
        if close.is_none() {
            self.no_conflict_before = self.end;
        }
        self.at = line_end;
        match (self.bytes[start], close) {
            (b'<', Some(close)) => self.same_until = close,
            (_, Some(close)) if second => {
                let rest = &self.bytes[close..self.end];
                self.at = close + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                self.lexed.passed_over.push(Span::new(line_end as u32, close as u32));
            }
            _ => {}
        }
    }

    /// The end of a text between single quotes that begins at `start`; of the line, where there is none.
    fn quoted(&self, start: usize) -> usize {
        let rest = &self.bytes[start + 1..self.end];
        match memchr::memchr2(b'\'', b'\n', rest) {
            Some(at) if rest[at] == b'\'' => start + 1 + at + 1,
            _ => start + 1,
        }
    }

    /// A character beyond ASCII outside of a word: a letter, or a look-alike of a symbol.
    fn wide(&mut self) {
        let start = self.at;
        let Some(character) = self.character(start) else {
            self.at += 1;
            return;
        };
        if character.is_alphanumeric() {
            return self.word();
        }
        let end = start + character.len_utf8();
        if character.is_whitespace() || character == '\u{feff}' {
            self.at = end;
            return;
        }
        if is_dangerous(character) || is_invisible(character) {
            let run: usize = self.text[start..self.end]
                .chars()
                .take_while(|c| *c as u32 > 127 && (is_dangerous(*c) || is_invisible(*c)))
                .map(char::len_utf8)
                .sum();
            self.hidden(start, start + run, true, "the text between the names");
            self.at = start + run.max(character.len_utf8());
            return;
        }
        let look_alike: Option<(&str, Option<TokenKind>)> = match character {
            '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}' | '\u{2033}' => {
                Some(("\"", Some(TokenKind::Text)))
            }
            '\u{2018}' | '\u{2019}' | '\u{201a}' => Some(("\"", None)),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => Some(("-", None)),
            '\u{ff0c}' | '\u{3001}' => Some((",", Some(TokenKind::Comma))),
            '\u{ff1a}' => Some((":", Some(TokenKind::Colon))),
            '\u{ff5b}' => Some(("{", Some(TokenKind::OpenBrace))),
            '\u{ff5d}' => Some(("}", Some(TokenKind::CloseBrace))),
            '\u{ff08}' => Some(("(", Some(TokenKind::OpenParenthesis))),
            '\u{ff09}' => Some((")", Some(TokenKind::CloseParenthesis))),
            '\u{2260}' => Some(("!=", Some(TokenKind::Unequal))),
            '\u{2264}' => Some(("<=", Some(TokenKind::LessOrEqual))),
            '\u{2265}' => Some((">=", Some(TokenKind::GreaterOrEqual))),
            _ => None,
        };
        let span = Span::new(start as u32, end as u32);
        let (message, help) = match look_alike {
            Some((meant, _)) => (format!("`{character}` only looks like `{meant}`"), format!("write `{meant}`")),
            None => (format!("`{character}` has no meaning here"), "remove it, or put the text in quotes".to_owned()),
        };
        if let Some(problem) = self.problem("SYN005", span, message) {
            problem.help.push(help);
        }
        let mut end = end;
        match look_alike.and_then(|(_, kind)| kind) {
            Some(TokenKind::Text) => {
                // Up to the closing quote of whatever sort, so that the text in it is no further mistake.
                let mut line = self.text[end..self.end].char_indices().take_while(|(_, c)| *c != '\n');
                let quotes = ['"', '\u{201c}', '\u{201d}', '\u{201e}', '\u{ab}', '\u{bb}', '\u{2033}'];
                if let Some((at, quote)) = line.find(|(_, c)| quotes.contains(c)) {
                    end += at + quote.len_utf8();
                }
                self.push_text(start, end);
            }
            Some(kind) => self.push(kind, start, end),
            None => {}
        }
        self.at = end;
    }
}

/// Combining marks, which belong to the letter before them.
fn is_mark(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{20d0}'..='\u{20ff}' | '\u{3099}' | '\u{309a}'
        | '\u{93e}'..='\u{94d}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}')
}
