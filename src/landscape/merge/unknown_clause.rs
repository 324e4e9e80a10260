//! What is said of a clause that a standard does not have: what it is elsewhere, and what could be meant.

use rustc_hash::FxHashMap;

use crate::diagnostic::Diagnostic;
use crate::landscape::symbols::Mention;
use crate::landscape::{Kind, MISSING};

use super::Merge;
use super::catalogues::{Catalogue, ClauseRows, list};
use super::unknown::replace;

impl Merge<'_> {
    /// Says that a standard has no such clause, and what is called so elsewhere.
    pub(super) fn unknown_clause(
        &mut self,
        file: usize,
        standard: u32,
        mention: Mention,
        group: Option<u32>,
        entity: &str,
    ) {
        let number = self.text(file, mention);
        if number.is_empty() || self.landscape.was_skipped(number) {
            return;
        }
        let place = self.mention_place(file, mention);
        let standard_name = self.catalogue_name(Catalogue::Standard(standard)).to_owned();
        let entity = format!("{entity}/{standard_name}/{number}");
        if group.is_some() {
            let diagnostic = Diagnostic::error(
                "REF006",
                place,
                format!("`{number}` is no clause of `{standard_name}`, only the beginning of some"),
            )
            .help(format!("write `{number}.*` for all clauses that begin so"))
            .fix(replace(place, &format!("{number}.*")))
            .of(entity);
            self.say(diagnostic);
            return;
        }
        let mut diagnostic =
            Diagnostic::error("REF006", place, format!("`{standard_name}` has no clause `{number}`")).of(entity);
        let is_thorough = self.suggestions.spend();
        let elsewhere =
            if is_thorough { self.in_other_editions(standard, self.name_at(file, mention)) } else { Vec::new() };
        // `A.9.2` is more likely the control of another edition than the clause `9.2`.
        let without_prefix = number.strip_prefix("A.").filter(|_| elsewhere.is_empty()).unwrap_or("");
        let after_letter =
            number.strip_prefix(['A', 'a']).filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let spellings =
            [format!("A.{}", after_letter.unwrap_or(number)), without_prefix.to_owned(), number.to_uppercase()];
        let other = spellings.iter().find_map(|spelling| {
            let name = self.landscape.find_name(spelling)?;
            let clause = *self.catalogues.clauses.get(&(standard, name))?;
            (clause < self.catalogues.first_group).then_some((spelling, clause))
        });
        if let Some((spelling, clause)) = other {
            let is_control = self.landscape.table(Kind::Clause).flags[clause as usize] & ClauseRows::CONTROL != 0;
            let what = if is_control { "control" } else { "clause" };
            diagnostic = diagnostic
                .help(format!("did you mean the {what} {}?", self.clause_name(clause)))
                .fix(replace(place, spelling));
        }
        let found_nothing = other.is_none() && elsewhere.is_empty();
        diagnostic.help.extend(elsewhere);
        if found_nothing
            && is_thorough
            && let Some(help) = self.clauses_nearby(standard, number)
        {
            diagnostic = diagnostic.help(help);
        }
        self.say(diagnostic);
    }

    /// `` `9.2` (Internal audit) ``
    fn clause_name(&self, clause: u32) -> String {
        let number = self.landscape.value(Kind::Clause, "number", clause).map_or("", |name| self.landscape.name(name));
        match self.landscape.value(Kind::Clause, "title", clause) {
            Some(title) => format!("`{number}` ({})", self.landscape.string(title)),
            None => format!("`{number}`"),
        }
    }

    /// What the number is in other editions of the standard, and what became of it.
    fn in_other_editions(&mut self, standard: u32, number: u32) -> Vec<String> {
        let Some(family) = self.landscape.value(Kind::Standard, "family", standard) else { return Vec::new() };
        let editions = self.catalogues.editions.get(&family).cloned().unwrap_or_default();
        let mut help = Vec::new();
        for edition in editions {
            let Catalogue::Standard(other) = edition else { continue };
            let Some(clause) = self.catalogues.clauses.get(&(other, number)).copied() else { continue };
            if other == standard || clause >= self.catalogues.first_group {
                continue;
            }
            let partners = self.partners(clause).to_vec();
            let standards = self.landscape.scalar(Kind::Clause, "standard");
            let here: Vec<u32> =
                partners.into_iter().filter(|partner| standards.get(*partner as usize) == Some(&standard)).collect();
            let became: Vec<String> = here.iter().map(|partner| self.clause_name(*partner)).collect();
            let title = self.landscape.value(Kind::Clause, "title", clause);
            let title = title.map_or_else(String::new, |title| format!(" it is “{}”", self.landscape.string(title)));
            let other_name = self.catalogue_name(edition);
            let standard_name = self.catalogue_name(Catalogue::Standard(standard));
            help.push(match became.as_slice() {
                [] if self.landscape.is_withdrawn(clause) => format!("in `{other_name}`{title}, which was withdrawn"),
                [] => format!("in `{other_name}`{title}"),
                [only] => format!("in `{other_name}`{title}, which in `{standard_name}` is {only}"),
                [all @ .., last] => {
                    format!("in `{other_name}`{title}, which in `{standard_name}` is {} and {last}", all.join(", "))
                }
            });
        }
        help
    }

    /// The clauses that surely correspond to a clause, in either direction.
    fn partners(&mut self, clause: u32) -> &[u32] {
        let partners = self.catalogues.partners.get_or_insert_with(|| {
            let mut partners: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
            let (from, to) = (
                self.landscape.scalar(Kind::Correspondence, "from"),
                self.landscape.scalar(Kind::Correspondence, "to"),
            );
            for (from, to) in from.iter().zip(to).filter(|(from, to)| **from != MISSING && **to != MISSING) {
                partners.entry(*from).or_default().push(*to);
                partners.entry(*to).or_default().push(*from);
            }
            partners
        });
        partners.get(&clause).map_or(&[], Vec::as_slice)
    }

    /// The clauses that stand where the unknown one would stand.
    fn clauses_nearby(&self, standard: u32, number: &str) -> Option<String> {
        let mut head = number;
        let parent = loop {
            let Some((shorter, _)) = head.rsplit_once('.') else { break MISSING };
            head = shorter;
            let known = self.landscape.find_name(head).and_then(|name| self.catalogues.clauses.get(&(standard, name)));
            if let Some(known) = known {
                break *known;
            }
        };
        let standards = self.landscape.scalar(Kind::Clause, "standard");
        let above = self.landscape.flows.above.iter().zip(standards).enumerate();
        let children = above.filter(|(_, (above, of))| **above == parent && **of == standard);
        let children: Vec<u32> = children.map(|(row, _)| row as u32).collect();
        let names: Vec<&str> = children
            .iter()
            .filter_map(|child| Some(self.landscape.name(self.landscape.value(Kind::Clause, "number", *child)?)))
            .collect();
        if parent == MISSING {
            return (!names.is_empty() && names.len() <= 20)
                .then(|| format!("its clauses begin with {}", list(&names)));
        }
        match names.as_slice() {
            [] => Some(format!("`{head}` is not divided further")),
            [only] => Some(format!("below `{head}` there is `{only}`")),
            [first, .., last] if names.len() > 6 => {
                Some(format!("below `{head}` there are {} clauses, `{first}` to `{last}`", names.len()))
            }
            all => Some(format!("below `{head}` there are {}", list(all))),
        }
    }
}
