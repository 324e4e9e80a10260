//! From declarations to a program: all rules and predicates of a run, typed and planned.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Label, Place, Severity, nearest};
use crate::landscape::{Base, Both, FileFacts, Kind, RuleDeclaration};
use crate::syntax::tree::{self, RuleStatementKind};
use crate::text::{FileId, Source, SourceMap, Span};

use super::documentation::Documentation;
use super::index::IndexSpecification;
use super::ir::{
    AdviceRule, ChangeRule, Condition, FixRule, Guard, LabelRule, NearestRule, Path, Predicate, Slot, Step, Template,
};
use super::literals::Literals;
use super::plan::{Plan, Planner};
use super::predicates::Predicates;
use super::relation::MOST_PARAMETERS;
use super::rule::{Rule, Subject};
use super::simplify::{simplify, simplify_guard};
use super::typing::Typer;

/// The most variables that one rule ranges over.
const MOST_VARIABLES: usize = 16;

/// The most labels, helps, notes and mends of one rule, together.
const MOST_ADVICE: usize = 48;

/// The most citations of one rule.
const MOST_CITATIONS: usize = 64;

/// Rules that are compiled together: enough to be worth a task.
const RULES_A_TASK: usize = 4;

/// Groups whose codes are the compiler's own.
const RESERVED: &[&str] = &["SYN", "REF", "RULE", "ALLOW", "CONFIG"];

/// A recursive predicate with its plans.
#[derive(Debug)]
pub struct Recursive {
    /// Its number.
    pub number: usize,
    /// The predicate.
    pub predicate: Predicate,
    /// Finds what holds without its component.
    pub base: Plan,
    /// Finds what follows from the newest tuples.
    pub newest: Plan,
}

/// All rules of a run, ready to be evaluated over any landscape.
#[derive(Debug, Default)]
pub struct Program {
    /// The rules, sorted by code.
    pub rules: Vec<Rule>,
    /// Recursive predicates, callees before callers.
    pub recursive: Vec<Recursive>,
    /// The strings that rules compare with.
    pub literals: Literals,
    /// What the plans look up, by number.
    pub indexes: Vec<IndexSpecification>,
    /// Rules that cannot be asked, since something is wrong with them or with what they call, sorted by code.
    pub broken: Vec<BrokenRule>,
    /// Whether it depends on what the parser passed over, in any file: a predicate that there is none may be declared there.
    pub rests_on_skipped: bool,
}

/// What is known of a rule that cannot be asked. Whoever names it means something, and was told what is the matter.
#[derive(Debug)]
pub struct BrokenRule {
    /// Its code.
    pub code: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// The severity that it names.
    pub severity: Severity,
    /// Where it is declared.
    pub file: FileId,
}

impl Program {
    /// Types and plans every rule and predicate in `facts`. What is wrong with one is said, and it is left out; the others
    /// stand. One half of the rules is compiled beside the other, by `both`.
    #[must_use]
    pub fn compile(sources: &SourceMap, facts: &[&FileFacts], both: Both) -> (Self, Vec<Diagnostic>) {
        // Shipped declarations first: where an organization takes a name again, its own is the second one.
        let mut ordered: Vec<&FileFacts> = facts.to_vec();
        ordered.sort_by_key(|facts| (!sources.get(facts.file()).is_builtin(), facts.file()));

        let (mut predicates, mut diagnostics) = Predicates::new(sources, &ordered);
        let mut tasks = tasks(sources, &ordered, &mut diagnostics);
        let mut program = Self { literals: literals(&predicates, &tasks), ..Self::default() };
        let planner = Planner::default();
        program.predicates(&mut predicates, &planner, &mut diagnostics);
        let compiler = Compiler { predicates: &predicates, literals: &program.literals, planner: &planner, both };
        compiler.all(&mut tasks);
        for Task { source, declaration, rule, found } in tasks {
            diagnostics.extend(found);
            if rule.is_none() {
                program.broken.push(BrokenRule {
                    code: source.slice(declaration.rule.code).into(),
                    name: source.slice(declaration.rule.name).into(),
                    severity: Severity::from_word(source.slice(declaration.rule.severity)).unwrap_or(Severity::Error),
                    file: declaration.file,
                });
            }
            program.rules.extend(rule);
        }
        program.broken.sort_by(|left, right| left.code.cmp(&right.code));
        program.rules.sort_by(|left, right| left.code.cmp(&right.code));
        for (number, rule) in program.rules.iter_mut().enumerate() {
            rule.number = number;
        }
        program.indexes = planner.into_indexes();
        program.rests_on_skipped = predicates.rest_on_skipped();
        (program, diagnostics)
    }

