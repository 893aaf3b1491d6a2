//! What changes nothing.

use core::ops::Bound;

use guestlist::ListType;
use redb::{ReadTransaction, ReadableTable};

use crate::app::{App, AppQuery, AppSummary};
use crate::log::LogEntry;
use crate::redb_store::error::Failure;
use crate::redb_store::tables::{APPS, LOG, LOG_OF_APPS, REVISIONS, SECRETS, SUMMARIES, TOKENS, list_number};
use crate::revision::Revision;
use crate::secrets::AppSecrets;
use crate::token::{Secret, Token};

pub(super) fn app(
    apps: &impl ReadableTable<&'static str, &'static [u8]>,
    key: &str,
) -> Result<Option<App>, Failure> {
    Ok(APPS.get(apps, key)?.map(|row| row.with_key(key)))
}

pub(super) fn apps(
    transaction: &ReadTransaction,
    query: &AppQuery,
    most: usize,
) -> Result<Vec<AppSummary>, Failure> {
    let summaries = transaction.open_table(SUMMARIES.definition)?;
    let after = query.after.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let mut found = Vec::new();
    for row in summaries.range::<&str>((after, Bound::Unbounded))? {
        if found.len() == most {
            break;
        }
        let (key, bytes) = row?;
        let row = SUMMARIES.unseal(&key.value(), bytes.value())?;
        if query.fits(key.value(), &row.name) {
            let key = key.value().to_string();
            found.push(AppSummary { key, name: row.name, upload: row.upload, delivery: row.delivery });
        }
    }
    Ok(found)
}

pub(super) fn each_app(transaction: &ReadTransaction, visit: &mut dyn FnMut(App)) -> Result<u64, Failure> {
    for row in transaction.open_table(APPS.definition)?.iter()? {
        let (key, bytes) = row?;
        visit(APPS.unseal(&key.value(), bytes.value())?.with_key(key.value()));
    }
    let log = transaction.open_table(LOG.definition)?;
    Ok(log.last()?.map_or(0, |(last, _)| last.value()))
}

pub(super) fn revision(
    transaction: &ReadTransaction,
    key: &str,
    list_type: ListType,
    number: u64,
) -> Result<Option<Revision>, Failure> {
    let revisions = transaction.open_table(REVISIONS.definition)?;
    REVISIONS.get(&revisions, (key, list_number(list_type), number))
}

pub(super) fn history(
    transaction: &ReadTransaction,
    key: &str,
    list_type: ListType,
    before: Option<u64>,
    most: usize,
) -> Result<Vec<Revision>, Failure> {
    let revisions = transaction.open_table(REVISIONS.definition)?;
    let list = list_number(list_type);
    let rows = revisions.range((key, list, 0)..(key, list, before.unwrap_or(u64::MAX)))?;
    let read = |row: Result<_, redb::StorageError>| {
        let (place, bytes): (redb::AccessGuard<'_, _>, redb::AccessGuard<'_, &[u8]>) = row?;
        REVISIONS.unseal(&place.value(), bytes.value())
    };
    rows.rev().take(most).map(read).collect()
}

pub(super) fn log(
    transaction: &ReadTransaction,
    app: Option<&str>,
    before: Option<u64>,
    most: usize,
) -> Result<Vec<LogEntry>, Failure> {
    let log = transaction.open_table(LOG.definition)?;
    let before = before.unwrap_or(u64::MAX);
    let Some(app) = app else {
        return log
            .range(..before)?
            .rev()
            .take(most)
            .map(|row| {
                let (number, bytes) = row?;
                LOG.unseal(&number.value(), bytes.value())
            })
            .collect();
    };
    let numbers = transaction.open_table(LOG_OF_APPS)?;
    numbers
        .range((app, 0)..(app, before))?
        .rev()
        .take(most)
        .map(|row| {
            let number = row?.0.value().1;
            LOG.get(&log, number)?
                .ok_or_else(|| Failure::corrupt(format!("entry {number} of the log is missing")))
        })
        .collect()
}

pub(super) fn log_after(
    transaction: &ReadTransaction,
    number: u64,
    most: usize,
) -> Result<Vec<LogEntry>, Failure> {
    let log = transaction.open_table(LOG.definition)?;
    let rows = log.range((Bound::Excluded(number), Bound::Unbounded))?;
    rows.take(most)
        .map(|row| {
            let (number, bytes) = row?;
            LOG.unseal(&number.value(), bytes.value())
        })
        .collect()
}

pub(super) fn secrets(
    secrets: &impl ReadableTable<&'static str, &'static [u8]>,
    key: &str,
) -> Result<Option<AppSecrets>, Failure> {
    Ok(SECRETS.get(secrets, key)?.map(AppSecrets::from))
}

pub(super) fn each_secrets(
    transaction: &ReadTransaction,
    visit: &mut dyn FnMut(&str, AppSecrets),
) -> Result<(), Failure> {
    for row in transaction.open_table(SECRETS.definition)?.iter()? {
        let (key, bytes) = row?;
        visit(key.value(), SECRETS.unseal(&key.value(), bytes.value())?.into());
    }
    Ok(())
}

pub(super) fn tokens(transaction: &ReadTransaction) -> Result<Vec<Token>, Failure> {
    let tokens = transaction.open_table(TOKENS.definition)?;
    tokens
        .iter()?
        .map(|row| {
            let (number, bytes) = row?;
            Ok(TOKENS.unseal(&number.value(), bytes.value())?.token)
        })
        .collect()
}

pub(super) fn token(transaction: &ReadTransaction, secret: &Secret) -> Result<Option<Token>, Failure> {
    let tokens = transaction.open_table(TOKENS.definition)?;
    Ok(TOKENS.get(&tokens, secret.number())?.and_then(|row| row.known_by(secret)))
}
