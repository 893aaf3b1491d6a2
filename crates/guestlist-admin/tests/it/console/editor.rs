//! Drafts: what their buttons do, and what is said of them.

use guestlist::ListType;
use guestlist_store::Store;

use super::{Browser, Page};
use crate::api::Api;

/// A draft of the upload list, with a button.
async fn press(browser: &Browser, action: &str, patterns: &[&str]) -> Page {
    let mut fields = vec![("seen", "1"), ("mode", "enforce"), ("block_missing", "on"), ("action", action)];
    fields.extend(patterns.iter().map(|pattern| ("pattern", *pattern)));
    browser.post("/apps/a/upload", &fields).await
}

#[tokio::test]
async fn rows_are_added_moved_and_removed_and_the_draft_is_kept() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    for (action, before, after, focus) in [
        ("add", vec!["a.com"], vec!["a.com", ""], Some("upload-pattern-2")),
        // One empty row is enough.
        ("add", vec!["", "a.com"], vec!["", "a.com"], Some("upload-pattern-1")),
        ("add", vec![], vec![""], Some("upload-pattern-1")),
        ("remove-2", vec!["a.com", "b b", "c.com"], vec!["a.com", "c.com"], Some("upload-pattern-2")),
        ("remove-3", vec!["a.com", "b.com", "c.com"], vec!["a.com", "b.com"], Some("upload-pattern-2")),
        ("up-2", vec!["a.com", "b.com"], vec!["b.com", "a.com"], None),
        ("up-1", vec!["a.com", "b.com"], vec!["a.com", "b.com"], None),
        ("down-1", vec!["a.com", "b.com"], vec!["b.com", "a.com"], None),
        ("down-2", vec!["a.com", "b.com"], vec!["a.com", "b.com"], None),
        (
            "use-1-{,*.}a-b.com",
            vec!["*a-b.com", "b.com"],
            vec!["{,*.}a-b.com", "b.com"],
            Some("upload-pattern-1"),
        ),
        ("append-[::1]", vec!["a.com"], vec!["a.com", "[::1]"], Some("upload-pattern-2")),
        ("remove-9", vec!["a.com"], vec!["a.com"], None),
        ("remove-0", vec!["a.com"], vec!["a.com"], None),
        ("remove-x", vec!["a.com"], vec!["a.com"], None),
        ("up-99999999999999999999999", vec!["a.com"], vec!["a.com"], None),
        ("", vec!["a.com"], vec!["a.com"], None),
    ] {
        let page = press(&ada, action, &before).await;
        assert_eq!(page.status, 200, "{action}: {page:?}");
        assert_eq!(page.patterns("upload"), after, "{action}");
        let at = page
            .form_of("upload")
            .split(" id=\"")
            .find(|part| part.split('>').next().unwrap().ends_with(" autofocus"));
        if let Some(focus) = focus {
            assert!(at.is_some_and(|part| part.starts_with(&format!("{focus}\""))), "{action}: {at:?}");
        }
        // The rest of the draft is as it was, and nothing is saved.
        assert!(page.form_of("upload").contains(r#"value="enforce" checked"#), "{action}");
        assert!(page.form_of("upload").contains(r#"name="block_missing" checked"#), "{action}");
        assert_eq!(page.seen("upload"), "1");
    }
    assert_eq!(api.store.app("a").unwrap().unwrap().list(ListType::Upload).number, 1);
    // Who moves something goes on moving it, as far as it goes.
    let focused = |page: &Page| {
        page.text
            .split(" autofocus")
            .next()
            .unwrap()
            .rsplit("value=\"")
            .next()
            .unwrap()
            .trim_end_matches('"')
            .to_string()
    };
    let three = ["a.com", "b.com", "c.com"];
    assert_eq!(focused(&press(&ada, "up-3", &three).await), "up-2");
    assert_eq!(focused(&press(&ada, "up-2", &three).await), "down-1");
    assert_eq!(focused(&press(&ada, "down-1", &three).await), "down-2");
    assert_eq!(focused(&press(&ada, "down-2", &three).await), "up-3");
}

#[tokio::test]
async fn errors_are_told_under_their_pattern_with_the_place() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    let page = press(&ada, "check", &["a.com", "", "https://ü😀.example.com/path", "(a|b).com"]).await;
    let form = page.form_of("upload");
    // Empty rows are no patterns, and what is said stands where it belongs.
    assert_eq!(form.matches(r#"aria-invalid="true""#).count(), 2, "{form}");
    let third = form.split(r#"id="upload-pattern-3-notes""#).nth(1).unwrap().split("</li>").next().unwrap();
    assert!(third.contains("A pattern names a host, it has no path"), "{third}");
    let excerpt = third.split("<pre class=\"excerpt\"").nth(1).unwrap().split("</pre>").next().unwrap();
    let excerpt = excerpt.split_once('>').unwrap().1;
    let lines: Vec<&str> = excerpt.lines().collect();
    assert_eq!(lines[0], "<bdi>https://ü😀.example.com/path</bdi>");
    let carets = lines[1].trim_start_matches("<span aria-hidden=\"true\">").trim_end_matches("</span>");
    assert_eq!(carets.find('^'), Some("https://u:.example.com".len()));
    // Scripts count in units of UTF-16.
    assert!(third.contains(r#"data-goto="upload-pattern-3" data-start="23""#), "{third}");
    assert!(page.has("It cannot be saved yet: 2 patterns are wrong"), "{form}");
}

#[tokio::test]
async fn findings_come_with_who_gets_in_and_a_button_that_mends_it() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    let page = press(&ada, "check", &["*example.org", "A.com", "a.com", "*.b.com", "x.b.com"]).await;
    let form = page.form_of("upload");
    assert!(
        form.contains("Strangers get in") && form.contains("<code>evil-example.org</code> gets in"),
        "{form}"
    );
    assert!(form.contains(r#"name="action" value="use-1-{,*.}example.org">Use {,*.}example.org"#), "{form}");
    assert!(form.contains("Says the same as pattern 2, and is kept once."), "{form}");
    assert!(form.contains("Saved as <code>a.com</code>"), "{form}");
    assert!(form.contains(r#"value="remove-5">Remove pattern 5"#), "{form}");
    assert!(form.contains("4 patterns of 20"), "{form}");
    // What a button says is what it does.
    let mended = press(&ada, "use-1-{,*.}example.org", &["*example.org"]).await;
    assert_eq!(mended.patterns("upload"), ["{,*.}example.org"]);
    assert!(!mended.has("Strangers get in"));
}

#[tokio::test]
async fn a_pattern_shows_who_gets_in_who_does_not_and_a_picture() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    let page = press(&ada, "check", &["*.example.com"]).await;
    let insight = page.between(r#"<details id="upload-pattern-1-insight""#, "</details>");
    for words in [
        "<code>www.example.com</code>",
        "<code>example.com</code>",
        "<code>www.example.com.evil.example</code>",
    ] {
        assert!(insight.contains(words), "{words}: {insight}");
    }
    assert!(
        insight.contains(r#"role="img" aria-labelledby="upload-picture-1-title upload-picture-1-desc""#),
        "{insight}"
    );
    // There is none of what cannot be read, and of more patterns than a person looks at.
    assert!(!press(&ada, "check", &["a b"]).await.has("<details"));
    let many: Vec<String> = (0..60).map(|number| format!("h{number}.example.com")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(press(&ada, "check", &many).await.text.matches("<details").count(), 40);
}

#[tokio::test]
async fn who_gets_in_is_shown_within_bounds() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    let names: Vec<String> = (0..300).map(|number| format!("h{number:03}")).collect();
    let many = |ending: &str| format!("{{{}}}.{ending}", names[..200].join(","));
    let patterns: Vec<String> = (0..7).map(|number| many(&format!("{number}.com"))).collect();
    let mut patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
    patterns.push("*.example.com");
    let page = press(&ada, "check", &patterns).await;
    let form = page.form_of("upload");
    assert_eq!(form.matches("<details").count(), 5, "{form}");
    assert_eq!(form.matches("the patterns have too many alternatives").count(), 3, "{form}");
    // Of such patterns there is no picture.
    assert_eq!(form.matches("<svg").count(), 0, "{form}");
}

#[tokio::test]
async fn what_a_save_would_change_is_told_before_it() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    let effects =
        |page: &Page| page.form_of("upload").split(r#"id="upload-changes""#).nth(1).unwrap().to_string();
    let none = effects(&ada.get("/apps/a").await);
    assert!(none.contains("Nothing: this is what is in force."), "{none}");
    let first = effects(&press(&ada, "check", &["*.example.com"]).await);
    for words in [
        "This save lets fewer in by its settings. Nobody else gets in.",
        "- Mode: Off → Enforce",
        "everyone was let in; now only whom the patterns admit",
    ] {
        assert!(first.contains(words), "{words}: {first}");
    }
    api.save(1, &["*.example.com"]).await;
    let next = effects(&press(&ada, "check", &["app.example.com", "www.example.com"]).await);
    assert!(
        next.contains("no longer admits <code>https://shop.example.com</code>. Nobody else gets in."),
        "{next}"
    );
    assert!(next.contains("added: covered by *.example.com"), "{next}");
    assert!(next.contains("Version 2 was saved by ada since you began"), "{next}");
}

#[tokio::test]
async fn a_save_is_in_force_when_its_answer_comes() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    let page = press(&ada, "save", &["*.Example.com", "", " b.com "]).await;
    assert_eq!((page.status, page.header("location")), (303, "/apps/a?saved=upload-2#upload"));
    let app = api.store.app("a").unwrap().unwrap();
    assert_eq!(app.list(ListType::Upload).content.patterns(), ["*.example.com", "b.com"]);
    assert_eq!(api.told.all().last(), Some(&("a".to_string(), Some(app.dormant_gate()))));
    let page = ada.get("/apps/a?saved=upload-2").await;
    assert!(page.has("Saved as version 2. It is in force."), "{page:?}");
    assert_eq!(page.patterns("upload"), ["*.example.com", "b.com"]);
    assert_eq!(page.seen("upload"), "2");
    // It is not said of a version that is not in force.
    assert!(!ada.get("/apps/a?saved=upload-7").await.has("Saved as"));
    assert!(!ada.get("/apps/a?saved=delivery-2").await.has("Saved as"));
    // As a part of the page, for our script.
    let fields =
        [("seen", "2"), ("mode", "report"), ("pattern", "c.com"), ("why", "trial"), ("action", "save")];
    let part = ada.fetch("/apps/a/upload", &fields).await;
    assert!(part.text.starts_with("<form") && part.has("Saved as version 3. It is in force."), "{part:?}");
    let saved = api.store.app("a").unwrap().unwrap().list(ListType::Upload).clone();
    assert_eq!(
        (saved.by.as_str(), saved.why.as_str(), saved.content.block_missing()),
        ("ada", "trial", false)
    );
}

#[tokio::test]
async fn what_cannot_be_saved_and_what_needs_no_save_make_no_version() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    let page = press(&ada, "save", &["a.com", "b b"]).await;
    assert_eq!(page.status, 422);
    assert!(
        page.has("Nothing was saved: see below what is wrong.") && page.has(r#"aria-invalid="true""#),
        "{page:?}"
    );
    assert_eq!(page.patterns("upload"), ["a.com", "b b"]);
    let many: Vec<String> = (0..21).map(|number| format!("h{number}.com")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let page = press(&ada, "save", &many).await;
    assert_eq!(page.status, 422);
    assert!(page.has("21 patterns of 20") && page.has("its limit is 20"), "{page:?}");
    api.save(1, &["a.com"]).await;
    let same = [
        ("seen", "2"),
        ("mode", "enforce"),
        ("block_missing", "on"),
        ("pattern", " A.com "),
        ("action", "save"),
    ];
    let page = ada.post("/apps/a/upload", &same).await;
    assert!(page.status == 200 && page.has("Nothing was changed, so nothing was saved."), "{page:?}");
    assert_eq!(api.store.app("a").unwrap().unwrap().list(ListType::Upload).number, 2);
    let long = [("seen", "2"), ("mode", "off"), ("why", &*"x".repeat(3000)), ("action", "save")];
    assert_eq!(ada.post("/apps/a/upload", &long).await.status, 422);
}

#[tokio::test]
async fn very_many_rows_are_one_text() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    let mut many: Vec<String> = (0..150).map(|number| format!("h{number}.com")).collect();
    many[120] = "ü b".to_string();
    let rows: Vec<&str> = many.iter().map(String::as_str).collect();
    let page = press(&ada, "check", &rows).await;
    let form = page.form_of("upload");
    assert!(page.patterns("upload").is_empty() && form.contains("name=\"lines\""), "{form}");
    let before: usize = many[..120].iter().map(|line| line.len() + 1).sum();
    assert!(form.contains(&format!(r#"data-goto="upload-lines" data-start="{}""#, before + 1)), "{form}");
    assert!(form.contains("Line 121 <code>ü b</code>"), "{form}");
    // It is read as it is written.
    let (_, area) = form.split_once("<textarea").unwrap();
    let text = area.split_once(">\n").unwrap().1.split("</textarea>").next().unwrap();
    assert_eq!(text.lines().collect::<Vec<_>>(), rows);
    let lines = text.replace('\n', "\r\n");
    let again = ada
        .post(
            "/apps/a/upload",
            &[("seen", "1"), ("mode", "enforce"), ("lines", &lines), ("action", "remove-121")],
        )
        .await;
    assert!(!again.form_of("upload").contains("Line 121") && again.has("149 patterns of 20"), "{again:?}");
    // Few lines are rows again.
    let few =
        ada.post("/apps/a/upload", &[("seen", "1"), ("mode", "off"), ("lines", "a.com\r\nb.com")]).await;
    assert_eq!(few.patterns("upload"), ["a.com", "b.com"]);
}

#[tokio::test]
async fn the_other_list_is_as_it_is_in_force() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    let page = ada.post("/apps/a/delivery", &[("seen", "1"), ("mode", "report"), ("pattern", "d.com")]).await;
    assert_eq!((page.patterns("delivery"), page.patterns("upload").len()), (vec!["d.com"], 0));
    assert!(page.form_of("delivery").contains("data-changed"));
    assert!(!page.form_of("upload").contains("data-changed"));
}
