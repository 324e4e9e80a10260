//! The names and titles of whoever is mentioned. A process is named at every clause that it answers, and its title may be
//! long, so that each is held once.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::engine::explain::Titled;
use crate::engine::reading::Reading;
use crate::landscape::{Kind, Landscape};

pub(super) struct Titles<'a> {
    landscape: &'a Landscape,
    known: RefCell<BTreeMap<(Kind, u32), Arc<Titled>>>,
}

impl<'a> Titles<'a> {
    pub(super) const fn new(landscape: &'a Landscape) -> Self {
        Self { landscape, known: RefCell::new(BTreeMap::new()) }
    }

    pub(super) fn of(&self, kind: Kind, id: u32) -> Arc<Titled> {
        let read = || {
            let title = Reading(self.landscape).text(kind, "title", id).unwrap_or_default();
            Arc::new(Titled { id: self.landscape.display(kind, id), title })
        };
        Arc::clone(self.known.borrow_mut().entry((kind, id)).or_insert_with(read))
    }
}
