//! Who answers what: the same as the rules say, and in every format as it is.

#![expect(clippy::disallowed_methods, clippy::expect_used, reason = "a test reads fixtures, and fails by panicking")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use ismslint::engine::coverage::{
    Allowance, Coverage, Decision, DocumentStatus, EntryKind, StandardCoverage, Status, Totals,
};
use ismslint::engine::{self, Inputs, Report, Settings};
use ismslint::report::{COVERAGE_SCHEMA, CoverageFormat, CoverageStyle, write_coverage};
use ismslint::text::{Date, Source, is_dangerous};
use proptest::prelude::*;

fn cover(sources: Vec<Source>) -> (Report, Coverage) {
    let today = Date::parse("2026-11-21").expect("a day");
    let inputs = Inputs { sources, settings: Settings::default(), today, known_paths: None };
    let (report, coverage) = engine::coverage(inputs, &mut Allowance::default());
    (report, coverage.expect("no test is too large"))
}

fn of_text(text: &str) -> (Report, Coverage) {
    cover(vec![Source::new("all.isms", text)])
}

/// The project in a folder, as the program would find it.
fn fixture(name: &str) -> Coverage {
    let root = Path::new("fixtures").join(name);
    let mut folders = vec![root.clone()];
    let mut files: Vec<(String, String)> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "isms" || extension == "md") {
                let shown = path.strip_prefix(&root).expect("it is inside").to_string_lossy().replace('\\', "/");
                files.push((shown, std::fs::read_to_string(&path).expect("a file")));
            }
        }
    }
    files.sort();
    cover(files.into_iter().map(|(path, text)| Source::new(path, text)).collect()).1
}

fn written(format: CoverageFormat, coverage: Coverage, style: CoverageStyle) -> String {
    several(format, vec![(String::new(), coverage)], style)
}

fn several(format: CoverageFormat, projects: Vec<(String, Coverage)>, style: CoverageStyle) -> String {
    let mut out = Vec::new();
    write_coverage(format, &projects, style, &mut out).expect("a vector can be written");
    String::from_utf8(out).expect("it is UTF-8")
}

/// Everything that can be said, with titles that would rather be something else.
const HOSTILE: &str = r#"
organization o "=cmd|' /C calc'!A0 @all #1 | <b>`x`</b> ::error::x" {
  standard own:1
  standard flat:1
}
standard own:1 "Own | rules ##[error]x" {
  clause 1 "Doors" requirement {
    document "+SUM(1) | [link](http://evil)"
    clause 1.1 "`Keys` <script>alert(1)</script> www.evil.example" letters b { document (a) "List of keys" }
    clause 1.2 "名前 e\u{301}e\u{301} and a title that is so long that no table has room for it, whatever its width may be" should
    clause 1.3 "-2+3"
  }
  clause 2 "Windows" {
    clause 2.1 "a\u{1b}[31m\u{202e}b" { document "Plan" document "Never" }
    clause 2.2 "Panes"
  }
  control A.1 "Locks" {
    control A.1.1 "Included and answered"
    control A.1.2 "Answered by an item"
    control A.1.3 "Answered partly"
    control A.1.4 "By somebody else"
    control A.1.5 "Planned"
    control A.1.6 "Overdue"
    control A.1.7 "Nobody"
    control A.1.8 "Excluded"
    control A.1.9 "Excluded, but covered"
    control A.1.10 "Undecided"
    control A.1.11 "Decided twice"
    control A.1.12 "Undecided, but covered"
    control A.1.13 "Excluded with a document" { document "Not asked for" }
    control A.1.14 "Included with a document" { document "Asked for" }
  }
}
standard flat:1 "A list" { clause 1 "One" clause 2 "Two" control B.1 "Three" control B.2 "Four" }
role r "R"
party landlord "=1+1"
item policy "@policy" { covers A.1.2, A.1.1 }
item list { documents 1.1(a), 2.1 }
item unproduced { documents 1 }
process watch-keeping-of-the-north-entrance { covers 1.*, A.1.1 result list }
process b { covers A.1.3 partly because "b" covers 1.1(b), 1.1(a) covers 1 partly because "b" covers A.1.9, A.1.12 }
process c { covers 1.1 partly because "b" result list }
process d { covers 1.1, 1.2 partly because "b" }
applicability own:1 {
  include A.1.1, A.1.2, A.1.3, A.1.7, A.1.11, A.1.14 because "b"
  include A.1.4 because "b" by landlord
  include A.1.5 because "b" planned until 2099-06-30
  include A.1.6 because "b" planned until 2020-06-30
  exclude A.1.8, A.1.9, A.1.11, A.1.13 because "b" accepted by r
}
"#;

