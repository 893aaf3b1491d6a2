//! `wrk`: a load → what came of it.

use std::io;
use std::path::Path;
use std::process::Command;

use serde::{Deserialize, Serialize};

use super::options::Options;

/// What one turn came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Load {
    pub(super) requests: f64,
    pub(super) micros: f64,
    /// Answers of 400 and more.
    pub(super) refused: f64,
    /// Connections that were not made or broke, and requests without an answer.
    pub(super) broken: f64,
    pub(super) p50: f64,
    pub(super) p99: f64,
}

impl Load {
    pub(super) fn per_second(&self) -> f64 {
        self.requests / self.micros * 1e6
    }
}

/// Appended to every script: the figures as JSON, all times in microseconds. `wrk` takes only `request` for a sign that requests differ, so this costs nothing.
const DONE: &str = r#"
function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    'figures {"requests":%d,"micros":%d,"refused":%d,"broken":%d,"p50":%f,"p99":%f}\n',
    summary.requests, summary.duration, e.status, e.connect + e.read + e.write + e.timeout,
    latency:percentile(50), latency:percentile(99)))
end
"#;

/// Writes a script that reports the figures.
pub(super) fn write_script(path: &Path, requests: &str) -> io::Result<()> {
    std::fs::write(path, format!("{requests}{DONE}"))
}

/// One turn of so many seconds.
pub(super) fn run(
    options: &Options,
    seconds: u32,
    url: &str,
    origin: &str,
    script: &Path,
) -> io::Result<Load> {
    let output = Command::new("wrk")
        .args(["--threads", &options.workers.to_string()])
        // Every thread has at least one.
        .args(["--connections", &options.connections.max(options.workers).to_string()])
        .args(["--duration", &format!("{seconds}s"), "--header", &format!("Origin: {origin}"), "--script"])
        .arg(script)
        .arg(url)
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    read(&text).ok_or_else(|| {
        io::Error::other(format!("wrk: {text}{}", String::from_utf8_lossy(&output.stderr).trim_end()))
    })
}

/// The figures in what `wrk` prints.
fn read(text: &str) -> Option<Load> {
    let json = text.lines().find_map(|line| line.strip_prefix("figures "))?;
    serde_json::from_str(json).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_found_among_what_people_read() {
        let text = "Requests/sec:  9.5\nfigures {\"requests\":10,\"micros\":1000000,\"refused\":1,\"broken\":0,\"p50\":1.5,\"p99\":2}\n";
        let load = read(text).expect("figures");
        assert!((load.requests - 10.0).abs() < 1e-9 && (load.p50 - 1.5).abs() < 1e-9);
        assert_eq!(read("unable to connect to 127.0.0.1:1 Connection refused\n"), None);
    }
}
