//! What processes say beside their inputs and results, and which clauses are named.

use rustc_hash::FxHashMap;

use crate::diagnostic::{Diagnostic, Place};
use crate::text::Span;

use crate::landscape::column::{Column, Lists};
use crate::landscape::facts::{ClauseUse, Owner, ThingKind, UNKNOWN_PHASE, flag};
use crate::landscape::schema::PHASES;
use crate::landscape::symbols::NO_SYMBOL;
use crate::landscape::{Kind, MISSING};

use super::Merge;
use super::unknown::Wanted;

/// Clauses that are named, as columns.
#[derive(Default)]
pub(super) struct Named {
    pub(super) process: Vec<u32>,
    pub(super) item: Vec<u32>,
    pub(super) clause: Vec<u32>,
    pub(super) standard: Vec<u32>,
    pub(super) letter: Vec<u32>,
    pub(super) title: Vec<u32>,
    pub(super) flags: Vec<u8>,
    pub(super) places: Vec<Place>,
    pub(super) title_spans: Vec<Span>,
}

impl Named {
    fn reserve(&mut self, count: usize) {
        let Self { process, item, clause, standard, letter, title, flags, places, title_spans } = self;
        for column in [process, item, clause, standard, letter, title] {
            column.reserve(count);
        }
        flags.reserve(count);
        places.reserve(count);
        title_spans.reserve(count);
    }
}

/// The standard and the clause of covers of which something was to be said, by file and number.
pub(super) type Resolved = FxHashMap<(usize, usize), Option<(u32, u32)>>;

