//! What a request carries: a policy and its signature, from options, from a query or from a whole URL.

use std::borrow::Cow;

use guestlist_policy::{Presented, SignedRef};
use guestlist_tower::{Count, percent, query};

/// A policy and a signature that were found, without the escapes of a URL.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sent<'t> {
    /// One of them is not there, or neither.
    Nothing,
    /// One of them is there twice, or may be for some reader.
    Several,
    One {
        policy: Cow<'t, [u8]>,
        signature: Cow<'t, [u8]>,
    },
}

impl<'t> Sent<'t> {
    /// What a query says, or that of a URL. Read as the check server reads it.
    pub(super) fn in_query(text: &'t str) -> Sent<'t> {
        let query = query_of(text).as_bytes();
        let parameter = |name: &str| query::parameter(query, name.as_bytes());
        match (parameter("policy"), parameter("signature")) {
            (Count::Several, _) | (_, Count::Several) => Sent::Several,
            (Count::One(policy), Count::One(signature)) => Sent::One {
                policy: percent::decode_query(policy),
                signature: percent::decode_query(signature),
            },
            _ => Sent::Nothing,
        }
    }

    /// To be held against a lock.
    pub(super) fn presented(&self) -> Presented<'_> {
        match self {
            Sent::Nothing => Presented::Nothing,
            Sent::Several => Presented::Several,
            Sent::One { policy, signature } => Presented::One(SignedRef { policy, signature }),
        }
    }
}

/// What stands between `?` and `#`; a text without `?` is a query itself.
fn query_of(text: &str) -> &str {
    let query = text.split_once('?').map_or(text, |(_, query)| query);
    query.split_once('#').map_or(query, |(query, _)| query)
}

#[cfg(test)]
mod tests {
    use super::Sent;

    #[test]
    fn a_query_stands_alone_or_in_a_url() {
        for text in [
            "policy=e30%3D&signature=00",
            "?signature=00&policy=e30=",
            "https://cdn.example.com/HANDLE?x=1&policy=e30%3d&signature=00#policy=x",
        ] {
            let one = Sent::One { policy: b"e30=".into(), signature: b"00".into() };
            assert_eq!(Sent::in_query(text), one, "{text}");
        }
        for text in [
            "",
            "policy=e30",
            "https://example.com/?signature=00",
            "https://example.com/#policy=a&signature=b",
        ] {
            assert_eq!(Sent::in_query(text), Sent::Nothing, "{text}");
        }
        for text in ["policy=a&policy=a&signature=b", "policy=a&signature=b&Signature=b"] {
            assert_eq!(Sent::in_query(text), Sent::Several, "{text}");
        }
    }
}
