//! How long the resident engine takes after an edit of one file.

use std::time::Instant;

use ismslint::engine::{self, Inputs, Resident, Settings};
use ismslint::text::Source;

use super::generator::{self, Random};

/// Files of the project: ten thousand processes.
const FILES: usize = 500;

const EDITS: usize = 200;

/// Prints the median and the 95th percentile of edits of one file each, beside the first check.
pub(crate) fn measure(today: ismslint::text::Date) {
    let project = generator::project(FILES, super::SEED);
    let mut sources = project.sources();
    let mut resident = Resident::new();
    let inputs = |sources: &[Source]| Inputs {
        sources: sources.to_vec(),
        settings: Settings::default(),
        today,
        known_paths: None,
    };
    let mut chance = Random::new(super::SEED);
    let mut check = |sources: &[Source]| {
        let begin = Instant::now();
        let report = resident.check(inputs(sources));
        (begin.elapsed().as_secs_f64() * 1e3, report)
    };
    let first = check(&sources).0;
    let mut times: Vec<f64> = Vec::with_capacity(EDITS);
    let mut stages: Vec<(String, Vec<f64>)> = Vec::new();
    for edit in 0..EDITS {
        let at = chance.below(sources.len());
        let edited = edited(sources[at].text(), edit, &mut chance);
        sources[at] = Source::new(sources[at].path(), edited);
        let (time, report) = check(&sources);
        times.push(time);
        for (at, stage) in report.stages.iter().enumerate() {
            if stages.len() <= at {
                stages.push((stage.name.clone(), Vec::new()));
            }
            stages[at].1.push(stage.time.as_secs_f64() * 1e3);
        }
        if edit + 1 == EDITS {
            let fresh = engine::check(inputs(&sources));
            assert_eq!(report.diagnostics, fresh.diagnostics, "the resident engine says what a fresh one says");
        }
    }
    times.sort_by(f64::total_cmp);
    println!(
        "{} processes in memory, {EDITS} edits of one file each: median {:.1} ms, 95th percentile {:.1} ms; first check {first:.1} ms",
        FILES * generator::PROCESSES_A_FILE,
        times[times.len() / 2],
        times[times.len() * 95 / 100],
    );
    for (name, mut times) in stages {
        times.sort_by(f64::total_cmp);
        println!("       {name:<30} {:>10.3} ms", times[times.len() / 2]);
    }
    println!();
}

/// In turn: a remark, a new process, a new input, and a slip of the keyboard.
fn edited(text: &str, edit: usize, chance: &mut Random) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let at = chance.below(lines.len());
    let new = match edit % 4 {
        0 => "// a remark".to_owned(),
        1 => format!("process new-{edit} {{ result thing-{edit} retained }}"),
        2 => format!("input thing-{}", chance.below(EDITS)),
        _ => "\"".to_owned(),
    };
    lines.insert(at, &new);
    lines.join("\n")
}
