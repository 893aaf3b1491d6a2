//! The target of a request, as several programs may read it.
//!
//! A proxy, the server behind it and this one must agree on what a request asks for: where they do not, a request is checked for one thing and does another. So nothing here chooses a reading. What
//! has one reading is read; of a path that has two, both are given, and the [routes](super::route) must say the same of both (RFC 3986, section 6.2.2, and what servers do beyond it). A query
//! parameter that is given twice, in whatever spelling, has no value: [`guestlist_tower::query`].

use guestlist_tower::percent::Unescape;

/// The longest path with more than one reading. Longer ones are refused; plain paths may have any length.
const LONGEST: usize = 2048;

/// A path and its query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target<'r> {
    pub(crate) path: &'r [u8],
    pub(crate) query: &'r [u8],
}

impl<'r> Target<'r> {
    /// Of a request of which nothing is known.
    pub(crate) const NONE: Target<'static> = Target { path: &[], query: &[] };

    /// Reads a path with its query, or a URL of http or https. `None` for anything else.
    pub(crate) fn read(text: &'r [u8]) -> Option<Target<'r>> {
        let path = match text {
            [b'/', ..] => text,
            _ => after_authority(text)?,
        };
        // A fragment is never sent; whoever finds one may cut it off or not.
        if path.iter().any(|byte| *byte == b'#' || byte.is_ascii_control() || *byte == b' ') {
            return None;
        }
        match path.iter().position(|byte| *byte == b'?') {
            Some(at) => Some(Target { path: &path[..at], query: &path[at + 1..] }),
            None => Some(Target { path, query: &[] }),
        }
    }

    /// Whether everybody reads this path alike.
    pub(crate) fn is_plain(&self) -> bool {
        let mut last = 0;
        for &byte in self.path {
            match (last, byte) {
                (_, b'%' | b'\\' | b';') | (b'/', b'/' | b'.') => return false,
                (_, byte) if !byte.is_ascii_graphic() => return false,
                _ => last = byte,
            }
        }
        true
    }
}

/// What follows scheme and authority. An authority with anything in it that is not part of a host or port could hide where the path begins.
fn after_authority(url: &[u8]) -> Option<&[u8]> {
    let rest = [&b"https://"[..], b"http://"].into_iter().find_map(|scheme| {
        let (written, rest) = url.split_at_checked(scheme.len())?;
        written.eq_ignore_ascii_case(scheme).then_some(rest)
    })?;
    let end = rest.iter().position(|byte| !(byte.is_ascii_alphanumeric() || b".-_:[]".contains(byte)))?;
    (end > 0 && rest[end] == b'/').then(|| &rest[end..])
}

/// A key of an app from a query, with its escapes read; as it is where it has none.
pub(crate) struct Unescaped {
    bytes: [u8; 128],
    len: usize,
}

impl Unescaped {
    /// `None` if it is longer than keys are.
    pub(crate) fn read(written: &[u8]) -> Option<Unescaped> {
        let mut out = Unescaped { bytes: [0; 128], len: 0 };
        for byte in Unescape::query(written) {
            *out.bytes.get_mut(out.len)? = byte;
            out.len += 1;
        }
        Some(out)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// The other reading of a path: escapes read, `\` as `/`, parameters of segments (`;…`) cut off, slashes in a row as one.
///
/// Between this and the path as it was written are others, of servers that do some of it. Whatever they do, a beginning without any of these marks stays what it is, so that where both readings
/// begin alike, those do too. Dot segments would break that: `/a/../b/;%2f..%2f..%2fa` begins with `/a` as it was written and with all of it resolved, and with `/b` for who resolves dots first. A path
/// that has them in any reading has no normal form.
pub(crate) struct Normal {
    bytes: [u8; LONGEST],
    len: usize,
}

impl Normal {
    /// `None` for a path that is too long, or in which a dot segment, a control character or an escape that is none is left.
    pub(crate) fn of(path: &[u8]) -> Option<Normal> {
        let mut normal = Normal { bytes: [0; LONGEST], len: 0 };
        let mut in_parameters = false;
        for byte in Unescape::path(path) {
            // `%` itself may be written with an escape, and be read once more by others: not here.
            if byte == b'%' || byte.is_ascii_control() {
                return None;
            }
            match byte {
                b'/' | b'\\' => {
                    in_parameters = false;
                    normal.end_segment()?;
                    normal.push(b'/')?;
                }
                b';' => in_parameters = true,
                _ if in_parameters => {}
                _ => normal.push(byte)?,
            }
        }
        normal.end_segment()?;
        Some(normal)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    fn push(&mut self, byte: u8) -> Option<()> {
        if byte == b'/' && self.as_bytes().ends_with(b"/") {
            return Some(());
        }
        *self.bytes.get_mut(self.len)? = byte;
        self.len += 1;
        Some(())
    }

    /// `None` if the last segment is one of dots, before a slash or the end.
    fn end_segment(&self) -> Option<()> {
        let last = self.as_bytes().rsplit(|byte| *byte == b'/').next();
        (!matches!(last, Some(b"." | b".."))).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(path: &str) -> Option<String> {
        Normal::of(path.as_bytes()).map(|normal| String::from_utf8_lossy(normal.as_bytes()).into_owned())
    }

    #[test]
    fn targets_are_read_in_one_way_or_not_at_all() {
        let read = |text: &'static str| {
            Target::read(text.as_bytes()).map(|target| {
                (target.path.escape_ascii().to_string(), target.query.escape_ascii().to_string())
            })
        };
        let is = |path: &str, query: &str| Some((path.to_string(), query.to_string()));
        assert_eq!(read("/"), is("/", ""));
        assert_eq!(read("/a?b?c"), is("/a", "b?c"));
        assert_eq!(read("HTTPS://x.example:80/a/?b"), is("/a/", "b"));
        assert_eq!(read("http://[::1]:80/?"), is("/", ""));
        // A host header of a stranger's must not become part of the path or the query.
        for text in [
            "",
            "a",
            "*",
            "?a",
            "https://",
            "https:///a",
            "https://x",
            "https://x?key=a",
            "https://x?key=a/upload/",
            "https://x#/a",
            "https://u@x/a",
            "https://x\\/a",
            "https://x%2f/a",
            "ftp://x/a",
            "//x/a b",
            "/a#b",
            "/a\nb",
            "/a b",
            "https://x y/a",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        // A path that begins with two slashes is one.
        assert_eq!(read("//x/a"), is("//x/a", ""));
    }

    #[test]
    fn plain_paths_are_their_own_normal_form() {
        for path in ["/", "/a", "/a/", "/a/b.c", "/a.b/c..d", "/~a/b@c:1"] {
            assert!(Target { path: path.as_bytes(), query: b"" }.is_plain(), "{path}");
            assert_eq!(normal(path).as_deref(), Some(path));
        }
        for path in
            ["//", "/./", "/.", "/..", "/a/../b", "/%61", "/a\\b", "/a;b/c", "/é", "/.well-known", "/a//b"]
        {
            assert!(!Target { path: path.as_bytes(), query: b"" }.is_plain(), "{path}");
        }
    }

    #[test]
    fn other_paths_have_a_normal_form() {
        for (path, expected) in [
            ("//a///b", "/a/b"),
            ("/a;v=1/b;c", "/a/b"),
            ("/%75pload/x", "/upload/x"),
            ("/a%2Fb", "/a/b"),
            ("/a%5cb%5Cc", "/a/b/c"),
            ("/a/..b/c..", "/a/..b/c.."),
            ("/.well-known/a", "/.well-known/a"),
            ("/...", "/..."),
        ] {
            assert_eq!(normal(path).as_deref(), Some(expected), "{path}");
        }
        for path in [
            "/a/./b",
            "/a/.",
            "/a/../b",
            "/../../b",
            "/a/b/..",
            "/..",
            "/a/..;x/b",
            "/a/%2e%2E/b",
            "/a/.%2e/b",
            "/a%5c..%5Cb",
            "/a%2f..%2fb",
            "/a/../b/x;\\..\\..\\a",
        ] {
            assert_eq!(normal(path), None, "{path}");
        }
        for path in ["/%", "/%4", "/%zz", "/%00", "/%2561", "/a%0ab", "/a\u{7f}"] {
            assert_eq!(normal(path), None, "{path}");
        }
        assert_eq!(normal(&format!("/%61{}", "a".repeat(LONGEST))), None);
    }

    #[test]
    fn keys_are_read_with_their_escapes() {
        let read = |text: &str| Unescaped::read(text.as_bytes()).map(|key| key.as_bytes().to_vec());
        assert_eq!(read("a%2Db+c").as_deref(), Some(&b"a-b c"[..]));
        assert_eq!(read("").as_deref(), Some(&b""[..]));
        assert_eq!(read(&"a".repeat(128)).map(|key| key.len()), Some(128));
        assert_eq!(read(&"a".repeat(129)), None);
    }
}
