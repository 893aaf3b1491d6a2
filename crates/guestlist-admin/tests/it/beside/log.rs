//! The log in the console.

use guestlist_store::{Access, AppSettings, Change, Scope, Store};
use serde_json::json;

use crate::api::{Api, Sent, json as body, secret};
use crate::console::Browser;

#[tokio::test]
async fn it_says_in_words_what_was_done() {
    let api = Api::with_app("a").await;
    assert_eq!(api.save(1, &["a.com"]).await.status, 200);
    let restored = api.send("POST", "/apps/a/lists/upload/versions/1/restore", Sent::default().seen(2)).await;
    assert_eq!(restored.status, 200);
    let settings = json!({ "name": "", "upload_limit": 1, "delivery_limit": 1, "dangerously_supported_schemes": [], "why": "less" });
    assert_eq!(api.send("PUT", "/apps/a", body(&settings).seen(1)).await.status, 200);
    secret(&*api.store, "eve", Access::Read, Scope::AllApps);
    api.store.revoke_token(2, &Change::by("grace")).unwrap();
    api.store.remove_app("a", &Change::by("grace")).unwrap();
    let ada = Browser::ada(&api).await;
    let page = ada.get("/log").await;
    let rows: Vec<&str> = page.text.split("<tr>").skip(2).collect();
    let expected = [
        &["grace", "removed the app", r#"href="/apps/a""#][..],
        &["grace", "revoked token 2"],
        &["the tests", "made token 2"],
        &["ada", "changed the settings", "less"],
        &[r#"href="/apps/a/upload/history/3">brought back version 1 of the upload list as version 3</a>"#],
        &[r#"href="/apps/a/upload/history/2">saved version 2 of the upload list</a>"#],
        &["made the app"],
        &["made token 1"],
    ];
    assert_eq!(rows.len(), expected.len(), "{page:?}");
    for (row, texts) in rows.iter().zip(expected) {
        for text in texts {
            assert!(row.contains(text), "{text}: {row}");
        }
    }
}

#[tokio::test]
async fn it_is_of_one_app_and_comes_in_pages() {
    let api = Api::new();
    for key in ["a&b", "b"] {
        api.store.create_app(key, AppSettings::named(""), &Change::by("the tests")).unwrap();
    }
    for version in 1..=60 {
        let settings = AppSettings::named(format!("Name {version}"));
        api.store.change_app("a&b", version, settings, &Change::by("grace")).unwrap();
    }
    let ada = Browser::ada(&api).await;
    let rows = |page: &crate::console::Page| page.text.matches("<th scope=\"row\">").count();
    let first = ada.get("/log?app=a%26b").await;
    assert_eq!((first.status, rows(&first)), (200, 50));
    assert!(first.has(r#"name="app" type="search" value="a&#38;b""#), "{first:?}");
    let next = first.between(r#"<a class="button" href=""#, "\"").replace("&#38;", "&");
    assert!(next.starts_with("/log?app=a%26b&before="), "{next}");
    let last = ada.get(&next).await;
    assert_eq!(rows(&last), 11);
    last.says(200, &["made the app", r#"href="/log?app=a%26b" rel="first""#]);
    ada.get("/log?app=nobody").await.says(200, &["Nothing was done to an app with this key."]);
    assert_eq!(ada.get("/log?before=x").await.status, 400);

    // Who sees one app sees what was done to it.
    let of_b = secret(&*api.store, "b's", Access::Read, Scope::App("b".to_string()));
    let browser = Browser::signed_in(&api, &of_b).await;
    let page = browser.get("/log").await;
    assert_eq!((page.status, rows(&page)), (200, 1));
    assert!(!page.has("Only the app with this key"), "{page:?}");
    assert_eq!(browser.get("/log?app=a%26b").await.status, 404);
}
