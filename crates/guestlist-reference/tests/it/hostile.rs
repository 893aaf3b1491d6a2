//! Input that nobody would write: no panic, no long wait, and the properties of every accepted pattern.

use std::time::{Duration, Instant};

use guestlist_reference::{
    Header, Host, List, ListType, Origin, Pattern, decide, read_host, read_origin, read_referer,
};

/// Numbers that look random and are the same in every run.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % end
    }

    pub(crate) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    pub(crate) fn text(&mut self, pieces: &[&str], longest: usize) -> String {
        (0..=self.below(longest)).map(|_| self.pick(pieces).to_owned()).collect()
    }
}

const PIECES: &[&str] = &[
    "a", "b", "x", "0", "1", "5", "80", "255", "256", "0x", "xn--", "xn--tda", "ü", "ß", "。", "א", "-", "_",
    ".", ".", ".", ":", ":", "*", "*", "?", "{", "{", "}", "}", ",", ",", "[", "]", "[a-c]", "[0-9]",
    "[ab-]", "[::1]", "{a,b}", "{,a}", "{:80,}", "/", "//", "http://", " ", "(", "^", "\\",
];

/// Some host that a pattern may match: what it says, with the wildcards filled in.
fn host_like(pattern: &str, numbers: &mut Numbers) -> String {
    let mut text = String::new();
    for character in pattern.chars() {
        match character {
            '*' => text.push_str(numbers.pick(&["", "a", "1", "xy"])),
            '?' => text.push_str(numbers.pick(&["a", "1"])),
            '{' | '}' | '[' | ']' => {}
            ',' => break,
            other => text.push(other),
        }
    }
    text
}

#[test]
fn canonical_text_parses_to_itself_and_means_the_same() {
    let mut numbers = Numbers(1);
    let (mut accepted, mut matched) = (0, 0);
    for _ in 0..60_000 {
        let text = numbers.text(PIECES, 9);
        let Ok(pattern) = Pattern::parse(&text) else { continue };
        accepted += 1;
        let again = Pattern::parse(pattern.canonical()).expect("canonical text parses");
        assert_eq!(again.canonical(), pattern.canonical(), "{text:?}");
        for _ in 0..4 {
            let host = host_like(pattern.canonical(), &mut numbers);
            if let Some(origin) = read_host(host.as_bytes()) {
                assert_eq!(pattern.matches(&origin), again.matches(&origin), "{text:?} {host:?}");
                matched += usize::from(pattern.matches(&origin));
            }
        }
    }
    assert!(accepted > 1_000, "{accepted}");
    assert!(matched > 1_000, "{matched}");
}

#[test]
fn a_brace_matches_what_one_of_its_alternatives_matches() {
    let mut numbers = Numbers(2);
    let parts = ["", "a", "b.", ".b", "*", "?", "[ab]", "a:8", ":8", ":80", "0", "1.2.3.4", "{a,b.}", "x"];
    let hosts =
        ["a", "b", "ab", "a.b", "b.a", "a.b.x", "1.2.3.4", "a:8", "a:80", "ab:80", "b0", "b.x:80", "x.b"];
    let mut checked = 0;
    for _ in 0..20_000 {
        let front = numbers.text(&parts, 2);
        let back = numbers.text(&parts, 2);
        let (one, two) = (numbers.pick(&parts), numbers.pick(&parts));
        let whole = Pattern::parse(&format!("{front}{{{one},{two}}}{back}"));
        // Braces in both, so that what stands around runs together in neither.
        let single = [one, two].map(|part| Pattern::parse(&format!("{front}{{{part},{part}}}{back}")));
        let Ok(whole) = whole else {
            assert!(single.iter().any(Result::is_err), "{front}{{{one},{two}}}{back}");
            continue;
        };
        checked += 1;
        for host in hosts {
            let origin = read_host(host.as_bytes()).expect("a good host");
            let by_parts = single.iter().flatten().any(|pattern| pattern.matches(&origin));
            assert!(single.iter().all(Result::is_ok), "{front}{{{one},{two}}}{back}");
            assert_eq!(whole.matches(&origin), by_parts, "{front}{{{one},{two}}}{back} {host}");
        }
    }
    assert!(checked > 1_000, "{checked}");
}

#[test]
fn headers_of_random_bytes() {
    let mut numbers = Numbers(3);
    let patterns = ["*", "*.*", "*.*.*", "[::1]"].map(|text| Pattern::parse(text).expect("a good pattern"));
    let list = List::new(ListType::Delivery, patterns.to_vec());
    let pieces = [
        "http",
        "https",
        "://",
        ":",
        "/",
        "//",
        "a",
        "example.com",
        ".",
        "@",
        "\\",
        "%41",
        "1.2.3.4",
        "0x7f",
        "80",
        "0",
        "[::1]",
        "[",
        "]",
        "xn--",
        "xn--tda",
        "ü",
        "?",
        "#",
        " ",
        "\t",
        "\n",
        "\0",
        "null",
        "-",
        "_",
    ];
    let mut read = 0;
    for _ in 0..60_000 {
        let scheme = numbers.pick(&["", "https://", "HTTP://", "ftp://"]);
        let mut value = format!("{scheme}{}", numbers.text(&pieces, 4)).into_bytes();
        if numbers.below(4) == 0 {
            value.push(u8::try_from(numbers.below(256)).unwrap_or(0));
        }
        let (origin, referer) = (read_origin(&value), read_referer(&value));
        // What is in form as an Origin is the same origin as a Referer.
        if let Header::Origin(Origin { host, .. }) = &origin {
            assert_eq!(origin, referer);
            read += 1;
            if let Host::Name(name) = host {
                assert!(read_host(name.as_bytes()).is_some_and(|again| again.host == *host));
            }
        }
        decide(ListType::Upload, &list, &[], &[&value], &[]);
        decide(ListType::Delivery, &list, &["a"], &[b"null"], &[&value]);
    }
    assert!(read > 500, "{read}");
}

#[test]
fn nothing_takes_long() {
    let labels = |label: &str, count: usize| vec![label; count].join(".");
    let name = "a".repeat(63);
    let long_name = [name.as_str(); 3].join(".");
    let patterns = [
        "*a".repeat(31),
        "{*,a}".repeat(10),
        "{*a,*b}".repeat(9),
        format!("{}{}", "{a,b}".repeat(10), "{a}".repeat(50)),
        format!("{}.b{}", "{a,b}".repeat(10), "{.c}".repeat(100)),
        format!("a:{}{}", "{*,?}".repeat(5), "{1,2}".repeat(5)),
        format!("a:{}6553?", "{*,{,}}".repeat(3)),
        format!("{}.{}", "{1,2}".repeat(3), labels("{*,?,1}", 3)),
        labels("*{a,*}", 9),
        format!("{}.xn--tda", "{a,b}".repeat(10)),
        labels("{xn--tda,bücher}", 10),
        format!("[{}]", "a".repeat(1000)),
        format!("{}b", "{a,".repeat(8)) + &"}".repeat(8),
        "ü".repeat(512),
        "[".repeat(1024),
        "{".repeat(1024),
        "{,".repeat(500),
    ];
    let start = Instant::now();
    for text in &patterns {
        if let Ok(pattern) = Pattern::parse(text) {
            for host in [name.as_str(), long_name.as_str()] {
                let origin = read_host(host.as_bytes()).expect("a good host");
                pattern.matches(&origin);
            }
        }
    }
    // Far above what it takes, and far below what trying every way through would.
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
}
