//! Where one request ends and the next begins, and which headers are for the next hop only.

use super::{APPS, FRIEND, STRANGER};
use crate::harness::{Connection, Proxy, Request, Site, fresh_number};

/// A second request in the body of a first, for whoever reads its length otherwise.
pub(crate) fn a_request_hidden_in_a_body_is_not_seen<P: Proxy>() {
    let Some(site) = Site::<P>::start(APPS) else { return };
    for framing in [
        "Content-Length: {length}\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: {length}",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding : chunked\r\nContent-Length: {length}",
        "Transfer-Encoding: xchunked\r\nContent-Length: {length}",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding:\x0bchunked\r\nContent-Length: {length}",
        "Content-Length: {length}\r\nContent-Length: 0",
        "Content-Length: 0\r\nContent-Length: {length}",
        "Content-Length: +{length}",
        "Content-Length: 0{length}",
        "Content-Length: 0, {length}",
    ] {
        let (outer, hidden) = (fresh_number(), fresh_number());
        let hidden_request = format!(
            "POST /upload/?key=vault HTTP/1.1\r\nHost: localhost\r\nOrigin: {FRIEND}\r\nX-Ask: {hidden}\r\nContent-Length: 0\r\n\r\n"
        );
        let body = format!("0\r\n\r\n{hidden_request}");
        let framing = framing.replace("{length}", &body.len().to_string());
        let head = format!(
            "POST /upload/?key=shop HTTP/1.1\r\nHost: localhost\r\nOrigin: {FRIEND}\r\nX-Ask: {outer}\r\n{framing}\r\n\r\n"
        );
        let mut connection = Connection::open(&site.address()).unwrap();
        // However the first two are taken apart, after this one the connection ends.
        let last = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        let answers = connection.ask_raw(format!("{head}{body}{last}").as_bytes(), 4);
        assert!(site.backend.seen(&hidden).is_none(), "{framing}: {answers:?}");
        assert!(
            answers.iter().all(|answer| answer.status < 500 || answer.status == 501),
            "{framing}: {answers:?}"
        );
    }
}

pub(crate) fn requests_on_one_connection_are_decided_one_by_one<P: Proxy>() {
    let Some(site) = Site::<P>::start(APPS) else { return };
    let mut connection = Connection::open(&site.address()).unwrap();
    for round in 0..20 {
        let origin = if round % 2 == 0 { FRIEND } else { STRANGER };
        let number = fresh_number();
        let request =
            Request::post("/upload/?key=shop", "an upload").with("Origin", origin).with("X-Ask", &number);
        let answer = connection.ask(&request).unwrap();
        assert_eq!(
            (answer.status, site.backend.seen(&number).is_some()),
            if origin == FRIEND { (200, true) } else { (403, false) },
            "{answer:?}"
        );
    }
    // And sent all at once.
    let numbers = [fresh_number(), fresh_number(), fresh_number()];
    let origins = [STRANGER, FRIEND, STRANGER];
    let requests = numbers.each_ref().map(String::as_str);
    let requests = requests.iter().zip(origins).map(|(number, origin)| {
        Request::post("/upload/?key=shop", "an upload").with("Origin", origin).with("X-Ask", number).bytes()
    });
    let requests = requests.collect::<Vec<_>>().concat();
    let mut connection = Connection::open(&site.address()).unwrap();
    let answers = connection.ask_raw(&requests, 3).iter().map(|answer| answer.status).collect::<Vec<_>>();
    assert_eq!(answers, [403, 200, 403]);
    let seen = numbers.map(|number| site.backend.seen(&number).is_some());
    assert_eq!(seen, [false, true, false]);
}

/// `Connection` names headers that a proxy removes. What is decided may only get stricter by it.
pub(crate) fn headers_of_the_hop_open_nothing<P: Proxy>() {
    let Some(site) = Site::<P>::start(APPS) else { return };
    let upload = |app: &str| Request::post(format!("/upload/?key={app}"), "an upload");
    for named in [
        "Origin",
        "X-Original-URL, X-Original-Method",
        "X-Forwarded-Uri, X-Forwarded-Method, X-Forwarded-Host",
        "X-Forwarded-Uri, Origin, Referer, Host",
        "X-Guestlist-Decision, X-Guestlist-Reason",
        "close, Origin",
        "Content-Length",
    ] {
        let answer = site.ask(
            upload("vault")
                .with("Connection", named)
                .with("Origin", FRIEND)
                .with("X-Original-URL", "/upload/?key=shop")
                .with("X-Forwarded-Uri", "/upload/?key=shop"),
        );
        answer.assert_denied_or_refused();
        site.ask(upload("shop").with("Connection", named).with("Origin", STRANGER))
            .assert_denied_or_refused();
        site.ask(upload("shop").with("Connection", named).with("Origin", STRANGER).with("Origin", FRIEND))
            .assert_denied_or_refused();
    }
}
