//! The kinds of things that rules can speak of, their fields, and what each of them means.
//!
//! This list is the vocabulary of the rule language: `rules/README.md` is generated from it. A kind is a table, a field is
//! a column of ids (see [`super::Column`]). Adding a field means a line here and its column in `columns`.

/// A kind of entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[expect(missing_docs, reason = "each kind is described in KINDS, from which the documentation is generated")]
pub enum Kind {
    Organization,
    Actor,
    Process,
    Outsider,
    Role,
    Party,
    System,
    Item,
    Input,
    Result,
    Source,
    Destination,
    Activity,
    Indicator,
    Ownership,
    Phase,
    Cover,
    Implementation,
    Omission,
    ReferenceMention,
    Documentation,
    Standard,
    Clause,
    Document,
    Correspondence,
    Applicability,
    Decision,
    Model,
    Reference,
    ReferenceInput,
    ReferenceResult,
    ReferenceSource,
    ReferenceDestination,
    ReferenceFlow,
    Citation,
    Outcome,
    Wording,
    Counterpart,
    Ring,
}

impl Kind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 39] = [
        Self::Organization,
        Self::Actor,
        Self::Process,
        Self::Outsider,
        Self::Role,
        Self::Party,
        Self::System,
        Self::Item,
        Self::Input,
        Self::Result,
        Self::Source,
        Self::Destination,
        Self::Activity,
        Self::Indicator,
        Self::Ownership,
        Self::Phase,
        Self::Cover,
        Self::Implementation,
        Self::Omission,
        Self::ReferenceMention,
        Self::Documentation,
        Self::Standard,
        Self::Clause,
        Self::Document,
        Self::Correspondence,
        Self::Applicability,
        Self::Decision,
        Self::Model,
        Self::Reference,
        Self::ReferenceInput,
        Self::ReferenceResult,
        Self::ReferenceSource,
        Self::ReferenceDestination,
        Self::ReferenceFlow,
        Self::Citation,
        Self::Outcome,
        Self::Wording,
        Self::Counterpart,
        Self::Ring,
    ];

    /// What the language calls it, what it means and which fields it has.
    #[must_use]
    pub fn schema(self) -> &'static KindSchema {
        &KINDS[self as usize]
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.schema().name == name)
    }

    /// The kind whose ids this kind shares: processes, outsiders, roles, parties and systems are actors, with ids in one
    /// space; every other kind stands for itself.
    #[must_use]
    pub const fn family(self) -> Self {
        match self {
            Self::Process | Self::Outsider | Self::Role | Self::Party | Self::System => Self::Actor,
            other => other,
        }
    }

    /// The number of the field of that name.
    #[must_use]
    pub fn field(self, name: &str) -> Option<usize> {
        self.schema().fields.iter().position(|field| field.name == name)
    }

    /// Whether each entity of this kind is one element of a list with commas, as a fix can take it out.
    #[must_use]
    pub const fn is_listed(self) -> bool {
        matches!(
            self,
            Self::Source
                | Self::Destination
                | Self::Ownership
                | Self::Cover
                | Self::Implementation
                | Self::Documentation
                | Self::Decision
        )
    }

    /// Whether it is an input or a result of the organization, whose place is its item.
    #[must_use]
    pub const fn is_flow(self) -> bool {
        matches!(self, Self::Input | Self::Result)
    }

    /// Whether its entities are declarations of the organization that hold statements.
    #[must_use]
    pub const fn has_statements(self) -> bool {
        matches!(
            self,
            Self::Organization
                | Self::Actor
                | Self::Process
                | Self::Outsider
                | Self::Role
                | Self::Party
                | Self::System
                | Self::Item
        )
    }

    /// Whether the field has words of its own in the text, beside those of its entity.
    #[must_use]
    pub fn is_written(self, field: usize) -> bool {
        let name = self.schema().fields.get(field).map_or("", |field| field.name);
        matches!(
            (self, name),
            (Self::Process, "category" | "purpose" | "phases" | "capability" | "owners")
                | (Self::Item, "classification")
                | (Self::Input, "item" | "from")
                | (Self::Result, "item" | "to")
                | (Self::Source | Self::Destination, "actor")
                | (Self::Ownership, "role")
                | (Self::Implementation | Self::Omission, "reference")
                | (Self::Cover, "clause" | "title")
                | (Self::Documentation, "clause")
                | (Self::Decision, "clause" | "planned")
        )
    }

    /// The field by which an entity of this kind belongs to one of `parent`: `input i of p` means `i.process = p`.
    #[must_use]
    pub fn belongs_by(self, parent: Self) -> Option<usize> {
        self.schema().fields.iter().position(|field| !field.ty.list && field.ty.base == Base::Entity(parent))
    }
}

