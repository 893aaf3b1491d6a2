//! The command line of the comparison.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// Times the engine and its peers in interleaved rounds and prints the medians, with ratios to the engine, and which targets are met.
///
/// Every answer is held against the reference before anything is timed. Only the ratios within one run mean anything.
#[derive(Debug, Parser)]
#[command(name = "benches/compare")]
pub(super) struct Options {
    /// How many different hosts (and headers) each list is checked with
    #[arg(long, value_name = "N", default_value_t = 16_000, value_parser = positive)]
    pub(super) hosts: usize,
    /// How many rounds; in each, every engine runs a few milliseconds
    #[arg(long, value_name = "N", default_value_t = 15, value_parser = positive)]
    pub(super) rounds: usize,
    /// Only this workload; may be given again
    #[arg(long, value_name = "NAME")]
    pub(super) workload: Vec<String>,
    /// How many apps w6-apps is to have
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = positive)]
    pub(super) apps: usize,
    /// The most that one engine may take for its apps; it gets fewer where that is not enough
    #[arg(long, value_name = "GIB", default_value_t = 2, value_parser = positive)]
    pub(super) memory: usize,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    /// Draw a picture of the figures into this file as well
    #[arg(long, value_name = "FILE")]
    pub(super) svg: Option<PathBuf>,
    /// Exit 1 if a target is missed by more than 20 %
    #[arg(long)]
    pub(super) check: bool,
    /// Measure nothing: take the figures of an earlier run with `--format json`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["hosts", "rounds", "workload", "apps", "memory"])]
    pub(super) from: Option<PathBuf>,
    /// What the comparison starts itself again for: a heap of its own
    #[arg(long, hide = true)]
    pub(super) child: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A table
    Text,
    /// One document, which `--from` reads again
    Json,
}

fn positive(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| *n > 0).ok_or_else(|| "not a positive number".to_owned())
}
