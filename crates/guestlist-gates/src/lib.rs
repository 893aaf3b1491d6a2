//! The gates of a million apps, by their API keys.
//!
//! [`Gates`] is for a server that decides for many customers: a request comes with the key of an app, and it is that app's gate that decides.
//!
//! ```text
//!               ┌ swapped whole: who reads holds the tree as it was, who writes shows another
//!               ▼
//!  key ─ hash ─► tree of branches ────────► leaf of up to 128 slots (hash, app) ─► App, ─┬─ key
//!   SipHash-1-3  (near: 1 MB for a million)  16 bytes each                  in one piece ├─ uses: 0 to 3
//!   keyed                                                                                └─ gate ─┬─ dormant: the texts, elsewhere
//!                                                                                                 └─ packed: an index a list ─► Decision
//! ```
//!
//! # Example
//!
//! ```
//! use guestlist::{Gate, List, ListType, RequestHeaders};
//! use guestlist_gates::{Gates, Settings};
//!
//! let gates = Gates::new(Settings::default().packed_bytes(1 << 30));
//! let gate = Gate::new().with_list(List::builder(ListType::Delivery).patterns(["example.com", "*.example.com"]).build()?);
//! gates.insert("pk_4fF3kQe8sJz1Lw0aXbYc", &gate)?;
//! assert_eq!(gates.usage().packed, 0);
//!
//! let headers = RequestHeaders::new().referer(b"https://www.example.com/album");
//! let decision = gates.decide("pk_4fF3kQe8sJz1Lw0aXbYc", ListType::Delivery, &headers).ok_or("unknown app")?;
//! assert_eq!(decision.to_string(), "allowed: rule 2 of the delivery list matches the Referer header");
//! assert_eq!(gates.usage().packed, 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The life of an app
//!
//! ```text
//!  insert ──► dormant ── first asked: packed by who asks ──► packed ── asked: a use more, up to 3
//!               ▲                                              │
//!               └──── no use left when others need the room ───┘      replace: dormant, or packed if it was; remove: gone
//! ```
//!
//! What packed gates keep is bounded by [`Settings::packed_bytes`]. When it is passed, those go dormant that were used least: they stand in a queue, the first of which loses a use and goes to the
//! end, or if it has none goes dormant. Nothing is lost by it: a dormant gate has all patterns and settings, and whether a gate is packed is no part of an answer.
//!
//! # Threads
//!
//! Who decides takes no lock and waits for nobody, and while all apps are packed and in use writes to no memory that others read. Who writes takes turns with others who write. A check that
//! packs a gate does so on its own; it offers the result to the registry if nobody is writing just then, and otherwise uses it for its answer alone. Each check is decided by one gate: the one its
//! app had when it was looked up. What a change replaces is freed by the last who reads it, a few microseconds now and then.
//!
//! # Cost
//!
//! For a million apps with two lists of twenty ordinary patterns `cargo run --release -p guestlist-gates --example million` prints memory and times, next to a map of sets. A look-up waits for
//! memory twice (slot, app), and these waits are nearly all it costs; [`Gates::decide_many`] and [`Gates::decide_each`] let sixteen requests wait together, and a [`Reader`] does not end one check before it begins
//! the next. Pages of 2 MiB, where the allocator can be told to use them, take off a sixth. A change copies about two hundred pointers, whatever the number of apps.
//!
//! # Complexity and hostile input
//!
//! Keys come from strangers. They are hashed with SipHash-1-3 under a random key, so that nobody can choose keys that meet; the whole key is always compared; one longer than
//! [`Settings::key_bytes`] is unknown without a look. An unknown key costs no more than a known one and never packs a gate. Apps are bounded by [`Settings::apps`], gates by the
//! [limits](guestlist::Limits) that they were made with. A check that needs room looks at a bounded number of other gates; if that is not enough its own is not kept.
//!
//! # In reading order
//!
//! - [`Gates`], [`Settings`], [`InsertError`]: the registry and what bounds it.
//! - [`Reader`]: for a thread that decides all the time.
//! - [`GateRef`]: one gate, held.
//! - [`Usage`]: what the registry keeps.

#![warn(missing_docs)]

mod app;
mod batch;
mod error;
mod gate_ref;
mod gates;
mod keeper;
mod near;
mod reader;
mod settings;
mod tree;

pub use crate::error::{InsertError, InsertErrorKind};
pub use crate::gate_ref::GateRef;
pub use crate::gates::Gates;
pub use crate::keeper::Usage;
pub use crate::reader::Reader;
pub use crate::settings::Settings;
