//! Who may ask for what: every token at every endpoint.

use std::collections::BTreeSet;

use guestlist_store::{Access, Change, Scope, Store};
use serde_json::{Value, json};

use crate::api::{Api, Sent, json as body, secret};

/// What is asked: method, path, body, whether it says what was seen.
type Asked = (&'static str, &'static str, Option<Value>, bool);

/// Every endpoint, of app `a`; what removes something comes last.
fn endpoints() -> Vec<(Asked, [u16; 8])> {
    let list = json!({ "patterns": ["a.com"], "mode": "enforce", "block_missing": true });
    let settings =
        json!({ "name": "", "upload_limit": 20, "delivery_limit": 20, "dangerously_supported_schemes": [] });
    // Statuses: without a token, of one that is revoked; to all apps: read, write, admin; to `a`: read, write; to `b`: write.
    let everybody = |status| [status; 8];
    let any = |status| [401, 401, status, status, status, status, status, status];
    let read = |status| [401, 401, status, status, status, status, status, 404];
    let write = |status| [401, 401, 403, status, status, 403, status, 404];
    let admin_of_app = |status| [401, 401, 403, 403, status, 403, 403, 404];
    let admin = |status| [401, 401, 403, 403, status, 403, 403, 403];
    vec![
        (("GET", "/openapi.json", None, false), everybody(200)),
        (("GET", "/apps", None, false), any(200)),
        (("GET", "/log", None, false), any(200)),
        (("GET", "/apps/a", None, false), read(200)),
        (("GET", "/apps/a/lists/upload", None, false), read(200)),
        (("GET", "/apps/a/lists/upload/activity", None, false), read(200)),
        (("GET", "/apps/a/lists/upload/versions", None, false), read(200)),
        (("GET", "/apps/a/lists/upload/versions/1", None, false), read(200)),
        (("POST", "/apps/a/lists/upload/preview", Some(list.clone()), false), read(200)),
        (("POST", "/apps/a/test", Some(json!({ "list": "upload" })), false), read(200)),
        (("PUT", "/apps/a/lists/upload", Some(list), true), write(200)),
        (("POST", "/apps/a/lists/delivery/versions/1/restore", None, true), write(200)),
        (("GET", "/apps/a/secrets", None, false), write(200)),
        (("POST", "/apps/a/policies", Some(json!({ "expires_in": 60 })), false), write(409)),
        // Of a version that there is not.
        (("POST", "/apps/a/secrets", Some(json!({ "keep_previous": true })), true), write(412)),
        (("DELETE", "/apps/a/secrets/previous", None, true), write(412)),
        (("PUT", "/apps/a", Some(settings), true), admin_of_app(200)),
        (("GET", "/tokens", None, false), admin(200)),
        (("POST", "/tokens", Some(json!({ "name": "n", "access": "read" })), false), admin(201)),
        (("POST", "/apps", Some(json!({ "key": "c" })), false), admin(201)),
        (("DELETE", "/tokens/1", None, false), admin(200)),
        // After all that uses it: the token of `ada` is gone.
        (("DELETE", "/apps/a", None, false), admin_of_app(204)),
    ]
}

fn sent(asked: &Asked) -> Sent {
    let sent = asked.2.as_ref().map(body).unwrap_or_default();
    if asked.3 { sent.seen(1) } else { sent }
}

async fn two_apps() -> Api {
    let api = Api::new();
    for key in ["a", "b"] {
        assert_eq!(api.send("POST", "/apps", body(&json!({ "key": key }))).await.status, 201);
    }
    api
}

fn tokens(api: &Api) -> [Option<String>; 8] {
    let of = |key: &str| Scope::App(key.to_string());
    let make = |access, scope| Some(secret(&*api.store, "somebody", access, scope));
    let revoked = make(Access::Admin, Scope::AllApps);
    let number = api.store.tokens().unwrap().last().unwrap().number;
    api.store.revoke_token(number, &Change::by("the tests")).unwrap();
    [
        None,
        revoked,
        make(Access::Read, Scope::AllApps),
        make(Access::Write, Scope::AllApps),
        make(Access::Admin, Scope::AllApps),
        make(Access::Read, of("a")),
        make(Access::Write, of("a")),
        make(Access::Write, of("b")),
    ]
}

