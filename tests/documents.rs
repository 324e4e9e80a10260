//! The documents are true: specifications in them can be read, and generated ones are up to date.
//!
//! `UPDATE_GENERATED=1 cargo test --test documents` writes the generated ones anew.

#![expect(clippy::disallowed_methods, clippy::expect_used, reason = "a test reads files, and fails by panicking")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use ismslint::engine::{Inputs, RuleSummary, Settings, check};
use ismslint::landscape::schema::{KINDS, Kind};
use ismslint::landscape::{Base, Type};
use ismslint::syntax::parse;
use ismslint::text::{Date, FileId, Source};

fn inputs(sources: Vec<Source>) -> Inputs {
    Inputs { sources, settings: Settings::default(), today: Date::new(2026, 6, 1).expect("a day"), known_paths: None }
}

fn pages(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() && !["target", "corpus"].contains(&&*name) && !name.starts_with('.') {
            pages(&path, found);
        } else if name.ends_with(".md") {
            found.push(path);
        }
    }
}

/// A fenced block of the language.
struct Block {
    line: usize,
    /// The words after the fence; `isms` is the first.
    info: String,
    text: String,
}

fn blocks(document: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    // The ticks of the fence that is open, and whether its text is wanted.
    let mut open: Option<(usize, bool)> = None;
    for (line, text) in (1..).zip(document.lines()) {
        let trimmed = text.trim_start();
        let ticks = trimmed.len() - trimmed.trim_start_matches('`').len();
        let info = trimmed.trim_start_matches('`').trim();
        match open {
            Some((fence, _)) if ticks >= fence && info.is_empty() => open = None,
            Some((_, true)) => {
                if let Some(block) = blocks.last_mut() {
                    block.text.push_str(text);
                    block.text.push('\n');
                }
            }
            Some(_) => {}
            None if ticks >= 3 => {
                let wanted = info.split_whitespace().next() == Some("isms");
                if wanted {
                    blocks.push(Block { line, info: info.to_owned(), text: String::new() });
                }
                open = Some((ticks, wanted));
            }
            None => {}
        }
    }
    blocks
}

/// Documents outside of `src/`, where the pages of the compiler's codes stand together; in `docs/rules/` each has a file of
/// its own.
fn documents() -> Vec<PathBuf> {
    let mut found = Vec::new();
    pages(Path::new("."), &mut found);
    found.retain(|path| !path.starts_with("./src"));
    found.sort();
    found
}

/// What is shown as a failure may have findings, but no mistake of syntax, except on the page of a mistake of syntax.
#[test]
fn specifications_in_documents_can_be_read() {
    let mut problems = String::new();
    let mut count = 0;
    for path in documents() {
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        for block in blocks(&std::fs::read_to_string(&path).expect("a page")) {
            count += 1;
            let place = format!("{}:{}", path.display(), block.line);
            // What stands on the page of a mistake of syntax shows it; see below.
            if name.starts_with("SYN") && block.info.contains("fail") {
                continue;
            }
            let errors = parse(&Source::new("block.isms", block.text), FileId(0)).errors;
            for error in errors {
                writeln!(problems, "{place}: {}: {}", error.code, error.message).expect("a string");
            }
        }
    }
    assert!(count > 100, "{count} blocks were read");
    assert!(problems.is_empty(), "\n{problems}");
}

