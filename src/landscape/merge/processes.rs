//! What processes say beside their inputs and results, and which clauses are named.

use rustc_hash::FxHashMap;

use crate::text::Span;

use crate::landscape::column::Sparse;
use crate::landscape::derive::Beginning;
use crate::landscape::facts::{ClauseUse, Owned, Owner, ThingKind, UNKNOWN_PHASE, flag};
use crate::landscape::places::Places;
use crate::landscape::schema::PHASES;
use crate::landscape::strings::Run;
use crate::landscape::symbols::NO_SYMBOL;
use crate::landscape::{Kind, MISSING};

use super::{Merge, shift, string};

/// Clauses that are named, as columns.
pub(super) struct Named {
    pub(super) process: Vec<u32>,
    item: Sparse<u32>,
    pub(super) clause: Vec<u32>,
    pub(super) standard: Sparse<u32>,
    letter: Sparse<u32>,
    title: Sparse<u32>,
    pub(super) flags: Vec<u8>,
    pub(super) places: Places,
    title_spans: Sparse<Span>,
}

impl Default for Named {
    fn default() -> Self {
        let missing = || Sparse::new(0, MISSING);
        Self {
            process: Vec::new(),
            item: missing(),
            clause: Vec::new(),
            standard: missing(),
            letter: missing(),
            title: missing(),
            flags: Vec::new(),
            places: Places::default(),
            title_spans: Sparse::new(0, Span::default()),
        }
    }
}

impl Named {
    fn reserve(&mut self, count: usize) {
        let Self { process, clause, flags, places, .. } = self;
        for column in [process, clause] {
            column.reserve(count);
        }
        flags.reserve(count);
        *places = Places::with_capacity(count);
    }
}

/// The clauses that are covered, as columns.
#[derive(Default)]
pub(super) struct Covers {
    named: Named,
    /// Titles behind clauses.
    strings: Run,
    /// Those that are not among them yet, by file and number.
    odd: Vec<(usize, usize)>,
}

