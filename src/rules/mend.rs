//! The mends that a rule offers: from its `fix` statements and the ids of a finding to edits of the text.
//!
//! A mend is offered only where it is certain what would be written and where: one match of its `for`, a place in a file of the
//! project, a value for every path in its text. Whoever applies it checks the project again.

use crate::diagnostic::{Diagnostic, Edit, Fix, Place};
use crate::landscape::{Base, MISSING};
use crate::syntax::{Layout, escaped};
use crate::text::Span;

use super::bound::BoundGuard;
use super::evaluate::Frame;
use super::ir::{ChangeRule, Path, Piece, Template};
use super::judge::Judge;
use super::rule::Rule;

/// The most characters of a text that the title of a mend shows.
const MOST_SHOWN: usize = 60;

/// The longest value that a mend writes, in characters.
const LONGEST_VALUE: usize = 2_000;

/// The most values that a mend writes.
const MOST_WRITTEN: usize = 200;

impl Judge<'_> {
    /// Adds the mends of the rule to its finding; answers how much was looked at for one of them at the most.
    pub(super) fn mends(&self, rule: &Rule, frame: &mut Frame, diagnostic: &mut Diagnostic) -> u64 {
        let mut steps = 0;
        if rule.fixes.is_empty() {
            return steps;
        }
        let mut spoken = false;
        for (fix, guard) in rule.fixes.iter().zip(&self.guards(rule).fixes) {
            frame.steps = 0;
            let mut matches = 0;
            let mut mend = None;
            let mut make = |frame: &mut Frame| {
                matches += 1;
                if matches == 1 {
                    mend = self.edits(&fix.change, frame);
                }
            };
            match guard {
                BoundGuard::Always => make(frame),
                BoundGuard::Otherwise if !spoken => make(frame),
                BoundGuard::Otherwise => {}
                BoundGuard::When(test) => {
                    if self.evaluator().holds(test, frame) {
                        make(frame);
                    }
                }
                BoundGuard::Each(search) => self.evaluator().some_solutions(search, frame, 2, &mut make),
            }
            steps = steps.max(frame.steps);
            spoken |= matches > 0 && !matches!(guard, BoundGuard::Always);
            // Of several possible mends none is the right one, nor is one where not everything was looked at.
            if let (1, Some((title, edits)), false) = (matches, mend, frame.is_exhausted()) {
                diagnostic.fixes.push(Fix { title, safe: fix.safe, edits });
            }
        }
        steps
    }

    fn edits(&self, change: &ChangeRule, frame: &Frame) -> Option<(String, Vec<Edit>)> {
        let one = |place, text| vec![Edit { place, text }];
        Some(match change {
            ChangeRule::Replace(path, text) => {
                let place = self.own(self.place(path, frame)?)?;
                let is_quoted = is_text(path);
                let mut text = self.written(text, is_quoted, frame)?;
                if is_quoted {
                    text = format!("\"{text}\"");
                }
                (format!("write `{}`", shown(&text)), one(place, text))
            }
            ChangeRule::InsertAfter(path, text) => {
                let place = self.own(self.place(path, frame)?)?;
                let text = self.written(text, false, frame)?;
                let title = format!("insert `{}`", shown(text.trim_matches([' ', ','])));
                (title, one(Place { span: Span::at(place.span.end), ..place }, text))
            }
            ChangeRule::InsertInto(path, text) => {
                let Base::Entity(kind) = path.ty().base else { return None };
                let place = match self.evaluator().value(path, frame) {
                    MISSING => return None,
                    id => self.own(self.landscape().place(kind, id)?)?,
                };
                let text = self.written(text, false, frame)?;
                let insertion = self.laid_out(place, |layout| layout.insertion(self.text(place), place.span, &text))?;
                let title = format!("insert `{}` into `{}`", shown(&text), place.span.text(self.text(place)));
                (title, one(Place { span: Span::at(insertion.at), ..place }, insertion.text))
            }
            ChangeRule::Remove(path) => {
                let place = self.own(self.place(path, frame)?)?;
                let text = self.text(place);
                let spans = self.laid_out(place, |layout| layout.removal(text, place.span))?;
                let edit = |span| Edit { place: Place { span, ..place }, text: String::new() };
                (format!("remove `{}`", shown(place.span.text(text))), spans.into_iter().map(edit).collect())
            }
        })
    }

    /// A place in a file of the project; what is shipped cannot be mended.
    fn own(&self, place: Place) -> Option<Place> {
        (!self.landscape().sources().get(place.file).is_builtin()).then_some(place)
    }

    fn text(&self, place: Place) -> &str {
        self.landscape().sources().get(place.file).text()
    }

    /// Asks the layout around a place. That of a process is soon read; else that of the file is, once. A page is: where its
    /// blocks are quoted, nobody knows without having read it.
    fn laid_out<T>(&self, place: Place, ask: impl FnOnce(&Layout) -> T) -> T {
        let source = self.landscape().sources().get(place.file);
        match self.landscape().process_around(place).filter(|_| !source.is_markdown()) {
            Some(span) => ask(&self.layouts.of_declaration(place.file, source, span)),
            None => ask(self.layouts.of_file(place.file, source)),
        }
    }

    /// A template as a specification has it: names as they are, lists with commas, texts fit to stand between quotes. `None`
    /// where one of its paths leads to nothing. `is_quoted` says that all of it stands between quotes, not only what is a text.
    fn written(&self, template: &Template, is_quoted: bool, frame: &Frame) -> Option<String> {
        let mut text = String::new();
        for piece in &template.pieces {
            match piece {
                Piece::Text(piece) if is_quoted => text.push_str(&escaped(piece)),
                Piece::Text(piece) => text.push_str(piece),
                Piece::Path(path) => {
                    let mut room = MOST_WRITTEN;
                    let values = self.values(path, frame, LONGEST_VALUE, &mut room);
                    // What was cut is not written into a file.
                    let is_cut = room == 0 || values.iter().any(|value| value.chars().nth(LONGEST_VALUE).is_some());
                    if is_cut || values.iter().all(String::is_empty) {
                        return None;
                    }
                    let values = values.join(", ");
                    text.push_str(&if is_quoted || is_text(path) { escaped(&values) } else { values });
                }
            }
        }
        Some(text)
    }
}

fn is_text(path: &Path) -> bool {
    path.ty().base == Base::Text
}

/// The beginning of a text, on one line.
fn shown(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(MOST_SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
