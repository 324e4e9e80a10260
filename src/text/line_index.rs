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
}

impl LineIndex {
    /// Finds the line starts of `text`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at as u32 + 1));
        Self { starts }
    }

    /// Line and column of byte `offset` in the `text` that the index was made from. An offset past the end is the end;
    /// one inside a character is that character's.
    #[must_use]
    pub fn line_column(&self, text: &str, offset: u32) -> LineColumn {
        let offset = offset.min(text.len() as u32);
        let line = self.line_of(offset);
        let start = self.starts[line];
        let before = &text.as_bytes()[start as usize..offset as usize];
        // Every byte but a continuation byte begins a character.
        let column = before.iter().filter(|byte| (**byte as i8) >= -0x40).count() as u32;
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

#[cfg(test)]
mod tests {
    use super::*;

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
