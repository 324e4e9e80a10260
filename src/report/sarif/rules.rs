//! The rules of a run: those that were asked, and those that findings name.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::RuleSummary;
use crate::report::{Shown, page_of};

use super::level;
use super::message::Text;
use super::taxa::{Taxa, TaxonReference};

/// The longest texts that code scanning takes, in characters.
const LONGEST: usize = 1_024;
const LONGEST_NAME: usize = 255;

/// How many of the clauses that a rule rests on become tags of it; ten tags are kept.
const MOST_TAGS: usize = 8;

/// What is shown, and what a baseline hides, which is marked here.
pub(super) fn findings<'a>(shown: &'a Shown<'_>) -> impl Iterator<Item = &'a Diagnostic> {
    let hidden = shown.baselined.iter().flatten().map(|(_, finding)| *finding);
    shown.findings.iter().map(|(_, finding, _)| *finding).chain(hidden)
}

/// Rules by code. A finding may name one that no list has.
pub(super) struct Rules<'a> {
    known: BTreeMap<&'a str, (usize, Option<&'a RuleSummary>)>,
}

impl<'a> Rules<'a> {
    pub(super) fn of(shown: &'a Shown<'_>) -> Self {
        let mut known: BTreeMap<&str, (usize, Option<&RuleSummary>)> =
            findings(shown).map(|finding| (finding.code.as_str(), (0, None))).collect();
        for rule in shown.reports.iter().flat_map(|(_, report)| &report.rules) {
            if rule.severity.is_some() || known.contains_key(rule.code.as_str()) {
                known.entry(&rule.code).or_insert((0, None)).1.get_or_insert(rule);
            }
        }
        for (index, (number, _)) in known.values_mut().enumerate() {
            *number = index;
        }
        Self { known }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&'a str, Option<&'a RuleSummary>)> {
        self.known.iter().map(|(code, (_, rule))| (*code, *rule))
    }

    /// The position of a rule in the list.
    pub(super) fn index(&self, code: &str) -> usize {
        self.known.get(code).map_or(0, |(index, _)| *index)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    name: Cow<'a, str>,
    short_description: Text<'a>,
    full_description: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<String>,
    help: Help<'a>,
    default_configuration: Configuration,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    relationships: Vec<Relationship>,
    properties: Properties<'a>,
}

#[derive(Serialize)]
struct Help<'a> {
    text: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    markdown: Option<&'a str>,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Relationship {
    target: TaxonReference,
    kinds: [&'static str; 1],
}

#[derive(Serialize)]
struct Properties<'a> {
    tags: Vec<&'a str>,
    precision: &'static str,
    #[serde(rename = "problem.severity")]
    severity: &'static str,
}

impl<'a> Rule<'a> {
    pub(super) fn new(code: &'a str, summary: Option<&'a RuleSummary>, taxa: &Taxa<'_>) -> Self {
        // No text that code scanning demands may be empty.
        let or_code = |text: &'a str| if text.trim().is_empty() { code } else { text };
        let text = summary.map_or(code, |summary| or_code(summary.documentation.summary()));
        let documentation = summary.map_or("", |summary| summary.documentation.text());
        let full = first_paragraphs(documentation).unwrap_or(text);
        let severity = summary.map_or(Severity::Error, |summary| summary.default_severity);
        let cites = summary.map_or(&[][..], |summary| &summary.cites);
        let group = summary.map(|summary| summary.group.as_str()).filter(|group| !group.is_empty());
        Self {
            id: code,
            name: cut(summary.map_or("", |summary| &summary.name), LONGEST_NAME),
            short_description: Text { text: cut(text, LONGEST) },
            full_description: Text { text: cut(full, LONGEST) },
            help_uri: summary.filter(|summary| summary.builtin).and_then(|_| page_of(code)),
            help: Help {
                // Who reads Markdown gets all of it; a second copy would double the report.
                text: format!("{full}\n\n`ismslint explain {code}` says more.").into(),
                markdown: (!documentation.trim().is_empty()).then_some(documentation),
            },
            default_configuration: Configuration { level: level(severity) },
            relationships: cites
                .iter()
                .filter_map(|cites| taxa.cited(cites))
                .map(|target| Relationship { target, kinds: ["relevant"] })
                .collect(),
            properties: Properties {
                tags: ["isms"]
                    .into_iter()
                    .chain(group)
                    .chain(cites.iter().take(MOST_TAGS).map(String::as_str))
                    .collect(),
                // What a document states may be an error; what we have read into it is a note.
                precision: if severity == Severity::Note { "medium" } else { "very-high" },
                severity: match severity {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                    Severity::Note => "recommendation",
                },
            },
        }
    }
}

/// The documentation up to its first heading or example.
fn first_paragraphs(documentation: &str) -> Option<&str> {
    let end = ["\n#", "\n```"].into_iter().filter_map(|mark| documentation.find(mark)).min();
    let text = documentation[..end.unwrap_or(documentation.len())].trim();
    (!text.is_empty() && !text.starts_with(['#', '`'])).then_some(text)
}

/// A text of so many characters at most.
fn cut(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most - 1) {
        Some((at, last)) if at + last.len_utf8() < text.len() => format!("{}…", &text[..at]).into(),
        _ => text.into(),
    }
}
