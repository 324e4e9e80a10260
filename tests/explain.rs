//! `explain`, as the library answers: every clause and every reference process has its page, and a page says of a project
//! what the project says.

#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use ismslint::engine::explain::{ClausePage, Explainer, Kin, Page, Reach, ReferencePage, Titled};
use ismslint::engine::{Inputs, Settings};
use ismslint::report::{json_page, text_page};
use ismslint::text::{Date, Source, is_dangerous};
use proptest::prelude::*;

fn explainer(text: &str) -> Explainer {
    let sources = if text.is_empty() { Vec::new() } else { vec![Source::new("isms.isms", text)] };
    let today = Date::new(2026, 6, 1).expect("a day");
    Explainer::new(Inputs { sources, settings: Settings::default(), today, known_paths: None })
}

fn clause(explainer: &Explainer, word: &str) -> ClausePage {
    match explainer.explain(word) {
        Some(Page::Clause(page)) => *page,
        other => panic!("`{word}` is no clause: {other:?}"),
    }
}

fn reference(explainer: &Explainer, word: &str) -> ReferencePage {
    match explainer.explain(word) {
        Some(Page::Reference(page)) => *page,
        other => panic!("`{word}` is no reference process: {other:?}"),
    }
}

fn ids(things: &[Titled]) -> Vec<&str> {
    things.iter().map(|thing| thing.id.as_str()).collect()
}

fn kin(kin: &[Kin]) -> Vec<(&str, &str, bool)> {
    kin.iter().map(|kin| (kin.clause.id.as_str(), kin.relation, kin.is_sure)).collect()
}

/// Every clause, control and reference process of the shipped files with its title, read line by line.
fn shipped() -> Vec<(String, String)> {
    let mut found = Vec::new();
    // Examples and tests of rules declare catalogues of their own.
    let sources = ismslint::builtin::sources(&[]);
    for source in sources.iter().filter(|source| !source.path().starts_with("rules/checks")) {
        let mut catalogue = String::new();
        for line in source.text().lines() {
            let mut words = line.split_whitespace();
            let (keyword, id) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            match keyword {
                "standard" | "model" => id.clone_into(&mut catalogue),
                "mapping" => catalogue.clear(),
                "clause" | "control" | "process" if !catalogue.is_empty() => {
                    let title = line.split('"').nth(1).unwrap_or_default();
                    found.push((format!("{catalogue}/{id}"), title.to_owned()));
                }
                _ => {}
            }
        }
    }
    found
}

#[test]
fn everything_in_the_shipped_catalogues_has_a_page_with_its_name_and_title() {
    let explainer = explainer("");
    let shipped = shipped();
    assert!(shipped.len() > 500, "{} entries were read", shipped.len());
    for (id, title) in shipped {
        let page = explainer.explain(&id).unwrap_or_else(|| panic!("`{id}` is not explained"));
        let text = text_page(&page, false);
        assert!(text.starts_with(&format!("{id}  {title}\n")), "{id}:\n{text}");
        let json: serde_json::Value = serde_json::from_str(&json_page(&page)).expect("JSON");
        assert_eq!((json["id"].as_str(), json["title"].as_str()), (Some(id.as_str()), Some(title.as_str())));
    }
}

#[test]
fn a_number_alone_means_the_newest_edition_and_its_namesakes_are_named() {
    let explainer = explainer("");
    let page = clause(&explainer, "10.2");
    assert_eq!(page.clause.id, "iso27001:2022/10.2");
    assert_eq!(page.clause.title, "Nonconformity and corrective action");
    assert_eq!(ids(&page.namesakes), ["iso27001:2013/10.2"]);
    assert!(kin(&page.earlier).contains(&("iso27001:2013/10.1", "moved", true)), "{:?}", page.earlier);
    assert_eq!(ids(&clause(&explainer, "9.2").namesakes), Vec::<&str>::new());
    // What only an earlier edition has is found there.
    let page = clause(&explainer, "A.12.6.1");
    assert_eq!(page.clause.id, "iso27001:2013/A.12.6.1");
    assert_eq!(page.missing_in.as_deref(), Some("iso27001:2022"));
    assert_eq!(kin(&page.later), [("iso27001:2022/A.8.8", "merged", true)]);
}

