//! What must hold of every text (`fuzz/src/lib.rs`) holds of the repository's own after chance has been at them. The same
//! mutations in every run: who wants others runs cargo-fuzz (`fuzz/README.md`).

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    reason = "a test reads files, and fails by panicking"
)]

#[path = "../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "it is a package of its own")]
mod held;

use std::path::{Path, PathBuf};

/// Xorshift: short, and the same on every machine.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

/// The files under some folders whose names end so, by path.
fn files(folders: &[&str], ending: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = folders.iter().map(PathBuf::from).collect();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).expect("a folder").flatten().map(|entry| entry.path()));
        } else if path.extension().is_some_and(|extension| extension == ending) {
            let bytes = std::fs::read(&path).expect("a file");
            if bytes.len() < 32 << 10 {
                found.push((path, bytes));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "nothing ends with .{ending} in {folders:?}");
    found
}

fn texts(folders: &[&str], ending: &str) -> Vec<Vec<u8>> {
    files(folders, ending).into_iter().map(|(_, bytes)| bytes).collect()
}

/// A project as one text.
fn project(folder: &str) -> Vec<u8> {
    let mut text = Vec::new();
    for ending in ["isms", "md"] {
        for (path, bytes) in files(&[folder], ending) {
            text.extend(format!("\n{}{}\n", held::DIVIDER, path.display()).into_bytes());
            text.extend(bytes);
        }
    }
    text
}

/// What is put into texts: what the language is made of, and what nobody should write.
const PIECES: &[&str] = &[
    "{",
    "}",
    "(",
    ")",
    ",",
    ":",
    "\"",
    "\"\"\"",
    "@",
    "@allow(",
    "/",
    "//",
    "///",
    "/*",
    ".*",
    "*",
    "=",
    "\\",
    "\\u{",
    "\n",
    "\r",
    "\t",
    "\0",
    "\u{1a}",
    "\u{202e}",
    "\u{200b}",
    "é",
    "e\u{301}",
    "а",
    "process ",
    "item ",
    "rule X1 x error {",
    "for ",
    " where ",
    "exists ",
    "count(",
    "not ",
    "and ",
    "from ",
    "to ",
    "covers ",
    "because ",
    "until ",
    "2027-02-30",
    "99999999999",
    "6.1.3(d)",
    "A.*",
    "iso27001:2022/",
    "```isms\n",
    "```\n",
    "~~~",
    "<<<<<<< a\n",
    "=======\n",
    "===== b.isms\n",
    "[[",
    "]]",
];

/// A text after one to eight changes: bytes turned, taken away, doubled or moved, pieces put in, two texts joined.
fn mutated(chance: &mut Chance, texts: &[Vec<u8>]) -> Vec<u8> {
    let mut text = texts[chance.below(texts.len())].clone();
    for _ in 0..=chance.below(8) {
        let at = chance.below(text.len() + 1);
        let end = (at + chance.below(40)).min(text.len());
        match chance.below(8) {
            0 if at < text.len() => text[at] ^= 1 << chance.below(8),
            1 => drop(text.drain(at..end)),
            2 => drop(text.splice(at..at, text[at..end].to_vec())),
            3 => {
                let moved: Vec<u8> = text.drain(at..end).collect();
                let to = chance.below(text.len() + 1);
                drop(text.splice(to..to, moved));
            }
            4 => {
                let other = &texts[chance.below(texts.len())];
                let from = chance.below(other.len() + 1);
                let to = (from + chance.below(400)).min(other.len());
                drop(text.splice(at..at, other[from..to].to_vec()));
            }
            5 => text.truncate(at.max(1)),
            _ => drop(text.splice(at..at, PIECES[chance.below(PIECES.len())].bytes())),
        }
    }
    text
}

/// Holds a property over so many mutations; says which text it is that breaks it.
fn hold(seed: u64, count: usize, texts: &[Vec<u8>], property: impl Fn(&[u8]) + std::panic::RefUnwindSafe) {
    let mut chance = Chance(seed);
    for number in 0..count {
        let text = mutated(&mut chance, texts);
        if std::panic::catch_unwind(|| property(&text)).is_err() {
            let shown = String::from_utf8_lossy(&text).into_owned();
            panic!("mutation {number} of seed {seed} breaks it:\n{shown}");
        }
    }
}

fn as_text(property: fn(&str)) -> impl Fn(&[u8]) {
    move |bytes| property(&String::from_utf8_lossy(bytes))
}

/// Texts that once broke a property.
#[test]
fn what_broke_it_once_does_not_again() {
    for (target, property) in [
        ("parse", held::parse as fn(&str)),
        ("print", held::print),
        ("format", held::format),
        ("page", held::page),
        ("configuration", held::configuration),
        ("rules", held::rules),
        ("evaluate", held::evaluate),
    ] {
        for bytes in seeds(target) {
            property(&String::from_utf8_lossy(&bytes));
        }
    }
    seeds("baseline").iter().for_each(|bytes| held::baseline(bytes));
    seeds("check").iter().for_each(|bytes| held::check(bytes));
    seeds("mend").iter().for_each(|bytes| held::mend(bytes));
}

/// The seeds of a target that stand in no other folder.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new("fuzz/seeds").join(target);
    if !folder.exists() {
        return Vec::new();
    }
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).expect("a seed")).collect()
}

#[test]
fn every_text_has_tokens_that_tile_it_and_a_tree() {
    hold(11, 6_000, &texts(&["fixtures", "rules/checks"], "isms"), as_text(held::parse));
}

#[test]
fn what_is_printed_is_read_as_the_same() {
    hold(12, 4_000, &texts(&["fixtures", "rules/checks"], "isms"), as_text(held::print));
}

#[test]
fn what_is_laid_out_is_the_same_and_stays_so() {
    let texts = [texts(&["fixtures", "rules/checks"], "isms"), texts(&["fixtures", "docs"], "md")].concat();
    hold(17, 2_000, &texts, as_text(held::format));
}

#[test]
fn every_page_has_its_blocks() {
    hold(13, 4_000, &texts(&["fixtures", "docs"], "md"), as_text(held::page));
}

#[test]
fn every_configuration_is_one_or_says_its_mistakes() {
    let texts = [texts(&["fixtures"], "toml"), seeds("configuration")].concat();
    hold(14, 6_000, &texts, as_text(held::configuration));
}

#[test]
fn every_baseline_is_one_or_says_its_mistake() {
    hold(18, 20_000, &[texts(&["tests/cli"], "jsonl"), seeds("baseline")].concat(), held::baseline);
}

#[test]
fn every_project_is_mended() {
    let mut texts = texts(&["fixtures/rules"], "isms");
    texts.push(project("fixtures/sourcegraph"));
    hold(19, 60, &texts, held::mend);
}

#[test]
fn every_project_is_checked() {
    let mut texts = texts(&["fixtures/rules", "fixtures/broken"], "isms");
    texts.push(project("fixtures/sourcegraph"));
    hold(15, 250, &texts, held::check);
}

#[test]
fn every_rule_is_compiled_and_asked() {
    hold(16, 250, &texts(&["rules/checks"], "isms"), as_text(held::rules));
}

#[test]
fn every_rule_is_asked_by_itself_within_bounds() {
    hold(20, 3_000, &texts(&["rules/checks", "fixtures/rules"], "isms"), as_text(held::evaluate));
}
