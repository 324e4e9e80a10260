//! Inputs and results: all statements of one item in one process are one row.

use rustc_hash::FxHashMap;

use crate::diagnostic::{Diagnostic, Place};

use crate::landscape::column::{Column, Lists};
use crate::landscape::facts::{Body, FlowFact, flag};
use crate::landscape::rings::{Statement, Waiting};
use crate::landscape::symbols::Mention;
use crate::landscape::{Kind, MISSING};

use super::Merge;
use super::rows::Rows;
use super::unknown::{Wanted, rename};
use super::used::Used;

/// What is true of an input or a result.
pub(in crate::landscape) mod row {
    pub(in crate::landscape) const WILDCARD: u8 = 1;
    pub(in crate::landscape) const OPEN: u8 = 2;
    pub(in crate::landscape) const FEEDBACK: u8 = 4;
    pub(in crate::landscape) const UNRESOLVED: u8 = 8;
    /// A statement has no `realizes`, so the item stands for itself.
    pub(in crate::landscape) const PLAIN: u8 = 16;
    pub(in crate::landscape) const RETAINED: u8 = 32;
    /// Every statement is inferred.
    pub(in crate::landscape) const INFERRED: u8 = 64;
    /// In models: a source or destination outside of the model.
    pub(in crate::landscape) const OUTSIDE: u8 = 128;
    /// In the organization: an unknown item after `realizes`.
    pub(in crate::landscape) const UNREALIZED: u8 = OUTSIDE;
}

/// The inputs or the results of the organization, gathered without a word about what is wrong, so that both can be gathered
/// at once.
pub(super) struct Gathered {
    rows: Rows,
    /// The names of each row, and those that are named again: row, first and second place.
    names: (Lists, Vec<(u32, Place, Place)>),
    /// Of inputs, the statements of the rows that have several.
    waiting: Option<Waiting>,
    used: Used,
    wrong: Vec<Wrong>,
}

/// What the inputs or the results of one file name, looked up before any is made a row: a large project has more names than
/// fit into any cache, and so the waits for memory overlap.
#[derive(Default)]
struct Ahead {
    /// The item of each flow; [`MISSING`] for the wildcard.
    items: Vec<u32>,
    /// The names of all flows, one flow after the other, and the actor that each stands for.
    names: Vec<u32>,
    actors: Vec<u32>,
}

impl Ahead {
    fn look_up(&mut self, merge: &Merge<'_>, file: usize, flows: &[FlowFact]) {
        let Self { items, names, actors } = self;
        let (own, numbers) = (&merge.facts[file].own, merge.numbers.of(file));
        let name = |mention: Mention| numbers[mention.symbol as usize];
        items.clear();
        items.extend(flows.iter().map(|flow| match flow.flags & flag::WILDCARD {
            0 => merge.item_of[name(flow.item) as usize],
            _ => MISSING,
        }));
        names.clear();
        names.extend(flows.iter().flat_map(|flow| own.names_of(flow)).map(|mention| name(*mention)));
        actors.clear();
        actors.extend(names.iter().map(|name| merge.actor_of[*name as usize]));
    }
}

/// What is true of a row because of a statement with these flags, whatever its names stand for.
fn row_flags(stated: u8) -> u8 {
    let (set, unset) =
        (|flag, row| if stated & flag != 0 { row } else { 0 }, |flag, row| if stated & flag == 0 { row } else { 0 });
    set(flag::WILDCARD, row::WILDCARD)
        | set(flag::FEEDBACK, row::FEEDBACK)
        | set(flag::RETAINED, row::RETAINED)
        | unset(flag::ADDRESSED, row::OPEN)
        | unset(flag::REALIZES, row::PLAIN)
}

/// So many inputs, or results, of a process are compared one with another.
const MOST_PLAIN: usize = 32;

/// A name that stands for nothing, or for something of another kind, and where.
struct Wrong {
    file: usize,
    process: u32,
    item: u32,
    mention: Mention,
    /// As what it is named; as an item of a model where there is none.
    wanted: Option<Wanted>,
}

