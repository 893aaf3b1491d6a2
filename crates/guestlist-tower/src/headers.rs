//! [`request_headers`]: the headers of a request as `http` holds them → as the engine asks for them.

use guestlist::RequestHeaders;
use http::HeaderMap;
use http::header::{HeaderValue, ORIGIN, REFERER};

/// All values of `Origin` and `Referer`, so that a repeated one is seen. For those who ask a gate by themselves.
///
/// ```
/// use guestlist::{Denial, Gate, List, ListType};
/// use guestlist_tower::request_headers;
/// use http::HeaderMap;
/// use http::header::{HeaderValue, ORIGIN};
///
/// let mut headers = HeaderMap::new();
/// headers.append(ORIGIN, HeaderValue::from_static("https://example.com"));
/// headers.append(ORIGIN, HeaderValue::from_static("https://evil.com"));
///
/// let gate = Gate::new().with_list(List::builder(ListType::Upload).pattern("example.com").build()?);
/// let decision = gate.decide(ListType::Upload, &request_headers(&headers));
/// assert!(matches!(decision.denial(), Some(Denial::Malformed(_))));
/// # Ok::<(), guestlist::ListError>(())
/// ```
///
/// Borrows the values; nothing is copied and nothing allocated.
pub fn request_headers(headers: &HeaderMap) -> RequestHeaders<'_> {
    RequestHeaders::new()
        .origins(headers.get_all(ORIGIN).iter().map(HeaderValue::as_bytes))
        .referers(headers.get_all(REFERER).iter().map(HeaderValue::as_bytes))
}
