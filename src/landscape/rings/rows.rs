//! What belongs to each process: its rows, and what it produces.

use crate::landscape::column::Lists;

/// The rows of each process. They stand together, unless a process is declared more than once.
pub(super) enum Rows {
    /// Where the rows of each process begin.
    Together(Vec<u32>),
    Scattered(Lists),
}

impl Rows {
    pub(super) fn by(processes: usize, process_of: &[u32]) -> Self {
        if !process_of.is_sorted() {
            let pairs: Vec<(u32, u32)> = process_of.iter().copied().zip(0..).collect();
            return Self::Scattered(Lists::from_pairs(processes, &pairs));
        }
        let mut offsets = Vec::with_capacity(processes + 1);
        for (row, process) in process_of.iter().enumerate() {
            if offsets.len() <= *process as usize {
                offsets.resize(*process as usize + 1, row as u32);
            }
        }
        offsets.resize(processes + 1, process_of.len() as u32);
        Self::Together(offsets)
    }

    fn of_process(&self, process: u32) -> (std::ops::Range<u32>, &[u32]) {
        match self {
            Self::Together(offsets) => (offsets[process as usize]..offsets[process as usize + 1], &[]),
            Self::Scattered(lists) => (0..0, lists.of(process)),
        }
    }

    pub(super) fn of(&self, process: u32) -> impl Iterator<Item = u32> + '_ {
        let (together, scattered) = self.of_process(process);
        together.chain(scattered.iter().copied())
    }

    /// The row of a process with that number among its rows.
    #[inline]
    pub(super) fn get(&self, process: u32, number: u32) -> Option<u32> {
        match self {
            Self::Together(offsets) => {
                let row = offsets[process as usize] + number;
                (row < offsets[process as usize + 1]).then_some(row)
            }
            Self::Scattered(lists) => lists.of(process).get(number as usize).copied(),
        }
    }
}

/// What each process produces.
pub(super) enum Products<'a> {
    /// As the rows stand, where all lists are short.
    Short(Vec<u32>, &'a [u32]),
    Sorted(Lists),
}

/// Up to here looking at all is faster than searching.
const SHORT: u32 = 24;

impl<'a> Products<'a> {
    pub(super) fn of(processes: usize, process_of: &[u32], items: &'a [u32]) -> Self {
        if let Rows::Together(offsets) = Rows::by(processes, process_of)
            && offsets.windows(2).all(|pair| pair[1] - pair[0] <= SHORT)
        {
            return Self::Short(offsets, items);
        }
        let pairs: Vec<(u32, u32)> = process_of.iter().copied().zip(items.iter().copied()).collect();
        let mut lists = Lists::from_pairs(processes, &pairs);
        for process in 0..processes {
            let range = lists.offsets[process] as usize..lists.offsets[process + 1] as usize;
            lists.values[range].sort_unstable();
        }
        Self::Sorted(lists)
    }

    /// Whether the process produces the item.
    pub(super) fn has(&self, process: u32, item: u32) -> bool {
        match self {
            Self::Short(offsets, items) => {
                let range = offsets[process as usize] as usize..offsets[process as usize + 1] as usize;
                items[range].contains(&item)
            }
            Self::Sorted(lists) => lists.of(process).binary_search(&item).is_ok(),
        }
    }
}
