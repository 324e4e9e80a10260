//! What is shipped beside the program says the same as the program.

#![expect(clippy::disallowed_methods, clippy::expect_used, reason = "a test reads files, and fails by panicking")]

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use regex::Regex;
use serde_json::Value;

fn ismslint(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ismslint"));
    let output = command.args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output().expect("the program runs");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn json(path: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).expect(path)).expect("JSON")
}

/// Each pattern of the problem matcher: its expression, and the group of each part of a finding.
fn patterns() -> Vec<(Regex, Value)> {
    let matcher = json(".github/ismslint-matcher.json");
    let matchers = matcher["problemMatcher"].as_array().expect("matchers");
    let owners: BTreeSet<&str> = matchers.iter().filter_map(|one| one["owner"].as_str()).collect();
    assert_eq!(owners.len(), matchers.len(), "an owner stands for one matcher");
    let first = |one: &Value| one["pattern"][0].clone();
    let expression =
        |pattern: &Value| Regex::new(pattern["regexp"].as_str().expect("an expression")).expect("it reads");
    matchers.iter().map(first).map(|pattern| (expression(&pattern), pattern)).collect()
}

/// A part of the finding in a line, as the runner of GitHub reads it.
fn part(line: &str, name: &str) -> Option<String> {
    patterns().into_iter().find_map(|(expression, pattern)| {
        let group = usize::try_from(pattern.get(name)?.as_u64()?).ok()?;
        Some(expression.captures(line)?.get(group)?.as_str().to_owned())
    })
}

#[test]
fn the_problem_matcher_reads_concise_findings() {
    let mut count = 0;
    for project in ["fixtures/minimal", "fixtures/sourcegraph", "fixtures/policies"] {
        let concise = ismslint(&["check", project, "--format", "concise"]);
        let report: Value = serde_json::from_str(&ismslint(&["check", project, "--format", "json"])).expect("JSON");
        let findings = report["diagnostics"].as_array().expect("findings").iter();
        let wanted: Vec<&Value> = findings
            .filter(|one| one["severity"] != "note" && one.get("suppressed").is_none_or(Value::is_null))
            .collect();
        assert_eq!(concise.lines().count(), wanted.len(), "{project}");
        for (line, finding) in concise.lines().zip(wanted) {
            count += 1;
            let same = |name: &str, wanted: &Value| {
                let wanted = wanted.as_str().map_or_else(|| wanted.to_string(), str::to_owned);
                assert_eq!(part(line, name).as_deref(), Some(wanted.as_str()), "{name} of `{line}`");
            };
            same("file", &finding["file"]);
            same("line", &finding["start"]["line"]);
            same("column", &finding["start"]["column"]);
            same("severity", &finding["severity"]);
            same("code", &finding["code"]);
        }
    }
    assert!(count > 10, "{count} findings were read");
}

#[test]
fn the_problem_matcher_reads_nothing_else() {
    let file = "handbook/a: b.md:3:4: warning[OWN001] it says `x:1:2: error[A1] y`";
    assert_eq!(part(file, "file").as_deref(), Some("handbook/a: b.md"));
    assert_eq!(part(file, "message").as_deref(), Some("it says `x:1:2: error[A1] y`"));
    let project = "error[CLAUSE001] no process answers clause 6.3";
    assert_eq!((part(project, "file"), part(project, "code").as_deref()), (None, Some("CLAUSE001")));
    // A note would be shown as an error: the runner knows no third severity here.
    for line in ["a.isms:3:4: note[FLOW006] a note", "3 errors, 1 warning (1 suppressed)", "error: could not run", ""] {
        assert_eq!(part(line, "message"), None, "{line}");
    }
}

#[test]
fn every_shell_gets_completions_for_every_command() {
    let help = ismslint(&["--help"]);
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let commands: Vec<&str> = commands.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(commands.contains(&"check") && commands.contains(&"completions"), "{commands:?}");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = ismslint(&["completions", shell]);
        for word in commands.iter().chain(&["output-format", "fail-on", "watch"]) {
            assert!(script.contains(word), "{shell} does not know `{word}`");
        }
    }
}

