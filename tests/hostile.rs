//! What a stranger's project, a full disk, or an impatient user does to the program: it ends, says what was in the way,
//! and leaves nothing half written.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    reason = "a test makes projects, and fails by panicking"
)]

#[path = "support/folder.rs"]
mod support;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use support::{read, write};

/// An empty folder for one test.
fn folder(name: &str) -> PathBuf {
    support::empty("hostile", name)
}

/// The names in a folder, sorted, hidden ones too.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn program(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ismslint"));
    command.args(arguments).current_dir(folder).env("NO_COLOR", "1").stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Waits for a program, though not for ever, and reads what it says meanwhile.
fn ended(mut child: Child) -> Output {
    fn rest(pipe: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<Vec<u8>> {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
            bytes
        })
    }
    let (stdout, stderr) = (rest(child.stdout.take()), rest(child.stderr.take()));
    let begin = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child") {
            break status;
        }
        if begin.elapsed() > Duration::from_secs(60) {
            child.kill().expect("a child");
            panic!("it hangs");
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    Output { status, stdout: stdout.join().expect("a thread"), stderr: stderr.join().expect("a thread") }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The status, then both streams, of a command that must end in time. What it says must steer no terminal.
fn run(folder: &Path, arguments: &[&str]) -> String {
    let output = ended(program(folder, arguments).spawn().expect("the program runs"));
    let said = format!("{}\n{}{}", output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr));
    assert!(!said.contains("panicked") && !said.contains('\u{1b}'), "{said}");
    said
}

/// A check of one rule, one finding a line.
fn check(folder: &Path, arguments: &[&str]) -> String {
    run(folder, &[&["check", "--format", "concise", "--select", "FLOW002", "--quiet"], arguments].concat())
}

/// A process with one finding: a result that nobody uses.
fn process(name: &str) -> String {
    format!("process {name} {{ result {name}-list }}\n")
}

#[test]
fn file_names_that_differ_by_case_are_files_of_their_own() {
    let folder = folder("case");
    write(&folder, "Audit.isms", &process("alpha"));
    write(&folder, "audit.isms", &process("beta"));
    let expected: &[&str] = if names(&folder).len() == 2 { &["Audit.isms", "audit.isms"] } else { &["Audit.isms"] };
    let said = check(&folder, &[]);
    let shown: Vec<&str> = said.lines().skip(1).filter_map(|line| line.split(':').next()).collect();
    assert_eq!(shown, expected, "{said}");
}

#[test]
fn a_character_that_is_cut_by_the_end_of_a_file_is_none() {
    let folder = folder("cut");
    // Files are read into one piece of memory, in which the two halves of an `é` would meet.
    std::fs::write(folder.join("a.isms"), b"role r \"\xc3").expect("a file");
    std::fs::write(folder.join("b.isms"), b"\xa9\"\nrole s \"\xc3\xa9\"\n").expect("a file");
    let said = run(&folder, &["check", "--format", "concise", "--select", "SYN", "--quiet"]);
    let places: Vec<&str> = said.lines().filter(|line| line.contains("UTF-8")).collect();
    assert_eq!(places.len(), 2, "{said}");
    assert!(places[0].starts_with("a.isms:1:9:") && places[1].starts_with("b.isms:1:1:"), "{said}");
}

#[test]
fn a_folder_where_a_report_should_be_is_left_alone() {
    let folder = folder("is-folder");
    write(&folder, "a.isms", &process("alpha"));
    write(&folder, "report/inside", "kept");
    let said = check(&folder, &["--output-format", "json=report"]);
    assert!(said.starts_with("2\n") && said.contains("`report` cannot be written: it is a folder"), "{said}");
    assert_eq!(
        (names(&folder), names(&folder.join("report"))),
        (vec!["a.isms".into(), "report".into()], vec!["inside".into()])
    );
}

