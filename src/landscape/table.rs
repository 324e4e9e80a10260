//! The landscape: one table for each kind, a column for each field.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashSet;

use crate::diagnostic::Place;
use crate::syntax::string_value;
use crate::text::{Date, FileId, SourceMap, Span};

use super::column::{Column, Lists, MISSING, Sparse};
use super::hashes::{NameHash, hash};
use super::names::Interner;
use super::places::Places;
use super::rings::{Rings, Waiting};
use super::schema::Kind;
use super::strings::Strings;

/// Everything that the files of a project and the shipped catalogues say, resolved and immutable. Columns that follow
/// from others are built on first use.
#[derive(Debug)]
pub struct Landscape {
    pub(super) sources: Arc<SourceMap>,
    pub(super) today: Date,
    pub(super) names: Interner,
    pub(super) strings: Strings,
    pub(super) tables: Vec<Table>,
    pub(super) waiting: Waiting,
    pub(super) rings: OnceLock<Rings>,
    pub(super) flows: super::derive::ReferenceStatements,
    /// Regions that the parser passed over.
    pub(super) skipped: Vec<Place>,
    skipped_words: OnceLock<FxHashSet<NameHash>>,
    /// Ids of declarations that are known to be incomplete.
    pub(super) incomplete: FxHashSet<Place>,
    /// Files with mistakes of syntax.
    pub(super) flawed: FxHashSet<FileId>,
    /// Where each process is declared, from its keyword to its end.
    pub(super) declarations: Vec<Span>,
    /// The first bytes of the id of each process ([`super::derive::beginning`]).
    pub(super) beginnings: Vec<super::derive::Beginning>,
    /// Second declarations of a name, sorted.
    pub(super) duplicates: Vec<Place>,
}

/// The rows of one kind.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// The ids of the rows.
    pub(super) rows: Range<u32>,
    columns: Vec<OnceLock<Column>>,
    /// For each column that is a list, the same with the values of each row in order.
    sorted: Vec<OnceLock<Lists>>,
    /// For each column, the value that every row has.
    only_values: Vec<OnceLock<Option<u32>>>,
    /// What is true of each row, one bit for each of `flag_fields`.
    pub(super) flags: Vec<u8>,
    flag_fields: Vec<(usize, u8)>,
    /// Where each row stands.
    pub(super) places: Places,
    /// Where fields stand that have a word of their own, in the file of the row; an empty span for none.
    spans: Vec<(usize, Vec<Span>)>,
}

impl Table {
    pub(super) fn new(kind: Kind) -> Self {
        let fields = kind.schema().fields;
        Self {
            columns: fields.iter().map(|_| OnceLock::new()).collect(),
            sorted: fields.iter().map(|_| OnceLock::new()).collect(),
            only_values: fields.iter().map(|_| OnceLock::new()).collect(),
            ..Self::default()
        }
    }

    /// Sets the column of the field of that name.
    pub(super) fn set(&mut self, kind: Kind, field: &str, column: Column) {
        if let Some(slot) = kind.field(field).and_then(|field| self.columns.get_mut(field)) {
            // A finding may have asked for the column before there was anything to put into it.
            *slot = OnceLock::from(column);
        }
    }

    /// Says that every row has this value; [`MISSING`] for a list without values.
    fn set_same(&mut self, kind: Kind, field: &str, value: u32) {
        if let Some(field) = kind.field(field) {
            self.columns[field] = OnceLock::new();
            self.only_values[field] = OnceLock::from(Some(value));
        }
    }

    pub(super) fn set_sparse(&mut self, kind: Kind, field: &str, values: Sparse<u32>) {
        match values.finish() {
            Ok(values) => self.set_scalar(kind, field, values),
            Err(usual) => self.set_same(kind, field, usual),
        }
    }

    /// Sets a field that is a list, for so many rows, from (row, value) pairs.
    pub(super) fn set_pairs(&mut self, kind: Kind, field: &str, rows: usize, pairs: &[(u32, u32)]) {
        let lists = if pairs.is_empty() { Lists::default() } else { Lists::from_pairs(rows, pairs) };
        self.set_lists(kind, field, lists);
    }

    /// Sets a field that is a list; lists that are all empty need no column.
    pub(super) fn set_lists(&mut self, kind: Kind, field: &str, lists: Lists) {
        if lists.values.is_empty() {
            self.set_same(kind, field, MISSING);
        } else {
            self.set(kind, field, Column::List(lists));
        }
    }

    pub(super) fn set_sparse_spans(&mut self, kind: Kind, field: &str, spans: Sparse<Span>) {
        if let Ok(spans) = spans.finish() {
            self.set_spans(kind, field, spans);
        }
    }

