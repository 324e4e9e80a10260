//! From the tree of a rule to its typed form. Every mistake is said with a place and a suggestion before anything is
//! evaluated.

use std::sync::Arc;

use indexmap::IndexMap;
use smallvec::smallvec;

use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::landscape::{Base, Kind, Type};
use crate::syntax::string_value;
use crate::syntax::tree::{self, Expression, ExpressionKind, Operator};
use crate::text::{Date, FileId, Source, Span};

use super::documentation::Documentation;
use super::ir::{Comparison, Condition, Path, Piece, Query, Slot, Step, Template, Term, TextTest};
use super::literals::Literals;
use super::predicates::{Declared, Predicates};

/// The most conditions that the predicates of one rule may unfold to.
const MOST_CONDITIONS: usize = 20_000;

/// The most variables of one rule, unfolded predicates included.
const MOST_SLOTS: usize = 2_000;

/// How deep the conditions of one rule may be nested, unfolded predicates included.
const DEEPEST: usize = 256;

/// The most variables that may be known at one place.
const MOST_VARIABLES: usize = 64;

/// The most fields that one path may follow.
const MOST_STEPS: usize = 16;

/// The longest message, in bytes of the source: people read it in a log.
const LONGEST_MESSAGE: u32 = 2_000;

/// What a typed expression is.
enum Typed {
    Condition(Condition),
    Value(Term, Type),
}

/// Types one rule or one predicate.
pub(super) struct Typer<'a> {
    source: &'a Source,
    file: FileId,
    predicates: &'a Predicates<'a>,
    literals: &'a Literals,
    diagnostics: Vec<Diagnostic>,
    scope: Vec<(&'a str, Slot, Kind)>,
    slots: u16,
    conditions: usize,
    /// Predicates that are being unfolded, so that errors inside them are said once, where they are declared.
    unfolding: usize,
    /// Expressions around the current one, those that predicates unfold to included.
    depth: usize,
    /// Whether a predicate is called in which something is wrong, so that nothing can be asked.
    rests_on_broken: bool,
}

impl<'a> Typer<'a> {
    pub(super) fn new(
        source: &'a Source,
        file: FileId,
        predicates: &'a Predicates<'a>,
        literals: &'a Literals,
    ) -> Self {
        Self {
            source,
            file,
            predicates,
            literals,
            diagnostics: Vec::new(),
            scope: Vec::new(),
            slots: 0,
            conditions: 0,
            unfolding: 0,
            depth: 0,
            rests_on_broken: false,
        }
    }

    /// What is wrong, the number of slots, and whether a predicate is called in which something is wrong.
    pub(super) fn finish(self) -> (Vec<Diagnostic>, usize, bool) {
        (self.diagnostics, usize::from(self.slots), self.rests_on_broken)
    }

