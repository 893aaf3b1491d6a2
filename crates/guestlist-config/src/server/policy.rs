//! `[server.policy]` → [`PolicySettings`], and `asks` of a route → [`Asks`]; and back.

use std::ops::Range;

use guestlist_policy::Call;

use super::print::{Table, list};
use crate::parse::{Reader, Value};
use crate::print::quote;

/// Where requests carry a signed policy, and how clocks may differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicySettings {
    /// The places that are looked at. In one request it may stand in one of them.
    pub carried: Vec<Carrier>,
    /// For how many seconds after its expiry a policy is taken.
    pub skew_seconds: u64,
}

impl Default for PolicySettings {
    fn default() -> PolicySettings {
        PolicySettings { carried: vec![Carrier::Query, Carrier::Path], skew_seconds: 0 }
    }
}

/// Where a request may carry its policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// In the query: `?policy=P&signature=S`.
    Query,
    /// In a segment of the path: `/security=policy:P,signature:S/`.
    Path,
    /// In the headers `X-Security-Policy` and `X-Security-Signature`.
    Header,
}

impl Carrier {
    const ALL: [Carrier; 3] = [Carrier::Query, Carrier::Path, Carrier::Header];

    /// As it stands in configurations, such as `query`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Carrier::Query => "query",
            Carrier::Path => "path",
            Carrier::Header => "header",
        }
    }
}

/// What the requests of a route ask for, to be held against their policies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asks {
    /// What they ask for; where it is not said `pick` of the upload list, and `read` of the delivery list.
    pub call: Option<Call>,
    /// Where the handle of the file is.
    pub handle: Option<Source>,
    /// Where the URL is that a file is taken from.
    pub url: Option<Source>,
    /// Where the path is that a file is stored under.
    pub path: Option<Source>,
    /// Where the container is that a file is stored in.
    pub container: Option<Source>,
    /// Where the size of the file is, in bytes.
    pub size: Option<Source>,
}

impl Asks {
    /// Each place, by its name.
    fn places(&self) -> [(&'static str, &Option<Source>); 5] {
        [
            ("handle", &self.handle),
            ("url", &self.url),
            ("path", &self.path),
            ("container", &self.container),
            ("size", &self.size),
        ]
    }

    /// As an inline table.
    pub(super) fn print(&self) -> String {
        let call = self.call.map(|call| format!("call = {}", quote(call.as_str())));
        let places = self.places().into_iter().filter_map(|(name, source)| {
            source.as_ref().map(|source| format!("{name} = {}", source.print()))
        });
        format!("{{ {} }}", call.into_iter().chain(places).collect::<Vec<_>>().join(", "))
    }
}

/// Where something of a request is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// In the query parameter of this name.
    Query(String),
    /// In the header of this name, in lower case.
    Header(String),
    /// In this segment of the path: from 1, or from the end by -1. Never 0.
    Segment(i32),
}

impl Source {
    fn print(&self) -> String {
        match self {
            Source::Query(name) => format!("{{ query = {} }}", quote(name)),
            Source::Header(name) => format!("{{ header = {} }}", quote(name)),
            Source::Segment(number) => format!("{{ segment = {number} }}"),
        }
    }
}

impl PolicySettings {
    pub(super) fn table(&self) -> Table {
        let usual = PolicySettings::default();
        let mut table = Table::new("[server.policy]");
        table.set("carried", self.carried != usual.carried, || {
            list(self.carried.iter().map(|carrier| quote(carrier.as_str())))
        });
        table.set("skew_seconds", self.skew_seconds != usual.skew_seconds, || self.skew_seconds.to_string());
        table
    }
}

