//! The columns that say who waits for whom.

use crate::landscape::column::{Lists, MISSING};
use crate::landscape::merge::row;
use crate::landscape::schema::Kind;
use crate::landscape::table::Landscape;

use super::Waiting;
use super::rows::{Products, Rows};

/// Who waits for whom. Nodes are processes, then items (any producer of it), then processes again (anybody who addresses a
/// result to it).
pub(super) struct Flows<'a> {
    pub(super) processes: usize,
    items: usize,
    item_of: &'a [u32],
    flags: &'a [u8],
    from: &'a Lists,
    waiting: &'a Waiting,
    /// For every process, its inputs.
    pub(super) inputs: Rows,
    pub(super) products: Products<'a>,
    /// For every item, its producers; nothing where nobody waits for any of them.
    producers: Lists,
    /// For every process that takes `*`, who addresses it; nothing where there is no such process.
    addressers: Lists,
}

/// What one statement of an input asks for.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) item: u32,
    pub(super) flags: u8,
    pub(super) from: &'a [u32],
}

impl<'a> Flows<'a> {
    pub(super) fn of(landscape: &'a Landscape) -> Self {
        let processes = landscape.rows(Kind::Process).len();
        let items = landscape.rows(Kind::Item).len();
        let flags = &*landscape.table(Kind::Input).flags;
        let waiting = &landscape.waiting;
        let input_process = landscape.scalar(Kind::Input, "process");
        let result_process = landscape.scalar(Kind::Result, "process");
        let result_item = landscape.scalar(Kind::Result, "item");
        // Mostly everybody says from whom: then nobody asks who else has it, and neither list is made.
        let of_statements = || flags.iter().copied().chain(waiting.statements().iter().map(|one| one.flags));
        let producers = if of_statements().any(|flags| flags & row::OPEN != 0) {
            let by_item: Vec<(u32, u32)> =
                result_item.iter().zip(result_process).map(|(item, process)| (*item, *process)).collect();
            Lists::from_pairs(items, &by_item)
        } else {
            Lists::default()
        };
        let addressers = if of_statements().any(|flags| flags & row::WILDCARD != 0) {
            addressers(landscape, processes, input_process, result_process)
        } else {
            Lists::default()
        };
        Self {
            processes,
            items,
            item_of: landscape.scalar(Kind::Input, "item"),
            flags,
            from: landscape.lists(Kind::Input, "from"),
            waiting,
            inputs: Rows::by(processes, input_process),
            products: Products::of(processes, result_process, result_item),
            producers,
            addressers,
        }
    }

    pub(super) fn node_count(&self) -> usize {
        self.processes * 2 + self.items
    }

    pub(super) fn input_count(&self) -> usize {
        self.flags.len()
    }

    pub(super) fn is_process(&self, actor: u32) -> bool {
        (actor as usize) < self.processes
    }

    /// The statement of that number of an input; `None` where there is none.
    #[inline]
    pub(super) fn asked(&self, input: u32, number: u32) -> Option<Asked<'_>> {
        let item = self.item_of[input as usize];
        let statements = if self.waiting.is_empty() { &[] } else { self.waiting.of_row(input) };
        if statements.is_empty() {
            let flags = self.flags[input as usize];
            return (number == 0).then(|| Asked { item, flags, from: self.from.of(input) });
        }
        let statement = statements.get(number as usize)?;
        Some(Asked { item, flags: statement.flags, from: self.waiting.names_of(statement) })
    }

    /// The node between for which a statement waits that is open to anybody; [`MISSING`] where there is nobody behind it.
    pub(super) fn open_node(&self, process: u32, asked: &Asked<'_>) -> u32 {
        let (behind, node) = if asked.flags & row::WILDCARD != 0 {
            (self.addressers_of(process), self.processes + self.items + process as usize)
        } else {
            (self.producers.of(asked.item), self.processes + asked.item as usize)
        };
        if behind.is_empty() { MISSING } else { node as u32 }
    }

    pub(super) fn addressers_of(&self, process: u32) -> &[u32] {
        self.addressers.of(process)
    }

    /// The producers behind a node that is no process.
    pub(super) fn behind(&self, node: u32) -> &[u32] {
        let node = node as usize - self.processes;
        match node.checked_sub(self.items) {
            None => self.producers.of(node as u32),
            Some(process) => self.addressers.of(process as u32),
        }
    }

    /// Whether a statement waits for nobody: what comes from outside is there, and so is what is fed back.
    pub(super) fn is_there(&self, asked: &Asked<'_>) -> bool {
        asked.flags & (row::FEEDBACK | row::UNRESOLVED) != 0 || asked.from.iter().any(|actor| !self.is_process(*actor))
    }
}

/// For every process that takes `*`, who addresses a result to it, each once.
fn addressers(landscape: &Landscape, processes: usize, input_process: &[u32], result_process: &[u32]) -> Lists {
    let flags = &landscape.table(Kind::Input).flags;
    let result_to = landscape.lists(Kind::Result, "to");
    let mut takes_all = vec![false; processes];
    for (process, flags) in input_process.iter().zip(flags) {
        takes_all[*process as usize] |= flags & row::WILDCARD != 0;
    }
    let mut addressed = Vec::new();
    let mut latest = vec![MISSING; processes];
    for (result, process) in result_process.iter().enumerate() {
        for actor in result_to.of(result as u32) {
            if takes_all.get(*actor as usize) == Some(&true) && latest[*actor as usize] != *process {
                latest[*actor as usize] = *process;
                addressed.push((*actor, *process));
            }
        }
    }
    Lists::from_pairs(processes, &addressed)
}
