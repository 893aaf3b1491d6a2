//! Apps that come, change and go while the server runs.

use guestlist::{DormantGate, Gate, List, ListType};

use crate::server::Server;

fn gate(pattern: &str) -> DormantGate {
    let list = List::builder(ListType::Upload).pattern(pattern).build().unwrap();
    DormantGate::from(&Gate::new().with_list(list))
}

async fn told(server: &Server, app: &str, origin: &str) -> String {
    server.ask(&format!("GET /check/upload/{app}"), &[&format!("Origin: https://{origin}")]).await.told()
}

const ALLOWED: &str = "204 allow matched 1 -";
const DENIED: &str = "403 deny no-match - -";

#[tokio::test]
async fn the_next_check_follows_a_change() {
    let server = Server::start("[apps.file.upload]\npatterns = ['file.example']").await;
    assert_eq!(told(&server, "shop", "a.example").await, DENIED);
    server.live.set("shop", gate("a.example")).unwrap();
    assert_eq!(told(&server, "shop", "a.example").await, ALLOWED);
    for round in 0..50 {
        let host = format!("r{round}.example");
        assert_eq!(told(&server, "shop", &host).await, DENIED);
        server.live.set("shop", gate(&host)).unwrap();
        assert_eq!(told(&server, "shop", &host).await, ALLOWED);
    }
    assert!(server.live.remove("shop") && !server.live.remove("shop"));
    assert_eq!(told(&server, "shop", "r49.example").await, DENIED);
    // Those of the file are none of these.
    assert_eq!(told(&server, "file", "file.example").await, ALLOWED);
    server.live.set("file", gate("other.example")).unwrap();
    assert_eq!(told(&server, "file", "file.example").await, ALLOWED);
    assert_eq!(told(&server, "file", "other.example").await, DENIED);
    assert!(server.live.set(&"k".repeat(129), gate("a.example")).is_err());
    server.end().await;
}

#[tokio::test]
async fn a_reload_leaves_them_alone() {
    let server = Server::start("[apps.file.upload]\npatterns = ['file.example']").await;
    server
        .live
        .insert_many((0..100).map(|app| (format!("app-{app}"), gate(&format!("a{app}.example")))))
        .unwrap();
    server.text.set("[apps.file.upload]\npatterns = ['new.example']");
    assert_eq!(server.admin("POST /reload", &[]).await.status, 200);
    assert_eq!(told(&server, "file", "new.example").await, ALLOWED);
    assert_eq!(told(&server, "app-99", "a99.example").await, ALLOWED);
    assert_eq!(told(&server, "app-99", "a98.example").await, DENIED);
    let ready = server.admin("GET /readyz", &[]).await.body;
    assert!(ready.contains("\"apps\":1,") && ready.contains("\"live_apps\":100,"), "{ready}");
    assert_eq!(server.metric("guestlist_apps").await, 1.0);
    assert_eq!(server.metric("guestlist_live_apps").await, 100.0);
    server.end().await;
}
