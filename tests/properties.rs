//! Properties of the lexer, the parser and the printer, over the fixtures, the shipped rules, what chance makes of them, and
//! hostile texts.

#![expect(clippy::disallowed_methods, clippy::expect_used, reason = "a test reads files, and fails by panicking")]

use ismslint::syntax::{Parsed, TokenKind, parse, print};
use ismslint::text::{FileId, Source};
use proptest::prelude::*;

#[path = "../fuzz/src/lib.rs"]
#[expect(dead_code, unreachable_pub, reason = "it is a package of its own, which other tests use the rest of")]
mod held;

fn read(text: &str) -> (Source, Parsed) {
    held::read("a.isms", text)
}

/// Every specification in the repository.
fn samples() -> Vec<(String, String)> {
    let mut samples = Vec::new();
    let mut folders = vec![std::path::PathBuf::from("fixtures"), std::path::PathBuf::from("rules")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "isms") {
                let text = std::fs::read_to_string(&path).expect("a specification");
                samples.push((path.to_string_lossy().into_owned(), text));
            }
        }
    }
    samples.sort();
    assert!(samples.len() > 20);
    samples
}

#[test]
fn what_is_printed_is_read_as_the_same() {
    for (_, text) in samples() {
        held::parse(&text);
        held::print(&text);
    }
}

#[test]
fn the_shipped_rules_and_the_good_fixtures_are_printed_as_they_stand() {
    for (path, text) in
        samples().into_iter().filter(|(path, _)| path.starts_with("rules") || path.contains("sourcegraph"))
    {
        let (source, parsed) = read(&text);
        assert!(parsed.errors.is_empty(), "{path}");
        assert_eq!(print(&source, &parsed), text, "{path}");
    }
}

#[test]
fn layout_is_set_by_braces() {
    let (source, parsed) = read(
        "process a {\r\n      input x\r\n            from b,\r\n                 c\r\n\r\n\r\n   // said\r\n}\r\nrole b\n",
    );
    assert_eq!(
        print(&source, &parsed),
        "process a {\n  input x\n        from b,\n             c\n\n  // said\n}\nrole b\n"
    );
}

#[test]
fn hostile_texts_end_with_few_errors() {
    let deep = |open: &str, count: usize| open.repeat(count);
    let texts = [
        deep("{", 1_000_000),
        deep("}", 1_000_000),
        deep("@", 1_000_000),
        deep("\0", 1_000_000),
        deep("\"", 1_000_001),
        deep("process a { ", 100_000),
        deep("clause 1 { ", 100_000),
        format!("standard s:1 {{ {}", deep("clause 1 { ", 100_000)),
        format!("model m:1 {{ {}", deep("process a { ", 100_000)),
        format!("define a(process p) when {}", deep("(", 200_000)),
        format!("define a(process p) when {} p.owned", deep("not ", 200_000)),
        format!("define a(process p) when {}", deep("exists process p where ", 50_000)),
        format!("define a(process p) when {}", deep("f(", 100_000)),
        deep("test A1 \"t\" { ", 100_000),
        format!("process a {{ input x {} }}", deep("from a, ", 100_000)),
        deep("owner ", 300_000),
        deep("\u{202e}", 100_000),
        deep("/*", 500_000),
        deep("<<<<<<< ours\n", 50_000),
        deep("é", 500_000),
        deep("role r \"", 100_000),
        deep("- ", 500_000),
        deep("- a\n", 250_000),
        deep("[", 1_000_000),
        deep("\u{201c}", 300_000),
        deep("'", 1_000_000),
        deep("\r", 1_000_000),
        deep("\r ", 500_000),
        deep("\"\"\"\nrole a\n", 50_001),
        deep("=======\n", 100_000),
        deep("<<<<<<< a\n=======\n>>>>>>> b\n", 30_000),
        deep("imput x from b\n", 60_000),
        format!("process a {{\n{}}}", deep("imput x from b from c\n", 50_000)),
        format!("process a {{\n{}}}", deep("  role b \"B\"\n", 50_000)),
        format!("process a {{\n{}", deep("input x from b,\n", 60_000)),
        format!("process a {{\n{}foo x\n{}}}", deep(" ", 500_000), deep("bar x y\n", 60_000)),
        deep("process a {\n process b {\n", 40_000),
        format!("{}{}", deep("process a {\n test b \"\" {\n", 2_000), deep("}", 4_000)),
        deep("process a b c ", 70_000),
    ];
    for text in texts {
        let (source, parsed) = read(&text);
        held::tiles(&source, &parsed);
        let head: String = text.chars().take(40).collect();
        assert!(parsed.errors.len() <= 101, "{} errors for {head:?}", parsed.errors.len());
        assert_eq!(parsed.tokens.last().map(|token| token.kind), Some(TokenKind::End));
    }
}

