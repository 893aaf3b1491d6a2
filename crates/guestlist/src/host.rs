//! What a valid host is: the one grammar that the patterns and the headers both follow (SPEC §4).
//!
//! A pattern must be able to match a valid host, a header must hold one; both ask here, so that they cannot drift apart.

/// Longest label, in bytes.
pub(crate) const MAX_LABEL: usize = 63;
/// Longest host, in bytes, without the root dot.
pub(crate) const MAX_HOST: usize = 253;
/// Longest canonical text of an IPv6 literal, brackets included.
pub(crate) const MAX_IPV6: usize = 41;
/// Longest text that an IPv6 literal may have between its brackets, with a dotted quad at its end.
pub(crate) const MAX_IPV6_WRITTEN: usize = 45;

/// True for the bytes of a label: ASCII letters, digits, `-` and `_`.
pub(crate) const fn is_label_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

/// True if a host whose last label this is, is an IPv4 address to a browser: digits, or `0x` and hexadecimal digits
/// (the URL standard's "ends in a number").
pub(crate) fn is_number(label: &[u8]) -> bool {
    match label {
        [] => false,
        [b'0', b'x' | b'X', rest @ ..] => rest.iter().all(u8::is_ascii_hexdigit),
        _ => label.iter().all(u8::is_ascii_digit),
    }
}

/// True if the label is a part of a canonical IPv4 address: 0 to 255 without leading zeros.
pub(crate) fn is_octet(label: &[u8]) -> bool {
    matches!(
        label,
        [b'0'..=b'9']
            | [b'1'..=b'9', b'0'..=b'9']
            | [b'1', b'0'..=b'9', b'0'..=b'9']
            | [b'2', b'0'..=b'4', b'0'..=b'9']
            | [b'2', b'5', b'0'..=b'5']
    )
}

/// True if the label begins with `xn--` in any case.
pub(crate) fn has_ace_prefix(label: &[u8]) -> bool {
    label.len() >= 4 && label[..4].eq_ignore_ascii_case(b"xn--")
}

/// True if the URL standard's "domain to ASCII" leaves the host as it is, but for the case of its letters.
///
/// Only asked for hosts with a label that begins with `xn--`: for all others it holds by the alphabet. The whole
/// host is looked at, because the Bidi rule is one of whole hosts.
pub(crate) fn has_valid_a_labels(host: &[u8]) -> bool {
    if host.split(|byte| *byte == b'.').any(is_twice_encoded) {
        return false;
    }
    match idna::domain_to_ascii_cow(host, idna::AsciiDenyList::URL) {
        Ok(ascii) => ascii.as_bytes().eq_ignore_ascii_case(host),
        Err(_) => false,
    }
}

/// True if the label stands for a text that begins with `xn--` itself: UTS 46 refuses it (section 4.1, criterion 4), the `idna` crate does not.
fn is_twice_encoded(label: &[u8]) -> bool {
    // All that stand for such a text begin so, but so does `xn--xn---9oa`, which is `éxn--`.
    let begins_like_one = has_ace_prefix(label) && has_ace_prefix(&label[4..]);
    begins_like_one
        && core::str::from_utf8(&label[4..])
            .ok()
            .and_then(idna::punycode::decode_to_string)
            .is_some_and(|text| has_ace_prefix(text.as_bytes()))
}

/// Writes the canonical text of an IPv6 literal with its brackets and returns its length: lower case, the first longest run of
/// two or more zero groups as `::`, never dotted (the URL standard's serializer; RFC 5952 but for dotted quads).
pub(crate) fn write_ipv6(groups: [u16; 8], out: &mut [u8; MAX_IPV6]) -> usize {
    let (skip, skipped) = longest_zero_run(groups);
    let mut len = 0;
    let mut push = |byte: u8| {
        out[len] = byte;
        len += 1;
    };
    push(b'[');
    let mut index = 0;
    while index < 8 {
        if skipped > 1 && index == skip {
            // The group before wrote its own colon; at the start there is none yet.
            if index == 0 {
                push(b':');
            }
            push(b':');
            index += skipped;
            continue;
        }
        let mut started = false;
        for shift in [12, 8, 4, 0] {
            let nibble = usize::from((groups[index] >> shift) & 0xf);
            if started || nibble != 0 || shift == 0 {
                started = true;
                push(b"0123456789abcdef"[nibble]);
            }
        }
        index += 1;
        if index < 8 {
            push(b':');
        }
    }
    push(b']');
    len
}

/// Where the longest run of zero groups begins, the first of several, and its length.
fn longest_zero_run(groups: [u16; 8]) -> (usize, usize) {
    let from = |start: usize| (start, groups[start..].iter().take_while(|group| **group == 0).count());
    // Of equals the last is taken, so from the right.
    (0..8).rev().map(from).max_by_key(|(_, len)| *len).unwrap_or_default()
}

/// Reads the text between the brackets of an IPv6 literal.
pub(crate) fn parse_ipv6(text: &[u8]) -> Option<[u16; 8]> {
    let text = core::str::from_utf8(text).ok()?;
    Some(text.parse::<core::net::Ipv6Addr>().ok()?.segments())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> Option<String> {
        let mut out = [0; MAX_IPV6];
        let len = write_ipv6(parse_ipv6(text.as_bytes())?, &mut out);
        Some(String::from_utf8(out[..len].to_vec()).unwrap())
    }

    #[test]
    fn ipv6_has_one_canonical_text() {
        for (text, expected) in [
            ("::", "[::]"),
            ("::1", "[::1]"),
            ("1::", "[1::]"),
            ("0:0:0:0:0:0:0:1", "[::1]"),
            ("1:0:0:2:0:0:0:3", "[1:0:0:2::3]"),
            ("1:0:0:2:3:0:0:4", "[1::2:3:0:0:4]"),
            ("1:0:2:3:4:5:6:7", "[1:0:2:3:4:5:6:7]"),
            ("2001:DB8::00ff", "[2001:db8::ff]"),
            ("::ffff:1.2.3.4", "[::ffff:102:304]"),
            ("1:2:3:4:5:6:0:0", "[1:2:3:4:5:6::]"),
            ("0000:0000:0000:0000:0000:0000:255.255.255.255", "[::ffff:ffff]"),
            ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]"),
        ] {
            assert_eq!(canonical(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "",
            ":",
            ":::",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "::1%eth0",
            "12345::",
            "::1.2.3",
            "::01.2.3.4",
            "g::",
            "::\u{661}",
            "0000:0000:0000:0000:0000:0000:0255.255.255.255",
        ] {
            assert_eq!(canonical(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_what_browsers_take_for_ipv4() {
        for label in ["0", "9", "127", "09", "0x", "0X1f", "4294967296", "00x"] {
            assert_eq!(is_number(label.as_bytes()), label != "00x", "{label}");
        }
        for label in ["", "1a", "0xg", "x", "a1", "1-", "_1"] {
            assert!(!is_number(label.as_bytes()), "{label}");
        }
        for value in 0..1000u32 {
            assert_eq!(is_octet(value.to_string().as_bytes()), value < 256, "{value}");
        }
        for label in ["", "00", "01", "001", "0x1", "1a", "-1"] {
            assert!(!is_octet(label.as_bytes()), "{label}");
        }
    }
}
