//! Envoy, which asks by `ext_authz` in two ways.

use std::path::Path;
use std::process::Command;

use crate::harness::{Place, Proxy, shipped};

/// How it asks, and what comes of it where the two ways differ.
macro_rules! envoy {
    ($way:ident, $file:literal) => {
        pub(super) struct $way;

        impl Proxy for $way {
            const NAME: &'static str = "envoy";
            // `status_on_error` of the files.
            const CHECKER_DOWN: u16 = 503;
            const CHECKER_SLOW: u16 = 503;
            // Its own, for more headers than it takes.
            const CHECKER_431: u16 = 431;
            const TELLS_ALL: bool = false;
            const TIDIES: bool = true;

            fn command(program: &Path, place: &Place) -> Command {
                command(program, place, $file)
            }
        }
    };
}

fn command(program: &Path, place: &Place, file: &str) -> Command {
    let port = |port: u16| format!("127.0.0.1, port_value: {port} }}");
    let text = shipped(
        &format!("envoy/{file}"),
        &[
            (&port(8000), &port(place.backend.port())),
            (&port(8080), &port(place.check.port())),
            ("0.0.0.0, port_value: 8888 }", &port(place.proxy.port())),
        ],
    );
    let configuration = place.folder.join(file);
    std::fs::write(&configuration, text).unwrap();
    let mut command = Command::new(program);
    command
        .args(["--concurrency", "1", "--disable-hot-restart", "--log-level", "warn", "-c"])
        .arg(configuration);
    command
}

mod grpc {
    use super::*;
    use crate::harness::{Request, Site};
    use crate::scenarios::{APPS, FRIEND};

    envoy!(Grpc, "grpc.yaml");
    crate::scenarios::every_scenario!(Grpc);

    /// Its messages may be longer than a head of HTTP.
    #[test]
    fn a_long_target_is_let_through() {
        let Some(site) = Site::<Grpc>::start_with(APPS, "limits = { head_bytes = 8192 }") else { return };
        site.ask(long(9_000)).assert_let_through();
        site.ask(long(50_000)).assert_let_through();
    }

    /// Asked about nothing, by the route that the file shows.
    #[test]
    fn a_route_may_be_switched_off() {
        let Some(site) = Site::<Grpc>::start(APPS) else { return };
        site.backend.add_file("healthz", b"well");
        let answer = site.ask(Request::get("/healthz"));
        assert_eq!(answer.assert_let_through().headers.one("X-Guestlist-Decision"), None);
        for near in ["/healthz/", "/healthz/../files/vault/x", "/healthz%2f", "/HEALTHZ", "/healthz;x"] {
            site.ask(Request::get(near)).assert_denied_or_refused();
        }
    }

    pub(super) fn long(length: usize) -> Request {
        Request::post(format!("/upload/?key=shop&pad={}", "a".repeat(length)), "an upload")
            .with("Origin", FRIEND)
    }
}

mod http {
    use super::*;
    use crate::harness::Site;
    use crate::scenarios::APPS;

    envoy!(Http, "http.yaml");
    crate::scenarios::every_scenario!(Http);

    /// What the check server answers, other than an error of its own, goes to the client.
    #[test]
    fn a_target_that_is_too_long_for_the_checker_is_denied() {
        let Some(site) = Site::<Http>::start_with(APPS, "limits = { head_bytes = 8192 }") else { return };
        site.ask(grpc::long(2_000)).assert_let_through();
        site.ask(grpc::long(9_000)).assert_blocked_with(431);
        site.ask(grpc::long(2_000)).assert_let_through();
    }
}
