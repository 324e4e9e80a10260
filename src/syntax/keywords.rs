//! The words that have a meaning somewhere. None of them is reserved: each is a keyword only where it stands in for one.

/// Words that begin a declaration.
pub const DECLARATIONS: &[&str] = &[
    "organization",
    "role",
    "party",
    "system",
    "item",
    "process",
    "omit",
    "applicability",
    "standard",
    "mapping",
    "model",
    "define",
    "rule",
    "test",
];
/// Words that begin a statement of `organization`.
pub const ORGANIZATION: &[&str] = &["standard", "model"];
/// Words that begin a statement of `item`, `role`, `party` and `system`.
pub const ITEM: &[&str] = &["documents", "contains", "classification", "owner", "every", "covers", "source"];
/// Words that begin a statement of `process`, those that are written most first: every statement is looked up here.
pub const PROCESS: &[&str] = &[
    "input",
    "result",
    "activity",
    "covers",
    "owner",
    "purpose",
    "category",
    "kpi",
    "implements",
    "phase",
    "capability",
    "every",
    "trigger",
    "source",
    "kgi",
    "outcome",
];
/// Words that begin a decision of `applicability`.
pub const APPLICABILITY: &[&str] = &["include", "exclude"];
/// Words that begin an entry of `standard`.
pub const STANDARD: &[&str] = &["clause", "control", "document"];
/// Words that begin a statement of `model`.
pub const MODEL: &[&str] = &["domain", "context", "process", "party", "role", "system", "item"];
/// Words that begin a statement of `rule`.
pub const RULE: &[&str] =
    &["cites", "for", "where", "unless", "report", "subject", "label", "nearest", "help", "note", "fix"];
/// Words that begin a statement of `test`, beside declarations.
pub const TEST: &[&str] = &["today", "expect"];
/// Words inside statements.
pub const MODIFIERS: &[&str] = &[
    "from",
    "to",
    "realizes",
    "retained",
    "feedback",
    "inferred",
    "in",
    "for",
    "by",
    "because",
    "until",
    "partly",
    "accepted",
    "planned",
    "target",
    "should",
    "requirement",
    "letters",
    "phase",
    "unsure",
    "new",
    "withdrawn",
    "when",
    "where",
    "of",
    "at",
    "only",
    "otherwise",
    "about",
    "none",
    "have",
    "allow",
    "safe",
    "unsafe",
    "replace",
    "with",
    "insert",
    "after",
    "into",
    "remove",
];
/// Words of expressions.
pub const OPERATORS: &[&str] = &[
    "and",
    "or",
    "not",
    "exists",
    "every",
    "count",
    "in",
    "is",
    "missing",
    "matches",
    "starts-with",
    "ends-with",
    "contains",
    "true",
    "false",
    "today",
];
/// Words that stand in place of a value from a list: categories, phases, units, relations, severities.
pub const VALUES: &[&str] = &[
    "management",
    "core",
    "support",
    "plan",
    "do",
    "check",
    "act",
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "months",
    "quarter",
    "quarters",
    "year",
    "years",
    "any",
    "same",
    "renamed",
    "moved",
    "merged",
    "split",
    "equal",
    "subset",
    "superset",
    "intersects",
    "error",
    "warning",
];
