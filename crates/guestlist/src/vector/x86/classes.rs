//! The kinds of bytes of a text. The only operations on memory are loads: of arrays behind a reference, and under a mask with bits for bytes of a slice alone.

use core::arch::x86_64::*;

use crate::vector::{Classes, FOLD, LONG, Portable, Vector as _};

#[inline(always)]
#[allow(clippy::cast_possible_truncation)] // A length of at most 64.
pub(super) unsafe fn avx512(text: &[u8]) -> Classes {
    // SAFETY: the caller says that the machine has the instructions. The mask has a bit for each of the first bytes of the slice, at most all, and no other byte is read.
    unsafe {
        let mask = _bzhi_u64(u64::MAX, text.len().min(LONG) as u32);
        let text = _mm512_maskz_loadu_epi8(mask, text.as_ptr().cast());
        let dots = is_512(text, b'.');
        let hyphens = is_512(text, b'-');
        let digits = between_512(text, b'0', 10);
        let letters = between_512(_mm512_or_si512(text, _mm512_set1_epi8(FOLD as i8)), b'a', 26);
        Classes { host: dots | hyphens | digits | letters | is_512(text, b'_'), dots, hyphens, digits }
    }
}

#[inline(always)]
unsafe fn is_512(text: __m512i, byte: u8) -> u64 {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8(byte as i8)) }
}

/// The bytes that are among so many from the first on.
#[inline(always)]
unsafe fn between_512(text: __m512i, first: u8, count: u8) -> u64 {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let from = _mm512_sub_epi8(text, _mm512_set1_epi8(first as i8));
        _mm512_cmplt_epu8_mask(from, _mm512_set1_epi8(count as i8))
    }
}

#[inline(always)]
pub(super) unsafe fn avx2(text: &[u8]) -> Classes {
    let text = &text[..text.len().min(LONG)];
    // The first bytes and the last: the two overlap, and what is there twice is the same.
    if let (Some(first), Some(last)) = (text.first_chunk::<32>(), text.last_chunk::<32>()) {
        // SAFETY: the caller says that the machine has the instructions. 32 bytes behind a reference, twice.
        return unsafe {
            let (first, last) =
                (_mm256_loadu_si256(first.as_ptr().cast()), _mm256_loadu_si256(last.as_ptr().cast()));
            join([first, last], text.len() - 32)
        };
    }
    if let (Some(first), Some(last)) = (text.first_chunk::<16>(), text.last_chunk::<16>()) {
        // SAFETY: the caller says that the machine has the instructions. 16 bytes behind a reference, twice.
        let classes = unsafe {
            let both = _mm256_loadu2_m128i(last.as_ptr().cast(), first.as_ptr().cast());
            join([both, both], 0)
        };
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
#[inline(always)]
unsafe fn join(texts: [__m256i; 2], shift: usize) -> Classes {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let fold = _mm256_set1_epi8(FOLD as i8);
        let folded = [_mm256_or_si256(texts[0], fold), _mm256_or_si256(texts[1], fold)];
        let dots = is_256(texts, shift, b'.');
        let hyphens = is_256(texts, shift, b'-');
        let digits = between_256(texts, shift, b'0', 10);
        let letters = between_256(folded, shift, b'a', 26);
        Classes {
            host: dots | hyphens | digits | letters | is_256(texts, shift, b'_'),
            dots,
            hyphens,
            digits,
        }
    }
}

#[inline(always)]
unsafe fn is_256(texts: [__m256i; 2], shift: usize, byte: u8) -> u64 {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let byte = _mm256_set1_epi8(byte as i8);
        bits([_mm256_cmpeq_epi8(texts[0], byte), _mm256_cmpeq_epi8(texts[1], byte)], shift)
    }
}

/// The bytes that are among so many from the first on. Compared as signed numbers, so counted from the lowest.
#[inline(always)]
unsafe fn between_256(texts: [__m256i; 2], shift: usize, first: u8, count: u8) -> u64 {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let first = _mm256_set1_epi8(first.wrapping_add(0x80) as i8);
        let count = _mm256_set1_epi8(count.wrapping_add(0x80) as i8);
        let from = [_mm256_sub_epi8(texts[0], first), _mm256_sub_epi8(texts[1], first)];
        bits([_mm256_cmpgt_epi8(count, from[0]), _mm256_cmpgt_epi8(count, from[1])], shift)
    }
}

/// The highest bits of all bytes, those of the second half from `shift` on.
#[inline(always)]
unsafe fn bits(halves: [__m256i; 2], shift: usize) -> u64 {
    // SAFETY: the caller says that the machine has the instructions.
    let [first, last] = unsafe {
        [_mm256_movemask_epi8(halves[0]).cast_unsigned(), _mm256_movemask_epi8(halves[1]).cast_unsigned()]
    };
    u64::from(first) | u64::from(last) << shift
}
