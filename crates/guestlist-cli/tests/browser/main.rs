//! The console in a real browser, and the API held against its description: `guestlist serve` with stores of its own, asked by other people's
//! programs.
//!
//! Playwright drives the system's Chromium through every flow of the console, with axe-core on every page (`suite/`, in JavaScript); schemathesis makes
//! requests of `docs/openapi.json` and holds the answers against it (`schemathesis/`).
//!
//! Without the programs both are skipped, and standard error says so; with `GUESTLIST_REQUIRE_BROWSER` in the environment that is a failure.
//! `tests/browser/install` installs them. Screenshots of every page are in `target/screenshots` afterwards.

#![cfg(unix)]
// The helpers are test code too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod server;
mod tools;

use std::path::Path;
use std::process::Command;

use serde_json::json;

use server::{Server, fill, fill_with_many};
use tools::{find, folder, run};

#[test]
fn the_console_in_a_browser() {
    let Some(mut playwright) = playwright("console") else { return };
    let place = tempfile::tempdir().unwrap();
    let tokens = fill(&place.path().join("kept.redb"), 200);
    // Without a store, as in the README: with a demo app, and a token that is printed.
    let demo = Server::start(place.path(), "demo", &[]);
    let kept = Server::start(place.path(), "kept", &["--store", "kept.redb"]);
    let servers = json!({ "demo": demo.told, "kept": kept.with_tokens(&tokens) });
    playwright.env("GUESTLIST_SERVERS", servers.to_string()).env("GUESTLIST_CLAIMS", place.path());
    run(&mut playwright, &[&demo, &kept]);
}

#[test]
fn a_hundred_thousand_apps_in_a_browser() {
    let Some(mut playwright) = playwright("many") else { return };
    let place = tempfile::tempdir().unwrap();
    let token = fill_with_many(&place.path().join("many.redb"));
    let many = Server::start(place.path(), "many", &["--store", "many.redb"]);
    let servers = json!({ "many": many.with_tokens(&[token]) });
    playwright.env("GUESTLIST_SERVERS", servers.to_string());
    run(&mut playwright, &[&many]);
}

/// Playwright with the tests of this folder of `suite`, if all that it needs is there.
fn playwright(suite: &str) -> Option<Command> {
    let cli = tools::there(folder().join("node_modules/@playwright/test/cli.js"));
    let (Some(node), Some(chromium), Some(cli)) = (find("node"), find("chromium"), cli) else {
        tools::skip("the console in a browser");
        return None;
    };
    let mut command = Command::new(node);
    command.arg(cli).arg("test").current_dir(folder());
    command.env("GUESTLIST_SUITE", suite).env("GUESTLIST_CHROMIUM", chromium);
    // One test, or some: a part of their names.
    if let Some(names) = std::env::var_os("GUESTLIST_BROWSER_ONLY") {
        command.arg("--pass-with-no-tests").arg("--grep").arg(names);
    }
    Some(command)
}

#[test]
fn the_api_is_as_it_describes_itself() {
    let Some(schemathesis) = tools::there(tools::root().join("target/schemathesis/bin/schemathesis")) else {
        return tools::skip("the API and its description");
    };
    let place = tempfile::tempdir().unwrap();
    let tokens = fill(&place.path().join("lists.redb"), 100);
    let server = Server::start(place.path(), "server", &["--store", "lists.redb"]);
    let ours = folder().join("schemathesis");
    let described = format!("{}/api/v1/openapi.json", server.told["console"].as_str().unwrap());
    let mut command = Command::new(schemathesis);
    command.arg("--config-file").arg(ours.join("schemathesis.toml"));
    command.args(["--no-color", "run", &described]).current_dir(place.path());
    command.env("SCHEMATHESIS_HOOKS", ours.join("hooks.py")).env("PYTHONDONTWRITEBYTECODE", "1");
    command.env("GUESTLIST_TOKENS", tokens.join(",")).env("GUESTLIST_APP", "shop");
    run(&mut command, &[&server]);
    whole(&place.path().join("lists.redb"), server);
}

/// What was asked has left the store whole.
fn whole(store: &Path, server: Server) {
    drop(server);
    guestlist_store::RedbStore::open(store).unwrap().verify().unwrap();
}
