//! [`RedbStore`]: a [`Store`] in one file, by redb.
//!
//! Each change is one transaction in two phases, on disk before it is acknowledged: the row that it is about, what is derived from it, and its log entry. Rows are JSON with a seal ([`sealed`]), so that a person with redb at hand can read them, and nobody takes one for
//! another.
//!
//! redb may panic on a file that was damaged; nothing of that leaves this module. After a failure the file is closed, and opened and checked again by whoever asks next.

mod changes;
mod error;
mod file;
mod questions;
mod sealed;
mod secret_row;
mod secrets;
mod store;
mod tables;
#[cfg(test)]
mod tests;
mod verify;

use core::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{PoisonError, RwLock};

use redb::{Builder, Database, ReadTransaction, ReadableDatabase, StorageBackend, WriteTransaction};

use crate::app::Defaults;
use crate::error::{StoreError, StoreErrorKind};
use crate::redb_store::error::Failure;

/// A [`Store`](crate::Store) in one file, which one process at a time has open.
pub struct RedbStore {
    /// Opens the file again, after a failure.
    open: Box<dyn Fn() -> Result<Database, Failure> + Send + Sync>,
    /// Whether nobody but its owner, and those of its group whom they let read it, can read the file: asked where it has secrets in it, or is to have.
    is_private: Box<dyn Fn() -> Result<(), Failure> + Send + Sync>,
    /// `None` after a failure.
    database: RwLock<Option<Database>>,
    defaults: Defaults,
}

/// Memory for pages that were read, at most.
const CACHE_BYTES: usize = 64 << 20;

impl RedbStore {
    /// Opens the store in this place, and reads all of its pages: some milliseconds for each ten megabytes.
    ///
    /// # Errors
    ///
    /// If there is none, or it is damaged, or another process has it open, or it cannot be read and written, or it has secrets in it and others can read it.
    pub fn open(path: impl AsRef<Path>) -> Result<RedbStore, StoreError> {
        let path = path.as_ref().to_path_buf();
        let same = path.clone();
        RedbStore::new(move || builder_open(file::backend(&path)?), move || file::is_private(&same))
    }

    /// Makes a store in this place, which only its owner can read. It is there whole or not at all, whatever happens in between.
    ///
    /// # Errors
    ///
    /// If there is anything in this place, or no file can be made there.
    pub fn create(path: impl AsRef<Path>) -> Result<RedbStore, StoreError> {
        let path = path.as_ref();
        file::create(path, |backend| {
            let database = builder_open(backend)?;
            tables::make(&database)?;
            Ok(database.close().map_err(redb::Error::from)?)
        })?;
        RedbStore::open(path)
    }

    /// Opens the store in this place, or makes one if there is nothing.
    ///
    /// # Errors
    ///
    /// As for [`RedbStore::open`] and [`RedbStore::create`].
    pub fn open_or_create(path: impl AsRef<Path>) -> Result<RedbStore, StoreError> {
        let path = path.as_ref();
        match RedbStore::open(path) {
            Err(error) if matches!(error.kind(), StoreErrorKind::Missing) => match RedbStore::create(path) {
                // Somebody else was faster.
                Err(error) if matches!(error.kind(), StoreErrorKind::Exists) => RedbStore::open(path),
                created => created,
            },
            opened => opened,
        }
    }

    /// Sets what the lists of new apps say.
    #[must_use]
    pub fn with_defaults(mut self, defaults: Defaults) -> RedbStore {
        self.defaults = defaults;
        self
    }

    fn new(
        open: impl Fn() -> Result<Database, Failure> + Send + Sync + 'static,
        is_private: impl Fn() -> Result<(), Failure> + Send + Sync + 'static,
    ) -> Result<RedbStore, StoreError> {
        let (open, is_private) = (Box::new(open), Box::new(is_private));
        let database = RwLock::new(Some(checked(&open, &is_private)?));
        Ok(RedbStore { open, is_private, database, defaults: Defaults::default() })
    }

    /// Reads in one transaction.
    fn read<T>(&self, read: impl FnOnce(&ReadTransaction) -> Result<T, Failure>) -> Result<T, StoreError> {
        self.with(|database| {
            let transaction = database.begin_read()?;
            read(&transaction)
        })
    }

    /// Changes something in one transaction: all of it, and on disk, or nothing.
    fn write<T>(&self, write: impl FnOnce(&WriteTransaction) -> Result<T, Failure>) -> Result<T, StoreError> {
        self.with(|database| {
            let mut transaction = database.begin_write()?;
            // Customers choose what is written, and a checksum alone does not stand against choice.
            transaction.set_two_phase_commit(true);
            let result = write(&transaction)?;
            transaction.commit()?;
            Ok(result)
        })
    }

    fn with<T>(&self, ask: impl FnOnce(&Database) -> Result<T, Failure>) -> Result<T, StoreError> {
        self.open_again()?;
        let result = {
            let database = self.database.read().unwrap_or_else(PoisonError::into_inner);
            let Some(database) = &*database else {
                // Closed again, by somebody whose question failed just now.
                return Err(StoreErrorKind::Io {
                    error: std::io::Error::other("it was closed after a failure"),
                }
                .into());
            };
            guarded(|| ask(database))
        };
        result.map_err(|failure| {
            if failure.closes() {
                self.close();
            }
            failure.into()
        })
    }

    /// Opens the file if a failure has closed it.
    fn open_again(&self) -> Result<(), StoreError> {
        if self.database.read().unwrap_or_else(PoisonError::into_inner).is_some() {
            return Ok(());
        }
        let mut database = self.database.write().unwrap_or_else(PoisonError::into_inner);
        if database.is_none() {
            *database = Some(checked(&self.open, &self.is_private)?);
        }
        Ok(())
    }

    fn close(&self) {
        let database = self.database.write().unwrap_or_else(PoisonError::into_inner).take();
        guarded(|| {
            drop(database);
            Ok(())
        })
        .ok();
    }
}

impl Drop for RedbStore {
    fn drop(&mut self) {
        self.close();
    }
}

impl fmt::Debug for RedbStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedbStore").finish_non_exhaustive()
    }
}

/// Opens, and looks whether it is a store of this format that keeps its secrets.
fn checked(
    open: &dyn Fn() -> Result<Database, Failure>,
    is_private: &dyn Fn() -> Result<(), Failure>,
) -> Result<Database, StoreError> {
    Ok(guarded(|| {
        let database = open()?;
        tables::check(&database)?;
        tables::make_later_ones(&database)?;
        if tables::has_secrets(&database)? {
            is_private()?;
        }
        Ok(database)
    })?)
}

/// Every page is held against its checksum, before any is believed.
fn builder_open(backend: impl StorageBackend) -> Result<Database, Failure> {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE_BYTES).set_check_integrity_on_open(true);
    Ok(builder.create_with_backend(backend)?)
}

/// What is done with redb, whose panics are failures like others here.
fn guarded<T>(ask: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(ask)).unwrap_or(Err(Failure::Panicked))
}
