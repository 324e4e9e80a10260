//! From the tree of a file to its facts. The tree accepts any word; here it is said what is wrong with it.

use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::syntax::string_value;
use crate::syntax::tree::*;
use crate::text::{Date, FileId, Source, Span};

use super::facts::*;
use super::schema::{PHASES, RELATIONS};

/// Lowers a file. Total: what is wrong is said in [`FileFacts::diagnostics`].
#[must_use]
pub fn lower(tree: Tree, source: &Source, file: FileId) -> FileFacts {
    let mut facts = declarations(tree.declarations, source, file, &tree.skipped);
    facts.skipped = tree.skipped;
    facts
}

fn declarations(declarations: Vec<Declaration>, source: &Source, file: FileId, skipped: &[Skipped]) -> FileFacts {
    let mut lowerer = Lowerer { text: source.text(), facts: FileFacts::new(file), skipped };
    for declaration in declarations {
        lowerer.declaration(declaration, source);
    }
    lowerer.facts.names.freeze();
    lowerer.facts
}

/// Units of time, with their plural, in days.
const UNITS: [(&str, &str, u32); 5] =
    [("day", "days", 1), ("week", "weeks", 7), ("month", "months", 30), ("quarter", "quarters", 91), ("year", "years", 365)];

pub(super) struct Lowerer<'a> {
    pub(super) text: &'a str,
    pub(super) facts: FileFacts,
    /// Regions that could not be read: what is missing there was said.
    skipped: &'a [Skipped],
}

