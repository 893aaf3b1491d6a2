//! Hosts, with a port or without.

use arbitrary::{Result, Unstructured};

use super::{LABELS, ODD_LABELS, long_name};

const ADDRESSES: &[&str] = &[
    "[::1]",
    "[2001:DB8:0:0:1::1]",
    "[::ffff:1.2.3.4]",
    "[0000:0000:0000:0000:0000:ffff:192.168.100.228]",
    "[0000:0000:0000:0000:0000:0000:255.255.255.2550]",
    "[::1%25eth0]",
    "[1::2::3]",
    "[::1",
    "10.0.0.1",
    "255.255.255.255",
    "256.1.1.1",
];

/// A host that no pattern was looked at for.
pub fn host(u: &mut Unstructured<'_>) -> Result<String> {
    if u.ratio(1, 20)? {
        return long_name(u);
    }
    if u.ratio(1, 20)? {
        return Ok(u.choose(ADDRESSES)?.to_string());
    }
    let label = |u: &mut Unstructured<'_>| {
        let labels = if u.ratio(1, 10)? { ODD_LABELS } else { LABELS };
        u.choose(labels).copied()
    };
    let labels: Result<Vec<_>> = (0..u.int_in_range(1..=4)?).map(|_| label(u)).collect();
    Ok(labels?.join("."))
}

/// A `host` or `host:port` that has a chance to be matched by the pattern: one way through it, with wildcards filled in, and sometimes one change.
pub fn host_near(u: &mut Unstructured<'_>, pattern: &str) -> Result<String> {
    let mut host = String::new();
    walk(u, &mut pattern.trim().chars().collect::<Vec<_>>().as_slice(), &mut host, true)?;
    if u.ratio(1, 6)? {
        host += u.choose(&[":80", ":443", ":8080", ":3000", ".", ":", ":0", ".com", "/", ".:80"])?;
    }
    if u.ratio(1, 4)? && !host.is_empty() {
        let mut at = u.choose_index(host.len())?;
        while !host.is_char_boundary(at) {
            at -= 1;
        }
        match u.int_in_range(0..=3)? {
            0 => host.insert_str(at, u.choose(&["a", ".", "b.", "-", "0", ":", "x", "@", "%", "/"])?),
            1 => drop(host.remove(at)),
            2 => host = host.split_off(at),
            _ => host = host.to_uppercase(),
        }
    }
    Ok(host)
}

/// One way through what is left of the pattern, up to the end of the braces; leaves the rest behind the `}`.
fn walk(u: &mut Unstructured<'_>, rest: &mut &[char], host: &mut String, taken: bool) -> Result<()> {
    while let Some((first, tail)) = rest.split_first() {
        match first {
            '}' | ',' => return Ok(()),
            '{' => {
                let chosen = u.int_in_range(0..=2)?;
                let mut index = 0;
                *rest = tail;
                loop {
                    walk(u, rest, host, taken && index == chosen)?;
                    let ended = !matches!(rest.first(), Some(','));
                    *rest = rest.get(1..).unwrap_or_default();
                    if ended {
                        break;
                    }
                    index += 1;
                }
                continue;
            }
            '[' => {
                let len = tail.iter().position(|c| *c == ']').unwrap_or(tail.len());
                let (set, behind) = tail.split_at(len);
                if taken && set.contains(&':') {
                    host.push('[');
                    host.extend(set);
                    host.push(']');
                } else if taken && !set.is_empty() {
                    host.push(*u.choose(set)?);
                }
                *rest = behind.get(1..).unwrap_or_default();
                continue;
            }
            '*' if taken => *host += u.choose(&["", "a", "www", "ab", "0", "8080", "-"])?,
            '?' if taken => *host += u.choose(&["a", "b", "0", "9", "_", ""])?,
            c if taken => host.push(*c),
            _ => {}
        }
        *rest = tail;
    }
    Ok(())
}
