//! What is around pages: assets, and pages that say what went wrong.

use axum::http::Request;
use guestlist_admin::Admin;
use guestlist_store::{AppSettings, Change, Store};

use super::Browser;
use crate::api::Api;

#[tokio::test]
async fn assets_are_named_for_what_is_in_them_and_kept_for_good() {
    let api = Api::new();
    let browser = Browser::new(&api);
    let page = browser.get("/sign-in").await;
    let assets: Vec<&str> = page.text.split('"').filter(|text| text.starts_with("/assets/")).collect();
    assert_eq!(assets.len(), 3, "{page:?}");
    for (path, kind) in
        assets.iter().zip(["image/svg+xml", "text/css; charset=utf-8", "text/javascript; charset=utf-8"])
    {
        let asset = browser.get(path).await;
        assert_eq!((asset.status, asset.header("content-type")), (200, kind), "{path}");
        assert_eq!(asset.header("cache-control"), "public, max-age=31536000, immutable");
        // Nothing from elsewhere: the name space of pictures alone has an address.
        assert_eq!(asset.text.replace("http://www.w3.org/2000/svg", "").matches("http").count(), 0, "{path}");
    }
    for path in ["/assets/console-0000000000000000.css", "/assets/", "/assets/../Cargo.toml", "/assets/x"] {
        let page = browser.get(path).await;
        assert_eq!((page.status, page.header("cache-control")), (404, "no-store"), "{path}");
    }
}

#[tokio::test]
async fn what_goes_wrong_is_told_as_a_page_with_what_to_do() {
    let api = Api::with(|admin: Admin| admin.changes(1, 1));
    let ada = Browser::ada(&api).await;
    api.store.create_app("a", AppSettings::named(""), &Change::by("the tests")).unwrap();
    for (page, status, words) in [
        (ada.get("/nothing").await, 404, "There is nothing at this path"),
        (ada.get("/apps/nobody").await, 404, "There is no such app"),
        (ada.get("/apps/%ff").await, 400, "The request cannot be read"),
        (ada.post("/apps/a/nolist", &[("mode", "off")]).await, 404, "There is nothing at this path"),
        (ada.post("/apps/a/upload", &[("mode", "off"), ("action", "format")]).await, 400, "no such button"),
        (ada.post("/apps/a/upload", &[("mode", "sometimes")]).await, 400, "The form has no mode"),
        (
            ada.post("/apps/a/upload", &[("mode", "off"), ("why", &"x".repeat(2 << 20))]).await,
            413,
            "too large",
        ),
        (ada.send(Request::delete("/apps"), String::new()).await, 405, "no such method"),
        (ada.send(Request::post("/sign-out"), "csrf=x".to_string()).await, 400, "not a form of the console"),
    ] {
        assert_eq!(page.status, status, "{page:?}");
        assert!(
            page.has(words) && page.has("What to do:") && page.has("<html lang=\"en\">"),
            "{words}: {page:?}"
        );
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    }
    let save = [("seen", "1"), ("mode", "enforce"), ("pattern", "a.com"), ("action", "save")];
    assert_eq!(ada.post("/apps/a/upload", &save).await.status, 303);
    let page = ada.post("/apps/a/upload", &save).await;
    assert_eq!(page.status, 429);
    // With what was typed.
    assert!(page.has("changed as much as it may") && page.patterns("upload") == ["a.com"], "{page:?}");
    let long = "\u{e9}".repeat(1500);
    let page = ada.post("/apps/a/upload", &[&save[..], &[("why", &*long)]].concat()).await;
    assert!(page.patterns("upload") == ["a.com"] && page.has("Nothing was saved"), "{page:?}");
    // Our script is told in a line.
    let page = ada.fetch("/apps/a/upload", &save).await;
    assert_eq!((page.status, page.header("content-type")), (429, "text/plain; charset=utf-8"));
    assert!(page.has("What to do:") && !page.has("<"), "{page:?}");
    // Looking at drafts is no change.
    for _ in 0..5 {
        assert_eq!(ada.post("/apps/a/upload", &[("seen", "1"), ("mode", "off")]).await.status, 200);
    }
}

#[tokio::test]
async fn strangers_send_short_forms() {
    let api = Api::new();
    let nobody = Browser::new(&api);
    assert_eq!(nobody.post("/sign-in", &[("token", &"x".repeat(10_000))]).await.status, 413);
    let request = Request::post("/sign-in").header("content-type", "application/json");
    assert_eq!(nobody.send(request, "{}".to_string()).await.status, 400);
}

#[tokio::test]
async fn a_head_is_that_of_a_page() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    let page = ada.send(Request::head("/apps/a"), String::new()).await;
    assert_eq!((page.status, page.text.as_str()), (200, ""));
    let page = ada.send(Request::get("/apps/a/upload"), String::new()).await;
    assert_eq!((page.status, page.header("allow")), (405, "POST"));
}
