//! The page of a reference process.

use crate::landscape::schema::{CATEGORIES, RELATIONS};
use crate::landscape::{Kind, ReferenceEnd};

use super::clause_page::reverse;
use super::lookup::Found;
use super::{Explainer, Speaking, Titled};

/// Everything that is known of a reference process.
#[derive(Debug)]
pub struct ReferencePage {
    /// The reference process.
    pub reference: Titled,
    /// The title of its model, or its name.
    pub model: String,
    /// Its number in the model's document.
    pub number: Option<String>,
    /// Its category.
    pub category: Option<&'static str>,
    /// Its purpose.
    pub purpose: Option<String>,
    /// What it takes.
    pub inputs: Vec<Flow>,
    /// What it produces.
    pub results: Vec<Flow>,
    /// Its outcomes.
    pub outcomes: Vec<Outcome>,
    /// The clauses that it cites.
    pub cites: Vec<Cited>,
    /// What corresponds to it in other models.
    pub counterparts: Vec<Counterpart>,
    /// Whether a mapping leads from its model to another one, so that a lack of counterparts says something.
    pub is_mapped: bool,
    /// The rules that cite it, or a chapter of its document above it.
    pub rules: Vec<Speaking>,
    /// What the organization does about it, inside a project.
    pub project: Option<ReferenceInProject>,
    /// What else the word could mean.
    pub others: Vec<Titled>,
}

/// An input or a result.
#[derive(Debug)]
pub struct Flow {
    /// The item; its id is `*` for everything that is addressed to the process.
    pub item: Titled,
    /// Where it comes from, or where it goes.
    pub ends: Vec<(End, bool)>,
    /// Whether all of it is our reading, not the document's own.
    pub is_inferred: bool,
}

/// Where something comes from, or where it goes.
#[derive(Debug, PartialEq, Eq)]
pub enum End {
    /// A reference process of the same model, by its id.
    Reference(String),
    /// Somebody outside.
    Outside,
    /// Nobody is named.
    Anybody,
}

/// An outcome.
#[derive(Debug)]
pub struct Outcome {
    /// The sentence.
    pub text: String,
    /// Whether it is our reading.
    pub is_inferred: bool,
}

/// A clause that a reference process cites.
#[derive(Debug)]
pub struct Cited {
    /// The clause, as it is written.
    pub clause: Titled,
    /// Whether it is our reading.
    pub is_inferred: bool,
}

/// A reference process of another model.
#[derive(Debug)]
pub struct Counterpart {
    /// The reference process.
    pub reference: Titled,
    /// How the one that the page is about is related to it: `subset` where it is a part of the counterpart.
    pub relation: &'static str,
    /// Whether the mapping is sure.
    pub is_sure: bool,
}

/// What an organization does about a reference process.
#[derive(Debug)]
pub struct ReferenceInProject {
    /// What the organization calls itself.
    pub organization: String,
    /// Whether it declares the model.
    pub is_declared: bool,
    /// The processes that implement it, with `path:line`.
    pub implemented: Vec<(Titled, Option<String>)>,
    /// The reasons for which it is left out, with `path:line`.
    pub omitted: Vec<(Option<String>, Option<String>)>,
}

impl Explainer {
    pub(super) fn reference_page(&self, found: &Found) -> ReferencePage {
        let (reference, reading) = (found.id, self.reading());
        let model = reading.value(Kind::Reference, "model", reference);
        let model_id = model.map_or_else(String::new, |model| self.landscape.display(Kind::Model, model));
        let model_title = model.and_then(|model| reading.text(Kind::Model, "title", model));
        let number = reading.name(Kind::Reference, "number", reference).map(str::to_owned);
        let outcomes = reading.having(Kind::Outcome, "reference", reference).into_iter().map(|outcome| Outcome {
            text: reading.text(Kind::Outcome, "title", outcome).unwrap_or_default(),
            is_inferred: reading.is(Kind::Outcome, "inferred", outcome),
        });
        let mut names = vec![reading.reference(reference)];
        let mut head = number.as_deref();
        while let Some(number) = head {
            names.push(format!("{model_id}/{number}"));
            head = number.rsplit_once('.').map(|(head, _)| head);
        }
        ReferencePage {
            reference: self.titled_reference(reference),
            model: model_title.unwrap_or(model_id),
            number,
            category: reading.word(Kind::Reference, "category", reference, CATEGORIES),
            purpose: reading.text(Kind::Reference, "purpose", reference),
            inputs: self.flows(Kind::ReferenceInput, reference),
            results: self.flows(Kind::ReferenceResult, reference),
            outcomes: outcomes.collect(),
            cites: self.cites(reference),
            counterparts: self.counterparts(reference),
            is_mapped: self.is_mapped(model),
            rules: self.rules_about(&names),
            project: self.has_project.then(|| self.reference_in_project(reference)),
            others: found.others.clone(),
        }
    }

