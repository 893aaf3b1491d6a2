//! Eight bytes at a time, in ordinary registers, on any machine.

use super::{Classes, FOLD, Frames, Hash, KEYS, LONG, SHORT, Vector, Work};

/// The portable operations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Portable;

/// Those on frames of so many words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words<const N: usize>;

const BLANK: u64 = splat(FOLD);
/// Read from `64 - start` on, it has a byte of ones for each byte of a frame from `start` on.
pub(super) static SLIDE: [u8; 2 * LONG] = {
    let mut bytes = [0; 2 * LONG];
    let mut index = LONG;
    while index < 2 * LONG {
        bytes[index] = 0xff;
        index += 1;
    }
    bytes
};

const fn splat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The product of a word, which is this one of the last eight of a frame.
#[inline(always)]
#[allow(clippy::cast_possible_truncation)] // The lower half is meant.
const fn nh(word: u64, index: usize) -> u64 {
    let low = (word as u32 ^ KEYS[2 * index]) as u64;
    let high = ((word >> 32) as u32 ^ KEYS[2 * index + 1]) as u64;
    low.wrapping_mul(high)
}

#[inline(always)]
fn word(bytes: &[u8], at: usize) -> u64 {
    match bytes.get(at..).and_then(<[u8]>::first_chunk) {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => 0, // Not reached: every caller has looked at the length.
    }
}

#[inline(always)]
fn half_word(bytes: &[u8], at: usize) -> u64 {
    match bytes.get(at..).and_then(<[u8]>::first_chunk) {
        Some(chunk) => u64::from(u32::from_le_bytes(*chunk)),
        None => 0,
    }
}

/// The bytes of a word that are zero, as their highest bits. Exact for every word.
#[inline(always)]
const fn zero_bytes(word: u64) -> u64 {
    const LOW: u64 = splat(0x7f);
    !(((word & LOW) + LOW) | word | LOW)
}

/// The bytes from `first` to `last`, as their highest bits. All three are ASCII; the other bits say nothing.
#[inline(always)]
const fn between(low: u64, first: u8, last: u8) -> u64 {
    (low + splat(0x80 - first)) & !(low + splat(0x7f - last))
}

/// The bytes that are this one, as their highest bits. Both are ASCII; the other bits say nothing.
#[inline(always)]
const fn equal(low: u64, byte: u8) -> u64 {
    !((low ^ splat(byte)) + splat(0x7f))
}

/// The highest bits of the eight bytes next to each other, the first byte in bit 0.
#[inline(always)]
const fn gather(bits: u64) -> u64 {
    (bits & splat(0x80)).wrapping_mul(0x0002_0408_1020_4081) >> 56
}

/// The last 32 bytes of a text of up to 32, behind blanks that are zero.
#[inline(always)]
#[allow(clippy::cast_possible_truncation)] // Halves, and shifts of at most 256 bits.
pub(super) fn short(text: &[u8]) -> [u64; SHORT / 8] {
    let len = text.len();
    if len >= 16 {
        let first = u128::from(word(text, 0)) | u128::from(word(text, 8)) << 64;
        let first = first.checked_shl(8 * (32 - len) as u32).unwrap_or(0);
        // The lower and the upper half.
        [first as u64, (first >> 64) as u64, word(text, len - 16), word(text, len - 8)]
    } else if len >= 8 {
        [0, 0, word(text, 0).checked_shl(8 * (16 - len) as u32).unwrap_or(0), word(text, len - 8)]
    } else if len >= 4 {
        // The two may overlap, with the same bytes.
        [0, 0, 0, half_word(text, len - 4) << 32 | half_word(text, 0) << (8 * (8 - len))]
    } else {
        let last = text
            .iter()
            .rev()
            .fold((0, 64), |(word, shift), byte| (word | u64::from(*byte) << (shift - 8), shift - 8));
        [0, 0, 0, last.0]
    }
}

impl<const N: usize> Words<N> {
    /// The end of the text behind blanks; the last bytes in the last word.
    #[inline(always)]
    pub(super) fn of(text: &[u8]) -> [u64; N] {
        let mut words = [BLANK; N];
        if text.len() <= SHORT {
            words.iter_mut().rev().zip(short(text).iter().rev()).for_each(|(to, from)| *to |= from);
            return words;
        }
        let mut bytes = [0; LONG];
        let len = text.len().min(8 * N);
        bytes[LONG - len..].copy_from_slice(&text[text.len() - len..]);
        Words::<N>::end_of(&bytes)
    }

    #[inline(always)]
    fn end_of(bytes: &[u8; LONG]) -> [u64; N] {
        core::array::from_fn(|index| word(bytes, LONG - 8 * (N - index)) | BLANK)
    }

    /// Bytes of ones where a frame is kept.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation)] // A frame has at most 64 bytes.
    fn mask(keep: u64, index: usize) -> u64 {
        let start = keep.trailing_zeros().min(8 * N as u32) as usize;
        word(&SLIDE, LONG - start + 8 * index)
    }
}

impl<const N: usize> Frames for Words<N> {
    const SIZE: usize = 8 * N;

    type Frame = [u64; N];

