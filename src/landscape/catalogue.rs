//! Standards with their clauses, and the mappings between them.

use rustc_hash::FxHashMap;

use crate::diagnostic::{Diagnostic, Place, natural_order, nearest};
use crate::text::Span;

use super::column::Lists;
use super::facts::{ClauseFact, NONE, QualifierFact};
use super::merge::Merger;
use super::schema::Kind;

/// A standard of which a catalogue is known.
#[derive(Debug)]
pub(super) struct StandardRow {
    pub(super) family: u32,
    pub(super) edition: u32,
    /// `iso27001:2022`
    pub(super) id: u32,
    title: u32,
    /// The place of its catalogue.
    place: Place,
    /// The statement that declares it.
    declared: Option<Place>,
    file: usize,
    at: usize,
    /// Its rows among the clauses.
    clauses: std::ops::Range<u32>,
}

/// A clause, a control, or the implicit head of some.
#[derive(Debug)]
struct ClauseRow {
    standard: u32,
    number: u32,
    title: u32,
    parent: u32,
    place: Option<Place>,
    is_control: bool,
    should: bool,
    unit: bool,
    implicit: bool,
    phases: u8,
    last_letter: u8,
}

/// Standards, clauses and models, by name.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    pub(super) standards: Vec<StandardRow>,
    clauses: Vec<ClauseRow>,
    clause_by_number: FxHashMap<(u32, u32), u32>,
    /// The standards that the organization declares, in order.
    pub(super) declared: Vec<u32>,
    /// Whether it declares one of which no catalogue is known; then nothing can be said of clauses without a standard.
    declared_unknown: bool,
    said_no_standard: bool,
    /// What each qualifier of each file stands for, once it was asked.
    resolved: FxHashMap<(usize, u32), Option<u32>>,
    /// The last qualifier that could not be resolved: file and place, to speak once a statement.
    last_unknown: Option<(usize, Span)>,
    pub(super) models: super::models::Models,
}

/// What a clause as it is named stands for.
#[derive(Clone, Copy, Debug)]
pub(super) struct ResolvedClause {
    pub(super) standard: u32,
    pub(super) clause: u32,
}

impl Catalogue {
    /// The number of the title of a clause among the strings, or [`NONE`].
    pub(super) fn title(&self, clause: u32) -> u32 {
        self.clauses.get(clause as usize).map_or(NONE, |row| row.title)
    }

    /// Collects standards, clauses and what the organization declares.
    pub(super) fn new(merger: &mut Merger<'_>) -> Self {
        let mut catalogue = Self::default();
        for file in 0..merger.facts.len() {
            for at in 0..merger.facts[file].standards.len() {
                catalogue.standard(merger, file, at);
            }
        }
        for standard in 0..catalogue.standards.len() as u32 {
            catalogue.entries(merger, standard);
        }
        catalogue.models = super::models::Models::collect(merger);
        catalogue.organizations(merger);
        catalogue
    }

    fn standard(&mut self, merger: &mut Merger<'_>, file: usize, at: usize) {
        let fact = &merger.facts[file].standards[at];
        let qualifier = merger.facts[file].qualifiers[fact.id as usize];
        let (family, edition) = (merger.global(file, qualifier.id.name), merger.global(file, qualifier.edition));
        let text = merger.text(file, qualifier.span);
        let place = merger.place(file, qualifier.span);
        if let Some(first) = self.standards.iter().find(|known| known.family == family && known.edition == edition) {
            let first = first.place;
            merger.declared_twice("the standard", text, place, first);
            return;
        }
        let id = merger.names.intern(&text.split_whitespace().collect::<String>());
        let title = merger.string(file, fact.title);
        self.standards.push(StandardRow { family, edition, id, title, place, declared: None, file, at, clauses: 0..0 });
    }

