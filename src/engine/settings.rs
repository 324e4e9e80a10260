//! What configuration may change about a run.

use globset::GlobSet;

use crate::diagnostic::{Severity, is_fixed};

/// What becomes of a rule's findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The rule is not asked.
    Off,
    /// Its findings have this severity.
    Severity(Severity),
}

/// Which setting decides over a rule, by its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decider {
    /// One of `forced`.
    Forced(usize),
    /// One of `severity`.
    Severity(usize),
    /// The override, and the position in it.
    Override(usize, usize),
}

/// Severities for the findings in some files.
#[derive(Clone, Debug)]
pub struct Override {
    /// Which files, by path relative to the project's root.
    pub paths: GlobSet,
    /// Selector and level; a later one stands over an earlier one.
    pub severity: Vec<(String, Level)>,
}

/// Which rules speak, and how loudly. A *selector* is a code (`FLOW001`), a name (`missing-input`), a group (`flow`) or the
/// beginning of a code (`FLOW`, `FLOW00`), in any case.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Selector and level; a more specific selector stands over a less specific one, a later one over an equal earlier one.
    pub severity: Vec<(String, Level)>,
    /// Severities for some files; they stand over `severity`.
    pub overrides: Vec<Override>,
    /// Only these rules speak; none means all. Syntax and names (SYN, REF, RULE) always speak.
    pub select: Vec<String>,
    /// These rules do not speak. A check of the compiler that is no syntax (REF, ALLOW, CONFIG) is silent where it is named
    /// here.
    pub ignore: Vec<String>,
    /// Severities that stand over all others, those for some files included: what the command line says.
    pub forced: Vec<(String, Level)>,
    /// Rules that no `@allow` suppresses: the selector, and where it stands, for messages.
    pub locked: Vec<(String, String)>,
    /// Number of threads; `None` for as many as there are processors.
    pub threads: Option<usize>,
    /// Whether every finding is given nearest names and mends, and not only the first two hundred of each rule. Who mends
    /// wants them all; who reads does not, and each mend needs its file to be read again.
    pub thorough: bool,
    /// At how many places anybody will see the findings of one rule; `None` for all. Further ones are only counted
    /// ([`super::Report::counted`]), as far as it is certain that they stand and what their severity is.
    pub most_places: Option<usize>,
    /// How many projects the run checks, each with its own rules. What these may look at is for all projects together.
    pub projects: usize,
}

impl Settings {
    /// What becomes of the findings of a rule in a file. `path` is relative to the project's root.
    #[must_use]
    pub fn level(&self, code: &str, name: &str, default: Severity, path: Option<&str>) -> Level {
        self.decided(code, name, path).map_or(Level::Severity(default), |(level, _)| level)
    }

    /// The level that is set for a rule in a file, and which setting it is; `None` where nobody sets one.
    #[must_use]
    pub fn decided(&self, code: &str, name: &str, path: Option<&str>) -> Option<(Level, Decider)> {
        if let Some((at, level)) = most_specific(&self.forced, code, name) {
            return Some((level, Decider::Forced(at)));
        }
        let mut decided = most_specific(&self.severity, code, name).map(|(at, level)| (level, Decider::Severity(at)));
        if let Some(path) = path {
            for (number, one) in self.overrides.iter().enumerate().filter(|(_, one)| one.paths.is_match(path)) {
                let here = most_specific(&one.severity, code, name);
                decided = here.map(|(at, level)| (level, Decider::Override(number, at))).or(decided);
            }
        }
        decided
    }

    /// Whether `--select` and `--ignore` let a rule speak. The more specific selector stands; of equal ones `--ignore`.
    #[must_use]
    pub fn is_selected(&self, code: &str, name: &str) -> bool {
        let best =
            |selectors: &[String]| selectors.iter().filter_map(|selector| specificity(selector, code, name)).max();
        let selected = if self.select.is_empty() { Some(0) } else { best(&self.select) };
        selected.is_some_and(|selected| best(&self.ignore).is_none_or(|ignored| ignored < selected))
    }

    /// Whether a check of the compiler speaks. `--select` chooses among rules, so that a wrong name is still told; only
    /// `--ignore` silences a check of the compiler. Syntax and the rule language cannot be silenced.
    #[must_use]
    pub fn is_compiler_check_on(&self, code: &str, name: &str) -> bool {
        is_fixed(code) || !self.ignore.iter().any(|selector| specificity(selector, code, name).is_some())
    }

    /// The position of the selector in `ignore` that names a rule most closely.
    #[must_use]
    pub fn ignored_by(&self, code: &str, name: &str) -> Option<usize> {
        let ignored = self.ignore.iter().enumerate();
        let ignored = ignored.filter_map(|(at, selector)| Some((specificity(selector, code, name)?, at)));
        ignored.max_by_key(|(specificity, _)| *specificity).map(|(_, at)| at)
    }

