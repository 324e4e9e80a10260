//! What consumers cut off is cut here, and counted.

use ismslint::diagnostic::Severity;
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
        let report = many(count, "message");
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
