//! Processes that can never run for the first time, and the rings in which they wait for one another (`rules.md`, "Ring").
//!
//! Everything here is linear in the number of statements: who waits for *any* producer of an item waits for the item, a
//! node between consumers and producers, and likewise for what is addressed to a process that takes `*`.

use super::column::{Lists, MISSING};
use super::merge::row;
use super::schema::Kind;
use super::table::Landscape;

/// One `input` (or `result`) statement: its row, its flags and the range of those it names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Statement {
    pub(super) row: u32,
    pub(super) flags: u8,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// The statements of the rows that have more than one; for all others the row itself says everything.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// Sorted by row.
    several: Vec<Statement>,
    names: Vec<u32>,
}

impl Waiting {
    /// Keeps what is needed of all `statements`; `actor` is who stands at a place of their lists of names.
    pub(super) fn of(statements: &[Statement], is_several: bool, actor: impl Fn(u32) -> u32) -> Self {
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

    fn of_row(&self, row: u32) -> &[Statement] {
        let start = self.several.partition_point(|statement| statement.row < row);
        let end = self.several.partition_point(|statement| statement.row <= row);
        &self.several[start..end]
    }
}

/// The rings of a landscape.
#[derive(Debug, Default)]
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

    pub(super) fn find(landscape: &Landscape) -> Self {
        let graph = Graph::of(landscape);
        let start = graph.fixpoint();
        let stalled: Vec<u32> = (0..graph.processes as u32).filter(|process| !start.can[*process as usize]).collect();
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
        let judged = graph.judge_inputs(landscape.rows(Kind::Input).len(), &start);
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

/// The inputs by which the members of a ring wait for one another.
struct Blocked {
    /// In the order of the text.
    all: Vec<u32>,
    /// Those that are all that their process waits for, likewise.
    openers: Vec<u32>,
    /// The one to report at.
    first: u32,
}

/// What one statement waits for.
#[derive(Clone, Copy, Debug)]
struct Need {
    process: u32,
    row: u32,
    /// The range of nodes, of which one has to be able to start.
    start: u32,
    end: u32,
}

/// The rows of each process. They stand together, unless a process is declared more than once.
enum Rows {
    /// Where the rows of each process begin.
    Together(Vec<u32>),
    Scattered(Lists),
}

impl Rows {
    fn by(processes: usize, process_of: &[u32]) -> Self {
        if !process_of.is_sorted() {
            let pairs: Vec<(u32, u32)> = process_of.iter().copied().zip(0..).collect();
            return Self::Scattered(Lists::from_pairs(processes, &pairs));
        }
        let mut offsets = Vec::with_capacity(processes + 1);
        for (row, process) in process_of.iter().enumerate() {
            if offsets.len() <= *process as usize {
                offsets.resize(*process as usize + 1, row as u32);
            }
        }
        offsets.resize(processes + 1, process_of.len() as u32);
        Self::Together(offsets)
    }

    fn of_process(&self, process: u32) -> (std::ops::Range<u32>, &[u32]) {
        match self {
            Self::Together(offsets) => (offsets[process as usize]..offsets[process as usize + 1], &[]),
            Self::Scattered(lists) => (0..0, lists.of(process)),
        }
    }

    fn of(&self, process: u32) -> impl Iterator<Item = u32> + '_ {
        let (together, scattered) = self.of_process(process);
        together.chain(scattered.iter().copied())
    }
}

/// What each process produces.
enum Products<'a> {
    /// As the rows stand, where all lists are short.
    Short(Vec<u32>, &'a [u32]),
    Sorted(Lists),
}

/// Up to here looking at all is faster than searching.
const SHORT: u32 = 24;

impl<'a> Products<'a> {
    fn of(processes: usize, process_of: &[u32], items: &'a [u32]) -> Self {
        if let Rows::Together(offsets) = Rows::by(processes, process_of)
            && offsets.windows(2).all(|pair| pair[1] - pair[0] <= SHORT)
        {
            return Self::Short(offsets, items);
        }
        let pairs: Vec<(u32, u32)> = process_of.iter().copied().zip(items.iter().copied()).collect();
        let mut lists = Lists::from_pairs(processes, &pairs);
        for process in 0..processes {
            let range = lists.offsets[process] as usize..lists.offsets[process + 1] as usize;
            lists.values[range].sort_unstable();
        }
        Self::Sorted(lists)
    }

