//! What inputs wait for, where one row was said in several statements.

/// One `input` (or `result`) statement: its row, its flags and the range of those it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::landscape) struct Statement {
    pub(in crate::landscape) row: u32,
    pub(in crate::landscape) flags: u8,
    pub(in crate::landscape) start: u32,
    pub(in crate::landscape) end: u32,
}

/// The statements of the rows that have more than one; for all others the row itself says everything.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::landscape) struct Waiting {
    /// Sorted by row.
    several: Vec<Statement>,
    names: Vec<u32>,
}

impl Waiting {
    /// Keeps what is needed of all `statements`; `actor` is who stands at a place of their lists of names.
    pub(in crate::landscape) fn of(statements: &[Statement], is_several: bool, actor: impl Fn(u32) -> u32) -> Self {
        let mut waiting = Self::default();
        if !is_several {
            return waiting;
        }
        let rows = statements.iter().map(|statement| statement.row + 1).max().unwrap_or(0);
        let mut counts = vec![0_u32; rows as usize];
        for statement in statements {
            counts[statement.row as usize] += 1;
        }
        for statement in statements.iter().filter(|statement| counts[statement.row as usize] > 1) {
            let start = waiting.names.len() as u32;
            waiting.names.extend((statement.start..statement.end).map(&actor));
            waiting.several.push(Statement { start, end: waiting.names.len() as u32, ..*statement });
        }
        waiting.several.sort_by_key(|statement| statement.row);
        waiting
    }

    pub(super) fn is_empty(&self) -> bool {
        self.several.is_empty()
    }

    /// Whom a statement names.
    pub(super) fn names_of(&self, statement: &Statement) -> &[u32] {
        &self.names[statement.start as usize..statement.end as usize]
    }

    /// All of them.
    pub(super) fn statements(&self) -> &[Statement] {
        &self.several
    }

    /// Those of one row.
    pub(super) fn of_row(&self, row: u32) -> &[Statement] {
        let start = self.several.partition_point(|statement| statement.row < row);
        let end = self.several.partition_point(|statement| statement.row <= row);
        &self.several[start..end]
    }
}
