//! For which rows an edit can have changed the answer of a rule. Whatever differs between two landscapes is followed backwards
//! along the conditions of the rule: from a value that changed to the rows that read it, and from a row that came, went or
//! changed to the rows that its query relates it to, by an equation or by `in`. Where a query relates it to nothing, all rows are
//! affected. It rests on what a rule says, not on how it is planned, and says too much rather than too little.

use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use crate::landscape::{Base, Column, Comparison, Kind, Landscape, MISSING};

use super::ir::{AdviceRule, ChangeRule, Condition, Guard, Path, Piece, Query, Slot, Step, Template, Term, TextTest};
use super::rule::Rule;

/// What is read where an entity is called by its name, or by the path to it.
const DESCRIBING: &[&str] = &[
    "id",
    "title",
    "number",
    "text",
    "relation",
    "goal",
    "exclude",
    "outcome",
    "control",
    "letter",
    "wildcard",
    "process",
    "item",
    "actor",
    "role",
    "clause",
    "standard",
    "reference",
    "model",
    "input",
    "result",
    "applicability",
    "from",
    "to",
];

/// So deep are names made of the names of others.
const MOST_DEPTH: usize = 6;

/// Fewer rows than these are not worth looking for a better way to relate them.
const FEW: usize = 8;

/// So many values are looked at at once.
const ABREAST: usize = 32;

/// Rows of the variables of a rule, each in ascending order.
pub type RowsOfVariables = FxHashMap<Slot, Vec<u32>>;

/// A field, and some of its values in ascending order.
type Values = (Step, Vec<u32>);

/// Follows differences backwards. Shared by threads.
#[derive(Debug)]
pub struct Affected<'c, 'a> {
    comparison: &'c Comparison<'a>,
    /// The rows that lead to some values: rules ask for the same ones again and again.
    leading: Mutex<FxHashMap<Values, Arc<[u32]>>>,
}

impl<'c, 'a> Affected<'c, 'a> {
    /// By what these two landscapes differ.
    #[must_use]
    pub fn new(comparison: &'c Comparison<'a>) -> Self {
        Self { comparison, leading: Mutex::default() }
    }

    /// The rows of the first variable of a rule for which it may find something else than before; `None` for all of them.
    #[must_use]
    pub fn found(&self, rule: &Rule) -> Option<Vec<u32>> {
        let ((first, kind), others) = rule.variables.split_first()?;
        if rule.is_about(Kind::Ring) {
            return None;
        }
        let mut rows = RowsOfVariables::default();
        self.condition(&rule.condition, &mut rows)?;
        self.outwards(others, &rule.condition, &mut rows)?;
        add(&mut rows, *first, self.comparison.new_rows(*kind).to_vec());
        rows.remove(first)
    }

    /// The rows of the variables of a rule about which it may say something else than before; `None` where nobody knows.
    #[must_use]
    pub fn worded(&self, rule: &Rule) -> Option<RowsOfVariables> {
        let mut rows = RowsOfVariables::default();
        let (path, message) = &rule.report;
        self.place(path, &mut rows)?;
        self.template(message, &mut rows)?;
        self.shown(&Path::variable(path.slot, path.kind), &mut rows)?;
        if let Some(subject) = &rule.subject {
            self.shown(&subject.path, &mut rows)?;
        }
        for label in &rule.labels {
            self.guarded(&label.guard, &mut rows, |rows| {
                self.place(&label.place, rows)?;
                self.template(&label.message, rows)
            })?;
        }
        for nearest in &rule.nearest {
            self.place(&nearest.by, &mut rows)?;
            self.shown(&nearest.by, &mut rows)?;
            self.shown(&nearest.to, &mut rows)?;
            self.template(&nearest.message, &mut rows)?;
        }
        for AdviceRule { guard, message } in rule.help.iter().chain(&rule.notes) {
            self.guarded(guard, &mut rows, |rows| self.template(message, rows))?;
        }
        for fix in &rule.fixes {
            self.guarded(&fix.guard, &mut rows, |rows| match &fix.change {
                ChangeRule::Replace(path, text)
                | ChangeRule::InsertAfter(path, text)
                | ChangeRule::InsertInto(path, text) => {
                    self.place(path, rows)?;
                    self.template(text, rows)
                }
                ChangeRule::Remove(path) => self.place(path, rows),
            })?;
        }
        Some(rows)
    }

