//! ARCHITECTURE.md is true: no room uses another that its table does not allow, and every dependency has its line.

#![expect(clippy::disallowed_methods, clippy::expect_used, reason = "a test reads files, and fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn document() -> String {
    std::fs::read_to_string("ARCHITECTURE.md").expect("the document")
}

/// The names in backticks of a text.
fn quoted(text: &str) -> BTreeSet<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The rooms and what they may use.
fn allowed() -> BTreeMap<String, BTreeSet<String>> {
    let document = document();
    let table =
        document.split("## Rooms").nth(1).expect("the table of rooms").split("\n## ").next().expect("its section");
    table
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            (cells[1].trim_matches('`').to_owned(), quoted(cells[3]))
        })
        .collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn rooms_use_only_what_they_may() {
    let allowed = allowed();
    assert!(allowed.len() >= 10, "{allowed:?}");
    let mut wrong = Vec::new();
    for (room, may) in &allowed {
        let mut files = Vec::new();
        sources(&Path::new("src").join(room), &mut files);
        assert!(!files.is_empty(), "the room `{room}` has no file");
        for file in files {
            let text = std::fs::read_to_string(&file).expect("a source");
            for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
                for path in line.split("crate::").skip(1) {
                    let other: String = path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                    if other != *room && allowed.contains_key(&other) && !may.contains(&other) {
                        wrong.push(format!("{}:{}: `{room}` may not use `{other}`", file.display(), number + 1));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_room_stands_in_the_table() {
    let allowed = allowed();
    for entry in std::fs::read_dir("src").expect("the sources").flatten().filter(|entry| entry.path().is_dir()) {
        let room = entry.file_name().to_string_lossy().into_owned();
        assert!(allowed.contains_key(&room), "the room `{room}` is not in ARCHITECTURE.md");
    }
}

#[test]
fn every_dependency_has_its_line() {
    let manifest = std::fs::read_to_string("Cargo.toml").expect("the manifest");
    let manifest: toml::Table = manifest.parse().expect("TOML");
    let document = document();
    let said = quoted(document.split("## Dependencies").nth(1).expect("the table of dependencies"));
    for section in ["dependencies", "dev-dependencies"] {
        for name in manifest[section].as_table().expect("a table").keys() {
            assert!(said.contains(name), "the dependency `{name}` has no line in ARCHITECTURE.md");
        }
    }
}
