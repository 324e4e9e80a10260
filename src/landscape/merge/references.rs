//! Reference processes, what they say, and who names them.

use rustc_hash::FxHashMap;

use crate::diagnostic::{Diagnostic, Place};
use crate::text::Span;

use crate::landscape::column::Sparse;
use crate::landscape::facts::{Body, Owner, ReferenceUse, ThingKind, flag};
use crate::landscape::strings::Run;
use crate::landscape::symbols::Mention;
use crate::landscape::{Kind, MISSING};

use super::catalogues::Catalogue;
use super::flows::{ReferenceEnd, ReferenceEnds};
use super::organization::MOST_COUNTERPARTS;
use super::processes::Named;
use super::unknown::rename;
use super::{Default, Merge, some};

impl Merge<'_> {
    pub(super) fn name_text(&self, name: u32) -> String {
        self.landscape.name(name).to_owned()
    }

    pub(super) fn reference_path(&self, reference: u32) -> String {
        let model = self.landscape.value(Kind::Reference, "model", reference);
        let model = model.and_then(|model| self.landscape.value(Kind::Model, "id", model));
        let id = self.landscape.value(Kind::Reference, "id", reference);
        let text = |name: Option<u32>| name.map_or("", |name| self.landscape.name(name));
        format!("model.{}/process.{}", text(model), text(id))
    }

    /// Reference processes, what they say, and who names them.
    pub(super) fn references(&mut self) {
        let (ids, ends, by_name) = self.reference_processes();
        let models: Vec<u32> = self.landscape.scalar(Kind::Reference, "model").to_vec();
        self.reference_flows(Kind::ReferenceInput, &ids, &ends, &models);
        self.reference_flows(Kind::ReferenceResult, &ids, &ends, &models);
        self.reference_ends(Kind::ReferenceInput, Kind::ReferenceSource, "input", "from");
        self.reference_ends(Kind::ReferenceResult, Kind::ReferenceDestination, "result", "to");
        self.citations(&ids);
        self.outcomes(&ids);
        self.wordings();
        self.model_mappings(&by_name);
        self.implementations(&by_name);
        self.omissions(&by_name);
        self.mentions();
        let mut meant = vec![0; models.len()];
        for reference in std::mem::take(&mut self.meant) {
            meant[reference as usize] = 1;
        }
        self.landscape.table_mut(Kind::Reference).set_scalar(Kind::Reference, "meant", meant);
    }

    /// The ends of reference inputs or results, as rows of their own.
    fn reference_ends(&mut self, kind: Kind, ends_kind: Kind, row_field: &str, end_field: &str) {
        let (mut rows, mut references, mut inferred, mut places) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (row, ends) in self.landscape.reference_ends(kind).into_iter().enumerate() {
            for (end, is_inferred) in ends {
                rows.push(row as u32);
                references.push(match end {
                    crate::landscape::ReferenceEnd::Reference(reference) => reference,
                    _ => MISSING,
                });
                inferred.push(u32::from(is_inferred));
                places.push(self.landscape.table(kind).places.of(row as u32));
            }
        }
        let table = self.landscape.table_mut(ends_kind);
        table.rows = 0..rows.len() as u32;
        table.places = places.into();
        table.set_scalar(ends_kind, row_field, rows);
        table.set_scalar(ends_kind, end_field, references);
        table.set_scalar(ends_kind, "inferred", inferred);
    }

    /// Implementations and omissions in one list.
    fn mentions(&mut self) {
        let (mut references, mut models, mut places) = (Vec::new(), Vec::new(), Vec::new());
        let mut processes = self.landscape.scalar(Kind::Implementation, "process").to_vec();
        for kind in [Kind::Implementation, Kind::Omission] {
            references.extend(self.landscape.scalar(kind, "reference"));
            models.extend(self.landscape.scalar(kind, "model"));
            places.extend(self.landscape.table(kind).places.iter());
        }
        processes.resize(references.len(), MISSING);
        let table = self.landscape.table_mut(Kind::ReferenceMention);
        table.rows = 0..references.len() as u32;
        table.places = places.into();
        table.set_scalar(Kind::ReferenceMention, "reference", references);
        table.set_scalar(Kind::ReferenceMention, "model", models);
        table.set_scalar(Kind::ReferenceMention, "process", processes);
    }

    fn reference_processes(&mut self) -> (Vec<Vec<u32>>, ReferenceEnds, ByName) {
        let mut ends = ReferenceEnds::default();
        let mut end_places: FxHashMap<(u32, u32), Place> = FxHashMap::default();
        let mut by_name = ByName::default();
        let mut columns = ReferenceColumns::default();
        let mut all_ids = Vec::with_capacity(self.facts.len());
        for file in 0..self.facts.len() {
            let reference: &Body = &self.facts[file].reference;
            let mut ids = Vec::with_capacity(reference.processes.len());
            for process in &reference.processes {
                let model = self.catalogues.models[file][process.model as usize];
                if model == MISSING {
                    ids.push(MISSING);
                    continue;
                }
                let name = self.name_at(file, process.id);
                let place = self.mention_place(file, process.id);
                if let Some(first) = by_name.of_model.get(&(model, name)).copied() {
                    if !self.landscape.is_incomplete(place) {
                        let first_place = columns.places[first as usize];
                        let model_id = self.landscape.value(Kind::Model, "id", model).unwrap_or(MISSING);
                        let entity = format!("model.{}/process.{}", self.name_text(model_id), self.name_text(name));
                        self.declared_twice(first_place, place, process.span, "process", "process", entity);
                    }
                    ids.push(first);
                    continue;
                }
                let id = columns.ids.len() as u32;
                ids.push(id);
                by_name.of_model.insert((model, name), id);
                by_name.any_model.entry(name).or_default().push(id);
                ends.insert((model, name), ReferenceEnd::Inside(id));
                end_places.insert((model, name), place);
                columns.models.push(model);
                columns.ids.push(name);
                columns.numbers.push(self.name_of(file, process.number));
                columns.titles.push(self.string(file, process.title));
                columns.categories.push(if process.category == 255 { MISSING } else { u32::from(process.category) });
                columns.purposes.push(self.string(file, process.purpose));
                columns.purpose_spans.push(process.purpose);
                columns.category_spans.push(process.category_span);
                columns.places.push(place);
            }
            all_ids.push(ids);
        }
        for file in 0..self.facts.len() {
            for thing in &self.facts[file].reference.things {
                let model = self.catalogues.models[file][thing.model as usize];
                if thing.kind == ThingKind::Item || model == MISSING {
                    continue;
                }
                let key = (model, self.name_at(file, thing.id));
                let place = self.mention_place(file, thing.id);
                if let Some(first) = end_places.get(&key).copied() {
                    if !self.landscape.is_incomplete(place) {
                        let entity = format!("model/party.{}", self.text(file, thing.id));
                        let first_what = match ends.get(&key) {
                            Some(ReferenceEnd::Inside(_)) => "process",
                            _ => "party",
                        };
                        self.declared_twice(first, place, thing.span, "party", first_what, entity);
                    }
                    continue;
                }
                ends.insert(key, ReferenceEnd::Outside);
                end_places.insert(key, place);
            }
        }
        self.seal_duplicates();
        columns.store(self);
        (all_ids, ends, by_name)
    }

    fn citations(&mut self, ids: &[Vec<u32>]) {
        let mut rows = Named::default();
        for (file, ids) in ids.iter().enumerate() {
            for cover in &self.facts[file].reference.covers {
                let Owner::Process(number) = cover.owner() else { continue };
                let reference = ids[number as usize];
                if reference == MISSING {
                    continue;
                }
                let found =
                    self.clause(file, &cover.value, |this| format!("{}/covers", this.reference_path(reference)));
                let Some((standard, clause)) = found else { continue };
                rows.process.push(reference);
                self.push_clause(file, &cover.value, standard, clause, &mut rows, &mut Run::default());
            }
        }
        let table = self.landscape.table_mut(Kind::Citation);
        table.rows = 0..rows.clause.len() as u32;
        table.places = rows.places;
        table.set_scalar(Kind::Citation, "reference", rows.process);
        table.set_scalar(Kind::Citation, "clause", rows.clause);
        table.set_sparse(Kind::Citation, "standard", rows.standard);
        table.set_flags(Kind::Citation, rows.flags, &[("wildcard", flag::WILDCARD), ("inferred", flag::INFERRED)]);
    }

    fn outcomes(&mut self, ids: &[Vec<u32>]) {
        let (mut references, mut titles, mut inferred, mut places) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (file, ids) in ids.iter().enumerate() {
            for outcome in &self.facts[file].reference.outcomes {
                let reference = ids[outcome.owner as usize];
                if reference != MISSING {
                    references.push(reference);
                    titles.push(self.string(file, outcome.title));
                    inferred.push(u32::from(outcome.inferred));
                    places.push(self.place(file, outcome.title));
                }
            }
        }
        let table = self.landscape.table_mut(Kind::Outcome);
        table.rows = 0..references.len() as u32;
        table.places = places.into();
        table.set_scalar(Kind::Outcome, "reference", references);
        table.set_scalar(Kind::Outcome, "title", titles);
        table.set_scalar(Kind::Outcome, "inferred", inferred);
    }

    /// The purposes, then the outcomes.
    fn wordings(&mut self) {
        let (mut references, mut texts, mut outcomes, mut places) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let purpose = Kind::Reference.field("purpose").unwrap_or_default();
        for reference in self.landscape.rows(Kind::Reference) {
            let text = self.landscape.value(Kind::Reference, "purpose", reference);
            let place = self.landscape.field_place(Kind::Reference, purpose, reference);
            let (Some(text), Some(place)) = (text, place) else { continue };
            references.push(reference);
            texts.push(text);
            outcomes.push(0);
            places.push(place);
        }
        references.extend(self.landscape.scalar(Kind::Outcome, "reference"));
        texts.extend(self.landscape.scalar(Kind::Outcome, "title"));
        outcomes.resize(references.len(), 1);
        places.extend(self.landscape.table(Kind::Outcome).places.iter());
        let table = self.landscape.table_mut(Kind::Wording);
        table.rows = 0..references.len() as u32;
        table.places = places.into();
        table.set_scalar(Kind::Wording, "reference", references);
        table.set_scalar(Kind::Wording, "text", texts);
        table.set_scalar(Kind::Wording, "outcome", outcomes);
    }

    fn implementations(&mut self, by_name: &ByName) {
        let count = self.landscape.table(Kind::Process).rows.len();
        let mut unresolved = Sparse::new(count, 0);
        let (mut processes, mut references, mut places) = (Vec::new(), Vec::new(), Vec::new());
        for file in 0..self.facts.len() {
            for used in &self.facts[file].own.implements {
                let owner = used.owner();
                let Owner::Process(number) = owner else { continue };
                let found = self.reference(file, &used.value, by_name, |this| {
                    format!("{}/implements", this.owner_path(file, owner))
                });
                let process = self.process_ids[file][number as usize];
                match found {
                    Some(reference) => {
                        processes.push(process);
                        references.push(reference);
                        places.push(self.place(file, used.value.span));
                    }
                    None => unresolved.set(process as usize, 1),
                }
            }
        }
        self.landscape.table_mut(Kind::Process).set_sparse(Kind::Process, "unresolved", unresolved);
        let pairs: Vec<(u32, u32)> = processes.iter().copied().zip(references.iter().copied()).collect();
        self.landscape.table_mut(Kind::Process).set_pairs(Kind::Process, "implements", count, &pairs);
        let models = self.models_of(&references);
        let table = self.landscape.table_mut(Kind::Implementation);
        table.rows = 0..processes.len() as u32;
        table.places = places.into();
        table.set_scalar(Kind::Implementation, "process", processes);
        table.set_scalar(Kind::Implementation, "reference", references);
        table.set_scalar(Kind::Implementation, "model", models);
    }

    fn omissions(&mut self, by_name: &ByName) {
        let (mut references, mut reasons, mut places) = (Vec::new(), Vec::new(), Vec::new());
        for file in 0..self.facts.len() {
            for omission in &self.facts[file].omissions {
                let used = &omission.reference;
                if let Some(reference) = self.reference(file, used, by_name, |_| "omit".to_owned()) {
                    references.push(reference);
                    reasons.push(self.string(file, omission.because));
                    places.push(self.place(file, used.span));
                }
            }
        }
        let models = self.models_of(&references);
        let table = self.landscape.table_mut(Kind::Omission);
        table.rows = 0..references.len() as u32;
        table.places = places.into();
        table.set_scalar(Kind::Omission, "reference", references);
        table.set_scalar(Kind::Omission, "model", models);
        table.set_scalar(Kind::Omission, "because", reasons);
    }

    /// The rows of the mappings between models, as pairs of reference processes.
    fn model_mappings(&mut self, by_name: &ByName) {
        let (mut sides, mut relations, mut unsure, mut places) =
            ([Vec::new(), Vec::new()], Vec::new(), Vec::new(), Vec::new());
        'files: for file in 0..self.facts.len() {
            let facts = self.facts[file];
            for row in &facts.mapping_rows {
                let mapping = facts.mappings[row.mapping as usize];
                let (start, middle, end) = (row.words_start as usize, row.from_end as usize, row.to_end as usize);
                let mut named = [Vec::new(), Vec::new()];
                for (number, (side, words)) in
                    [(mapping.from, start..middle), (mapping.to, middle..end)].into_iter().enumerate()
                {
                    let Some(Catalogue::Model(model)) = self.catalogue(file, side, Kind::Model, "mapping") else {
                        continue;
                    };
                    for word in &facts.mapping_words[words] {
                        match by_name.of_model.get(&(model, self.name_at(file, *word))) {
                            Some(reference) => named[number].push((*reference, self.mention_place(file, *word))),
                            None => self.unknown_reference(file, *word, Some(model), by_name, "mapping"),
                        }
                    }
                }
                let [from, to] = &named;
                for ((left, place), (right, _)) in from.iter().flat_map(|one| to.iter().map(move |other| (one, other)))
                {
                    sides[0].push(*left);
                    sides[1].push(*right);
                    relations.push(u32::from(row.relation));
                    unsure.push(u32::from(row.unsure));
                    places.push(*place);
                }
                if places.len() >= MOST_COUNTERPARTS {
                    self.too_many_pairs(file, row, MOST_COUNTERPARTS);
                    break 'files;
                }
            }
        }
        let [from, to] = sides;
        let table = self.landscape.table_mut(Kind::Counterpart);
        table.rows = 0..places.len() as u32;
        table.places = places.into();
        table.set_scalar(Kind::Counterpart, "from", from);
        table.set_scalar(Kind::Counterpart, "to", to);
        table.set_scalar(Kind::Counterpart, "relation", relations);
        table.set_scalar(Kind::Counterpart, "unsure", unsure);
    }

    fn models_of(&self, references: &[u32]) -> Vec<u32> {
        let models = self.landscape.scalar(Kind::Reference, "model");
        references.iter().map(|reference| models[*reference as usize]).collect()
    }

    /// The reference process that is named; a finding where there is none.
    fn reference(
        &mut self,
        file: usize,
        used: &ReferenceUse,
        by_name: &ByName,
        entity: impl Fn(&Self) -> String,
    ) -> Option<u32> {
        let name = self.name_at(file, used.word);
        let model = match some(used.qualifier) {
            Some(qualifier) => {
                let entity = entity(self);
                Some(self.model(file, qualifier, &entity)?)
            }
            None => match self.default_model {
                Default::Known(model) => Some(model),
                Default::Unknown => return None,
                Default::Undeclared => match by_name.any_model.get(&name).map(Vec::as_slice) {
                    Some([only]) => return Some(*only),
                    _ => None,
                },
            },
        };
        if let Some(model) = model
            && let Some(reference) = by_name.of_model.get(&(model, name))
        {
            return Some(*reference);
        }
        let entity = entity(self);
        self.unknown_reference(file, used.word, model, by_name, &entity);
        None
    }

    fn unknown_reference(&mut self, file: usize, word: Mention, model: Option<u32>, by_name: &ByName, entity: &str) {
        let text = self.text(file, word);
        if text.is_empty() || self.landscape.was_skipped(text) {
            return;
        }
        let is_thorough = self.suggestions.spend();
        let place = self.mention_place(file, word);
        let name = self.name_at(file, word);
        let model_name =
            |model: u32| self.landscape.value(Kind::Model, "id", model).map_or("", |name| self.landscape.name(name));
        let models = self.landscape.scalar(Kind::Reference, "model");
        let elsewhere: Vec<String> = by_name
            .any_model
            .get(&name)
            .into_iter()
            .flatten()
            .map(|reference| format!("{}/{text}", model_name(models[*reference as usize])))
            .collect();
        let entity = match model {
            Some(model) => format!("{entity}.{}/{text}", model_name(model)),
            None => format!("{entity}.{text}"),
        };
        let mut diagnostic = match model {
            Some(model) => {
                Diagnostic::error("REF007", place, format!("the model `{}` has no process `{text}`", model_name(model)))
            }
            None if elsewhere.is_empty() => {
                Diagnostic::error("REF007", place, format!("no reference model has a process `{text}`"))
            }
            None => Diagnostic::error("REF007", place, format!("several reference models have a process `{text}`"))
                .underlined("of which model?"),
        };
        if elsewhere.is_empty() && is_thorough {
            let ids = self.landscape.scalar(Kind::Reference, "id");
            let candidates = ids.iter().zip(models).filter(|(_, of)| model.is_none_or(|model| **of == model));
            let near = crate::diagnostic::near(text, candidates.map(|(id, _)| self.landscape.name(*id)));
            if let Some(near) = near {
                diagnostic = diagnostic.help(format!("did you mean `{}`?", near.name)).fix_if_any(rename(place, near));
                let near = near.name;
                let known = self.landscape.find_name(near).and_then(|near| by_name.any_model.get(&near));
                let known =
                    known.into_iter().flatten().find(|id| model.is_none_or(|model| models[**id as usize] == model));
                self.meant.extend(known);
                if let Some(declared) = known.and_then(|id| self.landscape.place(Kind::Reference, *id)) {
                    diagnostic = diagnostic.label(declared, format!("`{near}` is declared here"));
                }
            } else if let Some(model) = model {
                let of_model = ids.iter().zip(models).filter(|(_, of)| **of == model);
                let names: Vec<&str> = of_model.map(|(id, _)| self.landscape.name(*id)).collect();
                if !names.is_empty() && names.len() <= 20 {
                    diagnostic = diagnostic.help(format!("its processes are {}", super::catalogues::list(&names)));
                }
            }
        } else {
            let quoted: Vec<String> = elsewhere.iter().map(|name| format!("`{name}`")).collect();
            diagnostic = diagnostic.help(format!("name its model: {}", quoted.join(" or ")));
        }
        self.say(diagnostic.of(entity));
    }
}