/// What the language says about a kind.
#[derive(Debug)]
pub struct KindSchema {
    /// The word for it: `process`.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub documentation: &'static str,
    /// Its fields.
    pub fields: &'static [FieldSchema],
}

/// What the language says about a field.
#[derive(Debug)]
pub struct FieldSchema {
    /// The word for it: `item`.
    pub name: &'static str,
    /// What it holds.
    pub ty: Type,
    /// What it means, in a sentence.
    pub documentation: &'static str,
}

/// The type of a field or an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Type {
    /// Of one value.
    pub base: Base,
    /// Whether there are any number of values.
    pub list: bool,
    /// Whether the value may be missing.
    pub optional: bool,
}

/// The type of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Base {
    /// True or false: 1 or 0.
    Boolean,
    /// A number of at most 2³² - 2.
    Number,
    /// A day: its number ([`crate::text::Date::days`]).
    Date,
    /// An id or a number as written (`risk-register`, `A.5.7`): interned, equal ids are equal names.
    Name,
    /// A string: an index into the landscape's strings; equality is by content.
    Text,
    /// One of a few words: its index in the list.
    Word(&'static [&'static str]),
    /// An entity: its row, or for the family of actors its number in the family.
    Entity(Kind),
}

/// The categories of processes (ISO/IEC TS 27022 clause 3).
pub const CATEGORIES: &[&str] = &["management", "core", "support"];
/// The phases of the PDCA cycle.
pub const PHASES: &[&str] = &["plan", "do", "check", "act"];
/// How clauses correspond, between editions and between standards.
pub const RELATIONS: &[&str] =
    &["same", "renamed", "moved", "merged", "split", "new", "withdrawn", "equal", "subset", "superset", "intersects"];

const fn one(base: Base) -> Type {
    Type { base, list: false, optional: false }
}

const fn maybe(base: Base) -> Type {
    Type { base, list: false, optional: true }
}

const fn many(base: Base) -> Type {
    Type { base, list: true, optional: false }
}

const fn field(name: &'static str, ty: Type, documentation: &'static str) -> FieldSchema {
    FieldSchema { name, ty, documentation }
}

const NAME: Base = Base::Name;
const TEXT: Base = Base::Text;
const BOOLEAN: Base = Base::Boolean;
const NUMBER: Base = Base::Number;

const fn entity(kind: Kind) -> Base {
    Base::Entity(kind)
}

