//! The reading of a header against the URL standard, in the one direction that is promised (SPEC §4): what is read, a browser reads alike.

use guestlist_reference::{Header, Host};
use url::Url;

use crate::oracle::Agreement;
use crate::subject::Subject;

/// Whichever `http` or `https` origin the subject reads from a header, the WHATWG URL parser reads from the same bytes: scheme, host and effective port.
///
/// Nothing is said of what the subject refuses. The root dot, which the subject drops, is dropped from the URL too.
pub fn origin_agrees(subject: &impl Subject, value: &[u8]) -> Agreement {
    same("Origin", value, subject.read_origin(value))?;
    same("Referer", value, subject.read_referer(value))
}

fn same(header: &str, value: &[u8], read: Header) -> Agreement {
    let Header::Origin(origin) = read else { return Ok(()) };
    let Some(scheme @ ("http" | "https")) = origin.scheme.as_deref() else { return Ok(()) };
    // Beyond the authority of a Referer any bytes may stand; before, all are ASCII.
    let text = String::from_utf8_lossy(value);
    let url = match Url::parse(&text) {
        Ok(url) => url,
        Err(error) => return Err(format!("{header}: {text:?}: read as {origin:?}, no URL: {error}")),
    };
    let host = match (&origin.host, url.host()) {
        (Host::Name(name), Some(url::Host::Domain(domain))) => {
            name == domain.strip_suffix('.').unwrap_or(domain)
        }
        (Host::Name(name), Some(url::Host::Ipv4(address))) => *name == address.to_string(),
        (Host::Ipv6(groups), Some(url::Host::Ipv6(address))) => *groups == address.segments(),
        _ => false,
    };
    let bare = url.username().is_empty() && url.password().is_none();
    if host && bare && scheme == url.scheme() && origin.port == url.port_or_known_default() {
        Ok(())
    } else {
        Err(format!("{header}: {text:?}: read as {origin:?}, by the URL standard as {url}"))
    }
}
