//! `guestlist serve` as a process.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::http::{Address, Connection, Request, Response, send};
use super::process::Process;
use super::proxy::Place;

/// The check server. It listens on a unix socket, a port and one for SPOE, which stay the same when it is started again.
#[derive(Debug)]
pub(crate) struct Checker {
    process: Process,
    place: Place,
    configuration: PathBuf,
}

impl Checker {
    pub(crate) fn start(place: &Place, configuration: &str) -> Self {
        let path = place.folder.join("guestlist.toml");
        std::fs::write(&path, configuration).unwrap();
        let process = launch(place, &path);
        Self { process, place: place.clone(), configuration: path }
    }

    /// Kills it, as the kernel does when memory is short.
    pub(crate) fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts it again after it was killed.
    pub(crate) fn start_again(&mut self) {
        self.process = launch(&self.place, &self.configuration);
    }

    /// Sends it a signal, such as `STOP`.
    pub(crate) fn signal(&self, signal: &str) {
        self.process.signal(signal);
    }

    /// Puts another configuration into force; from when this returns, it is.
    pub(crate) fn reload(&self, configuration: &str) -> Response {
        // Whole or not at all, because the server looks at the file by itself as well.
        let next = self.configuration.with_extension("next");
        std::fs::write(&next, configuration).unwrap();
        std::fs::rename(&next, &self.configuration).unwrap();
        send(&Address::Tcp(self.place.admin), &Request::new("POST", "/reload")).unwrap()
    }

    /// What it wrote on standard error: its log, with the decisions.
    pub(crate) fn log(&self) -> String {
        self.process.log()
    }
}

fn launch(place: &Place, configuration: &Path) -> Process {
    let said = place.folder.join("guestlist.said");
    let listen = |address: &SocketAddr| address.to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_guestlist"));
    command.arg("serve").arg("-c").arg(configuration).args(["--format", "json"]);
    command.arg("--listen").arg(format!("unix:{}", place.socket.display()));
    command.args([
        "--listen",
        &listen(&place.check),
        "--spop",
        &listen(&place.spop),
        "--admin",
        &listen(&place.admin),
    ]);
    command.stdout(File::create(&said).unwrap());
    let mut process = Process::start("guestlist", &mut command, &place.folder.join("guestlist.log"));
    process
        .wait_until("the line that says where it listens", || std::fs::read(&said).unwrap().ends_with(b"\n"));
    let line = std::fs::read(&said).unwrap();
    let line: serde_json::Value = serde_json::from_slice(&line).unwrap();
    assert_eq!(line["check"].as_array().map(Vec::len), Some(2), "{line}");
    // It says so when it does, not before.
    for address in [Address::Unix(place.socket.clone()), Address::Tcp(place.check), Address::Tcp(place.admin)]
    {
        Connection::open(&address).unwrap_or_else(|error| panic!("{address:?}: {error}, after {line}"));
    }
    process
}
