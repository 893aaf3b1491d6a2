//! The domain whitelist specification (`docs/SPEC.md`) as plain code: an interpreter that a person can check by eye,
//! to hold the engine against.
//!
//! It shares nothing with the engine. It has its own parser of the pattern text, its own reading of header bytes, and
//! a matcher that knows no automaton and no regular expression. Where the specification is silent it follows
//! `docs/semantics.md`, whose items are named where they apply. It prefers the obvious to the fast in everything, and
//! allocates freely.
//!
//! # Reading order
//!
//! | module | SPEC | what it turns into what |
//! | --- | --- | --- |
//! | `host` | §4 | bytes of `host[:port]` into a [`Host`] and a port |
//! | `pattern` | §2, §3 | the text of a pattern into nodes, and nodes into the canonical text |
//! | `check` | §2 | nodes into written-out alternatives, each of which must be able to match a valid host |
//! | `matcher` | §2 | nodes and a text into the set of positions where a match can end |
//! | `header` | §4 | the bytes of a header value into an [`Origin`] |
//! | `decide` | §5 | a list and the two headers into a [`Verdict`] |
//!
//! [`table`] holds the tables of cases, for the tests of every crate.
//!
//! # Example
//!
//! ```
//! use guestlist_reference::{List, ListType, Pattern, Verdict, decide};
//!
//! let pattern = Pattern::parse("https://*.Example.com/")?;
//! assert_eq!(pattern.canonical(), "*.example.com");
//!
//! let list = List::new(ListType::Upload, vec![pattern]);
//! let verdict = decide(ListType::Upload, &list, &[], &[b"https://app.example.com"], &[]);
//! assert_eq!(verdict, Verdict::Matched(0));
//! # Ok::<(), guestlist_reference::Refused>(())
//! ```
//!
//! # Hostile input
//!
//! Nothing here panics, and the time taken is polynomial in the input. The length of a pattern is looked at before
//! anything else, nesting before each step down, and the written-out alternatives are counted by arithmetic before one
//! of them is written out. Matching keeps a *set* of positions and visits each node of a pattern once for a whole set,
//! so that no pattern makes it try the same thing twice.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod check;
mod decide;
mod header;
mod host;
mod matcher;
mod pattern;
pub mod table;

pub use decide::{List, ListType, Mode, Verdict, decide, dedup};
pub use header::{Header, Origin, read_host, read_origin, read_referer};
pub use host::Host;
pub use pattern::{Limits, Pattern, Refused};
