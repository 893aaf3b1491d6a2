//! A checker for the tests of protocols.

use guestlist_config::Config;

use crate::check::{Checker, LoadedVersion};
use crate::log::Log;
use crate::metrics::Metrics;
use crate::source::Loaded;

/// Decides by the routes that hold by default, for two apps: `demo`, which approves of `example.com` and its subdomains, and `trial`, which does so and reports.
pub(crate) fn checker() -> Checker {
    let config = Config::parse(
        r#"
        [apps.demo]
        upload = { patterns = ["{,*.}example.com"] }
        delivery = { patterns = ["{,*.}example.com"] }
        [apps.trial]
        upload = { patterns = ["{,*.}example.com"], mode = "report" }
        "#,
    );
    let loaded = Loaded::new(config.unwrap()).unwrap();
    let version = LoadedVersion::build(loaded).unwrap().number(1);
    let metrics = Metrics::new();
    let (log, _) = Log::new(metrics.clone());
    Checker::new(version, metrics, log)
}
