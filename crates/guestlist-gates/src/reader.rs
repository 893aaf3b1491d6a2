//! [`Reader`]: a thread that decides all the time.

use core::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use arc_swap::cache::Cache;
use guestlist::{Decision, ListType, RequestHeaders};

use crate::batch::BATCH;
use crate::gates::Gates;
use crate::tree::Branch;

/// For a thread that decides all the time: [`Gates::decide`] and [`Gates::decide_many`], faster.
///
/// [`Gates`] must say for each call, in a way that other threads see, that the apps it found are being read, and take that back; the processor does nothing else meanwhile. A reader says so
/// once, and again after a change. Its answers are as new as those of [`Gates`].
///
/// It holds the apps as they were when it was last asked: what others replace, take out or let go dormant since is not freed before it is asked again or dropped. So a thread that has nothing to do
/// for long drops its reader, or calls [`Reader::rest`].
///
/// ```
/// use guestlist::{Gate, List, ListType, RequestHeaders};
/// use guestlist_gates::Gates;
///
/// let gates = Gates::default();
/// let mut reader = gates.reader();
/// let headers = RequestHeaders::new().origin(b"https://example.com");
/// assert_eq!(reader.decide("key", ListType::Upload, &headers), None);
///
/// gates.insert("key", &Gate::new().with_list(List::builder(ListType::Upload).pattern("example.com").build()?))?;
/// assert!(reader.decide("key", ListType::Upload, &headers).is_some_and(|decision| decision.lets_through()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Reader<'g> {
    gates: &'g Gates,
    tree: Option<Cache<&'g ArcSwap<Branch>, Arc<Branch>>>,
}

impl Gates {
    /// A reader of it. Cost: a count that all threads share, as after each change.
    pub fn reader(&self) -> Reader<'_> {
        Reader { gates: self, tree: None }
    }
}

impl Reader<'_> {
    /// As [`Gates::decide`].
    #[inline]
    pub fn decide(
        &mut self,
        key: impl AsRef<[u8]>,
        list_type: ListType,
        headers: &RequestHeaders<'_>,
    ) -> Option<Decision> {
        let Reader { gates, tree } = self;
        let tree = tree.get_or_insert_with(|| Cache::new(&gates.tree)).load();
        gates.decide_in(tree, key.as_ref(), list_type, headers)
    }

    /// As [`Gates::decide_many`].
    pub fn decide_many<K: AsRef<[u8]>>(
        &mut self,
        requests: &[(K, RequestHeaders<'_>)],
        list_type: ListType,
        mut decided: impl FnMut(Option<Decision>),
    ) {
        let Reader { gates, tree } = self;
        let tree = tree.get_or_insert_with(|| Cache::new(&gates.tree));
        for batch in requests.chunks(BATCH) {
            gates.decide_batch(tree.load(), batch, list_type, &mut decided);
        }
    }

    /// As [`Gates::decide_each`].
    pub fn decide_each<K: AsRef<[u8]>>(
        &mut self,
        requests: &[(K, ListType, RequestHeaders<'_>)],
        mut decided: impl FnMut(Option<Decision>),
    ) {
        let Reader { gates, tree } = self;
        let tree = tree.get_or_insert_with(|| Cache::new(&gates.tree));
        for batch in requests.chunks(BATCH) {
            gates.decide_batch(tree.load(), batch, ListType::Upload, &mut decided);
        }
    }

    /// Lets go of what it holds. The next call begins anew.
    pub fn rest(&mut self) {
        self.tree = None;
    }
}

impl fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("gates", self.gates).finish_non_exhaustive()
    }
}
