//! [`Failure`]: what redb says, until it is a [`StoreError`].

use std::io;

use crate::error::{StoreError, StoreErrorKind};

/// Why a question to redb has no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// It was refused.
    Refused(StoreErrorKind),
    /// redb failed.
    Redb(redb::Error),
    /// It panicked.
    Panicked,
}

impl Failure {
    /// Whether the file has to be opened again before it is asked again.
    pub(super) fn closes(&self) -> bool {
        match self {
            Failure::Refused(kind) => {
                matches!(kind, StoreErrorKind::Corrupt { .. } | StoreErrorKind::Io { .. })
            }
            Failure::Redb(_) | Failure::Panicked => true,
        }
    }

    /// A row, or what belongs to it, is not as it was written.
    pub(super) fn corrupt(what: impl Into<String>) -> Failure {
        Failure::Refused(StoreErrorKind::Corrupt { what: what.into() })
    }
}

impl From<StoreErrorKind> for Failure {
    fn from(kind: StoreErrorKind) -> Failure {
        Failure::Refused(kind)
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> StoreError {
        let kind = match failure {
            Failure::Refused(kind) => kind,
            Failure::Redb(error) => kind_of(error),
            Failure::Panicked => {
                StoreErrorKind::Corrupt { what: "its pages do not belong together".to_string() }
            }
        };
        kind.into()
    }
}

fn kind_of(error: redb::Error) -> StoreErrorKind {
    match error {
        redb::Error::Corrupted(what) => {
            StoreErrorKind::Corrupt { what: format!("a page is not as it was written ({what})") }
        }
        redb::Error::DatabaseAlreadyOpen => StoreErrorKind::InUse,
        redb::Error::UpgradeRequired(_) => {
            StoreErrorKind::Format { what: "its file format is another".to_string() }
        }
        redb::Error::Io(error) => kind_of_io(error),
        error @ (redb::Error::TableTypeMismatch { .. }
        | redb::Error::TableIsMultimap(_)
        | redb::Error::TableIsNotMultimap(_)
        | redb::Error::TypeDefinitionChanged { .. }
        | redb::Error::TableDoesNotExist(_)) => StoreErrorKind::Corrupt { what: error.to_string() },
        error => StoreErrorKind::Io { error: io::Error::other(error.to_string()) },
    }
}

pub(super) fn kind_of_io(error: io::Error) -> StoreErrorKind {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreErrorKind::Full,
        io::ErrorKind::InvalidData => {
            StoreErrorKind::Format { what: format!("the file is something else ({error})") }
        }
        io::ErrorKind::UnexpectedEof => StoreErrorKind::Corrupt { what: "the file is too short".to_string() },
        io::ErrorKind::NotFound => StoreErrorKind::Missing,
        io::ErrorKind::AlreadyExists => StoreErrorKind::Exists,
        _ => StoreErrorKind::Io { error },
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Refused(kind_of_io(error))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        Failure::Refused(error.into_kind())
    }
}

macro_rules! from_redb {
    ($($error:ident),*) => {$(
        impl From<redb::$error> for Failure {
            fn from(error: redb::$error) -> Failure {
                Failure::Redb(error.into())
            }
        }
    )*};
}

from_redb!(Error, CommitError, DatabaseError, StorageError, TableError, TransactionError);
