//! The landscape as rules see it.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Place, Subject};
use crate::syntax::string_value;
use crate::text::{Date, SourceMap};

use super::column::{Column, MISSING};
use super::merge::SkippedWords;
use super::names::Names;
use super::schema::Kind;
use super::tables::Tables;

/// Everything that a project and the shipped catalogues say, in typed tables. Immutable.
#[derive(Debug)]
pub struct Landscape {
    pub(super) names: Names,
    pub(super) strings: Vec<Place>,
    pub(super) tables: Tables,
    pub(super) sources: Arc<SourceMap>,
    pub(super) today: Date,
    pub(super) skipped: SkippedWords,
    pub(super) repeated: Vec<Place>,
    pub(super) incomplete: Vec<Place>,
}

impl Landscape {
    /// The ids of a kind. Processes, roles, parties and systems follow one another in one space of actors; every other kind
    /// counts from 0.
    #[inline]
    #[must_use]
    pub fn rows(&self, kind: Kind) -> Range<u32> {
        self.tables.ids(kind)
    }

    /// The values of a field; the value of an id stands at `id - rows(kind).start`.
    #[inline]
    #[must_use]
    pub fn column(&self, kind: Kind, field: usize) -> &Column {
        self.tables.column(kind, field)
    }

    /// Where an entity stands.
    #[must_use]
    pub fn place(&self, kind: Kind, id: u32) -> Option<Place> {
        match kind {
            Kind::Actor | Kind::Outsider => {
                let own = [Kind::Process, Kind::Role, Kind::Party, Kind::System];
                own.into_iter().find(|kind| self.rows(*kind).contains(&id)).and_then(|kind| self.tables.place(kind, id))
            }
            Kind::Ring => self.place(Kind::Input, self.tables.value(kind, "first", id)),
            _ => self.tables.place(kind, id),
        }
    }

    /// Where the word of a field stands; `None` where the field has no word of its own.
    #[must_use]
    pub fn field_place(&self, kind: Kind, field: usize, id: u32) -> Option<Place> {
        self.tables.field_place(kind, field, id)
    }

    /// The text of a name.
    #[must_use]
    pub fn name(&self, name: u32) -> &str {
        self.names.text(name)
    }

    /// The number of a name, if there is such a name.
    #[must_use]
    pub fn find_name(&self, text: &str) -> Option<u32> {
        self.names.find(text)
    }

    /// Number of names.
    #[must_use]
    pub fn name_count(&self) -> usize {
        self.names.len()
    }

