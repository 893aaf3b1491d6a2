//! Percent escapes, as in the URL standard: `%` with two hexadecimal digits is a byte, any other `%` is itself.
//!
//! They are undone once: `%2561` means `%61`.

use std::borrow::Cow;

/// The bytes that a text of a path or a query means, one by one. Allocates nothing.
///
/// ```
/// use guestlist_tower::percent::Unescape;
///
/// assert!(Unescape::path(b"a%2fb+c").eq(*b"a/b+c"));
/// assert!(Unescape::query(b"a%2fb+c").eq(*b"a/b c"));
/// ```
#[derive(Clone, Debug)]
pub struct Unescape<'t> {
    rest: &'t [u8],
    plus_is_blank: bool,
}

impl<'t> Unescape<'t> {
    /// Of a path, where a `+` is itself.
    #[inline]
    pub fn path(text: &'t [u8]) -> Unescape<'t> {
        Unescape { rest: text, plus_is_blank: false }
    }

    /// Of a query, where a `+` is a blank (`application/x-www-form-urlencoded`).
    #[inline]
    pub fn query(text: &'t [u8]) -> Unescape<'t> {
        Unescape { rest: text, plus_is_blank: true }
    }
}

impl Iterator for Unescape<'_> {
    type Item = u8;

    #[inline]
    fn next(&mut self) -> Option<u8> {
        let (&first, after) = self.rest.split_first()?;
        self.rest = after;
        if first == b'+' && self.plus_is_blank {
            return Some(b' ');
        }
        if first == b'%'
            && let [high, low, after @ ..] = after
            && let (Some(high), Some(low)) = (digit(*high), digit(*low))
        {
            self.rest = after;
            return Some(high << 4 | low);
        }
        Some(first)
    }
}

/// What [`Unescape::path`] gives. Allocates only where there are escapes.
pub fn decode(text: &[u8]) -> Cow<'_, [u8]> {
    if text.contains(&b'%') { Cow::Owned(Unescape::path(text).collect()) } else { Cow::Borrowed(text) }
}

/// What [`Unescape::query`] gives. Allocates only where there are escapes.
pub fn decode_query(text: &[u8]) -> Cow<'_, [u8]> {
    if text.iter().any(|byte| b"%+".contains(byte)) {
        Cow::Owned(Unescape::query(text).collect())
    } else {
        Cow::Borrowed(text)
    }
}

#[inline]
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
    use super::{decode, decode_query};
    use crate::query::means;

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
            assert!(means(text, expected));
        }
    }

    #[test]
    fn a_plus_is_a_blank_in_a_query_alone() {
        assert_eq!(decode(b"a+b"), &b"a+b"[..]);
        assert_eq!(decode(b"a+b%2b"), &b"a+b+"[..]);
        assert_eq!(decode_query(b"a+b%2b"), &b"a b+"[..]);
        assert!(means(b"a+b", b"a b") && !means(b"a+b", b"a+b"));
    }
}