    /// Types every predicate once, so that what is wrong with it is said where it is declared.
    fn predicates(&mut self, predicates: &mut Predicates<'_>, planner: &Planner, diagnostics: &mut Vec<Diagnostic>) {
        let mut order: Vec<usize> = (0..predicates.all().len()).collect();
        // Callees first, so that a caller of a broken predicate is known to be broken.
        order.sort_by_key(|index| predicates.get(*index).component);
        for index in order {
            let declared = predicates.get(index);
            let (source, file, define) = (declared.source, declared.declaration.file, &declared.declaration.define);
            let (recursive, component, was_broken) = (declared.recursive, declared.component, declared.broken);
            let is_disturbed = declared.declaration.is_disturbed;
            let mut typer = Typer::new(source, file, predicates, &self.literals);
            let (parameters, _) = typer.ranges(&define.parameters);
            let body = simplify(typer.condition(&define.when));
            if recursive && parameters.len() > MOST_PARAMETERS {
                let name = source.slice(define.name);
                let message = format!("`{name}` calls itself and has more than {MOST_PARAMETERS} parameters");
                typer
                    .error("RULE006", define.name, message)
                    .help
                    .push("leave out what is the same in every call, or what another parameter leads to".to_owned());
            }
            let (mut found, slots, rests_on_broken) = typer.finish();
            if is_disturbed {
                without_consequences(&mut found);
            }
            let broken = !found.is_empty()
                || was_broken
                || rests_on_broken
                || is_disturbed
                || parameters.len() != define.parameters.len();
            diagnostics.extend(found);
            if broken {
                predicates.mark_broken(index);
                continue;
            }
            if recursive {
                let same = |other: usize| predicates.get(other).component == component;
                let (base, newest) = planner.recursive(&parameters, &body, &same);
                let name = source.slice(define.name).to_owned();
                let predicate = Predicate { name, parameters, body, stratum: component, slots };
                self.recursive.push(Recursive { number: index, predicate, base, newest });
            }
        }
        self.recursive.sort_by_key(|recursive| (recursive.predicate.stratum, recursive.number));
    }
}

/// One rule that is to be compiled, and what became of it.
struct Task<'a> {
    source: &'a Source,
    declaration: &'a RuleDeclaration,
    rule: Option<Rule>,
    found: Vec<Diagnostic>,
}

/// The rules that are to be compiled: the first one of each code.
fn tasks<'a>(sources: &'a SourceMap, facts: &[&'a FileFacts], diagnostics: &mut Vec<Diagnostic>) -> Vec<Task<'a>> {
    let mut first: BTreeMap<&str, Place> = BTreeMap::new();
    let mut tasks = Vec::new();
    for declaration in facts.iter().flat_map(|facts| facts.rules()) {
        let source = sources.get(declaration.file);
        let code = source.slice(declaration.rule.code);
        let place = Place { file: declaration.file, span: declaration.rule.code };
        if let Some(known) = first.get(code) {
            diagnostics.push(
                Diagnostic::error("RULE008", place, format!("the code `{code}` is taken"))
                    .label(*known, "by this rule")
                    .help("give the rule a code of your own group, like `OWN001`"),
            );
            continue;
        }
        first.insert(code, place);
        tasks.push(Task { source, declaration, rule: None, found: Vec::new() });
    }
    tasks
}

/// The strings of all predicates and rules, in their order.
fn literals(predicates: &Predicates<'_>, tasks: &[Task<'_>]) -> Literals {
    let mut literals = Literals::default();
    for declared in predicates.all() {
        literals.of(declared.source, &declared.declaration.define.when);
    }
    for task in tasks {
        for statement in &task.declaration.rule.statements {
            literals.of_statement(task.source, &statement.kind);
        }
    }
    literals
}

/// What compiling a rule needs to know of all others.
struct Compiler<'a> {
    predicates: &'a Predicates<'a>,
    literals: &'a Literals,
    planner: &'a Planner,
    both: Both,
}

