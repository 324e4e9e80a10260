//! What one file alone says wrong.

use crate::support::{check, project, with_files};
use ismslint::text::Source;

check!(
    words_from_lists,
    "process a {
  category cor
  phase plan, dou
  every 3 mnths
  capability 6
}
process b { every 0 days capability x category every }
item i { every month every year }
@alow(FLOW001, because \"typo\")
process c"
);

check!(
    statements_twice,
    "role r
role s
process a {
  owner r
  purpose \"one\"
  owner s
  category core category support
  purpose \"two\"
}"
);

check!(
    reasons,
    "organization o { standard demo:2022 model prm:2021 }
omit study
omit report because \"  \"
applicability demo:2022 {
  include A.5.7
  exclude A.5.9 because \"none\" planned until 2026-02-30
}
process a { covers 9.1 partly covers 10.1 because \"why\" }
@allow(FLOW001)
process b
@allow(FLOW001, because \"\", until tomorrow)
process c"
);

check!(
    misplaced,
    "party p { documents 9.1 }
process a 7.1 {
  outcome \"Something\"
  input * realizes raw-data
  input x feedback inferred
  input y retained
  result x to any
  result y feedback
}
item d { documents 9.* }
organization o { standard demo:2022 }"
);

check!(
    catalogues_and_mappings,
    "standard own { clause 1 \"One\" letters ff }
standard other:1 { clause 1 phase nothing }
model mine:1 { process p { implements study input x realizes raw-data } }
mapping other:1 to demo:2022 { 1 resembles 9.1 }"
);

#[test]
fn a_missing_reason_is_not_said_where_the_parser_gave_up() {
    let project = project("organization o { model prm:2021 }\nomit study becuase \"none\"\n");
    let codes: Vec<&str> = project.findings.iter().map(|finding| finding.code.as_str()).collect();
    assert!(!codes.contains(&"SYN024"), "{}", project.draw());
    assert_eq!(codes.len(), 1, "{}", project.draw());
}

#[test]
fn suppressions_keep_what_they_say() {
    let project = project(
        "process p {\n  @allow(CLAUSE001 demo:2022/6.1 (c), because \"a \\\"reason\\\"\", until 2027-03-31)\n  result x\n}",
    );
    let allows = project.file(0).allows();
    let source = project.sources.get(project.file(0).file());
    let shown: Vec<_> = allows
        .iter()
        .map(|allow| {
            let until = allow.until.map(|day| day.to_string());
            (source.slice(allow.code), allow.subject.as_deref(), &*allow.because, until, source.slice(allow.covers))
        })
        .collect();
    assert_eq!(
        shown,
        [("CLAUSE001", Some("demo:2022/6.1(c)"), "a \"reason\"", Some("2027-03-31".to_owned()), "result x")]
    );
}

#[test]
fn rules_and_tests_leave_the_tree_with_their_places() {
    let text = "/// Doc.\ndefine d(process a) when a.id = \"x\"\n\
        rule OWN001 own-rule error { \"\"\"Why.\"\"\" for process p report p \"no\" }\n\
        test OWN001 \"title\" { process a { category cor } @allow(OWN001, because \"x\") process b expect none }";
    let project = with_files(vec![Source::new("rules.isms", text)], false, None);
    let facts = project.file(0);
    assert_eq!((facts.rules().len(), facts.defines().len(), facts.tests().len()), (1, 1, 1));
    let test = &facts.tests()[0];
    assert_eq!(test.facts.process_count(), 2);
    assert_eq!((test.facts.allows().len(), facts.allows().len(), facts.process_count()), (1, 0, 0));
    assert_eq!(test.facts.diagnostics().len(), 1, "the unknown category is the test's own");
    assert!(project.findings.is_empty(), "{}", project.draw());
}
