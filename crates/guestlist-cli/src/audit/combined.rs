//! A line of the combined log format → its referer.
//!
//! ```text
//! [vhost:port] host ident user [time] "request" status bytes "referer" "user-agent" …
//! ```
//!
//! The request and the referer are written by strangers. Servers escape quotes in them (`\"` by Apache, `\x22` by nginx), so a quote that is not escaped
//! ends the field, and no stranger can forge a field. What stands behind the referer is not looked at: a line that is cut off in the user agent
//! can be read. What the referer means is for the engine to say.

use super::line::Unreadable;

/// The referer, with its escapes decoded into `scratch` if it has any; `None` if the request had none, which is written `-`.
pub(super) fn referer<'l>(line: &'l [u8], scratch: &'l mut Vec<u8>) -> Result<Option<&'l [u8]>, Unreadable> {
    let request = request_start(line).ok_or(Unreadable::NotCombined)?;
    let request = quoted(&line[request..])?;
    let rest = number(&line[line.len() - request.rest..])?;
    let rest = number(rest)?;
    let field = match rest {
        [] | [b' '] => return Err(Unreadable::NoRefererField),
        [b' ', b'"', field @ ..] => field,
        _ => return Err(Unreadable::NotCombined),
    };
    let referer = quoted(field)?;
    let value = &field[..referer.len];
    match value {
        b"" | b"-" => Ok(None),
        value if referer.is_escaped => {
            unescape(value, scratch);
            Ok(Some(scratch))
        }
        value => Ok(Some(value)),
    }
}

/// Where the request begins, behind its quote: the first quote that follows the bracket of the time. A quote in the name of the user is escaped and
/// follows a backslash.
fn request_start(line: &[u8]) -> Option<usize> {
    let quote = memchr::memchr_iter(b'"', line).find(|at| line[..*at].ends_with(b"] "))?;
    memchr::memchr(b'[', &line[..quote])?;
    Some(quote + 1)
}

struct Quoted {
    /// Bytes of the field up to its closing quote.
    len: usize,
    /// Bytes behind the closing quote.
    rest: usize,
    is_escaped: bool,
}

/// The field that begins here, behind its opening quote.
fn quoted(text: &[u8]) -> Result<Quoted, Unreadable> {
    let mut at = 0;
    let mut is_escaped = false;
    while let Some(found) = memchr::memchr2(b'"', b'\\', text.get(at..).unwrap_or_default()) {
        at += found;
        if text[at] == b'"' {
            return Ok(Quoted { len: at, rest: text.len() - at - 1, is_escaped });
        }
        is_escaped = true;
        at += 2;
    }
    Err(Unreadable::CutOff)
}

/// Takes off ` 200` or ` -`.
fn number(text: &[u8]) -> Result<&[u8], Unreadable> {
    match text {
        [] => Err(Unreadable::CutOff),
        [b' ', digits @ ..] => {
            let is_number = |byte: &u8| byte.is_ascii_digit() || *byte == b'-';
            let len = digits.iter().take_while(|byte| is_number(byte)).count();
            match (len, digits) {
                (0, []) => Err(Unreadable::CutOff),
                (0, _) => Err(Unreadable::NotCombined),
                _ => Ok(&digits[len..]),
            }
        }
        _ => Err(Unreadable::NotCombined),
    }
}

