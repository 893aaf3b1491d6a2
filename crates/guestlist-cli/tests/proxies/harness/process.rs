//! Processes that end with the test that started them, however it ends.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A process and its children, with what they write in a file. Killed when dropped.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    name: String,
    log: PathBuf,
}

impl Process {
    /// Starts it in a process group of its own; both of its outputs go to `log`, but for a standard output that the command already sends elsewhere.
    pub(crate) fn start(name: &str, command: &mut Command, log: &Path) -> Self {
        let errors = File::create(log).unwrap();
        command.stdin(Stdio::null()).stderr(errors).process_group(0);
        let child =
            command.spawn().unwrap_or_else(|error| panic!("{name} does not start: {error}: {command:?}"));
        Self { child, name: name.to_owned(), log: log.to_owned() }
    }

    pub(crate) fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap()).into_owned()
    }

    /// Waits until it is ready, and panics with its log if it ends before.
    pub(crate) fn wait_until(&mut self, what: &str, mut ready: impl FnMut() -> bool) {
        for _ in 0..TRIES {
            if ready() {
                return;
            }
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("{} ended ({status}) before this: {what}\n{}", self.name, self.log());
            }
            std::thread::sleep(PAUSE);
        }
        panic!("{}: never came: {what}\n{}", self.name, self.log());
    }

    /// Sends a signal, such as `HUP`, to it and its children.
    pub(crate) fn signal(&self, signal: &str) {
        assert!(self.send(signal), "{}: SIG{signal} could not be sent", self.name);
    }

    /// SIGKILL, as the kernel sends it when memory is short.
    pub(crate) fn kill(&mut self) {
        self.signal("KILL");
        self.child.wait().unwrap();
    }

    fn send(&self, signal: &str) -> bool {
        // The shell's own `kill`, in the form of POSIX: the program of that name is not everywhere.
        let script = format!("kill -s {signal} -- -{}", self.child.id());
        Command::new("sh").args(["-c", &script]).status().is_ok_and(|status| status.success())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Nothing in here panics: a test that fails drops this too.
        if matches!(self.child.try_wait(), Ok(None)) {
            self.send("KILL");
            self.child.wait().ok();
        }
    }
}

/// Waits until something holds, for a bounded number of tries.
pub(crate) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..TRIES {
        if holds() {
            return;
        }
        std::thread::sleep(PAUSE);
    }
    panic!("never came: {what}");
}

const TRIES: usize = 2_000;
const PAUSE: Duration = Duration::from_millis(10);
