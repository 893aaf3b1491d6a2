//! [`AppSecrets`]: what the policies of an app are signed with.

use guestlist_policy::{Secret, Secrets};

use crate::time::Timestamp;

/// The secrets of an app that are live: the newest, and for a while the one before it.
///
/// They are in no [`App`](crate::App), document, log entry, error or `Debug`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AppSecrets {
    /// The number of the log entry that tells of the last change of them: no two states of an app's secrets have one number, not even where an app of this key was removed in between.
    pub version: u64,
    /// What signs now.
    pub current: AppSecret,
    /// What signed before, and is still taken.
    pub previous: Option<AppSecret>,
}

/// One of them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AppSecret {
    /// The secret itself.
    pub secret: Secret,
    /// When it was made.
    pub created: Timestamp,
    /// Who had it made.
    pub by: String,
}

impl AppSecrets {
    /// As what verifies takes them.
    pub fn live(&self) -> Secrets {
        let current = self.current.secret.clone();
        match &self.previous {
            Some(previous) => Secrets::one(previous.secret.clone()).rotated(current),
            None => Secrets::one(current),
        }
    }
}
