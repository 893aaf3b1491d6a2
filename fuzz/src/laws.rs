//! What holds of a subject by itself, whatever the patterns mean.

use guestlist_reference::Verdict;

use crate::gate_case::GateCase;
use crate::oracle::Agreement;
use crate::subject::{Decided, Subject, answers};

/// A list accepts a host exactly when one of its patterns alone does; the rules it names are those patterns.
pub fn union_is_its_parts(subject: &impl Subject, patterns: &[String], hosts: &[String]) -> Agreement {
    let rules = rules(subject, patterns);
    let texts: Vec<&str> = patterns.iter().map(String::as_str).collect();
    let lists = subject.lists(&texts);
    let parts: Vec<_> = rules.iter().filter_map(|rule| subject.lists(&[rule]).into_iter().next()).collect();
    for text in hosts {
        let Some(host) = subject.host(text) else { continue };
        let expected: Vec<usize> =
            (0..parts.len()).filter(|rule| subject.is_match(&parts[*rule], &host)).collect();
        for list in &lists {
            answers(subject, list, &host, &expected)
                .map_err(|actual| format!("{text:?}: {actual}; one by one {expected:?}"))?;
        }
    }
    Ok(())
}

/// The rules that patterns make, as canonical texts: the second of two with the same one is no rule.
fn rules(subject: &impl Subject, patterns: &[String]) -> Vec<String> {
    let mut rules: Vec<String> = Vec::new();
    for canonical in patterns.iter().filter_map(|text| subject.parse(text).ok()) {
        if !rules.contains(&canonical) {
            rules.push(canonical);
        }
    }
    rules
}

/// What holds of decisions, whatever is decided:
///
/// - what a rule allows, that rule allows alone;
/// - a pattern that is added to an enforced list never turns an allow into a deny;
/// - the order of patterns never changes whether a request is allowed, nor why it is denied;
/// - the case of ASCII letters in patterns and headers never changes anything.
pub fn gate_laws(subject: &impl Subject, case: &GateCase) -> Agreement {
    // The mode must not follow from the number of patterns.
    let case = &GateCase { mode: Some(case.effective_mode()), ..case.clone() };
    let with = |patterns: Vec<String>| subject.decide(&GateCase { patterns, ..case.clone() });
    let full = with(case.patterns.clone());
    let differs = |law: &str, other: &Decided| Err(format!("{law}: {}; then {}", full.words, other.words));

    if let Verdict::Matched(rule) = full.verdict {
        let rules = rules(subject, &case.patterns);
        let Some(rule) = rules.get(rule) else {
            return Err(format!("rule {rule} of {}: {}", rules.len(), full.words));
        };
        let alone = with(vec![rule.clone()]);
        if alone.verdict != Verdict::Matched(0) {
            return differs("the rule alone", &alone);
        }
    }

    for left_out in 0..case.patterns.len() {
        let mut fewer = case.patterns.clone();
        fewer.remove(left_out);
        let fewer = with(fewer);
        if fewer.verdict.is_allow() && !full.verdict.is_allow() {
            return differs(&format!("pattern {} left out", left_out + 1), &fewer);
        }
    }

    for turned in 0..case.patterns.len() {
        let mut reordered = case.patterns.clone();
        reordered.rotate_left(turned);
        reordered[turned..].reverse();
        let reordered = with(reordered);
        let same = match (full.verdict, reordered.verdict) {
            (Verdict::Matched(_), Verdict::Matched(_)) => true,
            (one, other) => one == other,
        };
        if !same {
            return differs("in another order", &reordered);
        }
    }

    for upper in [true, false] {
        let again = recased(case, upper);
        for (text, again) in case.patterns.iter().zip(&again.patterns) {
            if subject.parse(text).ok() != subject.parse(again).ok() {
                return Err(format!("{text:?} and {again:?} are not saved alike"));
            }
        }
        let again = subject.decide(&again);
        if again.verdict != full.verdict {
            return differs("with letters in another case", &again);
        }
    }
    Ok(())
}

/// The case with all its letters in one case.
fn recased(case: &GateCase, upper: bool) -> GateCase {
    let text = |text: &String| if upper { text.to_ascii_uppercase() } else { text.to_ascii_lowercase() };
    let value = |value: &Vec<u8>| match value {
        // `null` alone is in lower case or nothing (`docs/semantics.md`, item 15).
        value if value.trim_ascii().eq_ignore_ascii_case(b"null") => value.clone(),
        value if upper => value.to_ascii_uppercase(),
        value => value.to_ascii_lowercase(),
    };
    GateCase {
        patterns: case.patterns.iter().map(text).collect(),
        origin: case.origin.iter().map(value).collect(),
        referer: case.referer.iter().map(value).collect(),
        ..case.clone()
    }
}
