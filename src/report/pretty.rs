//! Blocks for people: what is wrong, where, and what to do; alike findings folded together.

use std::collections::BTreeMap;
use std::io::{self, Write};

use rustc_hash::FxHashMap;

use crate::diagnostic::{Diagnostic, Severity};

use super::concise::{counts, remarks};
use super::drawing::{Block, Mark, Sources, draw};
use super::{Shown, Style, page_of, plural};
use crate::text::harmless::one_line;

/// A rule with more blocks than this is cut to its first ones.
pub(super) const MANY_BLOCKS: usize = 10;
const FIRST_BLOCKS: usize = 3;

/// The most lines of a list inside a folded block, and the most places beside the first, unless all are wanted.
const MOST_LISTED: usize = 12;

/// So many errors and warnings are not mended in a day.
const MANY_FINDINGS: usize = 100;

/// What a file of recorded findings is called, unless somebody wants it otherwise.
const BASELINE: &str = "ismslint-baseline.jsonl";

/// Findings that are drawn as one block: of one rule, at one place.
struct Fold<'a> {
    report: usize,
    findings: Vec<(&'a Diagnostic, Option<&'a str>)>,
}

impl<'a> Fold<'a> {
    fn code(&self) -> &'a str {
        self.findings[0].0.code.as_str()
    }
}

pub(super) fn write(shown: &Shown<'_>, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let (folds, of_code) = fold(shown, style);
    let mut drawn: FxHashMap<&str, usize> = FxHashMap::default();
    let mut sources = Sources::new(shown);
    for fold in &folds {
        let code = fold.code();
        let count = drawn.entry(code).or_default();
        *count += 1;
        let blocks = of_code.get(code).copied().unwrap_or_default();
        let many = blocks > MANY_BLOCKS && !style.all;
        if many && *count > FIRST_BLOCKS {
            continue;
        }
        draw(&mut sources, &block(fold, style), style, out)?;
        if many && *count == FIRST_BLOCKS {
            let places = plural(blocks - FIRST_BLOCKS, "more block");
            writeln!(out, "… {places} of {code}; `ismslint check --select {code} --all` draws them\n")?;
        }
    }
    Ok(())
}

/// Folds findings together, which come in their order: those of one rule that begin at one place stand side by side. Answers
/// with the blocks that may be drawn, and with how many each rule has: there can be hundreds of thousands of them.
fn fold<'a>(shown: &Shown<'a>, style: Style) -> (Vec<Fold<'a>>, FxHashMap<&'a str, usize>) {
    let mut folds: Vec<Fold<'a>> = Vec::new();
    let mut of_code: FxHashMap<&str, usize> = FxHashMap::default();
    // The folds of the rule and the place at hand, which come last.
    let mut open = 0;
    for (report, finding, because) in &shown.findings {
        if (finding.severity == Severity::Note && !style.notes) || (because.is_some() && !style.suppressed) {
            continue;
        }
        let begins =
            |finding: &Diagnostic| finding.primary.as_ref().map(|label| (label.place.file, label.place.span.start));
        let is_beside = folds.last().is_some_and(|last| {
            let (other, _) = last.findings[0];
            last.report == *report && other.code == finding.code && begins(other) == begins(finding)
        });
        if !is_beside || finding.primary.is_none() {
            // Those that stood before the last ones of their rule.
            let before =
                folds.last().and_then(|last| of_code.get(last.code())).map_or(0, |all| all + open - folds.len());
            if before >= MANY_BLOCKS && !style.all {
                folds.truncate(open);
            }
            open = folds.len();
        }
        let is_alike = |fold: &&mut Fold<'_>| {
            let (other, other_because) = fold.findings[0];
            let place = |finding: &Diagnostic| finding.primary.as_ref().map(|label| label.place);
            place(other) == place(finding) && other_because.is_some() == because.is_some()
        };
        match folds[open..].iter_mut().find(is_alike) {
            Some(fold) => fold.findings.push((finding, *because)),
            None => {
                *of_code.entry(finding.code.as_str()).or_default() += 1;
                folds.push(Fold { report: *report, findings: vec![(finding, *because)] });
            }
        }
    }
    for counted in shown.reports.iter().flat_map(|(_, report)| &report.counted) {
        *of_code.entry(counted.code.as_str()).or_default() += counted.places;
    }
    (folds, of_code)
}

