//! The files of a first project.
//!
//! The layout is that of a team, not of a document: one file for each process, in a folder for each category, because
//! a process has an owner who changes it, whose changes somebody reviews, and whom a code host can be told by the path
//! (`CODEOWNERS`); two people who work on two processes never meet in one file. What belongs to nobody in particular
//! has a file by what it is: who there is, what flows, which controls apply. Order does not matter to the program, so
//! whoever prefers a file for a category puts them together.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::landscape::Kind;

use super::clauses::{Clauses, Cover};
use super::draft::{Draft, End, Input, Output, Process, id_of};
use super::text::{WIDTH, list, name_statement, padded, plain, quote, string_statement, width, wrapped};

/// What the files are about.
pub(super) struct Subject<'a> {
    pub(super) draft: &'a Draft,
    pub(super) clauses: &'a Clauses<'a>,
    pub(super) standard: u32,
    pub(super) model: u32,
    pub(super) name: Option<&'a str>,
}

/// What a process covers.
struct Covered {
    sure: Vec<Cover>,
    /// What it perhaps covers: the correspondence of the editions is not sure.
    perhaps: Vec<Cover>,
}

/// Path and text of every file.
pub(super) fn write(subject: &Subject<'_>) -> Vec<(String, String)> {
    let covered: Vec<Covered> = subject.draft.processes.iter().map(|process| subject.covered(process)).collect();
    let mut files = vec![
        ("ismslint.toml".to_owned(), CONFIGURATION.to_owned()),
        ("organization.isms".to_owned(), subject.organization(&covered)),
        ("roles.isms".to_owned(), subject.roles()),
    ];
    for (process, covered) in subject.draft.processes.iter().zip(&covered) {
        files.push((path(process), subject.process(process, covered)));
    }
    files.push(("items.isms".to_owned(), subject.items()));
    if subject.controls().next().is_some() {
        files.push(("statement-of-applicability.isms".to_owned(), subject.applicability(&covered)));
    }
    files
}

fn path(process: &Process) -> String {
    match process.category.as_str() {
        "" => format!("processes/{}.isms", process.id),
        category => format!("processes/{category}/{}.isms", process.id),
    }
}

const CONFIGURATION: &str = r#"# What the program does with this project. What the management system is stands in the
# .isms files.

# Files that are read; these are the default. In a Markdown page, blocks that begin with ```isms are read.
# include = ["**/*.isms", "**/*.md"]
# exclude = ["drafts/**"]

# Folders with rules, standards and models of your own that other projects share.
# rules = ["../group/rules"]

# How serious a finding is: error, warning, note or off. `ismslint rules` lists every rule.
[severity]
# ROLE001 = "error"
"#;

const FEEDBACK: &str = "//
// `feedback` marks inputs that are not there the first time, because they come back from an earlier round.
";

const UNANSWERED: &str = "
// No process of the model is known to answer these clauses. Name each in the `covers` of the process that does, or
// write a process for it:
//
";

const ROLES: &str = r#"// Who there is. Declare a role for everybody who answers for a process or does something in it,
// and name it there: `owner NAME`. For example:
//
// role managing-director "Managing director"
// role security-officer  "Information security officer"
// role internal-auditor  "Internal auditor"   // owns no other process: nobody audits their own work
"#;

const OUTSIDERS: &str = "
// Outside of the processes: where their inputs come from and their results go. Say who these are here; several
// names are better than one.

";

const NO_RESULTS: &str =
    "  // The model does not say what it produces: put its results here, each with `to` and whoever takes it.
";

const DECISIONS: &str = r#"//
// For each line take the slashes away and write the reason, or write:
//   exclude NUMBER because "…" accepted by ROLE           it is not needed, and ROLE answers for that
//   include NUMBER because "…" by PARTY                   somebody else does it
//   include NUMBER because "…" planned until 2030-12-31   it is still to come
// `include NUMBER.* because "…"` decides about all controls below a number. Then name each included control in the
// `covers` of the process, or of the item (a policy, say), that answers it.

