//! How far the reading is, for a person at a terminal; nothing anywhere else.

use std::io::{self, IsTerminal, Read, Write};
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar by bytes on standard error if that is a terminal.
#[derive(Debug)]
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    started: Instant,
}

impl Progress {
    /// Shows itself on a terminal when the first bytes are read.
    pub(super) fn new() -> Progress {
        Progress { bar: io::stderr().is_terminal().then(ProgressBar::no_length), started: Instant::now() }
    }

    /// Shows nothing.
    #[cfg(test)]
    pub(super) fn hidden() -> Progress {
        Progress { bar: None, started: Instant::now() }
    }

    /// Sets how many bytes there are; `None` if nobody knows.
    pub(super) fn set_total(&self, bytes: Option<u64>) {
        let Some(bar) = &self.bar else { return };
        let template = match bytes {
            Some(_) => "{bar:30} {percent:>3} %  {bytes} of {total_bytes}  {bytes_per_sec}, {eta} left",
            None => "{spinner} {bytes}  {bytes_per_sec}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸ "));
        }
        if let Some(bytes) = bytes {
            bar.set_length(bytes);
        }
    }

    /// Counts what is read from `reader`.
    pub(super) fn watch(&self, reader: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
        match &self.bar {
            Some(bar) => Box::new(bar.wrap_read(reader)),
            None => reader,
        }
    }

    /// Takes the bar away and says how fast it went.
    pub(super) fn finish(&self, requests: u64) {
        let Some(bar) = &self.bar else { return };
        bar.finish_and_clear();
        let seconds = self.started.elapsed().as_secs_f64().max(0.001);
        let megabytes = bar.position() as f64 / 1e6;
        let line = format!(
            "{} requests in {seconds:.1} s, {:.0} MB/s\n",
            super::words::grouped(requests),
            megabytes / seconds
        );
        // Nothing is lost if standard error cannot be written.
        let _ = io::stderr().write_all(line.as_bytes());
    }
}

/// Whatever is said next begins on a clean line.
impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
