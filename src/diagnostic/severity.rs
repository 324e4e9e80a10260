//! How much a finding matters.

/// The severity of a finding, least first, so that comparisons read as people say them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// A hint; counted, and drawn on request.
    Note,
    /// Probably a defect; does not fail a run by itself.
    Warning,
    /// A defect; fails the run.
    Error,
}

impl Severity {
    /// Every severity, least first.
    pub const ALL: [Self; 3] = [Self::Note, Self::Warning, Self::Error];

    /// The word that stands for it in the language, in the configuration and in every format.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The severity that `word` names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.word() == word)
    }
}
