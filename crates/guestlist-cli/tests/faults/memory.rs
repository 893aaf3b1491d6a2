//! All of it again and again takes no more memory than the first times.

#![cfg(target_os = "linux")]

use crate::client::{Client, allowed, ask_both};
use crate::server::{self, APPS, Server};
use crate::{garbage, h2, until};

#[test]
fn memory_stays_flat() {
    let directory = server::directory();
    let limits = format!("{}connections = 100\n", garbage::LIMITS);
    let server = Server::start(&server::configure(directory.path(), &format!("{limits}{APPS}")));
    let (cases, attacks) = (garbage::cases(), h2::attacks());
    let round = || {
        for case in &cases {
            case.try_on(server.connect());
        }
        for (name, bytes) in &attacks {
            h2::attack(&server, name, bytes);
        }
        // A flood; some ask, some say half of a request, some nothing, and all go without a word.
        let flood: Vec<Client> = (0..200u8)
            .filter_map(|index| {
                let (mut client, request) = (Client::tcp(server.tcp).ok()?, allowed());
                let end = [0, request.len() / 2, request.len()][usize::from(index % 3)];
                client.send(&request.as_bytes()[..end]).ok()?;
                Some(client)
            })
            .collect();
        drop(flood);
        until("the flood is over", || server.metric("guestlist_connections") < 0.5);
        for _ in 0..20 {
            assert_eq!(server.admin("POST /reload").status, 200);
            ask_both(&mut server.connect());
        }
    };
    // What allocators and tables come to hold for good they hold by now.
    (0..3).for_each(|_| round());
    let before = server.resident_bytes();
    (0..6).for_each(|_| round());
    let after = server.resident_bytes();
    // A connection that is kept, or a configuration, would be a few kilobytes hundreds of times a round; the bound is for the allocator's moods.
    let allowed = 8 << 20;
    assert!(after < before + allowed, "{before} bytes, and after six more rounds {after}");
}

#[test]
fn reloads_of_very_many_apps_take_no_more_memory() {
    use std::fmt::Write;

    let directory = server::directory();
    let mut apps = String::new();
    for app in 0..2000 {
        let patterns: Vec<String> =
            (0..20).map(|pattern| format!("*.p{pattern}.app{app}.example.com")).collect();
        write!(apps, "[apps.app{app}.upload]\npatterns = {patterns:?}\n").unwrap();
    }
    let server = Server::start(&server::configure(directory.path(), &apps));
    let reload = || assert_eq!(server.admin("POST /reload").status, 200);
    (0..3).for_each(|_| reload());
    let before = server.resident_bytes();
    (0..20).for_each(|_| reload());
    let after = server.resident_bytes();
    // While it is read one of them takes some 20 MB.
    let allowed = 8 << 20;
    assert!(after < before + allowed, "{before} bytes, and after twenty more reloads {after}");
}
