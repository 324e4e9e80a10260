//! `ismslint fmt`: nothing is lost, twice is once, findings stay, and the repository itself is laid out as it says.

#![expect(clippy::disallowed_methods, clippy::expect_used, reason = "a test reads files, and fails by panicking")]

use std::path::{Path, PathBuf};

use ismslint::engine::{Inputs, Settings, check};
use ismslint::syntax::{TokenKind, format, parse};
use ismslint::text::{Date, FileId, Source};
use proptest::prelude::*;

/// Specifications and pages under folders, with their paths.
fn files(folders: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = folders.iter().map(PathBuf::from).collect();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(path).expect("a folder").flatten().map(|entry| entry.path()));
        } else if path.extension().is_some_and(|extension| extension == "isms" || extension == "md") {
            found.push((path.to_string_lossy().into_owned(), std::fs::read_to_string(&path).expect("a file")));
        }
    }
    found.sort();
    found
}

/// What may not change: tokens and comments, in order. What stands outside of the blocks of a page is one of them.
fn contents(source: &Source) -> Vec<(u32, String)> {
    let parsed = parse(source, FileId(0));
    let tokens = parsed.tokens.iter().filter(|token| token.kind != TokenKind::End);
    let mut all: Vec<_> = tokens.map(|token| (token.span, source.slice(token.span).to_owned())).collect();
    all.extend(parsed.comments.iter().map(|span| (*span, source.slice(*span).trim_end().to_owned())));
    all.sort_by_key(|(span, _)| *span);
    let mut contents: Vec<(u32, String)> = all.into_iter().map(|(span, text)| (span.start, text)).collect();
    for (position, (offset, _)) in contents.iter_mut().enumerate() {
        *offset = position as u32;
    }
    contents
}

/// Lays a text out, and holds what must hold of every text.
fn formatted(path: &str, text: &str) -> Option<String> {
    let source = Source::new(path, text);
    let made = format(&source)?;
    let again = Source::new(path, made.as_str());
    assert_eq!(contents(&source), contents(&again), "{path} holds something else");
    assert_eq!(format(&again).as_deref(), Some(made.as_str()), "{path} changes when it is laid out twice");
    for line in made.lines() {
        assert!(
            !line.ends_with(' ') || made.contains("\"\"\"") || line.contains("///") || path.ends_with(".md"),
            "{line:?}"
        );
    }
    Some(made)
}

fn laid_out(text: &str) -> String {
    formatted("a.isms", text).expect("no syntax error")
}

#[test]
fn statements_that_share_a_line_stand_apart() {
    let text = "process a { owner b input x from c,d  result y }\n\
        test FLOW001 \"t\" { process b { @allow(FLOW002, because \"r\") result y owner c } expect a }\n";
    let made = "process a { owner b  input x from c, d  result y }\n\
        test FLOW001 \"t\" { process b { @allow(FLOW002, because \"r\") result y  owner c }  expect a }\n";
    assert_eq!(laid_out(text), made);
    assert_eq!(laid_out(made), made);
}

/// A warning keeps nothing from being laid out; a mistake does.
#[test]
fn a_page_with_a_hidden_block_is_laid_out() {
    let page = |fence: &str| format!("```isms\nrole   a\n```\n\n```sh\n{fence}\n```\n");
    assert_eq!(formatted("a.md", &page("```isms")), Some(page("```isms").replace("role   a", "role a")));
    assert_eq!(formatted("a.md", "```isms\nrole   a\n"), None);
}

#[test]
fn the_repository_is_laid_out_as_it_says() {
    let mut changed = Vec::new();
    let good = ["rules", "examples", "fixtures/minimal", "fixtures/iso27022-landscape", "fixtures/sourcegraph"];
    let others = ["fixtures/policies", "README.md", "ARCHITECTURE.md", "CHANGELOG.md", "src/diagnostic/codes"];
    let all = files(&[good.as_slice(), others.as_slice()].concat());
    assert!(all.len() > 25);
    for (path, text) in all {
        // The page of mistakes of syntax has some.
        match formatted(&path, &text) {
            None => assert!(path.ends_with("syn.md"), "{path} cannot be read"),
            Some(made) if made != text => changed.push(path),
            Some(_) => {}
        }
    }
    assert!(changed.is_empty(), "run `ismslint fmt` over {changed:?}");
}

