//! What the configuration and the command line say together, and which of them stands.

use std::cell::LazyCell;

use crate::diagnostic::Severity;
use crate::engine::{Level, Override, Settings};
use crate::project::{Configuration, Leveled, Placed, Purpose, ToolError, selector_mistake};

use super::arguments::Check;

fn level(word: &str) -> Level {
    Severity::from_word(word).map_or(Level::Off, Level::Severity)
}

/// What the configuration says of severities.
pub(super) fn settings(configuration: &Configuration, threads: Option<u16>) -> Settings {
    let levels = |leveled: &[Leveled]| {
        leveled.iter().map(|placed| (placed.value.0.clone(), level(&placed.value.1))).collect::<Vec<_>>()
    };
    let values = |placed: &[Placed<String>]| placed.iter().map(|one| one.value.clone()).collect();
    Settings {
        severity: levels(&configuration.severity),
        overrides: configuration
            .overrides
            .iter()
            .map(|one| Override { paths: one.paths.set.clone(), severity: levels(&one.severity) })
            .collect(),
        select: values(&configuration.select),
        ignore: values(&configuration.ignore),
        forced: Vec::new(),
        locked: configuration.locked.iter().map(|one| (one.value.clone(), one.origin())).collect(),
        threads: threads.map(usize::from),
        thorough: false,
        most_places: None,
        projects: 1,
    }
}

/// Adds what the command line says. Its severities stand over those of the configuration, also where they are less
/// specific. `--select` says anew which rules speak, so that what the configuration ignores is heard when it is asked for;
/// `--ignore` alone silences more.
pub(super) fn with_flags(mut settings: Settings, command: &Check) -> Settings {
    settings.forced = command.severity.iter().map(|(selector, word)| (selector.clone(), level(word))).collect();
    if command.select.is_empty() {
        settings.ignore.extend(command.ignore.iter().cloned());
    } else {
        settings.select.clone_from(&command.select);
        settings.ignore.clone_from(&command.ignore);
    }
    settings
}

/// From which severity on, and with how many warnings, a project fails a run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Threshold {
    pub(super) fail_on: Severity,
    pub(super) max_warnings: Option<usize>,
}

impl Threshold {
    /// What the configuration of a project says.
    pub(super) fn of(configuration: &Configuration) -> Self {
        Self { fail_on: configuration.fail_on.value, max_warnings: configuration.max_warnings.value }
    }

    /// Whether so many errors, warnings and notes fail a run.
    pub(super) fn is_passed(self, [errors, warnings, notes]: [usize; 3]) -> bool {
        let failing = match self.fail_on {
            Severity::Error => errors,
            Severity::Warning => errors + warnings,
            Severity::Note => errors + warnings + notes,
        };
        failing > 0 || self.max_warnings.is_some_and(|most| warnings > most)
    }
}

/// The command line's, else the configuration's.
pub(super) fn threshold(configuration: &Configuration, command: &Check) -> Threshold {
    Threshold {
        fail_on: command.fail_on.unwrap_or(configuration.fail_on.value),
        max_warnings: command.max_warnings.or(configuration.max_warnings.value),
    }
}

/// A selector that names nothing, or what cannot be changed, is a mistake of usage; `known` answers with codes, names and groups.
pub(super) fn check_selectors(command: &Check, known: impl FnOnce() -> Vec<String>) -> Result<(), ToolError> {
    let known = LazyCell::new(known);
    let chosen = command.select.iter().map(|selector| (selector, Purpose::Choose));
    let changed = command.ignore.iter().chain(command.severity.iter().map(|(selector, _)| selector));
    for (selector, purpose) in chosen.chain(changed.map(|selector| (selector, Purpose::Change))) {
        if let Some((message, help)) = selector_mistake(selector, purpose, &known) {
            return Err(ToolError::Usage { message, help });
        }
    }
    Ok(())
}
