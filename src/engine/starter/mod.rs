//! A first project: every process of a reference model, with what it takes and produces, ready to be made one's own.
//!
//! The catalogues are data, and nothing about one of them stands here: the text follows from what the model and the
//! mappings say. Whatever no catalogue can know (who owns a process, which controls are needed) is left out, so that
//! the first check asks for it.

mod clauses;
mod draft;
mod files;
mod first_cycle;
mod flows;
mod text;

use std::sync::Arc;

use crate::diagnostic::{natural_order, nearest};
use crate::landscape::{self, FileFacts, Kind, Landscape, Surroundings};
use crate::syntax::{self, tree};
use crate::text::{Date, Source};

use super::check::read;
use super::formatting::{Formatted, format};
use super::reading::Reading;
use clauses::Clauses;
use draft::Draft;

/// What a first project is to be about.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// The standard that the organization answers to: `iso27001:2022`.
    pub standard: &'a str,
    /// The reference model: `iso27022:2021`.
    pub model: &'a str,
    /// What the organization is called; `None` where it is not known yet.
    pub name: Option<&'a str>,
}

/// The text of a first project.
#[derive(Debug)]
pub struct Starter {
    /// Path, relative to the root and with `/`, and text of every file; in the order in which somebody would read them.
    pub files: Vec<(String, String)>,
    /// Number of processes.
    pub processes: usize,
    /// The title of the model, or its name.
    pub model: String,
}

/// A wish that cannot be fulfilled.
#[derive(Debug)]
pub struct UnknownCatalogue {
    /// `standard` or `model`.
    pub what: &'static str,
    /// Those that are known, by name.
    pub known: Vec<String>,
    /// The one that was probably meant.
    pub nearest: Option<String>,
}

/// Writes a first project out of the shipped catalogues and `catalogues`: a pure function of them and of the wish.
///
/// # Errors
///
/// Where there is no such standard or no such model.
pub fn starter(wish: Wish<'_>, catalogues: Vec<Source>) -> Result<Starter, UnknownCatalogue> {
    let read = read(catalogues);
    let facts: Vec<&FileFacts> = read.facts.iter().collect();
    let surroundings = Surroundings {
        sources: Arc::clone(&read.sources),
        today: Date::from_days(0),
        known_paths: None,
        both: landscape::in_turn,
    };
    let (landscape, _) = landscape::merge(&surroundings, &facts);
    let standard = find(&landscape, Kind::Standard, "standard", wish.standard)?;
    let model = find(&landscape, Kind::Model, "model", wish.model)?;
    let mut draft = draft_of(&landscape, model);
    draft.connect();
    draft.mark_feedback();
    let clauses = Clauses::new(&landscape, standard);
    let mut files =
        files::write(&files::Subject { draft: &draft, clauses: &clauses, standard, model, name: wish.name });
    for (path, text) in &mut files {
        if let Formatted::Changed(laid_out) = format(&Source::new(path.as_str(), text.as_str())) {
            *text = laid_out;
        }
    }
    let reading = Reading(&landscape);
    Ok(Starter {
        files,
        processes: draft.processes.len(),
        model: reading.text(Kind::Model, "title", model).unwrap_or_else(|| landscape.display(Kind::Model, model)),
    })
}

/// The standard or the model of that name; its edition can be left out where only one is known.
fn find(landscape: &Landscape, kind: Kind, what: &'static str, wanted: &str) -> Result<u32, UnknownCatalogue> {
    let reading = Reading(landscape);
    let mut known: Vec<(u32, &str)> =
        landscape.rows(kind).filter_map(|id| Some((id, reading.name(kind, "id", id)?))).collect();
    known.sort_by(|left, right| natural_order(left.1, right.1));
    let of_family: Vec<u32> =
        known.iter().filter(|(_, name)| name.split(':').next() == Some(wanted)).map(|(id, _)| *id).collect();
    match (known.iter().find(|(_, name)| *name == wanted), of_family.as_slice()) {
        (Some((id, _)), _) => Ok(*id),
        (None, [only]) => Ok(*only),
        _ => Err(UnknownCatalogue {
            what,
            nearest: nearest(wanted, known.iter().map(|(_, name)| *name)).map(str::to_owned),
            known: known.into_iter().map(|(_, name)| name.to_owned()).collect(),
        }),
    }
}

/// What the model says, read from its own text: there the statements stand in their order and parties have names.
fn draft_of(landscape: &Landscape, model: u32) -> Draft {
    let place = Kind::Model.field("id").and_then(|field| landscape.field_place(Kind::Model, field, model));
    let Some(place) = place else { return Draft::default() };
    let source = landscape.sources().get(place.file);
    let parsed = syntax::parse(source, place.file);
    let found = parsed.tree.declarations.iter().find_map(|declaration| match &declaration.kind {
        tree::DeclarationKind::Model(model) if declaration.span.contains(place.span) => Some(model),
        _ => None,
    });
    found.map_or_else(Draft::default, |model| Draft::of(model, source.text()))
}
