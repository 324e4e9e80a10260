//! `ismslint check`

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};
use std::time::Instant;

use crate::diagnostic::Diagnostic;
use crate::engine::{self, Inputs, Mendable, Report, Resident, Settings};
use crate::project::{
    LoadProblem, MOST_FILE_BYTES, Project, Search, ToolError, decode, projects, relative, save, working_folder,
};
use crate::report::{self, Format, Home, Shown, Style};
use crate::text::sanitize_path;

use super::arguments::{Arguments, Check};
use super::configured::{Threshold, check_selectors, settings, threshold, with_flags};
use super::filter::{Filter, Filtered};
use super::inputs::{Asked, Judged, Run, is_read, judged, selectors};
use super::mending::{Mending, Reach};
use super::progress::Progress;
use super::terminal::Terminal;
use super::{Status, baseline, note, output, show_settings, watch};

/// A project that was checked.
pub(super) struct Checked {
    /// The way from the common root of all projects to its own: empty, or ending in `/`.
    pub(super) prefix: String,
    pub(super) report: Report,
    pub(super) settings: Settings,
    pub(super) threshold: Threshold,
    /// Findings that a baseline hides.
    pub(super) baselined: Vec<Diagnostic>,
    /// Files whose bytes are not what their text says.
    damaged: BTreeSet<String>,
    /// The file that standard input stands for.
    buffer: Option<String>,
}

pub(super) fn run(command: &Check, arguments: &Arguments, terminal: Terminal) -> Result<Status, ToolError> {
    if let Some(path) = &command.show_settings {
        return show_settings::run(path, command, arguments);
    }
    check_outputs(&command.outputs)?;
    check_standard_input(command)?;
    if command.watch {
        return watch::run(command, arguments, terminal);
    }
    once(command, arguments, terminal, &Asked::default(), None)
}

/// The engines of those who check again and again, by the roots of their projects.
pub(super) type Residents = BTreeMap<PathBuf, Resident>;

