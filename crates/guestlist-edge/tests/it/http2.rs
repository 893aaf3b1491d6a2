//! HTTP/2: by a client, and frame by frame.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::server::{Io, PATIENCE, Server, connect};

type Client = SendRequest<Empty<Bytes>>;

/// A client, and what becomes of its connection.
async fn client(server: &Server) -> (Client, JoinHandle<hyper::Result<()>>) {
    let stream = TokioIo::new(connect(&server.check).await);
    let (client, connection) = handshake(TokioExecutor::new(), stream).await.unwrap();
    (client, tokio::spawn(connection))
}

/// An answer without its date.
async fn ask(
    client: &mut Client,
    method: Method,
    path: &str,
    headers: &[(String, &str)],
) -> (StatusCode, HeaderMap, Bytes) {
    let mut request = Request::builder().method(method).uri(format!("http://localhost{path}"));
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    let answer = client.send_request(request.body(Empty::new()).unwrap());
    let (mut head, body) = timeout(PATIENCE, answer).await.expect("an answer").unwrap().into_parts();
    head.headers.remove("date");
    (head.status, head.headers, body.collect().await.unwrap().to_bytes())
}

#[tokio::test]
async fn head_is_answered_as_get_without_the_body() {
    let server = Server::start("[apps.open]\n[apps.shut.upload]\nmode = 'enforce'").await;
    let (mut client, _) = client(&server).await;
    for (path, status) in [("/check/upload/open", 204), ("/check/upload/shut", 403), ("/nothing", 404)] {
        let (of_get, headers, body) = ask(&mut client, Method::GET, path, &[]).await;
        assert_eq!((of_get.as_u16(), body.is_empty()), (status, status == 204), "{path}");
        let of_head = ask(&mut client, Method::HEAD, path, &[]).await;
        assert_eq!(of_head, (of_get, headers, Bytes::new()), "{path}");
    }
    server.end().await;
}

#[tokio::test]
async fn more_headers_than_there_may_be_are_refused() {
    let server = Server::start("[server]\n[server.limits]\nheaders = 20\n[apps.open]").await;
    let (mut client, _) = client(&server).await;
    for (count, status) in [(20, 204), (21, 431), (19, 204), (60, 431)] {
        // Of a name each, and all of one name.
        for names in [count, 1] {
            let headers: Vec<_> =
                (0..count).map(|number| (format!("x-{}", number % names), "value")).collect();
            let (answered, ..) = ask(&mut client, Method::GET, "/check/upload/open", &headers).await;
            assert_eq!(answered.as_u16(), status, "{count} headers of {names} names");
        }
    }
    server.end().await;
}

const IDLE: &str = "[server]\n[server.limits]\nidle_timeout = \"150ms\"\n[apps.open]";

#[tokio::test]
async fn the_client_of_an_idle_connection_is_told_that_it_ends() {
    let server = Server::start(IDLE).await;
    let (mut client, connection) = client(&server).await;
    let (status, ..) = ask(&mut client, Method::GET, "/check/upload/open", &[]).await;
    assert_eq!(status.as_u16(), 204);
    timeout(PATIENCE, connection).await.expect("it ends").unwrap().expect("and ends well");
    assert!(client.ready().await.is_err());
    server.until_metric("guestlist_connections_timed_out_total{kind=\"idle\"}", 1.0).await;
    server.until_metric("guestlist_connections", 0.0).await;
    server.end().await;
}

/// The same, seen from closer: what is said is GOAWAY, and what it names is the last request that was answered.
#[tokio::test]
async fn what_is_said_at_the_end_names_the_last_request() {
    let server = Server::start(IDLE).await;
    let mut stream = connect(&server.check).await;
    stream.write_all(&ONE_REQUEST.concat()).await.unwrap();
    assert_eq!(goodbyes(&mut *stream, true).await, [NONE_YET, 1]);
    server.end().await;
}

#[tokio::test]
async fn whoever_does_not_answer_is_told_and_not_waited_for() {
    let server = Server::start(IDLE).await;
    let mut stream = connect(&server.check).await;
    stream.write_all(&ONE_REQUEST.concat()).await.unwrap();
    assert_eq!(goodbyes(&mut *stream, false).await, [NONE_YET]);
    server.until_metric("guestlist_connections_timed_out_total{kind=\"idle\"}", 1.0).await;
    server.end().await;
}

/// Nothing has been asked: it owes a request, and is told all the same.
#[tokio::test]
async fn a_connection_without_a_request_is_told_too() {
    let limits = "[server]\n[server.limits]\nheader_timeout = \"150ms\"\n[apps.open]";
    let server = Server::start(limits).await;
    let mut stream = connect(&server.check).await;
    stream.write_all(&ONE_REQUEST[..2].concat()).await.unwrap();
    assert_eq!(goodbyes(&mut *stream, true).await, [NONE_YET, 0]);
    server.until_metric("guestlist_connections_timed_out_total{kind=\"header\"}", 1.0).await;
    server.end().await;
}

/// A used connection may rest for longer than a head may take.
#[tokio::test]
async fn an_idle_connection_owes_no_head() {
    let limits = "[server]\n[server.limits]\nheader_timeout = \"50ms\"\nidle_timeout = \"1h\"\n[apps.open]";
    let server = Server::start(limits).await;
    let (mut client, _) = client(&server).await;
    for _ in 0..3 {
        let (status, ..) = ask(&mut client, Method::GET, "/check/upload/open", &[]).await;
        assert_eq!(status.as_u16(), 204);
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    server.end().await;
}

/// The preface, empty settings, and `GET /check/upload/open` without a table or Huffman's code.
const ONE_REQUEST: [&[u8]; 4] = [
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    &[0, 0, 0, SETTINGS, 0, 0, 0, 0, 0],
    &[0, 0, 33, HEADERS, END_STREAM | END_HEADERS, 0, 0, 0, 1, 0x82, 0x86],
    b"\x04\x12/check/upload/open\x01\x09localhost",
];

const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;

const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// What GOAWAY names as the last stream while it is not known yet: the highest there may be.
const NONE_YET: u32 = (1 << 31) - 1;

/// The streams that are named by every GOAWAY of a connection, to its end; none of them is an error. Answers pings if it is to.
async fn goodbyes(mut stream: impl Io, answers_pings: bool) -> Vec<u32> {
    let mut named = Vec::new();
    let reading = async {
        loop {
            let mut head = [0; 9];
            if stream.read_exact(&mut head).await.is_err() {
                return;
            }
            let [a, b, c, kind, flags, ..] = head;
            let mut payload = vec![0; usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c)];
            stream.read_exact(&mut payload).await.unwrap();
            match kind {
                PING if flags & ACK == 0 && answers_pings => {
                    let answer = [&[0, 0, 8, PING, ACK, 0, 0, 0, 0], &payload[..]].concat();
                    // It may be gone: what was read may be its last word.
                    stream.write_all(&answer).await.ok();
                }
                GOAWAY => {
                    assert_eq!(payload[4..8], [0; 4], "no error");
                    named.push(u32::from_be_bytes(payload[..4].try_into().unwrap()));
                }
                _ => {}
            }
        }
    };
    timeout(PATIENCE, reading).await.expect("it ends");
    named
}
