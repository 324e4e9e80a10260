//! Standard output: a closed pipe ends silently.

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