impl Merge<'_> {
    pub(super) fn process_path(&self, process: u32) -> String {
        let id = self.landscape.value(Kind::Process, "id", process).map_or("", |name| self.landscape.name(name));
        format!("process.{id}")
    }

    pub(super) fn owner_path(&self, file: usize, owner: Owner) -> String {
        match owner {
            Owner::Process(number) => self.process_path(self.process_ids[file][number as usize]),
            Owner::Thing(number) => {
                let thing = &self.facts[file].own.things[number as usize];
                let word = match thing.kind {
                    ThingKind::Role => "role",
                    ThingKind::Party => "party",
                    ThingKind::System => "system",
                    ThingKind::Item => "item",
                };
                format!("{word}.{}", self.text(file, thing.id))
            }
        }
    }

    /// The item or process of a row of the organization.
    pub(super) fn owner_ids(&self, file: usize, owner: Owner) -> (u32, u32) {
        match owner {
            Owner::Process(number) => (self.process_ids[file][number as usize], MISSING),
            Owner::Thing(number) => (MISSING, self.thing_ids[file][number as usize]),
        }
    }

    pub(super) fn processes(&mut self) {
        let count = self.landscape.table(Kind::Process).rows.len();
        let mut columns = ProcessColumns::new(count);
        let (mut triggers, mut sources) = (Vec::new(), Vec::new());
        for file in 0..self.facts.len() {
            let own = &self.facts[file].own;
            for (number, process) in own.processes.iter().enumerate() {
                let id = self.process_ids[file][number] as usize;
                let is_first_file = self.landscape.table(Kind::Actor).places[id].file == self.facts[file].file();
                let purpose = if columns.purpose[id] == MISSING { self.string(file, process.purpose) } else { MISSING };
                columns.take(id, process, purpose, is_first_file);
            }
            for trigger in &own.triggers {
                if let Owner::Process(number) = trigger.owner() {
                    triggers.push((self.process_ids[file][number as usize], self.string(file, trigger.value)));
                }
            }
            for source in &own.sources {
                if let Owner::Process(number) = source.owner() {
                    sources.push((self.process_ids[file][number as usize], self.string(file, source.value)));
                }
            }
        }
        columns.store(self, &triggers, &sources);
        self.activities();
        self.indicators();
        self.documentation();
    }

    fn activities(&mut self) {
        let count = self.facts.iter().map(|facts| facts.own.activities.len()).sum();
        let column = || Vec::with_capacity(count);
        let (mut processes, mut ids, mut titles, mut places) =
            (column(), column(), column(), Vec::with_capacity(count));
        let mut by = Vec::with_capacity(self.facts.iter().map(|facts| facts.own.activity_names.len()).sum());
        let mut seen: FxHashMap<(u32, u32), u32> = FxHashMap::default();
        for file in 0..self.facts.len() {
            let own = &self.facts[file].own;
            let first_row = processes.len() as u32;
            let mut process_at_hand = MISSING;
            for activity in &own.activities {
                let process = self.process_ids[file][activity.owner as usize];
                let is_scattered = self.declared_twice.contains_key(&process);
                if process != process_at_hand && !is_scattered {
                    seen.clear();
                    process_at_hand = process;
                }
                let name = self.name_at(file, activity.id);
                let place = self.mention_place(file, activity.id);
                let row = processes.len() as u32;
                let first = *seen.entry((process, name)).or_insert(row);
                if first != row && !self.landscape.is_incomplete(place) {
                    let first_place: Place = places[first as usize];
                    let text = self.text(file, activity.id);
                    let diagnostic =
                        Diagnostic::error("REF002", place, format!("the activity `{text}` is declared twice"))
                            .underlined("declared again here")
                            .label(first_place, "first declared here")
                            .help("rename one of the two")
                            .of(format!("{}/activity.{text}", self.process_path(process)));
                    self.say(diagnostic);
                }
                processes.push(process);
                ids.push(name);
                titles.push(self.string(file, activity.title));
                places.push(place);
            }
            for name in &own.activity_names {
                let Owner::Process(activity) = name.owner() else { continue };
                let fact = &own.activities[activity as usize];
                let process = self.process_ids[file][fact.owner as usize];
                let id = fact.id;
                let actor = self.actor(file, name.value, Wanted::Doer, |this| {
                    format!("{}/activity.{}", this.process_path(process), this.text(file, id))
                });
                if let Some(actor) = actor {
                    by.push((first_row + activity, actor));
                }
            }
        }
        let count = processes.len();
        let table = self.landscape.table_mut(Kind::Activity);
        table.rows = 0..count as u32;
        table.places = places;
        table.set_scalar(Kind::Activity, "process", processes);
        table.set_scalar(Kind::Activity, "id", ids);
        table.set_scalar(Kind::Activity, "title", titles);
        table.set(Kind::Activity, "by", Column::List(Lists::from_pairs(count, &by)));
    }

    fn indicators(&mut self) {
        let count = self.facts.iter().map(|facts| facts.own.indicators.len()).sum();
        let column = || Vec::with_capacity(count);
        let (mut processes, mut titles, mut targets, mut goals) = (column(), column(), column(), column());
        let mut places = Vec::with_capacity(count);
        for file in 0..self.facts.len() {
            for indicator in &self.facts[file].own.indicators {
                processes.push(self.process_ids[file][indicator.owner as usize]);
                titles.push(self.string(file, indicator.title));
                targets.push(self.string(file, indicator.target));
                goals.push(u32::from(indicator.goal));
                places.push(self.place(file, indicator.title));
            }
        }
        let table = self.landscape.table_mut(Kind::Indicator);
        table.rows = 0..processes.len() as u32;
        table.places = places;
        table.set_scalar(Kind::Indicator, "process", processes);
        table.set_scalar(Kind::Indicator, "title", titles);
        table.set_scalar(Kind::Indicator, "target", targets);
        table.set_scalar(Kind::Indicator, "goal", goals);
    }

    /// The clauses that are covered, resolved one after the other where something is to be said, before
    /// [`Self::gather_covers`] puts all of them into columns.
    pub(super) fn judge_covers(&mut self) -> Resolved {
        let mut resolved = Resolved::default();
        for file in 0..self.facts.len() {
            for (number, cover) in self.facts[file].own.covers.iter().enumerate() {
                if self.plain_clause(file, &cover.value).is_none() {
                    let owner = cover.owner();
                    let found =
                        self.clause(file, &cover.value, |this| format!("{}/covers", this.owner_path(file, owner)));
                    resolved.insert((file, number), found);
                }
            }
        }
        resolved
    }

    pub(super) fn gather_covers(&self, resolved: &Resolved) -> (Named, Vec<Place>) {
        let mut rows = Named::default();
        let mut strings = Vec::new();
        let count: usize = self.facts.iter().map(|facts| facts.own.covers.len()).sum();
        rows.reserve(count);
        for file in 0..self.facts.len() {
            for (number, cover) in self.facts[file].own.covers.iter().enumerate() {
                let found =
                    self.plain_clause(file, &cover.value).or_else(|| resolved.get(&(file, number)).copied().flatten());
                let Some((standard, clause)) = found else { continue };
                let (process, item) = self.owner_ids(file, cover.owner());
                rows.process.push(process);
                rows.item.push(item);
                self.push_clause(file, &cover.value, standard, clause, &mut rows, &mut strings);
            }
        }
        (rows, strings)
    }

    pub(super) fn covers(&mut self, mut rows: Named, strings: Vec<Place>) {
        let first = self.landscape.strings.len() as u32;
        self.landscape.strings.extend(strings);
        rows.title.iter_mut().filter(|title| **title != MISSING).for_each(|title| *title += first);
        let table = self.landscape.table_mut(Kind::Cover);
        table.rows = 0..rows.clause.len() as u32;
        table.places = rows.places;
        table.set_scalar(Kind::Cover, "process", rows.process);
        table.set_scalar(Kind::Cover, "item", rows.item);
        table.set_scalar(Kind::Cover, "clause", rows.clause);
        table.set_scalar(Kind::Cover, "standard", rows.standard);
        table.set_scalar(Kind::Cover, "letter", rows.letter);
        table.set_scalar(Kind::Cover, "title", rows.title);
        table.set_spans(Kind::Cover, "title", rows.title_spans);
        table.set_flags(Kind::Cover, rows.flags, &[("wildcard", flag::WILDCARD), ("partly", flag::PARTLY)]);
    }

    /// Adds a clause that is named. Titles are numbered in `strings`.
    pub(super) fn push_clause(
        &self,
        file: usize,
        used: &ClauseUse,
        standard: u32,
        clause: u32,
        rows: &mut Named,
        strings: &mut Vec<Place>,
    ) {
        rows.clause.push(clause);
        rows.standard.push(standard);
        rows.letter.push(if used.letter == NO_SYMBOL { MISSING } else { self.name_of(file, used.letter) });
        rows.title.push(if used.title.is_empty() { MISSING } else { strings.len() as u32 });
        if !used.title.is_empty() {
            strings.push(self.place(file, used.title));
        }
        rows.flags.push(used.flags);
        rows.places.push(self.place(file, used.span));
        rows.title_spans.push(used.title);
    }

    fn documentation(&mut self) {
        let mut rows = Named::default();
        for file in 0..self.facts.len() {
            for document in &self.facts[file].own.documents {
                let owner = document.owner();
                let found =
                    self.clause(file, &document.value, |this| format!("{}/documents", this.owner_path(file, owner)));
                let Some((standard, clause)) = found else { continue };
                rows.item.push(self.owner_ids(file, owner).1);
                // Nothing asks for the titles behind these clauses.
                self.push_clause(file, &document.value, standard, clause, &mut rows, &mut Vec::new());
            }
            // Items of a model document nothing for the organization, but the clauses have to exist.
            for document in &self.facts[file].reference.documents {
                self.clause(file, &document.value, |_| "model/documents".to_owned());
            }
        }
        let table = self.landscape.table_mut(Kind::Documentation);
        table.rows = 0..rows.clause.len() as u32;
        table.places = rows.places;
        table.set_scalar(Kind::Documentation, "item", rows.item);
        table.set_scalar(Kind::Documentation, "clause", rows.clause);
        table.set_scalar(Kind::Documentation, "standard", rows.standard);
        table.set_scalar(Kind::Documentation, "letter", rows.letter);
    }
}

