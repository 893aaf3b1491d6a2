//! What is no request, or too large: refused with a status that no proxy takes for a yes.

use tokio::io::AsyncWriteExt;

use crate::server::{Server, connect, read, send};

#[tokio::test]
async fn heads_that_are_too_large_are_refused() {
    let server = Server::start("[server]\n[server.limits]\nhead_bytes = 8192\n[apps.open]").await;
    let mut stream = connect(&server.check).await;
    send(&mut stream, "GET /check/upload/open", &[&format!("X-Long: {}", "a".repeat(9000))]).await;
    // What was not read when the connection ended may make the system take the answer back.
    assert!(read(&mut stream).await.is_none_or(|answer| answer.status == 431));
    let many = vec!["X-A: b"; 101];
    assert_eq!(server.ask("GET /check/upload/open", &many).await.status, 431);
    // Those that are not do.
    let many = vec!["X-A: b"; 90];
    assert_eq!(server.ask("GET /check/upload/open", &many).await.status, 204);
    server.end().await;

    let server = Server::start("[server]\n[server.limits]\nheaders = 10\n[apps.open]").await;
    assert_eq!(server.ask("GET /check/upload/open", &["X-A: b"; 11]).await.status, 431);
    assert_eq!(server.ask("GET /check/upload/open", &["X-A: b"; 8]).await.status, 204);
    // What the headers that decide may have fits into a head by default.
    let referer = format!("Referer: https://example.com/{}", "a".repeat(8100));
    let url = format!("X-Original-URL: /?key=open&x={}", "a".repeat(30_000));
    let answer = server.ask("GET /api/authz/auth-request", &[&referer, &url, "X-Original-Method: GET"]).await;
    assert_eq!(answer.status, 204);
    server.end().await;
}

#[tokio::test]
async fn what_is_no_request_is_no_yes() {
    let server = Server::start("[apps.open]").await;
    for bytes in [
        "\r\n\r\n\r\n\r\nx\r\n\r\n",
        "GET\r\n\r\n",
        "GET /check/upload/open\r\n\r\n",
        "GET /check/upload/open HTTP/9.9\r\n\r\n",
        "GET /check/upload/open HTTP/1.1\r\nbad header: x\r\n\r\n",
        "GET /check/upload/open HTTP/1.1\r\n: x\r\n\r\n",
        "GET /check/upload/open HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "GET /check/upload/open HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "GET /check/upload/open HTTP/1.1\r\nOrigin: a\0b\r\n\r\n",
        "GET /check/upload/open HTTP/1.1\rOrigin: a\r\r",
        "\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnothing of the kind",
    ] {
        let mut stream = connect(&server.check).await;
        stream.write_all(bytes.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        // HTTP/2 is answered in frames, which are not read here.
        if !bytes.contains("SM") {
            let answer = read(&mut stream).await;
            assert!(answer.as_ref().is_none_or(|answer| answer.status >= 400), "{bytes:?}: {answer:?}");
        }
    }
    assert_eq!(server.ask("GET /check/upload/open", &[]).await.status, 204);
    server.end().await;
}
