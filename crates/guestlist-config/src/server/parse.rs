//! `[server]` → [`Server`].

use std::mem;
use std::num::NonZeroUsize;
use std::ops::{Range, RangeInclusive};
use std::path::PathBuf;
use std::time::Duration;

use guestlist::ListType;

use super::{Address, AppSource, DecisionLog, Named, Route, Server, ServerLimits, TlsFiles};
use crate::Config;
use crate::parse::{Reader, Value};
use crate::show::show_short;

/// The span of a setting, to say so where two do not go together.
type Place = Range<usize>;

impl Reader<'_> {
    pub(crate) fn server(&mut self, value: &Value<'_>) -> Server {
        let mut server = Server::default();
        let mut admin_place: Option<Place> = None;
        let mut tls_place: Option<Place> = None;
        for (key, value) in self.table(value, "`server`").into_iter().flatten() {
            match key.get_ref().as_ref() {
                "listen" => {
                    server.listen = self.addresses(value, "`listen`");
                    if value.get_ref().as_array().is_some_and(|addresses| addresses.iter().next().is_none()) {
                        self.mistake(value.span(), "the server would listen nowhere", "name an address such as \"127.0.0.1:8080\"");
                    }
                }
                "spop" => server.spop = self.addresses(value, "`spop`"),
                "admin" => {
                    if let Some(address) = self.text(value, "`admin`").and_then(|text| self.address(text, value.span())) {
                        server.admin = address;
                        admin_place = Some(value.span());
                    }
                }
                "dangerously_expose_admin" => self.flag(value, "`dangerously_expose_admin`", &mut server.dangerously_expose_admin),
                "socket_mode" => self.socket_mode(value, &mut server.socket_mode),
                "workers" => {
                    let mut workers = 0;
                    self.number(value, "`workers`", 1..=1024, &mut workers);
                    server.workers = NonZeroUsize::new(workers);
                }
                "tls" => {
                    server.tls = self.tls(value);
                    tls_place = Some(value.span());
                }
                "limits" => server.limits = self.limits(value),
                "log" => server.log = self.log(value),
                "policy" => server.policy = self.policy(value),
                "store" => server.store = self.store(value),
                "routes" => server.routes = self.routes(value),
                _ => self.unknown(key, "the server has `listen`, `spop`, `admin`, `dangerously_expose_admin`, `socket_mode`, `workers`, `tls`, `limits`, `log`, `policy`, `store` and `routes`"),
            }
        }
        if let Some(place) =
            admin_place.filter(|_| !server.admin.is_local() && !server.dangerously_expose_admin)
        {
            self.mistake(
                place,
                "other machines reach this address, and whoever reaches it reads the metrics and reloads the configuration",
                "name a loopback address or a unix socket; where a firewall does the rest, set `dangerously_expose_admin = true`",
            );
        }
        if let Some(place) =
            tls_place.filter(|_| server.listen.iter().all(|address| matches!(address, Address::Unix(_))))
        {
            self.mistake(
                place,
                "there is no TCP address to speak TLS on",
                "add one to `listen`, or remove `tls`",
            );
        }
        server
    }

    fn addresses(&mut self, value: &Value<'_>, name: &str) -> Vec<Address> {
        let mut addresses = Vec::new();
        for (text, span) in self.strings(value, name) {
            let Some(address) = self.address(text, span.clone()) else { continue };
            let is_any = matches!(address, Address::Tcp(address) if address.port() == 0);
            if addresses.contains(&address) && !is_any {
                self.mistake(span, format!("{name} has this address twice"), "remove it");
            }
            addresses.push(address);
        }
        addresses
    }

    pub(super) fn address(&mut self, text: &str, span: Place) -> Option<Address> {
        let address = text.parse();
        if let Err(error) = &address {
            self.mistake(
                span,
                format!("`{}` is no address to listen on", show_short(text.as_bytes())),
                format!("{error}"),
            );
        }
        address.ok()
    }

    fn socket_mode(&mut self, value: &Value<'_>, mode: &mut u32) {
        let Some(text) = self.text(value, "`socket_mode`") else { return };
        match u32::from_str_radix(text, 8) {
            Ok(written @ ..=0o777) if text.bytes().all(|byte| byte.is_ascii_digit()) => *mode = written,
            _ => self.mistake(
                value.span(),
                "this is no mode of a file",
                "write it in octal digits, such as \"0660\"",
            ),
        }
    }

    fn tls(&mut self, value: &Value<'_>) -> Option<TlsFiles> {
        let (mut certificate, mut private) = (None, None);
        for (key, value) in self.table(value, "`tls`")? {
            match key.get_ref().as_ref() {
                "certificate" => certificate = self.path(value, "`certificate`"),
                "key" => private = self.path(value, "`key`"),
                _ => self.unknown(key, "`tls` has `certificate` and `key`"),
            }
        }
        if let (Some(certificate), Some(key)) = (certificate, private) {
            return Some(TlsFiles { certificate, key });
        }
        self.mistake(
            value.span(),
            "`tls` needs a certificate and its key",
            "name two PEM files: `certificate` and `key`",
        );
        None
    }

    fn limits(&mut self, value: &Value<'_>) -> ServerLimits {
        let mut limits = ServerLimits::default();
        for (key, value) in self.table(value, "`limits`").into_iter().flatten() {
            match key.get_ref().as_ref() {
                "header_timeout" => self.duration(value, "`header_timeout`", &mut limits.header_timeout),
                "idle_timeout" => self.duration(value, "`idle_timeout`", &mut limits.idle_timeout),
                // What the HTTP library needs at least.
                "head_bytes" => self.number(value, "`head_bytes`", 8192..=1 << 20, &mut limits.head_bytes),
                "headers" => self.number(value, "`headers`", 8..=1000, &mut limits.headers),
                "connections" => self.number(value, "`connections`", 1..=1_000_000, &mut limits.connections),
                "streams" => self.number(value, "`streams`", 1..=10_000, &mut limits.streams),
                "drain" => self.duration(value, "`drain`", &mut limits.drain),
                _ => self.unknown(
                    key,
                    "`limits` has `header_timeout`, `idle_timeout`, `head_bytes`, `headers`, `connections`, `streams` and `drain`",
                ),
            }
        }
        limits
    }

    fn log(&mut self, value: &Value<'_>) -> DecisionLog {
        let mut log = DecisionLog::default();
        for (key, value) in self.table(value, "`log`").into_iter().flatten() {
            match key.get_ref().as_ref() {
                "allowed" => self.part(value, "`allowed`", &mut log.allowed),
                "denied" => self.part(value, "`denied`", &mut log.denied),
                "per_second" => self.number(value, "`per_second`", 0..=1_000_000, &mut log.per_second),
                "file" => log.file = self.path(value, "`file`"),
                _ => self.unknown(key, "`log` has `allowed`, `denied`, `per_second` and `file`"),
            }
        }
        log
    }

    fn routes(&mut self, value: &Value<'_>) -> Vec<Route> {
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(value, "`routes`", "an array of tables, each `[[server.routes]]`");
            return Vec::new();
        };
        let mut routes: Vec<Route> = Vec::new();
        for value in array {
            if routes.last().is_some_and(Route::applies_always) {
                let help = "move it in front of that one, or give that one a condition";
                self.mistake(value.span(), "no request comes here: the route above applies to all", help);
            }
            routes.extend(self.route(value));
        }
        routes
    }

    fn route(&mut self, value: &Value<'_>) -> Option<Route> {
        let mut list = None;
        let mut route = Route::new(ListType::Upload, AppSource::Key(String::new()));
        let mut has_app = false;
        for (key, value) in self.table(value, "a route")? {
            match key.get_ref().as_ref() {
                "path" => {
                    let text = self.text(value, "`path`");
                    if text.is_some_and(|text| !is_plain_path(text)) {
                        self.mistake(
                            value.span(),
                            "no request has a path that begins so",
                            "begin with `/`, and write letters, digits and `-._~!$&'()*+,=:@/`, without `//`, `/./` and `/../`",
                        );
                    }
                    route.path = text.map(String::from);
                }
                "methods" => {
                    for (text, span) in self.strings(value, "`methods`") {
                        if is_token(text) && !text.bytes().any(|byte| byte.is_ascii_lowercase()) {
                            route.methods.push(text.to_string());
                        } else {
                            self.mistake(
                                span,
                                format!("no request has the method `{}`", show_short(text.as_bytes())),
                                "methods are in capital letters, such as \"GET\"",
                            );
                        }
                    }
                }
                "header" => route.header = self.named(value, "`header`", true),
                "query" => route.query = self.named(value, "`query`", false),
                "list" => {
                    list = match self.text(value, "`list`") {
                        Some("upload") => Some(ListType::Upload),
                        Some("delivery") => Some(ListType::Delivery),
                        Some(_) => {
                            self.mistake(
                                value.span(),
                                "there is no such list",
                                "write \"upload\" or \"delivery\"",
                            );
                            None
                        }
                        None => None,
                    };
                }
                "app" => {
                    if let Some(app) = self.app_source(value) {
                        route.app = app;
                        has_app = true;
                    }
                }
                "asks" => route.asks = self.asks(value),
                _ => self.unknown(
                    key,
                    "a route has `path`, `methods`, `header`, `query`, `list`, `app` and `asks`",
                ),
            }
        }
        match list {
            Some(list) if has_app => Some(Route { list, ..route }),
            _ => {
                self.mistake(
                    value.span(),
                    "a route needs a list and an app",
                    "write for instance `list = \"upload\"` and `app = { query = \"key\" }`",
                );
                None
            }
        }
    }

    fn named(&mut self, value: &Value<'_>, of: &str, is_header: bool) -> Option<Named> {
        let (mut name, mut content) = (None, None);
        for (key, value) in self.table(value, of)? {
            match key.get_ref().as_ref() {
                "name" => name = self.name(value, is_header),
                "value" => content = self.text(value, "`value`").map(String::from),
                _ => self.unknown(key, &format!("{of} has `name` and `value`")),
            }
        }
        let named = name.zip(content).map(|(name, value)| Named { name, value });
        if named.is_none() {
            self.mistake(
                value.span(),
                format!("{of} needs a name and a value"),
                "write for instance `{ name = \"X-Zone\", value = \"eu\" }`",
            );
        }
        named
    }

    /// The name of a header or of a query parameter.
    pub(super) fn name(&mut self, value: &Value<'_>, is_header: bool) -> Option<String> {
        let text = self.text(value, "a name")?;
        if is_header && !is_token(text) {
            self.mistake(
                value.span(),
                "no header has this name",
                "write letters, digits and `-`, such as \"X-App\"",
            );
            return None;
        }
        if text.is_empty() {
            self.mistake(
                value.span(),
                "a name must not be empty",
                "write the name as it stands in the query, such as \"key\"",
            );
            return None;
        }
        Some(if is_header { text.to_ascii_lowercase() } else { text.to_string() })
    }

    fn app_source(&mut self, value: &Value<'_>) -> Option<AppSource> {
        let mut sources = Vec::new();
        for (key, value) in self.table(value, "`app`")? {
            sources.push(match key.get_ref().as_ref() {
                "query" => self.name(value, false).map(AppSource::Query),
                "header" => self.name(value, true).map(AppSource::Header),
                "segment" => {
                    let mut number = 0;
                    self.number(value, "`segment`", 1..=64, &mut number);
                    (number != 0).then_some(AppSource::Segment(number))
                }
                "key" => self.text(value, "`key`").map(|key| {
                    self.keys.push((key.to_string(), value.span()));
                    AppSource::Key(key.to_string())
                }),
                _ => {
                    self.unknown(key, "`app` is one of `query`, `header`, `segment` and `key`");
                    None
                }
            });
        }
        match <[_; 1]>::try_from(sources) {
            Ok([source]) => source,
            Err(_) => {
                self.mistake(
                    value.span(),
                    "an app is named in one way",
                    "write one of `query`, `header`, `segment` and `key`",
                );
                None
            }
        }
    }

    /// Whether the apps that routes name are there, which is known when all of the file has been read.
    pub(crate) fn keys_name_apps(&mut self, config: &Config) {
        // Those of a store come and go.
        if config.server.store.is_some() {
            return;
        }
        for (key, place) in mem::take(&mut self.keys) {
            if !config.apps.contains_key(&key) {
                self.mistake(
                    place,
                    format!("no app has the key `{}`: every request of this route would be denied", show_short(key.as_bytes())),
                    "write the key of an app that is in this file, add an `[apps.KEY]` table for this one, or remove the route",
                );
            }
        }
    }

    pub(crate) fn text<'v>(&mut self, value: &'v Value<'_>, name: &str) -> Option<&'v str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.wrong_type(value, name, "a string");
        }
        text
    }

    pub(crate) fn path(&mut self, value: &Value<'_>, name: &str) -> Option<PathBuf> {
        let text = self.text(value, name)?;
        if text.is_empty() || text.contains('\0') {
            self.mistake(
                value.span(),
                format!("{name} must be the path of a file"),
                "write a path; a relative one begins at the configuration file",
            );
            return None;
        }
        Some(text.into())
    }

    pub(super) fn flag(&mut self, value: &Value<'_>, name: &str, flag: &mut bool) {
        match value.get_ref().as_bool() {
            Some(written) => *flag = written,
            None => self.wrong_type(value, name, "true or false"),
        }
    }

    pub(super) fn number<N: TryFrom<u64>>(
        &mut self,
        value: &Value<'_>,
        name: &str,
        range: RangeInclusive<u64>,
        number: &mut N,
    ) {
        let Some(integer) = value.get_ref().as_integer() else {
            return self.wrong_type(value, name, "a whole number");
        };
        let written = u64::from_str_radix(integer.as_str(), integer.radix())
            .ok()
            .filter(|number| range.contains(number));
        match written.and_then(|number| N::try_from(number).ok()) {
            Some(written) => *number = written,
            None => self.mistake(
                value.span(),
                format!("{name} is out of range"),
                format!("write a number from {} to {}", range.start(), range.end()),
            ),
        }
    }

    fn part(&mut self, value: &Value<'_>, name: &str, part: &mut f64) {
        let written = match (value.get_ref().as_float(), value.get_ref().as_integer()) {
            (Some(float), _) => float.as_str().parse().ok(),
            (None, Some(integer)) => integer.as_str().parse().ok(),
            (None, None) => return self.wrong_type(value, name, "a number from 0.0 to 1.0"),
        };
        match written.filter(|part: &f64| (0.0..=1.0).contains(part)) {
            // Without the sign of a zero.
            Some(written) => *part = written.abs(),
            None => self.mistake(
                value.span(),
                format!("{name} is out of range"),
                "write a number from 0.0 (none) to 1.0 (all)",
            ),
        }
    }

    fn duration(&mut self, value: &Value<'_>, name: &str, duration: &mut Duration) {
        let Some(text) = self.text(value, name) else { return };
        match parse_duration(text) {
            Some(written) if (Duration::from_millis(1)..=LONGEST).contains(&written) => *duration = written,
            _ => self.mistake(
                value.span(),
                format!("{name} is no time that can be waited"),
                "write a whole number and its unit, from \"1ms\" to \"24h\": `ms`, `s`, `m` or `h`",
            ),
        }
    }
}

const LONGEST: Duration = Duration::from_secs(24 * 3600);

fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    let millis = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    number.checked_mul(millis).map(Duration::from_millis)
}

/// A path as requests have it once it is in normal form, so that there is one way to write it.
fn is_plain_path(path: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,=:@/".contains(&byte);
    path.starts_with('/')
        && path.bytes().all(is_plain)
        && !path.contains("//")
        && !path.contains(';')
        && !path.ends_with("/..")
        && !path.contains("/./")
        && !path.contains("/../")
}

/// RFC 9110, section 5.6.2.
fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
