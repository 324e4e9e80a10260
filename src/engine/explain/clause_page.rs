//! The page of a clause or a control.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::natural_order;
use crate::landscape::schema::{PHASES, RELATIONS};
use crate::landscape::{Kind, titles_agree};
use crate::text::Date;

use super::lookup::Found;
use super::{Explainer, Speaking, Titled};

/// Everything that is known of a clause.
#[derive(Debug)]
pub struct ClausePage {
    /// The clause.
    pub clause: Titled,
    /// The title of its standard, or its name.
    pub standard: String,
    /// Whether it is a control or a group of controls.
    pub is_control: bool,
    /// What it is for whoever answers it.
    pub role: ClauseRole,
    /// The letter that was asked for.
    pub letter: Option<String>,
    /// Its PDCA phases.
    pub phases: Vec<&'static str>,
    /// The clauses above it, the highest first.
    pub above: Vec<Titled>,
    /// The clauses directly below it.
    pub below: Vec<Titled>,
    /// The documented information that it, or a clause below it, asks for.
    pub documents: Vec<RequiredDocument>,
    /// What it was in earlier editions, the earliest first.
    pub earlier: Vec<Kin>,
    /// What became of it in later editions, the earliest first.
    pub later: Vec<Kin>,
    /// What the editions around it say of its beginning and its end.
    pub succession: Succession,
    /// The clauses of other standards that a mapping puts beside it.
    pub beside: Vec<Kin>,
    /// Clauses of the same number in other editions that are called something else.
    pub namesakes: Vec<Titled>,
    /// The reference processes that cite it.
    pub citations: Vec<Citing>,
    /// The rules that cite it or a clause above it.
    pub rules: Vec<Speaking>,
    /// What the organization does about it, inside a project.
    pub project: Option<ClauseInProject>,
    /// The standard that was meant, where it has no such clause.
    pub missing_in: Option<String>,
    /// What else the word could mean.
    pub others: Vec<Titled>,
}

/// What a clause is for whoever answers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClauseRole {
    /// It is to be covered, or decided on.
    Unit,
    /// It is recommended.
    Recommendation,
    /// The clauses below it are to be covered.
    Heading,
}

/// What the mappings say of the beginning and the end of a clause. `Some(true)` is sure, `Some(false)` unsure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Succession {
    /// It is new in its edition.
    pub is_new: Option<bool>,
    /// It was withdrawn after its edition.
    pub is_withdrawn: Option<bool>,
    /// There is an earlier edition, to which a mapping leads.
    pub has_earlier_edition: bool,
    /// There is a later edition, to which a mapping leads.
    pub has_later_edition: bool,
}

/// A clause that corresponds to another one.
#[derive(Debug)]
pub struct Kin {
    /// The clause.
    pub clause: Titled,
    /// How it corresponds, by the last step: `moved`, `merged`.
    pub relation: &'static str,
    /// Whether every step is sure.
    pub is_sure: bool,
    /// The clauses of the editions between, the nearest first.
    pub through: Vec<String>,
    /// Whether it was withdrawn itself: `Some(true)` surely.
    pub is_withdrawn: Option<bool>,
}

/// Documented information.
#[derive(Debug)]
pub struct RequiredDocument {
    /// The clause that asks for it, with the letter: `6.1.3(d)`.
    pub clause: String,
    /// What is asked for.
    pub title: String,
}

/// A reference process that cites a clause.
#[derive(Debug)]
pub struct Citing {
    /// The reference process.
    pub reference: Titled,
    /// The clause as it is cited, which may stand above, or be what it was in another edition.
    pub cited: String,
    /// Whether the citation is our reading, not the document's own.
    pub is_inferred: bool,
}

/// What an organization does about a clause.
#[derive(Debug)]
pub struct ClauseInProject {
    /// What the organization calls itself.
    pub organization: String,
    /// Whether it declares the standard.
    pub is_declared: bool,
    /// Whether it has a Statement of Applicability for it.
    pub has_statement: bool,
    /// Who covers it.
    pub answers: Vec<Answer>,
    /// What the Statement of Applicability says about it.
    pub decisions: Vec<Decided>,
    /// The items that are the documented information which it asks for: id, clause with its letter, place.
    pub documented: Vec<(Titled, String, Option<String>)>,
}

/// A `covers` that has to do with a clause.
#[derive(Debug)]
pub struct Answer {
    /// `process` or `item`.
    pub kind: &'static str,
    /// The process or the item.
    pub who: Titled,
    /// The clause as it is written: `9.3.*`, `6.1.2(c)`, `iso27001:2013/A.12.6.1`.
    pub covered: String,
    /// How that reaches the clause.
    pub reach: Reach,
    /// Whether it covers partly.
    pub is_partly: bool,
    /// `path:line`
    pub line: Option<String>,
}