    fn flows(&self, kind: Kind, reference: u32) -> Vec<Flow> {
        let reading = self.reading();
        let all_ends = self.landscape.reference_ends(kind);
        let flow = |row: u32| {
            let item = match reading.value(kind, "item", row) {
                Some(item) => self.titled(Kind::Item, item),
                None => Titled { id: "*".to_owned(), title: "Everything that is addressed to it".to_owned() },
            };
            let ends = all_ends.get(row as usize).into_iter().flatten();
            let ends = ends.map(|(end, is_inferred)| {
                let end = match end {
                    ReferenceEnd::Reference(other) => End::Reference(self.landscape.display(Kind::Reference, *other)),
                    ReferenceEnd::Outside => End::Outside,
                    ReferenceEnd::Anybody => End::Anybody,
                };
                (end, *is_inferred)
            });
            Flow { item, ends: ends.collect(), is_inferred: reading.is(kind, "inferred", row) }
        };
        reading.having(kind, "reference", reference).into_iter().map(flow).collect()
    }

    fn cites(&self, reference: u32) -> Vec<Cited> {
        let reading = self.reading();
        let cited = |row: u32| {
            let clause = reading.value(Kind::Citation, "clause", row);
            let titled = clause.map(|clause| self.titled_clause(clause));
            let mut clause = titled.unwrap_or_else(|| Titled { id: String::new(), title: String::new() });
            if reading.is(Kind::Citation, "wildcard", row) {
                clause.id.push_str(".*");
            }
            Cited { clause, is_inferred: reading.is(Kind::Citation, "inferred", row) }
        };
        reading.having(Kind::Citation, "reference", reference).into_iter().map(cited).collect()
    }

    fn counterparts(&self, reference: u32) -> Vec<Counterpart> {
        let reading = self.reading();
        let mut counterparts = Vec::new();
        for (here, there) in [("from", "to"), ("to", "from")] {
            for row in reading.having(Kind::Counterpart, here, reference) {
                let Some(other) = reading.value(Kind::Counterpart, there, row) else { continue };
                let relation = reading.word(Kind::Counterpart, "relation", row, RELATIONS).unwrap_or_default();
                counterparts.push(Counterpart {
                    reference: self.titled_reference(other),
                    relation: if here == "from" { relation } else { reverse(relation) },
                    is_sure: !reading.is(Kind::Counterpart, "unsure", row),
                });
            }
        }
        counterparts.sort_by_key(|counterpart| !counterpart.is_sure);
        counterparts
    }

    fn is_mapped(&self, model: Option<u32>) -> bool {
        let reading = self.reading();
        let is_of = |field, row| {
            let reference = reading.value(Kind::Counterpart, field, row);
            reference.and_then(|reference| reading.value(Kind::Reference, "model", reference)) == model
        };
        self.landscape.rows(Kind::Counterpart).any(|row| is_of("from", row) || is_of("to", row))
    }

    fn reference_in_project(&self, reference: u32) -> ReferenceInProject {
        let reading = self.reading();
        let model = reading.value(Kind::Reference, "model", reference);
        let implemented = reading.having(Kind::Implementation, "reference", reference).into_iter().filter_map(|row| {
            let process = reading.value(Kind::Implementation, "process", row)?;
            Some((self.titled(Kind::Process, process), reading.line(Kind::Implementation, row)))
        });
        let omitted = reading
            .having(Kind::Omission, "reference", reference)
            .into_iter()
            .map(|row| (reading.text(Kind::Omission, "because", row), reading.line(Kind::Omission, row)));
        ReferenceInProject {
            organization: self.organization(),
            is_declared: model.is_some_and(|model| reading.is(Kind::Model, "declared", model)),
            implemented: implemented.collect(),
            omitted: omitted.collect(),
        }
    }
}
