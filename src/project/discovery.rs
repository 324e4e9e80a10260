//! Which files belong to a project.

use std::collections::BTreeSet;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder};

use crate::diagnostic::nearest;

use super::configuration::{
    Around, Configuration, FILE_NAME, Named, Placed, can_hold_specification, is_configured, read, without_dots,
};
use super::error::{ToolError, shown};
use super::ignore_file::{Above, Guard};

/// The most files of a project. The listing alone of more would fill the memory of a small machine.
const MOST_FILES: usize = 500_000;

/// The most files and folders that are looked at where a configuration says that rules are.
const MOST_BESIDE_RULES: usize = 100_000;

/// The most projects of a run. Each is checked by itself, with all shipped rules.
const MOST_PROJECTS: usize = 1_000;

/// A project on the disk.
#[derive(Debug)]
pub struct Project {
    /// Its root.
    pub root: PathBuf,
    /// How it wants to be checked.
    pub configuration: Configuration,
    /// Its files, as they are shown and on the disk, sorted by the former.
    pub files: Vec<(String, PathBuf)>,
    /// Whatever could not be looked at.
    pub problems: Vec<ToolError>,
}

/// How projects are looked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Search {
    /// A named file is read only where the configuration reads it; one that does not exist stands for its project.
    pub forced: bool,
    /// As if there were no configuration files: the project is the folder given.
    pub isolated: bool,
}

/// The projects that the given paths lie in, each with all its files. A file without a configuration above it belongs to the working folder, if it lies in it: hooks
/// name files, and mean the project around them.
///
/// # Errors
///
/// Where a path does not exist, or a configuration has a mistake.
pub fn projects(paths: &[PathBuf], search: Search) -> Result<Vec<Project>, ToolError> {
    let here = working_folder();
    let mut roots: BTreeSet<PathBuf> = BTreeSet::new();
    let mut named: Vec<(PathBuf, PathBuf)> = Vec::new();
    for path in paths {
        let (full, is_gone) = match absolute(path) {
            Ok(full) => (full, false),
            // Hooks name files that were deleted; the project that they stood in is meant.
            Err(ToolError::NoSuchPath { .. }) if search.forced => (folder_above(path)?, true),
            Err(error) => return Err(error),
        };
        let is_folder = full.is_dir() && !is_gone;
        let folder =
            if full.is_dir() { full.clone() } else { full.parent().map_or_else(|| full.clone(), Path::to_path_buf) };
        let around = || here.clone().filter(|here| !is_folder && folder.starts_with(here));
        let configured = if search.isolated { None } else { configured_root(&folder) };
        let root = configured.or_else(around).unwrap_or_else(|| folder.clone());
        if is_folder {
            // Folders below that have a configuration of their own are projects of their own.
            if !search.isolated {
                nested(&full, &mut roots);
            }
        } else if !is_gone {
            named.push((root.clone(), full));
        }
        roots.insert(root);
    }
    if roots.len() > MOST_PROJECTS {
        let message = format!("there are {} projects here, and {MOST_PROJECTS} are the most", roots.len());
        let help = format!("every folder with an `{FILE_NAME}` is one; name the folders to check");
        return Err(ToolError::Usage { message, help });
    }
    let mut projects: Vec<Project> = Vec::new();
    for root in &roots {
        // What an outer project excludes is not looked into, whatever is in it. (An outer root sorts before an inner one.)
        let excluded = projects.iter().any(|outer| {
            root.strip_prefix(&outer.root).is_ok_and(|inside| {
                inside.ancestors().any(|folder| outer.configuration.exclude.value.set.is_match(folder.join("_")))
            })
        });
        if excluded && named.iter().all(|(of, _)| of != root) {
            continue;
        }
        let configuration = if search.isolated { Configuration::default() } else { read(root)? };
        let mut project = Project { root: root.clone(), configuration, files: Vec::new(), problems: Vec::new() };
        collect(&mut project, search.isolated, MOST_FILES)?;
        if !search.forced {
            let of_project = named.iter().filter(|(of, _)| of == root);
            project.files.extend(of_project.map(|(_, file)| (relative(root, file), file.clone())));
        }
        // A file that was found and named, or named twice, is one.
        project.files.sort();
        project.files.dedup_by(|later, earlier| later.0 == earlier.0);
        projects.push(project);
    }
    Ok(projects)
}