/// The strings of the language have no escapes for characters, so that these stand in the text itself.
fn hostile() -> String {
    HOSTILE.replace("\\u{301}", "\u{301}").replace("\\u{1b}", "\u{1b}").replace("\\u{202e}", "\u{202e}")
}

#[test]
fn pretty() {
    let style = CoverageStyle::default;
    insta::assert_snapshot!("coverage_pretty_minimal", written(CoverageFormat::Pretty, fixture("minimal"), style()));
    insta::assert_snapshot!(
        "coverage_pretty_sourcegraph",
        written(CoverageFormat::Pretty, fixture("sourcegraph"), style())
    );
    let hostile = || of_text(&hostile()).1;
    insta::assert_snapshot!("coverage_pretty_hostile", written(CoverageFormat::Pretty, hostile(), style()));
    let narrow = CoverageStyle { colour: false, unicode: false, width: 60 };
    insta::assert_snapshot!("coverage_pretty_narrow_in_ascii", written(CoverageFormat::Pretty, hostile(), narrow));
}

#[test]
fn markdown() {
    for name in ["minimal", "sourcegraph"] {
        let text = written(CoverageFormat::Markdown, fixture(name), CoverageStyle::default());
        insta::assert_snapshot!(format!("coverage_markdown_{name}"), text);
    }
    let text = written(CoverageFormat::Markdown, of_text(&hostile()).1, CoverageStyle::default());
    insta::assert_snapshot!("coverage_markdown_hostile", text);
}

#[test]
fn csv() {
    for name in ["minimal", "sourcegraph"] {
        let text = written(CoverageFormat::Csv, fixture(name), CoverageStyle::default());
        insta::assert_snapshot!(format!("coverage_csv_{name}"), text.replace("\r\n", "\n"));
    }
    let text = written(CoverageFormat::Csv, of_text(&hostile()).1, CoverageStyle::default());
    insta::assert_snapshot!("coverage_csv_hostile", text.replace("\r\n", "\n"));
}

#[test]
fn json() {
    // The whole of the fixtures is long; what is in it is what the other formats show.
    let text = written(CoverageFormat::Json, of_text(&hostile()).1, CoverageStyle::default());
    insta::assert_snapshot!("coverage_json_hostile", text);
    let of = |name| written(CoverageFormat::Json, fixture(name), CoverageStyle::default());
    for name in ["minimal", "sourcegraph"] {
        let value: serde_json::Value = serde_json::from_str(&of(name)).expect("JSON");
        let first = &value["projects"][0]["standards"][0];
        let totals = format!("{:#}\n{:#}\n", first["clauses"], first["controls"]);
        insta::assert_snapshot!(format!("coverage_json_totals_{name}"), totals);
    }
}

