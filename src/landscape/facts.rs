//! What one file says, as small records without a pointer into its tree: the unit that is kept when other files change.
//! Names are numbers of the file's own table, ranges point into the lists beside them.

use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::syntax::tree::{self, Skipped};
use crate::text::{Date, FileId, Span};

use super::names::LocalNames;

/// Nothing, where a number is expected.
pub(super) const NONE: u32 = u32::MAX;

/// A name and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mention {
    pub(super) name: u32,
    pub(super) span: Span,
}

/// A part of a list beside the record.
pub(super) type Part = (u32, u32);

/// The part as indices.
pub(super) fn part(part: Part) -> Range<usize> {
    part.0 as usize..part.1 as usize
}

/// `ID[:EDITION]`
#[derive(Clone, Copy, Debug)]
pub(super) struct QualifierFact {
    pub(super) span: Span,
    pub(super) id: Mention,
    /// [`NONE`] where it is left out.
    pub(super) edition: u32,
}

/// A clause as it is named.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClauseFact {
    /// Number of the qualifier in the file, or [`NONE`].
    pub(super) qualifier: u32,
    pub(super) number: u32,
    /// [`NONE`] where there is none.
    pub(super) letter: u32,
    pub(super) span: Span,
    pub(super) title: Option<Span>,
    pub(super) wildcard: bool,
}

/// `[MODEL/]ID`
#[derive(Clone, Copy, Debug)]
pub(super) struct ReferenceFact {
    pub(super) qualifier: u32,
    pub(super) word: Mention,
    pub(super) span: Span,
}

/// A role, a party or a system.
#[derive(Clone, Debug)]
pub(super) struct ActorFact {
    pub(super) kind: tree::ActorKind,
    pub(super) id: Mention,
    pub(super) title: Option<Span>,
    pub(super) span: Span,
}

/// A declared item.
#[derive(Clone, Debug)]
pub(super) struct ItemFact {
    pub(super) id: Mention,
    pub(super) title: Option<Span>,
    pub(super) span: Span,
    pub(super) classification: Option<Mention>,
    pub(super) owners: Part,
    pub(super) cadence: u32,
    pub(super) parts: Part,
    pub(super) documents: Part,
    pub(super) covers: Part,
    pub(super) sources: Part,
}

/// A process, or in a model a reference process.
#[derive(Clone, Debug)]
pub(super) struct ProcessFact {
    pub(super) id: Mention,
    pub(super) number: u32,
    pub(super) title: Option<Span>,
    pub(super) span: Span,
    pub(super) category: Option<(u8, Span)>,
    pub(super) purpose: Option<Span>,
    pub(super) owners: Part,
    pub(super) owner_stated: bool,
    /// Bits in the order of the phases.
    pub(super) phases: u8,
    pub(super) phase_span: Span,
    pub(super) capability: Option<(u8, Span)>,
    pub(super) cadence: u32,
    pub(super) implements: Part,
    pub(super) flows: Part,
    pub(super) activities: Part,
    pub(super) indicators: Part,
    pub(super) outcomes: Part,
    pub(super) covers: Part,
    pub(super) triggers: Part,
    pub(super) sources: Part,
}

/// One `input` or `result`.
#[derive(Clone, Copy, Debug)]
pub(super) struct FlowFact {
    /// [`NONE`] for `*`.
    pub(super) item: u32,
    pub(super) span: Span,
    pub(super) is_input: bool,
    pub(super) feedback: bool,
    pub(super) retained: bool,
    pub(super) inferred: bool,
    /// Whether there is a `from` or `to`.
    pub(super) addressed: bool,
    pub(super) realizes: Part,
    pub(super) actors: Part,
    /// Position of the system in the mentions, or [`NONE`].
    pub(super) system: u32,
}

/// One clause after `covers`.
#[derive(Clone, Copy, Debug)]
pub(super) struct CoverFact {
    pub(super) clause: ClauseFact,
    pub(super) partly: bool,
    pub(super) inferred: bool,
}

