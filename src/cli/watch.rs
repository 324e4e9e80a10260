//! `ismslint check --watch`: checks again whenever a file of the project changes.
//!
//! Files are looked at again and again, for their size, time and permissions. That works alike on every system, in
//! containers and on network drives, where messages of the system about changes get lost; and the few hundred files of a
//! handbook are looked at in a millisecond.

use std::collections::BTreeMap;
use std::fs::Permissions;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

use crate::project::{FILE_NAME, Project, ToolError, projects};

use super::arguments::{Arguments, Check};
use super::inputs::Asked;
use super::terminal::Terminal;
use super::{Status, check, note, output};

/// How long the disk is left alone between two looks, at least and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(300), Duration::from_secs(5));

/// How much longer it is left alone than it was looked at: a twentieth of one processor is the most that waiting costs.
const REST: u32 = 20;

/// Between two looks at something that is being changed.
const SETTLING: Duration = Duration::from_millis(50);

/// So many looks see something change before it is checked all the same.
const MOST_SETTLING: usize = 20;

pub(super) fn run(command: &Check, arguments: &Arguments, terminal: Terminal) -> Result<Status, ToolError> {
    let mut is_first = true;
    // Files are read from the disk each time, and what they say only where their texts differ.
    let mut residents = check::Residents::default();
    loop {
        // What changes while it is read or checked has then changed since this look.
        let before = Look::now(command, terminal);
        let asked = Asked::default();
        if terminal.clears {
            // The scrollback stays as it is: it may hold what was shown before.
            output::print(b"\x1b[2J\x1b[H")?;
        }
        match check::once(command, arguments, terminal, &asked, Some(&mut residents)) {
            Ok(_) => {}
            // No change of a file mends what stands on the command line.
            Err(error) if is_first && !is_mendable(&error) => return Err(error),
            Err(error) => super::report(&error, terminal),
        }
        is_first = false;
        if output::reader_is_gone() {
            return Ok(Status::Clean);
        }
        if !arguments.quiet {
            note("watching the project for changes; Ctrl-C ends");
        }
        wait(&before, || Look::now(command, terminal), || asked.has_changed());
    }
}

/// Whether a change of a file could make the failure go away.
fn is_mendable(error: &ToolError) -> bool {
    match error {
        ToolError::NoSuchPath { .. } | ToolError::Usage { .. } | ToolError::Unwritable { .. } => false,
        ToolError::Unreadable { .. } | ToolError::Configuration { .. } | ToolError::SeveralMistakes { .. } => true,
    }
}

/// Returns once something has changed, and then stays as it is for a moment: whoever saves all files, or changes to
/// another branch, wants one check of the result.
fn wait(before: &Look, look: impl Fn() -> Look, asked_has_changed: impl Fn() -> bool) {
    let mut rest = PAUSES.0;
    let mut now = loop {
        std::thread::sleep(rest);
        let begin = Instant::now();
        let now = look();
        if now != *before || asked_has_changed() {
            break now;
        }
        rest = pause(begin.elapsed());
    };
    for _ in 0..MOST_SETTLING {
        std::thread::sleep(SETTLING);
        let next = look();
        if next == now {
            return;
        }
        now = next;
    }
}

/// How long to leave the disk alone after a look that took so long.
fn pause(took: Duration) -> Duration {
    took.saturating_mul(REST).clamp(PAUSES.0, PAUSES.1)
}

/// What one look at the disk saw.
#[derive(Debug, PartialEq, Eq)]
struct Look {
    /// Every file of the projects, their configurations with all that those extend, and baselines.
    files: BTreeMap<PathBuf, Option<Stamp>>,
    /// What was in the way, as it is shown.
    failures: Vec<String>,
}

/// By what a change of a file is seen.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
    permissions: Permissions,
    /// Which file it is, and when it last changed in any way, where the system says so.
    identity: (u64, i64, i64),
}

impl Look {
    fn now(command: &Check, terminal: Terminal) -> Self {
        let here = [PathBuf::from(".")];
        let paths = if command.paths.is_empty() { here.as_slice() } else { command.paths.as_slice() };
        let drawn = |error: &ToolError| super::drawn(error, terminal);
        match projects(paths, check::search(command)) {
            Ok(found) => {
                let mut look = Self::of(&found, drawn);
                look.files.extend(command.baseline.iter().map(|path| (path.clone(), stamp(path))));
                // What the check itself writes is no change of the project.
                for (_, path) in &command.outputs {
                    if let Some(Ok(written)) = path.as_ref().map(std::fs::canonicalize) {
                        look.files.remove(&written);
                    }
                }
                look
            }
            Err(error) => Self { files: BTreeMap::new(), failures: vec![drawn(&error)] },
        }
    }

