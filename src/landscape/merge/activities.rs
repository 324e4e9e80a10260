//! The activities and the indicators of processes.

use rustc_hash::FxHashMap;

use crate::diagnostic::Diagnostic;

use crate::landscape::column::{Lists, Sparse};
use crate::landscape::facts::Owner;
use crate::landscape::places::Places;
use crate::landscape::strings::Run;
use crate::landscape::symbols::Mention;
use crate::landscape::{Kind, MISSING};

use super::at_hand::AtHand;
use super::unknown::Wanted;
use super::used::Used;
use super::{Merge, shift, string};

/// Activities as columns, gathered without a word about what is wrong, beside other things that are gathered.
#[derive(Default)]
pub(super) struct Activities {
    process: Vec<u32>,
    id: Vec<u32>,
    /// Numbers in `strings`.
    title: Vec<u32>,
    places: Places,
    by: Lists,
    strings: Run,
    used: Used,
    /// The first and the second activity of one name in one process.
    again: Vec<(u32, u32)>,
    wrong: Vec<Wrong>,
}

/// A name after `by` that stands for nobody, or for a process.
struct Wrong {
    file: usize,
    activity: u32,
    mention: Mention,
}

/// Indicators as columns.
pub(super) struct Indicators {
    process: Vec<u32>,
    /// Numbers in `strings`, like those of the targets.
    title: Vec<u32>,
    target: Vec<u32>,
    goal: Sparse<u32>,
    places: Places,
    strings: Run,
}

impl Merge<'_> {
    pub(super) fn gather_activities(&self) -> Activities {
        let count = self.facts.iter().map(|facts| facts.own.activities.len()).sum();
        let mut rows = Activities {
            process: Vec::with_capacity(count),
            id: Vec::with_capacity(count),
            title: Vec::with_capacity(count),
            places: Places::with_capacity(count),
            by: Lists::with_capacity(count, self.facts.iter().map(|facts| facts.own.activity_names.len()).sum()),
            strings: Run::with_capacity(count),
            used: self.used.none_yet(),
            ..Activities::default()
        };
        let mut at_hand = AtHand::default();
        let mut scattered: FxHashMap<(u32, u32), u32> = FxHashMap::default();
        for (file, facts) in self.facts.iter().enumerate() {
            let first_row = rows.process.len() as u32;
            for activity in &facts.own.activities {
                let process = self.process_ids[file][activity.owner as usize];
                let is_scattered = !self.declared_twice.is_empty() && self.declared_twice.contains_key(&process);
                let name = self.name_at(file, activity.id);
                let row = rows.process.len() as u32;
                let first = if is_scattered {
                    *scattered.entry((process, name)).or_insert(row)
                } else {
                    at_hand.first(process, name, row)
                };
                if first != row {
                    rows.again.push((first, row));
                }
                rows.process.push(process);
                rows.id.push(name);
                rows.title.push(string(&mut rows.strings, self.place(file, activity.title)));
                rows.places.push(self.mention_place(file, activity.id));
            }
            for name in &facts.own.activity_names {
                let Owner::Process(activity) = name.owner() else { continue };
                let row = first_row + activity;
                let actor = self.actor_of[self.name_at(file, name.value) as usize];
                if actor != MISSING && Wanted::Doer.accepts(self.actor_kind(actor)) {
                    rows.used.mark(actor);
                    rows.by.add(row, actor);
                } else {
                    rows.wrong.push(Wrong { file, activity: row, mention: name.value });
                }
            }
        }
        rows.by.fill(count);
        rows
    }

    pub(super) fn activities(&mut self, mut rows: Activities) {
        self.used.add(&rows.used);
        for (first, again) in &rows.again {
            let place = rows.places.of(*again);
            if !self.landscape.is_incomplete(place) {
                let text = self.sources.get(place.file).slice(place.span);
                let diagnostic = Diagnostic::error("REF002", place, format!("the activity `{text}` is declared twice"))
                    .underlined("declared again here")
                    .label(rows.places.of(*first), "first declared here")
                    .help("rename one of the two")
                    .of(format!("{}/activity.{text}", self.process_path(rows.process[*again as usize])));
                self.say(diagnostic);
            }
        }
        for Wrong { file, activity, mention } in &rows.wrong {
            let (process, id) = (rows.process[*activity as usize], rows.id[*activity as usize]);
            self.actor(*file, *mention, Wanted::Doer, |this| {
                format!("{}/activity.{}", this.process_path(process), this.landscape.name(id))
            });
        }
        shift(&mut rows.title, self.landscape.strings.append(rows.strings));
        let table = self.landscape.table_mut(Kind::Activity);
        table.rows = 0..rows.process.len() as u32;
        table.places = rows.places;
        table.set_scalar(Kind::Activity, "process", rows.process);
        table.set_scalar(Kind::Activity, "id", rows.id);
        table.set_scalar(Kind::Activity, "title", rows.title);
        table.set_lists(Kind::Activity, "by", rows.by);
    }

    pub(super) fn gather_indicators(&self) -> Indicators {
        let count = self.facts.iter().map(|facts| facts.own.indicators.len()).sum();
        let column = || Vec::with_capacity(count);
        let mut rows = Indicators {
            process: column(),
            title: column(),
            target: column(),
            goal: Sparse::new(0, 0),
            places: Places::with_capacity(count),
            strings: Run::with_capacity(2 * count),
        };
        for (file, facts) in self.facts.iter().enumerate() {
            for indicator in &facts.own.indicators {
                rows.process.push(self.process_ids[file][indicator.owner as usize]);
                rows.title.push(string(&mut rows.strings, self.place(file, indicator.title)));
                rows.target.push(string(&mut rows.strings, self.place(file, indicator.target)));
                rows.goal.push(u32::from(indicator.goal));
                rows.places.push(self.place(file, indicator.title));
            }
        }
        rows
    }

    pub(super) fn indicators(&mut self, mut rows: Indicators) {
        let first = self.landscape.strings.append(rows.strings);
        shift(&mut rows.title, first);
        shift(&mut rows.target, first);
        let table = self.landscape.table_mut(Kind::Indicator);
        table.rows = 0..rows.process.len() as u32;
        table.places = rows.places;
        table.set_scalar(Kind::Indicator, "process", rows.process);
        table.set_scalar(Kind::Indicator, "title", rows.title);
        table.set_scalar(Kind::Indicator, "target", rows.target);
        table.set_sparse(Kind::Indicator, "goal", rows.goal);
    }
}
