//! `ismslint.toml`. Every mistake in it is said in one run, each at its place.

use std::ops::Range;
use std::path::Path;

use globset::{Glob, GlobSet, GlobSetBuilder};
use miette::NamedSource;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::nearest;

use super::ToolError;

/// What a configuration file is called.
pub const FILE_NAME: &str = "ismslint.toml";

/// Files that are read where the configuration does not say which.
const INCLUDE: [&str; 2] = ["**/*.isms", "**/*.md"];

/// The keys of the file.
const KEYS: [&str; 5] = ["include", "exclude", "rules", "severity", "override"];

/// The keys of an `[[override]]`.
const OVERRIDE_KEYS: [&str; 2] = ["paths", "severity"];

/// Severities for some files.
#[derive(Debug, Clone)]
pub struct Override {
    /// Which files, relative to the project's root.
    pub paths: GlobSet,
    /// Selector and level: `error`, `warning`, `note` or `off`.
    pub severity: Vec<(String, String)>,
}

/// How a project wants to be checked.
#[derive(Debug, Clone)]
pub struct Configuration {
    /// Files to read, relative to the root.
    pub include: GlobSet,
    /// Files not to read.
    pub exclude: GlobSet,
    /// Folders with further rules, relative to the root.
    pub rules: Vec<String>,
    /// Selector and level.
    pub severity: Vec<(String, String)>,
    /// Severities for some files.
    pub overrides: Vec<Override>,
    /// Every selector with its place. Which rules there are is known only once the project has been read.
    selectors: Vec<(String, Range<usize>)>,
    /// Name and text of the file, for messages.
    file: (String, String),
}

impl Default for Configuration {
    fn default() -> Self {
        let mut builder = GlobSetBuilder::new();
        for glob in INCLUDE {
            builder.add(Glob::new(glob).unwrap_or_else(|_| unreachable!("the default globs are well-formed")));
        }
        Self {
            include: builder.build().unwrap_or_default(),
            exclude: GlobSet::empty(),
            rules: Vec::new(),
            severity: Vec::new(),
            overrides: Vec::new(),
            selectors: Vec::new(),
            file: (FILE_NAME.to_owned(), String::new()),
        }
    }
}

/// Reads a configuration and collects what is wrong with it.
struct Reader<'a> {
    path: &'a str,
    text: &'a str,
    selectors: Vec<(String, Range<usize>)>,
    errors: Vec<ToolError>,
}

impl Configuration {
    /// Reads the text of a configuration file. `path` is what messages call it.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, each with its place.
    pub fn parse(path: &str, text: &str) -> Result<Self, ToolError> {
        let mut reader = Reader { path, text, selectors: Vec::new(), errors: Vec::new() };
        let mut configuration = match DeTable::parse(text) {
            Ok(table) => reader.configuration(table.get_ref()),
            Err(error) => {
                let message = format!("this is not TOML: {}", error.message().lines().next().unwrap_or_default());
                let span = error.span().unwrap_or(0..0);
                reader.error(span, message, "a setting is written `key = value`, a text in quotes".to_owned());
                Self::default()
            }
        };
        configuration.selectors = reader.selectors;
        configuration.file = (path.to_owned(), text.to_owned());
        together(path, reader.errors).map_or(Ok(configuration), Err)
    }

    /// Checks that every selector names a rule, a group or the beginning of a code; `known` are codes, names and groups.
    ///
    /// # Errors
    ///
    /// Every selector that names nothing, with its place and the nearest name.
    pub fn check_selectors(&self, known: &[String]) -> Result<(), ToolError> {
        let (path, text) = &self.file;
        let mut reader = Reader { path, text, selectors: Vec::new(), errors: Vec::new() };
        for (selector, span) in &self.selectors {
            if !is_selector(selector, known) {
                let help = match nearest(selector, known.iter().map(String::as_str)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "`ismslint rules` lists the codes, names and groups".to_owned(),
                };
                reader.error(span.clone(), format!("there is no rule or group `{selector}`"), help);
            }
        }
        together(path, reader.errors).map_or(Ok(()), Err)
    }

    /// Whether a path, relative to the root and with `/`, is one of the files to read.
    #[must_use]
    pub fn reads(&self, path: &Path) -> bool {
        self.include.is_match(path) && !self.exclude.is_match(path)
    }
}