    fn of(found: &[Project], drawn: impl Fn(&ToolError) -> String) -> Self {
        let mut files = BTreeMap::new();
        for project in found {
            let own = project.root.join(FILE_NAME);
            if own.exists() {
                files.insert(own.clone(), stamp(&own));
            }
            // What it extends, and the findings that it hides.
            let extended = project.configuration.files.iter().map(|name| project.root.join(name));
            let baseline = project.configuration.baseline.value.iter().map(|named| named.path.clone());
            files.extend(extended.chain(baseline).map(|path| (path.clone(), stamp(&path))));
            files.extend(project.files.iter().map(|(_, path)| (path.clone(), stamp(path))));
        }
        Self { files, failures: found.iter().flat_map(|project| &project.problems).map(drawn).collect() }
    }
}

/// Nothing, where the file has gone since it was listed.
fn stamp(path: &PathBuf) -> Option<Stamp> {
    let metadata = std::fs::metadata(path).ok()?;
    Some(Stamp {
        bytes: metadata.len(),
        modified: metadata.modified().ok(),
        permissions: metadata.permissions(),
        identity: identity(&metadata),
    })
}

#[cfg(unix)]
fn identity(metadata: &std::fs::Metadata) -> (u64, i64, i64) {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn identity(_: &std::fs::Metadata) -> (u64, i64, i64) {
    (0, 0, 0)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::path::Path;

    use clap::Parser as _;

    use super::*;
    use crate::cli::arguments::{Color, Command};

    /// A folder that goes when the test ends.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("ismslint-watch-{name}-{}", std::process::id()));
            let _ = std::fs::remove_dir_all(&path);
            std::fs::create_dir_all(&path).expect("a folder");
            Self(path)
        }

        fn write(&self, name: &str, text: &str) {
            let path = self.0.join(name);
            std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }

        fn look(&self) -> Look {
            match projects(std::slice::from_ref(&self.0), crate::project::Search::default()) {
                Ok(found) => Look::of(&found, ToString::to_string),
                Err(error) => Look { files: BTreeMap::new(), failures: vec![format!("{error:?}")] },
            }
        }

        fn changes(&self, change: impl FnOnce()) -> bool {
            let before = self.look();
            assert_eq!(before, self.look(), "nothing has changed yet");
            change();
            before != self.look()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn what_the_check_writes_is_no_change() {
        let folder = Folder::new("written");
        folder.write("a.md", "# A page\n");
        let (here, report) = (folder.0.display().to_string(), folder.0.join("report.md"));
        let line = ["ismslint", "check", &here, "--output-format", &format!("markdown={}", report.display())];
        let arguments = Arguments::try_parse_from(line).expect("a command line");
        let Command::Check(check) = arguments.command else { unreachable!("it is a check") };
        let terminal = Terminal::new(Color::Never);
        folder.write("report.md", "# Findings\n");
        let before = Look::now(&check, terminal);
        folder.write("report.md", "# More findings\n");
        assert_eq!(before, Look::now(&check, terminal));
        folder.write("a.md", "# Another page\n");
        assert_ne!(before, Look::now(&check, terminal));
    }

    #[cfg(unix)]
    #[test]
    fn another_file_of_the_same_size_and_time_is_seen() {
        let folder = Folder::new("exchanged");
        let put = |name: &str, text: &str| {
            folder.write(name, text);
            let file = std::fs::File::options().write(true).open(folder.0.join(name)).expect("a file");
            file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000)).expect("a time");
        };
        put("a.isms", "process a {}\n");
        put("other", "process b {}\n");
        let exchange = || std::fs::rename(folder.0.join("other"), folder.0.join("a.isms")).expect("a file");
        assert!(folder.changes(exchange));
    }

    #[test]
    fn every_change_of_the_project_is_seen() {
        let folder = Folder::new("seen");
        folder.write("a.isms", "process a {}\n");
        assert!(folder.changes(|| folder.write("a.isms", "process a { }\n")), "a longer file");
        assert!(folder.changes(|| folder.write("deep/b.isms", "process b {}\n")), "a new file");
        assert!(folder.changes(|| folder.write("ismslint.toml", "exclude = []\n")), "a configuration");
        assert!(folder.changes(|| folder.write("ismslint.toml", "exclude = 1\n")), "a mistake in it");
        assert!(folder.changes(|| folder.write("ismslint.toml", "exclude = [\"deep/**\"]\n")), "a file left out");
        let renamed = || std::fs::rename(folder.0.join("a.isms"), folder.0.join("c.isms")).expect("a file");
        assert!(folder.changes(renamed), "another name");
        assert!(folder.changes(|| std::fs::remove_file(folder.0.join("c.isms")).expect("a file")), "a file gone");
    }

    #[test]
    fn what_a_configuration_names_is_seen() {
        let folder = Folder::new("named");
        // A configuration names nothing outside of its repository.
        folder.write(".git/HEAD", "");
        folder.write("app/ismslint.toml", "extend = \"../base.toml\"\nrules = [\"../rules\"]\n");
        folder.write("base.toml", "baseline = \"known.jsonl\"\n");
        folder.write("rules/a.isms", "");
        let look = || match projects(&[folder.0.join("app")], crate::project::Search::default()) {
            Ok(found) => Look::of(&found, ToString::to_string),
            Err(error) => Look { files: BTreeMap::new(), failures: vec![format!("{error:?}")] },
        };
        let changes = |name: &str, text: &str| {
            let before = look();
            assert_eq!(before, look(), "nothing has changed yet");
            folder.write(name, text);
            before != look()
        };
        assert!(changes("known.jsonl", "{}\n"), "a baseline that was not there");
        assert!(changes("known.jsonl", "{}\n{}\n"), "a baseline");
        assert!(changes("base.toml", "baseline = \"known.jsonl\"\nignore = []\n"), "what is extended");
        assert!(changes("base.toml", "baseline = \"known.jsonl\"\nignore = 1\n"), "a mistake in it");
        assert!(changes("base.toml", "baseline = \"known.jsonl\"\n"), "which is mended");
        assert!(changes("rules/a.isms", "role a\n"), "a rule");
        assert!(changes("rules/deep/b.isms", ""), "a new file of rules");
    }

    #[test]
    fn a_file_of_the_same_size_is_seen_by_its_time() {
        let folder = Folder::new("time");
        folder.write("a.isms", "process a {}\n");
        let later = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        assert!(folder.changes(|| {
            let file = std::fs::OpenOptions::new().write(true).open(folder.0.join("a.isms")).expect("a file");
            file.set_modified(later).expect("a time");
        }));
    }

    #[test]
    fn what_is_not_of_the_project_is_not_seen() {
        let folder = Folder::new("unseen");
        folder.write("a.isms", "process a {}\n");
        folder.write(".gitignore", "drafts/\n");
        assert!(!folder.changes(|| folder.write("notes.txt", "no specification")));
        assert!(!folder.changes(|| folder.write("drafts/b.isms", "process b {}\n")));
    }

    #[test]
    fn paths_that_a_check_asked_for_are_seen() {
        let folder = Folder::new("asked");
        let asked = Asked::default();
        let exists = asked.exists_in(&folder.0);
        assert!(!exists("handbook.pdf"));
        assert!(!asked.has_changed());
        folder.write("handbook.pdf", "");
        assert!(asked.has_changed());
    }

    #[test]
    fn waiting_rests_far_longer_than_it_looks() {
        assert_eq!(pause(Duration::ZERO), Duration::from_millis(300));
        assert_eq!(pause(Duration::from_millis(50)), Duration::from_secs(1));
        assert_eq!(pause(Duration::from_secs(60)), Duration::from_secs(5));
    }

    /// Each look sees another state until the fourth: one check is enough for all of them.
    #[test]
    fn it_waits_until_changes_settle() {
        let looks = Cell::new(0);
        let at = |number: usize| Look { files: BTreeMap::new(), failures: vec![number.to_string()] };
        wait(
            &at(0),
            || {
                looks.set(looks.get() + 1);
                at(looks.get().min(4))
            },
            || false,
        );
        assert_eq!(looks.get(), 5);
    }
}
