//! What looking and testing cost, roughly: enough to choose among plans.

use crate::landscape::{Base, Kind};

use super::ir::{Comparison, Condition, Term};

/// What a condition weighs at the least that looks for rows.
pub(super) const DEAR: u32 = 17;

/// More equations than this make a search no cheaper.
const MOST_EQUATIONS: u32 = 3;

/// How well a key tells rows apart.
pub(super) fn rank(base: Base) -> u32 {
    match base {
        Base::Entity(
            Kind::Organization | Kind::Standard | Kind::Model | Kind::Applicability | Kind::Role | Kind::System,
        ) => 1,
        Base::Entity(_) => 3,
        Base::Name => 2,
        _ => 0,
    }
}

/// Roughly what testing a condition costs.
pub(super) fn weight(condition: &Condition) -> u32 {
    match condition {
        Condition::Holds(_) | Condition::Missing(_) => 1,
        Condition::Compare(_, left, right) => {
            if matches!(left, Term::Count(_)) || matches!(right, Term::Count(_)) {
                40
            } else {
                1
            }
        }
        Condition::In(..) => 2,
        Condition::Not(inner) => weight(inner),
        Condition::All(parts) | Condition::Any(parts) => 1 + parts.iter().map(weight).sum::<u32>(),
        Condition::Text(..) => 8,
        Condition::Call(..) => 10,
        // What is looked up by more keys finds fewer rows.
        Condition::Exists(query) => DEAR + MOST_EQUATIONS - equations(&query.condition),
    }
}

/// In how many conjuncts two values are equal, up to [`MOST_EQUATIONS`].
fn equations(condition: &Condition) -> u32 {
    match condition {
        Condition::All(parts) => parts.iter().map(equations).sum::<u32>().min(MOST_EQUATIONS),
        Condition::Compare(Comparison::Equal, ..) => 1,
        _ => 0,
    }
}