/// One `activity`.
#[derive(Clone, Copy, Debug)]
pub(super) struct ActivityFact {
    pub(super) id: Mention,
    pub(super) title: Option<Span>,
    pub(super) by: Part,
}

/// The declarations that the organization and a model have in common.
#[derive(Debug, Default)]
pub(super) struct Declarations {
    pub(super) actors: Vec<ActorFact>,
    pub(super) items: Vec<ItemFact>,
    pub(super) processes: Vec<ProcessFact>,
    pub(super) mentions: Vec<Mention>,
    pub(super) flows: Vec<FlowFact>,
    pub(super) covers: Vec<CoverFact>,
    pub(super) documents: Vec<ClauseFact>,
    pub(super) references: Vec<ReferenceFact>,
    pub(super) activities: Vec<ActivityFact>,
    pub(super) indicators: Vec<tree::Indicator>,
    pub(super) outcomes: Vec<tree::Outcome>,
    /// Strings of `trigger` and `source`.
    pub(super) strings: Vec<Span>,
}

/// `organization`
#[derive(Debug)]
pub(super) struct OrganizationFact {
    pub(super) id: Mention,
    pub(super) title: Option<Span>,
    pub(super) span: Span,
    /// Whether it is a model, and its qualifier.
    pub(super) statements: Vec<(bool, u32)>,
}

/// `omit`
#[derive(Debug)]
pub(super) struct OmissionFact {
    pub(super) reference: ReferenceFact,
}

/// One clause of `include` or `exclude`.
#[derive(Debug)]
pub(super) struct DecisionFact {
    pub(super) clause: ClauseFact,
    pub(super) exclude: bool,
    pub(super) accepted: bool,
    pub(super) elsewhere: bool,
    pub(super) accepted_by: Vec<Mention>,
    pub(super) by: Vec<Mention>,
    pub(super) planned: Option<(Date, Span)>,
    /// Whether this is the first clause of its statement, which alone names people.
    pub(super) first: bool,
}

/// `applicability`
#[derive(Debug)]
pub(super) struct ApplicabilityFact {
    pub(super) standard: u32,
    pub(super) decisions: Vec<DecisionFact>,
}

/// A clause or control of a standard.
#[derive(Debug)]
pub(super) struct EntryFact {
    pub(super) number: Mention,
    pub(super) title: Option<Span>,
    /// Position of the parent among the entries of the standard, or [`NONE`].
    pub(super) parent: u32,
    pub(super) is_control: bool,
    pub(super) should: bool,
    pub(super) requirement: bool,
    pub(super) is_leaf: bool,
    pub(super) phases: u8,
    /// The last letter of its sub-items; 0 where nothing is known of them.
    pub(super) last_letter: u8,
    /// Letter (or [`NONE`]) and title of documented information.
    pub(super) documents: Vec<(u32, Span, Span)>,
}

/// `standard`
#[derive(Debug)]
pub(super) struct StandardFact {
    pub(super) id: u32,
    pub(super) title: Option<Span>,
    pub(super) entries: Vec<EntryFact>,
}

/// One row of a `mapping`.
#[derive(Debug)]
pub(super) struct MappingRowFact {
    pub(super) from: Vec<Mention>,
    pub(super) to: Vec<Mention>,
    pub(super) relation: u8,
    pub(super) unsure: bool,
}

/// `mapping`
#[derive(Debug)]
pub(super) struct MappingFact {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) rows: Vec<MappingRowFact>,
}

/// `model`
#[derive(Debug)]
pub(super) struct ModelFact {
    pub(super) id: u32,
    pub(super) title: Option<Span>,
    pub(super) domain: Option<Span>,
    pub(super) context: Option<Span>,
    pub(super) inner: Declarations,
}

/// A rule as it stands in a file.
#[derive(Debug)]
pub struct RuleDeclaration {
    /// The rule.
    pub rule: tree::Rule,
    /// All of it.
    pub span: Span,
    /// The file.
    pub file: FileId,
}

