//! Tokens in the console.

use guestlist_store::{Access, Scope, Store};

use crate::api::{Api, secret};
use crate::console::Browser;

#[tokio::test]
async fn a_token_is_made_shown_once_used_and_revoked() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    ada.get("/tokens").await.says(200, &["<bdi>ada</bdi>", "(you)", "admin, of all apps"]);
    let new =
        [("name", "eve"), ("access", "write"), ("app", "a"), ("why", "a colleague"), ("action", "make")];
    let made = ada.post("/tokens", &new).await;
    made.says(201, &["it is not shown again", "<bdi>eve</bdi>"]);
    let secret = made.between(r#"<input id="secret" class="code" value=""#, "\"").to_string();
    let page = ada.get("/tokens").await;
    assert!(page.has("<bdi>eve</bdi>") && !page.has(&secret), "{page:?}");

    let eve = Browser::signed_in(&api, &secret).await;
    assert_eq!(eve.get("/apps/a").await.status, 200);
    assert!(!eve.get("/apps/a").await.has(r#"href="/tokens""#));

    let page = ada.post("/tokens", &[("action", "revoke-2"), ("why", "they left")]).await;
    page.says(200, &["Token 2, eve, is revoked.", r#"class="over""#]);
    assert!(page.text.matches("Revoke token").count() == 1, "{page:?}");
    assert_eq!(eve.get("/apps/a").await.status, 303);
    assert_eq!(api.store.log(None, None, 1).unwrap()[0].why, "they left");
    ada.post("/tokens", &[("action", "revoke-7")]).await.says(404, &["There is no such token"]);
    ada.post("/tokens", &[("action", "revoke-x")]).await.says(404, &["There is no such token"]);
}

#[tokio::test]
async fn what_cannot_be_made_is_said_and_what_was_typed_is_kept() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    for (name, access, app, words) in [
        ("", "read", "", "a token has a name"),
        ("eve", "", "", "it is not said what the token may do"),
        ("eve", "admin", "a", "is for all apps"),
        ("eve", "read", "nobody", "no app has the key"),
        (&"n".repeat(201), "read", "", "What to do:"),
    ] {
        let fields = [("name", name), ("access", access), ("app", app), ("why", "w"), ("action", "make")];
        let page = ada.post("/tokens", &fields).await;
        page.says(
            422,
            &[words, &format!(r#"name="name" value="{name}""#), &format!(r#"name="app" value="{app}""#)],
        );
        assert!(!page.has("gl_"), "{page:?}");
    }
    assert_eq!(api.store.tokens().unwrap().len(), 1);
}

#[tokio::test]
async fn they_come_in_pages() {
    let api = Api::new();
    for number in 2..=52 {
        secret(&*api.store, &format!("token-{number}"), Access::Read, Scope::AllApps);
    }
    let ada = Browser::ada(&api).await;
    let first = ada.get("/tokens").await;
    first.says(200, &["token-50<", r#"href="/tokens?after=50" rel="next""#]);
    assert!(!first.has("token-51"));
    let last = ada.get("/tokens?after=50").await;
    last.says(200, &["token-51<", "token-52<", r#"href="/tokens" rel="first""#]);
    assert!(!last.has("rel=\"next\""));
}

#[tokio::test]
async fn who_revokes_their_own_is_signed_out() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    ada.get("/tokens").await.says(200, &["You are signed in with this one"]);
    ada.post("/tokens", &[("action", "revoke-1")]).await.says(200, &["Token 1, ada, is revoked."]);
    assert_eq!(ada.get("/tokens").await.header("location"), "/sign-in?next=%2Ftokens");
}
