//! One walk along the flows, from each process to those that it waits for.

use crate::landscape::column::MISSING;
use crate::landscape::merge::row;

use super::flows::{Asked, Flows};

/// What is known of a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Unseen,
    /// On the way to whom it waits for, or after that, where it still was not clear.
    Unclear,
    CanStart,
}

/// A node on the way, and how far what it waits for was looked at.
struct Step {
    node: u32,
    /// The number of an input among those of its process; of an item, how many producers were looked at.
    input: u32,
    /// The number of a statement of the input.
    statement: u32,
    /// How many of those whom the statement names were looked at.
    named: u32,
}

impl Step {
    fn at(node: u32) -> Self {
        Self { node, input: 0, statement: 0, named: 0 }
    }
}

/// What became of a step.
enum Next {
    /// This one has to be looked at first.
    To(u32),
    /// The node can start, or is unclear.
    Back(State),
}

/// Which processes can surely start: all whose inputs were clear when the walk was done with them. Who waits for somebody who
/// is still on the way, in a ring, is left unclear, and whoever needs it likewise. Nothing is written but a byte for each node.
pub(super) fn go_through(flows: &Flows<'_>) -> Vec<bool> {
    let mut states = vec![State::Unseen; flows.node_count()];
    let mut way: Vec<Step> = Vec::new();
    for root in 0..flows.processes as u32 {
        if states[root as usize] != State::Unseen {
            continue;
        }
        states[root as usize] = State::Unclear;
        way.push(Step::at(root));
        while let Some(step) = way.last_mut() {
            let next =
                if flows.is_process(step.node) { process(flows, &states, step) } else { any(flows, &states, step) };
            match next {
                Next::To(node) => {
                    states[node as usize] = State::Unclear;
                    way.push(Step::at(node));
                }
                Next::Back(state) => {
                    states[step.node as usize] = state;
                    way.pop();
                }
            }
        }
    }
    states.truncate(flows.processes);
    states.into_iter().map(|state| state == State::CanStart).collect()
}

/// A process can start when all that it asks for is there.
fn process(flows: &Flows<'_>, states: &[State], step: &mut Step) -> Next {
    while let Some(input) = flows.inputs.get(step.node, step.input) {
        let Some(asked) = flows.asked(input, step.statement) else {
            *step = Step { node: step.node, input: step.input + 1, statement: 0, named: 0 };
            continue;
        };
        if asked.flags & (row::FEEDBACK | row::UNRESOLVED) == 0 {
            if asked.flags & row::OPEN != 0 {
                let node = if flows.is_there(&asked) { MISSING } else { flows.open_node(step.node, &asked) };
                match states.get(node as usize) {
                    Some(State::Unseen) => return Next::To(node),
                    Some(State::Unclear) => return Next::Back(State::Unclear),
                    Some(State::CanStart) | None => {}
                }
            } else {
                while let Some(source) = asked.from.get(step.named as usize) {
                    step.named += 1;
                    if flows.is_process(*source) && states[*source as usize] == State::Unseen {
                        return Next::To(*source);
                    }
                }
                if !is_met(flows, states, &asked) {
                    return Next::Back(State::Unclear);
                }
            }
        }
        step.statement += 1;
        step.named = 0;
    }
    Next::Back(State::CanStart)
}

/// Whether what a statement asks of those it names is surely there, as all of them were looked at.
fn is_met(flows: &Flows<'_>, states: &[State], asked: &Asked<'_>) -> bool {
    // Who does not produce the item is not waited for, so that nobody has to ask what those produce who can start.
    let can = |source: &&u32| flows.is_process(**source) && states[**source as usize] == State::CanStart;
    if asked.from.iter().all(|source| can(&source)) || flows.is_there(asked) {
        return true;
    }
    if asked.flags & row::WILDCARD != 0 {
        return false;
    }
    let mut producers = asked.from.iter().filter(|source| flows.products.has(**source, asked.item)).peekable();
    producers.peek().is_none() || producers.any(|source| can(&source))
}

/// A node between can start when one behind it can.
fn any(flows: &Flows<'_>, states: &[State], step: &mut Step) -> Next {
    while let Some(producer) = flows.behind(step.node).get(step.input as usize) {
        match states[*producer as usize] {
            State::Unseen => return Next::To(*producer),
            State::CanStart => return Next::Back(State::CanStart),
            State::Unclear => step.input += 1,
        }
    }
    Next::Back(State::Unclear)
}
