//! `.gitignore` and `.ignore`: files from strangers, read by a library that reads to the end of whatever they are.

use std::path::Path;

use super::discovery::relative;
use super::error::{ToolError, shown};

/// The names of ignore files.
const NAMES: [&str; 2] = [".gitignore", ".ignore"];

/// The longest ignore file, in bytes.
const MOST_BYTES: u64 = 1 << 20;

/// Why an ignore file of `folder` must not be read, if one is there that must not: it is no file at all (reading a pipe
/// waits for ever, reading a device never ends), it is a link that leads out of the repository, or it is too long. What
/// stands above the repository was put there by the user, who may link as they like. It is shown by its way from `top`.
pub(super) fn refused(folder: &Path, top: &Path, repository: &Path) -> Option<ToolError> {
    NAMES.into_iter().find_map(|name| {
        let path = folder.join(name);
        let kind = std::fs::symlink_metadata(&path).ok()?;
        if kind.is_dir() || kind.is_file() && kind.len() <= MOST_BYTES {
            return None;
        }
        // A link that leads nowhere is not read.
        let real = if kind.is_symlink() { Some(std::fs::canonicalize(&path).ok()?) } else { None };
        let (real, kind) = match real {
            Some(real) => (real.clone(), std::fs::metadata(real).ok()?),
            None => (path.clone(), kind),
        };
        let reason = if kind.is_dir() {
            return None;
        } else if !kind.is_file() {
            "it is not a regular file".to_owned()
        } else if folder.starts_with(repository) && !real.starts_with(repository) {
            "it is a link that leads out of the project".to_owned()
        } else if kind.len() > MOST_BYTES {
            format!("it is longer than {} KiB", MOST_BYTES >> 10)
        } else {
            return None;
        };
        Some(ToolError::Unreadable { path: shown(Path::new(&relative(top, &path))), reason })
    })
}
