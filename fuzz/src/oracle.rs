//! The subject held against the reference, one function for each property: `Ok` or the disagreement in words.

use guestlist::{ListType, Mode};
use guestlist_reference as reference;

use crate::gate_case::GateCase;
use crate::subject::{Subject, answers};

/// What is wrong with a case, or nothing.
pub type Agreement = Result<(), String>;

/// Subject and reference both accept or both refuse a pattern, give it the same canonical text, and that parses to itself.
pub fn pattern_agrees(subject: &impl Subject, text: &str) -> Agreement {
    let parsed = subject.parse(text);
    let naive = reference::Pattern::parse(text);
    match (parsed, naive) {
        (Ok(canonical), Ok(naive)) if canonical != naive.canonical() => {
            Err(format!("{text:?}: canonical {canonical:?}, reference {:?}", naive.canonical()))
        }
        (Ok(canonical), Ok(_)) => match subject.parse(&canonical) {
            Ok(again) if again == canonical => Ok(()),
            Ok(again) => Err(format!("{text:?}: {canonical:?} is saved again as {again:?}")),
            Err(refused) => Err(format!("{text:?}: canonical {canonical:?} is refused: {}", refused.drawn)),
        },
        (Err(refused), Err(_)) => {
            // A message must be drawable, and its span inside the text, whatever the text.
            let span = refused.span;
            if refused.text.get(span.clone()).is_some() && refused.drawn.contains("help:") {
                Ok(())
            } else {
                Err(format!("{text:?}: the error has the span {span:?}: {}", refused.drawn))
            }
        }
        (Ok(canonical), Err(why)) => {
            Err(format!("{text:?}: saved as {canonical:?}, the reference refuses it: {why}"))
        }
        (Err(refused), Ok(naive)) => Err(format!(
            "{text:?}: the reference saves it as {:?}, refused: {}",
            naive.canonical(),
            refused.drawn
        )),
    }
}

/// Subject and reference agree on which rules match each host, in every configuration of the subject, and on which is the first.
///
/// Patterns that are refused are left out; hosts are bare.
pub fn list_agrees(subject: &impl Subject, patterns: &[String], hosts: &[String]) -> Agreement {
    let naive: Vec<_> = patterns.iter().filter_map(|text| reference::Pattern::parse(text).ok()).collect();
    let naive = reference::List::new(reference::ListType::Upload, reference::dedup(naive));
    let texts: Vec<&str> = patterns.iter().map(String::as_str).collect();
    let lists = subject.lists(&texts);
    for text in hosts {
        let (host, naive_host) = (subject.host(text), reference::read_host(text.as_bytes()));
        let (Some(host), Some(naive_host)) = (&host, &naive_host) else {
            if host.is_some() || naive_host.is_some() {
                return Err(format!("{text:?} is a host to one of the two only"));
            }
            continue;
        };
        let expected = naive.matches(naive_host);
        for list in &lists {
            answers(subject, list, host, &expected).map_err(|actual| {
                format!("{patterns:?} and {text:?}: {actual}; the reference says {expected:?}")
            })?;
        }
    }
    Ok(())
}

/// Subject and reference read the same origin from any bytes, or both none for the same reason.
pub fn header_agrees(subject: &impl Subject, value: &[u8]) -> Agreement {
    same_header(value, "Origin", &subject.read_origin(value), &reference::read_origin(value))?;
    same_header(value, "Referer", &subject.read_referer(value), &reference::read_referer(value))
}

fn same_header(value: &[u8], name: &str, read: &reference::Header, naive: &reference::Header) -> Agreement {
    if read == naive {
        return Ok(());
    }
    Err(format!("{name}: \"{}\": {read:?}, reference {naive:?}", value.escape_ascii()))
}

/// Subject and reference decide alike, with the same reason and rule.
pub fn gate_agrees(subject: &impl Subject, case: &GateCase) -> Agreement {
    let naive = case.patterns.iter().filter_map(|text| reference::Pattern::parse(text).ok()).collect();
    let list_type = match case.list_type {
        ListType::Upload => reference::ListType::Upload,
        ListType::Delivery => reference::ListType::Delivery,
    };
    let mut list = reference::List::new(list_type, reference::dedup(naive));
    // A pattern that is refused never turns a list off.
    list.mode = match case.effective_mode() {
        Mode::Off => reference::Mode::Off,
        Mode::Report => reference::Mode::Report,
        Mode::Enforce => reference::Mode::Enforce,
    };
    if let Some(block_missing) = case.block_missing {
        list.block_missing = block_missing;
    }
    let schemes: Vec<&str> = case.schemes.iter().map(String::as_str).collect();
    let (origin, referer) = (borrow(&case.origin), borrow(&case.referer));
    let expected = reference::decide(list_type, &list, &schemes, &origin, &referer);

    let decided = subject.decide(case);
    if decided.verdict != expected {
        return Err(format!("{case:?}: {:?}, reference {expected:?}", decided.verdict));
    }
    if decided.lets_through != (expected.is_allow() || list.mode == reference::Mode::Report) {
        return Err(format!("{case:?}: lets through {} with {}", decided.lets_through, decided.words));
    }
    // A near miss is for denials, and names a rule that exists.
    if let Some(near) = decided.near
        && (expected != reference::Verdict::NoMatch || near >= list.patterns.len())
    {
        return Err(format!("{case:?}: near rule {near} with {}", decided.words));
    }
    Ok(())
}

fn borrow(values: &[Vec<u8>]) -> Vec<&[u8]> {
    values.iter().map(Vec::as_slice).collect()
}
