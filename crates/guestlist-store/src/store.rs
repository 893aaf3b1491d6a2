//! [`Store`]: what the server asks of a store.

use guestlist::ListType;

use crate::app::{App, AppQuery, AppSettings, AppSummary};
use crate::content::Content;
use crate::document::{Document, Imported};
use crate::error::StoreError;
use crate::log::LogEntry;
use crate::revision::{Change, Revision};
use crate::secrets::AppSecrets;
use crate::token::{Grant, Secret, Token};

/// Where apps and their lists are kept.
///
/// What a call returns is on disk, or wherever the store keeps it, and stays; what it refuses has changed nothing. Calls may wait for disks, so they belong on threads that may wait. Any number may be made at once; each sees
/// the store as it is between two changes.
///
/// Those that change something take what the caller has seen (`seen`) and refuse if it is no longer so: nobody saves over what they have not seen.
pub trait Store: Send + Sync {
    /// An app; `None` if no app has this key.
    ///
    /// # Errors
    ///
    /// If the store cannot be read, here as everywhere.
    fn app(&self, key: &str) -> Result<Option<App>, StoreError>;

    /// A page of apps, in the order of their keys, `most` at most.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    fn apps(&self, query: &AppQuery, most: usize) -> Result<Vec<AppSummary>, StoreError>;

    /// Every app, in the order of their keys, as they all were at one moment. Returns the number of the last log entry at that moment: what comes later is in [`Store::log_after`].
    ///
    /// # Errors
    ///
    /// If the store cannot be read; some apps may have been visited.
    fn each_app(&self, visit: &mut dyn FnMut(App)) -> Result<u64, StoreError>;

    /// Makes an app, whose lists say what new lists say.
    ///
    /// # Errors
    ///
    /// If there is one of this key, or something is too long.
    fn create_app(&self, key: &str, settings: AppSettings, change: &Change) -> Result<App, StoreError>;

    /// Changes the settings of an app, if their version is the one that was seen.
    ///
    /// Limits that are lower than what a list has are fine: the list stays as it is until it is saved.
    ///
    /// # Errors
    ///
    /// If it is another, or there is no such app, or something is too long.
    fn change_app(
        &self,
        key: &str,
        seen: u64,
        settings: AppSettings,
        change: &Change,
    ) -> Result<App, StoreError>;

    /// Removes an app: its key is unknown from then on. What its lists said stays in their history, its secrets are gone, and tokens for it alone are revoked.
    ///
    /// # Errors
    ///
    /// If there is no such app.
    fn remove_app(&self, key: &str, change: &Change) -> Result<(), StoreError>;

    /// Takes in the apps of a document: makes those that the store has not, and gives the others these settings and lists, where they differ, as new versions. Apps that the document does not name stay as they are. All of it
    /// or nothing.
    ///
    /// # Errors
    ///
    /// If the store cannot be written, or an app is larger than it takes.
    fn import(&self, document: &Document, change: &Change) -> Result<Imported, StoreError>;

    /// Saves a list, if the number of its version is the one that was seen. What says the same as before is a version as well: somebody meant to say it.
    ///
    /// # Errors
    ///
    /// If somebody saved it in between ([`StoreErrorKind::Conflict`](crate::StoreErrorKind::Conflict), with what they saved), or it has too many patterns, or there is no such app.
    fn save_list(
        &self,
        key: &str,
        list_type: ListType,
        seen: u64,
        content: &Content,
        change: &Change,
    ) -> Result<Revision, StoreError>;

    /// Saves a list as it was in an earlier version, if the number of the version in force is the one that was seen. The limit of patterns holds here too.
    ///
    /// # Errors
    ///
    /// As for [`Store::save_list`], or if there is no such version.
    fn restore_list(
        &self,
        key: &str,
        list_type: ListType,
        seen: u64,
        number: u64,
        change: &Change,
    ) -> Result<Revision, StoreError>;

    /// A version of a list, of an app that there is or was; `None` if there never was one of this number.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    fn revision(&self, key: &str, list_type: ListType, number: u64) -> Result<Option<Revision>, StoreError>;

    /// Versions of a list, of an app that there is or was, the newest first, `most` at most; only those with lower numbers than `before`, the last one of the page before.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    fn history(
        &self,
        key: &str,
        list_type: ListType,
        before: Option<u64>,
        most: usize,
    ) -> Result<Vec<Revision>, StoreError>;

    /// What was done, to this app or at all, the newest first, `most` at most; only entries with lower numbers than `before`.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    fn log(&self, app: Option<&str>, before: Option<u64>, most: usize) -> Result<Vec<LogEntry>, StoreError>;

    /// What was done after this entry, the oldest first, `most` at most: to follow a store that others change.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    fn log_after(&self, number: u64, most: usize) -> Result<Vec<LogEntry>, StoreError>;

    /// The secrets of an app; `None` if it has none, or there is no such app.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    fn secrets(&self, key: &str) -> Result<Option<AppSecrets>, StoreError>;

    /// The secrets of every app that has some, in the order of their keys, as they all were at one moment.
    ///
    /// # Errors
    ///
    /// If the store cannot be read; some may have been visited.
    fn each_secrets(&self, visit: &mut dyn FnMut(&str, AppSecrets)) -> Result<(), StoreError>;

    /// Makes a new secret for an app, from random bits, if the version of its secrets is the one that was seen (0: none). What the one before it signed is taken as well if `keep_previous` says so, and else no longer; what older ones signed is not.
    ///
    /// # Errors
    ///
    /// If it is another version, or there is no such app, or the store is open to others' eyes ([`StoreErrorKind::Exposed`](crate::StoreErrorKind::Exposed)).
    fn rotate_secret(
        &self,
        key: &str,
        seen: u64,
        keep_previous: bool,
        change: &Change,
    ) -> Result<AppSecrets, StoreError>;

    /// From now on what the secret before the newest signed is no longer taken, if the version of the app's secrets is the one that was seen. Where there is none, nothing is changed.
    ///
    /// # Errors
    ///
    /// If it is another version, or there is no such app, or it has no secret at all ([`StoreErrorKind::NoSecret`](crate::StoreErrorKind::NoSecret)).
    fn drop_previous_secret(&self, key: &str, seen: u64, change: &Change) -> Result<AppSecrets, StoreError>;

    /// Makes a token that may do what is granted. The secret is shown here, once, and only its hash is kept.
    ///
    /// # Errors
    ///
    /// If there are as many as there can be, or the name is too long.
    fn create_token(&self, name: &str, grant: &Grant, change: &Change)
    -> Result<(Token, Secret), StoreError>;

    /// All tokens, the revoked ones too, in the order in which they were made.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    fn tokens(&self) -> Result<Vec<Token>, StoreError>;

    /// The token that this text is the secret of, unless it was revoked. Hashes are compared in constant time.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    fn token(&self, secret: &str) -> Result<Option<Token>, StoreError>;

    /// Revokes a token; one that is revoked stays so.
    ///
    /// # Errors
    ///
    /// If there is none of this number.
    fn revoke_token(&self, number: u64, change: &Change) -> Result<Token, StoreError>;
}
