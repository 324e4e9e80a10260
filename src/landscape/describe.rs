//! How entities are called: as their authors write them, and independently of lines and files.

use crate::diagnostic::Subject;

use super::schema::{Kind, PHASES, RELATIONS};
use super::table::Landscape;

impl Landscape {
    fn name_in(&self, kind: Kind, field: &str, id: u32) -> &str {
        self.value(kind, field, id).map_or("", |name| self.name(name))
    }

    fn title_in(&self, kind: Kind, field: &str, id: u32) -> String {
        self.value(kind, field, id).map_or_else(String::new, |text| self.string(text).into_owned())
    }

    /// The entity that a field holds, displayed.
    fn display_in(&self, kind: Kind, field: &str, target: Kind, id: u32) -> String {
        self.value(kind, field, id).map_or_else(String::new, |value| self.display(target, value))
    }

    fn path_in(&self, kind: Kind, field: &str, target: Kind, id: u32) -> String {
        self.value(kind, field, id).map_or_else(String::new, |value| self.entity_path(target, value))
    }

    fn item_of(&self, kind: Kind, id: u32) -> &str {
        match self.value(kind, "item", id) {
            Some(item) => self.name_in(Kind::Item, "id", item),
            None => "*",
        }
    }

    /// `9.3.2`, `6.1.2(c)`, `A.*`
    fn clause_of(&self, kind: Kind, id: u32) -> String {
        let mut text = self.display_in(kind, "clause", Kind::Clause, id);
        if kind.field("letter").is_some()
            && let Some(letter) = self.value(kind, "letter", id)
        {
            text.push('(');
            text.push_str(self.name(letter));
            text.push(')');
        }
        if kind.field("wildcard").is_some() && self.value(kind, "wildcard", id) == Some(1) {
            text.push_str(".*");
        }
        text
    }

    /// The id of the entity that a field holds.
    fn id_in(&self, kind: Kind, field: &str, target: Kind, id: u32) -> Option<&str> {
        self.value(kind, field, id).map_or(Some(""), |value| self.id(target, value))
    }

    /// The id of an entity, where that is what a user writes for it.
    #[must_use]
    pub fn id(&self, kind: Kind, id: u32) -> Option<&str> {
        match kind {
            Kind::Organization
            | Kind::Actor
            | Kind::Process
            | Kind::Outsider
            | Kind::Role
            | Kind::Party
            | Kind::System
            | Kind::Item
            | Kind::Activity
            | Kind::Standard
            | Kind::Model
            | Kind::Reference => Some(self.name_in(kind, "id", id)),
            Kind::Clause => Some(self.name_in(kind, "number", id)),
            Kind::Phase => Some(PHASES.get(id as usize).copied().unwrap_or_default()),
            Kind::Input | Kind::Result | Kind::ReferenceInput | Kind::ReferenceResult | Kind::ReferenceFlow => {
                Some(self.item_of(kind, id))
            }
            Kind::Source | Kind::Destination => self.id_in(kind, "actor", Kind::Actor, id),
            Kind::Ownership => self.id_in(kind, "role", Kind::Role, id),
            Kind::Implementation | Kind::Omission | Kind::ReferenceMention => {
                self.id_in(kind, "reference", Kind::Reference, id)
            }
            Kind::ReferenceSource => self.id_in(kind, "from", Kind::Reference, id),
            Kind::ReferenceDestination => self.id_in(kind, "to", Kind::Reference, id),
            Kind::Applicability => self.id_in(kind, "standard", Kind::Standard, id),
            Kind::Indicator
            | Kind::Outcome
            | Kind::Wording
            | Kind::Cover
            | Kind::Documentation
            | Kind::Document
            | Kind::Decision
            | Kind::Citation
            | Kind::Correspondence
            | Kind::Counterpart
            | Kind::Ring => None,
        }
    }

