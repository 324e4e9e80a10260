//! Mending: the fixes that findings carry are applied, and the project is checked again, until nothing is left to do. A pure
//! function; whoever calls it writes the files.
//!
//! A round takes the fixes in the order of their findings, and of two that touch one another the first. It stands only if the
//! project has no error afterwards that it did not have before, and each finding is gone for which something was changed. A round
//! that does not stand is tried with its first half, down to the one fix that is to blame, which is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::landscape::PathExists;
use crate::text::{FileId, Source, Span};

use super::{Inputs, Report, Resident};

/// The most times that a project is checked while it is mended.
const MOST_CHECKS: usize = 200;

/// The most combinations that the rules look at while a project is mended, and as many more for each byte of it: dear rules make
/// each check dear. Ordinary ones look at less than one a byte.
const MOST_STEPS: u64 = 120_000_000;
const MOST_STEPS_A_BYTE: u64 = 800;

/// What may be mended.
pub struct MendWish<'a> {
    /// Whether fixes are wanted too that may change what the author meant.
    pub with_unsafe: bool,
    /// Whether a finding is to be mended.
    pub is_wanted: &'a dyn Fn(&Report, &Diagnostic) -> bool,
    /// Whether the file of that path may be changed.
    pub may_change: &'a dyn Fn(&str) -> bool,
}

/// A file that was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Its path, as it is shown.
    pub path: String,
    /// Its text as it was read, with its byte order mark.
    pub before: String,
    /// Its text now, likewise.
    pub after: String,
}

/// A project after it was mended.
#[derive(Debug)]
pub struct Mended {
    /// What is found now.
    pub report: Report,
    /// The files that were changed, in order.
    pub changed: Vec<Changed>,
    /// Number of findings that were mended.
    pub mended: usize,
    /// Number of those that are left and could be mended by fixes that are not safe.
    pub left_unsafe: usize,
    /// Number of fixes that were left out, since they would have led to new errors or mended nothing.
    pub refused: usize,
    /// Whether it ended before everything was tried, since the checks would have taken too long.
    pub is_cut: bool,
}

/// Mends a project: a pure function of its inputs.
#[must_use]
pub fn mend(inputs: Inputs, wish: &MendWish<'_>) -> Mended {
    let mut mending = Mending::new(inputs);
    let mut report = mending.check(&mending.texts.clone());
    let mut refused = BTreeSet::new();
    let mut mended = 0;
    // Whether something was mended since the last fix was refused: then that one may be possible now.
    let mut changed_since = false;
    let mut is_cut = false;
    while !is_cut {
        let round = choose(&report, wish, &refused);
        if round.is_empty() {
            if !changed_since || refused.is_empty() {
                break;
            }
            refused.clear();
            changed_since = false;
            continue;
        }
        match mending.attempt(&report, &round) {
            Ok((texts, after, count)) => {
                (mending.texts, report) = (texts, after);
                mended += count;
                changed_since = true;
            }
            Err(None) => is_cut = true,
            Err(Some(key)) => {
                // What was mended before the first refusal changes nothing about it.
                changed_since &= !refused.is_empty();
                refused.insert(key);
            }
        }
    }
    let everything = MendWish { with_unsafe: true, ..*wish };
    let disturbed = Disturbed::of(&report);
    let is_left = |finding: &&Diagnostic| fix_of(&report, disturbed, finding, &everything, &refused).is_some();
    let left = report.diagnostics.iter().filter(is_left);
    let left_unsafe = if wish.with_unsafe { 0 } else { left.count() };
    Mended { changed: mending.changed(), report, mended, left_unsafe, refused: refused.len(), is_cut }
}

/// How many findings of a report could be mended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mendable {
    /// By fixes that are safe.
    pub safely: usize,
    /// Those that only other fixes would mend.
    pub unsafely: usize,
}

/// Counts what could be mended, without trying: a fix may turn out to lead to a new error, and is then left out. Whether
/// unsafe fixes are wanted makes no difference.
#[must_use]
pub fn mendable(report: &Report, wish: &MendWish<'_>) -> Mendable {
    let (safe, any) = (MendWish { with_unsafe: false, ..*wish }, MendWish { with_unsafe: true, ..*wish });
    let (disturbed, none) = (Disturbed::of(report), BTreeSet::new());
    let mut count = Mendable::default();
    for finding in report.diagnostics.iter().filter(|finding| !finding.fixes.is_empty()) {
        if fix_of(report, disturbed, finding, &safe, &none).is_some() {
            count.safely += 1;
        } else if fix_of(report, disturbed, finding, &any, &none).is_some() {
            count.unsafely += 1;
        }
    }
    count
}

/// What tells one fix from another while offsets change.
type Key = (String, String);

fn key(finding: &Diagnostic, fix: &Fix) -> Key {
    (finding.fingerprint(), fix.title.clone())
}

