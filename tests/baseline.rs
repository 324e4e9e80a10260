//! Baselines as grown projects use them: with the real program, on a disk, merged by git.

#![expect(clippy::disallowed_methods, clippy::expect_used, reason = "a test makes projects, and fails by panicking")]

#[path = "support/folder.rs"]
mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use support::{read, write};

/// An empty folder for one test.
fn folder(name: &str) -> PathBuf {
    support::empty("baseline", name)
}

/// What a check prints, both streams, with its status ahead.
fn check(folder: &Path, arguments: &[&str]) -> String {
    let command = ["check", "--format", "concise", "--select", "FLOW"];
    let output = Command::new(env!("CARGO_BIN_EXE_ismslint"))
        .args(command.iter().chain(arguments))
        .current_dir(folder)
        .output()
        .expect("the program runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}\n{}{}", output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

fn git(folder: &Path, arguments: &[&str]) -> Output {
    let settings = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"];
    Command::new("git")
        .args(settings.iter().chain(arguments))
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .current_dir(folder)
        .output()
        .expect("git runs")
}

fn commit(folder: &Path, message: &str) {
    git(folder, &["add", "."]);
    let output = git(folder, &["commit", "-m", message]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// A process that takes some items that nobody produces.
fn needing(process: &str, items: &[&str]) -> String {
    let inputs: String = items.iter().map(|item| format!("  input {item}\n")).collect();
    format!("process {process} {{\n{inputs}  result {process}-list retained\n}}\n")
}

#[test]
fn what_is_recorded_stays_hidden_and_what_is_new_is_shown() {
    let folder = folder("moves");
    write(&folder, "a.isms", &needing("alpha", &["x", "y"]));
    assert_eq!(
        check(&folder, &["--write-baseline", "b.jsonl"]),
        "0\nno findings (2 in the baseline)\nrecorded 2 findings in `b.jsonl`\n"
    );
    let recorded = read(&folder, "b.jsonl");

    // The file is renamed, lines move, and the process has another title.
    let moved = needing("alpha", &["y", "x"]).replace("alpha {", "alpha \"Alpha, the first\" {");
    std::fs::remove_file(folder.join("a.isms")).expect("a file");
    write(&folder, "deep/er/z.isms", &format!("// a comment\n\n{moved}"));
    assert_eq!(check(&folder, &["--baseline", "b.jsonl"]), "0\nno findings (2 in the baseline)\n");

    // A finding of the same rule, in the same process; and the same item in another one.
    write(&folder, "deep/er/z.isms", &needing("alpha", &["y", "x", "z"]));
    write(&folder, "other.isms", &needing("beta", &["x"]));
    let shown = check(&folder, &["--baseline", "b.jsonl"]);
    assert!(shown.starts_with("1\n"), "{shown}");
    assert!(shown.contains("`z`, which `alpha` needs") && shown.contains("`x`, which `beta` needs"), "{shown}");
    assert!(shown.contains("2 errors (2 in the baseline)"), "{shown}");

    // Both flags together do not take them in.
    check(&folder, &["--baseline", "b.jsonl", "--write-baseline", "b.jsonl"]);
    assert_eq!(read(&folder, "b.jsonl"), recorded);

    // What is mended is told, and taken out.
    std::fs::remove_file(folder.join("other.isms")).expect("a file");
    write(&folder, "deep/er/z.isms", &needing("alpha", &["x"]));
    let told = check(&folder, &["--baseline", "b.jsonl"]);
    assert!(told.contains("1 finding in the baseline is gone") && told.contains("input.y"), "{told}");
    assert!(check(&folder, &["--baseline", "b.jsonl", "--fail-on", "note"]).starts_with("1\n"));
    check(&folder, &["--baseline", "b.jsonl", "--write-baseline", "b.jsonl"]);
    assert_eq!(read(&folder, "b.jsonl").lines().count(), 1);
    // It does not come back unseen.
    write(&folder, "deep/er/z.isms", &needing("alpha", &["x", "y"]));
    assert!(check(&folder, &["--baseline", "b.jsonl"]).starts_with("1\n"));
}

/// Nobody can tell whether what a rule found is gone while the rule itself cannot be asked.
#[test]
fn what_a_rule_with_a_mistake_found_stays_recorded() {
    let folder = folder("broken-rule");
    let rule = "rule OWN001 own error { for process p where p.title is missing report p \"`{p}`\" }\n";
    write(&folder, "a.isms", "process alpha\n");
    write(&folder, "rules.isms", rule);
    let own = ["--select", "OWN"];
    check(&folder, &[&own[..], &["--write-baseline", "b.jsonl"]].concat());
    let recorded = read(&folder, "b.jsonl");
    assert!(recorded.contains("OWN001"), "{recorded}");

    // Whoever names the rule is told what is wrong with it, not that there is none.
    write(&folder, "rules.isms", &rule.replace("p.title", "p.titel"));
    let said = check(&folder, &[&own[..], &["--baseline", "b.jsonl"]].concat());
    assert!(said.contains("RULE003") && !said.contains("gone") && !said.contains("there is no rule"), "{said}");
    check(&folder, &[&own[..], &["--baseline", "b.jsonl", "--write-baseline", "b.jsonl"]].concat());
    assert_eq!(read(&folder, "b.jsonl"), recorded);
}

#[test]
fn a_second_finding_with_the_same_key_is_shown() {
    let folder = folder("alike");
    let once = "role r\nprocess a { owner nobody result x retained input y from z }\nparty z\n";
    write(&folder, "a.isms", once);
    check(&folder, &["--write-baseline", "b.jsonl"]);
    assert!(check(&folder, &["--baseline", "b.jsonl"]).starts_with("0\n"));
    write(&folder, "a.isms", &once.replace("nobody", "nobody, nobody"));
    let shown = check(&folder, &["--baseline", "b.jsonl"]);
    assert!(shown.starts_with("1\n") && shown.matches("REF001").count() == 1, "{shown}");
    check(&folder, &["--write-baseline", "b.jsonl"]);
    assert_eq!(read(&folder, "b.jsonl"), "{\"code\":\"REF001\",\"entity\":\"process.a/owner.nobody\",\"count\":2}\n");
    assert!(check(&folder, &["--baseline", "b.jsonl"]).starts_with("0\n"));
    // One of the two is mended.
    write(&folder, "a.isms", once);
    let told = check(&folder, &["--baseline", "b.jsonl", "--write-baseline", "b.jsonl"]);
    assert!(told.contains("took out 1 finding that is gone; 1 left"), "{told}");
}

/// What belongs to no entity is known by the text that it underlines, whatever its layout.
#[test]
fn findings_without_an_entity_are_known_by_their_text() {
    let folder = folder("text");
    let allow = "@allow(FLOW006, because \"Agreed next month\")\n";
    let process = "process a { result x retained input y from z }\nparty z\n";
    write(&folder, "a.isms", &format!("{allow}{process}"));
    check(&folder, &["--select", "FLOW006", "--write-baseline", "b.jsonl"]);
    assert!(read(&folder, "b.jsonl").contains("\"code\":\"ALLOW001\",\"text\":\"@allow(FLOW006, "));
    write(&folder, "b.isms", &format!("\n{}{process}", allow.replace(", because", ",\n    because")));
    std::fs::remove_file(folder.join("a.isms")).expect("a file");
    let shown = check(&folder, &["--baseline", "b.jsonl", "--fail-on", "note"]);
    assert!(shown.starts_with("0\n"), "{shown}");
    write(&folder, "b.isms", &format!("{}{process}", allow.replace("FLOW006", "FLOW007")));
    let shown = check(&folder, &["--baseline", "b.jsonl", "--fail-on", "note"]);
    assert!(shown.starts_with("1\n") && shown.contains("ALLOW001"), "{shown}");
}

/// Which member of a ring is told first depends on the order of files; the finding is the same.
#[test]
fn a_ring_is_known_again_in_other_files() {
    let folder = folder("ring");
    let process = |name: &str, other: &str| {
        format!("process {name} {{\n  input {other}-list from {other}\n  result {name}-list to {other}\n}}\n")
    };
    write(&folder, "a.isms", &process("alpha", "beta"));
    write(&folder, "b.isms", &process("beta", "alpha"));
    check(&folder, &["--select", "FLOW005", "--write-baseline", "b.jsonl"]);
    assert_eq!(read(&folder, "b.jsonl").matches("FLOW005").count(), 1, "{}", read(&folder, "b.jsonl"));
    std::fs::rename(folder.join("a.isms"), folder.join("z.isms")).expect("a file");
    let shown = check(&folder, &["--baseline", "b.jsonl", "--fail-on", "note"]);
    assert_eq!(shown, "0\nno findings (1 in the baseline)\n");
}

/// Where several processes could be blamed, the first in the order of files is; renaming a file is no new finding.
#[test]
fn what_stands_at_the_first_of_several_is_known_again_in_other_files() {
    let folder = folder("first");
    let model = "organization o { model m:1  standard iso27001:2022 }\n\
                 model m:1 { domain \"d\"  process a { result x to b  result y to b }  process b { input x from a  input z from a } }\n";
    let one = "process p { implements a  result x retained  covers 4.1 partly because \"half\" }\n\
               process s { result x to q, w }\n";
    let other = "process q { implements b  input x from s  covers 4.1 partly because \"half\" }\n";
    let third = "process v { implements a  result x retained }\nprocess w { implements b  input x from s }\n";
    for (path, text) in [("model.isms", model), ("a.isms", one), ("b.isms", other), ("c.isms", third)] {
        write(&folder, path, text);
    }
    let rules = ["--select", "MODEL,CLAUSE007", "--show", "note"];
    let with = |more: &[&str]| check(&folder, &[&rules[..], more].concat());
    let found = with(&[]);
    for code in ["MODEL002", "MODEL003", "MODEL004", "CLAUSE007"] {
        assert!(found.contains(&format!("[{code}]")), "{code} in {found}");
    }
    with(&["--write-baseline", "b.jsonl"]);
    for (from, to) in [("a.isms", "t.isms"), ("b.isms", "s.isms"), ("c.isms", "r.isms")] {
        std::fs::rename(folder.join(from), folder.join(to)).expect("a file");
    }
    let moved = with(&["--baseline", "b.jsonl"]);
    assert!(moved.starts_with("0\nno findings (") && !moved.contains("gone"), "{moved}");
}

#[test]
fn syntax_is_not_recorded() {
    let folder = folder("syntax");
    write(&folder, "a.isms", "process a { input }\n");
    let shown = check(&folder, &["--write-baseline", "b.jsonl"]);
    assert!(shown.starts_with("1\n") && shown.contains("SYN") && shown.contains("cannot be recorded"), "{shown}");
}

#[test]
fn threads_do_not_change_a_byte() {
    let folder = folder("threads");
    for number in 0..60 {
        let items: Vec<String> = (0..20).map(|item| format!("item-{number}-{item}")).collect();
        let items: Vec<&str> = items.iter().map(String::as_str).collect();
        write(&folder, &format!("{number}.isms"), &needing(&format!("p{number}"), &items));
    }
    check(&folder, &["--write-baseline", "one.jsonl", "--jobs", "1"]);
    check(&folder, &["--write-baseline", "eight.jsonl", "--jobs", "8"]);
    let one = read(&folder, "one.jsonl");
    assert_eq!(one, read(&folder, "eight.jsonl"));
    assert_eq!(one.lines().count(), 1_200);
    assert!(one.lines().is_sorted());
}

/// A repository whose two branches do something else to the baseline each.
fn branches(name: &str, ours: &str, theirs: &str) -> (PathBuf, bool) {
    let folder = folder(name);
    git(&folder, &["init"]);
    write(&folder, "a.isms", &needing("alpha", &["a", "d", "g", "k", "m", "p", "s"]));
    check(&folder, &["--write-baseline", "b.jsonl"]);
    commit(&folder, "base");
    for (branch, items) in [("theirs", theirs), ("ours", ours)] {
        git(&folder, &["checkout", "-b", branch, "main"]);
        let items: Vec<&str> = items.split(' ').collect();
        write(&folder, "a.isms", &needing("alpha", &items));
        check(&folder, &["--write-baseline", "b.jsonl"]);
        git(&folder, &["checkout", "main", "a.isms"]);
        commit(&folder, branch);
    }
    let merged = git(&folder, &["merge", "theirs"]).status.success();
    (folder, merged)
}

#[test]
fn branches_that_mend_and_record_different_findings_merge() {
    let (folder, merged) = branches("merge", "a d e k m p s", "a d g k n p s");
    assert!(merged);
    let merged = read(&folder, "b.jsonl");
    let items: Vec<&str> = merged.lines().filter_map(|line| line.split("input.").nth(1)?.split('"').next()).collect();
    assert_eq!(items, ["a", "d", "e", "k", "n", "p", "s"]);
    write(&folder, "a.isms", &needing("alpha", &items));
    assert_eq!(check(&folder, &["--baseline", "b.jsonl"]), "0\nno findings (7 in the baseline)\n");
}

#[test]
fn a_conflict_is_told_by_its_line() {
    let (folder, merged) = branches("conflict", "a b d g k m p s", "a c d g k m p s");
    assert!(!merged, "both sides add a line at the same place");
    let told = check(&folder, &["--baseline", "b.jsonl"]);
    assert!(told.starts_with("2\n") && told.contains("`b.jsonl`, line 2: a merge has left its marks"), "{told}");
    // Recording anew mends the file.
    check(&folder, &["--write-baseline", "b.jsonl"]);
    assert!(check(&folder, &["--baseline", "b.jsonl"]).starts_with("0\n"));
}

/// What the README advises for projects where many people mend at once.
#[test]
fn with_merge_union_neighbouring_lines_merge_too() {
    let folder = folder("union");
    git(&folder, &["init"]);
    write(&folder, ".gitattributes", "*.jsonl merge=union\n");
    write(&folder, "a.isms", &needing("alpha", &["a", "d"]));
    check(&folder, &["--write-baseline", "b.jsonl"]);
    commit(&folder, "base");
    for (branch, item) in [("theirs", "c"), ("ours", "b")] {
        git(&folder, &["checkout", "-b", branch, "main"]);
        write(&folder, "a.isms", &needing("alpha", &["a", item, "d"]));
        check(&folder, &["--write-baseline", "b.jsonl"]);
        git(&folder, &["checkout", "main", "a.isms"]);
        commit(&folder, branch);
    }
    assert!(git(&folder, &["merge", "theirs"]).status.success());
    write(&folder, "a.isms", &needing("alpha", &["a", "b", "c", "d"]));
    assert_eq!(check(&folder, &["--baseline", "b.jsonl"]), "0\nno findings (4 in the baseline)\n");
}

#[test]
fn several_projects_share_a_baseline_and_are_kept_apart() {
    let folder = folder("projects");
    for name in ["one", "two"] {
        write(&folder, &format!("{name}/ismslint.toml"), "");
        write(&folder, &format!("{name}/a.isms"), &needing("alpha", &["x"]));
    }
    check(&folder, &[".", "--write-baseline", "b.jsonl"]);
    let recorded = read(&folder, "b.jsonl");
    assert!(recorded.contains("\"project\":\"one\"") && recorded.contains("\"project\":\"two\""), "{recorded}");
    assert_eq!(check(&folder, &[".", "--baseline", "b.jsonl"]), "0\nno findings (2 in the baseline)\n");
    // A run over one of them tells nothing of the other, and leaves its entries alone.
    assert_eq!(check(&folder, &["two", "--baseline", "b.jsonl"]), "0\nno findings (1 in the baseline)\n");
    check(&folder, &["two", "--write-baseline", "b.jsonl"]);
    assert_eq!(read(&folder, "b.jsonl"), recorded);
    // Mended in one, new in the other: the entry of the one does not hide it.
    write(&folder, "one/a.isms", &needing("alpha", &[]));
    write(&folder, "two/a.isms", &needing("alpha", &["x", "y"]));
    assert!(check(&folder, &[".", "--baseline", "b.jsonl"]).starts_with("1\n"));
    // A project that has its own file can be moved.
    check(&folder.join("two"), &["--write-baseline", "own.jsonl"]);
    assert!(!read(&folder, "two/own.jsonl").contains("project"), "{}", read(&folder, "two/own.jsonl"));
    write(&folder, "two/ismslint.toml", "baseline = \"own.jsonl\"\n");
    std::fs::rename(folder.join("two"), folder.join("three")).expect("a folder");
    assert_eq!(check(&folder, &["three"]), "0\nno findings (2 in the baseline)\n");
    // One of the command line stands over it.
    write(&folder, "empty.jsonl", "");
    assert!(check(&folder, &["three", "--baseline", "empty.jsonl"]).starts_with("1\n"));
}

#[test]
fn paths_limit_what_is_shown_but_not_what_is_judged() {
    let folder = folder("paths");
    write(&folder, "ismslint.toml", "baseline = \"b.jsonl\"\n");
    write(&folder, "a.isms", &needing("alpha", &["x"]));
    write(&folder, "b.isms", &needing("beta", &["y"]));
    check(&folder, &["--write-baseline", "b.jsonl", "a.isms"]);
    assert_eq!(read(&folder, "b.jsonl").lines().count(), 2);
    assert_eq!(check(&folder, &["b.isms"]), "0\nno findings (1 in the baseline)\n");
    write(&folder, "a.isms", "");
    let told = check(&folder, &["b.isms"]);
    assert!(told.contains("1 finding in the baseline is gone"), "{told}");
    assert!(check(&folder, &["--isolated"]).starts_with("1\n"));
}

/// Who has cleaned up has many of them; sorting the findings for each would take minutes.
#[test]
fn a_hundred_thousand_findings_that_are_gone_are_told_soon() {
    let folder = folder("gone");
    write(&folder, "a.isms", &needing("alpha", &["x"]));
    let line = |at: usize| format!("{{\"code\":\"FLOW001\",\"entity\":\"process.a{at}/input.x\"}}\n");
    write(&folder, "b.jsonl", &(0..100_000).map(line).collect::<String>());
    let said = check(&folder, &["--baseline", "b.jsonl", "--quiet", "--show", "note"]);
    assert_eq!(said.lines().filter(|line| line.contains("note[CONFIG001]")).count(), 100_000);
}

#[test]
fn hostile_files_are_refused() {
    let folder = folder("hostile");
    write(&folder, "a.isms", &needing("alpha", &["x"]));
    let huge = std::fs::OpenOptions::new().create(true).truncate(true).write(true).open(folder.join("huge.jsonl"));
    huge.and_then(|file| file.set_len(1 << 40)).expect("a file with a hole");
    let told = check(&folder, &["--baseline", "huge.jsonl"]);
    assert!(told.starts_with("2\n") && told.contains("larger than 64 MiB"), "{told}");
    std::fs::remove_file(folder.join("huge.jsonl")).expect("a file");
    std::fs::write(folder.join("binary.jsonl"), b"\x7fELF\x00\xff\x1b[2J\n").expect("a file");
    let told = check(&folder, &["--baseline", "binary.jsonl"]);
    assert!(
        told.starts_with("2\n") && told.contains("line 1: this is not UTF-8") && !told.contains('\u{1b}'),
        "{told}"
    );
    write(&folder, "escape.jsonl", "{\"code\":\"FLOW001\",\"entity\":\"\\u001b]0;x\\u0007\\n::error::x\\u202e\"}\n");
    for format in ["concise", "github", "json", "sarif", "pretty", "azure"] {
        let told =
            check(&folder, &["--baseline", "escape.jsonl", "--show", "note", "--format", &format!("{format}=out")]);
        assert!(told.starts_with("1\n"), "{told}");
        for text in [told, read(&folder, "out")] {
            assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{format}: {text}");
            assert!(!text.contains("\n::error::x"), "{format}: {text}");
        }
    }
    let endless = |entity| format!("{{\"code\":\"FLOW001\",\"entity\":\"{entity}\",\"count\":18446744073709551615}}\n");
    write(&folder, "endless.jsonl", &(endless("a") + &endless("b")));
    assert!(check(&folder, &["--baseline", "endless.jsonl"]).starts_with("1\n"));
    let told = check(&folder, &["--baseline", "endless.jsonl", "--write-baseline", "endless.jsonl"]);
    assert!(told.starts_with("1\n") && told.contains("0 left in"), "{told}");
    let told = check(&folder, &["--baseline", "."]);
    assert!(told.starts_with("2\n") && told.contains("not a regular file"), "{told}");
    #[cfg(unix)]
    assert!(check(&folder, &["--baseline", "/dev/zero"]).starts_with("2\n"));
}
