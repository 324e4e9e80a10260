//! The organization's own processes, items and decisions.

use crate::diagnostic::{Diagnostic, Place};
use crate::syntax::string_value;

use super::actors::{Actors, ProcessAt, Wanted};
use super::catalogue::Catalogue;
use super::column::Lists;
use super::facts::{Mention, NONE, Part, part};
use super::flows::Flows;
use super::merge::Merger;
use super::schema::Kind;

/// Items: one entity for one id, in the organization and in the models.
#[derive(Debug, Default)]
pub(super) struct Items {
    /// Row by name, or [`NONE`].
    by_name: Vec<u32>,
    names: Vec<u32>,
    places: Vec<Option<Place>>,
    /// Whether a model speaks of the item, by row.
    in_model: Vec<bool>,
}

impl Items {
    fn row(&mut self, name: u32, place: Option<Place>) -> u32 {
        if self.by_name.len() <= name as usize {
            self.by_name.resize(name as usize + 1, NONE);
        }
        let known = self.by_name[name as usize];
        if known != NONE {
            if self.places[known as usize].is_none() {
                self.places[known as usize] = place;
            }
            return known;
        }
        let row = self.names.len() as u32;
        self.by_name[name as usize] = row;
        self.names.push(name);
        self.places.push(place);
        self.in_model.push(false);
        row
    }

    /// The item that the organization mentions at a place.
    pub(super) fn mentioned(&mut self, name: u32, place: Place) -> u32 {
        self.row(name, Some(place))
    }

    /// The item that a model mentions.
    pub(super) fn of_model(&mut self, name: u32) -> u32 {
        let row = self.row(name, None);
        self.in_model[row as usize] = true;
        row
    }

    /// Whether a model speaks of an item of that name.
    pub(super) fn is_in_model(&self, name: u32) -> bool {
        let row = self.by_name.get(name as usize).copied().unwrap_or(NONE);
        row != NONE && self.in_model[row as usize]
    }

    /// The names of the items that models speak of.
    pub(super) fn model_names(&self) -> impl Iterator<Item = u32> {
        self.names.iter().zip(&self.in_model).filter(|(_, in_model)| **in_model).map(|(name, _)| *name)
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }
}

/// The rows of `covers`, of processes and items.
#[derive(Default)]
struct Covers {
    places: Vec<Option<Place>>,
    processes: Vec<u32>,
    items: Vec<u32>,
    clauses: Vec<u32>,
    standards: Vec<u32>,
    letters: Vec<u32>,
    wildcards: Vec<bool>,
    partly: Vec<bool>,
    titles: Vec<u32>,
    title_places: Vec<Option<Place>>,
    mistitled: Vec<bool>,
}

