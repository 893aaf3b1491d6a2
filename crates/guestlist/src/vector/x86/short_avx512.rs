//! Frames of 32 bytes: one register of half the width, of which more can be at work. The only unsafe operations are loads: of arrays behind a reference, and under a mask with bits for bytes of a
//! slice alone.

use core::arch::x86_64::*;

use super::Avx512;
use super::short_avx2::{both, kinds, sums_of_products};
use crate::vector::{Classes, FOLD, KEYS, LABEL, LONG, MIX, SHORT, nibbles, suffix};

pub(super) type Frame = __m256i;

/// The right to call what is here.
#[derive(Clone, Copy, Debug)]
pub(in crate::vector) struct Token(pub(super) Avx512);

/// The end of the text, behind zeros.
#[inline(always)]
#[allow(clippy::cast_possible_truncation)] // A length of at most 32.
unsafe fn raw(text: &[u8]) -> __m256i {
    // Where the frame would begin; only what belongs to the slice is read.
    let start = text.as_ptr().wrapping_add(text.len()).wrapping_sub(SHORT);
    // SAFETY: the caller says that the machine has the instructions. The mask has a bit for each of the last bytes of the slice, at most all, and no other byte is read.
    unsafe {
        let mask = suffix::<Token>(text.len()) as u32;
        _mm256_maskz_loadu_epi8(mask, start.cast())
    }
}

#[inline(always)]
pub(super) unsafe fn frame(text: &[u8]) -> Frame {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { _mm256_or_si256(raw(text), _mm256_set1_epi8(FOLD as i8)) }
}

#[inline(always)]
pub(super) unsafe fn inspect(text: &[u8]) -> (Frame, Classes) {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let raw = raw(text);
        let kinds = kinds(raw);
        let is = |byte: u8| _mm256_set1_epi8(byte as i8);
        let classes = Classes {
            host: u64::from(_mm256_test_epi8_mask(kinds, kinds)),
            dots: u64::from(_mm256_cmpeq_epi8_mask(raw, is(b'.'))),
            hyphens: u64::from(_mm256_cmpeq_epi8_mask(raw, is(b'-'))),
            digits: u64::from(_mm256_test_epi8_mask(kinds, is(nibbles::DIGIT))),
        };
        (_mm256_or_si256(raw, is(FOLD)), classes)
    }
}

#[inline(always)]
unsafe fn load(bytes: &[u8; SHORT]) -> __m256i {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        // SAFETY: 32 bytes behind a reference.
        _mm256_loadu_si256(bytes.as_ptr().cast())
    }
}

/// The two halves of a line.
#[inline(always)]
unsafe fn halves(bytes: &[u8; LONG]) -> [__m256i; 2] {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let (halves, _) = bytes.as_chunks::<SHORT>();
        [load(&halves[0]), load(&halves[1])]
    }
}

#[inline(always)]
pub(super) unsafe fn end_of(bytes: &[u8; LONG]) -> Frame {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { _mm256_or_si256(halves(bytes)[1], _mm256_set1_epi8(FOLD as i8)) }
}

#[inline(always)]
pub(super) unsafe fn dots(frame: Frame) -> u64 {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { u64::from(_mm256_cmpeq_epi8_mask(frame, _mm256_set1_epi8(b'.' as i8))) }
}

/// The frame of a suffix.
#[inline(always)]
#[allow(clippy::cast_possible_truncation)] // A set of 32 bytes.
pub(super) unsafe fn kept(frame: Frame, keep: u64) -> Frame {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { _mm256_mask_blend_epi8(keep as u32, _mm256_set1_epi8(FOLD as i8), frame) }
}

/// The products of NH, in four sums.
#[inline(always)]
unsafe fn products(frame: Frame) -> __m256i {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        // SAFETY: the last eight of sixteen words of four bytes behind a reference.
        let words = _mm256_xor_si256(frame, _mm256_loadu_si256(KEYS.as_ptr().add(8).cast()));
        _mm256_mul_epu32(words, _mm256_srli_epi64::<32>(words))
    }
}

#[inline(always)]
pub(super) unsafe fn sums([one, other]: [Frame; 2]) -> [u64; 2] {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { both(sums_of_products(products(one), products(other))) }
}

/// The tags of a frame and of the suffix behind one label.
#[inline(always)]
pub(super) unsafe fn tags_of(frame: Frame, keep: u64) -> __m128i {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { tags_of_sums(sums_of_products(products(frame), products(kept(frame, keep)))) }
}

/// The tags of the sums of a frame and of the suffix behind one label, each in a number of 64 bits. As [`crate::vector::Hash`] defines them, without leaving the vector registers.
#[inline(always)]
pub(super) unsafe fn tags_of_sums(sums: __m128i) -> __m128i {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let folded = _mm_xor_si128(sums, _mm_srli_epi64::<32>(sums));
        let labelled = _mm_xor_si128(folded, _mm_set_epi64x(i64::from(LABEL), 0));
        let mixed = _mm_mul_epu32(labelled, _mm_set1_epi64x(i64::from(MIX)));
        _mm_or_si128(_mm_srli_epi64::<32>(mixed), _mm_set1_epi64x(1))
    }
}

/// Which numbers of the line are their tag.
#[inline(always)]
#[allow(clippy::cast_possible_truncation)] // The lower half is meant.
pub(super) unsafe fn matches(line: &[u8; LONG], tags: __m128i, parents: u32) -> u32 {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let (whole, parent) = (_mm256_broadcastw_epi16(tags), _mm_unpackhi_epi64(tags, tags));
        let [low, high] = halves(line);
        let low = _mm256_cmpeq_epi16_mask(low, _mm256_mask_broadcastw_epi16(whole, parents as u16, parent));
        let high = _mm256_cmpeq_epi16_mask(
            high,
            _mm256_mask_broadcastw_epi16(whole, (parents >> 16) as u16, parent),
        );
        u32::from(low) | u32::from(high) << 16
    }
}

#[inline(always)]
pub(super) unsafe fn same(one: Frame, other: Frame, keep: u64) -> bool {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { u64::from(_mm256_cmpneq_epi8_mask(one, other)) & keep == 0 }
}

#[inline(always)]
pub(super) unsafe fn tags(line: &[u8; LONG], tag: u16) -> u32 {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let tag = _mm256_set1_epi16(tag as i16);
        let [low, high] = halves(line);
        u32::from(_mm256_cmpeq_epi16_mask(low, tag)) | u32::from(_mm256_cmpeq_epi16_mask(high, tag)) << 16
    }
}

#[inline(always)]
pub(super) unsafe fn differs(frame: Frame, text: &[u8; SHORT]) -> u32 {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { _mm256_cmpneq_epi8_mask(frame, load(text)) }
}
