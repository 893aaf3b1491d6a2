//! [`StoreError`]: what can go wrong, and what to do about it.

use core::fmt;
use std::io;

use crate::revision::Revision;

/// Why something was not done. Nothing was changed then, but where [`StoreErrorKind::Io`] says otherwise.
#[derive(Debug)]
pub struct StoreError {
    kind: Box<StoreErrorKind>,
}

/// The kinds of errors.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// No app has this key.
    UnknownApp,
    /// An app has this key already.
    AppExists,
    /// A key is at least a byte long.
    EmptyKey,
    /// The list was saved by somebody since it was read.
    Conflict {
        /// What they saved.
        theirs: Box<Revision>,
    },
    /// The settings of the app were changed since they were read.
    SettingsConflict {
        /// Their version now.
        version: u64,
    },
    /// The secrets of the app were changed since they were read.
    SecretsConflict {
        /// Their version now; 0 if it has none.
        version: u64,
    },
    /// The app has no secret that policies could be signed with.
    NoSecret,
    /// The file has secrets in it, or was to have, and others than its owner can read it, or others than its owner write it.
    Exposed {
        /// Its permissions.
        mode: u32,
    },
    /// The list has more distinct patterns than its app may have.
    TooManyPatterns {
        /// How many it has.
        count: usize,
        /// How many it may have.
        limit: usize,
    },
    /// A text is longer than there is room for.
    TooLong {
        /// Which.
        what: &'static str,
        /// How long it is, in bytes.
        bytes: usize,
        /// How long it may be.
        limit: usize,
    },
    /// A scheme that none of an app's can be.
    Scheme {
        /// Why.
        message: String,
    },
    /// The list has no such version.
    UnknownRevision,
    /// There is no such token.
    UnknownToken,
    /// There are more of something than there is room for.
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there are, or would be.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
    /// The store has been damaged: by the disk, or by a program that wrote into it.
    Corrupt {
        /// What was found.
        what: String,
    },
    /// The store was written by a newer release, or is no store of this program.
    Format {
        /// What was found.
        what: String,
    },
    /// There is no store in this place.
    Missing,
    /// There is something in this place already.
    Exists,
    /// Another process has it open.
    InUse,
    /// There is no room on the disk. Nothing was changed; when there is room, it goes on.
    Full,
    /// The system says that reading or writing failed. Whether the change was made is certain only when the store answers again: then it was made whole, or not at all.
    Io {
        /// What it says.
        error: io::Error,
    },
}

impl StoreError {
    /// What kind it is.
    pub fn kind(&self) -> &StoreErrorKind {
        &self.kind
    }

    pub(crate) fn into_kind(self) -> StoreErrorKind {
        *self.kind
    }

    /// What somebody else saved since the list was read, if that is what is wrong.
    pub fn conflict(&self) -> Option<&Revision> {
        match self.kind() {
            StoreErrorKind::Conflict { theirs } => Some(theirs),
            _ => None,
        }
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self.kind() {
            StoreErrorKind::UnknownApp => "check the key; it is written exactly as it was made",
            StoreErrorKind::AppExists => "choose another key, or change the app that there is",
            StoreErrorKind::EmptyKey => "choose a key, such as `AbCd1234`",
            StoreErrorKind::Conflict { .. } => "look at what they saved, and save again with its number",
            StoreErrorKind::SettingsConflict { .. } => "look at what they are now, and change them again",
            StoreErrorKind::SecretsConflict { .. } => "look at what they are now, and decide again",
            StoreErrorKind::NoSecret => "make a secret first",
            StoreErrorKind::Exposed { .. } => {
                "take it away from others with `chmod 600`, and if any may have read it make new secrets that keep no old ones"
            }
            StoreErrorKind::TooManyPatterns { .. } => {
                "join patterns with braces, such as `{app,www}.example.com`, remove some, or have the app's limit raised"
            }
            StoreErrorKind::TooLong { .. } => "make it shorter",
            StoreErrorKind::Scheme { .. } => "write a scheme such as `capacitor`",
            StoreErrorKind::UnknownRevision => "look at the history for the numbers that there are",
            StoreErrorKind::UnknownToken => "look at the list of tokens for the numbers that there are",
            StoreErrorKind::TooMany { .. } => "choose fewer",
            StoreErrorKind::Corrupt { .. } => {
                "stop the server, keep this file, and put a copy of it from before, or a new store with an export imported, in its place"
            }
            StoreErrorKind::Format { .. } => "open it with the release that wrote it, or name another file",
            StoreErrorKind::Missing => "check the path, or make a new store there",
            StoreErrorKind::Exists => "name another file, or remove this one if nothing in it is needed",
            StoreErrorKind::InUse => "ask the server that has it open, or stop it first",
            StoreErrorKind::Full => "make room on the disk; the store goes on by itself",
            StoreErrorKind::Io { .. } => "look at the disk and at the permissions of the file",
        }
    }
}

impl From<StoreErrorKind> for StoreError {
    fn from(kind: StoreErrorKind) -> StoreError {
        StoreError { kind: Box::new(kind) }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            StoreErrorKind::UnknownApp => f.write_str("no app has this key"),
            StoreErrorKind::AppExists => f.write_str("an app has this key already"),
            StoreErrorKind::EmptyKey => f.write_str("the key of an app is not empty"),
            StoreErrorKind::Conflict { theirs } => {
                write!(f, "{} saved version {} of this list at {}", theirs.by, theirs.number, theirs.at)
            }
            StoreErrorKind::SettingsConflict { version } => {
                write!(f, "the settings of this app were changed; they are at version {version} now")
            }
            StoreErrorKind::SecretsConflict { version: 0 } => {
                f.write_str("the secrets of this app were removed; it has none now")
            }
            StoreErrorKind::SecretsConflict { version } => {
                write!(f, "the secrets of this app were changed; they are at version {version} now")
            }
            StoreErrorKind::NoSecret => f.write_str("this app has no secret"),
            StoreErrorKind::Exposed { mode } => {
                write!(f, "the secrets in the store are exposed: the mode of its file is {mode:04o}")
            }
            StoreErrorKind::TooManyPatterns { count, limit } => {
                write!(f, "the list has {count} distinct patterns, the limit of its app is {limit}")
            }
            StoreErrorKind::TooLong { what, bytes, limit } => {
                write!(f, "{what} has {bytes} bytes, the limit is {limit}")
            }
            StoreErrorKind::Scheme { message } => f.write_str(message),
            StoreErrorKind::UnknownRevision => f.write_str("the list has no version of this number"),
            StoreErrorKind::UnknownToken => f.write_str("no token has this number"),
            StoreErrorKind::TooMany { what, count, limit } => {
                write!(f, "{count} {what}; the most is {limit}")
            }
            StoreErrorKind::Corrupt { what } => write!(f, "the store is damaged: {what}"),
            StoreErrorKind::Format { what } => write!(f, "this is no store that this release reads: {what}"),
            StoreErrorKind::Missing => f.write_str("there is no store in this place"),
            StoreErrorKind::Exists => f.write_str("there is a file in this place already"),
            StoreErrorKind::InUse => f.write_str("another process has this store open"),
            StoreErrorKind::Full => f.write_str("the disk is full; nothing was changed"),
            StoreErrorKind::Io { error } => write!(f, "the store cannot be read or written: {error}"),
        }
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.kind() {
            StoreErrorKind::Io { error } => Some(error),
            _ => None,
        }
    }
}
