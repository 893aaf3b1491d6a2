//! Which app a request belongs to, and what an app that is not there is told.

use std::sync::Arc;

use arc_swap::ArcSwap;
use guestlist::{Decision, ListType, Mode, RequestHeaders};
use guestlist_gates::Gates;
use guestlist_tower::{AppKey, Decide, GuestlistLayer, UnknownApp};
use http::header::HeaderName;
use http::{Request, Response};

use crate::{Outcome, gate_in, gate_of, request, send};

const GUEST: (&str, &str) = ("origin", "https://guest.example");

fn gates() -> Arc<Gates> {
    let gates = Gates::default();
    gates.insert("AbCd1234", &gate_of(&["guest.example"])).unwrap();
    gates.insert("strict", &gate_of(&[])).unwrap();
    gates.insert("a/b c", &gate_of(&["guest.example"])).unwrap();
    Arc::new(gates)
}

/// All that a client can see, and how it got there.
fn seen(response: &Response<bytes::Bytes>) -> String {
    format!("{:?} {} {:?} {:?}", response.version(), response.status(), response.headers(), response.body())
}

#[tokio::test]
async fn an_app_is_found_where_it_is_said_to_be() {
    let layer = |app| GuestlistLayer::new(gates()).app(app);
    let header = layer(AppKey::header(HeaderName::from_static("x-app")));
    let segment = layer(AppKey::segment(2));
    let query = layer(AppKey::query("key"));
    let fixed = layer(AppKey::fixed("AbCd1234"));
    let closure = layer(AppKey::from_fn(|parts| Some(parts.uri.host()?.as_bytes().into())));

    let is_let_in = async |layer: &GuestlistLayer<_>, uri: &str, headers: &[(&str, &str)]| {
        let outcome = send(layer, request(uri, &[&[GUEST], headers].concat())).await;
        let is_unknown = outcome.response.extensions().get::<UnknownApp>().is_some();
        assert_eq!(is_unknown, !outcome.was_called, "{uri}");
        outcome.was_called
    };
    assert!(is_let_in(&header, "/", &[("x-app", "AbCd1234")]).await);
    assert!(!is_let_in(&header, "/", &[]).await);
    assert!(!is_let_in(&header, "/", &[("x-app", "abcd1234")]).await);
    assert!(!is_let_in(&header, "/", &[("x-app", "AbCd1234"), ("X-App", "AbCd1234")]).await);
    assert!(!is_let_in(&header, "/", &[("x-app", "AbCd1234, AbCd1234")]).await);
    assert!(is_let_in(&segment, "/upload/AbCd1234/cat.jpg", &[]).await);
    assert!(is_let_in(&segment, "/upload/%41bCd1234", &[]).await);
    assert!(!is_let_in(&segment, "/upload/a%2fb%20c", &[]).await);
    assert!(!is_let_in(&segment, "/upload/AbCd1234/../strict", &[]).await);
    assert!(!is_let_in(&segment, "/upload", &[]).await);
    assert!(is_let_in(&query, "/?key=AbCd1234", &[]).await);
    assert!(is_let_in(&query, "/?key=a%2Fb+c", &[]).await);
    assert!(!is_let_in(&query, "/", &[]).await);
    for twice in [
        "key=AbCd1234&key=strict",
        "key=strict&key=AbCd1234",
        "key=AbCd1234&%6Bey=AbCd1234",
        "key=AbCd1234&KEY=strict",
        "key[]=strict&key=AbCd1234",
        "+key=strict&key=AbCd1234",
        "key=AbCd1234;key=strict",
        "key=AbCd1234;x=1",
    ] {
        assert!(!is_let_in(&query, &format!("/?{twice}"), &[]).await);
    }
    assert!(is_let_in(&fixed, "/", &[]).await);
    assert!(is_let_in(&closure, "http://AbCd1234/", &[]).await);
    assert!(!is_let_in(&closure, "/", &[]).await);
    // Nobody said where the key is, which is not the empty key.
    let gates = gates();
    gates.insert("", &gate_of(&["guest.example"])).unwrap();
    assert!(!is_let_in(&GuestlistLayer::new(gates.clone()), "/?key=AbCd1234", &[]).await);
    assert!(is_let_in(&GuestlistLayer::new(gates).app(AppKey::query("key")), "/?key", &[]).await);
}

