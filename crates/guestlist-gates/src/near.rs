//! [`Near`]: which lines of an app a check reads, known before any of them is there.

use guestlist::{ListType, PackedReader};

/// Bytes that come from memory together.
const LINE: usize = 64;
/// Lines in front that a check of either list reads: counts, key, settings, and what is known of the lists.
const FRONT: usize = 2;
/// Lines of a list that are asked for, at most: the tags and entries of an ordinary one. With the texts as well, of which a check reads one, nothing was gained.
const MOST: usize = 4;

/// Where the stretch of the delivery list begins in an app, and where it ends, in lines; what is far behind is left out. Nothing for an app that is dormant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Near {
    split: u8,
    end: u8,
}

impl Near {
    pub(crate) const BITS: u32 = u16::BITS;
    pub(crate) const MASK: u16 = u16::MAX;

    /// Of distances in bytes.
    pub(crate) fn new(split: usize, end: usize) -> Near {
        let line = |line: usize| u8::try_from(line).unwrap_or(u8::MAX);
        Near { split: line(split / LINE), end: line(end.div_ceil(LINE)) }
    }

    pub(crate) fn bits(self) -> u16 {
        u16::from_le_bytes([self.split, self.end])
    }

    #[inline]
    pub(crate) fn from_bits(bits: u16) -> Near {
        let [split, end] = bits.to_le_bytes();
        Near { split, end }
    }

    /// Asks for the lines of a list.
    #[inline]
    pub(crate) fn bring(self, app: *const u8, list_type: ListType) {
        let (split, end) = (usize::from(self.split), usize::from(self.end));
        let (from, to) = match list_type {
            ListType::Upload => (FRONT, split + 1),
            ListType::Delivery => (split.max(FRONT), end),
        };
        PackedReader::bring_near(app, FRONT * LINE);
        PackedReader::bring_near(app.wrapping_add(from * LINE), to.saturating_sub(from).min(MOST) * LINE);
    }
}

#[cfg(test)]
mod tests {
    use super::Near;

    #[test]
    fn is_sixteen_bits() {
        for (split, end) in [(0, 0), (63, 64), (64, 65), (1000, 2000), (1 << 20, 1 << 21)] {
            let near = Near::new(split, end);
            assert_eq!(Near::from_bits(near.bits()), near);
            assert_eq!(usize::from(near.split), (split / 64).min(255));
            assert_eq!(usize::from(near.end), end.div_ceil(64).min(255));
        }
        assert_eq!(Near::default().bits(), 0);
    }
}
