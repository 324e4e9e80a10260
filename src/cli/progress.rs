//! What a run is at, on standard error, once it takes longer than a second and somebody looks at it.
//!
//! A thread of its own waits for that second, so that short runs pay for no more than its start, and runs that nobody
//! looks at for nothing at all. One line is drawn over and over, and is gone before anything else is written.

use std::io::{IsTerminal as _, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long a run takes before anything is said of it.
const PATIENCE: Duration = Duration::from_secs(1);

/// Between two drawings of the line.
const TICK: Duration = Duration::from_millis(200);

/// Back to the beginning of the line, and what stands there is gone.
const ERASE: &str = "\r\u{1b}[2K";

/// Whether the line stands on standard error. Whoever writes there holds it.
static STANDS: Mutex<bool> = Mutex::new(false);

/// Takes the line away, and keeps it from being drawn as long as this is held.
pub(super) fn hush() -> MutexGuard<'static, bool> {
    let mut stands = STANDS.lock().unwrap_or_else(PoisonError::into_inner);
    if std::mem::take(&mut *stands) {
        let _ = std::io::stderr().write_all(ERASE.as_bytes());
    }
    stands
}

/// A line that says what a run is at. It goes when this does.
pub(super) struct Progress(Option<(Arc<Shared>, JoinHandle<()>)>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Default)]
struct State {
    doing: String,
    has_ended: bool,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress {
    /// Begins where standard error is a terminal that can erase a line, and findings alone are not all that is wanted.
    pub(super) fn begin(quiet: bool) -> Self {
        let is_dumb = std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
        // Windows has no TERM; its terminals erase lines all the same.
        let erases = cfg!(windows) || !is_dumb;
        if quiet || !erases || !std::io::stderr().is_terminal() {
            return Self(None);
        }
        Self::draw_on(std::io::stderr(), PATIENCE)
    }

    fn draw_on(out: impl Write + Send + 'static, patience: Duration) -> Self {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        let thread =
            std::thread::Builder::new().name("progress".to_owned()).spawn(move || draw(&theirs, patience, out));
        // A run without progress is a run all the same.
        Self(thread.ok().map(|thread| (shared, thread)))
    }

    /// Says what comes next.
    pub(super) fn says(&self, doing: impl FnOnce() -> String) {
        if let Some((shared, _)) = &self.0 {
            shared.state().doing = doing();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((shared, thread)) = self.0.take() {
            shared.state().has_ended = true;
            shared.ended.notify_all();
            let _ = thread.join();
        }
    }
}

fn draw(shared: &Shared, patience: Duration, mut out: impl Write) {
    let begin = Instant::now();
    let mut wait = patience;
    let mut is_drawn = false;
    let mut state = shared.state();
    loop {
        // The end may have come before this thread did.
        let goes_on = |state: &mut State| !state.has_ended;
        let waited = shared.ended.wait_timeout_while(state, wait, goes_on);
        (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if state.has_ended {
            break;
        }
        let taken = begin.elapsed();
        // Of a line that is broken in two, only the second half would be erased.
        let doing: String = crate::text::sanitize(&state.doing).chars().take(60).collect();
        let mut stands = STANDS.lock().unwrap_or_else(PoisonError::into_inner);
        (is_drawn, *stands) = (true, true);
        let _ = write!(out, "{ERASE}{doing} … {} s", taken.as_secs()).and_then(|()| out.flush());
        wait = TICK;
    }
    if is_drawn {
        *STANDS.lock().unwrap_or_else(PoisonError::into_inner) = false;
        let _ = out.write_all(ERASE.as_bytes()).and_then(|()| out.flush());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Default)]
    struct Screen(Arc<Mutex<Vec<u8>>>);

    impl Screen {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().expect("no panic").clone()).expect("UTF-8")
        }
    }

    impl Write for Screen {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("no panic").write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_short_run_shows_nothing_and_waits_for_nothing() {
        let screen = Screen::default();
        let begin = Instant::now();
        drop(Progress::draw_on(screen.clone(), Duration::from_secs(60)));
        assert!(begin.elapsed() < Duration::from_secs(30));
        assert_eq!(screen.text(), "");
    }

    #[test]
    fn a_long_run_is_told_of_and_leaves_nothing() {
        let screen = Screen::default();
        let progress = Progress::draw_on(screen.clone(), Duration::from_millis(5));
        progress.says(|| "checking 3 files\u{1b}[31m".to_owned());
        while !screen.text().contains("checking 3 files?[31m … 0 s") {
            std::thread::sleep(Duration::from_millis(5));
        }
        drop(progress);
        assert!(screen.text().starts_with(ERASE) && screen.text().ends_with(ERASE), "{:?}", screen.text());
    }
}
