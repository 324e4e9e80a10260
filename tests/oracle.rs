//! Rules answered twice: by plans and indexes, and by the loops below, which know neither. They walk the tree of a rule as it
//! was parsed, try every row for every variable, and must find the same.

#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "support/random.rs"]
mod random;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ismslint::builtin;
use ismslint::landscape::{self, Base, Column, DefineDeclaration, FileFacts, Kind, Landscape, MISSING, Surroundings};
use ismslint::rules::{Judge, Program};
use ismslint::syntax::tree::{Expression, ExpressionKind, Operator, Quantified, Range, Rule, RuleStatementKind};
use ismslint::syntax::{self, string_value};
use ismslint::text::{Date, FileId, Source, SourceMap, Span};
use proptest::prelude::*;

use random::{Choices, DEFINES, organization, rule};

/// One value. Names, words and texts are compared by what they say; entities by family and id.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Truth(bool),
    Number(u32),
    Day(u32),
    Text(String),
    Entity(Kind, u32),
}

/// The variables in scope: name, kind, id.
type Scope = Vec<(String, Kind, u32)>;

/// The tuples of predicates that are known, or known so far.
type Relations = BTreeMap<String, BTreeSet<Vec<u32>>>;

struct Oracle<'a> {
    sources: &'a SourceMap,
    landscape: &'a Landscape,
    defines: BTreeMap<String, &'a DefineDeclaration>,
    relations: RefCell<Relations>,
}

/// An expression with the file it stands in.
type At<'a> = (&'a Source, &'a Expression);

