//! The clauses that a reference process cites, carried over to the edition that an organization answers to.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::natural_order;
use crate::landscape::schema::RELATIONS;
use crate::landscape::{Kind, Landscape};

use super::super::reading::Reading;

/// How well an answer to the cited clauses answers another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Carried {
    /// Whether all of it is answered.
    pub(super) is_whole: bool,
    /// Where it is not: the clauses of the neighbouring edition by which it is answered in part.
    pub(super) by: BTreeSet<u32>,
}

/// A clause that a process covers.
#[derive(Clone, Debug)]
pub(super) struct Cover {
    pub(super) clause: u32,
    /// Whether it stands for the clause and all below it.
    pub(super) is_wildcard: bool,
    /// Why only a part of it is covered.
    pub(super) partly: Option<String>,
}

/// One pair of a mapping between two editions, from the earlier to the later one.
struct Step {
    from: u32,
    to: u32,
    is_merged: bool,
    is_split: bool,
    is_sure: bool,
}

/// The correspondence of clauses, read once.
pub(super) struct Clauses<'a> {
    landscape: &'a Landscape,
    standard: u32,
    steps: Vec<Step>,
}

impl<'a> Clauses<'a> {
    /// Clauses as seen from `standard`.
    pub(super) fn new(landscape: &'a Landscape, standard: u32) -> Self {
        let reading = Reading(landscape);
        let is_later = |early: u32, late: u32| reading.list(Kind::Standard, "later", early).contains(&late);
        let mut steps = Vec::new();
        for row in landscape.rows(Kind::Correspondence) {
            let end = |field| reading.value(Kind::Correspondence, field, row);
            let (Some(from), Some(to)) = (end("from"), end("to")) else { continue };
            let of = |clause| reading.value(Kind::Clause, "standard", clause).unwrap_or(u32::MAX);
            let relation = reading.word(Kind::Correspondence, "relation", row, RELATIONS).unwrap_or_default();
            let is_sure = !reading.is(Kind::Correspondence, "unsure", row);
            let (is_merged, is_split) = (relation == "merged", relation == "split");
            if is_later(of(from), of(to)) {
                steps.push(Step { from, to, is_merged, is_split, is_sure });
            } else if is_later(of(to), of(from)) {
                steps.push(Step { from: to, to: from, is_merged: is_split, is_split: is_merged, is_sure });
            }
        }
        Self { landscape, standard, steps }
    }