/// One check from beginning to end.
pub(super) fn once(
    command: &Check,
    arguments: &Arguments,
    terminal: Terminal,
    asked: &Asked,
    mut residents: Option<&mut Residents>,
) -> Result<Status, ToolError> {
    let begin = Instant::now();
    let stdin = standard_input(&command.paths, command.stdin_filename.as_deref())?;
    let mut paths: Vec<PathBuf> = command.paths.iter().filter(|path| path.as_os_str() != "-").cloned().collect();
    if paths.is_empty() {
        paths.push(stdin.as_ref().map_or_else(|| PathBuf::from("."), |(path, _)| folder_of(path)));
    }
    let progress = Progress::begin(arguments.quiet);
    let run = Run { day: command.today, terminal, asked, progress: &progress };
    let found = projects(&paths, search(command))?;
    let common = common_root(&found);
    let mut checked: Vec<Checked> = Vec::new();
    let mut failed = false;
    let gone: Vec<&PathBuf> = paths.iter().filter(|path| command.force_exclude && is_gone(path)).collect();
    let named = if gone.is_empty() { command.paths.as_slice() } else { &[] };
    let filter = Filter::new(named, &found, stdin.as_ref().map(|(path, _)| path.as_path()).filter(|_| gone.is_empty()));
    if let Some(path) = gone.first() {
        note(&format!(
            "note: `{}` is gone; all findings of the project are shown, since whatever misses it may stand anywhere",
            sanitize_path(&path.to_string_lossy())
        ));
    }
    let mut mending = (command.fix || command.diff).then(Mending::default);
    for (at, project) in found.iter().enumerate() {
        let prefix = relative(&common, &project.root);
        let prefix = if prefix.is_empty() { prefix } else { format!("{prefix}/") };
        let buffer = stdin.as_ref().and_then(|(path, bytes)| {
            let shown = relative(&project.root, path);
            (!shown.starts_with("../")).then(|| (shown.clone(), decode(&shown, bytes)))
        });
        let mut settings = with_flags(settings(&project.configuration, arguments.jobs), command);
        settings.projects = found.len();
        settings.most_places =
            most_places(command, terminal).filter(|_| filter.shows_all(at) && !baseline::is_used(command, project));
        let check = |inputs: Inputs, problems: &[(u32, LoadProblem)]| {
            let path = |file: &u32| inputs.sources.get(*file as usize).map(|source| source.path().to_owned());
            let damaged: BTreeSet<String> = problems.iter().filter_map(|(file, _)| path(file)).collect();
            let Some(mending) = &mut mending else {
                let report = match &mut residents {
                    Some(residents) => residents.entry(project.root.clone()).or_default().check(inputs),
                    None => engine::check(inputs),
                };
                return (report, damaged);
            };
            let reach = Reach {
                project,
                prefix: &prefix,
                damaged: &damaged,
                buffer: buffer.as_ref().map(|(shown, _)| shown.as_str()),
                shows_finding: &|report, finding| filter.shows_finding(at, report, finding),
                shows_file: &|path| filter.shows(at, path),
            };
            (mending.project(inputs, &reach, command), damaged)
        };
        let replaced = buffer.as_ref().map(|(shown, loaded)| (shown.as_str(), loaded));
        let Judged { report, failed: unread, seen: damaged } =
            judged(project, replaced, settings.clone(), &run, check)?;
        failed |= unread;
        let threshold = threshold(&project.configuration, command);
        let buffer = buffer.map(|(shown, _)| shown);
        checked.push(Checked { prefix, report, settings, threshold, baselined: Vec::new(), damaged, buffer });
    }
    if checked.iter().all(|one| is_read(&one.report)) {
        check_selectors(command, || checked.iter().flat_map(|one| selectors(&one.report.rules)).collect())?;
    }
    if arguments.verbose {
        timings(&checked);
    }
    let baselines = baseline::apply(command, &found, &common, &mut checked)?;
    let Filtered { mut shown, statistics, fails } = filter.filtered(&checked, command, baselines.is_used);
    drop(progress);
    let status = if fails && !command.exit_zero { Status::Findings } else { Status::Clean };
    shown.summary.time = begin.elapsed();
    shown.summary.fails = status == Status::Findings;
    shown.home = home(&common);
    if mending.is_none() {
        for (at, (project, one)) in found.iter().zip(&checked).enumerate() {
            let count = one.mendable(at, project, &filter);
            shown.summary.mendable += count.safely;
            shown.summary.mendable_unsafely += count.unsafely;
        }
    }
    if shown.summary.files == 0 && shown.summary.errors == 0 {
        note("note: no specification was found: no `.isms` file, and no Markdown page with an `isms` block");
    }
    if let Some(mending) = &mending {
        let remaining = shown.summary.errors + shown.summary.warnings + shown.summary.notes;
        if command.diff {
            mending.show()?;
        } else if failed {
            // Whatever seems to be wrong may follow from what is in the file that could not be read.
            note("nothing was mended, since not everything could be read");
            return Ok(Status::Failed);
        } else {
            for error in mending.write() {
                super::report(&error, terminal);
                failed = true;
            }
        }
        if !arguments.quiet {
            mending.tell(command.diff, remaining);
        }
        if command.diff {
            return Ok(match (failed, mending.is_empty() || command.exit_zero) {
                (true, _) => Status::Failed,
                (false, true) => Status::Clean,
                (false, false) => Status::Findings,
            });
        }
    }
    write(&shown, command, arguments, terminal)?;
    if command.statistics {
        statistics.iter().for_each(|line| note(line));
    }
    baselines.finish(!failed, arguments.quiet)?;
    // Nobody has to wait until hundreds of thousands of findings are let go of.
    drop(shown);
    rayon::spawn(|| drop(checked));
    Ok(if failed { Status::Failed } else { status })
}