    /// An entity as a user writes it where it stands.
    #[must_use]
    pub fn display(&self, kind: Kind, id: u32) -> String {
        if let Some(id) = self.id(kind, id) {
            return id.to_owned();
        }
        match kind {
            Kind::Indicator | Kind::Outcome => self.title_in(kind, "title", id),
            Kind::Wording => self.title_in(kind, "text", id),
            Kind::Correspondence | Kind::Counterpart => {
                let side = if kind == Kind::Correspondence { Kind::Clause } else { Kind::Reference };
                let relation = self.value(kind, "relation", id).and_then(|word| RELATIONS.get(word as usize));
                let parts = [
                    self.display_in(kind, "from", side, id),
                    relation.map_or_else(String::new, |word| (*word).to_owned()),
                    self.display_in(kind, "to", side, id),
                ];
                parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
            }
            Kind::Ring => {
                let members = self.rings().members().of(id).iter().map(|member| self.display(Kind::Process, *member));
                members.collect::<Vec<_>>().join(", ")
            }
            // All others are clauses that are named somewhere.
            _ => self.clause_of(kind, id),
        }
    }

    /// What an entity is called independently of lines and files: `process.risk-assessment/input.threat-reports`.
    #[must_use]
    pub fn entity_path(&self, kind: Kind, id: u32) -> String {
        let parent = |field, target| self.path_in(kind, field, target, id);
        let display = || self.display(kind, id);
        match kind {
            Kind::Actor | Kind::Outsider => {
                let kinds = [Kind::Process, Kind::Role, Kind::Party, Kind::System];
                match kinds.into_iter().find(|kind| self.rows(*kind).contains(&id)) {
                    Some(kind) => self.entity_path(kind, id),
                    None => String::new(),
                }
            }
            Kind::Organization
            | Kind::Process
            | Kind::Role
            | Kind::Party
            | Kind::System
            | Kind::Item
            | Kind::Standard
            | Kind::Phase
            | Kind::Model => [kind.schema().name, ".", &display()].concat(),
            // Most findings are about these: their pieces are put together at once.
            Kind::Input | Kind::Result | Kind::Activity => {
                [&parent("process", Kind::Process), "/", kind.schema().name, ".", &display()].concat()
            }
            Kind::Source | Kind::Destination => {
                let (word, flow) = if kind == Kind::Source { ("from", "input") } else { ("to", "result") };
                let process = parent("process", Kind::Process);
                format!("{process}/{word}.{}/{flow}.{}", display(), self.item_of(kind, id))
            }
            Kind::Ownership => format!("{}/owner.{}", parent("process", Kind::Process), display()),
            Kind::Indicator => {
                let word = if self.value(kind, "goal", id) == Some(1) { "kgi" } else { "kpi" };
                format!("{}/{word}.{}", parent("process", Kind::Process), display())
            }
            Kind::Cover => {
                let owner = match self.value(kind, "process", id) {
                    Some(process) => self.entity_path(Kind::Process, process),
                    None => parent("item", Kind::Item),
                };
                format!("{owner}/covers.{}", self.clause_path(kind, id))
            }
            Kind::Documentation => format!("{}/documents.{}", parent("item", Kind::Item), self.clause_path(kind, id)),
            Kind::Citation => format!("{}/covers.{}", parent("reference", Kind::Reference), self.clause_path(kind, id)),
            Kind::ReferenceMention if self.value(kind, "process", id).is_none() => {
                format!("omit.{}", self.reference_name(kind, "reference", id))
            }
            Kind::Implementation | Kind::ReferenceMention => {
                format!(
                    "{}/implements.{}",
                    parent("process", Kind::Process),
                    self.reference_name(kind, "reference", id)
                )
            }
            Kind::Omission => format!("omit.{}", self.reference_name(kind, "reference", id)),
            Kind::Clause => format!("{}/{}", parent("standard", Kind::Standard), display()),
            Kind::Document => {
                format!("{}/document.{}", parent("clause", Kind::Clause), self.title_in(kind, "title", id))
            }
            Kind::Correspondence => {
                let standard = |field| {
                    let clause = self.value(kind, field, id)?;
                    Some(self.display_in(Kind::Clause, "standard", Kind::Standard, clause))
                };
                let [from, to] = ["from", "to"].map(|field| standard(field).unwrap_or_default());
                format!("mapping.{from}/{to}/{}", display())
            }
            Kind::Counterpart => {
                let model = |field| {
                    let reference = self.value(kind, field, id)?;
                    Some(self.display_in(Kind::Reference, "model", Kind::Model, reference))
                };
                let [from, to] = ["from", "to"].map(|field| model(field).unwrap_or_default());
                format!("mapping.{from}/{to}/{}", display())
            }
            Kind::Applicability => format!("applicability.{}", display()),
            Kind::Decision => {
                let word = if self.value(kind, "exclude", id) == Some(1) { "exclude" } else { "include" };
                format!("{}/{word}.{}", parent("applicability", Kind::Applicability), display())
            }
            Kind::Reference => format!("{}/process.{}", parent("model", Kind::Model), display()),
            Kind::ReferenceInput => format!("{}/input.{}", parent("reference", Kind::Reference), display()),
            Kind::ReferenceResult => format!("{}/result.{}", parent("reference", Kind::Reference), display()),
            Kind::ReferenceSource => format!("{}/from.{}", parent("input", Kind::ReferenceInput), display()),
            Kind::ReferenceDestination => format!("{}/to.{}", parent("result", Kind::ReferenceResult), display()),
            Kind::ReferenceFlow => {
                let to = self.display_in(kind, "to", Kind::Reference, id);
                format!("{}/to.{to}/result.{}", parent("from", Kind::Reference), display())
            }
            Kind::Outcome => format!("{}/outcome.{}", parent("reference", Kind::Reference), display()),
            Kind::Wording if self.value(kind, "outcome", id) != Some(1) => {
                format!("{}/purpose", parent("reference", Kind::Reference))
            }
            Kind::Wording => format!("{}/outcome.{}", parent("reference", Kind::Reference), display()),
            // Named after the member whose name comes first: no process is in two rings, and the order of files is no matter.
            Kind::Ring => {
                let members = self.rings().members().of(id).iter();
                let names = members.map(|member| self.entity_path(Kind::Process, *member));
                names.min().map_or_else(String::new, |name| format!("ring/{name}"))
            }
        }
    }

