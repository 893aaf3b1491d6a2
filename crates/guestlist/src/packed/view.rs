//! [`PackedRef`]: a packed gate whose bytes are somebody else's.

use core::fmt;
use core::ops::Range;

use super::PackedExtras;
use super::dormant::DormantGate;
use super::extras::Extras;
use super::layout::GateBytes;
use crate::decision::Decision;
use crate::gate::{self, Judge};
use crate::headers::RequestHeaders;
use crate::list::{ListType, Mode};
use crate::matcher::Matcher;
use crate::rule::RuleId;
use crate::vector::{self, Level};

/// Reads packed gates of which the bytes are kept elsewhere, such as those of very many gates. It knows the instructions of the machine, which need not be asked for each gate.
///
/// ```
/// use guestlist::{Gate, List, ListType, PackedGate, PackedReader, RequestHeaders};
///
/// let gate = Gate::new().with_list(List::builder(ListType::Upload).pattern("*.example.com").build()?);
/// let (bytes, extras) = PackedGate::from(&gate).into_parts();
/// // … kept among other things, for as long as one likes …
/// let packed = PackedReader::new().gate(&bytes, extras.as_ref());
/// let headers = RequestHeaders::new().origin(b"https://www.example.com");
/// assert_eq!(packed.decide(ListType::Upload, &headers), gate.decide(ListType::Upload, &headers));
/// # Ok::<(), guestlist::ListError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct PackedReader {
    level: Level,
}

impl Default for PackedReader {
    fn default() -> PackedReader {
        PackedReader::new()
    }
}

impl PackedReader {
    /// One for this machine.
    pub fn new() -> PackedReader {
        PackedReader { level: Level::best() }
    }

    /// The gate of these parts, which [`PackedGate::into_parts`](super::PackedGate::into_parts) gave. It takes no time: nothing of them is read.
    ///
    /// They mean something within one build of this crate only; bytes are no format to store. Of any other bytes it makes a gate whose answers mean nothing, and which does not panic.
    #[inline]
    pub fn gate<'g>(self, bytes: &'g [u8], extras: Option<&'g PackedExtras>) -> PackedRef<'g> {
        PackedRef { bytes: GateBytes(bytes), extras: extras.map(|extras| &*extras.0), level: self.level }
    }

    /// Asks the machine to bring memory near that will be read soon. Whatever the address, it has no effect but on time, and where the machine cannot be asked, none.
    #[inline]
    pub fn bring_near(from: *const u8, bytes: usize) {
        vector::bring_near(from, bytes);
    }
}

/// A [`PackedGate`](super::PackedGate) whose bytes are somebody else's; see [`PackedReader::gate`].
#[derive(Clone, Copy)]
pub struct PackedRef<'g> {
    pub(super) bytes: GateBytes<'g>,
    pub(super) extras: Option<&'g Extras>,
    pub(super) level: Level,
}

impl<'g> PackedRef<'g> {
    /// As [`Gate::decide`](crate::Gate::decide).
    #[inline]
    pub fn decide(self, list_type: ListType, headers: &RequestHeaders<'_>) -> Decision {
        gate::decide(&Packed { list_type, gate: self }, self.schemes(), headers)
    }

    /// As [`Gate::decide_many`](crate::Gate::decide_many).
    pub fn decide_many(
        self,
        list_type: ListType,
        requests: &[RequestHeaders<'_>],
        decided: impl FnMut(Decision),
    ) {
        gate::decide_many(&Packed { list_type, gate: self }, self.schemes(), requests, decided);
    }

    /// The mode of a list.
    pub fn mode(self, list_type: ListType) -> Mode {
        self.bytes.flags().mode(list_type)
    }

    /// Whether a request without the header that counts is denied.
    pub fn block_missing(self, list_type: ListType) -> bool {
        self.bytes.flags().block_missing(list_type)
    }

    /// The canonical texts of a list's patterns, in the order of their rules.
    pub fn patterns(self, list_type: ListType) -> impl Iterator<Item = &'g str> {
        self.bytes.patterns(list_type)
    }

