//! Specifications and rules come from strangers: whatever is too large, too deep or too dear is said, with its place, and
//! costs neither time nor memory. What is quadratic shows here as a test that does not end.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and makes its own files"
)]

use std::fmt::Write as _;

use ismslint::diagnostic::Diagnostic;
use ismslint::engine::coverage::{Allowance, Coverage, Excess};
use ismslint::engine::{self, Inputs, Report, Settings};
use ismslint::project::{Configuration, load};
use ismslint::text::{Date, Source};

fn inputs(text: &str) -> Inputs {
    Inputs {
        sources: vec![Source::new("a.isms", text)],
        settings: Settings::default(),
        today: Date::new(2026, 11, 21).expect("a day"),
        known_paths: None,
    }
}

fn check(text: &str) -> Report {
    engine::check(inputs(text))
}

fn cover(text: &str, allowance: &mut Allowance) -> Result<Coverage, Excess> {
    engine::coverage(inputs(text), allowance).1
}

/// Why there is no table.
fn refused(text: &str) -> String {
    let excess = cover(text, &mut Allowance::default()).expect_err("this is too large");
    format!("{}\n{}", excess.message(), excess.help())
}

/// A standard with so many clauses or controls.
fn standard(count: usize, entry: impl Fn(usize) -> String) -> String {
    format!("standard s:1 \"S\" {{\n{}}}\norganization o {{ standard s:1 }}\n", repeated(count, entry))
}

fn clauses(count: usize) -> String {
    standard(count, |at| format!("clause A.{at} \"t\"\n"))
}

/// So many processes that cover everything, each with a title of so many bytes.
fn covering(count: usize, bytes: usize) -> String {
    let title = "x".repeat(bytes);
    repeated(count, |at| format!("process p{at} \"{title}\" {{ covers A.* }}\n"))
}

fn listed(count: usize, letter: &str) -> String {
    (0..count).map(|at| format!("{letter}{at}")).collect::<Vec<_>>().join(", ")
}

/// Findings whose codes begin so, each with what it underlines, cut to forty characters.
fn said(report: &Report, codes: &[&str]) -> String {
    let mut said = String::new();
    let wanted = |finding: &&Diagnostic| codes.iter().any(|code| finding.code.as_str().starts_with(code));
    for finding in report.diagnostics.iter().filter(wanted) {
        let place = finding.primary.as_ref().expect("a place").place;
        let underlined: String = report.sources.get(place.file).slice(place.span).chars().take(40).collect();
        writeln!(said, "{} at `{underlined}`: {}", finding.code.as_str(), finding.message).expect("text");
        for help in &finding.help {
            writeln!(said, "  {help}").expect("text");
        }
    }
    said
}

fn repeated(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect()
}

/// A rule of a project, with a project of so many processes around it.
fn rule(processes: usize, body: &str) -> Report {
    let processes =
        repeated(processes, |at| format!("process p{at} \"T\" {{ input x{at} result x{} purpose \"abc\" }}\n", at + 1));
    check(&format!("{processes}rule OWN001 own warning {{\n{body}\n}}\n"))
}