/// Reference processes by name.
#[derive(Default)]
pub(super) struct ByName {
    of_model: FxHashMap<(u32, u32), u32>,
    any_model: FxHashMap<u32, Vec<u32>>,
}

#[derive(Default)]
struct ReferenceColumns {
    models: Vec<u32>,
    ids: Vec<u32>,
    numbers: Vec<u32>,
    titles: Vec<u32>,
    categories: Vec<u32>,
    purposes: Vec<u32>,
    purpose_spans: Vec<Span>,
    category_spans: Vec<Span>,
    places: Vec<Place>,
}

impl ReferenceColumns {
    fn store(self, merge: &mut Merge<'_>) {
        let table = merge.landscape.table_mut(Kind::Reference);
        table.rows = 0..self.ids.len() as u32;
        table.places = self.places.into();
        table.set_scalar(Kind::Reference, "model", self.models);
        table.set_scalar(Kind::Reference, "id", self.ids);
        table.set_scalar(Kind::Reference, "number", self.numbers);
        table.set_scalar(Kind::Reference, "title", self.titles);
        table.set_scalar(Kind::Reference, "category", self.categories);
        table.set_scalar(Kind::Reference, "purpose", self.purposes);
        table.set_spans(Kind::Reference, "purpose", self.purpose_spans);
        table.set_spans(Kind::Reference, "category", self.category_spans);
    }
}