#[test]
fn json_follows_its_schema() {
    let schema = serde_json::from_str(COVERAGE_SCHEMA).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    for coverage in [of_text(&hostile()).1, fixture("minimal"), fixture("sourcegraph"), Coverage::default()] {
        let text = written(CoverageFormat::Json, coverage, CoverageStyle::default());
        let value = serde_json::from_str(&text).expect("JSON");
        let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn projects_are_told_apart() {
    let projects = || {
        let text = "organization o { standard own:1 } standard own:1 { clause 1 \"One\" }";
        vec![("a".to_owned(), of_text(text).1), ("b/c".to_owned(), of_text("process p { covers 1 }").1)]
    };
    insta::assert_snapshot!("coverage_projects", several(CoverageFormat::Pretty, projects(), CoverageStyle::default()));
    let rows = several(CoverageFormat::Csv, projects(), CoverageStyle::default()).replace("\r\n", "\n");
    insta::assert_snapshot!("coverage_csv_projects", rows);
}

/// Nothing that a specification says steers a terminal, a log, a spreadsheet or a page.
#[test]
fn nothing_hostile_leaves() {
    for (word, format) in CoverageFormat::ALL {
        for width in [0, 40, 73, 100, 100_000] {
            let style = CoverageStyle { width, ..CoverageStyle::default() };
            let text = written(format, of_text(&hostile()).1, style);
            let bad: Vec<char> = text.chars().filter(|character| is_dangerous(*character)).collect();
            assert!(bad.is_empty(), "{word}: {bad:?}");
            assert!(!text.contains("##["), "{word}");
            assert!(!text.lines().any(|line| line.starts_with("::")), "{word}");
        }
    }
    let page = written(CoverageFormat::Markdown, of_text(&hostile()).1, CoverageStyle::default());
    for wanted in ["<b>", "<script>", "`", "](", "@all", "#1 ", "www."] {
        assert!(!page.contains(wanted), "{wanted}");
    }
    // As many cells in each row of a table as in its head.
    let mut cells = None;
    for line in page.lines() {
        let count = line.matches('|').count();
        assert!(count == 0 || cells.is_none_or(|cells| cells == count), "{line}");
        cells = (count > 0).then_some(count);
    }
}

/// Read as a spreadsheet reads it: every row has as many cells as the header, and none is a formula.
#[test]
fn rows_of_csv_are_whole() {
    for coverage in [of_text(&hostile()).1, fixture("sourcegraph")] {
        let text = written(CoverageFormat::Csv, coverage, CoverageStyle::default());
        let (mut rows, mut quoted): (Vec<Vec<String>>, bool) = (vec![vec![String::new()]], false);
        for character in text.replace("\r\n", "\n").chars() {
            let row = rows.last_mut().expect("a row");
            match character {
                '"' => quoted = !quoted,
                ',' if !quoted => row.push(String::new()),
                '\n' if !quoted => rows.push(vec![String::new()]),
                other => row.last_mut().expect("a cell").push(other),
            }
        }
        assert_eq!(rows.pop(), Some(vec![String::new()]), "the last row ends");
        assert!(rows.len() > 30);
        for row in &rows {
            assert_eq!(row.len(), rows[0].len(), "{row:?}");
            assert!(!row.iter().any(|cell| cell.starts_with(['=', '+', '-', '@'])), "{row:?}");
        }
    }
}

/// No line is wider than the terminal, whatever stands in it.
#[test]
fn lines_are_fitted() {
    use unicode_width::UnicodeWidthStr;
    for width in [60, 71, 80, 100, 133] {
        for unicode in [false, true] {
            for coverage in [of_text(&hostile()).1, fixture("minimal"), fixture("sourcegraph")] {
                let text = written(CoverageFormat::Pretty, coverage, CoverageStyle { colour: false, unicode, width });
                let wide: Vec<&str> = text.lines().filter(|line| line.width() > width).collect();
                assert!(wide.is_empty(), "wider than {width}: {wide:#?}");
                assert!(unicode || text.lines().all(|line| !line.contains(['✓', '✗', '…', '–', '○', '→'])));
            }
        }
    }
}

#[test]
fn the_same_answer_every_time() {
    for (_, format) in CoverageFormat::ALL {
        let once = written(format, fixture("sourcegraph"), CoverageStyle::default());
        assert_eq!(once, written(format, fixture("sourcegraph"), CoverageStyle::default()));
    }
}

/// What could not be read may hold the answer.
#[test]
fn what_could_not_be_read_is_not_said_to_be_missing() {
    let text = "organization o { standard own:1 }\n\
                standard own:1 { clause 1 \"One\" { document \"D\" } clause 2 \"Two\" }\n\
                process p { covers = 1 }\n";
    let (report, coverage) = of_text(text);
    assert!(report.diagnostics.iter().any(|finding| finding.code.as_str().starts_with("SYN")));
    let standard = &coverage.standards[0];
    let statuses: Vec<Option<Status>> = standard.entries().map(|entry| entry.status).collect();
    assert_eq!(statuses, [Some(Status::Unknown), Some(Status::Missing)]);
    let document = standard.entries().flat_map(|entry| &entry.documents).next().expect("a document");
    assert_eq!(document.status, DocumentStatus::Unknown);
    agree(text, &report, &coverage).unwrap_or_else(|error| unreachable!("{error}"));
}

/// Choices that are read from bytes, so that a failing case shrinks with them.
struct Choices<'a>(std::slice::Iter<'a, u8>);

impl Choices<'_> {
    fn below(&mut self, limit: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or(0)) % limit.max(1)
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

const NAMED: &[&str] = &[
    "1",
    "1.1",
    "1.*",
    "1.2(a)",
    "1.2",
    "1.2.*",
    "2",
    "2.1",
    "2.*",
    "3",
    "4",
    "4.1",
    "A.1",
    "A.1.*",
    "A.1.1",
    "A.1.2",
    "A.2",
    "A.2.*",
    "A.2.1",
    "A.2.1.*",
    "A.2.1.1",
    "A.3",
    "A.*",
    "old:1/1",
    "more:1/1",
    "more:1/B.1",
    "9",
];

const DECIDED: &[&str] = &[
    "A.*", "A.1.*", "A.1.1", "A.1.2", "A.1", "A.2.*", "A.2.1.*", "A.2.1.1", "A.2.2", "A.3", "B.*", "B.1", "1.2", "4.*",
];

/// A small organization that speaks of the clauses of a few standards in all ways that there are.
fn organization(choices: &mut Choices<'_>) -> String {
    let mut text = String::from(
        "standard old:1 { clause 1 }\n\
         standard std:2 { clause 1 requirement { clause 1.1 clause 1.2 letters b { document (a) \"a\" document (b) \"b\" } }\n\
         clause 2 { clause 2.1 should document \"d\" } clause 3 { document \"d\" document \"e\" } clause 4 { clause 4.1 }\n\
         control A.1 { control A.1.1 { document \"d\" } control A.1.2 }\n\
         control A.2 { control A.2.1 { control A.2.1.1 control A.2.1.2 } control A.2.2 } control A.3 }\n\
         standard more:1 { clause 1 control B.1 control B.2 }\n\
         mapping old:1 to std:2 { 1 same 1.1 }\n\
         role r party x\n",
    );
    text.push_str(choices.of(&[
        "organization o { standard std:2 }\n",
        "organization o { standard std:2 standard more:1 }\n",
        "organization o { standard more:1 standard std:2 standard old:1 }\n",
        "organization o { }\n",
        "",
    ]));
    let list = |choices: &mut Choices<'_>, word: &str| {
        let mut text = String::new();
        for _ in 0..choices.below(4) {
            let partly = if word == "covers" { choices.of(&["", "", "partly because \"b\""]) } else { "" };
            let _ = write!(text, "{word} {} {partly} ", choices.of(NAMED));
        }
        text
    };
    for process in 0..choices.below(4) {
        let result = choices.of(&["", "result i0", "result i1"]);
        let _ = writeln!(text, "process p{process} {{ {} {result} }}", list(choices, "covers"));
    }
    for item in 0..choices.below(3) {
        let (covers, documents) = (list(choices, "covers"), list(choices, "documents"));
        let documents = documents.replace(".*", "").replace("documents 9", "");
        let _ = writeln!(text, "item i{item} {{ {covers} {documents} }}");
    }
    for _ in 0..choices.below(3) {
        let _ = write!(text, "applicability {} {{ ", choices.of(&["std:2", "std:2", "more:1"]));
        for _ in 0..choices.below(7) {
            let (word, tail) = choices.of(&[
                ("include", ""),
                ("include", ""),
                ("exclude", "accepted by r"),
                ("exclude", ""),
                ("include", "by x"),
                ("include", "by nobody-known"),
                ("include", "planned until 2099-01-01"),
                ("include", "planned until 2020-01-01"),
                ("include", "planned until 2026-11-21"),
                ("include", "by x planned until 2020-01-01"),
            ]);
            let _ = write!(text, "{word} {} because \"b\" {tail} ", choices.of(DECIDED));
        }
        text.push_str("}\n");
    }
    text
}

