//! What configuration may change about a run.

use globset::GlobSet;

use crate::diagnostic::Severity;

/// What becomes of a rule's findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The rule is not asked.
    Off,
    /// Its findings have this severity.
    Severity(Severity),
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
    /// These rules do not speak.
    pub ignore: Vec<String>,
    /// Number of threads; `None` for as many as there are processors.
    pub threads: Option<usize>,
}

impl Settings {
    /// What becomes of the findings of a rule in a file. `path` is relative to the project's root.
    #[must_use]
    pub fn level(&self, code: &str, name: &str, default: Severity, path: Option<&str>) -> Level {
        let mut level = most_specific(&self.severity, code, name).unwrap_or(Level::Severity(default));
        if let Some(path) = path {
            for one in self.overrides.iter().filter(|one| one.paths.is_match(path)) {
                level = most_specific(&one.severity, code, name).unwrap_or(level);
            }
        }
        level
    }

    /// Whether `--select` and `--ignore` let a rule speak. The more specific selector stands; of equal ones `--ignore`.
    #[must_use]
    pub fn is_selected(&self, code: &str, name: &str) -> bool {
        let best =
            |selectors: &[String]| selectors.iter().filter_map(|selector| specificity(selector, code, name)).max();
        let selected = if self.select.is_empty() { Some(0) } else { best(&self.select) };
        selected.is_some_and(|selected| best(&self.ignore).is_none_or(|ignored| ignored < selected))
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

fn most_specific(levels: &[(String, Level)], code: &str, name: &str) -> Option<Level> {
    levels
        .iter()
        .filter_map(|(selector, level)| Some((specificity(selector, code, name)?, *level)))
        .max_by_key(|(specificity, _)| *specificity)
        .map(|(_, level)| level)
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