    fn has(&self, process: u32, item: u32) -> bool {
        match self {
            Self::Short(offsets, items) => {
                let range = offsets[process as usize] as usize..offsets[process as usize + 1] as usize;
                items[range].contains(&item)
            }
            Self::Sorted(lists) => lists.of(process).binary_search(&item).is_ok(),
        }
    }
}

/// Nodes: processes, then items (any producer of it), then processes again (anybody who addresses a result to it).
struct Graph {
    processes: usize,
    items: usize,
    /// Statements that are not available from the outset.
    needs: Vec<Need>,
    /// The nodes that they wait for.
    nodes: Vec<u32>,
    /// For every process, its inputs.
    inputs: Rows,
    /// For every item node, its producers; for every addressed node, who addresses it.
    producers: Lists,
    addressers: Lists,
}

/// Who can start.
struct Start {
    /// For every process.
    can: Vec<bool>,
    /// For every need, whether it is fulfilled.
    met: Vec<bool>,
}

impl Graph {
    fn of(landscape: &Landscape) -> Self {
        let processes = landscape.rows(Kind::Process).len();
        let items = landscape.rows(Kind::Item).len();
        let input_process = landscape.scalar(Kind::Input, "process");
        let input_item = landscape.scalar(Kind::Input, "item");
        let input_from = landscape.lists(Kind::Input, "from");
        let result_process = landscape.scalar(Kind::Result, "process");
        let result_item = landscape.scalar(Kind::Result, "item");
        let result_to = landscape.lists(Kind::Result, "to");
        let flags = &landscape.table(Kind::Input).flags;

        let by_item: Vec<(u32, u32)> =
            result_item.iter().zip(result_process).map(|(item, process)| (*item, *process)).collect();
        let producers = Lists::from_pairs(items, &by_item);
        let products = Products::of(processes, result_process, result_item);
        let takes_all: Vec<bool> = {
            let mut takes_all = vec![false; processes];
            for (process, flags) in input_process.iter().zip(flags) {
                takes_all[*process as usize] |= flags & row::WILDCARD != 0;
            }
            takes_all
        };
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
        let addressers = Lists::from_pairs(processes, &addressed);
        let mut graph = Self {
            processes,
            items,
            needs: Vec::with_capacity(input_process.len()),
            nodes: Vec::new(),
            inputs: Rows::by(processes, input_process),
            producers,
            addressers,
        };
        let mut addresses = vec![MISSING; processes];
        let is_several = !landscape.waiting.several.is_empty();
        for (input, ((process, item), flags)) in input_process.iter().zip(input_item).zip(flags).enumerate() {
            let input = input as u32;
            let mut add = |flags: u8, from: &[u32]| {
                let products = &products;
                graph.add(*process, input, *item, flags, from, products, &mut addresses);
            };
            let statements = if is_several { landscape.waiting.of_row(input) } else { &[] };
            if statements.is_empty() {
                add(*flags, input_from.of(input));
            }
            for statement in statements {
                add(statement.flags, &landscape.waiting.names[statement.start as usize..statement.end as usize]);
            }
        }
        graph
    }

