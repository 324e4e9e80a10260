//! Mending: what each fix writes, that it converges, and that it never makes anything worse.

#![expect(clippy::disallowed_methods, clippy::expect_used, reason = "a test reads files, and fails by panicking")]

#[path = "syntax/drawing.rs"]
mod drawing;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ismslint::diagnostic::{Diagnostic, Severity};
use ismslint::engine::{Inputs, MendWish, Mended, Report, Settings, check, mend};
use ismslint::report::diff;
use ismslint::text::{Date, FileId, Source};
use proptest::prelude::*;

type Files = Vec<(String, String)>;

fn inputs(files: &Files) -> Inputs {
    let sources = files.iter().map(|(path, text)| Source::new(path.as_str(), text.as_str())).collect();
    let today = Date::parse("2026-06-01").expect("a day");
    Inputs { sources, settings: Settings::default(), today, known_paths: None }
}

fn mended(files: &Files, with_unsafe: bool, codes: &[&str]) -> Mended {
    let is_wanted = |_: &Report, finding: &Diagnostic| codes.is_empty() || codes.contains(&finding.code.as_str());
    mend(inputs(files), &MendWish { with_unsafe, is_wanted: &is_wanted, may_change: &|_| true })
}

/// The files after they were mended.
fn after(files: &Files, mended: &Mended) -> Files {
    let changed: BTreeMap<&str, &str> =
        mended.changed.iter().map(|one| (one.path.as_str(), one.after.as_str())).collect();
    let text =
        |(path, text): &(String, String)| changed.get(path.as_str()).map_or(text.clone(), |text| (*text).to_owned());
    files.iter().map(|file| (file.0.clone(), text(file))).collect()
}

/// What is mended of a project of one file, as a diff, and what of the wanted codes is left.
fn shown(text: &str, with_unsafe: bool, codes: &[&str]) -> String {
    let files = vec![("a.isms".to_owned(), text.to_owned())];
    let mended = mended(&files, with_unsafe, codes);
    let mut shown = Vec::new();
    for changed in &mended.changed {
        diff(&changed.path, &changed.before, &changed.after, &mut shown).expect("memory");
    }
    let mut shown = String::from_utf8(shown).expect("UTF-8");
    let left = mended.report.diagnostics.iter().filter(|finding| codes.contains(&finding.code.as_str())).count();
    write!(shown, "mended {}, left {left}", mended.mended).expect("memory");
    for (count, what) in [(mended.left_unsafe, "more with unsafe fixes"), (mended.refused, "refused")] {
        if count > 0 {
            write!(shown, ", {count} {what}").expect("memory");
        }
    }
    shown
}

