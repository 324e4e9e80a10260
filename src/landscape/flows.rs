//! Inputs and results of the organization's processes. All statements of one item in one process are one row.

use crate::diagnostic::{Diagnostic, Names as Nearest, Place};

use super::actors::{Actors, ProcessAt, Wanted};
use super::column::Lists;
use super::facts::{FlowFact, Mention, NONE, part};
use super::merge::Merger;
use super::rings::{self, InputStatement};
use super::schema::Kind;
use super::specification::Items;

/// One end of the flow: all inputs, or all results.
#[derive(Default)]
struct End {
    processes: Vec<u32>,
    items: Vec<u32>,
    places: Vec<Option<Place>>,
    unresolved: Vec<bool>,
    realizes: Vec<(u32, u32)>,
    /// Row and actor, in order.
    others: Vec<(u32, u32)>,
    /// Where the first list of names stands.
    other_places: Vec<Option<Place>>,
    /// One name in `from` or `to` each: row and place; the actor stands in `others`.
    mention_places: Vec<Option<Place>>,
    /// The last process that named the item, and the row there; by item.
    last: Vec<(u32, u32)>,
    /// The last row that named the actor, and the position of its mention; by actor.
    named: Vec<(u32, u32)>,
}

impl End {
    /// The row of an item at a process; a new one where it is the first statement. Statements of one process follow one
    /// another, so the last one that named the item is enough to know.
    fn row(&mut self, process: u32, item: u32, slot: usize, place: Place) -> u32 {
        if self.last.len() <= slot {
            self.last.resize(slot + 1, (NONE, NONE));
        }
        let (last, row) = self.last[slot];
        if last == process {
            return row;
        }
        let row = self.processes.len() as u32;
        self.last[slot] = (process, row);
        self.processes.push(process);
        self.items.push(item);
        self.places.push(Some(place));
        self.unresolved.push(false);
        self.other_places.push(None);
        row
    }
}

/// All flows, while they are collected.
#[derive(Default)]
pub(super) struct Flows {
    inputs: End,
    wildcards: Vec<bool>,
    open: Vec<bool>,
    feedback: Vec<bool>,
    statements: Vec<InputStatement>,
    results: End,
    retained: Vec<bool>,
    systems: Vec<(u32, u32)>,
    /// Items after `realizes` that no model knows: file and mention.
    unknown_items: Vec<(usize, Mention)>,
}

impl Flows {
    /// Collects all flows and fills their tables.
    pub(super) fn fill(merger: &mut Merger<'_>, items: &mut Items, actors: &mut Actors) {
        let mut flows = Self::default();
        for position in 0..actors.processes.len() {
            let at = actors.processes[position];
            let facts = merger.facts;
            let own = &facts[at.file].own;
            for fact in &own.flows[part(own.processes[at.at].flows)] {
                if fact.is_input {
                    flows.input(merger, items, actors, at, fact);
                } else {
                    flows.result(merger, items, actors, at, fact);
                }
            }
        }
        flows.report_unknown(merger, items);
        flows.finish(merger, items.len(), actors.process_count());
    }

    fn input(&mut self, merger: &mut Merger<'_>, items: &mut Items, actors: &mut Actors, at: ProcessAt, fact: &FlowFact) {
        let place = merger.place(at.file, fact.span);
        let wildcard = fact.item == NONE;
        let item = if wildcard { NONE } else { items.mentioned(merger.global(at.file, fact.item), place) };
        // The wildcard has a slot of its own, before those of the items.
        let row = self.inputs.row(at.id, item, item.wrapping_add(1) as usize, place);
        if row as usize == self.wildcards.len() {
            self.wildcards.push(wildcard);
            self.open.push(false);
            self.feedback.push(false);
        }
        let start = self.inputs.others.len();
        let any = merger.names.find("any").unwrap_or(NONE);
        let (unresolved, has_any) = others(merger, actors, &mut self.inputs, at, fact, row, Some(any));
        let open = !fact.addressed || has_any;
        self.open[row as usize] |= open;
        self.feedback[row as usize] |= fact.feedback;
        self.statements.push(InputStatement {
            input: row,
            feedback: fact.feedback,
            open,
            unresolved,
            sources: (start as u32, self.inputs.others.len() as u32),
        });
        if !wildcard {
            realizes(merger, items, at, fact, (row, item), &mut self.inputs.realizes, &mut self.unknown_items);
        }
    }

