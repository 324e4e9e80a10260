//! The whole pipeline.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use rayon::prelude::*;

use crate::builtin;
use crate::diagnostic::{Code, Diagnostic, Place, Severity, compiler_codes, is_fixed};
use crate::landscape::{self, Allow, Comparison, FileFacts, Landscape, Names, Surroundings};
use crate::rules::{Judge, Policy, Program, suppress};
use crate::text::{FileId, Source, SourceMap};

use super::again::LastAnswers;
use super::coverage::{Allowance, Coverage, Excess};
use super::intake::{Mentions, Taken, take_in};
use super::judging::{Before, judge};
use super::memory::{Lowered, Memory};
use super::{Inputs, Level, Report, RuleSummary, Settings, Suppressed, Timing};

/// All files of a run, read and lowered.
pub(super) struct Read {
    pub(super) sources: Arc<SourceMap>,
    pub(super) facts: Vec<FileFacts>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Measures one stage after the other.
#[derive(Default)]
pub(super) struct Stages {
    pub(super) timings: Vec<Timing>,
}

impl Stages {
    pub(super) fn run<T>(&mut self, name: &str, stage: impl FnOnce() -> T) -> T {
        let begin = Instant::now();
        let answer = stage();
        self.timings.push(Timing { name: name.to_owned(), time: begin.elapsed() });
        answer
    }
}

/// The files of the project and the shipped ones, numbered.
fn numbered(project: Vec<Source>, shipped: Vec<Source>) -> Arc<SourceMap> {
    Arc::new(SourceMap::new(project.into_iter().chain(shipped).collect()))
}

/// Lexes, parses and lowers the project's files and the shipped ones.
pub(super) fn read(project: Vec<Source>) -> Read {
    let shipped = builtin::sources(&project);
    read_all(numbered(project, shipped))
}

/// Likewise with the tests of the shipped ones.
pub(super) fn read_with_tests(project: Vec<Source>) -> Read {
    let shipped = builtin::sources_with_tests(&project);
    read_all(numbered(project, shipped))
}

fn read_all(sources: Arc<SourceMap>) -> Read {
    let unknown = sources.iter().map(|_| None).collect();
    // They are numbered by whoever merges them.
    let mut files = take_in(sources.sources(), unknown, Mentions::Kept).files;
    let diagnostics = said(&mut files, false);
    Read { sources, facts: files.into_iter().map(|lowered| *lowered.facts).collect(), diagnostics }
}

/// What is wrong with single files. Mistakes of syntax are left where they are if somebody needs them again.
fn said(files: &mut [Lowered], again: bool) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for Lowered { facts, errors } in files {
        say(&mut diagnostics, errors, again);
        diagnostics.extend(facts.diagnostics().iter().cloned());
    }
    diagnostics
}

/// Adds what was found; a copy if somebody needs it again.
fn say(diagnostics: &mut Vec<Diagnostic>, found: &mut Vec<Diagnostic>, again: bool) {
    if again {
        diagnostics.extend(found.iter().cloned());
    } else {
        diagnostics.append(found);
    }
}

/// Checks a project: a pure function of its inputs, whatever the number of threads.
#[must_use]
pub fn check(inputs: Inputs) -> Report {
    in_pool(inputs.settings.threads, || run(inputs, &mut Memory::default(), |_| ()).0)
}

/// Checks a project, and gathers who answers what, within what the tables of the run may still say.
pub fn coverage(inputs: Inputs, allowance: &mut Allowance) -> (Report, Result<Coverage, Excess>) {
    in_pool(inputs.settings.threads, || {
        run(inputs, &mut Memory::default(), |landscape| Coverage::of(landscape, allowance))
    })
}

/// Runs `work` on the given number of threads; on as many as there are processors where none is given, or where no such
/// pool can be made.
pub(super) fn in_pool<T: Send>(threads: Option<usize>, work: impl FnOnce() -> T + Send) -> T {
    match threads.map(|threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build()) {
        Some(Ok(pool)) => pool.install(work),
        // On a thread of the common pool from the beginning, so that not every stage has to wake it.
        Some(Err(_)) | None => rayon::scope(|_| work()),
    }
}