#[test]
fn nothing_is_lost_in_any_specification_of_the_repository() {
    let all = files(&["rules", "examples", "fixtures", "docs", "tests"]);
    let count = all.iter().filter(|(path, text)| formatted(path, text).is_some()).count();
    assert!(count > 60, "{count} files were laid out");
}

/// Findings by code, subject and message.
fn findings(texts: &[(String, String)]) -> Vec<(String, String, String)> {
    let report = check(Inputs {
        sources: texts.iter().map(|(path, text)| Source::new(path.as_str(), text.as_str())).collect(),
        settings: Settings::default(),
        today: Date::new(2026, 6, 1).expect("a day"),
        known_paths: None,
    });
    let all = report.diagnostics.iter();
    let mut findings: Vec<_> =
        all.map(|one| (one.code.as_str().to_owned(), format!("{:?}", one.subject), one.message.clone())).collect();
    findings.sort();
    findings
}

#[test]
fn findings_stay_as_they_are() {
    for folder in ["minimal", "iso27022-landscape", "sourcegraph", "policies", "rules"] {
        let before = files(&[format!("fixtures/{folder}").as_str()]);
        // As one would write without looking.
        let untidy: Vec<(String, String)> =
            before.iter().map(|(path, text)| (path.clone(), squeezed(path, text))).collect();
        let after = untidy
            .iter()
            .map(|(path, text)| (path.clone(), formatted(path, text).unwrap_or_else(|| text.clone())))
            .collect::<Vec<_>>();
        let expected = findings(&before);
        assert!(!expected.is_empty(), "{folder}");
        assert_eq!(findings(&after), expected, "{folder}");
    }
}

/// Without indentation and columns.
fn squeezed(path: &str, text: &str) -> String {
    if path.ends_with(".md") || text.contains("\"\"\"") {
        return text.to_owned();
    }
    text.lines().fold(String::new(), |all, line| all + &line.split_whitespace().collect::<Vec<_>>().join(" ") + "\n")
}

#[test]
fn columns_of_statements_that_follow_one_another_are_aligned() {
    insta::assert_snapshot!(laid_out(
        "organization  o  \"O\"{standard iso27001:2022\nmodel iso27022:2021}\nrole ciso \"CISO\"\nparty regulator \"Authority\" // outside\nsystem tickets \"Tickets\"//kept\n\n\n\nprocess a\n\"A\"\n{\nowner ciso\npurpose \"x\"\n\ninput x from b\ninput long-item from   c ,d feedback\ninput y // nobody\n\nactivity one \"First\" by ciso\nactivity second \"Second thing\" by ciso\nresult z to b\n\nkpi \"Late\" target \"0\"\nkpi \"On time\" target \"all\"\ncovers 6.1.2 , 8.2,A.5.7\n// the end\n\n}\n"
    ));
}

#[test]
fn lines_that_are_too_long_are_broken_after_commas() {
    insta::assert_snapshot!(laid_out(
        "process a {\n  result report to first-of-the-others, second-of-the-others, third-of-the-others, fourth-of-the-others, fifth-of-the-others retained\n  result r to b\n  covers A.5.1, A.5.2, A.5.3, A.5.4, A.5.5, A.5.6, A.5.7, A.5.8, A.5.9, A.5.10, A.5.11, A.5.12, A.5.13, A.5.14, A.5.15, A.5.16\n}\nitem policies \"Everything that we have decided about information security, on paper\" { covers A.5.1, A.5.2, A.5.3, A.5.4, A.5.5 owner ciso }\napplicability iso27001:2022 { include A.5.1, A.5.2, A.5.3 because \"Because it says so in the treatment plan, which is long\" accepted by ciso, ceo }\n"
    ));
}

#[test]
fn rules_are_laid_out() {
    insta::assert_snapshot!(laid_out(
        "define both(process a,process b) when a.owned and b.owned\nor a = b\ndefine c(process p)\nwhen p.owned\nand not(exists input i of p)\nrule OWN001 some-name warning {\n\"\"\"\n  Documentation   stays.\n\"\"\"\nfor process p\nwhere p.owned\nand (p.id starts-with \"a\"\nor count( input i of p )>2)\nunless result r of p\nreport p \"x\"\nhelp for input i of p where i.open\n\"say {i}\"\nnearest process q by q.id to p.id \"y\"\n}\ntest OWN001 \"t\" { today 2027-01-01\nprocess a{}\nprocess bcd { input x }\nexpect a about x,bcd }\n"
    ));
}

