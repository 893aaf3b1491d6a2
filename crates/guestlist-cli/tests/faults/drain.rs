//! SIGTERM: what is under way is answered, then it ends well.

use std::time::Duration;

use rustix::process::Signal;

use crate::client::{Client, allowed, ask_both, denied};
use crate::server::{self, APPS, Server};
use crate::until;

#[test]
fn what_is_under_way_is_answered_and_nothing_new_is_taken() {
    let directory = server::directory();
    let mut server = Server::start(&server::configure(directory.path(), APPS));
    let (mut tcp, mut unix, mut used) =
        (server.connect(), Client::unix(&server.unix).unwrap(), server.connect());
    ask_both(&mut used);
    let mut idle = server.connect();
    ask_both(&mut idle);

    let (allowed, denied) = (allowed(), denied());
    let (allowed, rest_of_allowed) = allowed.as_bytes().split_at(allowed.len() / 2);
    let (denied, rest_of_denied) = denied.as_bytes().split_at(denied.len() / 2);
    tcp.send(allowed).unwrap();
    unix.send(denied).unwrap();
    used.send(denied).unwrap();
    // Time to read them, so that they are under way.
    until("all are connected", || server.metric("guestlist_connections") > 3.5);
    std::thread::sleep(Duration::from_millis(200));
    server.signal(Signal::TERM);
    until("nothing new is taken", || Client::tcp(server.tcp).is_err());

    tcp.send(rest_of_allowed).unwrap();
    let answer = tcp.answer().unwrap();
    assert_eq!((answer.status, answer.header("connection")), (204, Some("close")), "{answer:?}");
    unix.send(rest_of_denied).unwrap();
    assert_eq!(unix.answer().unwrap().status, 403);
    // One that was kept, and is in the middle of another request, may be closed: its client knows to ask again.
    used.send(rest_of_denied).ok();
    assert!(used.answers().iter().all(|answer| answer.status == 403));
    for client in [&mut tcp, &mut unix, &mut idle] {
        assert_eq!(client.rest(), b"", "closed behind the last answer");
    }
    assert_eq!(server.wait().code(), Some(0));
}

#[test]
fn whoever_never_ends_does_not_hold_it_up() {
    let directory = server::directory();
    let limits = "[server.limits]\ndrain = \"500ms\"\nheader_timeout = \"300s\"\n";
    let mut server = Server::start(&server::configure(directory.path(), &format!("{limits}{APPS}")));
    let mut client = server.connect();
    client.send(b"GET /check/upload/one HTTP/1.1\r\nHost").unwrap();
    until("it is connected", || server.metric("guestlist_connections") > 0.5);
    server.signal(Signal::INT);
    assert_eq!(server.wait().code(), Some(0));
    assert_eq!(client.rest(), b"");
    assert!(!server.unix.exists(), "the socket is gone with the server");
}
