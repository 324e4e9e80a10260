//! `@allow`: findings that their author accepts, with a reason.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::{Diagnostic, Edit, Fix, Names, Place};
use crate::landscape::Allow;
use crate::syntax::with_blanks;
use crate::text::{Date, SourceMap};

/// The longest reason that is repeated beside a finding, in characters.
const LONGEST_REASON: usize = 2_000;

/// What became of the findings.
#[derive(Debug, Default)]
pub struct Sorted {
    /// Findings that stand.
    pub standing: Vec<Diagnostic>,
    /// Findings that are allowed, with the reason.
    pub allowed: Vec<(Diagnostic, String)>,
}

/// What decides over suppressions.
pub struct Policy<'a> {
    /// The day of the run.
    pub today: Date,
    /// The codes that there are.
    pub codes: &'a [&'a str],
    /// Whether a code was asked at all: a suppression of a rule that is turned off is not unused.
    pub asked: &'a dyn Fn(&str) -> bool,
    /// Where the configuration locks a code, so that nobody can suppress it.
    pub locked: &'a dyn Fn(&str) -> Option<&'a str>,
}

/// Takes out the findings that are allowed, and reports suppressions that suppress nothing (ALLOW001), have lapsed
/// (ALLOW002) or are of a locked rule (ALLOW003). One that is locked has no effect at all.
#[must_use]
pub fn suppress(sources: &SourceMap, allows: &[&Allow], findings: Vec<Diagnostic>, policy: &Policy<'_>) -> Sorted {
    let code_of = |allow: &Allow| sources.get(allow.file).slice(allow.code);
    let (locked, allows): (Vec<&Allow>, Vec<&Allow>) =
        allows.iter().copied().partition(|allow| (policy.locked)(code_of(allow)).is_some());
    let mut sorted = suppress_open(sources, &allows, findings, policy);
    sorted.standing.extend(locked.into_iter().map(|allow| {
        let code = code_of(allow);
        let place = Place { file: allow.file, span: allow.span };
        let complaint = Diagnostic::warning("ALLOW003", place, format!("`{code}` is locked and cannot be allowed"))
            .help("remove the suppression and mend the finding, or ask who keeps the configuration to unlock the rule");
        match (policy.locked)(code) {
            Some(by) => complaint.note(format!("the lock stands in `{by}`")),
            None => complaint,
        }
    }));
    sorted
}

fn suppress_open(sources: &SourceMap, allows: &[&Allow], findings: Vec<Diagnostic>, policy: &Policy<'_>) -> Sorted {
    if allows.is_empty() {
        return Sorted { standing: findings, ..Sorted::default() };
    }
    let nesting = Nesting::new(sources, allows);
    let mut used = vec![false; allows.len()];
    let mut sorted = Sorted::default();
    for mut finding in findings {
        let Some(innermost) = nesting.innermost(&finding) else {
            sorted.standing.push(finding);
            continue;
        };
        used[innermost] = true;
        let allow = allows[innermost];
        match allow.until.filter(|until| *until < policy.today) {
            None => sorted.allowed.push((finding, reason(&allow.because))),
            Some(until) => {
                finding.notes.push(format!("the suppression of it lapsed on {until}: \"{}\"", reason(&allow.because)));
                sorted.standing.push(finding);
            }
        }
    }
    let known =
        Known { codes: policy.codes.iter().copied().collect(), names: Names::new(policy.codes.iter().copied()) };
    for (allow, used) in allows.iter().zip(used) {
        sorted.standing.extend(complaint(sources, allow, used, policy, &known));
    }
    sorted
}

/// The codes of all rules.
struct Known<'a> {
    codes: FxHashSet<&'a str>,
    names: Names<'a>,
}

/// A reason, cut where it is longer than anybody reads: it stands beside every finding that it allows.
fn reason(because: &str) -> String {
    match because.char_indices().nth(LONGEST_REASON) {
        Some((end, _)) => format!("{}…", &because[..end]),
        None => because.to_owned(),
    }
}

/// What is covered by suppressions, in the order of places, each with what is around it. Suppressions cover a declaration or
/// a statement, so two of them are apart, or one is inside the other, or they cover the same.
struct Nesting<'a> {
    covered: Vec<Covered<'a>>,
}

/// A declaration or a statement that is covered by suppressions.
struct Covered<'a> {
    place: Place,
    around: Option<usize>,
    /// The number of the last suppression before it by code and subject.
    allows: FxHashMap<(&'a str, Option<&'a str>), usize>,
}