/// How a `covers` reaches a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// It names it, or all below a clause above it.
    Whole,
    /// It names one of its letters.
    Letter,
    /// It names a clause below it.
    Below,
    /// It names what the clause surely is in another edition.
    OtherEdition,
    /// It names a heading, itself or one above it, without `.*`, which reaches nothing.
    Heading,
}

/// A decision of the Statement of Applicability.
#[derive(Debug)]
pub struct Decided {
    /// Whether it is `exclude`.
    pub is_excluded: bool,
    /// The clause as it is written: `A.*`.
    pub decided: String,
    /// The reason.
    pub because: Option<String>,
    /// Who answers it instead.
    pub by: Vec<String>,
    /// Until when it is planned.
    pub planned: Option<Date>,
    /// `path:line`
    pub line: Option<String>,
}

/// A row of a mapping, read in one direction.
#[derive(Clone, Copy)]
struct Step {
    from: u32,
    to: u32,
    relation: &'static str,
    is_sure: bool,
}

/// How a clause of another edition was reached.
#[derive(Clone)]
struct Reached {
    relation: &'static str,
    is_sure: bool,
    /// The clause one step nearer.
    before: u32,
}

impl Explainer {
    pub(super) fn clause_page(&self, found: &Found) -> ClausePage {
        let (clause, reading) = (found.id, self.reading());
        let is = |field| reading.is(Kind::Clause, field, clause);
        let standard = reading.value(Kind::Clause, "standard", clause);
        let standard_title = standard.and_then(|standard| {
            let title = reading.text(Kind::Standard, "title", standard);
            title.or_else(|| Some(self.landscape.display(Kind::Standard, standard)))
        });
        let steps = self.steps();
        let mut above = reading.list(Kind::Clause, "ancestors", clause).to_vec();
        // Heads of numbers without an entry say nothing.
        above.retain(|above| self.landscape.place(Kind::Clause, *above).is_some());
        above.reverse();
        let titled = |clauses: &[u32]| clauses.iter().map(|clause| self.titled_clause(*clause)).collect::<Vec<_>>();
        ClausePage {
            clause: self.titled_clause(clause),
            standard: standard_title.unwrap_or_default(),
            is_control: is("control"),
            role: match (is("unit"), is("should")) {
                (true, true) => ClauseRole::Recommendation,
                (true, false) => ClauseRole::Unit,
                (false, _) => ClauseRole::Heading,
            },
            letter: found.letter.clone(),
            phases: reading
                .list(Kind::Clause, "phases", clause)
                .iter()
                .filter_map(|phase| PHASES.get(*phase as usize).copied())
                .collect(),
            above: titled(&above),
            below: titled(reading.list(Kind::Clause, "children", clause)),
            documents: self.required_documents(clause),
            earlier: self.kin(clause, &steps, false),
            later: self.kin(clause, &steps, true),
            succession: self.succession(clause, &steps),
            beside: self.beside(clause),
            namesakes: self.namesakes(clause),
            citations: self.citations(clause),
            rules: self.rules_about(&self.lineage_names(clause)),
            project: self.has_project.then(|| self.clause_in_project(clause)),
            missing_in: found.missing_in.clone(),
            others: found.others.clone(),
        }
    }

    /// Whether `below` is `clause`, or stands below it.
    fn is_within(&self, below: u32, clause: u32) -> bool {
        below == clause || self.reading().list(Kind::Clause, "ancestors", below).contains(&clause)
    }

    fn required_documents(&self, clause: u32) -> Vec<RequiredDocument> {
        let reading = self.reading();
        let mut documents: Vec<RequiredDocument> = Vec::new();
        for document in self.landscape.rows(Kind::Document) {
            let of = reading.value(Kind::Document, "clause", document);
            if of.is_some_and(|of| self.is_within(of, clause)) {
                documents.push(RequiredDocument {
                    clause: self.landscape.display(Kind::Document, document),
                    title: reading.text(Kind::Document, "title", document).unwrap_or_default(),
                });
            }
        }
        documents
    }

