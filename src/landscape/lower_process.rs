//! From the tree of a process to its facts.

use crate::diagnostic::Diagnostic;
use crate::syntax::tree::*;
use crate::text::Span;

use super::facts::*;
use super::lower::{Lowerer, Once, strings};
use super::schema::CATEGORIES;

impl Lowerer<'_> {
    pub(super) fn process(&mut self, process: Process, span: Span, into: &mut Declarations, in_model: bool) {
        let id = self.mention(process.id);
        if let Some(number) = process.number.filter(|_| !in_model) {
            let help = "remove it; a process of an organization has an id and a name".to_owned();
            self.error("SYN025", number, "only a process of a `model` has a number".to_owned(), help);
        }
        let mut fact = ProcessFact {
            id,
            number: process.number.map_or(NONE, |number| self.name(number)),
            title: process.title,
            span,
            category: None,
            purpose: None,
            owners: (0, 0),
            owner_stated: false,
            phases: 0,
            phase_span: Span::default(),
            capability: None,
            cadence: NONE,
            implements: (0, 0),
            flows: (into.flows.len() as u32, 0),
            activities: (into.activities.len() as u32, 0),
            indicators: (into.indicators.len() as u32, 0),
            outcomes: (into.outcomes.len() as u32, 0),
            covers: (into.covers.len() as u32, 0),
            triggers: (0, 0),
            sources: (0, 0),
        };
        let implements = into.references.len() as u32;
        let (mut triggers, mut sources) = (Vec::new(), Vec::new());
        let mut once = Once::default();
        for statement in process.statements {
            self.statement_attributes(statement.attributes);
            let keyword = statement.keyword;
            match statement.kind {
                ProcessStatementKind::Input(flow) => self.flow(&flow, true, into, in_model),
                ProcessStatementKind::Result(flow) => self.flow(&flow, false, into, in_model),
                ProcessStatementKind::Activity(activity) => {
                    let id = self.mention(activity.id);
                    let by = self.mentions(&activity.by, into);
                    into.activities.push(ActivityFact { id, title: activity.title, by });
                }
                ProcessStatementKind::Covers(covers) => self.covers(&covers, into, in_model),
                ProcessStatementKind::Indicator(indicator) => into.indicators.push(indicator),
                ProcessStatementKind::Implements(references) => {
                    for reference in references {
                        let reference = self.reference(reference);
                        into.references.push(reference);
                    }
                }
                ProcessStatementKind::Owner(roles) => {
                    if once.first(self, "owner", keyword) {
                        fact.owner_stated = true;
                        fact.owners = self.mentions(&roles, into);
                    }
                }
                ProcessStatementKind::Category(word) => {
                    if once.first(self, "category", keyword) {
                        fact.category = self.one_of(word, CATEGORIES, "category").map(|category| (category, word));
                    }
                }
                ProcessStatementKind::Phase(words) => {
                    if once.first(self, "phase", keyword) {
                        fact.phases = self.phases(&words);
                        fact.phase_span = words.iter().copied().reduce(Span::to).unwrap_or_default();
                    }
                }
                ProcessStatementKind::Capability(word) => {
                    if once.first(self, "capability", keyword) {
                        fact.capability = self.capability(word);
                    }
                }
                ProcessStatementKind::Purpose(text) => {
                    if once.first(self, "purpose", keyword) {
                        fact.purpose = Some(text);
                    }
                }
                ProcessStatementKind::Every(every) => {
                    if once.first(self, "every", keyword) {
                        fact.cadence = self.days(&every);
                    }
                }
                ProcessStatementKind::Trigger(text) => triggers.push(text),
                ProcessStatementKind::Source(text) => sources.push(text),
                ProcessStatementKind::Outcome(outcome) => {
                    if in_model {
                        into.outcomes.push(outcome);
                    } else {
                        let help = "a process of an organization has a `result`; outcomes describe a reference process".to_owned();
                        self.error("SYN025", keyword, "`outcome` belongs into a `model`".to_owned(), help);
                    }
                }
            }
        }
        fact.implements = (implements, into.references.len() as u32);
        fact.flows.1 = into.flows.len() as u32;
        fact.activities.1 = into.activities.len() as u32;
        fact.indicators.1 = into.indicators.len() as u32;
        fact.outcomes.1 = into.outcomes.len() as u32;
        fact.covers.1 = into.covers.len() as u32;
        fact.triggers = strings(&triggers, into);
        fact.sources = strings(&sources, into);
        into.processes.push(fact);
    }

    fn capability(&mut self, word: Span) -> Option<(u8, Span)> {
        let text = self.word(word);
        match text.as_bytes() {
            [level @ b'0'..=b'5'] => Some((level - b'0', word)),
            _ => {
                let help = "levels are 0 (incomplete) to 5 (innovating), after ISO/IEC 33020".to_owned();
                self.error("SYN022", word, format!("`{text}` is no capability level"), help);
                None
            }
        }
    }

    fn flow(&mut self, flow: &Flow, is_input: bool, into: &mut Declarations, in_model: bool) {
        if !in_model {
            self.inferred(flow.inferred);
        }
        if flow.wildcard
            && let Some(first) = flow.realizes.first()
        {
            let help = "`input *` takes what the results addressed to it realize; remove `realizes`".to_owned();
            self.error("SYN025", *first, "`input *` stands for no single item".to_owned(), help);
        }
        let item = if flow.wildcard { NONE } else { self.name(flow.item) };
        let realizes = self.mentions(if flow.wildcard { &[] } else { &flow.realizes }, into);
        let actors = self.mentions(&flow.actors, into);
        let system = match flow.retained.and_then(|retained| retained.system) {
            None => NONE,
            Some(system) => {
                let mention = self.mention(system);
                into.mentions.push(mention);
                into.mentions.len() as u32 - 1
            }
        };
        if let Some(period) = flow.retained.and_then(|retained| retained.period) {
            self.days(&period);
        }
        for (at, mention) in part(actors).enumerate() {
            let here = into.mentions[mention];
            let before = into.mentions[part(actors).start..mention].iter().find(|other| other.name == here.name);
            // A second naming in the same list; across statements it is found when the statements are joined.
            if let Some(first) = before.filter(|_| at > 0) {
                let word = self.word(here.span);
                let what = if is_input { "source" } else { "destination" };
                let diagnostic = Diagnostic::error("SYN026", self.place(here.span), format!("the {what} `{word}` is named twice"))
                    .label(self.place(first.span), "first named here")
                    .help("remove one of them");
                self.facts.diagnostics.push(diagnostic);
            }
        }
        into.flows.push(FlowFact {
            item,
            span: flow.item,
            is_input,
            feedback: flow.feedback.is_some(),
            retained: flow.retained.is_some(),
            inferred: flow.inferred.is_some(),
            addressed: flow.preposition.is_some(),
            realizes,
            actors,
            system,
        });
    }
}
