//! Makes the flows of a draft meet: a model may say at one end only where something goes, and an organization says it
//! at both.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::{Actor, Draft, End, Input, Item, Output, unique};

impl Draft {
    /// Has every source name its destinations and the other way round, every input somebody who supplies it, and every
    /// result somebody who takes it, or a record.
    pub(super) fn connect(&mut self) {
        self.take_parts();
        self.announce_inputs();
        self.announce_results();
        self.stand_in_for_results();
        self.address_wildcards();
        self.supply_the_rest();
        self.keep_the_rest();
    }

    /// For every item the processes that produce it.
    pub(super) fn producers(&self) -> BTreeMap<String, Vec<usize>> {
        let mut producers: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (number, process) in self.processes.iter().enumerate() {
            for result in &process.results {
                producers.entry(result.item.clone()).or_default().push(number);
            }
        }
        producers
    }

    /// Sources that do not produce the item are dropped, and those that say that they send it here are added.
    fn announce_inputs(&mut self) {
        let producers = self.producers();
        let none = Vec::new();
        let mut senders: BTreeSet<(String, usize, usize)> = BTreeSet::new();
        for (number, process) in self.processes.iter().enumerate() {
            for result in &process.results {
                for end in &result.to {
                    if let End::Process(to) = end {
                        senders.insert((result.item.clone(), *to, number));
                    }
                }
            }
        }
        for (number, process) in self.processes.iter_mut().enumerate() {
            for input in &mut process.inputs {
                let Some(item) = &input.item else { continue };
                let of_item = producers.get(item).unwrap_or(&none);
                input.from.retain(|end| match end {
                    End::Process(from) => of_item.contains(from) && !input.is_open,
                    End::Actor(_) => true,
                });
                if input.is_open {
                    continue;
                }
                for from in of_item {
                    let end = End::Process(*from);
                    if senders.contains(&(item.clone(), number, *from)) && !input.from.contains(&end) {
                        input.from.push(end);
                    }
                }
            }
        }
    }

    /// Destinations that do not take the item are dropped, and those that say that they take it from here are added.
    fn announce_results(&mut self) {
        let mut takers: BTreeMap<(String, usize), Vec<usize>> = BTreeMap::new();
        let mut open: BTreeSet<(Option<String>, usize)> = BTreeSet::new();
        let mut wild: BTreeSet<(usize, usize)> = BTreeSet::new();
        for (number, process) in self.processes.iter().enumerate() {
            for input in &process.inputs {
                if input.is_open {
                    open.insert((input.item.clone(), number));
                }
                for end in &input.from {
                    match (end, &input.item) {
                        (End::Process(from), Some(item)) => {
                            takers.entry((item.clone(), *from)).or_default().push(number);
                        }
                        (End::Process(from), None) => {
                            wild.insert((*from, number));
                        }
                        (End::Actor(_), _) => {}
                    }
                }
            }
        }
        let none = Vec::new();
        for (number, process) in self.processes.iter_mut().enumerate() {
            for result in &mut process.results {
                let of_item = takers.get(&(result.item.clone(), number)).unwrap_or(&none);
                result.to.retain(|end| match end {
                    End::Process(to) => {
                        of_item.contains(to)
                            || open.contains(&(Some(result.item.clone()), *to))
                            || open.contains(&(None, *to))
                            || wild.contains(&(number, *to))
                    }
                    End::Actor(_) => true,
                });
                for to in of_item {
                    if !result.to.contains(&End::Process(*to)) {
                        result.to.push(End::Process(*to));
                    }
                }
            }
        }
    }

    /// `input *` takes what is addressed to it. Where a model addresses nothing to it, and so says only that the
    /// process builds on what the others do, each of these that sends it nothing yet sends the result that most others
    /// take, the first of several.
    fn address_wildcards(&mut self) {
        for taker in 0..self.processes.len() {
            let Some(input) = self.processes[taker].inputs.iter().find(|input| input.item.is_none()) else { continue };
            let (is_open, from) = (input.is_open, input.from.clone());
            let here = End::Process(taker);
            if self.processes.iter().any(|process| process.results.iter().any(|result| result.to.contains(&here))) {
                // Something is addressed to it, by the wildcard or by its item.
                let named: Vec<Option<&str>> =
                    self.processes[taker].inputs.iter().map(|input| input.item.as_deref()).collect();
                let by_wildcard = self
                    .processes
                    .iter()
                    .flat_map(|process| &process.results)
                    .any(|result| result.to.contains(&here) && !named.contains(&Some(result.item.as_str())));
                if by_wildcard {
                    continue;
                }
            }
            let mut is_fed = false;
            for sender in 0..self.processes.len() {
                if sender == taker || !is_open && !from.contains(&End::Process(sender)) {
                    continue;
                }
                let results = &mut self.processes[sender].results;
                if results.iter().any(|result| result.to.contains(&here)) {
                    continue;
                }
                let most = results.iter().map(|result| result.to.len()).max().unwrap_or_default();
                if let Some(result) = results.iter_mut().find(|result| result.to.len() == most) {
                    is_fed = true;
                    result.to.push(here);
                }
            }
            if !is_fed {
                self.stand_in_for_wildcard(taker);
            }
        }
    }

