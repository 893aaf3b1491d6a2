//! Near misses: which rule came closest, and why.

use guestlist::{NearMissKind, Origin};

use crate::upload;

fn closest(patterns: &[&str], host: &str) -> Option<(usize, NearMissKind)> {
    let list = upload(patterns);
    let origin = Origin::from_host(host.as_bytes()).unwrap();
    assert!(!list.is_match(&origin), "{host} is let in");
    list.near_miss(&origin).map(|near| (near.rule.index(), near.kind))
}

#[test]
fn the_closest_rule_is_named_with_what_keeps_the_origin_out() {
    for (patterns, host, expected) in [
        (&["example.com:8080"][..], "example.com:80", Some((0, NearMissKind::Port))),
        (&["example.com:8080"], "example.com", Some((0, NearMissKind::NoPort))),
        (&["[::1]:3000"], "[::1]:3001", Some((0, NearMissKind::Port))),
        (&["[::1]:3000"], "[::2]:3000", None),
        (&["*.example.com"], "example.com", Some((0, NearMissKind::Apex))),
        (&["www.example.com"], "example.com", Some((0, NearMissKind::Above))),
        (&["example.com"], "www.example.com", Some((0, NearMissKind::Below))),
        (&["*.example.com"], "a.b.example.com", Some((0, NearMissKind::Below))),
        (&["mydomain.{com,org}"], "mydomain.net", Some((0, NearMissKind::Label(1)))),
        (&["app[1-3].example.com"], "app4.example.com", Some((0, NearMissKind::Label(0)))),
        (&["example.com"], "evilexample.com", Some((0, NearMissKind::Label(0)))),
        (&["example.com"], "example.com.evil.com", Some((0, NearMissKind::Prefix))),
        (&["localhost"], "localhost.evil.com", Some((0, NearMissKind::Prefix))),
        (&["example.com"], "evil.org", None),
        (&["example.com"], "evil.com", None),
        (&["{,www.}example.com"], "www.google.com", None),
        (&["{,www.}example.com"], "www.examples.com", Some((0, NearMissKind::Label(1)))),
        (&["example.com"], "exmaple.com", Some((0, NearMissKind::Label(0)))),
        (&["app[1-3].example.com"], "APP4.EXAMPLE.COM", Some((0, NearMissKind::Label(0)))),
        (&["EXAMPLE.com"], "www.Example.COM", Some((0, NearMissKind::Below))),
        (&["*-app.example.com:80"], "my-old-app.example.com", Some((0, NearMissKind::NoPort))),
        (&["a*b*c.example.com:80"], "aabbbcc.example.com", Some((0, NearMissKind::NoPort))),
        (&["a*b*c.example.com:80"], "aabbbccd.example.com", Some((0, NearMissKind::Label(0)))),
        // Half of a name must be there for the one to be taken for the other.
        (&["abcdefghij.com"], "abcdeXXXXX.com", Some((0, NearMissKind::Label(0)))),
        (&["abcdefghij.com"], "abXXXXXhij.com", Some((0, NearMissKind::Label(0)))),
        (&["abcdefghij.com"], "abcdXXXXXX.com", None),
        (&["app-*.com"], "app.com", Some((0, NearMissKind::Label(0)))),
        (&["*"], "a.b.c", Some((0, NearMissKind::LabelCount))),
        (&["example.com"], "[::1]", None),
        (&["*.shop.example.com"], "example.com", Some((0, NearMissKind::Above))),
        (&["*.com"], "com", None),
        (&["*.example.com"], "example.org", None),
        (&["a.example.com"], "com", None),
        (&["a.example.com"], "other.net", None),
        (&["a.b.com"], "x.y.z.net", None),
        (&["localhost"], "remotehost", None),
        // The closest of several, and the first of equals.
        (
            &["other.net", "example.com", "*.shop.example.com", "example.com:1"],
            "shop.example.com",
            Some((2, NearMissKind::Apex)),
        ),
        (&["a.example.com", "b.example.com"], "c.example.com", Some((0, NearMissKind::Label(0)))),
        (&["{a:80,b.com}"], "www.b.com", Some((0, NearMissKind::Below))),
    ] {
        assert_eq!(closest(patterns, host), expected, "{patterns:?} {host}");
    }
}

#[test]
fn what_keeps_an_origin_out_is_said_in_words() {
    for (kind, words) in [
        (NearMissKind::Port, "the host matches, the port does not"),
        (NearMissKind::NoPort, "the host matches, but there is no port and the rule asks for one"),
        (NearMissKind::Apex, "the rule covers subdomains, not the domain itself"),
        (NearMissKind::Below, "the host is below what the rule covers: it has more labels"),
        (NearMissKind::Label(0), "only the first label differs"),
        (NearMissKind::Label(1), "only label 2 differs"),
        (NearMissKind::Label(255), "only label 256 differs"),
        (NearMissKind::Above, "the host is the parent of what the rule covers: it has fewer labels"),
        (NearMissKind::Prefix, "the host only begins like the rule: it belongs to another domain"),
        (NearMissKind::LabelCount, "the number of labels differs: a wildcard never crosses a dot"),
    ] {
        assert_eq!(kind.to_string(), words);
    }
}