    /// Whether a rule that is asked speaks in some file.
    #[must_use]
    pub fn is_on_somewhere(&self, code: &str, name: &str, default: Severity) -> bool {
        let is_on = |level: Level| level != Level::Off;
        if let Some((_, level)) = most_specific(&self.forced, code, name) {
            return is_on(level);
        }
        let turns_on = |one: &Override| most_specific(&one.severity, code, name).is_some_and(|(_, level)| is_on(level));
        is_on(self.level(code, name, default, None)) || self.overrides.iter().any(turns_on)
    }

    /// Where a rule is locked against suppression, if it is.
    #[must_use]
    pub fn locked_by(&self, code: &str, name: &str) -> Option<&str> {
        let locks = self.locked.iter().find(|(selector, _)| specificity(selector, code, name).is_some());
        locks.map(|(_, place)| place.as_str())
    }
}

/// How closely a selector names a rule: not at all, or the more the higher.
fn specificity(selector: &str, code: &str, name: &str) -> Option<usize> {
    if selector.eq_ignore_ascii_case(code) || selector.eq_ignore_ascii_case(name) {
        return Some(usize::MAX);
    }
    let head = code.get(..selector.len())?;
    (!selector.is_empty() && head.eq_ignore_ascii_case(selector)).then_some(selector.len())
}

/// The position and the level of the most specific selector, of equal ones the last.
fn most_specific(levels: &[(String, Level)], code: &str, name: &str) -> Option<(usize, Level)> {
    levels
        .iter()
        .enumerate()
        .filter_map(|(at, (selector, level))| Some((specificity(selector, code, name)?, at, *level)))
        .max_by_key(|(specificity, ..)| *specificity)
        .map(|(_, at, level)| (at, level))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_specific_selector_stands() {
        let settings = Settings {
            severity: vec![
                ("FLOW001".into(), Level::Off),
                ("flow".into(), Level::Severity(Severity::Note)),
                ("unmapped-clause".into(), Level::Severity(Severity::Warning)),
            ],
            ..Settings::default()
        };
        let level = |code, name| settings.level(code, name, Severity::Error, None);
        assert_eq!(level("FLOW001", "missing-input"), Level::Off);
        assert_eq!(level("FLOW002", "orphaned-result"), Level::Severity(Severity::Note));
        assert_eq!(level("CLAUSE001", "unmapped-clause"), Level::Severity(Severity::Warning));
        assert_eq!(level("SOA001", "undecided-control"), Level::Severity(Severity::Error));
    }

    #[test]
    fn the_command_line_stands_over_files() {
        let settings = Settings {
            severity: vec![("FLOW001".into(), Level::Off)],
            overrides: vec![Override {
                paths: globset::GlobSetBuilder::new()
                    .add(globset::Glob::new("isms/**").expect("a pattern"))
                    .build()
                    .expect("a set"),
                severity: vec![("FLOW001".into(), Level::Severity(Severity::Error))],
            }],
            forced: vec![("flow".into(), Level::Severity(Severity::Note))],
            ..Settings::default()
        };
        let level = |path| settings.level("FLOW001", "missing-input", Severity::Error, Some(path));
        assert_eq!(level("isms/a.isms"), Level::Severity(Severity::Note));
        assert_eq!(level("b.isms"), Level::Severity(Severity::Note));
        let settings = Settings { forced: Vec::new(), ..settings };
        let level = |path| settings.level("FLOW001", "missing-input", Severity::Error, Some(path));
        assert_eq!((level("isms/a.isms"), level("b.isms")), (Level::Severity(Severity::Error), Level::Off));
    }

    #[test]
    fn checks_of_the_compiler_are_only_silenced_by_name() {
        let settings =
            Settings { select: vec!["FLOW".into()], ignore: vec!["ALLOW".into(), "SYN".into()], ..Settings::default() };
        assert!(settings.is_compiler_check_on("REF001", "unknown-name"));
        assert!(settings.is_compiler_check_on("SYN001", "unexpected-token"));
        assert!(!settings.is_compiler_check_on("ALLOW001", "unused-suppression"));
    }

    #[test]
    fn select_and_ignore() {
        let settings = |select: &[&str], ignore: &[&str]| Settings {
            select: select.iter().map(|text| (*text).to_owned()).collect(),
            ignore: ignore.iter().map(|text| (*text).to_owned()).collect(),
            ..Settings::default()
        };
        assert!(settings(&[], &[]).is_selected("FLOW001", "missing-input"));
        assert!(!settings(&["CLAUSE"], &[]).is_selected("FLOW001", "missing-input"));
        assert!(settings(&["FLOW001"], &["FLOW"]).is_selected("FLOW001", "missing-input"));
        assert!(!settings(&["FLOW"], &["missing-input"]).is_selected("FLOW001", "missing-input"));
    }
}
