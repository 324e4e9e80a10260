//! Conditions and plans bound to one landscape: every field is the column that holds it, every literal its id. Binding
//! costs a few allocations a rule and is done once; evaluating then touches nothing but columns and indexes.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashSet;

use crate::landscape::{Base, Column, Kind, Landscape, Lists, MISSING};

use super::index::IndexSpecification;
use super::ir::{Comparison, Condition, Guard, Path, Query, Slot, Step, Term, TextTest};
use super::pattern::Pattern;
use super::plan::{Plan, PlanStep};

/// A column, and the id of its first row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hop<'a> {
    pub(super) start: u32,
    pub(super) column: &'a Column,
}

/// What has at most one value.
#[derive(Debug)]
pub(super) enum Single<'a> {
    /// The id of a variable.
    Slot(Slot),
    /// A field of a variable: by far the most frequent case.
    Field { slot: Slot, start: u32, values: &'a [u32] },
    /// What any number of fields leads to.
    Steps { slot: Slot, hops: Box<[Hop<'a>]> },
    /// A literal; [`MISSING`] for a text that nothing is called by.
    Constant(u32),
    /// How many bindings a query has.
    Count(Box<Search<'a>>),
}

/// What has any number of values.
#[derive(Debug)]
pub(super) enum Many<'a> {
    /// A list at the end of fields that are none.
    List { slot: Slot, head: Box<[Hop<'a>]>, start: u32, lists: &'a Lists, of: Step },
    /// Lists anywhere on the way.
    Steps { slot: Slot, hops: Box<[Hop<'a>]> },
}

/// What has values.
#[derive(Debug)]
pub(super) enum Values<'a> {
    One(Single<'a>),
    Many(Many<'a>),
}

/// What has one text.
#[derive(Debug)]
pub(super) enum Written<'a> {
    Literal(Arc<str>),
    Value(Single<'a>, Base),
}

/// How a text is looked at.
#[derive(Debug)]
pub(super) enum Look<'a> {
    StartsWith(Written<'a>),
    EndsWith(Written<'a>),
    Contains(Written<'a>),
    Matches(Arc<Pattern>),
}

/// A condition.
#[derive(Debug)]
pub(super) enum Test<'a> {
    All(Box<[Test<'a>]>),
    Any(Box<[Test<'a>]>),
    Not(Box<Test<'a>>),
    Holds(Single<'a>),
    /// Equal ids.
    Equal(Single<'a>, Single<'a>),
    /// Equal texts.
    SameText(Written<'a>, Written<'a>),
    Less(Single<'a>, Single<'a>),
    LessOrEqual(Single<'a>, Single<'a>),
    /// An id among ids.
    Among(Single<'a>, Values<'a>),
    /// A text among texts.
    AmongTexts(Written<'a>, Values<'a>, Base),
    /// A text, or one of several, looks so.
    Text(Values<'a>, Base, Look<'a>),
    /// A literal looks so.
    LiteralText(Arc<str>, Look<'a>),
    Missing(Values<'a>),
    Exists(Search<'a>),
    Call(usize, Box<[Single<'a>]>),
    Never,
}

/// One step of a plan.
#[derive(Debug)]
pub(super) enum Move<'a> {
    Scan {
        slot: Slot,
        rows: Range<u32>,
    },
    /// The variable takes each of the values that is one of `rows`.
    Bind {
        slot: Slot,
        rows: Range<u32>,
        values: Values<'a>,
    },
    Probe {
        slot: Slot,
        index: usize,
        first: Values<'a>,
        second: Option<Values<'a>>,
    },
    Tuples {
        predicate: usize,
        arguments: Box<[Single<'a>]>,
        /// Position, variable and its rows.
        binds: Box<[(usize, Slot, Range<u32>)]>,
        newest: bool,
    },
    Filter(Test<'a>),
}

/// How the bindings of some variables are found.
#[derive(Debug)]
pub(super) struct Search<'a> {
    pub(super) variables: Box<[Slot]>,
    pub(super) alternatives: Box<[Box<[Move<'a>]>]>,
    pub(super) repeats: bool,
    /// What one run of it costs in steps beside those that it counts itself: many conditions take their time, too.
    pub(super) weight: u64,
}

/// When a label, a help or a note is given.
#[derive(Debug)]
pub(super) enum BoundGuard<'a> {
    Always,
    When(Test<'a>),
    Each(Search<'a>),
    Otherwise,
}

impl Search<'_> {
    /// Adds the numbers of the indexes that the search is likely to look into: those of its first alternative. The others
    /// are for rows where that finds nothing, and there may be none.
    pub(super) fn indexes(&self, found: &mut Vec<usize>) {
        for step in self.alternatives.iter().take(1).flatten() {
            match step {
                Move::Scan { .. } | Move::Tuples { .. } | Move::Bind { .. } => {}
                Move::Probe { index, .. } => found.push(*index),
                Move::Filter(test) => test.indexes(found),
            }
        }
    }
}

impl Test<'_> {
    fn indexes(&self, found: &mut Vec<usize>) {
        let mut single = |single: &Single<'_>| {
            if let Single::Count(search) = single {
                search.indexes(found);
            }
        };
        match self {
            Test::All(parts) => parts.iter().for_each(|part| part.indexes(found)),
            Test::Any(parts) => parts.iter().take(1).for_each(|part| part.indexes(found)),
            Test::Not(inner) => inner.indexes(found),
            Test::Exists(search) => search.indexes(found),
            Test::Holds(one) | Test::Among(one, _) => single(one),
            Test::Equal(left, right) | Test::Less(left, right) | Test::LessOrEqual(left, right) => {
                single(left);
                single(right);
            }
            Test::SameText(..)
            | Test::AmongTexts(..)
            | Test::Text(..)
            | Test::LiteralText(..)
            | Test::Missing(_)
            | Test::Call(..)
            | Test::Never => {}
        }
    }
}

/// Binds to a landscape.
#[derive(Clone, Copy, Debug)]
pub(super) struct Binder<'a, 'b> {
    pub(super) landscape: &'a Landscape,
    pub(super) specifications: &'b [IndexSpecification],
    /// For each index, whether it is known to be empty; decided on first use.
    pub(super) known_empty: &'b [OnceLock<bool>],
    /// The literals, with the id of the name that each is.
    pub(super) literals: &'b [(Arc<str>, u32)],
}

impl<'a> Binder<'a, '_> {
    pub(super) fn guard(&self, guard: &Guard) -> BoundGuard<'a> {
        match guard {
            Guard::Always => BoundGuard::Always,
            Guard::Otherwise => BoundGuard::Otherwise,
            Guard::When(condition) => BoundGuard::When(self.test(condition)),
            Guard::Each(query) => BoundGuard::Each(self.query(query)),
        }
    }

    pub(super) fn query(&self, query: &Query) -> Search<'a> {
        match &query.plan {
            Some(plan) => self.search(plan, &query.variables),
            None => Search { variables: Box::default(), alternatives: Box::default(), repeats: false, weight: 0 },
        }
    }

    pub(super) fn search(&self, plan: &Plan, variables: &[(Slot, Kind)]) -> Search<'a> {
        let alternatives = plan.alternatives.iter().filter_map(|steps| {
            let mut moves = Vec::with_capacity(steps.len());
            steps.iter().all(|step| self.push(self.step(step), &mut moves)).then(|| moves.into_boxed_slice())
        });
        let alternatives: Box<[Box<[Move<'a>]>]> = alternatives.collect();
        let tests: usize = alternatives.iter().flatten().map(tests_of_move).sum();
        Search {
            variables: variables.iter().map(|(slot, _)| *slot).collect(),
            repeats: plan.repeats || alternatives.len() > 1,
            alternatives,
            weight: (tests / TESTS_A_STEP) as u64,
        }
    }

    fn step(&self, step: &PlanStep) -> Move<'a> {
        match step {
            PlanStep::Scan(slot, kind) => Move::Scan { slot: *slot, rows: self.landscape.rows(*kind) },
            PlanStep::Bind(slot, kind, path) => {
                Move::Bind { slot: *slot, rows: self.landscape.rows(*kind), values: self.path(path) }
            }
            PlanStep::Probe { slot, index, first, second } => Move::Probe {
                slot: *slot,
                index: *index,
                first: self.values(first),
                second: second.as_ref().map(|second| self.values(second)),
            },
            PlanStep::Tuples { predicate, arguments, binds, newest } => Move::Tuples {
                predicate: *predicate,
                arguments: arguments.iter().map(|path| self.single_path(path)).collect(),
                binds: binds.iter().map(|(at, kind)| (*at, arguments[*at].slot, self.landscape.rows(*kind))).collect(),
                newest: *newest,
            },
            PlanStep::Filter(condition) => Move::Filter(self.test(condition)),
        }
    }

    pub(super) fn test(&self, condition: &Condition) -> Test<'a> {
        self.unsettled(condition).settled()
    }

    fn unsettled(&self, condition: &Condition) -> Test<'a> {
        match condition {
            Condition::All(parts) => Test::all(parts.iter().map(|part| self.test(part))),
            Condition::Any(parts) => Test::any(parts.iter().map(|part| self.test(part))),
            Condition::Not(inner) => Test::not(self.test(inner)),
            Condition::Holds(term) => Test::Holds(self.single(term)),
            Condition::Compare(Comparison::Equal, left, right) => {
                if by_id(left, right) {
                    Test::Equal(self.single(left), self.single(right))
                } else {
                    Test::SameText(self.written(left), self.written(right))
                }
            }
            Condition::Compare(Comparison::Less, left, right) => Test::Less(self.single(left), self.single(right)),
            Condition::Compare(Comparison::LessOrEqual, left, right) => {
                Test::LessOrEqual(self.single(left), self.single(right))
            }
            Condition::In(one, list @ Term::Path(path)) => {
                if by_id(one, list) {
                    Test::Among(self.single(one), self.path(path))
                } else {
                    Test::AmongTexts(self.written(one), self.path(path), path.ty().base)
                }
            }
            Condition::Text(Term::Path(path), test) => Test::Text(self.path(path), path.ty().base, self.look(test)),
            Condition::Text(Term::Text(literal), test) => {
                Test::LiteralText(self.literals[*literal].0.clone(), self.look(test))
            }
            Condition::Missing(Term::Path(path)) => Test::Missing(self.path(path)),
            // Typing admits paths only.
            Condition::In(..) | Condition::Text(..) | Condition::Missing(_) => Test::Never,
            Condition::Exists(query) => Test::Exists(self.query(query)),
            Condition::Call(predicate, arguments) => {
                Test::Call(*predicate, arguments.iter().map(|path| self.single_path(path)).collect())
            }
        }
    }

    fn look(&self, test: &TextTest) -> Look<'a> {
        match test {
            TextTest::StartsWith(other) => Look::StartsWith(self.written(other)),
            TextTest::EndsWith(other) => Look::EndsWith(self.written(other)),
            TextTest::Contains(other) => Look::Contains(self.written(other)),
            TextTest::Matches(regex) => Look::Matches(Arc::clone(regex)),
        }
    }

    fn written(&self, term: &Term) -> Written<'a> {
        match term {
            Term::Text(literal) => Written::Literal(self.literals[*literal].0.clone()),
            _ => Written::Value(self.single(term), base(term)),
        }
    }

    fn single(&self, term: &Term) -> Single<'a> {
        match term {
            Term::Path(path) => self.single_path(path),
            Term::Literal(value, _) => Single::Constant(*value),
            Term::Text(literal) => Single::Constant(self.literals[*literal].1),
            Term::Today => Single::Constant(self.landscape.today().days()),
            Term::Count(query) => match self.query(query) {
                search if search.is_never() => Single::Constant(0),
                search => Single::Count(Box::new(search)),
            },
        }
    }

    fn values(&self, term: &Term) -> Values<'a> {
        match term {
            Term::Path(path) => self.path(path),
            _ => Values::One(self.single(term)),
        }
    }

    fn hops(&self, path: &Path) -> Box<[Hop<'a>]> {
        let hop = |step: &Step| Hop {
            start: self.landscape.rows(step.kind).start,
            column: self.landscape.column(step.kind, step.field()),
        };
        path.steps.iter().map(hop).collect()
    }

    pub(super) fn single_path(&self, path: &Path) -> Single<'a> {
        if let Some(value) = self.only_value(path) {
            return Single::Constant(value);
        }
        let hops = self.hops(path);
        match *hops {
            [] => Single::Slot(path.slot),
            [Hop { start, column: Column::Scalar(values) }] => Single::Field { slot: path.slot, start, values },
            _ => Single::Steps { slot: path.slot, hops },
        }
    }

    pub(super) fn path(&self, path: &Path) -> Values<'a> {
        if !path.ty().list {
            return Values::One(self.single_path(path));
        }
        if self.leads_nowhere(path) {
            return Values::One(Single::Constant(MISSING));
        }
        let hops = self.hops(path);
        let scalar = |hop: &Hop<'_>| matches!(hop.column, Column::Scalar(_));
        Values::Many(match hops.split_last() {
            Some((Hop { start, column: Column::List(lists) }, head)) if head.iter().all(scalar) => {
                Many::List { slot: path.slot, head: head.into(), start: *start, lists, of: path.steps[head.len()] }
            }
            _ => Many::Steps { slot: path.slot, hops },
        })
    }
}

/// How many conditions cost as much as one binding.
const TESTS_A_STEP: usize = 16;

fn tests_of_move(one: &Move<'_>) -> usize {
    match one {
        Move::Filter(test) => tests(test),
        _ => 0,
    }
}

/// Number of conditions in a test; those of searches inside count where these run.
fn tests(test: &Test<'_>) -> usize {
    match test {
        Test::All(parts) | Test::Any(parts) => parts.iter().map(tests).sum(),
        Test::Not(inner) => tests(inner),
        _ => 1,
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

/// Whether two values are equal where their ids are. A literal beside a name is known by its id; everything else that
/// holds text is compared as text.
fn by_id(left: &Term, right: &Term) -> bool {
    match (base(left), base(right)) {
        (Base::Name, Base::Name) => true,
        (Base::Name, Base::Text) => matches!(right, Term::Text(_)),
        (Base::Text, Base::Name) => matches!(left, Term::Text(_)),
        (Base::Text, Base::Text) => false,
        _ => true,
    }
}

/// The value behind the hops, or [`MISSING`]; of a list, its first.
pub(super) fn follow(hops: &[Hop<'_>], mut id: u32) -> u32 {
    for hop in hops {
        let row = id - hop.start;
        id = match hop.column {
            Column::Scalar(values) => values[row as usize],
            Column::List(lists) => lists.of(row).first().copied().unwrap_or(MISSING),
        };
        if id == MISSING {
            break;
        }
    }
    id
}

/// All values behind the hops, each once after the first hop, in the order in which they are come upon. Answers how many
/// were looked at: lists of lists would multiply, if one value stood there as often as there are ways to it.
pub(super) fn gather(hops: &[Hop<'_>], id: u32, found: &mut Vec<u32>) -> u64 {
    found.push(id);
    let mut looked_at = 0;
    for (number, hop) in hops.iter().enumerate() {
        let mut next: Vec<u32> = Vec::new();
        for id in &*found {
            let row = id - hop.start;
            match hop.column {
                Column::Scalar(values) => next.extend(Some(values[row as usize]).filter(|value| *value != MISSING)),
                Column::List(lists) => next.extend(lists.of(row)),
            }
        }
        looked_at += next.len() as u64;
        if number > 0 && next.len() > 1 {
            let mut seen = FxHashSet::default();
            next.retain(|value| seen.insert(*value));
        }
        *found = next;
    }
    looked_at
}
