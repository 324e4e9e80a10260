//! The blocks of pages: found where a reader of CommonMark finds them, in linear time.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::ops::Range;
use std::time::{Duration, Instant};

use ismslint::syntax::{blocks, parse};
use ismslint::text::{FileId, Source};
use proptest::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

/// Where a block opens, and its lines.
type Block = (usize, Vec<String>);

/// A sort of page, by its length.
type Shape = (&'static str, fn(usize) -> String);

/// The lines of a text that are not blank, without the blanks around them: indentation is not compared.
fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// Our blocks.
fn found(page: &str) -> Vec<Block> {
    let blocks = blocks(page, FileId(0));
    let text = blocks.without_marks(page);
    let opening = |inside: u32| {
        let above = page[..inside as usize].trim_end_matches('\n');
        above.rfind('\n').map_or(0, |at| at + 1)
            + above.rsplit('\n').next().unwrap_or_default().find(['`', '~']).unwrap_or(0)
    };
    blocks.regions.iter().map(|region| (opening(region.start), lines(region.text(&text)))).collect()
}

/// The same according to the library, and the ranges of what is no fence to it but may be one to us.
fn expected(page: &str) -> (Vec<Block>, Vec<Range<usize>>) {
    let (mut blocks, mut loose) = (Vec::new(), Vec::new());
    let mut open: Option<(usize, bool, String)> = None;
    for (event, range) in Parser::new(page).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                let ours = info.split([' ', '\t', ',', '{']).next() == Some("isms");
                let fence = range.start + page[range.clone()].find(['`', '~']).unwrap_or(0);
                open = Some((fence, ours, String::new()));
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) | Event::Code(_) => loose.push(range),
            Event::Start(Tag::HtmlBlock) => {
                let html = page[range.clone()].trim_start();
                if !html.starts_with("<!--") && !html.starts_with("<pre") {
                    loose.push(range);
                }
            }
            Event::Text(text) => match &mut open {
                Some((_, _, inside)) => inside.push_str(&text),
                None => loose.push(range),
            },
            Event::End(TagEnd::CodeBlock) => {
                let whole = open.take().filter(|(_, ours, _)| *ours);
                blocks.extend(whole.map(|(at, _, inside)| (at, lines(&inside))));
            }
            _ => {}
        }
    }
    (blocks, loose)
}

/// Pages of a few lines. At the head of a line the library takes a tab for less than it is, so that none stands there.
fn page() -> impl Strategy<Value = String> {
    let prefix = prop::sample::select(vec![
        "", "", "", "", " ", "  ", "  ", "   ", "    ", "     ", "> ", "> ", ">", "> > ", "- ", "- ", "  - ", "1. ",
        "   > ", "> - ", "- > ", ">   ", "  > ", "10) ", "-\t", ">\t", "* - ",
    ]);
    let rest = prop::sample::select(vec![
        "",
        "",
        "",
        "text",
        "role a",
        "role b",
        "```",
        "```",
        "```",
        "~~~",
        "```isms",
        "```isms",
        "```isms",
        "~~~isms",
        "````isms",
        "```sh",
        "```` ",
        "~~~ sh",
        "<!--",
        "-->",
        "<!-- x -->",
        "<pre>",
        "</pre>",
        "<div>",
        "</div>",
        "<b>",
        "# x",
        "---",
        "===",
        "- - -",
        "2. x",
        "-",
        "1.",
        "> x",
        "`x`",
        "***",
    ]);
    let line = (prefix, rest).prop_map(|(prefix, rest)| format!("{prefix}{rest}\n"));
    prop::collection::vec(line, 1..14).prop_map(|lines| lines.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// What CommonMark calls a block is one. Where we read one that is none there, the rest is not compared.
    #[test]
    fn blocks_are_those_of_a_library(page in page()) {
        let found = found(&page);
        let (expected, loose) = expected(&page);
        for number in 0..found.len().max(expected.len()) {
            let (ours, theirs) = (found.get(number), expected.get(number));
            if let Some((at, _)) = ours
                && Some(at) != theirs.map(|(at, _)| at)
                && loose.iter().any(|range| range.contains(at))
            {
                break;
            }
            prop_assert_eq!(ours, theirs, "{}", page);
        }
    }
}

/// How long a page takes, at best.
fn time(page: &str) -> Duration {
    let source = Source::new("a.md", page);
    let once = || {
        let start = Instant::now();
        let _ = parse(&source, FileId(0));
        start.elapsed()
    };
    (0..3).map(|_| once()).min().expect("three times")
}

/// A page that is twice as long takes about twice the time, whatever a stranger has written.
#[test]
fn hostile_pages_are_read_in_linear_time() {
    let shapes: [Shape; 16] = [
        ("items in one another", |n| "- ".repeat(n) + "isms\n"),
        ("items in one another, and blank lines", |n| "- ".repeat(n) + "isms" + &"\n".repeat(n)),
        ("items in one another, and lines", |n| "- ".repeat(n) + "isms\n" + &"x\n".repeat(n)),
        ("items in one another, and a deep line", |n| "- ".repeat(n) + "isms\n" + &" ".repeat(2 * n) + "x\n"),
        ("items in quotes, and quoted blank lines", |n| format!("> {}isms\n{}", "- ".repeat(n), ">\n".repeat(n))),
        ("numbered items in one another", |n| "1. ".repeat(n) + "isms\n"),
        ("quotes in one another", |n| ">".repeat(n) + "isms\n" + &"x\n".repeat(n)),
        ("quotes in one another, and blank lines", |n| ">".repeat(n) + "isms\n" + &"\n".repeat(n)),
        ("backticks", |n| "`".repeat(n) + "isms\n"),
        ("runs of backticks", |n| "```isms `\n".repeat(n)),
        ("blocks", |n| "> ```isms\n> role a\n> ```\n".repeat(n / 8)),
        ("a block of empty quoted lines", |n| format!("> ```isms\n{}> ```\n", ">\n".repeat(n))),
        ("texts of several lines", |n| format!("> ```isms\n{}> ```\n", "> role a \"\"\"\n> \"\"\"\n".repeat(n / 20))),
        ("comments", |n| "isms\n".to_owned() + &"<!--".repeat(n)),
        ("tags", |n| "isms\n".to_owned() + &"<a b='\n".repeat(n)),
        ("blanks", |n| "isms\n".to_owned() + &" ".repeat(n) + "x\n"),
    ];
    for (name, shape) in shapes {
        let n = 100_000;
        let (once, eight_times) = (time(&shape(n)), time(&shape(8 * n)));
        // Eight times the page; what is quadratic would take 64 times as long.
        assert!(eight_times < once * 32 + Duration::from_millis(50), "{name}: {once:?}, then {eight_times:?}");
    }
}
