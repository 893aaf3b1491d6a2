//! The properties by name: bytes in, agreement out. The folders of `corpus/` and `crashes/` have these names.

use arbitrary::{Result, Unstructured};

use crate::generate;
use crate::oracle::{self, Agreement, GateCase};
use guestlist::{ListType, Mode};

/// A property and how bytes become a case of it.
pub type Property = fn(&[u8]) -> Agreement;

/// Every property, under the name of its folder.
pub const PROPERTIES: [(&str, Property); 5] = [
    ("pattern_text_agrees_with_reference", pattern_text),
    ("pattern_agrees_with_reference", pattern),
    ("list_agrees_with_reference", list),
    ("header_agrees_with_reference", header),
    ("gate_agrees_with_reference", gate),
];

/// The bytes are the text of a pattern.
fn pattern_text(bytes: &[u8]) -> Agreement {
    core::str::from_utf8(bytes).map_or(Ok(()), oracle::pattern_agrees)
}

fn pattern(bytes: &[u8]) -> Agreement {
    case(generate::pattern(&mut Unstructured::new(bytes)), |text| oracle::pattern_agrees(&text))
}

fn list(bytes: &[u8]) -> Agreement {
    case(list_case(&mut Unstructured::new(bytes)), |(patterns, hosts)| oracle::list_agrees(&patterns, &hosts))
}

fn list_case(u: &mut Unstructured<'_>) -> Result<(Vec<String>, Vec<String>)> {
    let patterns: Vec<String> =
        (0..u.int_in_range(1..=6)?).map(|_| generate::pattern(u)).collect::<Result<_>>()?;
    let mut hosts = Vec::new();
    for pattern in &patterns {
        for _ in 0..3 {
            hosts.push(generate::host_near(u, pattern)?);
        }
    }
    hosts.push(generate::host(u)?);
    Ok((patterns, hosts))
}

/// The bytes are the value of a header.
fn header(bytes: &[u8]) -> Agreement {
    oracle::header_agrees(bytes)?;
    let mut u = Unstructured::new(bytes);
    case(generate::host(&mut u).and_then(|host| generate::header(&mut u, &host)), |value| {
        oracle::header_agrees(&value)
    })
}

fn gate(bytes: &[u8]) -> Agreement {
    case(gate_case(&mut Unstructured::new(bytes)), |case| oracle::gate_agrees(&case))
}

fn gate_case(u: &mut Unstructured<'_>) -> Result<GateCase> {
    let patterns: Vec<String> =
        (0..u.int_in_range(0..=3)?).map(|_| generate::pattern(u)).collect::<Result<_>>()?;
    let values = |u: &mut Unstructured<'_>| -> Result<Vec<Vec<u8>>> {
        let count = *u.choose(&[0, 1, 1, 1, 1, 2, 3])?;
        (0..count)
            .map(|_| {
                let host = match patterns.as_slice() {
                    [] => generate::host(u)?,
                    patterns => {
                        let pattern = u.choose(patterns)?;
                        generate::host_near(u, pattern)?
                    }
                };
                generate::header(u, &host)
            })
            .collect()
    };
    Ok(GateCase {
        origin: values(u)?,
        referer: values(u)?,
        list_type: *u.choose(&ListType::ALL)?,
        mode: *u.choose(&[None, Some(Mode::Enforce), Some(Mode::Report), Some(Mode::Off)])?,
        block_missing: u.arbitrary()?,
        capacitor: u.arbitrary()?,
        patterns,
    })
}

/// Bytes that run out make no case, and nothing to disagree on.
fn case<T>(case: Result<T>, agrees: impl FnOnce(T) -> Agreement) -> Agreement {
    case.map_or(Ok(()), agrees)
}
