//! What a word stands for: a rule, a clause of a standard or a reference process, and everything that is known of it.

mod clause_page;
mod clause_project;
mod lookup;
mod reference_page;

use std::sync::Arc;

pub use clause_page::{
    Answer, Citing, ClauseInProject, ClausePage, ClauseRole, Decided, Kin, Reach, RequiredDocument, Succession,
};
pub use reference_page::{Cited, Counterpart, End, Flow, Outcome, ReferenceInProject, ReferencePage};

use crate::diagnostic::Severity;
use crate::landscape::{self, FileFacts, Kind, Landscape, Surroundings};
use crate::rules::Program;

use super::check::{read, summaries};
use super::reading::Reading;
use super::{Inputs, RuleSummary};

/// Everything that can be explained: the shipped catalogues and rules, and those of a project.
#[derive(Debug)]
pub struct Explainer {
    landscape: Landscape,
    rules: Vec<RuleSummary>,
    /// Whether there is something of an organization.
    has_project: bool,
    has_mistakes: bool,
    has_several_organizations: bool,
}

/// What a word stands for.
#[derive(Debug)]
pub enum Page {
    /// A rule, or a check of the compiler.
    Rule(Box<RuleSummary>),
    /// A clause or a control.
    Clause(Box<ClausePage>),
    /// A reference process.
    Reference(Box<ReferencePage>),
}

/// A thing by its name and its title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Titled {
    /// `iso27001:2022/9.3`, or `risk-assessment`
    pub id: String,
    /// Its title; empty where it has none.
    pub title: String,
}

/// A rule that speaks of something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaking {
    /// `CLAUSE001`
    pub code: String,
    /// `unmapped-clause`
    pub name: String,
    /// What it cites, as written.
    pub cites: Vec<String>,
}

impl Explainer {
    /// Reads the project, the shipped catalogues and the rules; nothing is judged.
    #[must_use]
    pub fn new(inputs: Inputs) -> Self {
        let Inputs { sources, settings, today, known_paths } = inputs;
        let has_project = !sources.is_empty();
        let read = read(sources);
        let facts: Vec<&FileFacts> = read.facts.iter().collect();
        let surroundings =
            Surroundings { sources: Arc::clone(&read.sources), today, known_paths, both: landscape::in_turn };
        let (landscape, names) = landscape::merge(&surroundings, &facts);
        let (program, _) = Program::compile(&read.sources, &facts, landscape::in_turn);
        let rules = summaries(&read.sources, &program, &settings);
        let is_error = |severity: Severity| severity == Severity::Error;
        Self {
            has_project: has_project && has_own(&landscape),
            has_mistakes: read.diagnostics.iter().chain(&names).any(|finding| is_error(finding.severity)),
            has_several_organizations: names.iter().any(|finding| finding.code.as_str() == "REF012"),
            landscape,
            rules,
        }
    }

    /// Every rule and every check of the compiler, sorted by code.
    #[must_use]
    pub fn rules(&self) -> &[RuleSummary] {
        &self.rules
    }

    /// Whether something in the project could not be read or resolved, so that pages may miss it.
    #[must_use]
    pub fn has_mistakes(&self) -> bool {
        self.has_mistakes
    }

    /// Whether the files specify more than one organization, and so are no project.
    #[must_use]
    pub fn has_several_organizations(&self) -> bool {
        self.has_several_organizations
    }

    /// What `word` stands for: a rule, else a clause, else a reference process.
    #[must_use]
    pub fn explain(&self, word: &str) -> Option<Page> {
        if let Some(rule) = self.rule(word) {
            return Some(Page::Rule(Box::new(rule.clone())));
        }
        if let Some(found) = self.find_clause(word) {
            return Some(Page::Clause(Box::new(self.clause_page(&found))));
        }
        let found = self.find_reference(word)?;
        Some(Page::Reference(Box::new(self.reference_page(&found))))
    }

    fn rule(&self, word: &str) -> Option<&RuleSummary> {
        self.rules.iter().find(|rule| rule.code.eq_ignore_ascii_case(word) || rule.name.eq_ignore_ascii_case(word))
    }

    fn reading(&self) -> Reading<'_> {
        Reading(&self.landscape)
    }

    fn titled_clause(&self, clause: u32) -> Titled {
        let reading = self.reading();
        Titled { id: reading.clause(clause), title: reading.text(Kind::Clause, "title", clause).unwrap_or_default() }
    }

    fn titled_reference(&self, reference: u32) -> Titled {
        let reading = self.reading();
        Titled {
            id: reading.reference(reference),
            title: reading.text(Kind::Reference, "title", reference).unwrap_or_default(),
        }
    }

    /// What the organization calls itself.
    fn organization(&self) -> String {
        let reading = self.reading();
        let Some(id) = self.landscape.rows(Kind::Organization).next() else { return "the project".to_owned() };
        let title = reading.text(Kind::Organization, "title", id);
        title.unwrap_or_else(|| self.landscape.display(Kind::Organization, id))
    }
}

/// Whether an organization says anything about itself.
fn has_own(landscape: &Landscape) -> bool {
    let kinds = [Kind::Organization, Kind::Process, Kind::Cover, Kind::Decision, Kind::Omission, Kind::Documentation];
    kinds.into_iter().any(|kind| !landscape.rows(kind).is_empty())
}
