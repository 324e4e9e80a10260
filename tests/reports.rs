//! Every format over one shared report: a finding without a file, one of several lines, one over two files, with tabs, CRLF,
//! wide and combining characters, at the end of a file, suppressed, folded, and with hostile text.

#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::Duration;

use ismslint::diagnostic::{Code, Diagnostic, Edit, Fix, Place, Severity, Subject};
use ismslint::engine::{Report, RuleSummary, Suppressed};
use ismslint::report::{Format, Home, SCHEMA, Shown, Style, Summary, closing, json_report, write};
use ismslint::text::{FileId, Source, SourceMap, Span};

const FIRST: &str = "process a {\r\n\tinput 名前-é\u{301} from b\r\n  result x\r\n}\r\n";
const SECOND: &str = "\u{feff}party \"evil \u{1b}[31m\u{202e}\"\nrole r";

fn place(sources: &SourceMap, file: u32, text: &str) -> Place {
    let file = FileId(file);
    let start = sources.get(file).text().find(text).expect("the text stands in the file") as u32;
    Place { file, span: Span::new(start, start + text.len() as u32) }
}

fn finding(code: &str, severity: Severity, place: Place, message: &str) -> Diagnostic {
    Diagnostic::new(Code::from(code), severity, place, message)
}

fn shared() -> Report {
    let sources =
        SourceMap::new(vec![Source::new("isms/first.isms", FIRST), Source::new("evil\u{1b}[2J.isms", SECOND)]);
    let at = |file, text: &str| place(&sources, file, text);
    let mut without_file = finding("FLOW001", Severity::Error, at(0, "a"), "nothing can be said of a place");
    without_file.primary = None;
    let end = Place { file: FileId(1), span: Span::at(sources.get(FileId(1)).text().len() as u32) };
    let subject =
        |short: &str| Subject { kind: "clause", id: format!("iso27001:2022/{short}"), short: short.to_owned() };
    let mut diagnostics = vec![
        without_file,
        finding(
            "SYN002",
            Severity::Error,
            at(0, "{\r\n\tinput 名前-é\u{301} from b\r\n  result x\r\n}"),
            "the block is never closed",
        )
        .underlined("opened here"),
        finding("FLOW001", Severity::Error, at(0, "名前-é\u{301}"), "no process produces `名前-é\u{301}`")
            .label(at(0, "a"), "needed by this process")
            .label(at(1, "r"), "and in another file")
            .help("declare it")
            .note("a reason\nof two lines")
            .fix(Fix {
                title: "declare `名前`".to_owned(),
                safe: false,
                edits: vec![
                    Edit { place: at(0, "名前-é\u{301}"), text: "名前".to_owned() },
                    Edit { place: end, text: "\nrole \u{1f9ed}".to_owned() },
                ],
            })
            .about(Subject { kind: "item", id: "名前".to_owned(), short: "名前".to_owned() })
            .of("process.a/input.名前"),
        finding("CLAUSE001", Severity::Warning, at(0, "x"), "no process answers 4.1")
            .about(subject("4.1"))
            .help("add `covers 4.1`")
            .help("say who"),
        finding("CLAUSE001", Severity::Warning, at(0, "x"), "no process answers 10.1")
            .about(subject("10.1"))
            .help("add `covers 10.1`")
            .help("say who"),
        finding(
            "REF001",
            Severity::Error,
            at(1, "\"evil \u{1b}[31m\u{202e}\""),
            "hostile \u{1b}]0;text\u{7}\u{202e} % \r\n::error::x",
        ),
        finding("PROC002", Severity::Note, end, "at the end of the file").fix(Fix {
            title: "write more".to_owned(),
            safe: true,
            edits: vec![Edit { place: end, text: "\nrole s".to_owned() }],
        }),
    ];
    diagnostics.sort_by(Diagnostic::order);
    let allowed = finding("FLOW002", Severity::Warning, at(0, "x"), "no process uses `x`");
    Report {
        sources: Arc::new(sources),
        diagnostics,
        counted: Vec::new(),
        suppressed: vec![Suppressed { diagnostic: allowed, because: "it is used elsewhere".to_owned() }],
        files: 2,
        processes: 1,
        rules: vec![
            rule("CLAUSE001", "unmapped-clause", Severity::Warning, &["iso27001:2022/4.4", "iso27001:2022/10.1"]),
            rule("FLOW001", "missing-input", Severity::Error, &["iso27022:2021/5"]),
            RuleSummary {
                severity: None,
                ..rule("SOA001", "undecided-control", Severity::Error, &["iso27001:2022/6.1.3"])
            },
        ],
        stages: Vec::new(),
        rule_timings: Vec::new(),
    }
}

