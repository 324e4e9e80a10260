//! Reference models: their processes, what these take and produce, and what they cite.

use rustc_hash::FxHashMap;

use crate::diagnostic::{Diagnostic, Names as Nearest, Place};

use super::catalogue::Catalogue;
use super::column::Lists;
use super::facts::{Declarations, NONE, QualifierFact, ReferenceFact, part};
use super::merge::Merger;
use super::schema::Kind;
use super::specification::Items;

/// A known reference model.
#[derive(Debug)]
pub(super) struct ModelRow {
    family: u32,
    edition: u32,
    id: u32,
    title: u32,
    domain: u32,
    context: u32,
    place: Place,
    /// The statement that declares it.
    pub(super) declared: Option<Place>,
    file: usize,
    at: usize,
    references: std::ops::Range<u32>,
}

/// A reference process.
#[derive(Debug, Clone, Copy)]
struct ReferenceRow {
    model: u32,
    name: u32,
    /// Position among the processes of its model.
    at: usize,
    place: Place,
}

/// All models, by name.
#[derive(Debug, Default)]
pub(super) struct Models {
    pub(super) rows: Vec<ModelRow>,
    /// The models that the organization declares, in order.
    pub(super) declared: Vec<u32>,
    references: Vec<ReferenceRow>,
    by_name: FxHashMap<(u32, u32), u32>,
}

impl Models {
    /// Collects the models and the names of their processes.
    pub(super) fn collect(merger: &mut Merger<'_>) -> Self {
        let mut models = Self::default();
        for file in 0..merger.facts.len() {
            for at in 0..merger.facts[file].models.len() {
                models.model(merger, file, at);
            }
        }
        models
    }

    fn model(&mut self, merger: &mut Merger<'_>, file: usize, at: usize) {
        let fact = &merger.facts[file].models[at];
        let qualifier = merger.facts[file].qualifiers[fact.id as usize];
        let (family, edition) = (merger.global(file, qualifier.id.name), merger.global(file, qualifier.edition));
        let text = merger.text(file, qualifier.span);
        let place = merger.place(file, qualifier.span);
        if let Some(first) = self.rows.iter().find(|row| row.family == family && row.edition == edition) {
            let first = first.place;
            merger.declared_twice("the model", text, place, first);
            return;
        }
        let id = merger.names.intern(&text.split_whitespace().collect::<String>());
        let (title, domain) = (merger.string(file, fact.title), merger.string(file, fact.domain));
        let context = merger.string(file, fact.context);
        let model = self.rows.len() as u32;
        let start = self.references.len() as u32;
        for (number, process) in fact.inner.processes.iter().enumerate() {
            let name = merger.global(file, process.id.name);
            let place = merger.place(file, process.id.span);
            let row = ReferenceRow { model, name, at: number, place };
            if let Some(first) = self.by_name.get(&(model, name)) {
                let first = self.references[*first as usize].place;
                merger.declared_twice("the reference process", merger.mention_text(file, process.id), place, first);
                continue;
            }
            self.by_name.insert((model, name), self.references.len() as u32);
            self.references.push(row);
        }
        let references = start..self.references.len() as u32;
        self.rows.push(ModelRow { family, edition, id, title, domain, context, place, declared: None, file, at, references });
    }

    /// The model that a qualifier names; what is wrong with it is said.
    pub(super) fn find(&self, merger: &mut Merger<'_>, file: usize, fact: QualifierFact) -> Option<u32> {
        let (family, edition) = (merger.global(file, fact.id.name), merger.global(file, fact.edition));
        let of_family: Vec<u32> =
            (0..self.rows.len() as u32).filter(|model| self.rows[*model as usize].family == family).collect();
        if edition == NONE && of_family.len() == 1 {
            return of_family.first().copied();
        }
        if let Some(found) = of_family.iter().find(|model| self.rows[**model as usize].edition == edition) {
            return Some(*found);
        }
        let text = merger.text(file, fact.span);
        if merger.skipped.contains(merger.text(file, fact.id.span)) {
            return None;
        }
        let known: Vec<String> =
            self.rows.iter().map(|row| format!("`{}`", merger.names.text(row.id))).collect();
        let diagnostic = Diagnostic::error("REF009", merger.place(file, fact.span), format!("the model `{text}` is not known"))
            .help(format!("known are {}; another one can be declared: `model {text} {{ … }}`", known.join(", ")));
        merger.diagnostics.push(diagnostic);
        None
    }

