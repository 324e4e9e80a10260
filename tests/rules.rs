//! The `test` declarations of the shipped rules.

#![expect(clippy::disallowed_methods, reason = "a test reads the sources")]

use std::collections::BTreeSet;

use ismslint::engine::{Inputs, Settings, check, test};
use ismslint::text::{Date, Source};

fn nothing() -> Inputs {
    Inputs { sources: Vec::new(), settings: Settings::default(), today: Date::from_days(740_000), known_paths: None }
}

#[test]
fn every_shipped_test_passes() {
    let report = test(nothing(), true);
    assert!(report.tests.len() > 100, "the shipped tests are run");
    let mistakes: Vec<&String> = report.diagnostics.iter().map(|diagnostic| &diagnostic.message).collect();
    assert!(mistakes.is_empty(), "{mistakes:#?}");
    let failed: Vec<String> = report
        .tests
        .iter()
        .filter(|test| !test.problems.is_empty())
        .map(|test| {
            let problems: Vec<&String> = test.problems.iter().map(|problem| &problem.message).collect();
            format!("{} \"{}\": {problems:?}", test.code, test.title)
        })
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn every_shipped_rule_is_documented_cited_and_tested() {
    let rules = check(nothing()).rules;
    let tests = test(nothing(), true).tests;
    for rule in rules.iter().filter(|rule| rule.file.is_some()) {
        assert!(!rule.documentation.summary().is_empty(), "{} has no documentation", rule.code);
        assert!(!rule.cites.is_empty(), "{} cites nothing", rule.code);
        assert!(rule.documentation.text().contains("```isms fail"), "{} has no failing example", rule.code);
        assert!(rule.documentation.text().contains("```isms pass"), "{} has no passing example", rule.code);
        let count = tests.iter().filter(|test| test.code == rule.code).count();
        assert!(count >= 3, "{} has {count} tests: a finding, a clean case and a near miss are asked for", rule.code);
    }
}

/// Codes, names and severities are a contract: other people's suppressions name them.
const CONTRACT: &[(&str, &str, &str)] = &[
    ("FLOW001", "missing-input", "error"),
    ("FLOW002", "orphaned-result", "warning"),
    ("FLOW003", "source-lacks-result", "error"),
    ("FLOW004", "destination-lacks-input", "error"),
    ("FLOW005", "cannot-start", "warning"),
    ("FLOW006", "isolated-process", "warning"),
    ("FLOW007", "process-without-result", "warning"),
    ("FLOW008", "process-without-input", "note"),
    ("FLOW009", "self-supplied-input", "warning"),
    ("FLOW010", "unannounced-consumer", "warning"),
    ("FLOW011", "idle-wildcard", "warning"),
    ("FLOW012", "missing-part", "warning"),
    ("MODEL001", "missing-process", "error"),
    ("MODEL002", "missing-reference-input", "warning"),
    ("MODEL003", "missing-reference-result", "warning"),
    ("MODEL009", "suggested-reference-input", "note"),
    ("MODEL010", "suggested-reference-result", "note"),
    ("MODEL004", "missing-interface", "warning"),
    ("MODEL005", "category-differs", "warning"),
    ("MODEL006", "omitted-and-implemented", "error"),
    ("MODEL007", "capability-undetermined", "note"),
    ("MODEL011", "undeclared-model", "warning"),
    ("MODEL008", "capability-zero", "warning"),
    ("CLAUSE001", "unmapped-clause", "error"),
    ("CLAUSE002", "superseded-clause", "warning"),
    ("CLAUSE003", "undeclared-standard", "warning"),
    ("CLAUSE004", "parent-without-children", "error"),
    ("CLAUSE005", "repeated-mapping", "warning"),
    ("CLAUSE006", "unmapped-recommendation", "warning"),
    ("CLAUSE007", "partly-covered", "note"),
    ("CLAUSE008", "covers-nothing", "note"),
    ("CLAUSE009", "title-differs", "warning"),
    ("SOA001", "undecided-control", "warning"),
    ("SOA002", "requirement-excluded", "error"),
    ("SOA003", "exclusion-not-accepted", "warning"),
    ("SOA004", "excluded-but-covered", "warning"),
    ("SOA005", "included-but-uncovered", "warning"),
    ("SOA006", "no-applicability", "warning"),
    ("SOA007", "decided-twice", "error"),
    ("SOA008", "plan-lapsed", "warning"),
    ("DOC001", "missing-document", "warning"),
    ("DOC002", "document-not-kept", "warning"),
    ("DOC003", "document-never-produced", "warning"),
    ("PROC001", "no-purpose", "warning"),
    ("PROC002", "no-activity", "note"),
    ("PROC003", "no-indicator", "note"),
    ("PROC004", "no-category", "note"),
    ("PROC005", "phase-without-process", "warning"),
    ("ROLE001", "unowned-process", "warning"),
    ("ROLE002", "unused-role", "note"),
    ("ROLE003", "audit-not-independent", "warning"),
    ("ROLE004", "unused-party", "note"),
    ("PRM001", "no-domain", "error"),
    ("PRM002", "no-context", "warning"),
    ("PRM003", "reference-process-without-purpose", "error"),
    ("PRM004", "reference-process-without-outcome", "error"),
    ("PRM005", "capability-in-outcome", "warning"),
    ("PRM006", "many-outcomes", "note"),
    ("ALLOW001", "unused-suppression", "warning"),
    ("ALLOW002", "lapsed-suppression", "warning"),
];

#[test]
fn the_codes_are_those_of_the_contract() {
    let rules = check(nothing()).rules;
    for (code, name, severity) in CONTRACT {
        let rule = rules.iter().find(|rule| rule.code == *code);
        let found = rule.map(|rule| (rule.name.as_str(), rule.default_severity.word()));
        assert_eq!(found, Some((*name, *severity)), "{code}");
    }
}

/// A rule that no fixture shows could be wrong in a way that its own tests, which are as short as can be, do not show.
#[test]
fn every_rule_is_shown_by_a_fixture() -> std::io::Result<()> {
    let fixtures = texts("fixtures")?.into_iter().map(|(_, text)| text).collect::<String>();
    for (code, _, severity) in CONTRACT {
        assert!(fixtures.contains(&format!("{severity} {code}")), "no fixture shows {code}");
    }
    Ok(())
}

/// The specifications in a folder, with their paths.
fn texts(folder: &str) -> std::io::Result<Vec<(String, String)>> {
    let mut texts = Vec::new();
    let mut folders = vec![std::path::PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "isms") {
                texts.push((path.to_string_lossy().into_owned(), std::fs::read_to_string(&path)?));
            }
        }
    }
    Ok(texts)
}