/// The rules that documents show can be compiled, and their tests pass.
#[test]
fn rules_in_documents_do_what_their_tests_say() {
    let mut problems = String::new();
    for path in ["README.md", "rules/README.md"] {
        let text = std::fs::read_to_string(path).expect("a page");
        let sources = || -> Vec<Source> {
            blocks(&text)
                .into_iter()
                .filter(|block| block.info == "isms")
                .map(|block| Source::new(format!("{path}-{}.isms", block.line), block.text))
                .collect()
        };
        for finding in check(inputs(sources())).diagnostics {
            if finding.code.as_str().starts_with("RULE") {
                writeln!(problems, "{path}: {}: {}", finding.code, finding.message).expect("a string");
            }
        }
        let tests = ismslint::engine::test(inputs(sources()), false).tests;
        assert!(!tests.is_empty(), "{path} shows no test");
        for test in tests {
            for problem in test.problems {
                writeln!(problems, "{path}: test \"{}\": {}", test.title, problem.message).expect("a string");
            }
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
}

/// Links to files of the repository lead somewhere.
#[test]
fn links_lead_somewhere() {
    let mut dead = Vec::new();
    for path in documents() {
        let text = std::fs::read_to_string(&path).expect("a page");
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap_or_default();
            if file.is_empty() || file.contains("://") || file.contains(char::is_whitespace) {
                continue;
            }
            if !path.parent().expect("a folder").join(file).exists() {
                dead.push(format!("{}: {target}", path.display()));
            }
        }
    }
    assert!(dead.is_empty(), "{dead:#?}");
}

#[test]
fn the_specification_of_the_readme_is_whole() {
    let text = std::fs::read_to_string("README.md").expect("the README");
    let report = check(inputs(vec![Source::new("README.md", text)]));
    let wrong: Vec<&str> = report
        .diagnostics
        .iter()
        .filter(|finding| {
            ["SYN", "REF", "RULE", "ALLOW", "FLOW0"].iter().any(|group| finding.code.as_str().starts_with(group))
        })
        .filter(|finding| finding.severity > ismslint::diagnostic::Severity::Note)
        .map(|finding| finding.message.as_str())
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Compares a generated document with what stands in the repository.
fn hold(path: &str, made: &str) {
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        if let Some(folder) = Path::new(path).parent() {
            std::fs::create_dir_all(folder).expect("a folder");
        }
        std::fs::write(path, made).expect("the document can be written");
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(kept == made, "{path} is not up to date: run `UPDATE_GENERATED=1 cargo test --test documents`");
}

fn describe(ty: Type) -> String {
    let base = match ty.base {
        Base::Boolean => "truth value".to_owned(),
        Base::Number => "number".to_owned(),
        Base::Date => "day".to_owned(),
        Base::Name => "name".to_owned(),
        Base::Text => "text".to_owned(),
        Base::Word(words) => words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(" or "),
        Base::Entity(kind) => format!("`{}`", kind.schema().name),
    };
    match (ty.list, ty.optional) {
        (true, _) => format!("list of {base}"),
        (false, true) => format!("{base}, may be missing"),
        (false, false) => base,
    }
}

/// The shipped predicates, sorted, with the comments above them.
fn predicates() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for source in ismslint::builtin::sources(&[]) {
        let mut comment: Vec<&str> = Vec::new();
        for line in source.text().lines() {
            if let Some(words) = line.strip_prefix("///") {
                comment.push(words.trim());
                continue;
            }
            if let Some((name, rest)) = line.strip_prefix("define ").and_then(|head| head.split_once('(')) {
                let parameters = rest.split(')').next().unwrap_or_default();
                assert!(!comment.is_empty(), "the predicate `{name}` has no comment");
                found.insert(format!("{name}({parameters})"), comment.join(" "));
            }
            comment.clear();
        }
    }
    found
}

const RULES_HEAD: &str = include_str!("rules_head.md");

#[test]
fn the_vocabulary_is_written_down() {
    let mut text = RULES_HEAD.to_owned();
    for (kind, schema) in Kind::ALL.into_iter().zip(&KINDS) {
        let family = if kind.family() == kind { String::new() } else { " (an `actor`)".to_owned() };
        writeln!(
            text,
            "\n### `{}`{family}\n\n{}\n\n| field | holds | |\n| --- | --- | --- |",
            schema.name, schema.documentation
        )
        .expect("a string");
        for field in schema.fields {
            let (ty, documentation) = (describe(field.ty), field.documentation.replace('|', "\\|"));
            writeln!(text, "| `{}` | {ty} | {documentation} |", field.name).expect("a string");
        }
    }
    text.push_str("\n## Predicates\n\nThe shipped rules declare these; rules of your own may call them.\n\n");
    text.push_str("| predicate | holds |\n| --- | --- |\n");
    for (head, meaning) in predicates() {
        writeln!(text, "| `{head}` | {} |", meaning.replace('|', "\\|")).expect("a string");
    }
    hold("rules/README.md", &text);
}

fn page(rule: &RuleSummary) -> String {
    let mut text = format!("# {} {}\n\n*{}*", rule.code, rule.name, rule.default_severity.word());
    if let Some(file) = &rule.file {
        write!(text, ", written in [`{file}`](../../{file})").expect("a string");
    }
    write!(text, "\n\n{}\n", rule.documentation.text().trim()).expect("a string");
    if !rule.cites.is_empty() {
        write!(text, "\nRests on {}.\n", rule.cites.join(", ")).expect("a string");
    }
    text
}

#[test]
fn every_rule_has_a_page() {
    let rules = check(inputs(Vec::new())).rules;
    let mut index =
        "# Rules\n\nMade from the rules themselves.\n\n| code | name | severity | finds |\n| --- | --- | --- | --- |\n"
            .to_owned();
    for rule in &rules {
        hold(&format!("docs/rules/{}.md", rule.code), &page(rule));
        let summary = rule.documentation.summary().replace('|', "\\|");
        writeln!(
            index,
            "| [{}]({}.md) | {} | {} | {summary} |",
            rule.code,
            rule.code,
            rule.name,
            rule.default_severity.word()
        )
        .expect("a string");
    }
    hold("docs/rules/index.md", &index);
    let known = std::fs::read_dir("docs/rules").expect("the pages").flatten().count();
    assert_eq!(known, rules.len() + 1, "a page whose rule is gone is still there");
}

/// The examples on the pages of the compiler's own codes: what is shown as a failure has just that finding, and what is shown
/// as passing has not.
#[test]
fn examples_of_the_compiler_show_what_they_say() {
    let mut problems = String::new();
    for rule in check(inputs(Vec::new())).rules.iter().filter(|rule| rule.file.is_none()) {
        for block in blocks(rule.documentation.text()) {
            let mut inputs = inputs(vec![Source::new("example.isms", block.text)]);
            inputs.known_paths = Some(Box::new(|path| path == "handbook/risk.md"));
            let report = check(inputs);
            let found = report.diagnostics.iter().any(|finding| finding.code.as_str() == rule.code);
            if found != block.info.contains("fail") {
                writeln!(problems, "{}, `{}`: {found}", rule.code, block.info).expect("a string");
            }
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
}

#[test]
fn every_command_has_a_manual_page() {
    let pages = ismslint::cli::manual_pages();
    assert!(pages.len() > 5, "the program, and each command that is shown");
    for (name, text) in &pages {
        hold(&format!("docs/man/{name}"), text);
    }
    let known = std::fs::read_dir("docs/man").expect("the pages").flatten().count();
    assert_eq!(known, pages.len(), "a page whose command is gone is still there");
}
