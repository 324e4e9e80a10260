//! What one file says: compact rows of local symbols and places, without a pointer into the tree. A pure function of the
//! file's text, so it can be kept as long as the text stays the same.

use crate::diagnostic::Diagnostic;
use crate::syntax::tree;
use crate::text::{Date, FileId, Span};

use super::symbols::{Mention, Symbols};

/// The number that stands for "none" where a row names another row.
pub(super) const NONE: u32 = u32::MAX;

/// Everything that one file says.
#[derive(Debug, Default)]
pub struct FileFacts {
    pub(super) file: FileIdOrFirst,
    /// Whether the parser found mistakes.
    pub(super) has_errors: bool,
    pub(super) symbols: Symbols,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) rules: Vec<RuleDeclaration>,
    pub(super) defines: Vec<DefineDeclaration>,
    pub(super) tests: Vec<TestDeclaration>,
    pub(super) allows: Vec<Allow>,
    /// Regions that the parser passed over, and the ids of the declarations around them.
    pub(super) skipped: Vec<tree::Skipped>,
    /// Standards and models as they are named, each statement's once.
    pub(super) qualifiers: Vec<QualifierUse>,
    pub(super) organizations: Vec<OrganizationFact>,
    pub(super) organization_statements: Vec<OrganizationStatement>,
    /// What the organization says.
    pub(super) own: Body,
    /// What the models say.
    pub(super) reference: Body,
    pub(super) omissions: Vec<OmissionFact>,
    /// The qualifier after each `applicability`.
    pub(super) applicabilities: Vec<u32>,
    pub(super) decisions: Vec<DecisionFact>,
    pub(super) standards: Vec<StandardFact>,
    pub(super) clauses: Vec<ClauseFact>,
    pub(super) documents: Vec<DocumentFact>,
    pub(super) mappings: Vec<MappingFact>,
    pub(super) mapping_rows: Vec<MappingRowFact>,
    pub(super) mapping_words: Vec<Mention>,
    pub(super) models: Vec<ModelFact>,
}

/// A [`FileId`] that has a default, so that facts can start empty.
#[derive(Clone, Copy, Debug)]
pub(super) struct FileIdOrFirst(pub(super) FileId);

impl Default for FileIdOrFirst {
    fn default() -> Self {
        Self(FileId(0))
    }
}

/// The processes, items and actors of the organization, or those of the models. Rows name the declaration that they
/// belong to (`owner`) by its number in `processes` or `things`.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) processes: Vec<ProcessFact>,
    pub(super) things: Vec<ThingFact>,
    pub(super) inputs: Vec<FlowFact>,
    pub(super) results: Vec<FlowFact>,
    pub(super) extras: Vec<FlowExtra>,
    /// The names after `from` and `to`, of all inputs and results.
    pub(super) names: Vec<Mention>,
    /// The names after `realizes`.
    pub(super) realized: Vec<Mention>,
    pub(super) covers: Vec<Owned<ClauseUse>>,
    pub(super) documents: Vec<Owned<ClauseUse>>,
    pub(super) parts: Vec<Owned<Mention>>,
    pub(super) owners: Vec<Owned<Mention>>,
    pub(super) triggers: Vec<Owned<Span>>,
    pub(super) sources: Vec<Owned<Span>>,
    pub(super) activities: Vec<ActivityFact>,
    /// Who does them; the owner is the activity.
    pub(super) activity_names: Vec<Owned<Mention>>,
    pub(super) indicators: Vec<IndicatorFact>,
    pub(super) implements: Vec<Owned<ReferenceUse>>,
    pub(super) outcomes: Vec<OutcomeFact>,
    /// The first mention of every item that the file introduces here.
    pub(super) items: Vec<Mention>,
}

impl Body {
    fn extra_of(&self, flow: &FlowFact) -> Option<&FlowExtra> {
        if flow.flags & flag::EXTRA == 0 {
            return None;
        }
        let at = self.extras.binary_search_by_key(&flow.item.start, |extra| extra.item_start);
        self.extras.get(at.ok()?)
    }

    /// The names after `from` or `to`.
    pub(super) fn names_of(&self, flow: &FlowFact) -> &[Mention] {
        let count = match flow.names {
            MANY => self.extra_of(flow).map_or(0, |extra| extra.names),
            count => u32::from(count),
        };
        &self.names[flow.names_start as usize..(flow.names_start + count) as usize]
    }

    /// The names after `realizes`, and the system after `in`.
    pub(super) fn extra(&self, flow: &FlowFact) -> (&[Mention], Mention) {
        match self.extra_of(flow) {
            Some(extra) => (&self.realized[extra.realized_start as usize..extra.realized_end as usize], extra.system),
            None => (&[], Mention::NONE),
        }
    }

