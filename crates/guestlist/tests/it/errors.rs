//! Every message of a refused pattern, pinned beside the text that causes it.

use guestlist::{ErrorKind, List, ListType, Pattern, is_hidden};

/// One line for each text; several for a kind whose help differs.
const TEXTS: &[&str] = &[
    "",
    "  ",
    "https://",
    "/",
    "(example.com)",
    "(a|b).example.com",
    "a(b",
    r"^.*\.example\.com$",
    r"https?://(www|app)\.example\.com",
    "^example.com",
    r"a\.b",
    r"example\com",
    ".*",
    "[^.]+.example.com",
    r"(a|b)?\.com",
    r"\d+.com",
    r"go*gle\.com",
    r"(?i)example\.com",
    r"colou?r\.com",
    r"[a-z]{2,3}\.example\.com",
    r"(a|b)*\.com",
    "^www?.com$",
    "ftp://example.com",
    "http://http://example.com",
    "{http,https}://example.com",
    "example.com/path",
    "example.com//",
    "**.example.com",
    "a***b",
    "exa mple.com",
    "example.com example.org",
    "a\u{a0}b",
    "a\tb",
    "example.com,example.org",
    "user:pass@example.com",
    "a#b",
    "a%41",
    "a^b",
    "a$b",
    "a|b",
    "a+b",
    "a=b",
    "!a",
    "a;b",
    "a\0b",
    "example.com}",
    "{a,b",
    "{a,{b}",
    "{}",
    "{}.com",
    "{{{{{{{{{a}}}}}}}}}",
    "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}.com",
    "a]b",
    "[ab",
    "[].com",
    "[^a].com",
    "[!a].com",
    "[*].com",
    "[a,b].com",
    "[a.b].com",
    "[a[b]].com",
    "[ü].com",
    "[a b].com",
    "[a-].com",
    "[-a].com",
    "[a-c-e].com",
    "[a-9].com",
    "[_-a].com",
    "[d-a].com",
    "[9-0].com",
    "bü*.example",
    "b{ü,a}.example",
    "{a,b.}ü.example",
    "\u{200b}.example",
    "a。b.example",
    "xn--ü.example",
    "＊.example",
    "xn--a.example",
    "1a.xn--4db",
    "www.xn--a.{com,org}",
    ":",
    ":8080",
    "{:80,a}",
    "example..com",
    ".example.com",
    ".",
    "a.{,b}.com",
    "{,a}.com",
    "{example.com.,b.com}",
    "{[a-c]*.?..b,x}",
    "{a-label-of-twenty-bytes.a-label-of-twenty-bytes.*.?..example.com,b}",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com",
    "1.2.3",
    "256.1.1.1",
    "1.2.3.04",
    "example.123",
    "*.5",
    "a.0x1f",
    "example.com:",
    "localhost:{80,}",
    "a:80:80",
    "::1",
    "a:b",
    "a:8.0",
    "a:[8a]",
    "{a:8,b}.com",
    "a:ü",
    "a:80.",
    "a:08",
    "a:{0,00}",
    "a:0",
    "a:65536",
    "a:??????",
    "a:[0-0]",
    "[::g]",
    "[1:2]:80",
    "[::1]x",
    "[::1].",
    "a.[::1]",
    "{[::1],a}",
];

#[test]
fn every_message_is_pinned() {
    let mut messages = Vec::new();
    let mut seen = vec![ErrorKind::TooLong, ErrorKind::HostTooLong];
    let long_host = format!("{}.com", vec!["abcdefghi"; 30].join("."));
    let long_text = "a".repeat(2000);
    for text in TEXTS.iter().copied().chain([long_host.as_str(), &long_text]) {
        let error = Pattern::parse(text).expect_err(text);
        seen.push(error.kind());
        messages.push(format!("[{}] {error}", error.kind().code()));
    }
    for kind in ErrorKind::ALL {
        assert!(seen.contains(kind), "{kind:?} has no text");
    }
    insta::assert_snapshot!(messages.join("\n\n"));
}