impl Merge<'_> {
    pub(super) fn inputs_and_results(&mut self, inputs: Gathered, results: Gathered) {
        self.finish_flows(Kind::Input, inputs);
        self.finish_flows(Kind::Result, results);
    }

    pub(super) fn gather_flows(&self, kind: Kind) -> Gathered {
        let is_input = kind == Kind::Input;
        let flows_of = |body: &Body| if is_input { body.inputs.len() } else { body.results.len() };
        let statements = self.facts.iter().map(|facts| flows_of(&facts.own)).sum();
        // Mostly one name stands in each. Room that is not used keeps columns apart, so that more pages are cleared.
        let names = self.facts.iter().map(|facts| facts.own.names.len()).sum();
        let rows = Rows::new(statements, statements.min(names));
        let names = (Lists::default(), Vec::new());
        let mut gathered = Gathered { rows, names, waiting: None, used: self.used.none_yet(), wrong: Vec::new() };
        let mut ahead = Ahead::default();
        for file in 0..self.facts.len() {
            let own = &self.facts[file].own;
            let flows = if is_input { &own.inputs } else { &own.results };
            ahead.look_up(self, file, flows);
            if self.are_plain(flows, &ahead, is_input, &gathered.rows) {
                self.gather_plain(file, flows, &ahead, &mut gathered);
                continue;
            }
            let mut known = ahead.names.iter().copied().zip(ahead.actors.iter().copied());
            for (flow, item) in flows.iter().zip(&ahead.items) {
                self.gather_flow(file, flow, *item, &mut known, is_input, &mut gathered);
            }
        }
        let rows = &mut gathered.rows;
        gathered.waiting =
            is_input.then(|| Waiting::of(&rows.statements, rows.is_several, |index| rows.named.actors[index as usize]));
        gathered.names = rows.group();
        gathered
    }

    /// Whether each of the flows of a file is a row of its own, of which nothing is to be looked up or to be said. So are most,
    /// and many at once are made rows in a fraction of the time.
    fn are_plain(&self, flows: &[FlowFact], ahead: &Ahead, is_input: bool, rows: &Rows) -> bool {
        if !self.declared_twice.is_empty() || !rows.are_plain() || ahead.actors.contains(&MISSING) {
            return false;
        }
        if is_input && self.any != MISSING && ahead.names.contains(&self.any) {
            return false;
        }
        let mut items = ahead.items.as_slice();
        flows.chunk_by(|flow, next| flow.owner == next.owner).all(|flows| {
            let (own, rest) = items.split_at(flows.len());
            items = rest;
            let is_known = |(at, item): (usize, &u32)| own[..at].contains(item);
            own.len() <= MOST_PLAIN
                && flows.iter().fold(0, |any, flow| any | flow.flags) & flag::EXTRA == 0
                && !own.iter().enumerate().any(is_known)
        })
    }

    fn gather_plain(&self, file: usize, flows: &[FlowFact], ahead: &Ahead, gathered: &mut Gathered) {
        let Gathered { rows, used, .. } = gathered;
        let facts = self.facts[file];
        let (processes, symbols, file) = (&self.process_ids[file], &facts.symbols, facts.file());
        let span = |mention: Mention| symbols.span(mention);
        rows.process.extend(flows.iter().map(|flow| processes[flow.owner as usize]));
        rows.item.extend(&ahead.items);
        rows.flags.extend(flows.iter().map(|flow| row_flags(flow.flags)));
        rows.places.extend(file, flows.iter().map(|flow| span(flow.item)));
        rows.start_plain(flows.iter().map(|flow| facts.own.names_of(flow).len()));
        ahead.actors.iter().for_each(|actor| used.mark(*actor));
        rows.named.actors.extend(&ahead.actors);
        let names = flows.iter().flat_map(|flow| facts.own.names_of(flow));
        rows.named.places.extend(file, names.map(|mention| span(*mention)));
    }

    /// Makes a row of a flow, or adds to one. `known` has the names of the flow and of those after it, with their actors.
    fn gather_flow(
        &self,
        file: usize,
        flow: &FlowFact,
        item: u32,
        known: &mut impl Iterator<Item = (u32, u32)>,
        is_input: bool,
        gathered: &mut Gathered,
    ) {
        let Gathered { rows, used, wrong, .. } = gathered;
        let facts = self.facts[file];
        let file_id = facts.file();
        let process = self.process_ids[file][flow.owner as usize];
        let is_scattered = !self.declared_twice.is_empty() && self.declared_twice.contains_key(&process);
        let place = Place { file: file_id, span: facts.symbols.span(flow.item) };
        let row = rows.row(process, item, is_scattered, place);
        let names = facts.own.names_of(flow);
        let mut flags = row_flags(flow.flags);
        let mut is_wrong = |mention, wanted| wrong.push(Wrong { file, process, item, mention, wanted });
        let named_start = rows.named.len() as u32;
        for (mention, (name, actor)) in names.iter().zip(known) {
            if name == self.any && is_input {
                flags |= row::OPEN;
            } else if actor != MISSING {
                used.mark(actor);
                rows.name(row, actor, Place { file: file_id, span: facts.symbols.span(*mention) });
            } else {
                flags |= row::UNRESOLVED;
                is_wrong(*mention, Some(if is_input { Wanted::Source } else { Wanted::Destination }));
            }
        }
        // What is named and stands for nobody is not in `named`.
        if rows.named.len() - named_start as usize != names.len() {
            rows.spell(row);
        }
        if let (Some(first), Some(last)) = (names.first(), names.last())
            && let Some(spans) = rows.name_spans.get_mut(row as usize)
            && spans.is_empty()
            && rows.places.of(row).file == file_id
        {
            *spans = facts.symbols.span(*first).to(facts.symbols.span(*last));
        }
        let (realized, system) = facts.own.extra(flow);
        for mention in realized {
            let item = self.item_of[self.name_at(file, *mention) as usize];
            if item != MISSING && self.items_of_models[item as usize] {
                rows.realized.push((row, item));
            } else {
                flags |= row::UNREALIZED;
                is_wrong(*mention, None);
            }
        }
        if !system.is_none() {
            let actor = self.actor_of[self.name_at(file, system) as usize];
            if actor != MISSING && Wanted::Keeper.accepts(self.actor_kind(actor)) {
                used.mark(actor);
                rows.systems.push((row, actor));
            } else {
                is_wrong(system, Some(Wanted::Keeper));
            }
        }
        // Only what waits for its inputs is asked for its statements.
        if is_input && rows.is_several {
            rows.statements.push(Statement { row, flags, start: named_start, end: rows.named.len() as u32 });
        }
        // A row is inferred until a statement is not.
        let slot = &mut rows.flags[row as usize];
        *slot = (*slot | flags) & !row::INFERRED;
    }

    fn finish_flows(&mut self, kind: Kind, gathered: Gathered) {
        let side = if kind == Kind::Input { Wanted::Source } else { Wanted::Destination };
        self.used.add(&gathered.used);
        for Wrong { file, process, item, mention, wanted } in gathered.wrong {
            match wanted {
                Some(wanted) => {
                    self.actor(file, mention, wanted, |this| this.flow_path(process, item, side));
                }
                None => self.not_realized(file, mention, process, item, side),
            }
        }
        if let Some(waiting) = gathered.waiting {
            self.landscape.waiting = waiting;
        }
        self.finish_rows(kind, side, gathered.rows, gathered.names);
    }

    /// `process.risk-assessment/input.threat-reports`
    fn flow_path(&self, process: u32, item: u32, wanted: Wanted) -> String {
        let process = self.landscape.value(Kind::Process, "id", process).map_or("", |name| self.landscape.name(name));
        let item = match item {
            MISSING => "*",
            _ => self.landscape.value(Kind::Item, "id", item).map_or("", |name| self.landscape.name(name)),
        };
        let word = if wanted == Wanted::Source { "input" } else { "result" };
        format!("process.{process}/{word}.{item}")
    }

    /// An item after `realizes` that no model knows.
    fn not_realized(&mut self, file: usize, mention: Mention, process: u32, item: u32, wanted: Wanted) {
        let name = self.name_at(file, mention);
        let text = self.text(file, mention);
        if text.is_empty() || self.landscape.was_skipped(text) {
            return;
        }
        let place = self.mention_place(file, mention);
        let entity = format!("{}/realizes.{text}", self.flow_path(process, item, wanted));
        let diagnostic =
            Diagnostic::error("REF008", place, format!("no reference model has an item `{text}`")).of(entity);
        let diagnostic = match self.nearest_model_item(name, text) {
            Some(near) => diagnostic.help(format!("did you mean `{}`?", near.name)).fix_if_any(rename(place, near)),
            None => diagnostic.help("name an item of the model, or leave `realizes` out"),
        };
        self.say(diagnostic);
    }

    fn finish_rows(
        &mut self,
        kind: Kind,
        wanted: Wanted,
        rows: Rows,
        (lists, again): (Lists, Vec<(u32, Place, Place)>),
    ) {
        let count = rows.process.len() as u32;
        for (row, first, again) in again {
            if self.landscape.is_incomplete(again) {
                continue;
            }
            let (process, item) = (rows.process[row as usize], rows.item[row as usize]);
            let text = self.sources.get(again.file).slice(again.span);
            let entity = format!("{}/{}.{text}", self.flow_path(process, item, wanted), wanted.word());
            let what = if wanted == Wanted::Source { "source" } else { "destination" };
            let item = match item {
                MISSING => "*",
                _ => self.landscape.value(Kind::Item, "id", item).map_or("", |name| self.landscape.name(name)),
            };
            let diagnostic =
                Diagnostic::error("SYN026", again, format!("the {what} `{text}` of `{item}` is named twice"))
                    .underlined("named again here")
                    .label(first, "first named here")
                    .help("take one of the two away")
                    .of(entity);
            self.say(diagnostic);
        }
        let ends = if kind == Kind::Input { Kind::Source } else { Kind::Destination };
        let table = self.landscape.table_mut(ends);
        table.rows = 0..rows.named.places.len() as u32;
        table.places = rows.named.places;
        let table = self.landscape.table_mut(kind);
        table.rows = 0..count;
        table.places = rows.places;
        table.set_scalar(kind, "process", rows.process);
        table.set_scalar(kind, "item", rows.item);
        if kind == Kind::Input {
            if !rows.name_spans.is_empty() {
                table.set_spans(kind, "from", rows.name_spans);
            }
            table.set(kind, "from", Column::List(lists));
            table.set_flags(
                kind,
                rows.flags,
                &[
                    ("wildcard", row::WILDCARD),
                    ("open", row::OPEN),
                    ("feedback", row::FEEDBACK),
                    ("unresolved", row::UNRESOLVED),
                    ("unrealized", row::UNREALIZED),
                ],
            );
            self.landscape.flows.input_realizes = rows.realized;
        } else {
            if !rows.name_spans.is_empty() {
                table.set_spans(kind, "to", rows.name_spans);
            }
            table.set(kind, "to", Column::List(lists));
            table.set_pairs(kind, "systems", count as usize, &rows.systems);
            table.set_flags(
                kind,
                rows.flags,
                &[("unresolved", row::UNRESOLVED), ("retained", row::RETAINED), ("unrealized", row::UNREALIZED)],
            );
            self.landscape.flows.result_realizes = rows.realized;
        }
    }

    /// Inputs and results of reference processes. `ends` finds who is named in the model of a process.
    pub(super) fn reference_flows(
        &mut self,
        kind: Kind,
        reference_ids: &[Vec<u32>],
        ends: &ReferenceEnds,
        models: &[u32],
    ) {
        let is_input = kind == Kind::ReferenceInput;
        let mut rows = Rows::new(0, 0);
        let (mut statements, mut listed) = (Vec::new(), Vec::new());
        for (file, reference_ids) in reference_ids.iter().enumerate() {
            let facts = self.facts[file];
            for flow in if is_input { &facts.reference.inputs } else { &facts.reference.results } {
                let process = reference_ids[flow.owner as usize];
                if process == MISSING {
                    continue;
                }
                let wildcard = flow.flags & flag::WILDCARD != 0;
                let item = if wildcard { MISSING } else { self.item_of[self.name_at(file, flow.item) as usize] };
                let place = self.mention_place(file, flow.item);
                // Reference processes that are declared twice are rare, and models are small.
                let row = rows.row(process, item, true, place);
                let mut flags = if wildcard { row::WILDCARD } else { 0 };
                if flow.flags & flag::ADDRESSED == 0 {
                    flags |= row::OPEN;
                }
                let start = listed.len() as u32;
                for mention in facts.reference.names_of(flow) {
                    let name = self.name_at(file, *mention);
                    if name == self.any {
                        flags |= row::OPEN;
                        continue;
                    }
                    match ends.get(&(models[process as usize], name)) {
                        Some(ReferenceEnd::Inside(reference)) => {
                            let place = self.mention_place(file, *mention);
                            rows.name(row, *reference, place);
                            listed.push(*reference);
                        }
                        Some(ReferenceEnd::Outside) => flags |= row::OUTSIDE,
                        None => {
                            flags |= row::UNRESOLVED;
                            self.unknown_end(file, *mention, process, item, is_input, models, ends);
                        }
                    }
                }
                if flags & row::OPEN != 0 {
                    flags |= row::OUTSIDE;
                }
                let inferred = if flow.flags & flag::INFERRED != 0 { row::INFERRED } else { 0 };
                statements.push(Statement { row, flags: flags | inferred, start, end: listed.len() as u32 });
                let slot = &mut rows.flags[row as usize];
                *slot = (*slot & row::INFERRED & inferred) | (*slot & !row::INFERRED) | flags;
            }
        }
        let count = rows.process.len() as u32;
        let (lists, again) = rows.group();
        for (row, first, again) in again {
            if self.landscape.is_incomplete(again) {
                continue;
            }
            let what = if is_input { "source" } else { "destination" };
            let text = self.sources.get(again.file).slice(again.span);
            let path = self.reference_path(rows.process[row as usize]);
            let diagnostic = Diagnostic::error("SYN026", again, format!("the {what} `{text}` is named twice"))
                .underlined("named again here")
                .label(first, "first named here")
                .help("take one of the two away")
                .of(format!("{path}/{what}.{text}"));
            self.say(diagnostic);
        }
        let kept = &mut self.landscape.flows;
        if is_input {
            (kept.inputs, kept.input_names) = (statements, listed);
        } else {
            (kept.results, kept.result_names) = (statements, listed);
        }
        let table = self.landscape.table_mut(kind);
        table.rows = 0..count;
        table.places = rows.places;
        table.set_scalar(kind, "reference", rows.process);
        table.set_scalar(kind, "item", rows.item);
        table.set(kind, if is_input { "from" } else { "to" }, Column::List(lists));
        table.set_flags(
            kind,
            rows.flags,
            &[("wildcard", row::WILDCARD), ("inferred", row::INFERRED), ("outside", row::OUTSIDE)],
        );
    }

    #[expect(clippy::too_many_arguments, reason = "it is the tail of a loop, set apart because it is rarely taken")]
    fn unknown_end(
        &mut self,
        file: usize,
        mention: Mention,
        process: u32,
        item: u32,
        is_input: bool,
        models: &[u32],
        ends: &ReferenceEnds,
    ) {
        let text = self.text(file, mention);
        if text.is_empty() || self.landscape.was_skipped(text) {
            return;
        }
        let place = self.mention_place(file, mention);
        let model = models[process as usize];
        let is_thorough = self.suggestions.spend();
        let mut names: Vec<&str> = ends
            .keys()
            .filter(|_| is_thorough)
            .filter(|(of, _)| *of == model)
            .map(|(_, name)| self.landscape.name(*name))
            .collect();
        names.sort_unstable();
        let near = crate::diagnostic::near(text, names);
        let model = self.landscape.value(Kind::Model, "id", model).map_or("", |name| self.landscape.name(name));
        let (flow, word) = if is_input { ("input", "from") } else { ("result", "to") };
        let item = if item == MISSING { None } else { self.landscape.value(Kind::Item, "id", item) };
        let item = item.map_or("*", |name| self.landscape.name(name));
        let entity = format!("{}/{flow}.{item}/{word}.{text}", self.reference_path(process));
        let mut diagnostic = Diagnostic::error(
            "REF001",
            place,
            format!("no process or party of the model `{model}` is called `{text}`"),
        )
        .of(entity);
        diagnostic = match near {
            Some(near) => diagnostic.help(format!("did you mean `{}`?", near.name)).fix_if_any(rename(place, near)),
            None => diagnostic.help(format!("declare it inside of the model, for example as `party {text} \"…\"`")),
        };
        self.say(diagnostic);
    }
}

/// Whom a name stands for in a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReferenceEnd {
    /// A reference process.
    Inside(u32),
    /// A party, role or system of the model.
    Outside,
}

/// Everybody whom a model knows, by model and name.
pub(super) type ReferenceEnds = FxHashMap<(u32, u32), ReferenceEnd>;
