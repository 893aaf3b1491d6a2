//! The admin listener, and the log of decisions.

use std::fs;

use crate::server::{Server, folder};

#[tokio::test]
async fn it_tells_and_takes_commands() {
    let server = Server::start("[apps.a]\n[apps.b]").await;
    assert_eq!(server.admin("GET /healthz", &[]).await.body, "ok\n");
    let ready = server.admin("GET /readyz", &[]).await;
    let state: serde_json::Value = serde_json::from_str(&ready.body).unwrap();
    assert_eq!(
        (ready.status, &state["ready"], &state["apps"], &state["version"]),
        (200, &true.into(), &2.into(), &1.into())
    );
    assert_eq!(state.get("last_reload"), None);
    for line in ["GET /reload", "POST /metrics", "GET /", "GET /check/upload/a", "POST /reload/"] {
        let status = server.admin(line, &[]).await.status;
        assert!([404, 405].contains(&status), "{line}: {status}");
    }
    server.end().await;
}

#[tokio::test]
async fn web_pages_are_kept_out() {
    let server = Server::start("[apps.a]").await;
    for header in [
        "Origin: https://evil.example",
        "Origin: null",
        "Origin: http://127.0.0.1",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-origin",
        "Host: evil.example",
    ] {
        for line in ["POST /reload", "GET /metrics", "GET /readyz"] {
            assert_eq!(server.admin(line, &[header]).await.status, 403, "{header}");
        }
    }
    // A person who types the address.
    assert_eq!(server.admin("GET /metrics", &["Sec-Fetch-Site: none"]).await.status, 200);
    assert_eq!(server.metric("guestlist_reloads_total{result=\"error\"}").await, 0.0);
    server.end().await;
}

#[tokio::test]
async fn metrics_have_bounded_labels_and_a_histogram() {
    let server = Server::start("[apps.shop]\nupload = { patterns = ['a.example'], mode = 'report' }").await;
    for _ in 0..200 {
        server.ask("GET /check/upload/shop", &["Origin: https://b.example"]).await;
    }
    let text = server.admin("GET /metrics", &[]).await.body;
    let line = "guestlist_decisions_total{list=\"upload\",mode=\"report\",decision=\"allow\",reason=\"no-match\"} 200";
    assert!(text.contains(line), "{text}");
    assert!(text.ends_with("# EOF\n"));
    let bucket = |le: &str| {
        let start = format!("guestlist_check_seconds_bucket{{le=\"{le}\"}} ");
        text.lines().find_map(|line| line.strip_prefix(&start)).unwrap().parse::<u64>().unwrap()
    };
    // Cumulative, with every check that was timed in the last; how many that is depends on the threads.
    assert!(bucket("+Inf") >= 1 && bucket("0.016") <= bucket("+Inf"));
    assert!(text.contains(&format!("guestlist_check_seconds_count {}\n", bucket("+Inf"))), "{text}");
    let decisions = text.lines().filter(|line| line.starts_with("guestlist_decisions_total")).count();
    assert!((20..150).contains(&decisions), "{decisions} series");
    assert!(!text.contains("shop") && !text.contains("b.example"));
    server.end().await;
}

#[tokio::test]
async fn decisions_are_written_down_without_what_is_secret() {
    let (_folder, path) = folder();
    let file = path.join("decisions.jsonl");
    let config = format!(
        "[server]\n[server.log]\nallowed = 1.0\nfile = {:?}\n[apps.shop]\nupload.patterns = ['*.a.example']\n[apps.trial]\ndelivery = {{ patterns = ['a.example'], mode = 'report' }}",
        file.display().to_string()
    );
    let server = Server::start(&config).await;
    server.ask("GET /check/upload/shop?secret", &["Origin: https://WWW.a.example:443"]).await;
    server.ask("GET /check/upload/shop", &["Origin: https://user:secret@a.example"]).await;
    server.ask("GET /check/upload/secret-key", &["Origin: https://b.example"]).await;
    server.ask("GET /check/delivery/trial", &["Referer: https://b.example/secret?secret#secret"]).await;
    let url = ["X-Original-URL: /secret?key=shop&key=secret", "X-Original-Method: POST"];
    server.ask("GET /api/authz/auth-request", &url).await;
    server.end().await;

    let text = fs::read_to_string(&file).unwrap();
    assert!(!text.contains("secret"), "{text}");
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let fields = |line: &serde_json::Value| {
        let fields = ["decision", "list", "mode", "reason", "app", "rule", "pattern", "origin", "would_deny"];
        fields
            .map(|field| line.get(field).map_or("-".to_string(), |value| value.to_string().replace('"', "")))
            .join(" ")
    };
    assert_eq!(
        lines.iter().map(fields).collect::<Vec<_>>(),
        [
            "allow upload enforce matched shop 1 *.a.example https://www.a.example -",
            "deny upload enforce malformed shop - - - -",
            "deny upload enforce no-match null - - https://b.example -",
            "allow delivery report no-match trial - - https://b.example true",
            "deny null enforce ambiguous - - - - -",
        ]
    );
    assert!(lines[1]["message"].as_str().unwrap().contains("user name and password"));
    assert!(lines.iter().all(|line| line["version"] == 1 && line["time"].as_str().unwrap().ends_with('Z')));
}

#[tokio::test]
async fn a_log_that_cannot_be_written_is_counted_and_holds_nobody_up() {
    let server = Server::start(
        "[server]\n[server.log]\nper_second = 100000\nfile = '/dev/full'\n[apps.a]\nupload.mode = 'enforce'",
    )
    .await;
    for _ in 0..10 {
        assert_eq!(server.ask("GET /check/upload/a", &[]).await.status, 403);
    }
    server.until_metric("guestlist_log_dropped_total", 10.0).await;
    assert_eq!(server.ask("GET /check/upload/a", &[]).await.status, 403);
    server.until_metric("guestlist_log_dropped_total", 11.0).await;
    server.end().await;
}

#[tokio::test]
async fn the_log_is_a_part_and_no_more_than_so_many_a_second() {
    let (_folder, path) = folder();
    let file = path.join("decisions.jsonl");
    let with = |settings: &str| {
        format!(
            "[server]\n[server.log]\n{settings}\nfile = {:?}\n[apps.a]\nupload.mode = 'enforce'\n[apps.b]",
            file.display().to_string()
        )
    };
    let ask = async |settings: &str| {
        fs::write(&file, "").unwrap();
        let server = Server::start(&with(settings)).await;
        for _ in 0..300 {
            server.ask("GET /check/upload/a", &[]).await;
            server.ask("GET /check/upload/b", &[]).await;
        }
        let dropped = server.metric("guestlist_log_dropped_total").await;
        server.end().await;
        (fs::read_to_string(&file).unwrap().lines().count(), dropped)
    };
    assert_eq!(ask("per_second = 100000").await, (300, 0.0), "denials alone, by default");
    assert_eq!(ask("denied = 0.0").await, (0, 0.0));
    assert_eq!(ask("per_second = 0").await, (0, 300.0));
    let (written, _) = ask("allowed = 0.5\ndenied = 0.0\nper_second = 100000").await;
    assert!((60..240).contains(&written), "{written} of 300");
}