impl Checked {
    /// How many of the findings that are shown could be mended.
    fn mendable(&self, at: usize, project: &Project, filter: &Filter) -> Mendable {
        let reach = Reach {
            project,
            prefix: &self.prefix,
            damaged: &self.damaged,
            buffer: self.buffer.as_deref(),
            shows_finding: &|report, finding| filter.shows_finding(at, report, finding),
            shows_file: &|path| filter.shows(at, path),
        };
        reach.mendable(&self.report)
    }
}

/// At how many places the findings of one rule are looked at, where nobody needs them all.
fn most_places(command: &Check, terminal: Terminal) -> Option<usize> {
    if command.fix || command.diff || command.max_findings.is_some() {
        return None;
    }
    let most = outputs(command)
        .iter()
        .map(|(format, file)| report::most_places(*format, style(command, terminal, file.is_some())));
    most.max_by_key(|most| most.unwrap_or(usize::MAX)).flatten()
}

/// How the command line wants projects to be looked for.
pub(super) fn search(command: &Check) -> Search {
    Search { forced: command.force_exclude, isolated: command.isolated }
}

/// Where the projects stand in the repository. What a pipeline names as its checkout stands over what is found, since a
/// project may lie in a submodule and is then still shown in the repository around it.
fn home(common: &Path) -> Home {
    let named =
        ["GITHUB_WORKSPACE", "CI_PROJECT_DIR", "BUILD_SOURCESDIRECTORY"].into_iter().filter_map(std::env::var_os);
    let mut named = named.filter_map(|root| std::fs::canonicalize(root).ok());
    let root = named.find(|root| common.starts_with(root));
    let root = root.or_else(|| common.ancestors().find(|root| root.join(".git").exists()).map(Path::to_path_buf));
    let root = root.unwrap_or_else(|| common.to_path_buf());
    let inside = relative(&root, common);
    let inside = if inside.is_empty() { inside } else { format!("{inside}/") };
    let shown = root.to_string_lossy().replace('\\', "/");
    Home { inside, root: shown.trim_start_matches("//?/").trim_end_matches('/').to_owned() }
}

/// Standard input is read once, and nothing can be written back to it.
fn check_standard_input(command: &Check) -> Result<(), ToolError> {
    if command.paths.iter().all(|path| path.as_os_str() != "-") {
        return Ok(());
    }
    if command.fix {
        let message = "`--fix` cannot write to standard input".to_owned();
        let help = "`--diff` shows what it would change".to_owned();
        return Err(ToolError::Usage { message, help });
    }
    if command.watch {
        let message = "standard input is read once and cannot be watched".to_owned();
        let help = "name the files or folders to watch, or leave out `--watch`".to_owned();
        return Err(ToolError::Usage { message, help });
    }
    Ok(())
}

/// Two reports in one stream or in one file are none.
pub(super) fn check_outputs<F>(outputs: &[(F, Option<PathBuf>)]) -> Result<(), ToolError> {
    let files = || outputs.iter().filter_map(|(_, file)| file.as_ref());
    let mut known: BTreeSet<PathBuf> = BTreeSet::new();
    if let Some(twice) =
        files().find(|file| !known.insert(file.components().filter(|part| *part != Component::CurDir).collect()))
    {
        let message = format!("several formats would be written to `{}`", twice.display());
        return Err(ToolError::Usage { message, help: "give each of them a file of its own".to_owned() });
    }
    let is_source = |file: &&PathBuf| file.extension().is_some_and(|extension| extension == "isms") && file.exists();
    if let Some(source) = files().find(is_source) {
        let message = format!("`{}` is a specification and is not overwritten", source.display());
        return Err(ToolError::Usage { message, help: "name another file for the report".to_owned() });
    }
    let streams = outputs.iter().filter(|(_, file)| file.is_none()).count();
    if streams > 1 {
        let message = "several formats would be written to standard output".to_owned();
        let help = "write all but one of them to a file: `--output-format json=report.json`".to_owned();
        return Err(ToolError::Usage { message, help });
    }
    Ok(())
}

/// Whether nothing stands at a path, as where a hook names a file that was deleted.
pub(super) fn is_gone(path: &Path) -> bool {
    path.symlink_metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}

