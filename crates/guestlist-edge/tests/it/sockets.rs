//! Unix sockets, and addresses that are taken.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use guestlist_config::Config;
use guestlist_edge::Listeners;

use crate::server::{Server, folder};

fn config(socket: &std::path::Path) -> String {
    format!(
        "[server]\nlisten = [{:?}]\nsocket_mode = \"0600\"\n[apps.open]",
        format!("unix:{}", socket.display())
    )
}

#[tokio::test]
async fn a_unix_socket_is_made_with_its_mode_and_removed_at_the_end() {
    let (_folder, path) = folder();
    let socket = path.join("check.sock");
    let server = Server::start(&config(&socket)).await;
    assert_eq!(fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(server.ask("GET /check/upload/open", &[]).await.status, 204);
    server.end().await;
    assert!(!socket.exists());
}

#[tokio::test]
async fn a_socket_that_nobody_listens_on_is_taken_over_and_no_other() {
    let (_folder, path) = folder();
    let socket = path.join("check.sock");
    // Left behind.
    drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
    assert!(socket.exists());
    let server = Server::start(&config(&socket)).await;
    assert_eq!(server.ask("GET /check/upload/open", &[]).await.status, 204);

    let bind = async |text: &str| {
        Listeners::bind(&Config::parse(text).unwrap().server).await.unwrap_err().to_string()
    };
    let in_use = bind(&config(&socket)).await;
    assert!(in_use.contains("another program listens there"), "{in_use}");
    assert_eq!(server.ask("GET /check/upload/open", &[]).await.status, 204, "and it still does");
    server.end().await;

    let file = path.join("precious");
    fs::write(&file, "data").unwrap();
    let refused = bind(&config(&file)).await;
    assert!(refused.contains("no socket"), "{refused}");
    assert_eq!(fs::read(&file).unwrap(), b"data");
    let missing = bind(&config(&path.join("no/such/folder"))).await;
    assert!(missing.contains("does not exist"), "{missing}");
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let server = Server::start("[apps.open]").await;
    let taken = format!("[server]\nlisten = [\"127.0.0.1:0\", \"{}\"]", server.check);
    let error = Listeners::bind(&Config::parse(&taken).unwrap().server).await.unwrap_err().to_string();
    assert!(error.contains(&server.check.to_string()) && error.contains("another program"), "{error}");
    server.end().await;
}
