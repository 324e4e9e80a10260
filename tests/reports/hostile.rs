//! A specification comes from strangers. Whatever stands in its names, strings and paths, no consumer of a report takes it
//! for an order, for markup or for a reference.

use std::sync::Arc;

use ismslint::diagnostic::{Diagnostic, Fix, Severity, Subject};
use ismslint::engine::{Report, Suppressed};
use ismslint::report::{Format, Style};
use ismslint::text::{Source, SourceMap, is_dangerous};
use roxmltree::Document;
use serde_json::Value;

use crate::{EVERYTHING, finding, place, shared, shown, written};

const TEXTS: &[&str] = &[
    "\u{1b}[31m\u{1b}]0;title\u{7}\u{9b}2J\u{202e}gnp\u{2028}\0",
    "a\r\n::error::injected\n::add-mask::x\n  ::set-output name=a::b",
    "##[error]x ##vso[task.setvariable variable=PATH]y ##VSO[task.complete result=Succeeded;]",
    "]]> --> <script>alert(1)</script> <img src=x onerror=y> &lt; &#64; </failure></testcase>",
    "| a | b | \\| c \\\\| `code` ``` ~~~ *x* _y_ **z** # h",
    "@all @octocat #1 !1 $1 %1 ~bug &1 GH-1 https://evil.example www.evil.example mailto:a@evil.example",
    "[text](https://evil.example) ![i](x) [1](1) [^1] <https://evil.example> $x$ :rocket:",
    "a;b]c,d:e%0A::error::x%25;type=error\" onload='x'",
    "` `@all` `unbalanced",
    "::warning file=a::at the head",
];

fn hostile() -> Report {
    let files: Vec<Source> = TEXTS
        .iter()
        .enumerate()
        .map(|(number, text)| Source::new(format!("{text}{number}.isms"), format!("role x\nrole \"{text}\"")))
        .chain([Source::new("::error file=a::.isms", "role x"), Source::new(" ::warning::b.isms", "role x")])
        .collect();
    let sources = SourceMap::new(files);
    let mut diagnostics = Vec::new();
    for file in 0..sources.len() {
        for (number, text) in TEXTS.iter().enumerate() {
            let at = place(&sources, file as u32, "x");
            let severity = Severity::ALL[number % 3];
            let one = finding("FLOW001", severity, at, &format!("{text} `{text}`"))
                .underlined(*text)
                .label(place(&sources, ((file + 1) % sources.len()) as u32, "role"), *text)
                .help(*text)
                .note(*text)
                .about(Subject { kind: "clause", id: format!("{text}/{text}"), short: (*text).to_owned() })
                .of(*text)
                .fix(Fix { title: (*text).to_owned(), safe: true, edits: Vec::new() });
            diagnostics.push(one);
        }
    }
    diagnostics.sort_by(Diagnostic::order);
    let suppressed = diagnostics.iter().step_by(7).map(|diagnostic| Suppressed {
        diagnostic: diagnostic.clone(),
        because: format!("because {}", TEXTS.concat()),
    });
    Report { suppressed: suppressed.collect(), sources: Arc::new(sources), diagnostics, ..shared() }
}

fn report(format: Format, style: Style) -> String {
    written(format, &shown(&hostile()), style)
}

#[test]
fn no_format_steers_a_terminal() {
    for (word, format) in Format::ALL {
        let text = report(format, EVERYTHING);
        let bad: Vec<char> = text.chars().filter(|c| is_dangerous(*c)).collect();
        assert!(bad.is_empty(), "{word}: {bad:?}");
    }
}

/// Pipelines search what is printed: the head of each line for `::`, all of it for `##`.
#[test]
fn no_format_gives_orders_to_a_pipeline() {
    for (word, format) in Format::ALL {
        for line in report(format, EVERYTHING).split(['\n', '\r']) {
            let ours = match format {
                Format::Github => ["::error ", "::warning ", "::notice "].as_slice(),
                Format::Azure => &["##vso[task.logissue type=", "##vso[task.complete result=Failed;]"],
                _ => &[],
            };
            let head = ours.iter().find(|head| line.starts_with(**head)).map_or(0, |head| head.len());
            let rest = &line[head..];
            assert!(head > 0 || !rest.trim_start().starts_with("::"), "{word}: {line}");
            // The runner reads a line that begins as ours does only once.
            let searched = if format == Format::Github { "" } else { rest };
            let searched = searched.to_lowercase();
            assert!(!searched.contains("##[") && !searched.contains("##vso["), "{word}: {line}");
        }
    }
}

