//! Standard error: where nobody reads it, and what does not belong there.

use std::fs;
use std::io::pipe;

use rustix::process::Signal;

use crate::client::ask_both;
use crate::server::{self, APPS, Server};
use crate::{garbage, h2, until};

#[test]
fn a_standard_error_that_nobody_reads_holds_nobody_up() {
    let directory = server::directory();
    let settings = "[server.limits]\ndrain = \"500ms\"\n[server.log]\nallowed = 1.0\nper_second = 1000000\n";
    let config = server::configure(directory.path(), &format!("{settings}{APPS}"));
    let (_unread, stderr) = pipe().unwrap();
    let mut server = Server::spawn_to(&mut server::command(&config), &config, stderr);
    let mut kept = server.connect();
    until("the pipe is full, and the queue of decisions behind it", || {
        (0..100).for_each(|_| ask_both(&mut kept));
        server.metric("guestlist_log_dropped_total") > 0.5
    });
    // What the server has to say of itself finds no room either.
    fs::write(&config, "[apps.one.upload]\npatterns = [\"**\"]\n").unwrap();
    for _ in 0..100 {
        assert_eq!(server.admin("POST /reload").status, 422);
        ask_both(&mut kept);
        ask_both(&mut server.connect());
    }
    server.signal(Signal::TERM);
    assert_eq!(server.wait().code(), Some(0));
}

#[test]
fn what_libraries_say_of_clients_is_not_in_the_log() {
    let directory = server::directory();
    let settings = format!("{}[server.log]\ndenied = 0.0\n", garbage::LIMITS);
    let mut server = Server::start(&server::configure(directory.path(), &format!("{settings}{APPS}")));
    for case in garbage::cases() {
        case.try_on(server.connect());
    }
    for (name, bytes) in h2::attacks() {
        h2::attack(&server, name, &bytes);
    }
    ask_both(&mut server.connect());
    server.signal(Signal::TERM);
    assert_eq!(server.wait().code(), Some(0));
    let log = server.log();
    assert!(log.lines().count() == 1 && log.contains("ending"), "{log}");
}
