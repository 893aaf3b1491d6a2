//! What holds the engine, and the proofs about its lists, against the reference: generators that turn bytes into cases, and oracles that turn a case into a verdict.
//!
//! - [`subject`]: what is judged; the engine, in each of its configurations.
//! - [`exhaustive`]: all of a small model, every pattern of a few tokens against every host of a few characters.
//! - [`generate`]: patterns, hosts and headers over a small alphabet, so that they collide; near misses made by changing a match.
//! - [`oracle`], [`browser`]: the subject against the reference, and its reading of a header against the URL standard.
//! - [`laws`], [`limits`]: what holds of it by itself: unions, order and case; limits and budgets.
//! - [`proof`]: the proofs about lists, every host that is shown and every "nobody".
//! - [`config`]: the command line tool's configuration, read and printed and read again.
//! - [`policy`]: signed policies, held against a naive reading of their JSON; forgeries, and printing as the inverse of reading.
//! - [`tables`]: the tables of cases in `testdata/`.
//! - [`replay`]: every property by its name, which is that of its fuzz target and of its folder in `corpus/`. A case that breaks it ends in a line that is a Rust test with [`prelude`].
//! - [`seed`]: inputs from a number, and those that are committed.
//! - [`mod@target`]: the glue to libFuzzer.
//!
//! The same functions serve plain `cargo test` (from a seed, and from the committed corpus) and a fuzzer.

#![warn(missing_docs)]

pub mod browser;
pub mod config;
pub mod exhaustive;
pub mod gate_case;
pub mod generate;
pub mod laws;
pub mod limits;
pub mod oracle;
pub mod policy;
pub mod prelude;
pub mod proof;
pub mod replay;
pub mod seed;
pub mod subject;
pub mod tables;
pub mod target;
