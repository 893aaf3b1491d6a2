//! [`LiveApps`]: apps that change one by one while the server runs.

use core::fmt;
use std::sync::Arc;

use guestlist::{Decision, DormantGate, ListType, RequestHeaders};
use guestlist_config::MAX_KEY_BYTES;
use guestlist_gates::{Gates, InsertError, Settings};

/// Apps beside those of the configuration, each of which may come, change and go at any time: those of a store. Clones are the same apps.
///
/// A check that begins after a change is decided by it. A key that the configuration has is the configuration's.
#[derive(Clone)]
pub struct LiveApps(Arc<Gates>);

impl LiveApps {
    /// None yet.
    pub fn new() -> LiveApps {
        LiveApps(Arc::new(Gates::new(Settings::default().key_bytes(MAX_KEY_BYTES))))
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
        self.0.insert_many(apps).map(drop).map_err(InvalidApps)
    }

    /// Puts a gate in force: for an app that is new, or in the place of the one that it had. Costs some microseconds, and for an app that is in use some tens.
    ///
    /// # Errors
    ///
    /// If there are as many apps as a server keeps, or the key is too long.
    pub fn set(&self, key: &str, gate: DormantGate) -> Result<(), InvalidApps> {
        self.0.insert(key, gate).map(drop).map_err(InvalidApps)
    }

    /// Removes an app, which is unknown from then on. Whether there was one.
    pub fn remove(&self, key: &str) -> bool {
        self.0.remove(key)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn decide(
        &self,
        key: &[u8],
        list_type: ListType,
        request: &RequestHeaders<'_>,
    ) -> Option<Decision> {
        self.0.decide(key, list_type, request)
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