    fn result(&mut self, merger: &mut Merger<'_>, items: &mut Items, actors: &mut Actors, at: ProcessAt, fact: &FlowFact) {
        let place = merger.place(at.file, fact.span);
        let item = items.mentioned(merger.global(at.file, fact.item), place);
        let row = self.results.row(at.id, item, item as usize, place);
        if row as usize == self.retained.len() {
            self.retained.push(false);
        }
        others(merger, actors, &mut self.results, at, fact, row, None);
        self.retained[row as usize] |= fact.retained;
        if fact.system != NONE {
            let mention = merger.facts[at.file].own.mentions[fact.system as usize];
            let system = actors.resolve(merger, at.file, mention, Wanted::System);
            self.systems.extend(system.map(|system| (row, system)));
        }
        realizes(merger, items, at, fact, (row, item), &mut self.results.realizes, &mut self.unknown_items);
    }

    fn report_unknown(&self, merger: &mut Merger<'_>, items: &Items) {
        if self.unknown_items.is_empty() {
            return;
        }
        let names: Vec<u32> = items.model_names().collect();
        let nearest = Nearest::new(names.iter().map(|name| merger.names.text(*name)));
        let mut diagnostics = Vec::new();
        for (file, mention) in &self.unknown_items {
            let text = merger.mention_text(*file, *mention);
            if merger.skipped.contains(text) {
                continue;
            }
            let place = merger.place(*file, mention.span);
            let diagnostic = Diagnostic::error("REF008", place, format!("no reference model has an item `{text}`"));
            diagnostics.push(match nearest.nearest(text) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help("after `realizes` stands the item of the model that this one stands for; `ismslint explain PROCESS` lists them"),
            });
        }
        merger.diagnostics.extend(diagnostics);
    }

    fn finish(self, merger: &mut Merger<'_>, items: usize, processes: u32) {
        let Self { inputs, wildcards, open, feedback, statements, results, retained, systems, .. } = self;
        let rings = rings::find(&rings::Flow {
            processes,
            items,
            statements: &statements,
            input_processes: &inputs.processes,
            input_items: &inputs.items,
            sources: &inputs.others,
            result_processes: &results.processes,
            result_items: &results.items,
            destinations: &results.others,
        });
        rings::fill(merger, &rings, &inputs.processes);

        let (rows, kind) = (inputs.processes.len(), Kind::Input);
        mention_rows(merger, Kind::Source, "input", &inputs);
        merger.tables.rows(kind, 0, inputs.places);
        merger.tables.scalar(kind, "process", inputs.processes);
        merger.tables.scalar(kind, "item", inputs.items);
        merger.tables.flags(kind, "wildcard", wildcards);
        merger.tables.flags(kind, "open", open);
        merger.tables.flags(kind, "feedback", feedback);
        merger.tables.list(kind, "from", Lists::from_pairs(rows, &inputs.others));
        merger.tables.flags(kind, "unresolved", inputs.unresolved);
        merger.tables.list(kind, "realizes", Lists::from_pairs(rows, &inputs.realizes));
        merger.tables.field_places(kind, "from", inputs.other_places);

        let (rows, kind) = (results.processes.len(), Kind::Result);
        mention_rows(merger, Kind::Destination, "result", &results);
        merger.tables.rows(kind, 0, results.places);
        merger.tables.scalar(kind, "process", results.processes);
        merger.tables.scalar(kind, "item", results.items);
        merger.tables.list(kind, "to", Lists::from_pairs(rows, &results.others));
        merger.tables.flags(kind, "unresolved", results.unresolved);
        merger.tables.flags(kind, "retained", retained);
        merger.tables.list(kind, "systems", Lists::from_pairs(rows, &systems));
        merger.tables.list(kind, "realizes", Lists::from_pairs(rows, &results.realizes));
        merger.tables.field_places(kind, "to", results.other_places);
    }
}

