//! The lines of a block → counts. Each thread has a tally of its own; they are added up at the end.

use std::io::Write as _;

use guestlist::{
    Allowance, Denial, Gate, HeaderName, ListType, Malformed, NoOrigin, Outcome, RequestHeaders,
};

use super::block::Block;
use super::line::{self, Unreadable};
use super::origins::{self, BlockCounts, Reason};

/// Numbers of requests by what was decided on them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Allowed, by the index of the rule.
    pub(super) matched: Vec<u64>,
    pub(super) allowed_missing: u64,
    pub(super) not_enforced: u64,
    pub(super) denied_missing: u64,
    /// Denied, by the place in [`guestlist::MalformedKind::ALL`].
    pub(super) malformed: Vec<u64>,
    pub(super) opaque: u64,
    pub(super) unsupported_scheme: u64,
    pub(super) no_match: u64,
    /// Denied for a reason that this program does not know by name.
    pub(super) denied_otherwise: u64,
    /// Requests on lines that have no place for an `Origin`.
    pub(super) no_origin_field: u64,
    /// Lines that cannot be read, by the place in [`Unreadable::ALL`].
    pub(super) unreadable: Vec<u64>,
}

/// Numbers of one log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct InputCounts {
    pub(super) requests: u64,
    pub(super) denied: u64,
    pub(super) unreadable: u64,
}

/// A line that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UnreadableLine {
    /// Index of the log.
    pub(super) input: usize,
    /// From 1.
    pub(super) line: u64,
    pub(super) reason: Unreadable,
}

/// What one thread has counted.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) counts: Counts,
    pub(super) inputs: Vec<InputCounts>,
    /// The first ones this thread saw; it sees its blocks in the order of the logs.
    pub(super) unreadable: Vec<UnreadableLine>,
    top: usize,
    scratch: Vec<u8>,
    last: LastMatch,
}

/// The last referer that a rule matched. The parts of a page are asked for one after the other and with the same referer, so that in real logs
/// half of all decisions are the one before.
#[derive(Debug, Default)]
struct LastMatch {
    referer: Vec<u8>,
    rule: usize,
}

impl Tally {
    /// An empty tally that keeps up to `top` unreadable lines.
    pub(super) fn new(rules: usize, inputs: usize, top: usize) -> Tally {
        let counts = Counts {
            matched: vec![0; rules],
            malformed: vec![0; guestlist::MalformedKind::ALL.len()],
            unreadable: vec![0; Unreadable::ALL.len()],
            ..Counts::default()
        };
        let inputs = vec![InputCounts::default(); inputs];
        Tally { counts, inputs, unreadable: Vec::new(), top, scratch: Vec::new(), last: LastMatch::default() }
    }

    /// Decides every request of the block.
    pub(super) fn block(
        &mut self,
        gate: &Gate,
        list_type: ListType,
        block: &Block,
        longest: usize,
        origins: &mut BlockCounts,
    ) {
        let mut number = block.first_line;
        if block.is_too_long {
            self.unreadable(block.input, number, Unreadable::TooLong);
        }
        let mut scratch = std::mem::take(&mut self.scratch);
        line::for_each_line(block.text(), |line| {
            let result = if line.len() > longest {
                Err(Unreadable::TooLong)
            } else {
                block.format.read(line, &mut scratch, |headers, has_origin_field| {
                    self.counts.no_origin_field += u64::from(!has_origin_field);
                    self.request(gate, list_type, headers, origins)
                })
            };
            match result {
                Ok(is_denied) => {
                    let input = &mut self.inputs[block.input];
                    input.requests += 1;
                    input.denied += u64::from(is_denied);
                }
                Err(_) if line::is_blank(line) => {}
                Err(reason) => self.unreadable(block.input, number, reason),
            }
            number += 1;
        });
        self.scratch = scratch;
    }

    /// Adds what another thread has counted.
    pub(super) fn add(&mut self, other: &Tally) {
        let (counts, others) = (&mut self.counts, &other.counts);
        add_all(&mut counts.matched, &others.matched);
        add_all(&mut counts.malformed, &others.malformed);
        add_all(&mut counts.unreadable, &others.unreadable);
        counts.allowed_missing += others.allowed_missing;
        counts.not_enforced += others.not_enforced;
        counts.denied_missing += others.denied_missing;
        counts.opaque += others.opaque;
        counts.unsupported_scheme += others.unsupported_scheme;
        counts.no_match += others.no_match;
        counts.denied_otherwise += others.denied_otherwise;
        counts.no_origin_field += others.no_origin_field;
        for (input, other) in self.inputs.iter_mut().zip(&other.inputs) {
            input.requests += other.requests;
            input.denied += other.denied;
            input.unreadable += other.unreadable;
        }
        self.unreadable.extend_from_slice(&other.unreadable);
        self.unreadable.sort_unstable_by_key(|line| (line.input, line.line));
        self.unreadable.truncate(self.top);
    }