    fn entries(&mut self, merger: &mut Merger<'_>, standard: u32) {
        let (file, at) = (self.standards[standard as usize].file, self.standards[standard as usize].at);
        let start = self.clauses.len() as u32;
        let fact = &merger.facts[file].standards[at];
        let mut heads: Vec<String> = Vec::new();
        for entry in &fact.entries {
            let number = merger.global(file, entry.number.name);
            let place = merger.place(file, entry.number.span);
            let row = self.clauses.len() as u32;
            if let Some(first) = self.clause_by_number.get(&(standard, number)) {
                let first = self.clauses[*first as usize].place.unwrap_or(place);
                merger.declared_twice("the clause", merger.mention_text(file, entry.number), place, first);
            } else {
                self.clause_by_number.insert((standard, number), row);
            }
            let title = merger.string(file, entry.title);
            let parent = if entry.parent == NONE { NONE } else { start + entry.parent };
            self.clauses.push(ClauseRow {
                standard,
                number,
                title,
                parent,
                place: Some(place),
                is_control: entry.is_control,
                should: entry.should,
                unit: entry.is_leaf || entry.requirement,
                implicit: false,
                phases: entry.phases,
                last_letter: entry.last_letter,
            });
            if entry.parent == NONE {
                let text = merger.mention_text(file, entry.number);
                heads.extend(text.match_indices('.').map(|(at, _)| text[..at].to_owned()));
            }
        }
        // `A.*` works where there is no entry `A`: the heads of numbers are rows without a title.
        for head in heads {
            let number = merger.names.intern(&head);
            if self.clause_by_number.contains_key(&(standard, number)) {
                continue;
            }
            let prefix = format!("{head}.");
            let below = |row: &&ClauseRow| merger.names.text(row.number).starts_with(&prefix);
            let is_control = self.clauses[start as usize..].iter().find(below).is_some_and(|row| row.is_control);
            self.clause_by_number.insert((standard, number), self.clauses.len() as u32);
            self.clauses.push(ClauseRow {
                standard,
                number,
                title: NONE,
                parent: NONE,
                place: None,
                is_control,
                should: false,
                unit: false,
                implicit: true,
                phases: 0,
                last_letter: 0,
            });
        }
        self.standards[standard as usize].clauses = start..self.clauses.len() as u32;
    }

    /// What the organization declares.
    fn organizations(&mut self, merger: &mut Merger<'_>) {
        let mut first: Option<(usize, usize)> = None;
        for file in 0..merger.facts.len() {
            for at in 0..merger.facts[file].organizations.len() {
                let fact = &merger.facts[file].organizations[at];
                if let Some((first_file, first_at)) = first {
                    let known = merger.facts[first_file].organizations[first_at].id.span;
                    let place = merger.place(file, fact.id.span);
                    let diagnostic = Diagnostic::error("REF012", place, "a project has one organization, and this is the second")
                        .label(merger.place(first_file, known), "the first one")
                        .help("put its standards and models into the first one, or make it a project with its own `ismslint.toml`");
                    merger.diagnostics.push(diagnostic);
                    let region = merger.place(file, fact.span);
                    merger.repeated.push(region);
                } else {
                    first = Some((file, at));
                }
                for (is_model, qualifier) in &fact.statements {
                    self.declare(merger, file, *is_model, *qualifier);
                }
            }
        }
        let (mut places, mut ids, mut titles) = (Vec::new(), Vec::new(), Vec::new());
        let (mut standards, mut models) = (Lists::default(), Lists::default());
        if let Some((file, at)) = first {
            let fact = &merger.facts[file].organizations[at];
            places.push(Some(merger.place(file, fact.id.span)));
            ids.push(merger.global(file, fact.id.name));
            titles.push(merger.string(file, fact.title));
            standards.push(self.declared.iter().copied());
            models.push(self.models.declared.iter().copied());
        }
        merger.tables.rows(Kind::Organization, 0, places);
        merger.tables.scalar(Kind::Organization, "id", ids);
        merger.tables.scalar(Kind::Organization, "title", titles);
        merger.tables.list(Kind::Organization, "standards", standards);
        merger.tables.list(Kind::Organization, "models", models);
    }

