//! The alphabet: the bytes that the text of a host and its port is made of, a bit for each.
//!
//! Letters are in lower case, because case plays no part. The order of the bits is the order in which bytes are tried, so that of equally short hosts the one with letters is found.

use guestlist::ast::{Set, SetItem};

/// A set of symbols.
pub(crate) type Mask = u64;

const BYTES: &[u8; 42] = b"abcdefghijklmnopqrstuvwxyz0123456789-_.:[]";

/// `0` to `9`.
pub(crate) const DIGITS: Mask = ((1 << 10) - 1) << 26;
/// What `*` and `?` range over in a host.
pub(crate) const HOST: Mask = (1 << 38) - 1;
pub(crate) const COLON: Mask = 1 << 39;

/// The set of this byte alone; of none, where it is no symbol.
pub(crate) fn of(byte: u8) -> Mask {
    let index = match byte {
        b'a'..=b'z' => byte - b'a',
        b'0'..=b'9' => byte - b'0' + 26,
        b'-' => 36,
        b'_' => 37,
        b'.' => 38,
        b':' => 39,
        b'[' => 40,
        b']' => 41,
        _ => return 0,
    };
    1 << index
}

/// The members of a `[…]`.
pub(crate) fn of_set(set: &Set) -> Mask {
    let mut mask = 0;
    for item in &set.items {
        match *item {
            SetItem::One(byte) => mask |= of(byte),
            SetItem::Range(first, last) => mask |= (first..=last).map(of).fold(0, |all, one| all | one),
            // No other kind exists yet; one that is not known here admits nothing here.
            _ => {}
        }
    }
    mask
}

/// The bytes of a set, in the order in which they are tried.
pub(crate) fn bytes(mask: Mask) -> impl Iterator<Item = u8> {
    let mut rest = mask;
    core::iter::from_fn(move || {
        let index = rest.trailing_zeros() as usize;
        rest &= rest.wrapping_sub(1);
        BYTES.get(index).copied()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_has_its_bit() {
        for (index, byte) in BYTES.iter().enumerate() {
            assert_eq!(of(*byte), 1 << index);
        }
        assert_eq!(bytes(u64::MAX).collect::<Vec<_>>(), BYTES);
        assert_eq!(bytes(DIGITS).collect::<Vec<_>>(), b"0123456789");
        assert!(bytes(HOST).all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        assert_eq!(bytes(COLON).collect::<Vec<_>>(), b":");
        assert_eq!(of(b'A') | of(b'/') | of(0xc3), 0);
    }
}
