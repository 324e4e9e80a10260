//! Which clause or reference process a word means, and what is nearly called so.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{natural_order, nearest};
use crate::landscape::Kind;

use super::{Explainer, Titled};

/// What a word was found to mean.
pub(super) struct Found {
    /// The clause or the reference process.
    pub(super) id: u32,
    /// The letter behind a clause: `c` in `6.1.2(c)`.
    pub(super) letter: Option<String>,
    /// The standard that was meant, where it has no such clause and the page is about another edition.
    pub(super) missing_in: Option<String>,
    /// What else the word could mean.
    pub(super) others: Vec<Titled>,
}

/// A word in its parts: `iso27001:2022/6.1.2(c)`.
struct Word<'a> {
    qualifier: Option<&'a str>,
    name: &'a str,
    letter: Option<&'a str>,
}

impl<'a> Word<'a> {
    fn new(word: &'a str) -> Self {
        let (qualifier, name) = match word.trim().split_once('/') {
            Some((qualifier, name)) => (Some(qualifier.trim()), name.trim()),
            None => (None, word.trim()),
        };
        // What stands below a clause is on its page.
        let name = name.strip_suffix(".*").unwrap_or(name);
        match name.strip_suffix(')').and_then(|name| name.split_once('(')) {
            Some((name, letter)) => Self { qualifier, name: name.trim_end(), letter: Some(letter) },
            None => Self { qualifier, name, letter: None },
        }
    }
}

impl Explainer {
    /// Standards or models in the order in which a word without one is looked up: those that the organization declares,
    /// as it orders them, then the shipped ones, newest edition first, then the project's own.
    fn preferred(&self, kind: Kind) -> Vec<u32> {
        let reading = self.reading();
        let field = if kind == Kind::Standard { "standards" } else { "models" };
        let declared = self.landscape.rows(Kind::Organization).next();
        let mut order: Vec<u32> =
            declared.map_or(&[][..], |organization| reading.list(Kind::Organization, field, organization)).to_vec();
        let mut others: Vec<(bool, usize, u32)> = Vec::new();
        let mut families: BTreeMap<&str, usize> = BTreeMap::new();
        let declared: BTreeSet<u32> = order.iter().copied().collect();
        for id in self.landscape.rows(kind) {
            let name = reading.name(kind, "id", id).unwrap_or_default();
            let family = name.split(':').next().unwrap_or_default();
            let next = families.len();
            let number = *families.entry(family).or_insert(next);
            if !declared.contains(&id) {
                let is_own = reading.line(kind, id).is_some();
                others.push((is_own, number, id));
            }
        }
        others.sort_by(|left, right| {
            let name = |id: u32| reading.name(kind, "id", id).unwrap_or_default();
            (left.0, left.1).cmp(&(right.0, right.1)).then_with(|| natural_order(name(right.2), name(left.2)))
        });
        order.extend(others.into_iter().map(|(_, _, id)| id));
        order
    }

    /// The standards or models that a qualifier names, preferred ones first.
    fn qualified(&self, kind: Kind, qualifier: Option<&str>) -> Vec<u32> {
        let reading = self.reading();
        let is_meant = |id: &u32| {
            let name = reading.name(kind, "id", *id).unwrap_or_default();
            qualifier.is_none_or(|qualifier| {
                let family = name.split(':').next().unwrap_or_default();
                name.eq_ignore_ascii_case(qualifier) || family.eq_ignore_ascii_case(qualifier)
            })
        };
        self.preferred(kind).into_iter().filter(is_meant).collect()
    }

    /// The clauses that are called so, those of preferred standards first. Heads of numbers that have no entry (the `A` of
    /// `A.5`) come last.
    fn clauses_named(&self, word: &Word<'_>) -> Vec<u32> {
        let reading = self.reading();
        let standards = self.qualified(Kind::Standard, word.qualifier);
        let mut found: Vec<(bool, usize, u32)> = Vec::new();
        for clause in self.landscape.rows(Kind::Clause) {
            let number = reading.name(Kind::Clause, "number", clause).unwrap_or_default();
            if !number.eq_ignore_ascii_case(word.name) {
                continue;
            }
            let standard = reading.value(Kind::Clause, "standard", clause);
            if let Some(at) = standards.iter().position(|known| Some(*known) == standard) {
                found.push((self.landscape.place(Kind::Clause, clause).is_none(), at, clause));
            }
        }
        found.sort_unstable();
        found.into_iter().map(|(_, _, clause)| clause).collect()
    }

    /// The reference processes that have this id or this number, ids first.
    fn references_named(&self, word: &Word<'_>) -> Vec<u32> {
        let reading = self.reading();
        let models = self.qualified(Kind::Model, word.qualifier);
        let mut found: Vec<(bool, usize, u32)> = Vec::new();
        for reference in self.landscape.rows(Kind::Reference) {
            let is = |field| {
                let name = reading.name(Kind::Reference, field, reference);
                name.is_some_and(|name| name.eq_ignore_ascii_case(word.name))
            };
            let (by_id, by_number) = (is("id"), is("number"));
            let model = reading.value(Kind::Reference, "model", reference);
            if let Some(at) = models.iter().position(|known| Some(*known) == model)
                && (by_id || by_number)
            {
                found.push((!by_id, at, reference));
            }
        }
        found.sort_unstable();
        found.into_iter().map(|(_, _, reference)| reference).collect()
    }

