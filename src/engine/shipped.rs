//! The shipped files, which a program that is about to check can have read while it still looks for those of the project.

use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};

use crate::builtin;
use crate::landscape::Room;
use crate::text::{FileId, Source};

use super::intake::lower_one;
use super::memory::{Lowered, moved};

/// One shipped file, and what it says until somebody takes it.
struct Slot {
    source: Source,
    lowered: OnceLock<Mutex<Option<Lowered>>>,
}

impl Slot {
    fn read(&self) -> &Mutex<Option<Lowered>> {
        self.lowered.get_or_init(|| Mutex::new(Some(lower_one(&mut Room::default(), &self.source, FileId(0)))))
    }
}

static SLOTS: LazyLock<Vec<Slot>> = LazyLock::new(|| {
    builtin::sources(&[]).into_iter().map(|source| Slot { source, lowered: OnceLock::new() }).collect()
});

/// Begins to read the shipped files on another thread, and returns at once. The next check waits for none of them but the
/// one that is being read; what is found does not depend on it.
pub fn read_ahead() {
    // From behind, since a check goes through them from before.
    rayon::spawn(|| {
        for slot in SLOTS.iter().rev() {
            slot.read();
        }
    });
}

/// What a file says, if it is a shipped one that nobody has taken yet.
pub(super) fn take(source: &Source, file: FileId) -> Option<Lowered> {
    let slot = SLOTS.iter().find(|slot| slot.source.is_same(source))?;
    let lowered = slot.read().lock().unwrap_or_else(PoisonError::into_inner).take();
    lowered.map(|lowered| moved(lowered, file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Inputs, Settings, check};
    use crate::text::Date;

    #[test]
    fn only_tests_are_left_out_and_nothing_moves() {
        let mut tests = 0;
        for (without, with) in builtin::sources(&[]).iter().zip(&builtin::sources_with_tests(&[])) {
            assert_eq!((without.path(), without.text().len()), (with.path(), with.text().len()));
            let lowered = |source| lower_one(&mut Room::default(), source, FileId(0)).facts;
            let (short, long) = (lowered(without), lowered(with));
            tests += long.tests().len();
            assert_eq!(short.tests().len(), 0, "{}", with.path());
            assert_eq!(short.diagnostics().len(), long.diagnostics().len());
            assert_eq!(format!("{:?}", short.rules()), format!("{:?}", long.rules()));
            assert_eq!(format!("{:?}", short.defines()), format!("{:?}", long.defines()));
            let gone: String =
                without.text().lines().zip(with.text().lines()).filter(|(short, long)| short != long).fold(
                    String::new(),
                    |gone, (short, long)| {
                        assert_eq!(short.trim(), "");
                        gone + long + "\n"
                    },
                );
            let source = Source::new("gone.isms", gone);
            let gone = lower_one(&mut Room::default(), &source, FileId(0));
            assert_eq!((gone.facts.tests().len(), gone.errors.len()), (long.tests().len(), 0), "{}", with.path());
        }
        assert!(tests > 200, "{tests}");
    }

    #[test]
    fn who_reads_ahead_finds_the_same() {
        let found = || {
            let sources = vec![Source::new("a.isms", "process a { input b }")];
            let settings = Settings::default();
            format!(
                "{:?}",
                check(Inputs { sources, settings, today: Date::from_days(0), known_paths: None }).diagnostics
            )
        };
        let before = found();
        read_ahead();
        assert_eq!(found(), before);
        assert!(before.contains("FLOW001"), "{before}");
        // All are taken by now, and each is taken once.
        let sources = builtin::sources(&[]);
        assert!(sources.iter().all(|source| take(source, FileId(7)).is_none()));
    }
}
