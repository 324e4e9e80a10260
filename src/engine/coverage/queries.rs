//! Asking the landscape in the words of the rules.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::builtin;
use crate::landscape::{self, FileFacts, Landscape};
use crate::rules::{Judge, Program};
use crate::syntax;
use crate::text::{FileId, Source, SourceMap};

use super::allowance::Allowance;
use super::excess::Excess;
use super::tally::Tally;
use super::titles::Titles;

const QUERIES: &str = include_str!("queries.isms");

/// What the landscape answers to each of `queries.isms`: ids, in the order of its variables. Of what is only asked whether
/// it is so, the first one.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// Clause and cover.
    pub(super) answers: Vec<[u32; 2]>,
    /// Clause and decision.
    pub(super) prevails: Vec<[u32; 2]>,
    /// Clauses.
    pub(super) contested: BTreeSet<u32>,
    /// Clauses.
    pub(super) unkept: BTreeSet<u32>,
    /// Clauses.
    pub(super) lapsed: BTreeSet<u32>,
    /// Documents.
    pub(super) asked_for: Vec<u32>,
    /// Document and documentation.
    pub(super) documented: Vec<[u32; 2]>,
    /// Documents.
    pub(super) produced: BTreeSet<u32>,
}

impl Answers {
    /// Asks. What would be said too much is counted to its end all the same, so that the refusal can tell what it is.
    pub(super) fn new(
        landscape: &Landscape,
        titles: &Titles<'_>,
        producers: &BTreeMap<u32, Vec<u32>>,
        allowance: &mut Allowance,
    ) -> Result<Self, Excess> {
        static PROGRAM: OnceLock<Program> = OnceLock::new();
        let program = PROGRAM.get_or_init(program);
        let asking = Asking { judge: Judge::new(program, landscape), program };
        let mut covers = Tally::of_covers(landscape, titles);
        let mut decisions = Tally::of_decisions(landscape, titles);
        let mut documents = Tally::of_documents(landscape, titles, producers);
        let most = allowance.left();
        let answers = asking.pairs("answers", &mut covers, most)?;
        let prevails = asking.pairs("prevails", &mut decisions, most)?;
        let documented = asking.pairs("documented", &mut documents, most)?;
        let tallies = [covers, decisions, documents];
        let bytes = tallies.iter().fold(0_u64, |bytes, tally| bytes.saturating_add(tally.total.bytes));
        let largest = tallies.iter().max_by_key(|tally| tally.total.bytes);
        if let Some(largest) = largest.filter(|_| bytes > most) {
            let (mentioned, mentions) = (largest.mentioned, largest.total.mentions);
            return Err(Excess::Said { mentioned, mentions, bytes, most, cause: largest.cause(landscape) });
        }
        allowance.spend(bytes);
        Ok(Self {
            answers,
            prevails,
            contested: asking.which("contested")?.into_iter().collect(),
            unkept: asking.which("unkept")?.into_iter().collect(),
            lapsed: asking.which("lapsed")?.into_iter().collect(),
            asked_for: asking.which("asked-for")?,
            documented,
            produced: asking.which("produced")?.into_iter().collect(),
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
    /// The bindings of a query with two variables, row after row; none where they say more than `most`.
    fn pairs(&self, name: &str, tally: &mut Tally<'_>, most: u64) -> Result<Vec<[u32; 2]>, Excess> {
        let mut found = Vec::new();
        // A row at a time: what one row finds is no more than there are statements.
        self.ask(name, usize::MAX, |row| {
            let pairs = row.as_chunks::<2>().0;
            pairs.iter().for_each(|[_, statement]| tally.count(*statement));
            if tally.total.bytes <= most {
                found.extend_from_slice(pairs);
            } else {
                found = Vec::new();
            }
        })?;
        Ok(found)
    }

    /// Of which rows a query finds anything.
    fn which(&self, name: &str) -> Result<Vec<u32>, Excess> {
        let mut found = Vec::new();
        self.ask(name, 1, |row| found.extend(row.first()))?;
        Ok(found)
    }

    /// Asks row after row, and shows as many of the bindings of each as `most`.
    fn ask(&self, name: &str, most: usize, mut see: impl FnMut(&[u32])) -> Result<(), Excess> {
        let Some(query) = self.program.rules.iter().find(|rule| &*rule.name == name) else { return Ok(()) };
        let limit = self.judge.limit(query);
        let mut steps = 0_u64;
        for row in self.judge.rows(query) {
            let answer = self.judge.find(query, row..row + 1, most);
            steps = steps.saturating_add(answer.steps);
            if steps > limit {
                return Err(Excess::Asked { question: name.to_owned(), most: limit });
            }
            see(&answer.bindings);
        }
        Ok(())
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
