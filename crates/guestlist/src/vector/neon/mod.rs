//! NEON, on AArch64.
//!
//! Every AArch64 target with a standard library has it, so that asking costs nothing there; it is still only reached through values of [`Neon`] and of what those give out, which are only made
//! here, for a [`Level`] that was found to be there, and its functions carry no `#[target_feature]` of their own, as on x86-64. It is for little endian alone, because words and bytes of the same
//! register are used; in big endian the portable operations do.
//!
//! NEON has no instruction that gathers a bit of each byte: comparisons become sets of bytes by way of weights and pairwise sums ([`bytes`]), for as many bytes at a time as will fit.
//!
//! **How far it is tried.** The unit tests hold it against the portable operations: on AArch64 with the instructions themselves, on any other machine with an emulation of them in plain Rust. Up to
//! now the only AArch64 that it has met was an emulated processor, which tells whether results are right and not what they cost.

#![allow(unsafe_code)]
// An emulation needs no feature, so that there is nothing unsafe about calling it.
#![cfg_attr(not(all(target_arch = "aarch64", target_endian = "little")), allow(unused_unsafe))]

mod bytes;
mod classes;
#[cfg(not(all(target_arch = "aarch64", target_endian = "little")))]
mod emulated;
mod hash;
mod long;
mod short;
mod tags;

#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
use core::arch::aarch64 as instructions;
#[cfg(not(all(target_arch = "aarch64", target_endian = "little")))]
use emulated as instructions;

use super::{Classes, Frames, LONG, Level, SHORT, Simd, Vector, Work};

#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
pub(super) fn has_neon() -> bool {
    std::arch::is_aarch64_feature_detected!("neon")
}

instruction_set!(Neon, run_neon, "aarch64", "neon", classes::neon, short, long);
