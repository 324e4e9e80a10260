//! Putting entries in the order of their keys. Keys of a large project come in no order, and to put each entry where it
//! belongs would wait for memory twice. So entries are first put into blocks of some thousand keys, each written from one end
//! to the other, and a block fits into the nearest cache.

/// How many keys are in one block.
const BLOCK: usize = 1 << 12;

/// Entries by their keys.
struct Placed<T> {
    /// Where the entries of each key begin.
    offsets: Vec<u32>,
    entries: Vec<T>,
    /// Of the block at hand, how many entries each key has, and then where its next one goes.
    next: [u32; BLOCK],
}

impl<T: Copy + Default> Placed<T> {
    /// Adds the entries of the next so many keys, which are counted from zero.
    fn block(&mut self, keys: usize, found: impl Iterator<Item = (usize, T)> + Clone) {
        let Self { offsets, entries, next } = self;
        let next = &mut next[..keys];
        next.fill(0);
        let mut sum = entries.len() as u32;
        found.clone().for_each(|(key, _)| next[key] += 1);
        for place in next.iter_mut() {
            offsets.push(sum);
            sum += std::mem::replace(place, sum);
        }
        entries.resize(sum as usize, T::default());
        found.for_each(|(key, entry)| {
            entries[next[key] as usize] = entry;
            next[key] += 1;
        });
    }
}

/// Sorts entries by their keys, which are less than `space`, by counting; those of one key stay in their order. Answers with
/// where the entries of each key begin, and with the entries.
pub(super) fn place<T: Copy + Default>(
    space: usize,
    found: impl Iterator<Item = (u32, T)> + Clone,
) -> (Vec<u32>, Vec<T>) {
    let blocks = space.div_ceil(BLOCK);
    let mut next = vec![0_usize; blocks];
    found.clone().for_each(|(key, _)| next[key as usize / BLOCK] += 1);
    let mut count = 0;
    for place in &mut next {
        count += std::mem::replace(place, count);
    }
    let (offsets, entries) = (Vec::with_capacity(space + 1), Vec::with_capacity(count));
    let mut placed = Placed { offsets, entries, next: [0; BLOCK] };
    if blocks == 1 {
        placed.block(space, found.map(|(key, entry)| (key as usize, entry)));
    } else {
        let mut apart = vec![(0_u32, T::default()); count];
        // Inside of one call, since lists of lists are slow to be asked for one after the other.
        found.for_each(|(key, entry)| {
            let place = &mut next[key as usize / BLOCK];
            apart[*place] = (key, entry);
            *place += 1;
        });
        // Each block ends where the next one begins.
        let mut start = 0;
        for (first, end) in (0..space).step_by(BLOCK).zip(next) {
            let found = apart[start..end].iter().map(|(key, entry)| (*key as usize - first, *entry));
            placed.block(BLOCK.min(space - first), found);
            start = end;
        }
    }
    placed.offsets.push(count as u32);
    (placed.offsets, placed.entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_by_their_keys_and_stay_in_their_order() {
        for space in [0, 1, 7, BLOCK, BLOCK + 1, 3 * BLOCK + 5] {
            let keys = (0..if space == 0 { 0 } else { 20_000_u32 }).map(|number| number * 7919 % space as u32);
            let found: Vec<(u32, u32)> = keys.zip(0..).collect();
            let (offsets, entries) = place(space, found.iter().copied());
            let mut sorted = found.clone();
            sorted.sort_by_key(|(key, _)| *key);
            assert!(sorted.iter().map(|(_, entry)| entry).eq(&entries));
            assert_eq!(offsets.len(), space + 1);
            for key in 0..space as u32 {
                assert_eq!(offsets[key as usize] as usize, sorted.partition_point(|(known, _)| *known < key));
            }
            assert_eq!(offsets.last().copied(), Some(found.len() as u32));
        }
    }
}
