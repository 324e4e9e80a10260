//! The answer depends on the texts alone: not on the number of threads, not on the order of files; and it comes.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

#[path = "../benches/generator.rs"]
mod generator;

use std::time::{Duration, Instant};

use ismslint::diagnostic::{Diagnostic, Place};
use ismslint::engine::{self, Inputs, Report, Settings};
use ismslint::text::{Date, Source};

fn check(sources: Vec<Source>, threads: Option<usize>) -> Report {
    let settings = Settings { threads, ..Settings::default() };
    let today = Date::parse("2026-11-21").unwrap_or_else(|| unreachable!("a day"));
    engine::check(Inputs { sources, settings, today, known_paths: None })
}

fn codes<'a>(report: &'a Report, code: &str) -> Vec<&'a Diagnostic> {
    report.diagnostics.iter().filter(|finding| finding.code.as_str() == code).collect()
}

/// A project with findings of many rules: a generated one, with mistakes of all sorts in a file beside it.
fn project() -> Vec<(String, String)> {
    let mut files = generator::project(10, 3).files;
    let hand = [
        ("a.isms", "process alpha { input x from beta input x from gamma owner nobody covers 6.1, 6.1.*, 99.1 }"),
        ("b.isms", "process beta { input y from alpha result x to gamma, delta, nowhere } process beta { result z }"),
        ("c.isms", "process gamma { input z from beta result y to alpha kpi } omit something because \"no\""),
        ("d.isms", "item composite { contains x, y, z } process delta { result composite input * from alpha"),
        (
            "e.isms",
            "@allow(FLOW002, because \"none\") process epsilon { result q } applicability iso27001:2022 { exclude A.5.7 because \"no\" }",
        ),
    ];
    files.extend(hand.map(|(path, text)| (path.to_owned(), text.to_owned())));
    files.sort();
    files
}

fn sources(files: &[(String, String)]) -> Vec<Source> {
    files.iter().map(|(path, text)| Source::new(path.as_str(), text.as_str())).collect()
}

#[test]
fn one_thread_and_eight_say_the_same() {
    let files = project();
    let one = check(sources(&files), Some(1));
    assert!(one.diagnostics.len() > 40, "there is something to compare: {}", one.diagnostics.len());
    assert!(
        ["FLOW", "SYN", "REF", "CLAUSE"]
            .iter()
            .all(|head| one.diagnostics.iter().any(|f| f.code.as_str().starts_with(head)))
    );
    for _ in 0..3 {
        let eight = check(sources(&files), Some(8));
        for (left, right) in one.diagnostics.iter().zip(&eight.diagnostics) {
            assert_eq!(format!("{left:?}"), format!("{right:?}"));
        }
        assert_eq!(one.diagnostics.len(), eight.diagnostics.len());
        assert_eq!(format!("{:?}", one.suppressed), format!("{:?}", eight.suppressed));
    }
}

/// Findings in an order, and with places, that do not depend on the numbers of files. Which of two declarations is the
/// first does depend on them, so what is said about a repeated one is left out.
fn by_path(report: &Report) -> Vec<String> {
    let place = |place: Place| format!("{}:{:?}", report.sources.get(place.file).path(), place.span);
    let one = |finding: &Diagnostic| {
        let mut labels: Vec<String> =
            finding.labels.iter().map(|label| format!("{} {}", place(label.place), label.message)).collect();
        labels.sort();
        let primary = finding.primary.as_ref().map(|label| place(label.place));
        format!("{} {primary:?} {} {} {labels:?}", finding.code, finding.severity.word(), finding.message)
    };
    let mut all: Vec<String> = report.diagnostics.iter().map(one).collect();
    all.sort();
    all
}

#[test]
fn the_order_of_files_is_no_matter() {
    // Two declarations of one name, and the members of one ring, are told apart by which of them comes first; the generated
    // project has neither.
    let mut files = generator::project(10, 3).files;
    let forwards = check(sources(&files), None);
    files.reverse();
    let backwards = check(sources(&files), None);
    let (forwards, backwards) = (by_path(&forwards), by_path(&backwards));
    assert!(forwards.len() > 20);
    for (left, right) in forwards.iter().zip(&backwards) {
        assert_eq!(left, right);
    }
    assert_eq!(forwards.len(), backwards.len());
}

#[test]
fn the_known_defects_are_found() {
    let project = generator::project(20, 5);
    let report = check(project.sources(), None);
    assert_eq!(codes(&report, "FLOW001").len(), project.defects.missing_inputs);
    assert_eq!(codes(&report, "FLOW002").len(), project.defects.orphaned_results);
    assert!(project.defects.missing_inputs > 0 && project.defects.orphaned_results > 0);
    assert_eq!(report.processes, 400);
}

#[test]
fn a_rule_that_pairs_everything_with_everything_is_given_up() {
    let mut text = String::new();
    for at in 0..1200 {
        text.push_str(&format!("process p{at} {{ result r{at} }}\n"));
    }
    let rule = "rule OWN002 all-pairs error { for process a, process b, process c where not (a = b) and not (b = c) report a \"x\" }\n";
    let sources = vec![Source::new("many.isms", text), Source::new("rules.isms", rule)];
    let begin = Instant::now();
    let report = check(sources, None);
    let found = codes(&report, "RULE012");
    assert_eq!(found.len(), 1, "{:?}", report.diagnostics.first());
    let place = found[0].primary.as_ref().map(|label| label.place);
    assert_eq!(place.map(|place| report.sources.get(place.file).slice(place.span)), Some("OWN002"));
    assert_eq!(codes(&report, "OWN002").len(), 0, "half an answer is none");
    assert_eq!(codes(&report, "FLOW002").len(), 1200, "other rules speak as ever");
    assert!(begin.elapsed() < Duration::from_secs(60));
}

#[test]
fn too_many_findings_of_one_rule_are_counted() {
    let mut text = String::new();
    for at in 0..400 {
        text.push_str(&format!("process p{at} {{ result r{at} }}\n"));
    }
    text.push_str("rule OWN001 all-pairs warning { for process a, process b where not (a = b) report a \"`{a}` is not `{b}`\" }\n");
    let report = check(vec![Source::new("many.isms", text)], None);
    let found = codes(&report, "RULE013");
    assert_eq!(found.len(), 1);
    assert!(found[0].message.contains("159600"), "{}", found[0].message);
    assert_eq!(codes(&report, "OWN001").len(), 100_000);
}

#[test]
fn three_thousand_names_like_one_another_with_unknown_sources_end() {
    let mut text = String::new();
    for at in 0..3000 {
        text.push_str(&format!(
            "process information-security-process-{at:05} {{ input item-aaaaaaaaaaaa-{at:05} from information-security-proces-{at:05} \
             result item-aaaaaaaaaaab-{at:05} to information-securty-process-{at:05} }}\n"
        ));
    }
    let begin = Instant::now();
    let report = check(vec![Source::new("many.isms", text)], None);
    let unknown: Vec<&Diagnostic> =
        report.diagnostics.iter().filter(|finding| finding.code.as_str().starts_with("REF")).collect();
    assert_eq!(unknown.len(), 6000);
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
}
