//! What is answered to what is no request, or comes too often, or from elsewhere.

use axum::body::Body;
use axum::http::Request;
use guestlist_admin::{Admin, api_router};
use serde_json::json;

use crate::api::{Api, Sent, answer, json as body, raw};

#[tokio::test]
async fn there_are_these_paths_and_methods() {
    let api = Api::with_app("a").await;
    for path in [
        "",
        "/",
        "/nothing",
        "/apps/",
        "/apps/a/",
        "/apps/a/lists",
        "/apps/a/lists/upload/",
        "/tokens/1/x",
        "//apps",
    ] {
        let answer = api.get(path).await;
        assert_eq!(answer.problem(), (404, "/problems/no-such-resource"), "{path}");
    }
    assert_eq!(api.get("/apps/a/lists/uploads").await.problem(), (404, "/problems/no-such-resource"));
    for (method, path, allowed) in [
        ("PUT", "/apps", "GET, POST, HEAD"),
        ("PATCH", "/apps/a", "GET, PUT, DELETE, HEAD"),
        ("POST", "/apps/a/lists/upload", "GET, PUT, HEAD"),
        ("GET", "/apps/a/lists/upload/preview", "POST"),
        ("HEAD", "/apps/a/test", "POST"),
        ("OPTIONS", "/apps", "GET, POST, HEAD"),
        ("TRACE", "/log", "GET, HEAD"),
        ("GET", "/tokens/1", "DELETE"),
        ("BREW", "/openapi.json", "GET, HEAD"),
    ] {
        let answer = api.send(method, path, Sent::default()).await;
        assert_eq!((answer.status, answer.header("allow")), (405, allowed), "{method} {path}");
    }
}

