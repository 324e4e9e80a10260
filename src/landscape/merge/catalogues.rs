//! Standards with their clauses, models with their reference processes, and how standards and clauses are named.

use rustc_hash::FxHashMap;

use crate::diagnostic::{Diagnostic, Place, natural_order, nearest};
use crate::text::Span;

use crate::landscape::column::{Column, Lists};
use crate::landscape::facts::{ClauseUse, QualifierUse, flag};
use crate::landscape::symbols::NO_SYMBOL;
use crate::landscape::{Kind, MISSING};

use super::unknown::replace;
use super::{Default, Merge, some};

/// A number with more parts than this has no groups above it.
const MOST_PARTS: usize = 32;

/// The most editions of one standard that are put in order.
const MOST_EDITIONS: usize = 256;

/// What is known of standards and models while names are resolved.
#[derive(Default)]
pub(super) struct Catalogues {
    /// By id and edition.
    by_name: FxHashMap<(u32, u32), Catalogue>,
    /// All editions of one id, in order of declaration.
    pub(super) editions: FxHashMap<u32, Vec<Catalogue>>,
    /// The ids, in order of declaration.
    ids: Vec<u32>,
    /// For every file, what its qualifiers stand for, once they have been asked.
    resolved: Vec<Vec<Option<Option<Catalogue>>>>,
    /// For every file, the standards that it declares, and its models.
    pub(super) standards: Vec<Vec<u32>>,
    pub(super) models: Vec<Vec<u32>>,
    /// Clauses by standard and number.
    pub(super) clauses: FxHashMap<(u32, u32), u32>,
    /// For every file, the clause of each of its entries.
    entries: Vec<Vec<u32>>,
    /// Clauses from here on are groups without an entry.
    pub(super) first_group: u32,
    last_letters: Vec<u8>,
    /// Pairs of clauses that correspond, in both directions, once a finding has asked for them.
    pub(super) partners: Option<FxHashMap<u32, Vec<u32>>>,
}

impl Catalogues {
    /// Findings about a mapping have asked before there were any.
    pub(super) fn forget_partners(&mut self) {
        self.partners = None;
    }
}

/// A standard or a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Catalogue {
    Standard(u32),
    Model(u32),
}

impl Catalogue {
    const fn word(self) -> &'static str {
        match self {
            Self::Standard(_) => "standard",
            Self::Model(_) => "model",
        }
    }
}

impl<'a> Merge<'a> {
    pub(super) fn catalogues(&mut self) {
        self.catalogues.resolved = self.facts.iter().map(|facts| vec![None; facts.qualifiers.len()]).collect();
        self.standards();
        self.models();
        self.seal_duplicates();
        self.clauses();
        self.documents();
    }

    fn qualifier_use(&self, file: usize, qualifier: u32) -> QualifierUse {
        self.facts[file].qualifiers[qualifier as usize]
    }

    /// Registers a standard or a model; answers with the first one of that name, where there is one.
    fn register(&mut self, file: usize, qualifier: u32, span: Span, new: Catalogue) -> Catalogue {
        let used = self.qualifier_use(file, qualifier);
        let (id, edition) = (self.name_of(file, used.id), self.name_of(file, used.edition));
        if let Some(first) = self.catalogues.by_name.get(&(id, edition)).copied() {
            let first_place = match first {
                Catalogue::Standard(standard) => self.landscape.table(Kind::Standard).places.of(standard),
                Catalogue::Model(model) => self.landscape.flows.model_places[model as usize],
            };
            let second = self.place(file, used.span);
            let entity = format!("{}.{}", new.word(), self.landscape.name(self.name_of(file, used.whole)));
            self.declared_twice(first_place, second, span, new.word(), first.word(), entity);
            return first;
        }
        self.catalogues.by_name.insert((id, edition), new);
        let editions = self.catalogues.editions.entry(id).or_default();
        if editions.is_empty() {
            self.catalogues.ids.push(id);
        }
        editions.push(new);
        new
    }

    /// The name `ID:EDITION` as one.
    fn whole_name(&mut self, file: usize, used: QualifierUse) -> u32 {
        self.name_of(file, used.whole)
    }

