//! Standard output: a closed pipe ends silently.

use std::io::{self, BufWriter, IsTerminal as _, Write};
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

/// Variables of pipelines that look for orders in what programs print.
const LISTENING: [&str; 2] = ["GITHUB_ACTIONS", "TF_BUILD"];

/// Whether standard output is read as it comes: by somebody at a terminal, or by a pipeline that takes orders from it. What
/// goes into a file stays as it is; so does what goes to another program, but in a pipeline, where that looks like its log.
pub(super) fn is_read() -> bool {
    let is_listened_to = LISTENING.iter().any(|variable| std::env::var_os(variable).is_some());
    io::stdout().is_terminal() || is_listened_to && !is_redirected()
}

/// Whether standard output goes into a file.
#[cfg(unix)]
fn is_redirected() -> bool {
    std::fs::metadata("/dev/stdout").is_ok_and(|kind| kind.is_file())
}

#[cfg(not(unix))]
fn is_redirected() -> bool {
    false
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