/// The folder `rules/` of this repository, as the project of those who work on it.
fn shipped() -> std::io::Result<Inputs> {
    let sources = texts("rules")?.into_iter().map(|(path, text)| Source::new(path, text)).collect();
    Ok(Inputs { sources, ..nothing() })
}

#[test]
fn the_shipped_files_have_no_finding() -> std::io::Result<()> {
    let report = check(shipped()?);
    assert!(report.files > 5, "the folder is read");
    let found: Vec<String> =
        report.diagnostics.iter().map(|found| format!("{} {}", found.code, found.message)).collect();
    assert!(found.is_empty(), "{found:#?}");
    let allowed: BTreeSet<&str> = report.suppressed.iter().map(|one| one.diagnostic.code.as_str()).collect();
    assert_eq!(allowed, BTreeSet::from(["PRM004"]), "what a shipped model cannot do better, it says itself");
    Ok(())
}

#[test]
fn who_uses_the_shipped_files_does_not_see_their_findings() {
    let report = check(nothing());
    assert!(report.diagnostics.is_empty(), "{:#?}", report.diagnostics);
    assert!(report.suppressed.is_empty(), "{:#?}", report.suppressed);
}

/// Every code that the program can utter has a page; the sources are searched for codes.
#[test]
fn every_code_of_the_compiler_has_a_page() {
    let rules = check(nothing()).rules;
    let mut missing = Vec::new();
    let mut folders = vec![std::path::PathBuf::from("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source");
                for word in text.split('"') {
                    let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
                    let is_code =
                        ["SYN", "REF", "RULE", "ALLOW", "CONFIG"].contains(&letters) && word.len() == letters.len() + 3;
                    if is_code && rules.iter().all(|rule| rule.code != word) {
                        missing.push(word.to_owned());
                    }
                }
            }
        }
    }
    missing.sort();
    missing.dedup();
    assert!(missing.is_empty(), "{missing:?}");
}
