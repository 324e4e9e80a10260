//! Files as the compiler sees them: a number, a name and a text.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::{LineIndex, Span};

/// May stand before a text, and says nothing.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The number of a file in its [`SourceMap`]. Files are numbered in the order of their sorted paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// Where texts stand.
#[derive(Clone)]
enum Shelf {
    /// In the program itself.
    Static(&'static str),
    /// In memory, perhaps with those of other files before and after it.
    Shared(Arc<String>),
}

impl Shelf {
    fn text(&self) -> &str {
        match self {
            Self::Static(text) => text,
            Self::Shared(text) => text,
        }
    }

    /// Whether it is the same place, not only the same text.
    fn is(&self, other: &Self) -> bool {
        std::ptr::eq(self.text(), other.text())
    }
}

/// One file: its path as it is shown, and its text. A clone shares both.
#[derive(Clone)]
pub struct Source {
    path: Arc<str>,
    shelf: Shelf,
    range: Range<usize>,
    had_byte_order_mark: bool,
    builtin: bool,
    line_index: OnceLock<Arc<LineIndex>>,
}

impl Source {
    /// A file of the project. `path` is relative to the project's root, with `/`; a byte order mark at the head of `text`
    /// is taken off and remembered.
    #[must_use]
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<String>) -> Self {
        let text: String = text.into();
        let range = 0..text.len();
        Self::on_shelf(path, Arc::new(text), range)
    }

    /// The same, of a file whose text stands in one piece with those of others: what is read in one go need not be copied,
    /// and no room is lost between one text and the next.
    ///
    /// # Panics
    ///
    /// Where `range` does not lie in `shelf`, or cuts a character.
    #[must_use]
    pub fn on_shelf(path: impl Into<Arc<str>>, shelf: Arc<String>, mut range: Range<usize>) -> Self {
        let had_byte_order_mark = shelf[range.clone()].starts_with(BYTE_ORDER_MARK);
        if had_byte_order_mark {
            range.start += BYTE_ORDER_MARK.len_utf8();
        }
        let shelf = Shelf::Shared(shelf);
        Self { path: path.into(), shelf, range, had_byte_order_mark, builtin: false, line_index: OnceLock::new() }
    }

    /// A file that is compiled into the program (`rules/…`).
    #[must_use]
    pub fn builtin(path: impl Into<Arc<str>>, text: &'static str) -> Self {
        Self {
            path: path.into(),
            shelf: Shelf::Static(text),
            range: 0..text.len(),
            had_byte_order_mark: false,
            builtin: true,
            line_index: OnceLock::new(),
        }
    }

    /// The path as it is shown, with `/`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The text, without byte order mark.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.shelf.text()[self.range.clone()]
    }

    /// Whether a byte order mark stood before the text. Offsets do not count it.
    #[must_use]
    pub fn had_byte_order_mark(&self) -> bool {
        self.had_byte_order_mark
    }

    /// Whether the file is compiled into the program, not one of the project.
    #[must_use]
    pub fn is_builtin(&self) -> bool {
        self.builtin
    }

    /// Whether the path names a Markdown file, whose `isms` blocks are read.
    #[must_use]
    pub fn is_markdown(&self) -> bool {
        is_page(&self.path)
    }

    /// The text at `span`.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        let (start, end) = (self.range.start + span.start as usize, self.range.start + span.end as usize);
        self.shelf.text().get(start..end.min(self.range.end)).unwrap_or_default()
    }

    /// The bytes at `span`, which need not be whole characters.
    #[must_use]
    pub fn bytes(&self, span: Span) -> &[u8] {
        let (start, end) = (self.range.start + span.start as usize, self.range.start + span.end as usize);
        self.shelf.text().as_bytes().get(start..end.min(self.range.end)).unwrap_or_default()
    }

    /// The byte at an offset.
    #[must_use]
    pub fn byte(&self, offset: u32) -> Option<u8> {
        self.shelf.text().as_bytes().get(self.range.start + offset as usize).copied()
    }

    /// Where the lines begin; computed on first use, since most files have no finding.
    #[must_use]
    pub fn line_index(&self) -> &LineIndex {
        self.line_index.get_or_init(|| Arc::new(LineIndex::new(self.text())))
    }

    /// Whether whoever reads the one reads the other: the same path, the same text, and both shipped or neither.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.builtin == other.builtin
            && self.path == other.path
            // Clones share their text, so that most need not be read.
            && (self.shelf.is(&other.shelf) && self.range == other.range || self.text() == other.text())
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("path", &self.path).field("text", &self.text()).finish_non_exhaustive()
    }
}

/// All files of one run, by number.
#[derive(Debug, Default)]
pub struct SourceMap {
    sources: Vec<Source>,
}

impl SourceMap {
    /// A map of the given files, numbered in the given order.
    #[must_use]
    pub fn new(sources: Vec<Source>) -> Self {
        Self { sources }
    }

    /// The file of that number.
    ///
    /// # Panics
    ///
    /// Where the number comes from another map, which is a defect of the program.
    #[must_use]
    pub fn get(&self, file: FileId) -> &Source {
        &self.sources[file.0 as usize]
    }

    /// Number of files.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sources.len()
    }

    /// Whether there is no file.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// Files with their numbers, in order.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        (0..).map(FileId).zip(&self.sources)
    }

    /// The files, in order.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }
}
/// Whether a path names a Markdown page.
#[must_use]
pub fn is_page(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| {
        extension.eq_ignore_ascii_case("md") || extension.eq_ignore_ascii_case("markdown")
    })
}