    /// The canonical text of the pattern of a rule, as in [`Decision::rule`]. Cost: linear in the texts of the list.
    pub fn pattern(self, list_type: ListType, rule: RuleId) -> Option<&'g str> {
        self.patterns(list_type).nth(rule.index())
    }

    /// What is left without the indexes.
    pub fn to_dormant(self) -> DormantGate {
        let lists = ListType::ALL.map(|list_type| self.patterns(list_type));
        DormantGate::new(self.bytes.flags(), self.schemes(), lists)
    }

    /// As [`PackedGate::bytes`](super::PackedGate::bytes).
    pub fn bytes(self) -> usize {
        size_of::<super::PackedGate>() + self.bytes.0.len() + self.extras.map_or(0, Extras::bytes)
    }

    /// Where in the bytes is what a check of a list reads, besides the first [`PackedRef::HEADER`] of them. Whoever knows it beforehand can have it brought near before it knows the bytes.
    pub fn stretch(self, list_type: ListType) -> Range<usize> {
        self.bytes.stretch(list_type)
    }

    /// How many bytes in front a check of either list reads.
    pub const HEADER: usize = super::layout::HEADER;

    #[inline]
    pub(super) fn schemes(self) -> &'g [Box<str>] {
        self.extras.map_or(&[], |extras| &extras.schemes)
    }
}

/// A list of a packed gate.
struct Packed<'g> {
    list_type: ListType,
    gate: PackedRef<'g>,
}

impl Judge for Packed<'_> {
    #[inline(always)]
    fn list_type(&self) -> ListType {
        self.list_type
    }

    #[inline(always)]
    fn mode(&self) -> Mode {
        self.gate.bytes.flags().mode(self.list_type)
    }

    #[inline(always)]
    fn block_missing(&self) -> bool {
        self.gate.bytes.flags().block_missing(self.list_type)
    }

    #[inline(always)]
    fn level(&self) -> Level {
        self.gate.level
    }

    #[inline(always)]
    fn matcher(&self) -> Matcher<'_> {
        self.gate.bytes.matcher(self.list_type, self.gate.extras)
    }
}

impl fmt::Debug for PackedRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_dormant().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::PackedReader;
    use crate::{Gate, List, ListType, PackedGate, RequestHeaders};

    /// Whatever the bytes are: an answer, and no panic.
    #[test]
    fn bytes_that_are_no_gate_do_no_harm() {
        let patterns =
            ["example.com", "*.example.com", "a.b:8443", "app[1-3].c.d", "*a?*b.e", "{x,*}.y*.z:80?", "*"];
        let list = |list_type| List::builder(list_type).patterns(patterns).build().unwrap();
        let gate = Gate::new().with_list(list(ListType::Upload)).with_list(list(ListType::Delivery));
        let (good, extras) = PackedGate::from(&gate).into_parts();
        let values: [&[u8]; 6] = [
            b"https://example.com",
            b"https://www.example.com",
            b"https://a.b:8443",
            b"https://app2.c.d",
            b"https://[::1]",
            b"https://a-long-label-for-a-long-frame.and-another-one.example.com",
        ];
        let ask = |bytes: &[u8]| {
            let gate = PackedReader::new().gate(bytes, extras.as_ref());
            for list_type in ListType::ALL {
                for value in values {
                    let headers = RequestHeaders::new().origin(value);
                    let decision = gate.decide(list_type, &headers);
                    let _ = decision.rule().and_then(|rule| gate.pattern(list_type, rule));
                }
                let _ = (gate.patterns(list_type).count(), gate.stretch(list_type), gate.bytes());
            }
            let _ = gate.to_dormant().pack();
        };
        let mut bits = 1_u64;
        for round in 0..3000 {
            let mut bytes = good.to_vec();
            for _ in 0..1 + round % 4 {
                bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let [first, b, c, value, ..] = bits.to_be_bytes();
                // Mostly in front, where everything is said.
                let at = usize::from(u16::from_be_bytes([b, c])) % [64, bytes.len()][round % 2];
                bytes[at] = value ^ first;
            }
            bytes.truncate(if round % 8 == 0 {
                usize::from(bits.to_be_bytes()[0]) * 8 % bytes.len()
            } else {
                bytes.len()
            });
            ask(&bytes);
        }
        (0..good.len()).for_each(|len| ask(&good[..len]));
        ask(&vec![0xff; 4096]);
    }
}
