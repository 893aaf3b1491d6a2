//! Limits of patterns (SPEC §2) and lengths of hosts and headers (SPEC §4), at both sides of each.

use guestlist_reference::{Header, Limits, Pattern, read_host, read_origin, read_referer};

fn parses(text: &str) -> bool {
    Pattern::parse(text).is_ok()
}

fn parses_with(text: &str, limits: Limits) -> bool {
    Pattern::parse_with(text, &limits).is_ok()
}

/// A host of exactly 253 bytes.
fn longest_host() -> String {
    format!("{0}.{0}.{0}.{1}", "a".repeat(63), "b".repeat(61))
}

#[test]
fn bytes_are_counted_between_the_blanks() {
    let longest = format!("{{{}}}", ["a"; 511].join(","));
    assert_eq!(longest.len(), 1023);
    assert!(parses(&format!("{longest}.")));
    assert!(!parses(&format!("{longest}./")));
    assert!(parses(&format!("  {longest}. \u{3000}")));
    assert!(!parses(&"a".repeat(100_000)));
    assert!(!parses_with("example.com", Limits { bytes: 10, ..Limits::default() }));
    assert!(parses_with("example.com", Limits { bytes: 11, ..Limits::default() }));
    // The protocol is part of what was written.
    assert!(!parses_with("//example.com", Limits { bytes: 12, ..Limits::default() }));
}

#[test]
fn bytes_of_the_canonical_text_are_counted_too() {
    // 10 bytes as written, 16 in its ASCII form.
    assert_eq!(Pattern::parse("bücher.de").expect("a good pattern").canonical(), "xn--bcher-kva.de");
    assert!(parses_with("bücher.de", Limits { bytes: 16, ..Limits::default() }));
    assert!(!parses_with("bücher.de", Limits { bytes: 15, ..Limits::default() }));
}

#[test]
fn nesting_is_counted_from_one() {
    let nested = |levels: usize| format!("{}a{}", "{".repeat(levels), "}".repeat(levels));
    assert!(parses(&nested(8)));
    assert!(!parses(&nested(9)));
    assert!(!parses(&nested(500)));
    let none = Limits { nesting: 0, ..Limits::default() };
    assert!(parses_with("a", none));
    assert!(!parses_with("{a}", none));
    // No setting makes it step down without end.
    let boundless = Limits { bytes: usize::MAX, nesting: usize::MAX, alternatives: usize::MAX };
    assert!(parses_with(&nested(128), boundless));
    assert!(!parses_with(&nested(100_000), boundless));
    assert!(!parses_with(&"{".repeat(100_000), boundless));
}

#[test]
fn alternatives_are_counted_by_arithmetic() {
    assert!(parses(&"{a,b}".repeat(10)));
    assert!(!parses(&"{a,b}".repeat(11)));
    assert!(!parses(&"{a,b}".repeat(60)));
    assert!(!parses(&"{,,,,,,,,,,,,}".repeat(70)));
    // Repeats count: 33 * 32 = 1,056, 32 * 32 = 1,024.
    let of = |count: usize| format!("{{{}}}", vec!["a"; count].join(","));
    assert!(parses(&format!("{}{}", of(32), of(32))));
    assert!(!parses(&format!("{}{}", of(33), of(32))));
    // Braces add: 2 + 3 * 2 = 8.
    let nested = "{{a,b},{c,d,e}{f,g}}";
    assert!(parses_with(nested, Limits { alternatives: 8, ..Limits::default() }));
    assert!(!parses_with(nested, Limits { alternatives: 7, ..Limits::default() }));
    // The port after an address counts as well.
    let ports = "[::1]:{1,2,3}";
    assert!(parses_with(ports, Limits { alternatives: 3, ..Limits::default() }));
    assert!(!parses_with(ports, Limits { alternatives: 2, ..Limits::default() }));
}

#[test]
fn labels_and_hosts_of_a_pattern_must_fit() {
    assert!(parses(&"a".repeat(63)));
    assert!(!parses(&"a".repeat(64)));
    assert!(parses(&format!("{}*", "a".repeat(63))));
    assert!(!parses(&format!("{}?", "a".repeat(63))));
    assert!(!parses(&format!("{}{{,b}}", "a".repeat(63))));
    assert!(!parses(&format!("x.{{a,{}}}", "b".repeat(64))));
    assert_eq!(longest_host().len(), 253);
    assert!(parses(&longest_host()));
    assert!(!parses(&format!("{}b", longest_host())));
    assert!(parses(&format!("{}.:8080", longest_host())));
    assert!(parses(&format!("{}*", longest_host())));
    assert!(!parses(&format!("{}?", longest_host())));
    // 127 labels of one byte are 253 bytes, and a label of `*` counts one.
    assert!(parses(&["*"; 127].join(".")));
    assert!(!parses(&["*"; 128].join(".")));
    assert!(parses(&["a"; 127].join(".")));
    assert!(!parses(&["a"; 128].join(".")));
}

#[test]
fn a_star_without_room_takes_nothing() {
    // The only label of 63 bytes that these match is a number, and a host of one label is no IPv4 address.
    assert!(!parses(&format!("{}*", "1".repeat(63))));
    assert!(parses(&format!("{}*", "1".repeat(62))));
    // The same where the host as a whole has no room left.
    let front = format!("{0}.{0}.{0}.{1}", "a".repeat(63), "b".repeat(59));
    assert!(!parses(&format!("{front}.1*")));
    assert!(parses(&format!("{front}.a*")));
    assert!(parses(&format!("{}.1*", &front[1..])));
}

#[test]
fn labels_and_hosts_of_a_request_must_fit() {
    let reads = |text: &str| read_host(text.as_bytes()).is_some();
    assert!(reads(&"a".repeat(63)));
    assert!(!reads(&"a".repeat(64)));
    assert!(reads(&longest_host()));
    assert!(reads(&format!("{}.", longest_host())));
    assert!(!reads(&format!("{}b", longest_host())));
}

#[test]
fn lengths_of_headers_are_counted_between_the_blanks() {
    // No origin in form is as long as 512 bytes, so the limit shows only in what it refuses.
    let long_scheme = |length: usize| format!("{}://a", "s".repeat(length - 4));
    assert!(matches!(read_origin(long_scheme(512).as_bytes()), Header::Origin(_)));
    assert!(matches!(read_origin(format!(" \t{}\t ", long_scheme(512)).as_bytes()), Header::Origin(_)));
    assert_eq!(read_origin(long_scheme(513).as_bytes()), Header::Malformed);
    let page = |length: usize| format!("https://a/{}", "p".repeat(length - 10));
    assert!(matches!(read_referer(page(8_192).as_bytes()), Header::Origin(_)));
    assert!(matches!(read_referer(format!(" {} ", page(8_192)).as_bytes()), Header::Origin(_)));
    assert_eq!(read_referer(page(8_193).as_bytes()), Header::Malformed);
}
