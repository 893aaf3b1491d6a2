//! The parameters of a query, as several programs may read them.
//!
//! Who checks a request and who serves it must find the same value. Nothing here guesses how the other reads: what some program reads in another way counts as given twice. The check server of guestlist and
//! [`AppKey::query`](crate::AppKey::query) both read by this.
//!
//! | beside `key=a`, or alone | who takes it for a `key` |
//! | --- | --- |
//! | `key=b`, `k%65y=b` | everybody; some go by the first, some by the last |
//! | `KEY=b` | who does not regard case (ASP.NET) |
//! | `+key=b`, `%20key=b` | who skips blanks in front (PHP) |
//! | `key[]=b`, `key[x]=b`, `[key]=b` | who makes lists and maps of parameters (PHP, Rails, qs) |
//! | `key%00x=b` | who stops at a NUL (PHP) |
//!
//! Where the name has a `_`, a `.` or a blank in its place is one more (PHP). A `;` parts parameters for some and not for others, so that `key=a;x=1`, in which the value is `a` or `a;x=1`, counts as given twice even when it stands alone.
//! What resembles the name counts so when it stands alone as well: the one who serves may find a value where the one who checks found none.

use crate::count::Count;
use crate::percent::Unescape;

/// The value of a query parameter, as it was sent: [`percent::decode_query`](crate::percent::decode_query) undoes its escapes. Without `=` it is empty.
///
/// Allocates nothing. Cost: linear in the query.
///
/// ```
/// use guestlist_tower::{Count, query};
///
/// assert_eq!(query::parameter(b"x=1&k%65y=AbCd1234", b"key"), Count::One(&b"AbCd1234"[..]));
/// assert_eq!(query::parameter(b"key=AbCd1234&KEY=other", b"key"), Count::Several);
/// assert_eq!(query::parameter(b"keys=AbCd1234", b"key"), Count::None);
/// ```
pub fn parameter<'q>(query: &'q [u8], name: &[u8]) -> Count<&'q [u8]> {
    let mut count = Count::None;
    let mut has_lookalike = false;
    // Both ends of the query are as good as a `&`.
    let (mut rest, mut before) = (query, b'&');
    while !rest.is_empty() {
        let (part, after) = match rest.iter().position(|byte| matches!(byte, b'&' | b';')) {
            Some(at) => (&rest[..at], rest[at]),
            None => (rest, b'&'),
        };
        let (written, value) = match part.iter().position(|byte| *byte == b'=') {
            Some(at) => (&part[..at], &part[at + 1..]),
            None => (part, &[][..]),
        };
        if !part.is_empty() && means(written, name) {
            let is_for_everybody = (before, after) == (b'&', b'&');
            count = if is_for_everybody && count == Count::None { Count::One(value) } else { Count::Several };
        } else if !part.is_empty() {
            has_lookalike |= looks_like(written, name);
        }
        rest = rest.get(part.len() + 1..).unwrap_or_default();
        before = after;
    }
    if has_lookalike { Count::Several } else { count }
}

/// Whether text of a query means this, with its escapes undone once and `+` as a blank. Allocates nothing.
pub fn means(written: &[u8], text: &[u8]) -> bool {
    Unescape::query(written).eq(text.iter().copied())
}

/// Whether some reader takes this for the name; which, the table of the module says.
fn looks_like(written: &[u8], name: &[u8]) -> bool {
    alike(written).eq(alike(name))
}

/// A name with all that readers leave out or fold left out and folded.
fn alike(written: &[u8]) -> impl Iterator<Item = u8> {
    Unescape::query(written)
        .skip_while(|byte| matches!(byte, b' ' | b'['))
        .take_while(|byte| !matches!(byte, 0 | b'[' | b']'))
        .map(|byte| if matches!(byte, b'.' | b' ') { b'_' } else { byte.to_ascii_lowercase() })
}

#[cfg(test)]
mod tests {
    use guestlist_reference::table::{QUERY_CASES, cases};

    use super::parameter;
    use crate::count::Count;
    use crate::percent::decode_query;

    #[test]
    fn every_case_of_the_table() {
        let mut tally = [0; 3];
        for (line, [name, query, expected, why]) in cases::<4>(QUERY_CASES) {
            let (kind, found) = match parameter(query.as_bytes(), name.as_bytes()) {
                Count::None => (0, "none".to_string()),
                Count::One(value) => {
                    (1, format!("={}", String::from_utf8(decode_query(value).into()).unwrap()))
                }
                Count::Several => (2, "several".to_string()),
            };
            assert_eq!(found, expected, "line {line}: {query:?} ({why})");
            tally[kind] += 1;
        }
        assert!(tally.iter().all(|count| *count >= 10), "{tally:?}");
    }

    #[test]
    fn a_name_may_be_empty_but_a_parameter_not() {
        assert_eq!(parameter(b"a&&b;;c&", b""), Count::None);
        assert_eq!(parameter(b"&&=a&&b", b""), Count::One(&b"a"[..]));
    }

    #[test]
    fn the_value_is_as_it_was_sent() {
        assert_eq!(parameter(b"k%65y=a%62", b"key"), Count::One(&b"a%62"[..]));
    }
}
