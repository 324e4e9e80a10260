//! The regular expression behind `matches`.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use regex::{Regex, RegexBuilder};

/// The most memory that one pattern may cost, in bytes; matching is linear whatever the pattern.
const MOST_BYTES: usize = 1 << 18;

/// How many places of a pattern cost as much as looking for a text.
const PLACES: usize = 8;

/// The most different patterns of one run that are no shipped ones.
pub(super) const MOST_PATTERNS: usize = 256;

/// A pattern, made into a machine when a text first comes before it. Most runs never get there, and making the machines
/// costs more than checking a small project.
#[derive(Debug)]
pub struct Pattern {
    text: Arc<str>,
    weight: usize,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// The pattern of a shipped rule, which is known to be a good one.
    #[must_use]
    pub(super) fn trusted(text: Arc<str>) -> Self {
        Self { weight: 1, text, regex: OnceLock::new() }
    }

    /// The pattern of a rule that anybody may have written.
    ///
    /// # Errors
    ///
    /// In words, where it is no pattern or costs too much.
    pub(super) fn new(text: Arc<str>) -> Result<Self, String> {
        match build(&text) {
            Ok(regex) => Ok(Self { weight: weight(&text), text, regex: OnceLock::from(Some(regex)) }),
            Err(regex::Error::CompiledTooBig(_)) => Err("it is too large".to_owned()),
            Err(other) => Err(other.to_string().lines().last().unwrap_or_default().replace("error: ", "")),
        }
    }

    /// How much dearer it can be to look for this than to look for a text.
    #[must_use]
    pub(super) fn weight(&self) -> usize {
        self.weight
    }

    /// Whether the pattern is found in `text`.
    #[must_use]
    pub(super) fn is_match(&self, text: &str) -> bool {
        self.regex.get_or_init(|| build(&self.text).ok()).as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

/// Patterns are the same where their texts are.
impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

impl Hash for Pattern {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

fn build(text: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text).size_limit(MOST_BYTES).dfa_size_limit(MOST_BYTES).build()
}

/// Matching is linear in the text, but each of its bytes can cost as much as the pattern has places, with those that it
/// repeats. That is more than most patterns cost, so it counts only in part.
fn weight(pattern: &str) -> usize {
    let numbers = pattern.split('{').skip(1).filter_map(|piece| {
        let (count, _) = piece.split_once('}')?;
        count.rsplit(',').find_map(|number| number.trim().parse::<usize>().ok())
    });
    let places = numbers.fold(pattern.len(), |places, count| places.saturating_mul(count.max(1)));
    1 + places / PLACES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_repeats_is_dear() {
        let weights = ["^[A-Z]+$", "^[A-Z]{2}-[0-9]{3,4}$", "a[ab]{200}c", "(a{9,}b{20}){30}"].map(weight);
        assert_eq!(weights, [2, 22, 276, 10_801]);
    }

    #[test]
    fn a_pattern_is_checked_at_once_or_when_it_is_used() {
        let ours = Pattern::new("(?i)^a+$".into());
        assert!(ours.is_ok_and(|pattern| pattern.is_match("aA") && !pattern.is_match("ab")));
        assert_eq!(Pattern::new("(a".into()).err().as_deref(), Some("unclosed group"));
        assert_eq!(Pattern::new("(a{1000}){1000}".into()).err().as_deref(), Some("it is too large"));
        assert!(Pattern::trusted("b".into()).is_match("abc") && !Pattern::trusted("(".into()).is_match("("));
    }
}
