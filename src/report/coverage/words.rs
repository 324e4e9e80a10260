//! What is said of a clause, a control or a document, in the formats for people.

use std::sync::Arc;

use crate::engine::coverage::{Answer, Decision, Document, DocumentStatus, Entry, EntryKind, Status, Totals};
use crate::engine::explain::Titled;
use crate::report::plural;

/// Who answers something, and what else is to be said of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// Names, each with what is to be said of it: `(item)`, `(c)`.
    pub(super) names: Vec<(String, String)>,
    /// What is to be said of all of it.
    pub(super) remark: String,
}

/// What is said of an entry that is no heading.
pub(super) fn of_entry(entry: &Entry, has_statement: bool) -> Said {
    let is_mixed = entry.status == Some(Status::Answered);
    let names = entry.answers.iter().map(|answer| (answer.who.id.clone(), beside(answer, is_mixed))).collect();
    let is_covered = !entry.answers.is_empty();
    let is_control = entry.kind == EntryKind::Control;
    let remark = match entry.decision {
        Some(Decision::Contested) => "decided twice".to_owned(),
        Some(Decision::Excluded) if is_control && is_covered => "excluded, but covered".to_owned(),
        Some(Decision::Excluded) => "excluded".to_owned(),
        // Where there is no statement at all, that is said once.
        Some(Decision::Undecided) if has_statement || !is_covered => "undecided".to_owned(),
        _ => String::new(),
    };
    let remark = match entry.status {
        Some(Status::Elsewhere) if entry.elsewhere.is_empty() => "by somebody else".to_owned(),
        Some(Status::Elsewhere) => format!("by {}", ids(&entry.elsewhere)),
        Some(Status::Planned) => planned(entry, "planned until"),
        Some(Status::Lapsed) => planned(entry, "was planned until"),
        Some(Status::Missing) if is_control => "nobody".to_owned(),
        Some(Status::Missing) if remark.is_empty() => "no process".to_owned(),
        Some(Status::Missing) => format!("no process; {remark}"),
        Some(Status::Unknown) => "perhaps in a part that could not be read".to_owned(),
        _ => remark,
    };
    Said { names, remark }
}

fn beside(answer: &Answer, is_mixed: bool) -> String {
    // Where everybody answers it partly, the mark says so.
    let words = [if answer.is_item { "item".to_owned() } else { String::new() }, extent(answer, is_mixed)];
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(", ")
}

/// How much of a clause is answered: `a, c`, `partly`; nothing where it is all of it.
pub(super) fn extent(answer: &Answer, is_partly_said: bool) -> String {
    let partly = (answer.is_partly && is_partly_said).then(|| "partly".to_owned());
    answer.letters.iter().cloned().chain(partly).collect::<Vec<_>>().join(", ")
}

fn planned(entry: &Entry, words: &str) -> String {
    entry.planned.map_or_else(|| "planned".to_owned(), |day| format!("{words} {day}"))
}

fn ids(things: &[Arc<Titled>]) -> String {
    things.iter().map(|thing| thing.id.as_str()).collect::<Vec<_>>().join(", ")
}

/// What is said of a document.
pub(super) fn of_document(document: &Document) -> Said {
    let names = document.items.iter().map(|(item, processes)| {
        let beside = if processes.is_empty() { "not produced".to_owned() } else { format!("by {}", ids(processes)) };
        (item.id.clone(), beside)
    });
    let remark = match document.status {
        DocumentStatus::Unknown => "perhaps in a part that could not be read",
        DocumentStatus::Missing if document.items.is_empty() => "no item",
        DocumentStatus::Missing | DocumentStatus::Produced => "",
    };
    Said { names: names.collect(), remark: remark.to_owned() }
}

/// `(d)` where a document is asked for at a letter.
pub(super) fn letter(document: &Document) -> Option<&str> {
    document.clause.find('(').and_then(|at| document.clause.get(at..))
}

/// The word for a status where it is counted.
pub(super) const fn counted(status: Status) -> &'static str {
    match status {
        Status::Elsewhere => "by others",
        Status::Lapsed => "overdue",
        other => other.word(),
    }
}

/// `25 of 27 answered, 2 missing`; nothing where there is nothing to answer.
pub(super) fn counts(totals: &Totals) -> String {
    if totals.units == 0 {
        return String::new();
    }
    let mut parts = vec![format!("{} of {} answered", totals.count(Status::Answered), totals.units)];
    let others = Status::ALL.into_iter().filter(|status| *status != Status::Answered && totals.count(*status) > 0);
    parts.extend(others.map(|status| format!("{} {}", totals.count(status), counted(status))));
    parts.join(", ")
}

/// `1 of 2 documents`; nothing where none is asked for.
pub(super) fn documents(totals: &Totals) -> String {
    match totals.documents {
        0 => String::new(),
        asked => format!("{} of {}", totals.produced, plural(asked, "document")),
    }
}

/// Both, of a chapter.
pub(super) fn summary(totals: &Totals) -> String {
    let parts = [counts(totals), documents(totals)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
}

/// How the first and the last of entries without a chapter are called.
pub(super) fn range(entries: &[Entry]) -> String {
    match entries {
        [] => String::new(),
        [only] => only.number.clone(),
        [first, .., last] => format!("{} to {}", first.number, last.number),
    }
}
