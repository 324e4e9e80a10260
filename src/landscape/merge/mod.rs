//! From the facts of many files to one landscape. Everything happens in the order of files and offsets, so that the answer
//! depends on nothing else; a file's names are translated once, and after that everything is numbers.

mod activities;
mod actors;
mod applicability;
mod at_hand;
mod catalogues;
mod confusable;
pub(super) mod flows;
mod organization;
mod processes;
mod references;
mod rows;
mod things;
mod unknown;
mod unknown_clause;
mod used;

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::diagnostic::{Diagnostic, Place};
use crate::text::{Date, SourceMap, Span};

use super::facts::{FileFacts, NONE};
use super::names::{MORE_NAMES, Names, Numbers};
use super::strings::Run;
use super::symbols::{Mention, NO_SYMBOL};
use super::{Kind, Landscape, MISSING};

use actors::Items;
use catalogues::Catalogues;
use unknown::Suggestions;
use used::Used;

pub(super) use flows::row;

/// Answers whether a path of the project, relative to its root and with `/`, exists.
pub type PathExists = dyn Fn(&str) -> bool + Send + Sync;

/// What a merge needs beside the facts.
pub struct Surroundings {
    /// The files that the facts come from.
    pub sources: Arc<SourceMap>,
    /// The day on which the project is looked at.
    pub today: Date,
    /// Whether the paths of `source` statements exist; without an answer they are believed.
    pub known_paths: Option<Box<PathExists>>,
    /// Does two things, at once or one after the other.
    pub both: Both,
}

/// Something to be done once.
pub type Work<'a> = &'a mut (dyn FnMut() + Send);

/// Does two things. The landscape knows no threads; who has some can lend them.
pub type Both = fn(Work<'_>, Work<'_>);

/// Does one thing after the other.
pub fn in_turn(first: Work<'_>, second: Work<'_>) {
    first();
    second();
}

impl std::fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surroundings").field("today", &self.today).finish_non_exhaustive()
    }
}

/// Puts the facts of many files together and resolves every name. The findings are those that need more than one file to
/// see; what one file alone says wrong is among its own diagnostics. Files may come in any order.
#[must_use]
pub fn merge(surroundings: &Surroundings, facts: &[&FileFacts]) -> (Landscape, Vec<Diagnostic>) {
    let mut facts = facts.to_vec();
    facts.sort_by_key(|facts| facts.file());
    let mut names = Names::default();
    facts.iter().for_each(|facts| names.add(facts));
    merge_with(surroundings, &facts, names)
}

/// The same of files in their order, the names of which have numbers.
#[must_use]
pub fn merge_with(surroundings: &Surroundings, facts: &[&FileFacts], names: Names) -> (Landscape, Vec<Diagnostic>) {
    let mut merge = Merge::new(surroundings, facts, names);
    merge.declarations();
    merge.rows_of_processes();
    merge.references();
    merge.applicabilities();
    merge.used();
    merge.look_alikes();
    let Merge { landscape, mut diagnostics, left_out, .. } = merge;
    diagnostics.sort_by(Diagnostic::order);
    say_left_out(&mut diagnostics, left_out);
    (landscape, diagnostics)
}

/// The state of a merge. Numbers of files are positions in `facts`.
struct Merge<'a> {
    surroundings: &'a Surroundings,
    sources: &'a SourceMap,
    facts: &'a [&'a FileFacts],
    /// The name of each symbol of each file.
    numbers: Arc<Numbers>,
    landscape: Landscape,
    diagnostics: Vec<Diagnostic>,
    /// How many findings there were beyond the most that are kept.
    left_out: usize,
    /// Second declarations that are not in the landscape yet.
    new_duplicates: Vec<Place>,
    suggestions: Suggestions<'a>,
    catalogues: Catalogues,
    /// The actor of each name.
    actor_of: Vec<u32>,
    /// The item of each name.
    item_of: Vec<u32>,
    /// Which items some model knows.
    items_of_models: Vec<bool>,
    used: Used,
    /// For every file, the process of each of its `process` declarations.
    process_ids: Vec<Vec<u32>>,
    /// For every file, the item or the actor of each of its other declarations; [`MISSING`] for second ones of actors.
    thing_ids: Vec<Vec<u32>>,
    /// Processes that are declared more than once.
    declared_twice: FxHashMap<u32, ()>,
    default_standard: Default,
    default_model: Default,
    /// Whether the lack of a standard was reported.
    has_said_no_standard: bool,
    /// The name `any`, where it occurs.
    any: u32,
    /// Reference processes that an unknown name is similar to.
    meant: Vec<u32>,
}