#[test]
fn a_write_protected_report_stays_as_it_is() {
    let folder = folder("protected");
    write(&folder, "a.isms", &process("alpha"));
    for (path, arguments, old) in [
        ("report.json", ["--output-format", "json=report.json"], "old\n"),
        ("baseline.jsonl", ["--write-baseline", "baseline.jsonl"], ""),
    ] {
        write(&folder, path, old);
        let file = folder.join(path);
        let mut permissions = std::fs::metadata(&file).expect("a file").permissions();
        permissions.set_readonly(true);
        std::fs::set_permissions(&file, permissions).expect("a file");
        let said = check(&folder, &arguments);
        assert!(said.starts_with("2\n"), "{said}");
        assert!(said.contains(&format!("`{path}` cannot be written: it is read-only")), "{said}");
        assert!(said.contains("help: take its write protection away"), "{said}");
        assert_eq!(read(&folder, path), old);
    }
    assert_eq!(names(&folder), ["a.isms", "baseline.jsonl", "report.json"]);
}

#[test]
fn a_write_protected_specification_is_neither_mended_nor_formatted() {
    let folder = folder("protected-source");
    let misplaced = "role risk-manager\nprocess alpha { owner risk-manger result x retained }\n";
    write(&folder, "a.isms", misplaced);
    let file = folder.join("a.isms");
    let mut permissions = std::fs::metadata(&file).expect("a file").permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&file, permissions).expect("a file");
    let mended = run(&folder, &["check", "--fix", "--unsafe-fixes", "--quiet"]);
    assert!(mended.starts_with("2\n") && mended.contains("`a.isms` cannot be written: it is read-only"), "{mended}");
    assert_eq!(read(&folder, "a.isms"), misplaced);
    assert_eq!(names(&folder), ["a.isms"]);
}

#[test]
fn what_is_too_long_for_standard_input_is_not_cut() {
    use std::io::Write as _;
    let folder = folder("long-input");
    for arguments in [&["check", "-"][..], &["fmt", "-"]] {
        let mut child = program(&folder, arguments).stdin(Stdio::piped()).spawn().expect("the program runs");
        let mut stdin = child.stdin.take().expect("an input");
        let writing = std::thread::spawn(move || {
            // It stops listening once it is too much.
            let line = "// a remark\n".repeat(1 << 16);
            (0..).take_while(|_| stdin.write_all(line.as_bytes()).is_ok()).take(128).count()
        });
        let output = ended(child);
        writing.join().expect("a thread");
        let said = text(&output.stdout) + &text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(output.stdout.is_empty() && said.contains("it is longer than 64 MiB"), "{said}");
    }
}

#[test]
fn reports_take_no_place_that_is_taken() {
    let folder = folder("places");
    write(&folder, "a.isms", &process("alpha"));
    let said = run(&folder, &["check", "--format", "json=b.json", "--format", "sarif=./b.json"]);
    assert!(said.starts_with("2\n") && said.contains("several formats would be written to"), "{said}");
    let said = run(&folder, &["check", "--format", "json=a.isms"]);
    assert!(said.starts_with("2\n") && said.contains("`a.isms` is a specification and is not overwritten"), "{said}");
    assert_eq!(read(&folder, "a.isms"), process("alpha"));
}

