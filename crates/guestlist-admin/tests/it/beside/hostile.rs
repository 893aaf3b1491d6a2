//! Text of strangers is text in these pages too. Each page is looked at for tags and attributes that nobody wrote.

use std::time::SystemTime;

use guestlist::ListType;
use guestlist_admin::{Activity, Admin, Counts, DeniedOrigin};
use guestlist_store::{Access, AppSettings, Change, Content, Scope, Store};

use crate::api::{Api, secret};
use crate::console::Browser;

const HOSTILE: [&str; 5] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onfocus='alert(1)' x='",
    "</textarea></title><svg onload=alert(1)>",
    "javascript:alert(1)//\u{202e}",
];

/// Whatever the server was sent.
struct Told;

impl Activity for Told {
    fn denied(&self, _: &str, _: ListType) -> Vec<DeniedOrigin> {
        let origins = HOSTILE.iter().map(|text| Some((*text).to_string()));
        origins.map(|origin| DeniedOrigin::new(origin, "<b>", 1, SystemTime::UNIX_EPOCH)).collect()
    }

    fn counts(&self, _: &str, _: ListType) -> Vec<Counts> {
        Vec::new()
    }
}

#[tokio::test]
async fn nothing_of_a_strangers_becomes_markup() {
    let api = Api::with(|admin: Admin| admin.changes(60_000, 10_000).activity(Told));
    for text in HOSTILE {
        let who = secret(&*api.store, text, Access::Admin, Scope::AllApps);
        let change = Change::by(text).why(text);
        api.store.create_app(text, AppSettings::named(text), &change).unwrap();
        let content = Content::off(ListType::Upload);
        api.store.save_list(text, ListType::Upload, 1, &content, &change).unwrap();
        let browser = Browser::signed_in(&api, &who).await;
        let path = format!("/apps/{}", percent(text));
        let shown = escaped(text);
        let expect = |page: crate::console::Page, status| {
            assert_eq!(page.status, status, "{page:?}");
            assert!(page.has(&shown), "{shown}: {page:?}");
            // Fields have what was typed into them; everywhere else it is shown.
            assert!(!without_fields(&page.text).contains('\u{202e}'), "{page:?}");
        };
        expect(browser.get(&path).await, 200);
        expect(browser.get("/log").await, 200);
        expect(browser.get(&format!("/log?app={}", percent(text))).await, 200);
        expect(browser.get("/tokens").await, 200);
        for page in ["upload/history", "upload/history/1", "settings"] {
            expect(browser.get(&format!("{path}/{page}")).await, 200);
        }
        let trial =
            [("seen", "1"), ("mode", "off"), ("try_origin", text), ("try_referer", text), ("action", "test")];
        for list in ["upload", "delivery"] {
            expect(browser.post(&format!("{path}/{list}"), &trial).await, 200);
        }
        let all = |action: &'static str| {
            ["name", "upload_limit", "schemes", "why", "confirm", "access", "app", "key"]
                .map(|field| (field, text))
                .into_iter()
                .chain([("action", action)])
                .collect::<Vec<_>>()
        };
        expect(browser.post(&format!("{path}/settings"), &all("save")).await, 422);
        expect(browser.post("/tokens", &all("make")).await, 422);
        expect(browser.post("/new-app", &all("")).await, 409);
        let made = browser.post("/tokens", &[("name", text), ("access", "read"), ("action", "make")]).await;
        expect(made, 201);
        expect(browser.post(&format!("{path}/upload/history/1"), &[("seen", "1"), ("why", text)]).await, 409);
    }
}

fn percent(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

fn without_fields(text: &str) -> String {
    let behind = |text: &str, start: &str, end: &str| {
        let mut parts = text.split(start);
        let first = parts.next().unwrap_or_default().to_string();
        parts.fold(first, |all, part| all + part.split_once(end).map_or("", |(_, rest)| rest))
    };
    behind(&behind(text, "value=\"", "\""), "<textarea", "</textarea>")
}

/// As pages show it.
fn escaped(text: &str) -> String {
    let signs = [("&", "&#38;"), ("<", "&#60;"), (">", "&#62;"), ("\"", "&#34;"), ("'", "&#39;")];
    let text = text.replace('\u{202e}', r"\u{202e}");
    signs.into_iter().fold(text, |text, (from, to)| text.replace(from, to))
}
