//! The tables of cases over every engine configuration.

use guestlist::{Allowance, Denial, Gate, List, ListType, Mode, Origin, Outcome, Pattern, RequestHeaders};
use guestlist_reference as reference;
use guestlist_reference::table::{self, HARD_MATCH_CASES, HeaderCase, MATCH_CASES, cases, unescape};

use crate::in_every_engine;

/// What a table expects of a pattern and a host: `1`, `0`, `ERR` or `=canonical text`.
fn check(pattern: &str, host: &str, expected: &str, failures: &mut Vec<String>, line: usize) {
    let parsed = match Pattern::parse(pattern) {
        Ok(parsed) => parsed,
        Err(error) => {
            if expected != "ERR" {
                failures.push(format!("line {line}: {pattern:?} is refused, not {expected}: {error}"));
            }
            return;
        }
    };
    if let Some(canonical) = expected.strip_prefix('=') {
        if parsed.canonical() != canonical {
            failures.push(format!("line {line}: {pattern:?} is saved as {parsed}, not {canonical}"));
        }
        return;
    }
    let origin = Origin::from_host(host.as_bytes());
    for list in in_every_engine(&List::builder(ListType::Upload).pattern(pattern)) {
        let actual = match &origin {
            Ok(origin) => {
                let found = list.find(origin).is_some();
                assert_eq!(list.is_match(origin), found);
                assert_eq!(list.matches(origin).len(), usize::from(found));
                if found { "1" } else { "0" }
            }
            Err(_) => "0",
        };
        if actual != expected {
            failures.push(format!(
                "line {line}: {pattern:?} {host:?} is {actual}, not {expected}, with {}",
                list.engine()
            ));
        }
    }
}

#[test]
fn match_cases() {
    let mut failures = Vec::new();
    for (line, [pattern, host, expected, _]) in cases::<4>(MATCH_CASES) {
        check(&pattern, &host, &expected, &mut failures, line);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn hard_match_cases() {
    let mut failures = Vec::new();
    for (line, [_, pattern, host, expected, _]) in cases::<5>(HARD_MATCH_CASES) {
        check(&unescape(&pattern), &unescape(&host), &expected, &mut failures, line);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Decides a line of a table of headers in every engine; the outcomes must be equal.
fn decide(case: &HeaderCase) -> Outcome {
    let list_type = match case.list_type {
        reference::ListType::Upload => ListType::Upload,
        reference::ListType::Delivery => ListType::Delivery,
    };
    let mut builder = List::builder(list_type).patterns(&case.patterns);
    if let Some(mode) = case.mode {
        builder = builder.mode(match mode {
            reference::Mode::Off => Mode::Off,
            reference::Mode::Report => Mode::Report,
            reference::Mode::Enforce => Mode::Enforce,
        });
    }
    if let Some(block) = case.block_missing {
        builder = builder.block_missing(block);
    }
    let headers = RequestHeaders::new()
        .origins(case.origin.iter().map(Vec::as_slice))
        .referers(case.referer.iter().map(Vec::as_slice));
    let mut outcomes = in_every_engine(&builder).map(|list| {
        assert!(list.broken().is_empty());
        let schemes = case.schemes.iter();
        let gate = schemes.fold(Gate::new(), |gate, scheme| gate.dangerously_support_scheme(scheme).unwrap());
        gate.with_list(list).decide(list_type, &headers).outcome()
    });
    let first = outcomes.next().unwrap();
    assert!(outcomes.all(|outcome| outcome == first));
    first
}

#[test]
fn header_cases() {
    let mut failures = Vec::new();
    for case in table::header_cases() {
        let outcome = decide(&case);
        let actual = if matches!(outcome, Outcome::Allow(_)) { "allow" } else { "deny" };
        if actual != case.expected {
            failures.push(format!("line {}: {outcome:?}, not {} ({})", case.line, case.expected, case.why));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn hard_header_cases() {
    let mut failures = Vec::new();
    for case in table::hard_header_cases() {
        let actual = match decide(&case) {
            Outcome::Allow(Allowance::NotEnforced) => "NotEnforced".to_string(),
            Outcome::Allow(Allowance::MissingHeader) => "MissingAllowed".to_string(),
            Outcome::Allow(Allowance::Matched(rule)) => format!("Matched({})", rule.index()),
            Outcome::Deny(Denial::MissingHeader) => "MissingDenied".to_string(),
            Outcome::Deny(Denial::Malformed(_)) => "Malformed".to_string(),
            Outcome::Deny(Denial::OpaqueOrigin) => "OpaqueOrigin".to_string(),
            Outcome::Deny(Denial::UnsupportedScheme) => "UnsupportedScheme".to_string(),
            Outcome::Deny(Denial::NoMatch) => "NoMatch".to_string(),
            Outcome::Deny(other) => format!("{other:?}"),
        };
        if actual != case.expected {
            failures.push(format!("line {}: {actual}, not {} ({})", case.line, case.expected, case.why));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn canonical_text_parses_to_itself() {
    let texts = cases::<4>(MATCH_CASES).into_iter().map(|(_, [pattern, ..])| pattern);
    let hard = cases::<5>(HARD_MATCH_CASES).into_iter().map(|(_, [_, pattern, ..])| unescape(&pattern));
    for text in texts.chain(hard) {
        if let Ok(pattern) = Pattern::parse(&text) {
            let again = Pattern::parse(pattern.canonical()).unwrap();
            assert_eq!(again.canonical(), pattern.canonical());
        }
    }
}
