//! What holds the proofs about whitelists (`guestlist-proof`) against the reference.
//!
//! - [`prove`]: who is judged: [`Proves`], and what is [`Shown`].
//! - [`naive`]: the reference's lists, and the hosts and ports that are tried one by one.
//! - [`difference`], [`overlap`], [`redundancy`], [`count`]: the properties, by question; [`budget`]: what a smaller budget may change.
//! - [`findings`]: what the lints say.
//! - [`expand`]: the hosts of a pattern written out, to be counted.
//! - [`small`]: every pair of patterns of a small model.
//!
//! A host that is shown is checked by the reference, as is what is said of its ports. That nobody could be shown, or nobody shorter, is held against all hosts of a few characters and
//! against hosts made from the patterns.

pub mod budget;
pub mod count;
pub mod difference;
pub mod expand;
pub mod findings;
pub mod naive;
pub mod overlap;
pub mod prove;
pub mod redundancy;
pub mod small;

use guestlist_proof::{Budget, Prover};

pub use prove::{Proves, Shown};

/// The prover, as the properties ask it: with a budget that small patterns do not come near to, so that hostile ones do not take long.
pub fn prover() -> Prover {
    Prover::with_budget(Budget::default().steps(1_000_000).candidates(1000))
}

/// So many patterns, as a subject takes them.
pub(crate) fn texts(patterns: &[String]) -> Vec<&str> {
    patterns.iter().map(String::as_str).collect()
}
