//! Which list a request asks, and of which app: `[[server.routes]]`.

use guestlist::ListType;
use guestlist_config as config;
use guestlist_tower::query;
use http::Method;
use http::header::{ACCESS_CONTROL_REQUEST_METHOD, HeaderName};

use super::asks::Asks;
use super::segments;
use super::target::{Normal, Target, Unescaped};
use super::{Asked, Count, HeaderValues, Reason};

/// The routes of a version, in their order.
pub(crate) struct Routes {
    routes: Vec<Route>,
    /// Whether any of them looks at the path. Where none does, it does not matter how others read it.
    read_paths: bool,
    /// Whether a segment of a path may be a policy.
    policies_in_paths: bool,
}

struct Route {
    path: Option<Box<[u8]>>,
    methods: Vec<Box<[u8]>>,
    header: Option<(HeaderName, Box<[u8]>)>,
    query: Option<(Box<str>, Box<[u8]>)>,
    list: ListType,
    app: AppSource,
    asks: Asks,
}

enum AppSource {
    Query(Box<str>),
    Header(HeaderName),
    Segment(usize),
    Key(Box<[u8]>),
}

/// The key that a request names its app by.
pub(crate) enum Key<'r> {
    AsSent(&'r [u8]),
    Read(Unescaped),
}

impl Key<'_> {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Key::AsSent(key) => key,
            Key::Read(key) => key.as_bytes(),
        }
    }
}

/// What a request asks for. Without a key it belongs to no app.
pub(crate) struct Routed<'r> {
    pub(crate) list: ListType,
    pub(crate) key: Option<Key<'r>>,
    pub(crate) target: Target<'r>,
    pub(crate) asks: &'r Asks,
}

impl Routes {
    /// # Errors
    ///
    /// The name that is none of a header. What [`config::Config::parse`] has read has no such name.
    pub(crate) fn new(routes: &[config::Route], policies_in_paths: bool) -> Result<Routes, String> {
        let routes = routes.iter().map(Route::new).collect::<Result<Vec<_>, _>>()?;
        let read_paths =
            routes.iter().any(|route| route.path.is_some() || matches!(route.app, AppSource::Segment(_)));
        Ok(Routes { routes, read_paths, policies_in_paths })
    }

    /// # Errors
    ///
    /// [`Reason::NoRoute`] where no route applies, [`Reason::Ambiguous`] where two readers of the request could disagree.
    pub(crate) fn find<'r>(
        &'r self,
        asked: Asked<'r>,
        headers: &'r impl HeaderValues,
    ) -> Result<Routed<'r>, Reason> {
        let target = Target::read(asked.target).ok_or(Reason::Ambiguous)?;
        let method = effective_method(asked.method, headers)?;
        let first = self.first(target, target.path, method, headers)?;
        if self.read_paths {
            let agrees = |path: &[u8]| self.agrees(first, target, path, method, headers);
            let normal = match target.is_plain() {
                true => None,
                false => Some(Normal::of(target.path).ok_or(Reason::Ambiguous)?),
            };
            for path in [Some(target.path), normal.as_ref().map(Normal::as_bytes)].into_iter().flatten() {
                // Who takes a policy out of the path reads what is left.
                let rest = self.policies_in_paths.then(|| segments::without_policies(path)).flatten();
                let is_as_sent = core::ptr::eq(path, target.path);
                if !(is_as_sent || agrees(path)?) || !rest.as_deref().map_or(Ok(true), agrees)? {
                    return Err(Reason::Ambiguous);
                }
            }
        }
        let (_, route) = first.ok_or(Reason::NoRoute)?;
        Ok(Routed { list: route.list, key: route.key(target, headers)?, target, asks: &route.asks })
    }

    /// Whether this reading of the path comes to the same route, and the same app.
    fn agrees(
        &self,
        first: Option<(usize, &Route)>,
        target: Target<'_>,
        path: &[u8],
        method: &[u8],
        headers: &impl HeaderValues,
    ) -> Result<bool, Reason> {
        Ok(match (first, self.first(target, path, method, headers)?) {
            (Some((index, route)), Some((other, _))) => {
                let is_same_app = match route.app {
                    AppSource::Segment(number) => segment(target.path, number) == segment(path, number),
                    _ => true,
                };
                index == other && is_same_app
            }
            (first, other) => first.is_none() && other.is_none(),
        })
    }

    /// The first route that applies to this reading of the path.
    fn first(
        &self,
        target: Target<'_>,
        path: &[u8],
        method: &[u8],
        headers: &impl HeaderValues,
    ) -> Result<Option<(usize, &Route)>, Reason> {
        for (index, route) in self.routes.iter().enumerate() {
            if route.applies(target, path, method, headers)? {
                return Ok(Some((index, route)));
            }
        }
        Ok(None)
    }
}