    pub(super) fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        let index = self.diagnostics.len();
        self.diagnostics.push(Diagnostic::error(code, Place { file: self.file, span }, message));
        &mut self.diagnostics[index]
    }

    pub(super) fn place(&self, span: Span) -> Place {
        Place { file: self.file, span }
    }

    pub(super) fn text(&self, span: Span) -> &'a str {
        self.source.slice(span)
    }

    pub(super) fn string(&self, span: Span) -> std::borrow::Cow<'a, str> {
        string_value(self.source.text(), span)
    }

    pub(super) fn documentation(&self, span: Span) -> Documentation {
        Documentation::written(self.source, span)
    }

    fn fresh(&mut self) -> Slot {
        let slot = Slot(self.slots);
        self.slots = self.slots.saturating_add(1);
        slot
    }

    /// How many variables are in scope, to [`Self::leave`] to later.
    pub(super) fn enter(&self) -> usize {
        self.scope.len()
    }

    pub(super) fn leave(&mut self, scope: usize) {
        self.scope.truncate(scope);
    }

    /// Brings a variable into scope.
    fn bind(&mut self, span: Span, kind: Kind) -> Slot {
        let name = self.text(span);
        if let Some((_, _, other)) = self.scope.iter().find(|(known, _, _)| *known == name).copied() {
            self.error("RULE002", span, format!("the variable `{name}` is declared twice"))
                .help
                .push(format!("give one of them another name; the first `{name}` is {}", an(other)));
        }
        if matches!(name, "true" | "false" | "today") {
            self.error("RULE002", span, format!("`{name}` cannot be the name of a variable"))
                .help
                .push(format!("`{name}` is a value of the rule language; choose another name"));
        }
        if self.scope.len() >= MOST_VARIABLES {
            self.too_large(span, format!("there are more than {MOST_VARIABLES} variables here"), "split the rule");
            return Slot(u16::MAX);
        }
        let slot = self.fresh();
        self.scope.push((name, slot, kind));
        slot
    }

    /// Says, once a rule, that it is larger than what is evaluated.
    pub(super) fn too_large(&mut self, span: Span, message: String, help: &str) {
        if self.diagnostics.iter().all(|diagnostic| diagnostic.code.as_str() != "RULE012") {
            self.error("RULE012", span, message).help.push(help.to_owned());
        }
    }

    /// The kind that a word names.
    pub(super) fn kind(&mut self, span: Span) -> Option<Kind> {
        let name = self.text(span);
        let kind = Kind::from_name(name);
        if kind.is_none() {
            let suggestion = nearest(name, Kind::ALL.into_iter().map(|kind| kind.schema().name));
            let help = match suggestion {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!(
                    "kinds are {}",
                    list(Kind::ALL.into_iter().map(|kind| kind.schema().name.to_owned()), "and")
                ),
            };
            self.error("RULE001", span, format!("there is no kind `{name}`")).help.push(help);
        }
        kind
    }

    /// Brings the variables of `ranges` into scope. What `of` says is returned as a condition.
    pub(super) fn ranges(&mut self, ranges: &[tree::Range]) -> (Vec<(Slot, Kind)>, Vec<Condition>) {
        let mut variables = Vec::new();
        let mut conditions = Vec::new();
        for range in ranges {
            let Some(kind) = self.kind(range.kind) else {
                // The variable stays known, so that its uses are no second mistake; nothing is evaluated anyway.
                self.scope.push((self.text(range.variable), Slot(u16::MAX), Kind::Organization));
                continue;
            };
            let owner = range.of.and_then(|of| self.path(of));
            let slot = self.bind(range.variable, kind);
            variables.push((slot, kind));
            if let (Some(of), Some(owner)) = (range.of, owner) {
                self.belongs(of, slot, kind, owner, &mut conditions);
            }
        }
        (variables, conditions)
    }

    /// `KIND v of w`
    fn belongs(&mut self, of: Span, slot: Slot, kind: Kind, owner: Path, conditions: &mut Vec<Condition>) {
        let ty = owner.ty();
        let (Base::Entity(parent), false) = (ty.base, ty.list) else {
            self.error("RULE004", of, format!("nothing can be `of` {}", describe(ty)));
            return;
        };
        let Some(field) = kind.belongs_by(parent) else {
            let mut possible: Vec<String> = kind
                .schema()
                .fields
                .iter()
                .filter_map(|field| match field.ty.base {
                    Base::Entity(parent) if !field.ty.list => Some(format!("`{}`", parent.schema().name)),
                    _ => None,
                })
                .collect();
            possible.sort();
            possible.dedup();
            let help = if possible.is_empty() {
                format!("{} belongs to nothing; leave `of` away", an(kind))
            } else {
                format!("{} can be `of` {}", an(kind), list(possible, "or"))
            };
            self.error("RULE003", of, format!("{} does not belong to {}", an(kind), an(parent))).help.push(help);
            return;
        };
        let path = Path { slot, kind, steps: smallvec![Step::new(kind, field)] };
        conditions.push(Condition::Compare(Comparison::Equal, Term::Path(path), Term::Path(owner)));
    }

    /// Types a query; its variables are in scope only inside.
    pub(super) fn quantified(&mut self, quantified: &tree::Quantified, more: Option<&Expression>) -> Query {
        let scope = self.enter();
        let query = self.open_query(quantified, more);
        self.leave(scope);
        query
    }

    /// Types a query and leaves its variables in scope.
    pub(super) fn open_query(&mut self, quantified: &tree::Quantified, negated: Option<&Expression>) -> Query {
        let (variables, mut conditions) = self.ranges(&quantified.ranges);
        conditions.extend(quantified.condition.as_ref().map(|condition| self.condition(condition)));
        conditions.extend(negated.map(|condition| self.condition(condition).negated()));
        Query { variables, condition: Condition::All(conditions), plan: None }
    }

    /// A variable with fields, as one word of the source.
    pub(super) fn path(&mut self, span: Span) -> Option<Path> {
        let text = self.text(span);
        let mut names = text.split('.');
        let name = names.next().unwrap_or_default();
        let Some((_, slot, kind)) = self.scope.iter().rev().find(|(known, _, _)| *known == name).copied() else {
            let near = nearest(name, self.scope.iter().map(|(known, _, _)| *known));
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None if name == "today" => {
                    "`today` is a day that others are compared with, and cannot be shown".to_owned()
                }
                None => format!("declare it (`for KIND {name}`), or write text in quotes: `\"{name}\"`"),
            };
            let end = span.start + name.len() as u32;
            self.error("RULE002", Span::new(span.start, end), format!("there is no variable `{name}` here"))
                .help
                .push(help);
            return None;
        };
        if slot.0 == u16::MAX {
            return None;
        }
        let mut path = Path::variable(slot, kind);
        let mut at = span.start + name.len() as u32;
        let mut kind = kind;
        for name in names {
            let here = Span::new(at + 1, at + 1 + name.len() as u32);
            at = here.end;
            let Some(field) = kind.field(name) else {
                self.unknown_field(here, kind, name);
                return None;
            };
            if path.steps.len() == MOST_STEPS {
                let message = format!("a path follows at most {MOST_STEPS} fields");
                self.too_large(here, message, "take a part of it into a variable");
                return None;
            }
            let step = Step::new(kind, field);
            path.steps.push(step);
            if at < span.end {
                match step.ty().base {
                    Base::Entity(next) => kind = next,
                    _ => {
                        let message =
                            format!("`{name}` of {} is {}, which has no fields", an(kind), describe(step.ty()));
                        self.error("RULE003", Span::new(at + 1, span.end), message);
                        return None;
                    }
                }
            }
        }
        Some(path)
    }

    fn unknown_field(&mut self, span: Span, kind: Kind, name: &str) {
        let fields = kind.schema().fields;
        let help = match nearest(name, fields.iter().map(|field| field.name)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("{} has {}", an(kind), list(fields.iter().map(|field| format!("`{}`", field.name)), "and")),
        };
        self.error("RULE003", span, format!("{} has no field `{name}`", an(kind))).help.push(help);
    }

    /// Types an expression that must be true or false.
    pub(super) fn condition(&mut self, expression: &Expression) -> Condition {
        match self.expression(expression) {
            Some(Typed::Condition(condition)) => condition,
            Some(Typed::Value(term, Type { base: Base::Boolean, list: false, .. })) => Condition::Holds(term),
            Some(Typed::Value(_, ty)) => {
                let text = self.text(expression.span);
                let help = if ty.optional || ty.list {
                    format!("to ask whether there is one, write `not ({text} is missing)`")
                } else {
                    "compare it with something: `=`, `in`, `<`, …".to_owned()
                };
                self.error(
                    "RULE004",
                    expression.span,
                    format!("a condition is expected, but this is {}", describe(ty)),
                )
                .help
                .push(help);
                Condition::always()
            }
            None => Condition::always(),
        }
    }

    fn expression(&mut self, expression: &Expression) -> Option<Typed> {
        self.conditions += 1;
        if self.depth > DEEPEST {
            let message = format!("the rule nests more than {DEEPEST} conditions, with those of its predicates");
            self.too_large(expression.span, message, "split the rule, or the predicates that it calls");
            return None;
        }
        self.depth += 1;
        let typed = self.expression_inside(expression);
        self.depth -= 1;
        typed
    }

    fn expression_inside(&mut self, expression: &Expression) -> Option<Typed> {
        let span = expression.span;
        Some(match &expression.kind {
            ExpressionKind::Or(parts) => {
                Typed::Condition(Condition::Any(parts.iter().map(|part| self.condition(part)).collect()))
            }
            ExpressionKind::And(parts) => {
                Typed::Condition(Condition::All(parts.iter().map(|part| self.condition(part)).collect()))
            }
            ExpressionKind::Not(inner) => Typed::Condition(self.condition(inner).negated()),
            ExpressionKind::Binary(operator, left, right) => {
                Typed::Condition(self.binary(span, *operator, left, right)?)
            }
            ExpressionKind::IsMissing(inner) => {
                let (term, ty) = self.value(inner)?;
                if !ty.optional && !ty.list {
                    let text = self.text(inner.span);
                    self.error("RULE004", inner.span, format!("`{text}` is never missing"))
                        .help
                        .push("leave the condition away".to_owned());
                    return None;
                }
                Typed::Condition(Condition::Missing(term))
            }
            ExpressionKind::Exists(quantified) => {
                Typed::Condition(Condition::Exists(Arc::new(self.quantified(quantified, None))))
            }
            ExpressionKind::Every(quantified, have) => {
                let query = self.quantified(quantified, Some(have));
                Typed::Condition(Condition::Exists(Arc::new(query)).negated())
            }
            ExpressionKind::Count(quantified) => {
                let query = self.quantified(quantified, None);
                Typed::Value(Term::Count(Arc::new(query)), single(Base::Number))
            }
            ExpressionKind::Call(name, arguments) => Typed::Condition(self.call(*name, arguments)?),
            ExpressionKind::Path(path) => match self.text(path.span) {
                "true" => Typed::Value(Term::Literal(1, Base::Boolean), single(Base::Boolean)),
                "false" => Typed::Value(Term::Literal(0, Base::Boolean), single(Base::Boolean)),
                "today" => Typed::Value(Term::Today, single(Base::Date)),
                _ => {
                    let path = self.path(path.span)?;
                    let ty = path.ty();
                    Typed::Value(Term::Path(path), ty)
                }
            },
            ExpressionKind::Text(text) => {
                let number = self.literals.number(&self.string(*text));
                debug_assert!(number.is_some(), "all strings were collected");
                self.rests_on_broken |= number.is_none();
                Typed::Value(Term::Text(number?), single(Base::Text))
            }
            ExpressionKind::Number(number) => {
                let text = self.text(*number);
                if let Some(date) = Date::parse(text) {
                    Typed::Value(Term::Literal(date.days(), Base::Date), single(Base::Date))
                } else if let Some(number) = text.parse::<u32>().ok().filter(|number| *number < u32::MAX) {
                    Typed::Value(Term::Literal(number, Base::Number), single(Base::Number))
                } else {
                    self.error("RULE004", *number, format!("`{text}` is neither a number nor a day"))
                        .help
                        .push(format!("write a clause or another name in quotes: `\"{text}\"`; a day is `2027-01-31`"));
                    return None;
                }
            }
        })
    }

    fn value(&mut self, expression: &Expression) -> Option<(Term, Type)> {
        match self.expression(expression)? {
            Typed::Value(term, ty) => Some((term, ty)),
            Typed::Condition(_) => {
                self.error("RULE004", expression.span, "a value is expected, but this is a condition");
                None
            }
        }
    }

    fn binary(&mut self, span: Span, operator: Operator, left: &Expression, right: &Expression) -> Option<Condition> {
        // Both sides are typed before either is given up, so that two mistakes are two findings.
        let (first, second) = (self.value(left), self.value(right));
        let ((a, a_type), (b, b_type)) = (first?, second?);
        let negative = matches!(operator, Operator::Unequal | Operator::Greater | Operator::GreaterOrEqual);
        match operator {
            Operator::Equal | Operator::Unequal => {
                if a_type.list && b_type.list {
                    let message = "two lists cannot be compared by `=`";
                    let help = "ask whether a value stands in both: `x in a and x in b`".to_owned();
                    self.error("RULE004", span, message).help.push(help);
                    return None;
                }
                if a_type.list || b_type.list {
                    let (text, list) = if b_type.list { (left, right) } else { (right, left) };
                    let help = format!("write `{} in {}`", self.text(text.span), self.text(list.span));
                    let message = "a list cannot be compared with a single value by `=`";
                    self.error("RULE004", span, message).help.push(help);
                    return None;
                }
                let (a, b) = self.alike(span, (left, a, a_type), (right, b, b_type))?;
                let equal = Condition::Compare(Comparison::Equal, a, b);
                Some(if negative { equal.negated() } else { equal })
            }
            Operator::In => {
                if !b_type.list || a_type.list {
                    let help = if a_type.list && !b_type.list {
                        format!("did you mean `{} in {}`?", self.text(right.span), self.text(left.span))
                    } else {
                        format!("write `{} = {}`", self.text(left.span), self.text(right.span))
                    };
                    let message = "`in` asks whether one value is in a list";
                    self.error("RULE004", span, message).help.push(help);
                    return None;
                }
                let (a, b) = self.alike(span, (left, a, a_type), (right, b, b_type))?;
                Some(Condition::In(a, b))
            }
            Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
                let ordered = |ty: Type| !ty.list && matches!(ty.base, Base::Number | Base::Date);
                if !ordered(a_type) || a_type.base != b_type.base || b_type.list {
                    let message = format!("{} and {} cannot be ordered", describe(a_type), describe(b_type));
                    self.error("RULE004", span, message)
                        .help
                        .push("`<` and `>` compare two numbers or two days".to_owned());
                    return None;
                }
                Some(match operator {
                    Operator::Less => Condition::Compare(Comparison::Less, a, b),
                    Operator::LessOrEqual => Condition::Compare(Comparison::LessOrEqual, a, b),
                    Operator::Greater => Condition::Compare(Comparison::Less, b, a),
                    _ => Condition::Compare(Comparison::LessOrEqual, b, a),
                })
            }
            Operator::Matches | Operator::StartsWith | Operator::EndsWith | Operator::Contains => {
                self.text_test(operator, (left, a, a_type), (right, b, b_type))
            }
        }
    }

    fn text_test(
        &mut self,
        operator: Operator,
        (left, a, a_type): (&Expression, Term, Type),
        (right, b, b_type): (&Expression, Term, Type),
    ) -> Option<Condition> {
        let textual = |ty: Type| matches!(ty.base, Base::Name | Base::Text);
        if !textual(a_type) {
            let text = self.text(left.span);
            let help = match a_type.base {
                Base::Entity(kind) if kind.field("id").is_some() => format!("write `{text}.id`"),
                Base::Entity(kind) if kind.field("number").is_some() => format!("write `{text}.number`"),
                _ if operator == Operator::Contains && a_type.list => {
                    format!("write `{} in {text}`", self.text(right.span))
                }
                _ => "only an id, a number of a clause, a title or another text can be looked into".to_owned(),
            };
            self.error("RULE004", left.span, format!("a text is expected, but this is {}", describe(a_type)))
                .help
                .push(help);
            return None;
        }
        if !textual(b_type) || b_type.list {
            self.error("RULE004", right.span, format!("a text is expected, but this is {}", describe(b_type)))
                .help
                .push("write it in quotes".to_owned());
            return None;
        }
        let test = match operator {
            Operator::StartsWith => TextTest::StartsWith(b),
            Operator::EndsWith => TextTest::EndsWith(b),
            Operator::Contains => TextTest::Contains(b),
            _ => {
                let Term::Text(literal) = b else {
                    self.error("RULE011", right.span, "the pattern of `matches` must stand in quotes").help.push(
                        "write the pattern itself, like `\"^[A-Z]+$\"`; to look for another text there is `contains`"
                            .to_owned(),
                    );
                    return None;
                };
                match self.literals.pattern(literal, self.source.is_builtin()) {
                    Ok(pattern) => TextTest::Matches(pattern),
                    Err(reason) => {
                        self.error("RULE011", right.span, format!("the pattern cannot be used: {reason}")).help.push(
                            "patterns are regular expressions without look-around and back references".to_owned(),
                        );
                        return None;
                    }
                }
            }
        };
        Some(Condition::Text(a, test))
    }

    /// Makes two values comparable, or says why they are not.
    fn alike(
        &mut self,
        span: Span,
        (left, a, a_type): (&Expression, Term, Type),
        (right, b, b_type): (&Expression, Term, Type),
    ) -> Option<(Term, Term)> {
        match (a_type.base, b_type.base) {
            (Base::Word(words), _) if matches!(b, Term::Text(_)) => Some((a, self.word(right, words)?)),
            (_, Base::Word(words)) if matches!(a, Term::Text(_)) => Some((self.word(left, words)?, b)),
            (Base::Entity(one), Base::Entity(other)) if one.family() == other.family() => Some((a, b)),
            (Base::Name | Base::Text, Base::Name | Base::Text) => Some((a, b)),
            (one, other) if one == other => Some((a, b)),
            (Base::Entity(kind), Base::Name | Base::Text) => self.unlike_entity(span, left, kind, (a_type, b_type)),
            (Base::Name | Base::Text, Base::Entity(kind)) => self.unlike_entity(span, right, kind, (a_type, b_type)),
            _ => {
                let message = format!("{} and {} cannot be compared", describe(a_type), describe(b_type));
                self.error("RULE004", span, message)
                    .help
                    .push("compare things of one kind: an item with an item, a text with a text".to_owned());
                None
            }
        }
    }

    fn unlike_entity<T>(&mut self, span: Span, side: &Expression, kind: Kind, types: (Type, Type)) -> Option<T> {
        let text = self.text(side.span);
        let message = format!("{} and {} cannot be compared", describe(types.0), describe(types.1));
        let diagnostic = self.error("RULE004", span, message);
        for field in ["id", "number"] {
            if kind.field(field).is_some() {
                diagnostic.help.push(format!("write `{text}.{field}` to compare its {field}"));
                break;
            }
        }
        None
    }

    /// A quoted word of a list.
    fn word(&mut self, expression: &Expression, words: &'static [&'static str]) -> Option<Term> {
        let ExpressionKind::Text(span) = expression.kind else { return None };
        let text = self.string(span);
        if let Some(index) = words.iter().position(|word| *word == text) {
            return Some(Term::Literal(index as u32, Base::Word(words)));
        }
        let help = match nearest(&text, words.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it is one of {}", list(words.iter().map(|word| format!("`{word}`")), "or")),
        };
        self.error("RULE004", span, format!("`{text}` is none of the words that can stand here")).help.push(help);
        None
    }

    /// A call of a defined predicate: unfolded, or left as it is where the predicate is recursive.
    fn call(&mut self, name: Span, arguments: &[Expression]) -> Option<Condition> {
        let text = self.text(name);
        let Some(index) = self.predicates.find(text) else {
            if self.predicates.was_skipped(text) {
                self.rests_on_broken = true;
                return None;
            }
            let help = match self.predicates.nearest(text) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("declare it: `define {text}(KIND v) when …`"),
            };
            self.error("RULE005", name, format!("there is no predicate `{text}`")).help.push(help);
            return None;
        };
        let declared = self.predicates.get(index);
        let parameters = &declared.declaration.define.parameters;
        if parameters.len() != arguments.len() {
            let message = format!(
                "`{text}` takes {} argument{}, but {} stand{} here",
                parameters.len(),
                if parameters.len() == 1 { "" } else { "s" },
                arguments.len(),
                if arguments.len() == 1 { "s" } else { "" },
            );
            self.wrong_argument(name, message, declared);
            return None;
        }
        let mut paths = Vec::with_capacity(arguments.len());
        for (argument, parameter) in arguments.iter().zip(parameters) {
            let (term, ty) = self.value(argument)?;
            let Some(kind) = Kind::from_name(declared.source.slice(parameter.kind)) else {
                // Which was said where the predicate is declared.
                self.rests_on_broken = true;
                return None;
            };
            let matches = matches!(ty.base, Base::Entity(given) if given.family() == kind.family()) && !ty.list;
            let Term::Path(path) = term else {
                let message = format!("`{text}` takes {} here", an(kind));
                self.wrong_argument(argument.span, message, declared);
                return None;
            };
            if !matches {
                let message = format!("`{text}` takes {} here, but this is {}", an(kind), describe(ty));
                self.wrong_argument(argument.span, message, declared);
                return None;
            }
            paths.push(path);
        }
        if declared.broken {
            self.rests_on_broken = true;
            return None;
        }
        if declared.recursive {
            return Some(Condition::Call(index, paths));
        }
        self.unfold(name, index, paths)
    }

    /// Says what a predicate is not called with, and where it is declared.
    fn wrong_argument(&mut self, span: Span, message: String, declared: &Declared<'_>) {
        let place = Place { file: declared.declaration.file, span: declared.declaration.define.name };
        let diagnostic = self.error("RULE006", span, message);
        diagnostic.labels.push(crate::diagnostic::Label { place, message: "declared here".to_owned() });
    }

    /// The body of a predicate with its arguments in place of its parameters.
    fn unfold(&mut self, name: Span, index: usize, arguments: Vec<Path>) -> Option<Condition> {
        let declared = self.predicates.get(index);
        if self.conditions > MOST_CONDITIONS || usize::from(self.slots) > MOST_SLOTS {
            let message = format!("`{}` unfolds to too many conditions", self.text(name));
            let help = "predicates that call one another several times grow fast; split the rule";
            self.too_large(name, message, help);
            return None;
        }
        let mut conditions = Vec::new();
        let (outer_source, outer_file) = (self.source, self.file);
        let outer_scope = std::mem::take(&mut self.scope);
        (self.source, self.file) = (declared.source, declared.declaration.file);
        let before = self.diagnostics.len();
        self.unfolding += 1;
        // A parameter is a variable that equals the argument. The planner binds it at once, so it costs nothing; and a
        // narrower parameter (a party for an actor) is tested by the same step.
        let mut variables = Vec::new();
        for (parameter, argument) in declared.declaration.define.parameters.iter().zip(arguments) {
            let Some(kind) = Kind::from_name(declared.source.slice(parameter.kind)) else { continue };
            let parameter_name = declared.source.slice(parameter.variable);
            if argument.steps.is_empty() && argument.kind == kind {
                self.scope.push((parameter_name, argument.slot, kind));
                continue;
            }
            let slot = self.fresh();
            self.scope.push((parameter_name, slot, kind));
            variables.push((slot, kind));
            let variable = Term::Path(Path::variable(slot, kind));
            conditions.push(Condition::Compare(Comparison::Equal, variable, Term::Path(argument)));
        }
        let body = self.condition(&declared.declaration.define.when);
        self.unfolding -= 1;
        // What is wrong inside was said where the predicate is declared, but for its size.
        let kept: Vec<Diagnostic> =
            self.diagnostics.drain(before..).filter(|diagnostic| diagnostic.code.as_str() == "RULE012").collect();
        self.diagnostics.extend(kept);
        (self.source, self.file) = (outer_source, outer_file);
        self.scope = outer_scope;
        if variables.is_empty() {
            return Some(body);
        }
        conditions.push(body);
        Some(Condition::Exists(Arc::new(Query { variables, condition: Condition::All(conditions), plan: None })))
    }

    /// A message: `{path}` stands for what the path leads to; other braces are text.
    pub(super) fn template(&mut self, span: Span) -> Template {
        if span.len() > LONGEST_MESSAGE {
            let message = format!("a message has at most {LONGEST_MESSAGE} bytes");
            self.too_large(span, message, "say the rest in the documentation of the rule");
            return Template::default();
        }
        let text = self.string(span).into_owned();
        let raw = self.text(span);
        let mut pieces = Vec::new();
        let mut rest = text.as_str();
        while let Some(open) = rest.find('{') {
            let after = &rest[open + 1..];
            let length = after.find('}').unwrap_or(after.len());
            let inner = &after[..length];
            let is_path = length < after.len()
                && !inner.is_empty()
                && inner.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
            // The place of the path in the source, where the string has no escapes before it.
            let place = || {
                raw.find(&format!("{{{inner}}}")).map_or(span, |at| {
                    let start = span.start + at as u32 + 1;
                    Span::new(start, start + inner.len() as u32)
                })
            };
            if !is_path {
                // Braces may stand for themselves; what is meant to be worked out would be shown as it stands.
                let is_query = length < after.len() && inner.starts_with("count(");
                if is_query {
                    self.error("RULE004", place(), "a message can say what a path leads to, but it cannot count")
                        .help
                        .push("say it in words, or name what is counted in a `label for` or a `help for`".to_owned());
                }
                pieces.push(Piece::Text(rest[..=open].to_owned()));
                rest = after;
                continue;
            }
            pieces.push(Piece::Text(rest[..open].to_owned()));
            rest = &after[length + 1..];
            let here = place();
            if here != span {
                pieces.extend(self.path(here).map(Piece::Path));
            }
        }
        pieces.push(Piece::Text(rest.to_owned()));
        pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
        Template { pieces }
    }
}

