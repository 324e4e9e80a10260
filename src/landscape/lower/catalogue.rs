//! Standards, mappings, models and Statements of Applicability.

use std::sync::Arc;

use crate::syntax::tree::{Applicability, DeclarationKind, Entry, Mapping, MappingRow, Model, Qualifier, Standard};
use crate::text::Span;

use crate::landscape::MISSING;
use crate::landscape::facts::{
    ClauseFact, DecisionFact, DocumentFact, MappingFact, MappingRowFact, ModelFact, NONE, StandardFact,
};
use crate::landscape::schema::RELATIONS;
use crate::landscape::symbols::Mention;

use super::Lowering;

/// The most pairs of clauses that one row of a mapping may stand for.
const MOST_PAIRS: usize = 10_000;

impl Lowering<'_> {
    pub(super) fn applicability(&mut self, applicability: &Applicability) {
        self.begin_statement();
        let number = self.facts.applicabilities.len() as u32;
        let standard = self.qualifier(&applicability.standard);
        self.facts.applicabilities.push(standard);
        for decision in &applicability.decisions {
            for attribute in &decision.attributes {
                self.attribute(attribute);
            }
            self.begin_statement();
            let keyword = if decision.exclude { "exclude" } else { "include" };
            let at = Span::new(decision.span.start, decision.span.start + keyword.len() as u32);
            self.demand_because(at, decision.span, decision.because, &format!("`{keyword}` needs a reason"));
            let by: Arc<[Mention]> = decision.by.iter().map(|name| self.mention(*name)).collect();
            let accepted_by: Arc<[Mention]> = decision.accepted_by.iter().map(|name| self.mention(*name)).collect();
            let planned = decision.planned_until.and_then(|span| self.date(span)).map_or(MISSING, |date| date.days());
            for (index, clause) in decision.clauses.iter().enumerate() {
                let clause = self.clause_use(standard, clause, 0);
                self.facts.decisions.push(DecisionFact {
                    applicability: number,
                    clause,
                    exclude: decision.exclude,
                    accepted: !decision.accepted_by.is_empty(),
                    by: Arc::clone(&by),
                    accepted_by: Arc::clone(&accepted_by),
                    first: index == 0,
                    planned,
                    planned_span: decision.planned_until.unwrap_or_default(),
                    because: decision.because.unwrap_or_default(),
                });
            }
        }
    }

    fn demand_edition(&mut self, id: &Qualifier, what: &str) {
        if id.edition.is_none() && !self.is_disturbed(id.span) {
            let name = self.slice(id.id);
            let diagnostic = self
                .error("SYN027", id.span, format!("the {what} `{name}` has no edition"))
                .help(format!("write its year or version behind a colon: `{what} {name}:2026`"));
            self.say(diagnostic);
        }
    }

    pub(super) fn standard(&mut self, standard: &Standard, span: Span) {
        self.begin_statement();
        self.demand_edition(&standard.id, "standard");
        let number = self.facts.standards.len() as u32;
        let qualifier = self.qualifier(&standard.id);
        self.facts.standards.push(StandardFact { qualifier, title: standard.title.unwrap_or_default(), span });
        // Without recursion: entries nest as deep as the parser lets them.
        let mut open: Vec<(std::slice::Iter<'_, Entry>, u32)> = vec![(standard.entries.iter(), NONE)];
        while let Some((entries, parent)) = open.last_mut() {
            let parent = *parent;
            match entries.next() {
                None => {
                    open.pop();
                }
                Some(entry) => {
                    let entry_number = self.entry(entry, number, parent);
                    open.push((entry.entries.iter(), entry_number));
                }
            }
        }
    }

    fn entry(&mut self, entry: &Entry, standard: u32, parent: u32) -> u32 {
        for attribute in &entry.attributes {
            self.attribute(attribute);
        }
        let last_letter = entry.last_letter.map_or(0, |span| match self.slice(span).as_bytes() {
            [letter @ b'a'..=b'z'] => *letter,
            _ => {
                let text = self.slice(span);
                let diagnostic = self
                    .error("SYN022", span, format!("`{text}` is not a letter"))
                    .help("write the last letter of the list, `a` to `z`: `letters f`");
                self.say(diagnostic);
                0
            }
        });
        let number = self.facts.clauses.len() as u32;
        let fact = ClauseFact {
            standard,
            parent,
            number: self.mention(entry.number),
            title: entry.title.unwrap_or_default(),
            phases: self.phases(&entry.phases).0,
            control: entry.is_control,
            should: entry.should.is_some(),
            requirement: entry.requirement.is_some(),
            last_letter,
        };
        self.facts.clauses.push(fact);
        for document in &entry.documents {
            let letter = self.optional_mention(document.letter);
            self.facts.documents.push(DocumentFact { clause: number, letter, title: document.title });
        }
        number
    }

    pub(super) fn mapping(&mut self, mapping: &Mapping) {
        self.begin_statement();
        let number = self.facts.mappings.len() as u32;
        let (from, to) = (self.qualifier(&mapping.from), self.qualifier(&mapping.to));
        self.facts.mappings.push(MappingFact { from, to });
        for row in &mapping.rows {
            self.mapping_row(row, number);
        }
    }

    fn mapping_row(&mut self, row: &MappingRow, mapping: u32) {
        let Some(relation) = self.word(row.relation, "relation", RELATIONS) else { return };
        if row.from.len().saturating_mul(row.to.len()) > MOST_PAIRS {
            let diagnostic = self
                .error(
                    "SYN025",
                    row.relation,
                    format!("this row pairs {} clauses with {}", row.from.len(), row.to.len()),
                )
                .help(format!("write several rows; one row can stand for {MOST_PAIRS} pairs at most"));
            self.say(diagnostic);
            return;
        }
        let words_start = self.facts.mapping_words.len() as u32;
        for word in &row.from {
            let mention = self.mention(*word);
            self.facts.mapping_words.push(mention);
        }
        let from_end = self.facts.mapping_words.len() as u32;
        for word in &row.to {
            let mention = self.mention(*word);
            self.facts.mapping_words.push(mention);
        }
        let to_end = self.facts.mapping_words.len() as u32;
        self.facts.mapping_rows.push(MappingRowFact {
            mapping,
            relation,
            unsure: row.unsure.is_some(),
            words_start,
            from_end,
            to_end,
        });
    }

    pub(super) fn model(&mut self, model: Model, span: Span) {
        self.begin_statement();
        self.demand_edition(&model.id, "model");
        let number = self.facts.models.len() as u32;
        let qualifier = self.qualifier(&model.id);
        self.facts.models.push(ModelFact {
            qualifier,
            title: model.title.unwrap_or_default(),
            domain: model.domain.unwrap_or_default(),
            context: model.context.unwrap_or_default(),
            span,
        });
        let mut reference = std::mem::take(&mut self.facts.reference);
        for declaration in model.declarations {
            for attribute in &declaration.attributes {
                self.attribute(attribute);
            }
            let span = declaration.span;
            match &declaration.kind {
                DeclarationKind::Process(process) => self.process(&mut reference, process, span, number),
                DeclarationKind::Actor(actor) => self.actor(&mut reference, actor, span, number),
                DeclarationKind::Item(item) => self.item_declaration(&mut reference, item, span, number),
                // The parser refuses every other declaration here.
                _ => {}
            }
        }
        self.facts.reference = reference;
    }
}
