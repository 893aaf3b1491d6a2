//! The check server without a proxy: what the proxies rely on.

use crate::harness::{Address, Checker, Place, Request, configuration, free_port, root, send};
use crate::scenarios::{APPS, FRIEND};

#[test]
fn a_question_that_is_refused_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::new(folder.path(), free_port());
    let _checker =
        Checker::start(&place, &configuration(APPS, "limits = { head_bytes = 8192, headers = 100 }"));
    let question = || Request::get("/check/upload/shop").with("Origin", FRIEND);
    let long = |length| question().with("X-Pad", "a".repeat(length));
    let many = (0..120).fold(question(), |request, number| request.with(&format!("X-Pad-{number}"), "a"));
    for address in [Address::Unix(place.socket.clone()), Address::Tcp(place.check)] {
        for (question, status) in [
            (question(), 204),
            (long(4_000), 204),
            // Most of these is not read when the answer is clear.
            (long(12_000), 431),
            (long(200_000), 431),
            (many.clone(), 431),
            (question().with("X-Bad", b"\x01"), 400),
            (question().with("X Bad", "a").with("X-Pad", "a".repeat(2_000)), 400),
        ] {
            let answer =
                send(&address, &question).unwrap_or_else(|error| panic!("{address:?}, {status}: {error}"));
            assert_eq!(answer.status, status, "{address:?}");
        }
    }
}

#[test]
fn the_configuration_that_is_shipped_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::new(folder.path(), free_port());
    let text = std::fs::read_to_string(root().join("deploy/guestlist.toml")).unwrap();
    let _checker = Checker::start(&place, &text);
    let ask = |origin: &str| {
        let question = Request::get("/api/authz/auth-request").with("Origin", origin);
        let question =
            question.with("X-Original-URL", "/upload/?key=AbCd1234").with("X-Original-Method", "POST");
        send(&Address::Unix(place.socket.clone()), &question).unwrap().status
    };
    assert_eq!(ask("https://www.example.com"), 204);
    assert_eq!(ask("https://evil.example"), 403);
}