/// A project for each code that can be mended: with the safe fixes, and with all of them.
fn cases() -> Vec<(&'static str, &'static str)> {
    vec![
        (
            "REF001",
            "process assessment {\n  input reports from threat-inteligence   // weekly\n}\nprocess threat-intelligence { result reports to assessment }\n",
        ),
        (
            "REF001",
            "// Two names are as near.\nprocess site-1 { result x }\nprocess site-2 { result y }\nprocess a { input x from site-3 input y }\n",
        ),
        ("SYN020", "process a { category suport }\n"),
        (
            "CLAUSE002",
            "organization o { standard iso27001:2022 }\nprocess a {\n  covers iso27001:2013/10.1 \"Nonconformity and corrective action\"   // one successor\n  covers iso27001:2013 { A.12.6.1, A.14.2.8 }\n  covers iso27001:2013/9.2, iso27001:2013/10.*\n}\n",
        ),
        (
            "CLAUSE004",
            "organization o { standard iso27001:2022 }\nprocess a {\n  covers 9.2 \"Internal audit\", 6.1\n  covers 9.2(a)\n}\n",
        ),
        (
            "CLAUSE005",
            "organization o { standard iso27001:2022 }\nprocess a {\n  covers 8.1, 8.2, 8.1, 8.3   // plain\n  covers 9.3.*, 9.3.2 \"Management review inputs\"\n  covers 8.2 partly because \"Only sites\"\n  covers 7.1\n  covers 7.*\n  covers 6.1.2(c)\n  covers 6.1.2\n  @allow(PROC001, because \"x\")\n  covers 8.3\n}\n",
        ),
        (
            "CLAUSE009",
            "organization o { standard iso27001:2022 }\nprocess a {\n  covers 9.1 \"Monitoring and such\"\n  covers 10.1 \"Nonconformity and corrective action\"\n}\n",
        ),
        (
            "SOA007",
            "organization o { standard iso27001:2022 }\napplicability iso27001:2022 {\n  include A.7.4, A.8.11, A.8.11 because \"Treats our risks\"\n  include A.7.4 because \"Treats our risks\"   // again\n  exclude A.8.30 because \"Nothing is outsourced\"\n  include A.8.30 because \"Freelancers\"\n  include A.8.11 because \"Another reason\"\n}\n",
        ),
        (
            "ALLOW001",
            "process a {\n  @allow(FLOW001, because \"it comes by post\")\n  input x from b\n  @allow(FLOW002, because \"none\") result y to b   // inline\n}\nprocess b { result x to a input y from a }\n",
        ),
        (
            "ALLOW001",
            "// The suppression is needed as soon as the name is known.\nprocess a {\n  @allow(FLOW002, because \"later\")\n  result y to bee\n}\nprocess b { result x }\n",
        ),
        (
            "FLOW001",
            "process a {\n  input x from b\n  input y\n  input z from b, c\n}\nprocess b \"B\"\nprocess c {\n  result w to a\n}\n",
        ),
        (
            "FLOW002",
            "process a { result x to b result y to c result z }\nprocess b {\n  input  v from c   // kept\n\n  result w to c\n}\nprocess c { input y from b input w from b result v to b result y to c }\n",
        ),
        (
            "FLOW003",
            "process a { result x to c }\nprocess b { result y to c }\nprocess c {\n  input x from b, a\n  input y from a\n}\n",
        ),
        (
            "FLOW004",
            "process a { result x to b, c retained }\nprocess b { input y }\nprocess c { input x from d }\nprocess d { result x to c result y to b }\n",
        ),
        (
            "FLOW010",
            "process a {\n  result x to b   // who else?\n}\nprocess b { input x from a }\nprocess c { input x from a }\nprocess d { input x from a }\n",
        ),
    ]
}

#[test]
fn what_each_fix_writes() {
    let mut all = String::new();
    for (code, text) in cases() {
        let (safe, everything) = (shown(text, false, &[code]), shown(text, true, &[code]));
        writeln!(all, "=== {code}\n{text}--- safe fixes\n{safe}").expect("memory");
        if everything != safe {
            writeln!(all, "--- all fixes\n{everything}").expect("memory");
        }
        all.push('\n');
    }
    insta::assert_snapshot!(all);
}

/// Rules of an organization can say how they are mended too.
#[test]
fn own_rules_mend() {
    let text = r#"
rule OWN001 no-owner warning {
  for    process p
  where  p.owners is missing
  report p "nobody owns `{p}`"
  fix    for role r insert "owner {r}" into p
}
rule OWN002 wrong-purpose note {
  for    process p
  where  p.purpose = "?"
  report p "`{p}` has no purpose yet"
  fix    safe replace p.purpose with "See to \"{p.title}\" \\ always"
}
role ciso
process a "Assess \"all\" risks" {
  purpose "?"
}
"#;
    insta::assert_snapshot!(shown(text, true, &["OWN001", "OWN002"]), @r#"
    --- a.isms
    +++ a.isms
    @@ -13,5 +13,6 @@
     }
     role ciso
     process a "Assess \"all\" risks" {
    -  purpose "?"
    +  purpose "See to \"Assess \"all\" risks\" \\ always"
    +  owner ciso
     }
    mended 2, left 0
    "#);
}