impl<'a> Oracle<'a> {
    fn new(sources: &'a SourceMap, landscape: &'a Landscape, facts: &[&'a FileFacts]) -> Self {
        let all = facts.iter().flat_map(|facts| facts.defines());
        let defines = all.map(|one| (sources.get(one.file).slice(one.define.name).to_owned(), one)).collect();
        let oracle = Self { sources, landscape, defines, relations: RefCell::default() };
        oracle.fixpoints();
        oracle
    }

    /// The bindings of a rule, sorted.
    fn find(&self, source: &Source, rule: &Rule) -> Vec<Vec<u32>> {
        let ranges: Vec<&Range> = rule
            .statements
            .iter()
            .filter_map(|statement| match &statement.kind {
                RuleStatementKind::For(ranges) => Some(ranges),
                _ => None,
            })
            .flatten()
            .collect();
        let mut found = BTreeSet::new();
        self.each(source, &ranges, &mut Scope::new(), &mut |scope| {
            let holds = rule.statements.iter().all(|statement| match &statement.kind {
                RuleStatementKind::Where(condition) => self.holds((source, condition), scope),
                RuleStatementKind::Unless(query) => self.count(source, query, scope) == 0,
                _ => true,
            });
            if holds {
                found.insert(scope.iter().map(|(_, _, id)| *id).collect::<Vec<u32>>());
            }
        });
        found.into_iter().collect()
    }

    /// Every combination of rows.
    fn each(&self, source: &Source, ranges: &[&Range], scope: &mut Scope, visit: &mut dyn FnMut(&mut Scope)) {
        let Some((range, rest)) = ranges.split_first() else { return visit(scope) };
        let kind = Kind::from_name(source.slice(range.kind)).expect("a kind");
        for id in self.landscape.rows(kind) {
            scope.push((source.slice(range.variable).to_owned(), kind, id));
            let belongs = range.of.is_none_or(|of| {
                let (owners, owner) = self.path(source.slice(of), scope);
                let Base::Entity(parent) = owner else { panic!("an owner is an entity") };
                let field =
                    kind.schema().fields.iter().find(|field| !field.ty.list && field.ty.base == Base::Entity(parent));
                let own = self.field(kind, id, field.expect("the field of the owner").name).0;
                own.len() == 1 && own == owners
            });
            if belongs {
                self.each(source, rest, scope, visit);
            }
            scope.pop();
        }
    }

    /// The values of one field of one entity.
    fn field(&self, kind: Kind, id: u32, name: &str) -> (Vec<Value>, Base) {
        let number = kind.field(name).expect("a field");
        let base = kind.schema().fields[number].ty.base;
        let row = id - self.landscape.rows(kind).start;
        let raw: Vec<u32> = match self.landscape.column(kind, number) {
            Column::Scalar(values) => {
                Some(values[row as usize]).into_iter().filter(|value| *value != MISSING).collect()
            }
            Column::List(lists) => lists.of(row).to_vec(),
        };
        let value = |raw: u32| match base {
            Base::Boolean => Value::Truth(raw == 1),
            Base::Number => Value::Number(raw),
            Base::Date => Value::Day(raw),
            Base::Name => Value::Text(self.landscape.name(raw).to_owned()),
            Base::Text => Value::Text(self.landscape.string(raw).into_owned()),
            Base::Word(words) => Value::Text(words[raw as usize].to_owned()),
            Base::Entity(kind) => Value::Entity(kind.family(), raw),
        };
        (raw.into_iter().map(value).collect(), base)
    }

    fn path(&self, text: &str, scope: &Scope) -> (Vec<Value>, Base) {
        let mut names = text.split('.');
        let name = names.next().unwrap_or_default();
        let (_, kind, id) = scope.iter().rev().find(|(known, _, _)| known == name).expect("a variable");
        let (mut values, mut base) = (vec![Value::Entity(kind.family(), *id)], Base::Entity(*kind));
        for field in names {
            let Base::Entity(kind) = base else { panic!("only entities have fields") };
            let mut next = Vec::new();
            for value in values {
                let Value::Entity(_, id) = value else { panic!("only entities have fields") };
                next.extend(self.field(kind, id, field).0);
            }
            base = kind.schema().fields[kind.field(field).expect("a field")].ty.base;
            values = next;
        }
        (values, base)
    }

    /// The values of a term: none where it is missing, several where it is a list.
    fn values(&self, (source, expression): At<'_>, scope: &mut Scope) -> Vec<Value> {
        match &expression.kind {
            ExpressionKind::Path(path) => match source.slice(path.span) {
                "true" => vec![Value::Truth(true)],
                "false" => vec![Value::Truth(false)],
                "today" => vec![Value::Day(self.landscape.today().days())],
                text => self.path(text, scope).0,
            },
            ExpressionKind::Text(span) => vec![Value::Text(string_value(source.text(), *span).into_owned())],
            ExpressionKind::Number(span) => match Date::parse(source.slice(*span)) {
                Some(day) => vec![Value::Day(day.days())],
                None => vec![Value::Number(source.slice(*span).parse().expect("a number"))],
            },
            ExpressionKind::Count(query) => vec![Value::Number(self.count(source, query, scope))],
            _ => vec![Value::Truth(self.holds((source, expression), scope))],
        }
    }

    fn count(&self, source: &Source, query: &Quantified, scope: &mut Scope) -> u32 {
        let mut count = 0;
        let ranges: Vec<&Range> = query.ranges.iter().collect();
        self.each(source, &ranges, scope, &mut |scope| {
            if query.condition.as_ref().is_none_or(|condition| self.holds((source, condition), scope)) {
                count += 1;
            }
        });
        count
    }

    fn holds(&self, (source, expression): At<'_>, scope: &mut Scope) -> bool {
        match &expression.kind {
            ExpressionKind::Or(parts) => parts.iter().any(|part| self.holds((source, part), scope)),
            ExpressionKind::And(parts) => parts.iter().all(|part| self.holds((source, part), scope)),
            ExpressionKind::Not(inner) => !self.holds((source, inner), scope),
            ExpressionKind::IsMissing(inner) => self.values((source, inner), scope).is_empty(),
            ExpressionKind::Exists(query) => self.count(source, query, scope) > 0,
            ExpressionKind::Every(query, have) => {
                let mut all = true;
                let ranges: Vec<&Range> = query.ranges.iter().collect();
                self.each(source, &ranges, scope, &mut |scope| {
                    let meant = query.condition.as_ref().is_none_or(|condition| self.holds((source, condition), scope));
                    all &= !meant || self.holds((source, have), scope);
                });
                all
            }
            ExpressionKind::Call(name, arguments) => {
                let arguments: Vec<Vec<Value>> =
                    arguments.iter().map(|one| self.values((source, one), scope)).collect();
                self.call(source.slice(*name), &arguments)
            }
            ExpressionKind::Binary(operator, left, right) => {
                let (left, right) = (self.values((source, left), scope), self.values((source, right), scope));
                compare(*operator, &left, &right)
            }
            ExpressionKind::Path(_) => self.values((source, expression), scope) == [Value::Truth(true)],
            ExpressionKind::Count(_) | ExpressionKind::Text(_) | ExpressionKind::Number(_) => panic!("no condition"),
        }
    }

    fn call(&self, name: &str, arguments: &[Vec<Value>]) -> bool {
        let mut ids = Vec::new();
        for argument in arguments {
            let [Value::Entity(_, id)] = argument.as_slice() else { return false };
            ids.push(*id);
        }
        if let Some(known) = self.relations.borrow().get(name) {
            return known.contains(&ids);
        }
        self.body(name, &ids)
    }

    /// Whether the body of a predicate holds for these ids.
    fn body(&self, name: &str, ids: &[u32]) -> bool {
        let declared = self.defines[name];
        let source = self.sources.get(declared.file);
        let mut scope = Scope::new();
        for (parameter, id) in declared.define.parameters.iter().zip(ids) {
            let kind = Kind::from_name(source.slice(parameter.kind)).expect("a kind");
            if !self.landscape.rows(kind).contains(id) {
                return false;
            }
            scope.push((source.slice(parameter.variable).to_owned(), kind, *id));
        }
        self.holds((source, &declared.define.when), &mut scope)
    }

    /// The predicates that a predicate calls, directly.
    fn callees(&self, name: &str) -> BTreeSet<String> {
        let declared = self.defines[name];
        let text = self.sources.get(declared.file).slice(declared.define.when.span).to_owned();
        self.defines.keys().filter(|other| text.contains(&format!("{other}("))).cloned().collect()
    }

    /// Recursive predicates: from nothing, all tuples again and again, until nothing is added. Lower ones first.
    fn fixpoints(&self) {
        let names: Vec<String> = self.defines.keys().cloned().collect();
        let mut reached: BTreeMap<String, BTreeSet<String>> =
            names.iter().map(|name| (name.clone(), self.callees(name))).collect();
        for _ in &names {
            for name in &names {
                let further: Vec<String> = reached[name].iter().flat_map(|other| reached[other].clone()).collect();
                reached.get_mut(name).expect("a name").extend(further);
            }
        }
        let mut recursive: Vec<&String> = names.iter().filter(|name| reached[*name].contains(*name)).collect();
        // Whoever reaches more is later; those that reach one another reach the same.
        recursive.sort_by_key(|name| (reached[*name].len(), &reached[*name]));
        for component in recursive.chunk_by(|one, other| reached[*one] == reached[*other]) {
            for name in component {
                self.relations.borrow_mut().insert((*name).clone(), BTreeSet::new());
            }
            loop {
                let mut grown = false;
                for name in component {
                    for tuple in self.tuples(name) {
                        if !self.relations.borrow()[*name].contains(&tuple) && self.body(name, &tuple) {
                            grown = true;
                            self.relations.borrow_mut().get_mut(*name).expect("a relation").insert(tuple);
                        }
                    }
                }
                if !grown {
                    break;
                }
            }
        }
    }

    /// All tuples of the kinds of a predicate.
    fn tuples(&self, name: &str) -> Vec<Vec<u32>> {
        let declared = self.defines[name];
        let source = self.sources.get(declared.file);
        let mut tuples = vec![Vec::new()];
        for parameter in &declared.define.parameters {
            let kind = Kind::from_name(source.slice(parameter.kind)).expect("a kind");
            let with = |tuple: &Vec<u32>| {
                self.landscape.rows(kind).map(|id| [tuple.as_slice(), &[id]].concat()).collect::<Vec<_>>()
            };
            tuples = tuples.iter().flat_map(with).collect();
        }
        tuples
    }
}

/// Two sides of an operator. What is missing equals nothing and is in no list.
fn compare(operator: Operator, left: &[Value], right: &[Value]) -> bool {
    let numbers = || match (left, right) {
        ([Value::Number(a)], [Value::Number(b)]) | ([Value::Day(a)], [Value::Day(b)]) => Some(a.cmp(b)),
        _ => None,
    };
    let texts = |test: &dyn Fn(&str, &str) -> bool| match right {
        [Value::Text(b)] => left.iter().any(|a| matches!(a, Value::Text(a) if test(a, b))),
        _ => false,
    };
    match operator {
        Operator::Equal => left.len() == 1 && left == right,
        Operator::Unequal => !(left.len() == 1 && left == right),
        Operator::In => left.len() == 1 && right.contains(&left[0]),
        Operator::Less => numbers().is_some_and(|order| order.is_lt()),
        Operator::LessOrEqual => numbers().is_some_and(|order| order.is_le()),
        Operator::Greater => numbers().is_some_and(|order| order.is_gt()),
        Operator::GreaterOrEqual => numbers().is_some_and(|order| order.is_ge()),
        Operator::StartsWith => texts(&|a, b| a.starts_with(b)),
        Operator::EndsWith => texts(&|a, b| a.ends_with(b)),
        Operator::Contains => texts(&|a, b| a.contains(b)),
        Operator::Matches => texts(&|a, b| regex::Regex::new(b).expect("a pattern").is_match(a)),
    }
}

/// Both answers to every rule of `rules`, over the landscape of `organization`.
fn compare_all(organization: &str, rules: Vec<Source>) -> Result<usize, TestCaseError> {
    let mut all = vec![Source::new("organization.isms", organization)];
    all.extend(rules);
    let sources = Arc::new(SourceMap::new(all));
    let mut facts: Vec<FileFacts> = Vec::new();
    for (file, source) in sources.iter() {
        let parsed = syntax::parse(source, file);
        prop_assert!(parsed.errors.is_empty(), "{:?}\n{}", parsed.errors, source.text());
        facts.push(landscape::lower(parsed.tree, source, file));
    }
    let facts: Vec<&FileFacts> = facts.iter().collect();
    let today = Date::parse("2026-11-21").expect("a day");
    let surroundings =
        Surroundings { sources: sources.clone(), today, known_paths: None, both: ismslint::landscape::in_turn };
    let (landscape, _) = landscape::merge(&surroundings, &facts[..1]);
    let (program, wrong) = Program::compile(&sources, &facts, ismslint::landscape::in_turn);
    let text = |span: Span, file: FileId| sources.get(file).slice(span).to_owned();
    let wrong: Vec<String> = wrong
        .iter()
        .map(|one| {
            format!(
                "{} {} {:?}",
                one.code,
                one.message,
                one.primary.as_ref().map(|label| text(label.place.span, label.place.file))
            )
        })
        .collect();
    prop_assert!(wrong.is_empty(), "{wrong:#?}\n{}", sources.get(FileId(1)).text());
    let judge = Judge::new(&program, &landscape);
    let oracle = Oracle::new(&sources, &landscape, &facts);
    let mut findings = 0;
    for declaration in facts.iter().flat_map(|facts| facts.rules()) {
        let source = sources.get(declaration.file);
        let code = source.slice(declaration.rule.code);
        let rule = program.rules.iter().find(|rule| &*rule.code == code).expect("a rule without mistakes is compiled");
        let answer = judge.find(rule, judge.rows(rule), usize::MAX);
        // Abreast with others a row finds, and costs, what it does by itself.
        let alone = judge.rows(rule).map(|row| judge.find(rule, row..row + 1, usize::MAX));
        let (mut bindings, mut steps) = (Vec::new(), 0);
        for one in alone {
            bindings.extend(one.bindings);
            steps += one.steps;
        }
        let text = source.slice(declaration.span);
        prop_assert_eq!((&answer.bindings, answer.steps), (&bindings, steps), "{}\nover\n{}", text, organization);
        let mut fast: Vec<Vec<u32>> = answer.bindings.chunks_exact(rule.variables.len()).map(<[u32]>::to_vec).collect();
        fast.sort();
        let slow = oracle.find(source, &declaration.rule);
        findings += slow.len();
        prop_assert_eq!(fast, slow, "{} of\n{}\nover\n{}", code, text, organization);
    }
    Ok(findings)
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 150)
}

