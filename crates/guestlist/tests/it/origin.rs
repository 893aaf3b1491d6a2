//! Origins: what is read from a header, how it compares and how it is shown.

use guestlist::{Host, MAX_ORIGIN_BYTES, MAX_REFERER_BYTES, MalformedKind, NoOrigin, Origin, Scheme};

#[test]
fn an_origin_is_shown_as_a_browser_writes_it() {
    for (value, shown, port) in [
        ("HTTPS://Example.COM", "https://example.com", Some(443)),
        ("https://example.com:443", "https://example.com", Some(443)),
        ("http://example.com:443", "http://example.com:443", Some(443)),
        ("http://example.com.:80", "http://example.com", Some(80)),
        ("http://[2001:DB8::0]:65535", "http://[2001:db8::]:65535", Some(65535)),
        ("https://127.0.0.1:1", "https://127.0.0.1:1", Some(1)),
        ("Capacitor://LocalHost", "capacitor://localhost", None),
        ("capacitor://localhost:80", "capacitor://localhost:80", Some(80)),
        ("WS://a", "ws://a", Some(80)),
        ("wss://a:443", "wss://a", Some(443)),
        ("ftp://a", "ftp://a", Some(21)),
        ("ftp://a:80", "ftp://a:80", Some(80)),
        ("a1+-.b://a", "a1+-.b://a", None),
    ] {
        let origin = Origin::from_origin_header(value.as_bytes()).expect(value);
        assert_eq!((origin.to_string().as_str(), origin.port()), (shown, port), "{value}");
        // Any path may follow in a Referer, and says nothing.
        for path in ["/", "?query", "#fragment", "/a@b:c/\\"] {
            let referer = format!("{value}{path}");
            assert_eq!(Origin::from_referer_header(referer.as_bytes()), Ok(origin), "{referer}");
        }
    }
}

#[test]
fn a_bare_host_has_no_scheme_and_only_the_port_that_was_written() {
    for (value, shown, port) in [
        ("Example.com", "example.com", None),
        ("example.com.:8080", "example.com:8080", Some(8080)),
        ("[::1]", "[::1]", None),
        ("[::1]:80", "[::1]:80", Some(80)),
    ] {
        let origin = Origin::from_host(value.as_bytes()).unwrap();
        assert_eq!(origin.scheme(), None);
        assert_eq!((origin.to_string().as_str(), origin.port()), (shown, port), "{value}");
    }
    assert_eq!(Origin::from_host(b""), Err(NoOrigin::Missing));
}

#[test]
fn schemes_and_hosts_are_equal_in_any_case_and_never_across_kinds() {
    assert_eq!(Scheme::Other("HTTPS"), Scheme::Https);
    assert_eq!(Scheme::Other("Capacitor"), Scheme::Other("capacitor"));
    assert_ne!(Scheme::Other("ionic"), Scheme::Other("capacitor"));
    assert_eq!(Scheme::Other("Ionic").as_str(), "Ionic");
    assert_ne!(Scheme::Http, Scheme::Https);
    assert_eq!(Host::Name("A.com"), Host::Name("a.COM"));
    assert_ne!(Host::Name("::1"), Host::Ipv6([0, 0, 0, 0, 0, 0, 0, 1]));
    assert_ne!(Host::Ipv6([0; 8]), Host::Ipv6([0, 0, 0, 0, 0, 0, 0, 1]));
}

#[test]
fn lengths_have_limits_that_do_not_count_the_blanks_around() {
    let fill = |prefix: &str, len: usize| format!("{prefix}{}", "/".repeat(len - prefix.len()));
    let referer = |len| fill("https://a.com", len);
    assert!(Origin::from_referer_header(referer(MAX_REFERER_BYTES).as_bytes()).is_ok());
    let padded = format!("\t {} \t", referer(MAX_REFERER_BYTES));
    assert!(Origin::from_referer_header(padded.as_bytes()).is_ok());
    let malformed = |read: Result<Origin<'_>, NoOrigin>| match read {
        Err(NoOrigin::Malformed(malformed)) => (malformed.kind, malformed.at as usize),
        other => panic!("{other:?}"),
    };
    let long = format!(" {}", referer(MAX_REFERER_BYTES + 1));
    assert_eq!(
        malformed(Origin::from_referer_header(long.as_bytes())),
        (MalformedKind::TooLong, MAX_REFERER_BYTES + 1)
    );
    let origin = |len| fill("https://a.com", len);
    assert_eq!(
        malformed(Origin::from_origin_header(origin(MAX_ORIGIN_BYTES).as_bytes())),
        (MalformedKind::PathInOrigin, 13)
    );
    assert_eq!(
        malformed(Origin::from_origin_header(origin(MAX_ORIGIN_BYTES + 1).as_bytes())),
        (MalformedKind::TooLong, MAX_ORIGIN_BYTES)
    );
}

#[test]
fn what_is_malformed_says_at_which_byte() {
    let (label, labels) = ("a".repeat(64), "abcdefgh.".repeat(29));
    for (value, at) in [
        ("example.com", 0),
        (" \texample.com", 2),
        (" https://a.b c", 12),
        ("https://a.b/", 11),
        ("https://a.com:80/", 16),
        ("https://a:b@c.com", 11),
        ("https://:80", 8),
        ("https://a..b", 10),
        (&format!("https://{label}.com"), 8 + 63),
        (&format!("https://www.{label}.com"), 12 + 63),
        (&format!("http://{labels}com"), 7 + 253),
        ("https://a.1.2.3", 8),
        ("https://a.xn--a", 8),
        ("https://[::1", 8),
        ("https://[::1]x", 13),
        ("http://a:", 9),
        ("http://a:8x", 10),
        ("http://a:08", 9),
        ("http://a:65536", 9),
        ("http://a:655350", 9),
    ] {
        match Origin::from_origin_header(value.as_bytes()) {
            Err(NoOrigin::Malformed(malformed)) => assert_eq!(malformed.at, at, "{value}: {malformed}"),
            other => panic!("{value}: {other:?}"),
        }
    }
}

#[test]
fn an_address_may_be_written_in_full() {
    for (value, shown) in [
        ("http://[2001:0db8:0001:0002:0003:0004:0005:0006]", "http://[2001:db8:1:2:3:4:5:6]"),
        ("http://[0000:0000:0000:0000:0000:ffff:255.255.255.255]:1", "http://[::ffff:ffff:ffff]:1"),
    ] {
        assert_eq!(Origin::from_origin_header(value.as_bytes()).unwrap().to_string(), shown);
    }
}

#[test]
fn no_origin_says_why() {
    let words = |value: &[u8]| Origin::from_origin_header(value).unwrap_err().to_string();
    assert_eq!(words(b" \t"), "the header is empty");
    assert_eq!(words(b"null"), "the origin is opaque (`null`)");
    assert_eq!(words(b" https://a b"), "a blank inside the value (at byte 10)");
    assert_eq!(Origin::from_referer_header(b"\t"), Err(NoOrigin::Missing));
}
