//! Sixty-four bytes at a time: what the check path does to text, for each instruction set (the one module with `unsafe` code).
//!
//! A [`Vector`] has the few operations that reading a header and looking up a host need. Each instruction set implements them; the code that uses
//! them is written once, generic, and compiled once for each ([`Simd::run`]). All give the same results for the same bytes: a unit test runs every operation of every set on the same
//! inputs, and the suites decide every list with each of them.
//!
//! **Frames.** Text stands right-aligned in a frame of 32 bytes or, if it is longer, of 64, so that a suffix of it is the same bits in the same place, whatever stands in front. A set of bytes is
//! a `u64` whose bit `SIZE - 1` is the last byte. Every byte of a frame has bit 5 set ([`FOLD`]): that takes letters to lower case, keeps all other bytes of a valid host apart from each other, and fills
//! what is in front of the text with blanks, which no host has.
//!
//! **The hash** is NH of the frame's words of 32 bits (Black et al., UMAC, 1999; with XOR for its first additions, as in XXH3): pairs of words are combined with constants, multiplied, and the
//! products summed. It costs one multiplication for eight bytes, is the same in scalar code, and the same in either frame. It does not keep strangers from finding collisions, and need not: a hash
//! only chooses what is compared in full ([`crate::index`]).

#[cfg(any(target_arch = "x86_64", all(target_arch = "aarch64", target_endian = "little"), test))]
#[macro_use]
mod instruction_set;
#[cfg(any(all(target_arch = "aarch64", target_endian = "little"), test))]
mod neon;
mod portable;
#[cfg(target_arch = "x86_64")]
mod x86;

pub(crate) use self::portable::Portable;

/// Bytes of a short frame.
pub(crate) const SHORT: usize = 32;
/// Bytes of a long frame, and of a line of tags.
pub(crate) const LONG: usize = 64;
/// The bit that every byte of a frame has: letters are in lower case with it.
pub(crate) const FOLD: u8 = 0x20;

/// An instruction set to check with. It changes speed, never an answer.
///
/// ```
/// use guestlist::Simd;
///
/// assert!(Simd::available().any(|simd| simd == Simd::best()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Simd {
    /// No special instructions: eight bytes at a time.
    Portable,
    /// NEON, on AArch64 in little endian.
    Neon,
    /// AVX2, on x86-64.
    Avx2,
    /// AVX-512 (F, BW, VL), on x86-64.
    Avx512,
}

impl Simd {
    const ALL: [Simd; 4] = [Simd::Portable, Simd::Neon, Simd::Avx2, Simd::Avx512];

    /// The best that this machine has.
    pub fn best() -> Simd {
        Level::best().simd()
    }

    /// All that this machine has, the portable one first.
    pub fn available() -> impl Iterator<Item = Simd> {
        Simd::ALL.into_iter().filter(|simd| simd.is_available())
    }

    /// `portable`, `neon`, `avx2` or `avx512`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Simd::Portable => "portable",
            Simd::Neon => "neon",
            Simd::Avx2 => "avx2",
            Simd::Avx512 => "avx512",
        }
    }

    #[inline(always)]
    fn is_available(self) -> bool {
        match self {
            Simd::Portable => true,
            #[cfg(all(target_arch = "aarch64", target_endian = "little"))]
            Simd::Neon => neon::has_neon(),
            #[cfg(target_arch = "x86_64")]
            Simd::Avx2 => x86::has_avx2(),
            #[cfg(target_arch = "x86_64")]
            Simd::Avx512 => x86::has_avx512(),
            _ => false,
        }
    }

    /// This one, or the next best that the machine has. One call, for headers that are read without a list.
    #[inline(never)]
    pub(crate) fn level(self) -> Level {
        let order: &[Simd] = match self {
            Simd::Portable => &[],
            // Whatever is asked for: there is no other.
            _ if cfg!(all(target_arch = "aarch64", target_endian = "little")) => &[Simd::Neon],
            Simd::Neon => &[],
            Simd::Avx2 => &[Simd::Avx2],
            Simd::Avx512 => &[Simd::Avx512, Simd::Avx2],
        };
        Level(order.iter().copied().find(|simd| simd.is_available()).unwrap_or(Simd::Portable))
    }
}

/// An instruction set that this machine has: none is made without asking it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Level(Simd);

impl Level {
    /// The best that this machine has.
    #[inline]
    pub(crate) fn best() -> Level {
        Simd::Avx512.level()
    }

    pub(crate) fn simd(self) -> Simd {
        self.0
    }

