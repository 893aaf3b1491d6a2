//! Servers as processes: started, asked once, weighed, ended.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde::Deserialize;

/// A process that ends with this value.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    /// Held, so that the server may go on writing.
    out: Option<BufReader<ChildStdout>>,
}

/// Where a server listens, as its first line says.
#[derive(Debug, Deserialize)]
pub(super) struct Addresses {
    check: Vec<String>,
}

impl Addresses {
    /// `127.0.0.1:PORT`.
    pub(super) fn tcp(&self) -> io::Result<&str> {
        let url = self.check.iter().find_map(|address| address.strip_prefix("http://"));
        url.ok_or_else(|| io::Error::other("the server names no TCP address"))
    }
}

impl Process {
    /// Starts a server that says in one line of JSON where it listens.
    pub(super) fn server(name: &'static str, command: &mut Command) -> io::Result<(Process, Addresses)> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| io::Error::other(format!("{name} does not start: {error}")))?;
        let out = child.stdout.take().map(BufReader::new);
        // Owned before anything can fail, so that it ends then too.
        let mut process = Process { child, out };
        let mut line = String::new();
        if let Some(out) = &mut process.out {
            out.read_line(&mut line)?;
        }
        let addresses = serde_json::from_str(&line)
            .map_err(|error| io::Error::other(format!("{name} does not say where it listens: {error}")))?;
        Ok((process, addresses))
    }

    /// Starts one that says nothing.
    pub(super) fn quiet(name: &'static str, command: &mut Command) -> io::Result<Process> {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| io::Error::other(format!("{name} does not start: {error}")))?;
        Ok(Process { child, out: None })
    }

    /// What it and its children have taken so far.
    pub(super) fn cpu_seconds(&self) -> io::Result<f64> {
        let own = [self.child.id()].into_iter();
        own.chain(self.children()?).map(cpu_seconds).sum()
    }

    /// What it and its children hold in memory; pages that they share count in each.
    pub(super) fn resident_bytes(&self) -> io::Result<f64> {
        let own = [self.child.id()].into_iter();
        own.chain(self.children()?).map(resident_bytes).sum()
    }

    fn children(&self) -> io::Result<Vec<u32>> {
        let id = self.child.id();
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children"))?;
        Ok(children.split_ascii_whitespace().filter_map(|id| id.parse().ok()).collect())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // nginx passes on to its workers only what it is told by a signal that it can hear.
        let told = Command::new("sh").arg("-c").arg(format!("kill -TERM {}", self.child.id())).status();
        if !told.is_ok_and(|status| status.success()) {
            self.child.kill().ok();
        }
        self.child.wait().ok();
    }
}

fn cpu_seconds(id: u32) -> io::Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat"))?;
    read_cpu(&stat).ok_or_else(|| io::Error::other(format!("/proc/{id}/stat cannot be read")))
}

/// User and system time of a line of `/proc/PID/stat`, in hundredths of seconds on every Linux there is.
fn read_cpu(stat: &str) -> Option<f64> {
    // The name, in brackets, may hold anything; behind it the first field is the third.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u32>().ok();
    Some((f64::from(ticks()?) + f64::from(ticks()?)) / 100.0)
}

fn resident_bytes(id: u32) -> io::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{id}/status"))?;
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
    let kilobytes = kilobytes.and_then(|text| text.parse::<f64>().ok());
    kilobytes.map(|kb| kb * 1024.0).ok_or_else(|| io::Error::other(format!("/proc/{id}/status has no VmRSS")))
}

/// Asks once, and says with which status line and headers it was answered.
pub(super) fn ask(address: &str, path: &str, origin: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nOrigin: {origin}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Waits until a server that says nothing takes connections.
pub(super) fn wait_for(address: &str, log: &Path) -> io::Result<()> {
    for _ in 0..500 {
        if TcpStream::connect(address).is_ok() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let log = fs::read_to_string(log).unwrap_or_default();
    Err(io::Error::other(format!("nobody listens on {address}: {log}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_blanks_and_brackets() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194304 110 0 0 0 250 50 0 0 20 0 1 0 100 200 300";
        let seconds = read_cpu(stat).expect("it is such a line");
        assert!((seconds - 3.0).abs() < 1e-9);
        assert_eq!(read_cpu("7 (a) S 1"), None);
    }

    #[test]
    fn this_process_takes_time_and_memory() {
        let id = std::process::id();
        assert!(cpu_seconds(id).is_ok());
        assert!(resident_bytes(id).is_ok_and(|bytes| bytes > 0.0));
    }
}
