//! A small index once more, laid out for time: everything a check of a short host reads stands at a fixed distance from one address.
//!
//! The text of each tag stands in a short frame of its own, folded and behind blanks, so that where it is follows from the number of the tag alone and one comparison says that it is the same text of
//! the same length. It takes a kilobyte more, which packed gates do without.

use core::hint::select_unpredictable;

use super::layout::{Entry, Kind, PORTS};
use super::{NONE, SLOT_BITS, Short};
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
            // Three bits.
            fast.kinds[number] = entry.kind.bits() as u8;
        }
        fast
    }

    /// The lowest rule for a host of up to 32 bytes.
    #[inline(always)]
    pub(super) fn first<V: Vector>(&self, vector: V, host: Short<'_, V>) -> Outcome {
        let parent = behind_first::<V::Short>(host.dots);
        let candidates = self.candidates(vector, host, parent);
        self.settle(vector, host, parent, candidates)
    }

    /// Which numbers of the line have the tag of the host, or of its `parent`.
    #[inline(always)]
    fn candidates<V: Vector>(&self, vector: V, host: Short<'_, V>, parent: u64) -> u32 {
        // The first two numbers of a line are no tags.
        vector.short().look_up(host.frame, parent, &self.line, self.parents) & !0b11
    }

    /// Compares what was found.
    ///
    /// Without a branch that depends on it, but for the unusual: such a branch is known only at the end of a long chain, and guessing it wrong throws away the checks that have begun behind.
    #[inline(always)]
    fn settle<V: Vector>(&self, vector: V, host: Short<'_, V>, parent: u64, candidates: u32) -> Outcome {
        let Short { name, frame, port, .. } = host;
        // The first; the last number, if there is none.
        let number = (candidates | 1 << (NUMBERS - 1)).trailing_zeros() as usize % NUMBERS;
        let is_parent = self.parents >> number & 1 == 1;
        let keep = select_unpredictable(is_parent, parent, suffix::<V::Short>(name.len()));
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
pub(crate) struct Batch<'f, 'h, V: Vector> {
    vector: V,
    fast: &'f Fast,
    hosts: [Short<'h, V>; BATCH],
    parents: [u64; BATCH],
    candidates: [u32; BATCH],
}

impl<'f, 'h, V: Vector> Batch<'f, 'h, V> {
    #[inline(always)]
    pub(super) fn new(vector: V, fast: &'f Fast) -> Batch<'f, 'h, V> {
        let none = Short { name: &[], frame: vector.short().frame(&[]), dots: 0, port: None };
        Batch { vector, fast, hosts: [none; BATCH], parents: [0; BATCH], candidates: [0; BATCH] }
    }

    /// Looks up a host, the one with this number below [`BATCH`].
    #[inline(always)]
    pub(crate) fn look_up(&mut self, number: usize, host: Short<'h, V>) {
        let parent = behind_first::<V::Short>(host.dots);
        self.hosts[number] = host;
        self.parents[number] = parent;
        self.candidates[number] = self.fast.candidates(self.vector, host, parent);
    }

    /// The lowest rule for that host, or [`NONE`]; `None` if it must be asked for in the usual way.
    #[inline(always)]
    pub(crate) fn settle(&self, number: usize) -> Option<u32> {
        let (host, parent, candidates) = (self.hosts[number], self.parents[number], self.candidates[number]);
        match self.fast.settle(self.vector, host, parent, candidates) {
            Outcome::First(rule) => Some(rule),
            Outcome::Unusual => None,
        }
    }
}

/// True unless the kind of an entry is for another port. Without a branch.
#[inline(always)]
pub(super) fn has_port(ports: &[u16; PORTS], bits: u64, port: Option<u16>) -> bool {
    // Beyond the last for those that are for any port or have tests.
    let number = (Kind::of(bits) as usize).wrapping_sub(1);
    (number >= PORTS) | (port == Some(ports[number % PORTS]))
}
