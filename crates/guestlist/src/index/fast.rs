//! A small index once more, laid out for time: everything a check of a short host reads stands at a fixed distance from one address.
//!
//! The text of each tag stands in a short frame of its own, folded and behind blanks, so that where it is follows from the number of the tag alone and one comparison says that it is the same text of
//! the same length. It takes a kilobyte more, which packed gates do without.

use core::hint::select_unpredictable;

use super::layout::{Entry, Kind, PORTS};
use super::{NONE, SLOT_BITS};
use crate::origin::Short;
use crate::vector::{FOLD, Frames, LONG, SHORT, Vector, behind_first, suffix};

/// Numbers in a line.
const NUMBERS: usize = 1 << SLOT_BITS;

pub(super) struct Fast {
    /// The same line of tags.
    line: [u8; LONG],
    /// For each number of the line its text.
    texts: [[u8; SHORT]; NUMBERS],
    rules: [u32; NUMBERS],
    /// As in an entry.
    kinds: [u8; NUMBERS],
    ports: [u16; PORTS],
    /// Which numbers of the line are tags of texts with one label in front.
    parents: u32,
}

/// What a check found.
pub(super) enum Outcome {
    /// The rule, or [`NONE`].
    First(u32),
    /// Several tags fit, or there are tests.
    Unusual,
}

impl Fast {
    /// Of a line, and for each of its tags in turn the entry and the text.
    pub(super) fn new<'t>(
        line: [u8; LONG],
        parents: u32,
        ports: [u16; PORTS],
        entries: impl Iterator<Item = (Entry, &'t [u8])>,
    ) -> Fast {
        let mut fast = Fast {
            line,
            // No host has a byte of 0.
            texts: [[0; SHORT]; NUMBERS],
            rules: [NONE; NUMBERS],
            kinds: [0; NUMBERS],
            ports,
            parents,
        };
        for (number, (entry, text)) in (NUMBERS - super::layout::SLOTS..NUMBERS).zip(entries) {
            if text.len() <= SHORT {
                let mut folded = [FOLD; SHORT];
                folded[SHORT - text.len()..].iter_mut().zip(text).for_each(|(to, byte)| *to |= byte);
                fast.texts[number] = folded;
            }
            fast.rules[number] = entry.rule;
            fast.kinds[number] = entry.kind.bits();
        }
        fast
    }

    /// The lowest rule for a host of up to 32 bytes.
    #[inline(always)]
    pub(super) fn first<V: Vector>(&self, vector: V, host: Short<'_, V>) -> Outcome {
        let keeps = [suffix::<V::Short>(host.name.len()), behind_first::<V::Short>(host.dots)];
        let candidates = self.candidates(vector, host.frame, keeps);
        self.settle(vector, host.frame, host.port, keeps, candidates)
    }

    /// Which numbers of the line have the tag of the whole host, or of what is behind its first label; `keeps` are the two.
    #[inline(always)]
    fn candidates<V: Vector>(&self, vector: V, frame: ShortFrame<V>, keeps: [u64; 2]) -> u32 {
        // The first two numbers of a line are no tags.
        vector.short().look_up(frame, keeps[1], &self.line, self.parents) & !0b11
    }

    /// Compares what was found.
    ///
    /// Without a branch that depends on it, but for the unusual: such a branch is known only at the end of a long chain, and guessing it wrong throws away the checks that have begun behind.
    #[inline(always)]
    fn settle<V: Vector>(
        &self,
        vector: V,
        frame: ShortFrame<V>,
        port: Option<u16>,
        keeps: [u64; 2],
        candidates: u32,
    ) -> Outcome {
        // The first; the last number, if there is none.
        let number = (candidates | 1 << (NUMBERS - 1)).trailing_zeros() as usize % NUMBERS;
        let is_parent = self.parents >> number & 1 == 1;
        let keep = select_unpredictable(is_parent, keeps[1], keeps[0]);
        let kind = u64::from(self.kinds[number]);
        let is_same = vector.is_text(frame, keep, &self.texts[number])
            & has_port(&self.ports, kind, port)
            & (candidates != 0);
        if (candidates & candidates.wrapping_sub(1) != 0) | (is_same & Kind::is_tested(kind)) {
            return Outcome::Unusual;
        }
        Outcome::First(select_unpredictable(is_same, self.rules[number], NONE))
    }
}

/// How many hosts are looked up at once.
pub(crate) const BATCH: usize = 8;

/// Several hosts that are looked up by one index: first all of them, then what was found is compared for all of them. A processor begins only so many instructions ahead of the one it waits for; in
/// this order those of many hosts are among them.
pub(crate) struct Batch<'f, V: Vector> {
    vector: V,
    fast: &'f Fast,
    frames: [ShortFrame<V>; BATCH],
    keeps: [[u64; 2]; BATCH],
    ports: [Option<u16>; BATCH],
    candidates: [u32; BATCH],
}

impl<'f, V: Vector> Batch<'f, V> {
    #[inline(always)]
    pub(super) fn new(vector: V, fast: &'f Fast) -> Batch<'f, V> {
        let frames = [vector.short().frame(&[]); BATCH];
        Batch { vector, fast, frames, keeps: [[0; 2]; BATCH], ports: [None; BATCH], candidates: [0; BATCH] }
    }

    /// Looks up a host, the one with this number below [`BATCH`].
    #[inline(always)]
    pub(crate) fn look_up(&mut self, number: usize, host: Short<'_, V>) {
        let keeps = [suffix::<V::Short>(host.name.len()), behind_first::<V::Short>(host.dots)];
        self.candidates[number] = self.fast.candidates(self.vector, host.frame, keeps);
        self.frames[number] = host.frame;
        self.keeps[number] = keeps;
        self.ports[number] = host.port;
    }

    /// The lowest rule for that host, or [`NONE`]; `None` if it must be asked for in the usual way.
    #[inline(always)]
    pub(crate) fn settle(&self, number: usize) -> Option<u32> {
        let (frame, port) = (self.frames[number], self.ports[number]);
        match self.fast.settle(self.vector, frame, port, self.keeps[number], self.candidates[number]) {
            Outcome::First(rule) => Some(rule),
            Outcome::Unusual => None,
        }
    }
}

type ShortFrame<V> = <<V as Vector>::Short as Frames>::Frame;

/// True unless the kind of an entry is for another port. Without a branch.
#[inline(always)]
pub(super) fn has_port(ports: &[u16; PORTS], bits: u64, port: Option<u16>) -> bool {
    // Beyond the last for those that are for any port or have tests.
    let number = usize::from(Kind::of(bits)).wrapping_sub(1);
    (number >= PORTS) | (port == Some(ports[number % PORTS]))
}
