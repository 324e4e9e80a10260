//! A rule after typing: no names, no spans, only slots, kinds, fields and literals. Everything the planner and the
//! evaluator know.
//!
//! A *frame* holds one id for each *slot*; every quantified variable of a rule has a slot of its own, also those that
//! come from an inlined predicate, so that a frame never needs a stack.

use std::sync::Arc;

use smallvec::SmallVec;

use crate::landscape::{Base, Kind, Type};

use super::pattern::Pattern;

/// The place of a variable in the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub u16);

/// One step of a path: a field of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Step {
    /// Whose field.
    pub kind: Kind,
    field: u8,
}

/// The fields of a path. Rules are full of paths of a few fields, and copies of them are made while a rule is planned.
pub type Steps = SmallVec<[Step; 8]>;

impl Step {
    /// The step to the field of that number; no kind has more than a dozen or two (held by a test).
    #[must_use]
    pub fn new(kind: Kind, field: usize) -> Self {
        Self { kind, field: field as u8 }
    }

    /// The number of the field in the schema.
    #[must_use]
    pub fn field(self) -> usize {
        usize::from(self.field)
    }

    /// What the field holds.
    #[must_use]
    pub fn ty(self) -> Type {
        self.kind.schema().fields[self.field()].ty
    }
}

/// A variable and the fields that are followed from it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path {
    /// The variable.
    pub slot: Slot,
    /// Its kind.
    pub kind: Kind,
    /// The fields, first to last.
    pub steps: Steps,
}

impl Path {
    /// The path that is just a variable.
    #[must_use]
    pub fn variable(slot: Slot, kind: Kind) -> Self {
        Self { slot, kind, steps: Steps::new() }
    }

    /// What it leads to: a list where any step is one.
    #[must_use]
    pub fn ty(&self) -> Type {
        let mut ty = Type { base: Base::Entity(self.kind), list: false, optional: false };
        for step in &self.steps {
            let next = step.ty();
            ty = Type { base: next.base, list: ty.list || next.list, optional: ty.optional || next.optional };
        }
        ty
    }
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Term {
    /// What a path leads to.
    Path(Path),
    /// A number, a day, a truth value or a word's index.
    Literal(u32, Base),
    /// A string; its number among those of all rules.
    Text(usize),
    /// The day of the run.
    Today,
    /// How many bindings a query has.
    Count(Arc<Query>),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
}

/// How a text is looked at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TextTest {
    /// `starts-with`
    StartsWith(Term),
    /// `ends-with`
    EndsWith(Term),
    /// `contains`
    Contains(Term),
    /// `matches`: a regular expression, in linear time
    Matches(Arc<Pattern>),
}

/// A condition. `!=`, `>`, `every` and `unless` are written with what is here. Planning takes conditions apart in many ways,
/// so that copies share the queries in them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Condition {
    /// All of them; true where there is none.
    All(Vec<Condition>),
    /// Any of them; false where there is none.
    Any(Vec<Condition>),
    /// Not.
    Not(Box<Condition>),
    /// The term is true.
    Holds(Term),
    /// Two single values compared; false where one is missing.
    Compare(Comparison, Term, Term),
    /// The first, a single value, is among the second, a list.
    In(Term, Term),
    /// A test of a text; false where it is missing; of a list, true where one of its texts passes.
    Text(Term, TextTest),
    /// The value is missing, or the list is empty.
    Missing(Term),
    /// The query has a binding.
    Exists(Arc<Query>),
    /// A recursive predicate holds for these entities.
    Call(usize, Vec<Path>),
}

impl Condition {
    /// The condition that always holds.
    #[must_use]
    pub const fn always() -> Self {
        Self::All(Vec::new())
    }

    /// The negation, without double ones.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// Whether it always holds.
    #[must_use]
    pub fn is_always(&self) -> bool {
        matches!(self, Self::All(parts) if parts.is_empty())
    }
}

/// Variables that range over kinds, under a condition, with the plan that finds them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Query {
    /// The variables, in the order in which they are written.
    pub variables: Vec<(Slot, Kind)>,
    /// The condition.
    pub condition: Condition,
    /// How bindings are found; filled by the planner, empty before.
    pub plan: Option<Arc<super::plan::Plan>>,
}

/// A recursive predicate.
#[derive(Clone, Debug)]
pub struct Predicate {
    /// Its name, for messages.
    pub name: String,
    /// Its parameters: the slots that its body reads.
    pub parameters: Vec<(Slot, Kind)>,
    /// When it holds.
    pub body: Condition,
    /// The predicates that are evaluated together with it, itself included; lower numbers are evaluated first.
    pub stratum: usize,
    /// Number of slots that a frame for it needs.
    pub slots: usize,
}

/// A text with paths in it.
#[derive(Clone, Debug, Default)]
pub struct Template {
    /// Texts and paths, in order.
    pub pieces: Vec<Piece>,
}

/// A part of a [`Template`].
#[derive(Clone, Debug)]
pub enum Piece {
    /// Text as it stands.
    Text(String),
    /// What a path leads to.
    Path(Path),
}

/// When a label, a help or a note is given; see `syntax::tree::Guard`.
#[derive(Clone, Debug)]
pub enum Guard {
    /// Always.
    Always,
    /// Where the condition holds.
    When(Condition),
    /// For each binding of the query.
    Each(Query),
    /// Where no guarded one of the same sort before it spoke.
    Otherwise,
}

/// A place and what is said there.
#[derive(Clone, Debug)]
pub struct LabelRule {
    /// When.
    pub guard: Guard,
    /// Where.
    pub place: Path,
    /// What.
    pub message: Template,
}

/// What to do, or why.
#[derive(Clone, Debug)]
pub struct AdviceRule {
    /// When.
    pub guard: Guard,
    /// What.
    pub message: Template,
}

/// A mend that can be applied by a machine.
#[derive(Clone, Debug)]
pub struct FixRule {
    /// Whether it surely keeps what the author meant.
    pub safe: bool,
    /// When it is offered; of several matches none is the right one.
    pub guard: Guard,
    /// What it changes.
    pub change: ChangeRule,
}

/// What a [`FixRule`] changes; see `syntax::tree::Change`.
#[derive(Clone, Debug)]
pub enum ChangeRule {
    /// Writes something in place of what is there; between quotes where a text is there.
    Replace(Path, Template),
    /// Writes something right behind it.
    InsertAfter(Path, Template),
    /// Writes a statement into a declaration.
    InsertInto(Path, Template),
    /// Takes it out of its list.
    Remove(Path),
}

/// A label at the nearest name.
#[derive(Clone, Debug)]
pub struct NearestRule {
    /// Among which entities.
    pub kind: Kind,
    /// Their name that is compared; its slot is the entity's.
    pub by: Path,
    /// The name that is looked for.
    pub to: Path,
    /// What is said at the nearest one.
    pub message: Template,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_room_in_a_step() {
        for kind in Kind::ALL {
            for field in 0..kind.schema().fields.len() {
                let step = Step::new(kind, field);
                assert_eq!((step.kind, step.field()), (kind, field));
            }
        }
    }
}
