//! What changes the secrets of an app.

use guestlist_policy::Secret;
use zeroize::Zeroizing;

use crate::error::StoreErrorKind;
use crate::log::Action;
use crate::redb_store::changes::Changing;
use crate::redb_store::error::Failure;
use crate::redb_store::questions;
use crate::redb_store::secret_row::SecretsRow;
use crate::redb_store::tables::{LOG, SECRETS, next_number};
use crate::secrets::{AppSecret, AppSecrets};

impl Changing<'_> {
    pub(super) fn rotate_secret(
        &self,
        key: &str,
        seen: u64,
        keep_previous: bool,
    ) -> Result<AppSecrets, Failure> {
        let old = self.seen_secrets(key, seen)?;
        let current = AppSecret {
            secret: Secret::generate()?,
            created: self.change.time(),
            by: self.change.by.clone(),
        };
        let previous = old.filter(|_| keep_previous).map(|old| old.current);
        let keeps_previous = previous.is_some();
        let version = self.next_secrets_version()?;
        self.put_secrets(
            key,
            AppSecrets { version, current, previous },
            Action::SecretMade { version, keeps_previous },
        )
    }

    pub(super) fn drop_previous_secret(&self, key: &str, seen: u64) -> Result<AppSecrets, Failure> {
        let old = self.seen_secrets(key, seen)?.ok_or(StoreErrorKind::NoSecret)?;
        if old.previous.is_none() {
            return Ok(old);
        }
        let version = self.next_secrets_version()?;
        self.put_secrets(
            key,
            AppSecrets { version, previous: None, ..old },
            Action::PreviousSecretEnded { version },
        )
    }

    pub(super) fn remove_secrets(&self, key: &str) -> Result<(), Failure> {
        self.transaction.open_table(SECRETS.definition)?.remove(key)?;
        Ok(())
    }

    /// The secrets of an app that there is, if their version is the one that was seen.
    fn seen_secrets(&self, key: &str, seen: u64) -> Result<Option<AppSecrets>, Failure> {
        self.known_app(key)?;
        let old = questions::secrets(&self.transaction.open_table(SECRETS.definition)?, key)?;
        match old.as_ref().map_or(0, |old| old.version) {
            version if version == seen => Ok(old),
            version => Err(StoreErrorKind::SecretsConflict { version }.into()),
        }
    }

    /// The number of the log entry that will tell of it.
    fn next_secrets_version(&self) -> Result<u64, Failure> {
        next_number(&self.transaction.open_table(LOG.definition)?)
    }

    fn put_secrets(&self, key: &str, secrets: AppSecrets, action: Action) -> Result<AppSecrets, Failure> {
        let row = Zeroizing::new(SECRETS.seal(&key, &SecretsRow::from(secrets.clone()))?);
        self.transaction.open_table(SECRETS.definition)?.insert(key, &**row)?;
        self.log(Some(key), action)?;
        Ok(secrets)
    }
}
