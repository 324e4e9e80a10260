//! `--baseline` and `--write-baseline`.
//!
//! `--baseline FILE` hides what the file records. `--write-baseline FILE` records every finding of today; together with
//! `--baseline` it records only what was recorded and is still found, so that the file shrinks and never grows. What a run
//! cannot judge (rules that are off, projects that were not checked) stays recorded.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::diagnostic::{Code, Diagnostic, Severity, is_fixed};
use crate::engine::{Level, Report};
use crate::project::{
    Baseline, Key, Project, ToolError, is_like_baseline, read_baseline, relative, save, working_folder,
};
use crate::text::{sanitize, sanitize_path};

use super::arguments::Check;
use super::check::Checked;
use super::note;

/// The check that tells of recorded findings that are gone.
const STALE: &str = "CONFIG001";

/// How many recorded findings that are gone are named on standard error.
const MOST_NAMED: usize = 10;

/// What baselines have done to a run.
#[derive(Default)]
pub(super) struct Baselines {
    /// Whether there is one.
    pub(super) is_used: bool,
    /// What is to be said on standard error.
    said: Vec<String>,
    /// The file to write, what messages call it, and its text.
    write: Option<(PathBuf, String)>,
}

impl Baselines {
    /// Writes the file, unless something could not be read: then it would lack what stands there.
    pub(super) fn finish(self, is_complete: bool, is_quiet: bool) -> Result<(), ToolError> {
        if let Some((path, text)) = self.write {
            if !is_complete {
                note("the baseline was not written, since not everything could be read");
                return Ok(());
            }
            save(&path, |out| out.write_all(text.as_bytes()))?;
        }
        if !is_quiet {
            self.said.iter().for_each(|line| note(line));
        }
        Ok(())
    }
}

/// A baseline file and the projects that it is for.
struct File {
    /// Where it is.
    path: PathBuf,
    /// As people name it from the working folder.
    name: String,
    baseline: Baseline,
    /// Their positions.
    projects: Vec<usize>,
}

/// Whether the findings of a project are looked up or recorded.
pub(super) fn is_used(command: &Check, project: &Project) -> bool {
    command.baseline.is_some() || command.write_baseline.is_some() || project.configuration.baseline.value.is_some()
}

/// Takes the findings that are recorded out of the reports, and adds one for each that is gone.
pub(super) fn apply(
    command: &Check,
    found: &[Project],
    common: &Path,
    checked: &mut [Checked],
) -> Result<Baselines, ToolError> {
    let files = files(command, found)?;
    let mut baselines = Baselines { is_used: !files.is_empty(), ..Baselines::default() };
    for file in files {
        let names = Names::new(&file, found, common);
        let (recorded, gone) = hide(&file, &names, checked);
        match &command.write_baseline {
            Some(path) => {
                check_target(path)?;
                let (target, count) = (path.display(), recorded.len());
                let gone = occurrences(&gone);
                baselines.said.push(format!(
                    "took out {}; {count} left in `{target}`",
                    findings(gone, " that is gone", " that are gone")
                ));
                baselines.write = Some((path.clone(), recorded.text()));
            }
            None => {
                baselines.said.extend(complaint(&file, &gone));
                tell(&gone, checked);
            }
        }
    }
    if let Some(path) = command.write_baseline.as_ref().filter(|_| command.baseline.is_none()) {
        let (recorded, unrecorded) = record(path, found, common, checked)?;
        baselines.is_used = true;
        baselines.said.push(format!("recorded {} in `{}`", findings(recorded.len(), "", ""), path.display()));
        if unrecorded > 0 {
            let them = findings(unrecorded, "", "");
            baselines.said.push(format!("{them} of syntax cannot be recorded, since what cannot be read hides others"));
        }
        baselines.write = Some((path.clone(), recorded.text()));
    }
    Ok(baselines)
}

fn findings(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 finding{one}") } else { format!("{count} findings{many}") }
}

