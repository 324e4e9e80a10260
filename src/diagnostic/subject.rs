//! What an absence is about.

use std::cmp::Ordering;

/// What a finding is about where its place alone does not say it: the clause that nobody answers, the item that nobody
/// produces. Machine formats show it, `@allow(CODE SUBJECT, …)` names it, and fingerprints contain it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Subject {
    /// `clause`, `control`, `reference`, `item`, `document`, `process`, `role`, `party`, `system` or `phase`.
    pub kind: &'static str,
    /// The thing itself, as machine formats show it: `iso27001:2022/9.3.2`, `threat-reports`.
    pub id: String,
    /// The thing as people write it in place: `9.3.2`, `threat-reports`.
    pub short: String,
}

impl Subject {
    /// Orders by kind, then naturally by id (`4.1` before `10.1`).
    #[must_use]
    pub fn order(&self, other: &Self) -> Ordering {
        self.kind.cmp(other.kind).then_with(|| natural_order(&self.id, &other.id))
    }
}

/// Compares texts with runs of digits as numbers: `A.5.9` before `A.5.10`. Total: texts that differ never compare equal.
#[must_use]
pub fn natural_order(left: &str, right: &str) -> Ordering {
    let (mut l, mut r) = (left.as_bytes(), right.as_bytes());
    loop {
        match (l.first(), r.first()) {
            (None, None) => return left.cmp(right),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(a), Some(b)) if a.is_ascii_digit() && b.is_ascii_digit() => {
                let (left_number, left_rest) = digits(l);
                let (right_number, right_rest) = digits(r);
                let order = left_number.len().cmp(&right_number.len()).then_with(|| left_number.cmp(right_number));
                if order != Ordering::Equal {
                    return order;
                }
                (l, r) = (left_rest, right_rest);
            }
            (Some(a), Some(b)) if a == b => (l, r) = (&l[1..], &r[1..]),
            (Some(a), Some(b)) => return a.cmp(b),
        }
    }
}

/// The run of digits at the head of `bytes`, without leading zeros, and what follows it.
fn digits(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(bytes.len());
    let zeros = bytes[..end].iter().take_while(|byte| **byte == b'0').count();
    (&bytes[zeros..end], &bytes[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_as_numbers() {
        let mut clauses = vec!["10.1", "A.5.10", "4.1", "9.3.2", "A.5.9", "9.3", "6.1.2(c)", "6.1.2"];
        clauses.sort_by(|a, b| natural_order(a, b));
        assert_eq!(clauses, ["4.1", "6.1.2", "6.1.2(c)", "9.3", "9.3.2", "10.1", "A.5.9", "A.5.10"]);
        assert_eq!(natural_order("a01", "a1"), Ordering::Less);
    }
}