    pub(super) fn set_scalar(&mut self, kind: Kind, field: &str, values: Vec<u32>) {
        self.set(kind, field, Column::Scalar(values));
    }

    pub(super) fn set_flags(&mut self, kind: Kind, flags: Vec<u8>, fields: &[(&str, u8)]) {
        self.flags = flags;
        self.flag_fields = fields.iter().filter_map(|(name, bit)| Some((kind.field(name)?, *bit))).collect();
    }

    pub(super) fn set_spans(&mut self, kind: Kind, field: &str, spans: Vec<Span>) {
        if let Some(field) = kind.field(field) {
            self.spans.push((field, spans));
        }
    }

    /// The value that a field has in every row, where it is one bit of each.
    fn only_flag(&self, field: usize) -> Option<u32> {
        let (_, bit) = self.flag_fields.iter().find(|(known, _)| *known == field)?;
        let (all, any) = self.flags.iter().fold((u8::MAX, 0), |(all, any), flags| (all & flags, any | flags));
        if any & bit == 0 { Some(0) } else { (all & bit != 0).then_some(1) }
    }

    /// The places of fields in another table and in this one, where they are not the same.
    pub(super) fn other_spans<'a>(&'a self, before: &'a Self) -> Vec<(&'a [Span], &'a [Span])> {
        let of = |table: &'a Self, field: usize| {
            table.spans.iter().find(|(known, _)| *known == field).map_or(&[][..], |(_, spans)| spans)
        };
        let fields: FxHashSet<usize> = self.spans.iter().chain(&before.spans).map(|(field, _)| *field).collect();
        let both = fields.into_iter().map(|field| (of(before, field), of(self, field)));
        both.filter(|(before, now)| before != now).collect()
    }

    fn is_flag(&self, field: usize) -> bool {
        self.flag_fields.iter().any(|(known, _)| *known == field)
    }

    fn column_of_flags(&self, field: usize) -> Option<Column> {
        let (_, bit) = self.flag_fields.iter().find(|(known, _)| *known == field)?;
        Some(Column::Scalar(self.flags.iter().map(|flags| u32::from(flags & bit != 0)).collect()))
    }
}

impl Landscape {
    pub(super) fn empty(sources: Arc<SourceMap>, today: Date) -> Self {
        Self {
            sources,
            today,
            names: Interner::default(),
            strings: Strings::default(),
            tables: Kind::ALL.into_iter().map(Table::new).collect(),
            waiting: Waiting::default(),
            rings: OnceLock::new(),
            flows: super::derive::ReferenceStatements::default(),
            skipped: Vec::new(),
            skipped_words: OnceLock::new(),
            incomplete: FxHashSet::default(),
            flawed: FxHashSet::default(),
            declarations: Vec::new(),
            beginnings: Vec::new(),
            duplicates: Vec::new(),
        }
    }

    /// The whole declaration of the process that something stands in; `None` in a file with mistakes of syntax, of which
    /// nobody knows where its declarations end.
    #[must_use]
    pub fn process_around(&self, place: Place) -> Option<Span> {
        let places = &self.table(Kind::Actor).places;
        let process = places.last_before(self.declarations.len() as u32, place)?;
        let span = *self.declarations.get(process as usize)?;
        let is_around = places.get(process)?.file == place.file && span.contains(place.span);
        (is_around && !self.flawed.contains(&place.file)).then_some(span)
    }

    pub(super) fn table(&self, kind: Kind) -> &Table {
        &self.tables[kind as usize]
    }

    pub(super) fn table_mut(&mut self, kind: Kind) -> &mut Table {
        &mut self.tables[kind as usize]
    }

    /// The ids of the entities of `kind`. Actors share one space: processes first, then roles, parties and systems.
    #[must_use]
    pub fn rows(&self, kind: Kind) -> Range<u32> {
        match kind {
            Kind::Ring => 0..self.rings().len() as u32,
            Kind::ReferenceFlow => 0..self.reference_flows().from.len() as u32,
            _ => self.table(kind).rows.clone(),
        }
    }

    /// The values of a field, indexed by `id - rows(kind).start`; [`MISSING`] where there is none. Where the field holds
    /// entities, its values are their ids.
    ///
    /// # Panics
    ///
    /// Where `kind` has no field of that number, which is a defect of the program.
    #[must_use]
    pub fn column(&self, kind: Kind, field: usize) -> &Column {
        let table = self.table(kind);
        table.columns[field].get_or_init(|| {
            if let Some(column) = table.column_of_flags(field) {
                return column;
            }
            match table.only_values[field].get() {
                Some(Some(value)) => self.same(kind, field, *value),
                _ => self.derive(kind, kind.schema().fields[field].name),
            }
        })
    }