#[test]
fn many_places_are_drawn_only_so_far() {
    let folder = folder("many-places");
    let takers: String = (0..20).map(|number| format!("process p{number} {{ input x }}\n")).collect();
    write(&folder, "a.isms", &format!("process a {{ result x }}\n{takers}"));
    let rule = "for result r report r \"x\" label for input i where i.item = r.item at i \"taken here\"";
    write(&folder, "rules.isms", &format!("rule OWN001 own warning {{ {rule} }}\n"));
    let drawn = |more: &[&str]| {
        let said = run(&folder, &[&["check", "--select", "OWN"], more].concat());
        (said.matches("taken here").count(), said.contains("… and 8 more places; `--all` draws them"))
    };
    assert_eq!((drawn(&[]), drawn(&["--all"])), ((12, true), (20, false)));
    assert_eq!(drawn(&["--format", "json"]).0, 20, "machines are told everything");
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let folder = folder("pipe");
    // More than a pipe holds, and not so many that a format has to say what it leaves out.
    let many: String = (0..3_000).map(|number| process(&format!("p{number}"))).collect();
    write(&folder, "a.isms", &many);
    for format in ["concise", "json", "pretty", "sarif"] {
        let mut child =
            program(&folder, &["check", "--format", format, "--all", "--quiet"]).spawn().expect("the program runs");
        // As `head -1` does: something is read, then nothing more.
        let mut pipe = child.stdout.take().expect("a pipe");
        pipe.read_exact(&mut [0; 1]).expect("a byte");
        drop(pipe);
        let output = ended(child);
        assert_eq!(text(&output.stderr), "", "{format}");
        assert!(output.status.code().is_some_and(|status| status < 2), "{format}: {}", output.status);
    }
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::os::unix::process::ExitStatusExt as _;

    use super::*;

    fn link(to: impl AsRef<Path>, at: PathBuf) {
        symlink(to, at).expect("a link");
    }

    fn pipe(at: &Path) {
        let made = Command::new("mkfifo").arg(at).status().expect("mkfifo runs");
        assert!(made.success());
    }

    fn protect(path: &Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("permissions");
    }

    #[test]
    fn links_are_neither_followed_out_of_the_project_nor_in_loops() {
        let folder = folder("links");
        write(&folder, "outside/secret.isms", &process("secret"));
        write(&folder, "project/a.isms", &process("alpha"));
        let project = folder.join("project");
        link("../outside/secret.isms", project.join("b.isms"));
        link("../outside", project.join("out"));
        link(".", project.join("loop"));
        link("second", project.join("first"));
        link("first", project.join("second"));
        link("nowhere", project.join("dangling.isms"));
        link("/dev/zero", project.join("zero.isms"));
        assert_eq!(
            check(&project, &[]),
            "0\na.isms:1:24: warning[FLOW002] no process uses `alpha-list`, which `alpha` produces\n"
        );
        let said = check(&project, &["first"]);
        assert!(
            said.starts_with("2\n") && said.contains("`first` cannot be read: the link leads back to itself"),
            "{said}"
        );
        let said = check(&project, &["dangling.isms"]);
        assert!(said.starts_with("2\n") && said.contains("there is no file or folder `dangling.isms`"), "{said}");
    }

    #[test]
    fn a_link_that_is_named_leads_only_so_far() {
        let folder = folder("named-links");
        let untidy = "process   alpha {\nresult x retained\n}\n";
        write(&folder, "outside/b.isms", untidy);
        write(&folder, "repository/.git/config", "token = hunter2\n");
        write(&folder, "repository/a.isms", untidy);
        let project = folder.join("repository");
        link("../outside/b.isms", project.join("b.isms"));
        link("../outside", project.join("out"));
        link(".git/config", project.join("c.isms"));
        link("a.isms", project.join("d.isms"));
        for arguments in [&["fmt", "b.isms"][..], &["fmt", "out"], &["fmt", "out/b.isms"], &["check", "c.isms"]] {
            let said = run(&project, arguments);
            let why = "cannot be read: it is a link that leads out of the repository";
            assert!(said.starts_with("2\n") && said.contains(why) && !said.contains("hunter2"), "{said}");
        }
        assert_eq!(read(&folder, "outside/b.isms"), untidy);
        assert_eq!(run(&project, &["fmt", "d.isms"]), "0\n1 file formatted\n");
        // Who stands elsewhere and names the file as it is may have it.
        assert_eq!(run(&folder, &["fmt", "outside/b.isms"]), "0\n1 file formatted\n");
    }

    #[test]
    fn names_that_steer_a_terminal_are_harmless_as_arguments() {
        let folder = folder("arguments");
        for argument in ["--x\u{1b}]0;title\u{7}", "--today=\u{9b}31m"] {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ismslint"));
            let command = command.args(["check", argument]).current_dir(&folder).env("CLICOLOR_FORCE", "1");
            let output = command.output().expect("the program runs");
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2));
            let steers = |letter: char| ismslint::text::is_dangerous(letter) && letter != '\n';
            assert!(!said.contains(steers) && said.starts_with("error"), "{said:?}");
        }
        if Path::new("/dev/full").exists() {
            let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("a device");
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ismslint"));
            let status = command.arg("--version").stdout(full).status().expect("the program runs");
            assert_eq!(status.code(), Some(2));
        }
    }

    #[test]
    fn pipes_and_devices_are_passed_over_and_never_waited_for() {
        let folder = folder("pipes");
        write(&folder, "a.isms", &process("alpha"));
        pipe(&folder.join("b.isms"));
        pipe(&folder.join("ismslint.toml"));
        let expected = "0\na.isms:1:24: warning[FLOW002] no process uses `alpha-list`, which `alpha` produces\n";
        assert_eq!(check(&folder, &[]), expected);
        for arguments in [&["b.isms"][..], &["--baseline", "b.isms"]] {
            let said = check(&folder, arguments);
            assert!(
                said.starts_with("2\n") && said.contains("`b.isms` cannot be read: it is not a regular file"),
                "{said}"
            );
        }
        std::fs::remove_file(folder.join("ismslint.toml")).expect("a pipe");
        write(&folder, "ismslint.toml", "rules = [\"b.isms\"]\n");
        let said = check(&folder, &[]);
        assert!(said.starts_with("2\n") && said.contains("`b.isms` is neither a folder nor a file"), "{said}");
    }

    #[test]
    fn ignore_files_that_never_end_are_not_read() {
        for (name, to) in [(".gitignore", "/dev/zero"), (".ignore", "/dev/zero"), (".gitignore", ""), (".ignore", "")] {
            for inside in ["", "deep"] {
                let folder = folder("ignore-files");
                write(&folder, ".git/HEAD", "");
                write(&folder, "a.isms", &process("alpha"));
                write(&folder, "deep/b.isms", &process("beta"));
                let at = folder.join(inside).join(name);
                if to.is_empty() {
                    pipe(&at)
                } else {
                    link(to, at)
                }
                let said = check(&folder, &[]);
                assert!(said.starts_with("2\n"), "{said}");
                assert!(said.contains(&format!("{name}` cannot be read: it is not a regular file")), "{said}");
                assert_eq!(said.contains("a.isms:1:24"), inside == "deep", "the rest is checked: {said}");
            }
        }
        // A link inside of the repository is an ignore file like any other, one that leads out of it is a trick.
        let folder = folder("ignore-links");
        write(&folder, "outside", "a.isms\n");
        write(&folder, "repository/.git/HEAD", "");
        write(&folder, "repository/shared", "a.isms\n");
        write(&folder, "repository/a.isms", &process("alpha"));
        let repository = folder.join("repository");
        link("shared", repository.join(".gitignore"));
        assert!(run(&repository, &["check"]).contains("no specification was found"));
        link("../outside", repository.join(".ignore"));
        let said = check(&repository, &[]);
        assert!(said.starts_with("2\n") && said.contains("it is a link that leads out of the project"), "{said}");
    }

    #[test]
    fn ignore_files_speak_for_their_repository_and_are_only_so_long_together() {
        let folder = folder("ignore-above");
        write(&folder, ".gitignore", "*.isms\n");
        write(&folder, ".ignore", "*.isms\n");
        write(&folder, "repository/.git/HEAD", "");
        write(&folder, "repository/.gitignore", "left-out.isms\n!kept.isms\n");
        write(&folder, "repository/a.isms", &process("alpha"));
        write(&folder, "repository/isms/ismslint.toml", "");
        write(&folder, "repository/isms/.ignore", "");
        for (name, of) in [("left-out", "beta"), ("kept", "gamma"), ("deep/left-out", "delta"), ("deep/e", "epsilon")] {
            write(&folder, &format!("repository/isms/{name}.isms"), &process(of));
        }
        let repository = folder.join("repository");
        assert!(check(&repository, &["--isolated"]).contains("a.isms:1:24"), "what stands above says nothing");
        let said = check(&repository.join("isms"), &[]);
        assert!(said.contains("kept.isms:1:24") && said.contains("deep/e.isms:1:26"), "{said}");
        assert!(!said.contains("left-out"), "{said}");
        for name in ["b", "c", "d"] {
            write(&folder, &format!("repository/{name}/.gitignore"), &"/x*y*z\n".repeat(1 << 17));
        }
        let said = check(&repository, &[]);
        assert!(said.starts_with("2\n"), "{said}");
        assert_eq!(said.matches("the ignore files of the project have more than 2048 KiB").count(), 1, "{said}");
    }

    /// A folder with a configuration is a project of its own, which the one around it leaves alone: it must be checked.
    #[test]
    fn a_link_to_a_configuration_takes_no_folder_out_of_the_check() {
        let folder = folder("configuration-links");
        write(&folder, "outside.toml", "severity = { FLOW002 = \"off\" }\n");
        write(&folder, "repository/.git/HEAD", "");
        write(&folder, "repository/shared/ismslint.toml", "severity = { FLOW002 = \"error\" }\n");
        write(&folder, "repository/deep/a.isms", &process("alpha"));
        let repository = folder.join("repository");
        let own = repository.join("deep/ismslint.toml");
        for command in [&["check", "--format", "concise"][..], &["check", "--format", "concise", "deep"]] {
            link("../shared/ismslint.toml", own.clone());
            let said = run(&repository, command);
            assert!(said.starts_with("1\n") && said.contains("a.isms:1:24: error[FLOW002]"), "{said}");
            std::fs::remove_file(&own).expect("a link");
            for (to, why) in [
                ("../../outside.toml", "it is a link that leads out of the repository"),
                ("/etc/passwd", "it is a link that leads out of the repository"),
                ("../shared/gone.toml", "it is a link that leads nowhere"),
                ("ismslint.toml", "the link leads back to itself"),
            ] {
                link(to, own.clone());
                let said = run(&repository, command);
                let whole = format!("`deep/ismslint.toml` cannot be read: {why}");
                assert!(said.starts_with("2\n") && said.contains(&whole), "{to}: {said}");
                std::fs::remove_file(&own).expect("a link");
            }
            // What is no file at all is no configuration.
            pipe(&own);
            let said = run(&repository, command);
            assert!(said.starts_with("0\n") && said.contains("a.isms:1:24: warning[FLOW002]"), "{said}");
            std::fs::remove_file(&own).expect("a pipe");
        }
    }

    #[test]
    fn a_report_goes_through_no_link_out_of_the_repository() {
        let folder = folder("planted-links");
        write(&folder, "outside/victim", "mine");
        write(&folder, "repository/.git/config", "mine");
        write(&folder, "repository/a.isms", &process("alpha"));
        let repository = folder.join("repository");
        link("../outside/victim", repository.join("report.json"));
        link("../outside", repository.join("reports"));
        link(".git/config", repository.join("config.json"));
        link("../outside/new", repository.join("nowhere.json"));
        for to in ["report.json", "reports/victim", "reports/new.json", "config.json"] {
            for order in [vec!["check", "--format"], vec!["check", "--write-baseline"], vec!["coverage", "--format"]] {
                let what = if order[1] == "--format" { format!("json={to}") } else { to.to_owned() };
                let said = run(&repository, &[order.as_slice(), &[&what]].concat());
                // What is no baseline is left alone in any case.
                let is_taken = order[1] == "--write-baseline" && to != "reports/new.json";
                let why = if is_taken { "is no baseline" } else { "it is reached by a link that leads out of the" };
                assert!(said.starts_with("2\n") && said.contains(why), "{order:?} {to}: {said}");
            }
        }
        assert_eq!((read(&folder, "outside/victim"), read(&repository, ".git/config")), ("mine".into(), "mine".into()));
        // One that leads nowhere is replaced by what is written.
        assert!(run(&repository, &["check", "--format", "json=nowhere.json"]).starts_with("0\n"));
        assert_eq!(names(&folder.join("outside")), ["victim"]);
    }

    #[test]
    fn nobody_learns_what_there_is_outside() {
        let folder = folder("sources");
        write(&folder, "outside/there", "");
        write(&folder, "project/inside/page.md", "");
        let sources = ["out/there", "out/nowhere", "lost/x", "in/page.md"].map(|path| format!("source \"{path}\""));
        write(&folder, "project/a.isms", &format!("process a {{ {}\n source \"in/nowhere\" }}\n", sources.join("\n ")));
        let project = folder.join("project");
        link("../outside", project.join("out"));
        link("../nowhere", project.join("lost"));
        link("inside", project.join("in"));
        let said = run(&project, &["check", "--select", "REF010", "--format", "concise", "--quiet"]);
        assert_eq!(said, "0\na.isms:5:9: warning[REF010] there is no file `in/nowhere` in the project\n");
    }

    #[test]
    fn what_is_said_to_a_pipeline_is_no_order() {
        let folder = folder("orders");
        write(&folder, "::error::y.isms", "process  a { }\n/*\n::set-output name=a::b */\n");
        write(
            &folder,
            "rules.isms",
            "/// ::error::b ##vso[x]\nrule OWN001 own note { \"\"\"\n  First.\n\n  ::c\n  \"\"\"\n  for process p report p \"x\" }\n",
        );
        let orders = |said: &str| {
            said.split(['\n', '\r']).any(|line| line.trim_start().starts_with("::")) || said.contains("##vso[")
        };
        for arguments in [
            &["fmt", "--check"][..],
            &["fmt", "--diff"],
            &["check", "--diff"],
            &["explain", "OWN001"],
            &["check", "--force-exclude", "gone\n::error::x.isms"],
            &["check", "--config", "::x\n::y"],
        ] {
            let output = ended(program(&folder, arguments).env("GITHUB_ACTIONS", "true").spawn().expect("it runs"));
            let said = text(&output.stdout) + &text(&output.stderr);
            assert!(!said.is_empty() && !orders(&said), "{arguments:?}: {said}");
        }
        write(&folder, "ismslint.toml", "ignore=[\"PROC\"]\r::stop-commands::tok\rx=1 # ##vso[task.complete]\n");
        let said = run(&folder, &["check"]);
        assert!(said.starts_with("2\n") && !orders(&said), "{said}");
    }

    #[test]
    fn names_with_line_ends_and_escapes_stay_on_their_line() {
        let folder = folder("names");
        for (name, of) in [("line\nend.isms", "alpha"), ("steer\u{1b}[31m.isms", "beta"), ("::error::.isms", "gamma")] {
            write(&folder, name, &process(of));
        }
        write(&folder, "unknown\u{1b}]0;x\u{7}.isms", "process delta { input x from nobody }\n");
        let said = check(&folder, &[]);
        assert_eq!(said.lines().count(), 5, "{said}");
        for format in [
            "pretty",
            "concise",
            "json",
            "json-lines",
            "sarif",
            "github",
            "gitlab",
            "azure",
            "junit",
            "checkstyle",
            "markdown",
            "rdjsonl",
        ] {
            let output = ended(program(&folder, &["check", "--format", format]).spawn().expect("the program runs"));
            let steering = |bytes: &[u8]| text(bytes).contains(['\u{1b}', '\u{7}']);
            assert!(!steering(&output.stdout) && !steering(&output.stderr), "{format}");
            if matches!(format, "concise" | "github" | "azure" | "json-lines" | "rdjsonl") {
                assert!(text(&output.stdout).lines().all(|line| !line.starts_with("end.isms")), "{format}");
            }
        }
        let said = run(&folder, &["fmt", "--check"]);
        assert!(!said.lines().any(|line| line.starts_with("end.isms")), "{said}");
    }

    #[test]
    fn names_that_are_no_text_stay_apart() {
        let folder = folder("bytes");
        for (name, of) in [
            (&b"a\xff.isms"[..], "alpha"),
            (b"a\xfe.isms", "beta"),
            (b"b\\c.isms", "gamma"),
            (b"b/c.isms", "delta"),
            (b"a%FF.isms", "epsilon"),
            (b"a%2.isms", "zeta"),
        ] {
            let path = folder.join(OsStr::from_bytes(name));
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            if std::fs::write(&path, process(of).replace(' ', "  ")).is_err() {
                // Some file systems take no such names.
                return;
            }
        }
        let said = check(&folder, &[]);
        let files: Vec<&str> = said.lines().skip(1).filter_map(|line| line.split(':').next()).collect();
        let all = ["a%2.isms", "a%25FF.isms", "a%FE.isms", "a%FF.isms", "b/c.isms", "b\\c.isms"];
        assert_eq!(files, all, "{said}");
        assert_eq!(run(&folder, &["fmt"]), "0\n6 files formatted\n");
        assert_eq!(run(&folder, &["fmt"]), "0\n6 files well formatted already\n");
    }

    /// What a user who is not all-powerful gets. Permissions mean nothing to the super-user, who runs the tests in many
    /// containers.
    fn as_somebody(folder: &Path, arguments: &[&str]) -> Option<String> {
        use std::os::unix::process::CommandExt as _;
        let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| text(&output.stdout).trim() == "0");
        let mut command = program(folder, arguments);
        if is_root {
            command.uid(65534);
        }
        // Where the program lies in a folder of the super-user, nobody else can run it.
        let output = ended(command.spawn().ok()?);
        Some(format!("{}\n{}{}", output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr)))
    }

    #[test]
    fn what_may_not_be_read_is_said_and_the_rest_is_checked() {
        let folder = folder("unreadable");
        write(&folder, "a.isms", &process("alpha"));
        write(&folder, "b.isms", &process("beta"));
        write(&folder, "closed/c.isms", &process("gamma"));
        protect(&folder.join("b.isms"), 0o000);
        protect(&folder.join("closed"), 0o000);
        let said = as_somebody(&folder, &["check", "--format", "concise", "--select", "FLOW002", "--quiet"]);
        let unwritten = as_somebody(&folder, &["check", "--write-baseline", "baseline.jsonl", "--quiet"]);
        protect(&folder.join("closed"), 0o755);
        let (Some(said), Some(unwritten)) = (said, unwritten) else { return };
        assert!(
            said.starts_with("2\na.isms:1:24: warning[FLOW002] no process uses `alpha-list`, which `alpha` produces\n"),
            "{said}"
        );
        assert!(said.contains("b.isms` cannot be read: permission denied"), "{said}");
        assert!(said.contains("closed") && said.matches("cannot be read").count() == 2, "{said}");
        assert!(!said.contains("os error"), "{said}");
        assert!(unwritten.starts_with("2\n") && !names(&folder).contains(&"baseline.jsonl".to_owned()), "{unwritten}");
    }

    #[test]
    fn files_that_come_and_go_during_a_check_are_there_or_not() {
        let folder = folder("vanishing");
        write(&folder, "a.isms", &process("alpha"));
        let stop = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    for number in 0..40 {
                        write(&folder, &format!("gone/{number}.isms"), &process(&format!("p{number}")));
                    }
                    let _ = std::fs::remove_dir_all(folder.join("gone"));
                }
            });
            for _ in 0..15 {
                let said = check(&folder, &[]);
                let fine =
                    said.starts_with("0\na.isms:1:24") || said.starts_with("2\n") && said.contains("cannot be read");
                if !fine {
                    stop.store(true, std::sync::atomic::Ordering::Relaxed);
                }
                assert!(fine, "{said}");
            }
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
        });
    }

    #[test]
    fn a_full_disk_is_said() {
        if !Path::new("/dev/full").exists() {
            return;
        }
        let folder = folder("full");
        write(&folder, "a.isms", &process("alpha").replace(' ', "  "));
        let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").expect("a device");
        for arguments in [&["check"][..], &["coverage"], &["rules"], &["explain", "FLOW001"], &["fmt", "--diff"]] {
            let mut command = program(&folder, arguments);
            let output = ended(command.stdout(full()).spawn().expect("the program runs"));
            let said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
            assert!(said.contains("`standard output` cannot be written: the disk is full"), "{arguments:?}: {said}");
            assert!(said.contains("help: make room there"), "{said}");
        }
        // Where nothing at all can be said, the status still tells.
        let mut command = program(&folder, &["check"]);
        let output = ended(command.stdout(full()).stderr(full()).spawn().expect("the program runs"));
        assert_eq!(output.status.code(), Some(2));
        let said = check(&folder, &["--output-format", "json=/dev/full"]);
        assert!(said.starts_with("2\n") && said.contains("`/dev/full` cannot be written: the disk is full"), "{said}");
        assert_eq!(names(&folder), ["a.isms"]);
    }

    #[test]
    fn a_report_that_cannot_be_written_whole_is_not_there_and_the_old_one_stays() {
        let folder = folder("too-large");
        let many: String = (0..3_000).map(|number| process(&format!("p{number}"))).collect();
        write(&folder, "a.isms", &many);
        write(&folder, "old.json", "old\n");
        // A limit of the shell on the size of files stands for the full disk: 64 blocks of 512 or 1024 bytes.
        for name in ["old.json", "new.json"] {
            let script = format!("trap '' XFSZ; ulimit -f 64; exec \"$0\" check --quiet --output-format json={name}");
            let mut shell = Command::new("sh");
            shell.args(["-c", &script, env!("CARGO_BIN_EXE_ismslint")]).current_dir(&folder);
            let output = ended(shell.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a shell"));
            let said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{said}");
            assert!(said.contains(&format!("`{name}` cannot be written: ")) && !said.contains("os error"), "{said}");
        }
        assert_eq!(
            (names(&folder), read(&folder, "old.json")),
            (vec!["a.isms".into(), "old.json".into()], "old\n".into())
        );
    }

    #[test]
    fn a_report_keeps_the_permissions_of_the_one_before_it_and_a_link_stays_a_link() {
        let folder = folder("permissions");
        write(&folder, "a.isms", &process("alpha"));
        write(&folder, "elsewhere/report.json", "old\n");
        protect(&folder.join("elsewhere/report.json"), 0o600);
        link("elsewhere/report.json", folder.join("report.json"));
        assert!(check(&folder, &["--output-format", "json=report.json"]).starts_with("0\n"));
        assert!(std::fs::symlink_metadata(folder.join("report.json")).expect("a link").is_symlink());
        assert!(read(&folder, "elsewhere/report.json").starts_with('{'));
        let mode = std::fs::metadata(folder.join("elsewhere/report.json")).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        // The name of the file beside is short, however long that of the report is.
        let long = format!("{}.json", "r".repeat(250));
        assert!(check(&folder, &["--output-format", &format!("json={long}")]).starts_with("0\n"));
        let said = check(&folder, &["--output-format", &format!("json={long}x")]);
        assert!(said.starts_with("2\n") && said.contains("name is too long, or not a name here"), "{said}");
        assert_eq!(names(&folder).len(), 4);
    }

    #[test]
    fn mending_and_formatting_follow_no_link_that_was_found_and_write_through_one_that_was_named() {
        let folder = folder("through-links");
        let untidy = "process   alpha {\nresult x retained\n}\n";
        write(&folder, "outside/b.isms", untidy);
        write(&folder, "project/ismslint.toml", "");
        write(&folder, "project/deep/a.isms", untidy);
        let project = folder.join("project");
        link("../outside/b.isms", project.join("b.isms"));
        link("deep/a.isms", project.join("a.isms"));
        assert_eq!(run(&project, &["fmt", "a.isms"]), "0\n1 file formatted\n");
        assert!(std::fs::symlink_metadata(project.join("a.isms")).expect("a link").is_symlink());
        assert_ne!(read(&project, "deep/a.isms"), untidy);
        assert_eq!(run(&project, &["fmt"]), "0\n1 file well formatted already\n");
        assert_eq!(read(&folder, "outside/b.isms"), untidy);
        protect(&folder.join("project/deep/a.isms"), 0o444);
        write(&folder, "project/c.isms", untidy.replace("alpha", "gamma").as_str());
        protect(&project.join("c.isms"), 0o444);
        let said = run(&project, &["fmt"]);
        assert!(said.starts_with("2\n") && said.contains("c.isms` cannot be written: it is read-only"), "{said}");
        assert_eq!(names(&project), ["a.isms", "b.isms", "c.isms", "deep", "ismslint.toml"]);
    }

    #[test]
    fn an_interrupted_run_leaves_nothing_half_written() {
        let folder = folder("interrupted");
        let many: String = (0..20_000).map(|number| process(&format!("p{number}"))).collect();
        write(&folder, "a.isms", &many);
        write(&folder, "report.json", "old\n");
        let mut caught = 0;
        for signal in ["-INT", "-TERM", "-INT", "-TERM", "-INT", "-TERM"] {
            // The second report goes to a pipe that nobody reads yet, so that the run waits in the middle of writing.
            let arguments = ["check", "--output-format", "json=report.json", "--format", "json"];
            let child = program(&folder, &arguments).spawn().expect("the program runs");
            let begin = Instant::now();
            while begin.elapsed() < Duration::from_secs(30)
                && !names(&folder).iter().any(|name| name.ends_with(".part"))
            {
                std::hint::spin_loop();
            }
            let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill runs");
            assert!(sent.success());
            let output = ended(child);
            // It ended by the signal, as a shell expects it to.
            caught += usize::from(output.status.signal().is_some_and(|signal| signal == 2 || signal == 15));
            assert_eq!(names(&folder), ["a.isms", "report.json"]);
            let report = read(&folder, "report.json");
            assert!(report == "old\n" || report.trim_end().ends_with('}'), "half a report");
            write(&folder, "report.json", "old\n");
        }
        assert!(caught > 0, "no run was interrupted");
    }
}
