//! Why there is no table.

use crate::landscape::Kind;

use super::allowance::MENTION;

/// From so many bytes a mention on, its names are what is too much.
const LONG: u64 = 4 * MENTION;

/// A table that would say too much, or cost too much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Excess {
    /// It would say too much.
    Said {
        /// What most of it would say.
        mentioned: Mentioned,
        /// How many of these there are.
        mentions: u64,
        /// How many bytes all of the table would say.
        bytes: u64,
        /// How many bytes it may say.
        most: u64,
        /// The statement that says most.
        cause: Option<Cause>,
    },
    /// One of its questions would look at too many combinations.
    Asked {
        /// The name of the question.
        question: String,
        /// How many combinations it may look at.
        most: u64,
    },
}

/// What a table mentions more often than there are statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mentioned {
    /// Whoever covers a clause.
    Covers,
    /// A decision on a clause, and whom it names.
    Decisions,
    /// An item that is said to be a document, and whoever produces it.
    Documents,
}

/// The statement that says most of what is too much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// How it is written: `covers A.*`.
    pub written: String,
    /// `path:line`
    pub line: String,
    /// How many of the mentions come from it.
    pub mentions: u64,
    /// How many bytes these say.
    pub bytes: u64,
    /// How many other statements say at least half as much.
    pub alike: usize,
}

impl Mentioned {
    /// The kind of the statements that mention it.
    pub(super) const fn kind(self) -> Kind {
        match self {
            Self::Covers => Kind::Cover,
            Self::Decisions => Kind::Decision,
            Self::Documents => Kind::Documentation,
        }
    }

    const fn pairs(self) -> &'static str {
        match self {
            Self::Covers => "pairs of a clause and who covers it",
            Self::Decisions => "pairs of a clause and a decision on it, or somebody whom that names in `by`",
            Self::Documents => "pairs of a document and an item that is said to be it, or a process that produces that",
        }
    }

    const fn mend(self) -> &'static str {
        match self {
            Self::Covers => "cover fewer clauses there",
            Self::Decisions => "decide on fewer clauses there, or name fewer in `by`",
            Self::Documents => "name fewer documents there, or let fewer processes produce the item",
        }
    }
}

impl Excess {
    /// What is too much.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Said { mentioned, mentions, bytes, most, .. } => format!(
                "the table of who answers what is too large: it would say {} {}, about {} MB in all, and may say {} MB",
                grouped(*mentions),
                mentioned.pairs(),
                grouped(bytes.div_ceil(1_000_000)),
                grouped(most / 1_000_000),
            ),
            Self::Asked { question, most } => format!(
                "the table of who answers what is too dear: its question `{question}` looks at more than {} combinations",
                grouped(*most)
            ),
        }
    }

    /// What to do.
    #[must_use]
    pub fn help(&self) -> String {
        const CHECKED: &str = "`ismslint check` still checks the project";
        let Self::Said { mentioned, cause: Some(cause), .. } = self else {
            return format!("name fewer clauses by wildcards, or fewer at each statement; {CHECKED}");
        };
        let others = match cause.alike {
            0 => String::new(),
            1 => ", and one other statement at least half as much".to_owned(),
            others => format!(", and {} other statements at least half as much each", grouped(others as u64)),
        };
        let each = cause.bytes / cause.mentions.max(1);
        let mend = match each >= LONG {
            true => {
                format!("shorten the names and titles, which take {} bytes in each of them", grouped(each - MENTION))
            }
            false => mentioned.mend().to_owned(),
        };
        format!(
            "`{}` at `{}` says {} of them{others}; {mend}; {CHECKED}",
            cause.written,
            cause.line,
            grouped(cause.mentions)
        )
    }
}

/// `16,000,000`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (number, written) in [(0, "0"), (999, "999"), (1_000, "1,000"), (16_000_000, "16,000,000")] {
            assert_eq!(grouped(number), written);
        }
    }
}
