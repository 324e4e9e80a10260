//! The same pages for machines.

use serde_json::{Value, json};

use crate::engine::RuleSummary;
use crate::engine::explain::{
    Answer, Citing, ClauseInProject, ClausePage, ClauseRole, Decided, End, Flow, Kin, Page, Reach, ReferenceInProject,
    ReferencePage, Speaking, Titled,
};
use crate::report::guarded::write_pretty;

/// One object; `kind` says what the page is about.
#[must_use]
pub fn json_page(page: &Page) -> String {
    let value = match page {
        Page::Rule(rule) => of_rule(rule),
        Page::Clause(page) => clause(page),
        Page::Reference(page) => reference(page),
    };
    let mut text = Vec::new();
    // Writing to memory does not fail.
    let _ = write_pretty(&value, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

fn list<T>(things: &[T], of: impl Fn(&T) -> Value) -> Value {
    Value::Array(things.iter().map(of).collect())
}

fn titled(thing: &Titled) -> Value {
    json!({ "id": thing.id, "title": thing.title })
}

fn of_rule(rule: &RuleSummary) -> Value {
    json!({
        "kind": "rule",
        "id": rule.code,
        "name": rule.name,
        "severity": rule.default_severity.word(),
        "group": rule.group,
        "summary": rule.documentation.summary(),
        "documentation": rule.documentation.text(),
        "cites": rule.cites,
        "file": rule.file,
        "shipped": rule.builtin,
    })
}

fn speaking(rule: &Speaking) -> Value {
    json!({ "code": rule.code, "name": rule.name, "cites": rule.cites })
}

fn kin(kin: &Kin) -> Value {
    json!({
        "id": kin.clause.id,
        "title": kin.clause.title,
        "relation": kin.relation,
        "sure": kin.is_sure,
        "through": kin.through,
        "withdrawn": certainty(kin.is_withdrawn),
    })
}

/// `sure`, `unsure`, or nothing.
fn certainty(is_sure: Option<bool>) -> Value {
    json!(is_sure.map(|is_sure| if is_sure { "sure" } else { "unsure" }))
}

fn clause(page: &ClausePage) -> Value {
    let role = match page.role {
        ClauseRole::Unit => "unit",
        ClauseRole::Recommendation => "recommendation",
        ClauseRole::Heading => "heading",
    };
    let citing = |citing: &Citing| {
        json!({
            "id": citing.reference.id,
            "title": citing.reference.title,
            "cited": citing.cited,
            "inferred": citing.is_inferred,
        })
    };
    json!({
        "kind": if page.is_control { "control" } else { "clause" },
        "id": page.clause.id,
        "title": page.clause.title,
        "standard": page.standard,
        "role": role,
        "letter": page.letter,
        "phases": page.phases,
        "above": list(&page.above, titled),
        "below": list(&page.below, titled),
        "documents": list(&page.documents, |document| json!({ "clause": document.clause, "title": document.title })),
        "earlier": list(&page.earlier, kin),
        "later": list(&page.later, kin),
        "new": certainty(page.succession.is_new),
        "withdrawn": certainty(page.succession.is_withdrawn),
        "beside": list(&page.beside, kin),
        "namesakes": list(&page.namesakes, titled),
        "citations": list(&page.citations, citing),
        "rules": list(&page.rules, speaking),
        "project": page.project.as_ref().map(clause_in_project),
        "missing_in": page.missing_in,
        "others": list(&page.others, titled),
    })
}

fn clause_in_project(project: &ClauseInProject) -> Value {
    let answer = |answer: &Answer| {
        let reach = match answer.reach {
            Reach::Whole => "whole",
            Reach::Letter => "letter",
            Reach::Below => "below",
            Reach::OtherEdition => "other-edition",
            Reach::Heading => "heading",
        };
        json!({
            "kind": answer.kind,
            "id": answer.who.id,
            "title": answer.who.title,
            "covers": answer.covered,
            "reach": reach,
            "partly": answer.is_partly,
            "place": answer.line,
        })
    };
    let decided = |decided: &Decided| {
        json!({
            "decision": if decided.is_excluded { "exclude" } else { "include" },
            "clause": decided.decided,
            "because": decided.because,
            "by": decided.by,
            "planned": decided.planned.map(|day| day.to_string()),
            "place": decided.line,
        })
    };
    json!({
        "organization": project.organization,
        "declared": project.is_declared,
        "statement_of_applicability": project.has_statement,
        "answers": list(&project.answers, answer),
        "decisions": list(&project.decisions, decided),
        "documented": list(&project.documented, |(item, clause, line)| {
            json!({ "item": item.id, "title": item.title, "documents": clause, "place": line })
        }),
    })
}

fn flow(flow: &Flow) -> Value {
    let end = |(end, is_inferred): &(End, bool)| {
        let (kind, id) = match end {
            End::Reference(id) => ("reference", Some(id)),
            End::Outside => ("outside", None),
            End::Anybody => ("anybody", None),
        };
        json!({ "kind": kind, "id": id, "inferred": is_inferred })
    };
    json!({
        "item": flow.item.id,
        "title": flow.item.title,
        "inferred": flow.is_inferred,
        "ends": list(&flow.ends, end),
    })
}

fn reference(page: &ReferencePage) -> Value {
    json!({
        "kind": "reference",
        "id": page.reference.id,
        "title": page.reference.title,
        "model": page.model,
        "number": page.number,
        "category": page.category,
        "purpose": page.purpose,
        "inputs": list(&page.inputs, flow),
        "results": list(&page.results, flow),
        "outcomes": list(&page.outcomes, |outcome| json!({ "text": outcome.text, "inferred": outcome.is_inferred })),
        "cites": list(&page.cites, |cited| {
            json!({ "id": cited.clause.id, "title": cited.clause.title, "inferred": cited.is_inferred })
        }),
        "counterparts": list(&page.counterparts, |counterpart| json!({
            "id": counterpart.reference.id,
            "title": counterpart.reference.title,
            "relation": counterpart.relation,
            "sure": counterpart.is_sure,
        })),
        "rules": list(&page.rules, speaking),
        "project": page.project.as_ref().map(reference_in_project),
        "others": list(&page.others, titled),
    })
}

fn reference_in_project(project: &ReferenceInProject) -> Value {
    json!({
        "organization": project.organization,
        "declared": project.is_declared,
        "implemented": list(&project.implemented, |(process, line)| {
            json!({ "id": process.id, "title": process.title, "place": line })
        }),
        "omitted": list(&project.omitted, |(because, line)| json!({ "because": because, "place": line })),
    })
}
