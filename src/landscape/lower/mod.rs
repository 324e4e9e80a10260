//! From the tree of one file to its facts. The tree keeps words as they stand; here they are judged: every statement
//! that says too much, too little or something unknown gets its finding, and what remains is kept.

mod catalogue;
mod process;
mod words;

use crate::diagnostic::{Diagnostic, Place};
use crate::syntax::string_value;
use crate::syntax::tree::{
    ActorKind, Attribute, ClauseReference, Covers, Declaration, DeclarationKind, Omit, Organization, Qualifier,
    Reference, Skipped, Tree,
};
use crate::text::{Date, FileId, Source, Span};

use super::facts::{
    Allow, Body, ClauseUse, DefineDeclaration, FileFacts, FileIdOrFirst, NONE, OmissionFact, OrganizationFact,
    OrganizationStatement, Owned, Owner, QualifierUse, ReferenceUse, RuleDeclaration, TestDeclaration, flag,
};
use super::merge::{MOST_FINDINGS, say_left_out};
use super::symbols::{Mention, NO_SYMBOL, SymbolTable, Symbols};

/// Room in which what files say is gathered, one after the other: each would grow it anew.
#[derive(Debug, Default)]
pub struct Room {
    own: Body,
    symbols: Symbols,
}

/// Lowers the tree of one file. Total: what is wrong is among the diagnostics of the result.
#[must_use]
pub fn lower(tree: Tree, source: &Source, file: FileId) -> FileFacts {
    lower_in(&mut Room::default(), tree, source, file)
}

/// The same, in the room of other files.
#[must_use]
pub fn lower_in(room: &mut Room, tree: Tree, source: &Source, file: FileId) -> FileFacts {
    let symbols = SymbolTable::for_text(source.text(), std::mem::take(&mut room.symbols));
    let mut lowering = Lowering::new(source, file, tree.skipped, symbols);
    lowering.facts.has_errors = tree.has_errors;
    for declaration in tree.declarations {
        lowering.declaration(&mut room.own, declaration, Inside::File);
    }
    let (mut facts, mut symbols) = lowering.finish();
    facts.own = room.own.take();
    facts.symbols = symbols.take();
    room.symbols = symbols;
    facts
}

/// For so many symbols at once room is made to remember what they are.
const SYMBOLS_AT_ONCE: usize = 64;

/// What a declaration stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    File,
    Test,
}

/// The state of lowering one file, or the declarations of one rule test.
struct Lowering<'a> {
    source: &'a Source,
    text: &'a str,
    file: FileId,
    symbols: SymbolTable,
    /// For every symbol whether it was seen as an item of the organization (1) or of a model (2).
    seen_items: Vec<u8>,
    /// Where in `facts.qualifiers` those of the statement at hand begin.
    statement_qualifiers: usize,
    /// The declaration at hand: its keyword and where its id stands.
    declaration: (&'static str, Span),
    /// How many findings there were beyond the most that are kept.
    left_out: usize,
    facts: FileFacts,
}

impl<'a> Lowering<'a> {
    fn new(source: &'a Source, file: FileId, mut skipped: Vec<Skipped>, symbols: SymbolTable) -> Self {
        skipped.sort_by_key(|skipped| (skipped.span.start, skipped.span.end));
        Self {
            source,
            text: source.text(),
            file,
            symbols,
            seen_items: Vec::new(),
            statement_qualifiers: 0,
            declaration: ("", Span::default()),
            left_out: 0,
            facts: FileFacts { file: FileIdOrFirst(file), skipped, ..FileFacts::default() },
        }
    }

    /// What the file says, but for its symbols and what stands in no model.
    fn finish(mut self) -> (FileFacts, Symbols) {
        self.facts.diagnostics.sort_by(Diagnostic::order);
        say_left_out(&mut self.facts.diagnostics, self.left_out);
        (self.facts, self.symbols.finish())
    }

    fn place(&self, span: Span) -> Place {
        Place { file: self.file, span }
    }

    fn say(&mut self, diagnostic: Diagnostic) {
        if self.facts.diagnostics.len() < MOST_FINDINGS {
            self.facts.diagnostics.push(diagnostic);
        } else {
            self.left_out += 1;
        }
    }

