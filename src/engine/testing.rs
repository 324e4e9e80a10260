//! `test` declarations: small projects with the findings that a rule must have there.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::landscape::{self, FileFacts, Surroundings, TestDeclaration};
use crate::rules::{Judge, MOST_FINDINGS, Program, Rule};
use crate::syntax::string_value;
use crate::text::{Date, SourceMap, Span};

use super::Inputs;
use super::check::{in_pool, read, read_with_tests};

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
    let tests: Vec<&TestDeclaration> = facts
        .iter()
        .filter(|facts| shipped || !sources.get(facts.file()).is_builtin())
        .flat_map(|facts| facts.tests())
        .collect();
    let tests = tests.par_iter().map(|test| outcome(&sources, &program, &catalogues, test, today)).collect();
    TestReport { sources, tests, diagnostics: read.diagnostics }
}

fn outcome(
    sources: &std::sync::Arc<SourceMap>,
    program: &Program,
    catalogues: &[&FileFacts],
    test: &TestDeclaration,
    today: Date,
) -> TestOutcome {
    let source = sources.get(test.file);
    let code = source.slice(test.test.code);
    let place = Place { file: test.file, span: test.test.code };
    let title = string_value(source.text(), test.test.title).into_owned();
    let mut outcome = TestOutcome { code: code.to_owned(), title, place, was_run: true, problems: Vec::new() };
    if program.broken.iter().any(|rule| &*rule.code == code) {
        outcome.was_run = false;
        return outcome;
    }
    let Some(rule) = program.rules.iter().find(|rule| &*rule.code == code) else {
        outcome.problems.push(
            Diagnostic::error("RULE014", place, format!("there is no rule `{code}` that could be tested"))
                .help("write the rule, or correct its code"),
        );
        return outcome;
    };
    let today = test.test.today.and_then(|span| Date::parse(source.slice(span))).unwrap_or(today);
    let surroundings = Surroundings { sources: sources.clone(), today, known_paths: None, both: landscape::in_turn };
    let mut facts = catalogues.to_vec();
    facts.push(&test.facts);
    facts.sort_by_key(|facts| facts.file());
    let (landscape, names) = landscape::merge(&surroundings, &facts);
    outcome.problems.extend(test.facts.diagnostics().iter().cloned());
    outcome.problems.extend(names.into_iter().filter(|name| {
        name.severity == Severity::Error && name.primary.as_ref().is_some_and(|label| label.place.file == test.file)
    }));
    if outcome.problems.is_empty() {
        let judge = Judge::new(program, &landscape);
        outcome.problems = compare(sources, test, rule, &judge);
    }
    outcome
}

/// A finding as a test names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    underlined: String,
    subject: Option<String>,
}

fn compare(sources: &SourceMap, test: &TestDeclaration, rule: &Rule, judge: &Judge<'_>) -> Vec<Diagnostic> {
    let source = sources.get(test.file);
    let width = rule.variables.len().max(1);
    let answer = judge.find(rule, judge.rows(rule), MOST_FINDINGS);
    if answer.steps > judge.limit(rule) || judge.is_overflowed(rule) {
        return vec![judge.too_expensive(rule)];
    }
    let patience = judge.patience(rule, answer.findings);
    let mut found: Vec<(Named, Diagnostic)> = Vec::new();
    for binding in answer.bindings.chunks_exact(width) {
        let Some(diagnostic) = judge.diagnostic(rule, rule.severity, binding, false, patience) else { continue };
        let Some(label) = &diagnostic.primary else { continue };
        let underlined = one_line(sources.get(label.place.file).slice(label.place.span));
        let subject = diagnostic.subject.as_ref().map(|subject| subject.short.clone());
        found.push((Named { underlined, subject }, diagnostic));
    }
    found.sort_by(|left, right| left.1.order(&right.1));

    let mut problems = Vec::new();
    let mut left: Vec<bool> = vec![true; found.len()];
    let mut missing: BTreeMap<(u32, u32), (Named, Span)> = BTreeMap::new();
    for expectation in &test.test.expectations {
        for expected in &expectation.findings {
            let text = |span: Span| one_line(&unquoted(source.text(), span));
            let named = Named { underlined: text(expected.underlined), subject: expected.subject.map(text) };
            let fits = |other: &Named| {
                other.underlined == named.underlined && (named.subject.is_none() || other.subject == named.subject)
            };
            match (0..found.len()).find(|at| left[*at] && fits(&found[*at].0)) {
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
    for ((named, diagnostic), _) in found.into_iter().zip(left).filter(|(_, left)| *left) {
        // What stands in the standards and models of the run is no matter of this test, unless it asks for it.
        let inside = diagnostic.primary.as_ref().map(|label| label.place);
        let Some(place) = inside.filter(|place| place.file == test.file && test.span.contains(place.span)) else {
            continue;
        };
        let about = named.subject.map(|subject| format!(" about `{subject}`")).unwrap_or_default();
        let message = format!("unexpected: `{code}` finds `{}`{about}", named.underlined);
        problems.push(Diagnostic::error("RULE016", place, message).note(diagnostic.message));
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
