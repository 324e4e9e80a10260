//! How long a check takes, stage by stage, beside reading the same facts as JSON. `benches/README.md` says how to read it.
//!
//! A plain program and no harness: the sizes differ by a factor of 5,000, the stages need one another's output, and the peak of
//! memory is that of a process.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a benchmark prints a table and stops at what is wrong"
)]

#[path = "generator.rs"]
mod generator;
#[path = "resident.rs"]
mod resident;

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ismslint::engine::{self, Inputs, Report, Settings};
use ismslint::landscape::{self, FileFacts, Surroundings};
use ismslint::rules::{Judge, Program};
use ismslint::syntax;
use ismslint::text::{Date, FileId, SourceMap};

use generator::{Defects, Process, Project, Shape};

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SEED: u64 = 7;
/// Numbers of files, separated by commas.
const SIZES: &str = "ISMSLINT_BENCH_FILES";
/// Set in the processes that measure memory: the number of files.
const MEMORY_OF: &str = "ISMSLINT_BENCH_MEMORY_OF";
/// Set by who wants the generated project as files: the folder that they go to.
const WRITE_TO: &str = "ISMSLINT_BENCH_WRITE_TO";
/// And its shape: `usual` where nothing is said, `dirty`, `ring` or `hub`.
const SHAPE: &str = "ISMSLINT_BENCH_SHAPE";

fn main() {
    if let Some(files) = number(MEMORY_OF) {
        return memory_of(files);
    }
    let sizes = std::env::var(SIZES).unwrap_or_else(|_| "1,100,5000".to_owned());
    let sizes: Vec<usize> = sizes.split(',').filter_map(|size| size.trim().parse().ok()).collect();
    if let Some(folder) = std::env::var_os(WRITE_TO) {
        return sizes.into_iter().for_each(|files| write_to(Path::new(&folder), files));
    }
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    println!("{processors} processors; medians; Y: serde_json, same facts, owned strings, one thread\n");
    let mut before: Option<(usize, f64)> = None;
    for files in sizes {
        let check = measure(files);
        if let Some((bytes, time)) = before {
            let (bytes, time) = (check.0 as f64 / bytes as f64, check.1 / time);
            println!("  growth: {bytes:.0} times the source, {time:.0} times the time\n");
        }
        before = Some(check);
    }
    resident::measure(today());
}

/// Writes the generated project as files, for the command and for other programs to read.
fn write_to(folder: &Path, files: usize) {
    let shape = match std::env::var(SHAPE).as_deref() {
        Ok("dirty") => Shape::Dirty,
        Ok("ring") => Shape::Ring,
        Ok("hub") => Shape::Hub,
        _ => Shape::Usual,
    };
    for (path, text) in generator::shaped(files, SEED, shape).files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("the folder can be made");
        std::fs::write(path, text).expect("the file can be written");
    }
}

fn number(variable: &str) -> Option<usize> {
    std::env::var(variable).ok()?.parse().ok()
}

