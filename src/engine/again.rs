//! What rules found and said the last time, and what of that holds for nearly the same project.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::diagnostic::Diagnostic;
use crate::landscape::{Comparison, Landscape, MISSING};
use crate::rules::ir::NearestRule;
use crate::rules::{Affected, Answer, Judge, Patience, RowsOfVariables, Rule};

/// A landscape, and what the rules said of it.
#[derive(Debug)]
pub(super) struct LastAnswers {
    pub(super) landscape: Landscape,
    pub(super) answers: Answers,
}

/// What is kept of the answers of each rule, by its number.
pub(super) type Answers = FxHashMap<usize, Found>;

/// What a rule found, all of it.
#[derive(Debug)]
pub(super) struct Found {
    /// The rows of its first variable for which it was asked.
    pub(super) rows: Range<u32>,
    pub(super) steps: u64,
    /// The ids of its variables, finding after finding, in the order of the rows.
    pub(super) bindings: Vec<u32>,
    /// What each says, in the same order.
    pub(super) words: Vec<Words>,
}

/// What a finding says; `None` where nobody knows.
pub(super) type Words = Option<Arc<Worded>>;

/// A finding in words.
#[derive(Debug)]
pub(super) struct Worded {
    pub(super) suggest: bool,
    pub(super) patience: Patience,
    /// Whether nearly too much was looked at for it, so that it is found anew.
    is_dear: bool,
    /// What it suggests ([`Judge::nearest_rows`]).
    pub(super) nearest: Vec<u32>,
    /// `None` for what has no place.
    pub(super) diagnostic: Option<Diagnostic>,
}

/// What holds of the answers of a rule.
#[derive(Debug, Default)]
pub(super) struct Holding {
    /// The rows of its first variable for which it has to be asked again.
    pub(super) open: Vec<u32>,
    /// What it found for all others.
    pub(super) bindings: Vec<u32>,
    pub(super) steps: u64,
    /// What it would say of each.
    words: Vec<Words>,
}

/// What a rule finds and says where it was asked again for some of its rows.
#[derive(Debug, Default)]
pub(super) struct Mixed {
    pub(super) answer: Answer,
    /// What is known of each finding's words.
    pub(super) words: Vec<Words>,
}

/// What holds for each rule, by its number; nothing for a rule that has to be asked for all of its rows.
pub(super) type Again = FxHashMap<usize, Holding>;

/// Rules that look at a part of what they may look at are asked for some rows only; what others look at is counted anew.
const PART_OF_LIMIT: u64 = 8;

/// A rule with more findings is asked for all of its rows: there are limits to how many are kept.
pub(super) const MOST_KEPT: usize = 1 << 12;

/// What holds of the last answers.
pub(super) fn again(comparison: &Comparison<'_>, answers: &Answers, judge: &Judge<'_>, rules: &[&Rule]) -> Again {
    let affected = Affected::new(comparison);
    let holding = |rule: &&Rule| {
        let found = answers.get(&rule.number)?;
        Some((rule.number, holding(comparison, &affected, found, judge, rule)?))
    };
    rules.par_iter().with_max_len(1).filter_map(holding).collect()
}

fn holding(
    comparison: &Comparison<'_>,
    affected: &Affected<'_, '_>,
    found: &Found,
    judge: &Judge<'_>,
    rule: &Rule,
) -> Option<Holding> {
    let (first, rows) = (rule.variables.first()?.1, judge.rows_of_project(rule));
    if found.steps > judge.limit(rule) / PART_OF_LIMIT {
        return None;
    }
    let mut open = affected.found(rule)?;
    open.retain(|row| rows.contains(row));
    // Rows at the end that were passed over before, since they stood in shipped files.
    for row in rows.clone().rev() {
        match comparison.row_before(first, row) {
            before if before != MISSING && found.rows.contains(&before) => break,
            _ => open.push(row),
        }
    }
    let width = rule.variables.len();
    let mut bindings = Vec::with_capacity(found.bindings.len());
    // Which of them stay findings of rows that need not be asked again.
    let mut stays = Vec::with_capacity(found.words.len());
    for binding in found.bindings.chunks_exact(width) {
        let start = bindings.len();
        bindings.extend(rule.variables.iter().zip(binding).map(|((_, kind), id)| comparison.row_now(*kind, *id)));
        let is_whole = !bindings[start..].contains(&MISSING);
        if !is_whole && bindings[start] != MISSING {
            open.push(bindings[start]);
        }
        stays.push(is_whole && rows.contains(&bindings[start]));
    }
    open.sort_unstable();
    open.dedup();
    if open.len() * 2 > rows.len() {
        return None;
    }
    for (stays, binding) in stays.iter_mut().zip(bindings.chunks_exact(width)) {
        *stays &= open.binary_search(&binding[0]).is_err();
    }
    let other = if stays.contains(&true) { affected.worded(rule) } else { None };
    let words = found.words.iter().zip(bindings.chunks_exact(width)).zip(&stays).filter(|(_, stays)| **stays);
    let words =
        words.map(|((words, binding), _)| still_said(comparison, words, rule, other.as_ref()?, binding)).collect();
    let mut stay = stays.iter();
    let mut kept = Vec::with_capacity(bindings.len());
    for binding in bindings.chunks_exact(width).filter(|_| stay.next().copied().unwrap_or_default()) {
        kept.extend_from_slice(binding);
    }
    Some(Holding { open, bindings: kept, steps: found.steps, words })
}

