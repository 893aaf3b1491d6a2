//! The tables, and the rows in them.

use guestlist::ListType;
use redb::{Database, Key, ReadableDatabase, ReadableTable, ReadableTableMetadata, TableDefinition, Value};
use serde::{Deserialize, Serialize};

use crate::app::{App, AppSettings, ListSummary};
use crate::error::StoreErrorKind;
use crate::log::LogEntry;
use crate::redb_store::error::Failure;
use crate::redb_store::sealed::{seal, unseal};
use crate::redb_store::secret_row::SecretsRow;
use crate::revision::Revision;
use crate::time::Timestamp;
use crate::token::TokenRow;

/// The format of the rows. One that this release does not know is refused.
const FORMAT: u64 = 1;

/// What there is once.
pub(super) const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");

/// A table of sealed rows.
pub(super) struct Sealed<K: Key + 'static, R> {
    pub(super) definition: TableDefinition<'static, K, &'static [u8]>,
    name: &'static str,
    row: core::marker::PhantomData<fn() -> R>,
}

impl<K: Key + 'static, R> Sealed<K, R> {
    const fn new(name: &'static str) -> Sealed<K, R> {
        Sealed { definition: TableDefinition::new(name), name, row: core::marker::PhantomData }
    }
}

impl<K: Key + 'static, R: Serialize + serde::de::DeserializeOwned> Sealed<K, R> {
    pub(super) fn seal(&self, key: &K::SelfType<'_>, row: &R) -> Result<Vec<u8>, Failure> {
        seal(self.name, K::as_bytes(key).as_ref(), row)
    }

    pub(super) fn unseal(&self, key: &K::SelfType<'_>, bytes: &[u8]) -> Result<R, Failure> {
        unseal(self.name, K::as_bytes(key).as_ref(), bytes)
    }

    /// The row of this key.
    pub(super) fn get<'k>(
        &self,
        table: &impl ReadableTable<K, &'static [u8]>,
        key: K::SelfType<'k>,
    ) -> Result<Option<R>, Failure>
    where
        K::SelfType<'k>: Copy,
    {
        table.get(key)?.map(|bytes| self.unseal(&key, bytes.value())).transpose()
    }
}

/// An app, with the versions of its lists that are in force: by key.
pub(super) const APPS: Sealed<&str, AppRow> = Sealed::new("apps");
/// What a list of apps shows: by key. Derived from [`APPS`], and much smaller.
pub(super) const SUMMARIES: Sealed<&str, SummaryRow> = Sealed::new("summaries");
/// All versions of all lists: by key, list and number.
pub(super) const REVISIONS: Sealed<RevisionKey, Revision> = Sealed::new("revisions");
/// The log: by number.
pub(super) const LOG: Sealed<u64, LogEntry> = Sealed::new("log");
/// The numbers of the entries of an app: by key and number.
pub(super) const LOG_OF_APPS: TableDefinition<'_, (&str, u64), ()> = TableDefinition::new("log of apps");
/// Tokens: by number.
pub(super) const TOKENS: Sealed<u64, TokenRow> = Sealed::new("tokens");

/// Secrets of apps: by key.
pub(super) const SECRETS: Sealed<&str, SecretsRow> = Sealed::new("secrets");

pub(super) type RevisionKey = (&'static str, u8, u64);

/// How a list is named in keys.
pub(super) fn list_number(list_type: ListType) -> u8 {
    match list_type {
        ListType::Upload => 0,
        ListType::Delivery => 1,
    }
}

/// An app without its key.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AppRow {
    settings: AppSettings,
    version: u64,
    created: Timestamp,
    upload: Revision,
    delivery: Revision,
}

impl AppRow {
    pub(super) fn of(app: &App) -> AppRow {
        let App { settings, version, created, upload, delivery, .. } = app.clone();
        AppRow { settings, version, created, upload, delivery }
    }

    pub(super) fn with_key(self, key: &str) -> App {
        let AppRow { settings, version, created, upload, delivery } = self;
        App { key: key.to_string(), settings, version, created, upload, delivery }
    }
}

/// What a list of apps shows of one.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SummaryRow {
    pub(super) name: String,
    pub(super) upload: ListSummary,
    pub(super) delivery: ListSummary,
}

impl SummaryRow {
    pub(super) fn of(app: &App) -> SummaryRow {
        let summary = app.summary();
        SummaryRow { name: summary.name, upload: summary.upload, delivery: summary.delivery }
    }
}

/// Makes all tables, so that a store that has them not is none.
pub(super) fn make(database: &Database) -> Result<(), Failure> {
    let mut transaction = database.begin_write()?;
    transaction.set_two_phase_commit(true);
    transaction.open_table(META)?.insert("format", FORMAT)?;
    transaction.open_table(APPS.definition)?;
    transaction.open_table(SUMMARIES.definition)?;
    transaction.open_table(REVISIONS.definition)?;
    transaction.open_table(LOG.definition)?;
    transaction.open_table(LOG_OF_APPS)?;
    transaction.open_table(TOKENS.definition)?;
    transaction.open_table(SECRETS.definition)?;
    Ok(transaction.commit()?)
}

/// Makes the tables that a store of an earlier release has not.
pub(super) fn make_later_ones(database: &Database) -> Result<(), Failure> {
    match database.begin_read()?.open_table(SECRETS.definition) {
        Ok(_) => return Ok(()),
        Err(redb::TableError::TableDoesNotExist(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let mut transaction = database.begin_write()?;
    transaction.set_two_phase_commit(true);
    transaction.open_table(SECRETS.definition)?;
    Ok(transaction.commit()?)
}

/// Whether an app has a secret.
pub(super) fn has_secrets(database: &Database) -> Result<bool, Failure> {
    Ok(!database.begin_read()?.open_table(SECRETS.definition)?.is_empty()?)
}

/// Whether these are the tables of a store that this release reads.
pub(super) fn check(database: &Database) -> Result<(), Failure> {
    let transaction = database.begin_read()?;
    let format = match transaction.open_table(META) {
        Ok(meta) => meta.get("format")?.map(|format| format.value()),
        Err(redb::TableError::TableDoesNotExist(_)) => None,
        Err(error) => return Err(error.into()),
    };
    match format {
        Some(FORMAT) => Ok(()),
        Some(other) => {
            let what = format!("it has format {other}, and this release reads {FORMAT}");
            Err(StoreErrorKind::Format { what }.into())
        }
        None => Err(StoreErrorKind::Format { what: "it says no format".to_string() }.into()),
    }
}

/// The key after the last one of a table of numbers.
pub(super) fn next_number<V: Value + 'static>(table: &impl ReadableTable<u64, V>) -> Result<u64, Failure> {
    Ok(table.last()?.map_or(0, |(last, _)| last.value()) + 1)
}
