//! The tree: what stands in a file, with places. Every name, string and number is a [`Span`] into the text; nothing is
//! copied. Words that must come from a list (a category, a phase, a unit) are kept as they stand; lowering judges them.
//!
//! Equality ignores places where the printer is tested (see `printer`), so spans are compared by the text they stand for.

use smallvec::SmallVec;

use crate::text::Span;

/// The names of a list. Most lists have one or two, for which no memory of their own is asked for.
pub type Spans = SmallVec<[Span; 2]>;

/// One file.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// What is declared, in order.
    pub declarations: Vec<Declaration>,
    /// Regions that could not be read, and to which a SYN diagnostic belongs. Whatever they name is not reported as
    /// missing or unknown, and the declaration around them is known to be incomplete.
    pub skipped: Vec<Skipped>,
    /// Whether anything is wrong with the syntax of the file.
    pub has_errors: bool,
}

/// A region that the parser gave up on.
#[derive(Clone, Copy, Debug)]
pub struct Skipped {
    /// The tokens passed over.
    pub span: Span,
    /// The name (id) of the declaration that the region is part of, where there is one.
    pub owner: Option<Span>,
}

/// A declaration with what stands before it.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// From the keyword to the closing brace or the last word; documentation and attributes are not part of it.
    pub span: Span,
    /// The run of `///` lines before it.
    pub documentation: Option<Span>,
    /// `@allow(…)` before it.
    pub attributes: Vec<Attribute>,
    /// The declaration itself.
    pub kind: DeclarationKind,
}

/// Everything that can be declared.
#[derive(Clone, Debug)]
pub enum DeclarationKind {
    /// `organization ID [STRING] { … }`
    Organization(Organization),
    /// `role`, `party` and `system`
    Actor(Actor),
    /// `item ID [STRING] { … }`
    Item(Item),
    /// `process ID [NUMBER] [STRING] { … }`; with a number it is a reference process
    Process(Process),
    /// `omit REF because STRING`
    Omit(Omit),
    /// `applicability STANDARD { … }`
    Applicability(Applicability),
    /// `standard ID:EDITION [STRING] { … }`
    Standard(Standard),
    /// `mapping STANDARD to STANDARD { … }`
    Mapping(Mapping),
    /// `model ID:EDITION [STRING] { … }`
    Model(Model),
    /// `define NAME(KIND v, …) when EXPRESSION`
    Define(Define),
    /// `rule CODE name severity { … }`
    Rule(Rule),
    /// `test CODE STRING { … }`
    Test(Test),
}

/// `@allow(CODE [SUBJECT], because STRING [, until DATE])`
#[derive(Clone, Debug)]
pub struct Attribute {
    /// From `@` to `)`.
    pub span: Span,
    /// The word after `@`; only `allow` has a meaning.
    pub name: Span,
    /// The code.
    pub code: Option<Span>,
    /// The subject as written: a word, or a clause with its letter (`6.3`, `5.2(e)`, `iso27001:2022/6.3`).
    pub subject: Option<Span>,
    /// The reason.
    pub because: Option<Span>,
    /// The day.
    pub until: Option<Span>,
    /// What the attribute covers: the declaration or statement after it, with all that is inside.
    pub covers: Span,
}

/// `[ID:EDITION/]WORD`, `ID:EDITION` or a plain word.
#[derive(Clone, Copy, Debug)]
pub struct Reference {
    /// All of it.
    pub span: Span,
    /// The standard or model, where it is named.
    pub qualifier: Option<Qualifier>,
    /// The word after the slash, or the plain word.
    pub word: Span,
}

/// `ID[:EDITION]`, the name of a standard or a model.
#[derive(Clone, Copy, Debug)]
pub struct Qualifier {
    /// All of it.
    pub span: Span,
    /// The id: `iso27001`.
    pub id: Span,
    /// The edition: `2022`. May be left out where only one is known.
    pub edition: Option<Span>,
}

