//! The tables of cases, as requests through the layer: each is decided as the gate decides it.

use guestlist::{Decision, Gate, List, ListType, Mode, RequestHeaders};
use guestlist_reference as reference;
use guestlist_reference::table::{self, HeaderCase};
use guestlist_tower::GuestlistLayer;
use http::{HeaderValue, Request, StatusCode};

use crate::send;

/// The gate of a line.
fn gate(case: &HeaderCase) -> (ListType, Gate) {
    let list_type = match case.list_type {
        reference::ListType::Upload => ListType::Upload,
        reference::ListType::Delivery => ListType::Delivery,
    };
    let mut builder = List::builder(list_type).patterns(&case.patterns);
    if let Some(mode) = case.mode {
        builder = builder.mode(match mode {
            reference::Mode::Off => Mode::Off,
            reference::Mode::Report => Mode::Report,
            reference::Mode::Enforce => Mode::Enforce,
        });
    }
    if let Some(block) = case.block_missing {
        builder = builder.block_missing(block);
    }
    let schemes = case.schemes.iter();
    let gate = schemes.fold(Gate::new(), |gate, scheme| gate.dangerously_support_scheme(scheme).unwrap());
    (list_type, gate.with_list(builder.build().unwrap()))
}

/// The request of a line; `None` where `http` has no such header value, because it has a control character.
fn request(case: &HeaderCase) -> Option<Request<()>> {
    let mut request = Request::new(());
    for (name, values) in [("origin", &case.origin), ("referer", &case.referer)] {
        for value in values {
            let is_control = |byte: &u8| (*byte < b' ' && *byte != b'\t') || *byte == 0x7f;
            let header = HeaderValue::from_bytes(value);
            assert_eq!(header.is_err(), value.iter().any(is_control), "{value:?}");
            request.headers_mut().append(name, header.ok()?);
        }
    }
    Some(request)
}

/// Sends a line; what was decided, held against the gate.
async fn decide(case: &HeaderCase) -> Option<Decision> {
    let line = case.line;
    let (list_type, gate) = gate(case);
    let headers = RequestHeaders::new()
        .origins(case.origin.iter().map(Vec::as_slice))
        .referers(case.referer.iter().map(Vec::as_slice));
    let expected = gate.decide(list_type, &headers);

    let outcome = send(&GuestlistLayer::new(gate).list_type(list_type), request(case)?).await;
    assert_eq!(outcome.decision, expected, "line {line}");
    assert_eq!(outcome.was_called, expected.lets_through(), "line {line}");
    if outcome.was_called {
        assert_eq!((outcome.response.status(), outcome.body()), (StatusCode::OK, "served"), "line {line}");
    } else {
        assert_eq!(outcome.response.status(), StatusCode::FORBIDDEN, "line {line}");
        let body: serde_json::Value = serde_json::from_slice(outcome.response.body()).unwrap();
        assert_eq!(body["error"], "forbidden");
        assert_eq!(body["reason"], expected.code());
        assert_eq!(body["message"], expected.to_string());
    }
    let vary = if list_type == ListType::Upload { "Origin" } else { "Origin, Referer" };
    assert_eq!(outcome.vary(), [vary], "line {line}");
    Some(outcome.decision)
}

#[tokio::test]
async fn header_cases() {
    let (mut allowed, mut denied, mut unsendable) = (0, 0, 0);
    for case in table::header_cases() {
        let (expected, line, why) = (&*case.expected, case.line, &case.why);
        match decide(&case).await.map(|decision| decision.denial().is_none()) {
            Some(true) => {
                assert_eq!(expected, "allow", "line {line}: {why}");
                allowed += 1;
            }
            Some(false) => {
                assert_eq!(expected, "deny", "line {line}: {why}");
                denied += 1;
            }
            None => unsendable += 1,
        }
    }
    assert!(allowed > 20 && denied > 40 && unsendable == 0, "{allowed} {denied} {unsendable}");
}

/// Which reason the table has for each, the engine's own tests hold the gate to.
#[tokio::test]
async fn hard_header_cases() {
    let (mut sent, mut unsendable) = (0, 0);
    for case in table::hard_header_cases() {
        match decide(&case).await {
            Some(decision) => {
                let is_allowed = matches!(&*case.expected, "NotEnforced" | "MissingAllowed")
                    || case.expected.starts_with("Matched");
                assert_eq!(decision.denial().is_none(), is_allowed, "line {}: {}", case.line, case.why);
                sent += 1;
            }
            None => unsendable += 1,
        }
    }
    assert!(sent > 100 && unsendable < sent / 5, "{sent} {unsendable}");
}
