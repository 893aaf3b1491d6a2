//! The JSON API and the console of those who keep the lists, over a [`Store`](guestlist_store::Store).
//!
//! ```text
//!  request ──► guard ──────────────────────────► endpoint ──► store, on a thread that may wait
//!              │ pages and names of others: 403    │              │
//!              │ unknown paths, methods: 404, 405  │              └─ acknowledged ──► Live::changed ──► answer
//!              │ no token: 401, not enough: 403    │
//!              │ another app's: 404, as if unknown └─ preview: lint and proof, bounded, on half of the cores
//!              └ changes too much: 429
//! ```
//!
//! [`router`] is an [`axum::Router`] with the API below `/api/v1` and the console, web pages for people, at every other path; [`api_router`] is the API alone. [`Admin`] says over which store, who is told of changes ([`Live`]), by which names it may be asked and how often. What there is to ask is in [`openapi`], which is
//! `docs/openapi.json` too.
//!
//! # Invariants
//!
//! - Who may ask for what is in one table (`guard::ENDPOINTS`); what is not in it is not answered. A token of one app cannot tell another app from one that there is not.
//! - Nobody saves over what they have not seen: what changes a list or settings names the version that was seen. Who was too late is shown what the other one saved.
//! - When an answer says that something was changed it is on disk, and whoever follows the store has been told.
//! - Every answer of the API that is no success is problem details (RFC 9457), with what to do; those of the console are pages that say the same.
//! - What a client takes is bounded: bodies, pages, work on previews, changes in a minute. How long heads and bodies may take to arrive is for the listener to bound.
//! - Text of strangers (names, patterns, reasons) leaves as strings in JSON that no browser takes for anything else, secrets of tokens leave once, and those of apps to tokens alone that may write.
//!
//! # Example
//!
//! ```
//! use std::sync::Arc;
//!
//! use guestlist::DormantGate;
//! use guestlist_admin::{Admin, Live, router};
//! use guestlist_gates::Gates;
//! use guestlist_policy::{AppLock, Locks};
//! use guestlist_store::{RedbStore, Store};
//!
//! /// Checks are decided by these, and follow every change.
//! struct Followed(Arc<Gates>, Arc<Locks>);
//!
//! impl Live for Followed {
//!     fn changed(&self, key: &str, gate: Option<DormantGate>, lock: Option<AppLock>) {
//!         // First, so that a new app is never without it.
//!         match lock {
//!             Some(lock) => self.1.insert(key, lock),
//!             None if gate.is_some() => self.1.remove(key),
//!             None => {}
//!         }
//!         match gate {
//!             // A key that the store takes fits; should there be no room, the app is left as one that nobody knows.
//!             Some(gate) => drop(self.0.insert(key.as_bytes(), gate)),
//!             None => {
//!                 self.0.remove(key.as_bytes());
//!                 self.1.remove(key);
//!             }
//!         }
//!     }
//! }
//!
//! # let folder = tempfile::tempdir()?;
//! let store: Arc<dyn Store> = Arc::new(RedbStore::open_or_create(folder.path().join("lists.redb"))?);
//! let gates = Arc::new(Gates::default());
//! let api = router(Admin::new(store, Followed(gates, Arc::default())).allow_host("lists.example.com"));
//! # let _: axum::Router = api;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # In reading order
//!
//! `guard` and `caller` (who may), `api` (how the store is asked), `problem` (what may go wrong), `lists`, `preview`, `secrets`, `policies` and the other endpoints, each with its types; `console` for the pages.

#![warn(missing_docs)]
#![allow(unused_qualifications)] // In what the macros of utoipa write.

mod activity;
mod admin;
mod api;
mod apps;
mod body;
mod browsers;
mod caller;
mod changes;
mod configured;
mod console;
mod difference;
mod findings;
mod guard;
mod lately;
mod lists;
mod log;
mod openapi;
mod pace;
mod parts;
mod policies;
mod preview;
mod problem;
mod secrets;
mod tokens;
mod trial;
mod turns;
mod versions;
mod words;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, delete, get, post};

pub use crate::activity::{Activity, Counts, DeniedOrigin};
pub use crate::admin::{Admin, Live};
use crate::api::Api;
pub use crate::configured::Configured;
use crate::guard::{BASE, guard};
pub use crate::openapi::openapi;
use crate::problem::{Kind, Problem};

/// The API below `/api/v1` and the console at every other path: for an address of its own.
///
/// It leaves TLS, time-outs and the number of connections to the listener that it is put behind.
pub fn router(admin: Admin) -> Router {
    let api = Api::new(admin);
    endpoints(&api).merge(console::router(api))
}

/// The API alone. Put it beside other routes with [`Router::merge`]. Below a path ([`Router::nest`]) it answers as well, but `Location` does not know of that path.
pub fn api_router(admin: Admin) -> Router {
    endpoints(&Api::new(admin))
}

fn endpoints(api: &Api) -> Router {
    let at = |path: &str| format!("{BASE}{path}");
    // The guard has answered; these are here so that it is asked whatever the path.
    let nothing = || any(async || Problem::new(Kind::NoSuchResource, "there is nothing at this path"));
    Router::new()
        .route(BASE, nothing())
        .route(&at("/"), nothing())
        .route(&at("/{*nothing}"), nothing())
        .route(&at("/openapi.json"), get(openapi::describe))
        .route(&at("/apps"), get(apps::list).post(apps::create))
        .route(&at("/apps/{key}"), get(apps::get).put(apps::change).delete(apps::remove))
        .route(&at("/apps/{key}/lists/{list}"), get(lists::get).put(lists::save))
        .route(&at("/apps/{key}/lists/{list}/preview"), post(preview::preview))
        .route(&at("/apps/{key}/lists/{list}/activity"), get(lately::get))
        .route(&at("/apps/{key}/lists/{list}/versions"), get(versions::list))
        .route(&at("/apps/{key}/lists/{list}/versions/{number}"), get(versions::get))
        .route(&at("/apps/{key}/lists/{list}/versions/{number}/restore"), post(versions::restore))
        .route(&at("/apps/{key}/test"), post(trial::test))
        .route(&at("/apps/{key}/secrets"), get(secrets::get).post(secrets::rotate))
        .route(&at("/apps/{key}/secrets/previous"), delete(secrets::end_previous))
        .route(&at("/apps/{key}/policies"), post(policies::sign))
        .route(&at("/log"), get(log::list))
        .route(&at("/tokens"), get(tokens::list).post(tokens::create))
        .route(&at("/tokens/{number}"), delete(tokens::revoke))
        .layer(from_fn_with_state(api.clone(), guard))
        .layer(DefaultBodyLimit::max(body::LONGEST))
        .with_state(api.clone())
}
