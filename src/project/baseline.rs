//! A baseline: findings that a project lives with for now. One line of JSON a finding, sorted, so that two branches that
//! change different lines merge, and so that a review shows what is taken in.
//!
//! A finding is known again by its code, its entity and its subject, not by its file, its line or its words. A finding of no
//! entity (an unknown name) is known by the text that it underlines. Findings that are alike in all of it are counted.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::Read as _;
use std::path::Path;

use serde_json::{Map, Value};

use crate::diagnostic::{Diagnostic, nearest};
use crate::text::{is_dangerous, sanitize};

use super::ToolError;
use super::error::shown;

/// The longest baseline, in bytes.
const MOST_BYTES: u64 = 64 << 20;

/// The longest line, in bytes. No line that is written is longer: it has six parts, and of no byte more than six are made.
const LONGEST_LINE: usize = 32 << 10;

/// A longer part of a key is cut to this many bytes and told from its likes by a hash.
const LONGEST_PART: usize = 512;

const FIELDS: [&str; 6] = ["code", "entity", "subject", "text", "project", "count"];

/// By what a finding is known again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// `FLOW001`
    pub code: String,
    /// The path of the project from the baseline's own; empty for the project that the baseline belongs to.
    pub project: String,
    /// `process.risk-assessment/input.threat-reports`
    pub entity: String,
    /// Kind and id.
    pub subject: Option<(String, String)>,
    /// The underlined text, where there is no entity.
    pub text: String,
}

impl Key {
    /// The key of a finding in a project. `underlined` is the text at its primary place.
    #[must_use]
    pub fn of(finding: &Diagnostic, project: &str, underlined: &str) -> Self {
        let text = if finding.entity.is_empty() {
            underlined.split_whitespace().collect::<Vec<_>>().join(" ")
        } else {
            String::new()
        };
        Self {
            code: cut(finding.code.as_str()),
            project: cut(project),
            entity: cut(&finding.entity),
            subject: finding.subject.as_ref().map(|subject| (cut(subject.kind), cut(&subject.id))),
            text: cut(&text),
        }
    }

    /// The line of the file, without line end.
    fn line(&self, count: usize) -> String {
        let quoted = |text: &str| escaped(&Value::from(text).to_string());
        let mut line = format!("{{\"code\":{}", quoted(&self.code));
        for (field, text) in [("entity", &self.entity), ("text", &self.text), ("project", &self.project)] {
            if !text.is_empty() {
                line.push_str(&format!(",\"{field}\":{}", quoted(text)));
            }
        }
        if let Some((kind, id)) = &self.subject {
            line.push_str(&format!(",\"subject\":{{{}:{}}}", quoted(kind), quoted(id)));
        }
        if count > 1 {
            line.push_str(&format!(",\"count\":{count}"));
        }
        line.push('}');
        line
    }
}

impl std::fmt::Display for Key {
    /// `FLOW001 of process.a/input.x, about item x`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.code)?;
        if !self.entity.is_empty() {
            write!(f, " of {}", self.entity)?;
        } else if !self.text.is_empty() {
            write!(f, " at `{}`", self.text)?;
        }
        match &self.subject {
            Some((kind, id)) => write!(f, ", about {kind} {id}"),
            None => Ok(()),
        }
    }
}

/// A part of a key at a bounded length.
fn cut(text: &str) -> String {
    if text.len() <= LONGEST_PART {
        return text.to_owned();
    }
    let head: String = text.char_indices().take_while(|(at, _)| *at < LONGEST_PART - 64).map(|(_, c)| c).collect();
    // FNV-1a, as in the fingerprint.
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{head}…{hash:016x}")
}

/// JSON in which no character can steer a terminal or reorder what a reviewer sees.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if is_dangerous(character) {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(character);
        }
    }
    text
}

/// Recorded findings: how often each occurs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    entries: BTreeMap<Key, usize>,
}

impl Baseline {
    /// Adds an occurrence of a finding.
    pub fn add(&mut self, key: Key, count: usize) {
        let known = self.entries.entry(key).or_default();
        *known = known.saturating_add(count);
    }

    /// Takes one occurrence out; answers whether there was one.
    pub fn take(&mut self, key: &Key) -> bool {
        let Some(count) = self.entries.get_mut(key) else { return false };
        *count -= 1;
        if *count == 0 {
            self.entries.remove(key);
        }
        true
    }