    /// Decides on a request; true if it is denied.
    fn request(
        &mut self,
        gate: &Gate,
        list_type: ListType,
        headers: &RequestHeaders<'_>,
        origins: &mut BlockCounts,
    ) -> bool {
        let counts = &mut self.counts;
        let only_referer = headers.first_referer().filter(|referer| {
            headers.origin_count() == 0 && headers.referer_count() == 1 && !referer.is_empty()
        });
        if let Some(referer) = only_referer
            && referer == self.last.referer
        {
            counts.matched[self.last.rule] += 1;
            return false;
        }
        let denial = match gate.decide(list_type, headers).outcome() {
            Outcome::Allow(allowance) => {
                match allowance {
                    Allowance::Matched(rule) => {
                        counts.matched[rule.index()] += 1;
                        if let Some(referer) = only_referer {
                            self.last.referer.clear();
                            self.last.referer.extend_from_slice(referer);
                            self.last.rule = rule.index();
                        }
                    }
                    Allowance::MissingHeader => counts.allowed_missing += 1,
                    Allowance::NotEnforced => counts.not_enforced += 1,
                }
                return false;
            }
            Outcome::Deny(denial) => denial,
        };
        let count = match denial {
            Denial::MissingHeader => &mut counts.denied_missing,
            Denial::Malformed(malformed) => &mut counts.malformed[origins::malformed_index(malformed.kind)],
            Denial::OpaqueOrigin => &mut counts.opaque,
            Denial::UnsupportedScheme => &mut counts.unsupported_scheme,
            Denial::NoMatch => &mut counts.no_match,
            _ => &mut counts.denied_otherwise,
        };
        *count += 1;
        count_origin(gate, list_type, headers, denial, origins);
        true
    }

    fn unreadable(&mut self, input: usize, line: u64, reason: Unreadable) {
        self.inputs[input].unreadable += 1;
        self.counts.unreadable[reason as usize] += 1;
        if self.unreadable.len() < self.top {
            self.unreadable.push(UnreadableLine { input, line, reason });
        }
    }
}

/// Counts what was denied: the origin, or the value that gives none.
fn count_origin(
    gate: &Gate,
    list_type: ListType,
    headers: &RequestHeaders<'_>,
    denial: Denial,
    origins: &mut BlockCounts,
) {
    let (header, judged) = gate.judged_origin(list_type, headers);
    match judged {
        Ok(origin) => {
            let unsupported = denial == Denial::UnsupportedScheme;
            let reason = if unsupported { Reason::UNSUPPORTED_SCHEME } else { Reason::NO_MATCH };
            // Writing to memory does not fail.
            origins.count(reason, |text| drop(write!(text, "{origin}")));
        }
        Err(NoOrigin::Opaque) => origins.count(Reason::OPAQUE, |text| text.extend_from_slice(b"null")),
        Err(NoOrigin::Malformed(Malformed { kind, .. })) => {
            let value = match header {
                HeaderName::Origin => headers.first_origin().unwrap_or_default(),
                HeaderName::Referer => without_path(headers.first_referer().unwrap_or_default()),
            };
            let value = &value[..value.len().min(SHOWN)];
            origins.count(Reason::malformed(kind), |text| text.extend_from_slice(value));
        }
        Err(NoOrigin::Missing) => {}
    }
}

/// A referer without what seems to be a path, so that the same mistake on many pages is one entry. For display; what it means was decided before.
fn without_path(value: &[u8]) -> &[u8] {
    let authority = memchr::memmem::find(value, b"://").map_or(0, |at| at + 3);
    let end = memchr::memchr3(b'/', b'?', b'#', &value[authority..]).map_or(value.len(), |at| authority + at);
    &value[..end]
}

fn add_all(counts: &mut [u64], others: &[u64]) {
    for (count, other) in counts.iter_mut().zip(others) {
        *count += other;
    }
}

/// Longest part of a malformed value that is kept, in bytes.
const SHOWN: usize = 120;
