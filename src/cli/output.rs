//! Writing: a closed pipe ends silently, and a file appears under its name only when it is whole.

use std::io::{self, Write};
use std::path::Path;

use crate::project::ToolError;

/// Writes to standard output.
pub(super) fn print(bytes: &[u8]) -> Result<(), ToolError> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(ToolError::unwritable(Path::new("standard output"), &error))
        }
        _ => Ok(()),
    }
}

/// Writes a file beside its place and moves it there, so that no half of a report is ever found under its name.
pub(super) fn save(path: &Path, bytes: &[u8]) -> Result<(), ToolError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let written = std::fs::write(&beside, bytes).and_then(|()| std::fs::rename(&beside, path));
    written.map_err(|error| {
        let _ = std::fs::remove_file(&beside);
        ToolError::unwritable(path, &error)
    })
}
