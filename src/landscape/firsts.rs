//! Numbers of names by where they are mentioned first.

/// Which of some mentions are the first ones of their names. How many of them stand before one is found in memory that fits
/// a cache.
pub(super) struct Firsts {
    /// The number of the first of these mentions.
    pub(super) start: usize,
    /// A bit for each.
    marks: Vec<u64>,
    /// For each word of marks, how many first mentions there are before it.
    before: Vec<u32>,
}

impl Firsts {
    /// Of so many mentions from this one on, none of which is marked.
    pub(super) fn new(start: usize, mentions: usize) -> Self {
        Self { start, marks: vec![0; mentions / 64 + 1], before: Vec::new() }
    }

    /// Says that a mention is the first one of its name.
    pub(super) fn mark(&mut self, mention: usize) {
        let at = mention - self.start;
        self.marks[at / 64] |= 1 << (at % 64);
    }

    /// Counts them, the first one of which has this number; answers with the number of the next one.
    pub(super) fn count(&mut self, number: u32) -> u32 {
        let mut next = number;
        self.before = Vec::with_capacity(self.marks.len());
        for marks in &self.marks {
            self.before.push(next);
            next += marks.count_ones();
        }
        next
    }

    /// The number of the name that is mentioned there first.
    pub(super) fn number(&self, mention: usize) -> u32 {
        let at = mention - self.start;
        let marks = self.marks[at / 64] & ((1 << (at % 64)) - 1);
        self.before[at / 64] + marks.count_ones()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_mentions_are_counted_through() {
        let mut firsts = Firsts::new(10, 200);
        let marked = [10, 11, 73, 74, 137, 138, 209];
        marked.into_iter().for_each(|mention| firsts.mark(mention));
        assert_eq!(firsts.count(5), 12);
        assert_eq!(marked.map(|mention| firsts.number(mention)), [5, 6, 7, 8, 9, 10, 11]);
    }
}
