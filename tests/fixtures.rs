//! Every project under `fixtures/` gives the findings that are written beside its lines, and no others. The form of the
//! annotations is described in `fixtures/README.md`.

#![expect(clippy::disallowed_methods, reason = "fixtures are files")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use ismslint::diagnostic::Diagnostic;
use ismslint::engine::{Inputs, Report, Settings, check};
use ismslint::report::{Format, Home, SCHEMA, Shown, Style, Summary, write};
use ismslint::text::{Date, Source, SourceMap};

type Answer<T> = Result<T, Box<dyn Error>>;

/// Writes the annotations anew where it is set.
const UPDATE: &str = "UPDATE_FIXTURES";
/// Begins a file inside a fixture of several files.
const FILE_MARK: &str = "//- ";
/// The day of a run that names none.
const TODAY: &str = "2026-06-01";

/// A file of a project: the part of a file on disk from one line on.
struct Part {
    path: String,
    on_disk: PathBuf,
    /// Lines before it in the file on disk.
    before: usize,
    text: String,
}

/// What an annotation asks for, and what a finding offers. `subject` may be left out in an annotation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    severity: String,
    code: String,
    subject: Option<String>,
}

impl Named {
    fn parse(text: &str) -> Answer<Self> {
        let mut words = text.split_whitespace();
        match (words.next(), words.next(), words.next(), words.next()) {
            (Some(severity @ ("error" | "warning" | "note" | "allowed")), Some(code), subject, None) => {
                Ok(Self { severity: severity.to_owned(), code: code.to_owned(), subject: subject.map(str::to_owned) })
            }
            _ => Err(format!("`{text}` is no annotation; write `error FLOW001 subject`").into()),
        }
    }

    fn of(diagnostic: &Diagnostic, allowed: bool) -> Self {
        Self {
            severity: if allowed { "allowed".to_owned() } else { diagnostic.severity.word().to_owned() },
            code: diagnostic.code.as_str().to_owned(),
            subject: diagnostic.subject.as_ref().map(|subject| subject.short.clone()),
        }
    }

    fn asks_for(&self, found: &Self) -> bool {
        self.severity == found.severity
            && self.code == found.code
            && (self.subject.is_none() || self.subject == found.subject)
    }
}

impl std::fmt::Display for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.severity, self.code)?;
        self.subject.iter().try_for_each(|subject| write!(f, " {subject}"))
    }
}

/// The annotations of a file: by line from 1, and the groups that they speak of.
#[derive(Default)]
struct Annotations {
    lines: BTreeMap<usize, Vec<Named>>,
    groups: Option<Vec<String>>,
    today: Option<Date>,
}

impl Annotations {
    fn read(text: &str) -> Answer<Self> {
        let mut annotations = Self::default();
        let mut above = 0;
        for (number, line) in (1..).zip(text.lines()) {
            let Some((before, after)) = line.split_once("//~") else {
                above = number;
                continue;
            };
            let own_line = before.trim().is_empty();
            let (target, findings) = match after.strip_prefix('^') {
                Some(rest) if own_line => (above, rest),
                _ => (number, after),
            };
            let directive = after.trim();
            if let Some(groups) = directive.strip_prefix("groups ") {
                annotations.groups = Some(groups.split_whitespace().map(str::to_owned).collect());
            } else if let Some(day) = directive.strip_prefix("today ") {
                annotations.today = Some(Date::parse(day).ok_or_else(|| format!("`{day}` is no day"))?);
            } else {
                let named = findings.split('|').map(Named::parse).collect::<Answer<Vec<_>>>()?;
                annotations.lines.entry(target).or_default().extend(named);
            }
            if !own_line {
                above = number;
            }
        }
        Ok(annotations)
    }

    /// Whether findings of this code are compared.
    fn compares(&self, code: &str) -> bool {
        let group = code.trim_end_matches(|c: char| c.is_ascii_digit());
        match &self.groups {
            None => true,
            Some(groups) => matches!(group, "SYN" | "REF" | "RULE") || groups.iter().any(|known| known == group),
        }
    }
}

#[test]
fn fixtures_give_the_findings_that_are_annotated() -> Answer<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut problems = String::new();
    for project in projects(&root)? {
        if std::env::var_os(UPDATE).is_some() {
            update(&project)?;
            continue;
        }
        compare(&root, &project, &mut problems)?;
    }
    assert!(problems.is_empty(), "\n{problems}\n`{UPDATE}=1 cargo test --test fixtures` writes the annotations anew");
    Ok(())
}

