//! Columns that follow from others, built when a rule first asks for them.

use std::cmp::Ordering;
use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::diagnostic::Place;

use super::column::{Column, Lists, MISSING};
use super::merge::row;
use super::rings::Statement;
use super::schema::Kind;
use super::table::Landscape;

/// What is kept beside the tables because columns are built from it.
#[derive(Debug, Default)]
pub(super) struct ReferenceStatements {
    /// Where each model is declared itself.
    pub(super) model_places: Vec<Place>,
    /// The entry or the group above each clause.
    pub(super) above: Vec<u32>,
    /// (row, item) for what stands after `realizes`.
    pub(super) input_realizes: Vec<(u32, u32)>,
    pub(super) result_realizes: Vec<(u32, u32)>,
    /// The statements of reference inputs and results, with the reference processes that they name.
    pub(super) inputs: Vec<Statement>,
    pub(super) input_names: Vec<u32>,
    pub(super) results: Vec<Statement>,
    pub(super) result_names: Vec<u32>,
    reference_flows: OnceLock<ReferenceFlows>,
}

/// Where a reference input comes from, or where a reference result goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReferenceEnd {
    /// A reference process.
    Reference(u32),
    /// Somebody outside of the reference processes.
    Outside,
    /// Anybody: nobody is named.
    Anybody,
}

/// The flows between reference processes, as columns.
#[derive(Debug, Default)]
pub(super) struct ReferenceFlows {
    pub(super) from: Vec<u32>,
    pub(super) to: Vec<u32>,
    pub(super) item: Vec<u32>,
    pub(super) inferred: Vec<u32>,
    /// The reference result at the beginning.
    pub(super) result: Vec<u32>,
}

/// The most flows between reference processes that are kept; open statements of one item multiply.
const MOST_FLOWS: usize = 1 << 20;

impl Landscape {
    /// Builds a column that merging did not set.
    pub(super) fn derive(&self, kind: Kind, field: &str) -> Column {
        match (kind, field) {
            (Kind::Process | Kind::Outsider | Kind::Role | Kind::Party | Kind::System, "id" | "title") => {
                let rows = self.rows(kind);
                let all = self.scalar(Kind::Actor, field);
                Column::Scalar(all.get(rows.start as usize..rows.end as usize).unwrap_or_default().to_vec())
            }
            (Kind::Organization, "incomplete") => {
                let places = self.table(kind).places.iter();
                Column::Scalar(places.map(|place| u32::from(self.is_incomplete(place))).collect())
            }
            (Kind::Input, "realizes") => self.realizes(kind, &self.flows.input_realizes),
            (Kind::Result, "realizes") => self.realizes(kind, &self.flows.result_realizes),
            (Kind::Source, "actor") => Column::Scalar(self.lists(Kind::Input, "from").values.clone()),
            (Kind::Destination, "actor") => Column::Scalar(self.lists(Kind::Result, "to").values.clone()),
            (Kind::Source, "input") => rows_of(self.lists(Kind::Input, "from")),
            (Kind::Destination, "result") => rows_of(self.lists(Kind::Result, "to")),
            (Kind::Source, "process" | "item") => self.through(kind, "input", Kind::Input, field),
            (Kind::Destination, "process" | "item") => self.through(kind, "result", Kind::Result, field),
            (Kind::Ownership, "other") => self.others_owned(),
            (Kind::Cover, "mistitled") => self.mistitled(),
            (Kind::Cover | Kind::Decision | Kind::Implementation | Kind::Result, "position") => {
                Column::Scalar((0..self.rows(kind).len() as u32).collect())
            }
            (Kind::Document, "standard") => self.through(kind, "clause", Kind::Clause, field),
            (Kind::Clause, "ancestors") => self.ancestors(),
            (Kind::Clause, "children") => self.children(),
            (Kind::Clause, "units") => self.units(),
            (Kind::Clause, "successors") => Column::List(self.successors(false)),
            (Kind::Clause, "possible-successors") => Column::List(self.successors(true)),
            (Kind::Clause, "withdrawn") => self.withdrawn(),
            (Kind::Clause, "lineage") => Column::List(self.lineage()),
            (Kind::ReferenceFlow, "from") => Column::Scalar(self.reference_flows().from.clone()),
            (Kind::ReferenceFlow, "to") => Column::Scalar(self.reference_flows().to.clone()),
            (Kind::ReferenceFlow, "item") => Column::Scalar(self.reference_flows().item.clone()),
            (Kind::ReferenceFlow, "inferred") => Column::Scalar(self.reference_flows().inferred.clone()),
            (Kind::ReferenceFlow, "model") => self.through(kind, "from", Kind::Reference, field),
            (Kind::Ring, "members") => Column::List(self.rings().members().clone()),
            (Kind::Ring, "blocked") => Column::List(self.rings().blocked().clone()),
            (Kind::Ring, "openers") => Column::List(self.rings().openers().clone()),
            (Kind::Ring, "first") => Column::Scalar(self.rings().firsts()),
            _ => match kind.field(field) {
                Some(field) => self.same(kind, field, MISSING),
                None => Column::Scalar(Vec::new()),
            },
        }
    }

