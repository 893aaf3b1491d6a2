//! The gate: modes, headers and the words of every decision.

use guestlist::{
    Allowance, Denial, DormantGate, Gate, HeaderName, List, ListBuilder, ListType, MalformedKind, Mode,
    NoOrigin, Origin, Outcome, RequestHeaders, SavedList,
};

fn gate(list: ListBuilder) -> Gate {
    Gate::new().with_list(list.build().unwrap())
}

fn list(list_type: ListType) -> ListBuilder {
    List::builder(list_type).pattern("*.example.com")
}

#[test]
fn report_decides_in_full_and_lets_through() {
    let gate = gate(list(ListType::Upload).mode(Mode::Report));
    let decision = gate.decide(ListType::Upload, &RequestHeaders::new().origin(b"https://evil.com"));
    assert!(decision.lets_through());
    assert_eq!(decision.denial(), Some(Denial::NoMatch));
    assert_eq!(
        decision.to_string(),
        "let through, would be denied: no rule of the upload list matches the Origin header"
    );
}

#[test]
fn a_list_that_is_set_to_enforce_without_patterns_denies_every_origin() {
    for list_type in ListType::ALL {
        let gate = gate(List::builder(list_type).mode(Mode::Enforce));
        let decision = gate.decide(list_type, &RequestHeaders::new().origin(b"https://example.com"));
        assert_eq!(decision.denial(), Some(Denial::NoMatch));
    }
}

#[test]
fn a_gate_without_lists_lets_everyone_through() {
    let decision = Gate::default().decide(ListType::Upload, &RequestHeaders::new().origin(b"\0"));
    assert_eq!(decision.outcome(), Outcome::Allow(Allowance::NotEnforced));
    assert_eq!(decision.header(), None);
}

#[test]
fn a_scheme_must_be_one_and_have_hosts() {
    for scheme in ["", "capacitor://", "1a", "a b", "file", "FILE"] {
        let error = Gate::new().dangerously_support_scheme(scheme).unwrap_err();
        assert!(error.to_string().contains("scheme"), "{error}");
    }
    let gate = Gate::new()
        .dangerously_support_scheme("Chrome-Extension")
        .and_then(|gate| gate.dangerously_support_scheme("a+1."))
        .unwrap();
    assert!(gate.supported_schemes().eq(["Chrome-Extension", "a+1."]));
    assert_eq!(Gate::new().supported_schemes().count(), 0);
}

#[test]
fn origins_are_equal_in_any_case() {
    let read = |value: &'static [u8]| Origin::from_origin_header(value).unwrap();
    assert_eq!(read(b"https://Example.com"), read(b"HTTPS://example.COM:443"));
    assert_ne!(read(b"https://example.com"), read(b"http://example.com"));
    assert_ne!(read(b"https://[::1]"), read(b"https://[::2]"));
}

#[test]
fn the_lists_of_a_gate_do_not_mix() {
    let gate = gate(List::builder(ListType::Upload).pattern("up.com"))
        .with_list(List::builder(ListType::Delivery).pattern("down.com").build().unwrap());
    let allowed = |list_type, origin: &[u8]| {
        gate.decide(list_type, &RequestHeaders::new().origin(origin)).lets_through()
    };
    assert!(allowed(ListType::Upload, b"https://up.com"));
    assert!(!allowed(ListType::Upload, b"https://down.com"));
    assert!(allowed(ListType::Delivery, b"https://down.com"));
    assert!(!allowed(ListType::Delivery, b"https://up.com"));
}

#[test]
fn the_header_that_was_judged_is_named() {
    let gate = gate(list(ListType::Delivery));
    let judged = |headers: RequestHeaders<'_>| gate.decide(ListType::Delivery, &headers).header();
    let (good, null) = (b"https://a.example.com".as_slice(), b"null".as_slice());
    assert_eq!(judged(RequestHeaders::new().origin(good).referer(good)), Some(HeaderName::Origin));
    assert_eq!(judged(RequestHeaders::new().origin(null).referer(good)), Some(HeaderName::Referer));
    assert_eq!(judged(RequestHeaders::new().origin(null)), Some(HeaderName::Origin));
    assert_eq!(judged(RequestHeaders::new().origin(b"").referer(good)), Some(HeaderName::Referer));
    assert_eq!(judged(RequestHeaders::new()), Some(HeaderName::Referer));
    let headers = RequestHeaders::new().origin(null).referer(good);
    let (header, origin) = gate.judged_origin(ListType::Delivery, &headers);
    assert_eq!(
        (header, origin.unwrap().to_string().as_str()),
        (HeaderName::Referer, "https://a.example.com")
    );
}

