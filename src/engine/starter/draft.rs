//! A reference model, turned into the processes of an organization that does everything as the model says.

use std::collections::{BTreeMap, BTreeSet};

use crate::syntax::tree::{
    ActorKind, Declaration, DeclarationKind, Flow, ItemStatementKind, Model, ProcessStatementKind,
};
use crate::syntax::{string_value, tree};
use crate::text::Span;

/// What a first project says, before it is text.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// Whoever stands outside of the processes.
    pub(super) actors: Vec<Actor>,
    /// What the processes pass to one another, in the model's order.
    pub(super) items: Vec<Item>,
    /// In the model's order.
    pub(super) processes: Vec<Process>,
}

/// A party, a role or a system of the model.
#[derive(Debug)]
pub(super) struct Actor {
    pub(super) keyword: &'static str,
    pub(super) id: String,
    pub(super) title: String,
}

#[derive(Debug)]
pub(super) struct Item {
    pub(super) id: String,
    pub(super) title: String,
    /// The documented information that the model takes the item to be.
    pub(super) documents: Vec<Named>,
    pub(super) parts: Vec<String>,
}

/// A clause as a model names it.
#[derive(Debug)]
pub(super) struct Named {
    /// `iso27001:2013`; empty where no standard is named.
    pub(super) standard: String,
    pub(super) number: String,
    pub(super) letter: Option<String>,
}

#[derive(Debug, Default)]
pub(super) struct Process {
    /// What the organization calls it.
    pub(super) id: String,
    /// What the model calls it.
    pub(super) reference: String,
    pub(super) number: String,
    pub(super) title: String,
    pub(super) category: String,
    pub(super) purpose: String,
    pub(super) outcomes: Vec<String>,
    pub(super) activities: Vec<(String, String)>,
    pub(super) inputs: Vec<Input>,
    pub(super) results: Vec<Output>,
    /// Whether the only result is one that stands in for those that the model does not name.
    pub(super) has_stand_in: bool,
}

#[derive(Debug)]
pub(super) struct Input {
    /// The item; `None` for `input *`.
    pub(super) item: Option<String>,
    /// Whether any producer will do.
    pub(super) is_open: bool,
    pub(super) from: Vec<End>,
    pub(super) is_feedback: bool,
}

#[derive(Debug)]
pub(super) struct Output {
    pub(super) item: String,
    pub(super) to: Vec<End>,
    pub(super) is_retained: bool,
}

/// A source or a destination, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Process(usize),
    Actor(usize),
}

impl Process {
    /// Its title, or its id.
    pub(super) fn name(&self) -> &str {
        if self.title.is_empty() { &self.id } else { &self.title }
    }
}

impl Draft {
    /// What a model says. `text` is the text that its places point into.
    pub(super) fn of(model: &Model, text: &str) -> Self {
        let reader = Reader { text, ends: BTreeMap::new() };
        reader.draft(&model.declarations)
    }

    pub(super) fn name(&self, end: End) -> &str {
        match end {
            End::Process(number) => self.processes.get(number).map_or("", |process| &process.id),
            End::Actor(number) => self.actors.get(number).map_or("", |actor| &actor.id),
        }
    }

    /// The actors that some flow names.
    pub(super) fn used_actors(&self) -> Vec<&Actor> {
        let ends = self.processes.iter().flat_map(|process| {
            let from = process.inputs.iter().flat_map(|input| &input.from);
            from.chain(process.results.iter().flat_map(|result| &result.to))
        });
        let used: BTreeSet<usize> =
            ends.filter_map(|end| if let End::Actor(number) = end { Some(*number) } else { None }).collect();
        used.into_iter().filter_map(|number| self.actors.get(number)).collect()
    }
}

struct Reader<'a> {
    text: &'a str,
    /// Processes and actors by what the model calls them.
    ends: BTreeMap<&'a str, End>,
}

