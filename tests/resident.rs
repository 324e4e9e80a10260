//! The resident engine forgets nothing that matters and remembers nothing that does not: after any sequence of edits it says
//! what a fresh run says.

#![expect(clippy::disallowed_methods, clippy::expect_used, reason = "a test reads files, and fails by panicking")]

#[path = "../benches/generator.rs"]
mod generator;
#[path = "support/random.rs"]
mod random;

use std::collections::BTreeMap;
use std::path::PathBuf;

use ismslint::builtin;
use ismslint::engine::{self, Inputs, Report, Resident, Settings};
use ismslint::report::{Format, Home, Shown, Style, Summary, write};
use ismslint::text::{Date, Source};

use generator::Random;
use random::{Choices, DEFINES, organization, rule_with_words};

/// Rules with a recursive predicate, a test, a pattern, and one that names the other.
const RULES: &str = r#"
/// An item flows from one to the other, at any distance.
define passes-on(process a, process b) when exists result r of a, input i of b where r.item = i.item
define reaches(process a, process b) when passes-on(a, b) or (exists process c where passes-on(a, c) and reaches(c, b))

/// Nobody should wait for themselves.
rule OWN077 no-circles-at-all warning {
    for process p where reaches(p, p)
    report p "`{p}` waits for itself"
}

test OWN077 "two that wait for one another" {
    process a { input y from b result x to b }
    process b { input x from a result y to a }
    expect a, b
}
"#;

/// What is put into texts.
const PIECES: &[&str] = &[
    "{",
    "}",
    "\"",
    "(",
    " from ",
    "\n",
    "// a remark\n",
    "process p1 { input x from p2 result y }\n",
    "role ciso \"Again\"\n",
    "@allow(FLOW002, because \"so it is\")\n",
    "@allow(OWN077, because \"for now\", until 2026-12-01)\n",
    "organization other \"Another\"\n",
    "rule OWN002 each warning { for process p report p \"`{p}`\" }\n",
    "define passes-on(process a) when a = a\n",
    "standard own:2026 \"Our own\" { clause 1 \"First\" }\n",
    "Ä",
    "\u{202e}",
    "\u{feff}",
    "```isms\nrole x\n```\n",
];

/// The files of a project while it is edited.
struct Project {
    files: BTreeMap<String, Source>,
    /// Texts that were there once, to be brought back.
    texts: Vec<String>,
    chance: Random,
}

impl Project {
    fn new(seed: u64) -> Self {
        let mut files: Vec<(String, String)> = generator::project(2, seed).files;
        files.push(("own/rules.isms".to_owned(), RULES.to_owned()));
        let mut open = vec![PathBuf::from("fixtures"), PathBuf::from("examples")];
        while let Some(path) = open.pop() {
            if path.is_dir() {
                open.extend(std::fs::read_dir(&path).expect("a folder").flatten().map(|entry| entry.path()));
            } else if path.extension().is_some_and(|ending| ending == "isms" || ending == "md") {
                files
                    .push((path.to_string_lossy().replace('\\', "/"), std::fs::read_to_string(&path).expect("a text")));
            }
        }
        files.sort();
        let mut texts: Vec<String> = files.iter().map(|(_, text)| text.clone()).collect();
        // A file of the project with the text of a shipped one stands for it.
        texts.extend(builtin::sources_with_tests(&[]).iter().take(3).map(|source| source.text().to_owned()));
        let mut chance = Random::new(seed);
        // Other files in each project: an edit of all of them has too many names that are declared twice.
        let kept = files.into_iter().filter(|(path, _)| path.starts_with("own") || chance.below(3) == 0);
        let files = kept.map(|(path, text)| (path.clone(), Source::new(path, text))).collect();
        Self { files, texts, chance }
    }

    fn path(&mut self) -> Option<String> {
        let at = self.chance.below(self.files.len());
        self.files.keys().nth(at).cloned()
    }

