//! Who may ask for what of these pages.

use guestlist_store::{Access, Scope, Store};
use serde_json::json;

use crate::api::{Api, json as body, secret};
use crate::console::Browser;

/// A page, or a form of one that changes something.
type Asked = (&'static str, Option<&'static [(&'static str, &'static str)]>);

const SETTINGS: &[(&str, &str)] =
    &[("seen", "2"), ("upload_limit", "2"), ("delivery_limit", "2"), ("action", "save")];
const SECRET: &[(&str, &str)] = &[("seen", "0"), ("action", "rotate")];
const REGENERATE: &[(&str, &str)] = &[("seen", "0"), ("action", "regenerate")];
const END: &[(&str, &str)] = &[("seen", "0"), ("action", "end")];
const REQUIRE: &[(&str, &str)] =
    &[("seen", "1"), ("upload", "required"), ("delivery", "off"), ("action", "require")];
const MAKE: &[(&str, &str)] = &[("name", "n"), ("access", "read"), ("action", "make")];
const RESTORE: &[(&str, &str)] = &[("seen", "2")];
const REMOVE: &[(&str, &str)] = &[("confirm", "a"), ("action", "remove")];
const REVOKE: &[(&str, &str)] = &[("action", "revoke-1")];
const NEW: &[(&str, &str)] = &[("key", "c")];

/// Statuses: to all apps: read, write, admin; to `a`: read, write; to `b`: write.
const PAGES: [(Asked, [u16; 6]); 17] = [
    (("/log", None), [200; 6]),
    (("/apps/a/upload/history", None), [200, 200, 200, 200, 200, 404]),
    (("/apps/a/upload/history/1", None), [200, 200, 200, 200, 200, 404]),
    (("/apps/a/settings", None), [403, 403, 200, 403, 403, 404]),
    (("/apps/a/policies", None), [403, 200, 200, 403, 200, 404]),
    (("/apps/a/policies", Some(SECRET)), [403, 200, 200, 403, 200, 404]),
    (("/apps/a/policies", Some(REQUIRE)), [403, 403, 200, 403, 403, 404]),
    (("/new-app", None), [403, 403, 200, 403, 403, 403]),
    (("/tokens", None), [403, 403, 200, 403, 403, 403]),
    (("/apps/a/upload/history/1", Some(RESTORE)), [403, 303, 303, 403, 303, 404]),
    // Of a version that is not theirs any more.
    (("/apps/a/policies", Some(REGENERATE)), [403, 412, 412, 403, 412, 404]),
    (("/apps/a/policies", Some(END)), [403, 412, 412, 403, 412, 404]),
    (("/apps/a/settings", Some(SETTINGS)), [403, 403, 200, 403, 403, 404]),
    (("/new-app", Some(NEW)), [403, 403, 303, 403, 403, 403]),
    (("/tokens", Some(MAKE)), [403, 403, 201, 403, 403, 403]),
    (("/tokens", Some(REVOKE)), [403, 403, 200, 403, 403, 403]),
    (("/apps/a/settings", Some(REMOVE)), [403, 403, 303, 403, 403, 404]),
];

async fn two_apps() -> Api {
    let api = Api::new();
    for key in ["a", "b"] {
        assert_eq!(api.send("POST", "/apps", body(&json!({ "key": key }))).await.status, 201);
    }
    assert_eq!(api.save(1, &["a.com"]).await.status, 200);
    api
}

fn token(api: &Api, which: usize) -> String {
    let of = |key: &str| Scope::App(key.to_string());
    let (access, scope) = [
        (Access::Read, Scope::AllApps),
        (Access::Write, Scope::AllApps),
        (Access::Admin, Scope::AllApps),
        (Access::Read, of("a")),
        (Access::Write, of("a")),
        (Access::Write, of("b")),
    ][which]
        .clone();
    secret(&*api.store, "somebody", access, scope)
}

#[tokio::test]
async fn every_token_sees_what_it_may_and_does_nothing_else() {
    for which in 0..6 {
        let api = two_apps().await;
        let browser = Browser::signed_in(&api, &token(&api, which)).await;
        for ((path, fields), statuses) in PAGES {
            let before = api.store.log(None, None, 1).unwrap()[0].number;
            let page = match fields {
                None => browser.get(path).await,
                Some(fields) => browser.post(path, fields).await,
            };
            assert_eq!(page.status, statuses[which], "token {which}, {path} {fields:?}: {page:?}");
            let after = api.store.log(None, None, 1).unwrap()[0].number;
            assert_eq!(
                before != after,
                fields.is_some() && page.status < 400,
                "token {which}, {path} {fields:?}"
            );
        }
    }
}

#[tokio::test]
async fn pages_offer_what_the_visitor_may() {
    for which in 0..6 {
        let api = two_apps().await;
        let browser = Browser::signed_in(&api, &token(&api, which)).await;
        let key = if which == 5 { "b" } else { "a" };
        let page = browser.get(&format!("/apps/{key}")).await;
        let is_admin = which == 2;
        for link in [r#"href="/tokens""#.to_string(), format!(r#"href="/apps/{key}/settings""#)] {
            assert_eq!(page.has(&link), is_admin, "token {which}, {link}: {page:?}");
        }
        assert!(page.has(r#"href="/log""#) && page.has(&format!(r#"href="/apps/{key}/upload/history""#)));
        assert_eq!(browser.get("/apps").await.has("/new-app"), is_admin, "token {which}");
    }
}

#[tokio::test]
async fn forms_of_others_do_nothing() {
    let api = two_apps().await;
    let (ada, nobody) = (Browser::ada(&api).await, Browser::new(&api));
    let before = api.store.log(None, None, 1).unwrap();
    for ((path, fields), _) in PAGES {
        assert_eq!(nobody.get(path).await.status, 303, "{path}");
        let Some(fields) = fields else { continue };
        assert_eq!(nobody.post(path, fields).await.status, 401, "{path}");
        for csrf in ["", "csrf=&", "csrf=0000&"] {
            let request =
                axum::http::Request::post(path).header("content-type", "application/x-www-form-urlencoded");
            let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let page = ada.send(request, format!("{csrf}{}", fields.join("&"))).await;
            page.says(403, &["This form is not of your session"]);
        }
    }
    assert_eq!(api.store.log(None, None, 1).unwrap(), before);
}
