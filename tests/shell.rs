//! The program as shells, hooks and pipelines call it: variables of the environment, paths, standard input, exit statuses.

#![expect(clippy::disallowed_methods, clippy::expect_used, reason = "a test calls programs, and fails by panicking")]

#[path = "support/folder.rs"]
mod support;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A folder that goes when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let folder = Self(support::empty("shell", name));
        files.iter().for_each(|(path, text)| folder.write(path, text));
        folder
    }

    fn write(&self, path: &str, text: &str) {
        support::write(&self.0, path, text);
    }

    fn remove(&self, path: &str) {
        std::fs::remove_file(self.0.join(path)).expect("a file");
    }

    /// Runs a command line with variables and a standard input: the exit status, what was printed, and what was said.
    fn run(&self, line: &str, variables: &[(&str, &str)], input: &str) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ismslint"));
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "ISMSLINT_OUTPUT_FORMAT", "ISMSLINT_OUTPUT_FILE"] {
            command.env_remove(name);
        }
        command.args(line.split_whitespace()).current_dir(&self.0).envs(variables.iter().copied());
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        // A program that reads no input may have closed it.
        let _ = child.stdin.take().expect("an input").write_all(input.as_bytes());
        let output = child.wait_with_output().expect("the program ends");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        (output.status.code().expect("a status"), text(output.stdout), text(output.stderr))
    }

    fn check(&self, line: &str) -> (i32, String, String) {
        self.run(&format!("check --format concise {line}"), &[], "")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const RISK: &str = "process risk-assessment {\n  input threat-reports from threats\n  result risks retained\n}\n";
const THREATS: &str = "process threats {\n  result threat-reports to risk-assessment\n}\n";

fn project(name: &str) -> Folder {
    Folder::new(
        name,
        &[
            ("isms/risk.isms", RISK),
            ("isms/threats.isms", THREATS),
            ("ismslint.toml", "select = [\"FLOW\", \"REF\"]\n"),
        ],
    )
}

/// The flag, then NO_COLOR, CLICOLOR_FORCE, CLICOLOR, then what standard output is: here a pipe.
#[test]
fn colours_are_decided_in_one_order() {
    let folder = Folder::new("colours", &[("a.isms", "process a { input x }\n")]);
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], bool);
    let cases: &[Case<'_>] = &[
        ("", &[], false),
        ("", &[("CLICOLOR_FORCE", "1")], true),
        ("", &[("CLICOLOR_FORCE", "0")], false),
        ("", &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
        ("", &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "")], true),
        ("", &[("CLICOLOR_FORCE", "1"), ("CLICOLOR", "0"), ("TERM", "dumb")], true),
        ("--color always", &[("NO_COLOR", "1"), ("TERM", "dumb")], true),
        ("--color never", &[("CLICOLOR_FORCE", "1")], false),
    ];
    for (flags, variables, is_coloured) in cases {
        let (_, printed, _) = folder.run(&format!("check {flags}"), variables, "");
        assert_eq!(printed.contains('\u{1b}'), *is_coloured, "{flags} {variables:?}\n{printed}");
    }
}

#[test]
fn the_environment_names_formats_and_a_file() {
    let folder = Folder::new("formats", &[("a.isms", "process a { input x }\n")]);
    let (_, printed, _) = folder.run("check", &[("ISMSLINT_OUTPUT_FORMAT", "concise,json=a.json")], "");
    assert!(printed.contains("a.isms:1:19: error[FLOW001]"), "{printed}");
    let written = || std::fs::read_to_string(folder.0.join("a.json")).expect("a report");
    assert!(written().starts_with("{\n  \"version\": 1"));
    let variables = [("ISMSLINT_OUTPUT_FORMAT", "json"), ("ISMSLINT_OUTPUT_FILE", "a.json")];
    let (status, printed, said) = folder.run("check --format concise", &variables, "");
    assert_eq!((status, printed.as_str()), (1, ""));
    assert!(written().contains("a.isms:1:19: error[FLOW001]"));
    assert!(said.starts_with("1 error") && !said.contains("\n\n"), "{said:?}");
    let (status, _, said) = folder.run("check", &[("ISMSLINT_OUTPUT_FORMAT", "xml")], "");
    assert!(status == 2 && said.contains("`ISMSLINT_OUTPUT_FORMAT` names no format: `xml`"), "{said}");
}

/// A pull request renames a process in one file, which breaks another.
#[test]
fn a_process_that_is_renamed_breaks_whoever_names_it() {
    let folder = project("rename");
    assert_eq!(folder.check("").0, 0);
    folder.write("isms/threats.isms", &THREATS.replace("process threats", "process threat-intelligence"));
    let (status, printed, _) = folder.check("");
    assert_eq!(status, 1);
    assert!(printed.starts_with("isms/risk.isms:2:29: error[REF"), "{printed}");
    // Whoever names only what was changed is told that there is more.
    let (status, printed, said) = folder.check("isms/threats.isms");
    assert_eq!((status, printed.as_str()), (0, ""));
    assert!(said.contains("1 more finding in files that were not named"), "{said}");
    let (status, printed, said) = folder.check("isms");
    assert!(status == 1 && printed.contains("error[REF") && !said.contains("not named"), "{said}");
}