    /// The value of a string.
    #[must_use]
    pub fn string(&self, text: u32) -> Cow<'_, str> {
        match self.strings.get(text as usize) {
            Some(place) => string_value(self.sources.get(place.file).text(), place.span),
            None => Cow::Borrowed(""),
        }
    }

    /// The day of the run.
    #[must_use]
    pub fn today(&self) -> Date {
        self.today
    }

    fn named(&self, kind: Kind, field: &str, id: u32) -> &str {
        match self.tables.value(kind, field, id) {
            MISSING => "",
            name => self.names.text(name),
        }
    }

    /// An entity as a user writes it.
    #[must_use]
    pub fn display(&self, kind: Kind, id: u32) -> String {
        let follow = |field: &str, other: Kind| match self.tables.value(kind, field, id) {
            MISSING => String::new(),
            value => self.display(other, value),
        };
        let lettered = |number: String| match self.tables.value(kind, "letter", id) {
            MISSING => number,
            letter => format!("{number}({})", self.names.text(letter)),
        };
        match kind {
            Kind::Input | Kind::Source | Kind::ReferenceInput => match follow("item", Kind::Item) {
                item if item.is_empty() => "*".to_owned(),
                item => item,
            },
            Kind::Result | Kind::Destination | Kind::ReferenceResult | Kind::ReferenceFlow => follow("item", Kind::Item),
            Kind::Clause => self.named(kind, "number", id).to_owned(),
            Kind::Cover if self.tables.value(kind, "wildcard", id) == 1 => format!("{}.*", follow("clause", Kind::Clause)),
            Kind::Cover | Kind::Documentation | Kind::Document => lettered(follow("clause", Kind::Clause)),
            Kind::Decision | Kind::Citation => {
                let star = if self.tables.value(kind, "wildcard", id) == 1 { ".*" } else { "" };
                format!("{}{star}", follow("clause", Kind::Clause))
            }
            Kind::Implementation | Kind::Omission => follow("reference", Kind::Reference),
            Kind::Applicability => follow("standard", Kind::Standard),
            Kind::Correspondence => format!("{} {}", follow("from", Kind::Clause), follow("to", Kind::Clause)),
            Kind::Indicator | Kind::Outcome => self.string(self.tables.value(kind, "title", id)).into_owned(),
            Kind::Ring => match self.column(kind, 0) {
                Column::List(members) => {
                    let ids = members.of(id).iter().map(|process| self.display(Kind::Process, *process));
                    ids.collect::<Vec<_>>().join(", ")
                }
                Column::Scalar(_) => String::new(),
            },
            _ => self.named(kind, "id", id).to_owned(),
        }
    }

    /// What an entity is called whatever its lines and files: `process.risk-assessment/input.threat-reports`.
    #[must_use]
    pub fn entity_path(&self, kind: Kind, id: u32) -> String {
        let shown = self.display(kind, id);
        let below = |field: &str, parent: Kind, word: &str| match self.tables.value(kind, field, id) {
            MISSING => format!("{word}.{shown}"),
            value => format!("{}/{word}.{shown}", self.entity_path(parent, value)),
        };
        match kind {
            Kind::Actor | Kind::Outsider => {
                let own = [Kind::Process, Kind::Role, Kind::Party, Kind::System];
                match own.into_iter().find(|kind| self.rows(*kind).contains(&id)) {
                    Some(kind) => self.entity_path(kind, id),
                    None => shown,
                }
            }
            Kind::Input => below("process", Kind::Process, "input"),
            Kind::Result => below("process", Kind::Process, "result"),
            Kind::Activity => below("process", Kind::Process, "activity"),
            Kind::Indicator => below("process", Kind::Process, "indicator"),
            Kind::Implementation => below("process", Kind::Process, "implements"),
            Kind::Source => self.named_below("input", Kind::Input, "from", kind, id),
            Kind::Destination => self.named_below("result", Kind::Result, "to", kind, id),
            Kind::Cover => {
                let standard = self.display(Kind::Standard, self.tables.value(kind, "standard", id));
                let owner = match (self.tables.value(kind, "process", id), self.tables.value(kind, "item", id)) {
                    (MISSING, MISSING) => String::new(),
                    (MISSING, item) => self.entity_path(Kind::Item, item),
                    (process, _) => self.entity_path(Kind::Process, process),
                };
                format!("{owner}/covers.{standard}/{shown}")
            }
            Kind::Documentation => {
                let standard = self.display(Kind::Standard, self.tables.value(kind, "standard", id));
                let item = self.entity_path(Kind::Item, self.tables.value(kind, "item", id));
                format!("{item}/documents.{standard}/{shown}")
            }
            Kind::Omission => format!("omit.{shown}"),
            Kind::Clause | Kind::Document => below("standard", Kind::Standard, kind.schema().name),
            Kind::Decision => below("applicability", Kind::Applicability, "decision"),
            Kind::Applicability => format!("applicability.{shown}"),
            Kind::Reference => below("model", Kind::Model, "process"),
            Kind::ReferenceInput => below("reference", Kind::Reference, "input"),
            Kind::ReferenceResult => below("reference", Kind::Reference, "result"),
            Kind::ReferenceFlow => below("from", Kind::Reference, "flow"),
            Kind::Citation => below("reference", Kind::Reference, "covers"),
            Kind::Outcome => below("reference", Kind::Reference, "outcome"),
            Kind::Ring => {
                let first = shown.split(',').next().unwrap_or_default();
                format!("process.{first}/ring")
            }
            _ => format!("{}.{shown}", kind.schema().name),
        }
    }

    fn named_below(&self, field: &str, parent: Kind, word: &str, kind: Kind, id: u32) -> String {
        let actor = self.display(Kind::Actor, self.tables.value(kind, "actor", id));
        format!("{}/{word}.{actor}", self.entity_path(parent, self.tables.value(kind, field, id)))
    }

    /// The entity as the subject of a finding; `None` for kinds that are never missing.
    #[must_use]
    pub fn subject(&self, kind: Kind, id: u32) -> Option<Subject> {
        let short = self.display(kind, id);
        let within = |field: &str, parent: Kind| {
            let owner = self.display(parent, self.tables.value(kind, field, id));
            format!("{owner}/{short}")
        };
        let (kind, id) = match kind {
            Kind::Clause => {
                let control = self.tables.value(kind, "control", id) == 1;
                (if control { "control" } else { "clause" }, within("standard", Kind::Standard))
            }
            Kind::Document => ("document", within("standard", Kind::Standard)),
            Kind::Reference => ("reference", within("model", Kind::Model)),
            Kind::Item | Kind::Input | Kind::Result | Kind::Source | Kind::Destination => ("item", short.clone()),
            Kind::ReferenceInput | Kind::ReferenceResult | Kind::ReferenceFlow => ("item", short.clone()),
            Kind::Process | Kind::Actor | Kind::Role | Kind::Party | Kind::System | Kind::Outsider => {
                ("process", short.clone())
            }
            _ => return None,
        };
        Some(Subject { kind, id, short })
    }

    /// Whether a name stands in a region that could not be read, so that a finding about it may only follow from that.
    #[must_use]
    pub fn was_skipped(&self, name: &str) -> bool {
        self.skipped.contains(name)
    }

    /// Whether a place belongs to a declaration that is not known as a whole: one that repeats another, or the id of one
    /// of which a part could not be read.
    #[must_use]
    pub fn is_incomplete(&self, place: Place) -> bool {
        if self.incomplete.binary_search(&place).is_ok() {
            return true;
        }
        // Declarations do not overlap, so only the last one that begins before the place can contain it.
        let after = self.repeated.partition_point(|region| (region.file, region.span.start) <= (place.file, place.span.start));
        self.repeated[..after]
            .last()
            .is_some_and(|region| region.file == place.file && region.span.contains(place.span))
    }

    /// The files that places point into.
    #[must_use]
    pub fn sources(&self) -> &SourceMap {
        &self.sources
    }
}
