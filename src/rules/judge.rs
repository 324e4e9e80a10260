//! A program applied to a landscape.

use std::ops::Range;
use std::sync::OnceLock;

use super::bound::{BoundGuard, Search};
use super::compile::{Program, Recursive};
use super::evaluate::{Evaluator, Frame};
use super::ir::{AdviceRule, Condition, NearestRule, Path, Term};
use super::lanes::{Chosen, LANES, Lanes};
use super::recalled::{Layouts, Recalled};
use super::relation::{MOST_TUPLES, Tuple};
use super::rule::Rule;
use crate::diagnostic::{Diagnostic, KnownNames, Names};
use crate::landscape::{Both, Kind, Landscape, MISSING};

/// How many bindings a rule may look at: so many, and so many more for each row of the landscape. A rule that follows its
/// rows and its answers stays far below; one that pairs everything with everything in a large project does not.
const STEPS: u64 = 30_000_000;
const STEPS_A_ROW: u64 = 500;

/// How many bindings the labels, helps, notes and mends of all findings of a rule may look at, and one of them at the least
/// and at the most.
const WORDING_STEPS: u64 = 20_000_000;
const LEAST_PATIENCE: u64 = 200;
const MOST_PATIENCE: u64 = 1_000_000;

/// The most findings of one rule that are kept; the rest is counted.
pub const MOST_FINDINGS: usize = 100_000;

/// The most entities among which a `nearest` looks. To sort the names of more costs more than to check them, and among so
/// many something is always near.
const MOST_CANDIDATES: usize = 50_000;

/// How many rules of a project may each come up to the limit. More have to share, but each may look at every row some times,
/// as long as all together stay below so many limits.
const RULES: u64 = 8;
const MOST_RULES: u64 = 16;
const LEAST_STEPS: u64 = 100_000;
const LEAST_STEPS_A_ROW: u64 = 16;

/// How many landscapes of a run may each come up to the limit, and what each may look at in any case.
const LANDSCAPES: u64 = 4;
const LEAST_SHARE: u64 = 10_000;

/// So few rows are judged one after the other. While the program is tested, two go abreast: small projects are what tests are
/// made of.
const FEW_ROWS: usize = if cfg!(debug_assertions) { 1 } else { 16 };

/// How many bytes all findings of a rule may say, and one of them at the least and at the most.
const WORDING_BYTES: u64 = 64 << 20;
const LEAST_BYTES: u64 = 1_000;
const MOST_BYTES: u64 = 64_000;

/// How many values of lists one finding may look at for its words, at the least and at the most.
const LEAST_VALUES: u64 = 500;
const MOST_VALUES: u64 = 100_000;

/// From so many labels, helps, notes and mends on, fewer findings of a rule are shown.
const MANY_GUARDED: usize = 12;

/// What may be spent on the words of one finding. It depends on the project alone, so that every machine says the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How many bindings each label, help, note and mend may look at.
    pub(super) steps: u64,
    /// How many bytes may be said; what is beyond is cut.
    pub(super) bytes: usize,
    /// How many values of lists may be looked at in order to say it.
    pub(super) values: usize,
}

/// What is left for the recursive predicates that are still to be computed.
struct Budget {
    tuples: usize,
    steps: u64,
}

/// The names among which a `nearest` looks, and the entity that bears each.
#[derive(Debug)]
pub(super) struct Known<'a> {
    pub(super) names: Among<'a>,
    /// The row of each name.
    pub(super) rows: Vec<u32>,
}

/// Names that are forgotten, or known the next time.
#[derive(Debug)]
pub(super) enum Among<'a> {
    Once(Names<'a>),
    Again(Box<KnownNames>),
}

impl Among<'_> {
    /// The number of the nearest name.
    pub(super) fn near(&self, name: &str) -> Option<usize> {
        match self {
            Self::Once(names) => names.near(name).map(|near| near.number),
            Self::Again(names) => names.near(name),
        }
    }
}

/// Evaluates the rules of a program over one landscape. Shared by threads.
#[derive(Debug)]
pub struct Judge<'a> {
    evaluator: Evaluator<'a>,
    limit: u64,
    /// The same for a rule that is no shipped one.
    limit_of_own: u64,
    /// Recursive predicates whose tuples were too many.
    overflowed: Vec<usize>,
    /// How the bindings of each rule are found, and when it says what, by the number of the rule; bound on first use.
    searches: Vec<OnceLock<Search<'a>>>,
    guards: Vec<OnceLock<Guards<'a>>>,
    /// For each `nearest`, by the number of its rule and its own.
    known: Vec<Vec<OnceLock<Known<'a>>>>,
    pub(super) layouts: Layouts,
    /// What the judge before this one handed on, where there is one.
    recalled: Option<Recalled>,
}

