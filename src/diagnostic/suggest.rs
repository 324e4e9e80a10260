//! The nearest known name to an unknown one.
//!
//! Two ways of being near count: a few typing errors (Damerau-Levenshtein distance, at most a third of the length and at
//! most three), or the same leading words (`offboarding-request` and `offboarding-checklist`). Both are looked up in an
//! index, and a query looks at a bounded number of candidates, so that ten thousand unknown names among a hundred
//! thousand near-identical ones stay cheap.

use std::borrow::Cow;
use std::hash::{BuildHasher, BuildHasherDefault};
use std::sync::OnceLock;

use rustc_hash::FxHasher;

/// The most candidates that one query compares letter by letter.
pub(super) const MOST_CANDIDATES: usize = 512;

/// The longest name, in bytes, that is looked for or found.
const LONGEST_NAME: usize = 255;

/// Names that can be found by what stands in them. Those with the same piece, and those with the same word, come in their order.
pub(super) trait Index {
    /// The name of that number.
    fn name(&self, number: u32) -> &str;
    /// Numbers of names by the hash of a piece of their text: a name within `k` typing errors of another shares one of `k + 1`
    /// pieces with it.
    fn with_piece(&self, piece: u32) -> impl Iterator<Item = u32>;
    /// Numbers of names by the hash of one of their words; asked only where nobody made a typing error.
    fn with_word(&self, word: u32) -> impl Iterator<Item = u32>;
}

/// A name that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) number: u32,
    /// As [`Near::is_sure`].
    pub(super) is_sure: bool,
}

/// A set of known names, indexed for nearest-name queries.
#[derive(Debug, Default)]
pub struct Names<'a> {
    names: Vec<&'a str>,
    pieces: OnceLock<Postings>,
    words: OnceLock<Postings>,
}

/// Numbers of names by the hash of something in them, in one list, dealt out by the first bits of the hash: half a million
/// names are indexed in a fraction of the time and the space that a map of lists takes. Different things may share a
/// hash, which costs a candidate more.
#[derive(Debug, Default)]
pub(super) struct Postings {
    /// Where the entries of each part begin; one more than there are parts.
    starts: Vec<u32>,
    /// How many bits of a hash are not the number of its part.
    shift: u32,
    /// The hash above, the number of the name below; in each part in the order in which they were given.
    entries: Vec<u64>,
}

impl Postings {
    /// Of pairs of a hash and the number of a name.
    pub(super) fn new(pairs: &[(u32, u32)]) -> Self {
        let parts = pairs.len().next_power_of_two().clamp(2, 1 << 16);
        let shift = u32::BITS - parts.trailing_zeros();
        let mut starts = vec![0_u32; parts + 1];
        for (hash, _) in pairs {
            starts[(hash >> shift) as usize + 1] += 1;
        }
        for part in 0..parts {
            starts[part + 1] += starts[part];
        }
        let mut next = starts.clone();
        let mut entries = vec![0; pairs.len()];
        for (hash, name) in pairs {
            let slot = &mut next[(hash >> shift) as usize];
            entries[*slot as usize] = u64::from(*hash) << 32 | u64::from(*name);
            *slot += 1;
        }
        Self { starts, shift, entries }
    }

    /// The numbers of the names with this hash, in order.
    pub(super) fn of(&self, hash: u32) -> impl Iterator<Item = u32> {
        let part = (hash >> self.shift) as usize;
        let bound = |part: usize| self.starts.get(part).map_or(0, |start| *start as usize);
        let entries = &self.entries[bound(part)..bound(part + 1)];
        entries.iter().filter(move |entry| **entry >> 32 == u64::from(hash)).map(|entry| *entry as u32)
    }
}

fn hash(thing: impl std::hash::Hash) -> u32 {
    (BuildHasherDefault::<FxHasher>::default().hash_one(thing) >> 32) as u32
}

/// How many typing errors a name of `length` bytes may have.
fn tolerance(length: usize) -> usize {
    (length / 3).min(3)
}

/// The most pieces of a name.
pub(super) const MOST_PIECES: usize = 4;

/// Pieces of a name of `length` bytes: (number, start, end).
fn pieces(length: usize) -> impl Iterator<Item = (u8, usize, usize)> {
    let count = tolerance(length) + 1;
    (0..count).map(move |piece| (piece as u8, length * piece / count, length * (piece + 1) / count))
}

