//! From what the landscape answers to the table.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::reading::Reading;
use crate::landscape::{Kind, Landscape};

use super::allowance::Allowance;
use super::excess::Excess;
use super::queries::Answers;
use super::titles::Titles;
use super::{
    Answer, Chapter, Coverage, Decision, Document, DocumentStatus, Entry, EntryKind, StandardCoverage, Status,
};

impl Coverage {
    /// The coverage of a landscape, within what the tables of the run may still say.
    pub(in crate::engine) fn of(landscape: &Landscape, allowance: &mut Allowance) -> Result<Self, Excess> {
        allowance.grow(landscape);
        let reading = Reading(landscape);
        let titles = Titles::new(landscape);
        let producers = producers(reading);
        let answers = Answers::new(landscape, &titles, &producers, allowance)?;
        let gather = Gather {
            landscape,
            reading,
            titles: &titles,
            covers: by_first(&answers.answers),
            decisions: by_first(&answers.prevails),
            contested: answers.contested,
            unkept: answers.unkept,
            lapsed: answers.lapsed,
            asked_for: by_clause(reading, &answers.asked_for),
            documented: by_first(&answers.documented),
            produced: answers.produced,
            producers,
        };
        let organization = landscape.rows(Kind::Organization).next();
        let declared = organization.map_or(&[][..], |id| reading.list(Kind::Organization, "standards", id));
        let others = landscape.rows(Kind::Standard).filter(|id| !declared.contains(id));
        let others = others.filter(|id| reading.is(Kind::Standard, "declared", *id));
        Ok(Self {
            organization: organization.map(|id| titles.of(Kind::Organization, id)),
            standards: declared.iter().copied().chain(others).map(|id| gather.standard(id)).collect(),
        })
    }
}

fn by_first(pairs: &[[u32; 2]]) -> BTreeMap<u32, Vec<u32>> {
    let mut map: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for [first, second] in pairs {
        map.entry(*first).or_default().push(*second);
    }
    map
}

fn by_clause(reading: Reading<'_>, documents: &[u32]) -> BTreeMap<u32, Vec<u32>> {
    let pairs = documents.iter().filter_map(|id| Some([reading.value(Kind::Document, "clause", *id)?, *id]));
    by_first(&pairs.collect::<Vec<_>>())
}

/// The processes that produce each item, in the order of the files.
fn producers(reading: Reading<'_>) -> BTreeMap<u32, Vec<u32>> {
    let value = |field, id| reading.value(Kind::Result, field, id);
    let mut results: Vec<u32> = reading.0.rows(Kind::Result).collect();
    results.sort_by_key(|id| value("position", *id));
    let pairs = results.into_iter().filter_map(|id| Some([value("item", id)?, value("process", id)?]));
    by_first(&pairs.collect::<Vec<_>>())
}

struct Gather<'a> {
    landscape: &'a Landscape,
    reading: Reading<'a>,
    titles: &'a Titles<'a>,
    covers: BTreeMap<u32, Vec<u32>>,
    decisions: BTreeMap<u32, Vec<u32>>,
    contested: BTreeSet<u32>,
    unkept: BTreeSet<u32>,
    lapsed: BTreeSet<u32>,
    asked_for: BTreeMap<u32, Vec<u32>>,
    documented: BTreeMap<u32, Vec<u32>>,
    produced: BTreeSet<u32>,
    producers: BTreeMap<u32, Vec<u32>>,
}