/// Does two things at once ([`landscape::Both`]).
pub(super) fn at_once(first: landscape::Work<'_>, second: landscape::Work<'_>) {
    rayon::join(first, second);
}

/// The pipeline; `look` is shown the landscape that is judged.
pub(super) fn run<T>(inputs: Inputs, memory: &mut Memory, look: impl FnOnce(&Landscape) -> T) -> (Report, T) {
    let Inputs { sources, settings, today, known_paths } = inputs;
    let mut stages = Stages::default();
    let is_lasting = memory.is_lasting();
    let (sources, mut files, names, mut known) = stages.run("parse and lower", || {
        let shipped = builtin::sources(&sources);
        let sources = numbered(sources, shipped);
        let mut known = memory.take(&sources);
        let files = std::mem::take(&mut known.files);
        let mentions = match is_lasting {
            false => Mentions::Once,
            true if known.are_numbered() => Mentions::Kept,
            true => Mentions::Again,
        };
        let Taken { files, names } = take_in(sources.sources(), files, mentions);
        let names = if is_lasting { known.number(names, &files) } else { names };
        (sources, files, names, known)
    });
    let mut diagnostics = said(&mut files, is_lasting);
    let all: Vec<&FileFacts> = files.iter().map(|lowered| &*lowered.facts).collect();
    let recalled = is_lasting.then(|| known.recalled());
    let last = known.answers();
    let known_program = known.program(all.iter().copied());
    // Rules have the same numbers and variables as long as the program is the same.
    let last = last.filter(|_| known_program.is_some());
    let mut kept_names = if is_lasting { names.clone() } else { Names::default() };
    let surroundings = Surroundings { sources: sources.clone(), today, known_paths, both: at_once };
    // Neither needs the other: in a small project the rules are most of the work, in a large one the landscape is.
    let (mut merging, mut compiling) = (Stages::default(), Stages::default());
    let ((mut landscape, unresolved), (program, mut rules)) = rayon::join(
        || merging.run("merge and resolve", || landscape::merge_with(&surroundings, &all, names)),
        || {
            compiling
                .run("compile rules", || known_program.unwrap_or_else(|| Program::compile(&sources, &all, at_once)))
        },
    );
    stages.timings.extend(merging.timings.into_iter().chain(compiling.timings));
    let is_own = |facts: &&FileFacts| !sources.get(facts.file()).is_builtin();
    let own = || all.iter().copied().filter(is_own);
    let (file_count, process_count) =
        (own().filter(|facts| facts.has_specification()).count(), own().map(FileFacts::process_count).sum());
    // What the shipped files allow themselves is no business of who uses them either.
    let allows: Vec<Allow> = own().flat_map(|facts| facts.allows()).cloned().collect();
    if !is_lasting {
        // Once the landscape is made, nobody needs the rows of files again, and the rules need room.
        std::mem::take(&mut files).into_par_iter().for_each(drop);
    }
    diagnostics.extend(unresolved);
    say(&mut diagnostics, &mut rules, is_lasting);
    let judge_of = stages.run("recursive predicates", || Judge::sharing(&program, &landscape, settings.projects));
    let judge_of = match recalled {
        Some(recalled) => judge_of.recalling(recalled),
        None => judge_of,
    };
    let is_own = |finding: &Diagnostic| !is_in_shipped_file(&sources, finding);
    let stands = |finding: &Diagnostic| is_own(finding) && !is_follow_up(&landscape, finding);
    // Where names were passed over, or some findings are allowed, what a finding says decides whether it stands.
    let allowing: BTreeSet<FileId> = allows.iter().map(|allow| allow.file).collect();
    let is_plain = |place: Place| {
        let is_open = !landscape.has_skipped() && !allowing.contains(&place.file);
        is_open && !sources.get(place.file).is_builtin() && !landscape.is_incomplete(place)
    };
    let judged = stages.run("judge", || {
        let comparison = match &last {
            Some((last, edited)) => Comparison::new(&last.landscape, &landscape, edited),
            None => None,
        };
        if let Some(comparison) = &comparison {
            landscape.take_rings_of(comparison.before());
        }
        let before = match (&comparison, &last) {
            (Some(comparison), Some((last, _))) => Before::Again(comparison, &last.answers),
            _ if is_lasting => Before::First,
            _ => Before::Once,
        };
        judge(&program, &judge_of, &settings, diagnostics.len(), stands, is_plain, &before)
    });
    if last.is_some() {
        // Nobody has to wait until it is gone.
        rayon::spawn(|| drop(last));
    }
    memory.steps = judged.steps;
    let summaries = summaries(&sources, &program, &settings);

    let (diagnostics, suppressed) = stages.run("suppress and order", || {
        #[expect(clippy::filter_map_identity, reason = "there are hundreds of thousands; `flatten` would move them")]
        let mut findings: Vec<Diagnostic> = judged.findings.into_iter().filter_map(std::convert::identity).collect();
        findings.extend(judged.said.into_iter().filter(stands));
        findings.extend(diagnostics.drain(..).filter(is_own));
        let allows: Vec<&Allow> = allows.iter().collect();
        let codes: Vec<&str> = summaries.iter().map(|summary| summary.code.as_str()).collect();
        // Summaries are sorted by code.
        let find = |code: &str| {
            let at = summaries.binary_search_by(|summary| summary.code.as_str().cmp(code)).ok()?;
            summaries.get(at)
        };
        let asked = |code: &str| find(code).is_some_and(|summary| summary.severity.is_some());
        let locked = |code: &str| settings.locked_by(code, &find(code)?.name);
        let policy = Policy { today, codes: &codes, asked: &asked, locked: &locked };
        let sorted = suppress(&sources, &allows, findings, &policy);
        let mut standing: Vec<Diagnostic> = sorted.standing;
        let mut allowed: Vec<Suppressed> =
            sorted.allowed.into_iter().map(|(diagnostic, because)| Suppressed { diagnostic, because }).collect();
        standing.retain_mut(|finding| apply(&settings, &sources, finding));
        allowed.retain_mut(|one| apply(&settings, &sources, &mut one.diagnostic));
        sort(&mut standing);
        allowed.sort_by(|left, right| left.diagnostic.order(&right.diagnostic));
        (standing, allowed)
    });
    let mut rule_timings = judged.timings;
    rule_timings.sort_by(|left, right| right.time.cmp(&left.time).then_with(|| left.name.cmp(&right.name)));
    let seen = look(&landscape);
    let recalled = judge_of.handed_on(&program).unwrap_or_default();
    let report = Report {
        files: file_count,
        processes: process_count,
        sources: Arc::clone(&sources),
        diagnostics,
        counted: judged.counted,
        suppressed,
        rules: summaries,
        stages: stages.timings,
        rule_timings,
    };
    if is_lasting {
        kept_names.adopt(&landscape);
        landscape.forget_names();
        let answers = LastAnswers { landscape, answers: judged.answers };
        memory.keep(sources, files, (program, rules), recalled, kept_names, answers);
    } else {
        // Its thousands of small pieces take a while, for which nobody has to wait.
        rayon::spawn(|| drop(program));
    }
    (report, seen)
}