    fn old_text(&mut self) -> String {
        let at = self.chance.below(self.texts.len());
        self.texts[at].clone()
    }

    fn write(&mut self, path: String, text: String) {
        self.files.insert(path.clone(), Source::new(path, text));
    }

    /// Changes something, and says what.
    fn edit(&mut self) -> String {
        let Some(path) = self.path() else {
            let text = self.old_text();
            self.write("first.isms".to_owned(), text);
            return "the first file".to_owned();
        };
        let number = self.chance.below(100);
        match self.chance.below(12) {
            0 => {
                self.files.remove(&path);
                format!("delete {path}")
            }
            1 => {
                let (new, text) = (format!("{}/{number}.isms", ["a", "m", "z"][number % 3]), self.old_text());
                self.write(new.clone(), text);
                format!("add {new}")
            }
            2 => {
                let new = format!("{}/{number}.{}", ["a", "m", "z"][number % 3], ["isms", "md"][number % 2]);
                let text = self.files.remove(&path).map(|source| source.text().to_owned()).unwrap_or_default();
                self.write(new.clone(), text);
                format!("rename {path} to {new}")
            }
            3 => {
                let text = self.old_text();
                self.write(path.clone(), text);
                format!("write another text to {path}")
            }
            // Rules more often than others: all that is kept of them depends on one another.
            4 if self.files.contains_key("own/rules.isms") => self.splice("own/rules.isms".to_owned()),
            _ => self.splice(path),
        }
    }

    /// Replaces some bytes by a piece, or by some of another file.
    fn splice(&mut self, path: String) -> String {
        let text = self.files.get(&path).map(|source| source.text().to_owned()).unwrap_or_default();
        let length = text.len() + 1;
        let start = boundary(&text, self.chance.below(length));
        let longest = [0, 1, 8, 200][self.chance.below(4)];
        let end = boundary(&text, start + self.chance.below(longest + 1)).max(start);
        let new = if self.chance.below(2) == 0 {
            PIECES[self.chance.below(PIECES.len())].to_owned()
        } else {
            let other = self.old_text();
            let from = boundary(&other, self.chance.below(other.len() + 1));
            let to = boundary(&other, from + self.chance.below(100));
            other[from..to].to_owned()
        };
        let edited = format!("{}{new}{}", &text[..start], &text[end..]);
        self.texts.push(text);
        self.write(path.clone(), edited);
        format!("replace {start}..{end} of {path} by {new:?}")
    }

    fn inputs(&self, settings: &Settings, today: &str) -> Inputs {
        Inputs {
            sources: self.files.values().cloned().collect(),
            settings: settings.clone(),
            today: Date::parse(today).expect("a day"),
            known_paths: Some(Box::new(|path: &str| path.len().is_multiple_of(2))),
        }
    }

    /// The same with texts that share nothing with others, as they come from the disk.
    fn fresh(&self, settings: &Settings, today: &str) -> Inputs {
        let inputs = self.inputs(settings, today);
        let copy = |source: Source| {
            let mark = if source.had_byte_order_mark() { "\u{feff}" } else { "" };
            Source::new(source.path(), format!("{mark}{}", source.text()))
        };
        Inputs { sources: inputs.sources.into_iter().map(copy).collect(), ..inputs }
    }
}

/// The end of the text, or the begin of the character, that a number of bytes leads to.
fn boundary(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}

