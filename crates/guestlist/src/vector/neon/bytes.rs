//! Registers of sixteen bytes: how they are filled, and what becomes of a comparison. The only unsafe operations are loads of arrays behind a reference.

use super::instructions::*;
use crate::vector::LONG;

/// What a byte of a comparison counts, if it is true: each of eight has a bit of its own, on top of [`FALSE`].
const TRUE: [u8; 16] = {
    let mut counts = [FALSE; 16];
    let mut index = 0;
    while index < 16 {
        counts[index] += 1 << (index % 8);
        index += 1;
    }
    counts
};
/// What it counts, if it is false. Eight of these are nothing in a byte. With 0 in its place no two counts have a bit in common; seeing that, compilers take each sum of neighbours for a union of
/// bits, for which there are three instructions instead of one.
const FALSE: u8 = 32;

#[inline(always)]
pub(super) unsafe fn load(bytes: &[u8; 16]) -> uint8x16_t {
    // SAFETY: the caller says that the machine has the instructions. 16 bytes behind a reference.
    unsafe { vld1q_u8(bytes.as_ptr()) }
}

/// The last registers of an array of registers.
#[inline(always)]
pub(super) unsafe fn last<const N: usize, const SIZE: usize>(bytes: &[u8; SIZE]) -> [uint8x16_t; N] {
    let (chunks, _) = bytes.as_chunks::<16>();
    // SAFETY: the caller says that the machine has the instructions.
    core::array::from_fn(|index| unsafe { load(&chunks[SIZE / 16 - N + index]) })
}

/// All registers of a line.
#[inline(always)]
pub(super) unsafe fn line(bytes: &[u8; LONG]) -> [uint8x16_t; 4] {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { last(bytes) }
}

/// Two words in memory order.
#[inline(always)]
pub(super) unsafe fn words(low: u64, high: u64) -> uint8x16_t {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { vreinterpretq_u8_u64(vcombine_u64(vcreate_u64(low), vcreate_u64(high))) }
}

/// What each of sixteen bytes counts, which are all ones or all zeros.
#[inline(always)]
unsafe fn counts(bytes: uint8x16_t) -> uint8x16_t {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { vbslq_u8(bytes, load(&TRUE), vdupq_n_u8(FALSE)) }
}

/// The sums of neighbours in what the bytes of two registers count. Of three such sums in a row, each is of eight bytes.
#[inline(always)]
unsafe fn pairs([a, b]: [uint8x16_t; 2]) -> uint8x16_t {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { vpaddq_u8(counts(a), counts(b)) }
}

/// Where 32 bytes, which are all ones or all zeros, are ones.
#[inline(always)]
pub(super) unsafe fn bits32(bytes: [uint8x16_t; 2]) -> u32 {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let pairs = pairs(bytes);
        let fours = vpaddq_u8(pairs, pairs);
        vgetq_lane_u32::<0>(vreinterpretq_u32_u8(vpaddq_u8(fours, fours)))
    }
}

/// Where 64 bytes, which are all ones or all zeros, are ones.
#[inline(always)]
pub(super) unsafe fn bits64([a, b, c, d]: [uint8x16_t; 4]) -> u64 {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let fours = vpaddq_u8(pairs([a, b]), pairs([c, d]));
        vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(fours, fours)))
    }
}

/// [`bits32`] of four times 32 bytes, for less than four times as much.
#[inline(always)]
pub(super) unsafe fn four_bits32([a, b, c, d]: [[uint8x16_t; 2]; 4]) -> [u64; 4] {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let (low, high) = (vpaddq_u8(pairs(a), pairs(b)), vpaddq_u8(pairs(c), pairs(d)));
        let eights = vreinterpretq_u64_u8(vpaddq_u8(low, high));
        let (low, high) = (vgetq_lane_u64::<0>(eights), vgetq_lane_u64::<1>(eights));
        [low & 0xffff_ffff, low >> 32, high & 0xffff_ffff, high >> 32]
    }
}
