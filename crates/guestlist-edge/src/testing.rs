//! A checker, and a whole server, for the tests of protocols.

use std::net::SocketAddr;

use guestlist_config::{Address, Config};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::check::{Checker, LoadedVersion};
use crate::log::Log;
use crate::metrics::Metrics;
use crate::{Addresses, Extras, Fixed, Listeners, Loaded, Reload, Stamps, prepare};

/// The apps that there are.
const APPS: &str = r#"
    [apps.demo]
    upload = { patterns = ["{,*.}example.com"] }
    delivery = { patterns = ["{,*.}example.com"] }
    [apps.trial]
    upload = { patterns = ["{,*.}example.com"], mode = "report" }
"#;

/// Decides by the routes that hold by default, for two apps: `demo`, which approves of `example.com` and its subdomains, and `trial`, which does so and reports.
pub(crate) fn checker() -> Checker {
    let loaded = Loaded::new(Config::parse(APPS).unwrap(), Stamps::default()).unwrap();
    let version = LoadedVersion::build(loaded).unwrap().number(1);
    let metrics = Metrics::new();
    let (log, _) = Log::new(metrics.clone());
    Checker::new(version, Default::default(), Default::default(), metrics, log, Default::default())
}

/// A whole server on free loopback ports, until it is told to end.
pub(crate) struct Server {
    pub(crate) addresses: Addresses,
    end: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl Server {
    /// Starts one with the apps of [`checker`], and with these settings of `[server]`, in TOML.
    pub(crate) async fn start(settings: &str) -> Server {
        let text = format!(
            "[server]\nlisten = [\"127.0.0.1:0\"]\nspop = [\"127.0.0.1:0\"]\nadmin = \"127.0.0.1:0\"\n{settings}\n[server.log]\ndenied = 0.0\n{APPS}"
        );
        let config = Config::parse(&text).unwrap();
        let listeners = Listeners::bind(&config.server).await.unwrap();
        let addresses = listeners.addresses();
        let (end, ended) = oneshot::channel();
        let loaded = Loaded::new(config, Stamps::default()).unwrap();
        let shutdown = async { ended.await.unwrap_or(()) };
        let prepared = prepare(listeners, loaded, Fixed, Reload::new(), Extras::default()).await.unwrap();
        let server = tokio::spawn(prepared.serve(shutdown));
        Server { addresses, end, server }
    }

    /// Tells it to end, and waits until it has.
    pub(crate) async fn end(self) {
        self.end.send(()).unwrap();
        self.server.await.unwrap();
    }

    pub(crate) fn begin_to_end(self) -> JoinHandle<()> {
        self.end.send(()).unwrap();
        self.server
    }

    pub(crate) fn check(&self) -> SocketAddr {
        tcp(&self.addresses.check[0])
    }

    pub(crate) fn spop(&self) -> SocketAddr {
        tcp(&self.addresses.spop[0])
    }
}

fn tcp(address: &Address) -> SocketAddr {
    match address {
        Address::Tcp(address) => *address,
        Address::Unix(path) => panic!("{} is no port", path.display()),
    }
}
