//! Settings, new apps, removed apps.

use guestlist_store::Store;
use serde_json::json;

use crate::api::{Api, json as body};
use crate::console::Browser;

const SETTINGS: [(&str, &str); 6] = [
    ("seen", "1"),
    ("name", "The shop"),
    ("upload_limit", " 5"),
    ("delivery_limit", "7"),
    ("schemes", "capacitor\r\nionic"),
    ("action", "save"),
];

#[tokio::test]
async fn they_are_changed() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    ada.get("/apps/a").await.says(200, &[r#"href="/apps/a/settings""#]);
    ada.get("/apps/a/settings")
        .await
        .says(200, &[r#"name="name" value="Shop""#, r#"name="upload_limit" inputmode="numeric" value="20""#]);
    let page = ada.post("/apps/a/settings", &SETTINGS).await;
    page.says(200, &["The settings are saved.", r#"name="seen" value="2""#, "capacitor\nionic</textarea>"]);
    let settings = api.store.app("a").unwrap().unwrap().settings;
    assert_eq!((&*settings.name, settings.upload_limit, settings.delivery_limit), ("The shop", 5, 7));
    assert_eq!(settings.dangerously_supported_schemes, ["capacitor", "ionic"]);
    assert!(api.told.all().last().is_some_and(|(key, gate)| key == "a" && gate.is_some()));
}

#[tokio::test]
async fn what_is_wrong_is_said_and_what_was_typed_is_kept() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    for (name, wrong, words) in [
        ("upload_limit", "many", "the limit of the upload list is not a whole number"),
        ("delivery_limit", "-1", "the limit of the delivery list is not a whole number"),
        ("delivery_limit", "10001", "What to do:"),
        ("schemes", "ht!tp", "What to do:"),
        ("name", &"n".repeat(201), "What to do:"),
    ] {
        let fields = SETTINGS.map(|(field, value)| (field, if field == name { wrong } else { value }));
        let page = ada.post("/apps/a/settings", &fields).await;
        page.says(422, &[r#"role="alert""#, words, wrong, r#"value="1""#]);
    }
    assert_eq!(api.store.app("a").unwrap().unwrap().version, 1);
}

#[tokio::test]
async fn who_comes_too_late_sees_what_they_are_now_and_loses_nothing() {
    let api = Api::with_app("a").await;
    let theirs = json!({ "name": "Theirs", "upload_limit": 9, "delivery_limit": 20, "dangerously_supported_schemes": [] });
    assert_eq!(api.send("PUT", "/apps/a", body(&theirs).seen(1)).await.status, 200);
    let ada = Browser::ada(&api).await;
    let page = ada.post("/apps/a/settings", &SETTINGS).await;
    page.says(412, &["Somebody changed this app in between", "<bdi>Theirs</bdi>", r#"value="The shop""#]);
    assert_eq!(page.seen_first(), "2");
    assert_eq!(api.store.app("a").unwrap().unwrap().settings.name, "Theirs");
    let again = SETTINGS.map(|(field, value)| (field, if field == "seen" { "2" } else { value }));
    ada.post("/apps/a/settings", &again).await.says(200, &["The settings are saved."]);
}

#[tokio::test]
async fn an_app_is_removed_by_who_types_its_key() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    for wrong in ["", "A", "a "] {
        let page = ada.post("/apps/a/settings", &[("confirm", wrong), ("action", "remove")]).await;
        page.says(422, &["This is not the key of the app: nothing was removed."]);
    }
    assert!(api.store.app("a").unwrap().is_some());
    let fields = [("confirm", "a"), ("why", "they left"), ("action", "remove")];
    let page = ada.post("/apps/a/settings", &fields).await;
    assert_eq!((page.status, page.header("location")), (303, "/log?app=a"));
    ada.get("/log?app=a").await.says(200, &["removed the app", "they left"]);
    assert_eq!(api.told.all().last(), Some(&("a".to_string(), None)));
    ada.get("/apps/a/settings").await.says(404, &["There is no such app"]);
}

#[tokio::test]
async fn an_app_is_made() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    ada.get("/apps").await.says(200, &[r#"href="/new-app""#]);
    ada.get("/new-app").await.says(200, &["It never changes."]);
    for (key, status, words) in [
        ("a", 409, "An app has this key already"),
        ("", 422, "What to do:"),
        ("..", 422, "would have no address"),
        (&"k".repeat(129), 422, "What to do:"),
    ] {
        let page = ada.post("/new-app", &[("key", key), ("name", "Blog"), ("why", "x")]).await;
        page.says(status, &[words, r#"name="name" value="Blog""#, r#"role="alert""#]);
    }
    let page = ada.post("/new-app", &[("key", " b/c "), ("name", "Blog"), ("why", "a customer")]).await;
    assert_eq!((page.status, page.header("location")), (303, "/apps/b%2Fc"));
    ada.get("/apps/b%2Fc").await.says(200, &["Blog", "b/c"]);
    assert_eq!(api.store.log(Some("b/c"), None, 1).unwrap()[0].why, "a customer");
}
