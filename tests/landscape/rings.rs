//! Processes that wait for one another.

use ismslint::landscape::Kind;
use ismslint::text::Source;

use crate::support::{Project, alone, with_files};

/// The rings, as members, blocked inputs and the input to report at, and how many processes cannot start.
fn rings(project: &Project) -> String {
    let mut text = project.rows(Kind::Ring, &["blocked", "openers", "first"]);
    if !text.is_empty() {
        text.push('\n');
    }
    format!("{text}cannot start: {}", project.landscape.processes_that_cannot_start().len())
}

#[test]
fn two_that_wait_for_each_other_are_a_ring() {
    let project = alone("process a { input y result x to b }\nprocess b { input x from a result y }");
    assert_eq!(rings(&project), "a, b blocked=[y, x] openers=[y, x] first=y\ncannot start: 2");
}

#[test]
fn feedback_an_outsider_a_missing_producer_and_an_unknown_source_open_a_ring() {
    for input in ["input y feedback", "input y from b, world", "input z", "input y from nobody", "input y from c"] {
        let text = format!(
            "party world\nprocess a {{ {input} result x }}\nprocess b {{ input x from a result y }}\nprocess c {{ }}"
        );
        assert_eq!(rings(&alone(&text)), "cannot start: 0", "{input}");
    }
}

#[test]
fn every_statement_of_an_input_has_to_be_available() {
    // The statement that is open is fed by `c`, which can start; the other one waits for `b`.
    let both =
        "process a { input y input y from b result x }\nprocess b { input x from a result y }\nprocess c { result y }";
    assert_eq!(rings(&alone(both)), "a, b blocked=[y, x] openers=[y, x] first=y\ncannot start: 2");
    let feedback = both.replace("input y from b", "input y from b feedback");
    assert_eq!(rings(&alone(&feedback)), "cannot start: 0");
}

#[test]
fn who_only_waits_for_a_ring_or_for_itself_is_no_ring() {
    let project = alone(
        "process a { input y from b input own result x result own }\n\
         process b { input x from a result y }\n\
         process c { input x result z }\n\
         process alone { input mine result mine }",
    );
    assert_eq!(rings(&project), "a, b blocked=[y, x] openers=[x] first=y\ncannot start: 4");
}

#[test]
fn the_place_is_in_the_member_that_has_another_input() {
    let project = alone(
        "process a { input y result x }\nprocess b { input z input x result y }\nprocess c { result z }\n\
         process m { input o result n } process k { input n result o }",
    );
    assert_eq!(
        rings(&project),
        "a, b blocked=[y, x] openers=[y, x] first=x\nk, m blocked=[o, n] openers=[o, n] first=n\ncannot start: 4"
    );
    let at = |id| project.sources.get(project.landscape.place(Kind::Ring, id).expect("a place").file);
    assert_eq!(at(0).path(), "acme.isms");
    // What the ring is called follows from its members alone: the place depends on the order of files, a name must not.
    assert_eq!(project.landscape.entity_path(Kind::Ring, 0), "ring/process.a");
}

#[test]
fn a_wildcard_waits_for_whoever_addresses_it() {
    let ring =
        "process a { input * result x to b }\nprocess b { input x result y to a result w to c }\nprocess c { input w }";
    assert_eq!(rings(&alone(ring)), "a, b blocked=[*, x] openers=[*, x] first=*\ncannot start: 3");
    let from_another = ring.replace("input *", "input * from c");
    assert_eq!(rings(&alone(&from_another)), "cannot start: 0", "nothing that `c` addresses feeds it");
    let with_another = format!("{ring} process d {{ result v to a }}");
    assert_eq!(rings(&alone(&with_another)), "cannot start: 0", "one producer that can start is enough");
}

const FILES: [(&str, &str); 4] = [
    ("core.isms", include_str!("iso27022/core.isms")),
    ("management.isms", include_str!("iso27022/management.isms")),
    ("organization.isms", include_str!("iso27022/organization.isms")),
    ("support.isms", include_str!("iso27022/support.isms")),
];

