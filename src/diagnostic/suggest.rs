//! The nearest known name to an unknown one.
//!
//! Two ways of being near count: a few typing errors (Damerau-Levenshtein distance, at most a third of the length and at
//! most three), or the same leading words (`offboarding-request` and `offboarding-checklist`). Both are looked up in an
//! index, and a query looks at a bounded number of candidates, so that ten thousand unknown names among a hundred
//! thousand near-identical ones stay cheap.

use rustc_hash::FxHashMap;

/// The most candidates that one query compares letter by letter.
const MOST_CANDIDATES: usize = 512;

/// A set of known names, indexed for nearest-name queries.
#[derive(Debug, Default)]
pub struct Names<'a> {
    names: Vec<&'a str>,
    /// Names by a piece of their text: a name within `k` typing errors of another shares one of `k + 1` pieces with it.
    pieces: FxHashMap<(u8, u8, &'a [u8]), Vec<u32>>,
    /// Names by one of their words.
    words: FxHashMap<&'a str, Vec<u32>>,
}

/// How many typing errors a name of `length` bytes may have. A name of two letters is all but any other one.
fn tolerance(length: usize) -> usize {
    (length / 3).min(3)
}

/// Pieces of a name of `length` bytes: (number, start, end).
fn pieces(length: usize) -> impl Iterator<Item = (u8, usize, usize)> {
    let count = tolerance(length) + 1;
    (0..count).map(move |piece| (piece as u8, length * piece / count, length * (piece + 1) / count))
}

impl<'a> Names<'a> {
    /// Indexes the given names; earlier ones are preferred among equally near ones.
    pub fn new(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut set = Self::default();
        for name in names {
            let id = set.names.len() as u32;
            set.names.push(name);
            if name.len() > 255 {
                continue;
            }
            for (piece, start, end) in pieces(name.len()) {
                set.pieces.entry((name.len() as u8, piece, &name.as_bytes()[start..end])).or_default().push(id);
            }
            for word in name.split(['-', '_', '.']).filter(|word| word.len() > 2) {
                set.words.entry(word).or_default().push(id);
            }
        }
        set
    }

    /// The nearest name to `name`, which itself is no answer, or `None` where nothing is near.
    #[must_use]
    pub fn nearest(&self, name: &str) -> Option<&'a str> {
        if name.is_empty() || name.len() > 255 {
            return None;
        }
        self.by_typing_errors(name).or_else(|| self.by_words(name))
    }

    fn by_typing_errors(&self, name: &str) -> Option<&'a str> {
        let bytes = name.as_bytes();
        let most = tolerance(bytes.len());
        let mut candidates: Vec<u32> = Vec::new();
        'lengths: for length in bytes.len().saturating_sub(most).max(1)..=(bytes.len() + most).min(255) {
            for (piece, start, end) in pieces(length) {
                for shifted in start.saturating_sub(most)..=start + most {
                    let Some(text) = bytes.get(shifted..shifted + (end - start)) else { continue };
                    if let Some(ids) = self.pieces.get(&(length as u8, piece, text)) {
                        candidates.extend(ids.iter().take(MOST_CANDIDATES - candidates.len().min(MOST_CANDIDATES)));
                        if candidates.len() >= MOST_CANDIDATES {
                            break 'lengths;
                        }
                    }
                }
            }
        }
        candidates.sort_unstable();
        candidates.dedup();
        candidates
            .into_iter()
            .map(|id| (id, self.names[id as usize]))
            .filter(|(_, candidate)| *candidate != name)
            .map(|(id, candidate)| {
                (strsim::damerau_levenshtein(&name.to_lowercase(), &candidate.to_lowercase()), id, candidate)
            })
            .filter(|(distance, _, candidate)| *distance <= most.min(tolerance(candidate.len())))
            .min()
            .map(|(_, _, candidate)| candidate)
    }

    fn by_words(&self, name: &str) -> Option<&'a str> {
        let mut shared: FxHashMap<u32, usize> = FxHashMap::default();
        for word in name.split(['-', '_', '.']).filter(|word| word.len() > 2) {
            for id in self.words.get(word).into_iter().flatten().take(MOST_CANDIDATES) {
                *shared.entry(*id).or_default() += word.len();
            }
        }
        let mut best: Vec<(usize, u32)> = shared.into_iter().map(|(id, letters)| (letters, id)).collect();
        best.sort_unstable_by_key(|(letters, id)| (std::cmp::Reverse(*letters), *id));
        best.into_iter()
            .map(|(letters, id)| (letters, self.names[id as usize]))
            .find(|(letters, candidate)| *candidate != name && letters * 2 >= name.len().max(candidate.len()))
            .map(|(_, candidate)| candidate)
    }
}

/// The nearest of a few names; for keywords and other short lists.
#[must_use]
pub fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    Names::new(names).nearest(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_errors_are_seen() {
        assert_eq!(nearest("imput", ["owner", "input", "result"]), Some("input"));
        assert_eq!(nearest("ownre", ["owner", "input", "result"]), Some("owner"));
        assert_eq!(nearest("threat-report", ["threat-reports", "audit-reports"]), Some("threat-reports"));
        assert_eq!(nearest("Risk-Register", ["risk-register"]), Some("risk-register"));
    }

    #[test]
    fn shared_words_are_seen() {
        assert_eq!(
            nearest("offboarding-request", ["access-logs", "offboarding-checklist"]),
            Some("offboarding-checklist")
        );
        assert_eq!(nearest("risk-list", ["audit-list", "is-policies"]), None);
    }

    #[test]
    fn what_is_far_is_not_suggested() {
        assert_eq!(nearest("xyz", ["owner", "input"]), None);
        assert_eq!(nearest("owner", ["owner"]), None);
        assert_eq!(nearest("", ["owner"]), None);
    }
}
