//! The tables of a landscape while they are filled, and afterwards.

use crate::diagnostic::Place;

use super::column::{Column, Lists};
use super::schema::Kind;

/// Places of one field, by row.
#[derive(Debug)]
struct FieldPlaces {
    kind: Kind,
    field: usize,
    places: Vec<Option<Place>>,
}

/// Rows, columns and places of every kind.
#[derive(Debug)]
pub(super) struct Tables {
    starts: [u32; Kind::ALL.len()],
    lengths: [u32; Kind::ALL.len()],
    columns: Vec<Vec<Column>>,
    places: Vec<Vec<Option<Place>>>,
    field_places: Vec<FieldPlaces>,
}

impl Tables {
    pub(super) fn new() -> Self {
        let columns = Kind::ALL
            .into_iter()
            .map(|kind| kind.schema().fields.iter().map(|_| Column::Scalar(Vec::new())).collect())
            .collect();
        Self {
            starts: [0; Kind::ALL.len()],
            lengths: [0; Kind::ALL.len()],
            columns,
            places: Kind::ALL.into_iter().map(|_| Vec::new()).collect(),
            field_places: Vec::new(),
        }
    }

    /// Says how many rows a kind has and what they are called; their places follow in order.
    pub(super) fn rows(&mut self, kind: Kind, start: u32, places: Vec<Option<Place>>) {
        self.starts[kind as usize] = start;
        self.lengths[kind as usize] = places.len() as u32;
        self.places[kind as usize] = places;
    }

    /// Fills a field with one value a row.
    pub(super) fn scalar(&mut self, kind: Kind, field: &str, values: Vec<u32>) {
        self.set(kind, field, Column::Scalar(values));
    }

    /// Fills a field with truth values.
    pub(super) fn flags(&mut self, kind: Kind, field: &str, values: impl IntoIterator<Item = bool>) {
        self.scalar(kind, field, values.into_iter().map(u32::from).collect());
    }

    /// Fills a field with a list a row.
    pub(super) fn list(&mut self, kind: Kind, field: &str, lists: Lists) {
        self.set(kind, field, Column::List(lists));
    }

    fn set(&mut self, kind: Kind, field: &str, column: Column) {
        if let Some(at) = kind.field(field) {
            self.columns[kind as usize][at] = column;
        }
    }

    /// Says where the words of a field stand.
    pub(super) fn field_places(&mut self, kind: Kind, field: &str, places: Vec<Option<Place>>) {
        if let Some(field) = kind.field(field) {
            self.field_places.push(FieldPlaces { kind, field, places });
        }
    }

    #[inline]
    pub(super) fn ids(&self, kind: Kind) -> std::ops::Range<u32> {
        let start = self.starts[kind as usize];
        start..start + self.lengths[kind as usize]
    }

    #[inline]
    pub(super) fn column(&self, kind: Kind, field: usize) -> &Column {
        &self.columns[kind as usize][field]
    }

    pub(super) fn place(&self, kind: Kind, id: u32) -> Option<Place> {
        let row = id.checked_sub(self.starts[kind as usize])?;
        self.places[kind as usize].get(row as usize).copied().flatten()
    }

    pub(super) fn field_place(&self, kind: Kind, field: usize, id: u32) -> Option<Place> {
        if is_own_word(kind, kind.schema().fields[field].name) {
            return self.place(kind, id);
        }
        let row = id.checked_sub(self.starts[kind as usize])?;
        let found = self.field_places.iter().find(|one| one.kind == kind && one.field == field)?;
        found.places.get(row as usize).copied().flatten()
    }

    /// The value of a field that holds one.
    pub(super) fn value(&self, kind: Kind, field: &str, id: u32) -> u32 {
        let row = (id - self.starts[kind as usize]) as usize;
        match kind.field(field).map(|field| &self.columns[kind as usize][field]) {
            Some(Column::Scalar(values)) => values[row],
            _ => super::MISSING,
        }
    }

    /// Every field of every kind has as many values as the kind has rows; a defect of the program otherwise.
    pub(super) fn is_complete(&self) -> bool {
        Kind::ALL.into_iter().all(|kind| {
            let rows = self.lengths[kind as usize] as usize;
            kind.schema().fields.iter().zip(&self.columns[kind as usize]).all(|(field, column)| match column {
                Column::Scalar(values) => values.len() == rows && (!field.ty.list || rows == 0),
                Column::List(lists) => lists.offsets.len() == rows + 1 && field.ty.list,
            })
        })
    }
}

/// Whether the word of a field is where its entity stands: an input stands where its item is named.
fn is_own_word(kind: Kind, field: &str) -> bool {
    match kind {
        Kind::Input | Kind::Result => field == "item",
        Kind::Source | Kind::Destination => field == "actor",
        Kind::Cover | Kind::Documentation | Kind::Decision => field == "clause",
        Kind::Implementation | Kind::Omission => field == "reference",
        _ => false,
    }
}