/// The median time of several runs; what `prepare` does and what it costs to drop the answer is not measured.
fn median<I, T>(runs: usize, mut prepare: impl FnMut() -> I, mut run: impl FnMut(I) -> T) -> f64 {
    let mut times: Vec<f64> = (0..runs)
        .map(|_| {
            let input = prepare();
            let begin = Instant::now();
            let answer = black_box(run(input));
            let time = begin.elapsed();
            drop(answer);
            time.as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn today() -> Date {
    Date::parse("2026-11-21").expect("a day")
}

fn inputs(project: &Project, threads: Option<usize>) -> Inputs {
    let settings = Settings { threads, ..Settings::default() };
    Inputs { sources: project.sources(), settings, today: today(), known_paths: None }
}

/// The benchmark is worth nothing if the check is wrong.
fn verify(report: &Report, expected: Defects) {
    let count = |code: &str| report.diagnostics.iter().filter(|finding| finding.code.as_str() == code).count();
    let found = Defects { missing_inputs: count("FLOW001"), orphaned_results: count("FLOW002") };
    assert_eq!(found, expected, "the generated defects are found, and no others");
    let broken = report
        .diagnostics
        .iter()
        .find(|finding| ["SYN", "REF", "RULE"].iter().any(|head| finding.code.as_str().starts_with(head)));
    assert!(broken.is_none(), "a generated project has no mistake of form: {broken:?}");
}

/// Prints the table of one size; answers bytes of source and seconds of a whole check.
fn measure(files: usize) -> (usize, f64) {
    let runs = if files > 1000 { 5 } else { 21 };
    let project = generator::project(files, SEED);
    let json = generator::json(files, SEED, Shape::Usual);
    let bytes = project.bytes();
    let json_bytes: usize = json.iter().map(String::len).sum();
    let row = |name: &str, seconds: f64, yardstick: f64| {
        let speed = bytes as f64 / seconds / 1e6;
        println!("  {name:<34} {:>10.3} ms {speed:>9.1} MB/s {:>7.2} Y", seconds * 1e3, seconds / yardstick);
    };
    println!(
        "{} processes in {} files, {:.2} MB ({:.2} MB as JSON); {} missing inputs, {} orphaned results",
        files * generator::PROCESSES_A_FILE,
        project.files.len(),
        bytes as f64 / 1e6,
        json_bytes as f64 / 1e6,
        project.defects.missing_inputs,
        project.defects.orphaned_results
    );

    let owned = |text: &String| serde_json::from_str::<Vec<Process<String>>>(text).expect("valid JSON");
    let yardstick = median(runs, || (), |()| json.iter().map(owned).collect::<Vec<_>>());
    let borrowed = |text| serde_json::from_str::<Vec<Process<&str>>>(text).expect("valid JSON");
    let frugal = median(runs, || (), |()| json.iter().map(|text| borrowed(text.as_str())).collect::<Vec<_>>());
    drop(json);
    let lines = |text: &str| memchr::memchr_iter(b'\n', text.as_bytes()).count();
    let reading = median(runs, || (), |()| project.files.iter().map(|(_, text)| lines(text)).sum::<usize>());
    row("Y  JSON into structs", yardstick, yardstick);
    row("   JSON into borrowing structs", frugal, yardstick);
    row("R  counting lines", reading, yardstick);

    stages(&project, runs, |name, seconds| row(name, seconds, yardstick));
    let check = |threads| {
        let mut by_stage: Vec<(String, Vec<Duration>)> = Vec::new();
        let time = median(
            runs,
            || inputs(&project, threads),
            |inputs| {
                let report = engine::check(inputs);
                for (at, stage) in report.stages.iter().enumerate() {
                    if by_stage.len() <= at {
                        by_stage.push((stage.name.clone(), Vec::new()));
                    }
                    by_stage[at].1.push(stage.time);
                }
                report
            },
        );
        (time, by_stage)
    };
    row("   check, one thread", check(Some(1)).0, yardstick);
    let (time, by_stage) = check(None);
    row("   check, all threads", time, yardstick);
    for (name, mut times) in by_stage {
        times.sort_unstable();
        println!("       {name:<30} {:>10.3} ms", times[times.len() / 2].as_secs_f64() * 1e3);
    }
    let report = engine::check(inputs(&project, None));
    verify(&report, project.defects);
    println!("  slowest rules (time of all threads):");
    for timing in report.rule_timings.iter().take(5) {
        println!("       {:<30} {:>10.3} ms", timing.name, timing.time.as_secs_f64() * 1e3);
    }
    drop((report, project));
    memory(files);
    println!();
    (bytes, time)
}

/// One stage after the other, on one thread.
fn stages(project: &Project, runs: usize, mut row: impl FnMut(&str, f64)) {
    let all = project.sources();
    let all = ismslint::builtin::sources(&all).into_iter().chain(all).collect();
    let sources = Arc::new(SourceMap::new(all));
    let files = || sources.iter();
    let parse = || files().map(|(file, source)| syntax::parse(source, file)).collect::<Vec<_>>();
    row("lex and parse", median(runs, || (), |()| parse()));
    let lower = |parsed: Vec<syntax::Parsed>| -> Vec<FileFacts> {
        let one = |(parsed, (file, source)): (syntax::Parsed, (FileId, _))| landscape::lower(parsed.tree, source, file);
        parsed.into_iter().zip(files()).map(one).collect()
    };
    row("lower", median(runs, parse, lower));
    let facts = lower(parse());
    let facts: Vec<&FileFacts> = facts.iter().collect();
    let surroundings =
        Surroundings { sources: sources.clone(), today: today(), known_paths: None, both: landscape::in_turn };
    row("merge", median(runs, || (), |()| landscape::merge(&surroundings, &facts)));
    let (landscape, _) = landscape::merge(&surroundings, &facts);
    row(
        "compile the rules",
        median(runs, || (), |()| Program::compile(&sources, &facts, ismslint::landscape::in_turn)),
    );
    let (program, _) = Program::compile(&sources, &facts, ismslint::landscape::in_turn);
    let find = |judge: &Judge<'_>| -> Vec<_> {
        program.rules.iter().map(|rule| judge.find(rule, judge.rows(rule), usize::MAX)).collect()
    };
    row("judge", median(runs, || (), |()| find(&Judge::new(&program, &landscape))));
    let judge = Judge::new(&program, &landscape);
    let answers = find(&judge);
    let render = || {
        let mut made = Vec::new();
        for (rule, answer) in program.rules.iter().zip(&answers) {
            let bindings = answer.bindings.chunks_exact(rule.variables.len().max(1)).enumerate();
            let patience = judge.patience(rule, answer.findings);
            let word = |(at, binding): (usize, &[u32])| judge.diagnostic(rule, binding, at < 1000, patience);
            made.extend(bindings.filter_map(word));
        }
        made
    };
    row("render the findings", median(runs, || (), |()| render()));
}

/// Lets a process of its own measure the peak of memory of one check.
fn memory(files: usize) {
    let program = std::env::current_exe().expect("the path of this program");
    let output = Command::new(program).env(MEMORY_OF, files.to_string()).output().expect("this program runs");
    print!("{}", String::from_utf8_lossy(&output.stdout));
}

fn memory_of(files: usize) {
    let project = generator::project(files, SEED);
    let bytes = project.bytes();
    let inputs = inputs(&project, None);
    drop(project);
    let status = |name: &str| -> Option<f64> {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let line = status.lines().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse().ok()
    };
    // From here on the peak is that of the check: what made the project is forgotten, where the system can forget it.
    let forgotten = std::fs::write("/proc/self/clear_refs", "5").is_ok();
    let before = status("VmRSS:");
    let report = engine::check(inputs);
    black_box(&report);
    match (status("VmHWM:"), before, forgotten) {
        (Some(peak), Some(before), true) => println!(
            "  peak of memory {:.1} MB, of which {:.1} MB before the check: {:.2} times the source",
            peak / 1e3,
            before / 1e3,
            peak * 1024.0 / bytes as f64
        ),
        _ => println!("  peak of memory: not known on this system"),
    }
}
