//! [`Configured`]: apps of the server's configuration file, and [`Both`]: the store with them in front.

use core::ops::Bound;
use std::collections::BTreeMap;
use std::sync::Arc;

use guestlist::ListType;
use guestlist_config as config;
use guestlist_store::{
    App, AppQuery, AppSecrets, AppSettings, AppSummary, Change, Content, Document, Grant, Imported, LogEntry,
    Revision, Secret, Store, StoreError, Token,
};

use crate::problem::{Kind, Problem};

/// Apps under their keys.
type Apps = BTreeMap<String, config::App>;

/// The apps of the server's configuration file: they are shown, and cannot be changed here.
///
/// An app of the store with the key of one of these decides nothing, and is not shown.
pub trait Configured: Send + Sync {
    /// The apps as they are in force now. Asked often, and on threads that answer requests: it should cost no more than a copy of the pointer.
    fn apps(&self) -> Arc<BTreeMap<String, config::App>>;
}

/// There is no configuration file, or no app in it.
#[derive(Default)]
pub(crate) struct Nothing(Arc<Apps>);

impl Configured for Nothing {
    fn apps(&self) -> Arc<Apps> {
        self.0.clone()
    }
}

/// A store with the apps of the configuration file in front of its own, as the server decides by them.
///
/// What it is asked, it answers for both. What changes something goes to the store: [`Both::has_no_configured`] is asked before.
pub(crate) struct Both {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) configured: Box<dyn Configured>,
}

impl Both {
    /// Whether the app of this key can be changed, or made, as far as the configuration file is concerned.
    pub(crate) fn has_no_configured(&self, key: &str) -> Result<(), Problem> {
        match self.configured.apps().contains_key(key) {
            true => Err(Problem::new(Kind::InConfiguration, "the app is in the configuration file")),
            false => Ok(()),
        }
    }

    /// A page of apps of the store, without those that the configuration file has too.
    fn of_store(
        &self,
        query: &AppQuery,
        most: usize,
        configured: &Apps,
    ) -> Result<Vec<AppSummary>, StoreError> {
        let mut query = query.clone();
        let mut found = Vec::new();
        loop {
            let wanted = most - found.len();
            let page = self.store.apps(&query, wanted)?;
            let is_last = page.len() < wanted;
            let last = page.last().map(|app| app.key.clone());
            found.extend(page.into_iter().filter(|app| !configured.contains_key(&app.key)));
            match last {
                // Some were left out: there may be others behind them.
                Some(last) if !is_last && found.len() < most => query = query.after(last),
                _ => return Ok(found),
            }
        }
    }
}

impl Store for Both {
    fn app(&self, key: &str) -> Result<Option<App>, StoreError> {
        match self.configured.apps().get(key) {
            Some(app) => Ok(Some(App::of_config(key, app))),
            None => self.store.app(key),
        }
    }

    fn apps(&self, query: &AppQuery, most: usize) -> Result<Vec<AppSummary>, StoreError> {
        let configured = self.configured.apps();
        let behind = query.is_behind().map_or(Bound::Unbounded, Bound::Excluded);
        let of_file = configured.range::<str, _>((behind, Bound::Unbounded));
        let asked_for = of_file.filter(|(key, app)| query.fits(key, &app.name)).take(most);
        let mut found: Vec<AppSummary> =
            asked_for.map(|(key, app)| App::of_config(&**key, app).summary()).collect();
        found.extend(self.of_store(query, most, &configured)?);
        found.sort_unstable_by(|one, other| one.key.cmp(&other.key));
        found.truncate(most);
        Ok(found)
    }

    fn each_app(&self, visit: &mut dyn FnMut(App)) -> Result<u64, StoreError> {
        let configured = self.configured.apps();
        let mut of_file = configured.iter().peekable();
        let last = self.store.each_app(&mut |app| {
            while let Some((key, before)) = of_file.next_if(|(key, _)| **key < app.key) {
                visit(App::of_config(&**key, before));
            }
            if !configured.contains_key(&app.key) {
                visit(app);
            }
        })?;
        of_file.for_each(|(key, app)| visit(App::of_config(&**key, app)));
        Ok(last)
    }

    /// What a configuration file said before nobody keeps, and what the store has under such a key is another app's.
    fn revision(&self, key: &str, list_type: ListType, number: u64) -> Result<Option<Revision>, StoreError> {
        match self.configured.apps().contains_key(key) {
            true => Ok(None),
            false => self.store.revision(key, list_type, number),
        }
    }