/// `[STANDARD/]NUMBER[(LETTER)][.*] [STRING]`
#[derive(Clone, Copy, Debug)]
pub struct ClauseReference {
    /// From the qualifier to the letter or the wildcard, without the title.
    pub span: Span,
    /// The standard, where it is named here.
    pub qualifier: Option<Qualifier>,
    /// The number: `6.1.2`, `A.5.7`.
    pub number: Span,
    /// The letter, without parentheses.
    pub letter: Option<Span>,
    /// Whether `.*` follows.
    pub wildcard: bool,
    /// The title, a string.
    pub title: Option<Span>,
}

/// `organization ID [STRING] { … }`
#[derive(Clone, Debug)]
pub struct Organization {
    /// The id.
    pub id: Span,
    /// The name, a string.
    pub title: Option<Span>,
    /// `standard ID:EDITION` and `model ID:EDITION`
    pub statements: Vec<OrganizationStatement>,
}

/// One statement of `organization`.
#[derive(Clone, Debug)]
pub struct OrganizationStatement {
    /// All of it.
    pub span: Span,
    /// `@allow(…)` before it.
    pub attributes: Vec<Attribute>,
    /// Whether it is `model`; else `standard`.
    pub is_model: bool,
    /// What it names.
    pub qualifier: Qualifier,
}

/// Who an [`Actor`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActorKind {
    /// Somebody inside the ISMS.
    Role,
    /// Somebody outside of it.
    Party,
    /// Where records are kept.
    System,
}

/// `role ID [STRING]`, `party …`, `system …`
#[derive(Clone, Debug)]
pub struct Actor {
    /// Which of the three.
    pub kind: ActorKind,
    /// The id.
    pub id: Span,
    /// The name, a string.
    pub title: Option<Span>,
    /// What stands in its braces; the same statements as in `item`.
    pub statements: Vec<ItemStatement>,
}

/// `item ID [STRING] { … }`
#[derive(Clone, Debug)]
pub struct Item {
    /// The id.
    pub id: Span,
    /// The name, a string.
    pub title: Option<Span>,
    /// What stands in its braces.
    pub statements: Vec<ItemStatement>,
}

/// One statement of an `item`.
#[derive(Clone, Debug)]
pub struct ItemStatement {
    /// All of it.
    pub span: Span,
    /// `@allow(…)` before it.
    pub attributes: Vec<Attribute>,
    /// What it says.
    pub kind: ItemStatementKind,
}

/// What an [`ItemStatement`] says.
#[derive(Clone, Debug)]
pub enum ItemStatementKind {
    /// `documents CLAUSE, …`
    Documents(Vec<ClauseReference>),
    /// `contains ITEM, …`
    Contains(Spans),
    /// `classification WORD`
    Classification(Span),
    /// `owner ROLE, …`
    Owner(Spans),
    /// `every [N] UNIT`
    Every(Every),
    /// `covers …`
    Covers(Covers),
    /// `source STRING`
    Source(Span),
}

/// `every [N] UNIT`, or the `N UNIT` of `retained … for`
#[derive(Clone, Copy, Debug)]
pub struct Every {
    /// The number; 1 where it is left out.
    pub count: Option<Span>,
    /// The unit: day, week, month, quarter, year, or its plural.
    pub unit: Span,
}

/// `covers [STANDARD {] CLAUSE [STRING], … [}] [partly because STRING] [inferred]`
#[derive(Clone, Debug)]
pub struct Covers {
    /// The standard before the braces; it stands for every clause in them.
    pub standard: Option<Qualifier>,
    /// The clauses.
    pub clauses: Vec<ClauseReference>,
    /// The word `partly`.
    pub partly: Option<Span>,
    /// The reason, a string.
    pub because: Option<Span>,
    /// The word `inferred`; in models only.
    pub inferred: Option<Span>,
}

