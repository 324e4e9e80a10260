//! How far a path may lead that somebody else may have written: a configuration, or the name of a file that is a link.

use std::path::{Component, Path, PathBuf};

use crate::project::working_folder;

/// The folder that nothing leads out of.
pub(in crate::project) struct Around {
    folder: PathBuf,
    /// What it is.
    word: &'static str,
}

impl Around {
    /// What is around the project at `root`.
    pub(in crate::project) fn of(root: &Path) -> Self {
        if let Some(repository) = root.ancestors().find(|folder| folder.join(".git").exists()) {
            return Self { folder: repository.to_path_buf(), word: "repository" };
        }
        let here = working_folder();
        match here.filter(|here| root.starts_with(here)) {
            Some(here) => Self { folder: here, word: "working folder" },
            None => Self { folder: root.to_path_buf(), word: "project" },
        }
    }

    /// What it is: a repository, the working folder or the project.
    pub(in crate::project) fn word(&self) -> &'static str {
        self.word
    }

    /// Whether a path lies in it, and not among what git keeps there.
    pub(in crate::project) fn has(&self, path: &Path) -> bool {
        path.strip_prefix(&self.folder)
            .is_ok_and(|inside| inside.components().all(|part| part != Component::Normal(".git".as_ref())))
    }
}

/// A path with its `..` taken at their word, links left aside.
pub(in crate::project) fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}
