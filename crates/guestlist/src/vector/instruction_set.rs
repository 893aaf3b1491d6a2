//! What every instruction set has in common but for its instructions: how its functions are reached. They need instructions that a machine may lack, so that only a proof leads to them.

/// Defines a proof that instructions are there, what runs with them, and [`Vector`] and [`Frames`] for them by the functions of three modules. The place that it is used in imports what it names.
///
/// On another architecture than this one there is nothing to ask for; that is where an instruction set is emulated.
macro_rules! instruction_set {
    ($name:ident, $run:ident, $arch:literal, $features:literal, $classes:path, $short:ident, $long:ident) => {
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
            #[cfg_attr(target_arch = $arch, target_feature(enable = $features))]
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
            fn differs(self, frame: $short::Frame, text: &[u8; SHORT]) -> u32 {
                // SAFETY: there is a proof that the instructions are there.
                unsafe { $short::differs(frame, text) }
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
            fn kept(self, frame: Self::Frame, keep: u64) -> Self::Frame {
                // SAFETY: as above.
                unsafe { $module::kept(frame, keep) }
            }

            #[inline(always)]
            fn sums(self, frames: [Self::Frame; 2]) -> [u64; 2] {
                // SAFETY: as above.
                unsafe { $module::sums(frames) }
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
