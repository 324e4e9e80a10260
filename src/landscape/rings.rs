//! Processes that wait for one another and can never run for the first time.
//!
//! An input statement is available when it is marked `feedback`, has an outsider (or an unknown name) among its sources, is
//! fed by no result, or is fed by a result of a process that can start; a process can start when all its input statements
//! are available. This is the least fixpoint, from nothing. Among the processes that cannot start, each waits for those
//! that could feed its unavailable inputs; a ring is a strongly connected component of two or more of them from which
//! nothing leads out. Everything here is linear in the number of statements: an input that takes an item from any producer
//! waits for the *item*, which waits for its producers, so that producers and consumers are never paired.

use super::column::Lists;
use super::facts::{NONE, Part, part};
use super::merge::Merger;
use super::schema::Kind;

/// One `input` statement.
#[derive(Clone, Copy, Debug)]
pub(super) struct InputStatement {
    /// Its input.
    pub(super) input: u32,
    pub(super) feedback: bool,
    /// Whether any producer will do.
    pub(super) open: bool,
    pub(super) unresolved: bool,
    /// Its sources among [`Flow::sources`].
    pub(super) sources: Part,
}

/// Who takes and produces what.
pub(super) struct Flow<'a> {
    pub(super) processes: u32,
    /// Number of items.
    pub(super) items: usize,
    pub(super) statements: &'a [InputStatement],
    /// Process of each input.
    pub(super) input_processes: &'a [u32],
    /// Item of each input, [`NONE`] for `*`.
    pub(super) input_items: &'a [u32],
    /// Input and actor.
    pub(super) sources: &'a [(u32, u32)],
    pub(super) result_processes: &'a [u32],
    pub(super) result_items: &'a [u32],
    /// Result and actor.
    pub(super) destinations: &'a [(u32, u32)],
}

/// One ring.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ring {
    pub(super) members: Vec<u32>,
    /// Inputs that are not available.
    pub(super) blocked: Vec<u32>,
    /// Whether each member has an available input.
    pub(super) has_available: Vec<bool>,
}

/// What a statement waits for.
enum Waits {
    Nothing,
    /// For an item, from whoever produces it.
    Item(u32),
    /// For one of these processes.
    Processes(Vec<u32>),
}

/// Finds the rings.
pub(super) fn find(flow: &Flow<'_>) -> Vec<Ring> {
    let processes = flow.processes as usize;
    let produced: Vec<(u32, u32)> =
        flow.result_processes.iter().copied().zip(flow.result_items.iter().copied()).collect();
    let mut items_of = Lists::from_pairs(processes, &produced);
    for process in 0..processes {
        let range = items_of.offsets[process] as usize..items_of.offsets[process + 1] as usize;
        items_of.values[range].sort_unstable();
    }
    let by_item: Vec<(u32, u32)> = produced.iter().map(|(process, item)| (*item, *process)).collect();
    let producers = Lists::from_pairs(flow.items, &by_item);
    let waits = waits(flow, &items_of, &producers);

    // Who is set free when a process can start, or when an item can be had.
    let (mut freed_by_process, mut freed_by_item) = (Vec::new(), Vec::new());
    let mut pending = vec![0_u32; processes];
    for (statement, waits) in (0..).zip(&waits) {
        let process = flow.input_processes[flow.statements[statement as usize].input as usize];
        match waits {
            Waits::Nothing => continue,
            Waits::Item(item) => freed_by_item.push((*item, statement)),
            Waits::Processes(suppliers) => freed_by_process.extend(suppliers.iter().map(|supplier| (*supplier, statement))),
        }
        pending[process as usize] += 1;
    }
    let freed_by_process = Lists::from_pairs(processes, &freed_by_process);
    let freed_by_item = Lists::from_pairs(flow.items, &freed_by_item);
    let mut available: Vec<bool> = waits.iter().map(|waits| matches!(waits, Waits::Nothing)).collect();
    let mut item_is_there = vec![false; flow.items];
    let mut work: Vec<u32> = (0..flow.processes).filter(|process| pending[*process as usize] == 0).collect();
    let free = |statement: u32, available: &mut Vec<bool>, pending: &mut Vec<u32>, work: &mut Vec<u32>| {
        if !std::mem::replace(&mut available[statement as usize], true) {
            let process = flow.input_processes[flow.statements[statement as usize].input as usize];
            pending[process as usize] -= 1;
            if pending[process as usize] == 0 {
                work.push(process);
            }
        }
    };
    while let Some(process) = work.pop() {
        for statement in freed_by_process.of(process) {
            free(*statement, &mut available, &mut pending, &mut work);
        }
        for item in items_of.of(process) {
            if !std::mem::replace(&mut item_is_there[*item as usize], true) {
                for statement in freed_by_item.of(*item) {
                    free(*statement, &mut available, &mut pending, &mut work);
                }
            }
        }
    }
    if pending.iter().all(|pending| *pending == 0) {
        return Vec::new();
    }
    components(flow, &waits, &available, &pending, &producers)
}

