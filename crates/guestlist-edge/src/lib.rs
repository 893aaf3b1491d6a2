//! The check server: proxies ask it, request by request, whether an app's whitelist lets the request through.
//!
//! ```text
//!  nginx ── auth_request ─┐                                         ┌ reload: file, signal, command
//!  Caddy, Traefik ─ fwd ──┤   listen ─► connection ─► endpoint ─► check::Checker ─► answer
//!  Envoy ── ext_authz ────┤   (limits)  (time-outs)   (what is    (one Version: routes, gates)
//!  HAProxy ── SPOE ───────┘                            asked)           │
//!                                                                       ├─► metrics ─► admin: /metrics, /readyz …
//!                                                                       └─► log of decisions
//! ```
//!
//! [`prepare`] does all that can fail, [`Prepared::serve`] runs until it is told to end. It decides as [`guestlist`] does, and never lets through what it does not understand: what is unknown, ambiguous, too long or too late is denied, or not answered
//! at all, which proxies take for a denial.
//!
//! # Invariants
//!
//! - One request sees one version of the configuration, from its route to its rule.
//! - A check waits for nothing: no lock, no file, no other request. What it counts is found by an index; what it writes down goes into a queue that drops.
//! - An app that is unknown looks from outside like one that denies.
//! - What a client takes is bounded: connections, heads, headers, streams, time.
//!
//! # Example
//!
//! ```
//! use guestlist_config::Config;
//! use guestlist_edge::{Extras, Fixed, Listeners, Loaded, Reload, Stamps, prepare};
//!
//! # tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?.block_on(async {
//! let config = Config::parse(r#"
//!     [server]
//!     listen = ["127.0.0.1:0"]
//!     admin = "127.0.0.1:0"
//!     [apps.shop.upload]
//!     patterns = ["*.example.com"]
//! "#).map_err(|_| "a mistake")?;
//! let listeners = Listeners::bind(&config.server).await?;
//! let addresses = listeners.addresses();
//! let loaded = Loaded::new(config, Stamps::new())?;
//! let server = prepare(listeners, loaded, Fixed, Reload::new(), Extras::default()).await?;
//! println!("listening on {}", addresses.check[0]);
//! let (end, ended) = tokio::sync::oneshot::channel::<()>();
//! let serving = tokio::spawn(server.serve(async { ended.await.unwrap_or(()) }));
//! end.send(()).ok();
//! serving.await?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![warn(missing_docs)]

mod accept;
mod activity;
mod admin;
mod answer;
mod check;
mod connection;
mod endpoint;
mod files;
mod grpc;
mod listen;
mod live;
mod loader;
mod log;
mod metrics;
mod pace;
mod pages;
mod random;
mod reload;
mod serve;
mod source;
mod spop;
mod stamps;
#[cfg(test)]
mod testing;
mod tls;
#[cfg(feature = "otel")]
mod traces;
#[cfg(not(feature = "otel"))]
#[path = "no_traces.rs"]
mod traces;

pub use crate::activity::{Activity, DeniedOrigin, HourOfDecisions};
pub use crate::listen::{Addresses, BindError, Listeners};
pub use crate::live::{InvalidApps, LiveApps};
pub use crate::reload::Reload;
pub use crate::serve::{Extras, Prepared, ServeError, prepare};
pub use crate::source::{Fixed, LoadError, Loaded, Source};
pub use crate::stamps::Stamps;
pub use crate::tls::TlsError;
pub use crate::traces::Traces;