    /// Takes all rows away, into no more memory than they need: what is kept for each file counts by the thousand. The room in
    /// which they were gathered stays.
    pub(super) fn take(&mut self) -> Self {
        Self {
            processes: taken(&mut self.processes),
            things: taken(&mut self.things),
            inputs: taken(&mut self.inputs),
            results: taken(&mut self.results),
            extras: taken(&mut self.extras),
            names: taken(&mut self.names),
            realized: taken(&mut self.realized),
            covers: taken(&mut self.covers),
            documents: taken(&mut self.documents),
            parts: taken(&mut self.parts),
            owners: taken(&mut self.owners),
            triggers: taken(&mut self.triggers),
            sources: taken(&mut self.sources),
            activities: taken(&mut self.activities),
            activity_names: taken(&mut self.activity_names),
            indicators: taken(&mut self.indicators),
            implements: taken(&mut self.implements),
            outcomes: taken(&mut self.outcomes),
            items: taken(&mut self.items),
        }
    }
}

/// Moves the rows to where there is room for them and nothing else, and leaves the room where they were. An allocator that is
/// asked to shrink what it gave would let them stay.
pub(super) fn taken<T: Copy>(rows: &mut Vec<T>) -> Vec<T> {
    let exact = rows.as_slice().to_vec();
    rows.clear();
    exact
}

/// A row of a process or of a thing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owned<T> {
    owner: u32,
    pub(super) value: T,
}

/// The bit among those of the phases that says that a word is none of them.
pub(super) const UNKNOWN_PHASE: u8 = 1 << 7;

const THING: u32 = 1 << 31;

impl<T> Owned<T> {
    pub(super) fn by(owner: Owner, value: T) -> Self {
        let owner = match owner {
            Owner::Process(number) => number,
            Owner::Thing(number) => number | THING,
        };
        Self { owner, value }
    }

    pub(super) fn owner(&self) -> Owner {
        if self.owner & THING == 0 { Owner::Process(self.owner) } else { Owner::Thing(self.owner & !THING) }
    }
}

/// Whose statement it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Process(u32),
    Thing(u32),
}

/// `ID[:EDITION]`
#[derive(Clone, Copy, Debug)]
pub(super) struct QualifierUse {
    pub(super) span: Span,
    pub(super) id: u32,
    pub(super) edition: u32,
    /// `ID:EDITION` as one name, or the id where there is no edition.
    pub(super) whole: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct OrganizationFact {
    pub(super) id: Mention,
    pub(super) title: Span,
    pub(super) span: Span,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct OrganizationStatement {
    pub(super) is_model: bool,
    pub(super) qualifier: u32,
}

/// A process; in a model, a reference process.
#[derive(Clone, Copy, Debug)]
pub(super) struct ProcessFact {
    pub(super) id: Mention,
    /// The first bytes of the id ([`super::derive::beginning`]), read while the text is at hand.
    pub(super) beginning: super::derive::Beginning,
    /// The model that it stands in.
    pub(super) model: u32,
    pub(super) span: Span,
    pub(super) number: u32,
    pub(super) title: Span,
    pub(super) purpose: Span,
    pub(super) category_span: Span,
    pub(super) capability_span: Span,
    pub(super) phases_span: Span,
    /// In days.
    pub(super) cadence: u32,
    /// Index in `CATEGORIES`, or 255.
    pub(super) category: u8,
    /// 0 to 5, or 255.
    pub(super) capability: u8,
    /// One bit for each of `PHASES`, and [`UNKNOWN_PHASE`].
    pub(super) phases: u8,
    /// Whether it has an `owner` statement.
    pub(super) owned: bool,
}

/// What a [`ThingFact`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ThingKind {
    Role,
    Party,
    System,
    Item,
}

/// An item, a role, a party or a system.
#[derive(Clone, Copy, Debug)]
pub(super) struct ThingFact {
    pub(super) kind: ThingKind,
    pub(super) id: Mention,
    pub(super) model: u32,
    pub(super) span: Span,
    pub(super) title: Span,
    pub(super) classification: Mention,
    pub(super) cadence: u32,
}

/// An `input` or a `result`. A project has more of them than of anything else, so that what few of them say stands apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct FlowFact {
    pub(super) owner: u32,
    /// The item; its symbol is that of `*` where it is the wildcard.
    pub(super) item: Mention,
    names_start: u32,
    /// How many there are; [`MANY`] where a [`FlowExtra`] says it.
    names: u16,
    pub(super) flags: u8,
}

