//! Conditions with fewer variables and the same answers. A predicate that is called with a path (`feeds(d.result, i)`) is
//! inlined as a variable that is equal to that path; where the path surely leads to one such entity, it takes the place
//! of the variable, and nothing need be bound.

use std::sync::Arc;

use crate::landscape::{Base, Kind};

use super::ir::{Comparison, Condition, Guard, Path, Query, Slot, Term, TextTest};

/// The condition without variables that only stand for a path.
#[must_use]
pub(super) fn simplify(condition: Condition) -> Condition {
    match condition {
        Condition::All(parts) => Condition::All(parts.into_iter().map(simplify).collect()),
        Condition::Any(parts) => Condition::Any(parts.into_iter().map(simplify).collect()),
        Condition::Not(inner) => simplify(*inner).negated(),
        Condition::Exists(query) => {
            let mut query = Arc::unwrap_or_clone(query);
            simplify_query(&mut query);
            if query.variables.is_empty() { query.condition } else { Condition::Exists(Arc::new(query)) }
        }
        Condition::Compare(how, left, right) => Condition::Compare(how, simplify_term(left), simplify_term(right)),
        other => other,
    }
}

/// Likewise for the condition of a guard, whose variables stay: its message may speak of them.
pub(super) fn simplify_guard(guard: &mut Guard) {
    let take = |condition: &mut Condition| *condition = simplify(std::mem::replace(condition, Condition::always()));
    match guard {
        Guard::Always | Guard::Otherwise => {}
        Guard::When(condition) => take(condition),
        Guard::Each(query) => take(&mut query.condition),
    }
}

fn simplify_term(term: Term) -> Term {
    match term {
        // Every binding counts, so that its variables stay.
        Term::Count(query) => {
            let mut query = Arc::unwrap_or_clone(query);
            query.condition = simplify(query.condition);
            Term::Count(Arc::new(query))
        }
        other => other,
    }
}

fn simplify_query(query: &mut Query) {
    let condition = simplify(std::mem::replace(&mut query.condition, Condition::always()));
    let mut parts = Vec::new();
    flatten(condition, &mut parts);
    while let Some((at, slot, path)) = find(&parts, &query.variables) {
        parts.remove(at);
        parts.iter_mut().for_each(|part| substitute(part, slot, &path));
        query.variables.retain(|(other, _)| *other != slot);
    }
    query.condition = Condition::All(parts);
}

fn flatten(condition: Condition, parts: &mut Vec<Condition>) {
    match condition {
        Condition::All(inner) => inner.into_iter().for_each(|part| flatten(part, parts)),
        other => parts.push(other),
    }
}

/// An equation between one of the variables and a path that surely leads to one entity of its kind.
fn find(parts: &[Condition], variables: &[(Slot, Kind)]) -> Option<(usize, Slot, Path)> {
    parts.iter().enumerate().find_map(|(at, part)| {
        let Condition::Compare(Comparison::Equal, Term::Path(left), Term::Path(right)) = part else { return None };
        [(left, right), (right, left)].into_iter().find_map(|(variable, path)| {
            let (slot, kind) = variables.iter().find(|(slot, _)| *slot == variable.slot)?;
            let ty = path.ty();
            let is_sure = ty.base == Base::Entity(*kind) && !ty.list && !ty.optional && path.slot != *slot;
            (variable.steps.is_empty() && is_sure).then(|| (at, *slot, path.clone()))
        })
    })
}

/// Writes `path` wherever the variable stands.
fn substitute(condition: &mut Condition, slot: Slot, path: &Path) {
    let in_path = |place: &mut Path| {
        if place.slot == slot {
            let mut steps = path.steps.clone();
            steps.append(&mut place.steps);
            *place = Path { steps, ..path.clone() };
        }
    };
    let in_term = |term: &mut Term| match term {
        Term::Path(place) => in_path(place),
        Term::Count(query) => substitute(&mut Arc::make_mut(query).condition, slot, path),
        Term::Literal(..) | Term::Text(_) | Term::Today => {}
    };
    match condition {
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter_mut().for_each(|part| substitute(part, slot, path));
        }
        Condition::Not(inner) => substitute(inner, slot, path),
        Condition::Exists(query) => substitute(&mut Arc::make_mut(query).condition, slot, path),
        Condition::Holds(term) | Condition::Missing(term) => in_term(term),
        Condition::Compare(_, left, right) | Condition::In(left, right) => {
            in_term(left);
            in_term(right);
        }
        Condition::Text(term, test) => {
            in_term(term);
            if let TextTest::StartsWith(other) | TextTest::EndsWith(other) | TextTest::Contains(other) = test {
                in_term(other);
            }
        }
        Condition::Call(_, arguments) => arguments.iter_mut().for_each(in_path),
    }
}
