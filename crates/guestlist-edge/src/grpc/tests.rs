use std::collections::HashMap;

use envoy_types::pb::envoy::config::core::v3::HeaderMap;
use envoy_types::pb::envoy::service::auth::v3::AttributeContext;
use envoy_types::pb::envoy::service::auth::v3::attribute_context::Request as AttributeRequest;
use envoy_types::pb::envoy::service::auth::v3::authorization_client::AuthorizationClient;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tonic::transport::Channel;

use super::*;
use crate::testing::Server;

async fn client(server: &Server) -> AuthorizationClient<Channel> {
    AuthorizationClient::connect(format!("http://{}", server.check())).await.unwrap()
}

fn about(http: HttpRequest) -> CheckRequest {
    let request = Some(AttributeRequest { time: None, http: Some(http) });
    CheckRequest { attributes: Some(AttributeContext { request, ..AttributeContext::default() }) }
}

fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> HttpRequest {
    let headers = headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    HttpRequest { method: method.to_owned(), path: path.to_owned(), headers, ..HttpRequest::default() }
}

/// With raw headers, as many of a name as there are.
fn raw(method: &str, path: &str, headers: &[(&str, &[u8])]) -> HttpRequest {
    let headers = headers.iter().map(|(name, value)| HeaderValue {
        key: name.to_string(),
        value: String::new(),
        raw_value: value.to_vec(),
    });
    let header_map = Some(HeaderMap { headers: headers.collect() });
    HttpRequest { header_map, ..request(method, path, &[]) }
}

type Set = HashMap<String, String>;

fn set(options: &[HeaderValueOption], append: HeaderAppendAction) -> Set {
    let pairs = options.iter().map(|option| {
        assert_eq!(option.append_action(), append, "{option:?}");
        let header = option.header.clone().unwrap();
        (header.key, header.value)
    });
    pairs.collect()
}

/// What was allowed: headers for the application, those that it is not to see, and those for the client.
fn allowed(response: CheckResponse) -> (Set, Vec<String>, Set) {
    assert_eq!(response.status.unwrap().code, i32::from(Code::Ok));
    let Some(HttpResponse::OkResponse(ok)) = response.http_response else { panic!("allowed without a word") };
    let for_client = set(&ok.response_headers_to_add, HeaderAppendAction::AppendIfExistsOrAdd);
    (set(&ok.headers, HeaderAppendAction::OverwriteIfExistsOrAdd), ok.headers_to_remove, for_client)
}

/// Why it was denied.
fn denied(response: CheckResponse) -> String {
    assert_eq!(response.status.unwrap().code, i32::from(Code::PermissionDenied));
    let Some(HttpResponse::DeniedResponse(denied)) = response.http_response else {
        panic!("denied without a word")
    };
    assert_eq!(denied.status.unwrap().code, 403);
    let mut headers = set(&denied.headers, HeaderAppendAction::OverwriteIfExistsOrAdd);
    let reason = headers.remove("x-guestlist-reason").unwrap();
    let body: serde_json::Value = serde_json::from_str(&denied.body).unwrap();
    assert_eq!((&body["error"], &body["reason"]), (&"forbidden".into(), &reason.as_str().into()));
    assert_eq!(headers.remove("x-guestlist-decision").as_deref(), Some("deny"));
    assert_eq!(headers.remove("content-type").as_deref(), Some("application/json"));
    assert!(headers.remove("vary").unwrap().starts_with("Origin"));
    assert_eq!(headers, Set::new());
    reason
}

const ORIGIN: (&str, &str) = ("origin", "https://www.example.com");

