//! The configuration file: its schema takes what the program takes, and it names no foreign file.

#![expect(clippy::disallowed_methods, clippy::expect_used, reason = "a test makes projects, and fails by panicking")]

#[path = "support/folder.rs"]
mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use support::write;

/// An empty folder for one test.
fn folder(name: &str) -> PathBuf {
    support::empty("configuration", name)
}

fn ismslint(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_ismslint")).args(arguments).current_dir(folder).output();
    let output = output.expect("the program runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap_or(-1), text)
}

#[test]
fn the_schema_takes_what_the_program_takes() {
    let folder = folder("schema");
    write(&folder, "other.toml", "");
    write(&folder, "b.jsonl", "");
    write(&folder, "group/x.isms", "");
    let (status, schema) = ismslint(&folder, &["schema", "config"]);
    assert_eq!(status, 0);
    let schema: serde_json::Value = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::draft202012::new(&schema).expect("a schema");
    let good = [
        "",
        "extend = \"other.toml\"",
        "include = [\"a/**\"]\nexclude = []\nrules = [\"group\"]\nbaseline = \"b.jsonl\"",
        "select = [\"FLOW\", \"missing-input\", \"clause\"]\nignore = [\"FLOW0\"]\nlocked = [\"SOA001\"]",
        "fail-on = \"note\"\nmax-warnings = 0",
        "[severity]\nFLOW001 = \"off\"\nflow = \"error\"\n[[override]]\npaths = [\"a\"]\n[override.severity]\nFLOW = \"note\"",
        "override = []",
    ];
    let bad = [
        "extends = \"other.toml\"",
        "extend = 1",
        "extend = \"/other.toml\"",
        "extend = \"other.json\"",
        "include = \"a\"",
        "exclude = [1]",
        "rules = {}",
        "baseline = \"\"",
        "baseline = [\"b.jsonl\"]",
        "select = \"FLOW\"",
        "ignore = [\"\"]",
        "locked = [1]",
        "fail-on = \"off\"",
        "max-warnings = -1",
        "max-warnings = 1.5",
        "max-warnings = \"1\"",
        "severity = []",
        "[severity]\nFLOW001 = \"fatal\"",
        "[severity]\n\"\" = \"error\"",
        "[[override]]\nseverity = {}",
        "[[override]]\npaths = \"a\"",
        "[[override]]\npaths = []\npath = 1",
        "override = {}",
    ];
    for (texts, is_good) in [(&good[..], true), (&bad[..], false)] {
        for text in texts {
            write(&folder, "ismslint.toml", text);
            let (status, said) = ismslint(&folder, &["check"]);
            assert_eq!(status == 0, is_good, "{text}\n{said}");
            let value: toml::Table = text.parse().expect("TOML");
            let value = serde_json::to_value(value).expect("JSON");
            assert_eq!(validator.is_valid(&value), is_good, "the schema, for {text}");
        }
    }
}

/// Mistakes stand at their places, those of one configuration all in one run.
#[test]
fn mistakes_are_drawn_at_their_places() {
    let folder = folder("mistakes");
    write(&folder, "group/rules/x.isms", "");
    write(&folder, "group/base.toml", "fail-on = \"warnings\"\n[severity]\nFLOW001 = \"of\"\n");
    write(&folder, "app/ismslint.toml", "extends = \"../group/base.toml\"\nextend  = \"../group/base.toml\"\n");
    let (status, said) = ismslint(&folder, &["check", "app"]);
    assert_eq!(status, 2);
    insta::assert_snapshot!(said);

    write(&folder, "group/base.toml", "select = [\"FLOW001\"]\nlocked = [\"missing-imput\"]\n");
    write(&folder, "app/ismslint.toml", "extend = \"../group/base.toml\"\nignore = [\"SYN\", \"flwo\"]\n");
    let (status, said) = ismslint(&folder, &["check", "app"]);
    assert_eq!(status, 2);
    insta::assert_snapshot!(said);

    write(&folder, "app/ismslint.toml", "rules = [\"../group/rule\"]\n");
    let (status, said) = ismslint(&folder, &["check", "app", "--quiet"]);
    assert_eq!(status, 2);
    insta::assert_snapshot!(said);

    write(&folder, "app/ismslint.toml", "extend = \"other.toml\"\nbaseline = \"none.jsonl\"\n");
    write(&folder, "app/other.toml", "# nothing\n");
    let (status, said) = ismslint(&folder.join("app"), &["check"]);
    assert_eq!(status, 2);
    insta::assert_snapshot!(said);

    write(&folder, "app/other.toml", "# in a ring\nextend = \"./ismslint.toml\"\n");
    let (status, said) = ismslint(&folder, &["check", "app"]);
    assert_eq!(status, 2);
    insta::assert_snapshot!(said);
}

/// A pull request must not have a file of the machine quoted in the log.
#[test]
fn a_configuration_names_no_file_outside_of_its_repository() {
    let folder = folder("outside");
    write(&folder, "secret.toml", "password hunter2");
    write(&folder, "secret.jsonl", "password hunter2");
    write(&folder, "repository/.git/HEAD", "");
    write(&folder, "repository/base.toml", "fail-on = \"note\"");
    let project = folder.join("repository/project");
    let refused = |text: &str, why: &str| {
        write(&project, "ismslint.toml", text);
        let (status, said) = ismslint(&project, &["check"]);
        assert_eq!(status, 2, "{text}: {said}");
        assert!(said.contains(why) && !said.contains("hunter2"), "{text}: {said}");
    };
    refused("extend = \"../../secret.toml\"", "lies outside of the repository");
    refused("extend = \"../../no-such.toml\"", "lies outside of the repository");
    refused("baseline = \"../../secret.jsonl\"", "lies outside of the repository");
    refused("extend = \"../.git/config\"", "is no TOML file");
    let absolute = folder.join("secret.toml").to_string_lossy().replace('\\', "/");
    refused(&format!("extend = '{absolute}'"), "is an absolute path");
    refused("rules = [\"../../secret.jsonl\"]", "holds no rules");
    refused("extend = \"../bas.toml\"", "there is no file");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(folder.join("secret.toml"), project.join("link.toml")).expect("a link");
        refused("extend = \"link.toml\"", "lies outside of the repository");
        std::fs::remove_file(project.join("ismslint.toml")).expect("a file");
        std::os::unix::fs::symlink(folder.join("secret.toml"), project.join("ismslint.toml")).expect("a link");
        let (status, said) = ismslint(&project, &["check"]);
        assert!(status == 2 && said.contains("leads out of the repository") && !said.contains("hunter2"), "{said}");
        std::fs::remove_file(project.join("ismslint.toml")).expect("a file");
        // Where tokens are kept.
        write(&folder, "repository/.git/config.toml", "password hunter2");
        std::os::unix::fs::symlink("../.git/config.toml", project.join("ismslint.toml")).expect("a link");
        let (status, said) = ismslint(&project, &["check"]);
        assert!(status == 2 && said.contains("leads out of the repository") && !said.contains("hunter2"), "{said}");
        std::fs::remove_file(project.join("ismslint.toml")).expect("a file");
    }
    refused("extend = \"../.git/config.toml\"", "lies outside of the repository");
    write(&project, "ismslint.toml", "extend = \"../base.toml\"");
    let (status, said) = ismslint(&project, &["check", "--show-settings", "."]);
    assert!(status == 0 && said.contains("../base.toml:1"), "{said}");
}

