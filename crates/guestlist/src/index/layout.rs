//! How an index lies in memory: one block of bytes, read with checked slices.
//!
//! ```text
//!  lines              entries                tests            text
//!  64 bytes each      4 or 8 bytes each      12 bytes each    canonical patterns, each with a line feed; then other texts
//!  ┌────┬────┬──     ┌────┬────┬────┬──     ┌────────┬──     ┌──────────────────────────
//!  │from│tags│ …  ──►│    │    │    │ …  ──►│        │ …     │shop.example.com␊*.exa …
//!  └────┴────┴──     └────┴────┴────┴──     └────────┴──     └──────────────────────────
//! ```
//!
//! A **line** is what one look at a hash reads: the number of its first entry in 32 bits and up to thirty tags of 16 bits; 0 is no tag. An **entry** says which rule a tag is of,
//! how many labels are in front of its text, where the text is, and whether the port or more must be looked at. A **test** is what more must hold. A small index, which most are, has one line and the narrow form of entries.

#![allow(clippy::cast_possible_truncation)] // Fields are cut out of numbers by their widths.

use super::port::{self, PortGlob};
use crate::vector::LONG;

/// Tags in a line.
pub(super) const SLOTS: usize = (LONG - size_of::<u32>()) / size_of::<u16>();
/// Most labels in front of the text of an entry.
pub(super) const MOST_LABELS: usize = (1 << LABEL_BITS) - 1;
/// Most bytes of all texts.
pub(super) const MOST_TEXT: usize = (1 << END_BITS) - 1;
/// Most rules.
pub(super) const MOST_RULES: usize = 1 << RULE_BITS;

const LEN_BITS: u32 = 8;
const LABEL_BITS: u32 = 3;
const END_BITS: u32 = 27;
const RULE_BITS: u32 = 64 - KIND_BITS - LEN_BITS - LABEL_BITS - END_BITS;
const KIND_BITS: u32 = 3;

/// In the narrow form, that of small indexes.
pub(super) const NARROW_LABEL_BITS: u32 = 1;
const NARROW_END_BITS: u32 = 12;
const NARROW_RULE_BITS: u32 = 32 - KIND_BITS - LEN_BITS - NARROW_LABEL_BITS - NARROW_END_BITS;

/// What is known of a block, as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// Where the tests begin.
    pub(super) tests: u32,
    /// Where the texts begin.
    pub(super) texts: u32,
    /// How many lines there are, as a power of two.
    pub(super) line_bits: u8,
    /// For each number of labels in front whether any entry has it.
    pub(super) labels: u8,
    /// One line, entries in the narrow form, with one label in front at most, and a block of [`SMALL`](super::SMALL) bytes or more.
    pub(super) is_small: bool,
    /// If it is small: which numbers of the line are tags of texts with one label in front.
    pub(super) parents: u32,
    /// Ports that entries are for.
    pub(super) ports: [u16; PORTS],
}

impl Known {
    pub(super) fn to_bytes(self) -> [u8; Head::SIZE] {
        let mut bytes = [0; Head::SIZE];
        let mut put = |at: usize, field: &[u8]| bytes[at..at + field.len()].copy_from_slice(field);
        put(Head::TESTS, &self.tests.to_le_bytes());
        put(Head::TEXTS, &self.texts.to_le_bytes());
        put(Head::PARENTS, &self.parents.to_le_bytes());
        put(Head::LINES, &[self.line_bits | if self.is_small { Head::IS_SMALL } else { 0 }]);
        put(Head::LABELS, &[self.labels]);
        for (number, port) in self.ports.iter().enumerate() {
            put(Head::PORTS + number * size_of::<u16>(), &port.to_le_bytes());
        }
        bytes
    }
}

/// The same as it is read, each field where it is needed: a check that has other means reads none of it. Of bytes that were not written so it says anything, which does no harm.
#[derive(Clone, Copy)]
pub(crate) struct Head<'a>(pub(crate) &'a [u8; Head::SIZE]);

