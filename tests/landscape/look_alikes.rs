//! Names that a reader takes for one, and what is said about them.

use std::fmt::Write as _;

use crate::support::{alone, check, project, with_files};
use ismslint::text::Source;

check!(
    names_that_differ_by_case,
    "process assessment { result Risk-register to treatment }
process treatment {
  input  risk-register from assessment
  result risk-Register retained in Tickets
  result plan
}
role   CISO
party  ciso
system Tickets
system tickets"
);

check!(
    two_ways_to_write_an_accent,
    "role m\u{fc}ller \"composed\"
role mu\u{308}ller \"in two parts\"
process review { owner m\u{fc}ller result pr\u{fc}fbericht result pru\u{308}fbericht }"
);

check!(
    letters_of_other_scripts,
    "role ceo \"Latin\"
role \u{441}\u{435}\u{43e} \"Cyrillic\"
process \u{391}udit { result \u{ff52}eport }
process audit { input report }
party \u{412}oard
party board
item \u{43f}\u{43b}\u{430}\u{43d}
item \u{41f}\u{43b}\u{430}\u{43d}"
);

check!(
    an_unknown_name_that_looks_like_a_known_one,
    "role m\u{fc}ller
role auditor
process review { owner mu\u{308}ller activity look \"Look\" by \u{430}uditor }"
);

#[test]
fn both_places_are_shown_across_files_once_for_all_uses() {
    let files = vec![
        Source::new("a.isms", "process a { result Plan input Plan from b result x to b }\nprocess c { input Plan }"),
        Source::new("b.isms", "process b { input x from a result plan to a }\nprocess d { input plan }"),
    ];
    insta::assert_snapshot!(with_files(files, false, None).draw(), @r#"
    warning[REF013 names-look-alike]: `plan` and `Plan` count as two items, since small and capital letters differ
      b.isms:1 | process b { input x from a result plan to a }
                                                   ^^^^ written with `p` (U+0070)
      a.isms:1 | process a { result Plan input Plan from b result x to b }
                                    ---- written with `P` (U+0050)
      help: write both alike where one thing is meant; otherwise give them names that nobody takes for each other
      entity: item.plan/like.Plan
    "#);
}

#[test]
fn what_is_no_trick_is_not_mentioned() {
    // Plain letters and digits, accents, words of one stem, an item and a process of one name, other scripts as they are.
    let project = alone(
        "process p1 { result r-m result r-rn result p1 }
process pl { result P1x result m\u{fc}ller result muller result stra\u{df}e result strasse }
process \u{43f}\u{43b}\u{430}\u{43d} { result audit input risk input risks result pr\u{fc}fung-1 result pr\u{fc}fung-l }
process Audit",
    );
    let said = project.draw();
    assert!(!said.contains("REF013"), "{said}");
}

#[test]
fn what_hides_in_a_name_is_said_once() {
    for hidden in ["\u{200b}", "\u{202e}", "\u{34f}", "\u{3164}", "\u{1160}"] {
        let project = alone(&format!("process a {{ result plan result pl{hidden}an }}"));
        let codes: Vec<&str> = project.findings.iter().map(|finding| finding.code.as_str()).collect();
        assert_eq!(codes, ["SYN012"], "{}", project.draw());
    }
}

#[test]
fn names_of_shipped_files_are_not_compared_with_one_another() {
    let said = project("process a { result Raw-Data }").draw();
    assert!(!said.contains("REF013"), "{said}");
}

#[test]
fn thousands_of_spellings_of_one_name_stay_cheap() {
    let mut text = String::new();
    for number in 0..8192_u32 {
        let name: String = "information-security"
            .chars()
            .filter(|c| *c != '-')
            .enumerate()
            .map(|(at, c)| if at < 13 && number >> at & 1 == 1 { c.to_ascii_uppercase() } else { c })
            .collect();
        writeln!(text, "process {name} {{ result r\u{fc}ck-{number} result ru\u{308}ck-{number} }}").expect("a string");
    }
    let project = alone(&text);
    assert_eq!(project.findings.len(), 8191 + 8192);
}