#[test]
fn comments_stay_where_they_belong() {
    insta::assert_snapshot!(laid_out(
        "// head\n\n\n/// doc\n@allow( FLOW001 , because \"x\",until 2027-01-01 ) // why\nprocess a { // open\n// first\ninput x // one\n// between\ninput yy from b, // two\n// inside\nc // three\n// last\n} // close\n// tail\n"
    ));
}

#[test]
fn mappings_and_standards_are_laid_out() {
    insta::assert_snapshot!(laid_out(
        "standard own:1 \"Own\" {\nclause 1 \"One\" phase plan,do {document (a) \"List\"\nclause 1.1 \"Deeper\" should}\ncontrol B.1 \"x\" { document \"y\" }\n}\nmapping own:1 to own:2 {\n1 same 1\n1.1,1.2 merged 2\nnew 3\nB.1 moved B.22 unsure\n}\n"
    ));
}

/// The three manners in which inputs and results can stand to one another, each kept.
#[test]
fn a_file_keeps_its_manner_of_inputs_and_results() {
    let apart = "process a {\n  input x from b\n\n  result long to b\n}\n";
    let aligned = "process a {\n  input  x from b\n\n  result long to b\n}\n";
    let joined = "process a {\n  input  x    from b\n\n  result long to b\n}\n";
    for text in [apart, aligned, joined] {
        assert_eq!(laid_out(text), text);
    }
    let both = format!("{joined}\nprocess c {{\n  input  xyz  from b\n\n  result w to b\n  result long to d\n}}\n");
    assert!(laid_out(&both).ends_with("  input  xyz  from b\n\n  result w    to b\n  result long to d\n}\n"));
}

#[test]
fn line_ends_are_kept() {
    assert_eq!(laid_out("role a\r\n\r\n\r\nrole   b\r\n"), "role a\r\n\r\nrole b\r\n");
    let text = "rule A001 a error {\r\n  \"\"\"\r\n  Text.\r\n  \"\"\"\r\n  for process p\r\n  report p \"x\"\r\n}\r\n";
    assert_eq!(laid_out(text), text.replace("for process", "for    process"));
    assert_eq!(laid_out(""), "");
    assert_eq!(laid_out("\n\n"), "");
    assert_eq!(laid_out("role a"), "role a\n");
}

#[test]
fn blocks_of_pages_are_laid_out_in_place() {
    let page = "# T\n\n- item\n\n  ```isms\n  role   a\n     role b\n  ```\n\n~~~isms\nprocess   x {\ninput y }\n~~~\n\nrole   c\n";
    assert_eq!(
        formatted("page.md", page).as_deref(),
        Some(
            "# T\n\n- item\n\n  ```isms\n  role a\n  role b\n  ```\n\n~~~isms\nprocess x {\n  input y\n}\n~~~\n\nrole   c\n"
        )
    );
    assert_eq!(formatted("page.md", "no   block").as_deref(), Some("no   block"));
    let page = "10. ```isms\n    role   a\n     role b\n    ```\n    - ~~~isms\n      role   c\n      ~~~\n";
    assert_eq!(
        formatted("page.md", page).as_deref(),
        Some("10. ```isms\n    role a\n    role b\n    ```\n    - ~~~isms\n      role c\n      ~~~\n")
    );
    let page = "> ```isms\n> role   a\n>role b \"\"\"\n>   x\n> \"\"\"\n> ```\n\n```isms\nrole   c\n```\n";
    assert_eq!(formatted("page.md", page), Some(page.replace("role   c", "role c")), "a quoted block stays as it is");
}

/// A tab in a text is one character, whatever column it leads to.
#[test]
fn a_comment_behind_a_tab_stays_in_its_column() {
    assert_eq!(laid_out("role a \"A\tB\"       // x\n"), "role a \"A\tB\"       // x\n");
    assert_eq!(
        laid_out("process a {\n  purpose \"\"\"\n      x\n        \"\"\"          // y\n}\n"),
        "process a {\n  purpose \"\"\"\n      x\n        \"\"\"   // y\n}\n"
    );
}