    /// What is recorded, and how often, sorted.
    pub fn entries(&self) -> impl Iterator<Item = (&Key, usize)> {
        self.entries.iter().map(|(key, count)| (key, *count))
    }

    /// Number of findings that are recorded, each occurrence by itself.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.values().fold(0_usize, |sum, count| sum.saturating_add(*count))
    }

    /// Whether nothing is recorded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The text of the file: its lines in the order of their bytes.
    #[must_use]
    pub fn text(&self) -> String {
        let mut lines: Vec<String> = self.entries.iter().map(|(key, count)| key.line(*count) + "\n").collect();
        lines.sort_unstable();
        lines.concat()
    }

    /// Reads the text of a file that messages call `path`. The order of lines does not matter, since a merge may change it.
    ///
    /// # Errors
    ///
    /// Where a line is no finding, or is there twice; with the number of the line.
    pub fn parse(path: &str, bytes: &[u8]) -> Result<Self, ToolError> {
        let mut lines_of: BTreeMap<Key, usize> = BTreeMap::new();
        let mut baseline = Self::default();
        let bytes = without_mark(bytes);
        for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                continue;
            }
            let wrong = |mistake| at_line(path, number, mistake);
            let (key, count) = entry(line).map_err(wrong)?;
            match lines_of.entry(key) {
                Entry::Occupied(first) => {
                    let message = format!("the same finding stands in line {}", first.get());
                    let help =
                        "delete one of the two lines; where the finding occurs twice, write `\"count\":2` instead";
                    return Err(wrong((message, help.to_owned())));
                }
                Entry::Vacant(vacant) => {
                    baseline.entries.insert(vacant.key().clone(), count);
                    vacant.insert(number);
                }
            }
        }
        Ok(baseline)
    }
}

/// Without the byte order mark that an editor may have put in front.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// Whether a text, broken as it may be, is a baseline: empty, or with a line that is a finding.
#[must_use]
pub fn is_like_baseline(bytes: &[u8]) -> bool {
    let bytes = without_mark(bytes);
    bytes.iter().all(u8::is_ascii_whitespace) || bytes.split(|byte| *byte == b'\n').any(|line| entry(line).is_ok())
}

/// The bytes of a file that messages call `name`; `None` where there is no such file.
///
/// # Errors
///
/// Where it is no regular file, is too large, or cannot be read.
pub fn read_baseline(path: &Path, name: &str) -> Result<Option<Vec<u8>>, ToolError> {
    let refused = |reason: String| ToolError::Unreadable { path: shown(Path::new(name)), reason };
    let unreadable = |error: std::io::Error| ToolError::unreadable(Path::new(name), &error);
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    if !metadata.is_file() {
        return Err(refused("it is not a regular file".to_owned()));
    }
    let too_large = || refused(format!("it is larger than {} MiB", MOST_BYTES >> 20));
    if metadata.len() > MOST_BYTES {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MOST_BYTES { Err(too_large()) } else { Ok(Some(bytes)) }
}

/// What is wrong with a line, and what to do.
type Mistake = (String, String);

fn at_line(path: &str, line: usize, (message, help): Mistake) -> ToolError {
    ToolError::Usage { message: format!("`{}`, line {line}: {message}", sanitize(path)), help }
}

/// The key and the count of a line.
fn entry(line: &[u8]) -> Result<(Key, usize), Mistake> {
    const EXAMPLE: &str = "a line is a finding: `{\"code\":\"FLOW001\",\"entity\":\"process.a/input.x\"}`; \
                           `--write-baseline` writes the file anew";
    let example = |message: &str| (message.to_owned(), EXAMPLE.to_owned());
    if [&b"<<<<<<<"[..], b"=======", b">>>>>>>", b"|||||||"].iter().any(|mark| line.starts_with(mark)) {
        let help = "keep the lines of both sides and delete the marks; the order of lines does not matter";
        return Err(("a merge has left its marks here".to_owned(), help.to_owned()));
    }
    if line.len() > LONGEST_LINE {
        return Err(example("the line is too long"));
    }
    let text = std::str::from_utf8(line).map_err(|_| example("this is not UTF-8"))?;
    let Ok(Value::Object(fields)) = serde_json::from_str::<Value>(text) else {
        return Err(example("this is no JSON object"));
    };
    if let Some(field) = fields.keys().find(|field| !FIELDS.contains(&field.as_str())) {
        let help = match nearest(field, FIELDS) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "a newer version may have written it; `--write-baseline` writes the file anew".to_owned(),
        };
        let field: String = sanitize(field).chars().take(40).collect();
        return Err((format!("a finding has no field `{field}`"), help));
    }
    let code = part(&fields, "code")?;
    if code.is_empty() {
        return Err(example("the `code` is missing"));
    }
    let (entity, text, project) = (part(&fields, "entity")?, part(&fields, "text")?, part(&fields, "project")?);
    Ok((Key { code, project, entity, subject: subject(&fields)?, text }, count(&fields)?))
}