/// How often each thing is the subject of a rule.
fn subjects(report: &Report, codes: &[&str]) -> BTreeMap<String, usize> {
    let suppressed = report.suppressed.iter().map(|one| &one.diagnostic);
    let findings = report.diagnostics.iter().chain(suppressed).filter(|one| codes.contains(&one.code.as_str()));
    let mut counts = BTreeMap::new();
    for subject in findings.filter_map(|finding| finding.subject.as_ref()) {
        *counts.entry(subject.id.clone()).or_default() += 1;
    }
    counts
}

/// Holds the coverage to the findings of the rules.
fn agree(text: &str, report: &Report, coverage: &Coverage) -> Result<(), TestCaseError> {
    let found = |codes: &[&str]| subjects(report, codes);
    let (unmapped, headings) = (found(&["CLAUSE001", "CLAUSE006"]), found(&["CLAUSE004"]));
    let (unkept, lapsed, undecided) = (found(&["SOA005"]), found(&["SOA008"]), found(&["SOA001"]));
    let (covered, partly, excluded) = (found(&["SOA004"]), found(&["CLAUSE007"]), found(&["SOA002"]));
    let mut documents = BTreeMap::new();
    let mut seen = BTreeMap::new();
    for standard in &coverage.standards {
        sum(standard)?;
        let mut above: Vec<String> = Vec::new();
        for entry in standard.entries() {
            let id = format!("{}/{}", standard.standard.id, entry.number);
            prop_assert!(seen.insert(id.clone(), ()).is_none(), "{} stands there twice", id);
            above.truncate(entry.depth);
            let under_heading = above.iter().any(|id| headings.contains_key(id));
            above.push(id.clone());
            let says = format!("{id}: {:?}, {:?}\n{text}", entry.status, entry.decision);
            let is = |status: Status| entry.status == Some(status);
            let is_control = entry.kind == EntryKind::Control;

            prop_assert!(!unmapped.contains_key(&id) || is(Status::Missing), "CLAUSE001 speaks of {}", says);
            if is(Status::Missing) && !is_control {
                let is_said = unmapped.contains_key(&id) || under_heading || excluded.contains_key(&id);
                let is_said = is_said || matches!(entry.decision, Some(Decision::Excluded | Decision::Contested));
                prop_assert!(is_said, "no rule speaks of {}", says);
            }
            prop_assert_eq!(unkept.contains_key(&id), is_control && is(Status::Missing), "SOA005: {}", says);
            let was_planned = is(Status::Lapsed) || is(Status::Missing);
            prop_assert!(!lapsed.contains_key(&id) || was_planned, "SOA008 speaks of {}", says);
            prop_assert!(!is(Status::Lapsed) || lapsed.contains_key(&id), "SOA008 does not speak of {}", says);
            let is_open = standard.has_statement && entry.decision == Some(Decision::Undecided);
            prop_assert_eq!(undecided.contains_key(&id), is_open, "SOA001: {}", says);
            let by_process = entry.answers.iter().any(|answer| !answer.is_item);
            prop_assert_eq!(covered.contains_key(&id), is(Status::Excluded) && by_process, "SOA004: {}", says);
            let may_be_partly = !is_control || matches!(entry.decision, Some(Decision::Included | Decision::Contested));
            prop_assert_eq!(partly.contains_key(&id), is(Status::Partly) && may_be_partly, "CLAUSE007: {}", says);
            prop_assert!(!is(Status::Answered) || !entry.answers.is_empty(), "nobody answers {}", says);
            for document in entry.documents.iter().filter(|document| document.status == DocumentStatus::Missing) {
                *documents.entry(format!("{}/{}", standard.standard.id, document.clause)).or_default() += 1;
            }
        }
    }
    prop_assert_eq!(found(&["DOC001"]), documents, "DOC001\n{}", text);
    for code in [&unmapped, &unkept, &lapsed, &undecided] {
        let lost: Vec<&String> = code.keys().filter(|id| !seen.contains_key(*id)).collect();
        // A control of a standard that is not declared can be decided on.
        let lost: Vec<&&String> = lost.iter().filter(|id| is_declared(coverage, id)).collect();
        prop_assert!(lost.is_empty(), "{:?} are found, but not shown\n{}", lost, text);
    }
    Ok(())
}