impl Reader<'_> {
    pub(super) fn policy(&mut self, value: &Value<'_>) -> PolicySettings {
        let mut settings = PolicySettings::default();
        for (key, value) in self.table(value, "`policy`").into_iter().flatten() {
            match key.get_ref().as_ref() {
                "carried" => settings.carried = self.carried(value),
                "skew_seconds" => {
                    self.number(value, "`skew_seconds`", 0..=86_400, &mut settings.skew_seconds);
                }
                _ => self.unknown(key, "`policy` has `carried` and `skew_seconds`"),
            }
        }
        settings
    }

    fn carried(&mut self, value: &Value<'_>) -> Vec<Carrier> {
        let mut carried = Vec::new();
        for (text, span) in self.strings(value, "`carried`") {
            match Carrier::ALL.into_iter().find(|carrier| carrier.as_str() == text) {
                Some(carrier) if carried.contains(&carrier) => {
                    self.mistake(span, "this place is named twice", "remove it");
                }
                Some(carrier) => carried.push(carrier),
                None => {
                    self.mistake(
                        span,
                        "policies are not looked for there",
                        "write \"query\", \"path\" or \"header\"",
                    );
                }
            }
        }
        // In one order, so that what means the same is written the same.
        carried.sort_by_key(|carrier| *carrier as u8);
        if carried.is_empty() {
            self.mistake(
                value.span(),
                "no policy could be found",
                "name a place, such as \"query\", or leave `carried` out",
            );
        }
        carried
    }

    pub(super) fn asks(&mut self, value: &Value<'_>) -> Asks {
        let mut asks = Asks::default();
        for (key, value) in self.table(value, "`asks`").into_iter().flatten() {
            match key.get_ref().as_ref() {
                "call" => asks.call = self.call(value),
                "handle" => asks.handle = self.source(value, "`handle`"),
                "url" => asks.url = self.source(value, "`url`"),
                "path" => asks.path = self.source(value, "`path`"),
                "container" => asks.container = self.source(value, "`container`"),
                "size" => {
                    asks.size = self.source(value, "`size`");
                    if asks.size == Some(Source::Header("content-length".to_string())) {
                        self.mistake(
                            value.span(),
                            "a proxy that asks sends no body: the length would be that of its question",
                            "let the proxy say the size of the upload in a header of its own, such as `X-Size`",
                        );
                    }
                }
                _ => self.unknown(key, "`asks` has `call`, `handle`, `url`, `path`, `container` and `size`"),
            }
        }
        asks
    }

    fn call(&mut self, value: &Value<'_>) -> Option<Call> {
        let name = self.text(value, "`call`")?;
        let call = Call::from_name(name);
        if call.is_none() {
            self.mistake(
                value.span(),
                "there is no such call",
                "calls are pick, read, stat, write, writeUrl, store, convert, remove, exif and runWorkflow",
            );
        }
        call
    }

    fn source(&mut self, value: &Value<'_>, name: &str) -> Option<Source> {
        let mut sources = Vec::new();
        for (key, value) in self.table(value, name)? {
            sources.push(match key.get_ref().as_ref() {
                "query" => self.name(value, false).map(Source::Query),
                "header" => self.name(value, true).map(Source::Header),
                "segment" => self.segment(value),
                _ => {
                    self.unknown(key, &format!("{name} is one of `query`, `header` and `segment`"));
                    None
                }
            });
        }
        let place: Range<usize> = value.span();
        match <[_; 1]>::try_from(sources) {
            Ok([source]) => source,
            Err(_) => {
                self.mistake(
                    place,
                    format!("{name} is in one place"),
                    "write one of `query`, `header` and `segment`",
                );
                None
            }
        }
    }

    fn segment(&mut self, value: &Value<'_>) -> Option<Source> {
        let Some(integer) = value.get_ref().as_integer() else {
            self.wrong_type(value, "`segment`", "a whole number");
            return None;
        };
        let number = i32::from_str_radix(integer.as_str(), integer.radix()).ok();
        let number = number.filter(|number| (1..=64).contains(&number.unsigned_abs()));
        if number.is_none() {
            self.mistake(
                value.span(),
                "`segment` is out of range",
                "write a number from 1 to 64, or from -1 to -64 to count from the end",
            );
        }
        number.map(Source::Segment)
    }
}
