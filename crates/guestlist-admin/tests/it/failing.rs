//! What is answered when the store does not.

use std::io;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use guestlist::ListType;
use guestlist_admin::{Admin, router};
use guestlist_store::{
    App, AppQuery, AppSecrets, AppSettings, AppSummary, Change, Content, Document, Grant, Imported, LogEntry,
    RedbStore, Revision, Secret, Store, StoreError, StoreErrorKind, Token,
};

use crate::api::{Answer, Told, answer, store};

/// A store whose disk fails when something is saved.
struct Failing {
    store: Arc<RedbStore>,
    /// What becomes of a save.
    fail: Mutex<fn() -> StoreError>,
    /// Whether it was done all the same.
    does: bool,
    /// Whether apps cannot be read, and whether that begins with a save.
    is_silent: Arc<AtomicBool>,
    goes_silent: bool,
}

impl Store for Failing {
    fn app(&self, key: &str) -> Result<Option<App>, StoreError> {
        if self.is_silent.load(SeqCst) {
            return Err(StoreErrorKind::Io { error: io::Error::other("the disk is away") }.into());
        }
        self.store.app(key)
    }

    fn apps(&self, _: &AppQuery, _: usize) -> Result<Vec<AppSummary>, StoreError> {
        panic!("a mistake in the store")
    }

    fn each_app(&self, visit: &mut dyn FnMut(App)) -> Result<u64, StoreError> {
        self.store.each_app(visit)
    }

    fn create_app(&self, _: &str, _: AppSettings, _: &Change) -> Result<App, StoreError> {
        Err(self.fail.lock().unwrap()())
    }

    fn change_app(&self, _: &str, _: u64, _: AppSettings, _: &Change) -> Result<App, StoreError> {
        Err(self.fail.lock().unwrap()())
    }

    fn remove_app(&self, _: &str, _: &Change) -> Result<(), StoreError> {
        Err(self.fail.lock().unwrap()())
    }

    fn import(&self, _: &Document, _: &Change) -> Result<Imported, StoreError> {
        Err(self.fail.lock().unwrap()())
    }

    fn save_list(
        &self,
        key: &str,
        list: ListType,
        seen: u64,
        content: &Content,
        change: &Change,
    ) -> Result<Revision, StoreError> {
        if self.does {
            self.store.save_list(key, list, seen, content, change)?;
            self.is_silent.store(self.goes_silent, SeqCst);
        }
        Err(self.fail.lock().unwrap()())
    }

    fn restore_list(&self, _: &str, _: ListType, _: u64, _: u64, _: &Change) -> Result<Revision, StoreError> {
        Err(self.fail.lock().unwrap()())
    }

    fn revision(&self, key: &str, list: ListType, number: u64) -> Result<Option<Revision>, StoreError> {
        self.store.revision(key, list, number)
    }

    fn history(
        &self,
        key: &str,
        list: ListType,
        before: Option<u64>,
        most: usize,
    ) -> Result<Vec<Revision>, StoreError> {
        self.store.history(key, list, before, most)
    }

    fn log(&self, app: Option<&str>, before: Option<u64>, most: usize) -> Result<Vec<LogEntry>, StoreError> {
        self.store.log(app, before, most)
    }

    fn log_after(&self, number: u64, most: usize) -> Result<Vec<LogEntry>, StoreError> {
        self.store.log_after(number, most)
    }

    fn secrets(&self, key: &str) -> Result<Option<AppSecrets>, StoreError> {
        self.store.secrets(key)
    }

    fn each_secrets(&self, visit: &mut dyn FnMut(&str, AppSecrets)) -> Result<(), StoreError> {
        self.store.each_secrets(visit)
    }

    fn rotate_secret(&self, _: &str, _: u64, _: bool, _: &Change) -> Result<AppSecrets, StoreError> {
        Err(self.fail.lock().unwrap()())
    }

    fn drop_previous_secret(&self, _: &str, _: u64, _: &Change) -> Result<AppSecrets, StoreError> {
        Err(self.fail.lock().unwrap()())
    }

    fn create_token(&self, _: &str, _: &Grant, _: &Change) -> Result<(Token, Secret), StoreError> {
        Err(self.fail.lock().unwrap()())
    }

    fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        Err(self.fail.lock().unwrap()())
    }

    fn token(&self, secret: &str) -> Result<Option<Token>, StoreError> {
        self.store.token(secret)
    }

    fn revoke_token(&self, _: u64, _: &Change) -> Result<Token, StoreError> {
        Err(self.fail.lock().unwrap()())
    }
}

async fn ask(does: bool, fail: fn() -> StoreError, method: &str, path: &str, body: &str) -> (Answer, usize) {
    let (_folder, store, ada) = store();
    store.create_app("a", AppSettings::named(""), &Change::by("the tests")).unwrap();
    let told = Told::default();
    let failing =
        Failing { store, fail: Mutex::new(fail), does, is_silent: Arc::default(), goes_silent: false };
    let router = router(Admin::new(Arc::new(failing), told.clone()));
    let request = Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"))
        .header("authorization", format!("Bearer {ada}"))
        .header("content-type", "application/json")
        .header("if-match", "\"1\"")
        .body(Body::from(body.to_string()))
        .unwrap();
    (answer(router, request).await, told.all().len())
}

const LIST: &str = r#"{"patterns": ["a.com"], "mode": "enforce", "block_missing": true}"#;

#[tokio::test]
async fn what_is_wrong_with_the_disk_stays_in_the_log() {
    let broken = || StoreErrorKind::Io { error: io::Error::other("/secret/path: sector 7") }.into();
    let corrupt = || StoreErrorKind::Corrupt { what: "a row of app `other`".to_string() }.into();
    for fail in [broken as fn() -> StoreError, corrupt] {
        for (method, path, body) in [
            ("PUT", "/apps/a/lists/upload", LIST),
            ("POST", "/apps/a/lists/upload/versions/1/restore", ""),
            ("POST", "/apps/a/secrets", r#"{"keep_previous": true}"#),
            ("DELETE", "/apps/a/secrets/previous", ""),
            ("DELETE", "/apps/a", ""),
            ("GET", "/tokens", ""),
            ("DELETE", "/tokens/1", ""),
        ] {
            let (answer, _) = ask(false, fail, method, path, body).await;
            assert_eq!(answer.problem(), (500, "/problems/internal"), "{method} {path}");
            assert!(!answer.text.contains("/secret/path") && !answer.text.contains("other"), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn what_was_done_all_the_same_is_told() {
    let broken = || StoreErrorKind::Io { error: io::Error::other("no") }.into();
    let (answer, told) = ask(true, broken, "PUT", "/apps/a/lists/upload", LIST).await;
    assert_eq!((answer.status, told), (500, 1));
    let full = || StoreErrorKind::Full.into();
    let (answer, told) = ask(false, full, "PUT", "/apps/a/lists/upload", LIST).await;
    assert_eq!((answer.problem(), told), ((507, "/problems/store-full"), 0));
}

#[tokio::test]
async fn what_cannot_be_told_is_told_as_soon_as_the_store_answers() {
    let (_folder, store, ada) = store();
    store.create_app("a", AppSettings::named(""), &Change::by("the tests")).unwrap();
    let told = Told::default();
    let is_silent: Arc<AtomicBool> = Arc::default();
    let failing = Failing {
        store,
        fail: Mutex::new(|| StoreErrorKind::Io { error: io::Error::other("no") }.into()),
        does: true,
        is_silent: is_silent.clone(),
        goes_silent: true,
    };
    let router = router(Admin::new(Arc::new(failing), told.clone()));
    let save = |seen: u64| {
        Request::put("/api/v1/apps/a/lists/upload")
            .header("authorization", format!("Bearer {ada}"))
            .header("content-type", "application/json")
            .header("if-match", format!("\"{seen}\""))
            .body(Body::from(LIST.replace("a.com", &format!("v{seen}.com"))))
            .unwrap()
    };
    for seen in 1..=3 {
        is_silent.store(false, SeqCst);
        assert_eq!(answer(router.clone(), save(seen)).await.status, 500);
    }
    is_silent.store(false, SeqCst);
    let last =
        || told.all().pop().and_then(|(_, gate)| Some(gate?.patterns(ListType::Upload).next()?.to_string()));
    while last().as_deref() != Some("v3.com") {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_panic_ends_with_its_request() {
    let never = || StoreErrorKind::Full.into();
    let (answer, _) = ask(false, never, "GET", "/apps", "").await;
    assert_eq!(answer.problem(), (500, "/problems/internal"));
}
