//! Logs that were made to hurt, and files that are no logs.

use std::fmt::Write as _;

use super::*;

#[test]
fn nothing_depends_on_threads_or_blocks() {
    let mut hostile = excerpt();
    hostile.extend_from_slice(&hostile_lines());
    hostile.extend(excerpt());
    let mut case = Case::delivery()
        .log("hostile.log", &hostile)
        .log("hostile.log.gz", gzip(&hostile))
        .log("empty.log", "")
        .path(JSON_LINES);
    case.settings.limits.line = 2000;
    let expected = as_json(&case.report());
    for threads in [1, 2, 7] {
        for block in [1, 16, 300, 1999, 4096, 1 << 20] {
            case.settings.threads = NonZeroUsize::new(threads).unwrap();
            case.settings.limits.block = block;
            assert_eq!(as_json(&case.report()), expected, "{threads} threads, blocks of {block}");
        }
    }
}

/// Every way in which a line can be bad, and good ones between.
fn hostile_lines() -> Vec<u8> {
    let mut log = Vec::new();
    log.extend_from_slice(b"\n\r\n   \n");
    log.extend_from_slice(&[0; 500]);
    log.push(b'\n');
    log.extend_from_slice(b"\xff\xfe\xfd\n");
    log.extend(line("http://semicomplete.com/\0").bytes());
    log.extend(line("http://a\0b/").bytes());
    log.extend_from_slice(b"1.2.3.4 - - [t] \"GET / HTTP/1.1\" 200 5 \"http://\xffa.b/\xfe\" \"\xfd\"\r\n");
    log.extend(line(&format!("http://{}.b/", "a".repeat(1800))).bytes());
    log.extend(line(&format!("http://{}.b/", "a".repeat(2000))).bytes());
    log.extend(line(&"x".repeat(9000)).bytes());
    log.extend_from_slice(b"1.2.3.4 - - [t] \"GET / HTTP/1.1\" 200 5 \"http://semicom");
    log.push(b'\n');
    log.extend(line("http://www.semicomplete.com/").bytes());
    log
}

#[test]
fn hostile_lines_are_counted_and_never_fatal() {
    let mut case = Case::delivery().log("a.log", hostile_lines());
    case.settings.limits = Limits { block: 64, line: 2000 };
    let report = case.report();
    // Blank lines are nothing at all.
    let first: Vec<_> = report.unreadable_lines.first.iter().map(|line| (line.line, line.reason)).collect();
    assert_eq!(
        first,
        [(4, "not-combined"), (5, "not-combined"), (10, "too-long"), (11, "too-long"), (12, "cut-off")]
    );
    assert_eq!((report.requests, report.allowed, report.unreadable), (5, 2, 5));
    let kinds: Vec<_> = report.malformed.iter().map(|kind| (kind.kind, kind.requests)).collect();
    assert_eq!(kinds, [("control", 1), ("non-ascii", 1), ("host-too-long", 1)]);
}

#[test]
fn a_line_may_be_as_long_as_the_limit() {
    let fit = line("http://semicomplete.com/");
    for (limit, readable) in [(fit.len() - 1, 3), (fit.len() - 2, 0)] {
        for block in [1, fit.len() - 1, fit.len(), 1 << 16] {
            // The last line has no end.
            let mut case =
                Case::delivery().log("a.log", format!("{fit}{}{fit}{}", line("-"), fit.trim_end()));
            case.settings.limits = Limits { block, line: limit };
            let report = case.report();
            assert_eq!(
                (report.allowed_by.matched, report.unreadable),
                (readable, 3 - readable),
                "{limit} {block}"
            );
            assert_eq!(report.allowed_by.missing_header, 1);
        }
    }
}

#[test]
fn only_the_first_unreadable_lines_are_listed() {
    let log: String = (0..1000).map(|at| if at % 2 == 0 { "bad\n".to_owned() } else { line("-") }).collect();
    let mut case = Case::delivery().log("a.log", &log).log("b.log", &log);
    case.settings = Settings { top: 3, threads: NonZeroUsize::new(4).unwrap(), ..case.settings };
    case.settings.limits.block = 100;
    let report = case.report();
    let lines: Vec<_> = report.unreadable_lines.first.iter().map(|line| line.line).collect();
    assert_eq!((lines, report.unreadable), (vec![1, 3, 5], 1000));
    assert!(report.unreadable_lines.first.iter().all(|line| line.input.ends_with("a.log")));
    assert!(as_text(&report).contains("… and 997 more"));
}