impl<'a> Nesting<'a> {
    fn new(sources: &'a SourceMap, allows: &[&'a Allow]) -> Self {
        let mut by_place: Vec<usize> = (0..allows.len()).collect();
        by_place.sort_by_key(|at| {
            let allow = allows[*at];
            (allow.file, allow.covers.start, std::cmp::Reverse(allow.covers.end), allow.span.start)
        });
        let mut covered: Vec<Covered<'a>> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        for at in by_place {
            let allow = allows[at];
            let place = Place { file: allow.file, span: allow.covers };
            if covered.last().is_none_or(|last| last.place != place) {
                let covers = |outer: &usize| {
                    let outer = covered[*outer].place;
                    outer.file == place.file && outer.span.contains(place.span)
                };
                while open.last().is_some_and(|outer| !covers(outer)) {
                    open.pop();
                }
                let around = open.last().copied();
                open.push(covered.len());
                covered.push(Covered { place, around, allows: FxHashMap::default() });
            }
            if let Some(last) = covered.last_mut() {
                let code = sources.get(allow.file).slice(allow.code);
                last.allows.insert((code, allow.subject.as_deref()), at);
            }
        }
        Self { covered }
    }

    /// The number of the innermost suppression that covers the finding.
    fn innermost(&self, finding: &Diagnostic) -> Option<usize> {
        let place = finding.primary.as_ref()?.place;
        let code = finding.code.as_str();
        let after = self
            .covered
            .partition_point(|one| (one.place.file, one.place.span.start) <= (place.file, place.span.start));
        let mut candidate = after.checked_sub(1);
        while let Some(at) = candidate {
            let one = &self.covered[at];
            if one.place.file == place.file && one.place.span.contains(place.span) {
                let subject = finding.subject.as_ref();
                let narrow = [subject.map(|subject| &*subject.short), subject.map(|subject| &*subject.id)];
                let wanted = std::iter::once(None).chain(narrow.into_iter().filter(Option::is_some));
                let found = wanted.filter_map(|subject| one.allows.get(&(code, subject))).max();
                if found.is_some() {
                    return found.copied();
                }
            }
            candidate = one.around;
        }
        None
    }
}

fn complaint(
    sources: &SourceMap,
    allow: &Allow,
    used: bool,
    policy: &Policy<'_>,
    known: &Known<'_>,
) -> Option<Diagnostic> {
    let Policy { today, asked, .. } = *policy;
    let code = sources.get(allow.file).slice(allow.code);
    let place = Place { file: allow.file, span: allow.span };
    if let Some(until) = allow.until.filter(|until| *until < today) {
        let diagnostic =
            Diagnostic::warning("ALLOW002", place, format!("the suppression of `{code}` lapsed on {until}"));
        return Some(if used {
            diagnostic.help("mend the finding, or give a later day and say why")
        } else {
            diagnostic.help("there is nothing left to suppress; remove it").fix_if_any(without(sources, allow))
        });
    }
    if used || (known.codes.contains(code) && !asked(code)) {
        return None;
    }
    let diagnostic =
        Diagnostic::warning("ALLOW001", place, format!("`{code}` is allowed here, but there is no such finding"));
    Some(if known.codes.contains(code) {
        match &allow.subject {
            Some(subject) => diagnostic.help(format!("remove it, or check its subject `{subject}`")),
            None => diagnostic.help("remove it"),
        }
        .fix_if_any(without(sources, allow))
    } else {
        match known.names.nearest(code) {
            Some(near) => diagnostic.help(format!("there is no rule `{code}`; did you mean `{near}`?")),
            None => diagnostic.help(format!("there is no rule `{code}`; `ismslint rules` lists them")),
        }
    })
}

/// The mend that takes the suppression away. What it covers is judged without it then, and it suppressed nothing: safe, as
/// long as everything that could have been suppressed was found. One that holds a comment is left alone.
fn without(sources: &SourceMap, allow: &Allow) -> Option<Fix> {
    let text = sources.get(allow.file).text();
    let written = allow.span.text(text);
    if written.contains('\n') && written.contains("//") {
        return None;
    }
    let place = Place { file: allow.file, span: with_blanks(text, allow.span) };
    let title = format!("remove the suppression of `{}`", allow.code.text(text));
    Some(Fix { title, safe: true, edits: vec![Edit { place, text: String::new() }] })
}
