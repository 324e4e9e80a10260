//! Reading single values out of the landscape, by the names that the schema gives them.

use crate::diagnostic::Place;
use crate::landscape::{Column, Kind, Landscape, MISSING};
use crate::text::Date;

/// The landscape as pages read it: one entity after the other. Whoever goes through whole tables takes the columns.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a>(pub(super) &'a Landscape);

impl<'a> Reading<'a> {
    /// The one value of a field.
    pub(super) fn value(self, kind: Kind, field: &str, id: u32) -> Option<u32> {
        let row = id.checked_sub(self.0.rows(kind).start)? as usize;
        match self.0.column(kind, kind.field(field)?) {
            Column::Scalar(values) => values.get(row).copied().filter(|value| *value != MISSING),
            Column::List(_) => None,
        }
    }

    /// The values of a field that holds any number of them.
    pub(super) fn list(self, kind: Kind, field: &str, id: u32) -> &'a [u32] {
        let row = id.checked_sub(self.0.rows(kind).start);
        match (row, kind.field(field).map(|field| self.0.column(kind, field))) {
            (Some(row), Some(Column::List(lists))) if row as usize + 1 < lists.offsets.len() => lists.of(row),
            _ => &[],
        }
    }

    pub(super) fn is(self, kind: Kind, field: &str, id: u32) -> bool {
        self.value(kind, field, id) == Some(1)
    }

    /// A field that holds a name.
    pub(super) fn name(self, kind: Kind, field: &str, id: u32) -> Option<&'a str> {
        self.value(kind, field, id).map(|name| self.0.name(name))
    }

    /// A field that holds a text, with its blanks and line ends made one blank each.
    pub(super) fn text(self, kind: Kind, field: &str, id: u32) -> Option<String> {
        let text = self.0.string(self.value(kind, field, id)?);
        Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// A field that holds one of a few words.
    pub(super) fn word(self, kind: Kind, field: &str, id: u32, words: &[&'static str]) -> Option<&'static str> {
        words.get(self.value(kind, field, id)? as usize).copied()
    }

    pub(super) fn day(self, kind: Kind, field: &str, id: u32) -> Option<Date> {
        self.value(kind, field, id).map(Date::from_days)
    }

    /// The ids of the entities of which a field holds `value`, in their order.
    pub(super) fn having(self, kind: Kind, field: &str, value: u32) -> Vec<u32> {
        let start = self.0.rows(kind).start;
        match kind.field(field).map(|field| self.0.column(kind, field)) {
            Some(Column::Scalar(values)) => {
                (start..).zip(values).filter(|(_, held)| **held == value).map(|(id, _)| id).collect()
            }
            _ => Vec::new(),
        }
    }

    /// `path:line` of an entity of the project; of a shipped one nothing.
    pub(super) fn line(self, kind: Kind, id: u32) -> Option<String> {
        let Place { file, span } = self.0.place(kind, id)?;
        let source = self.0.sources().get(file);
        let at = source.line_index().line_column(source.text(), span.start);
        (!source.is_builtin()).then(|| format!("{}:{}", source.path(), at.line))
    }

    /// `iso27001:2022/9.3.2`
    pub(super) fn clause(self, id: u32) -> String {
        self.of(Kind::Clause, "standard", Kind::Standard, id)
    }

    /// `iso27022:2021/risk-assessment`
    pub(super) fn reference(self, id: u32) -> String {
        self.of(Kind::Reference, "model", Kind::Model, id)
    }

    fn of(self, kind: Kind, field: &str, parent: Kind, id: u32) -> String {
        let parent = self.value(kind, field, id).map_or_else(String::new, |value| self.0.display(parent, value));
        format!("{parent}/{}", self.0.display(kind, id))
    }
}