struct ProcessColumns {
    category: Vec<u32>,
    categorized: Vec<u32>,
    purpose: Vec<u32>,
    owned: Vec<u32>,
    phases: Vec<u8>,
    capability: Vec<u32>,
    graded: Vec<u32>,
    cadence: Vec<u32>,
    category_spans: Vec<Span>,
    purpose_spans: Vec<Span>,
    phases_spans: Vec<Span>,
    capability_spans: Vec<Span>,
}

impl ProcessColumns {
    fn new(count: usize) -> Self {
        Self {
            category: vec![MISSING; count],
            categorized: vec![0; count],
            purpose: vec![MISSING; count],
            owned: vec![0; count],
            phases: vec![0; count],
            capability: vec![MISSING; count],
            graded: vec![0; count],
            cadence: vec![MISSING; count],
            category_spans: vec![Span::default(); count],
            purpose_spans: vec![Span::default(); count],
            phases_spans: vec![Span::default(); count],
            capability_spans: vec![Span::default(); count],
        }
    }

    /// Takes over what a declaration says and no earlier one has said.
    fn take(&mut self, id: usize, process: &crate::landscape::facts::ProcessFact, purpose: u32, is_first_file: bool) {
        // Places are kept for the file of the first declaration only.
        let span = |span: Span| if is_first_file { span } else { Span::default() };
        if self.category[id] == MISSING && process.category != 255 {
            self.category[id] = u32::from(process.category);
            self.category_spans[id] = span(process.category_span);
        }
        self.categorized[id] |= u32::from(!process.category_span.is_empty());
        if self.purpose[id] == MISSING {
            self.purpose[id] = purpose;
            self.purpose_spans[id] = span(process.purpose);
        }
        if self.capability[id] == MISSING && process.capability != 255 {
            self.capability[id] = u32::from(process.capability);
            self.capability_spans[id] = span(process.capability_span);
        }
        self.graded[id] |= u32::from(!process.capability_span.is_empty());
        if self.phases[id] == 0 {
            self.phases[id] = process.phases;
            self.phases_spans[id] = span(process.phases_span);
        }
        if self.cadence[id] == MISSING {
            self.cadence[id] = process.cadence;
        }
        self.owned[id] |= u32::from(process.owned);
    }

