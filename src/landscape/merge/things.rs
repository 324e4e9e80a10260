//! What items and actors say of themselves.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::{Diagnostic, Place};
use crate::text::Span;

use crate::landscape::column::{Lists, Sparse};
use crate::landscape::facts::{Owned, Owner, ThingKind};
use crate::landscape::places::Places;
use crate::landscape::{Kind, MISSING};

use super::Merge;
use super::at_hand::AtHand;
use super::unknown::Wanted;
use super::used::Used;

impl Merge<'_> {
    /// What items say of themselves, in the organization and, where it says nothing, in the models.
    pub(super) fn things(&mut self) {
        let items = self.landscape.table(Kind::Item).places.len();
        let mut columns = ItemColumns {
            title: Sparse::new(items, MISSING),
            declared: Sparse::new(items, 0),
            classification: Sparse::new(items, MISSING),
            classification_spans: Sparse::new(items, Span::default()),
            cadence: Sparse::new(items, MISSING),
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
                if columns.declared.get(row) != 0 {
                    let first = self.landscape.table(Kind::Item).places.of(item);
                    let entity = format!("item.{}", self.text(file, thing.id));
                    self.declared_twice(first, place, thing.span, "item", "item", entity);
                    continue;
                }
                columns.declared.set(row, 1);
                columns.title.set(row, self.string(file, thing.title));
                columns.cadence.set(row, thing.cadence);
                if !thing.classification.is_none() {
                    columns.classification.set(row, self.name_at(file, thing.classification));
                    columns.classification_spans.set(row, self.facts[file].symbols.span(thing.classification));
                }
                self.landscape.table_mut(Kind::Item).places.set(item, place);
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
        let table = self.landscape.table_mut(Kind::Item);
        table.set_sparse(Kind::Item, "title", columns.title);
        table.set_sparse(Kind::Item, "declared", columns.declared);
        table.set_sparse(Kind::Item, "classification", columns.classification);
        table.set_sparse_spans(Kind::Item, "classification", columns.classification_spans);
        table.set_sparse(Kind::Item, "cadence", columns.cadence);
        table.set_pairs(Kind::Item, "parts", items, &parts);
        table.set_pairs(Kind::Item, "sources", items, &sources);
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
                if columns.title.get(row) == MISSING {
                    columns.title.set(row, self.string(file, thing.title));
                }
            }
            for part in &reference.parts {
                let Owner::Thing(thing) = part.owner() else { continue };
                parts.push((ids[thing as usize], self.item_of[self.name_at(file, part.value) as usize]));
            }
        }
        parts.retain(|(whole, _)| *whole != MISSING);
    }

    /// The owners of items and of processes, gathered without a word about what is wrong.
    pub(super) fn gather_owners(&self) -> Owners {
        let processes = self.landscape.table(Kind::Process).rows.len();
        let count = self.facts.iter().map(|facts| facts.own.owners.len()).sum();
        let mut rows = Owners {
            of_items: Vec::new(),
            of_processes: Lists::default(),
            process: Vec::with_capacity(count),
            role: Vec::with_capacity(count),
            places: Places::with_capacity(count),
            process_spans: vec![Span::default(); processes],
            used: self.used.none_yet(),
            wrong: Vec::new(),
        };
        let mut of_processes = Vec::with_capacity(count);
        let roles = self.landscape.table(Kind::Role).rows.clone();
        let mut scattered: FxHashSet<(u32, u32)> = FxHashSet::default();
        let mut at_hand = AtHand::default();
        for (file, facts) in self.facts.iter().enumerate() {
            let own = &facts.own;
            for (number, owner) in own.owners.iter().enumerate() {
                let role = self.actor_of[self.name_at(file, owner.value) as usize];
                rows.used.mark(role);
                if !roles.contains(&role) {
                    rows.wrong.push((file, number));
                    continue;
                }
                match owner.owner() {
                    Owner::Process(number) => {
                        let process = self.process_ids[file][number as usize];
                        let span = &mut rows.process_spans[process as usize];
                        if span.is_empty() && self.is_declared_first_in(process, file) {
                            *span = facts.symbols.span(owner.value);
                        }
                        of_processes.push((process, role));
                        let row = rows.process.len() as u32;
                        let is_new = if self.declared_twice.contains_key(&process) {
                            scattered.insert((process, role))
                        } else {
                            at_hand.first(process, role, row) == row
                        };
                        if is_new {
                            rows.process.push(process);
                            rows.role.push(role);
                            rows.places.push(self.mention_place(file, owner.value));
                        }
                    }
                    Owner::Thing(number) if own.things[number as usize].kind == ThingKind::Item => {
                        rows.of_items.push((self.thing_ids[file][number as usize], role));
                    }
                    Owner::Thing(_) => {}
                }
            }
        }
        if !of_processes.is_empty() {
            rows.of_processes = Lists::from_pairs(processes, &of_processes);
        }
        rows
    }

    pub(super) fn owners(&mut self, rows: Owners) {
        self.used.add(&rows.used);
        for (file, number) in rows.wrong {
            let owner = &self.facts[file].own.owners[number];
            self.actor(file, owner.value, Wanted::Owner, |this| this.owner_path(file, owner.owner()));
        }
        let items = self.landscape.table(Kind::Item).places.len();
        let table = self.landscape.table_mut(Kind::Ownership);
        table.rows = 0..rows.process.len() as u32;
        table.places = rows.places;
        table.set_scalar(Kind::Ownership, "process", rows.process);
        table.set_scalar(Kind::Ownership, "role", rows.role);
        let table = self.landscape.table_mut(Kind::Process);
        table.set_lists(Kind::Process, "owners", rows.of_processes);
        table.set_spans(Kind::Process, "owners", rows.process_spans);
        self.landscape.table_mut(Kind::Item).set_pairs(Kind::Item, "owners", items, &rows.of_items);
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

/// Who owns what.
pub(super) struct Owners {
    of_items: Vec<(u32, u32)>,
    of_processes: Lists,
    /// Each role of each process once.
    process: Vec<u32>,
    role: Vec<u32>,
    places: Places,
    /// Where each process names its first owner.
    process_spans: Vec<Span>,
    used: Used,
    /// Owners that are no roles, by file and number.
    wrong: Vec<(usize, usize)>,
}

struct ItemColumns {
    title: Sparse<u32>,
    declared: Sparse<u32>,
    classification: Sparse<u32>,
    classification_spans: Sparse<Span>,
    cadence: Sparse<u32>,
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
