//! The values of headers.

use arbitrary::{Result, Unstructured};
use guestlist::HeaderName;

/// A part of a header that is out of form or unusual.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Blank,
    Scheme,
    UserInfo,
    Port,
    Tail,
    Length,
    Byte,
}

/// The value of a header around a host: mostly in form, else with one hostile part.
pub fn header(u: &mut Unstructured<'_>, name: HeaderName, host: &str) -> Result<Vec<u8>> {
    use Part::{Blank, Byte, Length, Port, Scheme, Tail, UserInfo};
    if u.ratio(1, 12)? {
        let special =
            ["", "null", " null\t", "NULL", " ", "about:blank", "data:text/html,x", "file:///x", "https://"];
        return Ok(u.choose(&special)?.as_bytes().to_vec());
    }
    let hostile = if u.ratio(1, 3)? {
        Some(*u.choose(&[Blank, Scheme, UserInfo, Port, Tail, Length, Byte])?)
    } else {
        None
    };
    let is = |part| hostile == Some(part);
    let mut value = String::new();
    if is(Blank) {
        value += u.choose(&[" ", "\t", "\u{a0}", "\r\n", "\u{3000}"])?;
    }
    value += if is(Scheme) {
        u.choose(&[
            "capacitor://",
            "httpx://",
            "https:",
            "https:/",
            "//",
            "https:\\\\",
            "1a://",
            "a+b://",
            "ws://",
            "",
        ])?
    } else {
        u.choose(&["https://", "https://", "http://", "HTTPS://", "capacitor://"])?
    };
    if is(UserInfo) {
        value += u.choose(&["a@", "a:b@", "evil.com\\", ".", "a.com@b.com@", "%41"])?;
    }
    value += host;
    value += if is(Port) {
        u.choose(&[":", ":08", ":0", ":65535", ":65536", ":65616", ":80:80", ":80a", ":80@b", ".", ".."])?
    } else if host.contains(':') {
        ""
    } else {
        u.choose(&["", "", "", ":80", ":443", ":8080"])?
    };
    value += if is(Tail) {
        u.choose(&[
            "/",
            "?x",
            "#y",
            "\\z",
            "\\@a.com",
            " ",
            "\t",
            " https://b.com",
            ",",
            ", https://b.com",
            "%2e",
            "%41",
            "\u{3002}",
            "\0",
            "/\u{ff}",
        ])?
    } else if name == HeaderName::Referer {
        u.choose(&["", "/", "/", "/a?b#c"])?
    } else {
        ""
    };
    if is(Length) {
        // To a length about the limits of the two headers, by what stands in front or behind.
        let len = *u.choose(&[511, 512, 513, 8191, 8192, 8193])?;
        let more = "a".repeat(usize::saturating_sub(len, value.len()));
        value = if u.arbitrary()? { more + &value } else { value + &more };
    }
    let mut value = value.into_bytes();
    if is(Byte) && !value.is_empty() {
        let at = u.choose_index(value.len())?;
        value[at] = u.arbitrary()?;
    }
    Ok(value)
}
