//! Reports in files, by the program itself.

#![expect(clippy::disallowed_methods, reason = "a test makes files and reads them")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A repository with a project in a folder of it; gone when the test is over.
struct Repository(PathBuf);

impl Repository {
    fn new(name: &str) -> Self {
        let root = std::env::temp_dir().join(format!("ismslint-{name}-{}", std::process::id()));
        std::fs::create_dir_all(root.join(".git")).expect("a folder");
        std::fs::create_dir_all(root.join("docs/my isms")).expect("a folder");
        let project = root.join("docs/my isms");
        std::fs::write(project.join("ismslint.toml"), "").expect("a file");
        std::fs::write(project.join("a.isms"), "process a {\n  input x\n}\n").expect("a file");
        Self(root)
    }

    fn check(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ismslint"));
        for name in ["GITHUB_WORKSPACE", "CI_PROJECT_DIR", "BUILD_SOURCESDIRECTORY"] {
            command.env_remove(name);
        }
        command.current_dir(&self.0).arg("check").args(arguments).output().expect("the program runs")
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).expect("a folder").flatten();
        let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).expect("a file")
    }
}

impl Drop for Repository {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn sarif_uri(text: &str) -> String {
    let log: Value = serde_json::from_str(text).expect("the report is JSON");
    let at = "/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri";
    log.pointer(at).and_then(Value::as_str).expect("an address").to_owned()
}

#[test]
fn one_run_feeds_the_log_and_several_reports() {
    let repository = Repository::new("several");
    std::fs::write(repository.0.join("report.xml"), "an older report").expect("a file");
    let formats = ["--format", "sarif=report.sarif", "--format", "github", "--format", "junit=report.xml"];
    let output = repository.check(&[&formats[..], &["docs"]].concat());
    assert_eq!(output.status.code(), Some(1));
    let log = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(log.starts_with("::error file=docs/my isms/a.isms,line=2,"), "{log}");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(sarif_uri(&repository.read("report.sarif")), "docs/my%20isms/a.isms");
    assert!(repository.read("report.xml").contains("<testsuite name=\"docs/my isms/a.isms\""));
    assert_eq!(repository.names(), [".git", "docs", "report.sarif", "report.xml"], "nothing else is left");
}

#[test]
fn a_run_to_files_only_says_what_it_has_counted() {
    let repository = Repository::new("quiet");
    let output = repository.check(&["docs/my isms", "--format", "json-lines=report.jsonl"]);
    assert!(output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("1 error"));
    let line: Value =
        serde_json::from_str(repository.read("report.jsonl").lines().next().expect("a line")).expect("JSON");
    assert_eq!(line["file"], "a.isms", "relative to the project");
}

/// A checkout that the pipeline names stands over the repository that is found.
#[test]
fn paths_are_those_of_the_checkout() {
    let repository = Repository::new("checkout");
    let mut command = Command::new(env!("CARGO_BIN_EXE_ismslint"));
    command.current_dir(&repository.0).args(["check", "docs", "--format", "sarif"]);
    let output = command.env("GITHUB_WORKSPACE", repository.0.join("docs")).output().expect("the program runs");
    assert_eq!(sarif_uri(&String::from_utf8_lossy(&output.stdout)), "my%20isms/a.isms");
}

#[cfg(unix)]
#[test]
fn links_stay_and_devices_are_written_to() {
    let repository = Repository::new("links");
    std::fs::write(repository.0.join("target.json"), "").expect("a file");
    std::os::unix::fs::symlink("target.json", repository.0.join("link.json")).expect("a link");
    let output = repository.check(&["docs", "--format", "json=link.json", "--format", "gitlab=/dev/stderr"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(repository.0.join("link.json").symlink_metadata().is_ok_and(|metadata| metadata.is_symlink()));
    assert!(repository.read("target.json").starts_with("{\n"));
    assert!(String::from_utf8_lossy(&output.stderr).contains("\"check_name\": \"FLOW001\""));
}

#[test]
fn a_report_that_cannot_be_written_ends_the_run() {
    let repository = Repository::new("nowhere");
    let output = repository.check(&["docs", "--format", "json=docs"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("`docs` cannot be written"), "{said}");
    assert_eq!(repository.names(), [".git", "docs"]);
    assert!(Path::new(&repository.0).join("docs").is_dir());
}