/// Sorts findings. Moving them is dearer than comparing them, so each is moved only once.
fn sort(findings: &mut [Diagnostic]) {
    if findings.par_windows(2).all(|pair| pair[0].order(&pair[1]).is_le()) {
        return;
    }
    let mut order: Vec<u32> = (0..findings.len() as u32).collect();
    order.par_sort_by(|left, right| findings[*left as usize].order(&findings[*right as usize]));
    let mut places = vec![0_u32; order.len()];
    for (place, finding) in (0..).zip(&order) {
        places[*finding as usize] = place;
    }
    // Each exchange brings one finding to its place for good.
    for at in 0..findings.len() {
        while places[at] as usize != at {
            let to = places[at] as usize;
            findings.swap(at, to);
            places.swap(at, to);
        }
    }
}

/// Whether a finding only follows from a mistake that was reported elsewhere.
fn is_follow_up(landscape: &Landscape, finding: &Diagnostic) -> bool {
    let about_skipped = finding.subject.as_ref().is_some_and(|subject| landscape.was_skipped(&subject.short));
    about_skipped || finding.primary.as_ref().is_some_and(|label| landscape.is_incomplete(label.place))
}

/// Whether a finding is about a shipped file, which is no business of who uses it.
fn is_in_shipped_file(sources: &SourceMap, finding: &Diagnostic) -> bool {
    finding.primary.as_ref().is_some_and(|label| sources.get(label.place.file).is_builtin())
}

