//! What is answered, endpoint by endpoint.

use crate::server::Server;

const APPS: &str = r#"
[apps.shop.upload]
patterns = ["example.com", "*.example.com"]

[apps.shop.delivery]
patterns = ["*.example.org"]

[apps.trial]
dangerously_supported_schemes = ["capacitor"]
upload = { patterns = ["example.com"], mode = "report" }

[apps.open]
"#;

#[tokio::test]
async fn the_plain_endpoint_says_what_the_gate_says() {
    let server = Server::start(APPS).await;
    for (path, headers, told) in [
        ("upload/shop", &["Origin: https://example.com"][..], "204 allow matched 1 -"),
        ("upload/shop", &["Origin: https://a.example.com:8443"], "204 allow matched 2 -"),
        ("upload/shop", &["Origin: https://example.org"], "403 deny no-match - -"),
        ("upload/shop", &[], "403 deny missing-header - -"),
        ("upload/shop", &["Origin:"], "403 deny missing-header - -"),
        ("upload/shop", &["Referer: https://example.com/"], "403 deny missing-header - -"),
        ("upload/shop", &["Origin: null"], "403 deny opaque-origin - -"),
        ("upload/shop", &["Origin: https://example.com/"], "403 deny malformed - -"),
        (
            "upload/shop",
            &["Origin: https://example.com", "Origin: https://example.com"],
            "403 deny malformed - -",
        ),
        ("upload/shop", &["Origin: https://example.com, https://example.com"], "403 deny malformed - -"),
        ("upload/shop", &["Origin: capacitor://example.com"], "403 deny unsupported-scheme - -"),
        ("delivery/shop", &["Referer: https://a.example.org/x?y"], "204 allow matched 1 -"),
        (
            "delivery/shop",
            &["Origin: https://b.example", "Referer: https://a.example.org/"],
            "403 deny no-match - -",
        ),
        ("delivery/shop", &["Origin: null", "Referer: https://a.example.org/"], "204 allow matched 1 -"),
        ("delivery/shop", &[], "204 allow missing-header - -"),
        ("upload/trial", &["Origin: https://evil.example"], "204 allow no-match - no-match"),
        ("upload/trial", &["Origin: https://example.com"], "204 allow matched 1 -"),
        ("upload/trial", &["Origin: capacitor://example.com"], "204 allow matched 1 -"),
        ("upload/trial", &[], "204 allow missing-header - missing-header"),
        ("upload/open", &[], "204 allow not-enforced - -"),
        ("delivery/nobody", &[], "403 deny missing-header - -"),
        ("delivery/nobody", &["Origin: https://example.com"], "403 deny no-match - -"),
    ] {
        for method in ["GET", "POST", "OPTIONS", "HEAD", "PURGE"] {
            // After HEAD there is no body to read.
            if method == "HEAD" && told.starts_with("403") {
                continue;
            }
            let answer = server.ask(&format!("{method} /check/{path}?q"), headers).await;
            assert_eq!(answer.told(), told, "{method} {path} {headers:?}");
            let vary = if path.starts_with("upload") { "Origin" } else { "Origin, Referer" };
            assert_eq!(answer.header("vary"), Some(vary));
            assert_eq!(answer.body.is_empty(), answer.status == 204);
        }
    }
    server.end().await;
}

#[tokio::test]
async fn an_unknown_app_is_answered_as_one_that_denies() {
    let server = Server::start(
        "[apps.shop]\nupload.mode = 'enforce'\ndelivery = { mode = 'enforce', block_missing = true }",
    )
    .await;
    for list in ["upload", "delivery"] {
        for headers in [
            &["Origin: https://example.com"][..],
            &["Origin: null"],
            &["Origin: x"],
            &["Origin: a://b"],
            &["Origin: https://a.b", "Origin: https://a.b"],
            &["Referer: https://example.com/"],
            &[],
        ] {
            let known = server.ask(&format!("GET /check/{list}/shop"), headers).await.timeless();
            assert_eq!(known.status, 403);
            for nobody in ["nobody", "", "shop/", "shop%20", &"k".repeat(5000)] {
                let unknown = server.ask(&format!("GET /check/{list}/{nobody}"), headers).await.timeless();
                assert_eq!(unknown, known, "{list} {headers:?}");
            }
        }
    }
    // Whoever runs the server sees the difference.
    let metrics = server.admin("GET /metrics", &[]).await.body;
    let counted = "guestlist_decisions_total{list=\"upload\",mode=\"enforce\",decision=\"deny\",reason=\"unknown-app\"} 35";
    assert!(metrics.contains(counted), "{metrics}");
    server.end().await;
}

#[tokio::test]
async fn a_denial_has_a_body_for_people_and_programs() {
    let server = Server::start(APPS).await;
    let answer = server.ask("GET /check/upload/shop", &["Origin: null"]).await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(body["error"], "forbidden");
    assert_eq!(body["reason"], "opaque-origin");
    assert!(body["message"].as_str().is_some_and(|message| message.ends_with('.')));
    server.end().await;
}

#[tokio::test]
async fn what_is_no_endpoint_lets_nobody_through() {
    let server = Server::start(APPS).await;
    for path in [
        "/",
        "/check",
        "/check/",
        "/check/upload",
        "/check/uploads/shop",
        "/CHECK/upload/shop",
        "//check/upload/shop",
        "/api/authz/",
        "/api/authz/auth-request/",
        "/api/authz/ext-authz",
        "/api/authz/x",
        "/metrics",
        "/reload",
    ] {
        let answer = server.ask(&format!("GET {path}"), &["Origin: https://example.com"]).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.body.is_empty());
    }
    server.end().await;
}
