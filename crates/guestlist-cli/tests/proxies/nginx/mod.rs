//! nginx, which asks by `auth_request` over the unix socket.

mod log;
mod traps;

use std::path::Path;
use std::process::Command;

use crate::harness::{Connection, Place, Proxy, Request, Site, shipped};
use crate::scenarios::{APPS, FRIEND};

struct Nginx;

impl Proxy for Nginx {
    const NAME: &'static str = "nginx";
    // Whatever is neither 2xx nor 401 nor 403 is an error of the server to `auth_request`.
    const CHECKER_DOWN: u16 = 500;
    const CHECKER_SLOW: u16 = 500;
    // The file has it so: it is the client's fault, and no error of the server.
    const CHECKER_431: u16 = 403;

    fn command(program: &Path, place: &Place) -> Command {
        command(program, place, "")
    }
}

/// nginx with the site of `deploy/`, and with more locations in it.
fn command(program: &Path, place: &Place, locations: &str) -> Command {
    let first = "    # Uploads: POST";
    let site = shipped(
        "nginx/guestlist.conf",
        &[
            ("unix:/run/guestlist/check.sock", &format!("unix:{}", place.socket.display())),
            ("127.0.0.1:8000", &place.backend.to_string()),
            ("listen 80;", &format!("listen {};", place.proxy)),
            ("/var/log/nginx/guestlist.log", &place.folder.join("access.log").display().to_string()),
            (first, &format!("{locations}\n{first}")),
        ],
    );
    let folder = place.folder.display();
    std::fs::write(place.folder.join("site.conf"), site).unwrap();
    // What a distribution's nginx.conf has, but in this folder, and as the user who runs the tests.
    let main = format!(
        "daemon off; user root; worker_processes 1; pid {folder}/nginx.pid; error_log stderr;
        events {{ worker_connections 512; }}
        http {{
            client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
            uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
            proxy_cache_path {folder}/cache keys_zone=cache:1m;
            include {folder}/site.conf;
        }}",
    );
    let configuration = place.folder.join("nginx.conf");
    std::fs::write(&configuration, main).unwrap();
    let mut command = Command::new(program);
    command.arg("-e").arg("stderr").arg("-p").arg(&place.folder).arg("-c").arg(configuration);
    command
}

crate::scenarios::every_scenario!(Nginx);

#[test]
fn a_question_is_about_the_request_as_it_came() {
    crate::scenarios::a_question_is_about_the_request_as_it_came::<Nginx>(
        "X-Original-URL",
        "X-Original-Method",
    );
}

#[test]
fn nobody_reaches_the_check_server_through_nginx() {
    let Some(site) = Site::<Nginx>::start(APPS) else { return };
    let question =
        Request::get("/_guestlist").with("Origin", FRIEND).with("X-Original-URL", "/upload/?key=shop");
    let answer = site.ask(question.with("X-Original-Method", "POST"));
    answer.assert_blocked_with(404);
    assert_eq!(answer.response().headers.one("X-Guestlist-Decision"), None, "{answer:?}");
}

#[test]
fn what_is_too_large_is_refused_before_anyone_is_asked() {
    let Some(site) = Site::<Nginx>::start(APPS) else { return };
    let head = format!(
        "POST /upload/?key=shop HTTP/1.1\r\nHost: localhost\r\nOrigin: {FRIEND}\r\nContent-Length: 104857601\r\n\r\n"
    );
    let answers = Connection::open(&site.address()).unwrap().ask_raw(head.as_bytes(), 1);
    assert_eq!(answers[0].status, 413, "{answers:?}");
    // What guestlist says of caches is not there: it was not asked.
    assert_eq!(answers[0].headers.members("Vary"), Vec::<String>::new(), "{answers:?}");
}

#[test]
fn the_page_says_what_clients_get() {
    crate::scenarios::the_page_says_what_clients_get::<Nginx>();
}
