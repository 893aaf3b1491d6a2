//! People paste regular expressions: which texts are taken for one, and the glob they are answered with.

use guestlist::{ErrorKind, Limits, Pattern};

/// What is wrong, and the glob that the error shows; `None` where it only says how globs are written.
fn answer(text: &str) -> (ErrorKind, Option<String>) {
    let error = Pattern::parse(text).expect_err(text);
    let glob =
        error.help().strip_prefix("write the glob `").map(|rest| rest.trim_end_matches('`').to_string());
    (error.kind(), glob)
}

#[test]
fn a_regular_expression_is_known_by_signs_that_no_glob_has() {
    for text in [
        "^example.com",
        "example.com$",
        " ^example.com$ ",
        r"example\.com",
        r"my\-shop.com",
        r"example.com\/",
        r"\w.com",
        r"\d.com",
        r"\s.com",
        r"\bexample.com",
        r"\[a.com",
        r"\(a.com",
        r"\*.com",
        r"\+.com",
        r"a\x.b\.com",
        ".*.example.com/a",
        "a.+.com",
        "(?:a).com",
        "(a|b).com",
    ] {
        assert_eq!(answer(text).0, ErrorKind::LooksLikeRegex, "{text}");
    }
    for (text, kind) in [
        ("(a).com", ErrorKind::Parenthesis),
        ("a|b.com", ErrorKind::Character),
        (r"a\b\x.com", ErrorKind::LooksLikeRegex),
        (r"a\x.com", ErrorKind::Backslash),
        ("a^b.com", ErrorKind::Character),
        ("a$b.com", ErrorKind::Character),
        ("a+.com", ErrorKind::Character),
        (" .example.com", ErrorKind::EmptyLabel),
    ] {
        assert_eq!(answer(text).0, kind, "{text}");
    }
}

#[test]
fn a_simple_regular_expression_is_answered_with_its_glob() {
    for (text, glob) in [
        (r" ^example\.com$ ", "example.com"),
        (r"^https?://example\.com/$", "example.com/"),
        (r"https?:\/\/example\.com\/", "example.com/"),
        (r"my\-shop\.com", "my-shop.com"),
        (r"[^.]+\.example\.com", "?*.example.com"),
        (r"[^.]*\.example\.com", "*.example.com"),
        (r"[a-z0-9-]+\.example\.com", "?*.example.com"),
        (r"[a-z0-9-]*\.example\.com", "*.example.com"),
        (r".*\.example\.com", "*.example.com"),
        (r".+\.example\.com", "?*.example.com"),
        // A group is braces only where it has alternatives of its own.
        (r"(?:www)\.example\.com", "www.example.com"),
        (r"(?:www|app)\.example\.com", "{www,app}.example.com"),
        (r"(www\.(a|b))\.com", "www.{a,b}.com"),
        (r"((a|b)c|d)\.com", "{{a,b}c,d}.com"),
        (r"((a)(b)|c)\.com", "{ab,c}.com"),
        (r"(a)(b|c)\.com", "a{b,c}.com"),
        ("(example.com)", "example.com"),
    ] {
        assert_eq!(answer(text).1.as_deref(), Some(glob), "{text}");
        assert!(Pattern::parse(glob).is_ok(), "{glob}");
    }
}

#[test]
fn no_glob_is_shown_where_none_means_the_same() {
    for text in [
        // Quantifiers mean something else in a glob.
        r"colou?r\.com",
        r"go*gle\.com",
        r"a+\.com",
        r"a{2}\.com",
        // Groups that do not close, or close nothing.
        r"(a|b\.com",
        r"a|b)\.com",
        r"a)\.(b|c\.com",
        // What would be shown is no pattern.
        r"a\.com|b\.com",
        r"^example\.com\/.*$",
        r"\d\.com",
        "^$",
    ] {
        let (kind, glob) = answer(text);
        assert_eq!((kind, glob), (ErrorKind::LooksLikeRegex, None), "{text}");
        assert!(Pattern::parse(text).unwrap_err().help().starts_with("write a glob: "), "{text}");
    }
    assert_eq!(answer("((a)").1, None);
}

#[test]
fn a_long_text_is_too_long_before_it_is_anything_else() {
    let text = format!("^{}$", "a".repeat(1023));
    assert_eq!(answer(&text), (ErrorKind::TooLong, None));
    // Where the limit is raised it is still told, but nobody reads a glob of that length.
    let limits = Limits::default().pattern_bytes(2000);
    let labels = ["a".repeat(60).as_str(); 16].join("|");
    for (len, is_shown) in [(1024, true), (1025, false)] {
        let text = format!(r"({labels}|{})\.com", "b".repeat(len - labels.len() - 8));
        assert_eq!(text.len(), len);
        let error = Pattern::parse_with(&text, &limits).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::LooksLikeRegex);
        assert_eq!(error.help().starts_with("write the glob"), is_shown, "{len}");
    }
}
