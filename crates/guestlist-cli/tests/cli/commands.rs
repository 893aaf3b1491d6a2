//! What the commands answer when all is well, and when the answer is no.

use std::fs;
use std::io::Read;
use std::process::Stdio;

use crate::{command, root, run, run_in};

#[test]
fn the_tables_of_the_specification_pass() {
    let run = run(&["test", "--match", "testdata/match-cases.tsv", "--headers", "testdata/header-cases.tsv"]);
    assert_eq!((run.code, run.out.as_str()), (0, "289 passed, 0 failed\n"));
}

#[test]
fn a_failing_case_is_named_by_file_and_line() {
    let directory = tempfile::tempdir().unwrap();
    let matches = "# a comment\n*.example.com\twww.example.com\t1\tfine\n*.example.com\texample.com\t1\tthe apex\n(a)\tx\t0\trefused\na.com\tx\tERR\tfine\na.com/x\thttps://a.com/x\tERR\tfine\na.com\ta b\t1\tno host\n";
    let headers = "a.com\tupload\thttps://a.com\t-\tallow\tfine\na.com\tupload;block_missing=0\t-\t-\tdeny\tmissing\n*.a.com\tdelivery\thttps://a.com\t-\tallow\tapex\n";
    fs::write(directory.path().join("m.tsv"), matches).unwrap();
    fs::write(directory.path().join("h.tsv"), headers).unwrap();
    let run = run_in(directory.path(), &["test", "--match", "m.tsv", "--headers", "h.tsv"], b"");
    assert_eq!(run.code, 1);
    insta::assert_snapshot!(run.out);
}

#[test]
fn check_answers_each_origin_and_exits_by_the_worst() {
    let patterns = ["-p", "{,www.}example.com", "-p", "localhost:*"];
    let check = |rest: &[&str]| run_in(&root(), &[&["check"], &patterns[..], rest].concat(), b"");
    let good = check(&["https://www.example.com", "example.com", "localhost:3000"]);
    assert_eq!(good.code, 0, "{}", good.err);
    let mixed = check(&[
        "https://www.example.com",
        "https://evil.com",
        "https://shop.example.com",
        "null",
        "https://a@b",
        "localhost",
        "a b",
    ]);
    assert_eq!(mixed.code, 1);
    insta::assert_snapshot!(mixed.out);
    let json = check(&["--format", "json", "https://www.example.com", "https://shop.example.com", "a b"]);
    assert_eq!(json.code, 1);
    for line in json.out.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    insta::assert_snapshot!(json.out);
}

#[test]
fn check_takes_the_headers_of_one_request() {
    let check = |rest: &[&str]| run(&[&["check", "-p", "example.com"], rest].concat());
    assert_eq!(check(&["--origin", "https://example.com"]).code, 0);
    assert_eq!(check(&["--origin", ""]).code, 1);
    assert_eq!(
        check(&["--type", "delivery", "--origin", "null", "--referer", "https://example.com/x"]).code,
        0
    );
    assert_eq!(check(&["--type", "delivery", "--origin", ""]).code, 0);
    let twice = check(&["--origin", "https://example.com", "--origin", "https://example.com"]);
    assert_eq!(twice.code, 1);
    assert!(twice.out.contains("more than once"), "{}", twice.out);
    let report = check(&["--mode", "report", "--origin", "https://evil.com"]);
    assert_eq!(report.code, 0);
    assert!(report.out.contains("would be denied"), "{}", report.out);
}

#[test]
fn check_reads_origins_from_standard_input() {
    let long = format!("https://{}.com\n", "a".repeat(1 << 20));
    let input = format!(
        "https://example.com\n\n  example.com:8080\r\n{long}https://evil.com\n\\\u{1}\u{202e}\nexample.com"
    );
    let run = run_in(&root(), &["check", "-p", "example.com", "-"], input.as_bytes());
    assert_eq!(run.code, 1);
    let words: Vec<&str> = run.out.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(words, ["allow", "allow", "deny", "deny", "deny", "allow"]);
    assert!(run.out.contains("\\u{1}\\u{202e}"));
}

