//! The tables of cases in `testdata/`, held against a subject: every line of every table.

use guestlist::ListType;
use guestlist_reference::table::{
    HARD_HEADER_CASES, HARD_MATCH_CASES, HEADER_CASES, MATCH_CASES, cases, header_values, unescape,
};

use crate::gate_case::GateCase;
use crate::oracle::Agreement;
use crate::subject::{Subject, answers};

/// The subject says what each line of the tables expects.
///
/// # Errors
///
/// The first line that it contradicts.
pub fn tables_agree(subject: &impl Subject) -> Agreement {
    for (line, [pattern, host, expected, _]) in cases::<4>(MATCH_CASES) {
        let agreement = match_agrees(subject, &pattern, &host, &expected);
        agreement.map_err(|why| format!("match-cases.tsv, line {line}: {why}"))?;
    }
    for (line, [_, pattern, host, expected, _]) in cases::<5>(HARD_MATCH_CASES) {
        let agreement = match_agrees(subject, &unescape(&pattern), &unescape(&host), &expected);
        agreement.map_err(|why| format!("hard-match-cases.tsv, line {line}: {why}"))?;
    }
    for (line, [patterns, list, origin, referer, expected, _]) in cases::<6>(HEADER_CASES) {
        let decided = subject.decide(&gate_case(&patterns, &list, &origin, &referer)?);
        if decided.verdict.is_allow() != (expected == "allow") {
            return Err(format!("header-cases.tsv, line {line}: {}, not {expected}", decided.words));
        }
    }
    for (line, [_, patterns, list, origin, referer, expected, _]) in cases::<7>(HARD_HEADER_CASES) {
        let decided = subject.decide(&gate_case(&patterns, &list, &origin, &referer)?);
        if format!("{:?}", decided.verdict) != expected {
            return Err(format!("hard-header-cases.tsv, line {line}: {}, not {expected}", decided.words));
        }
    }
    Ok(())
}

/// What a table expects of a pattern and a host: `1`, `0`, `ERR` or `=canonical text`.
fn match_agrees(subject: &impl Subject, pattern: &str, host: &str, expected: &str) -> Agreement {
    let canonical = match subject.parse(pattern) {
        Ok(_) if expected == "ERR" => return Err(format!("{pattern:?} is accepted")),
        Err(_) if expected == "ERR" => return Ok(()),
        Err(refused) => return Err(format!("{pattern:?} is refused: {}", refused.drawn)),
        Ok(canonical) => canonical,
    };
    if let Some(expected) = expected.strip_prefix('=') {
        return if canonical == expected {
            Ok(())
        } else {
            Err(format!("{pattern:?} is saved as {canonical:?}, not as {expected:?}"))
        };
    }
    let Some(host) = subject.host(host) else {
        return if expected == "0" { Ok(()) } else { Err(format!("{host:?} is not read")) };
    };
    let matches: &[usize] = if expected == "1" { &[0] } else { &[] };
    for list in subject.lists(&[pattern]) {
        answers(subject, &list, &host, matches).map_err(|actual| format!("{pattern:?}: {actual}"))?;
    }
    Ok(())
}

/// The patterns, list and headers of a line.
fn gate_case(patterns: &str, list: &str, origin: &str, referer: &str) -> Result<GateCase, String> {
    let mut settings = list.split(';');
    let mut case = GateCase {
        list_type: match settings.next() {
            Some("upload") => ListType::Upload,
            Some("delivery") => ListType::Delivery,
            other => return Err(format!("list type {other:?}")),
        },
        patterns: patterns.split(' ').filter(|pattern| *pattern != "-").map(str::to_owned).collect(),
        mode: None,
        block_missing: None,
        schemes: Vec::new(),
        origin: header_values(origin),
        referer: header_values(referer),
    };
    settings.try_for_each(|setting| case.set(setting))?;
    Ok(case)
}