/// A process of the organization or, inside a model, a reference process.
#[derive(Clone, Debug)]
pub struct Process {
    /// The id.
    pub id: Span,
    /// The number in the model's document: `7.4`.
    pub number: Option<Span>,
    /// The name, a string.
    pub title: Option<Span>,
    /// What stands in its braces.
    pub statements: Vec<ProcessStatement>,
}

/// One statement of a process.
#[derive(Clone, Debug)]
pub struct ProcessStatement {
    /// All of it.
    pub span: Span,
    /// The keyword.
    pub keyword: Span,
    /// `@allow(…)` before it.
    pub attributes: Vec<Attribute>,
    /// What it says.
    pub kind: ProcessStatementKind,
}

/// What a [`ProcessStatement`] says.
#[derive(Clone, Debug)]
pub enum ProcessStatementKind {
    /// `implements REF, …`
    Implements(Vec<Reference>),
    /// `category WORD`
    Category(Span),
    /// `phase WORD, …`
    Phase(Spans),
    /// `owner ROLE, …`
    Owner(Spans),
    /// `capability NUMBER`
    Capability(Span),
    /// `purpose STRING`
    Purpose(Span),
    /// `every [N] UNIT`
    Every(Every),
    /// `trigger STRING`
    Trigger(Span),
    /// `source STRING`
    Source(Span),
    /// `input …`
    Input(Flow),
    /// `result …`
    Result(Flow),
    /// `activity ID STRING [by ROLE, …]`
    Activity(Activity),
    /// `kpi STRING [target STRING]` and `kgi …`
    Indicator(Indicator),
    /// `covers …`
    Covers(Box<Covers>),
    /// `outcome STRING [inferred]`; in models only
    Outcome(Outcome),
}

/// The statement `input` or `result`. There are more of them than of all others, so that what few of them say stands apart.
#[derive(Clone, Debug)]
pub struct Flow {
    /// The item, or the `*` of `input *`.
    pub item: Span,
    /// Whether it is `*`.
    pub wildcard: bool,
    /// `from NAME, …` of an input, `to NAME, …` of a result. `any` stands here as a name.
    pub actors: Spans,
    /// Whether there is the word `from` or `to`.
    pub is_addressed: bool,
    /// Whether there is the word `feedback`; of inputs only.
    pub is_feedback: bool,
    /// What else is said, where anything is.
    pub more: Option<Box<FlowModifiers>>,
}

/// What few inputs and results say.
#[derive(Clone, Debug, Default)]
pub struct FlowModifiers {
    /// `realizes ITEM, …`
    pub realizes: Spans,
    /// `retained …`; of results only.
    pub retained: Option<Retained>,
    /// The word `inferred`; in models only.
    pub inferred: Option<Span>,
}

impl Flow {
    /// One of which nothing was read.
    pub(super) const NONE: Self = Self {
        item: Span { start: 0, end: 0 },
        wildcard: false,
        actors: Spans::new_const(),
        is_addressed: false,
        is_feedback: false,
        more: None,
    };

    /// `realizes ITEM, …`
    #[must_use]
    pub fn realizes(&self) -> &[Span] {
        self.more.as_ref().map_or(&[], |more| &more.realizes)
    }

    /// `retained …`
    #[must_use]
    pub fn retained(&self) -> Option<&Retained> {
        self.more.as_ref()?.retained.as_ref()
    }

    /// The word `inferred`.
    #[must_use]
    pub fn inferred(&self) -> Option<Span> {
        self.more.as_ref()?.inferred
    }
}

/// `retained [in SYSTEM] [for N UNIT]`
#[derive(Clone, Copy, Debug)]
pub struct Retained {
    /// The word `retained`.
    pub keyword: Span,
    /// Where.
    pub system: Option<Span>,
    /// How long.
    pub period: Option<Every>,
}

/// `activity ID [STRING] [by ROLE, …]`
#[derive(Clone, Debug)]
pub struct Activity {
    /// The id.
    pub id: Span,
    /// What is done, a string.
    pub title: Option<Span>,
    /// Who does it.
    pub by: Spans,
}

