//! What those who read the reports demand of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use ismslint::diagnostic::Severity;
use ismslint::engine::Report;
use ismslint::report::Format;
use ismslint::text::{Source, SourceMap};
use roxmltree::Document;
use serde_json::{Value, json};

use crate::{EVERYTHING, finding, place, plain, shared, shown, written};

fn sarif() -> Value {
    serde_json::from_str(&plain(Format::Sarif)).expect("the report is JSON")
}

fn list<'a>(value: &'a Value, at: &str) -> &'a Vec<Value> {
    value.pointer(at).and_then(Value::as_array).unwrap_or_else(|| panic!("{at} in {value:#}"))
}

fn text<'a>(value: &'a Value, at: &str) -> &'a str {
    value.pointer(at).and_then(Value::as_str).unwrap_or_else(|| panic!("{at} in {value:#}"))
}

#[test]
fn sarif_follows_its_schema() {
    // This edition of the schema has a bracket too many in the pattern of a language, which makes it no pattern.
    let schema = include_str!("../schemas/sarif-2.1.0.json").replace("{2}]?$", "{2}?$");
    let schema = serde_json::from_str(&schema).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let errors: Vec<String> = validator.iter_errors(&sarif()).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

/// Code scanning refuses what lacks these.
#[test]
fn sarif_has_what_code_scanning_demands() {
    let log = sarif();
    let rules = list(&log, "/runs/0/tool/driver/rules");
    for rule in rules {
        for at in ["/id", "/shortDescription/text", "/fullDescription/text", "/help/text"] {
            assert!(!text(rule, at).is_empty(), "{at} in {rule:#}");
        }
        assert!(["error", "warning", "recommendation"].contains(&text(rule, "/properties/problem.severity")));
        assert!(list(rule, "/properties/tags").len() <= 10);
    }
    assert!(rules.iter().all(|rule| text(rule, "/id") != "SOA001"), "a rule that is off was not asked");
    let results = list(&log, "/runs/0/results");
    for result in results {
        let number = result["ruleIndex"].as_u64().expect("a number") as usize;
        assert_eq!(text(&rules[number], "/id"), text(result, "/ruleId"));
        assert_eq!(list(result, "/locations").len(), 1);
        let place = &result["locations"][0]["physicalLocation"];
        assert!(place["artifactLocation"]["uri"].as_str().is_some_and(|uri| !uri.starts_with(['.', '/'])), "{place}");
        assert_eq!(place["region"]["startLine"], place["region"]["endLine"], "an alert has one line");
        assert!(!text(result, "/partialFingerprints/ismsEntity~1v1").is_empty());
        let related = result["relatedLocations"].as_array().cloned().unwrap_or_default();
        for (at, location) in related.iter().enumerate() {
            assert_eq!(location["id"], at + 1);
            assert!(text(result, "/message/text").contains(&format!("]({})", at + 1)), "{result:#}");
        }
        let taxonomies = list(&log, "/runs/0/taxonomies");
        for taxon in result["taxa"].as_array().into_iter().flatten() {
            let taxonomy = &taxonomies[taxon["toolComponent"]["index"].as_u64().expect("a number") as usize];
            assert_eq!(taxonomy["name"], taxon["toolComponent"]["name"]);
            assert_eq!(taxonomy["taxa"][taxon["index"].as_u64().expect("a number") as usize]["id"], taxon["id"]);
        }
    }
    let hashed = results.iter().filter(|result| result["partialFingerprints"]["primaryLocationLineHash"].is_string());
    assert_eq!(hashed.count(), results.len() - 1, "all but the finding without a file");
    assert_eq!(results.iter().filter(|result| result["suppressions"].is_array()).count(), 1);
    assert_eq!(results.iter().filter(|result| result["fixes"].is_array()).count(), 2);
    assert_eq!(results.iter().filter(|result| result["taxa"].is_array()).count(), 2);
}

/// What is not in the repository is named by where it is: elsewhere on disk, or in the program.
#[test]
fn sarif_tells_files_of_the_repository_from_others() {
    let source = |path: &str| Source::new(path, "rule x");
    let builtin = Source::builtin("rules/standards/a.isms", "\nclause 4.1");
    let sources = SourceMap::new(vec![source("../rules/a [1].isms"), source("../../group/ü.isms"), builtin]);
    let clause = place(&sources, 2, "clause");
    let message = |file| finding("FLOW001", Severity::Error, place(&sources, file, "rule"), "message");
    let diagnostics = vec![
        message(0).label(clause, "asked for [here](1)").label(place(&sources, 1, "x"), "and [here](https://a.b)"),
        finding("FLOW001", Severity::Error, clause, "message").label(place(&sources, 0, "x"), "in the project"),
    ];
    let report = Report { sources: Arc::new(sources), diagnostics, suppressed: Vec::new(), ..shared() };
    let log: Value = serde_json::from_str(&written(Format::Sarif, &shown(&report), EVERYTHING)).expect("JSON");
    let results = list(&log, "/runs/0/results");
    let location = |location: &Value| location["physicalLocation"]["artifactLocation"].clone();
    let inside = json!({ "uri": "rules/a%20%5B1%5D.isms", "uriBaseId": "%SRCROOT%" });
    assert_eq!(location(&results[0]["locations"][0]), inside);
    assert_eq!(location(&results[0]["relatedLocations"][1]), json!({ "uri": "file:///home/me/group/%C3%BC.isms" }));
    assert_eq!(results[0]["relatedLocations"][0]["physicalLocation"], Value::Null);
    let expected =
        "message\nasked for \\[here\\](1) (ismslint:rules/standards/a.isms:2), [and \\[here\\](https://a.b)](2)";
    assert_eq!(text(&results[0], "/message/text"), expected);
    assert_eq!(location(&results[1]["locations"][0]), inside, "a finding is shown in the project");
}

/// One column, three units.
#[test]
fn columns_are_in_the_units_of_the_format() {
    let sources = SourceMap::new(vec![Source::new("a.isms", "\ta𐐀e\u{301}b c")]);
    let found = finding("FLOW001", Severity::Error, place(&sources, 0, "b"), "message");
    let sources = Arc::new(sources);
    let report = Report { sources, diagnostics: vec![found], suppressed: Vec::new(), ..shared() };
    let column = |format, at: &str| {
        let written = written(format, &shown(&report), EVERYTHING);
        let value: Value = serde_json::from_str(&written).expect("the report is JSON");
        value.pointer(at).and_then(Value::as_u64).unwrap_or_else(|| panic!("{at} in {written}"))
    };
    assert_eq!(column(Format::Json, "/diagnostics/0/start/column"), 6);
    assert_eq!(column(Format::Gitlab, "/0/location/positions/begin/column"), 6);
    assert_eq!(column(Format::Sarif, "/runs/0/results/0/locations/0/physicalLocation/region/startColumn"), 7);
    assert_eq!(column(Format::Rdjsonl, "/location/range/start/column"), 10);
    assert_eq!(column(Format::Rdjsonl, "/location/range/end/column"), 11);
}

#[test]
fn gitlab_has_its_fields_and_no_two_findings_alike() {
    let report = shared();
    let mut shown = shown(&report);
    let twice = shown.findings.clone();
    shown.findings.extend(twice);
    let findings: Vec<Value> = serde_json::from_str(&written(Format::Gitlab, &shown, EVERYTHING)).expect("an array");
    let fingerprints: BTreeSet<&str> = findings.iter().map(|finding| text(finding, "/fingerprint")).collect();
    assert_eq!(fingerprints.len(), findings.len());
    for finding in &findings {
        assert!(text(finding, "/description").starts_with(text(finding, "/check_name")));
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&text(finding, "/severity")));
        assert!(text(finding, "/location/path").starts_with("policies/"), "from the root of the repository");
        assert!(finding["location"]["positions"]["begin"]["line"].is_u64());
    }
}

