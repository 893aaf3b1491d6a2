//! Frames of 32 bytes: one register. The only unsafe operations are loads of arrays behind a reference.

use core::arch::x86_64::*;

use super::Avx2;
use crate::vector::portable::{SLIDE, Words, short};
use crate::vector::{Classes, FOLD, Hash, KEYS, LONG, SHORT, nibbles};

pub(super) type Frame = __m256i;

/// The right to call what is here.
#[derive(Clone, Copy, Debug)]
pub(in crate::vector) struct Token(pub(super) Avx2);

#[inline(always)]
unsafe fn load(bytes: &[u8; SHORT]) -> __m256i {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        // SAFETY: 32 bytes behind a reference.
        _mm256_loadu_si256(bytes.as_ptr().cast())
    }
}

#[inline(always)]
pub(super) unsafe fn frame(text: &[u8]) -> Frame {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let [a, b, c, d] = Words::of(text);
        _mm256_set_epi64x(d as i64, c as i64, b as i64, a as i64)
    }
}

/// What the bytes of a host may be: nothing, for bytes that no host has. See [`nibbles`].
#[inline(always)]
pub(super) unsafe fn kinds(text: __m256i) -> __m256i {
    // SAFETY: the caller says that the machine has the instructions. Tables of 16 bytes behind a reference.
    unsafe {
        let low = _mm256_broadcastsi128_si256(_mm_loadu_si128(nibbles::LOW.as_ptr().cast()));
        let high = _mm256_broadcastsi128_si256(_mm_loadu_si128(nibbles::HIGH.as_ptr().cast()));
        let upper = _mm256_and_si256(_mm256_srli_epi16::<4>(text), _mm256_set1_epi8(15));
        _mm256_and_si256(_mm256_shuffle_epi8(low, text), _mm256_shuffle_epi8(high, upper))
    }
}

#[inline(always)]
pub(super) unsafe fn inspect(text: &[u8]) -> (Frame, Classes) {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let [a, b, c, d] = if text.len() <= SHORT { short(text) } else { [0; 4] };
        let raw = _mm256_set_epi64x(d as i64, c as i64, b as i64, a as i64);
        let kinds = kinds(raw);
        let bits = |bytes: u32| u64::from(bytes);
        let none = _mm256_movemask_epi8(_mm256_cmpeq_epi8(kinds, _mm256_setzero_si256())).cast_unsigned();
        let dots = _mm256_movemask_epi8(_mm256_cmpeq_epi8(raw, _mm256_set1_epi8(b'.' as i8))).cast_unsigned();
        let hyphens =
            _mm256_movemask_epi8(_mm256_cmpeq_epi8(raw, _mm256_set1_epi8(b'-' as i8))).cast_unsigned();
        // The lowest bit of each byte as its highest.
        let digits = _mm256_movemask_epi8(_mm256_slli_epi16::<7>(kinds)).cast_unsigned();
        let classes =
            Classes { host: bits(!none), dots: bits(dots), hyphens: bits(hyphens), digits: bits(digits) };
        (_mm256_or_si256(raw, _mm256_set1_epi8(FOLD as i8)), classes)
    }
}

#[inline(always)]
pub(super) unsafe fn end_of(bytes: &[u8; LONG]) -> Frame {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let (halves, _) = bytes.as_chunks::<SHORT>();
        _mm256_or_si256(load(&halves[1]), _mm256_set1_epi8(FOLD as i8))
    }
}

#[inline(always)]
pub(super) unsafe fn dots(frame: Frame) -> u64 {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let dots = _mm256_cmpeq_epi8(frame, _mm256_set1_epi8(b'.' as i8));
        u64::from(_mm256_movemask_epi8(dots).cast_unsigned())
    }
}

/// Bytes of ones where a frame is kept.
#[inline(always)]
unsafe fn mask(keep: u64) -> __m256i {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let start = LONG - (keep.trailing_zeros() as usize).min(SHORT);
        load(SLIDE.get(start..).and_then(<[u8]>::first_chunk).unwrap_or(&[0; SHORT]))
    }
}

/// The sums of four products each of a frame and of a suffix of it, beside each other. For every size of frame that ends in four products, and for AVX-512.
#[inline(always)]
pub(super) unsafe fn sums_of_products(all: __m256i, suffix: __m256i) -> __m128i {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let pairs = _mm256_add_epi64(_mm256_unpacklo_epi64(all, suffix), _mm256_unpackhi_epi64(all, suffix));
        _mm_add_epi64(_mm256_castsi256_si128(pairs), _mm256_extracti128_si256::<1>(pairs))
    }
}

/// Two numbers beside each other.
#[inline(always)]
pub(super) unsafe fn both(numbers: __m128i) -> [u64; 2] {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { [_mm_cvtsi128_si64(numbers).cast_unsigned(), _mm_extract_epi64::<1>(numbers).cast_unsigned()] }
}

/// The frame of a suffix.
#[inline(always)]
pub(super) unsafe fn kept(frame: Frame, keep: u64) -> Frame {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        // Every byte of a frame has the bit that is all there is to a blank.
        _mm256_or_si256(_mm256_and_si256(frame, mask(keep)), _mm256_set1_epi8(FOLD as i8))
    }
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

#[inline(always)]
pub(super) unsafe fn tags_of(frame: Frame, keep: u64) -> [Hash; 2] {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let [all, suffix] = sums([frame, kept(frame, keep)]);
        [Hash::new(all, 0), Hash::new(suffix, 1)]
    }
}

/// Which numbers of the line are their tag.
#[inline(always)]
pub(super) unsafe fn matches(line: &[u8; LONG], [whole, parent]: [Hash; 2], parents: u32) -> u32 {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { (tags(line, whole.tag()) & !parents) | (tags(line, parent.tag()) & parents) }
}

#[inline(always)]
#[allow(clippy::cast_possible_truncation)] // A set of 32 bytes.
pub(super) unsafe fn same(one: Frame, other: Frame, keep: u64) -> bool {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let same = _mm256_movemask_epi8(_mm256_cmpeq_epi8(one, other)).cast_unsigned();
        !same & keep as u32 == 0
    }
}

#[inline(always)]
pub(super) unsafe fn tags(line: &[u8; LONG], tag: u16) -> u32 {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let (halves, _) = line.as_chunks::<SHORT>();
        let tag = _mm256_set1_epi16(tag as i16);
        let (low, high) =
            (_mm256_cmpeq_epi16(load(&halves[0]), tag), _mm256_cmpeq_epi16(load(&halves[1]), tag));
        // A byte for each number; packing goes by halves of a register.
        let bytes = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packs_epi16(low, high));
        _mm256_movemask_epi8(bytes).cast_unsigned()
    }
}

#[inline(always)]
pub(super) unsafe fn differs(frame: Frame, text: &[u8; SHORT]) -> u32 {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { !_mm256_movemask_epi8(_mm256_cmpeq_epi8(frame, load(text))).cast_unsigned() }
}
