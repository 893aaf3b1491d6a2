//! **guestlist** decides whether a web request may use a key or a file, by the domain it comes from.
//!
//! An app has two domain whitelists: `upload`, which sites may embed it (judged by the `Origin` header), and `delivery`, which sites may
//! show its files (`Origin` or `Referer`). A list holds patterns in a small glob format; all patterns of a list are united in one automaton.
//!
//! ```text
//!  pattern text ──► Pattern ──► Hir ──► automaton ─┐
//!   *.example.com   (syntax     (regular (one for  │
//!                    tree)      language) a list)  ▼
//!  header bytes ──► Origin ──────────────────► List::find ──► Gate::decide ──► Decision
//!   Origin: https://app.example.com                           SPEC §5          allowed: rule 1 …
//! ```
//!
//! # Example
//!
//! ```
//! use guestlist::{Gate, List, ListType, RequestHeaders};
//!
//! let gate = Gate::new().with_list(
//!     List::builder(ListType::Upload).patterns(["{,www.}example.com", "localhost:*"]).build()?,
//! );
//!
//! let headers = RequestHeaders::new().origin(b"https://www.example.com");
//! let decision = gate.decide(ListType::Upload, &headers);
//! assert!(decision.lets_through());
//! assert_eq!(decision.to_string(), "allowed: rule 1 of the upload list matches the Origin header");
//! # Ok::<(), guestlist::ListError>(())
//! ```
//!
//! # In reading order
//!
//! - [`Pattern`], [`ast`], [`Limits`]: what a person writes, checked and in canonical form; [`Error`] says what is wrong and where, [`Warning`] who else gets in.
//! - [`List`], [`Rule`], [`Mode`]: the rules of a list type, saved all or nothing; [`Budget`] and [`Engine`] for what it is matched with.
//! - [`Origin`]: what a header says, read strictly.
//! - [`Gate`], [`RequestHeaders`], [`Decision`], [`Denial`]: the decision and its reason.
//! - [`NearMiss`]: for people, which rule came closest.
//!
//! # What it does not do
//!
//! It does no IO, starts no thread, has no global state and knows no HTTP library. It cannot tell a browser from a script: an `Origin` header is
//! easily forged outside a browser. It stops other web sites, not programs.
//!
//! # Complexity and hostile input
//!
//! Headers come from strangers: reading one is a single pass with limits ([`MAX_ORIGIN_BYTES`], [`MAX_REFERER_BYTES`]), matching is one step for each byte of
//! host and port while the automaton fits its budget. Patterns come from customers: their text, nesting, alternatives and number have [`Limits`], and the automaton has a [`Budget`]; a list
//! that passes it is decided by a bounded engine with the same answers. A check does not allocate or wait while the automaton fits its budget.
//!
//! # Features
//!
//! - `serde`: `Serialize` for decisions and their parts, `Serialize` and `Deserialize` for [`Mode`] and [`ListType`].

#![warn(missing_docs)]

mod automaton;
mod decision;
mod error;
mod gate;
mod headers;
mod hir;
mod host;
mod index;
mod list;
mod matcher;
mod near;
mod origin;
mod packed;
mod pattern;
mod rule;
mod vector;

pub use crate::automaton::{Budget, Direction, Engine, EngineChoice, EngineKind};
pub use crate::decision::{Allowance, Decision, Denial, HeaderName, Outcome};
pub use crate::error::{Error, ErrorKind, ListError, Span, TooLarge, TooMany, is_hidden};
pub use crate::gate::{Gate, InvalidScheme};
pub use crate::headers::RequestHeaders;
pub use crate::list::{Duplicate, List, ListBuilder, ListType, Mode};
pub use crate::near::{NearMiss, NearMissKind};
pub use crate::origin::{
    Host, MAX_ORIGIN_BYTES, MAX_REFERER_BYTES, Malformed, MalformedKind, NoOrigin, Origin, Scheme,
};
pub use crate::packed::{DormantGate, PackedExtras, PackedGate, PackedReader, PackedRef, SavedList};
pub use crate::pattern::{Limits, Pattern, Warning, ast};
pub use crate::rule::{Rule, RuleId};
pub use crate::vector::Simd;
