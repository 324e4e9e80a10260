//! The page of a clause or a control.

use crate::engine::explain::{Answer, ClauseInProject, ClausePage, ClauseRole, Decided, Kin, Reach, Titled};

use super::{Sheet, reading};

pub(super) fn write(page: &ClausePage, sheet: &mut Sheet) {
    let (standard, _) = page.clause.id.split_once('/').unwrap_or((&page.clause.id, ""));
    sheet.head(&page.clause);
    if let Some(missing) = &page.missing_in {
        sheet.field("note", &format!("`{missing}` has no clause of this number; this one is of `{standard}`"));
    }
    sheet.field("standard", &page.standard);
    sheet.field("is", what(page));
    if !page.phases.is_empty() {
        sheet.field("phase", &page.phases.join(", "));
    }
    for (label, clause) in std::iter::once("above").chain(std::iter::repeat("")).zip(&page.above) {
        sheet.field(label, &numbered(clause));
    }
    for (label, clause) in std::iter::once("below").chain(std::iter::repeat("")).zip(&page.below) {
        sheet.field(label, &numbered(clause));
    }
    if let Some(letter) = &page.letter {
        sheet.field("letter", &format!("({letter}) is a part of it, and is explained with it"));
    }
    editions(page, sheet);
    if !page.namesakes.is_empty() {
        sheet.section("The same number in other editions, with another title");
        sheet.titled(&page.namesakes);
    }
    if !page.beside.is_empty() {
        sheet.section("In other standards");
        let row = |kin: &Kin| {
            vec![kin.clause.id.clone(), kin.clause.title.clone(), kin.relation.to_owned(), sure(kin.is_sure)]
        };
        sheet.rows(&page.beside.iter().map(row).collect::<Vec<_>>());
    }
    if !page.documents.is_empty() {
        sheet.section("Documents that it asks for");
        let rows: Vec<Vec<String>> =
            page.documents.iter().map(|document| vec![document.clause.clone(), document.title.clone()]).collect();
        sheet.rows(&rows);
    }
    sheet.section("Reference processes that cite it");
    if page.citations.is_empty() {
        sheet.line("  none");
    }
    let mut rows = Vec::new();
    for citing in &page.citations {
        let as_written = if citing.cited == page.clause.id { String::new() } else { format!("as {}", citing.cited) };
        let reading = reading(citing.is_inferred).to_owned();
        rows.push(vec![citing.reference.id.clone(), citing.reference.title.clone(), reading, as_written]);
    }
    sheet.rows(&rows);
    sheet.rules(&page.rules);
    if let Some(project) = &page.project {
        in_project(page, project, sheet);
    }
    sheet.others(&page.others);
}

fn what(page: &ClausePage) -> &'static str {
    match (page.is_control, page.role) {
        (true, ClauseRole::Heading) => "a group of controls",
        (true, ClauseRole::Recommendation) => "a control, which is recommended",
        (true, ClauseRole::Unit) => "a control: the Statement of Applicability includes or excludes it",
        (false, ClauseRole::Heading) => "a heading: what stands below it is to be covered",
        (false, ClauseRole::Recommendation) => "a recommendation",
        (false, ClauseRole::Unit) => "a requirement: some process has to cover it",
    }
}

/// `9.3 Management review`
fn numbered(clause: &Titled) -> String {
    let (_, number) = clause.id.split_once('/').unwrap_or(("", &clause.id));
    format!("{number} {}", clause.title)
}

fn sure(is_sure: bool) -> String {
    if is_sure { "sure" } else { "unsure" }.to_owned()
}

