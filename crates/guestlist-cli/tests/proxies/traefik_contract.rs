//! Traefik, which is not among the packages that the tests can install: the questions that its `ForwardAuth` middleware asks, over a connection
//! that stays open, and what it needs of the answers.
//!
//! Of a client's request it sends, always as GET and without the body: the headers that `authRequestHeaders` names, with every value, without
//! those that the client's `Connection` names; and `X-Forwarded-*`, of its own making. A 2xx answer lets the request through, with the headers
//! that match `authResponseHeadersRegex`; any other goes to the client as it is.

use crate::backend::decode;
use crate::harness::{
    Address, Checker, Connection, Place, Request, Response, configuration, free_port, shipped,
};
use crate::scenarios::{APPS, FRIEND, STRANGER};

/// The check server, asked as Traefik asks.
struct Asked {
    connection: Connection,
    path: String,
    _checker: Checker,
    _folder: tempfile::TempDir,
}

impl Asked {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::new(folder.path(), free_port());
        let checker = Checker::start(&place, &configuration(APPS, ""));
        let connection = Connection::open(&Address::Tcp(place.check)).unwrap();
        let address = setting("address");
        let path = address
            .strip_prefix("http://127.0.0.1:8080")
            .expect("the port of deploy/guestlist.toml")
            .to_owned();
        Self { connection, path, _checker: checker, _folder: folder }
    }

    /// The question about a request of a client: its method, its target, and the headers of it that are sent along.
    fn about(&mut self, method: &str, uri: &str, headers: &[(&str, &str)]) -> Response {
        let question = Request::get(&self.path).with("User-Agent", "").with("Accept-Encoding", "gzip");
        let question = headers.iter().fold(question, |question, (name, value)| question.with(name, value));
        let question = question
            .with("X-Forwarded-For", "192.0.2.7")
            .with("X-Forwarded-Host", "uploads.example.com")
            .with("X-Forwarded-Method", method)
            .with("X-Forwarded-Port", "443")
            .with("X-Forwarded-Proto", "https")
            .with("X-Forwarded-Uri", uri);
        self.connection.ask(&question).unwrap()
    }
}

#[test]
fn the_file_says_what_these_tests_suppose() {
    assert_eq!(setting("trustForwardHeader"), "false");
    assert_eq!(setting("authResponseHeadersRegex"), "^X-Guestlist-");
    let text = shipped("traefik/guestlist.yml", &[]);
    let sent = text.lines().skip_while(|line| !line.contains("authRequestHeaders:")).skip(1);
    let sent = sent.map_while(|line| line.trim().strip_prefix("- ")).collect::<Vec<_>>();
    assert_eq!(sent, ["Origin", "Referer", "Access-Control-Request-Method"]);
    // YAML has no tabs, and its levels are two spaces apart.
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        assert!(!line.contains('\t') && indent.is_multiple_of(2), "{line:?}");
    }
}

