//! Trying a list on live traffic.

use super::{APPS, STRANGER};
use crate::harness::{Proxy, Request, Site};

pub(crate) fn report_mode_lets_through_and_says_what_it_would_deny<P: Proxy>() {
    let Some(site) = Site::<P>::start(APPS) else { return };
    site.backend.add_file("files/trial/photo.jpg", b"a photo");
    let upload = || Request::post("/upload/?key=trial", "an upload");
    let delivery = || Request::get("/files/trial/photo.jpg");
    for (request, would_deny) in [
        (upload().with("Origin", STRANGER), "no-match"),
        (upload(), "missing-header"),
        (upload().with("Origin", "null"), "opaque-origin"),
        (upload().with("Origin", "nonsense"), "malformed"),
        (upload().with("Origin", "ftp://trial.example.net"), "unsupported-scheme"),
        (delivery().with("Origin", STRANGER), "no-match"),
        (delivery().with("Referer", "https://evil.example/page"), "no-match"),
        (upload().with("Origin", "https://trial.example.net"), ""),
        (delivery(), ""),
    ] {
        let origin_is_in_the_list = request.has("Origin", "https://trial.example.net");
        let answer = site.ask(request);
        let seen = answer.assert_let_through();
        assert_eq!(seen.headers.one("X-Guestlist-Decision"), Some("allow"), "{seen:?}");
        assert_eq!(seen.headers.one("X-Guestlist-Would-Deny").unwrap_or_default(), would_deny, "{seen:?}");
        let rule = if origin_is_in_the_list { "1" } else { "" };
        assert_eq!(seen.headers.one("X-Guestlist-Rule").unwrap_or_default(), rule, "{seen:?}");
    }
    // What belongs to no app is not on trial.
    site.ask(Request::post("/upload/?key=nobody", "an upload").with("Origin", STRANGER)).assert_denied();
}
