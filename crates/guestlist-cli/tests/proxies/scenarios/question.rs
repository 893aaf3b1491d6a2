//! What a proxy asks the check server; for those that ask by HTTP over the socket.

use super::{APPS, FRIEND, STRANGER};
use crate::backend::Backend;
use crate::harness::{Proxy, Request, Site};

/// The request as it came: its target as it was written, its method, every value of its headers; without its body, and without what the client says in the headers by which the proxy says this.
pub(crate) fn a_question_is_about_the_request_as_it_came<P: Proxy>(target_header: &str, method_header: &str) {
    let Some(mut site) = Site::<P>::start(APPS) else { return };
    site.checker.kill();
    let checker = Backend::start_as_checker(&site.place.folder.join("questions"), &site.place.socket);
    let target = "/upload/a%20b/%C3%A4;p?key=shop&x=%2e%2e&y=a+b";
    for method in ["POST", "PUT", "DELETE", "GET"] {
        let body = if method == "GET" { Vec::new() } else { vec![b'x'; 100_000] };
        let request = Request::new(method, target).with_body(body);
        let request = request
            .with("Origin", FRIEND)
            .with("Origin", STRANGER)
            .with("Referer", "https://app.example.com/");
        let request = request
            .with(target_header, "/upload/?key=open")
            .with(method_header, "HEAD")
            .with("Content-Type", "image/jpeg");
        let answer = site.ask(request);
        let number = answer
            .seen
            .as_ref()
            .and_then(|seen| seen.headers.one("X-Ask"))
            .unwrap_or_else(|| panic!("{answer:?}"));
        let question = checker.seen(number).unwrap_or_else(|| panic!("not asked: {answer:?}"));
        assert_eq!(question.method, "GET", "{question:?}");
        assert_eq!(question.headers.one(target_header), Some(target), "{question:?}");
        assert_eq!(question.headers.one(method_header), Some(method), "{question:?}");
        assert_eq!(question.headers.all("Origin"), [FRIEND.as_bytes(), STRANGER.as_bytes()], "{question:?}");
        assert_eq!(question.headers.one("Referer"), Some("https://app.example.com/"), "{question:?}");
        assert_eq!(question.headers.one("Transfer-Encoding"), None, "{question:?}");
        assert!(matches!(question.headers.one("Content-Length"), None | Some("0")), "{question:?}");
        // And the storage gets it as it came.
        let seen = answer.seen.unwrap();
        assert_eq!(
            (&*seen.method, &*seen.target, seen.headers.one("Host")),
            (method, target, Some("localhost")),
            "{seen:?}"
        );
    }
    // Neither is asked over a connection of its own each time, though the client comes by another.
    let before = (checker.connections(), site.backend.connections());
    for _ in 0..20 {
        site.ask(Request::new("DELETE", target).with("Origin", FRIEND)).assert_let_through();
    }
    let new = (checker.connections() - before.0, site.backend.connections() - before.1);
    assert!(new.0 <= 5 && new.1 <= 5, "new connections to the checker and to the storage: {new:?}");
}