impl Gather<'_> {
    fn standard(&self, standard: u32) -> StandardCoverage {
        let is_entry = |id: &u32| self.landscape.place(Kind::Clause, *id).is_some();
        let entries: Vec<u32> =
            self.reading.having(Kind::Clause, "standard", standard).into_iter().filter(is_entry).collect();
        let is_control = |id: u32| self.reading.is(Kind::Clause, "control", id);
        let mut outermost: Vec<u32> = Vec::new();
        let mut divided = [false; 2];
        let mut has_below: BTreeSet<u32> = BTreeSet::new();
        for id in &entries {
            match self.reading.value(Kind::Clause, "parent", *id) {
                None => outermost.push(*id),
                Some(parent) => {
                    has_below.insert(parent);
                    divided[usize::from(is_control(parent))] = true;
                }
            }
        }
        let mut chapters: Vec<Chapter> = Vec::new();
        let mut flat: [Option<usize>; 2] = [None; 2];
        for id in outermost {
            let kind = usize::from(is_control(id));
            // Where a catalogue is but a list, its entries are no chapters.
            if !divided[kind] {
                let at = *flat[kind].get_or_insert_with(|| {
                    chapters.push(Chapter { heading: None, entries: Vec::new() });
                    chapters.len() - 1
                });
                chapters[at].entries.extend(self.tree(id, standard));
                continue;
            }
            chapters
                .push(Chapter { heading: Some(self.titles.of(Kind::Clause, id)), entries: self.tree(id, standard) });
        }
        StandardCoverage {
            standard: self.titles.of(Kind::Standard, standard),
            has_statement: !self.reading.having(Kind::Applicability, "standard", standard).is_empty(),
            chapters,
        }
    }

    /// An entry and everything below it.
    fn tree(&self, id: u32, standard: u32) -> Vec<Entry> {
        let mut entries = Vec::new();
        let mut rest = vec![(id, 0)];
        while let Some((id, depth)) = rest.pop() {
            entries.push(self.entry(id, depth, standard));
            let children = self.reading.list(Kind::Clause, "children", id);
            rest.extend(children.iter().rev().map(|child| (*child, depth + 1)));
        }
        entries
    }

    fn entry(&self, id: u32, depth: usize, standard: u32) -> Entry {
        let is = |field| self.reading.is(Kind::Clause, field, id);
        let kind = match (is("unit"), is("control"), is("should")) {
            (false, ..) => EntryKind::Heading,
            (true, true, _) => EntryKind::Control,
            (true, false, true) => EntryKind::Recommendation,
            (true, false, false) => EntryKind::Requirement,
        };
        let decisions = self.decisions.get(&id).map_or(&[][..], Vec::as_slice);
        let decision = self.decision(id, kind, decisions);
        let answers = self.answers(id);
        let elsewhere = decisions.iter().flat_map(|decision| self.reading.list(Kind::Decision, "by", *decision));
        let elsewhere: BTreeSet<u32> = elsewhere.copied().collect();
        let planned = decisions.iter().filter_map(|decision| self.reading.day(Kind::Decision, "planned", *decision));
        let documents = self.asked_for.get(&id).into_iter().flatten();
        Entry {
            number: self.landscape.display(Kind::Clause, id),
            title: self.reading.text(Kind::Clause, "title", id).unwrap_or_default(),
            depth,
            kind,
            status: (kind != EntryKind::Heading)
                .then(|| self.status(id, standard, kind, decision, decisions, &answers)),
            decision,
            answers,
            elsewhere: elsewhere.into_iter().map(|actor| self.titles.of(Kind::Actor, actor)).collect(),
            planned: planned.min(),
            documents: documents.map(|document| self.document(*document, standard)).collect(),
        }
    }

    fn decision(&self, id: u32, kind: EntryKind, decisions: &[u32]) -> Option<Decision> {
        match decisions.first() {
            _ if self.contested.contains(&id) => Some(Decision::Contested),
            Some(first) if self.reading.is(Kind::Decision, "exclude", *first) => Some(Decision::Excluded),
            Some(_) => Some(Decision::Included),
            None => (kind == EntryKind::Control).then_some(Decision::Undecided),
        }
    }

    fn status(
        &self,
        id: u32,
        standard: u32,
        kind: EntryKind,
        decision: Option<Decision>,
        decisions: &[u32],
        answers: &[Answer],
    ) -> Status {
        let is_control = kind == EntryKind::Control;
        if is_control && decision == Some(Decision::Excluded) {
            return Status::Excluded;
        }
        if !answers.is_empty() {
            return if answers.iter().all(|answer| answer.is_partly) { Status::Partly } else { Status::Answered };
        }
        let number = self.landscape.display(Kind::Clause, id);
        let is_vague = |kind, id| self.landscape.place(kind, id).is_some_and(|at| self.landscape.is_incomplete(at));
        let is_unread = if is_control {
            decisions.iter().any(|decision| is_vague(Kind::Decision, *decision))
        } else {
            is_vague(Kind::Standard, standard)
        };
        if is_unread || self.landscape.was_skipped(&number) {
            return Status::Unknown;
        }
        match decision {
            _ if !is_control => Status::Missing,
            Some(Decision::Included) if self.unkept.contains(&id) => Status::Missing,
            Some(Decision::Included) if self.lapsed.contains(&id) => Status::Lapsed,
            Some(Decision::Included) => {
                let is_elsewhere = |decision: &u32| self.reading.is(Kind::Decision, "elsewhere", *decision);
                if decisions.iter().any(is_elsewhere) { Status::Elsewhere } else { Status::Planned }
            }
            _ => Status::Undecided,
        }
    }

    /// Who answers a clause, each named once.
    fn answers(&self, clause: u32) -> Vec<Answer> {
        let value = |field, cover| self.reading.value(Kind::Cover, field, cover);
        let mut covers: Vec<u32> = self.covers.get(&clause).cloned().unwrap_or_default();
        covers.sort_by_key(|cover| (value("position", *cover), *cover));
        let mut known: BTreeMap<(Kind, u32), usize> = BTreeMap::new();
        let mut letters: BTreeSet<(usize, u32)> = BTreeSet::new();
        let mut whole: Vec<bool> = Vec::new();
        let mut answers: Vec<Answer> = Vec::new();
        for cover in covers {
            let (kind, id) = match (value("process", cover), value("item", cover)) {
                (Some(process), _) => (Kind::Process, process),
                (None, Some(item)) => (Kind::Item, item),
                (None, None) => continue,
            };
            let at = *known.entry((kind, id)).or_insert_with(|| {
                let who = self.titles.of(kind, id);
                answers.push(Answer { who, is_item: kind == Kind::Item, is_partly: true, letters: Vec::new() });
                whole.push(false);
                answers.len() - 1
            });
            answers[at].is_partly &= self.reading.is(Kind::Cover, "partly", cover);
            match value("letter", cover) {
                Some(letter) if letters.insert((at, letter)) => {
                    answers[at].letters.push(self.landscape.name(letter).to_owned());
                }
                Some(_) => {}
                None => whole[at] = true,
            }
        }
        for (answer, is_whole) in answers.iter_mut().zip(whole) {
            if is_whole {
                answer.letters.clear();
            }
        }
        answers
    }

    fn document(&self, id: u32, standard: u32) -> Document {
        let clause = self.landscape.display(Kind::Document, id);
        let place = self.landscape.place(Kind::Standard, standard);
        let is_unread =
            self.landscape.was_skipped(&clause) || place.is_some_and(|place| self.landscape.is_incomplete(place));
        let item_of = |row: &u32| self.reading.value(Kind::Documentation, "item", *row);
        let mut known: BTreeSet<u32> = BTreeSet::new();
        let mut items: Vec<u32> = self.documented.get(&id).into_iter().flatten().filter_map(item_of).collect();
        items.retain(|item| known.insert(*item));
        let produced_by = |item: u32| {
            let processes = self.producers.get(&item).into_iter().flatten();
            (
                self.titles.of(Kind::Item, item),
                processes.map(|process| self.titles.of(Kind::Process, *process)).collect(),
            )
        };
        Document {
            title: self.reading.text(Kind::Document, "title", id).unwrap_or_default(),
            status: match self.produced.contains(&id) {
                true => DocumentStatus::Produced,
                false if is_unread => DocumentStatus::Unknown,
                false => DocumentStatus::Missing,
            },
            items: items.into_iter().map(produced_by).collect(),
            clause,
        }
    }
}