/// Everything that a report says, as it leaves and as it is.
fn said(report: &Report) -> String {
    let findings = report.diagnostics.iter().map(|finding| (0, finding, None));
    let suppressed = report.suppressed.iter().map(|one| (0, &one.diagnostic, Some(one.because.as_str())));
    let shown = Shown {
        reports: vec![(String::new(), report)],
        findings: findings.chain(suppressed).collect(),
        baselined: None,
        summary: Summary { files: report.files, processes: report.processes, ..Summary::default() },
        home: Home::default(),
    };
    let mut out = Vec::new();
    let style = Style { colour: false, unicode: true, all: true, notes: true, suppressed: true };
    write(Format::Json, &shown, style, &mut out).expect("a vector can be written");
    let mut text = String::from_utf8(out).expect("reports are UTF-8");
    for finding in &report.diagnostics {
        text.push_str(&format!("{finding:?}\n"));
    }
    text.push_str(&format!("{:?}\n", report.suppressed));
    for rule in &report.rules {
        text.push_str(&format!("{rule:?}\n"));
    }
    for (file, source) in report.sources.iter() {
        text.push_str(&format!("{file:?} {} {}\n", source.path(), source.text().len()));
    }
    text
}

#[track_caller]
fn assert_same(resident: &Report, fresh: &Report, history: &[String]) {
    let (left, right) = (said(resident), said(fresh));
    let differs = left.lines().zip(right.lines()).find(|(left, right)| left != right);
    assert!(left == right, "after {history:#?}\nthe resident engine and a fresh one differ: {differs:#?}");
}

/// Random edits, at one and at two threads; each sequence has its own seed.
fn sequences(seeds: std::ops::Range<u64>, steps: usize) {
    for seed in seeds {
        let mut project = Project::new(seed);
        let mut resident = Resident::new();
        let mut history = vec![format!("seed {seed}")];
        for step in 0..steps {
            let settings = Settings { threads: Some(1 + step % 2), ..Settings::default() };
            let today = if step % 5 == 4 { "2027-01-01" } else { "2026-11-21" };
            let report = resident.check(project.inputs(&settings, today));
            let settings = Settings { threads: Some(1), ..settings };
            assert_same(&report, &engine::check(project.fresh(&settings, today)), &history);
            // Now and then several files change between two checks, or none.
            for _ in 0..project.chance.below(4) {
                let edit = project.edit();
                history.push(edit);
            }
        }
    }
}

#[test]
fn after_random_edits_it_says_what_a_fresh_run_says() {
    sequences(1..5, 20);
}

#[test]
fn other_random_edits() {
    sequences(5..9, 20);
}

/// Names that are nearly known, and mends, of a project in which files are edited, come and go: what is found out for these is
/// kept where it holds.
#[test]
fn suggestions_and_mends_are_those_of_a_fresh_run() {
    let settings = Settings { threads: Some(2), ..Settings::default() };
    let mut chance = Random::new(11);
    let files = generator::shaped(12, 11, generator::Shape::Dirty).files.into_iter();
    let files = files.map(|(path, text)| (path.clone(), Source::new(path, text))).collect();
    let mut project = Project { files, texts: Vec::new(), chance: Random::new(11) };
    let results: Vec<String> = project
        .files
        .values()
        .flat_map(|source| source.text().lines())
        .filter_map(|line| line.trim().strip_prefix("result ")?.split(' ').next().map(str::to_owned))
        .collect();
    let (mut resident, mut history) = (Resident::new(), Vec::new());
    let mut suggestions = 0;
    for step in 0..24 {
        let report = resident.check(project.inputs(&settings, "2026-11-21"));
        assert_same(&report, &engine::check(project.fresh(&settings, "2026-11-21")), &history);
        let labels = report.diagnostics.iter().flat_map(|finding| &finding.labels);
        suggestions += labels.filter(|label| label.message.starts_with("a similar result")).count();
        let path = project.path().expect("a file");
        let text = project.files[&path].text().to_owned();
        let mut lines: Vec<&str> = text.lines().collect();
        let at = chance.below(lines.len());
        let near = results[chance.below(results.len())].replacen('e', "", 1);
        let new = match step % 6 {
            0 => format!("input {near}"),
            1 => "// a remark".to_owned(),
            2 => format!("process new-{step} {{ result {near} retained input {near}x }}"),
            3 => "\"".to_owned(),
            _ => String::new(),
        };
        match step % 6 {
            4 => drop(lines.remove(at)),
            5 => project.write(format!("processes/a{step}.isms"), text.replace("process ", "process other-")),
            _ => lines.insert(at, &new),
        }
        history.push(format!("{path}: line {at}, {new:?}"));
        project.write(path, lines.join("\n"));
    }
    assert!(suggestions > 20, "{suggestions}");
}

