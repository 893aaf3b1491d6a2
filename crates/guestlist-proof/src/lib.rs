//! Who else gets in: exact answers about the patterns of domain whitelists, with the shortest host that shows it.
//!
//! A list of patterns is a regular language, so these questions have exact answers, and no list of examples is needed to find them:
//!
//! ```
//! use guestlist_proof::{Prover, Rules};
//!
//! let wanted = Rules::parse(["{,*.}domain.com"])?;
//! let written = Rules::parse(["*domain.com"])?;
//! let stranger = Prover::new().only_in(&written, &wanted)?.expect("somebody else gets in");
//! assert_eq!(stranger.to_string(), "adomain.com");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ```text
//!  lists ──► one automaton, from the right, ──► breadth first, beside the ──► the shortest host, valid,
//!            made deterministic as it is         rules for valid hosts        with a port; or a proof that
//!            needed; it knows which rules                                     there is none; or: not decided
//! ```
//!
//! # In reading order
//!
//! - [`Rules`], [`Prover`], [`Witness`], [`Count`]: questions and answers; [`Budget`] and [`Undecided`] for how much work they may take.
//! - [`Diff`]: what an edit changes, of rules, of a list with its settings ([`ListDiff`]), of an app ([`GateDiff`]); [`Example`]s of who gets in, [`Outsider`]s who nearly do.
//! - [`lint`]: what is probably not meant in a list, who gets in because of it, and what to write instead.
//! - [`railroad`]: a pattern or a list as a picture.
//!
//! # Exactness
//!
//! Only hosts that a request can have are shown: lengths, IPv4 addresses, and labels that begin with `xn--`, whose validity is no regular language; each host with such a label that no pattern spells out is
//! asked of the engine, and so is each beside a label that runs from right to left. Such a host is shown only where no other answers the question, even a longer one; where there are too many of them to ask, the answer is [`Undecided`].
//!
//! # Complexity and hostile input
//!
//! Lists may come from customers. A set of places in all patterns is a state, and in the worst case there are exponentially many; every step is counted, and beyond the [`Budget`] the answer is [`Undecided`], which is neither yes nor
//! no. Ordinary lists need a few steps for each byte of their patterns.
//!
//! # Features
//!
//! - `serde`: `Serialize` for everything that is returned.

#![warn(missing_docs)]

mod budget;
mod count;
mod diff;
mod examples;
pub mod lint;
mod nfa;
mod outsiders;
mod prover;
pub mod railroad;
mod rules;
mod search;
mod space;
mod symbol;
mod valid;
mod witness;

pub use crate::budget::{Budget, Undecided};
pub use crate::count::Count;
pub use crate::diff::{Change, Diff, Effect, GateDiff, Idle, ListDiff, Setting, Side, UndecidedRule};
pub use crate::examples::Example;
pub use crate::outsiders::Outsider;
pub use crate::prover::{Prover, Redundancy};
pub use crate::rules::Rules;
pub use crate::witness::{Ports, Witness};
