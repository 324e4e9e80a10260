//! Who and what there is: processes, roles, parties, systems and items.

use std::hint::black_box;

use crate::diagnostic::Place;
use crate::text::Span;

use crate::landscape::facts::{FileFacts, ThingFact, ThingKind};
use crate::landscape::names::{AHEAD, Numbers};
use crate::landscape::places::Places;
use crate::landscape::symbols::Mention;
use crate::landscape::{Kind, MISSING};

use super::used::Used;
use super::{Merge, of_names};

/// The declared actors of one kind, as columns. Those of processes, which come first, become those of all actors.
#[derive(Default)]
struct Entries {
    names: Vec<u32>,
    titles: Vec<u32>,
    places: Places,
}

impl Entries {
    fn with_capacity(actors: usize) -> Self {
        Self {
            names: Vec::with_capacity(actors),
            titles: Vec::with_capacity(actors),
            places: Places::with_capacity(actors),
        }
    }

    fn push(&mut self, name: u32, title: u32, place: Place) {
        self.names.push(name);
        self.titles.push(title);
        self.places.push(place);
    }
}

/// The kinds of actors in the order of their ids; a provisional id is the number of the kind and that in the kind.
const KINDS: [Kind; 4] = [Kind::Process, Kind::Role, Kind::Party, Kind::System];
const KIND_SHIFT: u32 = 30;
const NUMBER: u32 = (1 << KIND_SHIFT) - 1;

impl Merge<'_> {
    pub(super) fn actors(&mut self) {
        let most = |facts: &&FileFacts| facts.own.processes.len() + facts.own.things.len();
        let most = self.facts.iter().map(most).sum();
        let mut entries = [Entries::with_capacity(most), Entries::default(), Entries::default(), Entries::default()];
        self.landscape.strings.begin(most);
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

    fn thing(&mut self, entries: &mut [Entries; 4], file: usize, thing: &ThingFact) -> u32 {
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
        entries: &mut [Entries; 4],
        kind: usize,
        file: usize,
        id: Mention,
        title: Span,
        span: Span,
    ) -> u32 {
        let name = self.name_at(file, id);
        let place = self.mention_place(file, id);
        let first = self.actor_of[name as usize];
        if first != MISSING {
            let first_kind = (first >> KIND_SHIFT) as usize;
            let first_place = entries[first_kind].places.of(first & NUMBER);
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
        let provisional = (kind as u32) << KIND_SHIFT | entries[kind].names.len() as u32;
        entries[kind].push(name, title, place);
        if first == MISSING {
            self.actor_of[name as usize] = provisional;
        }
        provisional
    }

    /// Gives the ids: processes first, which keep their provisional ones, then roles, parties and systems.
    fn number(&mut self, entries: [Entries; 4]) {
        let mut starts = [0_u32; 4];
        let mut next = 0;
        for (kind, list) in entries.iter().enumerate() {
            starts[kind] = next;
            next += list.names.len() as u32;
            self.landscape.table_mut(KINDS[kind]).rows = starts[kind]..next;
        }
        self.landscape.table_mut(Kind::Outsider).rows = starts[1]..next;
        let id = |provisional: u32| match provisional {
            MISSING => MISSING,
            _ => starts[(provisional >> KIND_SHIFT) as usize] + (provisional & NUMBER),
        };
        // Of the other declarations only those of actors are numbered so far.
        for actor in self.thing_ids.iter_mut().flatten() {
            *actor = id(*actor);
        }
        let [mut all, roles, parties, systems] = entries;
        for (kind, list) in (1..).zip([roles, parties, systems]) {
            let rows = list.names.iter().zip(&list.titles).zip(list.places.iter());
            for (number, ((name, title), place)) in (0..).zip(rows) {
                let (provisional, actor) = (kind << KIND_SHIFT | number, &mut self.actor_of[*name as usize]);
                // The name may be that of another kind, which was declared first.
                if *actor == provisional {
                    *actor = id(provisional);
                }
                all.push(*name, *title, place);
            }
        }
        self.used = Used::new(starts[1]..next);
        let table = self.landscape.table_mut(Kind::Actor);
        table.rows = 0..next;
        table.places = all.places;
        table.set_scalar(Kind::Actor, "id", all.names);
        table.set_scalar(Kind::Actor, "title", all.titles);
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
            let used = rows.map(|actor| u32::from(self.used.is_marked(actor))).collect();
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
        let mentions = |facts: &&FileFacts| facts.own.items.len() + facts.reference.items.len();
        let most = facts.iter().map(mentions).sum::<usize>().min(known);
        let (mut names, mut places) = (Vec::with_capacity(most), Places::with_capacity(most));
        let (mut item_of, mut in_models) = (of_names(known), Vec::new());
        let mut ahead: Vec<u32> = Vec::with_capacity(AHEAD);
        for (file, facts) in facts.iter().enumerate() {
            let numbers = numbers.of(file);
            for (body, is_model) in [(&facts.own, false), (&facts.reference, true)] {
                for mentions in body.items.chunks(AHEAD) {
                    // All are looked up at once, so that the waits overlap.
                    let name = |mention: &Mention| numbers.get(mention.symbol as usize).copied().unwrap_or(MISSING);
                    ahead.clear();
                    ahead.extend(mentions.iter().map(name));
                    let item = |name: &u32| item_of.get(*name as usize).copied().unwrap_or_default();
                    black_box(ahead.iter().map(item).fold(0, u32::wrapping_add));
                    for (name, mention) in ahead.iter().zip(mentions) {
                        // There is none where the text ends too soon.
                        let Some(item) = item_of.get_mut(*name as usize) else { continue };
                        if *item == MISSING {
                            *item = names.len() as u32;
                            names.push(*name);
                            places.push(Place { file: facts.file(), span: facts.symbols.span(*mention) });
                        }
                        if is_model {
                            in_models.push(*item);
                        }
                    }
                }
            }
        }
        let mut of_models = vec![false; names.len()];
        in_models.into_iter().for_each(|item| of_models[item as usize] = true);
        Self { names, places, of_models, item_of }
    }
}
