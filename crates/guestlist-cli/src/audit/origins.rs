//! How often each origin was denied, in bounded memory and with the same answer whatever the number of threads.
//!
//! Each thread counts the origins of one block; the counts of the blocks are added up in the order of the log. While there are no more than
//! [`MAX_ORIGINS`] different ones, every count is exact. A log in which strangers make up ever new origins goes beyond that: then the rarer half is
//! dropped, and a count may be too low by [`Denied::undercount`] at most (Manku and Motwani's lossy counting, with the losses counted). An origin that is
//! denied often enough to be worth listing stays.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use guestlist::MalformedKind;

/// Why an origin was denied; with its text, what is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Reason(u8);

impl Reason {
    pub(super) const NO_MATCH: Reason = Reason(0);
    pub(super) const UNSUPPORTED_SCHEME: Reason = Reason(1);
    pub(super) const OPAQUE: Reason = Reason(2);

    pub(super) fn malformed(kind: MalformedKind) -> Reason {
        Reason(u8::try_from(malformed_index(kind) + 3).unwrap_or(u8::MAX))
    }

    pub(super) fn malformed_kind(self) -> Option<MalformedKind> {
        MalformedKind::ALL.get(usize::from(self.0).checked_sub(3)?).copied()
    }
}

/// The place of a kind in [`MalformedKind::ALL`].
pub(super) fn malformed_index(kind: MalformedKind) -> usize {
    MalformedKind::ALL.iter().position(|other| *other == kind).unwrap_or(MalformedKind::ALL.len() - 1)
}

/// A reason and, behind it, the text of an origin: one byte string, so that it can be looked up without an allocation.
type Key = Box<[u8]>;

/// The counts of one block.
#[derive(Debug, Default)]
pub(super) struct BlockCounts {
    counts: HashMap<Key, u64>,
    key: Vec<u8>,
}

impl BlockCounts {
    /// Counts an origin once; `write` appends its text.
    pub(super) fn count(&mut self, reason: Reason, write: impl FnOnce(&mut Vec<u8>)) {
        self.key.clear();
        self.key.push(reason.0);
        write(&mut self.key);
        match self.counts.get_mut(&*self.key) {
            Some(count) => *count += 1,
            None => {
                self.counts.insert(self.key.as_slice().into(), 1);
            }
        }
    }

    fn take(&mut self) -> Vec<(Key, u64)> {
        self.counts.drain().collect()
    }
}

/// Adds up the counts of the blocks in their order.
#[derive(Debug)]
pub(super) struct Sum {
    state: Mutex<State>,
    turn: Condvar,
    limit: usize,
    /// How many blocks may wait for an earlier one.
    waiting: usize,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    waiting: BTreeMap<u64, Vec<(Key, u64)>>,
    counts: HashMap<Key, u64>,
    undercount: u64,
    is_abandoned: bool,
}

/// What was denied, and how often.
#[derive(Debug)]
pub(super) struct Denied {
    /// The most often denied first; of those that are equal, by their text.
    pub(super) origins: Vec<(Reason, Box<[u8]>, u64)>,
    /// How many different ones are known.
    pub(super) distinct: usize,
    /// By how much a count may be too low; 0 if all are exact.
    pub(super) undercount: u64,
}

impl Sum {
    /// Keeps up to `limit` origins.
    pub(super) fn new(limit: usize, threads: usize) -> Sum {
        Sum { state: Mutex::default(), turn: Condvar::new(), limit, waiting: 4 * threads }
    }

