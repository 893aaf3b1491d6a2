//! Text of strangers is text, in every place where it is shown.

use guestlist_store::{Access, AppSettings, Change, Scope, Store};

use super::Browser;
use crate::api::{Api, secret};

const HOSTILE: [&str; 7] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onfocus='alert(1)' x='",
    "</textarea></title><svg onload=alert(1)>",
    "{{7*7}}{% include \"x\" %}",
    "javascript:alert(1)//",
    "a/b?c=d&amp;e#f%41",
];

#[tokio::test]
async fn nothing_of_a_strangers_becomes_markup() {
    let api = Api::new();
    for (index, text) in HOSTILE.into_iter().enumerate() {
        let who = secret(&*api.store, text, Access::Admin, Scope::AllApps);
        api.store.create_app(text, AppSettings::named(text), &Change::by(text).why(text)).unwrap();
        let browser = Browser::signed_in(&api, &who).await;
        // Each page is looked at by `Page::check`, for tags and attributes that nobody wrote.
        let list = browser.get("/apps").await;
        let link =
            list.text.split("href=\"/apps/").nth(1 + index).map(|rest| rest.split('"').next().unwrap());
        assert!(link.is_some(), "{list:?}");
        let path = format!("/apps/{}", percent(text));
        assert!(list.has(&format!("href=\"{path}\"")), "{path}: {list:?}");
        let app = browser.get(&path).await;
        assert!(app.status == 200 && app.has(&escaped(text)), "{app:?}");
        let fields = [("seen", "1"), ("mode", "off"), ("pattern", text), ("pattern", "a.com"), ("why", text)];
        for action in
            ["check", "save", "add", "merge", "theirs", &format!("use-2-{text}"), &format!("append-{text}")]
        {
            let mut fields = fields.to_vec();
            fields.push(("action", action));
            let page = browser.post(&format!("{path}/upload"), &fields).await;
            assert!([200, 422].contains(&page.status), "{action}: {page:?}");
            assert!(page.has(&escaped(text)), "{action}: {page:?}");
            assert!(browser.fetch(&format!("{path}/upload"), &fields).await.has(&escaped(text)));
        }
    }
}

#[tokio::test]
async fn what_cannot_be_seen_is_shown_and_kept_in_fields_as_it_was() {
    let api = Api::new();
    let text = "evil\u{202e}moc.elpmaxe\u{200b}";
    api.store.create_app(text, AppSettings::named(text), &Change::by("ada")).unwrap();
    let ada = Browser::ada(&api).await;
    let list = ada.get("/apps").await;
    assert!(list.has(r"evil\u{202e}moc.elpmaxe\u{200b}") && !list.has("\u{202e}"), "{list:?}");
    let path = format!("/apps/{}/upload", percent(text));
    let page = ada.post(&path, &[("seen", "1"), ("mode", "off"), ("pattern", text)]).await;
    assert_eq!(page.patterns("upload"), [text]);
    // Everywhere else it is shown.
    assert_eq!(page.text.matches('\u{202e}').count(), 1, "{page:?}");
}

fn percent(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

fn escaped(text: &str) -> String {
    [("&", "&#38;"), ("<", "&#60;"), (">", "&#62;"), ("\"", "&#34;"), ("'", "&#39;")]
        .into_iter()
        .fold(text.to_string(), |text, (from, to)| text.replace(from, to))
}