    pub(super) fn reading(&self) -> Reading<'a> {
        Reading(self.landscape)
    }

    pub(super) fn number(&self, clause: u32) -> &'a str {
        self.reading().name(Kind::Clause, "number", clause).unwrap_or_default()
    }

    pub(super) fn title(&self, clause: u32) -> String {
        self.reading().text(Kind::Clause, "title", clause).unwrap_or_default()
    }

    pub(super) fn is(&self, field: &str, clause: u32) -> bool {
        self.reading().is(Kind::Clause, field, clause)
    }

    /// The clauses of the standard that are to be answered or decided, in the order of their numbers.
    pub(super) fn units(&self) -> Vec<u32> {
        let mut units = self.reading().having(Kind::Clause, "standard", self.standard);
        units.retain(|clause| self.is("unit", *clause));
        self.sort(&mut units);
        units
    }

    pub(super) fn sort(&self, clauses: &mut [u32]) {
        let is_control = |clause: u32| self.is("control", clause);
        clauses.sort_by(|left, right| {
            let by_number = natural_order(self.number(*left), self.number(*right));
            is_control(*left).cmp(&is_control(*right)).then(by_number)
        });
    }

    /// The clause of that standard and number. A standard may be named without its edition where only one is known.
    pub(super) fn find(&self, standard: &str, number: &str) -> Option<u32> {
        let reading = self.reading();
        let named = |field| {
            let is_it = move |id: &u32| reading.name(Kind::Standard, field, *id) == Some(standard);
            self.landscape.rows(Kind::Standard).filter(is_it).collect::<Vec<_>>()
        };
        let found = match named("id").first() {
            Some(standard) => *standard,
            None => match named("family").as_slice() {
                [only] => *only,
                _ => return None,
            },
        };
        let of_standard = reading.having(Kind::Clause, "standard", found);
        of_standard.into_iter().find(|clause| self.number(*clause) == number)
    }

    /// The clauses that a reference process cites.
    pub(super) fn cited(&self, reference: u32) -> Vec<u32> {
        let citations = self.reading().having(Kind::Citation, "reference", reference);
        citations.into_iter().filter_map(|row| self.reading().value(Kind::Citation, "clause", row)).collect()
    }

    /// What an answer to `cited` answers, in all editions. Steps go in one direction at a time, so that a clause is not
    /// answered by what was merged into the same one.
    pub(super) fn carried(&self, cited: &[u32], with_unsure: bool) -> BTreeMap<u32, Carried> {
        let mut start: BTreeMap<u32, Carried> = BTreeMap::new();
        for clause in cited {
            self.with_all_below(&mut start, *clause, &Carried { is_whole: true, by: BTreeSet::new() });
        }
        let mut all = start.clone();
        for forward in [true, false] {
            let mut known = start.clone();
            loop {
                let mut next = known.clone();
                for (clause, carried) in self.step(&known, forward, with_unsure) {
                    self.with_all_below(&mut next, clause, &carried);
                }
                if next == known {
                    break;
                }
                known = next;
            }
            for (clause, carried) in known {
                let is_better = all.get(&clause).is_none_or(|other| !other.is_whole && carried.is_whole);
                if is_better {
                    all.insert(clause, carried);
                }
            }
        }
        all
    }

    /// Whoever answers a clause answers all below it.
    fn with_all_below(&self, known: &mut BTreeMap<u32, Carried>, clause: u32, carried: &Carried) {
        let mut open = vec![clause];
        while let Some(clause) = open.pop() {
            let entry = known.entry(clause).or_insert_with(|| carried.clone());
            entry.is_whole |= carried.is_whole;
            // What stands below is cut by its own rows where a part only is answered.
            if carried.is_whole {
                open.extend(self.reading().list(Kind::Clause, "children", clause));
            }
        }
    }

    /// One step to the neighbouring editions.
    fn step(&self, known: &BTreeMap<u32, Carried>, forward: bool, with_unsure: bool) -> BTreeMap<u32, Carried> {
        let mut reached: BTreeMap<u32, Carried> = BTreeMap::new();
        let steps = || self.steps.iter().filter(|step| step.is_sure || with_unsure);
        let ends = |step: &Step| if forward { (step.from, step.to) } else { (step.to, step.from) };
        let narrows = |step: &Step| if forward { step.is_merged } else { step.is_split };
        let is_whole = |clause: u32| known.get(&clause).is_some_and(|carried| carried.is_whole);
        for step in steps() {
            let (here, there) = ends(step);
            if !known.contains_key(&here) || reached.contains_key(&there) {
                continue;
            }
            let mut to_here: Vec<(bool, u32)> =
                steps().filter(|step| ends(step).1 == there).map(|step| (narrows(step), ends(step).0)).collect();
            to_here.sort_unstable();
            let by_one = to_here.iter().any(|(narrows, clause)| !narrows && is_whole(*clause));
            let mut parts = to_here.iter().filter(|(narrows, _)| *narrows).peekable();
            let by_all = parts.peek().is_some() && parts.all(|(_, clause)| is_whole(*clause));
            let by = to_here.iter().map(|(_, clause)| *clause).filter(|clause| known.contains_key(clause)).collect();
            reached.insert(there, Carried { is_whole: by_one || by_all, by });
        }
        reached
    }

    /// What a process covers that answers `cited`: units of the standard, with a wildcard where it answers all below a
    /// clause. Sorted.
    pub(super) fn covers(&self, cited: &[u32], with_unsure: bool) -> Vec<Cover> {
        let carried = self.carried(cited, with_unsure);
        let own: BTreeMap<u32, &Carried> =
            self.units().into_iter().filter_map(|unit| carried.get(&unit).map(|carried| (unit, carried))).collect();
        let is_whole = |unit: &u32| own.get(unit).is_some_and(|carried| carried.is_whole);
        let mut covers: BTreeMap<u32, Cover> = BTreeMap::new();
        for (unit, carried) in &own {
            let mut above = self.reading().list(Kind::Clause, "ancestors", *unit).iter().copied();
            let stands_for_all = |clause: &u32| {
                let units = self.reading().list(Kind::Clause, "units", *clause);
                // A head of numbers that has no entry (the `A` of `A.5`) has no title either.
                self.landscape.place(Kind::Clause, *clause).is_some()
                    && units.len() > 1
                    && units.iter().all(is_whole)
                    && (!self.is("unit", *clause) || is_whole(clause))
            };
            // The nearest one stands first; the topmost says the most.
            let is_parent = self.is_parent(*unit) && stands_for_all(unit);
            let top = above.rfind(stands_for_all).or(is_parent.then_some(*unit));
            match top {
                Some(top) => covers.insert(top, Cover { clause: top, is_wildcard: true, partly: None }),
                None => covers.insert(*unit, Cover { clause: *unit, is_wildcard: false, partly: self.reason(carried) }),
            };
        }
        let mut order: Vec<u32> = covers.keys().copied().collect();
        self.sort(&mut order);
        order.into_iter().filter_map(|clause| covers.remove(&clause)).collect()
    }

    fn is_parent(&self, clause: u32) -> bool {
        !self.reading().list(Kind::Clause, "children", clause).is_empty()
    }

    fn reason(&self, carried: &Carried) -> Option<String> {
        if carried.is_whole {
            return None;
        }
        let mut by: Vec<u32> = carried.by.iter().copied().collect();
        self.sort(&mut by);
        let names: Vec<&str> = by.iter().map(|clause| self.number(*clause)).collect();
        let standard = by.first().and_then(|clause| self.reading().value(Kind::Clause, "standard", *clause));
        let standard = standard.and_then(|standard| self.reading().name(Kind::Standard, "id", standard));
        Some(format!("Only what was {} in {} is answered here", super::text::list(&names), standard.unwrap_or("?")))
    }

    /// Where the standard asks for the document that the model knows as `letter` of `clause`: at the same letter of
    /// what became of the clause, or at its only request. `6.1.3(e)`
    pub(super) fn request(&self, clause: u32, letter: Option<&str>) -> Option<String> {
        let carried = self.carried(&[clause], false);
        let reading = self.reading();
        let mut requests: Vec<(u32, Option<&str>)> = Vec::new();
        for document in reading.having(Kind::Document, "standard", self.standard) {
            if let Some(at) = reading.value(Kind::Document, "clause", document)
                && carried.contains_key(&at)
            {
                requests.push((at, reading.name(Kind::Document, "letter", document)));
            }
        }
        let same: Vec<&(u32, Option<&str>)> = requests.iter().filter(|(_, known)| *known == letter).collect();
        let (at, letter) = match (same.as_slice(), requests.as_slice()) {
            ([only], _) => **only,
            (_, [only]) => *only,
            _ => return None,
        };
        let number = self.number(at);
        Some(letter.map_or_else(|| number.to_owned(), |letter| format!("{number}({letter})")))
    }
}
