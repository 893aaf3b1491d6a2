//! AVX2 and AVX-512, on x86-64.
//!
//! The functions in the modules here need instructions that a machine may lack. They are only called through values of [`Avx2`] and [`Avx512`] and of what those give out, and these two are only
//! made here, for a [`Level`] that was found to be there. They carry no `#[target_feature]` of their own, because what does cannot be told to be inlined always, and everything on the check path
//! must be: they become part of `work`, which has the features.

#![allow(unsafe_code)]

mod classes;
mod long_avx2;
mod long_avx512;
mod short_avx2;
mod short_avx512;

use super::{Classes, Frames, LONG, Level, SHORT, Simd, Vector, Work};

#[inline(always)]
pub(super) fn has_avx512() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl")
        && has_avx2()
}

#[inline(always)]
pub(super) fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("popcnt")
}

#[inline(always)]
pub(super) fn bring_near(from: *const u8, bytes: usize) {
    for at in (0..bytes).step_by(64) {
        let line = from.wrapping_add(at);
        // SAFETY: every x86-64 machine has the instruction; it has no effect but on time, whatever the address.
        unsafe { core::arch::x86_64::_mm_prefetch::<{ core::arch::x86_64::_MM_HINT_T0 }>(line.cast()) };
    }
}

instruction_set!(
    Avx2,
    run_avx2,
    "x86_64",
    "avx2,bmi1,bmi2,lzcnt,popcnt",
    classes::avx2,
    short_avx2,
    long_avx2
);
instruction_set!(
    Avx512,
    run_avx512,
    "x86_64",
    "avx512f,avx512bw,avx512vl,avx2,bmi1,bmi2,lzcnt,popcnt",
    classes::avx512,
    short_avx512,
    long_avx512
);
