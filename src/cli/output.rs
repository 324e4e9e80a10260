//! Writing: a closed pipe ends silently, and a file appears under its name only when it is whole.

use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::project::ToolError;

/// How much is collected before it is written.
const BUFFER: usize = 64 << 10;

/// Whether nobody reads standard output any more.
static READER_IS_GONE: AtomicBool = AtomicBool::new(false);

/// Whether standard output was found closed.
pub(super) fn reader_is_gone() -> bool {
    READER_IS_GONE.load(Ordering::Relaxed)
}

/// Writes to standard output.
pub(super) fn print(bytes: &[u8]) -> Result<(), ToolError> {
    stream(|out| out.write_all(bytes))
}

/// Writes to standard output what `write` writes, as it is made.
pub(super) fn stream(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), ToolError> {
    let mut out = BufWriter::with_capacity(BUFFER, io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(ToolError::unwritable(Path::new("standard output"), &error))
        }
        Err(_) => {
            // What is left in the buffer has no reader any more.
            READER_IS_GONE.store(true, Ordering::Relaxed);
            drop(out.into_parts());
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// Writes a file beside its place and moves it there, so that no half of a report is ever found under its name.
pub(super) fn save(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), ToolError> {
    // A link stays one; what is no file (`/dev/stderr`, a pipe) cannot be moved to.
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let is_special = std::fs::metadata(&target).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir());
    let written = if is_special {
        std::fs::OpenOptions::new().write(true).open(&target).and_then(|file| into(file, write))
    } else {
        let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let beside = target.with_file_name(format!(".{name}.{}.part", std::process::id()));
        let file = std::fs::OpenOptions::new().write(true).create_new(true).open(&beside);
        file.and_then(|file| {
            let moved = into(file, write).and_then(|()| std::fs::rename(&beside, &target));
            moved.inspect_err(|_| drop(std::fs::remove_file(&beside)))
        })
    };
    written.map_err(|error| ToolError::unwritable(path, &error))
}

fn into(file: std::fs::File, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER, file);
    write(&mut out)?;
    out.flush()
}