/// Words that make chance write something that is nearly a specification.
fn soup() -> impl Strategy<Value = String> {
    let words = [
        "process",
        "item",
        "role",
        "party",
        "organization",
        "standard",
        "rule",
        "test",
        "define",
        "model",
        "mapping",
        "omit",
        "{",
        "}",
        "(",
        ")",
        ",",
        ":",
        "/",
        "*",
        ".*",
        "@",
        "allow",
        "=",
        "!=",
        "<",
        "input",
        "result",
        "from",
        "to",
        "covers",
        "include",
        "exclude",
        "because",
        "\"text\"",
        "\"open",
        "\"\"\"",
        "// comment",
        "/// doc",
        "\n",
        "a",
        "b-c",
        "6.1.2",
        "A.5.7",
        "for",
        "where",
        "exists",
        "every",
        "have",
        "count",
        "not",
        "and",
        "or",
        "when",
        "is",
        "missing",
        "report",
        "é",
        "\u{202e}",
        "\0",
        "“",
        "clause",
        "expect",
        "none",
        "partly",
        "retained",
        "in",
        "until",
        "2027-01-31",
        "\r",
        "\t",
        "ownre",
        "'",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..120).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_has_a_tree(text in any::<String>()) {
        let (source, parsed) = read(&text);
        held::tiles(&source, &parsed);
    }

    #[test]
    fn any_soup_of_words_has_a_tree(text in soup()) {
        let (source, parsed) = read(&text);
        held::tiles(&source, &parsed);
        if parsed.errors.is_empty() {
            let (again, reparsed) = read(&print(&source, &parsed));
            prop_assert!(reparsed.errors.is_empty());
            prop_assert_eq!(held::blind(&source, &parsed), held::blind(&again, &reparsed));
        }
    }

    #[test]
    fn any_page_has_a_tree(text in soup()) {
        let source = Source::new("page.md", format!("# Title\n```isms\n{text}\n```\n{text}\n~~~ isms\nrole r\n"));
        let parsed = parse(&source, FileId(0));
        for error in &parsed.errors {
            for label in error.primary.iter().chain(&error.labels) {
                prop_assert!(label.place.span.end as usize <= source.text().len());
            }
        }
    }

    #[test]
    fn one_mistake_costs_few_errors(at in any::<prop::sample::Index>(), place in any::<prop::sample::Index>(), what in 0..5_usize) {
        let (_, text) = &samples()[at.index(samples().len())];
        let (_, before) = read(text);
        let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let at = bytes[place.index(bytes.len())];
        let next = at + text[at..].chars().next().map_or(0, char::len_utf8);
        let changed = match what {
            0 => format!("{}{}", &text[..at], &text[next..]),
            1 => format!("{}}}{}", &text[..at], &text[at..]),
            2 => format!("{}{{{}", &text[..at], &text[at..]),
            3 => format!("{} : {}", &text[..at], &text[at..]),
            _ => format!("{}\"{}", &text[..at], &text[at..]),
        };
        let (source, parsed) = read(&changed);
        held::tiles(&source, &parsed);
        // A quote inside of a long text turns what follows inside out; everything else stays where it is.
        let bound = if text.contains("\"\"\"") { 110 } else { 8 };
        prop_assert!(parsed.errors.len() <= before.errors.len() + bound, "{} errors at {at}: {:?}", parsed.errors.len(),
            parsed.errors.iter().map(|error| error.message.as_str()).take(20).collect::<Vec<_>>());
    }
}
