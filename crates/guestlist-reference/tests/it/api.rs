//! What the tables do not reach: bytes that are no text, lists, reading a header by itself.

use guestlist_reference::{
    Header, Host, List, ListType, Mode, Origin, Pattern, Verdict, decide, dedup, read_host, read_origin,
    read_referer,
};

fn pattern(text: &str) -> Pattern {
    Pattern::parse(text).expect("a good pattern")
}

fn origin(scheme: Option<&str>, host: &str, port: Option<u16>) -> Origin {
    Origin { scheme: scheme.map(str::to_owned), host: Host::Name(host.to_owned()), port }
}

#[test]
fn a_header_is_read_to_an_origin() {
    assert_eq!(
        read_origin(b"\t HTTPS://WWW.Example.com. "),
        Header::Origin(origin(Some("https"), "www.example.com", Some(443)))
    );
    assert_eq!(read_referer(b"http://a?b@c"), Header::Origin(origin(Some("http"), "a", Some(80))));
    assert_eq!(
        read_origin(b"Capacitor://localhost"),
        Header::Origin(origin(Some("capacitor"), "localhost", None))
    );
    assert_eq!(read_origin(b" \t "), Header::Missing);
    assert_eq!(read_referer(b""), Header::Missing);
    assert_eq!(read_origin(b" null "), Header::Opaque);
    assert_eq!(read_referer(b"null"), Header::Malformed);
}

#[test]
fn bytes_that_are_no_text_are_malformed() {
    for byte in 0x80..=0xff {
        let value = [b"https://example.com".as_slice(), &[byte]].concat();
        assert_eq!(read_origin(&value), Header::Malformed);
        assert_eq!(read_referer(&value), Header::Malformed);
        // After the authority a referer is not looked at.
        let value = [b"https://example.com/".as_slice(), &[byte]].concat();
        assert!(matches!(read_referer(&value), Header::Origin(_)));
    }
}

#[test]
fn one_strange_byte_in_the_authority_is_malformed() {
    for byte in 0..=u8::MAX {
        let value = [b"https://exam".as_slice(), &[byte], b"ple.com"].concat();
        let is_host_byte = byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        assert_eq!(matches!(read_origin(&value), Header::Origin(_)), is_host_byte, "{byte:#x}");
        let ends_there = b"/?#".contains(&byte);
        assert_eq!(
            matches!(read_referer(&value), Header::Origin(_)),
            is_host_byte || ends_there,
            "{byte:#x}"
        );
    }
}

#[test]
fn a_bare_host_has_the_port_written_and_no_other() {
    assert_eq!(read_host(b"Example.com"), Some(origin(None, "example.com", None)));
    assert_eq!(read_host(b"example.com:8080"), Some(origin(None, "example.com", Some(8080))));
    let address = read_host(b"[::1]:80").expect("an address with a port");
    assert_eq!((address.host, address.port), (Host::Ipv6([0, 0, 0, 0, 0, 0, 0, 1]), Some(80)));
    for refused in
        [b"".as_slice(), b" a", b"a ", b"a:", b"a/", b"https://a", b":80", b"[::1", b"::1", b"[::1]."]
    {
        assert_eq!(read_host(refused), None, "{}", refused.escape_ascii());
    }
}

#[test]
fn addresses_are_read_as_the_standard_library_reads_them() {
    let pieces = ["", ":", "::", "1", "0", "ffff", "12345", "g", "1:2", "1.2.3.4", ".", "01", "0:0:0", "%1"];
    for a in pieces {
        for b in pieces {
            for c in pieces {
                for d in pieces {
                    let text = format!("{a}{b}{c}{d}");
                    let expected = text.parse::<std::net::Ipv6Addr>().ok();
                    let actual = read_host(format!("[{text}]").as_bytes()).map(|origin| origin.host);
                    assert_eq!(actual, expected.map(|address| Host::Ipv6(address.segments())), "{text}");
                    if let Some(address) = expected
                        && address.to_ipv4_mapped().is_none()
                    {
                        assert_eq!(pattern(&format!("[{text}]")).canonical(), format!("[{address}]"));
                    }
                }
            }
        }
    }
}

#[test]
fn a_new_list_has_the_defaults() {
    let upload = List::new(ListType::Upload, vec![pattern("a")]);
    assert_eq!((upload.block_missing, upload.mode), (true, Mode::Enforce));
    let delivery = List::new(ListType::Delivery, vec![pattern("a")]);
    assert_eq!((delivery.block_missing, delivery.mode), (false, Mode::Enforce));
    assert_eq!(List::new(ListType::Upload, vec![]).mode, Mode::Off);
    assert_eq!(List::new(ListType::Delivery, vec![]).mode, Mode::Off);
}

#[test]
fn the_first_of_several_patterns_is_named() {
    let list = List::new(ListType::Upload, vec![pattern("b.*"), pattern("*.com"), pattern("a.com")]);
    let a = origin(Some("https"), "a.com", Some(443));
    assert_eq!(list.find(&a), Some(1));
    assert_eq!(list.matches(&a), [1, 2]);
    assert_eq!(decide(ListType::Upload, &list, &[], &[b"https://a.com"], &[]), Verdict::Matched(1));
    let none = origin(Some("https"), "c.org", Some(443));
    assert_eq!(list.find(&none), None);
    assert!(list.matches(&none).is_empty());
}

#[test]
fn duplicates_are_known_by_their_canonical_text() {
    let patterns = [
        "https://A.com/",
        "b.com",
        "a.com",
        "{a,b}.com",
        "{b,a}.com",
        "bücher.example",
        "xn--bcher-kva.example",
    ];
    let left = dedup(patterns.iter().map(|text| pattern(text)).collect());
    let left: Vec<&str> = left.iter().map(Pattern::canonical).collect();
    assert_eq!(left, ["a.com", "b.com", "{a,b}.com", "{b,a}.com", "xn--bcher-kva.example"]);
    assert_eq!(pattern("A.com"), pattern("a.com."));
    assert_ne!(pattern("{a,b}.com"), pattern("{b,a}.com"));
}

#[test]
fn allows_are_the_three_that_the_specification_names() {
    for verdict in [Verdict::NotEnforced, Verdict::MissingAllowed, Verdict::Matched(3)] {
        assert!(verdict.is_allow());
    }
    for verdict in [
        Verdict::MissingDenied,
        Verdict::Malformed,
        Verdict::OpaqueOrigin,
        Verdict::UnsupportedScheme,
        Verdict::NoMatch,
    ] {
        assert!(!verdict.is_allow());
    }
}

#[test]
fn a_refusal_says_why() {
    let why = Pattern::parse("(a|b).com").expect_err("parentheses");
    assert_eq!(why.to_string(), "parentheses are not part of the format");
    let _: &dyn std::error::Error = &why;
}
