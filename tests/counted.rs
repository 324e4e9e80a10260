//! Findings that nobody will see are counted and not worded: what is shown and what is counted stays as it is.

#![expect(clippy::disallowed_methods, clippy::expect_used, reason = "a test calls programs, and fails by panicking")]

#[path = "../benches/generator.rs"]
mod generator;
#[path = "support/folder.rs"]
mod support;

use std::collections::BTreeMap;
use std::process::Command;

use ismslint::diagnostic::{Place, Severity};
use ismslint::engine::{self, Inputs, Level, Override, Report, Settings};
use ismslint::report::{self, Format, Home, Shown, Style, Summary};
use ismslint::text::{Date, Source};

const MOST: usize = 10;

/// A project in which every second flow is broken: a thousand findings, most of them of a few rules.
fn dirty() -> Vec<(String, String)> {
    generator::shaped(20, 11, generator::Shape::Dirty).files
}

fn check(files: &[(String, String)], settings: Settings) -> Report {
    let sources = files.iter().map(|(path, text)| Source::new(path.as_str(), text.as_str())).collect();
    engine::check(Inputs { sources, settings, today: Date::from_days(0), known_paths: None })
}

fn drawn(report: &Report, style: Style) -> String {
    let standing = report.diagnostics.iter().map(|finding| (0, finding, None));
    let allowed = report.suppressed.iter().map(|one| (0, &one.diagnostic, Some(one.because.as_str())));
    let mut findings: Vec<_> = standing.chain(allowed).collect();
    findings.sort_by(|left, right| left.1.order(right.1));
    let reports = vec![(String::new(), report)];
    let shown = Shown { reports, findings, baselined: None, summary: Summary::default(), home: Home::default() };
    let mut text = Vec::new();
    report::write(Format::Pretty, &shown, style, &mut text).expect("memory takes everything");
    String::from_utf8(text).expect("UTF-8")
}

/// Checks with and without words for everything; answers with how many findings have none.
fn is_the_same(files: &[(String, String)], settings: Settings) -> usize {
    let brief = check(files, Settings { most_places: Some(MOST), ..settings.clone() });
    let full = check(files, settings);
    assert!(full.counted.is_empty());
    for notes in [false, true] {
        for suppressed in [false, true] {
            let style = Style { notes, suppressed, ..Style::default() };
            assert_eq!(drawn(&brief, style), drawn(&full, style));
        }
    }
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        assert_eq!(brief.count(severity), full.count(severity), "{severity:?}");
    }
    assert_eq!(brief.suppressed.len(), full.suppressed.len());
    let mut worded: BTreeMap<String, usize> = BTreeMap::new();
    for finding in &full.diagnostics {
        *worded.entry(finding.code.to_string()).or_default() += 1;
    }
    for counted in &brief.counted {
        let code = counted.code.to_string();
        let here = brief.diagnostics.iter().filter(|finding| finding.code == counted.code).count();
        assert!(here >= MOST, "{code}: {here}");
        assert_eq!(here + counted.findings, worded[&code], "{code}");
    }
    brief.counted.iter().map(|counted| counted.findings).sum()
}

#[test]
fn what_nobody_sees_is_counted() {
    assert!(is_the_same(&dirty(), Settings::default()) > 100);
}

#[test]
fn what_is_allowed_is_no_finding() {
    // In the last files, where nothing has words any more; and in all but them, so that the first that stand come late.
    for allowing in [18..21, 0..14] {
        let mut files = dirty();
        for (_, text) in &mut files[allowing] {
            *text = format!("\n{text}").replace("\nprocess ", "\n@allow(FLOW001, because \"for a while\")\nprocess ");
        }
        let report = check(&files, Settings::default());
        assert!(report.suppressed.len() > 50 && report.diagnostics.len() > 300);
        assert!(is_the_same(&files, Settings::default()) > 50);
    }
}

#[test]
fn what_follows_from_a_mistake_of_syntax_is_no_finding() {
    let mut files = dirty();
    let found = check(&files, Settings::default()).diagnostics;
    let subjects = found.iter().rev().filter(|finding| finding.code.as_str() == "FLOW001");
    let words: Vec<String> =
        subjects.filter_map(|finding| Some(finding.subject.as_ref()?.short.to_string())).take(20).collect();
    assert!(words.len() == 20);
    files[3].1.push_str(&format!("\nprocess broken {{ results {} }}\n", words.join(" ")));
    let fewer = check(&files, Settings::default()).diagnostics;
    assert!(fewer.len() + 10 < found.len(), "{} of {}", fewer.len(), found.len());
    is_the_same(&files, Settings::default());
}

