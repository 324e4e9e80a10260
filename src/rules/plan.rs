//! From a query to a plan: in which order its variables are bound, and how.
//!
//! A condition is brought into alternatives of conjunctions, and each alternative is planned by itself: at every step the
//! variable is taken that the conditions pin down best, by an equation, by an index over one or two keys, by the tuples of
//! a recursive predicate, and only where nothing else is left by going through all rows. So the cost of a rule follows
//! its rows and its answers, not the product of its kinds.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use crate::landscape::Kind;

use super::choice::{Way, cheap_way, choice, tuples, way};
use super::cost::{DEAR, weight};
use super::index::IndexSpecification;
use super::ir::{Condition, Guard, Path, Query, Slot, Term, TextTest};

/// The most alternatives that a condition is split into; a larger one is tested as a whole.
const MOST_ALTERNATIVES: usize = 12;

/// What it costs at the most to find a variable of which nearly nothing is left to be asked: by an equation, or by two keys.
const PINNED: u32 = 2;

/// How the bindings of a query are found; by default, there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Plan {
    /// Each alternative finds some of the bindings.
    pub alternatives: Vec<Vec<PlanStep>>,
    /// Whether one alternative can find the same binding twice.
    pub repeats: bool,
}

impl Plan {
    /// Lets alternatives that bind all their variables alike be one, and asks what they ask of these in one condition: so rows
    /// are looked up once. Which way a binding is found then differs, so that it is for questions where that does not show.
    fn join_alternatives(&mut self) {
        let bound = |steps: &[PlanStep]| {
            steps.iter().rposition(|step| !matches!(step, PlanStep::Filter(_))).map_or(0, |last| last + 1)
        };
        let mut joined: Vec<(Vec<PlanStep>, Vec<Condition>)> = Vec::new();
        for mut steps in std::mem::take(&mut self.alternatives) {
            let filters = steps.split_off(bound(&steps)).into_iter().filter_map(|step| match step {
                PlanStep::Filter(condition) => Some(condition),
                _ => None,
            });
            let condition = Condition::All(filters.collect());
            match joined.iter_mut().find(|(alike, _)| *alike == steps) {
                Some((_, conditions)) => conditions.push(condition),
                None => joined.push((steps, vec![condition])),
            }
        }
        self.alternatives = joined
            .into_iter()
            .map(|(mut steps, mut conditions)| {
                match conditions.pop() {
                    Some(Condition::All(parts)) if conditions.is_empty() => {
                        steps.extend(parts.into_iter().map(PlanStep::Filter));
                    }
                    last => {
                        conditions.extend(last);
                        steps.push(PlanStep::Filter(Condition::Any(conditions)));
                    }
                }
                steps
            })
            .collect();
    }
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PlanStep {
    /// The variable runs over all rows of its kind.
    Scan(Slot, Kind),
    /// The variable takes each value of the path that is of its kind.
    Bind(Slot, Kind, Path),
    /// The variable runs over the rows that the index has for the keys; a key that is a list stands for each of its
    /// values.
    Probe {
        /// The variable.
        slot: Slot,
        /// The index, by number.
        index: usize,
        /// The first key.
        first: Term,
        /// The second key.
        second: Option<Term>,
    },
    /// The unbound ones among the arguments take the tuples of a recursive predicate.
    Tuples {
        /// The predicate, by number.
        predicate: usize,
        /// Its arguments.
        arguments: Vec<Path>,
        /// Which arguments are bound here: position and kind.
        binds: Vec<(usize, Kind)>,
        /// Whether only the newest tuples are taken (while the fixpoint is computed).
        newest: bool,
    },
    /// Goes on only where the condition holds.
    Filter(Condition),
}

/// Plans queries, and collects the indexes that they need. Several threads may plan at once: which number an index gets is
/// then theirs to decide, and shows nowhere.
#[derive(Debug, Default)]
pub struct Planner {
    indexes: Mutex<IndexSet<IndexSpecification, FxBuildHasher>>,
}

/// A condition while it is taken apart: a part of the rule, or one that its negation made.
pub(super) type Part<'c> = Cow<'c, Condition>;

/// An alternative: the variables that it adds to those of its query, and its conditions.
#[derive(Clone, Default)]
struct Alternative<'c> {
    variables: Vec<(Slot, Kind)>,
    conditions: Vec<Part<'c>>,
}