/// Nobody knows where the declarations of a file end in which something could not be read.
#[test]
fn files_with_mistakes_of_syntax_are_offered_nothing() {
    let rule = "rule OWN001 no-owner warning { for process p where p.owners is missing report p \"nobody owns `{p}`\"
  fix for role r insert \"owner {r}\" into p }
role ciso
process a {
  purpose \"?\"
}
";
    let fixes = |more: &str| {
        let files = vec![("a.isms".to_owned(), format!("{rule}{more}"))];
        let found = check(inputs(&files)).diagnostics;
        let own = found.iter().find(|finding| finding.code.as_str() == "OWN001").expect("a finding");
        own.fixes.len()
    };
    assert_eq!((fixes(""), fixes("process b { result } }\n")), (1, 0));
}

/// What is wrong with a `fix` is said where it stands, before anything is evaluated.
#[test]
fn mistakes_in_a_fix() {
    let text = r#"rule OWN001 a warning {
  for    process p, input i of p
  report p "x"
  fix    safe replace p.purpos with "y"
  fix    insert "input {j}" into p
  fix    remove p
  fix    replace i.process with "y"
  fix    when p.capability insert "y" after i.from
  fix    insert "y" into i
  fix    replace p.cadence with "2"
}
rule OWN002 b warning {
  for    process p
  report p "x"
  fix    replace p "y"
  fix    insert "y" befor p
  fix    rewrite p
  fix    otherwise
}
"#;
    let files = vec![("test.isms".to_owned(), text.to_owned())];
    let report = check(inputs(&files));
    insta::assert_snapshot!(drawing::draw(&drawing::source(text), &report.diagnostics));
    assert!(
        report
            .diagnostics
            .iter()
            .all(|finding| finding.primary.as_ref().is_some_and(|at| at.place.file == drawing::FILE))
    );
}

#[test]
fn byte_order_mark_and_line_ends_stay() {
    let text = "\u{feff}organization o { standard iso27001:2022 }\r\nprocess a {\r\n  covers 8.1   // é\r\n  covers 8.1\r\n  input x from b\r\n}\r\nprocess b\r\n";
    let files = vec![("a.isms".to_owned(), text.to_owned())];
    let mended = mended(&files, true, &[]);
    let after = "\u{feff}organization o { standard iso27001:2022 }\r\nprocess a {\r\n  covers 8.1   // é\r\n  input x from b\r\n}\r\nprocess b {\r\n  result x to a\r\n}\r\n";
    assert_eq!(mended.changed.first().map(|one| one.after.as_str()), Some(after));
    assert_eq!(mended.changed.first().map(|one| one.before.as_str()), Some(text));
}

#[test]
fn pages_are_mended_in_their_blocks() {
    let text = "# Handbook\n\n- risks:\n\n  ```isms\n  process a { input x from b }\n  process b {\n    purpose \"p\"\n  }\n  ```\n\nThe end of b.\n";
    let files = vec![("a.md".to_owned(), text.to_owned())];
    let mended = mended(&files, true, &["FLOW001"]);
    let after = text.replace("    purpose \"p\"\n", "    purpose \"p\"\n    result x to a\n");
    assert_eq!(mended.changed.first().map(|one| one.after.as_str()), Some(after.as_str()));
}

/// What may not be changed is not, though a finding in another file would ask for it; nor is anything, while something cannot
/// be read.
#[test]
fn only_what_may_be_changed_is() {
    let files: Files = vec![
        ("a.isms".to_owned(), "process a { input x from b input y from c }\n".to_owned()),
        ("b.isms".to_owned(), "process b\n".to_owned()),
        ("c.isms".to_owned(), "process c\n".to_owned()),
    ];
    let wish = MendWish { with_unsafe: true, is_wanted: &|_, _| true, may_change: &|path| path != "b.isms" };
    let changed =
        |files: &Files| -> Vec<String> { mend(inputs(files), &wish).changed.into_iter().map(|one| one.path).collect() };
    assert_eq!(changed(&files), ["c.isms"]);
    let mut broken = files.clone();
    broken.push(("d.isms".to_owned(), "process d { result } }\n".to_owned()));
    assert_eq!(changed(&broken), Vec::<String>::new());
}

