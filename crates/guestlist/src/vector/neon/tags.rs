//! Tags in a line.

use super::bytes::{bits32, bits64, line as registers};
use super::instructions::*;
use crate::vector::LONG;

/// A byte for each of the 32 numbers, of ones if it is the one that stands in all places of the register.
#[inline(always)]
unsafe fn equal([a, b, c, d]: [uint8x16_t; 4], tag: uint16x8_t) -> [uint8x16_t; 2] {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let equal = |part| vreinterpretq_u8_u16(vceqq_u16(vreinterpretq_u16_u8(part), tag));
        // One of the two bytes of each number; both are the same.
        [vuzp1q_u8(equal(a), equal(b)), vuzp1q_u8(equal(c), equal(d))]
    }
}

#[inline(always)]
pub(super) unsafe fn tags(line: &[u8; LONG], tag: u16) -> u32 {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { bits32(equal(registers(line), vdupq_n_u16(tag))) }
}

/// Which numbers of the line are their tag.
#[inline(always)]
#[allow(clippy::cast_possible_truncation)] // The lower half is meant.
pub(super) unsafe fn matches(line: &[u8; LONG], tags: uint16x8_t, parents: u32) -> u32 {
    // SAFETY: the caller says that the machine has the instructions.
    let found = unsafe {
        // Bits 32 to 47 of either number.
        let (whole, parent) = (vdupq_laneq_u16::<2>(tags), vdupq_laneq_u16::<6>(tags));
        let line = registers(line);
        let ([a, b], [c, d]) = (equal(line, whole), equal(line, parent));
        // Both answers in one number: the lower half for the whole.
        bits64([a, b, c, d])
    };
    (found as u32 & !parents) | ((found >> 32) as u32 & parents)
}
