//! First projects: what `init` writes is sound for every model and every standard, whatever they are like.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;

use proptest::prelude::*;

use ismslint::engine::{self, Inputs, Report, Settings, Starter, Wish};
use ismslint::syntax;
use ismslint::text::{Date, FileId, Source};

const STANDARDS: [&str; 3] = ["iso27001:2005", "iso27001:2013", "iso27001:2022"];
const MODELS: [&str; 2] = ["iso27022:2021", "iso33052:2016"];

fn starter(wish: Wish<'_>, catalogues: &[Source]) -> Starter {
    let catalogues = catalogues.iter().map(|source| Source::new(source.path(), source.text())).collect();
    engine::starter(wish, catalogues).expect("a known standard and a known model")
}

fn check(starter: &Starter, catalogues: &[Source]) -> Report {
    let mut sources: Vec<Source> = starter
        .files
        .iter()
        .filter(|(path, _)| path.ends_with(".isms"))
        .map(|(path, text)| Source::new(path.as_str(), text.as_str()))
        .chain(catalogues.iter().map(|source| Source::new(source.path(), source.text())))
        .collect();
    sources.sort_by(|left, right| left.path().cmp(right.path()));
    engine::check(Inputs {
        sources,
        settings: Settings::default(),
        today: Date::new(2026, 1, 1).expect("a day"),
        known_paths: None,
    })
}

/// The findings, a line for each code with the subjects.
fn summary(report: &Report) -> String {
    let mut lines: Vec<(String, usize)> = Vec::new();
    for finding in &report.diagnostics {
        let head = format!("{} {}", finding.severity.word(), finding.code);
        match lines.iter_mut().find(|(known, _)| *known == head) {
            Some((_, count)) => *count += 1,
            None => lines.push((head, 1)),
        }
    }
    lines.sort();
    lines.iter().fold(String::new(), |mut text, (head, count)| {
        writeln!(text, "{count:>3} {head}").expect("text");
        text
    })
}

/// Whether `fmt` would leave all files as they are.
fn is_laid_out(starter: &Starter) -> bool {
    let is_same = |(path, text): &(String, String)| {
        matches!(engine::format(&Source::new(path.as_str(), text.as_str())), engine::Formatted::Same)
    };
    starter.files.iter().filter(|(path, _)| path.ends_with(".isms")).all(is_same)
}

/// What only the organization can answer may be asked for; that names are known, flows meet and the model is followed may
/// not.
fn assert_sound(report: &Report, of: &str) {
    let questions = ["CLAUSE001", "CLAUSE006", "DOC001", "PROC001", "ROLE001", "SOA001"];
    let notes = ["FLOW008", "MODEL007", "PROC002", "PROC003", "PROC004", "CLAUSE007", "CLAUSE008"];
    let unsound: Vec<String> = report
        .diagnostics
        .iter()
        .filter(|finding| {
            let code = finding.code.as_str();
            // What is wrong with a model is not the project's fault.
            if code.starts_with("PRM") {
                return false;
            }
            let is_note = finding.severity == ismslint::diagnostic::Severity::Note;
            !(questions.contains(&code) || is_note && notes.contains(&code))
        })
        .map(|finding| format!("{}: {}", finding.code, finding.message))
        .collect();
    assert!(unsound.is_empty(), "{of}:\n{}", unsound.join("\n"));
}

/// The printer changes nothing about the text, and reading what it prints gives the same.
fn assert_printed(starter: &Starter) {
    for (path, text) in &starter.files {
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{path} ends with one line end");
        for line in text.lines() {
            assert!(line.chars().count() <= 120, "{path}: {line}");
            assert_eq!(line, line.trim_end(), "{path}");
        }
        if !path.ends_with(".isms") {
            continue;
        }
        let source = Source::new(path.as_str(), text.as_str());
        let parsed = syntax::parse(&source, FileId(0));
        assert!(parsed.errors.is_empty(), "{path}: {:?}", parsed.errors);
        assert_eq!(syntax::print(&source, &parsed), *text, "{path}");
    }
}

