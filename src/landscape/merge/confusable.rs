//! Two names that a reader takes for one: they differ by case, by how an accent is written, or by letters of another script.
//!
//! One of the two is always odd, which is to say that it has a capital letter or one beyond ASCII. Lowering remembers the odd
//! names of each file, so that a project without any pays nothing.

use std::hash::{BuildHasher, BuildHasherDefault};

use rustc_hash::{FxHashSet, FxHasher};

use crate::diagnostic::{Diagnostic, LookAlikeKeys, Place, differences, look_alike};
use crate::landscape::{Kind, MISSING};
use crate::text::{is_dangerous, is_invisible};

use super::Merge;

/// How many earlier names that share a key with it a name is compared with.
const MOST_COMPARED: usize = 8;

/// A name that may look like another: the hash of a key that it shares with it then, and whose it is.
type Entry = (u64, u32);

impl<'a> Merge<'a> {
    /// Says of every name that it looks like another, earlier one, once.
    pub(super) fn look_alikes(&mut self) {
        let odd = self.odd_names();
        for space in [Kind::Actor, Kind::Item] {
            let of = self.numbers(space);
            let row = |name: &u32| of.get(*name as usize).copied().filter(|row| *row != MISSING);
            let rows: Vec<u32> = odd.iter().filter_map(row).filter(|row| self.is_own(space, *row)).collect();
            for (earlier, later) in self.pairs(space, self.entries(space, &rows)) {
                self.say_look_alike(space, earlier, later);
            }
        }
    }

    /// The actor or the item of each name.
    fn numbers(&self, space: Kind) -> &[u32] {
        if space == Kind::Actor { &self.actor_of } else { &self.item_of }
    }

    /// The odd names of the project's own files.
    fn odd_names(&self) -> Vec<u32> {
        let mut odd: Vec<u32> = Vec::new();
        for (file, facts) in self.facts.iter().enumerate() {
            let names = self.numbers.of(file);
            if !self.sources.get(facts.file()).is_builtin() {
                odd.extend(facts.symbols.odd.iter().filter_map(|symbol| names.get(*symbol as usize)));
            }
        }
        odd.sort_unstable();
        odd.dedup();
        odd
    }

    fn name_place(&self, space: Kind, row: u32) -> Option<Place> {
        self.landscape.table(space).places.get(row)
    }

    fn written(&self, space: Kind, row: u32) -> &'a str {
        self.name_place(space, row).map_or("", |place| self.sources.get(place.file).slice(place.span))
    }

    /// Whether a name stands in the project, and nothing hides in it, which has been said.
    fn is_own(&self, space: Kind, row: u32) -> bool {
        let is_own = self.name_place(space, row).is_some_and(|place| !self.sources.get(place.file).is_builtin());
        let text = self.written(space, row);
        is_own && (text.is_ascii() || !text.chars().any(|c| is_dangerous(c) || is_invisible(c)))
    }

    /// The keys of odd names, and of those that are not odd and may look like one of them.
    fn entries(&self, space: Kind, odd: &[u32]) -> Vec<Entry> {
        let of = self.numbers(space);
        let mut entries: Vec<Entry> = Vec::with_capacity(odd.len());
        let (mut keys, mut small) = (LookAlikeKeys::default(), String::new());
        // Keys of names with other letters that a name of ASCII may have too.
        let mut wanted: FxHashSet<u64> = FxHashSet::default();
        for row in odd {
            let text = self.written(space, *row);
            if text.is_ascii() {
                small.clear();
                small.push_str(text);
                small.make_ascii_lowercase();
                let key = hash(&small);
                let known = self.landscape.find_name(&small).and_then(|name| of.get(name as usize).copied());
                let known = known.filter(|known| *known != MISSING && self.is_own(space, *known));
                entries.extend(known.map(|known| (key, known)));
                entries.push((key, *row));
                continue;
            }
            let [one, other] = keys.of(text);
            for key in [Some(one), Some(other).filter(|other| *other != one)].into_iter().flatten() {
                if key.is_ascii() {
                    wanted.insert(hash(key));
                }
                entries.push((hash(key), *row));
            }
        }
        if !wanted.is_empty() {
            for row in 0..self.landscape.table(space).places.len() as u32 {
                let text = self.written(space, row);
                if text.is_ascii() && self.is_own(space, row) {
                    let keys = keys.of(text).map(hash).into_iter().filter(|key| wanted.contains(key));
                    entries.extend(keys.map(|key| (key, row)));
                }
            }
        }
        entries
    }

    /// Each name with the first one that it looks like, in the order of the text.
    fn pairs(&self, space: Kind, mut entries: Vec<Entry>) -> Vec<(u32, u32)> {
        entries.sort_unstable();
        entries.dedup();
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        for alike in entries.chunk_by_mut(|left, right| left.0 == right.0).filter(|alike| alike.len() > 1) {
            alike.sort_unstable_by_key(|(_, row)| self.name_place(space, *row));
            for (at, (_, later)) in alike.iter().enumerate() {
                let is_alike = |earlier: &u32| look_alike(self.written(space, *earlier), self.written(space, *later));
                let earlier = alike.iter().take(at).take(MOST_COMPARED).map(|(_, earlier)| *earlier).find(is_alike);
                pairs.extend(earlier.map(|earlier| (earlier, *later)));
            }
        }
        pairs.sort_unstable_by_key(|(earlier, later)| {
            (self.name_place(space, *later), self.name_place(space, *earlier))
        });
        pairs.dedup();
        pairs
    }

    fn say_look_alike(&mut self, space: Kind, earlier: u32, later: u32) {
        let (Some(first), Some(second)) = (self.name_place(space, earlier), self.name_place(space, later)) else {
            return;
        };
        let (one, other) = (self.written(space, later), self.written(space, earlier));
        let kind = |row| if space == Kind::Actor { self.actor_kind(row).schema().name } else { "item" };
        let (kind, other_kind) = (kind(later), kind(earlier));
        let count = match (kind, other_kind) {
            ("process", "process") => "two processes".to_owned(),
            ("party", "party") => "two parties".to_owned(),
            (kind, other) if kind == other => format!("two {kind}s"),
            (kind, other) => format!("a {kind} and a {other}"),
        };
        let differing = differences(one, other);
        let told: Vec<String> = differing.iter().map(|(here, there)| format!("{here} is not {there}")).collect();
        let why = if one.to_lowercase() == other.to_lowercase() {
            ", since small and capital letters differ".to_owned()
        } else {
            format!(": {}", told.join(", "))
        };
        let all = |side: fn(&(String, String)) -> &str| differing.iter().map(side).collect::<Vec<_>>().join(", ");
        let message = format!("`{one}` and `{other}` count as {count}{why}");
        let diagnostic = Diagnostic::warning("REF013", second, message)
            .underlined(format!("written with {}", all(|(here, _)| here)))
            .label(first, format!("written with {}", all(|(_, there)| there)))
            .help(
                "write both alike where one thing is meant; otherwise give them names that nobody takes for each other",
            )
            .of(format!("{kind}.{one}/like.{other}"));
        self.say(diagnostic);
    }
}

fn hash(key: &str) -> u64 {
    BuildHasherDefault::<FxHasher>::default().hash_one(key)
}
