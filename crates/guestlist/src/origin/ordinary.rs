//! The values that nearly every request has, read in one go: `http://` or `https://`, a host that ends within the first 64 bytes, perhaps a port.
//!
//! The kinds of all bytes are found at once, as sets of bits ([`Classes`]), and what a valid host must be is asked of the sets. Whatever is not plainly valid is left to the
//! [strict reader](super::reader), which also knows what is wrong with it: here nothing is ever refused, and what is read is what that reader reads.

use super::reader::Ends;
use super::{MAX_REFERER_BYTES, Name, NoOrigin, Origin, Scheme, read};
use crate::vector::{Classes, LONG, Vector, Work};

/// The origin of an ordinary value. Small, so that it stays in registers.
#[derive(Clone, Copy)]
pub(crate) struct Ordinary<'a> {
    is_https: bool,
    /// A name whose last label is not a number, in lower case or not.
    pub(crate) name: &'a [u8],
    /// How many of its bytes are behind the first dot.
    behind: u32,
    pub(crate) port: u16,
}

impl<'a> Ordinary<'a> {
    /// Reads the value of an `Origin` header; `None` leaves it to the strict reader.
    #[inline(always)]
    pub(crate) fn from_origin_header<V: Vector>(vector: V, value: &'a [u8]) -> Option<Ordinary<'a>> {
        ordinary(vector, value, Ends::Value)
    }

    /// Reads the value of a `Referer` header; `None` leaves it to the strict reader.
    #[inline(always)]
    pub(crate) fn from_referer_header<V: Vector>(vector: V, value: &'a [u8]) -> Option<Ordinary<'a>> {
        ordinary(vector, value, Ends::Path)
    }
}

impl<'a> From<Ordinary<'a>> for Origin<'a> {
    fn from(Ordinary { is_https, name, behind, port }: Ordinary<'a>) -> Origin<'a> {
        let scheme = if is_https { Scheme::Https } else { Scheme::Http };
        Origin { scheme: Some(scheme), name: Name::Text { text: name, behind }, port: Some(port) }
    }
}

/// A header value to read.
pub(super) struct Read<'a> {
    pub(super) value: &'a [u8],
    pub(super) ends: Ends,
}

impl<'a> Work for Read<'a> {
    type Output = Result<Origin<'a>, NoOrigin>;

    #[inline(always)]
    fn run<V: Vector>(self, vector: V) -> Self::Output {
        match ordinary(vector, self.value, self.ends) {
            Some(ordinary) => Ok(ordinary.into()),
            None => read(self.value, self.ends),
        }
    }
}

/// The first eight bytes as a number, the case of letters and what is behind the scheme taken out by the masks.
const HTTPS: u64 = u64::from_le_bytes(*b"HTTPS://");
const HTTPS_MASK: u64 = u64::from_le_bytes([0xdf, 0xdf, 0xdf, 0xdf, 0xdf, 0xff, 0xff, 0xff]);
const HTTP: u64 = u64::from_le_bytes(*b"HTTP://\0");
const HTTP_MASK: u64 = u64::from_le_bytes([0xdf, 0xdf, 0xdf, 0xdf, 0xff, 0xff, 0xff, 0]);

/// The scheme in front of a value: whether it is `https`, where it ends, and its port.
#[inline(always)]
pub(super) fn scheme(value: &[u8]) -> Option<(bool, usize, u16)> {
    let scheme = u64::from_le_bytes(*value.first_chunk()?);
    if scheme & HTTPS_MASK == HTTPS {
        Some((true, 8, 443))
    } else if scheme & HTTP_MASK == HTTP {
        Some((false, 7, 80))
    } else {
        None
    }
}

/// True if the bytes between `first` and `end` are plainly the labels of a name: none empty, none that may be encoded, and the last not a number. `inside` has their bits, which are those of bytes
/// that a host has.
#[inline(always)]
pub(super) fn is_plain(classes: Classes, inside: u64, first: u64, end: u64) -> bool {
    let Classes { dots, hyphens, digits, .. } = classes;
    let dots = dots & inside;
    let starts = dots << 1 | first;
    // A label begins with a dot, or behind the last one is none.
    let has_empty_label = starts & (dots | end);
    // `--` where `xn--` has it.
    let may_be_encoded = starts << 2 & hyphens & hyphens >> 1 & inside;
    // A number, or something that begins like one: where the last label starts.
    let may_be_number = digits & 1 << (63 - starts.leading_zeros());
    has_empty_label | may_be_encoded | may_be_number == 0
}

/// Reads a value that is plainly valid; `None` leaves it to the strict reader.
#[inline(always)]
fn ordinary<V: Vector>(vector: V, value: &[u8], ends: Ends) -> Option<Ordinary<'_>> {
    let (is_https, start, port) = scheme(value)?;
    let Classes { host, dots, hyphens, digits } = vector.classes(value);
    // The host is what is left of the first 64 bytes up to one that no host has. So it is shorter than a label may be.
    let len = (!(host >> start)).trailing_zeros() as usize;
    let inside = !(u64::MAX << len);
    let classes = Classes { host, dots: dots >> start, hyphens: hyphens >> start, digits: digits >> start };
    if !is_plain(classes, inside, 1, !inside) {
        return None;
    }
    let end = start + len;
    let name = value.get(start..end)?;
    let port = match value.get(end) {
        None => port,
        Some(b':') => self::port(value, end + 1, ends)?,
        Some(b'/' | b'?' | b'#') if ends == Ends::Path && value.len() <= MAX_REFERER_BYTES => port,
        Some(_) => return None,
    };
    let behind = len.saturating_sub(classes.dots.trailing_zeros() as usize + 1);
    // No more than the bytes that were looked at.
    Some(Ordinary { is_https, name, behind: u32::try_from(behind).unwrap_or(u32::MAX), port })
}

/// A port from there to the end.
#[inline(never)]
fn port(value: &[u8], start: usize, ends: Ends) -> Option<u16> {
    if ends == Ends::Path && value.len() > MAX_REFERER_BYTES || ends == Ends::Value && value.len() > LONG {
        return None;
    }
    let rest = value.get(start..)?;
    let digits = rest.iter().take(6).take_while(|byte| byte.is_ascii_digit()).count();
    match rest.get(digits) {
        None => {}
        Some(b'/' | b'?' | b'#') if ends == Ends::Path => {}
        Some(_) => return None,
    }
    match &rest[..digits] {
        [] | [b'0', ..] => None,
        digits if digits.len() > 5 => None,
        digits => {
            let value = digits.iter().fold(0u32, |value, digit| value * 10 + u32::from(digit - b'0'));
            u16::try_from(value).ok()
        }
    }
}
