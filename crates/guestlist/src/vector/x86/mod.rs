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

use super::{Classes, Frames, Hash, LONG, Level, SHORT, Simd, Vector, Work};

pub(super) fn has_avx512() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl")
        && has_avx2()
}

pub(super) fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("popcnt")
}

/// Bytes that are brought near, at most: beyond, the first would be gone again when they are read.
const MOST_PREFETCHED: usize = 1024;

pub(super) fn prefetch(bytes: &[u8]) {
    for line in bytes[..bytes.len().min(MOST_PREFETCHED)].chunks(64) {
        // SAFETY: every x86-64 machine has the instruction, and it has no effect but on time.
        unsafe {
            core::arch::x86_64::_mm_prefetch::<{ core::arch::x86_64::_MM_HINT_T0 }>(line.as_ptr().cast())
        };
    }
}

/// Defines a proof that instructions are there, what runs with them, and [`Vector`] and [`Frames`] for them by the functions of three modules.
macro_rules! instruction_set {
    ($name:ident, $run:ident, $features:literal, $classes:path, $short:ident, $long:ident) => {
        #[doc = concat!("Proof that the machine has `", $features, "`: made only for a level that says so.")]
        #[derive(Clone, Copy, Debug)]
        pub(super) struct $name(());

        #[inline(always)]
        pub(super) fn $run<W: Work>(level: Level, work: W) -> W::Output {
            debug_assert_eq!(level.simd(), Simd::$name);
            // SAFETY: a level of this set is only made on a machine that was asked for all of these features.
            unsafe { $name::work(work) }
        }

        impl $name {
            #[inline(never)]
            #[target_feature(enable = $features)]
            fn work<W: Work>(work: W) -> W::Output {
                work.run($name(()))
            }
        }

        impl Vector for $name {
            type Short = $short::Token;
            type Long = $long::Token;

            #[inline(always)]
            fn short(self) -> Self::Short {
                $short::Token(self)
            }

            #[inline(always)]
            fn long(self) -> Self::Long {
                $long::Token(self)
            }

            #[inline(always)]
            fn is_text(self, frame: $short::Frame, keep: u64, text: &[u8; SHORT]) -> bool {
                // SAFETY: there is a proof that the instructions are there.
                unsafe { $short::is_text(frame, keep, text) }
            }

            #[inline(always)]
            fn inspect(self, text: &[u8]) -> ($short::Frame, Classes) {
                // SAFETY: there is a proof that the instructions are there.
                unsafe { $short::inspect(text) }
            }

            #[inline(always)]
            fn classes(self, text: &[u8]) -> Classes {
                // SAFETY: there is a proof that the instructions are there.
                unsafe { $classes(text) }
            }

            #[inline(always)]
            fn outlined<W: Work>(self, work: W) -> W::Output {
                // SAFETY: there is a proof that the instructions are there.
                unsafe { $name::work(work) }
            }
        }

        frames!($name, $short, SHORT);
        frames!($name, $long, LONG);
    };
}

/// Defines [`Frames`] by the functions of a module.
macro_rules! frames {
    ($name:ident, $module:ident, $size:expr) => {
        impl Frames for $module::Token {
            const SIZE: usize = $size;

            type Frame = $module::Frame;

            #[inline(always)]
            fn frame(self, text: &[u8]) -> Self::Frame {
                // SAFETY: the token holds a proof that the instructions are there; and so below.
                unsafe { $module::frame(text) }
            }

            #[inline(always)]
            fn end_of(self, bytes: &[u8; LONG]) -> Self::Frame {
                // SAFETY: as above.
                unsafe { $module::end_of(bytes) }
            }

            #[inline(always)]
            fn dots(self, frame: Self::Frame) -> u64 {
                // SAFETY: as above.
                unsafe { $module::dots(frame) }
            }

            #[inline(always)]
            fn hashes(self, frame: Self::Frame, keep: u64, labels: [u8; 2]) -> [Hash; 2] {
                // SAFETY: as above.
                unsafe { $module::hashes(frame, keep, labels) }
            }

            #[inline(always)]
            fn same(self, one: Self::Frame, other: Self::Frame, keep: u64) -> bool {
                // SAFETY: as above.
                unsafe { $module::same(one, other, keep) }
            }

            #[inline(always)]
            fn tags(self, line: &[u8; LONG], tag: u16) -> u32 {
                // SAFETY: as above.
                unsafe { $module::tags(line, tag) }
            }

            #[inline(always)]
            fn look_up(self, frame: Self::Frame, keep: u64, line: &[u8; LONG], parents: u32) -> u32 {
                // SAFETY: as above.
                unsafe { $module::matches(line, $module::tags_of(frame, keep), parents) }
            }
        }
    };
}

instruction_set!(Avx2, run_avx2, "avx2,bmi1,bmi2,lzcnt,popcnt", classes::avx2, short_avx2, long_avx2);
instruction_set!(
    Avx512,
    run_avx512,
    "avx512f,avx512bw,avx512vl,avx2,bmi1,bmi2,lzcnt,popcnt",
    classes::avx512,
    short_avx512,
    long_avx512
);
