//! Apps of the configuration file are shown, and nothing offers to change them.

use std::collections::BTreeMap;
use std::sync::Arc;

use guestlist_admin::{Admin, Configured};
use guestlist_config::{App, Config};

use crate::api::Api;
use crate::console::Browser;

struct File(Arc<BTreeMap<String, App>>);

impl Configured for File {
    fn apps(&self) -> Arc<BTreeMap<String, App>> {
        self.0.clone()
    }
}

#[tokio::test]
async fn they_are_shown_and_offer_no_change() {
    let file =
        Config::parse("[apps.a]\nname = 'Of the file'\nupload.patterns = ['a.com', '*.a.com']").unwrap();
    let api = Api::with(|admin: Admin| admin.configured(File(Arc::new(file.apps))));
    let ada = Browser::ada(&api).await;
    ada.get("/apps").await.says(200, &["Of the file", "configuration file</span>"]);
    let page = ada.get("/apps/a").await;
    page.says(
        200,
        &["is in the server’s configuration file", "The configuration file says what is in force."],
    );
    assert_eq!(page.patterns("upload"), ["a.com", "*.a.com"]);
    assert!(!page.has(r#"value="save""#) && !page.has("/apps/a/settings"), "{page:?}");
    // One may try all the same.
    let fields = [("seen", "0"), ("mode", "enforce"), ("pattern", "a.com"), ("try_origin", "x.a.com")];
    let tried = ada.post("/apps/a/upload", &[&fields[..], &[("action", "test")]].concat()).await;
    tried.says(200, &["The draft: <b>Denied</b>", "What is saved: <b>Let through</b>", "No longer admits"]);
    ada.get("/apps/a/upload/history").await.says(200, &["There are no versions"]);
    let settings = ada.get("/apps/a/settings").await;
    settings.says(200, &["is changed there"]);
    assert!(!settings.has("Remove the app"), "{settings:?}");
    // Whoever sends a form of their own is told.
    for (path, fields) in [
        ("/apps/a/upload", &[("seen", "0"), ("mode", "off"), ("action", "save")][..]),
        ("/apps/a/settings", &[("confirm", "a"), ("action", "remove")]),
        (
            "/apps/a/settings",
            &[("seen", "0"), ("upload_limit", "1"), ("delivery_limit", "1"), ("action", "save")],
        ),
        ("/new-app", &[("key", "a")]),
    ] {
        ada.post(path, fields).await.says(409, &["The app is in the configuration file"]);
    }
}
