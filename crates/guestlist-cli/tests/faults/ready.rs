//! `guestlist ready`, and the configurations under `deploy/`, which are what it is asked about.

use std::path::Path;
use std::process::{Command, Output};

use rustix::process::Signal;

use crate::client::check;
use crate::server::{self, APPS, Server};
use crate::until;

fn ready(admin: &str) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_guestlist")).args(["ready", "--admin", admin]).output();
    let Output { status, stdout, stderr } = output.unwrap();
    assert_eq!(String::from_utf8(stderr).unwrap(), "");
    (status.code(), String::from_utf8(stdout).unwrap())
}

#[test]
fn a_server_that_takes_requests_is_ready_and_no_other() {
    let directory = server::directory();
    let mut server = Server::start(&server::configure(directory.path(), APPS));
    let admin = server.admin.to_string();
    let (code, said) = ready(&admin);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.starts_with('{') && said.contains("\"ready\":true"), "{said}");

    // Draining: somebody has not said all of his request.
    let mut last = server.connect();
    last.send(b"GET /check").unwrap();
    until("it is connected", || server.metric("guestlist_connections") > 0.5);
    server.signal(Signal::TERM);
    until("it is not ready", || ready(&admin).0 == Some(1));
    let (_, said) = ready(&admin);
    assert!(said.starts_with("not ready"), "{said}");
    drop(last);
    server.wait();
    let (code, said) = ready(&admin);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.starts_with(&format!("not ready: {admin}: ")), "{said}");
}

#[test]
fn what_is_deployed_is_served() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for file in ["deploy/docker/guestlist.toml", "deploy/kubernetes/guestlist.toml"] {
        // Beside its log, which is not for the repository.
        let directory = server::directory();
        let config = directory.path().join("guestlist.toml");
        std::fs::copy(root.join(file), &config).unwrap();
        let mut command = server::command(&config);
        // Elsewhere than on the ports and addresses that it has there.
        command.args(["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--listen"]);
        command.arg(format!("unix:{}", directory.path().join("check.sock").display()));
        let server = Server::spawn(&mut command, &config);
        let answer = server.connect().ask(&check("upload", "demo", "Origin: https://www.example.com\r\n"));
        assert_eq!(answer.unwrap().status, 204, "{file}");
        assert_eq!(ready(&server.admin.to_string()).0, Some(0), "{file}");
    }
}