    #[inline(always)]
    fn frame(self, text: &[u8]) -> [u64; N] {
        Words::of(text)
    }

    #[inline(always)]
    fn end_of(self, bytes: &[u8; LONG]) -> [u64; N] {
        Words::end_of(bytes)
    }

    #[inline(always)]
    fn dots(self, frame: [u64; N]) -> u64 {
        (0..N).fold(0, |dots, index| dots | gather(zero_bytes(frame[index] ^ splat(b'.'))) << (8 * index))
    }

    #[inline(always)]
    fn kept(self, frame: [u64; N], keep: u64) -> [u64; N] {
        // Every byte of a frame has the bit that is all there is to a blank.
        core::array::from_fn(|index| frame[index] & Words::<N>::mask(keep, index) | BLANK)
    }

    #[inline(always)]
    fn sums(self, frames: [[u64; N]; 2]) -> [u64; 2] {
        frames.map(|frame| {
            (0..N).fold(0, |sum: u64, index| sum.wrapping_add(nh(frame[index], LONG / 8 - N + index)))
        })
    }

    #[inline(always)]
    fn same(self, one: [u64; N], other: [u64; N], keep: u64) -> bool {
        (0..N).fold(0, |different, index| {
            different | ((one[index] ^ other[index]) & Words::<N>::mask(keep, index))
        }) == 0
    }

    #[inline(always)]
    fn tags(self, line: &[u8; LONG], tag: u16) -> u32 {
        const LOW: u64 = 0x7fff_7fff_7fff_7fff;
        let tags = u64::from(tag).wrapping_mul(0x0001_0001_0001_0001);
        (0..LONG / 8).fold(0, |found, index| {
            let word = word(line, 8 * index) ^ tags;
            let zeros = !(((word & LOW) + LOW) | word | LOW) >> 15;
            // The four bits next to each other.
            let bits = (zeros.wrapping_mul(0x0001_0002_0004_0008) >> 48) & 0xf;
            found | (bits as u32) << (4 * index)
        })
    }
}

impl Classes {
    /// Adds the kinds of eight bytes, from that bit on.
    #[inline(always)]
    fn add(&mut self, word: u64, at: usize) {
        let (low, ascii) = (word & splat(0x7f), !word);
        let digits = between(low, b'0', b'9') & ascii;
        let dots = equal(low, b'.') & ascii;
        let hyphens = equal(low, b'-') & ascii;
        let others = (between(low | BLANK, b'a', b'z') | equal(low, b'_')) & ascii;
        self.host |= gather(digits | dots | hyphens | others) << at;
        self.dots |= gather(dots) << at;
        self.hyphens |= gather(hyphens) << at;
        self.digits |= gather(digits) << at;
    }
}

impl Vector for Portable {
    type Short = Words<{ SHORT / 8 }>;
    type Long = Words<{ LONG / 8 }>;

    #[inline(always)]
    fn short(self) -> Self::Short {
        Words
    }

    #[inline(always)]
    fn long(self) -> Self::Long {
        Words
    }

    #[inline(always)]
    #[allow(clippy::cast_possible_truncation)] // Both halves are used.
    fn differs(self, frame: [u64; SHORT / 8], text: &[u8; SHORT]) -> u32 {
        let different =
            (0..SHORT / 8).fold(0, |different, index| different | (frame[index] ^ word(text, 8 * index)));
        (different | different >> 32) as u32
    }

    #[inline(always)]
    fn inspect(self, text: &[u8]) -> ([u64; SHORT / 8], Classes) {
        let words = if text.len() <= SHORT { short(text) } else { [0; SHORT / 8] };
        let mut classes = Classes { host: 0, dots: 0, hyphens: 0, digits: 0 };
        words.iter().enumerate().for_each(|(index, word)| classes.add(*word, 8 * index));
        (words.map(|word| word | BLANK), classes)
    }

    #[inline(always)]
    fn classes(self, text: &[u8]) -> Classes {
        let text = &text[..text.len().min(LONG)];
        let mut classes = Classes { host: 0, dots: 0, hyphens: 0, digits: 0 };
        let mut add = |word: u64, at: usize| classes.add(word, at);
        let mut at = 0;
        while at + 8 <= text.len() {
            add(word(text, at), at);
            at += 8;
        }
        if at < text.len() {
            if text.len() >= 8 {
                // Once more the bytes before, which are what they were.
                add(word(text, text.len() - 8), text.len() - 8);
            } else {
                let mut last = [0; 8];
                last[..text.len()].copy_from_slice(text);
                add(u64::from_le_bytes(last), 0);
            }
        }
        classes
    }

    #[inline(never)]
    fn outlined<W: Work>(self, work: W) -> W::Output {
        work.run(self)
    }
}

impl Portable {
    /// The hash of a text, of which the last 64 bytes count.
    pub(crate) fn hash(text: &[u8], labels: u8) -> Hash {
        fn hash<F: Frames>(frames: F, text: &[u8], labels: u8) -> Hash {
            frames.hashes(frames.frame(text), 0, [labels, 0])[0]
        }
        if text.len() <= SHORT {
            hash(Portable.short(), text, labels)
        } else {
            hash(Portable.long(), text, labels)
        }
    }
}
