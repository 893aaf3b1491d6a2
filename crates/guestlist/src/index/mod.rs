//! Rules by their literal ends: one look for each number of labels in front, instead of a step for each byte.
//!
//! Every alternative of a pattern, written out, has a fixed number of labels, and nearly always ends in literal ones: `example.com`, `*.example.com`,
//! `app-*.example.com:8080`. The index maps the pair of *how many labels are in front* and *the literal labels behind them* to rules ([`build`]). A check hashes the host, and the host
//! without its first label, and looks up both; what is found is compared byte by byte, always, so that a hash never decides. What the pair does not say is tested beside: a port, and what stands in front where that is more than whole `*` labels
//! ([`head`], [`port`]).
//!
//! A check therefore costs the same whatever the number of rules. In the block of an index it touches three places in memory, one after the other: a line of tags, an entry and a text ([`layout`]). Where time counts more than memory
//! it touches one, which a perfect hash says ([`fast`]).
//!
//! Some rules cannot be held: with more than seven labels in front, with heads too long or too many for a bit-parallel automaton, or colliding with too many others. They are left to the
//! [automaton](crate::automaton), which is the definition of all of them; [`IndexBuf::build`] says which they are.

mod build;
mod fast;
mod head;
mod layout;
mod perfect;
mod port;

use core::hint::select_unpredictable;

use self::fast::Unusual;
pub(crate) use self::fast::{AT_ONCE, Fast, Tables};
use self::head::{Heads, glob_matches};
pub(crate) use self::layout::Head;
use self::layout::{Entry, Form, Kind, Test};
use crate::origin::Short;
use crate::vector::{Frames, LONG, Portable, SHORT, Vector, Work, behind_first, suffix};

pub(crate) use self::build::{Built, Shape, Source};

/// A line, and as many narrow entries as a line has numbers.
const SMALL: usize = LONG + 32 * size_of::<u32>();

/// No rule.
pub(crate) const NONE: u32 = u32::MAX - 1;

/// The rules of a list that are found by their literal ends: a view, of an [`IndexBuf`] or of bytes among others.
///
/// What is read of the block is read with checks: where it is none that was built, a check finds nothing or anything, and does not panic.
#[derive(Clone, Copy)]
pub(crate) struct Index<'a> {
    /// See [`layout`].
    block: &'a [u8],
    head: Head<'a>,
    /// What most packed lists do without.
    more: Option<&'a More>,
}

/// An index that owns its block.
pub(crate) struct IndexBuf {
    block: Box<[u8]>,
    head: [u8; Head::SIZE],
    more: Option<Box<More>>,
}

/// What is beside the block.
pub(crate) struct More {
    /// The automata of heads.
    heads: Box<[Heads]>,
}

/// An entry whose tag is that of a host, or of a suffix of it.
#[derive(Clone, Copy)]
struct Candidate<'h> {
    number: u32,
    /// Labels in front of the suffix.
    labels: u8,
    keep: u64,
    host: &'h [u8],
    port: Option<u16>,
}

/// A host that has the text of an entry.
#[derive(Clone, Copy)]
struct Found<'h> {
    host: &'h [u8],
    port: Option<u16>,
    /// Labels in front of the text.
    labels: u8,
    /// Bytes of the text.
    len: usize,
    /// The number of the entry.
    number: u32,
    rule: u32,
}

impl IndexBuf {
    #[inline(always)]
    pub(crate) fn view(&self) -> Index<'_> {
        Index { block: &self.block, head: Head(&self.head), more: self.more.as_deref() }
    }

    /// Bytes of heap, and its own.
    pub(crate) fn bytes(&self) -> usize {
        let more = self.more.as_deref().map_or(0, More::bytes);
        size_of::<IndexBuf>() + self.block.len() + more
    }

    /// How many entries it has.
    pub(crate) fn len(&self) -> usize {
        self.view().len()
    }

    /// What it is made of: the block, what is known of it, and what is not bytes.
    pub(crate) fn into_parts(self) -> (Box<[u8]>, [u8; Head::SIZE], Option<Box<More>>) {
        (self.block, self.head, self.more)
    }
}

