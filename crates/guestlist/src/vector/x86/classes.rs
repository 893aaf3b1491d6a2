//! The kinds of bytes of a text. The only unsafe operations are loads: of arrays behind a reference, and under a mask with bits for bytes of a slice alone.

use core::arch::x86_64::*;

use crate::vector::{Classes, FOLD, LONG, Portable, Vector as _};

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx2,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn avx512(text: &[u8]) -> Classes {
    // A bit for each of the first bytes.
    let mask = _bzhi_u64(u64::MAX, text.len().min(LONG) as u32);
    // SAFETY: the mask has a bit for each of the first bytes of the slice, at most all, and no other byte is read.
    let text = unsafe { _mm512_maskz_loadu_epi8(mask, text.as_ptr().cast()) };
    let is = |byte: u8| _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8(byte as i8));
    let between = |text, first: u8, count: u8| {
        let from = _mm512_sub_epi8(text, _mm512_set1_epi8(first as i8));
        _mm512_cmplt_epu8_mask(from, _mm512_set1_epi8(count as i8))
    };
    let (dots, hyphens, digits) = (is(b'.'), is(b'-'), between(text, b'0', 10));
    let letters = between(_mm512_or_si512(text, _mm512_set1_epi8(FOLD as i8)), b'a', 26);
    Classes { host: dots | hyphens | digits | letters | is(b'_'), dots, hyphens, digits }
}

#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn avx2(text: &[u8]) -> Classes {
    let text = &text[..text.len().min(LONG)];
    // The first bytes and the last: the two overlap, and what is there twice is the same.
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        let load = |bytes: &[u8; 32]| {
            // SAFETY: 32 bytes behind a reference.
            unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
        };
        return join(load(first), load(last), text.len() - 32);
    }
    if let (Some(first), Some(last)) = (text.first_chunk::<16>(), text.last_chunk::<16>()) {
        // SAFETY: 16 bytes behind a reference, twice.
        let both = unsafe { _mm256_loadu2_m128i(last.as_ptr().cast(), first.as_ptr().cast()) };
        let classes = join(both, both, 0);
        let shift = text.len() - 16;
        let spread = |bits: u64| (bits & 0xffff) | (bits >> 16) << shift;
        return Classes {
            host: spread(classes.host),
            dots: spread(classes.dots),
            hyphens: spread(classes.hyphens),
            digits: spread(classes.digits),
        };
    }
    Portable.classes(text)
}

/// The classes of 32 bytes and of 32 more that begin at `shift`.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn join(first: __m256i, last: __m256i, shift: usize) -> Classes {
    let set = |byte: u8| _mm256_set1_epi8(byte as i8);
    let is = |byte: u8| bits(_mm256_cmpeq_epi8(first, set(byte)), _mm256_cmpeq_epi8(last, set(byte)), shift);
    // Signed, so from the lowest number on.
    let between = |text: __m256i, first: u8, count: u8| {
        let from = _mm256_sub_epi8(text, set(first.wrapping_add(0x80)));
        _mm256_cmpgt_epi8(set(count.wrapping_add(0x80)), from)
    };
    let (dots, hyphens) = (is(b'.'), is(b'-'));
    let digits = bits(between(first, b'0', 10), between(last, b'0', 10), shift);
    let fold = |text| _mm256_or_si256(text, set(FOLD));
    let letters = bits(between(fold(first), b'a', 26), between(fold(last), b'a', 26), shift);
    Classes { host: dots | hyphens | digits | letters | is(b'_'), dots, hyphens, digits }
}

/// The highest bits of the bytes of two halves, those of the second from `shift` on.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn bits(low: __m256i, high: __m256i, shift: usize) -> u64 {
    let (low, high) = (_mm256_movemask_epi8(low) as u32, _mm256_movemask_epi8(high) as u32);
    u64::from(low) | u64::from(high) << shift
}
