//! A file appears under its name only when it is whole: it is written beside its place and moved there.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::discovery::led_out_of;
use super::error::{ToolError, shown};

/// How many names are tried for a file that is not whole yet.
const MOST_TRIES: usize = 1_000;

/// How much is collected before it is written.
const BUFFER: usize = 64 << 10;

/// Gives the file at `path` the content that `write` writes, or leaves it as it is. Its permissions are kept. What is no
/// file (`/dev/stderr`, a pipe) is written to as it comes.
///
/// # Errors
///
/// Where the file is read-only, or something cannot be written.
pub fn save(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), ToolError> {
    let failed = |error| ToolError::unwritable(path, &error);
    // A link stays one, but for one that leads nowhere.
    let target = std::fs::canonicalize(path).or_else(|_| beside(path)).map_err(failed)?;
    // Pipelines write under names that a pull request knows and can put links at.
    if let Some(around) = led_out_of(path, &target) {
        let reason = format!("it is reached by a link that leads out of the {around}");
        let help = "write somewhere else, or take the link away";
        return Err(ToolError::Unwritable { path: shown(path), reason, help });
    }
    let permissions = match std::fs::metadata(&target) {
        Ok(kind) if kind.is_dir() => return Err(failed(io::ErrorKind::IsADirectory.into())),
        Ok(kind) if !kind.is_file() => {
            // There is nothing that could be moved there.
            let file = OpenOptions::new().write(true).open(&target).map_err(failed)?;
            return into(&file, write).map_err(failed);
        }
        // The system would let it be replaced, but somebody has meant it to stay.
        Ok(kind) if kind.permissions().readonly() => return Err(ToolError::read_only(path)),
        Ok(kind) => Some(kind.permissions()),
        Err(_) => None,
    };
    replace(&target, permissions, false, write).map_err(failed)
}

/// Where a file that is not there yet will be.
fn beside(path: &Path) -> io::Result<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(std::fs::canonicalize(folder)?.join(path.file_name().ok_or(io::ErrorKind::InvalidInput)?))
}

/// Writes a file beside `target` and moves it there. With `to_the_disk` it is on the disk before the old one goes, so that
/// not even a failure of the power loses both.
pub(super) fn replace(
    target: &Path,
    permissions: Option<Permissions>,
    to_the_disk: bool,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    // The name says whose it is, and is short: with the name of the target in it, it could be longer than names may be.
    let mut tries = 0..MOST_TRIES;
    let (beside, (unfinished, file)) = loop {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let beside = target.with_file_name(format!(".ismslint-{}-{number}.part", std::process::id()));
        match Unfinished::create(&beside) {
            // In a container every run has the same number, and one that was killed has left its file.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tries.next().is_some() => {}
            other => break (beside, other?),
        }
    };
    permissions.map_or(Ok(()), |permissions| file.set_permissions(permissions))?;
    into(&file, write)?;
    if to_the_disk {
        file.sync_all()?;
    }
    drop(file);
    std::fs::rename(&beside, target)?;
    unfinished.keep();
    Ok(())
}

fn into(file: &File, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER, file);
    let written = write(&mut out).and_then(|()| out.flush());
    // What is left in the buffer cannot be written either.
    drop(out.into_parts());
    written
}

/// The files that go if the program is interrupted.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn unfinished() -> MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A file that is not whole yet. It goes unless it is kept, also where the program is interrupted.
pub(super) struct Unfinished(PathBuf);

impl Unfinished {
    /// Makes a file that is not there yet.
    pub(super) fn create(path: &Path) -> io::Result<(Self, File)> {
        watch_for_interruption();
        let mut known = unfinished();
        let file = OpenOptions::new().write(true).create_new(true).open(path)?;
        known.push(path.to_path_buf());
        Ok((Self(path.to_path_buf()), file))
    }

    /// Says that the file is whole.
    pub(super) fn keep(self) {
        self.forget();
        std::mem::forget(self);
    }

    fn forget(&self) {
        unfinished().retain(|path| *path != self.0);
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
        self.forget();
    }
}

/// Takes unfinished files away where a signal ends the program, which then ends as it would have. Programs that write
/// nothing start no thread for it.
#[cfg(unix)]
fn watch_for_interruption() {
    use signal_hook::consts::{SIGINT, SIGTERM};

    static WATCHING: std::sync::Once = std::sync::Once::new();
    WATCHING.call_once(|| {
        let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGINT, SIGTERM]) else { return };
        std::thread::spawn(move || {
            for signal in signals.forever() {
                // Nothing new is begun any more: whoever wants to waits for the lock until the program has ended.
                let known = unfinished();
                for path in known.iter().rev() {
                    let _ = std::fs::remove_file(path);
                }
                let _ = signal_hook::low_level::emulate_default_handler(signal);
            }
        });
    });
}

#[cfg(not(unix))]
fn watch_for_interruption() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_run_has_left_is_in_nobodys_way() -> Result<(), ToolError> {
        let folder = std::env::temp_dir().join(format!("ismslint-left-{}", std::process::id()));
        let failed = |error| ToolError::unwritable(&folder, &error);
        std::fs::create_dir_all(&folder).map_err(failed)?;
        for number in 0..100 {
            let left = folder.join(format!(".ismslint-{}-{number}.part", std::process::id()));
            std::fs::write(left, "half").map_err(failed)?;
        }
        let report = folder.join("report.json");
        save(&report, |out| out.write_all(b"whole"))?;
        assert_eq!(std::fs::read(&report).map_err(failed)?, b"whole");
        assert_eq!(std::fs::read_dir(&folder).map_err(failed)?.count(), 101);
        std::fs::remove_dir_all(&folder).map_err(failed)
    }
}