impl More {
    /// Bytes of heap, and its own.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<More>() + self.heads.iter().map(Heads::bytes).sum::<usize>()
    }
}

impl<'a> Index<'a> {
    /// Of parts that were apart.
    #[inline(always)]
    pub(crate) fn from_parts(block: &'a [u8], head: Head<'a>, more: Option<&'a More>) -> Index<'a> {
        Index { block, head, more }
    }

    /// How many entries it has.
    pub(crate) fn len(&self) -> usize {
        (self.head.tests() as usize).saturating_sub(self.entries()) / Entry::size(!self.head.is_small())
    }

    /// Number of lines less one.
    #[inline(always)]
    fn line_mask(&self) -> u32 {
        (1 << self.head.line_bits()) - 1
    }

    /// Where the entries begin.
    #[inline(always)]
    fn entries(&self) -> usize {
        LONG << self.head.line_bits()
    }

    /// The patterns that it was built of, in their order.
    pub(crate) fn patterns(self) -> impl Iterator<Item = &'a str> {
        let texts = self.block.get(self.head.texts() as usize..).unwrap_or_default();
        let lines = texts.split(|byte| *byte == b'\n');
        lines.take_while(|line| !line.is_empty()).filter_map(|line| core::str::from_utf8(line).ok())
    }

    /// The lowest rule that matches a name or an IPv4 address, or [`NONE`].
    #[inline(always)]
    pub(crate) fn first<V: Vector>(&self, vector: V, name: &[u8], port: Option<u16>) -> u32 {
        if name.len() > SHORT {
            return vector.outlined(FirstLarge { index: *self, host: name, port });
        }
        self.first_of_short(vector, Short::of_name(vector, name, port))
    }

    /// [`Index::first`] of a host that is framed already.
    #[inline(always)]
    pub(crate) fn first_of_short<V: Vector>(&self, vector: V, host: Short<'_, V>) -> u32 {
        if let (true, Some(block)) = (self.head.is_small(), self.block.first_chunk()) {
            return self.first_small(vector, block, host);
        }
        vector.outlined(FirstLarge { index: *self, host: host.name, port: host.port })
    }

    /// [`Index::first`] of a name of up to 32 bytes of which its time-saving form says that it is unusual.
    #[inline(always)]
    pub(crate) fn first_unusual<V: Vector>(
        &self,
        vector: V,
        fast: &Fast,
        host: &[u8],
        port: Option<u16>,
    ) -> u32 {
        vector.outlined(FirstUnusual { index: *self, fast, host, port })
    }

    /// In one line, with entries of the narrow form behind.
    ///
    /// Without a branch that depends on what is found, but for the unusual, as in [`fast`].
    #[inline(always)]
    fn first_small<V: Vector>(&self, vector: V, block: &[u8; SMALL], host: Short<'_, V>) -> u32 {
        let Short { name, frame, parent, port } = host;
        let frames = vector.short();
        let (line, entries) = block.split_first_chunk::<LONG>().unwrap_or((&[0; LONG], &[]));
        // The first two numbers of a line are no tags.
        let candidates = frames.look_up(frame, parent, line, self.head.parents()) & !0b11;
        // The first; the last number, if there is none.
        let number = (candidates | 1 << 31).trailing_zeros();
        let labels = (self.head.parents() >> number & 1) as u8;
        let keep = select_unpredictable(labels == 0, suffix::<V::Short>(name.len()), parent);
        let bits = entries.get(4 * number as usize - 8..).and_then(<[u8]>::first_chunk);
        let bits = u64::from(bits.copied().map_or(0, u32::from_le_bytes));
        let is_same = self.has_text(frames, frame, keep, Form::NARROW.end(bits))
            & Form::NARROW.has(bits, keep.count_ones() as usize, labels)
            & self.head.has_port(bits, port)
            & (candidates != 0);
        if (candidates & candidates.wrapping_sub(1) != 0) | (is_same & Kind::is_tested(bits)) {
            return vector.outlined(FirstLarge { index: *self, host: name, port });
        }
        select_unpredictable(is_same, Form::NARROW.rule(bits), NONE)
    }

