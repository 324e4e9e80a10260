//! Writing a first project to the disk: all of it or nothing, over nothing that is there, and nowhere else.

#![expect(clippy::disallowed_methods, clippy::expect_used, reason = "a test looks at the disk, and fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use ismslint::project::{ToolError, write_new};

/// An empty folder.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("init").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("an old folder can be removed");
    }
    fs::create_dir_all(&folder).expect("a folder can be made");
    folder
}

fn files() -> Vec<(String, String)> {
    [("a.isms", "a"), ("b/c.isms", "c"), ("b/d/e.isms", "e")]
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .into()
}

/// Every file and folder below, links named as such.
fn tree(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(here) = open.pop() {
        for entry in fs::read_dir(&here).expect("a folder").flatten() {
            let path = entry.path();
            let name = path.strip_prefix(folder).expect("inside").to_string_lossy().replace('\\', "/");
            let kind = entry.file_type().expect("a kind");
            if kind.is_dir() {
                open.push(path);
                found.push(format!("{name}/"));
            } else if kind.is_symlink() {
                found.push(format!("{name}@"));
            } else {
                found.push(format!("{name}: {}", fs::read_to_string(&path).expect("a text")));
            }
        }
    }
    found.sort();
    found
}

fn refusal(written: Result<(), ToolError>) -> String {
    written.expect_err("nothing may be written").to_string()
}

#[test]
fn folders_are_made_where_they_are_missing() {
    let folder = folder("new").join("x/y");
    write_new(&folder, &files()).expect("an empty place");
    assert_eq!(tree(&folder), ["a.isms: a", "b/", "b/c.isms: c", "b/d/", "b/d/e.isms: e"]);
}

#[test]
fn what_is_there_is_named_and_stays() {
    let folder = folder("taken");
    fs::create_dir_all(folder.join("b/d")).expect("a folder");
    fs::write(folder.join("b/c.isms"), "mine").expect("a file");
    fs::write(folder.join("b/d/e.isms"), "mine too").expect("a file");
    let before = tree(&folder);
    let refused = refusal(write_new(&folder, &files()));
    assert_eq!(refused, "nothing was written, because files are there already: `b/c.isms`, `b/d/e.isms`");
    assert_eq!(tree(&folder), before);
}

#[test]
fn other_files_do_not_matter() {
    let folder = folder("beside");
    fs::create_dir(folder.join("b")).expect("a folder");
    fs::write(folder.join("b/mine.isms"), "mine").expect("a file");
    write_new(&folder, &files()).expect("free names");
    assert_eq!(tree(&folder), ["a.isms: a", "b/", "b/c.isms: c", "b/d/", "b/d/e.isms: e", "b/mine.isms: mine"]);
}

#[test]
fn a_file_where_a_folder_has_to_be_is_in_the_way() {
    let folder = folder("file");
    fs::write(folder.join("b"), "mine").expect("a file");
    let refused = refusal(write_new(&folder, &files()));
    assert_eq!(refused, "nothing was written, because a file is there already: `b`");
    assert_eq!(tree(&folder), ["b: mine"]);
    assert!(refusal(write_new(&folder.join("b"), &files())).ends_with("b` is a file"));
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let outside = folder("outside");
    for (name, target, link) in [
        ("link-folder", outside.clone(), "b"),
        ("link-file", outside.join("x"), "a.isms"),
        ("link-deep", outside.clone(), "b/d"),
    ] {
        let folder = folder(name);
        let link = folder.join(link);
        fs::create_dir_all(link.parent().expect("a folder")).expect("a folder");
        std::os::unix::fs::symlink(&target, &link).expect("a link");
        let before = tree(&folder);
        refusal(write_new(&folder, &files()));
        assert_eq!(tree(&folder), before);
        assert_eq!(tree(&outside), Vec::<String>::new());
    }
    // The folder that its user names may be a link.
    let named = folder("named");
    std::os::unix::fs::symlink(&outside, named.join("link")).expect("a link");
    write_new(&named.join("link"), &files()).expect("a folder behind a link");
    assert_eq!(tree(&outside).len(), 5);
}

/// What was made is taken away again when the rest cannot be written. (A name that is too long for any disk stands for a
/// full one.)
#[test]
fn a_failure_leaves_nothing_behind() {
    let folder = folder("failure");
    let mut files = files();
    files.push((format!("b/{}", "x".repeat(5000)), "never".to_owned()));
    assert!(write_new(&folder.join("new"), &files).is_err());
    assert_eq!(tree(&folder), Vec::<String>::new());
    // The same, found only while writing: the second of two equal names is there by then.
    let twice = vec![
        ("a.isms".to_owned(), "a".to_owned()),
        ("b/c.isms".to_owned(), "c".to_owned()),
        ("a.isms".to_owned(), "b".to_owned()),
    ];
    assert!(write_new(&folder.join("new"), &twice).is_err());
    assert_eq!(tree(&folder), Vec::<String>::new());
}
