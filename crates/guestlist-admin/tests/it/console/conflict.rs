//! Two people at the same list: nobody's change is lost.

use guestlist::{ListType, Mode};
use guestlist_store::{Access, Scope, Store};

use super::{Browser, Page};
use crate::api::{Api, secret};

/// The lines of the difference behind this heading.
fn lines<'p>(page: &'p Page, heading: &str) -> Vec<&'p str> {
    let part = page.between(heading, "</ul>");
    part.split("<li class=\"")
        .skip(1)
        .map(|line| line.split('>').nth(1).unwrap().split('<').next().unwrap())
        .collect()
}

async fn edit(browser: &Browser, seen: &str, action: &str, mode: &str, patterns: &[&str]) -> Page {
    let mut fields =
        vec![("seen", seen), ("mode", mode), ("block_missing", "on"), ("why", "mine"), ("action", action)];
    fields.extend(patterns.iter().map(|pattern| ("pattern", *pattern)));
    browser.post("/apps/a/upload", &fields).await
}

#[tokio::test]
async fn who_is_late_sees_what_was_saved_and_can_put_both_together() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    let grace = secret(&*api.store, "grace <hopper>", Access::Write, Scope::AllApps);
    let grace = Browser::signed_in(&api, &grace).await;
    assert_eq!(edit(&ada, "1", "save", "enforce", &["a.com", "b.com", "c.com"]).await.status, 303);
    // Both begin at version 2.
    assert_eq!(edit(&grace, "2", "save", "report", &["a.com", "c.com", "d.com"]).await.status, 303);
    let mine = ["a.com", "x.com", "b.com", "c.com"];
    let page = edit(&ada, "2", "save", "enforce", &mine).await;
    assert_eq!(page.status, 409);
    assert!(page.has("Nothing was saved: somebody else saved this list in between."), "{page:?}");
    assert!(
        page.has("Version 3, by <bdi>grace &#60;hopper&#62;</bdi>") && page.has("<q>mine</q>"),
        "{page:?}"
    );
    assert_eq!(
        lines(&page, "What they changed of what you saw"),
        ["- Mode: Enforce", "+ Mode: Report", "- b.com", "+ d.com"]
    );
    assert_eq!(lines(&page, "What you changed of it"), ["+ x.com"]);
    assert_eq!(lines(&page, "Both together"), ["+ x.com"]);
    // The draft is as it was, and a save of it is as late as before.
    assert_eq!((page.patterns("upload"), page.seen("upload")), (mine.to_vec(), "2"));
    assert_eq!(edit(&ada, "2", "save", "enforce", &mine).await.status, 409);

    let merged = edit(&ada, "2", "merge", "enforce", &mine).await;
    assert_eq!(merged.patterns("upload"), ["a.com", "x.com", "c.com", "d.com"]);
    assert_eq!(merged.seen("upload"), "3");
    assert!(merged.form_of("upload").contains(r#"value="report" checked"#), "{merged:?}");
    assert!(
        merged.has("Your changes are on top of version 3 now.")
            && merged.form_of("upload").contains(r#"value="mine""#)
    );
    // It is a draft until it is saved.
    assert_eq!(api.store.app("a").unwrap().unwrap().list(ListType::Upload).number, 3);
    assert_eq!(edit(&ada, "3", "save", "report", &merged.patterns("upload")).await.status, 303);
    let now = api.store.app("a").unwrap().unwrap().list(ListType::Upload).clone();
    assert_eq!((now.number, now.content.mode()), (4, Mode::Report));
    assert_eq!(now.content.patterns(), ["a.com", "x.com", "c.com", "d.com"]);
}

#[tokio::test]
async fn what_they_saved_can_be_taken_as_it_is() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    api.save(1, &["theirs.com"]).await;
    let page = edit(&ada, "1", "theirs", "off", &["mine.com", "b b"]).await;
    assert_eq!((page.status, page.patterns("upload"), page.seen("upload")), (200, vec!["theirs.com"], "2"));
    assert!(
        page.has("This is version 2 as it is in force.") && page.has("Nothing: this is what is in force."),
        "{page:?}"
    );
}

#[tokio::test]
async fn settings_that_both_changed_are_told() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    assert_eq!(edit(&ada, "1", "save", "report", &["a.com"]).await.status, 303);
    let page = edit(&ada, "1", "save", "enforce", &["a.com"]).await;
    assert!(page.status == 409 && page.has("Both of you changed the mode."), "{page:?}");
    assert_eq!(lines(&page, "Both together"), ["- Mode: Report", "+ Mode: Enforce"]);
}

#[tokio::test]
async fn what_cannot_be_read_is_not_lost_in_a_merge() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    api.save(1, &["theirs.com"]).await;
    let page = edit(&ada, "1", "merge", "enforce", &["Mine.com", "b b"]).await;
    assert_eq!(page.patterns("upload"), ["theirs.com", "mine.com", "b b"]);
    // Of a version that there never was nothing is known.
    let page = edit(&ada, "77", "merge", "enforce", &["mine.com"]).await;
    assert_eq!(page.patterns("upload"), ["theirs.com", "mine.com"]);
    let page = edit(&ada, "x", "save", "enforce", &["mine.com"]).await;
    assert_eq!((page.status, page.patterns("upload")), (409, vec!["mine.com"]));
}

#[tokio::test]
async fn for_our_script_a_conflict_is_a_part_of_the_page() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    api.save(1, &["theirs.com"]).await;
    let fields = [("seen", "1"), ("mode", "enforce"), ("pattern", "mine.com"), ("action", "save")];
    let page = ada.fetch("/apps/a/upload", &fields).await;
    assert_eq!((page.status, page.header("content-type")), (409, "text/html; charset=utf-8"));
    assert!(page.text.starts_with("<form") && page.has("Somebody else saved this list"), "{page:?}");
}
