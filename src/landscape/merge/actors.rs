//! Who and what there is: processes, roles, parties, systems and items.

use crate::diagnostic::Place;
use crate::text::Span;

use crate::landscape::facts::{FileFacts, ThingFact, ThingKind};
use crate::landscape::names::Numbers;
use crate::landscape::places::Places;
use crate::landscape::symbols::NO_SYMBOL;
use crate::landscape::{Kind, MISSING};

use super::{Merge, of_names};

/// A declared actor before its id is known.
struct Entry {
    name: u32,
    place: Place,
    title: u32,
}

/// The kinds of actors in the order of their ids; a provisional id is the number of the kind and that in the kind.
const KINDS: [Kind; 4] = [Kind::Process, Kind::Role, Kind::Party, Kind::System];
const KIND_SHIFT: u32 = 30;

impl Merge<'_> {
    pub(super) fn actors(&mut self) {
        let mut entries: [Vec<Entry>; 4] = [const { Vec::new() }; 4];
        let processes: usize = self.facts.iter().map(|facts| facts.own.processes.len()).sum();
        entries[0].reserve(processes);
        let strings = |facts: &&FileFacts| facts.own.processes.len() + facts.own.things.len();
        self.landscape.strings.begin(self.facts.iter().map(strings).sum());
        for file in 0..self.facts.len() {
            let own = &self.facts[file].own;
            let mut process_ids = Vec::with_capacity(own.processes.len());
            let mut thing_ids = vec![MISSING; own.things.len()];
            let mut things =
                own.things.iter().enumerate().filter(|(_, thing)| thing.kind != ThingKind::Item).peekable();
            for process in &own.processes {
                while let Some((number, thing)) = things.next_if(|(_, thing)| thing.id.start < process.id.start) {
                    thing_ids[number] = self.thing(&mut entries, file, thing);
                }
                process_ids.push(self.declare(&mut entries, 0, file, process.id, process.title, process.span));
            }
            for (number, thing) in things {
                thing_ids[number] = self.thing(&mut entries, file, thing);
            }
            self.process_ids.push(process_ids);
            self.thing_ids.push(thing_ids);
        }
        self.seal_duplicates();
        self.number(entries);
    }

    fn thing(&mut self, entries: &mut [Vec<Entry>; 4], file: usize, thing: &ThingFact) -> u32 {
        let kind = match thing.kind {
            ThingKind::Role => 1,
            ThingKind::Party => 2,
            ThingKind::System | ThingKind::Item => 3,
        };
        self.declare(entries, kind, file, thing.id, thing.title, thing.span)
    }

    /// Declares an actor and answers with its provisional id; that of the first declaration, where it is of the same kind.
    fn declare(
        &mut self,
        entries: &mut [Vec<Entry>; 4],
        kind: usize,
        file: usize,
        id: crate::landscape::symbols::Mention,
        title: Span,
        span: Span,
    ) -> u32 {
        let name = self.name_at(file, id);
        let place = self.mention_place(file, id);
        let first = self.actor_of[name as usize];
        if first != MISSING {
            let first_kind = (first >> KIND_SHIFT) as usize;
            let first_place = entries[first_kind][(first & !(u32::MAX << KIND_SHIFT)) as usize].place;
            let (what, first_what) = (KINDS[kind].schema().name, KINDS[first_kind].schema().name);
            let entity = format!("{what}.{}", self.text(file, id));
            self.declared_twice(first_place, place, span, what, first_what, entity);
            if kind == first_kind {
                if kind == 0 {
                    self.declared_twice.insert(first, ());
                }
                return first;
            }
            if kind != 0 {
                return MISSING;
            }
        }
        let title = self.string(file, title);
        let provisional = (kind as u32) << KIND_SHIFT | entries[kind].len() as u32;
        entries[kind].push(Entry { name, place, title });
        if first == MISSING {
            self.actor_of[name as usize] = provisional;
        }
        provisional
    }

    /// Gives the ids: processes first, then roles, parties and systems.
    fn number(&mut self, entries: [Vec<Entry>; 4]) {
        let mut starts = [0_u32; 4];
        let mut next = 0;
        for (kind, list) in entries.iter().enumerate() {
            starts[kind] = next;
            next += list.len() as u32;
            self.landscape.table_mut(KINDS[kind]).rows = starts[kind]..next;
        }
        self.landscape.table_mut(Kind::Outsider).rows = starts[1]..next;
        let id = |provisional: u32| match provisional {
            MISSING => MISSING,
            _ => starts[(provisional >> KIND_SHIFT) as usize] + (provisional & !(u32::MAX << KIND_SHIFT)),
        };
        for actor in &mut self.actor_of {
            *actor = id(*actor);
        }
        // Of the other declarations only those of actors are numbered so far.
        for ids in self.process_ids.iter_mut().chain(&mut self.thing_ids) {
            for actor in ids {
                *actor = id(*actor);
            }
        }
        let all = next as usize;
        let (mut names, mut titles) = (Vec::with_capacity(all), Vec::with_capacity(all));
        let mut places = Places::with_capacity(all);
        for entry in entries.into_iter().flatten() {
            names.push(entry.name);
            titles.push(entry.title);
            places.push(entry.place);
        }
        self.is_used = vec![false; names.len()];
        let table = self.landscape.table_mut(Kind::Actor);
        table.rows = 0..next;
        table.places = places;
        table.set_scalar(Kind::Actor, "id", names);
        table.set_scalar(Kind::Actor, "title", titles);
    }

    pub(super) fn items(&mut self, items: Items) {
        let Items { names, places, of_models, item_of } = items;
        self.items_of_models = of_models;
        self.item_of = item_of;
        // Names that stand in no file may have been added meanwhile.
        self.item_of.resize(self.landscape.names.len(), MISSING);
        let table = self.landscape.table_mut(Kind::Item);
        table.rows = 0..names.len() as u32;
        table.places = places;
        table.set_scalar(Kind::Item, "id", names);
    }

    /// Says which roles, parties and systems are used.
    pub(super) fn used(&mut self) {
        for kind in [Kind::Role, Kind::Party, Kind::System] {
            let rows = self.landscape.table(kind).rows.clone();
            let used =
                self.is_used[rows.start as usize..rows.end as usize].iter().map(|used| u32::from(*used)).collect();
            self.landscape.table_mut(kind).set_scalar(kind, "used", used);
        }
    }
}

