//! Every message about a mistake in a rule, with its source and what is underlined. What only follows from a mistake is not
//! said.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

#[path = "syntax/drawing.rs"]
mod drawing;

use ismslint::diagnostic::Diagnostic;
use ismslint::engine::{Inputs, Settings, check, test};
use ismslint::text::Date;

fn inputs(text: &str) -> Inputs {
    let today = Date::parse("2026-11-21").expect("a day");
    Inputs { sources: vec![drawing::source(text)], settings: Settings::default(), today, known_paths: None }
}

/// What is said of the file, but for what the shipped rules find in it.
fn drawn(text: &str) -> String {
    let found: Vec<Diagnostic> = check(inputs(text))
        .diagnostics
        .into_iter()
        // Places in shipped files have other texts.
        .map(|mut finding| {
            finding.labels.retain(|label| label.place.file == drawing::FILE);
            finding
        })
        .filter(|finding| ["SYN", "RULE", "OWN", "ALLOW"].iter().any(|group| finding.code.as_str().starts_with(group)))
        .collect();
    drawing::draw(&drawing::source(text), &found)
}

/// A rule about processes with these statements.
fn rule(statements: &str) -> String {
    format!("rule OWN001 own warning {{\n  for process p\n  report p \"`{{p}}`\"\n  {statements}\n}}\n")
}

/// One snapshot for each rule with a mistake among its statements.
macro_rules! statements {
    ($($name:ident: $text:expr;)*) => {
        $(
            #[test]
            fn $name() {
                let text = rule($text);
                insta::with_settings!({ description => text.clone(), omit_expression => true }, {
                    insta::assert_snapshot!(drawn(&text));
                });
            }
        )*
    };
}

/// One snapshot for each text.
macro_rules! texts {
    ($($name:ident: $text:expr;)*) => {
        $(
            #[test]
            fn $name() {
                insta::with_settings!({ description => $text, omit_expression => true }, {
                    insta::assert_snapshot!(drawn($text));
                });
            }
        )*
    };
}

statements! {
    unknown_kind: "where exists proces q";
    variable_declared_twice: "where exists role p";
    variable_with_the_name_of_a_value: "where exists role today where today.id = \"a\"";
    unknown_variable: "where q.id = \"a\"";
    nearly_known_variable: "where exists role owner where ownr.id = \"a\"";
    unknown_field: "where p.ownres is missing";
    field_of_a_text: "where p.title.length = 3";
    owner_of_another_kind: "where exists clause k of p";
    of_a_list: "where exists input i of p.inputs";
    condition_that_is_a_value: "where p.title";
    value_that_is_a_condition: "where p.id = (p.title is missing)";
    never_missing: "where p.id is missing";
    neither_number_nor_day: "where p.cadence = 3months";
    list_compared: "where p.owners = p.owners";
    member_of_no_list: "where p in p.id";
    things_in_no_order: "where p.id < p.title";
    entity_for_a_text: "where p starts-with \"a\"";
    number_for_a_text: "where p.id contains 3";
    pattern_without_quotes: "where p.id matches p.title";
    pattern_that_is_none: "where p.id matches \"(a\"";
    kinds_that_cannot_be_compared: "where exists role r where r = p.title";
    word_that_is_none_of_a_list: "where p.category = \"cor\"";
    unknown_predicate: "where feed(p)";
    too_few_arguments: "where feeds(p)";
    argument_of_another_kind: "where exists input i of p where feeds(i, i)";
    argument_that_is_a_text: "where exists input i of p where feeds(\"a\", i)";
    subject_that_is_a_text: "subject p.title";
    nearest_of_what_is_no_id: "nearest role r by r.title to p.title \"this one\"";
    second_report: "report p \"again\"";
    today_in_a_message: "label p.title \"{today}\"";
    counting_in_a_message: "label p.title \"{count(input i of p)} inputs and {} {a thing}\"";
}

texts! {
    code_that_is_none: "rule own1 own warning { for process p report p \"x\" }\n";
    code_of_the_compiler: "rule REF099 own warning { for process p report p \"x\" }\n";
    code_that_is_taken: "rule FLOW001 own warning { for process p report p \"x\" }\n";
    severity_that_is_none: "rule OWN001 own warn { for process p report p \"x\" }\n";
    rule_that_looks_at_nothing: "rule OWN001 own warning { report p \"`{p}`\" }\n";
    predicate_with_an_unknown_kind: "define odd(proces p) when p.id = \"a\"\nrule OWN001 own warning { for process p where odd(p) report p \"x\" }\nprocess a\n";
    arguments_of_another_predicate: "define near(process p, process q) when p = q\nrule OWN001 own warning { for process p, item i where near(p) and near(p, i) and near(\"a\", p) report p \"x\" }\n";
    rule_that_reports_nothing: "rule OWN001 own warning { for process p }\n";
    predicate_declared_twice: "define odd(process p) when p.id = \"a\"\ndefine odd(process p) when p.id = \"b\"\n";
    predicate_that_depends_on_its_opposite: "define odd(process p) when not even(p)\ndefine even(process p) when not odd(p)\n";
    recursive_predicate_with_many_parameters: "define far(process a, process b, process c, process d, process e)\n  when a = b or far(b, c, d, e, a)\n";
    mistake_in_a_predicate_is_said_once: "define odd(process p) when p.idd = \"a\"\nrule OWN001 own warning { for process p where odd(p) report p \"x\" }\nprocess a\n";
    suppression_of_a_rule_with_a_mistake: "rule OWN001 own warning { for process p where p.idd = \"a\" report p \"x\" }\n@allow(OWN001, because \"it is known\")\nprocess a\n";
    condition_that_cannot_be_read: "rule OWN001 own warning {\n  for    process p\n  where  p.id = \"a\" and\n  report p \"x\"\n}\nprocess a\n";
    range_that_cannot_be_read: "rule OWN001 own warning {\n  for    proces p,\n  where  p.id = \"a\"\n  report p \"x\"\n}\nprocess a\n";
    report_that_cannot_be_read: "rule OWN001 own warning { for process p where ( report p \"x\" }\nprocess a\n";
    predicate_that_cannot_be_read: "define odd(process p) when p.id =\nrule OWN001 own warning { for process p where odd(p) report p \"x\" }\nprocess a\n";
    predicate_without_its_word: "define odd(process p) whn p.id = \"a\"\nrule OWN001 own warning { for process p where odd(p) report p \"x\" }\nprocess a\n";
}

