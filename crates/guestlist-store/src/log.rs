//! [`LogEntry`]: what was done to the store, for those who have to know later.

use guestlist::ListType;
use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// Something that was done. Entries are only ever added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct LogEntry {
    /// Counted from 1, without gaps, in the order in which things were done.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// Why, in their words; may be empty.
    pub why: String,
    /// The app that it was done to.
    pub app: Option<String>,
    /// What.
    pub action: Action,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Action {
    /// An app was made; both its lists have a first version.
    AppCreated,
    /// Its name, limits or schemes were changed.
    AppChanged {
        /// The version of its settings now.
        version: u64,
    },
    /// It was removed. What its lists said is kept.
    AppRemoved,
    /// A list was saved.
    ListSaved {
        /// Which.
        list: ListType,
        /// The number of its new version.
        number: u64,
        /// The version that it brings back, where it is a roll-back.
        restores: Option<u64>,
    },
    /// A secret for policies was made.
    SecretMade {
        /// The version of the app's secrets now.
        version: u64,
        /// Whether what the one before it signed is still taken.
        keeps_previous: bool,
    },
    /// What the secret before the newest signed is no longer taken.
    PreviousSecretEnded {
        /// The version of the app's secrets now.
        version: u64,
    },
    /// A token was made.
    TokenCreated {
        /// Its number.
        token: u64,
    },
    /// A token was revoked.
    TokenRevoked {
        /// Its number.
        token: u64,
    },
}
