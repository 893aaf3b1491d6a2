//! [`AppKey`]: the head of a request → the key of the app it belongs to.
//!
//! What names an app is read so that nobody behind the layer can read another app in it: where there are two answers there is none.

use core::fmt;
use std::borrow::Cow;
use std::sync::Arc;

use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::request::Parts;

use crate::count::Count;
use crate::{percent, query};

/// Where the key of an app stands in a request.
///
/// ```
/// use guestlist_tower::AppKey;
/// use http::{HeaderName, Request};
///
/// let request = Request::put("/upload/AbCd1234/cat.jpg?key=%41bCd1234").header("x-app", "AbCd1234").body(())?;
/// let (parts, ()) = request.into_parts();
/// for app in [AppKey::header(HeaderName::from_static("x-app")), AppKey::segment(2), AppKey::query("key")] {
///     assert_eq!(app.find(&parts).as_deref(), Some(&b"AbCd1234"[..]));
/// }
/// # Ok::<(), http::Error>(())
/// ```
///
/// A request that names its app twice names none, not even if both are the same: who reads the first and who reads the last of two would otherwise be told different apps.
///
/// It is cheap to clone. Looking allocates nothing, but where a key is written with percent escapes.
#[derive(Clone)]
pub struct AppKey {
    place: Place,
}

#[derive(Clone)]
enum Place {
    Header(HeaderName),
    Query(Arc<[u8]>),
    Segment(usize),
    Fixed(Arc<[u8]>),
    Closure(Arc<Closure>),
}

type Closure = dyn for<'r> Fn(&'r Parts) -> Option<Cow<'r, [u8]>> + Send + Sync;

impl AppKey {
    /// The value of a header. Sent twice it names no app.
    ///
    /// A browser asks for permission before a page sends such a header to another site, in a request that does not have it yet: for pages a query parameter or the path is better; see [CORS](crate#cors).
    pub fn header(name: HeaderName) -> AppKey {
        AppKey { place: Place::Header(name) }
    }

    /// The value of a query parameter, decoded. Given twice it names no app; one whose name is written with percent escapes is the same parameter, and one that some program takes for the same (`KEY`, `key[]`, `+key`)
    /// counts beside it: see [`query`](mod@crate::query).
    pub fn query(name: &str) -> AppKey {
        AppKey { place: Place::Query(name.as_bytes().into()) }
    }

    /// A segment of the path, decoded, counted from 1: the second of `/upload/AbCd1234/cat.jpg` is `AbCd1234`.
    ///
    /// A path that some servers read as another one names no app: with an empty segment (but for the last), with `.` or `..`, or with a `/` or `\` inside a segment, plain or escaped.
    ///
    /// The path is that of the request as the layer sees it. Inside axum's `Router::nest` it lacks what the outer router took off.
    pub fn segment(number: usize) -> AppKey {
        AppKey { place: Place::Segment(number) }
    }

    /// This app, for every request.
    pub fn fixed(key: impl AsRef<[u8]>) -> AppKey {
        AppKey { place: Place::Fixed(key.as_ref().into()) }
    }

    /// What a closure finds: in the host name, in an extension that another layer has put there after it looked at a token. `None` is an unknown app.
    ///
    /// ```
    /// use guestlist_tower::AppKey;
    /// use http::Request;
    ///
    /// #[derive(Clone)]
    /// struct Tenant { key: String }
    ///
    /// let app = AppKey::from_fn(|parts| Some(parts.extensions.get::<Tenant>()?.key.as_bytes().into()));
    ///
    /// let tenant = Tenant { key: "AbCd1234".to_string() };
    /// let (parts, ()) = Request::put("/").extension(tenant).body(())?.into_parts();
    /// assert_eq!(app.find(&parts).as_deref(), Some(&b"AbCd1234"[..]));
    /// # Ok::<(), http::Error>(())
    /// ```
    ///
    /// Whoever reads headers here looks at all of their values (`get_all`): two of them name no app.
    pub fn from_fn(
        find: impl for<'r> Fn(&'r Parts) -> Option<Cow<'r, [u8]>> + Send + Sync + 'static,
    ) -> AppKey {
        AppKey { place: Place::Closure(Arc::new(find)) }
    }

    /// The key that a request names; `None` if it names none, or more than one. Cost: linear in what is looked at.
    pub fn find<'r>(&'r self, parts: &'r Parts) -> Option<Cow<'r, [u8]>> {
        match &self.place {
            Place::Header(name) => header(&parts.headers, name),
            Place::Query(name) => parameter(parts.uri.query()?.as_bytes(), name),
            Place::Segment(number) => segment(parts.uri.path().as_bytes(), *number),
            Place::Fixed(key) => Some(Cow::Borrowed(key)),
            Place::Closure(find) => find(parts),
        }
    }
}

impl fmt::Debug for AppKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Header(name) => f.debug_tuple("Header").field(name).finish(),
            Place::Query(name) => f.debug_tuple("Query").field(&String::from_utf8_lossy(name)).finish(),
            Place::Segment(number) => f.debug_tuple("Segment").field(number).finish(),
            // The key may be a secret.
            Place::Fixed(_) => f.write_str("Fixed"),
            Place::Closure(_) => f.write_str("Closure"),
        }
    }
}

fn header<'r>(headers: &'r HeaderMap, name: &HeaderName) -> Option<Cow<'r, [u8]>> {
    Count::of(headers.get_all(name)).one().map(HeaderValue::as_bytes).map(Cow::Borrowed)
}

fn parameter<'r>(query: &'r [u8], name: &[u8]) -> Option<Cow<'r, [u8]>> {
    query::parameter(query, name).one().map(percent::decode_query)
}

