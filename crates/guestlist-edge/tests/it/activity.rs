//! What was decided lately, app by app.

use std::time::{Duration, SystemTime};

use guestlist::{Denial, ListType};

use crate::server::Server;

const CONFIG: &str = r#"
[apps.shop]
upload.patterns = ["a.example"]
delivery = { patterns = ["a.example"], mode = "report" }
"#;

#[tokio::test]
async fn requests_are_counted_and_denied_origins_are_told() {
    let server = Server::start(CONFIG).await;
    let begun = SystemTime::now();
    for (list, header) in [
        ("upload", "Origin: https://a.example"),
        ("upload", "Origin: https://b.example:8443"),
        ("upload", "Origin: https://b.example:8443"),
        ("upload", "Origin: not an origin"),
        ("upload", "X-Nothing: 1"),
        ("delivery", "Referer: https://c.example/secret?path"),
        ("delivery", "Origin: https://a.example"),
        ("delivery", "X-Nothing: 1"),
    ] {
        server.ask(&format!("GET /check/{list}/shop"), &[header]).await;
        server.ask(&format!("GET /check/{list}/nobody"), &[header]).await;
    }
    let sum = |list| {
        let hours = server.activity.hours("shop", list);
        assert!(hours.iter().all(|hour| hour.from <= SystemTime::now()));
        let add = |of: fn(&guestlist_edge::HourOfDecisions) -> u64| hours.iter().map(of).sum::<u64>();
        (add(|hour| hour.allowed), add(|hour| hour.would_deny), add(|hour| hour.denied))
    };
    assert_eq!(sum(ListType::Upload), (1, 0, 4));
    assert_eq!(sum(ListType::Delivery), (2, 1, 0));
    assert!(server.activity.hours("nobody", ListType::Upload).is_empty());

    // A thread adds them up.
    let mut denied = server.activity.denied("shop", ListType::Upload);
    while denied.iter().map(|origin| origin.count).sum::<u64>() < 4 {
        tokio::time::sleep(Duration::from_millis(5)).await;
        denied = server.activity.denied("shop", ListType::Upload);
    }
    let told: Vec<_> =
        denied.iter().map(|denied| (denied.origin.as_deref(), denied.reason.code(), denied.count)).collect();
    // Those without an origin are told apart by their reasons.
    let expected = [
        (None, "missing-header", 1),
        (None, "malformed", 1),
        (Some("https://b.example:8443"), "no-match", 2),
    ];
    assert_eq!(told, expected);
    assert!(denied.iter().all(|denied| !denied.only_reported));
    assert_eq!(denied[2].reason, Denial::NoMatch);
    assert!(denied.iter().all(|denied| denied.last >= begun));
    let mut reported = server.activity.denied("shop", ListType::Delivery);
    while reported.is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
        reported = server.activity.denied("shop", ListType::Delivery);
    }
    assert_eq!(reported[0].origin.as_deref(), Some("https://c.example"));
    assert!(reported[0].only_reported && reported.len() == 1);
    assert!(server.activity.denied("nobody", ListType::Upload).is_empty());
    server.end().await;
}
