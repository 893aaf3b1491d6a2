//! Who can have a name below another: the part of the lints that rests on the Public Suffix List.

use std::net::Ipv6Addr;

/// The version of the list that is compiled in; dates of entries are those of this release.
pub const PUBLIC_SUFFIX_LIST: &str = "psl 2.1.247";

/// Names at the top under which nobody can register anything: RFC 6761, RFC 6762, RFC 9476, the one set aside for private use, and those that will never be delegated because private networks use them
/// (ICANN's board, 4 February 2018).
const RESERVED: [&str; 11] =
    ["localhost", "internal", "local", "test", "example", "invalid", "alt", "lan", "corp", "home", "mail"];

/// Who hands out the names directly below a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Below {
    /// A registry: anyone can register one.
    Registry,
    /// A service: anyone can have one from it.
    Service,
    /// One owner.
    Owner,
    /// Nobody in public.
    Nobody,
}

pub(super) fn below(name: &str) -> Below {
    if reserved(name).is_some() {
        return Below::Nobody;
    }
    match psl::suffix(name.as_bytes()) {
        Some(suffix) if suffix.as_bytes().len() == name.len() => match suffix.typ() {
            Some(psl::Type::Private) => Below::Service,
            _ => Below::Registry,
        },
        _ => below_wildcard(name),
    }
}

/// Rules such as `*.kawasaki.jp`: each label below is a suffix itself, so whatever is there belongs to whoever was given it.
fn below_wildcard(name: &str) -> Below {
    let probe = format!("{PROBE}.{name}");
    match psl::suffix(probe.as_bytes()) {
        Some(suffix) if suffix.as_bytes().len() == probe.len() => match suffix.typ() {
            Some(psl::Type::Private) => Below::Service,
            _ => Below::Registry,
        },
        _ => Below::Owner,
    }
}

/// A label that no list spells out.
const PROBE: &str = "guestlist-probe--0";

/// The ending of the name that is none in public, if it has one.
pub(super) fn reserved(name: &str) -> Option<&str> {
    if name == "home.arpa" || name.ends_with(".home.arpa") {
        return Some("home.arpa");
    }
    name.rsplit('.').next().filter(|last| RESERVED.contains(last))
}

/// True if this last label is known to be one.
pub(super) fn is_known_ending(label: &str) -> bool {
    psl::suffix(label.as_bytes()).is_some_and(|suffix| suffix.is_known())
}

/// An IPv4 address that is public nowhere, by its first two numbers (RFC 1122, 1918, 3927).
pub(super) fn is_private_ipv4(first: &str, second: Option<&str>) -> bool {
    let second = second.and_then(|second| second.parse::<u8>().ok());
    match first.parse::<u8>() {
        Ok(0 | 10 | 127) => true,
        Ok(172) => second.is_some_and(|second| second & 0xf0 == 16),
        Ok(192) => second == Some(168),
        Ok(169) => second == Some(254),
        _ => false,
    }
}

/// An IPv6 address that is public nowhere: of this machine, of a link, of a site (RFC 4291, 4193).
pub(super) fn is_private_ipv6(groups: [u16; 8]) -> bool {
    let address = Ipv6Addr::from(groups);
    let v4 = address
        .to_ipv4_mapped()
        .map(|v4| v4.is_loopback() || v4.is_private() || v4.is_link_local() || v4.is_unspecified());
    v4.unwrap_or(
        address.is_loopback()
            || address.is_unspecified()
            || groups[0] & 0xfe00 == 0xfc00
            || groups[0] & 0xffc0 == 0xfe80,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_one_that_is_compiled_in() {
        let lock = include_str!("../../../../Cargo.lock");
        let (name, version) = PUBLIC_SUFFIX_LIST.split_once(' ').unwrap();
        assert!(
            lock.contains(&format!("name = \"{name}\"\nversion = \"{version}\"\n")),
            "{PUBLIC_SUFFIX_LIST}"
        );
    }

    #[test]
    fn names_have_owners() {
        for (name, expected) in [
            ("com", Below::Registry),
            ("co.uk", Below::Registry),
            ("anything", Below::Registry),
            ("vercel.app", Below::Service),
            ("github.io", Below::Service),
            ("s3.amazonaws.com", Below::Service),
            ("example.com", Below::Owner),
            ("a.github.io", Below::Owner),
            ("kawasaki.jp", Below::Registry),
            ("city.kawasaki.jp", Below::Owner),
            ("compute-1.amazonaws.com", Below::Service),
            ("example", Below::Nobody),
            ("shop.localhost", Below::Nobody),
            ("home.arpa", Below::Nobody),
        ] {
            assert_eq!(below(name), expected, "{name}");
        }
    }

    #[test]
    fn private_addresses() {
        for (first, second, expected) in [
            ("10", None, true),
            ("127", Some("0"), true),
            ("172", Some("16"), true),
            ("172", Some("31"), true),
            ("172", Some("32"), false),
            ("172", None, false),
            ("192", Some("168"), true),
            ("192", Some("169"), false),
            ("169", Some("254"), true),
            ("8", Some("8"), false),
        ] {
            assert_eq!(is_private_ipv4(first, second), expected, "{first}.{second:?}");
        }
        for (text, expected) in [
            ("::1", true),
            ("::", true),
            ("fc00::1", true),
            ("fdff::", true),
            ("fe80::1", true),
            ("::ffff:127.0.0.1", true),
            ("::ffff:8.8.8.8", false),
            ("2001:db8::1", false),
        ] {
            let address: Ipv6Addr = text.parse().unwrap();
            assert_eq!(is_private_ipv6(address.segments()), expected, "{text}");
        }
    }
}
