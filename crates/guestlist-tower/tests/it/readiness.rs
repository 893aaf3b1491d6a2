//! The rules of `tower::Service`: readiness is that of the service behind, and a clone stands on its own.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Poll, Waker};

use guestlist_tower::GuestlistLayer;
use http::{Request, Response, StatusCode};
use tower::{Layer, Service};

use crate::{call, gate_of, request};

const GUEST: (&str, &str) = ("origin", "https://guest.example");
const STRANGER: (&str, &str) = ("origin", "https://evil.example");

/// A service that panics when it is called without having been ready, and whose clones are not ready.
#[derive(Default)]
struct Strict {
    is_ready: bool,
    calls: Arc<AtomicUsize>,
}

impl Clone for Strict {
    fn clone(&self) -> Strict {
        Strict { is_ready: false, calls: self.calls.clone() }
    }
}

impl Service<Request<()>> for Strict {
    type Response = Response<String>;
    type Error = Infallible;
    type Future = Ready<Result<Response<String>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.is_ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        assert!(std::mem::take(&mut self.is_ready), "not ready");
        self.calls.fetch_add(1, SeqCst);
        ready(Ok(Response::default()))
    }
}

#[tokio::test]
async fn only_what_is_let_through_calls_the_service_which_was_ready() {
    let calls = Arc::<AtomicUsize>::default();
    let strict = Strict { calls: calls.clone(), ..Strict::default() };
    let mut service = GuestlistLayer::new(gate_of(&["guest.example"])).layer(strict);
    for (header, calls_after) in [(GUEST, 1), (STRANGER, 1), (STRANGER, 1), (GUEST, 2)] {
        let response = call(&mut service, request("/", &[header])).await;
        assert_eq!(response.status() == StatusCode::OK, header == GUEST);
        assert_eq!(calls.load(SeqCst), calls_after);
        let response = call(&mut service.clone(), request("/", &[STRANGER])).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
    }
    assert_eq!(service.get_ref().calls.load(SeqCst), 2);
    service.get_mut().calls = Arc::default();
    assert_eq!(service.into_inner().calls.load(SeqCst), 0);
}

/// A service that is not ready, or broken.
struct Unready(Poll<Result<(), &'static str>>);

impl Service<Request<()>> for Unready {
    type Response = Response<String>;
    type Error = &'static str;
    type Future = Ready<Result<Response<String>, &'static str>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        self.0
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        ready(Err("failed"))
    }
}

#[test]
fn readiness_and_errors_are_those_of_the_service() {
    let mut context = Context::from_waker(Waker::noop());
    let layer = GuestlistLayer::new(gate_of(&["guest.example"]));
    for readiness in [Poll::Pending, Poll::Ready(Err("broken")), Poll::Ready(Ok(()))] {
        assert_eq!(layer.layer(Unready(readiness)).poll_ready(&mut context), readiness);
    }
    let future = layer.layer(Unready(Poll::Ready(Ok(())))).call(request("/", &[GUEST]));
    let answer = std::pin::pin!(future).poll(&mut context);
    assert!(matches!(answer, Poll::Ready(Err("failed"))));
}

#[test]
fn all_of_it_can_be_sent_and_shared() {
    fn is_shared<T: Clone + Send + Sync + std::fmt::Debug>(_: &T) {}
    let layer = GuestlistLayer::new(gate_of(&[]));
    is_shared(&layer);
    let service = layer.layer(Vec::<u8>::new());
    is_shared(&service);
    let text = format!("{layer:?} {service:?}");
    assert_eq!(
        text,
        "GuestlistLayer { list_type: Upload, app: None, .. } Guestlist { inner: [], list_type: Upload, app: None, .. }"
    );
}
