//! Which files belong to a project.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use super::configuration::{Configuration, FILE_NAME};
use super::error::{ToolError, shown};

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

/// The projects that the given paths lie in, each with all its files. `forced` says that a named file is read only where
/// the configuration reads it. A file without a configuration above it belongs to the working folder, if it lies in it: hooks
/// name files, and mean the project around them.
///
/// # Errors
///
/// Where a path does not exist, or a configuration has a mistake.
pub fn projects(paths: &[PathBuf], forced: bool) -> Result<Vec<Project>, ToolError> {
    let here = std::env::current_dir().and_then(std::fs::canonicalize).ok();
    let mut roots: BTreeSet<PathBuf> = BTreeSet::new();
    let mut named: Vec<(PathBuf, PathBuf)> = Vec::new();
    for path in paths {
        let full = absolute(path)?;
        let folder =
            if full.is_dir() { full.clone() } else { full.parent().map_or_else(|| full.clone(), Path::to_path_buf) };
        let around = || here.clone().filter(|here| !full.is_dir() && folder.starts_with(here));
        let root = configured_root(&folder).or_else(around).unwrap_or_else(|| folder.clone());
        if full.is_dir() {
            // Folders below that have a configuration of their own are projects of their own.
            nested(&full, &mut roots);
        } else {
            named.push((root.clone(), full));
        }
        roots.insert(root);
    }
    let mut projects: Vec<Project> = Vec::new();
    for root in &roots {
        // What an outer project excludes is not looked into, whatever is in it. (An outer root sorts before an inner one.)
        let excluded = projects.iter().any(|outer| {
            root.strip_prefix(&outer.root).is_ok_and(|inside| {
                inside.ancestors().any(|folder| outer.configuration.exclude.is_match(folder.join("_")))
            })
        });
        if excluded && named.iter().all(|(of, _)| of != root) {
            continue;
        }
        let configuration = configuration(root)?;
        let mut project = Project { root: root.clone(), configuration, files: Vec::new(), problems: Vec::new() };
        collect(&mut project);
        if !forced {
            for (_, file) in named.iter().filter(|(of, _)| of == root) {
                let shown = relative(root, file);
                if project.files.iter().all(|(known, _)| *known != shown) {
                    project.files.push((shown, file.clone()));
                }
            }
        }
        project.files.sort();
        project.files.dedup();
        projects.push(project);
    }
    Ok(projects)
}

fn absolute(path: &Path) -> Result<PathBuf, ToolError> {
    // The path itself may be a link that the user names; only links found inside a project are not followed.
    std::fs::canonicalize(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => ToolError::NoSuchPath { path: shown(path) },
        _ => ToolError::unreadable(path, &error),
    })
}

/// The nearest folder upwards that has a configuration.
fn configured_root(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().find(|folder| folder.join(FILE_NAME).is_file()).map(Path::to_path_buf)
}

/// Walks a folder by the ignore files of the project alone: what a machine's own git settings ignore must not change an
/// answer. Links are not followed.
fn walker(folder: &Path) -> WalkBuilder {
    let mut builder = WalkBuilder::new(folder);
    builder.follow_links(false).require_git(false).git_global(false).git_exclude(false);
    builder
}

fn nested(folder: &Path, roots: &mut BTreeSet<PathBuf>) {
    for entry in walker(folder).build().flatten() {
        if entry.file_name() == FILE_NAME && entry.file_type().is_some_and(|kind| kind.is_file()) {
            roots.extend(entry.path().parent().map(Path::to_path_buf));
        }
    }
}

fn configuration(root: &Path) -> Result<Configuration, ToolError> {
    let path = root.join(FILE_NAME);
    if !path.is_file() {
        return Ok(Configuration::default());
    }
    let text = std::fs::read_to_string(&path).map_err(|error| ToolError::unreadable(&path, &error))?;
    Configuration::parse(FILE_NAME, &text)
}

/// Walks the project. Links are not followed, so that nothing outside of it is read and no loop is walked; only regular
/// files are taken.
fn collect(project: &mut Project) {
    let root = project.root.clone();
    walk(&root.clone(), &root, project, true);
    for folder in project.configuration.rules.clone() {
        let path = root.join(&folder);
        match std::fs::metadata(&path) {
            Ok(kind) if kind.is_file() => project.files.push((folder.clone(), path)),
            Ok(_) => walk(&path, &root, project, false),
            Err(error) => project.problems.push(ToolError::unreadable(Path::new(&folder), &error)),
        }
    }
}

fn walk(folder: &Path, root: &Path, project: &mut Project, own: bool) {
    let mut builder = walker(folder);
    let top = folder.to_path_buf();
    builder.filter_entry(move |entry| {
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        !(own && is_folder && entry.path() != top && entry.path().join(FILE_NAME).is_file())
    });
    for entry in builder.build() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = folder.to_string_lossy().into_owned();
                let reason = error.to_string().replace(&path, ".");
                project.problems.push(ToolError::Unreadable {
                    path: ".".to_owned(),
                    reason: crate::text::sanitize(&reason).into_owned(),
                });
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
            project.files.push((relative(root, path), path.to_path_buf()));
        }
    }
}

/// A path as it is shown: relative to the root, with `/`, with `..` where it lies outside.
#[must_use]
pub fn relative(root: &Path, path: &Path) -> String {
    let mut up = String::new();
    for ancestor in root.ancestors() {
        if let Ok(rest) = path.strip_prefix(ancestor) {
            return format!("{up}{}", rest.to_string_lossy().replace('\\', "/"));
        }
        up.push_str("../");
    }
    path.to_string_lossy().replace('\\', "/")
}
