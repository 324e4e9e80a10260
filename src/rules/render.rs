//! From the ids of a finding to its words and places. Until here a finding is a handful of numbers.

use std::borrow::Cow;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::diagnostic::{Code, Diagnostic, Label, Place};
use crate::landscape::{Base, MISSING};
use crate::text::Date;

use super::bound::{BoundGuard, Search};
use super::evaluate::Frame;
use super::ir::{AdviceRule, NearestRule, Path, Piece, Template};
use super::judge::{Judge, Patience};
use super::rule::Rule;

/// The most elements of a list in a message; the rest is counted.
const MOST_LISTED: usize = 8;

/// The most labels of a finding.
const MOST_LABELS: usize = 100;

/// The most bindings, and the most of their values, that a label or a help goes through, and how many where a rule has very
/// many findings.
const MOST_BINDINGS: usize = 1_000;
const FEW_BINDINGS: usize = 24;

fn most_bindings(frame: &Frame) -> usize {
    usize::try_from(frame.limit / 8).map_or(MOST_BINDINGS, |most| most.clamp(FEW_BINDINGS, MOST_BINDINGS))
}

/// The longest value in a message, in characters; a longer one is cut.
const LONGEST_VALUE: usize = 500;

/// Nearly all messages are shorter, in bytes.
const USUAL_MESSAGE: usize = 160;

/// The longest message, in bytes.
const LONGEST_MESSAGE: usize = 4_000;

/// What a finding may still say.
struct Room {
    /// How many bytes.
    bytes: usize,
    /// How many values of lists may be looked at for it; what is beyond is not counted.
    values: usize,
    /// The most that was looked at for one part of it.
    steps: u64,
}

impl Room {
    /// The message as far as there is room for it.
    fn cut(&mut self, mut text: String) -> String {
        let most = self.bytes.min(LONGEST_MESSAGE);
        if text.len() > most {
            text.truncate(text.floor_char_boundary(most));
            text.push('…');
        }
        self.bytes = self.bytes.saturating_sub(text.len());
        exact(text)
    }
}

/// The same text without room for more: the room that it grew in serves the next one.
fn exact(text: String) -> String {
    if text.capacity() > text.len() { text.as_str().to_owned() } else { text }
}

impl<'a> Judge<'a> {
    /// Where the finding of a rule for these ids of its variables will stand.
    #[must_use]
    pub fn place_of(&self, rule: &Rule, binding: &[u32]) -> Option<Place> {
        self.reported_at(&rule.report.0, &bound(rule, binding))
    }

    /// The finding of a rule for these ids of its variables; `None` where it has no place. `suggest` says whether nearest
    /// names and mends are looked for, which costs more than all the rest.
    #[must_use]
    pub fn diagnostic(&self, rule: &Rule, binding: &[u32], suggest: bool, patience: Patience) -> Option<Diagnostic> {
        self.words(rule, binding, suggest, patience).0
    }

    /// The same, and whether it comes near to what may be looked at for it, so that a finding with other rows around it might
    /// say less.
    #[must_use]
    pub fn words(&self, rule: &Rule, binding: &[u32], suggest: bool, patience: Patience) -> (Option<Diagnostic>, bool) {
        let mut room = Room { bytes: patience.bytes, values: patience.values, steps: 0 };
        let mut frame = bound(rule, binding);
        frame.limit = patience.steps;
        let diagnostic = self.worded(rule, &mut frame, suggest, &mut room);
        (diagnostic, room.steps > patience.steps / 2)
    }

