//! Processes, items and actors, of the organization and of models.

use crate::syntax::tree::{
    Actor, ActorKind, Flow, Item, ItemStatement, ItemStatementKind, Process, ProcessStatement, ProcessStatementKind,
};
use crate::text::Span;

use crate::landscape::MISSING;
use crate::landscape::derive::beginning;
use crate::landscape::facts::{
    ActivityFact, Body, FlowExtra, FlowFact, IndicatorFact, NONE, OutcomeFact, Owned, Owner, ProcessFact, ThingFact,
    ThingKind, flag,
};
use crate::landscape::schema::CATEGORIES;
use crate::landscape::symbols::Mention;

use super::Lowering;
use super::words::first_to_last;

/// Which statements that may stand once a process has had.
#[derive(Default)]
struct Once {
    category: Option<Span>,
    phase: Option<Span>,
    owner: Option<Span>,
    capability: Option<Span>,
    purpose: Option<Span>,
    every: Option<Span>,
}

impl Lowering<'_> {
    /// A process of the organization, or of the model of that number.
    pub(super) fn process(&mut self, body: &mut Body, process: &Process, span: Span, model: u32) {
        let number = body.processes.len() as u32;
        let mut fact = ProcessFact {
            id: self.mention(process.id),
            beginning: beginning(self.source.bytes(process.id)),
            model,
            span,
            number: self.optional_symbol(process.number),
            title: process.title.unwrap_or_default(),
            purpose: Span::default(),
            category_span: Span::default(),
            capability_span: Span::default(),
            phases_span: Span::default(),
            cadence: MISSING,
            category: 255,
            capability: 255,
            phases: 0,
            owned: false,
        };
        if let Some(number) = process.number
            && model == NONE
        {
            self.misplaced(
                number,
                "a process of the organization has no number",
                "take the number away; it belongs to the processes of a `model`",
            );
        }
        let mut once = Once::default();
        for statement in &process.statements {
            for attribute in &statement.attributes {
                self.attribute(attribute);
            }
            self.process_statement(body, statement, process.id, number, &mut fact, &mut once);
        }
        body.processes.push(fact);
    }

    fn process_statement(
        &mut self,
        body: &mut Body,
        statement: &ProcessStatement,
        id: Span,
        number: u32,
        fact: &mut ProcessFact,
        once: &mut Once,
    ) {
        let owner = Owner::Process(number);
        let keyword = statement.keyword;
        let in_model = fact.model != NONE;
        match &statement.kind {
            ProcessStatementKind::Implements(_) if in_model => self.misplaced(
                keyword,
                "`implements` stands in a reference process",
                "take it away: processes of the organization implement those of a model",
            ),
            ProcessStatementKind::Implements(references) => {
                self.begin_statement();
                for reference in references {
                    let value = self.reference_use(reference);
                    body.implements.push(Owned::by(owner, value));
                }
            }
            ProcessStatementKind::Category(word) => {
                if self.is_first(&mut once.category, keyword, id) {
                    fact.category = self.word(*word, "category", CATEGORIES).unwrap_or(255);
                    fact.category_span = *word;
                }
            }
            ProcessStatementKind::Phase(words) => {
                if self.is_first(&mut once.phase, keyword, id) {
                    (fact.phases, fact.phases_span) = self.phases(words);
                }
            }
            ProcessStatementKind::Owner(names) => {
                if self.is_first(&mut once.owner, keyword, id) {
                    fact.owned = true;
                    for name in names {
                        let value = self.mention(*name);
                        body.owners.push(Owned::by(owner, value));
                    }
                }
            }
            ProcessStatementKind::Capability(level) => {
                if self.is_first(&mut once.capability, keyword, id) {
                    fact.capability = self.capability(*level);
                    fact.capability_span = *level;
                }
            }
            ProcessStatementKind::Purpose(text) => {
                if self.is_first(&mut once.purpose, keyword, id) {
                    fact.purpose = *text;
                }
            }
            ProcessStatementKind::Every(every) => {
                if self.is_first(&mut once.every, keyword, id) {
                    fact.cadence = self.every(every);
                }
            }
            ProcessStatementKind::Trigger(text) => body.triggers.push(Owned::by(owner, *text)),
            ProcessStatementKind::Source(text) => body.sources.push(Owned::by(owner, *text)),
            ProcessStatementKind::Input(flow) => {
                let fact = self.flow(body, flow, number, in_model, true);
                body.inputs.push(fact);
            }
            ProcessStatementKind::Result(flow) => {
                let fact = self.flow(body, flow, number, in_model, false);
                body.results.push(fact);
            }
            ProcessStatementKind::Activity(activity) => {
                let index = body.activities.len() as u32;
                let id = self.mention(activity.id);
                body.activities.push(ActivityFact { owner: number, id, title: activity.title.unwrap_or_default() });
                for name in &activity.by {
                    let value = self.mention(*name);
                    body.activity_names.push(Owned::by(Owner::Process(index), value));
                }
            }
            ProcessStatementKind::Indicator(indicator) => body.indicators.push(IndicatorFact {
                owner: number,
                goal: indicator.is_goal,
                title: indicator.title,
                target: indicator.target.unwrap_or_default(),
            }),
            ProcessStatementKind::Covers(covers) => self.covers(body, owner, covers, in_model),
            ProcessStatementKind::Outcome(_) if !in_model => self.misplaced(
                keyword,
                "`outcome` stands in a process of the organization",
                "state it as a `result`; outcomes describe the processes of a `model`",
            ),
            ProcessStatementKind::Outcome(outcome) => body.outcomes.push(OutcomeFact {
                owner: number,
                title: outcome.title,
                inferred: outcome.inferred.is_some(),
            }),
        }
    }

    fn flow(&mut self, body: &mut Body, flow: &Flow, owner: u32, in_model: bool, is_input: bool) -> FlowFact {
        let mut flags = 0;
        let item = if flow.wildcard {
            flags |= flag::WILDCARD;
            self.mention(flow.item)
        } else {
            self.item(body, if in_model { 2 } else { 1 }, flow.item)
        };
        let realized_start = body.realized.len() as u32;
        if !flow.realizes().is_empty() {
            if flow.wildcard {
                self.misplaced(
                    first_to_last(flow.realizes()),
                    "`realizes` stands after `input *`",
                    "take it away: `*` realizes whatever the results that it takes realize",
                );
            } else if in_model {
                self.misplaced(
                    first_to_last(flow.realizes()),
                    "`realizes` stands in a reference process",
                    "take it away: items of the organization realize those of a model",
                );
            } else {
                flags |= flag::REALIZES;
                for name in flow.realizes() {
                    let mention = self.mention(*name);
                    body.realized.push(mention);
                }
            }
        }
        let names_start = body.names.len() as u32;
        for name in &flow.actors {
            if !is_input && self.slice(*name) == "any" {
                self.misplaced(
                    *name,
                    "`any` stands among the destinations of a result",
                    "take it away: a result without `to` is for every process that takes the item",
                );
                continue;
            }
            let mention = self.mention(*name);
            body.names.push(mention);
        }
        if flow.is_addressed {
            flags |= flag::ADDRESSED;
        }
        let mut system = Mention::NONE;
        if let Some(retained) = flow.retained() {
            flags |= flag::RETAINED;
            system = self.optional_mention(retained.system);
            if let Some(period) = retained.period {
                self.every(&period);
            }
        }
        if flow.is_feedback {
            flags |= flag::FEEDBACK;
        }
        if self.inferred(flow.inferred(), in_model) {
            flags |= flag::INFERRED;
        }
        let realized_end = body.realized.len() as u32;
        let names = body.names.len() as u32 - names_start;
        if realized_start < realized_end || !system.is_none() || FlowFact::are_many(names) {
            flags |= flag::EXTRA;
            let item_start = item.start;
            body.extras.push(FlowExtra { item_start, names, realized_start, realized_end, system });
        }
        FlowFact::new(owner, item, names_start, names, flags)
    }

    /// `role`, `party` or `system`, of the organization or of the model of that number.
    pub(super) fn actor(&mut self, body: &mut Body, actor: &Actor, span: Span, model: u32) {
        let (kind, word) = match actor.kind {
            ActorKind::Role => (ThingKind::Role, "role"),
            ActorKind::Party => (ThingKind::Party, "party"),
            ActorKind::System => (ThingKind::System, "system"),
        };
        let id = self.mention(actor.id);
        let fact = ThingFact {
            kind,
            id,
            model,
            span,
            title: actor.title.unwrap_or_default(),
            classification: Mention::NONE,
            cadence: MISSING,
        };
        for statement in &actor.statements {
            for attribute in &statement.attributes {
                self.attribute(attribute);
            }
            let statement_word = statement_word(&statement.kind);
            if matches!(
                statement.kind,
                ItemStatementKind::Documents(_) | ItemStatementKind::Contains(_) | ItemStatementKind::Covers(_)
            ) {
                let keyword = keyword_span(statement);
                self.misplaced(
                    keyword,
                    format!("`{statement_word}` stands in a {word}"),
                    "say it of an `item`, or of the process that does it",
                );
            }
        }
        self.thing_statements(body, &actor.statements, actor.id, fact);
    }

    /// `item`, of the organization or of the model of that number.
    pub(super) fn item_declaration(&mut self, body: &mut Body, item: &Item, span: Span, model: u32) {
        let id = self.item(body, if model == NONE { 1 } else { 2 }, item.id);
        let fact = ThingFact {
            kind: ThingKind::Item,
            id,
            model,
            span,
            title: item.title.unwrap_or_default(),
            classification: Mention::NONE,
            cadence: MISSING,
        };
        for attribute in item.statements.iter().flat_map(|statement| &statement.attributes) {
            self.attribute(attribute);
        }
        self.thing_statements(body, &item.statements, item.id, fact);
    }

    fn thing_statements(&mut self, body: &mut Body, statements: &[ItemStatement], id: Span, mut fact: ThingFact) {
        let owner = Owner::Thing(body.things.len() as u32);
        let is_item = fact.kind == ThingKind::Item;
        let in_model = fact.model != NONE;
        let (mut classification, mut owned, mut every) = (None, None, None);
        for statement in statements {
            let keyword = keyword_span(statement);
            self.begin_statement();
            match &statement.kind {
                ItemStatementKind::Documents(clauses) if is_item => {
                    for clause in clauses {
                        let value = self.clause_use(NONE, clause, 0);
                        if clause.wildcard {
                            self.misplaced(
                                clause.span,
                                "a wildcard stands after `documents`",
                                "name the clause whose documented information the item is",
                            );
                            continue;
                        }
                        body.documents.push(Owned::by(owner, value));
                    }
                }
                ItemStatementKind::Contains(items) if is_item => {
                    for item in items {
                        let value = self.item(body, if in_model { 2 } else { 1 }, *item);
                        body.parts.push(Owned::by(owner, value));
                    }
                }
                ItemStatementKind::Covers(covers) if is_item => self.covers(body, owner, covers, in_model),
                ItemStatementKind::Documents(_) | ItemStatementKind::Contains(_) | ItemStatementKind::Covers(_) => {}
                ItemStatementKind::Classification(word) => {
                    if self.is_first(&mut classification, keyword, id) {
                        fact.classification = self.mention(*word);
                    }
                }
                ItemStatementKind::Owner(names) => {
                    if self.is_first(&mut owned, keyword, id) {
                        for name in names {
                            let value = self.mention(*name);
                            body.owners.push(Owned::by(owner, value));
                        }
                    }
                }
                ItemStatementKind::Every(value) => {
                    if self.is_first(&mut every, keyword, id) {
                        fact.cadence = self.every(value);
                    }
                }
                ItemStatementKind::Source(text) => body.sources.push(Owned::by(owner, *text)),
            }
        }
        body.things.push(fact);
    }
}

fn statement_word(kind: &ItemStatementKind) -> &'static str {
    match kind {
        ItemStatementKind::Documents(_) => "documents",
        ItemStatementKind::Contains(_) => "contains",
        ItemStatementKind::Classification(_) => "classification",
        ItemStatementKind::Owner(_) => "owner",
        ItemStatementKind::Every(_) => "every",
        ItemStatementKind::Covers(_) => "covers",
        ItemStatementKind::Source(_) => "source",
    }
}

fn keyword_span(statement: &ItemStatement) -> Span {
    let length = statement_word(&statement.kind).len() as u32;
    Span::new(statement.span.start, statement.span.end.min(statement.span.start + length))
}
