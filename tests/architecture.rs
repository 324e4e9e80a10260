//! The house is as `ARCHITECTURE.md` says: rooms use the rooms of its table and no others, and every dependency has its
//! line.

#![expect(clippy::disallowed_methods, clippy::expect_used, reason = "a test reads the sources, and fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The rows of the table whose first column is headed `heading`, cell by cell.
fn rows(heading: &str) -> Vec<Vec<String>> {
    let document = std::fs::read_to_string("ARCHITECTURE.md").expect("ARCHITECTURE.md");
    let rows: Vec<Vec<String>> = document
        .lines()
        .skip_while(|line| !line.starts_with(&format!("| {heading} |")))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect())
        .collect();
    assert!(!rows.is_empty(), "there is no table of {heading}s in ARCHITECTURE.md");
    rows
}

/// The words in backticks.
fn quoted(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Each room with those that it may use.
fn rooms() -> BTreeMap<String, BTreeSet<String>> {
    let named = |row: &Vec<String>| Some((quoted(row.first()?).pop_first()?, quoted(row.get(2)?)));
    rows("room").iter().filter_map(named).collect()
}

/// Every source file of a room, with its text without lines that are comments.
fn sources(room: &str) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    let mut folders = vec![Path::new("src").join(room)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a room is a folder under src/").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source");
                files.push((path, without_comments(&text)));
            }
        }
    }
    files.sort();
    files
}

fn without_comments(text: &str) -> String {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .fold(String::new(), |text, line| text + line + "\n")
}

/// The rooms that a text names by `crate::room`, also in `crate::{room::…, room::…}`.
fn used(text: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for rest in text.split("crate::").skip(1) {
        let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        let Some(group) = rest.strip_prefix('{') else {
            used.insert(word(rest));
            continue;
        };
        let mut depth = 0_usize;
        let mut begins = true;
        for (at, character) in group.char_indices() {
            match character {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => begins = true,
                _ if begins && !character.is_whitespace() => {
                    used.insert(word(&group[at..]));
                    begins = false;
                }
                _ => {}
            }
        }
    }
    used
}

#[test]
fn names_of_rooms_are_found_in_sources() {
    let found = |text: &str| used(&without_comments(text)).into_iter().collect::<Vec<_>>().join(" ");
    assert_eq!(found("use crate::text::{Span, FileId};\n// use crate::cli;\nlet x = crate::rules::y();"), "rules text");
    assert_eq!(found("use crate::{\n    text::{self, Span},\n    engine,\n};\nuse std::fmt;"), "engine text");
}

#[test]
fn rooms_use_only_what_the_table_allows() {
    let rooms = rooms();
    let mut problems = String::new();
    for (room, allowed) in &rooms {
        for (path, text) in sources(room) {
            for other in used(&text) {
                if other != *room && rooms.contains_key(&other) && !allowed.contains(&other) {
                    writeln!(problems, "{}: `{room}` uses `{other}`", path.display()).expect("text");
                }
            }
        }
    }
    assert!(problems.is_empty(), "edges that are not in ARCHITECTURE.md:\n{problems}");
}

#[test]
fn every_room_has_its_line() {
    let known: BTreeSet<String> = rooms().into_keys().collect();
    let folders: BTreeSet<String> = std::fs::read_dir("src")
        .expect("src")
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(known, folders);
}

/// Rooms build upon one another: whoever follows the table never comes back to where he began.
#[test]
fn the_table_has_no_ring() {
    let mut open = rooms();
    while !open.is_empty() {
        let (done, left): (BTreeMap<_, _>, BTreeMap<_, _>) =
            open.clone().into_iter().partition(|(_, uses)| uses.iter().all(|other| !open.contains_key(other)));
        assert!(!done.is_empty(), "these use one another in a ring: {left:?}");
        open = left;
    }
}

/// The dependencies in a section of `Cargo.toml`, also those of some systems only.
fn dependencies(section: &str) -> BTreeSet<String> {
    let manifest = std::fs::read_to_string("Cargo.toml").expect("Cargo.toml");
    let manifest: toml::Table = manifest.parse().expect("TOML");
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    let places = targets.into_iter().flat_map(|targets| targets.values().filter_map(toml::Value::as_table));
    let sections = std::iter::once(&manifest).chain(places).filter_map(|place| place.get(section)?.as_table());
    sections.flat_map(|section| section.keys().cloned()).collect()
}

#[test]
fn every_dependency_has_its_line_and_stands_where_it_says() {
    let table: BTreeMap<String, String> = rows("crate")
        .into_iter()
        .filter_map(|row| {
            assert!(row.get(2).is_some_and(|reason| !reason.is_empty()), "{row:?} does not say what it saves us");
            Some((quoted(row.first()?).pop_first()?, row.get(1)?.clone()))
        })
        .collect();
    let (normal, for_tests) = (dependencies("dependencies"), dependencies("dev-dependencies"));
    let in_manifest: BTreeSet<&String> = normal.iter().chain(&for_tests).collect();
    assert_eq!(table.keys().collect::<BTreeSet<_>>(), in_manifest, "the table of crates, and Cargo.toml");

    let mut problems = String::new();
    let rooms: Vec<String> = rooms().into_keys().collect();
    for name in &normal {
        let path = format!("{}::", name.replace('-', "_"));
        let names_it = |text: &str| {
            text.match_indices(&path).any(|(at, _)| !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        };
        let users: BTreeSet<String> =
            rooms.iter().filter(|room| sources(room).iter().any(|(_, text)| names_it(text))).cloned().collect();
        let allowed = quoted(&table[name]);
        if users != allowed {
            writeln!(problems, "`{name}` is used in {users:?}, and the table says {allowed:?}").expect("text");
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
}

/// Files and folders that the page names, from the root or from `src/`.
#[test]
fn what_the_page_names_is_there() {
    let document = std::fs::read_to_string("ARCHITECTURE.md").expect("ARCHITECTURE.md");
    let missing: Vec<String> = quoted(&document.replace("```", ""))
        .into_iter()
        .filter(|word| word.contains('/') && !word.contains(|c: char| c.is_whitespace() || c == '*'))
        .filter(|word| !Path::new(word).exists() && !Path::new("src").join(word).exists())
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
