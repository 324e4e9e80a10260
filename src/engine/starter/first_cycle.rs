//! Which inputs have to be marked `feedback`, so that every process can run for the first time.
//!
//! A management system is a loop: whoever begins has to begin without what comes back later. A model does not say
//! where; the order in which it describes its processes is the best guess at what comes first (direction before risks,
//! risks before audits). So the processes start one after the other, as soon as they have what they need; when none
//! can, the first one of those that are left begins without what is missing. Marks that turn out to be needless are
//! taken away again.

use super::draft::{Draft, End, Input};

impl Draft {
    /// Marks the inputs that are not there the first time.
    pub(super) fn mark_feedback(&mut self) {
        let feeders = self.feeders();
        let mut marked: Vec<(usize, usize)> = Vec::new();
        let mut started = vec![false; self.processes.len()];
        loop {
            self.start(&feeders, &mut started);
            let Some(first) = started.iter().position(|started| !started) else { break };
            for (number, input) in self.processes[first].inputs.iter_mut().enumerate() {
                if !is_available(input, &feeders[first][number], &started) {
                    input.is_feedback = true;
                    marked.push((first, number));
                }
            }
        }
        for (process, number) in marked {
            self.processes[process].inputs[number].is_feedback = false;
            let mut started = vec![false; self.processes.len()];
            self.start(&feeders, &mut started);
            self.processes[process].inputs[number].is_feedback = started.contains(&false);
        }
    }

    /// Starts every process that can start, and those that can start then.
    fn start(&self, feeders: &[Vec<Vec<usize>>], started: &mut [bool]) {
        loop {
            let can_start = |number: &usize| {
                let inputs = self.processes[*number].inputs.iter().zip(&feeders[*number]);
                !started[*number] && inputs.into_iter().all(|(input, by)| is_available(input, by, started))
            };
            let next: Vec<usize> = (0..self.processes.len()).filter(can_start).collect();
            if next.is_empty() {
                return;
            }
            for number in next {
                started[number] = true;
            }
        }
    }

    /// For every input of every process the processes that supply it.
    fn feeders(&self) -> Vec<Vec<Vec<usize>>> {
        let producers = self.producers();
        let of_input = |taker: usize, input: &Input| -> Vec<usize> {
            let names = |from: &usize| input.is_open || input.from.contains(&End::Process(*from));
            match &input.item {
                Some(item) => producers.get(item).into_iter().flatten().copied().filter(names).collect(),
                None => {
                    let sends = |from: &usize| {
                        let results = &self.processes[*from].results;
                        results.iter().any(|result| result.to.contains(&End::Process(taker)))
                    };
                    (0..self.processes.len()).filter(names).filter(sends).collect()
                }
            }
        };
        let of_process = |(number, process): (usize, &super::draft::Process)| {
            process.inputs.iter().map(|input| of_input(number, input)).collect()
        };
        self.processes.iter().enumerate().map(of_process).collect()
    }
}

fn is_available(input: &Input, feeders: &[usize], started: &[bool]) -> bool {
    input.is_feedback
        || feeders.is_empty()
        || input.from.iter().any(|end| matches!(end, End::Actor(_)))
        || feeders.iter().any(|feeder| started[*feeder])
}
