//! From byte offsets to lines and columns. The one place that counts them; UTF-16 is the editor protocol's business.

/// A place as people and formats count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1, in Unicode scalar values.
    pub column: u32,
}

/// The byte offsets at which the lines of a text begin. Lines end with LF or CRLF; a lone CR ends none.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<u32>,
    /// Offset and column (from 0) inside of long lines, every [`STRIDE`] bytes or so. Without them, the places in a file of
    /// one line of megabytes would cost the length of the line each.
    checkpoints: Vec<(u32, u32)>,
}

/// How many bytes of a line are counted at most.
const STRIDE: usize = 4_096;

impl LineIndex {
    /// Finds the line starts of `text`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at as u32 + 1));
        let mut checkpoints = Vec::new();
        for (line, start) in starts.iter().enumerate() {
            let start = *start as usize;
            let end = starts.get(line + 1).map_or(text.len(), |next| *next as usize);
            let (mut at, mut column) = (start, 0);
            while end - at > STRIDE {
                column += characters(&text.as_bytes()[at..at + STRIDE]);
                at += STRIDE;
                checkpoints.push((at as u32, column));
            }
        }
        Self { starts, checkpoints }
    }

    /// Line and column of byte `offset` in the `text` that the index was made from. An offset past the end is the end;
    /// one inside a character is that character's.
    #[must_use]
    pub fn line_column(&self, text: &str, offset: u32) -> LineColumn {
        let offset = offset.min(text.len() as u32);
        let line = self.line_of(offset);
        let start = self.starts[line];
        let known = self.checkpoints[..self.checkpoints.partition_point(|(at, _)| *at <= offset)].last();
        let (from, counted) = known.filter(|(at, _)| *at > start).copied().unwrap_or((start, 0));
        let column = counted + characters(&text.as_bytes()[from as usize..offset as usize]);
        LineColumn { line: line as u32 + 1, column: column + 1 }
    }

    /// The line, from 0, on which byte `offset` lies.
    #[must_use]
    pub fn line_of(&self, offset: u32) -> usize {
        self.starts.partition_point(|start| *start <= offset) - 1
    }

    /// Byte offset at which `line` (from 0) begins, or `None` past the last line.
    #[must_use]
    pub fn start_of(&self, line: usize) -> Option<u32> {
        self.starts.get(line).copied()
    }

    /// Number of lines; a text that ends with a line end has an empty last line.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.starts.len()
    }
}

/// Number of characters that begin in these bytes: every byte but a continuation byte begins one.
fn characters(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|byte| (**byte as i8) >= -0x40).count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_counted_from_checkpoints() {
        let text = format!("first\n{}", "aé𐐀".repeat(20_000));
        let index = LineIndex::new(&text);
        for (number, (offset, _)) in text[6..].char_indices().enumerate().step_by(997) {
            let found = index.line_column(&text, 6 + offset as u32);
            assert_eq!((found.line, found.column as usize), (2, number + 1));
        }
    }

    fn at(text: &str, offset: u32) -> (u32, u32) {
        let LineColumn { line, column } = LineIndex::new(text).line_column(text, offset);
        (line, column)
    }

    #[test]
    fn columns_count_characters_not_bytes() {
        let text = "aé𐐀b\r\n\tx";
        assert_eq!(at(text, 0), (1, 1));
        assert_eq!(at(text, 3), (1, 3));
        assert_eq!(at(text, 7), (1, 4));
        assert_eq!(at(text, 10), (2, 1));
        assert_eq!(at(text, 11), (2, 2));
        assert_eq!(at(text, 99), (2, 3));
    }

    #[test]
    fn the_empty_text_has_one_place() {
        assert_eq!(at("", 0), (1, 1));
        assert_eq!(at("\n", 1), (2, 1));
    }
}
