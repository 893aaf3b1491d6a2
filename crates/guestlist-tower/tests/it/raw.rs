//! Bytes over a socket, to plain hyper and to axum: what strangers send and no library makes.

use std::convert::Infallible;

use axum::Router;
use axum::routing::any;
use bytes::Bytes;
use guestlist::{Decision, ListType, RequestHeaders};
use guestlist_tower::{Guestlist, GuestlistLayer};
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tower::Layer;

use crate::gate_of;

const PATTERNS: [&str; 2] = ["guest.example", "*.guest.example"];

type Headers<'a> = &'a [(&'a str, &'a [u8])];

fn layer(list_type: ListType) -> GuestlistLayer<guestlist::Gate> {
    GuestlistLayer::new(gate_of(&PATTERNS)).list_type(list_type)
}

/// Serves one connection with plain hyper.
async fn hyper_once(listener: TcpListener, list_type: ListType) {
    let served = async |request: Request<Incoming>| {
        let decision = request.extensions().get::<Decision>().map(ToString::to_string);
        Ok::<_, Infallible>(Response::new(Full::<Bytes>::from(decision.unwrap_or_default())))
    };
    let service: Guestlist<_, _> = layer(list_type).layer(tower::service_fn(served));
    let stream = TokioIo::new(listener.accept().await.unwrap().0);
    let connection = hyper::server::conn::http1::Builder::new();
    // A client that goes away early is none of the test's business.
    let _ = connection.serve_connection(stream, TowerToHyperService::new(service)).await;
}

async fn axum_for_ever(listener: TcpListener, list_type: ListType) {
    let served = async |request: axum::extract::Request| {
        request.extensions().get::<Decision>().map(ToString::to_string).unwrap_or_default()
    };
    axum::serve(listener, Router::new().route("/", any(served)).layer(layer(list_type))).await.unwrap();
}

/// Sends the headers; status and whole answer.
async fn exchange(address: std::net::SocketAddr, headers: Headers<'_>) -> (u16, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut head = b"POST / HTTP/1.1\r\nhost: here\r\nconnection: close\r\ncontent-length: 0\r\n".to_vec();
    for (name, value) in headers {
        head.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
    }
    head.extend(b"\r\n");
    stream.write_all(&head).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer)
}

async fn ask(server: &str, list_type: ListType, headers: Headers<'_>) -> (u16, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = match server {
        "hyper" => tokio::spawn(hyper_once(listener, list_type)),
        _ => tokio::spawn(axum_for_ever(listener, list_type)),
    };
    let answer = exchange(address, headers).await;
    serving.abort();
    answer
}

#[tokio::test]
async fn hostile_values_are_judged_as_the_gate_judges_them() {
    const GUEST: &[u8] = b"https://app.guest.example";
    let long = [b"https://guest.example/".as_slice(), &[b'a'; 9 * 1024]].concat();
    let nearly = &long[..8192];
    let long_origin = [b"https://".as_slice(), &[b'a'; 600], b".guest.example"].concat();
    let requests: [Headers<'_>; 22] = [
        &[("origin", GUEST)],
        &[("ORIGIN", GUEST)],
        &[("origin", b"  https://app.guest.example \t")],
        &[],
        &[("origin", b"")],
        &[("origin", b"null")],
        &[("origin", GUEST), ("origin", b"https://evil.example")],
        &[("origin", b"https://evil.example"), ("origin", GUEST)],
        &[("origin", GUEST), ("Origin", GUEST)],
        &[("origin", GUEST), ("origin", b"")],
        &[("origin", b"https://app.guest.example, https://evil.example")],
        &[("origin", b"https://\xff.guest.example")],
        &[("origin", b"https://\xc3\xa4.guest.example")],
        &[("origin", b"https://evil.example#.guest.example")],
        &[("origin", b"https://evil.example\\.guest.example")],
        &[("origin", &long_origin)],
        &[("referer", &long)],
        &[("referer", nearly)],
        &[("referer", b"https://guest.example/\xff\xfe")],
        &[("referer", b"https://guest.example/"), ("referer", b"https://evil.example/")],
        &[("referer", b"https://evil.example/"), ("referer", b"https://guest.example/")],
        &[("origin", b"null"), ("referer", b"https://guest.example/")],
    ];
    let gate = gate_of(&PATTERNS);
    let mut statuses = Vec::new();
    for headers in requests {
        for list_type in ListType::ALL {
            let values = |wanted: &str| {
                let found = headers.iter().filter(move |(name, _)| name.eq_ignore_ascii_case(wanted));
                found.map(|(_, value)| *value).collect::<Vec<_>>()
            };
            let headers_of_gate = RequestHeaders::new().origins(values("origin")).referers(values("referer"));
            let expected = gate.decide(list_type, &headers_of_gate);
            for server in ["hyper", "axum"] {
                let (status, answer) = ask(server, list_type, headers).await;
                assert_eq!(status, if expected.lets_through() { 200 } else { 403 }, "{headers:?}: {answer}");
                assert!(answer.contains(&expected.to_string()), "{headers:?}: {answer}");
                statuses.push(status);
            }
        }
    }
    let denied = statuses.iter().filter(|status| **status == 403).count();
    assert!(denied > 50 && statuses.len() - denied > 15, "{denied} of {}", statuses.len());
}
