//! Words that come from a list, numbers, and what the language demands or refuses of a statement.

use crate::diagnostic::{Edit, Fix, near};
use crate::syntax::string_value;
use crate::syntax::tree::Every;
use crate::text::Span;

use crate::landscape::MISSING;

use super::Lowering;
use crate::landscape::facts::UNKNOWN_PHASE;
use crate::landscape::schema::PHASES;

/// Units of time and the days that they have.
const UNITS: &[(&str, u32)] = &[("day", 1), ("week", 7), ("month", 30), ("quarter", 91), ("year", 365)];

impl Lowering<'_> {
    /// The number of the word at `span` in `words`; a finding where it is none of them.
    pub(super) fn word(&mut self, span: Span, what: &str, words: &[&str]) -> Option<u8> {
        let word = self.slice(span);
        let found = words.iter().position(|known| *known == word);
        if found.is_none() {
            self.unknown_word(span, what, words);
        }
        found.map(|index| index as u8)
    }

    pub(super) fn unknown_word(&mut self, span: Span, what: &str, words: &[&str]) {
        let word = self.slice(span);
        let article = if what.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
        let mut diagnostic = self.error("SYN020", span, format!("`{word}` is not {article} {what}"));
        if let Some(near) = near(word, words.iter().copied()) {
            let fix = near.is_sure.then(|| Fix {
                title: format!("write `{}`", near.name),
                safe: false,
                edits: vec![Edit { place: self.place(span), text: near.name.to_owned() }],
            });
            diagnostic = diagnostic.help(format!("did you mean `{}`?", near.name)).fix_if_any(fix);
        }
        if words.len() > 1 {
            diagnostic = diagnostic.help(format!("it is one of {}", alternatives(words)));
        }
        self.say(diagnostic);
    }

    /// The phases after `phase`, one bit each, and where they stand; [`UNKNOWN_PHASE`] where a word is none.
    pub(super) fn phases(&mut self, spans: &[Span]) -> (u8, Span) {
        let mut bits = 0;
        for span in spans {
            bits |= self.word(*span, "phase", PHASES).map_or(UNKNOWN_PHASE, |phase| 1 << phase);
        }
        (bits, first_to_last(spans))
    }

    /// `every [N] UNIT` in days, or [`MISSING`] where it makes no sense.
    pub(super) fn every(&mut self, every: &Every) -> u32 {
        let count = match every.count {
            None => Some(1),
            Some(span) => {
                let text = self.slice(span);
                let count = number(text).filter(|count| (1..=100_000).contains(count));
                if count.is_none() {
                    let diagnostic = self
                        .error(
                            "SYN022",
                            span,
                            format!("`{text}` is not a number of days, weeks, months, quarters or years"),
                        )
                        .help("write a whole number from 1 to 100000, like `every 6 months`");
                    self.say(diagnostic);
                }
                count
            }
        };
        let word = self.slice(every.unit);
        let unit = UNITS.iter().find(|(name, _)| word == *name || word.strip_suffix('s') == Some(name));
        if unit.is_none() {
            self.unknown_word(every.unit, "unit of time", &["days", "weeks", "months", "quarters", "years"]);
        }
        match (count, unit) {
            (Some(count), Some((_, days))) => count * days,
            _ => MISSING,
        }
    }

    /// `capability N`: 0 to 5, or 255.
    pub(super) fn capability(&mut self, span: Span) -> u8 {
        let text = self.slice(span);
        match number(text).filter(|level| *level <= 5) {
            Some(level) => level as u8,
            None => {
                let diagnostic = self
                    .error("SYN022", span, format!("`{text}` is not a capability level"))
                    .help("capability levels go from 0 (incomplete) to 5 (innovating)");
                self.say(diagnostic);
                255
            }
        }
    }

    /// Whether a statement that may stand once is the first of its kind; a finding that shows the first where it is not.
    pub(super) fn is_first(&mut self, first: &mut Option<Span>, keyword: Span, of: Span) -> bool {
        let Some(first) = *first else {
            *first = Some(keyword);
            return true;
        };
        let (word, of) = (self.slice(keyword), self.slice(of));
        let diagnostic = self
            .error("SYN021", keyword, format!("`{word}` stands twice in `{of}`"))
            .underlined("stated again here")
            .label(self.place(first), "first stated here")
            .help("keep one of the two");
        self.say(diagnostic);
        false
    }

    /// A finding where there is no reason, or an empty one.
    pub(super) fn demand_because(&mut self, at: Span, statement: Span, because: Option<Span>, message: &str) {
        let is_empty = |span: Span| string_value(self.text, span).trim().is_empty();
        match because {
            Some(reason) if is_empty(reason) => {
                let diagnostic = self
                    .error("SYN024", reason, format!("{message}, and this one is empty"))
                    .help("say why, for those who audit it");
                self.say(diagnostic);
            }
            None if !self.is_disturbed(statement) => {
                let diagnostic = self.error("SYN024", at, message).help("add `because \"…\"` and say why");
                self.say(diagnostic);
            }
            _ => {}
        }
    }

    pub(super) fn misplaced(&mut self, span: Span, message: impl Into<String>, help: &str) {
        let diagnostic = self.error("SYN025", span, message).help(help);
        self.say(diagnostic);
    }

    /// Whether the word `inferred` stands there, which it may in models only.
    pub(super) fn inferred(&mut self, inferred: Option<Span>, in_model: bool) -> bool {
        if let Some(span) = inferred
            && !in_model
        {
            self.misplaced(
                span,
                "`inferred` stands outside of a model",
                "take it away: it marks what a reference model leaves unsaid, an organization states what it does",
            );
        }
        inferred.is_some()
    }
}

/// A whole number, written with digits only.
pub(super) fn number(text: &str) -> Option<u32> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// From the first of `spans` to the last.
pub(super) fn first_to_last(spans: &[Span]) -> Span {
    match (spans.first(), spans.last()) {
        (Some(first), Some(last)) => first.to(*last),
        _ => Span::default(),
    }
}

/// `` `a`, `b` or `c` ``
pub(super) fn alternatives(words: &[&str]) -> String {
    let mut text = String::new();
    for (index, word) in words.iter().enumerate() {
        if index > 0 {
            text.push_str(if index + 1 == words.len() { " or " } else { ", " });
        }
        text.push('`');
        text.push_str(word);
        text.push('`');
    }
    text
}
