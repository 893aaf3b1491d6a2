//! Frames of 64 bytes: four registers.

use super::Neon;
use super::bytes::{bits64, line, words};
use super::instructions::*;
use crate::vector::portable::Words;
use crate::vector::{FOLD, LONG};

pub(super) type Frame = [uint8x16_t; 4];

/// The right to call what is here.
#[derive(Clone, Copy, Debug)]
pub(in crate::vector) struct Token(pub(super) Neon);

#[inline(always)]
pub(super) unsafe fn frame(text: &[u8]) -> Frame {
    let [a, b, c, d, e, f, g, h] = Words::of(text);
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { [words(a, b), words(c, d), words(e, f), words(g, h)] }
}

#[inline(always)]
pub(super) unsafe fn end_of(bytes: &[u8; LONG]) -> Frame {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let ([a, b, c, d], fold) = (line(bytes), vdupq_n_u8(FOLD));
        [vorrq_u8(a, fold), vorrq_u8(b, fold), vorrq_u8(c, fold), vorrq_u8(d, fold)]
    }
}

#[inline(always)]
pub(super) unsafe fn dots([a, b, c, d]: Frame) -> u64 {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let dot = vdupq_n_u8(b'.');
        bits64([vceqq_u8(a, dot), vceqq_u8(b, dot), vceqq_u8(c, dot), vceqq_u8(d, dot)])
    }
}

pub(super) use super::hash::{kept, same, sums, tags_of};
pub(super) use super::tags::{matches, tags};
