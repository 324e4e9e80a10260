//! Makes management systems of any size, always the same one for the same size, with a known number of defects.

#![allow(dead_code, reason = "each benchmark and test uses a part of it")]

use std::fmt::Write as _;

use ismslint::text::Source;
use serde::{Deserialize, Serialize};

/// Processes in one file.
pub(crate) const PROCESSES_A_FILE: usize = 20;

/// Inputs and results of one process.
const FLOWS: usize = 4;

const CLAUSES: &[&str] = &[
    "4.1", "4.2", "4.3", "4.4", "5.1", "5.2", "5.3", "6.1.2", "6.1.3", "6.2", "6.3", "7.1", "7.2", "7.3", "7.4", "8.1",
    "8.2", "8.3", "9.1", "9.2.1", "9.2.2", "9.3.2", "10.1", "10.2", "A.5.1", "A.5.7", "A.5.9", "A.5.15", "A.5.24",
    "A.6.3", "A.7.4", "A.8.8", "A.8.16", "A.8.25",
];
const NOUNS: &[&str] = &[
    "risk-register",
    "access-list",
    "incident-report",
    "audit-plan",
    "asset-inventory",
    "change-record",
    "training-record",
    "supplier-review",
    "backup-log",
    "test-protocol",
    "policy-draft",
    "exception-list",
    "threat-report",
    "review-minutes",
];
const VERBS: &[&str] = &["identify", "record", "evaluate", "decide", "review", "communicate", "approve", "measure"];
const OWNERS: &[&str] = &["ciso", "risk-manager", "service-owner", "auditor", "office-manager"];

/// Marsaglia's xorshift: short, fast, and the same everywhere.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % limit.max(1)
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

/// What a project looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Every result has one consumer, anywhere in the project; one flow in 125 is broken.
    Usual,
    /// The same, with every second flow broken.
    Dirty,
    /// Each process waits for the one before it, and the first one for the last one.
    Ring,
    /// Everybody takes one result of one process.
    Hub,
}

/// How many findings of a rule there must be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Defects {
    /// FLOW001
    pub(crate) missing_inputs: usize,
    /// FLOW002
    pub(crate) orphaned_results: usize,
}

/// A generated project.
#[derive(Debug)]
pub(crate) struct Project {
    /// Path and text of each file.
    pub(crate) files: Vec<(String, String)>,
    pub(crate) defects: Defects,
}

impl Project {
    pub(crate) fn bytes(&self) -> usize {
        self.files.iter().map(|(_, text)| text.len()).sum()
    }

    pub(crate) fn sources(&self) -> Vec<Source> {
        self.files.iter().map(|(path, text)| Source::new(path.as_str(), text.as_str())).collect()
    }
}