/// The hashes of the pieces of a name, and how many there are.
pub(super) fn pieces_of(name: &str) -> ([u32; MOST_PIECES], usize) {
    let mut hashes = [0; MOST_PIECES];
    if name.len() > LONGEST_NAME {
        return (hashes, 0);
    }
    let name = lowercase(name);
    let mut count = 0;
    for ((piece, start, end), place) in pieces(name.len()).zip(&mut hashes) {
        *place = hash((name.len(), piece, &name.as_bytes()[start..end]));
        count += 1;
    }
    (hashes, count)
}

/// The hashes of the words of a name.
pub(super) fn words_of(name: &str) -> impl Iterator<Item = u32> {
    Some(name).filter(|name| name.len() <= LONGEST_NAME).into_iter().flat_map(words).map(hash)
}

/// The hashes of the pieces that a name within a few typing errors of `wanted` may have, in the order in which they are looked
/// up.
pub(super) fn sought(wanted: &str) -> impl Iterator<Item = u32> {
    let wanted = wanted.as_bytes();
    let most = tolerance(wanted.len());
    let lengths = wanted.len().saturating_sub(most).max(1)..=(wanted.len() + most).min(LONGEST_NAME);
    lengths.flat_map(move |length| {
        pieces(length).flat_map(move |(piece, start, end)| {
            let texts = (start.saturating_sub(most)..=start + most)
                .filter_map(move |shifted| wanted.get(shifted..shifted + (end - start)));
            texts.map(move |text| hash((length, piece, text)))
        })
    })
}

/// The words of a name that say something.
fn words(name: &str) -> impl Iterator<Item = &[u8]> {
    name.as_bytes().split(|byte| matches!(byte, b'-' | b'_' | b'.')).filter(|word| word.len() > 2)
}

pub(super) fn lowercase(name: &str) -> Cow<'_, str> {
    let is_lower = name.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_lower { Cow::Borrowed(name) } else { Cow::Owned(name.to_lowercase()) }
}

/// Damerau-Levenshtein distance, if it is no more than `most`. What both have at their beginnings and ends costs nothing and is
/// looked at only once; names in large projects are much alike, and most of them are soon known to be too far.
fn distance(left: &str, right: &str, most: usize) -> Option<usize> {
    let (left, right) = without_ends(left, right);
    if lacking(left, right) > most || at_least(left, right) > most {
        return None;
    }
    Some(strsim::damerau_levenshtein(left, right)).filter(|distance| *distance <= most)
}

/// What is left of two texts without their common beginning and their common end.
fn without_ends<'a>(left: &'a str, right: &'a str) -> (&'a str, &'a str) {
    let same = |(one, other): &(&u8, &u8)| one == other;
    let mut head = left.bytes().zip(right.bytes()).take_while(|(one, other)| one == other).count();
    // Two characters may begin alike.
    while !left.is_char_boundary(head) {
        head -= 1;
    }
    let (left, right) = (&left[head..], &right[head..]);
    let mut tail = left.as_bytes().iter().rev().zip(right.as_bytes().iter().rev()).take_while(same).count();
    // Two characters may end alike.
    while !left.is_char_boundary(left.len() - tail) {
        tail -= 1;
    }
    (&left[..left.len() - tail], &right[..right.len() - tail])
}

/// A distance that two texts have at least, soon told: how many letters one of them has that the other one lacks. One that
/// occurs several times counts once, and those beyond ASCII count nothing.
fn lacking(left: &str, right: &str) -> usize {
    let letters = |text: &str| text.bytes().filter(u8::is_ascii).fold(0_u128, |found, byte| found | 1 << byte);
    let (left, right) = (letters(left), letters(right));
    (left & !right).count_ones().max((right & !left).count_ones()) as usize
}

/// A distance that two texts have at least: each typing error changes no more than one letter of one of them into one of the
/// other, and exchanged letters are the same letters. Letters that are not ASCII count as one.
fn at_least(left: &str, right: &str) -> usize {
    let mut letters = [0_i8; 128];
    let place = |letter: char| usize::try_from(u32::from(letter)).map_or(127, |letter| letter.min(127));
    left.chars().for_each(|letter| letters[place(letter)] = letters[place(letter)].saturating_add(1));
    right.chars().for_each(|letter| letters[place(letter)] = letters[place(letter)].saturating_sub(1));
    let (mut more, mut fewer) = (0, 0);
    for count in letters {
        more += usize::from(count.max(0).unsigned_abs());
        fewer += usize::from(count.min(0).unsigned_abs());
    }
    more.max(fewer)
}

