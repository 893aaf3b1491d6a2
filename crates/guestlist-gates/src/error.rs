//! [`InsertError`]: why an app was not taken in.

use core::fmt;

/// Why an app was not taken in. The registry is as it was before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InsertError {
    kind: InsertErrorKind,
}

/// The kinds of [`InsertError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InsertErrorKind {
    /// The key is longer than [`Settings::key_bytes`](crate::Settings::key_bytes).
    KeyTooLong {
        /// Its bytes.
        len: usize,
        /// The setting.
        limit: usize,
    },
    /// There are as many apps as [`Settings::apps`](crate::Settings::apps) allows.
    Full {
        /// The setting.
        limit: usize,
    },
}

impl InsertError {
    pub(crate) fn new(kind: InsertErrorKind) -> InsertError {
        InsertError { kind }
    }

    /// What is wrong.
    pub fn kind(&self) -> InsertErrorKind {
        self.kind
    }
}

impl std::error::Error for InsertError {}

impl fmt::Display for InsertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            InsertErrorKind::KeyTooLong { len, limit } => {
                write!(f, "the key has {len} bytes, and {limit} are allowed; raise the setting `key_bytes`")
            }
            InsertErrorKind::Full { limit } => {
                write!(f, "there are {limit} apps, and no more are allowed; raise the setting `apps`")
            }
        }
    }
}