    /// True if the text that ends there ends as the frame does.
    #[inline(always)]
    fn has_text<F: Frames>(&self, frames: F, frame: F::Frame, keep: u64, end: u32) -> bool {
        // There is a line in front of all texts, so there are as many bytes.
        let start = (self.head.texts().wrapping_add(end) as usize).wrapping_sub(LONG);
        // An entry that is none may say anything.
        let start = start.min(self.block.len().saturating_sub(LONG));
        let Some(text) = self.block.get(start..).and_then(<[u8]>::first_chunk) else { return false };
        frames.same(frame, frames.end_of(text), keep)
    }

    /// As [`Index::first`], whatever the size.
    #[inline(always)]
    fn first_large<V: Vector>(&self, vector: V, host: &[u8], port: Option<u16>) -> u32 {
        if host.len() <= SHORT {
            self.first_framed(vector, vector.short(), host, port)
        } else if host.len() <= LONG {
            self.first_framed(vector, vector.long(), host, port)
        } else {
            self.first_slow(host, port, true)
        }
    }

    /// As [`Index::first`], for hosts that fit a frame.
    #[inline(always)]
    fn first_framed<V: Vector, F: Frames>(
        &self,
        vector: V,
        frames: F,
        host: &[u8],
        port: Option<u16>,
    ) -> u32 {
        let frame = frames.frame(host);
        let dots = frames.dots(frame);
        let keep = behind_first::<F>(dots);
        let [whole, parent] = frames.hashes(frame, keep, [0, 1]);
        let (lines, _) = self.block.as_chunks::<LONG>();
        let lines = (lines.get(whole.line(self.line_mask())), lines.get(parent.line(self.line_mask())));
        let (Some(whole_line), Some(parent_line)) = lines else {
            return NONE; // Not reached: the mask is less than the number of lines.
        };
        // The first two numbers of a line are no tags.
        let whole = frames.tags(whole_line, whole.tag()) >> 2;
        let parents = frames.tags(parent_line, parent.tag()) >> 2;
        let mut candidates = u64::from(whole) | u64::from(parents) << 32;
        let mut first = NONE;
        while candidates != 0 {
            let slot = candidates.trailing_zeros();
            let (line, keep) =
                if slot < 32 { (whole_line, suffix::<F>(host.len())) } else { (parent_line, keep) };
            let number = first_entry(line).wrapping_add(slot % 32);
            let candidate = Candidate { number, labels: u8::from(slot >= 32), keep, host, port };
            first = first.min(self.compare(vector, frames, frame, candidate));
            candidates &= candidates - 1;
        }
        if self.head.labels() > 0b11 {
            return first.min(self.first_deep(vector, frames, frame, dots, host, port));
        }
        first
    }

    /// The rule of an entry if the frame has its text and its tests hold, or [`NONE`].
    #[inline(always)]
    fn compare<V: Vector, F: Frames>(
        &self,
        vector: V,
        frames: F,
        frame: F::Frame,
        candidate: Candidate<'_>,
    ) -> u32 {
        let Candidate { number, labels, keep, host, port } = candidate;
        let (form, bits) = self.entry(number);
        let len = keep.count_ones() as usize;
        let is_same = form.has(bits, len, labels)
            && self.has_text(frames, frame, keep, form.end(bits))
            && self.head.has_port(bits, port);
        if !is_same {
            return NONE;
        }
        let rule = form.rule(bits);
        if Kind::is_tested(bits) {
            return vector.outlined(TestFirst {
                index: *self,
                found: Found { host, port, labels, len, number, rule },
            });
        }
        rule
    }