    /// Does the work with these instructions.
    #[inline(always)]
    pub(crate) fn run<W: Work>(self, work: W) -> W::Output {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Simd::Avx512 => x86::run_avx512(self, work),
            #[cfg(target_arch = "x86_64")]
            Simd::Avx2 => x86::run_avx2(self, work),
            // In tests elsewhere it is emulated.
            #[cfg(any(all(target_arch = "aarch64", target_endian = "little"), test))]
            Simd::Neon => neon::run_neon(self, work),
            _ => work.run(Portable),
        }
    }
}

/// Bytes of a list that are brought near, at most: the tags and entries of an ordinary one. With the texts as well, of which a check reads one, batches over many lists took a tenth longer.
const MOST_PREFETCHED: usize = 192;

/// Asks for the bytes of a list that will be read soon, where the machine can be asked. Many at once take hardly longer than one.
#[inline]
pub(crate) fn prefetch(bytes: &[u8]) {
    bring_near(bytes.as_ptr(), bytes.len().min(MOST_PREFETCHED));
}

/// Asks for what is in memory from there on, where the machine can be asked. There may be nothing.
#[inline]
pub(crate) fn bring_near(from: *const u8, bytes: usize) {
    #[cfg(target_arch = "x86_64")]
    x86::bring_near(from, bytes);
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (from, bytes);
}

/// Something to do with vectors, whatever their instruction set. An implementation inlines everything that handles frames.
pub(crate) trait Work {
    type Output;

    fn run<V: Vector>(self, vector: V) -> Self::Output;
}

/// The kinds of the bytes of a text, each as a set. Where there is no text there is no bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Classes {
    /// The bytes that a host may have: ASCII letters, digits, `-`, `_` and `.`.
    pub(crate) host: u64,
    pub(crate) dots: u64,
    pub(crate) hyphens: u64,
    pub(crate) digits: u64,
}

/// The operations of an instruction set.
pub(crate) trait Vector: Copy {
    /// Those on short frames.
    type Short: Frames;
    /// Those on long frames.
    type Long: Frames;

    fn short(self) -> Self::Short;

    fn long(self) -> Self::Long;

    /// 0 if a short frame is this one, byte by byte; any other number if not.
    fn differs(self, frame: <Self::Short as Frames>::Frame, text: &[u8; SHORT]) -> u32;

    /// The short frame of a text of up to 32 bytes, and the kinds of its bytes as sets of the frame.
    fn inspect(self, text: &[u8]) -> (<Self::Short as Frames>::Frame, Classes);

    /// The kinds of the first 64 bytes; bit 0 is the first.
    fn classes(self, text: &[u8]) -> Classes;

    /// Does other work with the same instructions, in a function of its own.
    fn outlined<W: Work>(self, work: W) -> W::Output;
}

/// The operations on frames of one size.
pub(crate) trait Frames: Copy {
    /// Bytes of a frame.
    const SIZE: usize;

    /// Text in a frame.
    type Frame: Copy;

    /// The end of the text, or all of it.
    fn frame(self, text: &[u8]) -> Self::Frame;

    /// The end of 64 bytes.
    fn end_of(self, bytes: &[u8; LONG]) -> Self::Frame;

    /// Where the frame has dots.
    fn dots(self, frame: Self::Frame) -> u64;

    /// The frame of the suffix that `keep` is.
    fn kept(self, frame: Self::Frame, keep: u64) -> Self::Frame;

    /// The sums of NH of two frames.
    fn sums(self, frames: [Self::Frame; 2]) -> [u64; 2];

    /// The hash of a whole frame, and that of the suffix that `keep` is; mixed for that many labels in front.
    #[inline(always)]
    fn hashes(self, frame: Self::Frame, keep: u64, labels: [u8; 2]) -> [Hash; 2] {
        let [all, suffix] = self.sums([frame, self.kept(frame, keep)]);
        [Hash::new(all, labels[0]), Hash::new(suffix, labels[1])]
    }

    /// True if two frames have the same suffix; `keep` says which.
    fn same(self, one: Self::Frame, other: Self::Frame, keep: u64) -> bool;

    /// Which of the 32 numbers of 16 bits in the line, in little endian, are the tag; bit 0 is the first.
    fn tags(self, line: &[u8; LONG], tag: u16) -> u32;

    /// Which numbers of the line are the tag that they should be: that of the whole frame or, where `parents` has a bit, of the suffix behind one label.
    #[inline(always)]
    fn look_up(self, frame: Self::Frame, keep: u64, line: &[u8; LONG], parents: u32) -> u32 {
        let [whole, parent] = self.hashes(frame, keep, [0, 1]);
        (self.tags(line, whole.tag()) & !parents) | (self.tags(line, parent.tag()) & parents)
    }
}