/// Resolves the names of `from` or `to`. Answers whether one is unknown, and whether `any` is among them.
fn others(
    merger: &mut Merger<'_>,
    actors: &mut Actors,
    end: &mut End,
    at: ProcessAt,
    fact: &FlowFact,
    row: u32,
    any: Option<u32>,
) -> (bool, bool) {
    let facts = merger.facts;
    let mentions = &facts[at.file].own.mentions[part(fact.actors)];
    if let (None, Some(first), Some(last)) = (end.other_places[row as usize], mentions.first(), mentions.last()) {
        end.other_places[row as usize] = Some(merger.place(at.file, first.span.to(last.span)));
    }
    let statement = end.others.len() as u32;
    let (mut unresolved, mut has_any) = (false, false);
    for mention in mentions {
        let name = merger.global(at.file, mention.name);
        if any == Some(name) && !actors.is_known(name) {
            has_any = true;
            continue;
        }
        let Some(actor) = actors.resolve(merger, at.file, *mention, Wanted::Anybody) else {
            unresolved = true;
            continue;
        };
        if end.named.len() <= actor as usize {
            end.named.resize(actor as usize + 1, (NONE, NONE));
        }
        let (last, position) = end.named[actor as usize];
        if last == row {
            // Within one statement it was said where the statement was read.
            if position < statement
                && at.first
                && let Some(first) = end.mention_places[position as usize]
            {
                let text = merger.mention_text(at.file, *mention);
                let what = if fact.is_input { "source" } else { "destination" };
                let place = merger.place(at.file, mention.span);
                let diagnostic = Diagnostic::error("SYN026", place, format!("the {what} `{text}` is named twice"))
                    .label(first, "first named here")
                    .help("all statements of one item in a process are one; remove one of the two");
                merger.diagnostics.push(diagnostic);
            }
            continue;
        }
        end.named[actor as usize] = (row, end.others.len() as u32);
        end.others.push((row, actor));
        end.mention_places.push(Some(merger.place(at.file, mention.span)));
    }
    end.unresolved[row as usize] |= unresolved;
    (unresolved, has_any)
}

/// What an item stands for: what `realizes` says, or the item of the same id.
fn realizes(
    merger: &mut Merger<'_>,
    items: &mut Items,
    at: ProcessAt,
    fact: &FlowFact,
    (row, item): (u32, u32),
    pairs: &mut Vec<(u32, u32)>,
    unknown: &mut Vec<(usize, Mention)>,
) {
    let facts = merger.facts;
    let mentions = &facts[at.file].own.mentions[part(fact.realizes)];
    if mentions.is_empty() {
        pairs.push((row, item));
    }
    for mention in mentions {
        let name = merger.global(at.file, mention.name);
        if items.is_in_model(name) {
            pairs.push((row, items.of_model(name)));
        } else {
            unknown.push((at.file, *mention));
        }
    }
}

/// The rows of `source` and `destination`: one for each name.
fn mention_rows(merger: &mut Merger<'_>, kind: Kind, parent: &str, end: &End) {
    merger.tables.rows(kind, 0, end.mention_places.clone());
    merger.tables.scalar(kind, parent, end.others.iter().map(|(row, _)| *row).collect());
    merger.tables.scalar(kind, "process", end.others.iter().map(|(row, _)| end.processes[*row as usize]).collect());
    merger.tables.scalar(kind, "item", end.others.iter().map(|(row, _)| end.items[*row as usize]).collect());
    merger.tables.scalar(kind, "actor", end.others.iter().map(|(_, actor)| *actor).collect());
}