impl Reader<'_> {
    fn error(&mut self, span: Range<usize>, message: String, help: String) {
        let length = self.text.len();
        let (start, end) = (span.start.min(length), span.end.min(length));
        self.errors.push(ToolError::Configuration {
            message,
            help,
            source_code: NamedSource::new(self.path, self.text.to_owned()),
            span: (start, end.saturating_sub(start)).into(),
        });
    }

    fn configuration(&mut self, table: &DeTable<'_>) -> Configuration {
        let mut configuration = Configuration::default();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "include" => configuration.include = self.globs(value),
                "exclude" => configuration.exclude = self.globs(value),
                "rules" => configuration.rules = self.texts(value).into_iter().map(|(text, _)| text).collect(),
                "severity" => configuration.severity = self.severities(value),
                "override" => configuration.overrides = self.overrides(value),
                other => self.unknown(key.span(), other, &KEYS, "the configuration"),
            }
        }
        configuration
    }

    fn unknown(&mut self, span: Range<usize>, key: &str, known: &[&str], whereabouts: &str) {
        let help = match nearest(key, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known are {}", known.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")),
        };
        self.error(span, format!("{whereabouts} has no key `{key}`"), help);
    }

    fn wrong(&mut self, value: &Spanned<DeValue<'_>>, wanted: &str, example: &str) {
        self.error(value.span(), format!("{wanted} is expected here"), format!("write {example}"));
    }

    /// A list of texts with their places.
    fn texts(&mut self, value: &Spanned<DeValue<'_>>) -> Vec<(String, Range<usize>)> {
        let mut texts = Vec::new();
        let DeValue::Array(values) = value.get_ref() else {
            self.wrong(value, "a list of texts", "`[\"a\", \"b\"]`");
            return texts;
        };
        for value in values {
            match value.get_ref() {
                DeValue::String(text) => texts.push((text.to_string(), value.span())),
                _ => self.wrong(value, "a text", "it in quotes: `\"…\"`"),
            }
        }
        texts
    }

    fn globs(&mut self, value: &Spanned<DeValue<'_>>) -> GlobSet {
        let mut builder = GlobSetBuilder::new();
        for (text, span) in self.texts(value) {
            match Glob::new(text.trim_start_matches("./")) {
                Ok(glob) => {
                    builder.add(glob);
                }
                Err(error) => {
                    let message = format!("`{text}` is no pattern for paths: {}", error.kind());
                    self.error(
                        span,
                        message,
                        "`*` stands for a part of a name, `**` for any folders: `isms/**/*.isms`".to_owned(),
                    );
                }
            }
        }
        match builder.build() {
            Ok(set) => set,
            Err(error) => {
                self.error(
                    value.span(),
                    format!("these patterns cannot be used together: {error}"),
                    "use fewer or shorter ones".to_owned(),
                );
                GlobSet::empty()
            }
        }
    }

    fn severities(&mut self, value: &Spanned<DeValue<'_>>) -> Vec<(String, String)> {
        let mut severities = Vec::new();
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong(value, "a table of rules and severities", "`{ FLOW002 = \"error\" }`");
            return severities;
        };
        for (key, value) in table {
            let selector = key.get_ref().as_ref();
            self.selectors.push((selector.to_owned(), key.span()));
            const LEVELS: [&str; 4] = ["error", "warning", "note", "off"];
            match value.get_ref() {
                DeValue::String(level) if LEVELS.contains(&level.as_ref()) => {
                    severities.push((selector.to_owned(), level.to_string()));
                }
                DeValue::String(level) => {
                    let help = match nearest(level, LEVELS) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "a severity is `error`, `warning`, `note` or `off`".to_owned(),
                    };
                    self.error(value.span(), format!("`{level}` is no severity"), help);
                }
                _ => self.wrong(value, "a severity", "`\"error\"`, `\"warning\"`, `\"note\"` or `\"off\"`"),
            }
        }
        severities
    }

    fn overrides(&mut self, value: &Spanned<DeValue<'_>>) -> Vec<Override> {
        let mut overrides = Vec::new();
        let DeValue::Array(tables) = value.get_ref() else {
            self.wrong(value, "a list of tables", "`[[override]]`, then `paths = […]` and `severity = { … }`");
            return overrides;
        };
        for table in tables {
            let DeValue::Table(entries) = table.get_ref() else {
                self.wrong(table, "a table", "`[[override]]`, then `paths = […]` and `severity = { … }`");
                continue;
            };
            let (mut paths, mut severity) = (None, Vec::new());
            for (key, value) in entries {
                match key.get_ref().as_ref() {
                    "paths" => paths = Some(self.globs(value)),
                    "severity" => severity = self.severities(value),
                    other => self.unknown(key.span(), other, &OVERRIDE_KEYS, "an override"),
                }
            }
            match paths {
                Some(paths) => overrides.push(Override { paths, severity }),
                None => self.error(
                    table.span(),
                    "an override says for which paths it holds".to_owned(),
                    "add `paths = [\"subsidiaries/**\"]`".to_owned(),
                ),
            }
        }
        overrides
    }
}

/// One mistake by itself, several together.
fn together(path: &str, mut errors: Vec<ToolError>) -> Option<ToolError> {
    match errors.len() {
        0 => None,
        1 => errors.pop(),
        _ => Some(ToolError::SeveralMistakes { path: path.to_owned(), errors }),
    }
}

/// Whether a selector names a rule, a group or the beginning of a code; `known` are codes, names and groups.
#[must_use]
pub fn is_selector(selector: &str, known: &[String]) -> bool {
    !selector.is_empty()
        && known.iter().any(|known| {
            known.eq_ignore_ascii_case(selector)
                || known.starts_with(|c: char| c.is_ascii_uppercase())
                    && known.get(..selector.len()).is_some_and(|head| head.eq_ignore_ascii_case(selector))
        })
}