impl Compiler<'_> {
    /// Compiles rules, one half of them beside the other.
    fn all(&self, tasks: &mut [Task<'_>]) {
        if tasks.len() <= RULES_A_TASK {
            tasks.iter_mut().for_each(|task| self.one(task));
            return;
        }
        let (front, back) = tasks.split_at_mut(tasks.len() / 2);
        (self.both)(&mut || self.all(front), &mut || self.all(back));
    }

    fn one(&self, task: &mut Task<'_>) {
        let (rule, found) = self.typed(task.source, task.declaration);
        task.found = found;
        task.rule = rule.map(|rule| self.planned(rule));
    }

    fn planned(&self, mut rule: Rule) -> Rule {
        rule.condition = simplify(rule.condition);
        // The first variable is gone through row by row; what is planned is how to find the others beside it.
        let others = rule.variables.get(1..).unwrap_or_default();
        rule.plan = self.planner.plan(others, &mut rule.condition, false);
        let labels = rule.labels.iter_mut().map(|label| &mut label.guard);
        let advice = rule.help.iter_mut().chain(&mut rule.notes).map(|advice| &mut advice.guard);
        let fixes = rule.fixes.iter_mut().map(|fix| &mut fix.guard);
        for guard in labels.chain(advice).chain(fixes) {
            simplify_guard(guard);
            self.planner.guard(guard);
        }
        rule
    }

    fn typed(&self, source: &Source, declaration: &RuleDeclaration) -> (Option<Rule>, Vec<Diagnostic>) {
        let rule = &declaration.rule;
        let mut typer = Typer::new(source, declaration.file, self.predicates, self.literals);
        let mut draft = Draft::default();
        head(&mut typer, rule, source.is_builtin(), &mut draft);
        statements(&mut typer, rule, &mut draft);
        let (mut diagnostics, slots, rests_on_broken) = typer.finish();
        if declaration.is_disturbed {
            without_consequences(&mut diagnostics);
        }
        if !looks_at_something(rule) {
            // Each of its variables is missing, which is one mistake.
            diagnostics.retain(|diagnostic| diagnostic.code.as_str() != "RULE002");
        }
        let is_whole = diagnostics.is_empty() && !rests_on_broken && !declaration.is_disturbed;
        let (Some(report), Some(severity), true) = (draft.report, draft.severity, is_whole) else {
            return (None, diagnostics);
        };
        let rule = Rule {
            code: source.slice(rule.code).into(),
            name: source.slice(rule.name).into(),
            severity,
            documentation: draft.documentation,
            cites: draft.cites.into(),
            file: declaration.file,
            place: Place { file: declaration.file, span: rule.code },
            variables: draft.variables,
            condition: Condition::All(draft.conditions),
            plan: Plan::default(),
            report,
            subject: draft.subject,
            labels: draft.labels,
            nearest: draft.nearest,
            help: draft.help,
            notes: draft.notes,
            fixes: draft.fixes,
            number: 0,
            slots,
        };
        (Some(rule), diagnostics)
    }
}

/// Takes out what seems to be missing in a declaration of which a part could not be read: variables, and statements.
fn without_consequences(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.retain(|diagnostic| !matches!(diagnostic.code.as_str(), "RULE002" | "RULE010"));
}

/// What is known of a rule while its statements are read.
#[derive(Default)]
struct Draft {
    severity: Option<Severity>,
    documentation: Documentation,
    cites: Vec<Arc<str>>,
    variables: Vec<(Slot, Kind)>,
    conditions: Vec<Condition>,
    report: Option<(Path, Template)>,
    subject: Option<Subject>,
    labels: Vec<LabelRule>,
    nearest: Vec<NearestRule>,
    help: Vec<AdviceRule>,
    notes: Vec<AdviceRule>,
    fixes: Vec<FixRule>,
}

/// Code, name, severity and documentation.
fn head(typer: &mut Typer<'_>, rule: &tree::Rule, builtin: bool, draft: &mut Draft) {
    let code = typer.text(rule.code);
    let letters = code.trim_end_matches(|c: char| c.is_ascii_digit());
    let well_formed =
        letters.len() < code.len() && !letters.is_empty() && letters.bytes().all(|b| b.is_ascii_uppercase());
    if !well_formed {
        typer
            .error("RULE009", rule.code, format!("`{code}` is no code"))
            .help
            .push("a code is a group in capital letters and a number: `OWN001`".to_owned());
    } else if RESERVED.contains(&letters) && !builtin {
        typer
            .error("RULE009", rule.code, format!("codes of the group `{letters}` are the compiler's own"))
            .help
            .push("choose a group of your own, like `OWN001`".to_owned());
    }
    let word = typer.text(rule.severity);
    draft.severity = Severity::from_word(word);
    if draft.severity.is_none() {
        let severities = ["error", "warning", "note"];
        let near = severities.into_iter().find(|severity| severity.starts_with(word)).filter(|_| !word.is_empty());
        let help = match near.or_else(|| nearest(word, severities)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "a severity is `error`, `warning` or `note`".to_owned(),
        };
        typer.error("RULE009", rule.severity, format!("`{word}` is no severity")).help.push(help);
    }
    draft.documentation = rule.documentation.map(|span| typer.documentation(span)).unwrap_or_default();
}