    /// The lists of a field, the values of each row in ascending order: who looks for one among many can bisect.
    #[must_use]
    pub fn sorted_lists(&self, kind: Kind, field: usize) -> &Lists {
        self.table(kind).sorted[field].get_or_init(|| match self.column(kind, field) {
            Column::Scalar(_) => Lists::default(),
            Column::List(lists) => {
                let mut lists = lists.clone();
                for ends in lists.offsets.windows(2) {
                    lists.values[ends[0] as usize..ends[1] as usize].sort_unstable();
                }
                lists
            }
        })
    }

    /// A column in which every row says the same.
    pub(super) fn same(&self, kind: Kind, field: usize, value: u32) -> Column {
        let rows = self.rows(kind).len();
        if kind.schema().fields[field].ty.list {
            Column::List(Lists { offsets: vec![0; rows + 1], values: Vec::new() })
        } else {
            Column::Scalar(vec![value; rows])
        }
    }

    /// The value that a field has in every row, where there is one: [`MISSING`] also for a field whose lists are all empty, and
    /// where there are no rows.
    #[must_use]
    pub fn only_value(&self, kind: Kind, field: usize) -> Option<u32> {
        let table = self.table(kind);
        *table.only_values[field].get_or_init(|| {
            if table.is_flag(field) && !table.flags.is_empty() {
                return table.only_flag(field);
            }
            match self.column(kind, field) {
                Column::List(lists) => lists.values.is_empty().then_some(MISSING),
                Column::Scalar(values) => {
                    let first = values.first().copied().unwrap_or(MISSING);
                    values.iter().all(|value| *value == first).then_some(first)
                }
            }
        })
    }

    /// The values of a field with one value a row; none where the field is another.
    pub(super) fn scalar(&self, kind: Kind, field: &str) -> &[u32] {
        match kind.field(field).map(|field| self.column(kind, field)) {
            Some(Column::Scalar(values)) => values,
            _ => &[],
        }
    }

    /// The one value of a field of one entity.
    pub(super) fn value(&self, kind: Kind, field: &str, id: u32) -> Option<u32> {
        let row = id.checked_sub(self.rows(kind).start)?;
        self.scalar(kind, field).get(row as usize).copied().filter(|value| *value != MISSING)
    }

    /// The values of a field with any number of values a row.
    pub(super) fn lists(&self, kind: Kind, field: &str) -> &Lists {
        static NONE: OnceLock<Lists> = OnceLock::new();
        match kind.field(field).map(|field| self.column(kind, field)) {
            Some(Column::List(lists)) => lists,
            _ => NONE.get_or_init(Lists::default),
        }
    }

    /// Where an entity stands; see [`Kind`] for what that is. `None` for what stands nowhere in one piece.
    #[must_use]
    pub fn place(&self, kind: Kind, id: u32) -> Option<Place> {
        match kind {
            Kind::Ring => {
                let ring = self.rings().ring(id)?;
                self.place(Kind::Input, ring.first)
            }
            Kind::ReferenceFlow => {
                let row = self.reference_flows().result.get(id as usize)?;
                self.place(Kind::ReferenceResult, *row)
            }
            Kind::Process | Kind::Outsider | Kind::Role | Kind::Party | Kind::System => self.place(Kind::Actor, id),
            _ => {
                let place = self.table(kind).places.get(id)?;
                (!place.span.is_empty()).then_some(place)
            }
        }
    }

    /// Where the word of a field stands. `None` where the field has no word of its own, and the place of the entity that
    /// it holds is to be taken.
    #[must_use]
    pub fn field_place(&self, kind: Kind, field: usize, id: u32) -> Option<Place> {
        let name = kind.schema().fields.get(field)?.name;
        match (kind, name) {
            // Some entities are one word of the source, and that word is also the value of one of their fields.
            (Kind::Input | Kind::Result | Kind::ReferenceInput | Kind::ReferenceResult, "item" | "wildcard")
            | (Kind::Source | Kind::Destination, "actor")
            | (Kind::Cover | Kind::Documentation | Kind::Decision | Kind::Citation, "clause")
            | (Kind::Implementation | Kind::Omission | Kind::ReferenceMention, "reference")
            | (Kind::Applicability, "standard")
            | (Kind::Ownership, "role")
            | (Kind::Wording, "text")
            | (Kind::Indicator | Kind::Outcome, "title") => return self.place(kind, id),
            (Kind::Process, "purpose") => {
                let stated = self.strings.get(self.value(kind, name, id)?)?;
                return (stated.file == self.place(kind, id)?.file).then_some(stated);
            }
            (Kind::Model, "id") => return self.flows.model_places.get(id as usize).copied(),
            _ => {}
        }
        let table = self.table(kind);
        let Some((_, spans)) = table.spans.iter().find(|(known, _)| *known == field) else {
            return match (kind, name) {
                (Kind::Input, "from") => self.place_of_names(kind, field, Kind::Source, id),
                (Kind::Result, "to") => self.place_of_names(kind, field, Kind::Destination, id),
                _ => None,
            };
        };
        let row = id.checked_sub(table.rows.start)?;
        let span = *spans.get(row as usize)?;
        let file = self.place(kind, id)?.file;
        (!span.is_empty()).then_some(Place { file, span })
    }