impl<'a> Lowerer<'a> {
    pub(super) fn word(&self, span: Span) -> &'a str {
        span.text(self.text)
    }

    pub(super) fn place(&self, span: Span) -> Place {
        Place { file: self.facts.file, span }
    }

    pub(super) fn error(&mut self, code: &'static str, span: Span, message: String, help: String) {
        let diagnostic = Diagnostic::error(code, self.place(span), message).help(help);
        self.facts.diagnostics.push(diagnostic);
    }

    pub(super) fn name(&mut self, span: Span) -> u32 {
        self.facts.names.intern(self.text, span)
    }

    pub(super) fn mention(&mut self, span: Span) -> Mention {
        Mention { name: self.name(span), span }
    }

    fn qualifier(&mut self, qualifier: Qualifier) -> u32 {
        let id = self.mention(qualifier.id);
        let edition = qualifier.edition.map_or(NONE, |edition| self.name(edition));
        self.facts.qualifiers.push(QualifierFact { span: qualifier.span, id, edition });
        self.facts.qualifiers.len() as u32 - 1
    }

    pub(super) fn clause(&mut self, clause: &ClauseReference, standard: u32) -> ClauseFact {
        let qualifier = clause.qualifier.map_or(standard, |qualifier| self.qualifier(qualifier));
        let number = self.name(clause.number);
        let letter = clause.letter.map_or(NONE, |letter| self.name(letter));
        ClauseFact { qualifier, number, letter, span: clause.span, title: clause.title, wildcard: clause.wildcard }
    }

    pub(super) fn reference(&mut self, reference: Reference) -> ReferenceFact {
        let qualifier = reference.qualifier.map_or(NONE, |qualifier| self.qualifier(qualifier));
        ReferenceFact { qualifier, word: self.mention(reference.word), span: reference.span }
    }

    pub(super) fn standard_of(&mut self, standard: Option<Qualifier>) -> u32 {
        standard.map_or(NONE, |standard| self.qualifier(standard))
    }

    /// A word that must be one of a list; its position there.
    pub(super) fn one_of(&mut self, span: Span, words: &[&str], what: &str) -> Option<u8> {
        let word = self.word(span);
        if let Some(at) = words.iter().position(|known| *known == word) {
            return Some(at as u8);
        }
        let help = match nearest(word, words.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it is one of {}", words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")),
        };
        self.error("SYN020", span, format!("`{word}` is no {what}"), help);
        None
    }

    pub(super) fn phases(&mut self, spans: &[Span]) -> u8 {
        spans.iter().filter_map(|span| self.one_of(*span, PHASES, "phase")).fold(0, |bits, phase| bits | 1 << phase)
    }

    /// A period in days, or [`NONE`].
    pub(super) fn days(&mut self, every: &Every) -> u32 {
        let count = match every.count {
            None => 1,
            Some(span) => match self.word(span).parse::<u32>() {
                Ok(count) if (1..=1_000).contains(&count) => count,
                _ => {
                    let word = self.word(span);
                    self.error("SYN022", span, format!("`{word}` is no number of days, weeks, months, quarters or years"), "write a whole number from 1 to 1000".to_owned());
                    return NONE;
                }
            },
        };
        let word = self.word(every.unit);
        if let Some((_, _, days)) = UNITS.iter().find(|(one, many, _)| word == *one || word == *many) {
            return count * days;
        }
        let units: Vec<&str> = UNITS.iter().map(|(_, many, _)| *many).collect();
        let _ = self.one_of(every.unit, &units, "unit of time");
        NONE
    }

    pub(super) fn date(&mut self, span: Span) -> Option<Date> {
        let word = self.word(span);
        let date = Date::parse(word);
        if date.is_none() {
            self.error("SYN023", span, format!("`{word}` is no day of the calendar"), "write year, month and day: `2027-06-30`".to_owned());
        }
        date
    }

    fn because(&mut self, because: Option<Span>, span: Span, what: &str, example: &str) {
        let unread = self.skipped.iter().any(|region| region.span.contains(span));
        if because.is_none() && !unread {
            self.error("SYN024", span, format!("{what} needs its reason"), format!("add `because \"…\"`: {example}"));
        }
    }

    pub(super) fn partly(&mut self, covers: &Covers) {
        if let Some(partly) = covers.partly {
            self.because(covers.because, partly, "a clause that is covered partly", "say which part, or who answers the rest");
        }
    }

    fn attributes(&mut self, attributes: Vec<Attribute>) {
        for attribute in attributes {
            // Without a reason it was reported, and suppresses nothing.
            let (Some(code), Some(because)) = (attribute.code, attribute.because) else { continue };
            if self.word(attribute.name) != "allow" {
                continue;
            }
            let reason = string_value(self.text, because).trim().to_owned();
            if reason.chars().filter(|character| character.is_alphanumeric()).count() < 3 {
                let help = "say why the finding is accepted, so that an auditor understands it".to_owned();
                self.error("SYN024", because, "a suppression needs a reason".to_owned(), help);
                continue;
            }
            let until = match attribute.until {
                None => None,
                Some(span) => match self.date(span) {
                    None => continue,
                    date => date,
                },
            };
            let subject = attribute.subject.map(|span| self.word(span).split_whitespace().collect::<String>());
            self.facts.allows.push(Allow {
                file: self.facts.file,
                span: attribute.span,
                code,
                subject,
                because: reason,
                until,
                covers: attribute.covers,
            });
        }
    }

    fn declaration(&mut self, declaration: Declaration, source: &Source) {
        let Declaration { span, documentation, attributes, kind } = declaration;
        self.attributes(attributes);
        match kind {
            DeclarationKind::Organization(organization) => self.organization(organization, span),
            DeclarationKind::Omit(omit) => {
                self.because(omit.because, omit.reference.span, "leaving a reference process out", "say why the organization does not need it");
                let reference = self.reference(omit.reference);
                self.facts.omissions.push(OmissionFact { reference });
            }
            DeclarationKind::Applicability(applicability) => self.applicability(applicability),
            DeclarationKind::Standard(standard) => self.standard(standard),
            DeclarationKind::Mapping(mapping) => self.mapping(&mapping),
            DeclarationKind::Model(model) => self.model(model),
            DeclarationKind::Rule(rule) => {
                self.facts.rules.push(RuleDeclaration { rule, span, file: self.facts.file });
            }
            DeclarationKind::Define(define) => {
                self.facts.defines.push(DefineDeclaration { define, documentation, file: self.facts.file });
            }
            DeclarationKind::Test(mut test) => {
                let inner = std::mem::take(&mut test.declarations);
                let facts = declarations(inner, source, self.facts.file, self.skipped);
                if let Some(today) = test.today {
                    self.date(today);
                }
                self.facts.diagnostics.extend(facts.diagnostics.iter().cloned());
                self.facts.tests.push(TestDeclaration { test, span, file: self.facts.file, facts });
            }
            kind @ (DeclarationKind::Actor(_) | DeclarationKind::Item(_) | DeclarationKind::Process(_)) => {
                let mut own = std::mem::take(&mut self.facts.own);
                self.common(kind, span, &mut own, false);
                self.facts.own = own;
            }
        }
    }

    /// What an organization and a model both declare.
    fn common(&mut self, kind: DeclarationKind, span: Span, into: &mut Declarations, in_model: bool) {
        match kind {
            DeclarationKind::Actor(actor) => {
                for statement in &actor.statements {
                    let help = "a role, a party or a system has an id and a name only".to_owned();
                    self.error("SYN025", statement.span, "this statement belongs into an `item`".to_owned(), help);
                }
                let id = self.mention(actor.id);
                into.actors.push(ActorFact { kind: actor.kind, id, title: actor.title, span });
            }
            DeclarationKind::Item(item) => self.item(item, span, into),
            DeclarationKind::Process(process) => self.process(process, span, into, in_model),
            _ => {}
        }
    }

    pub(super) fn statement_attributes(&mut self, attributes: Vec<Attribute>) {
        if !attributes.is_empty() {
            self.attributes(attributes);
        }
    }

    fn organization(&mut self, organization: Organization, span: Span) {
        let id = self.mention(organization.id);
        let mut statements = Vec::new();
        for statement in organization.statements {
            self.attributes(statement.attributes);
            let qualifier = self.qualifier(statement.qualifier);
            statements.push((statement.is_model, qualifier));
        }
        self.facts.organizations.push(OrganizationFact { id, title: organization.title, span, statements });
    }

    fn applicability(&mut self, applicability: Applicability) {
        let standard = self.qualifier(applicability.standard);
        let mut decisions = Vec::new();
        for decision in applicability.decisions {
            self.attributes(decision.attributes);
            let what = if decision.exclude { "excluding a control" } else { "including a control" };
            let keyword = Span::new(decision.span.start, decision.span.start + 7);
            self.because(decision.because, keyword, what, "the Statement of Applicability justifies every decision (ISO/IEC 27001, 6.1.3 d)");
            let planned = decision.planned_until.and_then(|span| Some((self.date(span)?, span)));
            for (position, clause) in decision.clauses.iter().enumerate() {
                let clause = self.clause(clause, standard);
                let first = position == 0;
                let mentions = |lowerer: &mut Self, spans: &[Span]| spans.iter().map(|span| lowerer.mention(*span)).collect();
                decisions.push(DecisionFact {
                    clause,
                    exclude: decision.exclude,
                    accepted: !decision.accepted_by.is_empty(),
                    elsewhere: !decision.by.is_empty(),
                    accepted_by: mentions(self, &decision.accepted_by),
                    by: mentions(self, &decision.by),
                    planned,
                    first,
                });
            }
        }
        self.facts.applicabilities.push(ApplicabilityFact { standard, decisions });
    }

    fn standard(&mut self, standard: Standard) {
        let id = self.qualifier(standard.id);
        let mut entries = Vec::new();
        self.entries(standard.entries, NONE, &mut entries);
        self.facts.standards.push(StandardFact { id, title: standard.title, entries });
    }

    fn entries(&mut self, entries: Vec<Entry>, parent: u32, into: &mut Vec<EntryFact>) {
        for entry in entries {
            self.statement_attributes(entry.attributes);
            let number = self.mention(entry.number);
            let phases = self.phases(&entry.phases);
            let last_letter = entry.last_letter.map_or(0, |span| {
                let word = self.word(span);
                match word.as_bytes() {
                    [letter @ b'a'..=b'z'] => *letter,
                    _ => {
                        self.error("SYN020", span, format!("`{word}` is no letter"), "write the last letter of the list: `letters f`".to_owned());
                        0
                    }
                }
            });
            let documents = entry
                .documents
                .iter()
                .map(|document| (document.letter.map_or(NONE, |letter| self.name(letter)), document.title, document.span))
                .collect();
            let position = into.len() as u32;
            into.push(EntryFact {
                number,
                title: entry.title,
                parent,
                is_control: entry.is_control,
                should: entry.should.is_some(),
                requirement: entry.requirement.is_some(),
                is_leaf: entry.entries.is_empty(),
                phases,
                last_letter,
                documents,
            });
            self.entries(entry.entries, position, into);
        }
    }

    fn mapping(&mut self, mapping: &Mapping) {
        let (from, to) = (self.qualifier(mapping.from), self.qualifier(mapping.to));
        let mut rows = Vec::new();
        for row in &mapping.rows {
            let Some(relation) = self.one_of(row.relation, RELATIONS, "relation between clauses") else { continue };
            let mentions = |lowerer: &mut Self, spans: &[Span]| spans.iter().map(|span| lowerer.mention(*span)).collect();
            rows.push(MappingRowFact {
                from: mentions(self, &row.from),
                to: mentions(self, &row.to),
                relation,
                unsure: row.unsure.is_some(),
            });
        }
        self.facts.mappings.push(MappingFact { from, to, rows });
    }

    fn model(&mut self, model: Model) {
        let id = self.qualifier(model.id);
        let mut inner = Declarations::default();
        for declaration in model.declarations {
            self.attributes(declaration.attributes);
            self.common(declaration.kind, declaration.span, &mut inner, true);
        }
        self.facts.models.push(ModelFact { id, title: model.title, domain: model.domain, context: model.context, inner });
    }

    fn item(&mut self, item: Item, span: Span, into: &mut Declarations) {
        let id = self.mention(item.id);
        let mut fact = ItemFact {
            id,
            title: item.title,
            span,
            classification: None,
            owners: (0, 0),
            cadence: NONE,
            parts: (0, 0),
            documents: (0, 0),
            covers: (0, 0),
            sources: (0, 0),
        };
        let (mut owners, mut parts, mut sources) = (Vec::new(), Vec::new(), Vec::new());
        let (documents, covers) = (into.documents.len() as u32, into.covers.len() as u32);
        let mut once = Once::default();
        for statement in item.statements {
            self.statement_attributes(statement.attributes);
            let keyword = Span::new(statement.span.start, statement.span.start);
            match statement.kind {
                ItemStatementKind::Documents(clauses) => {
                    for clause in &clauses {
                        let clause = self.clause(clause, NONE);
                        into.documents.push(clause);
                    }
                }
                ItemStatementKind::Contains(items) => parts.extend(items),
                ItemStatementKind::Classification(word) => {
                    if once.first(self, "classification", word) {
                        fact.classification = Some(self.mention(word));
                    }
                }
                ItemStatementKind::Owner(roles) => {
                    if once.first(self, "owner", roles.first().copied().unwrap_or(keyword)) {
                        owners.extend(roles);
                    }
                }
                ItemStatementKind::Every(every) => {
                    if once.first(self, "every", every.unit) {
                        fact.cadence = self.days(&every);
                    }
                }
                ItemStatementKind::Covers(statement) => self.covers(&statement, into, false),
                ItemStatementKind::Source(source) => sources.push(source),
            }
        }
        fact.documents = (documents, into.documents.len() as u32);
        fact.covers = (covers, into.covers.len() as u32);
        fact.owners = self.mentions(&owners, into);
        fact.parts = self.mentions(&parts, into);
        fact.sources = strings(&sources, into);
        into.items.push(fact);
    }

    pub(super) fn covers(&mut self, covers: &Covers, into: &mut Declarations, in_model: bool) {
        self.partly(covers);
        if !in_model {
            self.inferred(covers.inferred);
        }
        let standard = self.standard_of(covers.standard);
        for clause in &covers.clauses {
            let clause = self.clause(clause, standard);
            into.covers.push(CoverFact { clause, partly: covers.partly.is_some(), inferred: covers.inferred.is_some() });
        }
    }

    pub(super) fn inferred(&mut self, inferred: Option<Span>) {
        if let Some(span) = inferred {
            let help = "it marks what a model's document does not say itself; remove it".to_owned();
            self.error("SYN025", span, "`inferred` belongs into a `model`".to_owned(), help);
        }
    }

    pub(super) fn mentions(&mut self, spans: &[Span], into: &mut Declarations) -> Part {
        let start = into.mentions.len() as u32;
        for span in spans {
            let mention = self.mention(*span);
            into.mentions.push(mention);
        }
        (start, into.mentions.len() as u32)
    }
}

pub(super) fn strings(spans: &[Span], into: &mut Declarations) -> Part {
    let start = into.strings.len() as u32;
    into.strings.extend(spans);
    (start, into.strings.len() as u32)
}

/// Statements that may stand once, with the place of the first.
#[derive(Default)]
pub(super) struct Once {
    seen: Vec<(&'static str, Span)>,
}

impl Once {
    /// Whether this is the first statement of its sort; else it is reported.
    pub(super) fn first(&mut self, lowerer: &mut Lowerer<'_>, word: &'static str, span: Span) -> bool {
        let Some((_, first)) = self.seen.iter().find(|(known, _)| *known == word) else {
            self.seen.push((word, span));
            return true;
        };
        let diagnostic = Diagnostic::error("SYN021", lowerer.place(span), format!("`{word}` is stated twice"))
            .label(lowerer.place(*first), "first stated here")
            .help(match word {
                "owner" | "phase" => format!("keep one, with all names behind it: `{word} a, b`"),
                _ => "keep one of them".to_owned(),
            });
        lowerer.facts.diagnostics.push(diagnostic);
        false
    }
}