fn statements(typer: &mut Typer<'_>, rule: &tree::Rule, draft: &mut Draft) {
    // Variables first, wherever `for` stands: clauses of a rule are a set, not a sequence.
    for statement in &rule.statements {
        if let RuleStatementKind::For(ranges) = &statement.kind {
            let (variables, conditions) = typer.ranges(ranges);
            draft.variables.extend(variables);
            draft.conditions.extend(conditions);
        }
    }
    let mut reported: Option<Span> = None;
    for statement in &rule.statements {
        match &statement.kind {
            RuleStatementKind::For(_) => {}
            RuleStatementKind::Cites(references) => {
                draft.cites.extend(references.iter().map(|span| Arc::from(typer.text(*span))));
            }
            RuleStatementKind::Where(condition) => draft.conditions.push(typer.condition(condition)),
            RuleStatementKind::Unless(quantified) => {
                let query = typer.quantified(quantified, None);
                draft.conditions.push(Condition::Exists(Arc::new(query)).negated());
            }
            RuleStatementKind::Report(path, message) => {
                if let Some(first) = reported {
                    let place = typer.place(first);
                    let diagnostic = typer.error("RULE010", statement.span, "a rule reports once");
                    diagnostic.labels.push(Label { place, message: "it reports here already".to_owned() });
                    diagnostic.help.push("write a second rule, with a code of its own".to_owned());
                    continue;
                }
                reported = Some(statement.span);
                let place = typer.path(path.span);
                let message = typer.template(*message);
                draft.report = place.map(|place| (place, message));
            }
            RuleStatementKind::Subject { only, path } => subject(typer, *only, *path, draft),
            RuleStatementKind::Label(guard, path, message) => {
                let scope = typer.enter();
                let guard = self::guard(typer, guard);
                let place = typer.path(path.span);
                let message = typer.template(*message);
                typer.leave(scope);
                draft.labels.extend(place.map(|place| LabelRule { guard, place, message }));
            }
            RuleStatementKind::Nearest(statement) => {
                let scope = typer.enter();
                let to = typer.path(statement.to.span);
                let (variables, _) = typer.ranges(std::slice::from_ref(&statement.range));
                let by = typer.path(statement.by.span);
                let message = typer.template(statement.message);
                typer.leave(scope);
                if let (Some(to), Some(by), Some((_, kind))) = (to, by, variables.first()) {
                    match (to_id(to), to_id(by)) {
                        (Some(to), Some(by)) => draft.nearest.push(NearestRule { kind: *kind, by, to, message }),
                        _ => {
                            typer
                                .error("RULE004", statement.by.span, "`nearest` compares ids with ids")
                                .help
                                .push("name an id, or something that has one, behind `by` and behind `to`".to_owned());
                        }
                    }
                }
            }
            RuleStatementKind::Help(guard, message) => draft.help.push(advice(typer, guard, *message)),
            RuleStatementKind::Note(guard, message) => draft.notes.push(advice(typer, guard, *message)),
            RuleStatementKind::Fix(statement) => draft.fixes.extend(fix(typer, statement)),
        }
    }
    let code = typer.text(rule.code);
    let advice = [draft.labels.len(), draft.nearest.len(), draft.help.len(), draft.notes.len(), draft.fixes.len()];
    for (count, most, what) in [
        (draft.variables.len(), MOST_VARIABLES, "variables after `for`"),
        (advice.iter().sum(), MOST_ADVICE, "labels, helps, notes and mends"),
        (draft.cites.len(), MOST_CITATIONS, "citations"),
    ] {
        if count > most {
            let message = format!("the rule `{code}` has {count} {what}, and {most} are the most");
            typer.too_large(rule.code, message, "split the rule into several, each with a code of its own");
        }
    }
    if !looks_at_something(rule) {
        typer
            .error("RULE010", rule.code, format!("the rule `{code}` does not say what it looks at"))
            .help
            .push("add `for KIND variable`, like `for process p`".to_owned());
    }
    if reported.is_none() {
        typer
            .error("RULE010", rule.code, format!("the rule `{code}` does not say what it reports"))
            .help
            .push("add `report p \"what is wrong with `{p}`\"`".to_owned());
    }
}

fn looks_at_something(rule: &tree::Rule) -> bool {
    rule.statements.iter().any(|statement| matches!(statement.kind, RuleStatementKind::For(_)))
}