    /// An error at `span`, which belongs to the declaration at hand.
    fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        let (word, id) = self.declaration;
        let entity = format!("{word}.{}/{}", self.slice(id), self.slice(span));
        Diagnostic::error(code, self.place(span), message).of(entity)
    }

    fn slice(&self, span: Span) -> &'a str {
        span.text(self.text)
    }

    /// Whether the parser passed over something within or right behind `span`; what seems to be missing there is not.
    fn is_disturbed(&self, span: Span) -> bool {
        self.passed_over(span).is_some()
    }

    /// The same for a declaration that may end without a brace: what stands behind it is its end only where it is indented
    /// further, as a new declaration is not.
    fn is_torn(&self, span: Span) -> bool {
        let column = |at: u32| self.text[..at as usize].bytes().rev().take_while(|byte| *byte != b'\n').count();
        self.passed_over(span).is_some_and(|over| over.start <= span.end || column(over.start) > column(span.start))
    }

    /// What the parser passed over within or right behind `span`.
    fn passed_over(&self, span: Span) -> Option<Span> {
        let from = self.facts.skipped.partition_point(|skipped| skipped.span.end < span.start);
        let over = self.facts.skipped.get(from)?.span;
        let is_behind = || Span::new(span.end, over.start).text(self.text).chars().all(char::is_whitespace);
        (over.start <= span.end || is_behind()).then_some(over)
    }

    fn symbol(&mut self, span: Span) -> u32 {
        self.symbols.intern(self.text, span)
    }

    fn mention(&mut self, span: Span) -> Mention {
        Mention { symbol: self.symbol(span), start: span.start }
    }

    fn optional_symbol(&mut self, span: Option<Span>) -> u32 {
        span.map_or(NO_SYMBOL, |span| self.symbol(span))
    }

    fn optional_mention(&mut self, span: Option<Span>) -> Mention {
        span.map_or(Mention::NONE, |span| self.mention(span))
    }

    /// A mention that introduces its item, in the organization or (`bit` 2) in a model.
    fn item(&mut self, body: &mut Body, bit: u8, span: Span) -> Mention {
        let mention = self.mention(span);
        if self.seen_items.len() <= mention.symbol as usize {
            // Symbols are numbered one by one; there is no need to make room for each by itself.
            self.seen_items.resize(mention.symbol as usize + SYMBOLS_AT_ONCE, 0);
        }
        if let Some(seen) = self.seen_items.get_mut(mention.symbol as usize)
            && *seen & bit == 0
        {
            *seen |= bit;
            body.items.push(mention);
        }
        mention
    }

    fn begin_statement(&mut self) {
        self.statement_qualifiers = self.facts.qualifiers.len();
    }

    /// The number of `qualifier` among those of the file. The same one in the same statement is one, so that what is
    /// unknown is said once.
    fn qualifier(&mut self, qualifier: &Qualifier) -> u32 {
        let id = self.symbol(qualifier.id);
        let edition = self.optional_symbol(qualifier.edition);
        let of_statement = self.facts.qualifiers.len() - self.statement_qualifiers;
        let known = self.facts.qualifiers.iter().enumerate().rev().take(of_statement.min(8));
        if let Some((number, _)) = { known }.find(|(_, known)| known.id == id && known.edition == edition) {
            return number as u32;
        }
        let whole = match qualifier.edition {
            None => id,
            Some(edition) => self.symbol(qualifier.id.to(edition)),
        };
        self.facts.qualifiers.push(QualifierUse { span: qualifier.span, id, edition, whole });
        self.facts.qualifiers.len() as u32 - 1
    }

    fn clause_use(&mut self, standard: u32, clause: &ClauseReference, flags: u8) -> ClauseUse {
        ClauseUse {
            qualifier: match &clause.qualifier {
                Some(qualifier) => self.qualifier(qualifier),
                None => standard,
            },
            number: self.mention(clause.number),
            letter: self.optional_symbol(clause.letter),
            span: clause.span,
            title: clause.title.unwrap_or_default(),
            flags: flags | if clause.wildcard { flag::WILDCARD } else { 0 },
        }
    }

    fn reference_use(&mut self, reference: &Reference) -> ReferenceUse {
        ReferenceUse {
            qualifier: reference.qualifier.as_ref().map_or(NONE, |qualifier| self.qualifier(qualifier)),
            word: self.mention(reference.word),
            span: reference.span,
        }
    }

    fn covers(&mut self, body: &mut Body, owner: Owner, covers: &Covers, in_model: bool) {
        self.begin_statement();
        let standard = covers.standard.as_ref().map_or(NONE, |standard| self.qualifier(standard));
        let mut flags = 0;
        if let Some(partly) = covers.partly {
            flags |= flag::PARTLY;
            self.demand_because(partly, partly, covers.because, "`partly` needs a reason");
        } else if let Some(because) = covers.because {
            self.misplaced(because, "a reason stands in `covers` without `partly`", "write `partly because \"…\"`");
        }
        if self.inferred(covers.inferred, in_model) {
            flags |= flag::INFERRED;
        }
        for clause in &covers.clauses {
            let value = self.clause_use(standard, clause, flags);
            body.covers.push(Owned::by(owner, value));
        }
    }

    /// A declaration; what it says of the organization goes into `own`.
    fn declaration(&mut self, own: &mut Body, declaration: Declaration, inside: Inside) {
        self.declaration = named(&declaration.kind);
        for attribute in &declaration.attributes {
            self.attribute(attribute);
        }
        let span = declaration.span;
        let documentation = declaration.documentation;
        match declaration.kind {
            DeclarationKind::Organization(organization) => self.organization(&organization, span),
            DeclarationKind::Actor(actor) => self.actor(own, &actor, span, NONE),
            DeclarationKind::Item(item) => self.item_declaration(own, &item, span, NONE),
            DeclarationKind::Process(process) => self.process(own, &process, span, NONE),
            DeclarationKind::Omit(omit) => self.omit(&omit, span),
            DeclarationKind::Applicability(applicability) => self.applicability(&applicability),
            DeclarationKind::Standard(standard) => self.standard(&standard, span),
            DeclarationKind::Mapping(mapping) => self.mapping(&mapping),
            DeclarationKind::Model(model) => self.model(model, span),
            DeclarationKind::Define(define) => {
                let is_disturbed = self.is_torn(span);
                self.facts.defines.push(DefineDeclaration {
                    define,
                    span,
                    documentation,
                    file: self.file,
                    is_disturbed,
                });
            }
            DeclarationKind::Rule(rule) => {
                let is_disturbed = self.is_torn(span);
                self.facts.rules.push(RuleDeclaration { rule, span, documentation, file: self.file, is_disturbed });
            }
            DeclarationKind::Test(_) if inside == Inside::Test => {
                let keyword = Span::new(span.start, span.start + "test".len() as u32);
                self.misplaced(
                    keyword,
                    "a `test` stands inside a `test`",
                    "move it behind the brace that closes the other one",
                );
            }
            DeclarationKind::Test(test) => self.test(test, span),
        }
    }

    fn test(&mut self, mut test: crate::syntax::tree::Test, span: Span) {
        let declarations = std::mem::take(&mut test.declarations);
        let skipped = self.facts.skipped.iter().filter(|skipped| span.contains(skipped.span)).copied().collect();
        // A table for the whole text would be too large; a test is a small part of it.
        let mut lowering = Lowering::new(self.source, self.file, skipped, SymbolTable::default());
        let mut own = Body::default();
        for declaration in declarations {
            lowering.declaration(&mut own, declaration, Inside::Test);
        }
        let (facts, symbols) = lowering.finish();
        let facts = FileFacts { own, symbols, ..facts };
        self.facts.tests.push(TestDeclaration { test, span, file: self.file, facts });
    }

    fn organization(&mut self, organization: &Organization, span: Span) {
        let id = self.mention(organization.id);
        self.facts.organizations.push(OrganizationFact { id, title: organization.title.unwrap_or_default(), span });
        for statement in &organization.statements {
            for attribute in &statement.attributes {
                self.attribute(attribute);
            }
            self.begin_statement();
            let qualifier = self.qualifier(&statement.qualifier);
            self.facts.organization_statements.push(OrganizationStatement { is_model: statement.is_model, qualifier });
        }
    }

    fn omit(&mut self, omit: &Omit, span: Span) {
        self.begin_statement();
        let reference = self.reference_use(&omit.reference);
        self.facts.omissions.push(OmissionFact { reference, because: omit.because.unwrap_or_default() });
        self.demand_because(omit.reference.span, span, omit.because, "`omit` needs a reason");
    }

    fn attribute(&mut self, attribute: &Attribute) {
        if self.slice(attribute.name) != "allow" {
            // The parser has said so.
            return;
        }
        // Where the reason is missing, the parser has said so; and what is wrong suppresses nothing.
        let (Some(code), Some(reason)) = (attribute.code, attribute.because) else { return };
        self.demand_because(attribute.span, attribute.span, attribute.because, "`@allow` needs a reason");
        let until = match attribute.until.map(|span| self.date(span)) {
            Some(None) => return,
            until => until.flatten(),
        };
        let because = string_value(self.text, reason).into_owned();
        if because.trim().is_empty() {
            return;
        }
        let subject = attribute
            .subject
            .map(|span| self.slice(span).chars().filter(|character| !character.is_whitespace()).collect());
        self.facts.allows.push(Allow {
            file: self.file,
            span: attribute.span,
            code,
            subject,
            because,
            until,
            covers: attribute.covers,
        });
    }

    fn date(&mut self, span: Span) -> Option<Date> {
        let date = Date::parse(self.slice(span));
        if date.is_none() {
            let text = self.slice(span);
            let diagnostic = self
                .error("SYN023", span, format!("`{text}` is no day of the calendar"))
                .help("write a day as year, month and day: `2027-03-31`");
            self.say(diagnostic);
        }
        date
    }
}

/// The keyword of a declaration, and what it is called.
fn named(kind: &DeclarationKind) -> (&'static str, Span) {
    match kind {
        DeclarationKind::Organization(organization) => ("organization", organization.id),
        DeclarationKind::Actor(actor) => match actor.kind {
            ActorKind::Role => ("role", actor.id),
            ActorKind::Party => ("party", actor.id),
            ActorKind::System => ("system", actor.id),
        },
        DeclarationKind::Item(item) => ("item", item.id),
        DeclarationKind::Process(process) => ("process", process.id),
        DeclarationKind::Omit(omit) => ("omit", omit.reference.span),
        DeclarationKind::Applicability(applicability) => ("applicability", applicability.standard.span),
        DeclarationKind::Standard(standard) => ("standard", standard.id.span),
        DeclarationKind::Mapping(mapping) => ("mapping", mapping.from.span),
        DeclarationKind::Model(model) => ("model", model.id.span),
        DeclarationKind::Define(define) => ("define", define.name),
        DeclarationKind::Rule(rule) => ("rule", rule.code),
        DeclarationKind::Test(test) => ("test", test.code),
    }
}