/// A name that is near to an unknown one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Near<'a> {
    /// The name.
    pub name: &'a str,
    /// Which of the known names it is.
    pub number: usize,
    /// Whether it is the only one, and only a few typing errors away. That much is asked of what a machine may write in place
    /// of an unknown name; a question needs less.
    pub is_sure: bool,
}

impl<'a> Names<'a> {
    /// Indexes the given names. Among equally near ones the first by alphabet is preferred, whatever their order here.
    pub fn new(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self { names: names.into_iter().collect(), ..Self::default() }
    }

    /// Indexes the names by pieces, which a first question would do.
    pub fn index_pieces(&self) {
        self.pieces();
    }

    /// Indexes the names by words, which the first question would do in which nobody made a typing error.
    pub fn index_words(&self) {
        self.words();
    }

    fn pieces(&self) -> &Postings {
        self.pieces.get_or_init(|| {
            let mut found = Vec::with_capacity(self.names.len() * MOST_PIECES);
            for (id, name) in (0..).zip(&self.names) {
                let (hashes, count) = pieces_of(name);
                found.extend(hashes[..count].iter().map(|piece| (*piece, id)));
            }
            Postings::new(&found)
        })
    }

    fn words(&self) -> &Postings {
        self.words.get_or_init(|| {
            let words = (0..).zip(&self.names).flat_map(|(id, name)| words_of(name).map(move |word| (word, id)));
            Postings::new(&words.collect::<Vec<_>>())
        })
    }

    /// The nearest name to `name`, which itself is no answer, or `None` where nothing is near.
    #[must_use]
    pub fn nearest(&self, name: &str) -> Option<&'a str> {
        self.near(name).map(|near| near.name)
    }

    /// The nearest name, and whether it was surely meant.
    #[must_use]
    pub fn near(&self, name: &str) -> Option<Near<'a>> {
        let Found { number, is_sure } = find(self, name)?;
        Some(Near { name: self.names[number as usize], number: number as usize, is_sure })
    }
}

impl Index for Names<'_> {
    fn name(&self, number: u32) -> &str {
        self.names[number as usize]
    }

    fn with_piece(&self, piece: u32) -> impl Iterator<Item = u32> {
        self.pieces().of(piece)
    }

    fn with_word(&self, word: u32) -> impl Iterator<Item = u32> {
        self.words().of(word)
    }
}

/// Stands for the last name with some piece or word.
const ALL: u32 = u32::MAX;

/// What was found, and what had a part in it.
#[derive(Debug, Default)]
pub(super) struct Looked {
    pub(super) found: Option<Found>,
    /// By how many typing errors it is another name; `None` for what was found by its words.
    pub(super) distance: Option<usize>,
    /// How many names were looked at because of their pieces, some of them several times.
    pub(super) candidates: usize,
    /// The hashes of the pieces and of the words by which names were looked up, each with the number of the last name that was
    /// looked at; [`ALL`] where there were no more.
    pub(super) pieces: Vec<(u32, u32)>,
    pub(super) words: Vec<(u32, u32)>,
}

/// The nearest name to `name`.
fn find(index: &impl Index, name: &str) -> Option<Found> {
    look(index, name).found
}

/// The same with what had a part in it.
pub(super) fn look(index: &impl Index, name: &str) -> Looked {
    let mut looked = Looked::default();
    if name.is_empty() || name.len() > LONGEST_NAME {
        return looked;
    }
    let found = within_typing_errors(index, name, &mut looked);
    match found.iter().min() {
        Some((best, first, number)) => {
            let is_sure = found.iter().all(|(distance, other, _)| other == first || distance > best);
            looked.found = Some(Found { number: *number, is_sure });
            looked.distance = Some(*best);
        }
        None => {
            let number = by_words(index, name, &mut looked);
            looked.found = number.map(|number| Found { number, is_sure: false });
        }
    }
    looked
}