/// What an unqualified clause or reference process belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Default {
    /// Nothing is declared.
    Undeclared,
    /// The first one that is declared is unknown, which has been reported.
    Unknown,
    /// This one.
    Known(u32),
}

impl<'a> Merge<'a> {
    fn new(surroundings: &'a Surroundings, facts: &'a [&'a FileFacts], names: Names) -> Self {
        let sources = &*surroundings.sources;
        let mut landscape = Landscape::empty(Arc::clone(&surroundings.sources), surroundings.today);
        let (interner, numbers) = names.finish();
        let any = interner.find(sources, "any").unwrap_or(MISSING);
        for facts in facts {
            if facts.has_errors {
                landscape.flawed.insert(facts.file());
            }
            for skipped in &facts.skipped {
                landscape.skipped.push(Place { file: facts.file(), span: skipped.span });
                if let Some(owner) = skipped.owner {
                    landscape.incomplete.insert(Place { file: facts.file(), span: owner });
                }
            }
        }
        let known = interner.len();
        landscape.names = interner;
        Self {
            surroundings,
            sources,
            facts,
            numbers: Arc::new(numbers),
            landscape,
            diagnostics: Vec::new(),
            left_out: 0,
            new_duplicates: Vec::new(),
            suggestions: Suggestions::default(),
            catalogues: Catalogues::default(),
            actor_of: of_names(known),
            item_of: Vec::new(),
            items_of_models: Vec::new(),
            used: Used::default(),
            process_ids: Vec::new(),
            thing_ids: Vec::new(),
            declared_twice: FxHashMap::default(),
            default_standard: Default::Undeclared,
            default_model: Default::Undeclared,
            has_said_no_standard: false,
            any,
            meant: Vec::new(),
        }
    }

    /// The name of `symbol` of the file of that number.
    fn name_of(&self, file: usize, symbol: u32) -> u32 {
        if symbol == NO_SYMBOL { MISSING } else { self.numbers.of(file)[symbol as usize] }
    }

    fn name_at(&self, file: usize, mention: Mention) -> u32 {
        self.name_of(file, mention.symbol)
    }

    /// The text of a name that stands in a file.
    fn text(&self, file: usize, mention: Mention) -> &'a str {
        self.sources.get(self.facts[file].file()).slice(self.facts[file].symbols.span(mention))
    }

    fn place(&self, file: usize, span: Span) -> Place {
        Place { file: self.facts[file].file(), span }
    }

    fn mention_place(&self, file: usize, mention: Mention) -> Place {
        self.place(file, self.facts[file].symbols.span(mention))
    }

    /// The number of a string; [`MISSING`] where there is none.
    fn string(&mut self, file: usize, span: Span) -> u32 {
        if span.is_empty() {
            return MISSING;
        }
        self.landscape.strings.push(Place { file: self.facts[file].file(), span })
    }

    fn say(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < MOST_FINDINGS {
            self.diagnostics.push(diagnostic);
        } else {
            self.left_out += 1;
        }
    }

    /// What is declared, which all rows refer to.
    fn declarations(&mut self) {
        let (facts, numbers, known) = (self.facts, Arc::clone(&self.numbers), self.actor_of.len());
        let mut items = None;
        // Of items nothing is said here, and who there is has nothing to do with what there is.
        (self.surroundings.both)(
            &mut || {
                self.catalogues();
                self.actors();
                self.organization();
                self.correspondences();
            },
            &mut || items = Some(Items::gather(facts, &numbers, known)),
        );
        if let Some(items) = items {
            self.items(items);
        }
        self.things();
    }

