//! From the text of one configuration file to its settings.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Severity, nearest};
use crate::project::ToolError;

use super::globs::Gathered;
use super::spot::Text;
use super::{Globs, Leveled, MOST_MISTAKES, Named, Override, Placed, Purpose, Selector, Spot};

/// The keys of the file.
const KEYS: [&str; 12] = [
    "extend",
    "include",
    "exclude",
    "rules",
    "baseline",
    "select",
    "ignore",
    "locked",
    "fail-on",
    "max-warnings",
    "severity",
    "override",
];

/// The keys of an `[[override]]`.
const OVERRIDE_KEYS: [&str; 2] = ["paths", "severity"];

const LEVELS: [&str; 4] = ["error", "warning", "note", "off"];

/// The most patterns for paths in a file, and the longest of them in bytes.
const MOST_GLOBS: usize = 500;
const LONGEST_GLOB: usize = 500;

/// The most names of rules in a file, wherever they stand.
const MOST_SELECTORS: usize = 1_000;

/// The most overrides, and the most folders of rules, in a file.
const MOST_OVERRIDES: usize = 100;
const MOST_FOLDERS: usize = 100;

type Value<'a> = Spanned<DeValue<'a>>;

/// What one file says; what it does not say is `None`.
#[derive(Debug, Default)]
pub(super) struct Layer {
    pub(super) extend: Option<Placed<Named>>,
    pub(super) include: Option<Placed<Globs>>,
    pub(super) exclude: Option<Placed<Globs>>,
    pub(super) rules: Vec<Placed<Named>>,
    pub(super) severity: Vec<Leveled>,
    pub(super) overrides: Vec<Override>,
    pub(super) select: Option<Vec<Placed<String>>>,
    pub(super) ignore: Option<Vec<Placed<String>>>,
    pub(super) locked: Vec<Placed<String>>,
    pub(super) fail_on: Option<Placed<Severity>>,
    pub(super) max_warnings: Option<Placed<Option<usize>>>,
    pub(super) baseline: Option<Placed<Option<Named>>>,
    pub(super) selectors: Vec<Selector>,
}

/// Reads a configuration and collects what is wrong with it.
struct Reader<'a> {
    file: &'a Arc<Text>,
    /// The folder of the file, from which its paths lead.
    folder: &'a Path,
    layer: Layer,
    /// Where each stands, in bytes, and what it is.
    errors: Vec<(usize, ToolError)>,
    /// Number of patterns so far.
    globs: usize,
}

/// Reads one file that lies in `folder`; answers what it says, and everything that is wrong with it.
pub(super) fn layer(file: &Arc<Text>, folder: &Path) -> (Layer, Vec<ToolError>) {
    let mut reader = Reader { file, folder, layer: Layer::default(), errors: Vec::new(), globs: 0 };
    match DeTable::parse(&file.text) {
        Ok(table) => reader.table(table.get_ref()),
        Err(error) => {
            let message = format!("this is not TOML: {}", error.message().lines().next().unwrap_or_default());
            let span = error.span().unwrap_or(0..0);
            reader.error(span, message, "a setting is written `key = value`, a text in quotes".to_owned());
        }
    }
    // The table has its keys in the order of their names; mistakes are told in the order of the file.
    reader.errors.sort_by_key(|(start, _)| *start);
    (reader.layer, reader.errors.into_iter().map(|(_, error)| error).collect())
}

