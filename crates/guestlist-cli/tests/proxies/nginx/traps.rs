//! What docs/nginx.md says of traps: ways to write a site that is open although it asks, and some that look so and are not.

use std::path::Path;
use std::process::Command;

use super::{Nginx, command};
use crate::harness::{Answer, Place, Proxy, Request, Site};
use crate::scenarios::{APPS, FRIEND, STRANGER};

/// nginx with locations that should not be copied.
struct Trapped;

impl Proxy for Trapped {
    const NAME: &'static str = Nginx::NAME;
    const CHECKER_DOWN: u16 = Nginx::CHECKER_DOWN;
    const CHECKER_SLOW: u16 = Nginx::CHECKER_SLOW;
    const CHECKER_431: u16 = Nginx::CHECKER_431;

    fn command(program: &Path, place: &Place) -> Command {
        command(program, place, LOCATIONS)
    }
}

const LOCATIONS: &str = r#"
    location /files/return/ { auth_request /_guestlist; return 200 "open"; }
    location /files/preflight/ { if ($request_method = OPTIONS) { return 204; } proxy_pass http://storage; }
    location /files/satisfy/ { satisfy any; allow all; proxy_pass http://storage; }
    location /files/fallback/ { error_page 500 = @open; proxy_pass http://storage; }
    location /files/page/ { error_page 403 500 /blocked.html; proxy_pass http://storage; }
    location @open { auth_request off; proxy_pass http://storage; }
    location = /blocked.html { auth_request off; proxy_pass http://storage; }
    location /files/own-headers/ { proxy_set_header X-Own "1"; proxy_pass http://storage; }
    location /files/try/ { try_files /nothing @ask; }
    location @ask { proxy_pass http://storage; }
    location /files/ssi/ { ssi on; ssi_types *; proxy_pass http://storage; }
    location /files/cached/ { proxy_cache cache; proxy_cache_valid 200 1h; proxy_pass http://storage; }
"#;

fn site() -> Option<Site<Trapped>> {
    // The folder is the app: each lets in the friends of one list.
    let names = ["return", "preflight", "satisfy", "fallback", "page", "own-headers", "try", "ssi", "cached"];
    let apps = names.map(|name| format!("[apps.{name}.delivery]\npatterns = [\"*.example.com\"]\n")).concat();
    let site = Site::start(&format!("{APPS}{apps}"))?;
    for name in names {
        site.backend.add_file(&format!("files/{name}/x"), b"a file");
    }
    Some(site)
}

fn ask(site: &Site<Trapped>, name: &str, origin: &str) -> Answer {
    site.ask(Request::get(format!("/files/{name}/x")).with("Origin", origin))
}

#[test]
fn what_returns_is_open() {
    let Some(site) = site() else { return };
    let answer = ask(&site, "return", STRANGER);
    assert_eq!((answer.response().status, &answer.response().body[..]), (200, &b"open"[..]), "{answer:?}");
    let preflight =
        Request::new("OPTIONS", "/files/preflight/x").with("Access-Control-Request-Method", "GET");
    assert_eq!(site.ask(preflight.with("Origin", STRANGER)).response().status, 204);
    // Other methods are asked about there.
    ask(&site, "preflight", STRANGER).assert_denied();
}

#[test]
fn who_satisfies_any_other_is_not_asked_about() {
    let Some(site) = site() else { return };
    ask(&site, "satisfy", STRANGER).assert_let_through();
}

#[test]
fn an_error_page_opens_or_does_not() {
    let Some(mut site) = site() else { return };
    site.backend.add_file("blocked.html", b"blocked");
    ask(&site, "fallback", STRANGER).assert_denied();
    ask(&site, "page", FRIEND).assert_let_through();
    let answer = ask(&site, "page", STRANGER);
    assert_eq!((answer.response().status, &answer.response().body[..]), (403, &b"blocked"[..]), "{answer:?}");
    site.checker.kill();
    // Open because guestlist is down.
    ask(&site, "fallback", STRANGER).assert_let_through();
    let answer = ask(&site, "page", FRIEND);
    assert_eq!((answer.response().status, &answer.response().body[..]), (500, &b"blocked"[..]), "{answer:?}");
}

#[test]
fn a_location_with_headers_of_its_own_passes_on_what_a_client_says_of_decisions() {
    let Some(site) = site() else { return };
    let answer = site.ask(
        Request::get("/files/own-headers/x").with("Origin", FRIEND).with("X-Guestlist-Decision", "forged"),
    );
    assert_eq!(answer.assert_let_through().headers.one("X-Guestlist-Decision"), Some("forged"), "{answer:?}");
}

#[test]
fn internal_redirects_are_asked_about() {
    let Some(site) = site() else { return };
    ask(&site, "try", FRIEND).assert_let_through();
    ask(&site, "try", STRANGER).assert_denied();
}

#[test]
fn sub_requests_are_not_asked_about() {
    let Some(site) = site() else { return };
    site.backend.add_file("files/vault/secret.txt", b"a secret");
    site.backend.add_file("files/ssi/x", br#"<!--#include virtual="/files/vault/secret.txt" -->"#);
    let answer = ask(&site, "ssi", FRIEND);
    assert_eq!(answer.response().body, b"a secret", "{answer:?}");
    ask(&site, "ssi", STRANGER).assert_denied();
}

#[test]
fn what_lies_in_the_cache_is_asked_about() {
    let Some(site) = site() else { return };
    ask(&site, "cached", FRIEND).assert_let_through();
    let again = ask(&site, "cached", FRIEND);
    assert!(again.response().body == b"a file" && again.seen.is_none(), "not from the cache: {again:?}");
    ask(&site, "cached", STRANGER).assert_denied();
}