fn settings(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 2_000, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(settings(1_500))]
    #[test]
    fn random_rules_over_random_landscapes(specification in bytes(), written in bytes()) {
        let organization = organization(&mut Choices(specification.iter()));
        let rule = rule(&mut Choices(written.iter()));
        compare_all(&organization, vec![Source::new("rules.isms", format!("{rule}{DEFINES}"))])?;
    }
}

proptest! {
    #![proptest_config(settings(100))]
    #[test]
    fn shipped_rules_over_random_landscapes(specification in bytes()) {
        let organization = organization(&mut Choices(specification.iter()));
        let shipped = builtin::sources(&[]).into_iter().filter(|source| source.path().starts_with("rules/checks/"));
        compare_all(&organization, shipped.collect())?;
    }
}

#[test]
fn the_comparison_has_something_to_compare() {
    let mut findings = 0;
    let mut state = 1_u32;
    for _ in 0..60 {
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        let (specification, written): (Vec<u8>, Vec<u8>) =
            ((0..150).map(|_| next()).collect(), (0..150).map(|_| next()).collect());
        let organization = organization(&mut Choices(specification.iter()));
        let rule = rule(&mut Choices(written.iter()));
        let source = Source::new("rules.isms", format!("{rule}{DEFINES}"));
        let found = compare_all(&organization, vec![source]).unwrap_or_else(|error| panic!("{error}"));
        findings += usize::from(found > 0);
    }
    assert!(findings > 10, "{findings} of 60 random rules find something");
}