#[tokio::test]
async fn bodies_are_json_with_known_fields_each_once() {
    let api = Api::new();
    for (text, says) in [
        ("", "EOF"),
        ("{", "EOF"),
        (r#"{"key": "b"} {}"#, "trailing"),
        (r#"{"key": "b", "key": "c"}"#, "duplicate field `key`"),
        (r#"{"key": "b", "why": "", "why": ""}"#, "duplicate field `why`"),
        (r#"{"key": "b", "Name": ""}"#, "unknown field `Name`"),
        (r#"{"key": 1}"#, "invalid type"),
        (r#"{"key": null}"#, "invalid type"),
        (r#"{'key': "b"}"#, "key must be a string"),
        ("{\"key\": \"\u{0}\"}", "control character"),
        (r#"{"key": "\ud800"}"#, "hex escape"),
        (r#"["b"]"#, "not a JSON object"),
        (r#" ["b", "", null, null, [], ""]"#, "not a JSON object"),
        ("null", "not a JSON object"),
    ] {
        let answer = api.send("POST", "/apps", raw(text)).await;
        assert_eq!(answer.problem(), (400, "/problems/invalid-json"), "{text}");
        assert!(answer.str("/detail").contains(says), "{text}: {answer:?}");
    }
    let latin = api.send("POST", "/apps", raw(b"{\"key\": \"b\xfc\"}".to_vec())).await;
    assert_eq!(latin.problem(), (400, "/problems/invalid-json"));
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(api.send("POST", "/apps", raw(deep)).await.problem(), (400, "/problems/invalid-json"));
    for no_reason in [r#"{"because": 1}"#, "[]", r#"["because"]"#] {
        let answer = api.send("DELETE", "/tokens/1", raw(no_reason)).await;
        assert_eq!(answer.problem(), (400, "/problems/invalid-json"), "{no_reason}");
    }
    // Nothing to say; the token is not there.
    for nothing in ["", "{}", " null "] {
        assert_eq!(
            api.send("DELETE", "/tokens/9", raw(nothing)).await.problem(),
            (404, "/problems/unknown-token")
        );
    }
    assert!(api.get("/apps").await.json["apps"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn bodies_are_marked_as_json() {
    let api = Api::new();
    let text = r#"{"key": "b"}"#;
    let unmarked = |kind: Option<&str>| {
        kind.iter().fold(raw(text).without_type(), |sent, kind| sent.header("content-type", kind))
    };
    for kind in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("application/jsonx"),
        Some(""),
    ] {
        let answer = api.send("POST", "/apps", unmarked(kind)).await;
        assert_eq!(answer.problem(), (415, "/problems/unsupported-media-type"), "{kind:?}");
    }
    let twice = raw(text).header("content-type", "application/json");
    assert_eq!(api.send("POST", "/apps", twice).await.status, 415);
    let reason = raw("{}").without_type();
    assert_eq!(api.send("DELETE", "/tokens/9", reason).await.status, 415);
    assert_eq!(
        api.send("POST", "/apps", unmarked(Some("Application/JSON; charset=utf-8"))).await.status,
        201
    );
}

#[tokio::test]
async fn bodies_have_a_bounded_size() {
    const MOST: usize = 1 << 20;
    let api = Api::new();
    let of_size = |size: usize| {
        let text = r#"{"key": "b"}"#;
        raw(format!("{}{text}", " ".repeat(size - text.len())))
    };
    assert_eq!(
        api.send("POST", "/apps", of_size(MOST + 1)).await.problem(),
        (413, "/problems/body-too-large")
    );
    assert_eq!(
        api.send("DELETE", "/apps/b", of_size(MOST + 1)).await.problem(),
        (413, "/problems/body-too-large")
    );
    assert_eq!(api.send("POST", "/apps", of_size(MOST)).await.status, 201);
}

#[tokio::test]
async fn queries_are_known_and_once() {
    let api = Api::with_app("a").await;
    for path in [
        "/apps?limit=0",
        "/apps?limit=201",
        "/apps?limit=-1",
        "/apps?limit=x",
        "/apps?limit=1&limit=2",
        "/apps?before=1",
        "/apps?Q=a",
        "/log?before=x",
        "/log?app=a&app=a",
        "/tokens?limit=99999999999999999999",
        "/apps/a/lists/upload/versions?after=1",
        "/apps/%ff",
        "/apps/%ff/lists/upload",
    ] {
        assert_eq!(api.get(path).await.problem(), (400, "/problems/bad-request"), "{path}");
    }
    assert_eq!(api.get("/apps?limit=200&q=%20&after=").await.status, 200);
}

#[tokio::test]
async fn who_changes_too_much_waits() {
    let api = Api::with(|admin| admin.changes(1, 3));
    let bob = {
        let made = api.send("POST", "/tokens", body(&json!({ "name": "bob", "access": "admin" }))).await;
        made.str("/secret").to_string()
    };
    // What is refused counts as well.
    assert_eq!(api.send("POST", "/apps", raw("{")).await.status, 400);
    assert_eq!(api.send("POST", "/apps", body(&json!({ "key": "a" }))).await.status, 201);
    let late = api.send("POST", "/apps", body(&json!({ "key": "b" }))).await;
    assert_eq!(late.problem(), (429, "/problems/too-many-requests"));
    let wait: u64 = late.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    // Who looks may go on, and so may others.
    assert_eq!(api.get("/apps").await.status, 200);
    let list = json!({ "patterns": [], "mode": "off", "block_missing": true });
    assert_eq!(api.send("POST", "/apps/a/lists/upload/preview", body(&list)).await.status, 200);
    assert_eq!(api.send_as(Some(&bob), "POST", "/apps", body(&json!({ "key": "b" }))).await.status, 201);
    // Who may not do it anyway takes nothing out of anybody's bucket.
    assert_eq!(api.send_as(None, "POST", "/apps", Sent::default()).await.status, 401);
}

#[tokio::test]
async fn pages_and_names_of_others_are_kept_out() {
    let api = Api::with(|admin| admin.allow_host("lists.example.com"));
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("host", "evil.example"),
        ("host", "192.168.0.7"),
    ] {
        // Before anything else: with a token and without, whether or not there is something.
        for path in ["/apps", "/openapi.json", "/nothing"] {
            let answer = api.send("GET", path, Sent::default().header(name, value)).await;
            assert_eq!(answer.problem(), (403, "/problems/foreign-request"), "{name}: {value}, {path}");
        }
    }
    let preflight = Sent::default()
        .header("origin", "https://evil.example")
        .header("access-control-request-method", "PUT")
        .header("host", "localhost");
    let answer = api.send_as(None, "OPTIONS", "/apps", preflight).await;
    assert_eq!(answer.status, 403);
    assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control")));
    for (host, origin) in
        [("localhost:9000", "http://localhost:9000"), ("lists.example.com", "https://lists.example.com")]
    {
        let own = Sent::default()
            .header("host", host)
            .header("origin", origin)
            .header("sec-fetch-site", "same-origin");
        assert_eq!(api.send("GET", "/apps", own).await.status, 200, "{host}");
    }
    // As HTTP/2 has the name.
    for (uri, status) in
        [("http://evil.example/api/v1/openapi.json", 403), ("http://localhost/api/v1/openapi.json", 200)]
    {
        let request = Request::get(uri).body(Body::empty()).unwrap();
        assert_eq!(answer_of(&api, request).await, status, "{uri}");
    }
}

async fn answer_of(api: &Api, request: Request<Body>) -> u16 {
    answer(api.router.clone(), request).await.status
}

#[tokio::test]
async fn it_stands_beside_other_routes_and_below_others() {
    let api = Api::new();
    let alone = api_router(Admin::new(api.store.clone(), api.told.clone()));
    let beside = axum::Router::new()
        .route("/", axum::routing::get(|| async { "a page" }))
        .fallback(|| async { "not here" });
    for (router, path) in [
        (beside.merge(alone.clone()), "/api/v1/apps"),
        (axum::Router::new().nest("/lists", alone), "/lists/api/v1/apps"),
    ] {
        for (path, status) in
            [(path.to_string(), 200), (format!("{path}/nobody"), 404), (format!("{path}/a/b/c"), 404)]
        {
            let request = Request::get(path).header("authorization", format!("Bearer {}", api.ada));
            let answer = answer(router.clone(), request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status, status, "{answer:?}");
        }
    }
}
