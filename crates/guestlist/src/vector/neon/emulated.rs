//! The instructions that are used here, in plain Rust, for tests on other machines than AArch64.
//!
//! Names, types, constants and what is unsafe are those of `core::arch::aarch64`, so that the same source is compiled against either. They were compared with the standard architecture library of
//! June 2025, when Rust 1.89 branched off, and the source was compiled against that of Rust 1.96. In both, loads alone are unsafe among these functions once the feature is there, because of their
//! pointers. What each does is after Arm's definition of it, lane by lane; lane 0 has the first bytes in memory.

#![allow(non_camel_case_types, clippy::cast_possible_truncation, clippy::cast_sign_loss)]

use core::array::from_fn;

macro_rules! vectors {
    ($($name:ident: $lanes:literal of $lane:ident;)*) => {
        $(
            #[derive(Clone, Copy, Debug)]
            pub(crate) struct $name([$lane; $lanes]);
        )*
    };
}

vectors! {
    uint8x16_t: 16 of u8;
    uint16x8_t: 8 of u16;
    uint32x2_t: 2 of u32;
    uint32x4_t: 4 of u32;
    uint64x1_t: 1 of u64;
    uint64x2_t: 2 of u64;
}

/// What is done to each pair of lanes.
macro_rules! lanes {
    ($($name:ident: $vector:ident, $of:expr;)*) => {
        $(
            pub(super) fn $name(a: $vector, b: $vector) -> $vector {
                $vector(from_fn(|lane| $of(a.0[lane], b.0[lane])))
            }
        )*
    };
}

lanes! {
    vandq_u8: uint8x16_t, |a, b| a & b;
    vorrq_u8: uint8x16_t, |a, b| a | b;
    vorrq_u16: uint16x8_t, |a, b| a | b;
    veorq_u8: uint8x16_t, |a, b| a ^ b;
    veorq_u64: uint64x2_t, |a, b| a ^ b;
    vsubq_u8: uint8x16_t, u8::wrapping_sub;
    vceqq_u8: uint8x16_t, |a, b| if a == b { u8::MAX } else { 0 };
    vceqq_u16: uint16x8_t, |a, b| if a == b { u16::MAX } else { 0 };
    vcltq_u8: uint8x16_t, |a, b| if a < b { u8::MAX } else { 0 };
}

/// Loads, which must have as much memory behind the pointer as the vector is large.
macro_rules! loads {
    ($($name:ident: $lane:ident, $vector:ident;)*) => {
        $(
            pub(super) unsafe fn $name(ptr: *const $lane) -> $vector {
                // SAFETY: as the caller says; arrays have the alignment of their elements.
                $vector(unsafe { ptr.cast::<[$lane; 16 / size_of::<$lane>()]>().read() })
            }
        )*
    };
}

loads! {
    vld1q_u8: u8, uint8x16_t;
    vld1q_u32: u32, uint32x4_t;
}

/// The same value in all lanes.
macro_rules! splats {
    ($($name:ident: $lane:ident, $vector:ident;)*) => {
        $(
            pub(super) fn $name(value: $lane) -> $vector {
                $vector(from_fn(|_| value))
            }
        )*
    };
}

splats! {
    vdupq_n_u8: u8, uint8x16_t;
    vdupq_n_u16: u16, uint16x8_t;
    vdup_n_u32: u32, uint32x2_t;
    vdupq_n_u64: u64, uint64x2_t;
}

/// The same bytes in other lanes.
macro_rules! reinterpretations {
    ($($name:ident: $from:ident, $to:ident of $lane:ident;)*) => {
        $(
            pub(super) fn $name(a: $from) -> $to {
                let bytes: Vec<u8> = a.0.iter().flat_map(|lane| lane.to_le_bytes()).collect();
                let (lanes, _) = bytes.as_chunks();
                $to(from_fn(|lane| $lane::from_le_bytes(lanes[lane])))
            }
        )*
    };
}

reinterpretations! {
    vreinterpretq_u8_u16: uint16x8_t, uint8x16_t of u8;
    vreinterpretq_u8_u32: uint32x4_t, uint8x16_t of u8;
    vreinterpretq_u8_u64: uint64x2_t, uint8x16_t of u8;
    vreinterpretq_u16_u8: uint8x16_t, uint16x8_t of u16;
    vreinterpretq_u16_u64: uint64x2_t, uint16x8_t of u16;
    vreinterpretq_u32_u8: uint8x16_t, uint32x4_t of u32;
    vreinterpretq_u64_u8: uint8x16_t, uint64x2_t of u64;
}

