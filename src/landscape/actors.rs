//! Processes, roles, parties and systems: one space of names, one space of ids.

use crate::diagnostic::{Diagnostic, Names as Nearest, Place};
use crate::syntax::tree::ActorKind;

use super::facts::{Mention, NONE};
use super::merge::Merger;
use super::schema::Kind;

/// How many unknown names get a suggestion; nobody reads more.
const MOST_SUGGESTIONS: usize = 5_000;

/// Somebody who is declared.
#[derive(Clone, Copy, Debug)]
struct Declared {
    kind: Kind,
    /// The row in its kind.
    row: u32,
    place: Place,
}

/// A declaration of a process, with the process that it stands for.
#[derive(Clone, Copy, Debug)]
pub(super) struct ProcessAt {
    /// The file, by position in the facts.
    pub(super) file: usize,
    /// The process, by position in its file.
    pub(super) at: usize,
    /// Its id.
    pub(super) id: u32,
    /// Whether it is the first declaration of the process.
    pub(super) first: bool,
}

/// Who can be a source or a destination, by name.
#[derive(Debug)]
pub(super) struct Actors {
    declared: Vec<Declared>,
    /// Position in `declared` by name, or [`NONE`].
    by_name: Vec<u32>,
    /// All declarations of processes, in order.
    pub(super) processes: Vec<ProcessAt>,
    process_count: u32,
    /// Name, title and place of roles, parties and systems.
    outsiders: [Vec<(u32, u32, Place)>; 3],
    /// Whether each outsider, by id less the number of processes, is named by anything.
    used: Vec<bool>,
    /// Names that nobody bears, with whom they should have named.
    unknown: Vec<(usize, Mention, Wanted)>,
}

/// Whom a statement may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Whoever can be a source or a destination.
    Anybody,
    /// A role.
    Role,
    /// A role or a party.
    RoleOrParty,
    /// A system.
    System,
}

impl Actors {
    /// Collects the declarations in the order of files and places.
    pub(super) fn new(merger: &mut Merger<'_>) -> Self {
        let mut actors = Self {
            declared: Vec::new(),
            by_name: vec![NONE; merger.names.len()],
            processes: Vec::new(),
            process_count: 0,
            outsiders: [Vec::new(), Vec::new(), Vec::new()],
            used: Vec::new(),
            unknown: Vec::new(),
        };
        for file in 0..merger.facts.len() {
            let own = &merger.facts[file].own;
            // Both lists are in order of place; a file mostly has the one or the other.
            let (mut process, mut actor) = (0, 0);
            while process < own.processes.len() || actor < own.actors.len() {
                let process_start = own.processes.get(process).map_or(u32::MAX, |fact| fact.span.start);
                let actor_start = own.actors.get(actor).map_or(u32::MAX, |fact| fact.span.start);
                if process_start < actor_start {
                    actors.process(merger, file, process);
                    process += 1;
                } else {
                    actors.outsider(merger, file, actor);
                    actor += 1;
                }
            }
        }
        let outsiders: usize = actors.outsiders.iter().map(Vec::len).sum();
        actors.used = vec![false; outsiders];
        actors
    }

    fn known(&self, name: u32) -> Option<Declared> {
        let at = *self.by_name.get(name as usize)?;
        (at != NONE).then(|| self.declared[at as usize])
    }

    fn declare(&mut self, name: u32, declared: Declared) {
        self.by_name[name as usize] = self.declared.len() as u32;
        self.declared.push(declared);
    }

    fn process(&mut self, merger: &mut Merger<'_>, file: usize, at: usize) {
        let fact = &merger.facts[file].own.processes[at];
        let (mention, span) = (fact.id, fact.span);
        let name = merger.global(file, mention.name);
        let place = merger.place(file, mention.span);
        let known = self.known(name);
        if let Some(first) = known {
            merger.declared_twice("the process", merger.mention_text(file, mention), place, first.place);
            let region = merger.place(file, span);
            merger.repeated.push(region);
        }
        // What a second declaration says counts for the first one, so that nothing seems to be missing.
        let (id, first) = match known {
            Some(Declared { kind: Kind::Process, row, .. }) => (row, false),
            _ => {
                self.process_count += 1;
                (self.process_count - 1, true)
            }
        };
        if known.is_none() {
            self.declare(name, Declared { kind: Kind::Process, row: id, place });
        }
        self.processes.push(ProcessAt { file, at, id, first });
    }