fn waits(flow: &Flow<'_>, items_of: &Lists, producers: &Lists) -> Vec<Waits> {
    let processes = flow.processes;
    let addressed: Vec<(u32, u32)> = flow
        .destinations
        .iter()
        .filter(|(_, actor)| *actor < processes)
        .map(|(result, actor)| (*actor, flow.result_processes[*result as usize]))
        .collect();
    let addressed = Lists::from_pairs(processes as usize, &addressed);
    flow.statements
        .iter()
        .map(|statement| {
            let input = statement.input as usize;
            let sources = &flow.sources[part(statement.sources)];
            let outside = sources.iter().any(|(_, actor)| *actor >= processes);
            if statement.feedback || statement.unresolved || outside {
                return Waits::Nothing;
            }
            let item = flow.input_items[input];
            if item == NONE {
                let mut suppliers: Vec<u32> = addressed.of(flow.input_processes[input]).to_vec();
                if !statement.open {
                    let mut named: Vec<u32> = sources.iter().map(|(_, actor)| *actor).collect();
                    named.sort_unstable();
                    suppliers.retain(|supplier| named.binary_search(supplier).is_ok());
                }
                suppliers.sort_unstable();
                suppliers.dedup();
                return if suppliers.is_empty() { Waits::Nothing } else { Waits::Processes(suppliers) };
            }
            if statement.open {
                return if producers.of(item).is_empty() { Waits::Nothing } else { Waits::Item(item) };
            }
            let produces = |process: &u32| items_of.of(*process).binary_search(&item).is_ok();
            let suppliers: Vec<u32> = sources.iter().map(|(_, actor)| *actor).filter(produces).collect();
            if suppliers.is_empty() { Waits::Nothing } else { Waits::Processes(suppliers) }
        })
        .collect()
}

/// The components of two or more among those that cannot start, from which nothing leads out. Nodes are the processes and,
/// after them, the items.
fn components(
    flow: &Flow<'_>,
    waits: &[Waits],
    available: &[bool],
    pending: &[u32],
    producers: &Lists,
) -> Vec<Ring> {
    let processes = flow.processes as usize;
    let stuck: Vec<u32> = (0..waits.len() as u32).filter(|statement| !available[*statement as usize]).collect();
    let mut edges: Vec<(u32, u32)> = Vec::new();
    let mut item_is_waited_for = vec![false; flow.items];
    for statement in &stuck {
        let process = flow.input_processes[flow.statements[*statement as usize].input as usize];
        match &waits[*statement as usize] {
            Waits::Nothing => {}
            Waits::Processes(suppliers) => edges.extend(suppliers.iter().map(|supplier| (process, *supplier))),
            Waits::Item(item) => {
                edges.push((process, flow.processes + item));
                if !std::mem::replace(&mut item_is_waited_for[*item as usize], true) {
                    edges.extend(producers.of(*item).iter().map(|producer| (flow.processes + item, *producer)));
                }
            }
        }
    }
    let arrows = Lists::from_pairs(processes + flow.items, &edges);
    let component = tarjan(&arrows, pending);
    let count = component.iter().filter(|component| **component != NONE).max().map_or(0, |last| *last as usize + 1);
    let (mut members, mut leads_out) = (vec![Vec::new(); count], vec![false; count]);
    for process in 0..flow.processes {
        if let Some(list) = members.get_mut(component[process as usize] as usize) {
            list.push(process);
        }
    }
    for (from, to) in &edges {
        let (from, to) = (component[*from as usize], component[*to as usize]);
        if from != to && from != NONE {
            leads_out[from as usize] = true;
        }
    }
    let mut blocked: Vec<(u32, u32)> = Vec::new();
    let mut input_is_stuck = vec![false; flow.input_processes.len()];
    for statement in &stuck {
        input_is_stuck[flow.statements[*statement as usize].input as usize] = true;
    }
    let mut has_available = vec![false; processes];
    for (input, process) in (0..).zip(flow.input_processes) {
        if input_is_stuck[input as usize] {
            blocked.push((component[*process as usize], input));
        } else {
            has_available[*process as usize] = true;
        }
    }
    let blocked = Lists::from_pairs(count, &blocked);
    (0..count as u32)
        .zip(members)
        .filter(|(at, members)| members.len() > 1 && !leads_out[*at as usize])
        .map(|(at, members)| {
            let has_available = members.iter().map(|member| has_available[*member as usize]).collect();
            Ring { blocked: blocked.of(at).to_vec(), members, has_available }
        })
        .collect()
}

