//! Names that cannot be resolved, and what is said about them.

use crate::support::{alone, check, project, with_files};
use ismslint::text::Source;

check!(
    unknown_actors,
    "role risk-manager
party regulator
system tickets
process risk-assessment {
  owner risk-manger
  input threats from regulater, nobody-near
  result risks to risk-asessment retained in ticket
  activity look \"Look\" by risk-managr
}"
);

check!(
    wrong_kinds,
    "party landlord
system tickets
item risks
process a {
  owner landlord
  activity x \"X\" by b
  result risks to risks retained in landlord
}
process b { input risks from threats input threats }
organization o { standard prm:2021 model demo:2022 }"
);

check!(
    declared_twice,
    "role a
process a { result x }
process b { result y category core }
process b { input x category support activity s \"S\" activity s \"T\" }
item x
item x
party a
process c { activity s \"S\" activity s \"T\" }
organization one { standard demo:2022 standard demo:2022 }
organization two { standard demo:2013 }
standard demo:2013 \"Ours\" { clause 1 \"One\" }
standard own:1 { clause 1 \"One\" clause 1 \"Uno\" }
model own-model:1 { process p process p party q party q item i item i }"
);

check!(
    named_twice,
    "party p
process a { input x from b, p, b input y input x from p result z to p, p }
process b { result x to a, a }"
);

check!(
    unknown_standards,
    "organization o { standard dem:2022 standard demo:2021 }
process a {
  covers nothing:1/1, nothing:1/2, nothing:1/3
  covers nothing:1 { 4, 5 }
  covers demo/9.1
  covers 1, 2, 3
}
applicability nothing:1 { include 1 because \"x\" }"
);

check!(
    unknown_clauses,
    "organization o { standard demo:2022 }
process a {
  covers 9.4
  covers 5.7
  covers A.8.1
  covers A.9.2
  covers 9.2.7
  covers 6.1(g), 6.1(C), 6.1(e)
  covers 77
  covers A
  covers a.5.7
  covers A.*
  covers A5.7, a5.7, A55
}
item d { documents 10.9 }
applicability demo:2022 { include A.6.* because \"x\" include demo:2013/A.8 because \"y\" }
mapping demo:2013 to demo:2022 { 9.9 same 9.1 }"
);

check!(no_standard, "process a { covers 9.1, 9.2 }\nprocess b { covers 9.1 }");

check!(
    unknown_references,
    "organization o { model prm:2021 model prn:2021 }
process a { implements stady, collect, other:1/study, prm:2021/nothing-like-it }
omit second-study because \"none\"
model second:1 { domain \"d\" process second-study process study }"
);

check!(
    references_without_a_declared_model,
    "process a { implements collect, study, none }
model second:1 { domain \"d\" process study }"
);

check!(unknown_items, "process a { result r realizes raw-dta, raw-data result s realizes own-item result own-item }");

check!(
    names_inside_of_a_model,
    "party outside
model own:1 { party p process a { input x from b, p, outside, c } process b { result x to aa } }"
);

#[test]
fn one_edition_can_be_left_out() {
    let project = project(
        "organization o { standard only model prm }\nstandard only:7 { clause 1 }\nprocess a { covers 1, only/1 implements collect }",
    );
    assert!(project.findings.is_empty(), "{}", project.draw());
}

#[test]
fn what_was_skipped_is_not_unknown() {
    let project =
        alone("process a { input x from ciso, b owner ciso }\nrole ciso \"Chief\nprocess b { result x to ???, c }\n");
    let unknown = project.findings.iter().filter(|finding| finding.code.as_str().starts_with("REF")).count();
    assert_eq!(unknown, 0, "{}", project.draw());
}

#[test]
fn source_paths_are_looked_up_in_the_project() {
    let text = "process a {
  source \"handbook/risk.md#assessment\"
  source \"handbook/riks.md\"
  source \"https://example.org/x\"
  source \"../elsewhere.md\"
  source \"near.md\"
  source \"handbook/../handbook/risk.md\"
  source \"mailto:x@example.org\"
}
item i { source \"nowhere.md\" }";
    let known: &[&str] = &["handbook/risk.md", "isms/near.md"];
    let project = with_files(vec![Source::new("isms/acme.isms", text)], false, Some(known));
    insta::assert_snapshot!(project.draw());
}

#[test]
fn both_places_are_shown_across_files() {
    let files = vec![
        Source::new("a.isms", "process audit { result report }"),
        Source::new("b.isms", "\n\nrole audit \"Auditor\""),
    ];
    insta::assert_snapshot!(with_files(files, false, None).draw());
}

#[test]
fn ten_thousand_unknown_names_stay_cheap() {
    use std::fmt::Write as _;
    let mut text = String::new();
    for number in 0..10_000 {
        writeln!(text, "process process-number-{number} {{ input item-{number} from proces-number-{number} }}")
            .expect("a string");
    }
    let begin = std::time::Instant::now();
    let project = alone(&text);
    assert_eq!(project.findings.len(), 10_000);
    assert!(begin.elapsed().as_secs() < 20, "{:?}", begin.elapsed());
}

check!(
    mappings_between_models,
    "model own:1 { domain \"d\" process a process b }
mapping own:1 to prm:2021 { a equal collect b subset stury, nothing }"
);
