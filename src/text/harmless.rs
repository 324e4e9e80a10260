//! Text that pipelines do not take for orders. What a program prints there is searched for commands: `::error::` at the
//! head of a line, `##[…]` and `##vso[…]` anywhere in it.

use std::borrow::Cow;

use super::sanitize;

/// Whether `text` begins as a command that is looked for anywhere in a line.
pub(crate) fn begins_command(text: &str) -> bool {
    let Some(rest) = text.as_bytes().strip_prefix(b"##") else { return false };
    rest.first() == Some(&b'[') || rest.get(..4).is_some_and(|word| word.eq_ignore_ascii_case(b"vso["))
}

/// `text` without characters that steer a terminal and without commands, of the same length, so that places hold.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
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
pub(crate) fn one_line(text: &str) -> String {
    let lines = harmless(text);
    let lines = lines.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty());
    let mut line = lines.collect::<Vec<_>>().join(" ");
    if line.starts_with("::") {
        line.replace_range(..1, "?");
    }
    line
}

/// Lines for people, in a terminal or in the log of a pipeline: none of them is an order, and none begins where it cannot be
/// seen to.
pub(crate) fn for_logs(text: &str) -> Cow<'_, str> {
    let clean = harmless(text);
    if !clean.contains("::") && !clean.contains('\r') {
        return clean;
    }
    let line = |line: &str| {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        let (line, end) =
            line.strip_suffix('\r').filter(|_| !end.is_empty()).map_or((line, end), |line| (line, "\r\n"));
        let mut line = line.replace('\r', "?");
        let start = line.len() - line.trim_start().len();
        if line[start..].starts_with("::") {
            line.replace_range(start..=start, "?");
        }
        line + end
    };
    Cow::Owned(clean.split_inclusive('\n').map(line).collect())
}

/// Line ends stay, all else that steers does not.
pub(crate) fn lines(text: &str) -> String {
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
        assert_eq!(for_logs("a\r\n  ::b\r::c\n::d ::e"), "a\r\n  ?:b?::c\n?:d ::e");
        assert!(matches!(for_logs("a: b\n"), Cow::Borrowed(_)));
        assert_eq!(lines("a\r\n\r\n  b \n"), "a\n  b");
    }
}