/// Statements that are written into a project, where `ITEM`, `PROCESS` and `ROLE` are any of its names.
const STATEMENTS: &[&str] = &[
    "input ITEM from PROCESS",
    "input ITEM from PROCESS, ROLE feedback",
    "input ITEM",
    "input *",
    "result ITEM to PROCESS",
    "result ITEM retained",
    "result ITEM to ROLE, PROCESS",
    "owner ROLE",
    "owner PROCESS",
    "activity step-9 \"Go on\" by ROLE",
    "kpi \"Time that it takes\" target \"<= 3 days\"",
    "covers 9.1, A.5.*",
    "covers 4.1(a)",
    "implements iso27022:2021/risk-assessment",
    "category core",
    "purpose \"To know what ITEM says\"",
    "trigger \"Whenever\"",
    "source \"docs/a.md\"",
    "// a remark",
    "@allow(FLOW002, because \"so it is\")",
    "} process new-PROCESS \"A new one\" { owner ROLE result ITEM retained",
    "} role new-ROLE \"A new one\" process other-PROCESS {",
    "} item ITEM \"An item\" { classification internal } process more-PROCESS {",
    "\"",
    "",
];

/// What is kept of the answers of rules and of their words holds: small edits of projects in which nothing is declared twice, as
/// that has everything found anew.
fn small_edits(shape: generator::Shape, seed: u64, steps: usize) {
    let mut files: BTreeMap<String, Source> = BTreeMap::new();
    for (path, text) in generator::shaped(4, seed, shape).files {
        let text = text.replace("standard iso27001:2022", "standard iso27001:2022\n  model iso27022:2021");
        files.insert(path.clone(), Source::new(path, text));
    }
    let own = "rule OWN031 own-order note { for cover c where exists cover d of c.process where d.position < c.position \
               report c \"`{c}` is not the first, but the {c.position}th\" }\n";
    let text = "rule OWN032 own-words note { for process p where p.purpose contains \"risk\" \
                report p \"`{p}` is there to {p.purpose}\" }\n";
    files.insert("own/rules.isms".to_owned(), Source::new("own/rules.isms", format!("{RULES}{own}{text}")));
    let words = |word: &str| -> Vec<String> {
        let lines = files.values().flat_map(|source| source.text().lines());
        lines.filter_map(|line| line.trim().strip_prefix(word)?.trim().split(' ').next().map(str::to_owned)).collect()
    };
    let (items, processes, roles) = (words("result "), words("process "), words("role "));
    let mut chance = Random::new(seed);
    let mut project = Project { files, texts: Vec::new(), chance: Random::new(seed) };
    let (mut resident, mut history) = (Resident::new(), Vec::new());
    let mut before: Vec<(String, Source)> = Vec::new();
    for step in 0..steps {
        let settings = Settings { threads: Some(1 + step % 2), ..Settings::default() };
        let report = resident.check(project.inputs(&settings, "2026-11-21"));
        assert_same(&report, &engine::check(project.fresh(&settings, "2026-11-21")), &history);
        let path = project.path().expect("a file");
        let source = project.files[&path].clone();
        // Every other edit is taken back, so that mistakes do not pile up.
        if let Some((path, source)) = before.pop() {
            history.push(format!("{path} as it was"));
            project.files.insert(path, source);
            continue;
        }
        let mut lines: Vec<&str> = source.text().lines().collect();
        let at = chance.below(lines.len());
        let mut any = |names: &[String]| names[chance.below(names.len())].clone();
        let (item, process, role) = (any(&items), any(&processes), any(&roles));
        let new = STATEMENTS[chance.below(STATEMENTS.len())];
        let new = new.replace("ITEM", &item).replace("PROCESS", &process).replace("ROLE", &role);
        let other_words = lines[at].replacen("risk", "rust", 1).replacen("the ", "the risk ", 1);
        match chance.below(5) {
            0 => drop(lines.remove(at)),
            1 => lines[at] = &new,
            2 => lines[at] = &other_words,
            _ => lines.insert(at, &new),
        }
        history.push(format!("{path}: line {at}, {new:?}"));
        let edited = lines.join("\n");
        project.write(path.clone(), edited);
        if step % 3 == 0 {
            before.push((path, source));
        }
    }
}

