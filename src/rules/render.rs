//! From the ids of a finding to its words and places. Until here a finding is a handful of numbers.

use std::borrow::Cow;

use rustc_hash::FxHashSet;

use crate::diagnostic::{Code, Diagnostic, Label, Place, Severity};
use crate::landscape::{Base, MISSING};
use crate::text::Date;

use super::bound::{BoundGuard, Search};
use super::evaluate::Frame;
use super::ir::{AdviceRule, Path, Piece, Template};
use super::judge::Judge;
use super::rule::Rule;

/// The most elements of a list in a message; the rest is counted.
const MOST_LISTED: usize = 8;

/// The most labels that one `label for` adds.
const MOST_LABELS: usize = 12;

/// The most bindings that a label or a help lists, and how many it lists where a rule has very many findings.
const MOST_BINDINGS: usize = 1_000;
const FEW_BINDINGS: usize = 64;

fn most_bindings(frame: &Frame) -> usize {
    usize::try_from(frame.limit / 8).map_or(MOST_BINDINGS, |most| most.clamp(FEW_BINDINGS, MOST_BINDINGS))
}

/// The longest value in a message, in characters; a longer one is cut.
const LONGEST_VALUE: usize = 500;

impl<'a> Judge<'a> {
    /// The finding of a rule for these ids of its variables; `None` where it has no place. `suggest` says whether nearest
    /// names and mends are looked for, which costs more than all the rest; `patience`, how many bindings each label, help,
    /// note and mend may look at.
    #[must_use]
    pub fn diagnostic(
        &self,
        rule: &Rule,
        severity: Severity,
        binding: &[u32],
        suggest: bool,
        patience: u64,
    ) -> Option<Diagnostic> {
        let landscape = self.landscape();
        let mut frame = Frame::new(rule.slots);
        frame.limit = patience;
        for ((slot, _), id) in rule.variables.iter().zip(binding) {
            frame.set(*slot, *id);
        }
        let frame = &mut frame;
        let (path, message) = &rule.report;
        let place = self.place(path, frame)?;
        let mut diagnostic =
            Diagnostic::new(Code::Rule(rule.code.clone()), severity, place, self.message(message, frame));
        diagnostic.name = rule.name.clone();
        diagnostic.cites.clone_from(&rule.cites);
        diagnostic.entity = landscape.entity_path(path.kind, frame.get(path.slot));
        if let Some(subject) = &rule.subject
            && let Base::Entity(kind) = subject.ty().base
        {
            let id = self.evaluator().value(subject, frame);
            diagnostic.subject = (id != MISSING).then(|| landscape.subject(kind, id)).flatten();
        }
        self.labels(rule, frame, &mut diagnostic);
        for (at, nearest) in rule.nearest.iter().enumerate().filter(|_| suggest) {
            let found = self.name_of(&nearest.to, frame).and_then(|name| {
                let known = self.known(rule, at, nearest);
                known.rows.get(known.names.nearest(name)?).copied()
            });
            if let Some(row) = found {
                frame.set(nearest.by.slot, row);
                // The name itself is underlined, which is the path without the step from an entity to its id.
                let mut shown = nearest.by.clone();
                if shown.steps.len() > 1 {
                    shown.steps.pop();
                }
                if let Some(place) = self.place(&shown, frame) {
                    diagnostic.labels.push(Label { place, message: self.message(&nearest.message, frame) });
                }
            }
        }
        let guards = self.guards(rule);
        diagnostic.help = self.advice(&rule.help, &guards.help, frame);
        diagnostic.notes = self.advice(&rule.notes, &guards.notes, frame);
        if suggest {
            self.mends(rule, frame, &mut diagnostic);
        }
        Some(diagnostic)
    }

    fn labels(&self, rule: &Rule, frame: &mut Frame, diagnostic: &mut Diagnostic) {
        for (label, guard) in rule.labels.iter().zip(&self.guards(rule).labels) {
            frame.steps = 0;
            let add = |frame: &mut Frame, diagnostic: &mut Diagnostic| {
                if let Some(place) = self.place(&label.place, frame) {
                    let label = Label { place, message: self.message(&label.message, frame) };
                    if diagnostic.labels.len() < MOST_LABELS && !diagnostic.labels.contains(&label) {
                        diagnostic.labels.push(label);
                    }
                }
            };
            match guard {
                BoundGuard::Always | BoundGuard::Otherwise => add(frame, diagnostic),
                BoundGuard::When(test) => {
                    if self.evaluator().holds(test, frame) {
                        add(frame, diagnostic);
                    }
                }
                BoundGuard::Each(search) => {
                    let mut add = |frame: &mut Frame| add(frame, diagnostic);
                    self.evaluator().some_solutions(search, frame, most_bindings(frame), &mut add);
                }
            }
        }
    }

