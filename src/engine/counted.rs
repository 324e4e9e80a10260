//! Findings that nobody will see. There can be hundreds of thousands, and to word one costs more than to find it.

use std::sync::Arc;

use crate::diagnostic::{Code, Place, Severity};

use super::judging::{Group, Wanted};
use super::{Level, Settings};

/// What a rule finds beyond the places that anybody will see ([`Settings::most_places`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Which rule.
    pub code: Code,
    /// Its name in words: `missing-input`.
    pub name: Arc<str>,
    /// The severity of all of them, after configuration.
    pub severity: Severity,
    /// How many findings.
    pub findings: usize,
    /// At how many places. Findings of the rule that have words stand at none of them.
    pub places: usize,
}

/// Takes out the findings that nobody will see, which come in the order of their places. One that has a mend stays, with all
/// of its rule that begin where it does. `is_plain` answers for a place whether a finding there stands whatever it says.
pub(super) fn take_out(
    wanted: &mut Vec<Wanted<'_>>,
    groups: &[Group<'_>],
    settings: &Settings,
    is_plain: impl Fn(Place) -> bool,
) -> Vec<Counted> {
    let Some(most) = settings.most_places else { return Vec::new() };
    let mut counted: Vec<Option<Counted>> = groups.iter().map(|group| counter(group, settings)).collect();
    // How many places of each rule are surely seen.
    let mut seen = vec![0; groups.len()];
    let mut stays: Vec<bool> = Vec::with_capacity(wanted.len());
    for run in wanted.chunk_by(|left, right| left.beginning() == right.beginning()) {
        let group = run[0].group as usize;
        let stands = |one: &Wanted<'_>| one.group == run[0].group && one.place.is_some_and(&is_plain);
        let counter = counted[group].as_mut().filter(|_| run.iter().all(stands));
        // Places come in their order.
        let places = run.chunk_by(|left, right| left.place == right.place).count();
        let is_seen = seen[group] < most || run.iter().any(|one| one.suggest);
        match counter {
            Some(counter) if !is_seen => {
                counter.findings += run.len();
                counter.places += places;
                stays.resize(stays.len() + run.len(), false);
            }
            counter => {
                seen[group] += if counter.is_some() { places } else { 0 };
                stays.resize(stays.len() + run.len(), true);
            }
        }
    }
    let mut stays = stays.into_iter();
    wanted.retain(|_| stays.next().unwrap_or(true));
    let mut counted: Vec<Counted> = counted.into_iter().flatten().filter(|counter| counter.findings > 0).collect();
    counted.sort_by(|left, right| left.code.as_str().cmp(right.code.as_str()));
    counted
}

/// Nothing yet of a rule; `None` where its findings are not of one severity.
fn counter(group: &Group<'_>, settings: &Settings) -> Option<Counted> {
    let rule = group.rule;
    match settings.level(&rule.code, &rule.name, rule.severity, None) {
        Level::Severity(severity) if settings.overrides.is_empty() => Some(Counted {
            code: Code::Rule(rule.code.clone()),
            name: rule.name.clone(),
            severity,
            findings: 0,
            places: 0,
        }),
        Level::Severity(_) | Level::Off => None,
    }
}
