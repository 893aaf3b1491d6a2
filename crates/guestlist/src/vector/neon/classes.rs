//! The kinds of bytes of a text. The only unsafe operations are loads of arrays behind a reference.

use super::bytes::{bits64, four_bits32, load};
use super::instructions::*;
use crate::vector::{Classes, FOLD, LONG, Portable, Vector as _};

#[inline(always)]
pub(super) unsafe fn neon(text: &[u8]) -> Classes {
    let text = &text[..text.len().min(LONG)];
    // The first bytes and the last: the two overlap, and what is there twice is the same.
    if let (Some(first), Some(last)) = (text.first_chunk::<32>(), text.last_chunk::<32>()) {
        let ((first, _), (last, _)) = (first.as_chunks(), last.as_chunks());
        let shift = text.len() - 32;
        let spread = |bits: u64| (bits & 0xffff_ffff) | (bits >> 32) << shift;
        // SAFETY: the caller says that the machine has the instructions.
        return unsafe {
            let (a, b) = (kinds(load(&first[0])), kinds(load(&first[1])));
            let (c, d) = (kinds(load(&last[0])), kinds(load(&last[1])));
            let bits = |kind: usize| spread(bits64([a[kind], b[kind], c[kind], d[kind]]));
            classes([bits(0), bits(1), bits(2), bits(3)])
        };
    }
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        let shift = text.len() - 16;
        let spread = |bits: u64| (bits & 0xffff) | (bits >> 16) << shift;
        // SAFETY: the caller says that the machine has the instructions.
        return unsafe { classes(both([load(first), load(last)]).map(spread)) };
    }
    Portable.classes(text)
}

/// The kinds of bytes of a text in its short frame, behind zeros: sets of the frame.
#[inline(always)]
pub(super) unsafe fn framed(text: [uint8x16_t; 2]) -> Classes {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { classes(both(text)) }
}

/// The kinds, in the order of [`kinds`].
#[inline(always)]
fn classes([host, dots, hyphens, digits]: [u64; 4]) -> Classes {
    Classes { host, dots, hyphens, digits }
}

/// Which of 32 bytes are of each kind.
#[inline(always)]
unsafe fn both([a, b]: [uint8x16_t; 2]) -> [u64; 4] {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let (a, b) = (kinds(a), kinds(b));
        four_bits32([[a[0], b[0]], [a[1], b[1]], [a[2], b[2]], [a[3], b[3]]])
    }
}

/// Which of sixteen bytes are of each kind: bytes of ones.
#[inline(always)]
unsafe fn kinds(text: uint8x16_t) -> [uint8x16_t; 4] {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let folded = vorrq_u8(text, vdupq_n_u8(FOLD));
        let (dots, hyphens, digits) = (is(text, b'.'), is(text, b'-'), between(text, b'0', 10));
        let punctuation = vorrq_u8(vorrq_u8(dots, hyphens), is(text, b'_'));
        [vorrq_u8(vorrq_u8(digits, between(folded, b'a', 26)), punctuation), dots, hyphens, digits]
    }
}

#[inline(always)]
unsafe fn is(text: uint8x16_t, byte: u8) -> uint8x16_t {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { vceqq_u8(text, vdupq_n_u8(byte)) }
}

/// The bytes that are among so many from the first on. Compared without a sign, so that what is below the first is beyond the last.
#[inline(always)]
unsafe fn between(text: uint8x16_t, first: u8, count: u8) -> uint8x16_t {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { vcltq_u8(vsubq_u8(text, vdupq_n_u8(first)), vdupq_n_u8(count)) }
}