impl Head<'_> {
    const TESTS: usize = 0;
    const TEXTS: usize = Head::TESTS + size_of::<u32>();
    const PARENTS: usize = Head::TEXTS + size_of::<u32>();
    const PORTS: usize = Head::PARENTS + size_of::<u32>();
    const LINES: usize = Head::PORTS + PORTS * size_of::<u16>();
    const LABELS: usize = Head::LINES + 1;
    /// Bytes that it takes.
    pub(crate) const SIZE: usize = Head::LABELS + 1;
    /// The bit that says that it is small, above the number of lines.
    const IS_SMALL: u8 = 0x80;
    /// Lines are numbered with 32 bits.
    const LINE_BITS: u8 = 0x1f;

    #[inline(always)]
    fn chunk<const N: usize>(self, at: usize) -> [u8; N] {
        self.0.get(at..).and_then(<[u8]>::first_chunk).copied().unwrap_or([0; N])
    }

    #[inline(always)]
    pub(super) fn tests(self) -> u32 {
        u32::from_le_bytes(self.chunk(Head::TESTS))
    }

    #[inline(always)]
    pub(super) fn texts(self) -> u32 {
        u32::from_le_bytes(self.chunk(Head::TEXTS))
    }

    #[inline(always)]
    pub(super) fn line_bits(self) -> u8 {
        self.0[Head::LINES] & Head::LINE_BITS
    }

    #[inline(always)]
    pub(super) fn labels(self) -> u8 {
        self.0[Head::LABELS]
    }

    #[inline(always)]
    pub(super) fn is_small(self) -> bool {
        self.0[Head::LINES] & Head::IS_SMALL != 0
    }

    #[inline(always)]
    pub(super) fn parents(self) -> u32 {
        u32::from_le_bytes(self.chunk(Head::PARENTS))
    }

    /// True unless the kind of an entry is for another port. Without a branch.
    #[inline(always)]
    pub(super) fn has_port(self, bits: u64, port: Option<u16>) -> bool {
        let number = u32::from(Kind::of(bits)).wrapping_sub(1);
        let ports = u64::from_le_bytes(self.chunk(Head::PORTS));
        let of_entry = (ports >> (number % PORTS as u32 * u16::BITS)) as u16;
        (number >= PORTS as u32) | (port == Some(of_entry))
    }
}

/// What else must hold for an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing.
    Plain,
    /// The port is that of the index's ports with this number, of which there are [`PORTS`].
    Port(u8),
    /// Tests beside.
    Tested,
}

/// Ports that the entries of an index can be for without a test beside.
pub(super) const PORTS: usize = 4;

impl Kind {
    const TESTED: u8 = (1 << KIND_BITS) - 1;

    pub(super) fn bits(self) -> u8 {
        match self {
            Kind::Plain => 0,
            Kind::Port(number) => 1 + number,
            Kind::Tested => Kind::TESTED,
        }
    }

    /// The kind of an entry, in either form: 0 is plain, [`Kind::TESTED`] has tests, and what is between is the number of a port and 1.
    #[inline(always)]
    pub(super) fn of(bits: u64) -> u8 {
        bits as u8 & Kind::TESTED
    }

    #[inline(always)]
    pub(super) fn is_tested(bits: u64) -> bool {
        Kind::of(bits) == Kind::TESTED
    }
}

/// A tag's rule and text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) rule: u32,
    /// Labels in front of the text.
    pub(super) labels: u8,
    /// Bytes of the text.
    pub(super) len: u8,
    /// Where the text ends among all texts.
    pub(super) end: u32,
    pub(super) kind: Kind,
}

/// Where the fields of an entry begin; the kind is the first.
const LEN: u32 = KIND_BITS;
const LABELS: u32 = LEN + LEN_BITS;

/// The two forms of an entry, and how many bits their fields have: the same in either but for the last three.
#[derive(Clone, Copy)]
pub(super) struct Form {
    label_bits: u32,
    end_bits: u32,
}

impl Form {
    pub(super) const WIDE: Form = Form { label_bits: LABEL_BITS, end_bits: END_BITS };
    pub(super) const NARROW: Form = Form { label_bits: NARROW_LABEL_BITS, end_bits: NARROW_END_BITS };

    fn write(self, entry: Entry) -> u64 {
        u64::from(entry.kind.bits())
            | u64::from(entry.len) << LEN
            | u64::from(entry.labels) << LABELS
            | u64::from(entry.end) << (LABELS + self.label_bits)
            | u64::from(entry.rule) << (LABELS + self.label_bits + self.end_bits)
    }

    /// The rule, whose field is the last.
    #[inline(always)]
    pub(super) fn rule(self, bits: u64) -> u32 {
        (bits >> (LABELS + self.label_bits + self.end_bits)) as u32
    }

    /// Where the text ends among all texts.
    #[inline(always)]
    pub(super) fn end(self, bits: u64) -> u32 {
        (bits >> (LABELS + self.label_bits)) as u32 & ((1 << self.end_bits) - 1)
    }

    /// True if the text is so long and has so many labels in front.
    #[inline(always)]
    pub(super) fn has(self, bits: u64, len: usize, labels: u8) -> bool {
        let mask = ((1 << (LEN_BITS + self.label_bits)) - 1) << LEN;
        (bits ^ ((len as u64) << LEN | u64::from(labels) << LABELS)) & mask == 0
    }
}

impl Entry {
    /// Bytes of an entry, in the wide form or in the narrow one.
    pub(super) const fn size(is_wide: bool) -> usize {
        if is_wide { size_of::<u64>() } else { size_of::<u32>() }
    }

    /// True if the narrow form has room for it.
    pub(super) fn fits_narrow(self) -> bool {
        self.rule < 1 << NARROW_RULE_BITS
            && self.end < 1 << NARROW_END_BITS
            && self.labels < 1 << NARROW_LABEL_BITS
    }