    /// Adds what one statement waits for, unless it is available from the outset.
    #[expect(clippy::too_many_arguments, reason = "the parts of one statement")]
    fn add(
        &mut self,
        process: u32,
        input: u32,
        item: u32,
        flags: u8,
        from: &[u32],
        products: &Products<'_>,
        addresses: &mut [u32],
    ) {
        let is_outsider = |actor: &u32| *actor as usize >= self.processes;
        if flags & (row::FEEDBACK | row::UNRESOLVED) != 0 || from.iter().any(is_outsider) {
            return;
        }
        let start = self.nodes.len() as u32;
        if flags & row::WILDCARD != 0 {
            let addressers = self.addressers.of(process);
            if flags & row::OPEN != 0 {
                if !addressers.is_empty() {
                    self.nodes.push(self.processes as u32 + self.items as u32 + process);
                }
            } else {
                for addresser in addressers {
                    addresses[*addresser as usize] = process;
                }
                self.nodes.extend(from.iter().filter(|source| addresses[**source as usize] == process));
            }
        } else if flags & row::OPEN != 0 {
            if !self.producers.of(item).is_empty() {
                self.nodes.push(self.processes as u32 + item);
            }
        } else {
            self.nodes.extend(from.iter().filter(|source| products.has(**source, item)));
        }
        let end = self.nodes.len() as u32;
        if end > start {
            self.needs.push(Need { process, row: input, start, end });
        }
    }

    fn node_count(&self) -> usize {
        self.processes * 2 + self.items
    }

    /// The producers behind a node that is no process.
    fn behind(&self, node: u32) -> &[u32] {
        let node = node as usize - self.processes;
        match node.checked_sub(self.items) {
            None => self.producers.of(node as u32),
            Some(process) => self.addressers.of(process as u32),
        }
    }

    fn of_need(&self, need: &Need) -> &[u32] {
        &self.nodes[need.start as usize..need.end as usize]
    }

    /// The least fixpoint, from nothing: a process can start when all its needs are met, a need is met when one of its
    /// nodes can start, a node between when one behind it can.
    fn fixpoint(&self) -> Start {
        let mut unmet = vec![0_u32; self.processes];
        let mut waiting = Vec::with_capacity(self.nodes.len());
        for (number, need) in self.needs.iter().enumerate() {
            unmet[need.process as usize] += 1;
            waiting.extend(self.of_need(need).iter().map(|node| (*node, number as u32)));
        }
        let waiting = Lists::from_pairs(self.node_count(), &waiting);
        // From each process to the nodes that it stands behind.
        let mut before = Vec::new();
        for node in self.processes as u32..self.node_count() as u32 {
            if !waiting.of(node).is_empty() {
                before.extend(self.behind(node).iter().map(|process| (*process, node)));
            }
        }
        let before = Lists::from_pairs(self.processes, &before);
        let mut reached = vec![false; self.node_count()];
        let mut met = vec![false; self.needs.len()];
        let mut ready: Vec<u32> = Vec::new();
        for (process, unmet) in unmet.iter().enumerate() {
            if *unmet == 0 {
                reached[process] = true;
                ready.push(process as u32);
            }
        }
        while let Some(node) = ready.pop() {
            for need in waiting.of(node) {
                if std::mem::replace(&mut met[*need as usize], true) {
                    continue;
                }
                let process = self.needs[*need as usize].process;
                unmet[process as usize] -= 1;
                if unmet[process as usize] == 0 {
                    reached[process as usize] = true;
                    ready.push(process);
                }
            }
            if (node as usize) < self.processes {
                for next in before.of(node) {
                    if !std::mem::replace(&mut reached[*next as usize], true) {
                        ready.push(*next);
                    }
                }
            }
        }
        reached.truncate(self.processes);
        Start { can: reached, met }
    }