impl Route {
    fn new(route: &config::Route) -> Result<Route, String> {
        let header =
            |name: &str| name.parse::<HeaderName>().map_err(|_| format!("`{name}` is no name of a header"));
        let bytes = |text: &str| Box::from(text.as_bytes());
        Ok(Route {
            path: route.path.as_deref().map(bytes),
            methods: route.methods.iter().map(|method| bytes(method)).collect(),
            header: match &route.header {
                Some(named) => Some((header(&named.name)?, bytes(&named.value))),
                None => None,
            },
            query: route.query.as_ref().map(|named| (named.name.as_str().into(), bytes(&named.value))),
            list: route.list,
            app: match &route.app {
                config::AppSource::Query(name) => AppSource::Query(name.as_str().into()),
                config::AppSource::Header(name) => AppSource::Header(header(name)?),
                config::AppSource::Segment(number) => AppSource::Segment(*number),
                config::AppSource::Key(key) => AppSource::Key(bytes(key)),
            },
            asks: Asks::new(&route.asks, route.list)?,
        })
    }

    fn applies(
        &self,
        target: Target<'_>,
        path: &[u8],
        method: &[u8],
        headers: &impl HeaderValues,
    ) -> Result<bool, Reason> {
        let is_path = self.path.as_deref().is_none_or(|prefix| path.starts_with(prefix));
        let is_method = self.methods.is_empty() || self.methods.iter().any(|listed| **listed == *method);
        if !is_path || !is_method {
            return Ok(false);
        }
        if let Some((name, expected)) = &self.header {
            match headers.one(name) {
                Count::One(value) if *value.trim_ascii() == **expected => {}
                Count::Several => return Err(Reason::Ambiguous),
                _ => return Ok(false),
            }
        }
        if let Some((name, expected)) = &self.query {
            match query::parameter(target.query, name.as_bytes()) {
                Count::One(value) if query::means(value, expected) => {}
                Count::Several => return Err(Reason::Ambiguous),
                _ => return Ok(false),
            }
        }
        Ok(true)
    }

    fn key<'r>(
        &'r self,
        target: Target<'r>,
        headers: &'r impl HeaderValues,
    ) -> Result<Option<Key<'r>>, Reason> {
        let one = |count| match count {
            Count::One(value) => Ok(Some(value)),
            Count::None => Ok(None),
            Count::Several => Err(Reason::Ambiguous),
        };
        match &self.app {
            AppSource::Query(name) => {
                let value = one(query::parameter(target.query, name.as_bytes()))?;
                let has_escapes =
                    value.is_some_and(|value| value.iter().any(|byte| matches!(byte, b'%' | b'+')));
                Ok(if has_escapes {
                    value.and_then(Unescaped::read).map(Key::Read)
                } else {
                    value.map(Key::AsSent)
                })
            }
            AppSource::Header(name) => {
                Ok(one(headers.one(name))?.map(|value| Key::AsSent(value.trim_ascii())))
            }
            AppSource::Segment(number) => Ok(segment(target.path, *number).map(Key::AsSent)),
            AppSource::Key(key) => Ok(Some(Key::AsSent(key))),
        }
    }
}

/// A segment of a path, from 1.
fn segment(path: &[u8], number: usize) -> Option<&[u8]> {
    path.split(|byte| *byte == b'/').nth(number).filter(|segment| !segment.is_empty())
}

/// The method a request is about: a preflight (Fetch standard, section 3.3.2) asks whether another may be sent.
fn effective_method<'r>(method: &'r [u8], headers: &'r impl HeaderValues) -> Result<&'r [u8], Reason> {
    if method != Method::OPTIONS.as_str().as_bytes() {
        return Ok(method);
    }
    match headers.one(&ACCESS_CONTROL_REQUEST_METHOD) {
        Count::None => Ok(method),
        Count::One(requested) => Ok(requested),
        Count::Several => Err(Reason::Ambiguous),
    }
}
