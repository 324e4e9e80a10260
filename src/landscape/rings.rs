//! Processes that can never run for the first time, and the rings in which they wait for one another (`rules.md`, "Ring").
//!
//! Everything here is linear in the number of statements: who waits for *any* producer of an item waits for the item, a
//! node between consumers and producers, and likewise for what is addressed to a process that takes `*`. One walk along the
//! flows (`walk.rs`) shows of nearly all processes that they can start; a graph (`graph.rs`) is made of what is left.

mod flows;
mod graph;
mod rows;
mod statements;
mod walk;

use super::column::Lists;
use super::schema::Kind;
use super::table::Landscape;

use flows::Flows;
use graph::{Blocked, Graph};

pub(super) use statements::{Statement, Waiting};

/// The rings of a landscape.
#[derive(Clone, Debug, Default)]
pub(super) struct Rings {
    members: Lists,
    blocked: Lists,
    openers: Lists,
    firsts: Vec<u32>,
    stalled: Vec<u32>,
}

/// One ring.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ring {
    /// The input at which it is reported.
    pub(super) first: u32,
}

impl Rings {
    pub(super) fn len(&self) -> usize {
        self.firsts.len()
    }

    pub(super) fn ring(&self, id: u32) -> Option<Ring> {
        self.firsts.get(id as usize).map(|first| Ring { first: *first })
    }

    pub(super) fn members(&self) -> &Lists {
        &self.members
    }

    pub(super) fn blocked(&self) -> &Lists {
        &self.blocked
    }

    /// Those of the blocked inputs that are all that their process waits for.
    pub(super) fn openers(&self) -> &Lists {
        &self.openers
    }

    pub(super) fn firsts(&self) -> Vec<u32> {
        self.firsts.clone()
    }

    /// Processes that cannot start.
    pub(super) fn stalled(&self) -> &[u32] {
        &self.stalled
    }

    /// Whether everybody waits for whom they waited for in another landscape, with the same numbers for all.
    fn still_hold(before: &Landscape, now: &Landscape) -> bool {
        let rows = |landscape: &Landscape| [Kind::Process, Kind::Item].map(|kind| landscape.rows(kind));
        let columns = [(Kind::Process, "id"), (Kind::Input, "process"), (Kind::Input, "item")];
        let of_results = [(Kind::Result, "process"), (Kind::Result, "item")];
        let lists = [(Kind::Input, "from"), (Kind::Result, "to")];
        rows(before) == rows(now)
            && before.table(Kind::Input).flags == now.table(Kind::Input).flags
            && before.waiting == now.waiting
            && columns
                .iter()
                .chain(&of_results)
                .all(|(kind, field)| before.scalar(*kind, field) == now.scalar(*kind, field))
            && lists.iter().all(|(kind, field)| before.lists(*kind, field) == now.lists(*kind, field))
    }

    pub(super) fn find(landscape: &Landscape) -> Self {
        let flows = Flows::of(landscape);
        let known = walk::go_through(&flows);
        if known.iter().all(|can| *can) {
            return Self::default();
        }
        let graph = Graph::of(&flows, &known);
        let start = graph.fixpoint(known);
        let stalled: Vec<u32> = (0..flows.processes as u32).filter(|process| !start.can[*process as usize]).collect();
        let mut rings = Self { stalled, ..Self::default() };
        if rings.stalled.is_empty() {
            return rings;
        }
        let mut found: Vec<Vec<u32>> = graph.bottoms(&start);
        let ids = landscape.scalar(Kind::Process, "id");
        let id = |process: u32| ids.get(process as usize).map_or("", |name| landscape.name(*name));
        for members in &mut found {
            let mut by_id: Vec<(&str, u32)> = members.iter().map(|member| (id(*member), *member)).collect();
            by_id.sort_unstable();
            members.clear();
            members.extend(by_id.into_iter().map(|(_, member)| member));
        }
        // Rings have no member in common, so the first members order them.
        let judged = graph.judge_inputs(&start);
        let mut described: Vec<(Vec<u32>, Blocked)> = found
            .into_iter()
            .filter_map(|members| {
                let blocked = graph.blocked(&members, &judged)?;
                Some((members, blocked))
            })
            .collect();
        described.sort_by_key(|(_, blocked)| blocked.first);
        for (members, blocked) in described {
            rings.members.push(members);
            rings.blocked.push(blocked.all);
            rings.openers.push(blocked.openers);
            rings.firsts.push(blocked.first);
        }
        rings
    }
}

impl Landscape {
    /// Takes over the rings of a landscape with the same numbers for the same names, where they are sure to be the same, so that
    /// they need not be found again.
    pub fn take_rings_of(&self, before: &Self) {
        if let Some(rings) = before.rings.get()
            && Rings::still_hold(before, self)
        {
            // Whoever has found them already has found the same.
            self.rings.get_or_init(|| rings.clone());
        }
    }
}