impl Activity {
    /// One of which nothing was read.
    pub(super) const NONE: Self = Self { id: Span { start: 0, end: 0 }, title: None, by: Spans::new_const() };
}

/// `kpi STRING [target STRING]`
#[derive(Clone, Copy, Debug)]
pub struct Indicator {
    /// Whether it is `kgi`; else `kpi`.
    pub is_goal: bool,
    /// What is measured, a string.
    pub title: Span,
    /// The target, a string.
    pub target: Option<Span>,
}

/// `outcome STRING [inferred]`
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// The sentence.
    pub title: Span,
    /// The word `inferred`.
    pub inferred: Option<Span>,
}

/// `omit REF because STRING`
#[derive(Clone, Copy, Debug)]
pub struct Omit {
    /// The reference process.
    pub reference: Reference,
    /// The reason, a string; lowering asks for it.
    pub because: Option<Span>,
}

/// `applicability STANDARD { … }`
#[derive(Clone, Debug)]
pub struct Applicability {
    /// The standard.
    pub standard: Qualifier,
    /// The decisions.
    pub decisions: Vec<Decision>,
}

/// `include CLAUSE, … because STRING …` or `exclude …`
#[derive(Clone, Debug)]
pub struct Decision {
    /// All of it.
    pub span: Span,
    /// `@allow(…)` before it.
    pub attributes: Vec<Attribute>,
    /// Whether it is `exclude`; else `include`.
    pub exclude: bool,
    /// The clauses.
    pub clauses: Vec<ClauseReference>,
    /// The reason, a string; lowering asks for it.
    pub because: Option<Span>,
    /// `accepted by ROLE, …`
    pub accepted_by: Spans,
    /// `by NAME, …`
    pub by: Spans,
    /// `planned until DATE`
    pub planned_until: Option<Span>,
}

/// `standard ID:EDITION [STRING] { … }`
#[derive(Clone, Debug)]
pub struct Standard {
    /// What it is called.
    pub id: Qualifier,
    /// The title, a string.
    pub title: Option<Span>,
    /// Its clauses and controls.
    pub entries: Vec<Entry>,
}

/// `clause NUMBER [STRING] [phase P, …] [should] [requirement] [letters LETTER] [{ … }]`, or `control …`
#[derive(Clone, Debug)]
pub struct Entry {
    /// All of it.
    pub span: Span,
    /// `@allow(…)` before it.
    pub attributes: Vec<Attribute>,
    /// Whether it is `control`; else `clause`.
    pub is_control: bool,
    /// The number.
    pub number: Span,
    /// The title, a string.
    pub title: Option<Span>,
    /// `phase P, …`
    pub phases: Spans,
    /// The word `should`: a recommendation.
    pub should: Option<Span>,
    /// The word `requirement`: a parent with text of its own.
    pub requirement: Option<Span>,
    /// `letters LETTER`: the last letter of its lettered sub-items.
    pub last_letter: Option<Span>,
    /// `document [(LETTER)] STRING`
    pub documents: Vec<DocumentRequest>,
    /// What stands below it.
    pub entries: Vec<Entry>,
}

/// `document [(LETTER)] STRING`: documented information that a clause asks for.
#[derive(Clone, Copy, Debug)]
pub struct DocumentRequest {
    /// All of it.
    pub span: Span,
    /// The letter, without parentheses.
    pub letter: Option<Span>,
    /// What is asked for, a string.
    pub title: Span,
}

/// `mapping STANDARD to STANDARD { … }`, also between models
#[derive(Clone, Debug)]
pub struct Mapping {
    /// From.
    pub from: Qualifier,
    /// To.
    pub to: Qualifier,
    /// Its rows.
    pub rows: Vec<MappingRow>,
}