/// A finding and the fix that was chosen for it.
type Chosen<'a> = (&'a Diagnostic, &'a Fix);

struct Mending {
    originals: Vec<Source>,
    texts: Vec<String>,
    settings: super::Settings,
    today: crate::text::Date,
    known_paths: Option<Arc<PathExists>>,
    checks: usize,
    /// How many combinations rules looked at in all of them, and how many they may.
    steps: u64,
    most_steps: u64,
    /// A round changes few of the files.
    engine: Resident,
}

impl Mending {
    fn new(inputs: Inputs) -> Self {
        let Inputs { sources, mut settings, today, known_paths } = inputs;
        settings.thorough = true;
        let texts = sources.iter().map(|source| source.text().to_owned()).collect();
        let known_paths = known_paths.map(Arc::from);
        let bytes: u64 = sources.iter().map(|source| source.text().len() as u64).sum();
        let most_steps = MOST_STEPS.saturating_add(MOST_STEPS_A_BYTE.saturating_mul(bytes));
        let engine = Resident::new();
        Self { originals: sources, texts, settings, today, known_paths, checks: 0, steps: 0, most_steps, engine }
    }

    /// Whether another check is worth its while.
    fn may_go_on(&self) -> bool {
        self.checks < MOST_CHECKS && self.steps < self.most_steps
    }

    fn check(&mut self, texts: &[String]) -> Report {
        self.checks += 1;
        let known = self.known_paths.clone();
        let report = self.engine.check(Inputs {
            sources: self.originals.iter().zip(texts).map(|(source, text)| rewritten(source, text)).collect(),
            settings: self.settings.clone(),
            today: self.today,
            known_paths: known.map(|known| -> Box<PathExists> { Box::new(move |path: &str| known(path)) }),
        });
        self.steps = self.steps.saturating_add(self.engine.steps());
        report
    }