/// What it was and what became of it; what is sure stands before what is not.
fn editions(page: &ClausePage, sheet: &mut Sheet) {
    let mut rows = Vec::new();
    for (kin, is_sure, label) in [
        (&page.earlier, true, "was"),
        (&page.earlier, false, "perhaps was"),
        (&page.later, true, "became"),
        (&page.later, false, "perhaps became"),
    ] {
        for kin in kin.iter().filter(|kin| kin.is_sure == is_sure) {
            let through = match kin.through.as_slice() {
                [] => String::new(),
                between => format!("through {}", between.join(", ")),
            };
            let withdrawn = match kin.is_withdrawn {
                Some(true) => ", withdrawn afterwards",
                Some(false) => ", perhaps withdrawn afterwards",
                None => "",
            };
            rows.push(vec![
                label.to_owned(),
                kin.clause.id.clone(),
                kin.clause.title.clone(),
                format!("{}, {}{withdrawn}", kin.relation, sure(kin.is_sure)),
                through,
            ]);
        }
    }
    let succession = page.succession;
    // The `A` of `A.5` is no entry of the catalogue, and mappings cannot speak of it.
    let is_group = page.clause.title.is_empty();
    let mut lines = Vec::new();
    match succession.is_new {
        Some(true) => lines.push("new in this edition (sure)"),
        Some(false) => lines.push("perhaps new in this edition (unsure)"),
        None if page.earlier.is_empty() && !is_group && succession.has_earlier_edition => {
            lines.push("nothing is known before it")
        }
        None => {}
    }
    match succession.is_withdrawn {
        Some(true) => lines.push("withdrawn in the next edition (sure)"),
        Some(false) => lines.push("perhaps withdrawn in the next edition (unsure)"),
        None if page.later.is_empty() && !is_group && succession.has_later_edition => {
            lines.push("no successor is known")
        }
        None => {}
    }
    if !rows.is_empty() || !lines.is_empty() {
        sheet.section("In other editions");
        sheet.rows(&rows);
        for line in lines {
            sheet.line(&format!("  {line}"));
        }
    }
}

fn in_project(page: &ClausePage, project: &ClauseInProject, sheet: &mut Sheet) {
    sheet.section(&format!("In {}", project.organization));
    if !project.is_declared {
        sheet.line("  its standard is not declared");
    }
    let is_covered =
        project.answers.iter().any(|answer| matches!(answer.reach, Reach::Whole | Reach::Letter | Reach::Below));
    if !is_covered && project.is_declared {
        sheet.line("  nothing covers it");
    }
    sheet.rows(&project.answers.iter().map(|one| answer(one, page.role)).collect::<Vec<_>>());
    if page.is_control && project.is_declared && project.decisions.is_empty() && page.role != ClauseRole::Heading {
        sheet.line(match project.has_statement {
            true => "  the Statement of Applicability neither includes nor excludes it",
            false => "  there is no Statement of Applicability that could include or exclude it",
        });
    }
    for decided in &project.decisions {
        sheet.rows(&[decision(decided)]);
        if let Some(because) = &decided.because {
            sheet.field("  because", because);
        }
    }
    let documented = project.documented.iter();
    let rows: Vec<Vec<String>> = documented
        .map(|(item, clause, line)| {
            vec![format!("item {}", item.id), format!("documents {clause}"), line.clone().unwrap_or_default()]
        })
        .collect();
    sheet.rows(&rows);
}

fn answer(answer: &Answer, role: ClauseRole) -> Vec<String> {
    let reach = match answer.reach {
        Reach::Whole if answer.is_partly => "partly",
        Reach::Whole => "",
        Reach::Letter => "a letter of it",
        Reach::Below => "a clause below it",
        Reach::OtherEdition => "what it is in another edition",
        Reach::Heading if role == ClauseRole::Heading => "only the heading: `.*` after it would reach what is below",
        Reach::Heading => "only the heading above it, which does not reach it",
    };
    let partly = if answer.is_partly && answer.reach != Reach::Whole { ", partly" } else { "" };
    vec![
        format!("{} {}", answer.kind, answer.who.id),
        format!("covers {}", answer.covered),
        format!("{reach}{partly}"),
        answer.line.clone().unwrap_or_default(),
    ]
}

fn decision(decided: &Decided) -> Vec<String> {
    let word = if decided.is_excluded { "excluded" } else { "included" };
    let mut more = Vec::new();
    if !decided.by.is_empty() {
        more.push(format!("answered by {}", decided.by.join(", ")));
    }
    if let Some(day) = decided.planned {
        more.push(format!("planned until {day}"));
    }
    let written = format!("{word} by `{}`", decided.decided);
    vec![written, more.join(", "), decided.line.clone().unwrap_or_default()]
}
