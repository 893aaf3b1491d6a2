//! The comparison starts itself again for what needs a heap of its own: a job as JSON on the command line → its result as JSON on standard output.

use std::io::{self, Write};
use std::process::{Command, Stdio};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::memory;
use crate::peers::Peers;

/// What a child is asked for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Job {
    /// How many bytes a list takes.
    Memory { workload: String, engine: String },
}

/// Does a job and prints its result: the child's side.
pub(super) fn work<P: Peers>(job: &str) -> io::Result<()> {
    let out = &mut io::stdout().lock();
    match serde_json::from_str(job)? {
        Job::Memory { workload, engine } => {
            serde_json::to_writer(&mut *out, &memory::weigh::<P>(&workload, &engine)?)?;
        }
    }
    out.flush()
}

/// Has a job done: the parent's side.
pub(super) fn ask<T: DeserializeOwned>(job: &Job) -> io::Result<T> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("--child").arg(serde_json::to_string(job)?).stderr(Stdio::inherit());
    let output = command.output()?;
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
