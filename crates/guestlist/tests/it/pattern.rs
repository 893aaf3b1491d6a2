//! Patterns: limits, spans, and the regular expression they are printed as.

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use guestlist::ast::NodeKind;
use guestlist::{ErrorKind, Limits, List, ListType, Origin, Pattern};
use guestlist_reference::table::{MATCH_CASES, cases};

fn kind(text: &str, limits: &Limits) -> Option<ErrorKind> {
    Pattern::parse_with(text, limits).err().map(|error| error.kind())
}

#[test]
fn each_limit_is_an_error_of_its_own_at_the_first_value_beyond_it() {
    let limits = Limits::default();
    let label = "a".repeat(60);
    let fits = format!("{{{}}}", vec![label.as_str(); 16].join(",")); // 16 * 60 + 15 + 2 = 977 bytes
    assert_eq!(kind(&fits, &limits), None);
    let exact = format!("{}{}", fits, ".".to_string() + &"b".repeat(46)); // 977 + 47 = 1,024
    assert_eq!(exact.len(), 1024);
    assert_eq!(kind(&exact, &limits), None);
    assert_eq!(kind(&format!(" {exact} "), &limits), None);
    assert_eq!(kind(&format!("{exact}c"), &limits), Some(ErrorKind::TooLong));
    // Short as it was written, long in its ASCII form.
    let wide = format!("{{{}}}.de", vec!["ü"; 140].join(","));
    assert!(wide.len() < 1024);
    assert_eq!(kind(&wide, &limits), Some(ErrorKind::TooLong));

    let nested = |depth: usize| format!("{}a{}", "{".repeat(depth), "}".repeat(depth));
    assert_eq!(kind(&nested(8), &limits), None);
    assert_eq!(kind(&nested(9), &limits), Some(ErrorKind::TooDeep));
    assert_eq!(kind(&nested(64), &limits.nesting(1000)), None);
    assert_eq!(kind(&nested(65), &limits.nesting(1000)), Some(ErrorKind::TooDeep));

    let alternatives = |groups: usize| format!("{}.com", "{a,b}".repeat(groups));
    assert_eq!(kind(&alternatives(10), &limits), None);
    assert_eq!(kind(&alternatives(11), &limits), Some(ErrorKind::TooManyAlternatives));
    assert_eq!(kind(&alternatives(200), &limits), Some(ErrorKind::TooManyAlternatives));
    assert_eq!(kind(&alternatives(11), &limits.alternatives(2048)), None);
    assert_eq!(kind("example.com", &limits.pattern_bytes(10)), Some(ErrorKind::TooLong));
}

#[test]
fn a_megabyte_is_refused_at_once_and_its_message_is_short() {
    for text in [
        "a".repeat(1 << 20),
        "{".repeat(1 << 20),
        "ü.".repeat(1 << 19),
        " ".repeat(1 << 20),
        "(".repeat(1 << 20),
    ] {
        let error = Pattern::parse(&text).unwrap_err();
        assert!(error.to_string().len() < 1000, "{}", error.to_string().len());
        assert!(error.text().len() <= 4096);
    }
}

#[test]
fn spans_point_into_the_text_as_it_was_given() {
    let pattern = Pattern::parse("  HTTPS://Bücher.{Com,org}:80/ ").unwrap();
    let written: Vec<&str> =
        pattern.ast().nodes.iter().map(|node| &pattern.source()[node.span.range()]).collect();
    assert_eq!(written, ["Bücher", ".", "{Com,org}", ":", "80"]);
    assert!(matches!(&pattern.ast().nodes[0].kind, NodeKind::Literal(literal) if literal.was_non_ascii));
    assert_eq!(pattern.to_string(), "xn--bcher-kva.{com,org}:80");
    assert_eq!(format!("{pattern:?}"), "Pattern(\"xn--bcher-kva.{com,org}:80\")");
}

#[test]
fn equal_means_equal_canonical_text() {
    let parse = |text| Pattern::parse(text).unwrap();
    assert_eq!(parse("https://Example.COM./"), parse("example.com"));
    assert_eq!(parse("[0:0::1]"), parse("[::1]"));
    assert_ne!(parse("{a,b}.com"), parse("{b,a}.com"));
    assert_eq!("a.com".parse::<Pattern>().unwrap(), parse("A.com"));
    let distinct = ["a.com", "A.com/", "//a.com.", "b.com"].map(parse).into_iter().collect::<HashSet<_>>();
    assert_eq!(distinct.len(), 2);
    let hash = |text| BuildHasherDefault::<DefaultHasher>::default().hash_one(parse(text));
    assert_eq!(hash("a.com"), hash("//A.com."));
    assert_ne!(hash("a.com"), hash("b.com"));
}

/// The printed regular expression, given to another engine, decides as the table says.
#[test]
fn the_regular_expression_means_the_same() {
    let mut checked = 0;
    for (line, [pattern, host, expected, _]) in cases::<4>(MATCH_CASES) {
        let (Ok(pattern), Ok(origin)) = (Pattern::parse(&pattern), Origin::from_host(host.as_bytes())) else {
            continue;
        };
        let regex = regex::Regex::new(&pattern.to_regex()).unwrap();
        let mut text = origin.host().to_string();
        if let Some(port) = origin.port() {
            text += &format!(":{port}");
        }
        assert_eq!(regex.is_match(&text), expected == "1", "line {line}: {}", pattern.to_regex());
        assert_eq!(
            regex.is_match(&text.to_ascii_uppercase()),
            expected == "1",
            "line {line}: {}",
            pattern.to_regex()
        );
        checked += 1;
    }
    assert!(checked > 100);
}

#[test]
fn a_pattern_that_lets_in_strangers_says_whom() {
    for (text, host) in [
        ("*", Some("evil")),
        ("*.*", Some("evil.evil")),
        ("*.com", Some("evil.com")),
        ("?.com", Some("x.com")),
        ("*domain.com", Some("evildomain.com")),
        ("domain*.com:8080", Some("domainevil.com")),
        ("example.*", Some("example.evil")),
        ("subdomain.*.com", Some("subdomain.evil.com")),
        ("*.{google,*}.com", Some("evil.evil.com")),
        ("127.0.0.*", Some("127.0.0.evil")),
        ("*[a-c]*.com", Some("evila.com")),
        ("*.*.*.5", Some("1.1.1.5")),
        ("*.localhost", None),
        ("*.internal:*", None),
        ("example.com", None),
        ("*.example.com", None),
        ("*.*.example.com", None),
        ("localhost:*", None),
        ("[::1]:*", None),
        ("app[1-3].com", None),
        ("{a,b}.{com,org}", None),
    ] {
        let warning = Pattern::parse(text).unwrap().warning();
        assert_eq!(warning.as_ref().map(|warning| warning.host.as_str()), host, "{text}");
        if let Some(host) = host {
            let port = if text.contains(':') { ":8080" } else { "" };
            let list = List::builder(ListType::Upload).pattern(text).build().unwrap();
            assert!(
                list.is_match(&Origin::from_host(format!("{host}{port}").as_bytes()).unwrap()),
                "{text} {host}"
            );
        }
    }
    let warning = Pattern::parse(" https://a.*b.com").unwrap().warning().unwrap();
    assert_eq!((warning.span.start, warning.span.end), (11, 13));
}
