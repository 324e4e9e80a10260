//! The one place that knows codespan-reporting: findings over our sources, drawn as rustc draws them.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;

use codespan_reporting::diagnostic as codespan;
use codespan_reporting::files::{Error, Files};
use codespan_reporting::term::{self, Chars, Config};

use crate::diagnostic::{Place, Severity};
use crate::text::FileId;

use super::{Shown, Style};
use crate::text::harmless::harmless;

/// Sources as codespan wants them: sanitized, because a specification comes from strangers. The replacement characters have
/// the length of what they replace, so that places hold.
pub(super) struct Sources<'a> {
    shown: &'a Shown<'a>,
    /// The sanitized texts of the files that are drawn, by report and file.
    texts: BTreeMap<(usize, FileId), (String, String)>,
}

impl<'a> Sources<'a> {
    pub(super) fn new(shown: &'a Shown<'a>) -> Self {
        Self { shown, texts: BTreeMap::new() }
    }

    fn prepare(&mut self, key: (usize, FileId)) {
        let shown = self.shown;
        self.texts.entry(key).or_insert_with(|| {
            let text = harmless(shown.source(key.0, key.1).text()).into_owned();
            // A carriage return that ends no line would send the cursor back over what was drawn.
            let text = lone_returns(&text);
            (harmless(&shown.path(key.0, key.1)).into_owned(), text)
        });
    }
}

fn lone_returns(text: &str) -> String {
    if !text.contains('\r') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    text.char_indices().map(|(at, c)| if c == '\r' && bytes.get(at + 1) != Some(&b'\n') { '?' } else { c }).collect()
}

impl<'a> Files<'a> for Sources<'_> {
    type FileId = (usize, FileId);
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: Self::FileId) -> Result<&'a str, Error> {
        self.texts.get(&id).map(|(name, _)| name.as_str()).ok_or(Error::FileMissing)
    }

    fn source(&'a self, id: Self::FileId) -> Result<&'a str, Error> {
        self.texts.get(&id).map(|(_, text)| text.as_str()).ok_or(Error::FileMissing)
    }

    fn line_index(&'a self, id: Self::FileId, byte: usize) -> Result<usize, Error> {
        let source = self.shown.source(id.0, id.1);
        Ok(source.line_index().line_of(byte.min(source.text().len()) as u32))
    }

    fn line_range(&'a self, id: Self::FileId, line: usize) -> Result<Range<usize>, Error> {
        let source = self.shown.source(id.0, id.1);
        let index = source.line_index();
        let start = index.start_of(line).ok_or(Error::LineTooLarge { given: line, max: index.line_count() })?;
        let end = index.start_of(line + 1).unwrap_or(source.text().len() as u32);
        Ok(start as usize..end as usize)
    }
}

/// A place and what stands beside it, for one block.
pub(super) struct Mark {
    pub(super) place: Place,
    pub(super) message: String,
}

/// One block to draw.
pub(super) struct Block {
    pub(super) report: usize,
    pub(super) severity: Severity,
    pub(super) code: String,
    pub(super) message: String,
    pub(super) primary: Option<Mark>,
    pub(super) labels: Vec<Mark>,
    /// `help: …` and `note: …`, each of one or more lines.
    pub(super) notes: Vec<String>,
}

/// The most lines that one underline may span; what is longer is cut to its first line.
const MOST_LINES: usize = 6;

/// Draws a block.
pub(super) fn draw(sources: &mut Sources<'_>, block: &Block, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let severity = match block.severity {
        Severity::Error => codespan::Severity::Error,
        Severity::Warning => codespan::Severity::Warning,
        Severity::Note => codespan::Severity::Note,
    };
    let mut labels = Vec::new();
    let mut notes: Vec<String> = Vec::new();
    for (mark, is_primary) in
        block.primary.iter().map(|mark| (mark, true)).chain(block.labels.iter().map(|mark| (mark, false)))
    {
        let key = (block.report, mark.place.file);
        sources.prepare(key);
        if let Some(note) = beside(sources, key, mark) {
            notes.push(note);
            continue;
        }
        let range = range(sources, key, mark.place);
        let label =
            if is_primary { codespan::Label::primary(key, range) } else { codespan::Label::secondary(key, range) };
        labels.push(label.with_message(clean(&mark.message)));
    }
    let diagnostic = codespan::Diagnostic::new(severity)
        .with_code(block.code.clone())
        .with_message(clean(&block.message))
        .with_labels(labels)
        .with_notes(notes.into_iter().chain(block.notes.iter().map(|note| clean(note))).collect());
    let chars = if style.unicode { Chars::box_drawing() } else { Chars::ascii() };
    let config = Config { chars, tab_width: 4, ..Config::default() };
    let result = if style.colour {
        let mut writer = codespan_reporting::term::termcolor::Ansi::new(out);
        term::emit_to_write_style(&mut writer, &config, &*sources, &diagnostic)
    } else {
        let mut writer = codespan_reporting::term::termcolor::NoColor::new(out);
        term::emit_to_write_style(&mut writer, &config, &*sources, &diagnostic)
    };
    result.map_err(|error| match error {
        Error::Io(error) => error,
        other => io::Error::other(other.to_string()),
    })
}

/// The longest line that is drawn, in bytes. Nobody reads a longer one, and a file may be one line of megabytes.
const LONGEST_LINE: u32 = 1_000;

/// A place on a line that is too long to be drawn, in words.
fn beside(sources: &Sources<'_>, key: (usize, FileId), mark: &Mark) -> Option<String> {
    let source = sources.shown.source(key.0, key.1);
    let index = source.line_index();
    let line = index.line_of(mark.place.span.start);
    let start = index.start_of(line)?;
    let end = index.start_of(line + 1).unwrap_or(source.text().len() as u32);
    if end - start <= LONGEST_LINE {
        return None;
    }
    let at = index.line_column(source.text(), mark.place.span.start);
    let text: String = source.slice(mark.place.span).chars().take(60).collect();
    let says = if mark.message.is_empty() { String::new() } else { format!(": {}", mark.message) };
    Some(clean(&format!("at {}:{}:{} `{text}`{says}", sources.shown.path(key.0, key.1), at.line, at.column)))
}

fn clean(text: &str) -> String {
    harmless(text).replace('\r', "")
}

/// The bytes to underline: never a line end, which would draw a box of two lines, and never more than a few lines.
fn range(sources: &Sources<'_>, key: (usize, FileId), place: Place) -> Range<usize> {
    let source = sources.shown.source(key.0, key.1);
    let text = source.text();
    let start = (place.span.start as usize).min(text.len());
    let mut end = (place.span.end as usize).clamp(start, text.len());
    while end > start && matches!(text.as_bytes()[end - 1], b'\n' | b'\r') {
        end -= 1;
    }
    let index = source.line_index();
    let (first, last) = (index.line_of(start as u32), index.line_of(end as u32));
    if last - first > MOST_LINES
        && let Some(next) = index.start_of(first + 1)
    {
        end = (next as usize).saturating_sub(1).max(start);
    }
    start..end
}
