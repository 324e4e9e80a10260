//! From bytes to text.

use std::io::Read as _;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Place};
use crate::text::{FileId, Source, Span};

use super::ToolError;

/// The largest file that is read, in bytes. No handbook comes near it; a pull request must not fill the memory.
pub const MOST_FILE_BYTES: u64 = 64 << 20;

/// The most runs of bad bytes that are said of one file.
const MOST_RUNS: usize = 20;

/// What a byte that is no UTF-8 becomes.
const SUBSTITUTE: u8 = 0x1a;

/// Something wrong with the bytes of a file. It becomes a finding once the file has its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadProblem {
    /// Which bytes of the text.
    pub span: Span,
    /// Its code.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl LoadProblem {
    /// The finding in the file of that number.
    #[must_use]
    pub fn finding(&self, file: FileId) -> Diagnostic {
        Diagnostic::error(self.code, Place { file, span: self.span }, self.message.clone()).help(self.help.clone())
    }
}

/// A file that was read.
#[derive(Debug)]
pub struct Loaded {
    /// Its text.
    pub source: Source,
    /// What is wrong with its bytes.
    pub problems: Vec<LoadProblem>,
}

/// Reads a file that is shown as `shown`.
///
/// # Errors
///
/// Where the file is none, or cannot be read.
pub fn load(path: &Path, shown: &str) -> Result<Loaded, ToolError> {
    // One file has one answer.
    load_together(&[(path, shown)]).pop().unwrap_or_else(|| Ok(decode(shown, &[])))
}

/// How many bytes of several files stand in one piece of memory. Allocators round large pieces up, often to the next quarter
/// of a power of two, and what is rounded up is lost with every piece; of a power of two itself nothing is.
const SHELF_BYTES: usize = 1 << 20;

/// Reads some files, each with how it is shown, into a few pieces of memory; answers in the same order.
pub fn load_together(files: &[(&Path, &str)]) -> Vec<Result<Loaded, ToolError>> {
    let lengths: Vec<Result<u64, ToolError>> = files.iter().map(|(path, shown)| length(path, shown)).collect();
    // They may grow while they are read.
    let room = |length: &Result<u64, ToolError>| match length {
        Ok(length) if *length <= MOST_FILE_BYTES => *length as usize + 1,
        _ => 0,
    };
    let mut rest: usize = lengths.iter().map(room).sum();
    let mut loaded = Vec::with_capacity(files.len());
    let mut shelf = Filling::default();
    for ((path, shown), length) in files.iter().zip(lengths) {
        let room = room(&length);
        if shelf.bytes.len() + room > shelf.bytes.capacity() {
            let bytes = Vec::with_capacity(rest.min(SHELF_BYTES).max(room));
            loaded.extend(std::mem::replace(&mut shelf, Filling { bytes, files: Vec::new() }).files());
        }
        rest -= room;
        let range = length.and_then(|length| shelf.take(path, shown, length));
        shelf.files.push((shown, range));
    }
    loaded.extend(shelf.files());
    loaded
}

/// Where a file stands, and how long it is.
type Reading = (Range<usize>, u64);

/// A piece of memory while files are read into it.
#[derive(Default)]
struct Filling<'a> {
    bytes: Vec<u8>,
    /// How each file is shown, and what was read of it.
    files: Vec<(&'a str, Result<Reading, ToolError>)>,
}

impl<'a> Filling<'a> {
    /// Reads a file that had this length.
    fn take(&mut self, path: &Path, shown: &str, length: u64) -> Result<Reading, ToolError> {
        let start = self.bytes.len();
        let length = if length > MOST_FILE_BYTES { length } else { append(path, shown, &mut self.bytes)? };
        if length > MOST_FILE_BYTES {
            self.bytes.truncate(start);
        }
        Ok((start..self.bytes.len(), length))
    }

    fn files(self) -> impl Iterator<Item = Result<Loaded, ToolError>> + use<'a> {
        let read: Read = match String::from_utf8(self.bytes) {
            Ok(texts) => Read::Texts(Arc::new(texts)),
            Err(error) => Read::Bytes(error.into_bytes()),
        };
        self.files.into_iter().map(move |(shown, range)| {
            let (range, length) = range?;
            Ok(if length > MOST_FILE_BYTES { too_large(shown, length) } else { read.file(shown, range) })
        })
    }
}

/// Several files, one after the other.
enum Read {
    Texts(Arc<String>),
    /// Somewhere among them is a byte that is no UTF-8.
    Bytes(Vec<u8>),
}

impl Read {
    fn file(&self, shown: &str, range: Range<usize>) -> Loaded {
        match self {
            // What one file begins the next one might end.
            Self::Texts(texts) if texts.is_char_boundary(range.start) && texts.is_char_boundary(range.end) => {
                let source = Source::on_shelf(shown, Arc::clone(texts), range);
                let problems = substitutes(source.text());
                Loaded { source, problems }
            }
            Self::Texts(texts) => decode(shown, &texts.as_bytes()[range]),
            Self::Bytes(bytes) => decode(shown, &bytes[range]),
        }
    }
}

