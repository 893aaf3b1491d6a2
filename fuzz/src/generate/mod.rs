//! Bytes → cases. Small alphabets, so that patterns and hosts meet often. Most patterns are in form, and headers are made of parts of which at most one is hostile, since what is
//! wrong twice ends at the first check.

mod case;
mod header;
mod host;
mod linted;
mod pattern;
mod rules;
pub mod words;

pub use case::{gate_case, header_case, limits_case, list_case};
pub use header::header;
pub use host::{host, host_near};
pub use linted::linted_list;
pub use pattern::{heavy_pattern, pattern, sibling};
pub use rules::{RulesCase, rules_case, small_rules_case};

use arbitrary::{Result, Unstructured};

/// Labels that patterns and hosts share, all of them in form anywhere in a host.
const LABELS: &[&str] = &[
    "a",
    "a",
    "b",
    "b",
    "ab",
    "ba",
    "aab",
    "com",
    "www",
    "a-b",
    "a_b",
    "x1",
    "localhost",
    "z",
    "Z9",
    "y-0_9z",
];

/// Labels of every kind: some are in form nowhere, some only where other labels allow it.
const ODD_LABELS: &[&str] = &[
    "a",
    "b",
    "ab",
    "ba",
    "aab",
    "x",
    "com",
    "example",
    "www",
    "a-b",
    "a_b",
    "-",
    "0",
    "1",
    "10",
    "255",
    "256",
    "01",
    "0x1",
    "0x",
    "xn--bcher-kva",
    "xn--a",
    "XN--BCHER-KVA",
    "xn--4db",
    "bücher",
    "א",
    "A",
    "localhost",
];
/// A name with a label, or all of it, about as long as may be.
fn long_name(u: &mut Unstructured<'_>) -> Result<String> {
    if u.arbitrary()? {
        let label = "a".repeat(*u.choose(&[62, 63, 64])?);
        let label = if u.ratio(1, 4)? { label.replace('a', "1") } else { label };
        return Ok(format!("{}{label}{}", u.choose(&["", "b."])?, u.choose(&["", ".com"])?));
    }
    let label = "a".repeat(63) + ".";
    let mut name = label.repeat(3);
    name += &"b".repeat(*u.choose(&[60, 61, 62])?);
    Ok(name)
}
