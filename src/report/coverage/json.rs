//! One object for machines. Its schema is published: `ismslint schema coverage`.

use std::io::{self, Write};

use serde::Serialize;

use crate::engine::coverage::{self, Coverage, EntryKind, StandardCoverage, Status};
use crate::engine::explain::Titled;
use crate::report::guarded::{Streamed, write_pretty};

/// The JSON Schema of the format.
pub const COVERAGE_SCHEMA: &str = include_str!("coverage.schema.json");

#[derive(Serialize)]
struct Report<P> {
    version: u32,
    tool: Tool,
    projects: P,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Project<'a, S> {
    path: &'a str,
    organization: Option<Named<'a>>,
    standards: S,
}

#[derive(Serialize)]
struct Named<'a> {
    id: &'a str,
    title: &'a str,
}

#[derive(Serialize)]
struct Standard<'a, C> {
    id: &'a str,
    title: &'a str,
    statement_of_applicability: bool,
    clauses: Totals,
    controls: Totals,
    chapters: C,
}

#[derive(Serialize)]
struct Chapter<'a, E> {
    number: Option<&'a str>,
    title: Option<&'a str>,
    totals: Totals,
    entries: E,
}

#[derive(Serialize)]
struct Totals {
    units: usize,
    answered: usize,
    partly: usize,
    elsewhere: usize,
    planned: usize,
    lapsed: usize,
    missing: usize,
    excluded: usize,
    undecided: usize,
    unknown: usize,
    included: usize,
    documents: usize,
    documents_produced: usize,
}

#[derive(Serialize)]
struct Entry<'a> {
    number: &'a str,
    title: &'a str,
    kind: &'static str,
    depth: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<&'static str>,
    answers: Vec<Answer<'a>>,
    by: Vec<Named<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    planned: Option<String>,
    documents: Vec<Document<'a>>,
}

#[derive(Serialize)]
struct Answer<'a> {
    kind: &'static str,
    id: &'a str,
    title: &'a str,
    partly: bool,
    letters: &'a [String],
}

#[derive(Serialize)]
struct Document<'a> {
    clause: &'a str,
    title: &'a str,
    status: &'static str,
    items: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    title: &'a str,
    produced_by: Vec<Named<'a>>,
}

fn named(thing: &Titled) -> Named<'_> {
    Named { id: &thing.id, title: &thing.title }
}

fn totals(totals: &coverage::Totals) -> Totals {
    Totals {
        units: totals.units,
        answered: totals.count(Status::Answered),
        partly: totals.count(Status::Partly),
        elsewhere: totals.count(Status::Elsewhere),
        planned: totals.count(Status::Planned),
        lapsed: totals.count(Status::Lapsed),
        missing: totals.count(Status::Missing),
        excluded: totals.count(Status::Excluded),
        undecided: totals.count(Status::Undecided),
        unknown: totals.count(Status::Unknown),
        included: totals.included,
        documents: totals.documents,
        documents_produced: totals.produced,
    }
}

fn standard(standard: &StandardCoverage) -> impl Serialize {
    Standard {
        id: &standard.standard.id,
        title: &standard.standard.title,
        statement_of_applicability: standard.has_statement,
        clauses: totals(&standard.totals(false)),
        controls: totals(&standard.totals(true)),
        chapters: Streamed(|| standard.chapters.iter().map(chapter)),
    }
}

fn chapter(chapter: &coverage::Chapter) -> impl Serialize {
    Chapter {
        number: chapter.heading.as_ref().map(|heading| heading.id.as_str()),
        title: chapter.heading.as_ref().map(|heading| heading.title.as_str()),
        totals: totals(&chapter.totals()),
        entries: Streamed(|| chapter.entries.iter().map(entry)),
    }
}

fn entry(entry: &coverage::Entry) -> Entry<'_> {
    Entry {
        number: &entry.number,
        title: &entry.title,
        kind: entry.kind.word(),
        depth: entry.depth,
        status: entry.status.map(Status::word),
        decision: entry.decision.filter(|_| entry.kind != EntryKind::Heading).map(coverage::Decision::word),
        answers: entry.answers.iter().map(answer).collect(),
        by: entry.elsewhere.iter().map(|one| named(one)).collect(),
        planned: entry.planned.map(|day| day.to_string()),
        documents: entry.documents.iter().map(document).collect(),
    }
}

fn answer(answer: &coverage::Answer) -> Answer<'_> {
    Answer {
        kind: if answer.is_item { "item" } else { "process" },
        id: &answer.who.id,
        title: &answer.who.title,
        partly: answer.is_partly,
        letters: &answer.letters,
    }
}

fn document(document: &coverage::Document) -> Document<'_> {
    Document {
        clause: &document.clause,
        title: &document.title,
        status: document.status.word(),
        items: document
            .items
            .iter()
            .map(|(item, processes)| Item {
                id: &item.id,
                title: &item.title,
                produced_by: processes.iter().map(|one| named(one)).collect(),
            })
            .collect(),
    }
}

fn project((path, coverage): &(String, Coverage)) -> impl Serialize {
    Project {
        path,
        organization: coverage.organization.as_ref().map(|organization| named(organization)),
        standards: Streamed(|| coverage.standards.iter().map(standard)),
    }
}

pub(super) fn write(projects: &[(String, Coverage)], out: &mut dyn Write) -> io::Result<()> {
    let report = Report {
        version: 1,
        tool: Tool { name: "ismslint", version: env!("CARGO_PKG_VERSION") },
        projects: Streamed(|| projects.iter().map(project)),
    };
    write_pretty(&report, out)
}