    /// `iso27001:2022/9.2`
    fn clause_path(&self, kind: Kind, id: u32) -> String {
        format!("{}/{}", self.display_in(kind, "standard", Kind::Standard, id), self.clause_of(kind, id))
    }

    /// `iso27022:2021/risk-assessment`
    fn reference_name(&self, kind: Kind, field: &str, id: u32) -> String {
        let Some(reference) = self.value(kind, field, id) else { return String::new() };
        let model = self.display_in(Kind::Reference, "model", Kind::Model, reference);
        format!("{model}/{}", self.display(Kind::Reference, reference))
    }

    /// What a finding about that entity is about.
    #[must_use]
    pub fn subject(&self, kind: Kind, id: u32) -> Option<Subject> {
        match kind {
            Kind::Clause => {
                let standard = self.display_in(kind, "standard", Kind::Standard, id);
                let short = self.display(kind, id);
                let is_control = self.value(kind, "control", id) == Some(1);
                let kind = if is_control { "control" } else { "clause" };
                Some(Subject { kind, id: format!("{standard}/{short}"), short })
            }
            Kind::Document => {
                let clause = self.value(kind, "clause", id)?;
                let standard = self.display_in(Kind::Clause, "standard", Kind::Standard, clause);
                let short = self.display(kind, id);
                Some(Subject { kind: "document", id: format!("{standard}/{short}"), short })
            }
            Kind::Reference => {
                let model = self.display_in(kind, "model", Kind::Model, id);
                let short = self.display(kind, id);
                Some(Subject { kind: "reference", id: format!("{model}/{short}"), short })
            }
            Kind::Item | Kind::Process | Kind::Role | Kind::Party | Kind::System | Kind::Phase | Kind::Standard => {
                let name = self.display(kind, id);
                Some(Subject { kind: kind.schema().name, id: name.clone(), short: name })
            }
            // `input *` has no item; what is missing is what its process takes.
            Kind::ReferenceInput if self.value(kind, "item", id).is_none() => {
                self.subject(Kind::Reference, self.value(kind, "reference", id)?)
            }
            Kind::Input
            | Kind::Result
            | Kind::Source
            | Kind::Destination
            | Kind::ReferenceInput
            | Kind::ReferenceResult
            | Kind::ReferenceFlow => self.subject(Kind::Item, self.value(kind, "item", id)?),
            _ => None,
        }
    }
}
