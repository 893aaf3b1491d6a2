//! `[server]`: what `guestlist serve` listens on, how much it takes, and how it reads a request.

mod address;
#[cfg(test)]
mod docs;
mod parse;
mod policy;
mod print;
mod store;
#[cfg(test)]
mod tests;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use guestlist::ListType;

pub use self::address::{Address, InvalidAddress};
pub use self::policy::{Asks, Carrier, PolicySettings, Source};
pub use self::store::StoreSettings;

/// The settings of the server; those that are not in the file have their defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct Server {
    /// Where it answers checks, by HTTP/1.1 and HTTP/2.
    pub listen: Vec<Address>,
    /// Where it answers HAProxy's SPOE.
    pub spop: Vec<Address>,
    /// Where it tells of itself and takes commands: metrics, health, reload.
    pub admin: Address,
    /// Whether [`Server::admin`] may be an address that other machines reach.
    pub dangerously_expose_admin: bool,
    /// The permissions of unix sockets.
    pub socket_mode: u32,
    /// How many threads; one for each core where it is not said.
    pub workers: Option<NonZeroUsize>,
    /// For the TCP addresses of [`Server::listen`].
    pub tls: Option<TlsFiles>,
    /// What a client may take.
    pub limits: ServerLimits,
    /// Which decisions are written down.
    pub log: DecisionLog,
    /// Where requests carry signed policies.
    pub policy: PolicySettings,
    /// A store of apps beside those of the file, and its console.
    pub store: Option<StoreSettings>,
    /// How a request is read; the first that applies. Empty: as [`Server::routes_or_default`] says.
    pub routes: Vec<Route>,
}

impl Default for Server {
    fn default() -> Server {
        Server {
            listen: vec![Address::loopback(8080)],
            spop: Vec::new(),
            admin: Address::loopback(9080),
            dangerously_expose_admin: false,
            socket_mode: 0o660,
            workers: None,
            tls: None,
            limits: ServerLimits::default(),
            log: DecisionLog::default(),
            policy: PolicySettings::default(),
            store: None,
            routes: Vec::new(),
        }
    }
}

impl Server {
    /// The routes, or where there are none: `GET` and `HEAD` ask the delivery list, all else the upload list, of the app that the query parameter `key` names.
    pub fn routes_or_default(&self) -> Vec<Route> {
        if !self.routes.is_empty() {
            return self.routes.clone();
        }
        let by_key = |list| Route { list, ..Route::new(list, AppSource::Query("key".to_string())) };
        let reading =
            Route { methods: vec!["GET".to_string(), "HEAD".to_string()], ..by_key(ListType::Delivery) };
        vec![reading, by_key(ListType::Upload)]
    }
}

/// A certificate and its key, in PEM files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, and those between it and the root. Relative to the configuration file.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// What clients may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerLimits {
    /// From the first byte of a request's head to its last.
    pub header_timeout: Duration,
    /// How long a connection may be without a request.
    pub idle_timeout: Duration,
    /// The head of a request: its first line and headers, in bytes.
    pub head_bytes: usize,
    /// The headers of a request.
    pub headers: usize,
    /// Connections at a time, of all listeners for checks together.
    pub connections: usize,
    /// Streams of an HTTP/2 connection at a time.
    pub streams: u32,
    /// How long what is under way may take when the server ends.
    pub drain: Duration,
}

impl Default for ServerLimits {
    fn default() -> ServerLimits {
        ServerLimits {
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(75),
            head_bytes: 64 << 10,
            headers: 100,
            connections: 10_000,
            streams: 200,
            drain: Duration::from_secs(10),
        }
    }
}

/// Which decisions are written down.
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionLog {
    /// The part of those that let a request through, 0.0 to 1.0.
    pub allowed: f64,
    /// The part of those that deny a request, or would in report mode.
    pub denied: f64,
    /// Lines a second at most.
    pub per_second: u32,
    /// The file they go to; standard error where it is not said. Relative to the configuration file.
    pub file: Option<PathBuf>,
}

impl Default for DecisionLog {
    fn default() -> DecisionLog {
        DecisionLog { allowed: 0.0, denied: 1.0, per_second: 100, file: None }
    }
}

/// Requests that are alike: which list they ask, and which app they belong to. All conditions hold for a request of the route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The path begins so.
    pub path: Option<String>,
    /// The method is one of these; any, if there are none.
    pub methods: Vec<String>,
    /// There is this header, and this is its only value.
    pub header: Option<Named>,
    /// There is this query parameter, and this is its only value.
    pub query: Option<Named>,
    /// The list that is asked.
    pub list: ListType,
    /// Where the key of the app is.
    pub app: AppSource,
    /// What its requests ask for, to be held against their policies.
    pub asks: Asks,
}

impl Route {
    /// A route without conditions.
    pub fn new(list: ListType, app: AppSource) -> Route {
        let asks = Asks::default();
        Route { path: None, methods: Vec::new(), header: None, query: None, list, app, asks }
    }
}

impl Route {
    /// Whether it has no conditions.
    pub fn applies_always(&self) -> bool {
        let is_any_path = self.path.as_deref().is_none_or(|path| path == "/");
        is_any_path && self.methods.is_empty() && self.header.is_none() && self.query.is_none()
    }
}

/// A header or query parameter, and a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its name; that of a header in lower case.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// Where the key of an app is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppSource {
    /// In the query parameter of this name.
    Query(String),
    /// In the header of this name, in lower case.
    Header(String),
    /// In this segment of the path, from 1.
    Segment(usize),
    /// It is this.
    Key(String),
}
