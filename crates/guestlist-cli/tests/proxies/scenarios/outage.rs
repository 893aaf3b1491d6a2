//! A check server that is down, hangs, or refuses the question: nothing gets in, with the status that the proxy's page names.

use super::{APPS, FRIEND, STRANGER};
use crate::harness::{Proxy, Request, Site, wait_until};

pub(crate) fn while_the_checker_is_down_all_is_denied<P: Proxy>() {
    let Some(mut site) = Site::<P>::start(APPS) else { return };
    site.backend.add_file("files/shop/photo.jpg", b"a photo");
    site.backend.add_file("files/open/photo.jpg", b"a photo");
    for round in 0..2 {
        for request in requests() {
            site.ask(request).assert_let_through();
        }
        site.checker.kill();
        for request in requests() {
            site.ask(request).assert_blocked_with(P::CHECKER_DOWN);
        }
        site.ask(Request::get("/files/shop/photo.jpg").with("Origin", STRANGER))
            .assert_blocked_with(P::CHECKER_DOWN);
        site.checker.start_again();
        // Some proxies wait before they try again, and deny until then.
        wait_until(&format!("allowed again, round {round}"), || {
            let answer = site.ask(Request::get("/files/shop/photo.jpg").with("Origin", FRIEND));
            if answer.seen.is_none() {
                answer.assert_blocked_with(P::CHECKER_DOWN);
            }
            answer.seen.is_some()
        });
    }
}

pub(crate) fn a_checker_that_hangs_denies<P: Proxy>() {
    let Some(mut site) = Site::<P>::start(APPS) else { return };
    let request = || Request::post("/upload/?key=shop", "an upload").with("Origin", FRIEND);
    site.ask(request()).assert_let_through();
    let silent = site.checker.hang();
    site.ask(request()).assert_blocked_with(P::CHECKER_SLOW);
    drop(silent);
    site.checker.start_again();
    wait_until("allowed again", || site.ask(request()).seen.is_some());
}

pub(crate) fn a_head_too_long_for_the_checker_is_denied<P: Proxy>() {
    // A proxy takes longer heads than these; the check server does not.
    let Some(site) = Site::<P>::start_with(APPS, "limits = { head_bytes = 8192, headers = 100 }") else {
        return;
    };
    let request = || Request::post("/upload/?key=shop", "an upload").with("Origin", FRIEND);
    site.ask(request().with("X-Pad", "a".repeat(2_000))).assert_let_through();
    let long = (0..3).fold(request(), |request, _| request.with("X-Pad", "a".repeat(4_000)));
    let answer = site.ask(long);
    if P::TELLS_ALL {
        answer.assert_blocked_with(P::CHECKER_431);
    } else {
        answer.assert_let_through();
    }
    let many = (0..120).fold(request(), |request, number| request.with(&format!("X-Pad-{number}"), "a"));
    site.ask(many).assert_blocked_with(P::CHECKER_431);
    // And one that is too long for any of them.
    let endless = (0..100).fold(request(), |request, _| request.with("X-Pad", "a".repeat(20_000)));
    let answer = site.ask(endless);
    assert!(answer.seen.is_none(), "{answer:?}");
    site.ask(request()).assert_let_through();
}

/// Let through while the checker is there, for each of the reasons that there are.
fn requests() -> [Request; 4] {
    [
        Request::post("/upload/?key=shop", "an upload").with("Origin", FRIEND),
        Request::get("/files/shop/photo.jpg").with("Origin", FRIEND),
        Request::get("/files/shop/photo.jpg"),
        Request::get("/files/open/photo.jpg").with("Origin", STRANGER),
    ]
}
