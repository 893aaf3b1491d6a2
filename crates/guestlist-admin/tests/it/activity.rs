//! What became of requests lately, as the server tells it.

use std::time::{Duration, UNIX_EPOCH};

use guestlist::ListType;
use guestlist_admin::{Activity, Admin, Counts, DeniedOrigin};
use serde_json::{Value, json};

use crate::api::{Api, json as body};

/// Knows of the app `a`.
struct Told;

fn denied(origin: &str, reason: &'static str) -> DeniedOrigin {
    let last = UNIX_EPOCH + Duration::from_millis(1_523_595_600_123);
    DeniedOrigin::new(Some(origin.to_string()).filter(|origin| !origin.is_empty()), reason, 3, last)
}

impl Activity for Told {
    fn denied(&self, app: &str, list_type: ListType) -> Vec<DeniedOrigin> {
        if app != "a" || list_type != ListType::Upload {
            return Vec::new();
        }
        vec![
            denied("https://app.example.com", "no-match").only_reported(true),
            denied("http://localhost:3000", "no-match"),
            denied("https://[2001:db8::1]:8443", "no-match"),
            denied("https://shop.example.org", "no-match"),
            denied("capacitor://localhost", "unsupported-scheme"),
            denied("<script>alert(1)</script>", "no-match"),
            denied("", "missing-header"),
            denied("", "malformed"),
            denied("", "opaque-origin"),
            denied("", "no-route"),
        ]
    }

    fn counts(&self, app: &str, list_type: ListType) -> Vec<Counts> {
        if app != "a" {
            return Vec::new();
        }
        let minute = |number| UNIX_EPOCH + Duration::from_secs(60 * number);
        let most = if list_type == ListType::Upload { 2 } else { 5000 };
        (0..most).map(|n| Counts::between(minute(n), minute(n + 1)).decided(n, 2, u64::MAX)).collect()
    }
}

async fn api() -> Api {
    let api = Api::with(|admin: Admin| admin.changes(60_000, 10_000).activity(Told));
    for key in ["a", "b"] {
        assert_eq!(api.send("POST", "/apps", body(&json!({ "key": key }))).await.status, 201);
    }
    api
}

#[tokio::test]
async fn origins_that_were_denied_come_with_what_would_let_them_in() {
    let api = api().await;
    assert_eq!(api.save(1, &["example.net", "*.example.org"]).await.status, 200);
    let answer = api.get("/apps/a/lists/upload/activity").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(
        answer.json["denied"][0],
        json!({
            "origin": "https://app.example.com", "reason": "no-match",
            "sentence": "no rule of the upload list matches the origin", "only_reported": true, "count": 3,
            "last": "2018-04-13T05:00:00.123Z", "rule": null, "proposed": "app.example.com",
        })
    );
    let told = answer.json["denied"].as_array().unwrap();
    let proposed: Vec<&Value> = told.iter().map(|denied| &denied["proposed"]).collect();
    let none = Value::Null;
    let expected = [json!("app.example.com"), json!("localhost:3000"), json!("[2001:db8::1]:8443")];
    assert_eq!(proposed[..3], expected.iter().collect::<Vec<_>>());
    assert!(proposed[3..].iter().all(|proposed| **proposed == none), "{proposed:?}");
    // It was saved in between.
    assert_eq!(told[3]["rule"], json!({ "number": 2, "pattern": "*.example.org" }));
    let reasons: Vec<&str> = told[6..].iter().map(|denied| denied["sentence"].as_str().unwrap()).collect();
    assert_eq!(
        reasons,
        [
            "the request had no Origin header",
            "the header is malformed",
            "the origin is `null`, which no rule can approve",
            "the server said no-route"
        ]
    );
    assert_eq!((&told[5]["origin"], &told[6]["origin"]), (&json!("<script>alert(1)</script>"), &none));

    // What is proposed lets in what was denied.
    let patterns: Vec<&str> = expected.iter().map(|pattern| pattern.as_str().unwrap()).collect();
    assert_eq!(api.save(2, &patterns).await.status, 200);
    for (number, origin) in (1..).zip(["app.example.com", "localhost:3000", "[2001:db8::1]:8443"]) {
        let tried = json!({ "list": "upload", "origin": [format!("http://{origin}")] });
        let answer = api.send("POST", "/apps/a/test", body(&tried)).await;
        assert_eq!(answer.json["rule"]["number"], number, "{answer:?}");
    }
}

