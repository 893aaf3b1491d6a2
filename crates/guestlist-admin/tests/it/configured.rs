//! Apps of the configuration file: shown, in force, and not to be changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use guestlist_admin::{Admin, Configured};
use guestlist_config::{App, Config};
use guestlist_store::{Access, AppSettings, Change, Scope, Store};
use serde_json::{Value, json};

use crate::api::{Api, Sent, json as body, secret};

struct File(Arc<BTreeMap<String, App>>);

impl Configured for File {
    fn apps(&self) -> Arc<BTreeMap<String, App>> {
        self.0.clone()
    }
}

const FILE: &str = r#"
[apps.c]
name = "Of the file"
dangerously_supported_schemes = ["capacitor"]
[apps.c.upload]
patterns = ["Example.com", "*.example.com"]
limit = 7
[apps.c.delivery]
mode = "report"
block_missing = true

[apps.e]
name = "In both"
[apps.g]
"#;

/// Apps `c`, `e` and `g` of the file; `a` to `f` but for `c` of the store.
fn api() -> Api {
    let apps = Arc::new(Config::parse(FILE).unwrap().apps);
    let api = Api::with(|admin: Admin| admin.changes(60_000, 10_000).configured(File(apps)));
    for key in ["a", "b", "d", "e", "f"] {
        api.store.create_app(key, AppSettings::named("Kept"), &Change::by("the tests")).unwrap();
    }
    api
}

