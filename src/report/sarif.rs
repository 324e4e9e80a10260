//! SARIF 2.1.0 as code scanning wants it. Regions of findings are cut to their first line, since an alert is shown in a pull
//! request only where all of its lines are in it; the whole is a related location. Columns are UTF-16 code units.

mod message;
mod places;
mod rules;
mod taxa;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::text::FileId;

use super::guarded::{Streamed, write_pretty};
use super::line_hashes::LineHashes;
use super::places::home;
use super::{Shown, plural};

use message::{Text, message};
use places::{ArtifactLocation, Location, Places, Region};
use rules::{Rule, Rules};
use taxa::{Taxa, TaxonReference, Taxonomy};

#[derive(Serialize)]
struct Log<R> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [R; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a, R, T> {
    tool: Tool<R>,
    invocations: [Invocation; 1],
    automation_details: Identity,
    original_uri_base_ids: BTreeMap<&'static str, BaseLocation>,
    column_kind: &'static str,
    taxonomies: &'a [Taxonomy<'a>],
    results: T,
}

#[derive(Serialize)]
struct Tool<R> {
    driver: Driver<R>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<R> {
    name: &'static str,
    full_name: &'static str,
    semantic_version: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    information_uri: &'static str,
    supported_taxonomies: Vec<taxa::Component>,
    rules: R,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Text<'static>,
}

#[derive(Serialize)]
struct Identity {
    id: &'static str,
}

#[derive(Serialize)]
struct BaseLocation {
    description: Text<'static>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'a> {
    rule_id: &'a str,
    rule_index: usize,
    level: &'static str,
    message: Text<'a>,
    locations: [Location<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'a>>,
    partial_fingerprints: Fingerprints,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    taxa: Vec<TaxonReference>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Mend<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressions: Option<[Suppression<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_state: Option<&'static str>,
}

#[derive(Serialize)]
struct Fingerprints {
    #[serde(rename = "ismsEntity/v1")]
    entity: String,
    #[serde(rename = "primaryLocationLineHash", skip_serializing_if = "Option::is_none")]
    line: Option<String>,
}

#[derive(Serialize)]
struct Suppression<'a> {
    kind: &'static str,
    status: &'static str,
    justification: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Mend<'a> {
    description: Text<'a>,
    artifact_changes: Vec<ArtifactChange<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange<'a> {
    artifact_location: ArtifactLocation<'a>,
    replacements: Vec<Replacement<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'a> {
    deleted_region: Region,
    inserted_content: Text<'a>,
}

/// The most results that code scanning takes in one run; a file with more of them is refused. More runs are no way out:
/// those of one tool and category are not put together any more.
const MOST_RESULTS: usize = 25_000;

/// Which results are written: what is found before what a baseline hides, that before what is allowed, of each the worst
/// first, as many as are taken. `None` where all are.
fn kept(shown: &Shown<'_>) -> Option<Vec<bool>> {
    let hidden = shown.baselined.iter().flatten();
    let found = shown.findings.iter().map(|(_, finding, because)| (2 * u8::from(because.is_some()), finding.severity));
    let all: Vec<_> = found.chain(hidden.map(|(_, finding)| (1, finding.severity))).collect();
    if all.len() <= MOST_RESULTS {
        return None;
    }
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|at| (all[*at].0, std::cmp::Reverse(all[*at].1)));
    let mut kept = vec![false; all.len()];
    order.into_iter().take(MOST_RESULTS).for_each(|at| kept[at] = true);
    Some(kept)
}

/// How many results are left out, since code scanning would refuse them.
pub(super) fn left_out(shown: &Shown<'_>) -> usize {
    (shown.findings.len() + shown.baselined.iter().flatten().count()).saturating_sub(MOST_RESULTS)
}

/// What is said of those.
pub(super) fn remark(count: usize) -> String {
    format!("{} left out: code scanning takes {MOST_RESULTS} results, the worst are there", plural(count, "finding"))
}

pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

pub(super) fn write(shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
    let rules = &Rules::of(shown);
    let taxa = &Taxa::of(shown, rules);
    let context = &Context { shown, rules, taxa, places: Places::new(shown), hashes: RefCell::default() };
    let kept = &kept(shown);
    let mut notifications = Vec::new();
    if shown.summary.left_out > 0 {
        let message = format!("{} left out by `--max-findings`", plural(shown.summary.left_out, "finding"));
        notifications.push(Notification { level: "note", message: Text::of(message) });
    }
    if kept.is_some() {
        notifications.push(Notification { level: "warning", message: Text::of(remark(left_out(shown))) });
    }
    let root = BaseLocation { description: Text::of("the root of the repository") };
    let run = Run {
        tool: Tool {
            driver: Driver {
                name: "ismslint",
                full_name: concat!("ismslint ", env!("CARGO_PKG_VERSION")),
                semantic_version: env!("CARGO_PKG_VERSION"),
                information_uri: env!("CARGO_PKG_HOMEPAGE"),
                supported_taxonomies: taxa.components(),
                rules: Streamed(|| rules.iter().map(|(code, summary)| Rule::new(code, summary, taxa))),
            },
        },
        invocations: [Invocation { execution_successful: true, tool_execution_notifications: notifications }],
        automation_details: Identity { id: "isms/" },
        original_uri_base_ids: [(places::ROOT, root)].into(),
        column_kind: "utf16CodeUnits",
        taxonomies: taxa.taxonomies(),
        results: Streamed(|| {
            let state = shown.baselined.is_some().then_some("new");
            let found = shown.findings.iter().map(move |(report, finding, because)| (report, finding, *because, state));
            let hidden = shown.baselined.iter().flatten();
            let hidden = hidden.map(|(report, finding)| (report, finding, None, Some("unchanged")));
            let all = found.chain(hidden).enumerate();
            let is_kept = |at: usize| kept.as_ref().is_none_or(|kept| kept[at]);
            all.filter(move |(at, _)| is_kept(*at))
                .map(move |(_, (report, finding, because, state))| context.finding(*report, finding, because, state))
        }),
    };
    write_pretty(&Log { schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] }, out)
}

struct Context<'a> {
    shown: &'a Shown<'a>,
    rules: &'a Rules<'a>,
    taxa: &'a Taxa<'a>,
    places: Places<'a>,
    /// The hashes of the lines of files with findings.
    hashes: RefCell<BTreeMap<(usize, FileId), Option<LineHashes>>>,
}