    /// The field of the entity that another field holds.
    fn through(&self, kind: Kind, by: &str, target: Kind, field: &str) -> Column {
        let values = self.scalar(target, field);
        let value = |row: &u32| values.get(*row as usize).copied().unwrap_or(MISSING);
        Column::Scalar(self.scalar(kind, by).iter().map(value).collect())
    }

    fn realizes(&self, kind: Kind, stated: &[(u32, u32)]) -> Column {
        let table = self.table(kind);
        let items = self.scalar(kind, "item");
        if stated.is_empty() {
            return plain_items(items, &table.flags);
        }
        let stated = Lists::from_pairs(table.rows.len(), stated);
        let mut lists = Lists { offsets: Vec::with_capacity(table.rows.len() + 1), values: Vec::new() };
        lists.offsets.push(0);
        let mut seen = vec![MISSING; self.rows(Kind::Item).len()];
        let mut is_new = |item: u32, row: usize| std::mem::replace(&mut seen[item as usize], row as u32) != row as u32;
        for (row, (item, flags)) in items.iter().zip(&table.flags).enumerate() {
            lists.values.extend(stated.of(row as u32).iter().filter(|value| is_new(**value, row)));
            if *item != MISSING && flags & row::PLAIN != 0 && is_new(*item, row) {
                lists.values.push(*item);
            }
            lists.offsets.push(lists.values.len() as u32);
        }
        Column::List(lists)
    }

    /// For each ownership, the first by id of the other processes that the role owns. So it is the same in whatever order
    /// files are read, and a role that owns everything costs no more than its rows.
    fn others_owned(&self) -> Column {
        let (processes, roles) = (self.scalar(Kind::Ownership, "process"), self.scalar(Kind::Ownership, "role"));
        let id = |process: u32| {
            let place = self.table(Kind::Actor).places.get(process);
            place.map_or(&[][..], |place| self.sources.get(place.file).bytes(place.span))
        };
        // The first bytes mostly say which comes first.
        let beginning = |process: u32| self.beginnings.get(process as usize);
        let is_before = |one: u32, other: u32| match beginning(one).cmp(&beginning(other)) {
            Ordering::Equal => id(one) < id(other),
            order => order.is_lt(),
        };
        let first = self.rows(Kind::Role).start;
        let mut least: Vec<[Option<u32>; 2]> = vec![[None; 2]; self.rows(Kind::Role).len()];
        for (process, role) in processes.iter().zip(roles) {
            let Some([first, second]) = least.get_mut(role.wrapping_sub(first) as usize) else { continue };
            if first.is_none_or(|first| is_before(*process, first)) {
                (*first, *second) = (Some(*process), *first);
            } else if second.is_none_or(|second| is_before(*process, second)) {
                *second = Some(*process);
            }
        }
        let other = |(process, role): (&u32, &u32)| match least.get(role.wrapping_sub(first) as usize) {
            Some([Some(least), second]) if least == process => second.unwrap_or(MISSING),
            Some([Some(least), _]) => *least,
            Some([None, _]) | None => MISSING,
        };
        Column::Scalar(processes.iter().zip(roles).map(other).collect())
    }

    /// Which covers have a title behind them that is not that of the clause.
    fn mistitled(&self) -> Column {
        let clause_titles = self.scalar(Kind::Clause, "title");
        let rows = self.scalar(Kind::Cover, "title").iter().zip(self.scalar(Kind::Cover, "clause"));
        let differ = |(title, clause): (&u32, &u32)| {
            let known = clause_titles.get(*clause as usize).copied().unwrap_or(MISSING);
            *title != MISSING && known != MISSING && plain(&self.string(*title)) != plain(&self.string(known))
        };
        Column::Scalar(rows.map(|row| u32::from(differ(row))).collect())
    }

