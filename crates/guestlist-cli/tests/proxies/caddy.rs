//! Caddy, which asks by `forward_auth` over the unix socket.

use std::path::Path;
use std::process::Command;

use crate::harness::{Place, Proxy, shipped};

struct Caddy;

impl Proxy for Caddy {
    const NAME: &'static str = "caddy";
    const CHECKER_DOWN: u16 = 502;
    const CHECKER_SLOW: u16 = 504;
    // What is not 2xx goes to the client as it is.
    const CHECKER_431: u16 = 431;

    fn command(program: &Path, place: &Place) -> Command {
        let site = shipped(
            "caddy/Caddyfile",
            &[
                ("unix//run/guestlist/check.sock", &format!("unix/{}", place.socket.display())),
                ("127.0.0.1:8000", &place.backend.to_string()),
                ("uploads.example.com {", &format!("http://:{} {{\n\tbind 127.0.0.1", place.proxy.port())),
            ],
        );
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
}

crate::scenarios::every_scenario!(Caddy);

#[test]
fn a_question_is_about_the_request_as_it_came() {
    crate::scenarios::a_question_is_about_the_request_as_it_came::<Caddy>(
        "X-Forwarded-Uri",
        "X-Forwarded-Method",
    );
}
