//! The codes of checks, and the pages of those that are the compiler's own.

use std::borrow::Cow;
use std::sync::Arc;

/// A check's code, like `FLOW001`. Codes are forever: a code never changes its meaning.
#[derive(Clone, Debug)]
pub enum Code {
    /// A check of the compiler itself.
    Compiler(&'static str),
    /// A rule that is written in the language.
    Rule(Arc<str>),
}

impl Code {
    /// The code of a compiler check.
    #[must_use]
    pub const fn from_static(code: &'static str) -> Self {
        Self::Compiler(code)
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Compiler(code) => code,
            Self::Rule(code) => code,
        }
    }

    /// The letters before the number, in lower case: the group that configuration can name (`flow`).
    #[must_use]
    pub fn group(&self) -> String {
        self.as_str().trim_end_matches(|c: char| c.is_ascii_digit()).to_lowercase()
    }

    /// The page of a compiler check.
    #[must_use]
    pub fn page(&self) -> Option<&'static CodePage> {
        compiler_codes().iter().find(|page| page.code == self.as_str())
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Code {}

impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Code {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl std::hash::Hash for Code {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<&str> for Code {
    fn from(code: &str) -> Self {
        match compiler_codes().iter().find(|page| page.code == code) {
            Some(page) => Self::Compiler(page.code),
            None => Self::Rule(code.into()),
        }
    }
}

/// What `explain` says about a check of the compiler itself.
#[derive(Debug)]
pub struct CodePage {
    /// The code: `SYN001`.
    pub code: &'static str,
    /// The name in words: `unexpected-token`.
    pub name: &'static str,
    /// The default severity, as a word.
    pub severity: &'static str,
    /// One line.
    pub summary: &'static str,
    /// Why it matters and what to do, in Markdown, with an example that fails and one that passes.
    pub page: Cow<'static, str>,
}

/// Every check of the compiler itself, by code. The pages stand in `codes/*.md`, one heading a code.
#[must_use]
pub fn compiler_codes() -> &'static [CodePage] {
    static PAGES: std::sync::OnceLock<Vec<CodePage>> = std::sync::OnceLock::new();
    PAGES.get_or_init(|| {
        let texts = [
            include_str!("codes/allow.md"),
            include_str!("codes/config.md"),
            include_str!("codes/ref.md"),
            include_str!("codes/rule.md"),
            include_str!("codes/syn.md"),
        ];
        let mut pages: Vec<CodePage> = texts.into_iter().flat_map(parse_pages).collect();
        pages.sort_by_key(|page| page.code);
        pages
    })
}

/// Whether a check can neither be silenced nor be given another severity, nor be hidden by a baseline: syntax and the rule
/// language. What cannot be read hides an unknown number of other findings.
#[must_use]
pub fn is_fixed(code: &str) -> bool {
    code.starts_with("SYN") || code.starts_with("RULE")
}

/// Whether a selector names only checks that are fixed: `SYN`, `rule003`, `unexpected-token`.
#[must_use]
pub fn names_fixed(selector: &str) -> bool {
    let group = selector.trim_end_matches(|c: char| c.is_ascii_digit());
    ["SYN", "RULE"].iter().any(|fixed| group.eq_ignore_ascii_case(fixed))
        || compiler_codes().iter().any(|page| is_fixed(page.code) && page.name.eq_ignore_ascii_case(selector))
}

/// Reads the pages: `## CODE name severity`, a line of summary, and the text up to the next such heading.
fn parse_pages(text: &'static str) -> impl Iterator<Item = CodePage> {
    text.split("\n## ").skip(1).filter_map(|section| {
        let (heading, body) = section.split_once('\n')?;
        let mut words = heading.split_whitespace();
        let (code, name, severity) = (words.next()?, words.next()?, words.next()?);
        let body = body.trim();
        let (summary, page) = body.split_once("\n\n").unwrap_or((body, ""));
        Some(CodePage { code, name, severity, summary: summary.trim(), page: Cow::Borrowed(page.trim()) })
    })
}
