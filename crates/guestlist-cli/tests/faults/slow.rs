//! Clients that send a byte now and then, and clients that send nothing.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::client::{Client, allowed, ask_both, denied};
use crate::server::{self, APPS, Server};
use crate::{files, until};

/// How many.
const SLOW: usize = 2000;

#[test]
fn slow_heads_are_cut_off_and_nobody_else_waits() {
    // Here as many files as sockets, and in the server.
    let slow = SLOW.min(usize::try_from(files::raise_limit()).unwrap().saturating_sub(500));
    let directory = server::directory();
    let limits = "[server.limits]\nheader_timeout = \"2s\"\nidle_timeout = \"60s\"\n";
    let server = Server::start(&server::configure(directory.path(), &format!("{limits}{APPS}")));

    // No end in sight: at a byte a turn these heads would take hours.
    let head = format!("{}X-Filler: {}\r\n\r\n", denied().trim_end(), "a".repeat(50_000));
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let ordinary = scope.spawn(|| {
            let mut kept = server.connect();
            let mut asked = 0;
            while !done.load(Ordering::Relaxed) {
                ask_both(&mut kept);
                ask_both(&mut server.connect());
                asked += 1;
            }
            asked
        });
        let mut sockets: Vec<TcpStream> = (0..slow)
            .map(|_| {
                let socket = TcpStream::connect(server.tcp).unwrap();
                socket.set_nonblocking(true).unwrap();
                socket
            })
            .collect();
        let mut sent = 0;
        until("all slow connections are closed", || {
            let byte = &head.as_bytes()[sent..=sent];
            sent += 1;
            sockets.retain_mut(|socket| !is_closed(socket) && socket.write_all(byte).is_ok());
            thread::sleep(Duration::from_millis(100));
            sockets.is_empty()
        });
        done.store(true, Ordering::Relaxed);
        assert!(ordinary.join().unwrap() > 0);
    });
    assert_eq!(server.metric("guestlist_connections_timed_out_total{kind=\"header\""), slow as f64);
    until("nobody is connected", || server.metric("guestlist_connections") < 0.5);
    ask_both(&mut server.connect());
}

/// Whether the server has closed it; what it may say before, such as 408, must not let anybody in.
fn is_closed(socket: &mut TcpStream) -> bool {
    let mut answer = [0; 1024];
    loop {
        match socket.read(&mut answer) {
            Ok(0) => return true,
            Ok(count) => assert!(answer[..count].starts_with(b"HTTP/1.1 4"), "{:?}", &answer[..count]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return false,
            Err(_) => return true,
        }
    }
}

#[test]
fn a_kept_connection_may_rest_for_longer_than_a_head_may_take() {
    let directory = server::directory();
    let limits = "[server.limits]\nheader_timeout = \"500ms\"\nidle_timeout = \"60s\"\n";
    let server = Server::start(&server::configure(directory.path(), &format!("{limits}{APPS}")));
    let (mut tcp, mut unix) = (server.connect(), Client::unix(&server.unix).unwrap());
    for _ in 0..3 {
        ask_both(&mut tcp);
        ask_both(&mut unix);
        thread::sleep(Duration::from_millis(1500));
    }
    ask_both(&mut tcp);
    ask_both(&mut unix);
}

#[test]
fn a_connection_that_asks_nothing_is_closed_in_the_end() {
    let directory = server::directory();
    let limits = "[server.limits]\nheader_timeout = \"700ms\"\nidle_timeout = \"500ms\"\n";
    let server = Server::start(&server::configure(directory.path(), &format!("{limits}{APPS}")));
    let (mut used, mut fresh, mut unix) =
        (server.connect(), server.connect(), Client::unix(&server.unix).unwrap());
    assert_eq!(used.ask(&allowed()).unwrap().status, 204);
    for client in [&mut used, &mut fresh, &mut unix] {
        assert_eq!(client.rest(), b"", "closed without a word");
    }
    // A new connection owes a request from its beginning.
    assert_eq!(server.metric("guestlist_connections_timed_out_total{kind=\"idle\""), 1.0);
    assert_eq!(server.metric("guestlist_connections_timed_out_total{kind=\"header\""), 2.0);
}