    fn advice(&self, rules: &[AdviceRule], guards: &[BoundGuard<'a>], frame: &mut Frame) -> Vec<String> {
        let mut said = Vec::new();
        let mut spoken = false;
        for (advice, guard) in rules.iter().zip(guards) {
            frame.steps = 0;
            let text = match guard {
                BoundGuard::Always => Some(self.message(&advice.message, frame)),
                BoundGuard::Otherwise => (!spoken).then(|| self.message(&advice.message, frame)),
                BoundGuard::When(test) => {
                    self.evaluator().holds(test, frame).then(|| self.message(&advice.message, frame))
                }
                BoundGuard::Each(search) => self.message_for_each(search, &advice.message, frame),
            };
            spoken |= text.is_some() && !matches!(guard, BoundGuard::Always);
            said.extend(text);
        }
        said
    }

    /// A message in which the variables of the search stand for all their values; `None` where it has none.
    fn message_for_each(&self, search: &Search<'a>, template: &Template, frame: &mut Frame) -> Option<String> {
        let ranged = |path: &Path| search.variables.contains(&path.slot);
        let mut lists: Vec<Vec<String>> = vec![Vec::new(); template.pieces.len()];
        let mut seen: FxHashSet<(usize, String)> = FxHashSet::default();
        let mut bindings = 0;
        self.evaluator().some_solutions(search, frame, most_bindings(frame), &mut |frame| {
            bindings += 1;
            for (at, piece) in template.pieces.iter().enumerate() {
                if let Piece::Path(path) = piece
                    && ranged(path)
                {
                    for value in self.values(path, frame, LONGEST_VALUE) {
                        if seen.insert((at, value.clone())) {
                            lists[at].push(value);
                        }
                    }
                }
            }
        });
        if bindings == 0 {
            return None;
        }
        let mut text = String::new();
        for (piece, list) in template.pieces.iter().zip(&lists) {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Path(path) if ranged(path) => text.push_str(&listed(list)),
                Piece::Path(path) => self.write(path, frame, &mut text),
            }
        }
        Some(text)
    }

    /// A template with what its paths lead to.
    fn message(&self, template: &Template, frame: &Frame) -> String {
        let mut text = String::new();
        for piece in &template.pieces {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Path(path) => self.write(path, frame, &mut text),
            }
        }
        text
    }

    fn write(&self, path: &Path, frame: &Frame, text: &mut String) {
        let values = self.values(path, frame, LONGEST_VALUE);
        if path.ty().list {
            text.push_str(&listed(&values));
        } else if let Some(value) = values.first() {
            text.push_str(value);
        }
    }

    /// What a path leads to, as a user would write it, each cut after `most` characters. Line breaks would tear a message
    /// apart.
    pub(super) fn values(&self, path: &Path, frame: &Frame, most: usize) -> Vec<String> {
        let base = path.ty().base;
        let landscape = self.landscape();
        let values = self.evaluator().path_values(path, frame).into_iter().take(MOST_BINDINGS);
        let text = |value: u32| -> Cow<'_, str> {
            match base {
                Base::Boolean => if value == 1 { "true" } else { "false" }.into(),
                Base::Number => value.to_string().into(),
                Base::Date => Date::from_days(value).to_string().into(),
                Base::Name => landscape.name(value).into(),
                Base::Text => landscape.string(value),
                Base::Word(words) => words.get(value as usize).copied().unwrap_or_default().into(),
                Base::Entity(kind) => landscape.display(kind, value).into(),
            }
        };
        values.map(|value| one_line(&text(value), most)).collect()
    }

    /// Where a path points: the field's own word, else the place of the entity that the path leads to.
    pub(super) fn place(&self, path: &Path, frame: &Frame) -> Option<Place> {
        let landscape = self.landscape();
        let Some((last, before)) = path.steps.split_last() else {
            return landscape.place(path.kind, frame.get(path.slot));
        };
        let owner = Path { slot: path.slot, kind: path.kind, steps: before.to_vec() };
        let owner = match self.evaluator().value(&owner, frame) {
            MISSING => return None,
            owner => owner,
        };
        landscape.field_place(last.kind, last.field, owner).or_else(|| match path.ty().base {
            Base::Entity(kind) => match self.evaluator().value(path, frame) {
                MISSING => None,
                value => landscape.place(kind, value),
            },
            _ => landscape.place(last.kind, owner),
        })
    }
}

/// A value without line breaks, cut where it is too long for a message.
fn one_line(text: &str, most: usize) -> String {
    // What is cut is not looked through, whatever its length.
    let head = match text.char_indices().nth(most.saturating_mul(2)) {
        Some((end, _)) => &text[..end],
        None => text,
    };
    let line = head.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// "`a`, `b` and `c`"
fn listed(values: &[String]) -> String {
    let shown = if values.len() > MOST_LISTED { MOST_LISTED - 1 } else { values.len() };
    let mut parts: Vec<String> = values[..shown].iter().map(|value| format!("`{value}`")).collect();
    if shown < values.len() {
        parts.push(format!("{} more", values.len() - shown));
    }
    super::typing::list(parts, "and")
}
