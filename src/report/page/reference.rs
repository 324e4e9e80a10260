//! The page of a reference process.

use crate::engine::explain::{End, Flow, ReferenceInProject, ReferencePage};

use super::{Sheet, reading};

pub(super) fn write(page: &ReferencePage, sheet: &mut Sheet) {
    sheet.head(&page.reference);
    sheet.field("model", &page.model);
    if let Some(number) = &page.number {
        sheet.field("number", number);
    }
    if let Some(category) = page.category {
        sheet.field("category", category);
    }
    if let Some(purpose) = &page.purpose {
        sheet.field("purpose", purpose);
    }
    flows("Inputs", "from", &page.inputs, sheet);
    flows("Results", "to", &page.results, sheet);
    if !page.outcomes.is_empty() {
        sheet.section("Outcomes");
        for outcome in &page.outcomes {
            sheet.field(reading(outcome.is_inferred), &outcome.text);
        }
    }
    if !page.cites.is_empty() {
        sheet.section("Clauses that it cites");
        let mut rows = Vec::new();
        for cited in &page.cites {
            let reading = reading(cited.is_inferred).to_owned();
            rows.push(vec![cited.clause.id.clone(), cited.clause.title.clone(), reading]);
        }
        sheet.rows(&rows);
    }
    if !page.counterparts.is_empty() || page.is_mapped {
        sheet.section("In other models");
        if page.counterparts.is_empty() {
            sheet.line("  no counterpart is known");
        }
        let mut rows = Vec::new();
        for counterpart in &page.counterparts {
            let relation = match counterpart.relation {
                "equal" | "same" => "says the same",
                "subset" => "is wider",
                "superset" => "is a part of it",
                "intersects" => "shares a part with it",
                other => other,
            };
            let sure = if counterpart.is_sure { "sure" } else { "unsure" };
            rows.push(vec![
                counterpart.reference.id.clone(),
                counterpart.reference.title.clone(),
                relation.to_owned(),
                sure.to_owned(),
            ]);
        }
        sheet.rows(&rows);
    }
    sheet.rules(&page.rules);
    if let Some(project) = &page.project {
        in_project(project, sheet);
    }
    sheet.others(&page.others);
}

/// Inputs or results, one a line, with those at the other end. What differs from the whole is marked where it stands.
fn flows(title: &str, word: &str, flows: &[Flow], sheet: &mut Sheet) {
    if flows.is_empty() {
        return;
    }
    sheet.section(title);
    let mut rows = Vec::new();
    for flow in flows {
        let end = |(end, is_inferred): &(End, bool)| {
            let name = match end {
                End::Reference(id) => id.as_str(),
                End::Outside => "outside",
                End::Anybody => "anybody",
            };
            if *is_inferred == flow.is_inferred {
                name.to_owned()
            } else {
                format!("{name} ({})", reading(*is_inferred))
            }
        };
        let ends: Vec<String> = flow.ends.iter().map(end).collect();
        rows.push(vec![
            flow.item.id.clone(),
            flow.item.title.clone(),
            reading(flow.is_inferred).to_owned(),
            format!("{word} {}", ends.join(", ")),
        ]);
    }
    sheet.rows(&rows);
}

fn in_project(project: &ReferenceInProject, sheet: &mut Sheet) {
    sheet.section(&format!("In {}", project.organization));
    if !project.is_declared {
        sheet.line("  its model is not declared");
    }
    let mut rows = Vec::new();
    for (process, line) in &project.implemented {
        rows.push(vec![
            "implemented by".to_owned(),
            format!("process {}", process.id),
            process.title.clone(),
            line.clone().unwrap_or_default(),
        ]);
    }
    sheet.rows(&rows);
    for (because, line) in &project.omitted {
        sheet.rows(&[vec!["omitted".to_owned(), line.clone().unwrap_or_default()]]);
        match because {
            Some(because) => sheet.field("  because", because),
            None => sheet.line("    without a reason"),
        }
    }
    if project.implemented.is_empty() && project.omitted.is_empty() && project.is_declared {
        sheet.line("  no process implements it, and it is not omitted");
    }
}