/// `CLAUSE, … RELATION CLAUSE, … [unsure]`, `new CLAUSE, … [unsure]` or `withdrawn CLAUSE, … [unsure]`
#[derive(Clone, Debug)]
pub struct MappingRow {
    /// All of it.
    pub span: Span,
    /// The clauses of the first standard; none for `new`.
    pub from: Spans,
    /// The word between them.
    pub relation: Span,
    /// The clauses of the second standard; none for `withdrawn`.
    pub to: Spans,
    /// The word `unsure`.
    pub unsure: Option<Span>,
}

/// `model ID:EDITION [STRING] { … }`
#[derive(Clone, Debug)]
pub struct Model {
    /// What it is called.
    pub id: Qualifier,
    /// The title, a string.
    pub title: Option<Span>,
    /// `domain STRING`, the first one.
    pub domain: Option<Span>,
    /// `context STRING`, the first one.
    pub context: Option<Span>,
    /// Its reference processes, parties and items, as declarations. Others than `process`, `party`, `role`, `system` and
    /// `item` are refused by the parser.
    pub declarations: Vec<Declaration>,
}

/// `define NAME(KIND v, …) when EXPRESSION`
#[derive(Clone, Debug)]
pub struct Define {
    /// The predicate's name.
    pub name: Span,
    /// Its parameters.
    pub parameters: Vec<Range>,
    /// When it is true.
    pub when: Expression,
}

/// `KIND v [of w]`
#[derive(Clone, Copy, Debug)]
pub struct Range {
    /// All of it.
    pub span: Span,
    /// The kind: `process`, `input`.
    pub kind: Span,
    /// The variable.
    pub variable: Span,
    /// The variable that it belongs to.
    pub of: Option<Span>,
}

/// `rule CODE name severity { … }`
#[derive(Clone, Debug)]
pub struct Rule {
    /// The code: `FLOW001`.
    pub code: Span,
    /// The name: `missing-input`.
    pub name: Span,
    /// The severity word, as it stands.
    pub severity: Span,
    /// The documentation: a `"""…"""` (or plain) string.
    pub documentation: Option<Span>,
    /// What stands in its braces, in order.
    pub statements: Vec<RuleStatement>,
}

/// One statement of a rule.
#[derive(Clone, Debug)]
pub struct RuleStatement {
    /// All of it.
    pub span: Span,
    /// What it says.
    pub kind: RuleStatementKind,
}

/// What a [`RuleStatement`] says.
#[derive(Clone, Debug)]
pub enum RuleStatementKind {
    /// `cites REF, …`: spans of the references as written (`iso27022:2021/5`, `iso27001:2022/6.1.3(f)`).
    Cites(Vec<Span>),
    /// `for KIND v [of w], …`
    For(Vec<Range>),
    /// `where EXPRESSION`
    Where(Expression),
    /// `unless KIND v [of w], … [where EXPRESSION]`
    Unless(Quantified),
    /// `report PATH STRING`
    Report(Path, Span),
    /// `subject [only] PATH`
    Subject {
        /// Whether findings are known again by the subject alone, wherever they stand.
        only: bool,
        /// What they are about.
        path: Path,
    },
    /// `label [GUARD] [at] PATH STRING`
    Label(Guard, Path, Span),
    /// `nearest KIND v by PATH to PATH STRING`
    Nearest(Nearest),
    /// `help [GUARD] STRING`
    Help(Guard, Span),
    /// `note [GUARD] STRING`
    Note(Guard, Span),
    /// `fix [safe | unsafe] [GUARD] CHANGE`
    Fix(Box<Fix>),
}

/// `fix [safe | unsafe] [GUARD] CHANGE`
#[derive(Clone, Debug)]
pub struct Fix {
    /// Whether the word `safe` says that the change surely keeps what the author meant; without it, it does not.
    pub safe: bool,
    /// When it is offered.
    pub guard: Guard,
    /// What is changed.
    pub change: Change,
}

