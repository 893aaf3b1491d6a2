//! What holds the engine against the reference: generators that turn bytes into cases, and oracles that turn a case into a verdict.
//!
//! - [`exhaustive`]: all of a small model, every pattern of a few tokens against every host of a few characters.
//! - [`generate`]: patterns, hosts and headers over a small alphabet, so that they collide; near misses made by changing a match.
//! - [`oracle`]: one function for each property. A case that breaks it is described in a line that can be pasted into a table of `testdata/`.
//! - [`replay`]: which property each folder of `corpus/` belongs to.
//!
//! The same functions serve plain `cargo test` (from a seed, and from the committed corpus) and a fuzzer.

#![warn(missing_docs)]

pub mod exhaustive;
pub mod generate;
pub mod oracle;
pub mod replay;
