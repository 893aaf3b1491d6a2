//! Percent escapes, as in the URL standard: `%` with two hexadecimal digits is a byte, any other `%` is itself.

use std::borrow::Cow;

/// Undoes the escapes. Allocates only where there are any.
pub(crate) fn decode(text: &[u8]) -> Cow<'_, [u8]> {
    if text.contains(&b'%') { Cow::Owned(bytes(text, false).collect()) } else { Cow::Borrowed(text) }
}

/// Likewise, in a query: a `+` is a blank.
pub(crate) fn decode_query(text: &[u8]) -> Cow<'_, [u8]> {
    if text.iter().any(|byte| b"%+".contains(byte)) {
        Cow::Owned(bytes(text, true).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether [`decode_query`] of a text is this one. Allocates nothing.
pub(crate) fn query_is(text: &[u8], decoded: &[u8]) -> bool {
    bytes(text, true).eq(decoded.iter().copied())
}

fn bytes(text: &[u8], plus_is_blank: bool) -> impl Iterator<Item = u8> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (&first, after) = rest.split_first()?;
        rest = after;
        if first == b'+' && plus_is_blank {
            return Some(b' ');
        }
        if first == b'%'
            && let [high, low, after @ ..] = after
            && let (Some(high), Some(low)) = (digit(*high), digit(*low))
        {
            rest = after;
            return Some(high << 4 | low);
        }
        Some(first)
    })
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{decode, decode_query, query_is};

    #[test]
    fn escapes_are_undone_once() {
        let cases: [(&[u8], &[u8]); 11] = [
            (b"", b""),
            (b"key", b"key"),
            (b"%6bey", b"key"),
            (b"%6Bey", b"key"),
            (b"%256bey", b"%6bey"),
            (b"%", b"%"),
            (b"%6", b"%6"),
            (b"%%6b", b"%k"),
            (b"%zz%6g%g6", b"%zz%6g%g6"),
            (b"%ff%00", b"\xff\0"),
            (b"a%2fb", b"a/b"),
        ];
        for (text, expected) in cases {
            assert_eq!(decode(text), expected);
            assert_eq!(decode_query(text), expected);
            assert!(query_is(text, expected));
        }
    }

    #[test]
    fn a_plus_is_a_blank_in_a_query_alone() {
        assert_eq!(decode(b"a+b"), &b"a+b"[..]);
        assert_eq!(decode(b"a+b%2b"), &b"a+b+"[..]);
        assert_eq!(decode_query(b"a+b%2b"), &b"a b+"[..]);
        assert!(query_is(b"a+b", b"a b") && !query_is(b"a+b", b"a+b"));
    }
}
