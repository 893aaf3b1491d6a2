//! Who is let through.

use super::{APPS, FRIEND, STRANGER};
use crate::harness::{Proxy, Request, Site};

pub(crate) fn an_origin_of_the_list_is_let_through<P: Proxy>() {
    let Some(site) = Site::<P>::start(APPS) else { return };
    site.backend.add_file("files/shop/photo.jpg", b"a photo");

    let upload = site.ask(upload("shop").with("Origin", FRIEND));
    let seen = upload.assert_let_through();
    assert_eq!(seen.headers.one("X-Guestlist-Decision"), Some("allow"), "{seen:?}");
    assert_eq!(seen.headers.one("X-Guestlist-Reason"), Some("matched"), "{seen:?}");
    assert_eq!(seen.headers.one("X-Guestlist-Rule"), Some("2"), "{seen:?}");
    // Some proxies send the header without a value.
    assert_eq!(seen.headers.one("X-Guestlist-Would-Deny").unwrap_or_default(), "", "{seen:?}");

    for (name, value) in [("Origin", "https://example.org"), ("Referer", "https://www.example.com/page?a=b")]
    {
        let delivery = site.ask(photo("shop").with(name, value));
        delivery.assert_let_through();
        assert_eq!(delivery.response().body, b"a photo");
    }
    let head = site.ask(Request::new("HEAD", "/files/shop/photo.jpg").with("Origin", FRIEND));
    head.assert_let_through();
}

pub(crate) fn an_origin_that_no_pattern_matches_is_denied<P: Proxy>() {
    let Some(site) = Site::<P>::start(APPS) else { return };
    site.backend.add_file("files/shop/photo.jpg", b"a photo");
    for origin in
        [STRANGER, "https://example.com", "https://a.b.example.com", "https://app.example.com.evil.example"]
    {
        site.ask(upload("shop").with("Origin", origin)).assert_denied();
        site.ask(photo("shop").with("Origin", origin)).assert_denied();
    }
    site.ask(photo("shop").with("Referer", "https://evil.example/?https://app.example.com/")).assert_denied();
    // An Origin decides alone, and for uploads nothing else is looked at.
    site.ask(photo("shop").with("Origin", STRANGER).with("Referer", "https://app.example.com/"))
        .assert_denied();
    site.ask(upload("shop").with("Referer", "https://app.example.com/")).assert_denied();
}

pub(crate) fn without_a_header_uploads_are_blocked_and_files_are_delivered<P: Proxy>() {
    let Some(site) = Site::<P>::start(APPS) else { return };
    site.backend.add_file("files/shop/photo.jpg", b"a photo");
    site.backend.add_file("files/vault/photo.jpg", b"a photo");
    site.ask(upload("shop")).assert_denied();
    let answer = site.ask(photo("shop"));
    let seen = answer.assert_let_through();
    assert_eq!(seen.headers.one("X-Guestlist-Reason"), Some("missing-header"), "{seen:?}");
    // The list of `vault` blocks them.
    site.ask(photo("vault")).assert_denied();
}

pub(crate) fn a_repeated_origin_is_denied_in_either_order<P: Proxy>() {
    let Some(site) = Site::<P>::start(APPS) else { return };
    site.backend.add_file("files/shop/photo.jpg", b"a photo");
    for (first, second) in [
        (FRIEND, STRANGER),
        (STRANGER, FRIEND),
        (FRIEND, FRIEND),
        (FRIEND, "null"),
        (FRIEND, ""),
        ("", FRIEND),
    ] {
        for request in [upload("shop"), photo("shop")] {
            let request = request.with("Origin", first);
            let beside = site.ask(request.clone().with("Origin", second));
            let apart = site.ask(request.with("Accept", "*/*").with("oRIGIN", second));
            for answer in [beside, apart] {
                match &answer.seen {
                    // Without the empty one, it was the only one for everybody.
                    Some(seen) if P::TIDIES && [first, second].contains(&"") => {
                        assert_eq!(seen.headers.all("Origin"), [FRIEND.as_bytes()]);
                    }
                    _ => answer.assert_denied_or_refused(),
                }
            }
        }
    }
    let friend = "https://app.example.com/";
    for (first, second) in [(friend, "https://evil.example/"), ("https://evil.example/", friend)] {
        let answer = site.ask(photo("shop").with("Referer", first).with("Referer", second));
        match &answer.seen {
            // One header, of which the second is part of the path.
            Some(seen) if P::TIDIES => {
                let one = format!("{friend},https://evil.example/");
                assert_eq!(seen.headers.all("Referer"), [one.as_bytes()]);
            }
            _ => answer.assert_denied_or_refused(),
        }
    }
}