    fn standards(&mut self) {
        let (mut ids, mut families, mut titles) = (Vec::new(), Vec::new(), Vec::new());
        let mut edition_names: Vec<u32> = Vec::new();
        for file in 0..self.facts.len() {
            let facts = self.facts[file];
            let mut standards = Vec::with_capacity(facts.standards.len());
            for standard in &facts.standards {
                let new = Catalogue::Standard(ids.len() as u32);
                match self.register(file, standard.qualifier, standard.span, new) {
                    Catalogue::Standard(first) if first < ids.len() as u32 => standards.push(first),
                    Catalogue::Model(_) => standards.push(MISSING),
                    Catalogue::Standard(number) => {
                        standards.push(number);
                        let used = self.qualifier_use(file, standard.qualifier);
                        ids.push(self.whole_name(file, used));
                        families.push(self.name_of(file, used.id));
                        edition_names.push(match used.edition {
                            NO_SYMBOL => self.landscape.names.intern(self.sources, ""),
                            edition => self.name_of(file, edition),
                        });
                        titles.push(self.string(file, standard.title));
                        let place = self.place(file, used.span);
                        self.landscape.table_mut(Kind::Standard).places.push(place);
                    }
                }
            }
            self.catalogues.standards.push(standards);
        }
        // A name that stands in no file may have been added.
        let known = self.landscape.names.len();
        self.actor_of.resize(known, MISSING);
        let name = |standard: u32| self.landscape.name(edition_names[standard as usize]);
        let later: Vec<Vec<u32>> = (0..ids.len() as u32)
            .map(|standard| {
                let editions =
                    self.catalogues.editions.get(&families[standard as usize]).map_or(&[][..], Vec::as_slice);
                let standards = editions.iter().filter_map(|edition| match edition {
                    Catalogue::Standard(standard) => Some(*standard),
                    Catalogue::Model(_) => None,
                });
                let standards = standards.take(MOST_EDITIONS);
                let mut later: Vec<u32> =
                    standards.filter(|other| natural_order(name(*other), name(standard)).is_gt()).collect();
                later.sort_by(|left, right| natural_order(name(*left), name(*right)));
                later
            })
            .collect();
        let mut lists = Lists::default();
        later.into_iter().for_each(|later| lists.push(later));
        let table = self.landscape.table_mut(Kind::Standard);
        table.rows = 0..ids.len() as u32;
        table.set_scalar(Kind::Standard, "id", ids);
        table.set_scalar(Kind::Standard, "family", families);
        table.set_scalar(Kind::Standard, "edition", edition_names);
        table.set_scalar(Kind::Standard, "title", titles);
        table.set(Kind::Standard, "later", Column::List(lists));
    }

