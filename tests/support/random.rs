//! Organizations and rules at random.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::fmt::Write as _;

use ismslint::landscape::{Base, Kind};

/// Choices that are read from bytes, so that a failing case shrinks with them.
pub(crate) struct Choices<'a>(pub(crate) std::slice::Iter<'a, u8>);

impl Choices<'_> {
    fn below(&mut self, limit: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or(0)) % limit.max(1)
    }

    fn chance(&mut self, one_in: usize) -> bool {
        self.below(one_in) == one_in - 1
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

const ACTORS: &[&str] = &["p0", "p1", "p2", "p3", "x0", "x1", "sys"];
const ITEMS: &[&str] = &["i0", "i1", "i2", "i3"];
const CLAUSES: &[&str] = &["1", "1.1", "1.2", "1.*", "2", "3.1", "3.*", "A.1", "A.2", "A.*", "old:1/7", "std:1/2"];

/// A small organization with a standard and a model of its own.
pub(crate) fn organization(choices: &mut Choices<'_>) -> String {
    let mut text = String::from(
        "organization o { standard std:2 model m:1 } role boss party x0 party x1 system sys\n\
         standard std:1 { clause 1 { clause 1.1 } clause 2 clause 3 }\n\
         standard std:2 { clause 1 requirement { clause 1.1 clause 1.2 should } clause 2 phase plan { document \"d\" } \
         clause 3 { clause 3.1 clause 3.2 } control A { control A.1 control A.2 } }\n\
         standard old:1 { clause 7 }\n\
         mapping std:1 to std:2 { 1.1 moved 1.2  2 split 2, 3.1  withdrawn 3 }\n\
         model m:1 { process r0 { category core purpose \"p\" input i0 from r1 result i1 to r1 covers std:1/2 } \
         process r1 { category support input * from r0 result i0 to r0 inferred } process r2 { result i3 } }\n",
    );
    for process in 0..1 + choices.below(4) {
        let title = choices.of(&["\"alpha\"", "\"beta\"", ""]);
        let _ = write!(text, "process p{process} {title} {{ ");
        if choices.chance(2) {
            let _ = write!(text, "category {} ", choices.of(&["core", "support"]));
        }
        if choices.chance(2) {
            text.push_str("owner boss ");
        }
        if choices.chance(3) {
            let _ = write!(text, "implements {} ", choices.of(&["r0", "r1", "r0, r1"]));
        }
        if choices.chance(3) {
            let _ = write!(text, "every {} days ", choices.of(&["1", "30", "365"]));
        }
        if choices.chance(3) {
            let _ = write!(text, "capability {} ", choices.below(3));
        }
        for first in 0..choices.below(3) {
            let item = if choices.chance(5) { "*" } else { ITEMS[(first * 2 + choices.below(2)) % 4] };
            let _ = write!(text, "input {item} {} {} ", list(choices, "from"), choices.of(&["", "", "feedback"]));
        }
        for first in 0..choices.below(3) {
            let item = ITEMS[(first * 2 + choices.below(2)) % 4];
            let _ = write!(text, "result {item} {} {} ", list(choices, "to"), choices.of(&["", "", "retained"]));
        }
        for _ in 0..choices.below(3) {
            let _ = write!(text, "covers {} {} ", choices.of(CLAUSES), choices.of(&["", "", "partly because \"b\""]));
        }
        text.push_str("}\n");
    }
    if choices.chance(2) {
        text.push_str("item i0 \"title\" { documents 2 contains i1, i2 }\n");
    }
    if choices.chance(2) {
        let _ = writeln!(text, "omit {} because \"b\"", choices.of(&["r0", "r2"]));
    }
    if choices.chance(2) {
        let _ = writeln!(
            text,
            "applicability std:2 {{ include A.* because \"b\" exclude {} because \"b\" }}",
            choices.of(&["A.1", "2"])
        );
    }
    text
}

/// `from a, b`, or nothing.
fn list(choices: &mut Choices<'_>, word: &str) -> String {
    let first = choices.below(ACTORS.len() + 3);
    match ACTORS.get(first) {
        None => String::new(),
        Some(one) if choices.chance(2) => {
            format!("{word} {one}, {}", ACTORS[(first + 1 + choices.below(5)) % ACTORS.len()])
        }
        Some(one) => format!("{word} {one}"),
    }
}

/// Predicates that random rules call.
pub(crate) const DEFINES: &str = "
define hands(process a, process b) when exists result r of a, input j of b where r.item = j.item
define reaches(process a, process b) when hands(a, b) or exists process m where hands(a, m) and reaches(m, b)
define only-back(process a, process b) when reaches(b, a) and not reaches(a, b)
define odd(process a, process b) when hands(a, b) or exists process m where hands(a, m) and pair(m, b)
define pair(process a, process b) when exists process m where hands(a, m) and odd(m, b)
define under(clause a, clause b) when a.parent = b or under(a.parent, b)
define outside(actor a) when exists outsider o where o = a
define beyond(process a, clause c) when exists cover v of a where under(v.clause, c) and not outside(a)
";
/// Names of predicates with the kinds of their parameters.
const CALLS: &[(&str, &[Kind])] = &[
    ("hands", &[Kind::Process, Kind::Process]),
    ("reaches", &[Kind::Process, Kind::Process]),
    ("only-back", &[Kind::Process, Kind::Process]),
    ("odd", &[Kind::Process, Kind::Process]),
    ("under", &[Kind::Clause, Kind::Clause]),
    ("outside", &[Kind::Actor]),
    ("beyond", &[Kind::Process, Kind::Clause]),
];
const KINDS: &[Kind] = &[
    Kind::Process,
    Kind::Input,
    Kind::Result,
    Kind::Source,
    Kind::Destination,
    Kind::Item,
    Kind::Cover,
    Kind::Clause,
    Kind::Outsider,
    Kind::Actor,
];

/// A path that can be written: its text, and what it leads to.
#[derive(Clone)]
struct Written {
    text: String,
    base: Base,
    list: bool,
    optional: bool,
}

/// Writes random conditions that are well typed.
struct Writer<'a, 'b> {
    choices: &'a mut Choices<'b>,
    scope: Vec<(String, Kind)>,
    fresh: usize,
}

impl Writer<'_, '_> {
    /// Every path of at most two fields from the variables in scope.
    fn paths(&self) -> Vec<Written> {
        let mut all = Vec::new();
        for (name, kind) in &self.scope {
            let start = Written { text: name.clone(), base: Base::Entity(*kind), list: false, optional: false };
            let mut rim = vec![start.clone()];
            all.push(start);
            for _ in 0..2 {
                let mut next = Vec::new();
                for path in rim {
                    let Base::Entity(kind) = path.base else { continue };
                    next.extend(kind.schema().fields.iter().map(|field| Written {
                        text: format!("{}.{}", path.text, field.name),
                        base: field.ty.base,
                        list: path.list || field.ty.list,
                        optional: path.optional || field.ty.optional,
                    }));
                }
                all.extend(next.iter().cloned());
                rim = next;
            }
        }
        all
    }

    fn pick(&mut self, fits: impl Fn(&Written) -> bool) -> Option<Written> {
        let all: Vec<Written> = self.paths().into_iter().filter(fits).collect();
        // More paths than a byte can tell apart.
        let at = self.choices.below(256) * 256 + self.choices.below(256);
        (!all.is_empty()).then(|| all[at % all.len()].clone())
    }

    /// `KIND v [of w], …`; the variables stay in scope.
    fn ranges(&mut self, most: usize) -> String {
        let mut parts = Vec::new();
        for _ in 0..=self.choices.below(most) {
            let kind = self.choices.of(KINDS);
            let name = format!("v{}", self.fresh);
            self.fresh += 1;
            let owner = if self.choices.chance(2) {
                self.pick(|path| {
                    matches!(path.base, Base::Entity(parent) if !path.list && path.text.len() < 4 && kind.belongs_by(parent).is_some())
                })
            } else {
                None
            };
            let of = owner.map(|owner| format!(" of {}", owner.text)).unwrap_or_default();
            parts.push(format!("{} {name}{of}", kind.schema().name));
            self.scope.push((name, kind));
        }
        parts.join(", ")
    }

    fn condition(&mut self, depth: usize) -> String {
        let kinds = if depth == 0 { 5 } else { 12 };
        match self.choices.below(kinds) {
            0..=3 => self.comparison(),
            4 => self.call(),
            5 => format!("not ({})", self.condition(depth - 1)),
            6 | 7 => format!("({} and {})", self.condition(depth - 1), self.condition(depth - 1)),
            8 => format!("({} or {})", self.condition(depth - 1), self.condition(depth - 1)),
            9 => self.inner(|writer| format!("(exists {} where {})", writer.ranges(2), writer.condition(depth - 1))),
            10 => {
                let than = self.choices.of(&["= 1", "> 1", "< 2", "!= 0"]);
                self.inner(|writer| format!("count({} where {}) {than}", writer.ranges(2), writer.condition(depth - 1)))
            }
            _ => self.inner(|writer| {
                let (ranges, when) = (writer.ranges(1), writer.condition(depth - 1));
                format!("(every {ranges} where {when} have {})", writer.condition(depth - 1))
            }),
        }
    }

    fn inner(&mut self, write: impl FnOnce(&mut Self) -> String) -> String {
        let before = self.scope.len();
        let text = write(self);
        self.scope.truncate(before);
        text
    }

    /// What a rule is about, and when.
    fn found(&mut self) -> String {
        let mut text = format!("for {} ", self.ranges(2));
        for _ in 0..=self.choices.below(2) {
            let _ = write!(text, "where {} ", self.condition(2));
        }
        if self.choices.chance(2) {
            let unless = self.inner(|writer| format!("unless {} where {} ", writer.ranges(1), writer.condition(1)));
            text.push_str(&unless);
        }
        text
    }

    /// A text with what some paths lead to.
    fn message(&mut self) -> String {
        let mut text = "\"it says".to_owned();
        for _ in 0..self.choices.below(3) {
            if let Some(path) = self.pick(|_| true) {
                let _ = write!(text, " {{{}}}", path.text);
            }
        }
        text + "\""
    }

    fn call(&mut self) -> String {
        let (name, kinds) = self.choices.of(CALLS);
        let mut arguments = Vec::new();
        for kind in kinds {
            let fits = |path: &Written| matches!(path.base, Base::Entity(other) if !path.list && other.family() == kind.family());
            match self.pick(fits) {
                Some(path) => arguments.push(path.text),
                None => return self.comparison(),
            }
        }
        format!("{name}({})", arguments.join(", "))
    }

    fn comparison(&mut self) -> String {
        let Some(path) = self.pick(|_| true) else { return "true = true".to_owned() };
        let text = &path.text;
        if (path.list || path.optional) && self.choices.chance(4) {
            return format!("{text} is missing");
        }
        let same = |other: &Written| match (path.base, other.base) {
            (Base::Entity(one), Base::Entity(other)) => one.family() == other.family(),
            (Base::Name | Base::Text, Base::Name | Base::Text) => true,
            (one, other) => one == other,
        };
        let literal = match path.base {
            Base::Boolean if !path.list => return text.clone(),
            Base::Number if !path.list => {
                return format!("{text} {} {}", self.choices.of(&["<", "<=", ">", "="]), self.choices.of(&["1", "30"]));
            }
            Base::Date if !path.list => return format!("{text} < today"),
            Base::Name | Base::Text => {
                let word = self.choices.of(&["\"p1\"", "\"alpha\"", "\"i0\"", "\"1\"", "\"A.\""]);
                if self.choices.chance(3) {
                    return format!("{text} {} {word}", self.choices.of(&["starts-with", "ends-with", "contains"]));
                }
                Some(word)
            }
            Base::Word(words) => Some(if words.contains(&"core") {
                "\"core\""
            } else if words.contains(&"plan") {
                "\"plan\""
            } else {
                "\"same\""
            }),
            _ => None,
        };
        let other = match literal {
            Some(literal) if self.choices.chance(2) => Some(literal.to_owned()),
            _ => self.pick(|other| !other.list && other.text != path.text && same(other)).map(|other| other.text),
        };
        match other {
            None => "true = true".to_owned(),
            Some(other) if path.list => format!("{other} in {text}"),
            Some(other) => format!("{text} {} {other}", self.choices.of(&["=", "=", "=", "!="])),
        }
    }
}

/// A rule that says no more than that it found something.
pub(crate) fn rule(choices: &mut Choices<'_>) -> String {
    let mut writer = Writer { choices, scope: Vec::new(), fresh: 0 };
    format!("rule OWN001 random error {{ {}report v0 \"found\" }}\n", writer.found())
}

/// A rule with that number, which says a lot.
pub(crate) fn rule_with_words(choices: &mut Choices<'_>, number: usize) -> String {
    let mut writer = Writer { choices, scope: Vec::new(), fresh: 0 };
    let mut text = format!("rule OWN{number:03} random-{number} error {{ {}", writer.found());
    let _ = write!(text, "report v0 {} ", writer.message());
    if writer.choices.chance(2) {
        let place = writer.pick(|path| !path.list && matches!(path.base, Base::Entity(kind) if kind != Kind::Ring));
        let (place, message) = (place.map_or_else(|| "v0".to_owned(), |path| path.text), writer.message());
        let _ = write!(text, "label {place} {message} ");
    }
    if writer.choices.chance(2) {
        let _ =
            write!(text, "help when {} {} help otherwise {} ", writer.condition(1), writer.message(), writer.message());
    }
    if writer.choices.chance(2) {
        let note = writer.inner(|writer| {
            format!("note for {} where {} {} ", writer.ranges(1), writer.condition(1), writer.message())
        });
        text.push_str(&note);
    }
    text.push_str("}\n");
    text
}
