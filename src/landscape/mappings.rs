//! How clauses of one standard correspond to those of another.

use crate::diagnostic::{Diagnostic, natural_order};

use super::catalogue::Catalogue;
use super::column::Lists;
use super::facts::{Mention, NONE};
use super::merge::Merger;
use super::schema::{Kind, RELATIONS};

/// The most steps that a correspondence is followed over: more editions of one standard are not known.
const MOST_STEPS: usize = 8;

/// Fills the table of correspondences, and what follows from it for clauses.
pub(super) fn fill(catalogue: &Catalogue, merger: &mut Merger<'_>) {
    let (mut places, mut from, mut to) = (Vec::new(), Vec::new(), Vec::new());
    let (mut relations, mut unsure) = (Vec::new(), Vec::new());
    let mut backwards: Vec<bool> = Vec::new();
    for file in 0..merger.facts.len() {
        for mapping in &merger.facts[file].mappings {
            let standard = |qualifier: u32| {
                let fact = merger.facts[file].qualifiers[qualifier as usize];
                let (family, edition) = (merger.global(file, fact.id.name), merger.global(file, fact.edition));
                catalogue.standards.iter().position(|row| row.family == family && row.edition == edition)
            };
            let (Some(source), Some(target)) = (standard(mapping.from), standard(mapping.to)) else {
                // Mappings between models are data for `explain`; only mappings between standards are tables.
                continue;
            };
            // A mapping may be written from the later edition to the earlier one.
            let (source_row, target_row) = (&catalogue.standards[source], &catalogue.standards[target]);
            let back = source_row.family == target_row.family
                && source_row.edition != NONE
                && target_row.edition != NONE
                && natural_order(merger.names.text(source_row.edition), merger.names.text(target_row.edition)).is_gt();
            let mut found: Vec<(u32, u32, Mention, u8, bool)> = Vec::new();
            let mut unknown: Vec<Mention> = Vec::new();
            for row in &mapping.rows {
                let mut resolve = |mentions: &[Mention], standard: usize| -> Vec<(u32, Mention)> {
                    let mut rows = Vec::new();
                    for mention in mentions {
                        match catalogue.find_clause(standard as u32, merger.global(file, mention.name)) {
                            Some(clause) => rows.push((clause, *mention)),
                            None => unknown.push(*mention),
                        }
                    }
                    rows
                };
                let (left, right) = (resolve(&row.from, source), resolve(&row.to, target));
                match (row.from.is_empty(), row.to.is_empty()) {
                    (true, _) => found.extend(right.iter().map(|(clause, at)| (NONE, *clause, *at, row.relation, row.unsure))),
                    (_, true) => found.extend(left.iter().map(|(clause, at)| (*clause, NONE, *at, row.relation, row.unsure))),
                    _ => {
                        for (one, at) in &left {
                            found.extend(right.iter().map(|(other, _)| (*one, *other, *at, row.relation, row.unsure)));
                        }
                    }
                }
            }
            for mention in unknown {
                let text = merger.mention_text(file, mention);
                let place = merger.place(file, mention.span);
                let diagnostic = Diagnostic::error("REF006", place, format!("`{text}` is no clause of the standard that is mapped"))
                    .help("check the number, and on which side of the mapping it stands");
                merger.diagnostics.push(diagnostic);
            }
            for (one, other, mention, relation, is_unsure) in found {
                places.push(Some(merger.place(file, mention.span)));
                from.push(one);
                to.push(other);
                relations.push(u32::from(relation));
                unsure.push(is_unsure);
                backwards.push(back);
            }
        }
    }
    successors(catalogue, merger, &from, &to, &relations, &unsure, &backwards);
    let kind = Kind::Correspondence;
    merger.tables.rows(kind, 0, places);
    merger.tables.scalar(kind, "from", from);
    merger.tables.scalar(kind, "to", to);
    merger.tables.scalar(kind, "relation", relations);
    merger.tables.flags(kind, "unsure", unsure);
}

fn successors(
    catalogue: &Catalogue,
    merger: &mut Merger<'_>,
    from: &[u32],
    to: &[u32],
    relations: &[u32],
    unsure: &[bool],
    backwards: &[bool],
) {
    let clauses = catalogue.clause_count();
    let (mut sure, mut possible) = (Vec::new(), Vec::new());
    let mut withdrawn = vec![false; clauses];
    for at in 0..from.len() {
        let (earlier, later) = if backwards[at] { (to[at], from[at]) } else { (from[at], to[at]) };
        if earlier != NONE && later != NONE {
            if unsure[at] { &mut possible } else { &mut sure }.push((earlier, later));
        } else if earlier != NONE && RELATIONS.get(relations[at] as usize) == Some(&"withdrawn") {
            withdrawn[earlier as usize] = true;
        }
    }
    for pairs in [&mut sure, &mut possible] {
        pairs.sort_unstable();
        pairs.dedup();
    }
    merger.tables.list(Kind::Clause, "successors", Lists::from_pairs(clauses, &sure));
    merger.tables.list(Kind::Clause, "possible-successors", Lists::from_pairs(clauses, &possible));
    merger.tables.flags(Kind::Clause, "withdrawn", withdrawn);
    lineage(catalogue, merger, &sure);
}

/// Itself, what stands above it, what surely became of one of these in later editions or what one of these surely was in
/// earlier ones, over any number of steps, and what stands above those. Never forth and back again: two clauses that
/// were merged into one do not become each other.
fn lineage(catalogue: &Catalogue, merger: &mut Merger<'_>, pairs: &[(u32, u32)]) {
    let clauses = catalogue.clause_count();
    let back: Vec<(u32, u32)> = pairs.iter().map(|(earlier, later)| (*later, *earlier)).collect();
    let directions = [Lists::from_pairs(clauses, pairs), Lists::from_pairs(clauses, &back)];
    let ancestors: Vec<Vec<u32>> = (0..clauses as u32).map(|clause| catalogue.ancestors(merger, clause)).collect();
    let mut lists = Lists::default();
    for clause in 0..clauses as u32 {
        let mut own = vec![clause];
        own.extend(&ancestors[clause as usize]);
        let mut known = own.clone();
        for links in &directions {
            let (mut newest, mut reached) = (0, own.clone());
            for _ in 0..MOST_STEPS {
                let end = reached.len();
                for at in newest..end {
                    for other in links.of(reached[at]) {
                        if !reached.contains(other) {
                            reached.push(*other);
                        }
                    }
                }
                newest = end;
            }
            for other in reached {
                for one in std::iter::once(other).chain(ancestors[other as usize].iter().copied()) {
                    if !known.contains(&one) {
                        known.push(one);
                    }
                }
            }
        }
        lists.push(known);
    }
    merger.tables.list(Kind::Clause, "lineage", lists);
}
