//! The binary from end to end: what it prints, where, and how it exits.

// The helpers are test code too.
#![allow(clippy::unwrap_used)]

mod audit;
mod bad_input;
mod commands;
mod covers;
mod diff;
mod examples;
mod format;
mod lint;
mod lists;
mod picture;
mod policy;
mod serve;
mod store;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// What a run came to.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs the binary in a directory, with this on standard input.
pub(crate) fn run_in(directory: &Path, args: &[&str], stdin: &[u8]) -> Run {
    let mut child = command(args)
        .current_dir(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may end without reading all of it.
    child.stdin.take().unwrap().write_all(stdin).ok();
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let run = Run { code: status.code().unwrap(), out: text(stdout), err: text(stderr) };
    assert!(!run.err.contains("panicked"), "{}", run.err);
    assert!(!run.out.contains('\u{1b}') && !run.err.contains('\u{1b}'), "colours where there is no terminal");
    run
}

/// Runs the binary in the root of the repository.
pub(crate) fn run(args: &[&str]) -> Run {
    run_in(&root(), args, b"")
}

pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guestlist"));
    command.args(args).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env("COLUMNS", "100");
    command
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}