/// A fix that would lead to a new error is left out, and the others are still made.
#[test]
fn what_leads_to_an_error_is_left_out() {
    let text = r#"
rule OWN001 wrong warning {
  for    process p
  where  p.owners is missing
  report p "nobody owns `{p}`"
  fix    safe when p.id = "b" insert "owner nobody" into p
  fix    safe otherwise insert "owner ciso" into p
}
rule OWN002 useless warning {
  for    process p
  where  p.id = "c"
  report p "mended by nothing"
  fix    safe insert "trigger \"now\"" into p
}
role ciso
process a { purpose "p" }
process b { purpose "p" }
process c { purpose "p" }
process d { purpose "p" }
"#;
    insta::assert_snapshot!(shown(text, false, &["OWN001", "OWN002"]), @r#"
    --- a.isms
    +++ a.isms
    @@ -13,7 +13,7 @@
       fix    safe insert "trigger \"now\"" into p
     }
     role ciso
    -process a { purpose "p" }
    +process a { purpose "p" owner ciso }
     process b { purpose "p" }
    -process c { purpose "p" }
    -process d { purpose "p" }
    +process c { purpose "p" owner ciso }
    +process d { purpose "p" owner ciso }
    mended 3, left 2, 2 refused
    "#);
}

/// Small projects with findings of many rules.
fn samples() -> Vec<String> {
    let mut samples: Vec<String> = cases().iter().map(|(_, text)| (*text).to_owned()).collect();
    for path in ["fixtures/minimal/tideline.isms", "fixtures/rules/unknown-names.isms", "fixtures/rules/editions.isms"]
    {
        samples.push(std::fs::read_to_string(path).expect("a fixture"));
    }
    samples
}

fn errors(files: &Files) -> usize {
    check(inputs(files)).count(Severity::Error)
}

fn comments(files: &Files) -> Vec<String> {
    let mut comments: Vec<String> = Vec::new();
    for (number, (path, text)) in files.iter().enumerate() {
        let source = Source::new(path.as_str(), text.as_str());
        let parsed = ismslint::syntax::parse(&source, FileId(number as u32));
        comments.extend(parsed.comments.iter().map(|span| source.slice(*span).trim_end().to_owned()));
    }
    comments.sort();
    comments
}

fn assert_mends_well(text: &str) {
    for with_unsafe in [false, true] {
        let files = vec![("a.isms".to_owned(), text.to_owned())];
        let first = mended(&files, with_unsafe, &[]);
        let now = after(&files, &first);
        assert!(errors(&now) <= errors(&files), "more errors than before:\n{text}\n---\n{}", now[0].1);
        assert_eq!(comments(&files), comments(&now), "a comment is gone or was changed:\n{text}\n---\n{}", now[0].1);
        let second = mended(&now, with_unsafe, &[]);
        assert!(
            second.changed.is_empty(),
            "not everything was mended at once:\n{}\n---\n{:?}",
            now[0].1,
            second.changed
        );
    }
}

#[test]
fn samples_are_mended_well() {
    samples().iter().for_each(|text| assert_mends_well(text));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever happens to a specification (words are exchanged, repeated, left out), mending it ends, makes nothing worse and
    /// leaves nothing to a second time.
    #[test]
    fn mutants_are_mended_well(sample in any::<prop::sample::Index>(), changes in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..4_u8), 1..6)) {
        let samples = samples();
        let mut text = samples[sample.index(samples.len())].clone();
        for (at, other, what) in changes {
            let source = Source::new("a.isms", text.as_str());
            let parsed = ismslint::syntax::parse(&source, FileId(0));
            let words: Vec<_> = parsed.tokens.iter().map(|token| token.span).filter(|span| !span.is_empty()).collect();
            if words.is_empty() {
                break;
            }
            let (at, other) = (words[at.index(words.len())], words[other.index(words.len())]);
            let (old, new) = (source.slice(at).to_owned(), source.slice(other).to_owned());
            let put = match what {
                0 => String::new(),
                1 => new,
                2 => format!("{old} {old}"),
                _ => old.chars().rev().skip(1).collect::<String>().chars().rev().collect(),
            };
            text.replace_range(at.start as usize..at.end as usize, &put);
        }
        assert_mends_well(&text);
    }
}