const fn single(base: Base) -> Type {
    Type { base, list: false, optional: false }
}

/// A kind with its article.
fn an(kind: Kind) -> String {
    describe(single(Base::Entity(kind)))
}

/// A type in words, with its article.
pub(super) fn describe(ty: Type) -> String {
    let (one, several): (String, String) = match ty.base {
        Base::Boolean => ("a truth value".into(), "truth values".into()),
        Base::Number => ("a number".into(), "numbers".into()),
        Base::Date => ("a day".into(), "days".into()),
        Base::Name => ("a name".into(), "names".into()),
        Base::Text => ("a text".into(), "texts".into()),
        Base::Word(words) => {
            let words = list(words.iter().map(|word| format!("`{word}`")), "or");
            (format!("one of {words}"), format!("words ({words})"))
        }
        Base::Entity(kind) => {
            let name = kind.schema().name;
            let article = if name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
            (format!("{article} `{name}`"), format!("entities of the kind `{name}`"))
        }
    };
    if ty.list { format!("a list of {several}") } else { one }
}

/// `a, b and c`
pub(super) fn list(parts: impl IntoIterator<Item = String>, last: &str) -> String {
    let parts: Vec<String> = parts.into_iter().collect();
    match parts.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((end, rest)) => format!("{} {last} {end}", rest.join(", ")),
    }
}

/// Names that are declared, by name; the first declaration stands.
pub(super) type ByName<'a, T> = IndexMap<&'a str, T, rustc_hash::FxBuildHasher>;
