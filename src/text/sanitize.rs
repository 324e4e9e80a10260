//! Characters that may not reach a terminal or a log as they are. Specifications come from strangers.

use std::borrow::Cow;

/// Whether `character` can steer a terminal or reorder what a reader sees: control characters other than tab and line
/// ends, and the bidirectional overrides and isolates of Unicode.
#[must_use]
pub fn is_dangerous(character: char) -> bool {
    matches!(character,
        '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2029}' | '\u{2066}'..='\u{2069}')
        && character != '\r'
}

/// Whether `character` takes no room, so that it makes two names look alike.
#[must_use]
pub fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}'
        | '\u{3164}' | '\u{feff}' | '\u{ffa0}')
}

/// `text` with every dangerous character replaced by a visible one of the same length in bytes, so that spans into the
/// text stay true.
#[must_use]
pub fn sanitize(text: &str) -> Cow<'_, str> {
    // Most texts are printable ASCII, which is seen many bytes at a time.
    let is_plain = text.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~' | b'\n' | b'\t'));
    if is_plain || !text.chars().any(is_dangerous) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(
        text.chars()
            .map(|character| match character {
                c if !is_dangerous(c) => c,
                c if c.len_utf8() == 1 => '?',
                c if c.len_utf8() == 2 => '¿',
                _ => '\u{fffd}',
            })
            .collect(),
    )
}

/// A path, or a name that files are called by, without dangerous characters and on one line.
#[must_use]
pub fn sanitize_path(path: &str) -> String {
    sanitize(path).replace(['\n', '\r'], "?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_defused_and_lengths_kept() {
        let text = "a\u{1b}[31m\u{9b}b\u{202e}c\tд\r\n";
        let clean = sanitize(text);
        assert_eq!(clean, "a?[31m¿b\u{fffd}c\tд\r\n");
        assert_eq!(clean.len(), text.len());
        assert!(matches!(sanitize("plain 名"), Cow::Borrowed(_)));
    }
}
