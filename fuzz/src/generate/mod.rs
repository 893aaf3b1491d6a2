//! Bytes → cases. Small alphabets, so that patterns and hosts meet often. Most cases are in form, since an invalid one ends at the first check; one part of the others is
//! hostile.

mod header;
mod host;
mod pattern;

pub use header::header;
pub use host::{host, host_near};
pub use pattern::{heavy_pattern, pattern, sibling};

use arbitrary::{Result, Unstructured};

/// Labels that patterns and hosts share, all of them in form anywhere in a host.
const LABELS: &[&str] =
    &["a", "a", "b", "b", "ab", "ba", "aab", "com", "www", "a-b", "a_b", "x1", "localhost"];

/// Labels that are out of form, or at some place in a host.
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
        return Ok(format!("{}{label}{}", u.choose(&["", "b."])?, u.choose(&["", ".com"])?));
    }
    let label = "a".repeat(63) + ".";
    let mut name = label.repeat(3);
    name += &"b".repeat(*u.choose(&[60, 61, 62])?);
    Ok(name)
}
