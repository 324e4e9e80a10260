//! What is written about a rule.

use std::sync::OnceLock;

use crate::diagnostic::CodePage;
use crate::syntax::string_value;
use crate::text::{Source, Span};

/// The documentation of a rule or of a check of the compiler, in Markdown. What stands in a file is made into text when
/// somebody first asks for it, since most runs print findings and no pages.
#[derive(Clone, Debug)]
pub struct Documentation {
    origin: Origin,
    text: OnceLock<String>,
    summary: OnceLock<String>,
}

#[derive(Clone, Debug)]
enum Origin {
    Text(String),
    /// A string of a file.
    Written(Source, Span),
    Page(&'static CodePage),
}

impl Documentation {
    /// What the string at `span` says.
    pub(super) fn written(source: &Source, span: Span) -> Self {
        Origin::Written(source.clone(), span).into()
    }

    /// All of it, without blank lines around it.
    #[must_use]
    pub fn text(&self) -> &str {
        self.text.get_or_init(|| match &self.origin {
            Origin::Text(text) => text.clone(),
            Origin::Written(source, span) => string_value(source.text(), *span).trim().to_owned(),
            Origin::Page(page) => format!("{}\n\n{}", page.summary, page.page),
        })
    }

    /// The first paragraph, on one line; where there is none, nothing.
    #[must_use]
    pub fn summary(&self) -> &str {
        self.summary.get_or_init(|| {
            let paragraph = self.text().trim().split("\n\n").next().unwrap_or_default();
            paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
        })
    }
}

impl From<Origin> for Documentation {
    fn from(origin: Origin) -> Self {
        Self { origin, text: OnceLock::new(), summary: OnceLock::new() }
    }
}

impl From<String> for Documentation {
    fn from(text: String) -> Self {
        Origin::Text(text).into()
    }
}

impl From<&'static CodePage> for Documentation {
    fn from(page: &'static CodePage) -> Self {
        Origin::Page(page).into()
    }
}

impl Default for Documentation {
    fn default() -> Self {
        String::new().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_loses_its_indentation_and_is_summed_up_by_its_first_paragraph() {
        let source = Source::new("a.isms", "\"\"\"\n    One\n    thing.\n\n      ## More\n    \"\"\"");
        let documentation = Documentation::written(&source, Span::new(0, source.text().len() as u32));
        assert_eq!(documentation.text(), "One\nthing.\n\n  ## More");
        assert_eq!(documentation.summary(), "One thing.");
        assert_eq!(Documentation::default().summary(), "");
    }
}