#[tokio::test]
async fn what_is_allowed() {
    let server = Server::start("").await;
    let mut client = client(&server).await;
    let mut ask = async |http| allowed(client.check(about(http)).await.unwrap().into_inner());
    let pairs =
        |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect::<Set>();

    let (headers, removed, for_client) = ask(request("POST", "/u?key=demo", &[ORIGIN])).await;
    let said = pairs(&[
        ("x-guestlist-decision", "allow"),
        ("x-guestlist-reason", "matched"),
        ("x-guestlist-rule", "1"),
    ]);
    assert_eq!(headers, said);
    // What a client could have sent.
    assert_eq!(removed, ["x-guestlist-would-deny"]);
    assert_eq!(for_client, pairs(&[("vary", "Origin")]));

    let (_, _, for_client) =
        ask(request("GET", "/f.jpg?key=demo", &[("referer", "https://example.com/a,b")])).await;
    assert_eq!(for_client, pairs(&[("vary", "Origin, Referer")]));

    let (headers, removed, _) = ask(request("POST", "/u?key=trial", &[("origin", "null")])).await;
    let said = pairs(&[
        ("x-guestlist-decision", "allow"),
        ("x-guestlist-reason", "opaque-origin"),
        ("x-guestlist-would-deny", "opaque-origin"),
    ]);
    assert_eq!(headers, said);
    assert_eq!(removed, ["x-guestlist-rule"]);

    // Raw headers, which Envoy sends instead of the map; bytes that are not UTF-8 are no matter in a path.
    ask(raw("POST", "/u?key=demo", &[("origin", b"https://www.example.com")])).await;
    ask(raw("GET", "/f?key=demo", &[("referer", b"https://www.example.com/\xff")])).await;
    // A preflight asks for the method that it names.
    ask(request("OPTIONS", "/f?key=demo", &[("access-control-request-method", "GET")])).await;
    server.end().await;
}

#[tokio::test]
async fn what_is_denied() {
    let server = Server::start("").await;
    let mut client = client(&server).await;
    let mut ask = async |message| denied(client.check(message).await.unwrap().into_inner());
    let origin = ("origin", b"https://www.example.com".as_slice());
    for (http, reason) in [
        (request("POST", "/u?key=demo", &[("origin", "https://evil.com")]), "no-match"),
        (request("POST", "/u?key=demo", &[]), "missing-header"),
        (request("POST", "/u?key=demo", &[("origin", "null")]), "opaque-origin"),
        (request("POST", "/u?key=demo", &[("origin", "ftp://www.example.com")]), "unsupported-scheme"),
        (request("POST", "/u?key=demo", &[("Origin", "nonsense")]), "malformed"),
        // As Envoy joins repeated headers in the map, and as it sends them raw.
        (
            request("POST", "/u?key=demo", &[("origin", "https://www.example.com,https://evil.com")]),
            "malformed",
        ),
        (raw("POST", "/u?key=demo", &[origin, origin]), "malformed"),
        (raw("POST", "/u?key=demo", &[origin, ("ORIGIN", b"")]), "malformed"),
        (raw("POST", "/u?key=demo", &[("origin", b"https://www.example.com\xff")]), "malformed"),
        // Nobody has both forms: what they say together counts.
        (
            HttpRequest {
                headers: request("", "", &[ORIGIN]).headers,
                ..raw("POST", "/u?key=demo", &[origin])
            },
            "malformed",
        ),
        // Apps that nobody knows, and none.
        (request("POST", "/u?key=nobody", &[ORIGIN]), "no-match"),
        (request("POST", "/u", &[ORIGIN]), "no-match"),
        (request("POST", "/u?key=demo&key=demo", &[ORIGIN]), "ambiguous"),
        // Attributes that are missing.
        (request("", "/u?key=demo", &[ORIGIN]), "no-route"),
        (request("POST", "", &[ORIGIN]), "no-route"),
        (HttpRequest::default(), "no-route"),
    ] {
        assert_eq!(ask(about(http.clone())).await, reason, "{http:?}");
    }
    assert_eq!(ask(CheckRequest::default()).await, "no-route");
    let attributes =
        Some(AttributeContext { request: Some(AttributeRequest::default()), ..AttributeContext::default() });
    assert_eq!(ask(CheckRequest { attributes }).await, "no-route");
    server.end().await;
}

