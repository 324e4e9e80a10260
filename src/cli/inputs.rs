//! From a project on the disk to the inputs of a run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rayon::prelude::*;

use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::{self, Inputs, Report, RuleSummary, Settings};
use crate::project::{LoadProblem, Loaded, Project, ToolError, load_together};
use crate::text::{Date, FileId, Source};

use super::progress::Progress;
use super::terminal::Terminal;

/// How many files one task reads.
const FILES_A_TASK: usize = 64;

/// The shipped rules and the checks of the compiler.
pub(super) fn shipped_rules() -> &'static [RuleSummary] {
    static RULES: OnceLock<Vec<RuleSummary>> = OnceLock::new();
    RULES.get_or_init(|| {
        engine::check(Inputs {
            sources: Vec::new(),
            settings: Settings::default(),
            today: Date::from_days(0),
            known_paths: None,
        })
        .rules
    })
}

/// What a selector can name: codes, names and groups of these rules.
pub(super) fn selectors(rules: &[RuleSummary]) -> Vec<String> {
    let mut known: Vec<String> =
        rules.iter().flat_map(|rule| [rule.code.clone(), rule.name.clone(), rule.group.clone()]).collect();
    known.sort();
    known.dedup();
    known
}

/// The day of the run.
pub(super) fn today(given: Option<Date>) -> Date {
    given.unwrap_or_else(|| {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let epoch = Date::new(1970, 1, 1).map_or(0, Date::days);
        Date::from_days(epoch + u32::try_from(since.as_secs() / 86_400).unwrap_or_default())
    })
}

/// The files of a project, read.
pub(super) struct Read {
    pub(super) sources: Vec<Source>,
    /// What is wrong with the bytes of files, by the number of the file.
    pub(super) problems: Vec<(u32, LoadProblem)>,
    /// Files that could not be read.
    pub(super) errors: Vec<ToolError>,
}

/// Reads the files of a project, in parallel, in the order of their paths. `replaced` is a file whose text comes from
/// somewhere else (an editor's buffer).
pub(super) fn read(project: &Project, replaced: Option<(&str, &Loaded)>) -> Read {
    let mut files: Vec<(&str, Option<&PathBuf>)> =
        project.files.iter().map(|(shown, path)| (shown.as_str(), Some(path))).collect();
    if let Some((shown, _)) = replaced {
        match files.iter_mut().find(|(known, _)| *known == shown) {
            Some(file) => file.1 = None,
            None => files.push((shown, None)),
        }
        files.sort_by_key(|(shown, _)| *shown);
    }
    let load = |files: &[(&str, Option<&PathBuf>)]| {
        let paths: Vec<(&Path, &str)> =
            files.iter().filter_map(|(shown, path)| Some((path.as_deref()?.as_path(), *shown))).collect();
        let mut read = load_together(&paths).into_iter();
        let one = |(shown, path): &(&str, Option<&PathBuf>)| match path {
            Some(_) => read.next(),
            None => replaced.map(|(_, loaded)| {
                Ok(Loaded { source: Source::new(*shown, loaded.source.text()), problems: loaded.problems.clone() })
            }),
        };
        files.iter().filter_map(one).collect::<Vec<_>>()
    };
    let loaded: Vec<Result<Loaded, ToolError>> = files.par_chunks(FILES_A_TASK).flat_map_iter(load).collect();
    let mut read = Read { sources: Vec::with_capacity(loaded.len()), problems: Vec::new(), errors: Vec::new() };
    for file in loaded {
        match file {
            Ok(loaded) => {
                let number = read.sources.len() as u32;
                read.problems.extend(loaded.problems.into_iter().map(|problem| (number, problem)));
                read.sources.push(loaded.source);
            }
            // A file that vanished between the listing and the reading is not there.
            Err(ToolError::Unreadable { reason, .. }) if reason == "it does not exist" => {}
            Err(error) => read.errors.push(error),
        }
    }
    read
}

/// A project after it was read and judged.
pub(super) struct Judged<T> {
    pub(super) report: Report,
    /// What else the engine answered.
    pub(super) seen: T,
    /// Whether files could not be read, which was said.
    pub(super) failed: bool,
}

/// What is the same for all projects of a run.
pub(super) struct Run<'a> {
    /// The day that decides; by default that of the system.
    pub(super) day: Option<Date>,
    pub(super) terminal: Terminal,
    pub(super) asked: &'a Asked,
    pub(super) progress: &'a Progress,
}

/// Reads a project and has it judged by `judge`, which is also told what is wrong with the bytes of files. `replaced` is as in [`read`].
pub(super) fn judged<T>(
    project: &Project,
    replaced: Option<(&str, &Loaded)>,
    settings: Settings,
    run: &Run<'_>,
    judge: impl FnOnce(Inputs, &[(u32, LoadProblem)]) -> (Report, T),
) -> Result<Judged<T>, ToolError> {
    let Run { day, terminal, asked, progress } = *run;
    let count = match project.files.len() {
        1 => "1 file".to_owned(),
        count => format!("{count} files"),
    };
    progress.says(|| format!("reading {count}"));
    let files = read(project, replaced);
    progress.says(|| format!("checking {count}"));
    let mut failed = false;
    for error in project.problems.iter().chain(&files.errors) {
        super::report(error, terminal);
        failed = true;
    }
    let known_paths = Some(asked.exists_in(&project.root));
    let (mut report, seen) =
        judge(Inputs { sources: files.sources, settings, today: today(day), known_paths }, &files.problems);
    if !files.problems.is_empty() {
        report.diagnostics.extend(files.problems.iter().map(|(file, problem)| problem.finding(FileId(*file))));
        report.diagnostics.sort_by(Diagnostic::order);
    }
    if is_read(&report) {
        project.configuration.check_selectors(|| selectors(&report.rules))?;
    }
    Ok(Judged { report, seen, failed })
}

/// Whether everything could be read. What could not be may hold the rule that a selector names, and is the mistake to tell.
pub(super) fn is_read(report: &Report) -> bool {
    report
        .diagnostics
        .iter()
        .all(|finding| finding.severity != Severity::Error || !finding.code.as_str().starts_with("SYN"))
}

/// The paths of which a check asked whether they exist, and what was answered. Clones share them.
#[derive(Clone, Default)]
pub(super) struct Asked(Arc<Mutex<BTreeMap<(PathBuf, PathBuf), bool>>>);

impl Asked {
    /// Answers whether a path exists in a project.
    pub(super) fn exists_in(&self, root: &Path) -> Box<crate::landscape::PathExists> {
        let (root, asked) = (root.to_path_buf(), self.clone());
        Box::new(move |path| {
            let answer = exists(&root, Path::new(path));
            asked.known().insert((root.clone(), path.into()), answer);
            answer
        })
    }

    /// Whether one of them would be answered otherwise by now.
    pub(super) fn has_changed(&self) -> bool {
        self.known().iter().any(|((root, path), answer)| exists(root, path) != *answer)
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<(PathBuf, PathBuf), bool>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether something stands at a path in a project. What a link leads to that leads out of it is believed: nobody shall learn
/// from a finding what there is on the machine.
fn exists(root: &Path, path: &Path) -> bool {
    let mut here = root.to_path_buf();
    let mut components = path.components().peekable();
    while let Some(component) = components.next() {
        here.push(component);
        match here.symlink_metadata() {
            Err(_) => return false,
            Ok(kind) if kind.is_symlink() && components.peek().is_some() => match std::fs::canonicalize(&here) {
                Ok(real) if real.starts_with(root) => here = real,
                Ok(_) | Err(_) => return true,
            },
            Ok(_) => {}
        }
    }
    true
}
