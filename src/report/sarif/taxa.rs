//! The clauses that rules rest on and findings are about, as taxonomies: one for each standard.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::diagnostic::{Diagnostic, natural_order};
use crate::report::Shown;

use super::rules::{Rules, findings};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Taxonomy<'a> {
    name: &'a str,
    is_comprehensive: bool,
    taxa: Vec<Taxon<'a>>,
}

#[derive(Serialize)]
struct Taxon<'a> {
    id: &'a str,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Component {
    name: String,
    index: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TaxonReference {
    id: String,
    index: usize,
    tool_component: Component,
}

pub(super) struct Taxa<'a> {
    taxonomies: Vec<Taxonomy<'a>>,
    /// The taxonomy and the position in it, by `standard/clause`.
    known: BTreeMap<(&'a str, &'a str), (usize, usize)>,
}

impl<'a> Taxa<'a> {
    pub(super) fn of(shown: &'a Shown<'_>, rules: &'a Rules<'_>) -> Self {
        let cited = rules.iter().filter_map(|(_, summary)| summary).flat_map(|summary| &summary.cites);
        let cited = cited.filter_map(|cites| cites.split_once('/'));
        let clauses = findings(shown).filter_map(clause);
        let mut all: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (standard, id) in cited.chain(clauses).filter(|(standard, id)| !standard.is_empty() && !id.is_empty()) {
            all.entry(standard).or_default().insert(id);
        }
        let mut known = BTreeMap::new();
        let taxonomies = all.into_iter().enumerate().map(|(number, (standard, ids))| {
            let mut ids: Vec<&str> = ids.into_iter().collect();
            ids.sort_by(|left, right| natural_order(left, right));
            known.extend(ids.iter().enumerate().map(|(at, id)| ((standard, *id), (number, at))));
            let taxa = ids.into_iter().map(|id| Taxon { id }).collect();
            Taxonomy { name: standard, is_comprehensive: false, taxa }
        });
        Self { taxonomies: taxonomies.collect(), known }
    }

    pub(super) fn taxonomies(&self) -> &[Taxonomy<'a>] {
        &self.taxonomies
    }

    /// The taxonomies as the driver names them.
    pub(super) fn components(&self) -> Vec<Component> {
        let numbered = self.taxonomies.iter().enumerate();
        numbered.map(|(index, taxonomy)| Component { name: taxonomy.name.to_owned(), index }).collect()
    }

    /// The clause that a finding is about.
    pub(super) fn of_finding(&self, finding: &Diagnostic) -> Option<TaxonReference> {
        self.reference(clause(finding)?)
    }

    /// What a rule cites.
    pub(super) fn cited(&self, cites: &str) -> Option<TaxonReference> {
        self.reference(cites.split_once('/')?)
    }

    fn reference(&self, (standard, id): (&str, &str)) -> Option<TaxonReference> {
        let (number, index) = *self.known.get(&(standard, id))?;
        let tool_component = Component { name: standard.to_owned(), index: number };
        Some(TaxonReference { id: id.to_owned(), index, tool_component })
    }
}

fn clause(finding: &Diagnostic) -> Option<(&str, &str)> {
    let subject = finding.subject.as_ref()?;
    matches!(subject.kind, "clause" | "control").then(|| subject.id.split_once('/'))?
}
