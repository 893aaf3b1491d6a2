//! What a list decides on a request that somebody tries.

use serde_json::{Value, json};

use crate::api::{Api, json as body};

#[tokio::test]
async fn requests_are_tried() {
    let api = Api::with_app("a").await;
    assert_eq!(api.save(1, &["*.example.com", "localhost:3000"]).await.status, 200);
    for (request, decision, reason, sentence) in [
        (
            json!({ "list": "upload", "origin": ["https://www.example.com"] }),
            "allow",
            "matched",
            "allowed: rule 1 of the upload list matches the Origin header",
        ),
        (
            json!({ "list": "upload", "origin": ["https://example.com"] }),
            "deny",
            "no-match",
            "denied: no rule of the upload list matches the Origin header",
        ),
        (
            json!({ "list": "upload" }),
            "deny",
            "missing-header",
            "denied: no Origin header, and the upload list blocks such requests",
        ),
        (
            json!({ "list": "upload", "origin": ["https://a.example.com", "https://b.example.com"] }),
            "deny",
            "malformed",
            "denied: the Origin header is malformed",
        ),
        (
            json!({ "list": "upload", "referer": ["https://a.example.com/"] }),
            "deny",
            "missing-header",
            "denied: no Origin header",
        ),
        (json!({ "list": "upload", "origin": ["null"] }), "deny", "opaque-origin", "denied: "),
        (
            json!({ "list": "delivery", "origin": ["https://evil.example"] }),
            "allow",
            "not-enforced",
            "allowed: the delivery list is off",
        ),
    ] {
        let answer = api.send("POST", "/apps/a/test", body(&request)).await;
        assert_eq!(
            (answer.status, answer.str("/decision"), answer.str("/reason")),
            (200, decision, reason),
            "{answer:?}"
        );
        assert!(answer.str("/sentence").starts_with(sentence), "{answer:?}");
    }
    let near = api
        .send("POST", "/apps/a/test", body(&json!({ "list": "upload", "origin": ["https://example.com"] })))
        .await;
    assert_eq!(near.json["near_miss"]["rule"], json!({ "number": 1, "pattern": "*.example.com" }));
    assert_eq!(near.str("/near_miss/message"), "the rule covers subdomains, not the domain itself");
    assert_eq!(
        (&near.json["rule"], &near.json["number"], &near.json["header"]),
        (&Value::Null, &json!(2), &json!("Origin"))
    );
    let matched = api
        .send("POST", "/apps/a/test", body(&json!({ "list": "upload", "origin": ["http://localhost:3000"] })))
        .await;
    assert_eq!(matched.json["rule"], json!({ "number": 2, "pattern": "localhost:3000" }));

    // What only reports lets through, and says what it would do.
    let list = json!({ "patterns": ["a.com"], "mode": "report", "block_missing": true });
    assert_eq!(api.send("PUT", "/apps/a/lists/upload", body(&list).seen(2)).await.status, 200);
    let report = api
        .send("POST", "/apps/a/test", body(&json!({ "list": "upload", "origin": ["https://b.com"] })))
        .await;
    assert_eq!(
        (report.str("/decision"), report.str("/list_says"), report.str("/mode")),
        ("allow", "deny", "report")
    );

    let wrong =
        api.send("POST", "/apps/a/test", body(&json!({ "list": "upload", "origin": "https://a.com" }))).await;
    assert_eq!(wrong.problem(), (400, "/problems/invalid-json"));
    let unknown = api.send("POST", "/apps/b/test", body(&json!({ "list": "upload" }))).await;
    assert_eq!(unknown.problem(), (404, "/problems/unknown-app"));
}
