//! What a frame of either size needs for its hash and for comparing a suffix of it. The only unsafe operations are loads of arrays behind a reference.

use core::array::from_fn;

use super::bytes::{last, load};
use super::instructions::*;
use crate::vector::portable::SLIDE;
use crate::vector::{FOLD, KEYS, LABEL, LONG, MIX, SHORT};

/// Bytes of ones where a frame is kept.
#[inline(always)]
unsafe fn mask<const N: usize>(keep: u64) -> [uint8x16_t; N] {
    let start = LONG - (keep.trailing_zeros() as usize).min(16 * N);
    let bytes = SLIDE.get(start..).and_then(<[u8]>::first_chunk::<LONG>).unwrap_or(&[0; LONG]);
    let (chunks, _) = bytes.as_chunks();
    // SAFETY: the caller says that the machine has the instructions.
    from_fn(|index| unsafe { load(&chunks[index]) })
}

/// The frame of a suffix.
#[inline(always)]
pub(super) unsafe fn kept<const N: usize>(frame: [uint8x16_t; N], keep: u64) -> [uint8x16_t; N] {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let mask = mask::<N>(keep);
        from_fn(|index| vbslq_u8(mask[index], frame[index], vdupq_n_u8(FOLD)))
    }
}

/// The keys of the last registers of a long frame.
#[inline(always)]
unsafe fn keys<const N: usize>() -> [uint8x16_t; N] {
    let (chunks, _) = KEYS.as_chunks::<4>();
    from_fn(|index| {
        // SAFETY: the caller says that the machine has the instructions. Four words behind a reference.
        unsafe { vreinterpretq_u8_u32(vld1q_u32(chunks[chunks.len() - N + index].as_ptr())) }
    })
}

/// The products of NH, in two sums.
#[inline(always)]
unsafe fn products<const N: usize>(frame: [uint8x16_t; N]) -> uint64x2_t {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let keys = keys::<N>();
        let words = from_fn::<_, N, _>(|index| veorq_u8(frame[index], keys[index]));
        let (pairs, _) = words.as_chunks();
        pairs.iter().fold(vdupq_n_u64(0), |sums, [one, other]| {
            let (one, other) = (vreinterpretq_u32_u8(*one), vreinterpretq_u32_u8(*other));
            // The lower halves of words of 64 bits, and the upper.
            let (low, high) = (vuzp1q_u32(one, other), vuzp2q_u32(one, other));
            vmlal_high_u32(vmlal_u32(sums, vget_low_u32(low), vget_low_u32(high)), low, high)
        })
    }
}

/// The sums beside each other.
#[inline(always)]
unsafe fn sums_beside<const N: usize>([one, other]: [[uint8x16_t; N]; 2]) -> uint64x2_t {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe { vpaddq_u64(products(one), products(other)) }
}

#[inline(always)]
pub(super) unsafe fn sums<const N: usize>(frames: [[uint8x16_t; N]; 2]) -> [u64; 2] {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let sums = sums_beside(frames);
        [vgetq_lane_u64::<0>(sums), vgetq_lane_u64::<1>(sums)]
    }
}

/// The tags of a frame and of the suffix behind one label, each in bits 32 to 47 of a number of 64 bits. As [`crate::vector::Hash`] defines them, without leaving the vector registers.
#[inline(always)]
pub(super) unsafe fn tags_of<const N: usize>(frame: [uint8x16_t; N], keep: u64) -> uint16x8_t {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let sums = sums_beside([frame, kept(frame, keep)]);
        let folded = veorq_u64(sums, vshrq_n_u64::<32>(sums));
        let labelled = veorq_u64(folded, vcombine_u64(vcreate_u64(0), vcreate_u64(u64::from(LABEL))));
        let mixed = vmull_u32(vmovn_u64(labelled), vdup_n_u32(MIX));
        vorrq_u16(vreinterpretq_u16_u64(mixed), vdupq_n_u16(1))
    }
}

#[inline(always)]
pub(super) unsafe fn same<const N: usize>(one: [uint8x16_t; N], other: [uint8x16_t; N], keep: u64) -> bool {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let mask = mask::<N>(keep);
        any(from_fn::<_, N, _>(|index| vandq_u8(veorq_u8(one[index], other[index]), mask[index]))) == 0
    }
}

#[inline(always)]
pub(super) unsafe fn differs([a, b]: [uint8x16_t; SHORT / 16], text: &[u8; SHORT]) -> u32 {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let [c, d] = last(text);
        any([veorq_u8(a, c), veorq_u8(b, d)])
    }
}

/// 0 if no bit is set, else any other number.
#[inline(always)]
unsafe fn any<const N: usize>(bytes: [uint8x16_t; N]) -> u32 {
    // SAFETY: the caller says that the machine has the instructions.
    unsafe {
        let any = bytes.iter().fold(vdupq_n_u8(0), |any, part| vorrq_u8(any, *part));
        vmaxvq_u32(vreinterpretq_u32_u8(any))
    }
}
