//! What changes something: each one transaction, with its log entry.

use guestlist::ListType;
use redb::{ReadableTable, WriteTransaction};

use crate::app::{App, AppSettings, Defaults, check_key};
use crate::content::Content;
use crate::document::{Document, Imported};
use crate::error::StoreErrorKind;
use crate::log::{Action, LogEntry};
use crate::redb_store::error::Failure;
use crate::redb_store::questions;
use crate::redb_store::tables::{
    APPS, AppRow, LOG, LOG_OF_APPS, REVISIONS, SUMMARIES, SummaryRow, TOKENS, list_number, next_number,
};
use crate::revision::{Change, Revision};
use crate::token::{Grant, MAX_TOKENS, Scope, Secret, Token, TokenRow};

/// A transaction with who makes it, and why.
pub(super) struct Changing<'t> {
    pub(super) transaction: &'t WriteTransaction,
    pub(super) change: &'t Change,
}

impl Changing<'_> {
    pub(super) fn create_app(
        &self,
        key: &str,
        settings: AppSettings,
        defaults: &Defaults,
    ) -> Result<App, Failure> {
        check_key(key)?;
        settings.check()?;
        if self.app(key)?.is_some() {
            return Err(StoreErrorKind::AppExists.into());
        }
        let upload = self.new_revision(key, ListType::Upload, &defaults.upload, None)?;
        let delivery = self.new_revision(key, ListType::Delivery, &defaults.delivery, None)?;
        // Where there was an app of this key before, a number that none of its settings had: whoever has seen those changes nothing of these.
        let version =
            if upload.number == 1 { 1 } else { next_number(&self.transaction.open_table(LOG.definition)?)? };
        let created = self.change.time();
        let app = App { key: key.to_string(), settings, version, created, upload, delivery };
        self.put(&app)?;
        self.log(Some(key), Action::AppCreated)?;
        Ok(app)
    }

    pub(super) fn change_app(&self, key: &str, seen: u64, settings: AppSettings) -> Result<App, Failure> {
        settings.check()?;
        let mut app = self.known_app(key)?;
        if app.version != seen {
            return Err(StoreErrorKind::SettingsConflict { version: app.version }.into());
        }
        app.settings = settings;
        app.version += 1;
        self.put(&app)?;
        self.log(Some(key), Action::AppChanged { version: app.version })?;
        Ok(app)
    }

    pub(super) fn remove_app(&self, key: &str) -> Result<(), Failure> {
        self.known_app(key)?;
        self.transaction.open_table(APPS.definition)?.remove(key)?;
        self.transaction.open_table(SUMMARIES.definition)?.remove(key)?;
        self.remove_secrets(key)?;
        self.log(Some(key), Action::AppRemoved)?;
        self.revoke_tokens_of(key)
    }

    /// Revokes the tokens of an app that is no more: the next one of its key may be somebody else's.
    fn revoke_tokens_of(&self, key: &str) -> Result<(), Failure> {
        let mut of_app = Vec::new();
        for row in self.transaction.open_table(TOKENS.definition)?.iter()? {
            let (number, row) = row?;
            let token = TOKENS.unseal(&number.value(), row.value())?.token;
            if token.revoked.is_none() && matches!(token.grant.scope(), Scope::App(app) if app == key) {
                of_app.push(token.number);
            }
        }
        of_app.into_iter().try_for_each(|number| self.revoke_token(number).map(drop))
    }

    pub(super) fn import(&self, document: &Document) -> Result<Imported, Failure> {
        let mut imported = Imported::default();
        for (key, new) in document.apps() {
            let (old, is_new) = match self.app(key)? {
                Some(app) => (app, false),
                None => (self.create_app(key, new.settings.clone(), &Defaults::default())?, true),
            };
            let mut is_changed = false;
            if old.settings != new.settings {
                self.change_app(key, old.version, new.settings.clone())?;
                is_changed = true;
            }
            for list_type in ListType::ALL {
                let (old, content) = (old.list(list_type), new.content(list_type));
                if old.content != *content {
                    self.save_list(key, list_type, old.number, content, None)?;
                    is_changed = true;
                }
            }
            let count = match (is_new, is_changed) {
                (true, _) => &mut imported.created,
                (false, true) => &mut imported.changed,
                (false, false) => &mut imported.unchanged,
            };
            *count += 1;
        }
        Ok(imported)
    }

    pub(super) fn save_list(
        &self,
        key: &str,
        list_type: ListType,
        seen: u64,
        content: &Content,
        restores: Option<u64>,
    ) -> Result<Revision, Failure> {
        let mut app = self.known_app(key)?;
        let current = app.list(list_type);
        if current.number != seen {
            return Err(StoreErrorKind::Conflict { theirs: Box::new(current.clone()) }.into());
        }
        let (count, limit) = (content.patterns().len(), app.settings.limit_of(list_type));
        if count > limit {
            return Err(StoreErrorKind::TooManyPatterns { count, limit }.into());
        }
        let revision = self.new_revision(key, list_type, content, restores)?;
        match list_type {
            ListType::Upload => app.upload = revision.clone(),
            ListType::Delivery => app.delivery = revision.clone(),
        }
        self.put(&app)?;
        self.log(Some(key), Action::ListSaved { list: list_type, number: revision.number, restores })?;
        Ok(revision)
    }

    pub(super) fn restore_list(
        &self,
        key: &str,
        list_type: ListType,
        seen: u64,
        number: u64,
    ) -> Result<Revision, Failure> {
        self.known_app(key)?;
        let old = {
            let revisions = self.transaction.open_table(REVISIONS.definition)?;
            REVISIONS.get(&revisions, (key, list_number(list_type), number))?
        };
        let old = old.ok_or(StoreErrorKind::UnknownRevision)?;
        self.save_list(key, list_type, seen, &old.content, Some(number))
    }

    pub(super) fn create_token(&self, name: &str, grant: &Grant) -> Result<(Token, Secret), Failure> {
        let mut tokens = self.transaction.open_table(TOKENS.definition)?;
        // Those that were revoked are kept for the log, and take nobody's place.
        let mut count = 0;
        for row in tokens.iter()? {
            let (number, row) = row?;
            count += usize::from(TOKENS.unseal(&number.value(), row.value())?.token.revoked.is_none());
        }
        if count >= MAX_TOKENS {
            return Err(
                StoreErrorKind::TooMany { what: "tokens", count: count + 1, limit: MAX_TOKENS }.into()
            );
        }
        let number = next_number(&tokens)?;
        let (row, secret) = TokenRow::make(number, name, grant, self.change)?;
        tokens.insert(number, &*TOKENS.seal(&number, &row)?)?;
        self.log(None, Action::TokenCreated { token: number })?;
        Ok((row.token, secret))
    }

    pub(super) fn revoke_token(&self, number: u64) -> Result<Token, Failure> {
        let mut tokens = self.transaction.open_table(TOKENS.definition)?;
        let mut row = TOKENS.get(&tokens, number)?.ok_or(StoreErrorKind::UnknownToken)?;
        if row.token.revoked.is_none() {
            row.token.revoked = Some(self.change.time());
            tokens.insert(number, &*TOKENS.seal(&number, &row)?)?;
            self.log(None, Action::TokenRevoked { token: number })?;
        }
        Ok(row.token)
    }

    fn app(&self, key: &str) -> Result<Option<App>, Failure> {
        questions::app(&self.transaction.open_table(APPS.definition)?, key)
    }

    pub(super) fn known_app(&self, key: &str) -> Result<App, Failure> {
        Ok(self.app(key)?.ok_or(StoreErrorKind::UnknownApp)?)
    }

    fn put(&self, app: &App) -> Result<(), Failure> {
        let (key, summary) = (app.key.as_str(), SummaryRow::of(app));
        self.transaction.open_table(APPS.definition)?.insert(key, &*APPS.seal(&key, &AppRow::of(app))?)?;
        self.transaction.open_table(SUMMARIES.definition)?.insert(key, &*SUMMARIES.seal(&key, &summary)?)?;
        Ok(())
    }

    /// The next version of a list, in its history.
    fn new_revision(
        &self,
        key: &str,
        list_type: ListType,
        content: &Content,
        restores: Option<u64>,
    ) -> Result<Revision, Failure> {
        let mut revisions = self.transaction.open_table(REVISIONS.definition)?;
        let list = list_number(list_type);
        let last = revisions.range((key, list, 0)..=(key, list, u64::MAX))?.next_back().transpose()?;
        let number = last.map_or(0, |(last, _)| last.value().2) + 1;
        let Change { by, why, .. } = self.change.clone();
        let revision =
            Revision { number, at: self.change.time(), by, why, restores, content: content.clone() };
        let place = (key, list, number);
        revisions.insert(place, &*REVISIONS.seal(&place, &revision)?)?;
        Ok(revision)
    }

    pub(super) fn log(&self, app: Option<&str>, action: Action) -> Result<(), Failure> {
        let mut log = self.transaction.open_table(LOG.definition)?;
        let number = next_number(&log)?;
        let Change { by, why, .. } = self.change.clone();
        let entry = LogEntry { number, at: self.change.time(), by, why, app: app.map(String::from), action };
        log.insert(number, &*LOG.seal(&number, &entry)?)?;
        if let Some(app) = app {
            self.transaction.open_table(LOG_OF_APPS)?.insert((app, number), ())?;
        }
        Ok(())
    }
}
