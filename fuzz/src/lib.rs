//! What holds the engine against the reference: generators that turn bytes into cases, and oracles that turn a case into a verdict.
//!
//! - [`exhaustive`]: all of a small model, every pattern of a few tokens against every host of a few characters.
//! - [`generate`]: patterns, hosts and headers over a small alphabet, so that they collide; near misses made by changing a match.
//! - [`oracle`]: one function for each property. A case that breaks it ends in a line for a Rust test.
//! - [`browser`]: the engine's reading of a header against the URL standard.
//! - [`laws`]: what holds of the engine by itself: unions, limits, order and case.
//! - [`replay`]: every property by its name, which is that of its fuzz target and of its folder in `corpus/`.
//! - [`mod@target`]: the glue to libFuzzer.
//!
//! The same functions serve plain `cargo test` (from a seed, and from the committed corpus) and a fuzzer.

#![warn(missing_docs)]

pub mod browser;
pub mod exhaustive;
pub mod generate;
pub mod laws;
pub mod oracle;
pub mod replay;
pub mod target;
