//! The tester in each column.

use guestlist_store::{Access, Scope};

use crate::api::{Api, secret};
use crate::console::{Browser, Page};

/// What was decided, of the upload list.
fn tried(page: &Page) -> &str {
    page.between(r#"<div id="upload-tried""#, "</fieldset>")
}

async fn saved() -> Api {
    let api = Api::with_app("a").await;
    assert_eq!(api.save(1, &["*.example.com", "localhost:3000"]).await.status, 200);
    api
}

#[tokio::test]
async fn a_request_is_tried_with_the_draft_and_with_what_is_saved() {
    let api = saved().await;
    // Whoever may look may try.
    let reader = secret(&*api.store, "eve", Access::Read, Scope::App("a".to_string()));
    let browser = Browser::signed_in(&api, &reader).await;
    let draft = [("seen", "2"), ("mode", "enforce"), ("block_missing", "on"), ("pattern", "example.com")];
    for (typed, sent, of_draft, of_saved) in [
        ("https://example.com", "https://example.com", "Let through", "Denied"),
        ("example.com/a?b", "https://example.com", "Let through", "Denied"),
        ("http://localhost:3000", "http://localhost:3000", "Denied", "Let through"),
        ("evil.example", "https://evil.example", "Denied", "Denied"),
    ] {
        for action in ["test", "check", "add"] {
            let fields = [&draft[..], &[("try_origin", typed), ("action", action)]].concat();
            let page = browser.post("/apps/a/upload", &fields).await;
            assert_eq!(page.status, 200, "{page:?}");
            let tried = tried(&page);
            assert!(tried.contains(&format!("Origin: {sent}")), "{tried}");
            assert!(tried.contains(&format!("The draft: <b>{of_draft}</b>")), "{typed}: {tried}");
            assert!(tried.contains(&format!("What is saved: <b>{of_saved}</b>")), "{typed}: {tried}");
            // The other list has its own.
            assert!(!page.between(r#"<div id="delivery-tried""#, "</fieldset>").contains("Tried with"));
        }
    }
}

#[tokio::test]
async fn it_is_said_by_which_rule_and_what_comes_close() {
    let api = saved().await;
    let ada = Browser::ada(&api).await;
    let draft = [
        ("seen", "2"),
        ("mode", "enforce"),
        ("block_missing", "on"),
        ("pattern", "*.example.com"),
        ("pattern", "localhost:3000"),
        ("action", "test"),
    ];
    let test = async |origin| {
        let page = ada.post("/apps/a/upload", &[&draft[..], &[("try_origin", origin)]].concat()).await;
        tried(&page).to_string()
    };
    let matched = test("http://localhost:3000").await;
    // The draft says the same as what is saved.
    assert_eq!(matched.matches("<b>").count(), 1, "{matched}");
    assert!(matched.contains("What is saved, and the draft: <b>Let through</b>"), "{matched}");
    assert!(matched.contains("Rule 2 is <code>localhost:3000</code>"), "{matched}");
    let near = test("https://example.com").await;
    assert!(
        near.contains("Closest is rule 1, <code>*.example.com</code>. The rule covers subdomains, not the domain itself."),
        "{near}"
    );
    let missing = test("").await;
    assert!(missing.contains("no Origin, no Referer"), "{missing}");
    assert!(missing.contains("<b>Denied</b>. No Origin header, and the upload list blocks such requests"));
    assert!(test("null").await.contains("<b>Denied</b>. The Origin header is <code>null</code>"));
    assert!(test("https://a b").await.contains("<b>Denied</b>. The Origin header is malformed"));
    // Nothing is tried where nothing stands and nobody asks.
    let page = ada.post("/apps/a/upload", &[&draft[..5], &[("action", "check")]].concat()).await;
    assert!(!tried(&page).contains("Tried with"), "{page:?}");
}

#[tokio::test]
async fn a_list_that_is_not_enforced_says_what_it_would_do() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    let fields = |mode| {
        [("seen", "1"), ("mode", mode), ("pattern", "a.com"), ("try_origin", "b.com"), ("action", "test")]
    };
    let off = ada.post("/apps/a/upload", &fields("off")).await;
    let off = tried(&off);
    assert!(off.contains("The draft: <b>Let through</b>. The upload list is off."), "{off}");
    assert!(off.contains("Once it is enforced: <b>Denied</b>. No rule of the upload list"), "{off}");
    let report = ada.post("/apps/a/upload", &fields("report")).await;
    let report = tried(&report);
    assert!(report.contains("The draft: <b>Let through, would be denied</b>. No rule"), "{report}");
}

#[tokio::test]
async fn delivery_looks_at_the_referer_too() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    let page = ada.get("/apps/a").await;
    assert!(
        page.form_of("delivery").contains("try_referer") && !page.form_of("upload").contains("try_referer")
    );
    let draft = [("seen", "1"), ("mode", "enforce"), ("pattern", "a.com"), ("action", "test")];
    let test = async |trial: &[(&str, &str)]| {
        let page = ada.post("/apps/a/delivery", &[&draft[..], trial].concat()).await;
        page.between(r#"<div id="delivery-tried""#, "What is saved").to_string()
    };
    let by_referer = test(&[("try_referer", "https://a.com/page?x")]).await;
    assert!(by_referer.contains("Referer: https://a.com/page?x"), "{by_referer}");
    assert!(
        by_referer.contains("The draft: <b>Let through</b>. Rule 1 of the delivery list matches the Referer")
    );
    let by_origin = test(&[("try_origin", "b.com"), ("try_referer", "a.com")]).await;
    assert!(by_origin.contains("The draft: <b>Denied</b>"), "{by_origin}");
}

#[tokio::test]
async fn what_is_tried_stays_when_the_list_is_saved() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    let fields = [
        ("seen", "1"),
        ("mode", "enforce"),
        ("pattern", "a.com"),
        ("try_origin", "https://a.com"),
        ("action", "save"),
    ];
    let page = ada.fetch("/apps/a/upload", &fields).await;
    page.says(200, &["Saved as version 2", r#"name="try_origin" value="https://a.com""#]);
    assert!(tried(&page).contains("What is saved, and the draft: <b>Let through</b>"), "{page:?}");
}
