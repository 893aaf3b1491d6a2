//! What clients may take, and how the server ends.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::server::{PATIENCE, Server, connect, read, send};

#[tokio::test]
async fn one_connection_too_many_is_told_so_at_once() {
    let server = Server::start("[server]\n[server.limits]\nconnections = 2\n[apps.open]").await;
    let mut first = connect(&server.check).await;
    let mut second = connect(&server.check).await;
    for stream in [&mut first, &mut second] {
        send(stream, "GET /check/upload/open", &[]).await;
        assert_eq!(read(stream).await.unwrap().status, 204);
    }
    let refused = read(&mut connect(&server.check).await).await.unwrap();
    assert_eq!(refused.status, 503);
    assert_eq!(server.metric("guestlist_connections").await, 2.0);
    assert_eq!(server.metric("guestlist_connections_refused_total").await, 1.0);
    // Those that are open go on, and one that ends makes room.
    send(&mut first, "GET /check/upload/open", &[]).await;
    assert_eq!(read(&mut first).await.unwrap().status, 204);
    drop(first);
    server.until_metric("guestlist_connections", 1.0).await;
    assert_eq!(server.ask("GET /check/upload/open", &[]).await.status, 204);
    server.end().await;
}

#[tokio::test]
async fn a_head_that_does_not_come_is_not_waited_for() {
    let server = Server::start(
        "[server]\n[server.limits]\nheader_timeout = \"150ms\"\nidle_timeout = \"1h\"\n[apps.open]",
    )
    .await;
    let request = b"GET /check/upload/open HTTP/1.1\r\nHost: x\r\n";
    // From the first byte on, on a new connection and on one that has been used; and where not even a byte comes.
    let mut used = connect(&server.check).await;
    send(&mut used, "GET /check/upload/open", &[]).await;
    assert_eq!(read(&mut used).await.unwrap().status, 204);
    used.write_all(request).await.unwrap();
    let mut new = connect(&server.check).await;
    new.write_all(request).await.unwrap();
    let silent = connect(&server.check).await;
    let mut preface = connect(&server.check).await;
    preface.write_all(b"PRI * HT").await.unwrap();
    for mut stream in [used, new, silent, preface] {
        let end = timeout(PATIENCE, stream.read(&mut [0; 64])).await.expect("it is closed");
        assert!(end.map_or(0, |read| read) == 0);
    }
    server.until_metric("guestlist_connections_timed_out_total{kind=\"header\"}", 4.0).await;
    assert_eq!(server.metric("guestlist_connections_timed_out_total{kind=\"idle\"}").await, 0.0);
    server.end().await;
}

/// In one packet with the request before it, a head has begun as in any other.
#[tokio::test]
async fn a_head_that_begins_behind_another_is_not_waited_for_either() {
    let server = Server::start(
        "[server]\n[server.limits]\nheader_timeout = \"150ms\"\nidle_timeout = \"1h\"\n[apps.open]",
    )
    .await;
    let request = "GET /check/upload/open HTTP/1.1\r\nHost: x\r\n";
    let begun = [
        // Any part of it, on a new connection and on one that has been used, and behind more than one.
        (format!("{request}\r\n{request}"), 0, 1),
        (format!("{request}\r\nG"), 0, 1),
        (format!("{request}\r\n{request}\r"), 1, 1),
        (format!("{request}\r\n").repeat(40) + request, 1, 40),
        (format!("{request}\n{request}"), 1, 1),
        // The shortest there is: all of it is in what is read to see what is spoken.
        ("GET / HTTP/1.1\r\n\r\nGET".to_string(), 0, 1),
    ];
    let cut_off = begun.len();
    for (bytes, before, answers) in begun {
        let mut stream = connect(&server.check).await;
        for _ in 0..before {
            send(&mut stream, "GET /check/upload/open", &[]).await;
            assert_eq!(read(&mut stream).await.unwrap().status, 204);
        }
        stream.write_all(bytes.as_bytes()).await.unwrap();
        for _ in 0..answers {
            assert!(read(&mut stream).await.is_some(), "{bytes}");
        }
        assert_eq!(read(&mut stream).await, None, "{bytes}");
    }
    server.until_metric("guestlist_connections_timed_out_total{kind=\"header\"}", cut_off as f64).await;
    server.end().await;
}