    /// For every reference input its sources, or for every reference result its destinations, each with whether it is only
    /// our reading. A statement of the document stands over our reading.
    #[must_use]
    pub fn reference_ends(&self, kind: Kind) -> Vec<Vec<(ReferenceEnd, bool)>> {
        let (statements, names) = match kind {
            Kind::ReferenceInput => (&self.flows.inputs, &self.flows.input_names),
            _ => (&self.flows.results, &self.flows.result_names),
        };
        let mut ends: Vec<Vec<(ReferenceEnd, bool)>> = vec![Vec::new(); self.rows(kind).len()];
        let mut known: FxHashMap<(u32, ReferenceEnd), usize> = FxHashMap::default();
        for statement in statements {
            let inferred = statement.flags & row::INFERRED != 0;
            let named = names.get(statement.start as usize..statement.end as usize).unwrap_or_default();
            let named = named.iter().map(|reference| ReferenceEnd::Reference(*reference));
            let open = (statement.flags & row::OPEN != 0).then_some(ReferenceEnd::Anybody);
            let outside = open.is_none() && statement.flags & row::OUTSIDE != 0;
            let ends = &mut ends[statement.row as usize];
            for end in named.chain(outside.then_some(ReferenceEnd::Outside)).chain(open) {
                let at = *known.entry((statement.row, end)).or_insert(ends.len());
                match ends.get_mut(at) {
                    Some((_, all_inferred)) => *all_inferred &= inferred,
                    None => ends.push((end, inferred)),
                }
            }
        }
        ends
    }

    /// Everything above a clause, nearest first.
    pub(super) fn above(&self, clause: u32) -> impl Iterator<Item = u32> + '_ {
        let above = |clause: &u32| self.flows.above.get(*clause as usize).copied().filter(|above| *above != MISSING);
        std::iter::successors(above(&clause), above)
    }

    fn ancestors(&self) -> Column {
        let mut lists = Lists::default();
        for clause in self.rows(Kind::Clause) {
            lists.push(self.above(clause));
        }
        Column::List(lists)
    }

    fn children(&self) -> Column {
        let parents = self.scalar(Kind::Clause, "parent");
        let mut pairs = Vec::new();
        for (row, (above, parent)) in self.flows.above.iter().zip(parents).enumerate() {
            if *parent != MISSING {
                pairs.push((*parent, row as u32));
            }
            // A group has no entry and is nobody's parent, but it has children all the same.
            if above != parent && *above != MISSING {
                pairs.push((*above, row as u32));
            }
        }
        Column::List(Lists::from_pairs(parents.len(), &pairs))
    }

    fn units(&self) -> Column {
        let units = self.scalar(Kind::Clause, "unit");
        let mut pairs = Vec::new();
        for (row, _) in units.iter().enumerate().filter(|(_, unit)| **unit != 0) {
            pairs.extend(self.above(row as u32).map(|above| (above, row as u32)));
        }
        Column::List(Lists::from_pairs(units.len(), &pairs))
    }

    /// The flows that the models state or imply.
    pub(super) fn reference_flows(&self) -> &ReferenceFlows {
        self.flows.reference_flows.get_or_init(|| self.find_reference_flows())
    }

    /// An item flows from A to B where both ends exist in one model and either the result of A names B, or the input of
    /// B names A or anybody.
    fn find_reference_flows(&self) -> ReferenceFlows {
        let models = self.scalar(Kind::Reference, "model");
        let of = |kind, field| self.scalar(kind, field);
        let (input_of, input_item) = (of(Kind::ReferenceInput, "reference"), of(Kind::ReferenceInput, "item"));
        let (result_of, result_item) = (of(Kind::ReferenceResult, "reference"), of(Kind::ReferenceResult, "item"));
        let inputs = Ends::of(&self.flows.inputs, &self.flows.input_names, input_of.len());
        let results = Ends::of(&self.flows.results, &self.flows.result_names, result_of.len());
        let mut takers: FxHashMap<(u32, u32), Vec<u32>> = FxHashMap::default();
        for (input, (reference, item)) in input_of.iter().zip(input_item).enumerate() {
            if *item != MISSING {
                takers.entry((models[*reference as usize], *item)).or_default().push(input as u32);
            }
        }
        let mut flows = ReferenceFlows::default();
        for (result, (from, item)) in result_of.iter().zip(result_item).enumerate() {
            let key = (models[*from as usize], *item);
            for input in takers.get(&key).into_iter().flatten() {
                let to = input_of[*input as usize];
                let (given, taken) = (results.towards(result as u32, to), inputs.towards(*input, *from));
                let is_flow = matches!(given, Toward::Named(_)) || !matches!(taken, Toward::Nobody);
                if !is_flow || to == *from || flows.from.len() >= MOST_FLOWS {
                    continue;
                }
                flows.from.push(*from);
                flows.to.push(to);
                flows.item.push(*item);
                flows.inferred.push(u32::from(given.is_inferred() || taken.is_inferred()));
                flows.result.push(result as u32);
            }
        }
        flows
    }
}