/// A predicate as it stands in a file.
#[derive(Debug)]
pub struct DefineDeclaration {
    /// The predicate.
    pub define: tree::Define,
    /// The `///` lines before it.
    pub documentation: Option<Span>,
    /// The file.
    pub file: FileId,
}

/// A test as it stands in a file.
#[derive(Debug)]
pub struct TestDeclaration {
    /// The test; its declarations have become `facts`.
    pub test: tree::Test,
    /// All of it.
    pub span: Span,
    /// The file.
    pub file: FileId,
    /// The project that it declares.
    pub facts: FileFacts,
}

/// A suppression.
#[derive(Debug, Clone)]
pub struct Allow {
    /// The file.
    pub file: FileId,
    /// All of it.
    pub span: Span,
    /// The code.
    pub code: Span,
    /// The subject as written, without blanks.
    pub subject: Option<String>,
    /// The reason.
    pub because: String,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// What it covers.
    pub covers: Span,
}

/// Everything that one file says.
#[derive(Debug)]
pub struct FileFacts {
    pub(super) file: FileId,
    pub(super) names: LocalNames,
    pub(super) qualifiers: Vec<QualifierFact>,
    pub(super) organizations: Vec<OrganizationFact>,
    pub(super) own: Declarations,
    pub(super) omissions: Vec<OmissionFact>,
    pub(super) applicabilities: Vec<ApplicabilityFact>,
    pub(super) standards: Vec<StandardFact>,
    pub(super) mappings: Vec<MappingFact>,
    pub(super) models: Vec<ModelFact>,
    pub(super) rules: Vec<RuleDeclaration>,
    pub(super) defines: Vec<DefineDeclaration>,
    pub(super) tests: Vec<TestDeclaration>,
    pub(super) allows: Vec<Allow>,
    pub(super) skipped: Vec<Skipped>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl FileFacts {
    pub(super) fn new(file: FileId) -> Self {
        Self {
            file,
            names: LocalNames::default(),
            qualifiers: Vec::new(),
            organizations: Vec::new(),
            own: Declarations::default(),
            omissions: Vec::new(),
            applicabilities: Vec::new(),
            standards: Vec::new(),
            mappings: Vec::new(),
            models: Vec::new(),
            rules: Vec::new(),
            defines: Vec::new(),
            tests: Vec::new(),
            allows: Vec::new(),
            skipped: Vec::new(),
            diagnostics: Vec::new(),
        }
    }

    /// The file.
    #[must_use]
    pub fn file(&self) -> FileId {
        self.file
    }

    /// What lowering alone found wrong.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Its rules.
    #[must_use]
    pub fn rules(&self) -> &[RuleDeclaration] {
        &self.rules
    }

    /// Its predicates.
    #[must_use]
    pub fn defines(&self) -> &[DefineDeclaration] {
        &self.defines
    }

    /// Its tests.
    #[must_use]
    pub fn tests(&self) -> &[TestDeclaration] {
        &self.tests
    }

    /// Its suppressions, those of its tests not among them.
    #[must_use]
    pub fn allows(&self) -> &[Allow] {
        &self.allows
    }

    /// Number of processes of the organization.
    #[must_use]
    pub fn process_count(&self) -> usize {
        self.own.processes.len()
    }

    /// Whether it declares a standard, a model or a mapping.
    #[must_use]
    pub fn is_catalogue(&self) -> bool {
        !self.standards.is_empty() || !self.models.is_empty() || !self.mappings.is_empty()
    }

    /// Whether it says anything at all.
    #[must_use]
    pub fn has_specification(&self) -> bool {
        self.is_catalogue()
            || !self.organizations.is_empty()
            || !self.own.actors.is_empty()
            || !self.own.items.is_empty()
            || !self.own.processes.is_empty()
            || !self.omissions.is_empty()
            || !self.applicabilities.is_empty()
            || !self.rules.is_empty()
            || !self.defines.is_empty()
            || !self.tests.is_empty()
            || !self.skipped.is_empty()
    }
}