#[test]
fn names_and_texts_have_an_end() {
    let name = "é".repeat(200);
    let report = check(&format!(
        "role {name}\nrole {name} \"{}\"\nprocess p {{\n  purpose \"\"\"{}\"\"\"\n  owner {name}\n}}\n",
        "t".repeat(70_000),
        "long\n".repeat(20_000)
    ));
    insta::assert_snapshot!(said(&report, &["SYN", "REF"]), @r#"
    SYN016 at `é`: this name has 400 bytes
      names have at most 255 bytes; say the rest in a title
    REF002 at `éééééééééééééééééééééééééééééééééééééééé`: the role `ééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé` is declared twice
      rename one of the two, or put what they say together in one
    SYN016 at `é`: this name has 400 bytes
      names have at most 255 bytes; say the rest in a title
    SYN017 at `"`: this text has 70002 bytes
      texts have at most 65536 bytes; name the page where the rest is written in `source`
    SYN017 at `"`: this text has 100006 bytes
      texts have at most 65536 bytes; name the page where the rest is written in `source`
    SYN016 at `é`: this name has 400 bytes
      names have at most 255 bytes; say the rest in a title
    "#);
}

#[test]
fn a_rule_nests_so_deep_and_no_deeper() {
    let mut predicates = "define d0(process p) when p.owned\n".to_owned();
    for number in 1..40 {
        let nested = "(p.owned or not p.owned and ".repeat(40);
        writeln!(predicates, "define d{number}(process p) when {nested}d{}(p){}", number - 1, ")".repeat(40))
            .expect("text");
    }
    let report = check(&format!("{predicates}rule OWN001 own warning {{ for process p where d39(p) report p \"x\" }}"));
    let said = said(&report, &["RULE"]);
    assert_eq!(
        said.lines().next(),
        Some("RULE012 at `not p.owned`: the rule nests more than 256 conditions, with those of its predicates")
    );
    // A long chain of short predicates is not taken for true where it is cut off.
    let chain = repeated(400, |at| format!("define d{}(process p) when d{at}(p) or p.owned\n", at + 1));
    let report = check(&format!(
        "process a {{ }} define d0(process p) when p.owned\n{chain}rule OWN001 own warning {{ for process p where d400(p) report p \"x\" }}"
    ));
    assert!(said_codes(&report).contains(&"RULE012"), "{:?}", said_codes(&report));
    assert!(!said_codes(&report).contains(&"OWN001"));
}

#[test]
fn a_rule_that_calls_a_predicate_with_a_mistake_is_not_asked() {
    let report = check(
        "process a { }
        define wrong(process p) when p.ownde
        define rests-on-it(process p) when wrong(p) or p.owned
        rule OWN001 one warning { for process p where wrong(p) report p \"x\" }
        rule OWN002 two warning { for process p where not rests-on-it(p) report p \"x\" }",
    );
    insta::assert_snapshot!(said(&report, &["RULE", "OWN"]), @r#"
    RULE003 at `ownde`: a `process` has no field `ownde`
      did you mean `owned`?
    "#);
}

fn said_codes(report: &Report) -> Vec<&str> {
    report.diagnostics.iter().map(|finding| finding.code.as_str()).collect()
}

#[test]
fn a_rule_is_only_so_large() {
    let variables: Vec<String> = (0..17).map(|at| format!("process v{at}")).collect();
    let scope: Vec<String> = (0..70).map(|at| format!("process w{at}")).collect();
    let path = ["parent"; 17].join(".");
    let reports = [
        rule(1, &format!("for {}\nreport v0 \"x\"", variables.join(", "))),
        rule(1, &format!("for process p where exists {} where w1.owned\nreport p \"x\"", scope.join(", "))),
        rule(1, &format!("for clause k where k.{path}.number = \"x\"\nreport k \"x\"")),
        rule(1, &format!("for process p report p \"{}\"", "{".repeat(3_000))),
        rule(1, &format!("for process p report p \"x\"\n{}", "help \"h\"\n".repeat(49))),
        rule(1, &format!("cites {}\nfor process p report p \"x\"", vec!["iso27001:2022/4.4"; 65].join(", "))),
    ];
    let said: String = reports.iter().map(|report| said(report, &["RULE"])).collect();
    insta::assert_snapshot!(said, @r#"
    RULE012 at `OWN001`: the rule `OWN001` has 17 variables after `for`, and 16 are the most
      split the rule into several, each with a code of its own
    RULE012 at `w63`: there are more than 64 variables here
      split the rule
    RULE012 at `parent`: a path follows at most 16 fields
      take a part of it into a variable
    RULE012 at `"{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{`: a message has at most 2000 bytes
      say the rest in the documentation of the rule
    RULE012 at `OWN001`: the rule `OWN001` has 49 labels, helps, notes and mends, and 48 are the most
      split the rule into several, each with a code of its own
    RULE012 at `OWN001`: the rule `OWN001` has 65 citations, and 64 are the most
      split the rule into several, each with a code of its own
    "#);
    assert!(reports.iter().all(|report| !said_codes(report).contains(&"OWN001")), "half a rule is none");
}

#[test]
fn patterns_are_only_so_many_and_so_large() {
    let conditions: Vec<String> = (0..300).map(|at| format!("p.id matches \"a{at}\"")).collect();
    let reports = [
        rule(1, &format!("for process p where {}\nreport p \"x\"", conditions.join(" or "))),
        rule(1, "for process p where p.id matches \"(a{1,500}){1,500}\"\nreport p \"x\""),
    ];
    let said: Vec<String> = reports.iter().map(|report| said(report, &["RULE"])).collect();
    assert_eq!(said[0].matches("there are more than 256 of them").count(), 44, "{}", said[0]);
    insta::assert_snapshot!(said[1], @r#"
    RULE011 at `"(a{1,500}){1,500}"`: the pattern cannot be used: it is too large
      patterns are regular expressions without look-around and back references
    "#);
}

#[test]
fn a_rule_looks_at_so_much_and_no_more() {
    let dear = [
        // Pairs of pairs, counted; texts in texts; lists of lists of lists; tuples without end.
        "for process p where count(process q, process r, process s where q.id != r.id and r.id != s.id) > 3\nreport p \"x\"",
        "for process p, process q, process r where p.purpose contains q.purpose and r.id != q.id and p.id != r.id\nreport p \"x\"",
        "for process p, process q, process r, process s where p.id != q.id and q.id != r.id and r.id != s.id\nreport p \"x\"",
    ];
    for body in dear {
        let report = rule(700, body);
        let said = said(&report, &["RULE"]);
        assert!(said.starts_with("RULE012 at `OWN001`: the rule `OWN001` looks at too many combinations\n"), "{said}");
    }
    let items = repeated(300, |at| {
        format!("item i{at} {{ contains {} }}\n", (0..300).map(|to| format!("i{to}")).collect::<Vec<_>>().join(", "))
    });
    let path = ["parts"; 12].join(".");
    let report = check(&format!(
        "{items}rule OWN001 own warning {{ for item i where i.{path}.id contains \"zz\"\nreport i \"x\" }}\n\
         rule OWN002 own warning {{ for item i where i.id = \"i7\"\nreport i \"{{i.{path}.id}}\" }}"
    ));
    insta::assert_snapshot!(said(&report, &["RULE", "OWN"]), @r#"
    OWN002 at `i7`: `i0`, `i1`, `i2`, `i3`, `i4`, `i5`, `i6` and at least 293 more
    RULE012 at `OWN001`: the rule `OWN001` looks at too many combinations
      relate its variables by `=`, `in` or `of`, so that it need not pair everything with everything
    "#);
    let tuples = "define t(process a, process b, process c) when a.id != b.id and b.id != c.id or t(b, c, a)\n\
        rule OWN001 own warning { for process p where t(p, p, p)\nreport p \"x\" }";
    let processes = repeated(400, |at| format!("process p{at} {{ }}\n"));
    insta::assert_snapshot!(said(&check(&format!("{processes}{tuples}")), &["RULE", "OWN"]), @r#"
    RULE012 at `OWN001`: the rule `OWN001` looks at too many combinations
      relate its variables by `=`, `in` or `of`, so that it need not pair everything with everything
    "#);
}

/// A rule gives up in each of its tasks, of which there are several where there are many rows; that must not cancel out.
#[test]
fn a_dear_rule_is_told_of_whatever_the_number_of_rows() {
    let body =
        "for process p, process q, process r where p.id != q.id and q.id != r.id and r.id != \"x\"\nreport p \"x\"";
    for processes in [700, 9_000, 20_000, 40_000] {
        let report = rule(processes, body);
        assert_eq!(said_codes(&report).iter().filter(|code| **code == "RULE012").count(), 1, "{processes}");
        assert!(!said_codes(&report).contains(&"OWN001"));
    }
}

#[test]
fn many_dear_rules_share_the_time() {
    let processes = repeated(3_000, |at| format!("process p{at} \"T\" {{ purpose \"abc\" }}\n"));
    let rules = repeated(60, |at| {
        format!(
            "rule OWN{at:04} own warning {{ for process p, process q where p.id != q.id and q.purpose contains \"z\"\nreport p \"x\" }}\n"
        )
    });
    let report = check(&format!("{processes}{rules}"));
    let stopped = said_codes(&report).iter().filter(|code| **code == "RULE012").count();
    assert_eq!(stopped, 60);
}

#[test]
fn findings_are_only_so_many_and_so_long() {
    let title = "T".repeat(60_000);
    let processes = repeated(20_000, |at| format!("process p{at} {{ }}\n"));
    let rules = repeated(1_000, |at| {
        format!(
            "rule OWN{at:04} own warning {{ for process p, process q where q.id = \"long\"\nreport p \"{{q.title}}\" }}\n"
        )
    });
    let report = check(&format!("process long \"{title}\" {{ }}\n{processes}{rules}"));
    let own: Vec<&Diagnostic> =
        report.diagnostics.iter().filter(|finding| finding.code.as_str().starts_with("OWN")).collect();
    // One of each rule is shown in any case.
    assert!((500_000..=501_000).contains(&own.len()), "{}", own.len());
    assert!(own.iter().all(|finding| finding.message.chars().count() == 501 && finding.message.ends_with('…')));
    let told = said(&report, &["RULE013"]);
    assert!(told.starts_with("RULE013 at `OWN0000`: the rule `OWN0000` has 20001 findings; the first "), "{told}");
    assert!(told.contains("the rule `OWN0999` has 20001 findings; the first 1 are shown"), "every rule is told of");
}

#[test]
fn a_reason_is_repeated_only_so_far() {
    let inputs = repeated(5_000, |at| format!("  input x{at}\n"));
    let report = check(&format!("@allow(FLOW001, because \"{}\")\nprocess a {{\n{inputs}}}", "B".repeat(60_000)));
    assert_eq!(report.suppressed.len(), 5_000);
    assert!(report.suppressed.iter().all(|one| one.because.chars().count() == 2_001));
}

/// What is linear ends at once; a test of time would depend on the machine.
#[test]
fn what_strangers_repeat_costs_no_square() {
    let clauses = vec!["4.1"; 30_000].join(", ");
    let head = "organization o { standard iso27001:2022 }\n";
    let reports = [
        check(&format!("{head}process a {{ covers {clauses} }}")),
        check(&format!("applicability iso27001:2022 {{\n{}}}", "include A.5.1 because \"x\"\n".repeat(30_000))),
        check(&format!(
            "{}process a {{\n{}}}",
            repeated(30_000, |at| format!("@allow(FLOW001 z{at}, because \"x\")\n")),
            repeated(30_000, |at| format!("input x{at}\n"))
        )),
        check(&repeated(30_000, |at| format!("@allow(NONE{at}, because \"x\") process p{at} {{ input * }}\n"))),
        check(&format!(
            "rule OWN001 own warning {{ for process p where {}\nreport p \"x\" }}",
            (0..50_000).map(|at| format!("p.id != \"a{at}\"")).collect::<Vec<_>>().join(" and ")
        )),
    ];
    for (number, report) in reports.iter().enumerate() {
        assert!(!said_codes(report).contains(&"RULE012"), "{number}");
    }
}

/// The mistakes of a configuration, without drawing.
fn mistakes(text: &str) -> String {
    let error = Configuration::parse("ismslint.toml", text).expect_err("a mistake");
    let inner = miette::Diagnostic::related(&error).into_iter().flatten().map(|error| error.to_string());
    let help = miette::Diagnostic::help(&error).map(|help| help.to_string());
    [error.to_string()].into_iter().chain(help).chain(inner).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_configuration_is_only_so_large() {
    let list = |count: usize, piece: &dyn Fn(usize) -> String| (0..count).map(piece).collect::<Vec<_>>().join(", ");
    let globs = format!("exclude = [{}]", list(501, &|at| format!("\"a{at}\"")));
    let long = format!("exclude = [\"{}\"]", "{a,b}".repeat(101));
    let severities = format!("severity = {{ {} }}", list(1_001, &|at| format!("A{at} = \"off\"")));
    let overrides = "[[override]]\npaths = []\nseverity = {}\n".repeat(101);
    let keys = repeated(1_000, |at| format!("k{at} = 1\n"));
    let said: Vec<String> = [globs, long, severities, overrides].iter().map(|text| mistakes(text)).collect();
    insta::assert_snapshot!(said.join("\n\n"), @r#"
    there are more than 500 patterns for paths
    use fewer: `**` stands for any folders

    this pattern for paths has 505 bytes
    patterns have at most 500 bytes

    there are more than 1000 names of rules
    name groups (`flow`) or beginnings of codes (`FLOW`) instead of each rule

    there are 101 overrides, and 100 are the most
    put paths with the same severities together in one
    "#);
    let many = mistakes(&keys);
    assert_eq!(many.lines().next(), Some("the configuration has more than 20 mistakes"));
    assert_eq!(many.lines().count(), 21);
}

/// What each finding says is bounded, whatever its rule asks for and however many findings there are.
#[test]
fn a_finding_says_only_so_much() {
    let title = "T".repeat(60_000);
    let processes = repeated(3_000, |at| format!("process p{at} {{ }}\n"));
    let helps = repeated(40, |_| format!("help for process z where z.id = \"long\" \"{}\"\n", "{z.title}".repeat(180)));
    let message = "{q.title}".repeat(180);
    let report = check(&format!(
        "process long \"{title}\" {{ }}\n{processes}rule OWN001 own warning {{ for process p, process q where q.id = \"long\"\n\
         report p \"{message}\"\n{helps} }}\n"
    ));
    let own: Vec<&Diagnostic> = report.diagnostics.iter().filter(|finding| finding.code.as_str() == "OWN001").collect();
    assert_eq!(own.len(), 3_001);
    for finding in own {
        let said: usize = finding.help.iter().map(String::len).sum();
        assert!((3_900..4_010).contains(&finding.message.len()), "{}", finding.message.len());
        assert!((10_000..30_000).contains(&said), "{said}");
    }
}

#[test]
fn lists_of_lists_are_counted_only_so_far() {
    let items = repeated(300, |at| {
        let parts: Vec<String> = (0..300).map(|to| format!("i{}", (at + to) % 300)).collect();
        format!("item i{at} {{ contains {} }}\n", parts.join(", "))
    });
    let report = check(&format!(
        "{items}rule OWN001 own warning {{ for item i where i.id = \"i7\"\nreport i \"{{i.parts.parts.id}}\" }}\n\
         rule OWN002 own warning {{ for item i where i.id = \"i7\"\nreport i \"x\"\nhelp for item j where j.id != \"i7\" \"{{j.parts.id}}\" }}"
    ));
    insta::assert_snapshot!(said(&report, &["RULE", "OWN"]), @r"
    OWN001 at `i7`: `i7`, `i8`, `i9`, `i10`, `i11`, `i12`, `i13` and 293 more
    OWN002 at `i7`: x
      `i0`, `i1`, `i2`, `i3`, `i4`, `i5`, `i6` and at least 293 more
    ");
}

/// A pattern that keeps track of many possibilities at once is dear for every byte that it goes over.
#[test]
fn patterns_are_weighed() {
    let title: String = (0..60_000_u64).map(|at| if at * at * at % 7 < 3 { 'a' } else { 'b' }).collect();
    let processes = repeated(300, |at| format!("process p{at} \"{title}\" {{ }}\n"));
    let rules = repeated(100, |at| {
        format!(
            "rule OWN{at:03} own warning {{ for process p where p.title matches \"a[ab]{{{}}}c\" report p \"x\" }}\n",
            200 + at
        )
    });
    let report = check(&format!("{processes}{rules}"));
    assert_eq!(said_codes(&report).iter().filter(|code| **code == "RULE012").count(), 100);
    // Ordinary ones go over as much.
    let report = check(&format!(
        "{processes}rule OWN001 own warning {{ for process p where p.title matches \"^[A-Z]{{2,4}}-[0-9]+$\" report p \"x\" }}"
    ));
    assert!(!said_codes(&report).contains(&"RULE012"));
}

#[test]
fn a_file_is_read_up_to_64_mib() {
    let path = std::env::temp_dir().join(format!("ismslint-large-{}.isms", std::process::id()));
    let file = std::fs::File::create(&path).expect("a file");
    file.set_len((64 << 20) + 1).expect("a length");
    let loaded = load(&path, "large.isms").expect("it can be looked at");
    std::fs::remove_file(&path).expect("a file");
    let problem = loaded.problems.first().expect("a problem");
    assert_eq!((problem.code, loaded.source.text()), ("SYN015", ""));
    assert_eq!(problem.message, "the file has 65 MiB and is not read");
    assert_eq!(problem.help, "files up to 64 MiB are read; split it, or exclude it");
}

/// Ten thousand names that nobody has declared, among a hundred thousand that are nearly the same.
#[test]
fn unknown_names_are_cheap() {
    let known = repeated(100_000, |at| format!("role service-owner-{at}\n"));
    let unknown = repeated(10_000, |at| format!("process p{at} {{ owner service-ownr-{at} }}\n"));
    let report = check(&format!("{known}{unknown}"));
    let unknown: Vec<&Diagnostic> = report.diagnostics.iter().filter(|one| one.code.as_str() == "REF001").collect();
    assert_eq!(unknown.len(), 10_000);
    let near = |one: &&&Diagnostic| one.help.iter().any(|help| help.starts_with("did you mean `service-owner-"));
    assert_eq!(unknown.iter().filter(near).count(), 500, "the first ones are explained");
}

/// What is large and not hostile.
#[test]
fn large_projects_come_up_to_no_limit() {
    const MANY: usize = 30_000;
    let ring = repeated(MANY, |at| {
        let (last, next) = ((at + MANY - 1) % MANY, (at + 1) % MANY);
        format!("process p{at} {{ input x{at} from p{last} result x{next} to p{next} }}\n")
    });
    let hub = repeated(MANY, |at| format!("process p{at} {{ input x from hub }}\n"));
    for text in [ring, format!("process hub {{ result x }}\n{hub}")] {
        let report = check(&text);
        let codes = said_codes(&report);
        assert!(codes.len() > MANY && !codes.iter().any(|code| code.starts_with("RULE")));
    }
}

/// What is looked up for many rows at once is looked up for those, too, of which the rule does not speak: here a role, which
/// is no process.
#[test]
fn what_is_no_row_is_not_read_ahead() {
    let report = check(
        "role boss \"Boss\"
         process a { result x to b }
         process b { input x from boss, a }
         rule OWN001 own note {
           for    source s, process p
           where  p = s.actor
           unless result r where r.item.id = p.id
           report s \"`{p}` is called as no item\"
         }",
    );
    let own: Vec<&str> = report
        .diagnostics
        .iter()
        .filter(|finding| finding.code.as_str() == "OWN001")
        .map(|one| &*one.message)
        .collect();
    assert_eq!(own, ["`a` is called as no item"]);
}

/// A hub that everybody takes something from: whoever is not among many is found as whoever is not among few, and a list of
/// thousands is not gone through for each of them.
#[test]
fn one_who_is_missing_in_a_long_list_is_found() {
    for count in [10, 200, 20_000] {
        let announced: Vec<String> = (1..count).rev().map(|at| format!("p{at}")).collect();
        let consumers = repeated(count, |at| format!("process p{at} {{ input report from hub }}\n"));
        let report = check(&format!("process hub {{ result report to {} }}\n{consumers}", announced.join(", ")));
        let found: Vec<&str> = report
            .diagnostics
            .iter()
            .filter(|finding| finding.code.as_str() == "FLOW010")
            .map(|finding| &*finding.entity)
            .collect();
        assert_eq!(found, ["process.p0/from.hub/input.report"], "{count}");
    }
}

/// More names stand after one `to` than a row of facts has room to count.
#[test]
fn seventy_thousand_destinations_are_all_read() {
    let count = 70_000;
    let names: Vec<String> = (0..count).map(|at| format!("r{at}")).collect();
    let roles = repeated(count, |at| format!("role r{at} \"R\"\n"));
    let report = check(&format!("process a {{ result x to {}, nobody }}\n{roles}", names.join(", ")));
    assert_eq!(
        said(&report, &["REF001", "ROLE004"]).lines().next(),
        Some("REF001 at `nobody`: no process, role, party or system is called `nobody`")
    );
}

/// Three clauses for each finding, of hundreds: dear, but below the limit.
const DEAR: &str = "rule OWN001 own warning {
  for clause a, clause b, clause c
  where a.number != b.number and b.number != c.number and c.title = \"zz\"
  report a \"x\"
}
";

#[test]
fn tests_share_the_time_and_say_only_so_much() {
    let run = |text: &str| {
        let today = Date::new(2026, 11, 21).expect("a day");
        let sources = vec![Source::new("a.isms", text)];
        engine::test(Inputs { sources, settings: Settings::default(), today, known_paths: None }, false)
    };
    let many = run(&format!("{DEAR}{}", "test OWN001 \"t\" { expect none }\n".repeat(10_001)));
    assert_eq!(many.tests.len(), 10_000);
    assert_eq!(many.diagnostics.len(), 1);
    assert_eq!(many.diagnostics[0].message, "there are more than 10000 tests");
    for test in &many.tests {
        let codes: Vec<&str> = test.problems.iter().map(|problem| problem.code.as_str()).collect();
        assert_eq!(codes, ["RULE012"]);
    }
    let processes = repeated(300, |at| format!("process p{at} {{ }}\n"));
    let all = "rule OWN001 own warning { for process p report p \"x\" }\n";
    // Each goes through all standards: of four megabytes, a few hundred may.
    let standard = format!("standard large:1 {{ clause 4 \"Title\" }}\n{}", "// A remark.\n".repeat(330_000));
    let large = run(&format!("{all}{standard}{}", "test OWN001 \"t\" { expect none }\n".repeat(300)));
    let ran = large.tests.len();
    assert!((200..260).contains(&ran), "{ran}");
    let message = format!("there are more than {ran} tests of rules among standards and models of this size");
    assert_eq!(large.diagnostics[0].message, message);
    let found = run(&format!("{all}test OWN001 \"t\" {{ {processes} expect p7, p8, nobody }}\n"));
    let problems = &found.tests[0].problems;
    assert_eq!(problems.len(), 101);
    assert_eq!(problems[0].message, "missing: `OWN001` finds nothing at `nobody`");
    assert_eq!(problems[100].notes.last().map(String::as_str), Some("198 more findings of this sort are left out"));
}

#[test]
fn mending_ends() {
    let mend = |text: &str| {
        let today = Date::new(2026, 11, 21).expect("a day");
        let sources = vec![Source::new("a.isms", text)];
        let wish = engine::MendWish { with_unsafe: true, is_wanted: &|_, _| true, may_change: &|_| true };
        let mended = engine::mend(Inputs { sources, settings: Settings::default(), today, known_paths: None }, &wish);
        (mended.mended, mended.refused, mended.is_cut)
    };
    // What is written mends nothing, which each fix takes some checks to find out.
    let useless =
        "rule OWN002 useless warning { for process p report p \"x\" fix safe insert \"purpose \\\"a\\\"\" into p }\n";
    let processes = |count: usize| repeated(count, |at| format!("process p{at} {{ }}\n"));
    assert_eq!(mend(&format!("{useless}{}", processes(3))), (0, 3, false));
    let (mended, refused, is_cut) = mend(&format!("{useless}{}", processes(64)));
    assert!(mended == 0 && (20..64).contains(&refused) && is_cut, "{mended} {refused} {is_cut}");
    // Beside a rule that comes up to its limit in each check, a handful of checks is enough.
    let (mended, refused, is_cut) = mend(&format!("{DEAR}{useless}{}", processes(64)));
    assert!(mended == 0 && refused == 0 && is_cut, "{mended} {refused} {is_cut}");
}

#[test]
fn projects_share_the_time() {
    let clauses = repeated(200, |at| format!("clause {at} \"c\"\n"));
    let said = |projects: usize| {
        let text = format!(
            "organization o {{ standard s:1 }}\nstandard s:1 \"S\" {{ {clauses} }}\nrule OWN001 own warning {{ for clause a, clause b where a.standard.id = \"s:1\" and b.standard.id = \"s:1\" and a.number != b.number and a.title != b.title report a \"x\" }}\n"
        );
        let settings = Settings { projects, ..Settings::default() };
        let today = Date::new(2026, 11, 21).expect("a day");
        let sources = vec![Source::new("a.isms", text)];
        let report = engine::check(Inputs { sources, settings, today, known_paths: None });
        report.diagnostics.iter().filter(|finding| finding.code.as_str() == "RULE012").count()
    };
    assert_eq!([said(1), said(4), said(100_000)], [0, 0, 1]);
}

#[test]
fn mappings_stand_for_only_so_many_pairs() {
    let numbers: Vec<String> = (1..=100).map(|number| number.to_string()).collect();
    let clauses = repeated(100, |at| format!("clause {} \"c\"\n", at + 1));
    let row = format!("{0} equal {0}\n", numbers.join(", "));
    let text = |rows: usize| {
        format!(
            "organization o {{ standard s:1 standard t:1 }}\nstandard s:1 \"S\" {{\n{clauses}}}\nstandard t:1 \"T\" {{\n{clauses}}}\nmapping s:1 to t:1 {{\n{}}}\n",
            row.repeat(rows)
        )
    };
    assert_eq!(said(&check(&text(100)), &["SYN"]), "");
    assert_eq!(
        said(&check(&text(300)), &["SYN"]),
        "SYN025 at `1`: the mappings of this project stand for more than 1048576 pairs\n  rows behind this one are not read; take out what is said twice\n"
    );
    let names: Vec<String> = (0..100).map(|number| format!("p{number}")).collect();
    let model =
        |id: &str| format!("model {id}:1 \"M\" {{\n{}}}\n", repeated(100, |at| format!("process p{at} {{ }}\n")));
    let row = format!("{0} equal {0}\n", names.join(", "));
    let text = |rows: usize| format!("{}{}mapping m:1 to n:1 {{\n{}}}\n", model("m"), model("n"), row.repeat(rows));
    assert_eq!(said(&check(&text(6)), &["SYN"]), "");
    assert_eq!(
        said(&check(&text(8)), &["SYN"]),
        "SYN025 at `p0`: the mappings of this project stand for more than 65536 pairs\n  rows behind this one are not read; take out what is said twice\n"
    );
}

#[test]
fn unknown_predicates_are_cheap() {
    let predicates = repeated(4_000, |at| format!("define abcdefgh{at}(process p) when p.owned\n"));
    let calls: Vec<String> = (0..19_000).map(|at| format!("abcdefgx{at}(p)")).collect();
    let report = check(&format!(
        "{predicates}rule OWN001 own warning {{ for process p where {} report p \"x\" }}",
        calls.join(" or ")
    ));
    let unknown: Vec<&Diagnostic> =
        report.diagnostics.iter().filter(|finding| finding.code.as_str() == "RULE005").collect();
    assert_eq!(unknown.len(), 19_000);
    assert_eq!(unknown[7].help, ["did you mean `abcdefgh7`?"]);
}

#[test]
fn a_long_line_of_a_configuration_is_drawn() {
    let keys: Vec<String> = (0..60_000).map(|at| format!("X{at} = \"off\"")).collect();
    let error =
        Configuration::parse("ismslint.toml", &format!("severity = {{ {} }}", keys.join(", "))).expect_err("it");
    let mut drawn = String::new();
    miette::GraphicalReportHandler::new().render_report(&mut drawn, &error).expect("a drawing");
    assert!(drawn.contains("there are more than 1000 names of rules") && drawn.len() < 2_000, "{drawn}");
}

/// Every process has one title, however many clauses it covers.
#[test]
fn titles_of_a_table_are_held_once() {
    let coverage = cover(&format!("{}{}", clauses(500), covering(2, 300)), &mut Allowance::default()).expect("a table");
    let entries: Vec<_> = coverage.standards.iter().flat_map(|standard| standard.entries()).collect();
    assert_eq!(entries.iter().map(|entry| entry.answers.len()).sum::<usize>(), 1_000);
    let first = &entries.first().expect("an entry").answers;
    for entry in &entries {
        for (one, other) in entry.answers.iter().zip(first) {
            assert!(std::sync::Arc::ptr_eq(&one.who, &other.who), "{}", entry.number);
        }
    }
}

/// Long titles would be written as often as clauses are covered.
#[test]
fn a_table_that_repeats_long_titles_is_refused() {
    insta::assert_snapshot!(refused(&format!("{}{}", clauses(2_000), covering(10, 60_000))), @"
    the table of who answers what is too large: it would say 20,000 pairs of a clause and who covers it, about 1,206 MB in all, and may say 174 MB
    `covers A.*` at `a.isms:2004` says 2,000 of them, and 9 other statements at least half as much each; shorten the names and titles, which take 60,002 bytes in each of them; `ismslint check` still checks the project
    ");
}

#[test]
fn a_table_with_too_many_pairs_is_refused() {
    insta::assert_snapshot!(refused(&format!("{}{}", clauses(1_500), covering(1_500, 1))), @"
    the table of who answers what is too large: it would say 2,250,000 pairs of a clause and who covers it, about 588 MB in all, and may say 138 MB
    `covers A.*` at `a.isms:2504` says 1,500 of them, and 1,499 other statements at least half as much each; cover fewer clauses there; `ismslint check` still checks the project
    ");
}

/// Whoever is named in `by` is said at every control.
#[test]
fn a_table_with_too_many_roles_is_refused() {
    let controls = standard(1_500, |at| format!("control A.{at} \"t\"\n"));
    let roles = repeated(1_500, |at| format!("role r{at} \"R\"\n"));
    let statement = format!("applicability s:1 {{ include A.* because \"x\" by {} }}\n", listed(1_500, "r"));
    insta::assert_snapshot!(refused(&format!("{controls}{roles}{statement}")), @"
    the table of who answers what is too large: it would say 2,251,500 pairs of a clause and a decision on it, or somebody whom that names in `by`, about 588 MB in all, and may say 137 MB
    `include A.*` at `a.isms:3004` says 2,251,500 of them; decide on fewer clauses there, or name fewer in `by`; `ismslint check` still checks the project
    ");
    // Some hundred of them are none too many.
    let controls = standard(300, |at| format!("control A.{at} \"t\"\n"));
    let statement = format!("applicability s:1 {{ include A.* because \"x\" by {} }}\n", listed(300, "r"));
    let coverage = cover(&format!("{controls}{roles}{statement}"), &mut Allowance::default()).expect("a table");
    let said = coverage.standards.iter().flat_map(|standard| standard.entries());
    assert_eq!(said.map(|entry| entry.elsewhere.len()).sum::<usize>(), 90_000);
}

#[test]
fn a_table_with_too_many_producers_is_refused() {
    let documents = standard(1_500, |at| format!("clause A.{at} \"t\" {{ document \"D\" }}\n"));
    let item = format!("item x \"X\" {{ documents {} }}\n", listed(1_500, "A."));
    let producers = repeated(1_500, |at| format!("process p{at} \"P\" {{ result x }}\n"));
    insta::assert_snapshot!(refused(&format!("{documents}{item}{producers}")), @"
    the table of who answers what is too large: it would say 2,251,500 pairs of a document and an item that is said to be it, or a process that produces that, about 589 MB in all, and may say 141 MB
    `documents A.0` at `a.isms:1504` says 1,501 of them, and 1,499 other statements at least half as much each; name fewer documents there, or let fewer processes produce the item; `ismslint check` still checks the project
    ");
}

/// What one project says is no longer there for the next.
#[test]
fn the_tables_of_a_run_share_what_they_may_say() {
    let text = format!("{}{}", clauses(500), covering(500, 1));
    let mut allowance = Allowance::default();
    let tables = (0..5).take_while(|_| cover(&text, &mut allowance).is_ok()).count();
    assert_eq!(tables, 2);
}

/// Processes of which each answers twenty clauses are far from the bound: eight such projects fit into one run.
#[test]
fn the_table_of_a_large_organization_is_not_refused() {
    let processes = repeated(2_000, |at| {
        let covers = (0..20).map(|cover| format!("A.{}", (at * 7 + cover * 5) % 100)).collect::<Vec<_>>().join(", ");
        format!("process process-{at} \"A title as it is usual for a process\" {{ covers {covers} }}\n")
    });
    let text = format!("{}{processes}", clauses(100));
    let mut allowance = Allowance::default();
    for _ in 0..8 {
        assert!(cover(&text, &mut allowance).is_ok());
    }
}
