//! `test` declarations: small projects with the findings that a rule must have there.

use std::collections::{BTreeMap, VecDeque};

use rayon::prelude::*;

use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::landscape::{self, FileFacts, Surroundings, TestDeclaration};
use crate::rules::{Judge, MOST_FINDINGS, Program, Rule};
use crate::syntax::string_value;
use crate::text::{Date, SourceMap, Span};

use super::Inputs;
use super::check::{in_pool, read, read_with_tests};

/// The most tests of a run. Each is a project of its own, with all standards and models; how many bytes of these all tests
/// together may go through.
const MOST_TESTS: usize = 10_000;
const MOST_CATALOGUE_BYTES: usize = 1 << 30;

/// The most findings that are unexpected of all tests, and of one of them.
const MOST_UNEXPECTED: usize = 100_000;
const MOST_UNEXPECTED_OF_ONE: usize = 100;

/// What running all tests has shown.
#[derive(Debug)]
pub struct TestReport {
    /// The files that places point into.
    pub sources: std::sync::Arc<SourceMap>,
    /// The tests, in the order of their places, the project's own first.
    pub tests: Vec<TestOutcome>,
    /// Mistakes in the files themselves, which keep tests from being run.
    pub diagnostics: Vec<Diagnostic>,
}

/// What one test has shown.
#[derive(Debug)]
pub struct TestOutcome {
    /// The rule.
    pub code: String,
    /// What the test shows.
    pub title: String,
    /// Where it stands.
    pub place: Place,
    /// Whether it could be run at all: not where something is wrong with its rule, which is said there.
    pub was_run: bool,
    /// What was expected but not found, and found but not expected; none where the test passes.
    pub problems: Vec<Diagnostic>,
}

/// Runs the tests of the project's rules and, where `shipped` says so, of the shipped ones.
#[must_use]
pub fn test(inputs: Inputs, shipped: bool) -> TestReport {
    in_pool(inputs.settings.threads, || run(inputs, shipped))
}

fn run(inputs: Inputs, shipped: bool) -> TestReport {
    let today = inputs.today;
    let read_all = if shipped { read_with_tests } else { read };
    let mut read = read_all(inputs.sources);
    let sources = read.sources.clone();
    let facts: Vec<&FileFacts> = read.facts.iter().collect();
    let (program, rules) = Program::compile(&sources, &facts, landscape::in_turn);
    read.diagnostics.extend(rules);
    // What is wrong with the rest of the project is no matter of tests.
    let of_rules = |file: crate::text::FileId| {
        facts.iter().any(|facts| {
            let has_rules = !facts.rules().is_empty() || !facts.defines().is_empty() || !facts.tests().is_empty();
            facts.file() == file && has_rules
        })
    };
    read.diagnostics.retain(|diagnostic| diagnostic.primary.as_ref().is_some_and(|label| of_rules(label.place.file)));
    // A test brings its own processes; standards, models and mappings are those of the run.
    let catalogues: Vec<&FileFacts> = facts.iter().copied().filter(|facts| facts.is_catalogue()).collect();
    let mut tests: Vec<&TestDeclaration> = facts
        .iter()
        .filter(|facts| shipped || !sources.get(facts.file()).is_builtin())
        .flat_map(|facts| facts.tests())
        .collect();
    let bytes: usize = catalogues.iter().map(|facts| sources.get(facts.file()).text().len()).sum();
    let most = (MOST_CATALOGUE_BYTES / bytes.max(1)).clamp(1, MOST_TESTS);
    if let Some(test) = tests.get(most) {
        let place = Place { file: test.file, span: test.test.code };
        let among = if most < MOST_TESTS { " of rules among standards and models of this size" } else { "" };
        read.diagnostics.push(
            Diagnostic::error("RULE012", place, format!("there are more than {most} tests{among}"))
                .help("tests from here on are not run; divide the rules into several projects"),
        );
        tests.truncate(most);
    }
    let run = Run { sources: &sources, program: &program, catalogues: &catalogues, tests: tests.len(), today };
    let tests = tests.par_iter().map(|test| run.outcome(test)).collect();
    TestReport { sources, tests, diagnostics: read.diagnostics }
}

/// What is the same for all tests of a run.
struct Run<'a> {
    sources: &'a std::sync::Arc<SourceMap>,
    program: &'a Program,
    catalogues: &'a [&'a FileFacts],
    /// How many tests there are.
    tests: usize,
    today: Date,
}

