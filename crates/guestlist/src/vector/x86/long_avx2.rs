//! Frames of 64 bytes: two registers. The only unsafe operations are loads of arrays behind a reference.

use core::arch::x86_64::*;

use super::short_avx2::{both, sums_of_products};
use super::{Avx2, short_avx2};
use crate::vector::portable::{SLIDE, Words};
use crate::vector::{FOLD, Hash, KEYS, LONG};

pub(super) type Frame = [__m256i; 2];

/// The right to call what is here.
#[derive(Clone, Copy, Debug)]
pub(in crate::vector) struct Token(pub(super) Avx2);

#[inline(always)]
unsafe fn load(bytes: &[u8; 32]) -> __m256i {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        // SAFETY: 32 bytes behind a reference.
        _mm256_loadu_si256(bytes.as_ptr().cast())
    }
}

/// The two halves of 64 bytes.
#[inline(always)]
unsafe fn halves(bytes: &[u8; LONG]) -> Frame {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let (halves, _) = bytes.as_chunks::<32>();
        [load(&halves[0]), load(&halves[1])]
    }
}

#[inline(always)]
unsafe fn half([a, b, c, d]: [u64; 4]) -> __m256i {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { _mm256_set_epi64x(d as i64, c as i64, b as i64, a as i64) }
}

#[inline(always)]
pub(super) unsafe fn frame(text: &[u8]) -> Frame {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let [a, b, c, d, e, f, g, h] = Words::of(text);
        [half([a, b, c, d]), half([e, f, g, h])]
    }
}

#[inline(always)]
pub(super) unsafe fn end_of(bytes: &[u8; LONG]) -> Frame {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let [low, high] = halves(bytes);
        let fold = _mm256_set1_epi8(FOLD as i8);
        [_mm256_or_si256(low, fold), _mm256_or_si256(high, fold)]
    }
}

/// The highest bits of the bytes of two halves, those of the second from `shift` on.
#[inline(always)]
unsafe fn bits(low: __m256i, high: __m256i, shift: usize) -> u64 {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let (low, high) =
            (_mm256_movemask_epi8(low).cast_unsigned(), _mm256_movemask_epi8(high).cast_unsigned());
        u64::from(low) | u64::from(high) << shift
    }
}

#[inline(always)]
pub(super) unsafe fn dots([low, high]: Frame) -> u64 {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let dot = _mm256_set1_epi8(b'.' as i8);
        bits(_mm256_cmpeq_epi8(low, dot), _mm256_cmpeq_epi8(high, dot), 32)
    }
}

/// Bytes of ones where a frame is kept.
#[inline(always)]
unsafe fn mask(keep: u64) -> Frame {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let start = LONG - keep.trailing_zeros() as usize;
        halves(SLIDE.get(start..).and_then(<[u8]>::first_chunk).unwrap_or(&[0; LONG]))
    }
}

/// The products of NH, in four sums.
#[inline(always)]
unsafe fn products([low, high]: Frame) -> __m256i {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        // SAFETY: twice eight words of four bytes behind a reference.
        let keys =
            [_mm256_loadu_si256(KEYS.as_ptr().cast()), _mm256_loadu_si256(KEYS.as_ptr().add(8).cast())];
        let (low, high) = (_mm256_xor_si256(low, keys[0]), _mm256_xor_si256(high, keys[1]));
        _mm256_add_epi64(
            _mm256_mul_epu32(low, _mm256_srli_epi64::<32>(low)),
            _mm256_mul_epu32(high, _mm256_srli_epi64::<32>(high)),
        )
    }
}

/// The frame of a suffix.
#[inline(always)]
pub(super) unsafe fn kept([low, high]: Frame, keep: u64) -> Frame {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let (masks, blank) = (mask(keep), _mm256_set1_epi8(FOLD as i8));
        // Every byte of a frame has the bit that is all there is to a blank.
        [
            _mm256_or_si256(_mm256_and_si256(low, masks[0]), blank),
            _mm256_or_si256(_mm256_and_si256(high, masks[1]), blank),
        ]
    }
}

#[inline(always)]
pub(super) unsafe fn sums([one, other]: [Frame; 2]) -> [u64; 2] {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { both(sums_of_products(products(one), products(other))) }
}

#[inline(always)]
pub(super) unsafe fn tags_of(frame: Frame, keep: u64) -> [Hash; 2] {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let [all, suffix] = sums([frame, kept(frame, keep)]);
        [Hash::new(all, 0), Hash::new(suffix, 1)]
    }
}

#[inline(always)]
pub(super) unsafe fn same(one: Frame, other: Frame, keep: u64) -> bool {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let masks = mask(keep);
        let low = _mm256_and_si256(_mm256_xor_si256(one[0], other[0]), masks[0]);
        let high = _mm256_and_si256(_mm256_xor_si256(one[1], other[1]), masks[1]);
        let different = _mm256_or_si256(low, high);
        _mm256_testz_si256(different, different) == 1
    }
}

pub(super) use short_avx2::{matches, tags};
