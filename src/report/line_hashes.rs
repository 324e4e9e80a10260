//! The fingerprints by which GitHub's code scanning knows a line again when lines above it come and go. It computes them
//! itself where a report has none, and warns where a report has others, so they have to be the same.
//!
//! A line's hash is that of the hundred characters from its first one on, blanks and tabs left out and every line end
//! counted as a line feed: the polynomial over UTF-16 code units with base 37, modulo 2^64. Of equal hashes in a file the
//! later ones are numbered.

use std::collections::HashMap;

use crate::text::Source;

/// How many characters a hash is of.
const WINDOW: usize = 100;
const BASE: u64 = 37;

/// The hash of every line of a file, in order. A line ends here also with a lone carriage return.
#[derive(Debug)]
pub(super) struct LineHashes(Vec<(u64, u32)>);

impl LineHashes {
    /// Hashes a file as it is on disk; `None` where its text here is not what stands there, since a byte was no UTF-8.
    pub(super) fn of(source: &Source) -> Option<Self> {
        let mark = source.had_byte_order_mark().then_some('\u{feff}');
        let is_true = !source.text().contains('\u{1a}');
        is_true.then(|| Self::new(mark.into_iter().chain(source.text().chars())))
    }

    fn new(characters: impl Iterator<Item = char>) -> Self {
        let (units, starts) = condensed(characters);
        // What a unit still counts for in the window of the line that it has just left.
        let leaving = (0..WINDOW).fold(1_u64, |power, _| power.wrapping_mul(BASE));
        let unit = |at: usize| u64::from(units.get(at).copied().unwrap_or_default());
        let mut seen: HashMap<u64, u32> = HashMap::new();
        let mut hashes = Vec::with_capacity(starts.len());
        let (mut hash, mut end) = (0_u64, 0_usize);
        for start in starts {
            // The window moves on until it begins where the line does.
            while end < start + WINDOW {
                let gone = end.checked_sub(WINDOW).map_or(0, unit);
                hash = hash.wrapping_mul(BASE).wrapping_add(unit(end)).wrapping_sub(leaving.wrapping_mul(gone));
                end += 1;
            }
            let count = seen.entry(hash).or_default();
            *count += 1;
            hashes.push((hash, *count));
        }
        Self(hashes)
    }

    /// The fingerprint of a line, from 1.
    pub(super) fn line(&self, line: u32) -> Option<String> {
        let (hash, count) = self.0.get((line as usize).checked_sub(1)?)?;
        Some(format!("{hash:x}:{count}"))
    }
}

/// The code units that count, with an end mark, and where in them lines begin.
fn condensed(characters: impl Iterator<Item = char>) -> (Vec<u16>, Vec<usize>) {
    let mut units: Vec<u16> = Vec::new();
    let mut starts = Vec::new();
    let mut begins = true;
    let mut after_return = false;
    for character in characters {
        let is_second_half = after_return && character == '\n';
        after_return = false;
        if is_second_half || matches!(character, ' ' | '\t') {
            continue;
        }
        let counted = if character == '\r' { '\n' } else { character };
        after_return = character == '\r';
        if std::mem::replace(&mut begins, counted == '\n') {
            starts.push(units.len());
        }
        units.extend_from_slice(counted.encode_utf16(&mut [0; 2]));
    }
    if begins {
        starts.push(units.len());
    }
    units.push(u16::MAX);
    (units, starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(text: &str) -> Vec<String> {
        let hashes = LineHashes::of(&Source::new("a.isms", text)).unwrap();
        (1..).map_while(|line| hashes.line(line)).collect()
    }

    /// What code scanning itself answers for these texts.
    #[test]
    fn hashes_are_those_of_code_scanning() {
        assert_eq!(hashes(""), ["c129715d7a2bc9a3:1"]);
        let expected = ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"];
        assert_eq!(hashes(" a\nb\n  \t\tc\n d"), expected);
        let expected = [
            "e9496ae3ebfced30:1",
            "fb7c023a8b9ccb3f:1",
            "ce8ba1a563dcdaca:1",
            "e20e36e16fcb0cc8:1",
            "b3edc88f2938467e:1",
            "c8e28b0b4002a3a0:1",
            "c129715d7a2bc9a3:1",
        ];
        assert_eq!(hashes(" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n"), expected);
        assert_eq!(hashes(" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n"), expected);
        assert_eq!(hashes(" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n"), expected);
        let expected = [
            "a7f2ff13bc495cf2:1",
            "a7f2ff13bc495cf2:2",
            "a7f2ff13bc495cf2:3",
            "a7f2ff13bc495cf2:4",
            "a7f2ff13bc495cf2:5",
            "a7f2ff13bc495cf2:6",
            "a7f2ff1481e87703:1",
            "a9cf91f7bbf1862b:1",
            "55ec222b86bcae53:1",
            "cc97dc7b1d7d8f7b:1",
            "c129715d7a2bc9a3:1",
        ];
        assert_eq!(hashes(&"Lorem ipsum dolor sit amet.\n".repeat(10)), expected);
        let expected = [
            "181ea7a8c63b7b39:1",
            "938dc08ca072a889:1",
            "5b5cae4d3171c963:1",
            "5b5d4caf73a13177:1",
            "3c5bef55b72b93c9:1",
            "c129715d7a2bc9a3:1",
        ];
        assert_eq!(hashes("a𐐀\r \nb\r\r\n  \n"), expected);
        let expected = ["d6447bddbfb1b0e9:1", "1554b7b5307b6da3:1"];
        assert_eq!(hashes("\u{feff}party \"evil \u{1b}[31m\u{202e}\"\nrole r"), expected);
    }

    #[test]
    fn a_text_that_is_not_what_stands_on_disk_has_none() {
        assert!(LineHashes::of(&Source::new("a.isms", "role \u{1a}")).is_none());
    }
}