    fn outsider(&mut self, merger: &mut Merger<'_>, file: usize, at: usize) {
        let fact = &merger.facts[file].own.actors[at];
        let (kind, list, word) = match fact.kind {
            ActorKind::Role => (Kind::Role, 0, "the role"),
            ActorKind::Party => (Kind::Party, 1, "the party"),
            ActorKind::System => (Kind::System, 2, "the system"),
        };
        let (mention, title, span) = (fact.id, fact.title, fact.span);
        let name = merger.global(file, mention.name);
        let place = merger.place(file, mention.span);
        if let Some(first) = self.known(name) {
            merger.declared_twice(word, merger.mention_text(file, mention), place, first.place);
            let region = merger.place(file, span);
            merger.repeated.push(region);
            return;
        }
        let title = merger.string(file, title);
        let row = self.outsiders[list].len() as u32;
        self.outsiders[list].push((name, title, place));
        self.declare(name, Declared { kind, row, place });
    }

    /// Number of processes.
    pub(super) fn process_count(&self) -> u32 {
        self.process_count
    }

    fn id_of(&self, declared: Declared) -> u32 {
        let processes = self.process_count;
        let lengths = [&self.outsiders[0], &self.outsiders[1]].map(|list| list.len() as u32);
        match declared.kind {
            Kind::Role => processes + declared.row,
            Kind::Party => processes + lengths[0] + declared.row,
            Kind::System => processes + lengths[0] + lengths[1] + declared.row,
            _ => declared.row,
        }
    }

    /// The id of whom a statement names; what is wrong with the name is said.
    pub(super) fn resolve(
        &mut self,
        merger: &mut Merger<'_>,
        file: usize,
        mention: Mention,
        wanted: Wanted,
    ) -> Option<u32> {
        let name = merger.global(file, mention.name);
        let Some(declared) = self.known(name) else {
            self.unknown(merger, file, mention, wanted);
            return None;
        };
        let fits = match wanted {
            Wanted::Anybody => true,
            Wanted::Role => declared.kind == Kind::Role,
            Wanted::RoleOrParty => matches!(declared.kind, Kind::Role | Kind::Party),
            Wanted::System => declared.kind == Kind::System,
        };
        let id = self.id_of(declared);
        if let Some(used) = id.checked_sub(self.process_count).and_then(|at| self.used.get_mut(at as usize)) {
            *used = true;
        }
        if fits {
            return Some(id);
        }
        let text = merger.mention_text(file, mention);
        let (is, wants) = (declared.kind.schema().name, wanted.word());
        let place = merger.place(file, mention.span);
        let diagnostic = Diagnostic::error("REF003", place, format!("`{text}` is a {is}, but {wants} is wanted here"))
            .label(declared.place, format!("declared as a {is} here"))
            .help(format!("name {wants}"));
        merger.diagnostics.push(diagnostic);
        None
    }

    /// Whether the name is that of somebody.
    pub(super) fn is_known(&self, name: u32) -> bool {
        self.known(name).is_some()
    }

    fn unknown(&mut self, merger: &mut Merger<'_>, file: usize, mention: Mention, wanted: Wanted) {
        // Said at the end, when everybody is known; one index then serves all of them.
        if !merger.skipped.contains(merger.mention_text(file, mention)) {
            self.unknown.push((file, mention, wanted));
        }
    }