pub(super) fn folder_of(path: &Path) -> PathBuf {
    path.parent().filter(|folder| folder.is_dir()).map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// Standard input and the file that it stands for.
pub(super) fn standard_input(paths: &[PathBuf], name: Option<&Path>) -> Result<Option<(PathBuf, Vec<u8>)>, ToolError> {
    if paths.iter().all(|path| path.as_os_str() != "-") {
        return Ok(None);
    }
    let name = name.map_or_else(|| PathBuf::from("standard-input.isms"), Path::to_path_buf);
    let mut bytes = Vec::new();
    // A byte more shows that it is too much.
    let input = std::io::stdin().lock();
    input
        .take(MOST_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| ToolError::unreadable(Path::new("standard input"), &error))?;
    if bytes.len() as u64 > MOST_FILE_BYTES {
        // A part of it would be taken for all, and `fmt` would give back no more than that.
        let reason = format!("it is longer than {} MiB", MOST_FILE_BYTES >> 20);
        return Err(ToolError::Unreadable { path: "standard input".to_owned(), reason });
    }
    let folder = working_folder().unwrap_or_default();
    let full = if name.is_absolute() { name } else { folder.join(name) };
    // The folder may be reached through a link; the project is found by where it really is.
    let full = match (full.parent().map(std::fs::canonicalize), full.file_name()) {
        (Some(Ok(parent)), Some(name)) => parent.join(name),
        _ => full,
    };
    Ok(Some((full, bytes)))
}

pub(super) fn common_root(found: &[Project]) -> PathBuf {
    let mut roots = found.iter().map(|project| project.root.clone());
    let Some(mut common) = roots.next() else { return PathBuf::new() };
    for root in roots {
        while !root.starts_with(&common) {
            if !common.pop() {
                break;
            }
        }
    }
    common
}

/// The formats to write, and where to.
fn outputs(command: &Check) -> &[(Format, Option<PathBuf>)] {
    static DEFAULT: [(Format, Option<PathBuf>); 1] = [(Format::Pretty, None)];
    if command.outputs.is_empty() { &DEFAULT } else { &command.outputs }
}

/// How a report is written, into a file or for whoever sits there.
fn style(command: &Check, terminal: Terminal, is_file: bool) -> Style {
    Style {
        colour: terminal.colour && !is_file,
        unicode: terminal.unicode,
        all: command.all,
        notes: command.show.is_some(),
        suppressed: command.show_suppressed,
    }
}

fn write(shown: &Shown<'_>, command: &Check, arguments: &Arguments, terminal: Terminal) -> Result<(), ToolError> {
    let outputs = outputs(command);
    for (format, file) in outputs {
        let style = style(command, terminal, file.is_some());
        let write = |out: &mut dyn std::io::Write| report::write(*format, shown, style, out);
        match file {
            Some(path) => save(path, write)?,
            None => output::stream(write)?,
        }
        if let Some(said) = report::left_out(shown, *format) {
            note(&format!("note: {said}"));
        }
        // Findings go to standard output, everything else to standard error.
        let closing = if file.is_none() { report::closing(shown, style, *format) } else { String::new() };
        if !closing.is_empty() && !arguments.quiet {
            note(closing.trim_end());
        }
    }
    let to_files_only = outputs.iter().all(|(_, file)| file.is_some());
    if to_files_only && !arguments.quiet {
        note(report::closing(shown, Style::default(), Format::Concise).trim_end());
    }
    Ok(())
}

fn timings(checked: &[Checked]) {
    for Checked { report, .. } in checked {
        for stage in &report.stages {
            note(&format!("{:>9.2} ms  {}", stage.time.as_secs_f64() * 1000.0, stage.name));
        }
        note("slowest rules, over all threads:");
        for rule in report.rule_timings.iter().take(10) {
            note(&format!("{:>9.2} ms  {}", rule.time.as_secs_f64() * 1000.0, rule.name));
        }
    }
}
