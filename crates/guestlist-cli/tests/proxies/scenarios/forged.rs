//! Headers by which a client pretends to be the proxy.

use super::{APPS, FRIEND, STRANGER};
use crate::harness::{Proxy, Request, Site};

pub(crate) fn a_client_cannot_say_what_it_asks_for<P: Proxy>() {
    let Some(site) = Site::<P>::start(APPS) else { return };
    site.backend.add_file("files/vault/secret.txt", b"a secret");
    site.backend.add_file("files/shop/photo.jpg", b"a photo");
    let forged = [
        ("X-Original-URL", "/files/shop/photo.jpg"),
        ("X-Original-URL", "http://localhost/files/open/photo.jpg"),
        ("X-Original-Method", "GET"),
        ("X-Original-URI", "/files/shop/photo.jpg"),
        ("X-Rewrite-URL", "/files/shop/photo.jpg"),
        ("X-Forwarded-Uri", "/files/shop/photo.jpg"),
        ("X-Forwarded-Uri", "/upload/?key=open"),
        ("X-Forwarded-Method", "GET"),
        ("X-Forwarded-Host", "app.example.com"),
        ("X-Forwarded-Prefix", "/files/shop"),
        ("X-HTTP-Method-Override", "GET"),
        ("X-Envoy-Original-Path", "/files/shop/photo.jpg"),
        ("Forwarded", "for=127.0.0.1;host=app.example.com"),
    ];
    let secret = || Request::get("/files/vault/secret.txt").with("Origin", FRIEND);
    let upload = || Request::post("/upload/?key=vault", "an upload").with("Origin", FRIEND);
    let own = || Request::get("/files/shop/photo.jpg").with("Origin", FRIEND);
    for (name, value) in forged {
        site.ask(secret().with(name, value)).assert_denied();
        site.ask(upload().with(name, value)).assert_denied();
        site.ask(secret().with(name, value).with(name, "/upload/?key=open")).assert_denied();
        // Nor are they an obstacle to what is allowed.
        site.ask(own().with(name, value)).assert_let_through();
    }
    let everything =
        |request: Request| forged.iter().fold(request, |request, (name, value)| request.with(name, value));
    site.ask(everything(secret())).assert_denied();
    site.ask(everything(upload())).assert_denied();

    // What some servers take for the path is not passed on.
    let answer = site.ask(
        own()
            .with("X-Original-URL", "/files/vault/secret.txt")
            .with("X-Rewrite-URL", "/files/vault/secret.txt"),
    );
    let seen = answer.assert_let_through();
    for name in ["X-Original-URL", "X-Rewrite-URL"] {
        let values = seen.headers.all(name);
        assert!(values.iter().all(|value| !value.ends_with(b"secret.txt")), "{seen:?}");
    }
}

pub(crate) fn a_client_cannot_say_what_was_decided<P: Proxy>() {
    let Some(site) = Site::<P>::start(APPS) else { return };
    site.backend.add_file("files/trial/photo.jpg", b"a photo");
    let forge = |request: Request| {
        request
            .with("X-Guestlist-Decision", "forged")
            .with("x-guestlist-reason", "forged")
            .with("X-GUESTLIST-RULE", "forged")
            .with("X-Guestlist-Would-Deny", "forged")
            .with("X-Guestlist-Decision", "forged")
    };
    site.ask(forge(Request::post("/upload/?key=shop", "an upload").with("Origin", STRANGER))).assert_denied();
    for (request, reason) in [
        (Request::post("/upload/?key=shop", "an upload").with("Origin", FRIEND), "matched"),
        (Request::get("/files/trial/photo.jpg").with("Origin", STRANGER), "no-match"),
        (Request::get("/files/trial/photo.jpg"), "missing-header"),
    ] {
        let answer = site.ask(forge(request));
        let seen = answer.assert_let_through();
        assert_eq!(seen.headers.one("X-Guestlist-Decision"), Some("allow"), "{seen:?}");
        assert_eq!(seen.headers.one("X-Guestlist-Reason"), Some(reason), "{seen:?}");
        for name in
            ["X-Guestlist-Decision", "X-Guestlist-Reason", "X-Guestlist-Rule", "X-Guestlist-Would-Deny"]
        {
            assert!(!seen.headers.all(name).contains(&&b"forged"[..]), "{seen:?}");
        }
    }
}
