//! Versions, and bringing one back.

use guestlist::ListType;
use guestlist_store::{Access, Change, Scope, Store};
use serde_json::json;

use crate::api::{Api, json as body, secret};
use crate::console::Browser;

/// An app `a` whose upload list was saved with each of these.
async fn saved(versions: &[&[&str]]) -> Api {
    let api = Api::with_app("a").await;
    for (seen, patterns) in (1..).zip(versions) {
        assert_eq!(api.save(seen, patterns).await.status, 200);
    }
    api
}

#[tokio::test]
async fn each_version_says_who_and_why_and_what_it_changed() {
    let api = saved(&[&["a.com", "b.com"], &["a.com", "c.com"], &["a.com", "c.com"]]).await;
    let list =
        json!({ "patterns": ["c.com"], "mode": "report", "block_missing": false, "why": "<b>to try</b>" });
    assert_eq!(api.send("PUT", "/apps/a/lists/upload", body(&list).seen(4)).await.status, 200);
    let ada = Browser::ada(&api).await;
    let page = ada.get("/apps/a/upload/history").await;
    let versions: Vec<&str> = page.text.split("<li class=\"card\">").skip(1).collect();
    assert_eq!(versions.len(), 5, "{page:?}");
    for (version, texts) in versions.iter().zip([
        &["Version 5", "<bdi>ada</bdi>", "&#60;b&#62;to try", "- a.com", "- Mode: Enforce", "+ Mode: Report"]
            [..],
        &["Version 4", "Says the same as the version before"],
        &["Version 3", "- b.com", "+ c.com"],
        &["Version 2", "+ a.com", "+ b.com", "+ Mode: Enforce"],
        &["Version 1", "The first version", "0 patterns"],
    ]) {
        for text in texts {
            assert!(version.contains(text), "{text}: {version}");
        }
    }
    let version = ada.get("/apps/a/upload/history/3").await;
    version
        .says(200, &["Upload, version 3", "<code>c.com</code>", "What it changed of version 2", "- b.com"]);
    ada.get("/apps/a/upload/history/5").await.says(200, &["This version is in force."]);
    for nothing in ["6", "0", "x"] {
        let page = ada.get(&format!("/apps/a/upload/history/{nothing}")).await;
        page.says(404, &["There is no such version"]);
    }
    ada.get("/apps/b/upload/history").await.says(404, &["There is no such app"]);
    ada.get("/apps/a/other/history").await.says(404, &["There is nothing at this path"]);
}

#[tokio::test]
async fn a_version_is_brought_back_after_it_was_said_what_that_changes() {
    let api = saved(&[&["a.com", "b.com"], &["a.com", "c.com"]]).await;
    let ada = Browser::ada(&api).await;
    let page = ada.get("/apps/a/upload/history/2").await;
    page.says(200, &["Bring back version 2", "Newly admits", "b.com", "No longer admits", "c.com"]);
    let fields = [("seen", page.seen_first()), ("why", "c was a mistake")];
    let done = ada.post("/apps/a/upload/history/2", &fields).await;
    assert_eq!((done.status, done.header("location")), (303, "/apps/a/upload/history?restored=4"));
    let history = ada.get(done.header("location")).await;
    history.says(200, &["Version 2 is back as version 4. It is in force.", "c was a mistake"]);
    let app = api.store.app("a").unwrap().unwrap();
    assert_eq!(app.list(ListType::Upload).content.patterns(), ["a.com", "b.com"]);
    assert_eq!(app.list(ListType::Upload).restores, Some(2));
    let told = api.told.all();
    let gate = told.last().and_then(|(_, gate)| gate.as_ref()).unwrap();
    assert_eq!(gate.patterns(ListType::Upload).collect::<Vec<_>>(), ["a.com", "b.com"]);
    // What nobody did is not said.
    assert!(!ada.get("/apps/a/upload/history?restored=3").await.has("It is in force."));
}