/// The same facts as JSON; `S` is `String`, or `&str` for a reader that copies nothing.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Process<S> {
    pub(crate) id: S,
    pub(crate) title: S,
    pub(crate) category: S,
    pub(crate) owner: S,
    pub(crate) purpose: S,
    pub(crate) inputs: Vec<Input<S>>,
    pub(crate) activities: Vec<Activity<S>>,
    pub(crate) results: Vec<ResultOf<S>>,
    pub(crate) kpi: Kpi<S>,
    pub(crate) covers: Vec<S>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Input<S> {
    pub(crate) item: S,
    pub(crate) from: Vec<S>,
    pub(crate) feedback: bool,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Activity<S> {
    pub(crate) id: S,
    pub(crate) title: S,
    pub(crate) by: Vec<S>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ResultOf<S> {
    pub(crate) item: S,
    pub(crate) to: Vec<S>,
    pub(crate) retained: bool,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Kpi<S> {
    pub(crate) title: S,
    pub(crate) target: S,
}

/// What a flow looks like at both of its ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    Sound,
    /// The consumer names an item that nobody produces; the producer keeps its own as a record.
    Missing,
    /// The consumer takes something else, from outside.
    Orphaned,
}

/// The project of so many files, as facts.
fn processes(files: usize, seed: u64, shape: Shape) -> (Vec<Process<String>>, Defects) {
    let count = files * PROCESSES_A_FILE;
    let mut random = Random::new(seed);
    let mut defects = Defects::default();
    let ids: Vec<String> = (0..count).map(|at| format!("{}-process-{at}", random.of(VERBS))).collect();
    let mut made: Vec<Process<String>> = ids
        .iter()
        .enumerate()
        .map(|(at, id)| Process {
            id: id.clone(),
            title: format!("Process number {at} of the management system"),
            category: random.of(&["core", "support", "management"]).to_owned(),
            owner: random.of(OWNERS).to_owned(),
            purpose: format!(
                "Know what the {} says about service {}, and who answers for it.",
                random.of(NOUNS),
                random.below(1000)
            ),
            inputs: Vec::with_capacity(FLOWS),
            activities: (0..3)
                .map(|step| Activity {
                    id: format!("{}-{step}", random.of(VERBS)),
                    title: format!("Go through the {} and the {}", random.of(NOUNS), random.of(NOUNS)),
                    by: vec![random.of(OWNERS).to_owned()],
                })
                .collect(),
            results: Vec::with_capacity(FLOWS),
            kpi: Kpi {
                title: format!("Entries of the {} that are older than a month", random.of(NOUNS)),
                target: format!("<= {} %", random.below(20)),
            },
            covers: {
                let first = random.below(CLAUSES.len());
                (0..3).map(|at| CLAUSES[(first + at * 5) % CLAUSES.len()].to_owned()).collect()
            },
        })
        .collect();
    match shape {
        Shape::Usual => scatter(&mut made, &ids, &mut random, &mut defects, 250),
        Shape::Dirty => scatter(&mut made, &ids, &mut random, &mut defects, 4),
        Shape::Ring => {
            for at in 0..count {
                let next = (at + 1) % count;
                connect(&mut made, &ids, at, &[next]);
            }
        }
        Shape::Hub => connect(&mut made, &ids, 0, &(1..count).collect::<Vec<_>>()),
    }
    (made, defects)
}

/// A result of the one process, taken by the others.
fn connect(made: &mut [Process<String>], ids: &[String], from: usize, to: &[usize]) {
    let item = format!("handover-{from}");
    for consumer in to {
        let input = Input { item: item.clone(), from: vec![ids[from].clone()], feedback: false };
        made[*consumer].inputs.push(input);
    }
    made[from].results.push(ResultOf {
        item,
        to: to.iter().map(|consumer| ids[*consumer].clone()).collect(),
        retained: false,
    });
}

/// Flows from everybody to anybody, of which two in `of` are broken.
fn scatter(made: &mut [Process<String>], ids: &[String], random: &mut Random, defects: &mut Defects, of: usize) {
    let count = made.len();
    for flow in 0..FLOWS {
        // A permutation: every result has one consumer, anywhere in the project.
        let mut consumers: Vec<usize> = (0..count).collect();
        for at in (1..count).rev() {
            consumers.swap(at, random.below(at + 1));
        }
        for (producer, consumer) in consumers.into_iter().enumerate() {
            let item = format!("{}-{producer}-{flow}", random.of(NOUNS));
            let kind = match random.below(of) {
                0 => Flow::Missing,
                1 => Flow::Orphaned,
                _ => Flow::Sound,
            };
            let (mut result, mut input) = (
                ResultOf { item: item.clone(), to: vec![ids[consumer].clone()], retained: false },
                // Whoever stands earlier supplies; the other way round it is a loop, and so marked.
                Input { item, from: vec![ids[producer].clone()], feedback: producer >= consumer },
            );
            match kind {
                Flow::Sound => {}
                Flow::Missing => {
                    defects.missing_inputs += 1;
                    result.to.clear();
                    result.retained = true;
                    input.item = format!("missing-{}", input.item);
                    input.feedback = false;
                }
                Flow::Orphaned => {
                    defects.orphaned_results += 1;
                    input.item = format!("outside-{}", input.item);
                    input.from = vec!["regulator".to_owned()];
                    input.feedback = false;
                }
            }
            made[producer].results.push(result);
            made[consumer].inputs.push(input);
        }
    }
}

const ORGANIZATION: &str = r#"organization acme "ACME Payments GmbH" {
  standard iso27001:2022
}
role ciso           "Chief information security officer"
role risk-manager   "Risk manager"
role service-owner  "Owner of a service"
role auditor        "Internal auditor"
role office-manager "Office manager"
party regulator     "Financial supervisory authority"
"#;

fn write(process: &Process<String>, text: &mut String) -> std::fmt::Result {
    let Process { id, title, category, owner, purpose, inputs, activities, results, kpi, covers } = process;
    writeln!(
        text,
        "process {id} \"{title}\" {{\n  category {category}\n  owner    {owner}\n  purpose  \"{purpose}\"\n"
    )?;
    for Input { item, from, feedback } in inputs {
        let feedback = if *feedback { " feedback" } else { "" };
        writeln!(text, "  input {item} from {}{feedback}", from.join(", "))?;
    }
    for Activity { id, title, by } in activities {
        writeln!(text, "  activity {id} \"{title}\" by {}", by.join(", "))?;
    }
    for ResultOf { item, to, retained } in results {
        let to = if to.is_empty() { String::new() } else { format!(" to {}", to.join(", ")) };
        writeln!(text, "  result {item}{to}{}", if *retained { " retained" } else { "" })?;
    }
    writeln!(text, "\n  kpi \"{}\" target \"{}\"\n\n  covers {}\n}}\n", kpi.title, kpi.target, covers.join(", "))
}

/// The project of so many files (and one for the organization), in `.isms`.
pub(crate) fn project(files: usize, seed: u64) -> Project {
    shaped(files, seed, Shape::Usual)
}

/// A project of another shape.
pub(crate) fn shaped(files: usize, seed: u64, shape: Shape) -> Project {
    let (processes, defects) = processes(files, seed, shape);
    let mut made = vec![("organization.isms".to_owned(), ORGANIZATION.to_owned())];
    for (at, processes) in processes.chunks(PROCESSES_A_FILE).enumerate() {
        let mut text = String::new();
        for process in processes {
            write(process, &mut text).expect("writing to a string does not fail");
        }
        text.shrink_to_fit();
        made.push((format!("processes/part-{at:05}.isms"), text));
    }
    Project { files: made, defects }
}

/// The same facts, in JSON, file by file.
pub(crate) fn json(files: usize, seed: u64, shape: Shape) -> Vec<String> {
    let (processes, _) = processes(files, seed, shape);
    let text = |processes: &[Process<String>]| serde_json::to_string(processes).expect("facts are plain data");
    processes.chunks(PROCESSES_A_FILE).map(text).collect()
}