fn rule(code: &str, name: &str, severity: Severity, cites: &[&str]) -> RuleSummary {
    RuleSummary {
        code: code.to_owned(),
        name: name.to_owned(),
        severity: Some(severity),
        default_severity: severity,
        group: code.trim_end_matches(|c: char| c.is_ascii_digit()).to_lowercase(),
        documentation: format!("What {name} finds.\n\nWhy it matters.\n\n## Mend\n\nDo it.").into(),
        cites: cites.iter().map(|cites| (*cites).to_owned()).collect(),
        file: Some("rules/checks/x.isms".to_owned()),
        builtin: true,
        is_broken: false,
    }
}

fn shown(report: &Report) -> Shown<'_> {
    let time = Duration::from_millis(3);
    let mut summary = Summary { files: 2, processes: 1, suppressed: 1, fails: true, time, ..Summary::default() };
    let mut findings = Vec::new();
    for diagnostic in &report.diagnostics {
        summary.count(diagnostic.severity);
        findings.push((0, diagnostic, None));
    }
    for one in &report.suppressed {
        findings.push((0, &one.diagnostic, Some(one.because.as_str())));
    }
    let home = Home { inside: "policies/".to_owned(), root: "/home/me/my repository".to_owned() };
    Shown { reports: vec![(String::new(), report)], findings, baselined: None, summary, home }
}

const EVERYTHING: Style = Style { colour: false, unicode: true, all: true, notes: true, suppressed: true };

fn text(format: Format, style: Style) -> String {
    let report = shared();
    let shown = shown(&report);
    let mut text = written(format, &shown, style);
    text.push_str("---\n");
    text.push_str(&closing(&shown, style, format));
    text
}

fn written(format: Format, shown: &Shown<'_>, style: Style) -> String {
    let mut out = Vec::new();
    write(format, shown, style, &mut out).expect("a vector can be written");
    String::from_utf8(out).expect("reports are UTF-8")
}

/// A report of machines, as it is.
fn plain(format: Format) -> String {
    written(format, &shown(&shared()), EVERYTHING)
}

/// A baseline hides findings; code scanning is told of them, and which are new.
#[test]
fn what_is_in_a_baseline() {
    let report = shared();
    let hidden = finding("SOA001", Severity::Warning, place(&report.sources, 0, "x"), "recorded long ago");
    let mut shown = shown(&report);
    shown.baselined = Some(vec![(0, &hidden)]);
    shown.summary.baselined = 1;
    let sarif: serde_json::Value =
        serde_json::from_str(&written(Format::Sarif, &shown, EVERYTHING)).expect("SARIF is JSON");
    // A slip in a pattern of the published schema, mended.
    let schema = include_str!("schemas/sarif-2.1.0.json").replace("{2}]?$", "{2}?$");
    let schema: serde_json::Value = serde_json::from_str(&schema).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    let mistakes: Vec<String> = validator.iter_errors(&sarif).map(|mistake| mistake.to_string()).collect();
    assert!(mistakes.is_empty(), "{mistakes:?}");
    let run = &sarif["runs"][0];
    let results = run["results"].as_array().expect("results");
    let of = |state: &str| results.iter().filter(|one| one["baselineState"] == state).collect::<Vec<_>>();
    assert_eq!((of("new").len(), of("unchanged").len(), results.len()), (results.len() - 1, 1, results.len()));
    let unchanged = of("unchanged")[0];
    assert_eq!(unchanged["ruleId"], "SOA001");
    let rule = unchanged["ruleIndex"].as_u64().and_then(|at| usize::try_from(at).ok()).expect("an index");
    assert_eq!(run["tool"]["driver"]["rules"][rule]["id"], "SOA001");
    let json: serde_json::Value = serde_json::from_str(&json_report(&shown).expect("JSON")).expect("JSON");
    assert_eq!(json["summary"]["baselined"], 1);
    // No other format shows it, and those for people count it.
    for (word, format) in Format::ALL.into_iter().filter(|(_, format)| *format != Format::Sarif) {
        assert!(!written(format, &shown, EVERYTHING).contains("recorded long ago"), "{word}");
    }
    for format in [Format::Pretty, Format::Concise] {
        assert!(closing(&shown, EVERYTHING, format).contains("1 in the baseline"));
    }
    // Without a baseline nothing is said of one.
    assert!(!plain(Format::Sarif).contains("baselineState"));
}

