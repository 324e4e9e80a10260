//! Hashes that stand for names: two names are the same where their hashes are.
//!
//! A name is read as a polynomial over the integers modulo the prime 2⁶¹ − 1: its length comes first, then its bytes, seven
//! at a time. Its hash is what the polynomial says at two points, of which 61 and 35 bits are kept. Two different names are
//! two different polynomials, which agree at no more points than their degree, 38 for names of up to 259 bytes. The points
//! are drawn at random, anew for each process, and nobody sees them or anything that follows from them. So two names that
//! somebody chose without knowing them have one hash with a chance below 38/2⁶¹ · 38/2³⁴, and any two of a million names
//! with one below 10⁻¹³: far less than that of a memory that forgets a bit. That is why nothing compares texts afterwards.
//!
//! No answer may depend on the points. Whoever keeps names by their hashes puts them into an order of their own before it
//! can be seen.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::LazyLock;

/// The hash of a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct NameHash([u32; 3]);

const PRIME: u64 = (1 << 61) - 1;

/// How many bytes are one coefficient, which has to be smaller than the prime.
const BYTES: usize = 7;

/// How many coefficients are added up before they are reduced, so that a sum still has room in 128 bits.
const COEFFICIENTS: usize = 37;

/// The points at which names are evaluated.
#[derive(Debug)]
pub(super) struct Points {
    /// The powers of both points, from the first one on.
    powers: [[u64; 2]; COEFFICIENTS + 1],
}

/// Those of this process.
static POINTS: LazyLock<Points> = LazyLock::new(Points::draw);

/// The hash of a name that is looked up.
pub(super) fn hash(name: &str) -> NameHash {
    Points::of_process().hash(name)
}

impl NameHash {
    /// Where to look for the name: its bits are spread evenly.
    pub(super) fn spread(self) -> u32 {
        self.0[0]
    }

    /// All that is known of the name.
    pub(super) fn words(self) -> [u32; 3] {
        self.0
    }
}

impl Points {
    pub(super) fn of_process() -> &'static Self {
        &POINTS
    }

    fn draw() -> Self {
        // The one source of random numbers that needs neither a dependency nor the system.
        let random = RandomState::new();
        let points = [0_u8, 1].map(|which| random.hash_one(which) >> 3);
        let mut powers = [points; COEFFICIENTS + 1];
        for at in 1..powers.len() {
            let before = powers[at - 1];
            powers[at] = [0, 1].map(|which| reduce(u128::from(before[which]) * u128::from(points[which])));
        }
        Self { powers }
    }

    /// The hash of a name.
    #[inline]
    pub(super) fn hash(&self, name: &str) -> NameHash {
        let length = [name.len() as u64; 2];
        let bytes = name.as_bytes();
        let values = if bytes.len() <= BYTES * COEFFICIENTS {
            // Nearly all names are one block, and short.
            self.block(length, bytes)
        } else {
            bytes.chunks(BYTES * COEFFICIENTS).fold(length, |values, block| self.block(values, block))
        };
        let [first, second] = values;
        // One word of 61 and three bits, the bits of which are spread, reversibly.
        let word = (first | second << 61).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        NameHash([(word >> 32) as u32, word as u32, (second >> 3) as u32])
    }

    /// What the polynomial says at both points once the next block is read.
    #[inline(always)]
    fn block(&self, values: [u64; 2], block: &[u8]) -> [u64; 2] {
        let product = |number: u64, power: u64| u128::from(number) * u128::from(power);
        // What was said so far, times one power more than any coefficient of the block gets.
        let [whole_first, whole_second] = self.powers[COEFFICIENTS];
        let (mut first, mut second) = (product(values[0], whole_first), product(values[1], whole_second));
        let (mut powers, mut rest) = (self.powers.iter(), block);
        let mut add = |coefficient: u64| {
            if let Some([power_first, power_second]) = powers.next() {
                first += product(coefficient, *power_first);
                second += product(coefficient, *power_second);
            }
        };
        while let Some(eight) = rest.first_chunk() {
            add(u64::from_le_bytes(*eight) & WHOLE);
            rest = &rest[BYTES..];
        }
        if let Some(last) = last_coefficient(block, rest) {
            add(last);
        }
        [reduce(first), reduce(second)]
    }
}