    fn worded(&self, rule: &Rule, frame: &mut Frame, suggest: bool, room: &mut Room) -> Option<Diagnostic> {
        let landscape = self.landscape();
        let (path, message) = &rule.report;
        let place = self.reported_at(path, frame)?;
        let message = self.message(message, frame, room);
        let code = Code::Rule(rule.code.clone());
        let mut diagnostic = Diagnostic::named(code, rule.name.clone(), rule.severity, place, message);
        diagnostic.cites = Arc::clone(&rule.cites);
        let mut entity = (path.kind, frame.get(path.slot));
        if let Some(subject) = &rule.subject
            && let Base::Entity(kind) = subject.path.ty().base
            && let id = self.evaluator().value(&subject.path, frame)
            && id != MISSING
        {
            diagnostic.subject = landscape.subject(kind, id);
            if subject.only {
                entity = (kind, id);
            }
        }
        diagnostic.entity = exact(landscape.entity_path(entity.0, entity.1));
        self.labels(rule, frame, &mut diagnostic, room);
        for (at, nearest) in rule.nearest.iter().enumerate().filter(|_| suggest) {
            if let Some(row) = self.nearest_row(rule, at, nearest, frame) {
                frame.set(nearest.by.slot, row);
                // The name itself is underlined, which is the path without the step from an entity to its id.
                let mut shown = nearest.by.clone();
                if shown.steps.len() > 1 {
                    shown.steps.pop();
                }
                if let Some(place) = self.place(&shown, frame) {
                    diagnostic.labels.push(Label { place, message: self.message(&nearest.message, frame, room) });
                }
            }
        }
        let guards = self.guards(rule);
        diagnostic.help = self.advice(&rule.help, &guards.help, frame, room);
        diagnostic.notes = self.advice(&rule.notes, &guards.notes, frame, room);
        if diagnostic.labels.len() >= MOST_LABELS {
            diagnostic.notes.push(format!("no more than {MOST_LABELS} places are shown"));
        }
        if suggest {
            room.steps = room.steps.max(self.mends(rule, frame, &mut diagnostic));
        }
        // There may be hundreds of thousands of findings, and a list that grows keeps room for four.
        diagnostic.labels.shrink_to_fit();
        Some(diagnostic)
    }

    /// The rows that a finding of the rule suggests for these ids of its variables, one for each `nearest`; [`MISSING`] for none.
    #[must_use]
    pub fn nearest_rows(&self, rule: &Rule, binding: &[u32]) -> Vec<u32> {
        let frame = &mut bound(rule, binding);
        let nearest = rule.nearest.iter().enumerate().map(|(at, nearest)| {
            let found = self.nearest_row(rule, at, nearest, frame);
            if let Some(row) = found {
                frame.set(nearest.by.slot, row);
            }
            found.unwrap_or(MISSING)
        });
        nearest.collect()
    }

    fn nearest_row(&self, rule: &Rule, at: usize, nearest: &NearestRule, frame: &Frame) -> Option<u32> {
        let name = self.name_of(&nearest.to, frame)?;
        let known = self.known(rule, at, nearest);
        known.rows.get(known.names.near(name)?).copied()
    }

