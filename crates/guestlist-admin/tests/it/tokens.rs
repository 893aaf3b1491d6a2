//! Tokens: made, shown once, revoked.

use serde_json::{Value, json};

use crate::api::{Api, Sent, json as body};

#[tokio::test]
async fn a_token_is_made_used_and_revoked() {
    let api = Api::with_app("a").await;
    let new = json!({ "name": "bob", "access": "write", "app": "a", "why": "he keeps the shop" });
    let made = api.send("POST", "/tokens", body(&new)).await;
    assert_eq!(made.status, 201);
    assert_eq!(
        (made.str("/token/name"), made.str("/token/access"), made.str("/token/app")),
        ("bob", "write", "a")
    );
    let secret = made.str("/secret").to_string();
    let list = json!({ "patterns": ["a.com"], "mode": "enforce", "block_missing": true });
    let saved = api.send_as(Some(&secret), "PUT", "/apps/a/lists/upload", body(&list).seen(1)).await;
    assert_eq!((saved.status, saved.str("/by")), (200, "bob"));

    // It is shown once.
    let all = api.get("/tokens").await;
    assert_eq!(all.json["tokens"].as_array().unwrap().len(), 2);
    assert_eq!(all.json["tokens"][1], made.json["token"]);
    assert!(!all.text.contains("gl_"), "{all:?}");

    let path = format!("/tokens/{}", made.json["token"]["number"]);
    let revoked = api.send("DELETE", &path, body(&json!({ "why": "he left" }))).await;
    assert_eq!((revoked.status, revoked.json["revoked"].is_string()), (200, true));
    let denied = api.send_as(Some(&secret), "GET", "/apps/a", Sent::default()).await;
    assert_eq!(
        (denied.problem(), denied.header("www-authenticate")),
        ((401, "/problems/unauthorized"), "Bearer error=\"invalid_token\"")
    );
    // What is revoked stays so.
    assert_eq!(api.send("DELETE", &path, Sent::default()).await.json["revoked"], revoked.json["revoked"]);
    let log = api.get("/log?limit=1").await;
    assert_eq!((log.str("/entries/0/action/kind"), log.str("/entries/0/why")), ("token-revoked", "he left"));
    assert_eq!(
        api.send("DELETE", "/tokens/99", Sent::default()).await.problem(),
        (404, "/problems/unknown-token")
    );
    assert_eq!(
        api.send("DELETE", "/tokens/x", Sent::default()).await.problem(),
        (404, "/problems/unknown-token")
    );
}

#[tokio::test]
async fn tokens_come_in_pages() {
    let api = Api::new();
    for number in 0..5 {
        let new = json!({ "name": format!("t{number}"), "access": "read" });
        assert_eq!(api.send("POST", "/tokens", body(&new)).await.json["token"]["app"], Value::Null);
    }
    let first = api.get("/tokens?limit=4").await.json;
    assert_eq!((first["tokens"].as_array().unwrap().len(), &first["next"]), (4, &json!(4)));
    let second = api.get("/tokens?limit=4&after=4").await.json;
    assert_eq!((second["tokens"].as_array().unwrap().len(), &second["next"]), (2, &Value::Null));
}

#[tokio::test]
async fn what_cannot_be_a_token_is_refused() {
    let api = Api::with_app("a").await;
    for (new, status) in [
        (json!({ "name": "", "access": "read" }), 422),
        (json!({ "name": "  ", "access": "read" }), 422),
        (json!({ "name": "n".repeat(201), "access": "read" }), 422),
        (json!({ "name": "b", "access": "admin", "app": "a" }), 422),
        (json!({ "name": "b", "access": "read", "app": "nobody" }), 422),
        (json!({ "name": "b", "access": "root" }), 400),
        (json!({ "name": "b" }), 400),
    ] {
        assert_eq!(api.send("POST", "/tokens", body(&new)).await.status, status, "{new}");
    }
    assert_eq!(api.get("/tokens").await.json["tokens"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_token_is_sent_once_and_as_a_bearer() {
    let api = Api::new();
    let ada = api.ada.clone();
    for header in [
        "".to_string(),
        "Bearer".to_string(),
        "Bearer ".to_string(),
        format!("Basic {ada}"),
        format!("Bearer{ada}"),
        ada.clone(),
        format!("Bearer {ada} {ada}"),
        format!("Bearer {}", "x".repeat(100_000)),
        format!("Bearer {ada}0"),
        format!("Bearer {}", ada.to_uppercase()),
        "Bearer gl_1_0000000000000000000000000000000000000000000000000000000000000000".to_string(),
    ] {
        let answer =
            api.send_as(None, "GET", "/apps", Sent::default().header("authorization", &header)).await;
        assert_eq!(answer.problem(), (401, "/problems/unauthorized"), "{header}");
        assert!(answer.header("www-authenticate").starts_with("Bearer"), "{header}");
    }
    let twice = Sent::default().header("authorization", &format!("Bearer {ada}"));
    assert_eq!(api.send("GET", "/apps", twice).await.status, 401);
    let lower = Sent::default().header("authorization", &format!("bearer  {ada}"));
    assert_eq!(api.send_as(None, "GET", "/apps", lower).await.status, 200);
}