/// The suffix of a frame that is this many bytes long, at most all.
#[inline(always)]
pub(crate) const fn suffix<F: Frames>(len: usize) -> u64 {
    let all = u64::MAX >> (64 - F::SIZE);
    let len = if len < F::SIZE { len } else { F::SIZE };
    // A shift by the whole width has no meaning.
    if F::SIZE == 64 && len == 0 { 0 } else { (all << (F::SIZE - len)) & all }
}

/// What is behind the first dot of a frame; nothing, if there is none.
#[inline(always)]
pub(crate) fn behind_first<F: Frames>(dots: u64) -> u64 {
    !(dots ^ dots.wrapping_sub(1)) & (u64::MAX >> (64 - F::SIZE))
}

/// A hash, mixed so that tag and line are as good as independent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hash(u64);

/// What hashes are multiplied by: the golden ratio.
const MIX: u32 = 0x9e37_79b9;
/// What each label in front adds.
const LABEL: u32 = 0x7feb_352d;

impl Hash {
    /// Mixes the sum of a frame's products.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation)] // Both halves are used.
    const fn new(sum: u64, labels: u8) -> Hash {
        let folded = (sum >> 32) as u32 ^ sum as u32 ^ LABEL.wrapping_mul(labels as u32);
        Hash(folded as u64 * MIX as u64)
    }

    /// Which of the lines it belongs to; `mask` is their number, a power of two, less one.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation)] // A mask has 32 bits.
    pub(crate) const fn line(self, mask: u32) -> usize {
        ((self.0 >> 4) as u32 & mask) as usize
    }

    /// Never 0. From the middle of the product, which depends on all bits of the sum.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation)] // Sixteen bits of the middle are meant.
    pub(crate) const fn tag(self) -> u16 {
        (self.0 >> 32) as u16 | 1
    }
}

/// For the lower and the upper four bits of a byte, what it may be; it is what both say. A byte that is not ASCII has nothing in the first where it is looked up as vectors do.
#[cfg(target_arch = "x86_64")]
mod nibbles {
    /// A digit.
    pub(super) const DIGIT: u8 = 1;
    const LETTER_TO_O: u8 = 2;
    const LETTER_TO_Z: u8 = 4;
    const UNDERSCORE: u8 = 8;
    const HYPHEN_OR_DOT: u8 = 16;

    pub(super) const LOW: [u8; 16] = {
        let mut low = [0; 16];
        let mut nibble = 0;
        while nibble < 16 {
            low[nibble] |= if nibble <= 9 { DIGIT } else { 0 };
            low[nibble] |= if nibble >= 1 { LETTER_TO_O } else { 0 };
            low[nibble] |= if nibble <= 10 { LETTER_TO_Z } else { 0 };
            low[nibble] |= if nibble == 15 { UNDERSCORE } else { 0 };
            low[nibble] |= if nibble == 13 || nibble == 14 { HYPHEN_OR_DOT } else { 0 };
            nibble += 1;
        }
        low
    };

    pub(super) const HIGH: [u8; 16] = {
        let mut high = [0; 16];
        high[2] = HYPHEN_OR_DOT;
        high[3] = DIGIT;
        high[4] = LETTER_TO_O;
        high[5] = LETTER_TO_Z | UNDERSCORE;
        high[6] = LETTER_TO_O;
        high[7] = LETTER_TO_Z;
        high
    };
}

/// What NH combines the sixteen words of a long frame with; the last eight are for a short frame. Digits of pi behind the point, but for the second of each pair in the first half: with blanks it
/// gives 0, so that blanks in front add nothing and the hash is the same in a long frame. (Text in such a pair reaches into its second word, because it is right-aligned.)
const KEYS: [u32; 16] = [
    0x243f_6a88,
    BLANKS,
    0x1319_8a2e,
    BLANKS,
    0xa409_3822,
    BLANKS,
    0x082e_fa98,
    BLANKS,
    0x4528_21e6,
    0x38d0_1377,
    0xbe54_66cf,
    0x34e9_0c6c,
    0xc0ac_29b7,
    0xc97c_50dd,
    0x3f84_d5b5,
    0xb547_0917,
];

/// A word of blanks.
const BLANKS: u32 = u32::from_ne_bytes([FOLD; 4]);

#[cfg(test)]
mod tests;