    fn guarded(
        &self,
        guard: &Guard,
        rows: &mut RowsOfVariables,
        said: impl Fn(&mut RowsOfVariables) -> Option<()>,
    ) -> Option<()> {
        match guard {
            Guard::Always | Guard::Otherwise => said(rows),
            Guard::When(condition) => {
                self.condition(condition, rows)?;
                said(rows)
            }
            Guard::Each(query) => {
                self.condition(&query.condition, rows)?;
                said(rows)?;
                self.outwards(&query.variables, &query.condition, rows)
            }
        }
    }

    fn condition(&self, condition: &Condition, rows: &mut RowsOfVariables) -> Option<()> {
        match condition {
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().try_for_each(|part| self.condition(part, rows))
            }
            Condition::Not(inner) => self.condition(inner, rows),
            Condition::Holds(term) | Condition::Missing(term) => self.term(term, rows),
            Condition::Compare(_, Term::Path(left), Term::Path(right)) if are_positions(left, right) => {
                // Rows that were there before are in the same order.
                [left, right].into_iter().try_for_each(|path| {
                    let owner = Path { steps: path.steps[..path.steps.len() - 1].into(), ..path.clone() };
                    self.read(&owner, Vec::new(), rows)
                })
            }
            Condition::Compare(_, left, right) | Condition::In(left, right) => {
                self.term(left, rows)?;
                self.term(right, rows)
            }
            Condition::Text(term, test) => {
                self.term(term, rows)?;
                match test {
                    TextTest::StartsWith(other) | TextTest::EndsWith(other) | TextTest::Contains(other) => {
                        self.term(other, rows)
                    }
                    TextTest::Matches(_) => Some(()),
                }
            }
            Condition::Exists(query) => self.query(query, rows),
            // What a recursive predicate is true of can follow from anything.
            Condition::Call(..) => None,
        }
    }

    fn term(&self, term: &Term, rows: &mut RowsOfVariables) -> Option<()> {
        match term {
            Term::Path(path) => self.read(path, Vec::new(), rows),
            Term::Count(query) => self.query(query, rows),
            Term::Literal(..) | Term::Text(_) | Term::Today => Some(()),
        }
    }

    fn query(&self, query: &Query, rows: &mut RowsOfVariables) -> Option<()> {
        self.condition(&query.condition, rows)?;
        self.outwards(&query.variables, &query.condition, rows)
    }

    /// Adds the rows of the variable of a path for which something on the way is not what it was; `at_end` are rows of what the
    /// path leads to that count as well.
    fn read(&self, path: &Path, at_end: Vec<u32>, rows: &mut RowsOfVariables) -> Option<()> {
        let mut found = at_end;
        for step in path.steps.iter().rev() {
            if step.kind == Kind::Ring {
                return None;
            }
            found = self.leading(*step, &found);
            found.extend(self.comparison.changed(step.kind, step.field()));
            sort(&mut found);
        }
        add(rows, path.slot, found);
        Some(())
    }

    /// The same of a path that is put into words.
    fn shown(&self, path: &Path, rows: &mut RowsOfVariables) -> Option<()> {
        let described = match path.ty().base {
            Base::Entity(kind) => self.described(kind, MOST_DEPTH)?,
            _ => Vec::new(),
        };
        self.read(path, described, rows)
    }

    /// The rows of a kind that may have another name than before.
    fn described(&self, kind: Kind, depth: usize) -> Option<Vec<u32>> {
        if kind == Kind::Ring || depth == 0 {
            return None;
        }
        let mut found = Vec::new();
        for (number, field) in kind.schema().fields.iter().enumerate() {
            if field.ty.list || !DESCRIBING.contains(&field.name) {
                continue;
            }
            found.extend(self.comparison.changed(kind, number));
            if let Base::Entity(target) = field.ty.base {
                found.extend(self.leading(Step::new(kind, number), &self.described(target, depth - 1)?));
            }
        }
        sort(&mut found);
        Some(found)
    }

    fn template(&self, template: &Template, rows: &mut RowsOfVariables) -> Option<()> {
        template.pieces.iter().try_for_each(|piece| match piece {
            Piece::Text(_) => Some(()),
            Piece::Path(path) => self.shown(path, rows),
        })
    }

    /// Adds the rows for which a path may point to another place: to that of a field, of what it holds or of whoever misses it.
    fn place(&self, path: &Path, rows: &mut RowsOfVariables) -> Option<()> {
        let mut found = match path.ty().base {
            Base::Entity(Kind::Ring) => return None,
            Base::Entity(kind) => self.comparison.moved(kind).to_vec(),
            _ => Vec::new(),
        };
        for step in path.steps.iter().rev() {
            if step.kind == Kind::Ring {
                return None;
            }
            found = self.leading(*step, &found);
            found.extend(self.comparison.changed(step.kind, step.field()));
            found.extend(self.comparison.moved(step.kind));
            sort(&mut found);
        }
        add(rows, path.slot, found);
        Some(())
    }

    /// The rows of which a field holds one of some values, which are in order.
    fn leading(&self, step: Step, values: &[u32]) -> Vec<u32> {
        if values.is_empty() {
            return Vec::new();
        }
        let key = (step, values.to_vec());
        let known = || self.leading.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rows) = known().get(&key) {
            return rows.to_vec();
        }
        let rows = self.search(step, values);
        known().insert(key, rows.as_slice().into());
        rows
    }

    fn search(&self, step: Step, values: &[u32]) -> Vec<u32> {
        let now = self.comparison.now();
        let rows = now.rows(step.kind);
        if let Some(only) = now.only_value(step.kind, step.field()) {
            let are_all = only != MISSING && values.contains(&only);
            return if are_all { rows.collect() } else { Vec::new() };
        }
        // A byte for the lower half of each value: most are none of these, which is seen of many without a branch for each.
        let mut marks = [0_u8; 1 << u16::BITS];
        values.iter().for_each(|value| marks[usize::from(*value as u16)] = 1);
        let may_be = |values: &[u32]| values.iter().fold(0, |any, value| any | marks[usize::from(*value as u16)]) != 0;
        let is_one = |value: &u32| marks[usize::from(*value as u16)] != 0 && values.binary_search(value).is_ok();
        let mut found = Vec::new();
        match now.column(step.kind, step.field()) {
            Column::Scalar(column) => {
                for (start, part) in (rows.start..).step_by(ABREAST).zip(column.chunks(ABREAST)) {
                    if may_be(part) {
                        found.extend((start..).zip(part).filter(|(_, value)| is_one(value)).map(|(row, _)| row));
                    }
                }
            }
            Column::List(lists) => {
                let mut at = 0;
                for (start, part) in (0..).step_by(ABREAST).zip(lists.values.chunks(ABREAST)) {
                    if !may_be(part) {
                        continue;
                    }
                    for value in
                        (start..).zip(part).filter(|(_, value)| is_one(value)).map(|(number, _): (u32, _)| number)
                    {
                        at += lists.offsets[at..].partition_point(|offset| *offset <= value) - 1;
                        found.push(rows.start + at as u32);
                    }
                }
                found.dedup();
            }
        }
        found
    }

    /// Follows the rows of the variables of a query to those that its condition relates them to, outside of it.
    fn outwards(&self, variables: &[(Slot, Kind)], condition: &Condition, rows: &mut RowsOfVariables) -> Option<()> {
        // Each is related to one that is outside, or that is related to something before it.
        let mut open: Vec<(Slot, Kind)> = variables.to_vec();
        let mut related: Vec<(Slot, Kind, Vec<Slot>)> = Vec::new();
        while let Some(at) = {
            let slots: Vec<Slot> = open.iter().map(|(slot, _)| *slot).collect();
            slots.iter().position(|slot| is_related(condition, *slot, &slots))
        } {
            let slots = open.iter().map(|(slot, _)| *slot).collect();
            let (slot, kind) = open.remove(at);
            related.push((slot, kind, slots));
        }
        for (slot, kind) in open {
            let changed = rows.remove(&slot).unwrap_or_default();
            if !changed.is_empty() || self.comes_or_goes(kind) {
                return None;
            }
        }
        for (slot, kind, excluded) in related.into_iter().rev() {
            let mut now = rows.remove(&slot).unwrap_or_default();
            if kind == Kind::Ring {
                return None;
            }
            if now.is_empty() && !self.comes_or_goes(kind) {
                continue;
            }
            let mut before: Vec<u32> = now.iter().map(|row| self.comparison.row_before(kind, *row)).collect();
            before.retain(|row| *row != MISSING);
            now.extend(self.comparison.new_rows(kind));
            before.extend(self.comparison.gone_rows(kind));
            sort(&mut now);
            sort(&mut before);
            for (slot, found) in self.relatives(condition, slot, &excluded, &now, &before)? {
                add(rows, slot, found);
            }
        }
        Some(())
    }

    fn comes_or_goes(&self, kind: Kind) -> bool {
        !self.comparison.new_rows(kind).is_empty() || !self.comparison.gone_rows(kind).is_empty()
    }

    /// The rows of other variables that the condition relates some rows of a variable to.
    fn relatives(
        &self,
        condition: &Condition,
        slot: Slot,
        excluded: &[Slot],
        now: &[u32],
        before: &[u32],
    ) -> Option<Vec<(Slot, Vec<u32>)>> {
        let count = |found: &[(Slot, Vec<u32>)]| -> usize { found.iter().map(|(_, rows)| rows.len()).sum() };
        match condition {
            Condition::All(parts) => {
                let mut best: Option<Vec<(Slot, Vec<u32>)>> = None;
                for part in parts {
                    let Some(found) = self.relatives(part, slot, excluded, now, before) else { continue };
                    if best.as_ref().is_none_or(|best| count(&found) < count(best)) {
                        best = Some(found);
                    }
                    if best.as_ref().is_some_and(|best| count(best) <= FEW) {
                        break;
                    }
                }
                best
            }
            Condition::Any(parts) => {
                let mut all = Vec::new();
                for part in parts {
                    all.extend(self.relatives(part, slot, excluded, now, before)?);
                }
                Some(all)
            }
            _ => {
                let (own, other) = relation(condition, slot, excluded)?;
                let base = own.ty().base;
                let mut values = values(self.comparison.now(), own, now);
                let gone = values_before(self.comparison, own, before, base);
                values.extend(gone);
                sort(&mut values);
                Some(vec![(other.slot, self.ending_in(other, values))])
            }
        }
    }

    /// The rows of the variable of a path that leads to one of some values.
    fn ending_in(&self, path: &Path, values: Vec<u32>) -> Vec<u32> {
        if path.steps.is_empty() {
            let rows = self.comparison.now().rows(path.kind);
            return values.into_iter().filter(|value| rows.contains(value)).collect();
        }
        path.steps.iter().rev().fold(values, |values, step| self.leading(*step, &values))
    }
}

