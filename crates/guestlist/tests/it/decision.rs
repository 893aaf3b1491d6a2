//! Decisions as data: what each says about itself, and its words.

use guestlist::{Allowance, Denial, Gate, HeaderName, List, ListType, Mode, Outcome, RequestHeaders};

#[test]
fn a_decision_says_what_was_decided_by_which_list_on_which_header() {
    let list =
        |list_type, mode| List::builder(list_type).patterns(["a.com", "*.a.com"]).mode(mode).build().unwrap();
    let gate = Gate::new()
        .with_list(list(ListType::Upload, Mode::Report))
        .with_list(list(ListType::Delivery, Mode::Enforce));

    let denied = gate.decide(ListType::Upload, &RequestHeaders::new());
    assert_eq!((denied.list_type(), denied.mode()), (ListType::Upload, Mode::Report));
    assert_eq!(denied.header(), Some(HeaderName::Origin));
    assert_eq!(denied.outcome(), Outcome::Deny(Denial::MissingHeader));
    assert_eq!((denied.denial(), denied.rule()), (Some(Denial::MissingHeader), None));

    let headers = RequestHeaders::new().referer(b"https://b.a.com/page");
    let allowed = gate.decide(ListType::Delivery, &headers);
    assert_eq!((allowed.list_type(), allowed.mode()), (ListType::Delivery, Mode::Enforce));
    assert_eq!(allowed.header(), Some(HeaderName::Referer));
    let rule = allowed.rule().unwrap();
    assert_eq!(gate.list(ListType::Delivery).rule(rule).pattern().canonical(), "*.a.com");
    assert_eq!(allowed.outcome(), Outcome::Allow(Allowance::Matched(rule)));
    assert_eq!(allowed.denial(), None);
}

#[test]
fn a_header_that_was_sent_twice_is_malformed_as_a_whole() {
    let list = List::builder(ListType::Upload).pattern("a.com").build().unwrap();
    let headers = RequestHeaders::new().origin(b"https://a.com").origin(b"https://a.com");
    let decision = Gate::new().with_list(list).decide(ListType::Upload, &headers);
    assert_eq!(decision.code(), "malformed");
    assert_eq!(
        decision.to_string(),
        "denied: the Origin header is malformed: the header was sent more than once"
    );
}

#[test]
fn only_a_denial_that_is_enforced_stops_a_request() {
    let lets_through = |mode, origin: &[u8]| {
        let list = List::builder(ListType::Upload).pattern("a.com").mode(mode).build().unwrap();
        let gate = Gate::new().with_list(list);
        gate.decide(ListType::Upload, &RequestHeaders::new().origin(origin)).lets_through()
    };
    for (mode, stranger) in [(Mode::Off, true), (Mode::Report, true), (Mode::Enforce, false)] {
        assert!(lets_through(mode, b"https://a.com"), "{mode}");
        assert_eq!(lets_through(mode, b"https://b.com"), stranger, "{mode}");
    }
}

#[test]
fn codes_and_names_are_stable() {
    let denials = [Denial::MissingHeader, Denial::OpaqueOrigin, Denial::UnsupportedScheme, Denial::NoMatch];
    assert_eq!(
        denials.map(Denial::code),
        ["missing-header", "opaque-origin", "unsupported-scheme", "no-match"]
    );
    assert_eq!(Allowance::NotEnforced.code(), "not-enforced");
    assert_eq!(Allowance::MissingHeader.code(), "missing-header");
    assert_eq!([HeaderName::Origin, HeaderName::Referer].map(|name| name.to_string()), ["Origin", "Referer"]);
    assert_eq!(
        [Mode::Off, Mode::Report, Mode::Enforce].map(|mode| mode.to_string()),
        ["off", "report", "enforce"]
    );
    assert_eq!(ListType::ALL.map(|list_type| list_type.to_string()), ["upload", "delivery"]);
}
