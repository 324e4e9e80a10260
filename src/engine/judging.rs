//! Asking the rules, in parallel: by rule, and inside a rule by rows.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::diagnostic::{Diagnostic, Place};
use crate::landscape::{Comparison, Kind};
use crate::rules::{Answer, Judge, MOST_FINDINGS, Patience, Program, Rule};
use crate::text::FileId;

use super::again::{Again, Answers, Found, MOST_KEPT, Mixed, Worded, Words, again, word};
use super::check::at_once;
use super::counted::{self, Counted};
use super::{Level, Settings, Timing};

/// Rows that one task judges: enough to make the task worth its overhead, few enough to keep every thread busy.
const ROWS_A_TASK: u32 = 8_192;

/// Findings that one task words at the least. Those with mends are dear and stand together.
const FINDINGS_A_TASK: usize = 8;

/// How many findings of one rule are given nearest names and mends. Looking them up is the dearest part of a finding, and
/// nobody reads so many suggestions.
const MOST_SUGGESTIONS: usize = 200;

/// The same where the settings ask for all of them.
const MOST_THOROUGH_SUGGESTIONS: usize = 10_000;

/// The most findings of all rules of the project that are worded; every one costs half a kilobyte. Those of shipped rules
/// follow the size of the project.
const MOST_WORDED: usize = 500_000;

/// The most ids in the findings that are kept until they are worded, for the rules of the project together; a finding has
/// one for each variable of its rule. Shipped rules may have as many, and a finding a row in any case.
const MOST_IDS: usize = 32_000_000;

/// What the rules found.
#[derive(Debug, Default)]
pub(super) struct Judged {
    /// What is wrong with rules themselves.
    pub(super) said: Vec<Diagnostic>,
    /// The findings, with room for as many more as were asked for; `None` for what has no place.
    pub(super) findings: Vec<Option<Diagnostic>>,
    /// Those that nobody will see.
    pub(super) counted: Vec<Counted>,
    pub(super) timings: Vec<Timing>,
    /// How much was looked at ([`Answer::steps`]).
    pub(super) steps: u64,
    /// What the next check can use, where there will be one.
    pub(super) answers: Answers,
}

/// What is known from one check to the next.
pub(super) enum Before<'a> {
    /// There is none, and there will be none.
    Once,
    /// There will be one.
    First,
    /// There was one.
    Again(&'a Comparison<'a>, &'a Answers),
}

/// The findings of one rule that are to be worded.
pub(super) struct Group<'a> {
    pub(super) rule: &'a Rule,
    answers: &'a [Answer],
    /// What is known of the words of each, where anything is.
    words: &'a [Words],
    /// How many of them.
    kept: usize,
    /// How many ids each has.
    width: usize,
    patience: Patience,
}

impl Group<'_> {
    /// All that the rule found, with its number, if it is all and not very much.
    fn found(&self, judge: &Judge<'_>) -> Option<(usize, Found)> {
        let findings: usize = self.answers.iter().map(|answer| answer.findings).sum();
        if self.rule.is_about(Kind::Ring) || findings > self.kept || findings > MOST_KEPT {
            return None;
        }
        let bindings = self.answers.iter().flat_map(|answer| &answer.bindings).copied().collect();
        let steps = self.answers.iter().map(|answer| answer.steps).sum();
        let rows = judge.rows_of_project(self.rule);
        Some((self.rule.number, Found { rows, steps, bindings, words: vec![None; findings] }))
    }
}

/// A finding that is to be worded.
pub(super) struct Wanted<'a> {
    /// The number of its group, and its own in it.
    pub(super) group: u32,
    at: u32,
    /// Whether nearest names and mends are looked for.
    pub(super) suggest: bool,
    binding: &'a [u32],
    /// Where it will stand.
    pub(super) place: Option<Place>,
    /// The number of its code in the order of codes.
    code: u32,
}

impl Wanted<'_> {
    /// Where it begins, and its code: by these findings are in order.
    pub(super) fn beginning(&self) -> Option<(FileId, u32, u32)> {
        self.place.map(|place| (place.file, place.span.start, self.code))
    }
}

