//! What a judge hands on to the next one, which judges nearly the same project: names among which nearest ones were sought, and
//! how declarations are laid out. Nothing in an answer depends on it.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustc_hash::FxHashMap;

use crate::diagnostic::{KnownNames, Place};
use crate::syntax::Layout;
use crate::text::{FileId, Source, Span};

/// The names of each `nearest`, by the code of its rule and its own number.
type NamesOfRules = FxHashMap<(Arc<str>, usize), KnownNames>;

/// What was found out for one judge, and what of that holds for the next.
#[derive(Debug, Default)]
pub struct Recalled {
    names: Mutex<NamesOfRules>,
    layouts: Layouts,
}

impl Recalled {
    /// What holds for other files, given which of them are what the files of the same numbers were, and whether names have the
    /// numbers that they had.
    #[must_use]
    pub fn for_files(self, is_same: &[bool], are_numbered: bool) -> Self {
        let names = if are_numbered { self.names } else { Mutex::default() };
        Self { names, layouts: self.layouts.for_files(is_same) }
    }

    /// Takes out the names of a `nearest`.
    pub(super) fn take(&self, code: &Arc<str>, at: usize) -> Option<KnownNames> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).remove(&(Arc::clone(code), at))
    }

    /// The same with the names and the layouts of the judge that comes to its end. Names that were not asked for are let go of.
    pub(super) fn with(names: NamesOfRules, layouts: Layouts) -> Self {
        Self { names: Mutex::new(names), layouts }
    }

    pub(super) fn take_layouts(&mut self) -> Layouts {
        std::mem::take(&mut self.layouts)
    }
}

/// How files and declarations are laid out, read when a mend first asks for it.
#[derive(Debug, Default)]
pub(super) struct Layouts {
    of_files: Vec<OnceLock<Layout>>,
    of_declarations: Mutex<FxHashMap<Place, Arc<Layout>>>,
    /// Those that were asked for before.
    before: FxHashMap<Place, Arc<Layout>>,
    /// Whether somebody will ask again.
    is_lasting: bool,
}

impl Layouts {
    /// Of so many files, of which nothing is known.
    pub(super) fn new(files: usize) -> Self {
        Self { of_files: (0..files).map(|_| OnceLock::new()).collect(), ..Self::default() }
    }

    /// Those of files that are the same. What was not asked for the last time is let go of.
    fn for_files(self, is_same: &[bool]) -> Self {
        let mut of_files = self.of_files.into_iter();
        let of_files = is_same.iter().map(|is_same| of_files.next().filter(|_| *is_same).unwrap_or_default()).collect();
        let mut before = self.of_declarations.into_inner().unwrap_or_else(PoisonError::into_inner);
        before.retain(|place, _| is_same.get(place.file.0 as usize).is_some_and(|is_same| *is_same));
        Self { of_files, of_declarations: Mutex::default(), before, is_lasting: true }
    }

    /// That of a file.
    pub(super) fn of_file(&self, file: FileId, source: &Source) -> &Layout {
        self.of_files[file.0 as usize].get_or_init(|| Layout::new(source))
    }

    /// That of a declaration, which is soon read, so that it is kept only where somebody asks again.
    pub(super) fn of_declaration(&self, file: FileId, source: &Source, span: Span) -> Arc<Layout> {
        let read = || Arc::new(Layout::of_declaration(source, span));
        if !self.is_lasting {
            return read();
        }
        let place = Place { file, span };
        let kept = || self.of_declarations.lock().unwrap_or_else(PoisonError::into_inner);
        let found = self.before.get(&place).or(kept().get(&place)).cloned();
        let layout = found.unwrap_or_else(read);
        kept().insert(place, Arc::clone(&layout));
        layout
    }
}
