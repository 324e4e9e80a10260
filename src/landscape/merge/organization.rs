//! The organization, and how standards correspond.

use crate::diagnostic::Diagnostic;

use crate::landscape::column::{Column, Lists};
use crate::landscape::facts::MappingRowFact;
use crate::landscape::symbols::Mention;
use crate::landscape::{Kind, MISSING};

use super::catalogues::Catalogue;
use super::{Default, Merge};

/// The relations that speak of one clause only, by their index in `RELATIONS`.
const NEW: u8 = 5;
const WITHDRAWN: u8 = 6;

/// The most pairs that all mappings between standards, and all between models, stand for. Each costs fifty bytes, and a row of
/// a few names can stand for thousands.
const MOST_PAIRS: usize = 1 << 20;
pub(super) const MOST_COUNTERPARTS: usize = 1 << 16;

impl Merge<'_> {
    pub(super) fn organization(&mut self) {
        let (mut standards, mut models) = (Vec::new(), Vec::new());
        let (mut ids, mut titles) = (Vec::new(), Vec::new());
        let mut first_place = None;
        for file in 0..self.facts.len() {
            let facts = self.facts[file];
            for organization in &facts.organizations {
                let place = self.mention_place(file, organization.id);
                match first_place {
                    None => {
                        first_place = Some(place);
                        ids.push(self.name_at(file, organization.id));
                        titles.push(self.string(file, organization.title));
                        self.landscape.table_mut(Kind::Organization).places.push(place);
                    }
                    Some(first) => {
                        let (name, text) = (self.name_at(file, organization.id), self.text(file, organization.id));
                        let message = if ids.first() == Some(&name) {
                            format!("the organization `{text}` is declared twice")
                        } else {
                            format!("`{text}` is a second organization")
                        };
                        let diagnostic = Diagnostic::error("REF012", place, message)
                            .underlined("declared again here")
                            .label(first, "the organization is declared here")
                            .help("a project specifies one organization: put the standards and models of both in the first one")
                            .of(format!("organization.{text}"));
                        self.landscape.incomplete.insert(first);
                        self.landscape.incomplete.insert(place);
                        self.new_duplicates.push(self.place(file, organization.span));
                        self.say(diagnostic);
                    }
                }
            }
            for statement in &facts.organization_statements {
                self.organization_statement(file, statement.is_model, statement.qualifier, &mut standards, &mut models);
            }
        }
        self.seal_duplicates();
        let mut standard_list = Lists::default();
        let mut model_list = Lists::default();
        if first_place.is_some() {
            standard_list.push(standards.iter().copied());
            model_list.push(models.iter().copied());
        }
        let table = self.landscape.table_mut(Kind::Organization);
        table.rows = 0..ids.len() as u32;
        table.set_scalar(Kind::Organization, "id", ids);
        table.set_scalar(Kind::Organization, "title", titles);
        table.set(Kind::Organization, "standards", Column::List(standard_list));
        table.set(Kind::Organization, "models", Column::List(model_list));
        for (kind, declared) in [(Kind::Standard, standards), (Kind::Model, models)] {
            let mut column = vec![0; self.landscape.table(kind).places.len()];
            for row in declared {
                column[row as usize] = 1;
            }
            self.landscape.table_mut(kind).set_scalar(kind, "declared", column);
        }
    }

    fn organization_statement(
        &mut self,
        file: usize,
        is_model: bool,
        qualifier: u32,
        standards: &mut Vec<u32>,
        models: &mut Vec<u32>,
    ) {
        let (kind, declared, number) = if is_model {
            (Kind::Model, models, self.model(file, qualifier, "organization"))
        } else {
            (Kind::Standard, standards, self.standard(file, qualifier, "organization"))
        };
        let default = if is_model { &mut self.default_model } else { &mut self.default_standard };
        if *default == Default::Undeclared {
            *default = number.map_or(Default::Unknown, Default::Known);
        }
        let Some(number) = number else { return };
        let place = self.place(file, self.facts[file].qualifiers[qualifier as usize].span);
        if declared.contains(&number) {
            let first = self.landscape.table(kind).places.of(number);
            let text = self.sources.get(place.file).slice(place.span);
            let word = kind.schema().name;
            if !self.landscape.is_incomplete(place) {
                let diagnostic = Diagnostic::error("REF002", place, format!("the {word} `{text}` is declared twice"))
                    .underlined("declared again here")
                    .label(first, "first declared here")
                    .help("take one of the two away")
                    .of(format!("organization/{word}.{text}"));
                self.say(diagnostic);
            }
            return;
        }
        declared.push(number);
        self.landscape.table_mut(kind).places.set(number, place);
    }

    /// The rows of every `mapping`, as pairs of clauses.
    pub(super) fn correspondences(&mut self) {
        let mut rows = Rows::default();
        'files: for file in 0..self.facts.len() {
            let facts = self.facts[file];
            let mut between = Vec::with_capacity(facts.mappings.len());
            for mapping in &facts.mappings {
                let from = self.catalogue(file, mapping.from, Kind::Standard, "mapping");
                let to = self.catalogue(file, mapping.to, Kind::Standard, "mapping");
                between.push((from, to));
            }
            for row in &facts.mapping_rows {
                let (from, to) = between[row.mapping as usize];
                self.mapping_row(file, row, from, to, &mut rows);
                if rows.from.len() >= MOST_PAIRS {
                    self.too_many_pairs(file, row, MOST_PAIRS);
                    break 'files;
                }
            }
        }
        self.catalogues.forget_partners();
        let table = self.landscape.table_mut(Kind::Correspondence);
        table.rows = 0..rows.from.len() as u32;
        table.places = rows.places.into();
        table.set_scalar(Kind::Correspondence, "from", rows.from);
        table.set_scalar(Kind::Correspondence, "to", rows.to);
        table.set_scalar(Kind::Correspondence, "relation", rows.relation);
        table.set_scalar(Kind::Correspondence, "unsure", rows.unsure);
    }

    /// Says that no row of a mapping is read from this one on.
    pub(super) fn too_many_pairs(&mut self, file: usize, row: &MappingRowFact, most: usize) {
        let facts = self.facts[file];
        let Some(first) = facts.mapping_words.get(row.words_start as usize) else { return };
        let place = self.mention_place(file, *first);
        self.say(
            Diagnostic::error(
                "SYN025",
                place,
                format!("the mappings of this project stand for more than {most} pairs"),
            )
            .help("rows behind this one are not read; take out what is said twice"),
        );
    }

    fn mapping_row(
        &mut self,
        file: usize,
        row: &MappingRowFact,
        from: Option<Catalogue>,
        to: Option<Catalogue>,
        rows: &mut Rows,
    ) {
        let words = &self.facts[file].mapping_words;
        let (left, right) =
            (row.words_start as usize..row.from_end as usize, row.from_end as usize..row.to_end as usize);
        let left = self.sides(file, from, &words[left]);
        let right = self.sides(file, to, &words[right]);
        let mut push = |from: u32, to: u32, place| {
            rows.from.push(from);
            rows.to.push(to);
            rows.relation.push(u32::from(row.relation));
            rows.unsure.push(u32::from(row.unsure));
            rows.places.push(place);
        };
        match row.relation {
            NEW => right.iter().chain(&left).for_each(|(clause, place)| push(MISSING, *clause, *place)),
            WITHDRAWN => left.iter().chain(&right).for_each(|(clause, place)| push(*clause, MISSING, *place)),
            _ => {
                for (from, place) in &left {
                    for (to, _) in &right {
                        push(*from, *to, *place);
                    }
                }
            }
        }
    }

    /// The clauses on one side of a row. Models are looked up too, but their processes are no clauses.
    fn sides(
        &mut self,
        file: usize,
        catalogue: Option<Catalogue>,
        words: &[Mention],
    ) -> Vec<(u32, crate::diagnostic::Place)> {
        let Some(Catalogue::Standard(standard)) = catalogue else { return Vec::new() };
        let mut clauses = Vec::with_capacity(words.len());
        for word in words {
            let number = self.name_at(file, *word);
            let group = match self.catalogues.clauses.get(&(standard, number)).copied() {
                Some(clause) if clause < self.catalogues.first_group => {
                    clauses.push((clause, self.mention_place(file, *word)));
                    continue;
                }
                group => group,
            };
            self.unknown_clause(file, standard, *word, group, "mapping");
        }
        clauses
    }
}

#[derive(Default)]
struct Rows {
    from: Vec<u32>,
    to: Vec<u32>,
    relation: Vec<u32>,
    unsure: Vec<u32>,
    places: Vec<crate::diagnostic::Place>,
}
