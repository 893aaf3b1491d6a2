//! `guestlist serve` as a process.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::net::UnixListener;
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

    /// Kills it, and has something in its place that takes connections and never answers, for as long as what is returned is kept.
    ///
    /// Not SIGSTOP: a process with several threads may answer for a moment after that.
    pub(crate) fn hang(&mut self) -> Silent {
        self.kill();
        std::fs::remove_file(&self.place.socket).ok();
        Silent {
            _socket: UnixListener::bind(&self.place.socket).unwrap(),
            _ports: [self.place.check, self.place.spop].map(|address| TcpListener::bind(address).unwrap()),
        }
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

/// The system takes the connections, and nobody reads them.
pub(crate) struct Silent {
    _socket: UnixListener,
    _ports: [TcpListener; 2],
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