#[tokio::test]
async fn every_token_may_do_what_it_was_made_for_and_nothing_else() {
    for which in 0..8 {
        let api = two_apps().await;
        let token = tokens(&api)[which].clone();
        for (asked, statuses) in endpoints() {
            let before = api.store.log(None, None, 1).unwrap()[0].number;
            let answer = api.send_as(token.as_deref(), asked.0, asked.1, sent(&asked)).await;
            assert_eq!(answer.status, statuses[which], "token {which}, {} {}: {answer:?}", asked.0, asked.1);
            let after = api.store.log(None, None, 1).unwrap()[0].number;
            assert!(answer.status < 400 || before == after, "token {which}, {} {}", asked.0, asked.1);
        }
    }
}

#[tokio::test]
async fn the_table_has_every_endpoint() {
    let described: Value = serde_json::from_str(guestlist_admin::openapi()).unwrap();
    let mut all = BTreeSet::new();
    for (path, item) in described["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            all.insert((method.to_uppercase(), path.clone()));
            // Who may ask is said where not everybody may.
            let is_open = path == "/api/v1/openapi.json";
            assert_eq!(operation["security"].is_null(), is_open, "{method} {path}");
        }
    }
    let template = |path: &str| {
        let path = path
            .replace("/apps/a", "/apps/{key}")
            .replace("/upload", "/{list}")
            .replace("/delivery", "/{list}");
        format!("/api/v1{}", path.replace("/1", "/{number}"))
    };
    let tested: BTreeSet<(String, String)> =
        endpoints().iter().map(|((method, path, ..), _)| (method.to_string(), template(path))).collect();
    assert_eq!(tested, all);
}

#[tokio::test]
async fn another_app_looks_like_none() {
    let api = two_apps().await;
    let [.., of_b] = tokens(&api);
    let of_b = of_b.as_deref();
    for (asked, statuses) in endpoints().iter().filter(|(_, statuses)| statuses[7] == 404) {
        let unknown = asked.1.replacen("/apps/a", "/apps/nobody", 1);
        let answers = [
            api.send_as(of_b, asked.0, asked.1, sent(asked)).await,
            api.send_as(of_b, asked.0, &unknown, sent(asked)).await,
        ];
        let [(one, head), (other, other_head)] =
            answers.map(|answer| ((answer.status, answer.text), answer.headers));
        assert_eq!((&one, head), (&other, other_head), "{} {}", asked.0, asked.1);
        assert_eq!(one.0, statuses[7]);
        // So it is for who sees everything.
        if asked.1.contains("versions/1/restore") || !asked.3 {
            let known = api.send("GET", "/apps/nobody", Sent::default()).await;
            assert_eq!(one.1, known.text, "{} {}", asked.0, asked.1);
        }
    }
    let log = [
        api.send_as(of_b, "GET", "/log?app=a", Sent::default()).await,
        api.send_as(of_b, "GET", "/log?app=nobody", Sent::default()).await,
    ];
    assert_eq!((log[0].status, &log[0].text), (404, &log[1].text));
}

#[tokio::test]
async fn a_token_of_one_app_sees_that_one() {
    let api = two_apps().await;
    let [.., of_b] = tokens(&api);
    let get = async |path: &str| api.send_as(of_b.as_deref(), "GET", path, Sent::default()).await.json;
    let keys = |page: &Value| -> Vec<Value> {
        page["apps"].as_array().unwrap().iter().map(|app| app["key"].clone()).collect()
    };
    assert_eq!(keys(&get("/apps").await), ["b"]);
    assert_eq!(keys(&get("/apps?q=B").await), ["b"]);
    assert_eq!(keys(&get("/apps?after=a").await), ["b"]);
    for nothing in ["/apps?q=a", "/apps?after=b", "/apps?after=c"] {
        assert_eq!(keys(&get(nothing).await), Vec::<Value>::new(), "{nothing}");
    }
    let settings = json!({ "name": "The shop", "upload_limit": 20, "delivery_limit": 20, "dangerously_supported_schemes": [] });
    assert_eq!(api.send("PUT", "/apps/b", body(&settings).seen(1)).await.status, 200);
    assert_eq!(keys(&get("/apps?q=SHOP").await), ["b"]);
    // As who sees everything sees it.
    assert_eq!(get("/apps").await["apps"][0], api.get("/apps?after=a").await.json["apps"][0]);
    for path in ["/log", "/log?app=b"] {
        let log = get(path).await;
        let entries = log["entries"].as_array().unwrap();
        assert_eq!(entries.len(), 2);
        assert!(entries.iter().all(|entry| entry["app"] == "b"), "{log}");
    }
}
