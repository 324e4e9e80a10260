//! Who waits for whom, of what is left when the walk is done.

use crate::landscape::column::{Lists, MISSING};
use crate::landscape::merge::row;

use super::flows::{Asked, Flows};

/// What one statement waits for.
#[derive(Clone, Copy, Debug)]
struct Need {
    process: u32,
    row: u32,
    /// The range of nodes, of which one has to be able to start.
    start: u32,
    end: u32,
}

/// What processes wait for of which it is not known that they can start.
pub(super) struct Graph<'a> {
    flows: &'a Flows<'a>,
    /// Statements that are not available from the outset.
    needs: Vec<Need>,
    /// The nodes that they wait for.
    nodes: Vec<u32>,
}

/// Who can start.
pub(super) struct Start {
    /// For every process.
    pub(super) can: Vec<bool>,
    /// For every need, whether it is fulfilled.
    met: Vec<bool>,
}

/// The inputs by which the members of a ring wait for one another.
pub(super) struct Blocked {
    /// In the order of the text.
    pub(super) all: Vec<u32>,
    /// Those that are all that their process waits for, likewise.
    pub(super) openers: Vec<u32>,
    /// The one to report at.
    pub(super) first: u32,
}

impl<'a> Graph<'a> {
    /// The graph of those processes that are not `known` to be able to start.
    pub(super) fn of(flows: &'a Flows<'a>, known: &[bool]) -> Self {
        let mut graph = Self { flows, needs: Vec::new(), nodes: Vec::new() };
        let mut addresses = vec![MISSING; flows.processes];
        for process in (0..flows.processes as u32).filter(|process| !known[*process as usize]) {
            for input in flows.inputs.of(process) {
                for statement in 0.. {
                    let Some(asked) = flows.asked(input, statement) else { break };
                    graph.add(process, input, &asked, &mut addresses);
                }
            }
        }
        graph
    }

    /// Adds what one statement waits for, unless it is available from the outset.
    fn add(&mut self, process: u32, input: u32, asked: &Asked<'_>, addresses: &mut [u32]) {
        let flows = self.flows;
        if flows.is_there(asked) {
            return;
        }
        let start = self.nodes.len() as u32;
        if asked.flags & row::OPEN != 0 {
            let node = flows.open_node(process, asked);
            self.nodes.extend((node != MISSING).then_some(node));
        } else if asked.flags & row::WILDCARD != 0 {
            for addresser in flows.addressers_of(process) {
                addresses[*addresser as usize] = process;
            }
            self.nodes.extend(asked.from.iter().filter(|source| addresses[**source as usize] == process));
        } else {
            self.nodes.extend(asked.from.iter().filter(|source| flows.products.has(**source, asked.item)));
        }
        let end = self.nodes.len() as u32;
        if end > start {
            self.needs.push(Need { process, row: input, start, end });
        }
    }

    fn of_need(&self, need: &Need) -> &[u32] {
        &self.nodes[need.start as usize..need.end as usize]
    }

    /// The least fixpoint, from those that are `known` to be able to start: a process can when all its needs are met, a need
    /// is met when one of its nodes can start, a node between when one behind it can.
    pub(super) fn fixpoint(&self, known: Vec<bool>) -> Start {
        let (flows, nodes) = (self.flows, self.flows.node_count());
        // Whoever stands behind a node that somebody waits for; nodes between start with the first of them.
        let mut reached = known;
        reached.resize(nodes, false);
        let mut before = Vec::new();
        let mut is_seen = vec![false; nodes];
        for node in self.nodes.iter().copied().filter(|node| !flows.is_process(*node)) {
            if !std::mem::replace(&mut is_seen[node as usize], true) {
                let behind = flows.behind(node);
                reached[node as usize] = behind.iter().any(|process| reached[*process as usize]);
                if !reached[node as usize] {
                    before.extend(behind.iter().map(|process| (*process, node)));
                }
            }
        }
        let before = Lists::from_pairs(flows.processes, &before);
        let mut unmet = vec![0_u32; flows.processes];
        let mut met = vec![false; self.needs.len()];
        let mut waiting = Vec::with_capacity(self.nodes.len());
        for ((number, need), met) in (0..).zip(&self.needs).zip(&mut met) {
            *met = self.of_need(need).iter().any(|node| reached[*node as usize]);
            if !*met {
                unmet[need.process as usize] += 1;
                waiting.extend(self.of_need(need).iter().map(|node| (*node, number)));
            }
        }
        let waiting = Lists::from_pairs(nodes, &waiting);
        let mut ready: Vec<u32> = Vec::new();
        for (process, unmet) in unmet.iter().enumerate() {
            if *unmet == 0 && !reached[process] {
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
            if flows.is_process(node) {
                for next in before.of(node) {
                    if !std::mem::replace(&mut reached[*next as usize], true) {
                        ready.push(*next);
                    }
                }
            }
        }
        reached.truncate(flows.processes);
        Start { can: reached, met }
    }

    /// The strongly connected components of two or more among the processes that cannot start, from which no arrow leads
    /// out. Tarjan's algorithm with a stack of its own.
    pub(super) fn bottoms(&self, start: &Start) -> Vec<Vec<u32>> {
        let nodes = self.flows.node_count();
        let unmet: Vec<(u32, u32)> = self
            .needs
            .iter()
            .zip(&start.met)
            .filter(|(_, met)| !**met)
            .flat_map(|(need, _)| self.of_need(need).iter().map(|node| (need.process, *node)))
            .collect();
        let arrows = Lists::from_pairs(self.flows.processes, &unmet);
        let next = |node: u32| if self.flows.is_process(node) { arrows.of(node) } else { self.flows.behind(node) };

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
        for root in (0..self.flows.processes as u32).filter(|process| !start.can[*process as usize]) {
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
                let members: Vec<u32> = members.into_iter().filter(|member| self.flows.is_process(*member)).collect();
                if !out && members.len() > 1 {
                    found.push(members);
                }
            }
        }
        found
    }

    /// For every input row whether it is unavailable, and whether it waits for anybody but its own process.
    pub(super) fn judge_inputs(&self, start: &Start) -> Vec<u8> {
        let mut judged = vec![0; self.flows.input_count()];
        for (need, _) in self.needs.iter().zip(&start.met).filter(|(_, met)| !**met) {
            let others = if self.names_another(need) { Self::WAITS_FOR_OTHERS } else { 0 };
            judged[need.row as usize] |= Self::UNAVAILABLE | others;
        }
        judged
    }

    const UNAVAILABLE: u8 = 1;
    const WAITS_FOR_OTHERS: u8 = 2;

    pub(super) fn blocked(&self, members: &[u32], judged: &[u8]) -> Option<Blocked> {
        let (mut all, mut openers) = (Vec::new(), Vec::new());
        let (mut with_available, mut smallest) = (None, None);
        for member in members {
            let inputs: Vec<u32> = self.flows.inputs.of(*member).collect();
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
            if self.flows.is_process(*node) {
                *node != need.process
            } else {
                self.flows.behind(*node).iter().any(|process| *process != need.process)
            }
        })
    }
}