impl Planner {
    /// The indexes that the plans use, by number.
    #[must_use]
    pub fn into_indexes(self) -> Vec<IndexSpecification> {
        self.indexes.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().collect()
    }

    /// Plans a query whose variables are all unbound; every other slot is bound.
    pub fn query(&self, query: &mut Query) {
        if query.plan.is_none() {
            query.plan = Some(Arc::new(self.plan(&query.variables, &mut query.condition, false)));
        }
    }

    /// Plans the unbound `variables` under `condition`.
    pub fn plan(&self, variables: &[(Slot, Kind)], condition: &mut Condition, unfold: bool) -> Plan {
        // Where an inner query is asked, everything around it is bound: it is planned once, whatever becomes of the outer one.
        self.condition(condition);
        let condition = &*condition;
        let plain = self.attempt(variables, condition, unfold);
        let scans =
            |plan: &Plan| plan.alternatives.iter().flatten().filter(|step| matches!(step, PlanStep::Scan(..))).count();
        if unfold || scans(&plain) == 0 || !mentions_exists(condition) {
            return plain;
        }
        // Where something must be gone through as a whole, what stands under `exists` may say where to begin.
        let unfolded = self.attempt(variables, condition, true);
        if scans(&unfolded) < scans(&plain) { unfolded } else { plain }
    }

    fn attempt(&self, variables: &[(Slot, Kind)], condition: &Condition, unfold: bool) -> Plan {
        let mut repeats = false;
        let split = self.alternatives(variables, Part::Borrowed(condition), unfold, &[]);
        let mut plans = Vec::with_capacity(split.len());
        for alternative in split {
            repeats |= !alternative.variables.is_empty();
            let unbound = variables.iter().chain(&alternative.variables).copied().collect();
            let (steps, again) = self.order(unbound, alternative.conditions, None);
            repeats |= again;
            plans.push(steps);
        }
        Plan { alternatives: plans, repeats }
    }

    /// Plans the body of a recursive predicate: the alternatives that call none of its component, and, for each call into
    /// the component, the alternative that takes the newest tuples there.
    pub fn recursive(
        &self,
        parameters: &[(Slot, Kind)],
        body: &Condition,
        component: &dyn Fn(usize) -> bool,
    ) -> (Plan, Plan) {
        let mut base = Plan { alternatives: Vec::new(), repeats: true };
        let mut newest = Plan { alternatives: Vec::new(), repeats: true };
        for alternative in self.alternatives(parameters, Part::Borrowed(body), true, &[]) {
            let unbound: Vec<(Slot, Kind)> = parameters.iter().chain(&alternative.variables).copied().collect();
            let calls: Vec<usize> = (0..alternative.conditions.len())
                .filter(|at| matches!(&*alternative.conditions[*at], Condition::Call(to, _) if component(*to)))
                .collect();
            let hidden = alternative
                .conditions
                .iter()
                .any(|condition| !matches!(&**condition, Condition::Call(..)) && calls_into(condition, component));
            if calls.is_empty() || hidden {
                let steps = self.order(unbound.clone(), alternative.conditions.clone(), None).0;
                if hidden {
                    newest.alternatives.push(steps.clone());
                }
                base.alternatives.push(steps);
            }
            if !hidden {
                for call in calls {
                    newest.alternatives.push(self.order(unbound.clone(), alternative.conditions.clone(), Some(call)).0);
                }
            }
        }
        (base, newest)
    }

    /// Plans every query inside a guard.
    pub fn guard(&self, guard: &mut Guard) {
        match guard {
            Guard::Always | Guard::Otherwise => {}
            Guard::When(condition) => self.condition(condition),
            Guard::Each(query) => self.query(query),
        }
    }

