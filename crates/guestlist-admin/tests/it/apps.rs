//! Apps: found page by page, made, changed, removed.

use serde_json::{Value, json};

use crate::api::{Api, Sent, json as body};

#[tokio::test]
async fn an_app_is_made_seen_changed_and_removed() {
    let api = Api::new();
    let new = json!({ "key": "AbCd1234", "name": "Shop", "delivery_limit": 30, "why": "a customer" });
    let made = api.send("POST", "/apps", body(&new)).await;
    assert_eq!((made.status, made.header("location")), (201, "/api/v1/apps/AbCd1234"));
    assert_eq!(made.header("etag"), "\"1\"");
    assert_eq!(
        (&made.json["name"], &made.json["upload_limit"], &made.json["delivery_limit"], &made.json["version"]),
        (&json!("Shop"), &json!(20), &json!(30), &json!(1))
    );
    let seen = api.get("/apps/AbCd1234").await;
    assert_eq!((seen.status, &seen.json, seen.header("etag")), (200, &made.json, "\"1\""));

    let settings = json!({ "name": "The shop", "upload_limit": 5, "delivery_limit": 5, "dangerously_supported_schemes": ["capacitor"] });
    let changed = api.send("PUT", "/apps/AbCd1234", body(&settings).seen(1)).await;
    assert_eq!((changed.status, changed.header("etag"), changed.str("/name")), (200, "\"2\"", "The shop"));
    assert_eq!(changed.json["dangerously_supported_schemes"], json!(["capacitor"]));
    assert!(api.told.all().iter().all(|(key, gate)| key == "AbCd1234" && gate.is_some()));

    let late = api.send("PUT", "/apps/AbCd1234", body(&settings).seen(1)).await;
    assert_eq!(late.problem(), (412, "/problems/settings-conflict"));
    assert_eq!(late.json["current"], changed.json);

    let removed = api.send("DELETE", "/apps/AbCd1234", body(&json!({ "why": "they left" }))).await;
    assert_eq!((removed.status, &*removed.text), (204, ""));
    assert_eq!(api.told.all().last(), Some(&("AbCd1234".to_string(), None)));
    for path in ["/apps/AbCd1234", "/apps/AbCd1234/lists/upload"] {
        assert_eq!(api.get(path).await.problem(), (404, "/problems/unknown-app"), "{path}");
    }
    let again = api.send("DELETE", "/apps/AbCd1234", Sent::default()).await;
    assert_eq!(again.problem(), (404, "/problems/unknown-app"));
    let log = api.get("/log?app=AbCd1234").await;
    assert_eq!((log.str("/entries/0/action/kind"), log.str("/entries/0/why")), ("app-removed", "they left"));
    assert_eq!((log.str("/entries/2/by"), log.str("/entries/2/why")), ("ada", "a customer"));
}

#[tokio::test]
async fn apps_come_in_pages() {
    let api = Api::new();
    for number in 0..7 {
        let new =
            json!({ "key": format!("app-{number}"), "name": if number % 2 == 0 { "Even" } else { "Odd" } });
        assert_eq!(api.send("POST", "/apps", body(&new)).await.status, 201);
    }
    let keys = |page: &Value| -> Vec<String> {
        page["apps"].as_array().unwrap().iter().map(|app| app["key"].as_str().unwrap().to_string()).collect()
    };
    let first = api.get("/apps?limit=3").await.json;
    assert_eq!(
        (keys(&first), &first["next"]),
        (["app-0", "app-1", "app-2"].map(String::from).to_vec(), &json!("app-2"))
    );
    let second = api.get("/apps?limit=4&after=app-2").await.json;
    assert_eq!((keys(&second).len(), &second["next"]), (4, &Value::Null));
    let even = api.get("/apps?q=EVEN&after=app-0").await.json;
    assert_eq!(keys(&even), ["app-2", "app-4", "app-6"]);
    assert_eq!(keys(&api.get("/apps?q=nobody").await.json), Vec::<String>::new());
    assert_eq!(first["apps"][0]["upload"], json!({ "mode": "off", "patterns": 0, "number": 1 }));
}

#[tokio::test]
async fn the_log_comes_in_pages() {
    let api = Api::with_app("a").await;
    for seen in 1..6 {
        assert_eq!(api.save(seen, &["a.com"]).await.status, 200);
    }
    let first = api.get("/log?app=a&limit=4").await.json;
    let last = first["next"].as_u64().unwrap();
    assert_eq!(first["entries"].as_array().unwrap().len(), 4);
    assert_eq!(
        first["entries"][0]["action"],
        json!({ "kind": "list-saved", "list": "upload", "number": 6, "restores": null })
    );
    let second = api.get(&format!("/log?app=a&limit=4&before={last}")).await.json;
    assert_eq!((second["entries"].as_array().unwrap().len(), &second["next"]), (2, &Value::Null));
    // The token of the tests comes before.
    let all = api.get("/log").await.json;
    assert_eq!(all["entries"].as_array().unwrap().len(), 7);
    assert_eq!(api.get("/log?app=nobody").await.json, json!({ "entries": [], "next": null }));
}

#[tokio::test]
async fn what_cannot_be_an_app_is_refused() {
    let api = Api::with_app("a").await;
    for (new, status, kind) in [
        (json!({ "key": "a" }), 409, "/problems/app-exists"),
        (json!({ "key": "" }), 422, "/problems/invalid-value"),
        (json!({ "key": ".." }), 422, "/problems/invalid-value"),
        (json!({ "key": "k".repeat(129) }), 422, "/problems/invalid-value"),
        (json!({ "key": "b", "name": "n".repeat(201) }), 422, "/problems/invalid-value"),
        (json!({ "key": "b", "why": "w".repeat(2001) }), 422, "/problems/invalid-value"),
        (json!({ "key": "b", "upload_limit": 10_001 }), 422, "/problems/invalid-value"),
        (json!({ "key": "b", "upload_limit": -1 }), 400, "/problems/invalid-json"),
        (json!({ "key": "b", "dangerously_supported_schemes": ["a b"] }), 422, "/problems/invalid-value"),
        (json!({ "name": "b" }), 400, "/problems/invalid-json"),
        (json!({ "key": "b", "limit": 3 }), 400, "/problems/invalid-json"),
        (json!([]), 400, "/problems/invalid-json"),
    ] {
        let answer = api.send("POST", "/apps", body(&new)).await;
        assert_eq!(answer.problem(), (status, kind), "{new}: {answer:?}");
    }
    assert_eq!(api.get("/apps").await.json["apps"].as_array().unwrap().len(), 1);
}