#[test]
fn files_with_syntax_errors_are_left_alone() {
    assert_eq!(format(&Source::new("a.isms", "role   a\nprocess {")), None);
    assert_eq!(format(&Source::new("a.md", "```isms\nrole   a\n")), None);
}

/// What strangers send ends in time, and is not blown up.
#[test]
fn hostile_texts_stay_small() {
    let id = "x".repeat(255);
    let title = "x".repeat(50_000);
    let many = |statement: &str| statement.repeat(20_000);
    for text in [
        format!("process a {{\n  input {id} from b\n{}}}\n", many("  input x from b\n")),
        format!("process a {{\n  result {id} to {}b\n}}\n", many("a,\n")),
        format!("process a {{ {} }}\n", many("input x ")),
        format!("role a \"{title}\" // {title}\n{}", many("role b \"B\" // b\n")),
        format!("define a(process p) when {}p.owned\n", "(".repeat(30) + &")".repeat(0))
            .replace("p.owned", &format!("p.owned{}", ")".repeat(30))),
        format!("process a {{\n  result x // c\n{}  to b\n}}\n", many("// c\n")),
        format!("# T\n{}", many("```isms\nrole a\n```\n")),
        many("process a { input x } "),
    ] {
        let made = format(&Source::new(if text.starts_with('#') { "a.md" } else { "a.isms" }, text.as_str()));
        assert!(made.expect("it can be read").len() < 4 * text.len() + 1_000);
    }
}

fn samples() -> Vec<(String, String)> {
    let mut all =
        files(&["rules/checks", "fixtures/minimal", "fixtures/sourcegraph", "fixtures/rules", "tests/landscape"]);
    all.retain(|(path, _)| Path::new(path).extension().is_some_and(|extension| extension == "isms"));
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Blanks and line ends where chance puts them.
    #[test]
    fn any_layout_is_laid_out(at in any::<prop::sample::Index>(), gaps in prop::collection::vec(0..7_usize, 1..200)) {
        let samples = samples();
        let (_, text) = &samples[at.index(samples.len())];
        let source = Source::new("a.isms", text.as_str());
        let parsed = parse(&source, FileId(0));
        let mut pieces: Vec<_> = parsed.tokens.iter().map(|token| (token.span, token.kind == TokenKind::Documentation)).collect();
        pieces.extend(parsed.comments.iter().map(|span| (*span, true)));
        pieces.sort_by_key(|(span, _)| *span);
        let mut changed = String::new();
        let (mut last, mut needs_break) = (0, false);
        for ((span, ends_line), gap) in pieces.into_iter().zip(gaps.iter().cycle()) {
            let before = &text[last..span.start as usize];
            match gap {
                0 if !needs_break && !before.is_empty() => changed.push(' '),
                1 => changed.push('\n'),
                2 => changed.push_str("\n\n\n   "),
                3 if !before.is_empty() && !needs_break => changed.push_str("\t  "),
                _ => changed.push_str(before),
            }
            changed.push_str(source.slice(span));
            (last, needs_break) = (span.end as usize, ends_line);
        }
        // Some line ends mean something to the reader, so that not every text can be read.
        formatted("a.isms", &changed);
    }

    /// A character less, or another one more.
    #[test]
    fn no_mutation_ends_in_a_panic(
        at in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        what in prop::sample::select(vec!["", "}", "{", "\n", "\"", ",", " // c\n", " /// d\n", "\t", "\r\n", "x", "(", "@"]),
    ) {
        let samples = samples();
        let (_, text) = &samples[at.index(samples.len())];
        let offsets: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let at = offsets[place.index(offsets.len())];
        let next = at + text[at..].chars().next().map_or(0, char::len_utf8);
        let rest = if what.is_empty() { &text[next..] } else { &text[at..] };
        formatted("a.isms", &format!("{}{what}{rest}", &text[..at]));
    }
}

