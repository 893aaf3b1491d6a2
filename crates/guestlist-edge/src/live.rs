//! [`LiveApps`]: apps that change one by one while the server runs.

use core::fmt;
use std::sync::Arc;

use guestlist::{Decision, DormantGate, ListType, RequestHeaders};
use guestlist_config::MAX_KEY_BYTES;
use guestlist_gates::{Gates, InsertError, Settings};
use guestlist_policy::{AppLock, Locks};

/// Apps beside those of the configuration, each of which may come, change and go at any time: those of a store. Clones are the same apps.
///
/// A check that begins after a change is decided by it. A key that the configuration has is the configuration's.
#[derive(Clone)]
pub struct LiveApps(Arc<Live>);

/// What decides for them: by whitelists, and what they require beside.
struct Live {
    gates: Gates,
    locks: Locks,
}

impl LiveApps {
    /// None yet.
    pub fn new() -> LiveApps {
        let gates = Gates::new(Settings::default().key_bytes(MAX_KEY_BYTES));
        LiveApps(Arc::new(Live { gates, locks: Locks::new() }))
    }

    /// Adds many at once: for the start.
    ///
    /// # Errors
    ///
    /// If there are more than a server keeps, or a key is too long. Those in front of it are added.
    pub fn insert_many<K: AsRef<[u8]>>(
        &self,
        apps: impl IntoIterator<Item = (K, DormantGate)>,
    ) -> Result<(), InvalidApps> {
        self.0.gates.insert_many(apps).map(drop).map_err(InvalidApps)
    }

    /// Puts a gate in force: for an app that is new, or in the place of the one that it had. Costs some microseconds, and for an app that is in use some tens.
    ///
    /// # Errors
    ///
    /// If there are as many apps as a server keeps, or the key is too long.
    pub fn set(&self, key: &str, gate: DormantGate) -> Result<(), InvalidApps> {
        self.0.gates.insert(key, gate).map(drop).map_err(InvalidApps)
    }

    /// Sets what an app requires beside its whitelists; `None` for nothing. For a new app before [`LiveApps::set`], so that there is no moment without it. Costs some microseconds.
    pub fn set_lock(&self, key: &str, lock: Option<AppLock>) {
        match lock {
            Some(lock) => self.0.locks.insert(key, lock),
            None => self.0.locks.remove(key),
        }
    }

    /// [`LiveApps::set_lock`] of many at once: for the start.
    pub fn set_locks<K: AsRef<[u8]>>(&self, locks: impl IntoIterator<Item = (K, AppLock)>) {
        self.0.locks.insert_many(locks);
    }

    /// Removes an app, which is unknown from then on, and requires nothing. Whether there was one.
    pub fn remove(&self, key: &str) -> bool {
        let was_there = self.0.gates.remove(key);
        self.0.locks.remove(key);
        was_there
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.gates.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.gates.is_empty()
    }

    /// What an app requires beside its whitelists. To be asked after [`LiveApps::decide`]: an app is set after its lock.
    pub(crate) fn lock(&self, key: &[u8]) -> Option<Arc<AppLock>> {
        self.0.locks.find(key)
    }

    pub(crate) fn decide(
        &self,
        key: &[u8],
        list_type: ListType,
        request: &RequestHeaders<'_>,
    ) -> Option<Decision> {
        self.0.gates.decide(key, list_type, request)
    }
}

impl Default for LiveApps {
    fn default() -> LiveApps {
        LiveApps::new()
    }
}

impl fmt::Debug for LiveApps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveApps").field("len", &self.len()).finish_non_exhaustive()
    }
}

/// Apps that no server keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidApps(InsertError);

impl std::error::Error for InvalidApps {}

impl fmt::Display for InvalidApps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
