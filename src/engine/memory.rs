//! What is kept from one check to the next: whatever follows from the text of a file alone, and the program that the rules
//! make together.

use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::landscape::{FileFacts, Names};
use crate::rules::{Program, Recalled};
use crate::text::{FileId, Source, SourceMap};

use super::again::LastAnswers;

/// What one file says, and its mistakes of syntax.
#[derive(Debug, Default)]
pub(super) struct Lowered {
    /// Boxed, since files are moved from one list to the next.
    pub(super) facts: Box<FileFacts>,
    pub(super) errors: Vec<Diagnostic>,
}

/// The rules of a run, and what is wrong with them.
pub(super) type Compiled = (Program, Vec<Diagnostic>);

/// What the last check left behind. Everything is taken out of it at the begin of a check and put back at its end, so that
/// nothing is copied, and a check that did not come to its end leaves nothing.
#[derive(Debug, Default)]
pub(super) struct Memory {
    last: Last,
    is_lasting: bool,
    /// How much the rules looked at in the last check.
    pub(super) steps: u64,
}

#[derive(Debug, Default)]
struct Last {
    sources: Arc<SourceMap>,
    files: Vec<Lowered>,
    program: Option<Compiled>,
    recalled: Recalled,
    names: Names,
    answers: Option<LastAnswers>,
}

/// What of the last check holds for the files of the next one.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// For each file, what is known of it.
    pub(super) files: Vec<Option<Lowered>>,
    /// For each file, whether it is what the file of the same number was.
    is_same: Vec<bool>,
    program: Option<Compiled>,
    /// How many files had a part in the program.
    declaring: usize,
    recalled: Recalled,
    /// The numbers of names, where the files are those that they were but for their texts.
    names: Option<Names>,
    are_numbered: bool,
    before: Arc<SourceMap>,
    /// What was said of the files that they were then.
    answers: Option<LastAnswers>,
}

impl Memory {
    /// That of somebody who checks again and again. All others forget, and save the room.
    pub(super) fn lasting() -> Self {
        Self { is_lasting: true, ..Self::default() }
    }

    /// Whether something is kept at all.
    pub(super) fn is_lasting(&self) -> bool {
        self.is_lasting
    }

    /// Takes out what holds for these files.
    pub(super) fn take(&mut self, sources: &SourceMap) -> Known {
        let Last { sources: before, files, program, recalled, names, answers } = std::mem::take(&mut self.last);
        let declaring = files.iter().filter(|file| has_part_in_program(&file.facts)).count();
        let count = sources.len();
        let (files_known, is_same) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let names = Some(names).filter(|names| !names.are_worn() && are_of_one_order(&before, sources));
        let mut known = Known {
            program,
            declaring,
            files: files_known,
            is_same,
            recalled,
            answers: answers.filter(|_| names.is_some()),
            are_numbered: names.is_some(),
            names,
            before: Arc::clone(&before),
        };
        let order = |source: &Source, other: &Source| {
            source.is_builtin().cmp(&other.is_builtin()).then_with(|| source.path().cmp(other.path()))
        };
        let mut last = before.sources().iter().zip(files).peekable();
        // Both go by their paths. Where they do not, files are not found and are read again.
        for (file, source) in sources.iter() {
            while last.next_if(|(old, _)| order(old, source).is_lt()).is_some() {}
            let found = last.next_if(|(old, _)| old.is_same(source)).map(|(_, lowered)| lowered);
            known.is_same.push(found.as_ref().is_some_and(|lowered| lowered.facts.file() == file));
            known.files.push(found.map(|lowered| moved(lowered, file)));
        }
        known
    }

    /// Keeps what the next check can use.
    pub(super) fn keep(
        &mut self,
        sources: Arc<SourceMap>,
        files: Vec<Lowered>,
        program: Compiled,
        recalled: Recalled,
        names: Names,
        answers: LastAnswers,
    ) {
        self.last = Last { sources, files, program: Some(program), recalled, names, answers: Some(answers) };
    }
}

impl Known {
    /// Whether the names of files that are the same have numbers.
    pub(super) fn are_numbered(&self) -> bool {
        self.are_numbered
    }

    /// The numbers of the names of all files, which `fresh` has where they were not kept. Of those that were, only the ones of
    /// files that changed are looked up.
    pub(super) fn number(&mut self, fresh: Names, files: &[Lowered]) -> Names {
        let Some(mut names) = self.names.take() else { return fresh.lasting() };
        for (lowered, _) in files.iter().zip(&self.is_same).filter(|(_, is_same)| !**is_same) {
            names.replace(&lowered.facts, self.before.get(lowered.facts.file()));
        }
        names
    }

    /// The last answers, and the files that were edited since; `None` where names have other numbers now.
    pub(super) fn answers(&mut self) -> Option<(LastAnswers, Vec<FileId>)> {
        let files = (0..).map(FileId).zip(&self.is_same);
        let edited = files.filter(|(_, is_same)| !**is_same).map(|(file, _)| file).collect();
        Some((self.answers.take()?, edited))
    }

