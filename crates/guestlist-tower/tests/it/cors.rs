//! A list as the predicate of tower-http's CORS layer, and the two layers around one service.
#![cfg(feature = "cors")]

use std::convert::Infallible;

use bytes::Bytes;
use guestlist::{ListType, Mode};
use guestlist_gates::Gates;
use guestlist_tower::{AppKey, Decide, GuestlistLayer};
use http::header::HeaderName;
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use tower::{Layer, ServiceExt};
use tower_http::cors::CorsLayer;

use crate::{gate_in, gate_of, request, values};

/// Whom the CORS layer tells a browser to let read the answer.
async fn allowed<G: Decide + Send + Sync + 'static>(
    guests: &GuestlistLayer<G>,
    request: Request<()>,
) -> Option<String> {
    let service = tower::service_fn(async |_: Request<()>| {
        Ok::<_, Infallible>(Response::new(Full::<Bytes>::default()))
    });
    let cors = CorsLayer::new().allow_origin(guests.allow_origin());
    let response = cors.layer(service).oneshot(request).await.unwrap();
    let values = values(response.headers(), "access-control-allow-origin");
    assert!(values.len() < 2);
    values.first().map(ToString::to_string)
}

#[tokio::test]
async fn the_list_says_who_may_read() {
    const GUEST: &str = "https://guest.example";
    const STRANGER: &str = "https://evil.example";
    const CASES: [(&[&str], [bool; 3]); 8] = [
        (&[GUEST], [true, true, true]),
        (&[STRANGER], [false, true, true]),
        (&["https://guest.example@evil.example"], [false, true, true]),
        (&["null"], [false, false, false]),
        (&[" null\t"], [false, false, false]),
        (&[""], [false, false, false]),
        (&[], [false, false, false]),
        (&[GUEST, GUEST], [false, false, false]),
    ];
    for list_type in ListType::ALL {
        for (origins, expected) in CASES {
            for (mode, expected) in [Mode::Enforce, Mode::Report, Mode::Off].into_iter().zip(expected) {
                let guests = GuestlistLayer::new(gate_in(mode, &["guest.example"])).list_type(list_type);
                let mut headers: Vec<_> = origins.iter().map(|origin| ("origin", *origin)).collect();
                // Which would do for a delivery list, where it is asked.
                headers.push(("referer", "https://guest.example/"));
                let answer = allowed(&guests, request("/", &headers)).await;
                assert_eq!(
                    answer.as_deref(),
                    origins.first().copied().filter(|_| expected),
                    "{list_type} {mode} {origins:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn the_order_of_two_origins_does_not_matter() {
    let guests = GuestlistLayer::new(gate_of(&["guest.example"]));
    for origins in
        [["https://guest.example", "https://evil.example"], ["https://evil.example", "https://guest.example"]]
    {
        assert_eq!(allowed(&guests, request("/", &origins.map(|origin| ("origin", origin)))).await, None);
    }
}

#[tokio::test]
async fn each_app_has_its_own_and_an_unknown_one_has_nobody() {
    let gates = Gates::default();
    gates.insert("a", &gate_of(&["a.example"])).unwrap();
    gates.insert("b", &gate_of(&["b.example"])).unwrap();
    let guests = GuestlistLayer::new(gates).app(AppKey::query("key"));
    for (uri, expected) in [("/?key=a", true), ("/?key=b", false), ("/", false), ("/?key=a&key=a", false)] {
        let answer = allowed(&guests, request(uri, &[("origin", "https://a.example")])).await;
        assert_eq!(answer.is_some(), expected, "{uri}");
    }
}

fn preflight(origin: &str) -> Request<()> {
    let mut request = request("/?key=a", &[("origin", origin), ("access-control-request-method", "PUT")]);
    *request.method_mut() = Method::OPTIONS;
    request
}

/// What the documentation says of the order of the two layers.
#[tokio::test]
async fn inside_a_cors_layer_preflights_are_not_asked_about_and_outside_they_are() {
    let guests = |app| {
        let gates = Gates::default();
        gates.insert("a", &gate_of(&["a.example"])).unwrap();
        GuestlistLayer::new(gates).app(app)
    };
    let service = tower::service_fn(async |_: Request<()>| {
        Ok::<_, Infallible>(Response::new(Full::<Bytes>::default()))
    });
    let by_query = guests(AppKey::query("key"));
    let by_header = guests(AppKey::header(HeaderName::from_static("x-app")));
    let cors = || CorsLayer::new().allow_origin(by_query.allow_origin()).allow_methods([Method::PUT]);
    let (origin, evil) = ("https://a.example", "https://evil.example");

    for guests in [&by_query, &by_header] {
        let inside = cors().layer(guests.layer(service));
        let answer = inside.clone().oneshot(preflight(origin)).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(values(answer.headers(), "access-control-allow-origin"), [origin]);
        let answer = inside.clone().oneshot(preflight(evil)).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(values(answer.headers(), "access-control-allow-origin").is_empty());
        // Nobody may read what two origins are told.
        let answer = inside
            .clone()
            .oneshot(request("/?key=a", &[("origin", origin), ("origin", evil)]))
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        assert!(values(answer.headers(), "access-control-allow-origin").is_empty());
    }
    // The list cannot know whose preflight it is where that is said by a header.
    let cors_by_header = CorsLayer::new().allow_origin(by_header.allow_origin());
    let answer = cors_by_header.layer(by_header.layer(service)).oneshot(preflight(origin)).await.unwrap();
    assert!(values(answer.headers(), "access-control-allow-origin").is_empty());
    // A site that CORS allows can read why it is kept out.
    let cors_for_all = CorsLayer::new().allow_origin(tower_http::cors::Any);
    let answer = cors_for_all
        .layer(by_query.layer(service))
        .oneshot(request("/?key=a", &[("origin", evil)]))
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert_eq!(values(answer.headers(), "access-control-allow-origin"), ["*"]);

    for (guests, status) in [(&by_query, StatusCode::OK), (&by_header, StatusCode::FORBIDDEN)] {
        let outside = guests.layer(cors().layer(service));
        let answer = outside.clone().oneshot(preflight(origin)).await.unwrap();
        assert_eq!(answer.status(), status);
        let answer = outside.clone().oneshot(preflight(evil)).await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    }
}
