//! How long the command itself takes, on real files, beside yardsticks in the same run. `benches/README.md` says how to read it.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a benchmark prints a table and stops at what is wrong"
)]

#[path = "generator.rs"]
mod generator;

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use generator::{PROCESSES_A_FILE, Process, Shape};

/// The allocator of the program, so that the yardstick has it too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SEED: u64 = 7;
const PROGRAM: &str = env!("CARGO_BIN_EXE_ismslint");
/// The number of processes of the large projects.
const LARGE: &str = "ISMSLINT_BENCH_PROCESSES";
/// Set to anything: also ten times as many processes, a gigabyte of text.
const HUGE: &str = "ISMSLINT_BENCH_HUGE";
/// The program to compare with; `ruff` where nothing is said.
const RUFF: &str = "ISMSLINT_BENCH_RUFF";

fn main() {
    let large: usize = std::env::var(LARGE).ok().and_then(|count| count.parse().ok()).unwrap_or(100_000);
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    println!("{processors} processors; whole processes, medians; the last column is what it must not miss\n");
    let (yardstick, reading, time) = usual(large);
    ruff(large, time);
    for (name, shape) in [("ring", Shape::Ring), ("hub", Shape::Hub), ("dirty", Shape::Dirty)] {
        shaped(name, large, shape);
    }
    let tenth = growth(large, time);
    if std::env::var_os(HUGE).is_some() {
        huge(large * 10, tenth);
    }
    small();
    black_box((yardstick, reading));
}

fn row(name: &str, value: &str, must: &str) {
    println!("  {name:<58} {value:>16}   {must}");
}

fn median(runs: usize, mut run: impl FnMut() -> f64) -> f64 {
    let mut times: Vec<f64> = (0..runs).map(|_| run()).collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn timed<T>(work: impl FnOnce() -> T) -> f64 {
    let begin = Instant::now();
    let answer = black_box(work());
    let time = begin.elapsed().as_secs_f64();
    drop(answer);
    time
}

/// A project on the disk, written once for each name; answers with its folder and its bytes.
fn written(name: &str, processes: usize, shape: Shape) -> (PathBuf, usize) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{processes}"));
    let _ = fs::remove_dir_all(&folder);
    let project = generator::shaped(processes.div_ceil(PROCESSES_A_FILE), SEED, shape);
    for (path, text) in &project.files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("the folder can be made");
        fs::write(path, text).expect("the file can be written");
    }
    fs::write(folder.join("ismslint.toml"), "").expect("the file can be written");
    (folder, project.bytes())
}

/// Seconds of one check, and the bytes that it printed.
fn check(folder: &Path, arguments: &[&str]) -> (f64, usize) {
    let begin = Instant::now();
    let output = Command::new(PROGRAM)
        .args(["check", "--quiet", "--today", "2026-11-21"])
        .args(arguments)
        .arg(folder)
        .stderr(Stdio::null())
        .output()
        .expect("the program runs");
    let time = begin.elapsed().as_secs_f64();
    assert!(output.status.code().is_some_and(|code| code < 2), "the check ended with {}", output.status);
    (time, output.stdout.len())
}

/// Y: serde_json reads the same facts into structs, on one thread.
fn yardstick(processes: usize, shape: Shape, runs: usize) -> f64 {
    let json = generator::json(processes.div_ceil(PROCESSES_A_FILE), SEED, shape);
    let read = |text: &String| serde_json::from_str::<Vec<Process<String>>>(text).expect("valid JSON");
    median(runs, || timed(|| json.iter().map(read).collect::<Vec<_>>()))
}

/// R: reads all files into memory and counts their lines, on one thread.
fn reading(folder: &Path, runs: usize) -> f64 {
    median(runs, || {
        timed(|| {
            let files = fs::read_dir(folder.join("processes")).expect("the folder is there");
            let texts: Vec<Vec<u8>> =
                files.map(|file| fs::read(file.expect("a file").path()).expect("the file can be read")).collect();
            let lines: usize = texts.iter().map(|text| memchr::memchr_iter(b'\n', text).count()).sum();
            (texts, lines)
        })
    })
}

fn usual(processes: usize) -> (f64, f64, f64) {
    let (folder, bytes) = written("usual", processes, Shape::Usual);
    println!("{processes} processes, {:.0} MB", bytes as f64 / 1e6);
    let y = yardstick(processes, Shape::Usual, 5);
    let r = reading(&folder, 5);
    let time = median(7, || check(&folder, &[]).0);
    let single = median(5, || check(&folder, &["--jobs", "1"]).0);
    row("Y, serde_json", &format!("{:.0} ms", y * 1e3), "");
    row("R, reading and counting lines", &format!("{:.0} ms", r * 1e3), "");
    row("whole cold check", &format!("{:.0} ms", time * 1e3), "");
    row("whole cold check / Y", &format!("{:.2}", time / y), "1.5");
    row("whole cold check / R", &format!("{:.1}", time / r), "6");
    row("gain from all threads", &format!("{:.2}", single / time), "1.4");
    if let Some(peak) = peak(&folder) {
        row("peak memory / source", &format!("{:.2}", peak as f64 / bytes as f64), "4");
    }
    for format in ["json", "sarif"] {
        // What is written beyond a check that writes next to nothing.
        let (folder, _) = written("dirty", processes.min(20_000), Shape::Dirty);
        let silent = median(5, || check(&folder, &["--exit-zero", "--format", "concise", "--max-findings", "1"]).0);
        let size = check(&folder, &["--format", format]).1;
        let full = median(5, || check(&folder, &["--format", format]).0);
        let speed = size as f64 / (full - silent).max(1e-3) / 1e6;
        row(&format!("{format} written"), &format!("{speed:.0} MB/s"), "60 MB/s");
    }
    (y, r, time)
}

