//! Text in XML 1.0.

use std::fmt;

use crate::text::is_dangerous;

use crate::text::harmless::begins_command;

/// A text as it stands in an attribute or between tags: markup is escaped, so are line ends and tabs, which an attribute
/// would lose and which could put anything at the head of a line; what cannot stand in XML 1.0 at all, or would steer a
/// terminal, becomes U+FFFD.
pub(super) struct Xml<'a>(pub(super) &'a str);

impl fmt::Display for Xml<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0;
        let mut written = 0;
        for (at, character) in text.char_indices() {
            let escape = match character {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\'' => "&apos;",
                '\t' => "&#9;",
                '\n' => "&#10;",
                '\r' => "&#13;",
                '#' if begins_command(&text[at..]) => "&#35;",
                '\u{fffe}' | '\u{ffff}' => "\u{fffd}",
                other if is_dangerous(other) => "\u{fffd}",
                _ => continue,
            };
            f.write_str(&text[written..at])?;
            f.write_str(escape)?;
            written = at + character.len_utf8();
        }
        f.write_str(&text[written..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_its_element_or_attribute() {
        let text = "<a b='c' d=\"e\">&]]>\0\u{1b}\u{fffe}\u{7f}\n##vso[x]名";
        let clean =
            "&lt;a b=&apos;c&apos; d=&quot;e&quot;&gt;&amp;]]&gt;\u{fffd}\u{fffd}\u{fffd}\u{fffd}&#10;&#35;#vso[x]名";
        assert_eq!(Xml(text).to_string(), clean);
    }
}