/// The length of a file, before it is opened: what is none, like a pipe, must not be waited for.
fn length(path: &Path, shown: &str) -> Result<u64, ToolError> {
    let unreadable = |error| ToolError::unreadable(Path::new(shown), &error);
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(ToolError::Unreadable {
            path: super::error::shown(Path::new(shown)),
            reason: "it is not a regular file".to_owned(),
        });
    }
    Ok(metadata.len())
}

/// Appends a file, and answers with its length; no more than one byte beyond the most is read.
fn append(path: &Path, shown: &str, bytes: &mut Vec<u8>) -> Result<u64, ToolError> {
    let unreadable = |error| ToolError::unreadable(Path::new(shown), &error);
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let start = bytes.len();
    match file.take(MOST_FILE_BYTES + 1).read_to_end(bytes) {
        Ok(length) => Ok(length as u64),
        Err(error) => {
            bytes.truncate(start);
            Err(unreadable(error))
        }
    }
}

fn too_large(shown: &str, bytes: u64) -> Loaded {
    let message = format!("the file has {} MiB and is not read", bytes.div_ceil(1 << 20));
    let help = format!("files up to {} MiB are read; split it, or exclude it", MOST_FILE_BYTES >> 20);
    let problem = LoadProblem { span: Span::at(0), code: "SYN015", message, help };
    Loaded { source: Source::new(shown, ""), problems: vec![problem] }
}

/// Makes text of bytes. A byte that is no UTF-8 becomes U+001A, which the lexer passes over, so that all offsets hold.
#[must_use]
pub fn decode(shown: &str, bytes: &[u8]) -> Loaded {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Loaded { source: Source::new(shown, text), problems: substitutes(text) };
    }
    let utf16 = matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
    let mut text = String::with_capacity(bytes.len());
    let mut problems: Vec<LoadProblem> = Vec::new();
    let mut runs = 0_usize;
    // The end of the last run, to join bytes that follow one another.
    let mut last_end = None;
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if chunk.invalid().is_empty() {
            continue;
        }
        let start = text.len() as u32;
        text.extend(chunk.invalid().iter().map(|_| char::from(SUBSTITUTE)));
        let end = text.len() as u32;
        let joins = last_end == Some(start);
        last_end = Some(end);
        if joins {
            if let Some(problem) = problems.last_mut().filter(|_| runs <= MOST_RUNS) {
                problem.span.end = end;
            }
            continue;
        }
        runs += 1;
        if runs <= MOST_RUNS {
            let values: Vec<String> = chunk.invalid().iter().map(|byte| format!("0x{byte:02X}")).collect();
            problems.push(LoadProblem {
                span: Span::new(start, end),
                code: "SYN013",
                message: format!("these bytes are not UTF-8 ({} …)", values.join(" ")),
                help: "save the file as UTF-8".to_owned(),
            });
        }
    }
    if utf16 {
        problems.truncate(1);
        if let Some(problem) = problems.first_mut() {
            problem.message = "the file is written in UTF-16".to_owned();
        }
        return Loaded {
            source: Source::new(shown, ""),
            problems: problems.into_iter().map(|problem| LoadProblem { span: Span::at(0), ..problem }).collect(),
        };
    }
    if runs > MOST_RUNS
        && let Some(problem) = problems.last_mut()
    {
        problem.help = format!("save the file as UTF-8; {} more places like this one are not shown", runs - MOST_RUNS);
    }
    Loaded { source: Source::new(shown, text), problems }
}

/// The lexer takes U+001A for a byte that was reported; a text that holds some of its own is told of the first.
fn substitutes(text: &str) -> Vec<LoadProblem> {
    let first = memchr::memchr(SUBSTITUTE, text.as_bytes());
    let problem = |at: usize| LoadProblem {
        span: Span::new(at as u32, at as u32 + 1),
        code: "SYN012",
        message: "there is a hidden character (U+001A)".to_owned(),
        help: "remove it; such characters make a text look different from what it is".to_owned(),
    };
    first.map(problem).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_bytes_keep_offsets() {
        let loaded = decode("a.isms", b"role \xff\xfea \"\xc3\xa9\"\n\xe9");
        assert_eq!(loaded.source.text(), "role \u{1a}\u{1a}a \"é\"\n\u{1a}");
        let spans: Vec<Span> = loaded.problems.iter().map(|problem| problem.span).collect();
        assert_eq!(spans, [Span::new(5, 7), Span::new(14, 15)]);
    }

    #[test]
    fn a_substitute_of_the_text_itself_is_not_passed_over_in_silence() {
        let problems = decode("a.isms", b"role a\x1ab").problems;
        assert_eq!(problems.len(), 1);
        assert_eq!((problems[0].code, problems[0].span), ("SYN012", Span::new(6, 7)));
    }

    #[test]
    fn many_bad_bytes_are_few_findings() {
        let loaded = decode("a.isms", &[0xff, b' '].repeat(10_000));
        assert_eq!(loaded.problems.len(), MOST_RUNS);
        assert_eq!(decode("a.isms", &[0xff; 10_000]).problems.len(), 1);
    }
}