/// What a path leads to from some rows, in order.
fn values(landscape: &Landscape, path: &Path, rows: &[u32]) -> Vec<u32> {
    let mut found = rows.to_vec();
    for step in &path.steps {
        let first = landscape.rows(step.kind).start;
        let mut next = Vec::new();
        for row in &found {
            match landscape.column(step.kind, step.field()) {
                Column::Scalar(column) => next.extend(column.get((row - first) as usize)),
                Column::List(lists) => next.extend(lists.of(row - first)),
            }
        }
        next.retain(|value| *value != MISSING);
        sort(&mut next);
        found = next;
    }
    found
}

/// What a path led to from some rows before, as it is called now. What is nothing any more is related to nothing that stayed
/// what it was.
fn values_before(comparison: &Comparison<'_>, path: &Path, rows: &[u32], base: Base) -> Vec<u32> {
    let found = values(comparison.before(), path, rows).into_iter();
    found.map(|value| comparison.value_now(base, value)).filter(|value| *value != MISSING).collect()
}

/// Whether the condition relates a variable to another one that is not among those that are excluded.
fn is_related(condition: &Condition, slot: Slot, excluded: &[Slot]) -> bool {
    match condition {
        Condition::All(parts) => parts.iter().any(|part| is_related(part, slot, excluded)),
        Condition::Any(parts) => parts.iter().all(|part| is_related(part, slot, excluded)),
        _ => relation(condition, slot, excluded).is_some(),
    }
}