    /// The strongly connected components of two or more among the processes that cannot start, from which no arrow leads
    /// out. Tarjan's algorithm with a stack of its own.
    fn bottoms(&self, start: &Start) -> Vec<Vec<u32>> {
        let nodes = self.node_count();
        let unmet: Vec<(u32, u32)> = self
            .needs
            .iter()
            .zip(&start.met)
            .filter(|(_, met)| !**met)
            .flat_map(|(need, _)| self.of_need(need).iter().map(|node| (need.process, *node)))
            .collect();
        let arrows = Lists::from_pairs(self.processes, &unmet);
        let next = |node: u32| if (node as usize) < self.processes { arrows.of(node) } else { self.behind(node) };

        const UNSEEN: u32 = u32::MAX;
        let mut order = vec![UNSEEN; nodes];
        let mut low = vec![0_u32; nodes];
        // The component of each finished node; unfinished ones are on the stack.
        let mut component = vec![UNSEEN; nodes];
        let mut components = 0;
        let mut leads_out: Vec<bool> = Vec::new();
        let mut stack: Vec<u32> = Vec::new();
        let mut path: Vec<(u32, u32)> = Vec::new();
        let mut counter = 0;
        let mut found = Vec::new();
        for root in (0..self.processes as u32).filter(|process| !start.can[*process as usize]) {
            if order[root as usize] != UNSEEN {
                continue;
            }
            path.push((root, 0));
            while let Some((node, position)) = path.last_mut() {
                let node = *node;
                if *position == 0 && order[node as usize] == UNSEEN {
                    order[node as usize] = counter;
                    low[node as usize] = counter;
                    counter += 1;
                    stack.push(node);
                }
                if let Some(target) = next(node).get(*position as usize).copied() {
                    *position += 1;
                    if order[target as usize] == UNSEEN {
                        path.push((target, 0));
                    } else if component[target as usize] == UNSEEN {
                        low[node as usize] = low[node as usize].min(order[target as usize]);
                    }
                    continue;
                }
                path.pop();
                if let Some((above, _)) = path.last() {
                    low[*above as usize] = low[*above as usize].min(low[node as usize]);
                }
                if low[node as usize] != order[node as usize] {
                    continue;
                }
                let from = stack.iter().rposition(|member| *member == node).unwrap_or(0);
                let members = stack.split_off(from);
                for member in &members {
                    component[*member as usize] = components;
                }
                let out = members
                    .iter()
                    .any(|member| next(*member).iter().any(|target| component[*target as usize] != components));
                leads_out.push(out);
                components += 1;
                let members: Vec<u32> =
                    members.into_iter().filter(|member| (*member as usize) < self.processes).collect();
                if !out && members.len() > 1 {
                    found.push(members);
                }
            }
        }
        found
    }

    /// For every input row whether it is unavailable, and whether it waits for anybody but its own process.
    fn judge_inputs(&self, inputs: usize, start: &Start) -> Vec<u8> {
        let mut judged = vec![0; inputs];
        for (need, _) in self.needs.iter().zip(&start.met).filter(|(_, met)| !**met) {
            let others = if self.names_another(need) { Self::WAITS_FOR_OTHERS } else { 0 };
            judged[need.row as usize] |= Self::UNAVAILABLE | others;
        }
        judged
    }

    const UNAVAILABLE: u8 = 1;
    const WAITS_FOR_OTHERS: u8 = 2;

    fn blocked(&self, members: &[u32], judged: &[u8]) -> Option<Blocked> {
        let (mut all, mut openers) = (Vec::new(), Vec::new());
        let (mut with_available, mut smallest) = (None, None);
        for member in members {
            let inputs: Vec<u32> = self.inputs.of(*member).collect();
            let is = |input: &u32, bit: u8| judged[*input as usize] & bit != 0;
            let mut blocked = inputs.iter().copied().filter(|input| is(input, Self::WAITS_FOR_OTHERS)).peekable();
            let first = blocked.peek().copied();
            all.extend(blocked);
            if inputs.iter().filter(|input| is(input, Self::UNAVAILABLE)).count() == 1 {
                openers.extend(first);
            }
            if inputs.iter().any(|input| !is(input, Self::UNAVAILABLE)) {
                with_available = with_available.or(first);
            }
            smallest = smallest.or(first);
        }
        all.sort_unstable();
        openers.sort_unstable();
        Some(Blocked { all, openers, first: with_available.or(smallest)? })
    }

    fn names_another(&self, need: &Need) -> bool {
        self.of_need(need).iter().any(|node| {
            if (*node as usize) < self.processes {
                *node != need.process
            } else {
                self.behind(*node).iter().any(|process| *process != need.process)
            }
        })
    }
}