/// What is said in full, with source and underlines, by the rules of each fixture in `rules/`; and as JSON, by its schema.
#[test]
fn findings_of_rules_are_drawn() -> Answer<()> {
    let schema = jsonschema::validator_for(&serde_json::from_str(SCHEMA)?)?;
    for file in sorted(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/rules"))? {
        let project = split(&file, &std::fs::read_to_string(&file)?)?;
        let report = report(&project)?;
        let mut groups = Vec::new();
        for part in &project {
            groups.push(Annotations::read(&part.text)?);
        }
        let compared = |code: &str| groups.iter().any(|annotations| annotations.compares(code));
        let mut summary = Summary::default();
        let mut findings = Vec::new();
        for finding in report.diagnostics.iter().filter(|finding| compared(finding.code.as_str())) {
            summary.count(finding.severity);
            findings.push((0, finding, None));
        }
        let reports = vec![(String::new(), &report)];
        let shown = Shown { reports, findings, baselined: None, summary, home: Home::default() };
        let style = Style { colour: false, unicode: true, all: true, notes: true, suppressed: false };
        let mut drawn = Vec::new();
        write(Format::Pretty, &shown, style, &mut drawn)?;
        let drawn = String::from_utf8(drawn)?;
        let name = file.file_stem().and_then(|name| name.to_str()).ok_or("a file name that is not UTF-8")?;
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(name, drawn);
        });
        let mut json = Vec::new();
        write(Format::Json, &shown, style, &mut json)?;
        let mistakes: Vec<String> =
            schema.iter_errors(&serde_json::from_slice(&json)?).map(|error| error.to_string()).collect();
        assert!(mistakes.is_empty(), "{name}: {mistakes:#?}");
    }
    Ok(())
}

/// The projects: each folder, and each file in `rules/`.
fn projects(root: &Path) -> Answer<Vec<Vec<Part>>> {
    let mut projects = Vec::new();
    for entry in sorted(root)? {
        if entry.file_name().is_some_and(|name| name == "rules") {
            for file in sorted(&entry)? {
                projects.push(split(&file, &std::fs::read_to_string(&file)?)?);
            }
        } else if entry.is_dir() {
            let mut parts = Vec::new();
            collect(&entry, &entry, &mut parts)?;
            projects.push(parts);
        }
    }
    Ok(projects)
}

fn collect(root: &Path, folder: &Path, parts: &mut Vec<Part>) -> Answer<()> {
    for path in sorted(folder)? {
        if path.is_dir() {
            collect(root, &path, parts)?;
        } else if path.extension().is_some_and(|extension| extension == "isms" || extension == "md") {
            let text = std::fs::read_to_string(&path)?;
            parts.push(Part { path: shown(root, &path)?, on_disk: path, before: 0, text });
        }
    }
    Ok(())
}

/// The files in a fixture, which `//- path` lines separate.
fn split(on_disk: &Path, text: &str) -> Answer<Vec<Part>> {
    let name = on_disk.file_name().and_then(|name| name.to_str()).ok_or("a file name that is not UTF-8")?;
    let mut parts: Vec<Part> = Vec::new();
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let mark = line.strip_prefix(FILE_MARK).map(str::trim);
        if mark.is_some() || parts.is_empty() {
            let path = mark.unwrap_or(name).to_owned();
            parts.push(Part { path, on_disk: on_disk.to_owned(), before: number, text: String::new() });
        }
        if let Some(part) = parts.last_mut() {
            part.text.push_str(line);
        }
    }
    Ok(parts)
}