/// Where a named path really is. A link may be named, but none that leads from the working folder out of what is around it:
/// hooks and shells name whatever a pull request has brought.
fn absolute(path: &Path) -> Result<PathBuf, ToolError> {
    let full = std::fs::canonicalize(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => ToolError::NoSuchPath { path: shown(path) },
        _ => ToolError::unreadable(path, &error),
    })?;
    match led_out_of(path, &full) {
        None => Ok(full),
        Some(around) => {
            let reason = format!("it is a link that leads out of the {around}; name the file itself, or copy it");
            Err(ToolError::Unreadable { path: shown(path), reason })
        }
    }
}

/// The folder that the program runs in, as it really is; `None` where it is gone or may not be looked at.
#[must_use]
pub fn working_folder() -> Option<PathBuf> {
    std::env::current_dir().and_then(std::fs::canonicalize).ok()
}

/// What links lead out of on the way from a named path in the working folder to where it really is, if they do.
pub(super) fn led_out_of(path: &Path, full: &Path) -> Option<&'static str> {
    let here = working_folder()?;
    let named = without_dots(&here.join(path));
    if named == full || !named.starts_with(&here) {
        return None;
    }
    let around = Around::of(named.parent().unwrap_or(&here));
    (!around.has(full)).then(|| around.word())
}

/// The nearest folder above a path at which nothing stands.
fn folder_above(path: &Path) -> Result<PathBuf, ToolError> {
    let around =
        path.ancestors().skip(1).map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
    around.filter_map(|folder| absolute(folder).ok()).next().ok_or_else(|| ToolError::NoSuchPath { path: shown(path) })
}

/// The nearest folder upwards that has a configuration.
fn configured_root(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().find(|folder| is_configured(folder)).map(Path::to_path_buf)
}

/// Walks a folder by the ignore files of the project alone: what a machine's own git settings ignore must not change an
/// answer. Links are not followed. Only what `keeps` accepts is looked into, and no folder whose ignore file must not be
/// read, which is added to `problems`.
fn walker(
    folder: &Path,
    problems: &Problems,
    keeps: impl Fn(&DirEntry) -> bool + Send + Sync + 'static,
) -> WalkBuilder {
    let mut builder = WalkBuilder::new(folder);
    // What stands above the folder is asked here: the library would go up to the root of the machine.
    builder.follow_links(false).require_git(false).git_global(false).git_exclude(false).parents(false);
    let repository = folder.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(folder).to_path_buf();
    let mut guard = Guard::new(folder, &repository);
    let above = match guard.above() {
        Ok(above) => above,
        Err(error) => {
            add(problems, error);
            builder.standard_filters(false).max_depth(Some(0));
            Above::default()
        }
    };
    let problems = Arc::clone(problems);
    let guard = Mutex::new(guard);
    builder.filter_entry(move |entry| {
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        if !keeps(entry) || entry.depth() > 0 && above.ignores(entry.path(), is_folder) {
            return false;
        }
        // The folder itself was asked with those above it.
        if !is_folder || entry.depth() == 0 {
            return true;
        }
        match guard.lock().unwrap_or_else(PoisonError::into_inner).admits(entry.path()) {
            Ok(admits) => admits,
            Err(error) => {
                add(&problems, error);
                false
            }
        }
    });
    builder
}

/// What could not be looked at while a folder was walked.
type Problems = Arc<Mutex<Vec<ToolError>>>;

fn add(problems: &Problems, error: ToolError) {
    problems.lock().unwrap_or_else(PoisonError::into_inner).push(error);
}

