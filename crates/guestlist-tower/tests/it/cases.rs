//! The tables of cases, as requests through the layer: each is decided as the gate decides it.

use guestlist::{Allowance, Denial, Gate, List, ListType, Mode, Outcome, RequestHeaders};
use guestlist_reference::table::{HARD_HEADER_CASES, HEADER_CASES, cases, header_values};
use guestlist_tower::GuestlistLayer;
use http::{HeaderValue, Request, StatusCode};

use crate::send;

/// The gate of a line, as the engine's own tests make it.
fn gate(patterns: &str, list: &str) -> (ListType, Gate) {
    let mut settings = list.split(';');
    let list_type = match settings.next() {
        Some("upload") => ListType::Upload,
        Some("delivery") => ListType::Delivery,
        other => panic!("list type {other:?}"),
    };
    let mut builder =
        List::builder(list_type).patterns(patterns.split(' ').filter(|pattern| *pattern != "-"));
    let mut gate = Gate::new();
    for setting in settings {
        builder = match setting.split_once('=') {
            Some(("block_missing", value)) => builder.block_missing(value == "1"),
            Some(("mode", "off")) => builder.mode(Mode::Off),
            Some(("mode", "report")) => builder.mode(Mode::Report),
            Some(("mode", "enforce")) => builder.mode(Mode::Enforce),
            Some(("scheme", name)) => {
                gate = gate.dangerously_support_scheme(name).unwrap();
                builder
            }
            _ => panic!("setting {setting:?}"),
        };
    }
    (list_type, gate.with_list(builder.build().unwrap()))
}

/// The request of a line; `None` where `http` has no such header value, because it has a control character.
fn request(origin: &str, referer: &str) -> Option<Request<()>> {
    let mut request = Request::new(());
    for (name, written) in [("origin", origin), ("referer", referer)] {
        for value in header_values(written) {
            let is_control = |byte: &u8| (*byte < b' ' && *byte != b'\t') || *byte == 0x7f;
            let header = HeaderValue::from_bytes(&value);
            assert_eq!(header.is_err(), value.iter().any(is_control), "{value:?}");
            request.headers_mut().append(name, header.ok()?);
        }
    }
    Some(request)
}

/// Sends a line; what was decided, held against the gate.
async fn decide(line: usize, patterns: &str, list: &str, origin: &str, referer: &str) -> Option<Outcome> {
    let (list_type, gate) = gate(patterns, list);
    let (origins, referers) = (header_values(origin), header_values(referer));
    let headers = RequestHeaders::new()
        .origins(origins.iter().map(Vec::as_slice))
        .referers(referers.iter().map(Vec::as_slice));
    let expected = gate.decide(list_type, &headers);

    let outcome = send(&GuestlistLayer::new(gate).list_type(list_type), request(origin, referer)?).await;
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
    Some(outcome.decision.outcome())
}

#[tokio::test]
async fn header_cases() {
    let (mut allowed, mut denied, mut unsendable) = (0, 0, 0);
    for (line, [patterns, list, origin, referer, expected, why]) in cases::<6>(HEADER_CASES) {
        match decide(line, &patterns, &list, &origin, &referer).await {
            Some(Outcome::Allow(_)) => {
                assert_eq!(expected, "allow", "line {line}: {why}");
                allowed += 1;
            }
            Some(Outcome::Deny(_)) => {
                assert_eq!(expected, "deny", "line {line}: {why}");
                denied += 1;
            }
            None => unsendable += 1,
        }
    }
    assert!(allowed > 20 && denied > 40 && unsendable == 0, "{allowed} {denied} {unsendable}");
}

#[tokio::test]
async fn hard_header_cases() {
    let (mut sent, mut unsendable) = (0, 0);
    for (line, [_, patterns, list, origin, referer, expected, why]) in cases::<7>(HARD_HEADER_CASES) {
        let Some(outcome) = decide(line, &patterns, &list, &origin, &referer).await else {
            unsendable += 1;
            continue;
        };
        sent += 1;
        let actual = match outcome {
            Outcome::Allow(Allowance::NotEnforced) => "NotEnforced".to_string(),
            Outcome::Allow(Allowance::MissingHeader) => "MissingAllowed".to_string(),
            Outcome::Allow(Allowance::Matched(rule)) => format!("Matched({})", rule.index()),
            Outcome::Deny(Denial::MissingHeader) => "MissingDenied".to_string(),
            Outcome::Deny(Denial::Malformed(_)) => "Malformed".to_string(),
            Outcome::Deny(Denial::OpaqueOrigin) => "OpaqueOrigin".to_string(),
            Outcome::Deny(Denial::UnsupportedScheme) => "UnsupportedScheme".to_string(),
            Outcome::Deny(Denial::NoMatch) => "NoMatch".to_string(),
            Outcome::Deny(other) => format!("{other:?}"),
        };
        assert_eq!(actual, expected, "line {line}: {why}");
    }
    assert!(sent > 100 && unsendable < sent / 5, "{sent} {unsendable}");
}
