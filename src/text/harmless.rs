//! Text that pipelines do not take for orders. What a program prints there is searched for commands: `::error::` at the
//! head of a line, `##[…]` and `##vso[…]` anywhere in it.

use std::borrow::Cow;

use crate::text::sanitize;

/// Whether `text` begins as a command that is looked for anywhere in a line.
pub(super) fn begins_command(text: &str) -> bool {
    let Some(rest) = text.as_bytes().strip_prefix(b"##") else { return false };
    rest.first() == Some(&b'[') || rest.get(..4).is_some_and(|word| word.eq_ignore_ascii_case(b"vso["))
}

/// `text` without characters that steer a terminal and without commands, of the same length, so that places hold.
pub(super) fn harmless(text: &str) -> Cow<'_, str> {
    let clean = sanitize(text);
    if !clean.contains("##") {
        return clean;
    }
    let defused = clean.char_indices().map(|(at, character)| match character {
        '#' if begins_command(&clean[at..]) => '?',
        other => other,
    });
    Cow::Owned(defused.collect())
}

/// A message on one line, harmless for terminals and logs, also where it is the first thing on its line.
pub(super) fn one_line(text: &str) -> String {
    let lines = harmless(text);
    let lines = lines.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty());
    let mut line = lines.collect::<Vec<_>>().join(" ");
    if line.starts_with("::") {
        line.replace_range(..1, "?");
    }
    line
}

/// Line ends stay, all else that steers does not.
pub(super) fn lines(text: &str) -> String {
    harmless(text).split(['\n', '\r']).map(str::trim_end).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_defused_and_lengths_kept() {
        for (text, clean) in [
            ("a ##[add-mask]b", "a ?#[add-mask]b"),
            ("###vso[task.setvariable]", "#?#vso[task.setvariable]"),
            ("## heading # 3", "## heading # 3"),
            ("é\u{1b}##VSO[x]", "é??#VSO[x]"),
        ] {
            assert_eq!(harmless(text), clean);
            assert_eq!(harmless(text).len(), text.len());
        }
        assert_eq!(one_line(" a\r\n\r\n  ::b\n"), "a ::b");
        assert_eq!(one_line("\n ::error::b"), "?:error::b");
        assert_eq!(lines("a\r\n\r\n  b \n"), "a\n  b");
    }
}