#[test]
fn another_spelling_is_no_other_title() {
    let explainer = explainer(
        "standard s:1 { clause 1 \"Organisational set-up\" clause 2 \"Plan\" }
         standard s:2 { clause 1 \"Organizational setup\" clause 2 \"Plans\" }",
    );
    assert_eq!(ids(&clause(&explainer, "s:2/1").namesakes), Vec::<&str>::new());
    assert_eq!(ids(&clause(&explainer, "s:2/2").namesakes), ["s:1/2"]);
}

#[test]
fn a_project_says_which_edition_a_number_means() {
    let explainer = explainer("organization o { standard iso27001:2013 standard iso27001:2022 }");
    let page = clause(&explainer, "10.2");
    assert_eq!((page.clause.id.as_str(), page.missing_in), ("iso27001:2013/10.2", None));
    assert_eq!(clause(&explainer, "A.5.7").clause.id, "iso27001:2022/A.5.7");
}

#[test]
fn what_is_sure_stands_over_what_is_not() {
    let explainer = explainer(
        "standard s:1 { clause 1 clause 2 clause 3 clause 4 }
         standard s:2 { clause 1 clause 2 clause 3 }
         standard s:3 { clause 1 clause 2 clause 9 }
         mapping s:1 to s:2 { 1 moved 2  1 split 3 unsure  2 same 1  withdrawn 3  withdrawn 4 unsure }
         mapping s:2 to s:3 { 2 moved 1 unsure  3 moved 1  1 renamed 2  withdrawn 2  new 9 }",
    );
    let page = clause(&explainer, "s:1/1");
    // To `s:3/1` lead two ways, both with a step that is unsure.
    assert_eq!(kin(&page.later), [("s:2/2", "moved", true), ("s:2/3", "split", false), ("s:3/1", "moved", false)]);
    assert_eq!(page.later[0].is_withdrawn, Some(true));
    assert_eq!(kin(&clause(&explainer, "s:1/2").later), [("s:2/1", "same", true), ("s:3/2", "renamed", true)]);
    assert_eq!(clause(&explainer, "s:1/2").later[1].through, ["s:2/1"]);
    assert_eq!(clause(&explainer, "s:1/3").succession.is_withdrawn, Some(true));
    assert_eq!(clause(&explainer, "s:1/4").succession.is_withdrawn, Some(false));
    assert_eq!(clause(&explainer, "s:3/9").succession.is_new, Some(true));
    let earlier = clause(&explainer, "s:3/1").earlier;
    assert_eq!(kin(&earlier), [("s:1/1", "split", false), ("s:2/3", "moved", true), ("s:2/2", "moved", false)]);
}

const PROJECT: &str = r#"
    organization harbour "Harbour" { standard iso27001:2022 model iso27022:2021 }
    role ciso "CISO"
    party landlord "Landlord"
    item policy "Our policy" { covers A.5.1 documents 5.2(e) }
    process review "Review" { implements governance-interface covers 9.3.* covers 6.1.3(d) partly because "Half" }
    process patching { covers iso27001:2013/A.12.6.1 covers 9.2 }
    omit customer-relationship because "There are no customers"
    applicability iso27001:2022 {
      include A.* because "Treats our risks"
      include A.7.* because "Premises" by landlord planned until 2027-01-31
      exclude A.7.4 because "No premises" accepted by ciso
    }
"#;

#[test]
fn a_page_says_who_covers_a_clause_and_how() {
    let explainer = explainer(PROJECT);
    let answers = |word: &str| -> Vec<(String, String, Reach, bool)> {
        let project = clause(&explainer, word).project.expect("a project");
        let answers = project.answers.into_iter();
        answers.map(|answer| (answer.who.id, answer.covered, answer.reach, answer.is_partly)).collect()
    };
    let one = |who: &str, covered: &str, reach, partly| vec![(who.to_owned(), covered.to_owned(), reach, partly)];
    assert_eq!(answers("9.3.2"), one("review", "9.3.*", Reach::Whole, false));
    assert_eq!(answers("6.1.3"), one("review", "6.1.3(d)", Reach::Letter, true));
    assert_eq!(answers("6.1"), one("review", "6.1.3(d)", Reach::Below, true));
    assert_eq!(answers("9.2.1"), one("patching", "9.2", Reach::Heading, false));
    assert_eq!(answers("9.2"), one("patching", "9.2", Reach::Heading, false));
    assert_eq!(answers("A.8.8"), one("patching", "iso27001:2013/A.12.6.1", Reach::OtherEdition, false));
    assert_eq!(answers("A.5.1"), one("policy", "A.5.1", Reach::Whole, false));
    assert_eq!(answers("4.1"), []);
    let documented = clause(&explainer, "5.2").project.expect("a project").documented;
    assert_eq!((documented[0].0.id.as_str(), documented[0].1.as_str()), ("policy", "5.2(e)"));
}

#[test]
fn a_page_says_what_was_decided_nearest_first() {
    let explainer = explainer(PROJECT);
    let decided = |word: &str| {
        let decisions = clause(&explainer, word).project.expect("a project").decisions;
        assert_eq!(decisions.len(), 1, "{word}");
        decisions.into_iter().next().expect("a decision")
    };
    assert_eq!((decided("A.5.7").decided.as_str(), decided("A.5.7").is_excluded), ("A.*", false));
    assert_eq!((decided("A.7.4").decided.as_str(), decided("A.7.4").is_excluded), ("A.7.4", true));
    assert_eq!(decided("A.7.4").because.as_deref(), Some("No premises"));
    let one = decided("A.7.3");
    assert_eq!((one.by.join(" "), one.planned.expect("a day").to_string()), ("landlord".into(), "2027-01-31".into()));
}

#[test]
fn a_page_says_what_becomes_of_a_reference_process() {
    let explainer = explainer(PROJECT);
    let page = reference(&explainer, "governance-interface").project.expect("a project");
    assert_eq!(page.implemented[0].0.id, "review");
    assert_eq!(page.implemented[0].1.as_deref(), Some("isms.isms:6"));
    let page = reference(&explainer, "customer-relationship").project.expect("a project");
    assert_eq!(page.omitted[0].0.as_deref(), Some("There are no customers"));
    let page = reference(&explainer, "iso33052:2016/COM.11");
    assert!(!page.project.expect("a project").is_declared);
}

#[test]
fn models_correspond_in_both_directions() {
    let explainer = explainer("");
    let counterparts = |word: &str| -> Vec<(String, &str, bool)> {
        let page = reference(&explainer, word);
        let all = page.counterparts.into_iter();
        all.map(|one| (one.reference.id, one.relation, one.is_sure)).collect()
    };
    assert_eq!(counterparts("risk-assessment"), [("iso33052:2016/COM.11".to_owned(), "subset", true)]);
    assert_eq!(
        counterparts("COM.11"),
        [
            ("iso27022:2021/risk-assessment".to_owned(), "superset", true),
            ("iso27022:2021/risk-treatment".to_owned(), "superset", true)
        ]
    );
    assert_eq!(counterparts("customer-relationship"), []);
    assert_eq!(counterparts("TEC.02"), [("iso27022:2021/change-management".to_owned(), "intersects", false)]);
}

#[test]
fn each_end_of_a_flow_is_marked_by_itself() {
    let explainer = explainer(
        "model m:1 {
           party out
           process a { input x from b  input x from out inferred  input *  result y inferred }
           process b { result x to a }
         }",
    );
    let page = reference(&explainer, "m:1/a");
    let ends = |at: usize| format!("{:?} {}", page.inputs[at].ends, page.inputs[at].is_inferred);
    assert_eq!(ends(0), "[(Reference(\"b\"), false), (Outside, true)] false");
    assert_eq!((page.inputs[1].item.id.as_str(), ends(1)), ("*", "[(Anybody, false)] false".to_owned()));
    assert!(page.results[0].is_inferred);
}

