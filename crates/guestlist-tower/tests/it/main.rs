//! The layer held against the gates that it asks, in front of axum, hyper and tonic.

// Helpers are test code too; and what a test has set once, it may read as if it were there once.
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

mod allocation;
mod apps;
mod cases;
mod cors;
mod denial;
mod examples;
mod policies;
mod raw;
mod readiness;
mod tonic_service;

use std::convert::Infallible;

use bytes::Bytes;
use guestlist::{Decision, Gate, List, ListType, Mode};
use guestlist_tower::{Decide, GuestlistLayer};
use http::header::{HeaderValue, VARY};
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full};
use tower::{Layer, Service, ServiceExt};

/// A gate whose two lists approve these patterns.
pub(crate) fn gate_in(mode: Mode, patterns: &[&str]) -> Gate {
    let list = |list_type| List::builder(list_type).patterns(patterns).mode(mode).build().unwrap();
    Gate::new().with_list(list(ListType::Upload)).with_list(list(ListType::Delivery))
}

pub(crate) fn gate_of(patterns: &[&str]) -> Gate {
    gate_in(Mode::Enforce, patterns)
}

/// What came of a request.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) response: Response<Bytes>,
    /// From the extensions of the request if the service was called, else from those of the answer.
    pub(crate) decision: Decision,
    pub(crate) was_called: bool,
}

impl Outcome {
    pub(crate) fn vary(&self) -> Vec<&str> {
        values(self.response.headers(), VARY.as_str())
    }

    pub(crate) fn body(&self) -> &str {
        std::str::from_utf8(self.response.body()).unwrap()
    }
}

pub(crate) fn values<'h>(headers: &'h HeaderMap, name: &str) -> Vec<&'h str> {
    headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
}

/// What the service behind says that it was called with.
#[derive(Clone, Copy)]
struct Called(Option<Decision>);

/// Sends a request through a layer to a service that answers with these values of `Vary`.
pub(crate) async fn send_to<G: Decide>(
    layer: &GuestlistLayer<G>,
    request: Request<()>,
    vary: &'static [&'static str],
) -> Outcome {
    let service = tower::service_fn(|request: Request<()>| async move {
        let mut response = Response::new(Full::new(Bytes::from_static(b"served")));
        for value in vary {
            response.headers_mut().append(VARY, HeaderValue::from_static(value));
        }
        response.extensions_mut().insert(Called(request.extensions().get().copied()));
        Ok::<_, Infallible>(response)
    });
    let response = layer.layer(service).oneshot(request).await.unwrap();
    let called = response.extensions().get::<Called>().copied();
    let decision = called.map_or_else(|| response.extensions().get().copied(), |Called(decision)| decision);
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Outcome {
        response: Response::from_parts(parts, body),
        decision: decision.unwrap(),
        was_called: called.is_some(),
    }
}

pub(crate) async fn send<G: Decide>(layer: &GuestlistLayer<G>, request: Request<()>) -> Outcome {
    send_to(layer, request, &[]).await
}

/// A request with these values of headers.
pub(crate) fn request<V: AsRef<[u8]>>(uri: &str, headers: &[(&str, V)]) -> Request<()> {
    let mut builder = Request::post(uri);
    for (name, value) in headers {
        builder = builder.header(*name, HeaderValue::from_bytes(value.as_ref()).unwrap());
    }
    builder.body(()).unwrap()
}

/// Polls a service that is always ready.
pub(crate) async fn call<S: Service<Request<()>>>(service: &mut S, request: Request<()>) -> S::Response
where
    S::Error: std::fmt::Debug,
{
    service.ready().await.unwrap().call(request).await.unwrap()
}
