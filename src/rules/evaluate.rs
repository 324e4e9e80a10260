//! Running plans over a landscape.

use std::ops::ControlFlow;
use std::sync::{Arc, OnceLock};

use crate::landscape::{Base, Column, Kind, Landscape, MISSING};

use super::index::{Index, IndexSpecification};
use super::ir::{Comparison, Condition, Path, Query, Slot, Step, Term, TextTest};
use super::plan::{Plan, PlanStep};
use super::relation::Relation;

/// The ids of the variables, and a count of the work that was done with them.
#[derive(Clone, Debug)]
pub struct Frame {
    ids: Vec<u32>,
    /// Bindings that were looked at.
    pub steps: u64,
    /// The most bindings that may be looked at; past it every enumeration ends at once.
    pub limit: u64,
}

impl Frame {
    /// A frame with room for `slots` variables.
    #[must_use]
    pub fn new(slots: usize) -> Self {
        Self { ids: vec![MISSING; slots], steps: 0, limit: u64::MAX }
    }

    /// The id in a slot.
    #[must_use]
    pub fn get(&self, slot: Slot) -> u32 {
        self.ids[usize::from(slot.0)]
    }

    /// Puts an id into a slot.
    pub fn set(&mut self, slot: Slot, id: u32) {
        self.ids[usize::from(slot.0)] = id;
    }

    /// Whether the limit has been passed, so that no answer is to be trusted.
    #[must_use]
    pub fn is_exhausted(&self) -> bool {
        self.steps > self.limit
    }

    fn step(&mut self) -> ControlFlow<()> {
        self.steps += 1;
        if self.steps > self.limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Evaluates conditions and queries over one landscape.
#[derive(Debug)]
pub struct Evaluator<'a> {
    landscape: &'a Landscape,
    literals: Vec<(Arc<str>, u32)>,
    specifications: &'a [IndexSpecification],
    indexes: Vec<OnceLock<Index>>,
    relations: Vec<Option<Relation>>,
}

impl<'a> Evaluator<'a> {
    /// An evaluator whose indexes are built on first use and whose recursive predicates are not computed yet.
    #[must_use]
    pub fn new(landscape: &'a Landscape, literals: &[Arc<str>], specifications: &'a [IndexSpecification]) -> Self {
        let literals =
            literals.iter().map(|text| (text.clone(), landscape.find_name(text).unwrap_or(MISSING))).collect();
        let indexes = specifications.iter().map(|_| OnceLock::new()).collect();
        Self { landscape, literals, specifications, indexes, relations: Vec::new() }
    }

    /// The landscape.
    #[must_use]
    pub fn landscape(&self) -> &'a Landscape {
        self.landscape
    }

    /// The tuples of a recursive predicate, to be filled.
    pub(super) fn relation_mut(&mut self, predicate: usize) -> &mut Relation {
        if self.relations.len() <= predicate {
            self.relations.resize_with(predicate + 1, || None);
        }
        self.relations[predicate].get_or_insert_default()
    }

    fn relation(&self, predicate: usize) -> Option<&Relation> {
        self.relations.get(predicate)?.as_ref()
    }

    /// Calls `visit` with each value that the path leads to, until it answers false. Missing values are passed over.
    pub fn each_value(&self, path: &Path, frame: &Frame, visit: &mut dyn FnMut(u32) -> bool) -> bool {
        self.walk(frame.get(path.slot), &path.steps, visit)
    }

    fn walk(&self, id: u32, steps: &[Step], visit: &mut dyn FnMut(u32) -> bool) -> bool {
        let Some((step, rest)) = steps.split_first() else { return visit(id) };
        let row = id - self.landscape.rows(step.kind).start;
        match self.landscape.column(step.kind, step.field) {
            Column::Scalar(values) => match values[row as usize] {
                MISSING => true,
                value => self.walk(value, rest, visit),
            },
            Column::List(lists) => lists.of(row).iter().all(|value| self.walk(*value, rest, visit)),
        }
    }

    /// The single value that a path without lists leads to, or [`MISSING`].
    #[must_use]
    pub fn value(&self, path: &Path, frame: &Frame) -> u32 {
        let mut id = frame.get(path.slot);
        for step in &path.steps {
            let row = id - self.landscape.rows(step.kind).start;
            id = match self.landscape.column(step.kind, step.field) {
                Column::Scalar(values) => values[row as usize],
                Column::List(lists) => lists.of(row).first().copied().unwrap_or(MISSING),
            };
            if id == MISSING {
                break;
            }
        }
        id
    }

    fn term(&self, term: &Term, frame: &mut Frame) -> u32 {
        match term {
            Term::Path(path) => self.value(path, frame),
            Term::Literal(value, _) => *value,
            Term::Text(literal) => self.literals[*literal].1,
            Term::Today => self.landscape.today().days(),
            Term::Count(query) => self.count(query, frame),
        }
    }

    fn base(term: &Term) -> Base {
        match term {
            Term::Path(path) => path.ty().base,
            Term::Literal(_, base) => *base,
            Term::Text(_) => Base::Text,
            Term::Today => Base::Date,
            Term::Count(_) => Base::Number,
        }
    }

