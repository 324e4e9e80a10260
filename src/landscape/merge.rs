//! From the facts of all files to one landscape: names become entities, statements of one thing become one row, and what
//! cannot be found is said.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Place};
use crate::text::{Date, SourceMap, Span};

use super::actors::Actors;
use super::catalogue::Catalogue;
use super::facts::{FileFacts, Mention, NONE};
use super::landscape::Landscape;
use super::names::Names;
use super::tables::Tables;

/// Answers whether a path of the project, relative to its root and with `/`, exists.
pub type PathExists = dyn Fn(&str) -> bool + Send + Sync;

/// What a merge needs to know beside the facts.
pub struct Surroundings {
    /// The files that facts speak of.
    pub sources: Arc<SourceMap>,
    /// The day of the run.
    pub today: Date,
    /// Whether the paths of `source` statements exist; without an answer they are believed.
    pub known_paths: Option<Box<PathExists>>,
}

impl std::fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surroundings").field("today", &self.today).finish_non_exhaustive()
    }
}

/// What all parts of a merge share.
pub(super) struct Merger<'a> {
    pub(super) surroundings: &'a Surroundings,
    pub(super) facts: &'a [&'a FileFacts],
    pub(super) names: Names,
    /// For each file of `facts`, the name of each of its own names.
    pub(super) local: Vec<Vec<u32>>,
    /// The places of strings, by number.
    pub(super) strings: Vec<Place>,
    pub(super) tables: Tables,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) skipped: SkippedWords,
    /// Regions that repeat a declaration: what stands in them counts, but is not blamed again.
    pub(super) repeated: Vec<Place>,
    /// Ids of declarations of which a part could not be read.
    pub(super) incomplete: Vec<Place>,
}

/// Merges the facts, which come in the order of their files.
#[must_use]
pub fn merge(surroundings: &Surroundings, facts: &[&FileFacts]) -> (Landscape, Vec<Diagnostic>) {
    let mut merger = Merger::new(surroundings, facts);
    let mut catalogue = Catalogue::new(&mut merger);
    let mut actors = Actors::new(&mut merger);
    merger.specification(&mut catalogue, &mut actors);
    actors.finish(&mut merger);
    catalogue.finish(&mut merger);
    let Merger { names, strings, tables, diagnostics, skipped, mut repeated, mut incomplete, .. } = merger;
    debug_assert!(tables.is_complete(), "every field has a value for every row");
    repeated.sort_unstable();
    incomplete.sort_unstable();
    let landscape = Landscape {
        names,
        strings,
        tables,
        sources: surroundings.sources.clone(),
        today: surroundings.today,
        skipped,
        repeated,
        incomplete,
    };
    (landscape, diagnostics)
}

impl<'a> Merger<'a> {
    fn new(surroundings: &'a Surroundings, facts: &'a [&'a FileFacts]) -> Self {
        let mut names = Names::default();
        names.reserve(facts.iter().map(|facts| facts.names.entries().len()).sum::<usize>() / 2);
        let mut skipped = SkippedWords::default();
        let mut incomplete = Vec::new();
        let mut local = Vec::with_capacity(facts.len());
        for facts in facts {
            let text = surroundings.sources.get(facts.file).text();
            let of_file = facts.names.entries().iter();
            local.push(of_file.map(|(hash, span)| names.intern_hashed(*hash, span.text(text))).collect());
            for region in &facts.skipped {
                skipped.add(region.span.text(text));
                incomplete.extend(region.owner.map(|owner| Place { file: facts.file, span: owner }));
            }
        }
        Self {
            surroundings,
            facts,
            names,
            local,
            strings: Vec::new(),
            tables: Tables::new(),
            diagnostics: Vec::new(),
            skipped,
            repeated: Vec::new(),
            incomplete,
        }
    }

    /// The name of a file's own name.
    #[inline]
    pub(super) fn global(&self, file: usize, name: u32) -> u32 {
        if name == NONE { NONE } else { self.local[file][name as usize] }
    }

    /// The place of a span in a file of `facts`.
    #[inline]
    pub(super) fn place(&self, file: usize, span: Span) -> Place {
        Place { file: self.facts[file].file, span }
    }

    /// Keeps a string; its number, or [`NONE`].
    #[inline]
    pub(super) fn string(&mut self, file: usize, span: Option<Span>) -> u32 {
        let Some(span) = span else { return NONE };
        let place = self.place(file, span);
        self.strings.push(place);
        self.strings.len() as u32 - 1
    }

    pub(super) fn text(&self, file: usize, span: Span) -> &'a str {
        self.surroundings.sources.get(self.facts[file].file).slice(span)
    }

    pub(super) fn mention_text(&self, file: usize, mention: Mention) -> &'a str {
        self.text(file, mention.span)
    }

    /// Says that something is declared twice.
    pub(super) fn declared_twice(&mut self, what: &str, name: &str, second: Place, first: Place) {
        let diagnostic = Diagnostic::error("REF002", second, format!("{what} `{name}` is declared twice"))
            .underlined("declared again here")
            .label(first, "first declared here")
            .help("remove one of them, or give it another id");
        self.diagnostics.push(diagnostic);
    }
}

/// The words of regions that could not be read. What they name is neither missing nor unknown.
#[derive(Debug, Default)]
pub(super) struct SkippedWords {
    words: rustc_hash::FxHashSet<String>,
}

impl SkippedWords {
    fn add(&mut self, region: &str) {
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        for word in region.split(|c: char| !is_word(c)) {
            let word = word.trim_end_matches(['.', '-']);
            if !word.is_empty() {
                self.words.insert(word.to_owned());
            }
        }
    }

    /// Whether the name, or a head of it (`9.3` of `9.3.2`), stands in such a region.
    pub(super) fn contains(&self, name: &str) -> bool {
        if self.words.is_empty() {
            return false;
        }
        let name = name.split('(').next().unwrap_or(name);
        self.words.contains(name)
            || name.match_indices('.').any(|(at, _)| self.words.contains(&name[..at]))
    }
}
