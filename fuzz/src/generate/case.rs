//! Whole cases: a list and hosts, a list and limits, a list and the headers of a request.
//!
//! Bytes that are a case in words ([`super::words`]) are that case; from all others one is made.

use arbitrary::{Result, Unstructured};
use guestlist::{Budget, HeaderName, Limits, ListType, Mode};

use super::{header, heavy_pattern, host, host_near, pattern, sibling, words};
use crate::gate_case::GateCase;
use crate::limits::LimitsCase;

/// A list of 1 to 20 patterns, and hosts for it.
pub fn list_case(bytes: &[u8]) -> Result<(Vec<String>, Vec<String>)> {
    if let Some(case) = words::list_case(bytes) {
        return Ok(case);
    }
    let u = &mut Unstructured::new(bytes);
    match u.int_in_range(0..=59)? {
        0 => return many_answers(u),
        1 => return many_states(u),
        _ => {}
    }
    let most = *u.choose(&[3, 6, 6, 20])?;
    let patterns = patterns(u, 1, most)?;
    let mut hosts = Vec::new();
    for pattern in &patterns {
        for _ in 0..if most > 6 { 1 } else { 3 } {
            hosts.push(host_near(u, pattern)?);
        }
    }
    hosts.push(host(u)?);
    Ok((patterns, hosts))
}

/// Rules that match in every combination: an automaton of some `2^n` states that each accept another set.
fn many_answers(u: &mut Unstructured<'_>) -> Result<(Vec<String>, Vec<String>)> {
    let letters = &"abcdefghi"[..*u.choose(&[5, 8, 9])?];
    let patterns = letters.chars().map(|letter| format!("*{letter}*.x")).collect();
    let mut hosts = Vec::new();
    for _ in 0..8 {
        let bits: u16 = u.arbitrary()?;
        let chosen = letters.chars().enumerate().filter(|(at, _)| bits >> at & 1 == 1);
        hosts.push(format!("{}.x", chosen.map(|(_, letter)| letter).collect::<String>()));
    }
    hosts.push(format!("{letters}z.x"));
    Ok((patterns, hosts))
}

/// Long names over the whole alphabet: more states and bytes than narrow cells can tell apart.
fn many_states(u: &mut Unstructured<'_>) -> Result<(Vec<String>, Vec<String>)> {
    let name = |turn: usize| {
        let (back, front) = "abcdefghijklmnopqrstuvwxyz0123456789".split_at(turn);
        format!("{front}{back}.").repeat(5) + "x"
    };
    let patterns: Vec<String> = (0..18).map(|turn| name(2 * turn)).collect();
    let mut hosts = Vec::new();
    for _ in 0..4 {
        let mut host = name(u.int_in_range(0..=35)?);
        if u.arbitrary()? {
            let at = u.choose_index(host.len())?;
            host.replace_range(at..=at, "z");
        }
        hosts.push(host);
    }
    Ok((patterns, hosts))
}

/// Patterns, many of which have much in common.
fn patterns(u: &mut Unstructured<'_>, least: usize, most: usize) -> Result<Vec<String>> {
    let mut patterns: Vec<String> = Vec::new();
    for _ in 0..u.int_in_range(least..=most)? {
        let next = match patterns.as_slice() {
            [] => pattern(u)?,
            known if u.arbitrary()? => {
                let pattern = u.choose(known)?;
                sibling(u, pattern)?
            }
            _ => pattern(u)?,
        };
        patterns.push(next);
    }
    Ok(patterns)
}

/// Patterns near the limits, limits and budgets large and small, and hosts.
pub fn limits_case(bytes: &[u8]) -> Result<(LimitsCase, Vec<String>)> {
    let u = &mut Unstructured::new(bytes);
    let mut limits = Limits::default();
    if u.ratio(1, 3)? {
        limits = limits
            .pattern_bytes(*u.choose(&[8, 64, 1024, 4096])?)
            .nesting(*u.choose(&[0, 1, 8, 64, 1000])?)
            .alternatives(*u.choose(&[1, 2, 1024, 4096])?)
            .patterns(*u.choose(&[1, 2, 20, 40])?)
            .list_bytes(*u.choose(&[0, 100, 1 << 20])?);
    }
    let mut budget = None;
    if u.ratio(2, 3)? {
        budget = Some(
            Budget::default()
                .states(*u.choose(&[0, 1, 2, 12, 100, 1000])?)
                .bytes(*u.choose(&[0, 100, 10_000, 1 << 20])?)
                .work(*u.choose(&[0, 10, 1000, 100_000])?),
        );
    }
    let most = *u.choose(&[2, 2, 5, 24])?;
    let mut patterns = Vec::new();
    for _ in 0..u.int_in_range(1..=most)? {
        patterns.push(if u.arbitrary()? { heavy_pattern(u)? } else { pattern(u)? });
    }
    // With one that is refused a list is not saved, and little is seen of the rest.
    if u.ratio(7, 8)? {
        patterns.retain(|text| guestlist::Pattern::parse_with(text, &limits).is_ok());
    }
    let hosts = patterns.iter().take(3).map(|pattern| host_near(u, pattern)).collect::<Result<_>>()?;
    Ok((LimitsCase { patterns, limits, budget }, hosts))
}

/// The value of a header.
pub fn header_case(bytes: &[u8]) -> Result<Vec<u8>> {
    let u = &mut Unstructured::new(bytes);
    let name = *u.choose(&[HeaderName::Origin, HeaderName::Referer])?;
    let host = host(u)?;
    header(u, name, &host)
}

/// A list and the headers of a request.
pub fn gate_case(bytes: &[u8]) -> Result<GateCase> {
    if let Some(case) = words::gate_case(bytes) {
        return Ok(case);
    }
    let u = &mut Unstructured::new(bytes);
    // What is small and matters comes first, lest a short input leave it to chance.
    let list_type = *u.choose(&ListType::ALL)?;
    let mode = *u.choose(&[
        None,
        None,
        Some(Mode::Enforce),
        Some(Mode::Enforce),
        Some(Mode::Report),
        Some(Mode::Off),
    ])?;
    let block_missing = u.arbitrary()?;
    let schemes = if u.arbitrary()? { vec!["capacitor".to_owned()] } else { Vec::new() };
    let counts = [1, 1, 1, 1, 1, 1, 0, 0, 2, 3];
    let (origins, referers) = (*u.choose(&counts)?, *u.choose(&counts)?);
    let null = u.ratio(1, 8)?;
    let most = *u.choose(&[3, 3, 3, 1, 0])?;
    let patterns = patterns(u, most.min(1), most)?;
    let values = |u: &mut Unstructured<'_>, name, count| -> Result<Vec<Vec<u8>>> {
        (0..count)
            .map(|_| {
                let host = match patterns.as_slice() {
                    [] => host(u)?,
                    patterns => {
                        let pattern = u.choose(patterns)?;
                        host_near(u, pattern)?
                    }
                };
                header(u, name, &host)
            })
            .collect()
    };
    let mut origin = values(u, HeaderName::Origin, origins)?;
    if null {
        origin = vec![b"null".to_vec()];
    }
    let referer = values(u, HeaderName::Referer, referers)?;
    Ok(GateCase { list_type, patterns, mode, block_missing, schemes, origin, referer })
}