#[tokio::test]
async fn a_single_gate_needs_no_key_but_misses_one_that_is_asked_for() {
    let layer = GuestlistLayer::new(gate_of(&["guest.example"]));
    assert!(send(&layer, request("/", &[GUEST])).await.was_called);
    let layer = layer.app(AppKey::query("key"));
    assert!(send(&layer, request("/?key=any", &[GUEST])).await.was_called);
    assert!(!send(&layer, request("/", &[GUEST])).await.was_called);
}

#[tokio::test]
async fn an_unknown_app_looks_like_one_that_approves_nobody() {
    let requests: [&[(&str, &[u8])]; 10] = [
        &[("origin", b"https://guest.example")],
        &[],
        &[("origin", b"")],
        &[("origin", b"null")],
        &[("origin", b"null"), ("referer", b"https://guest.example/")],
        &[("origin", b"https://guest.example"), ("origin", b"https://guest.example")],
        &[("origin", b"https://user@guest.example")],
        &[("origin", b"https://\xff\xfe.example")],
        &[("origin", b"capacitor://localhost")],
        &[("referer", b"https://guest.example/page")],
    ];
    let mut codes = std::collections::BTreeSet::new();
    for list_type in ListType::ALL {
        // An app whose lists are those that the layer has for strangers.
        let list = guestlist::List::builder(list_type).mode(Mode::Enforce).block_missing(true);
        let gates = gates();
        gates.insert("strict", &guestlist::Gate::new().with_list(list.build().unwrap())).unwrap();
        let layer = GuestlistLayer::new(gates).list_type(list_type).app(AppKey::query("key"));
        for headers in requests {
            let known = send(&layer, request("/?key=strict", headers)).await;
            let is_unknown = |outcome: &Outcome| outcome.response.extensions().get::<UnknownApp>().is_some();
            assert!(!is_unknown(&known) && !known.was_called);
            for uri in ["/?key=nobody", "/", "/?key=", "/?key=AbCd1234&key=strict"] {
                let unknown = send(&layer, request(uri, headers)).await;
                assert!(is_unknown(&unknown) && !unknown.was_called);
                assert_eq!(seen(&unknown.response), seen(&known.response));
                codes.insert(unknown.decision.code());
            }
        }
    }
    let expected = ["malformed", "missing-header", "no-match", "opaque-origin", "unsupported-scheme"];
    assert!(codes.into_iter().eq(expected));
}

#[tokio::test]
async fn a_list_that_reports_lets_through_and_says_so() {
    let layer = GuestlistLayer::new(gate_in(Mode::Report, &["guest.example"]));
    let outcome = send(&layer, request("/", &[("origin", "https://evil.example")])).await;
    assert!(outcome.was_called);
    assert_eq!(outcome.decision.denial(), Some(guestlist::Denial::NoMatch));
    assert_eq!(outcome.vary(), ["Origin"]);

    let layer = GuestlistLayer::new(gate_in(Mode::Off, &["guest.example"]));
    let outcome = send(&layer, request("/", &[("origin", "https://evil.example")])).await;
    assert!(outcome.was_called && outcome.decision.denial().is_none());
}

#[tokio::test]
async fn gates_change_while_the_layer_is_in_use() {
    struct Current(ArcSwap<Gates>);
    impl Decide for Current {
        fn decide_for(
            &self,
            app: Option<&[u8]>,
            list_type: ListType,
            headers: &RequestHeaders<'_>,
        ) -> Option<Decision> {
            self.0.load().decide_for(app, list_type, headers)
        }
    }
    let current = Arc::new(Current(ArcSwap::new(gates())));
    let layer = GuestlistLayer::new(current.clone()).app(AppKey::query("key"));
    let ask = async || send(&layer, request("/?key=AbCd1234", &[GUEST])).await.was_called;
    assert!(ask().await);
    current.0.load().insert("AbCd1234", &gate_of(&["other.example"])).unwrap();
    assert!(!ask().await);
    current.0.store(gates());
    assert!(ask().await);
    current.0.store(Arc::default());
    assert!(!ask().await);
}

#[tokio::test]
async fn a_trait_object_will_do() {
    let gates: Arc<dyn Decide + Send + Sync> = gates();
    let layer = GuestlistLayer::new(gates).app(AppKey::fixed("AbCd1234"));
    assert!(send(&layer, request("/", &[GUEST])).await.was_called);
    let without: Request<()> = request::<&str>("/", &[]);
    assert!(!send(&layer, without).await.was_called);
}