#[test]
fn a_clash_of_numbers_is_named() {
    let explainer = explainer("");
    assert_eq!(ids(&clause(&explainer, "7.4").others), ["iso27022:2021/risk-assessment"]);
    assert_eq!(reference(&explainer, "iso27022:2021/7.4").reference.id, "iso27022:2021/risk-assessment");
    assert_eq!(ids(&reference(&explainer, "5.7").others), ["iso27001:2022/A.5.7"]);
}

#[test]
fn a_page_of_a_stranger_steers_no_terminal() {
    let text = "standard s:1 \"a\u{9b}b\" { clause 1 \"T\u{1b}[31m\u{202e}\" }
                organization o \"x\u{7}\" { standard s:1 } process p { covers 1 }";
    let page = explainer(text).explain("s:1/1").expect("a page");
    assert!(!text_page(&page, false).chars().any(is_dangerous));
    assert!(!json_page(&page).chars().any(is_dangerous));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever is asked, there is a page or there may be a help, and nothing else.
    #[test]
    fn any_word_is_answered(word in "(\\PC{0,12}|[a-z0-9:]{0,8}/?[A0-9.]{0,7}(\\([a-z]?\\))?(\\.\\*)?)") {
        thread_local!(static EXPLAINER: Explainer = explainer(PROJECT));
        EXPLAINER.with(|explainer| match explainer.explain(&word) {
            Some(page) => drop((text_page(&page, true), json_page(&page))),
            None => drop(explainer.nearest(&word)),
        });
    }
}
