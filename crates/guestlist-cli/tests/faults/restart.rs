//! `kill -9`, and a new server at the same addresses.

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::client::{Client, allowed, ask_both, denied};
use crate::server::{self, APPS, Server};
use crate::until;

#[test]
fn clients_come_back_after_kill_9_and_get_right_answers() {
    let directory = server::directory();
    let config = server::configure(directory.path(), APPS);
    let mut server = Server::start(&config);
    let (tcp, unix) = (server.tcp, server.unix.clone());
    // From now on at the port that it got.
    fs::write(&config, server::config(directory.path(), &tcp.to_string(), APPS)).unwrap();

    let done = AtomicBool::new(false);
    let answered = [const { AtomicUsize::new(0) }; 4];
    thread::scope(|scope| {
        for (index, answered) in answered.iter().enumerate() {
            let (done, unix) = (&done, &unix);
            scope.spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    let client = if index % 2 == 0 { Client::tcp(tcp) } else { Client::unix(unix) };
                    let Ok(mut client) = client else {
                        thread::yield_now();
                        continue;
                    };
                    // An error is a server that is gone; an answer is a right one.
                    while !done.load(Ordering::Relaxed) {
                        let Ok(answer) = client.ask(&allowed()) else { break };
                        assert_eq!(answer.status, 204);
                        let Ok(answer) = client.ask(&denied()) else { break };
                        assert_eq!(answer.status, 403);
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        for _ in 0..5 {
            let before = answered.each_ref().map(|count| count.load(Ordering::Relaxed));
            until("everybody is answered", || {
                answered.iter().zip(before).all(|(now, before)| now.load(Ordering::Relaxed) > before + 50)
            });
            server.kill();
            assert!(unix.exists(), "left behind");
            server = Server::start(&config);
        }
        done.store(true, Ordering::Relaxed);
    });
    ask_both(&mut Client::unix(&unix).unwrap());
}

#[test]
fn a_socket_that_somebody_listens_on_is_not_taken() {
    let directory = server::directory();
    let config = server::configure(directory.path(), APPS);
    let server = Server::start(&config);
    // The TCP port is another one; the socket is the same.
    let second = server::command(&config).output().unwrap();
    assert_eq!(second.status.code(), Some(2), "{second:?}");
    assert_eq!(String::from_utf8(second.stdout).unwrap(), "");
    ask_both(&mut Client::unix(&server.unix).unwrap());
}

#[test]
fn a_file_that_is_no_socket_is_not_removed() {
    let directory = server::directory();
    let config = server::configure(directory.path(), APPS);
    let precious = directory.path().join("check.sock");
    fs::write(&precious, "somebody's work").unwrap();
    let run = server::command(&config).output().unwrap();
    assert_eq!(run.status.code(), Some(2), "{run:?}");
    assert_eq!(fs::read_to_string(precious).unwrap(), "somebody's work");
}
