//! What apps require, their secrets, and policies signed with them.

use std::os::unix::fs::PermissionsExt;
use std::time::{SystemTime, UNIX_EPOCH};

use guestlist::ListType;
use guestlist_admin::Admin;
use guestlist_policy::{Call, Denial, Request, Requirement, SignedRef};
use guestlist_store::{AppSettings, Change, Store};
use serde_json::{Value, json};

use crate::api::{Answer, Api, Sent, json as body};

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn settings(upload: &str, delivery: &str) -> Value {
    json!({
        "name": "Shop", "upload_limit": 20, "delivery_limit": 20, "dangerously_supported_schemes": [],
        "upload_policy": upload, "delivery_policy": delivery,
    })
}

impl Api {
    async fn rotate(&self, seen: u64, keep_previous: bool) -> Answer {
        let new = json!({ "keep_previous": keep_previous, "why": "a test" });
        self.send("POST", "/apps/a/secrets", body(&new).seen(seen)).await
    }

    async fn sign(&self, new: &Value) -> Answer {
        self.send("POST", "/apps/a/policies", body(new)).await
    }

    /// Whether what this answer has signed is let in by what is in force.
    fn lets_in(&self, signed: &Answer) -> Result<(), Denial> {
        let (policy, signature) = (signed.str("/policy").as_bytes(), signed.str("/signature").as_bytes());
        let request = Request::new(Call::Read).handle("H1");
        let lock = self.told.lock().unwrap();
        lock.verifier().verify(SignedRef { policy, signature }, now(), &request)
    }
}

#[tokio::test]
async fn a_policy_is_required_from_the_answer_on() {
    let api = Api::with_app("a").await;
    assert!(api.told.lock().is_none());
    let none = api.send("PUT", "/apps/a", body(&settings("required", "off")).seen(1)).await;
    assert_eq!(none.problem(), (409, "/problems/no-secret"));
    assert!(none.str("/help").starts_with("make a secret first"), "{none:?}");
    // Of settings that somebody changed in between it is said first.
    let late = api.send("PUT", "/apps/a", body(&settings("required", "off")).seen(7)).await;
    assert_eq!(late.problem(), (412, "/problems/settings-conflict"));
    assert_eq!(api.sign(&json!({ "expires_in": 60 })).await.problem(), (409, "/problems/no-secret"));

    let made = api.rotate(0, true).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert!(api.told.lock().is_none());
    let set = api.send("PUT", "/apps/a", body(&settings("required", "off")).seen(1)).await;
    assert_eq!(
        (set.status, set.str("/upload_policy"), set.str("/delivery_policy")),
        (200, "required", "off")
    );
    let lock = api.told.lock().unwrap();
    assert_eq!(lock.requirement(ListType::Upload), Requirement::Required);
    assert_eq!(lock.requirement(ListType::Delivery), Requirement::Off);
    // Who knows nothing of policies takes none away.
    let old = json!({ "name": "The shop", "upload_limit": 5, "delivery_limit": 5, "dangerously_supported_schemes": [] });
    let set = api.send("PUT", "/apps/a", body(&old).seen(2)).await;
    assert_eq!((set.status, set.str("/upload_policy")), (200, "required"));
    assert!(api.told.lock().is_some());
    // A list that is saved takes none away either.
    assert_eq!(api.save(1, &["a.com"]).await.status, 200);
    assert!(api.told.lock().is_some());
    let off = api.send("PUT", "/apps/a", body(&settings("off", "off")).seen(3)).await;
    assert_eq!(off.status, 200);
    assert!(api.told.lock().is_none());
    let wrong = api.send("PUT", "/apps/a", body(&settings("on", "off")).seen(4)).await;
    assert_eq!(wrong.problem(), (400, "/problems/invalid-json"));
}

