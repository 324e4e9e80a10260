//! What the tables hold.

use ismslint::diagnostic::Place;
use ismslint::landscape::{Column, Kind};
use ismslint::text::{FileId, Source, Span};

use crate::support::{Project, project, with_files};

/// Every field of every kind, a line for each entity of the project's own and the catalogues' files.
fn dump(project: &Project, kinds: &[Kind]) -> String {
    let mut text = String::new();
    for kind in kinds {
        let fields: Vec<&str> = kind.schema().fields.iter().map(|field| field.name).collect();
        text.push_str(&format!("# {}\n", kind.schema().name));
        for (id, row) in project.landscape.rows(*kind).zip(project.rows(*kind, &fields).lines()) {
            let path = project.landscape.entity_path(*kind, id);
            let at = project.at(*kind, id);
            text.push_str(&format!("{row}\n    {path} at `{at}`"));
            let words: Vec<String> = fields
                .iter()
                .map(|field| (field, project.field_at(*kind, field, id)))
                .filter(|(_, word)| !word.is_empty() && *word != at)
                .map(|(field, word)| format!(" {field} at `{word}`"))
                .collect();
            text.push_str(&words.join(""));
            if let Some(subject) = project.landscape.subject(*kind, id) {
                text.push_str(&format!(" about {} {} ({})", subject.kind, subject.id, subject.short));
            }
            text.push('\n');
        }
    }
    text
}