    /// Says which names are unknown, with the nearest known one.
    fn report_unknown(&self, merger: &mut Merger<'_>) {
        if self.unknown.is_empty() {
            return;
        }
        let mut known: Vec<u32> = (0..self.by_name.len() as u32).filter(|name| self.by_name[*name as usize] != NONE).collect();
        // In the order of declarations, so that equally near names are told apart the same way always.
        known.sort_unstable_by_key(|name| self.by_name[*name as usize]);
        let nearest = Nearest::new(known.iter().map(|name| merger.names.text(*name)));
        let mut diagnostics = Vec::with_capacity(self.unknown.len());
        for (at, (file, mention, wanted)) in self.unknown.iter().enumerate() {
            let text = merger.mention_text(*file, *mention);
            let place = merger.place(*file, mention.span);
            let mut diagnostic = Diagnostic::error("REF001", place, format!("there is no {} `{text}`", wanted.words()));
            let near = if at < MOST_SUGGESTIONS { nearest.nearest(text) } else { None };
            match near {
                Some(near) => {
                    diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
                    if let Some(declared) = merger.names.find(near).and_then(|name| self.known(name)) {
                        diagnostic = diagnostic.label(declared.place, format!("`{near}` is declared here"));
                    }
                }
                None => {
                    diagnostic = diagnostic.help(match wanted {
                        Wanted::Anybody => {
                            format!("declare it: `process {text}` inside the management system, `party {text}` outside of it")
                        }
                        Wanted::Role | Wanted::RoleOrParty => format!("declare it: `role {text} \"…\"`"),
                        Wanted::System => format!("declare it: `system {text} \"…\"`"),
                    });
                }
            }
            diagnostics.push(diagnostic);
        }
        merger.diagnostics.extend(diagnostics);
    }

    /// Fills the tables of outsiders and actors; those of processes are filled already.
    pub(super) fn finish(self, merger: &mut Merger<'_>) {
        self.report_unknown(merger);
        let processes = self.process_count;
        let mut start = processes;
        let (mut ids, mut titles, mut places) = (Vec::new(), Vec::new(), Vec::new());
        for (kind, list) in [Kind::Role, Kind::Party, Kind::System].into_iter().zip(&self.outsiders) {
            let used = &self.used[(start - processes) as usize..][..list.len()];
            merger.tables.rows(kind, start, list.iter().map(|(_, _, place)| Some(*place)).collect());
            merger.tables.scalar(kind, "id", list.iter().map(|(name, _, _)| *name).collect());
            merger.tables.scalar(kind, "title", list.iter().map(|(_, title, _)| *title).collect());
            merger.tables.flags(kind, "used", used.iter().copied());
            start += list.len() as u32;
            ids.extend(list.iter().map(|(name, _, _)| *name));
            titles.extend(list.iter().map(|(_, title, _)| *title));
            places.extend(list.iter().map(|(_, _, place)| Some(*place)));
        }
        let column = |field: &str, merger: &Merger<'_>| match Kind::Process.field(field) {
            Some(at) => match merger.tables.column(Kind::Process, at) {
                super::Column::Scalar(values) => values.clone(),
                super::Column::List(_) => Vec::new(),
            },
            None => Vec::new(),
        };
        let all_ids: Vec<u32> = column("id", merger).into_iter().chain(ids.iter().copied()).collect();
        let all_titles: Vec<u32> = column("title", merger).into_iter().chain(titles.iter().copied()).collect();
        merger.tables.rows(Kind::Outsider, processes, places);
        merger.tables.scalar(Kind::Outsider, "id", ids);
        merger.tables.scalar(Kind::Outsider, "title", titles);
        merger.tables.rows(Kind::Actor, 0, vec![None; all_ids.len()]);
        merger.tables.scalar(Kind::Actor, "id", all_ids);
        merger.tables.scalar(Kind::Actor, "title", all_titles);
    }
}

impl Wanted {
    fn word(self) -> &'static str {
        match self {
            Self::Anybody => "a process, a role or a party",
            Self::Role => "a role",
            Self::RoleOrParty => "a role or a party",
            Self::System => "a system",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Anybody => "process, role or party",
            Self::Role => "role",
            Self::RoleOrParty => "role or party",
            Self::System => "system",
        }
    }
}
