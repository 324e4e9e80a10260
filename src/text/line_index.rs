//! From byte offsets to lines and columns: the one place that counts them, in the three units that formats ask for.

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
    /// Places inside of long lines, every [`STRIDE`] bytes or so. Without them, the places in a file of one line of
    /// megabytes would cost the length of the line each.
    checkpoints: Vec<Checkpoint>,
}

/// What was counted from the begin of a line up to an offset.
#[derive(Debug, Clone, Copy)]
struct Checkpoint {
    offset: u32,
    characters: u32,
    /// How many of the characters take two units in UTF-16.
    pairs: u32,
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
            let mut at = Checkpoint { offset: start as u32, characters: 0, pairs: 0 };
            while end - at.offset as usize > STRIDE {
                at = at.moved(text, at.offset + STRIDE as u32);
                checkpoints.push(at);
            }
        }
        Self { starts, checkpoints }
    }

    /// Line and column of byte `offset` in the `text` that the index was made from. An offset past the end is the end;
    /// one inside a character is that character's.
    #[must_use]
    pub fn line_column(&self, text: &str, offset: u32) -> LineColumn {
        let (line, counted) = self.counted(text, offset);
        LineColumn { line, column: counted.characters + 1 }
    }

    /// The same with the column in UTF-16 code units.
    #[must_use]
    pub fn line_column_utf16(&self, text: &str, offset: u32) -> LineColumn {
        let (line, counted) = self.counted(text, offset);
        LineColumn { line, column: counted.characters + counted.pairs + 1 }
    }

    /// The same with the column in bytes.
    #[must_use]
    pub fn line_column_bytes(&self, text: &str, offset: u32) -> LineColumn {
        let offset = offset.min(text.len() as u32);
        let line = self.line_of(offset);
        LineColumn { line: line as u32 + 1, column: offset - self.starts[line] + 1 }
    }

    /// The line, from 1, and what stands in it before `offset`.
    fn counted(&self, text: &str, offset: u32) -> (u32, Checkpoint) {
        let offset = offset.min(text.len() as u32);
        let line = self.line_of(offset);
        let start = self.starts[line];
        let known = self.checkpoints[..self.checkpoints.partition_point(|at| at.offset <= offset)].last();
        let known = known.filter(|at| at.offset > start).copied();
        let known = known.unwrap_or(Checkpoint { offset: start, characters: 0, pairs: 0 });
        (line as u32 + 1, known.moved(text, offset))
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

impl Checkpoint {
    /// Counts on up to a later offset.
    fn moved(self, text: &str, offset: u32) -> Self {
        let bytes = &text.as_bytes()[self.offset as usize..offset as usize];
        // Every byte but a continuation byte begins a character, and those of four bytes begin with these.
        let characters = bytes.iter().filter(|byte| (**byte as i8) >= -0x40).count() as u32;
        let pairs = bytes.iter().filter(|byte| **byte >= 0xf0).count() as u32;
        Self { offset, characters: self.characters + characters, pairs: self.pairs + pairs }
    }
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
            let found = index.line_column_utf16(&text, 6 + offset as u32);
            assert_eq!((found.line, found.column as usize), (2, number + number / 3 + 1));
        }
    }

    #[test]
    fn every_format_has_its_unit() {
        let text = "x\n名a𐐀e\u{301}b";
        let index = LineIndex::new(text);
        let columns: Vec<[u32; 3]> = text[2..]
            .char_indices()
            .map(|(at, _)| at as u32 + 2)
            .map(|at| {
                let counts = [LineIndex::line_column, LineIndex::line_column_utf16, LineIndex::line_column_bytes];
                counts.map(|count| count(&index, text, at).column)
            })
            .collect();
        assert_eq!(columns, [[1, 1, 1], [2, 2, 4], [3, 3, 5], [4, 5, 9], [5, 6, 10], [6, 7, 12]]);
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
