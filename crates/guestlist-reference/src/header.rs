//! Header bytes into an origin (SPEC §4). Strict: what is not in form is malformed, and nothing is decoded or mapped.

use crate::host::{Host, read_host_and_port};

/// Scheme, host and effective port, read from a header (SPEC §1 and §4) or from a bare host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// In lower case; `None` for a bare host.
    pub scheme: Option<String>,
    /// The host.
    pub host: Host,
    /// The effective port: the one written, else the default of `http` (80) or `https` (443), else none.
    pub port: Option<u16>,
}

/// What the one value of a header says (SPEC §4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Header {
    /// An empty value, which counts as a header that was not sent.
    Missing,
    /// Not in form, or too long.
    Malformed,
    /// `null`, as an `Origin` only.
    Opaque,
    /// An origin of whatever scheme.
    Origin(Origin),
}

/// Reads the value of an `Origin` header that was sent once (SPEC §4): `scheme "://" host [":" port]`, nothing more.
pub fn read_origin(value: &[u8]) -> Header {
    let value = without_blanks(value);
    if value.is_empty() {
        Header::Missing
    } else if value.len() > LONGEST_ORIGIN {
        Header::Malformed
    } else if value == b"null" {
        Header::Opaque
    } else {
        read_parts(value, |after_scheme| after_scheme).map_or(Header::Malformed, Header::Origin)
    }
}

/// Reads the value of a `Referer` header that was sent once (SPEC §4): the authority ends at the first `/`, `?` or
/// `#`, and the rest is ignored.
pub fn read_referer(value: &[u8]) -> Header {
    let value = without_blanks(value);
    if value.is_empty() {
        Header::Missing
    } else if value.len() > LONGEST_REFERER {
        Header::Malformed
    } else {
        read_parts(value, until_the_path).map_or(Header::Malformed, Header::Origin)
    }
}

/// Reads a bare `host` or `host:port`, which has the port that is written and no other (`docs/semantics.md`, item 20).
pub fn read_host(value: &[u8]) -> Option<Origin> {
    let (host, port) = read_host_and_port(value)?;
    Some(Origin { scheme: None, host, port })
}

/// `scheme "://" authority`, where `authority_of` takes the authority from what stands after the `://`.
fn read_parts(value: &[u8], authority_of: fn(&[u8]) -> &[u8]) -> Option<Origin> {
    let colon = value.iter().position(|&byte| byte == b':')?;
    let scheme = read_scheme(&value[..colon])?;
    let after_scheme = value[colon..].strip_prefix(b"://")?;
    let (host, written) = read_host_and_port(authority_of(after_scheme))?;
    let default = match scheme.as_str() {
        "http" => Some(80),
        "https" => Some(443),
        // A gate may name these too; the URL standard gives them a default port.
        "ws" => Some(80),
        "wss" => Some(443),
        "ftp" => Some(21),
        _ => None,
    };
    Some(Origin { scheme: Some(scheme), host, port: written.or(default) })
}

/// A letter, and then letters, digits, `+`, `-`, `.` (`docs/semantics.md`, item 16).
fn read_scheme(text: &[u8]) -> Option<String> {
    let is_scheme = text.first().is_some_and(u8::is_ascii_alphabetic)
        && text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte));
    if is_scheme { String::from_utf8(text.to_ascii_lowercase()).ok() } else { None }
}

fn until_the_path(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|byte| b"/?#".contains(byte)).unwrap_or(text.len());
    &text[..end]
}

/// Spaces and tabs around a value are not part of it.
fn without_blanks(value: &[u8]) -> &[u8] {
    let is_blank = |byte: &u8| *byte == b' ' || *byte == b'\t';
    let start = value.iter().position(|byte| !is_blank(byte)).unwrap_or(value.len());
    let end = value.iter().rposition(|byte| !is_blank(byte)).map_or(start, |last| last + 1);
    &value[start..end]
}

/// The longest `Origin`, in bytes between the blanks around it.
const LONGEST_ORIGIN: usize = 512;
/// The longest `Referer`, in bytes between the blanks around it.
const LONGEST_REFERER: usize = 8_192;