/// A field that holds a text; empty where it is missing.
fn part(fields: &Map<String, Value>, name: &str) -> Result<String, Mistake> {
    match fields.get(name) {
        None => Ok(String::new()),
        Some(Value::String(text)) => Ok(cut(text)),
        Some(_) => Err((format!("`{name}` is no text"), "write it in quotes".to_owned())),
    }
}

fn subject(fields: &Map<String, Value>) -> Result<Option<(String, String)>, Mistake> {
    let Some(value) = fields.get("subject") else { return Ok(None) };
    let mut pairs = value.as_object().into_iter().flatten();
    match (pairs.next(), pairs.next()) {
        (Some((kind, Value::String(id))), None) => Ok(Some((cut(kind), cut(id)))),
        _ => Err((
            "`subject` is no kind with its id".to_owned(),
            "write it as `\"subject\":{\"item\":\"threat-reports\"}`".to_owned(),
        )),
    }
}

fn count(fields: &Map<String, Value>) -> Result<usize, Mistake> {
    let Some(value) = fields.get("count") else { return Ok(1) };
    let count = value.as_u64().and_then(|count| usize::try_from(count).ok()).filter(|count| *count > 0);
    count.ok_or_else(|| {
        ("`count` is no number of occurrences".to_owned(), "write a whole number from 1, without quotes".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Place, Subject};
    use crate::text::{FileId, Span};

    fn finding(code: &'static str, entity: &str) -> Diagnostic {
        Diagnostic::warning(code, Place { file: FileId(0), span: Span::at(0) }, "words").of(entity)
    }

    fn key(code: &'static str, entity: &str) -> Key {
        Key::of(&finding(code, entity), "", "")
    }

    fn mistake(bytes: &[u8]) -> String {
        match Baseline::parse("b.jsonl", bytes) {
            Err(ToolError::Usage { message, help }) => format!("{message} | {help}"),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut baseline = Baseline::default();
        let subject = Subject { kind: "clause", id: "iso27001:2022/9.3".to_owned(), short: "9.3".to_owned() };
        baseline.add(Key::of(&finding("CLAUSE001", "organization.a").about(subject), "sub/b", ""), 1);
        baseline.add(key("FLOW001", "process.b"), 2);
        baseline.add(key("FLOW001", "process.a"), 1);
        baseline.add(Key::of(&finding("REF001", ""), "", "two\n  words \u{202e}\u{1b}[31m \"é\u{1f600}\""), 1);
        let text = baseline.text();
        insta::assert_snapshot!(text, @r#"
        {"code":"CLAUSE001","entity":"organization.a","project":"sub/b","subject":{"clause":"iso27001:2022/9.3"}}
        {"code":"FLOW001","entity":"process.a"}
        {"code":"FLOW001","entity":"process.b","count":2}
        {"code":"REF001","text":"two words \u202e\u001b[31m \"é😀\""}
        "#);
        assert_eq!(Baseline::parse("b", text.as_bytes()).expect("a baseline"), baseline);
        let turned: Vec<&str> = text.lines().rev().collect();
        let turned = format!("\u{feff}{}\r\n\r\n", turned.join("\r\n"));
        assert_eq!(Baseline::parse("b", turned.as_bytes()).expect("a baseline").text(), text);
    }

    #[test]
    fn occurrences_are_counted() {
        let mut baseline = Baseline::default();
        baseline.add(key("FLOW001", "process.a"), 2);
        assert!(baseline.take(&key("FLOW001", "process.a")));
        assert!(!baseline.take(&key("FLOW002", "process.a")));
        assert!(baseline.take(&key("FLOW001", "process.a")));
        assert!(!baseline.take(&key("FLOW001", "process.a")));
        assert!(baseline.is_empty());
    }

    #[test]
    fn neither_place_nor_words_are_in_a_key() {
        let mut moved = finding("FLOW001", "process.a");
        moved.message = "other words".to_owned();
        moved.primary = None;
        assert_eq!(Key::of(&moved, "", "other text"), key("FLOW001", "process.a"));
    }

    #[test]
    fn hostile_files_are_told_by_their_line() {
        let good = "{\"code\":\"FLOW001\",\"entity\":\"process.a\"}\n";
        let lines = [
            "<<<<<<< HEAD".to_owned(),
            "=======".to_owned(),
            good.trim().to_owned(),
            "not json".to_owned(),
            "[1]".to_owned(),
            "{}".to_owned(),
            "{\"code\":1}".to_owned(),
            "{\"code\":\"A1\",\"entitty\":\"x\"}".to_owned(),
            "{\"code\":\"A1\",\"\\u001b[31m\":\"x\"}".to_owned(),
            "{\"code\":\"A1\",\"subject\":{\"a\":\"b\",\"c\":\"d\"}}".to_owned(),
            "{\"code\":\"A1\",\"count\":0}".to_owned(),
            "{\"code\":\"A1\",\"count\":1e99}".to_owned(),
            "[".repeat(5_000),
            "x".repeat(LONGEST_LINE + 1),
        ];
        let said: Vec<String> = lines.iter().map(|line| mistake(format!("{good}\n{line}\n").as_bytes())).collect();
        insta::assert_snapshot!(said.join("\n"), @r#"
        `b.jsonl`, line 3: a merge has left its marks here | keep the lines of both sides and delete the marks; the order of lines does not matter
        `b.jsonl`, line 3: a merge has left its marks here | keep the lines of both sides and delete the marks; the order of lines does not matter
        `b.jsonl`, line 3: the same finding stands in line 1 | delete one of the two lines; where the finding occurs twice, write `"count":2` instead
        `b.jsonl`, line 3: this is no JSON object | a line is a finding: `{"code":"FLOW001","entity":"process.a/input.x"}`; `--write-baseline` writes the file anew
        `b.jsonl`, line 3: this is no JSON object | a line is a finding: `{"code":"FLOW001","entity":"process.a/input.x"}`; `--write-baseline` writes the file anew
        `b.jsonl`, line 3: the `code` is missing | a line is a finding: `{"code":"FLOW001","entity":"process.a/input.x"}`; `--write-baseline` writes the file anew
        `b.jsonl`, line 3: `code` is no text | write it in quotes
        `b.jsonl`, line 3: a finding has no field `entitty` | did you mean `entity`?
        `b.jsonl`, line 3: a finding has no field `?[31m` | a newer version may have written it; `--write-baseline` writes the file anew
        `b.jsonl`, line 3: `subject` is no kind with its id | write it as `"subject":{"item":"threat-reports"}`
        `b.jsonl`, line 3: `count` is no number of occurrences | write a whole number from 1, without quotes
        `b.jsonl`, line 3: `count` is no number of occurrences | write a whole number from 1, without quotes
        `b.jsonl`, line 3: this is no JSON object | a line is a finding: `{"code":"FLOW001","entity":"process.a/input.x"}`; `--write-baseline` writes the file anew
        `b.jsonl`, line 3: the line is too long | a line is a finding: `{"code":"FLOW001","entity":"process.a/input.x"}`; `--write-baseline` writes the file anew
        "#);
        assert!(mistake(b"\x00\xff\xfe").contains("line 1: this is not UTF-8"));
    }

    #[test]
    fn long_keys_are_cut_and_stay_apart() {
        let long = "é".repeat(100_000);
        let (one, other) = (key("FLOW001", &format!("{long}a")), key("FLOW001", &format!("{long}b")));
        assert_ne!(one, other);
        assert!(one.entity.len() <= LONGEST_PART);
        let mut baseline = Baseline::default();
        baseline.add(one.clone(), usize::MAX);
        baseline.add(one, 1);
        let text = baseline.text();
        assert!(text.len() < LONGEST_LINE);
        assert_eq!(Baseline::parse("b", text.as_bytes()).expect("a baseline"), baseline);
    }

    #[test]
    fn other_files_are_told_from_baselines() {
        assert!(is_like_baseline(b"\n"));
        assert!(is_like_baseline(b"<<<<<<< a\n{\"code\":\"FLOW001\"}\n"));
        assert!(!is_like_baseline(b"process a { }\n"));
        assert!(!is_like_baseline(b"\x7fELF\n\n"));
    }
}
