//! The hard cases: a table for what `docs/semantics.md` settles, item by item, and for the sentences of the
//! specification that are easy to get wrong.

use std::collections::BTreeSet;

use guestlist_reference::table::{self, HARD_HEADER_CASES, HARD_MATCH_CASES, cases, unescape};
use guestlist_reference::{Pattern, read_host};

use crate::table::verdict;

#[test]
fn patterns() {
    let mut failures = Vec::new();
    for (place, [_, pattern, host, expected, why]) in cases::<5>(HARD_MATCH_CASES) {
        let pattern = unescape(&pattern);
        let actual = match Pattern::parse(&pattern) {
            Err(_) => "ERR".to_owned(),
            Ok(pattern) if expected.starts_with('=') => format!("={}", pattern.canonical()),
            Ok(pattern) => match read_host(unescape(&host).as_bytes()) {
                Some(origin) if pattern.matches(&origin) => "1".to_owned(),
                _ => "0".to_owned(),
            },
        };
        if actual != expected {
            failures.push(format!("line {place}: {pattern:?} {host:?} is {actual}, not {expected} ({why})"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn headers() {
    let mut failures = Vec::new();
    for case in table::hard_header_cases() {
        let actual = format!("{:?}", verdict(&case));
        if actual != case.expected {
            failures.push(format!("line {}: {actual}, not {} ({})", case.line, case.expected, case.why));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn canonical_text_parses_to_itself() {
    for (place, [_, pattern, ..]) in cases::<5>(HARD_MATCH_CASES) {
        if let Ok(pattern) = Pattern::parse(&unescape(&pattern)) {
            let again = Pattern::parse(pattern.canonical()).expect("canonical text parses");
            assert_eq!(again.canonical(), pattern.canonical(), "{place}");
        }
    }
}

#[test]
fn every_item_has_cases() {
    let mut items = BTreeSet::new();
    let mut count = 0;
    for (_, [item, ..]) in cases::<5>(HARD_MATCH_CASES) {
        items.insert(item);
        count += 1;
    }
    for (_, [item, ..]) in cases::<7>(HARD_HEADER_CASES) {
        items.insert(item);
        count += 1;
    }
    for item in 1..=21 {
        assert!(items.contains(&item.to_string()), "item {item} has no case");
    }
    assert!(count >= 150, "{count}");
}