/// So many bytes of ids are compared at once: processes are often called by a verb and something that is the same in all.
const BEGINNING: usize = 24;

/// The first bytes of an id.
pub(super) type Beginning = [u8; BEGINNING];

/// The first bytes of an id, with zeros behind a shorter one, so that they are in the order of ids.
pub(super) fn beginning(id: &[u8]) -> Beginning {
    // Of a longer one, so many are copied at once; to copy as many as there are takes a while.
    if let Some(bytes) = id.first_chunk() {
        return *bytes;
    }
    let mut bytes = [0; BEGINNING];
    let count = id.len();
    bytes[..count].copy_from_slice(&id[..count]);
    bytes
}

/// Whom the statements of reference inputs or results name, and how surely.
struct Ends {
    /// Whether the statement that names somebody is inferred.
    named: FxHashMap<(u32, u32), bool>,
    /// For every row with an open statement, whether it is inferred.
    open: Vec<Option<bool>>,
}

/// How a row speaks of somebody.
#[derive(Clone, Copy)]
enum Toward {
    /// By name; whether that is inferred.
    Named(bool),
    /// By naming nobody in particular.
    Open(bool),
    /// Not at all.
    Nobody,
}

impl Toward {
    const fn is_inferred(self) -> bool {
        matches!(self, Self::Named(true) | Self::Open(true))
    }
}

impl Ends {
    fn of(statements: &[Statement], names: &[u32], rows: usize) -> Self {
        let mut ends = Self { named: FxHashMap::default(), open: vec![None; rows] };
        for statement in statements {
            let inferred = statement.flags & row::INFERRED != 0;
            for name in names.get(statement.start as usize..statement.end as usize).unwrap_or_default() {
                ends.named.entry((statement.row, *name)).or_insert(inferred);
            }
            if statement.flags & row::OPEN != 0 {
                ends.open[statement.row as usize].get_or_insert(inferred);
            }
        }
        ends
    }

    fn towards(&self, row: u32, reference: u32) -> Toward {
        match (self.named.get(&(row, reference)), self.open[row as usize]) {
            (Some(inferred), _) => Toward::Named(*inferred),
            (None, Some(inferred)) => Toward::Open(inferred),
            (None, None) => Toward::Nobody,
        }
    }
}

/// Whether two titles say the same; case, hyphens, blanks, and -ise or -ize apart.
#[must_use]
pub fn titles_agree(left: &str, right: &str) -> bool {
    plain(left) == plain(right)
}

/// A title without what editors change: case, hyphens, blanks, and -ise for -ize.
fn plain(title: &str) -> String {
    let letters: String = title.chars().filter(|letter| !matches!(letter, '-' | '\u{2010}' | '\u{2011}')).collect();
    let words: Vec<String> = letters.split_whitespace().map(str::to_lowercase).collect();
    words.concat().replace("isation", "ization").replace("ising", "izing").replace("ise", "ize")
}

/// The item of each row that stands for itself: what rows realize where nothing is stated, as in most projects.
fn plain_items(items: &[u32], flags: &[u8]) -> Column {
    let (mut offsets, mut values) = (vec![0; items.len() + 1], vec![MISSING; items.len()]);
    let mut count = 0;
    for ((item, flags), offset) in items.iter().zip(flags).zip(&mut offsets[1..]) {
        // Without a branch: the next one overwrites what was no value.
        if let Some(value) = values.get_mut(count) {
            *value = *item;
        }
        count += usize::from(*item != MISSING) & usize::from(flags & row::PLAIN != 0);
        *offset = count as u32;
    }
    values.truncate(count);
    Column::List(Lists { offsets, values })
}

/// The row of each value.
fn rows_of(lists: &Lists) -> Column {
    let mut rows = Vec::with_capacity(lists.values.len());
    for row in 1..lists.offsets.len() {
        rows.resize(lists.offsets[row] as usize, row as u32 - 1);
    }
    Column::Scalar(rows)
}
