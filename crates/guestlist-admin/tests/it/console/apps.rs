//! The list of apps.

use guestlist_store::{Change, Document, Store};

use super::Browser;
use crate::api::Api;

#[tokio::test]
async fn apps_are_found_by_key_and_name_a_page_at_a_time() {
    let api = Api::new();
    let text: String =
        (0..120).map(|number| format!("apps.app-{number:03}.name = 'Customer {}'\n", number % 7)).collect();
    let document = Document::from_toml(&text).unwrap();
    api.store.import(&document, &Change::by("the tests")).unwrap();
    let ada = Browser::ada(&api).await;
    let keys = |page: &super::Page| -> Vec<String> {
        let rows = page.text.split(r#"<a href="/apps/app-"#).skip(1);
        rows.map(|rest| rest.split('"').next().unwrap().to_string()).collect()
    };
    let mut all = Vec::new();
    let mut path = "/apps".to_string();
    loop {
        let page = ada.get(&path).await;
        assert_eq!(page.has("First page"), !all.is_empty());
        let found = keys(&page);
        assert!(found.len() <= 50);
        all.extend(found);
        if !page.has("rel=\"next\"") {
            break;
        }
        let before_next = page.text.split("rel=\"next\"").next().unwrap();
        path = before_next.rsplit("href=\"").next().unwrap().trim_end_matches("\" ").replace("&#38;", "&");
    }
    let expected: Vec<String> = (0..120).map(|number| format!("{number:03}")).collect();
    assert_eq!(all, expected);
    assert_eq!(keys(&ada.get("/apps?q=APP-11").await).len(), 10);
    assert_eq!(keys(&ada.get("/apps?q=customer+3").await).len(), 17);
    let none = ada.get("/apps?q=%3Cb%3E").await;
    assert!(none.has("No app has this") && none.has(r#"value="&#60;b&#62;""#), "{none:?}");
    assert!(ada.get("/apps?after=z").await.has("There are no more apps"));
    assert_eq!(ada.get("/apps?limit=1000000").await.status, 400);
    assert_eq!(ada.get("/apps?x=y").await.status, 400);
}

#[tokio::test]
async fn what_a_list_does_is_told_in_its_row() {
    let api = Api::with_app("a").await;
    api.save(1, &["a.com"]).await;
    let page = Browser::ada(&api).await.get("/apps").await;
    assert!(
        page.has(r#"<span class="badge enforce">Enforce</span> <span class="hint">1 pattern</span>"#),
        "{page:?}"
    );
    assert!(
        page.has(r#"<span class="badge off">Off</span> <span class="hint">0 patterns</span>"#),
        "{page:?}"
    );
    let empty = Api::new();
    assert!(Browser::ada(&empty).await.get("/apps").await.has("There are no apps yet"));
}

#[tokio::test]
async fn a_key_to_which_no_address_leads_is_no_link() {
    let api = Api::new();
    let document = Document::from_toml("apps.'..'.name = 'Up'\napps.'.'.name = 'Here'\n").unwrap();
    api.store.import(&document, &Change::by("the tests")).unwrap();
    let page = Browser::ada(&api).await.get("/apps").await;
    assert!(page.has("<bdi>..</bdi>") && !page.has("href=\"/apps/."), "{page:?}");
}