    /// The reference process that a statement names; what is wrong with it is said.
    pub(super) fn reference(&self, merger: &mut Merger<'_>, file: usize, fact: &ReferenceFact) -> Option<u32> {
        let name = merger.global(file, fact.word.name);
        let candidates: Vec<u32> = if fact.qualifier != NONE {
            vec![self.find(merger, file, merger.facts[file].qualifiers[fact.qualifier as usize])?]
        } else if let Some(first) = self.declared.first() {
            vec![*first]
        } else {
            (0..self.rows.len() as u32).collect()
        };
        let found: Vec<u32> =
            candidates.iter().filter_map(|model| self.by_name.get(&(*model, name)).copied()).collect();
        if let [only] = found.as_slice() {
            return Some(*only);
        }
        let text = merger.mention_text(file, fact.word);
        if merger.skipped.contains(text) {
            return None;
        }
        let place = merger.place(file, fact.span);
        let display = |reference: &ReferenceRow| {
            format!("`{}/{}`", merger.names.text(self.rows[reference.model as usize].id), merger.names.text(reference.name))
        };
        let diagnostic = if found.is_empty() {
            let mut diagnostic = Diagnostic::error("REF007", place, format!("no reference process `{text}` is known"));
            let elsewhere: Vec<String> = self.references.iter().filter(|row| row.name == name).map(display).collect();
            let names = self.references.iter().filter(|row| candidates.contains(&row.model)).map(|row| merger.names.text(row.name));
            let models: Vec<String> = candidates.iter().map(|model| format!("`{}`", merger.names.text(self.rows[*model as usize].id))).collect();
            diagnostic = match (Nearest::new(names).nearest(text), elsewhere.as_slice()) {
                (_, [other, ..]) => diagnostic.help(format!("another model has it: {other}")),
                (Some(near), _) => diagnostic.help(format!("did you mean `{near}`?")),
                (None, _) => diagnostic.help(format!("it was looked for in {}", models.join(", "))),
            };
            diagnostic
        } else {
            let all: Vec<String> = found.iter().map(|row| display(&self.references[*row as usize])).collect();
            Diagnostic::error("REF007", place, format!("several models have a reference process `{text}`"))
                .help(format!("write {}", all.join(" or ")))
        };
        merger.diagnostics.push(diagnostic);
        None
    }

    /// The model of a reference process.
    pub(super) fn model_of(&self, reference: u32) -> u32 {
        self.references[reference as usize].model
    }
}

/// What a model passes from one process to another, while it is collected.
#[derive(Default)]
struct Ends {
    /// Process, item, other process (or [`NONE`]), inferred; of results and of inputs.
    results: Vec<(u32, u32, u32, bool)>,
    inputs: Vec<(u32, u32, u32, bool)>,
}

/// The rows of one end of the flows of a model.
#[derive(Default)]
struct Side {
    references: Vec<u32>,
    items: Vec<u32>,
    inferred: Vec<bool>,
    outside: Vec<bool>,
    places: Vec<Option<Place>>,
    others: Vec<(u32, u32)>,
    by_item: FxHashMap<(u32, u32), u32>,
}

impl Side {
    /// The row of an item at a process; all statements of it are one.
    fn row(&mut self, reference: u32, item: u32, inferred: bool, place: Place) -> u32 {
        if let Some(row) = self.by_item.get(&(reference, item)) {
            self.inferred[*row as usize] &= inferred;
            return *row;
        }
        let row = self.references.len() as u32;
        self.by_item.insert((reference, item), row);
        self.references.push(reference);
        self.items.push(item);
        self.inferred.push(inferred);
        self.outside.push(false);
        self.places.push(Some(place));
        row
    }
}

impl Catalogue {
    /// Fills the tables of models.
    pub(super) fn fill_models(&mut self, merger: &mut Merger<'_>, items: &mut Items) {
        self.fill_rows(merger);
        let (mut takes, mut gives, mut ends) = (Side::default(), Side::default(), Ends::default());
        for model in 0..self.models.rows.len() {
            self.flows(merger, items, model, &mut takes, &mut gives, &mut ends);
        }
        fill_side(merger, Kind::ReferenceInput, "from", takes);
        fill_side(merger, Kind::ReferenceResult, "to", gives);
        self.fill_flows(merger, &ends);
        self.fill_citations(merger);
    }

