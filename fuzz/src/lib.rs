//! What must hold of every text, whoever wrote it. cargo-fuzz looks for a text of which one of these functions does not
//! hold (`fuzz/README.md`); `tests/mutations.rs` holds them over mutated fixtures.

use std::cell::RefCell;
use std::sync::Arc;

use ismslint::diagnostic::{Diagnostic, Severity};
use ismslint::engine::{self, Inputs, MendWish, Report, Resident, Settings};
use ismslint::landscape::{self, FileFacts, Surroundings};
use ismslint::project::{Baseline, Configuration, decode, is_like_baseline};
use ismslint::report::{self, Format, Home, Shown, Style, Summary};
use ismslint::rules::{Judge, MOST_FINDINGS, Program};
use ismslint::syntax::{self, Parsed, TokenKind};
use ismslint::text::{Date, FileId, Source, SourceMap, Span};

/// What divides the files in the text of [`check`]: a line that begins so, and goes on with the path of the file below.
pub const DIVIDER: &str = "===== ";

/// The most findings that a text may have for each of its bytes, beside those that every project may have: one that knows a
/// standard or a model lacks each of its clauses and processes.
const FINDINGS_A_BYTE: usize = 4;
const FINDINGS: usize = 5_000;

/// Reads a text as a specification, or as a page where `path` says so.
pub fn read(path: &str, text: &str) -> (Source, Parsed) {
    let source = Source::new(path, text);
    let parsed = syntax::parse(&source, FileId(0));
    (source, parsed)
}

/// Every text has tokens that tile it, a tree, and few errors, each with its place.
pub fn parse(text: &str) {
    let (source, parsed) = read("a.isms", text);
    tiles(&source, &parsed);
}

/// Tokens and comments lie in the text, in order, without overlap, on characters, and between them is nothing to read.
pub fn tiles(source: &Source, parsed: &Parsed) {
    let text = source.text();
    let mut spans: Vec<Span> =
        parsed.tokens.iter().map(|token| token.span).chain(parsed.comments.iter().copied()).collect();
    spans.sort();
    let mut last = 0;
    for span in spans {
        is_in(text, span);
        assert!(span.start >= last, "{span:?} after {last}");
        let gap = &text[last as usize..span.start as usize];
        // What is no token was reported. A page is more than its blocks.
        let unread = gap.chars().any(|c| !c.is_whitespace() && c != '\u{1a}' && c != '\u{feff}');
        assert!(source.is_markdown() || !unread || !parsed.errors.is_empty(), "{gap:?} was passed over in silence");
        last = span.end;
    }
    let end = parsed.tokens.last().map(|token| token.kind);
    assert!(end == Some(TokenKind::End) || source.is_markdown() && parsed.tokens.is_empty());
    assert!(parsed.errors.len() <= 101, "{} errors", parsed.errors.len());
    for error in &parsed.errors {
        assert!(error.primary.is_some(), "{} has no place", error.message);
        for label in error.primary.iter().chain(&error.labels) {
            is_in(text, label.place.span);
        }
    }
}

/// A span lies in the text, and begins and ends on a character.
fn is_in(text: &str, span: Span) {
    assert!(span.start <= span.end && span.end as usize <= text.len(), "{span:?} in {} bytes", text.len());
    let is_boundary = |offset: u32| text.is_char_boundary(offset as usize);
    assert!(is_boundary(span.start) && is_boundary(span.end), "{span:?} cuts a character");
}

/// What is printed is read as the same, with the same comments, and printing it again changes nothing.
pub fn print(text: &str) {
    let (source, parsed) = read("a.isms", text);
    // What was read with mistakes is not printed. Of a U+001A the loader has spoken.
    if !parsed.errors.is_empty() || text.contains('\u{1a}') {
        return;
    }
    let printed = syntax::print(&source, &parsed);
    let (again, reparsed) = read("a.isms", &printed);
    let messages: Vec<&str> = reparsed.errors.iter().map(|error| error.message.as_str()).collect();
    assert!(messages.is_empty(), "what was printed cannot be read: {messages:?} in {printed:?}");
    assert_eq!(blind(&source, &parsed), blind(&again, &reparsed), "{printed:?}");
    assert_eq!(comments(&source, &parsed), comments(&again, &reparsed), "{printed:?}");
    assert_eq!(syntax::print(&again, &reparsed), printed, "printing twice changes something more");
}

