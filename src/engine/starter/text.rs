//! How the text of a first project is set: strings, comments, columns and lists.

use std::fmt::Write as _;

use crate::text::is_dangerous;

/// The longest line.
pub(super) const WIDTH: usize = 118;

/// Number of columns that `text` takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}

/// `text` as a string on one line.
pub(super) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            // What cannot be seen is written so that it can.
            c if c.is_control() || is_dangerous(c) || is_invisible(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn is_invisible(character: char) -> bool {
    matches!(character, '\u{1a}' | '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// `text` for a comment: on one line, without what cannot be seen.
pub(super) fn plain(text: &str) -> String {
    let visible: String = text
        .chars()
        .filter(|c| c.is_whitespace() || !(c.is_control() || is_dangerous(*c) || is_invisible(*c)))
        .collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `a`, `a and b`, `a, b and c`
pub(super) fn list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `text` in lines of `prefix` and as many words as fit.
pub(super) fn wrapped(prefix: &str, text: &str) -> String {
    let mut out = String::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && width(prefix) + width(&line) + 1 + width(word) > WIDTH {
            let _ = writeln!(out, "{prefix}{line}");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        let _ = writeln!(out, "{prefix}{line}");
    }
    out
}

/// `  KEYWORD   "text"`: on one line where it fits, else as a block.
pub(super) fn string_statement(head: &str, text: &str) -> String {
    let quoted = quote(text);
    if width(head) + width(&quoted) <= WIDTH || text.contains("\"\"\"") || text.ends_with('"') || needs_escapes(text) {
        return format!("{head}{quoted}\n");
    }
    format!("{head}\"\"\"\n{}    \"\"\"\n", wrapped("    ", text))
}

/// Whether `text` can stand in a string with escapes only; in a block there are none.
fn needs_escapes(text: &str) -> bool {
    text.chars().any(|c| c.is_control() || is_dangerous(c) || is_invisible(c))
}

/// `HEAD name, name,` over as many lines as it takes, each beginning below the first name; `tail` stands behind the
/// last one.
pub(super) fn name_statement(head: &str, names: &[&str], tail: &str) -> String {
    let mut out = head.to_owned();
    let mut column = width(head);
    for (number, name) in names.iter().enumerate() {
        let is_last = number + 1 == names.len();
        let piece = if is_last { format!("{name}{tail}") } else { format!("{name},") };
        if number > 0 {
            if column + 1 + width(&piece) > WIDTH {
                let _ = write!(out, "\n{}", " ".repeat(width(head)));
                column = width(head);
            } else {
                out.push(' ');
                column += 1;
            }
        }
        out.push_str(&piece);
        column += width(&piece);
    }
    if names.is_empty() {
        out.push_str(tail);
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// `text` with blanks behind it, so that what follows is aligned.
pub(super) fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::string_value;
    use crate::text::Span;

    fn value(text: &str) -> String {
        string_value(text, Span::new(0, text.len() as u32)).into_owned()
    }

    #[test]
    fn strings_say_what_they_stand_for() {
        for text in
            ["plain", "\"a\" \\ b", "a\nb\tc\rd", "\u{1b}[31m\u{202e}x\u{200b}", "\u{1a}", "Ärzte 名", "ends with \\"]
        {
            assert_eq!(value(&quote(text)), text, "{}", quote(text));
        }
        assert_eq!(quote("a\u{202e}b\n"), "\"a\\u{202e}b\\n\"");
    }

    #[test]
    fn names_stand_below_one_another() {
        let name = "x".repeat(50);
        assert_eq!(
            name_statement("  input a from ", &[&name, &name, "b"], " feedback"),
            format!("  input a from {name}, {name},\n               b feedback\n")
        );
        assert_eq!(name_statement("  input a", &[], ""), "  input a\n");
    }
}
