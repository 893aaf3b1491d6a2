//! An API over a store of its own, and requests to it.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use guestlist::DormantGate;
use guestlist_admin::{Admin, Live, router};
use guestlist_policy::AppLock;
use guestlist_store::{Access, Change, Grant, RedbStore, Scope, Store};
use http_body_util::BodyExt;
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

/// Of which app, and what decides for it.
pub(crate) type Telling = (String, Option<DormantGate>);

/// What was told of, in order.
#[derive(Clone, Default)]
pub(crate) struct Told(Arc<Mutex<Vec<Telling>>>, Arc<Mutex<Vec<Option<AppLock>>>>);

impl Live for Told {
    fn changed(&self, key: &str, gate: Option<DormantGate>, lock: Option<AppLock>) {
        self.0.lock().unwrap().push((key.to_string(), gate));
        self.1.lock().unwrap().push(lock);
    }
}

impl Told {
    /// Everything until now.
    pub(crate) fn all(&self) -> Vec<Telling> {
        self.0.lock().unwrap().clone()
    }

    /// What the app that was told of last requires.
    pub(crate) fn lock(&self) -> Option<AppLock> {
        self.1.lock().unwrap().last().unwrap().clone()
    }
}

/// An API, and what it works on. Cheap to copy; what it has is shared.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) router: Router,
    pub(crate) store: Arc<RedbStore>,
    pub(crate) told: Told,
    /// The secret of a token for everything, with the name `ada`.
    pub(crate) ada: String,
    pub(crate) folder: Arc<TempDir>,
}

/// A store in a folder of its own, and the secret of a token for everything.
pub(crate) fn store() -> (Arc<TempDir>, Arc<RedbStore>, String) {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let store = Arc::new(RedbStore::create(folder.path().join("lists.redb")).unwrap());
    let ada = secret(&*store, "ada", Access::Admin, Scope::AllApps);
    (folder, store, ada)
}

pub(crate) fn secret(store: &dyn Store, name: &str, access: Access, scope: Scope) -> String {
    let grant = Grant::new(access, scope);
    store.create_token(name, &grant, &Change::by("the tests")).unwrap().1.to_string()
}

impl Api {
    /// Without apps, and with more changes a minute than tests make.
    pub(crate) fn new() -> Api {
        Api::with(|admin| admin.changes(60_000, 10_000))
    }

    pub(crate) fn with(settings: impl FnOnce(Admin) -> Admin) -> Api {
        let (folder, store, ada) = store();
        let told = Told::default();
        let router = router(settings(Admin::new(store.clone(), told.clone())));
        Api { router, store, told, ada, folder }
    }

    /// With an app of this key, whose lists are at version 1.
    pub(crate) async fn with_app(key: &str) -> Api {
        let api = Api::new();
        let made = api.send("POST", "/apps", json(&serde_json::json!({ "key": key, "name": "Shop" }))).await;
        assert_eq!(made.status, 201, "{made:?}");
        api
    }

    /// As `ada`.
    pub(crate) async fn send(&self, method: &str, path: &str, request: Sent) -> Answer {
        let ada = self.ada.clone();
        self.send_as(Some(&ada), method, path, request).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, Sent::default()).await
    }

    /// Saves a list that is enforced.
    pub(crate) async fn save(&self, seen: u64, patterns: &[&str]) -> Answer {
        let body = serde_json::json!({ "patterns": patterns, "mode": "enforce", "block_missing": true });
        self.send("PUT", "/apps/a/lists/upload", json(&body).seen(seen)).await
    }

    pub(crate) async fn send_as(
        &self,
        secret: Option<&str>,
        method: &str,
        path: &str,
        request: Sent,
    ) -> Answer {
        let Sent { mut headers, body } = request;
        if let Some(secret) = secret {
            headers.push(("authorization".to_string(), format!("Bearer {secret}")));
        }
        let mut builder = Request::builder().method(method).uri(format!("/api/v1{path}"));
        for (name, value) in headers {
            builder = builder.header(name, value);
        }
        answer(self.router.clone(), builder.body(Body::from(body)).unwrap()).await
    }
}

pub(crate) async fn answer(router: Router, request: Request<Body>) -> Answer {
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    let json = serde_json::from_str(&text).unwrap_or(Value::Null);
    let answer = Answer { status: parts.status.as_u16(), headers: parts.headers, text, json };
    answer.check();
    answer
}

/// What is sent beside the path and the token.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sent {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// A body of JSON.
pub(crate) fn json(value: &Value) -> Sent {
    raw(value.to_string())
}

/// A body that is said to be JSON.
pub(crate) fn raw(body: impl Into<Vec<u8>>) -> Sent {
    Sent { headers: Vec::new(), body: body.into() }.header("content-type", "application/json")
}

impl Sent {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Sent {
        self.headers.push((name.to_string(), value.to_string()));
        self
    }

    pub(crate) fn without_type(mut self) -> Sent {
        self.headers.retain(|(name, _)| name != "content-type");
        self
    }

    /// Which version was seen.
    pub(crate) fn seen(self, number: u64) -> Sent {
        self.header("if-match", &format!("\"{number}\""))
    }
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) json: Value,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut all = self.headers.get_all(name).iter();
        let one = all.next().map_or("", |value| value.to_str().unwrap());
        assert!(all.next().is_none(), "{name}: {self:?}");
        one
    }

    /// The kind of problem.
    pub(crate) fn problem(&self) -> (u16, &str) {
        (self.status, self.json["type"].as_str().unwrap_or("no problem"))
    }

    pub(crate) fn str(&self, pointer: &str) -> &str {
        self.json.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer}: {self:?}"))
    }

    /// What holds of every answer.
    fn check(&self) {
        assert_eq!(self.header("cache-control"), "no-store", "{self:?}");
        assert_eq!(self.header("x-content-type-options"), "nosniff", "{self:?}");
        let status = StatusCode::from_u16(self.status).unwrap();
        if status.is_success() {
            let expected = if self.text.is_empty() { "" } else { "application/json" };
            assert!(self.text.is_empty() || self.header("content-type") == expected, "{self:?}");
            return;
        }
        // The answer to HEAD says nothing more.
        if self.text.is_empty() {
            return;
        }
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        assert_eq!(self.json["status"], self.status, "{self:?}");
        for field in ["type", "title", "detail", "help"] {
            assert!(self.json[field].as_str().is_some_and(|text| !text.is_empty()), "{field}: {self:?}");
        }
        assert!(self.str("/type").starts_with("/problems/"), "{self:?}");
    }
}