#[test]
fn what_is_no_log_is_refused() {
    let good = line("-");
    let gz = gzip(&excerpt());
    let mut broken = gz.clone();
    let middle = broken.len() / 2;
    broken[middle..middle + 40].fill(0x55);
    // Larger than what is looked at first.
    let mut noise: u32 = 1;
    let long: String = (0..5000)
        .map(|_| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            line(&format!("http://{noise:x}.example/"))
        })
        .collect();
    let long = gzip(long.as_bytes());
    let cases = [
        ("missing", Case::delivery().log("a.log", &good).path("../../testdata/missing.log")),
        ("folder", Case::delivery().log("a.log", &good).path("testdata/audit")),
        ("binary", Case::delivery().log("a.log", b"\x7fELF\0\0\0\x01\0")),
        ("prose", Case::delivery().log("a.log", "Dear reader,\nthis is no log.\n")),
        ("common", Case::delivery().log("a.log", r#"1.2.3.4 - - [t] "GET / HTTP/1.1" 200 5"#)),
        ("no-headers", Case::delivery().log("a.log", "{\"level\":\"info\",\"message\":\"started\"}\n")),
        ("late-prose", Case::delivery().log("a.log", "x".repeat(100_000))),
        ("zstd", Case::delivery().log("a.log.zst", b"\x28\xb5\x2f\xfd\x24\x00\x01\x00")),
        ("damaged-gzip", Case::delivery().log("a.log.gz", broken)),
        ("cut-gzip", Case::delivery().log("a.log.gz", &gz[..gz.len() / 2])),
        ("late-cut-gzip", Case::delivery().log("a.log.gz", &long[..long.len() - 1000])),
        ("tail-gzip", Case::delivery().log("a.log.gz", [&gz[..], b"tail"].concat())),
        ("stdin-twice", Case::delivery().path("-").path("-")),
    ];
    let mut all = String::new();
    for (name, case) in cases {
        let _ = writeln!(all, "{name}: {}\n", case.failure());
    }
    insta::assert_snapshot!("failures", all);
}

#[test]
fn a_flood_of_origins_is_bounded_and_the_same_for_all_threads() {
    let log: String = (0..5000)
        .map(|at| {
            let often = if at % 5 == 0 { line("https://often.example/") } else { String::new() };
            line(&format!("https://host-{at}.example/")) + &often
        })
        .collect();
    let mut case = Case::delivery().log("a.log", log);
    case.settings.max_origins = 100;
    case.settings.limits.block = 1000;
    let expected = case.report();
    assert!(!expected.denied_origins.exact);
    let often = &expected.denied_origins.listed[0];
    assert_eq!(often.origin, "https://often.example");
    assert!(often.requests <= 1000 && often.requests + expected.denied_origins.undercount >= 1000);
    assert_eq!(expected.denied, 6000);
    assert!(expected.notes.iter().any(|note| note.code == "origins-dropped"));
    for threads in [2, 8] {
        case.settings.threads = NonZeroUsize::new(threads).unwrap();
        assert_eq!(as_json(&case.report()), as_json(&expected));
    }
}

#[test]
fn nothing_from_a_log_is_markup_or_steers_a_terminal() {
    let evil = "https://<script>alert('1')<b a=\\\"1\\\">&\\x1b[31m";
    let log = line(evil) + "<script>\x1b[31m\n";
    let case = Case::new(ListType::Delivery, &["a.example", "<script>"]).log("<i>\u{1b}.log", log);
    let report = case.report();
    let page = html::page(&report);
    assert!(
        page.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;b a=&quot;1&quot;&gt;&amp;\\x1b[31m"),
        "{page}"
    );
    for banned in ["<script", "<i>", "\u{1b}", "<b a"] {
        assert!(!page.contains(banned), "{banned}");
    }
    assert!(!as_text(&report).contains('\u{1b}'));
    assert!(!as_json(&report).contains('\u{1b}'));
}
