//! A [tower](https://docs.rs/tower) layer that decides by domain whitelists which requests a service sees; for axum, hyper, tonic and whatever else is a service of [`http`] requests.
//!
//! ```text
//!             ┌───────────────── Guestlist ──────────────────┐
//!  request ──►│ AppKey ──► Decide ──► lets through? ── yes ──►──► service, with the Decision in the request's extensions
//!             │     Gates, Gate, Policies    │ no            │          │
//!             │                              ▼               │          │
//!  answer ◄───│◄── Vary ◄──────────────── deny ◄── Vary ◄─────◄─────────┘
//!             └──────────────────────────────────────────────┘
//! ```
//!
//! # Example
//!
//! ```
//! use axum::Router;
//! use axum::body::Body;
//! use axum::routing::post;
//! use guestlist::{Gate, List, ListType};
//! use guestlist_gates::Gates;
//! use guestlist_tower::{AppKey, GuestlistLayer};
//! use http::{Request, StatusCode};
//! use tower::ServiceExt;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let gates = Gates::default();
//! let gate = Gate::new().with_list(List::builder(ListType::Upload).pattern("*.example.com").build()?);
//! gates.insert("AbCd1234", &gate)?;
//!
//! let app = Router::new()
//!     .route("/upload", post(|| async { StatusCode::CREATED }))
//!     .layer(GuestlistLayer::new(gates).list_type(ListType::Upload).app(AppKey::query("key")));
//!
//! let request = |origin| Request::post("/upload?key=AbCd1234").header("Origin", origin).body(Body::empty());
//! let answer = app.clone().oneshot(request("https://app.example.com")?).await?;
//! assert_eq!(answer.status(), StatusCode::CREATED);
//! let answer = app.clone().oneshot(request("https://evil.com")?).await?;
//! assert_eq!(answer.status(), StatusCode::FORBIDDEN);
//! # Ok(())
//! # }
//! ```
//!
//! A service with one app needs no key: `GuestlistLayer::new(gate)`. In plain hyper, `hyper_util::service::TowerToHyperService` is what takes a [`Guestlist`] around a `tower::service_fn`; in tonic it is
//! `Server::builder().layer(…)`, with a [`deny`](GuestlistLayer::deny) that answers with a status. Two examples run: `cargo run -p guestlist-tower --example axum_upload` and, with `--features cors`, `--example cors`.
//!
//! # What goes in and out
//!
//! - In: all values of `Origin` and, for delivery, `Referer`; a repeated one is a denial, whatever the order. What names the app, which must be there exactly once, for every program that may read it ([`query`]). Nothing of the body is read.
//! - To the service: the request as it came, and a [`Decision`](guestlist::Decision) in its extensions. In the mode `report` its [`denial`](guestlist::Decision::denial) says what would have been done.
//! - To the client: the answer of the service or of [`GuestlistLayer::deny`], with `Vary: Origin`, for delivery `Vary: Origin, Referer`, as far as it does not say so already.
//! - An app that is not there is answered, byte for byte, as one whose lists approve nobody. Only [`UnknownApp`] in the extensions of the answer says more, to layers outside.
//! - It has no errors of its own; those of the service are handed on.
//!
//! # Cost
//!
//! One look-up and one check, as [`guestlist`] and [`guestlist_gates`] have them. On the way to the service nothing is allocated but what `http` takes to put a decision among the extensions and a line among the headers, and
//! for a key that is written with percent escapes. Answers and bodies are not boxed. A denial is an allocation or two more, for its body.
//!
//! # CORS
//!
//! A list says which sites' requests are served; [CORS](https://fetch.spec.whatwg.org/#http-cors-protocol) says to browsers which sites may read the answers and send more than plain forms. Most services want both. With the feature `cors`,
//! `GuestlistLayer::allow_origin` is the same list as a predicate for the CORS layer of tower-http.
//!
//! Put the **CORS layer outside** and this one inside (in axum the layer that is added last is outside). Then the CORS layer answers preflight requests (`OPTIONS`) by itself, which never get here; and its headers are on every answer,
//! a denial included, so that a site that CORS allows can read why. The other way round a preflight is judged as any other request, and a stranger's is denied.
//!
//! A preflight has the path and the query of the request that it announces, so name the app there. A **header** of one's own that names the app is not sent with it: either way round, such a preflight is one of an unknown app, and the
//! browser never sends the request. If it must be a header, put a CORS layer outside that allows by something else (`tower_http::cors::Any`, if answers are no secret), and leave it to the list which requests are served.
//! There is no switch that lets preflights through, because whoever says `OPTIONS` would then reach the service.
//!
//! # Signed policies
//!
//! An app may require that its requests carry a signed policy as well: [`GuestlistLayer::policies`], and [`guestlist_policy`] for what policies are. The list is asked first, and a request must pass both. Then an
//! [`Access`](guestlist_policy::Access) is in the extensions too, which says what both said.
//!
//! # Behind other layers
//!
//! - What changes headers or path stands where it is meant to be: a layer outside that sets `Origin`, or takes a prefix off the path, is believed.
//! - A denied upload has its body unread. A server over HTTP/1 then closes the connection, and a client that sends without `Expect: 100-continue` may see that before it sees the answer.
//!
//! # In reading order
//!
//! - [`GuestlistLayer`], [`Guestlist`]: the layer, and what it makes of a request, step by step.
//! - [`Decide`]: what it asks; how gates change while it runs.
//! - [`AppKey`]: which app a request belongs to; [`query`], [`percent`], [`Count`]: what it reads by, for a closure that does likewise.
//! - [`Policies`], [`Asked`], [`Carriers`]: signed policies beside the lists.
//! - [`forbidden`], [`UnknownApp`]: what is told to whom.
//! - [`ResponseFuture`], [`ResponseBody`]: what answers are made of.
//! - [`request_headers`]: for those who ask a gate by themselves.
//!
//! # Features
//!
//! - `cors`: `GuestlistLayer::allow_origin`, for tower-http.

#![warn(missing_docs)]

mod app_key;
mod asked;
mod body;
mod carried;
#[cfg(feature = "cors")]
mod cors;
mod count;
mod decide;
mod denial;
mod future;
mod headers;
mod judge;
mod layer;
pub mod percent;
mod policies;
pub mod query;
mod service;
mod vary;

pub use crate::app_key::AppKey;
pub use crate::asked::Asked;
pub use crate::body::ResponseBody;
pub use crate::carried::{Carried, Carriers, POLICY_HEADER, SIGNATURE_HEADER, is_policy_segment};
pub use crate::count::Count;
pub use crate::decide::Decide;
pub use crate::denial::{UnknownApp, forbidden};
pub use crate::future::ResponseFuture;
pub use crate::headers::request_headers;
pub use crate::layer::GuestlistLayer;
pub use crate::policies::{Policies, usual_call};
pub use crate::service::Guestlist;

// The README's library examples are tests. Here, because this crate knows all that they show.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
