//! Asking the rules, in parallel: by rule, and inside a rule by rows.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::diagnostic::Diagnostic;
use crate::rules::{Answer, Judge, MOST_FINDINGS, Program, Rule};

use super::{Level, Settings, Timing};

/// Rows that one task judges: enough to make the task worth its overhead, few enough to keep every thread busy.
const ROWS_A_TASK: u32 = 8_192;

/// How many findings of one rule are given nearest names. Looking them up is the dearest part of a finding, and nobody
/// reads so many suggestions.
const MOST_SUGGESTIONS: usize = 1_000;

/// The most findings of all rules that are worded; every one costs half a kilobyte.
const MOST_WORDED: usize = 500_000;

/// The most findings that are kept for all rules together, while they are a handful of numbers each.
const MOST_KEPT: usize = 8_000_000;

/// What the rules found.
#[derive(Debug, Default)]
pub(super) struct Judged {
    pub(super) findings: Vec<Diagnostic>,
    pub(super) timings: Vec<Timing>,
}

/// A part of the work: some rows of one rule.
struct Task<'a> {
    rule: &'a Rule,
    number: usize,
    rows: std::ops::Range<u32>,
}

/// Asks every selected rule of the program.
pub(super) fn judge(program: &Program, judge: &Judge<'_>, settings: &Settings) -> Judged {
    let asked: Vec<&Rule> = program
        .rules
        .iter()
        .filter(|rule| settings.is_selected(&rule.code, &rule.name) && is_on(rule, settings))
        .collect();
    // A project can bring any number of rules, and each of them could find something everywhere.
    let most = (MOST_KEPT / asked.len().max(1)).clamp(1, MOST_FINDINGS);
    let (answers, times) = answers(judge, &asked, most);
    let mut judged = Judged::default();
    let mut wanted: Vec<(&Rule, &[u32], bool, u64)> = Vec::new();
    for (rule, answers) in asked.iter().zip(&answers) {
        let steps: u64 = answers.iter().map(|answer| answer.steps).sum();
        if steps > judge.limit(rule) || judge.is_overflowed(rule) {
            judged.findings.push(judge.too_expensive(rule));
            continue;
        }
        let found: usize = answers.iter().map(|answer| answer.findings).sum();
        let kept = found.min(most).min(MOST_WORDED - wanted.len());
        if found > kept {
            judged.findings.push(too_many(rule, found, kept));
        }
        let width = rule.variables.len().max(1);
        let bindings = answers.iter().flat_map(|answer| answer.bindings.chunks_exact(width)).take(kept);
        let patience = judge.patience(rule, kept);
        wanted.extend(bindings.enumerate().map(|(at, binding)| (*rule, binding, at < MOST_SUGGESTIONS, patience)));
    }
    let rendered: Vec<Diagnostic> = wanted
        .par_iter()
        .with_min_len(64)
        .filter_map(|(rule, binding, suggest, patience)| {
            judge.diagnostic(rule, rule.severity, binding, *suggest, *patience)
        })
        .collect();
    judged.findings.extend(rendered);
    judged.timings = asked
        .iter()
        .zip(times)
        .map(|(rule, time)| Timing { name: rule.code.to_string(), time: Duration::from_nanos(time) })
        .collect();
    judged
}

/// Whether the configuration leaves the rule on, at least for some files.
fn is_on(rule: &Rule, settings: &Settings) -> bool {
    !settings.overrides.is_empty() || settings.level(&rule.code, &rule.name, rule.severity, None) != Level::Off
}

/// The answers of each rule, in the order of its rows, and the nanoseconds that each rule took over all threads.
fn answers(judge: &Judge<'_>, rules: &[&Rule], most: usize) -> (Vec<Vec<Answer>>, Vec<u64>) {
    let mut tasks: Vec<Task<'_>> = Vec::new();
    for (number, rule) in rules.iter().enumerate() {
        let rows = judge.rows(rule);
        let mut start = rows.start;
        loop {
            let end = rows.end.min(start.saturating_add(ROWS_A_TASK));
            tasks.push(Task { rule, number, rows: start..end });
            if end >= rows.end {
                break;
            }
            start = end;
        }
    }
    let steps: Vec<AtomicU64> = rules.iter().map(|_| AtomicU64::new(0)).collect();
    let times: Vec<AtomicU64> = rules.iter().map(|_| AtomicU64::new(0)).collect();
    let done: Vec<(usize, Answer)> = tasks
        .into_par_iter()
        .with_max_len(1)
        .map(|task| {
            let used = &steps[task.number];
            // A rule past its limit is given up: whatever the order of its tasks, their sum is past it.
            let answer = if used.load(Ordering::Relaxed) > judge.limit(task.rule) {
                Answer { steps: judge.limit(task.rule) + 1, ..Answer::default() }
            } else {
                let begin = Instant::now();
                let answer = judge.find(task.rule, task.rows, most);
                let time = u64::try_from(begin.elapsed().as_nanos()).unwrap_or(u64::MAX);
                times[task.number].fetch_add(time, Ordering::Relaxed);
                used.fetch_add(answer.steps, Ordering::Relaxed);
                answer
            };
            (task.number, answer)
        })
        .collect();
    let mut answers: Vec<Vec<Answer>> = rules.iter().map(|_| Vec::new()).collect();
    for (number, answer) in done {
        answers[number].push(answer);
    }
    (answers, times.into_iter().map(AtomicU64::into_inner).collect())
}

fn too_many(rule: &Rule, found: usize, kept: usize) -> Diagnostic {
    let code = &rule.code;
    Diagnostic::warning(
        "RULE013",
        rule.place,
        format!("the rule `{code}` has {found} findings; the first {kept} are shown"),
    )
    .help("so many findings of one rule have one cause: look at the first ones, or narrow the rule")
}