/// The baselines that findings are looked up in: that of the command line for all projects, else each project's own.
fn files(command: &Check, found: &[Project]) -> Result<Vec<File>, ToolError> {
    let here = working_folder().unwrap_or_default();
    let mut files: BTreeMap<PathBuf, File> = BTreeMap::new();
    for (at, project) in found.iter().enumerate() {
        let configured = &project.configuration.baseline;
        let (path, name, spot) = match (&command.baseline, &configured.value) {
            (Some(path), _) => (path.clone(), path.to_string_lossy().into_owned(), None),
            // Who records anew looks nothing up.
            (None, Some(named)) if command.write_baseline.is_none() => {
                let real = std::fs::canonicalize(&named.path).unwrap_or_else(|_| named.path.clone());
                (named.path.clone(), relative(&here, &real), configured.spot.as_ref())
            }
            (None, _) => continue,
        };
        let real = std::fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
        if let Some(known) = files.get_mut(&real) {
            known.projects.push(at);
            continue;
        }
        let name = sanitize_path(&name.replace('\\', "/"));
        let Some(bytes) = read_baseline(&path, &name)? else {
            let message = format!("there is no baseline `{name}`");
            let help = format!("`ismslint check --write-baseline {name}` records the findings of today there");
            return Err(match spot {
                Some(spot) => spot.error(message, help),
                None => ToolError::Usage { message, help },
            });
        };
        let baseline = Baseline::parse(&name, &bytes)?;
        files.insert(real.clone(), File { path: real, name, baseline, projects: vec![at] });
    }
    Ok(files.into_values().collect())
}

/// What a baseline calls the projects of a run. The one that it lies in has no name, so that a project with one baseline
/// can be moved; others are called by the path from there. A baseline that lies outside of all projects names them from
/// its own folder, or where that is elsewhere altogether, from their common one.
struct Names {
    /// The name and the position of each project.
    names: Vec<(String, usize)>,
}

impl Names {
    fn new(file: &File, found: &[Project], common: &Path) -> Self {
        Self::from(&file.path, file.projects.iter().copied(), found, common)
    }

    fn from(path: &Path, projects: impl Iterator<Item = usize>, found: &[Project], common: &Path) -> Self {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
        let around = found.iter().map(|project| project.root.as_path()).filter(|root| folder.starts_with(root));
        let base = match around.max_by_key(|root| root.components().count()) {
            Some(root) => root,
            None if common.starts_with(&folder) => &folder,
            None => common,
        };
        let name = |at: usize| relative(base, &found[at].root).trim_end_matches('/').to_owned();
        Self { names: projects.map(|at| (name(at), at)).collect() }
    }

    /// The project that an entry belongs to, if it was checked.
    fn project(&self, key: &Key) -> Option<usize> {
        self.names.iter().find(|(name, _)| *name == key.project).map(|(_, at)| *at)
    }
}

fn key(report: &Report, finding: &Diagnostic, project: &str) -> Key {
    let underlined =
        finding.primary.as_ref().map_or("", |label| report.sources.get(label.place.file).slice(label.place.span));
    Key::of(finding, project, underlined)
}

/// Takes the findings that `hides` says out of a report.
fn take(checked: &mut Checked, mut hides: impl FnMut(&Report, &Diagnostic) -> bool) {
    let all = std::mem::take(&mut checked.report.diagnostics);
    for finding in all {
        if !is_fixed(finding.code.as_str()) && hides(&checked.report, &finding) {
            checked.baselined.push(finding);
        } else {
            checked.report.diagnostics.push(finding);
        }
    }
}

/// Whether a run can tell that a recorded finding is gone: its rule was asked, or there is none of that code.
fn is_judged(checked: &Checked, key: &Key) -> bool {
    let Some(rule) = checked.report.rules.iter().find(|rule| rule.code == key.code) else { return true };
    if rule.is_broken {
        return false;
    }
    let (code, name, settings) = (rule.code.as_str(), rule.name.as_str(), &checked.settings);
    let asks =
        if rule.file.is_some() { settings.is_selected(code, name) } else { settings.is_compiler_check_on(code, name) };
    asks && settings.is_on_somewhere(code, name, rule.default_severity)
}

/// What is recorded and gone: the project, the key, and how often.
type Gone = (usize, Key, usize);

/// How many findings are gone, each occurrence by itself. A hostile file may count as far as numbers reach.
fn occurrences(gone: &[Gone]) -> usize {
    gone.iter().fold(0, |sum: usize, (.., count)| sum.saturating_add(*count))
}

