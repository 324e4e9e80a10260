//! Sixteen bytes, looked at at once.

use std::ops::{BitOr, Sub};

use wide::u8x16;

/// Sixteen bytes of a text.
#[derive(Clone, Copy, Debug)]
pub struct Stride(u8x16);

/// Those of sixteen bytes that have some property.
#[derive(Clone, Copy, Debug)]
pub struct Marks(u8x16);

impl Stride {
    /// How many bytes there are.
    pub const BYTES: usize = 16;

    /// Those bytes.
    #[inline]
    #[must_use]
    pub fn new(bytes: &[u8; Self::BYTES]) -> Self {
        Self(u8x16::from(*bytes))
    }

    /// The bytes that are `byte`.
    #[inline]
    #[must_use]
    pub fn that_are(self, byte: u8) -> Marks {
        Marks(self.0.simd_eq(u8x16::from(byte)))
    }

    /// The bytes from `first` to `last`, both included.
    #[inline]
    #[must_use]
    pub fn between(self, first: u8, last: u8) -> Marks {
        Marks((self.0 - u8x16::from(first)).simd_le(u8x16::from(last.wrapping_sub(first))))
    }

    /// The letters of ASCII.
    #[inline]
    #[must_use]
    pub fn letters(self) -> Marks {
        // The bit in which small letters differ from capital ones.
        Self(self.0 | u8x16::from(0x20)).between(b'a', b'z')
    }

    /// The bytes beyond ASCII.
    #[inline]
    #[must_use]
    pub fn beyond_ascii(self) -> Marks {
        self.between(0x80, u8::MAX)
    }
}

impl Marks {
    /// How many bytes are marked, before the first one that is not.
    #[inline]
    #[must_use]
    pub fn run(self) -> usize {
        (!self.0.to_bitmask()).trailing_zeros() as usize
    }

    /// Whether any is marked.
    #[inline]
    #[must_use]
    pub fn any(self) -> bool {
        self.0.to_bitmask() != 0
    }
}

/// What is marked in one or the other.
impl BitOr for Marks {
    type Output = Self;

    #[inline]
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What is marked here and not there.
impl Sub for Marks {
    type Output = Self;

    #[inline]
    fn sub(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_seen_wherever_it_stands() {
        type Property = (fn(Stride) -> Marks, fn(u8) -> bool);
        let marks: [Property; 5] = [
            (|stride| stride.that_are(b'/'), |byte| byte == b'/'),
            (|stride| stride.between(b'-', b'9'), |byte| matches!(byte, b'-'..=b'9')),
            (Stride::letters, |byte| byte.is_ascii_alphabetic()),
            (Stride::beyond_ascii, |byte| !byte.is_ascii()),
            (
                |stride| (stride.letters() - stride.that_are(b'x')) | stride.that_are(b'_'),
                |byte| byte.is_ascii_alphabetic() && byte != b'x' || byte == b'_',
            ),
        ];
        for (marked, is_marked) in marks {
            let other = (0..=u8::MAX).find(|byte| !is_marked(*byte)).unwrap_or_default();
            let one = (0..=u8::MAX).find(|byte| is_marked(*byte)).unwrap_or_default();
            for (byte, at) in (0..=u8::MAX).flat_map(|byte| (0..Stride::BYTES).map(move |at| (byte, at))) {
                let among = |others: u8| {
                    let mut bytes = [others; Stride::BYTES];
                    bytes[at] = byte;
                    marked(Stride::new(&bytes))
                };
                assert_eq!(among(other).any(), is_marked(byte), "{byte} at {at}");
                assert_eq!(among(one).run(), if is_marked(byte) { Stride::BYTES } else { at }, "{byte} at {at}");
            }
        }
    }
}