impl Run<'_> {
    fn outcome(&self, test: &TestDeclaration) -> TestOutcome {
        let Self { sources, program, catalogues, tests, today } = *self;
        let source = sources.get(test.file);
        let code = source.slice(test.test.code);
        let place = Place { file: test.file, span: test.test.code };
        let title = string_value(source.text(), test.test.title).into_owned();
        let mut outcome = TestOutcome { code: code.to_owned(), title, place, was_run: true, problems: Vec::new() };
        if program.broken.binary_search_by(|rule| (*rule.code).cmp(code)).is_ok() {
            outcome.was_run = false;
            return outcome;
        }
        // Rules are sorted by code.
        let known = program.rules.binary_search_by(|rule| (*rule.code).cmp(code)).ok();
        let Some(rule) = known.and_then(|at| program.rules.get(at)) else {
            outcome.problems.push(
                Diagnostic::error("RULE014", place, format!("there is no rule `{code}` that could be tested"))
                    .help("write the rule, or correct its code"),
            );
            return outcome;
        };
        let today = test.test.today.and_then(|span| Date::parse(source.slice(span))).unwrap_or(today);
        let surroundings =
            Surroundings { sources: sources.clone(), today, known_paths: None, both: landscape::in_turn };
        let mut facts = catalogues.to_vec();
        facts.push(&test.facts);
        facts.sort_by_key(|facts| facts.file());
        let (landscape, names) = landscape::merge(&surroundings, &facts);
        outcome.problems.extend(test.facts.diagnostics().iter().cloned());
        outcome.problems.extend(names.into_iter().filter(|name| {
            name.severity == Severity::Error && name.primary.as_ref().is_some_and(|label| label.place.file == test.file)
        }));
        if outcome.problems.is_empty() {
            let judge = Judge::sharing(program, &landscape, tests);
            outcome.problems = compare(sources, test, rule, &judge, tests);
        }
        outcome
    }
}

/// A finding as a test names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    underlined: String,
    subject: Option<String>,
}

fn compare(
    sources: &SourceMap,
    test: &TestDeclaration,
    rule: &Rule,
    judge: &Judge<'_>,
    tests: usize,
) -> Vec<Diagnostic> {
    let source = sources.get(test.file);
    let width = rule.variables.len().max(1);
    let answer = judge.find(rule, judge.rows(rule), MOST_FINDINGS);
    if answer.steps > judge.limit(rule) || judge.is_overflowed(rule) {
        return vec![judge.too_expensive(rule)];
    }
    let patience = judge.patience(rule, answer.findings);
    let mut found: Vec<(Named, Diagnostic)> = Vec::new();
    for binding in answer.bindings.chunks_exact(width) {
        let Some(diagnostic) = judge.diagnostic(rule, binding, false, patience) else { continue };
        let Some(label) = &diagnostic.primary else { continue };
        let underlined = one_line(sources.get(label.place.file).slice(label.place.span));
        let subject = diagnostic.subject.as_ref().map(|subject| subject.short.clone());
        found.push((Named { underlined, subject }, diagnostic));
    }
    found.sort_by(|left, right| left.1.order(&right.1));

    let mut problems = Vec::new();
    let mut left: Vec<bool> = vec![true; found.len()];
    // Those that are not taken yet, by what an expectation may say of them.
    let mut by_name: BTreeMap<Named, VecDeque<usize>> = BTreeMap::new();
    for (at, (named, _)) in found.iter().enumerate() {
        by_name.entry(named.clone()).or_default().push_back(at);
        if named.subject.is_some() {
            by_name.entry(Named { subject: None, ..named.clone() }).or_default().push_back(at);
        }
    }
    let mut missing: BTreeMap<(u32, u32), (Named, Span)> = BTreeMap::new();
    for expectation in &test.test.expectations {
        for expected in &expectation.findings {
            let text = |span: Span| one_line(&unquoted(source.text(), span));
            let named = Named { underlined: text(expected.underlined), subject: expected.subject.map(text) };
            let fitting = by_name.get_mut(&named);
            let next = fitting.and_then(|fitting| {
                while fitting.front().is_some_and(|at| !left[*at]) {
                    fitting.pop_front();
                }
                fitting.pop_front()
            });
            match next {
                Some(at) => left[at] = false,
                None => {
                    missing.insert((expected.underlined.start, expected.underlined.end), (named, expected.underlined));
                }
            }
        }
    }
    let code = &rule.code;
    for (named, span) in missing.into_values() {
        let about = named.subject.map(|subject| format!(" about `{subject}`")).unwrap_or_default();
        let message = format!("missing: `{code}` finds nothing at `{}`{about}", named.underlined);
        problems.push(Diagnostic::error("RULE015", Place { file: test.file, span }, message));
    }
    let most = (MOST_UNEXPECTED / tests.max(1)).clamp(1, MOST_UNEXPECTED_OF_ONE);
    let (mut said, mut left_out) = (0, 0);
    for ((named, diagnostic), _) in found.into_iter().zip(left).filter(|(_, left)| *left) {
        // What stands in the standards and models of the run is no matter of this test, unless it asks for it.
        let inside = diagnostic.primary.as_ref().map(|label| label.place);
        let Some(place) = inside.filter(|place| place.file == test.file && test.span.contains(place.span)) else {
            continue;
        };
        if said == most {
            left_out += 1;
            continue;
        }
        said += 1;
        let about = named.subject.map(|subject| format!(" about `{subject}`")).unwrap_or_default();
        let message = format!("unexpected: `{code}` finds `{}`{about}", named.underlined);
        problems.push(Diagnostic::error("RULE016", place, message).note(diagnostic.message));
    }
    if let (1.., Some(last)) = (left_out, problems.last_mut()) {
        last.notes.push(format!("{left_out} more findings of this sort are left out"));
    }
    problems
}

fn unquoted(text: &str, span: Span) -> String {
    let raw = span.text(text);
    if raw.starts_with('"') { string_value(text, span).into_owned() } else { raw.to_owned() }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