impl<'a> Context<'a> {
    fn finding(
        &'a self,
        report: usize,
        finding: &'a Diagnostic,
        because: Option<&'a str>,
        baseline_state: Option<&'static str>,
    ) -> Finding<'a> {
        let home = home(self.shown, report, finding);
        let location = self.places.primary(report, finding, home);
        let related = self.places.related(report, finding, home);
        let line = home.and_then(|home| {
            let source = self.shown.source(report, home.file);
            let line = source.line_index().line_of(home.span.start) as u32 + 1;
            let mut hashes = self.hashes.borrow_mut();
            let hashes = hashes.entry((report, home.file)).or_insert_with(|| LineHashes::of(source));
            hashes.as_ref().and_then(|hashes| hashes.line(line))
        });
        Finding {
            rule_id: finding.code.as_str(),
            rule_index: self.rules.index(finding.code.as_str()),
            level: level(finding.severity),
            message: message(finding, &related),
            locations: [location],
            related_locations: related,
            partial_fingerprints: Fingerprints { entity: finding.fingerprint(), line },
            taxa: self.taxa.of_finding(finding).into_iter().collect(),
            fixes: finding.fixes.iter().filter_map(|fix| self.mend(report, fix)).collect(),
            suppressions: because
                .map(|justification| [Suppression { kind: "inSource", status: "accepted", justification }]),
            baseline_state,
        }
    }

    /// A fix, unless it touches a file that nobody can change.
    fn mend(&'a self, report: usize, fix: &'a Fix) -> Option<Mend<'a>> {
        let mut files: BTreeMap<FileId, Vec<Replacement<'a>>> = BTreeMap::new();
        for edit in &fix.edits {
            if self.shown.source(report, edit.place.file).is_builtin() {
                return None;
            }
            files.entry(edit.place.file).or_default().push(Replacement {
                deleted_region: self.places.region(report, edit.place),
                inserted_content: Text::of(edit.text.as_str()),
            });
        }
        let changes = files.into_iter().map(|(file, replacements)| ArtifactChange {
            artifact_location: self.places.artifact(report, Some(file)),
            replacements,
        });
        let artifact_changes: Vec<_> = changes.collect();
        (!artifact_changes.is_empty()).then(|| Mend { description: Text::of(fix.title.as_str()), artifact_changes })
    }
}
