//! Frames of 64 bytes: one register. The only unsafe operations are loads: of arrays behind a reference, and under a mask with bits for bytes of a slice alone.

use core::arch::x86_64::*;

use super::Avx512;
use super::short_avx2::both;
use super::short_avx512::tags_of_sums;
use crate::vector::{FOLD, KEYS, LONG};

pub(super) type Frame = __m512i;

/// The right to call what is here.
#[derive(Clone, Copy, Debug)]
pub(in crate::vector) struct Token(pub(super) Avx512);

#[inline(always)]
pub(super) unsafe fn frame(text: &[u8]) -> Frame {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        // Where the frame would begin; only what belongs to the slice is read.
        let start = text.as_ptr().wrapping_add(text.len()).wrapping_sub(LONG);
        // SAFETY: the mask has a bit for each of the last bytes of the slice, at most all, and no other byte is read.
        let text = _mm512_maskz_loadu_epi8(last(text.len()), start.cast());
        _mm512_or_si512(text, _mm512_set1_epi8(FOLD as i8))
    }
}

#[inline(always)]
unsafe fn load(bytes: &[u8; LONG]) -> __m512i {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        // SAFETY: 64 bytes behind a reference.
        _mm512_loadu_si512(bytes.as_ptr().cast())
    }
}

#[inline(always)]
pub(super) unsafe fn end_of(bytes: &[u8; LONG]) -> Frame {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { _mm512_or_si512(load(bytes), _mm512_set1_epi8(FOLD as i8)) }
}

#[inline(always)]
pub(super) unsafe fn dots(frame: Frame) -> u64 {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { _mm512_cmpeq_epi8_mask(frame, _mm512_set1_epi8(b'.' as i8)) }
}

/// A bit for each of the last bytes, at most all.
#[inline(always)]
#[allow(clippy::cast_possible_truncation)] // A length of at most 64.
unsafe fn last(len: usize) -> u64 {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        // All bits that are not among the first.
        !_bzhi_u64(u64::MAX, LONG.saturating_sub(len) as u32)
    }
}

/// The frame of a suffix.
#[inline(always)]
pub(super) unsafe fn kept(frame: Frame, keep: u64) -> Frame {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { _mm512_mask_blend_epi8(keep, _mm512_set1_epi8(FOLD as i8), frame) }
}

/// The products of NH, in eight sums.
#[inline(always)]
unsafe fn products(frame: Frame) -> __m512i {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        // SAFETY: sixteen words of four bytes behind a reference.
        let words = _mm512_xor_si512(frame, _mm512_loadu_si512(KEYS.as_ptr().cast()));
        _mm512_mul_epu32(words, _mm512_srli_epi64::<32>(words))
    }
}

/// The sums beside each other.
#[inline(always)]
unsafe fn sums_beside([one, other]: [Frame; 2]) -> __m128i {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let (one, other) = (products(one), products(other));
        let pairs = _mm512_add_epi64(_mm512_unpacklo_epi64(one, other), _mm512_unpackhi_epi64(one, other));
        let half = _mm256_add_epi64(_mm512_castsi512_si256(pairs), _mm512_extracti64x4_epi64::<1>(pairs));
        _mm_add_epi64(_mm256_castsi256_si128(half), _mm256_extracti128_si256::<1>(half))
    }
}

#[inline(always)]
pub(super) unsafe fn sums(frames: [Frame; 2]) -> [u64; 2] {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { both(sums_beside(frames)) }
}

/// The tags of a frame and of the suffix behind one label.
#[inline(always)]
pub(super) unsafe fn tags_of(frame: Frame, keep: u64) -> __m128i {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { tags_of_sums(sums_beside([frame, kept(frame, keep)])) }
}

/// Which numbers of the line are their tag.
#[inline(always)]
pub(super) unsafe fn matches(line: &[u8; LONG], tags: __m128i, parents: u32) -> u32 {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let wanted = _mm512_mask_broadcastw_epi16(
            _mm512_broadcastw_epi16(tags),
            parents,
            _mm_unpackhi_epi64(tags, tags),
        );
        _mm512_cmpeq_epi16_mask(load(line), wanted)
    }
}

#[inline(always)]
pub(super) unsafe fn same(one: Frame, other: Frame, keep: u64) -> bool {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { _mm512_mask_cmpneq_epi8_mask(keep, one, other) == 0 }
}

#[inline(always)]
pub(super) unsafe fn tags(line: &[u8; LONG], tag: u16) -> u32 {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { _mm512_cmpeq_epi16_mask(load(line), _mm512_set1_epi16(tag as i16)) }
}