    /// What the last judge handed on, as far as it holds for these files.
    pub(super) fn recalled(&mut self) -> Recalled {
        std::mem::take(&mut self.recalled).for_files(&self.is_same, self.are_numbered)
    }

    /// The program of these files, if none of those that have a part in it has changed, moved, come or gone, nor any that may
    /// have one.
    pub(super) fn program<'a>(self, facts: impl Iterator<Item = &'a FileFacts>) -> Option<Compiled> {
        let mut declaring = 0;
        for (_, is_same) in facts.zip(&self.is_same).filter(|(facts, _)| has_part_in_program(facts)) {
            declaring += 1;
            if !is_same {
                return None;
            }
        }
        self.program.filter(|(program, _)| declaring == self.declaring && !program.rests_on_skipped)
    }
}

/// Whether two lists of files have the same paths at the same numbers.
fn are_of_one_order(before: &SourceMap, now: &SourceMap) -> bool {
    let is_one = |(old, new): (&Source, &Source)| old.is_builtin() == new.is_builtin() && old.path() == new.path();
    before.len() == now.len() && before.sources().iter().zip(now.sources()).all(is_one)
}

fn has_part_in_program(facts: &FileFacts) -> bool {
    !facts.rules().is_empty() || !facts.defines().is_empty()
}

/// What is known of a file, under another number.
pub(super) fn moved(mut lowered: Lowered, file: FileId) -> Lowered {
    if lowered.facts.file() != file {
        lowered.facts.renumber(file);
        lowered.errors.iter_mut().for_each(|error| error.move_to(file));
    }
    lowered
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::check::run;
    use crate::engine::{Inputs, Settings};
    use crate::text::Date;

    const RULE: &str = "rule OWN001 each note { for process p report p \"`{p}`\" }";

    fn sources(files: &[(&str, &str)]) -> SourceMap {
        SourceMap::new(files.iter().map(|(path, text)| Source::new(*path, *text)).collect())
    }

    /// What is known of some files after others were checked, and whether the program is.
    fn known(before: &[(&str, &str)], now: &[(&str, &str)]) -> (Vec<bool>, bool) {
        let mut memory = Memory::lasting();
        let project = before.iter().map(|(path, text)| Source::new(*path, *text)).collect();
        let inputs = |sources| Inputs {
            sources,
            settings: Settings { threads: Some(1), ..Settings::default() },
            today: Date::from_days(0),
            known_paths: None,
        };
        let (report, ()) = run(inputs(project), &mut memory, |_| ());
        assert!(report.diagnostics.iter().all(|finding| !finding.code.as_str().starts_with("SYN")));
        // The shipped files come last, and stay.
        let shipped = report.sources.sources().iter().filter(|source| source.is_builtin()).cloned();
        let all = sources(now).sources().iter().cloned().chain(shipped).collect();
        let all = SourceMap::new(all);
        let mut known = memory.take(&all);
        let files = std::mem::take(&mut known.files);
        let found = |file: FileId| files[file.0 as usize].as_ref().is_some_and(|lowered| lowered.facts.file() == file);
        let of_files = all.iter().filter(|(_, source)| !source.is_builtin()).map(|(file, _)| found(file)).collect();
        assert!(all.iter().filter(|(_, source)| source.is_builtin()).all(|(file, _)| found(file)));
        let files: Vec<Lowered> = files.into_iter().map(Option::unwrap_or_default).collect();
        (of_files, known.program(files.iter().map(|lowered| &*lowered.facts)).is_some())
    }

    #[test]
    fn an_edit_of_one_file_has_one_file_read() {
        let before = [("a.isms", "process a {}"), ("b.isms", "process b {}"), ("c.isms", RULE)];
        let edited = [("a.isms", "process a {}"), ("b.isms", "process c {}"), ("c.isms", RULE)];
        assert_eq!(known(&before, &before), (vec![true, true, true], true));
        assert_eq!(known(&before, &edited), (vec![true, false, true], true));
    }

    #[test]
    fn files_that_move_are_known_and_the_program_is_not() {
        let before = [("b.isms", "process b {}"), ("c.isms", RULE)];
        let added = [("a.isms", "process a {}"), ("b.isms", "process b {}"), ("c.isms", RULE)];
        let gone = [("c.isms", RULE)];
        assert_eq!(known(&before, &added), (vec![false, true, true], false));
        assert_eq!(known(&before, &gone), (vec![true], false));
    }

    #[test]
    fn who_checks_once_keeps_nothing() {
        let mut memory = Memory::default();
        let project = vec![Source::new("a.isms", "process a {}")];
        let settings = Settings { threads: Some(1), ..Settings::default() };
        let inputs = Inputs { sources: project, settings, today: Date::from_days(0), known_paths: None };
        let (report, ()) = run(inputs, &mut memory, |_| ());
        assert!(memory.take(&report.sources).files.iter().all(Option::is_none));
    }
}