#[test]
fn headers_count_their_values() {
    let headers = RequestHeaders::new().origins([b"a".as_slice(), b"b", b"c"]).referer(b"d");
    assert_eq!((headers.origin_count(), headers.referer_count()), (3, 1));
    assert_eq!(headers.referers([b"e".as_slice(), b"f"]).referer_count(), 3);
    assert_eq!(
        (headers.first_origin(), headers.first_referer()),
        (Some(b"a".as_slice()), Some(b"d".as_slice()))
    );
    assert_eq!((RequestHeaders::new().first_origin(), RequestHeaders::new().origin_count()), (None, 0));
}

#[test]
fn near_misses_are_for_origins_that_no_rule_matches() {
    let gate = gate(list(ListType::Upload));
    let near = |value: &[u8]| {
        gate.near_miss(ListType::Upload, &RequestHeaders::new().origin(value)).map(|near| near.rule.index())
    };
    assert_eq!(near(b"https://example.com"), Some(0));
    assert_eq!(near(b"https://a.example.com"), None);
    assert_eq!(near(b"https://exam ple.com"), None);
    assert_eq!(near(b"ftp://example.com"), None);
}

#[test]
fn a_near_miss_is_of_the_header_that_decides() {
    let gate = gate(list(ListType::Delivery));
    let near = |headers: RequestHeaders<'_>| {
        gate.near_miss(ListType::Delivery, &headers).map(|near| near.rule.index())
    };
    let referer = b"https://example.com/page";
    assert_eq!(near(RequestHeaders::new().referer(referer)), Some(0));
    assert_eq!(near(RequestHeaders::new().origin(b"null").referer(referer)), Some(0));
    assert_eq!(near(RequestHeaders::new().origin(b"https://other.net").referer(referer)), None);
    assert_eq!(near(RequestHeaders::new().origin(b"https://example.com")), Some(0));
    assert_eq!(near(RequestHeaders::new()), None);
}

#[test]
fn a_bare_host_is_decided_on_without_a_header() {
    let gate = gate(List::builder(ListType::Upload).patterns(["a.com", "b.com:80"]));
    let decide = |host: &[u8]| gate.decide_origin(ListType::Upload, &Origin::from_host(host).unwrap());
    assert_eq!(decide(b"a.com").to_string(), "allowed: rule 1 of the upload list matches the origin");
    assert_eq!(decide(b"b.com").denial(), Some(Denial::NoMatch));
    assert!(decide(b"b.com:80").lets_through());
    assert!(Gate::new().decide_origin(ListType::Upload, &Origin::from_host(b"x").unwrap()).lets_through());
}

/// The words of every decision, and every way a header can be malformed.
#[test]
fn every_decision_in_words() {
    let mut words = Vec::new();
    let mut say = |list: ListBuilder, headers: RequestHeaders<'_>| {
        let gate = gate(list);
        for list_type in ListType::ALL {
            if gate.list(list_type).mode() != Mode::Off {
                let decision = gate.decide(list_type, &headers);
                words.push(format!("{}: {decision}", decision.code()));
            }
        }
    };
    let upload = || list(ListType::Upload);
    let delivery = || list(ListType::Delivery);
    let origin = |value| RequestHeaders::new().origin(value);
    say(upload(), origin(b"https://a.example.com"));
    say(delivery(), RequestHeaders::new().referer(b"https://a.example.com/x"));
    say(upload(), RequestHeaders::new());
    say(upload().block_missing(false), RequestHeaders::new());
    say(delivery(), RequestHeaders::new());
    say(delivery().block_missing(true), RequestHeaders::new());
    say(upload(), origin(b"null"));
    say(upload(), origin(b"capacitor://localhost"));
    say(upload(), origin(b"https://evil.com"));
    say(upload().mode(Mode::Report), origin(b"https://evil.com"));
    say(upload(), origin(b"https://a.example.com@evil.com"));
    words.push(Gate::new().decide(ListType::Upload, &RequestHeaders::new()).to_string());
    insta::assert_snapshot!(words.join("\n"));
}

