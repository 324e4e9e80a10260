//! What is said about names that nothing has, and about names of something else.

use rustc_hash::FxHashMap;

use crate::diagnostic::{Diagnostic, Edit, Fix, Names, Near, Place, differences, look_alike};

use super::Merge;
use crate::landscape::symbols::Mention;
use crate::landscape::{Kind, MISSING};

/// The most nearest names that are looked for; a project with more unknown names has another problem.
const MOST_SUGGESTIONS: usize = 500;

/// Nearest names, indexed at the first unknown one and remembered.
#[derive(Default)]
pub(super) struct Suggestions<'a> {
    actors: Option<Names<'a>>,
    items: Option<Names<'a>>,
    remembered: FxHashMap<(bool, u32), Option<Near<'a>>>,
    spent: usize,
}

impl Suggestions<'_> {
    /// Whether there is still time to look through everything for what was meant. Where nearly all names are wrong, the
    /// first few hundred explanations are enough.
    pub(super) fn spend(&mut self) -> bool {
        self.spent += 1;
        self.spent <= MOST_SUGGESTIONS
    }
}

/// What a name has to be where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// After `from`.
    Source,
    /// After `to`.
    Destination,
    /// After `owner`.
    Owner,
    /// After `by` of an activity.
    Doer,
    /// After `by` of a decision.
    Answerer,
    /// After `accepted by`.
    Accepter,
    /// After `in`.
    Keeper,
}

impl Wanted {
    pub(super) fn accepts(self, kind: Kind) -> bool {
        match self {
            Self::Source | Self::Destination | Self::Answerer => true,
            Self::Owner => kind == Kind::Role,
            Self::Doer => kind != Kind::Process,
            Self::Accepter => matches!(kind, Kind::Role | Kind::Party),
            Self::Keeper => kind == Kind::System,
        }
    }

    const fn kinds(self) -> &'static str {
        match self {
            Self::Source | Self::Destination | Self::Answerer => "process, role, party or system",
            Self::Owner => "role",
            Self::Doer => "role, party or system",
            Self::Accepter => "role or party",
            Self::Keeper => "system",
        }
    }

    /// The word before the name, and the part of the entity's path.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Source => "from",
            Self::Destination => "to",
            Self::Owner => "owner",
            Self::Doer | Self::Answerer => "by",
            Self::Accepter => "accepted-by",
            Self::Keeper => "in",
        }
    }

    const fn declaration(self) -> &'static str {
        match self {
            Self::Keeper => "system",
            Self::Source | Self::Destination | Self::Answerer => "party",
            Self::Owner | Self::Doer | Self::Accepter => "role",
        }
    }
}

impl<'a> Merge<'a> {
    /// The kind of an actor.
    pub(super) fn actor_kind(&self, actor: u32) -> Kind {
        [Kind::Process, Kind::Role, Kind::Party, Kind::System]
            .into_iter()
            .find(|kind| self.landscape.table(*kind).rows.contains(&actor))
            .unwrap_or(Kind::Actor)
    }

    /// The actor that is named, where it is one of those that are `wanted`; a finding otherwise. `owner` begins the path
    /// of the entity that names it.
    pub(super) fn actor(
        &mut self,
        file: usize,
        mention: Mention,
        wanted: Wanted,
        owner: impl FnOnce(&Self) -> String,
    ) -> Option<u32> {
        let name = self.name_at(file, mention);
        let actor = self.actor_of[name as usize];
        if actor == MISSING {
            self.unknown_actor(file, mention, wanted, owner);
            return None;
        }
        self.used.mark(actor);
        let kind = self.actor_kind(actor);
        if wanted.accepts(kind) {
            return Some(actor);
        }
        let place = self.mention_place(file, mention);
        let text = self.text(file, mention);
        let entity = format!("{}/{}.{text}", owner(self), wanted.word());
        let kinds = wanted.kinds();
        let diagnostic = Diagnostic::error(
            "REF003",
            place,
            format!("`{text}` is a {}, and a {kinds} is needed here", kind.schema().name),
        )
        .of(entity)
        .help(match wanted {
            Wanted::Owner => "name the role that answers for it; the role can be held by somebody of that party",
            Wanted::Doer => "name who does it; what a process hands over belongs in an `input`",
            Wanted::Keeper => "name the system that keeps the record, or leave `in` out",
            _ => "name somebody who can answer for it",
        });
        let diagnostic = match self.landscape.place(Kind::Actor, actor) {
            Some(declared) => diagnostic.label(declared, format!("declared here, as a {}", kind.schema().name)),
            None => diagnostic,
        };
        self.say(diagnostic);
        None
    }