    /// Plans every query inside a condition.
    pub fn condition(&self, condition: &mut Condition) {
        match condition {
            Condition::All(parts) | Condition::Any(parts) => parts.iter_mut().for_each(|part| self.condition(part)),
            Condition::Not(inner) => self.condition(inner),
            Condition::Exists(query) => self.shared(query),
            Condition::Holds(term) | Condition::Missing(term) => self.term(term),
            Condition::Compare(_, left, right) | Condition::In(left, right) => {
                self.term(left);
                self.term(right);
            }
            Condition::Text(term, test) => {
                self.term(term);
                if let TextTest::StartsWith(other) | TextTest::EndsWith(other) | TextTest::Contains(other) = test {
                    self.term(other);
                }
            }
            Condition::Call(..) => {}
        }
    }

    fn term(&self, term: &mut Term) {
        if let Term::Count(query) = term {
            self.shared(query);
        }
    }

    /// Plans a query that others may share, which is copied only if it has no plan yet.
    fn shared(&self, query: &mut Arc<Query>) {
        if query.plan.is_none() {
            let query = Arc::make_mut(query);
            let mut plan = self.plan(&query.variables, &mut query.condition, false);
            plan.join_alternatives();
            query.plan = Some(Arc::new(plan));
        }
    }

    /// Orders the variables of one alternative. `newest` is the condition, a call, that only newest tuples may satisfy.
    fn order(
        &self,
        mut unbound: Vec<(Slot, Kind)>,
        conditions: Vec<Part<'_>>,
        newest: Option<usize>,
    ) -> (Vec<PlanStep>, bool) {
        let mut open: Vec<Option<Part<'_>>> = conditions.into_iter().map(Some).collect();
        let mut steps = Vec::new();
        let mut repeats = false;
        let mut newest = newest;
        loop {
            // A field that holds one entity costs next to nothing to bind, and may let a cheaper question come first.
            let first = (newest.is_none())
                .then(|| unbound.iter().find_map(|(slot, kind)| cheap_way(*slot, *kind, &unbound, &open)))
                .flatten();
            let most = if first.is_some() { DEAR } else { u32::MAX };
            self.filters(&unbound, &mut open, newest, most, &mut steps);
            if let Some(way) = first {
                self.take(way, &mut unbound, &mut open, &mut steps, &mut repeats);
                continue;
            }
            if let Some(call) = newest.take()
                && let Some((_, way)) = tuples(&unbound, &open, call, true)
            {
                self.take(way, &mut unbound, &mut open, &mut steps, &mut repeats);
                continue;
            }
            if unbound.is_empty() {
                return (steps, repeats);
            }
            let choices = unbound.iter().map(|(slot, kind)| (*slot, *kind, choice(*slot, &unbound, &open)));
            let alone = choices.min_by_key(|(.., choice)| choice.cost());
            let calls = (0..open.len()).filter_map(|at| tuples(&unbound, &open, at, false));
            let way = match (alone, calls.min_by_key(|(cost, _)| *cost)) {
                (Some((slot, kind, choice)), call) if call.as_ref().is_none_or(|(cost, _)| choice.cost() <= *cost) => {
                    way(slot, kind, choice, &open)
                }
                (_, Some((_, way))) => way,
                (_, None) => return (steps, repeats),
            };
            self.take(way, &mut unbound, &mut open, &mut steps, &mut repeats);
        }
    }