/// A part of the work: some rows of one rule.
struct Task<'a> {
    rule: &'a Rule,
    number: usize,
    rows: std::ops::Range<u32>,
}

/// Asks every selected rule of the program. Findings come nearly in their order ([`Diagnostic::order`]), and only those that
/// stand; `is_plain` answers for a place whether one there does, whatever it says. `room` is how many will be put behind them.
pub(super) fn judge(
    program: &Program,
    judge: &Judge<'_>,
    settings: &Settings,
    room: usize,
    stands: impl Fn(&Diagnostic) -> bool + Sync,
    is_plain: impl Fn(Place) -> bool,
    before: &Before<'_>,
) -> Judged {
    let asked: Vec<&Rule> = program
        .rules
        .iter()
        .filter(|rule| settings.is_selected(&rule.code, &rule.name) && is_on(rule, settings))
        .collect();
    let again = match before {
        Before::Once | Before::First => Again::default(),
        Before::Again(comparison, answers) => again(comparison, answers, judge, &asked),
    };
    let is_settled = |rule: &Rule| again.get(&rule.number).is_some_and(|holding| holding.open.is_empty());
    // Finding the rings takes long, and nobody who does not ask for them should have to wait.
    let (of_rings, others): (Vec<&Rule>, Vec<&Rule>) = asked.iter().partition(|rule| rule.is_about(Kind::Ring));
    let is_asked = |rule: &&Rule| !is_settled(rule) && !judge.rows_of_project(rule).is_empty();
    let others: Vec<&Rule> = others.into_iter().filter(is_asked).collect();
    build_indexes(program.indexes.len(), judge, &of_rings, &others);
    // Who suggested something the last time mostly does so again: meanwhile its names can be gathered.
    let suggested = |rule: &&&Rule| match before {
        Before::Again(_, answers) => answers.get(&rule.number).is_some_and(|found| !found.words.is_empty()),
        Before::Once | Before::First => false,
    };
    let suggesting: Vec<&Rule> = asked.iter().filter(suggested).copied().collect();
    let (Answered { answers, words, times }, ()) = rayon::join(
        || answers(judge, &asked, &again),
        || suggesting.par_iter().with_max_len(1).for_each(|rule| judge.prepare_suggestions(rule, at_once)),
    );
    let mut judged = Judged::default();
    let suggestions = if settings.thorough { MOST_THOROUGH_SUGGESTIONS } else { MOST_SUGGESTIONS };
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut left = MOST_WORDED;
    for ((rule, answers), words) in asked.iter().zip(&answers).zip(&words) {
        let steps: u64 = answers.iter().map(|answer| answer.steps).sum();
        judged.steps = judged.steps.saturating_add(steps);
        if steps > judge.limit(rule) || judge.is_overflowed(rule) {
            judged.said.push(judge.too_expensive(rule));
            continue;
        }
        let found: usize = answers.iter().map(|answer| answer.findings).sum();
        let width = rule.variables.len().max(1);
        // One of each rule is worded in any case: a run that found an error must not pass.
        let most = if judge.is_builtin(rule) { MOST_FINDINGS } else { Judge::most_findings(rule).min(left).max(1) };
        let kept = first_of(answers, width).min(most);
        left = left.saturating_sub(if judge.is_builtin(rule) { 0 } else { kept });
        if found > kept {
            judged.said.push(too_many(rule, found, kept));
        }
        groups.push(Group { rule, answers, words, kept, width, patience: judge.patience(rule, kept) });
    }
    if rayon::current_num_threads() > 1 {
        let suggesting = groups.par_iter().filter(|group| group.kept > 0);
        suggesting.for_each(|group| judge.prepare_suggestions(group.rule, at_once));
    }
    let mut wanted = wanted(judge, &groups, suggestions);
    judged.counted = counted::take_out(&mut wanted, &groups, settings, is_plain);
    // Worded where they stay: they are the largest part of the memory of a project with very many of them.
    judged.findings.reserve_exact(wanted.len() + judged.said.len() + room);
    let worded = wanted.par_iter().with_min_len(FINDINGS_A_TASK);
    if matches!(before, Before::Once) {
        worded
            .map(|Wanted { group, suggest, binding, .. }| {
                let Group { rule, patience, .. } = &groups[*group as usize];
                judge.diagnostic(rule, binding, *suggest, *patience).filter(&stands)
            })
            .collect_into_vec(&mut judged.findings);
    } else {
        let mut said: Vec<Arc<Worded>> = Vec::new();
        worded
            .map(|Wanted { group, at, suggest, binding, .. }| {
                let Group { rule, words, patience, .. } = &groups[*group as usize];
                let known = words.get(*at as usize).and_then(Option::as_ref);
                let known = known.filter(|words| words.holds(judge, rule, binding, *suggest, *patience)).cloned();
                let words = known.unwrap_or_else(|| word(judge, rule, binding, *suggest, *patience));
                let finding = words.diagnostic.as_ref().filter(|finding| stands(finding)).cloned();
                (words, finding)
            })
            .unzip_into_vecs(&mut said, &mut judged.findings);
        judged.answers = groups.iter().filter_map(|group| group.found(judge)).collect();
        for (Wanted { group, at, .. }, words) in wanted.iter().zip(said) {
            let found = judged.answers.get_mut(&groups[*group as usize].rule.number);
            if let Some(slot) = found.and_then(|found| found.words.get_mut(*at as usize)) {
                *slot = Some(words);
            }
        }
    }
    judged.timings = asked
        .iter()
        .zip(times)
        .map(|(rule, time)| Timing { name: rule.code.to_string(), time: Duration::from_nanos(time) })
        .collect();
    judged
}