fn comments(source: &Source, parsed: &Parsed) -> Vec<String> {
    parsed.comments.iter().map(|span| source.slice(*span).trim_end().to_owned()).collect()
}

/// The tree with texts in place of places, and blanks as one.
pub fn blind(source: &Source, parsed: &Parsed) -> String {
    let debug = format!("{:?}", parsed.tree);
    let mut text = String::new();
    let mut rest = debug.as_str();
    while let Some(at) = rest.find("..") {
        let digits = |text: &str| text.bytes().rev().take_while(u8::is_ascii_digit).count();
        let before = digits(&rest[..at]);
        let after = rest[at + 2..].bytes().take_while(u8::is_ascii_digit).count();
        text.push_str(&rest[..at - before]);
        match (rest[at - before..at].parse(), rest[at + 2..at + 2 + after].parse()) {
            (Ok(start), Ok(end)) => {
                let shown: Vec<&str> = source.slice(Span::new(start, end)).split_whitespace().collect();
                text.push_str(&shown.join(" "));
            }
            _ => text.push_str(".."),
        }
        rest = &rest[at + 2 + after..];
    }
    text + rest
}

/// Laying a text out, as a specification and as a page, loses and changes no token and no comment, reads as the same, and
/// doing it again changes nothing.
pub fn format(text: &str) {
    // Of a U+001A the loader has spoken, and the file is left alone.
    if text.contains('\u{1a}') {
        return;
    }
    for path in ["a.isms", "a.md"] {
        let (source, parsed) = read(path, text);
        let Some(made) = syntax::format(&source) else {
            assert!(parsed.tree.has_errors, "{path} has no mistake, and is left alone");
            continue;
        };
        let (again, reparsed) = read(path, &made);
        assert!(!reparsed.tree.has_errors, "{path} cannot be read any more: {made:?}");
        let tokens = |source: &Source, parsed: &Parsed| -> Vec<(TokenKind, String)> {
            parsed.tokens.iter().map(|token| (token.kind, source.slice(token.span).to_owned())).collect()
        };
        assert_eq!(tokens(&source, &parsed), tokens(&again, &reparsed), "{made:?}");
        assert_eq!(comments(&source, &parsed), comments(&again, &reparsed), "{made:?}");
        let tree = |source, parsed| blind(source, parsed).replace(' ', "");
        assert_eq!(tree(&source, &parsed), tree(&again, &reparsed), "{made:?}");
        assert_eq!(syntax::format(&again), Some(made), "laying it out twice changes something more");
    }
}

/// A page's blocks lie in it, one after the other, each on whole lines, and what stands outside of them is not read.
pub fn page(text: &str) {
    let (source, parsed) = read("a.md", text);
    let text = source.text();
    tiles(&source, &parsed);
    let mut last = 0;
    for region in &parsed.regions {
        is_in(text, *region);
        assert!(region.start > last || last == 0, "{region:?} after {last}");
        let before = &text[..region.start as usize];
        assert!(
            before.ends_with(['\n', '\r']) || region.start as usize == text.len(),
            "{region:?} begins within a line"
        );
        last = region.end;
    }
    let is_inside = |span: Span| parsed.regions.iter().any(|region| region.contains(span));
    for token in parsed.tokens.iter().filter(|token| !matches!(token.kind, TokenKind::End | TokenKind::BlockEnd)) {
        assert!(is_inside(token.span), "{:?} stands in no block", token.span);
    }
}