#[test]
fn every_malformed_header_in_words() {
    let long = format!("https://{}.com", "a".repeat(64));
    let labels = format!("https://{}com", "abcdefgh.".repeat(29));
    let too_long = "a".repeat(513);
    let cases: [(&str, MalformedKind); 39] = [
        (&too_long, MalformedKind::TooLong),
        ("example.com", MalformedKind::NoScheme),
        ("https:example.com", MalformedKind::NoScheme),
        ("//example.com", MalformedKind::NoScheme),
        ("1http://example.com", MalformedKind::NoScheme),
        ("https://a@b", MalformedKind::UserInfo),
        ("https://a:80@b", MalformedKind::UserInfo),
        ("https://user:pass@b", MalformedKind::UserInfo),
        ("https://:@b", MalformedKind::UserInfo),
        ("https://a b%:[::1]\u{fc}@b", MalformedKind::UserInfo),
        ("https://[::1]x@b", MalformedKind::UserInfo),
        ("https://a\\b", MalformedKind::Backslash),
        ("https://a\\@b", MalformedKind::Backslash),
        ("https://a b", MalformedKind::Blank),
        ("https://a:80 https://b", MalformedKind::Blank),
        ("https://a\tb", MalformedKind::Blank),
        ("https://a\x01b", MalformedKind::Control),
        ("https://a\x7fb", MalformedKind::Control),
        ("https://a%2eb", MalformedKind::Percent),
        ("https://bücher", MalformedKind::NonAscii),
        ("https://a/", MalformedKind::PathInOrigin),
        ("https://a:80?b", MalformedKind::PathInOrigin),
        ("https://a*b", MalformedKind::HostCharacter),
        ("https://", MalformedKind::EmptyHost),
        ("https://.", MalformedKind::EmptyHost),
        ("https://:80", MalformedKind::EmptyHost),
        ("https://a..b", MalformedKind::EmptyLabel),
        ("https://.a", MalformedKind::EmptyLabel),
        (&long, MalformedKind::LabelTooLong),
        (&labels, MalformedKind::HostTooLong),
        ("https://1.2.3", MalformedKind::Ipv4),
        ("https://01.2.3.4", MalformedKind::Ipv4),
        ("https://[::1", MalformedKind::Ipv6),
        ("https://[::1%1]", MalformedKind::Ipv6),
        ("https://xn--a", MalformedKind::ALabel),
        ("https://a:", MalformedKind::EmptyPort),
        ("https://a:8x", MalformedKind::PortCharacter),
        ("https://a:08", MalformedKind::PortRange),
        ("https://a:65536", MalformedKind::PortRange),
    ];
    let mut words = Vec::new();
    let mut seen = vec![MalformedKind::Repeated];
    for (value, kind) in cases {
        let error = Origin::from_origin_header(value.as_bytes()).unwrap_err();
        let NoOrigin::Malformed(malformed) = error else { panic!("{value}: {error}") };
        assert_eq!(malformed.kind, kind, "{value}");
        seen.push(kind);
        let shown: String = value.chars().take(40).collect();
        words.push(format!("{shown:?}: {}: {malformed}", kind.code()));
    }
    for kind in MalformedKind::ALL {
        assert!(seen.contains(kind), "{kind:?} has no case");
    }
    insta::assert_snapshot!(words.join("\n"));
}