    /// Emits the conditions whose variables are all bound and that weigh less than `most`, cheap ones first.
    fn filters(
        &self,
        unbound: &[(Slot, Kind)],
        open: &mut [Option<Part<'_>>],
        newest: Option<usize>,
        most: u32,
        steps: &mut Vec<PlanStep>,
    ) {
        let mut ready: Vec<Part<'_>> = Vec::new();
        for (at, slot) in open.iter_mut().enumerate() {
            if newest == Some(at) {
                continue;
            }
            if let Some(condition) =
                slot.take_if(|condition| !reads_any(condition, unbound) && weight(condition) < most)
            {
                ready.push(condition);
            }
        }
        ready.sort_by_key(|condition| weight(condition));
        for condition in ready {
            let mut condition = condition.into_owned();
            self.condition(&mut condition);
            steps.push(PlanStep::Filter(condition));
        }
    }

    /// Splits a condition into alternatives of conjunctions. A disjunction is split only where it speaks of an unbound
    /// variable, and where splitting may help to find it; `exists` is dissolved into further variables only where `unfold`
    /// says so. What holds beside the condition stands in `context`.
    fn alternatives<'c>(
        &self,
        variables: &[(Slot, Kind)],
        condition: Part<'c>,
        unfold: bool,
        context: &[Part<'c>],
    ) -> Vec<Alternative<'c>> {
        let mut found = vec![Alternative::default()];
        let mut work = vec![condition];
        // Conjuncts first, so that disjunctions multiply as late as possible.
        let mut disjunctions: Vec<Part<'c>> = Vec::new();
        let mut known: Vec<(Slot, Kind)> = variables.to_vec();
        while let Some(condition) = work.pop() {
            match &*condition {
                Condition::All(_) => work.extend(parts(condition).into_iter().rev()),
                Condition::Any(one) if one.len() == 1 => work.extend(parts(condition)),
                Condition::Any(_) => {
                    if reads_any(&condition, &known) {
                        disjunctions.push(condition);
                    } else {
                        found[0].conditions.push(condition);
                    }
                }
                Condition::Not(inner) => match &**inner {
                    Condition::Any(_) => work.extend(negated(condition).into_iter().rev()),
                    Condition::All(_) => {
                        let parts = negated(condition).into_iter().map(Part::into_owned).collect();
                        work.push(Part::Owned(Condition::Any(parts)));
                    }
                    Condition::Not(_) => work.extend(negated(condition)),
                    _ => found[0].conditions.push(condition),
                },
                Condition::Exists(query) if unfold => {
                    known.extend(&query.variables);
                    found[0].variables.extend(&query.variables);
                    work.push(match condition {
                        Part::Borrowed(Condition::Exists(query)) => Part::Borrowed(&query.condition),
                        _ => Part::Owned(query.condition.clone()),
                    });
                }
                _ => found[0].conditions.push(condition),
            }
        }
        let mut beside: Vec<Part<'c>> = context.to_vec();
        beside.extend(found[0].conditions.iter().cloned());
        let is_pinned = match known.as_slice() {
            [(slot, _)] if !disjunctions.is_empty() => {
                let open: Vec<Option<Part<'_>>> = beside.iter().cloned().map(Some).collect();
                choice(*slot, &known, &open).cost() <= PINNED
            }
            _ => false,
        };
        for disjunction in disjunctions {
            let count = |condition: &Condition| if let Condition::Any(parts) = condition { parts.len() } else { 1 };
            if is_pinned || found.len() * count(&disjunction) > MOST_ALTERNATIVES {
                for alternative in &mut found {
                    alternative.conditions.push(disjunction.clone());
                }
                continue;
            }
            // A part may itself be a conjunction, and hold further disjunctions; it is split once, so that the cost follows the
            // size of the condition.
            let split: Vec<Alternative<'c>> = parts(disjunction.clone())
                .into_iter()
                .flat_map(|part| self.alternatives(&known, part, unfold, &beside))
                .collect();
            if found.len() * split.len() > MOST_ALTERNATIVES {
                for alternative in &mut found {
                    alternative.conditions.push(disjunction.clone());
                }
                continue;
            }
            let mut next = Vec::new();
            for alternative in &found {
                for inner in &split {
                    let mut together = alternative.clone();
                    together.variables.extend(&inner.variables);
                    together.conditions.extend(inner.conditions.iter().cloned());
                    next.push(together);
                }
            }
            found = next;
        }
        found
    }

