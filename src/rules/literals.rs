//! The strings that rules compare with.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::syntax::string_value;
use crate::syntax::tree::{Expression, ExpressionKind, Guard, Operator, Quantified, RuleStatementKind};
use crate::text::Source;

use super::pattern::{MOST_PATTERNS, Pattern};

/// The strings of all rules and predicates. They are collected before anything is typed, so that rules can be typed beside
/// one another and yet are numbered in the order in which they are written. Their ids differ from landscape to landscape,
/// so they are looked up once a run.
#[derive(Debug, Default, Clone)]
pub struct Literals {
    texts: Vec<Arc<str>>,
    numbers: FxHashMap<Arc<str>, usize>,
    /// The patterns, by the number of their text and by whether a shipped rule asks for them; or why they are none.
    patterns: FxHashMap<(usize, bool), Result<Arc<Pattern>, String>>,
    /// How many of the patterns may be anybody's.
    untrusted: usize,
}

impl Literals {
    /// The number of `text`, if a rule has it.
    #[must_use]
    pub(super) fn number(&self, text: &str) -> Option<usize> {
        self.numbers.get(text).copied()
    }

    /// The pattern that a string is.
    ///
    /// # Errors
    ///
    /// In words, where it is no pattern, costs too much, or is one too many.
    pub(super) fn pattern(&self, number: usize, trusted: bool) -> Result<Arc<Pattern>, String> {
        self.patterns.get(&(number, trusted)).cloned().unwrap_or_else(|| Err("it is not known".to_owned()))
    }

    /// The strings, by number.
    #[must_use]
    pub fn texts(&self) -> &[Arc<str>] {
        &self.texts
    }

    /// Adds the strings of a statement of a rule.
    pub(super) fn of_statement(&mut self, source: &Source, statement: &RuleStatementKind) {
        match statement {
            RuleStatementKind::Where(condition) => self.of(source, condition),
            RuleStatementKind::Unless(quantified) => self.of_quantified(source, quantified),
            RuleStatementKind::Label(guard, ..)
            | RuleStatementKind::Help(guard, _)
            | RuleStatementKind::Note(guard, _) => {
                self.of_guard(source, guard);
            }
            RuleStatementKind::Fix(fix) => self.of_guard(source, &fix.guard),
            RuleStatementKind::Cites(_)
            | RuleStatementKind::For(_)
            | RuleStatementKind::Report(..)
            | RuleStatementKind::Subject { .. }
            | RuleStatementKind::Nearest(_) => {}
        }
    }

    fn of_guard(&mut self, source: &Source, guard: &Guard) {
        match guard {
            Guard::When(condition) => self.of(source, condition),
            Guard::Each(quantified) => self.of_quantified(source, quantified),
            Guard::Always | Guard::Otherwise => {}
        }
    }

    fn of_quantified(&mut self, source: &Source, quantified: &Quantified) {
        if let Some(condition) = &quantified.condition {
            self.of(source, condition);
        }
    }

    /// Adds the strings of an expression.
    pub(super) fn of(&mut self, source: &Source, expression: &Expression) {
        match &expression.kind {
            ExpressionKind::Or(parts) | ExpressionKind::And(parts) | ExpressionKind::Call(_, parts) => {
                parts.iter().for_each(|part| self.of(source, part));
            }
            ExpressionKind::Not(inner) | ExpressionKind::IsMissing(inner) => self.of(source, inner),
            ExpressionKind::Binary(operator, left, right) => {
                self.of(source, left);
                self.of(source, right);
                if let (Operator::Matches, ExpressionKind::Text(span)) = (operator, &right.kind) {
                    let number = self.add(&string_value(source.text(), *span));
                    self.add_pattern(number, source.is_builtin());
                }
            }
            ExpressionKind::Exists(quantified) | ExpressionKind::Count(quantified) => {
                self.of_quantified(source, quantified);
            }
            ExpressionKind::Every(quantified, have) => {
                self.of_quantified(source, quantified);
                self.of(source, have);
            }
            ExpressionKind::Text(span) => {
                self.add(&string_value(source.text(), *span));
            }
            ExpressionKind::Path(_) | ExpressionKind::Number(_) => {}
        }
    }

    fn add(&mut self, text: &str) -> usize {
        if let Some(at) = self.numbers.get(text) {
            return *at;
        }
        let text: Arc<str> = text.into();
        self.texts.push(Arc::clone(&text));
        self.numbers.insert(text, self.texts.len() - 1);
        self.texts.len() - 1
    }

    fn add_pattern(&mut self, number: usize, trusted: bool) {
        if self.patterns.contains_key(&(number, trusted)) {
            return;
        }
        let text = Arc::clone(&self.texts[number]);
        let pattern = if trusted {
            Ok(Pattern::trusted(text))
        } else if self.untrusted >= MOST_PATTERNS {
            Err(format!("there are more than {MOST_PATTERNS} of them"))
        } else {
            let pattern = Pattern::new(text);
            self.untrusted += usize::from(pattern.is_ok());
            pattern
        };
        self.patterns.insert((number, trusted), pattern.map(Arc::new));
    }
}