/// Every kind, in the order of [`Kind::ALL`].
pub static KINDS: [KindSchema; 39] = [
    KindSchema {
        name: "organization",
        documentation: "The organization whose management system is specified; there is at most one.",
        fields: &[
            field("id", one(NAME), "its id"),
            field("title", maybe(TEXT), "its name"),
            field(
                "standards",
                many(entity(Kind::Standard)),
                "the standards that it declares, of which a catalogue is known",
            ),
            field("models", many(entity(Kind::Model)), "the reference models that it declares, which are known"),
            field(
                "incomplete",
                one(BOOLEAN),
                "whether something in it could not be read, which is a finding of its own",
            ),
        ],
    },
    KindSchema {
        name: "actor",
        documentation: "A process, a role, a party or a system: whoever can be a source or a destination.",
        fields: &[field("id", one(NAME), "its id"), field("title", maybe(TEXT), "its name")],
    },
    KindSchema {
        name: "process",
        documentation: "A process of the organization.",
        fields: &[
            field("id", one(NAME), "its id"),
            field("title", maybe(TEXT), "its name"),
            field("category", maybe(Base::Word(CATEGORIES)), "the category that it states"),
            field("categorized", one(BOOLEAN), "whether it has a `category` statement, also one with an unknown word"),
            field("purpose", maybe(TEXT), "its purpose"),
            field("owners", many(entity(Kind::Role)), "the roles that own it"),
            field("owned", one(BOOLEAN), "whether it has an `owner` statement, also one that names an unknown role"),
            field("phases", many(Base::Word(PHASES)), "the PDCA phases that it states"),
            field("capability", maybe(NUMBER), "the capability level that it aims at, 0 to 5 (ISO/IEC 33020)"),
            field("graded", one(BOOLEAN), "whether it has a `capability` statement, also one with an unknown level"),
            field("cadence", maybe(NUMBER), "how often it runs, in days (a month is 30, a quarter 91, a year 365)"),
            field("triggers", many(TEXT), "what sets it off"),
            field("sources", many(TEXT), "where it is written"),
            field("implements", many(entity(Kind::Reference)), "the reference processes that it implements"),
            field("unresolved", one(BOOLEAN), "whether one of the reference processes after `implements` is unknown"),
        ],
    },
    KindSchema {
        name: "outsider",
        documentation: "A role, a party or a system: whoever is no process and so stands outside the flow.",
        fields: &[field("id", one(NAME), "its id"), field("title", maybe(TEXT), "its name")],
    },
    KindSchema {
        name: "role",
        documentation: "Somebody inside the management system who owns processes or carries out activities.",
        fields: &[
            field("id", one(NAME), "its id"),
            field("title", maybe(TEXT), "its name"),
            field("used", one(BOOLEAN), "whether anything names it"),
        ],
    },
    KindSchema {
        name: "party",
        documentation: "Somebody outside the management system: a source or a destination.",
        fields: &[
            field("id", one(NAME), "its id"),
            field("title", maybe(TEXT), "its name"),
            field("used", one(BOOLEAN), "whether anything names it"),
        ],
    },
    KindSchema {
        name: "system",
        documentation: "Where records are kept.",
        fields: &[
            field("id", one(NAME), "its id"),
            field("title", maybe(TEXT), "its name"),
            field("used", one(BOOLEAN), "whether anything names it"),
        ],
    },
    KindSchema {
        name: "item",
        documentation: "What flows between processes, in the organization and in the models alike: one entity for one id.",
        fields: &[
            field("id", one(NAME), "its id"),
            field("title", maybe(TEXT), "its name"),
            field("declared", one(BOOLEAN), "whether the organization declares it with `item`"),
            field("classification", maybe(NAME), "its classification"),
            field("owners", many(entity(Kind::Role)), "the roles that own it"),
            field("cadence", maybe(NUMBER), "how often it is renewed, in days"),
            field("parts", many(entity(Kind::Item)), "the items that it `contains`"),
            field("sources", many(TEXT), "where it is written"),
        ],
    },
    KindSchema {
        name: "input",
        documentation: "An item that a process takes; all `input` statements of one item in one process together.",
        fields: &[
            field("process", one(entity(Kind::Process)), "the process that takes it"),
            field("item", maybe(entity(Kind::Item)), "the item; missing for `input *`"),
            field("wildcard", one(BOOLEAN), "whether it is `input *`"),
            field(
                "open",
                one(BOOLEAN),
                "whether any producer will do: one of its statements has no `from`, or `any` in it",
            ),
            field("feedback", one(BOOLEAN), "whether one of its statements is marked `feedback`"),
            field("from", many(entity(Kind::Actor)), "its sources, without unknown names"),
            field("unresolved", one(BOOLEAN), "whether one of its sources is an unknown name"),
            field(
                "realizes",
                many(entity(Kind::Item)),
                "the items of a reference model that it stands for: those after `realizes`, and without it the item itself; none for `input *`",
            ),
            field("unrealized", one(BOOLEAN), "whether one of the items after `realizes` is an unknown one"),
        ],
    },
    KindSchema {
        name: "result",
        documentation: "An item that a process produces; all `result` statements of one item in one process together.",
        fields: &[
            field("process", one(entity(Kind::Process)), "the process that produces it"),
            field("item", one(entity(Kind::Item)), "the item"),
            field("to", many(entity(Kind::Actor)), "its destinations, without unknown names"),
            field("unresolved", one(BOOLEAN), "whether one of its destinations is an unknown name"),
            field("retained", one(BOOLEAN), "whether it is kept as a record"),
            field("systems", many(entity(Kind::System)), "where it is kept"),
            field(
                "realizes",
                many(entity(Kind::Item)),
                "the items of a reference model that it stands for: those after `realizes`, and without it the item itself",
            ),
            field("position", one(NUMBER), "its number among all of them, file after file"),
            field("unrealized", one(BOOLEAN), "whether one of the items after `realizes` is an unknown one"),
        ],
    },
    KindSchema {
        name: "source",
        documentation: "One name in the `from` of an input.",
        fields: &[
            field("input", one(entity(Kind::Input)), "the input"),
            field("process", one(entity(Kind::Process)), "the process that takes the input"),
            field("item", maybe(entity(Kind::Item)), "the item; missing for `input *`"),
            field("actor", one(entity(Kind::Actor)), "who is named"),
        ],
    },
    KindSchema {
        name: "destination",
        documentation: "One name in the `to` of a result.",
        fields: &[
            field("result", one(entity(Kind::Result)), "the result"),
            field("process", one(entity(Kind::Process)), "the process that produces the result"),
            field("item", one(entity(Kind::Item)), "the item"),
            field("actor", one(entity(Kind::Actor)), "who is named"),
        ],
    },
    KindSchema {
        name: "activity",
        documentation: "What is done in a process.",
        fields: &[
            field("process", one(entity(Kind::Process)), "the process"),
            field("id", one(NAME), "its id"),
            field("title", maybe(TEXT), "what is done"),
            field("by", many(entity(Kind::Actor)), "who does it"),
        ],
    },
    KindSchema {
        name: "indicator",
        documentation: "A key performance or key goal indicator of a process (ISO/IEC TS 27022 clause 3).",
        fields: &[
            field("process", one(entity(Kind::Process)), "the process"),
            field("goal", one(BOOLEAN), "whether it is a `kgi`, which looks back; else a `kpi`, which looks ahead"),
            field("title", one(TEXT), "what is measured"),
            field("target", maybe(TEXT), "the target"),
        ],
    },
    KindSchema {
        name: "ownership",
        documentation: "One role after the `owner` of a process.",
        fields: &[
            field("process", one(entity(Kind::Process)), "the process"),
            field("role", one(entity(Kind::Role)), "the role that owns it"),
            field(
                "other",
                maybe(entity(Kind::Process)),
                "another process that the role owns, of several the one with the first id; missing where it owns no other",
            ),
        ],
    },
    KindSchema {
        name: "phase",
        documentation: "A phase of the PDCA cycle; there are four, and they stand nowhere.",
        fields: &[
            field("word", one(Base::Word(PHASES)), "the word for it"),
            field(
                "stated",
                one(BOOLEAN),
                "whether some process states it; all are, as far as one can know, where a process states an unknown word",
            ),
        ],
    },
    KindSchema {
        name: "cover",
        documentation: "One clause after `covers`, of a process or of an item.",
        fields: &[
            field("process", maybe(entity(Kind::Process)), "the process; missing where an item covers"),
            field("item", maybe(entity(Kind::Item)), "the item; missing where a process covers"),
            field("clause", one(entity(Kind::Clause)), "the clause that is named, or the one before `.*`"),
            field("standard", one(entity(Kind::Standard)), "the standard of the clause"),
            field("letter", maybe(NAME), "the letter: `c` in `6.1.2(c)`"),
            field("wildcard", one(BOOLEAN), "whether `.*` follows"),
            field("partly", one(BOOLEAN), "whether it is covered `partly`"),
            field("title", maybe(TEXT), "the title that stands behind it"),
            field(
                "mistitled",
                one(BOOLEAN),
                "whether the title behind it is not that of the clause; case, hyphens, blanks and -ise or -ize apart",
            ),
            field("position", one(NUMBER), "its number among all of them, file after file"),
        ],
    },
    KindSchema {
        name: "implementation",
        documentation: "One reference process after `implements`.",
        fields: &[
            field("process", one(entity(Kind::Process)), "the process of the organization"),
            field("reference", one(entity(Kind::Reference)), "the reference process"),
            field("model", one(entity(Kind::Model)), "the model of the reference process"),
            field("position", one(NUMBER), "its number among all of them, file after file"),
        ],
    },
    KindSchema {
        name: "omission",
        documentation: "One `omit`.",
        fields: &[
            field("reference", one(entity(Kind::Reference)), "the reference process that the organization leaves out"),
            field("model", one(entity(Kind::Model)), "the model of the reference process"),
            field("because", maybe(TEXT), "the reason"),
        ],
    },
    KindSchema {
        name: "reference-mention",
        documentation: "One reference process after `implements` or after `omit`.",
        fields: &[
            field("reference", one(entity(Kind::Reference)), "the reference process"),
            field("model", one(entity(Kind::Model)), "the model of the reference process"),
            field("process", maybe(entity(Kind::Process)), "the process that implements it; missing after `omit`"),
        ],
    },
    KindSchema {
        name: "documentation",
        documentation: "One clause after the `documents` of an item.",
        fields: &[
            field("item", one(entity(Kind::Item)), "the item"),
            field("clause", one(entity(Kind::Clause)), "the clause that is named"),
            field("standard", one(entity(Kind::Standard)), "the standard of the clause"),
            field("letter", maybe(NAME), "the letter"),
        ],
    },
    KindSchema {
        name: "standard",
        documentation: "An edition of a standard, of which a catalogue is known. Its place is the statement in `organization` where it is declared, else the catalogue.",
        fields: &[
            field("id", one(NAME), "its name with the edition: `iso27001:2022`"),
            field("family", one(NAME), "its name without the edition: `iso27001`"),
            field("edition", one(NAME), "its edition: `2022`"),
            field("title", maybe(TEXT), "its title"),
            field("declared", one(BOOLEAN), "whether the organization declares it"),
            field("later", many(entity(Kind::Standard)), "the later editions of the same standard"),
        ],
    },
    KindSchema {
        name: "clause",
        documentation: "A clause or a control of a standard.",
        fields: &[
            field("standard", one(entity(Kind::Standard)), "its standard"),
            field("number", one(NAME), "its number: `6.1.2`, `A.5.7`"),
            field("title", maybe(TEXT), "its title"),
            field("parent", maybe(entity(Kind::Clause)), "the clause above it"),
            field(
                "ancestors",
                many(entity(Kind::Clause)),
                "all clauses above it, the nearest first; also the head `A` of `A.5.7`, which has no entry",
            ),
            field("children", many(entity(Kind::Clause)), "the clauses directly below it"),
            field("units", many(entity(Kind::Clause)), "the units below it, without itself"),
            field(
                "control",
                one(BOOLEAN),
                "whether it is a control (or a group of controls), not a clause of requirements",
            ),
            field("unit", one(BOOLEAN), "whether it is to be covered: a leaf, or a parent with text of its own"),
            field("should", one(BOOLEAN), "whether it is a recommendation"),
            field("phases", many(Base::Word(PHASES)), "its PDCA phases"),
            field(
                "successors",
                many(entity(Kind::Clause)),
                "what surely became of it in the next edition that the mappings know",
            ),
            field(
                "possible-successors",
                many(entity(Kind::Clause)),
                "what perhaps became of it: the unsure rows of the mappings",
            ),
            field("withdrawn", one(BOOLEAN), "whether a mapping says that it was withdrawn"),
            field(
                "lineage",
                many(entity(Kind::Clause)),
                "itself, all clauses above it, and the clauses of other editions that surely correspond to one of these, over any number of steps",
            ),
        ],
    },
    KindSchema {
        name: "document",
        documentation: "Documented information that a clause asks for.",
        fields: &[
            field("clause", one(entity(Kind::Clause)), "the clause"),
            field("standard", one(entity(Kind::Standard)), "the standard of the clause"),
            field("letter", maybe(NAME), "the letter"),
            field("title", one(TEXT), "what is asked for"),
        ],
    },
    KindSchema {
        name: "correspondence",
        documentation: "One pair of clauses in a `mapping`.",
        fields: &[
            field("from", maybe(entity(Kind::Clause)), "the clause of the first standard; missing for `new`"),
            field("to", maybe(entity(Kind::Clause)), "the clause of the second standard; missing for `withdrawn`"),
            field("relation", one(Base::Word(RELATIONS)), "how they correspond"),
            field("unsure", one(BOOLEAN), "whether it may only be suggested"),
        ],
    },
    KindSchema {
        name: "applicability",
        documentation: "The Statement of Applicability for one standard: all its `applicability` blocks together. Its place is the standard in the first one.",
        fields: &[field("standard", one(entity(Kind::Standard)), "the standard")],
    },
    KindSchema {
        name: "decision",
        documentation: "One clause after `include` or `exclude`.",
        fields: &[
            field("applicability", one(entity(Kind::Applicability)), "the Statement of Applicability"),
            field("standard", one(entity(Kind::Standard)), "the standard"),
            field("clause", one(entity(Kind::Clause)), "the clause that is named, or the one before `.*`"),
            field("wildcard", one(BOOLEAN), "whether `.*` follows"),
            field("exclude", one(BOOLEAN), "whether it is `exclude`"),
            field("accepted", one(BOOLEAN), "whether `accepted by` says who accepts it"),
            field("by", many(entity(Kind::Actor)), "who else answers it"),
            field("elsewhere", one(BOOLEAN), "whether `by` says that somebody else answers it, also an unknown name"),
            field("planned", maybe(Base::Date), "the day until which it is planned"),
            field("because", maybe(TEXT), "the reason"),
            field("position", one(NUMBER), "its number among all of them, file after file"),
        ],
    },
    KindSchema {
        name: "model",
        documentation: "A reference model. Its place is the statement in `organization` where it is declared, else the model itself.",
        fields: &[
            field(
                "id",
                one(NAME),
                "its name with the edition: `iso27022:2021`; its place is always in the model itself",
            ),
            field("title", maybe(TEXT), "its title"),
            field("declared", one(BOOLEAN), "whether the organization declares it"),
            field("domain", maybe(TEXT), "the domain that it says it is for"),
            field("context", maybe(TEXT), "the context that it says it is for"),
        ],
    },
    KindSchema {
        name: "reference",
        documentation: "A reference process: a process of a reference model.",
        fields: &[
            field("model", one(entity(Kind::Model)), "its model"),
            field("id", one(NAME), "its id"),
            field("number", maybe(NAME), "its number in the model's document"),
            field("title", maybe(TEXT), "its name"),
            field("category", maybe(Base::Word(CATEGORIES)), "its category"),
            field("purpose", maybe(TEXT), "its purpose"),
            field("meant", one(BOOLEAN), "whether an unknown name after `implements` or `omit` is similar to its id"),
        ],
    },
    KindSchema {
        name: "reference-input",
        documentation: "An item that a reference process takes.",
        fields: &[
            field("reference", one(entity(Kind::Reference)), "the reference process"),
            field("item", maybe(entity(Kind::Item)), "the item; missing for `input *`"),
            field("wildcard", one(BOOLEAN), "whether it is `input *`"),
            field("inferred", one(BOOLEAN), "whether all its statements are our reading, not the document's own"),
            field("from", many(entity(Kind::Reference)), "the reference processes that it comes from"),
            field("outside", one(BOOLEAN), "whether it comes (also) from outside, or from anybody"),
        ],
    },
    KindSchema {
        name: "reference-result",
        documentation: "An item that a reference process produces.",
        fields: &[
            field("reference", one(entity(Kind::Reference)), "the reference process"),
            field("item", one(entity(Kind::Item)), "the item"),
            field("inferred", one(BOOLEAN), "whether all its statements are our reading, not the document's own"),
            field("to", many(entity(Kind::Reference)), "the reference processes that it goes to"),
            field("outside", one(BOOLEAN), "whether it goes (also) outside, or to nobody in particular"),
        ],
    },
    KindSchema {
        name: "reference-source",
        documentation: "One of those that a reference input comes from.",
        fields: &[
            field("input", one(entity(Kind::ReferenceInput)), "the reference input"),
            field("from", maybe(entity(Kind::Reference)), "the reference process; missing for outside and for anybody"),
            field("inferred", one(BOOLEAN), "whether that is our reading, not the document's own"),
        ],
    },
    KindSchema {
        name: "reference-destination",
        documentation: "One of those that a reference result goes to.",
        fields: &[
            field("result", one(entity(Kind::ReferenceResult)), "the reference result"),
            field("to", maybe(entity(Kind::Reference)), "the reference process; missing for outside and for anybody"),
            field("inferred", one(BOOLEAN), "whether that is our reading, not the document's own"),
        ],
    },
    KindSchema {
        name: "reference-flow",
        documentation: "An item that a model passes from one reference process to another.",
        fields: &[
            field("from", one(entity(Kind::Reference)), "who produces it"),
            field("to", one(entity(Kind::Reference)), "who takes it"),
            field("item", one(entity(Kind::Item)), "the item"),
            field("model", one(entity(Kind::Model)), "the model"),
            field("inferred", one(BOOLEAN), "whether it is our reading, not the document's own"),
        ],
    },
    KindSchema {
        name: "citation",
        documentation: "One clause after the `covers` of a reference process.",
        fields: &[
            field("reference", one(entity(Kind::Reference)), "the reference process"),
            field("clause", one(entity(Kind::Clause)), "the clause"),
            field("standard", one(entity(Kind::Standard)), "the standard of the clause"),
            field("wildcard", one(BOOLEAN), "whether `.*` follows"),
            field("inferred", one(BOOLEAN), "whether it is our reading, not the document's own"),
        ],
    },
    KindSchema {
        name: "outcome",
        documentation: "An outcome of a reference process.",
        fields: &[
            field("reference", one(entity(Kind::Reference)), "the reference process"),
            field("title", one(TEXT), "the sentence"),
            field("inferred", one(BOOLEAN), "whether it is our reading, not the document's own"),
        ],
    },
    KindSchema {
        name: "wording",
        documentation: "A text by which a model describes a reference process: its purpose, or one of its outcomes.",
        fields: &[
            field("reference", one(entity(Kind::Reference)), "the reference process"),
            field("text", one(TEXT), "the text"),
            field("outcome", one(BOOLEAN), "whether it is an outcome; else the purpose"),
        ],
    },
    KindSchema {
        name: "counterpart",
        documentation: "One pair of reference processes in a `mapping` between two models.",
        fields: &[
            field("from", one(entity(Kind::Reference)), "the reference process of the first model"),
            field("to", one(entity(Kind::Reference)), "the reference process of the second model"),
            field("relation", one(Base::Word(RELATIONS)), "how they correspond"),
            field("unsure", one(BOOLEAN), "whether it may only be suggested"),
        ],
    },
    KindSchema {
        name: "ring",
        documentation: "Processes that wait for one another and can never run for the first time (a strongly connected component of two or more among the processes that cannot start, from which nothing leads out).",
        fields: &[
            field("members", many(entity(Kind::Process)), "its processes, by id"),
            field("blocked", many(entity(Kind::Input)), "the inputs by which they wait for one another"),
            field(
                "openers",
                many(entity(Kind::Input)),
                "those of them that are all that their process waits for: if one of these need not be there the first time, the process can run",
            ),
            field(
                "first",
                one(entity(Kind::Input)),
                "the first blocked input of the member that has another, available input, else of the member with the smallest id",
            ),
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_schemas_are_in_one_order_and_names_are_unique() {
        let mut names: Vec<&str> = Vec::new();
        for (index, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, index);
            assert_eq!(Kind::from_name(kind.schema().name), Some(kind));
            names.push(kind.schema().name);
            for (number, field) in kind.schema().fields.iter().enumerate() {
                assert_eq!(kind.field(field.name), Some(number), "{}.{}", kind.schema().name, field.name);
            }
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Kind::ALL.len());
    }

    #[test]
    fn the_parent_of_a_statement_is_found() {
        assert_eq!(Kind::Input.belongs_by(Kind::Process), Some(0));
        assert_eq!(Kind::Source.belongs_by(Kind::Input), Some(0));
        assert_eq!(Kind::Clause.belongs_by(Kind::Standard), Some(0));
        assert_eq!(Kind::Role.belongs_by(Kind::Process), None);
    }
}