    /// What processes say is most of a large project, and no part of it needs another: all parts are gathered first, without a
    /// word about what is wrong, so that whoever has threads can have each gather some, and then taken over one after the
    /// other.
    fn rows_of_processes(&mut self) {
        let (mut inputs, mut results, mut activities, mut covers) = (None, None, None, None);
        let (mut processes, mut owners, mut indicators) = (None, None, None);
        let (this, both) = (&*self, self.surroundings.both);
        // The largest ones first, so that the small ones fill what is left of the time.
        let mut small = || {
            both(&mut || processes = Some(this.gather_processes()), &mut || {
                both(&mut || owners = Some(this.gather_owners()), &mut || indicators = Some(this.gather_indicators()));
            });
        };
        let mut smaller = || {
            both(&mut || activities = Some(this.gather_activities()), &mut || {
                both(&mut || covers = Some(this.gather_covers()), &mut small);
            });
        };
        both(&mut || inputs = Some(this.gather_flows(Kind::Input)), &mut || {
            both(&mut || results = Some(this.gather_flows(Kind::Result)), &mut smaller);
        });
        if let (Some(owners), Some(processes), Some(covers)) = (owners, processes, covers) {
            self.owners(owners);
            self.processes(processes);
            self.covers(covers);
        }
        if let (Some(activities), Some(indicators)) = (activities, indicators) {
            self.activities(activities);
            self.indicators(indicators);
        }
        if let (Some(inputs), Some(results)) = (inputs, results) {
            self.inputs_and_results(inputs, results);
        }
    }

    /// Remembers a second declaration and says so: what stands in it counts for the first.
    fn declared_twice(
        &mut self,
        first: Place,
        second: Place,
        span: Span,
        what: &str,
        first_what: &str,
        entity: String,
    ) {
        self.landscape.incomplete.insert(first);
        self.landscape.incomplete.insert(second);
        self.new_duplicates.push(Place { file: second.file, span });
        let name = self.sources.get(second.file).slice(second.span);
        let (first_note, message) = if what == first_what {
            ("first declared here".to_owned(), format!("the {what} `{name}` is declared twice"))
        } else {
            let article = if first_what.starts_with('i') { "an" } else { "a" };
            (
                format!("first declared here, as {article} {first_what}"),
                format!("`{name}` is declared twice, as {article} {first_what} and as a {what}"),
            )
        };
        // A shipped file is not the one to change.
        let is_shipped = self.sources.get(second.file).is_builtin() && !self.sources.get(first.file).is_builtin();
        let diagnostic = if is_shipped {
            Diagnostic::error("REF002", first, message)
                .underlined("declared here")
                .label(second, "and in a file that is part of the program")
                .help("take yours away, or give it another name or edition")
        } else {
            Diagnostic::error("REF002", second, message)
                .underlined("declared again here")
                .label(first, first_note)
                .help("rename one of the two, or put what they say together in one")
        };
        self.say(diagnostic.of(entity));
    }

    /// Sorts what [`Landscape::is_incomplete`] searches.
    fn seal_duplicates(&mut self) {
        if !self.new_duplicates.is_empty() {
            self.landscape.duplicates.append(&mut self.new_duplicates);
            self.landscape.duplicates.sort_unstable();
        }
    }
}

/// The most findings that are kept of one file's lowering, and of one merge.
pub(super) const MOST_FINDINGS: usize = 100_000;

/// Notes on the last finding how many others there were.
pub(super) fn say_left_out(diagnostics: &mut [Diagnostic], left_out: usize) {
    if left_out > 0
        && let Some(last) = diagnostics.last_mut()
    {
        last.notes.push(format!("{left_out} more findings of this sort are left out"));
    }
}

/// The number of a string among those that are gathered; [`MISSING`] where there is none.
fn string(strings: &mut Run, place: Place) -> u32 {
    if place.span.is_empty() { MISSING } else { strings.push(place) }
}

/// Makes numbers among the strings that were gathered those of the landscape.
fn shift(numbers: &mut [u32], first: u32) {
    numbers.iter_mut().filter(|number| **number != MISSING).for_each(|number| *number += first);
}

/// How much room is kept from one process to the next.
const MOST_KEPT: usize = 64;

/// Makes a map empty. One that has become large is let go of: going through its room again and again would be quadratic.
fn forget<K, V>(seen: &mut FxHashMap<K, V>) {
    if seen.capacity() > MOST_KEPT {
        *seen = FxHashMap::default();
    } else {
        seen.clear();
    }
}

/// Something of each of so many names, with room for those that stand in no file.
fn of_names(known: usize) -> Vec<u32> {
    let mut values = Vec::with_capacity(known + MORE_NAMES);
    values.resize(known, MISSING);
    values
}

/// Whether a row names another one.
fn some(number: u32) -> Option<u32> {
    (number != NONE).then_some(number)
}
