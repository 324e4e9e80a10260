//! What an organization does about a clause.

use crate::landscape::Kind;

use super::clause_page::{Answer, ClauseInProject, Decided, Reach};
use super::{Explainer, Titled};

impl Explainer {
    pub(super) fn clause_in_project(&self, clause: u32) -> ClauseInProject {
        let reading = self.reading();
        let standard = reading.value(Kind::Clause, "standard", clause);
        ClauseInProject {
            organization: self.organization(),
            is_declared: standard.is_some_and(|standard| reading.is(Kind::Standard, "declared", standard)),
            has_statement: standard
                .is_some_and(|standard| !reading.having(Kind::Applicability, "standard", standard).is_empty()),
            answers: self.answers(clause),
            decisions: self.decisions(clause),
            documented: self.documented(clause),
        }
    }

    fn answers(&self, clause: u32) -> Vec<Answer> {
        let reading = self.reading();
        let mut answers: Vec<(Reach, u32, Answer)> = Vec::new();
        for cover in self.landscape.rows(Kind::Cover) {
            let value = |field| reading.value(Kind::Cover, field, cover);
            let Some(reach) = self.reach(cover, clause) else { continue };
            let (kind, id) = match (value("process"), value("item")) {
                (Some(process), _) => (Kind::Process, process),
                (None, Some(item)) => (Kind::Item, item),
                (None, None) => continue,
            };
            let answer = Answer {
                kind: kind.schema().name,
                who: self.titled(kind, id),
                covered: self.written(Kind::Cover, cover, clause),
                reach,
                is_partly: reading.is(Kind::Cover, "partly", cover),
                line: reading.line(Kind::Cover, cover),
            };
            answers.push((reach, value("position").unwrap_or_default(), answer));
        }
        answers.sort_by_key(|(reach, position, _)| (*reach, *position));
        answers.into_iter().map(|(_, _, answer)| answer).collect()
    }

    /// How a `covers` reaches a clause, if it has to do with it.
    fn reach(&self, cover: u32, clause: u32) -> Option<Reach> {
        let reading = self.reading();
        let covered = reading.value(Kind::Cover, "clause", cover)?;
        let is_wildcard = reading.is(Kind::Cover, "wildcard", cover);
        let above = |clause| reading.list(Kind::Clause, "ancestors", clause);
        if covered == clause {
            let has_letter = reading.value(Kind::Cover, "letter", cover).is_some();
            let is_reached = is_wildcard || reading.is(Kind::Clause, "unit", clause);
            return Some(match (is_reached, has_letter) {
                (false, _) => Reach::Heading,
                (true, true) => Reach::Letter,
                (true, false) => Reach::Whole,
            });
        }
        if above(clause).contains(&covered) {
            if is_wildcard {
                return Some(Reach::Whole);
            }
            return (!reading.is(Kind::Clause, "unit", covered)).then_some(Reach::Heading);
        }
        if above(covered).contains(&clause) {
            return Some(Reach::Below);
        }
        let is_of_same =
            reading.value(Kind::Clause, "standard", covered) == reading.value(Kind::Clause, "standard", clause);
        // The lineage also holds what stands above; that would reach too far.
        let is_kin = |other: u32| {
            reading.list(Kind::Clause, "lineage", clause).contains(&other)
                && reading.list(Kind::Clause, "lineage", other).contains(&clause)
        };
        (!is_of_same && is_kin(covered)).then_some(Reach::OtherEdition)
    }

    /// A clause as it is written, with its standard where that is not the one of `clause`.
    fn written(&self, kind: Kind, row: u32, clause: u32) -> String {
        let reading = self.reading();
        let text = self.landscape.display(kind, row);
        let standard = reading.value(kind, "standard", row);
        match standard.filter(|standard| reading.value(Kind::Clause, "standard", clause) != Some(*standard)) {
            Some(standard) => format!("{}/{text}", self.landscape.display(Kind::Standard, standard)),
            None => text,
        }
    }

    pub(super) fn titled(&self, kind: Kind, id: u32) -> Titled {
        let title = self.reading().text(kind, "title", id).unwrap_or_default();
        Titled { id: self.landscape.display(kind, id), title }
    }

    /// The decisions that hold for a clause: those that name it stand over wildcards, and nearer wildcards over others.
    fn decisions(&self, clause: u32) -> Vec<Decided> {
        let reading = self.reading();
        let above = reading.list(Kind::Clause, "ancestors", clause);
        let mut decisions: Vec<(usize, u32, u32)> = Vec::new();
        for decision in self.landscape.rows(Kind::Decision) {
            let Some(decided) = reading.value(Kind::Decision, "clause", decision) else { continue };
            let is_wildcard = reading.is(Kind::Decision, "wildcard", decision);
            let distance = match above.iter().position(|above| *above == decided) {
                _ if decided == clause => Some(usize::from(is_wildcard)),
                Some(distance) if is_wildcard => Some(distance + 2),
                _ => None,
            };
            if let Some(distance) = distance {
                let position = reading.value(Kind::Decision, "position", decision).unwrap_or_default();
                decisions.push((distance, position, decision));
            }
        }
        decisions.sort_unstable();
        let nearest = decisions.first().map(|(distance, _, _)| *distance);
        decisions.retain(|(distance, _, _)| Some(*distance) == nearest);
        decisions.into_iter().map(|(_, _, decision)| self.decided(decision, clause)).collect()
    }

    fn decided(&self, decision: u32, clause: u32) -> Decided {
        let reading = self.reading();
        let by = reading.list(Kind::Decision, "by", decision);
        Decided {
            is_excluded: reading.is(Kind::Decision, "exclude", decision),
            decided: self.written(Kind::Decision, decision, clause),
            because: reading.text(Kind::Decision, "because", decision),
            by: by.iter().map(|actor| self.landscape.display(Kind::Actor, *actor)).collect(),
            planned: reading.day(Kind::Decision, "planned", decision),
            line: reading.line(Kind::Decision, decision),
        }
    }

    fn documented(&self, clause: u32) -> Vec<(Titled, String, Option<String>)> {
        let reading = self.reading();
        let mut documented = Vec::new();
        for row in self.landscape.rows(Kind::Documentation) {
            let (Some(of), Some(item)) =
                (reading.value(Kind::Documentation, "clause", row), reading.value(Kind::Documentation, "item", row))
            else {
                continue;
            };
            if of == clause || reading.list(Kind::Clause, "ancestors", of).contains(&clause) {
                let written = self.landscape.display(Kind::Documentation, row);
                documented.push((self.titled(Kind::Item, item), written, reading.line(Kind::Documentation, row)));
            }
        }
        documented
    }
}