#[test]
fn every_pair_is_sound_and_asks_only_what_the_organization_can_answer() {
    let mut all = String::new();
    for model in MODELS {
        for standard in STANDARDS {
            let starter = starter(Wish { standard, model, name: None }, &[]);
            let report = check(&starter, &[]);
            assert_sound(&report, &format!("{model}, {standard}"));
            assert!(is_laid_out(&starter), "{model}, {standard}");
            assert_printed(&starter);
            writeln!(all, "{model}, {standard}: {} files, {} processes", starter.files.len(), report.processes)
                .expect("text");
            all.push_str(&summary(&report));
        }
    }
    insta::assert_snapshot!(all);
}

#[test]
fn what_the_model_points_to_is_covered_already() {
    for model in MODELS {
        for standard in STANDARDS {
            let report = check(&starter(Wish { standard, model, name: None }, &[]), &[]);
            for finding in &report.diagnostics {
                let points = finding.help.iter().any(|help| help.contains("the reference model points to"));
                assert!(!points, "{model}, {standard}: {} {:?}", finding.message, finding.help);
            }
        }
    }
}

#[test]
fn the_same_wish_gives_the_same_bytes() {
    let wish = Wish { standard: "iso27001:2013", model: "iso27022:2021", name: Some("Tideline") };
    assert_eq!(starter(wish, &[]).files, starter(wish, &[]).files);
}

#[test]
fn a_name_is_a_string_whatever_is_in_it() {
    for name in ["Müller & Søn \"A/S\"", "a\\b", "x\n}\nrole y", "\u{202e}evil\u{1b}[31m", "名前", "3", "\"\"\""] {
        let starter = starter(Wish { standard: "iso27001:2022", model: "iso27022:2021", name: Some(name) }, &[]);
        assert_printed(&starter);
        let report = check(&starter, &[]);
        assert_sound(&report, name);
        let (_, text) = starter.files.iter().find(|(path, _)| path == "organization.isms").expect("the file");
        let parsed = syntax::parse(&Source::new("organization.isms", text.as_str()), FileId(0));
        let organization = parsed.tree.declarations.iter().find_map(|declaration| match &declaration.kind {
            syntax::tree::DeclarationKind::Organization(organization) => organization.title,
            _ => None,
        });
        assert_eq!(syntax::string_value(text, organization.expect("its name")), name);
    }
}

#[test]
fn standards_and_models_that_nobody_knows_are_named_with_their_nearest() {
    let wish = |standard, model| Wish { standard, model, name: None };
    let unknown = engine::starter(wish("iso27001:2012", "iso27022:2021"), Vec::new()).expect_err("no such standard");
    assert_eq!((unknown.what, unknown.nearest.as_deref()), ("standard", Some("iso27001:2013")));
    assert_eq!(unknown.known, STANDARDS);
    // Three editions are known, and none of them is the obvious one.
    assert!(engine::starter(wish("iso27001", "iso27022:2021"), Vec::new()).is_err());
    let starter = starter(wish("iso27001:2022", "iso27022"), &[]);
    assert_eq!(starter.processes, 17);
    assert!(engine::starter(wish("iso27001:2022", "iso27023:2021"), Vec::new()).is_err());
}

/// A model of another sort: numbers for ids, ends that are said on one side only, items that nobody produces or takes,
/// composites, a loop within a process, words that have to be escaped.
const ODD: &str = r#"
standard house:1 "House \"rules\"" {
  clause 1 "Doors" { clause 1.1 "Keys" { document "List of keys" } clause 1.2 "Locks" requirement { clause 1.2.1 "Oil" } }
  clause 2 "Roof" should
  control B.1 "Tiles" { control B.1.1 "Count them" control B.1.2 "Wash them" }
}
standard house:2 "House rules" {
  clause 1 "Doors, keys and locks"
  clause 2 "Gutter"
  clause 3 "Roof"
}
mapping house:1 to house:2 {
  1.1, 1.2, 1.2.1 merged 1
  2               split  2, 3
}
model odd:1 "Odd \"model\"" {
  party P.1 "Neighbours"
  role  janitor
  item key-list "Keys \"and\" owners" { documents house:1/1.1 }
  item bundle { contains key-list, oil }
  process P.2 1 "Key/lock \\ management" {
    purpose "A purpose that is so long that it does not fit on one line, with a \\ in it, and which goes on and on until somebody stops it"
    outcome "Keys are known"
    activity count "Count the keys"
    input  wishes                        // nobody produces it
    input  oil from P.3                  // P.3 does not say so
    input  own-notes from P.2
    input  ghosts from P.4               // P.4 has none
    result own-notes to P.2
    result key-list to P.3, P.1
    result bundle
    covers house:1/1.1
  }
  process P.3 2 "Key/lock management" {
    category core
    input  key-list
    input  report from janitor, any
    result oil
    covers house:1/1.2
  }
  process P.4 3 "Watching" {
    category support
    input *
    result report
    covers house:1/2
  }
  process P.5 4 "Nothing is known of it" { covers house:2/2 }
  process P.6 5 "Takes and gives nothing" { input report from P.4 input * from P.5 }
}
"#;

