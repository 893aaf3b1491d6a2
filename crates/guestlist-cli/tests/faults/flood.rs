//! More connections than there may be, and more than there are files for.

use std::process::Command;

use crate::client::{Client, allowed, ask_both};
use crate::server::{self, APPS, Server};
use crate::until;

#[test]
fn connections_beyond_the_limit_are_refused_and_counted() {
    let directory = server::directory();
    let limits = "[server.limits]\nconnections = 200\n";
    let server = Server::start(&server::configure(directory.path(), &format!("{limits}{APPS}")));

    // All listeners together. Each has been answered, so each is known to be in.
    let connect = |index: usize| match index % 2 {
        0 => server.connect(),
        _ => Client::unix(&server.unix).unwrap(),
    };
    let mut inside: Vec<Client> = (0..200).map(connect).collect();
    inside.iter_mut().for_each(ask_both);
    assert_eq!(server.metric("guestlist_connections"), 200.0);
    assert_eq!(server.metric("guestlist_connections_refused_total"), 0.0);

    for index in 0..300 {
        // Told so without having asked; whoever asks at once may find the connection closed before reading the answer.
        let mut outside = connect(index);
        if index % 3 == 0 {
            outside.send(allowed().as_bytes()).ok();
        }
        let answers = outside.answers();
        assert!(answers.iter().all(|answer| answer.status == 503), "{answers:?}");
        assert!(index % 3 == 0 || answers.len() == 1, "{answers:?}");
    }
    assert_eq!(server.metric("guestlist_connections_refused_total"), 300.0);
    assert_eq!(server.metric("guestlist_connections"), 200.0);
    inside.iter_mut().for_each(ask_both);

    drop(inside);
    until("the places are free again", || server.metric("guestlist_connections") < 0.5);
    for mut client in (0..200).map(connect) {
        ask_both(&mut client);
    }
    assert_eq!(server.metric("guestlist_connections_refused_total"), 300.0);
}

#[test]
fn connections_that_there_are_no_files_for_are_refused_and_do_not_wait() {
    let directory = server::directory();
    let config = server::configure(directory.path(), APPS);
    let serve = server::command(&config);
    let mut limited = Command::new("sh");
    // It raises the lower limit to the higher one by itself, which leaves it 100 connections.
    limited.args(["-c", "ulimit -Sn 64; ulimit -Hn 200; exec \"$0\" \"$@\""]);
    limited.arg(serve.get_program()).args(serve.get_args());
    let server = Server::spawn(&mut limited, &config);

    let mut inside: Vec<Client> = (0..100).map(|_| server.connect()).collect();
    inside.iter_mut().for_each(ask_both);
    for _ in 0..50 {
        let answers = server.connect().answers();
        assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [503]);
    }
    // Nor does the admin listener take what is theirs.
    let hoard: Vec<Client> = (0..50).map(|_| Client::tcp(server.admin).unwrap()).collect();
    inside.iter_mut().for_each(ask_both);
    assert!(server.log().contains("fewer files"), "{}", server.log());
    drop((inside, hoard));
    until("there are places again", || {
        server.connect().ask(&allowed()).is_ok_and(|answer| answer.status == 204)
    });
    until("the admin listener answers", || {
        Client::tcp(server.admin).unwrap().ask("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").is_ok()
    });
    // A new configuration can be read.
    assert_eq!(server.admin("POST /reload").status, 200);
}