    fn declare(&mut self, merger: &mut Merger<'_>, file: usize, is_model: bool, qualifier: u32) {
        let fact = merger.facts[file].qualifiers[qualifier as usize];
        let place = merger.place(file, fact.span);
        if is_model {
            if let Some(model) = self.models.find(merger, file, fact) {
                match self.models.rows[model as usize].declared {
                    Some(first) => merger.declared_twice("the model", merger.text(file, fact.span), place, first),
                    None => {
                        self.models.rows[model as usize].declared = Some(place);
                        self.models.declared.push(model);
                    }
                }
            }
            return;
        }
        match self.standard_of(merger, file, qualifier) {
            Some(standard) => match self.standards[standard as usize].declared {
                Some(first) => merger.declared_twice("the standard", merger.text(file, fact.span), place, first),
                None => {
                    self.standards[standard as usize].declared = Some(place);
                    self.declared.push(standard);
                }
            },
            None => self.declared_unknown = true,
        }
    }

    /// The standard that a qualifier names; what is wrong with it is said, once a statement.
    pub(super) fn standard_of(&mut self, merger: &mut Merger<'_>, file: usize, qualifier: u32) -> Option<u32> {
        if let Some(known) = self.resolved.get(&(file, qualifier)) {
            return *known;
        }
        let fact = merger.facts[file].qualifiers[qualifier as usize];
        let found = self.find_standard(merger, file, fact);
        self.resolved.insert((file, qualifier), found);
        found
    }