"#;

impl Subject<'_> {
    fn standard_id(&self) -> &str {
        self.clauses.reading().name(Kind::Standard, "id", self.standard).unwrap_or_default()
    }

    fn model_id(&self) -> &str {
        self.clauses.reading().name(Kind::Model, "id", self.model).unwrap_or_default()
    }

    /// The title of the standard or of the model, for a comment.
    fn title(&self, kind: Kind, id: u32, name: &str) -> String {
        plain(&self.clauses.reading().text(kind, "title", id).unwrap_or_else(|| name.to_owned()))
    }

    fn model_title(&self) -> String {
        self.title(Kind::Model, self.model, self.model_id())
    }

    fn standard_title(&self) -> String {
        self.title(Kind::Standard, self.standard, self.standard_id())
    }

    fn controls(&self) -> impl Iterator<Item = u32> {
        self.clauses.units().into_iter().filter(|unit| self.clauses.is("control", *unit))
    }

    fn covered(&self, process: &Process) -> Covered {
        let reading = self.clauses.reading();
        let of_model = reading.having(Kind::Reference, "model", self.model);
        let reference =
            of_model.into_iter().find(|id| reading.name(Kind::Reference, "id", *id) == Some(&process.reference));
        let cited = reference.map_or_else(Vec::new, |reference| self.clauses.cited(reference));
        let sure = self.clauses.covers(&cited, false);
        let known: BTreeSet<u32> = sure.iter().flat_map(|cover| self.units_of(cover)).collect();
        let mut perhaps = self.clauses.covers(&cited, true);
        perhaps.retain(|cover| self.units_of(cover).iter().all(|unit| !known.contains(unit)));
        Covered { sure, perhaps }
    }

    /// The units for which a cover stands.
    fn units_of(&self, cover: &Cover) -> Vec<u32> {
        let mut units = Vec::new();
        if cover.is_wildcard {
            units.extend(self.clauses.reading().list(Kind::Clause, "units", cover.clause));
        }
        if self.clauses.is("unit", cover.clause) {
            units.push(cover.clause);
        }
        units
    }

    fn organization(&self, covered: &[Covered]) -> String {
        let count = self.draft.processes.len();
        let flows = || self.draft.processes.iter().flat_map(|process| &process.inputs);
        let with_flows = if flows().next().is_some() { ", with what they pass to one another" } else { "" };
        let mut text = wrapped(
            "// ",
            &format!(
                "A first specification of an information security management system: the {count} processes of \
                 {}{with_flows}, answering to {}. It says what a management system does; who does it, and \
                 what of it this organization needs, is left to you.",
                self.model_title(),
                self.standard_title()
            ),
        );
        text.push_str("//\n// `ismslint check` says what is left to decide. A good order:\n");
        let mut steps = vec![
            "roles.isms: say who there is, and name in each process its `owner`".to_owned(),
            "processes/: read each process; say in your own words what it is for, and with `activity`, `kpi` and \
             `every` how it goes on here; take the comments out as you go"
                .to_owned(),
            "this file: leave out what you do not need with `omit NAME because \"…\"`, and delete its file".to_owned(),
            "items.isms: call things what they are called here; where an id changes, `realizes` behind the new one in \
             `input` and `result` keeps the old one's meaning"
                .to_owned(),
        ];
        if self.controls().next().is_some() {
            steps.push("statement-of-applicability.isms: decide about each control".to_owned());
        }
        for (number, step) in steps.iter().enumerate() {
            let lines = wrapped("//      ", step);
            let _ = write!(text, "//   {}. {}", number + 1, lines.get(8..).unwrap_or_default());
        }
        if flows().any(|input| input.is_feedback) {
            text.push_str(FEEDBACK);
        }
        text.push('\n');
        let (id, name) = self.organization_name();
        let _ = writeln!(text, "organization {id} {} {{", quote(&name));
        let _ = writeln!(text, "  standard {}", self.standard_id());
        let _ = writeln!(text, "  model    {}", self.model_id());
        text.push_str("}\n");
        text.push_str(&self.unanswered(covered));
        text
    }

    fn organization_name(&self) -> (String, String) {
        let name = self.name.unwrap_or("Our organization");
        let id = id_of(name);
        // A name without a letter or a digit that an id could hold has none.
        (if id.is_empty() { "organization".to_owned() } else { id }, name.to_owned())
    }

    /// The requirements that no process of the model answers.
    fn unanswered(&self, covered: &[Covered]) -> String {
        let sure: BTreeSet<u32> =
            covered.iter().flat_map(|covered| &covered.sure).flat_map(|cover| self.units_of(cover)).collect();
        let mut perhaps: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
        for (process, covered) in self.draft.processes.iter().zip(covered) {
            for unit in covered.perhaps.iter().flat_map(|cover| self.units_of(cover)) {
                perhaps.entry(unit).or_default().push(&process.id);
            }
        }
        let left: Vec<u32> = self
            .clauses
            .units()
            .into_iter()
            .filter(|unit| !self.clauses.is("control", *unit) && !sure.contains(unit))
            .collect();
        if left.is_empty() {
            return String::new();
        }
        let mut text = UNANSWERED.to_owned();
        let columns = left.iter().map(|clause| width(self.clauses.number(*clause))).max().unwrap_or_default();
        for clause in left {
            let number = padded(self.clauses.number(clause), columns);
            let mut line = format!("//   {number}  {}", plain(&self.clauses.title(clause)));
            if let Some(processes) = perhaps.get(&clause) {
                let _ = write!(line, "; perhaps {}", list(processes));
            }
            if width(&line) > WIDTH {
                let (first, rest) = line.split_at(line.find("; perhaps ").map_or(line.len(), |at| at + 1));
                let _ = write!(text, "{first}\n{}", wrapped(&format!("//   {}    ", " ".repeat(columns)), rest));
            } else {
                let _ = writeln!(text, "{line}");
            }
        }
        text
    }

    fn roles(&self) -> String {
        let mut text = ROLES.to_owned();
        let actors = self.draft.used_actors();
        if !actors.is_empty() {
            text.push_str(OUTSIDERS);
        }
        let columns = actors.iter().map(|actor| width(actor.keyword) + 1 + width(&actor.id)).max().unwrap_or_default();
        for actor in actors {
            let head = format!("{} {}", actor.keyword, actor.id);
            let _ = match actor.title.as_str() {
                "" => writeln!(text, "{head}"),
                title => writeln!(text, "{} {}", padded(&head, columns), quote(title)),
            };
        }
        text
    }

    fn items(&self) -> String {
        let mut used: BTreeSet<&str> = BTreeSet::new();
        let mut produced: BTreeSet<&str> = BTreeSet::new();
        for process in &self.draft.processes {
            used.extend(process.inputs.iter().filter_map(|input| input.item.as_deref()));
            produced.extend(process.results.iter().map(|result| result.item.as_str()));
        }
        used.extend(&produced);
        let mut text = wrapped(
            "// ",
            &format!(
                "What the processes pass to one another, with names for people to read. `documents` names the clauses \
                 of {} that ask for the item as documented information; where it is missing, an auditor will ask which \
                 document it is.",
                self.standard_title()
            ),
        );
        text.push('\n');
        let items: Vec<_> = self.draft.items.iter().filter(|item| used.contains(item.id.as_str())).collect();
        let columns = items.iter().map(|item| width(&item.id)).max().unwrap_or_default();
        for item in items {
            let mut line = match item.title.as_str() {
                "" => format!("item {}", item.id),
                title => format!("item {} {}", padded(&item.id, columns), quote(title)),
            };
            let mut documents: Vec<String> = Vec::new();
            if produced.contains(item.id.as_str()) {
                for named in &item.documents {
                    let clause = self.clauses.find(&named.standard, &named.number);
                    documents.extend(clause.and_then(|at| self.clauses.request(at, named.letter.as_deref())));
                }
            }
            documents.dedup();
            let mut statements = Vec::new();
            if !documents.is_empty() {
                statements.push(format!("documents {}", documents.join(", ")));
            }
            let parts: Vec<&str> = item.parts.iter().map(String::as_str).filter(|part| used.contains(part)).collect();
            if !parts.is_empty() {
                statements.push(format!("contains {}", parts.join(", ")));
            }
            if !statements.is_empty() {
                let _ = write!(line, " {{ {} }}", statements.join(" "));
            }
            let _ = writeln!(text, "{line}");
        }
        text
    }

    fn process(&self, process: &Process, covered: &Covered) -> String {
        let mut text = String::new();
        let number = if process.number.is_empty() { String::new() } else { format!(" {}", process.number) };
        let _ = writeln!(text, "/// Reference process{number} of {}.", self.model_title());
        let title = if process.title.is_empty() { String::new() } else { format!(" {}", quote(&process.title)) };
        let _ = writeln!(text, "process {}{title} {{", process.id);
        let _ = writeln!(text, "  implements {}", process.reference);
        if process.category.is_empty() {
            text.push_str("  // category …   management, core or support\n");
        } else {
            let _ = writeln!(text, "  category   {}", process.category);
        }
        text.push_str("  // owner    …   who answers for it: a role of roles.isms\n");
        if process.purpose.is_empty() {
            text.push_str("  // purpose  \"…\"   what it is for\n");
        } else {
            text.push_str(&string_statement("  purpose    ", &process.purpose));
        }
        for outcome in &process.outcomes {
            text.push_str(&wrapped("  // ", &format!("Outcome: {}", plain(outcome))));
        }
        self.inputs(&mut text, process);
        if !process.activities.is_empty() {
            text.push('\n');
        }
        let columns = process.activities.iter().map(|(id, _)| width(id)).max().unwrap_or_default();
        for (id, title) in &process.activities {
            text.push_str(&string_statement(&format!("  activity {} ", padded(id, columns)), title));
        }
        self.results(&mut text, process);
        self.covers(&mut text, covered);
        text.push_str("}\n");
        text
    }

    fn inputs(&self, text: &mut String, process: &Process) {
        text.push('\n');
        if process.inputs.is_empty() {
            text.push_str("  // The model does not say what it takes: `input ITEM from PROCESS`.\n");
        }
        let named = |input: &&Input| !input.from.is_empty();
        let item = |input: &Input| width(input.item.as_deref().unwrap_or("*"));
        let columns = process.inputs.iter().filter(named).map(item).max().unwrap_or_default();
        for input in &process.inputs {
            let id = input.item.as_deref().unwrap_or("*");
            let mut names = self.names(&input.from);
            if input.is_open && !names.is_empty() {
                names.push("any");
            }
            let mut tail = if input.is_feedback { " feedback".to_owned() } else { String::new() };
            if input.item.is_none() {
                tail.push_str("   // every result that is addressed to it");
            }
            let head = if names.is_empty() {
                format!("  input  {id}")
            } else {
                format!("  input  {} from ", padded(id, columns))
            };
            text.push_str(&name_statement(&head, &names, &tail));
        }
    }

    fn results(&self, text: &mut String, process: &Process) {
        text.push('\n');
        if process.has_stand_in {
            text.push_str(NO_RESULTS);
        }
        let columns = process.results.iter().map(|result| width(&result.item)).max().unwrap_or_default();
        for result in &process.results {
            let Output { item, to, is_retained } = result;
            let names = self.names(to);
            let tail = if *is_retained { " retained" } else { "" };
            let head = match (names.is_empty(), is_retained) {
                (true, false) => format!("  result {item}"),
                (true, true) => format!("  result {}", padded(item, columns)),
                (false, _) => format!("  result {} to ", padded(item, columns)),
            };
            text.push_str(&name_statement(&head, &names, tail));
        }
    }

    fn names(&self, ends: &[End]) -> Vec<&str> {
        ends.iter().map(|end| self.draft.name(*end)).collect()
    }

    fn covers(&self, text: &mut String, covered: &Covered) {
        let clause = |cover: &Cover| {
            format!("{}{}", self.clauses.number(cover.clause), if cover.is_wildcard { ".*" } else { "" })
        };
        let write = |text: &mut String, prefix: &str, covers: &[Cover]| {
            let columns = covers.iter().map(|cover| width(&clause(cover))).max().unwrap_or_default();
            for cover in covers {
                let title = self.clauses.title(cover.clause);
                let title = if title.is_empty() { String::new() } else { format!(" {}", quote(&title)) };
                let mut line = format!("{prefix}covers {}{title}", padded(&clause(cover), columns));
                line.truncate(line.trim_end().len());
                if let Some(reason) = &cover.partly {
                    let partly = format!("partly because {}", quote(reason));
                    let blanks = if width(&line) + 1 + width(&partly) > WIDTH {
                        format!("\n{prefix}       ")
                    } else {
                        " ".to_owned()
                    };
                    let _ = write!(line, "{blanks}{partly}");
                }
                let _ = writeln!(text, "{line}");
            }
        };
        if !covered.sure.is_empty() {
            text.push('\n');
            write(text, "  ", &covered.sure);
        }
        if !covered.perhaps.is_empty() {
            text.push_str("\n  // Perhaps; how the editions of the standard correspond is not sure here:\n");
            write(text, "  // ", &covered.perhaps);
        }
    }

    /// Nothing is decided for the organization: not even a control that some process answers is needed for that reason.
    /// So every control stands in a comment that becomes a decision, and the check says which are left.
    fn applicability(&self, covered: &[Covered]) -> String {
        let mut text = wrapped(
            "// ",
            &format!(
                "The Statement of Applicability: which controls of {} are needed here, and why.",
                self.standard_title()
            ),
        );
        text.push_str(DECISIONS);
        let mut by_control: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
        for (process, covered) in self.draft.processes.iter().zip(covered) {
            for unit in covered.sure.iter().flat_map(|cover| self.units_of(cover)) {
                by_control.entry(unit).or_default().push(&process.id);
            }
        }
        let _ = writeln!(text, "applicability {} {{", self.standard_id());
        let reading = self.clauses.reading();
        let controls: Vec<u32> = self.controls().collect();
        let mut groups: Vec<(Option<u32>, Vec<u32>)> = Vec::new();
        for control in controls {
            let parent = reading.value(Kind::Clause, "parent", control);
            match groups.last_mut() {
                Some((known, controls)) if *known == parent => controls.push(control),
                _ => groups.push((parent, vec![control])),
            }
        }
        for (number, (parent, controls)) in groups.iter().enumerate() {
            if number > 0 {
                text.push('\n');
            }
            if let Some(parent) = parent {
                let heading = format!("{} {}", self.clauses.number(*parent), self.clauses.title(*parent));
                let _ = writeln!(text, "  // {}", plain(&heading));
            }
            let columns = controls.iter().map(|control| width(self.clauses.number(*control))).max().unwrap_or_default();
            for control in controls {
                let id = padded(self.clauses.number(*control), columns);
                let head = format!("  // include {id} because \"…\"   // ");
                let mut note = plain(&self.clauses.title(*control));
                if let Some(processes) = by_control.get(control) {
                    let _ = write!(note, "; covered by {}", list(processes));
                }
                // What does not fit stands below in a comment of its own, which stays one when the decision is made.
                let below = format!("  //{}", " ".repeat(width(&head).saturating_sub(4)));
                let lines = wrapped(&below, &note);
                let _ = write!(text, "{head}{}", lines.get(below.len()..).unwrap_or_default());
            }
        }
        text.push_str("}\n");
        text
    }
}
