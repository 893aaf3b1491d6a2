//! The listener of the console: what answers there is somebody else's, its limits are the server's.

use std::time::Duration;

use crate::server::{PATIENCE, Server, ask};

const CONFIG: &str = r#"
[server]
[server.store]
file = "not-looked-at.redb"
console = "127.0.0.1:0"
"#;

#[tokio::test]
async fn it_answers_where_the_configuration_says() {
    let server = Server::start(CONFIG).await;
    let console = server.console.clone().unwrap();
    let answer = ask(&console, "GET /wait/0", &[]).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "done\n"));
    assert_eq!(ask(&console, "GET /metrics", &[]).await.status, 404);
    assert_eq!(server.admin("GET /wait/0", &[]).await.status, 404);
    server.end().await;

    let server = Server::start("").await;
    assert!(server.console.is_none());
    server.end().await;
}

#[tokio::test]
async fn what_is_under_way_is_answered_at_the_end() {
    let mut server = Server::start(CONFIG).await;
    let console = server.console.clone().unwrap();
    let asking = tokio::spawn(async move { ask(&console, "GET /wait/500", &[]).await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    server.begin_to_end();
    let answer = tokio::time::timeout(PATIENCE, asking).await.unwrap().unwrap();
    assert_eq!((answer.status, answer.body.as_str()), (200, "done\n"));
    server.end().await;
}