impl Merge<'_> {
    pub(super) fn process_path(&self, process: u32) -> String {
        let id = self.landscape.value(Kind::Process, "id", process).map_or("", |name| self.landscape.name(name));
        format!("process.{id}")
    }

    /// Whether a process that is declared in a file is declared nowhere before it.
    pub(super) fn is_declared_first_in(&self, process: u32, file: usize) -> bool {
        let first = || self.landscape.table(Kind::Actor).places.of(process).file;
        !self.declared_twice.contains_key(&process) || first() == self.facts[file].file()
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

    /// What declarations of processes say, in columns.
    pub(super) fn gather_processes(&self) -> Processes {
        let count = self.landscape.table(Kind::Process).rows.len();
        let mut rows = Processes {
            columns: ProcessColumns::new(count),
            triggers: Vec::new(),
            sources: Vec::new(),
            declarations: vec![Span::default(); count],
            beginnings: vec![Default::default(); count],
            strings: Run::with_capacity(count),
        };
        for (file, facts) in self.facts.iter().enumerate() {
            let own = &facts.own;
            for (number, process) in own.processes.iter().enumerate() {
                let id = self.process_ids[file][number] as usize;
                let is_first_file = self.is_declared_first_in(id as u32, file);
                let purpose = if rows.columns.purpose.get(id) == MISSING {
                    string(&mut rows.strings, self.place(file, process.purpose))
                } else {
                    MISSING
                };
                rows.columns.take(id, process, purpose, is_first_file);
                let declared = &mut rows.declarations[id];
                if is_first_file && declared.is_empty() {
                    *declared = process.span;
                    rows.beginnings[id] = process.beginning;
                }
            }
            for (stated, pairs) in [(&own.triggers, &mut rows.triggers), (&own.sources, &mut rows.sources)] {
                for one in stated {
                    if let Owner::Process(number) = one.owner() {
                        let text = string(&mut rows.strings, self.place(file, one.value));
                        pairs.push((self.process_ids[file][number as usize], text));
                    }
                }
            }
        }
        rows
    }

    pub(super) fn processes(&mut self, rows: Processes) {
        let Processes { mut columns, mut triggers, mut sources, declarations, beginnings, strings } = rows;
        let first = self.landscape.strings.append(strings);
        shift(columns.purpose.values_mut(), first);
        for (_, text) in triggers.iter_mut().chain(&mut sources).filter(|(_, text)| *text != MISSING) {
            *text += first;
        }
        self.landscape.declarations = declarations;
        self.landscape.beginnings = beginnings;
        columns.store(self, &triggers, &sources);
        self.documentation();
    }

    /// The clauses that are covered, without those of which something is to be looked up or to be said first.
    pub(super) fn gather_covers(&self) -> Covers {
        let mut covers = self.no_covers_yet();
        for file in 0..self.facts.len() {
            for (number, cover) in self.facts[file].own.covers.iter().enumerate() {
                match self.plain_clause(file, &cover.value) {
                    Some(found) => self.push_cover(file, cover, found, &mut covers),
                    None => covers.odd.push((file, number)),
                }
            }
        }
        covers
    }

    fn no_covers_yet(&self) -> Covers {
        let mut covers = Covers::default();
        // Mostly all are of one standard.
        if let super::Default::Known(standard) = self.default_standard {
            covers.named.standard = Sparse::new(0, standard);
        }
        covers.named.reserve(self.facts.iter().map(|facts| facts.own.covers.len()).sum());
        covers
    }

    fn push_cover(&self, file: usize, cover: &Owned<ClauseUse>, (standard, clause): (u32, u32), covers: &mut Covers) {
        let Covers { named, strings, .. } = covers;
        let (process, item) = self.owner_ids(file, cover.owner());
        named.process.push(process);
        named.item.push(item);
        self.push_clause(file, &cover.value, standard, clause, named, strings);
    }

    /// Resolves the odd ones of the clauses that are covered, one after the other since something is to be said, and puts all
    /// in the order of the text.
    fn with_odd_covers(&mut self, odd: &[(usize, usize)]) -> Covers {
        let mut resolved: FxHashMap<(usize, usize), (u32, u32)> = FxHashMap::default();
        for (file, number) in odd.iter().copied() {
            let cover = &self.facts[file].own.covers[number];
            let owner = cover.owner();
            let found = self.clause(file, &cover.value, |this| format!("{}/covers", this.owner_path(file, owner)));
            resolved.extend(found.map(|found| ((file, number), found)));
        }
        let mut covers = self.no_covers_yet();
        let mut odd = odd.iter().copied().peekable();
        for file in 0..self.facts.len() {
            for (number, cover) in self.facts[file].own.covers.iter().enumerate() {
                let found = match odd.next_if_eq(&(file, number)) {
                    Some(odd) => resolved.get(&odd).copied(),
                    None => self.plain_clause(file, &cover.value),
                };
                if let Some(found) = found {
                    self.push_cover(file, cover, found, &mut covers);
                }
            }
        }
        covers
    }

    pub(super) fn covers(&mut self, gathered: Covers) {
        let Covers { named: mut rows, strings, .. } =
            if gathered.odd.is_empty() { gathered } else { self.with_odd_covers(&gathered.odd) };
        let first = self.landscape.strings.append(strings);
        shift(rows.title.values_mut(), first);
        let table = self.landscape.table_mut(Kind::Cover);
        table.rows = 0..rows.clause.len() as u32;
        table.places = rows.places;
        table.set_scalar(Kind::Cover, "process", rows.process);
        table.set_sparse(Kind::Cover, "item", rows.item);
        table.set_scalar(Kind::Cover, "clause", rows.clause);
        table.set_sparse(Kind::Cover, "standard", rows.standard);
        table.set_sparse(Kind::Cover, "letter", rows.letter);
        table.set_sparse(Kind::Cover, "title", rows.title);
        table.set_sparse_spans(Kind::Cover, "title", rows.title_spans);
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
        strings: &mut Run,
    ) {
        rows.clause.push(clause);
        rows.standard.push(standard);
        rows.letter.push(if used.letter == NO_SYMBOL { MISSING } else { self.name_of(file, used.letter) });
        let title = if used.title.is_empty() { MISSING } else { strings.push(self.place(file, used.title)) };
        rows.title.push(title);
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
                self.push_clause(file, &document.value, standard, clause, &mut rows, &mut Run::default());
            }
            // Items of a model document nothing for the organization, but the clauses have to exist.
            for document in &self.facts[file].reference.documents {
                self.clause(file, &document.value, |_| "model/documents".to_owned());
            }
        }
        let table = self.landscape.table_mut(Kind::Documentation);
        table.rows = 0..rows.clause.len() as u32;
        table.places = rows.places;
        table.set_sparse(Kind::Documentation, "item", rows.item);
        table.set_scalar(Kind::Documentation, "clause", rows.clause);
        table.set_sparse(Kind::Documentation, "standard", rows.standard);
        table.set_sparse(Kind::Documentation, "letter", rows.letter);
    }
}

