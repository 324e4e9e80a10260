//! Statements of Applicability.

use rustc_hash::FxHashMap;

use crate::diagnostic::Diagnostic;
use crate::text::Span;

use crate::landscape::Kind;
use crate::landscape::column::{Column, Lists};
use crate::landscape::facts::{ClauseUse, flag};
use crate::landscape::strings::Run;

use super::Merge;
use super::processes::Named;
use super::unknown::Wanted;

impl Merge<'_> {
    pub(super) fn applicabilities(&mut self) {
        let (mut standards, mut places) = (Vec::new(), Vec::new());
        let mut of_standard: FxHashMap<u32, u32> = FxHashMap::default();
        let mut rows = Named::default();
        let mut decisions = DecisionColumns::default();
        for file in 0..self.facts.len() {
            let facts = self.facts[file];
            let blocks: Vec<Option<(u32, u32)>> = facts
                .applicabilities
                .iter()
                .map(|qualifier| {
                    let standard = self.standard(file, *qualifier, "applicability")?;
                    let new = standards.len() as u32;
                    let row = *of_standard.entry(standard).or_insert(new);
                    if row == new {
                        standards.push(standard);
                        places.push(self.place(file, facts.qualifiers[*qualifier as usize].span));
                    }
                    Some((row, standard))
                })
                .collect();
            for decision in &facts.decisions {
                let Some((applicability, of)) = blocks[decision.applicability as usize] else { continue };
                let path = |this: &Self| {
                    let id =
                        this.landscape.value(Kind::Standard, "id", of).map_or("", |name| this.landscape.name(name));
                    format!("applicability.{id}")
                };
                if decision.first {
                    for name in decision.accepted_by.iter() {
                        self.actor(file, *name, Wanted::Accepter, path);
                    }
                    decisions.latest_by.clear();
                    for name in decision.by.iter() {
                        decisions.latest_by.extend(self.actor(file, *name, Wanted::Answerer, path));
                    }
                }
                let Some((standard, clause)) = self.clause(file, &decision.clause, path) else { continue };
                if standard != of {
                    self.foreign_decision(file, &decision.clause, of);
                    continue;
                }
                decisions.applicability.push(applicability);
                decisions.exclude.push(u32::from(decision.exclude));
                decisions.accepted.push(u32::from(decision.accepted));
                decisions.elsewhere.push(u32::from(!decision.by.is_empty()));
                decisions.planned.push(decision.planned);
                decisions.planned_spans.push(decision.planned_span);
                decisions.because.push(self.string(file, decision.because));
                decisions.by.push(decisions.latest_by.iter().copied());
                self.push_clause(file, &decision.clause, standard, clause, &mut rows, &mut Run::default());
            }
        }
        let table = self.landscape.table_mut(Kind::Applicability);
        table.rows = 0..standards.len() as u32;
        table.places = places.into();
        table.set_scalar(Kind::Applicability, "standard", standards);
        let table = self.landscape.table_mut(Kind::Decision);
        table.rows = 0..rows.clause.len() as u32;
        table.places = rows.places;
        table.set_scalar(Kind::Decision, "applicability", decisions.applicability);
        table.set_sparse(Kind::Decision, "standard", rows.standard);
        table.set_scalar(Kind::Decision, "clause", rows.clause);
        table.set_scalar(Kind::Decision, "exclude", decisions.exclude);
        table.set_scalar(Kind::Decision, "accepted", decisions.accepted);
        table.set_scalar(Kind::Decision, "elsewhere", decisions.elsewhere);
        table.set_scalar(Kind::Decision, "planned", decisions.planned);
        table.set_spans(Kind::Decision, "planned", decisions.planned_spans);
        table.set_scalar(Kind::Decision, "because", decisions.because);
        table.set(Kind::Decision, "by", Column::List(decisions.by));
        table.set_flags(Kind::Decision, rows.flags, &[("wildcard", flag::WILDCARD)]);
    }

    fn foreign_decision(&mut self, file: usize, used: &ClauseUse, of: u32) {
        let place = self.place(file, used.span);
        let text = self.sources.get(place.file).slice(used.span);
        let id = self.landscape.value(Kind::Standard, "id", of).map_or("", |name| self.landscape.name(name));
        let diagnostic =
            Diagnostic::error("REF003", place, format!("`{text}` is no clause of `{id}`, which is decided on here"))
                .help("decide on it in an `applicability` block of its own standard")
                .of(format!("applicability.{id}/{text}"));
        self.say(diagnostic);
    }
}

#[derive(Default)]
struct DecisionColumns {
    applicability: Vec<u32>,
    exclude: Vec<u32>,
    accepted: Vec<u32>,
    elsewhere: Vec<u32>,
    planned: Vec<u32>,
    planned_spans: Vec<Span>,
    because: Vec<u32>,
    by: Lists,
    latest_by: Vec<u32>,
}