impl FlowFact {
    /// What is said of an item, with the names from `names_start` on, of which there are so many.
    pub(super) fn new(owner: u32, item: Mention, names_start: u32, names: u32, flags: u8) -> Self {
        Self { owner, item, names_start, names: u16::try_from(names).unwrap_or(MANY), flags }
    }

    /// Whether so many names need a [`FlowExtra`].
    pub(super) fn are_many(names: u32) -> bool {
        names >= u32::from(MANY)
    }
}

/// As many names or more stand after few inputs and results.
const MANY: u16 = u16::MAX;

/// What only few inputs and results say, those with [`flag::EXTRA`].
#[derive(Clone, Copy, Debug)]
pub(super) struct FlowExtra {
    /// Where the item of the input or result stands; they come in the order of the text.
    pub(super) item_start: u32,
    pub(super) names: u32,
    pub(super) realized_start: u32,
    pub(super) realized_end: u32,
    pub(super) system: Mention,
}

/// Flags of a [`FlowFact`] and of a [`ClauseUse`].
pub(super) mod flag {
    pub(in super::super) const WILDCARD: u8 = 1;
    pub(in super::super) const FEEDBACK: u8 = 2;
    pub(in super::super) const RETAINED: u8 = 4;
    pub(in super::super) const INFERRED: u8 = 8;
    pub(in super::super) const PARTLY: u8 = 16;
    /// `from` or `to` stands there, whether or not a name follows.
    pub(in super::super) const ADDRESSED: u8 = 32;
    /// `realizes` stands there.
    pub(in super::super) const REALIZES: u8 = 64;
    /// There is a [`super::FlowExtra`].
    pub(in super::super) const EXTRA: u8 = 128;
}

/// A clause where it is named.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClauseUse {
    /// The standard; [`NONE`] for the default one.
    pub(super) qualifier: u32,
    pub(super) number: Mention,
    pub(super) letter: u32,
    pub(super) span: Span,
    pub(super) title: Span,
    pub(super) flags: u8,
}

/// A reference process where it is named.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReferenceUse {
    pub(super) qualifier: u32,
    pub(super) word: Mention,
    pub(super) span: Span,
}

