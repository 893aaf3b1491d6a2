//! Signed policies: what verifying one costs beside the bare HMAC of the same bytes (`cost`), and whether the time it takes tells where a wrong signature is wrong (`timing`). `benches/policy` builds and runs it.
//!
//! Only ratios within one run mean anything.

mod cases;
mod cost;
mod subjects;
mod timing;
mod welch;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

/// Times the verification of signed policies beside the bare HMAC-SHA256 of the same bytes.
#[derive(Debug, Parser)]
#[command(name = "benches/policy")]
struct Options {
    /// Rounds; in each, every policy and its bare HMAC take turns
    #[arg(long, value_name = "N", default_value_t = 101, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Instead: does the time a wrong signature takes tell where it is wrong?
    #[arg(long)]
    timing: bool,
    /// How many times are measured for each question of --timing
    #[arg(long, value_name = "N", default_value_t = 400_000, value_parser = clap::value_parser!(u32).range(1000..))]
    samples: u32,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// Exit 1 if a target is missed
    #[arg(long)]
    check: bool,
}

/// Runs it.
///
/// Exit 0 if all went well, 1 if `--check` found a target missed, 2 for what cannot be done.
pub fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options) {
        Ok(all_met) if all_met || !options.check => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether every target is met.
fn run(options: &Options) -> Result<bool, Box<dyn std::error::Error>> {
    let out = &mut io::stdout().lock();
    if options.timing {
        let report = timing::measure(options.samples)?;
        if options.json {
            json(&report, out)?;
        } else {
            report.print(out)?;
        }
        return Ok(report.all_met());
    }
    let report = cost::measure(options.rounds)?;
    if options.json {
        json(&report, out)?;
    } else {
        report.print(out)?;
    }
    Ok(report.all_met())
}

fn json(report: &impl serde::Serialize, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    writeln!(out)
}
