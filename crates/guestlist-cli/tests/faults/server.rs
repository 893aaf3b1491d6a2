//! The server as a process in a directory of its own.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use rustix::process::{Pid, Signal};
use tempfile::TempDir;

use crate::client::{Answer, Client};
use crate::until;

/// What most tests ask about.
pub(crate) const APPS: &str = "[apps.one.upload]\npatterns = [\"*.example.com\"]\n";

/// A server that ends with this value.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) tcp: SocketAddr,
    pub(crate) unix: PathBuf,
    pub(crate) admin: SocketAddr,
    log: PathBuf,
}

/// A directory for a configuration, a socket and logs.
pub(crate) fn directory() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Writes the configuration: loopback, a free port, `check.sock` in the directory, and this.
pub(crate) fn configure(directory: &Path, settings: &str) -> PathBuf {
    let file = directory.join("guestlist.toml");
    fs::write(&file, config(directory, "127.0.0.1:0", settings)).unwrap();
    file
}

/// The text of such a configuration.
pub(crate) fn config(directory: &Path, tcp: &str, settings: &str) -> String {
    let socket = directory.join("check.sock");
    format!(
        "[server]\nlisten = [\"{tcp}\", \"unix:{}\"]\nadmin = \"127.0.0.1:0\"\nworkers = 2\n{settings}",
        socket.display()
    )
}

impl Server {
    /// Starts it with this configuration file.
    #[track_caller]
    pub(crate) fn start(config: &Path) -> Server {
        Server::spawn(&mut command(config), config)
    }

    /// Starts what is in the end `guestlist serve --format json` with this configuration file.
    #[track_caller]
    pub(crate) fn spawn(command: &mut Command, config: &Path) -> Server {
        let log = File::options().create(true).append(true).open(log(config)).unwrap();
        Server::spawn_to(command, config, log)
    }

    /// Starts it with a standard error of the test's own.
    #[track_caller]
    pub(crate) fn spawn_to(command: &mut Command, config: &Path, stderr: impl Into<Stdio>) -> Server {
        let log = log(config);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Ok(listens) = serde_json::from_str::<serde_json::Value>(&line) else {
            child.kill().ok();
            child.wait().ok();
            panic!(
                "it says not where it listens but `{line}`: {}",
                fs::read_to_string(log).unwrap_or_default()
            );
        };
        let address = |text: &str| text.strip_prefix("http://").and_then(|text| text.parse().ok());
        let check = listens["check"].as_array().unwrap().iter().map(|text| text.as_str().unwrap());
        Server {
            tcp: check.clone().find_map(address).unwrap(),
            unix: check.clone().find_map(|text| text.strip_prefix("unix:")).unwrap().into(),
            admin: listens["admin"].as_str().and_then(address).unwrap(),
            child,
            log,
        }
    }

    /// A new connection.
    #[track_caller]
    pub(crate) fn connect(&self) -> Client {
        Client::tcp(self.tcp).unwrap()
    }

    /// Asks the admin listener.
    #[track_caller]
    pub(crate) fn admin(&self, request_line: &str) -> Answer {
        admin(self.admin, request_line)
    }

    /// The sum of a metric over its labels; the samples are those whose line begins so.
    #[track_caller]
    pub(crate) fn metric(&self, begins: &str) -> f64 {
        let answer = self.admin("GET /metrics");
        let text = String::from_utf8(answer.body).unwrap();
        let samples = text.lines().filter(|line| {
            line.strip_prefix(begins).is_some_and(|rest| rest.starts_with([' ', '{', ',', '}']))
        });
        let values: Vec<f64> =
            samples.map(|line| line.rsplit_once(' ').unwrap().1.parse().unwrap()).collect();
        assert!(!values.is_empty(), "no metric `{begins}`:\n{text}");
        values.iter().sum()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        rustix::process::kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let mut status = None;
        until("the server ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }

    /// Whether it is still there.
    pub(crate) fn lives(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// What it holds in memory.
    #[cfg(target_os = "linux")]
    pub(crate) fn resident_bytes(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
    }

    /// What it has written on standard error so far, unless that is the test's own.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        let log = self.log();
        if std::thread::panicking() {
            println!("the server's log:\n{}", log.get(..log.len().min(2000)).unwrap_or_default());
        } else {
            assert!(!log.contains("panicked"), "{log}");
        }
    }
}

/// Where the standard error of a server goes.
fn log(config: &Path) -> PathBuf {
    config.with_extension("log")
}

/// `guestlist serve` with this configuration file.
pub(crate) fn command(config: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guestlist"));
    command.args(["serve", "--format", "json", "--config"]).arg(config);
    command
}

/// Asks an admin listener.
#[track_caller]
pub(crate) fn admin(address: SocketAddr, request_line: &str) -> Answer {
    let mut client = Client::tcp(address).unwrap();
    client
        .ask(&format!(
            "{request_line} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        ))
        .unwrap()
}