#[tokio::test]
async fn a_scheme_that_the_app_names_can_be_let_in() {
    let api = api().await;
    let settings = json!({ "name": "", "upload_limit": 20, "delivery_limit": 20, "dangerously_supported_schemes": ["Capacitor"] });
    assert_eq!(api.send("PUT", "/apps/a", body(&settings).seen(1)).await.status, 200);
    let told = api.get("/apps/a/lists/upload/activity").await.json;
    assert_eq!(told["denied"][4]["proposed"], "localhost");
}

#[tokio::test]
async fn counts_come_interval_by_interval_and_bounded() {
    let api = api().await;
    let few = api.get("/apps/a/lists/upload/activity").await.json;
    assert_eq!(
        few["counts"][1],
        json!({ "from": "1970-01-01T00:01:00.000Z", "until": "1970-01-01T00:02:00.000Z", "allowed": 1, "would_deny": 2, "denied": u64::MAX })
    );
    let many = api.get("/apps/a/lists/delivery/activity").await.json;
    assert_eq!(many["counts"].as_array().unwrap().len(), 1000);
    assert_eq!(many["denied"], json!([]));
}

#[tokio::test]
async fn where_nothing_is_known_nothing_is_told() {
    let nothing = json!({ "denied": [], "counts": [] });
    assert_eq!(api().await.get("/apps/b/lists/upload/activity").await.json, nothing);
    let api = Api::with_app("a").await;
    assert_eq!(api.get("/apps/a/lists/delivery/activity").await.json, nothing);
    let unknown = api.get("/apps/b/lists/upload/activity").await;
    assert_eq!(unknown.problem(), (404, "/problems/unknown-app"));
    let unknown = api.get("/apps/a/lists/other/activity").await;
    assert_eq!(unknown.problem(), (404, "/problems/no-such-resource"));
}

/// Knows of these intervals, in minutes, and how many were let in.
struct Intervals(Vec<(u64, u64, u64)>);

impl Activity for Intervals {
    fn denied(&self, _: &str, _: ListType) -> Vec<DeniedOrigin> {
        Vec::new()
    }

    fn counts(&self, _: &str, _: ListType) -> Vec<Counts> {
        let minute = |number| UNIX_EPOCH + Duration::from_secs(60 * number);
        let counts = self.0.iter();
        counts
            .map(|(from, until, n)| Counts::between(minute(*from), minute(*until)).decided(*n, 0, 0))
            .collect()
    }
}

#[tokio::test]
async fn intervals_that_were_left_out_are_there_all_the_same() {
    for (told, shown) in [
        (vec![(0, 10, 1), (10, 20, 2)], vec![("00:00", "00:10", 1), ("00:10", "00:20", 2)]),
        (
            vec![(0, 10, 1), (25, 35, 2)],
            vec![("00:00", "00:10", 1), ("00:10", "00:20", 0), ("00:20", "00:25", 0), ("00:25", "00:35", 2)],
        ),
        // What has no length has no place in between.
        (vec![(0, 0, 1), (60, 70, 2)], vec![("00:00", "00:00", 1), ("01:00", "01:10", 2)]),
        (vec![(10, 20, 1), (0, 10, 2)], vec![("00:10", "00:20", 1), ("00:00", "00:10", 2)]),
    ] {
        let api = Api::with(|admin: Admin| admin.activity(Intervals(told)));
        assert_eq!(api.send("POST", "/apps", body(&json!({ "key": "a" }))).await.status, 201);
        let answer = api.get("/apps/a/lists/upload/activity").await.json;
        let counts = answer["counts"].as_array().unwrap().iter();
        let times: Vec<(&str, &str, u64)> = counts
            .map(|counts| {
                let time = |name: &str| &counts[name].as_str().unwrap()[11..16];
                (time("from"), time("until"), counts["allowed"].as_u64().unwrap())
            })
            .collect();
        assert_eq!(times, shown);
    }
    let api = Api::with(|admin: Admin| admin.activity(Intervals(vec![(0, 1, 1), (1_000_000, 1_000_001, 2)])));
    assert_eq!(api.send("POST", "/apps", body(&json!({ "key": "a" }))).await.status, 201);
    let answer = api.get("/apps/a/lists/upload/activity").await.json;
    assert_eq!(answer["counts"].as_array().unwrap().len(), 1000);
}