fn keys(page: &Value) -> String {
    page["apps"].as_array().unwrap().iter().map(|app| app["key"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn pages_have_those_of_the_file_and_those_of_the_store_in_one_order() {
    let api = api();
    let all = api.get("/apps").await.json;
    assert_eq!((keys(&all), &all["next"]), ("abcdefg".to_string(), &Value::Null));
    for limit in 1..=8 {
        let (mut found, mut next) = (String::new(), String::new());
        loop {
            let page = api.get(&format!("/apps?limit={limit}{next}")).await.json;
            assert!(page["apps"].as_array().unwrap().len() <= limit, "{page}");
            found += &keys(&page);
            let Some(last) = page["next"].as_str() else { break };
            next = format!("&after={last}");
        }
        assert_eq!(found, "abcdefg", "{limit}");
    }
    for (query, expected) in [("q=kept", "abdf"), ("q=BOTH", "e"), ("q=g&after=c", "g"), ("after=e", "fg")] {
        assert_eq!(keys(&api.get(&format!("/apps?{query}")).await.json), expected, "{query}");
    }
    assert_eq!(
        all["apps"][2],
        json!({
            "key": "c", "name": "Of the file", "read_only": true,
            "upload": { "mode": "enforce", "patterns": 2, "number": 0 },
            "delivery": { "mode": "report", "patterns": 0, "number": 0 },
        })
    );
    assert_eq!((&all["apps"][4]["name"], &all["apps"][5]["read_only"]), (&json!("In both"), &json!(false)));
}

#[tokio::test]
async fn they_are_shown() {
    let api = api();
    let app = api.get("/apps/c").await;
    assert_eq!(
        (app.status, app.header("etag"), &app.json),
        (
            200,
            "\"0\"",
            &json!({
                "key": "c", "name": "Of the file", "upload_limit": 7, "delivery_limit": 20,
                "dangerously_supported_schemes": ["capacitor"], "upload_policy": "off", "delivery_policy": "off", "read_only": true, "version": 0, "created": null,
            })
        )
    );
    let list = api.get("/apps/c/lists/upload").await;
    assert_eq!(
        (list.status, &list.json),
        (
            200,
            &json!({
                "number": 0, "read_only": true, "at": null, "by": "", "why": "", "restores": null,
                "mode": "enforce", "block_missing": true, "patterns": ["example.com", "*.example.com"],
            })
        )
    );
    assert_eq!(api.get("/apps/a").await.json["read_only"], false);
    assert_eq!(api.get("/apps/a/lists/upload").await.json["read_only"], false);
    // It has no history here; that of the app in the store with the same key is another's.
    for key in ["c", "e"] {
        let versions = api.get(&format!("/apps/{key}/lists/upload/versions")).await;
        assert_eq!((versions.status, &versions.json), (200, &json!({ "versions": [], "next": null })));
        for number in ["0", "1", "x"] {
            let one = api.get(&format!("/apps/{key}/lists/upload/versions/{number}")).await;
            assert_eq!(one.problem(), (404, "/problems/unknown-version"));
        }
    }
}

#[tokio::test]
async fn a_trial_and_a_preview_are_of_what_is_in_force() {
    let api = api();
    let tried = json!({ "list": "upload", "origin": ["capacitor://shop.example.com"] });
    let answer = api.send("POST", "/apps/c/test", body(&tried)).await;
    assert_eq!((answer.str("/decision"), answer.str("/rule/pattern")), ("allow", "*.example.com"));
    let list = json!({ "patterns": ["example.com"], "mode": "enforce", "block_missing": true });
    let preview = api.send("POST", "/apps/c/lists/upload/preview", body(&list)).await;
    assert_eq!((&preview.json["against"], &preview.json["limit"]), (&json!(0), &json!(7)), "{preview:?}");
    assert_eq!(preview.str("/changes/no_longer_admitted/0/pattern"), "*.example.com");
}

#[tokio::test]
async fn nothing_changes_them() {
    let api = api();
    let list = json!({ "patterns": ["b.com"], "mode": "enforce", "block_missing": true });
    let settings =
        json!({ "name": "", "upload_limit": 1, "delivery_limit": 1, "dangerously_supported_schemes": [] });
    for key in ["c", "e"] {
        let at = |path: &str| format!("/apps/{key}{path}");
        for (method, path, sent) in [
            ("PUT", at("/lists/upload"), body(&list).seen(0)),
            ("PUT", at("/lists/delivery"), body(&list).seen(1)),
            ("POST", at("/lists/upload/versions/1/restore"), Sent::default().seen(1)),
            ("PUT", at(""), body(&settings).seen(1)),
            ("POST", at("/secrets"), body(&json!({ "keep_previous": true })).seen(0)),
            ("DELETE", at("/secrets/previous"), Sent::default().seen(0)),
            ("POST", at("/policies"), body(&json!({ "expires_in": 60 }))),
            ("DELETE", at(""), Sent::default()),
            ("POST", "/apps".to_string(), body(&json!({ "key": key }))),
        ] {
            let before = api.store.log(None, None, 1).unwrap();
            let answer = api.send(method, &path, sent).await;
            assert_eq!(answer.problem(), (409, "/problems/in-configuration"), "{method} {path}: {answer:?}");
            let help = answer.str("/help");
            assert!(
                help.starts_with("change it in the server's configuration file")
                    || help.starts_with("sign with `guestlist policy sign`"),
                "{help}"
            );
            assert_eq!(api.store.log(None, None, 1).unwrap(), before, "{method} {path}");
        }
    }
    for key in ["c", "e"] {
        let secrets = api.get(&format!("/apps/{key}/secrets")).await;
        let none = json!({ "version": 0, "read_only": true, "current": null, "previous": null });
        assert_eq!((secrets.status, &secrets.json), (200, &none));
    }
    assert!(api.told.all().is_empty());
    assert_eq!(api.store.app("e").unwrap().unwrap().settings.name, "Kept");
}

#[tokio::test]
async fn a_token_may_be_for_one_of_them() {
    let api = api();
    let new = json!({ "name": "eve", "access": "write", "app": "c" });
    let made = api.send("POST", "/tokens", body(&new)).await;
    assert_eq!(made.status, 201, "{made:?}");
    let secret_of_c = made.str("/secret").to_string();
    let page = api.send_as(Some(&secret_of_c), "GET", "/apps", Sent::default()).await.json;
    assert_eq!((keys(&page), &page["apps"][0]["read_only"]), ("c".to_string(), &json!(true)));
    // Who may not know that it is there is not told that it is in the file.
    let of_a = secret(&*api.store, "adam", Access::Write, Scope::App("a".to_string()));
    let list = json!({ "patterns": ["b.com"], "mode": "enforce", "block_missing": true });
    let answer = api.send_as(Some(&of_a), "PUT", "/apps/c/lists/upload", body(&list).seen(0)).await;
    assert_eq!(answer.problem(), (404, "/problems/unknown-app"));
}