pub(super) fn vcreate_u64(a: u64) -> uint64x1_t {
    uint64x1_t([a])
}

pub(super) fn vcombine_u64(a: uint64x1_t, b: uint64x1_t) -> uint64x2_t {
    uint64x2_t([a.0[0], b.0[0]])
}

pub(super) fn vgetq_lane_u32<const IMM5: i32>(v: uint32x4_t) -> u32 {
    v.0[IMM5 as usize]
}

pub(super) fn vgetq_lane_u64<const IMM5: i32>(v: uint64x2_t) -> u64 {
    v.0[IMM5 as usize]
}

pub(super) fn vget_low_u32(a: uint32x4_t) -> uint32x2_t {
    uint32x2_t([a.0[0], a.0[1]])
}

pub(super) fn vdupq_laneq_u16<const N: i32>(a: uint16x8_t) -> uint16x8_t {
    vdupq_n_u16(a.0[N as usize])
}

/// For each bit: that of the second if the first has it, else that of the third.
pub(super) fn vbslq_u8(a: uint8x16_t, b: uint8x16_t, c: uint8x16_t) -> uint8x16_t {
    uint8x16_t(from_fn(|lane| (a.0[lane] & b.0[lane]) | (!a.0[lane] & c.0[lane])))
}

pub(super) fn vshrq_n_u64<const N: i32>(a: uint64x2_t) -> uint64x2_t {
    uint64x2_t(a.0.map(|lane| lane >> N))
}

pub(super) fn vmovn_u64(a: uint64x2_t) -> uint32x2_t {
    uint32x2_t(a.0.map(|lane| lane as u32))
}

/// The sums of neighbours in the two, one behind the other.
pub(super) fn vpaddq_u8(a: uint8x16_t, b: uint8x16_t) -> uint8x16_t {
    let sum = |of: uint8x16_t, lane: usize| of.0[2 * lane].wrapping_add(of.0[2 * lane + 1]);
    uint8x16_t(from_fn(|lane| if lane < 8 { sum(a, lane) } else { sum(b, lane - 8) }))
}

pub(super) fn vpaddq_u64(a: uint64x2_t, b: uint64x2_t) -> uint64x2_t {
    uint64x2_t([a.0[0].wrapping_add(a.0[1]), b.0[0].wrapping_add(b.0[1])])
}

/// The lanes with even numbers of the two, one behind the other.
pub(super) fn vuzp1q_u8(a: uint8x16_t, b: uint8x16_t) -> uint8x16_t {
    uint8x16_t(from_fn(|lane| if lane < 8 { a.0[2 * lane] } else { b.0[2 * lane - 16] }))
}

pub(super) fn vuzp1q_u32(a: uint32x4_t, b: uint32x4_t) -> uint32x4_t {
    uint32x4_t([a.0[0], a.0[2], b.0[0], b.0[2]])
}

/// Those with odd numbers.
pub(super) fn vuzp2q_u32(a: uint32x4_t, b: uint32x4_t) -> uint32x4_t {
    uint32x4_t([a.0[1], a.0[3], b.0[1], b.0[3]])
}

/// The products, in full.
pub(super) fn vmull_u32(a: uint32x2_t, b: uint32x2_t) -> uint64x2_t {
    uint64x2_t(from_fn(|lane| u64::from(a.0[lane]) * u64::from(b.0[lane])))
}

pub(super) fn vmlal_u32(a: uint64x2_t, b: uint32x2_t, c: uint32x2_t) -> uint64x2_t {
    let product = vmull_u32(b, c);
    uint64x2_t(from_fn(|lane| a.0[lane].wrapping_add(product.0[lane])))
}

/// As the one before, of the last two lanes.
pub(super) fn vmlal_high_u32(a: uint64x2_t, b: uint32x4_t, c: uint32x4_t) -> uint64x2_t {
    vmlal_u32(a, uint32x2_t([b.0[2], b.0[3]]), uint32x2_t([c.0[2], c.0[3]]))
}

pub(super) fn vmaxvq_u32(a: uint32x4_t) -> u32 {
    a.0.into_iter().fold(0, u32::max)
}