/// How many typing errors away, and the number, of the names within a few.
fn within_typing_errors<'a>(index: &'a impl Index, name: &str, looked: &mut Looked) -> Vec<(usize, &'a str, u32)> {
    let wanted = lowercase(name);
    let mut candidates: Vec<u32> = Vec::new();
    for piece in sought(&wanted) {
        candidates.extend(index.with_piece(piece).take(MOST_CANDIDATES - candidates.len()));
        let is_cut = candidates.len() >= MOST_CANDIDATES;
        looked.pieces.push((piece, candidates.last().copied().filter(|_| is_cut).unwrap_or(ALL)));
        if is_cut {
            break;
        }
    }
    looked.candidates = candidates.len();
    candidates.sort_unstable();
    candidates.dedup();
    let candidates = candidates.into_iter().map(|id| (index.name(id), id));
    candidates.filter_map(|(candidate, id)| Some((distance_to(name, &wanted, candidate)?, candidate, id))).collect()
}

/// How many typing errors a name is away from another one, which is not the same; `None` where they are too many. `wanted` is
/// `name` in small letters.
pub(super) fn distance_to(name: &str, wanted: &str, candidate: &str) -> Option<usize> {
    if candidate == name {
        return None;
    }
    distance(wanted, &lowercase(candidate), tolerance(wanted.len()).min(tolerance(candidate.len())))
}

/// The number of the name that shares the longest words.
fn by_words(index: &impl Index, name: &str, looked: &mut Looked) -> Option<u32> {
    let mut shared: Vec<(u32, usize)> = Vec::new();
    for word in words(name) {
        let before = shared.len();
        shared.extend(index.with_word(hash(word)).take(MOST_CANDIDATES).map(|id| (id, word.len())));
        let is_cut = shared.len() - before >= MOST_CANDIDATES;
        looked.words.push((hash(word), shared.last().map(|(id, _)| *id).filter(|_| is_cut).unwrap_or(ALL)));
    }
    // Those of each word come in their order, and only have to be merged.
    shared.sort_by_key(|(id, _)| *id);
    shared
        .chunk_by(|(one, _), (other, _)| one == other)
        .map(|words| (words[0].0, words.iter().map(|(_, letters)| letters).sum::<usize>()))
        .filter(|(_, letters)| letters * 2 >= name.len())
        .map(|(id, letters)| (std::cmp::Reverse(letters), index.name(id), id))
        .filter(|(letters, candidate, _)| *candidate != name && letters.0 * 2 >= candidate.len())
        .min()
        .map(|(_, _, id)| id)
}

/// The nearest of a few names; for keywords and other short lists.
#[must_use]
pub fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    Names::new(names).nearest(name)
}

/// The nearest of a few names, and whether it was surely meant.
#[must_use]
pub fn near<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<Near<'a>> {
    Names::new(names).near(name)
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
        assert_eq!(nearest("RISK", ["role", "risk"]), Some("risk"));
    }

    #[test]
    fn of_two_near_names_none_is_surely_meant() {
        let names = ["site-1", "site-2", "office", "offboarding-checklist"];
        let found = |name| near(name, names).map(|near| (near.name, near.is_sure));
        assert_eq!(found("site-3"), Some(("site-1", false)));
        assert_eq!(found("sit-1"), Some(("site-1", true)), "the other one is further off");
        assert_eq!(found("offboarding-request"), Some(("offboarding-checklist", false)), "words are no typing error");
        assert_eq!(found("policy"), None);
    }

    #[test]
    fn what_is_too_far_is_left_out_and_nothing_else() {
        let mut texts = vec![String::new()];
        for at in 0.. {
            let Some(text) = texts.get(at).filter(|text| text.chars().count() < 4).cloned() else { break };
            texts.extend(['a', 'b', 'é'].map(|letter| format!("{text}{letter}")));
        }
        assert_eq!(texts.len(), 121);
        for (left, right) in texts.iter().flat_map(|left| texts.iter().map(move |right| (left, right))) {
            let all = strsim::damerau_levenshtein(left, right);
            assert!(at_least(left, right) <= all, "{left} {right}");
            assert!(lacking(left, right) <= all, "{left} {right}");
            for most in 0..4 {
                assert_eq!(distance(left, right, most), Some(all).filter(|all| *all <= most), "{left} {right}");
            }
        }
        let (long, longer) = ("a".repeat(1_000), "b".repeat(1_000));
        assert!((1..=1_000).contains(&at_least(&long, &longer)));
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