/// The licences that what we ship may have, as `deny.toml` lists them.
fn allowed() -> BTreeSet<String> {
    let configuration: toml::Table =
        std::fs::read_to_string("deny.toml").expect("deny.toml").parse().expect("it is TOML");
    let allowed = configuration["licenses"]["allow"].as_array().expect("a list");
    allowed.iter().filter_map(toml::Value::as_str).map(str::to_owned).collect()
}

/// Whether an SPDX expression is met by these licences. `/` is an older way to write `OR`.
fn is_met(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let expression = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = expression.split_whitespace().collect();
    let mut at = 0;
    any(&words, &mut at, allowed) && at == words.len()
}

fn any(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut met = all(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= all(words, at, allowed);
    }
    met
}

fn all(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut met = one(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(words, at, allowed);
    }
    met
}

fn one(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let word = words.get(*at).copied().unwrap_or_default();
    *at += 1;
    if word == "(" {
        let met = any(words, at, allowed);
        *at += 1;
        return met;
    }
    if words.get(*at) == Some(&"WITH") {
        let whole = format!("{word} WITH {}", words.get(*at + 1).copied().unwrap_or_default());
        *at += 2;
        return allowed.contains(&whole);
    }
    allowed.contains(word)
}

#[test]
fn licence_expressions_are_understood() {
    let allowed = BTreeSet::from(["MIT".to_owned(), "Unicode-3.0".to_owned(), "Apache-2.0 WITH X".to_owned()]);
    for met in ["MIT", "GPL-3.0 OR MIT", "GPL-3.0/MIT", "(MIT OR GPL-3.0) AND Unicode-3.0", "Apache-2.0 WITH X"] {
        assert!(is_met(met, &allowed), "{met}");
    }
    for unmet in ["", "GPL-3.0", "MIT AND GPL-3.0", "Apache-2.0", "(MIT OR GPL-3.0) AND ISC", "MIT GPL-3.0"] {
        assert!(!is_met(unmet, &allowed), "{unmet}");
    }
}

#[test]
fn dependencies_have_licences_that_we_may_ship() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--locked", "--format-version", "1"])
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    assert!(packages.len() > 50, "{} packages", packages.len());
    let allowed = allowed();
    let refused: Vec<String> = packages
        .iter()
        .filter(|package| !is_met(package["license"].as_str().unwrap_or_default(), &allowed))
        .map(|package| format!("{} {}: {}", package["name"], package["version"], package["license"]))
        .collect();
    assert!(refused.is_empty(), "licences that deny.toml does not list: {refused:#?}");
    let foreign: Vec<&Value> = packages
        .iter()
        .filter(|package| package["name"] != "ismslint")
        .filter(|package| !package["source"].as_str().is_some_and(|source| source.contains("crates.io-index")))
        .map(|package| &package["name"])
        .collect();
    assert!(foreign.is_empty(), "these do not come from crates.io: {foreign:?}");
}

/// One version of a crate is enough, but where a dependency forces two; each such case is in `deny.toml`.
#[test]
fn no_crate_is_there_twice_without_a_reason() {
    let lock: toml::Table = std::fs::read_to_string("Cargo.lock").expect("Cargo.lock").parse().expect("it is TOML");
    let mut seen = BTreeSet::new();
    let packages = lock["package"].as_array().expect("packages").iter();
    let twice: BTreeSet<String> = packages
        .filter_map(|package| package["name"].as_str())
        .filter(|name| !seen.insert(*name))
        .map(str::to_owned)
        .collect();
    let configuration: toml::Table =
        std::fs::read_to_string("deny.toml").expect("deny.toml").parse().expect("it is TOML");
    let skipped = configuration["bans"]["skip"].as_array().expect("a list").iter();
    let skipped: BTreeSet<String> = skipped
        .filter_map(|one| one["crate"].as_str())
        .map(|name| name.split('@').next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(twice, skipped, "crates in several versions, and those that deny.toml skips");
}
