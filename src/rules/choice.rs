//! How one variable of a plan is best bound: by an equation, by one or two keys of an index, by the tuples of a recursive
//! predicate, or by going through all rows.

use crate::landscape::{Base, Kind};

use super::cost::rank;
use super::index::{IndexSpecification, is_key};
use super::ir::{Comparison, Condition, Path, Slot, Step, Term};
use super::plan::{Part, PlanStep};

/// A condition that picks out rows by one of their fields.
pub(super) struct Key<'o> {
    /// How well it tells rows apart.
    rank: u32,
    /// The path from the row.
    steps: &'o [Step],
    /// What the path must lead to.
    value: &'o Term,
    /// The position of the condition.
    at: usize,
    /// Whether a list is involved.
    list: bool,
}

/// How one variable would be bound.
pub(super) enum Choice<'o> {
    /// By an equation with a path: the position of the condition, and whether the path may lead to several.
    Equal(usize, &'o Path, bool),
    /// By one or two keys.
    Keys(Vec<Key<'o>>),
    /// By going through all rows.
    Scan,
}

impl Choice<'_> {
    /// Roughly what it costs.
    pub(super) fn cost(&self) -> u32 {
        match self {
            Self::Equal(..) => 1,
            Self::Scan => 1_000,
            Self::Keys(keys) => match keys.iter().map(|key| key.rank).max() {
                Some(3) => 4 - keys.len() as u32,
                Some(2) => 6 - keys.len() as u32,
                Some(1) => 40,
                _ => 500,
            },
        }
    }
}

/// A way to bind a variable.
pub(super) struct Way {
    pub(super) step: PlanStep,
    /// The conditions, by position, that the step makes true.
    pub(super) consumed: Vec<usize>,
    /// Whether it can find the same row twice.
    pub(super) repeats: bool,
    /// What the step looks into; it gets its number when the way is taken.
    pub(super) index: Option<IndexSpecification>,
}