#[test]
fn pretty() {
    insta::assert_snapshot!(text(Format::Pretty, Style { all: false, ..EVERYTHING }));
}

#[test]
fn pretty_in_ascii_without_notes() {
    insta::assert_snapshot!(text(Format::Pretty, Style::default()));
}

#[test]
fn concise() {
    insta::assert_snapshot!(text(Format::Concise, EVERYTHING));
}

#[test]
fn json() {
    insta::assert_snapshot!(text(Format::Json, Style::default()));
}

#[test]
fn json_follows_its_schema() {
    let schema = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let report = shared();
    let instance = serde_json::from_str(&json_report(&shown(&report)).expect("a report")).expect("the report is JSON");
    let errors: Vec<String> = validator.iter_errors(&instance).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn nothing_hostile_reaches_a_terminal() {
    for (_, format) in Format::ALL {
        for unicode in [false, true] {
            let text = text(format, Style { unicode, ..EVERYTHING });
            let bad: Vec<char> = text.chars().filter(|c| ismslint::text::is_dangerous(*c)).collect();
            assert!(bad.is_empty(), "{format:?}: {bad:?}");
        }
    }
}

#[test]
fn a_long_line_is_not_drawn() {
    let text = format!("process a {{ {} }}", "input x from y ".repeat(20_000));
    let sources = SourceMap::new(vec![Source::new("a.isms", text)]);
    let found = finding("FLOW001", Severity::Error, place(&sources, 0, "x"), "no process produces `x`");
    let report = Report { sources: Arc::new(sources), diagnostics: vec![found], suppressed: Vec::new(), ..shared() };
    let mut out = Vec::new();
    write(Format::Pretty, &shown(&report), Style::default(), &mut out).expect("a vector can be written");
    insta::assert_snapshot!(String::from_utf8(out).expect("reports are UTF-8"));
}

#[test]
fn json_lines() {
    insta::assert_snapshot!(plain(Format::JsonLines));
}

#[test]
fn sarif() {
    insta::assert_snapshot!(plain(Format::Sarif));
}

#[test]
fn github() {
    insta::assert_snapshot!(plain(Format::Github));
}

#[test]
fn gitlab() {
    insta::assert_snapshot!(plain(Format::Gitlab));
}

#[test]
fn junit() {
    insta::assert_snapshot!(plain(Format::Junit));
}

#[test]
fn rdjsonl() {
    insta::assert_snapshot!(plain(Format::Rdjsonl));
}

#[test]
fn checkstyle() {
    insta::assert_snapshot!(plain(Format::Checkstyle));
}

#[test]
fn azure() {
    insta::assert_snapshot!(plain(Format::Azure));
}

#[test]
fn markdown() {
    insta::assert_snapshot!(plain(Format::Markdown));
}

/// The reports of a run without findings, which no consumer may take for a crash.
#[test]
fn nothing_found() {
    let report = Report { diagnostics: Vec::new(), suppressed: Vec::new(), rules: Vec::new(), ..shared() };
    let mut shown = shown(&report);
    shown.summary.fails = false;
    let mut all = String::new();
    for (word, format) in Format::ALL {
        all.push_str(&format!("--- {word}\n{}", written(format, &shown, EVERYTHING)));
    }
    insta::assert_snapshot!(all);
}

mod reports {
    mod consumers;
    mod files;
    mod hostile;
    mod limits;
}
