//! Other people's programs: where they are, and how they are run.

use std::io::{Write, stderr, stdout};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::server::Server;

/// The folder of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// That of these tests.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser")
}

/// Looks for a program on the path.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// A file, if it is there.
pub(crate) fn there(file: PathBuf) -> Option<PathBuf> {
    file.is_file().then_some(file)
}

/// Says that something is not tested, or fails where it must be.
pub(crate) fn skip(what: &str) {
    let how = "crates/guestlist-cli/tests/browser/install installs what it needs";
    assert!(std::env::var_os("GUESTLIST_REQUIRE_BROWSER").is_none(), "{what}: not tested; {how}");
    // Past what a test runner keeps to itself.
    stderr().write_all(format!("skipped: {what}; {how}\n").as_bytes()).unwrap();
}

/// Runs it to its end, and fails with all that it and the servers said if it fails.
pub(crate) fn run(command: &mut Command, servers: &[&Server]) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    // Which flows there were, and how long each took.
    stdout().write_all(said.as_bytes()).unwrap();
    if !output.status.success() {
        let logs: String = servers.iter().map(|server| server.log()).collect();
        let errors = String::from_utf8_lossy(&output.stderr);
        panic!("{} by {command:?}\n{said}\n{errors}\nthe servers said:\n{logs}", output.status);
    }
}
