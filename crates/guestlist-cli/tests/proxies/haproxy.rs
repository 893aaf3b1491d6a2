//! HAProxy, which asks by SPOE.

use std::path::Path;
use std::process::Command;

use crate::harness::{Place, Proxy, Request, Site, shipped};
use crate::scenarios::{APPS, FRIEND};

struct Haproxy;

impl Proxy for Haproxy {
    const NAME: &'static str = "haproxy";
    // A rule of the file.
    const CHECKER_DOWN: u16 = 503;
    const CHECKER_SLOW: u16 = 503;
    // Its own, for more headers than it takes.
    const CHECKER_431: u16 = 400;
    const TELLS_ALL: bool = false;

    fn command(program: &Path, place: &Place) -> Command {
        let question = place.folder.join("guestlist-spoe.conf");
        std::fs::write(&question, shipped("haproxy/guestlist-spoe.conf", &[])).unwrap();
        let text = shipped(
            "haproxy/haproxy.cfg",
            &[
                ("/etc/haproxy/guestlist-spoe.conf", &question.display().to_string()),
                ("server application 127.0.0.1:8000", &format!("server application {}", place.backend)),
                ("server guestlist 127.0.0.1:8081", &format!("server guestlist {}", place.spop)),
                ("bind :8888", &format!("bind {}", place.proxy)),
            ],
        );
        let configuration = place.folder.join("haproxy.cfg");
        std::fs::write(&configuration, text).unwrap();
        let mut command = Command::new(program);
        command.arg("-db").arg("-f").arg(configuration);
        command
    }
}

crate::scenarios::every_scenario!(Haproxy);

/// As long as a head may be for HAProxy, the message about it fits into a frame.
#[test]
fn a_long_request_fits_into_a_frame() {
    let Some(site) = Site::<Haproxy>::start(APPS) else { return };
    site.backend.add_file("files/shop/photo.jpg", b"a photo");
    let referer = format!("https://app.example.com/{}", "a".repeat(8_000));
    let photo = Request::get(format!("/files/shop/photo.jpg?pad={}", "a".repeat(6_500)));
    site.ask(photo.clone().with("Referer", &referer)).assert_let_through();
    site.ask(photo.with("Referer", format!("{referer}{}", "a".repeat(1_000)))).assert_denied_or_refused();
    let upload = Request::post(format!("/upload/?key=shop&pad={}", "a".repeat(14_000)), "an upload");
    site.ask(upload.with("Origin", FRIEND)).assert_let_through();
}