const OWN: &str = "organization acme \"ACME\" {
  standard demo:2022
  model prm:2021
}
role ciso \"CISO\"
role idle
party world
system vault
item plan \"The plan\" {
  documents 6.1(c), demo:2013/9.1
  contains part-one, part-two
  classification internal
  owner ciso
  every 2 weeks
  covers A.5.9 \"Inventory\"
  source \"plan.md\"
}
process study \"Studying\" {
  implements study, prm:2021/report
  category core
  phase check, plan
  owner ciso
  capability 3
  purpose \"Know \\\"it\\\".\"
  every quarter
  trigger \"Monday\"
  trigger \"Friday\"
  source \"study.md\"
  input raw-data from world
  input plan from any
  input raw-data from collect feedback
  input * from collect
  input odd realizes raw-data, findings from nobody
  activity think \"Think\" by ciso, world
  result plan to world, collect retained in vault for 3 years
  result finding realizes findings
  kpi \"Share\" target \"95 %\"
  kgi \"Sum\"
  covers 9.2.*, 6.1(a) \"Risks\", A.*
  covers demo:2013 { A.8.1, 9.4 } partly because \"half\"
}
process collect { result raw-data to study }
omit collect because \"no\"
applicability demo:2022 {
  include A.* because \"all\" by world
  exclude A.5.9 because \"none\" accepted by ciso
}
applicability demo:2022 { include A.5.7 because \"later\" planned until 2027-06-30 }
";

#[test]
fn what_an_organization_says() {
    let project = project(OWN);
    insta::assert_snapshot!(format!(
        "{}\n\n{}",
        project.draw(),
        dump(
            &project,
            &[
                Kind::Organization,
                Kind::Actor,
                Kind::Process,
                Kind::Outsider,
                Kind::Role,
                Kind::Party,
                Kind::System,
                Kind::Item,
                Kind::Input,
                Kind::Result,
                Kind::Source,
                Kind::Destination,
                Kind::Activity,
                Kind::Indicator,
                Kind::Ownership,
                Kind::Phase,
                Kind::Cover,
                Kind::Implementation,
                Kind::Omission,
                Kind::Documentation,
                Kind::Applicability,
                Kind::Decision,
            ]
        )
    ));
}

#[test]
fn what_the_catalogues_say() {
    let project = project(OWN);
    let kinds = [
        Kind::Standard,
        Kind::Clause,
        Kind::Document,
        Kind::Correspondence,
        Kind::Model,
        Kind::Reference,
        Kind::ReferenceInput,
        Kind::ReferenceResult,
        Kind::ReferenceFlow,
        Kind::Citation,
        Kind::Outcome,
        Kind::Wording,
        Kind::Ring,
    ];
    insta::assert_snapshot!(dump(&project, &kinds));
}

#[test]
fn every_column_of_every_kind_fits_its_rows_and_type() {
    for project in [project(OWN), project("")] {
        for kind in Kind::ALL {
            let rows = project.landscape.rows(kind).len();
            for (number, field) in kind.schema().fields.iter().enumerate() {
                let name = format!("{}.{}", kind.schema().name, field.name);
                match project.landscape.column(kind, number) {
                    Column::Scalar(values) => {
                        assert!(!field.ty.list, "{name}");
                        assert_eq!(values.len(), rows, "{name}");
                        let missing = values.contains(&ismslint::landscape::MISSING);
                        assert!(field.ty.optional || !missing, "{name} is missing somewhere");
                    }
                    Column::List(lists) => {
                        assert!(field.ty.list, "{name}");
                        assert_eq!(lists.offsets.len(), rows + 1, "{name}");
                    }
                }
            }
        }
    }
}

#[test]
fn files_in_any_order_give_one_landscape() {
    let text = OWN;
    let middle = text.find("process study").expect("it is there");
    let (head, tail) = text.split_at(middle);
    let whole = with_files(vec![Source::new("a.isms", head), Source::new("b.isms", tail)], true, None);
    let turned = with_files(vec![Source::new("a.isms", tail), Source::new("b.isms", head)], true, None);
    assert_eq!(whole.findings.len(), turned.findings.len());
    for kind in Kind::ALL {
        // A position follows the order of the files.
        let fields = kind.schema().fields.iter().map(|field| field.name).filter(|name| *name != "position");
        let fields: Vec<&str> = fields.collect();
        let sorted = |project: &Project| {
            let rows = project.rows(kind, &fields);
            let mut lines: Vec<String> = rows.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(sorted(&whole), sorted(&turned), "{}", kind.schema().name);
    }
}

#[test]
fn incomplete_declarations_are_known() {
    let text = "process a { input x form b }\nprocess b { result x }\nprocess b { result y }\n";
    let project = with_files(vec![Source::new("a.isms", text)], false, None);
    let is_incomplete = |of: &str, skip: usize| {
        let at = text.match_indices(of).nth(skip).expect("it is there").0 as u32;
        let span = Span::new(at, at + of.len() as u32);
        project.landscape.is_incomplete(Place { file: FileId(0), span })
    };
    assert!(is_incomplete("a", 0), "something was skipped in `a`");
    assert!(is_incomplete("b", 1), "the first declaration of `b`");
    assert!(is_incomplete("b", 2), "the second one");
    assert!(is_incomplete("y", 0), "what stands in the second one");
    assert!(!is_incomplete("x", 1), "what stands in the first one");
}

#[test]
fn words_of_skipped_regions_are_known_with_their_dotted_heads() {
    let text = "process a { %%% A.5.7 lost-item }\n";
    let project = with_files(vec![Source::new("a.isms", text)], false, None);
    assert!(project.landscape.was_skipped("lost-item"), "{}", project.draw());
    assert!(project.landscape.was_skipped("A.5.7"));
    assert!(project.landscape.was_skipped("lost-item.more"));
    assert!(!project.landscape.was_skipped("A.5"));
    assert!(!project.landscape.was_skipped("a"));
}

/// Whether every column of every kind has a value for every row, and every id in it exists.
fn judge_columns(project: &Project) {
    use ismslint::landscape::{Base, MISSING};
    let landscape = &project.landscape;
    for kind in Kind::ALL {
        let rows = landscape.rows(kind);
        for (number, field) in kind.schema().fields.iter().enumerate() {
            let column = landscape.column(kind, number);
            let (count, values): (usize, &[u32]) = match column {
                Column::Scalar(values) => (values.len(), values),
                Column::List(lists) => (lists.offsets.len() - 1, &lists.values),
            };
            assert_eq!(count, rows.len(), "{}.{}", kind.schema().name, field.name);
            if let Base::Entity(target) = field.ty.base {
                let ids = landscape.rows(target);
                let known = values.iter().all(|value| *value == MISSING || ids.contains(value));
                assert!(known, "{}.{}", kind.schema().name, field.name);
            }
        }
        for id in rows {
            let _ = landscape.display(kind, id);
            let _ = landscape.entity_path(kind, id);
            let _ = landscape.subject(kind, id);
            for number in 0..kind.schema().fields.len() {
                let _ = landscape.field_place(kind, number, id);
            }
            if let Some(place) = landscape.place(kind, id) {
                let _ = landscape.is_incomplete(place);
            }
        }
    }
}

#[test]
fn broken_files_never_break_the_tables() {
    let catalogues = concat!(include_str!("catalogues/standards.isms"), include_str!("catalogues/model.isms"));
    let text = format!("{OWN}{catalogues}{OWN}");
    let words: Vec<(usize, &str)> =
        text.split_whitespace().map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word)).collect();
    for (index, (at, word)) in words.iter().enumerate() {
        // Take a word away, or put the one before it in its place.
        for replacement in ["", words[index.saturating_sub(7)].1] {
            if index % 5 != 0 && replacement.is_empty() {
                continue;
            }
            let broken = format!("{}{replacement}{}", &text[..*at], &text[at + word.len()..]);
            judge_columns(&with_files(vec![Source::new("broken.isms", broken)], index % 2 == 0, None));
        }
    }
}

#[test]
fn the_place_of_sources_is_in_the_first_statement_that_names_some() {
    let text = "role r role s
process a { input report from r, s }
process b {
  input study
  input report from s
  input report from r
  input study from r
}";
    let project = project(text);
    let from: Vec<&str> =
        project.landscape.rows(Kind::Input).map(|id| project.field_at(Kind::Input, "from", id)).collect();
    assert_eq!(from.iter().filter(|from| !from.is_empty()).copied().collect::<Vec<_>>(), ["r, s", "r", "s"]);
}