#[test]
fn properties_of_commands_stay_whole() {
    for line in report(Format::Github, EVERYTHING).lines() {
        let (properties, _) = line[2..].split_once("::").expect("a command");
        let keys: Vec<&str> = properties
            .split_once(' ')
            .map_or("", |(_, properties)| properties)
            .split(',')
            .filter_map(|property| Some(property.split_once('=')?.0))
            .collect();
        let allowed = [&["file", "line", "endLine", "col", "endColumn", "title"][..], &["title"]];
        assert!(allowed.contains(&keys.as_slice()), "{line}");
    }
    for line in report(Format::Azure, EVERYTHING).lines().filter(|line| line.starts_with("##vso[task.logissue ")) {
        let (properties, _) = line.split_once(']').expect("a command");
        let properties: Vec<&str> = properties.split_once(' ').expect("properties").1.split_terminator(';').collect();
        let keys: Vec<&str> = properties.iter().filter_map(|property| Some(property.split_once('=')?.0)).collect();
        assert_eq!(keys, ["type", "sourcepath", "linenumber", "columnnumber", "code"], "{line}");
    }
}

#[test]
fn markup_stays_text() {
    let report_of = hostile();
    let shown = shown(&report_of);
    for format in [Format::Junit, Format::Checkstyle] {
        let text = written(format, &shown, EVERYTHING);
        let document = Document::parse(&text).expect("the report is XML");
        let known = [
            "testsuites",
            "testsuite",
            "testcase",
            "properties",
            "property",
            "failure",
            "skipped",
            "system-out",
            "checkstyle",
            "file",
            "error",
        ];
        for node in document.descendants().filter(roxmltree::Node::is_element) {
            assert!(known.contains(&node.tag_name().name()), "{:?}", node.tag_name());
        }
    }
}

#[test]
fn json_says_what_was_meant() {
    let report_of = hostile();
    let shown = shown(&report_of);
    let value: Value = serde_json::from_str(&written(Format::Json, &shown, EVERYTHING)).expect("JSON");
    let messages: Vec<&str> =
        value["diagnostics"].as_array().into_iter().flatten().filter_map(|one| one["message"].as_str()).collect();
    let meant: Vec<&str> = shown.findings.iter().map(|(_, finding, _)| finding.message.as_str()).collect();
    assert_eq!(messages, meant);
    let value: Value = serde_json::from_str(&written(Format::Sarif, &shown, EVERYTHING)).expect("JSON");
    for result in value["runs"][0]["results"].as_array().into_iter().flatten() {
        let uri = result.pointer("/locations/0/physicalLocation/artifactLocation/uri").and_then(Value::as_str);
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~/%".contains(c);
        assert!(uri.is_some_and(|uri| uri.starts_with("policies/") && uri.chars().all(is_plain)), "{uri:?}");
        // Links lead to related locations only.
        let text = result["message"]["text"].as_str().expect("a text");
        for (at, _) in text.match_indices("](") {
            let ours = text[at + 2..].starts_with(|c: char| c.is_ascii_digit());
            assert!(ours || text[..at].ends_with('\\'), "{text}");
        }
    }
}

/// Nothing in a table's cell can be anything but text, before and after a host has read the entities.
#[test]
fn a_page_renders_nothing_of_strangers() {
    let page = report(Format::Markdown, EVERYTHING);
    for row in page.lines().filter(|line| line.starts_with("| ")).skip(1) {
        assert_eq!(row.matches('|').count(), 4, "{row}");
        assert!(!row.contains(['`', '@', '[', ']', '\\', '_', '~', '$', '^']), "{row}");
        let tags = row.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default());
        for tag in tags {
            assert!(["br", "code", "/code"].contains(&tag), "<{tag}> in {row}");
        }
        // Hosts look for references in what is no code, after the entities were read.
        let mut prose = row.to_owned();
        while let (Some(start), Some(end)) = (prose.find("<code>"), prose.find("</code>")) {
            prose.replace_range(start..end + 7, " ");
        }
        let prose = entities_read(&prose);
        for reference in ["@all", "@octocat", "#1", "!1", "://", "www.", "a@"] {
            let found = prose.contains(reference);
            assert!(!found || reference == "a@" && prose.contains("a@\u{200b}"), "{reference}: {prose}");
        }
    }
}

/// `&#64;` is `@`.
fn entities_read(text: &str) -> String {
    let mut read = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("&#") {
        let (number, after) = after.split_once(';').expect("an entity ends");
        read.push_str(before);
        read.extend(number.parse().ok().and_then(char::from_u32));
        rest = after;
    }
    read + &rest.replace("&amp;", "&")
}
