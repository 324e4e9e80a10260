//! Runs of bytes: how far a word, a text or a row of blanks goes. Nearly all of a text is read here, many bytes at once; whatever
//! is unusual is left to the lexer.

use crate::text::Stride;

use super::keywords::{self, Keyword};
use super::lexer::LONGEST_NAME;

/// Whether a byte goes on a word: letters, digits, `_`, `-` and `.`.
#[inline]
pub(super) const fn goes_on(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// How many of the bytes, from the first one on, go on a word.
#[inline]
fn word_length(bytes: &[u8; STRIDE]) -> usize {
    let bytes = Stride::new(bytes);
    // Only the slash stands between them and is none.
    let digits_and_marks = bytes.between(b'-', b'9') - bytes.that_are(b'/');
    (bytes.letters() | digits_and_marks | bytes.that_are(b'_')).run()
}

/// How many of the bytes, from the first one on, stand for themselves in a text of one line: printable ASCII, but for quotes
/// and backslashes.
#[inline]
pub(super) fn text_length(bytes: &[u8; STRIDE]) -> usize {
    let bytes = Stride::new(bytes);
    (bytes.between(b' ', b'~') - bytes.that_are(b'"') - bytes.that_are(b'\\')).run()
}

/// The first offset from `at` on where there is no blank. Columns are aligned with blanks, so that they come in runs.
#[inline]
pub(super) fn behind_blanks(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at) == Some(&b' ') {
        at += 1;
    }
    at
}

/// The same at the beginning of a line, which may be nothing but blanks where something was blanked out.
#[inline]
pub(super) fn behind_many_blanks(bytes: &[u8], mut at: usize) -> usize {
    if bytes.get(at + STRIDE) == Some(&b' ') {
        while let Some(stride) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
            let length = Stride::new(stride).that_are(b' ').run();
            at += length;
            if length < STRIDE {
                return at;
            }
        }
    }
    behind_blanks(bytes, at)
}

/// Where a word ends that is like nearly all: of letters, digits and dashes of ASCII, and not at the very end of the text.
#[inline]
pub(super) fn plain_word(bytes: &[u8], start: usize) -> Option<(usize, Keyword)> {
    let stride = |at: usize| bytes.get(at..)?.first_chunk::<STRIDE>();
    let head = stride(start)?;
    let mut length = word_length(head);
    let mut keyword = Keyword::NONE;
    if length < STRIDE {
        keyword = Keyword::at_head_of(*head, length);
    } else {
        loop {
            let more = word_length(stride(start + length)?);
            length += more;
            if more < STRIDE {
                break;
            }
        }
    }
    let end = start + length;
    let is_plain = length <= LONGEST_NAME && !matches!(bytes[end - 1], b'-' | b'.') && bytes.get(end)?.is_ascii();
    is_plain.then_some((end, keyword))
}

/// How many bytes are looked at at once.
pub(super) const STRIDE: usize = Stride::BYTES;

/// The keyword that a word of less than a stride could be is known from that stride.
const _: () = assert!(STRIDE == keywords::LONGEST);

/// Whether all bytes are printable ASCII or ends of lines, so that nothing can hide among them. Without an early end the
/// compiler makes it a few instructions for sixteen bytes.
pub(super) fn is_plain(bytes: &[u8]) -> bool {
    bytes.iter().fold(true, |plain, byte| plain & ((byte.wrapping_sub(b' ') < 127 - b' ') | (*byte == b'\n')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_blanks_end_where_they_do() {
        for length in 0..70 {
            for end in ["", "x", "\n", "\tx and more of the line", "x                    "] {
                let text = format!("{}{end}", " ".repeat(length));
                assert_eq!(behind_many_blanks(text.as_bytes(), 0), length, "{text:?}");
            }
        }
    }

    #[test]
    fn words_and_texts_end_where_their_bytes_do() {
        for byte in 0..=u8::MAX {
            let is_text = matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
            for at in 0..STRIDE {
                let mut bytes = [b'a'; STRIDE];
                bytes[at] = byte;
                assert_eq!(word_length(&bytes), if goes_on(byte) { STRIDE } else { at }, "{byte} at {at}");
                assert_eq!(text_length(&bytes), if is_text { STRIDE } else { at }, "{byte} at {at}");
            }
        }
    }
}
