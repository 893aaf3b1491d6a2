//! `guestlist audit` on an excerpt of a real log: what it counts, and that nothing but the input decides what it prints.

use std::fs;

use serde_json::Value;

use crate::{root, run, run_in};

const AUDIT: [&str; 6] =
    ["audit", "testdata/access.log", "-l", "testdata/delivery.txt", "--type", "delivery"];

#[test]
fn the_report_is_pinned() {
    let report = run(&AUDIT);
    assert_eq!(report.code, 0, "{}", report.err);
    assert_eq!(report.err, "");
    insta::assert_snapshot!(report.out);
}

/// The counts, taken from the log in another way: the referer is the fourth field between quotes.
#[test]
fn the_counts_are_those_of_a_plain_reading() {
    let log = fs::read_to_string(root().join("testdata/access.log")).unwrap();
    let (mut matched, mut missing, mut denied) = (0u64, 0u64, 0u64);
    for line in log.lines() {
        let referer = line.split('"').nth(3).unwrap();
        let host = referer.split("://").nth(1).map(|rest| rest.split(['/', '?', '#', ':']).next().unwrap());
        match host {
            None => missing += 1,
            Some("semicomplete.com" | "www.semicomplete.com") => matched += 1,
            Some(_) => denied += 1,
        }
    }
    let json = run(&[&AUDIT[..], &["--format", "json"]].concat());
    let json: Value = serde_json::from_str(&json.out).unwrap();
    let number = |path: &str| {
        json.pointer(path).and_then(Value::as_u64).unwrap_or_else(|| panic!("{path} in {json:#}"))
    };
    assert_eq!(number("/requests"), matched + missing + denied);
    assert_eq!(number("/allowed"), matched + missing);
    assert_eq!(number("/denied"), denied);
    assert_eq!(number("/no_header"), missing);
    assert_eq!(number("/rules/0/requests"), matched);
}

#[test]
fn standard_input_and_threads_change_nothing_but_the_name() {
    let log = fs::read(root().join("testdata/access.log")).unwrap();
    let piped = run_in(&root(), &["audit", "-", "-l", "testdata/delivery.txt", "--type", "delivery"], &log);
    let named = run(&[&AUDIT[..], &["--threads", "1"]].concat());
    let after_title = |text: &str| text.split_once('\n').map(|(_, rest)| rest.to_string());
    assert_eq!(after_title(&piped.out), after_title(&named.out));
    assert_eq!(named.out, run(&AUDIT).out);
}

#[test]
fn the_page_stands_alone() {
    let directory = tempfile::tempdir().unwrap();
    let page = directory.path().join("report.html");
    let run = run(&[&AUDIT[..], &["--html", page.to_str().unwrap()]].concat());
    assert_eq!(run.code, 0, "{}", run.err);
    let html = fs::read_to_string(&page).unwrap();
    assert!(html.starts_with("<!doctype html>") || html.starts_with("<!DOCTYPE html>"));
    assert!(html.contains("<svg"));
    for outside in ["<script", "src=", "@import", "url(", "<link"] {
        assert!(!html.contains(outside), "{outside}");
    }
}

#[test]
fn a_list_and_a_log_cannot_both_be_standard_input() {
    assert_eq!(run_in(&root(), &["audit", "-", "-l", "-"], b"a.com\n").code, 2);
    assert_eq!(
        run_in(&root(), &["audit", "testdata/access.log", "-l", "-", "--type", "delivery"], b"a.com\n").code,
        0
    );
}

#[test]
fn the_page_takes_the_place_of_no_file_that_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_string();
    fs::copy(root().join("testdata/access.log"), path("log")).unwrap();
    fs::write(path("list"), "a.com\n").unwrap();
    fs::write(path("c.toml"), "[apps.k]\n").unwrap();
    fs::hard_link(path("list"), path("link")).unwrap();
    for target in ["log", "list", "link"] {
        assert_eq!(
            run(&["audit", &path("log"), "-l", &path("list"), "--html", &path(target)]).code,
            2,
            "{target}"
        );
    }
    let config =
        run(&["audit", &path("log"), "-c", &path("c.toml"), "--app", "k", "--html", &path("c.toml")]);
    assert_eq!(config.code, 2);
    assert_eq!(fs::read_to_string(path("list")).unwrap(), "a.com\n");
}