/// However its head comes, and whatever its body looks like.
#[tokio::test]
async fn whoever_owes_nothing_may_be_idle() {
    let server = Server::start(
        "[server]\n[server.limits]\nheader_timeout = \"100ms\"\nidle_timeout = \"1h\"\n[apps.open]",
    )
    .await;
    let get = "GET /check/upload/open HTTP/1.1\r\nHost: x\r\n";
    let post = "POST /check/upload/open HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n";
    for packets in [
        &[&format!("{get}\r\n")[..]][..],
        &[&format!("{get}\n")],
        &[get, "\r\n"],
        &[&format!("{get}\r"), "\n"],
        &[&get[..3], &get[3..30], &get[30..], "\r", "\n"],
        &[&format!("{post}body")],
        &["GET /x HTTP/1.1\r\n\r\n"],
    ] {
        let mut stream = connect(&server.check).await;
        for _ in 0..2 {
            for packet in packets {
                stream.write_all(packet.as_bytes()).await.unwrap();
                // To be read by itself.
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            assert!(read(&mut stream).await.is_some(), "{packets:?}");
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        send(&mut stream, "GET /check/upload/open", &[]).await;
        assert_eq!(read(&mut stream).await.unwrap().status, 204, "{packets:?}");
    }
    assert_eq!(server.metric("guestlist_connections_timed_out_total{kind=\"header\"}").await, 0.0);
    server.end().await;
}

#[tokio::test]
async fn a_connection_may_be_idle_for_longer_than_a_head_may_take() {
    let server = Server::start(
        "[server]\n[server.limits]\nheader_timeout = \"20ms\"\nidle_timeout = \"1h\"\n[apps.open]",
    )
    .await;
    let mut stream = connect(&server.check).await;
    for _ in 0..5 {
        send(&mut stream, "GET /check/upload/open", &[]).await;
        assert_eq!(read(&mut stream).await.unwrap().status, 204);
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    server.end().await;
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let server = Server::start("[server]\n[server.limits]\nidle_timeout = \"150ms\"\n[apps.open]").await;
    let mut stream = connect(&server.check).await;
    send(&mut stream, "GET /check/upload/open", &[]).await;
    assert_eq!(read(&mut stream).await.unwrap().status, 204);
    assert_eq!(read(&mut stream).await, None);
    server.until_metric("guestlist_connections_timed_out_total{kind=\"idle\"}", 1.0).await;
    server.until_metric("guestlist_connections", 0.0).await;
    server.end().await;
}

#[tokio::test]
async fn requests_in_a_row_are_answered_in_their_order() {
    let server = Server::start("[apps.open]\n[apps.shut]\nupload.mode = 'enforce'").await;
    let mut stream = connect(&server.check).await;
    let mut requests = String::new();
    for number in 0..50 {
        let app = if number % 3 == 0 { "open" } else { "shut" };
        requests += &format!("GET /check/upload/{app} HTTP/1.1\r\nHost: x\r\nOrigin: https://a.b\r\n\r\n");
    }
    stream.write_all(requests.as_bytes()).await.unwrap();
    for number in 0..50 {
        let expected = if number % 3 == 0 { 204 } else { 403 };
        assert_eq!(read(&mut stream).await.unwrap().status, expected);
    }
    server.end().await;
}

#[tokio::test]
async fn what_is_under_way_at_the_end_is_answered_and_what_waits_is_cut_off() {
    let mut server = Server::start("[server]\n[server.limits]\ndrain = \"300ms\"\n[apps.open]").await;
    let mut idle = connect(&server.check).await;
    send(&mut idle, "GET /check/upload/open", &[]).await;
    assert_eq!(read(&mut idle).await.unwrap().status, 204);
    // Its head is there but for the end.
    let mut under_way = connect(&server.check).await;
    under_way.write_all(b"GET /check/upload/open HTTP/1.1\r\nHost: x\r\n").await.unwrap();
    let mut stuck = connect(&server.check).await;
    stuck.write_all(b"GET /check/upload/open HTTP/1.1\r\nHost: x\r\n").await.unwrap();
    server.until_metric("guestlist_connections", 3.0).await;

    server.begin_to_end();
    assert_eq!(read(&mut idle).await, None, "an idle connection ends at once");
    assert_eq!(server.admin("GET /readyz", &[]).await.status, 503);
    assert_eq!(server.admin("GET /healthz", &[]).await.status, 200);
    under_way.write_all(b"\r\n").await.unwrap();
    if let Some(answer) = read(&mut under_way).await {
        assert_eq!((answer.status, answer.header("connection")), (204, Some("close")));
    }
    assert_eq!(read(&mut stuck).await, None);
    server.end().await;
}