/// The findings of all groups in the order of their places: there can be hundreds of thousands, and to bring them into order
/// costs less before they are worded.
fn wanted<'a>(judge: &Judge<'_>, groups: &[Group<'a>], suggestions: usize) -> Vec<Wanted<'a>> {
    let mut codes: Vec<&str> = groups.iter().map(|group| &*group.rule.code).collect();
    codes.sort_unstable();
    let mut wanted = Vec::with_capacity(groups.iter().map(|group| group.kept).sum());
    for (number, group) in (0..).zip(groups) {
        let bindings = group.answers.iter().flat_map(|answer| answer.bindings.chunks_exact(group.width));
        let bindings = bindings.take(group.kept).enumerate();
        let code = codes.partition_point(|code| **code < *group.rule.code) as u32;
        let one = |(at, binding)| Wanted {
            group: number,
            at: at as u32,
            suggest: at < suggestions,
            binding,
            place: None,
            code,
        };
        wanted.extend(bindings.map(one));
    }
    wanted.par_iter_mut().with_min_len(FINDINGS_A_TASK).for_each(|one| {
        let rule = groups[one.group as usize].rule;
        one.place = judge.place_of(rule, one.binding);
    });
    // Those of one rule mostly are in order already: what has to be done is to merge a few long runs.
    wanted.sort_by_key(|one| (one.beginning(), one.place));
    wanted
}

/// Builds what rules are likely to look into, out of so many indexes: each as soon as a rule is known to need it, since binding
/// some of the rules takes as long as building a few indexes, and so does finding the rings.
fn build_indexes(count: usize, judge: &Judge<'_>, of_rings: &[&Rule], others: &[&Rule]) {
    let begun: Vec<AtomicBool> = (0..count).map(|_| AtomicBool::new(false)).collect();
    rayon::scope_fifo(|scope| {
        if !of_rings.is_empty() {
            scope.spawn_fifo(|scope| {
                let found = of_rings.iter().filter(|rule| !judge.rows(rule).is_empty());
                found.for_each(|rule| build_for(rule, judge, &begun, scope));
            });
        }
        others.iter().for_each(|rule| scope.spawn_fifo(|scope| build_for(rule, judge, &begun, scope)));
    });
}

/// Binds a rule, and has those indexes built that nobody has begun with.
fn build_for<'s, 'a: 's>(rule: &Rule, judge: &'s Judge<'a>, begun: &[AtomicBool], scope: &rayon::ScopeFifo<'s>) {
    for index in judge.indexes(rule) {
        if !begun[index].swap(true, Ordering::Relaxed) {
            scope.spawn_fifo(move |_| judge.build(index));
        }
    }
}

