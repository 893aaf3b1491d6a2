//! The engine's reading of a header against the URL standard, in the one direction that is promised (SPEC §4): what the engine reads, a browser reads alike.

use guestlist::{Host, NoOrigin, Origin, Scheme};
use url::Url;

use crate::oracle::Agreement;

/// Whichever `http` or `https` origin the engine reads from a header, the WHATWG URL parser reads from the same bytes: scheme, host and effective port.
///
/// Nothing is said of what the engine refuses. The root dot, which the engine drops, is dropped from the URL too.
pub fn origin_agrees(value: &[u8]) -> Agreement {
    same("Origin", value, Origin::from_origin_header(value))?;
    same("Referer", value, Origin::from_referer_header(value))
}

fn same(header: &str, value: &[u8], read: Result<Origin<'_>, NoOrigin>) -> Agreement {
    let Ok(origin) = read else { return Ok(()) };
    let Some(scheme @ (Scheme::Http | Scheme::Https)) = origin.scheme() else { return Ok(()) };
    // Beyond the authority of a Referer any bytes may stand; before, all are ASCII.
    let text = String::from_utf8_lossy(value);
    let url = match Url::parse(&text) {
        Ok(url) => url,
        Err(error) => return Err(format!("{header}: {text:?}: read as {origin}, no URL: {error}")),
    };
    let host = match (origin.host(), url.host()) {
        (Host::Name(name), Some(url::Host::Domain(domain))) => {
            name.to_ascii_lowercase() == domain.strip_suffix('.').unwrap_or(domain)
        }
        (Host::Name(name), Some(url::Host::Ipv4(address))) => name == address.to_string(),
        (Host::Ipv6(groups), Some(url::Host::Ipv6(address))) => groups == address.segments(),
        _ => false,
    };
    let bare = url.username().is_empty() && url.password().is_none();
    if host && bare && scheme.as_str() == url.scheme() && origin.port() == url.port_or_known_default() {
        Ok(())
    } else {
        Err(format!("{header}: {text:?}: read as {origin:?}, by the URL standard as {url}"))
    }
}
