//! What a request costs on its way to the service.

use std::convert::Infallible;
use std::future::ready;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use guestlist::{Decision, ListType};
use guestlist_gates::Gates;
use guestlist_tower::{AppKey, Decide, GuestlistLayer};
use http::header::{HeaderName, HeaderValue, VARY};
use http::{Request, Response};
use tower::{Layer, Service};

use crate::{gate_of, request};

const HEADERS: [(&str, &str); 3] =
    [("origin", "https://guest.example"), ("referer", "https://guest.example/page"), ("x-app", "AbCd1234")];

/// Allocations of a request that is let through, from call to answer, without those of making and dropping it.
fn allocations<G: Decide>(layer: &GuestlistLayer<G>) -> u64 {
    let mut service = layer
        .layer(tower::service_fn(|_: Request<()>| ready(Ok::<_, Infallible>(Response::new(String::new())))));
    let mut ask = || {
        let request = request("/upload/AbCd1234/cat.jpg?size=3&key=AbCd1234", &HEADERS);
        let mut is_served = false;
        let measured = measure(|| {
            let future = pin!(service.call(request));
            let answer = future.poll(&mut Context::from_waker(Waker::noop()));
            is_served = matches!(answer, Poll::Ready(Ok(answer)) if answer.status() == 200);
        });
        assert!(is_served);
        measured.count_total
    };
    // The first packs gates and builds indexes.
    ask();
    ask()
}

/// What `http` takes to put a decision among the extensions, and the first line among the headers of an answer.
fn of_http(decision: Decision) -> u64 {
    let mut request = Request::new(());
    let mut response = Response::new(());
    let measured = measure(|| {
        request.extensions_mut().insert(decision);
        response.headers_mut().append(VARY, HeaderValue::from_static("Origin"));
    });
    measured.count_total
}

#[test]
fn nothing_is_allocated_but_by_http() {
    let gates = Arc::new(Gates::default());
    gates.insert("AbCd1234", &gate_of(&["guest.example", "*.example.com"])).unwrap();
    let decision = gates
        .decide(
            "AbCd1234",
            ListType::Upload,
            &guestlist::RequestHeaders::new().origin(b"https://guest.example"),
        )
        .unwrap();
    let expected = of_http(decision);
    let layer = |app| GuestlistLayer::new(gates.clone()).app(app);
    for app in [
        AppKey::query("key"),
        AppKey::segment(2),
        AppKey::header(HeaderName::from_static("x-app")),
        AppKey::fixed("AbCd1234"),
        AppKey::from_fn(|parts| Some(parts.uri.path().as_bytes().get(8..16)?.into())),
    ] {
        for list_type in ListType::ALL {
            assert_eq!(allocations(&layer(app.clone()).list_type(list_type)), expected, "{app:?}");
        }
    }
    assert_eq!(allocations(&GuestlistLayer::new(gate_of(&["guest.example"]))), expected);
}
