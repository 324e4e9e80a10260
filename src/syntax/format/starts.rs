//! Where statements begin and end, and how each kind of them is laid out.

use rustc_hash::FxHashMap;

use crate::text::Span;

use crate::syntax::tree::*;

/// Statements that are laid out alike; their columns are set together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Family {
    /// One blank everywhere: heads of large declarations, entries of standards, expectations
    Plain,
    /// `@allow(…)`
    Attribute,
    /// A keyword, and what it says
    Pair,
    /// A statement of a rule; its keyword is as wide as `report`
    Rule,
    /// `role`, `party` and `system`: the id, the title
    Actor,
    /// `item`: the id, the title
    Item,
    /// `input` and `result`: the item, and where it comes from or goes to
    Flow,
    /// The id, what is done, by whom
    Activity,
    /// `kpi` and `kgi`: the text, the target
    Indicator,
    /// `include` and `exclude`: the clauses, the reason
    Decision,
    /// `omit`: the reference, the reason
    Omit,
    /// A row of a mapping: from, relation, to
    Row,
    /// A row of a mapping with one side: `new` and `withdrawn`
    HalfRow,
    /// `define … when …`; its alternatives stand below one another
    Define,
}

/// A statement or declaration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    /// The offset at which it ends.
    pub(super) end: u32,
    pub(super) family: Family,
}

/// All statements and declarations of a file, by the offset at which they begin.
#[derive(Debug, Default)]
pub(super) struct Starts {
    known: FxHashMap<u32, Start>,
    has_flows: bool,
}

impl Starts {
    pub(super) fn of(tree: &Tree) -> Self {
        let mut starts = Self::default();
        starts.declarations(&tree.declarations);
        starts
    }

    pub(super) fn at(&self, offset: u32) -> Option<Start> {
        self.known.get(&offset).copied()
    }

    /// Whether there are inputs or results.
    pub(super) fn has_flows(&self) -> bool {
        self.has_flows
    }

    fn add(&mut self, span: Span, family: Family) {
        self.has_flows |= family == Family::Flow;
        self.known.insert(span.start, Start { end: span.end, family });
    }

    fn declarations(&mut self, declarations: &[Declaration]) {
        for declaration in declarations {
            let family = match &declaration.kind {
                DeclarationKind::Actor(_) => Family::Actor,
                DeclarationKind::Item(_) => Family::Item,
                DeclarationKind::Omit(_) => Family::Omit,
                DeclarationKind::Define(_) => Family::Define,
                _ => Family::Plain,
            };
            self.add(declaration.span, family);
            self.inside(&declaration.kind);
        }
    }

    fn inside(&mut self, declaration: &DeclarationKind) {
        match declaration {
            DeclarationKind::Organization(it) => {
                it.statements.iter().for_each(|one| self.add(one.span, Family::Pair));
            }
            DeclarationKind::Actor(it) => it.statements.iter().for_each(|one| self.add(one.span, Family::Pair)),
            DeclarationKind::Item(it) => it.statements.iter().for_each(|one| self.add(one.span, Family::Pair)),
            DeclarationKind::Process(it) => {
                for one in &it.statements {
                    let family = match one.kind {
                        ProcessStatementKind::Input(_) | ProcessStatementKind::Result(_) => Family::Flow,
                        ProcessStatementKind::Activity(_) => Family::Activity,
                        ProcessStatementKind::Indicator(_) => Family::Indicator,
                        _ => Family::Pair,
                    };
                    self.add(one.span, family);
                }
            }
            DeclarationKind::Applicability(it) => {
                it.decisions.iter().for_each(|one| self.add(one.span, Family::Decision));
            }
            DeclarationKind::Standard(it) => self.entries(&it.entries),
            DeclarationKind::Mapping(it) => {
                for row in &it.rows {
                    let alone = row.from.is_empty() || row.to.is_empty();
                    self.add(row.span, if alone { Family::HalfRow } else { Family::Row });
                }
            }
            DeclarationKind::Model(it) => self.declarations(&it.declarations),
            DeclarationKind::Rule(it) => {
                it.documentation.into_iter().for_each(|span| self.add(span, Family::Plain));
                it.statements.iter().for_each(|one| self.add(one.span, Family::Rule));
            }
            DeclarationKind::Test(it) => {
                self.declarations(&it.declarations);
                it.expectations.iter().for_each(|one| self.add(one.span, Family::Plain));
            }
            DeclarationKind::Omit(_) | DeclarationKind::Define(_) => {}
        }
    }

    fn entries(&mut self, entries: &[Entry]) {
        for entry in entries {
            self.add(entry.span, Family::Plain);
            entry.documents.iter().for_each(|one| self.add(one.span, Family::Plain));
            self.entries(&entry.entries);
        }
    }
}
