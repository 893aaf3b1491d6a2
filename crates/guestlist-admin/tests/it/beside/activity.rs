//! Denied origins with their proposals, and the chart.

use std::time::{Duration, UNIX_EPOCH};

use guestlist::ListType;
use guestlist_admin::{Activity, Admin, Counts, DeniedOrigin};
use guestlist_store::{AppSettings, Change, Store};

use crate::api::Api;
use crate::console::Browser;

/// Knows of the app `a`: what became of `origins` at its upload list.
struct Told {
    origins: Vec<&'static str>,
}

impl Activity for Told {
    fn denied(&self, app: &str, list_type: ListType) -> Vec<DeniedOrigin> {
        let is_known = app == "a" && list_type == ListType::Upload;
        let last = UNIX_EPOCH + Duration::from_millis(1_523_595_600_123);
        let denied = |origin: &&str| {
            DeniedOrigin::new(Some((*origin).to_string()), "no-match", 1234, last).only_reported(true)
        };
        self.origins.iter().filter(|_| is_known).map(denied).collect()
    }

    fn counts(&self, app: &str, list_type: ListType) -> Vec<Counts> {
        let is_known = app == "a" && list_type == ListType::Upload;
        let hour = |number| UNIX_EPOCH + Duration::from_secs(3600 * number);
        let counts = (0..3).map(|n| Counts::between(hour(n), hour(n + 1)).decided(1000 * n, 7, n));
        counts.filter(|_| is_known).collect()
    }
}

async fn ada(origins: Vec<&'static str>) -> Browser {
    let api = Api::with(|admin: Admin| admin.changes(60_000, 10_000).activity(Told { origins }));
    api.store.create_app("a", AppSettings::named(""), &Change::by("the tests")).unwrap();
    Browser::ada(&api).await
}

#[tokio::test]
async fn a_denied_origin_is_proposed_and_saved() {
    let ada = ada(vec!["https://app.example.com", "http://localhost:3000"]).await;
    let page = ada.get("/apps/a").await;
    let list = page.between("Denied lately", "</table>");
    for text in [
        "https://app.example.com",
        "1,234 ×",
        "Would have been blocked</b>. No rule of the upload list matches the origin.",
        r#"<time datetime="2018-04-13T05:00:00.123Z">2018-04-13 05:00 UTC</time>"#,
        r#"form="upload" name="action" value="append-app.example.com">Propose app.example.com</button>"#,
        "Propose localhost:3000",
    ] {
        assert!(list.contains(text), "{text}: {list}");
    }
    // It is put into the draft, and nothing is saved.
    let draft = [("seen", "1"), ("mode", "enforce"), ("pattern", "a.com")];
    let proposed = [&draft[..], &[("action", "append-app.example.com")]].concat();
    let page = ada.post("/apps/a/upload", &proposed).await;
    assert_eq!(page.patterns("upload"), ["a.com", "app.example.com"]);
    assert_eq!(ada.api.store.app("a").unwrap().unwrap().list(ListType::Upload).number, 1);
    // Saved it is in force, and is not proposed again.
    let save = [&draft[..], &[("pattern", "app.example.com"), ("action", "save")]].concat();
    assert_eq!(ada.post("/apps/a/upload", &save).await.status, 303);
    let page = ada.get("/apps/a").await;
    page.says(200, &["Rule 2, <code>app.example.com</code>, lets it in now."]);
    assert!(!page.has("Propose app.example.com") && page.has("Propose localhost:3000"), "{page:?}");
}

#[tokio::test]
async fn very_many_origins_are_cut_off() {
    let ada = ada(vec!["https://a.example.com"; 60]).await;
    let page = ada.get("/apps/a").await;
    assert_eq!(page.text.matches("Propose a.example.com").count(), 50);
    page.says(200, &["10 more are left out"]);
}

#[tokio::test]
async fn the_chart_says_in_words_and_numbers_what_it_shows() {
    let ada = ada(Vec::new()).await;
    let page = ada.get("/apps/a").await;
    let sums = "3,024 requests: 3,000 let through, 21 would have been denied, 3 denied";
    page.says(
        200,
        &[
            r#"<svg role="img" aria-labelledby="upload-chart-title upload-chart-sums""#,
            &format!("From 1970-01-01 00:00 UTC to 1970-01-01 03:00 UTC, {sums}.</desc>"),
            &format!("<p>{sums}.</p>"),
            "highest bar: 2,009",
            "would be denied (hatched)",
            r#"<td class="number">2,000</td><td class="number">7</td><td class="number">2</td>"#,
        ],
    );
    let chart = page.between("<svg role=\"img\"", "</svg>");
    for (kind, count) in [("allowed", 2), ("would-deny", 3), ("denied", 2)] {
        assert_eq!(chart.matches(&format!("class=\"{kind}\"")).count(), count, "{kind}: {chart}");
    }
    // Nothing is known of the other list.
    page.says(200, &["No requests yet", "Nothing was denied"]);
    assert!(!page.has("delivery-chart-title"));
}

#[tokio::test]
async fn after_a_save_our_script_is_told_whom_it_lets_in_now() {
    let ada = ada(vec!["https://app.example.com"]).await;
    let draft = [("seen", "1"), ("mode", "enforce"), ("pattern", "app.example.com")];
    let checked = ada.fetch("/apps/a/upload", &[&draft[..], &[("action", "check")]].concat()).await;
    assert!(!checked.has(r#"id="upload-activity""#), "{checked:?}");
    let saved = ada.fetch("/apps/a/upload", &[&draft[..], &[("action", "save")]].concat()).await;
    saved.says(200, &[r#"id="upload-activity""#, "Rule 1, <code>app.example.com</code>, lets it in now."]);
}