/// The guards of one rule.
#[derive(Debug)]
pub(super) struct Guards<'a> {
    pub(super) labels: Vec<BoundGuard<'a>>,
    pub(super) help: Vec<BoundGuard<'a>>,
    pub(super) notes: Vec<BoundGuard<'a>>,
    pub(super) fixes: Vec<BoundGuard<'a>>,
}

/// What a rule found in some rows.
#[derive(Debug, Default)]
pub struct Answer {
    /// The ids of the rule's variables, finding after finding.
    pub bindings: Vec<u32>,
    /// Number of findings, also of those that were not kept.
    pub findings: usize,
    /// Number of bindings that were looked at.
    pub steps: u64,
}

impl<'a> Judge<'a> {
    /// Prepares the evaluation: computes the recursive predicates. Indexes are built when a rule first asks for them.
    #[must_use]
    pub fn new(program: &'a Program, landscape: &'a Landscape) -> Self {
        Self::sharing(program, landscape, 1)
    }

    /// The same for one of so many landscapes that are judged in one run: what rules that are no shipped ones may look at is
    /// for all of them together, beyond a handful.
    #[must_use]
    pub fn sharing(program: &'a Program, landscape: &'a Landscape, landscapes: usize) -> Self {
        // Rings are found when a rule first asks for them; there are fewer than processes.
        let kinds = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Ring);
        let rows: u64 = kinds.map(|kind| landscape.rows(kind).len() as u64).sum();
        let evaluator = Evaluator::new(landscape, program.literals.texts(), &program.indexes);
        let known = program.rules.iter().map(|rule| rule.nearest.iter().map(|_| OnceLock::new()).collect()).collect();
        let limit = STEPS + STEPS_A_ROW * rows;
        let mut judge = Self {
            evaluator,
            limit,
            limit_of_own: shared(limit, landscapes),
            overflowed: Vec::new(),
            searches: program.rules.iter().map(|_| OnceLock::new()).collect(),
            guards: program.rules.iter().map(|_| OnceLock::new()).collect(),
            known,
            layouts: Layouts::new(landscape.sources().len()),
            recalled: None,
        };
        let mut budget = Budget {
            tuples: shared(2 * MOST_TUPLES as u64, landscapes) as usize,
            steps: shared(4 * judge.limit, landscapes),
        };
        let mut rest = program.recursive.as_slice();
        while let Some(first) = rest.first() {
            let length = rest.iter().take_while(|other| other.predicate.stratum == first.predicate.stratum).count();
            judge.fixpoint(&rest[..length], &mut budget);
            rest = &rest[length..];
        }
        // Any number of rules that each stay below the limit would be none.
        let own = program.rules.iter().filter(|rule| !landscape.sources().get(rule.file).is_builtin()).count() as u64;
        if own > RULES {
            let limit = judge.limit_of_own;
            let least = (LEAST_STEPS + LEAST_STEPS_A_ROW * rows).min(limit / own * MOST_RULES);
            judge.limit_of_own = (limit / own * RULES).max(least);
        }
        judge
    }

    /// The same with what the last judge handed on, for whoever will ask [`Self::handed_on`].
    #[must_use]
    pub fn recalling(mut self, mut recalled: Recalled) -> Self {
        self.layouts = recalled.take_layouts();
        self.recalled = Some(recalled);
        self
    }

    /// What the next judge can use of what this one found out; `None` where the last one handed nothing on.
    #[must_use]
    pub fn handed_on(self, program: &Program) -> Option<Recalled> {
        self.recalled?;
        let names = program.rules.iter().zip(self.known).flat_map(|(rule, known)| {
            known.into_iter().enumerate().filter_map(|(at, known)| match known.into_inner()?.names {
                Among::Again(names) => Some(((rule.code.clone(), at), *names)),
                Among::Once(_) => None,
            })
        });
        let names = names.collect();
        Some(Recalled::with(names, self.layouts))
    }

    /// What may be spent on the words of each finding, where the rule has so many.
    #[must_use]
    pub fn patience(&self, rule: &Rule, findings: usize) -> Patience {
        let share = (self.limit / self.limit(rule).max(1)).max(1);
        let findings = findings.max(1) as u64;
        let steps = WORDING_STEPS / share / rule.guarded().max(1) as u64 / findings;
        // In few steps, so that one finding more or less is no reason to word all others anew.
        let part = |all: u64| all.checked_ilog2().map_or(0, |bits| 1 << bits);
        Patience {
            steps: part(steps).clamp(LEAST_PATIENCE, MOST_PATIENCE),
            values: part(WORDING_STEPS / share / findings).clamp(LEAST_VALUES, MOST_VALUES) as usize,
            bytes: part(WORDING_BYTES / share / findings).clamp(LEAST_BYTES, MOST_BYTES) as usize,
        }
    }

    /// The most findings of the rule that are shown: fewer where each has a lot to say.
    #[must_use]
    pub fn most_findings(rule: &Rule) -> usize {
        MOST_FINDINGS / rule.guarded().div_ceil(MANY_GUARDED).max(1)
    }

    /// The landscape that is judged.
    #[must_use]
    pub fn landscape(&self) -> &'a Landscape {
        self.evaluator.landscape()
    }

    pub(super) fn evaluator(&self) -> &Evaluator<'a> {
        &self.evaluator
    }

    /// The most bindings that the rule may look at.
    #[must_use]
    pub fn limit(&self, rule: &Rule) -> u64 {
        if self.is_builtin(rule) { self.limit } else { self.limit_of_own }
    }

    /// Whether the rule is a shipped one.
    #[must_use]
    pub fn is_builtin(&self, rule: &Rule) -> bool {
        self.landscape().sources().get(rule.file).is_builtin()
    }

    /// Computes the least fixpoint of predicates that call one another, from nothing, each round from what the last one
    /// found.
    fn fixpoint(&mut self, component: &[Recursive], budget: &mut Budget) {
        let mut frames: Vec<Frame> = component.iter().map(|one| self.frame(one.predicate.slots)).collect();
        let most = budget.tuples.min(MOST_TUPLES);
        for one in component {
            self.evaluator.relation_mut(one.number);
        }
        frames.iter_mut().for_each(|frame| frame.limit = frame.limit.min(budget.steps));
        let binder = self.evaluator.binder();
        let bind = |plan, one: &Recursive| binder.search(plan, &one.predicate.parameters);
        let base: Vec<Search<'a>> = component.iter().map(|one| bind(&one.base, one)).collect();
        let follow: Vec<Search<'a>> = component.iter().map(|one| bind(&one.newest, one)).collect();
        let mut newest = false;
        loop {
            let mut found: Vec<Vec<Tuple>> = Vec::with_capacity(component.len());
            for ((search, frame), one) in if newest { &follow } else { &base }.iter().zip(&mut frames).zip(component) {
                found.push(self.evaluator.tuples(search, frame, one.number, most));
            }
            let mut grown = false;
            let mut full = false;
            for ((one, tuples), frame) in component.iter().zip(&found).zip(&frames) {
                let relation = self.evaluator.relation_mut(one.number);
                grown |= relation.round(tuples, most);
                full |= relation.len() >= most || frame.is_exhausted();
            }
            if full || !grown {
                let tuples = component.iter().map(|one| self.evaluator.relation_mut(one.number).len()).sum();
                budget.tuples = budget.tuples.saturating_sub(tuples);
                let steps = frames.iter().fold(0_u64, |sum, frame| sum.saturating_add(frame.steps.min(frame.limit)));
                budget.steps = budget.steps.saturating_sub(steps);
            }
            if full {
                self.overflowed.extend(component.iter().map(|one| one.number));
                return;
            }
            if !grown {
                return;
            }
            newest = true;
        }
    }

    pub(super) fn frame(&self, slots: usize) -> Frame {
        let mut frame = Frame::new(slots);
        frame.limit = self.limit;
        frame
    }

    /// The rows of the first variable of a rule, which can be judged in any number of parts.
    #[must_use]
    pub fn rows(&self, rule: &Rule) -> Range<u32> {
        match rule.variables.first() {
            Some((_, kind)) => self.landscape().rows(*kind),
            None => 0..0,
        }
    }

    /// The same without rows at the end that stand in shipped files, where the rule reports at the row itself: such a finding
    /// is nobody's business, and an organization that has no model of its own need not wait for those that are shipped.
    #[must_use]
    pub fn rows_of_project(&self, rule: &Rule) -> Range<u32> {
        let mut rows = self.rows(rule);
        let (path, landscape) = (&rule.report.0, self.landscape());
        if rule.variables.first().is_none_or(|(slot, _)| *slot != path.slot) || !path.steps.is_empty() {
            return rows;
        }
        let is_shipped = |row: u32| {
            landscape.place(path.kind, row).is_some_and(|place| landscape.sources().get(place.file).is_builtin())
        };
        while !rows.is_empty() && is_shipped(rows.end - 1) {
            rows.end -= 1;
        }
        rows
    }

    /// Whether the rule rests on a recursive predicate that could not be computed.
    #[must_use]
    pub fn is_overflowed(&self, rule: &Rule) -> bool {
        !self.overflowed.is_empty() && calls_any(&rule.condition, &self.overflowed)
    }

    /// The numbers of the indexes that the rule is likely to look into. Whoever has threads builds them first
    /// ([`Self::build`]), each thread some of them; a rule that has to build one makes all others wait that need it too.
    #[must_use]
    pub fn indexes(&self, rule: &Rule) -> Vec<usize> {
        let mut found = Vec::new();
        self.search(rule).indexes(&mut found);
        found
    }

    /// Builds the index of that number, if nobody has.
    pub fn build(&self, index: usize) {
        self.evaluator.index(index);
    }

    fn search(&self, rule: &Rule) -> &Search<'a> {
        self.searches[rule.number].get_or_init(|| {
            let others = rule.variables.get(1..).unwrap_or_default();
            self.evaluator.binder().search(&rule.plan, others)
        })
    }

    /// What the rule finds in some of its rows, of which it keeps as many as `most`. Where [`Answer::steps`] is above
    /// [`Self::limit`], the answer is incomplete.
    #[must_use]
    pub fn find(&self, rule: &Rule, rows: Range<u32>, most: usize) -> Answer {
        let start = rows.start;
        self.find_among(rule, rows.len(), |at| start + at as u32, most)
    }

    /// The same for rows that do not follow one another.
    #[must_use]
    pub fn find_for(&self, rule: &Rule, rows: &[u32], most: usize) -> Answer {
        self.find_among(rule, rows.len(), |at| rows[at], most)
    }

    fn find_among(&self, rule: &Rule, count: usize, row: impl Fn(usize) -> u32, most: usize) -> Answer {
        let mut frame = self.frame(rule.slots);
        frame.limit = self.limit(rule);
        let mut answer = Answer::default();
        let Some(((first, _), others)) = rule.variables.split_first() else { return answer };
        let search = self.search(rule);
        if search.is_never() {
            answer.steps = (count as u64).min(frame.limit.saturating_add(1));
            return answer;
        }
        let mut lanes = if count > FEW_ROWS { Lanes::new(rule.slots) } else { None };
        for start in (0..count).step_by(LANES) {
            let mut chosen = Chosen::first(count - start);
            if let Some(lanes) = &mut lanes {
                lanes.begin(frame.limit.saturating_sub(frame.steps));
                lanes.line_up(*first, (start..count).map(&row));
                self.find_abreast(search, lanes, &mut chosen, &mut frame);
            }
            for lane in chosen.lanes() {
                if frame.is_exhausted() {
                    break;
                }
                frame.set(*first, row(start + usize::from(*lane)));
                frame.steps = frame.steps.saturating_add(1);
                let mut keep = |frame: &mut Frame| {
                    answer.findings += 1;
                    if answer.findings <= most {
                        answer.bindings.extend(rule.variables.iter().map(|(slot, _)| frame.get(*slot)));
                    }
                };
                if !others.is_empty() {
                    self.evaluator.each_solution(search, &mut frame, &mut keep);
                } else if lanes.is_some() || self.evaluator.exists(search, &mut frame) {
                    keep(&mut frame);
                }
            }
        }
        // What has given up has counted to the end of numbers; such answers must still have a sum.
        answer.steps = frame.steps.min(frame.limit.saturating_add(1));
        answer
    }

    /// Keeps those of the rows that are lined up for which the search finds anything. What was looked at for the others is
    /// counted; what a row with findings costs is left to be counted with these, where other variables are sought.
    fn find_abreast(&self, search: &Search<'a>, lanes: &mut Lanes, chosen: &mut Chosen, frame: &mut Frame) {
        let rows = chosen.lanes().len();
        self.evaluator.exists_abreast(search, lanes, chosen);
        let again: u64 = match search.variables.is_empty() || lanes.is_exhausted() {
            true => 0,
            false => chosen.lanes().iter().map(|lane| lanes.steps_of(*lane)).sum(),
        };
        let others = (rows - chosen.lanes().len()) as u64;
        frame.steps = frame.steps.saturating_add(others).saturating_add(lanes.spent() - again);
    }

    /// The names that a `nearest` of the rule looks among.
    pub(super) fn known(&self, rule: &Rule, at: usize, nearest: &NearestRule) -> &Known<'a> {
        self.known[rule.number][at].get_or_init(|| {
            let candidates = self.landscape().rows(nearest.kind);
            if candidates.len() > MOST_CANDIDATES {
                return Known { names: Among::Once(Names::default()), rows: Vec::new() };
            }
            let (mut names, mut rows) = (Vec::with_capacity(candidates.len()), Vec::with_capacity(candidates.len()));
            // By their numbers, since equal names have one.
            let mut seen = vec![false; self.landscape().name_count()];
            for (row, name) in candidates.clone().zip(self.evaluator.values_of_rows(&nearest.by, candidates)) {
                if name != MISSING && !std::mem::replace(&mut seen[name as usize], true) {
                    names.push(name);
                    rows.push(row);
                }
            }
            let landscape = self.landscape();
            let names = match &self.recalled {
                None => Among::Once(Names::new(names.into_iter().map(|name| landscape.name(name)))),
                Some(recalled) => {
                    let before = recalled.take(&rule.code, at);
                    Among::Again(Box::new(KnownNames::new(before, &names, |at| landscape.name(names[at]))))
                }
            };
            Known { names, rows }
        })
    }

    /// Gathers and indexes the names that the rule suggests, which a first finding would do. `both` does two things, at once or
    /// not.
    pub fn prepare_suggestions(&self, rule: &Rule, both: Both) {
        for (at, nearest) in rule.nearest.iter().enumerate() {
            match &self.known(rule, at, nearest).names {
                Among::Once(names) => both(&mut || names.index_pieces(), &mut || names.index_words()),
                Among::Again(names) if names.is_first() => {
                    both(&mut || names.index_pieces(), &mut || names.index_words());
                }
                Among::Again(_) => {}
            }
        }
    }

    /// The guards of the rule.
    pub(super) fn guards(&self, rule: &Rule) -> &Guards<'a> {
        self.guards[rule.number].get_or_init(|| {
            let binder = self.evaluator.binder();
            let advice = |rules: &[AdviceRule]| rules.iter().map(|advice| binder.guard(&advice.guard)).collect();
            Guards {
                labels: rule.labels.iter().map(|label| binder.guard(&label.guard)).collect(),
                help: advice(&rule.help),
                notes: advice(&rule.notes),
                fixes: rule.fixes.iter().map(|fix| binder.guard(&fix.guard)).collect(),
            }
        })
    }

    /// The id that a path leads to, directly or as that of an entity.
    pub(super) fn name_of(&self, path: &Path, frame: &Frame) -> Option<&'a str> {
        match self.evaluator.value(path, frame) {
            MISSING => None,
            value => Some(self.landscape().name(value)),
        }
    }

    /// What is said where a rule cannot be evaluated within bounds.
    #[must_use]
    pub fn too_expensive(&self, rule: &Rule) -> Diagnostic {
        let code = &rule.code;
        Diagnostic::error("RULE012", rule.place, format!("the rule `{code}` looks at too many combinations"))
            .underlined(format!("given up after {} of them; none of its findings is shown", self.limit(rule)))
            .help("relate its variables by `=`, `in` or `of`, so that it need not pair everything with everything")
    }
}

/// The part of a limit that each of so many landscapes has.
fn shared(limit: u64, landscapes: usize) -> u64 {
    match landscapes as u64 {
        ..=LANDSCAPES => limit,
        landscapes => (limit / landscapes * LANDSCAPES).max(LEAST_SHARE.min(limit)),
    }
}

/// Whether a condition calls one of these recursive predicates, at any depth.
fn calls_any(condition: &Condition, predicates: &[usize]) -> bool {
    let term = |term: &Term| matches!(term, Term::Count(query) if calls_any(&query.condition, predicates));
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(|part| calls_any(part, predicates)),
        Condition::Not(inner) => calls_any(inner, predicates),
        Condition::Holds(one) | Condition::Missing(one) | Condition::Text(one, _) => term(one),
        Condition::Compare(_, left, right) | Condition::In(left, right) => term(left) || term(right),
        Condition::Exists(query) => calls_any(&query.condition, predicates),
        Condition::Call(to, _) => predicates.contains(to),
    }
}