/// What stands in front of an `@` reads like a host and a port, and is neither.
#[test]
fn user_info_is_called_so_wherever_it_stands() {
    let malformed = |read: Result<Origin<'_>, NoOrigin>| match read {
        Err(NoOrigin::Malformed(malformed)) => Some((malformed.kind.code(), malformed.at)),
        _ => None,
    };
    for (value, expected) in [
        ("https://user:pass@host", ("user-info", 17)),
        (" \thttps://user:pass@host", ("user-info", 19)),
        ("ftp://user:pass@host", ("user-info", 15)),
        ("https://:pass@host", ("user-info", 13)),
        ("https://a@b@host", ("user-info", 9)),
        ("https://1.2.3@host", ("user-info", 13)),
        ("https://a..b:99999@host", ("user-info", 18)),
        ("https://user:pass", ("port-character", 13)),
    ] {
        assert_eq!(malformed(Origin::from_origin_header(value.as_bytes())), Some(expected), "{value}");
        let referer = format!("{value}/path?@#@");
        assert_eq!(malformed(Origin::from_referer_header(referer.as_bytes())), Some(expected), "{referer}");
    }
    // Behind the authority an `@` means nothing, and browsers end it at a backslash too.
    for (value, expected) in [
        ("https://a:x/@", ("port-character", 10)),
        ("https://a..b?@", ("empty-label", 10)),
        ("https://#@", ("empty-host", 8)),
        ("https://a\\@b", ("backslash", 9)),
    ] {
        assert_eq!(malformed(Origin::from_referer_header(value.as_bytes())), Some(expected), "{value}");
    }
    assert_eq!(malformed(Origin::from_host(b"user:pass@host")), Some(("user-info", 9)));
}

#[cfg(feature = "serde")]
#[test]
fn a_decision_as_data() {
    let gate = gate(list(ListType::Upload));
    let json = |value: &[u8]| {
        serde_json::to_string(&gate.decide(ListType::Upload, &RequestHeaders::new().origin(value))).unwrap()
    };
    insta::assert_snapshot!(
        [json(b"https://a.example.com"), json(b"https://evil.com"), json(b"https://a@b")].join("\n")
    );
}

/// What is kept may have been damaged since, or written by hand: it lets nobody in whom the pattern would not let in, and where there is no pattern nobody.
#[test]
fn what_is_no_canonical_text_lets_nobody_else_in() {
    fn saved(patterns: &[String]) -> SavedList<'_> {
        SavedList { mode: Mode::Enforce, block_missing: true, patterns }
    }
    let off = SavedList { mode: Mode::Off, block_missing: false, patterns: &[] };
    let hosts =
        ["a.com", "example.com", "EXAMPLE.com", "x", "xn--bcher-kva.com", "example.com:80", "exa", "a"];
    for (text, is_pattern) in [
        ("", false),
        ("a.com\n*", false),
        ("*\r", true),
        ("(example|a).com", false),
        ("exa{mple.com", false),
        ("[a-", false),
        ("example.com:x", false),
        ("\\", false),
        ("EXAMPLE.com", true),
        ("https://example.com/", true),
        (" example.com", true),
        ("b\u{fc}cher.com", true),
    ] {
        let texts = [text.to_string()];
        let gate = DormantGate::restore(saved(&texts), off, []).unwrap().pack();
        let list = List::builder(ListType::Upload).pattern(text).build();
        assert_eq!(list.is_ok(), is_pattern, "{text:?}");
        for host in hosts {
            let origin = format!("https://{host}");
            let headers = RequestHeaders::new().origin(origin.as_bytes());
            let is_let_in = gate.decide(ListType::Upload, &headers).lets_through();
            let by_the_list = |list: &List| list.find(&Origin::from_host(host.as_bytes()).unwrap()).is_some();
            assert!(!is_let_in || list.as_ref().is_ok_and(by_the_list), "{text:?} lets {host} in");
        }
    }
    // The others are none the worse for them.
    let patterns = ["\n".to_string(), "exa{mple.com".to_string(), "a.com".to_string()];
    let gate = DormantGate::restore(saved(&patterns), off, ["capacitor"]).unwrap().pack();
    assert!(
        gate.decide(ListType::Upload, &RequestHeaders::new().origin(b"capacitor://a.com")).lets_through()
    );
    assert!(!gate.decide(ListType::Upload, &RequestHeaders::new()).lets_through());
    assert!(gate.decide(ListType::Delivery, &RequestHeaders::new()).lets_through());
    assert!(DormantGate::restore(saved(&patterns), off, ["file"]).is_err());
}
