//! [`RedbStore`] as a [`Store`].

use guestlist::ListType;

use crate::app::{App, AppQuery, AppSettings, AppSummary};
use crate::content::Content;
use crate::document::{Document, Imported};
use crate::error::StoreError;
use crate::log::LogEntry;
use crate::redb_store::changes::Changing;
use crate::redb_store::error::Failure;
use crate::redb_store::tables::{APPS, SECRETS};
use crate::redb_store::{RedbStore, questions};
use crate::revision::{Change, Revision};
use crate::secrets::AppSecrets;
use crate::store::Store;
use crate::token::{Grant, Secret, Token};

impl RedbStore {
    fn change<T>(
        &self,
        change: &Change,
        make: impl FnOnce(&Changing<'_>) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        change.check()?;
        self.write(|transaction| make(&Changing { transaction, change }))
    }
}

impl Store for RedbStore {
    fn app(&self, key: &str) -> Result<Option<App>, StoreError> {
        self.read(|transaction| questions::app(&transaction.open_table(APPS.definition)?, key))
    }

    fn apps(&self, query: &AppQuery, most: usize) -> Result<Vec<AppSummary>, StoreError> {
        self.read(|transaction| questions::apps(transaction, query, most))
    }

    fn each_app(&self, visit: &mut dyn FnMut(App)) -> Result<u64, StoreError> {
        self.read(|transaction| questions::each_app(transaction, visit))
    }

    fn create_app(&self, key: &str, settings: AppSettings, change: &Change) -> Result<App, StoreError> {
        self.change(change, |changing| changing.create_app(key, settings, &self.defaults))
    }

    fn change_app(
        &self,
        key: &str,
        seen: u64,
        settings: AppSettings,
        change: &Change,
    ) -> Result<App, StoreError> {
        self.change(change, |changing| changing.change_app(key, seen, settings))
    }

    fn remove_app(&self, key: &str, change: &Change) -> Result<(), StoreError> {
        self.change(change, |changing| changing.remove_app(key))
    }

    fn import(&self, document: &Document, change: &Change) -> Result<Imported, StoreError> {
        self.change(change, |changing| changing.import(document))
    }

    fn save_list(
        &self,
        key: &str,
        list_type: ListType,
        seen: u64,
        content: &Content,
        change: &Change,
    ) -> Result<Revision, StoreError> {
        self.change(change, |changing| changing.save_list(key, list_type, seen, content, None))
    }

    fn restore_list(
        &self,
        key: &str,
        list_type: ListType,
        seen: u64,
        number: u64,
        change: &Change,
    ) -> Result<Revision, StoreError> {
        self.change(change, |changing| changing.restore_list(key, list_type, seen, number))
    }

    fn revision(&self, key: &str, list_type: ListType, number: u64) -> Result<Option<Revision>, StoreError> {
        self.read(|transaction| questions::revision(transaction, key, list_type, number))
    }

    fn history(
        &self,
        key: &str,
        list_type: ListType,
        before: Option<u64>,
        most: usize,
    ) -> Result<Vec<Revision>, StoreError> {
        self.read(|transaction| questions::history(transaction, key, list_type, before, most))
    }

    fn log(&self, app: Option<&str>, before: Option<u64>, most: usize) -> Result<Vec<LogEntry>, StoreError> {
        self.read(|transaction| questions::log(transaction, app, before, most))
    }

    fn log_after(&self, number: u64, most: usize) -> Result<Vec<LogEntry>, StoreError> {
        self.read(|transaction| questions::log_after(transaction, number, most))
    }

    fn secrets(&self, key: &str) -> Result<Option<AppSecrets>, StoreError> {
        self.read(|transaction| questions::secrets(&transaction.open_table(SECRETS.definition)?, key))
    }

    fn each_secrets(&self, visit: &mut dyn FnMut(&str, AppSecrets)) -> Result<(), StoreError> {
        self.read(|transaction| questions::each_secrets(transaction, visit))
    }

    fn rotate_secret(
        &self,
        key: &str,
        seen: u64,
        keep_previous: bool,
        change: &Change,
    ) -> Result<AppSecrets, StoreError> {
        self.change(change, |changing| {
            (self.is_private)()?;
            changing.rotate_secret(key, seen, keep_previous)
        })
    }

    fn drop_previous_secret(&self, key: &str, seen: u64, change: &Change) -> Result<AppSecrets, StoreError> {
        self.change(change, |changing| changing.drop_previous_secret(key, seen))
    }

    fn create_token(
        &self,
        name: &str,
        grant: &Grant,
        change: &Change,
    ) -> Result<(Token, Secret), StoreError> {
        self.change(change, |changing| changing.create_token(name, grant))
    }

    fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        self.read(questions::tokens)
    }

    fn token(&self, secret: &str) -> Result<Option<Token>, StoreError> {
        match Secret::parse(secret) {
            Some(secret) => self.read(|transaction| questions::token(transaction, &secret)),
            None => Ok(None),
        }
    }

    fn revoke_token(&self, number: u64, change: &Change) -> Result<Token, StoreError> {
        self.change(change, |changing| changing.revoke_token(number))
    }
}