    fn unknown_actor(&mut self, file: usize, mention: Mention, wanted: Wanted, owner: impl FnOnce(&Self) -> String) {
        let text = self.text(file, mention);
        if text.is_empty() || self.landscape.was_skipped(text) {
            return;
        }
        let name = self.name_at(file, mention);
        let place = self.mention_place(file, mention);
        let entity = format!("{}/{}.{text}", owner(self), wanted.word());
        let kinds = wanted.kinds();
        let item = self.item_of[name as usize];
        if item != MISSING {
            let mut diagnostic =
                Diagnostic::error("REF003", place, format!("`{text}` is an item, and a {kinds} is needed here"))
                    .of(entity)
                    .help(match wanted {
                        Wanted::Source => "name who produces it; the items come before `from`",
                        Wanted::Destination => "name who takes it; the item comes before `to`",
                        _ => "name somebody, not something",
                    });
            if let Some(first) = self.landscape.place(Kind::Item, item).filter(|first| *first != place) {
                diagnostic = diagnostic.label(first, "an item since here");
            }
            self.say(diagnostic);
            return;
        }
        let mut diagnostic = Diagnostic::error("REF001", place, format!("no {kinds} is called `{text}`")).of(entity);
        let nearest = self.nearest_actor(name, text).filter(|(actor, _)| wanted.accepts(self.actor_kind(*actor)));
        if let Some((actor, near)) = nearest {
            diagnostic = diagnostic.help(format!("did you mean `{}`?", near.name)).fix_if_any(rename(place, near));
            let near = near.name;
            // They may look the same.
            if !text.eq_ignore_ascii_case(near) && look_alike(text, near) {
                let told: Vec<String> =
                    differences(text, near).iter().map(|(here, there)| format!("{here} is not {there}")).collect();
                diagnostic = diagnostic.note(format!("the two look alike: {}", told.join(", ")));
            }
            if let Some(declared) = self.landscape.place(Kind::Actor, actor) {
                diagnostic = diagnostic.label(declared, format!("`{near}` is declared here"));
            }
        } else {
            let declaration = wanted.declaration();
            diagnostic = diagnostic.help(match wanted {
                Wanted::Source | Wanted::Destination | Wanted::Answerer => {
                    format!("declare it, as a `process` or, if it stands outside, with `{declaration} {text} \"…\"`")
                }
                _ => format!("declare it with `{declaration} {text} \"…\"`"),
            });
        }
        self.say(diagnostic);
    }

    fn nearest_actor(&mut self, name: u32, text: &'a str) -> Option<(u32, Near<'a>)> {
        let near = match self.suggestions.remembered.get(&(true, name)) {
            Some(known) => *known,
            None if self.suggestions.remembered.len() >= MOST_SUGGESTIONS => None,
            None => {
                let (landscape, sources) = (&self.landscape, self.sources);
                let index = self.suggestions.actors.get_or_insert_with(|| {
                    let places = &landscape.table(Kind::Actor).places;
                    Names::new(places.iter().map(|place| sources.get(place.file).slice(place.span)))
                });
                let near = index.near(text);
                self.suggestions.remembered.insert((true, name), near);
                near
            }
        }?;
        let actor = self.actor_of[self.landscape.find_name(near.name)? as usize];
        (actor != MISSING).then_some((actor, near))
    }

    /// The nearest item that a model knows.
    pub(super) fn nearest_model_item(&mut self, name: u32, text: &'a str) -> Option<Near<'a>> {
        if let Some(known) = self.suggestions.remembered.get(&(false, name)) {
            return *known;
        }
        if self.suggestions.remembered.len() >= MOST_SUGGESTIONS {
            return None;
        }
        let (landscape, sources, of_models) = (&self.landscape, self.sources, &self.items_of_models);
        let index = self.suggestions.items.get_or_insert_with(|| {
            let places = landscape.table(Kind::Item).places.iter().zip(of_models).filter(|(_, of_model)| **of_model);
            Names::new(places.map(|(place, _)| sources.get(place.file).slice(place.span)))
        });
        let near = index.near(text);
        self.suggestions.remembered.insert((false, name), near);
        near
    }
}

/// The mend that writes the name that was surely meant; none where another one is as near.
///
/// It is never a safe one, however near the name is. An unknown name means nothing, and the mend would give it a meaning: with
/// `site-1` and `site-12` declared and `site-2` misspelt or forgotten, one letter decides which owner, source or receiver an
/// auditor reads. Only the author can say that it is the right one; the check afterwards cannot.
pub(super) fn rename(place: Place, near: Near<'_>) -> Option<Fix> {
    near.is_sure.then(|| replace(place, near.name))
}

/// The mend that writes `text` at `place`.
pub(super) fn replace(place: Place, text: &str) -> Fix {
    Fix { title: format!("write `{text}`"), safe: false, edits: vec![Edit { place, text: text.to_owned() }] }
}
