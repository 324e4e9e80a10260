//! The examples in the documentation of the rules are executed: what is shown as a failure fails with the rule's own code,
//! what is shown as passing passes, and neither has any other mistake.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;

use ismslint::engine::{Inputs, Settings, check};
use ismslint::text::{Date, Source};

/// An example in the documentation of a rule.
struct Example {
    code: String,
    fails: bool,
    /// Where it stands, for messages.
    place: String,
    text: String,
}

/// The fenced blocks with `isms fail` or `isms pass` in the rules of a file.
fn examples(path: &str, text: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut code = "";
    let mut inside = false;
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(head) = line.strip_prefix("rule ") {
            code = head.split_whitespace().next().unwrap_or_default();
        }
        let fence = line.trim_start().strip_prefix("```");
        match (inside, fence) {
            (false, Some(info @ ("isms fail" | "isms pass"))) => {
                let place = format!("{path}:{number}");
                examples.push(Example {
                    code: code.to_owned(),
                    fails: info == "isms fail",
                    place,
                    text: String::new(),
                });
                inside = true;
            }
            (true, Some(_)) => inside = false,
            (true, None) => {
                if let Some(example) = examples.last_mut() {
                    example.text.push_str(line);
                    example.text.push('\n');
                }
            }
            (false, _) => {}
        }
    }
    examples
}

#[test]
fn examples_of_rules_fail_and_pass_as_they_say() -> Result<(), Box<dyn Error>> {
    let today = Date::parse("2026-06-01").ok_or("a day")?;
    let mut problems = String::new();
    let mut without: BTreeSet<String> = BTreeSet::new();
    for source in ismslint::builtin::sources_with_tests(&[]) {
        let heads = source.text().lines().filter_map(|line| line.strip_prefix("rule "));
        without.extend(heads.filter_map(|head| head.split_whitespace().next()).map(str::to_owned));
        for example in examples(source.path(), source.text()) {
            let Example { code, fails, place, text } = example;
            let sources = vec![Source::new("example.isms", text)];
            let report = check(Inputs { sources, settings: Settings::default(), today, known_paths: None });
            let found = report.diagnostics.iter().filter(|diagnostic| diagnostic.code.as_str() == code).count();
            if fails != (found > 0) {
                writeln!(problems, "{place}: `{code}` speaks {found} times")?;
            }
            for diagnostic in &report.diagnostics {
                let other = diagnostic.code.as_str();
                if ["SYN", "REF", "RULE", "ALLOW"].iter().any(|group| other.starts_with(group)) {
                    writeln!(problems, "{place}: {other}: {}", diagnostic.message)?;
                }
            }
            if fails {
                without.remove(&code);
            }
        }
    }
    assert!(without.is_empty(), "rules without an example that fails: {without:?}");
    assert!(problems.is_empty(), "\n{problems}");
    Ok(())
}