/// Who calls a predicate that could not be read is not asked; a code that is taken from the compiler is known once.
#[test]
fn what_could_not_be_read_is_not_asked() {
    let text = "define odd(process p) when p.id =\nrule OWN001 own warning { for process p report p \"x\" }
rule OWN002 own warning { for process p where odd(p) report p \"odd\" }\nprocess a\n";
    let found = check(inputs(text)).diagnostics;
    assert!(found.iter().all(|finding| finding.message != "odd"), "{found:?}");
    let report = check(inputs("rule SYN001 own warning { for process p report p \"x\" }\n"));
    assert_eq!(report.rules.iter().filter(|rule| rule.code == "SYN001").count(), 1);
}

/// What the text of a rule about the processes `a` and `b` says: place, message and labels.
fn said(rule: &str) -> Vec<(String, String, Vec<String>)> {
    let text = format!("{rule}role r\nprocess a {{ owner r }}\nprocess b {{}}\n");
    let report = check(inputs(&text));
    let of = |finding: &Diagnostic| {
        let place = finding.primary.as_ref().map_or("", |label| label.place.span.text(&text));
        let labels = finding.labels.iter().map(|label| label.message.clone()).collect();
        (place.to_owned(), finding.message.clone(), labels)
    };
    report.diagnostics.iter().filter(|finding| finding.code.as_str() == "OWN001").map(of).collect()
}

#[test]
fn what_is_missing_is_reported_at_who_misses_it() {
    for field in ["owners", "capability", "triggers"] {
        let rule =
            format!("rule OWN001 own note {{ for process p where p.id = \"b\" report p.{field} \"`{{p}}`\" }}\n");
        assert_eq!(said(&rule), [("b".to_owned(), "`b`".to_owned(), vec![])], "{field}");
    }
}

#[test]
fn a_label_that_stands_for_no_other_one_is_silent() {
    let rule = "rule OWN001 own note { for process p report p \"x\"
      label when p.owned at p \"owned\" label otherwise at p \"not owned\" }\n";
    let labels: Vec<Vec<String>> = said(rule).into_iter().map(|(.., labels)| labels).collect();
    assert_eq!(labels, [["owned"], ["not owned"]]);
}

/// What begins a line behind a predicate is no part of it.
#[test]
fn a_predicate_before_a_broken_declaration_is_whole() {
    let rule = "define odd(process p) when p.id = \"a\"\n";
    let asks = "rule OWN001 own note { for process p where odd(p) report p \"odd\" }\n";
    for broken in ["process { input x }\n", "role \"x\"\n", "define x when\n", "proces q {}\n"] {
        assert_eq!(said(&format!("{rule}{broken}{asks}")).len(), 1, "{broken}");
        assert_eq!(said(&format!("{rule}\n{broken}\n{asks}")).len(), 1, "{broken}");
        let indented = format!("{rule}{broken}{asks}").replace('\n', "\n  ");
        assert_eq!(said(&format!("  {indented}\n")).len(), 1, "{broken}");
    }
    assert!(said(&format!("{} and\n  = 3\n{asks}", rule.trim_end())).is_empty());
}

#[test]
fn a_hundred_places_are_said_and_that_there_are_more() {
    let inputs_of =
        |count: usize| (0..count).map(|number| format!("process b{number} {{ input x }}\n")).collect::<String>();
    let rule =
        "rule OWN001 own note { for result r report r \"x\" label for input i where i.item = r.item at i \"taken\" }\n";
    for (count, labels, notes) in [(99, 99, 0), (130, 100, 1)] {
        let text = format!("{rule}process a {{ result x }}\n{}", inputs_of(count));
        let found = check(inputs(&text)).diagnostics;
        let finding = found.iter().find(|finding| finding.code.as_str() == "OWN001").expect("a finding");
        assert_eq!((finding.labels.len(), finding.notes.len()), (labels, notes), "{count}");
    }
}

#[test]
fn tests_that_fail() {
    let text = "rule OWN001 own warning { for process p where p.id = \"a\" report p \"`{p}` is there\" }
test OWN001 \"one that is missing\" { process b expect a about a }
test OWN001 \"one too many\" { process a }
test OWN002 \"a rule that is not there\" { process a }
rule OWN003 other warning { for process p where p.idd = \"a\" report p \"x\" }
test OWN003 \"a rule with a mistake\" { process a expect a }
";
    let report = test(inputs(text), false);
    assert_eq!(report.tests.iter().filter(|test| !test.was_run).count(), 1);
    let found: Vec<Diagnostic> =
        report.diagnostics.into_iter().chain(report.tests.into_iter().flat_map(|test| test.problems)).collect();
    insta::assert_snapshot!(drawing::draw(&drawing::source(text), &found));
}