pub(crate) fn an_opaque_origin_is_denied<P: Proxy>() {
    let Some(site) = Site::<P>::start(APPS) else { return };
    site.ask(upload("shop").with("Origin", "null")).assert_denied();
    site.ask(photo("shop").with("Origin", "null")).assert_denied();
}

pub(crate) fn a_hostile_origin_is_never_let_through<P: Proxy>() {
    let Some(site) = Site::<P>::start(APPS) else { return };
    site.backend.add_file("files/shop/photo.jpg", b"a photo");
    let long = format!("https://{}.example.com", "a".repeat(600));
    let values: &[&[u8]] = &[
        b"https://app.example.com@evil.example",
        b"https://evil.example@app.example.com",
        b"https://evil.example:80@app.example.com",
        b"https://evil.example\\.example.com",
        b"https://evil.example\\@app.example.com",
        b"https:\\\\app.example.com",
        b"https://evil.example/.example.com",
        b"https://evil.example#.example.com",
        b"https://evil.example?.example.com",
        b"https://evil.example%23.example.com",
        b"https://evil.example%2f.example.com",
        b"https://app%2eexample%2ecom",
        b"https://%61pp.example.com",
        b"https://app.example.com/",
        b"https://app.example.com:",
        b"https://app.example.com:0443",
        b"https://app.example.com:99999",
        b"https://app.example.com..",
        b"https://.example.com",
        b"https://app.example.com, https://evil.example",
        b"https://evil.example, https://app.example.com",
        b"https://app.example.com https://evil.example",
        b"https://app.example.com,https://app.example.com",
        b"https://app.example.com;",
        b"app.example.com",
        b"//app.example.com",
        b"ftp://app.example.com",
        b"javascript://app.example.com",
        b"https://https://app.example.com",
        b"\"https://app.example.com\"",
        "https://\u{430}pp.example.com".as_bytes(),
        "https://app\u{ff0e}example\u{3002}com".as_bytes(),
        b"https://app\xff.example.com",
        b"https://app.example.com\xa0",
        b"https://app.example.com\x01",
        b"https://app.example.com\x7f",
        b"https://evil.example\x00.example.com",
        b"https://evil.example\t.example.com",
        b"https://app.example.com\x0bx",
        b"https://evil.example\rOrigin: https://app.example.com",
        b"https://evil.example\n https://app.example.com",
        b"https://app.example.com\r\n https://evil.example",
        b"",
        b" ",
        b"\t \t",
        long.as_bytes(),
    ];
    for value in values {
        site.ask(upload("shop").with("Origin", value)).assert_denied_or_refused();
        // A list that lets in who has no header: only a blank one is none.
        if !value.trim_ascii().is_empty() {
            site.ask(photo("shop").with("Origin", value).with("Referer", "https://app.example.com/"))
                .assert_denied_or_refused();
        }
    }
    // Names that are nearly the header's are other headers, or no proper request.
    for name in ["Origin ", " Origin", "X-Origin", "Origin_", "Origin\t"] {
        site.ask(upload("shop").with(name, FRIEND)).assert_denied_or_refused();
    }
    let referer = format!("https://app.example.com/{}", "a".repeat(8_200));
    for value in
        ["https://evil.example\\@app.example.com/", "https://app.example.com@evil.example/", &referer]
    {
        let answer = site.ask(photo("shop").with("Referer", value));
        match &answer.seen {
            // Taken away, so that there was none for anybody.
            Some(seen) if P::TIDIES => assert!(seen.headers.all("Referer").is_empty(), "{answer:?}"),
            _ => answer.assert_denied_or_refused(),
        }
    }
}