    /// Takes a way: its variable is bound, and what it makes true need not be asked.
    fn take(
        &self,
        mut way: Way,
        unbound: &mut Vec<(Slot, Kind)>,
        open: &mut [Option<Part<'_>>],
        steps: &mut Vec<PlanStep>,
        repeats: &mut bool,
    ) {
        for at in way.consumed {
            open[at] = None;
        }
        *repeats |= way.repeats;
        match &way.step {
            PlanStep::Scan(slot, _) | PlanStep::Bind(slot, ..) | PlanStep::Probe { slot, .. } => {
                unbound.retain(|(other, _)| other != slot);
            }
            PlanStep::Tuples { arguments, binds, .. } => {
                for (at, _) in binds {
                    unbound.retain(|(other, _)| *other != arguments[*at].slot);
                }
            }
            PlanStep::Filter(_) => {}
        }
        if let (PlanStep::Probe { index, .. }, Some(specification)) = (&mut way.step, way.index) {
            *index = self.index(specification);
        }
        steps.push(way.step);
    }

    fn index(&self, specification: IndexSpecification) -> usize {
        self.indexes.lock().unwrap_or_else(PoisonError::into_inner).insert_full(specification).0
    }
}

/// The conjuncts or the alternatives of a condition.
fn parts(condition: Part<'_>) -> Vec<Part<'_>> {
    match condition {
        Part::Borrowed(Condition::All(parts) | Condition::Any(parts)) => parts.iter().map(Part::Borrowed).collect(),
        Part::Owned(Condition::All(parts) | Condition::Any(parts)) => parts.into_iter().map(Part::Owned).collect(),
        other => vec![other],
    }
}

/// The negated parts of what is negated; of a double negation, what stands under both.
fn negated(condition: Part<'_>) -> Vec<Part<'_>> {
    let inner = match condition {
        Part::Borrowed(Condition::Not(inner)) => Part::Borrowed(&**inner),
        Part::Owned(Condition::Not(inner)) => Part::Owned(*inner),
        other => other,
    };
    match &*inner {
        Condition::Not(_) => vec![negation(inner)],
        _ => parts(inner).into_iter().map(negation).collect(),
    }
}

fn negation(part: Part<'_>) -> Part<'_> {
    match part {
        Part::Borrowed(Condition::Not(inner)) => Part::Borrowed(&**inner),
        other => Part::Owned(other.into_owned().negated()),
    }
}

fn mentions_exists(condition: &Condition) -> bool {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(mentions_exists),
        Condition::Exists(_) => true,
        _ => false,
    }
}

fn calls_into(condition: &Condition, component: &dyn Fn(usize) -> bool) -> bool {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(|part| calls_into(part, component)),
        Condition::Not(inner) => calls_into(inner, component),
        Condition::Exists(query) => calls_into(&query.condition, component),
        Condition::Call(to, _) => component(*to),
        _ => false,
    }
}

/// Whether the condition reads one of these variables.
pub(super) fn reads_any(condition: &Condition, variables: &[(Slot, Kind)]) -> bool {
    let reads = |path: &Path| variables.iter().any(|(slot, _)| *slot == path.slot);
    let term = |term: &Term| match term {
        Term::Path(path) => reads(path),
        Term::Count(query) => reads_any(&query.condition, variables),
        Term::Literal(..) | Term::Text(_) | Term::Today => false,
    };
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(|part| reads_any(part, variables)),
        Condition::Not(inner) => reads_any(inner, variables),
        Condition::Holds(one) | Condition::Missing(one) => term(one),
        Condition::Compare(_, left, right) | Condition::In(left, right) => term(left) || term(right),
        Condition::Text(one, test) => {
            term(one)
                || match test {
                    TextTest::StartsWith(other) | TextTest::EndsWith(other) | TextTest::Contains(other) => term(other),
                    TextTest::Matches(_) => false,
                }
        }
        Condition::Exists(query) => reads_any(&query.condition, variables),
        Condition::Call(_, arguments) => arguments.iter().any(reads),
    }
}
