//! Columns of ids.

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

    /// Adds a row.
    pub fn push(&mut self, values: impl IntoIterator<Item = u32>) {
        self.values.extend(values);
        self.offsets.push(self.values.len() as u32);
    }

    /// Makes lists of `rows` rows out of (row, value) pairs; the order of the pairs of one row is kept.
    #[must_use]
    pub fn from_pairs(rows: usize, pairs: &[(u32, u32)]) -> Self {
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
}