/// A check's code, as a link to its page where the package has a home and the terminal takes escapes.
fn linked(code: &str, style: Style) -> String {
    match page_of(code).filter(|_| style.colour) {
        Some(page) => format!("\u{1b}]8;;{page}\u{1b}\\{code}\u{1b}]8;;\u{1b}\\"),
        None => code.to_owned(),
    }
}

fn block(fold: &Fold<'_>, style: Style) -> Block {
    let (first, because) = fold.findings[0];
    let mut notes: Vec<String> = Vec::new();
    let mut labels: Vec<Mark> = Vec::new();
    let mut message = one_line(&first.message);
    let several = fold.findings.len() > 1;
    if several {
        message = format!("{} and {} more like this", message, fold.findings.len() - 1);
        let most = if style.all { usize::MAX } else { MOST_LISTED };
        let mut lines: Vec<String> =
            fold.findings.iter().take(most).map(|(finding, _)| format!("  {}", one_line(&finding.message))).collect();
        if fold.findings.len() > most {
            lines.push(format!("  … and {} more; `--all` lists them", fold.findings.len() - most));
        }
        notes.push(format!("all {} of them:\n{}", fold.findings.len(), lines.join("\n")));
    } else {
        let most = if style.all { usize::MAX } else { MOST_LISTED };
        let shown = first.labels.iter().take(most);
        labels = shown.map(|label| Mark { place: label.place, message: one_line(&label.message) }).collect();
        if first.labels.len() > most {
            notes.push(format!("note: … and {}; `--all` draws them", plural(first.labels.len() - most, "more place")));
        }
    }
    // What to do is said once for all of them; what only one of them says would drown in the list.
    let mut said: Vec<(&String, usize)> = Vec::new();
    let mut known: BTreeMap<&String, usize> = BTreeMap::new();
    for help in fold.findings.iter().flat_map(|(finding, _)| &finding.help) {
        let at = *known.entry(help).or_insert(said.len());
        match said.get_mut(at) {
            Some((_, count)) => *count += 1,
            None => said.push((help, 1)),
        }
    }
    let shared = fold.findings.len();
    let most = if style.all { usize::MAX } else { 3 };
    let common: Vec<&String> = said.iter().filter(|(_, count)| *count == shared).map(|(help, _)| *help).collect();
    let own: Vec<&String> = said.iter().filter(|(_, count)| *count < shared).map(|(help, _)| *help).collect();
    notes.extend(own.iter().take(most).map(|help| format!("help: {}", one_line(help))));
    if own.len() > most {
        notes.push(format!("help: … and {} more like this; `--all` lists them", own.len() - most));
    }
    notes.extend(common.iter().map(|help| format!("help: {}", one_line(help))));
    notes.extend(first.notes.iter().map(|note| format!("note: {}", one_line(note))));
    notes.extend(because.map(|because| format!("note: allowed here, because \"{}\"", one_line(because))));
    Block {
        report: fold.report,
        severity: first.severity,
        code: linked(first.code.as_str(), style),
        message,
        primary: first.primary.as_ref().map(|label| Mark { place: label.place, message: one_line(&label.message) }),
        labels,
        notes,
    }
}

pub(super) fn closing(shown: &Shown<'_>, style: Style) -> String {
    let summary = &shown.summary;
    let time = summary.time.as_secs_f64();
    let time = if time < 1.0 { format!("{:.0} ms", (time * 1000.0).max(1.0)) } else { format!("{time:.1} s") };
    let (files, processes) = (plural(summary.files, "file"), plural(summary.processes, "process"));
    let mut text = format!("checked {files} and {processes} in {time}: {}\n", counts(summary));
    text.push_str(&remarks(summary));
    let worst = shown.findings.iter().filter(|(.., because)| because.is_none()).max_by(|left, right| {
        // Of equally severe ones the first.
        left.1.severity.cmp(&right.1.severity).then(std::cmp::Ordering::Greater)
    });
    match worst {
        Some((_, finding, _)) if finding.severity > Severity::Note || style.notes => {
            text.push_str(&format!("what a finding means and how to mend it: `ismslint explain {}`\n", finding.code));
        }
        _ => {}
    }
    if summary.errors + summary.warnings >= MANY_FINDINGS && shown.baselined.is_none() {
        text.push_str(&format!(
            "for now, `--write-baseline {BASELINE}` records these, and `--baseline {BASELINE}` shows what comes anew\n"
        ));
    }
    if summary.notes > 0 && !style.notes {
        text.push_str("notes are only counted; `--show note` draws them\n");
    }
    text
}