fn nested(folder: &Path, roots: &mut BTreeSet<PathBuf>) {
    // The problems are found again where the project around is walked.
    for entry in walker(folder, &Problems::default(), |_| true).build().flatten() {
        if entry.file_name() == FILE_NAME {
            roots.extend(entry.path().parent().filter(|folder| is_configured(folder)).map(Path::to_path_buf));
        }
    }
}

/// Walks the project. Links are not followed, so that nothing outside of it is read and no loop is walked; only regular
/// files are taken.
fn collect(project: &mut Project, isolated: bool, most: usize) -> Result<(), ToolError> {
    let root = project.root.clone();
    walk(&root, &root, project, true, isolated, most)?;
    let mut known: BTreeSet<PathBuf> = BTreeSet::new();
    for folder in project.configuration.rules.clone() {
        // A folder that this configuration and the one it extends both name is read once.
        match std::fs::canonicalize(&folder.value.path).map(|real| known.insert(real)) {
            Ok(true) => further_rules(&folder, &root, project, most)?,
            Ok(false) => {}
            Err(error) => project.problems.push(no_rules(&folder, &root, &error)),
        }
    }
    Ok(())
}

fn further_rules(named: &Placed<Named>, root: &Path, project: &mut Project, most: usize) -> Result<(), ToolError> {
    let Named { text, path } = &named.value;
    if path.is_dir() {
        walk(path, root, project, false, true, most)?;
    } else if !path.is_file() {
        let help = "name a folder, or a file that ends in `.isms`".to_owned();
        let error =
            named.spot.as_ref().map(|spot| spot.error(format!("`{text}` is neither a folder nor a file"), help));
        project.problems.extend(error);
    } else if can_hold_specification(path) {
        project.files.push((relative(root, path), path.clone()));
    } else if let Some(spot) = &named.spot {
        // What is wrong in a file is quoted; a configuration must not have any file of the machine quoted.
        let help = "name a folder, or a file that ends in `.isms`".to_owned();
        project.problems.push(spot.error(format!("`{text}` holds no rules"), help));
    }
    Ok(())
}

