//! Who may ask for what: every token at every page and button.

use guestlist_store::{Access, Change, Scope, Store};
use serde_json::json;

use super::Browser;
use crate::api::{Api, json as body, secret};

/// A page, or a button of one.
type Asked = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const SAVE: &[(&str, &str)] = &[("seen", "1"), ("mode", "enforce"), ("pattern", "a.com"), ("action", "save")];
const MERGE: &[(&str, &str)] =
    &[("seen", "1"), ("mode", "enforce"), ("pattern", "a.com"), ("action", "merge")];
const CHECK: &[(&str, &str)] =
    &[("seen", "1"), ("mode", "enforce"), ("pattern", "a.com"), ("action", "check")];
const ADD: &[(&str, &str)] = &[("seen", "1"), ("mode", "enforce"), ("action", "add")];

/// Statuses: to all apps: read, write, admin; to `a`: read, write; to `b`: write.
fn pages() -> Vec<(Asked, [u16; 6])> {
    let of_app = |status| [status, status, status, status, status, 404];
    vec![
        (("GET", "/", &[]), [303; 6]),
        (("GET", "/sign-in", &[]), [200; 6]),
        (("GET", "/apps", &[]), [200; 6]),
        (("GET", "/apps/a", &[]), of_app(200)),
        (("POST", "/apps/a/upload", CHECK), of_app(200)),
        (("POST", "/apps/a/upload", ADD), of_app(200)),
        (("POST", "/apps/a/upload", MERGE), of_app(200)),
        (("POST", "/apps/a/upload", SAVE), [403, 303, 303, 403, 303, 404]),
        (("GET", "/apps/nobody", &[]), [404; 6]),
        (("GET", "/nothing", &[]), [404; 6]),
        (("GET", "/apps/a/upload", &[]), [405; 6]),
        (("PUT", "/apps", &[]), [405; 6]),
        (("POST", "/sign-out", &[]), [303; 6]),
    ]
}

fn tokens(api: &Api) -> [String; 6] {
    let of = |key: &str| Scope::App(key.to_string());
    let make = |access, scope| secret(&*api.store, "somebody", access, scope);
    [
        make(Access::Read, Scope::AllApps),
        make(Access::Write, Scope::AllApps),
        make(Access::Admin, Scope::AllApps),
        make(Access::Read, of("a")),
        make(Access::Write, of("a")),
        make(Access::Write, of("b")),
    ]
}

async fn two_apps() -> Api {
    let api = Api::new();
    for key in ["a", "b"] {
        assert_eq!(api.send("POST", "/apps", body(&json!({ "key": key }))).await.status, 201);
    }
    api
}

#[tokio::test]
async fn every_token_sees_what_it_may_and_does_nothing_else() {
    for which in 0..6 {
        let api = two_apps().await;
        let browser = Browser::signed_in(&api, &tokens(&api)[which]).await;
        for ((method, path, fields), statuses) in pages() {
            let before = api.store.log(None, None, 1).unwrap()[0].number;
            let page = match method {
                "GET" => browser.get(path).await,
                "POST" => browser.post(path, fields).await,
                _ => {
                    browser.send(axum::http::Request::builder().method(method).uri(path), String::new()).await
                }
            };
            assert_eq!(page.status, statuses[which], "token {which}, {method} {path}: {page:?}");
            let after = api.store.log(None, None, 1).unwrap()[0].number;
            assert_eq!(
                before != after,
                fields == SAVE && page.status == 303,
                "token {which}, {method} {path}"
            );
        }
    }
}

#[tokio::test]
async fn nobody_sees_nothing_but_the_sign_in() {
    let api = two_apps().await;
    let nobody = Browser::new(&api);
    for ((method, path, fields), _) in pages() {
        let page = match method {
            "GET" => nobody.get(path).await,
            "POST" => nobody.post(path, fields).await,
            _ => continue,
        };
        let expected = match (method, path) {
            (_, "/nothing") => 404,
            (_, "/apps/a/upload") if method == "GET" => 405,
            (_, "/sign-in") => 200,
            ("POST", _) => 401,
            _ => 303,
        };
        assert_eq!(page.status, expected, "{method} {path}: {page:?}");
        assert!(!page.has("Upload"), "{page:?}");
    }
}

#[tokio::test]
async fn a_token_of_one_app_lands_on_it_and_sees_no_other() {
    let api = two_apps().await;
    let of_b = secret(&*api.store, "b's", Access::Write, Scope::App("b".to_string()));
    let browser = Browser::signed_in(&api, &of_b).await;
    assert_eq!(browser.get("/").await.header("location"), "/apps/b");
    let list = browser.get("/apps").await;
    assert!(list.has(r#"href="/apps/b""#) && !list.has(r#"href="/apps/a""#), "{list:?}");
    // Another app looks like none.
    let csrf = |page: super::Page| page.text.replace(&browser.csrf, "");
    assert_eq!(csrf(browser.get("/apps/a").await), csrf(browser.get("/apps/nobody").await));
}

#[tokio::test]
async fn who_may_not_save_sees_no_button_for_it() {
    let api = two_apps().await;
    for (which, may_save) in [(0, false), (1, true), (2, true), (3, false), (4, true)] {
        let browser = Browser::signed_in(&api, &tokens(&api)[which]).await;
        let page = browser.get("/apps/a").await;
        assert_eq!(page.has(r#"value="save""#), may_save, "token {which}");
        assert_eq!(page.has("Your token may look and try"), !may_save, "token {which}");
    }
    // A token ends with its app, and so does who has signed in with it.
    let of_b = secret(&*api.store, "b's", Access::Write, Scope::App("b".to_string()));
    let browser = Browser::signed_in(&api, &of_b).await;
    api.store.remove_app("b", &Change::by("the tests")).unwrap();
    let page = browser.get("/apps/b").await;
    assert_eq!(page.status, 303);
    assert!(page.header("location").starts_with("/sign-in"), "{page:?}");
}