fn is_declared(coverage: &Coverage, id: &str) -> bool {
    coverage.standards.iter().any(|standard| id.starts_with(&format!("{}/", standard.standard.id)))
}

/// Every unit is counted once, by chapter and in all.
fn sum(standard: &StandardCoverage) -> Result<(), TestCaseError> {
    let all = Totals::of(standard.entries());
    let units: usize = standard.chapters.iter().map(|chapter| chapter.totals().units).sum();
    prop_assert_eq!(all.units, units);
    prop_assert_eq!(all.units, Status::ALL.iter().map(|status| all.count(*status)).sum::<usize>());
    prop_assert_eq!(all.units, standard.totals(false).units + standard.totals(true).units);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_table_agrees_with_the_rules(bytes in proptest::collection::vec(any::<u8>(), 100)) {
        let text = organization(&mut Choices(bytes.iter()));
        let (report, coverage) = of_text(&text);
        let wrong = report.diagnostics.iter().find(|finding| finding.code.as_str().starts_with("SYN"));
        prop_assert!(wrong.is_none(), "{:?}\n{}", wrong, text);
        agree(&text, &report, &coverage)?;
    }
}

#[test]
fn the_agreement_has_something_to_agree_about() {
    let mut state = 1_u32;
    let mut statuses: BTreeMap<Option<Status>, usize> = BTreeMap::new();
    for _ in 0..80 {
        let bytes: Vec<u8> = (0..100)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            })
            .collect();
        let (_, coverage) = of_text(&organization(&mut Choices(bytes.iter())));
        for entry in coverage.standards.iter().flat_map(StandardCoverage::entries) {
            *statuses.entry(entry.status).or_default() += 1;
        }
    }
    for status in Status::ALL.into_iter().filter(|status| *status != Status::Unknown) {
        assert!(statuses.get(&Some(status)).is_some_and(|count| *count > 5), "{status:?}: {statuses:?}");
    }
}