/// The example with `feedback` taken away from one input of one process.
fn without_feedback(process: &str, item: &str) -> Project {
    let mut taken = 0;
    let files = FILES.map(|(path, text)| {
        let mut inside = false;
        let lines = text.lines().map(|line| {
            if line.starts_with("process ") {
                inside = line.starts_with(&format!("process {process} "));
            }
            let mut words = line.split_whitespace();
            if inside && words.next() == Some("input") && words.next() == Some(item) && line.contains(" feedback") {
                taken += 1;
                return line.replacen(" feedback", "", 1);
            }
            line.to_owned()
        });
        let text = lines.collect::<Vec<_>>().join("\n");
        Source::new(path, text)
    });
    assert_eq!(taken, usize::from(!item.is_empty()), "{process}/{item}");
    with_files(files.into(), false, None)
}

#[test]
fn each_feedback_mark_of_the_reference_landscape_opens_the_ring_that_it_should() {
    let whole = without_feedback("", "");
    assert_eq!(rings(&whole), "cannot start: 0");
    let everybody_but = |names: [&str; 3]| {
        let mut all: Vec<String> =
            whole.landscape.rows(Kind::Process).map(|id| whole.landscape.display(Kind::Process, id)).collect();
        assert_eq!(all.len(), 17);
        all.retain(|name| !names.contains(&name.as_str()));
        all.sort();
        all.join(", ")
    };
    let changes = "change-management, risk-assessment";
    let most = everybody_but(["awareness-competence", "incident-management", "security-policy-management"]);
    let table = [
        ("governance-interface", "requirements-for-approval", "governance-interface, requirements-management", 14),
        ("governance-interface", "is-management-report", most.as_str(), 14),
        ("risk-assessment", "necessary-changes", changes, 11),
        ("risk-assessment", "proposed-changes", changes, 11),
        ("risk-assessment", "change-results", changes, 11),
        ("risk-assessment", "risk-assessment-trigger", changes, 11),
        ("incident-management", "change-results", "change-management, incident-management, risk-assessment", 13),
        ("records-control", "internal-audit-results", "internal-audit, records-control", 4),
        ("records-control", "corrective-actions", "improvement, internal-audit, records-control", 4),
        ("records-control", "communication-plan", "communication, improvement, internal-audit, records-control", 4),
        ("security-policy-management", "policy-change-request", "", 0),
    ];
    for (process, item, members, stalled) in table {
        let project = without_feedback(process, item);
        assert_eq!(project.rows(Kind::Ring, &[]), members, "{process}/{item}");
        assert_eq!(project.landscape.processes_that_cannot_start().len(), stalled, "{process}/{item}");
    }
}

#[test]
fn a_ring_of_a_hundred_thousand_needs_no_stack() {
    use std::fmt::Write as _;
    let count = 100_000;
    let mut text = String::new();
    for number in 0..count {
        let before = (number + count - 1) % count;
        writeln!(text, "process p{number} {{ input i{before} from p{before} result i{number} }}").expect("a string");
    }
    let project = alone(&text);
    assert_eq!(project.landscape.rows(Kind::Ring), 0..1);
    assert_eq!(project.landscape.processes_that_cannot_start().len(), count);
}

#[test]
fn many_consumers_of_many_producers_stay_cheap() {
    use std::fmt::Write as _;
    // Pairs would be 100 million.
    let mut text = String::new();
    for number in 0..10_000 {
        writeln!(text, "process c{number} {{ input x result y }} process p{number} {{ input y result x }}")
            .expect("a string");
    }
    let project = alone(&text);
    assert_eq!(project.landscape.rows(Kind::Ring), 0..1);
    assert_eq!(project.landscape.processes_that_cannot_start().len(), 20_000);
}