/// What one variable is best bound by, by itself.
pub(super) fn choice<'o>(slot: Slot, unbound: &[(Slot, Kind)], open: &'o [Option<Part<'_>>]) -> Choice<'o> {
    let known = |term: &Term| match term {
        Term::Path(path) => unbound.iter().all(|(other, _)| *other != path.slot),
        Term::Count(_) => false,
        Term::Literal(..) | Term::Text(_) | Term::Today => true,
    };
    let mut keys: Vec<Key<'o>> = Vec::new();
    for (at, condition) in open.iter().enumerate() {
        let (path, value, list) = match condition.as_deref() {
            Some(Condition::Compare(Comparison::Equal, Term::Path(path), other))
                if path.slot == slot && known(other) =>
            {
                (path, other, false)
            }
            Some(Condition::Compare(Comparison::Equal, other, Term::Path(path)))
                if path.slot == slot && known(other) =>
            {
                (path, other, false)
            }
            Some(Condition::In(Term::Path(path), other) | Condition::In(other, Term::Path(path)))
                if path.slot == slot && known(other) =>
            {
                (path, other, true)
            }
            _ => continue,
        };
        if path.steps.is_empty() {
            if let Term::Path(path) = value {
                return Choice::Equal(at, path, list);
            }
            continue;
        }
        let comparable = match (path.ty().base, value) {
            (Base::Name, Term::Path(value)) => value.ty().base == Base::Name,
            (base, _) => is_key(base),
        };
        if comparable {
            keys.push(Key { rank: rank(path.ty().base), steps: &path.steps, value, at, list });
        }
    }
    keys.sort_by_key(|key| (std::cmp::Reverse(key.rank), key.list, key.at));
    let is_list = |steps: &[Step]| steps.iter().any(|step| step.ty().list);
    let mut chosen: Vec<Key<'o>> = Vec::new();
    for key in keys {
        let twice = chosen.iter().any(|other| other.steps == key.steps || is_list(other.steps) && is_list(key.steps));
        if chosen.len() < 2 && !twice {
            chosen.push(key);
        }
    }
    // One index serves for whoever asks for the same two keys.
    chosen.sort_by_key(|key| (std::cmp::Reverse(key.rank), is_list(key.steps), key.steps));
    if chosen.is_empty() { Choice::Scan } else { Choice::Keys(chosen) }
}

/// The way to bind a variable that is equal to a path without lists.
pub(super) fn cheap_way(slot: Slot, kind: Kind, unbound: &[(Slot, Kind)], open: &[Option<Part<'_>>]) -> Option<Way> {
    let choice = choice(slot, unbound, open);
    matches!(choice, Choice::Equal(_, _, false)).then(|| way(slot, kind, choice, open))
}

/// The way of a choice.
pub(super) fn way(slot: Slot, kind: Kind, choice: Choice<'_>, open: &[Option<Part<'_>>]) -> Way {
    let keys = match choice {
        Choice::Equal(at, path, list) => {
            let step = PlanStep::Bind(slot, kind, path.clone());
            return Way { step, consumed: vec![at], repeats: list, index: None };
        }
        Choice::Scan => {
            return Way { step: PlanStep::Scan(slot, kind), consumed: Vec::new(), repeats: false, index: None };
        }
        Choice::Keys(keys) => keys,
    };
    let mut consumed: Vec<usize> = keys.iter().map(|key| key.at).collect();
    let repeats = keys.iter().any(|key| key.list);
    // What speaks of the row alone and is cheap goes into the index.
    let mut filter = Vec::new();
    for (at, condition) in open.iter().enumerate() {
        if let Some(condition) = condition
            && !consumed.contains(&at)
            && let Some(own) = own_condition(condition, slot)
        {
            filter.push(own);
            consumed.push(at);
        }
    }
    let specification = IndexSpecification {
        kind,
        keys: keys.iter().map(|key| key.steps.into()).collect(),
        filter: Condition::All(filter),
    };
    let mut values = keys.into_iter().map(|key| key.value.clone());
    let (first, second) = (values.next().unwrap_or(Term::Today), values.next());
    let step = PlanStep::Probe { slot, index: usize::MAX, first, second };
    Way { step, consumed, repeats, index: Some(specification) }
}

/// The way to bind variables by the tuples of the call at position `at`, if it is one, and what it costs.
pub(super) fn tuples(
    unbound: &[(Slot, Kind)],
    open: &[Option<Part<'_>>],
    at: usize,
    newest: bool,
) -> Option<(u32, Way)> {
    let Some(Condition::Call(predicate, arguments)) = open[at].as_deref() else { return None };
    let mut binds: Vec<(usize, Kind)> = Vec::new();
    for (position, argument) in arguments.iter().enumerate() {
        let Some((slot, kind)) = unbound.iter().find(|(slot, _)| *slot == argument.slot) else { continue };
        // A field of an unbound variable, or the same variable twice, cannot be bound from here.
        if !argument.steps.is_empty() || binds.iter().any(|(other, _)| arguments[*other].slot == *slot) {
            return None;
        }
        binds.push((position, *kind));
    }
    let cost = if newest {
        0
    } else if binds.len() < arguments.len() {
        5
    } else {
        600
    };
    let step = PlanStep::Tuples { predicate: *predicate, arguments: arguments.clone(), binds, newest };
    Some((cost, Way { step, consumed: vec![at], repeats: true, index: None }))
}

/// The condition with its variable in slot 0, if it is cheap, speaks of nothing else, and picks out few rows as far as its
/// form can tell: a flag that is set, a field that is equal. What most rows pass is tested after the look-up, so that one
/// index serves many questions.
fn own_condition(condition: &Condition, slot: Slot) -> Option<Condition> {
    let own = |term: &Term| match term {
        Term::Path(path) if path.slot == slot => Some(Term::Path(Path { slot: Slot(0), ..path.clone() })),
        Term::Literal(..) | Term::Text(_) | Term::Today => Some(term.clone()),
        Term::Path(_) | Term::Count(_) => None,
    };
    Some(match condition {
        Condition::Holds(term) => Condition::Holds(own(term)?),
        Condition::Compare(Comparison::Equal, left, right) => {
            Condition::Compare(Comparison::Equal, own(left)?, own(right)?)
        }
        _ => return None,
    })
}
