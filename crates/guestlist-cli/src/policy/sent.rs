//! What a query or a URL carries, read as the check server reads it.

use guestlist_tower::{Carried, Carriers, Count};

/// A policy with its signature in a query, or in the path or query of a URL.
pub(super) fn carried_in(text: &str) -> Carried<'_> {
    let text = text.split_once('#').map_or(text, |(text, _)| text);
    // A text without `?` is a query itself, but for a URL.
    let (path, query) = match text.split_once('?') {
        Some(parts) => parts,
        None if text.contains("://") || text.starts_with('/') => (text, ""),
        None => ("", text),
    };
    Carriers::default().read(path.as_bytes(), query.as_bytes(), |_| Count::None)
}

#[cfg(test)]
mod tests {
    use guestlist_policy::{Presented, SignedRef};

    use super::carried_in;

    #[test]
    fn a_policy_stands_in_a_query_or_in_a_url() {
        for text in [
            "policy=e30%3D&signature=00",
            "?signature=00&policy=e30=",
            "https://cdn.example.com/HANDLE?x=1&policy=e30%3d&signature=00#policy=x",
            "https://cdn.example.com/security=policy:e30=,signature:00/HANDLE",
            "/security=policy:e30=,signature:00/HANDLE?x=1",
        ] {
            let one = Presented::One(SignedRef { policy: b"e30=", signature: b"00" });
            assert_eq!(carried_in(text).as_presented(), one, "{text}");
        }
        for text in [
            "",
            "policy=e30",
            "https://example.com/?signature=00",
            "https://example.com/#policy=a&signature=b",
        ] {
            assert_eq!(carried_in(text).as_presented(), Presented::Nothing, "{text}");
        }
        for text in [
            "policy=a&policy=a&signature=b",
            "policy=a&signature=b&Signature=b",
            "https://example.com/security=policy:e30=,signature:00/?policy=a&signature=b",
        ] {
            assert_eq!(carried_in(text).as_presented(), Presented::Several, "{text}");
        }
    }
}
