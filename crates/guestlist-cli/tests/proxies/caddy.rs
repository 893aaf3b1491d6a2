//! Caddy, which asks by `forward_auth` over the unix socket.

use std::path::Path;
use std::process::Command;

use crate::harness::{Place, Proxy, Request, Site, shipped};
use crate::scenarios::{APPS, FRIEND, STRANGER};

struct Caddy;

impl Proxy for Caddy {
    const NAME: &'static str = "caddy";
    const CHECKER_DOWN: u16 = 502;
    const CHECKER_SLOW: u16 = 504;
    // What is not 2xx goes to the client as it is.
    const CHECKER_431: u16 = 431;

    fn command(program: &Path, place: &Place) -> Command {
        command(program, place, &[])
    }
}

/// Caddy with the site of `deploy/`, and with some of its text in the place of other.
fn command(program: &Path, place: &Place, replacements: &[(&str, &str)]) -> Command {
    let socket = format!("unix/{}", place.socket.display());
    let site = format!("http://:{} {{\n\tbind 127.0.0.1", place.proxy.port());
    let backend = place.backend.to_string();
    let addresses = [
        ("unix//run/guestlist/check.sock", &*socket),
        ("127.0.0.1:8000", &*backend),
        ("uploads.example.com {", &*site),
    ];
    let site = shipped("caddy/Caddyfile", &[&addresses, replacements].concat());
    let configuration = place.folder.join("Caddyfile");
    // Its administration would listen on a port that is always the same.
    std::fs::write(&configuration, format!("{{\n\tadmin off\n}}\n{site}")).unwrap();
    let mut command = Command::new(program);
    command.args(["run", "--adapter", "caddyfile", "--config"]).arg(configuration);
    command
        .env("HOME", &place.folder)
        .env("XDG_DATA_HOME", &place.folder)
        .env("XDG_CONFIG_HOME", &place.folder);
    command
}

crate::scenarios::every_scenario!(Caddy);

#[test]
fn a_question_is_about_the_request_as_it_came() {
    crate::scenarios::a_question_is_about_the_request_as_it_came::<Caddy>(
        "X-Forwarded-Uri",
        "X-Forwarded-Method",
    );
}

/// The same lines outside of a `route`, in the order of Caddy's own.
struct Unordered;

impl Proxy for Unordered {
    const NAME: &'static str = Caddy::NAME;
    const CHECKER_DOWN: u16 = Caddy::CHECKER_DOWN;
    const CHECKER_SLOW: u16 = Caddy::CHECKER_SLOW;
    const CHECKER_431: u16 = Caddy::CHECKER_431;

    fn command(program: &Path, place: &Place) -> Command {
        command(program, place, &[("\troute {\n", ""), ("\t}\n\n\tlog\n", "\n\tlog\n")])
    }
}

#[test]
fn outside_of_a_route_what_was_decided_is_removed() {
    let Some(site) = Site::<Unordered>::start(APPS) else { return };
    let upload = |origin: &str| Request::post("/upload/?key=shop", "an upload").with("Origin", origin);
    let answer = site.ask(upload(FRIEND));
    assert_eq!(answer.assert_let_through().headers.one("X-Guestlist-Decision"), None, "{answer:?}");
    site.ask(upload(STRANGER)).assert_denied();
}

#[test]
fn names_that_some_programs_take_for_the_same_are_removed_too() {
    let Some(site) = Site::<Caddy>::start(APPS) else { return };
    for name in ["X_Guestlist_Decision", "x_guestlist_would_deny", "X_GUESTLIST_RULE"] {
        let answer = site
            .ask(Request::post("/upload/?key=shop", "an upload").with("Origin", FRIEND).with(name, "forged"));
        let seen = answer.assert_let_through();
        assert_eq!(seen.headers.one(name), None, "{seen:?}");
    }
}

#[test]
fn the_page_says_what_clients_get() {
    crate::scenarios::the_page_says_what_clients_get::<Caddy>();
}