#[test]
fn xml_can_be_read() {
    let report = shared();
    let written = |format| written(format, &shown(&report), EVERYTHING);
    let text = written(Format::Junit);
    let junit = Document::parse(&text).expect("the report is XML");
    let root = junit.root_element();
    let count = |name: &str| junit.descendants().filter(|node| node.has_tag_name(name)).count().to_string();
    assert_eq!(root.tag_name().name(), "testsuites");
    assert_eq!(root.attribute("tests"), Some(count("testcase").as_str()));
    assert_eq!(root.attribute("failures"), Some(count("failure").as_str()));
    for suite in root.children().filter(roxmltree::Node::is_element) {
        let inside = |name: &str| suite.descendants().filter(|node| node.has_tag_name(name)).count().to_string();
        assert_eq!(suite.attribute("tests"), Some(inside("testcase").as_str()));
        assert_eq!(suite.attribute("failures"), Some(inside("failure").as_str()));
        assert_eq!(suite.attribute("skipped").unwrap_or("0"), inside("skipped"));
        assert_eq!(suite.attribute("errors"), Some("0"));
    }
    let text = written(Format::Checkstyle);
    let checkstyle = Document::parse(&text).expect("the report is XML");
    let errors: Vec<_> = checkstyle.descendants().filter(|node| node.has_tag_name("error")).collect();
    assert_eq!(errors.len(), report.diagnostics.len());
    let messages: Vec<&str> = errors.iter().filter_map(|error| error.attribute("message")).collect();
    assert!(messages.contains(&"no process produces `名前-é\u{301}`"), "{messages:?}");
}
