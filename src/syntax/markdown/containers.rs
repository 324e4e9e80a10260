//! The quotes and list items around the current line.

use super::line::Line;

/// What a line is part of only if it begins accordingly.
#[derive(Clone, Copy, Debug)]
enum Container {
    /// A line of it begins with `>`.
    Quote,
    /// A line of it is indented by so many columns more than what is around it.
    Item { width: usize },
}

/// All of them, from the outermost one to the innermost.
#[derive(Debug, Default)]
pub(super) struct Containers {
    all: Vec<Container>,
    /// Which of them are quotes. A blank line goes on all list items up to the next one, and is not compared with each: a
    /// page can consist of a thousand items in one another and a thousand blank lines.
    quotes: Vec<usize>,
    /// Whether the innermost one is an item in which nothing stands yet. It ends with a blank line.
    is_empty: bool,
}

impl Containers {
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// Takes off the line what those that it goes on ask for, and answers how many these are. The offsets of `>` are put
    /// into `marks`.
    pub(super) fn go_on(&self, line: &mut Line<'_>, marks: &mut Vec<u32>) -> usize {
        for (number, container) in self.all.iter().enumerate() {
            if line.is_blank() {
                let next = self.quotes.partition_point(|quote| *quote < number);
                let last = self.all.len() - usize::from(self.is_empty);
                return self.quotes.get(next).copied().unwrap_or(last);
            }
            match container {
                Container::Quote if is_quote(line) => take_quote(line, marks),
                Container::Item { width } if line.indentation() >= *width => line.take_blanks(*width),
                _ => return number,
            }
        }
        self.all.len()
    }

    /// Ends all but the first ones.
    pub(super) fn truncate(&mut self, count: usize) {
        if count < self.all.len() {
            self.all.truncate(count);
            self.quotes.truncate(self.quotes.partition_point(|quote| *quote < count));
            self.is_empty = false;
        }
    }

    /// Something stands in the innermost one.
    pub(super) fn fill(&mut self) {
        self.is_empty = false;
    }

    /// Opens a quote or a list item at the head of what is left of the line.
    pub(super) fn open(&mut self, opening: Opening, line: &mut Line<'_>, marks: &mut Vec<u32>) {
        match opening {
            Opening::Quote => {
                take_quote(line, marks);
                self.quotes.push(self.all.len());
                self.all.push(Container::Quote);
                self.is_empty = false;
            }
            Opening::Item { marker } => {
                let before = line.indentation();
                line.take_mark(marker);
                // Five blanks are one and an indented code.
                let behind = match line.indentation() {
                    blanks @ 1..=4 if !line.is_blank() => blanks,
                    _ => 1,
                };
                line.take_blanks(behind);
                self.all.push(Container::Item { width: before + marker + behind });
                self.is_empty = line.is_blank();
            }
        }
    }
}

fn is_quote(line: &Line<'_>) -> bool {
    line.indentation() < 4 && line.rest().starts_with('>')
}

fn take_quote(line: &mut Line<'_>, marks: &mut Vec<u32>) {
    marks.push(line.offset() as u32);
    line.take_mark(1);
    line.take_blanks(1);
}

/// What opens at the head of a line.
#[derive(Clone, Copy, Debug)]
pub(super) enum Opening {
    Quote,
    /// With a marker of so many bytes.
    Item {
        marker: usize,
    },
}

impl Opening {
    /// What opens with `text`. A paragraph is ended by fewer markers: many a line of it begins with a year.
    pub(super) fn read(text: &str, in_paragraph: bool) -> Option<Self> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, behind) = text.split_at(digits);
        let (mark, behind) = behind.split_at_checked(1)?;
        let is_marker = match mark {
            ">" if digits == 0 => return Some(Self::Quote),
            "-" | "+" | "*" => digits == 0,
            "." | ")" => (1..=9).contains(&digits),
            _ => false,
        };
        let may_stand = !in_paragraph
            || !behind.trim_start_matches([' ', '\t']).is_empty()
                && (digits == 0 || number.trim_start_matches('0') == "1");
        let ends = behind.is_empty() || behind.starts_with([' ', '\t']);
        (is_marker && ends && may_stand).then_some(Self::Item { marker: digits + 1 })
    }
}