/// Processes as columns.
pub(super) struct Processes {
    columns: ProcessColumns,
    /// Numbers in `strings`, like those of the sources and of the purposes.
    triggers: Vec<(u32, u32)>,
    sources: Vec<(u32, u32)>,
    declarations: Vec<Span>,
    beginnings: Vec<Beginning>,
    strings: Run,
}

struct ProcessColumns {
    count: usize,
    category: Sparse<u32>,
    categorized: Sparse<u32>,
    purpose: Sparse<u32>,
    owned: Sparse<u32>,
    phases: Sparse<u8>,
    capability: Sparse<u32>,
    graded: Sparse<u32>,
    cadence: Sparse<u32>,
    category_spans: Sparse<Span>,
    phases_spans: Sparse<Span>,
    capability_spans: Sparse<Span>,
}

impl ProcessColumns {
    fn new(count: usize) -> Self {
        let (missing, no, nowhere) = (|| Sparse::new(count, MISSING), || Sparse::new(count, 0), Span::default());
        Self {
            count,
            category: missing(),
            categorized: no(),
            purpose: missing(),
            owned: no(),
            phases: Sparse::new(count, 0),
            capability: missing(),
            graded: no(),
            cadence: missing(),
            category_spans: Sparse::new(count, nowhere),
            phases_spans: Sparse::new(count, nowhere),
            capability_spans: Sparse::new(count, nowhere),
        }
    }

    /// Takes over what a declaration says and no earlier one has said.
    fn take(&mut self, id: usize, process: &crate::landscape::facts::ProcessFact, purpose: u32, is_first_file: bool) {
        // Places are kept for the file of the first declaration only.
        let span = |span: Span| if is_first_file { span } else { Span::default() };
        if self.category.get(id) == MISSING && process.category != 255 {
            self.category.set(id, u32::from(process.category));
            self.category_spans.set(id, span(process.category_span));
        }
        if !process.category_span.is_empty() {
            self.categorized.set(id, 1);
        }
        if self.purpose.get(id) == MISSING {
            self.purpose.set(id, purpose);
        }
        if self.capability.get(id) == MISSING && process.capability != 255 {
            self.capability.set(id, u32::from(process.capability));
            self.capability_spans.set(id, span(process.capability_span));
        }
        if !process.capability_span.is_empty() {
            self.graded.set(id, 1);
        }
        if self.phases.get(id) == 0 {
            self.phases.set(id, process.phases);
            self.phases_spans.set(id, span(process.phases_span));
        }
        if self.cadence.get(id) == MISSING {
            self.cadence.set(id, process.cadence);
        }
        if process.owned {
            self.owned.set(id, 1);
        }
    }

    fn store(self, merge: &mut Merge<'_>, triggers: &[(u32, u32)], sources: &[(u32, u32)]) {
        let count = self.count;
        let kind = Kind::Process;
        let mut pairs = Vec::new();
        let stated = self.phases.finish().unwrap_or_default();
        for (process, bits) in (0..).zip(&stated) {
            pairs.extend((0..4).filter(|phase| bits >> phase & 1 != 0).map(|phase| (process, phase)));
        }
        let is_unknown = stated.iter().any(|bits| bits & UNKNOWN_PHASE != 0);
        let all = stated.iter().fold(if is_unknown { u8::MAX } else { 0 }, |all, bits| all | bits);
        let table = merge.landscape.table_mut(Kind::Phase);
        table.rows = 0..PHASES.len() as u32;
        table.set_scalar(Kind::Phase, "word", (0..PHASES.len() as u32).collect());
        table.set_scalar(Kind::Phase, "stated", (0..PHASES.len()).map(|phase| u32::from(all >> phase & 1)).collect());
        let table = merge.landscape.table_mut(kind);
        table.set_sparse(kind, "category", self.category);
        table.set_sparse(kind, "categorized", self.categorized);
        table.set_sparse(kind, "purpose", self.purpose);
        table.set_sparse(kind, "owned", self.owned);
        table.set_sparse(kind, "capability", self.capability);
        table.set_sparse(kind, "graded", self.graded);
        table.set_sparse(kind, "cadence", self.cadence);
        table.set_pairs(kind, "phases", count, &pairs);
        table.set_pairs(kind, "triggers", count, triggers);
        table.set_pairs(kind, "sources", count, sources);
        table.set_sparse_spans(kind, "category", self.category_spans);
        table.set_sparse_spans(kind, "phases", self.phases_spans);
        table.set_sparse_spans(kind, "capability", self.capability_spans);
    }
}
