//! One line of a page, of which the marks of quotes and list items are taken off one after the other.

/// Columns from one tab stop to the next.
const TAB: usize = 4;

/// A line without its line end. Columns are counted from its head, whatever was taken off.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    text: &'a str,
    /// The offset in the page at which it begins.
    pub(super) start: usize,
    /// The offset in the line of the first byte that is not taken off and no blank.
    at: usize,
    /// The column of that byte.
    column: usize,
    /// The column up to which the line is taken off. It can lie within a tab.
    taken: usize,
}

impl<'a> Line<'a> {
    pub(super) fn new(text: &'a str, start: usize) -> Self {
        let mut line = Self { text, start, at: 0, column: 0, taken: 0 };
        line.pass_blanks();
        line
    }

    /// What is left of it, without the blanks at its head.
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Columns of blanks at the head of what is left.
    pub(super) fn indentation(&self) -> usize {
        self.column - self.taken
    }

    pub(super) fn is_blank(&self) -> bool {
        self.at == self.text.len()
    }

    /// The offset in the page of what is left.
    pub(super) fn offset(&self) -> usize {
        self.start + self.at
    }

    /// Takes blanks off, as many as there are.
    pub(super) fn take_blanks(&mut self, columns: usize) {
        self.taken = (self.taken + columns).min(self.column);
    }

    /// Takes a mark of that many bytes off, and all blanks before it.
    pub(super) fn take_mark(&mut self, length: usize) {
        self.at += length;
        self.column += length;
        self.taken = self.column;
        self.pass_blanks();
    }

    fn pass_blanks(&mut self) {
        for byte in self.rest().bytes() {
            match byte {
                b' ' => self.column += 1,
                b'\t' => self.column = self.column / TAB * TAB + TAB,
                _ => return,
            }
            self.at += 1;
        }
    }
}

/// The lines of a page with the offsets at which they begin. They end with LF, CRLF or CR.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
        let length = memchr::memchr2(b'\n', b'\r', rest.as_bytes()).unwrap_or(rest.len());
        let (line, end) = rest.split_at(length);
        let line = Line::new(line, start);
        start += length + if end.starts_with("\r\n") { 2 } else { usize::from(!end.is_empty()) };
        Some(line)
    })
}