/// A project in a folder of its own, formatted by the program itself.
fn run(folder: &Path, arguments: &[&str], input: &str) -> (Option<i32>, String, String) {
    use std::io::Write as _;
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_ismslint"))
        .arg("fmt")
        .args(arguments)
        .current_dir(folder)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the program");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads");
    let ended = child.wait_with_output().expect("it ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (ended.status.code(), text(ended.stdout), text(ended.stderr))
}

#[test]
fn files_of_a_project_are_written_where_they_change() {
    let folder = std::env::temp_dir().join(format!("ismslint-fmt-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let project = folder.join("project");
    std::fs::create_dir_all(project.join("drafts")).expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(project.join(name), text).expect("a file");
    let read = |name: &str| std::fs::read_to_string(project.join(name)).expect("a file");
    std::fs::write(folder.join("outside.isms"), "role   out\n").expect("a file");
    write("ismslint.toml", "exclude = [\"drafts/**\"]\nrules = [\"../outside.isms\"]\n");
    write(".gitignore", "ignored.isms\n");
    write("ignored.isms", "role   a\n");
    write("drafts/b.isms", "role   b\n");
    write("bom.isms", "\u{feff}role   c\r\n");
    write("good.isms", "role d\n");
    write("bad.isms", "role   e\nprocess {\n");
    write("page.md", "# Page\n\n```isms\nrole   f\n```\n\ntext   here\n");
    write("plain.md", "no   block\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.join("outside.isms"), project.join("link.isms")).expect("a link");

    let (status, out, _) = run(&project, &["--check"], "");
    assert_eq!((status, out.as_str()), (Some(2), "bom.isms\npage.md\n"));
    let (status, out, _) = run(&project, &["--diff", "page.md"], "");
    assert_eq!(status, Some(1));
    assert!(out.contains("-role   f\n+role f\n"), "{out}");
    assert_eq!(read("bom.isms"), "\u{feff}role   c\r\n");

    let (status, out, error) = run(&project, &[], "");
    assert_eq!((status, out.as_str()), (Some(2), ""));
    assert!(error.contains("bad.isms:2:9: error[SYN001]"), "{error}");
    assert!(
        error.ends_with(
            "2 files formatted, 2 files well formatted already, 1 file left alone because of syntax errors\n"
        ),
        "{error}"
    );
    assert_eq!(read("bom.isms"), "\u{feff}role c\r\n");
    assert_eq!(read("page.md"), "# Page\n\n```isms\nrole f\n```\n\ntext   here\n");
    for (name, text) in
        [("ignored.isms", "role   a\n"), ("drafts/b.isms", "role   b\n"), ("bad.isms", "role   e\nprocess {\n")]
    {
        assert_eq!(read(name), text);
    }
    assert_eq!(std::fs::read_to_string(folder.join("outside.isms")).expect("a file"), "role   out\n");

    // An excluded file is formatted where it is named, unless that is forbidden.
    assert_eq!(run(&project, &["drafts/b.isms", "--force-exclude", "-q"], "").0, Some(0));
    assert_eq!(read("drafts/b.isms"), "role   b\n");
    assert_eq!(run(&project, &["drafts/b.isms", "-q"], "").0, Some(0));
    assert_eq!(read("drafts/b.isms"), "role b\n");

    let (status, out, _) = run(&project, &["-"], "\u{feff}role   x\n");
    assert_eq!((status, out.as_str()), (Some(0), "\u{feff}role x\n"));
    let (status, out, _) = run(&project, &["-", "--stdin-filename", "a.md"], "role   x\n");
    assert_eq!((status, out.as_str()), (Some(0), "role   x\n"));
    let (status, out, _) = run(&project, &["-", "--stdin-filename", "drafts/x.isms", "--force-exclude"], "role   x\n");
    assert_eq!((status, out.as_str()), (Some(0), "role   x\n"));
    let (status, out, _) = run(&project, &["-", "--check"], "role   x\n");
    assert_eq!((status, out.as_str()), (Some(1), "standard-input.isms\n"));
    let (status, out, error) = run(&project, &["-"], "role   {{\n");
    assert_eq!((status, out.as_str()), (Some(2), ""));
    assert!(error.starts_with("standard-input.isms:1:8: error[SYN001]"), "{error}");
    std::fs::remove_dir_all(folder).expect("the folder");
}
