//! docs/server.md: the settings that it shows are those there are.

use crate::{Config, Server};

/// The settings in the page, with what is commented out or not.
fn settings(with_comments: bool) -> String {
    let page = include_str!("../../../../docs/server.md");
    let block = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let lines = block.lines().map(|line| match line.strip_prefix("# ") {
        Some(setting) if with_comments => setting,
        _ => line,
    });
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn what_is_shown_is_what_holds_without_it() {
    let config = Config::parse(&settings(false)).unwrap();
    assert_eq!(config.server, Server::default());
}

#[test]
fn every_setting_is_shown() {
    // Tables that follow each other: what is commented out belongs to the one above.
    let config = Config::parse(&settings(true)).unwrap();
    let server = &config.server;
    assert!(server.workers.is_some() && server.tls.is_some() && server.log.file.is_some());
    let store = server.store.as_ref().unwrap();
    assert!(!store.console_hosts.is_empty() && !store.new_upload_patterns.is_empty());
    let policy = &server.policy;
    assert!(*policy != Server::default().policy && policy.skew_seconds > 0);
    let route = &server.routes[0];
    assert!(route.asks.call.is_some() && route.asks.size.is_some());
    assert!(
        route.path.is_some() && !route.methods.is_empty() && route.header.is_some() && route.query.is_some()
    );
    // And nothing else is printed than what it shows.
    let printed = config.to_string();
    for line in printed.lines().filter(|line| !line.is_empty()) {
        let key = line.split(" = ").next().unwrap();
        assert!(settings(true).contains(key), "{key}");
    }
}