    /// Where all names of a list stand, each of which is a row of `ends`.
    fn place_of_names(&self, kind: Kind, field: usize, ends: Kind, id: u32) -> Option<Place> {
        let Column::List(lists) = self.column(kind, field) else { return None };
        let (start, end) = (lists.offsets.get(id as usize)?, lists.offsets.get(id as usize + 1)?);
        let names = &self.table(ends).places;
        let last = end.checked_sub(1).filter(|last| *last >= *start)?;
        let (first, last) = (names.get(*start)?, names.get(last)?);
        Some(Place { file: first.file, span: first.span.to(last.span) })
    }

    /// The text of a name.
    #[must_use]
    pub fn name(&self, name: u32) -> &str {
        self.names.text(&self.sources, name)
    }

    /// Where a name stands first; `None` for one that stands in no file in one piece.
    #[must_use]
    pub fn name_place(&self, name: u32) -> Option<Place> {
        self.names.place(name)
    }

    /// What a string says.
    #[must_use]
    pub fn string(&self, text: u32) -> Cow<'_, str> {
        match self.strings.get(text) {
            Some(place) => string_value(self.sources.get(place.file).text(), place.span),
            None => Cow::Borrowed(""),
        }
    }

    /// The name with that text, where anything is called so.
    #[must_use]
    pub fn find_name(&self, text: &str) -> Option<u32> {
        self.names.find(&self.sources, text)
    }

    /// Lets go of the texts of names, of which whoever goes on numbering them would have to make a copy.
    pub fn forget_names(&mut self) {
        self.names = Interner::default();
    }

    /// Number of names.
    #[must_use]
    pub fn name_count(&self) -> usize {
        self.names.len()
    }

    /// The files that places point into.
    #[must_use]
    pub fn sources(&self) -> &SourceMap {
        &self.sources
    }

    /// The day on which the landscape is looked at.
    #[must_use]
    pub fn today(&self) -> Date {
        self.today
    }

    /// Whether the parser passed over anything.
    #[must_use]
    pub fn has_skipped(&self) -> bool {
        !self.skipped.is_empty()
    }

    /// Whether a word, or what stands before one of its dots, occurs in a region that the parser passed over: whatever is
    /// missing under that name may well be there.
    #[must_use]
    pub fn was_skipped(&self, text: &str) -> bool {
        if self.skipped.is_empty() {
            return false;
        }
        let words = self.skipped_words.get_or_init(|| skipped_words(&self.sources, &self.skipped));
        let ends = text.match_indices(['.', '(']).map(|(at, _)| at).chain([text.len()]).take(64);
        ends.map(|end| &text[..end]).any(|head| words.contains(&hash(head)))
    }

    /// Whether `place` is the id of a declaration that is known to be incomplete, or lies in a second declaration of a
    /// name: what is found there may follow from what was reported already.
    #[must_use]
    pub fn is_incomplete(&self, place: Place) -> bool {
        if self.incomplete.contains(&place) {
            return true;
        }
        let after = self
            .duplicates
            .partition_point(|duplicate| (duplicate.file, duplicate.span.start) <= (place.file, place.span.start));
        // Declarations do not overlap, but those of a model lie within it.
        self.duplicates[..after]
            .iter()
            .rev()
            .take(2)
            .any(|duplicate| duplicate.file == place.file && duplicate.span.contains(place.span))
    }

    /// The rings, computed on first use.
    pub(super) fn rings(&self) -> &Rings {
        self.rings.get_or_init(|| Rings::find(self))
    }

    /// The processes that can never run for the first time, in the order of their ids.
    #[must_use]
    pub fn processes_that_cannot_start(&self) -> &[u32] {
        self.rings().stalled()
    }
}

/// The hashes of all words in the given regions, also of those in strings: an unclosed quote swallows statements.
pub(super) fn skipped_words(sources: &SourceMap, skipped: &[Place]) -> FxHashSet<NameHash> {
    let mut words = FxHashSet::default();
    for place in skipped {
        let text = sources.get(place.file).slice(place.span);
        let is_word = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-' | '.');
        for word in text.split(|character| !is_word(character)) {
            let word = word.trim_matches(['-', '.']);
            if !word.is_empty() {
                words.insert(hash(word));
            }
        }
    }
    words
}
