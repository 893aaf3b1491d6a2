//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// Loads a bare hyper server and `guestlist serve` in turn, directly and behind nginx, and prints what each does a second, what it takes for that, and the ratios.
#[derive(Debug, Parser)]
#[command(name = "benches/edge")]
pub(super) struct Options {
    /// How many rounds; in each, every contender of every scenario has its turn
    #[arg(long, value_name = "N", default_value_t = 25, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) rounds: u32,
    /// How long a turn is
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) seconds: u32,
    /// Three rounds of a second: whether it works, and the first digit
    #[arg(long)]
    quick: bool,
    /// How many connections `wrk` keeps
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) connections: u32,
    /// How many threads each server has, and how many processes nginx; `wrk` has as many threads
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) workers: u32,
    /// How many apps the configuration has, of two lists of twenty patterns each
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) apps: u32,
    /// Only this scenario; may be given again
    #[arg(long, value_name = "NAME")]
    pub(super) scenario: Vec<String>,
    /// Print one JSON document
    #[arg(long)]
    pub(super) json: bool,
    /// Exit 1 if a target is missed
    #[arg(long)]
    pub(super) check: bool,
    /// The server to measure; `benches/edge` builds it
    #[arg(long, value_name = "FILE", hide = true)]
    pub(super) guestlist: PathBuf,
    /// The server to measure it against; `benches/edge` builds it
    #[arg(long, value_name = "FILE", hide = true)]
    pub(super) bare: PathBuf,
}

impl Options {
    /// Rounds, and seconds of a turn.
    pub(super) fn turns(&self) -> (u32, u32) {
        if self.quick { (3, 1) } else { (self.rounds, self.seconds) }
    }
}
