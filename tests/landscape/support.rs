//! Small projects, and findings drawn beside their source.

use std::fmt::Write as _;
use std::sync::Arc;

use ismslint::diagnostic::{Diagnostic, Place};
use ismslint::landscape::{Column, FileFacts, Kind, Landscape, MISSING, Surroundings, lower, merge};
use ismslint::syntax::parse;
use ismslint::text::{Date, FileId, Source, SourceMap};

/// A project that has been merged.
pub(crate) struct Project {
    pub(crate) sources: Arc<SourceMap>,
    pub(crate) facts: Vec<FileFacts>,
    pub(crate) landscape: Landscape,
    /// What the parser, lowering and merging say, in order.
    pub(crate) findings: Vec<Diagnostic>,
}

/// Reads one file, beside a small standard in two editions and a small model.
pub(crate) fn project(text: &str) -> Project {
    with_files(vec![Source::new("acme.isms", text)], true, None)
}

/// Reads one file alone.
pub(crate) fn alone(text: &str) -> Project {
    with_files(vec![Source::new("acme.isms", text)], false, None)
}

pub(crate) fn with_files(
    mut files: Vec<Source>,
    with_catalogues: bool,
    known: Option<&'static [&'static str]>,
) -> Project {
    if with_catalogues {
        files.push(Source::builtin("rules/standards.isms", include_str!("catalogues/standards.isms")));
        files.push(Source::builtin("rules/model.isms", include_str!("catalogues/model.isms")));
    }
    let sources = Arc::new(SourceMap::new(files));
    let mut findings = Vec::new();
    let mut facts = Vec::new();
    for (file, source) in sources.iter() {
        let parsed = parse(source, file);
        findings.extend(parsed.errors);
        let lowered = lower(parsed.tree, source, file);
        findings.extend(lowered.diagnostics().iter().cloned());
        facts.push(lowered);
    }
    let surroundings = Surroundings {
        sources: Arc::clone(&sources),
        today: Date::new(2026, 11, 21).expect("a day"),
        both: ismslint::landscape::in_turn,
        known_paths: known.map(|known| {
            let exists: Box<ismslint::landscape::PathExists> = Box::new(|path: &str| known.contains(&path));
            exists
        }),
    };
    let (landscape, merged) = merge(&surroundings, &facts.iter().collect::<Vec<_>>());
    findings.extend(merged);
    findings.sort_by(Diagnostic::order);
    Project { sources, facts, landscape, findings }
}

impl Project {
    /// Every finding with its source line and what is underlined.
    pub(crate) fn draw(&self) -> String {
        let mut text = String::new();
        for finding in &self.findings {
            let severity = finding.severity.word();
            writeln!(text, "{severity}[{} {}]: {}", finding.code, finding.name, finding.message).expect("a string");
            if let Some(label) = &finding.primary {
                self.underline(&mut text, label.place, '^', &label.message);
            }
            for label in &finding.labels {
                self.underline(&mut text, label.place, '-', &label.message);
            }
            for note in &finding.notes {
                writeln!(text, "  note: {note}").expect("a string");
            }
            for help in &finding.help {
                writeln!(text, "  help: {help}").expect("a string");
            }
            writeln!(text, "  entity: {}", finding.entity).expect("a string");
        }
        text.trim_end().to_owned()
    }

    fn underline(&self, text: &mut String, place: Place, mark: char, message: &str) {
        let source = self.sources.get(place.file);
        let at = source.line_index().line_column(source.text(), place.span.start);
        let line = source.text().lines().nth(at.line as usize - 1).unwrap_or("");
        let marks = mark.to_string().repeat(source.slice(place.span).chars().count().max(1));
        let column = at.column as usize - 1;
        writeln!(text, "  {}:{} | {line}", source.path(), at.line).expect("a string");
        let margin = format!("  {}:{} | ", source.path(), at.line).chars().count();
        writeln!(text, "{}{marks} {message}", " ".repeat(margin + column)).expect("a string");
    }

    /// What stands at the place of an entity.
    pub(crate) fn at(&self, kind: Kind, id: u32) -> &str {
        self.landscape.place(kind, id).map_or("", |place| self.sources.get(place.file).slice(place.span))
    }

    pub(crate) fn field_at(&self, kind: Kind, field: &str, id: u32) -> &str {
        let field = kind.field(field).expect("a field");
        self.landscape.field_place(kind, field, id).map_or("", |place| self.sources.get(place.file).slice(place.span))
    }

    /// The rows of a kind as lines of `display: field=value …`, with the given fields.
    pub(crate) fn rows(&self, kind: Kind, fields: &[&str]) -> String {
        let mut text = String::new();
        for id in self.landscape.rows(kind) {
            write!(text, "{}", self.landscape.display(kind, id)).expect("a string");
            for field in fields {
                write!(text, " {field}={}", self.value(kind, field, id)).expect("a string");
            }
            text.push('\n');
        }
        text.trim_end().to_owned()
    }

    /// A field of an entity, as text.
    pub(crate) fn value(&self, kind: Kind, field: &str, id: u32) -> String {
        use ismslint::landscape::Base;
        let number = kind.field(field).expect("a field");
        let base = kind.schema().fields[number].ty.base;
        let row = id - self.landscape.rows(kind).start;
        let show = |value: u32| match base {
            _ if value == MISSING => "-".to_owned(),
            Base::Boolean => (value != 0).to_string(),
            Base::Number => value.to_string(),
            Base::Date => Date::from_days(value).to_string(),
            Base::Name => self.landscape.name(value).to_owned(),
            Base::Text => format!("{:?}", self.landscape.string(value)),
            Base::Word(words) => words[value as usize].to_owned(),
            Base::Entity(kind) => self.landscape.display(kind, value),
        };
        match self.landscape.column(kind, number) {
            Column::Scalar(values) => show(values[row as usize]),
            Column::List(lists) => {
                let values: Vec<String> = lists.of(row).iter().map(|value| show(*value)).collect();
                format!("[{}]", values.join(", "))
            }
        }
    }

    pub(crate) fn file(&self, file: usize) -> &FileFacts {
        assert_eq!(self.facts[file].file(), FileId(file as u32));
        &self.facts[file]
    }
}

/// A test of what is said of a text beside the small catalogues.
macro_rules! check {
    ($name:ident, $text:expr) => {
        #[test]
        fn $name() {
            let project = crate::support::project($text);
            insta::assert_snapshot!(project.draw());
        }
    };
}
pub(crate) use check;