    /// Hands in the counts of the block with this number, and empties them. Waits while the thread of an earlier block is far behind.
    pub(super) fn add(&self, number: u64, block: &mut BlockCounts) {
        let counts = block.take();
        let mut state = self.lock();
        while number != state.next && state.waiting.len() >= self.waiting && !state.is_abandoned {
            state = self.turn.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.waiting.insert(number, counts);
        let before = state.next;
        loop {
            let next = state.next;
            let Some(counts) = state.waiting.remove(&next) else { break };
            state.add(counts, self.limit);
            state.next += 1;
        }
        if state.next != before {
            self.turn.notify_all();
        }
    }

    /// Lets nobody wait for a block that will never come.
    pub(super) fn abandon(&self) {
        self.lock().is_abandoned = true;
        self.turn.notify_all();
    }

    /// The `top` most denied.
    pub(super) fn finish(self, top: usize) -> Denied {
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        let distinct = state.counts.len();
        let mut origins: Vec<(Key, u64)> = state.counts.into_iter().collect();
        let by_count = |a: &(Key, u64), b: &(Key, u64)| {
            b.1.cmp(&a.1).then_with(|| (&a.0[1..], a.0[0]).cmp(&(&b.0[1..], b.0[0])))
        };
        if top < origins.len() {
            origins.select_nth_unstable_by(top, by_count);
            origins.truncate(top);
        }
        origins.sort_unstable_by(by_count);
        let origins =
            origins.into_iter().map(|(key, count)| (Reason(key[0]), key[1..].into(), count)).collect();
        Denied { origins, distinct, undercount: state.undercount }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn add(&mut self, counts: Vec<(Key, u64)>, limit: usize) {
        for (key, count) in counts {
            *self.counts.entry(key).or_insert(0) += count;
        }
        if self.counts.len() > limit {
            self.drop_rarest(limit / 2);
        }
    }

    /// Keeps the `keep` most frequent.
    fn drop_rarest(&mut self, keep: usize) {
        let mut all: Vec<(Key, u64)> = self.counts.drain().collect();
        let (_, first_dropped, _) =
            all.select_nth_unstable_by(keep, |a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        self.undercount += first_dropped.1;
        all.truncate(keep);
        self.counts.extend(all);
    }
}

/// How many different origins are kept.
pub(super) const MAX_ORIGINS: usize = 100_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn block(origins: &[(&str, u64)]) -> BlockCounts {
        let mut block = BlockCounts::default();
        for (origin, count) in origins {
            for _ in 0..*count {
                block.count(Reason::NO_MATCH, |key| key.extend_from_slice(origin.as_bytes()));
            }
        }
        block
    }

    fn listed(denied: &Denied) -> Vec<(String, u64)> {
        let text = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
        denied.origins.iter().map(|(_, origin, count)| (text(origin), *count)).collect()
    }

    #[test]
    fn sorted_by_count_and_then_by_name() {
        let sum = Sum::new(10, 1);
        sum.add(1, &mut block(&[("b", 2), ("c", 1)]));
        sum.add(0, &mut block(&[("a", 2), ("c", 2)]));
        let denied = sum.finish(2);
        assert_eq!(listed(&denied), [("c".to_owned(), 3), ("a".to_owned(), 2)]);
        assert_eq!((denied.distinct, denied.undercount), (3, 0));
    }

    #[test]
    fn beyond_the_limit_counts_are_lower_bounds() {
        let sum = Sum::new(10, 1);
        for number in 0..100 {
            let rare: Vec<String> = (0..6).map(|at| format!("rare-{number}-{at}")).collect();
            let mut origins: Vec<(&str, u64)> = rare.iter().map(|name| (name.as_str(), 1)).collect();
            origins.push(("often", 3));
            sum.add(number, &mut block(&origins));
        }
        let denied = sum.finish(1);
        assert!(denied.distinct <= 10);
        let [(name, count)] = &listed(&denied)[..] else { panic!("one origin") };
        assert_eq!(name, "often");
        assert!(*count <= 300 && *count + denied.undercount >= 300, "{count}");
    }

    #[test]
    fn reasons_round_trip() {
        for kind in MalformedKind::ALL {
            assert_eq!(Reason::malformed(*kind).malformed_kind(), Some(*kind));
        }
        assert_eq!(Reason::NO_MATCH.malformed_kind(), None);
        assert_eq!(Reason::OPAQUE.malformed_kind(), None);
    }
}