/// The peak of memory of one check, in bytes, by GNU time; `None` where that is not there.
fn peak(folder: &Path) -> Option<u64> {
    let output = Command::new("/usr/bin/time")
        .args(["-f", "%M", PROGRAM, "check", "--quiet", "--today", "2026-11-21"])
        .arg(folder)
        .stdout(Stdio::null())
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let kibibytes = said.lines().rev().find_map(|line| line.trim().parse::<u64>().ok())?;
    Some(kibibytes * 1024)
}

fn shaped(name: &str, processes: usize, shape: Shape) {
    let (folder, bytes) = written(name, processes, shape);
    let y = yardstick(processes, shape, 3);
    let time = median(3, || check(&folder, &[]).0);
    let name = format!("{name}, {:.0} MB / Y of it", bytes as f64 / 1e6);
    row(&name, &format!("{:.2}", time / y), "3");
    let _ = fs::remove_dir_all(folder);
}

/// The exponent with which time grows from a tenth of the project to the whole.
/// Answers with the seconds of a tenth.
fn growth(processes: usize, time: f64) -> f64 {
    let (folder, _) = written("usual", processes / 10, Shape::Usual);
    let tenth = median(9, || check(&folder, &[]).0);
    let name = format!("growth exponent, {} to {processes} processes", processes / 10);
    row(&name, &format!("{:.2}", (time / tenth).log10()), "1.15");
    tenth
}

fn huge(processes: usize, hundredth: f64) {
    let (folder, bytes) = written("usual", processes, Shape::Usual);
    let time = median(3, || check(&folder, &[]).0);
    let name = format!("growth exponent, {} to {processes} processes", processes / 100);
    row(&name, &format!("{:.2}", (time / hundredth).log(100.0)), "1.15");
    let peak = peak(&folder).map_or(0.0, |peak| peak as f64 / bytes as f64);
    row(&format!("{processes} processes, peak memory / source"), &format!("{peak:.2}"), "4");
    let y = yardstick(processes, Shape::Usual, 1);
    row(&format!("{processes} processes / Y of it"), &format!("{:.2}", time / y), "1.0");
    let _ = fs::remove_dir_all(folder);
}

/// A first project: one file that a person has written.
fn small() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/minimal");
    let time = median(101, || check(&folder, &[]).0);
    row("one small project, whole process", &format!("{:.1} ms", time * 1e3), "6 ms");
}

/// Python of as many bytes, and ruff's own time for it, where there is a ruff.
fn ruff(processes: usize, own: f64) {
    let program = std::env::var_os(RUFF).unwrap_or_else(|| "ruff".into());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the folder can be made");
    let project = generator::shaped(processes.div_ceil(PROCESSES_A_FILE), SEED, Shape::Usual);
    for (at, (_, text)) in project.files.iter().enumerate() {
        let python = python(text.len(), at);
        fs::write(folder.join(format!("part_{at:05}.py")), python).expect("the file can be written");
    }
    let run = || {
        let begin = Instant::now();
        let status = Command::new(&program)
            .args(["check", "--no-cache", "--isolated", "--quiet"])
            .arg(&folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        status.ok().map(|_| begin.elapsed().as_secs_f64())
    };
    match run() {
        Some(_) => {
            let time = median(3, || run().unwrap_or_default());
            row("ruff on as many bytes / ours", &format!("{:.1}", time / own), "4");
        }
        None => row("ruff on as many bytes / ours", "no ruff here", "4"),
    }
    let _ = fs::remove_dir_all(folder);
}

/// Python of about so many bytes: small functions, as in any project.
fn python(bytes: usize, seed: usize) -> String {
    let mut text = String::from("\"\"\"Processes of a management system.\"\"\"\n\nimport json\n\n");
    let mut number = 0;
    while text.len() < bytes {
        let _ = write!(
            text,
            "\ndef process_{seed}_{number}(inputs, owner=\"ciso\", limit={number}):\n    \
             \"\"\"Evaluate what came in, and say who answers for it.\"\"\"\n    \
             results = []\n    for name, value in inputs.items():\n        \
             if value is None or len(name) > limit:\n            continue\n        \
             results.append({{\"item\": name, \"owner\": owner, \"value\": value * {number}}})\n    \
             return json.dumps(results, indent=2)\n\n"
        );
        number += 1;
    }
    text
}