    /// The text that a value of base `Name` or `Text` stands for.
    fn text(&self, term: &Term, base: Base, value: u32) -> std::borrow::Cow<'_, str> {
        match (term, base) {
            (Term::Text(literal), _) => std::borrow::Cow::Borrowed(&*self.literals[*literal].0),
            (_, Base::Name) => std::borrow::Cow::Borrowed(self.landscape.name(value)),
            _ => self.landscape.string(value),
        }
    }

    fn equal(&self, (left, a): (&Term, u32), (right, b): (&Term, u32)) -> bool {
        match (Self::base(left), Self::base(right)) {
            // A literal beside a name is known by its id; everything else that holds text is compared as text.
            (Base::Name, Base::Name) => a == b,
            (Base::Name, Base::Text) if matches!(right, Term::Text(_)) => a == b,
            (Base::Text, Base::Name) if matches!(left, Term::Text(_)) => a == b,
            (one @ (Base::Name | Base::Text), other @ (Base::Name | Base::Text)) => {
                self.text(left, one, a) == self.text(right, other, b)
            }
            _ => a == b,
        }
    }

    /// Whether the condition holds for the ids in the frame.
    pub fn holds(&self, condition: &Condition, frame: &mut Frame) -> bool {
        match condition {
            Condition::All(parts) => parts.iter().all(|part| self.holds(part, frame)),
            Condition::Any(parts) => parts.iter().any(|part| self.holds(part, frame)),
            Condition::Not(inner) => !self.holds(inner, frame),
            Condition::Holds(term) => self.term(term, frame) == 1,
            Condition::Compare(how, left, right) => {
                let (a, b) = (self.term(left, frame), self.term(right, frame));
                let missing = |term: &Term, value: u32| value == MISSING && !matches!(term, Term::Text(_));
                if missing(left, a) || missing(right, b) {
                    return false;
                }
                match how {
                    Comparison::Equal => self.equal((left, a), (right, b)),
                    Comparison::Less => a < b,
                    Comparison::LessOrEqual => a <= b,
                }
            }
            Condition::In(one, list) => {
                let Term::Path(path) = list else { return false };
                let value = self.term(one, frame);
                if value == MISSING && !matches!(one, Term::Text(_)) {
                    return false;
                }
                !self.each_value(path, frame, &mut |other| !self.equal((one, value), (list, other)))
            }
            Condition::Text(term, test) => self.text_test(term, test, frame),
            Condition::Missing(Term::Path(path)) => self.each_value(path, frame, &mut |_| false),
            Condition::Missing(_) => false,
            Condition::Exists(query) => self.exists(query, frame),
            Condition::Call(predicate, arguments) => {
                let tuple: Vec<u32> = arguments.iter().map(|path| self.value(path, frame)).collect();
                self.relation(*predicate).is_some_and(|relation| relation.contains(&tuple))
            }
        }
    }

    fn text_test(&self, term: &Term, test: &TextTest, frame: &mut Frame) -> bool {
        let base = Self::base(term);
        let other = match test {
            TextTest::StartsWith(other) | TextTest::EndsWith(other) | TextTest::Contains(other) => {
                let value = self.term(other, frame);
                if value == MISSING && !matches!(other, Term::Text(_)) {
                    return false;
                }
                Some(self.text(other, Self::base(other), value))
            }
            TextTest::Matches(_) => None,
        };
        let passes = |text: &str| match (test, &other) {
            (TextTest::StartsWith(_), Some(other)) => text.starts_with(&**other),
            (TextTest::EndsWith(_), Some(other)) => text.ends_with(&**other),
            (TextTest::Contains(_), Some(other)) => text.contains(&**other),
            (TextTest::Matches(regex), _) => regex.is_match(text),
            _ => false,
        };
        match term {
            Term::Path(path) => !self.each_value(path, frame, &mut |value| !passes(&self.text(term, base, value))),
            Term::Text(literal) => passes(&self.literals[*literal].0),
            Term::Literal(..) | Term::Today | Term::Count(_) => false,
        }
    }

    /// Whether the query has a binding.
    pub fn exists(&self, query: &Query, frame: &mut Frame) -> bool {
        let Some(plan) = &query.plan else { return false };
        plan.alternatives
            .iter()
            .any(|steps| self.run(steps, frame, &mut |_| ControlFlow::Break(())).is_break() && !frame.is_exhausted())
    }

    fn count(&self, query: &Query, frame: &mut Frame) -> u32 {
        let mut count = 0_u32;
        self.each_binding(query, frame, &mut |_| count = count.saturating_add(1));
        count
    }

    /// Calls `visit` once for each binding of the query's variables, in an order that depends on the landscape alone.
    pub fn each_binding(&self, query: &Query, frame: &mut Frame, visit: &mut dyn FnMut(&mut Frame)) {
        let Some(plan) = query.plan.as_deref() else { return };
        self.each_solution(plan, &query.variables, frame, visit);
    }

    /// Likewise for a plan and the variables that it binds.
    pub fn each_solution(
        &self,
        plan: &Plan,
        variables: &[(Slot, Kind)],
        frame: &mut Frame,
        visit: &mut dyn FnMut(&mut Frame),
    ) {
        if !plan.repeats && variables.len() == 1 {
            for steps in &plan.alternatives {
                let _ = self.run(steps, frame, &mut |frame| {
                    visit(frame);
                    ControlFlow::Continue(())
                });
            }
            return;
        }
        // Rows come sorted however the plan found them, so that a change of plan changes no output.
        let width = variables.len();
        let mut found: Vec<u32> = Vec::new();
        for steps in &plan.alternatives {
            let _ = self.run(steps, frame, &mut |frame| {
                found.extend(variables.iter().map(|(slot, _)| frame.get(*slot)));
                ControlFlow::Continue(())
            });
        }
        let mut tuples: Vec<&[u32]> = found.chunks_exact(width).collect();
        tuples.sort_unstable();
        tuples.dedup();
        for tuple in tuples {
            for ((slot, _), id) in variables.iter().zip(tuple) {
                frame.set(*slot, *id);
            }
            visit(frame);
        }
    }

    /// Runs the steps; `visit` is called with every binding that passes them all, and ends the run with `Break`.
    pub(super) fn run(
        &self,
        steps: &[PlanStep],
        frame: &mut Frame,
        visit: &mut dyn FnMut(&mut Frame) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Some((step, rest)) = steps.split_first() else { return visit(frame) };
        match step {
            PlanStep::Filter(condition) => {
                if self.holds(condition, frame) && !frame.is_exhausted() {
                    self.run(rest, frame, visit)
                } else {
                    ControlFlow::Continue(())
                }
            }
            PlanStep::Scan(slot, kind) => {
                for row in self.landscape.rows(*kind) {
                    frame.step()?;
                    frame.set(*slot, row);
                    self.run(rest, frame, visit)?;
                }
                ControlFlow::Continue(())
            }
            PlanStep::Bind(slot, kind, path) => {
                let rows = self.landscape.rows(*kind);
                if !path.ty().list {
                    let value = self.value(path, frame);
                    if rows.contains(&value) {
                        frame.step()?;
                        frame.set(*slot, value);
                        return self.run(rest, frame, visit);
                    }
                    return ControlFlow::Continue(());
                }
                let mut values = Vec::new();
                self.each_value(path, frame, &mut |value| {
                    values.push(value);
                    true
                });
                for value in values {
                    if rows.contains(&value) {
                        frame.step()?;
                        frame.set(*slot, value);
                        self.run(rest, frame, visit)?;
                    }
                }
                ControlFlow::Continue(())
            }
            PlanStep::Probe { slot, index, first, second } => {
                let index = self.index(*index);
                self.each_key(Some(first), frame, &mut |frame, first| {
                    self.each_key(second.as_ref(), frame, &mut |frame, key| {
                        let second = second.as_ref().map(|_| key);
                        for row in index.rows(first, second) {
                            frame.step()?;
                            frame.set(*slot, *row);
                            self.run(rest, frame, visit)?;
                        }
                        ControlFlow::Continue(())
                    })
                })
            }
            PlanStep::Tuples { predicate, arguments, binds, newest } => {
                let Some(relation) = self.relation(*predicate) else { return ControlFlow::Continue(()) };
                let mut pattern = [MISSING; super::relation::MOST_PARAMETERS];
                for (at, path) in arguments.iter().enumerate() {
                    if binds.iter().all(|(position, _)| *position != at) {
                        pattern[at] = self.value(path, frame);
                        if pattern[at] == MISSING {
                            return ControlFlow::Continue(());
                        }
                    }
                }
                relation.each(&pattern[..arguments.len()], *newest, &mut |tuple| {
                    frame.step()?;
                    for (at, kind) in binds {
                        if !self.landscape.rows(*kind).contains(&tuple[*at]) {
                            return ControlFlow::Continue(());
                        }
                        frame.set(arguments[*at].slot, tuple[*at]);
                    }
                    self.run(rest, frame, visit)
                })
            }
        }
    }

    /// Calls `visit` with each value of a key; once, with nothing, where there is no key.
    fn each_key(
        &self,
        key: Option<&Term>,
        frame: &mut Frame,
        visit: &mut dyn FnMut(&mut Frame, u32) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        match key {
            None => visit(frame, MISSING),
            Some(Term::Path(path)) if path.ty().list => {
                let mut values = Vec::new();
                self.each_value(path, frame, &mut |value| {
                    values.push(value);
                    true
                });
                values.into_iter().try_for_each(|value| visit(frame, value))
            }
            Some(term) => match self.term(term, frame) {
                MISSING => ControlFlow::Continue(()),
                value => visit(frame, value),
            },
        }
    }

    fn index(&self, number: usize) -> &Index {
        self.indexes[number].get_or_init(|| Index::build(self, &self.specifications[number]))
    }
}
