//! The comparison starts itself again for what needs a heap of its own: a job as JSON on the command line → its result as JSON on standard output.

use std::io::{self, Write};
use std::process::{Child, Command, Stdio};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{apps, memory};
use crate::peers::Peers;

/// What a child is asked for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Job {
    /// How many bytes a list takes.
    Memory { workload: String, engine: String },
    /// As many apps as are wanted, in as many bytes as it may take, and rounds of checks.
    Apps { engine: String, apps: usize, bytes: usize },
}

/// Does a job and prints its result: the child's side.
pub(super) fn work<P: Peers>(job: &str) -> io::Result<()> {
    let out = &mut io::stdout().lock();
    match serde_json::from_str(job)? {
        Job::Memory { workload, engine } => {
            serde_json::to_writer(&mut *out, &memory::weigh::<P>(&workload, &engine)?)?;
        }
        Job::Apps { engine, apps, bytes } => apps::play(&engine, apps, bytes, out)?,
    }
    out.flush()
}

/// Has a job begun: the parent's side.
pub(super) fn spawn(job: &Job) -> io::Result<Child> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("--child").arg(serde_json::to_string(job)?);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()
}

/// Has a job done.
pub(super) fn ask<T: DeserializeOwned>(job: &Job) -> io::Result<T> {
    let output = spawn(job)?.wait_with_output()?;
    if !output.status.success() {
        return Err(io::Error::other(format!("{job:?}: {}", output.status)));
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The resident bytes of this process.
pub(super) fn resident() -> io::Result<usize> {
    let statm = std::fs::read_to_string("/proc/self/statm")?;
    let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok());
    // Linux has other sizes of pages elsewhere; x86-64 has this one.
    pages.map(|pages| pages * 4096).ok_or_else(|| io::Error::other("/proc/self/statm cannot be read"))
}
