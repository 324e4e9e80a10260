//! What a landscape settles before any row is looked at. Most organizations use a part of the language only: where no input
//! is a wildcard, nothing that asks for one needs to be asked row by row, nor does an index of them. So a test on values that
//! are the same in every row is decided when it is bound, and whatever follows from that with it.

use crate::landscape::MISSING;

use super::bound::{Binder, Move, Search, Single, Test, Values, Written};
use super::ir::Path;

impl<'a> Test<'a> {
    /// Holds always.
    pub(super) fn always() -> Self {
        Self::All(Box::default())
    }

    fn of(holds: bool) -> Self {
        if holds { Self::always() } else { Self::Never }
    }

    /// Whether it holds whatever is bound.
    pub(super) fn is_always(&self) -> bool {
        matches!(self, Self::All(parts) if parts.is_empty())
    }

    /// Whether it holds for nothing.
    pub(super) fn is_never(&self) -> bool {
        matches!(self, Self::Never)
    }

    /// That all parts hold.
    pub(super) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut open = Vec::new();
        for part in parts {
            match part {
                Self::Never => return Self::Never,
                Self::All(parts) => open.extend(parts),
                part => open.push(part),
            }
        }
        Self::All(open.into_boxed_slice())
    }

    /// That one of the parts holds.
    pub(super) fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut open = Vec::new();
        for part in parts {
            match part {
                Self::Never => {}
                Self::Any(parts) => open.extend(parts),
                part if part.is_always() => return part,
                part => open.push(part),
            }
        }
        match open.len() {
            0 => Self::Never,
            _ => Self::Any(open.into_boxed_slice()),
        }
    }

    /// That it does not hold.
    pub(super) fn not(inner: Self) -> Self {
        match inner {
            Self::Never => Self::always(),
            inner if inner.is_always() => Self::Never,
            inner => Self::Not(Box::new(inner)),
        }
    }

    /// The same, decided where its values are known.
    pub(super) fn settled(self) -> Self {
        match &self {
            Self::Holds(Single::Constant(value)) => Self::of(*value == 1),
            Self::Equal(left, right) => match (left, right) {
                (Single::Constant(MISSING), _) | (_, Single::Constant(MISSING)) => Self::Never,
                (Single::Constant(left), Single::Constant(right)) => Self::of(left == right),
                _ => self,
            },
            Self::Less(left, right) | Self::LessOrEqual(left, right) if left.is_missing() || right.is_missing() => {
                Self::Never
            }
            Self::Among(one, values) if one.is_missing() || values.is_missing() => Self::Never,
            Self::Text(values, ..) if values.is_missing() => Self::Never,
            Self::SameText(left, right) if left.is_missing() || right.is_missing() => Self::Never,
            Self::AmongTexts(one, values, _) if one.is_missing() || values.is_missing() => Self::Never,
            Self::Missing(Values::One(Single::Constant(value))) => Self::of(*value == MISSING),
            Self::Exists(search) if search.alternatives.is_empty() => Self::Never,
            Self::Exists(search) if search.alternatives.iter().any(|moves| moves.is_empty()) => Self::always(),
            _ => self,
        }
    }
}

impl Single<'_> {
    fn is_missing(&self) -> bool {
        matches!(self, Self::Constant(MISSING))
    }
}

impl Values<'_> {
    pub(super) fn is_missing(&self) -> bool {
        matches!(self, Self::One(single) if single.is_missing())
    }
}

impl Written<'_> {
    fn is_missing(&self) -> bool {
        matches!(self, Self::Value(single, _) if single.is_missing())
    }
}

impl Search<'_> {
    /// Whether nothing can be found.
    pub(super) fn is_never(&self) -> bool {
        self.alternatives.is_empty()
    }
}

impl<'a> Binder<'a, '_> {
    /// Puts a step behind others, unless it holds in any case; answers whether anything can be found by it.
    pub(super) fn push(&self, step: Move<'a>, moves: &mut Vec<Move<'a>>) -> bool {
        match &step {
            Move::Filter(test) if test.is_always() => return true,
            Move::Filter(Test::Never) => return false,
            Move::Scan { rows, .. } if rows.is_empty() => return false,
            Move::Bind { rows, values, .. } if rows.is_empty() || values.is_missing() => return false,
            Move::Probe { index, first, second, .. }
                if first.is_missing()
                    || second.as_ref().is_some_and(Values::is_missing)
                    || self.finds_nothing(*index) =>
            {
                return false;
            }
            _ => {}
        }
        moves.push(step);
        true
    }

    /// Whether the index of that number is known to be empty.
    fn finds_nothing(&self, index: usize) -> bool {
        *self.known_empty[index].get_or_init(|| {
            let specification = &self.specifications[index];
            self.landscape.rows(specification.kind).is_empty()
                || specification.paths().any(|path| self.path(&path).is_missing())
                || self.test(&specification.filter).is_never()
        })
    }

    /// The value that a path without lists leads to in any case.
    pub(super) fn only_value(&self, path: &Path) -> Option<u32> {
        let mut ends = path.steps.iter().map(|step| self.landscape.only_value(step.kind, step.field()));
        if path.steps.len() == 1 {
            return ends.next()?;
        }
        // Behind what may be missing, any other value may be missing too.
        ends.any(|value| value == Some(MISSING)).then_some(MISSING)
    }

    /// Whether a path with lists leads nowhere.
    pub(super) fn leads_nowhere(&self, path: &Path) -> bool {
        path.steps.iter().any(|step| self.landscape.only_value(step.kind, step.field()) == Some(MISSING))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::index::ROW;

    #[test]
    fn what_is_known_decides_what_it_stands_in() {
        let open = || Test::Holds(Single::Slot(ROW));
        let known = |value| Test::Holds(Single::Constant(value)).settled();
        assert!(known(1).is_always() && known(0).is_never());
        assert!(Test::all([known(1), known(1)]).is_always());
        assert!(Test::all([open(), known(0)]).is_never());
        assert!(matches!(Test::all([open(), known(1)]), Test::All(parts) if parts.len() == 1));
        assert!(Test::any([open(), known(1)]).is_always());
        assert!(Test::any([known(0), known(0)]).is_never());
        assert!(matches!(Test::any([open(), known(0)]), Test::Any(parts) if parts.len() == 1));
        assert!(Test::not(known(0)).is_always() && Test::not(known(1)).is_never());
    }

    #[test]
    fn what_is_missing_is_equal_to_nothing() {
        let slot = || Single::Slot(ROW);
        assert!(Test::Equal(slot(), Single::Constant(MISSING)).settled().is_never());
        assert!(Test::Less(Single::Constant(MISSING), slot()).settled().is_never());
        assert!(Test::Among(slot(), Values::One(Single::Constant(MISSING))).settled().is_never());
        assert!(Test::Missing(Values::One(Single::Constant(MISSING))).settled().is_always());
        assert!(!Test::Equal(slot(), Single::Constant(7)).settled().is_never());
    }
}
