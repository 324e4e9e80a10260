//! The predicates of a run: who is declared, who is recursive, and whether recursion is sound.
//!
//! A predicate that does not call itself, directly or through others, is unfolded where it is called. A recursive one is
//! evaluated to its least fixpoint before the rules; then nothing under `not`, `count` or `every` may lead back to it
//! (stratification), because no fixpoint would be the least.

use std::sync::atomic::{AtomicBool, Ordering};

use rustc_hash::FxHashSet;

use crate::diagnostic::{Diagnostic, Names, Place};
use crate::landscape::{DefineDeclaration, FileFacts};
use crate::syntax::tree::{Expression, ExpressionKind, Quantified};
use crate::text::{Source, SourceMap, Span};

use super::typing::ByName;

/// The most predicates of one run.
const MOST_PREDICATES: usize = 5_000;

/// One declared predicate.
#[derive(Debug)]
pub(super) struct Declared<'a> {
    /// Its declaration.
    pub(super) declaration: &'a DefineDeclaration,
    /// The file that it stands in.
    pub(super) source: &'a Source,
    /// Whether it calls itself, directly or through others.
    pub(super) recursive: bool,
    /// The number of its strongly connected component; callees have lower ones.
    pub(super) component: usize,
    /// Whether something is wrong with it, so that its callers are not evaluated.
    pub(super) broken: bool,
}

/// All predicates of a run.
#[derive(Debug, Default)]
pub(super) struct Predicates<'a> {
    by_name: ByName<'a, usize>,
    all: Vec<Declared<'a>>,
    /// The words in what the parser passed over.
    skipped: FxHashSet<&'a str>,
    /// Whether somebody asked what the parser passed over.
    was_asked: AtomicBool,
    /// The names, for suggestions.
    names: Names<'a>,
}

/// One predicate calls another.
#[derive(Clone, Copy)]
struct Call {
    to: usize,
    /// Whether the call stands under `not`, `count` or `every`.
    negative: bool,
    span: Span,
}

impl<'a> Predicates<'a> {
    /// Collects the declarations and judges their recursion.
    #[must_use]
    pub(super) fn new(sources: &'a SourceMap, files: &[&'a FileFacts]) -> (Self, Vec<Diagnostic>) {
        let mut predicates = Self::default();
        let mut diagnostics = Vec::new();
        let is_of_name = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.');
        for facts in files {
            let source = sources.get(facts.file());
            let words = facts.skipped().flat_map(|span| source.slice(span).split(|letter| !is_of_name(letter)));
            predicates.skipped.extend(words);
        }
        for declaration in files.iter().flat_map(|facts| facts.defines()) {
            let source = sources.get(declaration.file);
            let name = source.slice(declaration.define.name);
            let place = Place { file: declaration.file, span: declaration.define.name };
            if let Some(first) = predicates.by_name.get(name) {
                let first = predicates.all[*first].declaration;
                diagnostics.push(
                    Diagnostic::error("RULE008", place, format!("the predicate `{name}` is declared twice"))
                        .label(Place { file: first.file, span: first.define.name }, "first declared here")
                        .help("give one of them another name; shipped predicates are listed in `rules/README.md`"),
                );
                continue;
            }
            if predicates.all.len() == MOST_PREDICATES {
                diagnostics.push(
                    Diagnostic::error("RULE012", place, format!("there are more than {MOST_PREDICATES} predicates"))
                        .help("predicates from here on are not read; remove some"),
                );
                break;
            }
            predicates.by_name.insert(name, predicates.all.len());
            predicates.all.push(Declared { declaration, source, recursive: false, component: 0, broken: false });
        }
        predicates.names = Names::new(predicates.by_name.keys().copied());
        predicates.judge(&mut diagnostics);
        (predicates, diagnostics)
    }

    /// The number of the predicate of that name.
    #[must_use]
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// Whether the name stands somewhere in what could not be read, where it may well be declared.
    #[must_use]
    pub(super) fn was_skipped(&self, name: &str) -> bool {
        self.was_asked.store(true, Ordering::Relaxed);
        self.skipped.contains(name)
    }

    /// Whether an answer rests on what the parser passed over, in any file.
    pub(super) fn rest_on_skipped(&self) -> bool {
        self.was_asked.load(Ordering::Relaxed)
    }

    /// The nearest name of a predicate to one that none has. All are indexed once: any number of rules may ask.
    pub(super) fn nearest(&self, name: &str) -> Option<&'a str> {
        self.names.nearest(name)
    }

    /// The predicate of that number.
    #[must_use]
    pub(super) fn get(&self, index: usize) -> &Declared<'a> {
        &self.all[index]
    }

    /// All of them, by number.
    #[must_use]
    pub(super) fn all(&self) -> &[Declared<'a>] {
        &self.all
    }

    /// Says that something is wrong with a predicate, so that its callers are left alone.
    pub(super) fn mark_broken(&mut self, index: usize) {
        self.all[index].broken = true;
    }

    fn judge(&mut self, diagnostics: &mut Vec<Diagnostic>) {
        let calls: Vec<Vec<Call>> = self
            .all
            .iter()
            .map(|declared| {
                let mut calls = Vec::new();
                self.collect(declared.source, &declared.declaration.define.when, false, &mut calls);
                calls
            })
            .collect();
        let components = components(&calls);
        for (index, component) in components.iter().enumerate() {
            self.all[index].component = *component;
            let alone = components.iter().filter(|other| *other == component).nth(1).is_none();
            self.all[index].recursive = !alone || calls[index].iter().any(|call| call.to == index);
        }
        let mut said: Vec<usize> = Vec::new();
        for index in 0..self.all.len() {
            let negative = calls[index].iter().find(|call| call.negative && components[call.to] == components[index]);
            let Some(call) = negative else { continue };
            self.all[index].broken = true;
            // One circle, one finding, wherever it is entered.
            if said.contains(&components[index]) {
                continue;
            }
            said.push(components[index]);
            let declared = &self.all[index];
            let name = declared.source.slice(declared.declaration.define.name);
            let other = self.all[call.to].source.slice(self.all[call.to].declaration.define.name);
            let file = declared.declaration.file;
            let message = format!("whether `{name}` holds depends on whether it does not hold");
            let mut diagnostic = Diagnostic::error("RULE007", Place { file, span: call.span }, message)
                .underlined(format!("`{other}` stands under `not`, `count` or `every` here"))
                .help("a predicate that calls itself may do so only where it makes more true, never under `not`");
            for step in way_back(&calls, &components, call.to, index) {
                let (from, call) = step;
                let from = &self.all[from];
                let to = self.all[call.to].source.slice(self.all[call.to].declaration.define.name);
                let place = Place { file: from.declaration.file, span: call.span };
                diagnostic = diagnostic.label(place, format!("which leads back to `{to}`"));
            }
            diagnostics.push(diagnostic);
        }
        // What calls a broken predicate is broken too, and need not be said.
        for _ in 0..self.all.len() {
            let before = self.all.iter().filter(|declared| declared.broken).count();
            for (index, calls) in calls.iter().enumerate() {
                if calls.iter().any(|call| self.all[call.to].broken) {
                    self.all[index].broken = true;
                }
            }
            if self.all.iter().filter(|declared| declared.broken).count() == before {
                break;
            }
        }
    }

    fn collect(&self, source: &Source, expression: &Expression, negative: bool, calls: &mut Vec<Call>) {
        let quantified = |quantified: &Quantified, negative: bool, calls: &mut Vec<Call>| {
            if let Some(condition) = &quantified.condition {
                self.collect(source, condition, negative, calls);
            }
        };
        match &expression.kind {
            ExpressionKind::Or(parts) | ExpressionKind::And(parts) => {
                for part in parts {
                    self.collect(source, part, negative, calls);
                }
            }
            // Under two negations a call is as dangerous as under one: the fixpoint is computed from below.
            ExpressionKind::Not(inner) => self.collect(source, inner, true, calls),
            ExpressionKind::IsMissing(inner) => self.collect(source, inner, negative, calls),
            ExpressionKind::Binary(_, left, right) => {
                self.collect(source, left, negative, calls);
                self.collect(source, right, negative, calls);
            }
            ExpressionKind::Exists(inner) => quantified(inner, negative, calls),
            ExpressionKind::Count(inner) => quantified(inner, true, calls),
            ExpressionKind::Every(inner, have) => {
                quantified(inner, true, calls);
                self.collect(source, have, true, calls);
            }
            ExpressionKind::Call(name, arguments) => {
                if let Some(to) = self.find(source.slice(*name)) {
                    calls.push(Call { to, negative, span: *name });
                }
                for argument in arguments {
                    self.collect(source, argument, negative, calls);
                }
            }
            ExpressionKind::Path(_) | ExpressionKind::Text(_) | ExpressionKind::Number(_) => {}
        }
    }
}

