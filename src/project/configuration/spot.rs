//! Where a value of the configuration stands.

use std::ops::Range;
use std::sync::Arc;

use miette::NamedSource;

use crate::project::ToolError;

/// The longest line that is drawn, in bytes.
const LONGEST_LINE: usize = 240;

/// The most lines that are drawn of a place.
const MOST_LINES: usize = 10;

/// The text of a configuration file.
#[derive(Debug)]
pub(super) struct Text {
    /// What values of the file are known by, wherever the program runs: its path from the project's root.
    pub(super) path: String,
    /// What a mistake in it is shown with: its path from the working folder.
    pub(super) shown: String,
    pub(super) text: Arc<String>,
}

/// A place in a configuration file. Shown as `ismslint.toml:3`.
#[derive(Debug, Clone)]
pub struct Spot {
    file: Arc<Text>,
    /// The bytes of it.
    span: Range<usize>,
}

impl Spot {
    pub(super) fn new(file: &Arc<Text>, span: Range<usize>) -> Self {
        Self { file: Arc::clone(file), span }
    }

    /// A failure that is drawn at this place.
    #[must_use]
    pub fn error(&self, message: String, help: String) -> ToolError {
        let length = self.file.text.len();
        let start = self.span.start.min(length);
        let (text, span) = drawable(&self.file.text, start..self.span.end.clamp(start, length));
        ToolError::Configuration {
            message,
            help,
            source_code: NamedSource::new(&self.file.shown, text),
            span: (span.start, span.len()).into(),
        }
    }
}

/// The text and the place in it, fit to be drawn: a line of half a megabyte helps nobody, and cannot be drawn. Long lines are
/// cut, and a place of many lines is where it begins.
fn drawable(text: &Arc<String>, span: Range<usize>) -> (Arc<String>, Range<usize>) {
    let line_end = |from: usize| text.get(from..).and_then(|rest| rest.find('\n')).map_or(text.len(), |at| from + at);
    let lines = text.get(span.clone()).map_or(0, |inside| inside.matches('\n').count());
    let end = if lines > MOST_LINES { line_end(span.start) } else { span.end };
    if text.lines().all(|line| line.len() <= LONGEST_LINE) {
        return (Arc::clone(text), span.start..end);
    }
    let end = end.min(line_end(span.start));
    let mut cut = String::new();
    let mut place = None;
    let mut offset = 0;
    for line in text.split('\n') {
        if offset > 0 {
            cut.push('\n');
        }
        let holds = (offset..=offset + line.len()).contains(&span.start);
        let (mut from, mut to) = (0, line.len());
        if line.len() > LONGEST_LINE {
            if holds {
                from = line.floor_char_boundary((span.start - offset).saturating_sub(LONGEST_LINE / 4));
            }
            to = line.floor_char_boundary((from + LONGEST_LINE).min(line.len()));
        }
        if from > 0 {
            cut.push('…');
        }
        if holds {
            let start = cut.len() + (span.start - offset - from);
            place = Some(start..start + (end.min(offset + to).saturating_sub(span.start)));
        }
        cut.push_str(line.get(from..to).unwrap_or_default());
        if to < line.len() {
            cut.push('…');
        }
        offset += line.len() + 1;
    }
    let place = place.unwrap_or(cut.len()..cut.len());
    (Arc::new(cut), place)
}

impl std::fmt::Display for Spot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let before = self.file.text.get(..self.span.start).unwrap_or(self.file.text.as_str());
        write!(f, "{}:{}", self.file.path, before.matches('\n').count() + 1)
    }
}

/// A value and where it stands; nowhere where it is the default.
#[derive(Debug, Clone)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Its place in a configuration file.
    pub spot: Option<Spot>,
}

impl<T> Placed<T> {
    pub(super) fn default_of(value: T) -> Self {
        Self { value, spot: None }
    }

    /// `ismslint.toml:3`, or `default`.
    #[must_use]
    pub fn origin(&self) -> String {
        self.spot.as_ref().map_or_else(|| "default".to_owned(), ToString::to_string)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(text: &str, span: Range<usize>) -> (String, String) {
        let (text, span) = drawable(&Arc::new(text.to_owned()), span);
        let place = text.get(span).expect("a place in the text").to_owned();
        (text.as_ref().clone(), place)
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let text = format!("a = 1\n{}here{}\nb = 2\n", "é".repeat(100_000), "é".repeat(100_000));
        let at = text.find("here").expect("it is there");
        let (cut, place) = drawn(&text, at..at + 4);
        assert_eq!(place, "here");
        let lines: Vec<&str> = cut.lines().collect();
        assert!(lines.len() == 3 && lines[0] == "a = 1" && lines[2] == "b = 2");
        assert!(lines[1].starts_with("…é") && lines[1].ends_with("é…") && lines[1].len() < 260);
        // All of a long line, its end, and the end of the text.
        assert_eq!(drawn(&text, 6..text.len() - 7).1.len(), 240);
        assert_eq!(drawn(&text, 400_010..400_010).1, "");
        assert_eq!(drawn(&text, text.len()..text.len()).1, "");
    }

    #[test]
    fn short_lines_stay() {
        let text = "a = [\n1,\n2\n]\n";
        assert_eq!(drawn(text, 4..text.len() - 1), (text.to_owned(), "[\n1,\n2\n]".to_owned()));
        let many = format!("a = [\n{}]\n", "1,\n".repeat(1_000));
        assert_eq!(drawn(&many, 4..many.len() - 1), (many.clone(), "[".to_owned()));
    }
}