/// A configuration is one, or every mistake in it has its place and can be drawn.
pub fn configuration(text: &str) {
    let known = ["FLOW001", "missing-input", "flow"].map(str::to_owned);
    match Configuration::parse("ismslint.toml", text) {
        Ok(configuration) => {
            for path in ["isms/a.isms", "a.md", "a/b/c/d/e/f.isms", ""] {
                let _ = configuration.reads(std::path::Path::new(path));
            }
            if let Err(error) = configuration.check_selectors(|| known.to_vec()) {
                assert!(!error.to_string().is_empty());
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// A baseline is one, or its first mistake is told. One that was read is written as the same, each line by itself safe to
/// show, and what it records can be taken out as often as it says, and not once more.
pub fn baseline(bytes: &[u8]) {
    let steers = |text: &str| text.chars().any(|c| ismslint::text::is_dangerous(c) && c != '\n');
    let mut baseline = match Baseline::parse("a.jsonl", bytes) {
        Ok(baseline) => baseline,
        Err(error) => {
            let message = error.to_string();
            assert!(message.contains(", line ") && !steers(&message), "{message:?}");
            return;
        }
    };
    let text = baseline.text();
    assert!(!steers(&text), "{text:?}");
    assert!(text.len() <= 8 * bytes.len(), "{} bytes were written of {}", text.len(), bytes.len());
    assert!(baseline.is_empty() || is_like_baseline(bytes));
    assert!(is_like_baseline(text.as_bytes()));
    let again = Baseline::parse("a.jsonl", text.as_bytes());
    assert_eq!(again.ok().as_ref(), Some(&baseline), "it is written as another: {text:?}");
    let entries: Vec<_> = baseline.entries().map(|(key, count)| (key.clone(), count)).collect();
    assert_eq!(entries.iter().fold(0_usize, |sum, (_, count)| sum.saturating_add(*count)), baseline.len());
    for (key, count) in entries.iter().filter(|(_, count)| *count < 1000) {
        assert!((0..*count).all(|_| baseline.take(key)) && !baseline.take(key), "{key}");
    }
    assert!(entries.iter().any(|(_, count)| *count >= 1000) || baseline.is_empty());
}

/// Cuts a text into files, at its lines that begin with [`DIVIDER`].
pub fn files(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = vec![("first.isms".to_owned(), Vec::new())];
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_prefix(DIVIDER.as_bytes()) {
            Some(path) if files.len() < 64 => {
                let path = String::from_utf8_lossy(path).trim().replace('\\', "/");
                files.push((path, Vec::new()));
            }
            _ => {
                if let Some((_, text)) = files.last_mut() {
                    text.extend_from_slice(line);
                }
            }
        }
    }
    files.sort();
    files.dedup_by(|later, earlier| later.0 == earlier.0);
    files
}

/// A project of several files is checked: every finding has its place in a file, there are not many more of them than there
/// is text, their order is the one order, and every format can be written. What was checked before makes no difference.
pub fn check(bytes: &[u8]) {
    let files = files(bytes);
    let sources: Vec<Source> = files.into_iter().map(|(path, bytes)| decode(&path, &bytes).source).collect();
    let report = again(sources.clone());
    holds(&report, bytes.len());
    if bytes.len().is_multiple_of(FRESH) {
        let fresh = checked(sources);
        assert_eq!(report.diagnostics, fresh.diagnostics, "what was checked before makes a difference");
        let because = |report: &Report| report.suppressed.iter().map(|one| one.because.clone()).collect::<Vec<_>>();
        assert_eq!(because(&report), because(&fresh), "what was checked before makes a difference");
    }
}

thread_local! {
    /// Reading and compiling what is shipped takes many times as long as a small project, and is the same for all.
    static RESIDENT: RefCell<Resident> = RefCell::new(Resident::new());
}

/// In one of so many formats a report is written. To write all of them takes many times as long as a check.
const SHARE: usize = 4;

fn again(sources: Vec<Source>) -> Report {
    RESIDENT.with_borrow_mut(|resident| resident.check(inputs(sources)))
}

/// One of so many projects, by the number of its bytes, is also checked by an engine that knows nothing of the others.
const FRESH: usize = 32;

/// One thread: to make others takes longer than a small check.
fn settings() -> Settings {
    Settings { threads: Some(1), ..Settings::default() }
}

fn inputs(sources: Vec<Source>) -> Inputs {
    let today = Date::new(2026, 11, 21).unwrap_or_else(|| unreachable!("a day"));
    Inputs { sources, settings: settings(), today, known_paths: Some(Box::new(|_| false)) }
}

fn checked(sources: Vec<Source>) -> Report {
    engine::check(inputs(sources))
}

fn holds(report: &Report, length: usize) {
    let found = report.diagnostics.len() + report.suppressed.len();
    assert!(found <= FINDINGS + length * FINDINGS_A_BYTE, "{found} findings of {length} bytes");
    assert!(report.diagnostics.is_sorted_by(|left, right| left.order(right).is_le()));
    for finding in report.diagnostics.iter().chain(report.suppressed.iter().map(|one| &one.diagnostic)) {
        assert!(!finding.message.is_empty());
        for label in finding.primary.iter().chain(&finding.labels) {
            is_in(report.sources.get(label.place.file).text(), label.place.span);
        }
        for edit in finding.fixes.iter().flat_map(|fix| &fix.edits) {
            is_in(report.sources.get(edit.place.file).text(), edit.place.span);
        }
    }
    let shown = shown(report);
    // Every text is written in some formats, and every format for some texts.
    for (_, (name, format)) in (0..).zip(Format::ALL).filter(|(at, _)| (at + length).is_multiple_of(SHARE)) {
        let mut out = Vec::new();
        let style = Style { colour: false, unicode: true, all: true, notes: true, suppressed: true };
        let written = report::write(format, &shown, style, &mut out);
        assert!(written.is_ok(), "{name}: {written:?}");
        let text = String::from_utf8(out);
        assert!(text.is_ok(), "{name} writes no UTF-8");
        let text = text.unwrap_or_default();
        let steers = |c: char| ismslint::text::is_dangerous(c) && !matches!(c, '\n' | '\t' | '\r');
        assert!(!text.contains(steers), "{name} writes {:?}", text.chars().find(|c| steers(*c)));
    }
}

/// A project is mended: that ends, loses no comment, makes no error, changes no file that may not be changed, and leaves
/// nothing to a second time.
pub fn mend(bytes: &[u8]) {
    let files: Vec<(String, String)> = files(bytes)
        .into_iter()
        .map(|(path, bytes)| (path.clone(), decode(&path, &bytes).source.text().into()))
        .collect();
    let sources = |files: &[(String, String)]| -> Vec<Source> {
        files.iter().map(|(path, text)| Source::new(path.as_str(), text.as_str())).collect()
    };
    let errors = |files: &[(String, String)]| again(sources(files)).count(Severity::Error);
    let today = Date::new(2026, 11, 21).unwrap_or_else(|| unreachable!("a day"));
    for with_unsafe in [false, true] {
        let wish = MendWish { with_unsafe, is_wanted: &|_, _| true, may_change: &|path| !path.starts_with("locked") };
        let mend = |files: &[(String, String)]| {
            engine::mend(Inputs { sources: sources(files), settings: settings(), today, known_paths: None }, &wish)
        };
        let mended = mend(&files);
        let mut after = files.clone();
        for changed in &mended.changed {
            assert!(!changed.path.starts_with("locked"), "{} was changed", changed.path);
            for (_, text) in after.iter_mut().filter(|(path, _)| *path == changed.path) {
                text.clone_from(&changed.after);
            }
        }
        if mended.changed.is_empty() {
            continue;
        }
        assert!(errors(&after) <= errors(&files), "more errors than before: {:?}", mended.changed);
        let all = |files: &[(String, String)]| -> Vec<String> {
            let mut all: Vec<String> = files
                .iter()
                .flat_map(|(path, text)| {
                    let (source, parsed) = read(path, text);
                    comments(&source, &parsed)
                })
                .collect();
            all.sort();
            all
        };
        assert_eq!(all(&files), all(&after), "a comment is gone or was changed");
        assert!(mend(&after).changed.is_empty(), "not everything was mended at once: {:?}", mended.changed);
    }
}

fn shown(report: &Report) -> Shown<'_> {
    let mut summary = Summary { files: report.files, processes: report.processes, ..Summary::default() };
    report.diagnostics.iter().for_each(|finding| summary.count(finding.severity));
    let standing = report.diagnostics.iter().map(|finding: &Diagnostic| (0, finding, None));
    let allowed = report.suppressed.iter().map(|one| (0, &one.diagnostic, Some(one.because.as_str())));
    Shown {
        reports: vec![(String::new(), report)],
        findings: standing.chain(allowed).collect(),
        baselined: None,
        summary,
        home: Home::default(),
    }
}

/// The project that [`rules`] are asked about.
const SUBJECT: &str = include_str!("../../fixtures/minimal/tideline.isms");

/// Rules of strangers are compiled and asked: they end, and what they answer is bounded by the project, not by them. Their
/// tests are run.
pub fn rules(text: &str) {
    let sources = || vec![Source::new("project.isms", SUBJECT), Source::new("rules.isms", text)];
    holds(&checked(sources()), SUBJECT.len() + text.len() * 100);
    let today = Date::new(2026, 11, 21).unwrap_or_else(|| unreachable!("a day"));
    let inputs = Inputs { sources: sources(), settings: settings(), today, known_paths: None };
    let _ = engine::test(inputs, false);
}

/// Small projects that rules are asked about by themselves: with standards, documents and a reference model.
const SUBJECTS: [(&str, &str); 4] = [
    ("project.isms", SUBJECT),
    ("applicability.isms", include_str!("../../fixtures/rules/applicability.isms")),
    ("documents.isms", include_str!("../../fixtures/rules/documents.isms")),
    ("model.isms", include_str!("../../fixtures/rules/models-unknown-names.isms")),
];

/// Rules of strangers are compiled and asked by themselves, without those that are shipped: a mistake has its place, no rule
/// looks at much more than it may, what it finds in all rows is what it finds in their halves, and each finding can be worded.
pub fn evaluate(text: &str) {
    let all = SUBJECTS.iter().copied().chain([("rules.isms", text)]);
    let sources = Arc::new(SourceMap::new(all.map(|(path, text)| Source::new(path, text)).collect()));
    let lowered = |(file, source): (FileId, &Source)| landscape::lower(syntax::parse(source, file).tree, source, file);
    let facts: Vec<FileFacts> = sources.iter().map(lowered).collect();
    let facts: Vec<&FileFacts> = facts.iter().collect();
    let today = Date::new(2026, 11, 21).unwrap_or_else(|| unreachable!("a day"));
    let surroundings = Surroundings { sources: sources.clone(), today, known_paths: None, both: landscape::in_turn };
    let (landscape, _) = landscape::merge(&surroundings, &facts);
    let (program, mistakes) = Program::compile(&sources, &facts, ismslint::landscape::in_turn);
    let lies_well = |finding: &Diagnostic| {
        for label in finding.primary.iter().chain(&finding.labels) {
            is_in(sources.get(label.place.file).text(), label.place.span);
        }
    };
    for mistake in &mistakes {
        assert!(mistake.primary.is_some(), "{} has no place", mistake.message);
        lies_well(mistake);
    }
    let judge = Judge::new(&program, &landscape);
    for rule in &program.rules {
        let rows = judge.rows(rule);
        let answer = judge.find(rule, rows.clone(), MOST_FINDINGS);
        let limit = judge.limit(rule);
        if answer.steps > limit || judge.is_overflowed(rule) {
            assert!(answer.steps <= limit + 1, "{} steps of {limit}", answer.steps);
            lies_well(&judge.too_expensive(rule));
            continue;
        }
        let width = rule.variables.len();
        assert_eq!(answer.bindings.len(), answer.findings.min(MOST_FINDINGS) * width);
        let middle = rows.start + (rows.end - rows.start) / 2;
        let (first, second) = (rows.start..middle, middle..rows.end);
        let (first, second) = (judge.find(rule, first, MOST_FINDINGS), judge.find(rule, second, MOST_FINDINGS));
        assert_eq!(answer.findings, first.findings + second.findings);
        if answer.findings <= MOST_FINDINGS {
            assert_eq!(answer.bindings, [first.bindings, second.bindings].concat());
        }
        let patience = judge.patience(rule, answer.findings);
        for (at, binding) in answer.bindings.chunks_exact(width.max(1)).enumerate().take(100) {
            if let Some(finding) = judge.diagnostic(rule, binding, at < 10, patience) {
                lies_well(&finding);
            }
        }
    }
}