    /// Appends it to the block.
    pub(super) fn write(self, is_wide: bool, block: &mut Vec<u8>) {
        let bits = if is_wide { Form::WIDE } else { Form::NARROW }.write(self);
        block.extend_from_slice(&bits.to_le_bytes()[..Entry::size(is_wide)]);
    }
}

/// What else must hold where an entry's text does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Test {
    /// The text is empty: the host has exactly as many labels as are in front of it.
    AllLabels,
    /// The port.
    Port(PortGlob),
    /// What is in front of the text, as a glob among the texts.
    Glob { end: u32, len: u16 },
    /// What is in front of the text, by one of the automata.
    Heads(u32),
}

impl Test {
    /// Bytes of a test with the number of its entry.
    pub(super) const SIZE: usize = size_of::<u32>() + size_of::<u64>();

    pub(super) fn to_bits(self) -> u64 {
        match self {
            Test::AllLabels => 0,
            Test::Port(glob) => 1 | glob.bits() << 2,
            Test::Glob { end, len } => 2 | u64::from(len) << 2 | u64::from(end) << 32,
            Test::Heads(index) => 3 | u64::from(index) << 2,
        }
    }

    pub(super) fn from_bits(bits: u64) -> Test {
        match bits & 3 {
            0 => Test::AllLabels,
            1 => Test::Port(PortGlob::from_bits(bits >> 2)),
            2 => Test::Glob { end: (bits >> 32) as u32, len: (bits >> 2 & 0xffff) as u16 },
            _ => Test::Heads((bits >> 2) as u32),
        }
    }
}

const _: () = assert!(port::BITS <= 62, "a port and the kind of test fit a number");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_as_they_were_written() {
        let kind = Kind::Tested;
        let most = Entry {
            rule: (MOST_RULES - 1) as u32,
            labels: MOST_LABELS as u8,
            len: 255,
            end: MOST_TEXT as u32,
            kind,
        };
        let none = Entry { rule: 0, labels: 0, len: 0, end: 0, kind: Kind::Plain };
        let narrow = Entry { rule: 255, labels: 1, len: 255, end: 4095, kind };
        for entry in [
            most,
            none,
            narrow,
            Entry { kind: Kind::Plain, ..narrow },
            Entry { kind: Kind::Port(0), ..narrow },
            Entry { kind: Kind::Port(PORTS as u8 - 1), ..narrow },
            Entry { rule: 256, ..none },
            Entry { end: 4096, ..none },
            Entry { labels: 2, ..none },
            Entry { len: 1, ..none },
        ] {
            for (form, is_wide) in [(Form::WIDE, true), (Form::NARROW, false)] {
                let mut block = Vec::new();
                entry.write(is_wide, &mut block);
                assert_eq!(block.len(), Entry::size(is_wide));
                block.resize(8, 0);
                let bits = u64::from_le_bytes(*block.first_chunk().unwrap());
                let is_read = form.rule(bits) == entry.rule
                    && form.end(bits) == entry.end
                    && Kind::of(bits) == entry.kind.bits()
                    && Kind::is_tested(bits) == (entry.kind == Kind::Tested)
                    && form.has(bits, usize::from(entry.len), entry.labels);
                assert_eq!(is_read, is_wide || entry.fits_narrow(), "{entry:?}");
                assert!(!form.has(bits, usize::from(entry.len) ^ 1, entry.labels));
                assert!(!form.has(bits, usize::from(entry.len), entry.labels ^ 1));
            }
        }
        assert!(narrow.fits_narrow() && none.fits_narrow() && !most.fits_narrow());
    }

    #[test]
    fn heads_are_read_as_they_were_written() {
        for is_small in [false, true] {
            let (tests, texts, parents) = (0x0102_0304, u32::MAX, 0x1020_3040);
            let ports = [1, 2, 65535, 0];
            let bytes =
                Known { tests, texts, line_bits: 27, labels: 254, is_small, parents, ports }.to_bytes();
            let head = Head(&bytes);
            assert_eq!((head.tests(), head.texts(), head.parents()), (tests, texts, parents));
            assert_eq!((head.line_bits(), head.labels(), head.is_small()), (27, 254, is_small));
            for (number, port) in (0..).zip(ports) {
                let bits = u64::from(Kind::Port(number).bits());
                assert!(head.has_port(bits, Some(port)) && !head.has_port(bits, None));
                assert!(!head.has_port(bits, Some(port ^ 1)));
            }
            for kind in [Kind::Plain, Kind::Tested] {
                assert!(
                    head.has_port(kind.bits().into(), None) && head.has_port(kind.bits().into(), Some(7))
                );
            }
        }
    }

    #[test]
    fn tests_are_read_as_they_were_written() {
        let port = PortGlob::of_digits(b"65535").unwrap();
        for test in [
            Test::AllLabels,
            Test::Port(port),
            Test::Glob { end: u32::MAX, len: u16::MAX },
            Test::Heads(u32::MAX),
        ] {
            assert_eq!(Test::from_bits(test.to_bits()), test);
        }
    }
}