    fn history(
        &self,
        key: &str,
        list_type: ListType,
        before: Option<u64>,
        most: usize,
    ) -> Result<Vec<Revision>, StoreError> {
        match self.configured.apps().contains_key(key) {
            true => Ok(Vec::new()),
            false => self.store.history(key, list_type, before, most),
        }
    }

    fn create_app(&self, key: &str, settings: AppSettings, change: &Change) -> Result<App, StoreError> {
        self.store.create_app(key, settings, change)
    }

    fn change_app(
        &self,
        key: &str,
        seen: u64,
        settings: AppSettings,
        change: &Change,
    ) -> Result<App, StoreError> {
        self.store.change_app(key, seen, settings, change)
    }

    fn remove_app(&self, key: &str, change: &Change) -> Result<(), StoreError> {
        self.store.remove_app(key, change)
    }

    fn import(&self, document: &Document, change: &Change) -> Result<Imported, StoreError> {
        self.store.import(document, change)
    }

    fn save_list(
        &self,
        key: &str,
        list_type: ListType,
        seen: u64,
        content: &Content,
        change: &Change,
    ) -> Result<Revision, StoreError> {
        self.store.save_list(key, list_type, seen, content, change)
    }

    fn restore_list(
        &self,
        key: &str,
        list_type: ListType,
        seen: u64,
        number: u64,
        change: &Change,
    ) -> Result<Revision, StoreError> {
        self.store.restore_list(key, list_type, seen, number, change)
    }

    fn log(&self, app: Option<&str>, before: Option<u64>, most: usize) -> Result<Vec<LogEntry>, StoreError> {
        self.store.log(app, before, most)
    }

    fn log_after(&self, number: u64, most: usize) -> Result<Vec<LogEntry>, StoreError> {
        self.store.log_after(number, most)
    }

    /// What a configuration file names is in files of its own, and what the store has under such a key is another app's.
    fn secrets(&self, key: &str) -> Result<Option<AppSecrets>, StoreError> {
        match self.configured.apps().contains_key(key) {
            true => Ok(None),
            false => self.store.secrets(key),
        }
    }

    fn each_secrets(&self, visit: &mut dyn FnMut(&str, AppSecrets)) -> Result<(), StoreError> {
        let configured = self.configured.apps();
        self.store.each_secrets(&mut |key, secrets| {
            if !configured.contains_key(key) {
                visit(key, secrets);
            }
        })
    }

    fn rotate_secret(
        &self,
        key: &str,
        seen: u64,
        keep_previous: bool,
        change: &Change,
    ) -> Result<AppSecrets, StoreError> {
        self.store.rotate_secret(key, seen, keep_previous, change)
    }

    fn drop_previous_secret(&self, key: &str, seen: u64, change: &Change) -> Result<AppSecrets, StoreError> {
        self.store.drop_previous_secret(key, seen, change)
    }

    fn create_token(
        &self,
        name: &str,
        grant: &Grant,
        change: &Change,
    ) -> Result<(Token, Secret), StoreError> {
        self.store.create_token(name, grant, change)
    }

    fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        self.store.tokens()
    }

    fn token(&self, secret: &str) -> Result<Option<Token>, StoreError> {
        self.store.token(secret)
    }

    fn revoke_token(&self, number: u64, change: &Change) -> Result<Token, StoreError> {
        self.store.revoke_token(number, change)
    }
}

#[cfg(test)]
mod tests {
    use guestlist_store::RedbStore;

    use super::*;

    struct File(Arc<Apps>);

    impl Configured for File {
        fn apps(&self) -> Arc<Apps> {
            self.0.clone()
        }
    }

    #[test]
    fn each_app_is_visited_once_and_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(RedbStore::create(folder.path().join("lists.redb")).unwrap());
        for key in ["b", "c", "e"] {
            store.create_app(key, AppSettings::named("kept"), &Change::by("a test")).unwrap();
        }
        let apps =
            ["a", "c", "d", "f"].map(|key| (key.to_string(), config::App::default())).into_iter().collect();
        let both = Both { store, configured: Box::new(File(Arc::new(apps))) };
        let mut visited = Vec::new();
        let last = both.each_app(&mut |app| visited.push((app.key, app.version))).unwrap();
        let visited: Vec<(&str, u64)> =
            visited.iter().map(|(key, version)| (key.as_str(), *version)).collect();
        assert_eq!(visited, [("a", 0), ("b", 1), ("c", 0), ("d", 0), ("e", 1), ("f", 0)]);
        assert_eq!(last, 3);
    }
}