#[tokio::test]
async fn secrets_are_rotated_and_ended() {
    let api = Api::with_app("a").await;
    let none = api.get("/apps/a/secrets").await;
    assert_eq!(none.header("etag"), "\"0\"");
    assert_eq!(none.json, json!({ "version": 0, "read_only": false, "current": null, "previous": null }));
    let ended = api.send("DELETE", "/apps/a/secrets/previous", Sent::default().seen(0)).await;
    assert_eq!(ended.problem(), (409, "/problems/no-secret"));

    let first = api.rotate(0, true).await;
    let version = |answer: &Answer| answer.json["version"].as_u64().unwrap();
    assert_eq!((first.str("/current/by"), first.str("/current/secret").len()), ("ada", 52));
    assert_eq!(first.header("etag"), format!("\"{}\"", version(&first)));
    assert_eq!(api.get("/apps/a/secrets").await.json, first.json);
    let set = api.send("PUT", "/apps/a", body(&settings("off", "required")).seen(1)).await;
    assert_eq!(set.status, 200, "{set:?}");
    let by_first = api.sign(&json!({ "expires_in": 60 })).await;
    assert_eq!(api.lets_in(&by_first), Ok(()));

    // Both are taken, from the answer on.
    let second = api.rotate(version(&first), true).await;
    assert_eq!(second.json["previous"], first.json["current"]);
    let by_second = api.sign(&json!({ "expires_in": 60 })).await;
    assert_eq!((api.lets_in(&by_first), api.lets_in(&by_second)), (Ok(()), Ok(())));
    // Nobody ends what they have not seen.
    for late in [
        api.rotate(version(&first), false).await,
        api.send("DELETE", "/apps/a/secrets/previous", Sent::default().seen(version(&first))).await,
    ] {
        assert_eq!(late.problem(), (412, "/problems/secrets-conflict"));
    }
    let unseen = api.send("POST", "/apps/a/secrets", body(&json!({ "keep_previous": true }))).await;
    assert_eq!(unseen.problem(), (428, "/problems/precondition-required"));
    let undecided = api.send("POST", "/apps/a/secrets", body(&json!({})).seen(version(&second))).await;
    assert_eq!(undecided.problem(), (400, "/problems/invalid-json"));

    let why = body(&json!({ "why": "all have the new one" })).seen(version(&second));
    let alone = api.send("DELETE", "/apps/a/secrets/previous", why).await;
    assert_eq!((alone.status, &alone.json["previous"]), (200, &Value::Null));
    assert_eq!((api.lets_in(&by_first), api.lets_in(&by_second)), (Err(Denial::Signature), Ok(())));
    let new = api.rotate(version(&alone), false).await;
    assert_eq!(new.json["previous"], Value::Null);
    assert_eq!(api.lets_in(&by_second), Err(Denial::Signature));

    // What was done is told, and no secret.
    let log = api.get("/log?app=a&limit=200").await;
    let kinds: Vec<&str> = log.json["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["action"]["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        ["secret-made", "previous-secret-ended", "secret-made", "app-changed", "secret-made", "app-created"]
    );
    assert_eq!(log.str("/entries/1/why"), "all have the new one");
    let shown = [log.text, api.get("/apps/a").await.text, api.get("/apps").await.text].concat();
    for secret in [&first, &second, &new].map(|answer| answer.str("/current/secret")) {
        assert!(!shown.contains(secret));
    }

    // With the app they are gone, and with them what it required.
    assert_eq!(api.send("DELETE", "/apps/a", Sent::default()).await.status, 204);
    assert!(api.told.lock().is_none());
    assert_eq!(api.get("/apps/a/secrets").await.problem(), (404, "/problems/unknown-app"));
}

