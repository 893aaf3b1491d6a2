//! What is answered: the denial that one chooses, `Vary`, the body as it is.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::response::IntoResponse;
use bytes::Bytes;
use guestlist::{Decision, ListType};
use guestlist_policy::Access;
use guestlist_tower::GuestlistLayer;
use http::header::{CONTENT_TYPE, LOCATION, VARY};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Empty, Full};
use tower::{Layer, ServiceExt};

use crate::{gate_of, request, send_to, values};

const GUEST: (&str, &str) = ("origin", "https://guest.example");
const STRANGER: (&str, &str) = ("origin", "https://evil.example");

#[tokio::test]
async fn the_body_of_a_denial_is_pinned() {
    let layer = GuestlistLayer::new(gate_of(&["guest.example"]));
    let outcome = send_to(&layer, request("/", &[STRANGER]), &[]).await;
    assert_eq!(
        outcome.body(),
        r#"{"error":"forbidden","reason":"no-match","message":"denied: no rule of the upload list matches the Origin header"}"#
    );
    assert_eq!(values(outcome.response.headers(), CONTENT_TYPE.as_str()), ["application/json"]);
    let headers: Vec<_> = outcome.response.headers().keys().collect();
    assert_eq!(headers, [CONTENT_TYPE, VARY]);
}

#[tokio::test]
async fn another_denial_can_be_chosen() {
    let redirect = |access: Access| {
        Response::builder()
            .status(StatusCode::SEE_OTHER)
            .header(LOCATION, format!("/denied/{}", access.code()))
            .header(VARY, "Cookie, Origin")
            .body(Empty::<Bytes>::new())
            .unwrap()
    };
    let layer = GuestlistLayer::new(gate_of(&["guest.example"])).deny(redirect);
    let service = tower::service_fn(async |_: Request<()>| {
        Ok::<_, Infallible>(Response::new(Full::<Bytes>::default()))
    });
    let response = layer.layer(service).oneshot(request("/", &[STRANGER])).await.unwrap();
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(values(response.headers(), "location"), ["/denied/no-match"]);
    assert_eq!(values(response.headers(), "vary"), ["Cookie, Origin"]);
    assert!(response.extensions().get::<Decision>().is_some());
    assert!(response.body().is_end_stream());
}

/// Bodies of axum as denials, whose errors are of another type than those of the service.
#[tokio::test]
async fn a_denial_may_have_a_body_of_axum() {
    let layer = GuestlistLayer::new(gate_of(&["guest.example"]))
        .deny(|access: Access| (StatusCode::NOT_FOUND, access.code()).into_response());
    let service = tower::service_fn(async |_: Request<()>| {
        Ok::<_, Infallible>(Response::new(Full::<Bytes>::default()))
    });
    let response = layer.layer(service).oneshot(request("/", &[STRANGER])).await.unwrap();
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "no-match");
}

#[tokio::test]
async fn vary_is_added_to_what_the_service_says() {
    let upload = GuestlistLayer::new(gate_of(&["guest.example"]));
    let delivery = upload.clone().list_type(ListType::Delivery);
    let upload = async |vary| {
        let outcome = send_to(&upload, request("/", &[GUEST]), vary).await;
        outcome.vary().join("|")
    };
    assert_eq!(upload(&[]).await, "Origin");
    assert_eq!(upload(&["Accept-Encoding"]).await, "Accept-Encoding|Origin");
    assert_eq!(upload(&["Accept", "accept-encoding, ORIGIN"]).await, "Accept|accept-encoding, ORIGIN");
    assert_eq!(upload(&["*"]).await, "*");
    let delivery = async |vary| {
        let outcome = send_to(&delivery, request("/", &[GUEST]), vary).await;
        outcome.vary().join("|")
    };
    assert_eq!(delivery(&["Accept"]).await, "Accept|Origin, Referer");
    assert_eq!(delivery(&["origin"]).await, "origin|Referer");
}

/// Two layers, one for each list: `Vary` names each header once.
#[tokio::test]
async fn a_service_behind_both_lists() {
    let upload = GuestlistLayer::new(gate_of(&["guest.example"]));
    let delivery = upload.clone().list_type(ListType::Delivery);
    let service = tower::service_fn(async |request: Request<()>| {
        assert_eq!(request.extensions().get::<Decision>().unwrap().list_type(), ListType::Upload);
        Ok::<_, Infallible>(Response::new(Full::<Bytes>::default()))
    });
    let service = delivery.layer(upload.layer(service));
    let response = service.oneshot(request("/", &[GUEST])).await.unwrap();
    assert_eq!(values(response.headers(), "vary"), ["Origin", "Referer"]);
}

/// Frames, trailers, the length and errors of a body come through.
#[tokio::test]
async fn a_body_is_handed_on_as_it_is() {
    let layer = GuestlistLayer::new(gate_of(&["guest.example"]));
    let service = tower::service_fn(async |_: Request<()>| {
        let mut trailers = HeaderMap::new();
        trailers.insert("grpc-status", "0".parse().unwrap());
        let frames = [
            Ok(Frame::data(Bytes::from_static(b"a"))),
            Ok(Frame::trailers(trailers)),
            Err(io::Error::other("broken")),
        ];
        Ok::<_, Infallible>(Response::new(Frames(frames.into())))
    });
    let response = layer.layer(service).oneshot(request("/", &[GUEST])).await.unwrap();
    let mut body = std::pin::pin!(response.into_body());
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "a");
    assert_eq!(values(body.frame().await.unwrap().unwrap().trailers_ref().unwrap(), "grpc-status"), ["0"]);
    let error = body.frame().await.unwrap().unwrap_err();
    assert!(error.downcast_ref::<io::Error>().is_some_and(|error| error.to_string() == "broken"));
    assert!(body.frame().await.is_none());

    let service =
        tower::service_fn(async |_: Request<()>| Ok::<_, Infallible>(Response::new(Full::from("12345"))));
    let allowed = layer.layer(service).oneshot(request("/", &[GUEST])).await.unwrap();
    assert_eq!(allowed.body().size_hint().exact(), Some(5));
    let denied = layer.layer(service).oneshot(request("/", &[STRANGER])).await.unwrap();
    assert!(!denied.body().is_end_stream());
    let length = denied.body().size_hint().exact();
    assert_eq!(denied.into_body().collect().await.unwrap().to_bytes().len() as u64, length.unwrap());
}

/// Frames and errors, one after another.
struct Frames(VecDeque<Result<Frame<Bytes>, io::Error>>);

impl Body for Frames {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        Poll::Ready(self.0.pop_front())
    }
}