/// The two sides of an equation, or of an `in`, that relates a variable to another one by ids: its own side comes first.
fn relation<'p>(condition: &'p Condition, slot: Slot, excluded: &[Slot]) -> Option<(&'p Path, &'p Path)> {
    let (left, right) = match condition {
        Condition::Compare(super::ir::Comparison::Equal, Term::Path(left), Term::Path(right))
        | Condition::In(Term::Path(left), Term::Path(right)) => (left, right),
        _ => return None,
    };
    let are_ids = match (left.ty().base, right.ty().base) {
        (Base::Entity(left), Base::Entity(right)) => left.family() == right.family(),
        (Base::Name, Base::Name) => true,
        _ => false,
    };
    let is_other = |path: &Path| path.slot != slot && !excluded.contains(&path.slot);
    match (left.slot == slot, right.slot == slot) {
        (true, _) if are_ids && is_other(right) => Some((left, right)),
        (_, true) if are_ids && is_other(left) => Some((right, left)),
        _ => None,
    }
}

/// Whether both paths end in the positions of rows of one kind.
fn are_positions(left: &Path, right: &Path) -> bool {
    let is_position = |step: &Step| step.kind.schema().fields[step.field()].name == "position";
    matches!((left.steps.last(), right.steps.last()), (Some(left), Some(right)) if left == right && is_position(left))
}

fn add(rows: &mut RowsOfVariables, slot: Slot, more: Vec<u32>) {
    let rows = rows.entry(slot).or_default();
    if rows.is_empty() {
        *rows = more;
    } else if !more.is_empty() {
        rows.extend(more);
        sort(rows);
    }
}

fn sort(rows: &mut Vec<u32>) {
    rows.sort_unstable();
    rows.dedup();
}