#[test]
fn who_is_let_through() {
    let mut traefik = Asked::start();
    let (upload, delivery) = ("/upload/?key=shop", "/files/shop/photo.jpg");
    for (method, uri, headers, status, reason) in [
        ("POST", upload, &[("Origin", FRIEND)][..], 204, "matched"),
        ("POST", upload, &[("Origin", STRANGER)], 403, "no-match"),
        ("POST", upload, &[("Referer", "https://app.example.com/")], 403, "missing-header"),
        ("POST", upload, &[], 403, "missing-header"),
        ("POST", upload, &[("Origin", "null")], 403, "opaque-origin"),
        ("POST", upload, &[("Origin", "https://app.example.com@evil.example")], 403, "malformed"),
        ("POST", upload, &[("Origin", FRIEND), ("Origin", STRANGER)], 403, "malformed"),
        ("POST", upload, &[("Origin", STRANGER), ("Origin", FRIEND)], 403, "malformed"),
        ("POST", "/upload/?key=nobody", &[("Origin", FRIEND)], 403, "no-match"),
        ("POST", "/upload/?key=open", &[("Origin", STRANGER)], 204, "not-enforced"),
        ("POST", "/upload/?key=trial", &[("Origin", STRANGER)], 204, "no-match"),
        ("OPTIONS", upload, &[("Origin", FRIEND), ("Access-Control-Request-Method", "POST")], 204, "matched"),
        (
            "OPTIONS",
            upload,
            &[("Origin", STRANGER), ("Access-Control-Request-Method", "POST")],
            403,
            "no-match",
        ),
        ("GET", delivery, &[("Origin", FRIEND)], 204, "matched"),
        ("HEAD", delivery, &[("Referer", "https://app.example.com/page")], 204, "matched"),
        ("GET", delivery, &[("Referer", "https://evil.example/page")], 403, "no-match"),
        ("GET", delivery, &[], 204, "missing-header"),
        ("GET", "/files/vault/photo.jpg", &[], 403, "missing-header"),
        ("DELETE", delivery, &[("Origin", FRIEND)], 403, "no-route"),
        ("GET", "/", &[("Origin", FRIEND)], 403, "no-route"),
    ] {
        let answer = traefik.about(method, uri, headers);
        let context = format!("{method} {uri} {headers:?}: {answer:?}");
        assert_eq!(answer.status, status, "{context}");
        assert_eq!(answer.headers.one("X-Guestlist-Reason"), Some(reason), "{context}");
        let decision = if status == 204 { "allow" } else { "deny" };
        assert_eq!(answer.headers.one("X-Guestlist-Decision"), Some(decision), "{context}");
        let would_deny = uri.contains("trial").then_some("no-match");
        assert_eq!(answer.headers.one("X-Guestlist-Would-Deny"), would_deny, "{context}");
        assert!(answer.headers.members("Vary").contains(&"origin".to_owned()), "{context}");
        if status == 403 {
            let body: serde_json::Value =
                serde_json::from_slice(&answer.body).expect("JSON, which goes to the client");
            assert_eq!(body["reason"], reason, "{context}");
        }
    }
}

#[test]
fn what_a_client_says_of_itself_does_not_count_twice() {
    let mut traefik = Asked::start();
    // With `trustForwardHeader: false` the client's are gone. Where something in between lets a second one through, nothing is guessed.
    for (name, value) in [
        ("X-Forwarded-Uri", "/upload/?key=open"),
        ("X-Forwarded-Method", "GET"),
        ("x-forwarded-uri", "/files/open/x"),
    ] {
        let answer = traefik.about("POST", "/upload/?key=open", &[("Origin", STRANGER), (name, value)]);
        assert_eq!(
            (answer.status, answer.headers.one("X-Guestlist-Reason")),
            (403, Some("ambiguous")),
            "{name}: {answer:?}"
        );
    }
    // nginx's headers say nothing here.
    let answer = traefik.about(
        "POST",
        "/upload/?key=vault",
        &[("Origin", FRIEND), ("X-Original-URL", "/upload/?key=shop")],
    );
    assert_eq!(answer.status, 403, "{answer:?}");
}

#[test]
fn a_disguised_target_is_denied() {
    let mut traefik = Asked::start();
    // Go's server passes these on as they were written.
    for uri in [
        "/files/shop/../vault/secret.txt",
        "/files/shop/%2e%2e/vault/secret.txt",
        "/files/shop/..%2fvault/secret.txt",
        "/files/shop%2f..%2fvault/secret.txt",
        "/files/shop/..\\vault/secret.txt",
        "/files/shop/%252e%252e/vault/secret.txt",
        "//shop/files/vault/secret.txt",
        "/upload/../files/vault/secret.txt?key=shop",
        "http://shop/files/vault/secret.txt",
        "/upload/?key=vault&key=shop",
        "/upload/?key=shop&k%65y=vault",
        "/upload/?key=vault%26key=shop",
        "/upload/?x=y",
        "",
        " ",
        "*",
    ] {
        let answer = traefik.about("GET", uri, &[("Origin", FRIEND)]);
        assert_eq!(answer.status, 403, "{uri:?}, decoded {:?}: {answer:?}", decode(uri));
    }
}

/// What the shipped file sets a key to.
fn setting(key: &str) -> String {
    let text = shipped("traefik/guestlist.yml", &[]);
    let mut values = text.lines().filter_map(|line| line.trim().strip_prefix(key)?.strip_prefix(": "));
    let value = values.next().unwrap_or_else(|| panic!("deploy/traefik/guestlist.yml has no {key}"));
    assert_eq!(values.next(), None, "{key} is there twice");
    value.trim_matches('"').to_owned()
}
