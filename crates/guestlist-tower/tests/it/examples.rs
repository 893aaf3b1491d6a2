//! The examples do what their `curl` lines say.

use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

#[allow(dead_code)]
#[path = "../../examples/axum_upload.rs"]
mod axum_upload;

#[cfg(feature = "cors")]
#[allow(dead_code)]
#[path = "../../examples/cors.rs"]
mod cors;

async fn ask(router: &Router, method: &str, uri: &str, header: Option<(&str, &str)>) -> (StatusCode, String) {
    let mut request = Request::builder().method(method).uri(uri);
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    let answer = router.clone().oneshot(request.body(Body::from("content")).unwrap()).await.unwrap();
    let status = answer.status();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn uploads_are_stored_and_shown_again() {
    let router = axum_upload::router(axum_upload::apps().unwrap());
    let put = async |app, origin| {
        let uri = format!("/files/{app}/cat.jpg");
        ask(&router, "PUT", &uri, Some(("origin", origin))).await.0
    };
    let get = async |app, referer: Option<&str>| {
        let uri = format!("/files/{app}/cat.jpg");
        ask(&router, "GET", &uri, referer.map(|referer| ("referer", referer))).await
    };
    assert_eq!(put("demo", "https://example.com.evil.com").await, StatusCode::FORBIDDEN);
    assert_eq!(ask(&router, "PUT", "/files/demo/cat.jpg", None).await.0, StatusCode::FORBIDDEN);
    assert_eq!(get("demo", None).await.0, StatusCode::NOT_FOUND);
    assert_eq!(put("demo", "https://app.example.com").await, StatusCode::CREATED);
    assert_eq!(put("trial", "https://evil.com").await, StatusCode::CREATED);
    assert_eq!(put("nobody", "https://app.example.com").await, StatusCode::FORBIDDEN);
    assert_eq!(get("demo", None).await, (StatusCode::OK, "content".to_string()));
    assert_eq!(get("demo", Some("https://www.example.com/album")).await.0, StatusCode::OK);
    assert_eq!(get("demo", Some("https://evil.com/")).await.0, StatusCode::FORBIDDEN);
    assert_eq!(get("trial", Some("https://evil.com/")).await.0, StatusCode::OK);
}

#[cfg(feature = "cors")]
#[tokio::test]
async fn pages_of_some_sites_may_call() {
    let router = cors::router().unwrap();
    for (method, origin, status, may_read) in [
        ("OPTIONS", "https://app.example.com", StatusCode::OK, true),
        ("OPTIONS", "https://evil.com", StatusCode::OK, false),
        ("PUT", "https://app.example.com", StatusCode::OK, true),
        ("PUT", "https://evil.com", StatusCode::FORBIDDEN, false),
        ("GET", "null", StatusCode::FORBIDDEN, false),
    ] {
        let request = Request::builder().method(method).uri("/time").header("origin", origin);
        let request = request.header("access-control-request-method", "PUT").body(Body::empty()).unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), status, "{method} {origin}");
        assert_eq!(
            answer.headers().contains_key("access-control-allow-origin"),
            may_read,
            "{method} {origin}"
        );
    }
}