impl<'a> Reader<'a> {
    fn word(&self, span: Span) -> &'a str {
        span.text(self.text)
    }

    /// A string with its blanks and line ends made one blank each.
    fn string(&self, span: Option<Span>) -> String {
        let value = span.map_or_else(Default::default, |span| string_value(self.text, span));
        value.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn draft(mut self, declarations: &[Declaration]) -> Draft {
        let mut draft = Draft::default();
        let mut taken: BTreeSet<String> = BTreeSet::new();
        let mut processes: Vec<&tree::Process> = Vec::new();
        for declaration in declarations {
            match &declaration.kind {
                DeclarationKind::Actor(actor) if !self.ends.contains_key(self.word(actor.id)) => {
                    let keyword = match actor.kind {
                        ActorKind::Role => "role",
                        ActorKind::Party => "party",
                        ActorKind::System => "system",
                    };
                    let id = self.word(actor.id);
                    taken.insert(id.to_lowercase());
                    self.ends.insert(id, End::Actor(draft.actors.len()));
                    draft.actors.push(Actor { keyword, id: id.to_owned(), title: self.string(actor.title) });
                }
                DeclarationKind::Process(process) if !self.ends.contains_key(self.word(process.id)) => {
                    self.ends.insert(self.word(process.id), End::Process(processes.len()));
                    processes.push(process);
                }
                DeclarationKind::Item(item) => draft.items.push(self.item(item)),
                _ => {}
            }
        }
        for process in processes {
            let reference = self.word(process.id);
            let title = self.string(process.title);
            let id = unique(&mut taken, own_id(reference, &title));
            draft.processes.push(self.process(process, id, title));
        }
        // Items need no declaration in a model.
        let mut known: BTreeSet<String> = draft.items.iter().map(|item| item.id.clone()).collect();
        let flows = draft.processes.iter().flat_map(|process| {
            let inputs = process.inputs.iter().filter_map(|input| input.item.as_ref());
            inputs.chain(process.results.iter().map(|result| &result.item))
        });
        for id in flows {
            if known.insert(id.clone()) {
                draft.items.push(Item {
                    id: id.clone(),
                    title: String::new(),
                    documents: Vec::new(),
                    parts: Vec::new(),
                });
            }
        }
        draft
    }

    fn item(&self, item: &tree::Item) -> Item {
        let (mut documents, mut parts) = (Vec::new(), Vec::new());
        for statement in &item.statements {
            match &statement.kind {
                ItemStatementKind::Documents(clauses) => documents.extend(clauses.iter().map(|clause| Named {
                    standard: clause.qualifier.map_or_else(String::new, |standard| self.word(standard.span).to_owned()),
                    number: self.word(clause.number).to_owned(),
                    letter: clause.letter.map(|letter| self.word(letter).to_owned()),
                })),
                ItemStatementKind::Contains(items) => {
                    parts.extend(items.iter().map(|part| self.word(*part).to_owned()))
                }
                _ => {}
            }
        }
        Item { id: self.word(item.id).to_owned(), title: self.string(item.title), documents, parts }
    }

    fn process(&self, process: &tree::Process, id: String, title: String) -> Process {
        let mut draft = Process {
            id,
            reference: self.word(process.id).to_owned(),
            number: process.number.map_or_else(String::new, |number| self.word(number).to_owned()),
            title,
            ..Process::default()
        };
        for statement in &process.statements {
            match &statement.kind {
                ProcessStatementKind::Category(word) => self.word(*word).clone_into(&mut draft.category),
                ProcessStatementKind::Purpose(text) => draft.purpose = self.string(Some(*text)),
                ProcessStatementKind::Outcome(outcome) => draft.outcomes.push(self.string(Some(outcome.title))),
                ProcessStatementKind::Activity(activity) => {
                    draft.activities.push((self.word(activity.id).to_owned(), self.string(activity.title)));
                }
                ProcessStatementKind::Input(flow) => self.input(&mut draft.inputs, flow),
                ProcessStatementKind::Result(flow) => self.result(&mut draft.results, flow),
                _ => {}
            }
        }
        draft
    }

    /// Adds an input; statements of one item are one.
    fn input(&self, inputs: &mut Vec<Input>, flow: &Flow) {
        let item = (!flow.wildcard).then(|| self.word(flow.item).to_owned());
        let at = inputs.iter().position(|known| known.item == item).unwrap_or_else(|| {
            inputs.push(Input { item, is_open: false, from: Vec::new(), is_feedback: false });
            inputs.len() - 1
        });
        if let Some(input) = inputs.get_mut(at) {
            let names_anybody = |span: &Span| self.word(*span) == "any" && !self.ends.contains_key("any");
            input.is_open |= flow.actors.is_empty() || flow.actors.iter().any(names_anybody);
            self.add_ends(&mut input.from, flow);
        }
    }

    fn result(&self, results: &mut Vec<Output>, flow: &Flow) {
        let item = self.word(flow.item).to_owned();
        let at = results.iter().position(|known| known.item == item).unwrap_or_else(|| {
            results.push(Output { item, to: Vec::new(), is_retained: false });
            results.len() - 1
        });
        if let Some(result) = results.get_mut(at) {
            result.is_retained |= flow.retained().is_some();
            self.add_ends(&mut result.to, flow);
        }
    }

    fn add_ends(&self, ends: &mut Vec<End>, flow: &Flow) {
        for name in &flow.actors {
            if let Some(end) = self.ends.get(self.word(*name))
                && !ends.contains(end)
            {
                ends.push(*end);
            }
        }
    }
}

/// What the organization calls a reference process: as the model does where that is a name, and by its title where it
/// is a number (`COM.11`), which nobody would recognize in a message.
fn own_id(reference: &str, title: &str) -> String {
    let is_name = reference.starts_with(char::is_alphabetic)
        && reference.chars().all(|c| c.is_alphanumeric() && !c.is_uppercase() || matches!(c, '-' | '_'));
    let by_title = id_of(title);
    if is_name || by_title.is_empty() { reference.to_owned() } else { by_title }
}

/// A title as an id: `Product/service release` is `product-service-release`.
pub(super) fn id_of(title: &str) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

/// `wanted`, or that with a number behind it where it is taken. Ids become names of files, which some systems do not
/// tell apart by case.
pub(super) fn unique(taken: &mut BTreeSet<String>, wanted: String) -> String {
    let mut id = wanted.clone();
    let mut number = 1;
    while !taken.insert(id.to_lowercase()) {
        number += 1;
        id = format!("{wanted}-{number}");
    }
    id
}
