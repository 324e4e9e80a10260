//! What items and actors say of themselves.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::{Diagnostic, Place};
use crate::text::Span;

use crate::landscape::column::{Column, Lists};
use crate::landscape::facts::{Owned, Owner, ThingKind};
use crate::landscape::{Kind, MISSING};

use super::Merge;
use super::unknown::Wanted;

impl Merge<'_> {
    /// What items say of themselves, in the organization and, where it says nothing, in the models.
    pub(super) fn things(&mut self) {
        let items = self.landscape.table(Kind::Item).places.len();
        let mut columns = ItemColumns {
            title: vec![MISSING; items],
            declared: vec![0; items],
            classification: vec![MISSING; items],
            classification_spans: vec![Span::default(); items],
            cadence: vec![MISSING; items],
        };
        let (mut parts, mut sources) = (Vec::new(), Vec::new());
        for file in 0..self.facts.len() {
            let own = &self.facts[file].own;
            for (number, thing) in own.things.iter().enumerate() {
                if thing.kind != ThingKind::Item {
                    continue;
                }
                let item = self.item_of[self.name_at(file, thing.id) as usize];
                self.thing_ids[file][number] = item;
                let place = self.mention_place(file, thing.id);
                let row = item as usize;
                if columns.declared[row] != 0 {
                    let first = self.landscape.table(Kind::Item).places[row];
                    let entity = format!("item.{}", self.text(file, thing.id));
                    self.declared_twice(first, place, thing.span, "item", "item", entity);
                    continue;
                }
                columns.declared[row] = 1;
                columns.title[row] = self.string(file, thing.title);
                columns.cadence[row] = thing.cadence;
                if !thing.classification.is_none() {
                    columns.classification[row] = self.name_at(file, thing.classification);
                    columns.classification_spans[row] = self.facts[file].symbols.span(thing.classification);
                }
                self.landscape.table_mut(Kind::Item).places[row] = place;
            }
            for part in &own.parts {
                let Owner::Thing(thing) = part.owner() else { continue };
                parts.push((
                    self.thing_ids[file][thing as usize],
                    self.item_of[self.name_at(file, part.value) as usize],
                ));
            }
            for source in &own.sources {
                let string = self.string(file, source.value);
                self.judge_source(file, source);
                if let Owner::Thing(thing) = source.owner()
                    && own.things[thing as usize].kind == ThingKind::Item
                {
                    sources.push((self.thing_ids[file][thing as usize], string));
                }
            }
        }
        self.model_items(&mut columns, &mut parts);
        self.seal_duplicates();
        parts.dedup();
        let owners = self.owners();
        let table = self.landscape.table_mut(Kind::Item);
        table.set_scalar(Kind::Item, "title", columns.title);
        table.set_scalar(Kind::Item, "declared", columns.declared);
        table.set_scalar(Kind::Item, "classification", columns.classification);
        table.set_spans(Kind::Item, "classification", columns.classification_spans);
        table.set_scalar(Kind::Item, "cadence", columns.cadence);
        table.set(Kind::Item, "parts", Column::List(Lists::from_pairs(items, &parts)));
        table.set(Kind::Item, "sources", Column::List(Lists::from_pairs(items, &sources)));
        table.set(Kind::Item, "owners", Column::List(owners));
    }

    /// Items that models declare: their titles stand in for missing ones.
    fn model_items(&mut self, columns: &mut ItemColumns, parts: &mut Vec<(u32, u32)>) {
        let mut declared: FxHashMap<(u32, u32), Place> = FxHashMap::default();
        for file in 0..self.facts.len() {
            let reference = &self.facts[file].reference;
            let mut ids = vec![MISSING; reference.things.len()];
            for (number, thing) in reference.things.iter().enumerate() {
                if thing.kind != ThingKind::Item {
                    continue;
                }
                let item = self.item_of[self.name_at(file, thing.id) as usize];
                ids[number] = item;
                let row = item as usize;
                let model = self.catalogues.models[file][thing.model as usize];
                let place = self.mention_place(file, thing.id);
                match declared.get(&(model, item)).copied() {
                    Some(first) if !self.landscape.is_incomplete(place) => {
                        let entity = format!("model/item.{}", self.text(file, thing.id));
                        self.declared_twice(first, place, thing.span, "item", "item", entity);
                    }
                    Some(_) => {}
                    None => {
                        declared.insert((model, item), place);
                    }
                }
                if columns.title[row] == MISSING {
                    columns.title[row] = self.string(file, thing.title);
                }
            }
            for part in &reference.parts {
                let Owner::Thing(thing) = part.owner() else { continue };
                parts.push((ids[thing as usize], self.item_of[self.name_at(file, part.value) as usize]));
            }
        }
        parts.retain(|(whole, _)| *whole != MISSING);
    }

    /// Owners of items; those of processes are resolved with them and kept for later.
    fn owners(&mut self) -> Lists {
        let items = self.landscape.table(Kind::Item).places.len();
        let processes = self.landscape.table(Kind::Process).rows.len();
        let (mut of_items, mut of_processes) = (Vec::new(), Vec::new());
        let (mut owned, mut owning, mut places) = (Vec::new(), Vec::new(), Vec::new());
        let mut seen: FxHashSet<(u32, u32)> = FxHashSet::default();
        let mut process_spans = vec![Span::default(); processes];
        for file in 0..self.facts.len() {
            let own = &self.facts[file].own;
            for owner in &own.owners {
                let by = owner.owner();
                let role = self.actor(file, owner.value, Wanted::Owner, |this| this.owner_path(file, by));
                let Some(role) = role else { continue };
                match by {
                    Owner::Process(number) => {
                        let process = self.process_ids[file][number as usize];
                        let span = &mut process_spans[process as usize];
                        if span.is_empty()
                            && self.landscape.table(Kind::Actor).places[process as usize].file
                                == self.facts[file].file()
                        {
                            *span = self.facts[file].symbols.span(owner.value);
                        }
                        of_processes.push((process, role));
                        if seen.insert((process, role)) {
                            owned.push(process);
                            owning.push(role);
                            places.push(self.mention_place(file, owner.value));
                        }
                    }
                    Owner::Thing(number) if own.things[number as usize].kind == ThingKind::Item => {
                        of_items.push((self.thing_ids[file][number as usize], role));
                    }
                    Owner::Thing(_) => {}
                }
            }
        }
        let table = self.landscape.table_mut(Kind::Ownership);
        table.rows = 0..owned.len() as u32;
        table.places = places;
        table.set_scalar(Kind::Ownership, "process", owned);
        table.set_scalar(Kind::Ownership, "role", owning);
        let table = self.landscape.table_mut(Kind::Process);
        table.set(Kind::Process, "owners", Column::List(Lists::from_pairs(processes, &of_processes)));
        table.set_spans(Kind::Process, "owners", process_spans);
        Lists::from_pairs(items, &of_items)
    }

    /// A `source` that looks like a path in the project has to be one.
    fn judge_source(&mut self, file: usize, source: &Owned<Span>) {
        let Some(known) = &self.surroundings.known_paths else { return };
        let place = self.place(file, source.value);
        let of = self.sources.get(place.file);
        if of.is_builtin() {
            return;
        }
        let text = crate::syntax::string_value(of.text(), source.value);
        let path = text.split('#').next().unwrap_or("").trim();
        let has_scheme = path.split_once(':').is_some_and(|(scheme, _)| {
            scheme.len() > 1 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        });
        if path.is_empty() || has_scheme || path.starts_with('/') {
            return;
        }
        let folder = of.path().rsplit_once('/').map_or("", |(folder, _)| folder);
        let candidates = [normalize("", path), normalize(folder, path)];
        let found = candidates.iter().any(|candidate| match candidate {
            // Out of the project nothing is looked up.
            None => true,
            Some(path) => path.is_empty() || known(path),
        });
        if !found {
            let entity = format!("{}/source.{path}", self.owner_path(file, source.owner()));
            let diagnostic = Diagnostic::warning("REF010", place, format!("there is no file `{path}` in the project"))
                .help(
                    "write the path from the root of the project, with `/`; addresses on the web begin with `https://`",
                )
                .of(entity);
            self.say(diagnostic);
        }
    }
}

struct ItemColumns {
    title: Vec<u32>,
    declared: Vec<u32>,
    classification: Vec<u32>,
    classification_spans: Vec<Span>,
    cadence: Vec<u32>,
}

/// `folder/path` without `.` and `..`; `None` where it leads out of the project.
fn normalize(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