    fn models(&mut self) {
        let (mut ids, mut titles, mut domains, mut contexts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for file in 0..self.facts.len() {
            let facts = self.facts[file];
            let mut models = Vec::with_capacity(facts.models.len());
            for model in &facts.models {
                let new = Catalogue::Model(ids.len() as u32);
                match self.register(file, model.qualifier, model.span, new) {
                    Catalogue::Model(first) if first < ids.len() as u32 => models.push(first),
                    Catalogue::Standard(_) => models.push(MISSING),
                    Catalogue::Model(number) => {
                        models.push(number);
                        let used = self.qualifier_use(file, model.qualifier);
                        ids.push(self.whole_name(file, used));
                        titles.push(self.string(file, model.title));
                        domains.push(self.string(file, model.domain));
                        contexts.push(self.string(file, model.context));
                        let place = self.place(file, used.span);
                        self.landscape.table_mut(Kind::Model).places.push(place);
                        self.landscape.flows.model_places.push(place);
                    }
                }
            }
            self.catalogues.models.push(models);
        }
        let table = self.landscape.table_mut(Kind::Model);
        table.rows = 0..ids.len() as u32;
        table.set_scalar(Kind::Model, "id", ids);
        table.set_scalar(Kind::Model, "title", titles);
        table.set_scalar(Kind::Model, "domain", domains);
        table.set_scalar(Kind::Model, "context", contexts);
    }

    fn clauses(&mut self) {
        let mut rows = ClauseRows::default();
        for file in 0..self.facts.len() {
            let facts = self.facts[file];
            let mut entries = Vec::with_capacity(facts.clauses.len());
            for clause in &facts.clauses {
                let standard = self.catalogues.standards[file][clause.standard as usize];
                let number = self.name_at(file, clause.number);
                let place = self.mention_place(file, clause.number);
                if standard == MISSING {
                    entries.push(MISSING);
                    continue;
                }
                if let Some(first) = self.catalogues.clauses.get(&(standard, number)).copied() {
                    let first_place = rows.places[first as usize];
                    if !self.landscape.is_incomplete(place) {
                        self.clause_twice(standard, first_place, place, clause.control);
                    }
                    entries.push(first);
                    continue;
                }
                let row = rows.numbers.len() as u32;
                self.catalogues.clauses.insert((standard, number), row);
                entries.push(row);
                rows.standards.push(standard);
                rows.numbers.push(number);
                rows.titles.push(self.string(file, clause.title));
                rows.parents.push(some(clause.parent).map_or(MISSING, |parent| entries[parent as usize]));
                rows.phases.push(clause.phases);
                rows.places.push(place);
                rows.flags.push(
                    (u8::from(clause.control) * ClauseRows::CONTROL)
                        | (u8::from(clause.should) * ClauseRows::SHOULD)
                        | (u8::from(clause.requirement) * ClauseRows::REQUIREMENT),
                );
                self.catalogues.last_letters.push(clause.last_letter);
            }
            self.catalogues.entries.push(entries);
        }
        self.catalogues.first_group = rows.numbers.len() as u32;
        self.groups(&mut rows);
        let known = self.landscape.names.len();
        self.actor_of.resize(known, MISSING);
        self.catalogues.last_letters.resize(rows.numbers.len(), 0);
        let mut has_children = vec![false; rows.numbers.len()];
        for above in rows.parents.iter().filter(|parent| **parent != MISSING) {
            has_children[*above as usize] = true;
        }
        for (row, flags) in rows.flags.iter_mut().enumerate() {
            let is_group = row as u32 >= self.catalogues.first_group;
            if !is_group && (!has_children[row] || *flags & ClauseRows::REQUIREMENT != 0) {
                *flags |= ClauseRows::UNIT;
            }
        }
        let mut phases = Lists::default();
        for bits in &rows.phases {
            phases.push((0..4).filter(|phase| bits >> phase & 1 != 0));
        }
        let table = self.landscape.table_mut(Kind::Clause);
        table.rows = 0..rows.numbers.len() as u32;
        table.places = rows.places.into();
        table.set_scalar(Kind::Clause, "standard", rows.standards);
        table.set_scalar(Kind::Clause, "number", rows.numbers);
        table.set_scalar(Kind::Clause, "title", rows.titles);
        table.set_scalar(Kind::Clause, "parent", rows.parents);
        table.set(Kind::Clause, "phases", Column::List(phases));
        table.set_flags(
            Kind::Clause,
            rows.flags,
            &[("control", ClauseRows::CONTROL), ("should", ClauseRows::SHOULD), ("unit", ClauseRows::UNIT)],
        );
        self.landscape.flows.above = rows.above;
    }

    /// What stands above each clause: the entry around it or, where there is none, the entry or the group whose number is
    /// the head of its own (`A.5` of `A.5.7`). Heads without an entry become groups.
    fn groups(&mut self, rows: &mut ClauseRows) {
        rows.above.clone_from(&rows.parents);
        let mut row = 0;
        while row < rows.numbers.len() {
            let standard = rows.standards[row];
            let number = self.landscape.name(rows.numbers[row]);
            let head = number.rsplit_once('.').map(|(head, _)| head);
            let head = head.filter(|_| number.matches('.').count() < MOST_PARTS).map(str::to_owned);
            if rows.above[row] == MISSING
                && let Some(head) = head
            {
                let name = self.landscape.names.intern(self.sources, &head);
                let group = *self.catalogues.clauses.entry((standard, name)).or_insert_with(|| {
                    rows.standards.push(standard);
                    rows.numbers.push(name);
                    rows.titles.push(MISSING);
                    rows.parents.push(MISSING);
                    rows.above.push(MISSING);
                    rows.phases.push(0);
                    // It stands nowhere.
                    rows.places.push(Place { span: Span::default(), ..rows.places[row] });
                    rows.flags.push(rows.flags[row] & ClauseRows::CONTROL);
                    rows.numbers.len() as u32 - 1
                });
                rows.above[row] = group;
            }
            row += 1;
        }
        // The parent of an entry outside of all others is the first entry above it.
        for row in 0..self.catalogues.first_group as usize {
            if rows.parents[row] == MISSING {
                let mut above = rows.above[row];
                while above != MISSING && above >= self.catalogues.first_group {
                    above = rows.above[above as usize];
                }
                rows.parents[row] = above;
            }
        }
    }

    fn clause_twice(&mut self, standard: u32, first: Place, second: Place, is_control: bool) {
        let id = self.landscape.value(Kind::Standard, "id", standard).unwrap_or(MISSING);
        let number = self.sources.get(second.file).slice(second.span);
        let what = if is_control { "control" } else { "clause" };
        let entity = format!("standard.{}/{number}", self.landscape.name(id));
        let diagnostic = Diagnostic::error("REF002", second, format!("the {what} `{number}` is declared twice"))
            .underlined("declared again here")
            .label(first, "first declared here")
            .help("give one of the two its own number, or take it away")
            .of(entity);
        self.say(diagnostic);
    }

    fn documents(&mut self) {
        let (mut clauses, mut letters, mut titles, mut places) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for file in 0..self.facts.len() {
            let facts = self.facts[file];
            for document in &facts.documents {
                let clause = self.catalogues.entries[file][document.clause as usize];
                if clause == MISSING {
                    continue;
                }
                if !document.letter.is_none() {
                    let place = self.mention_place(file, document.letter);
                    self.judge_letter(clause, self.text(file, document.letter), place, "document");
                }
                clauses.push(clause);
                letters.push(self.name_at(file, document.letter));
                titles.push(self.string(file, document.title));
                places.push(self.place(file, document.title));
            }
        }
        let table = self.landscape.table_mut(Kind::Document);
        table.rows = 0..clauses.len() as u32;
        table.places = places.into();
        table.set_scalar(Kind::Document, "clause", clauses);
        table.set_scalar(Kind::Document, "letter", letters);
        table.set_scalar(Kind::Document, "title", titles);
    }

    /// What a qualifier stands for, whichever of the two it is; a finding where it stands for nothing.
    pub(super) fn catalogue(&mut self, file: usize, qualifier: u32, wanted: Kind, entity: &str) -> Option<Catalogue> {
        if let Some(known) = self.catalogues.resolved[file][qualifier as usize] {
            return known;
        }
        let used = self.qualifier_use(file, qualifier);
        let (id, edition) = (self.name_of(file, used.id), self.name_of(file, used.edition));
        let found = if edition == MISSING {
            match self.catalogues.editions.get(&id).map(Vec::as_slice) {
                Some([only]) => Some(*only),
                _ => None,
            }
        } else {
            self.catalogues.by_name.get(&(id, edition)).copied()
        };
        if found.is_none() {
            self.unknown_catalogue(file, used, wanted, entity);
        }
        self.catalogues.resolved[file][qualifier as usize] = Some(found);
        found
    }

    fn unknown_catalogue(&mut self, file: usize, used: QualifierUse, wanted: Kind, entity: &str) {
        let (id, whole) = (self.name_of(file, used.id), self.name_of(file, used.whole));
        if self.landscape.was_skipped(self.landscape.name(id)) {
            return;
        }
        let is_thorough = self.suggestions.spend();
        let (id_text, whole_text) = (self.landscape.name(id), self.landscape.name(whole));
        let place = self.place(file, used.span);
        let what = if wanted == Kind::Model { "model" } else { "standard" };
        let entity = format!("{entity}/{what}.{whole_text}");
        let editions: Vec<&str> =
            self.catalogues.editions.get(&id).into_iter().flatten().map(|known| self.catalogue_name(*known)).collect();
        let diagnostic = if let [first, ..] = editions.as_slice() {
            if used.edition == NO_SYMBOL {
                Diagnostic::error("REF005", place, format!("`{id_text}` is known in {} editions", editions.len()))
                    .underlined("which one?")
                    .help(format!("name the edition: {}", alternatives(&editions)))
            } else {
                let list = list(&editions);
                let diagnostic =
                    Diagnostic::error("REF005", place, format!("no edition `{whole_text}` of `{id_text}` is known"))
                        .help(if editions.len() == 1 {
                            format!("known is {list}")
                        } else {
                            format!("known are {list}")
                        });
                if editions.len() == 1 { diagnostic.fix(replace(place, first)) } else { diagnostic }
            }
        } else {
            let is_wanted = |catalogue: &Catalogue| (wanted == Kind::Model) == matches!(catalogue, Catalogue::Model(_));
            let ids = self
                .catalogues
                .ids
                .iter()
                .filter(|id| is_thorough && self.catalogues.editions[id].iter().any(is_wanted));
            let near = nearest(id_text, ids.map(|id| self.landscape.name(*id)));
            let diagnostic = match wanted {
                Kind::Model => {
                    Diagnostic::error("REF009", place, format!("no reference model `{whole_text}` is known"))
                }
                _ => {
                    Diagnostic::error("REF004", place, format!("no catalogue of the standard `{whole_text}` is known"))
                }
            };
            match near {
                Some(near) => {
                    let editions = self.landscape.find_name(near).and_then(|id| self.catalogues.editions.get(&id));
                    let editions: Vec<&str> =
                        editions.into_iter().flatten().map(|known| self.catalogue_name(*known)).collect();
                    diagnostic.help(format!("did you mean {}?", alternatives(&editions)))
                }
                None => diagnostic.help(format!(
                    "write what it contains in a `{what} {whole_text} {{ … }}` of your own, in any file of the project"
                )),
            }
        };
        self.say(diagnostic.of(entity));
    }

    pub(super) fn catalogue_name(&self, catalogue: Catalogue) -> &str {
        let id = match catalogue {
            Catalogue::Standard(standard) => self.landscape.value(Kind::Standard, "id", standard),
            Catalogue::Model(model) => self.landscape.value(Kind::Model, "id", model),
        };
        id.map_or("", |id| self.landscape.name(id))
    }

    fn wrong_catalogue(&mut self, file: usize, qualifier: u32, catalogue: Catalogue, wanted: Kind, entity: &str) {
        let used = self.qualifier_use(file, qualifier);
        let place = self.place(file, used.span);
        let name = self.catalogue_name(catalogue).to_owned();
        let diagnostic = match wanted {
            Kind::Model => Diagnostic::error("REF003", place, format!("`{name}` is a standard, not a reference model"))
                .help("name a model here; a standard's clauses are named after `covers`"),
            _ => Diagnostic::error("REF003", place, format!("`{name}` is a reference model, not a standard"))
                .help("name a standard here; a model's processes are named after `implements`"),
        };
        self.say(diagnostic.of(format!("{entity}/{name}")));
    }

    /// The standard that a qualifier stands for.
    pub(super) fn standard(&mut self, file: usize, qualifier: u32, entity: &str) -> Option<u32> {
        match self.catalogue(file, qualifier, Kind::Standard, entity)? {
            Catalogue::Standard(standard) => Some(standard),
            model @ Catalogue::Model(_) => {
                self.wrong_catalogue(file, qualifier, model, Kind::Standard, entity);
                self.catalogues.resolved[file][qualifier as usize] = Some(None);
                None
            }
        }
    }

    /// The model that a qualifier stands for.
    pub(super) fn model(&mut self, file: usize, qualifier: u32, entity: &str) -> Option<u32> {
        match self.catalogue(file, qualifier, Kind::Model, entity)? {
            Catalogue::Model(model) => Some(model),
            standard @ Catalogue::Standard(_) => {
                self.wrong_catalogue(file, qualifier, standard, Kind::Model, entity);
                self.catalogues.resolved[file][qualifier as usize] = Some(None);
                None
            }
        }
    }

    /// The standard and the clause that are named; a finding where there is none.
    pub(super) fn clause(
        &mut self,
        file: usize,
        used: &ClauseUse,
        entity: impl Fn(&Self) -> String,
    ) -> Option<(u32, u32)> {
        let standard = match some(used.qualifier) {
            Some(qualifier) => match self.catalogues.resolved[file][qualifier as usize] {
                Some(Some(Catalogue::Standard(standard))) => standard,
                Some(None) => return None,
                _ => {
                    let entity = entity(self);
                    self.standard(file, qualifier, &entity)?
                }
            },
            None => match self.default_standard {
                Default::Known(standard) => standard,
                Default::Unknown => return None,
                Default::Undeclared => {
                    self.no_standard(file, used);
                    return None;
                }
            },
        };
        let number = self.name_at(file, used.number);
        let found = self.catalogues.clauses.get(&(standard, number)).copied();
        match found {
            Some(clause) if clause < self.catalogues.first_group || used.flags & flag::WILDCARD != 0 => {
                if used.letter != NO_SYMBOL {
                    let place = self.place(file, used.span);
                    let letter = self.landscape.name(self.name_of(file, used.letter)).to_owned();
                    let entity = entity(self);
                    if !self.judge_letter(clause, &letter, place, &entity) {
                        return None;
                    }
                }
                Some((standard, clause))
            }
            _ => {
                let entity = entity(self);
                self.unknown_clause(file, standard, used.number, found, &entity);
                None
            }
        }
    }

    /// The standard and the clause that are named, where nothing is to be said about it and nothing is to be looked up
    /// first; whoever gets no answer asks [`Self::clause`].
    pub(super) fn plain_clause(&self, file: usize, used: &ClauseUse) -> Option<(u32, u32)> {
        let standard = match some(used.qualifier) {
            Some(qualifier) => match self.catalogues.resolved[file][qualifier as usize] {
                Some(Some(Catalogue::Standard(standard))) => standard,
                _ => return None,
            },
            None => match self.default_standard {
                Default::Known(standard) => standard,
                _ => return None,
            },
        };
        let clause = *self.catalogues.clauses.get(&(standard, self.name_at(file, used.number)))?;
        let is_entry = clause < self.catalogues.first_group || used.flags & flag::WILDCARD != 0;
        (is_entry && used.letter == NO_SYMBOL).then_some((standard, clause))
    }

    fn no_standard(&mut self, file: usize, used: &ClauseUse) {
        let skipped = ["standard", "organization"].iter().any(|word| self.landscape.was_skipped(word));
        if std::mem::replace(&mut self.has_said_no_standard, true) || skipped {
            return;
        }
        let place = self.place(file, used.span);
        let clause = self.sources.get(place.file).slice(used.span);
        let known = self.catalogues.ids.iter().find_map(|id| {
            self.catalogues.editions[id].iter().rev().find(|known| matches!(known, Catalogue::Standard(_)))
        });
        let example = known.map_or("iso27001:2022", |known| self.catalogue_name(*known)).to_owned();
        let diagnostic =
            Diagnostic::error("REF011", place, format!("`{clause}` names no standard, and the project declares none"))
                .help(format!("declare the standard of such clauses: `organization … {{ standard {example} }}`"))
                .note("this is said once, for the first clause of the project")
                .of("organization/standard");
        self.say(diagnostic);
    }

    /// Whether a clause has that letter; a finding where it has others.
    fn judge_letter(&mut self, clause: u32, letter: &str, place: Place, entity: &str) -> bool {
        let last = self.catalogues.last_letters.get(clause as usize).copied().unwrap_or(0);
        let first = letter.bytes().next().unwrap_or(0);
        if last == 0 || (b'a'..=last).contains(&first) {
            return true;
        }
        let last = char::from(last);
        let number = self.landscape.value(Kind::Clause, "number", clause).map_or("", |name| self.landscape.name(name));
        let mut diagnostic =
            Diagnostic::error("REF006", place, format!("`{number}` has the letters a to {last}, and no `{letter}`"))
                .of(format!("{entity}/{number}({letter})"));
        if first.is_ascii_uppercase() && (b'a'..=last as u8).contains(&first.to_ascii_lowercase()) {
            diagnostic = diagnostic.help(format!("letters are small: `{number}({})`", letter.to_ascii_lowercase()));
        }
        self.say(diagnostic);
        false
    }
}

/// `` `a`, `b` and `c` ``
pub(super) fn list(names: &[&str]) -> String {
    alternatives(names).replace(" or ", " and ")
}

fn alternatives(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [all @ .., last] => format!("{} or {last}", all.join(", ")),
    }
}

/// The columns of clauses while they are gathered.
#[derive(Default)]
pub(super) struct ClauseRows {
    standards: Vec<u32>,
    numbers: Vec<u32>,
    titles: Vec<u32>,
    parents: Vec<u32>,
    above: Vec<u32>,
    phases: Vec<u8>,
    flags: Vec<u8>,
    places: Vec<Place>,
}

impl ClauseRows {
    pub(super) const CONTROL: u8 = 1;
    const SHOULD: u8 = 2;
    const UNIT: u8 = 4;
    const REQUIREMENT: u8 = 8;
}