#[test]
fn what_is_declared_twice_is_no_finding() {
    let mut files = dirty();
    let twice = files[18].1.replace("input missing-", "input absent-");
    let others = check(&files, Settings::default()).diagnostics.len();
    files.push(("twice.isms".to_owned(), twice));
    let of_twice = |report: &Report| {
        let is_second = |place: Place| report.sources.get(place.file).path() == "twice.isms";
        let found = report.diagnostics.iter().filter_map(|finding| finding.primary.as_ref());
        found.filter(|label| is_second(label.place)).count()
    };
    let report = check(&files, Settings::default());
    assert!(
        report.diagnostics.len() < others + 40 && of_twice(&report) < 40,
        "{} {others} {}",
        report.diagnostics.len(),
        of_twice(&report)
    );
    assert!(is_the_same(&files, Settings::default()) > 100);
}

#[test]
fn severities_hold_for_what_is_counted() {
    let level = |code: &str, level| vec![(code.to_owned(), level)];
    let note = Settings { severity: level("FLOW001", Level::Severity(Severity::Note)), ..Settings::default() };
    assert!(is_the_same(&dirty(), note) > 100);
    let off = Settings { severity: level("FLOW001", Level::Off), ..Settings::default() };
    is_the_same(&dirty(), off);
    let some = globset::GlobSetBuilder::new()
        .add(globset::Glob::new("processes/part-0000*").expect("a pattern"))
        .build()
        .expect("patterns");
    let here = Override { paths: some, severity: level("FLOW", Level::Off) };
    let overridden = Settings { overrides: vec![here], ..Settings::default() };
    assert_eq!(is_the_same(&dirty(), overridden), 0, "the severity of each is its own");
    let selected = Settings { select: vec!["FLOW002".to_owned()], ..Settings::default() };
    is_the_same(&dirty(), selected);
}

#[test]
fn rules_of_the_project_are_counted_too() {
    let mut files = dirty();
    // Some findings at one place, and some that reach into a shipped file.
    let rules = "rule OWN001 each note { for process p, result r of p report p \"`{r}`\" }\n\
                 rule OWN002 shipped note { for process p, clause c report c \"`{p}`\" }\n";
    files.push(("rules.isms".to_owned(), rules.to_owned()));
    assert!(is_the_same(&files, Settings::default()) > 1_000);
}

/// The command words everything where something else than the drawing needs it, and says the same.
#[test]
fn the_command_says_the_same() {
    let folder = support::empty("counted", "command");
    for (path, text) in dirty() {
        support::write(&folder, &path, &text);
    }
    let run = |line: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ismslint"));
        for name in ["CLICOLOR_FORCE", "ISMSLINT_OUTPUT_FORMAT", "ISMSLINT_OUTPUT_FILE"] {
            command.env_remove(name);
        }
        let arguments = line.split_whitespace();
        let output = command.arg("check").args(arguments).current_dir(&folder).output().expect("the program runs");
        let said = String::from_utf8(output.stderr).expect("UTF-8");
        let said: Vec<String> =
            said.lines().map(|line| line.split(" in ").next().unwrap_or_default().to_owned()).collect();
        let counts: Vec<String> = said.iter().filter(|line| !line.starts_with("checked")).cloned().collect();
        (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"), counts)
    };
    let flags = ["", "--statistics", "--show note --fail-on note", "--show-suppressed", "--severity FLOW001=note"];
    let paths = ["processes/part-00019.isms", "organization.isms --statistics", ". organization.isms"];
    for line in flags.into_iter().chain(paths) {
        assert_eq!(run(line), run(&format!("{line} --max-findings 1000000")), "{line}");
    }
    // Whoever sees more gets more.
    let lines = |line: &str| run(line).1.lines().filter(|line| line.starts_with("error[FLOW001]")).count();
    let (few, all) = (lines(""), lines("--all"));
    assert!(few == 3 && all > 100, "{few}, {all}");
    let objects = run("--format json-lines").1.lines().filter(|line| line.contains("FLOW001")).count();
    assert_eq!(objects, all);
    let summed = run("--format concise").1.lines().filter(|line| line.contains("FLOW001")).count();
    assert_eq!(objects, summed);
    let every = run("--format concise --show note").1.lines().count();
    let left_out = format!("{} findings not shown (`--max-findings`)", every - 5);
    assert!(run("--max-findings 5").2.contains(&left_out), "{left_out}");
    let in_file = run("--write-baseline baseline.jsonl");
    assert_eq!(in_file.0, Some(0));
    assert_eq!(run("--baseline baseline.jsonl").0, Some(0), "every finding is in it");
    std::fs::remove_dir_all(&folder).expect("the folder goes");
}