    /// Texts with more than one label in front.
    #[inline(always)]
    fn first_deep<V: Vector, F: Frames>(
        &self,
        vector: V,
        frames: F,
        frame: F::Frame,
        mut dots: u64,
        host: &[u8],
        port: Option<u16>,
    ) -> u32 {
        let mut first = NONE;
        for labels in 2..8 {
            dots &= dots.wrapping_sub(1);
            if self.head.labels() >> labels & 1 == 0 {
                continue;
            }
            let keep = behind_first::<F>(dots);
            let [_, hash] = frames.hashes(frame, keep, [0, labels]);
            let line = self.block.as_chunks::<LONG>().0.get(hash.line(self.line_mask()));
            let Some(line) = line else { return NONE };
            let mut candidates = frames.tags(line, hash.tag()) >> 2;
            while candidates != 0 {
                let number = first_entry(line).wrapping_add(candidates.trailing_zeros());
                let candidate = Candidate { number, labels, keep, host, port };
                first = first.min(self.compare(vector, frames, frame, candidate));
                candidates &= candidates - 1;
            }
        }
        first
    }

    /// The form and the bits of an entry.
    #[inline(always)]
    fn entry(&self, number: u32) -> (Form, u64) {
        let at = self.entries() + number as usize * Entry::size(!self.head.is_small());
        let bytes = self.block.get(at..).unwrap_or_default();
        if self.head.is_small() {
            (Form::NARROW, bytes.first_chunk().copied().map_or(0, u32::from_le_bytes).into())
        } else {
            (Form::WIDE, bytes.first_chunk().copied().map_or(0, u64::from_le_bytes))
        }
    }

    /// Does the tests of an entry whose text is there; gives what stands in front of the text and the heads that are left to look at it, or `None` if a test fails.
    #[inline(always)]
    fn test<'h>(&self, found: Found<'h>) -> Option<(&'h [u8], Option<&'a Heads>)> {
        let Found { host, port, labels, len, number, .. } = found;
        let tests = self.block.get(self.head.tests() as usize..self.head.texts() as usize);
        let (tests, _) = tests.unwrap_or_default().as_chunks::<{ Test::SIZE }>();
        let of = |test: &[u8; Test::SIZE]| test.first_chunk().copied().map_or(0, u32::from_le_bytes);
        let first = tests.partition_point(|test| of(test) < number);
        // Without the dot between it and the text.
        let head = &host[..(host.len() - len).saturating_sub(usize::from(len > 0))];
        let mut heads = None;
        for test in tests[first..].iter().take_while(|test| of(test) == number) {
            let bits = test.last_chunk().copied().map_or(0, u64::from_le_bytes);
            let holds = match Test::from_bits(bits) {
                Test::AllLabels => {
                    host.iter().filter(|byte| **byte == b'.').count() + 1 == usize::from(labels)
                }
                Test::Port(glob) => glob.matches(port),
                Test::Glob { end, len } => {
                    let end = self.head.texts().wrapping_add(end) as usize;
                    let glob = self.block.get(end.wrapping_sub(usize::from(len))..end);
                    glob.is_some_and(|glob| glob_matches(glob, head))
                }
                Test::Heads(index) => {
                    heads = self.more.and_then(|more| more.heads.get(index as usize));
                    heads.is_some()
                }
            };
            if !holds {
                return None;
            }
        }
        Some((head, heads))
    }

    /// [`Index::first`] for any host, IPv6 addresses and such that are longer than a frame included.
    #[cold]
    #[inline(never)]
    pub(crate) fn first_slow(&self, host: &[u8], port: Option<u16>, is_name: bool) -> u32 {
        let mut first = NONE;
        self.each(host, port, is_name, |rule| first = first.min(rule));
        first
    }

    /// Calls `found` with every rule that matches, in no order, perhaps more than once; byte by byte. `is_name` is false for IPv6 addresses, which no wildcard matches.
    pub(crate) fn each(&self, host: &[u8], port: Option<u16>, is_name: bool, mut found: impl FnMut(u32)) {
        let mut rest = host;
        let all = if is_name { self.head.labels() } else { self.head.labels() & 1 };
        for labels in (0..).take_while(|labels| *labels < 8 && all >> labels != 0) {
            if labels > 0 {
                rest = rest.iter().position(|byte| *byte == b'.').map_or(&[], |dot| &rest[dot + 1..]);
            }
            if all >> labels & 1 == 0 {
                continue;
            }
            let hash = Portable::hash(rest, labels);
            let Some(line) = self.block.as_chunks::<LONG>().0.get(hash.line(self.line_mask())) else {
                return;
            };
            let mut candidates = Portable.long().tags(line, hash.tag()) >> 2;
            while candidates != 0 {
                let number = first_entry(line).wrapping_add(candidates.trailing_zeros());
                candidates &= candidates - 1;
                let (form, bits) = self.entry(number);
                let end = self.head.texts().wrapping_add(form.end(bits)) as usize;
                let text = self.block.get(end.wrapping_sub(rest.len())..end);
                let is_same = form.has(bits, rest.len(), labels)
                    && text.is_some_and(|text| text.eq_ignore_ascii_case(rest))
                    && self.head.has_port(bits, port);
                if is_same {
                    let (len, rule) = (rest.len(), form.rule(bits));
                    if Kind::is_tested(bits) {
                        match self.test(Found { host, port, labels, len, number, rule }) {
                            Some((head, Some(heads))) => heads.each(head, port, &mut found),
                            Some((_, None)) => found(rule),
                            None => {}
                        }
                    } else {
                        found(rule);
                    }
                }
            }
        }
    }
}

