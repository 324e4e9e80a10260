//! What consumers cut off is cut here, and counted.

use ismslint::diagnostic::{Code, Severity};
use ismslint::engine::Report;
use ismslint::report::Format;

use crate::{EVERYTHING, finding, place, shared, shown, written};

fn many(count: usize, message: &str) -> Report {
    let shared = shared();
    let at = place(&shared.sources, 0, "x");
    let one = |number: usize| finding("FLOW001", Severity::ALL[number % 3], at, &format!("{message} {number}"));
    Report { diagnostics: (0..count).map(one).collect(), suppressed: Vec::new(), ..shared }
}

#[test]
fn ten_annotations_of_each_type_and_the_rest_counted() {
    let lines = |count: usize| {
        let mut report = many(count, "message");
        // What one rule finds at one place is one annotation.
        let codes = report.diagnostics.iter_mut().enumerate();
        codes.for_each(|(number, finding)| finding.code = Code::from(format!("FLOW{number:03}").as_str()));
        let text = written(Format::Github, &shown(&report), EVERYTHING);
        let of = |word: &str| text.lines().filter(|line| line.starts_with(word)).count();
        let last = text.lines().last().unwrap_or_default().to_owned();
        ([of("::error "), of("::warning "), of("::notice ")], last)
    };
    let (counts, last) = lines(30);
    assert_eq!(counts, [10, 10, 10]);
    assert!(last.contains("message 27"), "{last}");
    let (counts, last) = lines(31);
    assert_eq!(counts, [10, 10, 10]);
    assert!(last.starts_with("::notice title=ismslint::2 more findings; "), "{last}");
    let (counts, last) = lines(90);
    assert_eq!(counts, [10, 10, 10]);
    assert!(last.starts_with("::notice title=ismslint::61 more findings; "), "{last}");
}

#[test]
fn what_one_rule_finds_at_one_place_is_one_annotation() {
    let report = many(40, "message");
    let text = written(Format::Github, &shown(&report), EVERYTHING);
    assert_eq!(text.lines().count(), 3, "{text}");
    let errors = report.diagnostics.iter().filter(|one| one.severity == Severity::Error).count();
    let lines: Vec<&str> = text.lines().next().expect("a line").split("%0A").collect();
    assert!(lines[0].starts_with("::error "), "{lines:?}");
    assert!(lines[0].ends_with(&format!(", and {} more like this", errors - 1)), "{lines:?}");
    assert!(lines.len() == errors && lines[1].starts_with("message "), "{lines:?}");
}

#[test]
fn an_annotation_is_as_long_as_the_runner_keeps() {
    let report = many(1, &"名".repeat(10_000));
    let text = written(Format::Github, &shown(&report), EVERYTHING);
    let (_, message) = text[2..].trim_end().split_once("::").expect("a command");
    assert_eq!(message.chars().count(), 4_096);
}

#[test]
fn a_page_is_as_long_as_a_comment_may_be() {
    let report = many(3_000, "a message of some length");
    let text = written(Format::Markdown, &shown(&report), EVERYTHING);
    assert!(text.chars().count() < 65_536 && text.chars().count() > 60_000);
    let rows = text.lines().filter(|line| line.contains("FLOW001")).count();
    assert!(text.contains(&format!("Not shown: {} findings.", 3_000 - rows)), "{}", &text[text.len() - 300..]);
    let first = text.lines().find(|line| line.contains("FLOW001")).unwrap_or_default();
    assert!(first.starts_with("| **error** |"), "the worst ones come first: {first}");
}

/// Code scanning refuses a file with more. What is new and worst is kept, in the order of all reports, and it is told.
#[test]
fn as_many_results_as_code_scanning_takes() {
    let report = many(25_001, "message");
    let allowed = finding("FLOW002", Severity::Error, place(&report.sources, 0, "x"), "allowed");
    let recorded = finding("FLOW003", Severity::Error, place(&report.sources, 0, "x"), "recorded");
    let mut shown = shown(&report);
    shown.findings.insert(0, (0, &allowed, Some("a reason")));
    shown.baselined = Some(vec![(0, &recorded)]);
    let log: serde_json::Value =
        serde_json::from_str(&written(Format::Sarif, &shown, EVERYTHING)).expect("the report is JSON");
    let run = &log["runs"][0];
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), 25_000);
    let of = |level: &str| results.iter().filter(|one| one["level"] == level).count();
    let wanted = |severity| report.diagnostics.iter().filter(|one| one.severity == severity).count();
    assert_eq!([of("error"), of("warning")], [wanted(Severity::Error), wanted(Severity::Warning)]);
    assert_eq!(of("note"), wanted(Severity::Note) - 1, "one note is too many");
    assert!(results.iter().all(|one| one["ruleId"] == "FLOW001"), "neither allowed nor recorded ones");
    let said = "3 findings left out: code scanning takes 25000 results, the worst are there";
    assert_eq!(run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"], said);
    assert_eq!(ismslint::report::left_out(&shown, Format::Sarif).as_deref(), Some(&*format!("sarif: {said}")));
    assert_eq!(ismslint::report::left_out(&shown, Format::Json), None);
    shown.findings.truncate(24_999);
    assert_eq!(ismslint::report::left_out(&shown, Format::Sarif), None);
    assert!(!written(Format::Sarif, &shown, EVERYTHING).contains("toolExecutionNotifications"));
}
