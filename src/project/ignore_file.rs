//! `.gitignore` and `.ignore`: files from strangers, read by a library that reads to the end of whatever they are.

use std::path::{Path, PathBuf};

use ignore::Match;
use ignore::gitignore::Gitignore;

use super::discovery::relative;
use super::error::{ToolError, shown};

/// The names of ignore files; one of the first name stands over all of the second.
const NAMES: [&str; 2] = [".ignore", ".gitignore"];

/// The longest ignore file, in bytes.
const MOST_BYTES: u64 = 1 << 20;

/// How long all ignore files of a walk may be together, in bytes: a pattern costs more than the line that it stands in, and one
/// text can stand in any number of folders.
const MOST_OF_ALL: u64 = 2 << 20;

/// What ignore files say that stand above the folder that is walked, up to the root of the repository: what stands further
/// up belongs to the machine, and must not change an answer.
#[derive(Debug, Default)]
pub(super) struct Above(Vec<Gitignore>);

impl Above {
    /// Whether something below the walked folder is left out. The nearest file that speaks of it decides.
    pub(super) fn ignores(&self, path: &Path, is_folder: bool) -> bool {
        let said = self.0.iter().map(|file| file.matched(path, is_folder)).find(|said| !said.is_none());
        matches!(said, Some(Match::Ignore(_)))
    }
}

/// Looks at ignore files before they are read.
#[derive(Debug)]
pub(super) struct Guard {
    /// The folder that is walked.
    top: PathBuf,
    /// The root of the repository around it; the folder itself where there is none.
    repository: PathBuf,
    /// How long those were that may be read.
    length: u64,
}

impl Guard {
    pub(super) fn new(top: &Path, repository: &Path) -> Self {
        Self { top: top.to_path_buf(), repository: repository.to_path_buf(), length: 0 }
    }

    /// Reads what stands above the walked folder, whose own files are looked at too.
    pub(super) fn above(&mut self) -> Result<Above, ToolError> {
        let top = self.top.clone();
        let repository = self.repository.clone();
        let folders: Vec<&Path> = top.ancestors().take_while(|folder| folder.starts_with(&repository)).collect();
        for folder in &folders {
            self.admits(folder)?;
        }
        let files = NAMES.into_iter().flat_map(|name| folders.iter().skip(1).map(move |folder| folder.join(name)));
        Ok(Above(files.filter(|file| file.is_file()).map(|file| Gitignore::new(file).0).collect()))
    }

    /// Whether a folder can be looked into. It cannot if its ignore file must not be read: if it is no file at all (reading a
    /// pipe waits for ever, reading a device never ends), a link that leads out of the repository, or too long. The first one
    /// with which all of them are too long is an error; those after it say nothing more.
    pub(super) fn admits(&mut self, folder: &Path) -> Result<bool, ToolError> {
        if self.length > MOST_OF_ALL {
            return Ok(false);
        }
        for name in NAMES {
            self.length += self.length_of(&folder.join(name))?;
        }
        if self.length > MOST_OF_ALL {
            let message = format!("the ignore files of the project have more than {} KiB", MOST_OF_ALL >> 10);
            let help = "leave out whole folders instead of many files, and say it once for all folders".to_owned();
            return Err(ToolError::Usage { message, help });
        }
        Ok(true)
    }

    /// How long an ignore file is; nothing where there is none.
    fn length_of(&self, path: &Path) -> Result<u64, ToolError> {
        let Ok(kind) = std::fs::symlink_metadata(path) else { return Ok(0) };
        // A link that leads nowhere is not read.
        let real = if kind.is_symlink() { std::fs::canonicalize(path) } else { Ok(path.to_path_buf()) };
        let Ok(real) = real else { return Ok(0) };
        let Ok(kind) = std::fs::metadata(&real) else { return Ok(0) };
        let reason = if kind.is_dir() {
            return Ok(0);
        } else if !kind.is_file() {
            "it is not a regular file".to_owned()
        } else if !real.starts_with(&self.repository) {
            "it is a link that leads out of the project".to_owned()
        } else if kind.len() > MOST_BYTES {
            format!("it is longer than {} KiB", MOST_BYTES >> 10)
        } else {
            return Ok(kind.len());
        };
        Err(ToolError::Unreadable { path: shown(Path::new(&relative(&self.top, path))), reason })
    }
}