#[tokio::test]
async fn a_message_that_is_too_large_is_an_error() {
    let server = Server::start("").await;
    let mut client = client(&server).await;
    let path = |length| format!("/u?key=demo&pad={}", "a".repeat(length));
    let fits = client.check(about(request("POST", &path(200_000), &[ORIGIN]))).await.unwrap();
    allowed(fits.into_inner());
    let error = client.check(about(request("POST", &path(300_000), &[ORIGIN]))).await.unwrap_err();
    assert_eq!(error.code(), Code::OutOfRange);
    // The connection is none the worse for it.
    allowed(client.check(about(request("POST", "/u?key=demo", &[ORIGIN]))).await.unwrap().into_inner());
    server.end().await;
}

/// Sends bytes as the body of a gRPC request; the HTTP status, and the one of gRPC.
async fn send(
    server: &Server,
    content_type: &str,
    body: impl Into<bytes::Bytes>,
) -> (http::StatusCode, Option<String>) {
    let stream = TcpStream::connect(server.check()).await.unwrap();
    let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
    let (mut sender, connection) = handshake.await.unwrap();
    let connection = tokio::spawn(connection);
    let request =
        http::Request::post(format!("http://{}/envoy.service.auth.v3.Authorization/Check", server.check()))
            .header("content-type", content_type)
            .header("te", "trailers")
            .body(Full::new(body.into()))
            .unwrap();
    let response = sender.send_request(request).await.unwrap();
    let status = response.status();
    let said = |headers: &http::HeaderMap| {
        headers.get_all("grpc-status").iter().next().map(|code| code.to_str().unwrap().to_owned())
    };
    let mut code = said(response.headers());
    if let Some(trailers) = response.into_body().collect().await.unwrap().trailers() {
        code = code.or(said(trailers));
    }
    drop(sender);
    connection.await.unwrap().ok();
    (status, code)
}

#[tokio::test]
async fn garbage_is_an_error_and_never_an_answer() {
    let server = Server::start("").await;
    let garbage: [&[u8]; 8] = [
        b"",
        b"\0",
        b"GET / HTTP/1.1\r\n\r\n",
        // No message: a length that is longer than what follows, one that is too long, compressed without saying how.
        b"\0\0\0\0\x09\x0a",
        b"\0\xff\xff\xff\xff",
        b"\x01\0\0\0\x02\x0a\x00",
        // No protobuf: a field cut off, and one of no type that there is.
        b"\0\0\0\0\x02\x0a\x7f",
        b"\0\0\0\0\x02\x0f\x00",
    ];
    for bytes in garbage {
        let (status, code) = send(&server, "application/grpc", bytes).await;
        assert_eq!(status, 200, "{bytes:?}");
        assert!(code.as_deref().is_some_and(|code| code != "0"), "{bytes:?}: {code:?}");
    }
    // Text that is not UTF-8, where there is to be text: the method.
    let (_, code) =
        send(&server, "application/grpc", &b"\0\0\0\0\x09\x0a\x07\x22\x05\x12\x03\x12\x01\xff"[..]).await;
    assert!(code.is_some_and(|code| code != "0"));
    // What is no gRPC finds no endpoint there.
    assert_eq!(send(&server, "application/json", &b"{}"[..]).await.0, 404);
    server.end().await;
}

/// A body that never comes.
struct Never;

impl hyper::body::Body for Never {
    type Data = bytes::Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<bytes::Bytes>, Infallible>>> {
        std::task::Poll::Pending
    }
}

/// A message that never comes does not hold its stream for ever.
#[tokio::test]
async fn a_message_has_its_time() {
    let server = Server::start("[server.limits]\nheader_timeout = \"1s\"").await;
    let stream = TcpStream::connect(server.check()).await.unwrap();
    let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
    let (mut sender, connection) = handshake.await.unwrap();
    let connection = tokio::spawn(connection);
    let request =
        http::Request::post(format!("http://{}/envoy.service.auth.v3.Authorization/Check", server.check()))
            .header("content-type", "application/grpc")
            .body(Never)
            .unwrap();
    let response = sender.send_request(request).await.unwrap();
    let code = response.headers()["grpc-status"].to_str().unwrap().to_owned();
    assert_eq!(code, i32::from(Code::DeadlineExceeded).to_string());
    connection.abort();
    drop(sender);
    server.end().await;
}