impl Merger<'_> {
    /// Fills the tables of the organization.
    pub(super) fn specification(&mut self, catalogue: &mut Catalogue, actors: &mut Actors) {
        let mut items = Items::default();
        catalogue.fill_models(self, &mut items);
        self.processes(actors);
        let mut covers = Covers::default();
        let implements = self.implementations(catalogue, actors);
        self.tables.list(Kind::Process, "implements", implements);
        Flows::fill(self, &mut items, actors);
        self.activities(actors);
        self.process_covers(catalogue, actors, &mut covers);
        self.items(catalogue, actors, &mut items, &mut covers);
        self.covers(covers);
        self.omissions(catalogue);
        self.decisions(catalogue, actors);
    }

    /// Resolves a part of the mentions of a process, in the order in which they stand.
    pub(super) fn resolve_all(
        &mut self,
        actors: &mut Actors,
        file: usize,
        mentions: &[Mention],
        wanted: Wanted,
    ) -> Vec<u32> {
        mentions.iter().filter_map(|mention| actors.resolve(self, file, *mention, wanted)).collect()
    }

    fn processes(&mut self, actors: &mut Actors) {
        let kind = Kind::Process;
        let first: Vec<ProcessAt> = actors.processes.iter().copied().filter(|at| at.first).collect();
        let rows = first.len();
        let mut places = Vec::with_capacity(rows);
        let (mut ids, mut titles) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
        let (mut categories, mut purposes) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
        let (mut capabilities, mut cadences) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
        let mut owned = Vec::with_capacity(rows);
        let (mut owners, mut phases) = (Lists::default(), Lists::default());
        let (mut triggers, mut sources) = (Lists::default(), Lists::default());
        let (mut category_places, mut purpose_places, mut owner_places) = (Vec::new(), Vec::new(), Vec::new());
        let (mut capability_places, mut phase_places) = (Vec::new(), Vec::new());
        for at in first {
            let facts = self.facts;
            let own = &facts[at.file].own;
            let fact = &own.processes[at.at];
            let place = |span| self.place(at.file, span);
            places.push(Some(place(fact.id.span)));
            category_places.push(fact.category.map(|(_, span)| place(span)));
            purpose_places.push(fact.purpose.map(place));
            capability_places.push(fact.capability.map(|(_, span)| place(span)));
            phase_places.push((fact.phases != 0).then(|| place(fact.phase_span)));
            let mentions = &own.mentions[part(fact.owners)];
            owner_places.push(mentions.first().map(|mention| place(mention.span)));
            ids.push(self.global(at.file, fact.id.name));
            titles.push(self.string(at.file, fact.title));
            categories.push(fact.category.map_or(NONE, |(category, _)| u32::from(category)));
            purposes.push(self.string(at.file, fact.purpose));
            capabilities.push(fact.capability.map_or(NONE, |(level, _)| u32::from(level)));
            cadences.push(fact.cadence);
            owned.push(fact.owner_stated);
            phases.push((0..4).filter(|phase| fact.phases & (1 << phase) != 0));
            let roles = self.resolve_all(actors, at.file, mentions, Wanted::Role);
            owners.push(roles);
            triggers.push(self.all_strings(at.file, &own.strings, fact.triggers));
            sources.push(self.source_paths(at.file, &own.strings, fact.sources));
        }
        self.tables.rows(kind, 0, places);
        self.tables.scalar(kind, "id", ids);
        self.tables.scalar(kind, "title", titles);
        self.tables.scalar(kind, "category", categories);
        self.tables.scalar(kind, "purpose", purposes);
        self.tables.scalar(kind, "capability", capabilities);
        self.tables.scalar(kind, "cadence", cadences);
        self.tables.flags(kind, "owned", owned);
        self.tables.list(kind, "owners", owners);
        self.tables.list(kind, "phases", phases);
        self.tables.list(kind, "triggers", triggers);
        self.tables.list(kind, "sources", sources);
        self.tables.field_places(kind, "category", category_places);
        self.tables.field_places(kind, "purpose", purpose_places);
        self.tables.field_places(kind, "owners", owner_places);
        self.tables.field_places(kind, "capability", capability_places);
        self.tables.field_places(kind, "phases", phase_places);
    }

    fn all_strings(&mut self, file: usize, strings: &[crate::text::Span], of: Part) -> Vec<u32> {
        strings[part(of)].iter().map(|span| self.string(file, Some(*span))).collect()
    }

    /// The strings of `source`; those that name a path of the project which does not exist are said.
    fn source_paths(&mut self, file: usize, strings: &[crate::text::Span], of: Part) -> Vec<u32> {
        let surroundings = self.surroundings;
        if let Some(exists) = &surroundings.known_paths {
            for span in &strings[part(of)] {
                let source = surroundings.sources.get(self.facts[file].file);
                let text = crate::syntax::string_value(source.text(), *span);
                let path = text.split('#').next().unwrap_or_default();
                // An address, or a path that leads out of the project, is not looked up.
                let outside = path.is_empty() || path.contains("://") || path.starts_with('/') || path.contains('\\')
                    || path.split('/').any(|part| part == "..");
                if !outside && !exists(path.trim_start_matches("./")) {
                    let place = self.place(file, *span);
                    let diagnostic = Diagnostic::warning("REF010", place, format!("there is no file `{path}` in the project"))
                        .help("correct the path, which counts from the project's root, or remove the statement");
                    self.diagnostics.push(diagnostic);
                }
            }
        }
        self.all_strings(file, strings, of)
    }

    fn implementations(&mut self, catalogue: &Catalogue, actors: &Actors) -> Lists {
        let (mut places, mut processes) = (Vec::new(), Vec::new());
        let (mut references, mut models) = (Vec::new(), Vec::new());
        for at in &actors.processes {
            let own = &self.facts[at.file].own;
            for fact in &own.references[part(own.processes[at.at].implements)] {
                let Some(reference) = catalogue.models.reference(self, at.file, fact) else { continue };
                places.push(Some(self.place(at.file, fact.span)));
                processes.push(at.id);
                references.push(reference);
                models.push(catalogue.models.model_of(reference));
            }
        }
        let pairs: Vec<(u32, u32)> = processes.iter().copied().zip(references.iter().copied()).collect();
        let kind = Kind::Implementation;
        self.tables.rows(kind, 0, places);
        self.tables.scalar(kind, "process", processes);
        self.tables.scalar(kind, "reference", references);
        self.tables.scalar(kind, "model", models);
        Lists::from_pairs(actors.process_count() as usize, &pairs)
    }

    fn activities(&mut self, actors: &mut Actors) {
        let (mut places, mut processes, mut ids, mut titles) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut by = Lists::default();
        let (mut indicator_places, mut measured, mut goals) = (Vec::new(), Vec::new(), Vec::new());
        let (mut indicator_titles, mut targets) = (Vec::new(), Vec::new());
        for position in 0..actors.processes.len() {
            let at = actors.processes[position];
            let facts = self.facts;
            let own = &facts[at.file].own;
            let fact = &own.processes[at.at];
            for activity in &own.activities[part(fact.activities)] {
                places.push(Some(self.place(at.file, activity.id.span)));
                processes.push(at.id);
                ids.push(self.global(at.file, activity.id.name));
                titles.push(self.string(at.file, activity.title));
                let who = self.resolve_all(actors, at.file, &own.mentions[part(activity.by)], Wanted::RoleOrParty);
                by.push(who);
            }
            for indicator in &own.indicators[part(fact.indicators)] {
                indicator_places.push(Some(self.place(at.file, indicator.title)));
                measured.push(at.id);
                goals.push(indicator.is_goal);
                indicator_titles.push(self.string(at.file, Some(indicator.title)));
                targets.push(self.string(at.file, indicator.target));
            }
        }
        let kind = Kind::Activity;
        self.tables.rows(kind, 0, places);
        self.tables.scalar(kind, "process", processes);
        self.tables.scalar(kind, "id", ids);
        self.tables.scalar(kind, "title", titles);
        self.tables.list(kind, "by", by);
        let kind = Kind::Indicator;
        self.tables.rows(kind, 0, indicator_places);
        self.tables.scalar(kind, "process", measured);
        self.tables.flags(kind, "goal", goals);
        self.tables.scalar(kind, "title", indicator_titles);
        self.tables.scalar(kind, "target", targets);
    }

    fn process_covers(&mut self, catalogue: &mut Catalogue, actors: &Actors, covers: &mut Covers) {
        for at in &actors.processes {
            let own = &self.facts[at.file].own;
            self.cover_rows(catalogue, at.file, &own.covers[part(own.processes[at.at].covers)], (at.id, NONE), covers);
        }
    }

    fn cover_rows(
        &mut self,
        catalogue: &mut Catalogue,
        file: usize,
        facts: &[super::facts::CoverFact],
        (process, item): (u32, u32),
        covers: &mut Covers,
    ) {
        for fact in facts {
            let Some(found) = catalogue.clause(self, file, &fact.clause) else { continue };
            covers.places.push(Some(self.place(file, fact.clause.span)));
            covers.processes.push(process);
            covers.items.push(item);
            covers.clauses.push(found.clause);
            covers.standards.push(found.standard);
            covers.letters.push(self.global(file, fact.clause.letter));
            covers.wildcards.push(fact.clause.wildcard);
            covers.partly.push(fact.partly);
            let title = self.string(file, fact.clause.title);
            covers.mistitled.push(self.differ(title, catalogue.title(found.clause)));
            covers.titles.push(title);
            covers.title_places.push(fact.clause.title.map(|span| self.place(file, span)));
        }
    }

    /// Whether two titles are there and differ, by more than case, hyphens and the spelling with -ise or -ize.
    fn differ(&self, one: u32, other: u32) -> bool {
        let text = |title: u32| {
            let place = self.strings.get(title as usize)?;
            let text = string_value(self.surroundings.sources.get(place.file).text(), place.span);
            let letters: String = text.chars().filter(|c| !matches!(c, '-' | '\u{2010}' | '\u{2011}')).collect();
            let words: Vec<String> = letters.split_whitespace().map(str::to_lowercase).collect();
            Some(words.join(" ").replace("isation", "ization").replace("ise", "ize").replace("ising", "izing"))
        };
        matches!((text(one), text(other)), (Some(one), Some(other)) if one != other)
    }

    fn covers(&mut self, covers: Covers) {
        let kind = Kind::Cover;
        self.tables.scalar(kind, "position", (0..covers.places.len() as u32).collect());
        self.tables.flags(kind, "mistitled", covers.mistitled);
        self.tables.rows(kind, 0, covers.places);
        self.tables.scalar(kind, "process", covers.processes);
        self.tables.scalar(kind, "item", covers.items);
        self.tables.scalar(kind, "clause", covers.clauses);
        self.tables.scalar(kind, "standard", covers.standards);
        self.tables.scalar(kind, "letter", covers.letters);
        self.tables.flags(kind, "wildcard", covers.wildcards);
        self.tables.flags(kind, "partly", covers.partly);
        self.tables.scalar(kind, "title", covers.titles);
        self.tables.field_places(kind, "title", covers.title_places);
    }

    fn items(&mut self, catalogue: &mut Catalogue, actors: &mut Actors, items: &mut Items, covers: &mut Covers) {
        // Declarations first, so that parts that are mentioned only here are items too.
        let mut declared: Vec<(usize, usize, u32)> = Vec::new();
        let mut declared_at: rustc_hash::FxHashMap<u32, Place> = rustc_hash::FxHashMap::default();
        let mut parts: Vec<(u32, u32)> = Vec::new();
        for file in 0..self.facts.len() {
            for (at, fact) in self.facts[file].own.items.iter().enumerate() {
                let place = self.place(file, fact.id.span);
                let row = items.mentioned(self.global(file, fact.id.name), place);
                if let Some(first) = declared_at.get(&row).copied() {
                    self.declared_twice("the item", self.mention_text(file, fact.id), place, first);
                    let region = self.place(file, fact.span);
                    self.repeated.push(region);
                    continue;
                }
                declared_at.insert(row, place);
                items.places[row as usize] = Some(place);
                declared.push((file, at, row));
                for mention in &self.facts[file].own.mentions[part(fact.parts)] {
                    let place = self.place(file, mention.span);
                    parts.push((row, items.mentioned(self.global(file, mention.name), place)));
                }
            }
        }
        let rows = items.len();
        let mut titles = vec![NONE; rows];
        let (mut classifications, mut cadences) = (vec![NONE; rows], vec![NONE; rows]);
        let mut is_declared = vec![false; rows];
        let mut classification_places = vec![None; rows];
        let (mut owners, mut sources) = (Vec::new(), Vec::new());
        let (mut places, mut of, mut clauses) = (Vec::new(), Vec::new(), Vec::new());
        let (mut standards, mut letters) = (Vec::new(), Vec::new());
        for (file, at, row) in declared {
            let facts = self.facts;
            let own = &facts[file].own;
            let fact = &own.items[at];
            let slot = row as usize;
            is_declared[slot] = true;
            titles[slot] = self.string(file, fact.title);
            cadences[slot] = fact.cadence;
            if let Some(mention) = fact.classification {
                classifications[slot] = self.global(file, mention.name);
                classification_places[slot] = Some(self.place(file, mention.span));
            }
            let roles = self.resolve_all(actors, file, &own.mentions[part(fact.owners)], Wanted::Role);
            owners.extend(roles.into_iter().map(|role| (row, role)));
            let paths = self.source_paths(file, &own.strings, fact.sources);
            sources.extend(paths.into_iter().map(|path| (row, path)));
            self.cover_rows(catalogue, file, &own.covers[part(fact.covers)], (NONE, row), covers);
            for clause in &own.documents[part(fact.documents)] {
                let Some(found) = catalogue.clause(self, file, clause) else { continue };
                places.push(Some(self.place(file, clause.span)));
                of.push(row);
                clauses.push(found.clause);
                standards.push(found.standard);
                letters.push(self.global(file, clause.letter));
            }
        }
        let kind = Kind::Item;
        self.tables.rows(kind, 0, std::mem::take(&mut items.places));
        self.tables.scalar(kind, "id", std::mem::take(&mut items.names));
        self.tables.scalar(kind, "title", titles);
        self.tables.flags(kind, "declared", is_declared);
        self.tables.scalar(kind, "classification", classifications);
        self.tables.scalar(kind, "cadence", cadences);
        self.tables.list(kind, "owners", Lists::from_pairs(rows, &owners));
        self.tables.list(kind, "parts", Lists::from_pairs(rows, &parts));
        self.tables.list(kind, "sources", Lists::from_pairs(rows, &sources));
        self.tables.field_places(kind, "classification", classification_places);
        let kind = Kind::Documentation;
        self.tables.rows(kind, 0, places);
        self.tables.scalar(kind, "item", of);
        self.tables.scalar(kind, "clause", clauses);
        self.tables.scalar(kind, "standard", standards);
        self.tables.scalar(kind, "letter", letters);
    }

    fn omissions(&mut self, catalogue: &Catalogue) {
        let (mut places, mut references, mut models) = (Vec::new(), Vec::new(), Vec::new());
        for file in 0..self.facts.len() {
            for fact in &self.facts[file].omissions {
                let Some(reference) = catalogue.models.reference(self, file, &fact.reference) else { continue };
                places.push(Some(self.place(file, fact.reference.span)));
                references.push(reference);
                models.push(catalogue.models.model_of(reference));
            }
        }
        let kind = Kind::Omission;
        self.tables.rows(kind, 0, places);
        self.tables.scalar(kind, "reference", references);
        self.tables.scalar(kind, "model", models);
    }

    fn decisions(&mut self, catalogue: &mut Catalogue, actors: &mut Actors) {
        let mut statements: Vec<(u32, Place)> = Vec::new();
        let (mut places, mut blocks, mut standards, mut clauses) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut wildcards, mut excluded) = (Vec::new(), Vec::new());
        let (mut accepted, mut elsewhere, mut planned) = (Vec::new(), Vec::new(), Vec::new());
        let mut planned_places = Vec::new();
        let mut by = Lists::default();
        for file in 0..self.facts.len() {
            for fact in &self.facts[file].applicabilities {
                let Some(standard) = catalogue.standard_of(self, file, fact.standard) else { continue };
                let qualifier = self.facts[file].qualifiers[fact.standard as usize];
                let block = match statements.iter().position(|(known, _)| *known == standard) {
                    Some(block) => block,
                    None => {
                        statements.push((standard, self.place(file, qualifier.span)));
                        statements.len() - 1
                    }
                };
                let mut answering: Vec<u32> = Vec::new();
                for decision in &fact.decisions {
                    if decision.first {
                        self.resolve_all(actors, file, &decision.accepted_by, Wanted::Role);
                        answering = self.resolve_all(actors, file, &decision.by, Wanted::RoleOrParty);
                    }
                    let Some(found) = catalogue.clause(self, file, &decision.clause) else { continue };
                    places.push(Some(self.place(file, decision.clause.span)));
                    blocks.push(block as u32);
                    standards.push(found.standard);
                    clauses.push(found.clause);
                    wildcards.push(decision.clause.wildcard);
                    excluded.push(decision.exclude);
                    accepted.push(decision.accepted);
                    elsewhere.push(decision.elsewhere);
                    planned.push(decision.planned.map_or(NONE, |(date, _)| date.days()));
                    planned_places.push(decision.planned.map(|(_, span)| self.place(file, span)));
                    by.push(answering.iter().copied());
                }
            }
        }
        let kind = Kind::Applicability;
        self.tables.rows(kind, 0, statements.iter().map(|(_, place)| Some(*place)).collect());
        self.tables.scalar(kind, "standard", statements.iter().map(|(standard, _)| *standard).collect());
        let kind = Kind::Decision;
        self.tables.rows(kind, 0, places);
        self.tables.scalar(kind, "applicability", blocks);
        self.tables.scalar(kind, "standard", standards);
        self.tables.scalar(kind, "clause", clauses);
        self.tables.flags(kind, "wildcard", wildcards);
        self.tables.flags(kind, "exclude", excluded);
        self.tables.flags(kind, "accepted", accepted);
        self.tables.flags(kind, "elsewhere", elsewhere);
        self.tables.scalar(kind, "planned", planned);
        self.tables.list(kind, "by", by);
        self.tables.field_places(kind, "planned", planned_places);
    }
}
