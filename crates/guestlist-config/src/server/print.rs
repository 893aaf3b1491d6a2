//! [`Server`] → TOML text: the inverse of `parse`.

use core::fmt;
use std::time::Duration;

use super::{AppSource, Asks, Named, Route, Server, StoreSettings};
use crate::print::quote;

/// What differs from the defaults, and nothing if nothing does.
impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let default = Server::default();
        let mut tables = Vec::new();

        let mut table = Table::new("[server]");
        let addresses =
            |addresses: &[super::Address]| list(addresses.iter().map(|address| quote(&address.to_string())));
        table.set("listen", self.listen != default.listen, || addresses(&self.listen));
        table.set("spop", self.spop != default.spop, || addresses(&self.spop));
        table.set("admin", self.admin != default.admin, || quote(&self.admin.to_string()));
        table.set("dangerously_expose_admin", self.dangerously_expose_admin, || "true".to_string());
        table.set("socket_mode", self.socket_mode != default.socket_mode, || {
            quote(&format!("{:04o}", self.socket_mode))
        });
        if let Some(workers) = self.workers {
            table.set("workers", true, || workers.to_string());
        }
        tables.push(table);

        let mut table = Table::new("[server.tls]");
        if let Some(tls) = &self.tls {
            table.set("certificate", true, || quote(&tls.certificate.to_string_lossy()));
            table.set("key", true, || quote(&tls.key.to_string_lossy()));
        }
        tables.push(table);

        let mut table = Table::new("[server.limits]");
        let (limits, usual) = (&self.limits, &default.limits);
        table.set("header_timeout", limits.header_timeout != usual.header_timeout, || {
            duration(limits.header_timeout)
        });
        table
            .set("idle_timeout", limits.idle_timeout != usual.idle_timeout, || duration(limits.idle_timeout));
        table.set("head_bytes", limits.head_bytes != usual.head_bytes, || limits.head_bytes.to_string());
        table.set("headers", limits.headers != usual.headers, || limits.headers.to_string());
        table.set("connections", limits.connections != usual.connections, || limits.connections.to_string());
        table.set("streams", limits.streams != usual.streams, || limits.streams.to_string());
        table.set("drain", limits.drain != usual.drain, || duration(limits.drain));
        tables.push(table);

        let mut table = Table::new("[server.log]");
        let (log, usual) = (&self.log, &default.log);
        table.set("allowed", log.allowed != usual.allowed, || format!("{:?}", log.allowed));
        table.set("denied", log.denied != usual.denied, || format!("{:?}", log.denied));
        table.set("per_second", log.per_second != usual.per_second, || log.per_second.to_string());
        if let Some(file) = &log.file {
            table.set("file", true, || quote(&file.to_string_lossy()));
        }
        tables.push(table);

        tables.push(self.policy.table());
        tables.extend(self.store.as_ref().map(StoreSettings::table));
        tables.extend(self.routes.iter().map(route));
        let mut separator = "";
        for table in tables.iter().filter(|table| !table.settings.is_empty()) {
            write!(f, "{separator}{}\n{}", table.head, table.settings)?;
            separator = "\n";
        }
        Ok(())
    }
}

pub(super) struct Table {
    head: &'static str,
    settings: String,
}

impl Table {
    pub(super) fn new(head: &'static str) -> Table {
        Table { head, settings: String::new() }
    }

    pub(super) fn set(&mut self, key: &str, is_set: bool, value: impl FnOnce() -> String) {
        if is_set {
            self.settings += &format!("{key} = {}\n", value());
        }
    }
}

fn route(route: &Route) -> Table {
    let named =
        |named: &Named| format!("{{ name = {}, value = {} }}", quote(&named.name), quote(&named.value));
    let mut table = Table::new("[[server.routes]]");
    if let Some(path) = &route.path {
        table.set("path", true, || quote(path));
    }
    table
        .set("methods", !route.methods.is_empty(), || list(route.methods.iter().map(|method| quote(method))));
    if let Some(header) = &route.header {
        table.set("header", true, || named(header));
    }
    if let Some(query) = &route.query {
        table.set("query", true, || named(query));
    }
    table.set("list", true, || quote(route.list.as_str()));
    table.set("app", true, || match &route.app {
        AppSource::Query(name) => format!("{{ query = {} }}", quote(name)),
        AppSource::Header(name) => format!("{{ header = {} }}", quote(name)),
        AppSource::Segment(number) => format!("{{ segment = {number} }}"),
        AppSource::Key(key) => format!("{{ key = {} }}", quote(key)),
    });
    table.set("asks", route.asks != Asks::default(), || route.asks.print());
    table
}

pub(super) fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

/// In the largest unit that it is a whole number of.
fn duration(duration: Duration) -> String {
    let millis = duration.as_millis();
    let (number, unit) = match millis {
        _ if millis.is_multiple_of(3_600_000) => (millis / 3_600_000, "h"),
        _ if millis.is_multiple_of(60_000) => (millis / 60_000, "m"),
        _ if millis.is_multiple_of(1000) => (millis / 1000, "s"),
        _ => (millis, "ms"),
    };
    quote(&format!("{number}{unit}"))
}