#[test]
fn a_model_of_another_sort_is_connected() {
    let catalogues = [Source::new("odd.isms", ODD)];
    let wish = |standard| Wish { standard, model: "odd", name: None };
    for standard in ["house:1", "house:2", "iso27001:2022"] {
        let starter = starter(wish(standard), &catalogues);
        assert_printed(&starter);
        assert_sound(&check(&starter, &catalogues), standard);
    }
    let files = starter(wish("house:2"), &catalogues).files;
    let all = files.iter().filter(|(path, _)| path != "ismslint.toml").fold(String::new(), |mut all, (path, text)| {
        write!(all, "--- {path}\n{text}").expect("text");
        all
    });
    insta::assert_snapshot!(all);
}

/// A statement of a random model: whose it is, which item (none for the wildcard), and whom it names: processes, and
/// after them the party, `any` and nobody that exists.
type Statement = (bool, usize, Option<usize>, Vec<usize>);

fn random_model(statements: &[Statement], processes: usize) -> String {
    let mut text =
        "model random:1 \"Random\" {\n  party outsider\n  item i0 { contains i1, i2 documents iso27001:2013/9.1 }\n"
            .to_owned();
    for process in 0..processes {
        writeln!(text, "  process p{process} \"P\" {{\n    purpose \"Be\"").expect("text");
        let mut seen: Vec<(bool, Option<usize>, String)> = Vec::new();
        for (is_input, owner, item, ends) in statements {
            if owner % processes != process || !is_input && item.is_none() {
                continue;
            }
            let mut names: Vec<String> = ends
                .iter()
                .map(|end| match end {
                    8 => "outsider".to_owned(),
                    9 if *is_input => "any".to_owned(),
                    end => format!("p{}", end % processes),
                })
                .collect();
            // A name twice for one item is a mistake of its own.
            names.retain(|name| !seen.contains(&(*is_input, *item, name.clone())));
            names.dedup();
            names.sort();
            names.dedup();
            seen.extend(names.iter().map(|name| (*is_input, *item, name.clone())));
            let keyword = if *is_input { "input" } else { "result" };
            let id = item.map_or_else(|| "*".to_owned(), |item| format!("i{item}"));
            let preposition = match (names.is_empty(), is_input) {
                (true, _) => "",
                (false, true) => " from ",
                (false, false) => " to ",
            };
            writeln!(text, "    {keyword} {id}{preposition}{}", names.join(", ")).expect("text");
        }
        text.push_str("  }\n");
    }
    text.push_str("}\n");
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a model says or leaves out, what comes of it fits together and can start.
    #[test]
    fn whatever_a_model_says_flows_meet(
        statements in proptest::collection::vec(
            (any::<bool>(), 0_usize..6, proptest::option::weighted(0.9, 0_usize..5), proptest::collection::vec(0_usize..10, 0..3)),
            0..24,
        ),
        processes in 1_usize..6,
    ) {
        let model = random_model(&statements, processes);
        let catalogues = [Source::new("random.isms", model.as_str())];
        let starter = starter(Wish { standard: "iso27001:2022", model: "random", name: None }, &catalogues);
        assert_printed(&starter);
        assert_sound(&check(&starter, &catalogues), &model);
    }
}