/// Hides what is recorded. Answers what of the baseline stays, and what of it is gone.
fn hide(file: &File, names: &Names, checked: &mut [Checked]) -> (Baseline, Vec<Gone>) {
    let mut left = file.baseline.clone();
    let mut recorded = Baseline::default();
    for (name, at) in &names.names {
        take(&mut checked[*at], |report, finding| {
            let key = key(report, finding, name);
            let is_known = left.take(&key);
            if is_known {
                recorded.add(key, 1);
            }
            is_known
        });
    }
    let mut gone = Vec::new();
    for (key, count) in left.entries() {
        match names.project(key).filter(|at| is_judged(&checked[*at], key)) {
            Some(at) => gone.push((at, key.clone(), count)),
            None => recorded.add(key.clone(), count),
        }
    }
    (recorded, gone)
}

/// Adds a finding for each recorded one that is gone.
fn tell(gone: &[Gone], checked: &mut [Checked]) {
    for (at, key, _) in gone {
        let Checked { report, settings, .. } = &mut checked[*at];
        let code = Code::from_static(STALE);
        let name = code.page().map_or("", |page| page.name);
        let level = settings.level(STALE, name, Severity::Note, None);
        let (Level::Severity(severity), true) = (level, settings.is_compiler_check_on(STALE, name)) else { continue };
        let shown = sanitize(&key.to_string()).replace(['\n', '\r'], " ");
        report.diagnostics.push(Diagnostic {
            name: name.into(),
            entity: format!("baseline/{shown}"),
            ..without_place(code, severity, format!("the baseline records a finding that is gone: {shown}"))
        });
    }
    let projects: BTreeSet<usize> = gone.iter().map(|(at, ..)| *at).collect();
    for at in projects {
        checked[at].report.diagnostics.sort_by(Diagnostic::order);
    }
}

fn without_place(code: Code, severity: Severity, message: String) -> Diagnostic {
    let nowhere = crate::diagnostic::Place { file: crate::text::FileId(0), span: crate::text::Span::at(0) };
    let mut finding = Diagnostic::new(code, severity, nowhere, message)
        .help("take it out: `--write-baseline` together with `--baseline` writes the file without it");
    finding.primary = None;
    finding
}

/// What is said on standard error of recorded findings that are gone.
fn complaint(file: &File, gone: &[Gone]) -> Vec<String> {
    let count = occurrences(gone);
    if count == 0 {
        return Vec::new();
    }
    let name = &file.name;
    let (what, them) = if count == 1 {
        ("1 finding in the baseline is gone".to_owned(), "it")
    } else {
        (format!("{count} findings in the baseline are gone"), "them")
    };
    let mut lines =
        vec![format!("{what}; `ismslint check --baseline {name} --write-baseline {name}` takes {them} out:")];
    lines.extend(
        gone.iter().take(MOST_NAMED).map(|(_, key, _)| format!("  {}", key.to_string().replace(['\n', '\r'], " "))),
    );
    if gone.len() > MOST_NAMED {
        lines.push(format!("  … and {} more", gone.len() - MOST_NAMED));
    }
    lines
}

/// Records every finding of today, and keeps what was recorded and cannot be judged. Answers too how many findings cannot
/// be recorded.
fn record(
    path: &Path,
    found: &[Project],
    common: &Path,
    checked: &mut [Checked],
) -> Result<(Baseline, usize), ToolError> {
    let old = check_target(path)?;
    let names = Names::from(path, 0..found.len(), found, common);
    let mut recorded = Baseline::default();
    for (name, at) in &names.names {
        take(&mut checked[*at], |report, finding| {
            recorded.add(key(report, finding, name), 1);
            true
        });
    }
    for (key, count) in old.entries() {
        if names.project(key).is_none_or(|at| !is_judged(&checked[at], key)) {
            recorded.add(key.clone(), count);
        }
    }
    let unrecorded = checked.iter().map(|one| one.report.diagnostics.len()).sum();
    Ok((recorded, unrecorded))
}

/// What stands in the file that is to be written, as far as it can be read. What is no baseline is not overwritten: a slip
/// of the hand must not cost a specification.
fn check_target(path: &Path) -> Result<Baseline, ToolError> {
    let name = path.to_string_lossy();
    let Some(bytes) = read_baseline(path, &name)? else { return Ok(Baseline::default()) };
    if !is_like_baseline(&bytes) {
        return Err(ToolError::Usage {
            message: format!("`{}` is no baseline and is not overwritten", sanitize_path(&name)),
            help: "name another file, or delete this one".to_owned(),
        });
    }
    Ok(Baseline::parse(&name, &bytes).unwrap_or_default())
}