/// What a [`Fix`] changes.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    /// `replace PATH with STRING`
    Replace(Path, Span),
    /// `insert STRING after PATH`: right behind the words there
    InsertAfter(Path, Span),
    /// `insert STRING into PATH`: as a statement of that declaration
    InsertInto(Path, Span),
    /// `remove PATH`: from its list, or with its statement where nothing else stands in it
    Remove(Path),
}

/// When a label, a help or a note is given.
#[derive(Clone, Debug)]
pub enum Guard {
    /// Always.
    Always,
    /// `when EXPRESSION`
    When(Expression),
    /// `for KIND v [of w], … [where EXPRESSION]`: a label for each; a help or a note once, with all of them in one list; a
    /// fix where there is exactly one.
    Each(Quantified),
    /// `otherwise`: where no guarded statement of the same keyword before it spoke.
    Otherwise,
}

/// `nearest KIND v by PATH to PATH STRING`
#[derive(Clone, Debug)]
pub struct Nearest {
    /// Among whom.
    pub range: Range,
    /// The name that is compared.
    pub by: Path,
    /// With which name.
    pub to: Path,
    /// What is said beside the nearest one.
    pub message: Span,
}

/// `KIND v [of w], … [where EXPRESSION]`
#[derive(Clone, Debug)]
pub struct Quantified {
    /// Who.
    pub ranges: Vec<Range>,
    /// Under which condition.
    pub condition: Option<Expression>,
}

/// A variable with fields: `i.process.owner`. It is one word of the lexer.
#[derive(Clone, Copy, Debug)]
pub struct Path {
    /// All of it.
    pub span: Span,
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expression {
    /// All of it.
    pub span: Span,
    /// What it is.
    pub kind: ExpressionKind,
}

/// What an [`Expression`] is.
#[derive(Clone, Debug)]
pub enum ExpressionKind {
    /// `a or b or …`
    Or(Vec<Expression>),
    /// `a and b and …`
    And(Vec<Expression>),
    /// `not a`
    Not(Box<Expression>),
    /// `a OPERATOR b`
    Binary(Operator, Box<Expression>, Box<Expression>),
    /// `a is missing`
    IsMissing(Box<Expression>),
    /// `exists KIND v [of w], … [where e]`
    Exists(Box<Quantified>),
    /// `count(KIND v [of w], … [where e])`
    Count(Box<Quantified>),
    /// `every KIND v [of w], … [where e] have e`
    Every(Box<Quantified>, Box<Expression>),
    /// `name(a, …)`: name and arguments
    Call(Span, Vec<Expression>),
    /// A variable with fields; also the words `true` and `false`.
    Path(Path),
    /// A string.
    Text(Span),
    /// A word that begins with a digit: a number or a date.
    Number(Span),
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `=`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `in`
    In,
    /// `matches`
    Matches,
    /// `starts-with`
    StartsWith,
    /// `ends-with`
    EndsWith,
    /// `contains`
    Contains,
}

/// `test CODE STRING { declarations, expect … }`
#[derive(Clone, Debug)]
pub struct Test {
    /// The rule.
    pub code: Span,
    /// What the test shows, a string.
    pub title: Span,
    /// The project that is checked.
    pub declarations: Vec<Declaration>,
    /// `today DATE`
    pub today: Option<Span>,
    /// `expect …`, in order.
    pub expectations: Vec<Expectation>,
}

/// `expect none`, or `expect FINDING, …` with FINDING = `TEXT [about SUBJECT]`
#[derive(Clone, Debug)]
pub struct Expectation {
    /// All of it.
    pub span: Span,
    /// The findings; none for `expect none`.
    pub findings: Vec<ExpectedFinding>,
}

/// A finding that a test expects.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedFinding {
    /// The text that the finding underlines, as written in the test: a word, `*`, a clause, `iso27001:2022`, a string.
    pub underlined: Span,
    /// The finding's subject, in its short form: `6.3`, `5.2(e)`, `threat-reports`.
    pub subject: Option<Span>,
}