/// Gives a finding the severity that the configuration asks for; answers whether it stays. Syntax and the rule language
/// speak always.
fn apply(settings: &Settings, sources: &SourceMap, finding: &mut Diagnostic) -> bool {
    let (code, name) = (finding.code.as_str(), &*finding.name);
    if is_fixed(code) {
        return true;
    }
    let path = finding.primary.as_ref().map(|label| sources.get(label.place.file).path());
    let speaks = match finding.code {
        Code::Compiler(_) => settings.is_compiler_check_on(code, name),
        Code::Rule(_) => settings.is_selected(code, name),
    };
    if !speaks {
        return false;
    }
    match settings.level(code, name, finding.severity, path) {
        Level::Off => false,
        Level::Severity(severity) => {
            finding.severity = severity;
            true
        }
    }
}

/// The severity in force of a check of the compiler; `None` where it is silent.
fn compiler_severity(settings: &Settings, code: &str, name: &str, default: Severity) -> Option<Severity> {
    if is_fixed(code) {
        return Some(default);
    }
    match settings.level(code, name, default, None) {
        Level::Severity(severity) if settings.is_compiler_check_on(code, name) => Some(severity),
        Level::Severity(_) | Level::Off => None,
    }
}

/// What is said of a rule that cannot be asked.
const NOT_ASKED: &str = "Something is wrong with this rule, so that it is not asked; `ismslint check` says what.";

/// Every rule and every check of the compiler, sorted by code.
pub(super) fn summaries(sources: &SourceMap, program: &Program, settings: &Settings) -> Vec<RuleSummary> {
    let in_force = |code: &str, name: &str, default| {
        if !settings.is_selected(code, name) {
            return None;
        }
        match settings.level(code, name, default, None) {
            Level::Off => None,
            Level::Severity(severity) => Some(severity),
        }
    };
    let rules = program.rules.iter().map(|rule| {
        let source = sources.get(rule.file);
        RuleSummary {
            code: rule.code.to_string(),
            name: rule.name.to_string(),
            severity: in_force(&rule.code, &rule.name, rule.severity),
            default_severity: rule.severity,
            group: Code::Rule(rule.code.clone()).group(),
            documentation: rule.documentation.clone(),
            cites: rule.cites.iter().map(ToString::to_string).collect(),
            file: Some(source.path().to_owned()),
            builtin: source.is_builtin(),
            is_broken: false,
        }
    });
    let compiler = compiler_codes().iter().filter_map(|page| {
        let default = Severity::from_word(page.severity)?;
        Some(RuleSummary {
            code: page.code.to_owned(),
            name: page.name.to_owned(),
            severity: compiler_severity(settings, page.code, page.name, default),
            default_severity: default,
            group: Code::from_static(page.code).group(),
            documentation: page.into(),
            cites: Vec::new(),
            file: None,
            builtin: true,
            is_broken: false,
        })
    });
    let is_compilers = |code: &str| compiler_codes().iter().any(|page| page.code == code);
    let broken = program.broken.iter().filter(|rule| !is_compilers(&rule.code)).map(|rule| {
        let source = sources.get(rule.file);
        RuleSummary {
            code: rule.code.to_string(),
            name: rule.name.to_string(),
            severity: None,
            default_severity: rule.severity,
            group: Code::Rule(rule.code.clone()).group(),
            documentation: NOT_ASKED.to_owned().into(),
            cites: Vec::new(),
            file: Some(source.path().to_owned()),
            builtin: source.is_builtin(),
            is_broken: true,
        }
    });
    let mut summaries: Vec<RuleSummary> = rules.chain(compiler).chain(broken).collect();
    summaries.sort_by(|left, right| left.code.cmp(&right.code));
    summaries
}
