//! Who follows the store is told before anybody has an answer, and whatever becomes of who asked.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};

use axum::body::Body;
use axum::http::Request;
use guestlist::{DormantGate, ListType};
use guestlist_admin::{Admin, Live, router};
use guestlist_policy::AppLock;
use guestlist_store::{AppSettings, Change, Store};
use serde_json::json;
use tokio::task::spawn_blocking;

use crate::api::{Api, Sent, answer, json as body, store};

/// Says that it is told, and goes on when it may.
struct Slow {
    told: Sender<Option<DormantGate>>,
    go_on: Mutex<Receiver<()>>,
}

impl Live for Slow {
    fn changed(&self, _: &str, gate: Option<DormantGate>, _: Option<AppLock>) {
        self.told.send(gate).unwrap();
        self.go_on.lock().unwrap().recv().unwrap();
    }
}

fn save(ada: &str, seen: u64) -> Request<Body> {
    let list = json!({ "patterns": [format!("v{seen}.com")], "mode": "enforce", "block_missing": true });
    Request::put("/api/v1/apps/a/lists/upload")
        .header("authorization", format!("Bearer {ada}"))
        .header("content-type", "application/json")
        .header("if-match", format!("\"{seen}\""))
        .body(Body::from(list.to_string()))
        .unwrap()
}

#[tokio::test]
async fn they_are_told_before_the_answer_and_when_nobody_waits_for_it() {
    let (_folder, store, ada) = store();
    store.create_app("a", AppSettings::named(""), &Change::by("the tests")).unwrap();
    let ((told, was_told), (go, go_on)) = (channel(), channel());
    let router = router(Admin::new(store.clone(), Slow { told, go_on: Mutex::new(go_on) }));

    let saving = tokio::spawn(answer(router.clone(), save(&ada, 1)));
    let (was_told, gate) = spawn_blocking(move || {
        let gate = was_told.recv().unwrap();
        (was_told, gate)
    })
    .await
    .unwrap();
    // The store has it, who follows has it, and there is no answer.
    assert_eq!(store.app("a").unwrap().unwrap().list(ListType::Upload).number, 2);
    assert_eq!(gate.unwrap().patterns(ListType::Upload).collect::<Vec<_>>(), ["v1.com"]);
    assert!(!saving.is_finished());
    go.send(()).unwrap();
    assert_eq!(saving.await.unwrap().status, 200);

    // Who goes away has changed it all the same, and that is told.
    let saving = tokio::spawn(answer(router, save(&ada, 2)));
    let gate = spawn_blocking(move || {
        let gate = was_told.recv().unwrap();
        saving.abort();
        gate
    })
    .await
    .unwrap();
    assert_eq!(gate.unwrap().patterns(ListType::Upload).collect::<Vec<_>>(), ["v2.com"]);
    go.send(()).unwrap();
    assert_eq!(store.app("a").unwrap().unwrap().list(ListType::Upload).number, 3);
}

#[tokio::test]
async fn nothing_is_told_of_what_was_not_done() {
    let api = Api::with_app("a").await;
    let before = api.told.all().len();
    assert_eq!(api.save(7, &["a.com"]).await.status, 412);
    assert_eq!(api.save(1, &["("]).await.status, 422);
    let list = json!({ "patterns": ["a.com"], "mode": "enforce", "block_missing": true });
    assert_eq!(api.send("POST", "/apps/a/lists/upload/preview", body(&list)).await.status, 200);
    assert_eq!(api.send("POST", "/apps", body(&json!({ "key": "a" }))).await.status, 409);
    assert_eq!(api.send("DELETE", "/apps/b", Sent::default()).await.status, 404);
    assert_eq!(api.told.all().len(), before);
    assert_eq!(api.save(1, &["a.com"]).await.status, 200);
    let restore = api.send("POST", "/apps/a/lists/upload/versions/1/restore", Sent::default().seen(2)).await;
    assert_eq!(restore.status, 200);
    assert_eq!(api.told.all().len(), before + 2);
}