fn segment(path: &[u8], number: usize) -> Option<Cow<'_, [u8]>> {
    let path = path.strip_prefix(b"/")?;
    let mut found = None;
    let mut segments = path.split(|byte| *byte == b'/').zip(1..).peekable();
    while let Some((written, at)) = segments.next() {
        let decoded = percent::decode(written);
        let is_last = segments.peek().is_none();
        let is_ambiguous = (decoded.is_empty() && !is_last)
            || matches!(&*decoded, b"." | b"..")
            || decoded.iter().any(|byte| b"/\\".contains(byte));
        if is_ambiguous {
            return None;
        }
        if at == number && !decoded.is_empty() {
            found = Some(decoded);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use guestlist_reference::table::{QUERY_CASES, cases};
    use http::header::{HeaderName, HeaderValue};
    use http::{Request, Uri};
    use url::form_urlencoded;

    use super::{AppKey, parameter, segment};

    #[track_caller]
    fn check(found: Option<&[u8]>, expected: Option<&str>) {
        assert_eq!(found.map(String::from_utf8_lossy).as_deref(), expected);
    }

    /// Through the head of a request, which is where a stranger's query comes from.
    #[test]
    fn a_parameter_of_a_query() {
        for (line, [name, query, expected, why]) in cases::<4>(QUERY_CASES) {
            let uri = format!("/upload?{query}").parse::<Uri>().unwrap();
            assert_eq!(uri.query(), Some(&*query), "line {line}: whole");
            let parts = Request::get(uri).body(()).unwrap().into_parts().0;
            let found = AppKey::query(&name).find(&parts).map(Cow::into_owned);
            let expected = expected.strip_prefix('=').map(|value| value.as_bytes().to_vec());
            assert_eq!(found, expected, "line {line}: {query:?} ({why})");
        }
    }

    /// The only parameter of this name. The URL standard reads what is parted by `&`; others part by `;` too.
    fn by_the_standard(text: &str) -> Option<String> {
        let mut values = form_urlencoded::parse(text.as_bytes()).filter(|(name, _)| name == "key");
        values.next().filter(|_| values.next().is_none()).map(|(_, value)| value.into_owned())
    }

    /// What stands behind the layer reads queries as the URL standard says. Where some do not, and it makes a difference, there is no key.
    #[test]
    fn queries_are_read_as_the_url_standard_reads_them() {
        let tokens = ["k", "ey", "%6b", "%65", "+", "+key", "%", "=", "&", ";", "key", "%zz", "%2B", "key=a"];
        let (mut found, mut lookalikes) = ([0; 2], 0);
        for number in 0..tokens.len().pow(4) {
            let text: String =
                (0..4).map(|at| tokens[number / tokens.len().pow(at) % tokens.len()]).collect();
            let parted = text.replace(';', "&");
            // Of what some take for the name these tokens make the one with blanks in front.
            let has_lookalike = form_urlencoded::parse(parted.as_bytes())
                .any(|(name, _)| name.starts_with(' ') && name.trim_start_matches(' ') == "key");
            let expected =
                by_the_standard(&text).filter(|value| by_the_standard(&parted).as_ref() == Some(value));
            lookalikes += usize::from(has_lookalike && expected.is_some());
            let expected = expected.filter(|_| !has_lookalike);
            check(parameter(text.as_bytes(), b"key").as_deref(), expected.as_deref());
            found[usize::from(expected.is_some())] += 1;
        }
        assert!(found.iter().all(|count| *count > 1000) && lookalikes > 10, "{found:?} {lookalikes}");
    }

    #[test]
    fn a_segment_of_a_path() {
        let cases = [
            ("/upload/a", Some("a")),
            ("/upload/a/", Some("a")),
            ("/upload/a/cat.jpg", Some("a")),
            ("/upload/%61", Some("a")),
            ("/upload/a+b", Some("a+b")),
            ("/upload/a%252fb", Some("a%2fb")),
            ("/upload/...", Some("...")),
            ("/upload", None),
            ("/upload/", None),
            ("/", None),
            ("", None),
            ("*", None),
            ("//upload/a", None),
            ("/upload//a", None),
            ("/upload/a//", None),
            ("/upload/a/../b", None),
            ("/upload/a/%2e%2E/b", None),
            ("/upload/./a", None),
            ("/upload/a/.", None),
            ("/upload/a%2fb", None),
            ("/upload/a%5Cb", None),
            ("/upload/a\\b", None),
            ("/upload/a/b%2F", None),
        ];
        for (path, expected) in cases {
            check(segment(path.as_bytes(), 2).as_deref(), expected);
        }
        check(segment(b"/upload/a", 0).as_deref(), None);
    }

    #[test]
    fn a_header_is_read_when_it_is_the_only_one() {
        let app = AppKey::header(HeaderName::from_static("x-app"));
        let mut parts = Request::new(()).into_parts().0;
        check(app.find(&parts).as_deref(), None);
        parts.headers.append("X-App", HeaderValue::from_static("a"));
        check(app.find(&parts).as_deref(), Some("a"));
        parts.headers.append("x-app", HeaderValue::from_static("a"));
        check(app.find(&parts).as_deref(), None);
    }

    #[test]
    fn the_fixed_one_is_always_there_and_is_not_shown() {
        let app = AppKey::fixed("secret");
        check(app.find(&Request::new(()).into_parts().0).as_deref(), Some("secret"));
        assert_eq!(format!("{app:?} {:?}", AppKey::query("key")), "Fixed Query(\"key\")");
    }
}