/// The bytes of a whole coefficient.
const WHOLE: u64 = (1 << (8 * BYTES)) - 1;

/// The bytes that are left of a block, seven at most; `None` where there are none.
#[inline]
fn last_coefficient(block: &[u8], rest: &[u8]) -> Option<u64> {
    let count = rest.len();
    if let Some(eight) = block.last_chunk() {
        // A shift by all bits is none.
        return (count > 0).then(|| u64::from_le_bytes(*eight) >> (8 * (8 - count)));
    }
    if let (Some(low), Some(high)) = (rest.first_chunk(), rest.last_chunk()) {
        // Both may have some of the same bytes.
        let (low, high) = (u32::from_le_bytes(*low), u32::from_le_bytes(*high));
        return Some(u64::from(low) | u64::from(high) << (8 * (count - 4)));
    }
    let byte = |at: usize| Some(u64::from(*rest.get(at)?) << (8 * at));
    Some(byte(0)? | byte(count / 2)? | byte(count - 1)?)
}

/// The number modulo the prime; it has less than 124 bits.
#[inline]
fn reduce(number: u128) -> u64 {
    let folded = (number as u64 & PRIME) + (number >> 61) as u64;
    let folded = (folded & PRIME) + (folded >> 61);
    if folded >= PRIME { folded - PRIME } else { folded }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// The same, as it is written down in the head of this file.
    fn slow(points: &Points, name: &str) -> NameHash {
        let evaluate = |which: usize| {
            let multiply = |left: u64, right: u64| (u128::from(left) * u128::from(right) % u128::from(PRIME)) as u64;
            let mut whole = name.len() as u64;
            for block in name.as_bytes().chunks(BYTES * COEFFICIENTS) {
                whole = multiply(whole, points.powers[COEFFICIENTS][which]);
                let mut power = 1;
                for bytes in block.chunks(BYTES) {
                    power = multiply(power, points.powers[0][which]);
                    let coefficient = bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte));
                    whole = (whole + multiply(coefficient, power)) % PRIME;
                }
            }
            whole
        };
        let (first, second) = (evaluate(0), evaluate(1));
        let word = (first | second << 61).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        NameHash([(word >> 32) as u32, word as u32, (second >> 3) as u32])
    }

    #[test]
    fn names_are_evaluated_at_two_points() {
        let points = Points::draw();
        let text: String = ('!'..='~').cycle().take(1_000).collect();
        for length in (0..600).chain([999, 1_000]) {
            assert_eq!(points.hash(&text[..length]), slow(&points, &text[..length]), "{length}");
        }
        // The greatest coefficients there are.
        let greatest = "\u{10ffff}".repeat(200);
        assert_eq!(points.hash(&greatest), slow(&points, &greatest));
    }

    #[test]
    fn reducing_ends_below_the_prime() {
        let prime = u128::from(PRIME);
        for number in [0, 1, prime - 1, prime, prime + 1, prime << 61, prime * prime, (1 << 124) - 1] {
            assert_eq!(u128::from(reduce(number)), number % prime);
        }
    }

    #[test]
    fn different_names_have_different_hashes() {
        let points = Points::draw();
        let mut names: HashSet<String> = (0..100_000).map(|number| format!("name-{number}")).collect();
        names.extend((0..300).map(|length| "a".repeat(length)));
        names.extend((0..300).map(|length| "\0".repeat(length)));
        let hashes: HashSet<NameHash> = names.iter().map(|name| points.hash(name)).collect();
        assert_eq!(hashes.len(), names.len());
        assert_ne!(Points::draw().hash("name"), points.hash("name"));
    }
}