/// The calls that lead from `from` back to `to` inside one component, by breadth-first search.
fn way_back(calls: &[Vec<Call>], components: &[usize], from: usize, to: usize) -> Vec<(usize, Call)> {
    let mut reached_by: Vec<Option<(usize, Call)>> = vec![None; calls.len()];
    let mut queue = std::collections::VecDeque::from([from]);
    while let Some(here) = queue.pop_front() {
        if here == to {
            break;
        }
        for call in &calls[here] {
            if components[call.to] == components[from] && call.to != from && reached_by[call.to].is_none() {
                reached_by[call.to] = Some((here, *call));
                queue.push_back(call.to);
            }
        }
    }
    let mut way = Vec::new();
    let mut here = to;
    while let Some((before, call)) = reached_by[here].filter(|_| here != from) {
        way.push((before, call));
        here = before;
    }
    way.reverse();
    way
}

/// Numbers the strongly connected components so that callees come before callers (Tarjan, without recursion, because
/// the chain of calls may be as long as a stranger likes).
fn components(calls: &[Vec<Call>]) -> Vec<usize> {
    const NEW: usize = usize::MAX;
    let count = calls.len();
    let (mut order, mut low, mut component) = (vec![NEW; count], vec![0; count], vec![NEW; count]);
    let (mut stack, mut next_order, mut next_component) = (Vec::new(), 0, 0);
    for root in 0..count {
        if order[root] != NEW {
            continue;
        }
        let mut work = vec![(root, 0)];
        while let Some((node, edge)) = work.pop() {
            if edge == 0 {
                order[node] = next_order;
                low[node] = next_order;
                next_order += 1;
                stack.push(node);
            }
            if let Some(call) = calls[node].get(edge) {
                work.push((node, edge + 1));
                if order[call.to] == NEW {
                    work.push((call.to, 0));
                } else if component[call.to] == NEW {
                    low[node] = low[node].min(order[call.to]);
                }
                continue;
            }
            if low[node] == order[node] {
                while let Some(member) = stack.pop() {
                    component[member] = next_component;
                    if member == node {
                        break;
                    }
                }
                next_component += 1;
            }
            if let Some((parent, _)) = work.last() {
                low[*parent] = low[*parent].min(low[node]);
            }
        }
    }
    component
}
