//! Writing new files into a folder: all of them or none, and never over what is there.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::error::{ToolError, shown};
use super::replacing::Unfinished;

/// Writes files that are not there yet into `folder`, which is made where it is missing. Paths are relative to it, with
/// `/`, and lead nowhere else. Links inside of the folder are not followed; the folder itself may be one, since its
/// user named it.
///
/// # Errors
///
/// Where one of the files is there already, or something cannot be written; then nothing has changed.
pub fn write_new(folder: &Path, files: &[(String, String)]) -> Result<(), ToolError> {
    let in_the_way = in_the_way(folder, files)?;
    if !in_the_way.is_empty() {
        let files = if in_the_way.len() == 1 { "a file is" } else { "files are" };
        let listed: Vec<String> = in_the_way.iter().map(|path| format!("`{path}`")).collect();
        return Err(ToolError::Usage {
            message: format!("nothing was written, because {files} there already: {}", listed.join(", ")),
            help: "no file is ever overwritten; name a new folder, or move what is there out of the way".to_owned(),
        });
    }
    let mut made = Made::default();
    write_all(folder, files, &mut made)?;
    made.keep();
    Ok(())
}

/// The paths that cannot be written to, as they are shown: files that are there, and what stands where a folder has to
/// be.
fn in_the_way(folder: &Path, files: &[(String, String)]) -> Result<Vec<String>, ToolError> {
    // The folder may be a link to one.
    match fs::metadata(folder) {
        Ok(kind) if !kind.is_dir() => {
            return Err(ToolError::Usage {
                message: format!("`{}` is a file", shown(folder)),
                help: "name a folder; it is made where it is missing".to_owned(),
            });
        }
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(ToolError::unreadable(folder, &error)),
    }
    let mut found: Vec<String> = Vec::new();
    for (path, _) in files {
        let parts: Vec<&str> = path.split('/').collect();
        let mut here = PathBuf::new();
        for (number, part) in parts.iter().enumerate() {
            here.push(part);
            let is_file = number + 1 == parts.len();
            let is_free = match fs::symlink_metadata(folder.join(&here)) {
                Ok(kind) => !is_file && kind.is_dir(),
                Err(error) if error.kind() == ErrorKind::NotFound => true,
                Err(error) => return Err(ToolError::unreadable(&folder.join(&here), &error)),
            };
            if !is_free {
                let name = shown(&here);
                if !found.contains(&name) {
                    found.push(name);
                }
                break;
            }
        }
    }
    Ok(found)
}

/// What a run has made, in order. It goes again unless it is kept.
#[derive(Default)]
struct Made {
    folders: Vec<PathBuf>,
    files: Vec<Unfinished>,
}

impl Drop for Made {
    fn drop(&mut self) {
        self.files.clear();
        // A folder into which somebody else has put something stays.
        for folder in self.folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

impl Made {
    fn keep(mut self) {
        self.files.drain(..).for_each(Unfinished::keep);
        self.folders.clear();
    }

    /// Makes a folder and those above it that are missing.
    fn folder(&mut self, path: &Path) -> Result<(), ToolError> {
        if path.as_os_str().is_empty() || fs::metadata(path).is_ok_and(|kind| kind.is_dir()) {
            return Ok(());
        }
        if let Some(parent) = path.parent() {
            self.folder(parent)?;
        }
        fs::create_dir(path).map_err(|error| ToolError::unwritable(path, &error))?;
        self.folders.push(path.to_path_buf());
        Ok(())
    }
}

fn write_all(folder: &Path, files: &[(String, String)], made: &mut Made) -> Result<(), ToolError> {
    made.folder(folder)?;
    for (path, text) in files {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            made.folder(parent)?;
        }
        // A new file only: whatever came there since it was looked for stays as it is, also a link to something else.
        let (unfinished, mut file) = Unfinished::create(&path).map_err(|error| ToolError::unwritable(&path, &error))?;
        made.files.push(unfinished);
        file.write_all(text.as_bytes()).map_err(|error| ToolError::unwritable(&path, &error))?;
    }
    Ok(())
}