/// The number of a line's first entry.
#[inline(always)]
fn first_entry(line: &[u8; LONG]) -> u32 {
    line.first_chunk().copied().map_or(0, u32::from_le_bytes)
}

/// What is to be looked at beside the places of the time-saving form, and nothing else.
struct FirstUnusual<'a> {
    index: Index<'a>,
    fast: &'a Fast,
    host: &'a [u8],
    port: Option<u16>,
}

impl Work for FirstUnusual<'_> {
    type Output = u32;

    #[inline(always)]
    fn run<V: Vector>(self, vector: V) -> u32 {
        let FirstUnusual { index, fast, host, port } = self;
        let short = Short::of_name(vector, host, port);
        let Unusual::Entries(entries, known) = fast.unusual(vector, short) else {
            return vector.outlined(FirstLarge { index, host, port });
        };
        let mut first = u32::try_from(known - 1).unwrap_or(NONE);
        for (labels, keep) in [(0, suffix::<V::Short>(host.len())), (1, short.parent)] {
            if let Some(number) = entries[usize::from(labels)] {
                let candidate = Candidate { number, labels, keep, host, port };
                first = first.min(index.compare(vector, vector.short(), short.frame, candidate));
            }
        }
        first
    }
}

/// [`Index::first_large`], in a function of its own.
struct FirstLarge<'a> {
    index: Index<'a>,
    host: &'a [u8],
    port: Option<u16>,
}

impl Work for FirstLarge<'_> {
    type Output = u32;

    #[inline(always)]
    fn run<V: Vector>(self, vector: V) -> u32 {
        self.index.first_large(vector, self.host, self.port)
    }
}

/// The lowest rule whose tests hold, or [`NONE`].
struct TestFirst<'a> {
    index: Index<'a>,
    found: Found<'a>,
}

impl Work for TestFirst<'_> {
    type Output = u32;

    #[inline(always)]
    fn run<V: Vector>(self, vector: V) -> u32 {
        let TestFirst { index, found } = self;
        match index.test(found) {
            Some((head, Some(heads))) => heads.first(vector, head, found.port),
            Some((_, None)) => found.rule,
            None => NONE,
        }
    }
}
