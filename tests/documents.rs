//! The documents are true: specifications in them can be read, and generated ones are up to date.
//!
//! `UPDATE_GENERATED=1 cargo test --test documents` writes the generated ones anew.

#![expect(clippy::disallowed_methods, clippy::expect_used, reason = "a test reads files, and fails by panicking")]

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
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            pages(&path, found);
        } else if name.ends_with(".md") {
            found.push(path);
        }
    }
}

#[test]
fn specifications_in_documents_can_be_read() {
    let mut found = Vec::new();
    pages(Path::new("."), &mut found);
    let mut blocks = 0;
    for path in found.iter().filter(|path| !path.starts_with("./src")) {
        let text = std::fs::read_to_string(path).expect("a page");
        let mut block: Option<(String, String)> = None;
        for line in text.lines() {
            let fence = line.trim_start().strip_prefix("```");
            match (&mut block, fence) {
                (None, Some(info)) if info.split_whitespace().next() == Some("isms") => {
                    block = Some((info.to_owned(), String::new()));
                }
                (Some(_), Some(_)) => {
                    let (info, text) = block.take().expect("a block is open");
                    // What shows a mistake of syntax may have one.
                    if !info.contains("fail") {
                        let source = Source::new("block.isms", text);
                        let errors: Vec<String> =
                            parse(&source, FileId(0)).errors.into_iter().map(|error| error.message).collect();
                        assert!(errors.is_empty(), "{}: {errors:?}\n{}", path.display(), source.text());
                        blocks += 1;
                    }
                }
                (Some((_, text)), None) => {
                    text.push_str(line);
                    text.push('\n');
                }
                _ => {}
            }
        }
    }
    assert!(blocks > 20, "{blocks} blocks were read");
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
    hold("rules/README.md", &text);
}

fn page(rule: &RuleSummary) -> String {
    let mut text = format!("# {} {}\n\n*{}*", rule.code, rule.name, rule.default_severity.word());
    if let Some(file) = &rule.file {
        write!(text, ", written in [`{file}`](../../{file})").expect("a string");
    }
    write!(text, "\n\n{}\n", rule.documentation.trim()).expect("a string");
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
        let summary = rule.summary.replace('|', "\\|");
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