    fn store(self, merge: &mut Merge<'_>, triggers: &[(u32, u32)], sources: &[(u32, u32)]) {
        let count = self.category.len();
        let kind = Kind::Process;
        let mut phases = Lists { offsets: Vec::with_capacity(count + 1), values: Vec::new() };
        phases.offsets.push(0);
        for bits in &self.phases {
            phases.push((0..4).filter(|phase| bits >> phase & 1 != 0));
        }
        let is_unknown = self.phases.iter().any(|bits| bits & UNKNOWN_PHASE != 0);
        let all = self.phases.iter().fold(if is_unknown { u8::MAX } else { 0 }, |all, bits| all | bits);
        let table = merge.landscape.table_mut(Kind::Phase);
        table.rows = 0..PHASES.len() as u32;
        table.set_scalar(Kind::Phase, "word", (0..PHASES.len() as u32).collect());
        table.set_scalar(Kind::Phase, "stated", (0..PHASES.len()).map(|phase| u32::from(all >> phase & 1)).collect());
        let table = merge.landscape.table_mut(kind);
        table.set_scalar(kind, "category", self.category);
        table.set_scalar(kind, "categorized", self.categorized);
        table.set_scalar(kind, "purpose", self.purpose);
        table.set_scalar(kind, "owned", self.owned);
        table.set_scalar(kind, "capability", self.capability);
        table.set_scalar(kind, "graded", self.graded);
        table.set_scalar(kind, "cadence", self.cadence);
        table.set(kind, "phases", Column::List(phases));
        table.set(kind, "triggers", Column::List(Lists::from_pairs(count, triggers)));
        table.set(kind, "sources", Column::List(Lists::from_pairs(count, sources)));
        table.set_spans(kind, "category", self.category_spans);
        table.set_spans(kind, "purpose", self.purpose_spans);
        table.set_spans(kind, "phases", self.phases_spans);
        table.set_spans(kind, "capability", self.capability_spans);
    }
}
