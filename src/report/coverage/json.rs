//! One object for machines. Its schema is published: `ismslint schema coverage`.

use std::io::{self, Write};

use serde::Serialize;

use crate::engine::coverage::{self, Coverage, EntryKind, StandardCoverage, Status};
use crate::engine::explain::Titled;
use crate::report::guarded::write_pretty;

/// The JSON Schema of the format.
pub const COVERAGE_SCHEMA: &str = include_str!("coverage.schema.json");

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    tool: Tool,
    projects: Vec<Project<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Project<'a> {
    path: &'a str,
    organization: Option<Named<'a>>,
    standards: Vec<Standard<'a>>,
}

#[derive(Serialize)]
struct Named<'a> {
    id: &'a str,
    title: &'a str,
}

#[derive(Serialize)]
struct Standard<'a> {
    id: &'a str,
    title: &'a str,
    statement_of_applicability: bool,
    clauses: Totals,
    controls: Totals,
    chapters: Vec<Chapter<'a>>,
}

#[derive(Serialize)]
struct Chapter<'a> {
    number: Option<&'a str>,
    title: Option<&'a str>,
    totals: Totals,
    entries: Vec<Entry<'a>>,
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

fn standard(standard: &StandardCoverage) -> Standard<'_> {
    Standard {
        id: &standard.standard.id,
        title: &standard.standard.title,
        statement_of_applicability: standard.has_statement,
        clauses: totals(&standard.totals(false)),
        controls: totals(&standard.totals(true)),
        chapters: standard.chapters.iter().map(chapter).collect(),
    }
}

fn chapter(chapter: &coverage::Chapter) -> Chapter<'_> {
    Chapter {
        number: chapter.heading.as_ref().map(|heading| heading.id.as_str()),
        title: chapter.heading.as_ref().map(|heading| heading.title.as_str()),
        totals: totals(&chapter.totals()),
        entries: chapter.entries.iter().map(entry).collect(),
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
        by: entry.elsewhere.iter().map(named).collect(),
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
                produced_by: processes.iter().map(named).collect(),
            })
            .collect(),
    }
}

pub(super) fn write(projects: &[(String, Coverage)], out: &mut dyn Write) -> io::Result<()> {
    let projects = projects.iter().map(|(path, coverage)| Project {
        path,
        organization: coverage.organization.as_ref().map(named),
        standards: coverage.standards.iter().map(standard).collect(),
    });
    let report = Report {
        version: 1,
        tool: Tool { name: "ismslint", version: env!("CARGO_PKG_VERSION") },
        projects: projects.collect(),
    };
    write_pretty(&report, out)
}
