//! The check server under load, beside a bare hyper server: directly, and asked by nginx for every request. `benches/edge` builds and runs it.
//!
//! ```text
//! wrk ──TCP──► bare | guestlist                                   direct
//! wrk ──TCP──► nginx ──auth_request, unix socket──► bare | guestlist | nobody
//! ```
//!
//! Contenders take turns (A B A B …), so that what else the machine does meets all of them; a ratio is the median of the ratios of the rounds.
//! Only ratios within one run mean anything.

mod config;
mod nginx;
mod options;
mod process;
mod race;
mod report;
mod wrk;

use std::io;
use std::process::ExitCode;

use clap::Parser;

use options::Options;

/// Runs it.
#[expect(clippy::print_stderr, reason = "a program of this crate")]
pub fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether it is all right: nothing was missed, or nobody asked.
fn run(options: &Options) -> io::Result<bool> {
    let outcome = race::run(options)?;
    let out = &mut io::stdout().lock();
    if options.json {
        report::json(&outcome, out)?;
    } else {
        report::text(&outcome, out)?;
    }
    Ok(!options.check || outcome.missed().is_empty())
}
