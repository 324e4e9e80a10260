//! `@allow`: findings that their author accepts, with a reason.

use crate::diagnostic::{Diagnostic, Edit, Fix, Place, nearest};
use crate::landscape::Allow;
use crate::syntax::with_blanks;
use crate::text::{Date, SourceMap};

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
    let nesting = Nesting::new(allows);
    let mut used = vec![false; allows.len()];
    let mut sorted = Sorted::default();
    for mut finding in findings {
        let Some(innermost) = nesting.innermost(sources, allows, &finding) else {
            sorted.standing.push(finding);
            continue;
        };
        used[innermost] = true;
        let allow = allows[innermost];
        match allow.until.filter(|until| *until < policy.today) {
            None => sorted.allowed.push((finding, allow.because.clone())),
            Some(until) => {
                finding.notes.push(format!("the suppression of it lapsed on {until}: \"{}\"", allow.because));
                sorted.standing.push(finding);
            }
        }
    }
    for (allow, used) in allows.iter().zip(used) {
        sorted.standing.extend(complaint(sources, allow, used, policy));
    }
    sorted
}

/// Suppressions in the order of their places, each with the one around it. Suppressions cover a declaration or a statement,
/// so two of them are apart or one is inside the other.
struct Nesting {
    by_place: Vec<usize>,
    around: Vec<Option<usize>>,
}

impl Nesting {
    fn new(allows: &[&Allow]) -> Self {
        let mut by_place: Vec<usize> = (0..allows.len()).collect();
        by_place.sort_by_key(|at| {
            let allow = allows[*at];
            (allow.file, allow.covers.start, std::cmp::Reverse(allow.covers.end), allow.span.start)
        });
        let mut around = vec![None; allows.len()];
        let mut open: Vec<usize> = Vec::new();
        for at in &by_place {
            let covers = |outer: &usize| {
                allows[*outer].file == allows[*at].file && allows[*outer].covers.contains(allows[*at].covers)
            };
            while open.last().is_some_and(|outer| !covers(outer)) {
                open.pop();
            }
            around[*at] = open.last().copied();
            open.push(*at);
        }
        Self { by_place, around }
    }

    /// The number of the innermost suppression that covers the finding.
    fn innermost(&self, sources: &SourceMap, allows: &[&Allow], finding: &Diagnostic) -> Option<usize> {
        let place = finding.primary.as_ref()?.place;
        let after = self
            .by_place
            .partition_point(|at| (allows[*at].file, allows[*at].covers.start) <= (place.file, place.span.start));
        let mut candidate = self.by_place[..after].last().copied();
        while let Some(at) = candidate {
            let allow = allows[at];
            let about = allow.subject.as_ref().is_none_or(|wanted| {
                finding.subject.as_ref().is_some_and(|subject| *wanted == subject.short || *wanted == subject.id)
            });
            if allow.file == place.file
                && allow.covers.contains(place.span)
                && sources.get(allow.file).slice(allow.code) == finding.code.as_str()
                && about
            {
                return Some(at);
            }
            candidate = self.around[at];
        }
        None
    }
}

fn complaint(sources: &SourceMap, allow: &Allow, used: bool, policy: &Policy<'_>) -> Option<Diagnostic> {
    let Policy { today, codes, asked, .. } = *policy;
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
    if used || (codes.contains(&code) && !asked(code)) {
        return None;
    }
    let diagnostic =
        Diagnostic::warning("ALLOW001", place, format!("`{code}` is allowed here, but there is no such finding"));
    Some(if codes.contains(&code) {
        match &allow.subject {
            Some(subject) => diagnostic.help(format!("remove it, or check its subject `{subject}`")),
            None => diagnostic.help("remove it"),
        }
        .fix_if_any(without(sources, allow))
    } else {
        match nearest(code, codes.iter().copied()) {
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