#[test]
fn what_an_error_suggests_is_accepted() {
    for text in TEXTS {
        let error = Pattern::parse(text).unwrap_err();
        let Some((_, rest)) = error.help().split_once("write the glob `") else { continue };
        let glob = rest.split('`').next().unwrap();
        assert!(Pattern::parse(glob).is_ok(), "{text}: {glob}");
    }
}

#[test]
fn the_span_of_an_error_points_into_its_text() {
    for (text, culprit) in [
        (" https://example.com/path", "/"),
        ("b\u{fc}*.example", "b\u{fc}*"),
        ("*.{app,www}..com/", "."),
        ("localhost:{80,99999}", "99999"),
        ("\t[d-a].com", "d-a"),
        ("a(b", "("),
        ("a[!b].com", "!"),
        ("a[-b].com", "-"),
        ("a[b-9].com", "b-9"),
        ("a[.b].com", "."),
        ("a[\u{fc}].com", "\u{fc}"),
        ("a[].com", "[]"),
        ("a[b.com", "["),
        ("a.[::1]", "[::1]"),
        ("[::g]:80", "[::g]"),
        ("a***b", "***"),
        ("x{a,b", "{"),
        ("x{}.com", "{}"),
        ("a b.com", " "),
        ("https://ftp://a.com", "ftp://"),
        (" ::1 ", "::1"),
        (" https:// ", "https://"),
        ("{a:80:80,b}", ":"),
        ("{a,b:}", ":"),
        ("{:80,b}", "{:80,b}"),
        ("{www,b.a-1}.300", "300"),
    ] {
        let error = Pattern::parse(text).unwrap_err();
        assert_eq!((error.text(), &error.text()[error.span().range()]), (text, culprit));
    }
}

#[test]
fn a_long_alternative_is_cut_in_the_message() {
    for (len, is_cut) in [(57, false), (58, true)] {
        let label = "a".repeat(len);
        let message = Pattern::parse(&format!("{{{label}..b,c}}")).unwrap_err().message();
        let shown = if is_cut { format!("{label}..…") } else { format!("{label}..b") };
        assert!(message.ends_with(&format!("(written out: `{shown}`)")), "{message}");
    }
}

#[test]
fn what_cannot_be_seen_is_shown_as_its_escape() {
    for (first, last) in [
        ('\0', '\u{1f}'),
        ('\u{7f}', '\u{9f}'),
        ('\u{ad}', '\u{ad}'),
        ('\u{61c}', '\u{61c}'),
        ('\u{200b}', '\u{200f}'),
        ('\u{2028}', '\u{202e}'),
        ('\u{2060}', '\u{2069}'),
        ('\u{feff}', '\u{feff}'),
        ('\u{e0000}', '\u{e007f}'),
    ] {
        assert!((first..=last).all(is_hidden), "{first:?} to {last:?}");
        let outside =
            [char::from_u32(u32::from(last) + 1), u32::from(first).checked_sub(1).and_then(char::from_u32)];
        assert!(!outside.into_iter().flatten().any(is_hidden), "around {first:?} to {last:?}");
    }
    let message = Pattern::parse("a\u{202e}b\x07/c").unwrap_err().to_string();
    assert!(message.contains("  | a\\u{202e}b\\u{7}/c\n  | "), "{message}");
}

#[test]
fn codes_are_distinct() {
    let mut codes: Vec<_> = ErrorKind::ALL.iter().map(|kind| kind.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), ErrorKind::ALL.len());
}

#[test]
fn a_list_says_all_that_is_wrong_with_it() {
    let patterns =
        (0..22).map(|index| format!("a{index}.com")).chain(["(b)".to_string(), "c..d".to_string()]);
    let error = List::builder(ListType::Upload).patterns(patterns).build().unwrap_err();
    insta::assert_snapshot!(error);
}
