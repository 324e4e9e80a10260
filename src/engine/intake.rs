//! Takes files in: lexes, parses and lowers them on all threads, and gives the names of all of them their numbers.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use crate::landscape::{self, Names, Room};
use crate::syntax;
use crate::text::{FileId, Source};

use super::memory::Lowered;
use super::shipped;

/// About how many bytes of text there are for each name of a project. A table that has to grow is dear, and what is not used of
/// one that is too large costs an eighth of the text at most.
const BYTES_A_NAME: usize = 200;

/// How many files a thread takes in at once.
const FILES_A_PIECE: usize = 8;

/// What becomes of the names that are mentioned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mentions {
    /// They get numbers, and nobody asks where each stands first again.
    Once,
    /// They get numbers, and will get some again.
    Again,
    /// Somebody else numbers them.
    Kept,
}

/// Files that were taken in, and the numbers of their names.
pub(super) struct Taken {
    pub(super) files: Vec<Lowered>,
    pub(super) names: Names,
}

/// What several threads take in. Names are numbered in the order of files, so that a piece waits until all before it came.
struct Intake<'a> {
    sources: &'a [Source],
    mentions: Mentions,
    /// Pieces whose turn has not come, by their numbers.
    waiting: Mutex<BTreeMap<usize, Vec<Lowered>>>,
    numbered: Mutex<Numbered>,
}

/// Files whose names have numbers.
struct Numbered {
    files: Vec<Lowered>,
    names: Names,
    /// How many pieces they are.
    pieces: usize,
}

/// Takes in those files of which nothing is known.
pub(super) fn take_in(sources: &[Source], known: Vec<Option<Lowered>>, mentions: Mentions) -> Taken {
    let mut pieces: Vec<Mutex<Vec<Option<Lowered>>>> = Vec::with_capacity(sources.len().div_ceil(FILES_A_PIECE));
    let mut known = known.into_iter();
    for piece in sources.chunks(FILES_A_PIECE) {
        pieces.push(Mutex::new(known.by_ref().take(piece.len()).collect()));
    }
    let bytes: usize = sources.iter().map(|source| source.text().len()).sum();
    let names = match mentions {
        Mentions::Once | Mentions::Again => Names::with_room(bytes / BYTES_A_NAME),
        Mentions::Kept => Names::default(),
    };
    let intake = Intake {
        sources,
        mentions,
        waiting: Mutex::default(),
        numbered: Mutex::new(Numbered { files: Vec::with_capacity(sources.len()), names, pieces: 0 }),
    };
    let next = AtomicUsize::new(0);
    let work = || {
        let mut room = Room::default();
        loop {
            let piece = next.fetch_add(1, Ordering::Relaxed);
            let Some(known) = pieces.get(piece) else { return };
            let known = std::mem::take(&mut *open(known));
            intake.take(piece, known, &mut room);
        }
    };
    // One after the other, whoever is free: what is taken in early can be numbered early.
    rayon::scope(|scope| {
        for _ in 1..rayon::current_num_threads() {
            scope.spawn(|_| work());
        }
        work();
    });
    let Intake { waiting, numbered, .. } = intake;
    let (waiting, mut numbered) = (inside(waiting), inside(numbered));
    for piece in waiting.into_values() {
        numbered.add(piece, mentions);
    }
    let Numbered { files, names, .. } = numbered;
    Taken { files, names }
}

impl Intake<'_> {
    /// Lowers the files of a piece, and numbers whatever has its turn, unless another thread does so already.
    fn take(&self, piece: usize, known: Vec<Option<Lowered>>, room: &mut Room) {
        let first = piece * FILES_A_PIECE;
        let lowered = self.sources[first..].iter().zip(known).enumerate().map(|(number, (source, known))| {
            let file = FileId((first + number) as u32);
            let shipped = || source.is_builtin().then(|| shipped::take(source, file)).flatten();
            known.or_else(shipped).unwrap_or_else(|| lower_one(room, source, file))
        });
        let lowered = lowered.collect();
        open(&self.waiting).insert(piece, lowered);
        let mut numbered = match self.numbered.try_lock() {
            Ok(numbered) => numbered,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        loop {
            let Some(next) = open(&self.waiting).remove(&numbered.pieces) else { return };
            numbered.add(next, self.mentions);
        }
    }
}

impl Numbered {
    /// Numbers the names of the next piece.
    fn add(&mut self, files: Vec<Lowered>, mentions: Mentions) {
        for mut lowered in files {
            if mentions != Mentions::Kept {
                self.names.add(&lowered.facts);
            }
            if mentions == Mentions::Once {
                lowered.facts.forget_first_mentions();
            }
            self.files.push(lowered);
        }
        self.pieces += 1;
    }
}

/// Lexes, parses and lowers one file, in the room of others.
pub(super) fn lower_one(room: &mut Room, source: &Source, file: FileId) -> Lowered {
    let parsed = syntax::parse(source, file);
    Lowered { facts: Box::new(landscape::lower_in(room, parsed.tree, source, file)), errors: parsed.errors }
}

/// Whoever else held it and failed has left nothing half done that matters.
fn open<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn inside<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(PoisonError::into_inner)
}