    fn fill_rows(&self, merger: &mut Merger<'_>) {
        let rows = &self.models.rows;
        let kind = Kind::Model;
        merger.tables.rows(kind, 0, rows.iter().map(|row| Some(row.declared.unwrap_or(row.place))).collect());
        merger.tables.scalar(kind, "id", rows.iter().map(|row| row.id).collect());
        merger.tables.scalar(kind, "title", rows.iter().map(|row| row.title).collect());
        merger.tables.flags(kind, "declared", rows.iter().map(|row| row.declared.is_some()));
        merger.tables.scalar(kind, "domain", rows.iter().map(|row| row.domain).collect());
        merger.tables.scalar(kind, "context", rows.iter().map(|row| row.context).collect());
        merger.tables.field_places(kind, "id", rows.iter().map(|row| Some(row.place)).collect());

        let references = &self.models.references;
        let kind = Kind::Reference;
        merger.tables.rows(kind, 0, references.iter().map(|row| Some(row.place)).collect());
        merger.tables.scalar(kind, "model", references.iter().map(|row| row.model).collect());
        merger.tables.scalar(kind, "id", references.iter().map(|row| row.name).collect());
        let (mut numbers, mut titles, mut categories, mut purposes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut category_places, mut purpose_places) = (Vec::new(), Vec::new());
        for row in references {
            let file = rows[row.model as usize].file;
            let fact = &merger.facts[file].models[rows[row.model as usize].at].inner.processes[row.at];
            numbers.push(merger.global(file, fact.number));
            categories.push(fact.category.map_or(NONE, |(category, _)| u32::from(category)));
            category_places.push(fact.category.map(|(_, span)| merger.place(file, span)));
            purpose_places.push(fact.purpose.map(|span| merger.place(file, span)));
            let (title, purpose) = (fact.title, fact.purpose);
            titles.push(merger.string(file, title));
            purposes.push(merger.string(file, purpose));
        }
        merger.tables.scalar(kind, "number", numbers);
        merger.tables.scalar(kind, "title", titles);
        merger.tables.scalar(kind, "category", categories);
        merger.tables.scalar(kind, "purpose", purposes);
        merger.tables.field_places(kind, "category", category_places);
        merger.tables.field_places(kind, "purpose", purpose_places);
    }