fn subject(typer: &mut Typer<'_>, only: bool, path: tree::Path, draft: &mut Draft) {
    let Some(path_typed) = typer.path(path.span) else { return };
    let ty = path_typed.ty();
    if matches!(ty.base, Base::Entity(_)) && !ty.list {
        draft.subject = Some(Subject { path: path_typed, only });
    } else {
        typer
            .error("RULE004", path.span, format!("a subject is an entity, but this is {}", super::typing::describe(ty)))
            .help
            .push("name a clause, a document, a reference process, an item or a process".to_owned());
    }
}

/// The path to a single id: the path itself, or where it leads to an entity, that entity's id.
fn to_id(mut path: Path) -> Option<Path> {
    let ty = path.ty();
    match ty.base {
        _ if ty.list => None,
        Base::Name => Some(path),
        Base::Entity(kind) => {
            let field = kind.field("id").or_else(|| kind.field("number"))?;
            path.steps.push(Step::new(kind, field));
            Some(path)
        }
        _ => None,
    }
}

fn advice(typer: &mut Typer<'_>, guard: &tree::Guard, message: Span) -> AdviceRule {
    let scope = typer.enter();
    let guard = self::guard(typer, guard);
    let message = typer.template(message);
    typer.leave(scope);
    AdviceRule { guard, message }
}

fn fix(typer: &mut Typer<'_>, fix: &tree::Fix) -> Option<FixRule> {
    let scope = typer.enter();
    let guard = self::guard(typer, &fix.guard);
    let change = change(typer, fix.change);
    typer.leave(scope);
    Some(FixRule { safe: fix.safe, guard, change: change? })
}

fn change(typer: &mut Typer<'_>, change: tree::Change) -> Option<ChangeRule> {
    // Both the place and the text are typed before either is given up, so that two mistakes are two findings.
    let (tree::Change::Replace(path, text)
    | tree::Change::InsertAfter(path, text)
    | tree::Change::InsertInto(path, text)) = change
    else {
        let tree::Change::Remove(path) = change else { return None };
        let place = typer.path(path.span)?;
        let ty = place.ty();
        if matches!(ty.base, Base::Entity(kind) if kind.is_listed() && !ty.list) {
            return Some(ChangeRule::Remove(place));
        }
        let message = format!("a fix cannot remove {}", super::typing::describe(ty));
        let kinds = named(Kind::is_listed);
        typer.error("RULE004", path.span, message).help.push(format!("what stands in a list can be removed: {kinds}"));
        return None;
    };
    let place = typer.path(path.span);
    let text = typer.template(text);
    let place = place?;
    let ty = place.ty();
    if let tree::Change::InsertInto(..) = change {
        if matches!(ty.base, Base::Entity(kind) if kind.has_statements() && !ty.list) {
            return Some(ChangeRule::InsertInto(place, text));
        }
        let message = format!("a fix cannot put a statement into {}", super::typing::describe(ty));
        let kinds = named(Kind::has_statements);
        typer.error("RULE004", path.span, message).help.push(format!("name something with statements: {kinds}"));
        return None;
    }
    let is_written = place.steps.last().is_some_and(|step| step.kind.is_written(step.field()))
        || matches!(ty.base, Base::Entity(kind) if !ty.list && (kind.is_listed() || kind.is_flow()));
    if !is_written {
        let message = format!("{} has no words of its own that a fix could change", super::typing::describe(ty));
        typer.error("RULE004", path.span, message).help.push(format!(
            "name {}, or a field that stands in the text, like `c.title` or `i.from`",
            named(|kind| kind.is_listed() || kind.is_flow())
        ));
        return None;
    }
    Some(match change {
        tree::Change::Replace(..) => ChangeRule::Replace(place, text),
        _ => ChangeRule::InsertAfter(place, text),
    })
}

/// The kinds for which something is true, for a help.
fn named(test: impl Fn(Kind) -> bool) -> String {
    let kinds = Kind::ALL.into_iter().filter(|kind| test(*kind));
    super::typing::list(kinds.map(|kind| format!("`{}`", kind.schema().name)), "or")
}

fn guard(typer: &mut Typer<'_>, guard: &tree::Guard) -> Guard {
    match guard {
        tree::Guard::Always => Guard::Always,
        tree::Guard::Otherwise => Guard::Otherwise,
        tree::Guard::When(condition) => Guard::When(typer.condition(condition)),
        tree::Guard::Each(quantified) => Guard::Each(typer.open_query(quantified, None)),
    }
}
