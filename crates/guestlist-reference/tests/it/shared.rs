//! The two tables of cases that belong to the specification.

use guestlist_reference::table::{self, MATCH_CASES, cases};
use guestlist_reference::{Pattern, read_host};

use crate::table::verdict;

#[test]
fn match_cases() {
    let mut failures = Vec::new();
    let cases = cases::<4>(MATCH_CASES);
    for (place, [pattern, host, expected, why]) in &cases {
        let actual = match Pattern::parse(pattern) {
            Err(_) => "ERR",
            Ok(pattern) => match read_host(host.as_bytes()) {
                Some(origin) if pattern.matches(&origin) => "1",
                _ => "0",
            },
        };
        if actual != expected {
            failures.push(format!("line {place}: {pattern:?} {host:?} is {actual}, not {expected} ({why})"));
        }
    }
    assert!(cases.len() > 200);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn header_cases() {
    let mut failures = Vec::new();
    let cases = table::header_cases();
    for case in &cases {
        let verdict = verdict(case);
        let actual = if verdict.is_allow() { "allow" } else { "deny" };
        if actual != case.expected {
            failures.push(format!("line {}: {verdict:?}, not {} ({})", case.line, case.expected, case.why));
        }
    }
    assert!(cases.len() > 80);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn canonical_text_parses_to_itself() {
    for (place, [pattern, ..]) in cases::<4>(MATCH_CASES) {
        if let Ok(pattern) = Pattern::parse(&pattern) {
            let again = Pattern::parse(pattern.canonical()).expect("canonical text parses");
            assert_eq!(again.canonical(), pattern.canonical(), "{place}");
        }
    }
}