    fn inner<'a>(&self, merger: &Merger<'a>, model: usize) -> (&'a Declarations, usize) {
        let row = &self.models.rows[model];
        (&merger.facts[row.file].models[row.at].inner, row.file)
    }

    fn flows(
        &self,
        merger: &mut Merger<'_>,
        items: &mut Items,
        model: usize,
        takes: &mut Side,
        gives: &mut Side,
        ends: &mut Ends,
    ) {
        let (inner, file) = self.inner(merger, model);
        let outsiders: Vec<u32> = inner.actors.iter().map(|actor| merger.global(file, actor.id.name)).collect();
        for reference in self.models.rows[model].references.clone() {
            let process = &inner.processes[self.models.references[reference as usize].at];
            for flow in &inner.flows[part(process.flows)] {
                let place = merger.place(file, flow.span);
                let item = if flow.item == NONE { NONE } else { items.of_model(merger.global(file, flow.item)) };
                let side = if flow.is_input { &mut *takes } else { &mut *gives };
                let row = side.row(reference, item, flow.inferred, place);
                let list = if flow.is_input { &mut ends.inputs } else { &mut ends.results };
                if !flow.addressed {
                    side.outside[row as usize] = true;
                    list.push((reference, item, NONE, flow.inferred));
                }
                for mention in &inner.mentions[part(flow.actors)] {
                    let name = merger.global(file, mention.name);
                    if let Some(other) = self.models.by_name.get(&(model as u32, name)) {
                        side.others.push((row, *other));
                        list.push((reference, item, *other, flow.inferred));
                    } else if outsiders.contains(&name) {
                        side.outside[row as usize] = true;
                    } else {
                        let text = merger.mention_text(file, *mention);
                        let known = inner.processes.iter().map(|process| process.id).chain(inner.actors.iter().map(|actor| actor.id));
                        let known: Vec<&str> = known.map(|id| merger.mention_text(file, id)).collect();
                        let mut diagnostic = Diagnostic::error(
                            "REF001",
                            merger.place(file, mention.span),
                            format!("the model has no process or party `{text}`"),
                        );
                        diagnostic = match Nearest::new(known).nearest(text) {
                            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                            None => diagnostic.help(format!("declare it inside the model: `party {text}`")),
                        };
                        merger.diagnostics.push(diagnostic);
                    }
                }
            }
        }
    }

    /// A flow is there where one end names the other and both ends have the item. It is inferred where the statement that
    /// names the other end is, at either end.
    fn fill_flows(&self, merger: &mut Merger<'_>, ends: &Ends) {
        let mut stated: FxHashMap<(u32, u32, u32), bool> = FxHashMap::default();
        let mut order: Vec<(u32, u32, u32)> = Vec::new();
        let has = |list: &[(u32, u32, u32, bool)]| -> FxHashMap<(u32, u32), bool> {
            let mut map = FxHashMap::default();
            for (reference, item, _, inferred) in list {
                *map.entry((*reference, *item)).or_insert(true) &= *inferred;
            }
            map
        };
        let (produced, taken) = (has(&ends.results), has(&ends.inputs));
        let mut add = |from: u32, to: u32, item: u32, inferred: bool| {
            let flow = (from, to, item);
            match stated.get_mut(&flow) {
                Some(known) => *known |= inferred,
                None => {
                    stated.insert(flow, inferred);
                    order.push(flow);
                }
            }
        };
        for (from, item, to, inferred) in ends.results.iter().filter(|(_, item, to, _)| *to != NONE && *item != NONE) {
            if taken.contains_key(&(*to, *item)) {
                add(*from, *to, *item, *inferred);
            }
        }
        for (to, item, from, inferred) in ends.inputs.iter().filter(|(_, item, from, _)| *from != NONE && *item != NONE) {
            if produced.contains_key(&(*from, *item)) {
                add(*from, *to, *item, *inferred);
            }
        }
        let kind = Kind::ReferenceFlow;
        let references = &self.models.references;
        merger.tables.rows(kind, 0, order.iter().map(|(from, ..)| Some(references[*from as usize].place)).collect());
        merger.tables.scalar(kind, "from", order.iter().map(|(from, ..)| *from).collect());
        merger.tables.scalar(kind, "to", order.iter().map(|(_, to, _)| *to).collect());
        merger.tables.scalar(kind, "item", order.iter().map(|(.., item)| *item).collect());
        merger.tables.scalar(kind, "model", order.iter().map(|(from, ..)| references[*from as usize].model).collect());
        merger.tables.flags(kind, "inferred", order.iter().map(|flow| stated.get(flow).copied().unwrap_or_default()));
    }

    fn fill_citations(&mut self, merger: &mut Merger<'_>) {
        let (mut places, mut references, mut clauses) = (Vec::new(), Vec::new(), Vec::new());
        let (mut standards, mut wildcards, mut inferred) = (Vec::new(), Vec::new(), Vec::new());
        let (mut of, mut titles, mut said) = (Vec::new(), Vec::new(), Vec::new());
        let mut outcome_places = Vec::new();
        for model in 0..self.models.rows.len() {
            let (inner, file) = self.inner(merger, model);
            for reference in self.models.rows[model].references.clone() {
                let process = &inner.processes[self.models.references[reference as usize].at];
                for cover in &inner.covers[part(process.covers)] {
                    let Some(found) = self.clause(merger, file, &cover.clause) else { continue };
                    places.push(Some(merger.place(file, cover.clause.span)));
                    references.push(reference);
                    clauses.push(found.clause);
                    standards.push(found.standard);
                    wildcards.push(cover.clause.wildcard);
                    inferred.push(cover.inferred);
                }
                for outcome in &inner.outcomes[part(process.outcomes)] {
                    outcome_places.push(Some(merger.place(file, outcome.title)));
                    of.push(reference);
                    titles.push(merger.string(file, Some(outcome.title)));
                    said.push(outcome.inferred.is_some());
                }
            }
        }
        let kind = Kind::Citation;
        merger.tables.rows(kind, 0, places);
        merger.tables.scalar(kind, "reference", references);
        merger.tables.scalar(kind, "clause", clauses);
        merger.tables.scalar(kind, "standard", standards);
        merger.tables.flags(kind, "wildcard", wildcards);
        merger.tables.flags(kind, "inferred", inferred);
        let kind = Kind::Outcome;
        merger.tables.rows(kind, 0, outcome_places);
        merger.tables.scalar(kind, "reference", of);
        merger.tables.scalar(kind, "title", titles);
        merger.tables.flags(kind, "inferred", said);
    }
}

fn fill_side(merger: &mut Merger<'_>, kind: Kind, field: &str, side: Side) {
    let rows = side.references.len();
    merger.tables.rows(kind, 0, side.places);
    merger.tables.scalar(kind, "reference", side.references);
    if kind == Kind::ReferenceInput {
        merger.tables.flags(kind, "wildcard", side.items.iter().map(|item| *item == NONE));
    }
    merger.tables.scalar(kind, "item", side.items);
    merger.tables.flags(kind, "inferred", side.inferred);
    merger.tables.flags(kind, "outside", side.outside);
    let mut others = side.others;
    let mut seen: rustc_hash::FxHashSet<(u32, u32)> = rustc_hash::FxHashSet::default();
    others.retain(|pair| seen.insert(*pair));
    merger.tables.list(kind, field, Lists::from_pairs(rows, &others));
}