/// What is still said of a finding with these ids, given the rows of which something else may be said.
fn still_said(
    comparison: &Comparison<'_>,
    words: &Words,
    rule: &Rule,
    other: &RowsOfVariables,
    binding: &[u32],
) -> Words {
    let words = words.as_ref()?;
    let is_other = |slot, id: u32| other.get(&slot).is_some_and(|rows: &Vec<u32>| rows.binary_search(&id).is_ok());
    if rule.variables.iter().zip(binding).any(|((slot, _), id)| is_other(*slot, *id)) {
        return None;
    }
    let row_now = |(nearest, row): (&NearestRule, &u32)| match row {
        &MISSING => Some(MISSING),
        row => {
            let row = comparison.row_now(nearest.kind, *row);
            (row != MISSING && !is_other(nearest.by.slot, row)).then_some(row)
        }
    };
    let nearest = rule.nearest.iter().zip(&words.nearest).map(row_now).collect::<Option<Vec<u32>>>()?;
    Some(if nearest == words.nearest {
        Arc::clone(words)
    } else {
        Arc::new(Worded { nearest, diagnostic: words.diagnostic.clone(), ..**words })
    })
}

impl Holding {
    /// Asks the rule for the rows that are open, and puts what it finds among the rest; `None` where it has to be asked for all
    /// of them, since it finds more than `most` or looks at too much.
    pub(super) fn answer(&self, judge: &Judge<'_>, rule: &Rule, most: usize) -> Option<Mixed> {
        let most = most.min(MOST_KEPT);
        let width = rule.variables.len();
        let mut steps = self.steps;
        let answer = judge.find_for(rule, &self.open, most + 1);
        steps = steps.saturating_add(answer.steps);
        let found = answer.bindings;
        if found.len() / width > most || steps > judge.limit(rule) / PART_OF_LIMIT {
            return None;
        }
        let mut mixed = Mixed::default();
        let Mixed { answer: Answer { bindings, .. }, words } = &mut mixed;
        bindings.reserve(self.bindings.len() + found.len());
        words.reserve(self.words.len() + found.len() / width);
        let mut old = self.bindings.chunks_exact(width).zip(&self.words).peekable();
        for new in found.chunks_exact(width) {
            while let Some((binding, said)) = old.next_if(|(old, _)| old[0] < new[0]) {
                bindings.extend(binding);
                words.push(said.clone());
            }
            bindings.extend(new);
            words.push(None);
        }
        for (binding, said) in old {
            bindings.extend(binding);
            words.push(said.clone());
        }
        let findings = words.len();
        (mixed.answer.findings, mixed.answer.steps) = (findings, steps);
        (findings <= most).then_some(mixed)
    }
}

impl Worded {
    /// Whether a finding would be put into these words again.
    pub(super) fn holds(
        &self,
        judge: &Judge<'_>,
        rule: &Rule,
        binding: &[u32],
        suggest: bool,
        patience: Patience,
    ) -> bool {
        let is_same = self.suggest == suggest && self.patience == patience && !self.is_dear;
        is_same && (!suggest || rule.nearest.is_empty() || judge.nearest_rows(rule, binding) == self.nearest)
    }
}

/// Puts a finding into words, for now and for the next time.
pub(super) fn word(judge: &Judge<'_>, rule: &Rule, binding: &[u32], suggest: bool, patience: Patience) -> Arc<Worded> {
    let (diagnostic, is_dear) = judge.words(rule, binding, suggest, patience);
    let nearest = if suggest { judge.nearest_rows(rule, binding) } else { Vec::new() };
    Arc::new(Worded { suggest, patience, is_dear, nearest, diagnostic })
}