    /// The rows of the mappings between editions of one standard, from the earlier to the later one.
    fn steps(&self) -> Vec<Step> {
        let reading = self.reading();
        let standard = |clause| reading.value(Kind::Clause, "standard", clause);
        let is_later = |early: u32, late: u32| reading.list(Kind::Standard, "later", early).contains(&late);
        let mut steps = Vec::new();
        for row in self.landscape.rows(Kind::Correspondence) {
            let side = |field| reading.value(Kind::Correspondence, field, row);
            let (Some(from), Some(to)) = (side("from"), side("to")) else { continue };
            let (Some(first), Some(second)) = (standard(from), standard(to)) else { continue };
            let Some(relation) = reading.word(Kind::Correspondence, "relation", row, RELATIONS) else { continue };
            let is_sure = !reading.is(Kind::Correspondence, "unsure", row);
            if is_later(first, second) {
                steps.push(Step { from, to, relation, is_sure });
            } else if is_later(second, first) {
                steps.push(Step { from: to, to: from, relation, is_sure });
            }
        }
        steps
    }

    /// What a clause was (or became), over any number of editions: by sure steps where they lead there, and by the fewest.
    fn kin(&self, clause: u32, steps: &[Step], forward: bool) -> Vec<Kin> {
        let here = |step: &Step| if forward { step.from } else { step.to };
        let mut steps = steps.to_vec();
        steps.sort_by_key(here);
        let mut reached: BTreeMap<u32, Reached> = BTreeMap::new();
        for unsure_too in [false, true] {
            let mut edge: Vec<u32> = std::iter::once(clause).chain(reached.keys().copied()).collect();
            while !edge.is_empty() {
                let mut next = Vec::new();
                for near in &edge {
                    let is_near_sure = *near == clause || reached.get(near).is_some_and(|known| known.is_sure);
                    let first = steps.partition_point(|step| here(step) < *near);
                    let of_near = steps.iter().skip(first).take_while(|step| here(step) == *near);
                    for step in of_near.filter(|step| unsure_too || step.is_sure) {
                        let there = if forward { step.to } else { step.from };
                        if there == clause || reached.contains_key(&there) {
                            continue;
                        }
                        let is_sure = step.is_sure && is_near_sure;
                        reached.insert(there, Reached { relation: step.relation, is_sure, before: *near });
                        next.push(there);
                    }
                }
                edge = next;
            }
        }
        let withdrawn = self.withdrawn();
        let mut kin: Vec<Kin> = reached
            .iter()
            .map(|(id, known)| {
                let mut through = Vec::new();
                let mut at = known.before;
                while at != clause
                    && let Some(nearer) = reached.get(&at)
                {
                    through.push(self.reading().clause(at));
                    at = nearer.before;
                }
                through.reverse();
                Kin {
                    clause: self.titled_clause(*id),
                    relation: known.relation,
                    is_sure: known.is_sure,
                    through,
                    is_withdrawn: withdrawn.get(id).copied().filter(|_| forward),
                }
            })
            .collect();
        // By edition; in it what is sure first, then by number.
        let edition = |kin: &Kin| kin.clause.id.split('/').next().unwrap_or_default().to_owned();
        kin.sort_by(|left, right| {
            natural_order(&edition(left), &edition(right))
                .then_with(|| right.is_sure.cmp(&left.is_sure))
                .then_with(|| natural_order(&left.clause.id, &right.clause.id))
        });
        kin
    }

    /// The clauses of which rows of mappings speak alone on the side `here`, with whether one of these rows is sure.
    fn alone(&self, here: &str, there: &str) -> BTreeMap<u32, bool> {
        let reading = self.reading();
        let mut alone = BTreeMap::new();
        for row in self.landscape.rows(Kind::Correspondence) {
            let side = |field| reading.value(Kind::Correspondence, field, row);
            if let (Some(clause), None) = (side(here), side(there)) {
                *alone.entry(clause).or_insert(false) |= !reading.is(Kind::Correspondence, "unsure", row);
            }
        }
        alone
    }

    fn withdrawn(&self) -> BTreeMap<u32, bool> {
        self.alone("from", "to")
    }

    fn succession(&self, clause: u32, steps: &[Step]) -> Succession {
        let reading = self.reading();
        let standard = |clause| reading.value(Kind::Clause, "standard", clause);
        let own = standard(clause);
        Succession {
            is_new: self.alone("to", "from").get(&clause).copied(),
            is_withdrawn: self.withdrawn().get(&clause).copied(),
            has_earlier_edition: steps.iter().any(|step| standard(step.to) == own),
            has_later_edition: steps.iter().any(|step| standard(step.from) == own),
        }
    }

