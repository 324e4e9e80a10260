//! Columns of ids.

use std::ops::Range;

/// The value that stands for "missing" in every column.
pub const MISSING: u32 = u32::MAX;

/// The values of one field, for every row of its table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// One value a row; [`MISSING`] where there is none.
    Scalar(Vec<u32>),
    /// Any number of values a row.
    List(Lists),
}

/// A list of values for every row, in compressed form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lists {
    /// Where the values of each row begin; one more than there are rows.
    pub offsets: Vec<u32>,
    /// The values of all rows, one after the other.
    pub values: Vec<u32>,
}

impl Default for Lists {
    fn default() -> Self {
        Self { offsets: vec![0], values: Vec::new() }
    }
}

impl Lists {
    /// The values of `row`.
    #[must_use]
    pub fn of(&self, row: u32) -> &[u32] {
        let row = row as usize;
        &self.values[self.offsets[row] as usize..self.offsets[row + 1] as usize]
    }

    /// The values of some rows, one after the other.
    pub(super) fn values_of(&self, rows: &Range<usize>) -> &[u32] {
        let at = |row: usize| self.offsets.get(row).map_or(0, |offset| *offset as usize);
        self.values.get(at(rows.start)..at(rows.end)).unwrap_or_default()
    }

    /// Lists with room for so many rows and values.
    pub(super) fn with_capacity(rows: usize, values: usize) -> Self {
        let mut offsets = Vec::with_capacity(rows + 1);
        offsets.push(0);
        Self { offsets, values: Vec::with_capacity(values) }
    }

    /// Adds a value to a row that is the last one or comes after it.
    pub(super) fn add(&mut self, row: u32, value: u32) {
        self.fill(row as usize);
        self.values.push(value);
    }

    /// Makes them so many rows; those that are new have no values.
    pub(super) fn fill(&mut self, rows: usize) {
        self.offsets.resize(rows + 1, self.values.len() as u32);
    }

    /// Adds a row.
    pub fn push(&mut self, values: impl IntoIterator<Item = u32>) {
        self.values.extend(values);
        self.offsets.push(self.values.len() as u32);
    }

    /// Makes lists of `rows` rows out of (row, value) pairs; the order of the pairs of one row is kept.
    #[must_use]
    pub fn from_pairs(rows: usize, pairs: &[(u32, u32)]) -> Self {
        if pairs.is_sorted_by_key(|(row, _)| *row) {
            let mut lists = Self::with_capacity(rows, pairs.len());
            pairs.iter().for_each(|(row, value)| lists.add(*row, *value));
            lists.fill(rows);
            return lists;
        }
        let mut offsets = vec![0_u32; rows + 1];
        for (row, _) in pairs {
            offsets[*row as usize + 1] += 1;
        }
        for row in 0..rows {
            offsets[row + 1] += offsets[row];
        }
        let mut next = offsets.clone();
        let mut values = vec![0; pairs.len()];
        for (row, value) in pairs {
            let slot = &mut next[*row as usize];
            values[*slot as usize] = *value;
            *slot += 1;
        }
        Self { offsets, values }
    }
}

/// A column that may say nothing at all: it takes no room until a row has a value of its own.
#[derive(Debug)]
pub(super) struct Sparse<T> {
    rows: usize,
    usual: T,
    values: Vec<T>,
}

impl<T: Copy + PartialEq> Sparse<T> {
    /// A column of so many rows, which all have the `usual` value.
    pub(super) fn new(rows: usize, usual: T) -> Self {
        Self { rows, usual, values: Vec::new() }
    }

    pub(super) fn get(&self, row: usize) -> T {
        self.values.get(row).copied().unwrap_or(self.usual)
    }

    pub(super) fn set(&mut self, row: usize, value: T) {
        if self.values.is_empty() && value != self.usual {
            self.values = vec![self.usual; self.rows];
        }
        if let Some(slot) = self.values.get_mut(row) {
            *slot = value;
        }
    }

    /// Adds a row.
    pub(super) fn push(&mut self, value: T) {
        self.rows += 1;
        if !self.values.is_empty() {
            self.values.push(value);
        } else if value != self.usual {
            self.values.resize(self.rows, self.usual);
            self.values[self.rows - 1] = value;
        }
    }

    /// The values of all rows, if any has another than the usual one.
    pub(super) fn values_mut(&mut self) -> &mut [T] {
        &mut self.values
    }

    /// The value of every row; the usual one where no row has another.
    pub(super) fn finish(self) -> Result<Vec<T>, T> {
        if self.values.is_empty() { Err(self.usual) } else { Ok(self.values) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_become_lists() {
        let lists = Lists::from_pairs(3, &[(2, 7), (0, 5), (2, 6)]);
        assert_eq!((lists.of(0), lists.of(1), lists.of(2)), (&[5][..], &[][..], &[7, 6][..]));
        let mut pushed = Lists::default();
        pushed.push([5]);
        pushed.push([]);
        pushed.push([7, 6]);
        assert_eq!(pushed, lists);
    }

    #[test]
    fn values_are_added_to_rows_that_come_in_their_order() {
        let mut lists = Lists::with_capacity(4, 3);
        [(0, 5), (2, 7), (2, 6)].into_iter().for_each(|(row, value)| lists.add(row, value));
        lists.fill(4);
        assert_eq!((0..4).map(|row| lists.of(row)).collect::<Vec<_>>(), [&[5][..], &[], &[7, 6], &[]]);
    }

    #[test]
    fn a_sparse_column_has_room_for_what_is_said() {
        let mut column = Sparse::new(3, 0);
        column.set(1, 0);
        assert_eq!((column.get(1), column.finish()), (0, Err(0)));
        let mut column = Sparse::new(3, 0);
        column.set(1, 7);
        column.set(2, 0);
        assert_eq!((column.get(0), column.get(1), column.finish()), (0, 7, Ok(vec![0, 7, 0])));
        let mut column = Sparse::new(0, 0);
        [0, 7, 0].into_iter().for_each(|value| column.push(value));
        assert_eq!(column.finish(), Ok(vec![0, 7, 0]));
    }
}