#[tokio::test]
async fn who_comes_too_late_sees_what_it_would_change_now() {
    let api = saved(&[&["a.com"], &["b.com"]]).await;
    let ada = Browser::ada(&api).await;
    let page = ada.get("/apps/a/upload/history/2").await;
    assert_eq!(api.save(3, &["d.com"]).await.status, 200);
    let late =
        ada.post("/apps/a/upload/history/2", &[("seen", page.seen_first()), ("why", "as it was")]).await;
    late.says(409, &["Somebody saved this list in between", "d.com", r#"value="as it was""#]);
    assert_eq!(api.store.app("a").unwrap().unwrap().list(ListType::Upload).number, 4);
    let done = ada.post("/apps/a/upload/history/2", &[("seen", late.seen_first())]).await;
    assert_eq!(done.status, 303, "{done:?}");
}

#[tokio::test]
async fn it_comes_in_pages_and_long_changes_are_cut_off() {
    let api = Api::with_app("a").await;
    let patterns: Vec<String> = (0..15).map(|number| format!("p{number}.com")).collect();
    for seen in 1..45 {
        let some: Vec<&str> = match seen % 2 {
            0 => vec!["a.com"],
            _ => patterns.iter().map(String::as_str).collect(),
        };
        assert_eq!(api.save(seen, &some).await.status, 200);
    }
    let ada = Browser::ada(&api).await;
    let (mut path, mut found) = ("/apps/a/upload/history".to_string(), Vec::new());
    loop {
        let page = ada.get(&path).await;
        let headings = page.text.split("<h2><a href=\"/apps/a/upload/history/").skip(1);
        found.extend(headings.map(|rest| rest.split('"').next().unwrap().parse::<u64>().unwrap()));
        // Fifteen come or go, and one.
        page.says(200, &["6 more, on the page of the version."]);
        let Some((before, _)) = page.text.split_once("\" rel=\"next\"") else { break };
        path = before.rsplit('"').next().unwrap().to_string();
        assert!(found.len() <= 45);
    }
    assert_eq!(found, (1..=45).rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn that_of_an_app_that_was_removed_is_kept() {
    let api = saved(&[&["a.com"]]).await;
    api.store.remove_app("a", &Change::by("the tests")).unwrap();
    let ada = Browser::ada(&api).await;
    ada.get("/apps/a/upload/history").await.says(200, &["Version 2", "+ a.com"]);
    let page = ada.get("/apps/a/upload/history/2").await;
    page.says(200, &["<code>a.com</code>"]);
    assert!(!page.has("Bring back"), "{page:?}");
}

#[tokio::test]
async fn who_may_not_save_is_not_asked_to() {
    let api = saved(&[&["a.com"]]).await;
    let reader = secret(&*api.store, "eve", Access::Read, Scope::AllApps);
    let eve = Browser::signed_in(&api, &reader).await;
    let page = eve.get("/apps/a/upload/history/1").await;
    page.says(200, &["It has no patterns."]);
    assert!(!page.has("Bring back"), "{page:?}");
}

#[tokio::test]
async fn a_version_with_more_patterns_than_the_list_may_have_is_not_brought_back() {
    let api = saved(&[&["a.com", "b.com"], &["a.com"]]).await;
    let settings =
        json!({ "name": "", "upload_limit": 1, "delivery_limit": 1, "dangerously_supported_schemes": [] });
    assert_eq!(api.send("PUT", "/apps/a", body(&settings).seen(1)).await.status, 200);
    let ada = Browser::ada(&api).await;
    let page = ada.get("/apps/a/upload/history/2").await;
    page.says(200, &["It has more patterns than the 1 that the list may have now"]);
    ada.post("/apps/a/upload/history/2", &[("seen", "3")]).await.says(422, &["The list cannot be saved"]);
    assert_eq!(api.store.app("a").unwrap().unwrap().list(ListType::Upload).number, 3);
}
