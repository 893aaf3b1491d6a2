//! Reading `host[:port]` (SPEC §4, "Host" and "Port"): the same rules for a header and for a bare host.
//!
//! A pattern that is written out wholly in plain characters is held against these rules too
//! (`docs/semantics.md`, item 7).

use std::fmt::Write as _;

use idna::AsciiDenyList;

/// The host of an origin (SPEC §4, "Host").
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// A name or an IPv4 address: lower case, without the root dot.
    Name(String),
    /// An IPv6 address, as its eight groups.
    Ipv6([u16; 8]),
}

/// Reads `host` or `host:port` and nothing more. The port is the one written, if one is.
pub(crate) fn read_host_and_port(text: &[u8]) -> Option<(Host, Option<u16>)> {
    let (host, rest) = if let Some(inside) = text.strip_prefix(b"[") {
        let end = inside.iter().position(|&byte| byte == b']')?;
        (Host::Ipv6(read_ipv6(&inside[..end])?), &inside[end + 1..])
    } else {
        let end = text.iter().position(|&byte| byte == b':').unwrap_or(text.len());
        (Host::Name(read_name(&text[..end])?), &text[end..])
    };
    match rest {
        [] => Some((host, None)),
        [b':', port @ ..] => Some((host, Some(read_port(port)?))),
        _ => None,
    }
}

/// Reads a host that is a name or an IPv4 address, and returns it in lower case and without a root dot.
pub(crate) fn read_name(text: &[u8]) -> Option<String> {
    if !text.iter().all(|&byte| byte == b'.' || is_host_character(char::from(byte))) {
        return None;
    }
    let name = String::from_utf8(text.to_ascii_lowercase()).ok()?;
    let name = name.strip_suffix('.').unwrap_or(&name);
    let labels: Vec<&str> = name.split('.').collect();

    let lengths_fit =
        name.len() <= LONGEST_HOST && labels.iter().all(|label| (1..=LONGEST_LABEL).contains(&label.len()));
    if !lengths_fit {
        return None;
    }
    if labels.last().is_some_and(|last| is_number(last)) && !is_canonical_ipv4(&labels) {
        return None;
    }
    if labels.iter().any(|label| label.starts_with("xn--")) && !is_its_own_ascii_form(name) {
        return None;
    }
    Some(name.to_owned())
}

/// A decimal number from 0 to 255 without leading zeros.
pub(crate) fn is_ipv4_part(label: &str) -> bool {
    label.parse::<u8>().is_ok_and(|number| number.to_string() == label)
}

/// Reads an IPv6 address in the forms that the URL standard reads (its "IPv6 parser"), which has no zone.
pub(crate) fn read_ipv6(text: &[u8]) -> Option<[u16; 8]> {
    let text = std::str::from_utf8(text).ok()?;
    let groups = match text.split_once("::") {
        None => read_groups(text, true)?,
        Some((before, after)) => {
            let mut groups = read_groups_or_none(before, false)?;
            let after = read_groups_or_none(after, true)?;
            // `::` stands for one group of zeros or more.
            let zeros = 8_usize.checked_sub(groups.len() + after.len()).filter(|&zeros| zeros >= 1)?;
            groups.extend(vec![0; zeros]);
            groups.extend(after);
            groups
        }
    };
    groups.try_into().ok()
}

/// Prints an IPv6 address in its canonical form, without brackets: lower case, `::` for the first longest run of two
/// or more zero groups, never dotted (`docs/semantics.md`, item 10).
pub(crate) fn print_ipv6(groups: &[u16; 8]) -> String {
    let zeros_from = |start: usize| groups[start..].iter().take_while(|&&group| group == 0).count();
    let mut run = (0, 0);
    for start in 0..8 {
        if zeros_from(start) > run.1 {
            run = (start, zeros_from(start));
        }
    }
    let print = |groups: &[u16]| {
        let mut text = String::new();
        for group in groups {
            let colon = if text.is_empty() { "" } else { ":" };
            // Writing to a `String` cannot fail.
            let _ = write!(text, "{colon}{group:x}");
        }
        text
    };
    match run {
        (start, length @ 2..) => format!("{}::{}", print(&groups[..start]), print(&groups[start + length..])),
        _ => print(groups),
    }
}

/// Whether the text passes the URL standard's "domain to ASCII" and comes out as it went in.
pub(crate) fn is_its_own_ascii_form(text: &str) -> bool {
    // The crate leaves out one criterion of UTS 46 (section 4.1, number 4): what a label stands for does not begin with `xn--`.
    let begins_again =
        |label: &str| label.starts_with("xn--") && idna::domain_to_unicode(label).0.starts_with("xn--");
    domain_to_ascii(text).is_some_and(|ascii| ascii == text) && !text.split('.').any(begins_again)
}

/// The URL standard's "domain to ASCII": UTS 46, non-transitional, hyphens not checked.
pub(crate) fn domain_to_ascii(text: &str) -> Option<String> {
    idna::domain_to_ascii_cow(text.as_bytes(), AsciiDenyList::URL).ok().map(String::from)
}

/// A character that a label can hold: an ASCII letter, a digit, `-` or `_`.
pub(crate) fn is_host_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '-' || character == '_'
}

/// The longest label, in bytes (SPEC §4).
pub(crate) const LONGEST_LABEL: usize = 63;
/// The longest host, in bytes and without a root dot (SPEC §4).
pub(crate) const LONGEST_HOST: usize = 253;

/// Groups of hexadecimal digits with `:` between them; in place of the last two, IPv4 in dots if that is allowed.
fn read_groups(text: &str, dotted_at_the_end: bool) -> Option<Vec<u16>> {
    let mut groups = Vec::new();
    let parts: Vec<&str> = text.split(':').collect();
    for (at, part) in parts.iter().enumerate() {
        if part.contains('.') && dotted_at_the_end && at + 1 == parts.len() {
            let labels: Vec<&str> = part.split('.').collect();
            if !is_canonical_ipv4(&labels) {
                return None;
            }
            let mut bytes = labels.iter().filter_map(|label| label.parse::<u8>().ok());
            while let (Some(high), Some(low)) = (bytes.next(), bytes.next()) {
                groups.push(u16::from_be_bytes([high, low]));
            }
        } else {
            let is_group = (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_hexdigit());
            if !is_group {
                return None;
            }
            groups.push(u16::from_str_radix(part, 16).ok()?);
        }
    }
    Some(groups)
}

/// The same, where there may be no group at all: before and after a `::`.
fn read_groups_or_none(text: &str, dotted_at_the_end: bool) -> Option<Vec<u16>> {
    if text.is_empty() { Some(Vec::new()) } else { read_groups(text, dotted_at_the_end) }
}

/// A port: digits, 1 to 65535, without leading zeros.
fn read_port(text: &[u8]) -> Option<u16> {
    let is_digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    if !is_digits || text[0] == b'0' {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// A last label that makes the host an IPv4 address (`docs/semantics.md`, item 17).
fn is_number(label: &str) -> bool {
    let is_decimal = label.bytes().all(|byte| byte.is_ascii_digit());
    let is_hexadecimal =
        label.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    is_decimal || is_hexadecimal
}

/// Exactly four decimal numbers from 0 to 255 without leading zeros.
fn is_canonical_ipv4(labels: &[&str]) -> bool {
    labels.len() == 4 && labels.iter().all(|label| is_ipv4_part(label))
}