#[test]
fn what_rules_found_is_what_they_find_again() {
    small_edits(generator::Shape::Usual, 21, 60);
    small_edits(generator::Shape::Dirty, 22, 60);
}

#[test]
fn what_rules_found_along_rings_and_hubs_is_what_they_find_again() {
    small_edits(generator::Shape::Ring, 23, 60);
    small_edits(generator::Shape::Hub, 24, 60);
}

/// Findings that nothing else has touched say what is nearest now.
#[test]
fn a_nearer_name_elsewhere_is_suggested() {
    let files = generator::project(2, 31).files.into_iter().filter(|(path, _)| path != "processes/part-00001.isms");
    let files = files.map(|(path, text)| (path.clone(), Source::new(path, text))).collect();
    let mut project = Project { files, texts: Vec::new(), chance: Random::new(31) };
    project.write("processes/b.isms".to_owned(), "process taker { input whole-risk-registry }\n".to_owned());
    let (mut resident, mut history) = (Resident::new(), Vec::new());
    let settings = Settings { threads: Some(2), ..Settings::default() };
    let mut suggested = Vec::new();
    for item in ["nothing-alike", "whole-risk-registr", "whole-risk-regist", "whole-risc-registr", "nothing-alike"] {
        project.write("processes/a.isms".to_owned(), format!("process maker {{ result {item} retained }}\n"));
        history.push(item.to_owned());
        let report = resident.check(project.inputs(&settings, "2026-11-21"));
        assert_same(&report, &engine::check(project.fresh(&settings, "2026-11-21")), &history);
        let is_about = |finding: &&ismslint::diagnostic::Diagnostic| finding.message.contains("whole-risk-registry");
        let labels = report.diagnostics.iter().filter(is_about).flat_map(|finding| &finding.labels);
        suggested.push(labels.filter(|label| label.message.starts_with("a similar result")).count());
    }
    assert!(suggested.contains(&0) && suggested.contains(&1), "{suggested:?}");
}

/// A predicate that there is none may be declared in what the parser passed over, in a file without any rule.
#[test]
fn a_predicate_that_may_be_passed_over_is_not_called_unknown() {
    let settings = Settings { threads: Some(1), ..Settings::default() };
    let rule = "rule OWN009 odd-process note { for process p where odd(p) report p \"`{p}` is odd\" }\n";
    let files = [("own/r.isms", rule), ("a.isms", "process a {}\n")];
    let files = files.map(|(path, text)| (path.to_owned(), Source::new(path, text))).into();
    let mut project = Project { files, texts: Vec::new(), chance: Random::new(1) };
    let (mut resident, mut history) = (Resident::new(), Vec::new());
    for text in ["process a {}\n", "process a { define odd(process p) }\n", "process a {}\n"] {
        project.write("a.isms".to_owned(), text.to_owned());
        history.push(text.to_owned());
        let report = resident.check(project.inputs(&settings, "2026-11-21"));
        assert_same(&report, &engine::check(project.fresh(&settings, "2026-11-21")), &history);
        let is_unknown = report.diagnostics.iter().any(|finding| finding.code.as_str() == "RULE005");
        assert_eq!(is_unknown, !text.contains("odd"), "{text}");
    }
}