/// Tarjan's algorithm from every process that cannot start, without recursion: a ring may be as long as a project.
fn tarjan(arrows: &Lists, pending: &[u32]) -> Vec<u32> {
    let count = arrows.offsets.len() - 1;
    let (mut order, mut low, mut component) = (vec![NONE; count], vec![0; count], vec![NONE; count]);
    let (mut stack, mut next_order, mut next_component) = (Vec::new(), 0, 0);
    let mut work: Vec<(u32, u32)> = Vec::new();
    for root in (0..pending.len() as u32).filter(|process| pending[*process as usize] > 0) {
        if order[root as usize] != NONE {
            continue;
        }
        work.push((root, 0));
        while let Some((node, edge)) = work.pop() {
            let at = node as usize;
            if edge == 0 {
                order[at] = next_order;
                low[at] = next_order;
                next_order += 1;
                stack.push(node);
            }
            if let Some(to) = arrows.of(node).get(edge as usize) {
                work.push((node, edge + 1));
                if order[*to as usize] == NONE {
                    work.push((*to, 0));
                } else if component[*to as usize] == NONE {
                    low[at] = low[at].min(order[*to as usize]);
                }
                continue;
            }
            if low[at] == order[at] {
                while let Some(member) = stack.pop() {
                    component[member as usize] = next_component;
                    if member == node {
                        break;
                    }
                }
                next_component += 1;
            }
            if let Some((parent, _)) = work.last() {
                low[*parent as usize] = low[*parent as usize].min(low[at]);
            }
        }
    }
    component
}

/// Fills the table of rings.
pub(super) fn fill(merger: &mut Merger<'_>, rings: &[Ring], input_processes: &[u32]) {
    let ids = match Kind::Process.field("id").map(|field| merger.tables.column(Kind::Process, field)) {
        Some(super::Column::Scalar(ids)) => ids.clone(),
        _ => Vec::new(),
    };
    let id = |process: u32| merger.names.text(ids[process as usize]);
    let mut sorted: Vec<(Vec<u32>, &Ring, u32)> = rings
        .iter()
        .map(|ring| {
            let mut members: Vec<(u32, bool)> =
                ring.members.iter().copied().zip(ring.has_available.iter().copied()).collect();
            members.sort_by(|left, right| id(left.0).cmp(id(right.0)));
            let first_member = members.iter().find(|(_, available)| *available).or(members.first());
            let first_member = first_member.map_or(NONE, |(process, _)| *process);
            let first =
                ring.blocked.iter().copied().find(|input| input_processes[*input as usize] == first_member).unwrap_or(0);
            (members.into_iter().map(|(process, _)| process).collect(), ring, first)
        })
        .collect();
    sorted.sort_by(|left, right| {
        let first = |members: &[u32]| members.first().map(|process| id(*process)).unwrap_or_default();
        first(&left.0).cmp(first(&right.0))
    });
    let (mut members, mut blocked, mut firsts) = (Lists::default(), Lists::default(), Vec::new());
    for (of, ring, first) in sorted {
        members.push(of);
        blocked.push(ring.blocked.iter().copied());
        firsts.push(first);
    }
    merger.tables.rows(Kind::Ring, 0, vec![None; firsts.len()]);
    merger.tables.list(Kind::Ring, "members", members);
    merger.tables.list(Kind::Ring, "blocked", blocked);
    merger.tables.scalar(Kind::Ring, "first", firsts);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ring of `length` processes: each takes what the one before it produces.
    fn ring_of(length: u32, open: bool) -> Vec<Ring> {
        let processes: Vec<u32> = (0..length).collect();
        let before: Vec<u32> = (0..length).map(|process| (process + length - 1) % length).collect();
        let sources: Vec<(u32, u32)> =
            if open { Vec::new() } else { (0..length).zip(before.iter().copied()).collect() };
        let statements: Vec<InputStatement> = (0..length)
            .map(|input| InputStatement {
                input,
                feedback: false,
                open,
                unresolved: false,
                sources: if open { (0, 0) } else { (input, input + 1) },
            })
            .collect();
        find(&Flow {
            processes: length,
            items: length as usize,
            statements: &statements,
            input_processes: &processes,
            input_items: &before,
            sources: &sources,
            result_processes: &processes,
            result_items: &processes,
            destinations: &[],
        })
    }

    #[test]
    fn a_ring_is_found_however_long_it_is() {
        for open in [false, true] {
            let rings = ring_of(3, open);
            assert_eq!(rings.len(), 1);
            assert_eq!(rings[0].members, [0, 1, 2]);
            assert_eq!(rings[0].blocked, [0, 1, 2]);
            assert_eq!(ring_of(100_000, open)[0].members.len(), 100_000);
        }
    }

    #[test]
    fn a_process_that_waits_for_itself_is_no_ring() {
        assert!(ring_of(1, false).is_empty());
    }
}