    /// Applies as many of the fixes as stand, from the first one on; where not even the first does, its key. `None` where that
    /// would take too long to find out.
    fn attempt(&mut self, report: &Report, round: &[Chosen<'_>]) -> Result<(Vec<String>, Report, usize), Option<Key>> {
        let mut count = round.len();
        loop {
            if !self.may_go_on() {
                return Err(None);
            }
            let tried = &round[..count];
            if let Some(texts) = self.applied(tried) {
                let after = self.check(&texts);
                if stands(report, &after, tried) {
                    return Ok((texts, after, count));
                }
            }
            if count == 1 {
                return Err(Some(key(round[0].0, round[0].1)));
            }
            count = count.div_ceil(2).min(count - 1);
        }
    }

    fn applied(&self, fixes: &[Chosen<'_>]) -> Option<Vec<String>> {
        let mut edits: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
        for edit in fixes.iter().flat_map(|(_, fix)| &fix.edits) {
            edits.entry(edit.place.file).or_default().push(edit);
        }
        let mut texts = self.texts.clone();
        for (file, edits) in edits {
            let text = texts.get_mut(file.0 as usize)?;
            *text = apply(text, edits.into_iter().map(|edit| (edit.place.span, edit.text.as_str())).collect())?;
        }
        Some(texts)
    }

    fn changed(&self) -> Vec<Changed> {
        let pairs = self.originals.iter().zip(&self.texts).filter(|(source, text)| source.text() != text.as_str());
        let changed = pairs.map(|(source, text)| Changed {
            path: source.path().to_owned(),
            before: with_mark(source, source.text()),
            after: with_mark(source, text),
        });
        changed.collect()
    }
}

fn with_mark(source: &Source, text: &str) -> String {
    format!("{}{text}", if source.had_byte_order_mark() { "\u{feff}" } else { "" })
}

/// The file with another text. A byte order mark is put back, to be taken off again: offsets never count it.
fn rewritten(source: &Source, text: &str) -> Source {
    Source::new(source.path(), with_mark(source, text))
}

/// A text with some of its parts replaced. `None` where the parts overlap or do not fit the text.
#[must_use]
pub fn apply(text: &str, mut edits: Vec<(Span, &str)>) -> Option<String> {
    edits.sort_by_key(|(span, _)| (span.start, span.end));
    let mut out = String::with_capacity(text.len() + edits.iter().map(|(_, new)| new.len()).sum::<usize>());
    let mut at = 0;
    for (span, new) in edits {
        out.push_str(text.get(at..span.start as usize)?);
        out.push_str(new);
        text.get(span.start as usize..span.end as usize)?;
        at = span.end as usize;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

/// The fixes of a round: those of the first findings, as far as they do not touch one another.
fn choose<'a>(report: &'a Report, wish: &MendWish<'_>, refused: &BTreeSet<Key>) -> Vec<Chosen<'a>> {
    let mut taken: BTreeMap<FileId, BTreeMap<u32, u32>> = BTreeMap::new();
    let mut round = Vec::new();
    let disturbed = Disturbed::of(report);
    for finding in &report.diagnostics {
        let Some(fix) = fix_of(report, disturbed, finding, wish, refused) else { continue };
        let touches = |edit: &Edit| {
            let span = edit.place.span;
            let taken = taken.get(&edit.place.file);
            taken.and_then(|taken| taken.range(..=span.end).next_back()).is_some_and(|(_, end)| *end >= span.start)
        };
        if fix.edits.iter().any(touches) {
            continue;
        }
        for edit in &fix.edits {
            taken.entry(edit.place.file).or_default().insert(edit.place.span.start, edit.place.span.end);
        }
        round.push((finding, fix));
    }
    round
}

/// The first fix of a finding that is wanted and can be applied.
fn fix_of<'a>(
    report: &Report,
    disturbed: Disturbed,
    finding: &'a Diagnostic,
    wish: &MendWish<'_>,
    refused: &BTreeSet<Key>,
) -> Option<&'a Fix> {
    if finding.fixes.is_empty() || !disturbed.spares(finding) || !(wish.is_wanted)(report, finding) {
        return None;
    }
    let may_change = |edit: &Edit| {
        let source = report.sources.get(edit.place.file);
        !source.is_builtin() && (wish.may_change)(source.path())
    };
    finding.fixes.iter().find(|fix| {
        (fix.safe || wish.with_unsafe)
            && !fix.edits.is_empty()
            && fix.edits.iter().all(may_change)
            && (refused.is_empty() || !refused.contains(&key(finding, fix)))
    })
}

/// What keeps findings from being mended until it is mended itself.
#[derive(Clone, Copy, Default)]
struct Disturbed {
    /// Something could not be read: whatever seems to be missing may be there.
    by_syntax: bool,
    /// There is an error of the language. What follows from it is not reported, so that a suppression of it looks unused; once
    /// it is mended, the suppression is needed again.
    by_language: bool,
}

impl Disturbed {
    fn of(report: &Report) -> Self {
        let mut disturbed = Self::default();
        for finding in report.diagnostics.iter().filter(|finding| finding.severity == Severity::Error) {
            let code = finding.code.as_str();
            // SYN020 and above are said of statements that were read.
            disturbed.by_syntax |= code.starts_with("SYN00") || code.starts_with("SYN01");
            disturbed.by_language |= ["SYN", "REF", "RULE"].iter().any(|group| code.starts_with(group));
        }
        disturbed
    }

    fn spares(self, finding: &Diagnostic) -> bool {
        match finding.code.as_str() {
            code if code.starts_with("SYN") || code.starts_with("REF") => true,
            code if code.starts_with("ALLOW") => !self.by_language,
            _ => !self.by_syntax,
        }
    }
}

/// Whether a round may stand.
fn stands(before: &Report, after: &Report, applied: &[Chosen<'_>]) -> bool {
    let mut left = counts(before.diagnostics.iter());
    let mut errors = counts(before.diagnostics.iter().filter(|finding| finding.severity == Severity::Error));
    for finding in after.diagnostics.iter().filter(|finding| finding.severity == Severity::Error) {
        match errors.get_mut(&finding.fingerprint()) {
            Some(count) if *count > 0 => *count -= 1,
            _ => return false,
        }
    }
    for (finding, _) in applied {
        if let Some(count) = left.get_mut(&finding.fingerprint()) {
            *count = count.saturating_sub(1);
        }
    }
    let now = counts(after.diagnostics.iter());
    applied.iter().all(|(finding, _)| {
        let fingerprint = finding.fingerprint();
        now.get(&fingerprint).copied().unwrap_or(0) <= left.get(&fingerprint).copied().unwrap_or(0)
    })
}

fn counts<'a>(findings: impl Iterator<Item = &'a Diagnostic>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    findings.for_each(|finding| *counts.entry(finding.fingerprint()).or_default() += 1);
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_applied_from_the_first_to_the_last() {
        let text = "a b c";
        let edits = |edits: &[(u32, u32, &'static str)]| {
            edits.iter().map(|(start, end, new)| (Span::new(*start, *end), *new)).collect::<Vec<_>>()
        };
        assert_eq!(apply(text, edits(&[(4, 5, "z"), (0, 1, "x"), (2, 2, "y ")])).as_deref(), Some("x y b z"));
        assert_eq!(apply(text, edits(&[])).as_deref(), Some(text));
        assert_eq!(apply(text, edits(&[(0, 3, "x"), (2, 4, "y")])), None, "they overlap");
        assert_eq!(apply(text, edits(&[(4, 9, "x")])), None, "it ends behind the text");
        assert_eq!(apply("é", edits(&[(1, 2, "x")])), None, "it begins inside of a letter");
    }
}