#[tokio::test]
async fn a_policy_says_what_was_asked_for() {
    let api = Api::with_app("a").await;
    let secret = api.rotate(0, true).await.str("/current/secret").to_string();
    let expiry = now() + 3600;
    let all = json!({
        "expiry": expiry, "call": ["writeUrl", "read"], "handle": "H1", "url": "https://a\\.com/.*", "path": "/in/.*",
        "container": "c", "minSize": 1, "maxSize": 10,
    });
    let signed = api.sign(&all).await;
    assert_eq!(signed.status, 200, "{signed:?}");
    let says: Value = serde_json::from_str(signed.str("/json")).unwrap();
    assert_eq!(says["call"], json!(["read", "writeUrl"]));
    for key in ["expiry", "handle", "url", "path", "container", "minSize", "maxSize"] {
        assert_eq!(says[key], all[key], "{key}");
    }
    let by_hand = guestlist_policy::Policy::parse(signed.str("/json"))
        .unwrap()
        .sign(&guestlist_policy::Secret::new(secret).unwrap())
        .unwrap();
    assert_eq!(signed.str("/signature"), by_hand.signature());
    assert_eq!(signed.str("/query"), by_hand.to_string());

    let signed = api.sign(&json!({ "expires_in": 3600 })).await;
    let ends = signed.json["expiry"].as_u64().unwrap();
    assert!((expiry..=now() + 3600).contains(&ends));
    for (new, said) in [
        (json!({}), "it is not said when the policy ends"),
        (json!({ "expiry": expiry, "expires_in": 1 }), "it is said twice"),
        (json!({ "expiry": 1 }), "this time has passed already"),
        (json!({ "expires_in": 0 }), "it would end at once"),
        (json!({ "expires_in": u64::MAX }), "it would end later than there are times"),
        (json!({ "expires_in": 1, "call": [] }), "it would allow nothing"),
        (json!({ "expires_in": 1, "minSize": 2, "maxSize": 2 }), "`minSize` is not below `maxSize`"),
        (json!({ "expires_in": 1, "url": "(?=a)" }), "`url` is no regular expression that can be used here"),
        (json!({ "expires_in": 1, "path": "a".repeat(1025) }), "`path` is no regular expression"),
        (json!({ "expires_in": 1, "handle": "h".repeat(9000) }), "it is longer than 8192 bytes"),
    ] {
        let refused = api.sign(&new).await;
        assert_eq!(refused.problem(), (422, "/problems/invalid-value"), "{new}");
        assert!(refused.str("/detail").starts_with(said), "{refused:?}");
        assert!(!refused.str("/detail").contains(refused.str("/help")), "{refused:?}");
    }
    for new in [json!({ "expires_in": 1, "call": ["destroy"] }), json!({ "expires_in": 1, "min_size": 1 })] {
        assert_eq!(api.sign(&new).await.problem(), (400, "/problems/invalid-json"), "{new}");
    }
}

#[tokio::test]
async fn an_app_that_was_imported_is_changed_without_a_secret() {
    let api = Api::with(|admin: Admin| admin.changes(60_000, 10_000));
    let change = Change::by("the tests");
    // It requires a policy already, and has none.
    let settings = AppSettings::named("").require(ListType::Upload, Requirement::Required);
    api.store.create_app("b", settings, &change).unwrap();
    let name =
        json!({ "name": "B", "upload_limit": 5, "delivery_limit": 5, "dangerously_supported_schemes": [] });
    assert_eq!(api.send("PUT", "/apps/b", body(&name).seen(1)).await.status, 200);
    assert!(api.told.lock().unwrap().verifier().secrets().is_empty());
}

#[tokio::test]
async fn no_secret_is_put_where_others_read_it() {
    let api = Api::with_app("a").await;
    api.set_mode(0o644);
    let refused = api.rotate(0, true).await;
    assert_eq!(refused.problem(), (500, "/problems/store-exposed"));
    assert!(refused.str("/help").contains("chmod 600"), "{refused:?}");
    api.set_mode(0o600);
    assert_eq!(api.rotate(0, true).await.status, 201);
}

impl Api {
    fn set_mode(&self, mode: u32) {
        let file = self.folder.path().join("lists.redb");
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode)).unwrap();
    }
}
