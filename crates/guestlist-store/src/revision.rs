//! [`Revision`]: one version of a list, and [`Change`]: who makes it and why.

use serde::{Deserialize, Serialize};

use crate::content::Content;
use crate::error::{StoreError, StoreErrorKind};
use crate::time::Timestamp;

/// One version of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Revision {
    /// Counted from 1, without gaps, for each list of an app; it goes on where an app of this key was removed before, so that no number ever names two versions.
    pub number: u64,
    /// When it was saved.
    pub at: Timestamp,
    /// Who saved it.
    pub by: String,
    /// Why, in their words; may be empty.
    pub why: String,
    /// The version whose content it brings back, where it is a roll-back.
    pub restores: Option<u64>,
    /// What the list says.
    pub content: Content,
}

impl Revision {
    /// What a configuration file says: no version of a store, and saved by nobody.
    pub(crate) fn of_config(content: Content) -> Revision {
        let at = Timestamp::from_millis(0);
        Revision { number: 0, at, by: String::new(), why: String::new(), restores: None, content }
    }
}

/// Who changes something, when, and why: for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub(crate) by: String,
    pub(crate) why: String,
    pub(crate) at: Option<Timestamp>,
}

/// Longest name of somebody, and longest reason, in bytes.
const MAX_BY: usize = 200;
const MAX_WHY: usize = 2000;

impl Change {
    /// By somebody of this name, 200 bytes at most; now, and for no reason that is told.
    pub fn by(name: impl Into<String>) -> Change {
        Change { by: name.into(), why: String::new(), at: None }
    }

    /// Says why, in 2,000 bytes at most.
    #[must_use]
    pub fn why(self, why: impl Into<String>) -> Change {
        Change { why: why.into(), ..self }
    }

    /// At another time than now.
    #[must_use]
    pub fn at(self, at: Timestamp) -> Change {
        Change { at: Some(at), ..self }
    }

    pub(crate) fn time(&self) -> Timestamp {
        self.at.unwrap_or_else(Timestamp::now)
    }

    pub(crate) fn check(&self) -> Result<(), StoreError> {
        for (what, text, limit) in
            [("the name of who changes it", &self.by, MAX_BY), ("the reason", &self.why, MAX_WHY)]
        {
            if text.len() > limit {
                return Err(StoreErrorKind::TooLong { what, bytes: text.len(), limit }.into());
            }
        }
        Ok(())
    }
}