    fn labels(&self, rule: &Rule, frame: &mut Frame, diagnostic: &mut Diagnostic, room: &mut Room) {
        let mut spoken = false;
        for (label, guard) in rule.labels.iter().zip(&self.guards(rule).labels) {
            frame.steps = 0;
            let before = diagnostic.labels.len();
            let mut add = |frame: &mut Frame, diagnostic: &mut Diagnostic| {
                if room.bytes > 0
                    && diagnostic.labels.len() < MOST_LABELS
                    && let Some(place) = self.place(&label.place, frame)
                {
                    let label = Label { place, message: self.message(&label.message, frame, room) };
                    if !diagnostic.labels.contains(&label) {
                        diagnostic.labels.push(label);
                    }
                }
            };
            match guard {
                BoundGuard::Always => add(frame, diagnostic),
                BoundGuard::Otherwise => {
                    if !spoken {
                        add(frame, diagnostic);
                    }
                }
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
            room.steps = room.steps.max(frame.steps);
            spoken |= diagnostic.labels.len() > before && !matches!(guard, BoundGuard::Always);
        }
    }

    fn advice(
        &self,
        rules: &[AdviceRule],
        guards: &[BoundGuard<'a>],
        frame: &mut Frame,
        room: &mut Room,
    ) -> Vec<String> {
        let mut said = Vec::with_capacity(rules.len().min(1));
        let mut spoken = false;
        for (advice, guard) in rules.iter().zip(guards) {
            if room.bytes == 0 {
                break;
            }
            frame.steps = 0;
            let text = match guard {
                BoundGuard::Always => Some(self.message(&advice.message, frame, room)),
                BoundGuard::Otherwise => (!spoken).then(|| self.message(&advice.message, frame, room)),
                BoundGuard::When(test) => {
                    self.evaluator().holds(test, frame).then(|| self.message(&advice.message, frame, room))
                }
                BoundGuard::Each(search) => self.message_for_each(search, &advice.message, frame, room),
            };
            room.steps = room.steps.max(frame.steps);
            spoken |= text.is_some() && !matches!(guard, BoundGuard::Always);
            said.extend(text);
        }
        said
    }

    /// A message in which the variables of the search stand for all their values; `None` where it has none.
    fn message_for_each(
        &self,
        search: &Search<'a>,
        template: &Template,
        frame: &mut Frame,
        room: &mut Room,
    ) -> Option<String> {
        let ranged = |path: &Path| search.variables.contains(&path.slot);
        let mut lists: Vec<Vec<String>> = vec![Vec::new(); template.pieces.len()];
        let mut seen: FxHashSet<(usize, String)> = FxHashSet::default();
        let mut bindings = 0;
        let most = most_bindings(frame);
        let mut left = most;
        self.evaluator().some_solutions(search, frame, most, &mut |frame| {
            bindings += 1;
            for (at, piece) in template.pieces.iter().enumerate() {
                if let Piece::Path(path) = piece
                    && ranged(path)
                {
                    left = left.saturating_sub(1);
                    for value in self.values(path, frame, LONGEST_VALUE, &mut left) {
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
        // There may be more than were gone through.
        let is_cut = bindings >= most || left == 0;
        let mut text = String::new();
        for (piece, list) in template.pieces.iter().zip(&lists) {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Path(path) if ranged(path) => text.push_str(&listed(list, list.len(), is_cut)),
                Piece::Path(path) => self.write(path, frame, &mut text, room),
            }
            if text.len() > LONGEST_MESSAGE {
                break;
            }
        }
        Some(room.cut(text))
    }

    /// A template with what its paths lead to.
    fn message(&self, template: &Template, frame: &Frame, room: &mut Room) -> String {
        let mut text = String::with_capacity(USUAL_MESSAGE);
        for piece in &template.pieces {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Path(path) => self.write(path, frame, &mut text, room),
            }
            if text.len() > LONGEST_MESSAGE {
                break;
            }
        }
        room.cut(text)
    }

    fn write(&self, path: &Path, frame: &Frame, text: &mut String, room: &mut Room) {
        if path.ty().list {
            let ids = self.evaluator().path_values(path, frame, &mut room.values);
            let shown: Vec<String> =
                ids.iter().take(MOST_LISTED).map(|id| self.shown(path, *id, LONGEST_VALUE)).collect();
            text.push_str(&listed(&shown, ids.len(), room.values == 0));
        } else {
            match self.evaluator().value(path, frame) {
                MISSING => {}
                value => text.push_str(&one_line(&self.said(path, value), LONGEST_VALUE)),
            }
        }
    }

    /// What a path leads to, as a user would write it, each cut after `longest` characters, as far as there is room.
    pub(super) fn values(&self, path: &Path, frame: &Frame, longest: usize, room: &mut usize) -> Vec<String> {
        let ids = self.evaluator().path_values(path, frame, room);
        ids.into_iter().map(|id| self.shown(path, id, longest)).collect()
    }

    /// A value of a path as a user would write it. Line breaks would tear a message apart.
    fn shown(&self, path: &Path, value: u32, longest: usize) -> String {
        one_line(&self.said(path, value), longest).into_owned()
    }

    fn said(&self, path: &Path, value: u32) -> Cow<'a, str> {
        let landscape = self.landscape();
        match path.ty().base {
            Base::Boolean => if value == 1 { "true" } else { "false" }.into(),
            Base::Number => value.to_string().into(),
            Base::Date => Date::from_days(value).to_string().into(),
            Base::Name => landscape.name(value).into(),
            Base::Text => landscape.string(value),
            Base::Word(words) => words.get(value as usize).copied().unwrap_or_default().into(),
            Base::Entity(kind) => match landscape.id(kind, value) {
                Some(id) => id.into(),
                None => landscape.display(kind, value).into(),
            },
        }
    }

    /// Where a finding stands that is reported at a path: where that is missing, at the entity that misses it.
    fn reported_at(&self, path: &Path, frame: &Frame) -> Option<Place> {
        self.place(path, frame).or_else(|| {
            let (_, before) = path.steps.split_last()?;
            let owner = Path { slot: path.slot, kind: path.kind, steps: before.into() };
            match (self.evaluator().value(&owner, frame), owner.ty().base) {
                (MISSING, _) => self.reported_at(&owner, frame),
                (id, Base::Entity(kind)) => self.landscape().place(kind, id),
                _ => None,
            }
        })
    }

    /// Where a path points: the field's own word, else the place of the entity that the path leads to.
    pub(super) fn place(&self, path: &Path, frame: &Frame) -> Option<Place> {
        let landscape = self.landscape();
        let Some((last, before)) = path.steps.split_last() else {
            return landscape.place(path.kind, frame.get(path.slot));
        };
        let owner = Path { slot: path.slot, kind: path.kind, steps: before.into() };
        let owner = match self.evaluator().value(&owner, frame) {
            MISSING => return None,
            owner => owner,
        };
        landscape.field_place(last.kind, last.field(), owner).or_else(|| match path.ty().base {
            Base::Entity(kind) => match self.evaluator().value(path, frame) {
                MISSING => None,
                value => landscape.place(kind, value),
            },
            _ => landscape.place(last.kind, owner),
        })
    }
}

/// A frame in which the variables of a rule have these ids.
fn bound(rule: &Rule, binding: &[u32]) -> Frame {
    let mut frame = Frame::new(rule.slots);
    for ((slot, _), id) in rule.variables.iter().zip(binding) {
        frame.set(*slot, *id);
    }
    frame
}

/// A value without line breaks, cut where it is too long for a message.
fn one_line(text: &str, most: usize) -> Cow<'_, str> {
    // Names and most titles can stay as they are.
    let is_plain = |pair: &[u8]| pair[0].is_ascii_graphic() && (pair[1].is_ascii_graphic() || pair[1] == b' ');
    let is_blank = |pair: &[u8]| pair[0] == b' ' && pair[1].is_ascii_graphic();
    let bytes = text.as_bytes();
    if bytes.len() <= most
        && bytes.first().is_none_or(u8::is_ascii_graphic)
        && bytes.last().is_none_or(u8::is_ascii_graphic)
        && bytes.windows(2).all(|pair| is_plain(pair) || is_blank(pair))
    {
        return Cow::Borrowed(text);
    }
    // What is cut is not looked through, whatever its length.
    let head = match text.char_indices().nth(most.saturating_mul(2)) {
        Some((end, _)) => &text[..end],
        None => text,
    };
    let line = head.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &line[..end]).into(),
        None => line.into(),
    }
}

/// "`a`, `b` and `c`", where there are `count` of them, or at least so many.
fn listed(values: &[String], count: usize, is_cut: bool) -> String {
    let shown = if count > MOST_LISTED || is_cut { values.len().min(MOST_LISTED - 1) } else { values.len() };
    let mut parts: Vec<String> = values[..shown].iter().map(|value| format!("`{value}`")).collect();
    if shown < count {
        let at_least = if is_cut { "at least " } else { "" };
        parts.push(format!("{at_least}{} more", count - shown));
    } else if is_cut {
        parts.push("others".to_owned());
    }
    super::typing::list(parts, "and")
}
