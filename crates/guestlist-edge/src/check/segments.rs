//! Segments of a path, where one of them may be a policy.
//!
//! A server behind may take the policy out of the path before it counts segments, or leave it there. So what stands behind a policy has a number that depends on who counts: it is counted from the end, or not at all.

use std::borrow::Cow;

use guestlist_tower::{is_policy_segment, percent};

use super::asks::Unclear;
use super::target::{Normal, Target};

/// Which segment of a path: counted from the beginning or from the end, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    FromStart(usize),
    FromEnd(usize),
}

impl Place {
    /// From 1, or from the end by -1.
    pub(super) fn new(number: i32) -> Place {
        let index = usize::try_from(number.unsigned_abs()).unwrap_or(usize::MAX).saturating_sub(1);
        if number < 0 { Place::FromEnd(index) } else { Place::FromStart(index) }
    }
}

/// The segments of a path; without those of anything that is no path.
fn all(path: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    path.strip_prefix(b"/").into_iter().flat_map(|rest| rest.split(|byte| *byte == b'/'))
}

/// What is left of a path without the segments that are policies; `None` if none is.
pub(super) fn without_policies(path: &[u8]) -> Option<Vec<u8>> {
    all(path).any(is_policy_segment).then(|| {
        let left = all(path).filter(|segment| !is_policy_segment(segment));
        left.fold(Vec::with_capacity(path.len()), |mut rest, segment| {
            rest.push(b'/');
            rest.extend_from_slice(segment);
            rest
        })
    })
}

/// A segment without its escapes; `None` if there is none, or nothing in it.
///
/// # Errors
///
/// If two readers of the path could find different ones.
pub(super) fn read(
    target: Target<'_>,
    place: Place,
    policies_in_paths: bool,
) -> Result<Option<Cow<'_, [u8]>>, Unclear> {
    let found = find(target.path, place, policies_in_paths)?.map(percent::decode);
    if !target.is_plain() {
        let normal = Normal::of(target.path).ok_or(Unclear)?;
        if find(normal.as_bytes(), place, policies_in_paths)? != found.as_deref() {
            return Err(Unclear);
        }
    }
    match found {
        Some(segment) if is_odd(&segment) => Err(Unclear),
        found => Ok(found.filter(|segment| !segment.is_empty())),
    }
}

/// Whether a segment is more than one for who reads its escapes first, or none.
fn is_odd(segment: &[u8]) -> bool {
    matches!(segment, b"." | b"..")
        || segment.iter().any(|byte| b"/\\".contains(byte) || byte.is_ascii_control())
}

fn find(path: &[u8], place: Place, policies_in_paths: bool) -> Result<Option<&[u8]>, Unclear> {
    let (has_policy, segment) = match place {
        Place::FromStart(index) => {
            let upto = all(path).take(index.saturating_add(1)).any(is_policy_segment);
            (upto, all(path).nth(index))
        }
        Place::FromEnd(index) => {
            let upto = all(path).rev().take(index.saturating_add(1)).any(is_policy_segment);
            (upto, all(path).rev().nth(index))
        }
    };
    if has_policy && policies_in_paths { Err(Unclear) } else { Ok(segment) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(path: &str, number: i32) -> Result<Option<String>, Unclear> {
        let target = Target::read(path.as_bytes()).unwrap();
        let read = read(target, Place::new(number), true)?;
        Ok(read.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    #[test]
    fn segments_are_counted_from_either_end() {
        for (path, number, expected) in [
            ("/a/b/c", 1, Some("a")),
            ("/a/b/c", 3, Some("c")),
            ("/a/b/c", 4, None),
            ("/a/b/c", -1, Some("c")),
            ("/a/b/c", -3, Some("a")),
            ("/a/b/c", -4, None),
            ("/a/", -1, None),
            ("/", 1, None),
            ("/a%20b", 1, Some("a b")),
            ("/security=policy:p,signature:s/c", -1, Some("c")),
            ("/a/security=policy:cA%3D%3D,signature:s/b/c", -1, Some("c")),
            ("/a/security=policy:p,signature:s/c", 1, Some("a")),
        ] {
            assert_eq!(segment(path, number), Ok(expected.map(String::from)), "{path} {number}");
        }
    }

    #[test]
    fn what_is_left_without_policies_is_a_path() {
        let left =
            |path: &str| without_policies(path.as_bytes()).map(|left| String::from_utf8(left).unwrap());
        assert_eq!(left("/a/b"), None);
        assert_eq!(left("/security=x/a/b/").as_deref(), Some("/a/b/"));
        assert_eq!(left("/a/security%3dx/b/security=").as_deref(), Some("/a/b"));
        assert_eq!(left("/security=x").as_deref(), Some(""));
    }

    /// Each is another file for some reader.
    #[test]
    fn what_can_be_counted_or_read_in_two_ways_is_not_read() {
        for (path, number) in [
            ("/security=policy:p,signature:s/c", 1),
            ("/security=policy:p,signature:s/c", 2),
            ("/security%3Dpolicy:p/c", 2),
            ("/c/security=policy:p,signature:s", -1),
            ("/c/security=policy:p,signature:s", -2),
            ("/a%2Fb", 1),
            ("/a%5Cb", 1),
            ("/a/%2e%2e", -1),
            ("/a/../b", -1),
            ("/a//b", 2),
            ("/a;x/b", 1),
            ("/a%00", 1),
        ] {
            assert_eq!(segment(path, number), Err(Unclear), "{path} {number}");
        }
    }
}
