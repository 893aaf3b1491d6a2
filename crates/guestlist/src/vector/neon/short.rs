//! Frames of 32 bytes: two registers.

use super::Neon;
use super::bytes::{bits32, last, words};
use super::classes::framed;
use super::instructions::*;
use crate::vector::portable::{Words, short};
use crate::vector::{Classes, FOLD, LONG, SHORT};

pub(super) type Frame = [uint8x16_t; 2];

/// The right to call what is here.
#[derive(Clone, Copy, Debug)]
pub(in crate::vector) struct Token(pub(super) Neon);

#[inline(always)]
pub(super) unsafe fn frame(text: &[u8]) -> Frame {
    let [a, b, c, d] = Words::of(text);
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { [words(a, b), words(c, d)] }
}

#[inline(always)]
pub(super) unsafe fn inspect(text: &[u8]) -> (Frame, Classes) {
    let [a, b, c, d] = if text.len() <= SHORT { short(text) } else { [0; 4] };
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let raw = [words(a, b), words(c, d)];
        (folded(raw), framed(raw))
    }
}

#[inline(always)]
pub(super) unsafe fn end_of(bytes: &[u8; LONG]) -> Frame {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { folded(last(bytes)) }
}

#[inline(always)]
unsafe fn folded([a, b]: Frame) -> Frame {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { [vorrq_u8(a, vdupq_n_u8(FOLD)), vorrq_u8(b, vdupq_n_u8(FOLD))] }
}

#[inline(always)]
pub(super) unsafe fn dots([a, b]: Frame) -> u64 {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let dot = vdupq_n_u8(b'.');
        u64::from(bits32([vceqq_u8(a, dot), vceqq_u8(b, dot)]))
    }
}

pub(super) use super::hash::{differs, kept, same, sums, tags_of};
pub(super) use super::tags::{matches, tags};