#[test]
fn what_is_not_read_whole_is_not_judged() {
    let input = format!("{}a.com.evil.example\na.com\n", " ".repeat(65_531));
    let run = run_in(&root(), &["check", "-p", "a.com", "-"], input.as_bytes());
    assert_eq!(run.code, 1);
    let words: Vec<&str> = run.out.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(words, ["deny", "allow"]);
}

#[test]
fn a_person_who_tries_a_list_is_warned_of_strangers_and_told_of_duplicates() {
    let patterns = ["-p", "*.com", "-p", "*.co.uk", "-p", "*.example.co.uk", "-p", "a.de", "-p", "A.de"];
    let run = run(&[&["check"], &patterns[..], &["https://a.de"]].concat());
    assert_eq!(run.code, 0);
    insta::assert_snapshot!(run.err);
}

#[test]
fn a_configuration_decides_for_an_app() {
    let directory = tempfile::tempdir().unwrap();
    let config = r#"
        [apps.shop]
        dangerously_supported_schemes = ["capacitor"]
        upload = { patterns = ["*.shop.example", "localhost"] }
        delivery = { patterns = ["shop.example"], mode = "report", block_missing = true, limit = 1 }
        [apps.open]
    "#;
    fs::write(directory.path().join("c.toml"), config).unwrap();
    let check =
        |rest: &[&str]| run_in(directory.path(), &[&["check", "-c", "c.toml"], rest].concat(), b"").code;
    assert_eq!(check(&["--app", "shop", "https://a.shop.example", "capacitor://localhost"]), 0);
    assert_eq!(check(&["--app", "shop", "https://shop.example"]), 1);
    assert_eq!(check(&["--app", "shop", "--type", "delivery", "https://evil.com"]), 0);
    assert_eq!(check(&["--app", "open", "https://evil.com"]), 0);
}

#[test]
fn explain_says_what_a_pattern_means() {
    let run =
        run(&["explain", "{*.,}bücher.example{,:8443}", "--origin", "https://a.b.xn--bcher-kva.example"]);
    assert_eq!(run.code, 1);
    insta::assert_snapshot!(run.out);
    let json =
        crate::run(&["explain", "localhost:300?", "[::1]", "--format", "json", "--origin", "localhost:3000"]);
    assert_eq!(json.code, 0);
    insta::assert_snapshot!(json.out);
}

#[test]
fn help_version_completions_and_manual() {
    assert!(run(&["--version"]).out.starts_with("guestlist "));
    let help = run(&["--help"]);
    assert_eq!(help.code, 0);
    assert!(help.out.contains("Exit codes"));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(run(&["completions", shell]).out.contains("guestlist"), "{shell}");
    }
    assert!(run(&["man"]).out.contains(".TH guestlist 1"));
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(run_in(directory.path(), &["man", "pages"], b"").code, 0);
    assert!(directory.path().join("pages/guestlist-audit.1").exists());
}

#[test]
fn colours_are_for_terminals_unless_they_are_forced() {
    let coloured = |name: &str, value: &str| {
        let output = command(&["check", "-p", "a.com", "a.com"]).env(name, value).output().unwrap();
        output.stdout.contains(&0x1b)
    };
    assert!(!coloured("TERM", "xterm-256color"));
    assert!(coloured("CLICOLOR_FORCE", "1"));
    assert!(!coloured("NO_COLOR", "1"));
}

#[test]
fn a_reader_that_stops_reading_is_no_error() {
    let mut child = command(&["check", "-p", "a.com", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        let lines = b"https://a.com\n".repeat(100_000);
        std::io::Write::write_all(&mut stdin, &lines).ok();
    });
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(err, "");
    writer.join().unwrap();
}