    fn beside(&self, clause: u32) -> Vec<Kin> {
        let reading = self.reading();
        let family = |clause: u32| {
            let standard = reading.value(Kind::Clause, "standard", clause)?;
            reading.name(Kind::Standard, "family", standard)
        };
        let mut beside = Vec::new();
        for (here, there) in [("from", "to"), ("to", "from")] {
            for row in reading.having(Kind::Correspondence, here, clause) {
                let Some(other) = reading.value(Kind::Correspondence, there, row) else { continue };
                let relation = reading.word(Kind::Correspondence, "relation", row, RELATIONS).unwrap_or_default();
                if family(other) != family(clause) {
                    beside.push(Kin {
                        clause: self.titled_clause(other),
                        relation: if here == "from" { relation } else { reverse(relation) },
                        is_sure: !reading.is(Kind::Correspondence, "unsure", row),
                        through: Vec::new(),
                        is_withdrawn: None,
                    });
                }
            }
        }
        beside
    }

    /// Clauses of the same number in other editions whose titles do not agree.
    fn namesakes(&self, clause: u32) -> Vec<Titled> {
        let reading = self.reading();
        let standard = |clause| reading.value(Kind::Clause, "standard", clause);
        let family = |clause| standard(clause).and_then(|standard| reading.name(Kind::Standard, "family", standard));
        let Some(number) = reading.value(Kind::Clause, "number", clause) else { return Vec::new() };
        let title = self.titled_clause(clause).title;
        let mut namesakes: Vec<Titled> = reading
            .having(Kind::Clause, "number", number)
            .into_iter()
            .filter(|other| standard(*other) != standard(clause) && family(*other) == family(clause))
            .map(|other| self.titled_clause(other))
            .filter(|other| !other.title.is_empty() && !titles_agree(&other.title, &title))
            .collect();
        namesakes.sort_by(|left, right| natural_order(&left.id, &right.id));
        namesakes
    }

    fn citations(&self, clause: u32) -> Vec<Citing> {
        let reading = self.reading();
        let lineage = reading.list(Kind::Clause, "lineage", clause);
        let mut citations: Vec<(usize, Citing)> = Vec::new();
        for row in self.landscape.rows(Kind::Citation) {
            let (Some(cited), Some(reference)) =
                (reading.value(Kind::Citation, "clause", row), reading.value(Kind::Citation, "reference", row))
            else {
                continue;
            };
            let Some(distance) = lineage.iter().position(|relative| *relative == cited) else { continue };
            let standard = reading.value(Kind::Citation, "standard", row);
            let standard = standard.map_or_else(String::new, |id| self.landscape.display(Kind::Standard, id));
            citations.push((
                distance,
                Citing {
                    reference: self.titled_reference(reference),
                    cited: format!("{standard}/{}", self.landscape.display(Kind::Citation, row)),
                    is_inferred: reading.is(Kind::Citation, "inferred", row),
                },
            ));
        }
        // The nearest citation of each reference process says enough.
        citations.sort_by_key(|(distance, _)| *distance);
        let mut known: BTreeSet<String> = BTreeSet::new();
        let mut nearest: Vec<Citing> = Vec::new();
        for (_, citing) in citations {
            if known.insert(citing.reference.id.clone()) {
                nearest.push(citing);
            }
        }
        nearest.sort_by(|left, right| {
            let model = |citing: &Citing| citing.reference.id.split('/').next().unwrap_or_default().to_owned();
            (model(left), left.is_inferred).cmp(&(model(right), right.is_inferred))
        });
        nearest
    }

    /// The names of a clause, of those above it, and of what these surely are in other editions.
    fn lineage_names(&self, clause: u32) -> Vec<String> {
        let reading = self.reading();
        reading.list(Kind::Clause, "lineage", clause).iter().map(|relative| reading.clause(*relative)).collect()
    }

    /// The rules that cite one of these names.
    pub(super) fn rules_about(&self, names: &[String]) -> Vec<Speaking> {
        let speaks = |cite: &&String| {
            let cite = cite.strip_suffix(".*").unwrap_or(cite);
            let cite = cite.split('(').next().unwrap_or(cite);
            names.iter().any(|name| name == cite)
        };
        let speaking = self.rules.iter().map(|rule| Speaking {
            code: rule.code.clone(),
            name: rule.name.clone(),
            cites: rule.cites.iter().filter(speaks).cloned().collect(),
        });
        speaking.filter(|rule| !rule.cites.is_empty()).collect()
    }
}

/// A relation read from the other side.
pub(super) fn reverse(relation: &'static str) -> &'static str {
    match relation {
        "subset" => "superset",
        "superset" => "subset",
        "merged" => "split",
        "split" => "merged",
        other => other,
    }
}