/// An archive of a project has no repository around it.
#[test]
fn a_configuration_without_a_repository_names_no_file_outside_of_the_working_folder() {
    let folder = std::env::temp_dir().join(format!("ismslint-without-repository-{}", std::process::id()));
    write(&folder, "secret.toml", "password hunter2");
    write(&folder, "base.toml", "fail-on = \"note\"");
    write(&folder, "project/ismslint.toml", "extend = \"../secret.toml\"");
    let project = folder.join("project");
    let (status, said) = ismslint(&project, &["check"]);
    assert!(status == 2 && said.contains("lies outside of the working folder"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
    // From the folder around both, or from elsewhere.
    write(&folder, "project/ismslint.toml", "extend = \"../base.toml\"");
    let (status, said) = ismslint(&folder, &["check", "--show-settings", "project"]);
    assert!(status == 0 && said.contains("base.toml:1"), "{said}");
    let here = std::env::temp_dir().join(format!("ismslint-elsewhere-{}", std::process::id()));
    write(&here, "a.isms", "");
    let (status, said) = ismslint(&here, &["check", &project.to_string_lossy()]);
    assert!(status == 2 && said.contains("lies outside of the project"), "{said}");
    for folder in [folder, here] {
        std::fs::remove_dir_all(folder).expect("a folder");
    }
}

#[test]
fn a_pattern_that_names_a_folder_stands_for_what_is_in_it() {
    let folder = folder("folders");
    for path in ["x/a.isms", "x/deep/b.isms", "y/c.isms"] {
        write(&folder, path, &format!("process {} {{ input q }}\n", &path[path.len() - 6..path.len() - 5]));
    }
    write(&folder, "x/picture.png", "no specification");
    for (configuration, nested, read) in [
        ("exclude = [\"x\"]", "", "c"),
        ("exclude = [\"x/\"]", "x/ismslint.toml", "c"),
        ("exclude = [\"x/deep\"]", "x/deep/ismslint.toml", "ac"),
        ("include = [\"x\"]", "", "ab"),
        ("include = [\"y/\", \"x/deep/*\"]", "", "bc"),
        ("[[override]]\npaths = [\"x\"]\nseverity = { FLOW001 = \"off\" }", "", "c"),
    ] {
        write(&folder, "ismslint.toml", configuration);
        if !nested.is_empty() {
            write(&folder, nested, "");
        }
        let (_, said) = ismslint(&folder, &["check", "--select", "FLOW001", "--format", "concise"]);
        let found: String =
            ["a", "b", "c"].into_iter().filter(|name| said.contains(&format!("which `{name}` needs"))).collect();
        assert_eq!(found, read, "{configuration}: {said}");
        assert!(!said.contains("SYN"), "{configuration}: {said}");
        if !nested.is_empty() {
            std::fs::remove_file(folder.join(nested)).expect("a file");
        }
    }
}

/// Of several projects it must be told which one is meant, from where the program runs.
#[test]
fn a_mistake_is_shown_with_the_way_to_its_file() {
    let folder = folder("ways");
    // A repository of its own, since `..` must not lead out of one, and nobody knows what is around the folder of the test.
    std::fs::create_dir_all(folder.join(".git")).expect("a folder");
    for (path, text) in [
        ("one/ismslint.toml", "fali-on = \"note\"\n"),
        ("one/a.isms", "process a {}\n"),
        ("two/ismslint.toml", "extend = \"../base.toml\"\n"),
        ("two/a.isms", "process a {}\n"),
        ("base.toml", "severity = 1\n"),
        ("three/line\nend/ismslint.toml", "include = 1\n"),
    ] {
        write(&folder, path, text);
    }
    for (from, arguments, way) in [
        ("", &["check"][..], "[one/ismslint.toml:1:1]"),
        ("", &["check", "one"], "[one/ismslint.toml:1:1]"),
        ("one", &["check"], "[ismslint.toml:1:1]"),
        ("two", &["check", "../one/a.isms"], "[../one/ismslint.toml:1:1]"),
        ("", &["check", "two"], "[base.toml:1:12]"),
        ("two", &["check"], "[../base.toml:1:12]"),
        ("", &["check", "three"], "[three/line?end/ismslint.toml:1:11]"),
    ] {
        let (status, said) = ismslint(&folder.join(from), arguments);
        assert!(status == 2 && said.contains(way), "{from} {arguments:?}: {said}");
    }
}

#[test]
fn chains_are_bounded() {
    let folder = folder("chain");
    for number in 0..20 {
        write(&folder, &format!("{number}.toml"), &format!("extend = \"{}.toml\"", number + 1));
    }
    write(&folder, "ismslint.toml", "extend = \"0.toml\"");
    let (status, said) = ismslint(&folder, &["check"]);
    assert!(status == 2 && said.contains("too many files extend one another"), "{said}");
    write(&folder, "0.toml", "extend = \"./0.toml\"");
    let (status, said) = ismslint(&folder, &["check"]);
    assert!(status == 2 && said.contains("in a ring: `0.toml` → `0.toml`"), "{said}");
    write(&folder, "ismslint.toml", &format!("include = [{}]", "\"a\",".repeat(400_000)));
    let (status, said) = ismslint(&folder, &["check"]);
    assert!(status == 2 && said.contains("longer than 1024 KiB"), "{said}");
    write(&folder, "ismslint.toml", &"[".repeat(100_000));
    assert_eq!(ismslint(&folder, &["check"]).0, 2);
}

/// Each flag takes codes, names, groups and beginnings of codes.
#[test]
fn flags_take_every_kind_of_selector() {
    let folder = folder("selectors");
    write(&folder, "a.isms", "process a {\n  input x\n  result y\n}\nprocess b {\n  input y\n  result z\n}\n");
    let found = |arguments: &[&str]| -> Vec<String> {
        let all = [&["check", "--format", "concise", "--show", "note", "--quiet"], arguments].concat();
        let (_, said) = ismslint(&folder, &all);
        let codes = said.lines().filter_map(|line| Some(line.split_once(": ")?.1.split(' ').next()?.to_owned()));
        codes.collect()
    };
    let flow = ["error[FLOW001]", "warning[FLOW002]"];
    for selector in ["FLOW001,FLOW002", "missing-input,orphaned-result", "flow", "FLOW", "FLOW0", "fLoW00"] {
        assert_eq!(found(&["--select", selector]), flow, "--select {selector}");
        let ignored = found(&["--ignore", selector]);
        assert!(!ignored.is_empty() && ignored.iter().all(|code| !code.contains("FLOW")), "{selector}: {ignored:?}");
        let severities: Vec<String> = selector.split(',').map(|one| format!("{one}=note")).collect();
        let changed = found(&["--select", "FLOW", "--severity", &severities.join(",")]);
        assert_eq!(changed, ["note[FLOW001]", "note[FLOW002]"], "--severity {selector}");
        // The same in the configuration.
        let list: Vec<String> = selector.split(',').map(|one| format!("\"{one}\"")).collect();
        write(&folder, "ismslint.toml", &format!("select = [{}]", list.join(",")));
        assert_eq!(found(&[]), flow, "select = {selector}");
        // The command line says anew what is selected.
        assert_eq!(found(&["--select", "FLOW002"]), ["warning[FLOW002]"]);
        write(&folder, "ismslint.toml", &format!("ignore = [{}]", list.join(",")));
        assert_eq!(found(&[]), ignored, "ignore = {selector}");
        assert_eq!(found(&["--select", "FLOW"]), flow, "--select over ignore = {selector}");
        std::fs::remove_file(folder.join("ismslint.toml")).expect("a file");
    }
    // The command line stands over a more specific severity of the configuration, and over an override.
    write(
        &folder,
        "ismslint.toml",
        "select = [\"FLOW\"]\nseverity = { FLOW001 = \"off\" }\n[[override]]\npaths = [\"**\"]\nseverity = { FLOW002 = \"error\" }",
    );
    assert_eq!(found(&[]), ["error[FLOW002]"]);
    assert_eq!(found(&["--severity", "flow=note"]), ["note[FLOW001]", "note[FLOW002]"]);
}

#[test]
fn what_fails_a_run() {
    let folder = folder("failing");
    write(&folder, "a.isms", "process a {\n  input x\n  result y\n}\nprocess b {\n  input y\n  result z\n}\n");
    let status = |arguments: &[&str]| ismslint(&folder, &[&["check", "--select", "FLOW002"], arguments].concat()).0;
    assert_eq!(status(&[]), 0);
    assert_eq!(status(&["--fail-on", "warning"]), 1);
    assert_eq!(status(&["--fail-on", "note"]), 1);
    assert_eq!(status(&["--max-warnings", "0"]), 1);
    assert_eq!(status(&["--max-warnings", "1"]), 0);
    assert_eq!(status(&["--max-warnings", "0", "--exit-zero"]), 0);
    assert_eq!(status(&["--exit-zero", "nowhere"]), 2);
    assert_eq!(status(&["--fail-on", "warning", "--max-findings", "0"]), 1);
    write(&folder, "ismslint.toml", "fail-on = \"warning\"\n");
    assert_eq!(status(&[]), 1);
    assert_eq!(status(&["--fail-on", "error"]), 0);
    assert_eq!(status(&["--isolated"]), 0);
    write(&folder, "ismslint.toml", "max-warnings = 0\n");
    assert_eq!(status(&[]), 1);
    assert_eq!(status(&["--max-warnings", "5"]), 0);
    // Statistics count what `--max-findings` leaves out.
    let (_, said) =
        ismslint(&folder, &["check", "--select", "FLOW", "--max-findings", "0", "--statistics", "--format", "concise"]);
    assert!(said.contains("      1  FLOW001    error    missing-input"), "{said}");
    assert!(said.contains("      1  FLOW002    warning  orphaned-result"), "{said}");
    // Each project of a run has its own measure.
    write(&folder, "ismslint.toml", "");
    write(&folder, "inner/ismslint.toml", "fail-on = \"warning\"\n");
    write(&folder, "inner/a.isms", "process c { input i from d result o } party d\n");
    assert_eq!(status(&["inner"]), 1);
    assert_eq!(status(&["a.isms"]), 0);
    assert_eq!(status(&["."]), 1);
}