/// An `omit`.
#[derive(Clone, Copy, Debug)]
pub(super) struct OmissionFact {
    pub(super) reference: ReferenceUse,
    /// The reason.
    pub(super) because: Span,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct ActivityFact {
    pub(super) owner: u32,
    pub(super) id: Mention,
    pub(super) title: Span,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct IndicatorFact {
    pub(super) owner: u32,
    pub(super) goal: bool,
    pub(super) title: Span,
    pub(super) target: Span,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct OutcomeFact {
    pub(super) owner: u32,
    pub(super) title: Span,
    pub(super) inferred: bool,
}

/// One clause of an `include` or an `exclude`.
#[derive(Clone, Debug)]
pub(super) struct DecisionFact {
    /// The number of the `applicability`.
    pub(super) applicability: u32,
    pub(super) clause: ClauseUse,
    pub(super) exclude: bool,
    pub(super) accepted: bool,
    /// Names after `by`, shared by the clauses of one statement.
    pub(super) by: std::sync::Arc<[Mention]>,
    /// Names after `accepted by`; only with the first clause of a statement, since they are only looked up.
    pub(super) accepted_by: std::sync::Arc<[Mention]>,
    /// Whether this is the first clause of its statement.
    pub(super) first: bool,
    /// The day's number, or `MISSING`.
    pub(super) planned: u32,
    pub(super) planned_span: Span,
    /// The reason.
    pub(super) because: Span,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct StandardFact {
    pub(super) qualifier: u32,
    pub(super) title: Span,
    pub(super) span: Span,
}

/// `clause` or `control`; they stand in the order of the text, so a parent stands before its children.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClauseFact {
    pub(super) standard: u32,
    /// The number, in this list, of the entry around it.
    pub(super) parent: u32,
    pub(super) number: Mention,
    pub(super) title: Span,
    pub(super) phases: u8,
    pub(super) control: bool,
    pub(super) should: bool,
    pub(super) requirement: bool,
    /// The last letter, or 0.
    pub(super) last_letter: u8,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct DocumentFact {
    /// The number of the entry.
    pub(super) clause: u32,
    pub(super) letter: Mention,
    pub(super) title: Span,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct MappingFact {
    pub(super) from: u32,
    pub(super) to: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct MappingRowFact {
    pub(super) mapping: u32,
    /// Index in `RELATIONS`.
    pub(super) relation: u8,
    pub(super) unsure: bool,
    pub(super) words_start: u32,
    pub(super) from_end: u32,
    pub(super) to_end: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct ModelFact {
    pub(super) qualifier: u32,
    pub(super) title: Span,
    pub(super) domain: Span,
    pub(super) context: Span,
    pub(super) span: Span,
}

/// A `rule`, moved out of the tree.
#[derive(Clone, Debug)]
pub struct RuleDeclaration {
    /// The rule.
    pub rule: tree::Rule,
    /// From the keyword to the closing brace.
    pub span: Span,
    /// The run of `///` lines before it.
    pub documentation: Option<Span>,
    /// Whether the parser passed over something in it, so that nobody knows what it asks.
    pub is_disturbed: bool,
    /// The file.
    pub file: FileId,
}

/// A `define`, moved out of the tree.
#[derive(Clone, Debug)]
pub struct DefineDeclaration {
    /// The definition.
    pub define: tree::Define,
    /// From the keyword to the end of the expression.
    pub span: Span,
    /// The run of `///` lines before it.
    pub documentation: Option<Span>,
    /// Whether the parser passed over something in it, so that nobody knows what it asks.
    pub is_disturbed: bool,
    /// The file.
    pub file: FileId,
}

/// A `test`, moved out of the tree.
#[derive(Debug)]
pub struct TestDeclaration {
    /// The test, without its declarations.
    pub test: tree::Test,
    /// From the keyword to the closing brace.
    pub span: Span,
    /// The file.
    pub file: FileId,
    /// What its declarations say.
    pub facts: FileFacts,
}

/// An `@allow(…)`.
#[derive(Clone, Debug)]
pub struct Allow {
    /// The file.
    pub file: FileId,
    /// From `@` to `)`.
    pub span: Span,
    /// The code.
    pub code: Span,
    /// The subject as written, without blanks.
    pub subject: Option<String>,
    /// The reason; empty where it is missing, which is a finding of its own.
    pub because: String,
    /// The last day on which it counts.
    pub until: Option<Date>,
    /// What it covers.
    pub covers: Span,
}

impl FileFacts {
    /// Makes them the facts of the file of another number, as where a file was added before it. Everything else follows
    /// from the text.
    pub fn renumber(&mut self, file: FileId) {
        self.file = FileIdOrFirst(file);
        self.diagnostics.iter_mut().for_each(|diagnostic| diagnostic.move_to(file));
        self.rules.iter_mut().for_each(|rule| rule.file = file);
        self.defines.iter_mut().for_each(|define| define.file = file);
        self.allows.iter_mut().for_each(|allow| allow.file = file);
        for test in &mut self.tests {
            test.file = file;
            test.facts.renumber(file);
        }
    }

    /// The file that the facts come from.
    #[must_use]
    pub fn file(&self) -> FileId {
        self.file.0
    }

    /// What lowering alone can say, in the order of the text.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The rules that the file declares.
    #[must_use]
    pub fn rules(&self) -> &[RuleDeclaration] {
        &self.rules
    }

    /// The predicates that the file defines.
    #[must_use]
    pub fn defines(&self) -> &[DefineDeclaration] {
        &self.defines
    }

    /// The rule tests that the file holds.
    #[must_use]
    pub fn tests(&self) -> &[TestDeclaration] {
        &self.tests
    }

    /// Lets go of what is asked of names only until they have numbers ([`super::Names::add`]).
    pub fn forget_first_mentions(&mut self) {
        self.symbols.forget_first();
    }

    /// What the parser passed over.
    pub fn skipped(&self) -> impl Iterator<Item = Span> {
        self.skipped.iter().map(|skipped| skipped.span)
    }

    /// The suppressions that the file holds, without those inside of rule tests.
    #[must_use]
    pub fn allows(&self) -> &[Allow] {
        &self.allows
    }

    /// Whether the file declares a standard, a model or a mapping.
    #[must_use]
    pub fn is_catalogue(&self) -> bool {
        !self.standards.is_empty() || !self.models.is_empty() || !self.mappings.is_empty()
    }

    /// Whether the file says anything at all.
    #[must_use]
    pub fn has_specification(&self) -> bool {
        self.is_catalogue()
            || !self.organizations.is_empty()
            || !self.own.processes.is_empty()
            || !self.own.things.is_empty()
            || !self.omissions.is_empty()
            || !self.applicabilities.is_empty()
            || !self.rules.is_empty()
            || !self.defines.is_empty()
            || !self.tests.is_empty()
            || !self.skipped.is_empty()
    }

    /// Number of `process` declarations of the organization.
    #[must_use]
    pub fn process_count(&self) -> usize {
        self.own.processes.len()
    }
}
