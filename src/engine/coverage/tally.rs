//! What a table would say, counted before anything of it is made.

use std::collections::BTreeMap;

use crate::engine::reading::Reading;
use crate::landscape::{Kind, Landscape};

use super::allowance::{MENTION, PAIR, bytes_of};
use super::excess::{Cause, Mentioned};
use super::titles::Titles;

/// How much something says.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Weight {
    pub(super) mentions: u64,
    pub(super) bytes: u64,
}

impl Weight {
    fn and(self, other: Self) -> Self {
        Self { mentions: self.mentions.saturating_add(other.mentions), bytes: self.bytes.saturating_add(other.bytes) }
    }

    const fn times(self, count: u64) -> Self {
        Self { mentions: self.mentions.saturating_mul(count), bytes: self.bytes.saturating_mul(count) }
    }
}

/// The mentions of one sort, by the statement that they come from.
pub(super) struct Tally<'a> {
    pub(super) mentioned: Mentioned,
    pub(super) total: Weight,
    statements: Vec<Statement>,
    start: u32,
    weigh: Box<dyn Fn(u32) -> Weight + 'a>,
}

/// How often a statement reaches something, and what it says each time.
#[derive(Clone, Copy, Default)]
struct Statement {
    reached: u64,
    weight: Weight,
}

impl<'a> Tally<'a> {
    fn new(mentioned: Mentioned, landscape: &Landscape, weigh: impl Fn(u32) -> Weight + 'a) -> Self {
        let rows = landscape.rows(mentioned.kind());
        let statements = vec![Statement::default(); rows.len()];
        Self { mentioned, total: Weight::default(), statements, start: rows.start, weigh: Box::new(weigh) }
    }

    /// Whoever answers clauses.
    pub(super) fn of_covers(landscape: &'a Landscape, titles: &'a Titles<'a>) -> Self {
        let reading = Reading(landscape);
        Self::new(Mentioned::Covers, landscape, move |cover| {
            let who = [("process", Kind::Process), ("item", Kind::Item)];
            let who = who.into_iter().find_map(|(field, kind)| Some((kind, reading.value(Kind::Cover, field, cover)?)));
            let letter = reading.name(Kind::Cover, "letter", cover).map_or(0, |letter| PAIR + bytes_of(letter));
            let mention = who.map_or_else(Weight::default, |(kind, id)| mention(titles, kind, id));
            mention.and(Weight { mentions: 0, bytes: letter })
        })
    }

    /// Decisions on clauses, and whom they name.
    pub(super) fn of_decisions(landscape: &'a Landscape, titles: &'a Titles<'a>) -> Self {
        let reading = Reading(landscape);
        Self::new(Mentioned::Decisions, landscape, move |decision| {
            let by = reading.list(Kind::Decision, "by", decision).iter();
            let itself = Weight { mentions: 1, bytes: PAIR };
            by.map(|actor| mention(titles, Kind::Actor, *actor)).fold(itself, Weight::and)
        })
    }

    /// Items that are said to be what is asked for, and who produces them.
    pub(super) fn of_documents(
        landscape: &'a Landscape,
        titles: &'a Titles<'a>,
        producers: &BTreeMap<u32, Vec<u32>>,
    ) -> Self {
        let reading = Reading(landscape);
        // An item can be said to be many documents; who produces it is weighed once.
        let by = |processes: &Vec<u32>| {
            let processes = processes.iter().map(|process| mention(titles, Kind::Process, *process));
            processes.fold(Weight::default(), Weight::and)
        };
        let produced: BTreeMap<u32, Weight> =
            producers.iter().map(|(item, processes)| (*item, by(processes))).collect();
        Self::new(Mentioned::Documents, landscape, move |documentation| {
            let item = reading.value(Kind::Documentation, "item", documentation);
            let produced = item.and_then(|item| produced.get(&item)).copied().unwrap_or_default();
            item.map_or_else(Weight::default, |item| mention(titles, Kind::Item, item).and(produced))
        })
    }

    /// A statement reaches one thing more.
    pub(super) fn count(&mut self, statement: u32) {
        let row = statement.checked_sub(self.start).and_then(|row| self.statements.get_mut(row as usize));
        let Some(row) = row else { return };
        if row.reached == 0 {
            row.weight = (self.weigh)(statement);
        }
        row.reached += 1;
        self.total = self.total.and(row.weight);
    }

    /// The statement that says most.
    pub(super) fn cause(&self, landscape: &Landscape) -> Option<Cause> {
        let said = self.statements.iter().map(|statement| statement.weight.times(statement.reached));
        let said: Vec<Weight> = said.collect();
        let (row, most) = said.iter().enumerate().rev().max_by_key(|(_, weight)| weight.bytes)?;
        let kind = self.mentioned.kind();
        let id = self.start + row as u32;
        let reading = Reading(landscape);
        let word = match self.mentioned {
            Mentioned::Covers => "covers",
            Mentioned::Decisions if reading.is(kind, "exclude", id) => "exclude",
            Mentioned::Decisions => "include",
            Mentioned::Documents => "documents",
        };
        Some(Cause {
            written: format!("{word} {}", landscape.display(kind, id)),
            line: reading.line(kind, id)?,
            mentions: most.mentions,
            bytes: most.bytes,
            alike: said.iter().filter(|weight| weight.bytes >= most.bytes / 2).count().saturating_sub(1),
        })
    }
}

fn mention(titles: &Titles<'_>, kind: Kind, id: u32) -> Weight {
    let who = titles.of(kind, id);
    Weight { mentions: 1, bytes: MENTION + bytes_of(&who.id) + bytes_of(&who.title) }
}