    pub(super) fn find_clause(&self, text: &str) -> Option<Found> {
        let word = Word::new(text);
        let reading = self.reading();
        let found = self.clauses_named(&word);
        let id = *found.first()?;
        let standard = reading.value(Kind::Clause, "standard", id);
        let meant = self.qualified(Kind::Standard, word.qualifier).first().copied();
        let missing_in = meant.filter(|meant| Some(*meant) != standard);
        // Other editions have a place of their own on the page.
        let family = |clause: u32| {
            let standard = reading.value(Kind::Clause, "standard", clause)?;
            reading.name(Kind::Standard, "family", standard)
        };
        let others = found.iter().filter(|other| family(**other) != family(id)).map(|other| self.titled_clause(*other));
        let references = self.references_named(&word);
        Some(Found {
            id,
            letter: word.letter.map(str::to_owned),
            missing_in: missing_in.map(|standard| self.landscape.display(Kind::Standard, standard)),
            others: others.chain(references.iter().map(|other| self.titled_reference(*other))).collect(),
        })
    }

    pub(super) fn find_reference(&self, text: &str) -> Option<Found> {
        let word = Word::new(text);
        let found = self.references_named(&word);
        let mut others: Vec<Titled> = found.iter().skip(1).map(|other| self.titled_reference(*other)).collect();
        // `5.7` is more likely the control `A.5.7` than a number of a model's document.
        let control = format!("A.{}", word.name);
        let controls = self.clauses_named(&Word { name: &control, ..word });
        others.extend(controls.iter().take(1).map(|clause| self.titled_clause(*clause)));
        Some(Found { id: *found.first()?, letter: None, missing_in: None, others })
    }

    /// What may be meant by a word that stands for nothing, as a sentence with the nearest name.
    #[must_use]
    pub fn nearest(&self, text: &str) -> Option<String> {
        let word = Word::new(text);
        let (reading, rows) = (self.reading(), |kind| self.landscape.rows(kind));
        let control = format!("A.{}", word.name);
        if let Some(clause) = self.clauses_named(&Word { name: &control, ..word }).first() {
            let control = self.titled_clause(*clause);
            return Some(format!("did you mean the control `{}` ({})?", control.id, control.title));
        }
        if let Some(qualifier) = word.qualifier {
            let family = qualifier.split(':').next();
            let elsewhere = self.clauses_named(&Word { qualifier: family, ..word });
            if let Some(clause) = elsewhere.first() {
                let clause = self.titled_clause(*clause);
                return Some(format!("`{}` is “{}”; other editions have no such clause", clause.id, clause.title));
            }
        }
        // A standard or a model alone is a word for its newest edition.
        let catalogue = |kind: Kind| {
            let id = self.qualified(kind, Some(word.name)).into_iter().next()?;
            reading.name(kind, "id", id)
        };
        if word.qualifier.is_none() {
            if let Some(standard) = catalogue(Kind::Standard) {
                let first = rows(Kind::Clause).find(|id| reading.clause(*id).starts_with(&format!("{standard}/")));
                let first = first.map_or_else(|| format!("{standard}/…"), |id| reading.clause(id));
                return Some(format!("name one of its clauses: `{first}`"));
            }
            if let Some(model) = catalogue(Kind::Model) {
                let first = rows(Kind::Reference).find(|id| reading.reference(*id).starts_with(&format!("{model}/")));
                let first = first.map_or_else(|| format!("{model}/…"), |id| reading.reference(id));
                return Some(format!("name one of its processes: `{first}`"));
            }
        }
        let names: Vec<String> = match word.qualifier {
            Some(_) => {
                let clauses = rows(Kind::Clause).map(|id| reading.clause(id));
                clauses.chain(rows(Kind::Reference).map(|id| reading.reference(id))).collect()
            }
            None => {
                let rules = self.rules.iter().flat_map(|rule| [rule.code.clone(), rule.name.clone()]);
                let clauses = rows(Kind::Clause).filter_map(|id| reading.name(Kind::Clause, "number", id));
                let references = rows(Kind::Reference).filter_map(|id| reading.name(Kind::Reference, "id", id));
                rules.chain(references.chain(clauses).map(str::to_owned)).collect()
            }
        };
        let wanted = match word.qualifier {
            Some(qualifier) => format!("{qualifier}/{}", word.name),
            None => word.name.to_owned(),
        };
        let spellings = [wanted.to_uppercase(), wanted];
        let near = spellings.iter().find_map(|wanted| nearest(wanted, names.iter().map(String::as_str)))?;
        Some(format!("did you mean `{near}`?"))
    }
}