/// A hook passes files that the commit deletes.
#[test]
fn a_deleted_file_that_is_named_stands_for_its_project() {
    let folder = project("deleted");
    folder.remove("isms/threats.isms");
    let (status, printed, said) = folder.check("isms/threats.isms");
    assert_eq!((status, printed.as_str()), (2, ""));
    assert!(said.contains("there is no file or folder `isms/threats.isms`"), "{said}");
    for line in ["--force-exclude isms/threats.isms", "--force-exclude isms/risk.isms gone/threats.isms"] {
        let (status, printed, said) = folder.check(line);
        assert!(status == 1 && printed.starts_with("isms/risk.isms:2:"), "{line}: {printed}");
        assert!(said.starts_with("note: `") && said.contains("is gone; all findings"), "{said}");
    }
    let (status, printed, said) = folder.run("fmt --check --force-exclude isms/threats.isms", &[], "");
    assert_eq!((status, printed.as_str(), said.as_str()), (0, "", ""));
}

#[test]
fn standard_input_stands_for_a_file_on_disk() {
    let folder = project("input");
    let line = "check --format concise - --stdin-filename isms/threats.isms";
    let (status, printed, _) = folder.run(line, &[], THREATS);
    assert_eq!((status, printed.as_str()), (0, ""));
    // The file on disk would do; the buffer lacks the result that another file needs.
    let (status, printed, said) = folder.run(line, &[], "process threats {\n  result drafts retained\n}\n");
    assert_eq!(status, 0, "the finding stands in a file that was not named: {printed}");
    assert!(said.contains("more finding in files that were not named"), "{said}");
    let (status, printed, _) = folder.run(line, &[], "process threats {\n  input x\n}\n");
    assert!(status == 1 && printed.contains("isms/threats.isms:2:9: error[FLOW001]"), "{printed}");
    // A file that is not there yet belongs to the project in whose folder it will stand.
    let (status, printed, _) =
        folder.run("check --format concise - --stdin-filename isms/new.isms", &[], "process new {\n  input y\n}\n");
    assert!(status == 1 && printed.contains("isms/new.isms:2:9: error[FLOW001]"), "{printed}");
}

#[test]
fn nothing_to_check_is_no_failure() {
    let folder = Folder::new("nothing", &[("readme.txt", "no specification\n")]);
    for line in ["check", "check --format sarif", "coverage", "fmt --check"] {
        let (status, _, said) = folder.run(line, &[], "");
        assert!(status == 0 && said.contains("no specification was found"), "{line}: {status} {said}");
    }
}

#[test]
fn configurations_can_be_left_aside_by_every_command_that_reads_them() {
    let folder = Folder::new("isolated", &[("a.isms", "process a { input x }\n"), ("ismslint.toml", "mistake = 1\n")]);
    for command in ["check", "coverage", "test", "fmt", "explain FLOW001 --project ."] {
        let (status, _, said) = folder.run(command, &[], "");
        assert!(status == 2 && said.contains("mistake"), "{command}: {status} {said}");
        let (status, _, said) = folder.run(&format!("{command} --isolated"), &[], "");
        assert!(status < 2 && !said.contains("mistake"), "{command}: {status} {said}");
    }
}

/// A selector that names a rule whose head cannot be read is no mistake of its own.
#[test]
fn what_cannot_be_read_is_told_before_what_seems_to_be_unknown() {
    let rule = "rule OWN001 own error { for process p report p \"x\" }\n";
    let folder = Folder::new("selectors", &[("a.isms", rule), ("ismslint.toml", "select = [\"OWN\"]\n")]);
    assert_eq!(folder.check("--select OWN001").0, 0);
    folder.write("a.isms", &rule.replace("own error ", ""));
    for arguments in ["", "--select OWN001"] {
        let (status, found, said) = folder.check(arguments);
        assert_eq!((status, said.contains("there is no rule")), (1, false), "{found}{said}");
        assert!(found.contains("SYN001"), "{found}");
    }
    folder.write("a.isms", "process a\n");
    let (status, _, said) = folder.check("");
    assert_eq!(status, 2);
    assert!(said.contains("there is no rule or group `OWN`"), "{said}");
}

/// What is wrong with a rule is said once, not again for each of its tests.
#[test]
fn tests_of_a_rule_with_a_mistake_are_not_run() {
    let rule = "rule OWN001 own error { for process p where p.titel is missing report p \"x\" }\n";
    let tests = "test OWN001 \"one\" { process a expect a }\ntest OWN001 \"two\" { process b \"B\" }\n";
    let folder = Folder::new("untested", &[("a.isms", &format!("{rule}{tests}"))]);
    let (status, found, _) = folder.run("test .", &[], "");
    assert_eq!((status, found.matches("error[").count()), (1, 1), "{found}");
    assert!(found.ends_with("0 passed, 0 failed, 2 not run, since something is wrong with their rules\n"), "{found}");
    folder.write("a.isms", &format!("{}{tests}", rule.replace("titel", "title")));
    assert_eq!(folder.run("test .", &[], "").1, "2 passed, 0 failed\n");
}
