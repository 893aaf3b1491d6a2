//! How a packed gate lies in memory: one block of bytes, read with checked slices.
//!
//! ```text
//!  0      1               5       27        49                   split
//!  ┌──────┬───────────────┬───────┬─────────┬────────────────────┬─────────────────────┐
//!  │flags │split: 32 bits │upload │delivery │ index of upload    │ index of delivery   │
//!  └──────┴───────────────┴───────┴─────────┴────────────────────┴─────────────────────┘
//!                          a [`Head`] each    tags first, see `index/layout.rs`
//! ```
//!
//! What a check of a list reads is the header and one stretch, so that all of it can be asked for before any of it is there.

use core::hint::select_unpredictable;
use core::ops::Range;

use super::extras::Extras;
use crate::index::{Head, Index, IndexBuf, More};
use crate::list::{ListType, Mode};
use crate::matcher::Matcher;

const SPLIT: usize = 1;
const HEADS: usize = SPLIT + size_of::<u32>();
/// Bytes in front of the indexes.
pub(super) const HEADER: usize = HEADS + 2 * Head::SIZE;

/// Modes, and whether a request without the header that counts is denied: three bits a list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Flags(u8);

impl Flags {
    pub(super) fn new(modes: [Mode; 2], block_missing: [bool; 2]) -> Flags {
        let of = |place: usize| {
            let mode = match modes[place] {
                Mode::Off => 0,
                Mode::Report => 1,
                Mode::Enforce => 2,
            };
            mode | u8::from(block_missing[place]) << 2
        };
        Flags(of(0) | of(1) << 3)
    }

    #[inline(always)]
    pub(super) fn mode(self, list_type: ListType) -> Mode {
        match self.0 >> (3 * place(list_type)) & 3 {
            0 => Mode::Off,
            1 => Mode::Report,
            _ => Mode::Enforce,
        }
    }

    #[inline(always)]
    pub(super) fn block_missing(self, list_type: ListType) -> bool {
        self.0 >> (3 * place(list_type)) & 4 != 0
    }
}

/// The bytes of a packed gate. Of others what is read is of no use, and does no harm.
#[derive(Clone, Copy)]
pub(super) struct GateBytes<'g>(pub(super) &'g [u8]);

impl<'g> GateBytes<'g> {
    /// Packs the indexes of lists that have patterns; gives what of them is not bytes as well.
    pub(super) fn pack(flags: Flags, lists: [Option<IndexBuf>; 2]) -> (Box<[u8]>, [Option<Box<More>>; 2]) {
        let [(upload, upload_head, upload_more), (delivery, delivery_head, delivery_more)] =
            lists.map(|index| index.map_or((Box::default(), [0; Head::SIZE], None), IndexBuf::into_parts));
        let split = HEADER + upload.len();
        let mut bytes = Vec::with_capacity(split + delivery.len());
        bytes.push(flags.0);
        // The texts of a list are fewer than that by far.
        bytes.extend_from_slice(&u32::try_from(split).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend_from_slice(&upload_head);
        bytes.extend_from_slice(&delivery_head);
        bytes.extend_from_slice(&upload);
        bytes.extend_from_slice(&delivery);
        (bytes.into(), [upload_more, delivery_more])
    }

    #[inline(always)]
    pub(super) fn flags(self) -> Flags {
        Flags(self.0.first().copied().unwrap_or_default())
    }

    /// Where the index of a list is.
    #[inline(always)]
    pub(super) fn stretch(self, list_type: ListType) -> Range<usize> {
        let split =
            self.0.get(SPLIT..).and_then(<[u8]>::first_chunk).copied().map_or(0, u32::from_le_bytes) as usize;
        // Requests ask for either list, in no order.
        let is_upload = list_type == ListType::Upload;
        select_unpredictable(is_upload, HEADER, split)..select_unpredictable(is_upload, split, self.0.len())
    }

    /// What decides for a list.
    #[inline(always)]
    pub(super) fn matcher(self, list_type: ListType, extras: Option<&'g Extras>) -> Matcher<'g> {
        let extras = extras.map(|extras| &extras.lists[place(list_type)]);
        let more = extras.and_then(|extras| extras.more.as_deref());
        let rest = extras.and_then(|extras| extras.rest.as_deref());
        Matcher::from_parts(self.index(list_type, more), rest)
    }

    #[inline(always)]
    fn index(self, list_type: ListType, more: Option<&'g More>) -> Index<'g> {
        let head = self.0.get(HEADS + place(list_type) * Head::SIZE..).and_then(<[u8]>::first_chunk);
        let head = Head(head.unwrap_or(&[0; Head::SIZE]));
        let block = self.0.get(self.stretch(list_type)).unwrap_or_default();
        Index::from_parts(block, head, more)
    }

    /// The canonical texts of a list's patterns.
    pub(super) fn patterns(self, list_type: ListType) -> impl Iterator<Item = &'g str> {
        self.index(list_type, None).patterns()
    }
}

#[inline(always)]
pub(super) fn place(list_type: ListType) -> usize {
    match list_type {
        ListType::Upload => 0,
        ListType::Delivery => 1,
    }
}