/// Every item that anything introduces, in the order of first mention.
pub(super) struct Items {
    names: Vec<u32>,
    places: Places,
    /// Which of them some model knows.
    of_models: Vec<bool>,
    /// The item of each name.
    item_of: Vec<u32>,
}

impl Items {
    /// Gathers the items of all files, whose `numbers` stand for so many `known` names.
    pub(super) fn gather(facts: &[&FileFacts], numbers: &Numbers, known: usize) -> Self {
        // Room that is not used is never touched.
        let most = facts.iter().map(|facts| facts.own.items.len() + facts.reference.items.len()).sum();
        let (mut names, mut places) = (Vec::with_capacity(most), Places::with_capacity(most));
        let (mut of_models, mut item_of) = (Vec::with_capacity(most), of_names(known));
        for (file, facts) in facts.iter().enumerate() {
            let numbers = numbers.of(file);
            for (body, is_model) in [(&facts.own, false), (&facts.reference, true)] {
                for mention in &body.items {
                    let name = match mention.symbol {
                        NO_SYMBOL => continue,
                        symbol => numbers[symbol as usize],
                    };
                    let mut item = item_of[name as usize];
                    if item == MISSING {
                        item = names.len() as u32;
                        item_of[name as usize] = item;
                        names.push(name);
                        places.push(Place { file: facts.file(), span: facts.symbols.span(*mention) });
                        of_models.push(false);
                    }
                    of_models[item as usize] |= is_model;
                }
            }
        }
        Self { names, places, of_models, item_of }
    }
}
