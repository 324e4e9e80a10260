//! One finding.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::text::{FileId, Span};

use super::{Code, Severity, Subject};

/// Where something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// The bytes in it.
    pub span: Span,
}

/// A place and what is to be said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// What is underlined.
    pub place: Place,
    /// What stands beside the underline; may be empty.
    pub message: String,
}

/// One change to one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; an empty span inserts.
    pub place: Place,
    /// What takes its place.
    pub text: String,
}

/// A mend that can be applied by a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What the fix does, as an order: "write `threat-reports`".
    pub title: String,
    /// Whether it surely keeps what the author meant.
    pub safe: bool,
    /// The changes, none of which overlap.
    pub edits: Vec<Edit>,
}

/// One finding. The message alone makes sense in one line of a log; labels say where, help says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which check speaks.
    pub code: Code,
    /// The check's name in words: `missing-input`.
    pub name: Arc<str>,
    /// How much it matters, after configuration.
    pub severity: Severity,
    /// What is wrong: lower-case, no final stop, user text in backticks.
    pub message: String,
    /// The place that is to blame, and what to write beside its underline; `None` for a finding about no file.
    pub primary: Option<Label>,
    /// Further places, also in other files.
    pub labels: Vec<Label>,
    /// Reasons and background.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Vec<String>,
    /// Clauses and pages that the check rests on: `iso27022:2021/5`. All findings of a rule share them.
    pub cites: Arc<[Arc<str>]>,
    /// Mends.
    pub fixes: Vec<Fix>,
    /// What an absence is about.
    pub subject: Option<Subject>,
    /// The entity that the finding belongs to, independent of lines and files:
    /// `process.risk-assessment/input.threat-reports`.
    pub entity: String,
}

impl Diagnostic {
    /// A finding with a message and a place and nothing else yet.
    #[must_use]
    pub fn new(code: Code, severity: Severity, place: Place, message: impl Into<String>) -> Self {
        let name = code.page().map_or("", |page| page.name).into();
        Self::named(code, name, severity, place, message)
    }

    /// The same, of a check whose name is known.
    #[must_use]
    pub fn named(code: Code, name: Arc<str>, severity: Severity, place: Place, message: impl Into<String>) -> Self {
        Self {
            code,
            name,
            severity,
            message: message.into(),
            primary: Some(Label { place, message: String::new() }),
            labels: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
            cites: Arc::default(),
            fixes: Vec::new(),
            subject: None,
            entity: String::new(),
        }
    }

    /// An error of the compiler itself.
    #[must_use]
    pub fn error(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        Self::new(Code::from_static(code), Severity::Error, place, message)
    }

    /// A warning of the compiler itself.
    #[must_use]
    pub fn warning(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        Self::new(Code::from_static(code), Severity::Warning, place, message)
    }

    /// Says something beside the primary underline.
    #[must_use]
    pub fn underlined(mut self, message: impl Into<String>) -> Self {
        if let Some(primary) = &mut self.primary {
            primary.message = message.into();
        }
        self
    }

    /// Adds a further place.
    #[must_use]
    pub fn label(mut self, place: Place, message: impl Into<String>) -> Self {
        self.labels.push(Label { place, message: message.into() });
        self
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Adds background.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds a mend.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fixes.push(fix);
        self
    }

    /// Adds a mend where there is one.
    #[must_use]
    pub fn fix_if_any(mut self, fix: Option<Fix>) -> Self {
        self.fixes.extend(fix);
        self
    }

    /// Says what the absence is about.
    #[must_use]
    pub fn about(mut self, subject: Subject) -> Self {
        self.subject = Some(subject);
        self
    }

    /// Makes it a finding about another file; for one whose places all lie in the same file.
    pub fn move_to(&mut self, file: FileId) {
        let edits = self.fixes.iter_mut().flat_map(|fix| &mut fix.edits).map(|edit| &mut edit.place);
        let labels = self.primary.iter_mut().chain(&mut self.labels).map(|label| &mut label.place);
        labels.chain(edits).for_each(|place| place.file = file);
    }

    /// Names the entity that the finding belongs to.
    #[must_use]
    pub fn of(mut self, entity: impl Into<String>) -> Self {
        self.entity = entity.into();
        self
    }

    /// The order of every output: file, offset, code, subject, message, then all that is left, so that it is total.
    #[must_use]
    pub fn order(&self, other: &Self) -> Ordering {
        let place = |diagnostic: &Self| diagnostic.primary.as_ref().map(|label| label.place);
        let start = |diagnostic: &Self| place(diagnostic).map(|place| (place.file, place.span.start));
        start(self)
            .cmp(&start(other))
            .then_with(|| self.code.cmp(&other.code))
            .then_with(|| match (&self.subject, &other.subject) {
                (Some(left), Some(right)) => left.order(right),
                (left, right) => left.is_some().cmp(&right.is_some()),
            })
            .then_with(|| self.message.cmp(&other.message))
            .then_with(|| place(self).cmp(&place(other)))
            .then_with(|| self.entity.cmp(&other.entity))
            .then_with(|| {
                let labels = |diagnostic: &Self| -> Vec<(Place, String)> {
                    diagnostic.labels.iter().map(|label| (label.place, label.message.clone())).collect()
                };
                labels(self).cmp(&labels(other))
            })
    }

    /// What stays the same when lines move, files are renamed and messages are reworded: sixteen hexadecimal digits of
    /// a hash over code, entity and subject.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        // FNV-1a, 64 bits: short, public and the same on every machine and in every version.
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        let mut eat = |text: &str| {
            for byte in text.bytes().chain([0]) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        };
        eat(self.code.as_str());
        eat(&self.entity);
        if let Some(subject) = &self.subject {
            eat(subject.kind);
            eat(&subject.id);
        }
        format!("{hash:016x}")
    }
}