    /// `input *` of somebody to whom nobody can send anything becomes an input from outside.
    fn stand_in_for_wildcard(&mut self, taker: usize) {
        let mut taken = self.item_ids();
        let process = &mut self.processes[taker];
        let id = unique(&mut taken, format!("{}-input", process.id));
        if let Some(input) = process.inputs.iter_mut().find(|input| input.item.is_none()) {
            input.item = Some(id.clone());
            input.is_open = false;
            input.from.retain(|end| matches!(end, End::Actor(_)));
        }
        let title = format!("What is taken: {}", process.name());
        self.items.push(Item { id, title, documents: Vec::new(), parts: Vec::new() });
    }

    fn item_ids(&self) -> BTreeSet<String> {
        self.items.iter().map(|item| item.id.to_lowercase()).collect()
    }

    /// A process whose results the model does not name leaves at least a record, until somebody says what it produces.
    fn stand_in_for_results(&mut self) {
        let mut taken = self.item_ids();
        for process in self.processes.iter_mut().filter(|process| process.results.is_empty()) {
            let id = unique(&mut taken, format!("{}-record", process.id));
            self.items.push(Item {
                id: id.clone(),
                title: format!("What was done: {}", process.name()),
                documents: Vec::new(),
                parts: Vec::new(),
            });
            process.results.push(Output { item: id, to: Vec::new(), is_retained: true });
            process.has_stand_in = true;
        }
    }

    /// Inputs that nobody of the model supplies come from outside, or from whoever produces them.
    fn supply_the_rest(&mut self) {
        let producers = self.producers();
        let none = Vec::new();
        let outside = self.actors.len();
        let mut is_needed = false;
        for (number, process) in self.processes.iter_mut().enumerate() {
            for input in &mut process.inputs {
                let Some(item) = &input.item else { continue };
                let of_item = producers.get(item).unwrap_or(&none);
                let has_actor = input.from.iter().any(|end| matches!(end, End::Actor(_)));
                if input.from.is_empty() && !of_item.is_empty() {
                    input.is_open = true;
                } else if input.from.is_empty() {
                    input.is_open = false;
                    input.from.push(End::Actor(outside));
                    is_needed = true;
                } else if input.is_open && of_item.is_empty() {
                    input.is_open = false;
                }
                let others = |from: &usize| *from != number;
                let is_own = match input.is_open {
                    true => !of_item.iter().any(others),
                    false => input.from.iter().all(|end| *end == End::Process(number)),
                };
                input.is_feedback |= is_own && !has_actor && !input.from.contains(&End::Actor(outside));
            }
        }
        if is_needed {
            let mut taken: BTreeSet<String> = self.actors.iter().map(|actor| actor.id.to_lowercase()).collect();
            taken.extend(self.processes.iter().map(|process| process.id.to_lowercase()));
            self.actors.push(Actor {
                keyword: "party",
                id: unique(&mut taken, "outside".to_owned()),
                title: "Whoever supplies what no process here produces".to_owned(),
            });
        }
    }

    /// Results that nobody takes are kept, and so is documented information that a standard asks for.
    fn keep_the_rest(&mut self) {
        let documented: BTreeSet<&str> =
            self.items.iter().filter(|item| !item.documents.is_empty()).map(|item| item.id.as_str()).collect();
        let open: BTreeSet<String> = self
            .processes
            .iter()
            .flat_map(|process| &process.inputs)
            .filter(|input| input.is_open)
            .filter_map(|input| input.item.clone())
            .collect();
        for result in self.processes.iter_mut().flat_map(|process| &mut process.results) {
            let is_taken = !result.to.is_empty() || open.contains(&result.item);
            result.is_retained |= !is_taken || documented.contains(result.item.as_str());
        }
    }

    /// Whoever produces a composite takes its parts, also where the model does not say so.
    fn take_parts(&mut self) {
        let producers = self.producers();
        for item in &self.items {
            for number in producers.get(&item.id).into_iter().flatten() {
                let Some(process) = self.processes.get_mut(*number) else { continue };
                for part in &item.parts {
                    let is_there = process.inputs.iter().any(|input| input.item.as_ref() == Some(part))
                        || process.results.iter().any(|result| result.item == *part);
                    if !is_there {
                        let from = producers.get(part).into_iter().flatten().map(|from| End::Process(*from)).collect();
                        let item = Some(part.clone());
                        process.inputs.push(Input { item, is_open: false, from, is_feedback: false });
                    }
                }
            }
        }
    }
}
