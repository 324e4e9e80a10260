//! Asking the landscape in the words of the rules.

use std::sync::OnceLock;

use crate::builtin;
use crate::landscape::{self, FileFacts, Landscape};
use crate::rules::{Judge, MOST_FINDINGS, Program};
use crate::syntax;
use crate::text::{FileId, Source, SourceMap};

const QUERIES: &str = include_str!("queries.isms");

/// What the landscape answers to each of `queries.isms`: ids, in the order of its variables.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// Clause and cover.
    pub(super) answers: Vec<[u32; 2]>,
    /// Clause and decision.
    pub(super) prevails: Vec<[u32; 2]>,
    /// Clauses.
    pub(super) contested: Vec<[u32; 1]>,
    /// Clause and decision.
    pub(super) unkept: Vec<[u32; 2]>,
    /// Clause and decision.
    pub(super) lapsed: Vec<[u32; 2]>,
    /// Documents.
    pub(super) asked_for: Vec<[u32; 1]>,
    /// Document and documentation.
    pub(super) documented: Vec<[u32; 2]>,
    /// Document and documentation.
    pub(super) produced: Vec<[u32; 2]>,
}

impl Answers {
    /// Asks. `None` where the project is too large to be answered within the bounds that hold for a rule; the rules that
    /// call the same predicates say so.
    pub(super) fn new(landscape: &Landscape) -> Option<Self> {
        static PROGRAM: OnceLock<Program> = OnceLock::new();
        let program = PROGRAM.get_or_init(program);
        let asking = Asking { judge: Judge::new(program, landscape), program };
        Some(Self {
            answers: asking.ask("answers")?,
            prevails: asking.ask("prevails")?,
            contested: asking.ask("contested")?,
            unkept: asking.ask("unkept")?,
            lapsed: asking.ask("lapsed")?,
            asked_for: asking.ask("asked-for")?,
            documented: asking.ask("documented")?,
            produced: asking.ask("produced")?,
        })
    }
}

/// The queries beside the shipped predicates. They depend on nothing else, so that no rule of a project stands in their
/// way.
fn program() -> Program {
    let shipped = builtin::sources(&[]).into_iter().filter(|source| source.path().starts_with("rules/checks/"));
    let sources = SourceMap::new(shipped.chain([Source::builtin("queries.isms", QUERIES)]).collect());
    let queries = FileId(sources.len().saturating_sub(1) as u32);
    let facts: Vec<FileFacts> =
        sources.iter().map(|(file, source)| landscape::lower(syntax::parse(source, file).tree, source, file)).collect();
    let (mut program, _) = Program::compile(&sources, &facts.iter().collect::<Vec<_>>(), landscape::in_turn);
    // The others were compiled for their predicates only.
    program.rules.retain(|rule| rule.file == queries);
    for (number, rule) in program.rules.iter_mut().enumerate() {
        rule.number = number;
    }
    program
}

struct Asking<'a> {
    judge: Judge<'a>,
    program: &'a Program,
}

impl Asking<'_> {
    /// The bindings of a query with `N` variables, row after row.
    fn ask<const N: usize>(&self, name: &str) -> Option<Vec<[u32; N]>> {
        let query = self.program.rules.iter().find(|rule| &*rule.name == name)?;
        let mut found = Vec::new();
        let mut steps = 0_u64;
        // A row at a time: what is kept of the answers to one question is bounded.
        for row in self.judge.rows(query) {
            let answer = self.judge.find(query, row..row + 1, MOST_FINDINGS);
            steps = steps.saturating_add(answer.steps);
            if steps > self.judge.limit(query) || answer.bindings.len() < answer.findings * N {
                return None;
            }
            found.extend(answer.bindings.as_chunks::<N>().0);
        }
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_query_is_compiled() {
        let program = program();
        let names: Vec<&str> = program.rules.iter().map(|rule| &*rule.name).collect();
        let known = ["answers", "prevails", "contested", "unkept", "lapsed", "asked-for", "documented", "produced"];
        assert_eq!(names, known);
    }
}