/// Undoes what Apache and nginx do to bytes that would break a line: `\"`, `\\`, `\n`, `\r`, `\t`, `\v`, `\b` and `\xHH`. Anything else behind a backslash
/// is no escape, and stays as it is.
fn unescape(value: &[u8], out: &mut Vec<u8>) {
    out.clear();
    let mut rest = value;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        let (byte, len) = match rest {
            [_, b'x', high, low, ..] => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => (high << 4 | low, 4),
                _ => (b'\\', 1),
            },
            [_, byte @ (b'"' | b'\\'), ..] => (*byte, 2),
            [_, b'n', ..] => (b'\n', 2),
            [_, b'r', ..] => (b'\r', 2),
            [_, b't', ..] => (b'\t', 2),
            [_, b'v', ..] => (0x0b, 2),
            [_, b'b', ..] => (0x08, 2),
            _ => (b'\\', 1),
        };
        out.push(byte);
        rest = &rest[len..];
    }
    out.extend_from_slice(rest);
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &[u8], expected: Result<Option<&[u8]>, Unreadable>) {
        let mut scratch = Vec::new();
        assert_eq!(referer(line, &mut scratch), expected, "{}", String::from_utf8_lossy(line));
    }

    /// A line with this referer field.
    fn with_referer(field: &[u8]) -> Vec<u8> {
        [br#"1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5 ""#, field, br#"" "agent""#]
            .concat()
    }

    #[test]
    fn the_referer_is_found() {
        for (field, value) in [
            (&b"https://a.b/c"[..], Some(&b"https://a.b/c"[..])),
            (b"-", None),
            (b"", None),
            (b"--", Some(b"--")),
            (br#"http://a.b/\"x\""#, Some(br#"http://a.b/"x""#)),
            (br"http://\xe4\xE5.b/", Some(b"http://\xe4\xe5.b/")),
            (br"http://a.b\\x", Some(br"http://a.b\x")),
            (br"http://a.b/\x", Some(br"http://a.b/\x")),
            (br"http://a.b/\x4", Some(br"http://a.b/\x4")),
            (br"http://a.b/\q\xzz\n\t\r\v\b", Some(b"http://a.b/\\q\\xzz\n\t\r\x0b\x08")),
            (b"http://a.b/\0\xff", Some(b"http://a.b/\0\xff")),
        ] {
            check(&with_referer(field), Ok(value));
        }
    }

    #[test]
    fn forms_of_the_line() {
        let value: Option<&[u8]> = Some(b"https://a.b/");
        for line in [
            // A virtual host in front, with its port.
            &br#"www.a.b:443 1.2.3.4 - - [t] "GET / HTTP/1.1" 200 5 "https://a.b/" "agent""#[..],
            // More fields behind the user agent.
            br#"1.2.3.4 - - [t] "GET / HTTP/1.1" 200 5 "https://a.b/" "agent" "-" 0.003 "x""#,
            // Cut off in the user agent, or before it.
            br#"1.2.3.4 - - [t] "GET / HTTP/1.1" 200 5 "https://a.b/" "age"#,
            br#"1.2.3.4 - - [t] "GET / HTTP/1.1" 200 5 "https://a.b/""#,
            // Bytes of a TLS handshake, no request at all, no size.
            br#"1.2.3.4 - - [t] "\x16\x03\x01" 400 - "https://a.b/" "-""#,
            br#"1.2.3.4 - - [t] "" 408 - "https://a.b/" "-""#,
            // An escaped quote and brackets in the request, and in the name of the user.
            br#"1.2.3.4 - - [t] "GET /\" 200 5 \"http://evil/ HTTP/1.1" 200 5 "https://a.b/" "-""#,
            br#"1.2.3.4 - x] \"GET\" [y [t] "GET / HTTP/1.1" 200 5 "https://a.b/" "-""#,
            b"::1 - frank [t] \"GET / HTTP/1.1\" 200 5 \"https://a.b/\" \"\xff\0\"",
        ] {
            check(line, Ok(value));
        }
    }

    #[test]
    fn what_cannot_be_read() {
        use Unreadable::{CutOff, NoRefererField, NotCombined};
        for (line, reason) in [
            (&b"hello"[..], NotCombined),
            (b"\0\0\0", NotCombined),
            (br#"{"referer":"https://a.b/"}"#, NotCombined),
            (br#"1.2.3.4 - - "GET / HTTP/1.1" 200 5 "https://a.b/" "-""#, NotCombined),
            (br#"1.2.3.4 - - t] "GET / HTTP/1.1" 200 5 "https://a.b/" "-""#, NotCombined),
            (br#"1.2.3.4 - - [t] "GET / HTTP/1.1" two 5 "https://a.b/" "-""#, NotCombined),
            (br#"1.2.3.4 - - [t] "GET / HTTP/1.1" 200 5 https://a.b/ "-""#, NotCombined),
            (br#"1.2.3.4 - - [t] "GET / HTTP/1.1"200 5 "https://a.b/" "-""#, NotCombined),
            (br#"1.2.3.4 - - [t] "GET / HT"#, CutOff),
            (br#"1.2.3.4 - - [t] "GET / HTTP/1.1""#, CutOff),
            (br#"1.2.3.4 - - [t] "GET / HTTP/1.1" "#, CutOff),
            (br#"1.2.3.4 - - [t] "GET / HTTP/1.1" 200"#, CutOff),
            (br#"1.2.3.4 - - [t] "GET / HTTP/1.1" 200 5 "https://a."#, CutOff),
            (br#"1.2.3.4 - - [t] "GET / HTTP/1.1" 200 5 "https://a.b/\"#, CutOff),
            (br#"1.2.3.4 - - [t] "GET / HTTP/1.1" 200 5"#, NoRefererField),
            (br#"1.2.3.4 - - [t] "GET / HTTP/1.1" 200 5 "#, NoRefererField),
        ] {
            check(line, Err(reason));
        }
    }

    #[test]
    fn every_cut_of_a_line_is_safe() {
        let line = with_referer(br#"http://a.b/\"x\"\xe4"#);
        let mut scratch = Vec::new();
        for end in 0..line.len() {
            let _ = referer(&line[..end], &mut scratch);
        }
    }
}
