//! HTTP/1.1 as bytes: heads and bodies, read alike by the client and by the server behind the proxy. Nothing is normalised, joined or dropped.

use std::fmt;
use std::io::{self, BufRead, Read};

/// The start line of a request or an answer, and its headers.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) start: Vec<u8>,
    pub(crate) headers: Headers,
}

/// Header lines in their order, repeated ones too.
#[derive(Clone, Default)]
pub(crate) struct Headers(pub(crate) Vec<(Vec<u8>, Vec<u8>)>);

impl Headers {
    /// Every value of a header, whatever the case of its name.
    pub(crate) fn all(&self, name: &str) -> Vec<&[u8]> {
        self.0
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value.as_slice())
            .collect()
    }

    /// The value of a header that is there once.
    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        match self.all(name)[..] {
            [value] => std::str::from_utf8(value).ok(),
            [] => None,
            _ => panic!("{name} is there more than once: {self:?}"),
        }
    }

    /// The members of a header that is a list, in lower case: `Vary: Origin, Referer` and two lines are the same.
    pub(crate) fn members(&self, name: &str) -> Vec<String> {
        let values = self.all(name).into_iter().map(String::from_utf8_lossy).collect::<Vec<_>>();
        values
            .iter()
            .flat_map(|value| value.split(','))
            .map(|member| member.trim().to_ascii_lowercase())
            .collect()
    }
}

// For messages: text where it is text.
impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines =
            self.0.iter().map(|(name, value)| format!("{}: {}", name.escape_ascii(), value.escape_ascii()));
        f.debug_list().entries(lines).finish()
    }
}

/// Reads to the end of a head; nothing if the stream ends before one begins.
pub(crate) fn read_head(stream: &mut impl BufRead) -> io::Result<Option<Head>> {
    let Some(start) = read_line(stream)? else { return Ok(None) };
    let mut headers = Headers::default();
    loop {
        let line = read_line(stream)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        if line.is_empty() {
            return Ok(Some(Head { start, headers }));
        }
        let colon = line.iter().position(|&byte| byte == b':').ok_or(io::ErrorKind::InvalidData)?;
        headers.0.push((line[..colon].to_vec(), line[colon + 1..].trim_ascii().to_vec()));
    }
}

/// Reads the body that belongs to a head. Where nothing says how long it is, an answer goes on to the end of the stream, and a request has none.
pub(crate) fn read_body(head: &Head, stream: &mut impl BufRead, to_end: bool) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    if head.headers.members("transfer-encoding").iter().any(|coding| coding == "chunked") {
        loop {
            let line = read_line(stream)?.ok_or(io::ErrorKind::UnexpectedEof)?;
            let text = String::from_utf8_lossy(&line);
            let size = u64::from_str_radix(text.split(';').next().unwrap_or_default().trim(), 16);
            let size = size.map_err(|_| io::ErrorKind::InvalidData)?;
            read_exactly(stream, size, &mut body)?;
            // After the last chunk: trailers, which nobody here sends, and an empty line, as after each.
            if !read_line(stream)?.ok_or(io::ErrorKind::UnexpectedEof)?.is_empty() {
                return Err(io::ErrorKind::InvalidData.into());
            }
            if size == 0 {
                return Ok(body);
            }
        }
    }
    if let Some(length) = head.headers.one("content-length") {
        read_exactly(stream, length.parse().map_err(|_| io::ErrorKind::InvalidData)?, &mut body)?;
    } else if to_end {
        stream.read_to_end(&mut body)?;
    }
    Ok(body)
}

fn read_exactly(stream: &mut impl BufRead, length: u64, into: &mut Vec<u8>) -> io::Result<()> {
    let read = stream.by_ref().take(length).read_to_end(into)?;
    if read as u64 == length { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

fn read_line(stream: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    if stream.read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.pop() != Some(b'\n') {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(Some(line))
}