/// A folder of rules that cannot be looked into.
fn no_rules(named: &Placed<Named>, root: &Path, error: &std::io::Error) -> ToolError {
    let Named { text, path } = &named.value;
    let Some(spot) = &named.spot else { return ToolError::unreadable(Path::new(text), error) };
    if error.kind() != std::io::ErrorKind::NotFound {
        let help = "check that you may read it".to_owned();
        return spot.error(format!("`{text}` cannot be read"), help);
    }
    // Names of folders that are nowhere near the project are nobody's business.
    let near = path.parent().and_then(|folder| std::fs::canonicalize(folder).ok());
    let near = near.filter(|folder| root.parent().is_some_and(|around| folder.starts_with(around)));
    let beside = near.map(std::fs::read_dir).into_iter().flatten().flatten().flatten().take(1_000);
    let mut beside: Vec<String> = beside.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    beside.sort();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let help = match nearest(&name, beside.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{}`?", text.strip_suffix(&name).unwrap_or_default().to_owned() + near),
        None => "the path leads from the folder of this file; is it a submodule that was not fetched?".to_owned(),
    };
    spot.error(format!("there is no folder `{text}`"), help)
}

fn walk(
    folder: &Path,
    root: &Path,
    project: &mut Project,
    own: bool,
    whole: bool,
    most: usize,
) -> Result<(), ToolError> {
    let top = folder.to_path_buf();
    let problems = Problems::default();
    let builder = walker(folder, &problems, move |entry| {
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        whole || !(is_folder && entry.path() != top && is_configured(entry.path()))
    });
    let beside = most.min(MOST_BESIDE_RULES);
    for (looked, entry) in builder.build().enumerate() {
        // A configuration may name any folder of the machine.
        if !own && looked >= beside {
            let folder = shown(Path::new(&relative(root, folder)));
            let message = format!("the folder of rules `{folder}` holds more than {beside} files and folders");
            let help = "name the folder that holds the rules, and nothing else".to_owned();
            return Err(ToolError::Usage { message, help });
        }
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                project.problems.push(unwalked(&error, folder));
                continue;
            }
        };
        if !entry.file_type().is_some_and(|kind| kind.is_file()) {
            continue;
        }
        let path = entry.path();
        let inside = path.strip_prefix(folder).unwrap_or(path);
        let takes = if own {
            project.configuration.reads(inside)
        } else {
            path.extension().is_some_and(|extension| extension == "isms")
        };
        if takes {
            if project.files.len() >= most {
                let message = format!("the project has more than {most} files");
                let help = "say in `ismslint.toml` which files are read (`include`) and which are not (`exclude`)";
                return Err(ToolError::Usage { message, help: help.to_owned() });
            }
            project.files.push((relative(root, path), path.to_path_buf()));
        }
    }
    project.problems.append(&mut problems.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(())
}

/// What keeps a folder below `top` from being looked into.
fn unwalked(error: &ignore::Error, top: &Path) -> ToolError {
    let mut path = top;
    let mut inner = error;
    loop {
        match inner {
            ignore::Error::WithPath { path: named, err } => (path, inner) = (named, err),
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => inner = err,
            ignore::Error::Io(error) => return ToolError::unreadable(&near(top, path), error),
            other => {
                let reason = crate::text::sanitize(&other.to_string()).into_owned();
                return ToolError::Unreadable { path: shown(&near(top, path)), reason };
            }
        }
    }
}

/// A path from `top`; `top` itself as it is.
fn near(top: &Path, path: &Path) -> PathBuf {
    if path == top { path.to_path_buf() } else { PathBuf::from(relative(top, path)) }
}

/// A path as it is shown: relative to the root, with `/`, with `..` where it lies outside. Different paths are shown
/// differently.
#[must_use]
pub fn relative(root: &Path, path: &Path) -> String {
    let mut up = String::new();
    for ancestor in root.ancestors() {
        if let Ok(rest) = path.strip_prefix(ancestor) {
            return format!("{up}{}", text_of(rest));
        }
        up.push_str("../");
    }
    text_of(path)
}

/// A path as text. What is no text in it is written as numbers, so that two such names stay two; what looks like such a number
/// has its sign written as one.
fn text_of(path: &Path) -> String {
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'A'..=b'F');
    let mut text = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        let mut rest = chunk.valid();
        while let Some(at) = rest.find('%') {
            let after = &rest[at + 1..];
            let is_number = after.bytes().take(2).filter(is_digit).count() == 2;
            text.push_str(&rest[..=at]);
            text.push_str(if is_number { "25" } else { "" });
            rest = after;
        }
        text.push_str(rest);
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("%{byte:02X}")));
    }
    // Elsewhere a backslash is a letter of a name.
    if MAIN_SEPARATOR == '\\' { text.replace('\\', "/") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_an_end_to_files() {
        let root = std::env::temp_dir().join(format!("ismslint-files-{}", std::process::id()));
        std::fs::create_dir_all(&root).expect("a folder");
        for number in 0..4 {
            std::fs::write(root.join(format!("{number}.isms")), "").expect("a file");
        }
        let project = || Project {
            root: root.clone(),
            configuration: Configuration::default(),
            files: Vec::new(),
            problems: Vec::new(),
        };
        assert!(collect(&mut project(), false, 4).is_ok());
        let error = collect(&mut project(), false, 3).expect_err("one file too many");
        assert_eq!(error.to_string(), "the project has more than 3 files");
        let beside = root.join("rules");
        std::fs::create_dir_all(&beside).expect("a folder");
        (0..4).for_each(|number| std::fs::write(beside.join(format!("{number}.md")), "").expect("a file"));
        let looks = |most| walk(&beside, &root, &mut project(), false, true, most);
        assert!(looks(5).is_ok(), "the folder itself is one of them");
        let error = looks(4).expect_err("one file too many, though it holds no rules");
        assert_eq!(error.to_string(), "the folder of rules `rules` holds more than 4 files and folders");
        std::fs::remove_dir_all(&root).expect("a folder");
    }
}