impl Reader<'_> {
    fn spot(&self, span: Range<usize>) -> Spot {
        Spot::new(self.file, span)
    }

    fn placed<T>(&self, value: T, span: Range<usize>) -> Placed<T> {
        Placed { value, spot: Some(self.spot(span)) }
    }

    fn error(&mut self, span: Range<usize>, message: String, help: String) {
        // A thousand keys that nobody knows are one mistake, and those of the head of the file will do.
        if self.errors.len() > MOST_MISTAKES {
            return;
        }
        let start = span.start;
        let error = self.spot(span).error(message, help);
        self.errors.push((start, error));
    }

    fn table(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "extend" => self.layer.extend = self.path(value, "`extend = \"../base.toml\"`"),
                "include" => self.layer.include = Some(self.globs(value)),
                "exclude" => self.layer.exclude = Some(self.globs(value)),
                "rules" => self.layer.rules = self.rules(value),
                "baseline" => {
                    let named = self.path(value, "`baseline = \"ismslint-baseline.jsonl\"`");
                    self.layer.baseline = named.map(|named| Placed { value: Some(named.value), spot: named.spot });
                }
                "select" => self.layer.select = Some(self.selectors(value, Purpose::Choose)),
                "ignore" => self.layer.ignore = Some(self.selectors(value, Purpose::Change)),
                "locked" => self.layer.locked = self.selectors(value, Purpose::Choose),
                "fail-on" => self.layer.fail_on = self.fail_on(value),
                "max-warnings" => self.layer.max_warnings = self.max_warnings(value),
                "severity" => self.layer.severity = self.severities(value),
                "override" => self.layer.overrides = self.overrides(value),
                other => self.unknown(key.span(), other, &KEYS, "the configuration"),
            }
        }
    }

    fn unknown(&mut self, span: Range<usize>, key: &str, known: &[&str], whereabouts: &str) {
        let help = match nearest(key, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known are {}", known.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")),
        };
        self.error(span, format!("{whereabouts} has no key `{key}`"), help);
    }

    fn wrong(&mut self, value: &Value<'_>, wanted: &str, example: &str) {
        self.error(value.span(), format!("{wanted} is expected here"), format!("write {example}"));
    }

    /// A list of texts with their places.
    fn texts(&mut self, value: &Value<'_>) -> Vec<(String, Range<usize>)> {
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

    fn rules(&mut self, value: &Value<'_>) -> Vec<Placed<Named>> {
        let texts = self.texts(value);
        if texts.len() > MOST_FOLDERS {
            let message = format!("there are {} folders of rules, and {MOST_FOLDERS} are the most", texts.len());
            self.error(value.span(), message, "put them together in one folder".to_owned());
            return Vec::new();
        }
        texts.into_iter().map(|(text, span)| self.placed(self.named(text), span)).collect()
    }

    /// A path, which leads from the folder of the file.
    fn path(&mut self, value: &Value<'_>, example: &str) -> Option<Placed<Named>> {
        match value.get_ref() {
            DeValue::String(text) if !text.is_empty() => Some(self.placed(self.named(text.to_string()), value.span())),
            _ => {
                self.wrong(value, "the path of a file", example);
                None
            }
        }
    }

    fn named(&self, text: String) -> Named {
        let path = self.folder.join(&text);
        Named { text, path }
    }

    fn selectors(&mut self, value: &Value<'_>, purpose: Purpose) -> Vec<Placed<String>> {
        let mut selectors = Vec::new();
        for (text, span) in self.texts(value) {
            let spot = self.spot(span.clone());
            if !self.has_room(span) {
                break;
            }
            self.layer.selectors.push(Selector { text: text.clone(), spot: spot.clone(), purpose });
            selectors.push(Placed { value: text, spot: Some(spot) });
        }
        selectors
    }

    /// Whether one more name of a rule may be given.
    fn has_room(&mut self, span: Range<usize>) -> bool {
        let has_room = self.layer.selectors.len() < MOST_SELECTORS;
        if !has_room {
            let message = format!("there are more than {MOST_SELECTORS} names of rules");
            let help = "name groups (`flow`) or beginnings of codes (`FLOW`) instead of each rule".to_owned();
            self.error(span, message, help);
        }
        has_room
    }

    fn fail_on(&mut self, value: &Value<'_>) -> Option<Placed<Severity>> {
        let word = self.word(value, &LEVELS[..3])?;
        Severity::from_word(&word).map(|severity| self.placed(severity, value.span()))
    }

    fn max_warnings(&mut self, value: &Value<'_>) -> Option<Placed<Option<usize>>> {
        let number = match value.get_ref() {
            DeValue::Integer(number) => usize::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        if number.is_none() {
            self.wrong(value, "a number of warnings", "`max-warnings = 10`");
        }
        number.map(|number| self.placed(Some(number), value.span()))
    }

    fn globs(&mut self, value: &Value<'_>) -> Placed<Globs> {
        let mut gathered = Gathered::default();
        for (text, span) in self.texts(value) {
            self.globs += 1;
            if self.globs > MOST_GLOBS {
                let message = format!("there are more than {MOST_GLOBS} patterns for paths");
                self.error(span, message, "use fewer: `**` stands for any folders".to_owned());
                break;
            }
            if text.len() > LONGEST_GLOB {
                let message = format!("this pattern for paths has {} bytes", text.len());
                self.error(span, message, format!("patterns have at most {LONGEST_GLOB} bytes"));
                continue;
            }
            if let Err(error) = gathered.add(text.clone()) {
                let message = format!("`{text}` is no pattern for paths: {}", error.kind());
                let help = "`*` stands for a part of a name, `**` for any folders: `isms/**/*.isms`";
                self.error(span, message, help.to_owned());
            }
        }
        let globs = match gathered.globs() {
            Ok(globs) => globs,
            Err(error) => {
                self.error(
                    value.span(),
                    format!("these patterns cannot be used together: {error}"),
                    "use fewer or shorter ones".to_owned(),
                );
                Globs::default()
            }
        };
        self.placed(globs, value.span())
    }

    /// One of some words for severities.
    fn word(&mut self, value: &Value<'_>, words: &[&str]) -> Option<String> {
        let quoted: Vec<String> = words.iter().map(|word| format!("`\"{word}\"`")).collect();
        let list = match quoted.split_last() {
            Some((last, others)) => format!("{} or {last}", others.join(", ")),
            None => String::new(),
        };
        match value.get_ref() {
            DeValue::String(word) if words.contains(&word.as_ref()) => return Some(word.to_string()),
            DeValue::String(word) => {
                let help = match nearest(word, words.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("write {list}"),
                };
                self.error(value.span(), format!("`{word}` is no severity"), help);
            }
            _ => self.wrong(value, "a severity", &list),
        }
        None
    }

    fn severities(&mut self, value: &Value<'_>) -> Vec<Leveled> {
        let mut severities = Vec::new();
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong(value, "a table of rules and severities", "`{ FLOW002 = \"error\" }`");
            return severities;
        };
        for (key, value) in table {
            let selector = key.get_ref().to_string();
            if !self.has_room(key.span()) {
                break;
            }
            let spot = self.spot(key.span());
            self.layer.selectors.push(Selector { text: selector.clone(), spot, purpose: Purpose::Change });
            if let Some(level) = self.word(value, &LEVELS) {
                severities.push(self.placed((selector, level), key.span()));
            }
        }
        severities
    }

    fn overrides(&mut self, value: &Value<'_>) -> Vec<Override> {
        let mut overrides = Vec::new();
        let DeValue::Array(tables) = value.get_ref() else {
            self.wrong(value, "a list of tables", "`[[override]]`, then `paths = […]` and `severity = { … }`");
            return overrides;
        };
        if tables.len() > MOST_OVERRIDES {
            let message = format!("there are {} overrides, and {MOST_OVERRIDES} are the most", tables.len());
            self.error(value.span(), message, "put paths with the same severities together in one".to_owned());
            return overrides;
        }
        for table in tables {
            let DeValue::Table(entries) = table.get_ref() else {
                self.wrong(table, "a table", "`[[override]]`, then `paths = […]` and `severity = { … }`");
                continue;
            };
            let (mut paths, mut severity) = (None, Vec::new());
            for (key, value) in entries {
                match key.get_ref().as_ref() {
                    "paths" => paths = Some(self.globs(value).value),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(text: &str) -> Vec<String> {
        let file = Arc::new(Text {
            path: "ismslint.toml".to_owned(),
            shown: "ismslint.toml".to_owned(),
            text: Arc::new(text.to_owned()),
        });
        let (_, errors) = layer(&file, Path::new("."));
        errors
            .iter()
            .map(|error| match error {
                ToolError::Configuration { message, help, span, .. } => {
                    let underlined = &text[span.offset()..span.offset() + span.len()];
                    format!("{underlined} | {message} | {help}")
                }
                other => other.to_string(),
            })
            .collect()
    }

    #[test]
    fn every_mistake_has_its_place_and_its_mend() {
        insta::assert_snapshot!(mistakes(
            r#"
extends = "base.toml"
include = ["[a"]
fail-on = "warnings"
max-warnings = -1
locked = "FLOW001"
select = [1]
baseline = ""
[severity]
FLOW001 = "eror"
FLOW002 = 3
[[override]]
severity = {}
[[override]]
path = ["a"]
paths = ["a"]
"#
        ).join("\n"), @r#"
        extends | the configuration has no key `extends` | did you mean `extend`?
        "[a" | `[a` is no pattern for paths: unclosed character class; missing ']' | `*` stands for a part of a name, `**` for any folders: `isms/**/*.isms`
        "warnings" | `warnings` is no severity | did you mean `warning`?
        -1 | a number of warnings is expected here | write `max-warnings = 10`
        "FLOW001" | a list of texts is expected here | write `["a", "b"]`
        1 | a text is expected here | write it in quotes: `"…"`
        "" | the path of a file is expected here | write `baseline = "ismslint-baseline.jsonl"`
        "eror" | `eror` is no severity | did you mean `error`?
        3 | a severity is expected here | write `"error"`, `"warning"`, `"note"` or `"off"`
        [[override]] | an override says for which paths it holds | add `paths = ["subsidiaries/**"]`
        path | an override has no key `path` | did you mean `paths`?
        "#);
        assert_eq!(mistakes("max-warnings = 0x10\nfail-on = \"note\"\n"), [""; 0]);
        assert_eq!(mistakes("a = [").len(), 1);
    }

    /// The schema for editors knows the same keys and words.
    #[test]
    fn the_schema_has_the_keys_of_the_reader() {
        let schema: serde_json::Value = serde_json::from_str(super::super::CONFIGURATION_SCHEMA).expect("JSON");
        let keys = |table: &serde_json::Value| -> Vec<String> {
            table.as_object().expect("an object").keys().cloned().collect()
        };
        let mut known = KEYS.map(str::to_owned).to_vec();
        known.sort();
        let mut described = keys(&schema["properties"]);
        described.sort();
        assert_eq!(known, described);
        assert_eq!(keys(&schema["properties"]["override"]["items"]["properties"]), OVERRIDE_KEYS);
        assert_eq!(schema["$defs"]["level"]["enum"], serde_json::json!(LEVELS));
    }
}
