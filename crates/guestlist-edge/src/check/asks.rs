//! [`Asks`]: where it stands what a request asks for, and what it says there: to be held against its policy.

use std::borrow::Cow;

use guestlist::ListType;
use guestlist_config as config;
use guestlist_policy::Call;
use guestlist_tower::{Asked, percent, query, usual_call};
use http::header::HeaderName;

use super::segments::{self, Place};
use super::target::Target;
use super::{Count, HeaderValues};

/// Where it stands what the requests of a route ask for.
#[derive(Clone, Debug)]
pub(crate) struct Asks {
    call: CallSource,
    handle: Option<Source>,
    url: Option<Source>,
    path: Option<Source>,
    container: Option<Source>,
    size: Option<Source>,
}

#[derive(Clone, Debug)]
enum CallSource {
    /// It is this.
    Fixed(Call),
    /// In the query; where it is not said it is that of the list.
    Query,
}

#[derive(Clone, Debug)]
enum Source {
    Query(Box<str>),
    Header(HeaderName),
    Segment(Place),
}

/// Two readers could find different things, or what stands there is none of what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unclear;

impl Asks {
    /// Of a route to this list.
    ///
    /// # Errors
    ///
    /// The name that is none of a header. What [`config::Config::parse`] has read has no such name.
    pub(super) fn new(asks: &config::Asks, list_type: ListType) -> Result<Asks, String> {
        let source = |source: &Option<config::Source>| source.as_ref().map(Source::new).transpose();
        Ok(Asks {
            call: CallSource::Fixed(asks.call.unwrap_or(usual_call(list_type))),
            handle: source(&asks.handle)?,
            url: source(&asks.url)?,
            path: source(&asks.path)?,
            container: source(&asks.container)?,
            size: source(&asks.size)?,
        })
    }

    /// Of who asks without a route, and says all of it in the query: a service that asks for itself.
    pub(super) fn direct() -> Asks {
        let named = |name: &str| Some(Source::Query(name.into()));
        Asks {
            call: CallSource::Query,
            handle: named("handle"),
            url: named("url"),
            path: named("path"),
            container: named("container"),
            size: named("size"),
        }
    }

    /// Whether all of it stands in the query, whatever the settings say of proxies.
    pub(super) fn are_in_query(&self) -> bool {
        matches!(self.call, CallSource::Query)
    }

    /// What a request says.
    pub(super) fn read<'r>(
        &'r self,
        target: Target<'r>,
        headers: &'r impl HeaderValues,
        list_type: ListType,
        policies_in_paths: bool,
    ) -> Result<Asked<'r>, Unclear> {
        let read = |source: &'r Option<Source>| match source {
            Some(source) => source.read(target, headers, policies_in_paths),
            None => Ok(None),
        };
        let call = match self.call {
            CallSource::Fixed(call) => call,
            CallSource::Query => match text(target, b"call")? {
                Some(name) => core::str::from_utf8(&name).ok().and_then(Call::from_name).ok_or(Unclear)?,
                None => usual_call(list_type),
            },
        };
        let mut asked = Asked::new(call);
        asked.handle = read(&self.handle)?;
        asked.url = read(&self.url)?;
        asked.path = read(&self.path)?;
        asked.container = read(&self.container)?;
        asked.size = read(&self.size)?.map(|digits| number(&digits)).transpose()?;
        Ok(asked)
    }
}

impl Source {
    fn new(source: &config::Source) -> Result<Source, String> {
        Ok(match source {
            config::Source::Query(name) => Source::Query(name.as_str().into()),
            config::Source::Header(name) => {
                Source::Header(name.parse().map_err(|_| format!("`{name}` is no name of a header"))?)
            }
            config::Source::Segment(number) => Source::Segment(Place::new(*number)),
        })
    }

    fn read<'r>(
        &'r self,
        target: Target<'r>,
        headers: &'r impl HeaderValues,
        policies_in_paths: bool,
    ) -> Result<Option<Cow<'r, [u8]>>, Unclear> {
        match self {
            Source::Query(name) => text(target, name.as_bytes()),
            Source::Header(name) => Ok(one(headers.one(name))?.map(|value| value.trim_ascii().into())),
            Source::Segment(place) => segments::read(target, *place, policies_in_paths),
        }
    }
}

/// The value of a query parameter.
fn text<'r>(target: Target<'r>, name: &[u8]) -> Result<Option<Cow<'r, [u8]>>, Unclear> {
    Ok(one(query::parameter(target.query, name))?.map(percent::decode_query))
}

fn one<T>(count: Count<T>) -> Result<Option<T>, Unclear> {
    match count {
        Count::None => Ok(None),
        Count::One(value) => Ok(Some(value)),
        Count::Several => Err(Unclear),
    }
}

/// A number of bytes: digits and nothing else (RFC 9110, section 8.6).
fn number(digits: &[u8]) -> Result<u64, Unclear> {
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let text = core::str::from_utf8(digits).ok().filter(|_| is_number);
    text.and_then(|text| text.parse().ok()).ok_or(Unclear)
}