/// Whether the configuration leaves the rule on, at least for some files.
fn is_on(rule: &Rule, settings: &Settings) -> bool {
    !settings.overrides.is_empty() || settings.level(&rule.code, &rule.name, rule.severity, None) != Level::Off
}

/// Number of the first findings of a rule that were all kept.
fn first_of(answers: &[Answer], width: usize) -> usize {
    let mut first = 0;
    for answer in answers {
        let kept = answer.bindings.len() / width;
        first += kept;
        if kept < answer.findings {
            break;
        }
    }
    first
}

/// How many findings a task may keep, where there are so many tasks for rules of the project, or for shipped ones.
fn most_kept(width: usize, tasks: usize, is_builtin: bool) -> usize {
    let share = MOST_IDS / tasks.max(1) / width.max(1);
    share.clamp(if is_builtin { ROWS_A_TASK as usize } else { 1 }, MOST_FINDINGS)
}

/// What each rule found.
struct Answered {
    /// In the order of its rows.
    answers: Vec<Vec<Answer>>,
    /// What is known of the words of its findings.
    words: Vec<Vec<Words>>,
    /// The nanoseconds that it took over all threads.
    times: Vec<u64>,
}

/// Asks the rules, those of which something holds for the rest only.
fn answers(judge: &Judge<'_>, rules: &[&Rule], again: &Again) -> Answered {
    let mut tasks: Vec<Task<'_>> = Vec::new();
    for (number, rule) in rules.iter().enumerate() {
        let rows = judge.rows_of_project(rule);
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
    let builtin = tasks.iter().filter(|task| judge.is_builtin(task.rule)).count();
    let own = tasks.len() - builtin;
    let most = |rule: &Rule| {
        let is_builtin = judge.is_builtin(rule);
        most_kept(rule.variables.len(), if is_builtin { builtin } else { own }, is_builtin)
    };
    let steps: Vec<AtomicU64> = rules.iter().map(|_| AtomicU64::new(0)).collect();
    let times: Vec<AtomicU64> = rules.iter().map(|_| AtomicU64::new(0)).collect();
    let ask = |task: Task<'_>| {
        let used = &steps[task.number];
        // A rule past its limit is given up: whatever the order of its tasks, their sum is past it.
        let answer = if used.load(Ordering::Relaxed) > judge.limit(task.rule) {
            Answer { steps: judge.limit(task.rule) + 1, ..Answer::default() }
        } else {
            let begin = Instant::now();
            let answer = judge.find(task.rule, task.rows, most(task.rule));
            let time = u64::try_from(begin.elapsed().as_nanos()).unwrap_or(u64::MAX);
            times[task.number].fetch_add(time, Ordering::Relaxed);
            used.fetch_add(answer.steps, Ordering::Relaxed);
            answer
        };
        (task.number, answer)
    };
    let ask_all =
        |tasks: Vec<Task<'_>>| -> Vec<(usize, Answer)> { tasks.into_par_iter().with_max_len(1).map(ask).collect() };
    let (mut for_rest, for_all): (Vec<Task<'_>>, Vec<Task<'_>>) =
        tasks.into_iter().partition(|task| again.contains_key(&task.rule.number));
    let mixed = |rule: &&Rule| again.get(&rule.number).and_then(|holding| holding.answer(judge, rule, most(rule)));
    let (mixed, mut done): (Vec<Option<Mixed>>, _) =
        rayon::join(|| rules.par_iter().with_max_len(1).map(mixed).collect(), || ask_all(for_all));
    let (mut answers, mut words): (Vec<Vec<Answer>>, Vec<Vec<Words>>) = mixed
        .into_iter()
        .map(|mixed| mixed.map_or_else(Default::default, |Mixed { answer, words }| (vec![answer], words)))
        .unzip();
    // Where it was too much to be asked for the rest, a rule is asked for all after all.
    for_rest.retain(|task| answers[task.number].is_empty());
    done.extend(ask_all(for_rest));
    for (number, answer) in done {
        answers[number].push(answer);
    }
    words.resize_with(rules.len(), Vec::new);
    Answered { answers, words, times: times.into_iter().map(AtomicU64::into_inner).collect() }
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