/// Each way in which a program that is kept could be the wrong one.
#[test]
fn rules_that_change_move_come_and_go_are_seen() {
    let settings = Settings { threads: Some(1), ..Settings::default() };
    let mut project = Project::new(3);
    let mut resident = Resident::new();
    let rule = "rule OWN009 every-process note { for process p report p \"`{p}` is one\" }\n";
    let steps: [(&str, &str, Option<String>); 8] = [
        ("it comes", "own/z.isms", Some(rule.to_owned())),
        ("a file before it", "a.isms", Some("process first {}\n".to_owned())),
        ("its level", "own/z.isms", Some(rule.replace("note", "error"))),
        ("its place", "own/z.isms", Some(format!("\n\n{rule}"))),
        ("a second one of its code", "own/a.isms", Some(rule.to_owned())),
        ("the file before it goes", "a.isms", None),
        ("a predicate that others call", "own/rules.isms", Some(RULES.replace("r.item = i.item", "a = b"))),
        ("it goes", "own/z.isms", None),
    ];
    let mut history = Vec::new();
    for (what, path, text) in steps {
        match text {
            Some(text) => project.write(path.to_owned(), text),
            None => drop(project.files.remove(path)),
        }
        history.push(what.to_owned());
        let report = resident.check(project.inputs(&settings, "2026-11-21"));
        assert_same(&report, &engine::check(project.fresh(&settings, "2026-11-21")), &history);
        let has_rule = report.rules.iter().any(|summary| summary.code == "OWN009");
        assert!(has_rule, "after {history:?}");
        let calls = report.rules.iter().any(|summary| summary.code == "OWN077");
        assert!(calls, "the rule with the recursive predicate can be read: {history:?}");
    }
}

/// Random rules over an organization of which a few words change from time to time: what is kept of their answers and of their
/// words rests on what each rule says, so that all ways to say something have to be tried.
fn random_rules(seed: u64, steps: usize) -> usize {
    let mut chance = Random::new(seed);
    let mut bytes = |count: usize| -> Vec<u8> { (0..count).map(|_| chance.below(256) as u8).collect() };
    let mut specification = bytes(150);
    let rules: String = (1..9)
        .map(|number| rule_with_words(&mut Choices(bytes(200).iter()), number))
        .chain([DEFINES.to_owned()])
        .collect();
    let mut resident = Resident::new();
    let mut history = vec![format!("seed {seed}"), rules.clone()];
    let mut findings = 0;
    for step in 0..steps {
        let text = organization(&mut Choices(specification.iter()));
        // A file for each process, so that the others are the same while one is edited, or there is none.
        let (processes, others): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with("process "));
        let mut files =
            BTreeMap::from([("o.isms".to_owned(), others.join("\n")), ("r.isms".to_owned(), rules.clone())]);
        files.extend(
            (0..4).map(|at| (format!("p{at}.isms"), processes.get(at).copied().unwrap_or_default().to_owned())),
        );
        history.push(text);
        let files = files.into_iter().map(|(path, text)| (path.clone(), Source::new(path, text))).collect();
        let project = Project { files, texts: Vec::new(), chance: Random::new(seed) };
        let settings = Settings { threads: Some(1 + step % 2), ..Settings::default() };
        let report = resident.check(project.inputs(&settings, "2026-11-21"));
        assert_same(&report, &engine::check(project.fresh(&settings, "2026-11-21")), &history);
        findings += report.diagnostics.iter().filter(|finding| finding.code.as_str().starts_with("OWN")).count();
        for _ in 0..=step % 2 {
            specification[chance.below(150)] = chance.below(256) as u8;
        }
    }
    findings
}

#[test]
fn what_random_rules_found_is_what_they_find_again() {
    let findings: usize = (0..24).map(|seed| random_rules(seed, 12)).sum();
    assert!(findings > 1_000, "{findings}");
}
