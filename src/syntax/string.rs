//! The value of a string.

use std::borrow::Cow;

use crate::text::{Span, is_dangerous};

use super::markdown::unquoted;

/// The text that a string stands for: `"…"` with its escapes resolved, `"""…"""` with its common indentation removed. A
/// string that is not closed, or not a string at all, stands for what is there.
#[must_use]
pub fn string_value(source: &str, span: Span) -> Cow<'_, str> {
    let raw = span.text(source);
    if raw.starts_with("\"\"\"") {
        let raw = unquoted(source, span);
        let inner = raw.strip_prefix("\"\"\"").unwrap_or(&raw);
        return Cow::Owned(dedent(inner.strip_suffix("\"\"\"").unwrap_or(inner)));
    }
    let inner = raw.strip_prefix('"').unwrap_or(raw);
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    if !raw.starts_with('"') {
        // Between look-alikes of quotes; already reported.
        return Cow::Borrowed(inner.trim_matches(|c: char| !c.is_ascii() || c == '\''));
    }
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut value = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        value.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let mut characters = after.chars();
        let (replacement, length) = match characters.next() {
            Some('n') => (Some('\n'), 1),
            Some('t') => (Some('\t'), 1),
            Some('u') => unicode(after),
            Some(other) => (Some(other), other.len_utf8()),
            None => (None, 0),
        };
        value.extend(replacement);
        rest = &after[length..];
    }
    value.push_str(rest);
    Cow::Owned(value)
}

/// `value` as it stands between quotes.
#[must_use]
pub fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for character in value.chars() {
        match character {
            '"' | '\\' => text.extend(['\\', character]),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '\r' => text.push_str("\\u{d}"),
            other if is_dangerous(other) => text.push_str(&format!("\\u{{{:x}}}", u32::from(other))),
            other => text.push(other),
        }
    }
    text
}

/// The character of `u{…}` at the head of `text`, and the length of the escape.
fn unicode(text: &str) -> (Option<char>, usize) {
    let Some((digits, _)) = text.strip_prefix("u{").and_then(|rest| rest.split_once('}')) else {
        return (Some('u'), 1);
    };
    let character = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
    (Some(character.unwrap_or('\u{fffd}')), digits.len() + 3)
}

/// Removes the indentation that all lines share; the first line, beside the quotes, has none.
fn dedent(text: &str) -> String {
    let text = text.strip_prefix('\n').or_else(|| text.strip_prefix("\r\n")).unwrap_or(text);
    let starts_on_first_line = !text.starts_with([' ', '\t']) && !text.is_empty();
    let indentation = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let common = text
        .lines()
        .skip(usize::from(starts_on_first_line))
        .filter(|line| !line.trim().is_empty())
        .map(indentation)
        .min()
        .unwrap_or(0);
    let mut lines: Vec<&str> = text
        .lines()
        .enumerate()
        .map(|(number, line)| {
            let line = if number == 0 && starts_on_first_line {
                line
            } else {
                line.get(common.min(indentation(line))..).unwrap_or(line)
            };
            line.trim_end()
        })
        .collect();
    if lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> String {
        string_value(text, Span::new(0, text.len() as u32)).into_owned()
    }

    #[test]
    fn escapes_are_resolved() {
        assert_eq!(value(r#""a \"b\" \\ \n\t \u{41}\u{1F600}""#), "a \"b\" \\ \n\t A😀");
        assert_eq!(value("\"plain\""), "plain");
        assert_eq!(value("\"open"), "open");
    }

    #[test]
    fn what_is_escaped_is_read_back() {
        for text in ["plain", "a \"b\" \\ c", "\n\t\r", "\u{202e}x\u{1b}", "{name}"] {
            assert_eq!(value(&format!("\"{}\"", escaped(text))), text);
        }
    }

    #[test]
    fn common_indentation_is_removed() {
        assert_eq!(value("\"\"\"\n    a\n      b \\n\n\n    c\n    \"\"\""), "a\n  b \\n\n\nc");
        assert_eq!(value("\"\"\"one\n  two\n  \"\"\""), "one\ntwo");
    }
}
