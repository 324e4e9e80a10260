//! `ismslint.toml`. Every mistake in it is said in one run, each at its place, and every value remembers where it stands.

mod around;
mod chain;
mod globs;
mod reader;
mod spot;

pub(super) use around::{Around, without_dots};
pub(super) use chain::read;
pub use globs::Globs;
pub(super) use globs::can_hold_specification;
pub use spot::{Placed, Spot};

use std::cell::LazyCell;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Severity, names_fixed, nearest};

use super::ToolError;
use globs::Gathered;

/// What a configuration file is called.
pub const FILE_NAME: &str = "ismslint.toml";

/// Whether a folder has a configuration file, and so is a project. A link is one wherever it leads: what it leads to may be
/// missing here, and severities that are not read must not become others.
#[must_use]
pub fn is_configured(folder: &Path) -> bool {
    let path = folder.join(FILE_NAME);
    path.symlink_metadata().is_ok_and(|kind| kind.is_file() || kind.is_symlink() && !path.is_dir())
}

/// The JSON Schema of the configuration file, for editors.
pub const CONFIGURATION_SCHEMA: &str = include_str!("schema.json");

/// Files that are read where the configuration does not say which.
const INCLUDE: [&str; 2] = ["**/*.isms", "**/*.md"];

/// The most mistakes that are said; each is drawn with its place.
const MOST_MISTAKES: usize = 20;

impl Globs {
    /// The default of `include`.
    fn included_by_default() -> Self {
        let mut gathered = Gathered::default();
        for glob in INCLUDE {
            gathered.add(glob.to_owned()).unwrap_or_else(|_| unreachable!("the default globs are well-formed"));
        }
        gathered.globs().unwrap_or_default()
    }
}

/// A selector and its level: `error`, `warning`, `note` or `off`.
pub type Leveled = Placed<(String, String)>;

/// Severities for some files.
#[derive(Debug, Clone)]
pub struct Override {
    /// Which files, relative to the project's root.
    pub paths: Globs,
    /// What their findings get.
    pub severity: Vec<Leveled>,
}

/// A path that a configuration names: as it is written, and as it is found on the disk.
#[derive(Debug, Clone)]
pub struct Named {
    /// As it is written.
    pub text: String,
    /// From the folder of the file that names it.
    pub path: PathBuf,
}

/// How a project wants to be checked: its own file over those that it extends.
#[derive(Debug, Clone)]
pub struct Configuration {
    /// The files that it consists of: the project's own, then what it extends.
    pub files: Vec<String>,
    /// Files to read, relative to the root.
    pub include: Placed<Globs>,
    /// Files not to read.
    pub exclude: Placed<Globs>,
    /// Folders with further rules.
    pub rules: Vec<Placed<Named>>,
    /// Severities; a later one stands over an equal earlier one.
    pub severity: Vec<Leveled>,
    /// Severities for some files; a later one stands over an earlier one.
    pub overrides: Vec<Override>,
    /// Only these rules speak; none means all.
    pub select: Vec<Placed<String>>,
    /// These rules do not speak.
    pub ignore: Vec<Placed<String>>,
    /// Rules that no `@allow` suppresses.
    pub locked: Vec<Placed<String>>,
    /// The severity from which findings fail the run.
    pub fail_on: Placed<Severity>,
    /// More warnings than this fail the run.
    pub max_warnings: Placed<Option<usize>>,
    /// The file of findings that are hidden.
    pub baseline: Placed<Option<Named>>,
    /// Every selector with its place. Which rules there are is known only once the project has been read.
    selectors: Vec<Selector>,
}

/// A selector somewhere in a configuration.
#[derive(Debug, Clone)]
struct Selector {
    text: String,
    spot: Spot,
    purpose: Purpose,
}

/// What a selector is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To name rules.
    Choose,
    /// To silence rules, or to give them another severity.
    Change,
}

impl Default for Configuration {
    fn default() -> Self {
        Self {
            files: Vec::new(),
            include: Placed::default_of(Globs::included_by_default()),
            exclude: Placed::default_of(Globs::default()),
            rules: Vec::new(),
            severity: Vec::new(),
            overrides: Vec::new(),
            select: Vec::new(),
            ignore: Vec::new(),
            locked: Vec::new(),
            fail_on: Placed::default_of(Severity::Error),
            max_warnings: Placed::default_of(None),
            baseline: Placed::default_of(None),
            selectors: Vec::new(),
        }
    }
}

impl Configuration {
    /// Checks that every selector names a rule, a group or the beginning of a code; `known` answers with
    /// codes, names and groups.
    ///
    /// # Errors
    ///
    /// Every selector that names nothing, or what cannot be changed, with its place and the nearest name.
    pub fn check_selectors(&self, known: impl FnOnce() -> Vec<String>) -> Result<(), ToolError> {
        let known = LazyCell::new(known);
        let wrong = |selector: &Selector| {
            let (message, help) = selector_mistake(&selector.text, selector.purpose, &known)?;
            Some(selector.spot.error(message, help))
        };
        together(self.selectors.iter().filter_map(wrong).take(MOST_MISTAKES + 1).collect())
    }

    /// Whether a path, relative to the root and with `/`, is one of the files to read.
    #[must_use]
    pub fn reads(&self, path: &Path) -> bool {
        self.include.value.take(path) && !self.exclude.value.set.is_match(path)
    }
}

/// One mistake by itself, several together.
fn together(mut errors: Vec<ToolError>) -> Result<(), ToolError> {
    match errors.len() {
        0 => Ok(()),
        1 => errors.pop().map_or(Ok(()), Err),
        count => {
            errors.truncate(MOST_MISTAKES);
            Err(ToolError::SeveralMistakes { is_cut: count > MOST_MISTAKES, errors })
        }
    }
}

/// What is wrong with a selector, and what to do; `known` are codes, names and groups.
#[must_use]
pub fn selector_mistake(selector: &str, purpose: Purpose, known: &[String]) -> Option<(String, String)> {
    if is_selector(selector, known) {
        let is_fixed = purpose == Purpose::Change && names_fixed(selector);
        return is_fixed.then(|| {
            let message = format!("`{selector}` can neither be ignored nor be given another severity");
            (message, "what cannot be read hides other findings; mend it, or exclude the file".to_owned())
        });
    }
    let help = match nearest(selector, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`ismslint rules` lists the codes, names and groups".to_owned(),
    };
    Some((format!("there is no rule or group `{selector}`"), help))
}

/// Whether a selector names a rule, a group or the beginning of a code; `known` are codes, names and groups.
fn is_selector(selector: &str, known: &[String]) -> bool {
    !selector.is_empty()
        && known.iter().any(|known| {
            known.eq_ignore_ascii_case(selector)
                || known.starts_with(|c: char| c.is_ascii_uppercase())
                    && known.get(..selector.len()).is_some_and(|head| head.eq_ignore_ascii_case(selector))
        })
}