fn sorted(folder: &Path) -> Answer<Vec<PathBuf>> {
    let mut paths = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Answer<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn shown(root: &Path, path: &Path) -> Answer<String> {
    let path = path.strip_prefix(root)?;
    let names: Option<Vec<&str>> = path.iter().map(|name| name.to_str()).collect();
    Ok(names.ok_or("a file name that is not UTF-8")?.join("/"))
}

/// Checks a project. Annotations are comments to it.
fn report(project: &[Part]) -> Answer<Report> {
    let mut today = Date::parse(TODAY).ok_or("the day of the run")?;
    for part in project {
        today = Annotations::read(&part.text)?.today.unwrap_or(today);
    }
    let sources = project.iter().map(|part| Source::new(part.path.as_str(), part.text.clone())).collect();
    Ok(check(Inputs { sources, settings: Settings::default(), today, known_paths: None }))
}

/// The findings by path and line, each with its message.
type Findings = BTreeMap<(String, usize), Vec<(Named, String)>>;

fn findings(report: &Report) -> Findings {
    let mut findings = Findings::new();
    let standing = report.diagnostics.iter().map(|diagnostic| (diagnostic, false));
    let suppressed = report.suppressed.iter().map(|one| (&one.diagnostic, true));
    for (diagnostic, allowed) in standing.chain(suppressed) {
        let at = place(&report.sources, diagnostic);
        findings.entry(at).or_default().push((Named::of(diagnostic, allowed), diagnostic.message.clone()));
    }
    findings
}

fn place(sources: &SourceMap, diagnostic: &Diagnostic) -> (String, usize) {
    let Some(label) = &diagnostic.primary else { return (String::new(), 0) };
    let source = sources.get(label.place.file);
    let at = source.line_index().line_column(source.text(), label.place.span.start);
    (source.path().to_owned(), at.line as usize)
}

fn compare(root: &Path, project: &[Part], problems: &mut String) -> Answer<()> {
    let report = report(project)?;
    let mut findings = findings(&report);
    for part in project {
        let file = shown(root, &part.on_disk)?;
        let annotations = Annotations::read(&part.text).map_err(|error| format!("{file}: {error}"))?;
        let lines = part.text.lines().count();
        for line in 1..=lines.max(1) {
            let mut found = findings.remove(&(part.path.clone(), line)).unwrap_or_default();
            found.retain(|(named, _)| annotations.compares(&named.code));
            for expected in annotations.lines.get(&line).into_iter().flatten() {
                match found.iter().position(|(named, _)| expected.asks_for(named)) {
                    Some(at) => drop(found.remove(at)),
                    None => writeln!(problems, "{file}:{}: missing: {expected}", part.before + line)?,
                }
            }
            for (named, message) in found {
                writeln!(problems, "{file}:{}: unexpected: {named}: {message}", part.before + line)?;
            }
        }
    }
    for ((path, line), found) in findings {
        for (named, message) in found {
            writeln!(problems, "{path}:{line}: unexpected, and in no file of the project: {named}: {message}")?;
        }
    }
    Ok(())
}

/// Writes the annotations of a project anew: at the end of the line, or below it where they stood there.
fn update(project: &[Part]) -> Answer<()> {
    let findings = findings(&report(project)?);
    let mut files: BTreeMap<&Path, String> = BTreeMap::new();
    for part in project {
        let annotations = Annotations::read(&part.text)?;
        let found = |line: usize| -> Option<String> {
            let found = findings.get(&(part.path.clone(), line))?;
            let compared = found.iter().map(|(named, _)| named).filter(|named| annotations.compares(&named.code));
            let texts: Vec<String> = compared.map(Named::to_string).collect();
            (!texts.is_empty()).then(|| texts.join(" | "))
        };
        let below =
            |lines: &[&str], at: usize| lines.get(at + 1).is_some_and(|next| next.trim_start().starts_with("//~^"));
        let lines: Vec<&str> = part.text.lines().collect();
        let text = files.entry(&part.on_disk).or_default();
        let mut above = 0;
        for (at, line) in lines.iter().enumerate() {
            let trimmed = line.trim_start();
            if trimmed.starts_with("//~^") {
                // All that is found stands on the first of several such lines; the others go.
                if above > 0
                    && let Some(found) = found(above)
                {
                    let indent = &line[..line.len() - trimmed.len()];
                    writeln!(text, "{indent}//~^ {found}")?;
                }
                above = 0;
                continue;
            }
            above = at + 1;
            let kept = match line.split_once("//~") {
                Some((before, _)) if !before.trim().is_empty() => before.trim_end(),
                _ => line,
            };
            text.push_str(kept);
            if let (false, Some(found)) = (below(&lines, at), found(at + 1)) {
                write!(text, "   //~ {found}")?;
            }
            text.push('\n');
        }
    }
    for (path, text) in files {
        if std::fs::read_to_string(path)? != text {
            std::fs::write(path, text)?;
        }
    }
    Ok(())
}