    fn find_standard(&mut self, merger: &mut Merger<'_>, file: usize, fact: QualifierFact) -> Option<u32> {
        let (family, edition) = (merger.global(file, fact.id.name), merger.global(file, fact.edition));
        let of_family: Vec<u32> = (0..self.standards.len() as u32)
            .filter(|standard| self.standards[*standard as usize].family == family)
            .collect();
        if edition == NONE && of_family.len() == 1 {
            return of_family.first().copied();
        }
        if let Some(found) = of_family.iter().find(|standard| self.standards[**standard as usize].edition == edition) {
            return Some(*found);
        }
        // One statement may name an unknown standard before each of its clauses; it is said once.
        if let Some((last_file, last)) = self.last_unknown
            && last_file == file
            && last.end <= fact.span.start
        {
            let between = merger.text(file, Span::new(last.end, fact.span.start));
            if between.trim_end().ends_with(',') {
                self.last_unknown = Some((file, fact.span));
                return None;
            }
        }
        self.last_unknown = Some((file, fact.span));
        let text = merger.text(file, fact.span);
        let id = merger.text(file, fact.id.span);
        if merger.skipped.contains(id) {
            return None;
        }
        let place = merger.place(file, fact.span);
        let diagnostic = if of_family.is_empty() {
            let known: Vec<&str> = self.standards.iter().map(|known| merger.names.text(known.family)).collect();
            let diagnostic = Diagnostic::error("REF004", place, format!("no catalogue of the standard `{text}` is known"));
            match nearest(id, known) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help(format!("declare it (`standard {text} {{ clause … }}`), or remove what names it")),
            }
        } else {
            let editions: Vec<String> = of_family
                .iter()
                .map(|standard| format!("`{}`", merger.names.text(self.standards[*standard as usize].id)))
                .collect();
            let message = if edition == NONE {
                format!("`{text}` has several editions")
            } else {
                format!("the edition of `{text}` is not known")
            };
            Diagnostic::error("REF005", place, message).help(format!("known are {}", editions.join(", ")))
        };
        merger.diagnostics.push(diagnostic);
        None
    }

    /// The clause as it is named; what is wrong with it is said.
    pub(super) fn clause(&mut self, merger: &mut Merger<'_>, file: usize, fact: &ClauseFact) -> Option<ResolvedClause> {
        let standard = if fact.qualifier == NONE {
            match self.declared.first() {
                Some(standard) => *standard,
                None => {
                    self.no_standard(merger, file, fact);
                    return None;
                }
            }
        } else {
            self.standard_of(merger, file, fact.qualifier)?
        };
        let number = merger.global(file, fact.number);
        let found = self.clause_by_number.get(&(standard, number)).copied();
        let found = found.filter(|clause| fact.wildcard || !self.clauses[*clause as usize].implicit);
        let Some(clause) = found else {
            self.unknown_clause(merger, file, fact, standard);
            return None;
        };
        self.letter(merger, file, fact, clause);
        Some(ResolvedClause { standard, clause })
    }

    fn no_standard(&mut self, merger: &mut Merger<'_>, file: usize, fact: &ClauseFact) {
        if self.said_no_standard || self.declared_unknown {
            return;
        }
        self.said_no_standard = true;
        let text = merger.text(file, fact.span);
        let place = merger.place(file, fact.span);
        let diagnostic = Diagnostic::error("REF011", place, format!("of which standard is `{text}` a clause? none is declared"))
            .help("declare it: `organization … { standard iso27001:2022 }`, or write `iso27001:2022/` before the number");
        merger.diagnostics.push(diagnostic);
    }

    fn letter(&self, merger: &mut Merger<'_>, file: usize, fact: &ClauseFact, clause: u32) {
        let row = &self.clauses[clause as usize];
        let last = row.last_letter;
        if fact.letter == NONE || last == 0 {
            return;
        }
        let name = merger.global(file, fact.letter);
        let letter = merger.names.text(name);
        if letter.len() == 1 && letter.as_bytes().first().is_some_and(|letter| (b'a'..=last).contains(letter)) {
            return;
        }
        let place = merger.place(file, fact.span);
        let message = format!("`{}` has no letter `{letter}`", merger.names.text(row.number));
        let diagnostic = Diagnostic::error("REF006", place, message).help(format!("its letters are a to {}", char::from(last)));
        merger.diagnostics.push(diagnostic);
    }

    fn unknown_clause(&self, merger: &mut Merger<'_>, file: usize, fact: &ClauseFact, standard: u32) {
        let number_name = merger.global(file, fact.number);
        let number = merger.names.text(number_name).to_owned();
        if merger.skipped.contains(&number) {
            return;
        }
        let row = &self.standards[standard as usize];
        let id = merger.names.text(row.id).to_owned();
        let place = merger.place(file, fact.span);
        let mut diagnostic = Diagnostic::error("REF006", place, format!("{id} has no clause `{number}`"));
        let title = |clause: u32, merger: &Merger<'_>| {
            let title = self.clauses[clause as usize].title;
            merger.strings.get(title as usize).map_or_else(String::new, |place| {
                let source = merger.surroundings.sources.get(place.file);
                format!(" \"{}\"", crate::syntax::string_value(source.text(), place.span))
            })
        };
        let control = merger.names.find(&format!("A.{number}")).and_then(|name| self.clause_by_number.get(&(standard, name)));
        let mut helped = false;
        if let Some(control) = control {
            diagnostic = diagnostic.help(format!("did you mean the control `A.{number}`{}?", title(*control, merger)));
            helped = true;
        }
        for (other_at, other) in self.standards.iter().enumerate() {
            if other.family != row.family || other_at as u32 == standard {
                continue;
            }
            let Some(clause) = self.clause_by_number.get(&(other_at as u32, number_name)) else { continue };
            let became = self.descendants_in(merger, *clause, standard);
            let became = if became.is_empty() {
                "no successor of it is known".to_owned()
            } else {
                format!("it became {}", became.join(", "))
            };
            let other_id = merger.names.text(other.id);
            diagnostic = diagnostic.help(format!("in {other_id} it is{}; {became}", title(*clause, merger)));
            helped = true;
        }
        if !helped {
            let known: Vec<&str> = self.clauses[row.clauses.start as usize..row.clauses.end as usize]
                .iter()
                .filter(|clause| !clause.implicit)
                .map(|clause| merger.names.text(clause.number))
                .collect();
            diagnostic = match nearest_number(&number, &known) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help(format!("`ismslint explain {id}` lists its clauses")),
            };
        }
        merger.diagnostics.push(diagnostic);
    }

    /// What a clause of one edition is called in another, by the sure rows of the mappings, forwards or backwards.
    fn descendants_in(&self, merger: &Merger<'_>, clause: u32, standard: u32) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for (file, facts) in merger.facts.iter().enumerate() {
            for mapping in &facts.mappings {
                let qualified = |qualifier: u32| {
                    let fact = facts.qualifiers[qualifier as usize];
                    let (family, edition) = (merger.global(file, fact.id.name), merger.global(file, fact.edition));
                    self.standards.iter().position(|known| known.family == family && known.edition == edition)
                };
                let (Some(from), Some(to)) = (qualified(mapping.from), qualified(mapping.to)) else { continue };
                let row = &self.clauses[clause as usize];
                for line in mapping.rows.iter().filter(|line| !line.unsure) {
                    let names = |mention: &super::facts::Mention| merger.global(file, mention.name);
                    let forwards = from as u32 == row.standard && to as u32 == standard;
                    let backwards = to as u32 == row.standard && from as u32 == standard;
                    let (near, far) = if forwards { (&line.from, &line.to) } else { (&line.to, &line.from) };
                    if (forwards || backwards) && near.iter().any(|mention| names(mention) == row.number) {
                        found.extend(far.iter().map(|mention| format!("`{}`", merger.names.text(names(mention)))));
                    }
                }
            }
        }
        found.sort_by(|left, right| natural_order(left, right));
        found.dedup();
        found
    }

    /// Fills the tables of standards, clauses, documents and mappings.
    pub(super) fn finish(self, merger: &mut Merger<'_>) {
        self.fill_standards(merger);
        self.fill_clauses(merger);
        super::mappings::fill(&self, merger);
    }

    fn fill_standards(&self, merger: &mut Merger<'_>) {
        let rows = &self.standards;
        let kind = Kind::Standard;
        merger.tables.rows(kind, 0, rows.iter().map(|row| Some(row.declared.unwrap_or(row.place))).collect());
        merger.tables.scalar(kind, "id", rows.iter().map(|row| row.id).collect());
        merger.tables.scalar(kind, "family", rows.iter().map(|row| row.family).collect());
        let empty = merger.names.intern("");
        let edition = |row: &StandardRow| if row.edition == NONE { empty } else { row.edition };
        merger.tables.scalar(kind, "edition", rows.iter().map(edition).collect());
        merger.tables.scalar(kind, "title", rows.iter().map(|row| row.title).collect());
        merger.tables.flags(kind, "declared", rows.iter().map(|row| row.declared.is_some()));
        merger.tables.field_places(kind, "id", rows.iter().map(|row| Some(row.place)).collect());
        let mut later = Lists::default();
        for row in rows {
            let text = merger.names.text(edition(row));
            let is_later = |other: &&(u32, &StandardRow)| {
                other.1.family == row.family && natural_order(merger.names.text(edition(other.1)), text).is_gt()
            };
            let all: Vec<(u32, &StandardRow)> = (0..).zip(rows).collect();
            later.push(all.iter().filter(is_later).map(|(at, _)| *at));
        }
        merger.tables.list(kind, "later", later);
    }

    /// The rows above a clause, the nearest first, with the implicit heads of its number.
    pub(super) fn ancestors(&self, merger: &Merger<'_>, clause: u32) -> Vec<u32> {
        let mut ancestors = Vec::new();
        let mut top = clause;
        while self.clauses[top as usize].parent != NONE {
            top = self.clauses[top as usize].parent;
            ancestors.push(top);
        }
        let row = &self.clauses[top as usize];
        let number = merger.names.text(row.number);
        for (at, _) in number.rmatch_indices('.') {
            let head = merger.names.find(&number[..at]).and_then(|name| self.clause_by_number.get(&(row.standard, name)));
            if let Some(head) = head.filter(|head| self.clauses[**head as usize].implicit) {
                ancestors.push(*head);
            }
        }
        ancestors
    }

    /// Number of clauses.
    pub(super) fn clause_count(&self) -> usize {
        self.clauses.len()
    }

    /// The clause of that number in a standard.
    pub(super) fn find_clause(&self, standard: u32, number: u32) -> Option<u32> {
        self.clause_by_number.get(&(standard, number)).copied()
    }

    fn fill_clauses(&self, merger: &mut Merger<'_>) {
        let rows = &self.clauses;
        let kind = Kind::Clause;
        merger.tables.rows(kind, 0, rows.iter().map(|row| row.place).collect());
        merger.tables.scalar(kind, "standard", rows.iter().map(|row| row.standard).collect());
        merger.tables.scalar(kind, "number", rows.iter().map(|row| row.number).collect());
        merger.tables.scalar(kind, "title", rows.iter().map(|row| row.title).collect());
        merger.tables.scalar(kind, "parent", rows.iter().map(|row| row.parent).collect());
        merger.tables.flags(kind, "control", rows.iter().map(|row| row.is_control));
        merger.tables.flags(kind, "unit", rows.iter().map(|row| row.unit));
        merger.tables.flags(kind, "should", rows.iter().map(|row| row.should));
        let (mut ancestors, mut phases) = (Lists::default(), Lists::default());
        let (mut children, mut units): (Vec<(u32, u32)>, Vec<(u32, u32)>) = (Vec::new(), Vec::new());
        for (at, row) in (0..).zip(rows) {
            let above = self.ancestors(merger, at);
            if row.parent != NONE {
                children.push((row.parent, at));
            }
            if row.unit {
                units.extend(above.iter().map(|ancestor| (*ancestor, at)));
            }
            ancestors.push(above);
            phases.push((0..4).filter(|phase| row.phases & (1 << phase) != 0));
        }
        merger.tables.list(kind, "ancestors", ancestors);
        merger.tables.list(kind, "phases", phases);
        merger.tables.list(kind, "children", Lists::from_pairs(rows.len(), &children));
        merger.tables.list(kind, "units", Lists::from_pairs(rows.len(), &units));

        let (mut places, mut clauses, mut standards) = (Vec::new(), Vec::new(), Vec::new());
        let (mut letters, mut titles) = (Vec::new(), Vec::new());
        for (standard, known) in (0..).zip(&self.standards) {
            let entries = &merger.facts[known.file].standards[known.at].entries;
            for (clause, entry) in (known.clauses.start..).zip(entries) {
                for (letter, title, span) in &entry.documents {
                    places.push(Some(merger.place(known.file, *span)));
                    clauses.push(clause);
                    standards.push(standard);
                    letters.push(merger.global(known.file, *letter));
                    titles.push(merger.string(known.file, Some(*title)));
                }
            }
        }
        let kind = Kind::Document;
        merger.tables.rows(kind, 0, places);
        merger.tables.scalar(kind, "clause", clauses);
        merger.tables.scalar(kind, "standard", standards);
        merger.tables.scalar(kind, "letter", letters);
        merger.tables.scalar(kind, "title", titles);
    }
}

/// The nearest of a few numbers: one that differs in its last part, or in a character.
fn nearest_number<'a>(number: &str, known: &[&'a str]) -> Option<&'a str> {
    let parent = number.rsplit_once('.').map(|(head, _)| head);
    let typing_error = known.iter().copied().find(|other| strsim::damerau_levenshtein(&number.to_lowercase(), &other.to_lowercase()) == 1 && other.len() > 2);
    // A number that is too deep is nearest to what it stands below.
    parent.and_then(|parent| known.iter().copied().find(|other| *other == parent)).or(typing_error)
}