pub(crate) fn an_unknown_app_looks_like_a_denial<P: Proxy>() {
    let Some(site) = Site::<P>::start(APPS) else { return };
    // `vault` blocks requests without the header on both of its lists, as an unknown app does.
    for (known, unknown) in [
        (upload("vault"), upload("nobody")),
        (photo("vault"), photo("nobody")),
        (photo("vault"), Request::get("/files/")),
        (upload("vault"), Request::post("/upload/", "x")),
        (upload("vault"), Request::post("/upload/?key=", "x")),
    ] {
        for origin in [
            None,
            Some(FRIEND),
            Some(STRANGER),
            Some("null"),
            Some("nonsense"),
            Some("ftp://app.example.com"),
        ] {
            let with = |request: &Request| {
                origin.map_or(request.clone(), |origin| request.clone().with("Origin", origin))
            };
            let (known, unknown) = (site.ask(with(&known)), site.ask(with(&unknown)));
            known.assert_denied();
            unknown.assert_denied();
            assert_eq!(known.response().body, unknown.response().body, "{known:?}\n{unknown:?}");
            assert_eq!(names(&known.response().headers.0), names(&unknown.response().headers.0));
        }
    }
}

pub(crate) fn a_preflight_is_decided_as_what_it_is_for<P: Proxy>() {
    let Some(site) = Site::<P>::start(APPS) else { return };
    let preflight = |path: &str, method: &str| {
        Request::new("OPTIONS", path).with("Access-Control-Request-Method", method)
    };
    let upload = || preflight("/upload/?key=shop", "POST");
    site.ask(upload().with("Origin", FRIEND)).assert_let_through();
    site.ask(upload().with("Origin", STRANGER)).assert_denied();
    let delivery = || preflight("/files/shop/photo.jpg", "GET");
    site.ask(delivery().with("Origin", FRIEND)).assert_let_through();
    site.ask(delivery().with("Origin", STRANGER)).assert_denied();
    // For these paths the routes know GET and HEAD alone.
    site.ask(preflight("/files/shop/photo.jpg", "DELETE").with("Origin", FRIEND)).assert_denied();
}

pub(crate) fn what_has_no_route_is_denied<P: Proxy>() {
    let Some(site) = Site::<P>::start(APPS) else { return };
    for request in [
        Request::get("/"),
        Request::get("/other/shop/x"),
        Request::get("/FILES/shop/x"),
        Request::new("DELETE", "/files/shop/x"),
    ] {
        site.ask(request.clone()).assert_denied();
        site.ask(request.with("Origin", FRIEND)).assert_denied();
    }
}

pub(crate) fn caches_are_told_what_the_answer_depends_on<P: Proxy>() {
    let Some(site) = Site::<P>::start(APPS) else { return };
    site.backend.add_file("files/shop/photo.jpg", b"a photo");
    for origin in [FRIEND, STRANGER] {
        let delivery = site.ask(photo("shop").with("Origin", origin));
        let vary = delivery.response().headers.members("Vary");
        assert!(vary.contains(&"origin".to_owned()) && vary.contains(&"referer".to_owned()), "{delivery:?}");
        // What the server behind says of it stays.
        assert_eq!(vary.contains(&"accept-encoding".to_owned()), origin == FRIEND, "{delivery:?}");
        let upload = site.ask(upload("shop").with("Origin", origin));
        assert!(upload.response().headers.members("Vary").contains(&"origin".to_owned()), "{upload:?}");
    }
}

fn upload(app: &str) -> Request {
    Request::post(format!("/upload/?key={app}"), "an upload")
}

fn photo(app: &str) -> Request {
    Request::get(format!("/files/{app}/photo.jpg"))
}

fn names(headers: &[(Vec<u8>, Vec<u8>)]) -> Vec<String> {
    headers.iter().map(|(name, _)| String::from_utf8_lossy(name).to_ascii_lowercase()).collect()
}
